//! Values as people read them, without loss: two different values never look the same.

use crate::{
    calendar::{fraction_text, instant_text, time_text},
    value::Value,
};
use model::difference::CellText;
use std::fmt::Write as _;
use xxhash_rust::xxh3::xxh3_128;

/// The text of a cell, absent for NULL. A text longer than `bytes_max` is cut there and closes
/// with its full size and hash, so that two long values that differ still look different.
pub(crate) fn cell_text(value: &Value<'_>, bytes_max: usize) -> CellText {
    let text = match value {
        Value::Null => return None,
        Value::Text(text) => (*text).to_owned(),
        value => nested(value),
    };
    if text.len() <= bytes_max {
        return Some(text);
    }
    let end = (0..=bytes_max).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    let head = text.get(..end).unwrap_or_default();
    let hash = xxh3_128(text.as_bytes());
    Some(format!("{head}… (cut: {} bytes, xxh3 {hash:032x})", text.len()))
}

/// The text of a value inside a list, struct or map: text is quoted there, NULL spelled out.
fn nested(value: &Value<'_>) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Number(number) => number.to_plain(),
        Value::Float(value) => float_text(format!("{value:?}")),
        Value::Single(value) => float_text(format!("{value:?}")),
        Value::Half(value) => float_text(format!("{:?}", value.to_f32())),
        Value::Text(text) => quoted(text),
        Value::Bytes(bytes) => bytes.iter().fold("\\x".to_owned(), |text, byte| hex(text, *byte)),
        Value::Uuid(bytes) => uuid_text(bytes),
        Value::Date(at) => instant_text(*at, true, false),
        Value::Time(nanos) => time_text(i128::from(*nanos)),
        Value::Timestamp { at, zoned } => instant_text(*at, false, *zoned),
        Value::Interval { months, days, nanos } => interval_text(*months, *days, *nanos),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(nested).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Struct(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", quoted(name), nested(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Map(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| format!("{} => {}", nested(key), nested(value)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// Rust's shortest text that reads back as the same float, with the names of `numeric`.
fn float_text(text: String) -> String {
    match text.as_str() {
        "inf" => "Infinity".to_owned(),
        "-inf" => "-Infinity".to_owned(),
        _ => text,
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn hex(mut text: String, byte: u8) -> String {
    // Writing to a string cannot fail.
    let _ = write!(text, "{byte:02x}");
    text
}

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, lower case.
pub(crate) fn uuid_text(bytes: &[u8; 16]) -> String {
    bytes.iter().enumerate().fold(String::with_capacity(36), |mut text, (i, byte)| {
        if matches!(i, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        hex(text, *byte)
    })
}

/// ISO 8601 duration; each part has its own sign: `P1Y2M3DT4H5M6.5S`, nothing at all is `PT0S`.
fn interval_text(months: i64, days: i64, nanos: i128) -> String {
    let mut text = "P".to_owned();
    let mut part = |amount: i128, unit: char| {
        if amount != 0 {
            // Writing to a string cannot fail.
            let _ = write!(text, "{amount}{unit}");
        }
    };
    part(i128::from(months / 12), 'Y');
    part(i128::from(months % 12), 'M');
    part(i128::from(days), 'D');
    if nanos != 0 || text == "P" {
        let sign = if nanos < 0 { "-" } else { "" };
        let all = nanos.unsigned_abs();
        let (seconds, fraction) = (all / 1_000_000_000, all % 1_000_000_000);
        let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        text.push('T');
        if hours != 0 {
            let _ = write!(text, "{sign}{hours}H");
        }
        if minutes != 0 {
            let _ = write!(text, "{sign}{minutes}M");
        }
        if rest != 0 || fraction != 0 || nanos == 0 {
            let _ = write!(text, "{sign}{rest}{}S", fraction_text(fraction));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Number;

    fn shown(value: &Value<'_>) -> String {
        cell_text(value, 1000).unwrap()
    }

    #[test]
    fn null_is_absent_and_empty_text_is_not() {
        assert_eq!(cell_text(&Value::Null, 10), None);
        assert_eq!(cell_text(&Value::Text(""), 10), Some(String::new()));
    }

    #[test]
    fn numbers_keep_what_they_are() {
        assert_eq!(shown(&Value::Number(Number::parse("1.00").unwrap())), "1.00");
        assert_eq!(shown(&Value::Float(0.1 + 0.2)), "0.30000000000000004");
        assert_eq!(shown(&Value::Single(0.1)), "0.1");
        assert_eq!(shown(&Value::Float(-0.0)), "-0.0");
        assert_eq!(shown(&Value::Float(1e300)), "1e300");
        assert_eq!(shown(&Value::Float(f64::NEG_INFINITY)), "-Infinity");
        assert_eq!(shown(&Value::Float(f64::NAN)), "NaN");
    }

    #[test]
    fn nested_text_is_quoted() {
        let list = |items: &[&'static str]| {
            Value::List(items.iter().map(|text| Value::Text(text)).collect())
        };
        assert_eq!(shown(&list(&["a", "b"])), r#"["a", "b"]"#);
        assert_ne!(shown(&list(&["a", "b"])), shown(&list(&["a\", \"b"])));
        assert_eq!(
            shown(&Value::List(vec![Value::Null, Value::Text("NULL")])),
            r#"[NULL, "NULL"]"#
        );
        let map = Value::Map(vec![(Value::Int(1), Value::Bytes(&[0, 255]))]);
        assert_eq!(shown(&Value::Struct(vec![("m", map)])), r#"{"m": {1 => \x00ff}}"#);
    }

    #[test]
    fn intervals_keep_their_three_parts() {
        for (months, days, nanos, text) in [
            (0, 0, 0, "PT0S"),
            (14, 3, 3_661_500_000_000, "P1Y2M3DT1H1M1.5S"),
            (-1, 1, -1, "P-1M1DT-0.000000001S"),
            (0, 1, 0, "P1D"),
            (0, 0, 86_400_000_000_000, "PT24H"),
        ] {
            assert_eq!(shown(&Value::Interval { months, days, nanos }), text);
        }
    }

    #[test]
    fn a_long_text_is_cut_but_stays_distinct() {
        let (a, b) = (format!("{}a", "é".repeat(50)), format!("{}b", "é".repeat(50)));
        let (a, b) =
            (cell_text(&Value::Text(&a), 9).unwrap(), cell_text(&Value::Text(&b), 9).unwrap());
        assert!(a.starts_with("éééé… (cut: 101 bytes"), "{a}");
        assert_ne!(a, b);
    }
}
