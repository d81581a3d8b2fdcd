//! Values as parts of a document on `DataFusion`, where documents are texts.

use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::Emit,
};
use sql::{
    Type,
    tree::{Expr, ExprKind},
};

/// What JSON has an escape for, the backslash first.
const ESCAPES: [(&str, &str); 7] = [
    (r"'\'", r"'\\'"),
    ("'\"'", "'\\\"'"),
    ("chr(10)", r"'\n'"),
    ("chr(13)", r"'\r'"),
    ("chr(9)", r"'\t'"),
    ("chr(8)", r"'\b'"),
    ("chr(12)", r"'\f'"),
];

/// The text of the value in JSON, NULL where it is NULL; nothing for a type whose values have no known
/// text there.
pub(super) fn of(emitter: &mut Emitter, value: &Expr) -> Emit<Option<String>> {
    match &value.ty {
        Type::Text | Type::Varchar(_) => {
            let text = emitter.expr(value)?;
            let escaped = ESCAPES.iter().fold("{0}".to_owned(), |text, (letter, escape)| {
                format!("replace({text}, {letter}, {escape})")
            });
            // Other control characters are written by their numbers.
            let template = emitter.raise_if_of(
                std::slice::from_ref(value),
                r"regexp_like({0}, '[\x01-\x07\x0b\x0e-\x1f]')",
                &format!("concat('\"', {escaped}, '\"')"),
            );
            let template = format!("CASE WHEN {{0}} IS NOT NULL THEN {template} END");
            Ok(Some(fill(&template, &[text]).text))
        }
        Type::Json | Type::Jsonb => emitter.expr(value).map(|text| Some(text.text)),
        Type::Bool | Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric(Some(_)) => {
            as_text(emitter, value).map(|text| Some(text.text))
        }
        Type::Date => {
            let text = as_text(emitter, value)?;
            Ok(Some(fill("('\"' || {0} || '\"')", &[text]).text))
        }
        _ => Ok(None),
    }
}

fn as_text(emitter: &mut Emitter, value: &Expr) -> Emit<Fragment> {
    let kind = ExprKind::Cast { expr: Box::new(value.clone()) };
    emitter.expr(&Expr { kind, ty: Type::Text, span: value.span })
}
