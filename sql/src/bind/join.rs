//! Joins: their conditions, the columns that USING and NATURAL merge, APPLY.

use super::{
    Binder, Bound, KeyUse, array_join, codes,
    nullability::relations_of,
    scope::{Found, Scope},
    semi_join,
};
use crate::{
    dialects::Clause,
    facts::last_name,
    tree::{Column, Expr, ExprKind, JoinCondition, JoinKind, Relation},
};
use sqlparser::ast::{self, JoinConstraint, JoinOperator, TableFactor};

impl Binder<'_> {
    pub(super) fn join(
        &mut self,
        left: Relation,
        join: &ast::Join,
        own: &mut Scope,
        before: &Scope,
    ) -> Bound<Relation> {
        if join.global && self.spec.traits().clauses.contains(&Clause::AnyJoin) {
            return self.any_join(left, join, own, before);
        }
        if join.global {
            return self.unsupported("GLOBAL JOIN", self.place);
        }
        if let Some((anti, constraint)) = Self::semi_join(&join.join_operator) {
            let mut right_scope = Scope::default();
            let right = self.factor(&join.relation, &mut right_scope, before)?;
            let kept = self.semi_condition(anti, constraint, right, right_scope, own)?;
            own.kept.push(kept);
            return Ok(left);
        }
        if let Some(outer) = array_join::is_array_join(&join.join_operator) {
            return self.array_join(left, &join.relation, outer, own);
        }
        if !own.kept.is_empty() && !semi_join::may_follow(&join.join_operator) {
            return self.unsupported("this join behind a semi join", self.place);
        }
        let (kind, constraint) = match &join.join_operator {
            JoinOperator::Join(c) | JoinOperator::Inner(c) => (JoinKind::Inner, c),
            JoinOperator::StraightJoin(c) if self.spec.traits().straight_joins => {
                self.left_out("the order of a join", self.place);
                (JoinKind::Inner, c)
            }
            JoinOperator::Left(c) | JoinOperator::LeftOuter(c) => (JoinKind::Left, c),
            JoinOperator::Right(c) | JoinOperator::RightOuter(c) => (JoinKind::Right, c),
            JoinOperator::FullOuter(_) if !self.spec.traits().full_joins => {
                return self.unsupported("FULL JOIN", self.place);
            }
            JoinOperator::FullOuter(c) => (JoinKind::Full, c),
            // MySQL's is INNER JOIN by another name.
            JoinOperator::CrossJoin(c @ (JoinConstraint::On(_) | JoinConstraint::Using(_))) => {
                (JoinKind::Inner, c)
            }
            JoinOperator::CrossJoin(c) => (JoinKind::Cross, c),
            JoinOperator::CrossApply | JoinOperator::OuterApply => {
                return self.apply_join(left, join, own, before);
            }
            JoinOperator::AsOf { match_condition, constraint } if !self.speaks_core() => {
                let Some(nearest) =
                    super::asof::nearest(&join.relation, match_condition, constraint)
                else {
                    return self.unsupported("this ASOF JOIN", self.place);
                };
                return self.apply_join(left, &nearest, own, before);
            }
            _ => return self.unsupported("this kind of join", self.place),
        };
        let mut right_scope = Scope::default();
        let visible = before.beside(own);
        let right = self.factor(&join.relation, &mut right_scope, &visible)?;
        let condition = match constraint {
            JoinConstraint::None if kind == JoinKind::Cross => JoinCondition::None,
            // `LEFT JOIN UNNEST(t.tags)`: the right side is made from each row of the left one.
            JoinConstraint::None
                if matches!(kind, JoinKind::Inner | JoinKind::Left)
                    && !self.speaks_core()
                    && matches!(
                        right,
                        Relation::Function { .. } | Relation::Derived { lateral: true, .. }
                    ) =>
            {
                own.relations.append(&mut right_scope.relations);
                return Ok(super::generator::join(left, right, kind == JoinKind::Left, self.place));
            }
            JoinConstraint::None => {
                return self.unsupported("a join without a condition", self.place);
            }
            JoinConstraint::On(condition) => {
                // ON sees both inputs, and what a LATERAL around it sees.
                let seen = own.joined(&right_scope);
                JoinCondition::On(self.within(seen, |binder| binder.condition(condition))?)
            }
            JoinConstraint::Using(names) => {
                let names: Vec<String> = names.iter().map(last_name).collect();
                self.merged_join(own, &mut right_scope, names, kind)?
            }
            JoinConstraint::Natural => {
                let left_names: Vec<String> =
                    own.star().into_iter().map(|f| f.column.name).collect();
                let right_names: Vec<String> =
                    right_scope.star().into_iter().map(|f| f.column.name).collect();
                let names: Vec<String> =
                    left_names.into_iter().filter(|n| right_names.contains(n)).collect();
                if names.is_empty() {
                    return self.unsupported("NATURAL JOIN without a common column", self.place);
                }
                self.merged_join(own, &mut right_scope, names, kind)?
            }
        };
        let keeps_right = matches!(kind, JoinKind::Right | JoinKind::Full);
        if self.fills() && keeps_right && matches!(condition, JoinCondition::Using(_)) {
            return self.unsupported("this outer join with USING", self.place);
        }
        self.note_filled(kind, own, &right_scope);
        own.take_in(right_scope);
        Ok(Relation::Join { left: Box::new(left), right: Box::new(right), kind, condition })
    }

    /// Notes the relations whose missing rows the source fills with defaults.
    pub(super) fn note_filled(&self, kind: JoinKind, own: &mut Scope, right: &Scope) {
        if !self.fills() {
            return;
        }
        if matches!(kind, JoinKind::Left | JoinKind::Full) {
            own.filled.extend(relations_of(right));
        }
        if matches!(kind, JoinKind::Right | JoinKind::Full) {
            own.filled.extend(relations_of(own));
        }
    }

    /// `CROSS APPLY` and `OUTER APPLY`: the right side sees the left one.
    fn apply_join(
        &mut self,
        left: Relation,
        join: &ast::Join,
        own: &mut Scope,
        before: &Scope,
    ) -> Bound<Relation> {
        let mut right_scope = Scope::default();
        let visible = before.beside(own);
        let right = match &join.relation {
            TableFactor::Derived { lateral: false, subquery, alias, sample } => {
                let lateral = TableFactor::Derived {
                    lateral: true,
                    subquery: subquery.clone(),
                    alias: alias.clone(),
                    sample: sample.clone(),
                };
                self.factor(&lateral, &mut right_scope, &visible)?
            }
            other => self.factor(other, &mut right_scope, &visible)?,
        };
        own.relations.append(&mut right_scope.relations);
        own.merged.append(&mut right_scope.merged);
        let outer = matches!(join.join_operator, JoinOperator::OuterApply);
        Ok(super::generator::join(left, right, outer, self.place))
    }

    /// A join by columns of one name. Texts whose blanks at the end do not count are joined by a
    /// condition on their keys.
    fn merged_join(
        &mut self,
        left: &mut Scope,
        right: &mut Scope,
        names: Vec<String>,
        kind: JoinKind,
    ) -> Bound<JoinCondition> {
        let is_text = |scope: &Scope, name: &String| {
            scope.unqualified(name).iter().any(|found| found.column.ty.is_character())
        };
        let texts = names.iter().any(|name| is_text(left, name) || is_text(right, name));
        if !texts || self.keys().is_none() || self.keys_fold() || kind == JoinKind::Full {
            self.merge(left, right, &names, kind)?;
            return Ok(JoinCondition::Using(names));
        }
        let span = self.place;
        let mut condition = None;
        for name in &names {
            let sides = [&*left, &*right].map(|scope| scope.unqualified(name));
            let [Some(one), Some(two)] = sides.map(|found| column_of(found, span)) else {
                return self.unsupported("USING of this column", span);
            };
            let equal = self.compare("=", one, two, span)?;
            condition = Some(super::decorate::both(condition, equal, span));
        }
        self.merge(left, right, &names, kind)?;
        left.by_condition.extend(names);
        match condition {
            Some(condition) => Ok(JoinCondition::On(condition)),
            None => self.unsupported("a join without a condition", span),
        }
    }

    /// Merges the columns that USING names: they come first, and have the value of the side that is
    /// always there. A full join takes it from either.
    pub(super) fn merge(
        &self,
        left: &mut Scope,
        right: &mut Scope,
        names: &[String],
        kind: JoinKind,
    ) -> Bound<()> {
        let mut merged = Vec::new();
        for name in names {
            let (one, two) = (left.unqualified(name), right.unqualified(name));
            let ([one], [two]) = (one.as_slice(), two.as_slice()) else {
                return self.refuse(
                    codes::UNKNOWN_COLUMN,
                    format!("USING `{name}` needs exactly one such column on each side"),
                    self.place,
                );
            };
            self.no_days_of_rows(&one.column.ty, &two.column.ty, self.place)?;
            let ty = self.common_type([&one.column.ty, &two.column.ty], self.place)?;
            if self.keys_fold() || kind == JoinKind::Full {
                self.no_text(&ty, "USING", self.place)?;
            }
            self.keyed(&ty, KeyUse::Joined, self.place)?;
            if ty != one.column.ty || ty != two.column.ty {
                let outer = matches!(kind, JoinKind::Full | JoinKind::Right);
                if outer || one.column.ty.base() != two.column.ty.base() {
                    return self.refuse(
                        codes::TYPES,
                        format!(
                            "USING `{name}` joins `{}` with `{}`; write the join with ON",
                            one.column.ty, two.column.ty
                        ),
                        self.place,
                    );
                }
            }
            if ty.is_float() && self.nan_is_unordered() {
                return self.unsupported("USING of floats, which may be NaN", self.place);
            }
            hide(left, one);
            hide(right, two);
            left.merged.retain(|found| found.column.name != *name);
            right.merged.retain(|found| found.column.name != *name);
            let (relation, ty) = match kind {
                JoinKind::Full => (None, &one.column.ty),
                JoinKind::Right => (two.relation.clone(), &two.column.ty),
                _ => (one.relation.clone(), &one.column.ty),
            };
            merged.push(Found { relation, column: Column { name: name.clone(), ty: ty.clone() } });
        }
        merged.append(&mut left.merged);
        left.merged = merged;
        Ok(())
    }
}

/// The only column of that name, by its relation.
fn column_of(found: Vec<Found>, span: super::Span) -> Option<Expr> {
    let [one] = <[Found; 1]>::try_from(found).ok()?;
    let kind = ExprKind::Column { relation: one.relation, name: one.column.name, qualified: true };
    Some(Expr { kind, ty: one.column.ty, span })
}

fn hide(scope: &mut Scope, found: &Found) {
    for relation in &mut scope.relations {
        // A column merged before is hidden already.
        if found.relation.as_ref() == Some(&relation.name) {
            relation.merged_away.push(found.column.name.clone());
        }
    }
}
