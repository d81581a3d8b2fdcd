//! Constants that stand for dates and times of `ClickHouse`: what its types do not hold is the nearest
//! that they do, and digits of a second beyond them are cut off.
//!
//! Source: <https://clickhouse.com/docs/sql-reference/data-types/date>,
//! <https://clickhouse.com/docs/sql-reference/data-types/datetime>. What a `DateTime64` holds, a `DateTime` does
//! not: beside a column of which kind a constant is is not known, so there one that differs is refused.

use super::{Binder, Bound, codes, datetime};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

/// The first and the last `Date`.
const DAYS: [&str; 2] = ["1970-01-01", "2149-06-06"];
/// The first and the last `DateTime`.
const SECONDS: [&str; 2] = ["1970-01-01 00:00:00", "2106-02-07 06:28:15"];
/// The most digits of a second that are held here.
const MOST: usize = 6;

impl Binder<'_> {
    /// `saturated_date(constant)` and its kin in the body of a definition.
    pub(super) fn saturated(&self, name: &str, args: &[Expr], span: super::Span) -> Bound<Expr> {
        let ty = if name == "saturated_date" { Type::Date } else { Type::Timestamp };
        let (Some(text), digits) =
            (args.first().and_then(Expr::text), args.get(1).and_then(Expr::integer))
        else {
            return self.unsupported("a date of this form", span);
        };
        let text = text.trim();
        let read = match (name, digits) {
            ("saturated_date", _) => datetime::date(text).or_else(|| {
                let stamp = datetime::timestamp(text)?;
                stamp.split_once(' ').map(|(day, _)| day.to_owned())
            }),
            ("saturated_timestamp", _) => cut(text, 0).and_then(|text| datetime::timestamp(&text)),
            (_, Some(digits)) => usize::try_from(digits)
                .ok()
                .and_then(|digits| cut(text, digits))
                .and_then(|text| datetime::timestamp(&text)),
            _ => None,
        };
        let Some(read) = read else {
            let what = format!("the constant `{text}` is not understood as `{ty}`");
            return self.refuse(codes::LITERAL, what, span);
        };
        let read = match name {
            "saturated_date" => nearest(read, DAYS),
            "saturated_timestamp" => nearest(read, SECONDS),
            _ => read,
        };
        Ok(Expr { kind: ExprKind::Literal(Literal::Typed(read)), ty, span })
    }

    /// What a constant is beside a value of the type, in a dialect whose types hold less.
    pub(super) fn in_its_type(&self, read: String, ty: &Type, span: super::Span) -> Bound<String> {
        if self.speaks_core() || !self.spec.traits().dates_saturate {
            return Ok(read);
        }
        match ty {
            Type::Date => Ok(nearest(read, DAYS)),
            Type::Timestamp if nearest(read.clone(), SECONDS) != read => {
                self.unsupported("a constant that no DateTime holds", span)
            }
            _ => Ok(read),
        }
    }
}

/// The text, or the nearest of the two that it does not lie between.
fn nearest(text: String, [first, last]: [&str; 2]) -> String {
    // A fraction of the last second is none of another one.
    let whole = text.get(..last.len()).unwrap_or(&text);
    if *text < *first {
        first.to_owned()
    } else if *whole > *last {
        last.to_owned()
    } else {
        text
    }
}

/// The text with so many digits of a second; nothing where there are more than are held here.
fn cut(text: &str, digits: usize) -> Option<String> {
    let Some((whole, fraction)) = text.split_once('.') else { return Some(text.to_owned()) };
    let held = fraction.get(..digits.min(fraction.len()))?;
    let plain = fraction.bytes().all(|digit| digit.is_ascii_digit());
    let beyond = held.get(MOST.min(held.len())..)?;
    if !plain || beyond.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let held = held.get(..MOST.min(held.len()))?;
    Some(if held.is_empty() { whole.to_owned() } else { format!("{whole}.{held}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_held() {
        for (text, held) in [
            ("1969-12-31", "1970-01-01"),
            ("1970-01-01", "1970-01-01"),
            ("2149-06-06", "2149-06-06"),
            ("9999-12-31", "2149-06-06"),
        ] {
            assert_eq!(nearest(text.to_owned(), DAYS), held, "{text}");
        }
        assert_eq!(nearest("2106-02-07 06:28:16".to_owned(), SECONDS), "2106-02-07 06:28:15");
    }

    #[test]
    fn digits_are_cut() {
        for (text, digits, left) in [
            ("a:00.123456", 3, Some("a:00.123")),
            ("a:00.9", 0, Some("a:00")),
            ("a:00", 3, Some("a:00")),
            ("a:00.1234567", 9, None),
            ("a:00.1234560", 9, Some("a:00.123456")),
        ] {
            assert_eq!(cut(text, digits).as_deref(), left, "{text}");
        }
    }
}
