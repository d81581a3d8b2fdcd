//! Judges and observers that misbehave, and the events that well-behaved ones get.

use crate::{
    scripted::{Scripted, engine, healthy},
    support::{Exact, open_store, plan_of, quick, runner, text, workload, workload_of},
};
use model::{Judgement, PlanItem, Verdict};
use replay::{
    AskedTwice, AskedWider, Event, Judge, Observer, RunEnd, Runner, SideAnswer, StopSignal,
    StoreOptions,
};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Listening(Mutex<Vec<Event>>);

impl Observer for Listening {
    fn event(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[tokio::test]
async fn every_verdict_is_told_once() {
    let mut texts: Vec<(usize, String)> = (0..8).map(|n| (n % 3, text(n % 3, n))).collect();
    texts.push((0, "DELETE FROM t".to_owned()));
    let plan = plan_of(&workload_of(texts));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let observer = Arc::new(Listening::default());
    let told = Arc::clone(&observer) as Arc<dyn Observer>;
    let runner = runner(&legacy, &governed, quick()).with_observer(told);
    runner.run(&store, StopSignal::never()).await.unwrap();
    let events = observer.0.lock().unwrap();
    assert_eq!(events.first(), Some(&Event::RunStarted { total: 9, already_done: 0, lasts: None }));
    assert_eq!(events.last(), Some(&Event::RunEnded { done: 9, total: 9 }));
    let mut indexes = Vec::new();
    let mut counts = Vec::new();
    for event in events.iter() {
        if let Event::ItemFinished { index, done, verdict, .. } = event {
            indexes.push(*index);
            counts.push(*done);
            assert_eq!(matches!(verdict, Verdict::Skipped { .. }), *index == 8);
        }
    }
    indexes.sort_unstable();
    counts.sort_unstable();
    assert_eq!(indexes, (0..9).collect::<Vec<u64>>());
    assert_eq!(counts, (1..=9).collect::<Vec<u64>>());
}

/// Panics at the second item.
struct Fragile;

impl Judge for Fragile {
    fn judge(&self, item: &PlanItem, legacy: &SideAnswer, governed: &SideAnswer) -> Judgement {
        assert_ne!(item.index, 1, "cannot count to one");
        Exact.judge(item, legacy, governed)
    }

    fn judge_noise(&self, item: &PlanItem, first: Judgement, asked: AskedTwice<'_>) -> Judgement {
        Exact.judge_noise(item, first, asked)
    }

    fn judge_ties(&self, item: &PlanItem, first: Judgement, asked: AskedWider<'_>) -> Judgement {
        Exact.judge_ties(item, first, asked)
    }
}

#[tokio::test]
async fn a_panicking_judge_is_inconclusive_and_keeps_the_evidence() {
    let plan = plan_of(&workload(1, 3));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let runner = Runner::new(engine(&legacy), engine(&governed), Arc::new(Fragile), quick());
    assert_eq!(runner.run(&store, StopSignal::never()).await.unwrap(), RunEnd::Complete);
    let report = store.report().unwrap();
    assert_eq!((report.totals.matched, report.totals.inconclusive), (2, 1));
    let item = &report.items[1];
    let verdict = &item.judgement.as_ref().unwrap().verdict;
    assert!(verdict.reason().unwrap().contains("cannot count to one"), "{verdict}");
    let kept = store.retained(1, item.legacy.as_ref().unwrap()).unwrap().unwrap();
    assert_eq!(kept.rows(), 3);
}

struct Panicking;

impl Observer for Panicking {
    fn event(&self, _event: &Event) {
        panic!("an observer must not matter");
    }
}

#[tokio::test]
async fn a_panicking_observer_does_not_matter() {
    let plan = plan_of(&workload(2, 3));
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let runner = runner(&legacy, &governed, quick()).with_observer(Arc::new(Panicking));
    assert_eq!(runner.run(&store, StopSignal::never()).await.unwrap(), RunEnd::Complete);
    assert_eq!(store.report().unwrap().totals.matched, 6);
}
