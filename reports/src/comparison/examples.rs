//! The differences found, by what they are, and the cells that say which row is meant.

use super::Comparison;
use crate::visible::line;
use crate::words::value;
use model::difference::CellText;
use model::{CellChange, Difference};

/// Equal cells that stand for a row without a key.
const LIKENESS_CELLS_MAX: usize = 6;

/// The examples of each kind, in their order.
#[derive(Default)]
pub(super) struct Examples<'a> {
    pub(super) changed: Vec<Changed<'a>>,
    pub(super) missing: Vec<Copies<'a>>,
    pub(super) extra: Vec<Copies<'a>>,
    /// What is wrong with the order, and where: 0-based row.
    pub(super) order: Vec<(u64, &'a str)>,
    /// What is wrong with the columns.
    pub(super) shape: Vec<&'a str>,
}

/// A row that both sides have, with other values.
pub(super) struct Changed<'a> {
    pub(super) row: &'a [CellText],
    pub(super) cells: &'a [CellChange],
}

/// A row that one side has more often.
pub(super) struct Copies<'a> {
    pub(super) row: &'a [CellText],
    pub(super) times: u64,
}

impl<'a> Examples<'a> {
    pub(super) fn of(comparison: &Comparison<'a>) -> Self {
        let mut found = Self::default();
        for difference in &comparison.judgement.differences.examples {
            match difference {
                Difference::Missing { row, times } => {
                    found.missing.push(Copies { row, times: *times });
                }
                Difference::Extra { row, times } => {
                    found.extra.push(Copies { row, times: *times });
                }
                Difference::Changed { row, cells } => found.changed.push(Changed { row, cells }),
                Difference::Order { row, message } => found.order.push((*row, message)),
                Difference::Shape { message } => found.shape.push(message),
                // The headline has it.
                Difference::Failure { .. } => {}
            }
        }
        found
    }
}

/// The 0-based columns of the key, in its order; empty without one.
pub(super) fn key_columns(comparison: &Comparison<'_>) -> Vec<usize> {
    let names = comparison.judgement.differences.key.as_ref().map(|key| key.columns.as_slice());
    let columns = comparison.legacy.columns;
    let at = |name: &String| columns.iter().position(|column| column.name == *name);
    names.unwrap_or(&[]).iter().filter_map(at).collect()
}

/// Which row this is: the cells of its key, or some cells that have not changed. On one line.
pub(super) fn which(comparison: &Comparison<'_>, key: &[usize], changed: &Changed<'_>) -> String {
    let cell = |at: usize| {
        let name = comparison.legacy.columns.get(at).map_or("", |column| column.name.as_str());
        let value = changed.row.get(at).map(|cell| value(cell.as_deref()))?;
        Some(format!("{} = {value}", line(name)))
    };
    let cells: Vec<String> = if key.is_empty() {
        let equal = |at: &usize| !changed.cells.iter().any(|cell| cell.column == *at);
        (0..changed.row.len()).filter(equal).filter_map(cell).take(LIKENESS_CELLS_MAX).collect()
    } else {
        key.iter().copied().filter_map(cell).collect()
    };
    if cells.is_empty() { "a row without an equal cell".to_owned() } else { cells.join(", ") }
}
