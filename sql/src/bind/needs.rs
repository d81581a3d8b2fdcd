//! Types that a construct needs and nobody tells. Such a value can be passed on, counted and asked
//! for NULL, which is the same for every type; what looks into it is refused by its name.

use super::{Binder, Bound, codes};
use crate::{tree::Expr, types::Type};
use model::Diagnostic;

/// So many characters of an expression name it in a message.
const SHOWN: usize = 40;

impl Binder<'_> {
    /// Refuses for want of the type of what stands at `span`; `told` is what is said of it.
    pub(super) fn needs_type<T>(&self, told: &Type, span: super::Span) -> Bound<T> {
        let text = self.parsed.text.get(span.start..span.end).unwrap_or("").trim();
        let cut = text.char_indices().nth(SHOWN).and_then(|(at, _)| text.get(..at));
        let named = cut.map_or_else(|| text.to_owned(), |cut| format!("{cut}…"));
        let hint = match told {
            Type::Other(name) => format!(
                "`{name}` is no type that is known of {}; give the catalog one that is",
                self.spec.source.dialect.title()
            ),
            _ => "write a CAST to the type that it has".to_owned(),
        };
        let refusal =
            Diagnostic::error(codes::TYPES, format!("needs type of `{named}`"), Some(span));
        Err(refusal.with_hint(hint))
    }

    /// Refuses the first of the expressions whose type is not known.
    pub(super) fn known(&self, exprs: &[Expr]) -> Bound<()> {
        let unknown = exprs.iter().find(|expr| matches!(expr.ty.innermost(), Type::Other(_)));
        unknown.map_or(Ok(()), |expr| self.needs_type(expr.ty.innermost(), expr.span))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse, tables_of_ddl};
    use model::Dialect;

    /// What is said of a query over a table with a column `g` of a type that nobody knows.
    fn said(sql: &str) -> Option<String> {
        let ddl = "CREATE TABLE t (id int, g geometry, j jsonb)";
        let catalog = Catalog::new(&tables_of_ddl(ddl, Dialect::Postgres).unwrap());
        parse(sql, Dialect::Postgres).unwrap().bind(&catalog, &[]).err().map(|d| d.message)
    }

    #[test]
    fn a_value_of_unknown_type_is_passed_on() {
        for sql in [
            "SELECT g FROM t",
            "SELECT count(g), count(*) FROM t WHERE g IS NOT NULL",
            "SELECT CASE WHEN id > 1 THEN g END, coalesce(g, g) FROM t",
            "SELECT g FROM t UNION ALL SELECT g FROM t",
        ] {
            assert_eq!(said(sql), None, "{sql}");
        }
    }

    #[test]
    fn what_looks_into_it_needs_its_type() {
        for sql in [
            "SELECT upper(g) FROM t",
            "SELECT g || 'a' FROM t",
            "SELECT g = g FROM t",
            "SELECT id FROM t WHERE g IN (SELECT g FROM t)",
            "SELECT g::text FROM t",
            "SELECT max(g) FROM t",
            "SELECT count(DISTINCT g) FROM t",
            "SELECT array_agg(g) FROM t",
            "SELECT DISTINCT g FROM t",
            "SELECT DISTINCT ON (g) id FROM t",
            "SELECT count(*) FROM t GROUP BY g",
            "SELECT g FROM t GROUP BY 1",
            "SELECT g FROM t GROUP BY ROLLUP (g)",
            "SELECT id FROM t ORDER BY g",
            "SELECT g FROM t ORDER BY 1",
            "SELECT count(*) OVER (PARTITION BY g) FROM t",
            "SELECT rank() OVER (ORDER BY g) FROM t",
            "SELECT first_value(g) OVER (ORDER BY id) FROM t",
            "SELECT g FROM t UNION SELECT g FROM t",
            "SELECT g FROM t EXCEPT ALL SELECT g FROM t",
            "SELECT id FROM t JOIN t AS u USING (g)",
            "SELECT count(*) FROM t NATURAL JOIN t AS u",
        ] {
            let said = said(sql).unwrap_or_default();
            assert!(said.starts_with("needs type of `"), "{sql}: {said}");
        }
        assert_eq!(said("SELECT upper(g) FROM t").unwrap(), "needs type of `g`");
        assert_eq!(said("SELECT $1").unwrap(), "needs type of `$1`");
    }

    /// The targets hold JSON as text: `1.0` and `1.00` are two there.
    #[test]
    fn rows_are_not_told_apart_by_json() {
        for sql in [
            "SELECT DISTINCT j FROM t",
            "SELECT count(*) FROM t GROUP BY j",
            "SELECT j FROM t ORDER BY j",
            "SELECT j FROM t UNION SELECT j FROM t",
            "SELECT count(*) OVER (PARTITION BY j) FROM t",
            "SELECT count(DISTINCT j) FROM t",
            "SELECT t.id FROM t JOIN t AS u USING (j)",
        ] {
            let said = said(sql).unwrap_or_default();
            assert!(said.contains("comparing values of type `jsonb`"), "{sql}: {said}");
        }
    }
}
