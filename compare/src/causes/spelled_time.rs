//! Dates and timestamps in texts, in the spellings that engines and exports use.

use crate::value::DAY_NANOS;
use chrono::{Datelike as _, NaiveDate};

const SECOND: i128 = 1_000_000_000;
/// Longest spelling that is read.
const BYTES_MAX: usize = 40;

/// Days since 1970-01-01 of a date of the Gregorian calendar, continued to all years.
pub(super) fn days(year: i32, month: u32, day: u32) -> Option<i128> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    Some(i128::from(date.signed_duration_since(NaiveDate::default()).num_days()))
}

/// Year, month and day of a day since 1970-01-01; nothing beyond 262,000 years.
pub(super) fn civil(days: i128) -> Option<(i32, u32, u32)> {
    let date = NaiveDate::default()
        .checked_add_signed(chrono::TimeDelta::try_days(i64::try_from(days).ok()?)?)?;
    Some((date.year(), date.month(), date.day()))
}

/// A point in time in nanoseconds since 1970-01-01 00:00, of UTC where an offset is given and else
/// local: `2024-01-31`, `2024-01-31T10:00:00.5+02:00`, `20240131`, `31.01.2024`, `01/31/2024 10:00`.
pub(super) fn read(text: &str) -> Option<i128> {
    let text = text.trim();
    if text.len() > BYTES_MAX || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let end = text.find([' ', 'T']).unwrap_or(text.len());
    let (date, rest) = text.split_at_checked(end)?;
    let day = read_date(date)?;
    let time = rest.trim_start_matches([' ', 'T']);
    let of_day = if time.is_empty() { 0 } else { read_time(time)? };
    Some(day * DAY_NANOS + of_day)
}

fn read_date(text: &str) -> Option<i128> {
    let number = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    let parts = |separator: char| {
        let mut parts = text.split(separator);
        let three = [parts.next()?, parts.next()?, parts.next()?];
        parts.next().is_none().then_some(three)
    };
    let date = |year: &str, month: u32, day: u32| {
        (year.len() == 4).then(|| days(i32::try_from(number(year)?).ok()?, month, day)).flatten()
    };
    if let Some([a, b, c]) = parts('-').or_else(|| parts('/')).filter(|[a, ..]| a.len() == 4) {
        return date(a, number(b)?, number(c)?);
    }
    if let Some([day, month, year]) = parts('.') {
        return date(year, number(month)?, number(day)?);
    }
    if let Some([a, b, year]) = parts('/') {
        // The month is first, unless it can be none.
        let (a, b) = (number(a)?, number(b)?);
        return if a > 12 { date(year, b, a) } else { date(year, a, b) };
    }
    let (year, rest) = (text.get(..4)?, text.get(4..)?);
    (text.len() == 8).then(|| date(year, number(rest.get(..2)?)?, number(rest.get(2..)?)?))?
}

/// Nanoseconds since midnight, less the offset.
fn read_time(text: &str) -> Option<i128> {
    let (clock, offset) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at_checked(at)?,
        None => (text, ""),
    };
    let mut parts = clock.trim_end().split(':');
    let two = |text: Option<&str>, max: i128| {
        let text =
            text.filter(|text| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))?;
        text.parse::<i128>().ok().filter(|number| *number <= max)
    };
    let hours = two(parts.next(), 24)?;
    let minutes = two(parts.next(), 59)?;
    let seconds = match parts.next() {
        None => 0,
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
            let digits = fraction.bytes().all(|byte| byte.is_ascii_digit()) && fraction.len() <= 9;
            let places = u32::try_from(fraction.len()).ok().filter(|_| digits)?;
            let fraction = if places == 0 { 0 } else { fraction.parse::<i128>().ok()? };
            two(Some(whole), 60)? * SECOND + fraction * 10_i128.pow(9 - places)
        }
    };
    let ahead = match offset {
        "" | "Z" => 0,
        offset => {
            let digits: String = offset.chars().filter(|c| *c != ':').skip(1).collect();
            let (hours, minutes) =
                (digits.get(..2), digits.get(2..).filter(|rest| !rest.is_empty()));
            let minutes = if minutes.is_some() { two(minutes, 59)? } else { 0 };
            let size = two(hours, 15)? * 60 + minutes;
            if offset.starts_with('-') { -size } else { size }
        }
    };
    parts.next().is_none().then_some((hours * 60 + minutes - ahead) * 60 * SECOND + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_moment() {
        let at = read("2024-01-31T10:00:00Z").unwrap();
        for text in [
            "2024-01-31 10:00",
            "2024-01-31 10:00:00.000",
            "2024-01-31T12:00:00+02:00",
            "2024-01-31 07:30:00-0230",
            "31.01.2024 10:00:00",
            "01/31/2024 10:00",
            "31/01/2024 10:00",
            "2024/01/31 10:00:00+00",
            "20240131 10:00",
        ] {
            assert_eq!(read(text), Some(at), "{text}");
        }
        assert_eq!(read("2024-01-31").map(|day| at - day), Some(36_000 * SECOND));
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for text in [
            "",
            "2024",
            "2024-13-01",
            "2024-02-30",
            "1.2.3",
            "24-01-31",
            "2024-01-31x",
            "2024-01-31 1:00",
            "2024-01-31 10:00:00.1234567890",
            "20240",
            "２０２４-01-31",
            "12345678",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_safe(text in "\\PC{0,45}", near in "[0-9TZ:./+ -]{0,30}") {
            let _ = (read(&text), read(&near));
        }

        #[test]
        fn days_and_dates_are_inverse(day in -1_000_000..2_000_000_i128) {
            let (year, month, date) = civil(day).unwrap();
            prop_assert_eq!(days(year, month, date), Some(day));
        }
    }
}
