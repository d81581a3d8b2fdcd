//! One captured session: its statements in order, each on both sides at the same time.

use crate::{
    answer::SideAnswer,
    checkpoint::Checkpoint,
    error::ReplayError,
    event::Event,
    guard,
    judge::{self, AskedTwice, Judge},
    runner::Context,
    side_session::{Answered, Halt, SideSession},
    store::{Record, SideRecord, StoreError},
};
use engines::Request;
use model::{
    ColumnInfo, Disposition, Judgement, Outcome, OutcomeResult, PlanItem, Rows, Side,
    SideStatement, Verdict, logical::type_label,
};
use std::sync::{Arc, atomic::Ordering};
use tokio::task::{JoinError, spawn_blocking};

/// Runs the items of one session. An interrupted session is no error: its items stay pending.
pub(crate) async fn run(context: Arc<Context>, items: Vec<PlanItem>) -> Result<(), ReplayError> {
    let Some(name) = items.first().map(|item| item.session.clone()) else { return Ok(()) };
    let mut sides = Sides {
        legacy: SideSession::new(Side::Legacy, &name, Arc::clone(&context)),
        governed: SideSession::new(Side::Governed, &name, Arc::clone(&context)),
    };
    let ended = run_items(&context, &mut sides, items).await;
    tokio::join!(sides.legacy.close(), sides.governed.close());
    match ended {
        Ok(()) | Err(Stopped::Halt(Halt::Interrupted)) => Ok(()),
        Err(Stopped::Halt(Halt::Unreachable(side, failure))) => {
            Err(ReplayError::Unreachable { side, failure })
        }
        Err(Stopped::Store(error)) => Err(error.into()),
        Err(Stopped::Panicked(error)) => {
            let message = judge::join_text(error);
            Err(ReplayError::Panicked { session: name, message })
        }
    }
}

struct Sides {
    legacy: SideSession,
    governed: SideSession,
}

/// Why a session goes no further.
enum Stopped {
    Halt(Halt),
    Store(StoreError),
    Panicked(JoinError),
}

/// The answers to one item. Shared with the judge's thread, so that a panic there does not lose
/// them.
#[derive(Clone)]
struct Answers {
    legacy: Arc<Answered>,
    governed: Arc<Answered>,
    /// The legacy's second answer, where it was asked again.
    again: Option<Arc<Answered>>,
}

impl Answers {
    /// The verdict on them; with a second answer, on `first` in its light.
    fn judge(&self, judge: &dyn Judge, item: &PlanItem, first: Option<Judgement>) -> Judgement {
        let (legacy, governed) = (&self.legacy.answer, &self.governed.answer);
        match (&self.again, first) {
            (Some(again), Some(first)) => {
                let asked = AskedTwice { legacy, again: &again.answer, governed };
                judge.judge_noise(item, first, asked)
            }
            _ => judge.judge(item, legacy, governed),
        }
    }
}

async fn run_items(
    context: &Arc<Context>,
    sides: &mut Sides,
    items: Vec<PlanItem>,
) -> Result<(), Stopped> {
    for item in items {
        if context.stop.is_stopped() {
            return Err(Stopped::Halt(Halt::Interrupted));
        }
        let item = Arc::new(item);
        match &item.disposition {
            Disposition::Skip { reason } => skip(context, &item, reason.to_string()).await?,
            Disposition::Run { legacy, governed, .. } => {
                match guard::recheck(legacy, governed, &context.settings.source) {
                    Ok(()) => run_item(context, sides, &item, legacy, governed).await?,
                    Err(reason) => {
                        let message = format!("refused right before it was sent: {reason}");
                        context.feed.warn(Some(item.index), None, message.clone());
                        skip(context, &item, message).await?;
                    }
                }
            }
        }
    }
    Ok(())
}

async fn run_item(
    context: &Arc<Context>,
    sides: &mut Sides,
    item: &Arc<PlanItem>,
    legacy: &SideStatement,
    governed: &SideStatement,
) -> Result<(), Stopped> {
    let (answers, judgement) = tokio::select! {
        biased;
        judged = execute(context, sides, item, legacy, governed) => judged.map_err(Stopped::Halt)?,
        // What is dropped here is cancelled when the session is closed.
        () = context.stop_grace_over() => return Err(Stopped::Halt(Halt::Interrupted)),
    };
    record(context, item, Some(answers), judgement).await
}

/// Executes on both sides at once, then judges. Nothing is recorded here.
async fn execute(
    context: &Arc<Context>,
    sides: &mut Sides,
    item: &Arc<PlanItem>,
    legacy: &SideStatement,
    governed: &SideStatement,
) -> Result<(Answers, Judgement), Halt> {
    let checkpoints = context.store.checkpoints();
    checkpoints.reached(Checkpoint::BeforeExecute, item.index);
    let legacy = request(item, legacy);
    let governed = request(item, governed);
    // Both requests are polled by one task; the engines do their work elsewhere.
    let answers = tokio::try_join!(
        sides.legacy.answer(item.index, &legacy),
        sides.governed.answer(item.index, &governed)
    )?;
    checkpoints.reached(Checkpoint::AfterExecute, item.index);

    let (answer, governed) = answers;
    let mut answers =
        Answers { legacy: Arc::new(answer), governed: Arc::new(governed), again: None };
    let mut judgement = judge_item(context, item, &answers, None).await;
    if context.settings.noise && judgement.verdict == Verdict::Mismatch {
        answers.again = Some(Arc::new(sides.legacy.answer(item.index, &legacy).await?));
        judgement = judge_item(context, item, &answers, Some(judgement)).await;
    }
    Ok((answers, judgement))
}

/// Judges on a thread that may block. A panic there is a verdict.
async fn judge_item(
    context: &Arc<Context>,
    item: &Arc<PlanItem>,
    answers: &Answers,
    first: Option<Judgement>,
) -> Judgement {
    let judging = spawn_blocking({
        let (judge, item) = (Arc::clone(&context.judge), Arc::clone(item));
        let answers = answers.clone();
        move || answers.judge(judge.as_ref(), &item, first)
    });
    match judging.await {
        Ok(judgement) => judgement,
        Err(error) => {
            let message = judge::join_text(error);
            context.feed.warn(Some(item.index), None, format!("the judge panicked: {message}"));
            judge::panicked(&message)
        }
    }
}

async fn skip(context: &Arc<Context>, item: &Arc<PlanItem>, reason: String) -> Result<(), Stopped> {
    record(context, item, None, judge::skipped(reason)).await
}

/// Records the item on a thread that may block, and tells of it. Never given up half-way.
async fn record(
    context: &Arc<Context>,
    item: &Arc<PlanItem>,
    answers: Option<Answers>,
    judgement: Judgement,
) -> Result<(), Stopped> {
    let verdict = judgement.verdict.clone();
    let recording = spawn_blocking({
        let (store, index) = (context.store.clone(), item.index);
        move || {
            let sides: Vec<SideRecord<'_>> = answers.iter().flat_map(side_records).collect();
            store.record(&Record { index, judgement: &judgement, sides: &sides })
        }
    });
    recording.await.map_err(Stopped::Panicked)?.map_err(Stopped::Store)?;
    let done = context.done.fetch_add(1, Ordering::Relaxed) + 1;
    context.feed.tell(Event::ItemFinished {
        index: item.index,
        statement: item.statement.clone(),
        verdict,
        done,
        total: context.total,
    });
    Ok(())
}

fn request(item: &PlanItem, statement: &SideStatement) -> Request {
    Request { sql: statement.sql.clone(), dialect: statement.dialect, binds: item.binds.clone() }
}

fn side_records(answers: &Answers) -> [SideRecord<'_>; 2] {
    let again = answers.again.as_deref().map(|again| Box::new(outcome(Side::Legacy, again)));
    let side = |side, answered, again, again_rows| SideRecord {
        outcome: Outcome { again, ..outcome(side, answered) },
        rows: rows(answered),
        again_rows,
        attempts: &answered.attempts,
    };
    [
        side(Side::Legacy, &answers.legacy, again, answers.again.as_deref().and_then(rows)),
        side(Side::Governed, &answers.governed, None, None),
    ]
}

fn rows(answered: &Answered) -> Option<&dyn Rows> {
    match &answered.answer {
        SideAnswer::Rows(answer) => Some(answer.rows.as_ref()),
        SideAnswer::Failed(_) => None,
    }
}

fn outcome(side: Side, answered: &Answered) -> Outcome {
    let result = match &answered.answer {
        SideAnswer::Rows(answer) => OutcomeResult::Rows {
            rows: answer.count,
            columns: answer
                .rows
                .schema()
                .fields()
                .iter()
                .map(|field| ColumnInfo {
                    name: field.name().clone(),
                    data_type: type_label(field),
                })
                .collect(),
            bytes: answer.bytes,
        },
        SideAnswer::Failed(failure) => OutcomeResult::Failed(failure.clone()),
    };
    Outcome {
        side,
        executed_sql: answered.executed_sql.clone(),
        latency_us: answered.attempts.last().map_or(0, |attempt| attempt.latency_us),
        attempts: u32::try_from(answered.attempts.len()).unwrap_or(u32::MAX),
        result,
        retained: None,
        again: None,
    }
}
