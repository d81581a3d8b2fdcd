//! How late statements were sent, and through whom.

use super::latency::{Percentiles, percentiles};
use model::{Lag, report::ItemReport};
use serde::Serialize;

/// Lag over all statements that ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LagSummary {
    /// Statements measured.
    pub statements: u64,
    /// How late they were.
    pub late: Percentiles,
    /// All lag by what it was lost to.
    pub by_cause: Lag,
}

/// Lag over the statements that ran.
pub(super) fn lag(items: &[ItemReport]) -> LagSummary {
    let lags: Vec<Lag> = items.iter().filter_map(|item| item.lag).collect();
    let by_cause = lags.iter().fold(Lag::default(), |sum, lag| Lag {
        engine_us: sum.engine_us.saturating_add(lag.engine_us),
        slot_us: sum.slot_us.saturating_add(lag.slot_us),
        driver_us: sum.driver_us.saturating_add(lag.driver_us),
    });
    let statements = lags.len() as u64;
    let late = percentiles(lags.into_iter().map(Lag::total_us).collect());
    LagSummary { statements, late, by_cause }
}
