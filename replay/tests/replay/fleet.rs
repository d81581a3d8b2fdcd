//! Runs that several workers share, on a real PostgreSQL server.

use crate::{
    scripted::{Act, Call, Scripted, healthy, rows_of},
    support::{
        eventful_plan, flaky, half_wrong, header, open_store, plan_of, quick, runner, text,
        timeless, workload_of,
    },
};
use chrono::{DateTime, Utc};
use engines::postgres::{Postgres, PostgresConfig, ThrowawayCluster};
use model::{Plan, TableCheck, TableData, report::RunReport};
use replay::{
    CheckTurn, Checkpoint, Checkpoints, Pace, ReplayError, Retention, RunEnd, Settings,
    SharedOptions, SharedStore, Speed, StopSignal, Store, StoreError, StoreOptions,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_postgres::Client;

const BASE: &str = "base";

pub(crate) fn settings() -> Settings {
    Settings { sessions_max: 2, noise: true, ..quick() }
}

pub(crate) fn options() -> SharedOptions {
    SharedOptions { retention: Retention::All, ..SharedOptions::default() }
}

pub(crate) async fn join(
    server: &PostgresConfig,
    plan: &Plan,
    options: SharedOptions,
) -> Result<SharedStore, StoreError> {
    SharedStore::create_or_join(server, &header(&plan.workload), BASE, plan, options).await
}

pub(crate) async fn work(store: &SharedStore) -> Result<RunEnd, ReplayError> {
    let (legacy, governed) = (Scripted::legacy(flaky), Scripted::governed(half_wrong));
    runner(&legacy, &governed, settings()).run_shared(store, StopSignal::never()).await
}

pub(crate) async fn client(server: &PostgresConfig) -> Client {
    Postgres::new(server.clone()).client().await.unwrap()
}

/// What a run of one process finds.
pub(crate) async fn alone(plan: &Plan) -> RunReport {
    let runs = tempfile::tempdir().unwrap();
    let options = StoreOptions { retention: Retention::All, ..StoreOptions::default() };
    let store = open_store(runs.path(), plan, options);
    let (legacy, governed) = (Scripted::legacy(flaky), Scripted::governed(half_wrong));
    let end = runner(&legacy, &governed, settings()).run(&store, StopSignal::never()).await;
    assert_eq!(end.unwrap(), RunEnd::Complete);
    store.report().unwrap()
}

pub(crate) async fn pull(store: &SharedStore, runs: &Path, plan: &Plan) -> Store {
    let header = header(&plan.workload);
    store.pull(runs, &header, plan, StoreOptions::default()).await.unwrap()
}

/// Numbers of the workers by the items that they recorded.
pub(crate) async fn recorders(server: &PostgresConfig) -> BTreeMap<i64, i64> {
    let rows = client(server).await.query("SELECT idx, worker FROM gnomon.verdict", &[]).await;
    rows.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn several_workers_find_what_one_process_finds() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let plan = eventful_plan(9, 12);
    let expected = alone(&plan).await;
    let stores: Vec<SharedStore> =
        futures::future::join_all((0..4).map(|_| join(&server, &plan, options())))
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
    let numbers: BTreeSet<i64> = stores.iter().map(SharedStore::worker).collect();
    assert_eq!(numbers.len(), 4);
    let ends = futures::future::join_all(stores.iter().map(work)).await;
    assert!(ends.iter().all(|end| matches!(end, Ok(RunEnd::Complete))), "{ends:?}");
    let recorders = recorders(&server).await;
    assert_eq!(recorders.len(), plan.items.len());
    assert!(recorders.values().collect::<BTreeSet<_>>().len() > 1, "{recorders:?}");
    // Items of a session are one worker's.
    let mut of_session: BTreeMap<&str, i64> = BTreeMap::new();
    for (index, worker) in &recorders {
        let item = &plan.items[usize::try_from(*index).unwrap()];
        assert_eq!(of_session.entry(&item.session).or_insert(*worker), worker);
    }
    let own = stores[0].recorded().await.unwrap();
    assert_eq!(own, recorders.values().filter(|of| **of == stores[0].worker()).count() as u64);

    let runs = tempfile::tempdir().unwrap();
    let pulled = pull(&stores[0], runs.path(), &plan).await;
    assert_eq!(timeless(pulled.report().unwrap()), timeless(expected));
    for item in &pulled.report().unwrap().items {
        for outcome in [&item.legacy, &item.governed].into_iter().flatten() {
            let rows = pulled.retained(item.item.index, outcome).unwrap();
            assert_eq!(rows.is_some(), outcome.retained.is_some());
            let attempts = pulled.attempts(item.item.index, outcome.side).unwrap();
            assert_eq!(attempts.len(), usize::try_from(outcome.attempts).unwrap());
        }
    }
    // Again, by somebody else, and over what is there.
    let before = pulled.report().unwrap();
    drop(pulled);
    let late = join(&server, &plan, options()).await.unwrap();
    assert_eq!(work(&late).await.unwrap(), RunEnd::Complete);
    let pulled = pull(&late, runs.path(), &plan).await;
    assert_eq!(pulled.report().unwrap(), before);
    assert_eq!(SharedStore::unfinished(&server).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_given_up_records_nothing_any_more() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let plan = eventful_plan(1, 3);
    let slow = |call: &Call<'_>| Act::Rows(Duration::from_secs(2), rows_of(call.sql));
    let first = join(&server, &plan, options()).await.unwrap();
    let lost = tokio::spawn({
        let first = first.clone();
        async move {
            let (legacy, governed) = (Scripted::legacy(slow), Scripted::governed(healthy));
            // With one place it does not look for more work, and so does not hear of it earlier.
            let settings = Settings { sessions_max: 1, ..settings() };
            runner(&legacy, &governed, settings).run_shared(&first, StopSignal::never()).await
        }
    });
    let admin = client(&server).await;
    let owned = "SELECT count(*) FROM gnomon.shard WHERE owner IS NOT NULL";
    while admin.query_one(owned, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The clock of its lease runs out; its next sign of life is seconds away.
    let expire =
        "UPDATE gnomon.worker SET expires = clock_timestamp() - interval '1 s' WHERE id = $1";
    admin.execute(expire, &[&first.worker()]).await.unwrap();
    let second = join(&server, &plan, options()).await.unwrap();
    assert_eq!(work(&second).await.unwrap(), RunEnd::Complete);
    let error = lost.await.unwrap().unwrap_err();
    assert!(matches!(error, ReplayError::Store(StoreError::Fenced { .. })), "{error}");
    assert!(error.to_string().contains("start it again"), "{error}");
    let recorders = recorders(&server).await;
    assert_eq!(recorders.len(), 3);
    assert!(recorders.values().all(|worker| *worker == second.worker()), "{recorders:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_of_life_keep_a_slow_worker_and_their_end_stops_it() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let plan = eventful_plan(1, 1);
    let brief = || SharedOptions { lease: Duration::from_secs(1), ..options() };
    let slow = |call: &Call<'_>| Act::Rows(Duration::from_secs(3), rows_of(call.sql));
    let first = join(&server, &plan, brief()).await.unwrap();
    let second = join(&server, &plan, brief()).await.unwrap();
    let (legacy, governed) = (Scripted::legacy(slow), Scripted::governed(healthy));
    let runner = runner(&legacy, &governed, settings());
    let (one, other) = tokio::join!(
        runner.run_shared(&first, StopSignal::never()),
        runner.run_shared(&second, StopSignal::never())
    );
    assert_eq!((one.unwrap(), other.unwrap()), (RunEnd::Complete, RunEnd::Complete));
    assert_eq!(legacy.sent.lock().unwrap().len(), 1, "three leases long, and nobody took it over");

    // A worker that is told that it was ended stops, in the middle of what it does.
    let again = plan_of(&workload_of([(0, text(0, 77))]));
    let third = join(&server, &again, brief()).await.unwrap();
    let hang = |_: &Call<'_>| Act::HangUntilCancelled;
    let (legacy, governed) = (Scripted::legacy(hang), Scripted::governed(healthy));
    let runner = runner_of(&legacy, &governed);
    let admin = client(&server).await;
    let ended = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let sql = "UPDATE gnomon.worker SET ended = clock_timestamp() WHERE id = $1";
        admin.execute(sql, &[&third.worker()]).await.unwrap();
    };
    let (end, ()) = tokio::join!(runner.run_shared(&third, StopSignal::never()), ended);
    assert!(matches!(end, Err(ReplayError::Store(StoreError::Fenced { .. }))), "{end:?}");
}

fn runner_of(legacy: &Arc<Scripted>, governed: &Arc<Scripted>) -> replay::Runner {
    runner(legacy, governed, Settings { statement_timeout: Duration::from_mins(1), ..settings() })
}

/// Cuts all connections of the store right before a commit, and right after one: once each.
#[derive(Debug)]
struct Cutting {
    server: PostgresConfig,
    before: AtomicBool,
    after: AtomicBool,
}

impl Checkpoints for Cutting {
    fn reached(&self, checkpoint: Checkpoint, _index: u64) {
        let cuts = match checkpoint {
            Checkpoint::BeforeCommit => &self.before,
            Checkpoint::AfterCommit => &self.after,
            _ => return,
        };
        if cuts.swap(true, Ordering::SeqCst) {
            return;
        }
        let server = self.server.clone();
        let cutting = std::thread::spawn(move || {
            tokio::runtime::Runtime::new().unwrap().block_on(async {
                let sql = "SELECT count(pg_terminate_backend(pid, 1000)) FROM pg_stat_activity \
                           WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
                client(&server).await.query_one(sql, &[]).await.unwrap().get::<_, i64>(0)
            })
        });
        assert!(cutting.join().unwrap() > 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_connections_to_the_store_lose_and_double_nothing() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let plan = eventful_plan(3, 6);
    let checkpoints = Arc::new(Cutting {
        server: server.clone(),
        before: AtomicBool::new(false),
        after: AtomicBool::new(false),
    });
    let watched = SharedOptions { checkpoints: checkpoints.clone(), ..options() };
    let store = join(&server, &plan, watched).await.unwrap();
    assert_eq!(work(&store).await.unwrap(), RunEnd::Complete);
    assert!(checkpoints.before.load(Ordering::SeqCst) && checkpoints.after.load(Ordering::SeqCst));
    let runs = tempfile::tempdir().unwrap();
    let report = pull(&store, runs.path(), &plan).await.report().unwrap();
    assert_eq!(timeless(report), timeless(alone(&plan).await));
}

/// Stands between the store's client and its server: what the server says comes a while later, and nobody
/// hears of the first commit after it was armed: the connection is gone instead.
async fn between(
    server: std::path::PathBuf,
    socket: std::path::PathBuf,
    (armed, later): (Arc<AtomicBool>, Duration),
) {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
        net::{UnixListener, UnixStream},
    };
    let listener = UnixListener::bind(socket).unwrap();
    loop {
        let (client, _) = listener.accept().await.unwrap();
        let server = UnixStream::connect(&server).await.unwrap();
        let armed = Arc::clone(&armed);
        tokio::spawn(async move {
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            let asking = copy(&mut from_client, &mut to_server);
            let answering = async {
                let mut bytes = [0_u8; 8192];
                while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
                    let said = &bytes[..count];
                    let is_commit = said.windows(7).any(|tag| tag == b"COMMIT\0");
                    if is_commit && armed.swap(false, Ordering::SeqCst) {
                        break;
                    }
                    tokio::time::sleep(later).await;
                    if to_client.write_all(said).await.is_err() {
                        break;
                    }
                }
            };
            tokio::select! {
                _ = asking => {}
                () = answering => {}
            }
        });
    }
}

/// A relay to the server, which is there for as long as the folder of its socket is.
async fn relayed(
    cluster: &ThrowawayCluster,
    how: (Arc<AtomicBool>, Duration),
) -> (PostgresConfig, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let name = ".s.PGSQL.5432";
    let (server, socket) = (cluster.folder().join(name), folder.path().join(name));
    tokio::spawn(between(server, socket.clone(), how));
    while !socket.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let through = format!("host={} port=5432 user=gnomon dbname=gnomon", folder.path().display());
    let through = PostgresConfig::parse(&through).unwrap().with_password(cluster.password());
    (through, folder)
}

/// Arms it at the first commit.
#[derive(Debug)]
struct Arming(AtomicBool, Arc<AtomicBool>);

impl Checkpoints for Arming {
    fn reached(&self, checkpoint: Checkpoint, _index: u64) {
        if checkpoint == Checkpoint::BeforeCommit && !self.0.swap(true, Ordering::SeqCst) {
            self.1.store(true, Ordering::SeqCst);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_heard_of_is_not_done_again() {
    // The commit of a claim, and that of verdicts.
    for cuts_claim in [true, false] {
        heard_by_nobody(cuts_claim).await;
    }
}

async fn heard_by_nobody(cuts_claim: bool) {
    let cluster = ThrowawayCluster::start().unwrap();
    let armed = Arc::new(AtomicBool::new(false));
    let (through, relay) = relayed(&cluster, (Arc::clone(&armed), Duration::ZERO)).await;
    let plan = eventful_plan(2, 4);
    let arming = Arc::new(Arming(AtomicBool::new(cuts_claim), Arc::clone(&armed)));
    let watched = SharedOptions { checkpoints: arming.clone(), ..options() };
    let store = join(&through, &plan, watched).await.unwrap();
    armed.store(cuts_claim, Ordering::SeqCst);
    assert_eq!(work(&store).await.unwrap(), RunEnd::Complete);
    assert!(arming.0.load(Ordering::SeqCst) && !armed.load(Ordering::SeqCst), "it was not cut");
    let runs = tempfile::tempdir().unwrap();
    let report = pull(&store, runs.path(), &plan).await.report().unwrap();
    assert_eq!(timeless(report), timeless(alone(&plan).await));
    drop(relay);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_must_mean_the_same_run() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let first = eventful_plan(2, 3);
    let store = join(&server, &first, options()).await.unwrap();
    assert_eq!(store.counts().await.unwrap(), (6, 0));
    // Another plan under the same name.
    let mut other = first.clone();
    other.items[0].fingerprint.push('x');
    let error = join(&server, &other, options()).await.unwrap_err().to_string();
    assert!(error.contains("another plan"), "{error}");
    // Another engine.
    let mut changed = header(&first.workload);
    changed.governed.version = "999".to_owned();
    let joined = SharedStore::create_or_join(&server, &changed, BASE, &first, options()).await;
    let error = joined.unwrap_err().to_string();
    assert!(error.contains("another governed engine"), "{error}");
    // Sessions that must stay whole, while somebody is at it who may cut them.
    let whole = SharedOptions { whole_sessions: true, ..options() };
    let error = join(&server, &first, whole.clone()).await.unwrap_err().to_string();
    assert!(error.contains("another pace"), "{error}");
    let unfinished = SharedStore::unfinished(&server).await.unwrap();
    assert_eq!((unfinished.len(), unfinished[0].base.as_str()), (1, BASE));
    assert!(SharedStore::exists(&server, &unfinished[0].run).await.unwrap());
    assert!(!SharedStore::exists(&server, "none").await.unwrap());
    store.leave().await.unwrap();
    let late = join(&server, &first, whole).await.unwrap();
    assert_eq!(work(&late).await.unwrap(), RunEnd::Complete);
    assert_eq!(recorders(&server).await.len(), 6);

    // Tables of another version are left alone.
    let admin = client(&server).await;
    admin.execute("UPDATE gnomon.format SET version = 999", &[]).await.unwrap();
    let error = join(&server, &first, options()).await.unwrap_err();
    assert!(matches!(error, StoreError::Version { .. }), "{error}");
    let error = SharedStore::unfinished(&server).await.unwrap_err().to_string();
    assert!(error.contains("999"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_may_be_cut_only_where_no_times_are_kept() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let plan = eventful_plan(1, 200);
    let shards = async || {
        let sql = "SELECT count(*), sum(pending)::bigint FROM gnomon.shard";
        let row = client(&server).await.query_one(sql, &[]).await.unwrap();
        (row.get::<_, i64>(0), row.get::<_, i64>(1))
    };
    let cut = join(&server, &plan, options()).await.unwrap();
    assert_eq!(shards().await, (4, 200));
    cut.leave().await.unwrap();
    let whole = SharedOptions { whole_sessions: true, ..options() };
    let store = join(&server, &plan, whole).await.unwrap();
    assert_eq!(shards().await, (1, 200));
    store.leave().await.unwrap();
    let stores = [
        join(&server, &plan, options()).await.unwrap(),
        join(&server, &plan, options()).await.unwrap(),
    ];
    assert_eq!(shards().await, (4, 200));
    let ends = futures::future::join_all(stores.iter().map(work)).await;
    assert!(ends.iter().all(|end| matches!(end, Ok(RunEnd::Complete))), "{ends:?}");
    assert_eq!(shards().await, (4, 0));
    assert_eq!(recorders(&server).await.len(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_worker_looks_at_the_data_and_what_it_left_is_for_the_next() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let plan = eventful_plan(1, 2);
    let first = join(&server, &plan, options()).await.unwrap();
    let second = join(&server, &plan, options()).await.unwrap();
    assert_eq!(first.check_turn(false).await.unwrap(), CheckTurn::Ours);
    assert_eq!(first.check_turn(false).await.unwrap(), CheckTurn::Ours);
    assert_eq!(second.check_turn(false).await.unwrap(), CheckTurn::Others);
    // Not before all statements have a verdict.
    assert_eq!(second.check_turn(true).await.unwrap(), CheckTurn::Others);
    first.leave().await.unwrap();
    assert_eq!(second.check_turn(false).await.unwrap(), CheckTurn::Ours);
    let checked = |minute| TableCheck {
        table: "public.t".to_owned(),
        checked: DateTime::<Utc>::UNIX_EPOCH + Duration::from_mins(minute),
        legacy: Some(TableData { rows: 3, checksum: None }),
        governed: None,
        note: Some("a \"note\"".to_owned()),
    };
    second.record_data(false, &[checked(1), checked(2)]).await.unwrap();
    assert_eq!(second.check_turn(false).await.unwrap(), CheckTurn::Made);
    assert_eq!(work(&second).await.unwrap(), RunEnd::Complete);
    assert_eq!(second.check_turn(true).await.unwrap(), CheckTurn::Ours);
    second.record_data(true, &[checked(3)]).await.unwrap();
    let expected = [checked(1), checked(2), checked(3)];
    assert_eq!(second.data().await.unwrap(), expected);
    // What was ended may say nothing of the data any more.
    let late = first.record_data(true, &[]).await.unwrap_err();
    assert!(matches!(late, StoreError::Fenced { .. }), "{late}");
    let runs = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let pulled = pull(&second, runs.path(), &plan).await;
        assert_eq!(pulled.data().unwrap(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_times_count_from_when_the_first_worker_began() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let mut statements = workload_of((0..3).map(|n| (n, text(n, n)))).statements;
    for (second, statement) in (0..).step_by(2).zip(&mut statements) {
        statement.time = Some(DateTime::<Utc>::UNIX_EPOCH + Duration::from_secs(1_000 + second));
    }
    let plan = plan_of(&model::Workload::new("t", statements).unwrap());
    let paced = || SharedOptions { whole_sessions: true, ..options() };
    let settings = Settings { pace: Pace::Recorded(Speed::new(1.0).unwrap()), ..settings() };
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let runner = runner(&legacy, &governed, settings);
    let first = join(&server, &plan, paced()).await.unwrap();
    let began = std::time::Instant::now();
    let late = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let late = join(&server, &plan, paced()).await.unwrap();
        runner.run_shared(&late, StopSignal::never()).await
    };
    let (one, other) = tokio::join!(runner.run_shared(&first, StopSignal::never()), late);
    assert_eq!((one.unwrap(), other.unwrap()), (RunEnd::Complete, RunEnd::Complete));
    assert!(began.elapsed() >= Duration::from_secs(4), "{:?}", began.elapsed());
    let runs = tempfile::tempdir().unwrap();
    let pulled = pull(&first, runs.path(), &plan).await;
    let sent = |index| {
        let attempts = pulled.attempts(index, model::Side::Legacy).unwrap();
        attempts[0].started
    };
    for (index, seconds) in [(1, 2), (2, 4)] {
        let after = sent(index).signed_duration_since(sent(0)).num_milliseconds();
        // The first one may be late, never early.
        assert!(after >= seconds * 1_000 - 900, "{index}: {after} ms");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_more_sessions_than_it_has_places_for() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let mut statements = workload_of((0..21).map(|n| (n, text(n, n)))).statements;
    for (number, statement) in statements.iter_mut().enumerate() {
        let millis = if number == 0 { 0 } else { 1_500 };
        statement.time = Some(DateTime::<Utc>::UNIX_EPOCH + Duration::from_millis(millis));
    }
    let plan = plan_of(&model::Workload::new("t", statements).unwrap());
    let paced = || SharedOptions { whole_sessions: true, ..options() };
    let slow = |call: &Call<'_>| Act::Rows(Duration::from_millis(100), rows_of(call.sql));
    let settings = Settings { pace: Pace::Recorded(Speed::CAPTURED), ..settings() };
    let (legacy, governed) = (Scripted::legacy(slow), Scripted::governed(healthy));
    let runner = runner(&legacy, &governed, settings);
    let stores = [
        join(&server, &plan, paced()).await.unwrap(),
        join(&server, &plan, paced()).await.unwrap(),
    ];
    let admin = client(&server).await;
    let watching = async {
        let mut most = 0;
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let sql = "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM gnomon.shard \
                       WHERE owner IS NOT NULL AND pending > 0 GROUP BY owner) c";
            most = most.max(admin.query_one(sql, &[]).await.unwrap().get::<_, i64>(0));
        }
        most
    };
    let (one, other, most) = tokio::join!(
        runner.run_shared(&stores[0], StopSignal::never()),
        runner.run_shared(&stores[1], StopSignal::never()),
        watching
    );
    assert_eq!((one.unwrap(), other.unwrap()), (RunEnd::Complete, RunEnd::Complete));
    // Two places each, and a session that is over may not be counted down yet.
    assert!((1..=3).contains(&most), "{most}");
    let workers: BTreeSet<i64> = recorders(&server).await.into_values().collect();
    assert_eq!(workers.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_made_while_others_record_is_whole() {
    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let plan = eventful_plan(6, 40);
    let expected = alone(&plan).await;
    // Results would take the slow looker longer than all the rest.
    let bare = || SharedOptions { retention: Retention::None, ..options() };
    let worker = join(&server, &plan, bare()).await.unwrap();
    // Slow enough that others record between any two of its questions.
    let how = (Arc::new(AtomicBool::new(false)), Duration::from_millis(8));
    let (slow, relay) = relayed(&cluster, how).await;
    let looker = join(&slow, &plan, bare()).await.unwrap();
    let runs = tempfile::tempdir().unwrap();
    let working = tokio::spawn({
        let worker = worker.clone();
        async move { work(&worker).await }
    });
    let mut copies = 0;
    while !working.is_finished() {
        let pulled = pull(&looker, runs.path(), &plan).await;
        for item in &pulled.report().unwrap().items {
            let is_judged = item.judgement.is_some();
            let runs = matches!(item.item.disposition, model::Disposition::Run { .. });
            let has_sides = item.legacy.is_some() && item.governed.is_some();
            assert_eq!(is_judged && runs, has_sides, "item {}", item.item.index);
            for outcome in [&item.legacy, &item.governed].into_iter().flatten() {
                let attempts = pulled.attempts(item.item.index, outcome.side).unwrap().len();
                assert_eq!(attempts, usize::try_from(outcome.attempts).unwrap());
            }
        }
        copies += 1;
    }
    assert_eq!(working.await.unwrap().unwrap(), RunEnd::Complete);
    let pulled = pull(&looker, runs.path(), &plan).await;
    assert_eq!(pulled.report().unwrap().totals, expected.totals);
    assert!(copies > 1, "{copies}");
    drop(relay);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_store_is_said() {
    let nobody = PostgresConfig::parse("postgres://u@127.0.0.1:1/d?connect_timeout=1").unwrap();
    let plan = eventful_plan(1, 1);
    let brief = SharedOptions { lease: Duration::from_secs(1), ..options() };
    let error = join(&nobody, &plan, brief.clone()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");

    let cluster = ThrowawayCluster::start().unwrap();
    let server = cluster.config();
    let admin = client(&server).await;
    let sql = "CREATE ROLE guest LOGIN PASSWORD 'p'";
    admin.batch_execute(sql).await.unwrap();
    let guest = cluster.config().with_user("guest").with_password("p");
    let begun = std::time::Instant::now();
    let error = join(&guest.clone().with_password("wrong"), &plan, options()).await.unwrap_err();
    assert!(matches!(error, StoreError::Refused { action: "log in", .. }), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(10), "a wrong password is not tried again");
    assert_eq!(SharedStore::unfinished(&guest).await.unwrap(), []);
    let error = join(&guest, &plan, brief.clone()).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Refused { message, .. } if message.contains("42501")),
        "{error}"
    );
    // Its own schema is all that it needs.
    admin.batch_execute("CREATE SCHEMA gnomon AUTHORIZATION guest").await.unwrap();
    let store = join(&guest, &plan, brief.clone()).await.unwrap();
    assert_eq!(work(&store).await.unwrap(), RunEnd::Complete);
    // A run that somebody removed.
    let store = join(&guest, &plan, brief).await.unwrap();
    admin.execute("DELETE FROM gnomon.run", &[]).await.unwrap();
    assert!(matches!(store.counts().await, Err(StoreError::Missing { .. })));
    let left: i64 =
        admin.query_one("SELECT count(*) FROM gnomon.result", &[]).await.unwrap().get(0);
    assert_eq!(left, 0);
}
