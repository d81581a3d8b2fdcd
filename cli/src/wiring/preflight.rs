//! Do both sides hold the same data? Asked before a replay and after it, so that other data are not taken
//! for another engine.
//!
//! Each table that statements of the plan read is a query for all its columns, translated as any other
//! statement. Its rows are counted, or summed up where they are: by PostgreSQL and DuckDB themselves, and
//! here for an engine that cannot. The governed engine is asked without its pipeline: what masks and row
//! filters do is not what is asked for.

use crate::{
    error::CliError,
    exit::Exit,
    output,
    pipeline::MemoryLimits,
    wiring::{
        keys,
        progress::Phase,
        pushed::Pushed,
        scratch::Scratch,
        translate::{Mode, Planner},
    },
};
use arrow::{array::AsArray as _, datatypes::Int64Type};
use chrono::Utc;
use compare::{Pass, Total, Watch};
use engines::{Engine, Request, SessionSettings, summary::PushedQuery};
use model::{
    Dialect, Disposition, EngineKind, Failure, Plan, Rows, Side, SideStatement, Statement,
    TableCheck, TableData, Workload,
    catalog::{CatalogColumn, CatalogTable},
};
use replay::{Asked, Listener, Question, Selection, Settings, SideAnswer, StopSignal, ask};
use sql::SourceSettings;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::spawn_blocking;

/// How much of the data is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The number of rows.
    Counts,
    /// All values.
    Checksums,
}

/// The tables of a plan, ready to be looked at.
pub(crate) struct Preflight {
    depth: Depth,
    /// Legacy, governed.
    engines: [Arc<dyn Engine>; 2],
    settings: Settings,
    memory: MemoryLimits,
    tables: Vec<Table>,
}

/// A table.
struct Table {
    /// As statements name it.
    name: String,
    /// The query for its rows, for each side; an error says why there is none.
    queries: Result<[String; 2], String>,
}

/// What can be told of a table on both sides.
type Both = [Option<TableData>; 2];

impl Preflight {
    /// Of the tables that statements of `plan` read, which are those of `catalog`.
    pub(crate) fn new(
        (depth, seconds): (Depth, u64),
        plan: &Plan,
        catalog: &[CatalogTable],
        source: &SourceSettings,
        engines: [Arc<dyn Engine>; 2],
        (settings, memory): (&Settings, MemoryLimits),
    ) -> Result<Self, CliError> {
        let [legacy, governed] = engines.each_ref().map(|engine| engine.dialect());
        let planner = Planner::new(Mode::Transpiled, source, (legacy, governed), catalog);
        let statement_timeout = Duration::from_secs(seconds);
        let settings = Settings { statement_timeout, ..settings.clone() };
        let tables = tables(plan, catalog, &planner, source.dialect())?;
        Ok(Self { depth, engines, settings, memory, tables })
    }

    /// Looks at all tables, one after the other.
    pub(crate) async fn check(&self, stop: &StopSignal) -> Result<Vec<TableCheck>, CliError> {
        let mut checks = Vec::with_capacity(self.tables.len());
        let count = self.tables.len();
        if count == 0 {
            return Ok(checks);
        }
        let phase = Phase::start(match self.depth {
            Depth::Counts => format!("counting the rows of {count} tables on both sides"),
            Depth::Checksums => format!("summing up the rows of {count} tables on both sides"),
        });
        for table in &self.tables {
            let (both, note) = tokio::select! {
                looked = self.look(table, stop) => looked?,
                () = stop.stopped() => return Err(interrupted()),
            };
            let [legacy, governed] = both;
            let (table, checked) = (table.name.clone(), Utc::now());
            checks.push(TableCheck { table, checked, legacy, governed, note });
        }
        phase.done(format!("looked at the data of {count} tables on both sides"));
        Ok(checks)
    }

    async fn look(
        &self,
        table: &Table,
        stop: &StopSignal,
    ) -> Result<(Both, Option<String>), CliError> {
        let queries = match &table.queries {
            Ok(queries) => queries,
            Err(why) => return Ok(([None, None], Some(why.clone()))),
        };
        let vain = match self.depth {
            Depth::Counts => None,
            Depth::Checksums => match self.sum_up(queries).await {
                Ok(totals) => {
                    let data = totals.map(|total| {
                        let checksum = Some(total.checksum());
                        Some(TableData { rows: total.rows, checksum })
                    });
                    return Ok((data, None));
                }
                Err(why) => Some(format!("no checksums: {why}")),
            },
        };
        let [legacy, governed] = self.count(queries, stop).await?;
        let notes = [vain, legacy.as_ref().err().cloned(), governed.as_ref().err().cloned()];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        let both =
            [legacy, governed].map(|rows| rows.ok().map(|rows| TableData { rows, checksum: None }));
        Ok((both, (!notes.is_empty()).then(|| notes.join("; "))))
    }

    async fn sum_up(&self, [legacy, governed]: &[String; 2]) -> Result<[Total; 2], String> {
        let opened =
            tokio::try_join!(self.open(Side::Legacy, legacy), self.open(Side::Governed, governed));
        let sides = opened.map(|(legacy, governed)| [legacy, governed])?;
        let (ends, dropped) = Ends::new(self.settings.statement_timeout);
        let summing =
            spawn_blocking(move || Pushed::both(&sides, |sides| compare::totals(sides, &ends)));
        let found = summing.await.map_err(|error| error.to_string())?;
        drop(dropped);
        found
    }

    async fn open(&self, side: Side, query: &str) -> Result<Pushed, String> {
        let engine = self.engine(side);
        if matches!(engine.kind(), EngineKind::Postgres | EngineKind::DuckDb) {
            let session = self.session(side);
            let opened = PushedQuery::open(engine.as_ref(), &session, query).await;
            return match opened {
                Ok(query) => Ok(Pushed::Query(Box::new(query))),
                Err(failure) => Err(told(side, &failure)),
            };
        }
        match self.ask(side, query.to_owned(), &StopSignal::never()).await {
            Ok(SideAnswer::Rows(answer)) => Ok(Pushed::Rows(answer.rows)),
            Ok(SideAnswer::Failed(failure)) => Err(told(side, &failure)),
            Err(error) => Err(error.message().to_owned()),
        }
    }

    /// The number of rows of each side; the inner error says why it is not known.
    async fn count(
        &self,
        queries: &[String; 2],
        stop: &StopSignal,
    ) -> Result<[Result<u64, String>; 2], CliError> {
        let one = async |side: Side, query: &String| {
            let count = format!("SELECT count(*) AS n FROM (\n{query}\n) AS t");
            Ok::<_, CliError>(match self.ask(side, count, stop).await {
                Ok(SideAnswer::Rows(answer)) => number(answer.rows.as_ref())
                    .ok_or_else(|| format!("the {side} side did not count")),
                Ok(SideAnswer::Failed(failure)) => Err(told(side, &failure)),
                // Nothing that is wrong with one table may keep the others from being replayed.
                Err(error) if error.exit() == Exit::Usage => Err(error.message().to_owned()),
                Err(error) => return Err(error),
            })
        };
        let [legacy, governed] = queries;
        let (legacy, governed) =
            tokio::join!(one(Side::Legacy, legacy), one(Side::Governed, governed));
        Ok([legacy?, governed?])
    }

    async fn ask(
        &self,
        side: Side,
        sql: String,
        stop: &StopSignal,
    ) -> Result<SideAnswer, CliError> {
        let engine = self.engine(side);
        let dialect = engine.dialect();
        let parsed = sql::parse(&sql, dialect);
        let facts = parsed.map_err(|error| CliError::usage(error.message))?.facts();
        let request = Request::new(sql, dialect);
        let question = Question::new(side, Arc::clone(engine), request, &facts)
            .map_err(|reason| CliError::usage(reason.to_string()))?;
        let scratch: Arc<dyn model::Scratch> =
            Arc::new(Scratch::keeping(self.memory.result_bytes_max));
        match ask(&question, &self.settings, &scratch, stop, &Quiet).await? {
            Asked::Answered(answer, _) => Ok(answer),
            Asked::Interrupted => Err(interrupted()),
        }
    }

    const fn engine(&self, side: Side) -> &Arc<dyn Engine> {
        let [legacy, governed] = &self.engines;
        match side {
            Side::Legacy => legacy,
            Side::Governed => governed,
        }
    }

    fn session(&self, side: Side) -> SessionSettings {
        let settings = match side {
            Side::Legacy => &self.settings.legacy,
            Side::Governed => &self.settings.governed,
        };
        let statement_timeout = Some(self.settings.statement_timeout);
        SessionSettings { statement_timeout, ..settings.clone() }
    }
}

/// The tables that running statements read, each with its query.
fn tables(
    plan: &Plan,
    catalog: &[CatalogTable],
    planner: &Planner,
    dialect: Dialect,
) -> Result<Vec<Table>, CliError> {
    let running = |item: &&model::PlanItem| matches!(item.disposition, Disposition::Run { .. });
    let facts = plan.items.iter().filter(running).filter_map(|item| item.facts.as_ref());
    let names: BTreeSet<&str> =
        facts.flat_map(|facts| facts.tables.iter().map(String::as_str)).collect();
    let known = names.iter().filter_map(|name| {
        let table = catalog.iter().find(|table| keys::is_named(table, name))?;
        Some(Statement::new(*name, (*name, 0), dialect, query(table, dialect)))
    });
    let workload = Workload::new("preflight", known.collect()).map_err(CliError::usage)?;
    let plan = planner.plan(&workload, Selection::default()).map_err(CliError::usage)?;
    let mut queries: BTreeMap<String, Result<[String; 2], String>> = plan
        .items
        .into_iter()
        .map(|item| {
            let queries = match item.disposition {
                Disposition::Run { legacy: SideStatement { sql, .. }, translated, .. } => {
                    Ok([sql, translated])
                }
                Disposition::Skip { reason } => Err(reason.to_string()),
            };
            (item.statement, queries)
        })
        .collect();
    let table = |name: &str| {
        let queries = queries.remove(name).unwrap_or_else(|| {
            Err("it is not in the catalog; give the catalog by `catalog.file`".to_owned())
        });
        Table { name: name.to_owned(), queries }
    };
    Ok(names.into_iter().map(table).collect())
}

/// All rows of a table, with its columns in the order of the catalog.
fn query(table: &CatalogTable, dialect: Dialect) -> String {
    let column = |column: &CatalogColumn| quoted(&column.name, dialect);
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    let name = [table.database.as_ref(), table.schema.as_ref(), Some(&table.name)];
    let name: Vec<String> = name.into_iter().flatten().map(|part| quoted(part, dialect)).collect();
    format!("SELECT {} FROM {}", columns.join(", "), name.join("."))
}

/// A name in quotes, as the dialect writes them.
fn quoted(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::BigQuery | Dialect::Spark | Dialect::MySql | Dialect::ClickHouse => {
            format!("`{}`", name.replace('`', "``"))
        }
        Dialect::TSql => format!("[{}]", name.replace(']', "]]")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// The only value of an answer.
fn number(rows: &dyn Rows) -> Option<u64> {
    let batch = rows.read(0, &[0], 1).ok()?.next()?.ok()?;
    let array = batch.columns().first()?.as_primitive_opt::<Int64Type>()?;
    u64::try_from(*array.values().first()?).ok()
}

fn told(side: Side, failure: &Failure) -> String {
    format!("the {side} side: {failure}")
}

fn interrupted() -> CliError {
    CliError::interrupted("interrupted while the data of both sides were looked at")
}

/// When summing up ends without a result.
struct Ends {
    deadline: Option<Instant>,
    dropped: Arc<AtomicBool>,
}

/// Ends it once nobody waits for it any more.
struct Dropped(Arc<AtomicBool>);

impl Ends {
    fn new(timeout: Duration) -> (Self, Dropped) {
        let dropped = Arc::new(AtomicBool::new(false));
        let deadline = Instant::now().checked_add(timeout);
        (Self { deadline, dropped: Arc::clone(&dropped) }, Dropped(dropped))
    }
}

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Watch for Ends {
    fn read(&self, _: Pass, _: Side, _: u64) {}

    fn is_stopped(&self) -> bool {
        self.dropped.load(Ordering::Relaxed)
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// Tells what people should know.
struct Quiet;

impl Listener for Quiet {
    fn rows(&self, _: Side, _: u64) {}

    fn warn(&self, side: Side, message: String) {
        output::note(format!("warning: {side}: {message}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_as_the_dialect_does() {
        for (dialect, expected) in [
            (Dialect::Postgres, "\"a\"\"b\""),
            (Dialect::BigQuery, "`a\"b`"),
            (Dialect::TSql, "[a\"b]"),
        ] {
            assert_eq!(quoted("a\"b", dialect), expected);
        }
        assert_eq!(quoted("a`]b", Dialect::MySql), "`a``]b`");
        assert_eq!(quoted("a`]b", Dialect::TSql), "[a`]]b]");
    }
}
