//! The table that a statement writes to, its columns, RETURNING.

use crate::{
    bind::{Binder, Bound, Span, codes, said::unmarked, scope::Scope},
    dialects::declared,
    tree::{Assignment, Cell, Column, Expr, ExprKind, Item, Relation, Target},
};
use sqlparser::ast::{
    self, AssignmentTarget, OutputClause, SelectItem, SelectItemQualifiedWildcardKind,
};

/// A target with its columns.
pub(super) struct Written {
    pub(super) target: Target,
    /// All columns of the table.
    pub(super) columns: Vec<Column>,
    /// A scope with the table alone.
    pub(super) scope: Scope,
}

impl Binder<'_> {
    /// Looks a target up in the catalog.
    pub(super) fn written(
        &mut self,
        name: &ast::ObjectName,
        alias: Option<&ast::TableAlias>,
    ) -> Bound<Written> {
        let span = self.span(name);
        if let [part] = name.0.as_slice()
            && let Some(ident) = part.as_ident()
            && self.ctes.iter().any(|cte| cte.name == self.fold(ident))
        {
            return self.unsupported("writing to a common table expression", span);
        }
        if alias.is_some_and(|alias| !alias.columns.is_empty()) {
            return self.unsupported("a column list of the table written to", span);
        }
        let mut scope = Scope::default();
        let relation = self.table(name, alias, &mut scope, span)?;
        let Relation::Table { path, alias, span } = relation else {
            return self.unsupported("writing to this table", span);
        };
        let mut columns: Vec<Column> =
            scope.relations.first().map(|r| r.columns.to_vec()).unwrap_or_default();
        for column in &mut columns {
            if let Some(spelling) = self.catalog.spelling(&path, &column.name) {
                column.ty = declared(spelling, column.ty.clone());
            }
        }
        let target = Target { path, alias: alias.map(|alias| alias.name), span };
        Ok(Written { target, columns, scope })
    }

    /// The same of an element of FROM, which must be a plain table.
    pub(super) fn written_factor(&mut self, factor: &ast::TableFactor) -> Bound<Written> {
        let span = self.span(factor);
        match factor {
            ast::TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                self.written(name, alias.as_ref())
            }
            _ => self.unsupported("writing to this table", span),
        }
    }

    /// The column of the written table that `name` means.
    pub(super) fn written_column(
        &self,
        written: &Written,
        name: &ast::ObjectName,
        span: Span,
    ) -> Bound<Column> {
        let parts: Vec<String> =
            name.0.iter().filter_map(|p| p.as_ident()).map(|n| self.fold(n)).collect();
        let own = |relation: &str| {
            let table = written.target.path.last().map(String::as_str);
            written.target.alias.as_deref().or(table) == Some(relation)
        };
        let column = match parts.as_slice() {
            [column] => Some(column),
            [relation, column] if own(relation) => Some(column),
            _ => None,
        };
        let found = column.and_then(|name| written.columns.iter().find(|c| c.name == *name));
        match found {
            Some(found) => Ok(found.clone()),
            None => self.refuse(
                codes::UNKNOWN_COLUMN,
                format!("column `{}` is not in the table written to", parts.join(".")),
                span,
            ),
        }
    }

    /// `SET column = value, …`; the scope of the values is on the stack.
    pub(super) fn assignments(
        &mut self,
        written: &Written,
        assignments: &[ast::Assignment],
    ) -> Bound<Vec<Assignment>> {
        let mut bound: Vec<Assignment> = Vec::with_capacity(assignments.len());
        for assignment in assignments {
            let span = self.span(assignment);
            match &assignment.target {
                AssignmentTarget::ColumnName(name) => {
                    let column = self.written_column(written, name, span)?;
                    let value = self.cell(&assignment.value, written, &column)?;
                    self.takes_cell(written, &column, &value)?;
                    bound.push(Assignment { column, value });
                }
                AssignmentTarget::Tuple(names) => {
                    let queries;
                    let values = match &assignment.value {
                        ast::Expr::Tuple(values) => values,
                        other => {
                            let Some(made) = by_column(other) else {
                                let what = "SET of several columns by this value";
                                return self.unsupported(what, span);
                            };
                            queries = made;
                            &queries
                        }
                    };
                    if values.len() != names.len() {
                        let what = "SET names more or fewer columns than it has values";
                        return self.refuse(codes::TYPES, what, span);
                    }
                    for (name, value) in names.iter().zip(values) {
                        let column = self.written_column(written, name, span)?;
                        let value = self.cell(value, written, &column)?;
                        self.takes_cell(written, &column, &value)?;
                        bound.push(Assignment { column, value });
                    }
                }
            }
        }
        for (index, one) in bound.iter().enumerate() {
            if bound.iter().skip(index + 1).any(|other| other.column.name == one.column.name) {
                let what = format!("column `{}` is set twice", one.column.name);
                return self.refuse(codes::UNSUPPORTED, what, self.place);
            }
        }
        Ok(bound)
    }

    /// A value for a column: `DEFAULT`, or an expression of its type.
    pub(super) fn cell(
        &mut self,
        value: &ast::Expr,
        written: &Written,
        column: &Column,
    ) -> Bound<Cell> {
        if is_default(value) {
            return Ok(Cell::Default);
        }
        let mut value = self.expr(value)?;
        // What is stored has the collation of its column.
        unmarked([&mut value]);
        self.no_text_in_formatted(column, &value)?;
        let value = self.stored(value, &column.ty)?;
        Ok(Cell::Value(self.taken(written, column, value)?))
    }

    /// `RETURNING …`, over the rows as they are afterwards (of a DELETE: were), or T-SQL's
    /// `OUTPUT inserted.…`, where `rows` are the words for such a row.
    pub(super) fn rows_back(
        &mut self,
        written: &Written,
        items: Option<&Vec<SelectItem>>,
        output: Option<&OutputClause>,
        rows: &[&str],
    ) -> Bound<Vec<Item>> {
        let items = match (items, output) {
            (None, None) => return Ok(Vec::new()),
            (Some(items), None)
            | (None, Some(OutputClause::Returning { select_items: items, .. })) => items,
            (None, Some(OutputClause::Output { select_items, into_table: None, .. })) => {
                return self.output(written, select_items, rows);
            }
            _ => return self.unsupported("OUTPUT INTO", self.place),
        };
        self.scopes.push(written.scope.clone());
        let bound = self.items(items);
        self.scopes.pop();
        let bound = bound?;
        if bound.iter().any(|item| item.expr.any_call(&|call| call.over.is_some())) {
            return self.unsupported("a window in RETURNING", self.place);
        }
        Ok(bound)
    }

    /// `OUTPUT inserted.id, inserted.*`: columns only.
    fn output(
        &mut self,
        written: &Written,
        items: &[SelectItem],
        rows: &[&str],
    ) -> Bound<Vec<Item>> {
        let mut found = Vec::new();
        for item in items {
            let span = self.span(item);
            let of = |column: &Column, name: &str| Item {
                expr: Expr {
                    kind: ExprKind::Column {
                        relation: None,
                        name: column.name.clone(),
                        qualified: false,
                    },
                    ty: column.ty.clone(),
                    span,
                },
                name: name.to_owned(),
            };
            let (expr, alias) = match item {
                SelectItem::UnnamedExpr(expr) => (expr, None),
                SelectItem::ExprWithAlias { expr, alias } => (expr, Some(self.fold(alias))),
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    options,
                ) if *options == ast::WildcardAdditionalOptions::default()
                    && rows.first().is_some_and(|row| {
                        crate::facts::last_name(name).eq_ignore_ascii_case(row)
                    }) =>
                {
                    found.extend(written.columns.iter().map(|column| of(column, &column.name)));
                    continue;
                }
                _ => return self.unsupported("this OUTPUT", span),
            };
            let path = self.output_path(expr);
            let column = match path.as_slice() {
                // Of an UPDATE a column that is not set, as [`Self::deleted_is_kept`] has found.
                [relation, name] if rows.contains(&relation.as_str()) => {
                    written.columns.iter().find(|column| column.name == *name)
                }
                _ => None,
            };
            match column {
                Some(column) => found.push(of(column, alias.as_ref().unwrap_or(&column.name))),
                None => return self.unsupported("this OUTPUT", span),
            }
        }
        Ok(found)
    }

    fn output_path(&self, expr: &ast::Expr) -> Vec<String> {
        match expr {
            ast::Expr::CompoundIdentifier(path) => path.iter().map(|n| self.fold(n)).collect(),
            _ => Vec::new(),
        }
    }

    /// Refuses `OUTPUT deleted.x` of an UPDATE that sets `x`: no target has the rows as they were.
    pub(super) fn deleted_is_kept(
        &mut self,
        output: Option<&OutputClause>,
        set: &[crate::tree::Assignment],
        span: Span,
    ) -> Bound<()> {
        let Some(OutputClause::Output { select_items, .. }) = output else { return Ok(()) };
        for item in select_items {
            let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item
            else {
                continue;
            };
            if let [relation, name] = self.output_path(expr).as_slice()
                && relation == "deleted"
                && set.iter().any(|one| one.column.name == *name)
            {
                return self.unsupported("OUTPUT of a value before it was set", span);
            }
        }
        Ok(())
    }
}

/// The bare word `DEFAULT`.
pub(super) fn is_default(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::Identifier(name)
        if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("default"))
}

/// `SET (a, b) = (SELECT x, y …)` as a query for each column: the rows that it reads are the same for all of
/// them.
fn by_column(value: &ast::Expr) -> Option<Vec<ast::Expr>> {
    let ast::Expr::Subquery(query) = value else { return None };
    let ast::SetExpr::Select(select) = &*query.body else { return None };
    let plain = query.with.is_none()
        && query.order_by.is_none()
        && query.limit_clause.is_none()
        && query.fetch.is_none()
        && select.distinct.is_none();
    if !plain {
        return None;
    }
    let mut queries = Vec::with_capacity(select.projection.len());
    for item in &select.projection {
        if !matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. }) {
            return None;
        }
        let mut one = query.clone();
        if let ast::SetExpr::Select(select) = &mut *one.body {
            select.projection = vec![item.clone()];
        }
        queries.push(ast::Expr::Subquery(one));
    }
    Some(queries)
}
