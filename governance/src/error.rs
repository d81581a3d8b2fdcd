//! The structured error of the pipeline: closed codes, the stage, and no row data.

use crate::pages::Page;
use model::{Failure, FailureClass, SqlState};
use serde::Serialize;
use serde_json::{Map, Value};
use std::fmt;

/// The stages, in the order in which a statement passes them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// May this principal run this statement?
    PolicyCheck,
    /// What will it cost?
    CostEstimate,
    /// Is there quota for it?
    QuotaCheck,
    /// Which rows of its tables are hidden?
    RowFilter,
    /// What does it say in the engine's dialect?
    Transpile,
    /// Run it to its end.
    Execute,
    /// Does every column of the result show what it may?
    ColumnMask,
    /// What did it really cost?
    Meter,
    /// Write it down.
    Audit,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 9] = [
        Self::PolicyCheck,
        Self::CostEstimate,
        Self::QuotaCheck,
        Self::RowFilter,
        Self::Transpile,
        Self::Execute,
        Self::ColumnMask,
        Self::Meter,
        Self::Audit,
    ];

    /// The name used in messages and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PolicyCheck => "policy_check",
            Self::CostEstimate => "cost_estimate",
            Self::QuotaCheck => "quota_check",
            Self::RowFilter => "row_filter",
            Self::Transpile => "transpile",
            Self::Execute => "execute",
            Self::ColumnMask => "column_mask",
            Self::Meter => "meter",
            Self::Audit => "audit",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a statement has no result. Closed: a client may match on it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// The policy does not allow it.
    PolicyDenied,
    /// The pipeline cannot read it, judge it or translate it.
    UnsupportedConstruct,
    /// The quota has no room for it.
    QuotaExceeded,
    /// The engine failed.
    ExecutionFailed,
    /// The complete result does not fit the buffer.
    ResultTooLarge,
    /// It could not be written down, so it did not happen.
    AuditFailed,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 6] = [
        Self::PolicyDenied,
        Self::UnsupportedConstruct,
        Self::QuotaExceeded,
        Self::ExecutionFailed,
        Self::ResultTooLarge,
        Self::AuditFailed,
    ];

    /// The code as clients see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PolicyDenied => "POLICY_DENIED",
            Self::UnsupportedConstruct => "UNSUPPORTED_CONSTRUCT",
            Self::QuotaExceeded => "QUOTA_EXCEEDED",
            Self::ExecutionFailed => "EXECUTION_FAILED",
            Self::ResultTooLarge => "RESULT_TOO_LARGE",
            Self::AuditFailed => "AUDIT_FAILED",
        }
    }

    /// The SQLSTATE that goes with it where nothing more precise is known.
    pub const fn sqlstate(self) -> SqlState {
        match self {
            Self::PolicyDenied => SqlState::INSUFFICIENT_PRIVILEGE,
            Self::UnsupportedConstruct => SqlState::FEATURE_NOT_SUPPORTED,
            Self::QuotaExceeded => SqlState::CONFIGURATION_LIMIT_EXCEEDED,
            Self::ExecutionFailed => SqlState::INTERNAL_ERROR,
            Self::ResultTooLarge => SqlState::OUT_OF_MEMORY,
            Self::AuditFailed => SqlState::IO_ERROR,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a statement has no result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GovernanceError {
    /// What happened, of a closed set.
    pub code: ErrorCode,
    /// The condition code; the engine's own where the engine failed.
    pub sqlstate: SqlState,
    /// The stage that ended the statement.
    pub stage: Stage,
    /// What happened, for people; holds no row data.
    pub message: String,
    /// The request, as the audit record names it.
    pub request_id: String,
    /// Facts behind the message. `rule` is always there: the `GV…` code of the page that explains.
    pub details: Box<Map<String, Value>>,
    /// What it means for a run; the engine's own class where the engine failed.
    pub class: FailureClass,
    /// 0-based byte offset into the executed text, where the engine gave one and it may be passed
    /// on.
    pub position: Option<usize>,
}

impl GovernanceError {
    /// The `GV…` code of the rule that ended the statement.
    pub fn rule(&self) -> &str {
        self.details.get("rule").and_then(Value::as_str).unwrap_or("")
    }
}

impl fmt::Display for GovernanceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (stage {}, rule {}, request {})",
            self.message,
            self.stage,
            self.rule(),
            self.request_id
        )
    }
}

impl std::error::Error for GovernanceError {}

impl From<GovernanceError> for Failure {
    /// The engine's own failure keeps its message as it is, so that both sides of a comparison read
    /// alike; the pipeline's refusals name stage, rule and request.
    fn from(error: GovernanceError) -> Self {
        let message = match error.code {
            ErrorCode::ExecutionFailed => error.message,
            _ => error.to_string(),
        };
        Self {
            class: error.class,
            sqlstate: error.sqlstate,
            message,
            code: Some(error.code.as_str().to_owned()),
            position: error.position,
        }
    }
}

/// What a stage says when it ends a statement; becomes a [`GovernanceError`] once the request's id
/// is added.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    stage: Stage,
    rule: &'static str,
    code: ErrorCode,
    sqlstate: SqlState,
    class: FailureClass,
    message: String,
    details: Box<Map<String, Value>>,
    position: Option<usize>,
}

impl Stop {
    /// A refusal by `rule`.
    pub(crate) fn new(stage: Stage, rule: &'static Page, message: impl Into<String>) -> Self {
        Self::by(stage, rule.code, rule.error, message)
    }

    /// A refusal by a rule that a policy named.
    pub(crate) fn by(
        stage: Stage,
        rule: &'static str,
        code: ErrorCode,
        message: impl Into<String>,
    ) -> Self {
        Self {
            stage,
            rule,
            code,
            sqlstate: code.sqlstate(),
            class: FailureClass::Refused,
            message: message.into(),
            details: Box::default(),
            position: None,
        }
    }

    /// With one more fact.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn sqlstate(mut self, sqlstate: SqlState) -> Self {
        self.sqlstate = sqlstate;
        self
    }

    pub(crate) fn class(mut self, class: FailureClass) -> Self {
        self.class = class;
        self
    }

    pub(crate) fn position(mut self, position: Option<usize>) -> Self {
        self.position = position;
        self
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage
    }

    pub(crate) fn rule(&self) -> &'static str {
        self.rule
    }

    pub(crate) fn for_request(mut self, request_id: &str) -> GovernanceError {
        self.details.insert("rule".to_owned(), Value::from(self.rule));
        GovernanceError {
            code: self.code,
            sqlstate: self.sqlstate,
            stage: self.stage,
            message: self.message,
            request_id: request_id.to_owned(),
            details: self.details,
            class: self.class,
            position: self.position,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_serialised_ones() {
        for stage in Stage::ALL {
            assert_eq!(serde_json::to_value(stage).unwrap(), stage.as_str());
        }
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn the_order_is_the_documented_one() {
        assert!(Stage::ALL.is_sorted());
        assert_eq!(
            Stage::ALL.map(Stage::as_str).join(" "),
            "policy_check cost_estimate quota_check row_filter transpile execute column_mask meter \
             audit"
        );
    }
}
