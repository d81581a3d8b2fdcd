//! A connection to the server that is opened again where it is lost.

use super::StoreError;
use engines::postgres::{Postgres, PostgresConfig};
use std::time::Duration;
use tokio::{
    sync::Mutex,
    time::{Instant, sleep, timeout},
};
use tokio_postgres::{Client, Error, error::SqlState};

/// Pauses between tries, doubling from the first to the last.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// Longest time of one statement of ours, lock waits included.
const STATEMENT_MAX: Duration = Duration::from_mins(1);

/// Longest time of one piece of work: a server that is gone without a word is noticed by it.
const TRY_MAX: Duration = Duration::from_secs(90);

/// A connection, and how to open it again.
#[derive(Debug)]
pub(super) struct Link {
    server: Postgres,
    place: String,
    /// How long a lost connection is tried to be opened again.
    patience: Duration,
    /// How long this process may be silent in the middle of a transaction.
    silence: Duration,
    client: Mutex<Option<Client>>,
}

/// Why a piece of work was not done.
#[derive(Debug)]
pub(super) enum Problem {
    Driver(Error),
    Store(StoreError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Driver(error)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Link {
    /// Connects to nothing yet. Of `lease`, which a process may be silent for, half is for opening a lost
    /// connection again.
    pub(super) fn new(config: &PostgresConfig, lease: Duration) -> Self {
        Self {
            server: Postgres::new(config.clone()),
            place: config.to_string(),
            patience: lease / 2,
            silence: lease,
            client: Mutex::new(None),
        }
    }

    /// Where the server is, without a password.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Does `work`, again where the connection was lost or the server had to give it up, within bounds.
    /// It is told which try it is, from 0: a try before may have come to its end on the server
    /// although nobody heard of it.
    pub(super) async fn run<T>(
        &self,
        action: &'static str,
        work: impl AsyncFn(&mut Client, u32) -> Result<T, Problem>,
    ) -> Result<T, StoreError> {
        let mut place = self.client.lock().await;
        let mut deadline: Option<Instant> = None;
        let [mut pause, longest] = PAUSES;
        for number in 0.. {
            let error = match timeout(TRY_MAX, self.once(&mut place, &work, number)).await {
                Ok(Ok(done)) => return Ok(done),
                Ok(Err(Problem::Driver(error))) => {
                    let is_passing = passes(&error);
                    let error = self.told(action, &error);
                    if !is_passing {
                        return Err(error);
                    }
                    error
                }
                Ok(Err(Problem::Store(error @ StoreError::Unreachable { .. }))) => error,
                Ok(Err(Problem::Store(error))) => return Err(error),
                // Whoever is at the other end, it is not heard of any more.
                Err(_) => {
                    *place = None;
                    self.unreachable(format!("no answer within {} s", TRY_MAX.as_secs()))
                }
            };
            // From the first failure on, so that what takes long is tried again, too.
            let deadline = *deadline.get_or_insert_with(|| Instant::now() + self.patience);
            if Instant::now() + pause >= deadline {
                return Err(error);
            }
            tracing::debug!(%error, "the run store is tried again");
            sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
        Err(self.unreachable("it was tried too often"))
    }

    async fn once<T>(
        &self,
        place: &mut Option<Client>,
        work: &impl AsyncFn(&mut Client, u32) -> Result<T, Problem>,
        number: u32,
    ) -> Result<T, Problem> {
        match place {
            Some(client) if !client.is_closed() => work(client, number).await,
            _ => {
                let client = self.open().await?;
                work(place.insert(client), number).await
            }
        }
    }

    async fn open(&self) -> Result<Client, StoreError> {
        let client = self.server.client().await.map_err(|failure| {
            // A wrong password is not right the next time.
            let state = failure.sqlstate.as_str();
            let is_refused = ["28", "3D"].iter().any(|class| state.starts_with(class));
            let place = self.place.clone();
            if is_refused {
                StoreError::Refused { place, action: "log in", message: failure.message }
            } else {
                StoreError::Unreachable { place, message: failure.message }
            }
        })?;
        // A process that hangs in the middle of a transaction keeps its worker from being ended.
        let settings = format!(
            "SET statement_timeout = {statement}; SET lock_timeout = {statement}; \
             SET idle_in_transaction_session_timeout = {silence}; SET search_path = pg_catalog; \
             SET tcp_user_timeout = {silence}; SET tcp_keepalives_idle = {idle}; \
             SET tcp_keepalives_interval = {idle}; SET tcp_keepalives_count = 3; \
             SET client_min_messages = warning; SET default_transaction_isolation = 'read committed'; \
             SET default_transaction_read_only = off",
            statement = STATEMENT_MAX.as_millis(),
            silence = self.silence.as_millis(),
            idle = (self.silence / 4).as_secs().max(1),
        );
        client
            .batch_execute(&settings)
            .await
            .map_err(|error| self.told("set up a session", &error))?;
        Ok(client)
    }

    fn unreachable(&self, message: impl Into<String>) -> StoreError {
        StoreError::Unreachable { place: self.place.clone(), message: message.into() }
    }

    fn told(&self, action: &'static str, error: &Error) -> StoreError {
        let place = self.place.clone();
        match error.as_db_error() {
            Some(said) if *said.code() == SqlState::DISK_FULL => {
                StoreError::Full { path: place.into() }
            }
            Some(said) => StoreError::Refused {
                place,
                action,
                message: format!("{} ({})", said.message(), said.code().code()),
            },
            None => {
                let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
                self.unreachable(format!("{error}{}", cause.unwrap_or_default()))
            }
        }
    }
}

/// May the same work on another connection, or a little later?
fn passes(error: &Error) -> bool {
    let Some(code) = error.code() else { return error.is_closed() || is_io(error) };
    let class = code.code().get(..2).unwrap_or_default();
    // Connections, resources, operator intervention (a server that goes down), and transactions that
    // another one made impossible.
    let is_passing = matches!(class, "08" | "53" | "57" | "40") && *code != SqlState::DISK_FULL;
    // A session that the server ended since it was silent; and a verdict that an earlier try is just
    // committing, which the next one finds.
    is_passing || matches!(code.code(), "25P03" | "25P04" | "23505" | "55P03")
}

fn is_io(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}
