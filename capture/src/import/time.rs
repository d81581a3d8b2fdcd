//! Times as sources write them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// A time in words: `2023-01-31 12:30:00.123456 UTC`, with `T` for the blank, with an offset
/// (`+02`, `-0330`, `+05:45`), `Z`, or without a zone, which is UTC then. Nothing where it is none, or in a
/// zone that is known by its abbreviation only.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let date = calendar_date(date)?;
    let Some(rest) = rest.strip_prefix(['T', ' ']) else {
        return rest.is_empty().then(|| date.and_time(NaiveTime::MIN).and_utc());
    };
    let clock_end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')));
    let (clock, zone) = rest.split_at(clock_end.unwrap_or(rest.len()));
    let local = date.and_time(clock_time(clock)?);
    match offset(zone.trim_start())? {
        0 => Some(local.and_utc()),
        seconds => in_zone(local, seconds),
    }
}

/// Seconds since 1970, perhaps with a fraction.
pub(crate) fn of_seconds(text: &str) -> Option<DateTime<Utc>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    DateTime::from_timestamp(whole.parse().ok()?, nanos(fraction)?)
}

/// `2023-01-31`: every record has one, so that a parser of formats would be felt.
fn calendar_date(text: &str) -> Option<NaiveDate> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes().first_chunk::<10>()? else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_u32, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'))
        })
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

fn clock_time(text: &str) -> Option<NaiveTime> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = clock.split(':');
    let mut next = || {
        let part = parts.next()?;
        (part.len() == 2).then(|| part.parse::<u32>().ok())?
    };
    let (hours, minutes) = (next()?, next()?);
    let seconds = if clock.len() > 5 { next()? } else { 0 };
    if parts.next().is_some() {
        return None;
    }
    NaiveTime::from_hms_nano_opt(hours, minutes, seconds, nanos(fraction)?)
}

/// A fraction of a second; what is below a nanosecond is cut.
fn nanos(fraction: &str) -> Option<u32> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(digits.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0')))
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i32> {
    let zone = zone.strip_suffix(" UTC").unwrap_or(zone);
    if zone.is_empty() || ["z", "utc", "gmt"].iter().any(|name| zone.eq_ignore_ascii_case(name)) {
        return Some(0);
    }
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |text: Option<&str>| text.map_or(Some(0), |text| text.parse::<i32>().ok());
    Some(sign * (number(digits.get(..2))? * 3600 + number(digits.get(2..4))? * 60))
}

fn in_zone(local: NaiveDateTime, seconds: i32) -> Option<DateTime<Utc>> {
    let zone = FixedOffset::east_opt(seconds)?;
    local.and_local_timezone(zone).single().map(|time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Option<String> {
        parse(text).map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }

    #[test]
    fn the_forms_of_the_sources() {
        for (text, time) in [
            ("2023-01-31 12:30:00.123 UTC", "2023-01-31T12:30:00.123Z"),
            ("2023-01-31 12:30:00 GMT", "2023-01-31T12:30:00Z"),
            ("2023-01-31T12:30:00Z", "2023-01-31T12:30:00Z"),
            ("2023-01-31T12:30:00Z UTC", "2023-01-31T12:30:00Z"),
            ("2023-01-31 12:30:00.5 -0800", "2023-01-31T20:30:00.500Z"),
            ("2023-01-31 12:30:00+05:45", "2023-01-31T06:45:00Z"),
            ("2023-01-31 12:30:00+02", "2023-01-31T10:30:00Z"),
            ("2023-01-31 12:30", "2023-01-31T12:30:00Z"),
            ("2023-01-31", "2023-01-31T00:00:00Z"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(time), "{text}");
        }
        for text in [
            "",
            "today",
            "2023-01-31 12",
            "2023-02-30 12:30:00",
            "2023-01-31 12:30:00 CEST",
            "2023-01-31 25:00:00",
            "2023-01-31 12:30:00 +2",
            "2023-01-31x12:30",
            "2023-01-3ü 12:30",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
        assert_eq!(of_seconds("1675168200.25"), parse("2023-01-31 12:30:00.25"));
        assert_eq!(of_seconds("x"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,40}", more in "[-0-9:. TZ+]{0,40}") {
            let _ = (parse(&text), parse(&more), of_seconds(&text), of_seconds(&more));
        }

        #[test]
        fn what_is_written_is_read(seconds in 0..4_000_000_000_i64, nanos in 0..1_000_000_000_u32) {
            let time = DateTime::from_timestamp(seconds, nanos).unwrap();
            prop_assert_eq!(parse(&time.to_rfc3339()), Some(time));
            let postgres = time.format("%Y-%m-%d %H:%M:%S%.9f UTC").to_string();
            prop_assert_eq!(parse(&postgres), Some(time));
        }
    }
}
