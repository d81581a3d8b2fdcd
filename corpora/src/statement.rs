//! Statements of a corpus, and what is expected of them.
//!
//! A statement file opens with `-- key: value` lines; the SQL follows.

use model::Verdict;
use std::{collections::BTreeMap, fmt, str::FromStr};

/// One statement of a corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorpusStatement {
    /// Unique over all corpora, for example `tpch-01` or `traps-012-modulo-by-zero`.
    pub id: String,
    /// What it asks, in a few words.
    pub title: String,
    /// The trap it stands for, with what PostgreSQL makes of it; absent where there is none.
    pub trap: Option<Trap>,
    /// One statement in PostgreSQL's dialect, without the header of its file.
    pub sql: String,
    /// What is expected of each governed engine.
    pub expected: Expectations,
}

/// Where engines part ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap {
    /// The class of the trap, for example `4 (NULL order)`.
    pub class: String,
    /// What PostgreSQL gives.
    pub postgres: String,
}

/// What is expected of each governed engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectations {
    /// On DuckDB.
    pub duckdb: Expected,
    /// On DataFusion.
    pub datafusion: Expected,
}

/// What is expected of one governed engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// When PostgreSQL's text is copied.
    pub unchanged: ExpectedVerdict,
    /// When the text is transpiled.
    pub transpiled: ExpectedVerdict,
}

/// An expected verdict, finer than the comparer's where an error differs from other rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedVerdict {
    /// Equal rows, or failure on both sides.
    Match,
    /// Equal, or equal but for the last digits, where one side computes in decimals and the other
    /// in floats.
    Tolerated,
    /// Both sides differ and nothing says so: other rows, or rows where PostgreSQL fails.
    MismatchSilent,
    /// The governed engine fails, and PostgreSQL gives rows.
    MismatchLoud,
    /// `Match`, `Tolerated`, or refused by the transpiler with a reason.
    MatchOrRefused,
}

impl ExpectedVerdict {
    /// The spelling used in statement files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Tolerated => "tolerated",
            Self::MismatchSilent => "mismatch-silent",
            Self::MismatchLoud => "mismatch-loud",
            Self::MatchOrRefused => "match_or_refused",
        }
    }

    /// Is `found` what was expected? The comparer's mismatch is silent or loud alike.
    pub const fn admits(self, found: &Verdict) -> bool {
        match self {
            Self::Match => matches!(found, Verdict::Match),
            Self::Tolerated => matches!(found, Verdict::Match | Verdict::Tolerated),
            Self::MismatchSilent | Self::MismatchLoud => matches!(found, Verdict::Mismatch),
            Self::MatchOrRefused => {
                matches!(found, Verdict::Match | Verdict::Tolerated | Verdict::Skipped { .. })
            }
        }
    }
}

impl fmt::Display for ExpectedVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ExpectedVerdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [
            Self::Match,
            Self::Tolerated,
            Self::MismatchSilent,
            Self::MismatchLoud,
            Self::MatchOrRefused,
        ]
        .into_iter()
        .find(|verdict| verdict.as_str() == text)
        .ok_or_else(|| format!("unknown verdict `{text}`"))
    }
}

const KEYS: [&str; 7] = [
    "title",
    "trap",
    "postgres",
    "duckdb unchanged",
    "duckdb transpiled",
    "datafusion unchanged",
    "datafusion transpiled",
];

/// Reads a file of the `traps` corpus. `trap: none` marks a statement without one.
pub(crate) fn parse(id: String, text: &str) -> Result<CorpusStatement, String> {
    let mut header = BTreeMap::new();
    let mut rest = text;
    while let Some(comment) = rest.strip_prefix("-- ") {
        let (line, below) = comment.split_once('\n').unwrap_or((comment, ""));
        rest = below;
        let (key, value) =
            line.split_once(": ").ok_or_else(|| format!("the line `{line}` has no `: `"))?;
        if !KEYS.contains(&key) {
            return Err(format!("unknown key `{key}`; known are {}", KEYS.join(", ")));
        }
        if header.insert(key, value).is_some() {
            return Err(format!("the key `{key}` appears twice"));
        }
    }
    let sql = rest.trim();
    if sql.is_empty() {
        return Err("there is no SQL below the header".to_owned());
    }
    let get =
        |key: &str| header.get(key).copied().ok_or_else(|| format!("the key `{key}` is missing"));
    let expected = |engine| {
        Ok::<_, String>(Expected {
            unchanged: get(format!("{engine} unchanged").as_str())?.parse()?,
            transpiled: get(format!("{engine} transpiled").as_str())?.parse()?,
        })
    };
    let (class, postgres) = (get("trap")?.to_owned(), get("postgres")?.to_owned());
    Ok(CorpusStatement {
        id,
        title: get("title")?.to_owned(),
        trap: (class != "none").then_some(Trap { class, postgres }),
        sql: sql.to_owned(),
        expected: Expectations { duckdb: expected("duckdb")?, datafusion: expected("datafusion")? },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "-- title: t\n-- trap: 4 (NULL order)\n-- postgres: first: NULL\n\
        -- duckdb unchanged: mismatch-silent\n-- duckdb transpiled: match_or_refused\n\
        -- datafusion unchanged: match\n-- datafusion transpiled: match\n\
        SELECT 1\n-- no header\nFROM t\n";

    #[test]
    fn the_header_is_read_and_the_sql_kept() {
        let statement = parse("x".into(), FILE).unwrap();
        assert_eq!(statement.sql, "SELECT 1\n-- no header\nFROM t");
        assert_eq!(statement.trap.unwrap().postgres, "first: NULL");
        assert_eq!(statement.expected.duckdb.unchanged, ExpectedVerdict::MismatchSilent);
        assert_eq!(statement.expected.datafusion.transpiled, ExpectedVerdict::Match);
    }

    #[test]
    fn a_mismatch_is_never_admitted_where_equality_is_expected() {
        let skipped = Verdict::Skipped { reason: "refused".into() };
        let inconclusive = Verdict::Inconclusive { reason: "timeout".into() };
        for (expected, admitted) in [
            (ExpectedVerdict::Match, [true, false, false, false, false]),
            (ExpectedVerdict::Tolerated, [true, true, false, false, false]),
            (ExpectedVerdict::MismatchSilent, [false, false, true, false, false]),
            (ExpectedVerdict::MismatchLoud, [false, false, true, false, false]),
            (ExpectedVerdict::MatchOrRefused, [true, true, false, true, false]),
        ] {
            let found = [
                Verdict::Match,
                Verdict::Tolerated,
                Verdict::Mismatch,
                skipped.clone(),
                inconclusive.clone(),
            ];
            assert_eq!(found.map(|verdict| expected.admits(&verdict)), admitted, "{expected}");
        }
    }

    #[test]
    fn a_broken_header_is_explained() {
        for (from, to, message) in [
            ("-- title: t\n", "", "`title` is missing"),
            ("title", "tittle", "unknown key `tittle`"),
            ("unchanged: match\n", "unchanged: same\n", "unknown verdict `same`"),
            ("-- trap", "-- title", "appears twice"),
            ("-- title: t", "-- title", "has no `: `"),
            ("SELECT 1\n-- no header\nFROM t", "", "no SQL"),
        ] {
            let text = FILE.replacen(from, to, 1);
            let error = parse("x".into(), &text).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }
}
