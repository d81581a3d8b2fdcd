//! How many digits of a second a time shows, which the text of it has (`ClickHouse`): a `DateTime` and a
//! `DateTime64(n)` are one type here. A column of a derived table is known by what it is made of.
//!
//! Source: <https://clickhouse.com/docs/sql-reference/data-types/datetime64>

use super::{
    Binder,
    limit::cells_of,
    marks::{ColumnMarks, Mark},
};
use crate::{
    tree::{Column, Expr, ExprKind, Query},
    types::Type,
};
use sqlparser::ast;

/// The line that shows a time of whole seconds.
const SHOWN: &str = "tostring from datetime";

impl Binder<'_> {
    /// Does the dialect have several types of times that are one here?
    pub(super) fn knows_moments(&self) -> bool {
        self.spec.knows(SHOWN)
    }

    /// Notes what the times of a table show, which is called `shown`.
    pub(super) fn note_moments(&mut self, path: &[String], shown: &str, columns: &[Column]) {
        if !self.knows_moments() {
            return;
        }
        for column in columns.iter().filter(|column| column.ty == Type::Timestamp) {
            let mark = self.catalog.spelling(path, &column.name).and_then(mark_of);
            self.marked.note(shown, &column.name, mark.unwrap_or(Mark::Unsaid));
        }
    }

    /// Notes what an item of a SELECT shows, where its text says it.
    pub(super) fn note_moment(&mut self, written: &ast::Expr, bound: &Expr) {
        if self.speaks_core() || bound.ty != Type::Timestamp || !self.knows_moments() {
            return;
        }
        if let Some(mark) = self.declared(written).as_deref().and_then(mark_of) {
            self.marked.moment(bound.span, mark);
        }
    }

    /// The marks of a query's columns of times.
    pub(super) fn moments_of(&self, query: &Query) -> ColumnMarks {
        let mut marks = ColumnMarks::new();
        if !self.knows_moments() {
            return marks;
        }
        let columns = query.columns.iter().enumerate();
        for (at, _) in columns.filter(|(_, column)| column.ty == Type::Timestamp) {
            let mut cells = Vec::new();
            cells_of(&query.body, at, &mut cells);
            let mut kinds = cells.into_iter().map(|cell| self.moment_of(cell));
            let first = kinds.next().flatten();
            let same = first.filter(|first| kinds.all(|kind| kind == Some(*first)));
            marks.push((at, same.unwrap_or(Mark::Unsaid)));
        }
        marks
    }

    /// What a bound time shows.
    fn moment_of(&self, expr: &Expr) -> Option<Mark> {
        match &expr.kind {
            ExprKind::Column { .. } => self.marked.moment_of_column(expr),
            _ => self.marked.moment_at(expr.span),
        }
    }

    /// The vendor's type of a column of times.
    pub(super) fn type_of_moment(&self, expr: &Expr) -> Option<String> {
        if expr.ty != Type::Timestamp || !matches!(expr.kind, ExprKind::Column { .. }) {
            return None;
        }
        self.moment_of(expr).and_then(vendor_of)
    }

    /// The vendor's type of a column of a relation that is no table of the catalog.
    pub(super) fn type_of_derived(&self, relation: &str, name: &str) -> Option<String> {
        let (relation, name) = (Some(relation.to_owned()), name.to_owned());
        let kind = ExprKind::Column { relation, name, qualified: true };
        let column = Expr { kind, ty: Type::Timestamp, span: self.place };
        self.type_of_moment(&column)
    }
}

/// The mark of a vendor's type.
fn mark_of(vendor: &str) -> Option<Mark> {
    let [exact, _] = super::declared::names_of(&vendor.to_ascii_lowercase());
    match exact.split_once(' ') {
        None => (exact == "datetime").then_some(Mark::Seconds),
        Some(("datetime64", digits)) => digits.trim().parse().ok().map(Mark::Digits),
        _ => None,
    }
}

fn vendor_of(mark: Mark) -> Option<String> {
    match mark {
        Mark::Digits(digits) => Some(format!("datetime64({digits})")),
        Mark::Seconds => Some("datetime".to_owned()),
        _ => None,
    }
}
