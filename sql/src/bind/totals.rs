//! Totals of `ClickHouse` over keys that cannot be NULL: in the rows that ROLLUP and its kin add, such a key
//! has the default of its type.

use super::{
    Binder, Bound,
    grouped::{self, Replaced},
    nullability::default_of,
    operator::predicate,
};
use crate::tree::{
    Body, Call, Expr, ExprKind, FunctionKind, GroupItem, GroupKey, Item, SortKey, SortTarget,
};

impl Binder<'_> {
    /// The keys of totals that have a default instead of NULL, and what is shown of them. A row where
    /// such a key is NULL is a total of it.
    pub(super) fn keys_with_defaults(
        &self,
        group_by: &mut [GroupItem],
        items: &[Item],
        span: super::Span,
    ) -> Bound<Vec<Replaced>> {
        let mut found: Vec<Replaced> = Vec::new();
        if !self.types_lack_null() {
            return Ok(found);
        }
        let is_aggregate =
            |call: &Call| call.kind == FunctionKind::Aggregate && call.over.is_none();
        let empty = |item: &GroupItem| matches!(item, GroupItem::Sets(sets) if sets.iter().any(Vec::is_empty));
        // It has no row of the empty set there.
        if group_by.iter().any(empty) && !items.iter().any(|item| item.expr.any_call(&is_aggregate))
        {
            return self.unsupported("an empty grouping set without an aggregate", span);
        }
        for group in group_by {
            let (GroupItem::Rollup(sets) | GroupItem::Cube(sets) | GroupItem::Sets(sets)) = group
            else {
                continue;
            };
            for key in sets.iter_mut().flatten() {
                let expr = key.expr(items).cloned();
                let Some(expr) = expr.filter(|expr| self.can_be_null(expr) != Some(true)) else {
                    continue;
                };
                if self.can_be_null(&expr).is_none() {
                    return self.unsupported("totals over a key that may be Nullable", span);
                }
                // A constant is no key there, but a value of each row.
                if !expr.any_part(&|part| matches!(part.kind, ExprKind::Column { .. })) {
                    return self.unsupported("totals over a constant", span);
                }
                let Some(default) = default_of(&expr.ty, span) else {
                    return self.unsupported("totals over a key of this type", span);
                };
                let mut shown = predicate("coalesce", vec![expr.clone(), default], span);
                shown.ty = expr.ty.clone();
                *key = GroupKey::Expr(expr.clone());
                found.push(Replaced { key: expr.clone(), group: expr, shown });
            }
        }
        Ok(found)
    }

    /// Puts defaults in place of such keys.
    pub(super) fn with_defaults<'e>(
        &self,
        found: &[Replaced],
        exprs: impl Iterator<Item = &'e mut Expr>,
    ) -> Bound<()> {
        for expr in exprs.filter(|_| !found.is_empty()) {
            if grouped::has_query(expr) {
                return self.unsupported("a query beside totals", expr.span);
            }
            grouped::replace(expr, found);
        }
        Ok(())
    }

    /// Refuses an order by such a key that is not in the list: there it has its default.
    pub(super) fn order_of_totals(&self, body: &Body, order_by: &[SortKey]) -> Bound<()> {
        let Body::Select(select) = body else { return Ok(()) };
        if !self.types_lack_null() {
            return Ok(());
        }
        let sets = select.group_by.iter().filter(|item| !matches!(item, GroupItem::Key(_)));
        let keys: Vec<&Expr> = sets
            .flat_map(GroupItem::keys)
            .filter_map(|key| key.expr(&select.items))
            .filter(|expr| self.can_be_null(expr) != Some(true))
            .collect();
        for key in order_by {
            if let SortTarget::Expr(expr) = &key.target
                && expr.any_part(&|part| keys.iter().any(|key| key.is_same(part)))
            {
                return self
                    .unsupported("an order by a key of totals that is not in the list", key.span);
            }
        }
        Ok(())
    }
}
