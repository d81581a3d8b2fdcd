//! A constant number of a constant interval is a constant interval: what a dialect's "add 3 months"
//! becomes then needs no multiplication, which not every target has.

use crate::tree::{Expr, ExprKind, Literal};

/// `3 * INTERVAL '1 month'` as one interval; nothing for any other call.
pub(super) fn product(name: &str, args: &[Expr]) -> Option<ExprKind> {
    let ("*", [one, two]) = (name, args) else { return None };
    let (months, days, micros, times) = match (one.literal(), two.literal()) {
        (Some(Literal::Interval { months, days, micros }), _) => {
            (*months, *days, *micros, two.integer()?)
        }
        (_, Some(Literal::Interval { months, days, micros })) => {
            (*months, *days, *micros, one.integer()?)
        }
        _ => return None,
    };
    let whole = i32::try_from(times).ok();
    let small = |part: i32| match part {
        0 => Some(0),
        part => part.checked_mul(whole?),
    };
    Some(ExprKind::Literal(Literal::Interval {
        months: small(months)?,
        days: small(days)?,
        micros: micros.checked_mul(times)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Type;

    fn interval(months: i32, days: i32, micros: i64) -> Expr {
        let kind = ExprKind::Literal(Literal::Interval { months, days, micros });
        Expr { kind, ty: Type::Interval, span: model::Span::new(0, 0) }
    }

    fn number(digits: &str) -> Expr {
        let kind = ExprKind::Literal(Literal::Number(digits.to_owned()));
        Expr { kind, ty: Type::Int8, span: model::Span::new(0, 0) }
    }

    #[test]
    fn constants_are_multiplied() {
        let expected = ExprKind::Literal(Literal::Interval { months: 6, days: -3, micros: 0 });
        assert_eq!(product("*", &[interval(2, -1, 0), number("3")]), Some(expected.clone()));
        assert_eq!(product("*", &[number("3"), interval(2, -1, 0)]), Some(expected));
    }

    #[test]
    fn what_does_not_fit_stays_a_product() {
        assert_eq!(product("*", &[interval(2, 0, 0), number("2147483647")]), None);
        assert_eq!(product("*", &[interval(0, 0, 2), number("9223372036854775807")]), None);
        assert_eq!(product("*", &[number("2"), number("3")]), None);
        assert_eq!(product("/", &[interval(2, 0, 0), number("2")]), None);
        // Seconds go as far as 64 bits.
        assert!(product("*", &[interval(0, 0, 1), number("3000000000")]).is_some());
    }
}
