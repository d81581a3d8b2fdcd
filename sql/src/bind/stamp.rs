//! A constant date in a constant format, read when the statement is: `TO_DATE('29-FEB-2024',
//! 'DD-MON-YYYY')`.

use super::datetime;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// How closely a text follows its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Follows {
    /// To the letter.
    Letters,
    /// Numbers need no zeros before them, and what is left out of the clock is midnight.
    Numbers,
}

/// The timestamp that `text` is in `format`, a format of `to_char`. Nothing where a part of the format
/// is not known here, or the text does not follow it to the letter.
pub(super) fn read(text: &str, format: &str) -> Option<String> {
    read_as(text, format, Follows::Letters)
}

/// The timestamp that `text` is beside a date by the format of the session, in which `_` stands for a
/// blank: `hired > '1-JAN-05'`.
///
/// Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html>
pub(super) fn read_of_session(text: &str, format: &str) -> Option<String> {
    read_as(text, &format.replace('_', " "), Follows::Numbers)
}

fn read_as(text: &str, format: &str, follows: Follows) -> Option<String> {
    let (mut year, mut month, mut day) = (None, None, None);
    let (mut hour, mut minute, mut second) = (0, 0, 0);
    let mut fraction = String::new();
    let mut text = text.trim();
    let mut format = format.trim();
    while let Some(first) = format.chars().next() {
        // All of the date was there.
        let at_midnight = follows == Follows::Numbers
            && text.is_empty()
            && day.is_some()
            && (hour, minute, second) == (0, 0, 0);
        // `"T"` is a text that stands there.
        if first == '"' {
            let (quoted, rest) = format.get(1..)?.split_once('"')?;
            text = text.strip_prefix(quoted)?;
            format = rest;
            continue;
        }
        let token =
            ["YYYY", "RRRR", "HH24", "MON", "FF3", "FF6", "FF", "MM", "DD", "MI", "SS", "RR"]
                .into_iter()
                .find(|token| {
                    format.get(..token.len()).is_some_and(|f| f.eq_ignore_ascii_case(token))
                });
        let Some(token) = token else {
            format = format.get(first.len_utf8()..)?;
            if at_midnight {
                continue;
            }
            if first.is_alphanumeric() || !text.starts_with(first) {
                return None;
            }
            text = text.get(first.len_utf8()..)?;
            continue;
        };
        format = format.get(token.len()..)?;
        if token == "MON" {
            let name = text.get(..3)?.to_ascii_uppercase();
            month = Some(MONTHS.iter().position(|m| *m == name)? + 1);
            text = text.get(3..)?;
            continue;
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if token.starts_with("FF") {
            fraction = format!(".{}", text.get(..digits).filter(|d| (1..=6).contains(&d.len()))?);
            text = text.get(digits..)?;
            continue;
        }
        if at_midnight && matches!(token, "HH24" | "MI" | "SS") {
            continue;
        }
        let width = match (follows, token, digits) {
            (Follows::Letters, "YYYY" | "RRRR", 4..)
            | (Follows::Numbers, "YYYY" | "RRRR" | "RR", 4) => 4,
            (Follows::Letters, "YYYY" | "RRRR", _) => return None,
            (Follows::Letters, _, 2..) | (Follows::Numbers, "RR", 2) => 2,
            (Follows::Numbers, "MM" | "DD" | "HH24" | "MI" | "SS", 1 | 2) => digits,
            _ => return None,
        };
        let number: usize = text.get(..width)?.parse().ok()?;
        text = text.get(width..)?;
        match token {
            // In the first half of a century, the nearer one of two centuries.
            "RR" if width == 2 => {
                year = Some(if number < 50 { 2000 + number } else { 1900 + number });
            }
            "YYYY" | "RRRR" | "RR" => year = Some(number),
            "MM" => month = Some(number),
            "DD" => day = Some(number),
            "HH24" => hour = number,
            "MI" => minute = number,
            _ => second = number,
        }
    }
    if !text.is_empty() {
        return None;
    }
    // What is left out of the date is taken from the clock.
    let (year, month, day) = (year?, month?, day?);
    let clock = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    datetime::timestamp(&format!("{year:04}-{month:02}-{day:02} {clock}"))
}

#[cfg(test)]
mod tests {
    use super::{read, read_of_session};

    #[test]
    fn formats_are_followed_to_the_letter() {
        for (text, format, expected) in [
            ("29-FEB-2024", "DD-MON-YYYY", Some("2024-02-29 00:00:00")),
            ("20240229", "YYYYMMDD", Some("2024-02-29 00:00:00")),
            ("2024-02-29 10:15", "YYYY-MM-DD HH24:MI", Some("2024-02-29 10:15:00")),
            ("02/29/2024", "MM/DD/YYYY", Some("2024-02-29 00:00:00")),
            ("2023-02-29", "YYYY-MM-DD", None),
            ("2024-2-29", "YYYY-MM-DD", None),
            ("2024-02-29x", "YYYY-MM-DD", None),
            ("2024/02/29", "YYYY-MM-DD", None),
            ("2024-02-29 10:15:30.5", "YYYY-MM-DD HH24:MI:SS.FF", Some("2024-02-29 10:15:30.5")),
            ("02-2024", "MM-YYYY", None),
            ("2024-02-29T10:15:30", "YYYY-MM-DD\"T\"HH24:MI:SS", Some("2024-02-29 10:15:30")),
            ("2024-02-29 10:15:30", "YYYY-MM-DD\"T\"HH24:MI:SS", None),
            ("2024-02-29T10", "YYYY-MM-DD\"T", None),
            ("24-02-29", "YY-MM-DD", None),
            ("27-OCT-98", "DD-MON-RR", Some("1998-10-27 00:00:00")),
            ("27-OCT-17", "DD-MON-RR", Some("2017-10-27 00:00:00")),
        ] {
            assert_eq!(read(text, format).as_deref(), expected, "{text} {format}");
        }
    }

    #[test]
    fn formats_of_sessions() {
        for (text, format, expected) in [
            ("01-JAN-2005", "DD-MON-RR", Some("2005-01-01 00:00:00")),
            ("1-jan-05", "DD-MON-RR", Some("2005-01-01 00:00:00")),
            ("31-Dec-99", "DD-MON-RR", Some("1999-12-31 00:00:00")),
            ("31.12.49", "DD.MM.RR", Some("2049-12-31 00:00:00")),
            ("2024-02-29 10:11:12", "YYYY-MM-DD_HH24:MI:SS", Some("2024-02-29 10:11:12")),
            ("2024-02-29", "YYYY-MM-DD_HH24:MI:SS", Some("2024-02-29 00:00:00")),
            ("2024-02-29 10", "YYYY-MM-DD_HH24:MI:SS", None),
            ("20240229", "YYYYMMDD", None),
            ("30-FEB-2024", "DD-MON-RR", None),
            ("01/JAN/2005", "DD-MON-RR", None),
            ("05-2005", "DD-MON-RR", None),
            ("é-JAN-05", "DD-MON-RR", None),
        ] {
            assert_eq!(read_of_session(text, format).as_deref(), expected, "{text} {format}");
        }
    }
}
