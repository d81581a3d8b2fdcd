//! Four worker processes share a run, and two of them are killed, or frozen until others took over what
//! they did, at seeded points: every item ends with exactly one verdict, and the run finds what one
//! undisturbed process finds.
//!
//! The processes are this test binary itself, started again in the role of a worker.

use crate::fleet::{alone, client, join, options, pull, recorders, work};
use crate::support::{eventful_plan, header, kill_seeds, timeless};
use engines::postgres::{PostgresConfig, ThrowawayCluster};
use model::Plan;
use replay::{Checkpoint, Checkpoints, ReplayError, RunEnd, SharedOptions, StoreError};
use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread,
    time::Duration,
};

const LEASE: Duration = Duration::from_secs(1);
const SERVER: &str = "GNOMON_TEST_FLEET_SERVER";
const POINT: &str = "GNOMON_TEST_FLEET_POINT";
const READY: &str = "ready to be killed";
const FENCED: i32 = 77;

/// Places at which a worker that is killed has begun something.
const PLACES: [Checkpoint; 5] = [
    Checkpoint::BeforeExecute,
    Checkpoint::AfterExecute,
    Checkpoint::AfterResultFile,
    Checkpoint::BeforeCommit,
    Checkpoint::AfterCommit,
];

/// How a worker comes to grief.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    /// It aborts itself.
    Abort,
    /// It is killed from outside, while its other sessions go on.
    Kill,
    /// It is stopped, and goes on once the others are done.
    Freeze,
}

/// Reports a place when it is passed for the n-th time, and waits there.
#[derive(Debug)]
struct Deadly {
    place: String,
    left: AtomicI64,
    aborts: bool,
}

impl Checkpoints for Deadly {
    fn reached(&self, checkpoint: Checkpoint, _index: u64) {
        if format!("{checkpoint:?}") != self.place || self.left.fetch_sub(1, Ordering::SeqCst) != 1
        {
            return;
        }
        if self.aborts {
            std::process::abort();
        }
        println!("\n{READY}");
        // Killed in this time, or frozen: then it is over once the worker wakes up.
        thread::sleep(Duration::from_millis(700));
    }
}

fn the_plan() -> Plan {
    eventful_plan(12, 4)
}

/// One worker. Without a parent it is the only one, on a server of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let own;
    let server = if let Ok(text) = std::env::var(SERVER) {
        PostgresConfig::parse(&text).unwrap()
    } else {
        own = ThrowawayCluster::start().unwrap();
        own.config()
    };
    let point = std::env::var(POINT).unwrap_or_default();
    let mut words = point.split(' ');
    let deadly = Deadly {
        place: words.next().unwrap_or_default().to_owned(),
        left: AtomicI64::new(words.next().map_or(0, |times| times.parse().unwrap())),
        aborts: words.next() == Some("Abort"),
    };
    let watched = SharedOptions { lease: LEASE, checkpoints: Arc::new(deadly), ..options() };
    let store = join(&server, &the_plan(), watched).await.unwrap();
    match work(&store).await {
        Ok(end) => assert_eq!(end, RunEnd::Complete),
        Err(ReplayError::Store(StoreError::Fenced { .. })) => std::process::exit(FENCED),
        Err(error) => panic!("{error}"),
    }
}

fn start(server: &str, point: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "fleet_kill::child", "--nocapture", "--test-threads=1"])
        .env(SERVER, server)
        .env(POINT, point)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let killed = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
}

/// Waits until the worker is at its point; false where it came to its end before.
fn is_ready(child: &mut Child) -> bool {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map_while(Result::ok);
    lines.any(|line| line == READY)
}

/// Waits for a worker that was not killed; gives its exit code.
fn ended(mut child: Child) -> i32 {
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    let code = child.wait().unwrap().code().unwrap();
    assert!([0, FENCED].contains(&code), "a worker failed by itself: {told}");
    code
}

/// A small generator of numbers, so that a seed says everything.
fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// What became of two workers of one run.
fn disturb(server: &str, seed: u64) -> Vec<(How, Checkpoint, bool)> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut pick = |most: usize| usize::try_from(next(&mut state)).unwrap() % most;
    let points: Vec<_> = (0..2)
        .map(|_| {
            let how = [How::Abort, How::Kill, How::Freeze][pick(3)];
            (how, PLACES[pick(PLACES.len())], 1 + pick(6))
        })
        .collect();
    let doomed: Vec<_> = points
        .into_iter()
        .map(|(how, place, times)| {
            let child = start(server, &format!("{place:?} {times} {how:?}"));
            thread::spawn(move || (how, place, strike(child, how)))
        })
        .collect();
    let others = [start(server, ""), start(server, "")];
    let struck: Vec<_> = doomed.into_iter().map(|thread| thread.join().unwrap()).collect();
    for child in others {
        assert_eq!(ended(child), 0, "seed {seed}");
    }
    let fate = |(how, place, struck)| match struck {
        Struck::Dead(is_dead) => (how, place, is_dead),
        // It finds that others did its work, or that there was nothing left that it had not recorded.
        Struck::Frozen(child) => {
            signal(&child, "-CONT");
            (how, place, ended(child) == FENCED)
        }
    };
    struck.into_iter().map(fate).collect()
}

enum Struck {
    /// Is it dead, or did it come to its end before its point?
    Dead(bool),
    Frozen(Child),
}

/// Waits until the worker is at its point, and does to it what is meant for it.
fn strike(mut child: Child, how: How) -> Struck {
    let is_ready = is_ready(&mut child);
    if how == How::Freeze && is_ready {
        signal(&child, "-STOP");
        return Struck::Frozen(child);
    }
    if is_ready {
        child.kill().unwrap();
    }
    // What ended by a signal has no code.
    Struck::Dead(child.wait().unwrap().code().is_none())
}

#[test]
fn two_of_four_workers_are_killed_and_every_item_ends_exactly_once() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let plan = the_plan();
    let expected = timeless(runtime.block_on(alone(&plan)));
    let cluster = ThrowawayCluster::start().unwrap();
    let server = format!(
        "host={} port=5432 user=gnomon dbname=gnomon password={}",
        cluster.folder().display(),
        cluster.password()
    );
    let seeds = kill_seeds(12);
    let mut fates: BTreeMap<(How, bool), u64> = BTreeMap::new();
    for seed in 0..seeds {
        for (how, _, happened) in disturb(&server, seed) {
            *fates.entry((how, happened)).or_default() += 1;
        }
        runtime.block_on(async {
            let recorders = recorders(&cluster.config()).await;
            assert_eq!(recorders.len(), plan.items.len(), "seed {seed}: one verdict for each item");
            let late = join(&cluster.config(), &plan, options()).await.unwrap();
            let runs = tempfile::tempdir().unwrap();
            let report = pull(&late, runs.path(), &plan).await.report().unwrap();
            assert_eq!(timeless(report), expected, "seed {seed}");
            let admin = client(&cluster.config()).await;
            // Attempts of what was never recorded, or results that no outcome names, are not there.
            let sql = "SELECT count(*) FROM gnomon.result r WHERE NOT EXISTS (SELECT FROM \
                       gnomon.outcome o WHERE o.run = r.run AND o.idx = r.idx AND o.outcome LIKE '%' || r.name || '%')";
            assert_eq!(admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0), 0);
            let run = header(&plan.workload).run_id;
            let gone = admin.execute("DELETE FROM gnomon.run WHERE run = $1", &[&run]).await.unwrap();
            assert_eq!(gone, 1);
        });
    }
    println!("{seeds} seeds: {fates:?}");
    for how in [How::Abort, How::Kill, How::Freeze] {
        assert!(fates.get(&(how, true)).is_some_and(|times| *times > 1), "{fates:?}");
    }
}
