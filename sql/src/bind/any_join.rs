//! `ANY LEFT JOIN`, `ANY RIGHT JOIN` and `ANY JOIN` of `ClickHouse`: a row has one partner at most, any of
//! those that it could have. The join is one with a row of each key. The parser's tree says GLOBAL for
//! ANY; see `tokens::strictness`.

use super::{
    Binder, Bound,
    decorate::both,
    nullability::relations_of,
    scope::{Scope, ScopeRelation},
};
use crate::{
    facts::last_name,
    tree::{
        Alias, Column, Distinct, Expr, ExprKind, Item, JoinCondition, JoinKind, Relation, Select,
    },
};
use model::NotComparableKind;
use sqlparser::ast::{self, BinaryOperator, Ident, JoinConstraint, JoinOperator};

/// What a condition says of one of the inputs.
#[derive(Default)]
struct Side {
    /// What is equal to something of the other one.
    keys: Vec<Expr>,
    /// What concerns no other input.
    filter: Option<Expr>,
}

impl Binder<'_> {
    pub(super) fn any_join(
        &mut self,
        left: Relation,
        join: &ast::Join,
        own: &mut Scope,
        before: &Scope,
    ) -> Bound<Relation> {
        let span = self.place;
        let (kind, constraint) = match &join.join_operator {
            JoinOperator::Left(c) | JoinOperator::LeftOuter(c) => (JoinKind::Left, c),
            JoinOperator::Right(c) | JoinOperator::RightOuter(c) => (JoinKind::Right, c),
            JoinOperator::Join(c) | JoinOperator::Inner(c) => (JoinKind::Inner, c),
            _ => return self.unsupported("this kind of ANY JOIN", span),
        };
        if !own.kept.is_empty() && kind != JoinKind::Left {
            return self.unsupported("this ANY JOIN behind a semi join", span);
        }
        let mut right_scope = Scope::default();
        let right = self.factor(&join.relation, &mut right_scope, before)?;
        let names = match constraint {
            JoinConstraint::Using(names) if kind != JoinKind::Right => {
                names.iter().map(last_name).collect()
            }
            _ => Vec::new(),
        };
        let condition = match constraint {
            JoinConstraint::On(condition) => Some(condition.clone()),
            _ => equal_columns(&names, own, &right_scope),
        };
        let Some(condition) = condition else {
            return self.unsupported("this condition of an ANY JOIN", span);
        };
        let seen = own.joined(&right_scope);
        let condition = self.within(seen, |binder| binder.condition(&condition));
        let [mut one, mut two] = [Side::default(), Side::default()];
        let inputs = [relations_of(own), relations_of(&right_scope)];
        let rest = self.sides(condition?, &inputs, [&mut one, &mut two])?;
        let (left, right) = match kind {
            JoinKind::Left => (left, self.one_of_each(right, &right_scope, two)?),
            JoinKind::Right => (self.one_of_each(left, own, one)?, right),
            _ => (self.one_of_each(left, own, one)?, self.one_of_each(right, &right_scope, two)?),
        };
        self.leave_open(NotComparableKind::Choice, "ANY JOIN", span);
        let condition = if names.is_empty() {
            JoinCondition::On(rest)
        } else {
            self.merge(own, &mut right_scope, &names, kind)?;
            JoinCondition::Using(names)
        };
        self.note_filled(kind, own, &right_scope);
        own.take_in(right_scope);
        Ok(Relation::Join { left: Box::new(left), right: Box::new(right), kind, condition })
    }

    /// Takes a condition apart: what each input has to be equal in, and what concerns one of them
    /// only. Both stay in the condition too.
    fn sides(
        &self,
        condition: Expr,
        inputs: &[Vec<String>; 2],
        sides: [&mut Side; 2],
    ) -> Bound<Expr> {
        let [left, right] = inputs;
        let [one, two] = sides;
        let mut parts = vec![&condition];
        while let Some(part) = parts.pop() {
            match (reads(part, left), reads(part, right)) {
                (true, false) => {
                    one.filter = Some(both(one.filter.take(), part.clone(), part.span));
                    continue;
                }
                (false, true) => {
                    two.filter = Some(both(two.filter.take(), part.clone(), part.span));
                    continue;
                }
                _ => {}
            }
            let operands = match &part.kind {
                ExprKind::Call(call) if call.name == "and" => {
                    parts.extend(&call.args);
                    continue;
                }
                ExprKind::Call(call) if call.name == "=" => call.args.as_slice(),
                _ => &[],
            };
            let only = |expr: &Expr| match (reads(expr, left), reads(expr, right)) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            };
            let (mine, others) = match operands {
                [a, b] if only(a) == Some(true) && only(b) == Some(false) => (a, b),
                [a, b] if only(a) == Some(false) && only(b) == Some(true) => (b, a),
                _ => return self.unsupported("ANY JOIN on more than equal columns", part.span),
            };
            one.keys.push(self.key(mine.clone())?);
            two.keys.push(self.key(others.clone())?);
        }
        if one.keys.is_empty() {
            return self.unsupported("ANY JOIN without equal columns", condition.span);
        }
        Ok(condition)
    }

    /// A row for each key of those that the condition lets pass.
    fn one_of_each(&self, input: Relation, scope: &Scope, side: Side) -> Bound<Relation> {
        let span = self.place;
        let known = match scope.relations.as_slice() {
            [one] if has_names_of_its_own(one) && scope.merged.is_empty() => one,
            _ => return self.unsupported("ANY JOIN of several tables", span),
        };
        let item = |column: &Column| Item {
            expr: Expr {
                kind: ExprKind::Column {
                    relation: Some(known.name.clone()),
                    name: column.name.clone(),
                    qualified: true,
                },
                ty: column.ty.clone(),
                span,
            },
            name: column.name.clone(),
        };
        let items = known.columns.iter().map(item).collect();
        let select = Select {
            distinct: Distinct::On(side.keys),
            filter: side.filter,
            ..Select::of(items, Some(input))
        };
        let alias = Alias { name: known.name.clone(), columns: Vec::new() };
        Ok(Relation::Derived { query: Box::new(select.into_query(span)), alias, lateral: false })
    }
}

/// Does it use a column of one of these relations, or one whose relation is not known?
fn reads(expr: &Expr, relations: &[String]) -> bool {
    let column = |part: &Expr| match &part.kind {
        ExprKind::Column { relation: Some(relation), .. } => relations.contains(relation),
        // A query may use any of them.
        ExprKind::Column { .. } => true,
        _ => part.query().is_some(),
    };
    expr.any_part(&column)
}

/// Can each column be named in a query around the relation?
fn has_names_of_its_own(relation: &ScopeRelation) -> bool {
    let names = || relation.columns.iter().map(|column| &column.name);
    names().enumerate().all(|(index, name)| !names().skip(index + 1).any(|other| other == name))
}

/// What USING says, as a condition. Nothing where a side has no such column.
fn equal_columns(names: &[String], left: &Scope, right: &Scope) -> Option<ast::Expr> {
    let column = |scope: &Scope, name: &String| {
        let relation = scope.unqualified(name).first()?.relation.clone()?;
        let path = vec![Ident::with_quote('"', relation), Ident::with_quote('"', name)];
        Some(Box::new(ast::Expr::CompoundIdentifier(path)))
    };
    let both = |left, op, right| ast::Expr::BinaryOp { left, op, right };
    let mut condition: Option<ast::Expr> = None;
    for name in names {
        let equal = both(column(left, name)?, BinaryOperator::Eq, column(right, name)?);
        condition = Some(match condition {
            None => equal,
            Some(others) => both(Box::new(others), BinaryOperator::And, Box::new(equal)),
        });
    }
    condition
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse};
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    fn bound(from: &str) -> Result<String, String> {
        let column = |name: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: "Int64".to_owned(),
            nullable: false,
        };
        let table = |name: &str| CatalogTable {
            database: None,
            schema: None,
            name: name.to_owned(),
            columns: vec![column("a"), column("b")],
            keys: Vec::new(),
        };
        let catalog = Catalog::of(Dialect::ClickHouse, &[table("t"), table("u"), table("v")]);
        parse(&format!("SELECT t.a FROM t {from}"), Dialect::ClickHouse)
            .and_then(|parsed| {
                parsed.bind_under(&catalog, &[], &SourceSettings::of(Dialect::ClickHouse))
            })
            .map(|bound| format!("{:?}", bound.not_comparable))
            .map_err(|why| why.message)
    }

    #[test]
    fn a_join_with_any_partner_is_marked_as_a_choice() {
        for from in [
            "ANY LEFT JOIN u ON t.a = u.a",
            "ANY JOIN u USING (a)",
            "RIGHT ANY JOIN u ON u.b = t.a",
        ] {
            let marks = bound(from).unwrap();
            assert!(marks.contains("Choice") && marks.contains("ANY JOIN"), "{from}: {marks}");
        }
        assert_eq!(bound("ALL LEFT JOIN u ON t.a = u.a").unwrap(), "[]");
    }

    #[test]
    fn what_is_not_known_of_its_keys_is_refused() {
        for from in [
            "ANY LEFT JOIN u ON t.a < u.a",
            "ANY LEFT JOIN u ON t.a = u.a AND t.b < u.b",
            "ANY LEFT JOIN u ON t.a = u.a OR t.b = u.b",
            "ANY LEFT JOIN u ON t.a + u.a = 1",
            "ANY LEFT JOIN u ON u.a = 1",
            "ANY FULL JOIN u ON t.a = u.a",
            "ANY RIGHT JOIN u USING (a)",
            "JOIN v ON t.a = v.a ANY JOIN u ON t.a = u.a",
            "LEFT SEMI JOIN v ON t.a = v.a ANY JOIN u ON t.a = u.a",
        ] {
            assert!(bound(from).is_err(), "{from}");
        }
    }

    #[test]
    fn words_that_are_no_aliases_are_refused() {
        for word in ["ANY", "all", "FINAL", "ONLY", "ilike"] {
            let why = bound(word).unwrap_err();
            assert!(why.contains("behind a table"), "{word}: {why}");
        }
        assert!(bound("AS t, u AS any").is_ok());
    }
}
