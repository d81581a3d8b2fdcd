//! BigQuery's audit log, as Cloud Logging exports it to files (`protoPayload.metadata`) or to a table
//! (`protopayload_auditlog.metadataJson`):
//! <https://cloud.google.com/bigquery/docs/reference/auditlogs/rest/Shared.Types/BigQueryAuditMetadata>.
//!
//! A job has up to two entries: one where it is begun, one where it has come to its end, which tells more.
//! Texts are cut at 50,000 characters, and say so.

use super::scripts::Scripts;
use crate::{
    history::{History, Out, failed_somehow, micros},
    import::{
        record::{Record, Unreadable, Wanted, optional},
        time,
    },
};
use model::{Dialect, Incomplete, Statement};
use serde::Deserialize;

const WANTED: &[Wanted] = &[optional("protoPayload"), optional("protopayload_auditlog")];

const PAYLOAD: usize = 0;
const COLUMN: usize = 1;

/// The log.
#[derive(Debug, Default)]
pub(crate) struct AuditLog {
    scripts: Scripts,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Payload {
    #[serde(deserialize_with = "or_default")]
    authentication_info: Authentication,
    metadata: Option<Metadata>,
    metadata_json: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Authentication {
    principal_email: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    job_change: Option<Changed>,
    job_insertion: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Changed {
    after: Option<String>,
    #[serde(deserialize_with = "or_default")]
    job: Job,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Job {
    #[serde(rename = "jobName")]
    name: Option<String>,
    #[serde(rename = "jobConfig")]
    #[serde(deserialize_with = "or_default")]
    config: Config,
    #[serde(rename = "jobStatus")]
    #[serde(deserialize_with = "or_default")]
    status: Status,
    #[serde(rename = "jobStats")]
    #[serde(deserialize_with = "or_default")]
    stats: Stats,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    query_config: Option<Query>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Query {
    #[serde(rename = "query")]
    text: Option<String>,
    #[serde(rename = "queryTruncated")]
    #[serde(deserialize_with = "or_default")]
    is_cut: bool,
    #[serde(rename = "statementType")]
    statement_type: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    error_result: Option<serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Stats {
    create_time: Option<String>,
    start_time: Option<String>,
    end_time: Option<String>,
    parent_job_name: Option<String>,
    #[serde(rename = "queryStats")]
    #[serde(deserialize_with = "or_default")]
    of_query: QueryStats,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct QueryStats {
    /// A number, which this API writes as text.
    output_row_count: Option<serde_json::Value>,
}

/// `null` means the same as nothing.
fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: serde::Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl History for AuditLog {
    fn wanted(&self) -> &'static [Wanted] {
        WANTED
    }

    fn record(&mut self, record: &Record<'_>, out: &mut Out) -> Result<(), Unreadable> {
        let Some(payload) = record.get(PAYLOAD)?.or(record.get(COLUMN)?) else {
            return Err(Unreadable::new(
                "it has neither `protoPayload` nor `protopayload_auditlog`",
            ));
        };
        let payload: Payload = parsed(payload, "its payload")?;
        let metadata = match (payload.metadata, &payload.metadata_json) {
            (Some(metadata), _) => metadata,
            (None, Some(text)) => parsed(text, "its `metadataJson`")?,
            (None, None) => Metadata::default(),
        };
        let Some(Changed { after, job }) = metadata.job_change else {
            out.leave_out(if metadata.job_insertion.is_some() {
                "a job that is begun; its end has a record of its own"
            } else {
                "an entry that is about no job"
            });
            return Ok(());
        };
        if after.is_some_and(|state| state != "DONE") {
            out.leave_out("a job that is not done yet");
            return Ok(());
        }
        let Some(query) = job.config.query_config else {
            out.leave_out("a job that is no query");
            return Ok(());
        };
        let Some(text) = query.text.filter(|text| !text.is_empty()) else {
            out.leave_out(crate::history::WITHOUT_TEXT);
            return Ok(());
        };
        let name = job.name.ok_or_else(|| Unreadable::new("the job has no `jobName`"))?;
        let stats = job.stats;
        let at = |time: &Option<String>| time.as_deref().and_then(time::parse);
        let start = at(&stats.start_time).or(at(&stats.create_time));
        let end = at(&stats.end_time);
        let user = payload.authentication_info.principal_email;
        let statement = Statement {
            time: start,
            database: project(&name).map(str::to_owned),
            latency_us: start.zip(end).and_then(|(start, end)| micros(end - start)),
            rows: stats.of_query.output_row_count.as_ref().and_then(number),
            error: job
                .status
                .error_result
                .is_some_and(|error| !is_empty(&error))
                .then(failed_somehow)
                .flatten(),
            incomplete: query.is_cut.then_some(Incomplete::Truncated),
            // Jobs are no sessions: those of one user follow on each other.
            ..Statement::new(
                id(&name),
                (user.as_deref().unwrap_or("unknown"), 0),
                Dialect::BigQuery,
                text,
            )
        };
        let statement = Statement { user, ..statement };
        let parent = stats.parent_job_name.as_deref().map(id);
        self.scripts.job(statement, (parent.as_deref(), query.statement_type.as_deref()), out);
        Ok(())
    }

    fn finish(&mut self, out: &mut Out) {
        self.scripts.finish(out);
    }
}

fn parsed<'t, T: Deserialize<'t>>(text: &'t str, what: &str) -> Result<T, Unreadable> {
    serde_json::from_str(text)
        .map_err(|error| Unreadable(format!("{what} cannot be read: {error}")))
}

/// `projects/PROJECT/jobs/ID`: what tells the job from those of all projects.
fn id(name: &str) -> String {
    name.strip_prefix("projects/").unwrap_or(name).replacen("/jobs/", "/", 1)
}

fn is_empty(value: &serde_json::Value) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// The project of such a name.
fn project(name: &str) -> Option<&str> {
    name.strip_prefix("projects/")?.split('/').next()
}

fn number(value: &serde_json::Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
