//! Which texts are dates and times (ISO 8601, as SQL prints them).

/// A timestamp as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Since 1970-01-01T00:00:00; with an offset, of UTC.
    pub(super) seconds: i64,
    pub(super) nanos: u32,
    /// How many digits behind the seconds say something.
    pub(super) digits: u8,
    /// Whether an offset is given.
    pub(super) offset: bool,
}

const DAY_SECONDS: i64 = 86_400;

/// Days since 1970-01-01 of `YYYY-MM-DD`, years 0001 to 9999.
pub(super) fn date(text: &str) -> Option<i32> {
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text.as_bytes() else { return None };
    let year = i64::from(two(y0, y1)?) * 100 + i64::from(two(y2, y3)?);
    days(year, two(m0, m1)?, two(d0, d1)?)
}

/// Seconds and nanoseconds since midnight of `HH:MM:SS` with up to nine digits behind, and how many
/// of those say something.
pub(super) fn time(text: &str) -> Option<(i64, u32, u8)> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let &[h0, h1, b':', m0, m1, b':', s0, s1] = clock.as_bytes() else { return None };
    let (hour, minute, second) = (two(h0, h1)?, two(m0, m1)?, two(s0, s1)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = i64::from(hour) * 3_600 + i64::from(minute) * 60 + i64::from(second);
    let Some(fraction) = fraction else { return Some((seconds, 0, 0)) };
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.trim_end_matches('0').len();
    let missing = u32::try_from(9 - fraction.len()).ok()?;
    let nanos = fraction.parse::<u32>().ok()?.checked_mul(10_u32.pow(missing))?;
    Some((seconds, nanos, u8::try_from(digits).ok()?))
}

/// A date and a time, with `T` or a blank between; behind it perhaps `Z`, `±HH`, `±HHMM`, `±HH:MM`.
pub(super) fn timestamp(text: &str) -> Option<Stamp> {
    let (day, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['T', ' '])?;
    let zone = rest.find(['Z', '+', '-']);
    let (clock, offset) = match zone {
        Some(at) => {
            let (clock, offset) = rest.split_at_checked(at)?;
            (clock, Some(offset_seconds(offset)?))
        }
        None => (rest, None),
    };
    let (seconds, nanos, digits) = time(clock)?;
    let day = i64::from(date(day)?);
    let seconds = day * DAY_SECONDS + seconds - offset.unwrap_or(0);
    Some(Stamp { seconds, nanos, digits, offset: offset.is_some() })
}

fn offset_seconds(text: &str) -> Option<i64> {
    let (sign, hour, minute) = match text.as_bytes() {
        b"Z" => return Some(0),
        &[sign, h0, h1] => (sign, two(h0, h1)?, 0),
        &[sign, h0, h1, m0, m1] | &[sign, h0, h1, b':', m0, m1] => {
            (sign, two(h0, h1)?, two(m0, m1)?)
        }
        _ => return None,
    };
    if hour > 15 || minute > 59 {
        return None;
    }
    let seconds = i64::from(hour) * 3_600 + i64::from(minute) * 60;
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

fn two(tens: u8, ones: u8) -> Option<u8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    Some(digit(tens)? * 10 + digit(ones)?)
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar: years are counted from March, so that
/// the day that comes and goes is the last of its year, and 400 years have 146,097 days.
fn days(year: i64, month: u8, day: u8) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if year < 1 || day < 1 || day > last {
        return None;
    }
    let month = i64::from(month);
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    i32::try_from(era * 146_097 + of_era - 719_468).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_calendar_is_one_after_the_last() {
        let mut expected = date("0001-01-01").unwrap();
        assert_eq!(expected, -719_162);
        for year in 1..=9_999 {
            for month in 1..=12 {
                for day in 1..=31 {
                    if let Some(found) = date(&format!("{year:04}-{month:02}-{day:02}")) {
                        assert_eq!(found, expected);
                        expected += 1;
                    }
                }
            }
        }
        assert_eq!(date("1970-01-01"), Some(0));
        // As many days as 9,999 years have.
        assert_eq!(expected, -719_162 + 9_999 * 365 + 2_424);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["", "2023-02-29", "2023-13-01", "2023-1-1", "0000-01-01", "2023-01-01 ", "20230101"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn timestamps_are_read_with_their_offsets() {
        let read = |text| timestamp(text).map(|s: Stamp| (s.seconds, s.nanos, s.digits, s.offset));
        assert_eq!(read("1970-01-01 00:00:01"), Some((1, 0, 0, false)));
        assert_eq!(read("1970-01-01T00:00:01.500"), Some((1, 500_000_000, 1, false)));
        assert_eq!(read("1970-01-01 02:00:00+02"), Some((0, 0, 0, true)));
        assert_eq!(read("1969-12-31 19:30:00.000000001-04:30"), Some((0, 1, 9, true)));
        assert_eq!(read("1970-01-01T00:00:00Z"), Some((0, 0, 0, true)));
        assert_eq!(read("1970-01-01T05:30:00+0530"), Some((0, 0, 0, true)));
        for text in [
            "1970-01-01",
            "1970-01-01 24:00:00",
            "1970-01-01 00:00",
            "1970-01-01 00:00:60",
            "1970-01-01 00:00:00.",
            "1970-01-01 00:00:00.1234567890",
            "1970-01-01 00:00:00+16",
            "1970-01-01 00:00:00 UTC",
            "1970-01-01é00:00:00",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
