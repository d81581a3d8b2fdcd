//! What one start of a run may spend. Once that is used up it stops, and the next start goes on.

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};

/// Bounds of one start of a run; absent ones do not bound. What earlier starts spent does not count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// Time since it was started.
    pub time: Option<Duration>,
    /// Bytes of Arrow arrays in the answers of both sides.
    pub result_bytes: Option<u64>,
    /// Credits charged, in thousandths, as [`Spending`] tells them.
    pub credits_milli: Option<u64>,
}

/// Which bound ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exhausted {
    /// [`Budget::time`].
    Time,
    /// [`Budget::result_bytes`].
    ResultBytes,
    /// [`Budget::credits_milli`].
    Credits,
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "time",
            Self::ResultBytes => "bytes of results",
            Self::Credits => "credits",
        })
    }
}

/// Tells what the engines charge.
pub trait Spending: Send + Sync + fmt::Debug {
    /// Credits charged since it exists, in thousandths. Never goes down.
    fn credits_milli(&self) -> u64;
}

/// Keeps count of what a run spends.
#[derive(Debug)]
pub(crate) struct Purse {
    budget: Budget,
    began: Instant,
    result_bytes: AtomicU64,
    spending: Option<Arc<dyn Spending>>,
    credits_before: u64,
    exhausted: OnceLock<Exhausted>,
    told: Notify,
}

impl Purse {
    pub(crate) fn new(budget: Budget, began: Instant, spending: Option<Arc<dyn Spending>>) -> Self {
        let credits_before = spending.as_ref().map_or(0, |spending| spending.credits_milli());
        let (exhausted, told) = (OnceLock::new(), Notify::new());
        let result_bytes = AtomicU64::new(0);
        Self { budget, began, result_bytes, spending, credits_before, exhausted, told }
    }

    /// Counts the answers to a statement.
    pub(crate) fn spend(&self, result_bytes: u64) {
        let before = self.result_bytes.fetch_add(result_bytes, Ordering::Relaxed);
        let bytes = before.saturating_add(result_bytes);
        if self.budget.result_bytes.is_some_and(|most| bytes >= most) {
            self.exhaust(Exhausted::ResultBytes);
        }
        if let (Some(most), Some(spending)) = (self.budget.credits_milli, &self.spending)
            && spending.credits_milli().saturating_sub(self.credits_before) >= most
        {
            self.exhaust(Exhausted::Credits);
        }
    }

    fn exhaust(&self, what: Exhausted) {
        if self.exhausted.set(what).is_ok() {
            self.told.notify_one();
        }
    }

    /// Which bound was reached first, if one was.
    pub(crate) fn exhausted(&self) -> Option<Exhausted> {
        self.exhausted.get().copied()
    }

    /// Returns once a bound is reached. For one who waits.
    pub(crate) async fn used_up(&self) {
        let deadline = self.budget.time.and_then(|time| self.began.checked_add(time));
        let time_is_up = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.told.notified() => {}
            () = time_is_up => self.exhaust(Exhausted::Time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default)]
    struct Charged(AtomicU64);

    impl Spending for Charged {
        fn credits_milli(&self) -> u64 {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn each_bound_ends_it_at_its_value_and_not_before() {
        let bytes = Budget { result_bytes: Some(10), ..Budget::default() };
        let purse = Purse::new(bytes, Instant::now(), None);
        purse.spend(9);
        assert_eq!(purse.exhausted(), None);
        purse.spend(1);
        purse.used_up().await;
        assert_eq!(purse.exhausted(), Some(Exhausted::ResultBytes));

        let charged = Arc::new(Charged::default());
        charged.0.store(500, Ordering::Relaxed);
        let credits = Budget { credits_milli: Some(1_000), ..Budget::default() };
        let spending = Arc::clone(&charged) as Arc<dyn Spending>;
        let purse = Purse::new(credits, Instant::now(), Some(spending));
        charged.0.store(1_499, Ordering::Relaxed);
        purse.spend(u64::MAX);
        assert_eq!(purse.exhausted(), None, "what was charged before does not count");
        charged.0.store(1_500, Ordering::Relaxed);
        purse.spend(0);
        assert_eq!(purse.exhausted(), Some(Exhausted::Credits));

        let time = Budget { time: Some(Duration::from_millis(5)), ..Budget::default() };
        let began = Instant::now();
        let purse = Purse::new(time, began, None);
        purse.used_up().await;
        assert!(began.elapsed() >= Duration::from_millis(5));
        assert_eq!(purse.exhausted(), Some(Exhausted::Time));
    }

    #[tokio::test]
    async fn the_first_bound_is_the_one_that_is_told_and_no_bound_is_none() {
        let both =
            Budget { result_bytes: Some(1), time: Some(Duration::ZERO), ..Budget::default() };
        let purse = Purse::new(both, Instant::now(), None);
        purse.spend(1);
        purse.used_up().await;
        assert_eq!(purse.exhausted(), Some(Exhausted::ResultBytes));
        let purse = Purse::new(Budget::default(), Instant::now(), None);
        purse.spend(u64::MAX);
        let waiting = tokio::time::timeout(Duration::from_millis(20), purse.used_up());
        assert!(waiting.await.is_err());
    }
}
