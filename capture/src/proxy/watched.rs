//! A session that is recorded from bytes at hand, without a socket: for tests and fuzzing.

use super::{
    counts::Counts,
    executed::Who,
    frames::Frames,
    recorder::{self, Recorder, Settings},
    segment::{self, SegmentError},
    session::Session,
};
use model::Statement;
use std::{io, sync::Arc};
use tempfile::TempDir;

/// Bytes that go by, and who sent them.
#[derive(Debug, Clone)]
pub enum Seen {
    /// The client.
    Client(Vec<u8>),
    /// The server.
    Server(Vec<u8>),
}

/// A session whose start-up is through.
pub struct Watched {
    folder: TempDir,
    held: recorder::Held,
    recorder: Arc<Recorder>,
    session: Session,
    frames: [Frames; 2],
}

/// What was recorded of a session.
#[derive(Debug)]
pub struct Recorded {
    /// The statements.
    pub statements: Vec<Statement>,
    /// How many were dropped.
    pub dropped: u64,
    /// How often the session was not followed.
    pub unfollowed: u64,
}

impl Watched {
    /// Begins.
    ///
    /// # Errors
    /// There is no room for temporary files.
    pub fn new(settings: Settings) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let held = recorder::hold(folder.path())?;
        let counts = Arc::new(Counts::default());
        let recorder = Arc::new(Recorder::start((&held, 1), settings, counts)?);
        let who = Who {
            id: "s".to_owned(),
            user: Some("ana".to_owned()),
            database: Some("shop".to_owned()),
        };
        let session = Session::new(who, Arc::clone(&recorder));
        Ok(Self { folder, held, recorder, session, frames: [Frames::new(), Frames::new()] })
    }

    /// These bytes go by.
    pub fn saw(&mut self, seen: &Seen) {
        let [client, server] = &mut self.frames;
        let read = match seen {
            Seen::Client(bytes) => client.feed(bytes, &mut self.session.client()),
            Seen::Server(bytes) => server.feed(bytes, &mut self.session.server()),
        };
        if read.is_err() {
            self.session.pass();
        }
    }

    /// Is it not followed any more?
    pub fn is_passed(&self) -> bool {
        self.session.is_passed()
    }

    /// The connection ends.
    ///
    /// # Errors
    /// The recording cannot be read, or does not hold what it counts.
    pub fn end(mut self) -> io::Result<Recorded> {
        self.session.end();
        self.recorder.finish();
        let counted = self.recorder.counts.read();
        let mut statements = Vec::new();
        let path = segment::path(&self.held.folder, 1);
        let held = segment::read::<SegmentError>(&path, |statement| {
            statements.push(statement);
            Ok(())
        })
        .map_err(io::Error::other)?;
        drop(self.folder);
        if !held.is_sealed || counted.recorded != statements.len() as u64 {
            return Err(io::Error::other("the recording does not hold what it counts"));
        }
        let (dropped, unfollowed) = (counted.dropped, counted.unfollowed);
        Ok(Recorded { statements, dropped, unfollowed })
    }
}
