//! Failures: which are sent again, which are recorded, which stop the run.

use crate::{
    scripted::{Act, Scripted, down, failure, healthy, transient},
    support::{plan_of, quick, run, text, verdicts, workload},
};
use model::{FailureClass, Side, SqlState};
use replay::{ErrorClass, ReplayError, RunEnd, Settings};

#[tokio::test]
async fn a_transient_failure_is_sent_again() {
    let plan = plan_of(&workload(1, 3));
    let legacy = Scripted::legacy(|call| match (call.sql == text(0, 1), call.before) {
        (true, 0) => Act::Fail(transient()),
        (true, 1) => Act::FailMidway(transient()),
        _ => healthy(call),
    });
    let governed = Scripted::governed(healthy);
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(verdicts(&report), ["match"; 3]);
    assert_eq!(report.items[1].legacy.as_ref().unwrap().attempts, 3);
    assert_eq!(report.items[1].governed.as_ref().unwrap().attempts, 1);
}

#[tokio::test]
async fn only_transient_failures_are_sent_again() {
    for class in [
        FailureClass::Statement,
        FailureClass::Resource,
        FailureClass::Unrepresentable,
        FailureClass::Refused,
    ] {
        let plan = plan_of(&workload(1, 2));
        let legacy = Scripted::legacy(healthy);
        let governed = Scripted::governed(move |call| {
            if call.sql == text(0, 0) {
                Act::Fail(failure(class, SqlState::UNDEFINED_TABLE, "no"))
            } else {
                healthy(call)
            }
        });
        let (end, report) = run(&plan, &legacy, &governed, quick()).await;
        assert_eq!(end.unwrap(), RunEnd::Complete);
        assert_eq!(verdicts(&report), ["mismatch", "match"], "{class:?}");
        assert_eq!(governed.times(&text(0, 0)), 1, "{class:?}");
    }
}

#[tokio::test]
async fn a_statement_is_sent_a_bounded_number_of_times() {
    let plan = plan_of(&workload(1, 2));
    let legacy = Scripted::legacy(|_| Act::Fail(transient()));
    let governed = Scripted::governed(healthy);
    let settings = Settings { attempts_max: 4, ..quick() };
    let (end, report) = run(&plan, &legacy, &governed, settings).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(legacy.sent().len(), 8);
    let outcome = report.items[0].legacy.as_ref().unwrap();
    assert_eq!(outcome.attempts, 4);
    assert_eq!(outcome.failure(), Some(&transient()));
}

#[tokio::test]
async fn the_run_has_a_budget_of_repetitions() {
    let plan = plan_of(&workload(4, 5));
    let legacy = Scripted::legacy(|_| Act::Fail(transient()));
    let governed = Scripted::governed(healthy);
    let settings = Settings { retries_max: 7, attempts_max: 3, ..quick() };
    let (end, report) = run(&plan, &legacy, &governed, settings).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(legacy.sent().len(), 20 + 7);
    assert_eq!(report.totals.sum(), 20);
}

#[tokio::test]
async fn a_lost_connection_is_opened_again() {
    let plan = plan_of(&workload(1, 4));
    let legacy = Scripted::legacy(|call| {
        if call.sql == text(0, 1) && call.before == 0 {
            Act::Die(transient())
        } else {
            healthy(call)
        }
    });
    let governed = Scripted::governed(healthy);
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(verdicts(&report), ["match"; 4]);
    assert_eq!(legacy.opened.lock().unwrap().len(), 2);
    assert_eq!(governed.opened.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_statement_that_kills_its_connection_each_time_ends_only_itself() {
    let plan = plan_of(&workload(2, 3));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(|call| {
        if call.sql == text(1, 1) { Act::Die(transient()) } else { healthy(call) }
    });
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(report.totals.matched, 5);
    assert_eq!(report.totals.mismatched, 1);
    assert_eq!(governed.times(&text(1, 1)), 3);
}

#[tokio::test]
async fn an_unreachable_engine_is_named_with_its_side_and_nothing_is_recorded() {
    for side in Side::BOTH {
        let plan = plan_of(&workload(3, 2));
        let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
        let broken = if side == Side::Legacy { &legacy } else { &governed };
        *broken.down.lock().unwrap() = Some(down());
        let (end, report) = run(&plan, &legacy, &governed, quick()).await;
        let error = end.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Unreachable);
        let message = error.to_string();
        assert!(message.contains(side.as_str()) && message.contains("`db:5432`"), "{message}");
        assert_eq!(report.totals.pending, 6);
        assert_eq!(report.run.finished, None);
    }
}

#[tokio::test]
async fn a_short_outage_at_the_start_is_waited_for_and_a_wrong_password_is_not() {
    let plan = plan_of(&workload(1, 2));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    legacy.open_failures.lock().unwrap().extend([down(), down()]);
    let (end, _) = run(&plan, &legacy, &governed, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);

    let wrong =
        failure(FailureClass::Unreachable, SqlState::INVALID_PASSWORD, "no login for `bob`");
    legacy.open_failures.lock().unwrap().extend([wrong.clone(), wrong]);
    let (end, _) = run(&plan, &legacy, &governed, quick()).await;
    let error = end.unwrap_err();
    assert!(matches!(error, ReplayError::Unreachable { side: Side::Legacy, .. }), "{error}");
    assert_eq!(legacy.open_failures.lock().unwrap().len(), 1, "asked once only");
}

#[tokio::test]
async fn an_engine_that_goes_away_in_mid_run_leaves_the_rest_pending() {
    let plan = plan_of(&workload(1, 6));
    let legacy = Scripted::legacy(healthy);
    let governed = Scripted::governed(|call| {
        if call.sql == text(0, 3) { Act::Die(transient()) } else { healthy(call) }
    });
    let gone = std::sync::Arc::clone(&governed);
    let runs = tempfile::tempdir().unwrap();
    let store = crate::support::open_store(runs.path(), &plan, replay::StoreOptions::default());
    let runner = crate::support::runner(&legacy, &governed, quick());
    // The server goes down as soon as the third statement is answered.
    let watching = tokio::spawn(async move {
        while gone.times(&text(0, 2)) == 0 {
            tokio::task::yield_now().await;
        }
        *gone.down.lock().unwrap() = Some(down());
    });
    let error = runner.run(&store, replay::StopSignal::never()).await.unwrap_err();
    watching.await.unwrap();
    assert!(matches!(error, ReplayError::Unreachable { side: Side::Governed, .. }), "{error}");
    let report = store.report().unwrap();
    let pending = "pending";
    assert_eq!(verdicts(&report), ["match", "match", "match", pending, pending, pending]);
    assert!(report.items[3].legacy.is_none(), "the legacy answer alone is not recorded");

    *governed.down.lock().unwrap() = None;
    let healthy_again = Scripted::governed(healthy);
    let runner = crate::support::runner(&legacy, &healthy_again, quick());
    assert_eq!(runner.run(&store, replay::StopSignal::never()).await.unwrap(), RunEnd::Complete);
    assert_eq!(verdicts(&store.report().unwrap()), ["match"; 6]);
    assert_eq!(healthy_again.sent().len(), 3, "only what was pending");
}

#[tokio::test]
async fn a_refused_session_is_the_answer_of_each_of_its_statements() {
    let plan = plan_of(&workload(1, 2));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let refused = failure(
        FailureClass::Refused,
        SqlState::INSUFFICIENT_PRIVILEGE,
        "stage 1: `user0` is unknown",
    );
    *governed.down.lock().unwrap() = Some(refused.clone());
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    for item in &report.items {
        assert_eq!(item.governed.as_ref().unwrap().failure(), Some(&refused));
    }
}

#[tokio::test]
async fn a_panicking_driver_is_a_failure_of_its_statement() {
    let plan = plan_of(&workload(2, 2));
    let legacy = Scripted::legacy(healthy);
    let governed =
        Scripted::governed(|call| if call.sql == text(0, 0) { Act::Panic } else { healthy(call) });
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!((report.totals.matched, report.totals.mismatched), (3, 1));
    let failure = report.items[0].governed.as_ref().unwrap().failure().unwrap().clone();
    assert!(failure.message.contains("scripted panic"), "{failure}");
}

#[tokio::test]
async fn settings_out_of_range_are_refused() {
    let plan = plan_of(&workload(1, 1));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let settings = Settings { sessions_max: 0, ..quick() };
    let (end, _) = run(&plan, &legacy, &governed, settings).await;
    let error = end.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Usage);
    assert!(error.to_string().contains("`sessions_max`"), "{error}");
}

#[tokio::test]
async fn a_probe_tells_what_the_engine_is_or_that_it_is_gone() {
    let scripted = Scripted::legacy(healthy);
    let engine = crate::scripted::engine(&scripted);
    let info = replay::probe(&engine, Side::Legacy, &quick()).await.unwrap();
    assert_eq!(info.version, "1");
    *scripted.down.lock().unwrap() = Some(down());
    let error = replay::probe(&engine, Side::Legacy, &quick()).await.unwrap_err();
    assert!(error.to_string().contains("the legacy engine"), "{error}");
}
