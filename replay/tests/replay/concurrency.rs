//! Statements of a session in order, sessions at the same time, never more than allowed.

use crate::{
    scripted::{Act, Scripted, healthy, rows_of},
    support::{plan_of, quick, run, text, verdicts, workload},
};
use replay::{RunEnd, Settings};
use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

/// Takes 0 to 6 ms, depending on the text.
fn uneven(sql: &str) -> Duration {
    Duration::from_millis(sql.bytes().map(u64::from).sum::<u64>() % 7)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_session_keeps_its_order_on_both_sides() {
    let plan = plan_of(&workload(6, 8));
    let legacy = Scripted::legacy(|call| Act::Rows(uneven(call.sql), rows_of(call.sql)));
    let governed = Scripted::governed(|call| {
        let slow_where_legacy_is_fast = Duration::from_millis(6).saturating_sub(uneven(call.sql));
        Act::Rows(slow_where_legacy_is_fast, rows_of(call.sql))
    });
    let settings = Settings { sessions_max: 6, ..quick() };
    let (end, report) = run(&plan, &legacy, &governed, settings).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(verdicts(&report), ["match"; 48]);
    for engine in [&legacy, &governed] {
        let sent = engine.sent();
        for session in 0..6 {
            let of_session = format!("session{session}");
            let in_order: Vec<&String> =
                sent.iter().filter(|sql| sql.ends_with(&of_session)).collect();
            let expected: Vec<String> = (0..8).map(|number| text(session, number)).collect();
            assert_eq!(in_order, expected.iter().collect::<Vec<_>>());
        }
        // Not simply one session after the other.
        let first_block: Vec<&String> = sent.iter().take(8).collect();
        assert!(!first_block.iter().all(|sql| sql.ends_with("session0")), "{first_block:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrency_is_used_and_bounded() {
    for sessions_max in [1, 3] {
        let plan = plan_of(&workload(9, 3));
        let act = |call: &crate::scripted::Call<'_>| {
            Act::Rows(Duration::from_millis(5), rows_of(call.sql))
        };
        let (legacy, governed) = (Scripted::legacy(act), Scripted::governed(act));
        let settings = Settings { sessions_max, ..quick() };
        let (end, _) = run(&plan, &legacy, &governed, settings).await;
        assert_eq!(end.unwrap(), RunEnd::Complete);
        assert_eq!(legacy.peak.load(Ordering::SeqCst), sessions_max);
        assert_eq!(governed.peak.load(Ordering::SeqCst), sessions_max);
    }
}

#[tokio::test]
async fn both_sides_run_at_the_same_time() {
    let plan = plan_of(&workload(1, 5));
    let pause = Duration::from_millis(100);
    let act = move |call: &crate::scripted::Call<'_>| Act::Rows(pause, rows_of(call.sql));
    let (legacy, governed) = (Scripted::legacy(act), Scripted::governed(act));
    let start = Instant::now();
    let (end, report) = run(&plan, &legacy, &governed, quick()).await;
    let elapsed = start.elapsed();
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert!(elapsed < pause * 9, "five pauses, not ten: {elapsed:?}");
    for item in &report.items {
        for outcome in [item.legacy.as_ref().unwrap(), item.governed.as_ref().unwrap()] {
            let latency = Duration::from_micros(outcome.latency_us);
            assert!(latency >= pause && latency < elapsed, "{latency:?}");
        }
    }
}

#[tokio::test]
async fn each_captured_session_has_one_engine_session_for_its_user() {
    let workload = workload(3, 4);
    let plan = plan_of(&workload);
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let principals = replay::plan::principals(&workload);
    let settings = Settings { principals, ..quick() };
    run(&plan, &legacy, &governed, settings).await.0.unwrap();
    for engine in [&legacy, &governed] {
        let opened = engine.opened.lock().unwrap();
        let mut users: Vec<&str> = opened.iter().filter_map(|s| s.principal.as_deref()).collect();
        users.sort_unstable();
        assert_eq!(users, ["user0", "user1", "user2"]);
        assert!(opened.iter().all(|s| s.read_only && s.statement_timeout.is_some()));
    }
}
