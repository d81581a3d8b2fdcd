//! Draws that depend on nothing but their inputs.

use std::time::Duration;

/// A fault that a statement meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The connection is lost before the first row.
    Lost,
    /// The connection is lost after the first batch.
    LostLater,
    /// SQLSTATE 40001.
    Serialization,
}

/// The draws of one run of one statement.
pub(super) struct Draw {
    state: u64,
}

impl Draw {
    pub(super) fn new(seed: u64, sql: &str, time: u64) -> Self {
        // FNV-1a over the text; the mixing below does the rest.
        let text = sql.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { state: text ^ seed.rotate_left(17) ^ time.wrapping_mul(0x9e37_79b9_7f4a_7c15) }
    }

    /// `SplitMix64` (<https://prng.di.unimi.it/splitmix64.c>).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly in 0 ..= 1.
    fn unit(&mut self) -> f64 {
        // 32 bits are plenty and convert without loss.
        let bits = u32::try_from(self.next() >> 32).unwrap_or(u32::MAX);
        f64::from(bits) / f64::from(u32::MAX)
    }

    pub(super) fn fault(&mut self, rate: f64) -> Option<Fault> {
        if rate <= 0.0 || self.unit() > rate {
            return None;
        }
        Some(match self.next() % 3 {
            0 => Fault::Lost,
            1 => Fault::LostLater,
            _ => Fault::Serialization,
        })
    }

    pub(super) fn delay(&mut self, max: Duration) -> Duration {
        max.mul_f64(self.unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_inputs_give_the_same_draws() {
        let draw = |seed, sql, time| {
            let mut draw = Draw::new(seed, sql, time);
            (draw.fault(0.5), draw.delay(Duration::from_secs(1)))
        };
        assert_eq!(draw(1, "SELECT 1", 0), draw(1, "SELECT 1", 0));
        let differing = (0..100).filter(|n| draw(*n, "SELECT 1", 0) != draw(n + 1, "SELECT 1", 0));
        assert!(differing.count() > 90);
    }

    #[test]
    fn the_rate_is_met() {
        let faults = |rate: f64| {
            let met = (0..10_000).filter(|time| Draw::new(7, "q", *time).fault(rate).is_some());
            met.count()
        };
        assert_eq!(faults(0.0), 0);
        assert_eq!(faults(1.0), 10_000);
        assert!((2_700..3_300).contains(&faults(0.3)), "{}", faults(0.3));
    }
}
