//! Judges what a run recorded under other rules. Touches no engine.
//!
//! The verdicts go to a run of their own, which shares the recorded answers; the run that they come
//! from is only read. Killed at any moment, it goes on with what has no verdict, as a replay does;
//! what the recorded run has no verdict on yet stays pending here too. Several items are judged at the
//! same time.

use crate::{
    answer::{AnswerRows, SideAnswer},
    error::ReplayError,
    event::{Event, Feed, Observer, Silent},
    judge::{self, AskedTwice, AskedWider, Judge},
    runner::RunEnd,
    stop::StopSignal,
    store::{Store, StoreError},
    ties,
};
use model::{
    Differences, Judgement, Outcome, OutcomeResult, PlanItem, Rows, RowsError, Verdict,
    report::{ItemReport, RunReport},
};
use std::{
    mem,
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// Rows that are read at a time to see whether a result is whole.
const BATCH_ROWS: usize = 1 << 13;

/// Why a statement could not be judged again, and what can be done about it.
pub const ROWS_NEEDED: &str = "judging it again needs the rows of both sides, which the recorded \
     run did not keep; set `retention` in `[store]` to `mismatches`, or to `all`, and replay it";

/// A judge of recorded answers.
pub trait Rejudge: Send + Sync {
    /// The judge of an item on which `recorded` was the verdict.
    fn judge_of(&self, recorded: &Judgement) -> Box<dyn Judge + '_>;

    /// Does the recorded verdict on `item` hold under the rules of this judge, although the rows of
    /// an answer are gone?
    fn stands(&self, item: &ItemReport, recorded: &Judgement) -> bool;

    /// Opens a retained result, a file of Arrow IPC, which may have been damaged since.
    ///
    /// # Errors
    /// What is wrong with the file.
    fn open(&self, result: &Path) -> Result<Box<dyn Rows>, RowsError>;
}

/// How the verdicts came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejudged {
    /// Complete, if each statement has a verdict that the recorded run has one on.
    pub end: RunEnd,
    /// Verdicts that were there before.
    pub already_done: u64,
}

/// Judges every item of `source` again that `target`, a run with the same plan, has no verdict on, up
/// to `at_once` of them at the same time. Blocks.
///
/// # Errors
/// A store fails, or a retained result is damaged. What was recorded in `target` before stays.
pub fn rejudge(
    source: &Store,
    target: &Store,
    (judge, at_once): (&dyn Rejudge, NonZero<usize>),
    observer: Arc<dyn Observer>,
    stop: &StopSignal,
) -> Result<Rejudged, ReplayError> {
    let (total, already_done) = target.counts()?;
    let pending = target.pending()?;
    let recorded = source.report()?;
    if target.data()?.is_empty() {
        target.record_data(&recorded.data)?;
    }
    let (feed, delivered) = Feed::start(observer, Arc::new(Silent));
    feed.tell(Event::RunStarted { total, already_done, lasts: None });
    let done = Mutex::new(already_done);
    let judging = Judging { source, target, judge, recorded: &recorded };
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        loop {
            // Looked at before an item is taken: each that is taken gets its verdict, or its error.
            if stop.is_stopped() || failed.load(Ordering::Relaxed) {
                return Ok(RunEnd::Interrupted);
            }
            let Some(planned) = pending.get(next.fetch_add(1, Ordering::Relaxed)) else {
                return Ok(RunEnd::Complete);
            };
            // Also where it ends in a panic.
            let failing = Failing(&failed);
            let verdict = judging.item(planned).map_err(|error| (planned.index, error))?;
            mem::forget(failing);
            let Some(verdict) = verdict else { continue };
            // Told under the lock, so that nobody hears of fewer after more.
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            *done += 1;
            let (index, statement) = (planned.index, planned.statement.clone());
            let (done, measured) = (*done, None);
            feed.tell(Event::ItemFinished { index, statement, verdict, done, total, measured });
        }
    };
    let ends = on_threads(pending.len().min(at_once.get()), work);
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    feed.finish(&delivered, Event::RunEnded { done, total });
    let (mut end, mut first) = (RunEnd::Complete, None);
    for of_thread in ends {
        match of_thread {
            Ok(RunEnd::Complete) => {}
            Ok(stopped) => end = stopped,
            // Of several errors that of the first item, whichever thread met it.
            Err((index, error)) if first.as_ref().is_none_or(|(least, _)| index < *least) => {
                first = Some((index, error));
            }
            Err(_) => {}
        }
    }
    match first {
        Some((_, error)) => Err(error),
        None => Ok(Rejudged { end, already_done }),
    }
}

/// Says so when it is dropped.
struct Failing<'f>(&'f AtomicBool);

impl Drop for Failing<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How a thread ended; an error with the item that it met it on.
type Ended = Result<RunEnd, (u64, ReplayError)>;

/// Does the work on so many threads, or on as many as there are processors.
fn on_threads(most: usize, work: impl Fn() -> Ended + Sync) -> Vec<Ended> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let others = most.min(processors).saturating_sub(1);
    thread::scope(|scope| {
        let running: Vec<_> = (0..others).map(|_| scope.spawn(&work)).collect();
        let mut ends = vec![work()];
        // What a judge panics with is caught before.
        ends.extend(running.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload))
        }));
        ends
    })
}

/// What items are judged with.
struct Judging<'a> {
    source: &'a Store,
    target: &'a Store,
    judge: &'a dyn Rejudge,
    recorded: &'a RunReport,
}

impl Judging<'_> {
    /// Judges an item and records that; nothing where the recorded run has no verdict yet.
    fn item(&self, planned: &PlanItem) -> Result<Option<Verdict>, ReplayError> {
        let items = &self.recorded.items;
        let found = usize::try_from(planned.index).ok().and_then(|at| items.get(at));
        let Some(item) = found.filter(|item| item.item == *planned) else {
            return Err(another_plan(self.target, planned.index).into());
        };
        let Some(judgement) = judge_item(self.source, item, self.judge)? else { return Ok(None) };
        self.target.adopt(self.source, item, &judgement)?;
        Ok(Some(judgement.verdict))
    }
}

fn another_plan(target: &Store, index: u64) -> StoreError {
    StoreError::Damaged {
        path: target.folder().to_owned(),
        message: format!("item {index} is another than in the run that it is judged from"),
    }
}

/// The new judgement on an item; nothing where the recorded run has none yet.
fn judge_item(
    source: &Store,
    item: &ItemReport,
    judge: &dyn Rejudge,
) -> Result<Option<Judgement>, StoreError> {
    let Some(recorded) = &item.judgement else { return Ok(None) };
    let (Some(legacy), Some(governed)) = (&item.legacy, &item.governed) else {
        // It did not run.
        return Ok(Some(recorded.clone()));
    };
    let index = item.item.index;
    let answers = (
        answer(legacy, source.retained_path(index, legacy)?, judge)?,
        answer(governed, source.retained_path(index, governed)?, judge)?,
    );
    let again = match &legacy.again {
        Some(again) => Some(answer(again, source.retained_path_again(index, legacy)?, judge)?),
        None => None,
    };
    let wide = match (&legacy.wide, &governed.wide) {
        (Some(of_legacy), Some(of_governed)) => {
            let sides = [(legacy, of_legacy), (governed, of_governed)];
            let [legacy, governed] = sides.map(|(side, wide)| {
                answer(&wide.outcome, source.retained_path_wide(index, side)?, judge)
            });
            Some((of_legacy.wider, legacy?, governed?))
        }
        _ => None,
    };
    let again = again.map(|again| again.ok_or(Gone)).transpose();
    let wide = wide.map(|(wider, legacy, governed)| {
        legacy.zip(governed).map(|(legacy, governed)| (wider, [legacy, governed])).ok_or(Gone)
    });
    let found = match (answers, wide.transpose(), again) {
        ((Some(legacy), Some(governed)), Ok(wide), Ok(again)) => contained(|| {
            let judge = judge.judge_of(recorded);
            let mut found = judge.judge(&item.item, &legacy, &governed);
            if let Some((wider, wide)) = &wide
                && ties::is_open(&found)
            {
                let (cut, wide) = ([&legacy, &governed], wide.each_ref());
                found =
                    judge.judge_ties(&item.item, found, AskedWider { cut, wide, wider: *wider });
            }
            match &again {
                Some(again) if found.verdict == Verdict::Mismatch => {
                    let asked = AskedTwice { legacy: &legacy, again, governed: &governed };
                    judge.judge_noise(&item.item, found, asked)
                }
                _ => found,
            }
        }),
        _ if judge.stands(item, recorded) => recorded.clone(),
        _ => Judgement {
            verdict: Verdict::Inconclusive { reason: ROWS_NEEDED.to_owned() },
            differences: Differences {
                legacy_rows: legacy.rows(),
                governed_rows: governed.rows(),
                ..Differences::default()
            },
        },
    };
    Ok(Some(with_note(found, recorded)))
}

/// Rows that were not kept.
struct Gone;

/// The answer that an outcome records, with the rows in the file `result`, if it is all there.
fn answer(
    outcome: &Outcome,
    result: Option<PathBuf>,
    judge: &dyn Rejudge,
) -> Result<Option<SideAnswer>, StoreError> {
    let (count, bytes) = match &outcome.result {
        OutcomeResult::Failed(failure) => return Ok(Some(SideAnswer::Failed(failure.clone()))),
        OutcomeResult::Rows { rows, bytes, .. } => (*rows, *bytes),
    };
    let Some(path) = result else { return Ok(None) };
    let rows = whole(&path, count, judge)
        .map_err(|RowsError(message)| StoreError::Damaged { path, message })?;
    let executed_sql = outcome.executed_sql.clone();
    Ok(Some(SideAnswer::Rows(AnswerRows { rows, count, bytes, executed_sql })))
}

/// The rows in a file, which is read once: what is damaged shows before anybody judges by it.
fn whole(path: &Path, count: u64, judge: &dyn Rejudge) -> Result<Arc<dyn Rows>, RowsError> {
    let rows = judge.open(path)?;
    let columns: Vec<usize> = (0..rows.schema().fields().len()).collect();
    let mut found = 0_u64;
    for part in 0..rows.parts() {
        for batch in rows.read(part, &columns, BATCH_ROWS)? {
            found = found.saturating_add(u64::try_from(batch?.num_rows()).unwrap_or(u64::MAX));
        }
    }
    if found == count {
        return Ok(Arc::from(rows));
    }
    Err(RowsError(format!("it holds {found} rows, {count} were recorded")))
}

fn contained(judging: impl FnOnce() -> Judgement) -> Judgement {
    catch_unwind(AssertUnwindSafe(judging))
        .unwrap_or_else(|payload| judge::panicked(&judge::panic_text(payload.as_ref())))
}

/// Says so where the verdict is another.
fn with_note(mut found: Judgement, recorded: &Judgement) -> Judgement {
    let (now, before) = (found.verdict.as_str(), recorded.verdict.as_str());
    if now != before {
        found.differences.notes.push(format!("judged again: the recorded verdict was `{before}`"));
    }
    found
}
