//! What is told of the rows that differ: counts, statistics of each column, examples.

use crate::{
    columns::ColumnStatistics,
    hash::{HashKey, RowHasher},
    ledger::{Ledger, cell_change},
    pairing::Pairing,
    render::cell_text,
    settings::Settings,
    shape::Column,
    table::Table,
    tolerances::compare_cells,
};
use model::{Difference, Differences, Side, difference::CellText};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_128;

/// Rows that differ, on both sides, ascending.
pub(crate) struct Differing<'t> {
    pub(crate) legacy: (&'t Table, Vec<usize>),
    pub(crate) governed: (&'t Table, Vec<usize>),
}

impl Differing<'_> {
    /// Where the legacy rows stand in the whole result.
    pub(crate) fn legacy_numbers(&self) -> Vec<u64> {
        self.legacy.1.iter().map(|row| self.legacy.0.number(*row)).collect()
    }

    /// Where the governed rows stand in the whole result.
    pub(crate) fn governed_numbers(&self) -> Vec<u64> {
        self.governed.1.iter().map(|row| self.governed.0.number(*row)).collect()
    }
}

/// Puts what tolerances excuse in a pair of rows into the ledger.
pub(crate) fn record(
    ledger: &mut Ledger<'_>,
    [legacy, governed]: [&Table; 2],
    (l, g): (usize, usize),
    columns: &[Column<'_>],
) -> Result<(), String> {
    for column in columns.iter().filter(|column| !column.is_exact()) {
        let (a, b) = (legacy.value(l, column.index)?, governed.value(g, column.index)?);
        ledger.record(compare_cells(&a, &b, &column.meet, &column.rules), column, &a, &b);
    }
    Ok(())
}

/// Counts what differs and keeps examples. Gives the rows that differ, and how many pairs turned
/// out to be within tolerance after all.
pub(crate) fn report<'t>(
    found: &mut Differences,
    ledger: &mut Ledger<'_>,
    tables: [&'t Table; 2],
    columns: &[Column<'_>],
    pairing: Pairing,
    settings: &Settings,
) -> Result<(Differing<'t>, usize), String> {
    let [legacy, governed] = tables;
    let different = cells(found, ledger, tables, columns, &pairing.changed, settings)?;
    let (mut missing, mut extra) = (pairing.missing.clone(), pairing.extra.clone());
    let (mut excused, mut changed) = (0, Vec::new());
    for (&(l, g), &different) in pairing.changed.iter().zip(&different) {
        // A pair within tolerance that the bounded matching did not find.
        if different == 0 {
            excused += 1;
            continue;
        }
        found.changed_rows += 1;
        found.changed_cells += u64::from(different);
        missing.push(l);
        extra.push(g);
        if changed.len() < settings.examples_max {
            changed.push(change(tables, (l, g), columns, settings)?);
        }
    }
    found.missing_rows = count(pairing.missing.len());
    found.extra_rows = count(pairing.extra.len());
    let gone = copies(legacy, &pairing.missing, columns, settings, |row, times| {
        Difference::Missing { row, times }
    })?;
    let came = copies(governed, &pairing.extra, columns, settings, |row, times| {
        Difference::Extra { row, times }
    })?;
    found.examples = interleave([changed, gone, came], settings.examples_max);
    if pairing.bounded && !pairing.missing.is_empty() && !pairing.extra.is_empty() {
        found.notes.push(
            "too many rows differ to look at every pair: a row shown as missing and one shown as extra may be one changed row"
                .to_owned(),
        );
    }
    missing.sort_unstable();
    extra.sort_unstable();
    Ok((Differing { legacy: (legacy, missing), governed: (governed, extra) }, excused))
}

/// Compares the cells of paired rows, column by column: statistics, and how many cells of each pair
/// differ. What tolerances excuse goes into the ledger.
fn cells(
    found: &mut Differences,
    ledger: &mut Ledger<'_>,
    [legacy, governed]: [&Table; 2],
    columns: &[Column<'_>],
    pairs: &[(usize, usize)],
    settings: &Settings,
) -> Result<Vec<u32>, String> {
    let mut different = vec![0_u32; pairs.len()];
    if pairs.is_empty() {
        return Ok(different);
    }
    let key = HashKey::random();
    let schemas = [legacy.schema(), governed.schema()];
    for column in columns {
        let hashes =
            |side, table: &Table| table.hashes(&RowHasher::new(side, [column], schemas, &key));
        let (left, right) = (hashes(Side::Legacy, legacy)?, hashes(Side::Governed, governed)?);
        let mut statistics = ColumnStatistics::default();
        for (&(l, g), different) in pairs.iter().zip(&mut different) {
            if left.get(l) == right.get(g) {
                continue;
            }
            let (a, b) = (legacy.value(l, column.index)?, governed.value(g, column.index)?);
            let verdict = compare_cells(&a, &b, &column.meet, &column.rules);
            if verdict.is_different() {
                *different += 1;
                statistics.note(&a, &b, settings.cell_bytes_max);
            }
            ledger.record(verdict, column, &a, &b);
        }
        found.columns.extend(statistics.finish(column));
    }
    Ok(different)
}

/// A changed row with the cells that differ.
fn change(
    [legacy, governed]: [&Table; 2],
    (l, g): (usize, usize),
    columns: &[Column<'_>],
    settings: &Settings,
) -> Result<Difference, String> {
    let mut cells = Vec::new();
    for column in columns {
        let (a, b) = (legacy.value(l, column.index)?, governed.value(g, column.index)?);
        if compare_cells(&a, &b, &column.meet, &column.rules).is_different() {
            cells.push(cell_change(column, &a, &b, settings));
        }
    }
    Ok(Difference::Changed { row: row_text(legacy, l, columns, settings)?, cells })
}

fn row_text(
    table: &Table,
    row: usize,
    columns: &[Column<'_>],
    settings: &Settings,
) -> Result<Vec<CellText>, String> {
    let cell = |column: &Column<'_>| {
        Ok(cell_text(&table.value(row, column.index)?, settings.cell_bytes_max))
    };
    columns.iter().map(cell).collect()
}

/// Examples of rows of one side, copies counted, in the order of the result.
fn copies(
    table: &Table,
    rows: &[usize],
    columns: &[Column<'_>],
    settings: &Settings,
    difference: impl Fn(Vec<CellText>, u64) -> Difference,
) -> Result<Vec<Difference>, String> {
    let mut first_and_times: BTreeMap<u128, (usize, u64)> = BTreeMap::new();
    let mut bytes = Vec::new();
    for &row in rows {
        bytes.clear();
        table.encode_row(row, columns, &mut bytes)?;
        first_and_times.entry(xxh3_128(&bytes)).or_insert((row, 0)).1 += 1;
    }
    let mut firsts: Vec<_> = first_and_times.into_values().collect();
    firsts.sort_unstable();
    let shown = firsts.into_iter().take(settings.examples_max);
    shown
        .map(|(row, times)| Ok(difference(row_text(table, row, columns, settings)?, times)))
        .collect()
}

/// Takes from the lists in turn, so that none crowds out the others.
fn interleave(lists: [Vec<Difference>; 3], max: usize) -> Vec<Difference> {
    let mut lists = lists.map(Vec::into_iter);
    let mut all = Vec::new();
    while all.len() < max {
        let before = all.len();
        for list in &mut lists {
            all.extend(list.next().filter(|_| all.len() < max));
        }
        if all.len() == before {
            break;
        }
    }
    all
}

fn count(rows: usize) -> u64 {
    // No platform has a usize wider than 64 bits.
    u64::try_from(rows).unwrap_or(u64::MAX)
}
