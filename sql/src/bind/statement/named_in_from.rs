//! The table of an UPDATE or a DELETE that FROM names once more: `UPDATE t SET … FROM t AS a JOIN …`.
//!
//! Source: <https://learn.microsoft.com/en-us/sql/t-sql/queries/update-transact-sql>. Where FROM has the
//! written table once, it is that one, whatever it is called there; elsewhere it is joined with itself.

use crate::bind::{Binder, Bound, Span};
use sqlparser::ast::{
    Join, JoinConstraint as C, JoinOperator as O, ObjectName, TableFactor, TableWithJoins,
};

/// FROM with the written table in front of its joins.
pub(super) struct Named {
    pub(super) from: Vec<TableWithJoins>,
    pub(super) at: usize,
}

impl Binder<'_> {
    /// The element of FROM that is the written table.
    pub(super) fn named_in_from(
        &self,
        from: &[TableWithJoins],
        name: &ObjectName,
        span: Span,
    ) -> Bound<Option<Named>> {
        let path = |name: &ObjectName| -> Vec<String> {
            name.0.iter().filter_map(|part| part.as_ident()).map(|part| self.fold(part)).collect()
        };
        let wanted = path(name);
        let once = self.spec.traits().writing.target_is_in_from;
        // A schema may be left out.
        let same = |other: &ObjectName| {
            let other = path(other);
            other == wanted || (once && other.last() == wanted.last())
        };
        let called = |factor: &TableFactor| match factor {
            TableFactor::Table { alias: Some(alias), .. } => wanted == [self.fold(&alias.name)],
            TableFactor::Table { alias: None, name: other, .. } => same(other),
            _ => false,
        };
        let is_it = |factor: &TableFactor| match factor {
            TableFactor::Table { name: other, .. } => same(other),
            _ => false,
        };
        let mut found = places(from, &called);
        if found.is_empty() && once {
            found = places(from, &is_it);
        }
        match found.as_slice() {
            [] => Ok(None),
            [(at, None)] => Ok(Some(Named { from: from.to_vec(), at: *at })),
            [(at, Some(join))] => match moved_to_front(from, *at, *join) {
                Some(from) => Ok(Some(Named { from, at: *at })),
                None => self.unsupported("this join with the written table", span),
            },
            _ => self.unsupported("the written table several times in FROM", span),
        }
    }
}

/// Where FROM has such a table: in an element, or in one of its joins.
fn places(
    from: &[TableWithJoins],
    test: &impl Fn(&TableFactor) -> bool,
) -> Vec<(usize, Option<usize>)> {
    let mut found = Vec::new();
    for (at, item) in from.iter().enumerate() {
        if test(&item.relation) {
            found.push((at, None));
        }
        let joins = item.joins.iter().enumerate().filter(|(_, join)| test(&join.relation));
        found.extend(joins.map(|(join, _)| (at, Some(join))));
    }
    found
}

/// Inner joins in another order: a joined table in front, its condition at the table that stood there.
fn moved_to_front(from: &[TableWithJoins], at: usize, join: usize) -> Option<Vec<TableWithJoins>> {
    let mut from = from.to_vec();
    let item = from.get_mut(at)?;
    let inner = |join: &Join| {
        !join.global
            && matches!(
                join.join_operator,
                O::Join(C::On(_)) | O::Inner(C::On(_)) | O::CrossJoin(C::None)
            )
    };
    if !item.joins.iter().all(inner) {
        return None;
    }
    let taken = item.joins.remove(join);
    let first = std::mem::replace(&mut item.relation, taken.relation);
    item.joins
        .insert(0, Join { relation: first, global: false, join_operator: taken.join_operator });
    Some(from)
}
