//! Rows that come once, kept so that they can be read again.
//!
//! An engine's answer is a stream. It is kept in memory up to a bound, and what comes behind goes
//! to a temporary file (an Arrow IPC stream without compression: a batch is written and read at the
//! speed of copying, where even LZ4 costs several times that). The file has no name: it is gone
//! when it is closed, whichever way the process ends.

use crate::{
    ipc::Messages,
    reading::reading,
    source::{Opened, Source},
};
use arrow::{
    datatypes::SchemaRef, error::ArrowError, ipc::writer::StreamWriter, record_batch::RecordBatch,
};
use model::{Batches, InMemory, Rows, RowsError};
use std::{
    fs::File,
    io::{self, BufWriter, ErrorKind, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// Batches in memory make one part until they have this many rows.
const PART_ROWS: usize = 1 << 16;

/// Where spooled rows are kept.
#[derive(Debug, Clone)]
pub struct SpoolOptions {
    /// Bytes of record batches that stay in memory.
    pub memory_bytes_max: usize,
    /// The folder of the temporary file; the system's own where none is given.
    pub folder: Option<PathBuf>,
}

impl Default for SpoolOptions {
    fn default() -> Self {
        Self { memory_bytes_max: 64 << 20, folder: None }
    }
}

/// Takes record batches, and makes a [`Spool`] of them.
pub struct SpoolWriter {
    schema: SchemaRef,
    folder: PathBuf,
    memory_bytes_max: usize,
    memory_bytes: usize,
    batches: Vec<RecordBatch>,
    disk: Option<StreamWriter<BufWriter<Counted>>>,
}

impl SpoolWriter {
    /// For batches of this schema. Makes no file yet.
    pub fn new(schema: SchemaRef, options: &SpoolOptions) -> Self {
        Self {
            schema,
            folder: options.folder.clone().unwrap_or_else(std::env::temp_dir),
            memory_bytes_max: options.memory_bytes_max,
            memory_bytes: 0,
            batches: Vec::new(),
            disk: None,
        }
    }

    /// Adds a batch.
    ///
    /// # Errors
    /// A batch whose columns are not those of the schema, a file that cannot be made, or a full
    /// disk.
    pub fn push(&mut self, batch: RecordBatch) -> Result<(), RowsError> {
        let fields = self.schema.fields().iter().map(|field| field.data_type());
        if !fields.eq(batch.columns().iter().map(|array| array.data_type())) {
            return Err(RowsError(
                "rows to be kept for a while have other columns than they should".to_owned(),
            ));
        }
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let bytes = self.memory_bytes.saturating_add(batch.get_array_memory_size());
        if self.disk.is_none() && bytes <= self.memory_bytes_max {
            self.memory_bytes = bytes;
            self.batches.push(batch);
            return Ok(());
        }
        let folder = self.folder.clone();
        let refused = |error: ArrowError| refused(&folder, &error);
        let disk = match &mut self.disk {
            Some(disk) => disk,
            None => self.disk.insert(temporary(&self.folder, &self.schema).map_err(refused)?),
        };
        disk.write(&batch).map_err(refused)
    }

    /// No more batches come.
    ///
    /// # Errors
    /// A full disk, which may show only now.
    pub fn finish(self) -> Result<Spool, RowsError> {
        let Self { schema, folder, batches, disk, .. } = self;
        let memory = in_memory(&schema, batches)?;
        let disk = match disk {
            None => None,
            Some(mut disk) => {
                let refused = |error: ArrowError| refused(&folder, &error);
                disk.finish().map_err(refused)?;
                let buffer = disk.into_inner().map_err(refused)?;
                let counted = buffer
                    .into_inner()
                    .map_err(|error| refused(ArrowError::from(error.into_error())))?;
                let opened = Opened::new(counted.file, counted.bytes);
                let source = Source::unnamed(&folder.join("rows kept for a while"), &opened)?;
                let messages = Messages::of_stream(&opened).map_err(|error| source.error(error))?;
                Some(Disk { source, opened, messages })
            }
        };
        Ok(Spool { schema, memory, disk })
    }
}

/// Rows that came once and can be read again.
#[derive(Debug)]
pub struct Spool {
    schema: SchemaRef,
    memory: Vec<InMemory>,
    disk: Option<Disk>,
}

#[derive(Debug)]
struct Disk {
    source: Source,
    opened: Opened,
    messages: Messages,
}

impl Spool {
    /// How many bytes are in the temporary file.
    pub fn disk_bytes(&self) -> u64 {
        self.disk.as_ref().map_or(0, |disk| disk.opened.len())
    }
}

impl Rows for Spool {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.memory.len() + self.disk.as_ref().map_or(0, |disk| disk.messages.parts())
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        match (part.checked_sub(self.memory.len()), &self.disk) {
            (Some(part), Some(disk)) => Some(disk.messages.part_rows(part)),
            (Some(_), None) => Some(0),
            (None, _) => self.memory.get(part)?.part_rows(0),
        }
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        if let Some(memory) = self.memory.get(part) {
            return memory.read(0, columns, batch_rows);
        }
        let (Some(on_disk), Some(disk)) = (part.checked_sub(self.memory.len()), &self.disk) else {
            return Ok(Box::new(std::iter::empty()));
        };
        let opened = disk.opened.clone();
        let decoder = disk.messages.decoder(opened.clone(), on_disk, columns, batch_rows);
        Ok(reading(&disk.source, opened, self.part_rows(part), decoder))
    }
}

/// Neighbouring batches together, until a part has enough rows.
fn in_memory(schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Vec<InMemory>, RowsError> {
    let (mut parts, mut part, mut rows) = (Vec::new(), Vec::new(), 0);
    for batch in batches {
        rows += batch.num_rows();
        part.push(batch);
        if rows >= PART_ROWS {
            parts.push(InMemory::new(Arc::clone(schema), std::mem::take(&mut part))?);
            rows = 0;
        }
    }
    if !part.is_empty() {
        parts.push(InMemory::new(Arc::clone(schema), part)?);
    }
    Ok(parts)
}

fn temporary(
    folder: &Path,
    schema: &SchemaRef,
) -> Result<StreamWriter<BufWriter<Counted>>, ArrowError> {
    let file = tempfile::tempfile_in(folder)?;
    let buffer = BufWriter::with_capacity(1 << 20, Counted { file, bytes: 0 });
    StreamWriter::try_new(buffer, schema)
}

fn refused(folder: &Path, error: &ArrowError) -> RowsError {
    let folder = folder.display();
    let full = match error {
        ArrowError::IoError(_, error) => {
            matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)
        }
        _ => false,
    };
    if full {
        return RowsError(format!(
            "`{folder}`: the disk is full, and rows are kept here for a while; make room, or name \
             another folder for temporary files"
        ));
    }
    RowsError(format!("`{folder}`: rows cannot be kept here for a while: {error}"))
}

/// Counts what is written.
#[derive(Debug)]
struct Counted {
    file: File,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.bytes = self.bytes.saturating_add(count as u64);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::{
        array::{ArrayRef, AsArray, DictionaryArray, Int64Array},
        datatypes::{Int32Type, Int64Type},
    };

    fn batch(start: i64, rows: i64) -> RecordBatch {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(start..start + rows));
        let words: Vec<String> = (start..start + rows).map(|n| format!("word{n}")).collect();
        // Another dictionary in each batch.
        let words: DictionaryArray<Int32Type> = words.iter().map(String::as_str).collect();
        RecordBatch::try_from_iter([("n", numbers), ("w", Arc::new(words) as ArrayRef)]).unwrap()
    }

    fn spool(memory_bytes_max: usize) -> Spool {
        let folder = tempfile::tempdir().unwrap();
        let options = SpoolOptions { memory_bytes_max, folder: Some(folder.path().to_owned()) };
        let mut writer = SpoolWriter::new(batch(0, 0).schema(), &options);
        for number in 0..20 {
            writer.push(batch(number * 10_000, 10_000)).unwrap();
        }
        let spool = writer.finish().unwrap();
        // Nobody else can find the file, and nothing is left of it.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        spool
    }

    fn check(spool: &Spool) {
        assert_eq!(spool.rows(), Some(200_000));
        for batch_rows in [7, 9_999, 1_000_000] {
            let mut next = 0;
            for part in 0..spool.parts() {
                for batch in spool.read(part, &[0, 1], batch_rows).unwrap() {
                    let batch = batch.unwrap();
                    assert!(batch.num_rows() <= batch_rows);
                    let words = batch.column(1).as_dictionary::<Int32Type>();
                    let words = words.downcast_dict::<arrow::array::StringArray>().unwrap();
                    let numbers = batch.column(0).as_primitive::<Int64Type>().values();
                    for (number, word) in numbers.iter().zip(words) {
                        assert_eq!(*number, next);
                        assert_eq!(word, Some(format!("word{next}").as_str()));
                        next += 1;
                    }
                }
            }
            assert_eq!(next, 200_000);
        }
        let counted: usize = (0..spool.parts())
            .flat_map(|part| spool.read(part, &[], 64).unwrap())
            .map(|batch| batch.unwrap().num_rows())
            .sum();
        assert_eq!(counted, 200_000);
    }

    #[test]
    fn rows_are_kept_in_memory_on_disk_and_in_both() {
        let memory = spool(usize::MAX);
        assert_eq!((memory.disk_bytes(), memory.parts()), (0, 3));
        check(&memory);
        let disk = spool(0);
        assert!(disk.disk_bytes() > 200_000 * 8 && disk.memory.is_empty());
        check(&disk);
        let both = spool(3_000_000);
        assert!(both.disk_bytes() > 0 && !both.memory.is_empty());
        check(&both);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let options =
            SpoolOptions { memory_bytes_max: 0, folder: Some(PathBuf::from("/no/such/folder")) };
        let mut writer = SpoolWriter::new(batch(0, 0).schema(), &options);
        let error = writer.push(batch(0, 1)).unwrap_err().to_string();
        assert!(error.starts_with("`/no/such/folder`: rows cannot be kept here"), "{error}");
    }

    #[test]
    fn a_full_disk_is_said() {
        let full = io::Error::from(ErrorKind::StorageFull);
        let error = refused(Path::new("/tmp"), &ArrowError::from(full)).to_string();
        assert!(error.contains("the disk is full"), "{error}");
    }

    #[test]
    fn other_columns_are_refused() {
        let mut writer = SpoolWriter::new(batch(0, 0).schema(), &SpoolOptions::default());
        let other = batch(0, 1).project(&[0]).unwrap();
        assert!(writer.push(other).is_err());
    }

    #[test]
    fn nothing_is_rows_too() {
        let writer = SpoolWriter::new(batch(0, 0).schema(), &SpoolOptions::default());
        let spool = writer.finish().unwrap();
        assert_eq!((spool.parts(), spool.rows()), (0, Some(0)));
    }
}
