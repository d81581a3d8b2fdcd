//! The figures of a column are those of its pairs of values, whichever way they are counted.

use super::{
    fixtures::{facts, statement, tolerating, with_tables_under},
    samples,
};
use crate::{Memory, Request, Unwatched, columns::ColumnStatistics, encode::encoded, judge_rows};
use arrow::{
    array::{ArrayRef, RecordBatch, UInt32Array},
    compute::take,
    datatypes::{Field, Schema},
};
use model::{ColumnDifferences, InMemory, Rows};
use std::sync::Arc;

/// The rows of a sample, from row `shift` on and round to it, behind a key.
fn keyed(sample: &RecordBatch, shift: usize) -> RecordBatch {
    let count = sample.num_rows();
    let numbers = 0..u32::try_from(count).unwrap();
    let rows: UInt32Array = numbers.clone().cycle().skip(shift).take(count).collect();
    let key: ArrayRef = Arc::new(numbers.collect::<UInt32Array>());
    let value = take(sample.column(0), &rows, None).unwrap();
    let key_field = Arc::new(Field::new("k", key.data_type().clone(), false));
    let fields = vec![key_field, Arc::clone(&sample.schema().fields()[0])];
    RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![key, value]).unwrap()
}

fn figures(found: &ColumnDifferences) -> (u64, u64, u64, Option<String>, Option<u64>) {
    let ColumnDifferences { changed_cells, became_null, was_null, .. } = *found;
    (changed_cells, became_null, was_null, found.max_absolute.clone(), found.max_ulps)
}

#[test]
fn figures_are_those_of_the_values_one_by_one() {
    let (settings, facts, mut columns_seen) = (tolerating(&[]), facts(), 0);
    for sample in samples::all() {
        for shift in 1..sample.num_rows() {
            let (legacy, governed) = (keyed(&sample, 0), keyed(&sample, shift));
            let rows = |batch: &RecordBatch| InMemory::new(batch.schema(), vec![batch.clone()]);
            let (l_rows, g_rows) = (rows(&legacy).unwrap(), rows(&governed).unwrap());
            let sides: [&dyn Rows; 2] = [&l_rows, &g_rows];
            let request = Request {
                statement: statement(&facts),
                key: Some(&[0]),
                memory: Memory::default(),
                watch: &Unwatched,
            };
            let found = judge_rows(request, sides, &settings).differences.columns;
            let expected = with_tables_under(&settings, &legacy, &governed, |l, g, columns| {
                let column = &columns[1];
                let mut statistics = ColumnStatistics::default();
                for row in 0..l.rows() {
                    let (a, b) = (l.value(row, 1).unwrap(), g.value(row, 1).unwrap());
                    if encoded(&a, &column.meet) != encoded(&b, &column.meet) {
                        let hashes = [row as u128, 0];
                        statistics.note([&a, &b], (hashes, row as u64), 1 << 10);
                    }
                }
                statistics.finish(column)
            });
            let what = sample.column(0).data_type();
            assert_eq!(
                found.first().map(figures),
                expected.as_ref().map(figures),
                "{what}, {shift}"
            );
            if let (Some(found), Some(expected)) = (found.first(), &expected) {
                let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs();
                match (found.max_relative, expected.max_relative) {
                    (Some(a), Some(b)) => assert!(near(a, b), "{what}, {shift}: {a} {b}"),
                    (a, b) => assert_eq!(a, b, "{what}, {shift}"),
                }
                columns_seen += 1;
            }
        }
    }
    assert!(columns_seen > 100, "{columns_seen}");
}
