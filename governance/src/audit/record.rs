//! One record of the audit chain.

use crate::{
    credits::Credits,
    error::{ErrorCode, Stage},
    policy::Action,
};
use chrono::{DateTime, Utc};
use model::{Digest, SqlState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the record that this build writes and reads.
pub const FORMAT_VERSION: u32 = 1;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// With a complete answer.
    Completed,
    /// Refused by a stage.
    Refused,
    /// The engine failed, or its result was too large.
    Failed,
    /// The caller went away before there was an answer.
    Abandoned,
}

impl Ending {
    /// The name used in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
        }
    }
}

/// What one stage said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRecord {
    /// The stage.
    pub stage: Stage,
    /// Did the statement pass it?
    pub passed: bool,
    /// What it went by: codes, counts and digests, nothing of the statement's text.
    pub evidence: BTreeMap<String, String>,
}

/// What is known of an attempt before it has a place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// When the attempt began; the month of its charge.
    pub time: DateTime<Utc>,
    /// How long it took, in microseconds.
    pub elapsed_us: u64,
    /// Id of the request.
    pub request: String,
    /// Id of the session.
    pub session: String,
    /// Who; absent for a session without a user.
    pub principal: Option<String>,
    /// What was asked for.
    pub action: Action,
    /// The statement's text, redacted.
    pub sql: String,
    /// Tables that it names, redacted; at most [`super::redact::TABLES_MAX`].
    pub tables: Vec<String>,
    /// How many tables it names.
    pub tables_total: u64,
    /// Rows that left.
    pub rows: u64,
    /// The stages that it reached, in order. The audit stage is the record itself.
    pub stages: Vec<StageRecord>,
    /// Digest of the policy in force.
    pub policy: Digest,
    /// Credits charged.
    pub credits: Credits,
    /// How it ended.
    pub ending: Ending,
    /// The error's code, where there is one.
    pub error: Option<ErrorCode>,
    /// The error's SQLSTATE, where there is one.
    pub sqlstate: Option<SqlState>,
    /// The rule that refused it, where there is one.
    pub rule: Option<String>,
}

/// One record, as it is written: one line of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// [`FORMAT_VERSION`].
    pub version: u32,
    /// Unique among all chains.
    pub id: String,
    /// 1 for the first, then without a gap. The order in which attempts *ended*.
    pub sequence: u64,
    /// Hash of the record before; of the format's name for the first.
    pub previous: Digest,
    /// Hash of this record's canonical encoding.
    pub hash: Digest,
    /// See [`Draft::time`]. Whole microseconds.
    pub time: DateTime<Utc>,
    /// See [`Draft::elapsed_us`].
    pub elapsed_us: u64,
    /// See [`Draft::request`].
    pub request: String,
    /// See [`Draft::session`].
    pub session: String,
    /// See [`Draft::principal`].
    pub principal: Option<String>,
    /// See [`Draft::action`].
    pub action: Action,
    /// See [`Draft::sql`].
    pub sql: String,
    /// See [`Draft::tables`].
    pub tables: Vec<String>,
    /// See [`Draft::tables_total`].
    pub tables_total: u64,
    /// See [`Draft::rows`].
    pub rows: u64,
    /// See [`Draft::stages`].
    pub stages: Vec<StageRecord>,
    /// See [`Draft::policy`].
    pub policy: Digest,
    /// See [`Draft::credits`]; in thousandths.
    pub credits_milli: Credits,
    /// See [`Draft::ending`].
    pub ending: Ending,
    /// See [`Draft::error`].
    pub error: Option<ErrorCode>,
    /// See [`Draft::sqlstate`].
    pub sqlstate: Option<SqlState>,
    /// See [`Draft::rule`].
    pub rule: Option<String>,
}

impl Record {
    /// `draft` at its place in the chain. The hash is computed from everything else.
    pub(super) fn new(draft: Draft, id: String, sequence: u64, previous: Digest) -> Self {
        // The text form has microseconds; what is below must not be in the hash either.
        let time = DateTime::from_timestamp_micros(draft.time.timestamp_micros());
        let mut record = Self {
            version: FORMAT_VERSION,
            id,
            sequence,
            hash: previous.clone(),
            previous,
            time: time.unwrap_or(draft.time),
            elapsed_us: draft.elapsed_us,
            request: draft.request,
            session: draft.session,
            principal: draft.principal,
            action: draft.action,
            sql: draft.sql,
            tables: draft.tables,
            tables_total: draft.tables_total,
            rows: draft.rows,
            stages: draft.stages,
            policy: draft.policy,
            credits_milli: draft.credits,
            ending: draft.ending,
            error: draft.error,
            sqlstate: draft.sqlstate,
            rule: draft.rule,
        };
        record.hash = super::canonical::hash(&record);
        record
    }

    /// The record as its line, with the line's end. This text is the only one that [`super::verify`]
    /// accepts for the record.
    pub(super) fn line(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

#[cfg(test)]
pub(super) fn sample_draft() -> Draft {
    Draft {
        time: "2026-03-01T12:00:00.000001Z".parse().unwrap(),
        elapsed_us: 1_500,
        request: "r1".to_owned(),
        session: "s1".to_owned(),
        principal: Some("ana".to_owned()),
        action: Action::Query,
        sql: "SELECT * FROM t WHERE name = '[text]'".to_owned(),
        tables: vec!["t".to_owned()],
        tables_total: 1,
        rows: 3,
        stages: vec![StageRecord {
            stage: Stage::PolicyCheck,
            passed: true,
            evidence: BTreeMap::from([("by".to_owned(), "allow_all".to_owned())]),
        }],
        policy: Digest::of_bytes(b"policy"),
        credits: Credits::from_milli(2_000),
        ending: Ending::Completed,
        error: None,
        sqlstate: None,
        rule: None,
    }
}

#[cfg(test)]
pub(super) fn sample() -> Record {
    Record::new(sample_draft(), "id1".to_owned(), 1, super::canonical::genesis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_comes_back_as_it_was() {
        let record = sample();
        let line = record.line().unwrap();
        let back: Record = serde_json::from_slice(&line).unwrap();
        assert_eq!(back, record);
        assert_eq!(back.line().unwrap(), line);
    }

    #[test]
    fn nanoseconds_are_cut_before_the_hash() {
        let mut draft = sample_draft();
        let whole = Record::new(draft.clone(), "i".to_owned(), 1, Digest::of_bytes(b""));
        draft.time += chrono::TimeDelta::nanoseconds(999);
        let cut = Record::new(draft, "i".to_owned(), 1, Digest::of_bytes(b""));
        assert_eq!(whole, cut);
    }
}
