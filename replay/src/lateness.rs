//! How late a statement was sent, taken apart.

use model::Lag;
use std::time::Duration;
use tokio::time::Instant;

/// The moments of one statement up to its sending.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lateness {
    /// When it was due.
    pub(crate) due: Instant,
    /// When the statement before it was answered on both sides; absent for the first since its session
    /// got its place in the run.
    pub(crate) answered: Option<Instant>,
    /// When its session got to it.
    pub(crate) arrived: Instant,
}

impl Lateness {
    /// The lag of a statement that was sent at `sent`, after its session waited `queued` for its turn on
    /// that side and `opening` for a session of the engine.
    pub(crate) fn lag(&self, sent: Instant, queued: Duration, opening: Duration) -> Lag {
        let total = sent.saturating_duration_since(self.due);
        let (engine, slot) = if let Some(answered) = self.answered {
            (answered.saturating_duration_since(self.due), queued)
        } else {
            // Before it arrived, its session had no place.
            let waited = self.arrived.saturating_duration_since(self.due);
            (Duration::ZERO, queued.saturating_add(waited))
        };
        // A session may be opened before the statement is due; only what is late counts.
        let engine = engine.saturating_add(opening).min(total);
        let slot = slot.min(total.saturating_sub(engine));
        Lag {
            engine_us: microseconds(engine),
            slot_us: microseconds(slot),
            driver_us: microseconds(total.saturating_sub(engine).saturating_sub(slot)),
        }
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: Duration = Duration::from_millis(1);

    fn lag(us: (u64, u64, u64)) -> Lag {
        Lag { engine_us: us.0 * 1_000, slot_us: us.1 * 1_000, driver_us: us.2 * 1_000 }
    }

    #[test]
    fn each_part_is_laid_to_what_caused_it() {
        let due = Instant::now() + 1_000 * MS;
        // The statement before ended 30 ms late, judging took 5, the turn 2, a new session 3.
        let late = Lateness { due, answered: Some(due + 30 * MS), arrived: due + 35 * MS };
        assert_eq!(late.lag(due + 40 * MS, 2 * MS, 3 * MS), lag((33, 2, 5)));
        // The session had no place for 30 ms.
        let late = Lateness { due, answered: None, arrived: due + 30 * MS };
        assert_eq!(late.lag(due + 31 * MS, Duration::ZERO, Duration::ZERO), lag((0, 30, 1)));
        // In time: it woke up 1 ms late.
        let late = Lateness { due, answered: Some(due - 9 * MS), arrived: due - 8 * MS };
        assert_eq!(late.lag(due + MS, Duration::ZERO, Duration::ZERO), lag((0, 0, 1)));
    }

    proptest! {
        /// The parts add up to what the statement was late, whatever happened.
        #[test]
        fn the_parts_add_up(
            answered in proptest::option::of(0..2_000_u32), arrived in 0..2_000_u32,
            sent in 0..4_000_u32, queued in 0..500_u32, opening in 0..500_u32,
        ) {
            let start = Instant::now();
            let late = Lateness {
                due: start + 1_000 * MS,
                answered: answered.map(|ms| start + ms * MS),
                arrived: start + arrived * MS,
            };
            let lag = late.lag(start + sent * MS, queued * MS, opening * MS);
            prop_assert_eq!(lag.total_us(), u64::from(sent.saturating_sub(1_000)) * 1_000);
        }
    }
}
