//! Columns of a subquery that have one name: `SELECT * FROM (SELECT max(a), max(b) FROM t) AS q`.
//!
//! No expression can name them, but `*` means each of them. They get names of their own inside, and `*`
//! shows them by the one that the text gives.

use crate::tree::{Body, Column, Item, Query};
use std::collections::HashSet;

/// Names of columns inside, each with the name that `*` shows.
pub(super) type TwinNames = Vec<(String, String)>;

/// Gives columns of one name different ones, where a list behind the alias does not name them all. A
/// name that stands once is left.
pub(super) fn tell_apart(query: &mut Query, listed: usize) -> TwinNames {
    let mut twins = TwinNames::new();
    if listed >= query.columns.len() {
        return twins;
    }
    let names: HashSet<&str> = query.columns.iter().map(|column| column.name.as_str()).collect();
    if names.len() == query.columns.len() {
        return twins;
    }
    for at in 0..query.columns.len() {
        let Some(name) = query.columns.get(at).map(|column| column.name.clone()) else { break };
        let shown = |column: &Column| {
            let twin = twins.iter().find(|(inner, _)| *inner == column.name);
            twin.map_or(column.name.as_str(), |(_, shown)| shown) == name
        };
        let is_twin = query.columns.iter().filter(|column| shown(column)).count() > 1;
        let is_done = twins.iter().any(|(inner, _)| *inner == name);
        if !is_twin || is_done {
            continue;
        }
        let taken = |name: &String| query.columns.iter().any(|column| column.name == *name);
        let mut inner = format!("{name}_{}", at + 1);
        while taken(&inner) {
            inner.push('_');
        }
        rename(query, at, &inner);
        twins.push((inner, name));
    }
    twins
}

/// Renames a column of a query, in each of its parts.
fn rename(query: &mut Query, at: usize, name: &str) {
    if let Some(column) = query.columns.get_mut(at) {
        name.clone_into(&mut column.name);
    }
    match &mut query.body {
        Body::Select(select) => {
            if let Some(item) = select.items.get_mut(at) {
                name.clone_into(&mut item.name);
            }
        }
        Body::SetOperation { left, right, .. } => {
            rename(left, at, name);
            rename(right, at, name);
        }
        // These are called after the columns of the relation that they are.
        Body::Values(_) => {}
    }
}

/// Calls what `*` gives by the name of the text.
pub(super) fn show(item: &mut Item, twins: &TwinNames) {
    if let Some((_, shown)) = twins.iter().find(|(inner, _)| *inner == item.name) {
        item.name.clone_from(shown);
    }
}

#[cfg(test)]
mod tests {
    use super::{show, tell_apart};
    use crate::tree::{Expr, ExprKind, Item, Literal, Query, Select};
    use crate::types::Type;

    fn query(names: &[&str]) -> Query {
        let span = model::Span::new(0, 0);
        let expr = Expr { kind: ExprKind::Literal(Literal::Null), ty: Type::Int4, span };
        let item = |name: &&str| Item { expr: expr.clone(), name: (*name).to_owned() };
        Select::of(names.iter().map(item).collect(), None).into_query(span)
    }

    fn told_apart(names: &[&str], listed: usize) -> (Vec<String>, Vec<String>) {
        let mut query = query(names);
        let twins = tell_apart(&mut query, listed);
        let inner: Vec<String> = query.columns.iter().map(|column| column.name.clone()).collect();
        let shown = inner.iter().map(|name| {
            let kind = ExprKind::Literal(Literal::Null);
            let expr = Expr { kind, ty: Type::Int4, span: model::Span::new(0, 0) };
            let mut item = Item { expr, name: name.clone() };
            show(&mut item, &twins);
            item.name
        });
        let shown = shown.collect();
        (inner, shown)
    }

    #[test]
    fn columns_of_one_name_have_names_of_their_own_inside() {
        let cases: [(&[&str], &[&str]); 4] = [
            (&["a", "b"], &["a", "b"]),
            (&["a", "b", "a"], &["a_1", "b", "a_3"]),
            (&["a", "a", "a_1"], &["a_1_", "a_2", "a_1"]),
            (&["a", "a_2", "a", "a_2"], &["a_1", "a_2_2", "a_3", "a_2_4"]),
        ];
        for (names, expected) in cases {
            let (inner, shown) = told_apart(names, 0);
            assert_eq!(inner, expected, "{names:?}");
            assert_eq!(shown, names, "{names:?}");
        }
    }

    #[test]
    fn a_list_that_names_all_of_them_is_enough() {
        assert_eq!(told_apart(&["a", "a"], 2).0, ["a", "a"]);
        assert_eq!(told_apart(&["a", "a"], 1).0, ["a_1", "a_2"]);
    }
}
