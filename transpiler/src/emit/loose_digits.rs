//! Columns of queries whose values show other digits than their type says.
//!
//! `coalesce(n, 0)` is a `numeric(12, 2)` and may be a whole number, which PostgreSQL shows as `0`. A
//! column of a derived table or a WITH query hides how its values came about, so their names are
//! gathered first. Relations of one name count as one, whatever query they stand in: that writes a
//! cast too many, or refuses too much, and is never wrong.

use super::convert::fixed_scale;
use sql::{
    Type,
    tree::{
        Body, Cell, Cte, Expr, JoinCondition, Query, Relation, Select, SortTarget, Source,
        Statement,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// The columns whose values may show other digits than their type says.
#[derive(Debug, Default, Clone)]
pub(crate) struct LooseDigits {
    /// Relations, and the names of such columns of theirs.
    columns: BTreeMap<String, BTreeSet<String>>,
    /// Queries of WITH, and the places of such columns, with their names.
    ctes: BTreeMap<String, Vec<(usize, String)>>,
}

impl LooseDigits {
    pub(crate) fn of_query(query: &Query) -> Self {
        let mut loose = Self::default();
        loose.query(query);
        loose
    }

    pub(crate) fn of_statement(statement: &Statement) -> Self {
        let mut loose = Self::default();
        match statement {
            Statement::Query(query) => drop(loose.query(query)),
            Statement::Insert(insert) => {
                if let Source::Query(query) = &insert.source {
                    loose.query(query);
                }
            }
            Statement::Update(update) => {
                loose.with(&update.with.ctes);
                update.from.iter().for_each(|from| loose.relation(from));
                update.filter.iter().for_each(|filter| loose.expr(filter));
                for assignment in &update.assignments {
                    if let Cell::Value(value) = &assignment.value {
                        loose.expr(value);
                    }
                }
            }
            Statement::Delete(delete) => {
                loose.with(&delete.with.ctes);
                delete.using.iter().for_each(|using| loose.relation(using));
                delete.filter.iter().for_each(|filter| loose.expr(filter));
            }
            Statement::Merge(merge) => {
                loose.with(&merge.with.ctes);
                loose.relation(&merge.source);
            }
            Statement::CreateTable(table) => {
                table.query.iter().for_each(|query| drop(loose.query(query)));
            }
            Statement::CreateView(view) => drop(loose.query(&view.query)),
            Statement::Drop(_) | Statement::Truncate(_) => {}
        }
        loose
    }

    /// May the values of the column show other digits than its type says?
    pub(crate) fn has(&self, relation: Option<&str>, column: &str) -> bool {
        match relation {
            Some(relation) => {
                self.columns.get(relation).is_some_and(|columns| columns.contains(column))
            }
            None => self.columns.values().any(|columns| columns.contains(column)),
        }
    }

    fn with(&mut self, ctes: &[Cte]) {
        for cte in ctes {
            let outputs = self.query(&cte.query);
            self.ctes
                .entry(cte.name.clone())
                .or_default()
                .extend(renamed(outputs, &cte.column_names));
        }
    }

    /// Notes what is inside, and gives the places and names of such outputs.
    fn query(&mut self, query: &Query) -> Vec<(usize, String)> {
        self.with(&query.with);
        let shapes: Vec<_> = query.columns.iter().map(|column| scale(&column.ty)).collect();
        let mut outputs = BTreeSet::new();
        match &query.body {
            Body::Select(select) => self.select(select, &mut outputs),
            Body::SetOperation { left, right, .. } => {
                for side in [left, right] {
                    outputs.extend(self.query(side).into_iter().map(|(place, _)| place));
                    for (place, column) in side.columns.iter().enumerate() {
                        if scale(&column.ty) != shapes.get(place).copied().flatten() {
                            outputs.insert(place);
                        }
                    }
                }
            }
            Body::Values(rows) => {
                for row in rows {
                    for (place, cell) in row.iter().enumerate() {
                        self.expr(cell);
                        let shown = fixed_scale(cell, self);
                        if !cell.is_null() && shown != shapes.get(place).copied().flatten() {
                            outputs.insert(place);
                        }
                    }
                }
            }
        }
        for key in &query.order_by {
            if let SortTarget::Expr(key) = &key.target {
                self.expr(key);
            }
        }
        let name =
            |place: usize| query.columns.get(place).map(|column| (place, column.name.clone()));
        let loose = |place: &usize| shapes.get(*place).is_some_and(Option::is_some);
        outputs.into_iter().filter(loose).filter_map(name).collect()
    }

    fn select(&mut self, select: &Select, outputs: &mut BTreeSet<usize>) {
        select.from.iter().for_each(|from| self.relation(from));
        select.exprs().for_each(|expr| self.expr(expr));
        for (place, item) in select.items.iter().enumerate() {
            let shape = scale(&item.expr.ty);
            if shape.is_some() && !item.expr.is_null() && fixed_scale(&item.expr, self) != shape {
                outputs.insert(place);
            }
        }
    }

    fn relation(&mut self, relation: &Relation) {
        match relation {
            Relation::Table { path, alias, .. } => {
                let [name] = path.as_slice() else { return };
                let Some(outputs) = self.ctes.get(name).cloned() else { return };
                let columns =
                    alias.as_ref().map(|alias| alias.columns.as_slice()).unwrap_or_default();
                let name = alias.as_ref().map_or(name, |alias| &alias.name);
                self.note(name, outputs, columns);
            }
            Relation::Derived { query, alias, .. } => {
                let outputs = self.query(query);
                self.note(&alias.name, outputs, &alias.columns);
            }
            Relation::Function { call, .. } => self.expr(call),
            Relation::Sample { input, name, .. } => {
                self.relation(input);
                let inner = input.name().and_then(|inner| self.columns.get(inner)).cloned();
                self.columns.entry(name.clone()).or_default().extend(inner.into_iter().flatten());
            }
            Relation::Join { left, right, condition, .. } => {
                self.relation(left);
                self.relation(right);
                if let JoinCondition::On(on) = condition {
                    self.expr(on);
                }
            }
        }
    }

    fn note(&mut self, relation: &str, outputs: Vec<(usize, String)>, names: &[String]) {
        let columns = self.columns.entry(relation.to_owned()).or_default();
        columns.extend(renamed(outputs, names).into_iter().map(|(_, name)| name));
    }

    /// Notes the queries in an expression.
    fn expr(&mut self, expr: &Expr) {
        for query in expr.queries() {
            self.query(query);
        }
    }
}

/// The digits behind the point that the type says, of a number that is no integer.
fn scale(ty: &Type) -> Option<u32> {
    match ty {
        Type::Numeric(shape) => shape.map(|shape| shape.scale),
        _ => None,
    }
}

/// The outputs under the names that an alias gives the first of them.
fn renamed(outputs: Vec<(usize, String)>, names: &[String]) -> Vec<(usize, String)> {
    let name = |(place, name): (usize, String)| (place, names.get(place).cloned().unwrap_or(name));
    outputs.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use crate::Transpiler;
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    fn transpiler(from: Dialect, to: Dialect) -> Transpiler {
        let column = |name: &str| CatalogColumn {
            name: name.to_owned(),
            data_type: "numeric(12,2)".to_owned(),
            nullable: true,
        };
        let table = CatalogTable {
            database: None,
            schema: None,
            name: "t".to_owned(),
            columns: vec![column("n"), column("m")],
            keys: Vec::new(),
        };
        Transpiler::new(from, to, &[table])
    }

    #[test]
    fn the_digits_of_the_type_are_written_where_values_may_have_others() {
        let transpiler = transpiler(Dialect::Snowflake, Dialect::Postgres);
        for (query, cast) in [
            ("SELECT a::varchar FROM (SELECT n AS a FROM t) AS s", false),
            ("SELECT a::varchar FROM (SELECT nvl(n, 0) AS a FROM t) AS s", true),
            ("WITH s AS (SELECT n AS a FROM t UNION ALL SELECT 0) SELECT a::varchar FROM s", true),
            (
                "SELECT a::varchar FROM (SELECT b AS a FROM (SELECT nvl(n, 0) AS b FROM t) AS u) AS s",
                true,
            ),
            ("SELECT s.a::varchar FROM (SELECT n AS a, nvl(n, 0) AS b FROM t) AS s", false),
        ] {
            let translated = transpiler.translate(query, &[]).map(|done| done.sql);
            let written = translated.unwrap_or_default();
            assert!(written.contains("AS text"), "{query}: {written}");
            assert_eq!(written.contains("CAST(CAST("), cast, "{query}: {written}");
        }
    }

    #[test]
    fn a_number_of_postgresql_that_may_show_other_digits_is_no_text_elsewhere() {
        for target in [Dialect::DuckDb, Dialect::DataFusion] {
            let transpiler = transpiler(Dialect::Postgres, target);
            let fine = "SELECT a::text AS x FROM (SELECT n AS a FROM t) AS s";
            assert!(transpiler.translate(fine, &[]).is_ok());
            for loose in [
                "SELECT a::text AS x FROM (SELECT coalesce(n, 0) AS a FROM t) AS s",
                "WITH s AS (SELECT n AS a FROM t UNION ALL SELECT 0) SELECT a::text AS x FROM s",
                "SELECT a::text AS x FROM (VALUES (1), (2.5)) AS v(a)",
            ] {
                assert!(transpiler.translate(loose, &[]).is_err(), "{loose}");
            }
        }
    }
}
