//! `INSERT`.

use super::target::{Written, is_default};
use crate::{
    bind::{Binder, Bound, Span, codes, scope::ScopeRelation},
    catalog::ALL_COLUMNS,
    tree::{
        Assignment, Body, Cell, Column, Conflict, Distinct, Expr, Insert, Item, Query, Source,
        Statement,
    },
    types::Type,
};
use sqlparser::ast::{
    self, ConflictTarget, OnConflictAction, OnInsert, SelectItem, SetExpr, TableObject, Value,
};

impl Binder<'_> {
    pub(super) fn insert(
        &mut self,
        insert: &ast::Insert,
        with: Option<&ast::With>,
    ) -> Bound<Statement> {
        let span = self.span(insert);
        let ast::Insert {
            insert_token: _,
            // Noted from the text.
            optimizer_hints: _,
            or,
            ignore,
            into: _,
            table,
            table_alias,
            columns,
            overwrite,
            source,
            assignments,
            partitioned,
            after_columns,
            has_table_keyword: _,
            on,
            returning,
            output,
            replace_into,
            priority,
            insert_alias,
            settings,
            format_clause,
            multi_table_insert_type,
            multi_table_into_clauses,
            multi_table_when_clauses,
            multi_table_else_clause,
        } = insert;
        let several = multi_table_insert_type.is_some()
            || !multi_table_into_clauses.is_empty()
            || !multi_table_when_clauses.is_empty()
            || multi_table_else_clause.is_some();
        let foreign = [
            (or.is_some() || *ignore, "INSERT that passes errors over"),
            (*overwrite, "INSERT OVERWRITE"),
            (*replace_into, "REPLACE"),
            (partitioned.is_some() || !after_columns.is_empty(), "INSERT into a partition"),
            (insert_alias.is_some(), "an alias of the new row"),
            (settings.is_some() || format_clause.is_some(), "this INSERT clause"),
            (several, "INSERT into several tables"),
            (!assignments.is_empty() && !columns.is_empty(), "INSERT SET with a column list"),
        ];
        self.has_none(&foreign, span)?;
        if priority.is_some() {
            self.left_out("a priority", span);
        }
        let TableObject::TableName(name) = table else {
            return self.unsupported("INSERT into this", span);
        };
        let alias = table_alias.as_ref().map(|alias| ast::TableAlias {
            explicit: alias.explicit,
            name: alias.alias.clone(),
            columns: Vec::new(),
            at: None,
        });
        let written = self.written(name, alias.as_ref())?;
        let (columns, source) = match (source, assignments.as_slice()) {
            (Some(query), []) => {
                let columns = self.insert_columns(&written, columns, query, span)?;
                let source = self.source(query, with, &written, &columns)?;
                (columns, source)
            }
            (None, []) if columns.is_empty() => (Vec::new(), Source::Defaults),
            (None, set) if with.is_none() && columns.is_empty() => {
                let set = self.assignments(&written, set)?;
                let (columns, row) = set.into_iter().map(|one| (one.column, one.value)).unzip();
                (columns, Source::Rows(vec![row]))
            }
            _ => return self.unsupported("this INSERT", span),
        };
        self.given(&written, &columns, span)?;
        match &source {
            Source::Rows(rows) => {
                for (cell, column) in rows.iter().flat_map(|row| row.iter().zip(&columns)) {
                    self.takes_cell(&written, column, cell)?;
                }
            }
            Source::Query(query) => {
                self.no_doubles(&written.target.path, span)?;
                let open = |column: &Column| Expr {
                    kind: crate::tree::ExprKind::Column {
                        relation: None,
                        name: column.name.clone(),
                        qualified: false,
                    },
                    ty: column.ty.clone(),
                    span: query.span,
                };
                let items = match &query.body {
                    Body::Select(select) => select.items.iter().map(|i| i.expr.clone()).collect(),
                    _ => query.columns.iter().map(open).collect::<Vec<Expr>>(),
                };
                for (value, column) in items.iter().zip(&columns) {
                    self.takes(&written, column, value)?;
                }
            }
            Source::Defaults => {}
        }
        let conflict = on.as_ref().map(|on| self.conflict(on, &written, span)).transpose()?;
        let returning =
            self.rows_back(&written, returning.as_ref(), output.as_ref(), &["inserted"])?;
        let target = written.target;
        let insert = Insert { target, columns, source, conflict, returning, span };
        Ok(Statement::Insert(Box::new(insert)))
    }

    /// Refuses the rows of a query for a table that would leave out those that it has already. Of rows that
    /// are written out a double is an error there.
    ///
    /// Source: <https://docs.teradata.com/r/Enterprise_IntelliFlex_VMware/SQL-Data-Manipulation-Language/Statement-Syntax/INSERT/INSERT-...-SELECT>
    fn no_doubles(&self, path: &[String], span: Span) -> Bound<()> {
        let key = [ALL_COLUMNS.to_owned()];
        // In a session of mode ANSI a table is none of that kind unless it says so.
        if self.catalog.keys(path).iter().any(|one| *one == key)
            && !self.settings.is("collation", "binary")
        {
            return self.unsupported("rows of a query in a table whose rows may not repeat", span);
        }
        Ok(())
    }

    /// The columns that get a value: those listed, else the first of the table.
    fn insert_columns(
        &mut self,
        written: &Written,
        names: &[ast::ObjectName],
        query: &ast::Query,
        span: Span,
    ) -> Bound<Vec<Column>> {
        if names.is_empty() {
            // PostgreSQL takes fewer values than the table has columns; the others are strict.
            let width = match &*query.body {
                SetExpr::Values(values) if self.speaks_core() => {
                    values.rows.first().map(|row| row.content.len())
                }
                _ => None,
            };
            let width = width.unwrap_or(written.columns.len());
            return Ok(written.columns.iter().take(width).cloned().collect());
        }
        let mut columns: Vec<Column> = Vec::with_capacity(names.len());
        for name in names {
            let column = self.written_column(written, name, span)?;
            if columns.iter().any(|one| one.name == column.name) {
                let what = format!("column `{}` is listed twice", column.name);
                return self.refuse(codes::UNSUPPORTED, what, span);
            }
            columns.push(column);
        }
        Ok(columns)
    }

    /// The rows, each value as it is stored.
    fn source(
        &mut self,
        query: &ast::Query,
        with: Option<&ast::With>,
        written: &Written,
        columns: &[Column],
    ) -> Bound<Source> {
        if let SetExpr::Values(values) = &*query.body
            && query.with.is_none()
            && with.is_none()
            && query.order_by.is_none()
            && query.limit_clause.is_none()
            && query.fetch.is_none()
        {
            if self.spec.traits().writing.rows_are_united && values.rows.len() > 1 {
                return Ok(Source::Rows(self.united_rows(values, written, columns)?));
            }
            let mut rows = Vec::with_capacity(values.rows.len());
            for row in &values.rows {
                self.as_many(row.content.len(), columns)?;
                let cells: Bound<Vec<Cell>> = row
                    .content
                    .iter()
                    .zip(columns)
                    .map(|(value, column)| self.cell(value, written, column))
                    .collect();
                rows.push(cells?);
            }
            return Ok(Source::Rows(rows));
        }
        let mut owned;
        let mut query = query;
        if let Some(with) = with {
            if query.with.is_some() {
                return self.unsupported("WITH before and inside INSERT", self.place);
            }
            owned = query.clone();
            owned.with = Some(with.clone());
            query = &owned;
        }
        let mut bound = self.query(query)?;
        Self::shown(&mut bound);
        self.as_many(bound.columns.len(), columns)?;
        Ok(Source::Query(Box::new(self.stored_query(bound, &query.body, written, columns)?)))
    }

    pub(super) fn as_many(&self, values: usize, columns: &[Column]) -> Bound<()> {
        if values == columns.len() {
            return Ok(());
        }
        let what = format!("{values} values for {} columns", columns.len());
        self.refuse(codes::TYPES, what, self.place)
    }

    /// A query with each of its columns as it is stored.
    fn stored_query(
        &mut self,
        mut query: Query,
        body: &SetExpr,
        written: &Written,
        columns: &[Column],
    ) -> Bound<Query> {
        let items = match body {
            SetExpr::Select(select) => select.projection.as_slice(),
            _ => &[],
        };
        if let Body::Select(select) = &mut query.body
            && select.distinct == Distinct::No
            && query.order_by.is_empty()
        {
            let constants = items.len() == select.items.len();
            for (index, (item, column)) in select.items.iter_mut().zip(columns).enumerate() {
                // A bare constant has no type before it meets its column.
                if constants && items.get(index).is_some_and(is_untyped) {
                    item.expr.ty = Type::Unknown;
                }
                self.no_text_in_formatted(column, &item.expr)?;
                let value = self.stored(item.expr.clone(), &column.ty)?;
                item.expr = self.narrowed(written, column, value)?;
                item.name.clone_from(&column.name);
            }
            for (own, column) in query.columns.iter_mut().zip(columns) {
                own.clone_from(column);
            }
            return Ok(query);
        }
        let mut changed = false;
        let mut names = query.columns.clone();
        for (index, column) in names.iter_mut().enumerate() {
            column.name = format!("column{}", index + 1);
        }
        let mut stored = Vec::with_capacity(columns.len());
        for (own, column) in names.iter().zip(columns) {
            let kind = crate::tree::ExprKind::Column {
                relation: Some("q".to_owned()),
                name: own.name.clone(),
                qualified: true,
            };
            let value = Expr { kind, ty: own.ty.clone(), span: query.span };
            let expr = self.stored(value.clone(), &column.ty)?;
            let expr = self.narrowed(written, column, expr)?;
            changed |= expr != value;
            stored.push(Item { expr, name: column.name.clone() });
        }
        if !changed {
            return Ok(query);
        }
        let span = query.span;
        let alias = names.iter().map(|column| column.name.clone()).collect();
        // An order stays: it may say which row gets which number of a column that counts by itself.
        let mut select = Self::around(query, &names);
        if let Some(crate::tree::Relation::Derived { alias: named, .. }) = &mut select.from {
            named.columns = alias;
        }
        select.items = stored;
        Ok(Query::of(Body::Select(Box::new(select)), columns.to_vec(), span))
    }

    /// `ON CONFLICT …`
    fn conflict(&mut self, on: &OnInsert, written: &Written, span: Span) -> Bound<Conflict> {
        let OnInsert::OnConflict(on) = on else {
            return self.unsupported("ON DUPLICATE KEY", span);
        };
        let columns = match &on.conflict_target {
            None => Vec::new(),
            Some(ConflictTarget::Columns(names)) => names.iter().map(|n| self.fold(n)).collect(),
            Some(ConflictTarget::OnConstraint(_)) => {
                return self.unsupported("ON CONFLICT ON CONSTRAINT", span);
            }
        };
        for name in &columns {
            if !written.columns.iter().any(|column| column.name == *name) {
                let what = format!("column `{name}` is not in the table written to");
                return self.refuse(codes::UNKNOWN_COLUMN, what, span);
            }
        }
        let update = match &on.action {
            OnConflictAction::DoNothing => None,
            OnConflictAction::DoUpdate(update) => {
                let mut scope = written.scope.clone();
                let mut excluded =
                    ScopeRelation::new("excluded".to_owned(), written.columns.clone());
                excluded.merged_away = written.columns.iter().map(|c| c.name.clone()).collect();
                scope.relations.push(excluded);
                self.scopes.push(scope);
                let bound = self.update_existing(update, written);
                self.scopes.pop();
                Some(bound?)
            }
        };
        Ok(Conflict { columns, update })
    }

    fn update_existing(
        &mut self,
        update: &ast::DoUpdate,
        written: &Written,
    ) -> Bound<(Vec<Assignment>, Option<Expr>)> {
        let set = self.assignments(written, &update.assignments)?;
        let filter = update.selection.as_ref().map(|e| self.condition(e)).transpose()?;
        Ok((set, filter))
    }
}

/// Is it a constant that takes the type of its column: one in quotes, or NULL?
fn is_untyped(item: &SelectItem) -> bool {
    let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else {
        return false;
    };
    matches!(expr, ast::Expr::Value(value) if matches!(
        value.value,
        Value::SingleQuotedString(_) | Value::Null
    )) && !is_default(expr)
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse, tables_of_ddl};
    use model::Dialect;

    #[test]
    fn rows_of_a_query_may_be_doubles() {
        let text = "INSERT INTO t SELECT a, b FROM t";
        for (ddl, refused) in [
            ("CREATE SET TABLE t (a INTEGER, b INTEGER)", true),
            (
                "CREATE TABLE t, NO FALLBACK (a INTEGER, b INTEGER FORMAT '9') PRIMARY INDEX (a)",
                true,
            ),
            ("CREATE TABLE t (a INTEGER, b INTEGER) UNIQUE PRIMARY INDEX (a)", false),
            ("CREATE TABLE t (a INTEGER FORMAT '9', b INTEGER) UNIQUE PRIMARY INDEX (a)", false),
            ("CREATE SET TABLE t (a INTEGER NOT NULL PRIMARY KEY, b INTEGER)", false),
            ("CREATE MULTISET TABLE t (a INTEGER, b INTEGER)", false),
            ("CREATE MULTISET TABLE t (a INTEGER FORMAT '9', b INTEGER)", false),
        ] {
            let tables = tables_of_ddl(ddl, Dialect::Teradata).unwrap();
            let catalog = Catalog::of(Dialect::Teradata, &tables);
            let settings = SourceSettings::of(Dialect::Teradata);
            let bind = |text| {
                let parsed = parse(text, Dialect::Teradata).unwrap();
                parsed.bind_under(&catalog, &[], &settings)
            };
            assert_eq!(bind(text).is_err(), refused, "{ddl}");
            assert!(bind("INSERT INTO t VALUES (1, 2)").is_ok(), "{ddl}");
        }
    }
}
