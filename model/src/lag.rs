//! How late a statement of a replay was sent, and through whom.

use serde::{Deserialize, Serialize};

/// Time between the moment at which a statement was due and the moment at which it was sent, by what
/// it was lost to. None of it is part of any latency.
///
/// A statement of a paced replay is due at its captured time, or a captured pause after the answer
/// before it; without a pace it is due when the answer before it is complete on both sides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lag {
    /// To the engines: the statement before was still running, or a session had to be opened. In
    /// microseconds, as the others are.
    pub engine_us: u64,
    /// To the bounds of the run: all sessions, or all statements that a side may run at the same time,
    /// were taken.
    pub slot_us: u64,
    /// To the replay itself: judging, recording, waking up.
    pub driver_us: u64,
}

impl Lag {
    /// All of it, in microseconds.
    pub const fn total_us(self) -> u64 {
        self.engine_us.saturating_add(self.slot_us).saturating_add(self.driver_us)
    }
}
