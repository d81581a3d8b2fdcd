//! Bound values as text: what the server would print for them with `DateStyle = ISO`.
//!
//! Binary forms are those of the types' send functions
//! (<https://github.com/postgres/postgres/tree/REL_15_STABLE/src/backend/utils/adt>).

use super::message::Value;
use chrono::{Datelike as _, Days, NaiveDate, TimeDelta, Timelike as _};
use model::{Bind, artifact::hex, pg_numeric, pg_oid};
use std::fmt::Write as _;

/// Days and microseconds of PostgreSQL are counted from here.
const EPOCH: Option<NaiveDate> = NaiveDate::from_ymd_opt(2000, 1, 1);

/// The value of a parameter; absent where its bytes cannot be read as its type.
pub(super) fn bound(value: &Value, type_oid: u32) -> Option<Bind> {
    let text = match &value.bytes {
        None => None,
        Some(bytes) if value.is_binary => Some(binary(bytes, type_oid)?),
        Some(bytes) => Some(String::from_utf8(bytes.clone()).ok()?),
    };
    Some(Bind { type_oid, value: text })
}

fn binary(bytes: &[u8], type_oid: u32) -> Option<String> {
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(str::to_owned);
    match type_oid {
        16 => match bytes {
            [0] => Some("f".to_owned()),
            [1] => Some("t".to_owned()),
            _ => None,
        },
        17 => Some(format!("\\x{}", hex(bytes))),
        18 | 19 | 25 | 114 | 705 | 1042 | 1043 => text(bytes),
        20 => bytes.try_into().ok().map(|bytes| i64::from_be_bytes(bytes).to_string()),
        21 => bytes.try_into().ok().map(|bytes| i16::from_be_bytes(bytes).to_string()),
        23 => bytes.try_into().ok().map(|bytes| i32::from_be_bytes(bytes).to_string()),
        26 => bytes.try_into().ok().map(|bytes| u32::from_be_bytes(bytes).to_string()),
        700 => bytes.try_into().ok().map(|bytes| {
            let value = f32::from_be_bytes(bytes);
            infinite(f64::from(value)).map_or_else(|| value.to_string(), str::to_owned)
        }),
        701 => bytes.try_into().ok().map(|bytes| {
            let value = f64::from_be_bytes(bytes);
            infinite(value).map_or_else(|| value.to_string(), str::to_owned)
        }),
        1082 => date(i32::from_be_bytes(bytes.try_into().ok()?)),
        1083 => time(i64::from_be_bytes(bytes.try_into().ok()?)),
        1114 => timestamp(i64::from_be_bytes(bytes.try_into().ok()?)),
        1184 => {
            let at = timestamp(i64::from_be_bytes(bytes.try_into().ok()?))?;
            Some(if at.ends_with("infinity") { at } else { with_zone(&at) })
        }
        1186 => interval(bytes),
        1700 => {
            let mut text = String::new();
            pg_numeric::decode(bytes, &mut text)?;
            Some(text)
        }
        2950 => uuid(bytes),
        // A document of jsonb has its version in front.
        3802 => {
            bytes.split_first().filter(|(version, _)| **version == 1).and_then(|(_, b)| text(b))
        }
        array => list(bytes, pg_oid::element_of(array)?),
    }
}

/// PostgreSQL's words for what no digits tell.
fn infinite(value: f64) -> Option<&'static str> {
    if value.is_nan() {
        Some("NaN")
    } else if value == f64::INFINITY {
        Some("Infinity")
    } else if value == f64::NEG_INFINITY {
        Some("-Infinity")
    } else {
        None
    }
}

fn date(days: i32) -> Option<String> {
    match days {
        i32::MAX => return Some("infinity".to_owned()),
        i32::MIN => return Some("-infinity".to_owned()),
        _ => {}
    }
    let count = Days::new(u64::from(days.unsigned_abs()));
    let day =
        if days < 0 { EPOCH?.checked_sub_days(count) } else { EPOCH?.checked_add_days(count) }?;
    let (year, era) = in_era(day.year());
    Some(format!("{year:04}-{:02}-{:02}{era}", day.month(), day.day()))
}

/// There is no year 0: the one before 1 is 1 BC.
fn in_era(year: i32) -> (u32, &'static str) {
    if year > 0 { (year.unsigned_abs(), "") } else { ((1 - year).unsigned_abs(), " BC") }
}

fn time(micros: i64) -> Option<String> {
    let (seconds, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    // 24:00:00 is a time, too.
    if !(0..=86_400).contains(&seconds) || (seconds == 86_400 && fraction > 0) {
        return None;
    }
    let mut text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    add_fraction(fraction.unsigned_abs(), &mut text);
    Some(text)
}

/// Digits behind the point, without zeros at the end.
fn add_fraction(micros: u64, text: &mut String) {
    if micros > 0 {
        let digits = format!("{micros:06}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
}

fn timestamp(micros: i64) -> Option<String> {
    match micros {
        i64::MAX => return Some("infinity".to_owned()),
        i64::MIN => return Some("-infinity".to_owned()),
        _ => {}
    }
    let at = EPOCH?.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::microseconds(micros))?;
    let (year, era) = in_era(at.year());
    let (date, clock) = (at.date(), at.time());
    let mut text = format!(
        "{year:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.month(),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second()
    );
    add_fraction(u64::from(clock.nanosecond() / 1000), &mut text);
    text.push_str(era);
    Some(text)
}

/// An instant is sent without a zone: it counts from midnight in UTC.
fn with_zone(at: &str) -> String {
    match at.strip_suffix(" BC") {
        Some(at) => format!("{at}+00 BC"),
        None => format!("{at}+00"),
    }
}

/// Microseconds, days, months. After a negative part a positive one has a sign.
fn interval(bytes: &[u8]) -> Option<String> {
    let (micros, rest) = bytes.split_first_chunk()?;
    let (days, rest) = rest.split_first_chunk()?;
    let months = i32::from_be_bytes(rest.try_into().ok()?);
    let (micros, days) = (i64::from_be_bytes(*micros), i32::from_be_bytes(*days));
    let (mut text, mut is_negative) = (String::new(), false);
    for (count, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] {
        if count != 0 {
            let blank = if text.is_empty() { "" } else { " " };
            let sign = if is_negative && count > 0 { "+" } else { "" };
            let plural = if count == 1 { "" } else { "s" };
            write!(text, "{blank}{sign}{count} {unit}{plural}").ok()?;
            is_negative = count < 0;
        }
    }
    if micros != 0 || text.is_empty() {
        let all = micros.unsigned_abs();
        let (seconds, fraction) = (all / 1_000_000, all % 1_000_000);
        let blank = if text.is_empty() { "" } else { " " };
        let sign = match (micros < 0, is_negative) {
            (true, _) => "-",
            (false, true) => "+",
            (false, false) => "",
        };
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(text, "{blank}{sign}{hours:02}:{minutes:02}:{seconds:02}").ok()?;
        add_fraction(fraction, &mut text);
    }
    Some(text)
}

fn uuid(bytes: &[u8]) -> Option<String> {
    let digits = (bytes.len() == 16).then(|| hex(bytes))?;
    let part = |from: usize, to: usize| digits.get(from..to);
    let parts = [part(0, 8)?, part(8, 12)?, part(12, 16)?, part(16, 20)?, part(20, 32)?];
    Some(parts.join("-"))
}

/// An array of one dimension or none, whose elements are of the type that it says.
fn list(bytes: &[u8], element: u32) -> Option<String> {
    let mut words = bytes;
    let mut word = || {
        let (word, rest) = words.split_first_chunk()?;
        words = rest;
        Some(i32::from_be_bytes(*word))
    };
    let (dimensions, _has_null, of) = (word()?, word()?, word()?);
    if u32::try_from(of) != Ok(element) {
        return None;
    }
    if dimensions == 0 {
        return Some("{}".to_owned());
    }
    let (count, lower) = (word()?, word()?);
    // Other bounds would be written in front.
    if dimensions != 1 || lower != 1 {
        return None;
    }
    let mut text = "{".to_owned();
    for index in 0..count {
        if index > 0 {
            text.push(',');
        }
        let (length, rest) = words.split_first_chunk()?;
        words = rest;
        match usize::try_from(i32::from_be_bytes(*length)) {
            Err(_) => text.push_str("NULL"),
            Ok(length) => {
                let (value, rest) = words.split_at_checked(length)?;
                words = rest;
                quoted(&binary(value, element)?, &mut text);
            }
        }
    }
    text.push('}');
    words.is_empty().then_some(text)
}

/// An element in quotes, where it could be read as something else without them.
fn quoted(element: &str, text: &mut String) {
    let is_plain = |c: char| !matches!(c, '"' | '\\' | '{' | '}' | ',') && !c.is_ascii_whitespace();
    let is_null = element.eq_ignore_ascii_case("null");
    if !element.is_empty() && !is_null && element.chars().all(is_plain) {
        text.push_str(element);
        return;
    }
    text.push('"');
    for c in element.chars() {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Type, bytes and text as PostgreSQL 15 gave them (`SELECT encode(int8send(-5), 'hex'), -5`, in UTC).
    const SENT: &[(u32, &str, &str)] = &[
        (16, "01", "t"),
        (20, "fffffffffffffffb", "-5"),
        (21, "0007", "7"),
        (26, "ee6b2800", "4000000000"),
        (700, "3fc00000", "1.5"),
        (701, "fff0000000000000", "-Infinity"),
        (701, "3fb999999999999a", "0.1"),
        (1082, "00002279", "2024-02-29"),
        (1082, "fff49d7b", "0044-03-15 BC"),
        (1082, "7fffffff", "infinity"),
        (1082, "80000000", "-infinity"),
        (1082, "ffffffff", "1999-12-31"),
        (1083, "000000141dd76000", "24:00:00"),
        (1083, "00000000dde91500", "01:02:03.04"),
        (1114, "0002b58341728608", "2024-02-29 12:34:56.789"),
        (1114, "ff1fc63d1bb12000", "0001-01-01 00:00:00 BC"),
        (1114, "7fffffffffffffff", "infinity"),
        (1114, "fffc96188bae6100", "1969-07-20 20:17:40"),
        (1184, "0002b581944b3e08", "2024-02-29 10:34:56.789+00"),
        (1184, "ff1fc63d1bb12000", "0001-01-01 00:00:00+00 BC"),
        (1184, "8000000000000000", "-infinity"),
        (1186, "000000036c966ee0fffffffd0000000e", "1 year 2 mons -3 days +04:05:06.7"),
        (1186, "fffffffffff85ee00000000000000000", "-00:00:00.5"),
        (1186, "00000000000000000000000000000000", "00:00:00"),
        (1700, "0002000040000003000c0d48", "-12.340"),
        (2950, "a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        (3802, "017b2261223a20317d", "{\"a\": 1}"),
        (17, "0001ff", "\\x0001ff"),
        (
            1007,
            "00000001000000010000001700000003000000010000000400000001ffffffff00000004fffffffd",
            "{1,NULL,-3}",
        ),
        (
            1009,
            "000000010000000100000019000000050000000100000003612c620000000122ffffffff000000044e554c4c00000000",
            "{\"a,b\",\"\\\"\",NULL,\"NULL\",\"\"}",
        ),
        (1007, "000000000000000000000017", "{}"),
    ];

    fn bytes(digits: &str) -> Vec<u8> {
        let pairs = digits.as_bytes().chunks(2);
        pairs
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn bytes_are_what_the_server_prints_for_them() {
        for (oid, digits, text) in SENT {
            assert_eq!(binary(&bytes(digits), *oid).as_deref(), Some(*text), "{oid} {digits}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        // Two dimensions; elements of another type; a type that nobody knows; too short.
        let two = "000000020000000000000017000000020000000100000002000000010000000400000001000000040000000200000004000000030000000400000004";
        assert_eq!(binary(&bytes(two), 1007), None);
        assert_eq!(binary(&bytes("000000000000000000000017"), 1016), None);
        assert_eq!(binary(&[1, 2, 3, 4], 600), None);
        assert_eq!(binary(&[1, 2, 3], 23), None);
        let value = Value { is_binary: false, bytes: Some(vec![0xff]) };
        assert_eq!(bound(&value, 25), None);
        let null = Value { is_binary: true, bytes: None };
        assert_eq!(bound(&null, 600), Some(Bind { type_oid: 600, value: None }));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(
            bytes in proptest::collection::vec(any::<u8>(), 0..64),
            at in 0_usize..SENT.len(),
        ) {
            let (oid, ..) = SENT[at];
            let _ = binary(&bytes, oid);
        }
    }
}
