//! The transaction that a session is in.
//!
//! Reads of one captured transaction see one state of the data. Where one of them fails, its side begins
//! again: nothing is lost but that state. Changes are different: both sides must have made the same ones
//! for an answer to mean anything. So what was changed is kept, to be made again where a failure that may
//! pass undid it, and nothing more of the transaction runs where that is hopeless. One transaction that
//! changes rows is open at a time: others could keep it waiting for locks, or end it.

use crate::{
    guard::Effect,
    item,
    runner::Context,
    schedule::Within,
    session::{Sides, Stopped},
    side_session::Halt,
};
use engines::Access;
use model::{Failure, PlanItem, Side};
use std::{sync::Arc, time::Duration};
use tokio::{sync::OwnedSemaphorePermit, time::Instant};

/// What a session runs its statements in.
#[derive(Debug, Default)]
pub(crate) enum Transaction {
    /// Each alone.
    #[default]
    None,
    Open(Open),
}

/// A transaction, which engines begin with its first statement.
#[derive(Debug)]
pub(crate) struct Open {
    within: Within,
    /// What both sides changed, in order.
    changes: Vec<Arc<PlanItem>>,
    /// Why nothing more of it runs.
    broken: Option<String>,
    /// Why answers may differ now although the engines do the same.
    doubt: Option<String>,
    /// Nobody else changes anything meanwhile.
    _turn: Option<OwnedSemaphorePermit>,
}

impl Transaction {
    /// Gets to where a statement is to run: leaves another transaction, and waits for the turn to change
    /// something. Gives how long that took.
    pub(crate) async fn enter(
        &mut self,
        context: &Arc<Context>,
        sides: &mut Sides,
        within: Option<Within>,
    ) -> Result<Duration, Halt> {
        if self.within() == within {
            return Ok(Duration::ZERO);
        }
        self.leave(sides).await;
        let Some(within) = within else { return Ok(Duration::ZERO) };
        let waiting = Instant::now();
        let turn = match within.access {
            Access::ReadOnly => None,
            Access::ReadWrite => tokio::select! {
                turn = Arc::clone(&context.changing).acquire_owned() => turn.ok(),
                () = context.stop.stopped() => return Err(Halt::Interrupted),
            },
        };
        sides.want(Some(within.access));
        *self = Self::Open(Open {
            within,
            changes: Vec::new(),
            broken: None,
            doubt: None,
            _turn: turn,
        });
        Ok(waiting.elapsed())
    }

    /// Ends it on both sides, and undoes what was changed.
    pub(crate) async fn leave(&mut self, sides: &mut Sides) {
        if let Self::Open(_) = self {
            sides.end_transaction().await;
            sides.want(None);
            *self = Self::None;
        }
    }

    const fn within(&self) -> Option<Within> {
        match self {
            Self::None => None,
            Self::Open(open) => Some(open.within),
        }
    }

    /// Is it where such a statement runs?
    pub(crate) fn is_in(&self, within: Option<Within>) -> bool {
        self.within() == within
    }

    /// Is it one that changes rows, and that this statement is in? Such a transaction keeps no pauses: it
    /// holds locks, and others wait for it.
    pub(crate) fn holds(&self, within: Option<Within>) -> bool {
        within.is_some_and(|within| within.access == Access::ReadWrite) && self.within() == within
    }

    /// Why nothing more of it runs.
    pub(crate) const fn broken(&self) -> Option<&String> {
        match self {
            Self::None => None,
            Self::Open(open) => open.broken.as_ref(),
        }
    }

    /// Why answers may differ now although the engines do the same.
    pub(crate) const fn doubt(&self) -> Option<&String> {
        match self {
            Self::None => None,
            Self::Open(open) => open.doubt.as_ref(),
        }
    }

    /// A statement was answered in it, or failed for good on the sides that `failed` tells; `agreed` says
    /// whether both did the same.
    pub(crate) async fn ran(
        &mut self,
        sides: &mut Sides,
        item: &Arc<PlanItem>,
        (effect, failed, agreed): (Effect, [bool; 2], bool),
    ) {
        let Self::Open(open) = self else { return };
        let is_change = matches!(effect, Effect::Changes(_));
        let [legacy, governed] = failed;
        let side = match (legacy, governed) {
            (false, false) if is_change && !agreed => {
                open.broken = Some(format!(
                    "not run: `{}` did not do the same on both sides, so that what comes after it in \
                     its transaction would be compared over other data",
                    item.statement
                ));
                sides.end_transaction().await;
                return;
            }
            (false, false) => {
                if is_change {
                    open.doubt = open.doubt.take().or_else(|| doubt_by(item));
                    open.changes.push(Arc::clone(item));
                }
                return;
            }
            (true, true) => "both sides".to_owned(),
            (true, false) => format!("the {} side", Side::Legacy),
            (false, true) => format!("the {} side", Side::Governed),
        };
        // Without changes, that of one side included, each side is where it was.
        let is_lost = !open.changes.is_empty() || (is_change && legacy != governed);
        if is_lost {
            open.broken = Some(format!(
                "not run: `{}` failed on {side}, which ended the transaction that this statement is \
                 in, and undid what was changed in it",
                item.statement
            ));
            sides.end_transaction().await;
        }
    }

    /// Makes all changes again, after a failure that may pass undid them.
    pub(crate) async fn restore(
        &mut self,
        context: &Arc<Context>,
        sides: &mut Sides,
    ) -> Result<(), Stopped> {
        sides.end_transaction().await;
        let Self::Open(open) = self else { return Ok(()) };
        for change in &open.changes {
            if item::repeat(context, sides, change).await? != [false, false] {
                open.broken = Some(format!(
                    "not run: `{}` changed rows before in this transaction, was undone by a failure \
                     that may pass, and failed when it was run again",
                    change.statement
                ));
                sides.end_transaction().await;
                break;
            }
        }
        Ok(())
    }

    /// Gives up on the rest of it, which is lost again and again before anything could be sent.
    pub(crate) async fn give_up(&mut self, sides: &mut Sides, failure: &Failure) {
        if let Self::Open(open) = self {
            open.broken = Some(format!(
                "not run: the transaction that this statement is in was lost again and again: \
                 {failure}"
            ));
        }
        sides.end_transaction().await;
    }
}

/// Why answers after this change may differ.
fn doubt_by(item: &PlanItem) -> Option<String> {
    let open = item.facts.as_ref().and_then(|facts| facts.volatile.first())?;
    Some(format!(
        "`{}`, before it in its transaction, changed rows by what its text leaves open (`{open}`)",
        item.statement
    ))
}
