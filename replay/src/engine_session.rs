//! A session on an engine: opened when needed, opened again when lost, bounded in every wait.

use crate::{
    answer::{AnswerRows, Intake},
    judge::panic_text,
    settings::Settings,
    stop::StopSignal,
};
use engines::{Access, Canceller, Engine, Request, Session, SessionSettings};
use futures::FutureExt as _;
use model::{EngineInfo, Failure, FailureClass, Scratch, SqlState};
use std::{panic::AssertUnwindSafe, sync::Arc, thread, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// How long an engine has to react to a cancel before the next one.
const CANCEL_AGAIN: Duration = Duration::from_millis(500);

/// What bounds the work of a session, and who is told of it.
pub(crate) struct Terms<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) stop: &'a StopSignal,
    pub(crate) scratch: &'a Arc<dyn Scratch>,
    /// Is told what people should know.
    pub(crate) warn: &'a (dyn Fn(String) + Send + Sync),
    /// Is told how many rows of the running statement have come so far.
    pub(crate) progress: &'a (dyn Fn(u64) + Send + Sync),
}

/// How one try went.
#[derive(Debug)]
pub(crate) enum Tried {
    Rows(AnswerRows),
    Failed(Failure),
    /// The engine could not be reached before the statement was sent.
    NotSent(Failure),
}

/// One try.
#[derive(Debug)]
pub(crate) struct Try {
    pub(crate) tried: Tried,
    /// When it was sent, or would have been.
    pub(crate) sent: Instant,
    /// From sending to the last row.
    pub(crate) latency: Duration,
    /// How long opening a session took before.
    pub(crate) opening: Duration,
    /// The session cannot be used any more.
    pub(crate) lost: bool,
    /// The engine did not react to a cancel; its session was abandoned.
    pub(crate) hung: bool,
}

impl Try {
    fn not_sent(tried: Tried, opening: Duration) -> Self {
        Self {
            tried,
            sent: Instant::now(),
            latency: Duration::ZERO,
            opening,
            lost: false,
            hung: false,
        }
    }
}

/// A session, which need not be open yet.
pub(crate) struct EngineSession {
    engine: Arc<dyn Engine>,
    opened_with: SessionSettings,
    /// What the next statement runs in: a transaction with this access, or none.
    wanted: Option<Access>,
    live: Option<Live>,
}

/// The session that is open.
struct Live {
    session: Box<dyn Session>,
    canceller: Canceller,
    /// A statement was sent and its end was not seen: not to be used again.
    busy: bool,
    /// A transaction was begun.
    within: bool,
}

impl Live {
    /// Can it run the next statement?
    fn is_fit(&self) -> bool {
        !self.busy && self.session.is_usable()
    }
}

type Panic = Box<dyn std::any::Any + Send>;

/// The state of a session after a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// It can run the next one.
    Clean,
    /// It answered, but must not be used again.
    Unclean,
    /// It does not react any more.
    Hung,
}

impl EngineSession {
    /// Opens nothing yet.
    pub(crate) fn new(engine: Arc<dyn Engine>, opened_with: SessionSettings) -> Self {
        Self { engine, opened_with, wanted: None, live: None }
    }

    /// What the open session says of its engine.
    pub(crate) fn info(&self) -> Option<&EngineInfo> {
        self.live.as_ref().map(|live| live.session.info())
    }

    /// From now on statements run in a transaction with this access, or alone. It is begun with the
    /// first of them, again where it was lost, and ended by [`Self::end_transaction`].
    pub(crate) const fn want(&mut self, access: Option<Access>) {
        self.wanted = access;
    }

    /// Is a transaction open, with all that was done in it?
    pub(crate) fn is_within(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.within && live.is_fit())
    }

    /// Ends the transaction, if one is open, and undoes what it changed. A session that does not do so
    /// in time is let go, and its engine ends the transaction with it.
    pub(crate) async fn end_transaction(&mut self, settings: &Settings) {
        let Some(live) = self.live.as_mut().filter(|live| live.within) else { return };
        let was_fit = live.is_fit();
        live.within = false;
        live.busy = true;
        let ended =
            was_fit && bounded(settings.cancel_grace, live.session.roll_back()).await.is_ok();
        live.busy = false;
        if !ended {
            self.let_go();
        }
    }

    /// Sends a statement once.
    pub(crate) async fn attempt(&mut self, request: &Request, terms: &Terms<'_>) -> Try {
        let settings = terms.settings;
        let opening = Instant::now();
        let live = match self.ensure_ready(terms).await {
            Ok(live) => live,
            Err(failure) if is_passing(&failure) => {
                return Try::not_sent(Tried::NotSent(failure), opening.elapsed());
            }
            // The engine is there, but does not want this session (a refused principal, say): that
            // is its answer to the statement.
            Err(failure) => return Try::not_sent(Tried::Failed(failure), opening.elapsed()),
        };
        let opening = opening.elapsed();
        let limit = settings.statement_timeout.saturating_add(settings.client_grace);
        live.busy = true;
        let sent = Instant::now();
        let canceller = live.canceller.clone();
        let session = &mut live.session;
        let intake = Intake {
            scratch: terms.scratch,
            bytes_max: u64::try_from(settings.result_bytes_max).unwrap_or(u64::MAX),
            progress: terms.progress,
        };
        let mut work = Box::pin(
            AssertUnwindSafe(async { intake.take(session.execute(request.clone()).await?).await })
                .catch_unwind(),
        );
        let ended = timeout(limit, &mut work).await;
        let latency = sent.elapsed();
        let (tried, after) = match ended {
            Ok(Ok(Ok(rows))) => (Tried::Rows(rows), After::Clean),
            Ok(Ok(Err(failure))) => {
                let lost = failure.class == FailureClass::Unreachable;
                (Tried::Failed(failure), if lost { After::Unclean } else { After::Clean })
            }
            Ok(Err(payload)) => (Tried::Failed(panic_failure(payload.as_ref())), After::Unclean),
            Err(_) => {
                let reacted = tokio::select! {
                    biased;
                    result = &mut work => Some(result),
                    () = cancel_for_ever(&canceller) => None,
                    () = sleep(settings.cancel_grace) => None,
                };
                (Tried::Failed(timeout_failure(limit)), after_cancel(reacted))
            }
        };
        drop(work);
        live.busy = false;
        if live.within && !matches!(tried, Tried::Rows(_)) && after == After::Clean {
            // Engines refuse everything else in a transaction after a failure.
            self.end_transaction(settings).await;
        }
        let usable = self.live.as_ref().is_some_and(|live| live.session.is_usable());
        let lost = after != After::Clean || !usable;
        if lost {
            let message = match after {
                After::Hung => "the engine did not react to a cancel; its session is abandoned",
                After::Unclean | After::Clean => "the session cannot be used again and is closed",
            };
            (terms.warn)(message.to_owned());
            self.let_go();
        }
        Try { tried, sent, latency, opening, lost, hung: after == After::Hung }
    }

    /// Opens a session where none is open.
    ///
    /// # Errors
    /// The engine's failure to open one.
    pub(crate) async fn open(&mut self, terms: &Terms<'_>) -> Result<(), Failure> {
        self.ensure_open(terms).await.map(|_| ())
    }

    /// A session in the transaction that is wanted.
    async fn ensure_ready(&mut self, terms: &Terms<'_>) -> Result<&mut Live, Failure> {
        let wanted = self.wanted;
        let live = self.ensure_open(terms).await?;
        let Some(access) = wanted.filter(|_| !live.within) else { return Ok(live) };
        live.busy = true;
        let begun = bounded(terms.settings.open_timeout, live.session.begin(access)).await;
        // Where it failed, nobody knows what the session is in now.
        live.busy = begun.is_err();
        if !begun? && access == Access::ReadWrite {
            return Err(no_transactions());
        }
        live.within = true;
        Ok(live)
    }

    async fn ensure_open(&mut self, terms: &Terms<'_>) -> Result<&mut Live, Failure> {
        if !self.live.as_ref().is_some_and(Live::is_fit) {
            self.let_go();
            let opening = Opening {
                engine: &self.engine,
                session: &self.opened_with,
                settings: terms.settings,
                stop: terms.stop,
            };
            let session = opening.open(terms.warn).await?;
            let canceller = session.canceller();
            self.live = Some(Live { session, canceller, busy: false, within: false });
        }
        self.live.as_mut().ok_or_else(|| unreachable("no session is open".to_owned()))
    }

    /// Ends the session. A statement that is still running is cancelled first.
    pub(crate) async fn close(mut self, settings: &Settings) {
        if let Some(live) = &self.live
            && live.busy
        {
            let canceller = live.canceller.clone();
            // Whether it is heard or not, the session goes now.
            let _ = timeout(settings.cancel_grace, canceller.cancel()).await;
        }
        self.let_go();
    }

    /// Lets go of the session. Dropping it may wait for an engine that hangs, so that happens on a
    /// thread of its own, which nobody waits for.
    fn let_go(&mut self) {
        let Some(live) = self.live.take() else { return };
        let runtime = tokio::runtime::Handle::try_current();
        let dropping = move || {
            let _entered = runtime.as_ref().map(tokio::runtime::Handle::enter);
            drop(live);
        };
        if let Err(error) =
            thread::Builder::new().name("replay-session-close".to_owned()).spawn(dropping)
        {
            tracing::warn!(%error, "no thread to close a session on; it was closed in place");
        }
    }
}

impl Drop for EngineSession {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// Everything that opening a session takes.
pub(crate) struct Opening<'a> {
    pub(crate) engine: &'a Arc<dyn Engine>,
    pub(crate) session: &'a SessionSettings,
    pub(crate) settings: &'a Settings,
    pub(crate) stop: &'a StopSignal,
}

impl Opening<'_> {
    /// Opens a session, trying again where that may help; `warn` is told about it.
    pub(crate) async fn open(self, warn: impl Fn(String)) -> Result<Box<dyn Session>, Failure> {
        let settings = self.settings;
        let mut tried = 0;
        loop {
            tried += 1;
            let opening = AssertUnwindSafe(self.engine.open(self.session)).catch_unwind();
            let failure = match timeout(settings.open_timeout, opening).await {
                Ok(Ok(Ok(session))) => return Ok(session),
                Ok(Ok(Err(failure))) => failure,
                Ok(Err(payload)) => panic_failure(payload.as_ref()),
                Err(_) => unreachable(format!(
                    "no session within {} ms; check that the server answers",
                    settings.open_timeout.as_millis()
                )),
            };
            let passing = is_passing(&failure) && !is_login_refused(&failure);
            if !passing || tried >= settings.open_attempts_max || self.stop.is_stopped() {
                return Err(failure);
            }
            warn(format!("opening a session again after: {failure}"));
            tokio::select! {
                () = sleep(settings.backoff(tried)) => {}
                () = self.stop.stopped() => return Err(failure),
            }
        }
    }
}

/// Waits for an engine up to a limit; a panic of its driver is a failure.
async fn bounded<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(payload)) => Err(panic_failure(payload.as_ref())),
        Err(_) => Err(unreachable(format!(
            "the engine neither began nor ended a transaction within {} ms",
            limit.as_millis()
        ))),
    }
}

/// Nothing that changes rows may run there.
fn no_transactions() -> Failure {
    Failure {
        class: FailureClass::Refused,
        sqlstate: SqlState::FEATURE_NOT_SUPPORTED,
        message: "the engine has no transactions, so that what the statement changes could not be \
                  undone"
            .to_owned(),
        code: None,
        position: None,
    }
}

/// May the same thing work a little later?
pub(crate) fn is_passing(failure: &Failure) -> bool {
    matches!(failure.class, FailureClass::Transient | FailureClass::Unreachable)
}

/// A wrong password or an unknown database: that does not get better by asking again.
pub(crate) fn is_login_refused(failure: &Failure) -> bool {
    matches!(failure.sqlstate.class(), "28" | "3D")
}

/// What state a client-side cancel left the session in. Only a statement that ended because of the
/// cancel leaves a clean one: a cancel that is still on its way would hit the next statement.
fn after_cancel(reacted: Option<Result<Result<AnswerRows, Failure>, Panic>>) -> After {
    match reacted {
        None => After::Hung,
        Some(Ok(Err(failure))) if failure.sqlstate == SqlState::QUERY_CANCELED => After::Clean,
        Some(_) => After::Unclean,
    }
}

/// Cancels again and again, since an engine may miss a cancel: the caller bounds it.
async fn cancel_for_ever(canceller: &Canceller) {
    loop {
        canceller.cancel().await;
        sleep(CANCEL_AGAIN).await;
    }
}

fn timeout_failure(limit: Duration) -> Failure {
    Failure {
        class: FailureClass::Resource,
        sqlstate: SqlState::QUERY_CANCELED,
        message: format!(
            "no complete answer within {} ms; the statement was cancelled from our side",
            limit.as_millis()
        ),
        code: None,
        position: None,
    }
}

fn panic_failure(payload: &(dyn std::any::Any + Send)) -> Failure {
    Failure {
        class: FailureClass::Resource,
        sqlstate: SqlState::INTERNAL_ERROR,
        message: format!("the engine's driver ended in a panic: {}", panic_text(payload)),
        code: None,
        position: None,
    }
}

/// The engine cannot be reached, for this reason.
pub(crate) fn unreachable(message: String) -> Failure {
    Failure {
        class: FailureClass::Unreachable,
        sqlstate: SqlState::CANNOT_CONNECT,
        message,
        code: None,
        position: None,
    }
}
