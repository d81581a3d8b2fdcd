//! Replay over a scripted engine: order, bounds, faults, crashes.
//!
//! Each module says `cfg(test)`, so that the lints know their helpers for tests too.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod balance;
#[cfg(test)]
mod breaker;
#[cfg(test)]
mod budget;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod events;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod fleet_kill;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod noise;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod rejudge;
#[cfg(test)]
mod resume;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod store;
#[cfg(test)]
mod support;
#[cfg(test)]
mod ties;
#[cfg(test)]
mod timeouts;
#[cfg(test)]
mod transactions;
