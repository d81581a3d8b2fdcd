//! What the replay adds to the time of real engines: PostgreSQL and DuckDB over the same rows.
//!
//! Beside it, in the same run, stand the same statements asked of each engine alone, and of both at the
//! same time, with all rows read and thrown away. DuckDB has one thread, so that on two cores neither
//! engine takes the other's time.

use crate::common::{Compared, header, median};
use engines::{
    Engine, Request, SessionSettings,
    duckdb::{DuckDb, DuckDbOptions},
    postgres::{Postgres, ThrowawayCluster},
};
use futures::TryStreamExt as _;
use model::{Dialect, Failure, Statement, Workload};
use replay::{
    RunEnd, Runner, Selection, Settings, StopSignal, Store, StoreOptions, Unchanged, plan,
};
use std::{
    error::Error,
    io::{self, Write as _},
    num::NonZeroU32,
    sync::Arc,
    time::Instant,
};
use tokio::runtime::Runtime;

const ROUNDS: usize = 5;

const ROWS: &str = "CREATE TABLE sales AS SELECT CAST(n AS integer) AS id, CAST(n % 1000 AS integer) AS shop, \
                    CAST(n * 79 % 100003 AS numeric(12,2)) AS amount, 'item ' || n % 5000 AS item \
                    FROM generate_series(1, 500000) AS s(n)";

/// A kind of statement: what it is called, how many there are, and the text of each.
type Shape = (&'static str, u32, fn(u32) -> String);

const SHAPES: [Shape; 4] = [
    ("an aggregate over 500,000 rows", 20, |k| {
        format!("SELECT shop % 10, count(*), sum(amount) FROM sales WHERE id <> {k} GROUP BY 1")
    }),
    ("500 rows of 500,000", 40, |k| format!("SELECT * FROM sales WHERE shop = {k}")),
    ("50,000 rows", 15, |k| format!("SELECT * FROM sales WHERE id % 10 = {}", k % 10)),
    ("one row, by a scan", 40, |k| format!("SELECT max(amount) FROM sales WHERE shop > {k}")),
];

/// Both engines, loaded.
struct World {
    _cluster: ThrowawayCluster,
    engines: [Arc<dyn Engine>; 2],
}

impl World {
    async fn new() -> Result<Self, Box<dyn Error>> {
        let cluster = tokio::task::spawn_blocking(ThrowawayCluster::start).await??;
        let options = DuckDbOptions { threads: Some(NonZeroU32::MIN), ..DuckDbOptions::default() };
        let duckdb = DuckDb::in_memory_with(&options)?;
        let engines: [Arc<dyn Engine>; 2] =
            [Arc::new(Postgres::new(cluster.config())), Arc::new(duckdb)];
        for engine in &engines {
            let mut session = engine.open(&SessionSettings::default()).await?;
            session.run_script(ROWS).await?;
        }
        let [postgres, _] = &engines;
        let mut session = postgres.open(&SessionSettings::default()).await?;
        // As DuckDB: one core for each engine.
        session
            .run_script("ALTER ROLE CURRENT_USER SET max_parallel_workers_per_gather = 0")
            .await?;
        session.run_script("VACUUM ANALYZE sales").await?;
        Ok(Self { _cluster: cluster, engines })
    }

    /// Seconds of asking these engines everything, each statement of all at the same time.
    async fn asked(&self, engines: &[usize], texts: &[String]) -> Result<f64, Box<dyn Error>> {
        // A replay opens its sessions, too.
        let clock = Instant::now();
        let mut sessions = Vec::new();
        for engine in engines.iter().filter_map(|engine| self.engines.get(*engine)) {
            let settings = SessionSettings { read_only: true, ..SessionSettings::default() };
            sessions.push(engine.open(&settings).await?);
        }
        for text in texts {
            let asking = sessions.iter_mut().map(|session| async {
                let request = Request::new(text.clone(), session.info().dialect);
                let rows = session.execute(request).await?;
                rows.try_for_each(|_| async { Ok(()) }).await
            });
            futures::future::join_all(asking).await.into_iter().collect::<Result<(), Failure>>()?;
        }
        Ok(clock.elapsed().as_secs_f64())
    }

    /// Seconds of a whole replay in one session.
    async fn replayed(&self, texts: &[String]) -> Result<f64, Box<dyn Error>> {
        let statement = |(id, text): (usize, &String)| {
            Statement::new(id.to_string(), ("s", id as u64), Dialect::Postgres, text)
        };
        let workload = Workload::new("bench", texts.iter().enumerate().map(statement).collect())?;
        let unchanged = Unchanged { dialect: Dialect::DuckDb };
        let plan = plan::build(&workload, &unchanged, Selection::default())?;
        let settings = Settings::default();
        let [legacy, governed] = &self.engines;
        let header = header(&workload, legacy, governed, &settings).await?;
        let judge = Arc::new(Compared(compare::Settings::new(Vec::new())?));
        let runner = Runner::new(Arc::clone(legacy), Arc::clone(governed), judge, settings);
        let runs = tempfile::tempdir()?;
        let store = Store::create_or_resume(runs.path(), &header, &plan, StoreOptions::default())?;
        let clock = Instant::now();
        let end = runner.run(&store, StopSignal::never()).await?;
        let seconds = clock.elapsed().as_secs_f64();
        assert_eq!(end, RunEnd::Complete);
        assert_eq!(store.report()?.totals.matched, texts.len() as u64);
        Ok(seconds)
    }
}

/// Prints what a replay adds.
pub(crate) fn measure(runtime: &Runtime) -> Result<(), Box<dyn Error>> {
    let world = runtime.block_on(World::new())?;
    let head = "real engines, one session";
    writeln!(
        io::stdout(),
        "\n{head:<34} {:>10} {:>10} {:>10} {:>10}  replay : slower, : both",
        "PostgreSQL",
        "DuckDB",
        "both",
        "replay"
    )?;
    for (what, count, text) in SHAPES {
        let texts: Vec<String> = (0..count).map(text).collect();
        let mut found = [const { Vec::new() }; 4];
        let [legacy, governed, both, replayed] = &mut found;
        for _ in 0..ROUNDS {
            legacy.push(runtime.block_on(world.asked(&[0], &texts))?);
            governed.push(runtime.block_on(world.asked(&[1], &texts))?);
            both.push(runtime.block_on(world.asked(&[0, 1], &texts))?);
            replayed.push(runtime.block_on(world.replayed(&texts))?);
        }
        let each = found.map(|seconds| median(seconds).as_secs_f64() * 1e3 / f64::from(count));
        let [legacy, governed, both, replayed] = each;
        writeln!(
            io::stdout(),
            "{what:<34} {legacy:>7.2} ms {governed:>7.2} ms {both:>7.2} ms {replayed:>7.2} ms  \
             {:>15.3} {:>7.3}",
            replayed / legacy.max(governed),
            replayed / both
        )?;
    }
    Ok(())
}
