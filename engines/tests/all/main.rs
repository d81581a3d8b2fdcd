//! The engines, each against the real thing. One binary: every test links the engines once.

// `cfg(test)` always holds here; it tells clippy that helpers may unwrap too.
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod datafusion;
#[cfg(test)]
mod duckdb;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod support;
#[cfg(test)]
mod transactions;
