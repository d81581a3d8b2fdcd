//! Canonical bytes of a value: equal for equal values, different for different ones.
//!
//! Every value opens with the tag of its family and ends by itself, so that rows are framed
//! whatever they hold. Two bytes sequences are equal exactly where the values are equal under the
//! [`Meet`] of their column; hashing and verifying both rest on this.

use crate::{
    frame::{framed, length},
    json::Document,
    kind::Meet,
    number::Number,
    render::uuid_text,
    value::{Instant, Value},
};

const NULL: u8 = 0;
const BOOL: u8 = 1;
const NUMBER: u8 = 2;
const FLOAT: u8 = 3;
const TEXT: u8 = 4;
const BYTES: u8 = 5;
const UUID: u8 = 6;
const INSTANT: u8 = 7;
const TIME: u8 = 8;
const INTERVAL: u8 = 9;
const LIST: u8 = 10;
const STRUCT: u8 = 11;
const MAP: u8 = 12;
const INT: u8 = 13;
const JSON: u8 = 14;

/// Second byte of a number.
const FINITE: u8 = 0;
const NAN: u8 = 1;
const INFINITY: u8 = 2;
const NEGATIVE_INFINITY: u8 = 3;
const NEGATIVE_ZERO: u8 = 4;

/// The one NaN that stands for all.
const NAN_BITS: u64 = 0x7ff8_0000_0000_0000;

/// Appends the canonical bytes of `value`.
pub(crate) fn encode(value: &Value<'_>, meet: &Meet, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(NULL),
        Value::Bool(value) => out.extend_from_slice(&[BOOL, u8::from(*value)]),
        Value::Int(value) if *meet == Meet::Int => {
            out.push(INT);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::Int(_) | Value::Number(_) => {
            if let Some(number) = value.as_number() {
                encode_number(&number, out);
            }
        }
        Value::Float(value) => encode_float(*value, meet, out),
        Value::Single(value) => encode_float(f64::from(*value), meet, out),
        Value::Half(value) => encode_float(f64::from(*value), meet, out),
        Value::Text(text) if *meet == Meet::Json => match Document::read(text) {
            Some(document) => {
                out.push(JSON);
                document.encode(out);
            }
            // What is no document equals the same text only.
            None => framed(TEXT, text.as_bytes(), out),
        },
        Value::Text(text) => framed(TEXT, text.as_bytes(), out),
        Value::Bytes(bytes) => framed(BYTES, bytes, out),
        Value::Uuid(bytes) => match meet {
            Meet::Text => framed(TEXT, uuid_text(bytes).as_bytes(), out),
            Meet::Bytes => framed(BYTES, bytes, out),
            _ => {
                out.push(UUID);
                out.extend_from_slice(bytes);
            }
        },
        Value::Date(at) | Value::Timestamp { at, .. } => encode_instant(*at, out),
        Value::Time(nanos) => {
            out.push(TIME);
            out.extend_from_slice(&nanos.to_le_bytes());
        }
        Value::Interval { months, days, nanos } => {
            out.push(INTERVAL);
            out.extend_from_slice(&months.to_le_bytes());
            out.extend_from_slice(&days.to_le_bytes());
            out.extend_from_slice(&nanos.to_le_bytes());
        }
        Value::List(items) => {
            let inner = if let Meet::List(inner) = meet { inner } else { meet };
            out.push(LIST);
            length(items.len(), out);
            for item in items {
                encode(item, inner, out);
            }
        }
        Value::Struct(fields) => {
            out.push(STRUCT);
            length(fields.len(), out);
            let meets: &[Meet] = if let Meet::Struct(meets) = meet { meets } else { &[] };
            for (i, (_, field)) in fields.iter().enumerate() {
                encode(field, meets.get(i).unwrap_or(meet), out);
            }
        }
        Value::Map(entries) => {
            out.push(MAP);
            length(entries.len(), out);
            // The order of a map's entries means nothing.
            let mut encoded: Vec<Vec<u8>> = entries
                .iter()
                .map(|(key, value)| {
                    let (for_key, for_value) =
                        if let Meet::Map(k, v) = meet { (&**k, &**v) } else { (meet, meet) };
                    let mut entry = Vec::new();
                    encode(key, for_key, &mut entry);
                    encode(value, for_value, &mut entry);
                    entry
                })
                .collect();
            encoded.sort_unstable();
            out.extend(encoded.into_iter().flatten());
        }
    }
}

/// The canonical bytes of one value.
pub(crate) fn encoded(value: &Value<'_>, meet: &Meet) -> Vec<u8> {
    let mut out = Vec::new();
    encode(value, meet, &mut out);
    out
}

fn encode_number(number: &Number, out: &mut Vec<u8>) {
    out.push(NUMBER);
    match number {
        Number::Finite(exact) => {
            out.push(FINITE);
            exact.encode(out);
        }
        Number::NaN => out.push(NAN),
        Number::Infinity => out.push(INFINITY),
        Number::NegativeInfinity => out.push(NEGATIVE_INFINITY),
    }
}

fn encode_float(value: f64, meet: &Meet, out: &mut Vec<u8>) {
    if *meet == Meet::Number {
        if value.to_bits() == (-0.0_f64).to_bits() {
            // An exact number has no negative zero: nothing exact equals it.
            out.extend_from_slice(&[NUMBER, NEGATIVE_ZERO]);
        } else {
            encode_number(&Number::from_f64(value), out);
        }
        return;
    }
    out.push(FLOAT);
    let bits = if value.is_nan() { NAN_BITS } else { value.to_bits() };
    out.extend_from_slice(&bits.to_le_bytes());
}

fn encode_instant(at: Instant, out: &mut Vec<u8>) {
    let (kind, nanos) = match at {
        Instant::At(nanos) => (FINITE, nanos),
        Instant::Infinity => (INFINITY, 0),
        Instant::NegativeInfinity => (NEGATIVE_INFINITY, 0),
    };
    out.extend_from_slice(&[INSTANT, kind]);
    out.extend_from_slice(&nanos.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Exact;

    fn number(text: &str) -> Value<'static> {
        Value::Number(Number::parse(text).unwrap())
    }

    fn same(a: &Value<'_>, b: &Value<'_>, meet: &Meet) -> bool {
        encoded(a, meet) == encoded(b, meet)
    }

    #[test]
    fn exact_numbers_are_equal_by_value() {
        let one = Value::Number(Number::Finite(Exact::from_scaled(100, 2)));
        assert!(same(&Value::Int(1), &one, &Meet::Exact));
        assert!(same(&number("1.0"), &one, &Meet::Exact));
        assert!(!same(&number("1.01"), &one, &Meet::Exact));
        assert!(same(&number("NaN"), &number("NaN"), &Meet::Exact));
        assert!(!same(&number("NaN"), &Value::Null, &Meet::Exact));
    }

    #[test]
    fn floats_keep_the_sign_of_zero_and_join_all_nans() {
        let nan = Value::Float(f64::from_bits(0xfff8_0000_0000_0001));
        assert!(same(&nan, &Value::Single(f32::NAN), &Meet::Float));
        assert!(!same(&Value::Float(0.0), &Value::Float(-0.0), &Meet::Float));
        assert!(same(&Value::Float(0.5), &Value::Single(0.5), &Meet::Float));
        assert!(!same(&Value::Float(0.1), &Value::Single(0.1), &Meet::Float));
    }

    #[test]
    fn exact_against_float_is_by_the_exact_value_of_the_float() {
        assert!(same(&number("0.5"), &Value::Float(0.5), &Meet::Number));
        assert!(!same(&number("0.1"), &Value::Float(0.1), &Meet::Number));
        let exact = "0.1000000000000000055511151231257827021181583404541015625";
        assert!(same(&number(exact), &Value::Float(0.1), &Meet::Number));
        assert!(same(&number("Infinity"), &Value::Float(f64::INFINITY), &Meet::Number));
        assert!(same(&number("0"), &Value::Float(0.0), &Meet::Number));
        assert!(!same(&number("0"), &Value::Float(-0.0), &Meet::Number));
    }

    #[test]
    fn framing_keeps_neighbours_apart() {
        let row = |a: &str, b: &str| {
            let mut out = Vec::new();
            encode(&Value::Text(a), &Meet::Text, &mut out);
            encode(&Value::Text(b), &Meet::Text, &mut out);
            out
        };
        assert_ne!(row("ab", "c"), row("a", "bc"));
        // Text that holds the tag of text.
        assert_ne!(row("a\u{4}b", "c"), row("a", "b\u{4}c"));
        let list = |items: Vec<Value<'static>>| Value::List(items);
        let meet = Meet::List(Box::new(Meet::Text));
        assert!(!same(&list(vec![]), &list(vec![Value::Null]), &meet));
        assert!(!same(&list(vec![]), &Value::Null, &meet));
        assert!(!same(&Value::Text(""), &Value::Null, &Meet::Text));
    }

    #[test]
    fn the_order_of_map_entries_means_nothing() {
        let meet = Meet::Map(Box::new(Meet::Text), Box::new(Meet::Int));
        let entry = |k, v| (Value::Text(k), Value::Int(v));
        let ab = Value::Map(vec![entry("a", 1), entry("b", 2)]);
        assert!(same(&ab, &Value::Map(vec![entry("b", 2), entry("a", 1)]), &meet));
        assert!(!same(&ab, &Value::Map(vec![entry("a", 2), entry("b", 1)]), &meet));
    }

    #[test]
    fn a_uuid_meets_its_lower_case_text_and_its_bytes() {
        let bytes = [0xab; 16];
        let text = "abababab-abab-abab-abab-abababababab";
        assert!(same(&Value::Uuid(bytes), &Value::Text(text), &Meet::Text));
        assert!(same(&Value::Uuid(bytes), &Value::Bytes(&bytes), &Meet::Bytes));
    }

    #[test]
    fn json_is_equal_by_value_and_what_is_none_by_its_text() {
        let json = |a, b| same(&Value::Text(a), &Value::Text(b), &Meet::Json);
        assert!(json(r#"{"a": 1.0, "b": []}"#, r#"{"b":[],"a":1}"#));
        assert!(!json(r#"{"a": 1}"#, r#"{"a": "1"}"#));
        assert!(json("[1,]", "[1,]") && !json("[1,]", "[1]") && !json("[1,]", "[1, ]"));
        assert!(!same(&Value::Text("1"), &Value::Text("1.0"), &Meet::Text));
    }

    #[test]
    fn a_date_is_its_midnight_and_infinity_is_infinity() {
        let at = Instant::from_count(86_400, 1_000_000_000);
        let stamp = Value::Timestamp { at, zoned: true };
        assert!(same(&Value::Date(Instant::from_days(1)), &stamp, &Meet::Instant));
        let never = Value::Timestamp { at: Instant::Infinity, zoned: false };
        assert!(same(&Value::Date(Instant::from_days(i32::MAX)), &never, &Meet::Instant));
    }
}
