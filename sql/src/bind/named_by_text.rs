//! `SELECT 'name' = x` of Transact-SQL names the column: there are no conditions in a SELECT list.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/queries/select-clause-transact-sql>

use super::Binder;
use sqlparser::ast::{BinaryOperator, Expr, Ident, SelectItem, Value};

impl Binder<'_> {
    /// The item with its name behind it; nothing where it has none, or where this is a comparison.
    pub(super) fn named_by_text(&self, item: &SelectItem) -> Option<SelectItem> {
        let SelectItem::UnnamedExpr(Expr::BinaryOp { left, op: BinaryOperator::Eq, right }) = item
        else {
            return None;
        };
        let Expr::Value(value) = &**left else { return None };
        let (Value::SingleQuotedString(name) | Value::NationalStringLiteral(name)) = &value.value
        else {
            return None;
        };
        let names = !self.speaks_core() && self.spec.traits().names_before;
        names.then(|| SelectItem::ExprWithAlias {
            expr: (**right).clone(),
            alias: Ident::with_quote('"', name.clone()),
        })
    }
}
