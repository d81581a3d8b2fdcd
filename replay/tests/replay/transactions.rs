//! Captured transactions on a real server and a real DuckDB: reads see one state, changes are undone, and
//! whatever ends a transaction, no answer is given over data that the other side does not have.

use crate::{
    scripted::{Scripted, healthy},
    support::{Exact, open_store, quick, runner, verdicts, workload_of},
};
use arrow::{array::AsArray as _, datatypes::Int64Type};
use engines::{
    Engine, Request, SessionSettings,
    duckdb::DuckDb,
    postgres::{Postgres, ThrowawayCluster},
};
use model::{Dialect, Plan, report::ItemReport};
use replay::{
    Checkpoint, Checkpoints, Retention, RunEnd, Runner, Selection, Settings, StopSignal, Store,
    StoreOptions, Unchanged, Writes, plan,
};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::runtime::Builder;

/// Ten rows on each side: `n` from 1 to 10.
struct World {
    _cluster: ThrowawayCluster,
    postgres: Arc<Postgres>,
    duckdb: Arc<DuckDb>,
}

const SET_UP: &str =
    "CREATE TABLE t (n bigint); INSERT INTO t SELECT * FROM generate_series(1, 10)";

impl World {
    async fn new() -> Self {
        let cluster = tokio::task::spawn_blocking(ThrowawayCluster::start).await.unwrap().unwrap();
        let postgres = Arc::new(Postgres::new(cluster.config()));
        let world =
            Self { _cluster: cluster, postgres, duckdb: Arc::new(DuckDb::in_memory().unwrap()) };
        world.script(SET_UP).await;
        world
    }

    fn engines(&self) -> [Arc<dyn Engine>; 2] {
        [Arc::clone(&self.postgres) as Arc<dyn Engine>, Arc::clone(&self.duckdb) as _]
    }

    async fn script(&self, sql: &str) {
        for engine in self.engines() {
            run_script(engine.as_ref(), sql).await;
        }
    }

    /// The sum and the number of the rows that are there for everybody, on both sides.
    async fn rows(&self) -> [i64; 2] {
        let mut found = Vec::new();
        for engine in self.engines() {
            let mut session = engine.open(&SessionSettings::default()).await.unwrap();
            let sql = "SELECT CAST(count(*) * 1000 + sum(n) AS bigint) FROM t";
            let request = Request::new(sql, engine.dialect());
            let answer = session.execute(request).await.unwrap().collect(1 << 20).await.unwrap();
            let column = answer.batches[0].column(0);
            found.push(column.as_primitive::<Int64Type>().value(0));
        }
        found.try_into().unwrap()
    }

    fn runner(&self, settings: Settings) -> Runner {
        let [legacy, governed] = self.engines();
        Runner::new(legacy, governed, Arc::new(Exact), settings)
    }

    /// One whole run, watched: its verdicts and what the legacy answered.
    async fn run(&self, plan: &Plan, settings: Settings, watch: Option<Watch>) -> Found {
        let runs = tempfile::tempdir().unwrap();
        let store = watched(runs.path(), plan, watch);
        let end = self.runner(settings).run(&store, StopSignal::never()).await;
        assert_eq!(end.unwrap(), RunEnd::Complete);
        Found::of(&store)
    }
}

const UNTOUCHED: [i64; 2] = [10_055, 10_055];

async fn run_script(engine: &dyn Engine, sql: &str) {
    let mut session = engine.open(&SessionSettings::default()).await.unwrap();
    session.run_script(sql).await.unwrap();
}

/// Something to do at a checkpoint.
struct Watch(Box<dyn Fn(Checkpoint, u64) + Send + Sync>);

impl Watch {
    fn new(watch: impl Fn(Checkpoint, u64) + Send + Sync + 'static) -> Self {
        Self(Box::new(watch))
    }

    /// Runs a script on engines once, when the item of this index has its answers.
    fn script_after(index: u64, engines: Vec<Arc<dyn Engine>>, sql: &'static str) -> Self {
        let is_done = AtomicBool::new(false);
        Self::new(move |checkpoint, at| {
            let is_there = checkpoint == Checkpoint::AfterExecute && at == index;
            if !is_there || is_done.swap(true, Ordering::SeqCst) {
                return;
            }
            let engines = engines.clone();
            let working = std::thread::spawn(move || {
                let runtime = Builder::new_current_thread().enable_all().build().unwrap();
                for engine in engines {
                    runtime.block_on(run_script(engine.as_ref(), sql));
                }
            });
            working.join().unwrap();
        })
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl Checkpoints for Watch {
    fn reached(&self, checkpoint: Checkpoint, index: u64) {
        (self.0)(checkpoint, index);
    }
}

fn watched(runs: &std::path::Path, plan: &Plan, watch: Option<Watch>) -> Store {
    let mut options = StoreOptions { retention: Retention::All, ..StoreOptions::default() };
    if let Some(watch) = watch {
        options.checkpoints = Arc::new(watch);
    }
    open_store(runs, plan, options)
}

/// A plan of one session.
fn plan_of(texts: &[&str]) -> Plan {
    plan_of_sessions(&texts.iter().map(|text| (0, *text)).collect::<Vec<_>>())
}

fn plan_of_sessions(texts: &[(usize, &str)]) -> Plan {
    let workload = workload_of(texts.iter().map(|(session, text)| (*session, (*text).to_owned())));
    let selection = Selection { writes: Writes::RolledBack, ..Selection::default() };
    plan::build(&workload, &Unchanged { dialect: Dialect::DuckDb }, selection).unwrap()
}

fn rolled_back() -> Settings {
    Settings { writes: Writes::RolledBack, ..quick() }
}

/// What a run found.
#[derive(Debug, PartialEq)]
struct Found {
    verdicts: Vec<&'static str>,
    /// The first value of each answer of the legacy side.
    values: Vec<Option<i64>>,
    /// Why items did not run, where they did not.
    reasons: Vec<Option<String>>,
}

impl Found {
    fn of(store: &Store) -> Self {
        let report = store.report().unwrap();
        let value = |item: &ItemReport| {
            let outcome = item.legacy.as_ref()?;
            outcome.retained.as_ref()?;
            let result = store.retained(item.item.index, outcome).unwrap()?;
            let column = Arc::clone(result.batches.first()?.column(0));
            Some(column.as_primitive::<Int64Type>().value(0))
        };
        let reason = |item: &ItemReport| {
            let judgement = item.judgement.as_ref()?;
            judgement.verdict.reason().map(str::to_owned)
        };
        Self {
            verdicts: verdicts(&report),
            values: report.items.iter().map(value).collect(),
            reasons: report.items.iter().map(reason).collect(),
        }
    }
}

/// Ends all other sessions.
const LOSE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
const COUNT: &str = "SELECT CAST(count(*) AS bigint) FROM t";
const SUM: &str = "SELECT CAST(sum(n) AS bigint) FROM t";
const INSERT: &str = "INSERT INTO t VALUES (11), (12)";
const UPDATE: &str = "UPDATE t SET n = n + 100 WHERE n > 10";

#[tokio::test(flavor = "multi_thread")]
async fn reads_of_a_transaction_see_one_state() {
    let world = World::new().await;
    let plan = plan_of(&[COUNT, "BEGIN", COUNT, "SET x = 1", COUNT, COUNT, "COMMIT", COUNT]);
    let insert = || {
        let sql = "INSERT INTO t VALUES (1)";
        Some(Watch::script_after(2, world.engines().to_vec(), sql))
    };
    let ran = |count: [i64; 5]| {
        let [before, first, second, third, after] = count.map(Some);
        vec![before, None, first, None, second, third, None, after]
    };
    let kept = world.run(&plan, quick(), insert()).await;
    assert_eq!(kept.values, ran([10, 10, 10, 10, 11]));
    let apart = Settings { transactions: false, ..quick() };
    let apart = world.run(&plan, apart, insert()).await;
    assert_eq!(apart.values, ran([11, 11, 12, 12, 12]));
    for found in [kept, apart] {
        let skipped = "skipped";
        let expected = ["match", skipped, "match", skipped, "match", "match", skipped, "match"];
        assert_eq!(found.verdicts, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_costs_the_rest_of_its_transaction_nothing_where_nothing_was_changed() {
    let world = World::new().await;
    let plan = plan_of(&["BEGIN", COUNT, "SELECT n / 0 FROM no_such", COUNT, "COMMIT"]);
    let found = world.run(&plan, quick(), None).await;
    assert_eq!((found.values[1], found.values[3]), (Some(10), Some(10)));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_seen_in_their_transaction_and_undone_after_it() {
    let world = World::new().await;
    let texts = [
        "BEGIN",
        INSERT,
        COUNT,
        UPDATE,
        SUM,
        "DELETE FROM t WHERE n = 111 RETURNING n",
        COUNT,
        "COMMIT",
        COUNT,
        INSERT,
        COUNT,
    ];
    let plan = plan_of(&texts);
    let found = world.run(&plan, rolled_back(), None).await;
    let expected = [
        None,
        Some(2),
        Some(12),
        Some(2),
        Some(278),
        Some(111),
        Some(11),
        None,
        Some(10),
        Some(2),
        Some(10),
    ];
    assert_eq!(found.values, expected);
    let matches = found.verdicts.iter().filter(|verdict| **verdict == "match").count();
    assert_eq!(matches, 9, "{found:?}");
    assert_eq!(world.rows().await, UNTOUCHED);
    // The same plan, where changes are refused after all.
    let refused = world.run(&plan, quick(), None).await;
    for change in [1, 3, 5, 9] {
        let reason = refused.reasons[change].as_ref().unwrap();
        assert!(reason.starts_with("refused right before it was sent"), "{reason}");
    }
    assert_eq!(refused.values[2], Some(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_does_not_do_the_same_is_found() {
    let world = World::new().await;
    run_script(world.duckdb.as_ref(), "DELETE FROM t WHERE n = 3").await;
    let plan = plan_of(&["UPDATE t SET n = 0 WHERE n < 5", "DELETE FROM t WHERE n > 5"]);
    let found = world.run(&plan, rolled_back(), None).await;
    assert_eq!(found.verdicts, ["mismatch", "match"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_compared_where_only_one_side_made_a_change() {
    let world = World::new().await;
    run_script(world.duckdb.as_ref(), "CREATE UNIQUE INDEX one ON t (n)").await;
    let twice = "INSERT INTO t VALUES (20), (20)";
    let texts = ["BEGIN", INSERT, COUNT, twice, COUNT, UPDATE, "COMMIT", COUNT];
    let found = world.run(&plan_of(&texts), rolled_back(), None).await;
    let skipped = "skipped";
    let expected = [skipped, "match", "match", "mismatch", skipped, skipped, skipped, "match"];
    assert_eq!(found.verdicts, expected);
    for after in [4, 5] {
        let reason = found.reasons[after].as_ref().unwrap();
        assert!(reason.starts_with("not run: `q3` failed on the governed side"), "{reason}");
    }
    assert_eq!(found.values[7], Some(10));
    // The first change of its transaction, too.
    let texts = ["BEGIN", twice, COUNT, "COMMIT", COUNT];
    let found = world.run(&plan_of(&texts), rolled_back(), None).await;
    assert_eq!(found.verdicts, [skipped, "mismatch", skipped, skipped, "match"]);
    assert_eq!(world.rows().await, UNTOUCHED);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_compared_after_a_change_that_reached_other_rows() {
    let world = World::new().await;
    run_script(world.duckdb.as_ref(), "DELETE FROM t WHERE n = 3").await;
    let update = "UPDATE t SET n = 0 WHERE n < 5";
    let texts = ["BEGIN", update, SUM, INSERT, "COMMIT", "SELECT CAST(max(n) AS bigint) FROM t"];
    let plan = plan_of(&texts);
    let undisturbed = world.run(&plan, rolled_back(), None).await;
    let skipped = "skipped";
    assert_eq!(undisturbed.verdicts, [skipped, "mismatch", skipped, skipped, skipped, "match"]);
    let reason = undisturbed.reasons[2].as_ref().unwrap();
    assert!(reason.contains("`q1` did not do the same on both sides"), "{reason}");
    // Nor where it was found out before an interruption.
    let (runs, (stop, stopped)) = (tempfile::tempdir().unwrap(), StopSignal::channel());
    let watch = Watch::new(move |checkpoint, at| {
        if checkpoint == Checkpoint::AfterExecute && at == 1 {
            stop.stop();
        }
    });
    let store = watched(runs.path(), &plan, Some(watch));
    let end = world.runner(rolled_back()).run(&store, stopped).await.unwrap();
    assert_eq!(end, RunEnd::Interrupted);
    drop(store);
    let store = watched(runs.path(), &plan, None);
    let end = world.runner(rolled_back()).run(&store, StopSignal::never()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    assert_eq!(Found::of(&store), undisturbed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_change_leaves_open_is_no_mismatch_after_it() {
    let world = World::new().await;
    let random = "INSERT INTO t VALUES (CAST(random() * 1000000000 AS bigint))";
    let plan = plan_of(&["BEGIN", random, COUNT, SUM, "COMMIT", SUM]);
    let found = world.run(&plan, rolled_back(), None).await;
    let skipped = "skipped";
    assert_eq!(found.verdicts, [skipped, "match", "match", "inconclusive", skipped, "match"]);
    assert!(found.reasons[3].as_ref().unwrap().contains("`q1`"), "{found:?}");
}

/// The session waits for its turn on the server, and is lost there.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_lost_while_it_waits_has_its_changes_made_again() {
    let world = World::new().await;
    run_script(world.duckdb.as_ref(), "CREATE MACRO pg_sleep(s) AS 'slept'").await;
    let slow = "SELECT CAST(count(*) AS bigint) FROM t WHERE pg_sleep(0.05) IS NOT NULL";
    let texts = [(1, slow), (0, "BEGIN"), (0, INSERT), (0, COUNT), (0, "COMMIT"), (1, slow)];
    let (is_done, postgres) = (AtomicBool::new(false), Arc::clone(&world.postgres));
    let watch = Watch::new(move |checkpoint, at| {
        let is_there = checkpoint == Checkpoint::AfterCommit && at == 2;
        if !is_there || is_done.swap(true, Ordering::SeqCst) {
            return;
        }
        let postgres = Arc::clone(&postgres);
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                // The other session has the turn now.
                tokio::time::sleep(Duration::from_millis(200)).await;
                let idle = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                            WHERE state = 'idle in transaction'";
                run_script(postgres.as_ref(), idle).await;
            });
        });
    });
    let settings = Settings { legacy_statements_max: Some(1), ..rolled_back() };
    let runs = tempfile::tempdir().unwrap();
    let plan = plan_of_sessions(&texts);
    let store = watched(runs.path(), &plan, Some(watch));
    let end = world.runner(settings).run(&store, StopSignal::never()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    let found = Found::of(&store);
    assert_eq!((found.values[3], found.verdicts[3]), (Some(12), "match"), "{found:?}");
    assert_eq!(world.rows().await, UNTOUCHED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_session_has_its_changes_made_again() {
    let world = World::new().await;
    let texts = ["BEGIN", INSERT, COUNT, UPDATE, SUM, "COMMIT"];
    let plan = plan_of(&texts);
    let undisturbed = world.run(&plan, rolled_back(), None).await;
    assert_eq!(undisturbed.values[4], Some(278));
    for after in 1..5 {
        let watch = Watch::script_after(after, vec![Arc::clone(&world.postgres) as _], LOSE);
        let found = world.run(&plan, rolled_back(), Some(watch)).await;
        assert_eq!(found, undisturbed, "lost after item {after}");
    }
    assert_eq!(world.rows().await, UNTOUCHED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lost_within_a_statement_has_its_changes_made_again() {
    let world = World::new().await;
    run_script(world.duckdb.as_ref(), "CREATE MACRO pg_sleep(s) AS 'slept'").await;
    let slow = "SELECT CAST(count(*) AS bigint) FROM t WHERE pg_sleep(0.05) IS NOT NULL";
    let plan = plan_of(&["BEGIN", INSERT, slow, SUM, "COMMIT"]);
    let (is_done, postgres) = (AtomicBool::new(false), Arc::clone(&world.postgres));
    let watch = Watch::new(move |checkpoint, at| {
        let is_there = checkpoint == Checkpoint::BeforeExecute && at == 2;
        if !is_there || is_done.swap(true, Ordering::SeqCst) {
            return;
        }
        let postgres = Arc::clone(&postgres);
        // While the statement runs.
        std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                run_script(postgres.as_ref(), LOSE).await;
            });
        });
    });
    let found = world.run(&plan, rolled_back(), Some(watch)).await;
    assert_eq!(found.values, [None, Some(2), Some(12), Some(78), None], "{found:?}");
    assert_eq!(world.rows().await, UNTOUCHED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_goes_on_makes_the_changes_of_its_transaction_again() {
    let world = World::new().await;
    let texts = ["BEGIN", INSERT, "SELECT 1 / (n - n) FROM t", COUNT, UPDATE, SUM, "COMMIT", COUNT];
    for texts in [texts, texts.map(|text| if text.contains('/') { COUNT } else { text })] {
        let plan = plan_of(&texts);
        let undisturbed = world.run(&plan, rolled_back(), None).await;
        for last in 1..6 {
            let runs = tempfile::tempdir().unwrap();
            let (stop, stopped) = StopSignal::channel();
            let watch = Watch::new(move |checkpoint, at| {
                if checkpoint == Checkpoint::AfterExecute && at == last {
                    stop.stop();
                }
            });
            let store = watched(runs.path(), &plan, Some(watch));
            let end = world.runner(rolled_back()).run(&store, stopped).await.unwrap();
            drop(store);
            let store = watched(runs.path(), &plan, None);
            if end == RunEnd::Interrupted {
                let end = world.runner(rolled_back()).run(&store, StopSignal::never()).await;
                assert_eq!(end.unwrap(), RunEnd::Complete);
            }
            assert_eq!(Found::of(&store), undisturbed, "stopped at item {last}");
        }
    }
    assert_eq!(world.rows().await, UNTOUCHED);
}

/// Without turns, sessions that change the same rows keep each other waiting, and end each other.
#[tokio::test(flavor = "multi_thread")]
async fn sessions_take_turns_to_change_rows() {
    let world = World::new().await;
    let all = "UPDATE t SET n = n + 1";
    let other = "UPDATE t SET n = n - 1";
    let texts: Vec<(usize, &str)> = (0..8)
        .flat_map(|session| {
            let order = if session % 2 == 0 { [all, other] } else { [other, all] };
            let [first, second] = order;
            ["BEGIN", first, SUM, second, SUM, "COMMIT"].map(|text| (session, text))
        })
        .collect();
    let found = world.run(&plan_of_sessions(&texts), rolled_back(), None).await;
    let matches = found.verdicts.iter().filter(|verdict| **verdict == "match").count();
    assert_eq!(matches, 8 * 4, "{found:?}");
    assert_eq!(world.rows().await, UNTOUCHED);
}

#[tokio::test]
async fn an_engine_without_transactions_changes_nothing() {
    let plan = plan_of(&["BEGIN", COUNT, INSERT, "COMMIT", INSERT]);
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let runs = tempfile::tempdir().unwrap();
    let store = watched(runs.path(), &plan, None);
    let end = runner(&legacy, &governed, rolled_back()).run(&store, StopSignal::never()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    for engine in [&legacy, &governed] {
        assert!(engine.sent().is_empty(), "{:?}", engine.sent());
    }
    let report = store.report().unwrap();
    for change in [2, 4] {
        let outcome = format!("{:?}", report.items[change].legacy);
        assert!(outcome.contains("no transactions"), "{outcome}");
    }
}
