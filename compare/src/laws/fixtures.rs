//! Small tables and statements for tests.

use crate::{
    Memory, SideResult, StatementRef, Unwatched, judge,
    residue::{self, Input},
    settings::Settings,
    shape::{self, Column},
    table::Table,
};
use arrow::{
    array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray},
    datatypes::SchemaRef,
};
use model::{
    InMemory, Judgement, OrderKey, Rows, Scope, Side, StatementFacts, Tolerance, ToleranceKind,
};
use proptest::prelude::*;
use std::sync::Arc;

/// Facts of a plain query.
pub(crate) fn facts() -> StatementFacts {
    StatementFacts::plain_read()
}

/// Facts of a query ordered by these output columns.
pub(crate) fn ordered_by(columns: &[Option<usize>]) -> StatementFacts {
    let key = |column: &Option<usize>| OrderKey {
        column: *column,
        descending: false,
        nulls_first: false,
    };
    StatementFacts { order_by: columns.iter().map(key).collect(), ..facts() }
}

/// A statement with id `s1` and fingerprint `f1`.
pub(crate) fn statement(facts: &StatementFacts) -> StatementRef<'_> {
    StatementRef { id: "s1", fingerprint: "f1", facts }
}

/// Columns `c0`, `c1`, …
pub(crate) fn batch(columns: Vec<ArrayRef>) -> RecordBatch {
    let named = columns.into_iter().enumerate().map(|(i, array)| (format!("c{i}"), array, true));
    RecordBatch::try_from_iter_with_nullable(named).unwrap()
}

/// Three columns of integers.
pub(crate) fn rows(rows: &[[i32; 3]]) -> RecordBatch {
    let column = |i: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(row[i])).collect::<Int32Array>())
    };
    batch(vec![column(0), column(1), column(2)])
}

/// A row of the generated tables: a small integer, a text and a float, each perhaps NULL.
pub(crate) type Row = (Option<i32>, Option<String>, Option<f64>);

/// A generated row, with values that are easily taken for each other.
pub(crate) fn row() -> impl Strategy<Value = Row> {
    let text = prop_oneof![Just(None), Just(Some(String::new())), "[ab]{1,2}".prop_map(Some)];
    let float = prop_oneof![
        Just(None),
        Just(Some(f64::NAN)),
        Just(Some(-0.0)),
        Just(Some(0.0)),
        Just(Some(f64::INFINITY)),
        Just(Some(1.5)),
    ];
    (proptest::option::of(0..3_i32), text, float)
}

/// A table of generated rows.
pub(crate) fn mixed(rows: &[Row]) -> RecordBatch {
    batch(vec![
        Arc::new(rows.iter().map(|row| row.0).collect::<Int32Array>()),
        Arc::new(rows.iter().map(|row| row.1.clone()).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| row.2).collect::<Float64Array>()),
    ])
}

/// Runs `f` on the two tables with the plan of their columns.
pub(crate) fn with_tables_under<T>(
    settings: &Settings,
    legacy: &RecordBatch,
    governed: &RecordBatch,
    f: impl FnOnce(&Table, &Table, &[Column<'_>]) -> T,
) -> T {
    let facts = facts();
    let (left, right) = (legacy.schema(), governed.schema());
    let shape = shape::plan(&statement(&facts), &left, &right, settings).unwrap().unwrap();
    let table = |side, batch: &RecordBatch| {
        Table::new(side, &batch.schema(), std::slice::from_ref(batch)).unwrap()
    };
    f(&table(Side::Legacy, legacy), &table(Side::Governed, governed), &shape.columns)
}

/// The same on what is left of them once equal rows are gone.
pub(crate) fn with_residue_under<T>(
    settings: &Settings,
    legacy: &RecordBatch,
    governed: &RecordBatch,
    f: impl FnOnce(&Table, &Table, &[Column<'_>]) -> T,
) -> T {
    with_tables_under(settings, legacy, governed, |_, _, columns| {
        let rows =
            |batch: &RecordBatch| InMemory::new(batch.schema(), vec![batch.clone()]).unwrap();
        let (left, right) = (rows(legacy), rows(governed));
        let sides: [&dyn Rows; 2] = [&left, &right];
        let memory = Memory::default();
        let input = Input {
            sides,
            columns,
            key: None,
            limited: false,
            whole: None,
            memory,
            watch: &Unwatched,
        };
        let mut partitions = residue::collect(input).unwrap().partitions;
        let (mut found, mut f) = (None, Some(f));
        residue::each_piece(input, None, partitions.remove(0), |[legacy, governed]| {
            found = f.take().map(|f| f(&legacy, &governed, columns));
            Ok(())
        })
        .unwrap();
        found.unwrap()
    })
}

/// Settings with tolerances that hold everywhere.
pub(crate) fn tolerating(kinds: &[ToleranceKind]) -> Settings {
    let tolerance = |kind: &ToleranceKind| Tolerance {
        kind: kind.clone(),
        scope: Scope::default(),
        reason: "test".to_owned(),
    };
    Settings::new(kinds.iter().map(tolerance).collect()).unwrap()
}

/// Judges batches of one schema a side.
pub(crate) fn judged_batches(
    facts: &StatementFacts,
    legacy: (&SchemaRef, &[RecordBatch]),
    governed: (&SchemaRef, &[RecordBatch]),
    settings: &Settings,
) -> Judgement {
    judge(
        statement(facts),
        SideResult::Rows { schema: legacy.0, batches: legacy.1 },
        SideResult::Rows { schema: governed.0, batches: governed.1 },
        settings,
    )
}

/// Judges one batch a side.
pub(crate) fn judged(
    facts: &StatementFacts,
    legacy: &RecordBatch,
    governed: &RecordBatch,
    settings: &Settings,
) -> Judgement {
    judged_batches(
        facts,
        (&legacy.schema(), std::slice::from_ref(legacy)),
        (&governed.schema(), std::slice::from_ref(governed)),
        settings,
    )
}
