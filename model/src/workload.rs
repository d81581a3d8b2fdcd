//! The captured workload: statements in session order, and the manifest that vouches for them.
//!
//! On disk a workload is a folder with `workload.jsonl.zst` (one [`Statement`] a line) and
//! `manifest.json` ([`Manifest`]). [`codec`] turns both into bytes and back.

pub mod codec;

mod time;

use crate::{artifact::Digest, dialect::Dialect, sqlstate::SqlState};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The format version that this build writes. It reads all from [`FORMAT_VERSION_MIN`] on.
///
/// 2: a statement may say that it is incomplete and have a digest of its rows, and the manifest counts what
/// was redacted and what could not be read.
pub const FORMAT_VERSION: u32 = 2;

/// The oldest format version that this build reads.
pub const FORMAT_VERSION_MIN: u32 = 1;

/// Why a statement is not what was executed, so that nobody may replay it as if it were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Incomplete {
    /// Its text or a bound value was cut where it was captured.
    Truncated,
    /// Something of it was taken out, such as a password or values that shall not be kept.
    Redacted,
    /// It had parameters whose values the source does not tell.
    Unbound,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "it was cut where it was captured",
            Self::Redacted => "parts of it were redacted at capture",
            Self::Unbound => "the values of its parameters were not captured",
        })
    }
}

/// A bound parameter of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bind {
    /// PostgreSQL type oid, 0 when unknown.
    pub type_oid: u32,
    /// The value in PostgreSQL's text format; absent for NULL.
    pub value: Option<String>,
}

/// One captured statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Unique in the workload; a name such as `tpch-01` or a number.
    pub id: String,
    /// The session it ran in. Order counts inside a session only.
    pub session: String,
    /// Position in its session, ascending; gaps are allowed.
    pub sequence: u64,
    /// When it started, where the source tells.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "time::serialize")]
    pub time: Option<DateTime<Utc>>,
    /// Database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Login user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Role in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Dialect of the text.
    pub dialect: Dialect,
    /// The text, verbatim.
    pub sql: String,
    /// Bound parameters, `$1` first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binds: Vec<Bind>,
    /// How long it took when captured, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_us: Option<u64>,
    /// Rows it returned when captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// SQLSTATE of the error it ended with when captured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<SqlState>,
    /// The sum modulo 2^128 of the XXH3 hashes (128 bits) of the rows that it returned when captured, as
    /// they stood in PostgreSQL's `DataRow` messages; 32 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_digest: Option<String>,
    /// Why it is not all that was executed; such a statement is not replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<Incomplete>,
}

impl Statement {
    /// A statement of which nothing is known but its text and its place.
    pub fn new(
        id: impl Into<String>,
        (session, sequence): (impl Into<String>, u64),
        dialect: Dialect,
        sql: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            session: session.into(),
            sequence,
            time: None,
            database: None,
            user: None,
            role: None,
            dialect,
            sql: sql.into(),
            binds: Vec::new(),
            latency_us: None,
            rows: None,
            error: None,
            rows_digest: None,
            incomplete: None,
        }
    }
}

/// What is known of a workload as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT_VERSION`].
    pub format_version: u32,
    /// Where it comes from, for example `corpus:tpch` or `csvlog`.
    pub source: String,
    /// Statements in the file.
    pub statements: u64,
    /// Sessions in the file.
    pub sessions: u64,
    /// Statements seen at capture but not recorded.
    #[serde(default)]
    pub dropped: u64,
    /// Statements in the file whose text or values were cut at capture.
    #[serde(default)]
    pub truncated: u64,
    /// Statements in the file of which something was taken out.
    #[serde(default)]
    pub redacted: u64,
    /// Statements in the file with parameters whose values are not known.
    #[serde(default)]
    pub unbound: u64,
    /// Records of the source that could not be read.
    #[serde(default)]
    pub unreadable: u64,
    /// Time of the first statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_time: Option<DateTime<Utc>>,
    /// Time of the last statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_time: Option<DateTime<Utc>>,
    /// SHA-256 over the uncompressed lines.
    pub content: Digest,
}

/// A workload in memory. Statements of one session are in sequence order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// What is known of it as a whole.
    pub manifest: Manifest,
    /// The statements.
    pub statements: Vec<Statement>,
}

impl Workload {
    /// A workload of `statements`, with the manifest computed from them.
    ///
    /// # Errors
    /// Two statements with one id, or a session whose sequence does not ascend.
    pub fn new(source: &str, statements: Vec<Statement>) -> Result<Self, crate::ArtifactError> {
        let manifest = codec::manifest_of(source, &statements)?;
        Ok(Self { manifest, statements })
    }
}
