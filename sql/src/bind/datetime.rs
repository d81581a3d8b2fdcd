//! Text of dates, times and intervals. Only spellings with one meaning under every `DateStyle` pass;
//! anything else is refused by the caller.

/// `YYYY-MM-DD`, a real date.
pub(super) fn date(text: &str) -> Option<String> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let (y, m, d) = (digits(year, 4)?, digits_upto(month, 2)?, digits_upto(day, 2)?);
    let leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let last = match m {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    (y >= 1 && (1..=last).contains(&d)).then(|| format!("{y:04}-{m:02}-{d:02}"))
}

/// `HH:MM[:SS[.ffffff]]`
pub(super) fn time(text: &str) -> Option<String> {
    let mut parts = text.split(':');
    let hour = digits_upto(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let (second, fraction) = match parts.next() {
        None => (0, String::new()),
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
            let all_digits = fraction.bytes().all(|b| b.is_ascii_digit());
            if fraction.len() > 6 || !all_digits || seconds.ends_with('.') {
                return None;
            }
            (digits(whole, 2)?, fraction.trim_end_matches('0').to_owned())
        }
    };
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{hour:02}:{minute:02}:{second:02}{point}{fraction}"))
}

/// A date, or a date and a time.
pub(super) fn timestamp(text: &str) -> Option<String> {
    match text.split_once([' ', 'T']) {
        None => Some(format!("{} 00:00:00", date(text)?)),
        Some((day, clock)) => Some(format!("{} {}", date(day)?, time(clock.trim())?)),
    }
}

/// A timestamp with a numeric offset or `Z`; without one it is of the session's zone.
pub(super) fn timestamptz(text: &str) -> Option<String> {
    let Some((day, clock)) = text.split_once([' ', 'T']) else { return timestamp(text) };
    let clock = clock.trim();
    if let Some(utc) = clock.strip_suffix(['Z', 'z']).or_else(|| clock.strip_suffix(" UTC")) {
        return Some(format!("{} {}+00:00", date(day)?, time(utc.trim())?));
    }
    let Some(at) = clock.find(['+', '-']) else { return timestamp(text) };
    let (clock, offset) = (clock.get(..at)?, clock.get(at..)?);
    let (sign, offset) = (offset.get(..1)?, offset.get(1..)?);
    let (hours, minutes) = match offset.split_once(':') {
        Some((h, m)) => (digits_upto(h, 2)?, digits(m, 2)?),
        None if offset.len() == 4 => (digits(offset.get(..2)?, 2)?, digits(offset.get(2..)?, 2)?),
        None => (digits_upto(offset, 2)?, 0),
    };
    (hours <= 15 && minutes <= 59).then_some(())?;
    Some(format!("{} {}{sign}{hours:02}:{minutes:02}", date(day)?, time(clock.trim())?))
}

/// Does the text of a timestamp name a time zone behind its clock?
pub(super) fn has_zone(text: &str) -> bool {
    text.trim().split_once([' ', 'T']).is_some_and(|(_, clock)| {
        clock.contains(|c: char| !c.is_ascii_digit() && c != ':' && c != '.')
    })
}

/// Months, days and microseconds of an interval such as `1 year 2 mons -3 days 04:05:06.7`.
pub(super) fn interval(text: &str) -> Option<(i32, i32, i64)> {
    let (mut months, mut days, mut micros) = (0_i64, 0_i64, 0_i64);
    // A comma at the end of a word says nothing: `3 hours, 35 minutes`.
    let mut words =
        text.split_whitespace().map(|word| word.strip_suffix(',').unwrap_or(word)).peekable();
    words.peek()?;
    while let Some(word) = words.next() {
        // `1 month - 1 day`: a sign may stand by itself.
        let joined;
        let word = match (word, words.peek()) {
            ("-" | "+", Some(next)) if next.starts_with(|c: char| c.is_ascii_digit()) => {
                joined = format!("{word}{next}");
                words.next();
                joined.as_str()
            }
            _ => word,
        };
        if word.contains(':') {
            let (negative, clock) = match word.strip_prefix('-') {
                Some(rest) => (true, rest),
                None => (false, word.strip_prefix('+').unwrap_or(word)),
            };
            let clock = clock_micros(clock)?;
            micros = micros.checked_add(if negative { -clock } else { clock })?;
            continue;
        }
        // `90days` or `90 days`; a bare number at the end counts seconds.
        let split = word.find(|c: char| c.is_ascii_alphabetic());
        let (number, unit) = match split {
            Some(at) => (word.get(..at)?, word.get(at..)?.to_owned()),
            None => match words.next() {
                Some(unit) => (word, unit.to_owned()),
                None => (word, "second".to_owned()),
            },
        };
        let (whole, fraction_micros) = decimal(number)?;
        let unit = unit.to_ascii_lowercase();
        let add_time = |micros: i64, unit_micros: i64| -> Option<i64> {
            // `fraction_micros` are millionths of the unit.
            let fraction = i128::from(fraction_micros) * i128::from(unit_micros) / 1_000_000;
            let sum = i128::from(whole) * i128::from(unit_micros) + fraction + i128::from(micros);
            i64::try_from(sum).ok()
        };
        match unit.as_str() {
            "microsecond" | "microseconds" | "us" => micros = add_time(micros, 1)?,
            "millisecond" | "milliseconds" | "ms" => micros = add_time(micros, 1_000)?,
            "second" | "seconds" | "sec" | "secs" | "s" => micros = add_time(micros, 1_000_000)?,
            "minute" | "minutes" | "min" | "mins" | "m" => micros = add_time(micros, 60_000_000)?,
            "hour" | "hours" | "hr" | "hrs" | "h" => micros = add_time(micros, 3_600_000_000)?,
            // A fraction of a day is that part of 24 hours.
            "day" | "days" | "d" if fraction_micros != 0 => {
                days = days.checked_add(whole)?;
                micros = micros.checked_add(fraction_micros.checked_mul(86_400)?)?;
            }
            // That of a month spills over by rules of its own.
            _ if fraction_micros != 0 => return None,
            "day" | "days" | "d" => days = days.checked_add(whole)?,
            "week" | "weeks" | "w" => days = days.checked_add(whole.checked_mul(7)?)?,
            "month" | "months" | "mon" | "mons" => months = months.checked_add(whole)?,
            "quarter" | "quarters" => months = months.checked_add(whole.checked_mul(3)?)?,
            "year" | "years" | "yr" | "yrs" | "y" => {
                months = months.checked_add(whole.checked_mul(12)?)?;
            }
            "decade" | "decades" => months = months.checked_add(whole.checked_mul(120)?)?,
            "century" | "centuries" => months = months.checked_add(whole.checked_mul(1200)?)?,
            _ => return None,
        }
    }
    Some((i32::try_from(months).ok()?, i32::try_from(days).ok()?, micros))
}

/// A signed decimal as its whole part and the millionths of its fraction, both with the sign.
fn decimal(text: &str) -> Option<(i64, i64)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 6 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let millionths: i64 = format!("{fraction:0<6}").parse().ok()?;
    Some(if negative { (-whole, -millionths) } else { (whole, millionths) })
}

fn clock_micros(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hours: i64 = digits_upto(parts.next()?, 9)?;
    let minutes = digits(parts.next()?, 2)?;
    let (seconds, millionths) = match parts.next() {
        Some(seconds) => decimal(seconds)?,
        None => (0, 0),
    };
    if parts.next().is_some() || minutes > 59 || !(0..60).contains(&seconds) || millionths < 0 {
        return None;
    }
    ((hours * 60 + minutes) * 60 + seconds).checked_mul(1_000_000)?.checked_add(millionths)
}

fn digits(text: &str, count: usize) -> Option<i64> {
    (text.len() == count).then_some(())?;
    digits_upto(text, count)
}

fn digits_upto(text: &str, count: usize) -> Option<i64> {
    let fine = (1..=count).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    fine.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_real() {
        assert_eq!(date("2024-2-29").as_deref(), Some("2024-02-29"));
        for bad in ["2023-02-29", "2024-13-01", "2024-00-10", "01/02/2024", "20240101", "today"] {
            assert_eq!(date(bad), None, "{bad}");
        }
    }

    #[test]
    fn timestamps() {
        assert_eq!(timestamp("2024-01-02").as_deref(), Some("2024-01-02 00:00:00"));
        assert_eq!(timestamp("2024-01-02T3:04").as_deref(), Some("2024-01-02 03:04:00"));
        assert_eq!(timestamp("2024-01-02 03:04:05.500").as_deref(), Some("2024-01-02 03:04:05.5"));
        assert_eq!(timestamp("2024-01-02 25:00"), None);
        assert_eq!(timestamp("2024-01-02 03:04:05.1234567"), None);
        assert_eq!(
            timestamptz("2024-01-02 03:04:05-0530").as_deref(),
            Some("2024-01-02 03:04:05-05:30")
        );
        assert_eq!(timestamptz("2024-01-02 03:04Z").as_deref(), Some("2024-01-02 03:04:00+00:00"));
    }

    #[test]
    fn intervals() {
        for (text, expected) in [
            ("3 months", Some((3, 0, 0))),
            ("1 year 2 mons -3 days 04:05:06.5", Some((14, -3, 14_706_500_000))),
            ("90days", Some((0, 90, 0))),
            ("1.5 hours", Some((0, 0, 5_400_000_000))),
            ("-0.5 seconds", Some((0, 0, -500_000))),
            ("30", Some((0, 0, 30_000_000))),
            ("-01:30", Some((0, 0, -5_400_000_000))),
            ("1 month - 1 day", Some((1, -1, 0))),
            ("1 month -", None),
            ("1.5 months", None),
            ("1 fortnight", None),
            ("", None),
            ("99999999999 days", None),
        ] {
            assert_eq!(interval(text), expected, "{text}");
        }
    }

    #[test]
    fn zones_behind_the_clock() {
        assert!(has_zone("2024-01-01 10:00:00 UTC") && has_zone("2024-01-01T10:00:00+02:00"));
        assert!(!has_zone("2024-01-01 10:00:00.5") && !has_zone("2024-01-01"));
        assert_eq!(
            timestamptz("2024-01-01 10:00:00 UTC").as_deref(),
            timestamptz("2024-01-01 10:00:00Z").as_deref()
        );
        assert_eq!(timestamptz("2024-01-01 10:00:00 Europe/Berlin"), None);
    }
}
