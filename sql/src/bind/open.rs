//! What a statement leaves open: marks for the comparer, which cannot hold such values against each
//! other.

use super::{Binder, Bound, unsettled::Unsettled};
use crate::{
    dialects,
    facts::PLACED,
    tree::{Body, Distinct, Expr, FunctionKind, Query, SortKey, SortTarget, Statement},
};
use model::{NotComparable, NotComparableKind as Kind, Span};

const CUT: &str = "LIMIT without ORDER BY";

impl Binder<'_> {
    /// Notes that the value of `what` is open. What a definition's body calls is noted by the
    /// definition's own name.
    pub(super) fn leave_open(&mut self, kind: Kind, what: &str, span: Span) {
        if self.lowering.is_empty() {
            self.open.push(NotComparable { kind, what: what.to_owned(), span });
        }
    }

    /// The marks of a whole statement, in the order of its text, and the output columns that they
    /// reach, where that is known.
    pub(super) fn opened(
        &mut self,
        statement: &Statement,
    ) -> (Vec<NotComparable>, Option<Vec<usize>>) {
        let whole = match statement {
            Statement::Query(query) => Some(query.span),
            _ => None,
        };
        let mut marks = std::mem::take(&mut self.open);
        for mark in &mut marks {
            // How many rows the outermost LIMIT takes is known; the rows tell the rest.
            if mark.what == CUT && Some(mark.span) == whole {
                mark.kind = Kind::Cut;
            }
        }
        let mut columns = None;
        if let Statement::Query(query) = statement {
            let mut unsettled = Unsettled::of(query, &marks, self.catalog);
            columns = unsettled.reached();
            marks.append(&mut unsettled.marks);
        }
        marks.sort_by(|a, b| (a.span, a.kind, &a.what).cmp(&(b.span, b.kind, &b.what)));
        // Some clauses are bound more than once.
        marks.dedup();
        (marks, columns)
    }

    /// Notes a call of the core.
    pub(super) fn core_left_open(&mut self, name: &str, unsorted: bool, span: Span) {
        if let Some(kind) = dialects::open_of_core(name) {
            self.leave_open(kind, name, span);
        }
        if unsorted && crate::facts::ORDER_SENSITIVE_AGGREGATES.contains(&name) {
            self.without_order(name, span);
        }
    }

    /// Notes an aggregate whose input has no order.
    pub(super) fn without_order(&mut self, name: &str, span: Span) {
        self.leave_open(Kind::Unordered, &format!("{name} without ORDER BY"), span);
    }

    /// Notes `row_number()` and its like over rows without an order.
    pub(super) fn placed_without_order(&mut self, expr: &Expr, span: Span) {
        if !self.lowering.is_empty() {
            return;
        }
        let name = std::cell::Cell::new(None);
        expr.any_call(&|call| {
            let window = call.over.as_ref().filter(|_| call.kind == FunctionKind::Window);
            let open = window
                .is_some_and(|window| window.order_by.iter().all(SortKey::is_same_always))
                && PLACED.contains(&call.name);
            if open {
                name.set(Some(call.name));
            }
            open
        });
        if let Some(name) = name.get() {
            self.without_order(name, span);
        }
    }

    /// Notes a LIMIT or a DISTINCT ON that leaves open which rows it takes.
    pub(super) fn query_without_order(&mut self, query: &Query) {
        let cut = query.limit.is_some() || query.offset.is_some();
        if cut && query.order_by.iter().all(SortKey::is_same_always) {
            self.leave_open(Kind::Unordered, CUT, query.span);
        }
        if let Body::Select(select) = &query.body
            && let Distinct::On(keys) = &select.distinct
            && query.order_by.len() <= keys.len()
        {
            self.leave_open(Kind::Choice, "DISTINCT ON without an order of its rows", query.span);
        }
    }

    /// EXISTS asks whether there is a row, whichever it is.
    pub(super) fn any_row_will_do(&mut self, span: Span) {
        self.open.retain(|mark| mark.what != CUT || mark.span != span);
    }

    /// A function that is called without parentheses: `SYSDATE`. A column of that name goes first.
    pub(super) fn bare_call(&mut self, path: &[String], span: Span) -> Bound<Option<Expr>> {
        let called = |call: &&str| call.split('.').eq(path.iter().map(String::as_str));
        if self.speaks_core() || !self.spec.traits().bare_calls.iter().any(called) {
            return Ok(None);
        }
        let is_column = self.scopes.iter().any(|scope| match path {
            [name] => !scope.unqualified(name).is_empty() || scope.output(name).is_some(),
            [relation, name] => !scope.qualified(relation, name).is_empty(),
            _ => true,
        });
        if is_column {
            return Ok(None);
        }
        self.apply(&path.join("."), Vec::new(), span).map(Some)
    }
}

/// Is the key a constant that no column and no function is part of?
pub(super) fn is_literal(key: &SortKey) -> bool {
    matches!(&key.target, SortTarget::Expr(expr) if expr.is_signed_literal())
}
