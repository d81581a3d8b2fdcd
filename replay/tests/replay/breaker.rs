//! Engines that go away and come back, or do not.

use crate::{
    scripted::{Act, Scripted, down, healthy, transient},
    support::{open_store, plan_of, quick, run, runner, text, verdicts, workload},
};
use model::Side;
use replay::{Event, Observer, ReplayError, RunEnd, Settings, StopSignal, StoreOptions};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// Brings an engine back as soon as it was left alone so many times.
struct Healer {
    engine: Arc<Scripted>,
    after: usize,
    warnings: Mutex<Vec<String>>,
}

impl Observer for Healer {
    fn event(&self, event: &Event) {
        if let Event::Warning { message, side, .. } = event
            && message.starts_with("nothing is sent for")
        {
            assert_eq!(*side, Some(Side::Governed));
            let mut warnings = self.warnings.lock().unwrap();
            warnings.push(message.clone());
            if warnings.len() == self.after {
                *self.engine.down.lock().unwrap() = None;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_started_again_costs_no_statement() {
    let plan = plan_of(&workload(3, 6));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(|call| match (call.sql == text(1, 2), call.before) {
        (true, 0) => Act::Vanish(down()),
        _ => healthy(call),
    });
    let healer =
        Arc::new(Healer { engine: Arc::clone(&governed), after: 2, warnings: Mutex::default() });
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let settings = Settings {
        sessions_max: 3,
        breaker_pause_first: Duration::from_millis(20),
        breaker_pause_max: Duration::from_millis(50),
        ..quick()
    };
    let runner = runner(&legacy, &governed, settings)
        .with_observer(Arc::clone(&healer) as Arc<dyn Observer>);
    let end = runner.run(&store, StopSignal::never()).await.unwrap();
    assert_eq!(end, RunEnd::Complete);
    assert_eq!(verdicts(&store.report().unwrap()), ["match"; 18]);
    let warnings = healer.warnings.lock().unwrap();
    // A session that is still open may answer in between, which counts from one again.
    assert!(warnings.len() >= 2, "{warnings:?}");
    assert!(warnings.iter().all(|warning| warning.contains(" of 5 times)")), "{warnings:?}");
}

#[tokio::test]
async fn what_must_not_be_sent_again_is_answered_once_the_server_is_back() {
    let plan = plan_of(&workload(2, 4));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(|call| {
        if call.sql == text(1, 1) { Act::Vanish(transient()) } else { healthy(call) }
    });
    let healer =
        Arc::new(Healer { engine: Arc::clone(&governed), after: 2, warnings: Mutex::default() });
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let settings = Settings { attempts_max: 1, open_attempts_max: 1, sessions_max: 1, ..quick() };
    let runner = runner(&legacy, &governed, settings)
        .with_observer(Arc::clone(&healer) as Arc<dyn Observer>);
    let running = runner.run(&store, StopSignal::never());
    let end = tokio::time::timeout(Duration::from_mins(1), running).await;
    assert_eq!(end.expect("nobody waits for ever").unwrap(), RunEnd::Complete);
    let report = store.report().unwrap();
    assert_eq!((report.totals.matched, report.totals.mismatched), (7, 1));
    assert_eq!(governed.times(&text(1, 1)), 1, "never sent again");
}

#[tokio::test]
async fn a_server_that_stays_away_is_tried_a_bounded_number_of_times() {
    let plan = plan_of(&workload(1, 3));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(|call| {
        if call.sql == text(0, 1) { Act::Vanish(down()) } else { healthy(call) }
    });
    let settings = Settings { breaker_trips_max: 2, open_attempts_max: 1, ..quick() };
    let (end, report) = run(&plan, &legacy, &governed, settings).await;
    let error = end.unwrap_err();
    assert!(matches!(error, ReplayError::Unreachable { side: Side::Governed, .. }), "{error}");
    assert_eq!(verdicts(&report), ["match", "pending", "pending"]);
}

#[tokio::test]
async fn a_statement_after_which_the_engine_is_there_again_is_answered_by_its_failure() {
    let plan = plan_of(&workload(1, 4));
    let legacy = Scripted::legacy(healthy);
    // Each time it is sent the connection is lost, and a new one can be opened.
    let governed =
        Scripted::governed(
            |call| if call.sql == text(0, 1) { Act::Die(down()) } else { healthy(call) },
        );
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(verdicts(&report), ["match", "mismatch", "match", "match"]);
    assert_eq!(report.items[1].governed.as_ref().unwrap().failure(), Some(&down()));
    assert_eq!(governed.times(&text(0, 1)), 3);
}

#[tokio::test]
async fn statements_that_fail_for_their_own_sake_do_not_open_it() {
    let plan = plan_of(&workload(1, 12));
    let legacy = Scripted::legacy(healthy);
    let wrong = crate::scripted::failure(
        model::FailureClass::Statement,
        model::SqlState::UNDEFINED_TABLE,
        "no such table",
    );
    let governed = Scripted::governed(move |_| Act::Fail(wrong.clone()));
    let settings = Settings { breaker_failures_max: 1, breaker_trips_max: 0, ..quick() };
    let (end, report) = run(&plan, &legacy, &governed, settings).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(report.totals.mismatched, 12);
}

#[tokio::test]
async fn an_engine_that_only_loses_connections_is_given_up_instead_of_recorded() {
    let plan = plan_of(&workload(1, 50));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(|_| Act::Die(transient()));
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    assert!(matches!(end, Err(ReplayError::Unreachable { side: Side::Governed, .. })));
    assert!(report.totals.mismatched <= 4, "{:?}", report.totals);
    assert_eq!(report.totals.sum(), 50);
}
