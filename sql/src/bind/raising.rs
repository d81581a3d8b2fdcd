//! Constants that are no value of their type: `CAST('abc' AS int)`, `DATE '2023-02-29'`.
//!
//! Where the statement is an error for such a constant on the source, it becomes a conversion that
//! fails on the target. Standard SQL leaves open whether what is not needed is evaluated, and engines
//! differ, so this is done in a SELECT list over nothing else only, without any condition around the
//! constant. Everywhere else the constant is refused.

use super::{Binder, Bound, codes, datetime};
use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use sqlparser::ast::{self, BinaryOperator as B, CastKind, Expr as E, SelectItem, SetExpr};

impl Binder<'_> {
    /// A constant that cannot be read: refused, unless it is an error on the source for certain.
    pub(super) fn unread(&self, text: &str, ty: &Type, span: super::Span) -> Bound<Expr> {
        match self.failing(text, ty, span) {
            Some(failing) => Ok(failing),
            None => self.refuse(
                codes::LITERAL,
                format!("the literal `{text}` is not understood as `{ty}`"),
                span,
            ),
        }
    }

    /// The conversion that fails, if the source fails for this constant too.
    fn failing(&self, text: &str, ty: &Type, span: super::Span) -> Option<Expr> {
        let raises = self.evaluates
            && self.lowering.is_empty()
            && self.spec.traits().raises_for_constants
            && !self.settings.is("ansi", "off");
        if !raises || !is_no_value(text.trim(), ty, self.spec.traits().rounds_constants) {
            return None;
        }
        let kind = ExprKind::Literal(Literal::Text(text.to_owned()));
        let expr = Box::new(Expr { kind, ty: Type::Text, span });
        Some(Expr { kind: ExprKind::Cast { expr }, ty: ty.clone(), span })
    }
}

/// Is it no value of the type by any vendor's reading?
fn is_no_value(text: &str, ty: &Type, rounds: bool) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    let lower = digits.to_ascii_lowercase();
    match ty {
        Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric(_) | Type::Float4 | Type::Float8 => {
            // Infinity, hexadecimal digits, and suffixes are numbers for some.
            let special = ["nan", "inf", "0x"].iter().any(|start| lower.starts_with(start));
            let letters = lower.chars().any(|c| c.is_ascii_lowercase() && !"edflx".contains(c));
            let fraction = ty.is_integer()
                && !rounds
                && digits.split_once('.').is_some_and(|(whole, part)| {
                    let plain = |d: &str| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit());
                    plain(whole) && plain(part)
                });
            text.is_ascii() && ((letters && !special) || fraction)
        }
        ty if ty.is_date_or_timestamp() && *ty != Type::TimestampTz => {
            let parts: Vec<usize> = text.split('-').map(str::len).collect();
            let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
            // The year zero is one for some.
            parts == [4, 2, 2]
                && plain
                && !text.starts_with("0000")
                && datetime::date(text).is_none()
        }
        _ => false,
    }
}

/// Is every item of the statement's SELECT list evaluated, whatever the engine?
pub(super) fn is_evaluated(statement: &ast::Statement) -> bool {
    let ast::Statement::Query(query) = statement else { return false };
    let plain = query.with.is_none()
        && query.order_by.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none();
    let SetExpr::Select(select) = &*query.body else { return false };
    let groups = matches!(&select.group_by, ast::GroupByExpr::Expressions(keys, with)
        if keys.is_empty() && with.is_empty());
    plain
        && groups
        && select.from.is_empty()
        && select.selection.is_none()
        && select.having.is_none()
        && select.qualify.is_none()
        && select.distinct.is_none()
        && select.top.is_none()
        && select.projection.iter().all(|item| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                is_strict(expr)
            }
            _ => false,
        })
}

/// Constants, casts and arithmetic: nothing that could leave an operand out.
fn is_strict(expr: &E) -> bool {
    match expr {
        E::Value(_) | E::TypedString(_) => true,
        E::Nested(inner) | E::UnaryOp { op: ast::UnaryOperator::Minus, expr: inner } => {
            is_strict(inner)
        }
        E::Cast { kind: CastKind::Cast | CastKind::DoubleColon, expr, format: None, .. } => {
            is_strict(expr)
        }
        E::BinaryOp { left, op: B::Plus | B::Minus | B::Multiply | B::Divide, right } => {
            is_strict(left) && is_strict(right)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use model::Dialect;

    #[test]
    fn what_may_be_a_value_somewhere_is_one() {
        for (text, ty, none) in [
            ("abc", Type::Int4, true),
            ("12abc", Type::Int4, true),
            ("4.5", Type::Int4, true),
            ("1e3", Type::Int4, false),
            ("0xAB", Type::Int4, false),
            ("", Type::Int4, false),
            ("-inf", Type::Float8, false),
            ("NaN", Type::NUMERIC, false),
            ("1.0f", Type::Float8, false),
            ("4.5", Type::NUMERIC, false),
            ("2023-02-29", Type::Date, true),
            ("2024-02-29", Type::Date, false),
            ("0000-01-01", Type::Date, false),
            ("today", Type::Date, false),
        ] {
            assert_eq!(is_no_value(text, &ty, false), none, "{text}");
        }
        assert!(!is_no_value("4.5", &Type::Int4, true));
    }

    #[test]
    fn conditions_leave_open_what_is_evaluated() {
        for (text, evaluated) in [
            ("SELECT CAST('x' AS int) + 1 AS a, DATE '2024-01-01'", true),
            ("SELECT 'x'::int LIMIT 0", false),
            ("SELECT 'x'::int FROM t", false),
            ("SELECT 'x'::int WHERE false", false),
            ("SELECT coalesce(1, 'x'::int)", false),
            ("SELECT CASE WHEN true THEN 1 ELSE 'x'::int END", false),
            ("SELECT 'x'::int UNION SELECT 1", false),
            ("SELECT count('x'::int)", false),
        ] {
            let parsed = parse(text, Dialect::Postgres).unwrap();
            assert_eq!(is_evaluated(&parsed.statement), evaluated, "{text}");
        }
    }
}
