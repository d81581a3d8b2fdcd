//! Rows of a retained result, read from its file as often as is needed.

use super::{StoreError, retained};
use arrow::{
    datatypes::SchemaRef, error::ArrowError, ipc::reader::FileReader, record_batch::RecordBatch,
};
use model::{Batches, Rows, RowsError};
use std::{
    fs::File,
    io::BufReader,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// The rows of a retained result. Holds none of them in memory.
#[derive(Debug)]
pub struct RetainedRows {
    path: PathBuf,
    schema: SchemaRef,
    rows: u64,
}

impl RetainedRows {
    /// Opens the result in `path`, which has `rows` rows, and reads it once: what is damaged shows
    /// before anybody judges by it.
    pub(super) fn open(path: PathBuf, rows: u64) -> Result<Self, StoreError> {
        let mut reader = reader(&path, None)?;
        let schema = reader.schema();
        let mut found = 0_u64;
        while let Some(batch) = next(&mut reader) {
            let batch = batch.map_err(|error| retained::arrow_error("read", &path, error))?;
            found = found.saturating_add(u64::try_from(batch.num_rows()).unwrap_or(u64::MAX));
        }
        if found != rows {
            let message = format!("it holds {found} rows, {rows} were recorded");
            return Err(StoreError::Damaged { path, message });
        }
        Ok(Self { path, schema, rows })
    }

    /// All batches.
    pub(super) fn all(&self) -> Result<Vec<RecordBatch>, StoreError> {
        let mut reader = reader(&self.path, None)?;
        let mut all = Vec::new();
        while let Some(batch) = next(&mut reader) {
            all.push(batch.map_err(|error| retained::arrow_error("read", &self.path, error))?);
        }
        Ok(all)
    }
}

type Reader = FileReader<BufReader<File>>;

fn reader(path: &Path, columns: Option<Vec<usize>>) -> Result<Reader, StoreError> {
    let file = File::open(path).map_err(|error| retained::missing_or(error, "open", path))?;
    contained(|| FileReader::try_new(BufReader::new(file), columns))
        .map_err(|error| retained::arrow_error("read", path, error))
}

fn next(reader: &mut Reader) -> Option<Result<RecordBatch, ArrowError>> {
    contained(|| reader.next().transpose()).transpose()
}

/// The decoder trusts what it reads more than a file deserves.
fn contained<T>(read: impl FnOnce() -> Result<T, ArrowError>) -> Result<T, ArrowError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ArrowError::ParseError("the decoder ended in a panic".to_owned())))
}

impl Rows for RetainedRows {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn parts(&self) -> usize {
        1
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        Some(if part == 0 { self.rows } else { 0 })
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        if part != 0 {
            return Ok(Box::new(std::iter::empty()));
        }
        let mut reader = reader(&self.path, Some(columns.to_vec()))
            .map_err(|error| RowsError(error.to_string()))?;
        let shown = self.path.display();
        let mut failed = false;
        let batches = std::iter::from_fn(move || {
            if failed {
                return None;
            }
            let batch = next(&mut reader)?;
            failed = batch.is_err();
            Some(batch.map_err(|error| RowsError(format!("`{shown}`: {error}"))))
        });
        Ok(Box::new(batches.flat_map(move |batch| cut(batch, batch_rows.max(1)))))
    }
}

/// A batch in pieces of at most so many rows.
fn cut(
    batch: Result<RecordBatch, RowsError>,
    rows_max: usize,
) -> Vec<Result<RecordBatch, RowsError>> {
    match batch {
        Ok(batch) => {
            let rows = batch.num_rows();
            let piece = |start| Ok(batch.slice(start, rows_max.min(rows - start)));
            (0..rows).step_by(rows_max).map(piece).collect()
        }
        Err(error) => vec![Err(error)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, AsArray as _, Int64Array, StringArray};
    use arrow::datatypes::Int64Type;
    use model::{InMemory, Side};
    use std::sync::Arc;

    fn stored(folder: &Path, rows: i64) -> PathBuf {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows));
        let texts: ArrayRef =
            Arc::new(StringArray::from_iter_values((0..rows).map(|n| n.to_string())));
        let batch = RecordBatch::try_from_iter([("n", numbers), ("t", texts)]).unwrap();
        let rows = InMemory::new(batch.schema(), vec![batch]).unwrap();
        let name = retained::name(0, Side::Legacy);
        retained::write(folder, &name, &rows).unwrap();
        folder.join(name)
    }

    #[test]
    fn rows_are_read_again_in_pieces_and_by_column() {
        let folder = tempfile::tempdir().unwrap();
        let path = stored(folder.path(), 20_000);
        let rows = RetainedRows::open(path, 20_000).unwrap();
        assert_eq!((rows.rows(), rows.schema().fields().len()), (Some(20_000), 2));
        for _ in 0..2 {
            let batches: Vec<_> = rows.read(0, &[0], 1_000).unwrap().map(Result::unwrap).collect();
            assert!(batches.iter().all(|batch| batch.num_rows() <= 1_000));
            let values = batches
                .iter()
                .flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec());
            assert!(values.eq(0..20_000));
        }
        let counted: usize =
            rows.read(0, &[], 1 << 20).unwrap().map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(counted, 20_000);
        assert!(rows.read(1, &[0], 10).unwrap().next().is_none());
        assert_eq!(rows.all().unwrap().iter().map(RecordBatch::num_rows).sum::<usize>(), 20_000);
    }

    #[test]
    fn another_number_of_rows_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let error = RetainedRows::open(stored(folder.path(), 3), 4).unwrap_err().to_string();
        assert!(error.contains("it holds 3 rows, 4 were recorded"), "{error}");
    }

    #[test]
    fn no_byte_makes_it_panic() {
        let folder = tempfile::tempdir().unwrap();
        let path = stored(folder.path(), 50);
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bad = whole.clone();
            bad[at] ^= 0xa5;
            std::fs::write(&path, &bad).unwrap();
            if let Ok(rows) = RetainedRows::open(path.clone(), 50) {
                let _ = rows.all();
            }
        }
        for length in [0, 7, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(RetainedRows::open(path.clone(), 50).is_err(), "{length}");
        }
    }
}
