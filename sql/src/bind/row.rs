//! Rows: compared column by column, by PostgreSQL's rules for NULLs.
//!
//! Source: PostgreSQL 15 manual, 9.24.5 (row constructor comparison) and 9.9 (OVERLAPS).

use super::{Binder, Bound, codes, operator::predicate};
use crate::{
    dialects::Rows,
    tree::{Expr, ExprKind, Literal},
    types::Type,
};
use sqlparser::ast;

impl Binder<'_> {
    /// `(a, b) = (c, d)` is `a = c AND b = d`, NULLs and all. An order comparison is decided by the
    /// first pair that is not equal, and is NULL where that is not known.
    pub(super) fn compare_rows(
        &mut self,
        name: &'static str,
        left: &[Expr],
        right: &[Expr],
        span: super::Span,
    ) -> Bound<Expr> {
        if left.len() != right.len() {
            return self.refuse(codes::TYPES, "the rows have different lengths", span);
        }
        if self.row_nulls() == Rows::Values {
            return self.compare_values(name, left, right, span);
        }
        let joiner = match name {
            "=" => "and",
            "<>" => "or",
            "<" | "<=" | ">" | ">=" => return self.order_rows(name, left, right, span),
            _ => return self.unsupported("this comparison of rows", span),
        };
        self.compare_pairs((name, joiner), left, right, span)
    }

    /// Each value of a row compared by `name` with its partner; the outcomes are put together by `joiner`.
    fn compare_pairs(
        &mut self,
        (name, joiner): (&'static str, &'static str),
        left: &[Expr],
        right: &[Expr],
        span: super::Span,
    ) -> Bound<Expr> {
        let mut all: Option<Expr> = None;
        for (one, two) in left.iter().zip(right) {
            let pair = self.compare(name, one.clone(), two.clone(), span)?;
            all = Some(added(all, joiner, pair, span));
        }
        all.map_or_else(|| self.unsupported("an empty row", span), Ok)
    }

    /// What NULL makes of rows in the text that is being bound.
    fn row_nulls(&self) -> Rows {
        if self.speaks_core() { Rows::Unknown } else { self.spec.traits().rows }
    }

    /// Rows in which NULL is equal to itself.
    fn compare_values(
        &mut self,
        name: &'static str,
        left: &[Expr],
        right: &[Expr],
        span: super::Span,
    ) -> Bound<Expr> {
        let negated = match name {
            "=" | "is not distinct from" => false,
            "<>" | "is distinct from" => true,
            _ => return self.unsupported("an order of rows with NULLs", span),
        };
        let all = self.compare_pairs(("is not distinct from", "and"), left, right, span)?;
        Ok(if negated { predicate("not", vec![all], span) } else { all })
    }

    fn order_rows(
        &mut self,
        name: &'static str,
        left: &[Expr],
        right: &[Expr],
        span: super::Span,
    ) -> Bound<Expr> {
        let mut pairs = left.iter().zip(right).rev();
        let Some((one, two)) = pairs.next() else { return self.unsupported("an empty row", span) };
        let ordered = self.row_nulls() != Rows::NotOrdered;
        // An error where a comparison is NULL. It is one of that very row, so that it is not worked out before.
        let raised = |compared: &Expr| {
            let missing = predicate("is null", vec![compared.clone()], span);
            let kind = ExprKind::Literal(Literal::Bool(true));
            let truth = Expr { kind, ty: Type::Bool, span };
            let branches = vec![(missing, truth)];
            let kind = ExprKind::Case { operand: None, branches, otherwise: None };
            let when = Expr { kind, ty: Type::Bool, span };
            (!ordered).then(|| Box::new(Expr::scalar("raise", vec![when], Type::Bool, span)))
        };
        let mut rest = self.compare(name, one.clone(), two.clone(), span)?;
        if let Some(raised) = raised(&rest) {
            let missing = predicate("is null", vec![rest.clone()], span);
            let branches = vec![(missing, *raised)];
            let kind = ExprKind::Case { operand: None, branches, otherwise: Some(Box::new(rest)) };
            rest = Expr { kind, ty: Type::Bool, span };
        }
        for (one, two) in pairs {
            let differ = self.compare("<>", one.clone(), two.clone(), span)?;
            let decided = self.compare(name, one.clone(), two.clone(), span)?;
            let equal = self.compare("=", one.clone(), two.clone(), span)?;
            let otherwise = raised(&equal);
            let branches = vec![(differ, decided), (equal, rest)];
            let kind = ExprKind::Case { operand: None, branches, otherwise };
            rest = Expr { kind, ty: Type::Bool, span };
        }
        Ok(rest)
    }

    /// `(a, b) IN ((1, 2), (3, 4))`: equal to one of them.
    pub(super) fn row_in_list(
        &mut self,
        row: &[Expr],
        list: &[Expr],
        negated: bool,
        span: super::Span,
    ) -> Bound<Expr> {
        let mut any: Option<Expr> = None;
        for item in list {
            let ExprKind::Row(other) = &item.kind else {
                return self.unsupported("a row in a list of values", span);
            };
            let equal = self.compare_rows("=", row, other, span)?;
            any = Some(added(any, "or", equal, span));
        }
        let any = match any {
            Some(any) if self.row_nulls() == Rows::NotListed => {
                let kind = ExprKind::Literal(Literal::Bool(false));
                let no = Expr { kind, ty: Type::Bool, span };
                Some(predicate("coalesce", vec![any, no], span))
            }
            any => any,
        };
        match any {
            Some(any) if negated => Ok(predicate("not", vec![any], span)),
            Some(any) => Ok(any),
            None => self.unsupported("an empty list", span),
        }
    }

    /// `x IS NULL`, `x IS NOT NULL`. Is a row of NULLs one itself, as it is in the core language? Others say that
    /// it is a value, or have no such rows.
    pub(super) fn null_test(
        &mut self,
        name: &'static str,
        value: &ast::Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        let value = self.expr(value)?;
        if matches!(value.kind, ExprKind::Row(_)) && !self.speaks_core() {
            return self.unsupported("IS NULL of a row", span);
        }
        self.apply(name, vec![value], span)
    }

    /// `(start, end) OVERLAPS (start, end)`
    pub(super) fn overlaps(
        &mut self,
        left: &ast::Expr,
        right: &ast::Expr,
        span: super::Span,
    ) -> Bound<Expr> {
        let (ast::Expr::Tuple(one), ast::Expr::Tuple(two)) = (left, right) else {
            return self.unsupported("OVERLAPS of anything but two pairs", span);
        };
        let args: Bound<Vec<Expr>> = one.iter().chain(two).map(|e| self.expr(e)).collect();
        if one.len() != 2 || two.len() != 2 {
            return self.unsupported("OVERLAPS of anything but two pairs", span);
        }
        self.resolve("overlaps", args?, span)
    }
}

/// A condition put together with those before it.
fn added(before: Option<Expr>, joiner: &'static str, one: Expr, span: super::Span) -> Expr {
    match before {
        None => one,
        Some(before) => predicate(joiner, vec![before, one], span),
    }
}
