//! Dates and times as ISO 8601 text, for any year, and timestamps out of such text.

use crate::value::{DAY_NANOS, Instant};

/// `2024-01-31`; years outside 0000–9999 carry their sign and at least six digits.
fn date_text(days: i128) -> String {
    // Howard Hinnant's `civil_from_days`: <https://howardhinnant.github.io/date_algorithms.html>.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i128::from(month <= 2);
    if (0..=9999).contains(&year) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:+07}-{month:02}-{day:02}")
    }
}

/// `12:34:56` with as many digits of the second as it has; 24:00:00 stays as it is.
pub(crate) fn time_text(nanos: i128) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    let (seconds, fraction) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{}", fraction_text(fraction))
}

/// `.5` for 500,000,000 of 10⁹; empty for 0.
pub(crate) fn fraction_text(nanos: u128) -> String {
    if nanos == 0 {
        return String::new();
    }
    format!(".{nanos:09}").trim_end_matches('0').to_owned()
}

/// A distance in time in the largest unit of which it is a whole number: `1 h`, `90 min`, `5 ns`.
pub(crate) fn span_text(nanos: u128) -> String {
    const UNITS: [(u128, &str); 6] = [
        (86_400_000_000_000, "d"),
        (3_600_000_000_000, "h"),
        (60_000_000_000, "min"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "µs"),
    ];
    let whole = UNITS.into_iter().find(|(unit, _)| nanos > 0 && nanos.is_multiple_of(*unit));
    let (unit, name) = whole.unwrap_or((1, "ns"));
    format!("{} {name}", nanos / unit)
}

/// A point in time: a date when it has no zone and `date_only` and lies at midnight.
pub(crate) fn instant_text(at: Instant, date_only: bool, zoned: bool) -> String {
    let nanos = match at {
        Instant::Infinity => return "infinity".to_owned(),
        Instant::NegativeInfinity => return "-infinity".to_owned(),
        Instant::At(nanos) => nanos,
    };
    let date = date_text(nanos.div_euclid(DAY_NANOS));
    let of_day = nanos.rem_euclid(DAY_NANOS);
    if date_only && of_day == 0 {
        return date;
    }
    format!("{date}T{}{}", time_text(of_day), if zoned { "Z" } else { "" })
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar; nothing where there is no such
/// day.
fn days_of(year: i128, month: i128, day: i128) -> Option<i128> {
    // Howard Hinnant's `days_from_civil`: <https://howardhinnant.github.io/date_algorithms.html>.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=length).contains(&day).then_some(era * 146_097 + day_of_era - 719_468)
}

/// Takes `count` ASCII digits off the front.
fn digits(text: &mut &str, count: usize) -> Option<i128> {
    let (head, tail) = text.split_at_checked(count)?;
    *text = tail;
    head.bytes().all(|b| b.is_ascii_digit()).then(|| head.parse().ok()).flatten()
}

fn taken(text: &mut &str, c: char) -> bool {
    let rest = text.strip_prefix(c);
    *text = rest.unwrap_or(text);
    rest.is_some()
}

/// Reads `2024-01-31T12:34:56.789+01:00`: a date of four digits a year, `T` or a blank, a time with or
/// without seconds and up to nine digits of their fraction, and perhaps, behind a blank or none, `Z`
/// or an offset of hours, minutes and seconds. Gives nanoseconds of the local time since
/// 1970-01-01 00:00 and the offset in seconds east of Greenwich, where there is one.
pub(crate) fn read_timestamp(text: &str) -> Option<(i128, Option<i128>)> {
    let mut rest = text;
    let year = digits(&mut rest, 4)?;
    taken(&mut rest, '-').then_some(())?;
    let month = digits(&mut rest, 2)?;
    taken(&mut rest, '-').then_some(())?;
    let days = days_of(year, month, digits(&mut rest, 2)?)?;
    (taken(&mut rest, 'T') || taken(&mut rest, ' ')).then_some(())?;
    let of_day = {
        let hours = digits(&mut rest, 2).filter(|hours| *hours < 24)?;
        taken(&mut rest, ':').then_some(())?;
        let minutes = digits(&mut rest, 2).filter(|minutes| *minutes < 60)?;
        let mut nanos = (hours * 60 + minutes) * 60_000_000_000;
        if taken(&mut rest, ':') {
            nanos += digits(&mut rest, 2).filter(|seconds| *seconds < 60)? * 1_000_000_000;
            if taken(&mut rest, '.') {
                let count = rest.bytes().take_while(u8::is_ascii_digit).count();
                let power = u32::try_from(9_usize.checked_sub(count)?).ok()?;
                (count > 0).then_some(())?;
                nanos += digits(&mut rest, count)? * 10_i128.pow(power);
            }
        }
        nanos
    };
    let local = days * DAY_NANOS + of_day;
    if rest.is_empty() {
        return Some((local, None));
    }
    taken(&mut rest, ' ');
    if rest == "Z" || rest == "UTC" {
        return Some((local, Some(0)));
    }
    let east = taken(&mut rest, '+');
    (east || taken(&mut rest, '-')).then_some(())?;
    let mut offset = digits(&mut rest, 2)? * 3_600;
    if !rest.is_empty() {
        taken(&mut rest, ':');
        offset += digits(&mut rest, 2).filter(|minutes| *minutes < 60)? * 60;
    }
    if taken(&mut rest, ':') {
        offset += digits(&mut rest, 2).filter(|seconds| *seconds < 60)?;
    }
    // No place is further from Greenwich than this.
    (rest.is_empty() && offset < 24 * 3_600)
        .then_some((local, Some(if east { offset } else { -offset })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn timestamps_are_read_with_and_without_offset() {
        let noon = 12 * 3_600_000_000_000;
        for (text, nanos, offset) in [
            ("1970-01-01T12:00:00", noon, None),
            ("1970-01-01 12:00", noon, None),
            ("1970-01-01 12:00:00.5", noon + 500_000_000, None),
            ("1970-01-01T12:00:00Z", noon, Some(0)),
            ("1970-01-01 12:00:00 UTC", noon, Some(0)),
            ("1970-01-01 12:00:00+01", noon, Some(3_600)),
            ("1970-01-01T12:00:00.000000001-05:30", noon + 1, Some(-19_800)),
            ("1970-01-01 12:00:00 +0530", noon, Some(19_800)),
            ("1969-12-31T00:00:00+00:19:32", -DAY_NANOS, Some(1_172)),
        ] {
            assert_eq!(read_timestamp(text), Some((nanos, offset)), "{text}");
        }
    }

    #[test]
    fn what_is_no_timestamp_is_not_read() {
        for text in [
            "",
            "1970-01-01",
            "1970-02-29 00:00:00",
            "1970-13-01 00:00:00",
            "1970-00-10 00:00:00",
            "1970-01-00 00:00:00",
            "1970-01-01 24:00:00",
            "1970-01-01 00:60:00",
            "1970-01-01 00:00:61",
            "1970-01-01 00:00:00.",
            "1970-01-01 00:00:00.1234567890",
            "1970-01-01 00:00:00+1",
            "1970-01-01 00:00:00+24:00",
            "1970-01-01 00:00:00 Europe/Berlin",
            "70-01-01 00:00:00",
            "1970-01-01T00:00:00é",
            "١٩٧٠-01-01 00:00:00",
        ] {
            assert_eq!(read_timestamp(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds in -62_167_219_200_i128..253_402_300_800, nanos in 0..1_000_000_000_i128) {
            let at = seconds * 1_000_000_000 + nanos;
            let text = instant_text(Instant::At(at), false, false);
            prop_assert_eq!(read_timestamp(&text), Some((at, None)));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = read_timestamp(&text);
        }
    }

    #[test]
    fn spans_have_the_largest_whole_unit() {
        for (nanos, text) in [
            (0, "0 ns"),
            (1, "1 ns"),
            (1_500_000, "1500 µs"),
            (5_400_000_000_000, "90 min"),
            (7_200_000_000_000, "2 h"),
            (172_800_000_000_000, "2 d"),
        ] {
            assert_eq!(span_text(nanos), text);
        }
    }

    #[test]
    fn days_become_dates() {
        for (days, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (19_782, "2024-02-29"),
            (11_016, "2000-02-29"),
            (-719_528, "0000-01-01"),
            (-719_529, "-000001-12-31"),
            (2_932_896, "9999-12-31"),
            (2_932_897, "+010000-01-01"),
        ] {
            assert_eq!(date_text(days), text);
        }
    }

    #[test]
    fn instants_show_zone_and_every_digit() {
        let at = Instant::At(1_500_000_000);
        assert_eq!(instant_text(at, false, false), "1970-01-01T00:00:01.5");
        assert_eq!(instant_text(Instant::At(-1), false, true), "1969-12-31T23:59:59.999999999Z");
        assert_eq!(instant_text(Instant::At(0), true, false), "1970-01-01");
        assert_eq!(instant_text(Instant::At(0), false, true), "1970-01-01T00:00:00Z");
        assert_eq!(instant_text(Instant::NegativeInfinity, false, true), "-infinity");
        assert_eq!(time_text(DAY_NANOS), "24:00:00");
    }
}
