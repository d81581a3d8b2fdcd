//! The scripted engine behaves like a real one.

use crate::support::{ask, fails, load, row, table};
use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch},
    datatypes::Schema,
};
use engines::{
    Engine as _, Request, ResultSet, SessionSettings,
    simulated::{Scripted, Simulated},
};
use futures::StreamExt as _;
use model::{Dialect, Failure, FailureClass, SqlState};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

fn batch(values: Vec<i64>) -> RecordBatch {
    RecordBatch::try_from_iter([("a", Arc::new(Int64Array::from(values)) as ArrayRef)]).unwrap()
}

fn failure(class: FailureClass, sqlstate: SqlState) -> Failure {
    Failure { class, sqlstate, message: "scripted".to_owned(), code: None, position: None }
}

fn lost() -> Failure {
    failure(FailureClass::Transient, SqlState::CONNECTION_FAILURE)
}

#[tokio::test]
async fn answers_follow_the_script() {
    let engine = Simulated::builder()
        .dialect(Dialect::DuckDb)
        .on("SELECT 1", Scripted::rows(batch(vec![1])))
        .on(
            "SELECT 1/0",
            Scripted::Fail(failure(FailureClass::Statement, SqlState::DIVISION_BY_ZERO)),
        )
        .on(
            "late",
            Scripted::RowsThenFail {
                schema: batch(vec![]).schema(),
                batches: vec![batch(vec![1]), batch(vec![2])],
                failure: failure(FailureClass::Statement, SqlState::DIVISION_BY_ZERO),
            },
        )
        .on(
            "flaky",
            Scripted::InTurn(vec![
                Scripted::Fail(failure(FailureClass::Transient, SqlState::parse("40001").unwrap())),
                Scripted::rows(batch(vec![5])),
            ]),
        )
        .build();
    assert_eq!((engine.calls(), engine.opened()), (0, 0));
    let mut session = engine.open(&SessionSettings::default()).await.unwrap();
    assert_eq!(session.info().dialect, Dialect::DuckDb);
    let session = session.as_mut();
    assert_eq!(row(session, "SELECT 1").await, ["1"]);
    assert_eq!(fails(session, "SELECT 1/0").await.sqlstate, SqlState::DIVISION_BY_ZERO);
    let mut stream = session.execute(Request::new("late", Dialect::DuckDb)).await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.unwrap().is_ok());
    assert!(stream.next().await.unwrap().is_err());
    assert!(stream.next().await.is_none());
    drop(stream);
    assert_eq!(fails(session, "flaky").await.class, FailureClass::Transient);
    assert_eq!(row(session, "flaky").await, ["5"]);
    assert_eq!(row(session, "flaky").await, ["5"]);
    let unknown = fails(session, "SELECT 2").await;
    assert!(unknown.message.contains("SELECT 2"), "{unknown}");
    assert_eq!((engine.calls(), engine.calls_of("flaky"), engine.opened()), (7, 3, 1));
    assert_eq!(engine.requests()[0].sql, "SELECT 1");
    let rows = ResultSet {
        schema: Arc::new(Schema::clone(&batch(vec![]).schema())),
        executed_sql: String::new(),
        batches: vec![batch(vec![1, 2])],
    };
    assert_eq!(load(session, &table("t", &[("a", "bigint")]), rows).await.unwrap(), 2);
    assert_eq!(session.catalog().await.unwrap()[0].name, "t");
}

#[tokio::test]
async fn a_lost_session_stays_lost() {
    let engine = Simulated::builder()
        .on("cut", Scripted::Fail(lost()))
        .on("SELECT 1", Scripted::rows(batch(vec![1])))
        .build();
    let mut session = engine.open(&SessionSettings::default()).await.unwrap();
    assert_eq!(fails(session.as_mut(), "cut").await.class, FailureClass::Transient);
    assert!(!session.is_usable());
    assert_eq!(fails(session.as_mut(), "SELECT 1").await.class, FailureClass::Transient);
    // It never arrived.
    assert_eq!(engine.calls_of("SELECT 1"), 0);
    let mut fresh = engine.open(&SessionSettings::default()).await.unwrap();
    assert_eq!(row(fresh.as_mut(), "SELECT 1").await, ["1"]);
    let closed = Simulated::builder()
        .open_failure(failure(FailureClass::Unreachable, SqlState::CANNOT_CONNECT))
        .build();
    let refused = closed.open(&SessionSettings::default()).await.err().unwrap();
    assert_eq!(refused.class, FailureClass::Unreachable);
}

#[tokio::test]
async fn hanging_ends_by_cancel_or_timeout() {
    let engine = Simulated::builder()
        .on("hang", Scripted::Hang)
        .on("slow", Scripted::Delay(Duration::from_mins(10), Box::new(Scripted::Hang)))
        .on(
            "soon",
            Scripted::Delay(Duration::from_millis(50), Box::new(Scripted::rows(batch(vec![1])))),
        )
        .build();
    let settings = SessionSettings {
        statement_timeout: Some(Duration::from_millis(200)),
        ..SessionSettings::default()
    };
    let started = Instant::now();
    let mut session = engine.open(&settings).await.unwrap();
    for sql in ["hang", "slow"] {
        let failure = fails(session.as_mut(), sql).await;
        assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED);
        assert!(failure.message.contains("timeout"), "{failure}");
    }
    assert_eq!(row(session.as_mut(), "soon").await, ["1"]);
    let mut session = engine.open(&SessionSettings::default()).await.unwrap();
    let canceller = session.canceller();
    canceller.cancel().await;
    let (result, ()) = tokio::join!(ask(session.as_mut(), "hang"), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        canceller.cancel().await;
    });
    let failure = result.unwrap_err();
    assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED);
    assert!(failure.message.contains("user request"), "{failure}");
    assert_eq!(row(session.as_mut(), "soon").await, ["1"]);
    assert_eq!(engine.cancels(), 3);
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn the_same_seed_meets_the_same_faults() {
    let run = async |seed: u64, reverse: bool| {
        let engine = Simulated::builder()
            .otherwise(Scripted::Rows {
                schema: batch(vec![]).schema(),
                batches: vec![batch(vec![1]), batch(vec![2])],
            })
            .seed(seed)
            .fault_rate(0.4)
            .delay_max(Duration::from_millis(1))
            .build();
        let mut numbers: Vec<u32> = (0..40).collect();
        if reverse {
            numbers.reverse();
        }
        let mut outcomes = Vec::new();
        for number in numbers {
            let mut session = engine.open(&SessionSettings::default()).await.unwrap();
            let result = ask(session.as_mut(), &format!("SELECT {number}")).await;
            outcomes.push((number, result.map(|rows| rows.rows()).map_err(|f| f.sqlstate)));
        }
        outcomes.sort_by_key(|(number, _)| *number);
        (outcomes, engine.faults())
    };
    let first = run(1, false).await;
    assert_eq!(first, run(1, true).await);
    assert_ne!(first.0, run(2, false).await.0);
    assert!((5..30).contains(&first.1), "{}", first.1);
}
