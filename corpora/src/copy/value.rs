//! One column's values, from PostgreSQL's text to Arrow.

use super::interval;
use crate::column::ColumnType;
use arrow::{
    array::{
        ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder,
        FixedSizeBinaryBuilder, Float64Builder, Int32Builder, Int64Builder,
        IntervalMonthDayNanoBuilder, ListBuilder, StringBuilder, TimestampMicrosecondBuilder,
    },
    compute::kernels::cast_utils::{Parser as _, parse_decimal},
    datatypes::{Date32Type, Decimal128Type, TimestampMicrosecondType},
    error::ArrowError,
};
use std::sync::Arc;

/// A builder for one column.
pub(super) enum ColumnBuilder {
    Bool(BooleanBuilder),
    Int4(Int32Builder),
    Int8(Int64Builder),
    Float8(Float64Builder),
    Numeric(Decimal128Builder, u8, i8),
    Text(StringBuilder),
    Bytea(BinaryBuilder),
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
    Timestamptz(TimestampMicrosecondBuilder),
    Interval(IntervalMonthDayNanoBuilder),
    Uuid(FixedSizeBinaryBuilder),
    Int4Array(ListBuilder<Int32Builder>),
}

/// Runs an expression on the builder inside, whatever its type.
macro_rules! each {
    ($column:expr, $builder:ident => $body:expr) => {
        match $column {
            ColumnBuilder::Bool($builder) => $body,
            ColumnBuilder::Int4($builder) => $body,
            ColumnBuilder::Int8($builder) => $body,
            ColumnBuilder::Float8($builder) => $body,
            ColumnBuilder::Text($builder) => $body,
            ColumnBuilder::Bytea($builder) => $body,
            ColumnBuilder::Date($builder) => $body,
            ColumnBuilder::Timestamp($builder) | ColumnBuilder::Timestamptz($builder) => $body,
            ColumnBuilder::Interval($builder) => $body,
            ColumnBuilder::Uuid($builder) => $body,
            ColumnBuilder::Int4Array($builder) => $body,
            ColumnBuilder::Numeric($builder, ..) => $body,
        }
    };
}

impl ColumnBuilder {
    pub(super) fn new(column_type: ColumnType) -> Self {
        match column_type {
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
            ColumnType::Int4 => Self::Int4(Int32Builder::new()),
            ColumnType::Int8 => Self::Int8(Int64Builder::new()),
            ColumnType::Float8 => Self::Float8(Float64Builder::new()),
            ColumnType::Numeric(precision, scale) => {
                Self::Numeric(Decimal128Builder::new(), precision, scale)
            }
            ColumnType::Text | ColumnType::Json => Self::Text(StringBuilder::new()),
            ColumnType::Bytea => Self::Bytea(BinaryBuilder::new()),
            ColumnType::Date => Self::Date(Date32Builder::new()),
            ColumnType::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            ColumnType::Timestamptz => {
                Self::Timestamptz(TimestampMicrosecondBuilder::new().with_timezone("UTC"))
            }
            ColumnType::Interval => Self::Interval(IntervalMonthDayNanoBuilder::new()),
            ColumnType::Uuid => Self::Uuid(FixedSizeBinaryBuilder::new(16)),
            ColumnType::Int4Array => Self::Int4Array(ListBuilder::new(Int32Builder::new())),
        }
    }

    pub(super) fn append_null(&mut self) {
        each!(self, builder => builder.append_null());
    }

    /// Appends a value, or says what it should have been.
    pub(super) fn append(&mut self, text: &str) -> Result<(), String> {
        fn read<T: std::str::FromStr>(text: &str) -> Result<T, String>
        where
            T::Err: ToString,
        {
            text.parse().map_err(|error: T::Err| error.to_string())
        }
        match self {
            Self::Bool(builder) => builder.append_value(match text {
                "t" => true,
                "f" => false,
                _ => return Err("a boolean is `t` or `f`".to_owned()),
            }),
            Self::Int4(builder) => builder.append_value(read(text)?),
            Self::Int8(builder) => builder.append_value(read(text)?),
            // Rust reads PostgreSQL's spellings of NaN and the infinities.
            Self::Float8(builder) => builder.append_value(read(text)?),
            Self::Numeric(builder, precision, scale) => {
                let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                if decimals > usize::from(scale.unsigned_abs()) {
                    return Err(format!("more than {scale} decimals"));
                }
                let value = parse_decimal::<Decimal128Type>(text, *precision, *scale);
                builder.append_value(value.map_err(|error| error.to_string())?);
            }
            Self::Text(builder) => builder.append_value(text),
            Self::Bytea(builder) => {
                let digits = text.strip_prefix(r"\x").ok_or(r"bytes are `\x` and digits")?;
                builder.append_value(hex(digits)?);
            }
            Self::Date(builder) => {
                let days = Date32Type::parse(text).ok_or("a date is `2024-02-29`")?;
                builder.append_value(days);
            }
            Self::Timestamp(builder) => builder.append_value(instant(text)?),
            Self::Timestamptz(builder) => {
                let text = text.strip_suffix("+00").ok_or("an instant ends in `+00`")?;
                builder.append_value(instant(text)?);
            }
            Self::Interval(builder) => builder.append_value(interval::parse(text)?),
            Self::Uuid(builder) => {
                let bytes = hex(&text.replace('-', ""))?;
                builder.append_value(bytes).map_err(|error| error.to_string())?;
            }
            Self::Int4Array(builder) => {
                let list = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
                let list = list.ok_or("an array is `{1,NULL,3}`")?;
                for item in list.split(',').filter(|_| !list.is_empty()) {
                    match item {
                        "NULL" => builder.values().append_null(),
                        item => builder.values().append_value(read(item)?),
                    }
                }
                builder.append(true);
            }
        }
        Ok(())
    }

    /// The column so far; the builder is empty afterwards.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        if let Self::Numeric(builder, precision, scale) = self {
            let array = builder.finish().with_precision_and_scale(*precision, *scale)?;
            return Ok(Arc::new(array));
        }
        Ok(each!(self, builder => Arc::new(builder.finish()) as ArrayRef))
    }
}

fn instant(text: &str) -> Result<i64, String> {
    TimestampMicrosecondType::parse(text)
        .ok_or_else(|| "a timestamp is `2024-02-29 12:30:45.5`".to_owned())
}

fn hex(digits: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u32>> = digits.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0).ok_or("not pairs of hex digits")?;
    let byte = |pair: &[u32]| pair.iter().fold(0, |byte, digit| byte * 16 + digit);
    digits.chunks(2).map(|pair| u8::try_from(byte(pair)).map_err(|e| e.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::AsArray as _;
    use arrow::datatypes::{Float64Type, Int32Type};

    fn column(column_type: ColumnType, texts: &[&str]) -> Result<ArrayRef, String> {
        let mut builder = ColumnBuilder::new(column_type);
        for text in texts {
            builder.append(text)?;
        }
        builder.finish().map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_exact() {
        let floats = column(ColumnType::Float8, &["NaN", "-Infinity", "-0", "1e+20"]).unwrap();
        let floats = floats.as_primitive::<Float64Type>().values().to_vec();
        assert!(floats[0].is_nan() && floats[1] == f64::NEG_INFINITY);
        assert_eq!(floats[2].to_bits(), (-0.0_f64).to_bits());
        let numbers = column(ColumnType::Numeric(12, 2), &["-10.50", "7"]).unwrap();
        assert_eq!(numbers.as_primitive::<Decimal128Type>().values().to_vec(), [-1050, 700]);
        let at = column(ColumnType::Timestamptz, &["2024-03-10 06:30:00.25+00"]).unwrap();
        let at = at.as_primitive::<TimestampMicrosecondType>().value(0);
        assert_eq!(at, 1_710_052_200_250_000);
        let bytes = column(ColumnType::Bytea, &[r"\x00ff", r"\x"]).unwrap();
        assert_eq!((bytes.as_binary::<i32>().value(0), bytes.len()), (&[0, 255][..], 2));
        let lists = column(ColumnType::Int4Array, &["{}", "{1,NULL,3}"]).unwrap();
        let lists = lists.as_list::<i32>();
        assert_eq!((lists.value(0).len(), lists.value(1).len()), (0, 3));
        assert_eq!(lists.value(1).as_primitive::<Int32Type>().iter().nth(1), Some(None));
    }

    #[test]
    fn other_spellings_are_refused() {
        for (column_type, text) in [
            (ColumnType::Bool, "true"),
            (ColumnType::Int4, "2147483648"),
            (ColumnType::Numeric(5, 2), "1.234"),
            (ColumnType::Numeric(5, 2), "1234.56"),
            (ColumnType::Bytea, "00ff"),
            (ColumnType::Bytea, r"\x0"),
            (ColumnType::Date, "31.1.2024"),
            (ColumnType::Timestamp, "noon"),
            (ColumnType::Timestamptz, "2024-03-10 06:30:00-05"),
            (ColumnType::Uuid, "a0eebc99"),
            (ColumnType::Int4Array, "1,2"),
            (ColumnType::Int4Array, "{1,,2}"),
        ] {
            assert!(column(column_type, &[text]).is_err(), "{column_type:?} {text}");
        }
    }
}
