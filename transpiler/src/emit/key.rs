//! Values by which rows are sorted, grouped or compared: their types, and what floats need on
//! `DataFusion` (`TR0390` says why).

use super::Emitter;
use crate::{
    fragment::Fragment,
    rule::Emit,
    rules::float_zero::{self, may_differ},
    targets::Target,
};
use sql::{
    Key, KeyUse, Type,
    tree::{Expr, GroupItem, Select},
};

impl Emitter {
    /// Refuses keys of types whose equality or order the target has not.
    pub(crate) fn keys_are_alike(&self, keys: &[Key]) -> Emit<()> {
        let Some(other) = keys.iter().find(|key| !self.target().has_key(&key.ty, key.of)) else {
            return Ok(());
        };
        let what = match other.of {
            KeyUse::ToldApart => "told apart alike",
            KeyUse::Joined => "joined by USING alike",
            KeyUse::Sorted => "sorted alike",
            KeyUse::Framed => "what windows are sorted by",
        };
        self.refuse(format!("values of type `{}` are not {what}", other.ty), other.span)
    }

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
        let settled = float_zero::settled(&value, expr, self.floats_inside);
        let text = self.made_by(&float_zero::RULE, expr.span, &settled.text);
        Fragment { text, level: settled.level }
    }

    /// A value of which the greatest or the least is sought.
    pub(crate) fn ranked(&mut self, expr: &Expr) -> Emit<Fragment> {
        let value = self.expr(expr)?;
        if self.target() != Target::DataFusion || self.is_key_already(expr) {
            return Ok(value);
        }
        Ok(match float_zero::with_one_nan(&value, expr) {
            Some(one) => Fragment::atom(self.made_by(&float_zero::RULE, expr.span, &one.text)),
            None => value,
        })
    }

    /// Would the target tell values of the expression apart that are equal?
    pub(super) fn has_two_zeros(&self, expr: &Expr) -> bool {
        self.target() == Target::DataFusion && may_differ(expr, self.floats_inside)
    }

    /// Floats and padded texts that the SELECT is grouped by are written as keys wherever they stand
    /// in it.
    pub(super) fn group_by_keys(&mut self, select: &Select) {
        let keys = select.group_by.iter().flat_map(GroupItem::keys);
        let keys = keys.filter_map(|key| key.expr(&select.items));
        let padded = |expr: &Expr| matches!(expr.ty, Type::Char(_));
        self.group_keys =
            keys.filter(|expr| padded(expr) || self.has_two_zeros(expr)).cloned().collect();
    }

    /// Is it written as a key by itself?
    pub(crate) fn is_key_already(&self, expr: &Expr) -> bool {
        self.group_keys.iter().any(|key| key.is_same(expr))
    }

    /// A key of the groups, in which nothing else is one.
    pub(super) fn group_key_of(&mut self, expr: &Expr) -> Emit<Fragment> {
        let keys = std::mem::take(&mut self.group_keys);
        let value = self.expr(expr);
        self.group_keys = keys;
        Ok(float_zero::settled(&value?, expr, self.floats_inside))
    }
}
