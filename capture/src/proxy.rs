//! Stands between clients and a PostgreSQL server, and records what is executed.
//!
//! Bytes are sent on as they come, and looked at afterwards: the client and the server see each other as if
//! nobody stood between them. What is recorded goes to the files of a recording without anybody waiting for
//! it, and becomes a workload at the end ([`finish`]).

mod binding;
mod certificate;
mod client;
mod counts;
mod executed;
mod finish;
mod frames;
mod message;
mod recorder;
mod relay;
mod segment;
mod session;
mod stream;
mod upstream;
mod values;
#[cfg(any(test, feature = "fuzzing"))]
pub mod watched;

pub use certificate::{CertificateError, certificate};
pub use counts::Counted;
pub use finish::{FinishError, Finished, finish};
pub use recorder::Settings;
pub use rustls::{ClientConfig, ServerConfig};
pub use upstream::{Address, Upstream, UpstreamTls};

use crate::{
    Values,
    folder::{MANIFEST_FILE, STATEMENTS_FILE},
};
use binding::Settled;
use client::{Refused, Wanted};
use counts::{Counts, add};
use recorder::{Held, Recorder};
use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use stream::Stream;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};

/// How long a cancel may take: one that arrives later could hit another statement.
const CANCEL_MAX: Duration = Duration::from_secs(5);

/// Connections at the same time.
const CONNECTIONS_MAX: usize = 10_000;

/// How long to wait after a connection that could not be accepted, for want of files most likely.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What a proxy is to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where clients connect to: `127.0.0.1:6432`.
    pub listen: String,
    /// The server.
    pub upstream: Upstream,
    /// The certificate for clients that want TLS; without one they get plain text, or none.
    pub tls: Option<Arc<ServerConfig>>,
    /// May the offer of logins that are bound to the channel be taken out for clients without TLS?
    pub without_channel_binding: bool,
    /// The folder of the workload.
    pub out: PathBuf,
    /// What is recorded.
    pub settings: Settings,
}

/// Why a proxy could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("`{address}` cannot be listened on: {source}; give another address to --listen")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// There is a workload.
    #[error("`{}` holds a workload already; give a folder of its own", .0.display())]
    Taken(PathBuf),
    /// There is a recording whose values may have been kept.
    #[error(
        "`{}` holds a recording that is no workload yet, perhaps with values that are to be scrubbed now; \
         `gnomon capture recover` makes it one, or give another folder",
        .0.display()
    )]
    Unfinished(PathBuf),
    /// The folder cannot be written.
    #[error("`{}` cannot be recorded into: {source}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A proxy that listens.
pub struct Proxy {
    listener: TcpListener,
    shared: Arc<Shared>,
    held: Held,
    out: PathBuf,
}

/// What all connections share.
struct Shared {
    upstream: Upstream,
    tls: Option<Arc<ServerConfig>>,
    without_channel_binding: bool,
    recorder: Arc<Recorder>,
    counts: Arc<Counts>,
    /// Names the sessions of this process.
    run: u64,
    last: AtomicU64,
    places: Semaphore,
}

/// A look at a proxy that runs.
#[derive(Clone)]
pub struct Look(Arc<Counts>);

impl Look {
    /// What it has seen so far.
    pub fn counted(&self) -> Counted {
        self.0.read()
    }
}

impl Proxy {
    /// Listens, and makes the first file of the recording.
    ///
    /// # Errors
    /// The address is taken, or the folder holds a workload or cannot be written.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options { listen, upstream, tls, without_channel_binding, out, settings } = options;
        if [MANIFEST_FILE, STATEMENTS_FILE].iter().any(|file| out.join(file).exists()) {
            return Err(StartError::Taken(out));
        }
        let listener = TcpListener::bind(&listen)
            .await
            .map_err(|source| StartError::Listen { address: listen, source })?;
        let counts = Arc::new(Counts::default());
        let folder = |source| StartError::Folder { path: out.clone(), source };
        let held = recorder::hold(&out).map_err(folder)?;
        let is_scrubbed = !matches!(settings.values, Values::Kept);
        if is_scrubbed && !segment::numbers(&held.folder).map_err(folder)?.is_empty() {
            return Err(StartError::Unfinished(out));
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let run = u64::try_from(since.as_micros()).unwrap_or_default();
        let recorder =
            Recorder::start((&held, run), settings, Arc::clone(&counts)).map_err(folder)?;
        let shared = Arc::new(Shared {
            upstream,
            tls,
            without_channel_binding,
            recorder: Arc::new(recorder),
            counts,
            run,
            last: AtomicU64::new(0),
            places: Semaphore::new(CONNECTIONS_MAX),
        });
        Ok(Self { listener, shared, held, out })
    }

    /// The address that is listened on.
    ///
    /// # Errors
    /// The system does not tell it.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What it sees from now on.
    pub fn look(&self) -> Look {
        Look(Arc::clone(&self.shared.counts))
    }

    /// Relays until `stop`; then connections have `grace` to end by themselves. What was recorded becomes
    /// the workload.
    ///
    /// # Errors
    /// The workload could not be made; the files of the recording stay.
    pub async fn run(
        self,
        stop: impl Future<Output = ()>,
        grace: Duration,
    ) -> Result<(Finished, Counted), FinishError> {
        let Self { listener, shared, held, out } = self;
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, from)) => {
                        let shared = Arc::clone(&shared);
                        connections.spawn(async move { shared.serve(stream, from).await });
                    }
                    Err(error) => {
                        tracing::warn!("a connection could not be accepted: {error}");
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
            }
        }
        drop(listener);
        let all = async { while connections.join_next().await.is_some() {} };
        if timeout(grace, all).await.is_err() {
            connections.shutdown().await;
        }
        let (recorder, run) = (Arc::clone(&shared.recorder), shared.run);
        let finishing = tokio::task::spawn_blocking(move || {
            recorder.finish();
            finish::of_segments(&out, &held, Some((run, recorder.counts.read())))
        });
        let finished = finishing.await.unwrap_or_else(|error| {
            let path = Path::new("").to_owned();
            Err(FinishError::Folder { path, source: io::Error::other(error) })
        })?;
        Ok((finished, shared.counts.read()))
    }
}

impl Shared {
    async fn serve(&self, stream: TcpStream, from: SocketAddr) {
        let Ok(_place) = self.places.try_acquire() else {
            add(&self.counts.refused, 1);
            let message = "the recording proxy has too many connections";
            client::turn_away(&mut Stream::Tcp(stream), "53300", message).await;
            return;
        };
        match client::wanted(stream, self.tls.as_ref()).await {
            Ok(Wanted::Session { client, message, login, is_replication }) => {
                let of = (!is_replication).then_some(login);
                self.session(client, &message, of).await;
            }
            Ok(Wanted::Cancel { client, message }) => self.cancel(client, &message).await,
            Ok(Wanted::Nothing) => {}
            Err(refused) => {
                add(&self.counts.refused, 1);
                // What clients do wrong is no matter of the recording.
                match refused {
                    Refused::Io(error) => tracing::debug!("{from} is gone: {error}"),
                    refused => tracing::warn!("{from} was turned away: {refused}"),
                }
            }
        }
    }

    async fn session(&self, mut client: Stream, message: &[u8], login: Option<executed::Who>) {
        let server = match self.upstream.connect().await {
            Ok(server) => server,
            Err(error) => {
                add(&self.counts.refused, 1);
                tracing::warn!("the server cannot be reached: {error}");
                let message = format!("the recording proxy cannot reach the server: {error}");
                return client::turn_away(&mut client, "08001", &message).await;
            }
        };
        add(&self.counts.sessions, 1);
        if login.is_none() {
            add(&self.counts.passed, 1);
        }
        add(&self.counts.open, 1);
        let relayed = self.relayed(client, server, message, login).await;
        self.counts.open.fetch_sub(1, Ordering::Relaxed);
        if let Err(error) = relayed {
            tracing::debug!("a session ended: {error}");
        }
    }

    async fn relayed(
        &self,
        mut client: Stream,
        mut server: Stream,
        message: &[u8],
        login: Option<executed::Who>,
    ) -> io::Result<()> {
        server.write_all(message).await?;
        server.flush().await?;
        let mut seen = Vec::new();
        if server.is_encrypted() && !client.is_encrypted() {
            match binding::settle(&mut client, &mut server, self.without_channel_binding).await? {
                Settled::Open(bytes) => seen = bytes,
                Settled::Bound => {
                    add(&self.counts.refused, 1);
                    tracing::warn!("a client was turned away: {}", binding::ADVICE);
                    client::turn_away(&mut client, "28000", binding::ADVICE).await;
                    return Ok(());
                }
            }
        }
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("{:x}-{number}", self.run);
        let of = login.map(|login| executed::Who { id, ..login });
        relay::relay(client, server, (&self.recorder, of), &seen).await
    }

    /// Passes a cancel on, and waits until the server has seen it: that it closes the connection says so.
    async fn cancel(&self, mut client: Stream, message: &[u8]) {
        let passed = timeout(CANCEL_MAX, async {
            let mut server = self.upstream.connect().await?;
            server.write_all(message).await?;
            server.flush().await?;
            let mut end = [0; 64];
            while server.read(&mut end).await? > 0 {}
            io::Result::Ok(())
        });
        match passed.await {
            Ok(Ok(())) => add(&self.counts.cancels, 1),
            Ok(Err(error)) => tracing::warn!("a cancel did not reach the server: {error}"),
            Err(_) => tracing::warn!("a cancel did not reach the server in time, and is left out"),
        }
        let _ = client.shutdown().await;
    }
}
