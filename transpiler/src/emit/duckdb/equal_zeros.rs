//! Zero and negative zero as constants, which `DuckDB` takes for the same: of `f * 0e0` and `f * -0e0` it computes
//! one, and gives it for both.

use crate::{emit::Emitter, rule::Emit};
use sql::tree::{Expr, ExprKind, Literal, Query};

impl Emitter {
    /// Refuses two values that differ by such constants alone.
    pub(in crate::emit) fn no_equal_zeros(&self, query: &Query) -> Emit<()> {
        let mut negative = false;
        query.visit_exprs(&mut |expr| negative |= zero(expr) == Some(true));
        if !negative {
            return Ok(());
        }
        let mut seen: Vec<&Expr> = Vec::new();
        let mut found = None;
        query.visit_exprs(&mut |expr| {
            if shows_signs(expr) {
                if seen.iter().any(|other| is_taken_for(expr, other)) {
                    found = found.or(Some(expr.span));
                }
                seen.push(expr);
            }
        });
        match found {
            Some(span) => self.refuse("a negative zero beside a zero", span),
            None => Ok(()),
        }
    }
}

/// Comparisons, to which both zeros are one.
const COMPARES: [&str; 8] =
    ["=", "<>", "<", "<=", ">", ">=", "is distinct from", "is not distinct from"];

/// Does an expression show the sign of a zero that stands in it, in each row anew?
fn shows_signs(expr: &Expr) -> bool {
    zero(expr).is_none()
        && expr.any_child(&mut |part| zero(part).is_some())
        && expr.call().is_none_or(|call| !COMPARES.contains(&call.name))
        && !expr.is_constant()
}

/// Does it differ from another one by the signs of zeros alone?
fn is_taken_for(one: &Expr, other: &Expr) -> bool {
    let mut signs = false;
    is_alike(one, other, &mut signs) && signs
}

/// Is it the same but for the signs of zeros, which are noted?
fn is_alike(one: &Expr, other: &Expr, signs: &mut bool) -> bool {
    if let (Some(sign), Some(of)) = (zero(one), zero(other)) {
        *signs |= sign != of;
        return true;
    }
    if let (Some(call), Some(another)) = (one.call(), other.call()) {
        return call.name == another.name && are_alike(&call.args, &another.args, signs);
    }
    match (&one.kind, &other.kind) {
        (ExprKind::Cast { expr }, ExprKind::Cast { expr: of })
        | (ExprKind::Coerce { expr }, ExprKind::Coerce { expr: of }) => {
            one.ty == other.ty && is_alike(expr, of, signs)
        }
        (
            ExprKind::Case { operand, branches, otherwise },
            ExprKind::Case { operand: second, branches: others, otherwise: last },
        ) => {
            let (one, two): (Vec<&Expr>, Vec<&Expr>) = (
                operand.iter().chain(otherwise).map(|part| &**part).collect(),
                second.iter().chain(last).map(|part| &**part).collect(),
            );
            one.len() == two.len()
                && one.iter().zip(&two).all(|(part, of)| is_alike(part, of, signs))
                && branches.len() == others.len()
                && branches.iter().zip(others).all(|((when, then), (if_so, so))| {
                    is_alike(when, if_so, signs) && is_alike(then, so, signs)
                })
        }
        _ => one.is_same(other),
    }
}

fn are_alike(all: &[Expr], others: &[Expr], signs: &mut bool) -> bool {
    all.len() == others.len()
        && all.iter().zip(others).all(|(one, other)| is_alike(one, other, signs))
}

/// Is it a constant zero of floats, and a negative one?
fn zero(expr: &Expr) -> Option<bool> {
    if !expr.ty.is_float() {
        return None;
    }
    let of_text = |text: &str| {
        let value = text.trim().parse::<f64>().ok().filter(|value| *value == 0.0)?;
        Some(value.is_sign_negative())
    };
    match &expr.kind {
        ExprKind::Literal(Literal::Number(text) | Literal::Text(text) | Literal::Typed(text)) => {
            of_text(text)
        }
        ExprKind::Cast { expr: inner } | ExprKind::Coerce { expr: inner } => {
            if inner.ty.is_float() {
                return zero(inner);
            }
            match (&inner.kind, inner.call()) {
                (ExprKind::Literal(Literal::Text(text)), _) => of_text(text),
                (ExprKind::Literal(Literal::Number(text)), _) => of_text(text).map(|_| false),
                // A whole number or a decimal has one zero.
                (_, Some(call)) if call.name == "unary -" => match call.args.as_slice() {
                    [Expr { kind: ExprKind::Literal(Literal::Number(text)), .. }] => {
                        of_text(text).map(|_| false)
                    }
                    _ => None,
                },
                _ => None,
            }
        }
        ExprKind::Call(call) if call.name == "unary -" => match call.args.as_slice() {
            [value] => zero(value).map(|negative| !negative),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::Transpiler;
    use model::Dialect;

    fn is_refused(items: &str) -> bool {
        let sql = format!("SELECT {items} FROM (SELECT 1.5e0::float8 AS f, 2::float8 AS g) AS q");
        let to = Transpiler::new(Dialect::Postgres, Dialect::DuckDb, &[]);
        match to.translate(&sql, &[]) {
            Ok(_) => false,
            Err(why) => {
                assert!(format!("{why:?}").contains("negative zero"), "{sql}: {why:?}");
                true
            }
        }
    }

    #[test]
    fn equal_zeros_are_refused_beside_the_same() {
        for two in [
            "f * 0::float8, f * '-0'::float8",
            "coalesce(f, 0), coalesce(f, -(0::float8))",
            "f * '0'::float8, (SELECT q.f * '-0'::float8)",
            "CASE WHEN f > 1 THEN '-0'::float8 ELSE f END, CASE WHEN f > 1 THEN 0::float8 ELSE f END",
        ] {
            assert!(is_refused(two), "{two}");
        }
        for fine in [
            "f * 0::float8, g * '-0'::float8",
            "f * '-0'::float8, f * '-0'::float8",
            "f * 0::float8, f + '-0'::float8",
            "f * 0::float8, '-0'::float8",
            "f > 0::float8, f > '-0'::float8",
            "1::float8 * 0::float8, 1::float8 * '-0'::float8",
            "CASE WHEN f > 1 THEN '-0'::float8 ELSE f END, CASE WHEN f > 2 THEN 0::float8 ELSE f END",
        ] {
            assert!(!is_refused(fine), "{fine}");
        }
    }
}
