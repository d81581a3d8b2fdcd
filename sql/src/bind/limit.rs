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
        ExprKind::Call(call) => match call.name {
            "upper" | "lower" | "ltrim" | "rtrim" | "btrim" | "reverse" | "lag" | "lead" => {
                of(call.args.first()?)
            }
            _ => None,
        },
        _ => None,
    }
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
