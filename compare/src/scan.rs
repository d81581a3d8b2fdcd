//! Reads both sides, part by part, on as many threads as there are.

use crate::{
    hash::{RowHasher, State, length},
    store::row_bytes,
    watch::{Pass, STOPPED, Watch},
};
use arrow::{
    array::{RecordBatch, RecordBatchOptions},
    datatypes::Schema,
};
use model::{Rows, RowsError, Side};
use std::{
    num::NonZero,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

/// Rows of a batch: few enough for the caches, enough to pay for a call.
const BATCH_ROWS: usize = 8_192;
/// Inputs of fewer rows are not worth a thread.
const THREAD_ROWS_MIN: u64 = 50_000;
/// Of wide rows so many columns are read at once.
const GROUP_COLUMNS: usize = 64;
/// The states of so many rows are kept until all their columns are read.
const PART_ROWS_MAX: u64 = 2_000_000;

/// One side as it is read.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) rows: &'a dyn Rows,
    pub(crate) hasher: &'a RowHasher,
    /// The columns to read, ascending: those of the hasher, and perhaps more.
    pub(crate) columns: &'a [usize],
    /// Are the rows asked for, or their hashes alone?
    pub(crate) with_rows: bool,
    /// The parts to read, where not all are.
    pub(crate) parts: Option<&'a [usize]>,
}

/// Rows with their hashes.
pub(crate) struct Hashed<'b> {
    pub(crate) side: Side,
    pub(crate) part: usize,
    /// Place of the first row in its part.
    pub(crate) start: u64,
    /// Without columns where hashes alone are asked for.
    pub(crate) batch: &'b RecordBatch,
    /// What the rows take in memory, about.
    pub(crate) bytes: u64,
    pub(crate) hashes: &'b [u128],
}

/// How many threads work at the same time.
pub(crate) fn threads() -> usize {
    // Asking the system reads several files, which for small answers is most of the work.
    static THREADS: LazyLock<usize> =
        LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get));
    *THREADS
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
        .filter(|(_, source, part)| source.parts.is_none_or(|parts| parts.contains(part)))
        .collect();
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut state = init();
        let mut each = |hashed: &Hashed<'_>| each(&mut state, hashed);
        let mut reading =
            Reading { pass, watch, failed: &failed, states: Vec::new(), hashes: Vec::new() };
        while let Some(&(side, source, part)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let part = Part { side, source, number: part };
            let read = match part.is_by_columns() {
                Some(rows) => reading.by_columns(part, rows, &mut each),
                None => reading.by_rows(part, &mut each),
            };
            if let Err(reason) = read {
                failed.store(true, Ordering::Relaxed);
                return Err(reason);
            }
        }
        Ok(state)
    };
    let rows = legacy
        .rows
        .rows()
        .unwrap_or(u64::MAX)
        .saturating_add(governed.rows.rows().unwrap_or(u64::MAX));
    let threads = if rows < THREAD_ROWS_MIN { 1 } else { threads().min(tasks.len()) };
    let ended = if threads <= 1 {
        vec![work()]
    } else {
        thread::scope(|scope| {
            let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let ended = running.into_iter().map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(Ended::Failed("a thread ended early".to_owned())))
            });
            ended.collect()
        })
    };
    let (mut states, mut elsewhere) = (Vec::new(), false);
    for ended in ended {
        match ended {
            Ok(state) => states.push(state),
            Err(Ended::Failed(reason)) => return Err(reason),
            Err(Ended::Elsewhere) => elsewhere = true,
        }
    }
    if elsewhere { Err("a thread of the comparison ended early".to_owned()) } else { Ok(states) }
}

/// Why a thread does not read on.
enum Ended {
    Failed(String),
    /// Another one says why.
    Elsewhere,
}

impl From<String> for Ended {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

/// A part of one side.
#[derive(Clone, Copy)]
struct Part<'a> {
    side: Side,
    source: Source<'a>,
    number: usize,
}

impl<'a> Part<'a> {
    /// The rows of a part that is read by groups of columns: all columns of wide rows at once need a
    /// page of each in memory.
    fn is_by_columns(&self) -> Option<usize> {
        let rows = self.source.rows.part_rows(self.number).filter(|rows| *rows <= PART_ROWS_MAX)?;
        let is_wide = !self.source.with_rows && self.source.columns.len() > GROUP_COLUMNS;
        usize::try_from(rows).ok().filter(|_| is_wide)
    }

    fn read(
        &self,
        columns: &[usize],
    ) -> Result<impl Iterator<Item = Result<RecordBatch, String>> + use<'a>, String> {
        let side = self.side;
        let error = move |error: RowsError| format!("the {side} side: {error}");
        let batches = self.source.rows.read(self.number, columns, BATCH_ROWS).map_err(error)?;
        Ok(batches.map(move |batch| batch.map_err(error)))
    }

    /// What cannot be hashed, with its place.
    fn told(&self, error: String) -> String {
        match self.number {
            0 => error,
            part => format!("{error} (rows counted in part {part} of the input)"),
        }
    }
}

/// What one thread reads with.
struct Reading<'w> {
    pass: Pass,
    watch: &'w dyn Watch,
    failed: &'w AtomicBool,
    states: Vec<State>,
    hashes: Vec<u128>,
}

impl Reading<'_> {
    fn goes_on(&self) -> Result<(), Ended> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(Ended::Elsewhere);
        }
        if self.watch.is_stopped() { Err(STOPPED.to_owned().into()) } else { Ok(()) }
    }

    fn by_rows(
        &mut self,
        part: Part<'_>,
        each: &mut dyn FnMut(&Hashed<'_>) -> Result<(), String>,
    ) -> Result<(), Ended> {
        let Source { hasher, columns, with_rows, .. } = part.source;
        let mut start = 0;
        for batch in part.read(columns)? {
            self.goes_on()?;
            let batch = batch?;
            let hashed = hasher.hash(&batch, columns, start, (&mut self.states, &mut self.hashes));
            hashed.map_err(|error| part.told(error))?;
            let bytes = if with_rows { 0 } else { row_bytes(&batch) };
            let Part { side, number: part, .. } = part;
            each(&Hashed { side, part, start, batch: &batch, bytes, hashes: &self.hashes })?;
            let rows = length(batch.num_rows());
            start += rows;
            self.watch.read(self.pass, side, rows);
        }
        Ok(())
    }

    fn by_columns(
        &mut self,
        part: Part<'_>,
        rows: usize,
        each: &mut dyn FnMut(&Hashed<'_>) -> Result<(), String>,
    ) -> Result<(), Ended> {
        let hasher = part.source.hasher;
        let mut states = hasher.begin(rows);
        let mut bytes = 0;
        for columns in part.source.columns.chunks(GROUP_COLUMNS) {
            let mut start = 0;
            for batch in part.read(columns)? {
                self.goes_on()?;
                let batch = batch?;
                let end = start + batch.num_rows();
                let own = states.get_mut(start..end).ok_or_else(|| changed(part))?;
                let folded = hasher.fold(&batch, columns, length(start), own);
                folded.map_err(|error| part.told(error))?;
                bytes += row_bytes(&batch);
                start = end;
            }
            if start != rows {
                return Err(changed(part).into());
            }
        }
        self.hashes.clear();
        self.hashes.extend(hasher.finish(&states));
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let none = RecordBatch::try_new_with_options(Arc::new(Schema::empty()), vec![], &options);
        let none = none.map_err(|error| error.to_string())?;
        let Part { side, number: part, .. } = part;
        each(&Hashed { side, part, start: 0, batch: &none, bytes, hashes: &self.hashes })?;
        self.watch.read(self.pass, side, length(rows));
        Ok(())
    }
}

fn changed(part: Part<'_>) -> String {
    format!(
        "the {} side: the rows of part {} have changed while they were read",
        part.side, part.number
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Settings, Unwatched, hash::HashKey, laws::fixtures, shape};
    use arrow::array::{ArrayRef, Int32Array};
    use model::InMemory;

    /// Wide rows have the same hashes whether they are asked for with their rows or without.
    #[test]
    fn both_ways_of_reading_give_the_same_hashes() {
        let column = |index: i32| -> (String, ArrayRef) {
            (
                format!("c{index}"),
                Arc::new(Int32Array::from_iter_values((0..20).map(|row| row * index))),
            )
        };
        let batch = RecordBatch::try_from_iter((0..150).map(column)).unwrap();
        let schema = batch.schema();
        let (facts, settings) = (fixtures::facts(), Settings::new(vec![]).unwrap());
        let shape = shape::plan(&fixtures::statement(&facts), &schema, &schema, &settings);
        let columns = shape.unwrap().unwrap().columns;
        let rows = InMemory::new(Arc::clone(&schema), vec![batch]).unwrap();
        let hashers = RowHasher::both(&columns, [&schema, &schema], &HashKey::random());
        let read = |with_rows| {
            let source = |hasher: &'_ RowHasher| -> Vec<u128> {
                let source =
                    Source { rows: &rows, hasher, columns: hasher.reads(), with_rows, parts: None };
                let found = scan(
                    [source, source],
                    (Pass::Fingerprint, &Unwatched),
                    Vec::new,
                    |found: &mut Vec<u128>, hashed| {
                        assert_eq!(hashed.batch.num_columns() > 0, with_rows);
                        found.extend(hashed.hashes);
                        Ok(())
                    },
                );
                found.unwrap().concat()
            };
            source(&hashers[0])
        };
        assert_eq!(read(true), read(false));
        assert_eq!(read(true).len(), 40);
    }
}
