//! Constant dates as MySQL reads them: any punctuation between the parts, one digit or two, two digits
//! of the year, no punctuation at all; what is no date is NULL.
//!
//! Source: MySQL 8.0 manual, 11.1.3 (date and time literals). Whatever the manual leaves open is
//! refused.

use super::{Binder, Bound, codes, datetime};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

/// What a text is as a date.
#[derive(Debug, PartialEq, Eq)]
enum Read {
    /// `YYYY-MM-DD HH:MM:SS[.ffffff]`
    Stamp(String),
    Null,
    /// Read by rules that are not known here.
    Open,
}

impl Binder<'_> {
    /// `loose_date(constant)`, `loose_timestamp(constant)` and their kin in the body of a definition.
    /// `loose_datetime` and `loose_time` would round fractions of a second: they have none.
    pub(super) fn loosely(&self, name: &str, args: &[Expr], span: super::Span) -> Bound<Expr> {
        match name {
            "loose_offset" => return self.offset_between(args, span),
            "loose_by_format" => return self.by_percent_format(args, span),
            _ => {}
        }
        let ty = match name {
            "loose_date" => Type::Date,
            "loose_time" => Type::Time,
            _ => Type::Timestamp,
        };
        let null = Expr { kind: ExprKind::Literal(Literal::Null), ty: ty.clone(), span };
        let [arg] = args else { return self.unsupported("this call", span) };
        if arg.is_null() {
            return Ok(null);
        }
        let Some(text) = arg.text() else { return self.unsupported("a date of this form", span) };
        let read = match (ty == Type::Time, name) {
            (false, "loose_timestamp") => timestamp(text),
            (false, _) => whole(timestamp(text)),
            (true, _) => whole(time(text)),
        };
        let value = match (read, &ty) {
            (Read::Null, _) => return Ok(null),
            (Read::Stamp(stamp), Type::Date) => stamp.split(' ').next().map(ToOwned::to_owned),
            (Read::Stamp(stamp), Type::Time) => stamp.split(' ').next_back().map(ToOwned::to_owned),
            (Read::Stamp(stamp), _) => Some(stamp),
            (Read::Open, _) => None,
        };
        let Some(value) = value else {
            let what = format!("the constant `{text}` is not understood as `{ty}`");
            return self.refuse(codes::LITERAL, what, span);
        };
        Ok(Expr { kind: ExprKind::Literal(Literal::Typed(value)), ty, span })
    }
}

impl Binder<'_> {
    /// `loose_offset('+01:00', '-05:00')`: the interval from one to the other.
    fn offset_between(&self, args: &[Expr], span: super::Span) -> Bound<Expr> {
        let offsets = match args {
            [from, to] => {
                from.text().and_then(offset_minutes).zip(to.text().and_then(offset_minutes))
            }
            _ => None,
        };
        let Some((from, to)) = offsets else {
            return self.unsupported("a time zone that is no offset", span);
        };
        let micros = (to - from) * 60_000_000;
        let kind = ExprKind::Literal(Literal::Interval { months: 0, days: 0, micros });
        Ok(Expr { kind, ty: Type::Interval, span })
    }

    /// `loose_by_format(constant, constant)`.
    fn by_percent_format(&self, args: &[Expr], span: super::Span) -> Bound<Expr> {
        let read = match args {
            [text, format] => text
                .text()
                .zip(format.text())
                .and_then(|(text, format)| super::percent_format::read(text, format)),
            _ => None,
        };
        let Some((ty, value)) = read else {
            return self.refuse(codes::LITERAL, "the constant does not follow its format", span);
        };
        let literal = value.map_or(Literal::Null, Literal::Typed);
        Ok(Expr { kind: ExprKind::Literal(literal), ty, span })
    }
}

/// `+05:30` in minutes, within the bounds that the manual gives.
fn offset_minutes(text: &str) -> Option<i64> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two = |digits: &str| digits.parse::<i64>().ok().filter(|_| digits.len() <= 2);
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let all = sign * (hours * 60 + minutes);
    (minutes < 60 && (-839..=840).contains(&all)).then_some(all)
}

/// Without a fraction of a second.
fn whole(read: Read) -> Read {
    match read {
        Read::Stamp(stamp) if stamp.contains('.') => Read::Open,
        other => other,
    }
}

fn timestamp(text: &str) -> Read {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        // A text that begins with no number is no date.
        let plain = text.chars().all(|c| c.is_ascii_alphabetic() || c == ' ');
        return if plain { Read::Null } else { Read::Open };
    }
    let (day, clock) = match text.split_once([' ', 'T']) {
        Some((day, clock)) => (day, Some(clock.trim())),
        None => (text, None),
    };
    if day.bytes().all(|b| b.is_ascii_digit()) {
        return match (day.len(), clock) {
            (6 | 8, None) => of_parts(&split(day, day.len() - 4), &["00", "00", "00"]),
            (14, None) => {
                let (date, time) = day.split_at(8);
                of_parts(&split(date, 4), &split(time, 2))
            }
            _ => Read::Open,
        };
    }
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let years = parts.first().is_some_and(|year| matches!(year.len(), 2 | 4));
    if parts.len() != 3 || !years || !parts.iter().all(digits) {
        return Read::Open;
    }
    match clock {
        None => of_parts(&parts, &["00", "00", "00"]),
        Some(clock) => {
            let mut time: Vec<&str> = clock.split(':').collect();
            if time.len() == 2 {
                time.push("00");
            }
            of_parts(&parts, &time)
        }
    }
}

/// A time of day, alone or behind a date; what is longer than a day has no type here.
fn time(text: &str) -> Read {
    let text = text.trim();
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return timestamp(text);
    }
    let parts: Vec<&str> = text.split(':').collect();
    if text.contains(['-', '/', ' ', 'T']) {
        return if parts.len() > 1 { timestamp(text) } else { Read::Open };
    }
    match parts.as_slice() {
        [hour, minute] => of_parts(&["2000", "01", "01"], &[hour, minute, "00"]),
        [hour, minute, second] => of_parts(&["2000", "01", "01"], &[hour, minute, second]),
        _ => Read::Open,
    }
}

/// Digits in pieces of two, but for the first.
fn split(digits: &str, first: usize) -> Vec<&str> {
    let cuts = [(0, first), (first, first + 2), (first + 2, first + 4)];
    cuts.into_iter().filter_map(|(from, to)| digits.get(from..to)).collect()
}

fn of_parts(day: &[&str], clock: &[&str]) -> Read {
    let ([year, month, date], [hour, minute, second]) = (day, clock) else { return Read::Open };
    let (second, fraction) = second.split_once('.').unwrap_or((second, ""));
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 4);
    let all = [*year, *month, *date, *hour, *minute, second].map(number);
    let [Some(years), Some(months), Some(days), Some(hours), Some(minutes), Some(seconds)] = all
    else {
        return Read::Open;
    };
    let years = match (year.len(), years) {
        (2, 70..) => 1900 + years,
        (2, _) => 2000 + years,
        _ => years,
    };
    // Parts of zero are of a mode of their own, more hours than a day are a time alone.
    if years == 0 || months == 0 || days == 0 || fraction.len() > 6 {
        return Read::Open;
    }
    let of_a_day = hours < 24;
    let is_time = day.first() == Some(&"2000") && day.get(1) == Some(&"01");
    if is_time && !of_a_day {
        return Read::Open;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let written = format!(
        "{years:04}-{months:02}-{days:02} {hours:02}:{minutes:02}:{seconds:02}{point}{fraction}"
    );
    datetime::timestamp(&written).map_or(Read::Null, Read::Stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let stamp = |text: &str| Read::Stamp(text.to_owned());
        for (text, expected) in [
            ("2024-02-29", stamp("2024-02-29 00:00:00")),
            ("24/2/9", stamp("2024-02-09 00:00:00")),
            ("70.2.9", stamp("1970-02-09 00:00:00")),
            ("2024-2-9 1:2", stamp("2024-02-09 01:02:00")),
            ("20240209", stamp("2024-02-09 00:00:00")),
            ("240209", stamp("2024-02-09 00:00:00")),
            ("20240209101112", stamp("2024-02-09 10:11:12")),
            ("2023-02-29", Read::Null),
            ("2024-02-29 25:00:00", Read::Null),
            ("nonsense", Read::Null),
            ("", Read::Null),
            ("2024-00-10", Read::Open),
            ("2024-02-29abc", Read::Open),
            ("2024", Read::Open),
        ] {
            assert_eq!(timestamp(text), expected, "{text}");
        }
    }

    #[test]
    fn times() {
        for (text, expected) in [
            ("10:11", Read::Stamp("2000-01-01 10:11:00".to_owned())),
            ("2024-02-29 10:11:12.5", Read::Stamp("2024-02-29 10:11:12.5".to_owned())),
            ("10:70:00", Read::Null),
            ("25:00:00", Read::Open),
            ("2024-02-29", Read::Open),
            ("101112", Read::Open),
            ("x", Read::Null),
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
    }
}
