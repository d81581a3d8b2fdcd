//! As what a column of texts is read.

use super::{number, time};
use arrow::datatypes::{DataType, Field, TimeUnit};
use model::logical;
use std::{fmt, sync::Arc};

/// What each value of a column is read as. Each has one text at most for a value, or texts that mean
/// the same value beyond doubt (`1.50` and `1.5` as exact numbers, `Z` and `+00` of an instant).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Json,
    /// Exact numbers as text, `gnomon.numeric`.
    Numeric,
    Bool,
    /// Of any width.
    Int(DataType),
    Decimal128(u8, i8),
    Float32,
    Float64,
    Date,
    /// Microseconds or nanoseconds.
    Time(TimeUnit),
    /// With a zone where texts have an offset.
    Timestamp(TimeUnit, Option<Arc<str>>),
    Uuid,
}

impl Kind {
    /// The kind of a wanted column; nothing where texts are not read as its type.
    pub(super) fn wanted(field: &Field) -> Option<Self> {
        let text =
            matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        match (logical::extension_name(field), field.data_type()) {
            (Some(logical::NUMERIC), _) if text => return Some(Self::Numeric),
            (Some(logical::JSON), _) if text => return Some(Self::Json),
            (Some(logical::UUID), DataType::FixedSizeBinary(16)) => return Some(Self::Uuid),
            _ => {}
        }
        Some(match field.data_type() {
            DataType::Dictionary(_, values) => {
                return Self::wanted(&Field::new("", values.as_ref().clone(), true));
            }
            // A column without values says nothing of those beside it.
            DataType::Null => return None,
            _ if text => Self::Text,
            DataType::Boolean => Self::Bool,
            int if int.is_integer() => Self::Int(int.clone()),
            DataType::Decimal32(precision, scale)
            | DataType::Decimal64(precision, scale)
            | DataType::Decimal128(precision, scale) => Self::Decimal128(*precision, *scale),
            DataType::Decimal256(..) => Self::Numeric,
            DataType::Float32 => Self::Float32,
            DataType::Float64 => Self::Float64,
            DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Time32(_) | DataType::Time64(TimeUnit::Microsecond) => {
                Self::Time(TimeUnit::Microsecond)
            }
            DataType::Time64(_) => Self::Time(TimeUnit::Nanosecond),
            DataType::Timestamp(unit, zone) => Self::Timestamp(*unit, zone.clone()),
            _ => return None,
        })
    }

    /// The field of a column of this kind.
    pub(super) fn field(&self, name: &str) -> Field {
        let data_type = match self {
            Self::Text => DataType::Utf8,
            Self::Json => {
                return logical::extension_field(name, DataType::Utf8, logical::JSON, true);
            }
            Self::Numeric => {
                return logical::extension_field(name, DataType::Utf8, logical::NUMERIC, true);
            }
            Self::Uuid => {
                let storage = DataType::FixedSizeBinary(16);
                return logical::extension_field(name, storage, logical::UUID, true);
            }
            Self::Bool => DataType::Boolean,
            Self::Int(int) => int.clone(),
            Self::Decimal128(precision, scale) => DataType::Decimal128(*precision, *scale),
            Self::Float32 => DataType::Float32,
            Self::Float64 => DataType::Float64,
            Self::Date => DataType::Date32,
            Self::Time(unit) => DataType::Time64(*unit),
            Self::Timestamp(unit, zone) => DataType::Timestamp(*unit, zone.clone()),
        };
        Field::new(name, data_type, true)
    }

    /// Whether the text is a value of this kind.
    pub(super) fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Json => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
            Self::Numeric => numeric(text),
            Self::Bool => boolean(text).is_some(),
            Self::Int(int) => match int {
                DataType::Int8 => int_of::<i8>(text).is_some(),
                DataType::Int16 => int_of::<i16>(text).is_some(),
                DataType::Int32 => int_of::<i32>(text).is_some(),
                DataType::Int64 => int_of::<i64>(text).is_some(),
                DataType::UInt8 => int_of::<u8>(text).is_some(),
                DataType::UInt16 => int_of::<u16>(text).is_some(),
                DataType::UInt32 => int_of::<u32>(text).is_some(),
                _ => unsigned(text).is_some(),
            },
            Self::Decimal128(precision, scale) => decimal128(text, *precision, *scale).is_some(),
            Self::Float32 => number::float32(text).is_some(),
            Self::Float64 => number::float64(text).is_some(),
            Self::Date => time::date(text).is_some(),
            Self::Time(unit) => time_of_day(text, *unit).is_some(),
            Self::Timestamp(unit, zone) => timestamp(text, *unit, zone.is_some()).is_some(),
            Self::Uuid => uuid(text).is_some(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&logical::type_label(&self.field("")))
    }
}

/// A plain decimal, `NaN`, `Infinity` or `-Infinity`.
pub(super) fn numeric(text: &str) -> bool {
    match number::Decimal::read(text) {
        Some(decimal) => decimal.exponent.is_none() && !decimal.is_negative_zero(),
        None => matches!(text, "NaN" | "Infinity" | "-Infinity"),
    }
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        "true" | "t" => Some(true),
        "false" | "f" => Some(false),
        _ => None,
    }
}

/// An integer narrower than 64 bits, or as wide.
pub(super) fn int_of<T: TryFrom<i64>>(text: &str) -> Option<T> {
    number::integer(text).and_then(|value| T::try_from(value).ok())
}

pub(super) fn unsigned(text: &str) -> Option<u64> {
    let canonical = match text.as_bytes() {
        [b'0'] => true,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if canonical { text.parse().ok() } else { None }
}

/// The number times ten to the scale, where nothing is lost: digits behind the scale are zeros.
pub(super) fn decimal128(text: &str, precision: u8, scale: i8) -> Option<i128> {
    let decimal = number::Decimal::read(text).filter(|decimal| decimal.exponent.is_none())?;
    let scale = usize::try_from(scale).ok()?;
    if decimal.is_negative_zero() || decimal.whole.len() > 39 {
        return None;
    }
    let (kept, beyond) = decimal.fraction.split_at(decimal.fraction.len().min(scale));
    if beyond.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let shift = u32::try_from(scale - kept.len()).ok()?;
    let digits = [decimal.whole, kept].concat();
    let value = digits.parse::<i128>().ok()?.checked_mul(10_i128.checked_pow(shift)?)?;
    let limit = 10_i128.checked_pow(u32::from(precision))?;
    (value < limit).then_some(if decimal.negative { -value } else { value })
}

pub(super) fn time_of_day(text: &str, unit: TimeUnit) -> Option<i64> {
    let (seconds, nanos, digits) = time::time(text)?;
    count(seconds, nanos, digits, unit)
}

pub(super) fn timestamp(text: &str, unit: TimeUnit, offset: bool) -> Option<i64> {
    let stamp = time::timestamp(text).filter(|stamp| stamp.offset == offset)?;
    count(stamp.seconds, stamp.nanos, stamp.digits, unit)
}

/// Units of time, where nothing is finer than the unit and all fits 64 bits.
pub(super) fn count(seconds: i64, nanos: u32, digits: u8, unit: TimeUnit) -> Option<i64> {
    let (per_second, unit_digits, per_unit) = match unit {
        TimeUnit::Second => (1, 0, 1_000_000_000),
        TimeUnit::Millisecond => (1_000, 3, 1_000_000),
        TimeUnit::Microsecond => (1_000_000, 6, 1_000),
        TimeUnit::Nanosecond => (1_000_000_000, 9, 1),
    };
    if digits > unit_digits {
        return None;
    }
    seconds.checked_mul(per_second)?.checked_add(i64::from(nanos / per_unit))
}

/// `8-4-4-4-12` hexadecimal digits.
pub(super) fn uuid(text: &str) -> Option<[u8; 16]> {
    let hyphens = [8, 13, 18, 23];
    let placed = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == hyphens.contains(&at));
    if !placed || !text.is_ascii() {
        return None;
    }
    let digits: String = text.split('-').collect();
    digits
        .bytes()
        .all(|digit| digit.is_ascii_hexdigit())
        .then(|| u128::from_str_radix(&digits, 16).ok().map(u128::to_be_bytes))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_takes_only_what_it_keeps() {
        let utc = Some(Arc::from("UTC"));
        let cases: [(Kind, &[&str], &[&str]); 13] = [
            (
                Kind::Numeric,
                &["1", "1.50", "NaN", "123456789012345678901234567890.1"],
                &["1e5", "-0", "-0.00", "", "007"],
            ),
            (Kind::Bool, &["true", "f"], &["TRUE", "1", ""]),
            (Kind::Int(DataType::Int8), &["-128", "127"], &["128", "01", "1.0"]),
            (
                Kind::Int(DataType::UInt64),
                &["18446744073709551615"],
                &["-1", "18446744073709551616"],
            ),
            (
                Kind::Decimal128(4, 2),
                &["12.3", "99.99", "-1.500", "0"],
                &["100", "1.234", "-0.0", "1e1"],
            ),
            (Kind::Float32, &["0.1", "1e10"], &["0.12345678901"]),
            (Kind::Float64, &["0.1", "1"], &["0.12345678901234567890"]),
            (Kind::Date, &["2024-02-29"], &["2024-02-30", "2024-02-29 00:00:00"]),
            (
                Kind::Time(TimeUnit::Microsecond),
                &["23:59:59.123456000"],
                &["24:00:00", "00:00:00.1234567"],
            ),
            (
                Kind::Timestamp(TimeUnit::Second, None),
                &["2024-01-01 00:00:00.000"],
                &["2024-01-01 00:00:00.1", "2024-01-01 00:00:00Z", "2024-01-01"],
            ),
            (
                Kind::Timestamp(TimeUnit::Nanosecond, utc),
                &["2024-01-01 00:00:00+01"],
                &["9999-01-01 00:00:00Z", "2024-01-01 00:00:00"],
            ),
            (
                Kind::Uuid,
                &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
                &[
                    "a0eebc999c0b4ef8bb6d6bb9bd380a11",
                    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g",
                    "+0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                ],
            ),
            (Kind::Json, &["{}", "[1, 2]", "null"], &["", "{", "x"]),
        ];
        for (kind, good, bad) in cases {
            for text in good {
                assert!(kind.accepts(text), "{kind}: {text}");
            }
            for text in bad {
                assert!(!kind.accepts(text), "{kind}: {text}");
            }
        }
        assert_eq!(decimal128("-1.500", 4, 2), Some(-150));
        assert_eq!(decimal128(&"9".repeat(38), 38, 0), Some(10_i128.pow(38) - 1));
    }

    #[test]
    fn a_wanted_type_comes_back() {
        for data_type in [
            DataType::Int16,
            DataType::UInt64,
            DataType::Float32,
            DataType::Decimal128(12, 2),
            DataType::Date32,
            DataType::Timestamp(TimeUnit::Millisecond, Some(Arc::from("Europe/Berlin"))),
            DataType::Boolean,
        ] {
            let field = Field::new("c", data_type, true);
            assert_eq!(Kind::wanted(&field).unwrap().field("c"), field);
        }
        for extension in [logical::UUID, logical::JSON, logical::NUMERIC] {
            let storage = match extension {
                logical::UUID => DataType::FixedSizeBinary(16),
                _ => DataType::Utf8,
            };
            let field = logical::extension_field("c", storage, extension, true);
            assert_eq!(Kind::wanted(&field).unwrap().field("c"), field);
        }
        let list = Field::new_list("c", Field::new_list_field(DataType::Int8, true), true);
        assert_eq!(Kind::wanted(&list), None);
        assert_eq!(Kind::wanted(&Field::new("c", DataType::Binary, true)), None);
    }
}
