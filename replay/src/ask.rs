//! One question to one engine outside of a run, with the bounds of a run and its write guard.

use crate::{
    answer::SideAnswer,
    engine_session::{EngineSession, Terms, Tried, is_passing},
    error::ReplayError,
    guard::{self, Writes},
    settings::Settings,
    stop::StopSignal,
};
use engines::{Engine, Request};
use model::{EngineInfo, FailureClass, Scratch, Side, SkipReason, StatementFacts};
use std::sync::Arc;
use tokio::time::sleep;

/// What is asked.
#[derive(Debug)]
pub struct Question {
    engine: Arc<dyn Engine>,
    side: Side,
    request: Request,
}

impl Question {
    /// A statement with these facts, for the engine of a side.
    ///
    /// # Errors
    /// Anything but a read.
    pub fn new(
        side: Side,
        engine: Arc<dyn Engine>,
        request: Request,
        facts: &StatementFacts,
    ) -> Result<Self, SkipReason> {
        guard::check(facts, &request.sql, Writes::Refused)?;
        Ok(Self { engine, side, request })
    }
}

/// Who is told how a question is answered.
pub trait Listener: Send + Sync {
    /// So many rows of this side have come.
    fn rows(&self, side: Side, rows: u64);

    /// What people should know.
    fn warn(&self, side: Side, message: String);
}

/// What came of a question.
#[derive(Debug)]
pub enum Asked {
    /// The answer, and what the engine says of itself, where a session of it is still open.
    Answered(SideAnswer, Option<EngineInfo>),
    /// It was stopped first; the statement is cancelled.
    Interrupted,
}

/// Asks. Transient failures are tried again, up to `settings.attempts_max` times.
///
/// # Errors
/// [`ReplayError::Unreachable`] for an engine that is not there, or not any more.
pub async fn ask(
    question: &Question,
    settings: &Settings,
    scratch: &Arc<dyn Scratch>,
    stop: &StopSignal,
    listener: &dyn Listener,
) -> Result<Asked, ReplayError> {
    settings.validate()?;
    let Question { engine, side, request } = question;
    let opened_with = settings.session_settings(*side, None);
    let mut session = EngineSession::new(Arc::clone(engine), opened_with);
    let warn = |message| listener.warn(*side, message);
    let progress = |rows| listener.rows(*side, rows);
    let terms = Terms { settings, stop, scratch, warn: &warn, progress: &progress };
    let asked = tokio::select! {
        biased;
        () = stop.stopped() => Ok(Asked::Interrupted),
        answered = answer(&mut session, *side, request, &terms) => {
            answered.map(|answer| Asked::Answered(answer, session.info().cloned()))
        }
    };
    session.close(settings).await;
    asked
}

async fn answer(
    session: &mut EngineSession,
    side: Side,
    request: &Request,
    terms: &Terms<'_>,
) -> Result<SideAnswer, ReplayError> {
    let unreachable = |failure| ReplayError::Unreachable { side, failure };
    let mut sent = 0;
    loop {
        let failure = match session.attempt(request, terms).await.tried {
            Tried::Rows(rows) => return Ok(SideAnswer::Rows(rows)),
            Tried::NotSent(failure) => return Err(unreachable(failure)),
            Tried::Failed(failure) => failure,
        };
        sent += 1;
        if is_passing(&failure) && sent < terms.settings.attempts_max {
            (terms.warn)(format!("sent again after: {failure}"));
            sleep(terms.settings.backoff(sent)).await;
            continue;
        }
        if failure.class == FailureClass::Unreachable {
            return Err(unreachable(failure));
        }
        return Ok(SideAnswer::Failed(failure));
    }
}
