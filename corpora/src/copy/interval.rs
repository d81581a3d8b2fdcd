//! Intervals in PostgreSQL's default output style: `1 year 2 mons -3 days +04:05:06.7`.

use arrow::datatypes::IntervalMonthDayNano;

const NANOS: i64 = 1_000_000_000;

/// Reads an interval into months, days and nanoseconds, which stay apart.
pub(super) fn parse(text: &str) -> Result<IntervalMonthDayNano, String> {
    let wrong = || "an interval is `1 year 2 mons 3 days 04:05:06.7`".to_owned();
    let (mut months, mut days, mut nanoseconds) = (0_i32, 0_i32, 0_i64);
    let mut words = text.split(' ');
    while let Some(word) = words.next() {
        if word.contains(':') {
            nanoseconds = clock(word).ok_or_else(wrong)?;
            continue;
        }
        let number: i32 = word.parse().map_err(|_| wrong())?;
        let (field, factor) = match words.next() {
            Some("year" | "years") => (&mut months, 12),
            Some("mon" | "mons") => (&mut months, 1),
            Some("day" | "days") => (&mut days, 1),
            _ => return Err(wrong()),
        };
        let add = number.checked_mul(factor).and_then(|add| field.checked_add(add));
        *field = add.ok_or_else(wrong)?;
    }
    Ok(IntervalMonthDayNano { months, days, nanoseconds })
}

/// `[+-]hh:mm:ss[.ffffff]` in nanoseconds.
fn clock(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    if parts.next().is_some() || fraction.len() > 6 {
        return None;
    }
    let number = |text: &str| text.parse::<u32>().ok().map(i64::from);
    let whole = (number(hours)? * 60 + number(minutes)?) * 60 + number(seconds)?;
    let fraction = number(&format!("{fraction:0<9}"))?;
    whole.checked_mul(NANOS)?.checked_add(fraction).map(|nanoseconds| sign * nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stay_apart() {
        let interval = |months, days, micros: i64| IntervalMonthDayNano {
            months,
            days,
            nanoseconds: micros * 1000,
        };
        for (text, expected) in [
            ("1 mon", interval(1, 0, 0)),
            ("1 year 2 mons 3 days", interval(14, 3, 0)),
            ("1 day 02:03:04.5", interval(0, 1, 7_384_500_000)),
            ("-1 days +02:00:00", interval(0, -1, 7_200_000_000)),
            ("-00:00:00.000001", interval(0, 0, -1)),
            ("36:00:00", interval(0, 0, 129_600_000_000)),
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn other_styles_are_refused() {
        for text in ["", "P1M", "1-2", "1 week", "1", "1:2", "1:2:3:4", "99999999999 days", "a:b:c"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
