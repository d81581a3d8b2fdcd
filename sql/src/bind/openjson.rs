//! `OPENJSON(text[, path]) [WITH (name type 'path', …)]` of Transact-SQL: the elements or members of a document as
//! rows, as a query of the core.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/functions/openjson-transact-sql>. With a list of columns an
//! array gives a row for each element, an object one. What a text that is longer than its column becomes is not
//! said there: it is raised.

use super::{
    Binder, Bound,
    core_text::quoted,
    json_path::{self, Mode},
    scope::{Scope, ScopeRelation},
};
use crate::{
    tree::{Expr, Relation},
    types::Type,
};
use sqlparser::ast::{self, OpenJsonTableColumn, Value};
use std::fmt::Write as _;

/// The document: a text that is neither an object nor an array is an error.
const DOCUMENT: &str = "(CASE WHEN left(ltrim($1, E' \\t\\r\\n'), 1) IN ('{', '[') THEN $1 \
    ELSE left('', raise(length($1))) END)::json";
/// A document of which each part is written as it stands there also where its blanks are lost and its numbers
/// are read: without blanks outside of texts, or without an object or an array in it. A sign of zero is raised.
const KEPT: &str = "CASE WHEN $1 ~ '-0[^.0-9]' THEN left('', raise(length($1))) \
    WHEN $1 ~ E'^([^ \\t\\r\\n\"]|\"([^\"\\\\\\\\]|\\\\\\\\.)*\")*$' \
    OR $1 ~ '^[^\\[{]*[\\[{]([^\\[{\"]|\"([^\"\\\\]|\\\\.)*\")*$' THEN $1 ELSE left('', raise(length($1))) END";
/// The value and the type of a row without a list of columns.
const SHOWN: &str = "CASE WHEN json_typeof(_item) IN ('object', 'array') THEN _item::text \
    ELSE json_scalar(_item, '$') END AS value, CASE json_typeof(_item) WHEN 'null' THEN 0 WHEN 'string' THEN 1 \
    WHEN 'number' THEN 2 WHEN 'boolean' THEN 3 WHEN 'array' THEN 4 ELSE 5 END AS type";

impl Binder<'_> {
    /// Such an element of FROM, beside what stands before it.
    pub(super) fn openjson(
        &mut self,
        (text, path): (&ast::Expr, Option<&ast::ValueWithSpan>),
        columns: &[OpenJsonTableColumn],
        alias: Option<&ast::TableAlias>,
        (own, before): (&mut Scope, &Scope),
        span: super::Span,
    ) -> Bound<Relation> {
        let visible = before.beside(own);
        let lateral = !visible.relations.is_empty();
        let text = self.within(visible, |binder| binder.expr(text))?;
        let text = self.coerce(text, &Type::Text)?;
        let nested = columns.is_empty() || columns.iter().any(|column| column.as_json);
        let whole = if nested && self.settings.is("json_text", "exact") {
            DOCUMENT.replacen("THEN $1", &format!("THEN {KEPT}"), 1)
        } else {
            DOCUMENT.to_owned()
        };
        let document = match path {
            None => whole,
            Some(path) => match &path.value {
                Value::SingleQuotedString(path) | Value::NationalStringLiteral(path) => {
                    format!("json_at({whole}, {})", self.lax_path(path, span)?)
                }
                _ => return self.unsupported("a path into JSON that is no constant", span),
            },
        };
        let core = if columns.is_empty() {
            rows(&document)
        } else {
            self.rows_of(&document, columns, span)?
        };
        let query = self.over(&core, vec![text], span)?;
        let alias = self.alias_or(alias, "openjson")?;
        let columns = self.renamed(query.columns.clone(), &alias, span)?;
        own.relations.push(ScopeRelation::new(alias.name.clone(), columns));
        Ok(Relation::Derived { query: Box::new(query), alias, lateral })
    }

    /// A path as a constant of the core.
    fn lax_path(&self, path: &str, span: super::Span) -> Bound<String> {
        match json_path::to_core(path, Mode::Lax) {
            Some(core) => Ok(quoted(&core)),
            None => self.unsupported("this path into JSON", span),
        }
    }

    /// The rows with a list of columns.
    fn rows_of(
        &self,
        document: &str,
        columns: &[OpenJsonTableColumn],
        span: super::Span,
    ) -> Bound<String> {
        let mut items = String::new();
        for column in columns {
            let name = self.fold(&column.name);
            let own = format!("$.\"{}\"", column.name.value);
            let path = self.lax_path(column.path.as_deref().unwrap_or(&own), span)?;
            let written = column.r#type.to_string();
            let ty = self.data_type(&column.r#type, span)?;
            let value = if column.as_json {
                format!(
                    "CASE WHEN json_typeof(json_at(_item, {path})) IN ('object', 'array') \
                     THEN json_at(_item, {path})::text END"
                )
            } else {
                let text = format!("json_scalar(_item, {path})");
                let cast = format!("their_cast({text}, {})", quoted(&written));
                match ty {
                    Type::Varchar(Some(limit)) => format!(
                        "CASE WHEN length({text}) > {limit} THEN left('', raise(length({text}))) ELSE {cast} END"
                    ),
                    _ => cast,
                }
            };
            let comma = if items.is_empty() { "" } else { ", " };
            let _ = write!(items, "{comma}{value} AS \"{}\"", name.replace('"', "\"\""));
        }
        Ok(format!(
            "SELECT {items} FROM (SELECT {document} AS _doc) AS _docs CROSS JOIN LATERAL json_array_elements(\
             CASE json_typeof(_doc) WHEN 'array' THEN _doc WHEN 'object' THEN json_build_array(_doc) END) AS _items(_item)"
        ))
    }

    /// `their_cast(x, 'type')` in a text of the core: a value as the dialect casts it to a type of its own.
    pub(super) fn their_cast(&mut self, args: Vec<Expr>, span: super::Span) -> Bound<Expr> {
        let written = args.get(1).and_then(Expr::text).map(str::to_owned);
        let (Some(written), Some(value)) = (written, args.into_iter().next()) else {
            return self.unsupported("a cast of this", span);
        };
        let parsed = sqlparser::parser::Parser::new(&sqlparser::dialect::MsSqlDialect {})
            .try_with_sql(&written)
            .and_then(|mut parser| parser.parse_data_type());
        let Ok(data_type) = parsed else { return self.unsupported("a cast to this type", span) };
        let lowering = std::mem::take(&mut self.lowering);
        let cast = self.cast_as(value, &data_type, span);
        self.lowering = lowering;
        cast
    }
}

/// The rows without a list of columns: elements with their positions, or members with their names. Of members of
/// one name each has its own value there, which a query over the names does not tell: raised.
fn rows(document: &str) -> String {
    format!(
        "SELECT (_at - 1)::text AS key, {SHOWN} FROM (SELECT {document} AS _doc) AS _docs \
         CROSS JOIN LATERAL json_array_elements(CASE WHEN json_typeof(_doc) = 'array' THEN _doc END) \
         WITH ORDINALITY AS _items(_item, _at) UNION ALL SELECT _key AS key, {SHOWN} FROM \
         (SELECT _key, _doc -> _key AS _item, count(*) OVER (PARTITION BY _key) AS _same FROM (SELECT {document} AS _doc) AS _docs \
         CROSS JOIN LATERAL json_object_keys(CASE WHEN json_typeof(_doc) = 'object' THEN _doc END) AS _items(_key)) AS _members \
         WHERE CASE WHEN _same > 1 THEN raise(_same) > 0 ELSE true END"
    )
}
