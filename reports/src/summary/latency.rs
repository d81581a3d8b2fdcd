//! How long the two sides took.

use model::report::ItemReport;
use model::{Outcome, OutcomeResult};
use serde::Serialize;

/// Percentiles of one side by nearest rank: each is a latency that was measured, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// Half of the statements took at most this long.
    pub p50_us: u64,
    /// 95 of 100 statements took at most this long.
    pub p95_us: u64,
    /// The slowest.
    pub max_us: u64,
    /// All together.
    pub total_us: u64,
}

/// Latency of both sides over the same statements: those that returned rows on both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Statements measured.
    pub statements: u64,
    /// The legacy engine.
    pub legacy: Percentiles,
    /// The governed engine.
    pub governed: Percentiles,
}

/// Latency over the statements that returned rows on both sides.
pub(super) fn latency(items: &[ItemReport]) -> Latency {
    let of = |outcome: &Option<Outcome>| match outcome {
        Some(Outcome { latency_us, result: OutcomeResult::Rows { .. }, .. }) => Some(*latency_us),
        _ => None,
    };
    let (legacy, governed): (Vec<u64>, Vec<u64>) =
        items.iter().filter_map(|item| Some((of(&item.legacy)?, of(&item.governed)?))).unzip();
    Latency {
        statements: legacy.len() as u64,
        legacy: percentiles(legacy),
        governed: percentiles(governed),
    }
}

fn percentiles(mut all: Vec<u64>) -> Percentiles {
    all.sort_unstable();
    // Nearest rank: the smallest value that at least `percent` of 100 do not exceed.
    let rank = |percent: usize| {
        let position = (all.len() * percent).div_ceil(100).saturating_sub(1);
        all.get(position).copied().unwrap_or(0)
    };
    Percentiles {
        p50_us: rank(50),
        p95_us: rank(95),
        max_us: all.last().copied().unwrap_or(0),
        total_us: all.iter().fold(0, |sum, us| sum.saturating_add(*us)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measured_values() {
        let of = percentiles((1..=100).rev().collect());
        assert_eq!((of.p50_us, of.p95_us, of.max_us, of.total_us), (50, 95, 100, 5_050));
        let of = percentiles(vec![7]);
        assert_eq!((of.p50_us, of.p95_us, of.max_us), (7, 7, 7));
        assert_eq!(percentiles(vec![3, 1]).p50_us, 1);
    }

    #[test]
    fn nothing_measured_gives_zeros() {
        assert_eq!(percentiles(vec![]), Percentiles::default());
        assert_eq!(latency(&[]), Latency::default());
    }
}
