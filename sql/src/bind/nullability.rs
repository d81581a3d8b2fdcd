//! `ClickHouse`: a type has no NULL unless it says so, and what would be NULL elsewhere has the default
//! value of the type: the missing side of an outer join, an aggregate over no rows, `lag` before the
//! first row.
//!
//! A dialect is of that kind if it has definitions whose name ends in ` solid` (an argument that cannot be
//! NULL) and ` nullable`. Where it is not known which of the two an argument is, neither applies.

use super::{Binder, Bound, operator::predicate, scope::Scope};
use crate::{
    dialects::{ArgType, Definition},
    tree::{Body, Column, Distinct, Expr, ExprKind, FunctionKind, Item, Literal, Query},
    types::Type,
};
use sqlparser::ast::{self, FunctionArg};

/// So many calls that bind an argument twice may stand inside each other: each doubles the work.
const TWICE_MAX: u32 = 8;

impl Binder<'_> {
    /// Do missing values have defaults?
    pub(super) fn fills(&self) -> bool {
        self.types_lack_null() && self.settings.is("join_use_nulls", "0")
    }

    /// Is a type without NULL unless it says otherwise?
    pub(super) fn types_lack_null(&self) -> bool {
        self.spec.traits().types_lack_null && self.lowering.is_empty()
    }

    /// A list of IN without its NULLs, which are passed over there.
    pub(super) fn without_null_items(
        &self,
        mut list: Vec<Expr>,
        span: super::Span,
    ) -> Bound<Vec<Expr>> {
        if !self.types_lack_null() {
            return Ok(list);
        }
        list.retain(|item| !item.is_null());
        if list.is_empty() || list.iter().any(|item| self.can_be_null(item) != Some(false)) {
            return self.unsupported("a list that may hold NULL", span);
        }
        Ok(list)
    }

    /// A subquery of IN without its NULLs, which are passed over there.
    pub(super) fn without_null_rows(&self, query: &mut Query, span: super::Span) -> Bound<()> {
        if !self.types_lack_null() {
            return Ok(());
        }
        let plain = query.limit.is_none() && query.offset.is_none();
        let Body::Select(select) = &mut query.body else {
            return self.unsupported("IN with this query", span);
        };
        let [item] = select.items.as_slice() else {
            return self.unsupported("IN with several columns", span);
        };
        let plain = plain
            && select.group_by.is_empty()
            && select.having.is_none()
            && select.qualify.is_none()
            && !matches!(select.distinct, Distinct::On(_))
            && is_plain(&item.expr);
        if !plain {
            return self.unsupported("IN with this query", span);
        }
        let condition = predicate("is not null", vec![item.expr.clone()], span);
        select.filter = Some(super::decorate::both(select.filter.take(), condition, span));
        Ok(())
    }

    /// Does a cast to this type make an error of NULL?
    pub(super) fn cast_raises_for_null(
        &mut self,
        expr: &Expr,
        data_type: &ast::DataType,
        span: super::Span,
    ) -> bool {
        let to = data_type.to_string().to_ascii_lowercase();
        let keeps = to.starts_with("nullable(") || to.starts_with("lowcardinality(nullable(");
        if !self.types_lack_null() {
            return false;
        }
        if keeps {
            self.nullable_calls.insert(span, Some(true));
            return false;
        }
        self.can_be_null(expr) != Some(false)
    }

    /// A value that is an error where it is NULL.
    pub(super) fn raising_for_null(&mut self, value: Expr, span: super::Span) -> Bound<Expr> {
        let Some(default) = default_of(&value.ty, span) else {
            return self.unsupported("a cast of what may be NULL to this type", span);
        };
        let ty = value.ty.clone();
        let error = Expr::scalar("raise", vec![default], ty.clone(), span);
        let mut solid = predicate("coalesce", vec![value, error], span);
        solid.ty = ty;
        self.nullable_calls.insert(span, Some(false));
        Ok(solid)
    }

    /// Notes which columns of a table of the catalog can be NULL.
    pub(super) fn note_nullable(&self, path: &[String], shown: &str, own: &mut Scope) {
        if !self.spec.traits().types_lack_null {
            return;
        }
        let Some(nullable) = self.catalog.nullable(path) else { return };
        for column in self.catalog.find(path).into_iter().flat_map(|columns| columns.iter()) {
            let may = nullable.contains(&column.name);
            own.nullable.push((shown.to_owned(), column.name.clone(), may));
        }
    }

    /// Notes of the columns of a query which of them can be NULL.
    pub(super) fn note_outputs(&mut self, items: &[Item]) {
        self.outputs = if self.types_lack_null() {
            items.iter().map(|item| self.holds_null(&item.expr)).collect()
        } else {
            Vec::new()
        };
    }

    /// Notes the same of a set operation, given what was noted of its left side.
    pub(super) fn outputs_of_both(&mut self, left: Vec<Option<bool>>) {
        let right = std::mem::take(&mut self.outputs);
        let pairs = left.into_iter().zip(right);
        self.outputs = pairs.map(|(one, two)| all_of([one, two])).collect();
    }

    /// The name under which a call is defined, given whether its first argument can be NULL.
    pub(super) fn by_nullability(
        &mut self,
        name: String,
        written: &[FunctionArg],
        span: super::Span,
    ) -> Bound<String> {
        let (solid, nullable) = (format!("{name} solid"), format!("{name} nullable"));
        let known = |name: &str| !self.spec.definitions(name).is_empty();
        if !known(&solid) && !known(&nullable) {
            return Ok(name);
        }
        let Some(first) = written.iter().find(|arg| !is_lambda(arg)) else { return Ok(name) };
        let (_, known) = self.with_nullability(first, span)?;
        Ok(match known {
            Some(true) => nullable,
            Some(false) => solid,
            None => name,
        })
    }

    /// An argument, and whether it can be NULL. It is bound here for that, and again as an argument.
    pub(super) fn with_nullability(
        &mut self,
        arg: &FunctionArg,
        span: super::Span,
    ) -> Bound<(Option<Expr>, Option<bool>)> {
        if self.bound_twice == TWICE_MAX {
            return self.unsupported("such calls nested this deep", span);
        }
        self.bound_twice += 1;
        let args = self.plain_args(std::slice::from_ref(arg), span);
        self.bound_twice -= 1;
        let bound = args?.pop();
        let known = match casts_to_nullable(arg) {
            Some(outermost) => outermost.then_some(true),
            None => bound.as_ref().and_then(|arg| self.holds_null(arg)),
        };
        Ok((bound, known))
    }

    /// The name under which a subscript of an array is defined, given whether its elements can be NULL.
    pub(super) fn subscript_of(&self, array: &Expr, written: &ast::Expr) -> &'static str {
        if self.spec.definitions("subscript solid").is_empty() {
            return "subscript";
        }
        let hidden = says_nullable(written);
        match self.holds_null(array).filter(|_| !hidden) {
            Some(true) => "subscript nullable",
            Some(false) => "subscript solid",
            None => "subscript",
        }
    }

    /// Notes whether a subscript can be NULL: a call that makes the array may have the same place.
    pub(super) fn note_subscript(&mut self, name: &str, span: super::Span) {
        if self.types_lack_null() {
            let known = match name {
                "subscript nullable" => Some(true),
                "subscript solid" => Some(false),
                _ => None,
            };
            self.nullable_calls.insert(span, known);
        }
    }

    /// Forgets what the arguments of a call say of its result, which is an array: these are never NULL.
    pub(super) fn is_an_array(&mut self, span: super::Span) {
        if self.types_lack_null() {
            self.nullable_calls.remove(&span);
        }
    }

    /// Can the value, or an element of the array, be NULL, as its type says?
    pub(super) fn holds_null(&self, expr: &Expr) -> Option<bool> {
        if expr.ty.element().is_none() {
            return self.can_be_null(expr);
        }
        let any =
            |args: &mut dyn Iterator<Item = &Expr>| all_of(args.map(|arg| self.holds_null(arg)));
        match &expr.kind {
            ExprKind::Literal(_) => Some(false),
            // Constants in a definition have the place of the call.
            ExprKind::Array(elements) => all_of(elements.iter().map(|one| match &one.kind {
                ExprKind::Literal(literal) => Some(*literal == Literal::Null),
                _ => self.can_be_null(one),
            })),
            ExprKind::Column { relation: Some(relation), name, .. } => self.noted(relation, name),
            ExprKind::Cast { expr } | ExprKind::Coerce { expr } => self.holds_null(expr),
            ExprKind::Case { branches, otherwise, .. } => {
                any(&mut branches.iter().map(|(_, then)| then).chain(otherwise.as_deref()))
            }
            ExprKind::Call(call) => match call.name {
                "coalesce" | "array_cat" | "array_append" | "array_prepend" => {
                    any(&mut call.args.iter())
                }
                "string_to_array" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// What is noted of a column.
    fn noted(&self, relation: &str, column: &str) -> Option<bool> {
        let facts = self.scopes.iter().rev().flat_map(|scope| &scope.nullable);
        let mut facts = facts.filter(|(r, n, _)| r == relation && n == column);
        facts.next().map(|(_, _, may)| *may)
    }

    /// Notes whether a call can be NULL, as its type says: where one of its arguments can, or as its
    /// name says. What is written for it may have a NULL of its own, which no value gets to (`CASE`
    /// without ELSE).
    pub(super) fn note_result(
        &mut self,
        definition: &Definition,
        args: &[Expr],
        span: super::Span,
    ) {
        let chooses = definition.args.iter().any(|arg| {
            use ArgType as A;
            matches!(arg, A::Any | A::AnyArray | A::AnyElement | A::Lambda(_))
        });
        let name = definition.name;
        let said = if name.ends_with(" nullable") || name == "tonullable" {
            Some(true)
        } else {
            name.ends_with(" solid").then_some(false)
        };
        let scalar = definition.kind == FunctionKind::Scalar;
        let known = match said {
            _ if !self.types_lack_null() => return,
            Some(_) if !scalar || name == "tonullable" => said,
            _ if !scalar || chooses || name.contains("null") || name.starts_with("cast ") => return,
            _ => all_of(args.iter().map(|arg| self.can_be_null(arg))),
        };
        let noted = self.nullable_calls.entry(span).or_insert(known);
        if *noted != known {
            *noted = None;
        }
    }

    /// Can the expression be NULL, as its type says?
    pub(super) fn can_be_null(&self, expr: &Expr) -> Option<bool> {
        // `x IS NULL` has the place of `x`.
        let told = |name: &str| {
            matches!(
                name,
                "is null" | "is not null" | "is distinct from" | "is not distinct from" | "count"
            )
        };
        if expr.call().is_some_and(|call| told(call.name)) {
            return Some(false);
        }
        // Arrays cannot, where types tell.
        if self.types_lack_null() && expr.ty.element().is_some() {
            return Some(false);
        }
        if let Some(noted) = self.nullable_calls.get(&expr.span) {
            return *noted;
        }
        let any = |args: &[Expr]| all_of(args.iter().map(|arg| self.can_be_null(arg)));
        match &expr.kind {
            ExprKind::Literal(literal) => Some(*literal == Literal::Null),
            ExprKind::Column { relation: Some(relation), name, .. } => self.noted(relation, name),
            ExprKind::Cast { expr } | ExprKind::Coerce { expr } => self.can_be_null(expr),
            ExprKind::Case { branches, otherwise, .. } => {
                let Some(otherwise) = otherwise else { return Some(true) };
                let mut results: Vec<Expr> =
                    branches.iter().map(|(_, then)| then.clone()).collect();
                results.push((**otherwise).clone());
                any(&results)
            }
            ExprKind::Call(call) => match call.name {
                "coalesce" => match call.args.last().map(|last| self.can_be_null(last)) {
                    Some(Some(false)) => Some(false),
                    _ => any(&call.args),
                },
                "nullif" => Some(true),
                // Aggregates, windows and functions of sets have rules of their own.
                _ if call.over.is_some() || call.kind != FunctionKind::Scalar => None,
                _ => any(&call.args),
            },
            _ => None,
        }
    }

    /// A column as it is behind an outer join.
    pub(super) fn behind_join(&self, column: Expr) -> Bound<Expr> {
        let ExprKind::Column { relation: Some(relation), .. } = &column.kind else {
            return Ok(column);
        };
        let filled = self.scopes.iter().any(|scope| scope.filled.contains(relation));
        if !filled {
            return Ok(column);
        }
        let span = column.span;
        match self.can_be_null(&column) {
            Some(true) => Ok(column),
            Some(false) => {
                let Some(default) = default_of(&column.ty, span) else {
                    return self.unsupported("the default of this type behind an outer join", span);
                };
                let ty = column.ty.clone();
                let mut filled = predicate("coalesce", vec![column, default], span);
                filled.ty = ty;
                Ok(filled)
            }
            None => self.unsupported(
                "a column behind an outer join of which is not known whether it can be NULL",
                span,
            ),
        }
    }
}

/// Notes which columns of a relation called `shown` can be NULL, where that is known.
pub(super) fn note_columns(
    columns: &[Column],
    known: &[Option<bool>],
    shown: &str,
    own: &mut Scope,
) {
    for (column, known) in columns.iter().zip(known) {
        if let Some(may) = known {
            own.nullable.push((shown.to_owned(), column.name.clone(), *may));
        }
    }
}

/// Columns, constants and scalar functions of them.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column { .. } | ExprKind::Literal(_) => true,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_plain(expr),
        ExprKind::Call(call) => {
            call.kind == FunctionKind::Scalar
                && call.over.is_none()
                && call.args.iter().all(is_plain)
        }
        _ => false,
    }
}

/// The names of the relations of a join's input.
pub(super) fn relations_of(scope: &Scope) -> Vec<String> {
    scope.relations.iter().map(|relation| relation.name.clone()).collect()
}

/// The default value of a type.
pub(super) fn default_of(ty: &Type, span: super::Span) -> Option<Expr> {
    let kind = match ty {
        Type::Int2 | Type::Int4 | Type::Int8 | Type::Numeric(_) => {
            ExprKind::Literal(Literal::Number("0".to_owned()))
        }
        Type::Float4 | Type::Float8 => ExprKind::Literal(Literal::Typed("0".to_owned())),
        Type::Text | Type::Varchar(_) => ExprKind::Literal(Literal::Text(String::new())),
        Type::Date => ExprKind::Literal(Literal::Typed("1970-01-01".to_owned())),
        Type::Timestamp => ExprKind::Literal(Literal::Typed("1970-01-01 00:00:00".to_owned())),
        _ => return None,
    };
    Some(Expr { kind, ty: ty.clone(), span })
}

/// Is there a cast to a Nullable type in an argument, and is it the outermost part? Such a value is
/// Nullable even where it is never NULL.
fn casts_to_nullable(arg: &FunctionArg) -> Option<bool> {
    if !says_nullable(arg) {
        return None;
    }
    Some(match arg {
        FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(ast::Expr::Cast { data_type, .. })) => {
            says_nullable(data_type)
        }
        _ => false,
    })
}

/// Does the text name a Nullable type, or `toNullable`?
fn says_nullable(written: &impl std::fmt::Display) -> bool {
    written.to_string().to_ascii_lowercase().contains("nullable(")
}

fn is_lambda(arg: &FunctionArg) -> bool {
    matches!(arg, FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(ast::Expr::Lambda(_))))
}

/// What several values are together.
fn all_of(each: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(false);
    for one in each {
        match one {
            Some(true) => return one,
            None => all = None,
            Some(false) => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    /// The bound query as debug text, or the message of the refusal.
    fn bound(text: &str) -> Result<String, String> {
        let table = |name: &str, columns: &[(&str, &str)]| CatalogTable {
            database: None,
            schema: None,
            name: name.to_owned(),
            columns: columns
                .iter()
                .map(|(name, ty)| CatalogColumn {
                    name: (*name).to_owned(),
                    data_type: (*ty).to_owned(),
                    nullable: true,
                })
                .collect(),
            keys: Vec::new(),
        };
        let catalog = Catalog::of(
            Dialect::ClickHouse,
            &[
                table("t", &[("id", "Int32"), ("n", "Nullable(Int32)")]),
                table("u", &[("id", "Int32"), ("s", "String"), ("m", "Nullable(String)")]),
                table("l", &[("id", "Int32"), ("a", "Array(Int32)")]),
            ],
        );
        let parsed = parse(text, Dialect::ClickHouse).map_err(|d| d.message)?;
        parsed.bind(&catalog, &[]).map(|query| format!("{query:?}")).map_err(|d| d.message)
    }

    #[test]
    fn missing_rows_have_defaults() {
        let fills = |text: &str| bound(text).map(|query| query.contains("\"coalesce\""));
        assert_eq!(fills("SELECT u.s FROM t LEFT JOIN u ON t.id = u.id"), Ok(true));
        assert_eq!(fills("SELECT u.m FROM t LEFT JOIN u ON t.id = u.id"), Ok(false));
        assert_eq!(fills("SELECT t.id FROM t LEFT JOIN u ON t.id = u.id"), Ok(false));
        assert_eq!(fills("SELECT u.s FROM t JOIN u ON t.id = u.id"), Ok(false));
        assert_eq!(fills("SELECT x FROM l LEFT ARRAY JOIN a AS x"), Ok(true));
        assert_eq!(fills("SELECT x FROM l ARRAY JOIN a AS x"), Ok(false));
        // Columns of a subquery are as what stands in its list.
        let derived = |column: &str| {
            fills(&format!(
                "SELECT v.x FROM t LEFT JOIN (SELECT id, {column} AS x FROM u) AS v ON t.id = v.id"
            ))
        };
        assert_eq!(derived("s"), Ok(true));
        assert_eq!(derived("upper(s)"), Ok(true));
        assert_eq!(derived("m"), Ok(false));
        assert_eq!(derived("toNullable(s)"), Ok(false));
        assert_eq!(derived("CAST(s AS Nullable(String))"), Ok(false));
        assert!(derived("(SELECT max(s) FROM u)").is_err());
    }

    #[test]
    fn aggregates_over_nothing_have_defaults() {
        let fills = |text: &str| bound(text).map(|query| query.contains("\"coalesce\""));
        assert_eq!(fills("SELECT sum(id) FROM t"), Ok(true));
        assert_eq!(fills("SELECT sum(n) FROM t"), Ok(false));
        assert_eq!(fills("SELECT sum(n + id) FROM t"), Ok(false));
    }

    #[test]
    fn what_hides_a_null_is_refused_or_passed_over() {
        let raises = |text: &str| bound(text).map(|query| query.contains("\"raise\""));
        assert_eq!(raises("SELECT CAST(n AS Int64) FROM t"), Ok(true));
        assert_eq!(raises("SELECT CAST(id AS Int64) FROM t"), Ok(false));
        assert!(bound("SELECT CAST(n AS Nullable(Int64)) FROM t").is_ok());
        assert!(bound("SELECT id FROM t FINAL").is_err());
        let totals = bound("SELECT id, count() FROM t GROUP BY id WITH ROLLUP").unwrap();
        assert!(totals.contains("coalesce"), "{totals}");
        assert!(bound("SELECT count() FROM t GROUP BY id WITH ROLLUP ORDER BY t.id").is_err());
        let list = bound("SELECT id FROM t WHERE n NOT IN (1, NULL)").unwrap();
        assert!(!list.contains("Null,"), "{list}");
        // A bigint and one without a sign are values of a variant, which are never equal.
        let sets = |op: &str| bound(&format!("SELECT id FROM t {op} SELECT toUInt64(id) FROM u"));
        assert!(sets("UNION ALL").is_ok());
        assert!(sets("UNION DISTINCT").is_err() && sets("INTERSECT").is_err());
        let query = bound("SELECT id FROM u WHERE id NOT IN (SELECT n FROM t)").unwrap();
        assert!(query.contains("is not null"), "{query}");
    }
}
