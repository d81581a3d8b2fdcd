//! Asking both sides for more rows where a limit cuts through a tie: when, how often, what is kept.

use crate::{
    scripted::{Act, Call, Scripted, down, failure},
    support::{Exact, open_store, plan_of, quick, run, runner, verdicts, workload_of},
};
use model::{CutEnd, FailureClass, SqlState, Verdict, report::ItemReport};
use replay::{
    Retention, RunEnd, Settings, StopSignal, Store, StoreOptions, event::Silent, judged_id, rejudge,
};
use std::time::Duration;

/// Statement `number` takes two rows of a tie.
fn text(number: usize) -> String {
    format!("SELECT a FROM t{number} ORDER BY b LIMIT 2")
}

fn wide(number: usize, rows: u64) -> String {
    format!("SELECT a FROM t{number} ORDER BY b LIMIT {rows}")
}

fn rows(values: impl IntoIterator<Item = i64>) -> Act {
    Act::Rows(Duration::from_millis(1), values.into_iter().collect())
}

/// The rows up to the limit, of tables with three rows, but for table 2 with 20,000.
fn table(sql: &str) -> Vec<i64> {
    let limit: usize = sql.rsplit(' ').next().unwrap().parse().unwrap();
    let all = if sql.contains("t2") { 20_000 } else { 3 };
    (1..=all).take(limit).collect()
}

/// Takes the rows in ascending order.
fn legacy(call: &Call<'_>) -> Act {
    rows(table(call.sql))
}

/// Takes others of the tie; of table 1 it has another row.
fn governed(call: &Call<'_>) -> Act {
    let all = table(call.sql);
    if all.len() == 2 {
        return rows([3, 2]);
    }
    let wrong = call.sql.contains("t1");
    rows(all.into_iter().rev().map(|value| if wrong && value == 2 { 7 } else { value }))
}

fn plan() -> model::Plan {
    plan_of(&workload_of((0..3).map(|number| (0, text(number)))))
}

fn asked(item: &ItemReport) -> &model::AskedWider {
    let cut = item.judgement.as_ref().unwrap().differences.cut.as_ref().unwrap();
    cut.asked.as_ref().unwrap()
}

#[tokio::test]
async fn a_tie_is_asked_for_until_it_is_seen_and_only_if_so_set() {
    let (first, second) = (Scripted::legacy(legacy), Scripted::governed(governed));
    let (end, report) = run(&plan(), &first, &second, quick()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(verdicts(&report), ["match", "mismatch", "match"]);
    for engine in [&first, &second] {
        let expected = [
            text(0),
            wide(0, 1_002),
            text(1),
            wide(1, 1_002),
            text(2),
            wide(2, 1_002),
            wide(2, 16_002),
            wide(2, 256_002),
        ];
        assert_eq!(engine.sent(), expected);
    }
    let seen = asked(&report.items[2]);
    assert_eq!(
        (seen.end, seen.wider.asked, seen.legacy_rows),
        (CutEnd::Seen, Some(256_002), Some(20_000))
    );

    let (first, second) = (Scripted::legacy(legacy), Scripted::governed(governed));
    let settings = Settings { ties: false, ..quick() };
    let (_, report) = run(&plan(), &first, &second, settings).await;
    assert_eq!(verdicts(&report), ["inconclusive"; 3]);
    assert_eq!((first.sent().len(), second.sent().len()), (3, 3));
}

#[tokio::test]
async fn a_tie_without_an_end_stays_open() {
    let endless =
        |call: &Call<'_>| match call.sql.rsplit(' ').next().unwrap().parse::<i64>().unwrap() {
            2 => rows([1, 2]),
            limit => rows(0..limit),
        };
    let other = move |call: &Call<'_>| match endless(call) {
        Act::Rows(wait, values) => Act::Rows(wait, values.into_iter().rev().collect()),
        act => act,
    };
    let plan = plan_of(&workload_of([(0, text(0))]));
    let (first, second) = (Scripted::legacy(endless), Scripted::governed(other));
    let (_, report) = run(&plan, &first, &second, quick()).await;
    assert_eq!(verdicts(&report), ["inconclusive"]);
    assert_eq!(first.sent().len(), 4, "three times, and no more");
    assert_eq!(asked(&report.items[0]).end, CutEnd::Beyond);
}

#[tokio::test]
async fn what_cannot_be_asked_is_not_sent_and_says_why() {
    let texts = ["SELECT a FROM t ORDER BY b LIMIT $1", "SELECT a FROM t ORDER BY b LIMIT 1 + 1"];
    let plan = plan_of(&workload_of(texts.map(|text| (0, text.to_owned()))));
    let (first, second) =
        (Scripted::legacy(|_| rows([1, 2])), Scripted::governed(|_| rows([3, 2])));
    let (_, report) = run(&plan, &first, &second, quick()).await;
    assert_eq!((first.sent().len(), second.sent().len()), (2, 2));
    for item in &report.items {
        let Verdict::Inconclusive { reason } = &item.judgement.as_ref().unwrap().verdict else {
            panic!("{item:?}")
        };
        assert!(
            reason.ends_with(
                "nobody was asked for more rows: its limit is no whole number in the text"
            )
        );
    }
}

#[tokio::test]
async fn a_side_that_fails_then_is_evidence_and_one_that_is_gone_leaves_it_pending() {
    let plan = plan_of(&workload_of([(0, text(0))]));
    let slow = |call: &Call<'_>| match call.sql {
        sql if sql == text(0) => rows([3, 2]),
        _ => Act::Fail(failure(FailureClass::Statement, SqlState::INTERNAL_ERROR, "too wide")),
    };
    let (first, second) = (Scripted::legacy(legacy), Scripted::governed(slow));
    let (_, report) = run(&plan, &first, &second, quick()).await;
    assert_eq!((verdicts(&report), first.sent().len()), (vec!["inconclusive"], 2));
    assert_eq!(asked(&report.items[0]).end, CutEnd::Unknown);
    let outcome = report.items[0].governed.as_ref().unwrap();
    let wide = &outcome.wide.as_ref().unwrap().outcome;
    assert_eq!(wide.failure().unwrap().message, "too wide");
    assert_eq!((outcome.rows(), outcome.wide.as_ref().unwrap().wider.asked), (2, Some(1_002)));

    let gone = |call: &Call<'_>| match call.sql {
        sql if sql == text(0) => rows([3, 2]),
        _ => Act::Vanish(down()),
    };
    let settings = Settings { attempts_max: 1, ..quick() };
    let (end, report) =
        run(&plan, &Scripted::legacy(legacy), &Scripted::governed(gone), settings).await;
    assert!(end.is_err());
    assert_eq!(verdicts(&report), ["pending"]);
}

async fn recorded(runs: &std::path::Path, retention: Retention, ties: bool) -> Store {
    let options = StoreOptions { retention, ..StoreOptions::default() };
    let store = open_store(runs, &plan(), options);
    let (first, second) = (Scripted::legacy(legacy), Scripted::governed(governed));
    let settings = Settings { ties, ..quick() };
    runner(&first, &second, settings).run(&store, StopSignal::never()).await.unwrap();
    store
}

#[tokio::test]
async fn the_wide_answers_are_kept_with_the_others() {
    for (retention, kept) in [
        (Retention::None, [false, false]),
        (Retention::Mismatches, [false, true]),
        (Retention::All, [true, true]),
    ] {
        let runs = tempfile::tempdir().unwrap();
        let store = recorded(runs.path(), retention, true).await;
        let check = |store: &Store| {
            let report = store.report().unwrap();
            for (index, kept) in (0_u64..).zip(kept) {
                let item = &report.items[usize::try_from(index).unwrap()];
                for outcome in [&item.legacy, &item.governed].map(|side| side.as_ref().unwrap()) {
                    assert_eq!(outcome.rows(), 2);
                    let wide = outcome.wide.as_ref().unwrap();
                    assert_eq!(wide.outcome.executed_sql, wide_text(index));
                    let rows = store.retained_wide(index, outcome).unwrap();
                    assert_eq!(rows.map(|rows| rows.rows()), kept.then_some(3), "{retention:?}");
                }
            }
        };
        check(&store);
        drop(store);
        // Resuming removes what nothing names, and no more.
        check(&open_store(runs.path(), &plan(), StoreOptions::default()));
    }
}

fn wide_text(index: u64) -> String {
    wide(usize::try_from(index).unwrap(), 1_002)
}

#[tokio::test]
async fn what_was_recorded_settles_the_tie_again() {
    for (ties, expected) in [(true, ["match", "mismatch", "match"]), (false, ["inconclusive"; 3])] {
        let runs = tempfile::tempdir().unwrap();
        let source = recorded(runs.path(), Retention::All, ties).await;
        let folder = source.folder().to_owned();
        drop(source);
        let source = Store::open(&folder).unwrap();
        let plan = source.plan().unwrap();
        let mut header = source.report().unwrap().run;
        let run_id = judged_id(&header.run_id, b"other", "0.0.0");
        header.judged_from = Some(std::mem::replace(&mut header.run_id, run_id));
        let target =
            Store::create_or_resume(runs.path(), &header, &plan, StoreOptions::default()).unwrap();
        let silent = std::sync::Arc::new(Silent);
        rejudge(
            &source,
            &target,
            (&Exact, std::num::NonZero::<usize>::MIN),
            silent,
            &StopSignal::never(),
        )
        .unwrap();
        let report = target.report().unwrap();
        assert_eq!(verdicts(&report), expected);
        if ties {
            assert_eq!(asked(&report.items[1]), asked(&source.report().unwrap().items[1]));
            let outcome = report.items[1].governed.as_ref().unwrap();
            assert!(target.retained_wide(1, outcome).unwrap().is_some());
        }
    }
}
