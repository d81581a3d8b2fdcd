//! One comparison of two inputs: `gnomon compare LEFT RIGHT`.
//!
//! The formats share what they say ([`words`]) and what they show of the differences ([`examples`]),
//! and with the reports of runs the causes and the figures of columns; each lays it out in its own way. How long the
//! comparison took is no part of it: the same inputs give the same bytes.

mod console;
mod document;
mod examples;
mod markdown;
mod words;

#[cfg(test)]
mod checks;

use crate::ReportError;
use crate::console::Style;
use model::{ColumnInfo, Judgement, Tolerance};
use std::io::Write;

/// One of the two inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input<'a> {
    /// What people call it: the path of a file, or an engine with a query.
    pub label: &'a str,
    /// Its rows; absent where they were not counted, because the comparison ended before.
    pub rows: Option<u64>,
    /// Its columns, in order.
    pub columns: &'a [ColumnInfo],
}

/// A comparison with its evidence, as all formats read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison<'a> {
    /// What was there before.
    pub legacy: Input<'a>,
    /// What is to take its place.
    pub governed: Input<'a>,
    /// The verdict, and what was found.
    pub judgement: &'a Judgement,
    /// Tolerances in force that excused nothing.
    pub unused_tolerances: &'a [Tolerance],
    /// How sure the verdict is, as a sentence, for example the bound on a collision of hashes.
    pub confidence: Option<String>,
}

/// Writes the comparison for a terminal: the verdict with exact counts first, then what differs,
/// column by column and cell by cell, then what was accepted and why. A match without remarks is
/// two lines.
///
/// # Errors
/// The writer failed.
pub fn write_console(
    comparison: &Comparison<'_>,
    style: Style,
    out: impl Write,
) -> Result<(), ReportError> {
    crate::console::finish(&console::text(comparison, style), out)
}

/// Writes the comparison as one JSON document, version 1, indented, with a line end at the end.
/// [`json_schema`] describes it. It has all its members always: what is not known is `null`.
///
/// # Errors
/// The writer failed.
pub fn write_json(comparison: &Comparison<'_>, out: impl Write) -> Result<(), ReportError> {
    document::write(comparison, out)
}

/// The JSON schema (draft 2020-12) of what [`write_json`] writes, indented.
pub fn json_schema() -> String {
    document::schema()
}

/// Writes the comparison as a comment for a pull request, in GitHub's Markdown.
///
/// # Errors
/// The writer failed.
pub fn write_markdown(comparison: &Comparison<'_>, mut out: impl Write) -> Result<(), ReportError> {
    let text = markdown::document(comparison);
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(ReportError::io("markdown"))
}
