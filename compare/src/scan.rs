//! Reads both sides, part by part, on as many threads as there are.

use crate::{
    hash::RowHasher,
    watch::{Pass, STOPPED, Watch},
};
use arrow::record_batch::RecordBatch;
use model::{Rows, Side};
use std::{
    num::NonZero,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

/// Rows of a batch: few enough for the caches, enough to pay for a call.
const BATCH_ROWS: usize = 8_192;
/// Inputs of fewer rows are not worth a thread.
const THREAD_ROWS_MIN: u64 = 50_000;

/// One side as it is read.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) rows: &'a dyn Rows,
    pub(crate) hasher: &'a RowHasher,
    /// The columns to read, ascending: those of the hasher, and perhaps more.
    pub(crate) columns: &'a [usize],
}

/// A batch with the hashes of its rows.
pub(crate) struct Hashed<'b> {
    pub(crate) side: Side,
    pub(crate) part: usize,
    /// Place of the first row in its part.
    pub(crate) start: u64,
    pub(crate) batch: &'b RecordBatch,
    pub(crate) hashes: &'b [u128],
}

/// How many threads work at the same time.
pub(crate) fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// Reads everything once. Each thread has a state of its own; their order means nothing.
///
/// An error is the reason why nothing can be told.
pub(crate) fn scan<S: Send>(
    [legacy, governed]: [Source<'_>; 2],
    (pass, watch): (Pass, &dyn Watch),
    init: impl Fn() -> S + Sync,
    each: impl Fn(&mut S, &Hashed<'_>) -> Result<(), String> + Sync,
) -> Result<Vec<S>, String> {
    // In turn, so that both sides are read at the same time.
    let parts = legacy.rows.parts().max(governed.rows.parts());
    let tasks: Vec<(Side, Source<'_>, usize)> = (0..parts)
        .flat_map(|part| [(Side::Legacy, legacy, part), (Side::Governed, governed, part)])
        .filter(|(_, source, part)| *part < source.rows.parts())
        .collect();
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut state = init();
        let (mut states, mut hashes) = (Vec::new(), Vec::new());
        while let Some(&(side, source, part)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut start = 0;
            let error = |error: String| format!("the {side} side: {error}");
            let batches = source.rows.read(part, source.columns, BATCH_ROWS);
            for batch in batches.map_err(|e| error(e.0))? {
                if failed.load(Ordering::Relaxed) {
                    return Ok(state);
                }
                if watch.is_stopped() {
                    return Err(STOPPED.to_owned());
                }
                let batch = batch.map_err(|e| error(e.0))?;
                source
                    .hasher
                    .hash(&batch, source.columns, start, (&mut states, &mut hashes))
                    .map_err(|error| match part {
                        0 => error,
                        part => format!("{error} (rows counted in part {part} of the input)"),
                    })?;
                each(&mut state, &Hashed { side, part, start, batch: &batch, hashes: &hashes })?;
                let rows = u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
                start += rows;
                watch.read(pass, side, rows);
            }
        }
        Ok(state)
    };
    let work = || {
        let found = work();
        if found.is_err() {
            failed.store(true, Ordering::Relaxed);
        }
        found
    };
    let rows = legacy
        .rows
        .rows()
        .unwrap_or(u64::MAX)
        .saturating_add(governed.rows.rows().unwrap_or(u64::MAX));
    let threads = if rows < THREAD_ROWS_MIN { 1 } else { threads().min(tasks.len()) };
    if threads <= 1 {
        return Ok(vec![work()?]);
    }
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ended = running.into_iter().map(|thread| {
            thread
                .join()
                .unwrap_or_else(|_| Err("a thread of the comparison ended early".to_owned()))
        });
        // All have ended before the first error is given.
        ended.collect::<Vec<_>>().into_iter().collect()
    })
}
