//! Stopping on request, and going on.

use crate::{
    scripted::{Act, Call, Scripted, healthy, rows_of},
    support::{
        header, open_store, plan_of, quick, runner, text, timeless, verdicts, workload, workload_of,
    },
};
use replay::{RunEnd, Settings, StopSignal, Store, StoreOptions};
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

#[tokio::test]
async fn a_stop_lets_running_statements_finish_and_the_rest_waits() {
    let plan = plan_of(&workload(1, 5));
    let (handle, signal) = StopSignal::channel();
    // The stop comes while statement 2 is running.
    let legacy = Scripted::legacy(move |call| {
        if call.sql == text(0, 2) {
            handle.stop();
        }
        Act::Rows(Duration::from_millis(30), rows_of(call.sql))
    });
    let governed = Scripted::governed(healthy);
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let settings = Settings { stop_grace: Duration::from_secs(10), ..quick() };
    let end = runner(&legacy, &governed, settings).run(&store, signal).await.unwrap();
    assert_eq!(end, RunEnd::Interrupted);
    let report = store.report().unwrap();
    assert_eq!(verdicts(&report), ["match", "match", "match", "pending", "pending"]);
    assert_eq!(report.run.finished, None);
    assert!(!report.gate_holds());
    drop(store);

    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let end = runner(&legacy, &governed, quick()).run(&store, StopSignal::never()).await.unwrap();
    assert_eq!(end, RunEnd::Complete);
    assert_eq!(legacy.sent(), [text(0, 3), text(0, 4)], "what has a verdict is not run again");
    let report = store.report().unwrap();
    assert_eq!(verdicts(&report), ["match"; 5]);
    assert!(report.run.finished.is_some() && report.gate_holds());
}

#[tokio::test]
async fn a_stop_abandons_what_does_not_finish_in_time() {
    let plan = plan_of(&workload(2, 3));
    let (handle, signal) = StopSignal::channel();
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(move |call: &Call<'_>| {
        if call.sql == text(1, 1) {
            handle.stop();
            Act::HangUntilCancelled
        } else {
            healthy(call)
        }
    });
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let start = Instant::now();
    let end = runner(&legacy, &governed, quick()).run(&store, signal).await.unwrap();
    assert_eq!(end, RunEnd::Interrupted);
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(governed.cancels.load(Ordering::SeqCst), 1, "it was told to stop");
    let report = store.report().unwrap();
    let abandoned = &report.items[3];
    assert_eq!(abandoned.item.sql, text(1, 1));
    assert!(abandoned.judgement.is_none() && abandoned.legacy.is_none());
}

#[tokio::test]
async fn a_stop_before_the_start_runs_nothing() {
    let plan = plan_of(&workload(2, 2));
    let (handle, signal) = StopSignal::channel();
    handle.stop();
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let end = runner(&legacy, &governed, quick()).run(&store, signal).await.unwrap();
    assert_eq!(end, RunEnd::Interrupted);
    assert!(legacy.sent().is_empty());
}

#[tokio::test]
async fn a_finished_run_needs_no_engine() {
    let plan = plan_of(&workload(2, 2));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    runner(&legacy, &governed, quick()).run(&store, StopSignal::never()).await.unwrap();
    let folder = store.folder().to_owned();
    let report = store.report().unwrap();
    drop(store);

    *legacy.down.lock().unwrap() = Some(crate::scripted::down());
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let end = runner(&legacy, &governed, quick()).run(&store, StopSignal::never()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    drop(store);
    assert_eq!(Store::open(&folder).unwrap().report().unwrap(), report);
}

#[tokio::test]
async fn an_empty_workload_is_complete() {
    let plan = plan_of(&workload_of([]));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let end = runner(&legacy, &governed, quick()).run(&store, StopSignal::never()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert!(store.report().unwrap().run.finished.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_run_in_many_pieces_is_the_run_in_one_piece() {
    let plan = plan_of(&workload(4, 6));
    let whole = tempfile::tempdir().unwrap();
    let mismatching = |call: &Call<'_>| {
        let mut rows = rows_of(call.sql);
        if call.sql.contains('1') {
            rows.push(0);
        }
        Act::Rows(Duration::from_millis(2), rows)
    };
    let store = open_store(whole.path(), &plan, StoreOptions::default());
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(mismatching));
    runner(&legacy, &governed, quick()).run(&store, StopSignal::never()).await.unwrap();
    let expected = timeless(store.report().unwrap());

    let pieces = tempfile::tempdir().unwrap();
    let mut starts = 0;
    let report = loop {
        starts += 1;
        assert!(starts < 200, "each start gets some statements further");
        let store = open_store(pieces.path(), &plan, StoreOptions::default());
        let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(mismatching));
        let (handle, signal) = StopSignal::channel();
        let stopping = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(6)).await;
            handle.stop();
        });
        let settings = Settings { sessions_max: 2, ..quick() };
        let end = runner(&legacy, &governed, settings).run(&store, signal).await.unwrap();
        stopping.abort();
        if end == RunEnd::Complete {
            break store.report().unwrap();
        }
    };
    assert!(starts > 1, "it was really interrupted");
    assert_eq!(timeless(report), expected);
}

#[test]
fn title_and_gate_may_change_and_the_start_stays() {
    let plan = plan_of(&workload(1, 1));
    let runs = tempfile::tempdir().unwrap();
    let first = header(&plan.workload);
    let options = StoreOptions::default;
    drop(Store::create_or_resume(runs.path(), &first, &plan, options()).unwrap());
    let mut second = header(&plan.workload);
    second.title = "again".to_owned();
    second.mismatches_allowed = 3;
    let store = Store::create_or_resume(runs.path(), &second, &plan, options()).unwrap();
    let run = Arc::new(store.report().unwrap().run);
    assert_eq!((run.title.as_str(), run.mismatches_allowed), ("again", 3));
    assert_eq!(run.started, first.started);
}
