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
    /// The lag of the statement before it: what is still late of that is late for the same reasons.
    pub(crate) before: Lag,
    /// How long after it was due its session still waited for those of the engines.
    pub(crate) opened_late: Duration,
    /// How long it waited for others to end their changes.
    pub(crate) turn: Duration,
}

impl Lateness {
    /// The lag of a statement that was sent at `sent`, after its session waited `queued` for its turn on
    /// that side and `opening` for the engine to be there.
    pub(crate) fn lag(&self, sent: Instant, queued: Duration, opening: Duration) -> Lag {
        let total = sent.saturating_duration_since(self.due);
        let (engine, slot) = if let Some(answered) = self.answered {
            let late = answered.saturating_duration_since(self.due);
            // The rest is what the statement before took longer than its pause.
            let [engine, slot, all] = self.inherited(late);
            (engine.saturating_add(late.saturating_sub(all)), slot)
        } else {
            // Before it arrived, its session had no place.
            (Duration::ZERO, self.arrived.saturating_duration_since(self.due))
        };
        // A session may be opened before the statement is due; only what is late counts.
        let engine = engine.saturating_add(opening).saturating_add(self.opened_late).min(total);
        let slot =
            slot.saturating_add(queued).saturating_add(self.turn).min(total.saturating_sub(engine));
        // Rounded before the rest is taken, so that the parts add up.
        let [total, engine_us, slot_us] = [total, engine, slot].map(microseconds);
        let driver_us = total.saturating_sub(engine_us).saturating_sub(slot_us);
        Lag { engine_us, slot_us, driver_us }
    }

    /// What of `late` comes from the lag before: behind engines, waiting for a place, and in all. Where a
    /// pause made up for a part of it, the causes share what is left as they shared all.
    fn inherited(&self, late: Duration) -> [Duration; 3] {
        let of = Duration::from_micros;
        let all = of(self.before.total_us());
        let share = if all > late { late.div_duration_f64(all) } else { 1.0 };
        [of(self.before.engine_us), of(self.before.slot_us), all].map(|of| of.mul_f64(share))
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
        let on_time = Lag::default();
        let late = |answered, arrived| Lateness {
            due,
            answered,
            arrived,
            before: on_time,
            opened_late: Duration::ZERO,
            turn: Duration::ZERO,
        };
        let of = late(Some(due + 30 * MS), due + 35 * MS);
        assert_eq!(of.lag(due + 40 * MS, 2 * MS, 3 * MS), lag((33, 2, 5)));
        // The session had no place for 30 ms.
        let of = late(None, due + 30 * MS);
        assert_eq!(of.lag(due + 31 * MS, Duration::ZERO, Duration::ZERO), lag((0, 30, 1)));
        // In time: it woke up 1 ms late.
        let of = late(Some(due - 9 * MS), due - 8 * MS);
        assert_eq!(of.lag(due + MS, Duration::ZERO, Duration::ZERO), lag((0, 0, 1)));
        // Opening sessions ahead took until 4 ms after it was due.
        let of = Lateness { opened_late: 4 * MS, ..of };
        assert_eq!(of.lag(due + 5 * MS, Duration::ZERO, Duration::ZERO), lag((4, 0, 1)));
    }

    #[test]
    fn a_late_start_is_not_laid_to_the_engine_for_all_statements_after_it() {
        let due = Instant::now() + 1_000 * MS;
        let after = |before, answered: u32| Lateness {
            due,
            answered: Some(due + answered * MS),
            arrived: due + answered * MS,
            before,
            opened_late: Duration::ZERO,
            turn: Duration::ZERO,
        };
        let none = Duration::ZERO;
        // The session had got its place 60 ms late; this statement is due 10 ms after one of 12 ms.
        let of = after(lag((0, 60, 0)), 62);
        assert_eq!(of.lag(due + 62 * MS, none, none), lag((2, 60, 0)));
        // A pause makes up for half of the lag.
        let of = after(lag((20, 40, 20)), 40);
        assert_eq!(of.lag(due + 40 * MS, none, none), lag((10, 20, 10)));
    }

    proptest! {
        /// The parts add up to what the statement was late, whatever happened.
        #[test]
        fn the_parts_add_up(
            answered in proptest::option::of(0..2_000_u32), arrived in 0..2_000_u32,
            sent in 0..4_000_u32, queued in 0..500_u32, opening in 0..500_u32,
            before in (0..900_u64, 0..900_u64, 0..900_u64),
        ) {
            let start = Instant::now();
            let late = Lateness {
                due: start + 1_000 * MS,
                answered: answered.map(|ms| start + ms * MS),
                arrived: start + arrived * MS,
                before: lag(before),
                opened_late: Duration::ZERO,
            turn: Duration::ZERO,
            };
            let lag = late.lag(start + sent * MS, queued * MS, opening * MS);
            prop_assert_eq!(lag.total_us(), u64::from(sent.saturating_sub(1_000)) * 1_000);
        }
    }
}
