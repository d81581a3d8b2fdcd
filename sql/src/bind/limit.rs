//! How long a text can be, in characters.

use crate::{
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

/// The limit of a text as its declaration says it, also behind functions that keep it; nothing where
/// it is not known.
pub(super) fn of(expr: &Expr) -> Option<u32> {
    match &expr.kind {
        ExprKind::Column { .. } | ExprKind::Cast { .. } => match &expr.ty {
            Type::Varchar(Some(limit)) => Some(*limit),
            Type::Text => Some(i32::MAX.unsigned_abs()),
            _ => None,
        },
        ExprKind::Literal(Literal::Text(text)) => u32::try_from(text.chars().count()).ok(),
        ExprKind::Literal(Literal::Null) => match &expr.ty {
            Type::Varchar(Some(limit)) => Some(*limit),
            _ => Some(i32::MAX.unsigned_abs()),
        },
        ExprKind::Coerce { expr } => of(expr),
        ExprKind::Subscript { base, .. } => of(base),
        ExprKind::Call(call) => match call.name {
            "upper" | "lower" | "ltrim" | "rtrim" | "btrim" | "reverse" | "lag" | "lead"
            | "nullif" => of(call.args.first()?),
            "||" => call.args.iter().map(of).try_fold(0_u32, |all, one| all.checked_add(one?)),
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
            "substring" | "left" | "right" => {
                call.args.first().map(at_least).zip(length).map(|(limit, length)| limit.min(length))
            }
            _ => None,
        }
    };
    of(expr).or_else(of_call).unwrap_or(1).max(1)
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
