//! The text of a value that is hashed, as [`model::summary`] defines it.

use crate::{
    reader::Reader,
    render::uuid_text,
    value::{DAY_NANOS, Instant, Value},
};
use arrow::{
    datatypes::{Schema, SchemaRef},
    record_batch::RecordBatch,
};
use md5::{Digest as _, Md5};
use model::{Encoding, RowHash};
use std::io::Write as _;

const MICRO: i128 = 1_000;
/// From 1970-01-01 to 2000-01-01.
const EPOCH_MICROS: i128 = 946_684_800_000_000;

/// Appends the text of a value; an error says what it is instead.
pub(super) fn append(
    value: &Value<'_>,
    encoding: Encoding,
    out: &mut Vec<u8>,
) -> Result<(), String> {
    match (encoding, value) {
        (Encoding::Text, Value::Null) => out.push(b':'),
        (_, Value::Null) => {}
        (Encoding::Bool, Value::Bool(value)) => out.push(if *value { b't' } else { b'f' }),
        (Encoding::Exact, Value::Int(value)) => decimal(*value, out),
        (Encoding::Exact, Value::Number(number)) => {
            out.extend_from_slice(number.to_shortest().as_bytes());
        }
        (Encoding::Float, Value::Float(value)) => float(*value, out),
        (Encoding::Float, Value::Half(value)) => float(f64::from(*value), out),
        (Encoding::Float, Value::Single(value)) => float(f64::from(*value), out),
        (Encoding::Text, Value::Text(text)) => sized(text, out),
        (Encoding::Text, Value::Uuid(bytes)) => sized(&uuid_text(bytes), out),
        (Encoding::Bytes, Value::Bytes(bytes)) => hex(bytes, out),
        (Encoding::Bytes, Value::Uuid(bytes)) => hex(bytes, out),
        (Encoding::Uuid, Value::Uuid(bytes)) => out.extend_from_slice(uuid_text(bytes).as_bytes()),
        (Encoding::Date, Value::Date(at)) => date(*at, out),
        (Encoding::Time, Value::Time(nanos)) => {
            let nanos = i128::from(*nanos);
            if !word_of_micros(nanos, 0, out) {
                out.push(b'n');
                decimal(nanos, out);
            }
        }
        (Encoding::Instant, Value::Date(at) | Value::Timestamp { at, .. }) => instant(*at, out),
        (Encoding::Interval, Value::Interval { months, days, nanos }) => {
            interval((*months, *days, *nanos), out);
        }
        (encoding, value) => {
            return Err(format!("{} is not summed up as {encoding}", named(value)));
        }
    }
    Ok(())
}

fn named(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Int(_) | Value::Number(_) => "an exact number",
        Value::Float(_) | Value::Single(_) | Value::Half(_) => "a float",
        Value::Text(_) => "a text",
        Value::Bytes(_) => "a value of bytes",
        Value::Uuid(_) => "a uuid",
        Value::Date(_) => "a date",
        Value::Time(_) => "a time",
        Value::Timestamp { .. } => "a timestamp",
        Value::Interval { .. } => "an interval",
        Value::List(_) | Value::Struct(_) | Value::Map(_) => "a nested value",
    }
}

/// Writing into memory cannot fail.
macro_rules! put {
    ($out:expr, $($text:tt)*) => {{
        let _ = write!($out, $($text)*);
    }};
}

fn decimal(value: i128, out: &mut Vec<u8>) {
    put!(out, "{value}");
}

fn sized(text: &str, out: &mut Vec<u8>) {
    put!(out, "{}:", text.len());
    out.extend_from_slice(text.as_bytes());
}

fn hex(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'x');
    for byte in bytes {
        put!(out, "{byte:02x}");
    }
}

fn float(value: f64, out: &mut Vec<u8>) {
    if value.is_nan() {
        out.extend_from_slice(b"NaN");
    } else {
        put!(out, "{:016x}", value.to_bits());
    }
}

/// Nanoseconds as a word of microseconds, counted from `since`; nothing where they are none.
fn word_of_micros(nanos: i128, since: i128, out: &mut Vec<u8>) -> bool {
    if nanos % MICRO != 0 {
        return false;
    }
    match i64::try_from(nanos / MICRO - since) {
        Ok(micros) => {
            put!(out, "{micros:016x}");
            true
        }
        Err(_) => false,
    }
}

fn date(at: Instant, out: &mut Vec<u8>) {
    match at {
        Instant::Infinity => out.extend_from_slice(b"infinity"),
        Instant::NegativeInfinity => out.extend_from_slice(b"-infinity"),
        Instant::At(nanos) if nanos % DAY_NANOS == 0 => decimal(nanos / DAY_NANOS, out),
        // Arrow's dates of 64 bits may lie within a day.
        Instant::At(nanos) => {
            out.push(b'n');
            decimal(nanos, out);
        }
    }
}

fn instant(at: Instant, out: &mut Vec<u8>) {
    let nanos = match at {
        Instant::Infinity => return put!(out, "{:016x}", i64::MAX),
        Instant::NegativeInfinity => return put!(out, "{:016x}", i64::MIN),
        Instant::At(nanos) => nanos,
    };
    let since = nanos / MICRO - EPOCH_MICROS;
    let stands_for_infinity = since == i64::MAX.into() || since == i64::MIN.into();
    if stands_for_infinity || !word_of_micros(nanos, EPOCH_MICROS, out) {
        out.push(b'n');
        decimal(nanos, out);
    }
}

fn interval((months, days, nanos): (i64, i64, i128), out: &mut Vec<u8>) {
    let parts = (i32::try_from(months), i32::try_from(days), i64::try_from(nanos / MICRO));
    match parts {
        (Ok(months), Ok(days), Ok(micros)) if nanos % MICRO == 0 => {
            put!(out, "{micros:016x}{days:08x}{months:08x}");
        }
        _ => put!(out, "n{nanos},{days},{months}"),
    }
}

/// Hashes rows by some of their columns.
pub(super) struct RowTexts<'a> {
    schema: SchemaRef,
    columns: &'a [(usize, Encoding)],
}

impl<'a> RowTexts<'a> {
    /// For batches of this schema.
    pub(super) fn new(schema: &SchemaRef, columns: &'a [(usize, Encoding)]) -> Self {
        Self { schema: SchemaRef::clone(schema), columns }
    }

    /// The columns that must be read, ascending.
    pub(super) fn reads(&self) -> Vec<usize> {
        let mut reads: Vec<usize> = self.columns.iter().map(|(index, _)| *index).collect();
        reads.sort_unstable();
        reads.dedup();
        reads
    }

    /// The hash of each row of a batch that holds the columns `projection`, ascending.
    pub(super) fn hashes(
        &self,
        batch: &RecordBatch,
        projection: &[usize],
    ) -> Result<Vec<RowHash>, String> {
        let mut readers = Vec::with_capacity(self.columns.len());
        for (index, encoding) in self.columns {
            let field = field(&self.schema, *index)?;
            let place = projection.binary_search(index).ok();
            let array = place.and_then(|place| batch.columns().get(place));
            let array = array.ok_or_else(|| format!("column `{}` was not read", field.name()))?;
            let reader = Reader::new(field, array)
                .map_err(|error| format!("column `{}`: {error}", field.name()))?;
            readers.push((field.name(), reader, *encoding));
        }
        let mut text = Vec::new();
        let mut hashes = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            text.clear();
            for (name, reader, encoding) in &readers {
                let appended =
                    reader.value(row).and_then(|value| append(&value, *encoding, &mut text));
                appended.map_err(|error| format!("column `{name}`: {error}"))?;
                text.push(b';');
            }
            hashes.push(hash(&text));
        }
        Ok(hashes)
    }
}

fn field(schema: &Schema, index: usize) -> Result<&arrow::datatypes::Field, String> {
    let field = schema.fields().get(index);
    field.map(AsRef::as_ref).ok_or_else(|| format!("there is no column {}", index + 1))
}

/// The hash of the text of a row.
pub(super) fn hash(text: &[u8]) -> RowHash {
    RowHash::from_digest(Md5::digest(text).into())
}

#[cfg(test)]
mod tests;
