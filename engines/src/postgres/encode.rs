//! Arrow columns into PostgreSQL's binary format, for `COPY … (FORMAT binary)`. The reverse of
//! `decode`: what that gives, this takes, and nothing is rounded on the way.

use super::types::ColumnType;
use crate::decimal;
use arrow::{
    array::{
        Array, ArrayRef, AsArray as _, BinaryArray, BooleanArray, Date32Array, Decimal128Array,
        FixedSizeBinaryArray, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array,
        IntervalMonthDayNanoArray, ListArray, StringArray, Time64MicrosecondArray,
        TimestampMicrosecondArray, UInt32Array,
    },
    compute::{CastOptions, cast_with_options},
    datatypes::{DataType, TimeUnit},
};
use model::logical;
use tokio_postgres::types::{Kind, Type};

const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = 946_684_800_000_000;

/// One column of a batch, ready to be written row by row.
pub(super) enum Encoder {
    Bool(BooleanArray),
    Int2(Int16Array),
    Int4(Int32Array),
    Int8(Int64Array),
    Oid(UInt32Array),
    Float4(Float32Array),
    Float8(Float64Array),
    NumericText(StringArray),
    NumericDecimal(Decimal128Array, i32),
    Text(StringArray),
    Char(StringArray),
    Bytea(BinaryArray),
    Date(Date32Array),
    Time(Time64MicrosecondArray),
    Timestamp(TimestampMicrosecondArray),
    Interval(IntervalMonthDayNanoArray),
    Uuid(FixedSizeBinaryArray),
    Jsonb(StringArray),
    List { list: ListArray, elements: Box<Encoder>, element_oid: u32 },
}

impl Encoder {
    /// Prepares `array` for a table column of `target`. The error says why it does not fit.
    pub(super) fn new(
        target: &Type,
        column_type: &ColumnType,
        array: &ArrayRef,
    ) -> Result<Self, String> {
        let no_fit =
            || format!("{} rows cannot be loaded into a `{target}` column", array.data_type());
        let to = |data_type: &DataType| -> Result<ArrayRef, String> {
            let options = CastOptions { safe: false, ..CastOptions::default() };
            cast_with_options(array, data_type, &options).map_err(|error| error.to_string())
        };
        let source = array.data_type();
        let integer = source.is_integer();
        let textual = matches!(
            source,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null
        ) || matches!(source, DataType::Dictionary(_, value) if **value == DataType::Utf8);
        let null = *source == DataType::Null;
        Ok(match column_type {
            ColumnType::Bool if *source == DataType::Boolean || null => {
                Self::Bool(to(&DataType::Boolean)?.as_boolean().clone())
            }
            ColumnType::Int2 if integer || null => {
                Self::Int2(to(&DataType::Int16)?.as_primitive().clone())
            }
            ColumnType::Int4 if integer || null => {
                Self::Int4(to(&DataType::Int32)?.as_primitive().clone())
            }
            ColumnType::Int8 if integer || null => {
                Self::Int8(to(&DataType::Int64)?.as_primitive().clone())
            }
            ColumnType::Oid if integer || null => {
                Self::Oid(to(&DataType::UInt32)?.as_primitive().clone())
            }
            ColumnType::Float4 if *source == DataType::Float32 || null => {
                Self::Float4(to(&DataType::Float32)?.as_primitive().clone())
            }
            ColumnType::Float8
                if matches!(source, DataType::Float32 | DataType::Float64) || null =>
            {
                Self::Float8(to(&DataType::Float64)?.as_primitive().clone())
            }
            ColumnType::Numeric => match source {
                DataType::Decimal128(_, scale) => {
                    Self::NumericDecimal(array.as_primitive().clone(), i32::from(*scale))
                }
                _ if textual || integer => {
                    Self::NumericText(to(&DataType::Utf8)?.as_string::<i32>().clone())
                }
                _ => return Err(no_fit()),
            },
            ColumnType::Text | ColumnType::Json if textual => {
                Self::Text(to(&DataType::Utf8)?.as_string::<i32>().clone())
            }
            ColumnType::Char if textual => {
                Self::Char(to(&DataType::Utf8)?.as_string::<i32>().clone())
            }
            ColumnType::Jsonb if textual => {
                Self::Jsonb(to(&DataType::Utf8)?.as_string::<i32>().clone())
            }
            ColumnType::Bytea
                if matches!(
                    source,
                    DataType::Binary
                        | DataType::LargeBinary
                        | DataType::BinaryView
                        | DataType::FixedSizeBinary(_)
                        | DataType::Null
                ) =>
            {
                Self::Bytea(to(&DataType::Binary)?.as_binary::<i32>().clone())
            }
            ColumnType::Date if *source == DataType::Date32 || null => {
                Self::Date(to(&DataType::Date32)?.as_primitive().clone())
            }
            ColumnType::Time
                if matches!(
                    source,
                    DataType::Time32(_) | DataType::Time64(TimeUnit::Microsecond) | DataType::Null
                ) =>
            {
                Self::Time(to(&DataType::Time64(TimeUnit::Microsecond))?.as_primitive().clone())
            }
            ColumnType::Timestamp
                if matches!(source, DataType::Timestamp(unit, None) if !nanos(*unit)) || null =>
            {
                let wanted = DataType::Timestamp(TimeUnit::Microsecond, None);
                Self::Timestamp(to(&wanted)?.as_primitive().clone())
            }
            ColumnType::Timestamptz
                if matches!(source, DataType::Timestamp(unit, Some(_)) if !nanos(*unit))
                    || null =>
            {
                // The instant stays, whatever zone the column names.
                let wanted = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
                Self::Timestamp(to(&wanted)?.as_primitive().clone())
            }
            ColumnType::Interval => match source {
                DataType::Interval(_) | DataType::Null => {
                    let wanted = ColumnType::Interval.field("").data_type().clone();
                    Self::Interval(to(&wanted)?.as_primitive().clone())
                }
                _ => return Err(no_fit()),
            },
            ColumnType::Uuid if *source == DataType::FixedSizeBinary(16) => {
                Self::Uuid(array.as_fixed_size_binary().clone())
            }
            ColumnType::Array(element_type) => {
                let DataType::List(_) = source else { return Err(no_fit()) };
                let list = array.as_list::<i32>().clone();
                let element = element_of(target).ok_or_else(no_fit)?;
                let elements = Box::new(Self::new(element, element_type, list.values())?);
                Self::List { list, elements, element_oid: element.oid() }
            }
            _ => return Err(no_fit()),
        })
    }

    /// Appends the length and the bytes of one value, or NULL.
    pub(super) fn write(&self, row: usize, out: &mut Vec<u8>) -> Result<(), String> {
        if self.array().is_null(row) {
            out.extend_from_slice(&(-1_i32).to_be_bytes());
            return Ok(());
        }
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        self.write_value(row, out)?;
        let length = i32::try_from(out.len() - start - 4)
            .map_err(|_| "a value is larger than 2 GiB".to_owned())?;
        if let Some(head) = out.get_mut(start..start + 4) {
            head.copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Bool(a) => a,
            Self::Int2(a) => a,
            Self::Int4(a) => a,
            Self::Int8(a) => a,
            Self::Oid(a) => a,
            Self::Float4(a) => a,
            Self::Float8(a) => a,
            Self::NumericText(a) | Self::Text(a) | Self::Char(a) | Self::Jsonb(a) => a,
            Self::NumericDecimal(a, _) => a,
            Self::Bytea(a) => a,
            Self::Date(a) => a,
            Self::Time(a) => a,
            Self::Timestamp(a) => a,
            Self::Interval(a) => a,
            Self::Uuid(a) => a,
            Self::List { list, .. } => list,
        }
    }

    fn write_value(&self, row: usize, out: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Self::Bool(a) => out.push(u8::from(a.value(row))),
            Self::Int2(a) => out.extend_from_slice(&a.value(row).to_be_bytes()),
            Self::Int4(a) => out.extend_from_slice(&a.value(row).to_be_bytes()),
            Self::Int8(a) => out.extend_from_slice(&a.value(row).to_be_bytes()),
            Self::Oid(a) => out.extend_from_slice(&a.value(row).to_be_bytes()),
            Self::Float4(a) => out.extend_from_slice(&a.value(row).to_be_bytes()),
            Self::Float8(a) => out.extend_from_slice(&a.value(row).to_be_bytes()),
            Self::NumericText(a) => write_numeric(a.value(row), out)?,
            Self::NumericDecimal(a, scale) => {
                write_numeric(&decimal::to_text(a.value(row), *scale), out)?;
            }
            Self::Text(a) => out.extend_from_slice(a.value(row).as_bytes()),
            Self::Char(a) => match a.value(row).as_bytes() {
                [] => out.push(0),
                [byte] => out.push(*byte),
                _ => return Err(format!("`{}` is not one byte", a.value(row))),
            },
            Self::Bytea(a) => out.extend_from_slice(a.value(row)),
            Self::Date(a) => out.extend_from_slice(&date(a.value(row))?.to_be_bytes()),
            Self::Time(a) => out.extend_from_slice(&a.value(row).to_be_bytes()),
            Self::Timestamp(a) => out.extend_from_slice(&timestamp(a.value(row))?.to_be_bytes()),
            Self::Interval(a) => {
                let value = a.value(row);
                if value.nanoseconds % 1000 != 0 {
                    return Err("an interval has nanoseconds, the server keeps microseconds".into());
                }
                out.extend_from_slice(&(value.nanoseconds / 1000).to_be_bytes());
                out.extend_from_slice(&value.days.to_be_bytes());
                out.extend_from_slice(&value.months.to_be_bytes());
            }
            Self::Uuid(a) => out.extend_from_slice(a.value(row)),
            Self::Jsonb(a) => {
                out.push(1);
                out.extend_from_slice(a.value(row).as_bytes());
            }
            Self::List { list, elements, element_oid } => {
                let [start, end] = match list.value_offsets().get(row..row + 2) {
                    Some([start, end]) => [*start, *end],
                    _ => return Err("a list has no offsets".to_owned()),
                };
                let index = |offset: i32| usize::try_from(offset).unwrap_or(0);
                let dimensions = i32::from(end > start);
                out.extend_from_slice(&dimensions.to_be_bytes());
                let nulls =
                    (index(start)..index(end)).any(|element| elements.array().is_null(element));
                out.extend_from_slice(&i32::from(nulls).to_be_bytes());
                out.extend_from_slice(&element_oid.to_be_bytes());
                if dimensions > 0 {
                    out.extend_from_slice(&(end - start).to_be_bytes());
                    out.extend_from_slice(&1_i32.to_be_bytes());
                }
                for element in index(start)..index(end) {
                    elements.write(element, out)?;
                }
            }
        }
        Ok(())
    }
}

/// Casting nanoseconds to microseconds would cut them.
fn nanos(unit: TimeUnit) -> bool {
    unit == TimeUnit::Nanosecond
}

fn element_of(target: &Type) -> Option<&Type> {
    match target.kind() {
        Kind::Array(element) => Some(element),
        Kind::Domain(base) => element_of(base),
        _ => None,
    }
}

fn write_numeric(text: &str, out: &mut Vec<u8>) -> Result<(), String> {
    model::pg_numeric::encode(text, out).ok_or_else(|| format!("`{text}` is no numeric value"))
}

fn date(days: i32) -> Result<i32, String> {
    match days {
        logical::DATE_INFINITY => Ok(i32::MAX),
        days if days == -logical::DATE_INFINITY => Ok(i32::MIN),
        days => days.checked_sub(EPOCH_DAYS).ok_or_else(|| "a date is out of range".to_owned()),
    }
}

fn timestamp(micros: i64) -> Result<i64, String> {
    match micros {
        logical::TIMESTAMP_INFINITY => Ok(i64::MAX),
        micros if micros == -logical::TIMESTAMP_INFINITY => Ok(i64::MIN),
        micros => {
            micros.checked_sub(EPOCH_MICROS).ok_or_else(|| "a timestamp is out of range".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::decode::ColumnBuilder;
    use proptest::prelude::*;
    use std::sync::Arc;

    /// Writes a column and reads it again.
    fn round_trip(target: &Type, column_type: &ColumnType, array: &ArrayRef) -> ArrayRef {
        let encoder = Encoder::new(target, column_type, array).unwrap();
        let mut column = ColumnBuilder::new(column_type);
        for row in 0..array.len() {
            let mut bytes = Vec::new();
            encoder.write(row, &mut bytes).unwrap();
            let (length, value) = bytes.split_first_chunk::<4>().unwrap();
            let null = i32::from_be_bytes(*length) < 0;
            column.append((!null).then_some(value)).unwrap();
        }
        column.finish().unwrap()
    }

    #[test]
    fn rows_that_would_lose_something_are_refused() {
        let refused = |target: &Type, column_type: &ColumnType, array: ArrayRef| {
            Encoder::new(target, column_type, &array).is_err()
        };
        assert!(refused(
            &Type::FLOAT4,
            &ColumnType::Float4,
            Arc::new(Float64Array::from(vec![0.1]))
        ));
        assert!(refused(&Type::INT2, &ColumnType::Int2, Arc::new(Int32Array::from(vec![70_000]))));
        assert!(refused(&Type::INT4, &ColumnType::Int4, Arc::new(Float64Array::from(vec![1.5]))));
        assert!(refused(&Type::TEXT, &ColumnType::Text, Arc::new(Int32Array::from(vec![1]))));
    }

    #[test]
    fn decimals_become_numerics_of_their_scale() {
        let array = Decimal128Array::from(vec![Some(-5), None, Some(12_345)])
            .with_precision_and_scale(12, 2)
            .unwrap();
        let back = round_trip(&Type::NUMERIC, &ColumnType::Numeric, &(Arc::new(array) as ArrayRef));
        let texts: Vec<_> = back.as_string::<i32>().iter().collect();
        assert_eq!(texts, [Some("-0.05"), None, Some("123.45")]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            texts in prop::collection::vec(prop::option::of(".{0,8}"), 0..20),
            days in prop::collection::vec(prop::option::of(-2_000_000_000_i32..2_000_000_000), 0..20),
            micros in prop::collection::vec(prop::option::of(-9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000), 0..20),
            floats in prop::collection::vec(prop::option::of(any::<f64>()), 0..20),
        ) {
            let texts: ArrayRef = Arc::new(StringArray::from(texts));
            prop_assert_eq!(&round_trip(&Type::TEXT, &ColumnType::Text, &texts), &texts);
            let days: ArrayRef = Arc::new(Date32Array::from(days));
            prop_assert_eq!(&round_trip(&Type::DATE, &ColumnType::Date, &days), &days);
            let micros: ArrayRef = Arc::new(TimestampMicrosecondArray::from(micros));
            prop_assert_eq!(
                &round_trip(&Type::TIMESTAMP, &ColumnType::Timestamp, &micros),
                &micros
            );
            let floats: ArrayRef = Arc::new(Float64Array::from(floats));
            prop_assert_eq!(
                &round_trip(&Type::FLOAT8, &ColumnType::Float8, &floats),
                &floats
            );
        }

        #[test]
        fn lists_are_read_again(
            lists in prop::collection::vec(
                prop::option::of(prop::collection::vec(prop::option::of(any::<i64>()), 0..5)),
                0..10,
            ),
        ) {
            let array: ArrayRef = Arc::new(
                ListArray::from_iter_primitive::<arrow::datatypes::Int64Type, _, _>(lists),
            );
            let column_type = ColumnType::Array(Box::new(ColumnType::Int8));
            let back = round_trip(&Type::INT8_ARRAY, &column_type, &array);
            prop_assert_eq!(&back, &array);
        }
    }
}
