//! Files of rows, from outside: what was written comes back, and what is damaged is refused.
//!
//! Each module says `cfg(test)`, so that the lints know their helpers for tests too.

#[cfg(test)]
mod csv;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod hostile;
