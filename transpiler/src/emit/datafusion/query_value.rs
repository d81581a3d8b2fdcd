//! Queries inside expressions, as `DataFusion` takes them: those that give one value, and those that
//! say whether a value is in them where it takes no IN and EXISTS, as a value and under NOT. The rows
//! are counted then.
//!
//! `x IN (q)` is true where rows of `q` equal `x`, else NULL where `q` has a NULL, or `x` is one and `q`
//! has rows, else false. An ANY or ALL by size asks the least or the greatest of the rows.

use super::correlated;
use crate::{
    emit::{Emitter, query::rename},
    fragment::{Fragment, Level},
    rule::Emit,
    rules::value_of_no_row,
};
use model::Span;
use sql::{
    Type,
    tree::{Body, Call, Expr, ExprKind, FunctionKind, Item, Query, Relation, Select},
};

const UNKNOWN: &str = "CAST(NULL AS BOOLEAN)";

impl Emitter {
    /// A query that gives one value.
    pub(in crate::emit) fn scalar_on_datafusion(
        &mut self,
        query: &Query,
        span: Span,
    ) -> Emit<Fragment> {
        if query.recursive && query.is_correlated() {
            return self.refuse("a recursive query for each row is not done", span);
        }
        if let Some(done) = self.over_array(query)? {
            return Ok(done);
        }
        if from_looks_outside(query) {
            return self.values_written_out(query, span);
        }
        if !correlated::value_is_done(query) {
            return self.refuse("such a query for each row is not done", span);
        }
        self.values_of_queries = true;
        if correlated::may_have_no_row(query) {
            // It takes the value of no row for one of the rows: never NULL, perhaps.
            let mut named = query.clone();
            rename(&mut named, &["v".to_owned()]);
            let value = "CASE WHEN random() >= 0 THEN _v.v END";
            let text = self.subquery(&named)?;
            let text = format!("(SELECT {value} FROM ({text}) AS _v)");
            return Ok(Fragment::atom(self.made_by(&value_of_no_row::RULE, span, &text)));
        }
        Ok(Fragment::atom(format!("({})", self.subquery(query)?)))
    }

    /// `x IN (q)` as a value.
    pub(in crate::emit) fn counted_in(
        &mut self,
        left: &Expr,
        query: &Query,
        negated: bool,
        span: Span,
    ) -> Emit<Fragment> {
        let (rows, value) = self.rows_and_value(left, query, span)?;
        let aggregated =
            left.any_call(&|call| call.kind != FunctionKind::Scalar || call.over.is_some());
        let constant = !left.any_part(&|part| matches!(part.kind, ExprKind::Column { .. }));
        if aggregated
            || !(self.around.each_row || constant)
            || left.any_part(&|part| matches!(part.kind, ExprKind::Scalar(_)))
        {
            return self.refuse("such a value IN a query is not done outside WHERE", span);
        }
        self.values_of_queries = true;
        let found =
            format!("(SELECT count(*) FROM {rows} WHERE _in._v = {}) > 0", value.at(Level::Add));
        let (yes, no) = if negated { ("FALSE", "TRUE") } else { ("TRUE", "FALSE") };
        let unknown = unknown(&rows, &value);
        Ok(Fragment::atom(format!(
            "CASE WHEN {found} THEN {yes} WHEN {unknown} THEN {UNKNOWN} ELSE {no} END"
        )))
    }

    /// `EXISTS (q)` as a value.
    pub(in crate::emit) fn counted_exists(
        &mut self,
        query: &Query,
        negated: bool,
        span: Span,
    ) -> Emit<Fragment> {
        self.values_of_queries = true;
        let sign = if negated { "=" } else { ">" };
        if query.is_correlated() {
            let counting = counting(query).filter(|_| self.around.each_row);
            let Some(counting) = counting else {
                return self.refuse("such an EXISTS is not done outside WHERE", span);
            };
            let text = self.subquery(&counting)?;
            return Ok(Fragment::new(format!("({text}) {sign} 0"), Level::Compare));
        }
        let rows = self.exists(query)?;
        let text = format!("(SELECT count(*) FROM ({rows}) AS _in) {sign} 0");
        Ok(Fragment::new(text, Level::Compare))
    }

    /// `x < ANY (q)` and its like.
    pub(in crate::emit) fn any_or_all(
        &mut self,
        (op, all): (&str, bool),
        left: &Expr,
        query: &Query,
        span: Span,
    ) -> Emit<Fragment> {
        let correlated = query.is_correlated();
        if (op, all) == ("=", false) || (op, all) == ("<>", true) {
            let kind = ExprKind::InQuery {
                expr: Box::new(left.clone()),
                query: Box::new(query.clone()),
                negated: all,
                correlated,
            };
            return self.expr(&Expr { kind, ty: Type::Bool, span });
        }
        // The row that decides.
        let end = match (op, all) {
            (">" | ">=", true) | ("<" | "<=", false) => "max",
            ("<" | "<=", true) | (">" | ">=", false) => "min",
            _ => return self.refuse("ANY and ALL have no known translation here", span),
        };
        let (rows, value) = self.rows_and_value(left, query, span)?;
        self.values_of_queries = true;
        let decided = format!("{} {op} (SELECT {end}(_in._v) FROM {rows})", value.at(Level::Add));
        let unknown = unknown(&rows, &value);
        Ok(Fragment::atom(if all {
            format!(
                "CASE WHEN NOT ({decided}) THEN FALSE WHEN {unknown} THEN {UNKNOWN} ELSE TRUE END"
            )
        } else {
            format!("CASE WHEN {decided} THEN TRUE WHEN {unknown} THEN {UNKNOWN} ELSE FALSE END")
        }))
    }

    /// The rows of a query of one column `_v`, and the value that they are compared with.
    fn rows_and_value(
        &mut self,
        left: &Expr,
        query: &Query,
        span: Span,
    ) -> Emit<(String, Fragment)> {
        let plain = |ty: &Type| {
            (ty.is_exact_number() && *ty != Type::NUMERIC)
                || ty.is_text()
                || matches!(ty, Type::Bool | Type::Date | Type::Timestamp)
        };
        let [column] = query.columns.as_slice() else {
            return self.refuse("a row with IN has no known translation", span);
        };
        if query.is_correlated() || !plain(&left.ty) || !plain(&column.ty) {
            return self.refuse("such a query is not compared outside WHERE", span);
        }
        self.must_be_exact(left)?;
        self.values_of_queries = true;
        let value = self.expr(left)?;
        let mut named = query.clone();
        rename(&mut named, &["_v".to_owned()]);
        let rows = format!("({}) AS _in", self.subquery(&named)?);
        Ok((rows, value))
    }
}

/// Is there a NULL to compare with?
fn unknown(rows: &str, value: &Fragment) -> String {
    format!(
        "(SELECT count(*) - count(_in._v) FROM {rows}) > 0 OR {} IS NULL AND (SELECT count(*) FROM {rows}) > 0",
        value.at(Level::Atom)
    )
}

/// The query that counts the rows of a query, where what it names from outside is compared by equality
/// alone.
pub(in crate::emit) fn counting(query: &Query) -> Option<Query> {
    let Body::Select(select) = &query.body else { return None };
    let whole = query.with.is_empty() && query.limit.is_none() && query.offset.is_none();
    let plain = select.group_by.is_empty()
        && select.having.is_none()
        && select.qualify.is_none()
        && select.items.iter().all(|item| {
            !item.expr.any_call(&|call| call.kind != FunctionKind::Scalar || call.over.is_some())
        });
    let from = select.from.as_ref()?;
    let own = from.names();
    let outside = from.looks_outside(&own);
    if !(whole && plain) || outside || !correlated::equalities(select.filter.as_ref()?, &own) {
        return None;
    }
    let count = Call { star: true, ..Call::new("count", FunctionKind::Aggregate, Vec::new()) };
    let expr = Expr { kind: ExprKind::Call(Box::new(count)), ty: Type::Int8, span: query.span };
    let mut counting =
        Select::of(vec![Item { expr, name: "count".to_owned() }], Some(from.clone()));
    counting.filter.clone_from(&select.filter);
    Some(counting.into_query(query.span))
}

/// Does the FROM of a query hold a query that names a relation around them both?
fn from_looks_outside(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let Some(from @ Relation::Derived { lateral: false, .. }) = &select.from else { return false };
    from.looks_outside(&[])
}
