//! Intervals that `DuckDB` takes for the same, as a month and 30 days, or a day and 24 hours: of two values
//! that differ by such a pair alone it computes one, and gives it for both.

use crate::{emit::Emitter, rule::Emit};
use sql::tree::{Expr, FrameBound, Literal, Query};

/// Months, days and microseconds.
type Parts = (i64, i64, i64);

/// A constant interval in use: the name of the call and what stands beside it there; nothing for the
/// bound of a frame.
struct Use<'q> {
    beside: Option<(&'q str, Vec<&'q Expr>)>,
    parts: Parts,
}

impl Use<'_> {
    /// Is it another interval of the same length, in the same place?
    fn is_taken_for(&self, other: &Self) -> bool {
        // The numbers first: what stands beside them may be long.
        if self.parts == other.parts || length(self.parts) != length(other.parts) {
            return false;
        }
        match (&self.beside, &other.beside) {
            (None, None) => true,
            (Some((name, args)), Some((of, others))) => {
                name == of
                    && args.len() == others.len()
                    && args.iter().zip(others).all(|(one, two)| one.is_same(two))
            }
            _ => false,
        }
    }
}

impl Emitter {
    /// Refuses two values that differ by such intervals alone.
    pub(in crate::emit) fn no_equal_intervals(&self, query: &Query) -> Emit<()> {
        let mut seen: Vec<Use<'_>> = Vec::new();
        let mut found = None;
        query.visit_exprs(&mut |expr| {
            for one in uses(expr) {
                if seen.iter().any(|other| other.is_taken_for(&one)) {
                    found = found.or(Some(expr.span));
                }
                seen.push(one);
            }
        });
        match found {
            Some(span) => self.refuse("an interval beside another one of as many days", span),
            None => Ok(()),
        }
    }
}

/// The constant intervals directly in an expression.
fn uses(expr: &Expr) -> Vec<Use<'_>> {
    let Some(call) = expr.call() else { return Vec::new() };
    let mut all = Vec::new();
    for (index, arg) in call.args.iter().enumerate() {
        if let Some(parts) = interval(arg) {
            let others = call.args.iter().enumerate().filter(|(at, _)| *at != index);
            let beside = Some((call.name, others.map(|(_, other)| other).collect()));
            all.push(Use { beside, parts });
        }
    }
    let frame = call.over.as_ref().and_then(|over| over.frame.as_ref());
    for bound in frame.into_iter().flat_map(|frame| std::iter::once(&frame.start).chain(&frame.end))
    {
        if let FrameBound::Preceding(offset) | FrameBound::Following(offset) = bound
            && let Some(parts) = interval(offset)
        {
            all.push(Use { beside: None, parts });
        }
    }
    all
}

/// As `DuckDB` compares it, where all months have 30 days: in microseconds.
fn length((months, days, micros): Parts) -> i128 {
    const DAY: i128 = 86_400_000_000;
    (i128::from(months) * 30 + i128::from(days)) * DAY + i128::from(micros)
}

/// The value of a constant interval, perhaps multiplied by a constant.
fn interval(expr: &Expr) -> Option<Parts> {
    if let Some(Literal::Interval { months, days, micros }) = expr.literal() {
        return Some((i64::from(*months), i64::from(*days), *micros));
    }
    let [one, two] = expr.call().filter(|call| call.name == "*")?.args.as_slice() else {
        return None;
    };
    let (number, whole) = match (one.integer(), two.integer()) {
        (Some(number), _) => (number, two),
        (_, Some(number)) => (number, one),
        _ => return None,
    };
    let (months, days, micros) = interval(whole)?;
    let times = |part: i64| part.checked_mul(number);
    Some((times(months)?, times(days)?, times(micros)?))
}

#[cfg(test)]
mod tests {
    use crate::Transpiler;
    use model::Dialect;

    fn is_refused(items: &str) -> bool {
        let sql = format!(
            "SELECT {items} FROM (SELECT date '2024-01-31' AS d, date '2024-02-01' AS e) AS q"
        );
        let to = Transpiler::new(Dialect::Postgres, Dialect::DuckDb, &[]);
        match to.translate(&sql, &[]) {
            Ok(_) => false,
            Err(why) => {
                assert!(format!("{why:?}").contains("as many days"), "{sql}: {why:?}");
                true
            }
        }
    }

    #[test]
    fn equal_intervals_are_refused_beside_the_same() {
        for two in [
            "d + interval '1 month', d + interval '30 days'",
            "d - interval '1 year', upper((d - interval '360 days')::text)",
            "d + 3 * interval '1 month', (SELECT q.d + interval '90 days')",
            "d + interval '1 day', d + interval '24 hours'",
            "count(*) OVER (ORDER BY d RANGE interval '1 month' PRECEDING), \
             count(*) OVER (ORDER BY d RANGE interval '30 days' PRECEDING)",
        ] {
            assert!(is_refused(two), "{two}");
        }
        for fine in [
            "d + interval '1 month', e + interval '30 days'",
            "d + interval '1 month', d + interval '31 days'",
            "d + interval '1 month', d - interval '30 days'",
            "d + interval '30 days', d + interval '30 days'",
        ] {
            assert!(!is_refused(fine), "{fine}");
        }
    }
}
