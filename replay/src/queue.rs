//! Where the items of a run come from, and where their fate is written down.
//!
//! A run of one process has all its items from the start. Where several processes share a run, each
//! claims whole shards of it, and more of them as it gets ready.

use crate::{
    checkpoint::Checkpoints,
    stop::StopSignal,
    store::{Prepared, Record, StoreError},
};
use chrono::{DateTime, Utc};
use model::{PlanItem, Verdict};
use std::{fmt, time::Duration};

/// The run's end of a runner. Its methods block.
pub(crate) trait Queue: fmt::Debug + Send + Sync {
    /// What there is to do, told once at the start.
    fn start(&self) -> Result<Start, StoreError>;

    /// More items: all that is pending of at most `shards` shards that nobody works on, and that start no
    /// later than the captured time `until`. What was given is this queue's until it is judged.
    fn claim(&self, shards: usize, until: Option<DateTime<Utc>>) -> Result<Claimed, StoreError>;

    /// Fires once this process may record no more, since others do its work.
    fn lost(&self) -> StopSignal;

    /// Why it fired.
    fn why_lost(&self) -> StoreError;

    /// Are results with this verdict kept?
    fn keeps(&self, verdict: &Verdict) -> bool;

    /// Puts the results of an item on disk, and makes text of the rest.
    fn prepare(&self, record: &Record<'_>) -> Result<Prepared, StoreError>;

    /// Writes all items in one transaction, or none of them. Their results stay where they are.
    ///
    /// # Errors
    /// [`StoreError::AlreadyRecorded`] where one has a verdict: the first one stays.
    fn commit(&self, items: &[Prepared]) -> Result<(), StoreError>;

    /// Who watches the recording.
    fn checkpoints(&self) -> &dyn Checkpoints;

    /// Writes one item, or removes its results.
    fn commit_one(&self, item: Prepared) -> Result<(), StoreError> {
        let written = self.commit(std::slice::from_ref(&item));
        if written.is_err() {
            item.discard();
        }
        written
    }
}

/// What there is to do.
#[derive(Debug)]
pub(crate) struct Start {
    /// Statements in the plan.
    pub(crate) total: u64,
    /// Of these, those with a verdict.
    pub(crate) done: u64,
    /// Items that have their verdict, in unfinished transactions that change rows: what they changed was
    /// undone, and the rest of their transaction needs it again. In their session's order; with each,
    /// whether both sides did the same.
    pub(crate) again: Vec<(PlanItem, bool)>,
    /// Items to begin with.
    pub(crate) items: Vec<PlanItem>,
    /// Are there others to claim?
    pub(crate) has_more: bool,
    /// The captured time at which the run begins; absent where no pending statement has one.
    pub(crate) first: Option<DateTime<Utc>>,
    /// How long ago it began.
    pub(crate) elapsed: Duration,
}

/// What was claimed.
#[derive(Debug)]
pub(crate) struct Claimed {
    /// In plan order.
    pub(crate) items: Vec<PlanItem>,
    /// Statements with a verdict, by whoever.
    pub(crate) done: u64,
}
