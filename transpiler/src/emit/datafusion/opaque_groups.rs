//! Conditions that DataFusion takes for each other on their way through groups (`TR0397`).

use super::dependencies::is_aggregate;
use crate::{
    emit::{Emitter, alike::Print},
    rule::Emit,
    rules::{conditions_mixed_up, keys_left_out},
    targets::Target,
};
use sql::{
    Type,
    tree::{Call, Expr, ExprKind, GroupItem, GroupKey, Select},
};

/// Most sets that are written out.
const SETS_MAX: usize = 64;

/// What is written for a GROUP BY, and the condition that it needs.
pub(in crate::emit) struct Groups {
    pub(in crate::emit) text: String,
    pub(in crate::emit) condition: Option<String>,
}

impl Emitter {
    /// GROUP BY of a SELECT.
    pub(in crate::emit) fn groups(&mut self, select: &Select) -> Emit<Groups> {
        let as_set = self.groups_as_set(select);
        let items = as_set.as_ref().map_or(select.group_by.as_slice(), std::slice::from_ref);
        self.keys_are_planned(select, items)?;
        if let Some(opaque) = self.opaque_sets(select, items)? {
            return Ok(opaque);
        }
        let groups: Emit<Vec<String>> = items.iter().map(|item| self.group_item(item)).collect();
        let mut text = groups?.join(", ");
        if let Some(GroupItem::Sets(sets)) = &as_set
            && let Some(span) = first_span(sets)
        {
            text = self.made_by(&keys_left_out::RULE, span, &text);
        }
        Ok(Groups { text, condition: None })
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

    /// The sets of a GROUP BY that DataFusion would move conditions through, with one that has no key:
    /// then it moves none. Its row of totals is taken away by the condition.
    fn opaque_sets(&mut self, select: &Select, items: &[GroupItem]) -> Emit<Option<Groups>> {
        let plain = items.iter().all(|item| matches!(item, GroupItem::Key(_)));
        let asked = self.depth > 1 && self.conditions_above
            || select.having.as_ref().is_some_and(asks_of_keys);
        if self.target() != Target::DataFusion || plain || !asked {
            return Ok(None);
        }
        let Some(mut sets) = written_out(items, select) else {
            let key = select.group_by.iter().flat_map(GroupItem::keys);
            let mut spans = key.filter_map(|key| key.expr(&select.items)).map(|expr| expr.span);
            return match spans.next() {
                Some(span) => self.refuse("conditions on so many sets of keys are not done", span),
                None => Ok(None),
            };
        };
        let Some((first, others)) = sets.split_first() else { return Ok(None) };
        let everywhere = |key: &&GroupKey| {
            is_column(key) && others.iter().all(|set| set.iter().any(|other| same(other, key)))
        };
        let Some(common) = first.iter().find(everywhere).cloned() else { return Ok(None) };
        let Some(span) = first_span(&sets) else { return Ok(None) };
        sets.push(Vec::new());
        let text = self.group_item(&GroupItem::Sets(sets))?;
        let text = self.made_by(&conditions_mixed_up::RULE, span, &text);
        let condition = format!("grouping({}) = 0", self.group_key(&common)?);
        Ok(Some(Groups { text, condition: Some(condition) }))
    }
}

/// May one of its conditions be about keys alone?
fn asks_of_keys(having: &Expr) -> bool {
    match having.call().filter(|call| call.name == "and") {
        Some(call) => call.args.iter().any(asks_of_keys),
        None => !having.any_call(&is_aggregate),
    }
}

/// The sets that the items of a GROUP BY make together.
fn written_out(items: &[GroupItem], select: &Select) -> Option<Vec<Vec<GroupKey>>> {
    let mut all: Vec<Vec<GroupKey>> = vec![Vec::new()];
    for item in items {
        let sets = match item {
            GroupItem::Key(key) => vec![vec![key.clone()]],
            GroupItem::Sets(sets) => sets.clone(),
            GroupItem::Rollup(parts) => (0..=parts.len())
                .rev()
                .map(|length| parts.iter().take(length).flatten().cloned().collect())
                .collect(),
            GroupItem::Cube(parts) => cube(parts)?,
        };
        if all.len() * sets.len() > SETS_MAX {
            return None;
        }
        all = all
            .iter()
            .flat_map(|before| sets.iter().map(|set| [before.as_slice(), set].concat()))
            .collect();
    }
    all.into_iter().map(|set| once_each(set, select)).collect()
}

fn cube(parts: &[Vec<GroupKey>]) -> Option<Vec<Vec<GroupKey>>> {
    let mut all = vec![Vec::new()];
    for part in parts {
        if all.len() * 2 > SETS_MAX {
            return None;
        }
        all = all.iter().flat_map(|set| [[set.as_slice(), part].concat(), set.clone()]).collect();
    }
    Some(all)
}

/// The keys of a set, each once. A place in the list would be a constant there.
fn once_each(set: Vec<GroupKey>, select: &Select) -> Option<Vec<GroupKey>> {
    let mut keys: Vec<GroupKey> = Vec::with_capacity(set.len());
    for key in set {
        let key = GroupKey::Expr(key.expr(&select.items)?.clone());
        if !keys.iter().any(|other| same(other, &key)) {
            keys.push(key);
        }
    }
    Some(keys)
}

fn same(one: &GroupKey, other: &GroupKey) -> bool {
    matches!((one, other), (GroupKey::Expr(one), GroupKey::Expr(other)) if one.is_same(other))
}

fn is_column(key: &GroupKey) -> bool {
    matches!(key, GroupKey::Expr(expr)
        if expr.any_part(&|part| matches!(part.kind, ExprKind::Column { .. })))
}

fn first_span(sets: &[Vec<GroupKey>]) -> Option<model::Span> {
    sets.iter().flatten().find_map(|key| match key {
        GroupKey::Expr(expr) => Some(expr.span),
        GroupKey::Output(_) => None,
    })
}
