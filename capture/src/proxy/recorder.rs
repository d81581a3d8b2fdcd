//! Statements on their way to disk. Who relays bytes never waits here: what does not fit is dropped, and
//! counted.

use super::{
    counts::{self, Counts},
    executed::Executed,
    segment::{self, Segment, SegmentError},
};
use crate::scrub::{self, Values};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, TryRecvError, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// So many statements may be on their way, and so many bytes of their texts and parameters.
const QUEUE_MAX: usize = 1 << 15;
const QUEUE_BYTES_MAX: usize = 128 << 20;

/// A file is ended at this size.
const SEGMENT_BYTES_MAX: u64 = 64 << 20;

/// How often what waits is taken: an end of this process loses no more.
const TAKE_EVERY: Duration = Duration::from_millis(10);

/// How long a statement may wait to be safe from a loss of power.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// The folder of the files, inside of that of the workload.
pub(super) const SEGMENTS_FOLDER: &str = "segments";

/// What it is called while it is removed.
const DONE_FOLDER: &str = ".segments-done";

/// The file that says that a recording is going on.
const LOCK_FILE: &str = ".lock";

/// What is recorded.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Are the rows of answers digested?
    pub digest: bool,
    /// Longest text of a statement that is kept, in bytes; a longer one is marked as cut.
    pub statement_bytes_max: usize,
    /// What becomes of literals and parameters.
    pub values: Values,
}

impl Default for Settings {
    fn default() -> Self {
        Self { digest: false, statement_bytes_max: 4 << 20, values: Values::Kept }
    }
}

/// Where statements are handed in.
pub(super) struct Recorder {
    settings: Settings,
    pub(super) counts: Arc<Counts>,
    sender: Mutex<Option<SyncSender<Executed>>>,
    waiting: Arc<AtomicUsize>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The folder of the segments, held by one process at a time.
pub(super) struct Held {
    pub(super) folder: PathBuf,
    _lock: File,
}

/// Takes hold of the segments of a workload's folder.
pub(super) fn hold(out: &Path) -> io::Result<Held> {
    let folder = out.join(SEGMENTS_FOLDER);
    fs::create_dir_all(&folder)?;
    let lock = File::create(folder.join(LOCK_FILE))?;
    match lock.try_lock() {
        Ok(()) => Ok(Held { folder, _lock: lock }),
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::other("another process records into this folder"))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Removes the segments, of which a workload was made. They lose their name first: whatever happens on the
/// way, nobody takes what is left for all of them.
pub(super) fn release(held: &Held) {
    let done = held.folder.with_file_name(DONE_FOLDER);
    let _ = fs::remove_dir_all(&done);
    if fs::rename(&held.folder, &done).is_ok() {
        let _ = fs::remove_dir_all(&done);
    }
}

impl Recorder {
    /// Starts recording into a new segment.
    pub(super) fn start(
        (held, run): (&Held, u64),
        settings: Settings,
        counts: Arc<Counts>,
    ) -> io::Result<Self> {
        let number = segment::numbers(&held.folder)?.last().map_or(1, |last| last + 1);
        let segment = Segment::create(&held.folder, number, run)?;
        let (sender, receiver) = sync_channel(QUEUE_MAX);
        let waiting = Arc::new(AtomicUsize::new(0));
        let mut writer = Writer {
            folder: held.folder.clone(),
            number,
            run,
            segment: Some(segment),
            counts: Arc::clone(&counts),
            waiting: Arc::clone(&waiting),
            values: settings.values,
            synced: Instant::now(),
            is_dirty: false,
            told: 0,
        };
        let thread = thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || writer.run(&receiver))?;
        Ok(Self {
            settings,
            counts,
            sender: Mutex::new(Some(sender)),
            waiting,
            thread: Mutex::new(Some(thread)),
        })
    }

    pub(super) fn settings(&self) -> Settings {
        self.settings
    }

    /// Hands in a statement; false where it does not fit, or nothing is recorded any more.
    pub(super) fn offer(&self, executed: Executed) -> bool {
        let bytes = executed.bytes();
        if self.waiting.fetch_add(bytes, Ordering::Relaxed) > QUEUE_BYTES_MAX {
            self.waiting.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let is_taken = sender.as_ref().is_some_and(|sender| sender.try_send(executed).is_ok());
        if !is_taken {
            self.waiting.fetch_sub(bytes, Ordering::Relaxed);
        }
        is_taken
    }

    /// Waits until all that was handed in is on disk, and ends the file.
    pub(super) fn finish(&self) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            self.counts.stop("the recording broke off; this is a fault of gnomon".to_owned());
        }
    }
}

/// The other end.
struct Writer {
    folder: PathBuf,
    number: u64,
    run: u64,
    segment: Option<Segment>,
    counts: Arc<Counts>,
    waiting: Arc<AtomicUsize>,
    values: Values,
    synced: Instant,
    is_dirty: bool,
    /// So many drops are on disk.
    told: u64,
}

/// What was taken of what waits.
enum Taken {
    /// All that waited, or as much as fits into the queue.
    All,
    /// All, and nothing more will come.
    Last,
}

impl Writer {
    fn run(&mut self, receiver: &Receiver<Executed>) {
        let Err(error) = self.write(receiver) else { return };
        let path = self.segment.as_ref().map_or(self.folder.as_path(), Segment::path);
        let why = format!("`{}` could not be written: {error}", path.display());
        tracing::error!("recording has ended, traffic goes on: {why}");
        self.counts.stop(why);
        self.settle();
        // What is handed in from now on is dropped, and counted.
        let dropped = |writer: &mut Self, _| {
            counts::add(&writer.counts.dropped, 1);
            io::Result::Ok(())
        };
        while let Ok(Taken::All) = self.take(receiver, dropped) {}
    }

    /// Takes what waits, a moment later: whoever waited for each statement would have to be woken by those
    /// who must not be held up.
    fn take(
        &mut self,
        receiver: &Receiver<Executed>,
        mut each: impl FnMut(&mut Self, Executed) -> io::Result<()>,
    ) -> io::Result<Taken> {
        thread::sleep(TAKE_EVERY);
        for _ in 0..QUEUE_MAX {
            match receiver.try_recv() {
                Ok(executed) => {
                    self.waiting.fetch_sub(executed.bytes(), Ordering::Relaxed);
                    each(self, executed)?;
                }
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Ok(Taken::Last),
            }
        }
        Ok(Taken::All)
    }

    /// Of what was added to a file that could not be written, the statements that are not in it were dropped.
    fn settle(&mut self) {
        let Some(segment) = self.segment.take() else { return };
        let (path, added) = (segment.path().to_owned(), segment.statements);
        drop(segment);
        let held = segment::read::<SegmentError>(&path, |_| Ok(()));
        let lost = added.saturating_sub(held.map_or(0, |held| held.statements));
        self.counts.recorded.fetch_sub(lost, Ordering::Relaxed);
        counts::add(&self.counts.dropped, lost);
    }

    fn write(&mut self, receiver: &Receiver<Executed>) -> io::Result<()> {
        while let Taken::All = self.take(receiver, Self::add)? {
            // What waited goes to the system at once, all together.
            if let Some(segment) = &mut self.segment {
                segment.flush()?;
            }
            self.tell_drops()?;
            if self.is_dirty
                && self.synced.elapsed() >= SYNC_EVERY
                && let Some(segment) = &mut self.segment
            {
                segment.sync()?;
                self.is_dirty = false;
                self.synced = Instant::now();
            }
        }
        self.end()
    }

    fn add(&mut self, executed: Executed) -> io::Result<()> {
        let Some(statement) = executed.into_statement() else {
            counts::add(&self.counts.dropped, 1);
            return Ok(());
        };
        let statement = scrub::kept(statement, self.values);
        if self.segment.as_ref().is_some_and(|segment| segment.bytes >= SEGMENT_BYTES_MAX) {
            self.end()?;
            self.number += 1;
            self.segment = Some(Segment::create(&self.folder, self.number, self.run)?);
        }
        if let Some(segment) = &mut self.segment {
            segment.add(&statement)?;
            self.is_dirty = true;
            counts::add(&self.counts.recorded, 1);
        }
        Ok(())
    }

    /// Drops are told while they happen: a crash must not hide them.
    fn tell_drops(&mut self) -> io::Result<()> {
        let counted = self.counts.read();
        let told = counted.dropped + counted.unfollowed;
        if told != self.told
            && let Some(segment) = &mut self.segment
        {
            segment.count(&counted)?;
            segment.flush()?;
            self.told = told;
            self.is_dirty = true;
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        match self.segment.take() {
            Some(segment) => segment.seal(&self.counts.read()),
            None => Ok(()),
        }
    }
}
