//! Constants, each so that PostgreSQL reads it as the type that it has here.

use super::Printer;
use crate::{
    emit::{literal::interval, names::text_literal},
    fragment::{Fragment, Level},
};
use sql::{
    Type,
    tree::{Expr, Literal},
};

impl Printer<'_> {
    pub(super) fn literal(literal: &Literal, ty: &Type) -> Fragment {
        let keyword = |word: &str, text: &str| {
            Fragment::new(format!("{word} {}", text_literal(text)), Level::Unary)
        };
        match (literal, ty) {
            (Literal::Null, ty) => null(ty),
            (Literal::Bool(true), _) => Fragment::atom("TRUE"),
            (Literal::Bool(false), _) => Fragment::atom("FALSE"),
            (Literal::Number(digits), ty) if is_natural(digits, ty) => Fragment::atom(digits),
            (Literal::Number(digits), ty) => cast_text(&digits.to_ascii_lowercase(), ty),
            // A quoted constant is text where nothing wants another type.
            (Literal::Text(text), _) => Fragment::atom(text_literal(text)),
            (Literal::Typed(text), Type::Date) => keyword("DATE", text),
            (Literal::Typed(text), Type::Time) => keyword("TIME", text),
            (Literal::Typed(text), Type::Timestamp) => keyword("TIMESTAMP", text),
            // As PostgreSQL's own numbers are read.
            (Literal::Typed(text), Type::Float4 | Type::Float8)
                if text.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                cast_text(&text.to_ascii_lowercase(), ty)
            }
            (Literal::Typed(text), ty) => cast_text(text, ty),
            (Literal::Interval { months, days, micros }, _) => interval(*months, *days, *micros),
        }
    }

    /// `-5`, or the whole as one constant where the digits alone would have another type.
    pub(super) fn negative(arg: &Expr) -> Option<Fragment> {
        match arg.literal() {
            Some(Literal::Number(digits)) if !is_natural(digits, &arg.ty) => {
                Some(cast_text(&format!("-{}", digits.to_ascii_lowercase()), &arg.ty))
            }
            _ => None,
        }
    }
}

/// NULL with its type. A limit says nothing about it, and would be a second cast.
fn null(ty: &Type) -> Fragment {
    match ty {
        Type::Unknown | Type::Record => Fragment::atom("NULL"),
        Type::Varchar(Some(_)) => Fragment::atom("CAST(NULL AS text)"),
        Type::Array(element) if **element == Type::Unknown => Fragment::atom("NULL"),
        Type::Numeric(_) => Fragment::atom("CAST(NULL AS numeric)"),
        ty => Fragment::atom(format!("CAST(NULL AS {ty})")),
    }
}

fn cast_text(text: &str, ty: &Type) -> Fragment {
    let ty = if matches!(ty, Type::Numeric(_)) { &Type::NUMERIC } else { ty };
    Fragment::atom(format!("CAST({} AS {ty})", text_literal(text)))
}

/// Do bare digits have this type: the first of `integer`, `bigint`, `numeric` that holds them?
fn is_natural(digits: &str, ty: &Type) -> bool {
    match ty {
        Type::Int4 => digits.parse::<i32>().is_ok(),
        Type::Int8 => digits.parse::<i32>().is_err() && digits.parse::<i64>().is_ok(),
        Type::Numeric(_) => digits.contains('.') || digits.parse::<i64>().is_err(),
        _ => false,
    }
}
