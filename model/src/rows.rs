//! Rows that can be read more than once, in parts: a file, a spooled answer, batches in memory.
//!
//! A comparison reads large inputs several times and keeps little of them, so an input is not an
//! iterator but something that gives iterators.

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use std::fmt;

/// Record batches of a part, in the order of the rows.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<RecordBatch, RowsError>> + Send + 'a>;

/// Why rows cannot be read: what is wrong, where, and what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RowsError(pub String);

/// Rows of one schema, cut into parts that can be read at the same time.
///
/// Every reading of a part gives the same rows in the same order; where that cannot be kept
/// because what lies behind has changed, reading ends with an error.
pub trait Rows: Send + Sync + fmt::Debug {
    /// Names and types of all columns.
    fn schema(&self) -> &SchemaRef;

    /// How many parts there are; their order is the order of the rows.
    fn parts(&self) -> usize;

    /// How many rows a part has, where that is known without reading it.
    fn part_rows(&self, part: usize) -> Option<u64>;

    /// Reads `columns` (ascending 0-based indices into the schema, perhaps none) of a part.
    ///
    /// Batches hold about `batch_rows` rows or fewer; without columns they still say how many.
    ///
    /// # Errors
    /// What cannot be opened or decoded.
    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError>;

    /// How many rows there are, where that is known without reading them.
    fn rows(&self) -> Option<u64> {
        (0..self.parts()).map(|part| self.part_rows(part)).sum()
    }
}

/// Where rows are laid aside that memory does not hold.
pub trait Scratch: Send + Sync + fmt::Debug {
    /// A place for batches of this schema. It is gone when what comes of it is dropped.
    ///
    /// # Errors
    /// Why there is no place.
    fn shelf(&self, schema: &SchemaRef) -> Result<Box<dyn Shelf>, RowsError>;
}

/// Rows that are being laid aside.
pub trait Shelf: Send + fmt::Debug {
    /// Lays a batch aside.
    ///
    /// # Errors
    /// A full disk, for example.
    fn push(&mut self, batch: RecordBatch) -> Result<(), RowsError>;

    /// What was laid aside, in the same order.
    ///
    /// # Errors
    /// What could not be written.
    fn finish(self: Box<Self>) -> Result<Box<dyn Rows>, RowsError>;
}

/// Batches in memory are rows: one part.
#[derive(Debug, Clone)]
pub struct InMemory {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl InMemory {
    /// Rows of these batches, which must have this schema.
    ///
    /// # Errors
    /// The first batch whose columns are not those of the schema.
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Self, RowsError> {
        for (number, batch) in batches.iter().enumerate() {
            let fields = schema.fields();
            if batch.num_columns() != fields.len() {
                return Err(RowsError(format!(
                    "batch {number} has {} columns, its schema {}",
                    batch.num_columns(),
                    fields.len()
                )));
            }
            let stranger = fields
                .iter()
                .zip(batch.columns())
                .find(|(field, array)| !field.data_type().equals_datatype(array.data_type()));
            if let Some((field, array)) = stranger {
                return Err(RowsError(format!(
                    "batch {number} has {} in column `{}`, its schema {}",
                    array.data_type(),
                    field.name(),
                    field.data_type()
                )));
            }
        }
        Ok(Self { schema, batches })
    }
}

impl Rows for InMemory {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn parts(&self) -> usize {
        1
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        let rows = self.batches.iter().map(RecordBatch::num_rows).fold(0, usize::saturating_add);
        // No platform has a usize wider than 64 bits.
        Some(if part == 0 { u64::try_from(rows).unwrap_or(u64::MAX) } else { 0 })
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        let batches = if part == 0 { self.batches.as_slice() } else { &[] };
        let columns = columns.to_vec();
        let batch_rows = batch_rows.max(1);
        Ok(Box::new(batches.iter().flat_map(move |batch| {
            let projected =
                batch.project(&columns).map_err(|error| RowsError(format!("a batch: {error}")));
            let rows = batch.num_rows();
            (0..rows).step_by(batch_rows).map(move |start| {
                projected.clone().map(|batch| batch.slice(start, batch_rows.min(rows - start)))
            })
        })))
    }
}

/// Rows that are laid aside stay in memory: for those that something else bounds.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsideInMemory;

impl Scratch for AsideInMemory {
    fn shelf(&self, schema: &SchemaRef) -> Result<Box<dyn Shelf>, RowsError> {
        Ok(Box::new(MemoryShelf { schema: SchemaRef::clone(schema), batches: Vec::new() }))
    }
}

#[derive(Debug)]
struct MemoryShelf {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Shelf for MemoryShelf {
    fn push(&mut self, batch: RecordBatch) -> Result<(), RowsError> {
        self.batches.push(batch);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Box<dyn Rows>, RowsError> {
        Ok(Box::new(InMemory::new(self.schema, self.batches)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::{
        array::{ArrayRef, Int32Array},
        datatypes::Schema,
    };
    use std::sync::Arc;

    fn batch(values: &[i32]) -> RecordBatch {
        let array: ArrayRef = Arc::new(Int32Array::from(values.to_vec()));
        RecordBatch::try_from_iter([("a", Arc::clone(&array)), ("b", array)]).unwrap()
    }

    #[test]
    fn batches_are_cut_and_projected() {
        let rows =
            InMemory::new(batch(&[]).schema(), vec![batch(&[1, 2, 3]), batch(&[4])]).unwrap();
        assert_eq!(rows.rows(), Some(4));
        let read = |columns: &[usize]| {
            rows.read(0, columns, 2).unwrap().collect::<Result<Vec<_>, _>>().unwrap()
        };
        let cut = read(&[1]);
        assert_eq!(cut.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [2, 1, 1]);
        assert!(cut.iter().all(|batch| batch.schema().field(0).name() == "b"));
        let counted: usize = read(&[]).iter().map(RecordBatch::num_rows).sum();
        assert_eq!(counted, 4);
    }

    #[test]
    fn what_is_laid_aside_in_memory_is_there_again() {
        let mut shelf = AsideInMemory.shelf(&batch(&[]).schema()).unwrap();
        for values in [&[1, 2][..], &[3]] {
            shelf.push(batch(values)).unwrap();
        }
        let rows = shelf.finish().unwrap();
        let read = rows.read(0, &[0, 1], 9).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(read, [batch(&[1, 2]), batch(&[3])]);
        let mut shelf = AsideInMemory.shelf(&Arc::new(Schema::empty())).unwrap();
        shelf.push(batch(&[1])).unwrap();
        assert!(shelf.finish().is_err(), "of another schema");
    }

    #[test]
    fn batches_that_do_not_fit_the_schema_are_named() {
        let error = InMemory::new(Arc::new(Schema::empty()), vec![batch(&[1])]).unwrap_err();
        assert_eq!(error.to_string(), "batch 0 has 2 columns, its schema 0");
    }
}
