//! Intervals of a range of fields, as GoogleSQL writes them: `INTERVAL '1-2 3 4:5:6' YEAR TO SECOND`.
//! <https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#interval_literals>

/// The fields of an interval, greatest first.
const FIELDS: [&str; 6] = ["year", "month", "day", "hour", "minute", "second"];

/// The months, days and microseconds of a text over the fields from one to another; nothing where it
/// has others.
pub(super) fn read(text: &str, first: &str, last: &str) -> Option<(i32, i32, i64)> {
    let at = |field: &str| FIELDS.iter().position(|f| field.eq_ignore_ascii_case(f));
    let (first, last) = (at(first)?, at(last)?);
    let mut words = text.split_whitespace();
    let (mut months, mut days, mut micros) = (0_i64, 0_i64, 0_i64);
    if first >= last {
        return None;
    }
    if first < 2 {
        let (sign, word) = signed(words.next()?);
        let mut numbers = word.split('-');
        for (field, months_each) in [(0, 12), (1, 1)] {
            if (first..=last).contains(&field) {
                months += sign * months_each * number(numbers.next()?)?;
            }
        }
        if numbers.next().is_some() {
            return None;
        }
    }
    if (first..=last).contains(&2) {
        let (sign, word) = signed(words.next()?);
        days = sign * number(word)?;
    }
    if last > 2 {
        let (sign, word) = signed(words.next()?);
        let mut numbers = word.split(':');
        for (field, micros_each) in [(3, 3_600_000_000), (4, 60_000_000)] {
            if (first..=last).contains(&field) {
                micros += sign * micros_each * number(numbers.next()?)?;
            }
        }
        if last == 5 {
            let seconds = numbers.next()?;
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            let fraction = format!("{fraction:0<6}");
            let fraction = Some(fraction).filter(|f| f.len() == 6)?;
            micros += sign * (number(whole)? * 1_000_000 + number(&fraction)?);
        }
        if numbers.next().is_some() {
            return None;
        }
    }
    let whole = words.next().is_none();
    let months = i32::try_from(months).ok()?;
    let days = i32::try_from(days).ok()?;
    whole.then_some((months, days, micros))
}

fn signed(word: &str) -> (i64, &str) {
    match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    }
}

/// Plain digits, few enough for any field.
fn number(digits: &str) -> Option<i64> {
    let plain =
        !digits.is_empty() && digits.len() < 9 && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn ranges_of_fields() {
        for (text, first, last, expected) in [
            ("1-2 3 4:5:6", "YEAR", "SECOND", Some((14, 3, 14_706_000_000))),
            ("-1-2 -3 -4:5:6.5", "YEAR", "SECOND", Some((-14, -3, -14_706_500_000))),
            ("1-2", "YEAR", "MONTH", Some((14, 0, 0))),
            ("3 4", "DAY", "HOUR", Some((0, 3, 14_400_000_000))),
            ("10:20", "MINUTE", "SECOND", Some((0, 0, 620_000_000))),
            ("1-2-3", "YEAR", "MONTH", None),
            ("1-2 3", "YEAR", "MONTH", None),
            ("1", "YEAR", "MONTH", None),
            ("4:5", "HOUR", "SECOND", None),
            ("1", "DAY", "DAY", None),
            ("1.2345678", "MINUTE", "SECOND", None),
        ] {
            assert_eq!(read(text, first, last), expected, "{text} {first} TO {last}");
        }
    }
}
