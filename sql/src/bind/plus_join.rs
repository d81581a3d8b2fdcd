//! The old outer join: `WHERE a.x = b.y (+)`.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/Joins.html>. Each
//! table with a `(+)` is joined on all conditions that name it so; the others stay where they are.

use super::Binder;
use sqlparser::ast::{
    BinaryOperator, Expr, Ident, Join, JoinConstraint, JoinOperator, Select, TableFactor,
    TableWithJoins, VisitMut, VisitorMut, visit_expressions,
};
use std::ops::ControlFlow;

impl Binder<'_> {
    /// The SELECT with its `(+)` written as LEFT JOINs; nothing where there is none, or where it is
    /// not clear what it joins.
    pub(super) fn without_plus(&self, select: &Select) -> Option<Select> {
        let condition = select.selection.as_ref()?;
        if self.speaks_core() || !has_plus(condition) {
            return None;
        }
        let mut changed = select.clone();
        // The conditions of each table with a `(+)`, and what is left.
        let mut joined: Vec<(Ident, Expr)> = Vec::new();
        let mut rest: Option<Expr> = None;
        for one in conjuncts(condition) {
            let tables = self.plus_tables(one)?;
            match tables.as_slice() {
                [] => rest = Some(both(rest, one.clone())),
                // An alternative is no condition of a join.
                [_] if has_or(one) => return None,
                [table] => {
                    let mut plain = one.clone();
                    let _ = VisitMut::visit(&mut plain, &mut Unmark);
                    let name = self.fold(table);
                    match joined.iter_mut().find(|(known, _)| self.fold(known) == name) {
                        Some((_, on)) => *on = both(Some(on.clone()), plain),
                        None => joined.push((table.clone(), plain)),
                    }
                }
                _ => return None,
            }
        }
        if changed.from.iter().any(|item| !item.joins.is_empty()) {
            return None;
        }
        let is = |item: &TableWithJoins, name: &Ident| {
            self.name_of(&item.relation).is_some_and(|own| own == self.fold(name))
        };
        let mut optional: Vec<(TableFactor, Expr)> = Vec::new();
        for (name, on) in joined {
            let at = changed.from.iter().position(|item| is(item, &name))?;
            optional.push((changed.from.remove(at).relation, on));
        }
        let mut items = changed.from.into_iter();
        let mut all = items.next()?;
        for item in items {
            all.joins.push(Join {
                relation: item.relation,
                global: false,
                join_operator: JoinOperator::CrossJoin(JoinConstraint::None),
            });
        }
        // A table is joined once all that its condition names is there.
        let mut known: Vec<String> = std::iter::once(&all.relation)
            .chain(all.joins.iter().map(|join| &join.relation))
            .filter_map(|relation| self.name_of(relation))
            .collect();
        while !optional.is_empty() {
            let ready = optional.iter().position(|(relation, on)| {
                let own = self.name_of(relation);
                self.relations_in(on).is_some_and(|names| {
                    names.iter().all(|n| known.contains(n) || own.as_ref() == Some(n))
                })
            })?;
            let (relation, on) = optional.remove(ready);
            known.extend(self.name_of(&relation));
            all.joins.push(Join {
                relation,
                global: false,
                join_operator: JoinOperator::LeftOuter(JoinConstraint::On(on)),
            });
        }
        changed.from = vec![all];
        changed.selection = rest;
        Some(changed)
    }

    /// The tables that a condition marks.
    fn plus_tables(&self, condition: &Expr) -> Option<Vec<Ident>> {
        let mut tables: Vec<Ident> = Vec::new();
        let mut unclear = false;
        let _ = visit_expressions(condition, |expr: &Expr| {
            if let Expr::OuterJoin(inner) = expr {
                match &**inner {
                    Expr::CompoundIdentifier(path) if path.len() >= 2 => {
                        if let Some(table) = path.len().checked_sub(2).and_then(|i| path.get(i))
                            && !tables.iter().any(|known| self.fold(known) == self.fold(table))
                        {
                            tables.push(table.clone());
                        }
                    }
                    _ => unclear = true,
                }
            }
            ControlFlow::<()>::Continue(())
        });
        (!unclear).then_some(tables)
    }

    /// The relations that a condition names; nothing where a column stands without one.
    fn relations_in(&self, condition: &Expr) -> Option<Vec<String>> {
        let mut names = Vec::new();
        let mut unclear = false;
        let _ = visit_expressions(condition, |expr: &Expr| {
            match expr {
                Expr::CompoundIdentifier(path) => {
                    let table = path.len().checked_sub(2).and_then(|i| path.get(i));
                    names.extend(table.map(|t| self.fold(t)));
                }
                Expr::Identifier(_) | Expr::Subquery(_) | Expr::Exists { .. } => unclear = true,
                _ => {}
            }
            ControlFlow::<()>::Continue(())
        });
        (!unclear).then_some(names)
    }

    fn name_of(&self, relation: &TableFactor) -> Option<String> {
        match relation {
            TableFactor::Table { alias: Some(alias), .. }
            | TableFactor::Derived { alias: Some(alias), .. } => Some(self.fold(&alias.name)),
            TableFactor::Table { name, .. } => {
                name.0.last().and_then(|part| part.as_ident()).map(|ident| self.fold(ident))
            }
            _ => None,
        }
    }
}

fn both(one: Option<Expr>, two: Expr) -> Expr {
    match one {
        None => two,
        Some(one) => {
            Expr::BinaryOp { left: Box::new(one), op: BinaryOperator::And, right: Box::new(two) }
        }
    }
}

fn has_plus(condition: &Expr) -> bool {
    visit_expressions(condition, |expr: &Expr| {
        if matches!(expr, Expr::OuterJoin(_)) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })
    .is_break()
}

fn has_or(condition: &Expr) -> bool {
    visit_expressions(condition, |expr: &Expr| {
        if matches!(expr, Expr::BinaryOp { op: BinaryOperator::Or, .. }) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })
    .is_break()
}

fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            let mut all = conjuncts(left);
            all.extend(conjuncts(right));
            all
        }
        Expr::Nested(inner) if has_plus(inner) => conjuncts(inner),
        other => vec![other],
    }
}

/// Takes the marks away.
struct Unmark;

impl VisitorMut for Unmark {
    type Break = ();

    fn post_visit_expr(&mut self, expr: &mut Expr) -> ControlFlow<()> {
        if let Expr::OuterJoin(inner) = expr {
            *expr = (**inner).clone();
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Catalog, parse,
        tree::{Body, JoinKind, Relation},
    };
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    fn joins(text: &str) -> Option<Vec<JoinKind>> {
        let column = |name: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: "NUMBER(10)".to_owned(),
            nullable: true,
        };
        let table = |name: &str| CatalogTable {
            database: None,
            schema: None,
            name: name.to_owned(),
            columns: vec![column("X"), column("Y")],
            keys: Vec::new(),
        };
        let catalog = Catalog::of(Dialect::Oracle, &[table("A"), table("B"), table("C")]);
        let query = parse(text, Dialect::Oracle).ok()?.bind(&catalog, &[]).ok()?;
        let Body::Select(select) = query.body else { return None };
        let mut found = Vec::new();
        let mut next = select.from;
        while let Some(Relation::Join { left, kind, .. }) = next {
            found.insert(0, kind);
            next = Some(*left);
        }
        Some(found)
    }

    #[test]
    fn each_marked_table_is_joined_on_its_conditions() {
        use JoinKind::{Cross, Left};
        for (text, expected) in [
            (
                "SELECT 1 FROM a, b WHERE a.x = b.x (+) AND b.y (+) = 1 AND a.y > 0",
                Some(vec![Left]),
            ),
            ("SELECT 1 FROM a, b, c WHERE a.x = b.x (+) AND b.y = c.y (+)", Some(vec![Left, Left])),
            ("SELECT 1 FROM c, a, b WHERE b.y = c.y (+) AND a.x = b.x (+)", Some(vec![Left, Left])),
            ("SELECT 1 FROM a, b, c WHERE a.x = c.x (+) AND a.x = b.x", Some(vec![Cross, Left])),
            ("SELECT 1 FROM a, b WHERE a.x (+) = b.x (+)", None),
            ("SELECT 1 FROM a, b WHERE a.x = b.x (+) OR a.y = 1", None),
        ] {
            assert_eq!(joins(text), expected, "{text}");
        }
    }
}
