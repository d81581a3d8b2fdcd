//! From the files of a recording to a workload.

use super::{
    counts::Counted,
    recorder::{self, SEGMENTS_FOLDER},
    segment::{self, SegmentError},
};
use crate::folder::{Known, WorkloadDirError, Writer};
use model::{Manifest, workload::codec::Wrote};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Where a recorded workload says that it comes from.
const SOURCE: &str = "postgres-proxy";

/// Why a recording does not become a workload. Its files stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// Nothing was recorded there.
    #[error("`{}` holds no recording: there is no folder `segments` with files in it", .0.display())]
    Nothing(PathBuf),
    /// The files of the recording cannot be reached.
    #[error("`{}` cannot be read: {source}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of the recording is not as it was written.
    #[error(
        "`{}` is damaged: {why}; nothing was changed. Move it away to make a workload of the others",
        .path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The workload cannot be written.
    #[error(transparent)]
    Write(#[from] WorkloadDirError),
}

/// What became of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// What the workload consists of.
    pub manifest: Manifest,
    /// Files that were read.
    pub segments: u64,
    /// Those that a crash left open.
    pub unsealed: u64,
    /// Bytes at the end of open files that were no whole statement.
    pub torn: u64,
    /// Times that a session's messages could not be followed, up to its next pause.
    pub unfollowed: u64,
}

/// Makes a workload in `out` of what was recorded there, also by a process that did not end properly, and
/// removes the files of the recording then.
///
/// # Errors
/// There is none, it is damaged, or a file system refuses; the files stay as they are.
pub fn finish(out: &Path) -> Result<Finished, FinishError> {
    if !out.join(SEGMENTS_FOLDER).is_dir() {
        return Err(FinishError::Nothing(out.to_owned()));
    }
    let held = recorder::hold(out)
        .map_err(|source| FinishError::Folder { path: out.join(SEGMENTS_FOLDER), source })?;
    of_segments(out, &held, None)
}

/// The same while the segments are held. What was counted by a recording that ends now is known better than
/// its files can say, where they could not be written.
pub(super) fn of_segments(
    out: &Path,
    held: &recorder::Held,
    now: Option<(u64, Counted)>,
) -> Result<Finished, FinishError> {
    let folder = &held.folder;
    let unread = |source| FinishError::Folder { path: folder.clone(), source };
    let numbers = segment::numbers(folder).map_err(unread)?;
    if numbers.is_empty() {
        return Err(FinishError::Nothing(out.to_owned()));
    }
    let mut writer = Writer::create(out)?;
    let (mut segments, mut unsealed, mut torn) = (0, 0, 0);
    // Counts go on from file to file of one recording.
    let mut counted: Vec<(u64, Counted)> = Vec::new();
    for number in &numbers {
        let path = segment::path(folder, *number);
        let read = segment::read(&path, |statement| {
            match writer.try_write(&statement)? {
                Wrote::Written => Ok(()),
                // No recording gives an id twice, or goes back in a session.
                Wrote::KnownId | Wrote::Behind => Err(Problem::Twice(statement.id)),
            }
        });
        let held = read.map_err(|problem| match problem {
            Problem::Write(error) => FinishError::Write(error),
            Problem::Twice(id) => FinishError::Damaged {
                path: path.clone(),
                why: format!("the statement {id} was recorded before"),
            },
            Problem::Segment(SegmentError::Io(source)) => {
                FinishError::Folder { path: path.clone(), source }
            }
            Problem::Segment(error) => {
                FinishError::Damaged { path: path.clone(), why: error.to_string() }
            }
        })?;
        segments += 1;
        unsealed += u64::from(!held.is_sealed);
        torn += held.torn;
        if let Some(counts) = held.counts {
            match counted.iter_mut().find(|(run, _)| *run == held.run) {
                Some((_, known)) => *known = counts,
                None => counted.push((held.run, counts)),
            }
        }
    }
    if let Some((run, counts)) = now {
        counted.retain(|(other, _)| *other != run);
        counted.push((run, counts));
    }
    let dropped = counted.iter().map(|(_, counts)| counts.dropped).sum();
    let unfollowed = counted.iter().map(|(_, counts)| counts.unfollowed).sum();
    let manifest = writer.finish(Known { source: SOURCE, dropped, unreadable: 0 })?;
    // The workload vouches for all of it now.
    recorder::release(held);
    Ok(Finished { manifest, segments, unsealed, torn, unfollowed })
}

enum Problem {
    Write(WorkloadDirError),
    Twice(String),
    Segment(SegmentError),
}

impl From<SegmentError> for Problem {
    fn from(error: SegmentError) -> Self {
        Self::Segment(error)
    }
}

impl From<WorkloadDirError> for Problem {
    fn from(error: WorkloadDirError) -> Self {
        Self::Write(error)
    }
}
