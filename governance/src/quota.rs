//! How much a principal may spend: limits, and the ledger that keeps `reserved + spent ≤ limit`.

mod ledger;
mod limits;
mod period;

pub use ledger::{Balance, Exceeded, Ledger, Reservation};
pub use limits::{Limits, Quotas};
pub use period::Period;
