//! The comparison as JSON: the contract with whoever reads it by a program.
//!
//! Members are only ever added; anything else is another version.

use super::{Comparison, Input};
use crate::ReportError;
use model::{
    Cause, ColumnDifferences, Cut, Difference, LedgerEntry, MismatchClass, RowKey, Tolerance,
    TypeDrift, ValuePair, Verdict,
};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use std::{collections::BTreeMap, io::Write};

/// The version of the document.
const VERSION: u32 = 1;

/// One comparison of two inputs.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "gnomon compare", deny_unknown_fields)]
struct Document<'a> {
    /// Version of this format.
    version: u32,
    /// What was found.
    verdict: VerdictName,
    /// What kind of mismatch it is.
    class: Option<MismatchClass>,
    /// Why nothing could be told; of an inconclusive or skipped comparison.
    reason: Option<&'a str>,
    /// How sure the verdict is.
    confidence: Option<&'a str>,
    /// What stood on the legacy side: path, or engine and query.
    legacy: &'a str,
    /// What stood on the governed side.
    governed: &'a str,
    /// Rows on the legacy side, if they were counted.
    legacy_rows: Option<u64>,
    /// Rows on the governed side, if they were counted.
    governed_rows: Option<u64>,
    /// Rows that only the legacy has, copies counted.
    missing_rows: u64,
    /// Rows that only the governed side has, copies counted.
    extra_rows: u64,
    /// Pairs of rows with other values.
    changed_rows: u64,
    /// Cells with other values in those pairs.
    changed_cells: u64,
    /// Does a side break the order that the query asks for?
    order_broken: bool,
    /// The columns by which rows were paired, if there was a key.
    key: Option<&'a RowKey>,
    /// Every column, by position; `changed_cells` is 0 where nothing changed.
    columns: Vec<Column<'a>>,
    /// What explains the differences: of cells by column, then of rows, then of the order.
    causes: &'a [Cause],
    /// Columns whose types differ although their values could be compared.
    type_drifts: &'a [TypeDrift],
    /// The first differences, bounded.
    examples: &'a [Difference],
    /// What each tolerance excused.
    tolerances: &'a [LedgerEntry],
    /// Tolerances that excused nothing.
    unused_tolerances: Vec<UnusedTolerance<'a>>,
    /// Why it is open which rows a limited query takes, if it is, and what came of asking for more:
    /// then the differences are those of the rows that may be taken.
    cut: Option<&'a Cut>,
    /// Things to know, for example that a bound was hit.
    notes: &'a [String],
}

/// What a comparison can find.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum VerdictName {
    /// Both sides are equal.
    Match,
    /// They are equal within the tolerances.
    Tolerated,
    /// They differ.
    Mismatch,
    /// It cannot be said.
    Inconclusive,
    /// They were not compared.
    Skipped,
}

/// One column of both sides.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Column<'a> {
    /// Its name on the legacy side; on the governed side where the legacy has no such column.
    name: &'a str,
    /// Its name on the governed side, if it has the column.
    governed_name: Option<&'a str>,
    /// Its type on the legacy side, if it has the column.
    legacy_type: Option<&'a str>,
    /// Its type on the governed side, if it has the column.
    governed_type: Option<&'a str>,
    /// Cells of paired rows with other values, not counting excused ones.
    changed_cells: u64,
    /// Of these, NULL on the governed side only.
    became_null: u64,
    /// Of these, NULL on the legacy side only.
    was_null: u64,
    /// The largest difference of two numbers, exact, or of two times with its unit.
    max_absolute: Option<&'a str>,
    /// The largest difference of two numbers over the larger magnitude.
    max_relative: Option<f64>,
    /// The largest distance of two floats in units in the last place of 64 bits.
    max_ulps: Option<u64>,
    /// The most frequent pairs of values, the most frequent first.
    top_pairs: &'a [ValuePair],
}

/// A tolerance that excused nothing.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct UnusedTolerance<'a> {
    /// Its code.
    code: &'static str,
    /// The column it is for; every column where absent.
    column: Option<&'a str>,
    /// Why it was given.
    reason: &'a str,
}

/// Writes the document.
pub(super) fn write(comparison: &Comparison<'_>, mut out: impl Write) -> Result<(), ReportError> {
    serde_json::to_writer_pretty(&mut out, &document(comparison)).map_err(|error| {
        if error.is_io() {
            ReportError::Io { format: "json", source: error.into() }
        } else {
            ReportError::Encode { format: "json", message: error.to_string() }
        }
    })?;
    out.write_all(b"\n").and_then(|()| out.flush()).map_err(ReportError::io("json"))
}

/// Its schema.
pub(super) fn schema() -> String {
    // What is written has all members, also those that are null.
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Document<'_>>();
    format!("{:#}\n", schema.to_value())
}

fn document<'a>(comparison: &'a Comparison<'a>) -> Document<'a> {
    let found = &comparison.judgement.differences;
    Document {
        version: VERSION,
        verdict: name(&comparison.judgement.verdict),
        class: comparison.judgement.mismatch_class(),
        reason: comparison.judgement.verdict.reason(),
        confidence: comparison.confidence.as_deref(),
        legacy: comparison.legacy.label,
        governed: comparison.governed.label,
        legacy_rows: comparison.legacy.rows,
        governed_rows: comparison.governed.rows,
        missing_rows: found.missing_rows,
        extra_rows: found.extra_rows,
        changed_rows: found.changed_rows,
        changed_cells: found.changed_cells,
        order_broken: found.order_broken,
        key: found.key.as_ref(),
        columns: columns(&comparison.legacy, &comparison.governed, &found.columns),
        causes: &found.causes,
        type_drifts: &found.type_drifts,
        examples: &found.examples,
        tolerances: &found.ledger,
        unused_tolerances: comparison.unused_tolerances.iter().map(unused).collect(),
        cut: found.cut.as_ref(),
        notes: &found.notes,
    }
}

const fn name(verdict: &Verdict) -> VerdictName {
    match verdict {
        Verdict::Match => VerdictName::Match,
        Verdict::Tolerated => VerdictName::Tolerated,
        Verdict::Mismatch => VerdictName::Mismatch,
        Verdict::Inconclusive { .. } => VerdictName::Inconclusive,
        Verdict::Skipped { .. } => VerdictName::Skipped,
    }
}

fn unused(tolerance: &Tolerance) -> UnusedTolerance<'_> {
    UnusedTolerance {
        code: tolerance.kind.code(),
        column: tolerance.scope.column.as_deref(),
        reason: &tolerance.reason,
    }
}

/// The columns of both sides, laid on each other by position.
fn columns<'a>(
    legacy: &Input<'a>,
    governed: &Input<'a>,
    changed: &'a [ColumnDifferences],
) -> Vec<Column<'a>> {
    let changed: BTreeMap<usize, &ColumnDifferences> =
        changed.iter().map(|column| (column.column, column)).collect();
    (0..legacy.columns.len().max(governed.columns.len()))
        .map(|at| {
            let (left, right) = (legacy.columns.get(at), governed.columns.get(at));
            let figures = changed.get(&at).copied();
            Column {
                name: left.or(right).map_or("", |column| &column.name),
                governed_name: right.map(|column| column.name.as_str()),
                legacy_type: left.map(|column| column.data_type.as_str()),
                governed_type: right.map(|column| column.data_type.as_str()),
                changed_cells: figures.map_or(0, |column| column.changed_cells),
                became_null: figures.map_or(0, |column| column.became_null),
                was_null: figures.map_or(0, |column| column.was_null),
                max_absolute: figures.and_then(|column| column.max_absolute.as_deref()),
                // What is not finite is written as null: JSON has no NaN and no infinity.
                max_relative: figures.and_then(|column| column.max_relative),
                max_ulps: figures.and_then(|column| column.max_ulps),
                top_pairs: figures.map_or(&[], |column| &column.top_pairs),
            }
        })
        .collect()
}
