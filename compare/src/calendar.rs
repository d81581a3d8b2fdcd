//! Dates and times as ISO 8601 text, for any year.

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

#[cfg(test)]
mod tests {
    use super::*;

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
