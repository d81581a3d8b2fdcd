//! Types that meet, drift, or cannot be compared, seen through whole verdicts.

use super::fixtures::{batch, facts, judged, judged_batches, tolerating};
use crate::{Settings, SideResult, judge};
use arrow::{
    array::{
        ArrayRef, BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal128Array,
        Decimal256Array, DictionaryArray, DurationSecondArray, FixedSizeBinaryArray,
        FixedSizeListArray, Float32Array, Float64Array, Int16Array, Int32Array, Int64Array,
        IntervalDayTimeArray, IntervalMonthDayNanoArray, IntervalYearMonthArray, ListArray,
        NullArray, RecordBatch, StringArray, StringViewArray, Time32SecondArray,
        Time64MicrosecondArray, TimestampMicrosecondArray, TimestampNanosecondArray,
        TimestampSecondArray, UInt64Array,
    },
    datatypes::{
        DataType, Field, Float64Type, Int8Type, Int32Type, IntervalDayTime, IntervalMonthDayNano,
        Schema, UnionFields, UnionMode, i256,
    },
};
use model::{
    Difference, Failure, FailureClass, Judgement, SqlState, ToleranceKind, Verdict, logical,
};
use std::sync::Arc;

/// Legacy, governed, and the labels of the drift.
type Case = (ArrayRef, ArrayRef, Option<(&'static str, &'static str)>);

fn run(legacy: ArrayRef, governed: ArrayRef) -> Judgement {
    let settings = Settings::new(vec![]).unwrap();
    judged(&facts(), &batch(vec![legacy]), &batch(vec![governed]), &settings)
}

fn extension(name: &str, array: ArrayRef) -> RecordBatch {
    let field = logical::extension_field("c0", array.data_type().clone(), name, true);
    RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![array]).unwrap()
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn decimals(unscaled: i128, scale: i8) -> ArrayRef {
    Arc::new(Decimal128Array::from(vec![unscaled]).with_precision_and_scale(30, scale).unwrap())
}

fn micros(value: i64, zone: Option<&str>) -> ArrayRef {
    let array = TimestampMicrosecondArray::from(vec![value]);
    Arc::new(match zone {
        Some(zone) => array.with_timezone(zone),
        None => array,
    })
}

fn numeric(text: &str) -> RecordBatch {
    extension(logical::NUMERIC, texts(&[text]))
}

fn drift(judgement: &Judgement) -> Option<(&str, &str)> {
    let drifts = &judgement.differences.type_drifts;
    drifts.first().map(|drift| (drift.legacy.as_str(), drift.governed.as_str()))
}

#[test]
fn equal_values_of_other_types_match_with_a_drift() {
    let day = 86_400_000_000;
    let cases: Vec<Case> = vec![
        (
            Arc::new(Int32Array::from(vec![7])),
            Arc::new(Int64Array::from(vec![7])),
            Some(("int32", "int64")),
        ),
        (
            Arc::new(Int16Array::from(vec![7])),
            Arc::new(UInt64Array::from(vec![7])),
            Some(("int16", "uint64")),
        ),
        (Arc::new(Int64Array::from(vec![7])), decimals(700, 2), Some(("int64", "decimal"))),
        (decimals(70, 1), decimals(700, 2), None),
        (decimals(5, 1), Arc::new(Float64Array::from(vec![0.5])), Some(("decimal", "float64"))),
        (
            Arc::new(Float32Array::from(vec![0.5])),
            Arc::new(Float64Array::from(vec![0.5])),
            Some(("float32", "float64")),
        ),
        (texts(&["a"]), Arc::new(StringViewArray::from(vec!["a"])), None),
        (
            texts(&["a"]),
            Arc::new(vec!["a"].into_iter().collect::<DictionaryArray<Int8Type>>()),
            None,
        ),
        (Arc::new(Date32Array::from(vec![1])), micros(day, None), Some(("date", "timestamp"))),
        (micros(1, None), Arc::new(TimestampNanosecondArray::from(vec![1_000])), None),
        (micros(1, Some("UTC")), micros(1, None), Some(("timestamp with time zone", "timestamp"))),
        (micros(1, Some("UTC")), micros(1, Some("Europe/Berlin")), None),
        (Arc::new(NullArray::new(1)), Arc::new(Int32Array::from(vec![None])), None),
    ];
    for (legacy, governed, expected) in cases {
        let label = format!("{} {}", legacy.data_type(), governed.data_type());
        let found = run(Arc::clone(&legacy), Arc::clone(&governed));
        assert_eq!(found.verdict, Verdict::Match, "{label}");
        assert_eq!(drift(&found), expected, "{label}");
        let back = run(governed, legacy);
        assert_eq!(back.verdict, Verdict::Match);
        assert_eq!(drift(&back), expected.map(|(a, b)| (b, a)));
    }
}

#[test]
fn unequal_values_of_other_types_are_mismatches() {
    let cases: Vec<(ArrayRef, ArrayRef)> = vec![
        (Arc::new(Int32Array::from(vec![-1])), Arc::new(UInt64Array::from(vec![u64::MAX]))),
        (decimals(1, 1), Arc::new(Float64Array::from(vec![0.1]))),
        (Arc::new(Float32Array::from(vec![0.1])), Arc::new(Float64Array::from(vec![0.1]))),
        (Arc::new(Date32Array::from(vec![1])), micros(86_400_000_001, None)),
        (
            Arc::new(Int64Array::from(vec![i64::MAX])),
            Arc::new(Float64Array::from(vec![9_223_372_036_854_775_808.0])),
        ),
        (Arc::new(NullArray::new(1)), Arc::new(Int32Array::from(vec![0]))),
    ];
    for (legacy, governed) in cases {
        let label = format!("{} {}", legacy.data_type(), governed.data_type());
        assert_eq!(run(legacy, governed).verdict, Verdict::Mismatch, "{label}");
    }
}

#[test]
fn types_that_cannot_meet_are_a_difference_of_shape_unless_all_is_null() {
    let shaped = |found: &Judgement| {
        matches!(&found.differences.examples[..], [Difference::Shape { message }]
            if message == "column 1 (`c0`) is text on the legacy side and int32 on the governed side, which cannot be compared")
    };
    let found = run(texts(&["1"]), Arc::new(Int32Array::from(vec![1])));
    assert!(found.verdict == Verdict::Mismatch && shaped(&found), "{found:?}");
    let nothing: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>]));
    let found = run(Arc::clone(&nothing), Arc::new(Int32Array::from(vec![None])));
    assert_eq!(found.verdict, Verdict::Match);
    assert_eq!(drift(&found), Some(("text", "int32")));
    let found = run(nothing, Arc::new(Int32Array::from(vec![1])));
    assert!(shaped(&found), "{found:?}");
    let found = run(texts(&[]), Arc::new(Int32Array::from(Vec::<i32>::new())));
    assert_eq!(found.verdict, Verdict::Match);
    // An empty list has no element that could be of the wrong type.
    let ints = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(Vec::<Option<i32>>::new())]);
    let mut words = arrow::array::ListBuilder::new(arrow::array::StringBuilder::new());
    words.append(true);
    let found = run(Arc::new(ints), Arc::new(words.finish()));
    assert_eq!(found.verdict, Verdict::Match);
    assert!(drift(&found).is_some());
    let booleans =
        run(Arc::new(BooleanArray::from(vec![true])), Arc::new(Int32Array::from(vec![1])));
    assert_eq!(booleans.verdict, Verdict::Mismatch);
}

#[test]
fn numeric_text_json_and_uuid_are_what_they_say() {
    let settings = Settings::new(vec![]).unwrap();
    let run = |a: &RecordBatch, b: &RecordBatch| judged(&facts(), a, b, &settings);
    let plain = |array: ArrayRef| batch(vec![array]);

    let found = run(&numeric("1.50"), &plain(decimals(15, 1)));
    assert_eq!((found.verdict, found.differences.type_drifts.len()), (Verdict::Match, 0));
    let nan = plain(Arc::new(Float64Array::from(vec![f64::NAN])));
    assert_eq!(run(&numeric("NaN"), &nan).verdict, Verdict::Match);
    assert_eq!(run(&numeric("Infinity"), &nan).verdict, Verdict::Mismatch);
    let found = run(&numeric("1.50"), &plain(texts(&["1.50"])));
    assert!(matches!(&found.differences.examples[..], [Difference::Shape { .. }]));

    let json = |text: &str| extension(logical::JSON, texts(&[text]));
    assert_eq!(run(&json("{}"), &json("{ }")).verdict, Verdict::Match);
    assert_eq!(run(&json("[1, 2]"), &json("[2, 1]")).verdict, Verdict::Mismatch);
    let found = run(&json("{}"), &plain(texts(&["{}"])));
    assert_eq!((found.verdict.clone(), drift(&found)), (Verdict::Match, Some(("json", "text"))));

    let bytes = || -> ArrayRef {
        Arc::new(FixedSizeBinaryArray::try_from_iter([[0x1f_u8; 16]].iter()).unwrap())
    };
    let uuid = extension(logical::UUID, bytes());
    let text = plain(texts(&["1f1f1f1f-1f1f-1f1f-1f1f-1f1f1f1f1f1f"]));
    let found = run(&uuid, &text);
    assert_eq!((found.verdict.clone(), drift(&found)), (Verdict::Match, Some(("uuid", "text"))));
    let found = run(&uuid, &plain(bytes()));
    assert_eq!((found.verdict.clone(), drift(&found)), (Verdict::Match, Some(("uuid", "bytes"))));
    let binary = plain(Arc::new(BinaryArray::from_vec(vec![b"a"])));
    assert_eq!(run(&binary, &plain(texts(&["a"]))).verdict, Verdict::Mismatch);
}

#[test]
fn what_cannot_be_read_is_inconclusive_with_its_place() {
    let settings = Settings::new(vec![]).unwrap();
    let found = judged(&facts(), &numeric("1"), &numeric("one"), &settings);
    assert_eq!(
        found.verdict.reason(),
        Some("column `c0` of the governed side, row 0: `one` is no exact number")
    );
    assert_eq!((found.differences.legacy_rows, found.differences.governed_rows), (1, 1));
    let lying = Arc::new(Schema::empty());
    let ints = batch(vec![Arc::new(Int32Array::from(vec![1]))]);
    let found = judged_batches(
        &facts(),
        (&lying, std::slice::from_ref(&ints)),
        (&lying, std::slice::from_ref(&ints)),
        &settings,
    );
    assert!(found.verdict.reason().unwrap().contains("has 1 columns, its schema 0"));
    let fields = UnionFields::try_new([0], [Field::new("a", DataType::Int32, true)]).unwrap();
    let union = DataType::Union(fields, UnionMode::Sparse);
    let found = run(arrow::array::new_empty_array(&union), texts(&[]));
    assert!(found.verdict.reason().unwrap().contains("union"));
}

#[test]
fn another_number_of_columns_is_a_mismatch_and_no_column_is_one_too() {
    let settings = Settings::new(vec![]).unwrap();
    let one = batch(vec![texts(&["a"])]);
    let two = batch(vec![texts(&["a"]), texts(&["a"])]);
    let found = judged(&facts(), &one, &two, &settings);
    assert_eq!(found.verdict, Verdict::Mismatch);
    assert!(matches!(&found.differences.examples[..], [Difference::Shape { .. }]));
    let rows = |count| {
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(count));
        RecordBatch::try_new_with_options(Arc::new(Schema::empty()), vec![], &options).unwrap()
    };
    assert_eq!(judged(&facts(), &rows(2), &rows(2), &settings).verdict, Verdict::Match);
    let found = judged(&facts(), &rows(2), &rows(3), &settings);
    assert_eq!((found.verdict, found.differences.extra_rows), (Verdict::Mismatch, 1));
}

#[test]
fn a_failure_against_rows_keeps_the_row_count() {
    let settings = Settings::new(vec![]).unwrap();
    let ints = batch(vec![Arc::new(Int32Array::from(vec![1, 2]))]);
    let failure = Failure {
        class: FailureClass::Statement,
        sqlstate: SqlState::DIVISION_BY_ZERO,
        message: "division by zero".to_owned(),
        code: None,
        position: None,
    };
    let facts = facts();
    let found = judge(
        super::fixtures::statement(&facts),
        SideResult::Rows { schema: &ints.schema(), batches: std::slice::from_ref(&ints) },
        SideResult::Failed(&failure),
        &settings,
    );
    assert_eq!((found.verdict, found.differences.legacy_rows), (Verdict::Mismatch, 2));
    let expected = Difference::Failure {
        legacy: None,
        governed: Some("division by zero (SQLSTATE 22012)".to_owned()),
    };
    assert_eq!(found.differences.examples, [expected]);
}

/// One or two arrays of every kind, each with a value and a NULL.
fn zoo() -> Vec<ArrayRef> {
    let day = 86_400_000;
    let mut zoo: Vec<ArrayRef> = vec![
        Arc::new(NullArray::new(2)),
        Arc::new(BooleanArray::from(vec![Some(true), None])),
        Arc::new(Int32Array::from(vec![Some(1), None])),
        Arc::new(UInt64Array::from(vec![Some(u64::MAX), None])),
        Arc::new(Float32Array::from(vec![Some(0.1), None])),
        Arc::new(Float64Array::from(vec![Some(f64::NAN), None])),
        Arc::new(StringArray::from(vec![Some("1"), None])),
        Arc::new(BinaryArray::from(vec![Some(&b"1"[..]), None])),
        Arc::new(Date32Array::from(vec![Some(1), None])),
        Arc::new(Date32Array::from(vec![Some(i32::MAX), None])),
        Arc::new(Date64Array::from(vec![Some(day), None])),
        Arc::new(Time32SecondArray::from(vec![Some(1), None])),
        Arc::new(Time64MicrosecondArray::from(vec![Some(1_000_000), None])),
        Arc::new(TimestampSecondArray::from(vec![Some(i64::MAX), None])),
        Arc::new(TimestampMicrosecondArray::from(vec![Some(i64::MIN), None])),
        Arc::new(TimestampNanosecondArray::from(vec![Some(1), None]).with_timezone("UTC")),
        Arc::new(IntervalYearMonthArray::from(vec![Some(13), None])),
        Arc::new(IntervalDayTimeArray::from(vec![Some(IntervalDayTime::new(1, -1)), None])),
        Arc::new(IntervalMonthDayNanoArray::from(vec![
            Some(IntervalMonthDayNano::new(i32::MIN, -1, i64::MIN)),
            None,
        ])),
        Arc::new(DurationSecondArray::from(vec![Some(i64::MIN), None])),
        Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([
            Some(vec![Some(1), None]),
            None,
        ])),
        Arc::new(FixedSizeListArray::from_iter_primitive::<Float64Type, _, _>(
            [Some(vec![Some(0.5), None]), None],
            2,
        )),
    ];
    let decimal = Decimal128Array::from(vec![Some(i128::MAX), None]);
    zoo.push(Arc::new(decimal.with_precision_and_scale(38, -5).unwrap()));
    let decimal = Decimal256Array::from(vec![Some(i256::MIN), None]);
    zoo.push(Arc::new(decimal.with_precision_and_scale(76, 76).unwrap()));
    zoo
}

#[test]
fn every_type_meets_itself_and_no_pair_of_types_depends_on_the_side() {
    let settings = tolerating(&[
        ToleranceKind::FloatAbsolute { max: 0.5 },
        ToleranceKind::FloatRelative { max: 0.5 },
        ToleranceKind::DecimalScale { digits: 3 },
        ToleranceKind::TimePrecision { micros: 1_000 },
    ]);
    for a in zoo() {
        for b in zoo() {
            let label = format!("{} {}", a.data_type(), b.data_type());
            for row in 0..2 {
                let (x, y) = (batch(vec![a.slice(row, 1)]), batch(vec![b.slice(row, 1)]));
                let there = judged(&facts(), &x, &y, &settings);
                let back = judged(&facts(), &y, &x, &settings);
                assert_eq!(there.verdict, back.verdict, "{label}");
                // Two NULLs are equal whatever their types, and nothing here is unreadable.
                assert!(row == 0 || there.verdict == Verdict::Match, "{label} {there:?}");
                assert_eq!(there.verdict.reason(), None, "{label}");
            }
        }
        let itself = batch(vec![Arc::clone(&a)]);
        assert_eq!(judged(&facts(), &itself, &itself, &settings).verdict, Verdict::Match);
    }
}

/// Names say nothing of which column is which: columns are laid on each other by position.
#[test]
fn two_thousand_columns_of_one_name_are_judged_cell_by_cell() {
    let table = |changed: Option<usize>| {
        let (fields, arrays): (Vec<_>, Vec<ArrayRef>) = (0..2_000)
            .map(|index: i64| {
                let is_changed = changed.is_some_and(|changed| i64::try_from(changed) == Ok(index));
                let value = |row: i64| row * 7 + index + i64::from(is_changed && row == 3);
                let array: ArrayRef =
                    Arc::new((0..5).map(|row| Some(value(row))).collect::<Int64Array>());
                (Field::new("same", DataType::Int64, true), array)
            })
            .unzip();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
    };
    let judge = |changed| judged(&facts(), &table(None), &table(changed), &tolerating(&[]));
    assert_eq!(judge(None).verdict, Verdict::Match);
    let found = judge(Some(1_777));
    let differences = &found.differences;
    assert_eq!((differences.changed_rows, differences.changed_cells), (1, 1), "{found:?}");
    let [Difference::Changed { cells, .. }] = differences.examples.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(cells.iter().map(|cell| cell.column).collect::<Vec<_>>(), [1_777]);
}

/// Each batch may bring a dictionary of its own, and together they have more words than their keys
/// can count.
#[test]
fn dictionaries_of_many_batches_are_read_together() {
    let batches = |changed: bool| -> Vec<RecordBatch> {
        let words = |number: usize| -> ArrayRef {
            let word = |n: usize| match (changed, number, n) {
                (true, 2, 50) => "other".to_owned(),
                _ => format!("word {number} {n}"),
            };
            let words: Vec<_> = (0..100).map(word).collect();
            Arc::new(words.iter().map(String::as_str).collect::<DictionaryArray<Int8Type>>())
        };
        (0..4).map(|number| batch(vec![words(number)])).collect()
    };
    let judge = |legacy: &[RecordBatch], governed: &[RecordBatch]| {
        let schema = legacy[0].schema();
        judged_batches(&facts(), (&schema, legacy), (&schema, governed), &tolerating(&[]))
    };
    assert_eq!(judge(&batches(false), &batches(false)).verdict, Verdict::Match);
    let found = judge(&batches(false), &batches(true));
    assert_eq!(found.verdict, Verdict::Mismatch, "{found:?}");
    // Wholly different rows: all words of all dictionaries are left over.
    let upper: Vec<RecordBatch> = (0..4)
        .map(|number| {
            let words: Vec<_> = (0..100).map(|n| format!("WORD {number} {n}")).collect();
            batch(vec![Arc::new(
                words.iter().map(String::as_str).collect::<DictionaryArray<Int8Type>>(),
            )])
        })
        .collect();
    let found = judge(&batches(false), &upper);
    assert_eq!(found.verdict, Verdict::Mismatch, "{found:?}");
    let rows = found.differences.missing_rows + found.differences.changed_rows;
    assert_eq!(rows, 400, "{found:?}");
}
