//! The run as one page: a single offline file of at most 5 MB that reads without JavaScript.
//!
//! The page asks for nothing over a network and its content security policy forbids it; the only
//! script that may run is the page's own, known by its digest, so that recorded text could not run
//! even if it were not escaped, which it is.
//!
//! Causes over statements come first, then the statements, those that differ most before others. All
//! of it reads without the script, which filters, sorts and copies.
//!
//! Room is given by severity: first a line for every statement, then details, silent mismatches
//! first. What did not fit is counted on the page; the JSON report has everything.

mod anchor;
mod causes;
mod cells;
mod columns;
mod detail;
mod determinism;
mod facets;
mod facts;
mod findings;
mod list;
mod overview;
mod page;
mod pair;
mod sql;
mod statement;
mod text;
mod theme;

#[cfg(test)]
mod checks;

use crate::ReportError;
use model::report::RunReport;
use std::io::Write;

/// Most bytes of a page.
pub const PAGE_BYTES_MAX: usize = 5_000_000;

/// Writes one run as a page.
///
/// # Errors
/// The writer failed.
pub fn write_html(report: &RunReport, out: impl Write) -> Result<(), ReportError> {
    finish(&page::single(report), out)
}

/// Writes the demo's page: both passes, their counts side by side, what the transpiler changed.
///
/// # Errors
/// The writer failed.
pub fn write_pair(
    unchanged: &RunReport,
    transpiled: &RunReport,
    out: impl Write,
) -> Result<(), ReportError> {
    finish(&pair::page(unchanged, transpiled), out)
}

fn finish(page: &str, mut out: impl Write) -> Result<(), ReportError> {
    out.write_all(page.as_bytes()).and_then(|()| out.flush()).map_err(ReportError::io("html"))
}
