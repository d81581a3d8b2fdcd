//! The oracle: values and rows by brute force, which shares no code with the comparison.
//!
//! Every cell becomes a [`Plain`] value by looking at its array, exact numbers as decimal digits,
//! and rows are struck out in nested loops. Slow, and short enough to be believed.

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{
        DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
        Decimal256Type, DurationMillisecondType, Field, Float16Type, Float32Type, Float64Type,
        Int8Type, Int16Type, Int32Type, Int64Type, IntervalDayTimeType, IntervalMonthDayNanoType,
        IntervalUnit, IntervalYearMonthType, Time32SecondType, Time64MicrosecondType,
        Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
        TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
        UInt64Type,
    },
};
use model::logical;
use std::fmt::Write as _;

/// A value as anybody would write it down.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Plain {
    Null,
    Bool(bool),
    /// An exact number.
    Exact(Digits),
    /// A float, and the exact number that it is; negative zero is none.
    Float(f64, Option<Digits>),
    Text(String),
    Json(String),
    Bytes(Vec<u8>),
    Uuid(Vec<u8>),
    /// Nanoseconds since 1970, or an infinity.
    Instant(i128),
    /// Nanoseconds since midnight.
    Time(i128),
    /// Months, days, nanoseconds.
    Interval([i128; 3]),
    List(Vec<Self>),
    Struct(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

/// The digits of a number without zeros at its ends, and the exponent of the last of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digits {
    negative: bool,
    kept: String,
    exponent: i64,
}

impl Digits {
    /// From a decimal number with or without an exponent, times ten to `exponent`.
    pub(crate) fn of(text: &str, exponent: i64) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, own) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let kept = all.trim_end_matches('0');
        let dropped = i64::try_from(all.len() - kept.len()).unwrap();
        let kept = kept.trim_start_matches('0').to_owned();
        if kept.is_empty() {
            return Self { negative: false, kept, exponent: 0 };
        }
        let places = i64::try_from(fraction.len()).unwrap();
        let exponent = exponent + own.parse::<i64>().unwrap() - places + dropped;
        Self { negative, kept, exponent }
    }

    /// Every float is a decimal number with at most 1,074 places.
    fn of_float(value: f64) -> Option<Self> {
        let exact = value.is_finite() && value.to_bits() != (-0.0_f64).to_bits();
        exact.then(|| Self::of(&format!("{value:.1074}"), 0))
    }
}

/// Are they one value?
pub(crate) fn same(a: &Plain, b: &Plain) -> bool {
    use Plain::{
        Bool, Bytes, Exact, Float, Instant, Interval, Json, List, Map, Null, Struct, Text, Time,
        Uuid,
    };
    match (a, b) {
        (Null, Null) => true,
        (Bool(a), Bool(b)) => a == b,
        (Exact(a), Exact(b)) => a == b,
        (Float(a, _), Float(b, _)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
        (Exact(a), Float(_, b)) | (Float(_, b), Exact(a)) => Some(a) == b.as_ref(),
        (Json(a), Json(b)) => a == b || same_json(a, b),
        (Text(a) | Json(a), Text(b) | Json(b)) => a == b,
        (Uuid(a), Text(b)) | (Text(b), Uuid(a)) => *b == spelled_uuid(a),
        (Uuid(a) | Bytes(a), Uuid(b) | Bytes(b)) => a == b,
        (Instant(a), Instant(b)) | (Time(a), Time(b)) => a == b,
        (Interval(a), Interval(b)) => a == b,
        (List(a), List(b)) | (Struct(a), Struct(b)) => same_all(a, b),
        (Map(a), Map(b)) => {
            let mut rest: Vec<_> = b.iter().collect();
            a.iter().all(|(k, v)| {
                let place = rest.iter().position(|(l, w)| same(k, l) && same(v, w));
                place.map(|place| rest.remove(place)).is_some()
            }) && rest.is_empty()
        }
        _ => false,
    }
}

/// 8-4-4-4-12 digits, lower case.
fn spelled_uuid(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (place, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&place) {
            text.push('-');
        }
        write!(text, "{byte:02x}").unwrap();
    }
    text
}

/// Are they the same values in the same places?
pub(crate) fn same_all(a: &[Plain], b: &[Plain]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
}

fn same_json(a: &str, b: &str) -> bool {
    fn eq(a: &serde_json::Value, b: &serde_json::Value) -> bool {
        use serde_json::Value::{Array, Number, Object};
        match (a, b) {
            (Number(a), Number(b)) => {
                Digits::of(&a.to_string(), 0) == Digits::of(&b.to_string(), 0)
            }
            (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| eq(a, b)),
            (Object(a), Object(b)) => {
                a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| eq(v, w)))
            }
            _ => a == b,
        }
    }
    match (serde_json::from_str(a), serde_json::from_str(b)) {
        (Ok(a), Ok(b)) => eq(&a, &b),
        _ => false,
    }
}

/// Can values of the one be values of the other?
pub(crate) fn meets(a: &Field, b: &Field) -> bool {
    let (x, y) = (family(a), family(b));
    x == y
        || x == "null"
        || y == "null"
        || [["text", "json"], ["text", "uuid"], ["uuid", "bytes"]]
            .iter()
            .any(|pair| (x == pair[0] && y == pair[1]) || (x == pair[1] && y == pair[0]))
}

/// What kind of values a column has.
pub(crate) fn family(field: &Field) -> &'static str {
    match (logical::extension_name(field), field.data_type()) {
        (Some(logical::NUMERIC), _) => "number",
        (Some(logical::JSON), _) => "json",
        (Some(logical::UUID), _) => "uuid",
        (_, DataType::Null) => "null",
        (_, DataType::Boolean) => "bool",
        (_, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) => "text",
        (_, DataType::Dictionary(..)) => "text",
        (_, DataType::Binary | DataType::BinaryView | DataType::FixedSizeBinary(_)) => "bytes",
        (_, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)) => "instant",
        (_, DataType::Time32(_) | DataType::Time64(_)) => "time",
        (_, DataType::Interval(_) | DataType::Duration(_)) => "interval",
        (_, DataType::List(_)) => "list",
        (_, DataType::Struct(_)) => "struct",
        (_, DataType::Map(..)) => "map",
        _ => "number",
    }
}

/// A cell.
pub(crate) fn plain(field: &Field, array: &dyn Array, row: usize) -> Plain {
    if array.is_null(row) || *array.data_type() == DataType::Null {
        return Plain::Null;
    }
    macro_rules! get {
        ($type:ty) => {
            array.as_primitive::<$type>().value(row)
        };
    }
    let exact = |text: String, scale: i8| Plain::Exact(Digits::of(&text, -i64::from(scale)));
    let float = |value: f64| Plain::Float(value, Digits::of_float(value));
    let at = |count: i64, unit: i128| Plain::Instant(instant(count.into(), i64::MAX.into(), unit));
    match array.data_type() {
        DataType::Boolean => Plain::Bool(array.as_boolean().value(row)),
        DataType::Int8 => exact(get!(Int8Type).to_string(), 0),
        DataType::Int16 => exact(get!(Int16Type).to_string(), 0),
        DataType::Int32 => exact(get!(Int32Type).to_string(), 0),
        DataType::Int64 => exact(get!(Int64Type).to_string(), 0),
        DataType::UInt8 => exact(get!(UInt8Type).to_string(), 0),
        DataType::UInt16 => exact(get!(UInt16Type).to_string(), 0),
        DataType::UInt32 => exact(get!(UInt32Type).to_string(), 0),
        DataType::UInt64 => exact(get!(UInt64Type).to_string(), 0),
        DataType::Decimal32(_, scale) => exact(get!(Decimal32Type).to_string(), *scale),
        DataType::Decimal64(_, scale) => exact(get!(Decimal64Type).to_string(), *scale),
        DataType::Decimal128(_, scale) => exact(get!(Decimal128Type).to_string(), *scale),
        DataType::Decimal256(_, scale) => exact(get!(Decimal256Type).to_string(), *scale),
        DataType::Float16 => float(get!(Float16Type).into()),
        DataType::Float32 => float(get!(Float32Type).into()),
        DataType::Float64 => float(get!(Float64Type)),
        DataType::Utf8 => worded(field, array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => worded(field, array.as_string::<i64>().value(row)),
        DataType::Utf8View => worded(field, array.as_string_view().value(row)),
        DataType::Dictionary(..) => {
            let words = array.as_dictionary::<Int8Type>();
            let place = usize::try_from(words.keys().value(row)).unwrap();
            plain(field, words.values(), place)
        }
        DataType::Binary => bytes(field, array.as_binary::<i32>().value(row)),
        DataType::BinaryView => bytes(field, array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => bytes(field, array.as_fixed_size_binary().value(row)),
        DataType::Date32 => {
            let days = i128::from(get!(Date32Type));
            Plain::Instant(instant(days, i32::MAX.into(), 86_400_000_000_000))
        }
        DataType::Date64 => at(get!(Date64Type), 1_000_000),
        DataType::Timestamp(TimeUnit::Second, _) => at(get!(TimestampSecondType), 1_000_000_000),
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            at(get!(TimestampMillisecondType), 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => at(get!(TimestampMicrosecondType), 1_000),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => at(get!(TimestampNanosecondType), 1),
        DataType::Time32(_) => Plain::Time(i128::from(get!(Time32SecondType)) * 1_000_000_000),
        DataType::Time64(TimeUnit::Microsecond) => {
            Plain::Time(i128::from(get!(Time64MicrosecondType)) * 1_000)
        }
        DataType::Time64(_) => Plain::Time(get!(Time64NanosecondType).into()),
        DataType::Interval(IntervalUnit::YearMonth) => {
            Plain::Interval([get!(IntervalYearMonthType).into(), 0, 0])
        }
        DataType::Interval(IntervalUnit::DayTime) => {
            let value = get!(IntervalDayTimeType);
            Plain::Interval([0, value.days.into(), i128::from(value.milliseconds) * 1_000_000])
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let value = get!(IntervalMonthDayNanoType);
            Plain::Interval([value.months.into(), value.days.into(), value.nanoseconds.into()])
        }
        DataType::Duration(_) => {
            Plain::Interval([0, 0, i128::from(get!(DurationMillisecondType)) * 1_000_000])
        }
        DataType::List(item) => {
            let items = array.as_list::<i32>().value(row);
            Plain::List((0..items.len()).map(|place| plain(item, &items, place)).collect())
        }
        DataType::Struct(fields) => {
            let parts = array.as_struct();
            let each = fields.iter().zip(parts.columns());
            Plain::Struct(each.map(|(field, part)| plain(field, part, row)).collect())
        }
        DataType::Map(..) => {
            let entries = array.as_map().value(row);
            let [key, value] = [0, 1].map(|place| {
                let field = entries.fields()[place].as_ref();
                (0..entries.len()).map(move |row| (field, row))
            });
            let keys = key.map(|(field, row)| plain(field, entries.column(0), row));
            let values = value.map(|(field, row)| plain(field, entries.column(1), row));
            Plain::Map(keys.zip(values).collect())
        }
        other => panic!("the oracle does not know {other}"),
    }
}

/// The ends of the range of a count are the infinities.
fn instant(count: i128, end: i128, unit: i128) -> i128 {
    if count.abs() == end { count.signum() * i128::MAX } else { count * unit }
}

fn worded(field: &Field, text: &str) -> Plain {
    match (logical::extension_name(field), text) {
        (Some(logical::JSON), _) => Plain::Json(text.to_owned()),
        (Some(logical::NUMERIC), "NaN") => Plain::Float(f64::NAN, None),
        (Some(logical::NUMERIC), "Infinity") => Plain::Float(f64::INFINITY, None),
        (Some(logical::NUMERIC), "-Infinity") => Plain::Float(f64::NEG_INFINITY, None),
        (Some(logical::NUMERIC), _) => Plain::Exact(Digits::of(text, 0)),
        _ => Plain::Text(text.to_owned()),
    }
}

fn bytes(field: &Field, bytes: &[u8]) -> Plain {
    match logical::extension_name(field) {
        Some(logical::UUID) => Plain::Uuid(bytes.to_vec()),
        _ => Plain::Bytes(bytes.to_vec()),
    }
}

/// All rows of a table.
pub(crate) fn rows(batch: &RecordBatch) -> Vec<Vec<Plain>> {
    let schema = batch.schema();
    let cell = |row| {
        let columns = schema.fields().iter().zip(batch.columns());
        columns.map(|(field, array)| plain(field, array, row)).collect()
    };
    (0..batch.num_rows()).map(cell).collect()
}

/// The places of the rows that each side has alone, by striking out equal rows one by one.
pub(crate) fn alone(legacy: &[Vec<Plain>], governed: &[Vec<Plain>]) -> [Vec<usize>; 2] {
    let mut rest: Vec<usize> = (0..governed.len()).collect();
    let mut left = Vec::new();
    for (place, row) in legacy.iter().enumerate() {
        match rest.iter().position(|other| same_all(row, &governed[*other])) {
            Some(found) => drop(rest.remove(found)),
            None => left.push(place),
        }
    }
    [left, rest]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_values_and_not_spellings() {
        for (a, b) in [("1.50", "15e-1"), ("0.00", "-0"), ("1200", "1.2e3"), ("-7", "-007.0")] {
            assert_eq!(Digits::of(a, 0), Digits::of(b, 0), "{a} {b}");
        }
        for (a, b) in [("1", "-1"), ("10", "1"), ("0.1", "0.01"), ("12", "21")] {
            assert_ne!(Digits::of(a, 0), Digits::of(b, 0), "{a} {b}");
        }
        assert_eq!(Digits::of("150", -2), Digits::of("1.5", 0));
        let tenth = "0.1000000000000000055511151231257827021181583404541015625";
        assert_eq!(Digits::of_float(0.1), Some(Digits::of(tenth, 0)));
        assert_eq!(Digits::of_float(-0.0), None);
        assert!(Digits::of_float(f64::from_bits(1)).unwrap().kept.starts_with("49406564584"));
    }

    #[test]
    fn json_is_a_value() {
        assert!(same_json(r#"{"a":1,"b":[1.0,null]}"#, r#"{"b": [1, null], "a": 1e0}"#));
        assert!(!same_json("[1,2]", "[2,1]") && !same_json("{", "{ "));
    }
}
