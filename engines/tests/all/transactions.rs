//! Transactions mean the same on every engine that has them.

use crate::support::{ask, fails, row};
use engines::{
    Access, Engine, Request, Session, SessionSettings, datafusion::DataFusion, duckdb::DuckDb,
};
use model::{Changes, EngineKind};

const COUNT: &str = "SELECT count(*) FROM moved";
const TWO: &str = "INSERT INTO moved VALUES (11), (12)";

/// The number of changed rows, as the engine was asked to give it.
async fn counted(session: &mut dyn Session, sql: &str) -> Vec<(String, String, i64)> {
    let changes = Some(Changes::Counted);
    let request = Request { changes, ..Request::new(sql, session.info().dialect) };
    let result = session.execute(request).await.unwrap().collect(1 << 20).await.unwrap();
    let column = result.batches[0].column(0);
    let count = arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(column).value(0);
    let fields = result.schema.fields().iter();
    fields.map(|field| (field.name().clone(), field.data_type().to_string(), count)).collect()
}

fn changed(rows: i64) -> Vec<(String, String, i64)> {
    vec![("Count".to_owned(), "Int64".to_owned(), rows)]
}

/// Checks transactions of sessions that otherwise only read, on an engine that has them.
pub(crate) async fn check(engine: &dyn Engine) {
    let mut other = engine.open(&SessionSettings::default()).await.unwrap();
    let other = other.as_mut();
    let rows = "INSERT INTO moved SELECT * FROM generate_series(1, 10)";
    other.run_script(&format!("CREATE TABLE moved (n bigint); {rows}")).await.unwrap();
    let reading = SessionSettings { read_only: true, ..SessionSettings::default() };
    let mut session = engine.open(&reading).await.unwrap();

    // One state of the data, until the end.
    let within = session.as_mut();
    assert!(within.begin(Access::ReadOnly).await.unwrap());
    assert_eq!(row(within, COUNT).await, ["10"]);
    other.run_script("INSERT INTO moved VALUES (0)").await.unwrap();
    assert_eq!(row(within, COUNT).await, ["10"]);
    within.roll_back().await.unwrap();
    assert_eq!(row(within, COUNT).await, ["11"]);
    other.run_script("DELETE FROM moved WHERE n = 0").await.unwrap();

    // Nothing is changed where reading was asked for, and a failure does not outlive the end.
    within.begin(Access::ReadOnly).await.unwrap();
    fails(within, TWO).await;
    within.roll_back().await.unwrap();
    assert_eq!(row(within, COUNT).await, ["10"]);
    fails(within, TWO).await;

    // Changes are counted, and seen inside only.
    within.begin(Access::ReadWrite).await.unwrap();
    assert_eq!(counted(within, TWO).await, changed(2));
    assert_eq!(counted(within, "UPDATE moved SET n = n + 1 WHERE n > 11").await, changed(1));
    assert_eq!(counted(within, "DELETE FROM moved WHERE n > 100").await, changed(0));
    let request = Request {
        changes: Some(Changes::Returned),
        ..Request::new("DELETE FROM moved WHERE n = 13 RETURNING n", within.info().dialect)
    };
    let returned = within.execute(request).await.unwrap().collect(1 << 20).await.unwrap();
    assert_eq!(returned.rows(), 1);
    assert_eq!(row(within, COUNT).await, ["11"]);
    assert_eq!(row(other, COUNT).await, ["10"]);
    within.roll_back().await.unwrap();
    assert_eq!(row(within, COUNT).await, ["10"]);

    // A read changes nothing, whatever it calls, and what is changed after it counts.
    if engine.kind() == EngineKind::Postgres {
        let body = "INSERT INTO moved VALUES (99) RETURNING n";
        let function = format!("CREATE FUNCTION writes() RETURNS bigint LANGUAGE sql AS '{body}'");
        other.run_script(&function).await.unwrap();
        within.begin(Access::ReadWrite).await.unwrap();
        assert_eq!(row(within, COUNT).await, ["10"]);
        assert_eq!(counted(within, TWO).await, changed(2));
        assert_eq!(row(within, COUNT).await, ["12"]);
        assert_eq!(row(within, COUNT).await, ["12"]);
        assert_eq!(counted(within, TWO).await, changed(2));
        assert_eq!(fails(within, "SELECT writes()").await.sqlstate.as_str(), "25006");
        within.roll_back().await.unwrap();
    }

    // Nothing ends it, in whatever disguise: here engines see a COMMIT where others see an UPDATE.
    within.begin(Access::ReadWrite).await.unwrap();
    counted(within, TWO).await;
    for end in ["COMMIT", "/* /* */ UPDATE moved SET n = 0 -- */ COMMIT"] {
        assert_eq!(fails(within, end).await.sqlstate.as_str(), "25001");
    }
    within.roll_back().await.unwrap();
    assert_eq!(row(within, COUNT).await, ["10"]);

    // Nor do they outlive a failure, or the session.
    within.begin(Access::ReadWrite).await.unwrap();
    counted(within, TWO).await;
    fails(within, "SELECT CAST('x' AS integer)").await;
    within.roll_back().await.unwrap();
    assert_eq!(row(within, COUNT).await, ["10"]);
    fails(within, TWO).await;
    within.begin(Access::ReadWrite).await.unwrap();
    counted(within, TWO).await;
    drop(session);
    assert_eq!(row(other, COUNT).await, ["10"]);

    // An end without a beginning is none.
    other.roll_back().await.unwrap();
    assert_eq!(ask(other, COUNT).await.unwrap().rows(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn duckdb() {
    check(&DuckDb::in_memory().unwrap()).await;
}

#[tokio::test]
async fn datafusion_has_none() {
    let engine = DataFusion::new().unwrap();
    let mut session = engine.open(&SessionSettings::default()).await.unwrap();
    assert!(!session.begin(Access::ReadWrite).await.unwrap());
    session.roll_back().await.unwrap();
}
