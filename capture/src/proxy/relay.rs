//! Bytes go from one side to the other; what was sent on is looked at afterwards.

use super::{
    counts, executed::Who, frames::Frames, recorder::Recorder, session::Session, stream::Stream,
};
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicU64},
};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// So much is read at a time.
const BUFFER_BYTES: usize = 32 << 10;

/// The two directions of a connection, looked at together.
struct Observer {
    client: Frames,
    server: Frames,
    session: Session,
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    ToServer,
    ToClient,
}

impl Observer {
    fn saw(&mut self, way: Way, bytes: &[u8]) {
        if self.session.is_passed() {
            return;
        }
        let Self { client, server, session } = self;
        // Whatever goes wrong here, bytes go on.
        let read = catch_unwind(AssertUnwindSafe(|| match way {
            Way::ToServer => client.feed(bytes, &mut session.client()),
            Way::ToClient => server.feed(bytes, &mut session.server()),
        }));
        if !matches!(read, Ok(Ok(()))) {
            tracing::warn!("a session is not recorded any more: its messages cannot be read");
            session.lose();
            session.pass();
        }
    }
}

/// Relays a session until one side ends it; without a login nothing is recorded. What the server has `sent`
/// already went to the client.
pub(super) async fn relay(
    client: Stream,
    server: Stream,
    (recorder, of): (&Arc<Recorder>, Option<Who>),
    sent: &[u8],
) -> io::Result<()> {
    let observer = of.map(|who| {
        Mutex::new(Observer {
            client: Frames::new(),
            server: Frames::new(),
            session: Session::new(who, Arc::clone(recorder)),
        })
    });
    let observer = observer.as_ref();
    let (from_client, to_client) = tokio::io::split(client);
    let (from_server, to_server) = tokio::io::split(server);
    let saw = |way: Way, count: &AtomicU64, bytes: &[u8]| {
        counts::add(count, bytes.len() as u64);
        if let Some(observer) = observer {
            observer.lock().unwrap_or_else(PoisonError::into_inner).saw(way, bytes);
        }
    };
    let counts = &recorder.counts;
    saw(Way::ToClient, &counts.from_server, sent);
    let up = pump(from_client, to_server, |bytes| saw(Way::ToServer, &counts.from_clients, bytes));
    let down = pump(from_server, to_client, |bytes| saw(Way::ToClient, &counts.from_server, bytes));
    // A client that has said all it wants may still wait for answers; a server that has ended has ended.
    let ended = tokio::select! {
        ended = async {
            up.await?;
            std::future::pending::<io::Result<()>>().await
        } => ended,
        ended = down => ended,
    };
    if let Some(observer) = observer {
        observer.lock().unwrap_or_else(PoisonError::into_inner).session.end();
    }
    ended
}

/// Sends on what is read, and shows it then.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut saw: impl FnMut(&[u8]),
) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        let mut rest = buffer.get(..count).unwrap_or_default();
        while !rest.is_empty() {
            // What was written is shown before anything else happens: the answer to it must not be seen
            // first.
            let written = to.write(rest).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            let (sent, more) = rest.split_at(written);
            saw(sent);
            rest = more;
        }
        to.flush().await?;
    }
}
