//! The whole house on real engines. One binary: every test links the engines once.

// `cfg(test)` always holds here; it tells clippy that helpers may unwrap too.
#[cfg(test)]
mod corpora_verdicts;
#[cfg(test)]
mod coverage_page;
#[cfg(test)]
mod datafusion_page;
#[cfg(test)]
mod dialect_cases;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod hostile_text;
#[cfg(test)]
mod identities;
#[cfg(test)]
mod postgres_print;
#[cfg(test)]
mod printed_again;
#[cfg(test)]
mod regressions;
#[cfg(test)]
mod rule_places;
#[cfg(test)]
mod statement_cases;
#[cfg(test)]
mod tally;
#[cfg(test)]
mod time_zones;
#[cfg(test)]
mod tpc;
#[cfg(test)]
mod transpile_property;
#[cfg(test)]
mod world;
