//! Stage: none; these are the nouns that all stages share. Takes nothing, gives the words.
//! Never: opens a file or a socket, knows an engine's driver, or parses SQL.
//!
//! Stages meet only in the artifacts defined here (workload, plan, run, verdicts), so that a
//! recorded run can be judged again without an engine and every report is a function of
//! recorded facts. Codecs work on [`std::io::Read`] and [`std::io::Write`] given by the caller.

pub mod artifact;
pub mod catalog;
pub mod cause;
pub mod caveat;
pub mod comparable;
pub mod confidence;
pub mod cut;
pub mod data;
pub mod diagnostic;
pub mod dialect;
pub mod difference;
pub mod engine;
pub mod facts;
pub mod failure;
pub mod lag;
pub mod logical;
pub mod mismatch;
pub mod noise;
pub mod outcome;
pub mod pg_numeric;
pub mod pg_oid;
pub mod plan;
pub mod report;
pub mod rows;
pub mod side;
pub mod sqlstate;
pub mod summary;
pub mod tolerance;
pub mod verdict;
pub mod workload;

pub use artifact::{ArtifactError, Digest};
pub use cause::{Cause, CauseCluster};
pub use caveat::Caveat;
pub use comparable::{NotComparable, NotComparableKind};
pub use confidence::CollisionBound;
pub use cut::{AskedWider, Cut, CutEnd, CutKind, Wider, Window};
pub use data::{DataState, TableCheck, TableData, TableState};
pub use diagnostic::{Diagnostic, Severity, Span};
pub use dialect::Dialect;
pub use difference::{
    CellChange, ColumnDifferences, Difference, Differences, KeyOrigin, RowKey, TypeDrift, ValuePair,
};
pub use engine::{EngineInfo, EngineKind};
pub use facts::{Changes, ColumnOrigin, OrderKey, StatementFacts, StatementKind};
pub use failure::{Failure, FailureClass};
pub use lag::Lag;
pub use mismatch::MismatchClass;
pub use noise::{Noise, NoiseReach};
pub use outcome::{ColumnInfo, Outcome, OutcomeResult, WideOutcome};
pub use plan::{
    AppliedRule, Disposition, Fidelity, Plan, PlanItem, RuleSpan, SideStatement, SkipReason,
};
pub use rows::{AsideInMemory, Batches, InMemory, Rows, RowsError, Scratch, Shelf};
pub use side::Side;
pub use sqlstate::SqlState;
pub use summary::{BucketSummary, Buckets, Encoding, RowHash, Summarized};
pub use tolerance::{Blanks, LedgerEntry, Scope, Tolerance, ToleranceKind};
pub use verdict::{Judgement, Totals, Verdict};
pub use workload::{Bind, Incomplete, Manifest, Statement, Workload};
