//! Parquet: one part for each row group.

use arrow::datatypes::SchemaRef;
use model::{Batches, Rows, RowsError};
use parquet::arrow::{
    ProjectionMask,
    arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
};
use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// A Parquet file.
#[derive(Debug)]
pub struct ParquetFile {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl ParquetFile {
    /// Reads the footer.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn open(path: &Path) -> Result<Self, RowsError> {
        let file = File::open(path)
            .map_err(|error| RowsError(format!("`{}`: {error}", path.display())))?;
        let metadata = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())
            .map_err(|error| RowsError(format!("`{}`: {error}", path.display())))?;
        Ok(Self { path: path.to_owned(), metadata })
    }

    fn error(&self, what: impl std::fmt::Display) -> RowsError {
        RowsError(format!("`{}`: {what}", self.path.display()))
    }
}

impl Rows for ParquetFile {
    fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    fn parts(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        let group = self.metadata.metadata().row_groups().get(part)?;
        u64::try_from(group.num_rows()).ok()
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        let file = File::open(&self.path).map_err(|error| self.error(error))?;
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), columns.iter().copied());
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_row_groups(vec![part])
                .with_projection(mask)
                .with_batch_size(batch_rows)
                .build()
                .map_err(|error| self.error(error))?;
        Ok(Box::new(reader.map(|batch| batch.map_err(|error| self.error(error)))))
    }
}
