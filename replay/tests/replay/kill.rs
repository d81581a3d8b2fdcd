//! kill -9 at seeded points: no verdict is lost, none is doubled, and the finished run is the same
//! as one that was never disturbed.
//!
//! The process that is killed is this test binary itself, started again in the role of the runner.
//! At a seeded occurrence of a seeded checkpoint it either aborts itself or reports the place and
//! waits there to be killed, while its other sessions go on.

use crate::{
    scripted::Scripted,
    support::{eventful_plan, flaky, half_wrong, header, kill_seeds, quick, runner, timeless},
};
use model::{Plan, report::RunReport};
use replay::{
    Checkpoint, Checkpoints, Retention, RunEnd, Settings, StopSignal, Store, StoreOptions,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

const RUNS_FOLDER: &str = "GNOMON_TEST_KILL_RUNS";
const CHECKPOINT: &str = "GNOMON_TEST_KILL_CHECKPOINT";
const OCCURRENCE: &str = "GNOMON_TEST_KILL_OCCURRENCE";
const HOW: &str = "GNOMON_TEST_KILL_HOW";

fn plan() -> Plan {
    eventful_plan(3, 5)
}

fn open(runs: &Path, plan: &Plan, checkpoints: Arc<dyn Checkpoints>) -> Store {
    let options = StoreOptions { retention: Retention::All, checkpoints, ..Default::default() };
    Store::create_or_resume(runs, &header(&plan.workload), plan, options).unwrap()
}

async fn replay(store: &Store) -> RunEnd {
    let (legacy, governed) = (Scripted::legacy(flaky), Scripted::governed(half_wrong));
    let settings = Settings { sessions_max: 3, noise: true, ..quick() };
    runner(&legacy, &governed, settings).run(store, StopSignal::never()).await.unwrap()
}

/// Ends the process when a checkpoint is passed for the n-th time.
#[derive(Debug)]
struct Deadly {
    checkpoint: String,
    left: AtomicI64,
    abort: bool,
}

impl Checkpoints for Deadly {
    fn reached(&self, checkpoint: Checkpoint, _index: u64) {
        if format!("{checkpoint:?}") != self.checkpoint
            || self.left.fetch_sub(1, Ordering::SeqCst) != 1
        {
            return;
        }
        if self.abort {
            std::process::abort();
        }
        println!("\nready to be killed");
        std::thread::sleep(Duration::from_mins(1));
    }
}

/// The runner that is killed. Without a parent it is an undisturbed run of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let variable = |name| std::env::var(name).ok();
    let own = tempfile::tempdir().unwrap();
    let runs = variable(RUNS_FOLDER).unwrap_or(own.path().to_str().unwrap().to_owned());
    let deadly = Deadly {
        checkpoint: variable(CHECKPOINT).unwrap_or_default(),
        left: AtomicI64::new(variable(OCCURRENCE).map_or(0, |n| n.parse().unwrap())),
        abort: variable(HOW).as_deref() == Some("abort"),
    };
    let store = open(Path::new(&runs), &plan(), Arc::new(deadly));
    assert_eq!(replay(&store).await, RunEnd::Complete);
}

/// Runs the child until it dies at the given place; false if it came to the end instead.
fn run_and_kill(runs: &Path, checkpoint: Checkpoint, occurrence: u64, abort: bool) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture", "--test-threads=1"])
        .env(RUNS_FOLDER, runs)
        .env(CHECKPOINT, format!("{checkpoint:?}"))
        .env(OCCURRENCE, occurrence.to_string())
        .env(HOW, if abort { "abort" } else { "kill" })
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Ends with the line that asks for the kill, or with the process.
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let ready = lines.into_iter().any(|line| line == "ready to be killed");
    if ready {
        // SIGKILL on Unix.
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    assert!(ready || abort || status.success(), "the child failed by itself: {status}");
    !status.success()
}

/// What is recorded, straight from the tables: verdict by item, and the time it was recorded.
fn recorded(folder: &Path) -> BTreeMap<i64, (String, String)> {
    let path = folder.join("run.sqlite");
    let Ok(raw) = rusqlite::Connection::open(path) else { return BTreeMap::new() };
    // A run that was killed before it was created has no tables.
    let Ok(mut query) = raw.prepare("SELECT idx, judgement, recorded FROM verdict") else {
        return BTreeMap::new();
    };
    let rows = query.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// A small generator of numbers, so that a seed says everything.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// One run, killed up to twice; gives how often it was killed, where, and the report.
fn disturbed(seed: u64, plan: &Plan) -> (Vec<Checkpoint>, RunReport) {
    let runs = tempfile::tempdir().unwrap();
    let folder = runs.path().join(header(&plan.workload).run_id);
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut killed = Vec::new();
    let mut before = BTreeMap::new();
    for round in 0..2 {
        let all = Checkpoint::ALL;
        let place = if round == 0 { seed } else { next(&mut state) };
        let checkpoint = all[usize::try_from(place).unwrap() % all.len()];
        let occurrence = match checkpoint {
            Checkpoint::BeforeCreate => 1,
            _ => 1 + next(&mut state) % 7,
        };
        if run_and_kill(runs.path(), checkpoint, occurrence, next(&mut state).is_multiple_of(2)) {
            killed.push(checkpoint);
        }
        let after = recorded(&folder);
        for (index, verdict) in &before {
            assert_eq!(after.get(index), Some(verdict), "seed {seed}: item {index} was touched");
        }
        before = after;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let store = open(runs.path(), plan, Arc::new(replay::checkpoint::Unwatched));
    assert_eq!(runtime.block_on(replay(&store)), RunEnd::Complete);
    let report = store.report().unwrap();
    let after = recorded(&folder);
    assert_eq!(after.len(), plan.items.len(), "seed {seed}: one verdict for each item");
    for (index, verdict) in &before {
        assert_eq!(after.get(index), Some(verdict), "seed {seed}: item {index} was touched");
    }
    let on_disk: BTreeSet<String> = fs::read_dir(folder.join("results"))
        .unwrap()
        .map(|entry| format!("results/{}", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    let named: BTreeSet<String> = report
        .items
        .iter()
        .flat_map(|item| [&item.legacy, &item.governed])
        .flatten()
        .flat_map(|outcome| {
            let again = outcome.again.as_ref().and_then(|again| again.retained.clone());
            outcome.retained.clone().into_iter().chain(again)
        })
        .collect();
    assert_eq!(on_disk, named, "seed {seed}: exactly the results that outcomes name");
    for item in &report.items {
        for outcome in [&item.legacy, &item.governed].into_iter().flatten() {
            let rows = store.retained(item.item.index, outcome).unwrap().unwrap();
            assert_eq!(rows.rows() as u64, outcome.rows(), "seed {seed}: whole results");
        }
    }
    (killed, report)
}

#[test]
fn killed_anywhere_it_ends_like_an_undisturbed_run() {
    let seeds = kill_seeds(120);
    let start = Instant::now();
    let plan = plan();
    let undisturbed = {
        let runs = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let store = open(runs.path(), &plan, Arc::new(replay::checkpoint::Unwatched));
        assert_eq!(runtime.block_on(replay(&store)), RunEnd::Complete);
        timeless(store.report().unwrap())
    };
    assert!(undisturbed.totals.matched > 0 && undisturbed.totals.mismatched > 0);
    assert!(undisturbed.totals.skipped > 0);

    let mut kills: BTreeMap<Checkpoint, u64> = BTreeMap::new();
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            let (plan, undisturbed) = (&plan, &undisturbed);
            scope.spawn(move || {
                let mut places = Vec::new();
                for seed in (0..seeds).filter(|seed| seed % 2 == half) {
                    let (killed, report) = disturbed(seed, plan);
                    assert_eq!(timeless(report), *undisturbed, "seed {seed}");
                    places.extend(killed);
                }
                places
            })
        });
        for half in halves {
            for place in half.join().unwrap() {
                *kills.entry(place).or_default() += 1;
            }
        }
    });
    println!("killed at {kills:?} in {:?}", start.elapsed());
    assert!(kills.values().sum::<u64>() >= 40, "{kills:?}");
    assert_eq!(kills.len(), Checkpoint::ALL.len(), "every kind of place: {kills:?}");
}
