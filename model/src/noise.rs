//! What the legacy answers when it is asked the same again: differences that it has with itself say
//! nothing about the governed side.

use crate::verdict::Judgement;
use serde::{Deserialize, Serialize};

/// The legacy held against itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// Its second answer held against its first, by the same rules; what is called governed in here
    /// is the second answer.
    pub judgement: Box<Judgement>,
    /// What of an answer is open because of it.
    pub reach: NoiseReach,
}

/// What of an answer changes when the legacy is asked again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NoiseReach {
    /// Nothing: it answered the same, perhaps within the tolerances.
    Nothing,
    /// The values of these output columns, and no other.
    Columns {
        /// Their names on the legacy side, in the order of the output.
        columns: Vec<String>,
    },
    /// The order of the rows, and nothing else.
    Order,
    /// Anything: rows come and go, or it failed once.
    Everything,
    /// Not known: the second answer tells nothing, for example because of a timeout.
    Unknown,
}
