use super::*;

fn script(dialect: Dialect) -> Script {
    Script::under(&SourceSettings::of(dialect))
}

/// The pieces of a whole text: `S`tatement, `C`omment, `R`efused, with their texts.
fn pieces(dialect: Dialect, text: &str) -> Vec<String> {
    let mut script = script(dialect);
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap();
        let cut = script.cut(rest, true);
        assert!(cut.taken > 0, "{rest}");
        out.extend(cut.pieces.iter().map(|piece| shown(piece, rest)));
        at += cut.taken;
    }
    out
}

fn shown(piece: &Piece, text: &str) -> String {
    let own = piece.span.slice(text);
    match &piece.kind {
        PieceKind::Statement => format!("S {own}"),
        PieceKind::Comment(words) => format!("C{words}"),
        PieceKind::Refused(diagnostic) => {
            assert!(diagnostic.span.is_none_or(|span| text.get(span.start..span.end).is_some()));
            format!("R {own}")
        }
    }
}

#[track_caller]
fn check(dialect: Dialect, text: &str, expected: &[&str]) {
    assert_eq!(pieces(dialect, text), expected, "{dialect}: {text}");
}

#[test]
fn statements_end_with_semicolons_outside_of_texts_names_and_comments() {
    let text = "SELECT ';' AS \";\" -- ;\n, 1 /* ; */;;\n -- one\nSELECT 2 -- two\n;\n/* end */";
    check(
        Dialect::Postgres,
        text,
        &["S SELECT ';' AS \";\" -- ;\n, 1", "C ;", "C one", "S SELECT 2", "C two", "C end"][..],
    );
    check(Dialect::Postgres, "", &[]);
    check(Dialect::Postgres, " ; ;\n;", &[]);
    check(
        Dialect::Postgres,
        "SELECT $x$ ; $$ ; $x$; SELECT 2",
        &["S SELECT $x$ ; $$ ; $x$", "S SELECT 2"],
    );
    check(Dialect::Postgres, r"SELECT E'\';'; SELECT '\'", &[r"S SELECT E'\';'", r"S SELECT '\'"]);
    check(
        Dialect::MySql,
        r#"SELECT '\';', ";", `;` # ;
; SELECT 2"#,
        &["S SELECT '\\';', \";\", `;`", "C ;", "S SELECT 2"],
    );
    check(Dialect::TSql, "SELECT [a;b]; SELECT 2", &["S SELECT [a;b]", "S SELECT 2"]);
    check(
        Dialect::Oracle,
        "SELECT q'[;']' FROM dual;\nSELECT 2 FROM dual\n/\n",
        &["S SELECT q'[;']' FROM dual", "S SELECT 2 FROM dual"],
    );
    check(
        Dialect::BigQuery,
        "SELECT '''a;'b''', r'\\'; SELECT 2",
        &["S SELECT '''a;'b''', r'\\'", "S SELECT 2"],
    );
    check(Dialect::Postgres, "/* a /* ; */ ; */ SELECT 1", &["C a /* ; */ ;", "S SELECT 1"]);
}

#[test]
fn a_text_that_cannot_be_read_costs_what_stands_behind_it_and_says_so() {
    check(
        Dialect::Postgres,
        "SELECT 1; SELECT 'open; SELECT 2;\n",
        &["S SELECT 1", "R SELECT 'open; SELECT 2;"],
    );
}

#[test]
fn routines_are_one_statement() {
    check(
        Dialect::MySql,
        "CREATE PROCEDURE p() BEGIN IF a THEN DELETE FROM t; END IF; SELECT CASE WHEN 1 THEN 2 END; END; SELECT 1;",
        &[
            "S CREATE PROCEDURE p() BEGIN IF a THEN DELETE FROM t; END IF; SELECT CASE WHEN 1 THEN 2 END; END",
            "S SELECT 1",
        ],
    );
    check(
        Dialect::BigQuery,
        "CREATE FUNCTION f(a INT64) AS (CASE WHEN a > 1 THEN IF(a > 2, 1, 2) ELSE IF(a > 0, 1, 0) END); SELECT 1",
        &[
            "S CREATE FUNCTION f(a INT64) AS (CASE WHEN a > 1 THEN IF(a > 2, 1, 2) ELSE IF(a > 0, 1, 0) END)",
            "S SELECT 1",
        ],
    );
    check(
        Dialect::BigQuery,
        "IF a THEN DELETE FROM t WHERE true; END IF; FOR r IN (SELECT 1) DO SELECT 2; END FOR; SELECT 3",
        &[
            "S IF a THEN DELETE FROM t WHERE true; END IF",
            "S FOR r IN (SELECT 1) DO SELECT 2; END FOR",
            "S SELECT 3",
        ],
    );
    check(
        Dialect::Postgres,
        "BEGIN; SELECT 1; COMMIT; BEGIN TRANSACTION; END; CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END; SELECT 2",
        &[
            "S BEGIN",
            "S SELECT 1",
            "S COMMIT",
            "S BEGIN TRANSACTION",
            "S END",
            "S CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
            "S SELECT 2",
        ],
    );
    check(
        Dialect::Oracle,
        "CREATE OR REPLACE PROCEDURE p IS a NUMBER; BEGIN DELETE FROM t; END;\n/\nCREATE TABLE t (a NUMBER);\nBEGIN p; END;\n/\nSELECT 1 FROM dual;",
        &[
            "S CREATE OR REPLACE PROCEDURE p IS a NUMBER; BEGIN DELETE FROM t; END;",
            "S CREATE TABLE t (a NUMBER)",
            "S BEGIN p; END;",
            "S SELECT 1 FROM dual",
        ],
    );
    check(
        Dialect::Teradata,
        "REPLACE MACRO m AS (SELECT 1; SELECT 2;); SELECT 3;",
        &["S REPLACE MACRO m AS (SELECT 1; SELECT 2;)", "S SELECT 3"],
    );
    check(
        Dialect::TSql,
        "IF 1 = 1 BEGIN DELETE FROM t; END; CREATE PROC p AS DELETE FROM t; SELECT 1\nGO\nBEGIN TRAN; SELECT 2; SELECT (1; SELECT 3",
        &[
            "S IF 1 = 1 BEGIN DELETE FROM t; END",
            "S CREATE PROC p AS DELETE FROM t; SELECT 1",
            "S BEGIN TRAN",
            "S SELECT 2",
            "S SELECT (1",
            "S SELECT 3",
        ],
    );
}

#[test]
fn lines_of_the_client_end_batches_or_are_refused() {
    check(
        Dialect::TSql,
        "SELECT 1\ngo -- x\nSELECT 2\nGO 5\nSELECT GO\nFROM t;SELECT a GO",
        &["S SELECT 1", "S SELECT 2", "R GO 5\n", "S SELECT GO\nFROM t", "S SELECT a GO"],
    );
    check(
        Dialect::Postgres,
        "\\echo it's\nSELECT 1;\n\\d t\nCOPY t FROM stdin;\n1\tit's; DELETE FROM t;\n\\.\nSELECT 2;",
        &["R \\echo it's\n", "S SELECT 1", "R \\d t\n", "S COPY t FROM stdin", "S SELECT 2"],
    );
    check(
        Dialect::MySql,
        "SELECT 1;\nDELIMITER //\nCREATE PROCEDURE p() BEGIN DELETE FROM t; END//\nDELIMITER ;\nSELECT 2;",
        &[
            "S SELECT 1",
            "R DELIMITER //\nCREATE PROCEDURE p() BEGIN DELETE FROM t; END//\nDELIMITER ;\n",
            "S SELECT 2",
        ],
    );
    check(
        Dialect::Oracle,
        "SET DEFINE OFF\nPROMPT it's\nSELECT 1 / 2\nFROM dual;\n/\nSET ROLE x;",
        &[
            "R SET DEFINE OFF\n",
            "R PROMPT it's\n",
            "S SELECT 1 / 2\nFROM dual",
            "R /\n",
            "S SET ROLE x",
        ],
    );
    check(Dialect::Teradata, ".LOGON x\nSEL .5;", &["R .LOGON x\n", "S SEL .5"]);
    check(Dialect::Snowflake, "!set x=1\nSELECT 1", &["R !set x=1\n", "S SELECT 1"]);
}

#[test]
fn statements_of_tsql_need_nothing_between_them() {
    check(
        Dialect::TSql,
        "SELECT a FROM t -- one\n-- two\nSELECT b\nFROM t\nUNION ALL\nSELECT c FROM t\nDELETE t WHERE a = 1\nGO",
        &[
            "S SELECT a FROM t",
            "C one",
            "C two",
            "S SELECT b\nFROM t\nUNION ALL\nSELECT c FROM t",
            "S DELETE t WHERE a = 1",
        ],
    );
    for one in [
        "INSERT INTO t (a)\nSELECT 1",
        "WITH x AS (\nSELECT 1 AS a)\nSELECT a FROM x",
        "CREATE VIEW v AS\nSELECT 1 AS a",
        "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN\nUPDATE SET a = 1 WHEN NOT MATCHED THEN\nINSERT (a) VALUES (1)",
        "SELECT a FROM t WHERE a IN (\nSELECT 1)",
        "CREATE TABLE t (a INT REFERENCES u (a) ON\nDELETE CASCADE)",
        "SELECT [a\nSELECT b] FROM t",
        "WHILE 1 = 0\nUPDATE t SET a = 1",
        "IF 1 = 0\nDELETE t",
    ] {
        check(Dialect::TSql, one, &[&format!("S {one}")]);
    }
    // Elsewhere they do.
    let two = "SELECT 1\nSELECT 2";
    check(Dialect::Snowflake, two, &[&format!("S {two}")]);
}

/// Given in parts of any size, a text gives the same pieces.
#[test]
fn parts_of_a_text_give_the_same_pieces() {
    let texts = [
        (
            Dialect::Postgres,
            "SELECT $x$ ; $x$, 'ä;' -- c\n; SELECT 2;;\n\\d it's\n/* ; */ COPY t FROM stdin;\na;b\n\\.\nSELECT E'\\';' ; SELECT 4",
        ),
        (
            Dialect::TSql,
            "SELECT 1 AS a\nGO\nCREATE PROC p AS SELECT 1; SELECT 2;\nGO 12\nSELECT 3; -- x\n",
        ),
        (Dialect::MySql, "/*!40101 SET a = 1 */; # c ;\nDELIMITER $$\nX;\nDELIMITER ;\nSELECT `;`"),
        (Dialect::Teradata, "SELECT 1; .5 + 'a;'; .LOGON 'x\n;.q 'a;\n;'"),
        (Dialect::TSql, "SELECT 1 -- x\nSELECT 2\n UPDATE t SET a = 1\n-- y\n;SELECTED"),
        (Dialect::Oracle, "BEGIN p; END;\n/\nPROMPT it's\nSELECT q'[;]' FROM dual"),
    ];
    for (dialect, text) in texts {
        let whole = pieces(dialect, text);
        assert!(whole.len() > 2, "{whole:?}");
        for size in 1..text.len() {
            let mut script = script(dialect);
            let (mut at, mut length, mut parts) = (0, size, Vec::new());
            while at < text.len() {
                let end = text.floor_char_boundary((at + length).min(text.len()));
                let part = text.get(at..end).unwrap();
                let cut = script.cut(part, end == text.len());
                parts.extend(cut.pieces.iter().map(|piece| shown(piece, part)));
                at += cut.taken;
                length = if cut.taken == 0 { length + size } else { size };
            }
            assert_eq!(parts, whole, "{dialect} in parts of {size}");
        }
    }
}
