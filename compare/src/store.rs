//! Rows that may differ, laid in partitions: in memory as long as there is room, then aside.
//!
//! All rows of one group (of one key, say) lie in one partition, so that partitions can be judged
//! one by one, at the same time, and only those at work have to be in memory.

use crate::hash::halves;
use arrow::{
    array::{ArrayRef, AsArray as _, RecordBatch, UInt64Array},
    compute::{concat_batches, take_record_batch},
    datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, UInt64Type},
    error::ArrowError,
};
use model::{Rows, Scratch, Shelf, Side};
use std::{
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// Columns behind those of the result: the halves of the row's hash, and its place in the result.
const MARKS: [&str; 3] = ["hash, lower half", "hash, upper half", "place"];
/// Rows that are laid aside at once.
const SHELF_ROWS: usize = 8_192;

/// Rows of one side with their marks.
#[derive(Debug)]
pub(crate) struct Marked {
    batch: RecordBatch,
}

/// Hash and place of a row.
pub(crate) type Mark = (u128, u64);

impl Marked {
    /// `rows` of a batch, with their hashes; the first row of the batch stands at `start`.
    pub(crate) fn pick(
        batch: &RecordBatch,
        rows: Vec<u64>,
        hashes: &[u128],
        start: u64,
        schema: &SchemaRef,
    ) -> Result<Self, ArrowError> {
        let own = || rows.iter().filter_map(|row| hashes.get(usize::try_from(*row).ok()?));
        let half = |upper: usize| -> ArrayRef {
            let halves = own().map(|hash| halves(*hash).get(upper).copied().unwrap_or_default());
            Arc::new(halves.collect::<UInt64Array>())
        };
        let (lower, upper) = (half(0), half(1));
        let places: ArrayRef =
            Arc::new(rows.iter().map(|row| start + row).collect::<UInt64Array>());
        let mut columns: Vec<_> = take_rows(batch, rows)?.columns().iter().map(compact).collect();
        columns.extend([lower, upper, places]);
        Ok(Self { batch: RecordBatch::try_new(SchemaRef::clone(schema), columns)? })
    }
}

/// Rows of a batch; a batch without columns has only a number of them.
fn take_rows(batch: &RecordBatch, rows: Vec<u64>) -> Result<RecordBatch, ArrowError> {
    if rows.len() == batch.num_rows() && rows.is_sorted() {
        return Ok(batch.clone());
    }
    if batch.num_columns() == 0 {
        return Ok(batch.slice(0, rows.len()));
    }
    take_record_batch(batch, &UInt64Array::from(rows))
}

/// The array without what it shares with others: views would keep the texts of all rows in memory,
/// and carry them along where they are written.
fn compact(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8View => Arc::new(array.as_string_view().gc()),
        DataType::BinaryView => Arc::new(array.as_binary_view().gc()),
        _ => ArrayRef::clone(array),
    }
}

/// Bytes that the rows of a batch take by themselves, about.
pub(crate) fn row_bytes(batch: &RecordBatch) -> u64 {
    let bytes = |array: &ArrayRef| -> usize {
        let views = match array.data_type() {
            DataType::Utf8View => array.as_string_view().views(),
            DataType::BinaryView => array.as_binary_view().views(),
            _ => return array.get_array_memory_size(),
        };
        // Views may share buffers with other batches. The lower half of a view is the length.
        let texts = views.iter().map(|view| usize::try_from(*view & 0xffff_ffff).unwrap_or(0));
        views.len() * size_of::<u128>() + texts.filter(|length| *length > 12).sum::<usize>()
    };
    let all = batch.columns().iter().map(bytes).fold(0, usize::saturating_add);
    u64::try_from(all).unwrap_or(u64::MAX)
}

/// The schema of a side with the marks.
pub(crate) fn marked_schema(schema: &Schema) -> SchemaRef {
    let marks = MARKS.map(|name| FieldRef::new(Field::new(name, DataType::UInt64, false)));
    let fields: Vec<FieldRef> = schema.fields().iter().cloned().chain(marks).collect();
    Arc::new(Schema::new(fields))
}

/// The marks of a batch's rows; the batch ends with the columns of the marks.
fn marks(batch: &RecordBatch) -> Vec<Mark> {
    let count = batch.num_columns();
    let mark = |back: usize| {
        count
            .checked_sub(back)
            .and_then(|place| batch.columns().get(place))
            .and_then(|array| array.as_primitive_opt::<UInt64Type>())
    };
    let (Some(lower), Some(upper), Some(places)) = (mark(3), mark(2), mark(1)) else {
        return Vec::new();
    };
    lower
        .values()
        .iter()
        .zip(upper.values())
        .zip(places.values())
        .map(|((lower, upper), place)| ((u128::from(*upper) << 64) | u128::from(*lower), *place))
        .collect()
}

/// One side's rows of a partition.
#[derive(Debug, Default)]
struct Heap {
    batches: Vec<RecordBatch>,
    aside: Option<Box<dyn Shelf>>,
}

/// All partitions. Filled by several threads at once.
#[derive(Debug)]
pub(crate) struct Store<'s> {
    partitions: Vec<[Mutex<Heap>; 2]>,
    schemas: [SchemaRef; 2],
    scratch: Option<&'s dyn Scratch>,
    bytes: AtomicU64,
    bytes_max: u64,
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
        Self { partitions, schemas, scratch, bytes: AtomicU64::new(0), bytes_max }
    }

    /// Lays rows into a partition.
    pub(crate) fn push(&self, partition: usize, side: Side, rows: Marked) -> Result<(), String> {
        let Some(heaps) = self.partitions.get(partition) else { return Ok(()) };
        let bytes = row_bytes(&rows.batch);
        let [legacy, governed] = heaps;
        let heap = if side == Side::Legacy { legacy } else { governed };
        heap.lock().unwrap_or_else(PoisonError::into_inner).batches.push(rows.batch);
        let before = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes > self.bytes_max && before <= self.bytes_max {
            self.lay_aside()?;
        }
        Ok(())
    }

    /// Empties the memory.
    fn lay_aside(&self) -> Result<(), String> {
        let Some(scratch) = self.scratch else { return Ok(()) };
        for heaps in &self.partitions {
            for (heap, schema) in heaps.iter().zip(&self.schemas) {
                let mut heap = heap.lock().unwrap_or_else(PoisonError::into_inner);
                let batches = mem::take(&mut heap.batches);
                if batches.is_empty() {
                    continue;
                }
                let aside = match &mut heap.aside {
                    Some(aside) => aside,
                    empty => empty.insert(scratch.shelf(schema).map_err(|error| error.0)?),
                };
                for batch in whole(&batches, schema)? {
                    aside.push(batch).map_err(|error| error.0)?;
                }
            }
        }
        self.bytes.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// The partitions, once all rows are laid in.
    pub(crate) fn into_partitions(self) -> Result<Vec<[Pile; 2]>, String> {
        let pile = |heap: Mutex<Heap>| {
            let heap = heap.into_inner().unwrap_or_else(PoisonError::into_inner);
            let aside = heap.aside.map(Shelf::finish).transpose().map_err(|error| error.0)?;
            Ok::<_, String>(Pile { batches: heap.batches, aside })
        };
        self.partitions
            .into_iter()
            .map(|[legacy, governed]| Ok([pile(legacy)?, pile(governed)?]))
            .collect()
    }
}

/// Small batches put together.
fn whole(batches: &[RecordBatch], schema: &SchemaRef) -> Result<Vec<RecordBatch>, String> {
    let mut found = Vec::new();
    let mut rest = batches;
    while !rest.is_empty() {
        let mut rows = 0;
        let fits = rest.iter().take_while(|batch| {
            rows += batch.num_rows();
            rows <= SHELF_ROWS
        });
        let (now, later) = rest.split_at(fits.count().max(1).min(rest.len()));
        found.push(concat_batches(schema, now).map_err(|error| error.to_string())?);
        rest = later;
    }
    Ok(found)
}

/// One side's rows of a partition, complete.
#[derive(Debug)]
pub(crate) struct Pile {
    batches: Vec<RecordBatch>,
    aside: Option<Box<dyn Rows>>,
}

impl Pile {
    /// The marks of all rows, in any order.
    pub(crate) fn marks(&self) -> Result<Vec<Mark>, String> {
        let mut found: Vec<Mark> = self.batches.iter().flat_map(marks).collect();
        if let Some(aside) = &self.aside {
            let count = aside.schema().fields().len();
            let columns: Vec<usize> = (count.saturating_sub(MARKS.len())..count).collect();
            self.read(&columns, |batch| {
                found.extend(marks(batch));
                Ok(())
            })?;
        }
        Ok(found)
    }

    /// The rows at these places (ascending), in the order of the result, without their marks.
    pub(crate) fn rows(&self, places: &[u64]) -> Result<Vec<RecordBatch>, String> {
        let (mut found, mut order) = (Vec::new(), Vec::new());
        let mut take = |batch: &RecordBatch| {
            let mut rows = Vec::new();
            for (row, (_, place)) in (0_u64..).zip(marks(batch)) {
                if places.binary_search(&place).is_ok() {
                    rows.push(row);
                    order.push(place);
                }
            }
            if rows.is_empty() {
                return Ok(());
            }
            let own: Vec<usize> = (0..batch.num_columns().saturating_sub(MARKS.len())).collect();
            let result = batch.project(&own).map_err(|error| error.to_string())?;
            found.push(take_rows(&result, rows).map_err(|error| error.to_string())?);
            Ok::<_, String>(())
        };
        self.batches.iter().try_for_each(&mut take)?;
        if let Some(aside) = &self.aside {
            let columns: Vec<usize> = (0..aside.schema().fields().len()).collect();
            self.read(&columns, take)?;
        }
        if order.is_sorted() {
            return Ok(found);
        }
        // Threads lay batches in as they come.
        let Some(schema) = found.first().map(RecordBatch::schema) else { return Ok(found) };
        let whole = concat_batches(&schema, &found).map_err(|error| error.to_string())?;
        let mut rows: Vec<(u64, u64)> = order.into_iter().zip(0..).collect();
        rows.sort_unstable();
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        Ok(vec![take_rows(&whole, rows).map_err(|error| error.to_string())?])
    }

    fn read(
        &self,
        columns: &[usize],
        mut each: impl FnMut(&RecordBatch) -> Result<(), String>,
    ) -> Result<(), String> {
        let Some(aside) = &self.aside else { return Ok(()) };
        for part in 0..aside.parts() {
            for batch in aside.read(part, columns, SHELF_ROWS).map_err(|error| error.0)? {
                each(&batch.map_err(|error| error.0)?)?;
            }
        }
        Ok(())
    }
}
