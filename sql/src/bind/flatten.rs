//! Snowflake's table functions: FLATTEN, `SPLIT_TO_TABLE`, GENERATOR.
//!
//! Each becomes a query of the core over its argument, beside the row that gives it. Of FLATTEN the
//! column SEQ is left out, whose numbers mean nothing, and with it `*`.

use super::{
    Binder, Bound,
    lower::Lowering,
    scope::{Scope, ScopeRelation},
};
use crate::{
    dialects::postgres::PostgresParser,
    facts::last_name,
    tree::{Expr, ExprKind, Relation},
    types::Type,
};
use sqlparser::{
    ast::{self, FunctionArg, FunctionArgExpr, FunctionArguments},
    parser::Parser,
};

/// Elements of a document that is an array, and members of one that is an object.
const ELEMENTS: &str = "SELECT NULL::text AS key, '[' || (_o - 1)::text || ']' AS path, \
    _o - 1 AS index, _v AS value, $1 AS this \
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof($1) = 'array' THEN $1 END) \
    WITH ORDINALITY AS _u(_v, _o)";
const MEMBERS: &str = "SELECT _k AS key, CASE WHEN _k ~ '^[A-Za-z_][A-Za-z0-9_]*$' THEN _k \
    ELSE '[''' || _k || ''']' END AS path, NULL::int8 AS index, $1 -> _k AS value, $1 AS this \
    FROM jsonb_object_keys(CASE WHEN jsonb_typeof($1) = 'object' THEN $1 END) AS _u(_k)";
/// Elements of an array whose type is known.
const ITEMS: &str = "SELECT NULL::text AS key, '[' || (_o - 1)::text || ']' AS path, \
    _o - 1 AS index, _v AS value, $1 AS this FROM unnest($1) WITH ORDINALITY AS _u(_v, _o)";
const PARTS: &str = "SELECT _o AS index, _v AS value FROM unnest(CASE WHEN $1 = '' \
    THEN ARRAY['']::text[] ELSE string_to_array($1, $2) END) WITH ORDINALITY AS _u(_v, _o)";
const NUMBERS: &str = "SELECT _i AS _seq FROM generate_series(0, $1 - 1) AS _g(_i)";

impl Binder<'_> {
    /// The call behind `TABLE(…)` or LATERAL, if it is one of these functions.
    pub(super) fn table_function(
        &mut self,
        name: &str,
        args: &[FunctionArg],
        alias: Option<&ast::TableAlias>,
        own: &mut Scope,
        before: &Scope,
    ) -> Bound<Option<Relation>> {
        if !self.spec.traits().table_functions.contains(&name) {
            return Ok(None);
        }
        let span = self.place;
        let visible = before.beside(own);
        let lateral = !visible.relations.is_empty();
        self.scopes.push(visible);
        let made = match name {
            "flatten" => self.flatten(args, span).map(Some),
            "split_to_table" => self.plain_args(args, span).and_then(|args| {
                let args: Bound<Vec<Expr>> =
                    args.into_iter().map(|arg| self.coerce(arg, &Type::Text)).collect();
                self.over(PARTS, args?, span).map(Some)
            }),
            "generator" => self.rows(args, span).map(Some),
            _ => Ok(None),
        };
        self.scopes.pop();
        let Some(query) = made? else { return Ok(None) };
        let alias = self.alias_or(alias, &format!("_q{}", span.start))?;
        let mut columns = self.renamed(query.columns.clone(), &alias, span)?;
        if name == "flatten" || name == "split_to_table" {
            let ty = Type::Internal("number of a row of input".to_owned());
            columns.insert(0, crate::tree::Column { name: "seq".to_owned(), ty });
        }
        if name == "flatten" && names(args, "outer") && names(args, "path") {
            // What it is in the row of nothing is not said.
            let ty = Type::Internal("path of what is not there".to_owned());
            for column in columns.iter_mut().filter(|column| column.name == "path") {
                column.ty = ty.clone();
            }
        }
        if !alias.columns.is_empty() {
            return self.unsupported("names for the columns of this function", span);
        }
        own.relations.push(ScopeRelation::new(alias.name.clone(), columns));
        Ok(Some(Relation::Derived { query: Box::new(query), alias, lateral }))
    }

    /// `SEQ4()` beside GENERATOR: the number of the row.
    pub(super) fn sequence(&mut self, name: &str, span: super::Span) -> Option<Bound<Expr>> {
        let known = matches!(name, "seq1" | "seq2" | "seq4" | "seq8")
            && self.scopes.last().is_some_and(|scope| {
                matches!(scope.relations.as_slice(), [one] if one.columns.iter().any(|c| c.name == "_seq"))
            });
        known.then(|| self.column(&["_seq".to_owned()], span))
    }

    /// The query that a text of the core makes of arguments.
    pub(super) fn over(
        &mut self,
        core: &str,
        args: Vec<Expr>,
        span: super::Span,
    ) -> Bound<crate::tree::Query> {
        let parsed = Parser::new(&PostgresParser)
            .try_with_sql(core)
            .and_then(|mut parser| parser.parse_query());
        let Ok(parsed) = parsed else { return self.unsupported("this table function", span) };
        self.no_capture(core, &args, span)?;
        self.lowering.push(Lowering::of(args));
        let bound = self.query(&parsed);
        self.lowering.pop();
        bound
    }

    fn flatten(&mut self, args: &[FunctionArg], span: super::Span) -> Bound<crate::tree::Query> {
        let mut input = None;
        let (mut path, mut outer, mut mode) = (None, false, "both".to_owned());
        for (index, arg) in args.iter().enumerate() {
            let (name, value) = match arg {
                FunctionArg::Named { name, arg: FunctionArgExpr::Expr(value), .. } => {
                    (name.value.to_lowercase(), value)
                }
                FunctionArg::ExprNamed {
                    name: ast::Expr::Identifier(name),
                    arg: FunctionArgExpr::Expr(value),
                    ..
                } => (name.value.to_lowercase(), value),
                FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) if index == 0 => {
                    ("input".to_owned(), value)
                }
                _ => return self.unsupported("this argument of FLATTEN", span),
            };
            let value = self.expr(value)?;
            let truth = match &value.kind {
                ExprKind::Literal(crate::tree::Literal::Bool(truth)) => Some(*truth),
                _ => None,
            };
            match (name.as_str(), truth, value.text()) {
                ("input", ..) => input = Some(value),
                ("outer", Some(truth), _) => outer = truth,
                ("recursive", Some(false), _) => {}
                ("mode", _, Some(text)) => mode = text.to_lowercase(),
                ("path", _, Some(text)) if is_plain_path(text) => path = Some(text.to_owned()),
                _ => return self.unsupported("this argument of FLATTEN", span),
            }
        }
        let Some(mut input) = input else { return self.unsupported("FLATTEN without input", span) };
        let prefix = path.clone().unwrap_or_default();
        for step in path.iter().flat_map(|path| path.split('.')) {
            let key = Expr {
                kind: ExprKind::Literal(crate::tree::Literal::Text(step.to_owned())),
                ty: Type::Text,
                span,
            };
            input = self.apply("json key", vec![input, key], span)?;
        }
        let rows = match (input.ty.element(), mode.as_str()) {
            // A text among variants is one of JSON.
            (Some(ty), "both" | "array") if ty.is_text() => {
                ITEMS.replace("_v AS value", "to_jsonb(_v) AS value")
            }
            (Some(_), "both" | "array") => ITEMS.to_owned(),
            (None, "both") => format!("{ELEMENTS} UNION ALL {MEMBERS}"),
            (None, "array") => ELEMENTS.to_owned(),
            (None, "object") => MEMBERS.to_owned(),
            _ => return self.unsupported("this mode of FLATTEN", span),
        };
        let shown = match (prefix.as_str(), outer) {
            ("", _) => "_f.path".to_owned(),
            (prefix, _) => {
                format!("'{prefix}' || CASE WHEN _f.path LIKE '[%' THEN '' ELSE '.' END || _f.path")
            }
        };
        let core = match (outer, prefix.as_str()) {
            (false, "") => rows,
            (false, _) => format!(
                "SELECT _f.key, {shown} AS path, _f.index, _f.value, _f.this FROM ({rows}) AS _f"
            ),
            // The row of nothing has an empty path, and shows what has no elements.
            (true, _) => format!(
                "SELECT _f.key, coalesce({shown}, '') AS path, _f.index, _f.value, $1 AS this \
                 FROM (SELECT 1 AS _one) AS _d LEFT JOIN ({rows}) AS _f ON TRUE"
            ),
        };
        self.over(&core, vec![input], span)
    }

    fn rows(&mut self, args: &[FunctionArg], span: super::Span) -> Bound<crate::tree::Query> {
        let count = match args {
            [
                FunctionArg::Named { name, arg: FunctionArgExpr::Expr(value), .. }
                | FunctionArg::ExprNamed {
                    name: ast::Expr::Identifier(name),
                    arg: FunctionArgExpr::Expr(value),
                    ..
                },
            ] if name.value.eq_ignore_ascii_case("rowcount") => self.expr(value)?,
            _ => return self.unsupported("GENERATOR without a number of rows alone", span),
        };
        if count.integer().is_none() {
            return self.unsupported("GENERATOR of a number that is no constant", span);
        }
        self.over(NUMBERS, vec![count], span)
    }
}

/// The name and the arguments of `TABLE(f(…))`.
pub(super) fn call_of(expr: &ast::Expr) -> Option<(String, &[FunctionArg])> {
    let ast::Expr::Function(function) = expr else { return None };
    let FunctionArguments::List(list) = &function.args else { return None };
    Some((last_name(&function.name), &list.args))
}

/// Is one of the arguments called so?
fn names(args: &[FunctionArg], wanted: &str) -> bool {
    args.iter().any(|arg| match arg {
        FunctionArg::Named { name, .. }
        | FunctionArg::ExprNamed { name: ast::Expr::Identifier(name), .. } => {
            name.value.eq_ignore_ascii_case(wanted)
        }
        _ => false,
    })
}

/// Names with points between them.
fn is_plain_path(path: &str) -> bool {
    path.split('.').all(|step| {
        step.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}
