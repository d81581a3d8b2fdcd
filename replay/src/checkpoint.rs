//! Named moments in the life of an item, at which a test may end the process.
//!
//! Nothing happens at them in production: [`Unwatched`] is the default, and only code can
//! install another watcher; no setting and no environment variable does.

use std::fmt;

/// A moment between two steps whose order matters for resuming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Checkpoint {
    /// The store's tables and items are written, but not committed.
    BeforeCreate,
    /// The item passed the guard and goes to both engines next.
    BeforeExecute,
    /// Both sides answered; nothing is recorded.
    AfterExecute,
    /// A retained result lies under its final name; the item is not recorded.
    AfterResultFile,
    /// The item's transaction is complete, but not committed.
    BeforeCommit,
    /// The item is recorded.
    AfterCommit,
}

impl Checkpoint {
    /// Every checkpoint, in the order in which a run passes them.
    pub const ALL: [Self; 6] = [
        Self::BeforeCreate,
        Self::BeforeExecute,
        Self::AfterExecute,
        Self::AfterResultFile,
        Self::BeforeCommit,
        Self::AfterCommit,
    ];
}

/// Told of every checkpoint that a run passes, from whatever thread is there.
pub trait Checkpoints: Send + Sync + fmt::Debug {
    /// The run is at `checkpoint` with the item of that `index` (0 where there is no item).
    fn reached(&self, checkpoint: Checkpoint, index: u64);
}

/// Lets every checkpoint pass.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Checkpoints for Unwatched {
    fn reached(&self, _checkpoint: Checkpoint, _index: u64) {}
}
