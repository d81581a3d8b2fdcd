//! The verdict on one statement: the steps of the comparison in their order.

use crate::{
    cancel::cancel,
    failures, indeterminate,
    ledger::{Ledger, cell_change},
    matching::{Checks, match_residue},
    order::{self, Order},
    pairing::{self, Pairing},
    render::cell_text,
    settings::Settings,
    shape::{self, Column},
    table::Table,
    tolerances::compare_cells,
};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use model::{
    Difference, Differences, Failure, Judgement, Side, StatementFacts, Verdict,
    difference::CellText,
};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_128;

/// What a comparison needs to know of a statement.
#[derive(Debug, Clone, Copy)]
pub struct StatementRef<'a> {
    /// Its id in the workload; tolerances may be scoped to it.
    pub id: &'a str,
    /// Its fingerprint; tolerances may be scoped to it.
    pub fingerprint: &'a str,
    /// Order keys, limits and volatile parts.
    pub facts: &'a StatementFacts,
}

/// The answer of one side.
#[derive(Debug, Clone, Copy)]
pub enum SideResult<'a> {
    /// A complete result.
    Rows {
        /// Names and types of the columns.
        schema: &'a SchemaRef,
        /// The rows, in the order of the result.
        batches: &'a [RecordBatch],
    },
    /// A failure.
    Failed(&'a Failure),
}

impl SideResult<'_> {
    fn rows(&self) -> u64 {
        match self {
            Self::Rows { batches, .. } => {
                count(batches.iter().map(RecordBatch::num_rows).fold(0, usize::saturating_add))
            }
            Self::Failed(_) => 0,
        }
    }

    fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed(failure) => Some(failure),
            Self::Rows { .. } => None,
        }
    }
}

/// Judges the answers of both sides to one statement. What cannot be told is
/// [`Verdict::Inconclusive`] with its reason.
pub fn judge(
    statement: StatementRef<'_>,
    legacy: SideResult<'_>,
    governed: SideResult<'_>,
    settings: &Settings,
) -> Judgement {
    let (legacy_rows, governed_rows) = (legacy.rows(), governed.rows());
    let mut judgement = match (legacy, governed) {
        (
            SideResult::Rows { schema: left_schema, batches: left },
            SideResult::Rows { schema: right_schema, batches: right },
        ) => {
            let mut comparison = Comparison { statement, settings, found: Differences::default() };
            let verdict = comparison
                .run((left_schema, left), (right_schema, right))
                .unwrap_or_else(|reason| Verdict::Inconclusive { reason });
            Judgement { verdict, differences: comparison.found }
        }
        _ => failures::judge(legacy.failure(), governed.failure()),
    };
    judgement.differences.legacy_rows = legacy_rows;
    judgement.differences.governed_rows = governed_rows;
    judgement.differences.examples.truncate(settings.examples_max);
    judgement
}

type Rows<'a> = (&'a SchemaRef, &'a [RecordBatch]);

struct Comparison<'a> {
    statement: StatementRef<'a>,
    settings: &'a Settings,
    found: Differences,
}

impl Comparison<'_> {
    /// An error is the reason why nothing can be told.
    fn run(&mut self, legacy: Rows<'_>, governed: Rows<'_>) -> Result<Verdict, String> {
        let (facts, settings) = (self.statement.facts, self.settings);
        let shape = match shape::plan(&self.statement, legacy.0, governed.0, settings)? {
            Ok(shape) => shape,
            Err(difference) => {
                self.found.examples.push(difference);
                return Ok(Verdict::Mismatch);
            }
        };
        self.found.type_drifts = shape.drifts;
        self.found.notes = shape.notes;
        let columns = shape.columns;
        let legacy = Table::new(Side::Legacy, legacy.0, legacy.1)?;
        let governed = Table::new(Side::Governed, governed.0, governed.1)?;
        self.found.examples = shape::strangers(&columns, &legacy, &governed)?;
        if !self.found.examples.is_empty() {
            return Ok(Verdict::Mismatch);
        }

        let residue = cancel(&legacy, &governed, &columns)?;
        let mut ledger = Ledger::new(settings);
        let matched = match_residue(
            (&legacy, residue.legacy),
            (&governed, residue.governed),
            &columns,
            &mut Checks::new(settings.match_checks_max),
        )?;
        for pair in matched.pairs {
            Self::record(&mut ledger, (&legacy, &governed), pair, &columns)?;
        }
        let pairing = pairing::pair(
            (&legacy, matched.legacy),
            (&governed, matched.governed),
            &columns,
            settings.pair_rows_max,
        )?;
        let (differing, excused) =
            self.report(&mut ledger, (&legacy, &governed), &columns, pairing)?;
        let unproven = matched.unproven.saturating_sub(excused);

        let order = self.check_order(&mut ledger, &columns, &differing)?;
        let (missing, extra) = (differing.legacy.1.len(), differing.governed.1.len());
        let tolerated = !ledger.is_empty() || order == Order::HeldWithin;
        self.found.ledger = ledger.into_entries();
        if let Order::Broken(difference) = order {
            self.found.order_broken = true;
            // Where the multisets differ too, the example must not fall to the bound.
            self.found.examples.truncate(settings.examples_max.saturating_sub(1));
            self.found.examples.push(difference);
        }
        if missing == 0 && extra == 0 && !self.found.order_broken {
            return Ok(if tolerated { Verdict::Tolerated } else { Verdict::Match });
        }

        if let Some(reason) = indeterminate::volatile(facts)
            && indeterminate::reaches_all(
                facts,
                (&legacy, &governed),
                (&columns, self.found.order_broken),
                settings.match_checks_max,
            )?
        {
            return Ok(Verdict::Inconclusive { reason });
        }
        if self.found.order_broken {
            return Ok(Verdict::Mismatch);
        }
        if let Some(reason) = indeterminate::cut(facts, &columns, &differing, settings)? {
            return Ok(Verdict::Inconclusive { reason });
        }
        if unproven > 0 {
            let bound = format!(
                "the bound of {} pair checks was hit while matching rows within tolerances; up to {} more pairs may match",
                settings.match_checks_max, unproven
            );
            if missing <= unproven && extra <= unproven {
                let reason = format!("{bound}; raise the bound or narrow the tolerances");
                return Ok(Verdict::Inconclusive { reason });
            }
            self.found.notes.push(bound);
        }
        Ok(Verdict::Mismatch)
    }

    fn record(
        ledger: &mut Ledger<'_>,
        (legacy, governed): (&Table, &Table),
        (l, g): (usize, usize),
        columns: &[Column<'_>],
    ) -> Result<(), String> {
        for column in columns.iter().filter(|column| !column.is_exact()) {
            let (a, b) = (legacy.value(l, column.index)?, governed.value(g, column.index)?);
            ledger.record(compare_cells(&a, &b, &column.meet, &column.rules), column, &a, &b);
        }
        Ok(())
    }

    /// Counts what differs and keeps examples. Gives the rows that differ, ascending, and how many
    /// pairs turned out to be within tolerance after all.
    fn report<'t>(
        &mut self,
        ledger: &mut Ledger<'_>,
        (legacy, governed): (&'t Table, &'t Table),
        columns: &[Column<'_>],
        pairing: Pairing,
    ) -> Result<(indeterminate::Differing<'t>, usize), String> {
        let settings = self.settings;
        let (mut missing, mut extra) = (pairing.missing.clone(), pairing.extra.clone());
        let mut changed = Vec::new();
        let mut excused = 0;
        for (l, g) in pairing.changed {
            let mut cells = Vec::new();
            let mut different = 0_u64;
            for column in columns {
                let (a, b) = (legacy.value(l, column.index)?, governed.value(g, column.index)?);
                let verdict = compare_cells(&a, &b, &column.meet, &column.rules);
                if verdict.is_different() {
                    different += 1;
                    if changed.len() < settings.examples_max {
                        cells.push(cell_change(column, &a, &b, settings));
                    }
                }
                ledger.record(verdict, column, &a, &b);
            }
            // A pair within tolerance that the bounded matching did not find.
            if different == 0 {
                excused += 1;
                continue;
            }
            self.found.changed_rows += 1;
            self.found.changed_cells += different;
            missing.push(l);
            extra.push(g);
            if changed.len() < settings.examples_max {
                let row = self.row_text(legacy, l, columns)?;
                changed.push(Difference::Changed { row, cells });
            }
        }
        self.found.missing_rows = count(pairing.missing.len());
        self.found.extra_rows = count(pairing.extra.len());
        let gone = self.copies(legacy, &pairing.missing, columns, |row, times| {
            Difference::Missing { row, times }
        })?;
        let came = self.copies(governed, &pairing.extra, columns, |row, times| {
            Difference::Extra { row, times }
        })?;
        self.found.examples = interleave([changed, gone, came], settings.examples_max);
        if pairing.bounded && !pairing.missing.is_empty() && !pairing.extra.is_empty() {
            self.found.notes.push(
                "too many rows differ to look at every pair: a row shown as missing and one shown as extra may be one changed row"
                    .to_owned(),
            );
        }
        missing.sort_unstable();
        extra.sort_unstable();
        let differing =
            indeterminate::Differing { legacy: (legacy, missing), governed: (governed, extra) };
        Ok((differing, excused))
    }

    fn row_text(
        &self,
        table: &Table,
        row: usize,
        columns: &[Column<'_>],
    ) -> Result<Vec<CellText>, String> {
        let cell = |column: &Column<'_>| {
            Ok(cell_text(&table.value(row, column.index)?, self.settings.cell_bytes_max))
        };
        columns.iter().map(cell).collect()
    }

    /// Examples of rows of one side, copies counted, in the order of the result.
    fn copies(
        &self,
        table: &Table,
        rows: &[usize],
        columns: &[Column<'_>],
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
        let shown = firsts.into_iter().take(self.settings.examples_max);
        shown
            .map(|(row, times)| Ok(difference(self.row_text(table, row, columns)?, times)))
            .collect()
    }

    fn check_order(
        &mut self,
        ledger: &mut Ledger<'_>,
        columns: &[Column<'_>],
        differing: &indeterminate::Differing<'_>,
    ) -> Result<Order, String> {
        let facts = self.statement.facts;
        let keys = order::visible_keys(facts, columns);
        if keys.len() < facts.order_by.len() {
            self.found.notes.push(format!(
                "the order is checked by the first {} of {} keys; key {} is not in the output",
                keys.len(),
                facts.order_by.len(),
                keys.len() + 1
            ));
        }
        if keys.is_empty() {
            return Ok(Order::Held);
        }
        let (legacy, governed) = (&differing.legacy, &differing.governed);
        let kept_legacy = order::remaining(legacy.0, &legacy.1);
        let kept_governed = order::remaining(governed.0, &governed.1);
        // Cells excused as parts of rows are in the ledger already; where all rows are equal, the
        // keys that only a tolerance lets stand at their position are what is excused.
        let all_equal = ledger.is_empty();
        order::check(
            &keys,
            (legacy.0, &kept_legacy),
            (governed.0, &kept_governed),
            all_equal.then_some(ledger),
            self.settings.cell_bytes_max,
        )
    }
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
