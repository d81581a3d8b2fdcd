//! A constant text read by a constant format of `%` and letters: `STR_TO_DATE('1,5,2013', '%d,%m,%Y')`.
//!
//! Source: MySQL 8.0 manual, 14.7 (`DATE_FORMAT`, `STR_TO_DATE`). Blanks before a part do not count,
//! names are read in any case, and what does not follow its format is NULL.

use super::datetime;
use crate::types::Type;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What was read so far.
#[derive(Debug, Default)]
struct Parts {
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    hour: Option<u32>,
    minute: Option<u32>,
    second: Option<u32>,
    micros: Option<String>,
    afternoon: Option<bool>,
}

/// Why there is no value.
enum Failure {
    /// The text does not follow the format.
    Differs,
    /// The rule is not known here.
    Open,
}

/// The type that a format gives and the value that `text` is by it, `None` for NULL. Nothing where
/// that is not known here.
pub(super) fn read(text: &str, format: &str) -> Option<(Type, Option<String>)> {
    let (date, time) = kinds(format);
    let ty = match (date, time) {
        (true, true) => Type::Timestamp,
        (true, false) => Type::Date,
        (false, true) => Type::Time,
        (false, false) => return None,
    };
    let mut parts = Parts::default();
    match parts.read(text, format) {
        Ok("") => {}
        // What is left over is cut, with a warning.
        Ok(_) | Err(Failure::Open) => return None,
        Err(Failure::Differs) => return Some((ty, None)),
    }
    let clock = parts.clock()?;
    if ty == Type::Time {
        return Some((ty, Some(datetime::time(&clock)?)));
    }
    // Without one of them the part is zero.
    let (year, month, day) = (parts.year?, parts.month?, parts.day?);
    if year == 0 || month == 0 || day == 0 {
        return None;
    }
    if month > 12 || day > 31 {
        return Some((ty, None));
    }
    let day = datetime::date(&format!("{year:04}-{month:02}-{day:02}"))?;
    let value =
        if ty == Type::Date { day } else { datetime::timestamp(&format!("{day} {clock}"))? };
    Some((ty, Some(value)))
}

/// Has the format parts of a date, and of a time?
fn kinds(format: &str) -> (bool, bool) {
    let mut found = (false, false);
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c == '%' {
            match chars.next() {
                Some('Y' | 'y' | 'm' | 'c' | 'd' | 'e' | 'M' | 'b') => found.0 = true,
                Some('H' | 'k' | 'h' | 'I' | 'l' | 'i' | 's' | 'S' | 'f' | 'p' | 'T' | 'r') => {
                    found.1 = true;
                }
                _ => {}
            }
        }
    }
    found
}

impl Parts {
    /// Reads `text`, and gives what is left of it.
    fn read<'t>(&mut self, text: &'t str, format: &str) -> Result<&'t str, Failure> {
        let mut text = text;
        let mut rest = format.chars();
        while let Some(c) = rest.next() {
            if c.is_whitespace() {
                continue;
            }
            text = text.trim_start();
            if c != '%' {
                text = text.strip_prefix(c).ok_or(Failure::Differs)?;
                continue;
            }
            let token = rest.next().ok_or(Failure::Open)?;
            text = match token {
                '%' => text.strip_prefix('%').ok_or(Failure::Differs)?,
                'Y' => {
                    let (digits, rest) = digits(text, 4)?;
                    // Two digits are a year of this century or the last one.
                    if digits.len() != 4 {
                        return Err(Failure::Open);
                    }
                    self.year = number(digits);
                    rest
                }
                'y' => {
                    let (digits, rest) = digits(text, 2)?;
                    self.year = number(digits).map(|y| if y < 70 { 2000 + y } else { 1900 + y });
                    rest
                }
                'm' | 'c' => field(text, &mut self.month)?,
                'd' | 'e' => field(text, &mut self.day)?,
                'H' | 'k' | 'h' | 'I' | 'l' => {
                    let rest = field(text, &mut self.hour)?;
                    let twelve = matches!(token, 'h' | 'I' | 'l');
                    if twelve && !self.hour.is_some_and(|hour| (1..=12).contains(&hour)) {
                        return Err(Failure::Differs);
                    }
                    if twelve {
                        self.afternoon = self.afternoon.or(Some(false));
                    }
                    rest
                }
                'i' => field(text, &mut self.minute)?,
                's' | 'S' => field(text, &mut self.second)?,
                'f' => {
                    let (digits, rest) = digits(text, 6)?;
                    self.micros = Some(digits.to_owned());
                    rest
                }
                'p' => {
                    let word = text.get(..2).map(str::to_ascii_uppercase);
                    self.afternoon = match word.as_deref() {
                        Some("AM") => Some(false),
                        Some("PM") => Some(true),
                        _ => return Err(Failure::Differs),
                    };
                    text.get(2..).unwrap_or("")
                }
                'M' => name(text, &MONTHS, usize::MAX, &mut self.month)?,
                'b' => name(text, &MONTHS, 3, &mut self.month)?,
                'W' => name(text, &DAYS, usize::MAX, &mut None)?,
                'a' => name(text, &DAYS, 3, &mut None)?,
                'T' => self.read(text, "%H:%i:%S")?,
                'r' => self.read(text, "%I:%i:%S %p")?,
                _ => return Err(Failure::Open),
            };
        }
        Ok(text)
    }

    fn clock(&self) -> Option<String> {
        let hour = match (self.afternoon, self.hour.unwrap_or(0)) {
            (Some(true), hour) => hour % 12 + 12,
            (Some(false), hour) => hour % 12,
            (None, hour) => hour,
        };
        let (minute, second) = (self.minute.unwrap_or(0), self.second.unwrap_or(0));
        let point = if self.micros.is_some() { "." } else { "" };
        let fraction = self.micros.as_deref().unwrap_or("");
        (hour < 24 && minute < 60 && second < 60)
            .then(|| format!("{hour:02}:{minute:02}:{second:02}{point}{fraction}"))
    }
}

/// Up to so many digits at the beginning.
fn digits(text: &str, most: usize) -> Result<(&str, &str), Failure> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    match (text.get(..count), text.get(count..)) {
        (Some(digits), Some(rest)) if count > 0 => Ok((digits, rest)),
        _ => Err(Failure::Differs),
    }
}

fn number(digits: &str) -> Option<u32> {
    digits.parse().ok()
}

fn field<'t>(text: &'t str, into: &mut Option<u32>) -> Result<&'t str, Failure> {
    let (digits, rest) = digits(text, 2)?;
    *into = number(digits);
    Ok(rest)
}

/// One of `names`, or its first letters.
fn name<'t>(
    text: &'t str,
    names: &[&str],
    letters: usize,
    into: &mut Option<u32>,
) -> Result<&'t str, Failure> {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let word = text.get(..end).unwrap_or("").to_ascii_lowercase();
    let found = names.iter().position(|name| name.get(..letters).unwrap_or(name) == word);
    let found = found.ok_or(Failure::Differs)?;
    *into = u32::try_from(found + 1).ok();
    Ok(text.get(end..).unwrap_or(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        let some = |ty: Type, text: &str| Some((ty, Some(text.to_owned())));
        for (text, format, expected) in [
            ("01,5,2013", "%d,%m,%Y", some(Type::Date, "2013-05-01")),
            ("May 1, 2013", "%M %d,%Y", some(Type::Date, "2013-05-01")),
            ("2024-02-29 10:11:12", "%Y-%m-%d %T", some(Type::Timestamp, "2024-02-29 10:11:12")),
            ("12:05 am", "%h:%i %p", some(Type::Time, "00:05:00")),
            ("99.12.31", "%y.%m.%d", some(Type::Date, "1999-12-31")),
            ("a", "%Y", Some((Type::Date, None))),
            ("2024-13-01", "%Y-%m-%d", Some((Type::Date, None))),
            ("2024-02-30", "%Y-%m-%d", None),
            ("2024-02", "%Y-%m", None),
            ("2024-02-01x", "%Y-%m-%d", None),
            ("abc", "abc", None),
        ] {
            assert_eq!(read(text, format), expected, "{text} {format}");
        }
    }
}
