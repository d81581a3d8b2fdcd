//! A blocking batch reader, read from async code without blocking it.

use crate::failure;
use arrow::{
    datatypes::SchemaRef,
    record_batch::{RecordBatch, RecordBatchReader},
};
use model::{Failure, SqlState};

/// Reads one batch at a time on a blocking thread, so that generating or decompressing rows does
/// not hold up other sessions.
pub(crate) struct AsyncReader {
    schema: SchemaRef,
    reader: Option<Box<dyn RecordBatchReader + Send>>,
}

impl AsyncReader {
    pub(crate) fn new(reader: Box<dyn RecordBatchReader + Send>) -> Self {
        Self { schema: reader.schema(), reader: Some(reader) }
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The next batch, nothing at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>, Failure> {
        let Some(mut reader) = self.reader.take() else { return Ok(None) };
        let (reader, batch) = tokio::task::spawn_blocking(move || {
            let batch = reader.next();
            (reader, batch)
        })
        .await
        .map_err(|_| failure::internal("reading the rows to load broke off"))?;
        self.reader = Some(reader);
        batch.transpose().map_err(|error| reading_failed(&error))
    }
}

/// The failure for a reader that gave an error instead of rows.
pub(crate) fn reading_failed(error: &arrow::error::ArrowError) -> Failure {
    failure::statement(
        SqlState::DATA_EXCEPTION,
        format!("the rows to load could not be read: {error}"),
    )
}

/// Checks that the rows have one column for each column of the table.
pub(crate) fn check_columns(
    table: &model::catalog::CatalogTable,
    schema: &arrow::datatypes::Schema,
) -> Result<(), Failure> {
    if table.columns.len() == schema.fields().len() {
        return Ok(());
    }
    Err(failure::statement(
        SqlState::DATATYPE_MISMATCH,
        format!(
            "table `{}` has {} columns, the rows to load have {}",
            table.name,
            table.columns.len(),
            schema.fields().len()
        ),
    ))
}
