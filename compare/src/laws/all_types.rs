//! Tables of all types against the oracle: what was planted is found, and nothing else.

use super::{
    brute::{self, Plain},
    fixtures::{facts, statement},
    tables::{Tables, planted, tables},
};
use crate::{Memory, Request, Settings, Unwatched, judge_rows};
use arrow::array::RecordBatch;
use model::{Difference, Differences, InMemory, Judgement, Rows, Verdict};
use proptest::prelude::*;

fn exact() -> Settings {
    Settings::new(vec![]).unwrap().with_examples_max(1_000)
}

fn judged(
    [legacy, governed]: [&RecordBatch; 2],
    key: Option<&[usize]>,
    settings: &Settings,
) -> Judgement {
    let rows = |batch: &RecordBatch| InMemory::new(batch.schema(), vec![batch.clone()]).unwrap();
    let (legacy, governed, facts) = (rows(legacy), rows(governed), facts());
    let sides: [&dyn Rows; 2] = [&legacy, &governed];
    let request =
        Request { statement: statement(&facts), key, memory: Memory::default(), watch: &Unwatched };
    judge_rows(request, sides, settings)
}

fn run(tables: &Tables, key: Option<&[usize]>) -> Judgement {
    judged([&tables.batch(0, key.is_some()), &tables.batch(1, key.is_some())], key, &exact())
}

fn counts(found: &Differences) -> [u64; 4] {
    [found.missing_rows, found.extra_rows, found.changed_rows, found.changed_cells]
}

/// The rows that only one side has must be as many as the oracle says; examples add up to counts.
fn check(
    legacy: &[Vec<Plain>],
    governed: &[Vec<Plain>],
    found: &Judgement,
) -> Result<(), TestCaseError> {
    let [gone, came] = brute::alone(legacy, governed).map(|rows| rows.len() as u64);
    let differences = &found.differences;
    prop_assert_eq!(found.verdict.reason(), None);
    prop_assert_eq!(differences.missing_rows + differences.changed_rows, gone);
    prop_assert_eq!(differences.extra_rows + differences.changed_rows, came);
    let expected = if gone + came == 0 { Verdict::Match } else { Verdict::Mismatch };
    prop_assert_eq!(&found.verdict, &expected);
    let mut shown = [0; 4];
    for example in &differences.examples {
        match example {
            Difference::Missing { times, .. } => shown[0] += times,
            Difference::Extra { times, .. } => shown[1] += times,
            Difference::Changed { cells, .. } => {
                shown[2] += 1;
                shown[3] += cells.len() as u64;
                prop_assert!(!cells.is_empty());
            }
            other => return Err(TestCaseError::fail(format!("invented: {other:?}"))),
        }
    }
    prop_assert_eq!(shown, counts(differences));
    let by_column: u64 = differences.columns.iter().map(|column| column.changed_cells).sum();
    prop_assert_eq!(by_column, differences.changed_cells);
    Ok(())
}

/// Changed cells of each column, how many of them became NULL, and how many were NULL.
fn cells(found: &Differences, columns: usize) -> Vec<[u64; 3]> {
    let mut cells = vec![[0; 3]; columns];
    for column in &found.columns {
        cells[column.column] = [column.changed_cells, column.became_null, column.was_null];
    }
    cells
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_oracle_agrees(tables in tables()) {
        let [legacy, governed] = [0, 1].map(|side| tables.batch(side, false));
        let found = judged([&legacy, &governed], None, &exact());
        check(&brute::rows(&legacy), &brute::rows(&governed), &found)?;
    }

    /// By a key that may have copies: what is alone with its key on both sides is a changed row, cell
    /// by cell; of several, no more than there are on either side.
    #[test]
    fn the_oracle_agrees_by_key(tables in tables()) {
        let [legacy, governed] = [0, 1].map(|side| tables.batch(side, true));
        let found = judged([&legacy, &governed], Some(&[0]), &exact());
        let (l, g) = (brute::rows(&legacy), brute::rows(&governed));
        check(&l, &g, &found)?;
        let [gone, came] = brute::alone(&l, &g);
        let (mut sure, mut possible, mut changed) = (0, 0, vec![[0; 3]; legacy.num_columns()]);
        let mut seen: Vec<&Plain> = Vec::new();
        for row in &gone {
            let key = &l[*row][0];
            if seen.iter().any(|other| brute::same(other, key)) {
                continue;
            }
            seen.push(key);
            let of_key = |rows: &[usize], of: &[Vec<Plain>]| -> Vec<usize> {
                rows.iter().copied().filter(|row| brute::same(&of[*row][0], key)).collect()
            };
            let (a, b) = (of_key(&gone, &l), of_key(&came, &g));
            possible += a.len().min(b.len()) as u64;
            if let ([a], [b]) = (&a[..], &b[..]) {
                sure += 1;
                for (column, [cells, became, was]) in changed.iter_mut().enumerate() {
                    let (x, y) = (&l[*a][column], &g[*b][column]);
                    *cells += u64::from(!brute::same(x, y));
                    *became += u64::from(*x != Plain::Null && *y == Plain::Null);
                    *was += u64::from(*x == Plain::Null && *y != Plain::Null);
                }
            }
        }
        let rows = found.differences.changed_rows;
        prop_assert!((sure..=possible).contains(&rows), "{} of {}..={}", rows, sure, possible);
        if sure == possible {
            prop_assert_eq!(cells(&found.differences, changed.len()), changed);
        }
    }

    #[test]
    fn all_that_was_planted_is_found_and_nothing_else((tables, planted) in planted()) {
        let found = run(&tables, Some(&[0])).differences;
        prop_assert_eq!(
            [found.missing_rows, found.extra_rows, found.changed_rows],
            [planted.missing, planted.extra, planted.changed]
        );
        let of_columns: Vec<_> =
            cells(&found, planted.cells.len()).iter().map(|[cells, ..]| *cells).collect();
        prop_assert_eq!(of_columns, planted.cells);
        // As a bag, the same rows are alone.
        let bag = judged([&tables.batch(0, true), &tables.batch(1, true)], None, &exact()).differences;
        prop_assert_eq!(bag.missing_rows + bag.changed_rows, planted.missing + planted.changed);
        prop_assert_eq!(bag.extra_rows + bag.changed_rows, planted.extra + planted.changed);
    }
}
