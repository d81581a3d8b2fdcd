//! Constructs whose value a statement leaves open, so that two right answers may differ.

use crate::diagnostic::Span;
use serde::{Deserialize, Serialize};

/// Why two right answers may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotComparableKind {
    /// The clock: the same within a statement, another value in the next (`now()`).
    Clock,
    /// Chance: another value at each call (`random()`, `gen_random_uuid()`).
    Chance,
    /// Who asks, and where: user, database, version of the engine.
    Session,
    /// An estimate (`approx_count_distinct`): each engine has an error of its own.
    Estimate,
    /// Any value of several (`any_value`, ties of `mode`, `DISTINCT ON` without an order).
    Choice,
    /// A sample of the rows (`TABLESAMPLE`).
    Sample,
    /// What depends on the order of rows that have none (`string_agg` or `row_number()` without
    /// ORDER BY, LIMIT without ORDER BY in a subquery).
    Unordered,
    /// Rows that an order does not tell apart: which of them `row_number()` counts first, which of
    /// them a LIMIT in a subquery takes, where among them a frame of ROWS ends.
    Ties,
    /// LIMIT or OFFSET without ORDER BY around the whole statement: which rows come is open, how
    /// many is not.
    Cut,
}

/// One construct whose value is open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotComparable {
    /// Why.
    pub kind: NotComparableKind,
    /// The construct, as people know it: `random`, `TABLESAMPLE`, `listagg without ORDER BY`.
    pub what: String,
    /// Its place in the source text.
    pub span: Span,
}
