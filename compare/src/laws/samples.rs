//! One column of each type, with the values at its edges and what looks like values of other types.

use super::fixtures::batch;
use arrow::{
    array::{
        ArrayRef, BinaryArray, BinaryViewArray, BooleanArray, Date32Array, Date64Array,
        Decimal32Array, Decimal64Array, Decimal128Array, Decimal256Array, DictionaryArray,
        DurationMillisecondArray, FixedSizeBinaryArray, Float16Array, Float32Array, Float64Array,
        Int8Array, Int16Array, Int32Array, Int64Array, IntervalDayTimeArray,
        IntervalMonthDayNanoArray, IntervalYearMonthArray, LargeStringArray, ListArray, MapBuilder,
        NullArray, RecordBatch, StringArray, StringBuilder, StringViewArray, StructArray,
        Time32SecondArray, Time64MicrosecondArray, Time64NanosecondArray,
        TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
        TimestampSecondArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
        builder::Int32Builder,
    },
    datatypes::{
        DataType, Field, Float64Type, Int8Type, Int32Type, IntervalDayTime, IntervalMonthDayNano,
        Schema, i256,
    },
};
use half::f16;
use model::logical;
use std::sync::Arc;

/// A table of one column, `c0`.
pub(crate) type Sample = RecordBatch;

/// Texts.
pub(crate) fn texts(values: &[Option<&str>]) -> Sample {
    plain(StringArray::from(values.to_vec()))
}

/// Integers.
pub(crate) fn ints(values: &[Option<i32>]) -> Sample {
    plain(Int32Array::from(values.to_vec()))
}

fn plain(array: impl arrow::array::Array + 'static) -> Sample {
    batch(vec![Arc::new(array)])
}

fn extension(name: &str, array: impl arrow::array::Array + 'static) -> Sample {
    let field = logical::extension_field("c0", array.data_type().clone(), name, true);
    RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![Arc::new(array)]).unwrap()
}

/// A sample of each type, and of types whose values are the same in other units and widths.
pub(crate) fn all() -> Vec<Sample> {
    [numbers(), times(), others(), nested()].concat()
}

fn numbers() -> Vec<Sample> {
    let wide = [Some(0), Some(1), Some(-1), None, Some(150), Some(i128::from(i64::MAX) + 1)];
    let decimal = |precision, scale, values: Vec<Option<i128>>| {
        plain(Decimal128Array::from(values).with_precision_and_scale(precision, scale).unwrap())
    };
    let huge = i256::from_i128(i128::MAX).checked_mul(i256::from_i128(1_000)).unwrap();
    let long = "123456789012345678901234567890123456789012345678901234567890.5";
    vec![
        plain(Int8Array::from(vec![Some(0), Some(1), Some(-1), Some(i8::MIN), None])),
        plain(Int16Array::from(vec![Some(0), Some(-1), Some(150), None])),
        ints(&[Some(0), Some(1), Some(15), Some(150), Some(i32::MIN), None]),
        plain(Int64Array::from(vec![Some(0), Some(-1), Some(i64::MAX), Some(i64::MIN), None])),
        plain(UInt8Array::from(vec![Some(0), Some(150), Some(255)])),
        plain(UInt16Array::from(vec![Some(1), Some(u16::MAX)])),
        plain(UInt32Array::from(vec![Some(0), Some(u32::MAX), None])),
        plain(UInt64Array::from(vec![Some(0), Some(u64::MAX), Some(1 << 63), None])),
        plain(
            Decimal32Array::from(vec![Some(0), Some(150), None])
                .with_precision_and_scale(9, 2)
                .unwrap(),
        ),
        plain(
            Decimal64Array::from(vec![Some(15), Some(-100), None])
                .with_precision_and_scale(18, 1)
                .unwrap(),
        ),
        decimal(38, 0, wide.to_vec()),
        decimal(38, 2, vec![Some(100), Some(150), Some(-100), Some(12), None, Some(i128::MAX)]),
        decimal(38, -3, vec![Some(1), Some(0), Some(-9)]),
        decimal(38, 20, vec![Some(10_i128.pow(20)), Some(1), Some(5 * 10_i128.pow(19))]),
        plain(
            Decimal256Array::from(vec![
                Some(i256::ZERO),
                Some(i256::from_i128(10_i128.pow(20))),
                Some(huge),
                None,
            ])
            .with_precision_and_scale(76, 20)
            .unwrap(),
        ),
        plain(
            Decimal256Array::from(vec![Some(i256::ONE), Some(huge)])
                .with_precision_and_scale(76, 60)
                .unwrap(),
        ),
        extension(
            logical::NUMERIC,
            StringArray::from(vec![
                Some("0.00"),
                Some("1"),
                Some("1.50"),
                Some("-0.01"),
                Some("1e-19"),
                Some("NaN"),
                Some("Infinity"),
                Some("-Infinity"),
                Some(long),
                Some("9223372036854775808"),
                Some("0.1000000000000000055511151231257827021181583404541015625"),
                Some("170141183460469231731687303715884105727000"),
                None,
            ]),
        ),
        plain(Float16Array::from(vec![Some(f16::from_f32(1.5)), Some(f16::NEG_ZERO), None])),
        plain(Float32Array::from(vec![Some(0.1), Some(1.5), Some(f32::NAN), Some(-0.0), None])),
        plain(Float64Array::from(vec![
            Some(0.0),
            Some(-0.0),
            Some(0.1),
            Some(1.0),
            Some(1.5),
            Some(150.0),
            Some(-1.0),
            Some(9_223_372_036_854_775_808.0),
            Some(f64::MIN_POSITIVE),
            Some(f64::from_bits(1)),
            Some(f64::MAX),
            Some(f64::NAN),
            Some(f64::from_bits(0xfff8_0000_0000_0001)),
            Some(f64::INFINITY),
            Some(f64::NEG_INFINITY),
            None,
        ])),
    ]
}

fn times() -> Vec<Sample> {
    let day = 86_400;
    let max = i64::MAX;
    let zoned = |zone: &str| {
        plain(
            TimestampMicrosecondArray::from(vec![Some(1), Some(day * 1_000_000)])
                .with_timezone(zone),
        )
    };
    vec![
        plain(Date32Array::from(vec![
            Some(0),
            Some(1),
            Some(-1),
            Some(i32::MAX),
            Some(-i32::MAX),
            Some(i32::MAX - 1),
            None,
        ])),
        plain(Date64Array::from(vec![
            Some(0),
            Some(day * 1_000),
            Some(max),
            Some(-max),
            Some(max - 1),
        ])),
        plain(TimestampSecondArray::from(vec![
            Some(day),
            Some(max),
            Some(max - 1),
            Some(-day),
            None,
        ])),
        plain(TimestampMillisecondArray::from(vec![Some(day * 1_000), Some(1), Some(max - 1)])),
        plain(TimestampMicrosecondArray::from(vec![
            Some(day * 1_000_000),
            Some(1_000),
            Some(1),
            Some(0),
            Some(-1),
            Some(max),
            Some(-max),
            None,
        ])),
        plain(TimestampNanosecondArray::from(vec![
            Some(1_000),
            Some(1),
            Some(-1),
            Some(max),
            None,
        ])),
        zoned("UTC"),
        zoned("+02:00"),
        plain(Time32SecondArray::from(vec![Some(0), Some(86_399), None])),
        plain(Time64MicrosecondArray::from(vec![Some(0), Some((day - 1) * 1_000_000), Some(1)])),
        plain(Time64NanosecondArray::from(vec![Some(1_000), Some(1)])),
        plain(IntervalYearMonthArray::from(vec![Some(0), Some(1), None])),
        plain(IntervalDayTimeArray::from(vec![
            Some(IntervalDayTime::new(1, 0)),
            Some(IntervalDayTime::new(0, 86_400_000)),
        ])),
        plain(IntervalMonthDayNanoArray::from(vec![
            Some(IntervalMonthDayNano::new(1, 0, 0)),
            Some(IntervalMonthDayNano::new(0, 1, 0)),
            Some(IntervalMonthDayNano::new(0, 0, day * 1_000_000_000)),
            None,
        ])),
        plain(DurationMillisecondArray::from(vec![Some(0), Some(86_400_000), Some(max)])),
    ]
}

fn others() -> Vec<Sample> {
    let uuid = [[0x1f_u8; 16], [0; 16]];
    let words = vec![Some(""), Some("a"), Some("A"), Some("ä"), Some("a\u{308}"), Some("{}"), None];
    vec![
        plain(NullArray::new(3)),
        plain(BooleanArray::from(vec![Some(true), Some(false), None])),
        plain(StringArray::from(words.clone())),
        plain(LargeStringArray::from(words.clone())),
        plain(StringViewArray::from(words.clone())),
        plain(words.into_iter().collect::<DictionaryArray<Int8Type>>()),
        texts(&[
            Some("1f1f1f1f-1f1f-1f1f-1f1f-1f1f1f1f1f1f"),
            Some("a text that is longer than what fits into a view by itself"),
            Some("{ }"),
        ]),
        extension(
            logical::JSON,
            StringArray::from(vec![
                Some("{}"),
                Some("{ }"),
                Some(r#"{"a":1,"b":[1.0,null]}"#),
                Some(r#"{"b": [1, null], "a": 1e0}"#),
                Some("{"),
                None,
            ]),
        ),
        plain(BinaryArray::from(vec![Some(&b""[..]), Some(b"a"), Some(&[0x1f; 16]), None])),
        plain(BinaryViewArray::from(vec![Some(&b"a"[..]), Some(&[0x1f; 16]), None])),
        plain(FixedSizeBinaryArray::try_from_iter(uuid.iter()).unwrap()),
        extension(logical::UUID, FixedSizeBinaryArray::try_from_iter(uuid.iter()).unwrap()),
    ]
}

fn nested() -> Vec<Sample> {
    let list = |rows: Vec<Option<Vec<Option<i32>>>>| {
        plain(ListArray::from_iter_primitive::<Int32Type, _, _>(rows))
    };
    let floats = ListArray::from_iter_primitive::<Float64Type, _, _>(vec![
        Some(vec![Some(1.0)]),
        Some(vec![]),
        None,
    ]);
    let pair = |names: [&str; 2], numbers: Vec<Option<i32>>, texts: Vec<Option<&str>>| {
        let field = |name: &str, data_type| Arc::new(Field::new(name, data_type, true));
        plain(StructArray::from(vec![
            (field(names[0], DataType::Int32), Arc::new(Int32Array::from(numbers)) as ArrayRef),
            (field(names[1], DataType::Utf8), Arc::new(StringArray::from(texts)) as ArrayRef),
        ]))
    };
    let map = |rows: &[&[(&str, Option<i32>)]]| {
        let mut builder = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        for row in rows {
            for (key, value) in *row {
                builder.keys().append_value(key);
                builder.values().append_option(*value);
            }
            builder.append(true).unwrap();
        }
        plain(builder.finish())
    };
    vec![
        list(vec![
            Some(vec![Some(1)]),
            Some(vec![]),
            Some(vec![None]),
            Some(vec![Some(1), Some(2)]),
            None,
        ]),
        list(vec![Some(vec![Some(2), Some(1)]), Some(vec![Some(1), Some(2)])]),
        plain(floats),
        pair(["a", "b"], vec![Some(1), None, Some(1)], vec![Some("x"), None, None]),
        pair(["a", "c"], vec![Some(1), None], vec![Some("x"), Some("")]),
        map(&[&[("a", Some(1)), ("b", None)], &[], &[("a", Some(1))]]),
        map(&[&[("b", None), ("a", Some(1))], &[("a", None), ("b", Some(1))]]),
    ]
}
