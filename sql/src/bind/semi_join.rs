//! `LEFT SEMI JOIN` and `LEFT ANTI JOIN`: which rows of the left input have a partner, or none. They
//! become `EXISTS` in the WHERE clause.

use super::{Binder, Bound, scope::Scope};
use crate::{
    tree::{Expr, ExprKind, Item, Relation, Select},
    types::Type,
};
use sqlparser::ast::{JoinConstraint, JoinOperator};

impl Binder<'_> {
    /// Is the join one of them? Then `true` for an anti join, and its condition.
    pub(super) fn semi_join(operator: &JoinOperator) -> Option<(bool, &JoinConstraint)> {
        match operator {
            JoinOperator::Semi(c) | JoinOperator::LeftSemi(c) => Some((false, c)),
            JoinOperator::Anti(c) | JoinOperator::LeftAnti(c) => Some((true, c)),
            _ => None,
        }
    }

    /// The condition that the rows of `own` must meet, given the joined relation and its scope.
    pub(super) fn semi_condition(
        &mut self,
        anti: bool,
        constraint: &JoinConstraint,
        right: Relation,
        right_scope: Scope,
        own: &Scope,
    ) -> Bound<Expr> {
        let span = self.place;
        let JoinConstraint::On(condition) = constraint else {
            return self.unsupported("a semi join without ON", span);
        };
        if self.hides(own, &right_scope) {
            return self.unsupported("a semi join of tables of one name", span);
        }
        let mut both = own.clone();
        both.relations.extend(right_scope.relations);
        both.merged.extend(right_scope.merged);
        both.by_condition.extend(right_scope.by_condition);
        self.scopes.push(both);
        let bound = self.condition(condition);
        self.scopes.pop();
        let one = self.number("1", span);
        let items = vec![Item { expr: one, name: "one".to_owned() }];
        let select = Select { filter: Some(bound?), ..Select::of(items, Some(right)) };
        let kind = ExprKind::Exists { query: Box::new(select.into_query(span)), negated: anti };
        Ok(Expr { kind, ty: Type::Bool, span })
    }

    /// Would a relation inside the EXISTS hide one of the left input?
    fn hides(&self, own: &Scope, right: &Scope) -> bool {
        let _ = self;
        right.relations.iter().any(|r| own.relations.iter().any(|o| o.name == r.name))
    }
}

/// After a semi join only joins may follow that keep the rows of the left input apart.
pub(super) const fn may_follow(operator: &JoinOperator) -> bool {
    matches!(
        operator,
        JoinOperator::Join(_)
            | JoinOperator::Inner(_)
            | JoinOperator::Left(_)
            | JoinOperator::LeftOuter(_)
            | JoinOperator::CrossJoin(_)
            | JoinOperator::Semi(_)
            | JoinOperator::LeftSemi(_)
            | JoinOperator::Anti(_)
            | JoinOperator::LeftAnti(_)
    )
}
