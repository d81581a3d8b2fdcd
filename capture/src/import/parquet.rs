//! Records of Parquet: each value is the text that Arrow has for it.

use super::{
    csv::columns,
    record::{Fields, Record, Unreadable, Wanted},
};
use arrow::{
    error::ArrowError,
    record_batch::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use files::{Format, Options};
use std::{fmt::Write as _, io, path::Path};

/// Rows that are read at once.
const BATCH_ROWS: usize = 1_024;

/// Gives every row with its number, from 1.
///
/// # Errors
/// The file cannot be read, or has not the columns that are needed; what `each` fails with.
pub(crate) fn each_row<E: From<io::Error> + From<Unreadable>>(
    path: &Path,
    wanted: &[Wanted],
    mut each: impl FnMut(u64, Result<Record<'_>, Unreadable>) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |error: model::RowsError| E::from(io::Error::other(error.0));
    let options = Options { format: Some(Format::Parquet), ..Options::default() };
    let rows = files::open(path, &options).map_err(failed)?;
    let names: Vec<String> =
        rows.schema().fields().iter().map(|field| field.name().clone()).collect();
    let places = columns(&names, wanted)?;
    let mut read: Vec<usize> = places.iter().flatten().copied().collect();
    read.sort_unstable();
    read.dedup();
    let (mut fields, mut number) = (Fields::default(), 0);
    for part in 0..rows.parts() {
        for batch in rows.read(part, &read, BATCH_ROWS).map_err(failed)? {
            let batch = batch.map_err(failed)?;
            let texts =
                Texts::of(&batch).map_err(|error| E::from(io::Error::other(error.to_string())))?;
            for row in 0..batch.num_rows() {
                number += 1;
                fields.clear(wanted.len());
                let mut told = Ok(());
                for (column, place) in places.iter().enumerate() {
                    let Some(at) = place.and_then(|place| read.binary_search(&place).ok()) else {
                        continue;
                    };
                    match texts.text(at, row) {
                        Ok(Some(text)) => fields.set(column, text.as_bytes()),
                        Ok(None) => {}
                        Err(why) => told = Err(why),
                    }
                }
                each(number, told.map(|()| fields.record(wanted)))?;
            }
        }
    }
    Ok(())
}

/// The columns of a batch as texts.
struct Texts<'b> {
    batch: &'b RecordBatch,
    columns: Vec<ArrayFormatter<'b>>,
}

const FORMAT: FormatOptions<'static> = FormatOptions::new().with_display_error(false);

impl<'b> Texts<'b> {
    fn of(batch: &'b RecordBatch) -> Result<Self, ArrowError> {
        let columns = batch.columns().iter();
        let columns = columns.map(|array| ArrayFormatter::try_new(array.as_ref(), &FORMAT));
        Ok(Self { batch, columns: columns.collect::<Result<_, _>>()? })
    }

    fn text(&self, column: usize, row: usize) -> Result<Option<String>, Unreadable> {
        let is_null = self.batch.columns().get(column).is_none_or(|array| array.is_null(row));
        let Some(formatter) = self.columns.get(column).filter(|_| !is_null) else {
            return Ok(None);
        };
        let mut text = String::new();
        write!(text, "{}", formatter.value(row))
            .map_err(|_| Unreadable::new("a value cannot be shown as text"))?;
        Ok(Some(text))
    }
}
