//! Laws of the whole comparison, held against an oracle by brute force.

mod causes;
mod distances;
mod exact;
pub(crate) mod fixtures;
mod forms;
mod open;
mod order;
pub(crate) mod samples;
mod scopes;
mod tolerance;
mod types;
