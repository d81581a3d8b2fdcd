//! Texts that are dates by the format of the session: `hired > '01-JAN-2005'`.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Format-Models.html>

use super::datetime;

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/// The timestamp that `text` is by `format`, as the core writes it. Nothing where it is none, or where
/// the two do not follow each other sign by sign.
pub(super) fn read(text: &str, format: &str) -> Option<String> {
    let (mut text, mut format) = (text.trim(), format);
    let (mut year, mut month, mut day) = (None, None, None);
    let mut clock = [0_u32; 3];
    while !format.is_empty() {
        let element = ["YYYY", "RR", "MON", "MM", "DD", "HH24", "MI", "SS"]
            .into_iter()
            .find(|element| format.starts_with(element));
        let Some(element) = element else {
            let sign = format.chars().next()?;
            format = format.strip_prefix(sign)?;
            // What is left out of the clock is midnight.
            if text.is_empty() && clock == [0; 3] && day.is_some() {
                continue;
            }
            text = text.strip_prefix(if sign == '_' { ' ' } else { sign })?;
            continue;
        };
        format = format.strip_prefix(element)?;
        if element == "MON" {
            let name = text.get(..3)?.to_uppercase();
            month = u32::try_from(MONTHS.iter().position(|m| **m == *name)?).ok()?.checked_add(1);
            text = text.get(3..)?;
            continue;
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 && text.is_empty() && ["HH24", "MI", "SS"].contains(&element) {
            continue;
        }
        let number: u32 = text.get(..digits)?.parse().ok()?;
        text = text.get(digits..)?;
        match (element, digits) {
            ("YYYY" | "RR", 4) => year = Some(number),
            // The years around 2000.
            ("RR", 2) => year = Some(if number < 50 { 2000 + number } else { 1900 + number }),
            ("MM", 1 | 2) => month = Some(number),
            ("DD", 1 | 2) => day = Some(number),
            ("HH24", 1 | 2) if number < 24 => clock[0] = number,
            ("MI", 1 | 2) if number < 60 => clock[1] = number,
            ("SS", 1 | 2) if number < 60 => clock[2] = number,
            _ => return None,
        }
    }
    let [hour, minute, second] = clock;
    let day = format!("{:04}-{:02}-{:02}", year?, month?, day?);
    text.is_empty()
        .then(|| datetime::timestamp(&format!("{day} {hour:02}:{minute:02}:{second:02}")))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn formats_of_sessions() {
        for (text, format, expected) in [
            ("01-JAN-2005", "DD-MON-RR", Some("2005-01-01 00:00:00")),
            ("1-jan-05", "DD-MON-RR", Some("2005-01-01 00:00:00")),
            ("31-Dec-99", "DD-MON-RR", Some("1999-12-31 00:00:00")),
            ("31.12.49", "DD.MM.RR", Some("2049-12-31 00:00:00")),
            ("2024-02-29 10:11:12", "YYYY-MM-DD_HH24:MI:SS", Some("2024-02-29 10:11:12")),
            ("2024-02-29", "YYYY-MM-DD_HH24:MI:SS", Some("2024-02-29 00:00:00")),
            ("30-FEB-2024", "DD-MON-RR", None),
            ("01/JAN/2005", "DD-MON-RR", None),
            ("05-2005", "DD-MON-RR", None),
            ("é-JAN-05", "DD-MON-RR", None),
        ] {
            assert_eq!(read(text, format).as_deref(), expected, "{text} {format}");
        }
    }
}
