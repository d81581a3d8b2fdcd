//! Statements are sent when they are due, and what is late is laid to its cause.

use crate::{
    scripted::{Act, Call, Scripted, healthy, rows_of},
    support::{open_store, plan_of, quick, run, runner, text, verdicts},
};
use chrono::{DateTime, Utc};
use model::{Dialect, Lag, Statement, Workload, report::RunReport};
use replay::{Pace, RunEnd, Settings, Speed, StopSignal, StoreOptions};
use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    time::{Duration, Instant},
};

/// A workload of (session, millisecond at which it was captured).
fn captured(at: &[(usize, i64)]) -> Workload {
    let mut numbers = [0; 8];
    let statements = at.iter().enumerate().map(|(id, (session, ms))| {
        let number = numbers[*session];
        numbers[*session] += 1;
        Statement {
            time: DateTime::<Utc>::from_timestamp_millis(1_800_000_000_000 + ms),
            latency_us: Some(1_000),
            ..Statement::new(
                format!("q{id}"),
                (format!("s{session}"), number as u64),
                Dialect::Postgres,
                text(*session, number),
            )
        }
    });
    Workload::new("test", statements.collect()).unwrap()
}

fn paced(pace: Pace) -> Settings {
    Settings { pace, sessions_max: 8, ..quick() }
}

/// An engine that notes when it is asked.
fn clocked(
    times: &Arc<Mutex<Vec<(String, Instant)>>>,
    act: impl Fn(&Call<'_>) -> Act + Send + Sync + 'static,
) -> Arc<Scripted> {
    let times = Arc::clone(times);
    Scripted::legacy(move |call| {
        times.lock().unwrap().push((call.sql.to_owned(), Instant::now()));
        act(call)
    })
}

fn lags(report: &RunReport) -> Vec<Lag> {
    report.items.iter().map(|item| item.lag.unwrap()).collect()
}

/// The times of each text, in milliseconds since the first.
async fn sent(at: &[(usize, i64)], settings: Settings) -> (Vec<(String, u128)>, RunReport) {
    let plan = plan_of(&captured(at));
    let times = Arc::new(Mutex::new(Vec::new()));
    let (legacy, governed) = (clocked(&times, healthy), Scripted::governed(healthy));
    let (end, report) = run(&plan, &legacy, &governed, settings).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(report.totals.matched, at.len() as u64);
    let times = times.lock().unwrap();
    let first = times[0].1;
    let since = times.iter().map(|(sql, at)| (sql.clone(), at.duration_since(first).as_millis()));
    (since.collect(), report)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorded_times_are_kept_across_sessions_at_any_speed() {
    let at = [(0, 0), (1, 150), (0, 300), (2, 450)];
    for (factor, half) in [(1.0, 1), (2.0, 2)] {
        let pace = Pace::Recorded(Speed::new(factor).unwrap());
        let (sent, _) = sent(&at, paced(pace)).await;
        let texts: Vec<&str> = sent.iter().map(|(sql, _)| sql.as_str()).collect();
        assert_eq!(texts, [text(0, 0), text(1, 0), text(0, 1), text(2, 0)]);
        for ((_, ms), (_, captured)) in sent.iter().zip(&at) {
            // The first one is itself a little late, so that the others may seem early by that.
            assert!(*ms + 40 >= u128::try_from(*captured).unwrap() / half, "{sent:?}");
        }
    }
}

#[tokio::test]
async fn a_closed_loop_waits_after_the_answer() {
    // Captured: 1 ms for each statement, 99 ms of pause. Here each takes 60 ms more.
    let plan = plan_of(&captured(&[(0, 0), (0, 100), (0, 200)]));
    let times = Arc::new(Mutex::new(Vec::new()));
    let slow = |call: &Call<'_>| Act::Rows(Duration::from_millis(60), rows_of(call.sql));
    let (legacy, governed) = (clocked(&times, slow), Scripted::governed(healthy));
    let pace = Pace::Closed(Speed::CAPTURED);
    let (end, report) = run(&plan, &legacy, &governed, paced(pace)).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    let times = times.lock().unwrap();
    for pair in times.windows(2) {
        let between = pair[1].1.duration_since(pair[0].1);
        assert!(between >= Duration::from_millis(159), "{between:?}");
    }
    assert!(lags(&report).iter().all(|lag| lag.engine_us < 50_000), "{:?}", lags(&report));
}

#[tokio::test]
async fn an_engine_that_is_slower_than_at_capture_gets_behind_and_is_named_for_it() {
    let plan = plan_of(&captured(&[(0, 0), (0, 10), (0, 20)]));
    let slow = |call: &Call<'_>| Act::Rows(Duration::from_millis(100), rows_of(call.sql));
    let (legacy, governed) = (Scripted::legacy(slow), Scripted::governed(healthy));
    let pace = Pace::Recorded(Speed::CAPTURED);
    let (end, report) = run(&plan, &legacy, &governed, paced(pace)).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    let lags = lags(&report);
    assert!(lags[1].engine_us >= 89_000, "{lags:?}");
    assert!(lags[2].engine_us >= 178_000, "{lags:?}");
    let latency = report.items[2].legacy.as_ref().unwrap().latency_us;
    assert!(latency < 178_000, "the lag is no part of the latency: {latency}");
}

#[tokio::test]
async fn what_waits_for_a_place_is_not_laid_to_the_engine() {
    let slow = |call: &Call<'_>| Act::Rows(Duration::from_millis(80), rows_of(call.sql));
    let pace = Pace::Recorded(Speed::CAPTURED);
    for settings in [
        Settings { sessions_max: 1, ..paced(pace) },
        Settings { legacy_statements_max: Some(1), ..paced(pace) },
        Settings { governed_statements_max: Some(1), ..paced(pace) },
    ] {
        let plan = plan_of(&captured(&[(0, 0), (1, 0), (2, 0)]));
        let (legacy, governed) = (Scripted::legacy(slow), Scripted::governed(slow));
        let (end, report) = run(&plan, &legacy, &governed, settings.clone()).await;
        assert_eq!(end.unwrap(), RunEnd::Complete);
        let mut slots: Vec<u64> = lags(&report).iter().map(|lag| lag.slot_us).collect();
        slots.sort_unstable();
        assert!(slots[1] >= 79_000 && slots[2] >= 158_000, "{settings:?} {slots:?}");
        let most = [&legacy, &governed].map(|engine| engine.peak.load(Ordering::SeqCst));
        match (settings.sessions_max, settings.legacy_statements_max) {
            (1, _) => assert_eq!(most, [1, 1]),
            (_, Some(1)) => assert_eq!(most, [1, 3]),
            _ => assert_eq!(most, [3, 1]),
        }
    }
}

#[tokio::test]
async fn an_idle_session_gives_up_its_place_and_comes_back() {
    // The first session waits long; the second one needs the only place in between.
    let at = [(0, 0), (1, 50), (1, 100), (0, 400)];
    let pace = Pace::Recorded(Speed::CAPTURED);
    let idle_max = Duration::from_millis(200);
    let plan = plan_of(&captured(&at));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let settings = Settings { sessions_max: 1, idle_max, ..paced(pace) };
    let (end, report) = run(&plan, &legacy, &governed, settings).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(legacy.sent(), [text(0, 0), text(1, 0), text(1, 1), text(0, 1)]);
    assert_eq!(legacy.opened.lock().unwrap().len(), 3);
    assert!(lags(&report)[3].slot_us < 200_000, "{:?}", lags(&report));
}

#[tokio::test]
async fn a_resumed_run_counts_from_the_first_that_is_pending() {
    let at = [(0, 0), (0, 50), (0, 1_000_000), (0, 1_000_100)];
    let plan = plan_of(&captured(&at));
    let pace = Pace::Recorded(Speed::CAPTURED);
    let (handle, signal) = StopSignal::channel();
    let legacy = Scripted::legacy(move |call| {
        if call.sql == text(0, 1) {
            handle.stop();
        }
        healthy(call)
    });
    let governed = Scripted::governed(healthy);
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let end = runner(&legacy, &governed, paced(pace)).run(&store, signal).await.unwrap();
    assert_eq!(end, RunEnd::Interrupted);
    // The handle lives in the script; a new signal never fires.
    let before = Instant::now();
    let runner = runner(&legacy, &governed, paced(pace));
    assert_eq!(runner.run(&store, StopSignal::never()).await.unwrap(), RunEnd::Complete);
    assert!(before.elapsed() >= Duration::from_millis(99));
    assert_eq!(verdicts(&store.report().unwrap()), ["match"; 4]);
}

#[tokio::test]
async fn a_stop_ends_the_waiting_for_a_due_statement() {
    let plan = plan_of(&captured(&[(0, 0), (0, 4_000), (1, 90_000)]));
    let (handle, signal) = StopSignal::channel();
    let legacy = Scripted::legacy(move |call| {
        handle.stop();
        healthy(call)
    });
    let governed = Scripted::governed(healthy);
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let before = Instant::now();
    let settings = paced(Pace::Recorded(Speed::CAPTURED));
    let end = runner(&legacy, &governed, settings).run(&store, signal).await.unwrap();
    assert_eq!(end, RunEnd::Interrupted);
    assert!(before.elapsed() < Duration::from_secs(3), "{:?}", before.elapsed());
    assert_eq!(verdicts(&store.report().unwrap()), ["match", "pending", "pending"]);
}
