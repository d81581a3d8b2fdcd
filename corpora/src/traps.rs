//! Statements of our own that PostgreSQL and its successors answer differently.
//!
//! Each was run on the real engines; `traps/record.py` does it again and checks what the headers
//! of the files say.

mod statements;

use crate::{
    Corpus, CorpusError,
    corpus::Data,
    manifest::{self, malformed},
    statement,
};
use statements::STATEMENTS;

const NAME: &str = "traps";

const ROWS: &[(&str, &str)] = &[
    ("numbers", include_str!("../traps/data/numbers.copy")),
    ("readings", include_str!("../traps/data/readings.copy")),
    ("people", include_str!("../traps/data/people.copy")),
    ("events", include_str!("../traps/data/events.copy")),
    ("docs", include_str!("../traps/data/docs.copy")),
    ("sales", include_str!("../traps/data/sales.copy")),
    ("targets", include_str!("../traps/data/targets.copy")),
];

/// The corpus `traps`.
///
/// # Errors
/// None in a build that passed its tests; a file of the corpus that is malformed.
pub fn traps() -> Result<Corpus, CorpusError> {
    let about = manifest::about(NAME, include_str!("../traps/corpus.toml"))?;
    let statements = STATEMENTS.iter().map(|(name, text)| {
        statement::parse(format!("{NAME}-{name}"), text)
            .map_err(|message| malformed(NAME, format!("statements/{name}.sql"), message))
    });
    Ok(Corpus {
        name: NAME,
        origin: about.origin,
        licence: about.licence,
        description: about.description,
        tables: manifest::tables(NAME, include_str!("../traps/schema.toml"))?,
        statements: statements.collect::<Result<_, _>>()?,
        postgres_setup: "",
        data: Data::Copy(ROWS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statement::ExpectedVerdict as V;
    use arrow::array::{Array as _, AsArray as _};
    use std::fs;

    fn names(folder: &str, suffix: &str) -> Vec<String> {
        let folder = format!("{}/traps/{folder}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| name.strip_suffix(suffix).unwrap().to_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn every_file_is_compiled_in_and_every_name_has_a_file() {
        let registered: Vec<_> = STATEMENTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(registered, names("statements", ".sql"));
        let mut tables: Vec<_> = ROWS.iter().map(|(name, _)| *name).collect();
        assert!(traps().unwrap().tables.iter().map(|t| t.name.as_str()).eq(tables.clone()));
        tables.sort_unstable();
        assert_eq!(tables, names("data", ".copy"));
    }

    #[test]
    fn there_are_enough_traps_and_controls() {
        let corpus = traps().unwrap();
        let count = |wanted: &dyn Fn(V) -> bool| {
            corpus.statements.iter().filter(|s| wanted(s.expected.duckdb.unchanged)).count()
        };
        assert!(count(&|verdict| verdict == V::MismatchSilent) >= 60);
        assert!(count(&|verdict| verdict == V::MismatchLoud) >= 12);
        assert!(count(&|verdict| verdict == V::Match) >= 10);
        for statement in &corpus.statements {
            // A control proves the absence of false alarms only when it must match.
            let control = statement.id.contains("control-");
            assert_eq!(control, statement.expected.duckdb.transpiled == V::Match, "{statement:?}");
            assert!(!control || statement.expected.duckdb.unchanged == V::Match, "{statement:?}");
        }
    }

    #[test]
    fn rows_are_read_and_hold_their_edge_cases() {
        let corpus = traps().unwrap();
        for table in &corpus.tables {
            let batches: Result<Vec<_>, _> = corpus.rows(&table.name).unwrap().collect();
            let batches = batches.unwrap();
            assert_eq!(batches.len(), 1, "{}", table.name);
            assert_eq!(batches[0].schema(), corpus.schema(&table.name).unwrap());
            assert!(batches[0].num_rows() >= 4);
        }
        let people = corpus.rows("people").unwrap().next().unwrap().unwrap();
        let codes = people.column_by_name("code").unwrap().as_string::<i32>().clone();
        assert!(codes.iter().flatten().all(|code| code.len() == 6) && codes.null_count() == 1);
    }
}
