//! Constants of Transact-SQL's date types that round what they are given.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/data-types/datetime-transact-sql> (steps of
//! 1/300 second), `smalldatetime` (minutes; 29.999 seconds and more round up), `datetime2(n)`.

use super::datetime;

/// A timestamp's text rounded as the type does, as the core writes it. Nothing where the text is no
/// timestamp or the type is not known here.
pub(super) fn rounded(text: &str, type_name: &str) -> Option<String> {
    let stamp = datetime::timestamp(text.trim())?;
    let (day, clock) = stamp.split_once(' ')?;
    let old = matches!(type_name, "datetime" | "smalldatetime");
    let digits = text.trim().rsplit_once('.').map_or(0, |(_, fraction)| fraction.len());
    if (old && digits > 3) || !within(day, type_name) {
        // An error there.
        return None;
    }
    let micros = micros_of(clock)?;
    let micros = match type_name {
        // .000, .003 and .007 stand for thirds of a hundredth.
        "datetime" => {
            let ticks = (micros * 3 + 5_000) / 10_000;
            (ticks * 10 + 1) / 3 * 1_000
        }
        "smalldatetime" => {
            let minute = micros / 60_000_000;
            let up = micros % 60_000_000 >= 29_999_000;
            (minute + i64::from(up)) * 60_000_000
        }
        _ => {
            let digits: u32 = type_name.strip_prefix("datetime2")?.trim().parse().ok()?;
            let unit = 10_i64.checked_pow(6_u32.checked_sub(digits)?)?;
            (micros + unit / 2) / unit * unit
        }
    };
    let (day, micros) = match micros.checked_sub(86_400_000_000) {
        Some(rest @ 0..) => (next(day)?, rest),
        _ => (day.to_owned(), micros),
    };
    if !within(&day, type_name) {
        return None;
    }
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let shown = if fraction == 0 { clock } else { format!("{clock}.{fraction:06}") };
    datetime::timestamp(&format!("{day} {shown}"))
}

/// Is the day one that the type has?
fn within(day: &str, type_name: &str) -> bool {
    match type_name {
        "datetime" => day >= "1753-01-01",
        "smalldatetime" => ("1900-01-01"..="2079-06-06").contains(&day),
        _ => true,
    }
}

fn micros_of(clock: &str) -> Option<i64> {
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
    Some(((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction)
}

/// The day after.
fn next(day: &str) -> Option<String> {
    let mut parts = day.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    let candidates = [(year, month, date + 1), (year, month + 1, 1), (year + 1, 1, 1)];
    candidates.into_iter().find_map(|(y, m, d)| datetime::date(&format!("{y:04}-{m:02}-{d:02}")))
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn each_type_rounds_its_way() {
        for (text, name, expected) in [
            ("2024-01-01 23:59:59.999", "datetime", "2024-01-02 00:00:00"),
            ("2024-01-01 10:00:00.995", "datetime", "2024-01-01 10:00:00.997"),
            ("2024-01-01 10:00:00.002", "datetime", "2024-01-01 10:00:00.003"),
            ("2024-01-01 10:00:00.008", "datetime", "2024-01-01 10:00:00.007"),
            ("2024-01-01 10:00:00.009", "datetime", "2024-01-01 10:00:00.01"),
            ("2007-05-08 12:35:29.998", "smalldatetime", "2007-05-08 12:35:00"),
            ("2023-12-31 23:59:29.999", "smalldatetime", "2024-01-01 00:00:00"),
            ("2024-02-28 23:59:59.96", "datetime2 1", "2024-02-29 00:00:00"),
            ("2024-02-28 10:00:00.123456", "datetime2 3", "2024-02-28 10:00:00.123"),
        ] {
            assert_eq!(rounded(text, name).as_deref(), Some(expected), "{text} {name}");
        }
        assert_eq!(rounded("soon", "datetime"), None);
        for (text, name) in [
            ("2024-01-01 10:00:00.1234", "datetime"),
            ("0001-01-01", "datetime"),
            ("9999-12-31 23:59:59.999", "datetime"),
            ("9999-12-31", "smalldatetime"),
            ("2079-06-06 23:59:29.999", "smalldatetime"),
            ("1899-12-31", "smalldatetime"),
        ] {
            assert_eq!(rounded(text, name), None, "{text} {name}");
        }
        assert_eq!(rounded("2024-01-01", "date"), None);
    }
}
