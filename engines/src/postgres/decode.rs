//! Values in PostgreSQL's binary format into Arrow columns. The formats are those of the `*_send`
//! functions of the server.

use super::types::ColumnType;
use arrow::{
    array::{
        ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, FixedSizeBinaryBuilder,
        Float32Builder, Float64Builder, Int16Builder, Int32Builder, Int64Builder,
        IntervalMonthDayNanoBuilder, ListArray, NullArray, NullBufferBuilder, StringBuilder,
        Time64MicrosecondBuilder, TimestampMicrosecondBuilder, UInt32Builder,
    },
    buffer::{OffsetBuffer, ScalarBuffer},
    datatypes::{Field, IntervalMonthDayNano},
    error::ArrowError,
};
use model::logical;
use std::sync::Arc;

/// From 1970-01-01 to 2000-01-01, where PostgreSQL counts from.
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// Why a value could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// Arrow cannot hold it; the text says what it is.
    Unrepresentable(&'static str),
    /// The bytes do not follow the format.
    Malformed,
}

/// Collects one column of a batch.
#[derive(Debug)]
pub(super) enum ColumnBuilder {
    Bool(BooleanBuilder),
    Int2(Int16Builder),
    Int4(Int32Builder),
    Int8(Int64Builder),
    Oid(UInt32Builder),
    Float4(Float32Builder),
    Float8(Float64Builder),
    Numeric {
        values: StringBuilder,
        text: String,
    },
    Text(StringBuilder),
    Char(StringBuilder),
    Bytea(BinaryBuilder),
    Date(Date32Builder),
    Time(Time64MicrosecondBuilder),
    Timestamp(TimestampMicrosecondBuilder),
    Interval(IntervalMonthDayNanoBuilder),
    Uuid(FixedSizeBinaryBuilder),
    Jsonb(StringBuilder),
    Array {
        field: Arc<Field>,
        elements: Box<ColumnBuilder>,
        offsets: Vec<i32>,
        length: i32,
        validity: NullBufferBuilder,
    },
    Void(usize),
}

impl ColumnBuilder {
    pub(super) fn new(column_type: &ColumnType) -> Self {
        match column_type {
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
            ColumnType::Int2 => Self::Int2(Int16Builder::new()),
            ColumnType::Int4 => Self::Int4(Int32Builder::new()),
            ColumnType::Int8 => Self::Int8(Int64Builder::new()),
            ColumnType::Oid => Self::Oid(UInt32Builder::new()),
            ColumnType::Float4 => Self::Float4(Float32Builder::new()),
            ColumnType::Float8 => Self::Float8(Float64Builder::new()),
            ColumnType::Numeric => {
                Self::Numeric { values: StringBuilder::new(), text: String::new() }
            }
            ColumnType::Text | ColumnType::Json => Self::Text(StringBuilder::new()),
            ColumnType::Char => Self::Char(StringBuilder::new()),
            ColumnType::Bytea => Self::Bytea(BinaryBuilder::new()),
            ColumnType::Date => Self::Date(Date32Builder::new()),
            ColumnType::Time => Self::Time(Time64MicrosecondBuilder::new()),
            ColumnType::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            ColumnType::Timestamptz => {
                Self::Timestamp(TimestampMicrosecondBuilder::new().with_timezone("UTC"))
            }
            ColumnType::Interval => Self::Interval(IntervalMonthDayNanoBuilder::new()),
            ColumnType::Uuid => Self::Uuid(FixedSizeBinaryBuilder::new(16)),
            ColumnType::Jsonb => Self::Jsonb(StringBuilder::new()),
            ColumnType::Array(element) => Self::Array {
                field: Arc::new(element.field("item")),
                elements: Box::new(Self::new(element)),
                offsets: vec![0],
                length: 0,
                validity: NullBufferBuilder::new(0),
            },
            ColumnType::Void => Self::Void(0),
        }
    }

    /// Appends one value, or NULL.
    pub(super) fn append(&mut self, value: Option<&[u8]>) -> Result<(), Problem> {
        match self {
            Self::Bool(b) => b.append_option(fixed(value)?.map(|[byte]: [u8; 1]| byte != 0)),
            Self::Int2(b) => b.append_option(fixed(value)?.map(i16::from_be_bytes)),
            Self::Int4(b) => b.append_option(fixed(value)?.map(i32::from_be_bytes)),
            Self::Int8(b) => b.append_option(fixed(value)?.map(i64::from_be_bytes)),
            Self::Oid(b) => b.append_option(fixed(value)?.map(u32::from_be_bytes)),
            Self::Float4(b) => b.append_option(fixed(value)?.map(f32::from_be_bytes)),
            Self::Float8(b) => b.append_option(fixed(value)?.map(f64::from_be_bytes)),
            Self::Numeric { values, text } => match value {
                None => values.append_null(),
                Some(bytes) => {
                    text.clear();
                    model::pg_numeric::decode(bytes, text).ok_or(Problem::Malformed)?;
                    values.append_value(&*text);
                }
            },
            Self::Text(b) => b.append_option(value.map(utf8).transpose()?),
            Self::Char(b) => match fixed::<1>(value)? {
                None => b.append_null(),
                Some([0]) => b.append_value(""),
                // As PostgreSQL 16 writes bytes that no encoding claims.
                Some([byte]) if byte >= 0x80 => b.append_value(format!("\\{byte:03o}")),
                Some([byte]) => b.append_value(char::from(byte).to_string()),
            },
            Self::Bytea(b) => b.append_option(value),
            Self::Date(b) => {
                b.append_option(fixed(value)?.map(i32::from_be_bytes).map(date).transpose()?);
            }
            Self::Time(b) => b.append_option(fixed(value)?.map(i64::from_be_bytes)),
            Self::Timestamp(b) => {
                b.append_option(fixed(value)?.map(i64::from_be_bytes).map(timestamp).transpose()?);
            }
            Self::Interval(b) => b.append_option(value.map(interval).transpose()?),
            Self::Uuid(b) => match fixed::<16>(value)? {
                None => b.append_null(),
                Some(bytes) => b.append_value(bytes).map_err(|_| Problem::Malformed)?,
            },
            Self::Jsonb(b) => match value {
                None => b.append_null(),
                // A version number comes first.
                Some([1, text @ ..]) => b.append_value(utf8(text)?),
                Some(_) => return Err(Problem::Malformed),
            },
            Self::Array { elements, offsets, length, validity, .. } => {
                if let Some(bytes) = value {
                    *length = length
                        .checked_add(append_elements(elements, bytes)?)
                        .ok_or(Problem::Malformed)?;
                }
                offsets.push(*length);
                validity.append(value.is_some());
            }
            Self::Void(rows) => *rows += 1,
        }
        Ok(())
    }

    /// Gives the column and starts over.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Bool(b) => Arc::new(b.finish()),
            Self::Int2(b) => Arc::new(b.finish()),
            Self::Int4(b) => Arc::new(b.finish()),
            Self::Int8(b) => Arc::new(b.finish()),
            Self::Oid(b) => Arc::new(b.finish()),
            Self::Float4(b) => Arc::new(b.finish()),
            Self::Float8(b) => Arc::new(b.finish()),
            Self::Numeric { values: b, .. } | Self::Text(b) | Self::Char(b) | Self::Jsonb(b) => {
                Arc::new(b.finish())
            }
            Self::Bytea(b) => Arc::new(b.finish()),
            Self::Date(b) => Arc::new(b.finish()),
            Self::Time(b) => Arc::new(b.finish()),
            Self::Timestamp(b) => Arc::new(b.finish()),
            Self::Interval(b) => Arc::new(b.finish()),
            Self::Uuid(b) => Arc::new(b.finish()),
            Self::Array { field, elements, offsets, length, validity } => {
                let offsets = std::mem::replace(offsets, vec![0]);
                *length = 0;
                Arc::new(ListArray::try_new(
                    Arc::clone(field),
                    OffsetBuffer::new(ScalarBuffer::from(offsets)),
                    elements.finish()?,
                    validity.finish(),
                )?)
            }
            Self::Void(rows) => Arc::new(NullArray::new(std::mem::take(rows))),
        })
    }
}

fn fixed<const N: usize>(value: Option<&[u8]>) -> Result<Option<[u8; N]>, Problem> {
    value.map(|bytes| bytes.try_into().map_err(|_| Problem::Malformed)).transpose()
}

fn utf8(bytes: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(bytes).map_err(|_| Problem::Malformed)
}

fn date(days: i32) -> Result<i32, Problem> {
    match days {
        i32::MAX => Ok(logical::DATE_INFINITY),
        i32::MIN => Ok(-logical::DATE_INFINITY),
        finite => finite
            .checked_add(EPOCH_DAYS)
            .ok_or(Problem::Unrepresentable("a date outside of Arrow's range")),
    }
}

fn timestamp(micros: i64) -> Result<i64, Problem> {
    match micros {
        i64::MAX => Ok(logical::TIMESTAMP_INFINITY),
        i64::MIN => Ok(-logical::TIMESTAMP_INFINITY),
        finite => finite
            .checked_add(EPOCH_MICROS)
            .filter(|micros| *micros != logical::TIMESTAMP_INFINITY)
            .ok_or(Problem::Unrepresentable("a timestamp after the year 294246")),
    }
}

fn interval(bytes: &[u8]) -> Result<IntervalMonthDayNano, Problem> {
    let (micros, rest) = bytes.split_first_chunk::<8>().ok_or(Problem::Malformed)?;
    let (days, months) = rest.split_first_chunk::<4>().ok_or(Problem::Malformed)?;
    let micros = i64::from_be_bytes(*micros);
    let days = i32::from_be_bytes(*days);
    let months = i32::from_be_bytes(months.try_into().map_err(|_| Problem::Malformed)?);
    let nanos = micros
        .checked_mul(1000)
        .ok_or(Problem::Unrepresentable("an interval of more than 292 years in its time part"))?;
    Ok(IntervalMonthDayNano::new(months, days, nanos))
}

/// Appends the elements of a one-dimensional array and gives their number. The format is that of
/// `array_send`: dimensions, flag for NULLs, element oid, then length and lower bound for each
/// dimension, then the elements, each with its length (-1 for NULL).
fn append_elements(elements: &mut ColumnBuilder, bytes: &[u8]) -> Result<i32, Problem> {
    let mut rest = bytes;
    let mut word = || -> Result<i32, Problem> {
        let (head, tail) = rest.split_first_chunk::<4>().ok_or(Problem::Malformed)?;
        rest = tail;
        Ok(i32::from_be_bytes(*head))
    };
    let dimensions = word()?;
    let _has_nulls = word()?;
    let _element_oid = word()?;
    let length = match dimensions {
        0 => 0,
        1 => {
            let length = word()?;
            if word()? != 1 {
                return Err(Problem::Unrepresentable("an array whose first subscript is not 1"));
            }
            length
        }
        2.. => return Err(Problem::Unrepresentable("an array of more than one dimension")),
        _ => return Err(Problem::Malformed),
    };
    for _ in 0..length {
        let (head, tail) = rest.split_first_chunk::<4>().ok_or(Problem::Malformed)?;
        let size = i32::from_be_bytes(*head);
        rest = tail;
        if size < 0 {
            elements.append(None)?;
        } else {
            let size = usize::try_from(size).map_err(|_| Problem::Malformed)?;
            let (value, tail) = rest.split_at_checked(size).ok_or(Problem::Malformed)?;
            rest = tail;
            elements.append(Some(value))?;
        }
    }
    if rest.is_empty() { Ok(length.max(0)) } else { Err(Problem::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Array as _, AsArray as _};
    use proptest::prelude::*;

    #[test]
    fn infinities_are_the_ends_of_the_range() {
        assert_eq!(date(i32::MIN), Ok(-i32::MAX));
        assert_eq!(timestamp(i64::MIN), Ok(-i64::MAX));
        assert_eq!(timestamp(0), Ok(EPOCH_MICROS));
        assert!(matches!(timestamp(i64::MAX - 5), Err(Problem::Unrepresentable(_))));
        // The last timestamp that PostgreSQL has is in the year 294276.
        assert!(matches!(timestamp(9_223_371_331_199_999_999), Err(Problem::Unrepresentable(_))));
    }

    #[test]
    fn an_interval_keeps_its_three_parts() {
        let mut bytes = (-1_i64).to_be_bytes().to_vec();
        bytes.extend(2_i32.to_be_bytes());
        bytes.extend((-3_i32).to_be_bytes());
        assert_eq!(interval(&bytes), Ok(IntervalMonthDayNano::new(-3, 2, -1000)));
        let mut bytes = i64::MAX.to_be_bytes().to_vec();
        bytes.extend([0; 8]);
        assert!(matches!(interval(&bytes), Err(Problem::Unrepresentable(_))));
    }

    #[test]
    fn arrays_of_other_shapes_are_refused() {
        let array = |words: &[i32]| words.iter().flat_map(|w| w.to_be_bytes()).collect::<Vec<_>>();
        let mut column = ColumnBuilder::new(&ColumnType::Array(Box::new(ColumnType::Int4)));
        column.append(Some(&array(&[1, 1, 23, 2, 1, 4, 7, -1]))).unwrap();
        column.append(Some(&array(&[0, 0, 23]))).unwrap();
        column.append(None).unwrap();
        assert!(matches!(
            column.append(Some(&array(&[2, 0, 23, 1, 1, 1, 1, 4, 7]))),
            Err(Problem::Unrepresentable(_))
        ));
        assert!(matches!(
            column.append(Some(&array(&[1, 0, 23, 1, 0, 4, 7]))),
            Err(Problem::Unrepresentable(_))
        ));
        let list = column.finish().unwrap();
        let list = list.as_list::<i32>();
        assert_eq!(list.len(), 3);
        assert!(list.is_null(2) && list.value(1).is_empty() && list.value(0).is_null(1));
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let array = |element| ColumnType::Array(Box::new(element));
            for column_type in [
                ColumnType::Bool, ColumnType::Char, ColumnType::Numeric, ColumnType::Text,
                ColumnType::Interval, ColumnType::Jsonb, ColumnType::Uuid, ColumnType::Timestamptz,
                array(ColumnType::Numeric), array(ColumnType::Text),
            ] {
                let mut column = ColumnBuilder::new(&column_type);
                let _ = column.append(Some(&bytes));
            }
        }
    }
}
