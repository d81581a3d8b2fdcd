//! Logins that are bound to the TLS channel (SCRAM-SHA-256-PLUS), where the client has no channel.
//!
//! A server offers them to whoever reaches it over TLS. Where TLS ends here and the client speaks plain text,
//! libpq takes the offer for an attack and gives up, whatever it is told. The offer may be taken out, but never
//! silently: the user says so, or the client is told what to do.

use super::stream::Stream;
use std::io;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const BOUND: &[u8] = b"SCRAM-SHA-256-PLUS";

/// `AuthenticationSASL`.
const SASL: [u8; 4] = [0, 0, 0, 10];

/// Longest message that is looked at.
const OFFER_BYTES_MAX: usize = 4096;

/// What a client is told.
pub(super) const ADVICE: &str = "the server binds logins to its TLS channel, which ends at the recording proxy; start \
    the proxy with --tls-cert and --tls-key, or with --without-channel-binding, or reach the server with \
    sslmode=disable";

/// What came of the offer.
pub(super) enum Settled {
    /// The client may go on. The server sent these bytes so far.
    Open(Vec<u8>),
    /// The offer would have to be taken out, and nobody allowed that.
    Bound,
}

/// Passes on what the server says up to its offer of how to log in, without what `client` cannot do.
pub(super) async fn settle(
    client: &mut Stream,
    server: &mut Stream,
    may_take_out: bool,
) -> io::Result<Settled> {
    let mut sent = Vec::new();
    loop {
        let mut head = [0; 5];
        server.read_exact(&mut head).await?;
        let [kind, length @ ..] = head;
        let length = usize::try_from(i32::from_be_bytes(length)).unwrap_or_default();
        let mut message = head.to_vec();
        if (4..=OFFER_BYTES_MAX).contains(&length) {
            message.resize(length + 1, 0);
            server.read_exact(message.get_mut(5..).unwrap_or_default()).await?;
        }
        sent.extend_from_slice(&message);
        if kind == b'R'
            && let Some(open) = without_binding(&message)
        {
            if !may_take_out {
                return Ok(Settled::Bound);
            }
            message = open;
        }
        client.write_all(&message).await?;
        client.flush().await?;
        // What may come before: another version of the protocol, a notice.
        if !matches!(kind, b'v' | b'N') {
            return Ok(Settled::Open(sent));
        }
    }
}

/// The message without the mechanism; nothing where it does not offer it.
fn without_binding(message: &[u8]) -> Option<Vec<u8>> {
    let offered = message.get(5..)?.strip_prefix(&SASL)?;
    let mechanisms: Vec<&[u8]> =
        offered.split(|byte| *byte == 0).filter(|name| !name.is_empty()).collect();
    if !mechanisms.contains(&BOUND) {
        return None;
    }
    let mut body = SASL.to_vec();
    for mechanism in mechanisms.into_iter().filter(|name| *name != BOUND) {
        body.extend_from_slice(mechanism);
        body.push(0);
    }
    body.push(0);
    let mut open = vec![b'R'];
    open.extend_from_slice(&u32::try_from(body.len() + 4).ok()?.to_be_bytes());
    open.extend_from_slice(&body);
    Some(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(mechanisms: &str) -> Vec<u8> {
        let body = mechanisms.replace('|', "\0");
        let length = u32::try_from(body.len() + 8).unwrap();
        [&b"R"[..], &length.to_be_bytes(), &SASL, body.as_bytes()].concat()
    }

    #[test]
    fn the_other_mechanisms_stay() {
        let both = offer("SCRAM-SHA-256-PLUS|SCRAM-SHA-256||");
        assert_eq!(without_binding(&both), Some(offer("SCRAM-SHA-256||")));
        assert_eq!(without_binding(&offer("SCRAM-SHA-256||")), None);
        // A password in plain text, and nothing at all.
        assert_eq!(without_binding(b"R\0\0\0\x08\0\0\0\x03"), None);
        assert_eq!(without_binding(b"R\0\0"), None);
    }
}
