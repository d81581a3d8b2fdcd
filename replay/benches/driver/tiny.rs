//! Statements a second of the replay itself: tiny statements on engines that cost nothing.
//!
//! Beside it, in the same run, stands what such a replay cannot do without: the same statements asked of
//! the same two engines, and as many rows in a table of SQLite, a transaction each. The same replay on a
//! shared store shows what a fleet costs.

use crate::common::{Compared, header, median};
use arrow::{
    array::{Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use engines::{
    Engine, Request, SessionSettings,
    postgres::{Postgres, ThrowawayCluster},
    simulated::{Scripted, Simulated},
};
use model::{Dialect, Plan, Statement, Workload, report::RunHeader};
use replay::{
    RunEnd, Runner, Selection, Settings, SharedOptions, SharedStore, StopSignal, Store,
    StoreOptions, Unchanged, plan,
};
use std::{
    error::Error,
    io::{self, Write as _},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const STATEMENTS: u32 = 10_000;
const SESSIONS: u32 = 64;
const ROUNDS: usize = 3;

fn engine(dialect: Dialect) -> Result<Arc<dyn Engine>, Box<dyn Error>> {
    let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]));
    let rows = RecordBatch::try_new(schema, vec![Arc::new(Int64Array::from(vec![1, 2, 3]))])?;
    let built = Simulated::builder().dialect(dialect).otherwise(Scripted::rows(rows)).build();
    Ok(Arc::new(built))
}

fn workload() -> Result<Workload, Box<dyn Error>> {
    let statements = (0..STATEMENTS).map(|id| {
        let place = (format!("session-{}", id % SESSIONS), u64::from(id));
        let sql = format!("SELECT abalance FROM pgbench_accounts WHERE aid = {id}");
        Statement::new(id.to_string(), place, Dialect::Postgres, sql)
    });
    Ok(Workload::new("bench", statements.collect())?)
}

/// A run, and what runs it.
async fn prepared(sessions_max: usize) -> Result<(RunHeader, Plan, Runner), Box<dyn Error>> {
    let (legacy, governed) = (engine(Dialect::Postgres)?, engine(Dialect::DuckDb)?);
    let workload = workload()?;
    let plan =
        plan::build(&workload, &Unchanged { dialect: Dialect::DuckDb }, Selection::default())?;
    let settings = Settings { sessions_max, ..Settings::default() };
    let header = header(&workload, &legacy, &governed, &settings).await?;
    let judge = Arc::new(Compared(compare::Settings::new(Vec::new())?));
    Ok((header, plan, Runner::new(legacy, governed, judge, settings)))
}

/// One whole replay that so many workers share. Gives the seconds from the first claim to the last
/// verdict.
async fn shared(
    server: &ThrowawayCluster,
    (workers, sessions_max): (usize, usize),
) -> Result<f64, Box<dyn Error>> {
    let (header, plan, runner) = prepared(sessions_max).await?;
    let mut stores = Vec::with_capacity(workers);
    for _ in 0..workers {
        let options = SharedOptions::default();
        let joined =
            SharedStore::create_or_join(&server.config(), &header, "bench", &plan, options).await;
        stores.push(joined?);
    }
    let clock = Instant::now();
    let running = stores.iter().map(|store| runner.run_shared(store, StopSignal::never()));
    for end in futures::future::join_all(running).await {
        assert_eq!(end?, RunEnd::Complete);
    }
    let seconds = clock.elapsed().as_secs_f64();
    let runs = tempfile::tempdir()?;
    let store = stores.first().ok_or("no worker")?;
    let pulled = store.pull(runs.path(), &header, &plan, StoreOptions::default()).await?;
    assert_eq!(pulled.report()?.totals.matched, u64::from(STATEMENTS));
    let admin = Postgres::new(server.config()).client().await?;
    admin.execute("DELETE FROM gnomon.run", &[]).await?;
    Ok(seconds)
}

/// One whole replay. Gives the seconds of running it, planning and reading not included.
async fn replay(sessions_max: usize) -> Result<f64, Box<dyn Error>> {
    let (header, plan, runner) = prepared(sessions_max).await?;
    let runs = tempfile::tempdir()?;
    let store = Store::create_or_resume(runs.path(), &header, &plan, StoreOptions::default())?;
    let clock = Instant::now();
    let end = runner.run(&store, StopSignal::never()).await?;
    let seconds = clock.elapsed().as_secs_f64();
    assert_eq!(end, RunEnd::Complete);
    assert_eq!(store.report()?.totals.matched, u64::from(STATEMENTS));
    Ok(seconds)
}

/// The same statements, asked and thrown away, one session after the other.
async fn asked() -> Result<f64, Box<dyn Error>> {
    let engines = [engine(Dialect::Postgres)?, engine(Dialect::DuckDb)?];
    let clock = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for session in 0..SESSIONS {
        let engines = engines.clone();
        tasks.spawn(async move {
            let [legacy, governed] = &engines;
            let settings = SessionSettings::default();
            let mut legacy = legacy.open(&settings).await?;
            let mut governed = governed.open(&settings).await?;
            for id in (session..STATEMENTS).step_by(SESSIONS as usize) {
                let sql = format!("SELECT abalance FROM pgbench_accounts WHERE aid = {id}");
                let request = Request::new(sql, Dialect::Postgres);
                legacy.execute(request.clone()).await?.collect(1 << 20).await?;
                governed.execute(request).await?.collect(1 << 20).await?;
            }
            Ok::<(), model::Failure>(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(clock.elapsed().as_secs_f64())
}

/// As many rows in SQLite as a replay has statements, a transaction each, with the store's settings.
fn inserted() -> Result<f64, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let database = rusqlite::Connection::open(folder.path().join("bench.sqlite"))?;
    database.pragma_update(None, "journal_mode", "wal")?;
    database.pragma_update(None, "synchronous", "NORMAL")?;
    database.execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")?;
    let clock = Instant::now();
    let text = "x".repeat(500);
    for id in 0..STATEMENTS {
        database
            .prepare_cached("INSERT INTO t VALUES (?1, ?2)")?
            .execute(rusqlite::params![id, text])?;
    }
    Ok(clock.elapsed().as_secs_f64())
}

/// Prints what tiny statements cost.
pub(crate) fn measure(runtime: &Runtime) -> Result<(), Box<dyn Error>> {
    let (mut replayed, mut alone, mut written) =
        ([const { Vec::new() }; 4], Vec::new(), Vec::new());
    let sessions = [1, 4, 16, 64];
    let server = ThrowawayCluster::start()?;
    let fleets = [(1, 64), (4, 16)];
    let mut together = [const { Vec::new() }; 2];
    for _ in 0..ROUNDS {
        for (fleet, found) in fleets.iter().zip(&mut together) {
            found.push(runtime.block_on(shared(&server, *fleet))?);
        }
        for (sessions_max, found) in sessions.iter().zip(&mut replayed) {
            found.push(runtime.block_on(replay(*sessions_max))?);
        }
        alone.push(runtime.block_on(asked())?);
        written.push(inserted()?);
    }
    let print = |what: &str, took: Duration| {
        let a_second = f64::from(STATEMENTS) / took.as_secs_f64();
        let each = 1e6 / a_second;
        writeln!(io::stdout(), "{what:<44} {a_second:>9.0} statements/s  {each:>7.1} µs")
    };
    for (sessions_max, found) in sessions.iter().zip(replayed) {
        print(&format!("replay, {sessions_max} sessions at a time"), median(found))?;
    }
    for ((workers, sessions_max), found) in fleets.iter().zip(together) {
        let what = format!("shared by {workers}, {sessions_max} sessions each");
        print(&what, median(found))?;
    }
    print("the engines alone", median(alone))?;
    print("a row each in SQLite, a transaction each", median(written))?;
    Ok(())
}
