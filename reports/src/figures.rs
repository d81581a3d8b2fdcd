//! How the columns differ, in figures ready to be shown: those with the most changed cells first.

use crate::format::count;
use crate::visible::fit;
use crate::words::{label, value};
use model::{ColumnDifferences, ColumnInfo, Differences, ValuePair};

/// Columns shown.
pub(crate) const COLUMNS_MAX: usize = 20;
/// Terminal columns of one value of a pair.
const PAIR_WIDTH_MAX: usize = 24;
/// Longest figure that is shown as it is.
const FIGURE_CHARS_MAX: usize = 20;

/// The figures of one column, as text; empty where there is nothing to say.
pub(crate) struct Figures {
    pub(crate) name: String,
    pub(crate) data_type: String,
    pub(crate) changed_cells: String,
    pub(crate) became_null: String,
    pub(crate) was_null: String,
    pub(crate) max_absolute: String,
    pub(crate) max_relative: String,
    pub(crate) max_ulps: String,
    pub(crate) top_pair: String,
}

/// How the name is headed.
pub(crate) const HEAD_COLUMN: &str = "column";
/// How the type is headed.
pub(crate) const HEAD_TYPE: &str = "type";
/// How the most frequent pair of values is headed.
pub(crate) const HEAD_PAIR: &str = "most frequent";
/// What the fields of [`Figures`] are called, in their order.
pub(crate) const HEADS: [&str; 9] = [
    HEAD_COLUMN,
    HEAD_TYPE,
    "changed",
    "to NULL",
    "from NULL",
    "max abs",
    "max rel",
    "max ulps",
    HEAD_PAIR,
];

impl Figures {
    /// The figures of a column, in words.
    pub(crate) fn of(column: &ColumnDifferences, [legacy, governed]: Sides<'_>) -> Self {
        let info =
            |columns: &[ColumnInfo]| columns.get(column.column).map(|info| label(&info.data_type));
        let data_type = match (info(legacy), info(governed)) {
            (Some(a), Some(b)) if a != b => format!("{a} → {b}"),
            (Some(a), _) | (None, Some(a)) => a,
            (None, None) => String::new(),
        };
        let some = |n: u64| if n == 0 { String::new() } else { count(n) };
        Self {
            name: label(&column.name),
            data_type,
            changed_cells: count(column.changed_cells),
            became_null: some(column.became_null),
            was_null: some(column.was_null),
            max_absolute: column.max_absolute.as_deref().map(figure).unwrap_or_default(),
            max_relative: column.max_relative.map(ratio).unwrap_or_default(),
            max_ulps: column.max_ulps.map(count).unwrap_or_default(),
            top_pair: column.top_pairs.first().map(pair).unwrap_or_default(),
        }
    }

    /// The fields in the order of [`HEADS`].
    pub(crate) fn fields(self) -> [String; 9] {
        [
            self.name,
            self.data_type,
            self.changed_cells,
            self.became_null,
            self.was_null,
            self.max_absolute,
            self.max_relative,
            self.max_ulps,
            self.top_pair,
        ]
    }
}

/// The columns of both sides: legacy, governed.
pub(crate) type Sides<'a> = [&'a [ColumnInfo]; 2];

/// The changed columns that there is room for, and how many columns and cells are left out.
pub(crate) fn figures(found: &Differences, sides: Sides<'_>) -> (Vec<Figures>, Option<String>) {
    let (shown, more) = most_changed(found);
    (shown.into_iter().map(|column| Figures::of(column, sides)).collect(), more)
}

/// The same without their figures in words.
pub(crate) fn most_changed(found: &Differences) -> (Vec<&ColumnDifferences>, Option<String>) {
    let mut columns: Vec<_> = found.columns.iter().collect();
    columns.sort_by_key(|column| (std::cmp::Reverse(column.changed_cells), column.column));
    let rest = columns.split_off(columns.len().min(COLUMNS_MAX));
    let cells = rest.iter().map(|column| column.changed_cells).fold(0, u64::saturating_add);
    let more = (!rest.is_empty()).then(|| {
        let columns = if rest.len() == 1 { "column" } else { "columns" };
        let cells_word = if cells == 1 { "cell" } else { "cells" };
        format!(
            "and {} more {columns} with {} changed {cells_word}",
            count(rest.len() as u64),
            count(cells)
        )
    });
    (columns, more)
}
/// `12.34 → 12.35 × 990`.
fn pair(pair: &ValuePair) -> String {
    let shown = |cell: &Option<String>| fit(&value(cell.as_deref()), PAIR_WIDTH_MAX);
    let (legacy, governed) = (shown(&pair.legacy), shown(&pair.governed));
    let times = if pair.cells > 1 { format!(" × {}", count(pair.cells)) } else { String::new() };
    format!("{legacy} → {governed}{times}")
}

/// An exact figure, or its size where it has too many digits to be read. JSON has them all.
pub(crate) fn figure(exact: &str) -> String {
    if exact.chars().nth(FIGURE_CHARS_MAX).is_none() {
        return label(exact);
    }
    match exact.parse::<f64>() {
        Ok(size) if size.is_finite() => format!("≈ {size:.3e}"),
        _ => fit(&label(exact), FIGURE_CHARS_MAX),
    }
}

/// A ratio by its first digits, cut and not rounded, so that none is shown as more than it is.
fn ratio(most: f64) -> String {
    if !most.is_finite() {
        return String::new();
    }
    // The shortest text that reads back as the same float; its digits are cut after the third.
    let exact = format!("{most:e}");
    let Some((digits, exponent)) = exact.split_once('e') else { return exact };
    let head: String = digits.chars().take(4).collect();
    match exponent {
        "0" => head,
        "-1" | "-2" | "-3" => {
            let zeros = exponent.trim_start_matches('-').parse::<usize>().unwrap_or(1);
            format!("0.{}{}", "0".repeat(zeros.saturating_sub(1)), head.replace('.', ""))
        }
        _ => format!("{head}e{exponent}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_cut_and_never_reach_one_before_they_do() {
        for (most, shown) in [
            (0.0, "0"),
            (1.0, "1"),
            (2.0, "2"),
            (0.999_999, "0.999"),
            (0.012_345, "0.0123"),
            (0.5, "0.5"),
            (4.1e-16, "4.1e-16"),
            (1.999_99e-5, "1.99e-5"),
        ] {
            assert_eq!(ratio(most), shown);
        }
        assert_eq!(ratio(f64::NAN), "");
    }

    #[test]
    fn a_figure_of_many_digits_is_told_by_its_size() {
        assert_eq!(figure("0.01"), "0.01");
        assert_eq!(figure(&format!("1{}", "0".repeat(300))), "≈ 1.000e300");
        assert_eq!(figure("1 day 2 hours and many more"), "1 day 2 hours and m…");
    }
}
