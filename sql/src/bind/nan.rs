//! Not a number: dialects in which it is equal to nothing and sorts below every number.
//!
//! The core language has it equal to itself and above every number.

use super::{Binder, Bound, operator::predicate};
use crate::{
    dialects::Nan,
    tree::{
        Alias, Body, Column, Distinct, Expr, ExprKind, Item, Literal, Query, Relation, Select,
        SortKey, SortTarget,
    },
    types::Type,
};

impl Binder<'_> {
    pub(super) fn nan_is_unordered(&self) -> bool {
        !self.speaks_core() && self.spec.traits().nan != Nan::Largest
    }

    /// Does it sort elsewhere than above the numbers?
    fn nan_is_moved(&self) -> bool {
        !self.speaks_core() && matches!(self.spec.traits().nan, Nan::Unordered | Nan::Last)
    }

    /// A comparison as the dialect makes it.
    pub(super) fn with_nan(&self, name: &'static str, args: Vec<Expr>, span: super::Span) -> Expr {
        let [left, right] = args.as_slice() else { return predicate(name, args, span) };
        let floats = left.ty.is_float() && right.ty.is_float();
        if !floats || !self.nan_is_unordered() {
            return predicate(name, args, span);
        }
        let plain = predicate(name, vec![left.clone(), right.clone()], span);
        let guarded = match (is_number(left), is_number(right), name) {
            (true, true, _) => return plain,
            // The core has NaN above every number.
            (false, true, ">" | ">=") => left,
            (true, false, "<" | "<=") => right,
            (true, false, _) | (false, true, _) => return plain,
            (false, false, "=" | "<>" | "<" | "<=" | ">" | ">=") => {
                // Of two values one is NaN and none is NULL.
                let one = predicate("and", vec![is_nan(left), not_null(right)], span);
                let other = predicate("and", vec![is_nan(right), not_null(left)], span);
                let nan = predicate("or", vec![one, other], span);
                let answer = Expr {
                    kind: ExprKind::Literal(Literal::Bool(name == "<>")),
                    ty: Type::Bool,
                    span,
                };
                let kind = ExprKind::Case {
                    operand: None,
                    branches: vec![(nan, answer)],
                    otherwise: Some(Box::new(plain)),
                };
                return Expr { kind, ty: Type::Bool, span };
            }
            (false, false, _) => return plain,
        };
        let number = predicate("<>", vec![guarded.clone(), nan_of(guarded)], span);
        predicate("and", vec![plain, number], span)
    }

    /// The conditions of a CASE over an operand, where that and a value of it could both be NaN.
    pub(super) fn nan_is_apart(&self, operand: &Expr, values: &[Expr]) -> Option<Vec<Expr>> {
        if !values.iter().any(|value| self.may_be_nan(operand, value)) {
            return None;
        }
        let equal =
            |value: &Expr| self.with_nan("=", vec![operand.clone(), value.clone()], value.span);
        Some(values.iter().map(equal).collect())
    }

    /// Could two values both be NaN, and so be equal to the core alone?
    fn may_be_nan(&self, one: &Expr, other: &Expr) -> bool {
        let open = |expr: &Expr| expr.ty.is_float() && !is_number(expr);
        self.nan_is_unordered() && open(one) && open(other)
    }

    /// That two values are equal or both NULL, and no NaN.
    pub(super) fn same_but_nan(&self, one: &Expr, other: &Expr) -> Expr {
        let span = other.span;
        let same = predicate("is not distinct from", vec![one.clone(), other.clone()], span);
        if !self.may_be_nan(one, other) {
            return same;
        }
        let number = predicate("is distinct from", vec![one.clone(), nan_of(one)], span);
        predicate("and", vec![same, number], span)
    }

    /// Can these values be looked for in a list as the core does it?
    pub(super) fn list_is_safe(&self, ty: &Type, list: &[Expr], span: super::Span) -> Bound<()> {
        if ty.is_float() && self.nan_is_unordered() && !list.iter().all(is_number) {
            return self.unsupported("a list of floats that could be NaN", span);
        }
        Ok(())
    }

    /// The sort keys of a window or an aggregate, NaN where the dialect has it.
    pub(super) fn keys_with_nan(&self, keys: Vec<SortKey>) -> Vec<SortKey> {
        if !self.nan_is_moved() {
            return keys;
        }
        let mut all = Vec::with_capacity(keys.len());
        for key in keys {
            if let (true, SortTarget::Expr(expr)) = (key.ty.is_float(), &key.target) {
                all.push(self.before(&key, expr));
            }
            all.push(key);
        }
        all
    }

    /// A set operation or a DISTINCT that sorts by floats, or by texts of which not all counts, as the
    /// source of a SELECT that can sort by expressions over them.
    pub(super) fn sorted_outside(
        &self,
        body: Body,
        columns: &[Column],
        keys: &mut [SortKey],
        span: super::Span,
    ) -> Body {
        let plain = match &body {
            Body::Select(select) => select.distinct != Distinct::Yes,
            Body::SetOperation { .. } => false,
            Body::Values(_) => true,
        };
        let floats = keys.iter().any(|key| key.ty.is_float());
        let by_output = keys.iter().all(|key| matches!(key.target, SortTarget::Output(_)));
        // What counts of texts is no output either.
        let texts = matches!(body, Body::SetOperation { .. })
            && self.keys().is_some()
            && keys.iter().any(|key| key.ty.is_character());
        let moved = !plain && floats && self.nan_is_moved();
        if !by_output || !(moved || texts) {
            return body;
        }
        let names: Vec<String> = (1..=columns.len()).map(|at| format!("_c{at}")).collect();
        let items: Vec<Item> = columns
            .iter()
            .zip(&names)
            .map(|(column, name)| {
                let relation = Some("_all".to_owned());
                let kind = ExprKind::Column { relation, name: name.clone(), qualified: true };
                let expr = Expr { kind, ty: column.ty.clone(), span };
                Item { expr, name: column.name.clone() }
            })
            .collect();
        let inside = Query::of(body, columns.to_vec(), span);
        let alias = Alias { name: "_all".to_owned(), columns: names };
        let relation = Relation::Derived { query: Box::new(inside), alias, lateral: false };
        Body::Select(Box::new(Select::of(items, Some(relation))))
    }

    /// The sort keys of a query.
    pub(super) fn query_keys_with_nan(
        &self,
        keys: Vec<SortKey>,
        body: &Body,
        span: super::Span,
    ) -> Bound<Vec<SortKey>> {
        if !self.nan_is_moved() || !keys.iter().any(|key| key.ty.is_float()) {
            return Ok(keys);
        }
        let mut all = Vec::with_capacity(keys.len());
        for key in keys {
            if key.ty.is_float() {
                let expr = match (&key.target, body) {
                    (SortTarget::Expr(expr), _) => Some(expr),
                    (SortTarget::Output(at), Body::Select(select)) => {
                        let sorted = select.items.get(*at).map(|item| &item.expr);
                        sorted.filter(|e| select.distinct == Distinct::No || is_number(e))
                    }
                    _ => None,
                };
                match expr {
                    Some(expr) if is_number(expr) => {}
                    Some(expr) => all.push(self.before(&key, expr)),
                    None => {
                        let what = "sorting floats of a DISTINCT or a set operation";
                        return self.unsupported(what, span);
                    }
                }
            }
            all.push(key);
        }
        Ok(all)
    }

    /// The key that puts NaN below the numbers, or at the end, and leaves NULL where it is.
    fn before(&self, key: &SortKey, expr: &Expr) -> SortKey {
        let span = key.span;
        let number = |digit: &str| Expr {
            kind: ExprKind::Literal(Literal::Number(digit.to_owned())),
            ty: Type::Int4,
            span,
        };
        // At the end it stands beside NULL, which may have been moved to the other one.
        let at_end = self.spec.traits().nan == Nan::Last && key.nulls_first == key.descending;
        let (nan, others) = if at_end { ("2", "1") } else { ("1", "2") };
        let kind = ExprKind::Case {
            operand: None,
            branches: vec![(is_nan(expr), number(nan)), (not_null(expr), number(others))],
            otherwise: None,
        };
        let rank = Expr { kind, ty: Type::Int4, span };
        SortKey { target: SortTarget::Expr(rank), ty: Type::Int4, ..key.clone() }
    }
}

/// Is it a constant, or made from a whole number, so that it cannot be NaN?
fn is_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Typed(text)) => !text.eq_ignore_ascii_case("nan"),
        ExprKind::Literal(_) => true,
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => {
            expr.ty.is_exact_number() || is_number(expr)
        }
        ExprKind::Call(call) if call.name == "random" => true,
        ExprKind::Call(call) if call.name == "unary -" => call.args.iter().all(is_number),
        _ => false,
    }
}

fn nan_of(expr: &Expr) -> Expr {
    let kind = ExprKind::Literal(Literal::Typed("NaN".to_owned()));
    Expr { kind, ty: expr.ty.clone(), span: expr.span }
}

fn is_nan(expr: &Expr) -> Expr {
    predicate("=", vec![expr.clone(), nan_of(expr)], expr.span)
}

fn not_null(expr: &Expr) -> Expr {
    predicate("is not null", vec![expr.clone()], expr.span)
}
