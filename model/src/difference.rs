//! How two results differ, down to the cell.

use crate::{
    cause::Cause, confidence::CollisionBound, cut::Cut, noise::Noise, tolerance::LedgerEntry,
};
use serde::{Deserialize, Serialize};

/// A value as people read it; absent for NULL. Text is escaped only when shown.
pub type CellText = Option<String>;

/// One cell that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CellChange {
    /// 0-based output column.
    pub column: usize,
    /// Its name.
    pub name: String,
    /// Value on the legacy side.
    pub legacy: CellText,
    /// Value on the governed side.
    pub governed: CellText,
}

/// One difference between two results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// A row that only the legacy has, `times` over.
    Missing {
        /// The row.
        row: Vec<CellText>,
        /// How many more copies the legacy has.
        times: u64,
    },
    /// A row that only the governed side has, `times` over.
    Extra {
        /// The row.
        row: Vec<CellText>,
        /// How many more copies the governed side has.
        times: u64,
    },
    /// A row that both have, with other values.
    Changed {
        /// The whole legacy row, so that the row can be found again.
        row: Vec<CellText>,
        /// The cells that differ.
        cells: Vec<CellChange>,
    },
    /// The rows agree as a multiset, but a side does not keep the order that the query asks for.
    Order {
        /// 0-based row at which the governed order departs.
        row: u64,
        /// What is wrong there.
        message: String,
    },
    /// The results have other columns: count, or kinds of type that cannot be compared.
    Shape {
        /// What is wrong.
        message: String,
    },
    /// One side failed, or both failed in different ways.
    Failure {
        /// The legacy failure, if it failed.
        legacy: Option<String>,
        /// The governed failure, if it failed.
        governed: Option<String>,
    },
}

/// A column whose type differs although the values could be compared: a finding of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TypeDrift {
    /// 0-based output column.
    pub column: usize,
    /// Its name.
    pub name: String,
    /// Type on the legacy side.
    pub legacy: String,
    /// Type on the governed side.
    pub governed: String,
}

/// Two values that stand beside each other in changed cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ValuePair {
    /// Value on the legacy side.
    pub legacy: CellText,
    /// Value on the governed side.
    pub governed: CellText,
    /// In how many cells.
    pub cells: u64,
}

/// How the changed cells of one column differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnDifferences {
    /// 0-based output column.
    pub column: usize,
    /// Its name.
    pub name: String,
    /// Cells of paired rows with other values, not counting excused ones.
    pub changed_cells: u64,
    /// Of these, NULL on the governed side only.
    pub became_null: u64,
    /// Of these, NULL on the legacy side only.
    pub was_null: u64,
    /// The largest difference of two numbers, or of two times with its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_absolute: Option<String>,
    /// The largest difference of two numbers over the larger magnitude.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_relative: Option<f64>,
    /// The largest distance of two floats in units in the last place of 64 bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_ulps: Option<u64>,
    /// The most frequent pairs of values, the most frequent first; at most 5, counted among the
    /// first 1,000 different ones.
    pub top_pairs: Vec<ValuePair>,
}

/// Where a key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyOrigin {
    /// From whoever asked for the comparison.
    Given,
    /// From the catalog of the engine that was asked, or a file of one.
    Declared,
    /// Found in the data: no row of either side has the key of a differing row of its side.
    Inferred,
    /// Found in a sample of the data, because too much differs to look at all of it: no value of the
    /// sample stands twice on a side, and the sides share most of them. The sample is drawn by hash
    /// and has all rows of each of its values.
    Sampled,
}

/// The columns by which rows of both sides were paired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RowKey {
    /// Their names on the legacy side.
    pub columns: Vec<String>,
    /// Who says that they are a key.
    pub origin: KeyOrigin,
}

/// Everything found between two results. The counts are exact; `examples` is bounded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Differences {
    /// Rows on the legacy side.
    pub legacy_rows: u64,
    /// Rows on the governed side.
    pub governed_rows: u64,
    /// Rows that only the legacy has, copies counted.
    pub missing_rows: u64,
    /// Rows that only the governed side has, copies counted.
    pub extra_rows: u64,
    /// Pairs of rows with other values.
    pub changed_rows: u64,
    /// Cells with other values in those pairs.
    pub changed_cells: u64,
    /// Does a side break the order that the query asks for?
    pub order_broken: bool,
    /// The first differences found, bounded by the comparer's setting.
    pub examples: Vec<Difference>,
    /// The key by which differing rows were paired, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<RowKey>,
    /// Columns with changed cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnDifferences>,
    /// What explains the differences: causes of cells by column, then of rows, then of the order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// Type drifts.
    pub type_drifts: Vec<TypeDrift>,
    /// What tolerances excused.
    pub ledger: Vec<LedgerEntry>,
    /// Places, from 0, of the team's tolerances that hold for a column here and excused nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unused: Vec<usize>,
    /// What the legacy answered when it was asked again, where somebody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noise: Option<Noise>,
    /// Why it is open which rows a limited statement takes, and what came of asking for more: then
    /// all else is about the rows that may be taken, not about those that were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// Things a reader should know, for example that a bound was hit.
    pub notes: Vec<String>,
    /// How sure it is that rows taken for equal are; absent where none were looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collision_bound: Option<CollisionBound>,
}
