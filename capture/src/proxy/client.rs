//! The leg of the client, up to its first real message: what it wants of the connection
//! (<https://www.postgresql.org/docs/17/protocol-flow.html#PROTOCOL-FLOW-START-UP>).

use super::{executed::Who, message::Body, stream::Stream};
use rustls::ServerConfig;
use std::{io, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, TlsStream};

/// How long a client may take to say what it wants.
const LOGIN_MAX: Duration = Duration::from_mins(1);

/// Longest first message, as in the server.
const STARTUP_BYTES_MAX: usize = 10_000;

const CANCEL: i32 = 80_877_102;
const SSL: i32 = 80_877_103;
const GSS: i32 = 80_877_104;
const PROTOCOL: i32 = 3;

/// What begins a TLS handshake without a request for it (PostgreSQL 17).
const TLS_HANDSHAKE: u8 = 0x16;

/// What a client wants.
pub(super) enum Wanted {
    /// A session. The message goes on to the server as it is.
    Session { client: Stream, message: Vec<u8>, login: Who, is_replication: bool },
    /// A running statement of another connection is to end.
    Cancel { client: Stream, message: Vec<u8> },
    /// Nothing: it went away.
    Nothing,
}

/// Why a client was turned away.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("it said nothing for {} seconds", LOGIN_MAX.as_secs())]
    Late,
    #[error("it does not speak PostgreSQL's protocol, version 3")]
    Protocol,
    #[error("it sent plain text behind its request for TLS")]
    Injected,
    #[error(
        "it asks for TLS directly, and the proxy has no certificate; give it --tls-cert and --tls-key"
    )]
    NoTls,
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Asks a client what it wants, in TLS if that is possible.
pub(super) async fn wanted(
    stream: TcpStream,
    tls: Option<&Arc<ServerConfig>>,
) -> Result<Wanted, Refused> {
    timeout(LOGIN_MAX, negotiate(stream, tls)).await.map_err(|_| Refused::Late)?
}

async fn negotiate(stream: TcpStream, tls: Option<&Arc<ServerConfig>>) -> Result<Wanted, Refused> {
    stream.set_nodelay(true)?;
    let mut first = [0];
    if stream.peek(&mut first).await? == 0 {
        return Ok(Wanted::Nothing);
    }
    let mut client = if first == [TLS_HANDSHAKE] {
        let tls = tls.ok_or(Refused::NoTls)?;
        accept(tls, stream).await?
    } else {
        Stream::Tcp(stream)
    };
    let (mut has_asked_tls, mut has_asked_gss) = (false, false);
    loop {
        let Some((code, message)) = startup(&mut client).await? else { return Ok(Wanted::Nothing) };
        match code {
            SSL if !has_asked_tls => {
                has_asked_tls = true;
                client = match (client, tls) {
                    (Stream::Tcp(mut stream), Some(tls)) => {
                        // What stands behind the request came from somebody in between.
                        let mut behind = [0];
                        let behind = stream.try_read(&mut behind);
                        if !matches!(&behind, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
                        {
                            return Err(Refused::Injected);
                        }
                        stream.write_all(b"S").await?;
                        accept(tls, stream).await?
                    }
                    (mut plain, _) => {
                        plain.write_all(b"N").await?;
                        plain
                    }
                };
            }
            GSS if !has_asked_gss => {
                has_asked_gss = true;
                client.write_all(b"N").await?;
                client.flush().await?;
            }
            CANCEL => return Ok(Wanted::Cancel { client, message }),
            version if version >> 16 == PROTOCOL => {
                let (login, is_replication) = login(&message);
                return Ok(Wanted::Session { client, message, login, is_replication });
            }
            _ => return Err(Refused::Protocol),
        }
    }
}

async fn accept(tls: &Arc<ServerConfig>, stream: TcpStream) -> Result<Stream, Refused> {
    let accepted = TlsAcceptor::from(Arc::clone(tls)).accept(stream).await?;
    Ok(Stream::Tls(Box::new(TlsStream::Server(accepted))))
}

/// A message without a kind: its code, and all of it. Nothing where the client is gone.
async fn startup(client: &mut Stream) -> Result<Option<(i32, Vec<u8>)>, Refused> {
    let mut head = [0; 8];
    match client.read_exact(&mut head).await {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let [l0, l1, l2, l3, code @ ..] = head;
    let length = usize::try_from(i32::from_be_bytes([l0, l1, l2, l3])).unwrap_or_default();
    if !(8..=STARTUP_BYTES_MAX).contains(&length) {
        return Err(Refused::Protocol);
    }
    let mut message = vec![0; length];
    let (start, rest) = message.split_at_mut(head.len());
    start.copy_from_slice(&head);
    client.read_exact(rest).await?;
    Ok(Some((i32::from_be_bytes(code), message)))
}

/// Who logs in, and whether for replication.
fn login(message: &[u8]) -> (Who, bool) {
    let mut body = Body(message.get(8..).unwrap_or_default());
    let (mut login, mut is_replication) = (Who::default(), false);
    while let Some(name) = body.text().filter(|name| !name.is_empty()) {
        let Some(value) = body.text() else { break };
        let text = || Some(String::from_utf8_lossy(value).into_owned());
        match name {
            b"user" => login.user = text(),
            b"database" => login.database = text(),
            b"replication" => {
                let off = [&b"false"[..], b"off", b"no", b"0"];
                is_replication = !off.contains(&value.to_ascii_lowercase().as_slice());
            }
            _ => {}
        }
    }
    if login.database.is_none() {
        login.database.clone_from(&login.user);
    }
    (login, is_replication)
}

/// Tells a client why it gets no session, in words that every driver shows.
pub(super) async fn turn_away(client: &mut Stream, sqlstate: &str, message: &str) {
    let mut body = Vec::new();
    for (kind, text) in [(b'S', "FATAL"), (b'V', "FATAL"), (b'C', sqlstate), (b'M', message)] {
        body.push(kind);
        body.extend_from_slice(text.as_bytes());
        body.push(0);
    }
    body.push(0);
    let length = u32::try_from(body.len() + 4).unwrap_or_default();
    let mut answer = vec![b'E'];
    answer.extend_from_slice(&length.to_be_bytes());
    answer.extend_from_slice(&body);
    // It may be gone already.
    if client.write_all(&answer).await.is_ok() {
        let _ = client.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_says_who_and_where() {
        let of = |text: &str| {
            let mut message = vec![0; 8];
            message.extend(text.replace('|', "\0").bytes());
            message.push(0);
            login(&message)
        };
        let named = |user: &str, database: &str| Who {
            id: String::new(),
            user: Some(user.to_owned()),
            database: Some(database.to_owned()),
        };
        assert_eq!(of("user|ana|database|shop|"), (named("ana", "shop"), false));
        assert_eq!(of("user|ana|"), (named("ana", "ana"), false));
        assert_eq!(of("user|ana|replication|database|"), (named("ana", "ana"), true));
        assert_eq!(of("user|ana|replication|off|"), (named("ana", "ana"), false));
    }
}
