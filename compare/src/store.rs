//! Rows that may differ, laid in partitions: in memory as long as there is room, then aside.
//!
//! All rows of one group (of one key, say) lie in one partition, so that partitions can be judged
//! one by one, at the same time, and only those at work have to be in memory.

mod marked;
mod pile;
mod scatter;
mod sorter;

pub(crate) use marked::{gather, marked_schema, row_bytes};
pub(crate) use pile::{Loaded, Pile, gather_all};
pub(crate) use sorter::Sorter;

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use model::{Scratch, Shelf, Side};
use std::{
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Rows that are laid aside at once.
const SHELF_ROWS: usize = 8_192;

/// One side's rows of a partition.
#[derive(Debug, Default)]
struct Heap {
    batches: Vec<RecordBatch>,
    aside: Option<Box<dyn Shelf>>,
    bytes: u64,
}

/// All partitions. Filled by several threads at once.
#[derive(Debug)]
pub(crate) struct Store<'s> {
    partitions: Vec<[Mutex<Heap>; 2]>,
    schemas: [SchemaRef; 2],
    scratch: Option<&'s dyn Scratch>,
    /// Bytes in memory.
    bytes: AtomicU64,
    bytes_max: u64,
    /// Held while memory is emptied: who has rows then waits, so that they do not pile up.
    emptying: Mutex<()>,
}

impl<'s> Store<'s> {
    /// A store of so many partitions. What is more than `bytes_max` is laid aside, if there is a
    /// place for it.
    pub(crate) fn new(
        partitions: usize,
        schemas: [SchemaRef; 2],
        scratch: Option<&'s dyn Scratch>,
        bytes_max: u64,
    ) -> Self {
        let partitions = (0..partitions.max(1)).map(|_| Default::default()).collect();
        let (bytes, emptying) = (AtomicU64::new(0), Mutex::new(()));
        Self { partitions, schemas, scratch, bytes, bytes_max, emptying }
    }

    /// Of the rows with their marks.
    fn schema(&self, side: Side) -> &SchemaRef {
        side.of(self.schemas.each_ref())
    }

    /// Lays rows with their marks into a partition.
    fn push(&self, partition: usize, side: Side, rows: RecordBatch) -> Result<(), String> {
        let Some(heaps) = self.partitions.get(partition) else { return Ok(()) };
        // With what small arrays take beside their values.
        let bytes = rows.get_array_memory_size().try_into().unwrap_or(u64::MAX);
        {
            let mut heap = held(side.of(heaps.each_ref()));
            heap.batches.push(rows);
            heap.bytes += bytes;
        }
        let now = self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if now > self.bytes_max { self.lay_aside() } else { Ok(()) }
    }

    /// Empties the memory, if nobody has just done so.
    fn lay_aside(&self) -> Result<(), String> {
        let Some(scratch) = self.scratch else { return Ok(()) };
        let _emptying = held(&self.emptying);
        if self.bytes.load(Ordering::Relaxed) <= self.bytes_max {
            return Ok(());
        }
        for heaps in &self.partitions {
            for (heap, schema) in heaps.iter().zip(&self.schemas) {
                let mut heap = held(heap);
                let batches = mem::take(&mut heap.batches);
                if batches.is_empty() {
                    continue;
                }
                let bytes = batches.iter().map(RecordBatch::get_array_memory_size);
                let bytes = bytes.fold(0, usize::saturating_add).try_into().unwrap_or(u64::MAX);
                self.bytes.fetch_sub(bytes, Ordering::Relaxed);
                let aside = match &mut heap.aside {
                    Some(aside) => aside,
                    empty => empty.insert(scratch.shelf(schema).map_err(|error| error.0)?),
                };
                for batch in pile::whole(batches).map_err(|error| error.to_string())? {
                    aside.push(batch).map_err(|error| error.0)?;
                }
            }
        }
        Ok(())
    }

    /// The partitions, once all rows are laid in.
    pub(crate) fn into_partitions(self) -> Result<Vec<[Pile; 2]>, String> {
        let pile = |heap: Mutex<Heap>| {
            let heap = heap.into_inner().unwrap_or_else(PoisonError::into_inner);
            let aside = heap.aside.map(Shelf::finish).transpose().map_err(|error| error.0)?;
            Ok::<_, String>(Pile { batches: heap.batches, aside, bytes: heap.bytes })
        };
        self.partitions
            .into_iter()
            .map(|[legacy, governed]| Ok([pile(legacy)?, pile(governed)?]))
            .collect()
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
