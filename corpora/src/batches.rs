//! Record batches made on demand, so that no table is ever held whole.

use arrow::{
    array::ArrayRef,
    datatypes::SchemaRef,
    error::ArrowError,
    record_batch::{RecordBatch, RecordBatchReader},
};

/// Rows of a batch; the last one of a table has fewer.
pub(crate) const BATCH_ROWS: usize = 8192;

/// Gives the columns of the next batch, and nothing after the last row.
pub(crate) trait Chunks {
    /// Columns of up to `rows_max` rows, [`None`] at the end.
    fn next_chunk(&mut self, rows_max: usize) -> Option<Result<Vec<ArrayRef>, ArrowError>>;
}

/// A reader over [`Chunks`]. After an error it ends.
pub(crate) struct Batches<C> {
    schema: SchemaRef,
    chunks: Option<C>,
}

impl<C: Chunks> Batches<C> {
    pub(crate) const fn new(schema: SchemaRef, chunks: C) -> Self {
        Self { schema, chunks: Some(chunks) }
    }
}

impl<C: Chunks> Iterator for Batches<C> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk = self.chunks.as_mut()?.next_chunk(BATCH_ROWS);
        let batch =
            chunk.map(|columns| RecordBatch::try_new(SchemaRef::clone(&self.schema), columns?));
        if !matches!(batch, Some(Ok(_))) {
            self.chunks = None;
        }
        batch
    }
}

impl<C: Chunks> RecordBatchReader for Batches<C> {
    fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }
}
