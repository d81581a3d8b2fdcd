//! What dbt did last: `run_results.json` (<https://docs.getdbt.com/reference/artifacts/run-results-json>)
//! and, beside it, `manifest.json`.
//!
//! The compiled text of a model is its query; dbt puts `CREATE TABLE … AS` or the like around it. The query
//! is what can be replayed.

use super::{History, Out, Unread, failed_somehow, micros};
use crate::import::{
    record::{Record, Unreadable, Wanted},
    time,
};
use model::{Dialect, Statement};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufReader, ErrorKind},
    path::Path,
    time::Duration,
};

const RESULTS: &str = "run_results.json";
const MANIFEST: &str = "manifest.json";

/// The largest file that is read.
const BYTES_MAX: u64 = 2 << 30;

/// Letters of the name of a run of dbt that tell its statements from those of another.
const INVOCATION_CHARS: usize = 8;

/// The files of one run of dbt.
#[derive(Debug)]
pub(super) struct Artifacts {
    /// That of the statements, where the manifest does not tell.
    dialect: Option<Dialect>,
}

#[derive(Debug, Deserialize)]
struct Results {
    metadata: Run,
    /// Read one by one: a damaged one must not keep the others from being read.
    results: Vec<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Run {
    #[serde(default)]
    invocation_id: Option<String>,
    #[serde(default)]
    dbt_schema_version: Option<String>,
}

#[derive(Debug, Deserialize)]
struct NodeResult {
    unique_id: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    timing: Vec<Timing>,
    #[serde(default)]
    thread_id: Option<String>,
    #[serde(default)]
    execution_time: Option<f64>,
    #[serde(default)]
    compiled_code: Option<String>,
    /// As versions before 4 call it.
    #[serde(default)]
    compiled_sql: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Timing {
    name: String,
    #[serde(default)]
    started_at: Option<String>,
    #[serde(default)]
    completed_at: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Manifest {
    #[serde(default)]
    metadata: Adapter,
    #[serde(default)]
    nodes: HashMap<String, Node>,
}

#[derive(Debug, Default, Deserialize)]
struct Adapter {
    #[serde(default)]
    adapter_type: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Node {
    #[serde(default)]
    database: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    compiled_code: Option<String>,
    #[serde(default)]
    compiled_sql: Option<String>,
}

impl Artifacts {
    pub(super) const fn new(dialect: Option<Dialect>) -> Self {
        Self { dialect }
    }

    fn statement(
        result: NodeResult,
        node: Option<&Node>,
        (run, dialect): (&str, Dialect),
    ) -> Result<Statement, &'static str> {
        if node.and_then(|node| node.language.as_deref()).is_some_and(|of| of != "sql") {
            return Err("a model that is no SQL");
        }
        match result.status.as_deref() {
            Some("skipped" | "no-op") => return Err("a node that was skipped"),
            _ if result.unique_id.starts_with("seed.") => return Err("a seed, which has no SQL"),
            _ => {}
        }
        let compiled = |node: &Node| node.compiled_code.clone().or(node.compiled_sql.clone());
        let text = result.compiled_code.or(result.compiled_sql).or(node.and_then(compiled));
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
            return Err("a node without compiled code (`dbt compile` makes it)");
        };
        let executed = result.timing.iter().find(|timing| timing.name == "execute");
        let at = |time: &Option<String>| time.as_deref().and_then(time::parse);
        let start = executed.and_then(|timing| at(&timing.started_at));
        let end = executed.and_then(|timing| at(&timing.completed_at));
        let told = result.execution_time.and_then(|time| Duration::try_from_secs_f64(time).ok());
        let told = told.and_then(|time| u64::try_from(time.as_micros()).ok());
        let failed = matches!(result.status.as_deref(), Some("error" | "runtime error"));
        let thread = result.thread_id.as_deref().unwrap_or("main");
        Ok(Statement {
            time: start,
            database: node.and_then(|node| node.database.clone()),
            latency_us: start.zip(end).and_then(|(start, end)| micros(end - start)).or(told),
            error: failed.then(failed_somehow).flatten(),
            ..Statement::new(
                format!("{run}:{}", result.unique_id),
                (format!("{run}:{thread}"), 0),
                dialect,
                text,
            )
        })
    }
}

impl History for Artifacts {
    fn wanted(&self) -> &'static [Wanted] {
        &[]
    }

    fn record(&mut self, _: &Record<'_>, _: &mut Out) -> Result<(), Unreadable> {
        Err(Unreadable::new("results of dbt are read as a whole"))
    }

    fn in_folder(&self, folder: &Path) -> io::Result<Option<Vec<std::path::PathBuf>>> {
        Ok(Some(vec![folder.join(RESULTS)]))
    }

    fn is_read_whole(&self) -> bool {
        true
    }

    fn document(&mut self, path: &Path, out: &mut Out) -> Result<(), Unread> {
        let results: Results = read(path)?;
        let beside = path.with_file_name(MANIFEST);
        let manifest: Option<Manifest> = match read(&beside) {
            Ok(manifest) => Some(manifest),
            Err(Unread::Io(error)) if error.kind() == ErrorKind::NotFound => None,
            Err(Unread::Another(why)) => {
                return Err(Unread::Another(format!("`{MANIFEST}` beside it: {why}")));
            }
            Err(error) => return Err(error),
        };
        let manifest = manifest.unwrap_or_default();
        let adapter = manifest.metadata.adapter_type.as_deref();
        let told = adapter.and_then(dialect);
        if let (Some(told), Some(given)) = (told, self.dialect)
            && told != given
        {
            let why = format!("its manifest is of {told}, and `--dialect` says {given}");
            return Err(Unread::Another(why));
        }
        let Some(dialect) = self.dialect.or(told) else {
            return Err(Unread::Another(match adapter {
                Some(adapter) => format!(
                    "the dialect of the adapter `{adapter}` is not known; give it by `--dialect`"
                ),
                None => format!(
                    "there is no `{MANIFEST}` beside it that tells the adapter; put it there, or give \
                     `--dialect`"
                ),
            }));
        };
        let version = results.metadata.dbt_schema_version.as_deref().unwrap_or_default();
        if !version.is_empty() && !version.contains("run-results") {
            return Err(Unread::Another(format!("it is a `{version}`, not results of a run")));
        }
        let run = results.metadata.invocation_id.as_deref().unwrap_or("run");
        let run: String = run.chars().take(INVOCATION_CHARS).collect();
        for (number, result) in (1..).zip(results.results) {
            out.found.records += 1;
            let result: NodeResult = match serde_json::from_value(result) {
                Ok(result) => result,
                Err(error) => {
                    out.found.cannot_read(path, number, format!("it is no result: {error}"));
                    continue;
                }
            };
            let node = manifest.nodes.get(&result.unique_id);
            match Self::statement(result, node, (&run, dialect)) {
                Ok(statement) => out.statement(statement),
                Err(why) => out.leave_out(why),
            }
        }
        Ok(())
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Unread> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > BYTES_MAX {
        return Err(Unread::Another(format!("it has {size} bytes; the limit is {BYTES_MAX}")));
    }
    serde_json::from_reader(BufReader::new(file)).map_err(|error| {
        if error.is_io() { Unread::Io(error.into()) } else { Unread::Another(error.to_string()) }
    })
}

/// The dialect of an adapter, by the name that it gives itself.
fn dialect(adapter: &str) -> Option<Dialect> {
    Some(match adapter {
        "postgres" | "alloydb" | "greenplum" => Dialect::Postgres,
        "redshift" => Dialect::Redshift,
        "snowflake" => Dialect::Snowflake,
        "bigquery" => Dialect::BigQuery,
        "databricks" | "spark" => Dialect::Spark,
        "mysql" | "mysql5" | "mariadb" => Dialect::MySql,
        "sqlserver" | "synapse" | "fabric" => Dialect::TSql,
        "oracle" => Dialect::Oracle,
        "teradata" => Dialect::Teradata,
        "trino" | "athena" => Dialect::Trino,
        "clickhouse" => Dialect::ClickHouse,
        "duckdb" => Dialect::DuckDb,
        _ => return None,
    })
}
