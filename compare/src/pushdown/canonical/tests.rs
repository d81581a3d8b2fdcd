use super::*;
use crate::{
    encode::encode,
    kind::{Kind, Meet},
    laws::{
        fixtures::{batch, facts, statement},
        samples::{self, Sample},
    },
    pushdown::columns::encodings,
    settings::Settings,
    shape,
};
use arrow::array::{ArrayRef, StringArray};
use proptest::prelude::*;
use std::sync::Arc;

/// What the text of a value is made by.
type Append = fn(&Value<'_>, Encoding, &mut Vec<u8>) -> Result<(), String>;

fn values(sample: &Sample, check: &mut dyn FnMut(&[Value<'_>])) {
    let schema = sample.schema();
    let reader = Reader::new(schema.field(0), sample.column(0)).unwrap();
    let values: Vec<_> = (0..sample.num_rows()).map(|row| reader.value(row).unwrap()).collect();
    check(&values);
}

/// The encoding and the meet of columns of these types, if there is an encoding.
fn meeting(legacy: &Sample, governed: &Sample) -> Option<(Encoding, Meet)> {
    let (facts, settings) = (facts(), Settings::new(vec![]).unwrap());
    let shape =
        shape::plan(&statement(&facts), &legacy.schema(), &governed.schema(), &settings).unwrap();
    let columns = shape.unwrap().columns;
    let encoding = *encodings(&columns).ok()?.first()?;
    Some((encoding, columns[0].meet.clone()))
}

/// Every value of every type beside every value of every other: how many pairs had equal texts where
/// their canonical bytes are equal, and only there; or one that had not.
fn equal_texts_are_equal_values(append: Append) -> Result<usize, String> {
    let samples = samples::all();
    let (mut pairs, mut broken) = (0, None);
    for legacy in &samples {
        for governed in &samples {
            let Some((encoding, meet)) = meeting(legacy, governed) else { continue };
            let text = |value: &Value<'_>| {
                let mut text = Vec::new();
                append(value, encoding, &mut text).unwrap();
                assert!(encoding == Encoding::Text || !text.contains(&b';'), "{value:?}");
                text
            };
            let bytes = |value: &Value<'_>| {
                let mut bytes = Vec::new();
                encode(value, &meet, &mut bytes);
                bytes
            };
            values(legacy, &mut |left| {
                values(governed, &mut |right| {
                    for (a, b) in left.iter().flat_map(|a| right.iter().map(move |b| (a, b))) {
                        pairs += 1;
                        if (text(a) == text(b)) != (bytes(a) == bytes(b)) {
                            broken.get_or_insert_with(|| format!("{a:?} and {b:?} as {encoding}"));
                        }
                    }
                });
            });
        }
    }
    broken.map_or(Ok(pairs), Err)
}

/// Rows of two texts that hold what stands between values: their texts are equal where they are.
fn rows_are_framed(append: Append) -> Result<(), String> {
    let texts =
        [None, Some(""), Some(";"), Some("1:"), Some("a"), Some("a;"), Some(";1:a"), Some(":")];
    let value = |text: Option<&'static str>| text.map_or(Value::Null, Value::Text);
    let rows = || texts.into_iter().flat_map(|a| texts.into_iter().map(move |b| [a, b]));
    let row_text = |row: [Option<&'static str>; 2]| {
        let mut text = Vec::new();
        for cell in row {
            append(&value(cell), Encoding::Text, &mut text).unwrap();
            text.push(b';');
        }
        text
    };
    for (a, b) in rows().flat_map(|a| rows().map(move |b| (a, b))) {
        if (row_text(a) == row_text(b)) != (a == b) {
            return Err(format!("{a:?} and {b:?}"));
        }
    }
    Ok(())
}

#[test]
fn texts_are_equal_exactly_where_values_are() {
    let met = equal_texts_are_equal_values(append);
    assert!(met.clone().unwrap() > 10_000, "{met:?}");
    assert_eq!(rows_are_framed(append), Ok(()));
}

#[test]
fn what_would_be_wrong_is_found() {
    let float_as_text: Append = |value, encoding, out| match (encoding, value) {
        // As engines write floats that are compared as numbers: no sign of zero.
        (Encoding::Float, Value::Float(float)) => {
            put!(out, "{}", float + 0.0);
            Ok(())
        }
        (Encoding::Float, Value::Single(float)) => {
            put!(out, "{}", f64::from(*float) + 0.0);
            Ok(())
        }
        _ => append(value, encoding, out),
    };
    let single_by_its_digits: Append = |value, encoding, out| match (encoding, value) {
        (Encoding::Float, Value::Single(float)) => {
            put!(out, "{:016x}", float.to_string().parse::<f64>().unwrap().to_bits());
            Ok(())
        }
        _ => append(value, encoding, out),
    };
    let untrimmed_scale: Append = |value, encoding, out| match (encoding, value) {
        (Encoding::Exact, Value::Number(number)) => {
            out.extend_from_slice(number.to_plain().as_bytes());
            Ok(())
        }
        _ => append(value, encoding, out),
    };
    let null_as_empty: Append = |value, encoding, out| match (encoding, value) {
        (Encoding::Text, Value::Null) => append(&Value::Text(""), encoding, out),
        _ => append(value, encoding, out),
    };
    let without_length: Append = |value, encoding, out| match (encoding, value) {
        (Encoding::Text, Value::Null) => {
            out.push(b'~');
            Ok(())
        }
        (Encoding::Text, Value::Text(text)) => {
            out.extend_from_slice(text.as_bytes());
            Ok(())
        }
        _ => append(value, encoding, out),
    };
    let no_infinities: Append = |value, encoding, out| match (encoding, value) {
        (Encoding::Instant, Value::Timestamp { at: Instant::Infinity, .. }) => Ok(()),
        _ => append(value, encoding, out),
    };
    let cut_to_micros: Append = |value, encoding, out| match (encoding, value) {
        (Encoding::Instant, Value::Timestamp { at: Instant::At(nanos), zoned }) => {
            let at = Instant::At(nanos - nanos.rem_euclid(MICRO));
            append(&Value::Timestamp { at, zoned: *zoned }, encoding, out)
        }
        _ => append(value, encoding, out),
    };
    let interval_in_one: Append = |value, encoding, out| match (encoding, value) {
        (Encoding::Interval, Value::Interval { months, days, nanos }) => {
            let days = i128::from(*days) + i128::from(*months) * 30;
            decimal(days * DAY_NANOS + nanos, out);
            Ok(())
        }
        _ => append(value, encoding, out),
    };
    for (name, broken) in [
        ("float as text", float_as_text),
        ("single by its digits", single_by_its_digits),
        ("untrimmed scale", untrimmed_scale),
        ("null as empty text", null_as_empty),
        ("without length", without_length),
        ("no infinities", no_infinities),
        ("cut to microseconds", cut_to_micros),
        ("interval in one", interval_in_one),
    ] {
        let found =
            equal_texts_are_equal_values(broken).is_err() || rows_are_framed(broken).is_err();
        assert!(found, "{name}");
    }
}

#[test]
fn the_texts_are_those_of_the_definition() {
    let number = |text: &str| Value::Number(crate::number::Number::parse(text).unwrap());
    let at = |at| Value::Timestamp { at, zoned: false };
    let micros = |count: i64| Instant::from_count(count, MICRO);
    for (value, encoding, text) in [
        (Value::Bool(true), Encoding::Bool, "t"),
        (Value::Null, Encoding::Bool, ""),
        (Value::Int(-12), Encoding::Exact, "-12"),
        (number("-012.340"), Encoding::Exact, "-12.34"),
        (number("0.500"), Encoding::Exact, "0.5"),
        (number("-0.00"), Encoding::Exact, "0"),
        (number("1200"), Encoding::Exact, "1200"),
        (number("1.2e3"), Encoding::Exact, "1200"),
        (number("NaN"), Encoding::Exact, "NaN"),
        (Value::Float(1.5), Encoding::Float, "3ff8000000000000"),
        (Value::Single(1.5), Encoding::Float, "3ff8000000000000"),
        (Value::Float(-0.0), Encoding::Float, "8000000000000000"),
        (Value::Float(-f64::NAN), Encoding::Float, "NaN"),
        (Value::Text("ä;"), Encoding::Text, "3:ä;"),
        (Value::Text(""), Encoding::Text, "0:"),
        (Value::Null, Encoding::Text, ":"),
        (Value::Bytes(&[0, 255]), Encoding::Bytes, "x00ff"),
        (Value::Bytes(&[]), Encoding::Bytes, "x"),
        (Value::Uuid([1; 16]), Encoding::Uuid, "01010101-0101-0101-0101-010101010101"),
        (Value::Uuid([1; 16]), Encoding::Bytes, "x01010101010101010101010101010101"),
        (Value::Date(Instant::from_days(-1)), Encoding::Date, "-1"),
        (Value::Date(Instant::NegativeInfinity), Encoding::Date, "-infinity"),
        (Value::Time(1_000), Encoding::Time, "0000000000000001"),
        (Value::Time(1_001), Encoding::Time, "n1001"),
        (at(micros(946_684_800_000_001)), Encoding::Instant, "0000000000000001"),
        (at(micros(946_684_799_999_999)), Encoding::Instant, "ffffffffffffffff"),
        (at(Instant::Infinity), Encoding::Instant, "7fffffffffffffff"),
        (at(Instant::NegativeInfinity), Encoding::Instant, "8000000000000000"),
        (at(Instant::At(1)), Encoding::Instant, "n1"),
        // What would be the word of the opposite of infinity, and one before it.
        (at(micros(i64::MIN + 946_684_800_000_000)), Encoding::Instant, "n-9222425352054775808000"),
        (at(micros(i64::MIN + 946_684_800_000_001)), Encoding::Instant, "8000000000000001"),
        (
            Value::Interval { months: -1, days: 2, nanos: 3_000 },
            Encoding::Interval,
            "000000000000000300000002ffffffff",
        ),
        (Value::Interval { months: 0, days: 0, nanos: 1 }, Encoding::Interval, "n1,0,0"),
    ] {
        let mut out = Vec::new();
        append(&value, encoding, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), text, "{value:?}");
    }
    let error = append(&Value::Int(1), Encoding::Text, &mut Vec::new()).unwrap_err();
    assert_eq!(error, "an exact number is not summed up as text");
    assert_eq!(hash(b"a").to_string(), "0cc175b9c0f1b6a831c399e269772661");
}

/// One column of each kind beside each: where there is an encoding, it fits both.
#[test]
fn what_has_no_encoding_is_refused() {
    let refused: Vec<String> = Kind::samples()
        .iter()
        .filter(|kind| {
            let sample = samples::all().into_iter().find(|sample| {
                Kind::of(sample.schema().field(0)).is_ok_and(|of| of.label() == kind.label())
            });
            sample.is_some_and(|sample| meeting(&sample, &sample).is_none())
        })
        .map(Kind::label)
        .collect();
    assert!(refused.contains(&"json".to_owned()), "{refused:?}");
    let text = samples::texts(&[Some("1")]);
    let ints = samples::ints(&[Some(1)]);
    assert!(meeting(&text, &ints).is_none());
    assert!(meeting(&text, &text).is_some());
}

proptest! {
    /// Whatever the texts hold, rows have one hash exactly where they are equal.
    #[test]
    fn rows_of_any_texts_are_framed(
        rows in proptest::collection::vec(proptest::array::uniform3(proptest::option::of("[a;:0-9ä]{0,4}")), 2..8)
    ) {
        let column = |i: usize| -> ArrayRef {
            Arc::new(rows.iter().map(|row| row[i].clone()).collect::<StringArray>())
        };
        let table = batch(vec![column(0), column(1), column(2)]);
        let columns = [0, 1, 2].map(|index| (index, Encoding::Text));
        let texts = RowTexts::new(&table.schema(), &columns);
        let hashes = texts.hashes(&table, &texts.reads()).unwrap();
        for (a, x) in rows.iter().zip(&hashes) {
            for (b, y) in rows.iter().zip(&hashes) {
                prop_assert_eq!(a == b, x == y);
            }
        }
    }
}
