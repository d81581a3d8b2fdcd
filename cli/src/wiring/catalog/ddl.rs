//! The tables of a script, such as a dump.

use crate::{
    error::CliError,
    wiring::script::{self, Piece},
};
use model::{Diagnostic, Dialect, catalog::CatalogTable};
use sql::{
    UNPARSABLE,
    script::{PieceKind, REST_UNREAD},
};
use std::path::Path;

/// Most words between CREATE and what it creates.
const WORDS_MAX: usize = 8;

/// What else a dump creates, and need not be read.
const KINDS: &[&str] = &[
    "ACCESS",
    "AGGREGATE",
    "ALERT",
    "ASSEMBLY",
    "CAST",
    "CATALOG",
    "CERTIFICATE",
    "CLUSTER",
    "COLLATION",
    "CONNECTION",
    "CONTEXT",
    "CONVERSION",
    "DATABASE",
    "DICTIONARY",
    "DIRECTORY",
    "DOMAIN",
    "EVENT",
    "EXTENSION",
    "FULLTEXT",
    "FUNCTION",
    "GROUP",
    "HASH",
    "INDEX",
    "INTEGRATION",
    "JOIN",
    "KEY",
    "LANGUAGE",
    "LIBRARY",
    "LOGIN",
    "MACRO",
    "METHOD",
    "MODEL",
    "OPERATOR",
    "PACKAGE",
    "PARTITION",
    "PIPE",
    "POLICY",
    "PROC",
    "PROCEDURE",
    "PROFILE",
    "PUBLICATION",
    "QUEUE",
    "QUOTA",
    "RESOURCE",
    "ROLE",
    "RULE",
    "SCHEMA",
    "SECRET",
    "SEQUENCE",
    "SERVER",
    "SERVICE",
    "SHARE",
    "STAGE",
    "STATISTICS",
    "STREAM",
    "SUBSCRIPTION",
    "SYNONYM",
    "TABLESPACE",
    "TAG",
    "TASK",
    "TRANSFORM",
    "TRIGGER",
    "TYPE",
    "USER",
    "VARIABLE",
    "VIEW",
    "WAREHOUSE",
    "XML",
];

/// With what a statement begins that need not be read.
const VERBS: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "BULK",
    "CACHE",
    "CALL",
    "CHECKPOINT",
    "CLUSTER",
    "COLLECT",
    "COMMENT",
    "COMMIT",
    "COPY",
    "DATABASE",
    "DECLARE",
    "DEL",
    "DELETE",
    "DENY",
    "DESC",
    "DESCRIBE",
    "DETACH",
    "DO",
    "DROP",
    "END",
    "EXEC",
    "EXECUTE",
    "EXPLAIN",
    "EXPORT",
    "FLUSH",
    "FROM",
    "GET",
    "GRANT",
    "HELP",
    "IF",
    "IMPORT",
    "INS",
    "INSERT",
    "INSTALL",
    "KILL",
    "LIST",
    "LOAD",
    "LOCK",
    "LOCKING",
    "MERGE",
    "MSCK",
    "OPTIMIZE",
    "PRAGMA",
    "PRINT",
    "PURGE",
    "PUT",
    "RAISERROR",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "REMOVE",
    "RENAME",
    "REPLACE",
    "RESET",
    "RESTORE",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SECURITY",
    "SEL",
    "SELECT",
    "SET",
    "SHOW",
    "START",
    "SYSTEM",
    "TABLE",
    "THROW",
    "TRUNCATE",
    "UNCACHE",
    "UNDROP",
    "UNLOAD",
    "UNLOCK",
    "UNSET",
    "UPDATE",
    "UPSERT",
    "USE",
    "VACUUM",
    "VALUES",
    "WAITFOR",
    "WHILE",
    "WITH",
];

/// The tables that a script creates. Its other statements are passed over unread, as far as they are
/// known to be some.
pub(super) fn of_script(path: &Path, dialect: Dialect) -> Result<Vec<CatalogTable>, CliError> {
    let shown = path.display();
    let mut pieces = script::of_file(path, &dialect.into())?;
    let mut tables = Vec::new();
    while let Some(piece) = pieces.next()? {
        let diagnostic = match tables_of(&piece, dialect) {
            Ok(found) => {
                tables.extend(found);
                continue;
            }
            Err(diagnostic) => diagnostic,
        };
        let start = diagnostic.span.map_or(0, |span| span.start);
        let at = piece.place.behind(piece.text.get(..start).unwrap_or_default());
        let (line, column, message) = (at.line, at.column, &diagnostic.message);
        let error =
            format!("the catalog file cannot be read at {shown}:{line}:{column}: {message}");
        let hint = format!(
            "it is read as {}; of a catalog file the CREATE TABLE statements count: mend the \
             statement or take it out",
            dialect.title()
        );
        return Err(CliError::usage(error).hint(hint));
    }
    if tables.is_empty() {
        let message = format!("the catalog file `{shown}` holds no CREATE TABLE with columns");
        let hint = format!("its statements are read as {}", dialect.title());
        return Err(CliError::usage(message).hint(hint));
    }
    Ok(tables)
}

/// The tables that a piece of a script creates.
fn tables_of(piece: &Piece, dialect: Dialect) -> Result<Vec<CatalogTable>, Diagnostic> {
    let text = piece.text.as_str();
    match &piece.kind {
        PieceKind::Refused(diagnostic)
            if creates_table(text) || diagnostic.hint.as_deref() == Some(REST_UNREAD) =>
        {
            Err(diagnostic.clone())
        }
        PieceKind::Statement if creates_table(text) => {
            match sql::tables_of_ddl(text, dialect) {
                // One without columns, such as that of a query.
                Err(diagnostic) if diagnostic.span.is_none() => Ok(Vec::new()),
                read => read,
            }
        }
        PieceKind::Statement => match unknown(text) {
            Some(what) => Err(Diagnostic::error(UNPARSABLE, what, None)),
            None => Ok(Vec::new()),
        },
        // A line of the vendor's client.
        PieceKind::Refused(_) | PieceKind::Comment(_) => Ok(Vec::new()),
    }
}

/// Does the statement begin as one that creates a table does?
fn creates_table(sql: &str) -> bool {
    let mut words = words(sql);
    words.next().is_some_and(|word| word.eq_ignore_ascii_case("CREATE"))
        && words
            .find(|word| word.eq_ignore_ascii_case("TABLE") || is_one_of(KINDS, word))
            .is_some_and(|word| word.eq_ignore_ascii_case("TABLE"))
}

fn is_one_of(known: &[&str], word: &str) -> bool {
    known.iter().any(|one| one.eq_ignore_ascii_case(word))
}

/// Why the statement is none that is known.
fn unknown(sql: &str) -> Option<String> {
    let first = words(sql).next().filter(|word| sql.trim_start().starts_with(word))?;
    if first.eq_ignore_ascii_case("CREATE") {
        let known = words(sql).skip(1).any(|word| is_one_of(KINDS, word));
        return (!known).then(|| "this CREATE is no statement that is known".to_owned());
    }
    (!is_one_of(VERBS, first)).then(|| format!("`{first}` begins no statement that is known"))
}

/// The first words of a statement.
fn words(sql: &str) -> impl Iterator<Item = &str> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    sql.split(move |c| !word(c)).filter(|word| !word.is_empty()).take(WORDS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, dialect: Dialect) -> Result<usize, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("schema.sql");
        std::fs::write(&path, text).unwrap();
        of_script(&path, dialect).map(|found| found.len()).map_err(|error| error.render(false))
    }

    #[test]
    fn a_broken_statement_is_an_error_with_its_place() {
        let table = "CREATE TABLE t (a INT);\n";
        for (text, at, why) in [
            ("  CREATE TABL x (a INT);", "2:3", "this CREATE"),
            ("CREAT TABLE x (a INT);", "2:1", "`CREAT` begins"),
            ("FROB NICATE;", "2:1", "`FROB` begins"),
            ("SELECT 'x;\nCREATE TABLE u (a INT);", "2:8", "nterminated"),
            ("CREATE TABLE u (a INT,, b INT);", "2:23", "syntax error"),
        ] {
            let error = of(&format!("{table}{text}"), Dialect::Postgres).unwrap_err();
            let place = format!("schema.sql:{at}");
            assert!(error.contains(&place) && error.contains(why), "{text}: {error}");
            assert!(error.contains("take it out"), "{error}");
        }
        for passed in [
            "(SELECT 1);",
            "CREATE OR REPLACE VIEW v AS SELECT 1;",
            "CREATE SERVER w FOREIGN DATA WRAPPER x; DROP TABLE nothing;",
            "CREATE FUNCTION f() RETURNS TABLE (a INT) AS 'frob' LANGUAGE sql;",
            "-- frob\n\\restrict x\n",
            "SELECT 1 FROM;",
        ] {
            assert_eq!(of(&format!("{table}{passed}"), Dialect::Postgres), Ok(1), "{passed}");
        }
    }
}
