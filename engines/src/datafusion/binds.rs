//! Bound parameters as DataFusion's scalars, through the casts that Arrow has for text.

use crate::{bind, decimal, failure, pg_type::PgType};
use arrow::{
    array::{ArrayRef, ListArray, StringArray},
    buffer::OffsetBuffer,
    compute::{CastOptions, cast_with_options},
    datatypes::{DataType, Field, IntervalUnit, TimeUnit},
};
use datafusion::common::ScalarValue;
use model::{Bind, Failure, SqlState};
use std::sync::Arc;

/// The values for `$1`, `$2`, …
pub(super) fn scalars(binds: &[Bind], time_zone: &str) -> Result<Vec<ScalarValue>, Failure> {
    binds
        .iter()
        .enumerate()
        .map(|(index, bind)| {
            let data_type = bind::type_of(index, bind)?;
            scalar(index, bind.value.as_deref(), data_type.as_ref(), time_zone)
        })
        .collect()
}

fn scalar(
    index: usize,
    text: Option<&str>,
    data_type: Option<&PgType>,
    time_zone: &str,
) -> Result<ScalarValue, Failure> {
    let Some(data_type) = data_type else {
        // Left open: the text, for DataFusion to coerce as it does with text.
        return Ok(text.map_or(ScalarValue::Null, |text| ScalarValue::Utf8(Some(text.to_owned()))));
    };
    let wanted = arrow_type(data_type);
    let Some(text) = text else {
        return ScalarValue::try_from(&wanted).map_err(|error| super::error::of(&error, ""));
    };
    let invalid = || bind::invalid(index, &wanted.to_string(), text);
    let array: ArrayRef = match data_type {
        PgType::Bool => {
            return Ok(ScalarValue::Boolean(Some(bind::boolean(text).ok_or_else(invalid)?)));
        }
        PgType::Bytea => {
            return Ok(ScalarValue::Binary(Some(bind::bytea(text).ok_or_else(invalid)?)));
        }
        PgType::Uuid => {
            let digits: String = text.chars().filter(|c| !"-{} ".contains(*c)).collect();
            let bytes = bind::bytea(&format!("\\x{digits}")).ok_or_else(invalid)?;
            if bytes.len() != 16 {
                return Err(invalid());
            }
            return Ok(ScalarValue::FixedSizeBinary(16, Some(bytes)));
        }
        PgType::Numeric(_) => {
            let (digits, scale) = decimal::shape(text).ok_or_else(invalid)?;
            let precision = u8::try_from(digits.max(scale).max(1)).unwrap_or(u8::MAX);
            let value = decimal::unscaled(text, scale).filter(|_| precision <= 38);
            let value = value.ok_or_else(|| {
                failure::statement(
                    SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
                    format!("parameter ${}: `{text}` has more than 38 digits", index + 1),
                )
            })?;
            let scale = i8::try_from(scale).map_err(|_| invalid())?;
            return Ok(ScalarValue::Decimal128(Some(value), precision, scale));
        }
        PgType::Timestamptz => {
            // Without an offset the text is in the session's zone.
            let local = DataType::Timestamp(TimeUnit::Microsecond, Some(time_zone.into()));
            let array: ArrayRef = Arc::new(StringArray::from(vec![text]));
            cast(&array, &local).ok_or_else(invalid)?
        }
        PgType::Array(_) => {
            let elements = bind::array_elements(text).ok_or_else(invalid)?;
            let offsets = OffsetBuffer::from_lengths([elements.len()]);
            let values: ArrayRef = Arc::new(StringArray::from(elements));
            let item = Arc::new(Field::new("item", DataType::Utf8, true));
            let list = ListArray::try_new(item, offsets, values, None);
            Arc::new(list.map_err(|error| failure::internal(error.to_string()))?)
        }
        _ => Arc::new(StringArray::from(vec![text])),
    };
    let array = cast(&array, &wanted).ok_or_else(invalid)?;
    ScalarValue::try_from_array(&array, 0).map_err(|error| super::error::of(&error, ""))
}

fn cast(array: &ArrayRef, wanted: &DataType) -> Option<ArrayRef> {
    cast_with_options(array, wanted, &CastOptions { safe: false, ..CastOptions::default() }).ok()
}

fn arrow_type(data_type: &PgType) -> DataType {
    match data_type {
        PgType::Bool => DataType::Boolean,
        PgType::Int2 => DataType::Int16,
        PgType::Int4 => DataType::Int32,
        PgType::Int8 => DataType::Int64,
        PgType::Oid => DataType::UInt32,
        PgType::Float4 => DataType::Float32,
        PgType::Float8 => DataType::Float64,
        PgType::Numeric(_) => DataType::Decimal128(38, 9),
        PgType::Text | PgType::Json | PgType::Other => DataType::Utf8,
        PgType::Bytea => DataType::Binary,
        PgType::Date => DataType::Date32,
        PgType::Time => DataType::Time64(TimeUnit::Microsecond),
        PgType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        PgType::Timestamptz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        PgType::Interval => DataType::Interval(IntervalUnit::MonthDayNano),
        PgType::Uuid => DataType::FixedSizeBinary(16),
        PgType::Array(element) => {
            DataType::List(Arc::new(Field::new("item", arrow_type(element), true)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(type_oid: u32, text: &str) -> Result<ScalarValue, Failure> {
        let bind = Bind { type_oid, value: Some(text.to_owned()) };
        scalars(&[bind], "Europe/Berlin").map(|mut values| values.remove(0))
    }

    #[test]
    fn texts_become_typed_values() {
        assert_eq!(one(23, "-7").unwrap(), ScalarValue::Int32(Some(-7)));
        assert_eq!(one(1700, "-0.50").unwrap(), ScalarValue::Decimal128(Some(-50), 2, 2));
        assert_eq!(one(1082, "1970-01-02").unwrap(), ScalarValue::Date32(Some(1)));
        assert_eq!(one(16, "on").unwrap(), ScalarValue::Boolean(Some(true)));
        assert_eq!(
            one(1184, "1970-01-01 00:00:00").unwrap(),
            ScalarValue::TimestampMicrosecond(Some(-3_600_000_000), Some("UTC".into()))
        );
        assert_eq!(
            one(1184, "1970-01-01 00:00:00+00").unwrap(),
            ScalarValue::TimestampMicrosecond(Some(0), Some("UTC".into()))
        );
        assert!(matches!(one(1007, "{1,NULL}").unwrap(), ScalarValue::List(_)));
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for (oid, text) in [(23, "x"), (23, "99999999999"), (1082, "2024-13-01"), (2950, "abc")] {
            let failure = one(oid, text).unwrap_err();
            assert_eq!(failure.sqlstate, SqlState::INVALID_TEXT_REPRESENTATION, "{text}");
        }
        assert_eq!(
            one(1700, &"9".repeat(39)).unwrap_err().sqlstate,
            SqlState::NUMERIC_VALUE_OUT_OF_RANGE
        );
    }
}
