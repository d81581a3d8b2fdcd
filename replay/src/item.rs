//! One statement of a run: asked on both sides at the same time, judged, recorded.

use crate::{
    answer::SideAnswer,
    checkpoint::Checkpoint,
    event::{Event, Measured},
    guard::{self, Effect},
    judge::{self, AskedTwice, AskedWider, Judge},
    lateness::Lateness,
    runner::Context,
    session::{Sides, Stopped},
    settings::Settings,
    side_session::{Answered, Halt},
    store::{Record, SideRecord},
    ties,
    work::{LITTLE_BYTES, apart},
};
use engines::Request;
use model::{
    ColumnInfo, Disposition, Failure, Judgement, Lag, Outcome, OutcomeResult, PlanItem, Rows, Side,
    SideStatement, Verdict, WideOutcome, Wider, logical::type_label,
};
use std::sync::{Arc, atomic::Ordering};
use tokio::time::Instant;

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

    /// Bytes of all answers, as they came.
    fn bytes(&self) -> u64 {
        let wide = self.wide.iter().flat_map(|wide| [&wide.legacy, &wide.governed]);
        let all = [&self.legacy, &self.governed].into_iter().chain(wide).chain(&self.again);
        let bytes = all.map(|answered| match &answered.answer {
            SideAnswer::Rows(answer) => answer.bytes,
            SideAnswer::Failed(_) => 0,
        });
        bytes.fold(0, u64::saturating_add)
    }

    /// Did the statement fail: legacy, governed?
    fn failed(&self) -> [bool; 2] {
        [&self.legacy, &self.governed].map(|side| side.has_failed())
    }

    fn measured(&self, lag: Lag) -> Measured {
        let sides = [&self.legacy, &self.governed];
        Measured {
            latency_us: sides.map(|side| side.latency_us()),
            failed: self.failed(),
            lag,
            result_bytes: self.bytes(),
        }
    }

    /// How late the statement was sent, on the side where it was later.
    fn lag(&self, late: Lateness) -> Lag {
        let sides = [&self.legacy, &self.governed];
        let lags = sides.map(|side| late.lag(side.sent, side.queued, side.opening));
        lags.into_iter().max_by_key(|lag| lag.total_us()).unwrap_or_default()
    }
}

/// What came of an item that was recorded.
pub(crate) struct Ran {
    /// When both sides had answered.
    pub(crate) answered: Instant,
    pub(crate) lag: Lag,
    /// Did it fail there: legacy, governed?
    pub(crate) failed: [bool; 2],
    /// Did both sides do the same?
    pub(crate) agreed: bool,
}

/// Asks, judges and records `item`.
pub(crate) async fn run(
    context: &Arc<Context>,
    sides: &mut Sides,
    item: &Arc<PlanItem>,
    (statements, effect): ([&SideStatement; 2], Effect),
    (late, doubt): (Lateness, Option<&String>),
) -> Result<Ran, Stopped> {
    let executed = tokio::select! {
        biased;
        executed = execute(context, sides, item, (statements, effect)) => {
            executed.map_err(Stopped::Halt)?
        }
        // What is dropped here is cancelled when the session is closed.
        () = context.stop_grace_over() => return Err(Stopped::Halt(Halt::Interrupted)),
    };
    let Executed { answers, mut judgement, answered } = executed;
    if let Some(reason) = doubt
        && judgement.verdict == Verdict::Mismatch
    {
        judgement.verdict = Verdict::Inconclusive { reason: reason.clone() };
    }
    let agreed = matches!(judgement.verdict, Verdict::Match | Verdict::Tolerated);
    let lag = answers.lag(late);
    let failed = answers.failed();
    context.purse.spend(answers.bytes());
    record(context, item, Some((answers, lag)), judgement).await?;
    Ok(Ran { answered, lag, failed, agreed })
}

/// Runs an item that has its verdict once more, for what it changes. Tells whether it failed: legacy,
/// governed.
pub(crate) async fn repeat(
    context: &Arc<Context>,
    sides: &mut Sides,
    item: &PlanItem,
) -> Result<[bool; 2], Stopped> {
    let Disposition::Run { legacy, governed, .. } = &item.disposition else {
        return Ok([false, false]);
    };
    let Settings { source, writes, .. } = &context.settings;
    let Ok(effect) = guard::recheck(legacy, governed, source, *writes) else {
        return Ok([true, true]);
    };
    let requests = [legacy, governed].map(|statement| request(item, statement, effect));
    let asked = (requests.each_ref(), effect);
    let answered = tokio::select! {
        biased;
        answered = answer_both(sides, item, asked) => answered.map_err(Stopped::Halt)?,
        () = context.stop_grace_over() => return Err(Stopped::Halt(Halt::Interrupted)),
    };
    Ok([answered.0, answered.1].map(|side| side.has_failed()))
}

/// What came of an item.
struct Executed {
    answers: Answers,
    judgement: Judgement,
    /// When both sides had answered the statement itself.
    answered: Instant,
}

/// Executes on both sides at once, then judges. Nothing is recorded here.
async fn execute(
    context: &Arc<Context>,
    sides: &mut Sides,
    item: &Arc<PlanItem>,
    (statements, effect): ([&SideStatement; 2], Effect),
) -> Result<Executed, Halt> {
    let checkpoints = context.queue.checkpoints();
    checkpoints.reached(Checkpoint::BeforeExecute, item.index);
    let [legacy, governed] = statements.map(|statement| request(item, statement, effect));
    let (answer, governed) = answer_both(sides, item, ([&legacy, &governed], effect)).await?;
    let answered = Instant::now();
    checkpoints.reached(Checkpoint::AfterExecute, item.index);

    let mut answers = Answers { legacy: answer, governed, wide: None, again: None };
    let mut judgement = judge_item(context, item, &answers, Light::Themselves).await;
    if context.settings.ties && ties::is_open(&judgement) {
        judgement =
            settle_ties(context, sides, item, (statements, &mut answers), judgement).await?;
    }
    // What was changed once would be changed twice.
    let may_ask_again = context.settings.noise && effect == Effect::Reads;
    if may_ask_again && judgement.verdict == Verdict::Mismatch {
        if !sides.has_changed() {
            // In the same snapshot the legacy would say the same again, whatever moves.
            sides.end_transaction().await;
        }
        answers.again = Some(Arc::new(sides.legacy.answer(item.index, &legacy).await?));
        judgement = judge_item(context, item, &answers, Light::Again(judgement)).await;
    }
    Ok(Executed { answers, judgement, answered })
}

async fn answer_both(
    sides: &mut Sides,
    item: &PlanItem,
    ([legacy, governed], effect): ([&Request; 2], Effect),
) -> Result<(Arc<Answered>, Arc<Answered>), Halt> {
    // Both requests are polled by one task; the engines do their work elsewhere.
    // A side whose transaction was undone leaves the other one time to end: others may wait for what it
    // finds out of its engine.
    let (legacy, governed) = tokio::try_join!(
        undone_or(sides.legacy.answer(item.index, legacy)),
        undone_or(sides.governed.answer(item.index, governed))
    )?;
    let (legacy, governed) = (legacy.map_err(Halt::Undone)?, governed.map_err(Halt::Undone)?);
    if effect != Effect::Reads {
        for (side, answered) in [(&mut sides.legacy, &legacy), (&mut sides.governed, &governed)] {
            if !answered.has_failed() {
                side.changed();
            }
        }
    }
    Ok((Arc::new(legacy), Arc::new(governed)))
}

/// What undid a transaction is no reason to drop what the other side is at.
async fn undone_or(
    answer: impl Future<Output = Result<Answered, Halt>>,
) -> Result<Result<Answered, Failure>, Halt> {
    match answer.await {
        Err(Halt::Undone(failure)) => Ok(Err(failure)),
        answered => answered.map(Ok),
    }
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
        let requests = question.statements.each_ref();
        let requests = requests.map(|statement| request(item, statement, Effect::Reads));
        let asked = (requests.each_ref(), Effect::Reads);
        let (legacy, governed) = answer_both(sides, item, asked).await?;
        answers.wide = Some(WideAnswers { wider: question.wider, legacy, governed });
        judgement = judge_item(context, item, answers, Light::Wide(first.clone())).await;
        if !ties::is_open(&judgement) {
            break;
        }
    }
    Ok(judgement)
}

/// Judges, on a thread that may block where there is much to judge. A panic there is a verdict.
async fn judge_item(
    context: &Arc<Context>,
    item: &Arc<PlanItem>,
    answers: &Answers,
    light: Light,
) -> Judgement {
    let judging = {
        let (judge, item) = (Arc::clone(&context.judge), Arc::clone(item));
        let answers = answers.clone();
        move || answers.judge(judge.as_ref(), &item, light)
    };
    let judged = apart(answers.bytes() <= LITTLE_BYTES, judging).await;
    judged.unwrap_or_else(|message| {
        context.feed.warn(Some(item.index), None, format!("the judge panicked: {message}"));
        judge::panicked(&message)
    })
}

/// Records that `item` does not run.
pub(crate) async fn skip(
    context: &Arc<Context>,
    item: &Arc<PlanItem>,
    reason: String,
) -> Result<(), Stopped> {
    record(context, item, None, judge::skipped(reason)).await
}

/// Records the item, and tells of it. Never given up half-way.
async fn record(
    context: &Arc<Context>,
    item: &Arc<PlanItem>,
    answers: Option<(Answers, Lag)>,
    judgement: Judgement,
) -> Result<(), Stopped> {
    let verdict = judgement.verdict.clone();
    let index = item.index;
    let measured = answers.as_ref().map(|(answers, lag)| answers.measured(*lag));
    let writes_rows = answers.is_some() && context.queue.keeps(&verdict);
    let queue = Arc::clone(&context.queue);
    let preparing = move || {
        let (answers, lag) = answers.unzip();
        let sides: Vec<SideRecord<'_>> = answers.iter().flat_map(side_records).collect();
        queue.prepare(&Record { index, judgement: &judgement, sides: &sides, lag })
    };
    let prepared = apart(!writes_rows, preparing).await.map_err(Stopped::Panicked)?;
    let recorded = context.recorder.record(prepared.map_err(Stopped::Store)?).await;
    let gone = |_| Stopped::Panicked("the thread that records is gone".to_owned());
    recorded.map_err(gone)?.map_err(Stopped::Store)?;
    let done = context.done.fetch_add(1, Ordering::Relaxed).saturating_add(1).min(context.total);
    context.feed.tell(Event::ItemFinished {
        index: item.index,
        statement: item.statement.clone(),
        verdict,
        done,
        total: context.total,
        measured,
    });
    Ok(())
}

fn request(item: &PlanItem, statement: &SideStatement, effect: Effect) -> Request {
    let changes = match effect {
        Effect::Reads => None,
        Effect::Changes(changes) => Some(changes),
    };
    let SideStatement { sql, dialect } = statement;
    Request { changes, ..Request::bound(sql.clone(), *dialect, item.binds.clone()) }
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
        latency_us: answered.latency_us(),
        attempts: u32::try_from(answered.attempts.len()).unwrap_or(u32::MAX),
        result,
        retained: None,
        again: None,
        wide: None,
    }
}
