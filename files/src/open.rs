//! Opens files of rows of any format.

use crate::{
    Format,
    csv::{self, CsvFile, CsvOptions, CsvTypes, TypeNote},
    ipc::IpcFile,
    parquet::ParquetFile,
    source::{Opened, Source},
};
use arrow::datatypes::SchemaRef;
use model::{Batches, Rows, RowsError};
use std::path::Path;

/// How a file is read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Its format. Without it, how the file begins decides, or else the end of its name.
    pub format: Option<Format>,
    /// How a text is cut, and what its columns are.
    pub csv: CsvOptions,
}

/// Opens a file of rows.
///
/// # Errors
/// What is wrong with the file, or that its format is not known.
pub fn open(path: &Path, options: &Options) -> Result<Box<dyn Rows>, RowsError> {
    Ok(match open_any(path, options)? {
        File::Typed(rows) => rows,
        File::Csv(rows) => rows,
    })
}

/// Opens two files that will be compared, where the types of texts are [`CsvTypes::Inferred`] with
/// regard to the other file.
///
/// A text beside a file with types has the types of that one ([`CsvTypes::Like`]), as far as its
/// values allow; two texts have common types ([`csv::infer`]).
///
/// # Errors
/// What is wrong with one of them.
pub fn open_pair(paths: [&Path; 2], options: [&Options; 2]) -> Result<[OpenedRows; 2], RowsError> {
    // Not with types of its own: they are found together.
    let open = |path: &Path, options: &Options| {
        let inferred = matches!(options.csv.types, CsvTypes::Inferred);
        let types = if inferred { CsvTypes::Text } else { options.csv.types.clone() };
        let csv = CsvOptions { types, ..options.csv.clone() };
        let file = open_any(path, &Options { format: options.format, csv })?;
        Ok::<_, RowsError>((file, inferred))
    };
    let ([left, right], [left_options, right_options]) = (paths, options);
    let (mut left, mut right) = (open(left, left_options)?, open(right, right_options)?);
    match (&mut left, &mut right) {
        ((File::Csv(left), true), (File::Csv(right), true)) => csv::infer(&mut [left, right])?,
        ((File::Csv(text), true), (other, _)) | ((other, _), (File::Csv(text), true)) => {
            text.be_like(&other.schema())?;
        }
        _ => {}
    }
    Ok([left.0.into(), right.0.into()])
}

/// Opens a file that will be compared with rows of this schema, which are no file: a text whose types
/// are [`CsvTypes::Inferred`] has the types of these, as far as its values allow.
///
/// # Errors
/// What is wrong with the file.
pub fn open_beside(
    path: &Path,
    options: &Options,
    schema: &SchemaRef,
) -> Result<OpenedRows, RowsError> {
    let mut options = options.clone();
    if matches!(options.csv.types, CsvTypes::Inferred) {
        options.csv.types = CsvTypes::Like(SchemaRef::clone(schema));
    }
    Ok(open_any(path, &options)?.into())
}

/// Looks whether a file can be opened, without going through it: the values of a text are not
/// looked at.
///
/// # Errors
/// What is wrong with the file so far.
pub fn check(path: &Path, options: &Options) -> Result<(), RowsError> {
    let (source, opened) = Source::open(path)?;
    let format = match options.format {
        Some(format) => format,
        None => detect(path, &source, &opened)?,
    };
    match format {
        Format::Csv | Format::Tsv => Ok(()),
        Format::Parquet | Format::Arrow | Format::ArrowStream => {
            open_any(path, &Options { format: Some(format), csv: options.csv.clone() }).map(drop)
        }
    }
}

/// Rows of a file, and what is to be said about their types.
#[derive(Debug)]
pub struct OpenedRows {
    rows: Box<dyn Rows>,
    notes: Vec<TypeNote>,
}

impl OpenedRows {
    /// Columns of a text that do not have the types of those in the other file.
    pub fn notes(&self) -> &[TypeNote] {
        &self.notes
    }
}

impl From<File> for OpenedRows {
    fn from(file: File) -> Self {
        match file {
            File::Typed(rows) => Self { rows, notes: Vec::new() },
            File::Csv(file) => Self { notes: file.notes().to_vec(), rows: file },
        }
    }
}

impl Rows for OpenedRows {
    fn schema(&self) -> &SchemaRef {
        self.rows.schema()
    }

    fn parts(&self) -> usize {
        self.rows.parts()
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        self.rows.part_rows(part)
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        self.rows.read(part, columns, batch_rows)
    }
}

enum File {
    Typed(Box<dyn Rows>),
    Csv(Box<CsvFile>),
}

impl File {
    fn schema(&self) -> SchemaRef {
        match self {
            Self::Typed(rows) => rows.schema().clone(),
            Self::Csv(rows) => rows.schema().clone(),
        }
    }
}

fn open_any(path: &Path, options: &Options) -> Result<File, RowsError> {
    let (source, opened) = Source::open(path)?;
    let format = match options.format {
        Some(format) => format,
        None => detect(path, &source, &opened)?,
    };
    let delimiter = match format {
        Format::Tsv => b'\t',
        _ => b',',
    };
    Ok(match format {
        Format::Parquet => File::Typed(Box::new(ParquetFile::from_source(source, &opened)?)),
        Format::Arrow => File::Typed(Box::new(IpcFile::from_file(source, &opened)?)),
        Format::ArrowStream => File::Typed(Box::new(IpcFile::from_stream(source, &opened)?)),
        Format::Csv | Format::Tsv => {
            let text = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("txt"));
            if text && options.format.is_none() && options.csv.delimiter.is_none() {
                return Err(source.error(
                    "what stands between the fields of a `.txt` file is not known; say the \
                     delimiter or the format",
                ));
            }
            File::Csv(Box::new(CsvFile::from_source(source, &opened, &options.csv, delimiter)?))
        }
    })
}

fn detect(path: &Path, source: &Source, opened: &Opened) -> Result<Format, RowsError> {
    let mut beginning = [0; 8];
    let count = opened.read_into(0, &mut beginning).map_err(|error| source.blame(opened, error))?;
    Format::detect(path, beginning.get(..count).unwrap_or_default())
        .map_err(|error| source.error(error))
}
