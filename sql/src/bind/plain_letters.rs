//! `COLLATE "C"` of PostgreSQL: texts in the order of their bytes, which the targets have anyway, and
//! letters of ASCII alone, which they have not: `upper('ä' COLLATE "C")` is `ä`.
//!
//! So functions that mind which characters are letters, or which case they have, are refused for such
//! a text; those are all but a list here. A column of a subquery carries its collation with it.

use super::{Binder, Bound};
use crate::{
    tree::{Body, Expr, ExprKind, Query},
    types::Type,
};

/// The function that stands for it.
const SAID: &str = "collate c";

/// Functions and operators to which it does not matter what a letter is.
const OF_CHARACTERS: &[&str] = &[
    SAID,
    "||",
    "concat",
    "concat_ws",
    "length",
    "char_length",
    "character_length",
    "octet_length",
    "bit_length",
    "substring",
    "substr",
    "left",
    "right",
    "btrim",
    "ltrim",
    "rtrim",
    "replace",
    "translate",
    "overlay",
    "strpos",
    "position",
    "starts_with",
    "^@",
    "split_part",
    "reverse",
    "repeat",
    "lpad",
    "rpad",
    "md5",
    "ascii",
    "like",
    "not like",
    "like escape",
    "not like escape",
    "min",
    "max",
    "count",
    "string_agg",
    "array_agg",
    "json_agg",
    "jsonb_agg",
    "first_value",
    "last_value",
    "nth_value",
    "lag",
    "lead",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "is null",
    "is not null",
    "quote_literal",
    "string_to_array",
    "to_json",
    "to_jsonb",
    "one_text",
];

/// What was said of it so far.
#[derive(Debug, Default)]
pub(super) struct PlainLetters {
    said: bool,
    /// By a column of a query inside another one.
    inside: bool,
    /// Columns of tables that are declared so: relation, column.
    columns: Vec<(String, String)>,
}

/// Is a type of PostgreSQL spelled with a collation of which only letters of ASCII are letters?
pub(crate) fn has_plain_letters(spelling: &str) -> bool {
    let lower = spelling.to_ascii_lowercase();
    let collation = lower.rsplit_once(" collate ").map(|(_, name)| name.trim());
    collation.is_some_and(|name| ["c", "posix", "ucs_basic"].contains(&name))
}

impl Binder<'_> {
    /// Notes that the statement has said it.
    pub(super) fn plain_letters_said(&mut self) {
        self.plain_letters.said |= self.spec.is_core();
    }

    /// Notes which columns of a table, called `shown`, are declared so.
    pub(super) fn plain_letters_declared(&mut self, path: &[String], shown: &str) {
        if !self.spec.is_core() {
            return;
        }
        let columns = self.catalog.plain_letters(path).iter();
        let named = columns.map(|column| (shown.to_owned(), column.clone()));
        self.plain_letters.columns.extend(named);
    }

    /// Notes that a query inside another one has a column of such texts.
    pub(super) fn plain_letters_inside(&mut self, query: &Query) {
        if self.plain_letters.some() && self.plain_letters.has_column(query) {
            self.plain_letters.inside = true;
        }
    }

    /// Refuses a function for such a text, if it minds what a letter is.
    pub(super) fn minds_no_letters(
        &self,
        name: &str,
        args: &[Expr],
        span: super::Span,
    ) -> Bound<()> {
        if !self.plain_letters.some() || OF_CHARACTERS.contains(&name) {
            return Ok(());
        }
        let text = |arg: &Expr| arg.ty.is_character() || arg.ty == Type::Unknown;
        let here = |arg: &Expr| self.plain_letters.inside || self.plain_letters.is_said(arg);
        if args.iter().any(|arg| text(arg) && here(arg)) {
            let what = format!(
                "`{name}` of a text under COLLATE \"C\", which has letters of ASCII alone,"
            );
            return self.unsupported(&what, span);
        }
        Ok(())
    }
}

impl PlainLetters {
    fn some(&self) -> bool {
        self.said || !self.columns.is_empty()
    }

    fn is_said(&self, expr: &Expr) -> bool {
        expr.any_part(&|part| match &part.kind {
            ExprKind::Call(call) => call.name == SAID,
            ExprKind::Column { relation, name, .. } => self.columns.iter().any(|(of, column)| {
                column == name && relation.as_ref().is_none_or(|relation| relation == of)
            }),
            _ => false,
        })
    }

    fn has_column(&self, query: &Query) -> bool {
        match &query.body {
            Body::Select(select) => select.items.iter().any(|item| self.is_said(&item.expr)),
            Body::Values(rows) => rows.iter().flatten().any(|value| self.is_said(value)),
            Body::SetOperation { left, right, .. } => {
                self.has_column(left) || self.has_column(right)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::Dialect;

    fn refusal(text: &str) -> Option<String> {
        let parsed = parse(text, Dialect::Postgres).unwrap();
        parsed.bind(&Catalog::default(), &[]).err().map(|refused| refused.message)
    }

    #[test]
    fn letters_beyond_ascii_are_none_under_c() {
        for text in [
            "SELECT upper(x COLLATE \"C\") FROM (VALUES ('ä')) t(x)",
            "SELECT initcap(btrim(x COLLATE \"C\")) FROM (VALUES ('ä')) t(x)",
            "SELECT x COLLATE \"C\" ILIKE 'Ä' FROM (VALUES ('ä')) t(x)",
            "SELECT x COLLATE \"C\" ~* 'Ä' FROM (VALUES ('ä')) t(x)",
            "SELECT upper(y) FROM (SELECT x COLLATE \"C\" AS y FROM (VALUES ('ä')) t(x)) u",
            "WITH u AS (SELECT x COLLATE \"C\" AS y FROM (VALUES ('ä')) t(x)) SELECT lower(y) FROM u",
            "SELECT upper((SELECT max(x COLLATE \"C\") FROM (VALUES ('ä')) t(x)))",
        ] {
            let message = refusal(text).unwrap_or_default();
            assert!(message.contains("letters of ASCII"), "{text}: {message}");
        }
    }

    #[test]
    fn columns_can_be_declared_so() {
        let ddl = "CREATE TABLE t (x text COLLATE \"C\", y text, z varchar(9) COLLATE \"POSIX\")";
        let catalog = Catalog::new(&crate::tables_of_ddl(ddl, Dialect::Postgres).unwrap());
        let refusal = |text: &str| {
            let parsed = parse(text, Dialect::Postgres).unwrap();
            parsed.bind(&catalog, &[]).err().map(|refused| refused.message)
        };
        for text in [
            "SELECT upper(x) FROM t",
            "SELECT y FROM t AS u WHERE u.z ILIKE 'ä%'",
            "SELECT lower(v) FROM (SELECT x || 'a' AS v FROM t) u",
            "WITH u AS (SELECT z FROM t) SELECT initcap(z) FROM u",
        ] {
            let message = refusal(text).unwrap_or_default();
            assert!(message.contains("letters of ASCII"), "{text}: {message}");
        }
        for text in ["SELECT upper(y), length(x) FROM t ORDER BY x", "SELECT z < 'a' FROM t"] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }

    #[test]
    fn the_rest_is_the_same_under_c() {
        for text in [
            "SELECT upper(x) FROM (VALUES ('ä')) t(x) ORDER BY x COLLATE \"C\"",
            "SELECT upper(x), x COLLATE \"C\" < 'b' FROM (VALUES ('ä')) t(x)",
            "SELECT max(x COLLATE \"C\"), length(x COLLATE \"C\") FROM (VALUES ('ä')) t(x) GROUP BY x",
            "SELECT x COLLATE \"C\" LIKE 'ä%' FROM (VALUES ('ä')) t(x)",
        ] {
            assert_eq!(refusal(text), None, "{text}");
        }
    }
}
