//! Keys of ROLLUP, CUBE and GROUPING SETS, of which `DataFusion` must know nothing (`TR0397` says why).

use super::dependencies::is_aggregate;
use crate::{
    emit::{Emitter, alike::Print},
    fragment::Fragment,
    rule::Emit,
    rules::{keys_left_out, keys_of_sets},
    targets::Target,
};
use model::Span;
use sql::{
    Type,
    tree::{Call, Expr, GroupItem, GroupKey, Query, Select},
};

/// The value of `text`, of which nothing can be known before it is computed.
pub(in crate::emit) fn opaque(text: &str) -> String {
    format!("CASE WHEN random() >= 0 THEN {text} END")
}

impl Emitter {
    /// Notes the keys of a SELECT that are written so that nothing is known of them.
    pub(in crate::emit) fn find_opaque_keys(&mut self, select: &Select) -> Emit<()> {
        self.opaque_keys.clear();
        if self.target() != Target::DataFusion || select.group_by.is_empty() {
            return Ok(());
        }
        let several = select.group_by.iter().any(|item| !matches!(item, GroupItem::Key(_)));
        let asked = || {
            self.depth > 1 && self.conditions_above
                || select.having.as_ref().is_some_and(asks_of_keys)
        };
        let written = several || self.groups_as_set(select).is_some() && asked();
        if !written {
            return Ok(());
        }
        let keys = select.group_by.iter().flat_map(GroupItem::keys);
        self.opaque_keys = keys.filter_map(|key| key.expr(&select.items)).cloned().collect();
        // It names the column itself, which the groups do not have then.
        let mut values = select.items.iter().map(|item| &item.expr).chain(&select.having);
        match values.find(|value| asks_for_each_group(value)) {
            Some(value) => {
                self.refuse("a query for each group of sets of keys is not done", value.span)
            }
            None => Ok(()),
        }
    }

    /// An expression that is such a key. An aggregate looks at the rows before they are grouped, so
    /// that nothing in it is one.
    pub(in crate::emit) fn opaque_key(&mut self, expr: &Expr) -> Option<Emit<Fragment>> {
        if self.opaque_keys.is_empty() {
            return None;
        }
        let key = self.opaque_keys.iter().any(|key| key.is_same(expr));
        let looks_at_rows = |call: &Call| is_aggregate(call) && call.name != "grouping";
        if !key && !expr.call().is_some_and(looks_at_rows) {
            return None;
        }
        let keys = std::mem::take(&mut self.opaque_keys);
        let value = self.expr(expr);
        self.opaque_keys = keys;
        if !key {
            return Some(value);
        }
        Some(value.map(|value| {
            let text = opaque(&value.text);
            Fragment::atom(self.made_by(&keys_of_sets::RULE, expr.span, &text))
        }))
    }

    /// GROUP BY of a SELECT.
    pub(in crate::emit) fn groups(&mut self, select: &Select) -> Emit<String> {
        let as_set = self.groups_as_set(select);
        let items = as_set.as_ref().map_or(select.group_by.as_slice(), std::slice::from_ref);
        self.keys_are_planned(select, items)?;
        let groups: Emit<Vec<String>> = items.iter().map(|item| self.group_item(item)).collect();
        let text = groups?.join(", ");
        Ok(match as_set.as_ref().and_then(first_span) {
            Some(span) => self.made_by(&keys_left_out::RULE, span, &text),
            None => text,
        })
    }

    /// Refuses what DataFusion plans as a key alone, but in no set of keys: a date and days.
    fn keys_are_planned(&self, select: &Select, items: &[GroupItem]) -> Emit<()> {
        let plain = items.iter().all(|item| matches!(item, GroupItem::Key(_)));
        if self.target() != Target::DataFusion || plain {
            return Ok(());
        }
        let moved = |call: &Call| {
            ["+", "-"].contains(&call.name)
                && call.args.iter().any(|arg| arg.ty == Type::Date)
                && call.args.iter().any(|arg| arg.ty.is_integer())
        };
        let keys = items.iter().flat_map(GroupItem::keys);
        let mut exprs = keys.filter_map(|key| key.expr(&select.items));
        match exprs.find(|expr| expr.any_call(&moved)) {
            Some(key) => self.refuse("a date with days added is no key of several sets", key.span),
            None => Ok(()),
        }
    }
}

/// Is there a query in it that looks at the group, and not at its rows?
fn asks_for_each_group(expr: &Expr) -> bool {
    if expr.call().is_some_and(is_aggregate) {
        return false;
    }
    expr.query().is_some_and(Query::is_correlated)
        || expr.any_child(&mut |part| asks_for_each_group(part))
}

/// May one of its conditions be about keys alone?
fn asks_of_keys(having: &Expr) -> bool {
    match having.call().filter(|call| call.name == "and") {
        Some(call) => call.args.iter().any(asks_of_keys),
        None => !having.any_call(&is_aggregate),
    }
}

fn first_span(item: &GroupItem) -> Option<Span> {
    item.keys().into_iter().find_map(|key| match key {
        GroupKey::Expr(expr) => Some(expr.span),
        GroupKey::Output(_) => None,
    })
}
