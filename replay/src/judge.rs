//! What turns two answers into a verdict. The comparer is plugged in by the caller.

use crate::answer::SideAnswer;
use model::{Differences, Judgement, PlanItem, Verdict, Wider};

/// Judges one statement. Runs on a thread of its own, so it may take its time; only small answers are
/// judged on a thread of the runtime.
pub trait Judge: Send + Sync {
    /// The verdict on `item`. A panic in here becomes an inconclusive verdict.
    fn judge(&self, item: &PlanItem, legacy: &SideAnswer, governed: &SideAnswer) -> Judgement;

    /// The verdict on an item whose answers, in `asked`, are a mismatch by `first`, once the legacy
    /// was asked the same again.
    fn judge_noise(&self, item: &PlanItem, first: Judgement, asked: AskedTwice<'_>) -> Judgement;

    /// The verdict on an item whose answers are inconclusive by `first` because a limit cuts through a
    /// tie, once both sides were asked for more rows.
    fn judge_ties(&self, item: &PlanItem, first: Judgement, asked: AskedWider<'_>) -> Judgement;
}

/// The answers to one statement, the legacy's twice.
#[derive(Debug, Clone, Copy)]
pub struct AskedTwice<'a> {
    /// The legacy's first answer.
    pub legacy: &'a SideAnswer,
    /// Its second answer to the same text.
    pub again: &'a SideAnswer,
    /// The governed side's answer.
    pub governed: &'a SideAnswer,
}

/// The answers to one statement, and those to the same with a wider limit: legacy, governed.
#[derive(Debug, Clone, Copy)]
pub struct AskedWider<'a> {
    /// To the statement itself.
    pub cut: [&'a SideAnswer; 2],
    /// To the wider one.
    pub wide: [&'a SideAnswer; 2],
    /// How much wider it is.
    pub wider: Wider,
}

/// The judgement on an item that did not run.
pub(crate) fn skipped(reason: String) -> Judgement {
    Judgement { verdict: Verdict::Skipped { reason }, differences: Differences::default() }
}

/// The judgement on an item whose judge panicked.
pub(crate) fn panicked(message: &str) -> Judgement {
    let reason = format!("the comparison ended in a panic: {message}; please report this");
    Judgement { verdict: Verdict::Inconclusive { reason }, differences: Differences::default() }
}

/// The text of a caught panic.
pub(crate) fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned())
}

/// The text of a task that panicked or was cancelled.
pub(crate) fn join_text(error: tokio::task::JoinError) -> String {
    match error.try_into_panic() {
        Ok(payload) => panic_text(payload.as_ref()),
        Err(error) => error.to_string(),
    }
}
