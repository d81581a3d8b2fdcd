//! Columns of numbers without digits of their own, on targets that have no such type: 28 digits before the
//! point and ten behind it. What is stored there must be known to fit: more digits behind the point would be
//! rounded without a word, where more in front are an error.

use super::pieces::Pieces;
use crate::{rule::Emit, targets::Target};
use sql::{
    Type,
    tree::{Body, Cell, Column, Expr, ExprKind, Literal, Query, Relation},
};
use std::borrow::Cow;

/// Digits before the point, and behind it.
const WHOLE: u32 = 28;
const SCALE: u32 = 10;

/// The type of such a column; nothing for another one, or where the target has the type.
pub(super) fn column_type(target: Target, ty: &Type) -> Option<String> {
    let bare = *ty == Type::Numeric(None) && target != Target::Postgres;
    bare.then(|| format!("DECIMAL({}, {SCALE})", WHOLE + SCALE))
}

/// Refuses a cell that may not fit its column; `stored` says whether its columns are those of tables.
pub(super) fn cell<P: Pieces>(pieces: &P, column: &Column, cell: &Cell, stored: bool) -> Emit<()> {
    match cell {
        Cell::Value(value) => checked(pieces, column, value, stored),
        Cell::Default => Ok(()),
    }
}

/// The same of each row of a query.
pub(super) fn query<P: Pieces>(pieces: &P, columns: &[Column], query: &Query) -> Emit<()> {
    let Body::Select(select) = &query.body else {
        let bare = columns.iter().any(|one| column_type(pieces.target(), &one.ty).is_some());
        let narrow = query.columns.iter().all(|one| one.ty.is_integer() || shaped(&one.ty));
        return if bare && !narrow { refused(pieces, query.span) } else { Ok(()) };
    };
    for (column, item) in columns.iter().zip(&select.items) {
        checked(pieces, column, &item.expr, reads_tables(query))?;
    }
    Ok(())
}

/// Are the columns of a query those of tables, with the digits that were stored? What another query gives may
/// have any.
pub(super) fn reads_tables(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    query.with.is_empty() && select.from.as_ref().is_none_or(of_tables)
}

/// The same of what stands behind FROM.
pub(super) fn of_tables(relation: &Relation) -> bool {
    match relation {
        Relation::Table { .. } => true,
        Relation::Sample { input, .. } => of_tables(input),
        Relation::Join { left, right, .. } => of_tables(left) && of_tables(right),
        Relation::Derived { .. } | Relation::Function { .. } => false,
    }
}

fn checked<P: Pieces>(pieces: &P, column: &Column, value: &Expr, stored: bool) -> Emit<()> {
    if column_type(pieces.target(), &column.ty).is_none() || fits(value, stored) {
        return Ok(());
    }
    refused(pieces, value.span)
}

fn refused<P: Pieces>(pieces: &P, span: model::Span) -> Emit<()> {
    pieces.refused("a number of unknown digits in such a column is not done", span)
}

fn shaped(ty: &Type) -> bool {
    ty.decimal_shape().is_some_and(|shape| {
        shape.scale <= SCALE && shape.precision.saturating_sub(shape.scale) <= WHOLE
    })
}

/// Is the value known to have no more digits behind the point than the column?
pub(super) fn fits(value: &Expr, stored: bool) -> bool {
    if value.ty.is_integer() || (matches!(value.ty, Type::Numeric(Some(_))) && shaped(&value.ty)) {
        return true;
    }
    if let Some(digits) = literal(value) {
        let (whole, behind) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let short = |part: &str, most: u32| u32::try_from(part.len()).is_ok_and(|n| n <= most);
        return plain(whole) && plain(behind) && short(whole, WHOLE) && short(behind, SCALE);
    }
    match &value.kind {
        ExprKind::Literal(Literal::Null) => true,
        // Of a column of the same kind, which has no more.
        ExprKind::Column { .. } => stored && value.ty == Type::Numeric(None),
        ExprKind::Scalar(query) => {
            let Body::Select(select) = &query.body else { return false };
            let stored = stored && reads_tables(query);
            select.items.iter().all(|item| fits(&item.expr, stored))
        }
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => {
            value.ty == Type::Numeric(None) && expr.ty.is_number() && fits(expr, stored)
        }
        ExprKind::Case { branches, otherwise, .. } => {
            branches.iter().all(|(_, then)| fits(then, stored))
                && otherwise.as_deref().is_none_or(|one| fits(one, stored))
        }
        ExprKind::Call(call) => {
            const KEEP: &[&str] = &[
                "+", "-", "unary -", "unary +", "abs", "coalesce", "greatest", "least", "min",
                "max", "sum",
            ];
            call.over.is_none()
                && KEEP.contains(&call.name)
                && call.args.iter().all(|one| fits(one, stored))
        }
        _ => false,
    }
}

/// A constant of such a column with the digits that it has, where the target wants to know them.
pub(super) fn sized(target: Target, value: &Expr) -> Cow<'_, Expr> {
    if target != Target::DataFusion || value.ty != Type::Numeric(None) || !fits(value, false) {
        return Cow::Borrowed(value);
    }
    let Some(digits) = literal(value) else { return Cow::Borrowed(value) };
    let (whole, behind) = digits.split_once('.').unwrap_or((digits, ""));
    let count = |part: &str| u32::try_from(part.len()).unwrap_or(WHOLE);
    let ty = Type::decimal((count(whole) + count(behind)).max(1), count(behind));
    Cow::Owned(Expr { ty, ..value.clone() })
}

fn literal(value: &Expr) -> Option<&str> {
    match &value.kind {
        ExprKind::Literal(Literal::Number(digits) | Literal::Typed(digits))
            if value.ty.is_number() =>
        {
            Some(digits.strip_prefix('-').unwrap_or(digits))
        }
        _ => None,
    }
}
