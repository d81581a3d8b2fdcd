//! A run stops when its budget is used up, and the next start goes on with a new one.

use crate::{
    scripted::{Act, Call, Scripted, healthy, rows_of},
    support::{open_store, plan_of, quick, runner, workload},
};
use replay::{Budget, Exhausted, RunEnd, Settings, Spending, StopSignal, StoreOptions};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Charges a credit a question.
#[derive(Debug, Default)]
struct Till(AtomicU64);

impl Spending for Till {
    fn credits_milli(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Starts a run of one session and ten statements until it is complete. Gives how each start ended and
/// how many statements were judged by then.
async fn starts(budget: Budget, pause: Duration) -> Vec<(RunEnd, u64)> {
    let plan = plan_of(&workload(1, 10));
    let till = Arc::new(Till::default());
    let charged = Arc::clone(&till);
    let act = move |call: &Call<'_>| {
        charged.0.fetch_add(1_000, Ordering::Relaxed);
        Act::Rows(pause, rows_of(call.sql))
    };
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(act));
    let runs = tempfile::tempdir().unwrap();
    let mut ends = Vec::new();
    while !matches!(ends.last(), Some((RunEnd::Complete, _))) {
        assert!(ends.len() < 20, "{ends:?}");
        let store = open_store(runs.path(), &plan, StoreOptions::default());
        let settings = Settings { budget, ..quick() };
        let spending = Arc::clone(&till) as Arc<dyn Spending>;
        let runner = runner(&legacy, &governed, settings).with_spending(spending);
        let end = runner.run(&store, StopSignal::never()).await.unwrap();
        let report = store.report().unwrap();
        assert_eq!(report.totals.sum(), 10);
        ends.push((end, 10 - report.totals.pending));
    }
    assert_eq!(governed.sent().len(), 10, "nothing runs twice");
    ends
}

#[tokio::test]
async fn each_start_spends_its_credits() {
    let budget = Budget { credits_milli: Some(4_000), ..Budget::default() };
    let out = RunEnd::OutOfBudget(Exhausted::Credits);
    let ends = starts(budget, Duration::ZERO).await;
    assert_eq!(ends, [(out, 4), (out, 8), (RunEnd::Complete, 10)]);
}

#[tokio::test]
async fn each_start_reads_its_bytes() {
    // An answer of 3 rows has 24 bytes of values and more in all; both sides count.
    let budget = Budget { result_bytes: Some(1), ..Budget::default() };
    let ends = starts(budget, Duration::ZERO).await;
    let out = RunEnd::OutOfBudget(Exhausted::ResultBytes);
    let expected: Vec<(RunEnd, u64)> = (1..10).map(|done| (out, done)).collect();
    assert_eq!(ends[..9], expected);
    // With the last statement nothing is left to stop for.
    assert_eq!(ends[9..], [(RunEnd::Complete, 10)]);
}

#[tokio::test]
async fn each_start_takes_its_time() {
    // Ten statements take twice as long.
    let budget = Budget { time: Some(Duration::from_millis(250)), ..Budget::default() };
    let ends = starts(budget, Duration::from_millis(50)).await;
    assert_eq!(ends[0].0, RunEnd::OutOfBudget(Exhausted::Time));
    assert!(ends[0].1 < 10, "{ends:?}");
}

#[tokio::test]
async fn without_a_budget_nothing_stops() {
    let ends = starts(Budget::default(), Duration::ZERO).await;
    assert_eq!(ends, [(RunEnd::Complete, 10)]);
}
