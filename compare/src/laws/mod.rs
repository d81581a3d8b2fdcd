//! Laws of the whole comparison, held against an oracle by brute force.

mod exact;
pub(crate) mod fixtures;
mod open;
mod order;
pub(crate) mod samples;
mod tolerance;
mod types;
