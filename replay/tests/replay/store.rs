//! The run store: what it keeps, and what it says when something is wrong with it.

use crate::{
    scripted::{Act, Call, Scripted, healthy, rows_of},
    support::{header, open_store, plan_of, quick, runner, text, timeless, verdicts, workload},
};
use arrow::{array::AsArray as _, datatypes::Int64Type};
use model::{Differences, Judgement, Plan, Side, Verdict, report::RunReport};
use replay::{
    ErrorClass, ReplayError, Retention, RunEnd, StopSignal, Store, StoreError, StoreOptions,
    store::Record,
};
use rusqlite::Connection;
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

/// Governed answers differ for statements with a 1 in them.
fn half_wrong(call: &Call<'_>) -> Act {
    let mut rows = rows_of(call.sql);
    if call.sql.contains('1') {
        rows.push(7);
    }
    Act::Rows(Duration::ZERO, rows)
}

async fn replay(store: &Store) -> Result<RunEnd, ReplayError> {
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(half_wrong));
    runner(&legacy, &governed, quick()).run(store, StopSignal::never()).await
}

fn options(retention: Retention) -> StoreOptions {
    StoreOptions { retention, ..StoreOptions::default() }
}

fn resume(runs: &Path, plan: &Plan) -> Result<Store, StoreError> {
    Store::create_or_resume(runs, &header(&plan.workload), plan, StoreOptions::default())
}

fn database(folder: &Path) -> PathBuf {
    folder.join("run.sqlite")
}

/// A finished run: its folder (with the one that holds it) and its report.
async fn finished(plan: &Plan, retention: Retention) -> (tempfile::TempDir, PathBuf, RunReport) {
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), plan, options(retention));
    assert_eq!(replay(&store).await.unwrap(), RunEnd::Complete);
    let folder = store.folder().to_owned();
    let report = store.report().unwrap();
    (runs, folder, report)
}

#[tokio::test]
async fn retention_keeps_what_it_says() {
    let plan = plan_of(&workload(2, 4));
    for retention in [Retention::None, Retention::Mismatches, Retention::All] {
        let (_runs, folder, report) = finished(&plan, retention).await;
        let store = Store::open(&folder).unwrap();
        assert!(report.totals.matched > 0 && report.totals.mismatched > 0);
        let mut files = 0;
        for item in &report.items {
            let is_match = item.judgement.as_ref().unwrap().verdict == Verdict::Match;
            let kept = match retention {
                Retention::None => false,
                Retention::Mismatches => !is_match,
                Retention::All => true,
            };
            for outcome in [item.legacy.as_ref().unwrap(), item.governed.as_ref().unwrap()] {
                let rows = store.retained(item.item.index, outcome).unwrap();
                assert_eq!(rows.is_some(), kept, "{retention:?}");
                if let Some(rows) = rows {
                    files += 1;
                    assert_eq!(rows.rows() as u64, outcome.rows());
                    let values = rows.batches[0].column(0).as_primitive::<Int64Type>().values();
                    assert_eq!(values[..3], rows_of(&item.item.sql), "the values survive");
                    let ends = if outcome.side == Side::Legacy { 3 } else { rows.rows() };
                    assert_eq!(values.len(), ends);
                }
            }
        }
        let on_disk = fs::read_dir(folder.join("results")).map_or(0, Iterator::count);
        assert_eq!(on_disk, files, "nothing else lies there");
    }
}

#[tokio::test]
async fn a_report_is_read_while_the_run_goes_on_and_after_it() {
    let plan = plan_of(&workload(1, 3));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let reading = Store::open(store.folder()).unwrap();
    assert_eq!(verdicts(&reading.report().unwrap()), ["pending"; 3]);
    replay(&store).await.unwrap();
    assert_eq!(reading.report().unwrap(), store.report().unwrap());
    assert_eq!(reading.report().unwrap().totals.pending, 0);
    assert_eq!(reading.plan().unwrap(), plan);
}

#[test]
fn a_second_verdict_is_refused_and_the_first_stays() {
    let plan = plan_of(&workload(1, 1));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let judgement = |verdict| Judgement { verdict, differences: Differences::default() };
    let first = judgement(Verdict::Match);
    store.record(&Record { index: 0, judgement: &first, sides: &[], lag: None }).unwrap();
    let second = judgement(Verdict::Mismatch);
    let error =
        store.record(&Record { index: 0, judgement: &second, sides: &[], lag: None }).unwrap_err();
    assert!(matches!(error, StoreError::AlreadyRecorded { index: 0, .. }), "{error}");
    assert_eq!(verdicts(&store.report().unwrap()), ["match"]);
    // The schema says no as well, should the question before it ever be lost.
    let raw = Connection::open(database(store.folder())).unwrap();
    let sql =
        "INSERT INTO verdict (idx, verdict, judgement, recorded) VALUES (0, 'match', '{}', '')";
    let error = raw.execute(sql, []).unwrap_err().to_string();
    assert!(error.contains("UNIQUE"), "{error}");
    // A verdict on an item that was never planned is refused too.
    assert!(store.record(&Record { index: 9, judgement: &first, sides: &[], lag: None }).is_err());
}

#[test]
fn another_plan_or_engine_is_not_resumed() {
    let plan = plan_of(&workload(1, 2));
    let runs = tempfile::tempdir().unwrap();
    drop(open_store(runs.path(), &plan, StoreOptions::default()));

    let mut other = plan.clone();
    other.items[1].fingerprint = "other".to_owned();
    let error = resume(runs.path(), &other).unwrap_err();
    assert!(matches!(error, StoreError::Different { .. }), "{error}");
    assert!(error.to_string().contains("another plan"), "{error}");
    assert_eq!(error.class(), ErrorClass::Usage);

    let mut newer = header(&plan.workload);
    newer.governed.version = "2".to_owned();
    let error = Store::create_or_resume(runs.path(), &newer, &plan, StoreOptions::default());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("another governed engine"), "{error}");
}

#[test]
fn plans_that_break_the_rules_are_refused() {
    let plan = plan_of(&workload(1, 3));
    let runs = tempfile::tempdir().unwrap();
    let mut gap = plan.clone();
    gap.items[2].index = 7;
    let mut twice = plan.clone();
    twice.items[2].statement = twice.items[0].statement.clone();
    for bad in [gap, twice] {
        let error = resume(runs.path(), &bad).unwrap_err();
        assert!(matches!(error, StoreError::BadPlan { .. }), "{error}");
    }
    for run_id in ["", "../elsewhere", "a/b", ".."] {
        let mut escaping = header(&plan.workload);
        escaping.run_id = run_id.to_owned();
        let made = Store::create_or_resume(runs.path(), &escaping, &plan, StoreOptions::default());
        assert!(matches!(made, Err(StoreError::BadPlan { .. })), "{run_id}");
    }
    assert_eq!(fs::read_dir(runs.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_missing_run_says_so() {
    let error = Store::open(Path::new("/nonexistent/run")).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
}

#[test]
fn an_unknown_version_is_named_and_left_alone() {
    let plan = plan_of(&workload(1, 1));
    let runs = tempfile::tempdir().unwrap();
    let folder = open_store(runs.path(), &plan, StoreOptions::default()).folder().to_owned();
    let raw = Connection::open(database(&folder)).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    for error in [Store::open(&folder).unwrap_err(), resume(runs.path(), &plan).unwrap_err()] {
        assert!(matches!(error, StoreError::Version { .. }), "{error}");
        assert!(error.to_string().contains("version 99"), "{error}");
        // It can be read, by another gnomon.
        assert_eq!(error.class(), ErrorClass::Usage);
    }
}

#[test]
fn a_file_of_another_program_is_left_alone() {
    let plan = plan_of(&workload(1, 1));
    let runs = tempfile::tempdir().unwrap();
    let folder = runs.path().join(header(&plan.workload).run_id);
    fs::create_dir_all(&folder).unwrap();
    let path = database(&folder);
    let raw = Connection::open(&path).unwrap();
    raw.execute_batch("CREATE TABLE theirs (x); PRAGMA user_version = 1").unwrap();
    drop(raw);
    for content in [fs::read(&path).unwrap(), b"this is a letter, not a database".repeat(40)] {
        fs::write(&path, &content).unwrap();
        for error in [Store::open(&folder).unwrap_err(), resume(runs.path(), &plan).unwrap_err()] {
            assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
        }
        assert_eq!(fs::read(&path).unwrap(), content, "not a byte was changed");
    }
}

#[tokio::test]
async fn damage_is_an_error_and_never_a_panic() {
    let plan = plan_of(&workload(3, 6));
    let (runs, folder, report) = finished(&plan, Retention::None).await;
    let path = database(&folder);
    let good = fs::read(&path).unwrap();
    let mut noticed = 0;
    for seed in 0_usize..60 {
        let mut bad = good.clone();
        let at = seed * 7919 % bad.len();
        let end = (at + 1 + seed * 13 % 900).min(bad.len());
        bad[at..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(&path, &bad).unwrap();
        let read = Store::open(&folder).and_then(|store| store.report());
        match read {
            Err(error) => {
                noticed += 1;
                assert!(error.to_string().contains("run.sqlite"), "{error}");
            }
            // Free space in a page carries nothing.
            Ok(read) => assert_eq!(read.items.len(), report.items.len(), "seed {seed}"),
        }
        let _ = resume(runs.path(), &plan).map(|store| store.report());
    }
    assert!(noticed > 20, "{noticed}");
    for length in [0, 1, 99, 100, 4095, 4096, good.len() / 2, good.len() - 1] {
        for leftover in ["run.sqlite-wal", "run.sqlite-shm"] {
            let _ = fs::remove_file(folder.join(leftover));
        }
        fs::write(&path, &good[..length]).unwrap();
        match Store::open(&folder).and_then(|store| store.report()) {
            Err(error) => assert_eq!(error.class(), ErrorClass::Store, "cut to {length}: {error}"),
            // The last byte may belong to an index, which a report does not need.
            Ok(read) => assert!(length == good.len() - 1 && read == report, "cut to {length}"),
        }
    }
}

#[tokio::test]
async fn broken_json_is_named_with_its_item() {
    let plan = plan_of(&workload(1, 3));
    let (_runs, folder, _) = finished(&plan, Retention::None).await;
    let raw = Connection::open(database(&folder)).unwrap();
    raw.execute("UPDATE verdict SET judgement = '{\"verdict\": \"perhaps\"}' WHERE idx = 1", [])
        .unwrap();
    let error = Store::open(&folder).unwrap().report().unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("item 1"), "{error}");
}

#[tokio::test]
async fn a_lost_or_cut_result_file_is_named() {
    let plan = plan_of(&workload(1, 2));
    let (_runs, folder, report) = finished(&plan, Retention::All).await;
    let store = Store::open(&folder).unwrap();
    let outcome = report.items[0].legacy.as_ref().unwrap();
    let path = folder.join("results/0.legacy.arrow");
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = store.retained(0, outcome).unwrap_err().to_string();
    assert!(error.contains("0.legacy.arrow"), "{error}");
    fs::remove_file(&path).unwrap();
    let error = store.retained(0, outcome).unwrap_err().to_string();
    assert!(error.contains("missing"), "{error}");
    // An edited path does not lead out of the run's folder.
    let mut escaping = outcome.clone();
    escaping.retained = Some("../../../etc/passwd".to_owned());
    assert!(store.retained(0, &escaping).unwrap_err().to_string().contains("missing"));
}

#[tokio::test]
async fn a_full_store_stops_the_run_and_space_lets_it_finish() {
    let plan = plan_of(&workload(2, 30));
    let (_runs, _folder, undisturbed) = finished(&plan, Retention::None).await;

    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, options(Retention::None));
    let folder = store.folder().to_owned();
    drop(store);
    let size = fs::metadata(database(&folder)).unwrap().len();
    let limited = StoreOptions { bytes_max: Some(size + 16_384), ..options(Retention::None) };
    let store = open_store(runs.path(), &plan, limited);
    let error = replay(&store).await.unwrap_err();
    assert!(matches!(error, ReplayError::Store(StoreError::Full { .. })), "{error}");
    assert_eq!(error.class(), ErrorClass::Store);
    assert!(error.to_string().contains("free some"), "{error}");
    let report = store.report().unwrap();
    let done = 60 - report.totals.pending;
    assert!(done > 0 && done < 60, "{done}");
    for item in &report.items {
        let recorded = [item.legacy.is_some(), item.governed.is_some(), item.judgement.is_some()];
        assert!(recorded == [true; 3] || recorded == [false; 3], "all or nothing: {recorded:?}");
    }
    drop(store);

    let store = open_store(runs.path(), &plan, options(Retention::None));
    assert_eq!(replay(&store).await.unwrap(), RunEnd::Complete);
    assert_eq!(timeless(store.report().unwrap()), timeless(undisturbed));
}

#[test]
fn no_space_for_the_plan_itself_is_an_error_and_can_be_repeated() {
    let plan = plan_of(&workload(4, 40));
    let runs = tempfile::tempdir().unwrap();
    let limited = StoreOptions { bytes_max: Some(40_000), ..StoreOptions::default() };
    let error = Store::create_or_resume(runs.path(), &header(&plan.workload), &plan, limited);
    assert!(matches!(error, Err(StoreError::Full { .. })), "{error:?}");
    let store = resume(runs.path(), &plan).unwrap();
    assert_eq!(store.pending().unwrap().len(), 160);
}

#[tokio::test]
async fn a_result_that_cannot_be_written_stops_the_run() {
    let plan = plan_of(&workload(1, 3));
    let runs = tempfile::tempdir().unwrap();
    let store = open_store(runs.path(), &plan, options(Retention::All));
    let results = store.folder().join("results");
    fs::write(&results, "a file where the folder should be").unwrap();
    let error = replay(&store).await.unwrap_err();
    assert_eq!(error.class(), ErrorClass::Store);
    assert!(error.to_string().contains("results"), "{error}");
    assert_eq!(verdicts(&store.report().unwrap()), ["pending"; 3]);
    fs::remove_file(&results).unwrap();
    assert_eq!(replay(&store).await.unwrap(), RunEnd::Complete);
}

#[test]
fn orphans_are_removed_when_the_run_is_resumed() {
    let plan = plan_of(&workload(1, 2));
    let runs = tempfile::tempdir().unwrap();
    let folder = open_store(runs.path(), &plan, StoreOptions::default()).folder().to_owned();
    fs::create_dir_all(folder.join("results")).unwrap();
    for orphan in ["0.legacy.arrow", "1.governed.arrow.tmp"] {
        fs::write(folder.join("results").join(orphan), "half").unwrap();
    }
    drop(resume(runs.path(), &plan).unwrap());
    assert_eq!(fs::read_dir(folder.join("results")).unwrap().count(), 0);
}

const CHILD: &str = "GNOMON_TEST_STORE_CHILD";
const CHILD_FOLDER: &str = "GNOMON_TEST_STORE_FOLDER";

/// Starts this test again as a process of its own, in another role.
fn child(role: &str, folder: &Path) -> Command {
    let mut command = Command::new("sh");
    // A limit on the size of files makes a disk that is full at a known place.
    let script = match role {
        "full" => "ulimit -f 128; trap '' XFSZ; exec \"$0\" \"$@\"",
        _ => "exec \"$0\" \"$@\"",
    };
    let test = ["--exact", "store::child_role", "--nocapture", "--test-threads=1"];
    command.args(["-c", script]).arg(std::env::current_exe().unwrap()).args(test);
    command.env(CHILD, role).env(CHILD_FOLDER, folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Does what the parent test asks for; without a parent, it holds and releases a run by itself.
#[tokio::test]
async fn child_role() {
    let plan = plan_of(&workload(1, 3));
    let own = tempfile::tempdir().unwrap();
    let folder = std::env::var_os(CHILD_FOLDER).map_or(own.path().to_owned(), PathBuf::from);
    let store = open_store(&folder, &plan, options(Retention::All));
    match std::env::var(CHILD).as_deref() {
        Ok("hold") => {
            println!("holding");
            let _ = std::io::stdin().read_line(&mut String::new());
        }
        Ok("full") => {
            let large = |call: &Call<'_>| {
                // Numbers that zstd cannot make small.
                let mut number = 1_i64;
                let noise = (0..100_000).map(|_| {
                    number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    number
                });
                let large = call.sql == text(0, 1);
                let rows = if large { noise.collect() } else { rows_of(call.sql) };
                Act::Rows(Duration::ZERO, rows)
            };
            let (legacy, governed) = (Scripted::legacy(large), Scripted::governed(healthy));
            let run = runner(&legacy, &governed, quick());
            let error = run.run(&store, StopSignal::never()).await.unwrap_err();
            let class = error.class();
            println!("{class:?}: {error}; {:?}", verdicts(&store.report().unwrap()));
        }
        _ => assert_eq!(store.pending().unwrap().len(), 3),
    }
}

#[test]
fn two_processes_do_not_work_on_one_run() {
    let plan = plan_of(&workload(1, 3));
    let runs = tempfile::tempdir().unwrap();
    let mut other = child("hold", runs.path()).spawn().unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("holding")));
    let error = resume(runs.path(), &plan).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    // Reading is allowed meanwhile.
    let folder = runs.path().join(header(&plan.workload).run_id);
    assert_eq!(Store::open(&folder).unwrap().report().unwrap().totals.pending, 3);
    // A killed process holds nothing.
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(resume(runs.path(), &plan).is_ok());
}

#[tokio::test]
async fn a_disk_that_fills_up_under_a_result_is_named_and_the_run_resumes() {
    let plan = plan_of(&workload(1, 3));
    let runs = tempfile::tempdir().unwrap();
    let output = child("full", runs.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("Store: no space is left"), "{said}");
    assert!(said.contains(r#"["match", "pending", "pending"]"#), "{said}");
    assert!(output.status.success());
    let store = open_store(runs.path(), &plan, options(Retention::All));
    let names: Vec<_> = fs::read_dir(store.folder().join("results")).unwrap().collect();
    assert_eq!(names.len(), 2, "only those of the first item: {names:?}");
    let (legacy, governed) = (Scripted::legacy(healthy), Scripted::governed(healthy));
    let run = runner(&legacy, &governed, quick());
    assert_eq!(run.run(&store, StopSignal::never()).await.unwrap(), RunEnd::Complete);
    assert_eq!(legacy.sent(), [text(0, 1), text(0, 2)]);
}
