//! Judging a recorded run again: what is read, what is written, what is left alone.

use crate::{
    scripted::{Act, Call, Scripted, healthy, rows_of, transient},
    support::{
        Exact, header, open_store, plan_of, quick, runner, text, timeless, verdicts, workload_of,
    },
};
use arrow::{error::ArrowError, ipc::reader::FileReader};
use model::{
    InMemory, Judgement, Plan, PlanItem, Rows, RowsError, Verdict,
    report::{ItemReport, RunReport},
};
use replay::{
    AskedTwice, AskedWider, Checkpoint, Checkpoints, ErrorClass, Event, Judge, Observer, Rejudge,
    ReplayError, Retention, RunEnd, Settings, SideAnswer, StopSignal, Store, StoreError,
    StoreOptions, event::Silent, judged_id, rejudge, rejudge::ROWS_NEEDED,
};
use std::{
    fs,
    num::NonZero,
    path::Path,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

const AT_ONCE: NonZero<usize> = NonZero::new(4).unwrap();

/// Accepts every pair of rows; matches and failures stand without their rows.
struct Lenient;

impl Judge for Lenient {
    fn judge(&self, item: &PlanItem, legacy: &SideAnswer, governed: &SideAnswer) -> Judgement {
        let found = Exact.judge(item, legacy, governed);
        match (legacy, governed, &found.verdict) {
            (SideAnswer::Rows(_), SideAnswer::Rows(_), Verdict::Mismatch) => {
                Judgement { verdict: Verdict::Tolerated, ..found }
            }
            _ => found,
        }
    }

    fn judge_noise(&self, item: &PlanItem, first: Judgement, asked: AskedTwice<'_>) -> Judgement {
        Exact.judge_noise(item, first, asked)
    }

    fn judge_ties(&self, item: &PlanItem, first: Judgement, asked: AskedWider<'_>) -> Judgement {
        Exact.judge_ties(item, first, asked)
    }
}

impl Rejudge for Lenient {
    fn judge_of(&self, _: &Judgement) -> Box<dyn Judge + '_> {
        Box::new(Self)
    }

    fn stands(&self, _: &ItemReport, recorded: &Judgement) -> bool {
        recorded.verdict == Verdict::Match
    }

    fn open(&self, result: &Path) -> Result<Box<dyn Rows>, RowsError> {
        opened(result).map_err(|error| RowsError(error.to_string()))
    }
}

impl Rejudge for Exact {
    fn judge_of(&self, _: &Judgement) -> Box<dyn Judge + '_> {
        Box::new(Self)
    }

    fn stands(&self, _: &ItemReport, recorded: &Judgement) -> bool {
        recorded.verdict == Verdict::Match
    }

    fn open(&self, result: &Path) -> Result<Box<dyn Rows>, RowsError> {
        opened(result).map_err(|error| RowsError(error.to_string()))
    }
}

fn opened(result: &Path) -> Result<Box<dyn Rows>, ArrowError> {
    let reader = FileReader::try_new(fs::File::open(result)?, None)?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(InMemory::new(schema, batches).unwrap()))
}

/// Nine statements: matches, mismatches (with a 1), a write that is skipped, failures, a retry.
fn plan() -> Plan {
    let texts = (0..9).map(|number| {
        let sql = match number {
            4 => "DELETE FROM t".to_owned(),
            5 => "SELECT fails FROM t".to_owned(),
            _ => text(number % 2, number),
        };
        (number % 2, sql)
    });
    plan_of(&workload_of(texts))
}

fn answers(call: &Call<'_>) -> Act {
    let wrong = model::SqlState::parse("22012").unwrap();
    match call.sql {
        sql if sql.contains("fails") => {
            Act::Fail(crate::scripted::failure(model::FailureClass::Statement, wrong, "no"))
        }
        sql if sql.contains('3') && call.before == 0 => Act::Fail(transient()),
        _ => healthy(call),
    }
}

fn half_wrong(call: &Call<'_>) -> Act {
    let mut rows = rows_of(call.sql);
    if call.sql.contains('1') {
        rows.push(7);
    }
    Act::Rows(Duration::ZERO, rows)
}

/// A recorded run under `runs`; nothing is left open.
async fn recorded(runs: &Path, plan: &Plan, retention: Retention, noise: bool) -> Store {
    let store = open_store(runs, plan, StoreOptions { retention, ..StoreOptions::default() });
    let (legacy, governed) = (Scripted::legacy(answers), Scripted::governed(half_wrong));
    let settings = Settings { noise, ..quick() };
    let end = runner(&legacy, &governed, settings).run(&store, StopSignal::never()).await.unwrap();
    assert_eq!(end, RunEnd::Complete);
    let folder = store.folder().to_owned();
    drop(store);
    Store::open(&folder).unwrap()
}

fn target_with(source: &Store, runs: &Path, checkpoints: Arc<dyn Checkpoints>) -> Store {
    let plan = source.plan().unwrap();
    let mut header = header(&plan.workload);
    let run = source.report().unwrap().run;
    header.judged_from = Some(run.run_id.clone());
    header.run_id = judged_id(&run.run_id, b"lenient", "0.0.0");
    let options = StoreOptions { checkpoints, ..StoreOptions::default() };
    Store::create_or_resume(runs, &header, &plan, options).unwrap()
}

fn target(source: &Store, runs: &Path) -> Store {
    target_with(source, runs, Arc::new(replay::checkpoint::Unwatched))
}

fn judged(source: &Store, target: &Store, judge: &dyn Rejudge) -> RunReport {
    let found =
        rejudge(source, target, (judge, AT_ONCE), Arc::new(Silent), &StopSignal::never()).unwrap();
    assert_eq!(found.end, RunEnd::Complete);
    target.report().unwrap()
}

/// Every file under a folder with its content.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = ["", "results"]
        .iter()
        .flat_map(|sub| fs::read_dir(folder.join(sub)).into_iter().flatten())
        .map(|entry| entry.unwrap().path())
        // Readers keep their shared memory beside the database.
        .filter(|path| path.is_file() && !path.to_string_lossy().ends_with("-shm"))
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn rows_are_judged_again_and_the_recorded_run_stays_as_it_is() {
    let runs = tempfile::tempdir().unwrap();
    let source = recorded(runs.path(), &plan(), Retention::Mismatches, false).await;
    let before = source.report().unwrap();
    let files = snapshot(source.folder());
    let own = target(&source, runs.path());
    let after = judged(&source, &own, &Lenient);
    assert_eq!(
        verdicts(&before),
        [
            "match", "mismatch", "match", "mismatch", "skipped", "mismatch", "match", "mismatch",
            "match"
        ]
    );
    assert_eq!(
        verdicts(&after),
        [
            "match",
            "tolerated",
            "match",
            "tolerated",
            "skipped",
            "mismatch",
            "match",
            "tolerated",
            "match"
        ]
    );
    assert_eq!(after.run.judged_from.as_deref(), Some(before.run.run_id.as_str()));
    assert_eq!(after.totals.sum(), before.totals.sum());
    assert_eq!(snapshot(source.folder()), files, "nothing of the recorded run was touched");
    let notes = &after.items[1].judgement.as_ref().unwrap().differences.notes;
    assert_eq!(notes[..], ["judged again: the recorded verdict was `mismatch`"]);
    for (then, now) in before.items.iter().zip(&after.items) {
        assert_eq!((&then.legacy, &then.governed), (&now.legacy, &now.governed), "same facts");
        for outcome in [&now.legacy, &now.governed].into_iter().flatten() {
            let index = now.item.index;
            let attempts = own.attempts(index, outcome.side).unwrap();
            assert_eq!(attempts, source.attempts(index, outcome.side).unwrap());
            assert_eq!(attempts.len(), usize::try_from(outcome.attempts).unwrap());
        }
    }
    assert!(before.items.iter().flat_map(|item| &item.legacy).any(|o| o.attempts > 1));

    // The run can be judged again in its turn, when the first one is gone.
    let source_folder = source.folder().to_owned();
    drop(source);
    fs::remove_dir_all(source_folder).unwrap();
    let third = target(&own, runs.path());
    assert_eq!(verdicts(&judged(&own, &third, &Exact)), verdicts(&before));
}

#[tokio::test]
async fn without_rows_only_what_no_rule_can_change_stands() {
    let runs = tempfile::tempdir().unwrap();
    let source = recorded(runs.path(), &plan(), Retention::None, false).await;
    let report = judged(&source, &target(&source, runs.path()), &Lenient);
    assert_eq!(
        verdicts(&report),
        [
            "match",
            "inconclusive",
            "match",
            "inconclusive",
            "skipped",
            "inconclusive",
            "match",
            "inconclusive",
            "match"
        ]
    );
    let judgement = report.items[1].judgement.as_ref().unwrap();
    assert_eq!(judgement.verdict.reason(), Some(ROWS_NEEDED));
    assert_eq!((judgement.differences.legacy_rows, judgement.differences.governed_rows), (3, 4));
}

#[tokio::test]
async fn a_second_answer_is_judged_again_too() {
    let runs = tempfile::tempdir().unwrap();
    let source = recorded(runs.path(), &plan(), Retention::Mismatches, true).await;
    let recorded = source.report().unwrap();
    assert!(recorded.items[1].legacy.as_ref().unwrap().again.is_some());
    let own = target(&source, runs.path());
    let report = judged(&source, &own, &Exact);
    assert_eq!(verdicts(&report), verdicts(&recorded));
    let outcome = report.items[1].legacy.as_ref().unwrap();
    assert!(own.retained_again(1, outcome).unwrap().is_some());
}

#[tokio::test]
async fn a_missing_or_damaged_result_is_an_error_that_names_it() {
    let runs = tempfile::tempdir().unwrap();
    let source = recorded(runs.path(), &plan(), Retention::Mismatches, false).await;
    let path = source.folder().join("results/3.governed.arrow");
    let whole = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let own = target(&source, runs.path());
    let fails = |own: &Store| {
        rejudge(&source, own, (&Lenient, AT_ONCE), Arc::new(Silent), &StopSignal::never())
            .unwrap_err()
    };
    let error = fails(&own);
    assert!(error.to_string().contains("3.governed.arrow"), "{error}");
    assert_eq!(error.class(), ErrorClass::Store);
    assert!(matches!(error, ReplayError::Store(StoreError::Damaged { .. })), "{error}");
    assert_eq!(verdicts(&own.report().unwrap())[..4], ["match", "tolerated", "match", "pending"]);
    for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(fails(&own).class(), ErrorClass::Store, "{cut}");
    }
    // Another whole result in its place is noticed by its rows.
    fs::copy(source.folder().join("results/3.legacy.arrow"), &path).unwrap();
    let error = fails(&own);
    assert!(error.to_string().contains("it holds 3 rows, 4 were recorded"), "{error}");
    fs::write(&path, &whole).unwrap();
    let report = judged(&source, &own, &Lenient);
    assert_eq!(report.totals.pending, 0, "it goes on where it stopped");
}

#[tokio::test]
async fn what_is_pending_in_the_recorded_run_stays_pending_until_it_is_not() {
    let runs = tempfile::tempdir().unwrap();
    let plan = plan();
    let store = open_store(runs.path(), &plan, StoreOptions::default());
    let own = target(&store, runs.path());
    let report = judged(&store, &own, &Lenient);
    assert_eq!(report.totals.pending, 9);
    drop(store);
    let source = recorded(runs.path(), &plan, Retention::Mismatches, false).await;
    let report = judged(&source, &own, &Lenient);
    assert_eq!((report.totals.pending, report.totals.tolerated), (0, 3));
}

/// Remembers which items were judged.
#[derive(Default)]
struct Seen(Mutex<Vec<u64>>);

impl Observer for Seen {
    fn event(&self, event: &Event) {
        if let Event::ItemFinished { index, .. } = event {
            self.0.lock().unwrap().push(*index);
        }
    }
}

/// Panics when a checkpoint is passed for the n-th time, as if the process had ended there.
#[derive(Debug)]
struct Deadly {
    checkpoint: Checkpoint,
    left: AtomicI64,
}

impl Checkpoints for Deadly {
    fn reached(&self, checkpoint: Checkpoint, _: u64) {
        let here = checkpoint == self.checkpoint;
        assert!(!(here && self.left.fetch_sub(1, Ordering::SeqCst) == 1), "the end");
    }
}

#[tokio::test]
async fn ended_anywhere_it_goes_on_and_ends_alike() {
    let runs = tempfile::tempdir().unwrap();
    let source = recorded(runs.path(), &plan(), Retention::Mismatches, true).await;
    let undisturbed = {
        let other = tempfile::tempdir().unwrap();
        timeless(judged(&source, &target(&source, other.path()), &Lenient))
    };
    let mut ends = 0;
    for checkpoint in
        [Checkpoint::AfterResultFile, Checkpoint::BeforeCommit, Checkpoint::AfterCommit]
    {
        for occurrence in 1..6 {
            let other = tempfile::tempdir().unwrap();
            let deadly = Deadly { checkpoint, left: AtomicI64::new(occurrence) };
            let own = target_with(&source, other.path(), Arc::new(deadly));
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                rejudge(&source, &own, (&Lenient, AT_ONCE), Arc::new(Silent), &StopSignal::never())
            }));
            ends += i32::from(ended.is_err());
            drop(own);
            let own = target(&source, other.path());
            let report = judged(&source, &own, &Lenient);
            let named = report
                .items
                .iter()
                .flat_map(|item| [&item.legacy, &item.governed])
                .flatten()
                .flat_map(|outcome| {
                    let again = outcome.again.as_ref().and_then(|again| again.retained.clone());
                    let wide = outcome.wide.as_ref();
                    let wide = wide.and_then(|wide| wide.outcome.retained.clone());
                    outcome.retained.clone().into_iter().chain(again).chain(wide)
                })
                .count();
            let on_disk = fs::read_dir(own.folder().join("results")).unwrap().count();
            assert_eq!(on_disk, named, "{checkpoint:?} {occurrence}: what nothing names is gone");
            assert_eq!(timeless(report), undisturbed, "{checkpoint:?} {occurrence}");
        }
    }
    assert_eq!(ends, 15, "it really ended there");
}

#[tokio::test]
async fn a_stop_ends_between_statements() {
    let runs = tempfile::tempdir().unwrap();
    let source = recorded(runs.path(), &plan(), Retention::Mismatches, false).await;
    let own = target(&source, runs.path());
    let (handle, stop) = StopSignal::channel();
    handle.stop();
    let found = rejudge(&source, &own, (&Lenient, AT_ONCE), Arc::new(Silent), &stop).unwrap();
    assert_eq!(found.end, RunEnd::Interrupted);
    assert_eq!(own.report().unwrap().totals.pending, 9);
    let seen = Arc::new(Seen::default());
    let observer = Arc::clone(&seen) as Arc<dyn Observer>;
    let found =
        rejudge(&source, &own, (&Lenient, AT_ONCE), observer, &StopSignal::never()).unwrap();
    assert_eq!((found.end, found.already_done), (RunEnd::Complete, 0));
    let mut seen = seen.0.lock().unwrap().clone();
    seen.sort_unstable();
    assert_eq!(seen, (0..9).collect::<Vec<u64>>());
}

/// Waits until another item is being judged too.
#[derive(Default)]
struct Together {
    judging: Mutex<u32>,
    came: Condvar,
    most: AtomicI64,
}

impl Judge for &Together {
    fn judge(&self, item: &PlanItem, legacy: &SideAnswer, governed: &SideAnswer) -> Judgement {
        let mut judging = self.judging.lock().unwrap();
        *judging += 1;
        self.most.fetch_max(i64::from(*judging), Ordering::SeqCst);
        self.came.notify_all();
        let alone = |_: &mut u32| self.most.load(Ordering::SeqCst) < 2;
        let waited = self.came.wait_timeout_while(judging, Duration::from_secs(20), alone);
        *waited.unwrap().0 -= 1;
        Exact.judge(item, legacy, governed)
    }

    fn judge_noise(&self, item: &PlanItem, first: Judgement, asked: AskedTwice<'_>) -> Judgement {
        Exact.judge_noise(item, first, asked)
    }

    fn judge_ties(&self, item: &PlanItem, first: Judgement, asked: AskedWider<'_>) -> Judgement {
        Exact.judge_ties(item, first, asked)
    }
}

impl Rejudge for Together {
    fn judge_of(&self, _: &Judgement) -> Box<dyn Judge + '_> {
        Box::new(self)
    }

    fn stands(&self, item: &ItemReport, recorded: &Judgement) -> bool {
        Exact.stands(item, recorded)
    }

    fn open(&self, result: &Path) -> Result<Box<dyn Rows>, RowsError> {
        Exact.open(result)
    }
}

#[tokio::test]
async fn several_are_judged_at_the_same_time() {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    if processors == 1 {
        return;
    }
    let runs = tempfile::tempdir().unwrap();
    let source = recorded(runs.path(), &plan(), Retention::All, false).await;
    let (own, judge) = (target(&source, runs.path()), Together::default());
    let report = judged(&source, &own, &judge);
    assert_eq!((report.totals.pending, report.totals.mismatched), (0, 4));
    assert_eq!(judge.most.into_inner(), 2);
}
