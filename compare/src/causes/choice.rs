//! Chooses few causes for many cells: always the one that explains the most cells that are not
//! explained yet, specific causes before general ones.

use super::{
    cause::{Level, Parameter},
    collector::Slot,
};
use std::cmp::Reverse;

/// Causes of one column that are told.
const CHOSEN_MAX: usize = 8;

/// A slot that was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// Its place among the slots.
    pub(crate) slot: usize,
    /// Cells that it explains and none that was chosen before.
    pub(crate) cells: u64,
}

/// Chooses among slots by the cells of each set of slots (a bit each).
pub(crate) fn choose(slots: &[Slot], sets: &[(u128, u64)], looked_at: u64) -> Vec<Chosen> {
    let mut chosen: Vec<Chosen> = Vec::new();
    let mut explained = 0_u128;
    for level in [Level::Specific, Level::General, Level::Last] {
        while chosen.len() < CHOSEN_MAX {
            let candidates = slots.iter().enumerate().filter_map(|(place, slot)| {
                let bit = 1_u128 << place;
                let open = sets.iter().filter(|(set, _)| set & bit != 0 && set & explained == 0);
                let cells = open.map(|(_, cells)| cells).sum();
                let fits =
                    slot.cause.level == level && slot.cause.support.is_enough(cells, looked_at);
                fits.then_some((slot, Chosen { slot: place, cells }))
            });
            let best = candidates.min_by_key(|(slot, one)| {
                let Parameter { form, amount, .. } = slot.parameter;
                (Reverse(one.cells), slot.rank, form, amount.unsigned_abs(), one.slot)
            });
            let Some((_, best)) = best else { break };
            explained |= 1 << best.slot;
            chosen.push(best);
        }
    }
    chosen
}
