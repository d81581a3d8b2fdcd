//! Queries: WITH, set operations, VALUES, ORDER BY, LIMIT.

use super::{Binder, Bound, codes, scope::CteScope, ties::Top, twin_names};
use crate::{
    dialects::Unmarked,
    location,
    tree::{Body, Column, Cte, Expr, ExprKind, Query, Select, SortKey, SortTarget},
    types::Type,
};
use sqlparser::ast::{self, LimitClause, OrderByKind, SetExpr};

impl Binder<'_> {
    pub(super) fn query(&mut self, query: &ast::Query) -> Bound<Query> {
        self.deeper(|binder| {
            let ctes = binder.ctes.len();
            let scopes = binder.scopes.len();
            let span = binder.span(query);
            let siblings = binder.siblings(query, span)?;
            let query = siblings.as_ref().unwrap_or(query);
            let composites = binder.without_composites(query);
            let query = composites.as_ref().unwrap_or(query);
            let nested = binder.without_nested_aggregates(query);
            let query = nested.as_ref().unwrap_or(query);
            let changed = binder.without_rownum(query);
            let bound = binder.query_inner(changed.as_ref().unwrap_or(query));
            binder.ctes.truncate(ctes);
            binder.scopes.truncate(scopes);
            if let Ok(query) = &bound {
                binder.plain_letters_inside(query);
            }
            bound
        })
    }

    fn query_inner(&mut self, query: &ast::Query) -> Bound<Query> {
        let span = self.span_of(|| location::of_query(query));
        let ast::Query {
            with,
            body,
            order_by,
            limit_clause,
            fetch,
            locks,
            for_clause,
            settings,
            format_clause,
            pipe_operators,
        } = query;
        if self.spec.traits().last_select_sorted
            && matches!(**body, SetExpr::SetOperation { .. })
            && (order_by.is_some() || limit_clause.is_some() || fetch.is_some())
        {
            return match super::set_operation::sorted_last(query) {
                Some(moved) => self.query(&moved),
                None => {
                    self.unsupported("ORDER BY or LIMIT of the last query of a set operation", span)
                }
            };
        }
        if !locks.is_empty() {
            return self.unsupported("a locking clause", span);
        }
        if let Some(clause) = for_clause {
            return self.unsupported(super::for_xml::for_clause(clause), span);
        }
        if format_clause.is_some() || !pipe_operators.is_empty() {
            return self.unsupported("this query clause", span);
        }
        for setting in settings.iter().flatten() {
            if !changes_no_result(&setting.key.value) {
                return self.unsupported(&format!("the setting `{}`", setting.key.value), span);
            }
            let note = format!("the setting `{}` is left out", setting.key.value);
            self.notes.push(model::Diagnostic::note(codes::LEFT_OUT, note, Some(span)));
        }
        let mut ctes = Vec::new();
        let mut recursive = false;
        if let Some(with) = with {
            recursive = with.recursive;
            for cte in &with.cte_tables {
                let unmarked = self.recurses_unmarked(cte);
                recursive |= unmarked;
                ctes.push(self.cte(cte, with.recursive || unmarked)?);
            }
            if recursive {
                self.names_no_later(&with.cte_tables, span)?;
            }
        }
        let top = self.top(body)?;
        // `(SELECT …) ORDER BY …`: the inner query keeps its own clauses.
        let (mut body, mut columns) = self.body(body)?;
        let outputs = std::mem::take(&mut self.outputs);
        let scoped = matches!(body, Body::Select(_));
        if let Body::Select(select) = &mut body {
            // Outside a set operation an unknown literal is text, in an empty array too.
            for (item, column) in select.items.iter_mut().zip(&mut columns) {
                let settled = match &item.expr.ty {
                    Type::Unknown => Type::Text,
                    Type::Array(element) if **element == Type::Unknown => {
                        Type::Array(Box::new(Type::Text))
                    }
                    _ => continue,
                };
                item.expr = self.coerce(item.expr.clone(), &settled)?;
                column.ty = settled;
            }
        }
        self.limited(&[&body], &mut columns);
        let mut order_by = match order_by {
            None => Vec::new(),
            Some(order_by) if order_by.interpolate.is_some() => {
                return self.unsupported("INTERPOLATE", span);
            }
            Some(order_by) => match &order_by.kind {
                OrderByKind::All(options) if !self.speaks_core() => {
                    let every = ast::OrderByExpr {
                        expr: ast::Expr::Identifier(ast::Ident::new("all")),
                        options: *options,
                        with_fill: None,
                    };
                    let keys = columns.iter().enumerate().map(|(index, column)| {
                        let target = SortTarget::Output(index);
                        self.finish_key(target, column.ty.clone(), &every, span)
                    });
                    let keys = keys.collect::<Bound<Vec<SortKey>>>()?;
                    self.query_keys_with_nan(keys, &body, span)?
                }
                OrderByKind::All(_) => return self.unsupported("ORDER BY ALL", span),
                OrderByKind::Expressions(keys) if !self.speaks_core() && is_all(keys) => {
                    let all = columns.iter().enumerate().zip(keys.iter().cycle());
                    all.map(|((index, column), key)| {
                        let target = SortTarget::Output(index);
                        self.finish_key(target, column.ty.clone(), key, span)
                    })
                    .collect::<Bound<Vec<SortKey>>>()?
                }
                OrderByKind::Expressions(keys) => {
                    let keys: Bound<Vec<SortKey>> =
                        keys.iter().map(|key| self.sort_key(key, &columns, &body)).collect();
                    let mut keys = keys?;
                    // They sort nothing, and the targets would take them for positions or refuse them.
                    keys.retain(|key| !super::open::is_literal(key));
                    self.sorted_by_outputs(&body, &keys)?;
                    body = self.sorted_outside(body, &columns, &mut keys, span);
                    self.query_keys_with_nan(keys, &body, span)?
                }
            },
        };
        self.collate(&mut body, &mut order_by)?;
        self.order_of_totals(&body, &order_by)?;
        self.sorted_by_totals_of_quotients(&body, &mut order_by)?;
        let fetched = fetch.as_ref().filter(|fetch| fetch.with_ties || fetch.percent);
        let top = match (top, fetched) {
            (top, None) => top,
            (None, Some(fetch)) if limit_clause.is_none() => {
                let count = match &fetch.quantity {
                    Some(quantity) => self.count(quantity)?,
                    None => super::ties::one(span),
                };
                Some(Top { count, ties: fetch.with_ties, percent: fetch.percent })
            }
            _ => return self.unsupported("FETCH WITH TIES or PERCENT here", span),
        };
        let top = match top {
            Some(top) if top.ties || top.percent => {
                self.keep_first(&mut body, &order_by, top, span)?;
                None
            }
            other => other.map(|top| top.count),
        };
        if let Some(LimitClause::LimitOffset { limit, offset, limit_by }) = limit_clause
            && !limit_by.is_empty()
        {
            let (Some(limit), None) = (limit, offset) else {
                return self.unsupported("this LIMIT BY", span);
            };
            self.keep_first_of_each(&mut body, &order_by, limit, limit_by, span)?;
        }
        if scoped {
            // The SELECT's own scope was kept for its sort keys.
            self.scopes.pop();
        }
        let (limit, offset) =
            self.limits(limit_clause.as_ref(), fetch.as_ref().filter(|_| fetched.is_none()), span)?;
        let limit = match (top, limit) {
            (Some(_), Some(_)) => return self.unsupported("TOP and LIMIT together", span),
            (top, limit) => top.or(limit),
        };
        let query = Query { with: ctes, recursive, body, order_by, limit, offset, columns, span };
        self.query_without_order(&query);
        self.outputs = outputs;
        Ok(query)
    }

    pub(super) fn cte(&mut self, cte: &ast::Cte, recursive: bool) -> Bound<Cte> {
        let span = self.span(&cte.alias);
        if cte.from.is_some() {
            return self.unsupported("this WITH clause", span);
        }
        let name = self.fold(&cte.alias.name);
        let quoted = self.is_another_name(&cte.alias.name);
        let column_names: Vec<String> =
            cte.alias.columns.iter().map(|c| self.fold(&c.name)).collect();
        if recursive && let SetExpr::SetOperation { left, .. } = &*cte.query.body {
            // A recursive reference sees the columns of the first branch.
            let scopes = self.scopes.len();
            let (body, columns) = self.body(left)?;
            let marks = self.marks_of(&Query::of(body, columns.clone(), span));
            self.scopes.truncate(scopes);
            // A text constant is text for those who read the column.
            let first: Vec<Column> = columns
                .into_iter()
                .map(|column| match column.ty {
                    Type::Unknown => Column { ty: Type::Text, ..column },
                    _ => column,
                })
                .collect();
            let columns = renamed(first.clone(), &column_names);
            let scope = CteScope { quoted, ..CteScope::of(name.clone(), columns) };
            self.ctes.push(CteScope { marks: marks.clone(), ..scope });
            let mut query = self.query(&cte.query)?;
            self.ctes.pop();
            self.texts_of_any_length(&mut query)?;
            // The types are those of the first branch; another type, or decimals of another scale,
            // would be rounded on the way round.
            let exact = first.iter().zip(&query.columns).all(|(first, whole)| {
                let texts = first.ty.is_text() && whole.ty.is_text();
                texts || (first.ty == whole.ty && first.ty != Type::NUMERIC)
            });
            if !exact {
                return self.unsupported("a recursive query that changes its types", span);
            }
            let columns = renamed(query.columns.clone(), &column_names);
            let scope = CteScope { quoted, ..CteScope::of(name.clone(), columns) };
            self.ctes.push(CteScope { marks, ..scope });
            return Ok(Cte { name, column_names, query });
        }
        if recursive && self.names_itself(cte) {
            // To the targets it would be itself.
            return self.unsupported("a query that reads a table of its own name", span);
        }
        let mut query = self.query(&cte.query)?;
        let twins = twin_names::tell_apart(&mut query, column_names.len());
        if column_names.len() > query.columns.len() {
            return self.refuse(
                codes::UNKNOWN_COLUMN,
                format!("`{name}` has {} columns, its list names more", query.columns.len()),
                span,
            );
        }
        let columns = renamed(query.columns.clone(), &column_names);
        let nullable = std::mem::take(&mut self.outputs);
        let marks = self.marks_of(&query);
        self.ctes.push(CteScope {
            name: name.clone(),
            quoted,
            columns: columns.into(),
            nullable,
            marks,
            twins,
        });
        Ok(Cte { name, column_names, query })
    }

    /// The texts that a recursive query begins with, as texts of any length where the others have another one: `PostgreSQL`
    /// wants one type in both.
    fn texts_of_any_length(&self, query: &mut Query) -> Bound<()> {
        let Body::SetOperation { left, right, .. } = &mut query.body else { return Ok(()) };
        let (Body::Select(first), Body::Select(next)) = (&mut left.body, &right.body) else {
            return Ok(());
        };
        for (one, two) in first.items.iter_mut().zip(&next.items) {
            let Type::Varchar(Some(limit)) = one.expr.ty else { continue };
            if two.expr.ty.is_text() && one.expr.ty != two.expr.ty && !self.speaks_core() {
                let span = one.expr.span;
                let limit = self.number(&limit.to_string(), span);
                one.expr = self.resolve("left", vec![one.expr.clone(), limit], span)?;
            }
        }
        Ok(())
    }

    /// Is the common table expression recursive without the word?
    pub(super) fn recurses_unmarked(&self, cte: &ast::Cte) -> bool {
        match self.spec.traits().recursion_unmarked {
            Unmarked::Never => false,
            Unmarked::Always => self.names_itself(cte),
            Unmarked::UnlessTable => {
                let name = self.fold(&cte.alias.name);
                let known = self.catalog.find(std::slice::from_ref(&name)).is_some()
                    || self.ctes.iter().any(|other| other.name == name);
                let bare = |relation: &ast::ObjectName| match relation.0.as_slice() {
                    [one] => one.as_ident().is_some_and(|ident| self.fold(ident) == name),
                    _ => false,
                };
                !known
                    && ast::visit_relations(&*cte.query, |relation| {
                        if bare(relation) {
                            return std::ops::ControlFlow::Break(());
                        }
                        std::ops::ControlFlow::Continue(())
                    })
                    .is_break()
            }
        }
    }

    /// Does the query of a common table expression read its own name?
    pub(super) fn names_itself(&self, cte: &ast::Cte) -> bool {
        self.names(cte, &self.fold(&cte.alias.name))
    }

    /// Refuses a query of WITH RECURSIVE that reads a table by the name of a later one: to some targets that
    /// is the later one.
    fn names_no_later(&self, ctes: &[ast::Cte], span: super::Span) -> Bound<()> {
        for (index, later) in ctes.iter().enumerate() {
            let name = self.fold(&later.alias.name);
            if ctes.iter().take(index).any(|earlier| self.names(earlier, &name)) {
                return self
                    .unsupported("a query that reads a table by the name of a later one", span);
            }
        }
        Ok(())
    }

    /// Does the query read something of that name?
    fn names(&self, cte: &ast::Cte, name: &str) -> bool {
        let found = ast::visit_relations(&*cte.query, |relation| {
            let last = relation.0.last().and_then(|part| part.as_ident());
            if last.is_some_and(|ident| self.fold(ident) == name) {
                return std::ops::ControlFlow::Break(());
            }
            std::ops::ControlFlow::Continue(())
        });
        found.is_break()
    }

    /// Binds a body. For a SELECT its scope stays on the stack, for the sort keys; the caller pops.
    pub(super) fn body(&mut self, body: &SetExpr) -> Bound<(Body, Vec<Column>)> {
        match body {
            SetExpr::Select(select) => {
                let select = self.select(select)?;
                let columns = select
                    .items
                    .iter()
                    .map(|i| Column { name: i.name.clone(), ty: i.expr.ty.clone() })
                    .collect();
                Ok((Body::Select(Box::new(select)), columns))
            }
            SetExpr::Query(query) => {
                let query = self.query(query)?;
                let columns = query.columns.clone();
                if query.with.is_empty()
                    && query.order_by.is_empty()
                    && query.limit.is_none()
                    && query.offset.is_none()
                    && !matches!(query.body, Body::Select(_))
                {
                    return Ok((query.body, columns));
                }
                let select = Self::around(query, &columns);
                self.scopes.push(super::scope::Scope::default());
                Ok((Body::Select(Box::new(select)), columns))
            }
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                self.set_operation(left, *op, *set_quantifier, right)
            }
            SetExpr::Values(values) => self.values(values),
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_) => {
                self.unsupported("a data-modifying WITH", self.place)
            }
            SetExpr::Table(_) => self.unsupported("TABLE", self.place),
        }
    }

    /// `SELECT q.* FROM (query) AS q`: a derived table keeps what a query means. Columns of one name are
    /// told apart by a list of names.
    pub(super) fn around(query: Query, columns: &[Column]) -> Select {
        let span = query.span;
        let mut names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let listed: Vec<String> = if names.len() == columns.len() {
            Vec::new()
        } else {
            (1..=columns.len()).map(|at| format!("_c{at}")).collect()
        };
        let items = columns.iter().enumerate().map(|(at, column)| crate::tree::Item {
            expr: Expr {
                kind: ExprKind::Column {
                    relation: Some("q".to_owned()),
                    name: listed.get(at).unwrap_or(&column.name).clone(),
                    qualified: true,
                },
                ty: column.ty.clone(),
                span,
            },
            name: column.name.clone(),
        });
        let items = items.collect();
        let from = crate::tree::Relation::Derived {
            query: Box::new(query),
            alias: crate::tree::Alias { name: "q".to_owned(), columns: listed },
            lateral: false,
        };
        Select::of(items, Some(from))
    }

    fn values(&mut self, values: &ast::Values) -> Bound<(Body, Vec<Column>)> {
        let span = self.place;
        let mut rows = Vec::with_capacity(values.rows.len());
        for row in &values.rows {
            let row: Bound<Vec<Expr>> = row.content.iter().map(|e| self.expr(e)).collect();
            rows.push(row?);
        }
        self.outputs.clear();
        let width = rows.first().map_or(0, Vec::len);
        if width == 0 || rows.iter().any(|row| row.len() != width) {
            return self.refuse(codes::TYPES, "the rows of VALUES have different lengths", span);
        }
        let mut columns = Vec::with_capacity(width);
        for index in 0..width {
            let types: Vec<Type> =
                rows.iter().filter_map(|row| row.get(index)).map(|e| e.ty.clone()).collect();
            let ty = self.common_type(&types, span)?;
            for row in &mut rows {
                if let Some(cell) = row.get_mut(index) {
                    *cell = self.unify(cell.clone(), &ty)?;
                }
            }
            columns.push(Column { name: self.spec.traits().values_names.of(index), ty });
        }
        Ok((Body::Values(rows), columns))
    }

    fn limits(
        &mut self,
        clause: Option<&LimitClause>,
        fetch: Option<&ast::Fetch>,
        span: crate::bind::Span,
    ) -> Bound<(Option<Expr>, Option<Expr>)> {
        let (mut limit, mut offset) = (None, None);
        match clause {
            None => {}
            Some(LimitClause::OffsetCommaLimit { offset: o, limit: l }) => {
                limit = Some(self.count(l)?);
                offset = Some(self.count(o)?);
            }
            Some(LimitClause::LimitOffset { limit: l, offset: o, limit_by }) => {
                if !limit_by.is_empty() {
                    return Ok((None, None));
                }
                limit = l.as_ref().map(|e| self.count(e)).transpose()?;
                offset = match o {
                    Some(o) if o.rows != ast::OffsetRows::None => {
                        Some(self.count_of_rows(&o.value)?)
                    }
                    Some(o) => Some(self.count(&o.value)?),
                    None => None,
                };
            }
        }
        if let Some(fetch) = fetch {
            if fetch.with_ties || fetch.percent || limit.is_some() {
                return self.unsupported("FETCH WITH TIES or PERCENT", span);
            }
            limit = match &fetch.quantity {
                Some(quantity) => Some(self.count_of_rows(quantity)?),
                None => Some(Expr {
                    kind: ExprKind::Literal(crate::tree::Literal::Number("1".to_owned())),
                    ty: Type::Int8,
                    span,
                }),
            };
        }
        // LIMIT ALL and LIMIT NULL are no limit.
        Ok((limit.filter(|e| !e.is_null()), offset.filter(|e| !e.is_null())))
    }

    /// The number of `FETCH FIRST n ROWS` and `OFFSET n ROWS`. NULL is no limit in the core, and no row in Oracle.
    fn count_of_rows(&mut self, expr: &ast::Expr) -> Bound<Expr> {
        let count = self.count(expr)?;
        if count.is_null() && !self.speaks_core() {
            return self.unsupported("NULL as a number of rows", count.span);
        }
        Ok(count)
    }

    pub(super) fn count(&mut self, expr: &ast::Expr) -> Bound<Expr> {
        let expr = self.expr(expr)?;
        let negative = expr.integer().is_some_and(|n| n < 0);
        if negative || !matches!(expr.kind, ExprKind::Literal(_) | ExprKind::Parameter(_)) {
            return self.unsupported("LIMIT or OFFSET by anything but a number", expr.span);
        }
        self.coerce(expr, &Type::Int8)
    }
}

/// Settings of `ClickHouse` about resources, which change no result.
fn changes_no_result(setting: &str) -> bool {
    let about = ["max_threads", "max_block_size", "max_memory_usage", "max_execution_time"];
    about.contains(&setting)
}

/// `ORDER BY ALL`: the word is reserved, so it is no column.
pub(super) fn is_all(keys: &[ast::OrderByExpr]) -> bool {
    matches!(keys, [ast::OrderByExpr { expr: ast::Expr::Identifier(name), with_fill: None, .. }]
        if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("all"))
}

fn renamed(mut columns: Vec<Column>, names: &[String]) -> Vec<Column> {
    for (column, name) in columns.iter_mut().zip(names) {
        column.name.clone_from(name);
    }
    columns
}
