//! Rows of an `INSERT … VALUES` whose values are of several types, in a dialect that makes them one table by the
//! rules of UNION ALL before it stores them: of `('01'), (5)` it stores `1` and `5` in a column of texts.
//!
//! Sources: <https://learn.microsoft.com/en-us/sql/t-sql/queries/table-value-constructor-transact-sql>,
//! <https://docs.snowflake.com/en/sql-reference/constructs/values>; Spark 4.0.1 was seen to do so.

use super::target::{Written, is_default};
use crate::{
    bind::{Binder, Bound, said::unmarked},
    tree::{Cell, Column, Expr},
    types::Type,
};
use sqlparser::ast;

impl Binder<'_> {
    /// The rows, each value as it is stored.
    pub(super) fn united_rows(
        &mut self,
        values: &ast::Values,
        written: &Written,
        columns: &[Column],
    ) -> Bound<Vec<Vec<Cell>>> {
        let span = self.place;
        let mut rows: Vec<Vec<Option<Expr>>> = Vec::with_capacity(values.rows.len());
        for row in &values.rows {
            self.as_many(row.content.len(), columns)?;
            let mut cells = Vec::with_capacity(columns.len());
            for value in &row.content {
                let mut bound = if is_default(value) { None } else { Some(self.expr(value)?) };
                // What is stored has the collation of its column.
                unmarked(&mut bound);
                cells.push(bound);
            }
            rows.push(cells);
        }
        for (index, column) in columns.iter().enumerate() {
            let cells: Vec<Option<&Expr>> =
                rows.iter().filter_map(|row| row.get(index)).map(Option::as_ref).collect();
            let given: Vec<&Expr> =
                cells.iter().copied().flatten().filter(|cell| !cell.is_null()).collect();
            if are_alike(&given, &column.ty) {
                continue;
            }
            if cells.contains(&None) {
                return self.unsupported("DEFAULT among values of several types", span);
            }
            let ty = self.common_type(given.iter().map(|cell| &cell.ty), span)?;
            for cell in rows.iter_mut().filter_map(|row| row.get_mut(index)) {
                if let Some(value) = cell.take() {
                    let value = if value.is_null() { value } else { self.unify(value, &ty)? };
                    *cell = Some(value);
                }
            }
        }
        let mut stored = Vec::with_capacity(rows.len());
        for row in rows {
            let mut cells = Vec::with_capacity(columns.len());
            for (value, column) in row.into_iter().zip(columns) {
                cells.push(match value {
                    None => Cell::Default,
                    Some(value) => {
                        let value = self.stored(value, &column.ty)?;
                        Cell::Value(self.taken(written, column, value)?)
                    }
                });
            }
            stored.push(cells);
        }
        Ok(stored)
    }
}

/// Does each of them become the same in a column of type `to`, whatever the others are?
fn are_alike(cells: &[&Expr], to: &Type) -> bool {
    let Some((first, rest)) = cells.split_first() else { return true };
    let text = |cell: &&Expr| cell.ty.is_character() || cell.ty == Type::Unknown;
    let exact = |cell: &&Expr| cell.ty.is_integer() || matches!(cell.ty, Type::Numeric(_));
    // So many digits before and behind the point have room in one type.
    let room = || {
        let shapes = cells.iter().map(|cell| cell.ty.decimal_shape());
        let parts =
            shapes.map(|shape| shape.map(|s| (s.precision.saturating_sub(s.scale), s.scale)));
        let both = parts.collect::<Option<Vec<_>>>()?;
        let whole = both.iter().map(|(whole, _)| *whole).max()?;
        let scale = both.iter().map(|(_, scale)| *scale).max()?;
        Some(whole + scale <= 38)
    };
    rest.iter().all(|cell| cell.ty == first.ty)
        || cells.iter().all(text)
        || (cells.iter().all(exact) && to.is_number() && room() == Some(true))
}
