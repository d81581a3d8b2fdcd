//! Statements a second of the replay itself: tiny statements on engines that cost nothing.
//!
//! `cargo bench -p replay`. Beside it, in the same run, stands what such a replay cannot do without:
//! the same statements asked of the same two engines, and as many rows in a table of SQLite, a
//! transaction each. The same replay on a shared store shows what a fleet costs.

use arrow::{
    array::{Int64Array, RecordBatch},
    datatypes::{DataType, Field, Schema},
};
use compare::{Memory, StatementRef, Unwatched};
use engines::{
    Engine, Request, SessionSettings,
    postgres::{Postgres, ThrowawayCluster},
    simulated::{Scripted, Simulated},
};
use model::{
    AsideInMemory, Dialect, EngineInfo, Judgement, Plan, PlanItem, Side, Statement, Workload,
    report::RunHeader,
};
use replay::{
    AskedTwice, AskedWider, Judge, RunEnd, Runner, Settings, SharedOptions, SharedStore,
    SideAnswer, StopSignal, Store, StoreOptions, Unchanged, plan, plan::Selection,
};
use std::{
    error::Error,
    io::{self, Write as _},
    sync::Arc,
    time::{Duration, Instant},
};

/// The allocator of `gnomon` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const STATEMENTS: u32 = 10_000;
const SESSIONS: u32 = 64;
const ROUNDS: usize = 3;

/// The comparer with its defaults.
struct Compared(compare::Settings);

fn answer(answer: &SideAnswer) -> compare::Answer<'_> {
    match answer {
        SideAnswer::Rows(answer) => compare::Answer::Rows(answer.rows.as_ref()),
        SideAnswer::Failed(failure) => compare::Answer::Failed(failure),
    }
}

impl Judge for Compared {
    fn judge(&self, item: &PlanItem, legacy: &SideAnswer, governed: &SideAnswer) -> Judgement {
        let Some(facts) = &item.facts else { unreachable!("the plan was made here") };
        let request = compare::Request {
            statement: StatementRef { id: &item.statement, fingerprint: &item.fingerprint, facts },
            key: None,
            memory: Memory { bytes_max: 64 << 20, scratch: Some(&AsideInMemory) },
            watch: &Unwatched,
        };
        compare::judge_answers(request, [legacy, governed].map(answer), &self.0)
    }

    fn judge_noise(&self, _: &PlanItem, first: Judgement, _: AskedTwice<'_>) -> Judgement {
        first
    }

    fn judge_ties(&self, _: &PlanItem, first: Judgement, _: AskedWider<'_>) -> Judgement {
        first
    }
}

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

async fn header(
    workload: &Workload,
    legacy: &Arc<dyn Engine>,
    governed: &Arc<dyn Engine>,
    settings: &Settings,
) -> Result<RunHeader, Box<dyn Error>> {
    let legacy: EngineInfo = replay::probe(legacy, Side::Legacy, settings).await?;
    let governed = replay::probe(governed, Side::Governed, settings).await?;
    let content = workload.manifest.content.clone();
    Ok(RunHeader::new("bench", chrono::Utc::now(), content, [legacy, governed]))
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

fn median(mut seconds: Vec<f64>) -> Duration {
    seconds.sort_by(f64::total_cmp);
    Duration::from_secs_f64(seconds.get(seconds.len() / 2).copied().unwrap_or(0.0))
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
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
