//! A constant date in a constant format, read when the statement is: `TO_DATE('29-FEB-2024',
//! 'DD-MON-YYYY')`.

use super::datetime;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// The timestamp that `text` is in `format`, a format of `to_char`. Nothing where a part of the format
/// is not known here, or the text does not follow it to the letter.
pub(super) fn read(text: &str, format: &str) -> Option<String> {
    let (mut year, mut month, mut day) = (None, None, None);
    let (mut hour, mut minute, mut second) = (0, 0, 0);
    let mut fraction = String::new();
    let mut text = text.trim();
    let mut format = format.trim();
    while let Some(first) = format.chars().next() {
        let token =
            ["YYYY", "RRRR", "HH24", "MON", "FF3", "FF6", "FF", "MM", "DD", "MI", "SS", "RR"]
                .into_iter()
                .find(|token| {
                    format.get(..token.len()).is_some_and(|f| f.eq_ignore_ascii_case(token))
                });
        let Some(token) = token else {
            if first.is_alphanumeric() || !text.starts_with(first) {
                return None;
            }
            format = format.get(first.len_utf8()..)?;
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
        if token.starts_with("FF") {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            fraction = format!(".{}", text.get(..digits).filter(|d| (1..=6).contains(&d.len()))?);
            text = text.get(digits..)?;
            continue;
        }
        let width = if matches!(token, "YYYY" | "RRRR") { 4 } else { 2 };
        let digits = text.get(..width).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?;
        let number: usize = digits.parse().ok()?;
        text = text.get(width..)?;
        match token {
            "YYYY" | "RRRR" => year = Some(number),
            // In the first half of a century, the nearer one of two centuries.
            "RR" => year = Some(if number < 50 { 2000 + number } else { 1900 + number }),
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
    use super::read;

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
            ("24-02-29", "YY-MM-DD", None),
            ("27-OCT-98", "DD-MON-RR", Some("1998-10-27 00:00:00")),
            ("27-OCT-17", "DD-MON-RR", Some("2017-10-27 00:00:00")),
        ] {
            assert_eq!(read(text, format).as_deref(), expected, "{text} {format}");
        }
    }
}
