//! How long a text can be, in characters.

use super::Binder;
use crate::{
    tree::{Body, Column, Expr, ExprKind, Literal},
    types::Type,
};

impl Binder<'_> {
    /// Does the limit of a text show, as it does where ISNULL cuts by it?
    pub(super) fn counts_limits(&self) -> bool {
        self.spec.traits().limits_count && self.lowering.is_empty()
    }

    /// Gives columns of texts the limit that their texts have; to those who read them an expression of no
    /// known limit is one, too.
    pub(super) fn limited(&self, bodies: &[&Body], columns: &mut [Column]) {
        if !self.counts_limits() {
            return;
        }
        for (index, column) in columns.iter_mut().enumerate() {
            if column.ty.is_text() {
                let mut cells = Vec::new();
                for body in bodies {
                    cells_of(body, index, &mut cells);
                }
                let limit = of_longest(cells.into_iter());
                column.ty = limit.map_or(Type::Varchar(None), type_of);
            }
        }
    }
}

/// What has no limit.
const MAX: u32 = i32::MAX.unsigned_abs();

/// The type of a text of this limit. An empty constant has room for one.
pub(super) fn type_of(limit: u32) -> Type {
    if limit == MAX { Type::Text } else { Type::Varchar(Some(limit.max(1))) }
}

/// What column `index` of a query is made of.
pub(super) fn cells_of<'b>(body: &'b Body, index: usize, found: &mut Vec<&'b Expr>) {
    match body {
        Body::Select(select) => found.extend(select.items.get(index).map(|item| &item.expr)),
        Body::Values(rows) => found.extend(rows.iter().filter_map(|row| row.get(index))),
        Body::SetOperation { left, right, .. } => {
            cells_of(&left.body, index, found);
            cells_of(&right.body, index, found);
        }
    }
}

/// The limit of a text as its declaration says it, also behind functions that keep it; nothing where
/// it is not known.
pub(super) fn of(expr: &Expr) -> Option<u32> {
    match &expr.kind {
        ExprKind::Column { .. } | ExprKind::Cast { .. } => match &expr.ty {
            Type::Varchar(Some(limit)) => Some(*limit),
            Type::Text => Some(MAX),
            _ => None,
        },
        ExprKind::Literal(Literal::Text(text)) => u32::try_from(text.chars().count()).ok(),
        ExprKind::Literal(Literal::Null) => match &expr.ty {
            Type::Varchar(Some(limit)) => Some(*limit),
            _ => Some(MAX),
        },
        ExprKind::Coerce { expr } => of(expr),
        ExprKind::Subscript { base, .. } => of(base),
        ExprKind::Scalar(query) => match query.columns.first()?.ty {
            Type::Varchar(limit) => limit,
            Type::Text => Some(MAX),
            _ => None,
        },
        // Of a cast, or of several of one limit, among which constants may be longer.
        ExprKind::Case { branches, otherwise, .. } if let Type::Varchar(Some(limit)) = expr.ty => {
            let all = branches.iter().map(|(_, then)| then).chain(otherwise.as_deref());
            Some(limit.max(longest_literal(all)))
        }
        ExprKind::Call(call) if let Type::Varchar(Some(limit)) = expr.ty => {
            Some(limit.max(longest_literal(call.args.iter().filter(|_| call.name == "coalesce"))))
        }
        ExprKind::Call(call) => match call.name {
            // What a replacement makes has the length that a text can have without `(max)`.
            "replace" | "regexp_replace" | "string_agg" => Some(8_000),
            "json_scalar" | "to_char" => Some(4_000),
            "left" if call.args.first()?.text() == Some("") => Some(0),
            "upper" | "lower" | "ltrim" | "rtrim" | "btrim" | "reverse" | "lag" | "lead"
            | "first_value" | "last_value" | "min" | "max" | "nullif" => of(call.args.first()?),
            // All behind a place.
            "substring" if call.args.len() == 2 => of(call.args.first()?),
            // A part of a constant length.
            "left" | "right" | "substring" if call.args.len() > 1 => {
                let most = u32::try_from(call.args.last().and_then(Expr::integer)?).ok()?;
                Some(of(call.args.first()?)?.min(most))
            }
            "||" | "concat" => {
                let add = |all: u32, one: Option<u32>| Some(all.saturating_add(one?).min(MAX));
                call.args.iter().map(of).try_fold(0, add)
            }
            "coalesce" => of_longest(call.args.iter()),
            "array_agg" => of(call.args.first()?),
            _ => None,
        },
        ExprKind::Case { branches, otherwise, .. } => {
            of_longest(branches.iter().map(|(_, then)| then).chain(otherwise.as_deref()))
        }
        _ => None,
    }
}

/// A limit that a text has at least: its own where that is known.
pub(super) fn at_least(expr: &Expr) -> u32 {
    let of_call = || {
        let call = expr.call()?;
        let length = call.args.last().filter(|_| call.args.len() > 1).and_then(Expr::integer);
        let length = length.and_then(|length| u32::try_from(length).ok());
        match call.name {
            "substring" if call.args.len() == 2 => call.args.first().map(at_least),
            "substring" | "left" | "right" => {
                call.args.first().map(at_least).zip(length).map(|(limit, length)| limit.min(length))
            }
            _ => None,
        }
    };
    of(expr).or_else(of_call).unwrap_or(1).max(1)
}

fn longest_literal<'e>(texts: impl Iterator<Item = &'e Expr>) -> u32 {
    texts.filter(|text| text.text().is_some()).filter_map(of).max().unwrap_or(0)
}

/// The limit of what is one of several texts. NULL adds nothing.
fn of_longest<'e>(texts: impl Iterator<Item = &'e Expr>) -> Option<u32> {
    let all: Option<Vec<u32>> = texts.filter(|text| !text.is_null()).map(of).collect();
    all?.into_iter().max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_declared_or_unknown() {
        let span = model::Span::new(0, 0);
        let literal = |text: &str| Expr {
            kind: ExprKind::Literal(Literal::Text(text.to_owned())),
            ty: Type::Text,
            span,
        };
        let column = |ty| Expr {
            kind: ExprKind::Column { relation: None, name: "x".to_owned(), qualified: false },
            ty,
            span,
        };
        assert_eq!(of(&literal("naïve")), Some(5));
        assert_eq!(of(&column(Type::Varchar(Some(20)))), Some(20));
        assert_eq!(of(&column(Type::Int4)), None);
        assert_eq!(
            of(&Expr { kind: ExprKind::Row(vec![literal("a")]), ty: Type::Record, span }),
            None
        );
    }
}
