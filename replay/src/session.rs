//! One captured session: its statements in order, each on both sides at the same time.

use crate::{
    answer::SideAnswer,
    checkpoint::Checkpoint,
    error::ReplayError,
    event::Event,
    guard,
    judge::{self, AskedTwice, AskedWider, Judge},
    runner::Context,
    side_session::{Answered, Halt, SideSession},
    store::{Record, SideRecord, StoreError},
    ties,
};
use engines::Request;
use model::{
    ColumnInfo, Disposition, Judgement, Outcome, OutcomeResult, PlanItem, Rows, Side,
    SideStatement, Verdict, WideOutcome, Wider, logical::type_label,
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
    /// What both answered last when they were asked for more rows, where they were.
    wide: Option<WideAnswers>,
    /// The legacy's second answer, where it was asked again.
    again: Option<Arc<Answered>>,
}

#[derive(Clone)]
struct WideAnswers {
    wider: Wider,
    legacy: Arc<Answered>,
    governed: Arc<Answered>,
}

/// In which light answers are judged.
enum Light {
    /// As they are.
    Themselves,
    /// Judged so at first, and both sides were asked for more rows.
    Wide(Judgement),
    /// Judged so at first, and the legacy was asked again.
    Again(Judgement),
}

impl Answers {
    /// The verdict on them.
    fn judge(&self, judge: &dyn Judge, item: &PlanItem, light: Light) -> Judgement {
        let (legacy, governed) = (&self.legacy.answer, &self.governed.answer);
        match (light, &self.wide, &self.again) {
            (Light::Wide(first), Some(wide), _) => {
                let WideAnswers { wider, legacy: wide_legacy, governed: wide_governed } = wide;
                let asked = AskedWider {
                    cut: [legacy, governed],
                    wide: [&wide_legacy.answer, &wide_governed.answer],
                    wider: *wider,
                };
                judge.judge_ties(item, first, asked)
            }
            (Light::Again(first), _, Some(again)) => {
                let asked = AskedTwice { legacy, again: &again.answer, governed };
                judge.judge_noise(item, first, asked)
            }
            _ => judge.judge(item, legacy, governed),
        }
    }

    /// Rows of both answers, at most.
    fn rows(&self) -> u64 {
        let rows = [&self.legacy, &self.governed].map(|answered| match &answered.answer {
            SideAnswer::Rows(answer) => answer.count,
            SideAnswer::Failed(_) => 0,
        });
        rows.into_iter().max().unwrap_or_default()
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
    let statements = [legacy, governed];
    let [legacy, governed] = statements.map(|statement| request(item, statement));
    let (answer, governed) = answer_both(sides, item, [&legacy, &governed]).await?;
    checkpoints.reached(Checkpoint::AfterExecute, item.index);

    let mut answers = Answers { legacy: answer, governed, wide: None, again: None };
    let mut judgement = judge_item(context, item, &answers, Light::Themselves).await;
    if context.settings.ties && ties::is_open(&judgement) {
        judgement =
            settle_ties(context, sides, item, (statements, &mut answers), judgement).await?;
    }
    if context.settings.noise && judgement.verdict == Verdict::Mismatch {
        answers.again = Some(Arc::new(sides.legacy.answer(item.index, &legacy).await?));
        judgement = judge_item(context, item, &answers, Light::Again(judgement)).await;
    }
    Ok((answers, judgement))
}

async fn answer_both(
    sides: &mut Sides,
    item: &PlanItem,
    [legacy, governed]: [&Request; 2],
) -> Result<(Arc<Answered>, Arc<Answered>), Halt> {
    // Both requests are polled by one task; the engines do their work elsewhere.
    let (legacy, governed) = tokio::try_join!(
        sides.legacy.answer(item.index, legacy),
        sides.governed.answer(item.index, governed)
    )?;
    Ok((Arc::new(legacy), Arc::new(governed)))
}

/// Asks both sides for more rows, until all that the limit may take are seen. Answers that are of no
/// more use are let go at once.
async fn settle_ties(
    context: &Arc<Context>,
    sides: &mut Sides,
    item: &Arc<PlanItem>,
    (statements, answers): ([&SideStatement; 2], &mut Answers),
    first: Judgement,
) -> Result<Judgement, Halt> {
    let mut judgement = first.clone();
    for round in 0..ties::ROUNDS.len() {
        let source = &context.settings.source;
        let question = match ties::question(statements, answers.rows(), source, round) {
            Ok(Some(question)) => question,
            Ok(None) => break,
            Err(why) => return Ok(ties::not_asked(judgement, &why)),
        };
        answers.wide = None;
        let requests = question.statements.each_ref().map(|statement| request(item, statement));
        let (legacy, governed) = answer_both(sides, item, requests.each_ref()).await?;
        answers.wide = Some(WideAnswers { wider: question.wider, legacy, governed });
        judgement = judge_item(context, item, answers, Light::Wide(first.clone())).await;
        if !ties::is_open(&judgement) {
            break;
        }
    }
    Ok(judgement)
}

/// Judges on a thread that may block. A panic there is a verdict.
async fn judge_item(
    context: &Arc<Context>,
    item: &Arc<PlanItem>,
    answers: &Answers,
    light: Light,
) -> Judgement {
    let judging = spawn_blocking({
        let (judge, item) = (Arc::clone(&context.judge), Arc::clone(item));
        let answers = answers.clone();
        move || answers.judge(judge.as_ref(), &item, light)
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
    let wide = answers.wide.as_ref();
    let legacy_wide = wide.map(|wide| (wide.wider, wide.legacy.as_ref()));
    let governed_wide = wide.map(|wide| (wide.wider, wide.governed.as_ref()));
    [
        side_record(Side::Legacy, &answers.legacy, answers.again.as_deref(), legacy_wide),
        side_record(Side::Governed, &answers.governed, None, governed_wide),
    ]
}

fn side_record<'a>(
    side: Side,
    answered: &'a Answered,
    again: Option<&'a Answered>,
    wide: Option<(Wider, &'a Answered)>,
) -> SideRecord<'a> {
    let wide_outcome =
        |(wider, wide)| Box::new(WideOutcome { wider, outcome: outcome(side, wide) });
    SideRecord {
        outcome: Outcome {
            again: again.map(|again| Box::new(outcome(side, again))),
            wide: wide.map(wide_outcome),
            ..outcome(side, answered)
        },
        rows: rows(answered),
        again_rows: again.and_then(rows),
        wide_rows: wide.and_then(|(_, wide)| rows(wide)),
        attempts: &answered.attempts,
    }
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
        wide: None,
    }
}
