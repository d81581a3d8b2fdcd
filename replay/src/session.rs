//! One captured session: its statements in order, each when it is due.

use crate::{
    error::ReplayError,
    guard::{self, Effect},
    item,
    lateness::Lateness,
    runner::Context,
    schedule::Track,
    settings::Settings,
    side_session::{Halt, SideSession},
    store::StoreError,
    transaction::Transaction,
};
use engines::Access;
use model::{Disposition, Lag, PlanItem, Side, SideStatement};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, sleep_until};

/// How a session came to its end.
#[derive(Debug)]
pub(crate) enum Ended {
    /// It goes no further in this start of the run: all is done, or it was interrupted.
    Over,
    /// Its next statement is not due for a while.
    Idle(Track),
}

/// The two sides of a session.
pub(crate) struct Sides {
    pub(crate) legacy: SideSession,
    pub(crate) governed: SideSession,
}

/// Why a session goes no further.
pub(crate) enum Stopped {
    Halt(Halt),
    Store(StoreError),
    /// With the text of the panic.
    Panicked(String),
}

/// Runs what is left of one session. An interrupted session is no error: its items stay pending.
pub(crate) async fn run(context: Arc<Context>, mut track: Track) -> Result<Ended, ReplayError> {
    let mut sides = Sides {
        legacy: SideSession::new(Side::Legacy, &track.name, Arc::clone(&context)),
        governed: SideSession::new(Side::Governed, &track.name, Arc::clone(&context)),
    };
    let ended = run_steps(&context, &mut sides, &mut track).await;
    tokio::join!(sides.legacy.close(), sides.governed.close());
    match ended {
        Ok(()) if track.steps.is_empty() => Ok(Ended::Over),
        Ok(()) => Ok(Ended::Idle(track)),
        Err(Stopped::Halt(Halt::Interrupted)) => Ok(Ended::Over),
        // A transaction that was undone is run again, or given up.
        Err(Stopped::Halt(Halt::Undone(failure))) => {
            let message = format!("a transaction was left undone: {failure}");
            Err(ReplayError::Panicked { session: track.name, message })
        }
        Err(Stopped::Halt(Halt::Unreachable(side, failure))) => {
            Err(ReplayError::Unreachable { side, failure })
        }
        Err(Stopped::Store(error)) => Err(error.into()),
        Err(Stopped::Panicked(message)) => {
            Err(ReplayError::Panicked { session: track.name, message })
        }
    }
}

/// Runs items up to the end, or up to one that is not due for long.
async fn run_steps(
    context: &Arc<Context>,
    sides: &mut Sides,
    track: &mut Track,
) -> Result<(), Stopped> {
    // What was answered before this session got its place again says nothing of the lag.
    let (mut answered, mut before) = (None, Lag::default());
    let mut transaction = Transaction::default();
    loop {
        let arrived = Instant::now();
        let next = track.steps.front().map(|step| step.within);
        if next.is_none_or(|within| !transaction.is_in(within)) {
            // Before any pause: others may wait for the turn, and locks are held.
            transaction.leave(sides).await;
        }
        let Some(within) = next else { return Ok(()) };
        let is_held = transaction.holds(within);
        let due = track.due(context.began).filter(|_| !is_held).unwrap_or(arrived);
        let wait = due.saturating_duration_since(arrived);
        if wait > context.settings.idle_max {
            transaction.leave(sides).await;
            return Ok(());
        }
        // The budget is looked at here, too: that it is used up is heard a little later by the run.
        if context.stop.is_stopped() || context.purse.exhausted().is_some() {
            return Err(Stopped::Halt(Halt::Interrupted));
        }
        let mut opened_late = Duration::ZERO;
        if !wait.is_zero() {
            let waiting = async {
                sides.open().await;
                opened_late = Instant::now().saturating_duration_since(due);
                sleep_until(due).await;
            };
            tokio::select! {
                () = waiting => {}
                () = context.stop.stopped() => return Err(Stopped::Halt(Halt::Interrupted)),
            }
        }
        let Some(step) = track.steps.pop_front() else { return Ok(()) };
        let item = Arc::new(step.item);
        let (statements, effect) = match ready(context, &item) {
            Ok(ready) => ready,
            Err(reason) => {
                if step.again.is_none() {
                    item::skip(context, &item, reason).await?;
                }
                continue;
            }
        };
        let entered = transaction.enter(context, sides, step.within).await;
        let turn = entered.map_err(Stopped::Halt)?;
        let late = Lateness { due, answered, arrived, before, opened_late, turn };
        let run = Run { item: &item, statements, effect, late, again: step.again };
        if let Some((at, lag)) = run_in(context, sides, &mut transaction, &run).await? {
            (answered, before) = (Some(at), lag);
            track.answered = answered;
        }
    }
}

/// One statement to run.
struct Run<'a> {
    item: &'a Arc<PlanItem>,
    statements: [&'a SideStatement; 2],
    effect: Effect,
    late: Lateness,
    /// As in [`crate::schedule::Step`].
    again: Option<bool>,
}

/// What an item sends to each side, and what that does; or why it does not run.
fn ready<'a>(
    context: &Context,
    item: &'a PlanItem,
) -> Result<([&'a SideStatement; 2], Effect), String> {
    let (legacy, governed) = match &item.disposition {
        Disposition::Skip { reason } => return Err(reason.to_string()),
        Disposition::Run { legacy, governed, .. } => (legacy, governed),
    };
    let Settings { source, writes, .. } = &context.settings;
    match guard::recheck(legacy, governed, source, *writes) {
        Ok(effect) => Ok(([legacy, governed], effect)),
        Err(reason) => {
            let message = format!("refused right before it was sent: {reason}");
            context.feed.warn(Some(item.index), None, message.clone());
            Err(message)
        }
    }
}

/// Runs a statement in its transaction. Where a failure that may pass undid what was changed before it,
/// that is made again, and the statement is sent again. Gives when it was answered, and its lag.
async fn run_in(
    context: &Arc<Context>,
    sides: &mut Sides,
    transaction: &mut Transaction,
    run: &Run<'_>,
) -> Result<Option<(Instant, Lag)>, Stopped> {
    let mut tries = 0;
    loop {
        tries += 1;
        sides.may_undo(tries < context.settings.attempts_max);
        let ran = run_once(context, sides, transaction, run).await;
        let Err(Stopped::Halt(Halt::Undone(failure))) = ran else { return ran };
        if context.stop.is_stopped() {
            return Err(Stopped::Halt(Halt::Interrupted));
        }
        if tries > context.settings.attempts_max.saturating_mul(2) {
            transaction.give_up(sides, &failure).await;
        }
        let message = format!("its transaction is run again after: {failure}");
        context.feed.warn(Some(run.item.index), None, message);
        sleep(context.settings.backoff(tries)).await;
    }
}

/// The same once. On the last try a failure that may pass is the answer.
async fn run_once(
    context: &Arc<Context>,
    sides: &mut Sides,
    transaction: &mut Transaction,
    run: &Run<'_>,
) -> Result<Option<(Instant, Lag)>, Stopped> {
    let Run { item, statements, effect, late, again } = *run;
    if !sides.is_whole() && transaction.broken().is_none() {
        transaction.restore(context, sides).await?;
    }
    if let Some(reason) = transaction.broken() {
        if again.is_none() {
            item::skip(context, item, reason.clone()).await?;
        }
        return Ok(None);
    }
    if let Some(agreed) = again {
        let failed = item::repeat(context, sides, item).await?;
        transaction.ran(sides, item, (effect, failed, agreed)).await;
        return Ok(None);
    }
    let late = (late, transaction.doubt());
    let ran = item::run(context, sides, item, (statements, effect), late).await?;
    transaction.ran(sides, item, (effect, ran.failed, ran.agreed)).await;
    Ok(Some((ran.answered, ran.lag)))
}

impl Sides {
    /// Opens what is not open, so that it is no part of a lag. Whether that works is found out by the
    /// statement.
    async fn open(&mut self) {
        tokio::join!(self.legacy.open(), self.governed.open());
    }

    /// From now on statements run in a transaction with this access, or alone.
    pub(crate) const fn want(&mut self, access: Option<Access>) {
        self.legacy.want(access);
        self.governed.want(access);
    }

    /// Ends the transaction that is open, and undoes what was changed in it.
    pub(crate) async fn end_transaction(&mut self) {
        tokio::join!(self.legacy.end_transaction(), self.governed.end_transaction());
    }

    /// As [`SideSession::may_undo`], on both sides.
    const fn may_undo(&mut self, may: bool) {
        self.legacy.may_undo(may);
        self.governed.may_undo(may);
    }

    /// Was something changed in the transaction?
    pub(crate) const fn has_changed(&self) -> bool {
        self.legacy.has_changed() || self.governed.has_changed()
    }

    /// Is there all that was changed in the transaction?
    fn is_whole(&self) -> bool {
        self.legacy.is_whole() && self.governed.is_whole()
    }
}
