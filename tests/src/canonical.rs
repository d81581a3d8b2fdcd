//! Whether a result has the values that were recorded.

use arrow::{
    array::{
        Array, AsArray, BinaryArray, BooleanArray, Decimal128Array, FixedSizeBinaryArray,
        Float32Array, Float64Array, IntervalMonthDayNanoArray, StringArray,
    },
    datatypes::{DataType, Field, IntervalUnit},
    record_batch::RecordBatch,
    util::display::{ArrayFormatter, FormatOptions},
};
use model::logical;
use serde_json::Value;

/// A value of a result, in a form that values of other types can be held against.
#[derive(Debug, Clone, PartialEq)]
pub enum Actual {
    /// NULL
    Null,
    /// `true`, `false`
    Bool(bool),
    /// An exact number: digits without needless zeros.
    Exact(String),
    /// A float.
    Float(f64),
    /// Text.
    Text(String),
    /// JSON text.
    Json(String),
    /// Bytes, date, time, interval: by the name of the kind and the text.
    Other(&'static str, String),
    /// A list.
    List(Vec<Self>),
}

/// The rows of a result.
///
/// # Errors
/// A column of a type that no recorded case has.
pub fn rows(batches: &[RecordBatch]) -> Result<Vec<Vec<Actual>>, String> {
    let mut all = Vec::new();
    for batch in batches {
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let cells: Result<Vec<Actual>, String> = schema
                .fields()
                .iter()
                .zip(batch.columns())
                .map(|(field, column)| cell(field, column.as_ref(), row))
                .collect();
            all.push(cells?);
        }
    }
    Ok(all)
}

fn cell(field: &Field, array: &dyn Array, row: usize) -> Result<Actual, String> {
    if array.is_null(row) {
        return Ok(Actual::Null);
    }
    let shown = || -> Result<String, String> {
        let options = FormatOptions::default()
            .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.f"))
            .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S%.f"))
            .with_time_format(Some("%H:%M:%S%.f"));
        let formatter = ArrayFormatter::try_new(array, &options).map_err(|e| e.to_string())?;
        Ok(formatter.value(row).to_string())
    };
    let extension = logical::extension_name(field);
    Ok(match array.data_type() {
        DataType::Boolean => {
            let array: &BooleanArray = array.as_boolean();
            Actual::Bool(array.value(row))
        }
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64 => Actual::Exact(shown()?),
        DataType::Decimal128(..) => {
            let array: &Decimal128Array = array.as_primitive();
            Actual::Exact(exact(&array.value_as_string(row)))
        }
        DataType::Decimal256(..) => Actual::Exact(exact(&shown()?)),
        DataType::Float32 => {
            let array: &Float32Array = array.as_primitive();
            Actual::Float(f64::from(array.value(row)))
        }
        DataType::Float64 => {
            let array: &Float64Array = array.as_primitive();
            Actual::Float(array.value(row))
        }
        DataType::Utf8 if extension == Some(logical::NUMERIC) => {
            let array: &StringArray = array.as_string();
            Actual::Exact(exact(array.value(row)))
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            let text = match array.data_type() {
                DataType::Utf8 => array.as_string::<i32>().value(row),
                DataType::LargeUtf8 => array.as_string::<i64>().value(row),
                _ => array.as_string_view().value(row),
            };
            if extension == Some(logical::JSON) {
                Actual::Json(text.to_owned())
            } else {
                Actual::Text(text.to_owned())
            }
        }
        DataType::Binary => {
            let array: &BinaryArray = array.as_binary();
            Actual::Other("bytes", bytes(array.value(row)))
        }
        DataType::FixedSizeBinary(16) if extension == Some(logical::UUID) => {
            let array: &FixedSizeBinaryArray = array.as_fixed_size_binary();
            Actual::Text(uuid(array.value(row)))
        }
        DataType::FixedSizeBinary(_) => {
            let array: &FixedSizeBinaryArray = array.as_fixed_size_binary();
            Actual::Other("bytes", bytes(array.value(row)))
        }
        DataType::Date32 => Actual::Other("date", shown()?),
        DataType::Time64(_) | DataType::Time32(_) => Actual::Other("time", seconds(&shown()?)),
        DataType::Timestamp(_, None) => Actual::Other("timestamp", seconds(&shown()?)),
        DataType::Timestamp(_, Some(_)) => {
            Actual::Other("timestamptz", format!("{}+00", seconds(&shown()?)))
        }
        DataType::Interval(IntervalUnit::MonthDayNano) => {
            let array: &IntervalMonthDayNanoArray = array.as_primitive();
            let value = array.value(row);
            Actual::Other("interval", interval(value.months, value.days, value.nanoseconds / 1000))
        }
        DataType::List(inner) => {
            let items = array.as_list::<i32>().value(row);
            let list: Result<Vec<Actual>, String> =
                (0..items.len()).map(|i| cell(inner, items.as_ref(), i)).collect();
            Actual::List(list?)
        }
        DataType::Null => Actual::Null,
        other => return Err(format!("results of type {other} are not compared")),
    })
}

/// A decimal without needless zeros.
fn exact(digits: &str) -> String {
    let (sign, plain) = digits.strip_prefix('-').map_or(("", digits), |positive| ("-", positive));
    let plain =
        if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { plain };
    let plain = match plain.trim_start_matches('0') {
        "" => "0",
        rest if rest.starts_with('.') => return format!("{sign}0{rest}"),
        rest => rest,
    };
    if plain == "0" { plain.to_owned() } else { format!("{sign}{plain}") }
}

/// A time without needless zeros behind the point.
fn seconds(text: &str) -> String {
    match text.rsplit_once('.') {
        Some((whole, fraction)) => {
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
        }
        None => text.to_owned(),
    }
}

fn bytes(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    format!("\\x{}", digits.join(""))
}

fn uuid(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let digits = digits.join("");
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32];
    groups.into_iter().filter_map(|group| digits.get(group)).collect::<Vec<_>>().join("-")
}

/// An interval as PostgreSQL prints it: `1 year 2 mons -3 days +04:05:06.7`.
fn interval(months: i32, days: i32, micros: i64) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut negative = false;
    for (count, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] {
        if count != 0 {
            let sign = if negative && count > 0 { "+" } else { "" };
            let plural = if count == 1 { "" } else { "s" };
            parts.push(format!("{sign}{count} {unit}{plural}"));
            negative = count < 0;
        }
    }
    if micros != 0 || parts.is_empty() {
        let sign = match (micros < 0, negative) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        let all = micros.unsigned_abs();
        let (seconds, fraction) = (all / 1_000_000, all % 1_000_000);
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
        let clock = format!("{sign}{hours:02}:{minutes:02}:{:02}.{fraction:06}", seconds % 60);
        parts.push(self::seconds(&clock));
    }
    parts.join(" ")
}

/// Is the value the recorded one? A float agrees to nine digits. Where the translation says that it
/// is approximate, an exact number may have become a float.
pub fn same(actual: &Actual, expected: &Value, kind: &str, approximate: bool) -> bool {
    if expected.is_null() {
        return *actual == Actual::Null;
    }
    let text = expected.as_str().unwrap_or("");
    match (actual, kind) {
        (Actual::Bool(value), "bool") => expected.as_bool() == Some(*value),
        (Actual::Exact(digits), "int" | "decimal") => *digits == exact(text),
        (Actual::Float(value), "int" | "decimal") => approximate && near(*value, text),
        (Actual::Float(value), "float") => near(*value, text),
        // An exact number where the vendor has a float.
        (Actual::Exact(digits), "float") => {
            digits.parse().is_ok_and(|value: f64| near(value, text))
        }
        (Actual::Text(value), "text") => value == text || (approximate && spelled(value, text)),
        (Actual::Json(value) | Actual::Text(value), "json") => {
            let read = |text: &str| serde_json::from_str::<Value>(text).ok();
            read(value).is_some() && read(value) == read(text)
        }
        (Actual::Other(actual_kind, value), kind) => {
            *actual_kind == kind
                && (value == text || (kind.starts_with("time") && *value == seconds_of(text)))
        }
        (Actual::List(items), _) => {
            let Some(list) = expected.as_array() else { return false };
            let inner = kind.strip_prefix("array").map_or("", |k| k.trim_matches(['<', '>']));
            items.len() == list.len()
                && items
                    .iter()
                    .zip(list)
                    .all(|(item, value)| element(item, value, inner, approximate))
        }
        _ => false,
    }
}

/// Is it the text of the same number, array or object out of JSON, written in another way?
fn spelled(value: &str, expected: &str) -> bool {
    let read = |text: &str| {
        let read = serde_json::from_str::<Value>(text).ok()?;
        let whole = |n: &serde_json::Number| n.is_u64() || n.is_i64();
        Some(match read {
            Value::Number(n) if !whole(&n) || n.as_i64().is_some_and(|n| n.abs() < 1 << 53) => {
                Value::from(n.as_f64()?)
            }
            Value::Null | Value::Bool(_) => return None,
            _ => read,
        })
    };
    read(value).is_some_and(|one| Some(one) == read(expected))
}

/// An element of a list, whose kind may not be recorded: then the value's own kind decides.
fn element(actual: &Actual, expected: &Value, kind: &str, approximate: bool) -> bool {
    if !kind.is_empty() {
        return same(actual, expected, kind, approximate);
    }
    let kind = match actual {
        Actual::Null => return expected.is_null(),
        Actual::Bool(_) => "bool",
        Actual::Exact(_) => "decimal",
        Actual::Float(_) => "float",
        Actual::Text(_) => "text",
        Actual::Json(_) => "json",
        Actual::Other(kind, _) => kind,
        Actual::List(_) => "array",
    };
    same(actual, expected, kind, approximate)
}

/// What differs between the shape of a result and of what was recorded: rows and kinds of values.
pub fn other_shape(
    actual: &[Vec<Actual>],
    expected: &[Vec<Value>],
    kinds: &[&str],
) -> Option<String> {
    if actual.len() != expected.len() {
        return Some(format!("{} rows instead of {}", actual.len(), expected.len()));
    }
    let fits = |row: &&Vec<Actual>| {
        row.len() == kinds.len()
            && row.iter().zip(kinds).all(|(value, kind)| match value {
                Actual::Null => true,
                Actual::Bool(_) => *kind == "bool",
                Actual::Exact(_) => ["int", "decimal", "float"].contains(kind),
                Actual::Float(_) => ["decimal", "float"].contains(kind),
                Actual::Text(_) => ["text", "json"].contains(kind),
                Actual::Json(_) => *kind == "json",
                Actual::Other(own, _) => own == kind,
                Actual::List(_) => kind.starts_with("array"),
            })
    };
    let other = actual.iter().find(|row| !fits(row))?;
    Some(format!("{other:?} is no row of {kinds:?}"))
}

fn seconds_of(text: &str) -> String {
    match text.strip_suffix("+00") {
        Some(clock) => format!("{}+00", seconds(clock)),
        None => seconds(text),
    }
}

fn near(value: f64, expected: &str) -> bool {
    let wanted: f64 = match expected {
        "NaN" => return value.is_nan(),
        "Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        digits => match digits.parse() {
            Ok(wanted) => wanted,
            Err(_) => return false,
        },
    };
    if wanted.is_infinite() || value.is_infinite() {
        return wanted.is_infinite()
            && value.is_infinite()
            && wanted.is_sign_positive() == value.is_sign_positive();
    }
    (value - wanted).abs() <= 1e-9 * wanted.abs().max(1e-6)
}

/// What differs between a result and what was recorded, if anything does.
pub fn difference(
    actual: &[Vec<Actual>],
    expected: &[Vec<Value>],
    kinds: &[&str],
    ordered: bool,
    approximate: bool,
) -> Option<String> {
    if actual.len() != expected.len() {
        return Some(format!("{} rows instead of {}", actual.len(), expected.len()));
    }
    let same_row = |row: &Vec<Actual>, wanted: &Vec<Value>| {
        row.len() == wanted.len()
            && row.iter().zip(wanted).zip(kinds).all(|((a, e), k)| same(a, e, k, approximate))
    };
    let shown = |row: &Vec<Actual>, wanted: &Vec<Value>| {
        format!("{row:?} instead of {}", serde_json::to_string(wanted).unwrap_or_default())
    };
    if ordered {
        return actual
            .iter()
            .zip(expected)
            .find(|(row, wanted)| !same_row(row, wanted))
            .map(|(row, wanted)| shown(row, wanted));
    }
    let mut left: Vec<&Vec<Actual>> = actual.iter().collect();
    for wanted in expected {
        match left.iter().position(|row| same_row(row, wanted)) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => {
                return left.first().map(|row| shown(row, wanted));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_of_other_types_differ() {
        let exact = |t: &str| Actual::Exact(super::exact(t));
        assert!(same(&exact("1.50"), &json!("1.5"), "decimal", false));
        assert!(!same(&exact("1.51"), &json!("1.5"), "decimal", false));
        assert!(!same(&Actual::Text("1".into()), &json!("1"), "int", false));
        assert!(!same(&Actual::Float(1.5), &json!("1.5"), "decimal", false));
        assert!(same(&Actual::Float(1.5), &json!("1.5"), "decimal", true));
        assert!(same(&Actual::Float(f64::NAN), &json!("NaN"), "float", false));
        assert!(!same(&Actual::Float(f64::INFINITY), &json!("-Infinity"), "float", false));
        assert!(!same(&Actual::Null, &json!(""), "text", false));
        assert!(!same(&Actual::Text(String::new()), &Value::Null, "text", false));
        assert!(!same(
            &Actual::Other("date", "2024-01-01".into()),
            &json!("2024-01-01"),
            "timestamp",
            false
        ));
        assert!(same(
            &Actual::List(vec![exact("1"), Actual::Null]),
            &json!(["1", null]),
            "array",
            false
        ));
    }

    #[test]
    fn rows_are_a_bag_unless_ordered() {
        let actual = vec![vec![Actual::Bool(true)], vec![Actual::Bool(false)]];
        let expected = vec![vec![json!(false)], vec![json!(true)]];
        assert!(difference(&actual, &expected, &["bool"], false, false).is_none());
        assert!(difference(&actual, &expected, &["bool"], true, false).is_some());
        assert!(difference(&actual, &expected[..1], &["bool"], false, false).is_some());
    }

    #[test]
    fn intervals_as_postgres_prints_them() {
        for (months, days, micros, text) in [
            (14, 1, 7_200_000_000, "1 year 2 mons 1 day 02:00:00"),
            (0, -1, 0, "-1 days"),
            (0, -1, 500_000, "-1 days +00:00:00.5"),
            (0, 0, 0, "00:00:00"),
            (-1, 0, -1_000_000, "-1 mons -00:00:01"),
        ] {
            assert_eq!(interval(months, days, micros), text);
        }
    }

    #[test]
    fn digits() {
        for (text, expected) in
            [("-0.00", "0"), ("0.50", "0.5"), ("-00.5", "-0.5"), ("100", "100"), ("1.0", "1")]
        {
            assert_eq!(exact(text), expected);
        }
    }
}
