//! How long the two sides took.

use model::report::ItemReport;
use model::{Outcome, OutcomeResult};
use serde::Serialize;
use std::collections::BTreeMap;

/// Fingerprints listed with their latency.
const FINGERPRINTS_MAX: usize = 50;

/// Percentiles of one side by nearest rank: each is a latency that was measured, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Percentiles {
    /// Half of the statements took at most this long.
    pub p50_us: u64,
    /// 95 of 100 statements took at most this long.
    pub p95_us: u64,
    /// 99 of 100 statements took at most this long.
    pub p99_us: u64,
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
pub(super) fn latency<'a>(items: impl IntoIterator<Item = &'a ItemReport>) -> Latency {
    let of = |outcome: &Option<Outcome>| match outcome {
        Some(Outcome { latency_us, result: OutcomeResult::Rows { .. }, .. }) => Some(*latency_us),
        _ => None,
    };
    let (legacy, governed): (Vec<u64>, Vec<u64>) =
        items.into_iter().filter_map(|item| Some((of(&item.legacy)?, of(&item.governed)?))).unzip();
    Latency {
        statements: legacy.len() as u64,
        legacy: percentiles(legacy),
        governed: percentiles(governed),
    }
}

/// Latency of the statements of one fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FingerprintLatency {
    /// The fingerprint.
    pub fingerprint: String,
    /// Id of its first statement in the plan.
    pub first: String,
    /// Their latency.
    #[serde(flatten)]
    pub latency: Latency,
}

/// Latency by fingerprint, over the statements that returned rows on both sides: those that took most
/// time first, on the side where it was more. The second value counts the fingerprints left out.
pub(super) fn fingerprints(items: &[ItemReport]) -> (Vec<FingerprintLatency>, u64) {
    let mut of: BTreeMap<&str, Vec<&ItemReport>> = BTreeMap::new();
    for item in items {
        of.entry(&item.item.fingerprint).or_default().push(item);
    }
    let measured = of.into_iter().filter_map(|(fingerprint, items)| {
        let first = items.first()?.item.statement.clone();
        let latency = latency(items);
        let fingerprint = fingerprint.to_owned();
        (latency.statements > 0).then_some(FingerprintLatency { fingerprint, first, latency })
    });
    let mut measured: Vec<FingerprintLatency> = measured.collect();
    let took =
        |of: &FingerprintLatency| of.latency.legacy.total_us.max(of.latency.governed.total_us);
    measured.sort_by_key(|of| std::cmp::Reverse(took(of)));
    let left_out = measured.len().saturating_sub(FINGERPRINTS_MAX);
    measured.truncate(FINGERPRINTS_MAX);
    (measured, left_out as u64)
}

/// Percentiles by nearest rank of any times, in microseconds.
pub(super) fn percentiles(mut all: Vec<u64>) -> Percentiles {
    all.sort_unstable();
    // Nearest rank: the smallest value that at least `percent` of 100 do not exceed.
    let rank = |percent: usize| {
        let position = (all.len() * percent).div_ceil(100).saturating_sub(1);
        all.get(position).copied().unwrap_or(0)
    };
    Percentiles {
        p50_us: rank(50),
        p95_us: rank(95),
        p99_us: rank(99),
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
        assert_eq!((of.p50_us, of.p95_us, of.p99_us, of.max_us), (50, 95, 99, 100));
        assert_eq!(of.total_us, 5_050);
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
