//! Interval constants over several fields, as the standard writes them: `INTERVAL '1-2' YEAR TO MONTH`,
//! `INTERVAL '3 04:05:06.5' DAY TO SECOND`.

use sqlparser::ast::DateTimeField as Field;

/// Microseconds of an hour, a minute and a second.
const UNITS: [i64; 3] = [3_600_000_000, 60_000_000, 1_000_000];

/// Months, days and microseconds of such a constant; nothing where the text does not fit the fields.
pub(super) fn read(text: &str, first: &Field, last: &Field) -> Option<(i32, i32, i64)> {
    let text = text.trim();
    let (sign, text) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { -1 } else { 1 }, rest),
        None => (1, text),
    };
    let (months, days, micros) = match (first, last) {
        (Field::Year, Field::Month) => {
            let (years, months) = text.split_once('-')?;
            let months = number(months)?;
            if months > 11 {
                return None;
            }
            (number(years)?.checked_mul(12)?.checked_add(months)?, 0, 0)
        }
        (Field::Day, _) => {
            let (days, clock) = text.split_once(' ')?;
            let clock = clock_of(clock.trim_start(), 0, place(last)?, true)?;
            (0, number(days)?, clock)
        }
        (Field::Hour | Field::Minute, _) => {
            (0, 0, clock_of(text, place(first)?, place(last)?, false)?)
        }
        _ => return None,
    };
    let part = |value: i64| i32::try_from(sign * value).ok();
    Some((part(months)?, part(days)?, micros.checked_mul(sign)?))
}

/// The place of a field in a clock.
const fn place(field: &Field) -> Option<usize> {
    match field {
        Field::Hour => Some(0),
        Field::Minute => Some(1),
        Field::Second => Some(2),
        _ => None,
    }
}

/// The microseconds of `04:05:06.5`, from one field to another. All but the leading field of the
/// constant are below the next greater one.
fn clock_of(text: &str, first: usize, last: usize, behind_days: bool) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    if first > last || parts.len() != last - first + 1 || (first == last && !behind_days) {
        return None;
    }
    let mut micros = 0_i64;
    for (index, part) in parts.iter().enumerate() {
        let at = first + index;
        let (whole, fraction) = match part.split_once('.') {
            Some((whole, fraction)) if at == 2 => (whole, fraction),
            Some(_) => return None,
            None => (*part, ""),
        };
        if fraction.len() > 6 {
            return None;
        }
        let whole = number(whole)?;
        let limit = if at == 0 { 24 } else { 60 };
        if (index > 0 || behind_days) && whole >= limit {
            return None;
        }
        let fraction = if fraction.is_empty() { 0 } else { number(&format!("{fraction:0<6}"))? };
        let part = whole.checked_mul(*UNITS.get(at)?)?.checked_add(fraction)?;
        micros = micros.checked_add(part)?;
    }
    Some(micros)
}

fn number(digits: &str) -> Option<i64> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order() {
        use Field::{Day, Hour, Minute, Month, Second, Year};
        for (text, first, last, expected) in [
            ("1-2", Year, Month, Some((14, 0, 0))),
            ("-1-2", Year, Month, Some((-14, 0, 0))),
            ("1 02:03:04", Day, Second, Some((0, 1, 7_384_000_000))),
            ("-1 00:00:00.5", Day, Second, Some((0, -1, -500_000))),
            ("3 04", Day, Hour, Some((0, 3, 14_400_000_000))),
            ("3 04:30", Day, Minute, Some((0, 3, 16_200_000_000))),
            ("36:30", Hour, Minute, Some((0, 0, 131_400_000_000))),
            ("90:00.25", Minute, Second, Some((0, 0, 5_400_250_000))),
            ("1-12", Year, Month, None),
            ("1", Year, Month, None),
            ("1 24:00:00", Day, Second, None),
            ("1 02:03", Day, Second, None),
            ("1:60", Hour, Minute, None),
            ("1 2.5", Day, Hour, None),
            ("1-2", Month, Year, None),
            ("99999999999-1", Year, Month, None),
        ] {
            assert_eq!(read(text, &first, &last), expected, "{text}");
        }
    }
}
