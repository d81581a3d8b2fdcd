//! Long work tells how far it is, and can be stopped.

use model::Side;

/// What rows are read for, or done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// All rows are hashed.
    Fingerprint,
    /// All rows are hashed again, to tell those that differ from those in their buckets.
    Sift,
    /// Rows that may differ are picked out.
    Pick,
    /// The keys of rows that differ are looked for among all rows.
    Keys,
    /// The order of the rows is checked.
    Order,
    /// Rows that may differ are held against each other.
    Judge,
}

/// Why nothing can be told of work that was stopped.
pub(crate) const STOPPED: &str = "the comparison was stopped";

/// Who is told, by several threads at once.
pub trait Watch: Sync {
    /// So many more rows of a side have been read, or judged.
    fn read(&self, pass: Pass, side: Side, rows: u64);

    /// Should the work end now, without a verdict?
    fn is_stopped(&self) -> bool;
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn read(&self, _: Pass, _: Side, _: u64) {}

    fn is_stopped(&self) -> bool {
        false
    }
}
