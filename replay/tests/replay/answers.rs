//! Answers are laid aside where the caller says, and read from there.

use crate::{
    scripted::{Act, Call, Scripted, healthy, rows_of},
    support::{open_store, plan_of, quick, runner, verdicts, workload},
};
use arrow::datatypes::SchemaRef;
use model::{AsideInMemory, FailureClass, RowsError, Scratch, Shelf};
use replay::{Retention, RunEnd, StopSignal, StoreOptions};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Has room for so many answers.
#[derive(Debug)]
struct Room {
    taken: AtomicUsize,
    places: usize,
}

impl Scratch for Room {
    fn shelf(&self, schema: &SchemaRef) -> Result<Box<dyn Shelf>, RowsError> {
        if self.taken.fetch_add(1, Ordering::SeqCst) >= self.places {
            return Err(RowsError("`/tmp`: the disk is full".to_owned()));
        }
        AsideInMemory.shelf(schema)
    }
}

fn longer_at_two(call: &Call<'_>) -> Act {
    let mut rows = rows_of(call.sql);
    if call.sql.contains('2') {
        rows.push(7);
    }
    Act::Rows(Duration::ZERO, rows)
}

#[tokio::test]
async fn each_answer_has_a_place_and_is_kept_from_there() {
    let plan = plan_of(&workload(1, 4));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(longer_at_two));
    let runs = tempfile::tempdir().unwrap();
    let options = StoreOptions { retention: Retention::All, ..StoreOptions::default() };
    let store = open_store(runs.path(), &plan, options);
    let room = Arc::new(Room { taken: AtomicUsize::new(0), places: usize::MAX });
    let scratch = Arc::clone(&room) as Arc<dyn Scratch>;
    let runner = runner(&legacy, &governed, quick()).with_scratch(scratch);
    assert_eq!(runner.run(&store, StopSignal::never()).await.unwrap(), RunEnd::Complete);
    let report = store.report().unwrap();
    assert_eq!(verdicts(&report), ["match", "match", "mismatch", "match"]);
    assert_eq!(room.taken.load(Ordering::SeqCst), 8);
    for item in &report.items {
        for outcome in [&item.legacy, &item.governed].into_iter().flatten() {
            let kept = store.retained(item.item.index, outcome).unwrap().unwrap();
            assert_eq!(kept.rows() as u64, outcome.rows());
        }
    }
}

#[tokio::test]
async fn without_room_a_statement_fails_and_the_run_goes_on() {
    let plan = plan_of(&workload(1, 3));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let room = Arc::new(Room { taken: AtomicUsize::new(0), places: 2 });
    let runner = runner(&legacy, &governed, quick()).with_scratch(room);
    assert_eq!(runner.run(&store, StopSignal::never()).await.unwrap(), RunEnd::Complete);
    let report = store.report().unwrap();
    // Only the first pair had room; the judge of these tests takes equal failures for a match.
    for item in &report.items[1..] {
        let failure = item.legacy.as_ref().unwrap().failure().unwrap();
        assert_eq!(failure.class, FailureClass::Resource);
        assert!(failure.message.contains("the disk is full"), "{failure}");
    }
    assert_eq!(report.items[0].legacy.as_ref().unwrap().rows(), 3);
    assert_eq!(report.totals.pending, 0);
}
