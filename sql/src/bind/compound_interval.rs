//! Intervals of several fields in one text: `INTERVAL '1:30' MINUTE_SECOND` of MySQL.
//!
//! Source: MySQL 8.0 manual, 11.5 (temporal intervals). Anything that is no digit stands between two
//! fields, and fields that are missing are the first ones.

/// Months, days and microseconds of `text` in `unit`; nothing where the unit is none of several
/// fields or the text has more of them.
pub(super) fn read(text: &str, unit: &str) -> Option<(i32, i32, i64)> {
    const FIELDS: [&str; 7] = ["year", "month", "day", "hour", "minute", "second", "microsecond"];
    let (first, last) = unit.split_once('_')?;
    let at = |name: &str| FIELDS.iter().position(|field| *field == name);
    let fields = FIELDS.get(at(first)?..=at(last)?)?;
    let (negative, digits) = match text.trim().strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.trim()),
    };
    let parts: Vec<&str> =
        digits.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let missing = fields.len().checked_sub(parts.len())?;
    let (mut months, mut days, mut micros) = (0_i64, 0_i64, 0_i64);
    for (field, part) in fields.iter().skip(missing).zip(&parts) {
        let value: i64 = part.parse().ok()?;
        let time = |unit: i64| value.checked_mul(unit);
        match *field {
            "year" => months = months.checked_add(value.checked_mul(12)?)?,
            "month" => months = months.checked_add(value)?,
            "day" => days = days.checked_add(value)?,
            "hour" => micros = micros.checked_add(time(3_600_000_000)?)?,
            "minute" => micros = micros.checked_add(time(60_000_000)?)?,
            "second" => micros = micros.checked_add(time(1_000_000)?)?,
            // A fraction: `.5` is half a second.
            _ => micros = micros.checked_add(format!("{part:0<6}").get(..6)?.parse().ok()?)?,
        }
    }
    let sign = if negative { -1 } else { 1 };
    Some((i32::try_from(months * sign).ok()?, i32::try_from(days * sign).ok()?, micros * sign))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn fields_are_read_from_the_right() {
        for (text, unit, expected) in [
            ("1:30", "minute_second", Some((0, 0, 90_000_000))),
            ("30", "minute_second", Some((0, 0, 30_000_000))),
            ("1 1:1:1", "day_second", Some((0, 1, 3_661_000_000))),
            ("-1 10", "day_hour", Some((0, -1, -36_000_000_000))),
            ("1-2", "year_month", Some((14, 0, 0))),
            ("1.5", "second_microsecond", Some((0, 0, 1_500_000))),
            ("1:2:3", "minute_second", None),
            ("1", "minute", None),
        ] {
            assert_eq!(read(text, unit), expected, "{text} {unit}");
        }
    }
}
