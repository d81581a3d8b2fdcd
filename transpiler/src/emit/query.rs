//! Queries.

use super::{
    Emitter,
    alike::Print,
    datafusion::{
        branch_constants,
        correlated::{has_value_of_row, sorts_by_value_of_row},
        dependencies, each_array,
        full_join::Merged,
        in_floats, in_query,
        partial_sums::takes_sets,
        row_of_nothing,
    },
    duckdb, order,
    relation::merges,
    row_in_query,
};
use crate::{
    marks,
    rule::Emit,
    rules::{self, order_beside_value},
    targets::Target,
};
use model::Span;
use sql::tree::{
    Body, Call, Cte, Distinct, ExprKind, FunctionKind, GroupItem, GroupKey, Item, Query, Relation,
    Select, SortKey, SortTarget,
};
use std::collections::BTreeSet;

impl Emitter {
    pub(super) fn query(&mut self, query: &Query) -> Emit<String> {
        let outermost = self.depth == 0;
        if outermost && self.target() == Target::DataFusion {
            self.sorts_by_filled_constants(query)?;
            self.keys_may_be_mistaken = dependencies::may_be_mistaken(query);
            self.distinct_over_join = dependencies::has_sets_under_distinct_join(query);
            self.conditions_may_be_moved = row_of_nothing::may_be_moved(query);
            self.floats_inside = in_floats::has_floats_inside(query);
            self.conditions_above = query.any_query(&mut row_of_nothing::has_condition);
            self.branches_sorted = branch_constants::are_sorted_by(query);
        }
        if outermost && self.target() == Target::DuckDb {
            self.no_equal_intervals(query)?;
            self.no_equal_zeros(query)?;
        }
        self.depth += 1;
        let selects = self.selects.len();
        let groups = std::mem::take(&mut self.group_keys);
        let opaque = std::mem::take(&mut self.opaque_keys);
        let merged = std::mem::take(&mut self.merged);
        let hosted = std::mem::take(&mut self.hosted);
        let replaced = self.replaced.clone();
        let text = self
            .query_clauses(query)
            .map(|clauses| clauses.join(if outermost { "\n" } else { " " }));
        self.selects.truncate(selects);
        self.group_keys = groups;
        self.opaque_keys = opaque;
        self.merged = merged;
        self.hosted = hosted;
        self.replaced = replaced;
        self.depth -= 1;
        text
    }

    fn query_clauses(&mut self, query: &Query) -> Emit<Vec<String>> {
        if let Some(outside) = self.sorted_outside(query) {
            return self.query_clauses(&outside);
        }
        if let Some(alike) = self.rows_with_floats(query) {
            return self.query_clauses(&alike);
        }
        let mut clauses = Vec::new();
        if !query.with.is_empty() {
            let ctes: Emit<Vec<String>> =
                query.with.iter().map(|cte| self.cte(cte, query.recursive)).collect();
            let recursive = if query.recursive { "RECURSIVE " } else { "" };
            clauses.push(format!("WITH {recursive}{}", ctes?.join(", ")));
        }
        let items = match &query.body {
            Body::Select(select) => {
                if self.target() == Target::DataFusion {
                    self.merged = Merged::of(select);
                }
                self.select(select, &mut clauses)?;
                Some(select.items.as_slice())
            }
            Body::SetOperation { op, all, left, right } => {
                self.set_operation((*op, *all), (left, right), query, &mut clauses)?;
                None
            }
            Body::Values(rows) if self.inserts && self.target() == Target::DataFusion => {
                clauses.push(self.rows_one_by_one(query, rows)?);
                None
            }
            Body::Values(rows) => {
                let rows: Emit<Vec<String>> =
                    rows.iter().map(|row| Ok(format!("({})", self.list(row)?))).collect();
                // The targets name the columns of VALUES in other ways.
                let mut names = Vec::with_capacity(query.columns.len());
                for column in &query.columns {
                    names.push(self.name(&column.name, query.span)?);
                }
                clauses.push(format!(
                    "SELECT * FROM (VALUES {}) AS v({})",
                    rows?.join(", "),
                    names.join(", ")
                ));
                None
            }
        };
        if self.target() == Target::DataFusion
            && let Some(key) = query.order_by.iter().find(|key| sorts_by_value_of_row(key))
        {
            return self.refuse("a sort by such a query for each row is not done", key.span);
        }
        let keys: Vec<&SortKey> =
            query.order_by.iter().filter(|k| !order::sorts_nothing(k, query, items)).collect();
        if !keys.is_empty() {
            let keys: Emit<Vec<String>> =
                keys.into_iter().map(|key| self.outer_key(key, query, items)).collect();
            clauses.push(format!("ORDER BY {}", keys?.join(", ")));
        }
        if self.target() == Target::DataFusion {
            self.casts_told_apart(&mut clauses, query.span);
        }
        if let Some(limit) = &query.limit {
            clauses.push(format!("LIMIT {}", self.expr(limit)?.text));
        } else if self.values_of_queries
            && self.target() == Target::DataFusion
            && (self.depth == 1 || query.offset.is_some())
            && query.order_by.iter().any(|key| matches!(key.target, SortTarget::Expr(_)))
        {
            // It takes a sort away that stands below a projection, which it does not with a limit.
            let all = self.made_by(&order_beside_value::RULE, query.span, &i64::MAX.to_string());
            clauses.push(format!("LIMIT {all}"));
        }
        if let Some(offset) = &query.offset {
            clauses.push(format!("OFFSET {}", self.expr(offset)?.text));
        }
        Ok(clauses)
    }

    /// VALUES in an INSERT: `DataFusion` would cast each of them, wherever it stands, to the columns
    /// that are written to.
    fn rows_one_by_one(&mut self, query: &Query, rows: &[Vec<sql::tree::Expr>]) -> Emit<String> {
        let mut selects = Vec::with_capacity(rows.len());
        for row in rows {
            let mut cells = Vec::with_capacity(row.len());
            for (cell, column) in row.iter().zip(&query.columns) {
                let name = self.name(&column.name, query.span)?;
                cells.push(format!("{} AS {name}", self.expr(cell)?.text));
            }
            selects.push(format!("SELECT {}", cells.join(", ")));
        }
        let text = format!("SELECT * FROM ({}) AS v", selects.join(" UNION ALL "));
        Ok(self.made_by(&rules::values_in_insert::RULE, query.span, &text))
    }

    pub(super) fn cte(&mut self, cte: &Cte, recursive: bool) -> Emit<String> {
        let name = self.name(&cte.name, cte.query.span)?;
        let new = self.with_names.insert(cte.name.to_lowercase());
        if !new && self.target() == Target::DataFusion {
            return self.refuse("two WITH queries of one name are not known", cte.query.span);
        }
        let mut columns = String::new();
        let mut query = &cte.query;
        let renamed;
        if self.target() == Target::DataFusion && !cte.column_names.is_empty() {
            // It does not see the column list inside a recursive query, nor quoted names under one.
            let mut copy = cte.query.clone();
            rename(&mut copy, &cte.column_names);
            renamed = copy;
            query = &renamed;
        } else if !cte.column_names.is_empty() {
            let names: Emit<Vec<String>> =
                cte.column_names.iter().map(|c| self.name(c, cte.query.span)).collect();
            columns = format!("({})", names?.join(", "));
        }
        if recursive {
            self.open_recursive(cte);
        }
        let text = self.subquery(query);
        if recursive {
            self.close_recursive();
        }
        // A query beside recursive ones need not be one.
        let recursive = recursive && matches!(query.body, Body::SetOperation { .. });
        let mut text = if recursive { text? } else { self.noted_of_nothing(query, text?)? };
        let arranged =
            !query.order_by.is_empty() || query.limit.is_some() || query.offset.is_some();
        if recursive && arranged && self.target() != Target::Postgres {
            // Every UNION there is taken for a recursive one: DuckDB does not sort it, DataFusion
            // forgets to.
            text = format!("SELECT * FROM ({text}) AS _rows");
        }
        Ok(format!("{name}{columns} AS ({text})"))
    }

    fn select(&mut self, select: &Select, clauses: &mut Vec<String>) -> Emit<()> {
        let known = self.tables.len();
        if let Some(from) = select.from.as_ref().filter(|_| self.target() == Target::DataFusion) {
            each_array::tables(from, &mut self.tables);
        }
        let orders = std::mem::take(&mut self.aggregate_orders);
        let written = self.select_clauses(select, clauses);
        self.aggregate_orders = orders;
        self.tables.truncate(known);
        written
    }

    fn select_clauses(&mut self, select: &Select, clauses: &mut Vec<String>) -> Emit<()> {
        if self.target() == Target::DuckDb {
            self.selects.push(duckdb::Names::of(select));
        }
        if self.target() == Target::DataFusion {
            self.aggregate_orders.from_sorted =
                select.from.as_ref().is_some_and(|from| self.may_be_sorted(from));
            self.aggregate_orders.of_sets = takes_sets(select);
            self.no_set_of_a_constant(select)?;
            self.find_hosts(select)?;
        }
        self.group_by_keys(select);
        self.find_opaque_keys(select)?;
        self.qualify =
            self.target() == Target::DataFusion && select.from.as_ref().is_some_and(merges);
        let rows = gives_rows(select);
        let each_row = gathers_nothing(select);
        self.around.each_row = each_row;
        self.around.numbers_asked = self.depth > 1 || select.qualify.is_some();
        let distinct = match &select.distinct {
            Distinct::No => String::new(),
            Distinct::Yes => {
                select.items.iter().try_for_each(|item| self.must_be_exact(&item.expr))?;
                "DISTINCT ".to_owned()
            }
            Distinct::On(keys) => {
                keys.iter().try_for_each(|key| self.must_be_exact(key))?;
                format!("DISTINCT ON ({}) ", self.keys(keys)?)
            }
        };
        let mut taken = BTreeSet::new();
        let mut items = Vec::with_capacity(select.items.len());
        for (index, item) in select.items.iter().enumerate() {
            let several = rows && item.expr.call().is_some_and(is_set);
            self.rows_item = several.then_some(item.expr.span);
            let text = self.item(item, select, &mut taken)?;
            self.rows_item = None;
            // Under a set operation the depth is greater.
            items.push(if self.depth == 1 { marks::item(index, &text) } else { text });
        }
        self.around.each_row = false;
        clauses.push(format!("SELECT {distinct}{}", items.join(", ")));
        let opaque = std::mem::take(&mut self.opaque_keys);
        if let Some(from) = &select.from {
            clauses.push(format!("FROM {}", self.relation(from)?));
        }
        if let Some(filter) = &select.filter {
            self.around.each_row = each_row;
            let text = match row_in_query::as_exists(filter, self.target()) {
                Some(exists) => {
                    let text = self.filter(&exists)?;
                    self.made_by(&rules::row_in_query::RULE, filter.span, &text)
                }
                None => self.filter(filter)?,
            };
            clauses.push(format!("WHERE {text}"));
            self.around.each_row = false;
        }
        self.opaque_keys = opaque;
        self.qualify = true;
        let grouped = self.group_and_having(select, clauses);
        self.qualify = false;
        grouped
    }

    pub(super) fn filter(&mut self, condition: &sql::tree::Expr) -> Emit<String> {
        // Where it would take NULL for false, the rows are counted.
        let done = self.target() != Target::DataFusion || in_query::keeps_rows(condition);
        let before = std::mem::replace(&mut self.around.filtering, done);
        let inside = std::mem::replace(&mut self.around.condition, true);
        let text = self.expr(condition);
        self.around.filtering = before;
        self.around.condition = inside;
        Ok(text?.text)
    }

    fn group_and_having(&mut self, select: &Select, clauses: &mut Vec<String>) -> Emit<()> {
        let mut having = Vec::new();
        if !select.group_by.is_empty() {
            for item in &select.group_by {
                if let GroupItem::Key(GroupKey::Output(index)) = item
                    && let Some(item) = select.items.get(*index)
                {
                    self.must_be_exact(&item.expr)?;
                }
            }
            if self.target() == Target::DataFusion
                && let Some(key) =
                    select.group_by.iter().find_map(|item| by_value_of_row(item, select))
            {
                return self.refuse("a group by such a query for each row is not done", key);
            }
            clauses.push(format!("GROUP BY {}", self.groups(select)?));
        }
        let plain = select.group_by.iter().all(|item| matches!(item, GroupItem::Key(_)));
        if self.target() == Target::DataFusion
            && !select.group_by.is_empty()
            && plain
            && !select.group_by.iter().any(|item| varies(item, select))
        {
            // It drops keys that it can fold, and with the last one the grouping: no rows would
            // become a group.
            having.push("count(*) > 0".to_owned());
        }
        if let Some(condition) = &select.having {
            let text = self.filter(condition)?;
            let text = self.having_about_rows(select, text);
            having.push(if having.is_empty() { text } else { format!("({text})") });
        }
        if !having.is_empty() {
            clauses.push(format!("HAVING {}", having.join(" AND ")));
        }
        if let Some(qualify) = &select.qualify {
            clauses.push(format!("QUALIFY {}", self.filter(qualify)?));
        }
        Ok(())
    }

    fn item(&mut self, item: &Item, select: &Select, taken: &mut BTreeSet<String>) -> Emit<String> {
        let span = item.expr.span;
        let expr = match select.distinct {
            Distinct::Yes => self.key(&item.expr)?.text,
            Distinct::No | Distinct::On(_) => self.expr(&item.expr)?.text,
        };
        let expr = self.branch_constant(item, select, expr);
        let mut output = item.name.clone();
        if self.target() == Target::DataFusion {
            // It refuses two output columns of one name.
            for n in 2.. {
                if taken.insert(output.clone()) {
                    break;
                }
                output = format!("{}_{n}", item.name);
            }
        }
        let name = self.name(&output, span)?;
        // A bare column keeps its name by itself.
        let column = matches!(item.expr.kind, ExprKind::Column { .. });
        let bare = marks::plain(&expr);
        let same = column && (*bare == *name || bare.ends_with(&format!(".{name}")));
        Ok(if same { expr } else { format!("{expr} AS {name}") })
    }
}

/// Gives the columns of a query new names, in every branch of a set operation.
pub(super) fn rename(query: &mut Query, names: &[String]) {
    for (column, name) in query.columns.iter_mut().zip(names) {
        column.name.clone_from(name);
    }
    match &mut query.body {
        Body::Select(select) => {
            for (item, name) in select.items.iter_mut().zip(names) {
                item.name.clone_from(name);
            }
        }
        Body::SetOperation { left, right, .. } => {
            rename(left, names);
            rename(right, names);
        }
        Body::Values(_) => {}
    }
}

impl Emitter {
    /// Can rows of a relation come in an order that `DataFusion` knows: that of a query, or of a window
    /// in it?
    fn may_be_sorted(&self, relation: &Relation) -> bool {
        match relation {
            Relation::Table { path, .. } => {
                path.last().is_some_and(|name| self.with_names.contains(&name.to_lowercase()))
            }
            Relation::Derived { query, .. } => {
                !query.order_by.is_empty()
                    || match &query.body {
                        Body::Values(_) => false,
                        Body::SetOperation { .. } => true,
                        Body::Select(select) => {
                            select.distinct != Distinct::No
                                || select.qualify.is_some()
                                || select
                                    .items
                                    .iter()
                                    .any(|item| item.expr.any_call(&|call| call.over.is_some()))
                                || select.from.as_ref().is_some_and(|from| self.may_be_sorted(from))
                        }
                    }
            }
            Relation::Function { .. } => false,
            Relation::Sample { input, .. } => self.may_be_sorted(input),
            Relation::Join { left, right, .. } => {
                self.may_be_sorted(left) || self.may_be_sorted(right)
            }
        }
    }
}

/// May items of the SELECT give several rows each? Not where rows are gathered or counted.
fn gives_rows(select: &Select) -> bool {
    select.group_by.is_empty()
        && select.having.is_none()
        && select.qualify.is_none()
        && select.items.iter().all(|item| {
            !item.expr.any_call(&|call| call.kind == FunctionKind::Aggregate || call.over.is_some())
        })
}

/// Does each row stand for itself?
fn gathers_nothing(select: &Select) -> bool {
    let gathers = |expr: &sql::tree::Expr| {
        expr.any_call(&|call| {
            matches!(call.kind, FunctionKind::Aggregate | FunctionKind::OrderedSet)
                || call.over.is_some()
        })
    };
    select.group_by.is_empty()
        && select.having.is_none()
        && select.qualify.is_none()
        && !select.items.iter().any(|item| gathers(&item.expr))
}

fn is_set(call: &Call) -> bool {
    call.kind == FunctionKind::Set
}

/// Is the group item a key that no optimiser can fold to a constant: a column, or a plain function
/// of one?
fn varies(item: &GroupItem, select: &Select) -> bool {
    item.keys().into_iter().all(|key| key.expr(&select.items).is_some_and(is_of_column))
}

fn is_of_column(expr: &sql::tree::Expr) -> bool {
    match &expr.kind {
        ExprKind::Column { .. } => true,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_of_column(expr),
        ExprKind::Call(call) => {
            (call.name.starts_with("extract ") || ["substr", "substring"].contains(&call.name))
                && call.args.first().is_some_and(is_of_column)
        }
        _ => false,
    }
}

/// A key that is made by a query over the row.
fn by_value_of_row(item: &GroupItem, select: &Select) -> Option<Span> {
    let GroupItem::Key(key) = item else { return None };
    let expr = match key {
        GroupKey::Expr(expr) => expr,
        GroupKey::Output(index) => &select.items.get(*index)?.expr,
    };
    has_value_of_row(expr).then_some(expr.span)
}
