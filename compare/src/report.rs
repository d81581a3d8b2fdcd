//! What is told of the rows that differ: counts, statistics of each column, examples.

use crate::{
    causes::{Collector, Lone},
    columns::ColumnStatistics,
    hash::{HashKey, length},
    ledger::{Ledger, cell_change},
    paired::Paired,
    pairing::Pairing,
    render::cell_text,
    settings::Settings,
    shape::Column,
    table::Table,
    tolerances::compare_cells,
};
use model::{Cause, Difference, Differences, difference::CellText};
use std::{collections::BTreeMap, mem};

/// Which rows without a partner are shown as examples, and with how many copies.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// Copies that are shown with others, elsewhere, ascending.
    pub(crate) elsewhere: Vec<usize>,
    /// Copies that are shown with a row although they are elsewhere.
    pub(crate) more: BTreeMap<usize, u64>,
}

impl Shown {
    /// All, and further copies.
    pub(crate) fn with_more(more: BTreeMap<usize, u64>) -> Self {
        Self { more, ..Self::default() }
    }

    /// The rows to show, ascending, and for how many copies each counts. Of a row that has found a
    /// partner further copies may have none.
    fn counted(&self, alone: &[usize], paired: impl Iterator<Item = usize>) -> Vec<(usize, u64)> {
        let more = |row: usize| self.more.get(&row).copied().unwrap_or_default();
        let here = alone.iter().filter(|row| self.elsewhere.binary_search(row).is_err());
        let mut counted: Vec<(usize, u64)> = here.map(|row| (*row, 1 + more(*row))).collect();
        if !self.more.is_empty() {
            counted.extend(paired.map(|row| (row, more(row))).filter(|(_, times)| *times > 0));
            counted.sort_unstable();
        }
        counted
    }
}

/// What was found among the rows of one partition, or of several.
pub(crate) struct Findings<'a> {
    /// For the hashes of cells.
    key: HashKey,
    pub(crate) missing_rows: u64,
    pub(crate) extra_rows: u64,
    changed_rows: u64,
    changed_cells: u64,
    pub(crate) ledger: Ledger<'a>,
    columns: Vec<ColumnStatistics>,
    causes: Vec<Collector<'a>>,
    /// The rows that one side alone has, for the causes of rows.
    pub(crate) lone: [Lone; 2],
    /// Why one side alone has rows.
    pub(crate) row_causes: Vec<Cause>,
    /// Examples of changed, missing and extra rows, by the place of the row.
    examples: [Vec<(u64, Difference)>; 3],
    /// Places of the rows that differ, legacy and governed, if somebody asks for them.
    pub(crate) places: Option<[Vec<u64>; 2]>,
    /// How many more pairs may match within tolerances, at most.
    pub(crate) unproven: usize,
    /// Were there too many rows to look at every pair?
    bounded: bool,
}

impl<'a> Findings<'a> {
    /// Nothing yet, of one of so many partitions.
    pub(crate) fn new(
        settings: &'a Settings,
        columns: &'a [Column<'a>],
        (with_places, partitions): (bool, usize),
        key: &HashKey,
    ) -> Self {
        Self {
            key: key.clone(),
            missing_rows: 0,
            extra_rows: 0,
            changed_rows: 0,
            changed_cells: 0,
            ledger: Ledger::new(settings),
            columns: columns.iter().map(|_| ColumnStatistics::default()).collect(),
            causes: columns.iter().map(|column| Collector::new(column, partitions)).collect(),
            lone: Default::default(),
            row_causes: Vec::new(),
            examples: [Vec::new(), Vec::new(), Vec::new()],
            places: with_places.then(Default::default),
            unproven: 0,
            bounded: false,
        }
    }

    /// Legacy rows that differ.
    pub(crate) fn legacy_rows(&self) -> u64 {
        self.missing_rows + self.changed_rows
    }

    /// Rows that differ and have a partner.
    pub(crate) fn changed_rows(&self) -> u64 {
        self.changed_rows
    }

    /// Governed rows that differ.
    pub(crate) fn governed_rows(&self) -> u64 {
        self.extra_rows + self.changed_rows
    }

    /// Adds what was found among other rows.
    pub(crate) fn merge(mut self, other: Self, examples_max: usize) -> Self {
        self.missing_rows += other.missing_rows;
        self.extra_rows += other.extra_rows;
        self.changed_rows += other.changed_rows;
        self.changed_cells += other.changed_cells;
        self.ledger.merge(other.ledger);
        for (own, more) in self.columns.iter_mut().zip(other.columns) {
            own.merge(more);
        }
        for (own, more) in self.causes.iter_mut().zip(other.causes) {
            own.merge(more);
        }
        for (own, more) in self.lone.iter_mut().zip(other.lone) {
            own.merge(more);
        }
        for (own, more) in self.examples.iter_mut().zip(other.examples) {
            own.extend(more);
            own.sort_by_key(|(place, _)| *place);
            own.truncate(examples_max);
        }
        if let (Some(own), Some(more)) = (&mut self.places, other.places) {
            for (own, mut more) in own.iter_mut().zip(more) {
                own.append(&mut more);
            }
        }
        self.unproven += other.unproven;
        self.bounded |= other.bounded;
        self
    }

    /// Counts what differs and keeps examples.
    pub(crate) fn differ(
        &mut self,
        tables: [&Table; 2],
        pairing: &Pairing,
        [of_missing, of_extra]: &[Shown; 2],
        (columns, settings): (&[Column<'_>], &Settings),
    ) -> Result<(), String> {
        let [legacy, governed] = tables;
        let different = self.cells(tables, columns, &pairing.changed, settings)?;
        let [changed, gone, came] = &mut self.examples;
        for (&(l, g), &different) in pairing.changed.iter().zip(&different) {
            // A pair within tolerance that the bounded matching did not find.
            if different == 0 {
                self.unproven = self.unproven.saturating_sub(1);
                continue;
            }
            self.changed_rows += 1;
            self.changed_cells += u64::from(different);
            if let Some([l_places, g_places]) = &mut self.places {
                l_places.push(legacy.number(l));
                g_places.push(governed.number(g));
            }
            // Pairs come in the order of the legacy rows.
            if changed.len() < settings.examples_max {
                changed.push((legacy.number(l), change(tables, (l, g), columns, settings)?));
            }
        }
        self.missing_rows += length(pairing.missing.len());
        self.extra_rows += length(pairing.extra.len());
        if let Some([l_places, g_places]) = &mut self.places {
            l_places.extend(pairing.missing.iter().map(|row| legacy.number(*row)));
            g_places.extend(pairing.extra.iter().map(|row| governed.number(*row)));
        }
        let paired = pairing.changed.iter().map(|(row, _)| *row);
        let alone = of_missing.counted(&pairing.missing, paired);
        *gone = copies(legacy, &alone, columns, settings, |row, times| Difference::Missing {
            row,
            times,
        })?;
        let paired = pairing.changed.iter().map(|(_, row)| *row);
        let alone = of_extra.counted(&pairing.extra, paired);
        *came = copies(governed, &alone, columns, settings, |row, times| Difference::Extra {
            row,
            times,
        })?;
        self.bounded |= pairing.bounded && !pairing.missing.is_empty() && !pairing.extra.is_empty();
        Ok(())
    }

    /// Rows that are shown as missing and extra may not have been held against each other.
    pub(crate) fn note_bounded(&mut self) {
        self.bounded |= self.missing_rows > 0 && self.extra_rows > 0;
    }

    /// Writes the counts, the figures of the columns and the examples.
    pub(crate) fn tell(
        &mut self,
        found: &mut Differences,
        columns: &[Column<'_>],
        settings: &Settings,
    ) {
        found.missing_rows = self.missing_rows;
        found.extra_rows = self.extra_rows;
        found.changed_rows = self.changed_rows;
        found.changed_cells = self.changed_cells;
        let statistics = mem::take(&mut self.columns);
        found.columns = statistics
            .into_iter()
            .zip(columns)
            .filter_map(|(s, column)| s.finish(column))
            .collect();
        found.causes =
            mem::take(&mut self.causes).into_iter().flat_map(Collector::finish).collect();
        found.causes.append(&mut self.row_causes);
        let examples = mem::take(&mut self.examples)
            .map(|list| list.into_iter().map(|(_, example)| example).collect());
        found.examples = interleave(examples, settings.examples_max);
        if self.bounded {
            found.notes.push(
                "too many rows differ to look at every pair: a row shown as missing and one shown as extra may be one changed row"
                    .to_owned(),
            );
        }
    }

    /// Compares the cells of paired rows, column by column: statistics, and how many cells of each
    /// pair differ. What tolerances excuse goes into the ledger.
    fn cells(
        &mut self,
        [legacy, governed]: [&Table; 2],
        columns: &[Column<'_>],
        pairs: &[(usize, usize)],
        settings: &Settings,
    ) -> Result<Vec<u32>, String> {
        let mut different = vec![0_u32; pairs.len()];
        let mut is_different = |place: usize| {
            if let Some(different) = different.get_mut(place) {
                *different += 1;
            }
        };
        let paired = Paired::new([legacy, governed], pairs);
        let told = self.columns.iter_mut().zip(&mut self.causes);
        for (column, (statistics, causes)) in columns.iter().zip(told) {
            // The key is that of the whole comparison: pairs of values are told by their hashes in
            // all partitions.
            let unequal = paired.unequal(column, &self.key)?;
            // Without a rule whatever is unequal is different, and values are read only where
            // somebody looks at them.
            let arrays = unequal.arrays().filter(|_| column.is_exact());
            let is_noted = arrays.is_some_and(|arrays| statistics.note_arrays(arrays));
            for cells in unequal.iter() {
                let number = legacy.number(cells.rows.0);
                let pair = (cells.hashes.unwrap_or_default(), number);
                if is_noted {
                    is_different(cells.place);
                    let (is_known, is_passed) = (statistics.note_known(pair), causes.pass());
                    if is_known && is_passed {
                        continue;
                    }
                    let [a, b] = cells.values()?;
                    if !is_known {
                        statistics.note_new([&a, &b], pair, settings.cell_bytes_max);
                    }
                    if !is_passed {
                        causes.look_at(&a, &b);
                    }
                    continue;
                }
                let [a, b] = cells.values()?;
                let verdict = compare_cells(&a, &b, &column.meet, &column.rules);
                if verdict.is_different() {
                    is_different(cells.place);
                    statistics.note([&a, &b], pair, settings.cell_bytes_max);
                    causes.note(&a, &b);
                }
                self.ledger.record(verdict, (column, number), || cells.values())?;
            }
        }
        Ok(different)
    }
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
    rows: &[(usize, u64)],
    columns: &[Column<'_>],
    settings: &Settings,
    difference: impl Fn(Vec<CellText>, u64) -> Difference,
) -> Result<Vec<(u64, Difference)>, String> {
    // Where no row is alone, as in most partitions, no row of the table is hashed for it.
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let hashes = table.hashes(&table.hasher(columns))?;
    let of = |row: &usize| hashes.get(*row).copied().unwrap_or_default();
    // The first contents, and then how often they come.
    let mut times: BTreeMap<u128, u64> = BTreeMap::new();
    let mut firsts = Vec::new();
    for (row, _) in rows {
        if firsts.len() >= settings.examples_max {
            break;
        }
        times.entry(of(row)).or_insert_with(|| {
            firsts.push(*row);
            0
        });
    }
    for (row, copies) in rows {
        if let Some(times) = times.get_mut(&of(row)) {
            *times += copies;
        }
    }
    let shown = firsts.into_iter().map(|row| {
        let times = times.get(&of(&row)).copied().unwrap_or_default();
        let shown = row_text(table, row, columns, settings)?;
        Ok((table.number(row), difference(shown, times)))
    });
    shown.collect()
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
