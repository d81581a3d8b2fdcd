//! Keys of ROLLUP and the like of which a condition leaves one value. PostgreSQL 15 does not sort by such a key,
//! and does not see that it is NULL in the totals: `… WHERE q = 1 GROUP BY CUBE (r, q) ORDER BY r, q`.

use super::Printer;
use crate::rule::Emit;
use sql::tree::{
    Body, Distinct, Expr, ExprKind, GroupItem, GroupKey, JoinCondition, QuantifiedSource, Query,
    Relation, Select, SortKey, SortTarget,
};
use std::collections::BTreeSet;

/// The names of columns that conditions of a statement leave one value of. A name may be there that has several: it
/// stands for the columns of all relations that have it.
#[derive(Debug, Default)]
pub(super) struct OneValue {
    names: BTreeSet<String>,
}

impl OneValue {
    /// Those of a statement; none where nothing is totalled.
    pub(super) fn of(statement: &Query) -> Self {
        if !statement.any_query(&mut |query| select_of(query).is_some_and(has_totals)) {
            return Self::default();
        }
        let mut found = Equalities::default();
        statement.any_query(&mut |query| {
            found.look(query);
            false
        });
        let mut names = found.settled;
        // `a = b AND b = 1`
        loop {
            let more: Vec<String> = (found.alike.iter())
                .filter(|alike| alike.iter().any(|name| names.contains(name)))
                .flatten()
                .filter(|name| !names.contains(*name))
                .cloned()
                .collect();
            if more.is_empty() {
                return Self { names };
            }
            names.extend(more);
        }
    }

    fn holds(&self, key: &Expr) -> bool {
        let named = |part: &Expr| match &part.kind {
            ExprKind::Column { name, .. } => self.names.contains(name),
            _ => false,
        };
        !self.names.is_empty() && key.any_part(&named)
    }
}

/// What the conditions of a statement make equal.
#[derive(Debug, Default)]
struct Equalities {
    settled: BTreeSet<String>,
    alike: Vec<[String; 2]>,
}

impl Equalities {
    fn look(&mut self, query: &Query) {
        for cte in &query.with {
            self.renamed(&cte.query, &cte.column_names);
        }
        let Some(select) = select_of(query) else { return };
        for item in &select.items {
            match &item.expr.kind {
                ExprKind::Column { name, .. } => self.alike.push([name.clone(), item.name.clone()]),
                _ if item.expr.is_constant() => drop(self.settled.insert(item.name.clone())),
                _ => {}
            }
        }
        self.conditions(select.filter.as_ref());
        if let Some(from) = &select.from {
            self.relation(from);
        }
    }

    fn relation(&mut self, relation: &Relation) {
        match relation {
            Relation::Derived { query, alias, .. } => self.renamed(query, &alias.columns),
            Relation::Join { left, right, condition, .. } => {
                self.relation(left);
                self.relation(right);
                if let JoinCondition::On(on) = condition {
                    self.conditions(Some(on));
                }
            }
            Relation::Sample { input, .. } => self.relation(input),
            Relation::Table { .. } | Relation::Function { .. } => {}
        }
    }

    /// A list of names behind an alias.
    fn renamed(&mut self, query: &Query, names: &[String]) {
        if matches!(query.body, Body::Values(_)) {
            self.settled.extend(query.columns.iter().map(|column| column.name.clone()));
        }
        let pairs = query.columns.iter().zip(names);
        self.alike.extend(pairs.map(|(column, name)| [column.name.clone(), name.clone()]));
    }

    /// Every comparison in a condition: PostgreSQL finds that of `NOT (q <> 1)` and of both sides of an OR,
    /// too, and one too many costs a longer key alone.
    fn conditions(&mut self, condition: Option<&Expr>) {
        let Some(condition) = condition else { return };
        match &condition.kind {
            ExprKind::Call(call) if ["=", "<>"].contains(&call.name) => {
                if let [one, two] = call.args.as_slice() {
                    self.equal(one, two);
                }
            }
            ExprKind::InList { expr, list, .. } => {
                if let [only] = list.as_slice() {
                    self.equal(expr, only);
                }
            }
            ExprKind::InQuery { expr, query, .. }
            | ExprKind::Quantified { expr, source: QuantifiedSource::Query(query), .. } => {
                match select_of(query).map(|select| select.items.as_slice()) {
                    Some([item]) => self.equal(expr, &item.expr),
                    _ => self.settled.extend(columns(expr)),
                }
            }
            ExprKind::Quantified { expr, .. } => self.settled.extend(columns(expr)),
            _ => {}
        }
        let _ = condition.any_child(&mut |part| {
            self.conditions(Some(part));
            false
        });
    }

    fn equal(&mut self, one: &Expr, two: &Expr) {
        let (first, second) = (columns(one), columns(two));
        if first.is_empty() || second.is_empty() {
            self.settled.extend(first.into_iter().chain(second));
            return;
        }
        for name in &first {
            self.alike.extend(second.iter().map(|other| [name.clone(), other.clone()]));
        }
    }
}

impl Printer<'_> {
    /// The key of the query's ORDER BY so that it is sorted by, where it would not be as it stands.
    pub(super) fn of_totals(&mut self, target: &SortTarget, query: &Query) -> Emit<Option<String>> {
        let Some(select) = select_of(query).filter(|select| has_totals(select)) else {
            return Ok(None);
        };
        let key = match target {
            SortTarget::Output(index) => select.items.get(*index).map(|item| &item.expr),
            SortTarget::Expr(expr) => Some(expr),
        };
        let Some(key) = key.filter(|key| self.is_one_value(key) && is_grouped(key, select)) else {
            return Ok(None);
        };
        if select.distinct != Distinct::No {
            return Self::refuse("distinct totals over a key of one value are not done", key.span);
        }
        let text = self.expr(key)?.text;
        Ok(Some(format!("CASE WHEN grouping({text}) = 0 THEN {text} END")))
    }

    fn is_one_value(&self, key: &Expr) -> bool {
        self.one_value.as_ref().is_some_and(|known| known.holds(key))
    }

    /// Refuses windows by such keys.
    pub(super) fn totals_are_sorted(&self, select: &Select) -> Emit<()> {
        if !has_totals(select) {
            return Ok(());
        }
        let skipped = |key: &Expr| self.is_one_value(key) && is_grouped(key, select);
        let of_window = |sort: &SortKey| match &sort.target {
            SortTarget::Expr(key) => skipped(key),
            SortTarget::Output(_) => false,
        };
        let by_window = |item: &&sql::tree::Item| {
            item.expr.any_call(&|call| {
                call.over.as_ref().is_some_and(|over| {
                    over.partition_by.iter().any(skipped) || over.order_by.iter().any(of_window)
                })
            })
        };
        match select.items.iter().find(by_window) {
            Some(item) => {
                Self::refuse("windows of totals by a key of one value are not done", item.expr.span)
            }
            None => Ok(()),
        }
    }
}

fn select_of(query: &Query) -> Option<&Select> {
    match &query.body {
        Body::Select(select) => Some(select),
        Body::SetOperation { .. } | Body::Values(_) => None,
    }
}

fn has_totals(select: &Select) -> bool {
    select.group_by.iter().any(|item| !matches!(item, GroupItem::Key(_)))
}

/// Is it a key of groups?
fn is_grouped(key: &Expr, select: &Select) -> bool {
    select.group_by.iter().flat_map(GroupItem::keys).any(|group| match group {
        GroupKey::Expr(expr) => expr.is_same(key),
        GroupKey::Output(index) => {
            select.items.get(*index).is_some_and(|item| item.expr.is_same(key))
        }
    })
}

/// The names of the columns in an expression.
fn columns(expr: &Expr) -> Vec<String> {
    let names = std::cell::RefCell::new(Vec::new());
    expr.any_part(&|part| {
        if let ExprKind::Column { name, .. } = &part.kind {
            names.borrow_mut().push(name.clone());
        }
        false
    });
    names.into_inner()
}

#[cfg(test)]
mod tests {
    use crate::Transpiler;
    use model::Dialect;

    fn on_postgres(sql: &str) -> Result<String, String> {
        let ddl = "CREATE TABLE t (r VARCHAR, q INT, x INT)";
        let tables = sql::tables_of_ddl(ddl, Dialect::Trino).unwrap();
        let transpiler = Transpiler::new(Dialect::Trino, Dialect::Postgres, &tables);
        match transpiler.translate(sql, &[]) {
            Ok(translation) => Ok(translation.sql),
            Err(refusal) => Err(refusal.diagnostics[0].message.clone()),
        }
    }

    #[test]
    fn a_key_of_one_value_is_sorted_by() {
        for sql in [
            "SELECT r, q FROM t WHERE q = 1 GROUP BY CUBE (r, q) ORDER BY q, r",
            "SELECT r, q FROM t WHERE x = 1 AND q = x GROUP BY ROLLUP (r, q) ORDER BY q, r",
            "SELECT r, k AS q FROM (SELECT r, q AS k FROM t WHERE q IN (1)) d GROUP BY CUBE (r, k) ORDER BY k",
            "WITH c (r, q) AS (SELECT r, x FROM t WHERE x = 1) SELECT r, q FROM c GROUP BY CUBE (r, q) ORDER BY q",
            "SELECT r, q FROM t WHERE q IN (SELECT 3) GROUP BY CUBE (r, q) ORDER BY q, r",
            "SELECT r, q FROM t WHERE q = ANY (SELECT x FROM t WHERE x = 1) GROUP BY CUBE (r, q) ORDER BY q, r",
            "SELECT r, q FROM t WHERE q IN (SELECT z FROM (SELECT 3 AS z) u) GROUP BY CUBE (r, q) ORDER BY q, r",
            "SELECT r, q FROM t WHERE q IN (SELECT z FROM (VALUES (3)) u(z)) GROUP BY CUBE (r, q) ORDER BY q, r",
            "SELECT r, q FROM t WHERE NOT (q <> 3) GROUP BY CUBE (r, q) ORDER BY q, r",
            "SELECT r, q FROM t WHERE q = 3 AND x > 1 OR q = 3 AND x < 1 GROUP BY CUBE (r, q) ORDER BY q, r",
        ] {
            let text = on_postgres(sql).unwrap();
            assert!(text.contains("ORDER BY CASE WHEN grouping("), "{text}");
        }
        for sql in [
            "SELECT r, q FROM t WHERE x = 1 GROUP BY CUBE (r, q) ORDER BY q, r",
            "SELECT r, q FROM t WHERE q = 1 GROUP BY r, q ORDER BY q, r",
            "SELECT r, q FROM t WHERE q > 1 GROUP BY CUBE (r, q) ORDER BY q, r",
        ] {
            let text = on_postgres(sql).unwrap();
            assert!(!text.contains("grouping("), "{text}");
        }
    }

    #[test]
    fn windows_by_it_are_refused() {
        let sql = |key: &str| {
            format!(
                "SELECT r, q, rank() OVER (ORDER BY {key}) AS k FROM t WHERE q = 1 GROUP BY CUBE (r, q)"
            )
        };
        assert!(on_postgres(&sql("q")).unwrap_err().contains("windows of totals"));
        assert!(on_postgres(&sql("r")).is_ok());
    }
}
