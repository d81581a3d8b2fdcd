//! What a run will do with each captured statement, decided before anything is executed.

use crate::{
    artifact::Digest,
    caveat::Caveat,
    diagnostic::{Diagnostic, Span},
    dialect::Dialect,
    facts::StatementFacts,
    workload::{Bind, Incomplete, Statement},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How true a translation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fidelity {
    /// The same value for every input.
    Exact,
    /// The same up to a stated tolerance or caveat.
    Approximate,
}

/// A transpile rule that changed the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedRule {
    /// Stable code, `TR…`.
    pub code: String,
    /// Name as people read it.
    pub name: String,
    /// How many places it changed.
    pub times: u32,
    /// How true it is.
    pub fidelity: Fidelity,
    /// Where, in both texts: the first of many, in the order of the target's text. A rule that
    /// repeats its operand has it in several places of the target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<RuleSpan>,
    /// How far an approximate rule may be from the truth; the comparer applies it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caveat: Option<Caveat>,
    /// Output columns that an approximate rule reaches, by name; absent where it may reach any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
}

/// One place that a rule changed, in bytes of both texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSpan {
    /// What it was made from; in a function of a dialect that is defined by others, the call.
    pub source: Span,
    /// What was made of it.
    pub target: Span,
}

/// A statement as one side gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideStatement {
    /// Dialect that the text claims to be in. The governed pipeline translates from it to its
    /// engine's own dialect; a text copied unchanged claims to be in the engine's dialect.
    pub dialect: Dialect,
    /// The text.
    pub sql: String,
}

/// Why a statement is not replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SkipReason {
    /// It would write; `by` names the part that does.
    Write {
        /// For example `INSERT` or `nextval()`.
        by: String,
    },
    /// It is about the session or a transaction, not about data.
    NotAQuery {
        /// For example `SET`.
        statement: String,
    },
    /// It cannot be parsed.
    Unparsable {
        /// The parser's finding.
        diagnostic: Diagnostic,
    },
    /// The transpiler refuses it: no translation is known to be right.
    Refused {
        /// What it refuses, with code and place.
        diagnostics: Vec<Diagnostic>,
    },
    /// What was captured is not all that was executed.
    Incomplete {
        /// What is missing.
        how: Incomplete,
    },
    /// It was left out on request, for example by `--only`.
    NotSelected {
        /// What was asked for.
        filter: String,
    },
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write { by } => write!(f, "would write: {by}"),
            Self::NotAQuery { statement } => write!(f, "not a query: {statement}"),
            Self::Unparsable { diagnostic } => {
                write!(f, "cannot be parsed: {}", diagnostic.message)
            }
            Self::Refused { diagnostics } => match diagnostics.first() {
                Some(first) => write!(f, "refused by {}: {}", first.code, first.message),
                None => f.write_str("refused"),
            },
            Self::Incomplete { how } => write!(f, "incomplete: {how}"),
            Self::NotSelected { filter } => write!(f, "not selected: {filter}"),
        }
    }
}

/// Whether an item runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Disposition {
    /// It runs on both sides.
    Run {
        /// For the legacy engine.
        legacy: SideStatement,
        /// For the governed engine.
        governed: SideStatement,
        /// What the governed pipeline will send on, as far as it is known beforehand.
        translated: String,
        /// Rules that make `translated` from the legacy text, empty for a copied text.
        rules: Vec<AppliedRule>,
        /// How true the translation is.
        fidelity: Fidelity,
    },
    /// It does not run.
    Skip {
        /// Why.
        reason: SkipReason,
    },
}

/// One captured statement with its fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// 0-based position in the plan; the primary key inside a run.
    pub index: u64,
    /// Id of the statement in the workload.
    pub statement: String,
    /// Session it belongs to.
    pub session: String,
    /// Position in its session.
    pub sequence: u64,
    /// The captured text.
    pub sql: String,
    /// Bound parameters, `$1` first.
    pub binds: Vec<Bind>,
    /// Same for statements that differ in literals and white space only.
    pub fingerprint: String,
    /// Facts from the text; absent when it cannot be parsed.
    pub facts: Option<StatementFacts>,
    /// When it started at capture, where that is known: what a paced replay goes by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_time: Option<DateTime<Utc>>,
    /// How long it took at capture, in microseconds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_latency_us: Option<u64>,
    /// The captured transaction that it is in, by the index of the item that began it; absent for
    /// one that stood alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<u64>,
    /// Run or skip.
    pub disposition: Disposition,
}

impl PlanItem {
    /// The item of `statement`, with what was found out of it.
    pub fn of(
        index: u64,
        statement: &Statement,
        fingerprint: impl Into<String>,
        facts: Option<StatementFacts>,
        disposition: Disposition,
    ) -> Self {
        Self {
            index,
            statement: statement.id.clone(),
            session: statement.session.clone(),
            sequence: statement.sequence,
            sql: statement.sql.clone(),
            binds: statement.binds.clone(),
            fingerprint: fingerprint.into(),
            facts,
            captured_time: statement.time,
            captured_latency_us: statement.latency_us,
            transaction: None,
            disposition,
        }
    }
}

/// The whole plan. Item `i` has index `i`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Content digest of the workload that it plans.
    pub workload: Digest,
    /// One item a captured statement: the totals balance to the capture.
    pub items: Vec<PlanItem>,
}
