//! Engines that do not answer.

use crate::{
    scripted::{Act, Call, Scripted, failure, healthy},
    support::{plan_of, quick, run, text, verdicts, workload},
};
use model::{Failure, FailureClass, Side, SqlState};
use replay::{ErrorClass, ReplayError, RunEnd, Settings};
use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

fn impatient() -> Settings {
    Settings { statement_timeout: Duration::from_millis(200), ..quick() }
}

/// Does `act` for the second statement of session 0.
fn once(act: Act) -> impl Fn(&Call<'_>) -> Act + Send + Sync + 'static {
    move |call| if call.sql == text(0, 1) { act.clone() } else { healthy(call) }
}

fn governed_failure(report: &model::report::RunReport, index: usize) -> &Failure {
    report.items[index].governed.as_ref().unwrap().failure().unwrap()
}

#[tokio::test]
async fn a_hanging_statement_is_cancelled_and_the_session_goes_on() {
    let plan = plan_of(&workload(1, 3));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(once(Act::HangUntilCancelled));
    let start = Instant::now();
    let (end, report) = run(&plan, &legacy, &governed, impatient()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(verdicts(&report), ["match", "mismatch", "match"]);
    let failure = governed_failure(&report, 1);
    assert_eq!(failure.class, FailureClass::Resource);
    assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED);
    assert_eq!(governed.cancels.load(Ordering::SeqCst), 1);
    assert_eq!(governed.opened.lock().unwrap().len(), 1, "the session was clean");
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_statement_that_ignores_the_cancel_costs_its_session_only() {
    let plan = plan_of(&workload(2, 3));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(once(Act::HangForEver));
    let (end, report) = run(&plan, &legacy, &governed, impatient()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(report.totals.matched, 5);
    assert_eq!(report.totals.mismatched, 1);
    assert_eq!(governed.opened.lock().unwrap().len(), 3, "session 0 was opened again");
    assert_eq!(governed.times(&text(0, 1)), 1, "a timeout is not sent again");
}

#[tokio::test]
async fn an_engine_that_keeps_hanging_stops_the_run() {
    let plan = plan_of(&workload(1, 6));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(|_| Act::HangForEver);
    let settings = Settings { abandoned_max: 2, ..impatient() };
    let (end, report) = run(&plan, &legacy, &governed, settings).await;
    let error = end.unwrap_err();
    assert!(matches!(error, ReplayError::Unreachable { side: Side::Governed, .. }), "{error}");
    assert_eq!(error.class(), ErrorClass::Unreachable);
    assert_eq!(report.totals.mismatched, 2);
    assert_eq!(report.totals.pending, 4);
}

#[tokio::test]
async fn the_engines_own_timeout_is_kept_as_it_is() {
    let own = failure(FailureClass::Resource, SqlState::QUERY_CANCELED, "statement timeout");
    let plan = plan_of(&workload(1, 3));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(once(Act::Fail(own.clone())));
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(*governed_failure(&report, 1), own);
}

#[tokio::test]
async fn an_endless_result_is_cut_at_its_limit() {
    let plan = plan_of(&workload(1, 3));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(once(Act::Endless));
    let settings = Settings { result_bytes_max: 100_000, ..quick() };
    let (end, report) = run(&plan, &legacy, &governed, settings).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    let failure = governed_failure(&report, 1);
    assert_eq!(failure.class, FailureClass::Resource);
    assert!(failure.message.contains("100000"), "{failure}");
}
