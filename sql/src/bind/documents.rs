//! Values of SQL in a document, which is what a `VARIANT` of Snowflake may be: a text that stands beside
//! one is a text in it (`NVL(j:a, '5')`), where PostgreSQL reads it as JSON.
//!
//! Source: <https://docs.snowflake.com/en/sql-reference/data-type-conversion>

use super::{Binder, Bound};
use crate::{
    dialects::DocumentTexts,
    tree::{Expr, ExprKind, Literal},
    types::Type,
};

impl Binder<'_> {
    /// A text constant where a document is wanted.
    pub(super) fn text_as_document(&self, text: String, span: super::Span) -> Bound<Expr> {
        match self.spec.traits().document_texts {
            DocumentTexts::Read => self.read_literal(&text, &Type::Jsonb, span),
            DocumentTexts::Values => {
                let kind = ExprKind::Literal(Literal::Text(text));
                self.resolve("to_jsonb", vec![Expr { kind, ty: Type::Text, span }], span)
            }
            DocumentTexts::Unknown => self.unsupported("a text beside a document", span),
        }
    }

    /// The branches of one value: where one of them is a document, they all are.
    pub(super) fn documents_together(&self, branches: Vec<Expr>) -> Bound<Vec<Expr>> {
        if self.spec.traits().document_texts != DocumentTexts::Values
            || !branches.iter().any(|branch| branch.ty == Type::Jsonb)
        {
            return Ok(branches);
        }
        let made = branches.into_iter().map(|branch| {
            let span = branch.span;
            match &branch.ty {
                Type::Int8 | Type::Bool => self.resolve("to_jsonb", vec![branch], span),
                ty if ty.is_text() => self.resolve("to_jsonb", vec![branch], span),
                _ => Ok(branch),
            }
        });
        made.collect()
    }

    /// The members of a document as it shows them: a timestamp with its milliseconds.
    pub(super) fn shown_in_documents(
        &mut self,
        members: &[Expr],
        span: super::Span,
    ) -> Bound<Vec<Expr>> {
        // A key that is there twice is an error of the vendor.
        let keys: Vec<&str> = members.iter().step_by(2).filter_map(Expr::text).collect();
        if keys.iter().enumerate().any(|(at, key)| keys.iter().skip(at + 1).any(|k| k == key)) {
            return self.unsupported("a key that is there twice", span);
        }
        let mut shown = Vec::with_capacity(members.len());
        for member in members {
            shown.push(match member.ty {
                Type::Timestamp => self.cast_by("cast", member.clone(), Type::Text, span)?,
                Type::Time | Type::TimestampTz | Type::Zoned => {
                    return self.unsupported("a value of this type in a document", span);
                }
                _ => member.clone(),
            });
        }
        Ok(shown)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::Dialect;

    #[test]
    fn what_stands_beside_a_document_is_a_value_in_it() {
        let is_read = |text: &str, dialect| {
            parse(text, dialect).is_ok_and(|parsed| parsed.bind(&Catalog::default(), &[]).is_ok())
        };
        let from = "FROM (SELECT PARSE_JSON('{}') AS j) q";
        for beside in ["'x'", "'{'", "0", "TRUE"] {
            let text = format!("SELECT COALESCE(j:a, {beside}) {from}");
            assert!(is_read(&text, Dialect::Snowflake), "{text}");
        }
        assert!(!is_read(&format!("SELECT COALESCE(j:a, 1.5) {from}"), Dialect::Snowflake));
        let text = "SELECT COALESCE(JSON_PARSE('1'), '5')";
        assert!(!is_read(text, Dialect::Redshift), "{text}");
        for members in ["'a', '10:00:00'::TIME", "'a', 1, 'a', 2"] {
            let text = format!("SELECT OBJECT_CONSTRUCT({members})");
            assert!(!is_read(&text, Dialect::Snowflake), "{text}");
        }
    }
}
