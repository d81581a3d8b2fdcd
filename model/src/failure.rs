//! A statement that failed on an engine: a recorded fact, compared like a result.

use crate::sqlstate::SqlState;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a failure means for the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// The statement itself is at fault: syntax, unknown object, data error. Compared.
    Statement,
    /// The engine or the server limited it: timeout, cancelled, out of memory or disk.
    Resource,
    /// Not of this statement: connection lost, server shut down, serialization failure.
    Transient,
    /// The engine could not be reached or refused the login.
    Unreachable,
    /// The result has a type, or a value, that Gnomon cannot carry without loss.
    Unrepresentable,
    /// The governance pipeline refused the statement; `stage` of the pipeline is in the message.
    Refused,
}

/// How a statement failed. `message` never holds a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What it means for the run.
    pub class: FailureClass,
    /// The condition code: the engine's own, or mapped from its error kind.
    pub sqlstate: SqlState,
    /// The engine's message, verbatim.
    pub message: String,
    /// Closed code of the governance pipeline, for example `QUOTA_EXCEEDED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// 0-based byte offset into the executed text, where the engine gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<usize>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLSTATE {})", self.message, self.sqlstate)
    }
}

impl std::error::Error for Failure {}
