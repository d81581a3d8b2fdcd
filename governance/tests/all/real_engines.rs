//! The pipeline around DuckDB and DataFusion themselves.

use arrow::{
    array::{Array as _, AsArray as _},
    compute::concat_batches,
    datatypes::{DataType, Int64Type},
};
use engines::{
    Engine, Request, ResultSet, Session as _, SessionSettings, datafusion::DataFusion,
    duckdb::DuckDb,
};
use governance::{
    AuditLog, Durability, EngineMessages, ErrorCode, Governed, GovernedSession, GovernedSettings,
    Ledger, Limits, Quotas, Stage,
    audit::{Ending, Record, verify_each},
};
use model::{
    Dialect, FailureClass, SqlState,
    catalog::{CatalogColumn, CatalogTable},
};
use std::{sync::Arc, time::Duration};
use tempfile::TempDir;

struct Real {
    engine: Arc<dyn Engine>,
    governed: Governed,
    folder: TempDir,
}

impl Real {
    async fn session(&self) -> GovernedSession {
        let principal = Some("ana".to_owned());
        let settings = SessionSettings { principal, ..SessionSettings::default() };
        self.governed.open_session(&settings).await.unwrap()
    }

    fn records(&self) -> Vec<Record> {
        let bytes = std::fs::read(self.folder.path().join("audit.jsonl")).unwrap();
        let mut records = Vec::new();
        verify_each(bytes.as_slice(), |record| records.push(record.clone())).unwrap();
        records
    }
}

fn catalog() -> Vec<CatalogTable> {
    let column = |name: &str, data_type: &str| CatalogColumn {
        name: name.to_owned(),
        data_type: data_type.to_owned(),
        nullable: true,
    };
    vec![CatalogTable {
        database: None,
        keys: Vec::new(),
        schema: None,
        name: "numbers".to_owned(),
        columns: vec![column("n", "bigint"), column("half", "bigint"), column("word", "text")],
    }]
}

/// Both engines with 1000 rows, of which the first is `0, NULL, 'w0'`.
async fn engines() -> Vec<Real> {
    let engines: [(Arc<dyn Engine>, &str); 2] = [
        (Arc::new(DuckDb::in_memory().unwrap()), "FROM range(1000) AS r(n)"),
        (
            Arc::new(DataFusion::new().unwrap()),
            "FROM (SELECT value AS n FROM generate_series(0, 999)) AS r",
        ),
    ];
    let mut all = Vec::new();
    for (engine, source) in engines {
        let mut session = engine.open(&SessionSettings::default()).await.unwrap();
        let columns = "CAST(n AS BIGINT) AS n, \
             CASE WHEN n = 0 THEN NULL ELSE CAST(n AS BIGINT) END AS half, \
             concat('w', CAST(n AS VARCHAR)) AS word";
        session
            .run_script(&format!("CREATE TABLE numbers AS SELECT {columns} {source}"))
            .await
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let (audit, _) = AuditLog::open(&path, Durability::Flush).unwrap();
        let mut settings = GovernedSettings::new(catalog(), Dialect::Postgres, audit);
        settings.engine_messages = EngineMessages::Pass;
        let default = Limits { rows_a_query_max: Some(900), ..Limits::default() };
        settings.ledger = Ledger::new(Quotas { default, ..Quotas::default() });
        let governed = Governed::new(Arc::clone(&engine), settings).unwrap();
        all.push(Real { engine, governed, folder });
    }
    all
}

fn postgres(sql: &str) -> Request {
    Request::new(sql, Dialect::Postgres)
}

fn numbers(result: &ResultSet) -> Vec<Option<i64>> {
    let all = concat_batches(&result.schema, &result.batches).unwrap();
    let column = arrow::compute::cast(all.column(0), &DataType::Int64).unwrap();
    let column = column.as_primitive::<Int64Type>();
    (0..column.len()).map(|row| column.is_valid(row).then(|| column.value(row))).collect()
}

#[tokio::test]
async fn a_statement_means_what_it_meant() {
    for real in engines().await {
        let mut session = real.session().await;
        // Copied unchanged, NULL comes last on DuckDB.
        let sql = "SELECT half FROM numbers WHERE n < 4 ORDER BY half DESC";
        let answer = session.run(postgres(sql)).await.unwrap();
        assert_eq!(numbers(&answer.result), [None, Some(3), Some(2), Some(1)]);
        let record = &real.records()[0];
        assert_eq!((record.ending, record.rows), (Ending::Completed, 4));
        assert_eq!(record.tables, ["numbers"]);
        assert_eq!(record.sql, sql, "the text as it came, not as it was translated");
        let transpile = &record.stages[4];
        assert_eq!(transpile.stage, Stage::Transpile);
        assert_eq!(transpile.evidence["to"], real.engine.dialect().as_str());
    }
}

#[tokio::test]
async fn a_statement_is_right_or_refused() {
    for real in engines().await {
        let mut session = real.session().await;
        // Copied unchanged, `/` divides with a fraction on DuckDB.
        let sql = "SELECT half / 2 AS h FROM numbers WHERE n < 4 ORDER BY half DESC";
        match session.run(postgres(sql)).await {
            Ok(answer) => {
                assert_eq!(numbers(&answer.result), [None, Some(1), Some(1), Some(0)]);
            }
            Err(error) => {
                assert_eq!(real.engine.dialect(), Dialect::DataFusion, "{error}");
                assert_eq!(error.rule(), "GV0501", "{error}");
            }
        }
    }
}

#[tokio::test]
async fn in_the_engines_dialect_the_answer_is_the_engines() {
    for real in engines().await {
        let sql = "SELECT n, half / 2, word FROM numbers WHERE n < 700 ORDER BY n";
        let request = Request::new(sql, real.engine.dialect());
        let mut raw = real.engine.open(&SessionSettings::default()).await.unwrap();
        let direct = raw.execute(request.clone()).await.unwrap().collect(1 << 24).await.unwrap();
        let governed = real.session().await.run(request).await.unwrap().result;
        assert_eq!(governed.schema, direct.schema);
        assert_eq!(governed.executed_sql, direct.executed_sql);
        assert_eq!(
            concat_batches(&direct.schema, &governed.batches).unwrap(),
            concat_batches(&direct.schema, &direct.batches).unwrap()
        );
    }
}

#[tokio::test]
async fn an_engine_error_keeps_its_class_and_sqlstate() {
    for real in engines().await {
        let mut session = real.session().await;
        let dialect = real.engine.dialect();
        let request = Request::new("SELECT no_such_column FROM numbers WHERE n = 1", dialect);
        let failure = session.execute(request.clone()).await.unwrap_err();
        let mut raw = real.engine.open(&SessionSettings::default()).await.unwrap();
        let direct = raw.execute(request).await.unwrap_err();
        assert_eq!((failure.class, failure.sqlstate), (direct.class, direct.sqlstate));
        assert_eq!(failure.message, direct.message);
        assert_eq!(failure.code.as_deref(), Some("EXECUTION_FAILED"));
        assert_eq!(real.records()[0].sqlstate, Some(direct.sqlstate));
    }
}

#[tokio::test]
async fn what_has_no_right_translation_is_refused() {
    for real in engines().await {
        let mut session = real.session().await;
        for sql in ["SELECT no_such_function(n) FROM numbers", "SELECT pg_backend_pid()"] {
            let error = session.run(postgres(sql)).await.unwrap_err();
            assert_eq!((error.code, error.rule()), (ErrorCode::UnsupportedConstruct, "GV0501"));
            assert!(!error.details["diagnostics"].as_array().unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn rows_a_query_hold_and_nothing_is_charged() {
    for real in engines().await {
        let mut session = real.session().await;
        let error = session.run(postgres("SELECT n FROM numbers WHERE n >= 0")).await.unwrap_err();
        assert_eq!((error.code, error.rule()), (ErrorCode::QuotaExceeded, "GV0603"));
        // The engine was told to stop, and the session goes on.
        let answer = session.run(postgres("SELECT n FROM numbers WHERE n = 7")).await.unwrap();
        assert_eq!(numbers(&answer.result), [Some(7)]);
        let charged: Vec<u64> = real.records().iter().map(|r| r.credits_milli.milli()).collect();
        assert_eq!(charged, [0, 1_000]);
    }
}

/// Runs for minutes when it is let.
fn endless(dialect: Dialect) -> Request {
    let sql = "SELECT count(*) AS c FROM numbers a, numbers b, numbers c, numbers d \
               WHERE (a.n * 7 + b.n * 3 + c.n + d.n) % 11 = 5";
    Request::new(sql, dialect)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_statement_is_written_down_as_failed() {
    for real in engines().await {
        let mut session = real.session().await;
        let canceller = session.canceller();
        let cancel = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            canceller.cancel().await;
        };
        let running = session.run(endless(real.engine.dialect()));
        let both = async { tokio::join!(running, cancel).0 };
        let outcome = tokio::time::timeout(Duration::from_mins(1), both).await.unwrap();
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.code, error.sqlstate),
            (ErrorCode::ExecutionFailed, SqlState::QUERY_CANCELED)
        );
        assert_eq!(error.class, FailureClass::Resource);
        let records = real.records();
        assert_eq!((records.len(), records[0].ending), (1, Ending::Failed));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_statement_stops_the_engine_and_is_written_down() {
    for real in engines().await {
        let mut session = real.session().await;
        let running = session.run(endless(real.engine.dialect()));
        assert!(tokio::time::timeout(Duration::from_millis(200), running).await.is_err());
        assert_eq!(real.records()[0].ending, Ending::Abandoned);
        let next = session.run(postgres("SELECT n FROM numbers WHERE n = 7"));
        let answer = tokio::time::timeout(Duration::from_mins(1), next).await.unwrap().unwrap();
        assert_eq!(numbers(&answer.result), [Some(7)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_at_the_same_time_write_one_chain() {
    for real in engines().await {
        let real = Arc::new(real);
        let sessions: Vec<_> = (0..6_i64)
            .map(|session| {
                let real = Arc::clone(&real);
                tokio::spawn(async move {
                    let mut open = real.session().await;
                    for n in 0..10 {
                        let wanted = session * 10 + n;
                        let sql = format!("SELECT n FROM numbers WHERE n = {wanted}");
                        let answer = open.run(postgres(&sql)).await.unwrap();
                        assert_eq!(numbers(&answer.result), [Some(wanted)]);
                    }
                })
            })
            .collect();
        for session in sessions {
            session.await.unwrap();
        }
        assert_eq!(real.records().len(), 60);
    }
}
