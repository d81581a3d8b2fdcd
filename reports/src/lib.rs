//! Stage: takes a recorded run ([`model::report::RunReport`]) or one comparison
//! ([`comparison::Comparison`]), gives reports: terminal text, JSON, JUnit, Markdown, HTML.
//! Never: opens a file, prints, reads a clock or the environment, or judges; the same run gives
//! the same bytes every time.
//!
//! Counts are exact everywhere; nothing is turned into a percentage, so nothing can be rounded up
//! to 100 %. What a format has no room for is cut by a fixed bound, and the report says what was
//! cut. Text that comes from outside (SQL, cells, messages, names) is shown with its control and
//! direction characters made visible, so that it can neither hide nor break out.

mod causes;
pub mod comparison;
pub mod console;
mod error;
mod excerpt;
mod figures;
mod format;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod redact;
pub mod summary;
mod text_diff;
mod tokens;
mod visible;
mod window;
mod words;

#[cfg(test)]
#[path = "../examples/page/fixture.rs"]
mod fixture;

/// What the examples share with the tests names this crate from outside.
#[cfg(test)]
extern crate self as reports;

#[cfg(test)]
#[path = "../examples/comparison/fixture.rs"]
mod comparison_fixture;

pub use error::ReportError;
pub use format::{count, counted};
pub use summary::Summary;
