//! Claims more of a shared run, as places become free.

use crate::{
    pace::Pace,
    queue::{Claimed, Queue},
    store::StoreError,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::{JoinHandle, spawn_blocking},
    time::{Instant, sleep_until},
};

/// How long after a claim that gave nothing the next one is made: others may be gone by then, or
/// sessions are due.
const PAUSE: Duration = Duration::from_secs(1);

/// How long before they begin sessions are claimed.
pub(crate) const AHEAD: Duration = Duration::from_secs(2);

/// Items that others do not run.
pub(crate) struct Supply {
    queue: Arc<dyn Queue>,
    total: Option<u64>,
    /// With recorded times, sessions are claimed shortly before they begin, so that each goes to whom
    /// has a place then.
    begins: Option<Begins>,
    /// The claim that is being made.
    asking: Option<JoinHandle<Result<Claimed, StoreError>>>,
    /// When the next one may be made.
    next: Instant,
}

/// Which captured time it is.
struct Begins {
    pace: Pace,
    first: DateTime<Utc>,
    began: Instant,
}

impl Supply {
    /// Of a run of `total` items that began at `began`, with the captured time `first`; without a total
    /// there is nothing more to claim.
    pub(crate) fn new(
        queue: Arc<dyn Queue>,
        total: Option<u64>,
        (pace, first, began): (Pace, Option<DateTime<Utc>>, Instant),
    ) -> Self {
        let begins = first.map(|first| Begins { pace, first, began });
        Self { queue, total, begins, asking: None, next: Instant::now() }
    }

    /// Is there nothing left to claim, now or later?
    pub(crate) const fn is_over(&self) -> bool {
        self.total.is_none()
    }

    /// Claims for so many places. May be dropped and called again at any moment; nothing is lost.
    pub(crate) async fn claimed(&mut self, places: usize) -> Result<Claimed, StoreError> {
        sleep_until(self.next).await;
        let asking = self.asking.get_or_insert_with(|| {
            let until = self.begins.as_ref().and_then(Begins::until);
            let queue = Arc::clone(&self.queue);
            spawn_blocking(move || queue.claim(places, until))
        });
        let claimed = asking.await;
        self.asking = None;
        let claimed =
            claimed.map_err(|error| StoreError::Claim { message: error.to_string() })??;
        if claimed.items.is_empty() {
            self.next = Instant::now() + PAUSE;
            if self.total.is_none_or(|total| claimed.done >= total) {
                self.total = None;
            }
        }
        Ok(claimed)
    }
}

impl Begins {
    /// Sessions that begin up to then are claimed now; absent for all of them.
    fn until(&self) -> Option<DateTime<Utc>> {
        let Pace::Recorded(speed) = self.pace else { return None };
        let ahead = self.began.elapsed().saturating_add(AHEAD);
        let captured = TimeDelta::from_std(speed.captured(ahead)).ok()?;
        self.first.checked_add_signed(captured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Speed;

    #[test]
    fn a_faster_run_claims_more_of_the_captured_time() {
        let begins = |pace| Begins { pace, first: DateTime::UNIX_EPOCH, began: Instant::now() };
        let seconds = |pace| begins(pace).until().map(|until| until.timestamp());
        assert_eq!(seconds(Pace::Fast), None);
        assert_eq!(seconds(Pace::Closed(Speed::CAPTURED)), None);
        assert_eq!(seconds(Pace::Recorded(Speed::CAPTURED)), Some(2));
        assert_eq!(seconds(Pace::Recorded(Speed::new(100.0).unwrap())), Some(200));
        assert_eq!(seconds(Pace::Recorded(Speed::new(0.25).unwrap())), Some(0));
    }
}
