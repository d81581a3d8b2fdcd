//! Constants that an outer join fills with NULL. DataFusion goes on taking them for constants behind the
//! join: of `FROM h LEFT JOIN b ON h.id = b.id AND b.kind = 'x' ORDER BY b.kind, h.id` it leaves out the
//! first key.

use super::dependencies;
use crate::{emit::Emitter, rule::Emit, targets::Target};
use model::Span;
use sql::tree::{
    Body, Expr, ExprKind, JoinCondition, JoinKind, Query, Relation, Select, SortKey, SortTarget,
};
use std::{cell::RefCell, collections::BTreeSet};

/// Names of columns in lower case.
type Names = BTreeSet<String>;

impl Emitter {
    /// Refuses sorts, and windows in an order, by what an outer join fills.
    pub(in crate::emit) fn sorts_by_filled_constants(&self, query: &Query) -> Emit<()> {
        if self.target() != Target::DataFusion || !dependencies::any_query(query, &has_outer_join) {
            return Ok(());
        }
        let constants = filled(query);
        if constants.is_empty() {
            return Ok(());
        }
        let key: RefCell<Option<Span>> = RefCell::new(None);
        let sorted = |query: &Query| {
            let found = sorted_by(query, &constants);
            let any = found.is_some();
            key.replace(found);
            any
        };
        if dependencies::any_query(query, &sorted) {
            let span = key.into_inner().unwrap_or(query.span);
            return self.refuse("a sort by a constant that an outer join fills is not done", span);
        }
        Ok(())
    }
}

fn has_outer_join(query: &Query) -> bool {
    fn is_outer(relation: &Relation) -> bool {
        match relation {
            Relation::Join { left, right, kind, .. } => {
                matches!(kind, JoinKind::Left | JoinKind::Right | JoinKind::Full)
                    || is_outer(left)
                    || is_outer(right)
            }
            Relation::Sample { input, .. } => is_outer(input),
            Relation::Table { .. } | Relation::Derived { .. } | Relation::Function { .. } => false,
        }
    }
    select_of(query).and_then(|select| select.from.as_ref()).is_some_and(is_outer)
}

fn select_of(query: &Query) -> Option<&Select> {
    match &query.body {
        Body::Select(select) => Some(select),
        Body::SetOperation { .. } | Body::Values(_) => None,
    }
}

/// The names of columns that are constants in an input that an outer join fills, and of those that are
/// made of them.
fn filled(query: &Query) -> Names {
    let with = RefCell::new(Vec::new());
    let names = RefCell::new(Names::new());
    dependencies::any_query(query, &|query| {
        with.borrow_mut()
            .extend(query.with.iter().map(|cte| (cte.name.to_lowercase(), constants(&cte.query))));
        false
    });
    dependencies::any_query(query, &|query| {
        if let Some(from) = select_of(query).and_then(|select| select.from.as_ref()) {
            note_filled(from, &with.borrow(), &names);
        }
        false
    });
    if names.borrow().is_empty() {
        return Names::new();
    }
    until_nothing_is_new(query, &names, &|query| {
        let Some(select) = select_of(query) else { return };
        for (item, column) in select.items.iter().zip(&query.columns) {
            if !columns_of(&item.expr).is_empty() && is_made_of(&item.expr, &names.borrow()) {
                names.borrow_mut().insert(column.name.to_lowercase());
            }
        }
    });
    names.into_inner()
}

/// Each round goes one query further out.
fn until_nothing_is_new(query: &Query, names: &RefCell<Names>, note: &dyn Fn(&Query)) {
    loop {
        let before = names.borrow().len();
        dependencies::any_query(query, &|query| {
            note(query);
            false
        });
        if names.borrow().len() == before {
            return;
        }
    }
}

/// What each outer join fills.
fn note_filled(relation: &Relation, with: &[(String, Names)], names: &RefCell<Names>) {
    let Relation::Join { left, right, kind, condition } = relation else { return };
    note_filled(left, with, names);
    note_filled(right, with, names);
    let sides: &[&Relation] = match kind {
        JoinKind::Left => &[right],
        JoinKind::Right => &[left],
        JoinKind::Full => &[left, right],
        JoinKind::Inner | JoinKind::Cross => &[],
    };
    for side in sides {
        note_input(side, with, names);
        if let JoinCondition::On(condition) = condition {
            note_condition(condition, names);
        }
    }
}

/// The constants of an input of a join.
fn note_input(relation: &Relation, with: &[(String, Names)], names: &RefCell<Names>) {
    match relation {
        Relation::Derived { query, .. } => names.borrow_mut().extend(constants(query)),
        Relation::Table { .. } => {
            // Which of them it is named after is not looked at.
            let all = with.iter().flat_map(|(_, constants)| constants.iter().cloned());
            names.borrow_mut().extend(all);
        }
        Relation::Sample { input, .. } => note_input(input, with, names),
        Relation::Join { left, right, condition, .. } => {
            note_input(left, with, names);
            note_input(right, with, names);
            if let JoinCondition::On(condition) = condition {
                note_condition(condition, names);
            }
        }
        Relation::Function { .. } => {}
    }
}

/// The outputs of a query that are constants.
fn constants(query: &Query) -> Names {
    let names = RefCell::new(Names::new());
    until_nothing_is_new(query, &names, &|query| note(query, &names));
    let names = names.into_inner();
    let outputs = query.columns.iter().map(|column| column.name.to_lowercase());
    outputs.filter(|name| names.contains(name)).collect()
}

/// Notes which columns a query holds constant, and which of its outputs are made of them alone.
fn note(query: &Query, names: &RefCell<Names>) {
    let Some(select) = select_of(query) else { return };
    let conditions = select.filter.iter().chain(&select.having).chain(&select.qualify);
    conditions.for_each(|condition| note_condition(condition, names));
    if let Some(from) = &select.from {
        note_input(from, &[], names);
    }
    let one_row = dependencies::is_one_row(select) || query.limit.is_some();
    for (item, column) in select.items.iter().zip(&query.columns) {
        if one_row || is_made_of(&item.expr, &names.borrow()) {
            names.borrow_mut().insert(column.name.to_lowercase());
        }
    }
}

/// Columns that a condition makes equal to something that is no column: `kind = 'x'`, `kind IN ('x')`.
fn note_condition(condition: &Expr, names: &RefCell<Names>) {
    let call = match &condition.kind {
        ExprKind::Call(call) => call,
        ExprKind::InList { .. } => return names.borrow_mut().extend(columns_of(condition)),
        _ => return,
    };
    match (call.name, call.args.as_slice()) {
        ("and" | "or", args) => args.iter().for_each(|arg| note_condition(arg, names)),
        ("=" | "is not distinct from" | "like" | "is true", args) => {
            let known = |arg: &Expr| is_made_of(arg, &names.borrow());
            if args.iter().any(known) {
                names.borrow_mut().extend(columns_of(condition));
            }
        }
        _ => {}
    }
}

fn columns_of(expr: &Expr) -> Names {
    let names = RefCell::new(Names::new());
    expr.any_part(&|part| {
        if let ExprKind::Column { name, .. } = &part.kind {
            names.borrow_mut().insert(name.to_lowercase());
        }
        false
    });
    names.into_inner()
}

/// Is it made of constants alone? What aggregates and windows gather is not.
fn is_made_of(expr: &Expr, constants: &Names) -> bool {
    let gathers = expr.any_call(&|call| call.over.is_some() || dependencies::is_aggregate(call));
    !gathers && columns_of(expr).iter().all(|name| constants.contains(name))
}

/// The first key of a sort in the query that is made of such constants.
fn sorted_by(query: &Query, constants: &Names) -> Option<Span> {
    let filled = |expr: &Expr| {
        let columns = columns_of(expr);
        !columns.is_empty() && columns.iter().all(|name| constants.contains(name))
    };
    let items = select_of(query).map(|select| select.items.as_slice()).unwrap_or_default();
    let by = |key: &SortKey| match &key.target {
        SortTarget::Expr(expr) => filled(expr),
        SortTarget::Output(index) => match items.get(*index) {
            Some(item) => filled(&item.expr),
            None => query
                .columns
                .get(*index)
                .is_some_and(|column| constants.contains(&column.name.to_lowercase())),
        },
    };
    if let Some(key) = query.order_by.iter().find(|key| by(key)) {
        return Some(key.span);
    }
    let window = |expr: &Expr| {
        expr.any_call(&|call| {
            call.over.as_ref().is_some_and(|window| window.order_by.iter().any(by))
        })
    };
    let qualify = select_of(query).and_then(|select| select.qualify.as_ref());
    let exprs = items.iter().map(|item| &item.expr).chain(qualify);
    exprs.into_iter().find(|expr| window(expr)).map(|expr| expr.span)
}
