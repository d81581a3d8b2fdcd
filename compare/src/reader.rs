//! Typed access to the values of one Arrow array.

use crate::{
    number::{Exact, Number},
    value::{Instant, Value},
};
use arrow::{
    array::{
        Array, ArrayRef, ArrowPrimitiveType, AsArray as _, BinaryArray, BinaryViewArray,
        BooleanArray, FixedSizeBinaryArray, Float16Array, Float32Array, Float64Array,
        LargeBinaryArray, LargeStringArray, OffsetSizeTrait, PrimitiveArray, StringArray,
        StringViewArray,
    },
    buffer::NullBuffer,
    datatypes::{
        DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
        Decimal256Type, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
        DurationSecondType, Field, Int8Type, Int16Type, Int32Type, Int64Type, IntervalDayTimeType,
        IntervalMonthDayNanoType, IntervalUnit, IntervalYearMonthType, RunEndIndexType,
        Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
        TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
        TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type, i256,
    },
};
use model::logical;
use std::sync::Arc;

/// Why a value cannot be read; the caller adds side and column.
pub(crate) type ReadError = String;

/// Reads the values of one array. Cheap to build; holds the array's buffers.
#[derive(Debug)]
pub(crate) struct Reader {
    nulls: Option<NullBuffer>,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Null,
    Bool(BooleanArray),
    Ints(Ints),
    Decimal128(PrimitiveArray<Decimal128Type>, i64),
    Decimal256(PrimitiveArray<Decimal256Type>, i64),
    Float16(Float16Array),
    Float32(Float32Array),
    Float64(Float64Array),
    Text(Texts),
    Numeric(Texts),
    Bytes(Blobs),
    Uuid(FixedSizeBinaryArray),
    Date32(PrimitiveArray<Date32Type>),
    /// Counts of a unit, in nanoseconds.
    Date64(Vec<i64>),
    Time(Vec<i64>, i128),
    Timestamp(Vec<i64>, i128, bool),
    Duration(Vec<i64>, i128),
    Months(PrimitiveArray<IntervalYearMonthType>),
    DayTime(PrimitiveArray<IntervalDayTimeType>),
    MonthDayNano(PrimitiveArray<IntervalMonthDayNanoType>),
    List(Vec<(usize, usize)>, Box<Reader>),
    Struct(Vec<(String, Reader)>),
    Map(Vec<(usize, usize)>, Box<Reader>, Box<Reader>),
    /// Dictionary and run-end encodings: row to position in the values.
    Indirect(Vec<usize>, Box<Reader>),
}

#[derive(Debug)]
enum Ints {
    I8(PrimitiveArray<Int8Type>),
    I16(PrimitiveArray<Int16Type>),
    I32(PrimitiveArray<Int32Type>),
    I64(PrimitiveArray<Int64Type>),
    U8(PrimitiveArray<UInt8Type>),
    U16(PrimitiveArray<UInt16Type>),
    U32(PrimitiveArray<UInt32Type>),
    U64(PrimitiveArray<UInt64Type>),
    D32(PrimitiveArray<Decimal32Type>, i64),
    D64(PrimitiveArray<Decimal64Type>, i64),
}

#[derive(Debug)]
enum Texts {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

#[derive(Debug)]
enum Blobs {
    Small(BinaryArray),
    Large(LargeBinaryArray),
    View(BinaryViewArray),
    Fixed(FixedSizeBinaryArray),
}

fn primitive<T: ArrowPrimitiveType>(array: &dyn Array) -> Result<PrimitiveArray<T>, ReadError> {
    array.as_primitive_opt::<T>().cloned().ok_or_else(|| damaged(array))
}

fn typed<T: Array + Clone + 'static>(array: &dyn Array) -> Result<T, ReadError> {
    array.as_any().downcast_ref::<T>().cloned().ok_or_else(|| damaged(array))
}

fn damaged(array: &dyn Array) -> ReadError {
    format!("the array does not hold what its type {} says", array.data_type())
}

/// Nanoseconds of a unit.
pub(crate) const fn unit_nanos(unit: TimeUnit) -> i128 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

fn counts<T: ArrowPrimitiveType<Native = i64>>(array: &dyn Array) -> Result<Vec<i64>, ReadError> {
    Ok(primitive::<T>(array)?.values().to_vec())
}

fn ranges<O: OffsetSizeTrait>(offsets: &[O]) -> Vec<(usize, usize)> {
    let ends = offsets.iter().skip(1);
    offsets.iter().zip(ends).map(|(start, end)| (start.as_usize(), end.as_usize())).collect()
}

fn run_positions<R: RunEndIndexType>(
    array: &dyn Array,
) -> Result<(Vec<usize>, ArrayRef), ReadError> {
    let runs = array.as_run_opt::<R>().ok_or_else(|| damaged(array))?;
    let ends = runs.run_ends();
    let rows = (0..runs.len()).map(|row| ends.get_physical_index(row)).collect();
    Ok((rows, Arc::clone(runs.values())))
}

impl Reader {
    /// A reader of `array`, which has the type of `field`.
    pub(crate) fn new(field: &Field, array: &dyn Array) -> Result<Self, ReadError> {
        Self::with_extension(logical::extension_name(field), array)
    }

    fn with_extension(extension: Option<&str>, array: &dyn Array) -> Result<Self, ReadError> {
        let texts = |texts| match extension {
            Some(logical::NUMERIC) => Values::Numeric(texts),
            _ => Values::Text(texts),
        };
        let values = match array.data_type() {
            DataType::Null => Values::Null,
            DataType::Boolean => Values::Bool(typed(array)?),
            DataType::Int8 => Values::Ints(Ints::I8(primitive(array)?)),
            DataType::Int16 => Values::Ints(Ints::I16(primitive(array)?)),
            DataType::Int32 => Values::Ints(Ints::I32(primitive(array)?)),
            DataType::Int64 => Values::Ints(Ints::I64(primitive(array)?)),
            DataType::UInt8 => Values::Ints(Ints::U8(primitive(array)?)),
            DataType::UInt16 => Values::Ints(Ints::U16(primitive(array)?)),
            DataType::UInt32 => Values::Ints(Ints::U32(primitive(array)?)),
            DataType::UInt64 => Values::Ints(Ints::U64(primitive(array)?)),
            DataType::Decimal32(_, s) => Values::Ints(Ints::D32(primitive(array)?, i64::from(*s))),
            DataType::Decimal64(_, s) => Values::Ints(Ints::D64(primitive(array)?, i64::from(*s))),
            DataType::Decimal128(_, s) => Values::Decimal128(primitive(array)?, i64::from(*s)),
            DataType::Decimal256(_, s) => Values::Decimal256(primitive(array)?, i64::from(*s)),
            DataType::Float16 => Values::Float16(typed(array)?),
            DataType::Float32 => Values::Float32(typed(array)?),
            DataType::Float64 => Values::Float64(typed(array)?),
            DataType::Utf8 => texts(Texts::Small(typed(array)?)),
            DataType::LargeUtf8 => texts(Texts::Large(typed(array)?)),
            DataType::Utf8View => texts(Texts::View(typed(array)?)),
            DataType::Binary => Values::Bytes(Blobs::Small(typed(array)?)),
            DataType::LargeBinary => Values::Bytes(Blobs::Large(typed(array)?)),
            DataType::BinaryView => Values::Bytes(Blobs::View(typed(array)?)),
            DataType::FixedSizeBinary(16) if extension == Some(logical::UUID) => {
                Values::Uuid(typed(array)?)
            }
            DataType::FixedSizeBinary(_) => Values::Bytes(Blobs::Fixed(typed(array)?)),
            DataType::Date32 => Values::Date32(primitive(array)?),
            DataType::Date64 => Values::Date64(counts::<Date64Type>(array)?),
            DataType::Time32(unit) => {
                let short = match unit {
                    TimeUnit::Second => primitive::<Time32SecondType>(array)?.values().to_vec(),
                    _ => primitive::<Time32MillisecondType>(array)?.values().to_vec(),
                };
                Values::Time(short.into_iter().map(i64::from).collect(), unit_nanos(*unit))
            }
            DataType::Time64(unit) => {
                let values = match unit {
                    TimeUnit::Nanosecond => counts::<Time64NanosecondType>(array)?,
                    _ => counts::<Time64MicrosecondType>(array)?,
                };
                Values::Time(values, unit_nanos(*unit))
            }
            DataType::Timestamp(unit, zone) => {
                let values = match unit {
                    TimeUnit::Second => counts::<TimestampSecondType>(array)?,
                    TimeUnit::Millisecond => counts::<TimestampMillisecondType>(array)?,
                    TimeUnit::Microsecond => counts::<TimestampMicrosecondType>(array)?,
                    TimeUnit::Nanosecond => counts::<TimestampNanosecondType>(array)?,
                };
                Values::Timestamp(values, unit_nanos(*unit), zone.is_some())
            }
            DataType::Duration(unit) => {
                let values = match unit {
                    TimeUnit::Second => counts::<DurationSecondType>(array)?,
                    TimeUnit::Millisecond => counts::<DurationMillisecondType>(array)?,
                    TimeUnit::Microsecond => counts::<DurationMicrosecondType>(array)?,
                    TimeUnit::Nanosecond => counts::<DurationNanosecondType>(array)?,
                };
                Values::Duration(values, unit_nanos(*unit))
            }
            DataType::Interval(IntervalUnit::YearMonth) => Values::Months(primitive(array)?),
            DataType::Interval(IntervalUnit::DayTime) => Values::DayTime(primitive(array)?),
            DataType::Interval(IntervalUnit::MonthDayNano) => {
                Values::MonthDayNano(primitive(array)?)
            }
            DataType::List(item) => Self::list::<i32>(item, array)?,
            DataType::LargeList(item) => Self::list::<i64>(item, array)?,
            DataType::ListView(item) => Self::list_view::<i32>(item, array)?,
            DataType::LargeListView(item) => Self::list_view::<i64>(item, array)?,
            DataType::FixedSizeList(item, width) => {
                let list = array.as_fixed_size_list_opt().ok_or_else(|| damaged(array))?;
                let width = usize::try_from(*width).unwrap_or(0);
                let rows = (0..list.len())
                    .map(|row| {
                        let start = usize::try_from(list.value_offset(row)).unwrap_or(0);
                        (start, start + width)
                    })
                    .collect();
                Values::List(rows, Box::new(Self::new(item, list.values())?))
            }
            DataType::Struct(fields) => {
                let columns = array.as_struct_opt().ok_or_else(|| damaged(array))?.columns();
                let readers = fields
                    .iter()
                    .zip(columns)
                    .map(|(field, column)| Ok((field.name().clone(), Self::new(field, column)?)));
                Values::Struct(readers.collect::<Result<_, ReadError>>()?)
            }
            DataType::Map(..) => {
                let map = array.as_map_opt().ok_or_else(|| damaged(array))?;
                let (key, value) = map.entries_fields();
                Values::Map(
                    ranges(map.value_offsets()),
                    Box::new(Self::new(key, map.keys())?),
                    Box::new(Self::new(value, map.values())?),
                )
            }
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary_opt().ok_or_else(|| damaged(array))?;
                // An empty dictionary has only NULLs, which never reach the values.
                let positions = match dictionary.values().len() {
                    0 => vec![0; array.len()],
                    _ => dictionary.normalized_keys(),
                };
                let values = Self::with_extension(extension, dictionary.values())?;
                Values::Indirect(positions, Box::new(values))
            }
            DataType::RunEndEncoded(ends, field) => {
                let (positions, values) = match ends.data_type() {
                    DataType::Int16 => run_positions::<Int16Type>(array)?,
                    DataType::Int32 => run_positions::<Int32Type>(array)?,
                    _ => run_positions::<Int64Type>(array)?,
                };
                let extension = extension.or_else(|| logical::extension_name(field));
                Values::Indirect(positions, Box::new(Self::with_extension(extension, &values)?))
            }
            DataType::Union(..) => return Err("the type union cannot be compared".to_owned()),
        };
        Ok(Self { nulls: array.logical_nulls(), values })
    }

    fn list<O: OffsetSizeTrait>(item: &Field, array: &dyn Array) -> Result<Values, ReadError> {
        let list = array.as_list_opt::<O>().ok_or_else(|| damaged(array))?;
        Ok(Values::List(ranges(list.value_offsets()), Box::new(Self::new(item, list.values())?)))
    }

    fn list_view<O: OffsetSizeTrait>(item: &Field, array: &dyn Array) -> Result<Values, ReadError> {
        let list = array.as_list_view_opt::<O>().ok_or_else(|| damaged(array))?;
        let rows = list.value_offsets().iter().zip(list.value_sizes());
        let rows = rows.map(|(at, size)| (at.as_usize(), at.as_usize() + size.as_usize()));
        Ok(Values::List(rows.collect(), Box::new(Self::new(item, list.values())?)))
    }

    /// The value of a row. A row outside the array reads as NULL.
    pub(crate) fn value(&self, row: usize) -> Result<Value<'_>, ReadError> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            return Ok(Value::Null);
        }
        let count = |counts: &[i64]| counts.get(row).copied().unwrap_or_default();
        Ok(match &self.values {
            Values::Null => Value::Null,
            Values::Bool(array) => Value::Bool(array.value(row)),
            Values::Ints(ints) => ints.value(row),
            Values::Decimal128(array, scale) => decimal(array.value(row), *scale),
            Values::Decimal256(array, scale) => wide_decimal(array.value(row), *scale)?,
            Values::Float16(array) => Value::Half(array.value(row)),
            Values::Float32(array) => Value::Single(array.value(row)),
            Values::Float64(array) => Value::Float(array.value(row)),
            Values::Text(texts) => Value::Text(texts.value(row)),
            Values::Numeric(texts) => {
                let text = texts.value(row);
                Value::Number(Number::parse(text).ok_or_else(|| {
                    let shown: String = text.chars().take(80).collect();
                    format!("`{shown}` is no exact number")
                })?)
            }
            Values::Bytes(blobs) => Value::Bytes(blobs.value(row)),
            Values::Uuid(array) => {
                Value::Uuid(array.value(row).try_into().map_err(|_| damaged(array))?)
            }
            Values::Date32(array) => Value::Date(Instant::from_days(array.value(row))),
            Values::Date64(values) => {
                Value::Date(Instant::from_count(count(values), unit_nanos(TimeUnit::Millisecond)))
            }
            Values::Time(values, unit) => {
                let of_day = i128::from(count(values)) * unit;
                Value::Time(
                    i64::try_from(of_day).map_err(|_| {
                        format!("the time of day `{}` is out of range", count(values))
                    })?,
                )
            }
            Values::Timestamp(values, unit, zoned) => {
                Value::Timestamp { at: Instant::from_count(count(values), *unit), zoned: *zoned }
            }
            Values::Duration(values, unit) => {
                Value::Interval { months: 0, days: 0, nanos: i128::from(count(values)) * unit }
            }
            Values::Months(array) => {
                Value::Interval { months: i64::from(array.value(row)), days: 0, nanos: 0 }
            }
            Values::DayTime(array) => {
                let value = array.value(row);
                Value::Interval {
                    months: 0,
                    days: i64::from(value.days),
                    nanos: i128::from(value.milliseconds) * unit_nanos(TimeUnit::Millisecond),
                }
            }
            Values::MonthDayNano(array) => {
                let value = array.value(row);
                Value::Interval {
                    months: i64::from(value.months),
                    days: i64::from(value.days),
                    nanos: i128::from(value.nanoseconds),
                }
            }
            Values::List(ranges, items) => {
                let (start, end) = ranges.get(row).copied().unwrap_or_default();
                Value::List((start..end).map(|i| items.value(i)).collect::<Result<_, _>>()?)
            }
            Values::Struct(fields) => {
                let values =
                    fields.iter().map(|(name, reader)| Ok((name.as_str(), reader.value(row)?)));
                Value::Struct(values.collect::<Result<_, ReadError>>()?)
            }
            Values::Map(ranges, keys, values) => {
                let (start, end) = ranges.get(row).copied().unwrap_or_default();
                let entries = (start..end).map(|i| Ok((keys.value(i)?, values.value(i)?)));
                Value::Map(entries.collect::<Result<_, ReadError>>()?)
            }
            Values::Indirect(positions, values) => match positions.get(row) {
                Some(&position) => values.value(position)?,
                None => Value::Null,
            },
        })
    }
}

fn decimal(unscaled: i128, scale: i64) -> Value<'static> {
    Value::Number(Number::Finite(Exact::from_scaled(unscaled, scale)))
}

fn wide_decimal(unscaled: i256, scale: i64) -> Result<Value<'static>, ReadError> {
    if let Some(narrow) = unscaled.to_i128() {
        return Ok(decimal(narrow, scale));
    }
    // Too wide for an integer of ours: by its text, keeping the scale for people.
    let text = unscaled.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let places = usize::try_from(scale).unwrap_or(0);
    let zeros = usize::try_from(-scale).unwrap_or(0);
    let padded = format!("{}{digits}{}", "0".repeat(places), "0".repeat(zeros));
    let (whole, fraction) = padded.split_at_checked(padded.len() - places).unwrap_or((&padded, ""));
    Number::parse(&format!("{sign}{whole}.{fraction}"))
        .map(Value::Number)
        .ok_or_else(|| format!("`{text}` is no exact number"))
}

impl Ints {
    fn value(&self, row: usize) -> Value<'static> {
        Value::Int(match self {
            Self::I8(array) => array.value(row).into(),
            Self::I16(array) => array.value(row).into(),
            Self::I32(array) => array.value(row).into(),
            Self::I64(array) => array.value(row).into(),
            Self::U8(array) => array.value(row).into(),
            Self::U16(array) => array.value(row).into(),
            Self::U32(array) => array.value(row).into(),
            Self::U64(array) => array.value(row).into(),
            Self::D32(array, scale) => return decimal(array.value(row).into(), *scale),
            Self::D64(array, scale) => return decimal(array.value(row).into(), *scale),
        })
    }
}

impl Texts {
    fn value(&self, row: usize) -> &str {
        match self {
            Self::Small(array) => array.value(row),
            Self::Large(array) => array.value(row),
            Self::View(array) => array.value(row),
        }
    }
}

impl Blobs {
    fn value(&self, row: usize) -> &[u8] {
        match self {
            Self::Small(array) => array.value(row),
            Self::Large(array) => array.value(row),
            Self::View(array) => array.value(row),
            Self::Fixed(array) => array.value(row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{
        DictionaryArray, Int32Array, Int32Builder, ListArray, MapBuilder, RunArray, StringBuilder,
        StructArray, UInt8Array,
    };
    use arrow::datatypes::{Fields, UnionFields};

    fn read(array: &dyn Array) -> Reader {
        Reader::new(&Field::new("c", array.data_type().clone(), true), array).unwrap()
    }

    fn int(value: i128) -> Value<'static> {
        Value::Int(value)
    }

    #[test]
    fn integers_and_decimals_of_all_widths() {
        assert_eq!(read(&UInt8Array::from(vec![255])).value(0), Ok(int(255)));
        let wide = i256::from_string("-12345678901234567890123456789012345678901234567").unwrap();
        let array = PrimitiveArray::<Decimal256Type>::from(vec![Some(wide), None])
            .with_precision_and_scale(60, 2)
            .unwrap();
        let reader = read(&array);
        let Ok(Value::Number(number)) = reader.value(0) else { panic!("no number") };
        assert_eq!(number.to_plain(), "-123456789012345678901234567890123456789012345.67");
        assert_eq!(reader.value(1), Ok(Value::Null));
        let narrow = PrimitiveArray::<Decimal32Type>::from(vec![150])
            .with_precision_and_scale(5, 2)
            .unwrap();
        assert_eq!(read(&narrow).value(0), Ok(decimal(15, 1)));
    }

    #[test]
    fn numeric_text_is_a_number_and_bad_text_an_error() {
        let field = logical::extension_field("c", DataType::Utf8, logical::NUMERIC, true);
        let array = StringArray::from(vec!["1.50", "NaN", "abc"]);
        let reader = Reader::new(&field, &array).unwrap();
        assert_eq!(reader.value(0), Ok(decimal(15, 1)));
        assert_eq!(reader.value(1), Ok(Value::Number(Number::NaN)));
        assert_eq!(reader.value(2), Err("`abc` is no exact number".to_owned()));
    }

    #[test]
    fn dictionaries_and_runs_are_looked_through_also_sliced() {
        let dictionary: DictionaryArray<Int8Type> =
            vec![Some("a"), None, Some("b"), Some("a")].into_iter().collect();
        let sliced = dictionary.slice(1, 3);
        let reader = read(&sliced);
        assert_eq!(reader.value(0), Ok(Value::Null));
        assert_eq!(reader.value(2), Ok(Value::Text("a")));
        let runs = RunArray::<Int32Type>::try_new(
            &Int32Array::from(vec![2, 5]),
            &StringArray::from(vec![Some("x"), None]),
        )
        .unwrap();
        let reader = read(&runs.slice(1, 3));
        assert_eq!(reader.value(0), Ok(Value::Text("x")));
        assert_eq!(reader.value(1), Ok(Value::Null));
        let empty: DictionaryArray<Int8Type> = vec![None::<&str>, None].into_iter().collect();
        assert_eq!(read(&empty).value(1), Ok(Value::Null));
    }

    #[test]
    fn nested_values_also_sliced() {
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![
            Some(vec![Some(1)]),
            None,
            Some(vec![Some(2), None]),
            Some(vec![]),
        ]);
        let reader = read(&list.slice(1, 3));
        assert_eq!(reader.value(0), Ok(Value::Null));
        assert_eq!(reader.value(1), Ok(Value::List(vec![int(2), Value::Null])));
        assert_eq!(reader.value(2), Ok(Value::List(vec![])));

        let fields = Fields::from(vec![Field::new("a", DataType::Int32, true)]);
        let rows = StructArray::new(fields, vec![Arc::new(Int32Array::from(vec![7, 8]))], None);
        let reader = read(&rows.slice(1, 1));
        assert_eq!(reader.value(0), Ok(Value::Struct(vec![("a", int(8))])));

        let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        map.keys().append_value("k");
        map.values().append_value(1);
        map.append(true).unwrap();
        let map = map.finish();
        assert_eq!(read(&map).value(0), Ok(Value::Map(vec![(Value::Text("k"), int(1))])));
    }

    #[test]
    fn times_of_all_units_meet_in_nanoseconds() {
        let seconds = PrimitiveArray::<TimestampSecondType>::from(vec![1]);
        let micros = PrimitiveArray::<TimestampMicrosecondType>::from(vec![1_000_000]);
        assert_eq!(read(&seconds).value(0), read(&micros).value(0));
        let short = PrimitiveArray::<Time32SecondType>::from(vec![5]);
        let long = PrimitiveArray::<Time64NanosecondType>::from(vec![5_000_000_000]);
        assert_eq!(read(&short).value(0), read(&long).value(0));
        let wild = PrimitiveArray::<Time64MicrosecondType>::from(vec![i64::MAX]);
        assert!(read(&wild).value(0).is_err());
    }

    #[test]
    fn a_union_is_refused_with_its_name() {
        let fields = UnionFields::try_new([0], [Field::new("a", DataType::Int32, true)]).unwrap();
        let union = DataType::Union(fields, arrow::datatypes::UnionMode::Sparse);
        let array = arrow::array::new_empty_array(&union);
        let error = Reader::new(&Field::new("c", union, true), &array).unwrap_err();
        assert!(error.contains("union"), "{error}");
    }
}
