//! FROM: tables, subqueries, set-returning functions, joins.

use super::{
    Binder, Bound, codes,
    nullability::note_columns,
    pivot::{Pivot, Unpivot},
    scope::{Scope, ScopeRelation},
    twin_names,
};
use crate::{
    facts::last_name,
    tree::{Alias, Column, FunctionKind, JoinCondition, JoinKind, Relation},
    types::Type,
};
use sqlparser::ast::{self, FunctionArg, FunctionArgExpr, TableFactor, TableWithJoins};
use std::sync::Arc;

/// What stands before a comma, and what stands behind it.
fn beside(before: Option<Relation>, behind: Relation) -> Relation {
    match before {
        None => behind,
        Some(left) => Relation::Join {
            left: Box::new(left),
            right: Box::new(behind),
            kind: JoinKind::Cross,
            condition: JoinCondition::None,
        },
    }
}

impl Binder<'_> {
    pub(super) fn relations(
        &mut self,
        from: &[TableWithJoins],
    ) -> Bound<(Scope, Option<Relation>)> {
        let mut all: Option<Relation> = None;
        let mut scope = Scope::default();
        for item in from {
            all = Some(if self.spec.traits().commas_join_first {
                // What stands before the comma takes part in the joins behind it.
                let mut own = std::mem::take(&mut scope);
                let first = self.factor(&item.relation, &mut own, &scope)?;
                self.joins(beside(all, first), &item.joins, own, &mut scope)?
            } else {
                // Names merged by USING are merged within one item, so it gets a scope of its own.
                let mut own = Scope::default();
                let first = self.factor(&item.relation, &mut own, &scope)?;
                beside(all, self.joins(first, &item.joins, own, &mut scope)?)
            });
        }
        for (index, one) in scope.relations.iter().enumerate() {
            if scope.relations.iter().skip(index + 1).any(|other| other.name == one.name) {
                return self.refuse(
                    codes::UNKNOWN_TABLE,
                    format!("the table name `{}` stands twice in this FROM clause", one.name),
                    self.place,
                );
            }
        }
        Ok((scope, all))
    }

    /// A relation and what is joined to it, whose names go from a scope of their own to `scope`.
    fn joins(
        &mut self,
        mut relation: Relation,
        joins: &[ast::Join],
        mut own: Scope,
        scope: &mut Scope,
    ) -> Bound<Relation> {
        for join in joins {
            relation = self.join(relation, join, &mut own, scope)?;
        }
        scope.relations.append(&mut own.relations);
        scope.merged.append(&mut own.merged);
        scope.by_condition.append(&mut own.by_condition);
        scope.kept.append(&mut own.kept);
        scope.nullable.append(&mut own.nullable);
        scope.filled.append(&mut own.filled);
        Ok(relation)
    }

    /// One table factor; `before` are the relations that LATERAL may see.
    pub(super) fn factor(
        &mut self,
        factor: &TableFactor,
        own: &mut Scope,
        before: &Scope,
    ) -> Bound<Relation> {
        let span = self.span(factor);
        match factor {
            TableFactor::Table {
                name,
                alias,
                args,
                with_hints,
                version,
                with_ordinality,
                partitions,
                json_path,
                sample,
                index_hints,
            } => {
                if let Some(args) = args {
                    if args.settings.is_some() {
                        return self.unsupported("SETTINGS", span);
                    }
                    let name = last_name(name);
                    return self.set_function(
                        &name,
                        &args.args,
                        alias.as_ref(),
                        *with_ordinality,
                        own,
                        before,
                    );
                }
                let plain = with_hints.is_empty() && version.is_none() && sample.is_none();
                if plain
                    && let Some(elements) =
                        self.json_elements(name, json_path.as_ref(), alias.as_ref(), own, before)?
                {
                    return Ok(elements);
                }
                let hints = !with_hints.is_empty();
                if hints && self.spec.traits().table_hints {
                    self.left_out("a table hint", span);
                }
                // It leaves out the rows that another session has locked.
                let skips = |hint: &ast::Expr| hint.to_string().eq_ignore_ascii_case("readpast");
                let foreign = (hints && !self.spec.traits().table_hints)
                    || with_hints.iter().any(skips)
                    || version.is_some()
                    || *with_ordinality
                    || !partitions.is_empty()
                    || json_path.is_some();
                if !index_hints.is_empty() {
                    self.left_out("an index hint", span);
                }
                if foreign {
                    return self.unsupported("an option of this table", span);
                }
                if let Some(sample) = sample {
                    let stored = self.is_stored(name);
                    let input = self.table(name, alias.as_ref(), own, span)?;
                    return self.sampled(input, sample, stored, own, span);
                }
                if let Some(array) = self.is_array_path(name, own, before) {
                    let mut alias = alias.clone();
                    if let (None, Some(last)) = (&alias, name.0.last().and_then(|p| p.as_ident())) {
                        alias = Some(ast::TableAlias {
                            explicit: true,
                            name: last.clone(),
                            columns: Vec::new(),
                            at: None,
                        });
                    }
                    return self.set_function(
                        "unnest",
                        &[array],
                        alias.as_ref(),
                        false,
                        own,
                        before,
                    );
                }
                self.table(name, alias.as_ref(), own, span)
            }
            TableFactor::Derived { lateral, subquery, alias, sample } => {
                if *lateral && sample.is_some() {
                    return self.unsupported("a sample of LATERAL rows", span);
                }
                if *lateral {
                    self.scopes.push(before.clone());
                }
                let query = self.query(subquery);
                if *lateral {
                    self.scopes.pop();
                }
                let mut query = query?;
                let listed = alias.as_ref().map_or(0, |alias| alias.columns.len());
                let twins = twin_names::tell_apart(&mut query, listed);
                let alias = match alias {
                    Some(alias) => self.alias(alias)?,
                    None if self.speaks_core() => {
                        return self.unsupported("a subquery in FROM without an alias", span);
                    }
                    // Its columns are seen by their own names only.
                    None => Alias { name: format!("_q{}", span.start), columns: Vec::new() },
                };
                let columns = self.renamed(query.columns.clone(), &alias, span)?;
                note_columns(&columns, &std::mem::take(&mut self.outputs), &alias.name, own);
                let marks = self.marks_of(&query);
                self.note_marks(&alias.name, &columns, &marks);
                own.relations.push(ScopeRelation {
                    twins,
                    ..ScopeRelation::of_rows(alias.name.clone(), columns)
                });
                let derived =
                    Relation::Derived { query: Box::new(query), alias, lateral: *lateral };
                match sample {
                    Some(sample) => self.sampled(derived, sample, false, own, span),
                    None => Ok(derived),
                }
            }
            TableFactor::TableFunction { expr, alias } => {
                let Some((name, args)) = super::flatten::call_of(expr) else {
                    return self.unsupported("this element of FROM", span);
                };
                match self.table_function(&name, args, alias.as_ref(), own, before)? {
                    Some(relation) => Ok(relation),
                    None => self.unsupported(&format!("`TABLE({name})`"), span),
                }
            }
            TableFactor::Function { lateral: _, name, args, with_ordinality, alias } => {
                let name = last_name(name);
                let made = self.table_function(&name, args, alias.as_ref(), own, before)?;
                if let Some(relation) = made {
                    return Ok(relation);
                }
                self.set_function(&name, args, alias.as_ref(), *with_ordinality, own, before)
            }
            TableFactor::UNNEST {
                alias,
                array_exprs,
                with_offset,
                with_offset_alias,
                with_ordinality,
            } => {
                if *with_offset {
                    let [array] = array_exprs.as_slice() else {
                        return self.unsupported("UNNEST of several arrays", span);
                    };
                    let array = self.within(before.beside(own), |binder| binder.expr(array));
                    let alias = alias.as_ref().map(|alias| self.alias(alias)).transpose()?;
                    let name = alias.map_or_else(|| "unnest".to_owned(), |alias| alias.name);
                    let offset = with_offset_alias
                        .as_ref()
                        .map_or_else(|| "offset".to_owned(), |alias| self.fold(alias));
                    let names = [name.clone(), offset];
                    return self.with_offset(array?, &name, names, false, own, span);
                }
                if let ([array], false) = (array_exprs.as_slice(), self.speaks_core())
                    && let Some(rows) = self.rows_of_structs(array, alias.as_ref(), own, span)?
                {
                    return Ok(rows);
                }
                let args: Vec<FunctionArg> = array_exprs
                    .iter()
                    .map(|e| FunctionArg::Unnamed(FunctionArgExpr::Expr(e.clone())))
                    .collect();
                self.set_function("unnest", &args, alias.as_ref(), *with_ordinality, own, before)
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => {
                let mut inner = Scope::default();
                let mut names = Scope::default();
                let first = self.factor(&table_with_joins.relation, &mut names, &inner)?;
                let relation = self.joins(first, &table_with_joins.joins, names, &mut inner)?;
                if !inner.kept.is_empty() {
                    return self.unsupported("a semi join inside parentheses", span);
                }
                own.take_in(inner);
                Ok(relation)
            }
            TableFactor::Pivot {
                table,
                aggregate_functions,
                value_column,
                value_source,
                default_on_null: None,
                alias,
            } => {
                let pivot = Pivot {
                    table,
                    aggregates: aggregate_functions,
                    column: value_column,
                    values: value_source,
                    alias: alias.as_ref(),
                };
                self.pivot(&pivot, own, before, span)
            }
            TableFactor::Unpivot { table, value, name, columns, null_inclusion, alias } => {
                let unpivot = Unpivot {
                    table,
                    value,
                    name,
                    columns,
                    nulls: null_inclusion.as_ref(),
                    alias: alias.as_ref(),
                };
                self.unpivot(&unpivot, own, before, span)
            }
            TableFactor::OpenJsonTable { json_expr, json_path, columns, alias } => self.openjson(
                (json_expr, json_path.as_ref()),
                columns,
                alias.as_ref(),
                (own, before),
                span,
            ),
            _ => self.unsupported("this element of FROM", span),
        }
    }

    pub(super) fn table(
        &mut self,
        name: &ast::ObjectName,
        alias: Option<&ast::TableAlias>,
        own: &mut Scope,
        span: super::Span,
    ) -> Bound<Relation> {
        let path = self.table_path(name, span)?;
        let alias = alias.map(|alias| self.alias(alias)).transpose()?;
        if let [one] = path.as_slice()
            && self.spec.traits().one_row_table == Some(one.as_str())
            && self.catalog.find(&path).is_none()
        {
            return Ok(one_row(one, alias, own, span));
        }
        let cte = match path.as_slice() {
            [one] => self.ctes.iter().rev().find(|c| c.name == *one),
            _ => None,
        };
        if let (Some(cte), Some(last)) = (cte, name.0.last().and_then(|part| part.as_ident()))
            && cte.quoted != self.is_another_name(last)
        {
            return self.unsupported("a name in quotes of a query and of another table", span);
        }
        let known = cte.map(|cte| cte.nullable.clone()).unwrap_or_default();
        let marks = cte.map(|cte| cte.marks.clone()).unwrap_or_default();
        let twins = cte.map(|cte| cte.twins.clone()).unwrap_or_default();
        let stored = cte.is_none();
        let columns = match (cte, self.catalog.find(&path)) {
            (Some(cte), _) => Arc::clone(&cte.columns),
            (None, Some(columns)) => Arc::clone(columns),
            (None, None) => return self.unknown_table(&path, span),
        };
        let plain = cte.is_none() && alias.as_ref().is_none_or(|alias| alias.columns.is_empty());
        let columns = match &alias {
            Some(alias) if !alias.columns.is_empty() => {
                self.renamed(columns.to_vec(), alias, span)?.into()
            }
            _ => columns,
        };
        let shown = alias.as_ref().map(|a| a.name.clone()).or_else(|| path.last().cloned());
        note_columns(&columns, &known, shown.as_deref().unwrap_or_default(), own);
        self.note_marks(shown.as_deref().unwrap_or_default(), &columns, &marks);
        if stored {
            self.note_enumerated(&path, shown.as_deref().unwrap_or_default());
            self.note_floating(&path, &columns, shown.as_deref().unwrap_or_default());
            self.note_formats(&path, &columns, shown.as_deref().unwrap_or_default());
            self.note_national(&path, shown.as_deref().unwrap_or_default(), &columns);
            self.note_moments(&path, shown.as_deref().unwrap_or_default(), &columns);
        }
        self.plain_letters_declared(&path, shown.as_deref().unwrap_or_default());
        if plain {
            self.note_nullable(&path, shown.as_deref().unwrap_or_default(), own);
        }
        let shown = shown.unwrap_or_default();
        let mut relation = ScopeRelation { twins, ..ScopeRelation::of_rows(shown, columns) };
        if self.spec.traits().tables_keep_names {
            relation.table = path.last().cloned();
        }
        if plain {
            relation.path.clone_from(&path);
        }
        own.relations.push(relation);
        Ok(Relation::Table { path, alias, span })
    }

    fn set_function(
        &mut self,
        name: &str,
        args: &[FunctionArg],
        alias: Option<&ast::TableAlias>,
        ordinality: bool,
        own: &mut Scope,
        before: &Scope,
    ) -> Bound<Relation> {
        let span = self.place;
        if let Some(numbered) = self.numbered_parts(name, args) {
            let alias = numbered_alias(alias, name);
            return self.set_function(name, numbered, Some(&alias), true, own, before);
        }
        let members = if ordinality {
            self.numbered_members(name, args, alias, own, before)?
        } else {
            self.json_members(name, args, alias, own, before)?
        };
        if let Some(members) = members {
            return Ok(members);
        }
        // A function in FROM is LATERAL without the word.
        let bound = self.within(before.beside(own), |binder| {
            let args = binder.plain_args(args, span)?;
            if let Some(found) = binder.searching(name, &args, span)? {
                return Ok(Ok(found));
            }
            if name == "unnest" && args.len() > 1 {
                let alias = alias.map(|alias| binder.alias(alias)).transpose()?;
                return binder.side_by_side(args, alias, ordinality, own).map(Err);
            }
            binder.apply(name, args, span).map(Ok)
        });
        let call = match bound? {
            Err(relation) => return Ok(relation),
            Ok(call) => call,
        };
        if call.call().is_none_or(|c| c.kind != FunctionKind::Set) {
            return self.unsupported(&format!("function `{name}` in FROM"), span);
        }
        let written = alias.map(|alias| self.alias(alias)).transpose()?;
        let shown = written.as_ref().map_or_else(|| name.to_owned(), |a| a.name.clone());
        // The one column is called like the alias unless a list names it.
        let mut names = written.map(|a| a.columns).unwrap_or_default();
        if names.is_empty() {
            let own = if self.speaks_core() {
                super::json_rows::column_of(name)
            } else {
                self.spec.traits().column_of(name)
            };
            names.push(own.map_or_else(|| shown.clone(), str::to_owned));
        }
        if ordinality && names.len() < 2 {
            names.push("ordinality".to_owned());
        }
        if names.len() > 1 + usize::from(ordinality) {
            return self.refuse(
                codes::UNKNOWN_COLUMN,
                format!("`{shown}` has fewer columns than its list names"),
                span,
            );
        }
        let types = [call.ty.clone(), Type::Int8];
        let columns: Vec<Column> =
            names.iter().cloned().zip(types).map(|(name, ty)| Column { name, ty }).collect();
        own.relations.push(ScopeRelation::new(shown.clone(), columns));
        Ok(Relation::Function { call, alias: Alias { name: shown, columns: names }, ordinality })
    }

    /// The alias, or `name` where there is none.
    /// The text and the separator of `STRING_SPLIT(text, separator, 1)`, whose parts are numbered.
    fn numbered_parts<'a>(&self, name: &str, args: &'a [FunctionArg]) -> Option<&'a [FunctionArg]> {
        let splits = self.spec.traits().function_columns.iter().any(|(known, _)| *known == name);
        let [_, _, FunctionArg::Unnamed(FunctionArgExpr::Expr(one))] = args else { return None };
        (splits && name == "string_split" && one.to_string() == "1")
            .then(|| args.get(..2))
            .flatten()
    }

    pub(super) fn alias_or(&self, alias: Option<&ast::TableAlias>, name: &str) -> Bound<Alias> {
        match alias {
            Some(alias) => self.alias(alias),
            None => Ok(Alias { name: name.to_owned(), columns: Vec::new() }),
        }
    }

    pub(super) fn alias(&self, alias: &ast::TableAlias) -> Bound<Alias> {
        if alias.at.is_some() || alias.columns.iter().any(|c| c.data_type.is_some()) {
            return self.unsupported("an alias with column types", self.place);
        }
        let plain = !alias.explicit && alias.name.quote_style.is_none();
        let word = |word: &&str| plain && alias.name.value.eq_ignore_ascii_case(word);
        if let Some(word) = self.spec.traits().not_aliases.iter().find(|one| word(one)) {
            return self.unsupported(&format!("`{word}` behind a table"), self.place);
        }
        Ok(Alias {
            name: self.fold(&alias.name),
            columns: alias.columns.iter().map(|c| self.fold(&c.name)).collect(),
        })
    }

    pub(super) fn renamed(
        &self,
        mut columns: Vec<Column>,
        alias: &Alias,
        span: super::Span,
    ) -> Bound<Vec<Column>> {
        if alias.columns.len() > columns.len() {
            return self.refuse(
                codes::UNKNOWN_COLUMN,
                format!("`{}` has {} columns, its list names more", alias.name, columns.len()),
                span,
            );
        }
        for (column, name) in columns.iter_mut().zip(&alias.columns) {
            column.name.clone_from(name);
        }
        Ok(columns)
    }
}

/// `(SELECT 'X' AS dummy) AS dual`
fn one_row(name: &str, alias: Option<Alias>, own: &mut Scope, span: super::Span) -> Relation {
    let alias = alias.unwrap_or(Alias { name: name.to_owned(), columns: Vec::new() });
    let literal = crate::tree::Literal::Text("X".to_owned());
    let expr =
        crate::tree::Expr { kind: crate::tree::ExprKind::Literal(literal), ty: Type::Text, span };
    let item = crate::tree::Item { expr, name: "dummy".to_owned() };
    let query = crate::tree::Select::of(vec![item], None).into_query(span);
    own.relations.push(ScopeRelation::new(alias.name.clone(), query.columns.clone()));
    Relation::Derived { query: Box::new(query), alias, lateral: false }
}

/// The names of the columns of numbered parts.
fn numbered_alias(alias: Option<&ast::TableAlias>, name: &str) -> ast::TableAlias {
    let named = |name: &str| ast::TableAliasColumnDef { name: name.into(), data_type: None };
    let columns = match alias {
        Some(alias) if !alias.columns.is_empty() => alias.columns.clone(),
        _ => vec![named("value"), named("ordinal")],
    };
    let shown = alias.map_or_else(|| name.into(), |alias| alias.name.clone());
    ast::TableAlias { explicit: true, name: shown, columns, at: None }
}
