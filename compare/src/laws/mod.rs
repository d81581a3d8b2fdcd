//! Laws of the whole comparison, held against an oracle by brute force.

mod all_types;
mod boundaries;
mod brute;
mod causes;
mod distances;
mod exact;
mod figures;
pub(crate) mod fixtures;
mod forms;
mod look_alikes;
mod memory;
mod metamorphic;
mod noise;
mod open;
mod order;
mod remedies;
pub(crate) mod samples;
mod scopes;
mod tables;
mod ties;
mod tolerance;
mod types;
