//! Rows from the wire into record batches.

use super::{
    decode::{ColumnBuilder, Problem},
    error,
    types::ColumnType,
};
use crate::failure;
use arrow::{
    datatypes::SchemaRef,
    record_batch::{RecordBatch, RecordBatchOptions},
};
use futures::StreamExt as _;
use model::Failure;
use std::{error::Error, pin::Pin, sync::Arc};
use tokio_postgres::{
    Row, RowStream,
    types::{FromSql, Type},
};

/// A batch is given once it holds this many rows …
const BATCH_ROWS: usize = 8192;
/// … or this many bytes as they came from the server.
const BATCH_BYTES: usize = 1024 * 1024;

/// Collects rows into batches.
pub(super) struct Batcher {
    schema: SchemaRef,
    columns: Vec<ColumnBuilder>,
    rows: usize,
    bytes: usize,
}

impl Batcher {
    pub(super) fn new(schema: SchemaRef, types: &[ColumnType]) -> Self {
        Self { schema, columns: types.iter().map(ColumnBuilder::new).collect(), rows: 0, bytes: 0 }
    }

    pub(super) fn push(&mut self, row: &Row) -> Result<(), Failure> {
        for (index, column) in self.columns.iter_mut().enumerate() {
            let Raw(value) =
                row.try_get(index).map_err(|error| failure::internal(error::chain(&error)))?;
            self.bytes += value.map_or(0, <[u8]>::len);
            column
                .append(value)
                .map_err(|problem| describe(&problem, self.schema.fields().get(index)))?;
        }
        self.rows += 1;
        Ok(())
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// The rows so far, if there are any.
    pub(super) fn take(&mut self) -> Result<Option<RecordBatch>, Failure> {
        if self.rows == 0 {
            return Ok(None);
        }
        let arrow = |error: arrow::error::ArrowError| failure::internal(error.to_string());
        let columns = self.columns.iter_mut().map(|column| column.finish().map_err(arrow));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        // A statement may give rows without columns.
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
            .map_err(arrow)?;
        self.rows = 0;
        self.bytes = 0;
        Ok(Some(batch))
    }
}

fn describe(problem: &Problem, field: Option<&Arc<arrow::datatypes::Field>>) -> Failure {
    let name = field.map_or("?", |field| field.name());
    match problem {
        Problem::Unrepresentable(what) => failure::unrepresentable(format!(
            "column `{name}` holds {what}, which cannot be carried without loss; \
             cast it in the statement, for example to text"
        )),
        Problem::Malformed => failure::internal(format!(
            "the server sent a value for column `{name}` that does not follow the binary format of its type"
        )),
    }
}

/// The bytes of a value of any type.
struct Raw<'a>(Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Why reading stopped.
pub(super) enum ReadError {
    /// The server or the connection failed.
    Server(tokio_postgres::Error),
    /// A value cannot be carried.
    Value(Failure),
}

/// Reads rows until a batch is full or the result ends. `first` was read before.
///
/// The flag says whether the result has ended.
pub(super) async fn next_batch(
    rows: &mut Pin<Box<RowStream>>,
    batcher: &mut Batcher,
    first: Option<Row>,
) -> Result<(Option<RecordBatch>, bool), ReadError> {
    if let Some(row) = first {
        batcher.push(&row).map_err(ReadError::Value)?;
    }
    while !batcher.is_full() {
        match rows.next().await {
            Some(Ok(row)) => batcher.push(&row).map_err(ReadError::Value)?,
            Some(Err(error)) => return Err(ReadError::Server(error)),
            None => return Ok((batcher.take().map_err(ReadError::Value)?, true)),
        }
    }
    Ok((batcher.take().map_err(ReadError::Value)?, false))
}
