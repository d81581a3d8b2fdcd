//! LEFT and RIGHT: a file, or an engine with a query.

use super::{
    query::{Query, QueryText},
    sides::Answer,
};
use crate::{
    error::CliError,
    wiring::{
        engines::{Given, given},
        keys, translate,
    },
};
use engines::{Engine, Request};
use model::{Side, catalog::CatalogTable};
use replay::Question;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// What is compared.
pub(super) enum Input {
    File(PathBuf),
    Engine(Box<Asking>),
}

/// An engine with a query that it will be asked.
pub(super) struct Asking {
    pub(super) engine: Arc<dyn Engine>,
    place: String,
    pub(super) has_tables: bool,
    pub(super) query: Query,
    tables: Vec<CatalogTable>,
}

impl Input {
    /// What it is called in reports; never with a password.
    pub(super) fn label(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Engine(asking) => format!("{}: {}", asking.place, asking.query.text.label()),
        }
    }

    /// The question, for an engine.
    pub(super) fn question(&self, side: Side) -> Result<Option<Question>, CliError> {
        let Self::Engine(asking) = self else { return Ok(None) };
        let Query { text, dialect, facts, .. } = &asking.query;
        let request = Request::new(text.sql.clone(), *dialect);
        let question = Question::new(side, Arc::clone(&asking.engine), request, facts);
        question.map(Some).map_err(|reason| {
            CliError::usage(format!(
                "`{}` must be a query that only reads: {reason}",
                text.option()
            ))
        })
    }

    /// The output columns of a key that the engine's catalog declares.
    pub(super) fn declared_key(&self, answer: &Answer) -> Option<Vec<usize>> {
        let (Self::Engine(asking), Ok(rows)) = (self, answer) else { return None };
        let Query { parsed, facts, .. } = &asking.query;
        let fields = rows.schema().fields();
        let names: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
        keys::declared(parsed, &facts.origins, &names, &asking.tables)
    }
}

impl Asking {
    /// Adds what the tables of the engine tell of the query.
    pub(super) fn refine(&mut self, tables: Vec<CatalogTable>) {
        let Query { text, dialect, facts, .. } = &mut self.query;
        translate::refine(facts, &text.sql, *dialect, &tables);
        self.tables = tables;
    }
}

/// Options that give queries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Queries<'a> {
    pub(super) both: Option<&'a str>,
    pub(super) left: Option<&'a str>,
    pub(super) right: Option<&'a str>,
}

/// Both inputs. Opens databases of this process; a server is not connected to yet. Must be called
/// inside of the runtime.
pub(super) fn both(paths: [&PathBuf; 2], queries: Queries<'_>) -> Result<[Input; 2], CliError> {
    let [left, right] = paths;
    let inputs = [
        one("LEFT", left, queries.both, ("--left-query", queries.left))?,
        one("RIGHT", right, queries.both, ("--right-query", queries.right))?,
    ];
    if queries.both.is_some() && inputs.iter().all(|input| matches!(input, Input::File(_))) {
        return Err(of_a_file("--query", "LEFT and RIGHT are files"));
    }
    Ok(inputs)
}

fn one(
    name: &'static str,
    path: &Path,
    both: Option<&str>,
    (option, own): (&'static str, Option<&str>),
) -> Result<Input, CliError> {
    let engine = match path.to_str() {
        Some(text) => {
            let engine = given(name, text)?;
            if engine.is_none() {
                no_other_scheme(name, text)?;
            }
            engine
        }
        None => None,
    };
    match (engine, own, both) {
        (None, Some(_), _) => Err(of_a_file(option, &format!("{name} is a file"))),
        (None, None, _) => Ok(Input::File(path.to_owned())),
        (Some(engine), Some(own), _) => asking(engine, QueryText::read(option, own)?),
        (Some(engine), None, Some(both)) => asking(engine, QueryText::read("--query", both)?),
        (Some(engine), None, None) => Err(CliError::usage(format!(
            "{name} is an engine, `{}`, and there is no query for it",
            engine.place
        ))
        .hint(format!(
            "give one by `{option}`, or by `--query` for both sides; `@FILE` reads it from a file"
        ))),
    }
}

fn asking(given: Given, text: QueryText) -> Result<Input, CliError> {
    let Given { engine, place, has_tables } = given;
    let query = text.parse(engine.dialect())?;
    Ok(Input::Engine(Box::new(Asking { engine, place, has_tables, query, tables: Vec::new() })))
}

fn of_a_file(option: &str, what: &str) -> CliError {
    CliError::usage(format!("`{option}` is for an engine, and {what}")).hint(
        "a file is compared whole; `duckdb:` can query files, as in `SELECT … FROM 'x.parquet'`",
    )
}

/// A URL that no engine is known for is no file. What follows the scheme may hold a password.
fn no_other_scheme(name: &str, text: &str) -> Result<(), CliError> {
    let Some((scheme, _)) = text.split_once("://") else { return Ok(()) };
    let fits = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    if scheme.is_empty() || !scheme.chars().all(fits) {
        return Ok(());
    }
    Err(CliError::usage(format!("{name}: `{scheme}://` is no engine that can be asked"))
        .hint("give a file, `postgres://…`, `duckdb:FILE`, `duckdb:` or `datafusion:`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    const NONE: Queries<'_> = Queries { both: None, left: None, right: None };

    fn error(left: &str, right: &str, queries: Queries<'_>) -> String {
        let (left, right) = (PathBuf::from(left), PathBuf::from(right));
        let error = match both([&left, &right], queries) {
            Err(error) => error,
            Ok(inputs) => {
                let [left, right] = &inputs;
                let legacy = left.question(Side::Legacy).map(drop);
                legacy.and(right.question(Side::Governed).map(drop)).unwrap_err()
            }
        };
        assert_eq!(error.exit(), Exit::Usage);
        error.render(false)
    }

    #[tokio::test]
    async fn what_does_not_go_together_is_said() {
        let q = Some("SELECT 1");
        for (left, right, queries, said) in [
            ("l.csv", "r.csv", Queries { both: q, ..NONE }, "LEFT and RIGHT are files"),
            ("l.csv", "duckdb:", Queries { left: q, right: q, ..NONE }, "LEFT is a file"),
            ("duckdb:", "r.csv", Queries { right: q, both: q, ..NONE }, "RIGHT is a file"),
            ("duckdb:", "r.csv", NONE, "`--left-query`"),
            ("l.csv", "datafusion:", NONE, "`--right-query`"),
            ("mysql://u:hunter2@h/d", "r.csv", NONE, "`mysql://` is no engine"),
            ("postgres://u:hunter2@h/d?nope=1", "r.csv", Queries { both: q, ..NONE }, "nope"),
            ("postgres://u:hunter2@h/d", "r.csv", NONE, "`postgres://u@h:5432/d`"),
        ] {
            let error = error(left, right, queries);
            assert!(error.contains(said), "{left} {right}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[tokio::test]
    async fn only_reads_are_asked() {
        for (sql, said) in [
            ("INSERT INTO t VALUES (1)", "would write: INSERT"),
            ("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "would write"),
            ("SELECT nextval('s')", "would write"),
            ("SET x = 1", "not a query"),
            ("COPY t TO '/x'", "would write: COPY"),
        ] {
            let queries = Queries { both: Some(sql), ..NONE };
            let url = "postgres://u@h/d";
            let error = error(url, "r.csv", queries);
            assert!(error.contains(said) && error.contains("`--query`"), "{sql}: {error}");
        }
    }

    #[tokio::test]
    async fn a_label_names_place_and_query_without_the_password() {
        let path = PathBuf::from("postgres://ann:hunter2@h:5433/d");
        let queries = Queries { left: Some("SELECT  1"), both: Some("SELECT 2"), right: None };
        let [left, right] = both([&path, &path], queries).unwrap();
        assert_eq!(left.label(), "postgres://ann@h:5433/d: SELECT 1");
        assert_eq!(right.label(), "postgres://ann@h:5433/d: SELECT 2");
    }
}
