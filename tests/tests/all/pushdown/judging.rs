//! The judgement of a pushed comparison on real engines.

use super::{Databases, fetched, in_memory, pushed, session};
use compare::{
    Memory, Pass, Request, Settings, StatementRef, Summed, Unwatched, Watch, judge_pushed,
    judge_rows,
};
use engines::{Engine, SessionSettings, datafusion::DataFusion, summary::PushedQuery};
use model::{Judgement, Side, StatementFacts, Summarized, Tolerance, ToleranceKind, Verdict};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

fn facts() -> StatementFacts {
    StatementFacts::plain_read()
}

fn judge(
    sides: [&dyn Summarized; 2],
    key: Option<&[usize]>,
    settings: &Settings,
    watch: &dyn Watch,
) -> Judgement {
    let facts = facts();
    let statement = StatementRef { id: "s", fingerprint: "f", facts: &facts };
    let request = Request { statement, key, memory: Memory::default(), watch };
    tokio::task::block_in_place(|| judge_pushed(request, sides, settings))
}

fn exact() -> Settings {
    Settings::new(Vec::new()).unwrap()
}

/// Counts the rows that are fetched.
#[derive(Default)]
struct Fetched(AtomicU64);

impl Watch for Fetched {
    fn read(&self, pass: Pass, _: Side, rows: u64) {
        if pass == Pass::Pick {
            self.0.fetch_add(rows, Ordering::Relaxed);
        }
    }

    fn is_stopped(&self) -> bool {
        false
    }
}

const ROWS: u64 = 50_000;

/// A table of many types; `edit` is what the governed side has otherwise.
async fn fill(engine: &dyn Engine, edit: &str) {
    let (series, text) = match engine.kind() {
        model::EngineKind::DuckDb => ("range(1, 50001) AS s(i)", "VARCHAR"),
        _ => ("generate_series(1, 50000) AS s(i)", "text"),
    };
    let script = format!(
        "CREATE TABLE facts AS SELECT CAST(i AS bigint) AS k, CAST(i % 97 AS int) AS n, \
         sqrt(CAST(i AS double precision)) AS d, CAST(i * 1.37 AS decimal(12,2)) AS amount, \
         DATE '1990-01-01' + CAST(i % 12000 AS int) AS day, \
         TIMESTAMP '2000-01-01' + i * INTERVAL '1 minute' AS ts, \
         CASE WHEN i % 11 = 0 THEN NULL ELSE 'text ' || CAST(i % 1000 AS {text}) END AS x, \
         i % 2 = 0 AS even FROM {series}; {edit}"
    );
    session(engine).await.run_script(&script).await.unwrap();
}

const EDIT: &str = "UPDATE facts SET x = 'changed' WHERE k % 2500 = 0; \
    UPDATE facts SET amount = amount + 0.01 WHERE k = 7; \
    UPDATE facts SET d = -0.0 * d WHERE k = 9; \
    DELETE FROM facts WHERE k IN (11, 12, 13); \
    INSERT INTO facts SELECT k + 100000, n, d, amount, day, ts, x, even FROM facts WHERE k IN (1, 2)";

fn counts(judgement: &Judgement) -> (Verdict, [u64; 6], Option<Vec<String>>) {
    let found = &judgement.differences;
    let counts = [
        found.legacy_rows,
        found.governed_rows,
        found.missing_rows,
        found.extra_rows,
        found.changed_rows,
        found.changed_cells,
    ];
    (judgement.verdict.clone(), counts, found.key.as_ref().map(|key| key.columns.clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn few_rows_are_fetched_and_all_differences_found() {
    let databases = Databases::start().await;
    let (postgres, duckdb) = (databases.postgres.as_ref(), databases.duckdb.as_ref());
    fill(postgres, "").await;
    fill(duckdb, EDIT).await;
    let query = "SELECT * FROM facts; ";
    let legacy = in_memory(&fetched(postgres, query).await);
    let governed = in_memory(&fetched(duckdb, query).await);
    let (left, right) = (pushed(postgres, query).await, pushed(duckdb, query).await);
    for key in [None, Some(&[0][..])] {
        let facts = facts();
        let statement = StatementRef { id: "s", fingerprint: "f", facts: &facts };
        let request = Request { statement, key, memory: Memory::default(), watch: &Unwatched };
        let full = judge_rows(request, [&legacy, &governed], &exact());
        let watch = Fetched::default();
        let found = judge([&left, &right], key, &exact(), &watch);
        assert_eq!(counts(&found), counts(&full));
        assert_eq!(counts(&found).1, [ROWS, ROWS - 1, 3, 2, 22, 22]);
        assert_eq!(found.differences.columns, full.differences.columns);
        // 27 rows of the one side and 24 of the other, and what lies in their buckets beside them.
        let fetched = watch.0.into_inner();
        assert!((49..200).contains(&fetched), "{fetched}");
        // A side that is no database.
        assert_eq!(
            counts(&judge([&left, &Summed::new(&governed)], key, &exact(), &Unwatched)),
            counts(&full)
        );
        assert_eq!(
            counts(&judge([&Summed::new(&legacy), &right], key, &exact(), &Unwatched)),
            counts(&full)
        );
    }
    // Equal sides, and sides that are equal within a tolerance.
    let again = pushed(postgres, "SELECT * FROM facts").await;
    let watch = Fetched::default();
    let found = judge([&left, &again], None, &exact(), &watch);
    assert_eq!((found.verdict, found.differences.legacy_rows), (Verdict::Match, ROWS));
    assert_eq!(watch.0.into_inner(), 0);
    let near = pushed(
        duckdb,
        "SELECT k, n, d + 0.001 * (k % 2) AS d FROM facts WHERE k < 100 AND k NOT IN (9)",
    )
    .await;
    let own =
        pushed(postgres, "SELECT k, n, d FROM facts WHERE k < 100 AND k NOT IN (9, 11, 12, 13)")
            .await;
    let settings = Settings::new(vec![Tolerance {
        kind: ToleranceKind::FloatAbsolute { max: 0.01 },
        scope: model::Scope::default(),
        reason: "noise".to_owned(),
    }])
    .unwrap();
    let found = judge([&own, &near], None, &settings, &Unwatched);
    assert_eq!(found.verdict, Verdict::Tolerated, "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_answers_are_of_one_snapshot() {
    let databases = Databases::start().await;
    for engine in [databases.postgres.as_ref(), databases.duckdb.as_ref()] {
        let mut writer = session(engine).await;
        writer.run_script("CREATE TABLE moving AS SELECT 1 AS a").await.unwrap();
        let (before, same) =
            (pushed(engine, "TABLE moving").await, pushed(engine, "TABLE moving").await);
        let first = judge([&before, &same], None, &exact(), &Unwatched);
        assert_eq!(first.differences.legacy_rows, 1);
        writer.run_script("INSERT INTO moving SELECT 2").await.unwrap();
        let after = pushed(engine, "TABLE moving").await;
        let found = judge([&before, &after], None, &exact(), &Unwatched).differences;
        assert_eq!([found.legacy_rows, found.governed_rows], [1, 2], "{}", engine.kind());
        assert_eq!((found.extra_rows, found.missing_rows), (1, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_pushed_is_said() {
    let databases = Databases::start().await;
    let settings = SessionSettings::default();
    let many = |engine: &dyn Engine| {
        let value = |i| format!("{i} AS c, 'x{i}' AS x");
        let listed: Vec<String> = (0..130).map(value).collect();
        (engine.kind(), format!("SELECT {} -- a comment", listed.join(", ")))
    };
    for engine in [databases.postgres.as_ref(), databases.duckdb.as_ref()] {
        let failure = PushedQuery::open(engine, &settings, "SELECT nope").await.unwrap_err();
        assert_eq!(failure.sqlstate.class(), "42", "{failure}");
        // More columns than one call of a function takes, of one name, behind a comment.
        let (kind, query) = many(engine);
        let wide = pushed(engine, &query).await;
        let found = judge([&wide, &wide], None, &exact(), &Unwatched);
        assert_eq!(found.verdict, Verdict::Match, "{kind}");
        let json = pushed(engine, "SELECT 1 AS a, CAST('{}' AS json) AS doc").await;
        let found = judge([&json, &json], None, &exact(), &Unwatched);
        let reason = found.verdict.reason().unwrap();
        assert!(reason.contains("`doc`") && reason.contains("by value"), "{reason}");
        let failing = pushed(
            engine,
            "SELECT a, CAST(x AS int) AS x FROM (VALUES (1, '1'), (2, 'a')) AS t(a, x)",
        )
        .await;
        let found = judge([&json_free(engine).await, &failing], None, &exact(), &Unwatched);
        let reason = found.verdict.reason().unwrap();
        assert!(reason.contains("the governed side: "), "{reason}");
    }
    let failure = PushedQuery::open(&DataFusion::new().unwrap(), &settings, "SELECT 1").await;
    assert!(failure.unwrap_err().message.contains("not on datafusion"));
    // The transaction only reads.
    let postgres = databases.postgres.as_ref();
    session(postgres).await.run_script("CREATE SEQUENCE counter").await.unwrap();
    let writing = pushed(postgres, "SELECT nextval('counter') AS a").await;
    let found = judge([&writing, &writing], None, &exact(), &Unwatched);
    let reason = found.verdict.reason().unwrap();
    assert!(reason.contains("read-only transaction"), "{reason}");
}

async fn json_free(engine: &dyn Engine) -> PushedQuery {
    pushed(engine, "SELECT 1 AS a, 2 AS x").await
}

/// Stops after a while.
struct Impatient(Instant);

impl Watch for Impatient {
    fn read(&self, _: Pass, _: Side, _: u64) {}

    fn is_stopped(&self) -> bool {
        self.0.elapsed() > Duration::from_millis(300)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_what_the_engines_do() {
    let databases = Databases::start().await;
    let left = pushed(
        databases.postgres.as_ref(),
        "SELECT CAST(a.i AS bigint) AS i FROM generate_series(1, 100000) AS a(i), generate_series(1, 100000) AS b(i)",
    )
    .await;
    let right = pushed(
        databases.duckdb.as_ref(),
        "SELECT a.i FROM range(1, 1000000) AS a(i), range(1, 1000000) AS b(i)",
    )
    .await;
    let started = Instant::now();
    let found = judge([&left, &right], None, &exact(), &Impatient(started));
    assert_eq!(found.verdict.reason(), Some("the comparison was stopped"));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}
