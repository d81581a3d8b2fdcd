//! What the rows of a relation of FROM are made of, where arrays and documents give them: lists that
//! are unnested side by side, and the columns as expressions over their elements.

use super::{rows::Rows, written_out::is_bare};
use crate::{
    emit::Emitter,
    rules::json_by_pattern::{Listed, Of},
};
use sql::{
    Type,
    tree::{
        Alias, Body, Expr, ExprKind, JoinCondition, JoinKind, Literal, Query, Relation, Select,
        SetOp,
    },
};

/// Under this name the columns look at what is in the rows.
pub(in crate::emit) const INSIDE: &str = "\u{1}rows";

const VALUE: &str = "value";
const KEY: &str = "key";
const PLACE: &str = "place";
/// No list has it.
const NOWHERE: &str = "\u{1}nowhere";

pub(in crate::emit) struct Made {
    /// The lists with the names of their elements.
    pub(in crate::emit) rows: Vec<(String, Rows)>,
    /// The columns.
    pub(in crate::emit) items: Vec<Expr>,
    /// Is there a row of nothing where the lists are empty?
    pub(in crate::emit) outer: bool,
}

impl Made {
    /// The relations that the lists look at, and an empty name for what is not known.
    pub(in crate::emit) fn hosts(&self, emitter: &Emitter) -> Vec<String> {
        let mut hosts = Vec::new();
        for (_, rows) in &self.rows {
            emitter.hosts_of(rows.array(), &mut hosts);
        }
        let beside = self.beside(emitter);
        hosts.extend(beside.into_iter().filter(String::is_empty));
        hosts.sort_unstable();
        hosts.dedup();
        hosts
    }

    /// The relations that the columns look at beside the lists.
    pub(in crate::emit) fn beside(&self, emitter: &Emitter) -> Vec<String> {
        let mut beside = Vec::new();
        for item in &self.items {
            emitter.hosts_of(item, &mut beside);
        }
        beside.retain(|relation| relation != INSIDE);
        beside
    }

    /// Has a column another value wherever it stands?
    pub(in crate::emit) fn is_chance(&self) -> bool {
        self.items.iter().any(|item| item.any_call(&sql::tree::Call::is_chance))
    }
}

/// What a relation is made of; nothing for any other one.
pub(in crate::emit) fn of(relation: &Relation) -> Option<Made> {
    match relation {
        Relation::Function { call, alias, ordinality } => {
            let rows = rows_of_function(call, alias, *ordinality)?;
            let items =
                rows.iter().map(|(name, rows)| inside(name, rows)).collect::<Option<_>>()?;
            Some(Made { rows, items, outer: false })
        }
        Relation::Derived { query, .. } => of_query(query),
        Relation::Join { left, right, kind: JoinKind::Left, condition } => {
            let Relation::Derived { query: one, .. } = &**left else { return None };
            let Body::Select(select) = &one.body else { return None };
            let always = matches!(condition, JoinCondition::On(on)
                if matches!(on.literal(), Some(Literal::Bool(true))));
            let mut made = of(right)?;
            // In the row of nothing all columns are NULL: what would not be is not to be used.
            for item in made.items.iter_mut().filter(|item| !is_null_of_null(item)) {
                item.kind = ExprKind::Column {
                    relation: Some(INSIDE.to_owned()),
                    name: NOWHERE.to_owned(),
                    qualified: true,
                };
            }
            let fine = is_bare(one) && select.from.is_none() && always && !made.outer;
            fine.then_some(Made { outer: true, ..made })
        }
        _ => None,
    }
}

fn of_query(query: &Query) -> Option<Made> {
    if let Body::SetOperation { op: SetOp::Union, all: true, left, right } = &query.body {
        return elements_and_members(left, right);
    }
    if !is_bare(query) {
        return None;
    }
    match &query.body {
        Body::Values(rows) => {
            let lists = (0..query.columns.len()).map(|index| {
                let cells: Option<Vec<Expr>> =
                    rows.iter().map(|row| row.get(index).cloned()).collect();
                let cells = cells?;
                let span = cells.first()?.span;
                let ty = Type::Array(Box::new(query.columns.get(index)?.ty.clone()));
                let array = Expr { kind: ExprKind::Array(cells), ty, span };
                Some((index.to_string(), Rows::Elements(array)))
            });
            let rows = lists.collect::<Option<Vec<_>>>()?;
            let items =
                rows.iter().map(|(name, rows)| inside(name, rows)).collect::<Option<_>>()?;
            Some(Made { rows, items, outer: false })
        }
        Body::Select(select) => {
            let from = select.from.as_ref()?;
            if let Some((document, Of::Objects)) = made_of_document(from) {
                return members(select, from, &document);
            }
            let (name, names) = match from {
                Relation::Join { right, .. } => named(right)?,
                other => named(other)?,
            };
            let made = of(from)?;
            let columns: Vec<(String, Expr)> =
                names.into_iter().zip(made.items.iter().cloned()).collect();
            let items = items_over(select, &name, &columns)?;
            Some(Made { items, ..made })
        }
        Body::SetOperation { .. } => None,
    }
}

/// The members of a document that is an object.
fn members(select: &Select, from: &Relation, document: &Expr) -> Option<Made> {
    let rows = listed(document, Of::Objects, &[(VALUE, Listed::Values), (KEY, Listed::Keys)]);
    let mut columns = rows.iter().map(|(name, rows)| inside(name, rows));
    let (value, key) = (columns.next()??, columns.next()??);
    let (name, names) = named(from)?;
    let [member] = names.as_slice() else { return None };
    let items = select.items.iter().map(|item| {
        let key = (member.clone(), key.clone());
        of_member(&item.expr, document, &name, key, &value)
    });
    let items = items.collect::<Option<_>>()?;
    Some(Made { rows, items, outer: false })
}

/// What is listed of a document, with names.
fn listed(document: &Expr, of: Of, what: &[(&str, Listed)]) -> Vec<(String, Rows)> {
    let one = |(name, what): &(&str, Listed)| {
        ((*name).to_owned(), Rows::Listed(document.clone(), *what, of))
    };
    what.iter().map(one).collect()
}

/// A column over the keys of a document, where `document -> key` is the value.
fn of_member(
    expr: &Expr,
    document: &Expr,
    relation: &str,
    key: (String, Expr),
    value: &Expr,
) -> Option<Expr> {
    match expr.call().map(|call| (call.name, call.args.as_slice())) {
        Some(("->", [of, by])) if of.is_same(document) => {
            let inside = key.1.clone();
            let by = replaced(by.clone(), relation, &[key])?;
            by.is_same(&inside).then(|| value.clone())
        }
        _ => replaced(expr.clone(), relation, &[key]),
    }
}

/// The elements of a document that is an array, and the members of one that is an object.
fn elements_and_members(left: &Query, right: &Query) -> Option<Made> {
    let (Body::Select(elements), Body::Select(members)) = (&left.body, &right.body) else {
        return None;
    };
    if !is_bare(left) || !is_bare(right) || elements.items.len() != members.items.len() {
        return None;
    }
    let (one, elements_of) = (elements.from.as_ref()?, made_of_document(elements.from.as_ref()?)?);
    let (two, members_of) = (members.from.as_ref()?, made_of_document(members.from.as_ref()?)?);
    let (document, Of::Arrays) = elements_of else { return None };
    let (same, Of::Objects) = members_of else { return None };
    if !document.is_same(&same) {
        return None;
    }
    let all = [(VALUE, Listed::Values), (KEY, Listed::Keys), (PLACE, Listed::Places)];
    let rows = listed(&document, Of::Both, &all);
    let mut columns = rows.iter().map(|(name, rows)| inside(name, rows));
    let (value, key, place) = (columns.next()??, columns.next()??, columns.next()??);
    let (first, first_names) = named(one)?;
    let (second, second_names) = named(two)?;
    let [element, position] = first_names.as_slice() else { return None };
    let [member] = second_names.as_slice() else { return None };
    let first_columns = [(element.clone(), value.clone()), (position.clone(), place)];
    let items = elements.items.iter().zip(&members.items).map(|(left, right)| {
        let left = replaced(left.expr.clone(), &first, &first_columns)?;
        let member = (member.clone(), key.clone());
        let right = of_member(&right.expr, &document, &second, member, &value)?;
        Some(either(left, right, &key))
    });
    let items = items.collect::<Option<_>>()?;
    Some(Made { rows, items, outer: false })
}

/// What a row of an array has, or what one of an object has, which alone has a key.
fn either(left: Expr, right: Expr, key: &Expr) -> Expr {
    if left.is_same(&right) {
        return left;
    }
    let of_rows = |expr: &Expr| matches!(&expr.kind, ExprKind::Column { relation: Some(r), .. } if r == INSIDE);
    // Positions are NULL in objects, and keys are in arrays.
    if left.is_null() && of_rows(&right) {
        return right;
    }
    if right.is_null() && is_null_of_null(&left) {
        return left;
    }
    let span = left.span;
    let test = Expr::scalar("is null", vec![key.clone()], Type::Bool, span);
    let ty = left.ty.clone();
    let kind = ExprKind::Case {
        operand: None,
        branches: vec![(test, left)],
        otherwise: Some(Box::new(right)),
    };
    Expr { kind, ty, span }
}

/// The document whose rows a function of FROM gives.
fn made_of_document(relation: &Relation) -> Option<(Expr, Of)> {
    let Relation::Function { call, .. } = relation else { return None };
    document_of(call)
}

fn document_of(call: &Expr) -> Option<(Expr, Of)> {
    let call = call.call()?;
    let [document] = call.args.as_slice() else { return None };
    let kind = match call.name {
        "jsonb_array_elements" => "array",
        "jsonb_object_keys" => "object",
        _ => return None,
    };
    let of_kind = if kind == "array" { Of::Arrays } else { Of::Objects };
    let ExprKind::Case { operand: None, branches, otherwise: None } = &document.kind else {
        return (kind == "array").then(|| (document.clone(), Of::ArraysAlone));
    };
    let [(when, then)] = branches.as_slice() else { return None };
    let [asked, wanted] = when.call().filter(|call| call.name == "=")?.args.as_slice() else {
        return None;
    };
    let asked = asked.call().filter(|call| call.name == "jsonb_typeof")?.args.first()?;
    (wanted.text() == Some(kind) && asked.is_same(then)).then(|| (then.clone(), of_kind))
}

/// The name of a relation, and those of its columns.
fn named(relation: &Relation) -> Option<(String, Vec<String>)> {
    match relation {
        Relation::Function { alias, .. } => Some((alias.name.clone(), alias.columns.clone())),
        Relation::Derived { query, alias, .. } => {
            let names =
                query.columns.iter().enumerate().map(|(index, column)| {
                    alias.columns.get(index).unwrap_or(&column.name).clone()
                });
            Some((alias.name.clone(), names.collect()))
        }
        _ => None,
    }
}

fn items_over(select: &Select, name: &str, columns: &[(String, Expr)]) -> Option<Vec<Expr>> {
    select.items.iter().map(|item| replaced(item.expr.clone(), name, columns)).collect()
}

fn rows_of_function(call: &Expr, alias: &Alias, ordinality: bool) -> Option<Vec<(String, Rows)>> {
    let (rows, places) = match call.call()? {
        inner if inner.name == "unnest" => {
            let array = inner.args.first()?.clone();
            (Rows::Elements(array.clone()), Rows::Positions(array))
        }
        inner if ["generate_series", "regexp_split_to_table"].contains(&inner.name) => {
            (Rows::Elements(call.clone()), Rows::Positions(call.clone()))
        }
        inner if inner.name == "jsonb_array_elements" => {
            let (document, of) = document_of(call)?;
            (
                Rows::Listed(document.clone(), Listed::Values, of),
                Rows::Listed(document, Listed::Places, of),
            )
        }
        inner if inner.name == "jsonb_object_keys" => {
            let (document, of) = document_of(call)?;
            (Rows::Listed(document.clone(), Listed::Keys, of), Rows::Positions(document))
        }
        _ => return None,
    };
    let keys_alone = matches!(rows, Rows::Listed(_, Listed::Keys, _));
    match (alias.columns.as_slice(), ordinality) {
        ([one], false) => Some(vec![(one.clone(), rows)]),
        ([one, two], true) if !keys_alone => Some(vec![(one.clone(), rows), (two.clone(), places)]),
        _ => None,
    }
}

/// The element of a list.
fn inside(name: &str, rows: &Rows) -> Option<Expr> {
    let kind = ExprKind::Column {
        relation: Some(INSIDE.to_owned()),
        name: name.to_owned(),
        qualified: true,
    };
    Some(Expr { kind, ty: rows.ty()?, span: rows.array().span })
}

/// Is it made of what is in the rows?
pub(in crate::emit) fn is_of_rows(expr: &Expr) -> bool {
    expr.any_part(&|part| {
        matches!(&part.kind, ExprKind::Column { relation: Some(relation), .. } if relation == INSIDE)
    })
}

/// Is it NULL where everything in the rows is?
fn is_null_of_null(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column { relation: Some(relation), .. } => relation == INSIDE,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_null_of_null(expr),
        ExprKind::Call(call) => {
            ["||", "-", "+", "to_jsonb"].contains(&call.name)
                && call.args.iter().any(is_null_of_null)
        }
        ExprKind::Case { operand: None, branches, otherwise } => {
            let otherwise = otherwise.as_ref().is_none_or(|otherwise| is_null_of_null(otherwise));
            let each = otherwise && branches.iter().all(|(_, then)| is_null_of_null(then));
            // Without a key it is that of an array.
            each || branches.first().is_some_and(|(when, then)| {
                let keyless = when.call().filter(|call| call.name == "is null");
                keyless.and_then(|call| call.args.first()).is_some_and(is_null_of_null)
                    && is_null_of_null(then)
            })
        }
        _ => expr.is_null(),
    }
}

/// The expression with the columns of a relation replaced; nothing where one stands in what is not
/// looked into.
pub(in crate::emit) fn replaced(
    expr: Expr,
    relation: &str,
    columns: &[(String, Expr)],
) -> Option<Expr> {
    let again = |expr: Expr| replaced(expr, relation, columns);
    let boxed = |expr: Box<Expr>| again(*expr).map(Box::new);
    let kind = match expr.kind {
        ExprKind::Column { relation: Some(ref own), ref name, .. } if own == relation => {
            return columns.iter().find(|(column, _)| column == name).map(|(_, e)| e.clone());
        }
        ExprKind::Call(mut call) => {
            call.args = call.args.into_iter().map(again).collect::<Option<_>>()?;
            ExprKind::Call(call)
        }
        ExprKind::Cast { expr } => ExprKind::Cast { expr: boxed(expr)? },
        ExprKind::Coerce { expr } => ExprKind::Coerce { expr: boxed(expr)? },
        ExprKind::Case { operand, branches, otherwise } => ExprKind::Case {
            operand: match operand {
                Some(operand) => Some(boxed(operand)?),
                None => None,
            },
            branches: branches
                .into_iter()
                .map(|(when, then)| Some((again(when)?, again(then)?)))
                .collect::<Option<_>>()?,
            otherwise: match otherwise {
                Some(otherwise) => Some(boxed(otherwise)?),
                None => None,
            },
        },
        other => {
            let whole = Expr { kind: other, ..expr };
            let left_over = whole.any_part(&|part| {
                matches!(&part.kind, ExprKind::Column { relation: Some(own), .. } if own == relation)
            });
            return (!left_over).then_some(whole);
        }
    };
    Some(Expr { kind, ..expr })
}
