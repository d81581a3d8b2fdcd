//! Reaching a server, and cancelling on it. We open the sockets ourselves because a cancel is only
//! safe once the server has closed the connection that carried it: before that it could still hit
//! the next statement of the session.

use super::{
    config::{PostgresConfig, Target, TlsMode},
    error, tls,
};
use crate::failure;
use model::{Failure, FailureClass, SqlState};
use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf},
    net::{TcpStream, UnixStream},
    time::timeout,
};
use tokio_postgres::{
    CancelToken, Client,
    config::{Config, SslMode},
    tls::MakeTlsConnect,
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Time allowed for delivering a cancel.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(10);

/// A logged-in client and what is needed to cancel on its server.
pub(super) struct Connected {
    pub(super) client: Client,
    pub(super) cancel: Cancel,
    /// `tls` or `plain`, for the record.
    pub(super) transport: &'static str,
}

/// Logs in at the first target that answers.
pub(super) async fn connect(config: &PostgresConfig) -> Result<Connected, Failure> {
    let connector = tls::connector(config).map_err(|message| {
        failure::failure(
            FailureClass::Unreachable,
            SqlState::CANNOT_CONNECT,
            format!("cannot connect to {config}: {message}"),
        )
    })?;
    let mut last = None;
    for target in config.targets() {
        match connect_to(config, &target, &connector).await {
            Ok(connected) => return Ok(connected),
            Err(failure) => last = Some(failure),
        }
    }
    Err(last.unwrap_or_else(|| failure::internal("the connection string names no server")))
}

async fn connect_to(
    config: &PostgresConfig,
    target: &Target,
    connector: &MakeRustlsConnect,
) -> Result<Connected, Failure> {
    let limit = config.connect_timeout;
    let attempt = async {
        // A Unix socket never leaves the machine; PostgreSQL offers no TLS there.
        let plain = matches!(target, Target::Unix { .. }) || config.tls == TlsMode::Disable;
        let mode = if plain { SslMode::Disable } else { config.driver.get_ssl_mode() };
        let first = login(config, target, connector, mode).await;
        match first {
            Err(LoginError::Tls(_))
                if config.tls == TlsMode::Prefer && mode != SslMode::Disable =>
            {
                login(config, target, connector, SslMode::Disable).await
            }
            other => other,
        }
    };
    let login = login_text(config);
    match timeout(limit, attempt).await {
        Ok(Ok(connected)) => Ok(connected),
        Ok(Err(LoginError::Socket(problem))) => {
            Err(unreachable(target, &login, &problem.to_string()))
        }
        Ok(Err(LoginError::Tls(error) | LoginError::Login(error))) => {
            Err(error::of_connect(&error, &target.to_string(), &login))
        }
        Err(_) => {
            Err(unreachable(target, &login, &format!("no answer within {} s", limit.as_secs_f32())))
        }
    }
}

fn unreachable(target: &Target, login: &str, reason: &str) -> Failure {
    failure::failure(
        FailureClass::Unreachable,
        SqlState::CANNOT_CONNECT,
        format!(
            "cannot connect to PostgreSQL at {target}{login}: {reason}; \
             check host, port, and that the server runs and listens there"
        ),
    )
}

fn login_text(config: &PostgresConfig) -> String {
    let mut text = String::new();
    if let Some(user) = config.driver.get_user() {
        text.extend([" as user `", user, "`"]);
    }
    if let Some(database) = config.driver.get_dbname() {
        text.extend([" to database `", database, "`"]);
    }
    text
}

enum LoginError {
    Socket(io::Error),
    Tls(tokio_postgres::Error),
    Login(tokio_postgres::Error),
}

async fn login(
    config: &PostgresConfig,
    target: &Target,
    connector: &MakeRustlsConnect,
    mode: SslMode,
) -> Result<Connected, LoginError> {
    let mut driver: Config = config.driver.clone();
    driver.ssl_mode(mode);
    let stream = open(target).await.map_err(LoginError::Socket)?;
    let tls = handshaker(connector, target);
    let (client, connection) = driver.connect_raw(stream, tls).await.map_err(|error| {
        // The driver keeps the kind of its errors private; this is how it prints this one.
        if error.to_string() == "error performing TLS handshake" {
            LoginError::Tls(error)
        } else {
            LoginError::Login(error)
        }
    })?;
    let token = client.cancel_token();
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error = %error::chain(&error), "connection to PostgreSQL ended");
        }
    });
    let cancel = Cancel(Arc::new(CancelParts {
        token,
        target: target.clone(),
        connector: connector.clone(),
    }));
    let transport = if mode == SslMode::Disable { "plain" } else { "tls" };
    Ok(Connected { client, cancel, transport })
}

fn handshaker(connector: &MakeRustlsConnect, target: &Target) -> Handshaker {
    let name = match target {
        Target::Tcp { name, .. } => name,
        Target::Unix { .. } => "localhost",
    };
    let mut connector = connector.clone();
    let Ok(handshaker) = MakeTlsConnect::<Shared>::make_tls_connect(&mut connector, name);
    handshaker
}

type Handshaker = <MakeRustlsConnect as MakeTlsConnect<Shared>>::TlsConnect;

async fn open(target: &Target) -> io::Result<Shared> {
    let stream: Box<dyn Io> = match target {
        Target::Tcp { address, port, .. } => {
            let stream = TcpStream::connect((address.as_str(), *port)).await?;
            stream.set_nodelay(true)?;
            Box::new(stream)
        }
        Target::Unix { socket } => Box::new(UnixStream::connect(socket).await?),
    };
    Ok(Shared(Arc::new(Mutex::new(stream))))
}

/// Cancels what one connection is running.
#[derive(Clone)]
pub(super) struct Cancel(Arc<CancelParts>);

struct CancelParts {
    token: CancelToken,
    target: Target,
    connector: MakeRustlsConnect,
}

impl Cancel {
    /// Delivers a cancel; when this returns, the server has passed it on or never will.
    pub(super) async fn send(&self) {
        let parts = &self.0;
        let delivery = async {
            let stream = open(&parts.target).await?;
            let tls = handshaker(&parts.connector, &parts.target);
            let mut rest = stream.clone();
            parts.token.cancel_query_raw(stream, tls).await.map_err(io::Error::other)?;
            let mut drain = [0_u8; 64];
            while rest.read(&mut drain).await? > 0 {}
            io::Result::Ok(())
        };
        match timeout(CANCEL_TIMEOUT, delivery).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a cancel may not have arrived"),
            Err(_) => tracing::debug!("a cancel was not taken in time"),
        }
    }
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A stream with a second handle, so that its end can be seen after the driver is done with it.
#[derive(Clone)]
struct Shared(Arc<Mutex<Box<dyn Io>>>);

impl Shared {
    fn with<R>(&self, act: impl FnOnce(Pin<&mut Box<dyn Io>>) -> R) -> R {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(Pin::new(&mut *stream))
    }
}

impl AsyncRead for Shared {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Shared {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.with(|stream| stream.poll_write(cx, buf))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_shutdown(cx))
    }
}
