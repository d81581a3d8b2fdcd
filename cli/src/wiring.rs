//! Joins the stages: each file makes one crate's part out of what another crate gives.

pub(crate) mod asking;
pub(crate) mod bind_check;
pub(crate) mod catalog;
pub(crate) mod collation;
pub(crate) mod comparing;
pub(crate) mod delivery;
pub(crate) mod engines;
pub(crate) mod files;
pub(crate) mod governed;
pub(crate) mod importing;
pub(crate) mod interrupt;
pub(crate) mod judge;
pub(crate) mod keys;
pub(crate) mod log_lines;
pub(crate) mod metrics;
pub(crate) mod preflight;
pub(crate) mod progress;
pub(crate) mod pushed;
pub(crate) mod relaying;
pub(crate) mod runtime;
pub(crate) mod scratch;
pub(crate) mod script;
pub(crate) mod translate;
pub(crate) mod transpiling;
pub(crate) mod workload;
