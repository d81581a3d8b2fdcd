//! Asking the legacy again: when, what comes of it, and what is kept.

use crate::{
    scripted::{Act, Call, Scripted, down, failure, healthy, rows_of},
    support::{open_store, plan_of, quick, run, runner, text, verdicts, workload},
};
use model::{FailureClass, SqlState, Verdict};
use replay::{Retention, RunEnd, Settings, StopSignal, StoreOptions};
use std::time::Duration;

fn noisy() -> Settings {
    Settings { noise: true, ..quick() }
}

fn other_rows(call: &Call<'_>, offset: usize) -> Act {
    let mut rows = rows_of(call.sql);
    rows.push(i64::try_from(call.before + offset).unwrap());
    Act::Rows(Duration::from_millis(1), rows)
}

/// Statement 0 is the same everywhere, 1 is wrong on the governed side, 2 changes by itself.
fn legacy(call: &Call<'_>) -> Act {
    if call.sql == text(0, 2) { other_rows(call, 0) } else { healthy(call) }
}

fn governed(call: &Call<'_>) -> Act {
    if call.sql == text(0, 0) { healthy(call) } else { other_rows(call, 100) }
}

#[tokio::test]
async fn only_mismatches_are_asked_again_and_only_if_so_set() {
    let plan = plan_of(&workload(1, 3));
    let (first, second) = (Scripted::legacy(legacy), Scripted::governed(governed));
    let (end, report) = run(&plan, &first, &second, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(verdicts(&report), ["match", "mismatch", "mismatch"]);
    assert_eq!(first.sent().len(), 3);

    let (first, second) = (Scripted::legacy(legacy), Scripted::governed(governed));
    let (end, report) = run(&plan, &first, &second, noisy()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(verdicts(&report), ["match", "mismatch", "inconclusive"]);
    assert_eq!([0, 1, 2].map(|number| first.times(&text(0, number))), [1, 2, 2]);
    assert_eq!(second.sent().len(), 3, "the governed side is asked once");
}

#[tokio::test]
async fn the_second_answer_is_kept_with_the_first() {
    let plan = plan_of(&workload(1, 3));
    for (retention, kept) in
        [(Retention::None, false), (Retention::Mismatches, true), (Retention::All, true)]
    {
        let runs = tempfile::tempdir().unwrap();
        let options = StoreOptions { retention, ..StoreOptions::default() };
        let store = open_store(runs.path(), &plan, options);
        let (first, second) = (Scripted::legacy(legacy), Scripted::governed(governed));
        runner(&first, &second, noisy()).run(&store, StopSignal::never()).await.unwrap();
        let report = store.report().unwrap();
        let outcomes: Vec<_> =
            report.items.iter().map(|item| item.legacy.as_ref().unwrap()).collect();
        assert_eq!(outcomes[0].again, None);
        assert!(report.items.iter().all(|item| item.governed.as_ref().unwrap().again.is_none()));
        for (index, outcome) in (0_u64..).zip(&outcomes).skip(1) {
            let again = outcome.again.as_ref().unwrap();
            let rows = store.retained_again(index, outcome).unwrap();
            assert_eq!(rows.is_some(), kept, "{retention:?}");
            if let Some(rows) = rows {
                assert_eq!(rows.rows() as u64, again.rows());
                let first = store.retained(index, outcome).unwrap().unwrap();
                assert_eq!(rows.batches != first.batches, index == 2, "the answers stay apart");
            }
        }
        drop(store);
        // Resuming removes what nothing names, and no more.
        let store = open_store(runs.path(), &plan, StoreOptions::default());
        let outcome = store.report().unwrap().items.remove(2).legacy.unwrap();
        assert_eq!(store.retained_again(2, &outcome).unwrap().is_some(), kept);
    }
}

#[tokio::test]
async fn a_legacy_that_is_gone_before_the_second_answer_leaves_the_item_pending() {
    let plan = plan_of(&workload(1, 1));
    let legacy = Scripted::legacy(|call| match call.before {
        0 => healthy(call),
        _ => Act::Vanish(down()),
    });
    let settings = Settings { attempts_max: 1, ..noisy() };
    let (end, report) = run(&plan, &legacy, &Scripted::governed(governed_wrong), settings).await;
    assert!(end.is_err());
    assert_eq!(verdicts(&report), ["pending"]);
    assert_eq!(report.items[0].legacy, None);
}

fn governed_wrong(call: &Call<'_>) -> Act {
    other_rows(call, 100)
}

#[tokio::test]
async fn a_failure_of_the_second_asking_is_evidence() {
    let plan = plan_of(&workload(1, 1));
    let legacy = Scripted::legacy(|call| match call.before {
        0 => healthy(call),
        _ => Act::Fail(failure(FailureClass::Statement, SqlState::INTERNAL_ERROR, "not again")),
    });
    let (_, report) = run(&plan, &legacy, &Scripted::governed(governed_wrong), noisy()).await;
    let item = &report.items[0];
    let again = item.legacy.as_ref().unwrap().again.as_ref().unwrap();
    assert_eq!(again.failure().unwrap().message, "not again");
    assert!(matches!(item.judgement.as_ref().unwrap().verdict, Verdict::Inconclusive { .. }));
}
