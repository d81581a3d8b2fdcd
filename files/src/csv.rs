//! CSV and TSV: one part for each stretch of records.
//!
//! Opening goes through the file once to find its shape ([`mod@scan`]) and, unless all columns are to be
//! text, a second time to find the types of its columns ([`mod@survey`]): every value counts, none is a
//! sample. Reading then parses the asked columns.

mod build;
mod cells;
mod feed;
mod infer;
mod kind;
mod number;
mod records;
mod scan;
mod survey;
mod time;

use crate::{
    reading::{Decoder, reading},
    source::{Opened, Source},
};
use arrow::{
    array::ArrayRef,
    datatypes::{Schema, SchemaRef},
    record_batch::{RecordBatch, RecordBatchOptions},
};
use build::Column;
use cells::Cells;
use feed::Feed;
use infer::Candidates;
use kind::Kind;
use model::{Batches, Rows, RowsError, logical};
use scan::{Part, Scan, scan};
use std::{fmt, path::Path, sync::Arc};
use survey::{Judge, Text, survey};

/// How text is cut, and what its columns are.
#[derive(Debug, Clone)]
pub struct CsvOptions {
    /// Between fields: one ASCII character. Without it, a comma in `.csv` and a tab in `.tsv`.
    pub delimiter: Option<u8>,
    /// Whether the first record holds the names. Without it, they are `column1`, `column2`, ….
    pub header: bool,
    /// How NULL is written where no quotes are around it. Quoted, the same is a text.
    ///
    /// By default as nothing at all, so that `""` is the empty text, as PostgreSQL's `COPY … CSV`
    /// has it. With another spelling, nothing at all is the empty text too.
    pub null: String,
    /// Types of the columns.
    pub types: CsvTypes,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self { delimiter: None, header: true, null: String::new(), types: CsvTypes::Inferred }
    }
}

/// Which types the columns of a text have.
#[derive(Debug, Clone)]
pub enum CsvTypes {
    /// All are text.
    Text,
    /// What all values of a column are without loss, else text.
    ///
    /// In this order: `Int64` (no zeros or plus in front, so that `007` stays a text), exact numbers
    /// (`gnomon.numeric`; plain decimals, `NaN`, `Infinity`), `Float64` (with exponents too; each text
    /// must be a printed form of its float, not only near to it), Boolean (`true` and `false`, or `t`
    /// and `f` if both occur), date (`YYYY-MM-DD`), timestamp (with `T` or a blank, without offset),
    /// and instant (with offset; read in UTC).
    Inferred,
    /// The types of these columns, by position. A column with a value that is not of its type stays
    /// text, which a note says; so does one beyond these.
    Like(SchemaRef),
}

/// Why a column of a text does not have the type of the column it shall be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeNote {
    /// Its position, from 0.
    pub column: usize,
    /// Its name.
    pub name: String,
    /// The type that it shall have, for people.
    pub wanted: String,
    /// The first value that is not of the type, shortened, and its line from 1. Nothing where no
    /// text is read as this type.
    pub value: Option<(String, u64)>,
}

impl fmt::Display for TypeNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, wanted, .. } = self;
        match &self.value {
            Some((value, line)) => write!(
                f,
                "column `{name}` is read as text: `{value}` in line {line} is no value of type {wanted}"
            ),
            None => write!(
                f,
                "column `{name}` is read as text: values of type {wanted} are not read from a text"
            ),
        }
    }
}

/// A CSV or TSV file.
#[derive(Debug)]
pub struct CsvFile {
    source: Source,
    text: Text,
    names: Vec<String>,
    parts: Vec<Part>,
    kinds: Vec<Kind>,
    schema: SchemaRef,
    notes: Vec<TypeNote>,
}

impl CsvFile {
    /// Goes through the file: its shape, and the types of its columns.
    ///
    /// # Errors
    /// A file that cannot be opened, is no UTF-8, or is no CSV: with line, and field where one is
    /// meant.
    pub fn open(path: &Path, options: &CsvOptions) -> Result<Self, RowsError> {
        let (source, opened) = Source::open(path)?;
        let tab = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv"));
        let fallback = if tab { b'\t' } else { b',' };
        Self::from_source(source, &opened, options, fallback)
    }

    pub(crate) fn from_source(
        source: Source,
        opened: &Opened,
        options: &CsvOptions,
        delimiter: u8,
    ) -> Result<Self, RowsError> {
        let delimiter = options.delimiter.unwrap_or(delimiter);
        if !delimiter.is_ascii() || matches!(delimiter, b'"' | b'\n' | b'\r') {
            return Err(source.error(
                "the delimiter must be one ASCII character, and neither a quote nor a line end",
            ));
        }
        let Scan { names, parts } =
            scan(opened, delimiter, options.header).map_err(|error| source.blame(opened, error))?;
        let text = Text { delimiter, null: options.null.clone() };
        let mut file = Self {
            source,
            text,
            names,
            parts,
            kinds: Vec::new(),
            schema: Arc::new(Schema::empty()),
            notes: Vec::new(),
        };
        file.set_kinds(vec![Kind::Text; file.names.len()]);
        match &options.types {
            CsvTypes::Text => {}
            CsvTypes::Inferred => infer(&mut [&mut file])?,
            CsvTypes::Like(schema) => file.be_like(schema)?,
        }
        Ok(file)
    }

    /// Columns that do not have the type that they shall have ([`CsvTypes::Like`]).
    pub fn notes(&self) -> &[TypeNote] {
        &self.notes
    }

    /// Gives the columns the types of those at the same position, where all values are of them.
    ///
    /// # Errors
    /// A file that cannot be read, or has changed.
    pub fn be_like(&mut self, schema: &Schema) -> Result<(), RowsError> {
        let mut wanted = schema.fields().iter();
        let judges: Vec<Option<Judge>> = self
            .names
            .iter()
            .map(|_| Some(Judge::One(Kind::wanted(wanted.next()?)?, None)))
            .collect();
        let found = self.survey(&judges)?;
        let mut notes = Vec::new();
        let mut kinds = Vec::new();
        let fields = schema.fields().iter().map(Some).chain(std::iter::repeat(None));
        for (column, ((name, field), judge)) in self.names.iter().zip(fields).zip(found).enumerate()
        {
            let value = match judge {
                Some(Judge::One(kind, None)) => {
                    kinds.push(kind);
                    continue;
                }
                Some(Judge::One(_, Some(stranger))) => Some((stranger.value, stranger.line)),
                _ => None,
            };
            kinds.push(Kind::Text);
            // A column without any value in the other file asks for nothing.
            if let Some(field) = field.filter(|field| !field.data_type().is_null()) {
                let wanted = logical::type_label(field);
                notes.push(TypeNote { column, name: name.clone(), wanted, value });
            }
        }
        self.set_kinds(kinds);
        self.notes = notes;
        Ok(())
    }

    fn survey(&self, judges: &[Option<Judge>]) -> Result<Vec<Option<Judge>>, RowsError> {
        let opened = self.source.reopen()?;
        let found = survey(&opened, &self.text, &self.parts, judges)
            .map_err(|error| self.source.blame(&opened, error))?;
        self.source.check(&opened)?;
        Ok(found)
    }

    fn set_kinds(&mut self, kinds: Vec<Kind>) {
        let fields = self.names.iter().zip(&kinds).map(|(name, kind)| kind.field(name));
        self.schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        self.kinds = kinds;
        self.notes.clear();
    }
}

/// Gives the columns of files that will be compared their types ([`CsvTypes::Inferred`]), those at
/// the same position in all files together.
///
/// A column is what its values in all files are: `1` in one file and `1.0` in the other are exact
/// numbers, `1` and `007` are texts. Where that would make numbers text, or dates and timestamps,
/// each file keeps its own type, so that the values can be compared and the drift of type be seen.
///
/// # Errors
/// A file that cannot be read, or has changed.
pub fn infer(files: &mut [&mut CsvFile]) -> Result<(), RowsError> {
    let mut seen: Vec<Vec<Candidates>> = Vec::new();
    for file in files.iter() {
        let judges = vec![Some(Judge::Any(Candidates::default())); file.names.len()];
        let found = file.survey(&judges)?;
        let candidates = found.into_iter().map(|judge| match judge {
            Some(Judge::Any(candidates)) => candidates,
            _ => Candidates::default(),
        });
        seen.push(candidates.collect());
    }
    make_sure_of_floats(files, &mut seen)?;
    let columns = seen.iter().map(Vec::len).max().unwrap_or_default();
    let mut kinds: Vec<Vec<Kind>> = vec![Vec::new(); seen.len()];
    for column in 0..columns {
        let having = || seen.iter().filter_map(|file| file.get(column).copied());
        let mut found = infer::jointly(&having().collect::<Vec<_>>()).into_iter();
        for (file, kinds) in seen.iter().zip(&mut kinds) {
            if file.len() > column {
                kinds.extend(found.next());
            }
        }
    }
    for (file, kinds) in files.iter_mut().zip(kinds) {
        file.set_kinds(kinds);
    }
    Ok(())
}

/// Holds plain decimals against floats, where other values made the column one of floats.
fn make_sure_of_floats(
    files: &[&mut CsvFile],
    seen: &mut [Vec<Candidates>],
) -> Result<(), RowsError> {
    let all = |column: usize, seen: &[Vec<Candidates>]| {
        let having = seen.iter().filter_map(|file| file.get(column));
        having.fold(Candidates::default(), |all, column| all.and(*column))
    };
    for (number, file) in files.iter().enumerate() {
        let judges: Vec<Option<Judge>> = (0..file.names.len())
            .map(|column| {
                let own = seen.get(number)?.get(column)?;
                own.needs_floats(all(column, seen)).then_some(Judge::One(Kind::Float64, None))
            })
            .collect();
        if judges.iter().all(Option::is_none) {
            continue;
        }
        let found = file.survey(&judges)?;
        for (column, judge) in seen.get_mut(number).into_iter().flatten().zip(found) {
            if let Some(Judge::One(_, stranger)) = judge {
                *column = column.with_floats(stranger.is_none());
            }
        }
    }
    Ok(())
}

impl Rows for CsvFile {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.parts.len()
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        Some(self.parts.get(part).map_or(0, |part| part.rows))
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        let Some(part) = self.parts.get(part) else { return Ok(Box::new(std::iter::empty())) };
        let opened = self.source.reopen()?;
        let schema = self.schema.project(columns).map_err(|error| self.source.error(error))?;
        let kinds = columns.iter().filter_map(|column| self.kinds.get(*column)).cloned();
        let range = part.range.clone();
        let delimiter = self.text.delimiter;
        let decoder = CsvDecoder {
            feed: Feed::new(opened.clone(), delimiter, range.start, range.end, part.line),
            cells: Cells::new(self.names.len(), columns, batch_rows.max(1)),
            kinds: kinds.collect(),
            null: self.text.null.clone(),
            schema: Arc::new(schema),
        };
        Ok(reading(&self.source, opened, Some(part.rows), decoder))
    }
}

struct CsvDecoder {
    feed: Feed,
    cells: Cells,
    /// Of the asked columns.
    kinds: Vec<Kind>,
    null: String,
    schema: SchemaRef,
}

impl Decoder for CsvDecoder {
    fn decode(&mut self) -> Result<Option<RecordBatch>, String> {
        self.cells.clear();
        let Some((buffer, line)) = self.feed.next(&mut self.cells)? else { return Ok(None) };
        let (fields, width) = (self.cells.fields.as_slice(), self.cells.width);
        let columns = self.kinds.iter().enumerate().map(|(number, kind)| {
            let column = Column { buffer, fields, width, number, null: &self.null };
            column.array(kind).map_err(|error| format!("line {line} or behind: {error}"))
        });
        let columns = columns.collect::<Result<Vec<ArrayRef>, String>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(self.cells.records));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
            .map(Some)
            .map_err(|error| error.to_string())
    }
}
