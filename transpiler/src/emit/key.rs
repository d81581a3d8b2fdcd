//! Floats by which rows are sorted, grouped or compared, on `DataFusion`: `TR0390` says why.

use super::Emitter;
use crate::{
    fragment::Fragment,
    rule::Emit,
    rules::float_zero::{self, may_differ},
    targets::Target,
};
use sql::tree::{Expr, ExprKind, GroupItem, GroupKey, Select};

impl Emitter {
    /// A value by which rows are sorted, grouped or compared.
    pub(crate) fn key(&mut self, expr: &Expr) -> Emit<Fragment> {
        let value = self.expr(expr)?;
        Ok(self.as_key(value, expr))
    }

    /// `value`, which was written for `expr`, as a key.
    pub(crate) fn as_key(&mut self, value: Fragment, expr: &Expr) -> Fragment {
        if self.is_key_already(expr) || !self.has_two_zeros(expr) {
            return value;
        }
        let settled = float_zero::settled(&value, expr);
        let text = self.made_by(&float_zero::RULE, expr.span, &settled.text);
        Fragment { text, level: settled.level }
    }

    /// Refuses arrays where their order counts: a NULL inside one comes first on `DataFusion`.
    pub(super) fn no_order(&self, expr: &Expr) -> Emit<()> {
        if self.target() == Target::DataFusion && expr.ty.element().is_some() {
            return self.refuse("arrays are not sorted", expr.span);
        }
        Ok(())
    }

    /// Would the target tell values of the expression apart that are equal?
    pub(super) fn has_two_zeros(&self, expr: &Expr) -> bool {
        self.target() == Target::DataFusion && may_differ(expr)
    }

    /// Columns that the SELECT is grouped by are written as keys wherever they stand in it.
    pub(super) fn group_by_keys(&mut self, select: &Select) -> Emit<()> {
        for key in select.group_by.iter().flat_map(group_keys) {
            let expr = match key {
                GroupKey::Expr(expr) => expr,
                GroupKey::Output(index) => match select.items.get(*index) {
                    Some(item) => &item.expr,
                    None => continue,
                },
            };
            if !self.has_two_zeros(expr) {
                continue;
            }
            let ExprKind::Column { relation, name, .. } = &expr.kind else {
                return self.refuse("groups of computed floats are not done", expr.span);
            };
            self.group_columns.push((relation.clone(), name.clone()));
        }
        Ok(())
    }

    /// Is it a column that is written as a key by itself?
    pub(crate) fn is_key_already(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Column { relation, name, .. } => {
                self.group_columns.iter().any(|(r, n)| r == relation && n == name)
            }
            _ => false,
        }
    }
}

fn group_keys(item: &GroupItem) -> Vec<&GroupKey> {
    match item {
        GroupItem::Key(key) => vec![key],
        GroupItem::Rollup(sets) | GroupItem::Cube(sets) | GroupItem::Sets(sets) => {
            sets.iter().flatten().collect()
        }
    }
}
