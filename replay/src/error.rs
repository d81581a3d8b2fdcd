//! Why a run could not go on.

use crate::store::StoreError;
use model::{Failure, Side};

/// What an error means for the caller's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The settings or the input make no sense.
    Usage,
    /// An engine could not be reached.
    Unreachable,
    /// The run store could not be read or written.
    Store,
    /// Gnomon itself is at fault.
    Internal,
}

/// Why a run stopped. What was recorded before stays; the same run can be started again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A setting is out of its range.
    #[error("{message}")]
    Settings {
        /// Which, and its range.
        message: String,
    },
    /// An engine cannot be reached, from the start or any more.
    #[error("the {side} engine cannot be reached: {failure}")]
    Unreachable {
        /// Which.
        side: Side,
        /// What it said.
        failure: Failure,
    },
    /// The run store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gives no more threads.
    #[error("there is no thread that records: {message}; allow more threads")]
    NoThread {
        /// What the system said.
        message: String,
    },
    /// A part of Gnomon panicked outside of the engines and the judge.
    #[error("session `{session}` ended in a panic: {message}; please report this")]
    Panicked {
        /// The captured session that was running.
        session: String,
        /// The panic's text.
        message: String,
    },
}

impl ReplayError {
    /// What it means for the exit code.
    pub const fn class(&self) -> ErrorClass {
        match self {
            Self::Settings { .. } => ErrorClass::Usage,
            Self::Unreachable { .. } => ErrorClass::Unreachable,
            Self::Store(error) => error.class(),
            Self::NoThread { .. } | Self::Panicked { .. } => ErrorClass::Internal,
        }
    }
}
