//! What DataFusion takes for known about groups. It notes that the keys of GROUP BY (and of DISTINCT)
//! decide about the rest of a row, and leaves out later keys of ORDER BY and GROUP BY that are decided
//! already. In a list where something computed stands before a column it notes it of the wrong
//! columns, and where such rows are joined and grouped once more it still takes the keys of one side
//! for those of all: rows are not sorted by the second key, and groups fall together. It is mistaken in
//! the same way where groups compute something of an aggregate twice, and where an array of such a row,
//! or of a row of a table with a primary key, is made rows. Of GROUPING SETS it notes nothing.

use super::opaque_keys::opaque;
use crate::{emit::Emitter, rule::Emit, rules::keys_left_out, targets::Target};
use sql::tree::{
    Body, Call, Distinct, Expr, ExprKind, FunctionKind, GroupItem, GroupKey, Query, Relation,
    Select, SetOp,
};
use std::collections::BTreeSet;

/// Could keys be left out in this statement?
pub(in crate::emit) fn may_be_mistaken(query: &Query) -> bool {
    // What is asked of each column and each aggregate comes last.
    let mistaken = || {
        query.any_query(&mut has_computed_before_column)
            || gathers_joined_groups(query)
            || query.any_query(&mut repeats_aggregates)
            || makes_rows(query)
    };
    (query.any_query(&mut has_two_keys) && mistaken())
        || (query.any_query(&mut groups_array) && makes_rows(query))
        || query.any_query(&mut is_distinct_over_join)
        || query.any_query(&mut groups_one_row)
}

/// Do groups compute the same of an aggregate twice, as it is written or as it is translated? What
/// is computed once then stands before the keys, and it takes another column for the key.
fn repeats_aggregates(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    if select.group_by.is_empty() {
        return false;
    }
    let mut seen: Vec<&Expr> = Vec::new();
    let mut repeated = false;
    for expr in select.exprs() {
        expr.visit_parts(&mut |part| {
            let aggregate = |call: &&Call| !repeated && is_aggregate(call);
            let Some(call) = part.call().filter(aggregate) else { return };
            let float = call.args.iter().any(|arg| arg.ty.is_float() && !arg.is_constant());
            let plain = ["count", "min", "max", "sum"].contains(&call.name) && !float;
            repeated |= !plain || seen.iter().any(|other| other.is_same(part));
            seen.push(part);
        });
    }
    repeated
}

/// Are there groups over a join of groups? It keeps what decided about a row of one side, though a
/// join repeats such rows, and takes it to decide about the whole row once these are grouped.
fn gathers_joined_groups(query: &Query) -> bool {
    let mut gathered = BTreeSet::new();
    query.any_query(&mut |inner| {
        let ctes = inner.with.iter().filter(|cte| cte.query.any_query(&mut gathers));
        gathered.extend(ctes.map(|cte| cte.name.to_lowercase()));
        false
    });
    let mut joins = |inner: &Query| match &inner.body {
        Body::Select(select) => select.from.as_ref().is_some_and(|from| {
            matches!(from, Relation::Join { .. }) && is_gathered(from, &gathered)
        }),
        _ => false,
    };
    query.any_query(&mut |outer| {
        gathers(outer)
            && (outer.any_query(&mut joins)
                || (!gathered.is_empty() && query.any_query(&mut joins)))
    })
}

/// Are values of a row made rows? It takes what decided about the row to decide about each of these.
fn makes_rows(query: &Query) -> bool {
    let of_row = |arg: &Expr| arg.any_part(&|part| matches!(part.kind, ExprKind::Column { .. }));
    let mut made = false;
    query.visit_exprs(&mut |part| {
        let set = |call: &Call| call.kind == FunctionKind::Set && call.args.iter().any(of_row);
        made |= part.call().is_some_and(set);
    });
    made
}

/// Groups of what an array gives: their keys get the array's beside them where it is one of a row.
fn groups_array(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    matches!(select.from, Some(Relation::Function { .. })) && gathers(query)
}

/// Does the query give one row for several?
fn gathers(query: &Query) -> bool {
    match &query.body {
        Body::Select(select) => !select.group_by.is_empty() || select.distinct != Distinct::No,
        Body::SetOperation { op, all, .. } => *op != SetOp::Union || !all,
        Body::Values(_) => false,
    }
}

/// Are groups among what is joined here? `gathered` names the WITH queries that have some.
fn is_gathered(relation: &Relation, gathered: &BTreeSet<String>) -> bool {
    match relation {
        Relation::Table { path, .. } => {
            matches!(path.as_slice(), [name] if gathered.contains(&name.to_lowercase()))
        }
        Relation::Derived { query, .. } => query.any_query(&mut gathers),
        Relation::Function { .. } => false,
        Relation::Sample { input, .. } => is_gathered(input, gathered),
        Relation::Join { left, right, .. } => {
            is_gathered(left, gathered) || is_gathered(right, gathered)
        }
    }
}

/// DISTINCT over a join, whose rows it can take for distinct already.
fn is_distinct_over_join(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    select.distinct == Distinct::Yes && matches!(select.from, Some(Relation::Join { .. }))
}

/// Is there one over what INTERSECT or EXCEPT give? A WITH query counts as one of any.
pub(in crate::emit) fn has_sets_under_distinct_join(query: &Query) -> bool {
    query.any_query(&mut |query| is_distinct_over_join(query) && query.any_query(&mut gives_sets))
        || (query.any_query(&mut is_distinct_over_join)
            && query.any_query(&mut |query| {
                query.with.iter().any(|cte| cte.query.any_query(&mut gives_sets))
            }))
}

fn gives_sets(query: &Query) -> bool {
    matches!(query.body, Body::SetOperation { op: SetOp::Intersect | SetOp::Except, .. })
}

/// Groups over a query that always gives one row, whose groups it can leave out: then no rows are one.
fn groups_one_row(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    !select.group_by.is_empty() && select.from.as_ref().is_some_and(has_one_row)
}

pub(in crate::emit) fn is_aggregate(call: &Call) -> bool {
    call.over.is_none() && call.kind == FunctionKind::Aggregate
}

fn has_one_row(relation: &Relation) -> bool {
    match relation {
        Relation::Derived { query, .. } => match &query.body {
            Body::Select(select) => is_one_row(select),
            _ => false,
        },
        Relation::Join { left, right, .. } => has_one_row(left) || has_one_row(right),
        _ => false,
    }
}

/// Is it a row of aggregates?
pub(in crate::emit) fn is_one_row(select: &Select) -> bool {
    select.group_by.is_empty() && select.items.iter().any(|item| item.expr.any_call(&is_aggregate))
}

fn has_computed_before_column(query: &Query) -> bool {
    let Body::Select(select) = &query.body else { return false };
    let is_column = |item: &sql::tree::Item| matches!(item.expr.kind, ExprKind::Column { .. });
    let first = select.items.iter().position(|item| !is_column(item));
    first.is_some_and(|first| select.items.iter().skip(first).any(is_column))
}

fn has_two_keys(query: &Query) -> bool {
    let grouped = match &query.body {
        Body::Select(select) => {
            select.group_by.iter().flat_map(GroupItem::keys).count() > 1
                || select.distinct == Distinct::Yes
        }
        Body::SetOperation { .. } => true,
        Body::Values(_) => false,
    };
    query.order_by.len() > 1 || grouped
}

impl Emitter {
    /// GROUP BY as one set, where DataFusion would note something wrong of it.
    pub(super) fn groups_as_set(&self, select: &Select) -> Option<GroupItem> {
        let plain = select.group_by.iter().all(|item| matches!(item, GroupItem::Key(_)));
        if self.target() != Target::DataFusion || !self.keys_may_be_mistaken || !plain {
            return None;
        }
        let keys = select.group_by.iter().flat_map(GroupItem::keys);
        // A place in the list would be a constant there.
        let keys: Option<Vec<GroupKey>> =
            keys.map(|key| key.expr(&select.items).cloned().map(GroupKey::Expr)).collect();
        Some(GroupItem::Sets(vec![keys?]))
    }

    /// A query in FROM or WITH, whose DISTINCT or set operation DataFusion would note something wrong
    /// of: its rows are grouped once more.
    pub(in crate::emit) fn noted_of_nothing(
        &mut self,
        query: &Query,
        text: String,
    ) -> Emit<String> {
        let distinct = match &query.body {
            Body::Select(select) => select.distinct == Distinct::Yes,
            Body::SetOperation { op, all, .. } => *op == SetOp::Union && !all,
            Body::Values(_) => false,
        };
        let text = self.conditions_stay(query, text)?;
        if self.target() != Target::DataFusion || !self.keys_may_be_mistaken || !distinct {
            return Ok(text);
        }
        let names: BTreeSet<&str> = query.columns.iter().map(|c| c.name.as_str()).collect();
        if names.len() != query.columns.len() {
            return self.refuse("distinct rows with two columns of one name", query.span);
        }
        let names: Emit<Vec<String>> =
            query.columns.iter().map(|column| self.name(&column.name, query.span)).collect();
        let names = names?;
        // `TR0397` says why.
        let key = |name: &String| if self.conditions_above { opaque(name) } else { name.clone() };
        let keys: Vec<String> = names.iter().map(key).collect();
        let items = keys.iter().zip(&names);
        let items: Vec<String> = items
            .map(|(key, name)| if key == name { key.clone() } else { format!("{key} AS {name}") })
            .collect();
        let set = format!("GROUPING SETS (({}))", keys.join(", "));
        let set = self.made_by(&keys_left_out::RULE, query.span, &set);
        Ok(format!("SELECT {} FROM ({text}) AS _rows GROUP BY {set}", items.join(", ")))
    }
}
