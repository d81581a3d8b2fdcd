//! `MAX(x) KEEP (DENSE_RANK FIRST ORDER BY k)`: the greatest value of the rows that come first.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/FIRST.html>. That is the
//! first value of the group when it is sorted by the keys and then by the value.

use super::{Binder, Bound, lower::Decoration};
use crate::{
    tokens::oracle::{FIRST, LAST},
    tree::{Expr, ExprKind, SortKey, SortTarget},
};
use sqlparser::ast::{self, FunctionArg, FunctionArgExpr, FunctionArguments, Value};

impl Binder<'_> {
    /// Such a call; nothing for any other.
    pub(super) fn kept(
        &mut self,
        function: &ast::Function,
        span: super::Span,
    ) -> Bound<Option<Expr>> {
        let [marker, keys @ ..] = function.within_group.as_slice() else { return Ok(None) };
        let ast::Expr::Value(marker) = &marker.expr else { return Ok(None) };
        let last = match &marker.value {
            Value::SingleQuotedString(text) if text == FIRST => false,
            Value::SingleQuotedString(text) if text == LAST => true,
            _ => return Ok(None),
        };
        let name = function.name.to_string().to_lowercase();
        let arg = match &function.args {
            FunctionArguments::List(given) if given.duplicate_treatment.is_none() => {
                match given.args.as_slice() {
                    [FunctionArg::Unnamed(FunctionArgExpr::Expr(arg))] => Some(arg),
                    _ => None,
                }
            }
            _ => None,
        };
        let (Some(arg), "min" | "max", None) = (arg, name.as_str(), &function.filter) else {
            return self.unsupported("KEEP with this function", span);
        };
        let value = self.expr(arg)?;
        let mut order_by = Vec::with_capacity(keys.len() + 1);
        for key in keys {
            let mut key = self.inner_sort_key(key)?;
            if last {
                key.descending = !key.descending;
                key.nulls_first = !key.nulls_first;
                key.nulls_explicit = true;
            }
            order_by.push(key);
        }
        order_by.push(SortKey {
            ty: value.ty.clone(),
            target: SortTarget::Expr(value.clone()),
            descending: name == "max",
            nulls_first: false,
            nulls_explicit: true,
            span,
        });
        let ty = value.ty.clone();
        let all = self.resolve("array_agg", vec![value], span)?;
        let index = self.number("1", span);
        let kind = ExprKind::Subscript { base: Box::new(all), index: Box::new(index) };
        let mut first = Expr { kind, ty, span };
        let over = function.over.as_ref().map(|over| self.window(over, span)).transpose()?;
        self.decorate_lowered(
            &mut first,
            &Decoration { order_by, over, ..Decoration::default() },
            span,
        )?;
        Ok(Some(first))
    }
}
