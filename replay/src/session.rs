//! One captured session: its statements in order, each when it is due.

use crate::{
    error::ReplayError,
    guard, item,
    lateness::Lateness,
    runner::Context,
    schedule::Track,
    side_session::{Halt, SideSession},
    store::StoreError,
};
use model::{Disposition, Lag, Side};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

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
    loop {
        let arrived = Instant::now();
        let due = track.due(context.began).unwrap_or(arrived);
        let wait = due.saturating_duration_since(arrived);
        if wait > context.settings.idle_max {
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
        match &item.disposition {
            Disposition::Skip { reason } => item::skip(context, &item, reason.to_string()).await?,
            Disposition::Run { legacy, governed, .. } => {
                match guard::recheck(legacy, governed, &context.settings.source) {
                    Ok(()) => {
                        let late = Lateness { due, answered, arrived, before, opened_late };
                        let asked = [legacy, governed];
                        let (at, lag) = item::run(context, sides, &item, asked, late).await?;
                        (answered, before) = (Some(at), lag);
                        track.answered = answered;
                    }
                    Err(reason) => {
                        let message = format!("refused right before it was sent: {reason}");
                        context.feed.warn(Some(item.index), None, message.clone());
                        item::skip(context, &item, message).await?;
                    }
                }
            }
        }
    }
}

impl Sides {
    /// Opens what is not open, so that it is no part of a lag. Whether that works is found out by the
    /// statement.
    async fn open(&mut self) {
        tokio::join!(self.legacy.open(), self.governed.open());
    }
}
