//! `CREATE TABLE` as vendors' tools write it, with words that the parser does not know: of each column
//! that it does not read, the name and the type are taken, and what says how rows are stored is passed
//! over. A type that is not known stays as it is spelled.

use super::{own_type, stored, table_of};
use crate::catalog::{ALL_COLUMNS, FORMAT};
use crate::{
    SourceSettings, Type, core_type,
    dialects::{self, Names, collations},
    location::LineIndex,
    parse::{self, grammar},
    tokens::is_word,
};
use model::catalog::{CatalogColumn, CatalogTable};
use sqlparser::{
    ast::{CreateTable, Ident, Statement},
    tokenizer::{Token, TokenWithSpan, Tokenizer, Word},
};

/// Most words up to TABLE.
const WORDS_MAX: usize = 8;

/// With what a line of the list begins that is no column.
const NO_COLUMN: [&str; 14] = [
    "CHECK",
    "CONSTRAINT",
    "EXCLUDE",
    "FOREIGN",
    "FULLTEXT",
    "INDEX",
    "KEY",
    "LIKE",
    "PERIOD",
    "PRIMARY",
    "PROJECTION",
    "SPATIAL",
    "SUPPLEMENTAL",
    "UNIQUE",
];

/// What may follow a type. Whatever else does is part of it.
const OPTIONS: [&str; 44] = [
    "AUTOINCREMENT",
    "AUTO_INCREMENT",
    "CHECK",
    "CODEC",
    "COLLATE",
    "COLUMN_FORMAT",
    "COMMENT",
    "COMPRESS",
    "CONSTRAINT",
    "DEFAULT",
    "DISABLE",
    "DISTKEY",
    "ENABLE",
    "ENCODE",
    "ENCRYPTED",
    "ENCRYPT",
    "ENFORCED",
    "FILESTREAM",
    "FORMAT",
    "GENERATED",
    "IDENTITY",
    "INDEX",
    "KEY",
    "MASKED",
    "MASKING",
    "NOT",
    "NULL",
    "ON",
    "OPTIONS",
    "POLICY",
    "PRIMARY",
    "REFERENCES",
    "ROWGUIDCOL",
    "SORTKEY",
    "SPARSE",
    "STATISTICS",
    "STORAGE",
    "TAG",
    "TITLE",
    "TTL",
    "UNIQUE",
    "UPPERCASE",
    "VISIBLE",
    "VIRTUAL",
];

/// Words of columns that are not in `SELECT *`.
const UNSEEN: [&str; 5] = ["ALIAS", "EPHEMERAL", "HIDDEN", "INVISIBLE", "MATERIALIZED"];

/// Words that make another type of one that is known.
const OF_TYPES: [&str; 22] = [
    "BINARY",
    "BYTE",
    "CHAR",
    "CHARACTER",
    "DAY",
    "HOUR",
    "LOCAL",
    "MINUTE",
    "MONTH",
    "PRECISION",
    "RAW",
    "SECOND",
    "SIGNED",
    "TIME",
    "TO",
    "UNSIGNED",
    "VARYING",
    "WITH",
    "WITHOUT",
    "YEAR",
    "ZEROFILL",
    "ZONE",
];

/// What types have arguments between angle brackets.
const WITH_ANGLES: [&str; 7] = ["ARRAY", "MAP", "MULTISET", "RANGE", "RECORD", "ROW", "STRUCT"];

/// The table that a statement creates; nothing where a list of columns cannot be told.
pub(super) fn table(text: &str, settings: &SourceSettings) -> Option<CatalogTable> {
    let whole = Text::of(text, settings)?;
    let tokens = whole.tokens.as_slice();
    let at = tokens.iter().take(WORDS_MAX).position(|one| is_word(&one.token, "TABLE"))?;
    let behind = tokens.get(at + 1..)?;
    let first = at + 1 + if has(behind, &["IF", "NOT", "EXISTS"]) == Some(0) { 3 } else { 0 };
    let path = path(tokens.get(first..)?);
    let open = tokens.iter().position(|one| one.token == Token::LParen).filter(|o| *o > first)?;
    let queries = ["AS", "CLONE", "LIKE", "SELECT"];
    let head = tokens.get(first..open)?;
    if head.iter().any(|one| queries.iter().any(|word| is_word(&one.token, word))) {
        return None;
    }
    let (ends, close) = elements(tokens, open)?;
    let tail = tokens.get(close + 1..)?;
    let of_path = format!("CREATE TABLE {} (a INT)", whole.slice(first, first + path)?);
    let names = dialects::traits(settings.dialect()).names;
    let mut table = table_of(&statement(&of_path, settings)?, names);
    table.columns.clear();
    let of_table = collation(tail);
    let sets = dialects::traits(settings.dialect()).writing.tables_are_sets;
    let says = |word: &str| tokens.iter().any(|one| is_word(&one.token, word));
    let mut from = open + 1;
    for end in ends {
        let element = tokens.get(from..end).filter(|element| !element.is_empty())?;
        let alone = format!("CREATE TABLE t ({})", whole.slice(from, end)?);
        let mut columns = Vec::new();
        // A statement does without a format.
        let formatted = sets && has(element, &["FORMAT"]).is_some();
        if let Some(alone) = statement(&alone, settings).filter(|_| !formatted) {
            let mut one = table_of(&alone, names);
            table.keys.append(&mut one.keys);
            columns = one.columns;
        } else if begins_with(element, &NO_COLUMN) {
            table.keys.extend(key(element, names));
        } else if let Some(one) = column(&whole, from, end, settings)? {
            if has(element, &["PRIMARY", "KEY"]).is_some() {
                table.keys.push(vec![one.name.clone()]);
            }
            columns.push(one);
        }
        let own = has(element, &["COLLATE"]).is_some();
        for mut column in columns {
            if let Some(collation) = of_table.as_deref().filter(|_| !own) {
                column.data_type = collations::collated_type(&column.data_type, collation);
            }
            table.columns.push(column);
        }
        from = end + 1;
    }
    if sets && !says("MULTISET") && !says("UNIQUE") && table.keys.is_empty() {
        table.keys.push(vec![ALL_COLUMNS.to_owned()]);
    } else {
        table.keys.retain(|key| key.iter().all(|column| column != ALL_COLUMNS));
    }
    Some(table)
}

/// A text with its tokens.
struct Text<'a> {
    whole: &'a str,
    lines: LineIndex,
    tokens: Vec<TokenWithSpan>,
}

impl<'a> Text<'a> {
    fn of(text: &'a str, settings: &SourceSettings) -> Option<Self> {
        let mut tokens = Vec::new();
        Tokenizer::new(grammar(settings), text)
            .with_unescape(false)
            .tokenize_with_location_into_buf(&mut tokens)
            .ok()?;
        tokens.retain(|one| !matches!(one.token, Token::Whitespace(_)));
        Some(Self { whole: text, lines: LineIndex::new(text), tokens })
    }

    /// The text of these tokens.
    fn slice(&self, from: usize, to: usize) -> Option<&'a str> {
        let span = |at: usize| self.lines.span(self.whole, self.tokens.get(at)?.span);
        self.whole.get(span(from)?.start..span(to.checked_sub(1)?)?.end)
    }
}

/// A column by its name and its type; nothing inside for one that `SELECT *` does not have.
#[expect(clippy::option_option, reason = "what cannot be read, and what there is not")]
fn column(
    text: &Text<'_>,
    from: usize,
    end: usize,
    settings: &SourceSettings,
) -> Option<Option<CatalogColumn>> {
    let (name, rest) = text.tokens.get(from..end)?.split_first()?;
    let Token::Word(name) = &name.token else { return None };
    let depths = depths(rest);
    let outside = |words: &[&str]| {
        rest.iter().zip(&depths).position(|(one, depth)| {
            *depth == 0 && words.iter().any(|word| is_word(&one.token, word))
        })
    };
    if outside(&UNSEEN).is_some() {
        return Some(None);
    }
    // `CHARACTER SET` and the word that Teradata compares texts by say of which type it is.
    let length = outside(&OPTIONS).unwrap_or(rest.len());
    let (ty, options) = rest.split_at_checked(length)?;
    let (first, others) = ty.split_first()?;
    let Token::Word(first) = &first.token else { return None };
    let known = !matches!(core_type(settings, &first.value), Type::Other(_));
    // Behind a type that is known stands a word that belongs to none: a comma is missing.
    let strange = |(one, depth): (&TokenWithSpan, &usize)| {
        let Token::Word(word) = &one.token else { return false };
        *depth == 0
            && !OF_TYPES.iter().any(|known| word.value.eq_ignore_ascii_case(known))
            && !matches!(core_type(settings, &word.value), Type::Other(_))
    };
    if known && others.iter().zip(depths.get(1..)?).any(strange) {
        return None;
    }
    let mut data_type = own_type(text.slice(from + 1, from + 1 + length)?);
    // The words by which Teradata compares a text are of its type.
    let by_case = has(options, &["CASESPECIFIC"]);
    if by_case.is_some() && has(options, &["NOT", "CASESPECIFIC"]).is_none() {
        data_type.push_str(" CASESPECIFIC");
    }
    // What is stored in it becomes capital letters.
    if has(options, &["UPPERCASE"]).is_some() {
        data_type.push_str(" UPPERCASE");
    }
    // What a text of it looks like.
    if let Some(at) = has(options, &["FORMAT"])
        && let Some(Token::SingleQuotedString(format)) = options.get(at + 1).map(|one| &one.token)
    {
        data_type.push_str(&format!("{FORMAT}{format}'"));
    }
    if let Some(collation) = collation(options) {
        data_type = collations::collated_type(&data_type, &collation);
    }
    let not_null = [["NOT", "NULL"], ["PRIMARY", "KEY"]];
    let nullable = !not_null.iter().any(|words| has(options, words).is_some());
    let names = dialects::traits(settings.dialect()).names;
    Some(Some(CatalogColumn { name: stored(&ident(name), names), data_type, nullable }))
}

/// The columns of a primary key.
fn key(element: &[TokenWithSpan], names: Names) -> Option<Vec<String>> {
    let at = has(element, &["PRIMARY", "KEY"])?;
    let mut behind = element.iter().skip(at).skip_while(|one| one.token != Token::LParen).skip(1);
    let mut columns = Vec::new();
    loop {
        let Token::Word(word) = &behind.next()?.token else { return None };
        columns.push(stored(&ident(word), names));
        match behind.find(|one| !is_word(&one.token, "ASC") && !is_word(&one.token, "DESC"))?.token
        {
            Token::Comma => {}
            Token::RParen => return Some(columns),
            _ => return None,
        }
    }
}

fn ident(word: &Word) -> Ident {
    Ident { quote_style: word.quote_style, ..Ident::new(word.value.clone()) }
}

/// How many tokens a name takes.
fn path(tokens: &[TokenWithSpan]) -> usize {
    let dots =
        tokens.iter().skip(1).step_by(2).take_while(|one| one.token == Token::Period).count();
    2 * dots + 1
}

/// What `COLLATE` names, outside of brackets.
fn collation(tokens: &[TokenWithSpan]) -> Option<String> {
    let at = has(tokens, &["COLLATE"])?;
    match &tokens.iter().skip(at + 1).find(|one| one.token != Token::Eq)?.token {
        Token::Word(word) => Some(word.value.clone()),
        Token::SingleQuotedString(name) => Some(name.clone()),
        _ => None,
    }
}

/// Where these words stand behind one another, outside of brackets.
fn has(tokens: &[TokenWithSpan], words: &[&str]) -> Option<usize> {
    let depths = depths(tokens);
    (0..tokens.len()).find(|at| {
        depths.get(*at) == Some(&0)
            && words
                .iter()
                .enumerate()
                .all(|(n, word)| tokens.get(at + n).is_some_and(|one| is_word(&one.token, word)))
    })
}

fn begins_with(tokens: &[TokenWithSpan], words: &[&str]) -> bool {
    tokens.first().is_some_and(|one| words.iter().any(|word| is_word(&one.token, word)))
}

/// In how many brackets each token stands; a bracket stands outside of itself.
fn depths(tokens: &[TokenWithSpan]) -> Vec<usize> {
    let (mut depth, mut angles) = (0_usize, 0_usize);
    let mut found = Vec::with_capacity(tokens.len());
    let mut before: Option<&Token> = None;
    for one in tokens {
        let typed = before.is_some_and(|token| WITH_ANGLES.iter().any(|word| is_word(token, word)));
        match &one.token {
            Token::Gt => angles = angles.saturating_sub(1),
            Token::ShiftRight => angles = angles.saturating_sub(2),
            Token::RParen | Token::RBracket | Token::RBrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        found.push(depth + angles);
        match &one.token {
            Token::Lt if typed => angles += 1,
            Token::LParen | Token::LBracket | Token::LBrace => depth += 1,
            _ => {}
        }
        before = Some(&one.token);
    }
    found
}

/// Where the elements of a list end that opens here, and where the list closes.
fn elements(tokens: &[TokenWithSpan], open: usize) -> Option<(Vec<usize>, usize)> {
    let inside = tokens.get(open..)?;
    let depths = depths(inside);
    let close = (1..inside.len()).find(|at| depths.get(*at) == Some(&0))?;
    let mut ends: Vec<usize> = (1..close)
        .filter(|at| {
            depths.get(*at) == Some(&1) && inside.get(*at).is_some_and(|o| o.token == Token::Comma)
        })
        .map(|at| at + open)
        .collect();
    ends.push(close + open);
    (inside.get(close)?.token == Token::RParen).then_some((ends, close + open))
}

/// The one CREATE TABLE of a text.
fn statement(text: &str, settings: &SourceSettings) -> Option<CreateTable> {
    let mut read = parse::statements(text, settings, &LineIndex::new(text)).ok()?;
    match (read.pop()?, read.is_empty()) {
        (Statement::CreateTable(table), true) => Some(table),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{SourceSettings, Type, core_type, tables_of_ddl};
    use model::{Dialect, catalog::CatalogTable};

    fn of(dialect: Dialect, text: &str) -> CatalogTable {
        tables_of_ddl(text, dialect).unwrap_or_else(|d| panic!("{text}: {d:?}")).remove(0)
    }

    /// The types of the columns; `?` for one that is not known.
    fn types(dialect: Dialect, table: &CatalogTable) -> Vec<String> {
        let settings = SourceSettings::of(dialect);
        let shown = table.columns.iter().map(|c| match core_type(&settings, &c.data_type) {
            Type::Other(_) => "?".to_owned(),
            ty => ty.to_string(),
        });
        shown.collect()
    }

    #[test]
    fn tables_as_vendors_write_them() {
        for (dialect, text, expected, keys) in [
            (
                Dialect::Spark,
                "CREATE TABLE s.t (a INT, m MAP<STRING, INT> COMMENT 'x, y', b STRUCT<c: ARRAY<INT>, \
                 d: INT> NOT NULL, z STRING) USING delta",
                ["integer", "?", "?", "text"].as_slice(),
                ["s", "t"].as_slice(),
            ),
            (
                Dialect::TSql,
                "CREATE TABLE [dbo].[Orders]([Id] [int] IDENTITY(1,1) NOT NULL, [N] [nvarchar](50) NULL, \
                 [A] [decimal](18, 2) NULL, [C] AS ([Id] + 1) PERSISTED, CONSTRAINT [PK] PRIMARY KEY \
                 CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]) ON [PRIMARY] TEXTIMAGE_ON [P]",
                &["integer", "character varying(50)", "numeric(18,2)", "?"],
                &["dbo", "Orders", "Id"],
            ),
            (
                Dialect::Oracle,
                "CREATE TABLE \"HR\".\"EMP\" (\"ID\" NUMBER(6,0) NOT NULL ENABLE, \"H\" DATE DEFAULT \
                 SYSDATE, \"L\" TIMESTAMP (6) WITH LOCAL TIME ZONE, CONSTRAINT \"PK\" PRIMARY KEY \
                 (\"ID\", \"H\") USING INDEX PCTFREE 10 TABLESPACE \"USERS\" ENABLE) SEGMENT CREATION \
                 IMMEDIATE PCTFREE 10 NOCOMPRESS LOGGING",
                &["numeric(6,0)", "timestamp without time zone", "?"],
                &["HR", "EMP", "ID", "H"],
            ),
            (
                Dialect::Teradata,
                "CREATE MULTISET TABLE db.t ,FALLBACK , CHECKSUM = DEFAULT (id INTEGER NOT NULL, s \
                 VARCHAR(10) CHARACTER SET LATIN CASESPECIFIC, u CHAR(2) UPPERCASE, d DATE FORMAT 'YYYY-MM-DD', b BYTEINT \
                 COMPRESS (1,2)) PRIMARY INDEX ( id ) PARTITION BY RANGE_N(d BETWEEN 1 AND 2 EACH 1)",
                &["integer", "?", "?", "date", "smallint"],
                &["db", "t"],
            ),
            (
                Dialect::ClickHouse,
                "CREATE TABLE db.t (`a` Int32 CODEC(Delta, ZSTD), m Map(String, UInt8), h Int32 \
                 MATERIALIZED a + 1, d Date CODEC(ZSTD), INDEX i a TYPE minmax GRANULARITY 1) ENGINE = \
                 MergeTree ORDER BY a",
                &["integer", "?", "date"],
                &["db", "t"],
            ),
            (
                Dialect::MySql,
                "CREATE TABLE `t` (`a` int(10) unsigned zerofill DEFAULT NULL, `b` varchar(5), PRIMARY \
                 KEY (`a`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
                &["?", "character varying(5)"],
                &["t", "a"],
            ),
        ] {
            let table = of(dialect, text);
            assert_eq!(types(dialect, &table), expected, "{text}: {table:?}");
            let path = table.schema.iter().chain([&table.name]);
            let found: Vec<&String> = path.chain(table.keys.iter().flatten()).collect();
            assert_eq!(found, keys, "{text}");
        }
    }

    #[test]
    fn a_collation_reaches_every_text() {
        let read = |words: &str| {
            let text = format!("CREATE TABLE t (z INT ZEROFILL, a VARCHAR(5) {words}");
            of(Dialect::MySql, &text).columns[1].data_type.clone()
        };
        let by_parser = of(Dialect::MySql, "CREATE TABLE t (a VARCHAR(5) COLLATE utf8mb4_bin)");
        for words in ["COLLATE utf8mb4_bin) FROB", ") FROB COLLATE = utf8mb4_bin"] {
            assert_eq!(read(words), by_parser.columns[0].data_type, "{words}");
        }
    }

    #[test]
    fn a_mistake_stays_one() {
        for text in [
            "CREATE TABLE t (a MAP<STRING, INT>,, b INT)",
            "CREATE TABLE t (a MAP<STRING, INT>, b INT c INT)",
            "CREATE TABLE t (m MAP<STRING, INT>, 1 INT)",
            "CREATE TABLE t (m MAP<STRING, INT>, b)",
            "CREATE TABLE t (m MAP<STRING, INT>, b INT",
            "CREATE TABLE t FROB SELECT (m MAP<STRING, INT>)",
        ] {
            assert!(tables_of_ddl(text, Dialect::Spark).is_err(), "{text}");
        }
    }
}
