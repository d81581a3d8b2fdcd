//! One SELECT: list, FROM, WHERE, GROUP BY, HAVING.

use super::{
    Binder, Bound, codes, decorate::both, generator_items, hidden_outputs::Meant, scope::Found,
    ties::Top,
};
use crate::{
    dialects::{Names, Seen, fold},
    location,
    tree::{Call, Distinct, Expr, ExprKind, FunctionKind, GroupItem, GroupKey, Item, Select},
    types::Type,
};
use model::Diagnostic;
use sqlparser::ast::{
    self, GroupByExpr, GroupByWithModifier, SelectFlavor, SelectItem,
    SelectItemQualifiedWildcardKind, Value,
};
use std::sync::Arc;

impl Binder<'_> {
    /// Binds a SELECT and leaves its scope on the stack, for the sort keys of the query around it.
    pub(super) fn select(&mut self, select: &ast::Select) -> Bound<Select> {
        if !self.speaks_core()
            && let Some(moved) = generator_items::moved(select, self.spec)
        {
            return self.select(&moved);
        }
        let changed = self.without_plus(select);
        let select = changed.as_ref().unwrap_or(select);
        let span = self.span_of(|| location::of_select(select));
        let ast::Select {
            select_token: _,
            // Noted from the text.
            optimizer_hints: _,
            distinct,
            select_modifiers,
            top,
            top_before_distinct: _,
            projection,
            exclude,
            into,
            from,
            lateral_views,
            prewhere,
            selection,
            connect_by,
            group_by,
            cluster_by,
            distribute_by,
            sort_by,
            having,
            named_window,
            qualify,
            window_before_qualify: _,
            value_table_mode,
            flavor,
        } = select;
        // `FROM t` alone: every column.
        let without_list = *flavor == SelectFlavor::FromFirstNoSelect;
        let levels = if connect_by.is_empty() { None } else { self.levels(select, span)? };
        if !connect_by.is_empty() && levels.is_none() {
            let moved = self.hierarchy(select, span)?;
            return self.select(&moved);
        }
        let foreign = [
            (
                select_modifiers.as_ref().is_some_and(|m| m.sql_calc_found_rows),
                "SQL_CALC_FOUND_ROWS",
            ),
            (top.is_some() && self.spec.is_core(), "TOP"),
            (exclude.is_some(), "EXCLUDE"),
            (into.is_some(), "SELECT INTO"),
            (prewhere.is_some() && !self.spec.traits().prewhere, "PREWHERE"),
            (qualify.is_some() && self.spec.is_core(), "QUALIFY"),
            (value_table_mode.is_some(), "SELECT AS VALUE"),
            (*flavor != SelectFlavor::Standard && self.speaks_core(), "FROM first"),
            (projection.is_empty() && !without_list, "an empty SELECT list"),
        ];
        self.has_none(&foreign, span)?;
        if !(cluster_by.is_empty() && distribute_by.is_empty() && sort_by.is_empty()) {
            let note = "how rows are spread over tasks, and their order there, is left out: the result has no order of its own";
            self.notes.push(Diagnostic::note(codes::LEFT_OUT, note, Some(span)));
        }
        if select_modifiers.is_some() {
            self.left_out("a word for the optimizer", span);
        }
        let from_items = from;
        let (mut scope, from) = match levels {
            Some(levels) => levels,
            None => self.relations(from)?,
        };
        let from = self.lateral_views(lateral_views, &mut scope, from, span)?;
        scope.windows.clone_from(named_window);
        let kept = std::mem::take(&mut scope.kept);
        self.scopes.push(scope);
        let can = self.spec.traits().aliases;
        self.name_outputs(projection, from_items)?;
        self.see_outputs(can.filter);
        self.filtering(true);
        let mut filter = selection.as_ref().map(|e| self.condition(e)).transpose()?;
        if filter.as_ref().is_some_and(|e| e.any_call(&|call| call.over.is_some())) {
            return self.unsupported("a window function in WHERE", span);
        }
        if let Some(prewhere) = prewhere {
            // It reads fewer columns first and means the same.
            let condition = self.condition(prewhere)?;
            filter = Some(both(filter, condition, span));
        }
        for condition in kept {
            filter = Some(both(filter, condition, span));
        }
        self.filtering(false);
        self.see_outputs(can.items);
        let every = [SelectItem::Wildcard(ast::WildcardAdditionalOptions::default())];
        let mut items = self.items(if without_list { &every } else { projection })?;
        self.see_outputs(can.group);
        let mut group_by = self.group_by(group_by, &items)?;
        self.note_grouped(&group_by, &items);
        let totals = self.keys_with_defaults(&mut group_by, &items, span)?;
        self.see_outputs(can.having);
        let mut having = having.as_ref().map(|e| self.condition(e)).transpose()?;
        if self.spec.traits().having_of_rows
            && group_by.is_empty()
            && !items.iter().map(|item| &item.expr).chain(&having).any(has_aggregate)
            && let Some(condition) = having.take()
        {
            filter = Some(both(filter, condition, span));
        }
        let mut having = self.of_some_rows(having, (&group_by, &items), span);
        self.totals_of_quotients(!group_by.is_empty(), &mut items, &mut having)?;
        self.matches_have_rows(&group_by, &items)?;
        self.see_outputs(can.qualify);
        let mut qualify = qualify.as_ref().map(|e| self.condition(e)).transpose()?;
        self.see_outputs(can.order);
        let distinct = match distinct {
            None | Some(ast::Distinct::All) => Distinct::No,
            Some(ast::Distinct::Distinct) => Distinct::Yes,
            Some(ast::Distinct::On(keys)) => {
                let keys: Bound<Vec<Expr>> =
                    keys.iter().map(|key| self.on_key(key, &items)).collect();
                Distinct::On(keys?)
            }
        };
        if !totals.is_empty() && matches!(distinct, Distinct::On(_)) {
            return self.unsupported("DISTINCT ON of totals", span);
        }
        let shown = items.iter_mut().map(|item| &mut item.expr);
        self.with_defaults(&totals, shown.chain(&mut having).chain(&mut qualify))?;
        let select = Select { distinct, items, from, filter, group_by, having, qualify };
        self.keys_are_comparable(&select)?;
        self.aggregates_in_place(&select, span)?;
        self.aggregates_are_own(&select, span)?;
        self.sample_of_result(&select, span)?;
        self.sets_alone(&select, span)?;
        self.note_outputs(&select.items);
        Ok(select)
    }

    /// An item of the list: the one place beside FROM where a call may give rows.
    fn item_expr(&mut self, expr: &ast::Expr) -> Bound<Expr> {
        self.note_item(expr);
        let call = match expr {
            ast::Expr::Cast { expr, .. } => expr,
            other => other,
        };
        self.sets_allowed = self.speaks_core() && matches!(call, ast::Expr::Function(_));
        let bound = self.expr(expr);
        self.sets_allowed = false;
        let bound = bound?;
        self.note_moment(expr, &bound);
        let mut written = expr;
        while let ast::Expr::Nested(inner) = written {
            written = inner;
        }
        // A cast, or another function of texts, gives a text of it.
        let stays = match written {
            ast::Expr::Cast { .. } => false,
            ast::Expr::Function(function) => function.name.to_string().eq_ignore_ascii_case("get"),
            _ => true,
        };
        if stays && self.spec.traits().variant_elements && !self.speaks_core() && is_element(&bound)
        {
            // A variant.
            let span = bound.span;
            return self.resolve("to_jsonb", vec![bound], span);
        }
        self.as_value(bound)
    }

    /// An aggregate stands for the rows of a group: it is in no condition on rows, in no key, and in
    /// no other aggregate.
    fn aggregates_in_place(&self, select: &Select, span: super::Span) -> Bound<()> {
        let nested = |expr: &Expr| {
            expr.any_call(&|call| is_aggregate(call) && call.args.iter().any(has_aggregate))
        };
        let over_groups = [&select.having, &select.qualify];
        let mut over_groups =
            select.items.iter().map(|item| &item.expr).chain(over_groups.into_iter().flatten());
        if over_groups.any(nested) {
            return self.unsupported("an aggregate inside an aggregate", span);
        }
        let keys = select.group_by.iter().flat_map(GroupItem::keys).filter_map(|key| match key {
            GroupKey::Expr(key) => Some(key),
            GroupKey::Output(_) => None,
        });
        if select.filter.iter().chain(keys).any(has_aggregate) {
            return self.unsupported("an aggregate in WHERE or GROUP BY", span);
        }
        Ok(())
    }

    /// Rows are told apart by values that have an equality which is known.
    fn keys_are_comparable(&self, select: &Select) -> Bound<()> {
        let distinct: Vec<&Expr> = match &select.distinct {
            Distinct::No => Vec::new(),
            Distinct::Yes => select.items.iter().map(|item| &item.expr).collect(),
            Distinct::On(keys) => keys.iter().collect(),
        };
        let grouped = select
            .group_by
            .iter()
            .flat_map(GroupItem::keys)
            .filter_map(|key| key.expr(&select.items));
        self.keys_apart(distinct.into_iter().chain(grouped))
    }

    /// Calls that give rows may stand beside columns and plain expressions, where they advance
    /// together; with groups or windows the rules are finer.
    fn sets_alone(&self, select: &Select, span: super::Span) -> Bound<()> {
        let sets = select.items.iter().filter(|item| is_set(&item.expr)).count();
        let plain = select.group_by.is_empty()
            && select.having.is_none()
            && select.distinct == Distinct::No
            && select.items.iter().all(|item| is_set(&item.expr) || is_plain(&item.expr));
        if sets > 0 && !plain {
            return self.unsupported("a set-returning function here", span);
        }
        Ok(())
    }

    /// `TOP n` of a SELECT, which is a LIMIT of the query around it.
    pub(super) fn top(&mut self, body: &ast::SetExpr) -> Bound<Option<Top>> {
        let ast::SetExpr::Select(select) = body else { return Ok(None) };
        let Some(top) = &select.top else { return Ok(None) };
        let span = self.span(&**select);
        let count = match &top.quantity {
            Some(ast::TopQuantity::Constant(count)) => {
                let number = self.number(&count.to_string(), span);
                self.coerce(number, &Type::Int8)?
            }
            Some(ast::TopQuantity::Expr(expr)) => self.count(expr)?,
            None => return self.unsupported("TOP without a number", span),
        };
        Ok(Some(Top { count, ties: top.with_ties, percent: top.percent }))
    }

    /// A DISTINCT ON key: like a sort key it may name an output column.
    fn on_key(&mut self, key: &ast::Expr, items: &[Item]) -> Bound<Expr> {
        match self.output_reference(key, items)? {
            Some(index) => match items.get(index) {
                Some(item) => Ok(item.expr.clone()),
                None => self.expr(key),
            },
            None => self.expr(key),
        }
    }

    /// A condition: boolean, or an unknown literal read as one.
    pub(super) fn condition(&mut self, expr: &ast::Expr) -> Bound<Expr> {
        let bound = self.expr(expr)?;
        let mut bound = self.as_condition(bound)?;
        if bound.ty == Type::Jsonb && self.spec.knows("variant as bool") {
            let span = bound.span;
            bound = self.apply("variant as bool", vec![bound], span)?;
        }
        match bound.ty {
            Type::Bool => Ok(super::in_query::as_filter(bound)),
            Type::Unknown => self.coerce(bound, &Type::Bool),
            ref other => {
                let message = format!("a condition must be boolean, this is `{other}`");
                self.refuse(codes::TYPES, message, bound.span)
            }
        }
    }

    /// The name of a column without an alias: the core's, unless the vendor gives the call another one.
    fn vendors_name(&self, expr: &ast::Expr) -> String {
        let traits = self.spec.traits();
        let name = output_name(expr, traits.names);
        let named = traits.column_names.iter().find(|(call, _)| *call == name);
        match named.filter(|_| !self.speaks_core() && is_of_call(expr)) {
            Some((_, vendors)) => (*vendors).to_owned(),
            None => name,
        }
    }

    pub(super) fn items(&mut self, projection: &[SelectItem]) -> Bound<Vec<Item>> {
        let mut items = Vec::with_capacity(projection.len());
        for item in projection {
            let named = self.named_by_text(item);
            let item = named.as_ref().unwrap_or(item);
            match item {
                SelectItem::UnnamedExpr(expr) => {
                    self.note_nameless(items.len(), expr);
                    let bound = self.item_expr(expr)?;
                    let name = self.vendors_name(expr);
                    items.push(Item { expr: bound, name: self.made_name(name) });
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    if alias.quote_style == Some('\'') && !self.spec.traits().text_names {
                        // In PostgreSQL, two constants with a line end between them are one.
                        return self.unsupported("a text constant after an item", self.place);
                    }
                    if is_text(expr)
                        && alias.quote_style.is_none()
                        && self.spec.traits().text_suffixes.contains(&&*alias.value.to_lowercase())
                    {
                        return self.unsupported("a constant of hexadecimal digits", self.place);
                    }
                    if alias.value.starts_with('@') && alias.quote_style.is_none() {
                        return self.unsupported("setting a variable", self.place);
                    }
                    let name = self.fold(alias);
                    let bound = self.defining(&name, |binder| binder.item_expr(expr))?;
                    items.push(Item { expr: bound, name });
                }
                SelectItem::ExprWithAliases { .. } => {
                    return self.unsupported("several aliases for one column", self.place);
                }
                SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)
                    if self.scopes.last().is_some_and(|scope| !scope.filled.is_empty()) =>
                {
                    return self.unsupported("`*` over this outer join", self.place);
                }
                SelectItem::Wildcard(options) => {
                    let span = self.span(item);
                    let found =
                        self.scopes.last().map(super::scope::Scope::star).unwrap_or_default();
                    if found.is_empty() {
                        return self.refuse(codes::UNKNOWN_COLUMN, "`*` has no columns here", span);
                    }
                    let found = self.star_items(found, span)?;
                    items.extend(self.star_options(found, options, span)?);
                }
                SelectItem::QualifiedWildcard(kind, options) => {
                    let span = self.span(item);
                    let SelectItemQualifiedWildcardKind::ObjectName(name) = kind else {
                        return self.unsupported("`.*` of an expression", span);
                    };
                    let parts: Vec<String> = (name.0.iter())
                        .filter_map(|part| part.as_ident().map(|ident| self.fold(ident)))
                        .collect();
                    let name = parts.last().cloned().unwrap_or_default();
                    // `schema.table.*`
                    let table = (parts.len() > 1).then(|| {
                        self.qualifier(&parts).and_then(|table| self.catalog.find(&table))
                    });
                    let mut scopes = self.scopes.iter().rev();
                    let found = scopes
                        .find_map(|scope| Some((scope, scope.relation(&name)?)))
                        .filter(|(_, relation)| match table {
                            Some(table) => table.is_some_and(|t| Arc::ptr_eq(t, &relation.columns)),
                            None => true,
                        });
                    let moved = found.is_some_and(|(scope, relation)| scope.moves(relation));
                    if moved && self.spec.traits().merged_first {
                        return self.unsupported("`.*` beside USING of a later column", span);
                    }
                    let Some(relation) = found.map(|(_, relation)| relation.clone()) else {
                        return self.refuse(
                            codes::UNKNOWN_TABLE,
                            format!("no table `{name}` in this FROM clause"),
                            span,
                        );
                    };
                    let of = |column: &crate::tree::Column| Found {
                        relation: Some(relation.name.clone()),
                        column: column.clone(),
                    };
                    let found = self.star_items(relation.columns.iter().map(of).collect(), span)?;
                    items.extend(self.star_options(found, options, span)?);
                }
            }
        }
        for item in &items {
            if let Type::Internal(what) = &item.expr.ty {
                return self.unsupported(&format!("the {what}"), self.place);
            }
        }
        Ok(items)
    }

    fn group_by(&mut self, group_by: &GroupByExpr, items: &[Item]) -> Bound<Vec<GroupItem>> {
        let (exprs, modifiers) = match group_by {
            GroupByExpr::All(modifiers) if modifiers.is_empty() && !self.spec.is_core() => {
                // Every item without an aggregate is a key.
                let keys = items
                    .iter()
                    .enumerate()
                    .filter(|(_, item)| !has_aggregate(&item.expr))
                    .map(|(index, _)| GroupItem::Key(GroupKey::Output(index)));
                return Ok(keys.collect());
            }
            GroupByExpr::All(_) => return self.unsupported("GROUP BY ALL", self.place),
            GroupByExpr::Expressions(exprs, modifiers) => (exprs, modifiers),
        };
        let mut grouped = Vec::with_capacity(exprs.len());
        for expr in exprs {
            grouped.push(match expr {
                ast::Expr::Rollup(sets) => GroupItem::Rollup(self.group_sets(sets, items)?),
                ast::Expr::Cube(sets) => GroupItem::Cube(self.group_sets(sets, items)?),
                ast::Expr::GroupingSets(sets) => GroupItem::Sets(self.group_sets(sets, items)?),
                ast::Expr::Tuple(keys) if keys.is_empty() => {
                    return self.unsupported("GROUP BY ()", self.place);
                }
                ast::Expr::Tuple(keys) => {
                    for key in keys {
                        grouped.push(GroupItem::Key(self.group_key(key, items)?));
                    }
                    continue;
                }
                key => GroupItem::Key(self.group_key(key, items)?),
            });
        }
        for modifier in modifiers {
            match modifier {
                // `GROUP BY a, b GROUPING SETS ((a), ())` of Spark: the keys say what the sets are made
                // of, and group by nothing themselves.
                GroupByWithModifier::GroupingSets(ast::Expr::GroupingSets(sets))
                    if only_keys(&grouped) =>
                {
                    grouped = vec![GroupItem::Sets(self.group_sets(sets, items)?)];
                }
                // `GROUP BY a, b WITH ROLLUP` of MySQL and Spark: all keys.
                GroupByWithModifier::Rollup if only_keys(&grouped) => {
                    grouped = vec![GroupItem::Rollup(key_sets(grouped, items))];
                }
                GroupByWithModifier::Cube if only_keys(&grouped) => {
                    grouped = vec![GroupItem::Cube(key_sets(grouped, items))];
                }
                // They are a block beside the rows.
                GroupByWithModifier::Totals => {
                    let note = "the totals are left out: they are no row of the result";
                    self.notes.push(Diagnostic::note(codes::LEFT_OUT, note, Some(self.place)));
                }
                _ => return self.unsupported("this GROUP BY modifier", self.place),
            }
        }
        Ok(grouped)
    }

    fn group_sets(&mut self, sets: &[Vec<ast::Expr>], items: &[Item]) -> Bound<Vec<Vec<GroupKey>>> {
        let mut key_of_set = |key: &ast::Expr| Ok(written_out(self.group_key(key, items)?, items));
        sets.iter().map(|set| set.iter().map(&mut key_of_set).collect()).collect()
    }

    fn group_key(&mut self, key: &ast::Expr, items: &[Item]) -> Bound<GroupKey> {
        let key = match key {
            ast::Expr::Nested(inner) => inner,
            other => other,
        };
        if let ast::Expr::Identifier(name) = key {
            if self.meant(name) == Some(Meant::Output) {
                return self
                    .unsupported("a name in quotes of a column and of an output", self.place);
            }
            // An input column goes before an output name (SQL92 as PostgreSQL does it), where the
            // dialect does not hide it.
            let name = self.fold(name);
            let is_input = self.scopes.last().is_some_and(|s| {
                let hides = matches!(s.seen, Seen::First | Seen::Whole);
                let hidden = hides && s.aliases.iter().any(|(alias, _)| *alias == name);
                !hidden && !s.unqualified(&name).is_empty()
            });
            if is_input {
                return Ok(GroupKey::Expr(self.expr(key)?));
            }
        }
        if let Some(index) = self.output_reference(key, items)? {
            return Ok(GroupKey::Output(index));
        }
        if let Some(index) = self.counted_back(key, items.len()) {
            return Ok(GroupKey::Output(index));
        }
        let negative = super::sort_key::is_negative(key);
        let key = self.expr(key)?;
        if negative || key.integer().is_some() {
            // Written out, it would be a position.
            return self.unsupported("GROUP BY a constant", key.span);
        }
        Ok(GroupKey::Expr(key))
    }

    /// The item that a position or an output name means.
    fn output_reference(&mut self, key: &ast::Expr, items: &[Item]) -> Bound<Option<usize>> {
        match key {
            ast::Expr::Value(value) => match &value.value {
                Value::Number(digits, _) => {
                    let index = digits.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                    match index.filter(|i| *i < items.len()) {
                        Some(index) => Ok(Some(index)),
                        None => self.refuse(
                            codes::UNKNOWN_COLUMN,
                            format!("position `{digits}` is not in the select list"),
                            self.place,
                        ),
                    }
                }
                _ => Ok(None),
            },
            ast::Expr::Identifier(name) => {
                let name = self.fold(name);
                Ok(items.iter().position(|item| item.name == name))
            }
            _ => Ok(None),
        }
    }
}

fn only_keys(grouped: &[GroupItem]) -> bool {
    grouped.iter().all(|item| matches!(item, GroupItem::Key(_)))
}

/// A key of sets as an expression: not every target reads a position there.
fn written_out(key: GroupKey, items: &[Item]) -> GroupKey {
    key.expr(items).cloned().map_or(key, GroupKey::Expr)
}

fn key_sets(grouped: Vec<GroupItem>, items: &[Item]) -> Vec<Vec<GroupKey>> {
    let keys = grouped.into_iter().filter_map(|item| match item {
        GroupItem::Key(key) => Some(vec![written_out(key, items)]),
        _ => None,
    });
    keys.collect()
}

/// Is an aggregate, not a window function, in the expression?
pub(super) fn has_aggregate(expr: &Expr) -> bool {
    expr.any_call(&is_aggregate)
}

pub(super) fn is_aggregate(call: &Call) -> bool {
    matches!(call.kind, FunctionKind::Aggregate | FunctionKind::OrderedSet) && call.over.is_none()
}

/// Does the expression give rows?
fn is_set(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Call(call) => call.kind == FunctionKind::Set,
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_set(expr),
        _ => false,
    }
}

/// Is it made of columns, constants and scalar functions?
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column { .. } | ExprKind::Literal(_) | ExprKind::Parameter(_) => true,
        ExprKind::Call(call) => call.kind == FunctionKind::Scalar && call.args.iter().all(is_plain),
        ExprKind::Cast { expr } | ExprKind::Coerce { expr } => is_plain(expr),
        _ => false,
    }
}

pub(super) fn star_item(found: Found, span: super::Span) -> Item {
    let name = found.column.name.clone();
    Item {
        expr: Expr {
            kind: ExprKind::Column {
                qualified: found.relation.is_some(),
                relation: found.relation,
                name: name.clone(),
            },
            ty: found.column.ty,
            span,
        },
        name,
    }
}

/// Is the value that of a call, perhaps of another type?
fn is_of_call(expr: &ast::Expr) -> bool {
    match expr {
        ast::Expr::Function(_) | ast::Expr::Extract { .. } => true,
        ast::Expr::Nested(inner) => is_of_call(inner),
        ast::Expr::Cast { expr, .. } | ast::Expr::Collate { expr, .. } => is_of_call(expr),
        _ => false,
    }
}

/// The name that PostgreSQL gives to a column without an alias (`FigureColname`).
fn output_name(expr: &ast::Expr, names: Names) -> String {
    match expr {
        ast::Expr::Identifier(name) => fold(name, names),
        ast::Expr::CompoundIdentifier(path) => {
            path.last().map_or_else(String::new, |n| fold(n, names))
        }
        ast::Expr::Nested(inner) => output_name(inner, names),
        ast::Expr::Function(function) => crate::facts::last_name(&function.name),
        ast::Expr::Cast { expr, data_type, .. } => {
            let inner = output_name(expr, names);
            if inner == "?column?" { cast_name(data_type) } else { inner }
        }
        ast::Expr::TypedString(typed) => cast_name(&typed.data_type),
        ast::Expr::Interval(_) => "interval".to_owned(),
        ast::Expr::Case { else_result, .. } => {
            let inner = else_result.as_ref().map_or_else(String::new, |e| output_name(e, names));
            match &else_result {
                Some(e)
                    if matches!(
                        **e,
                        ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_)
                    ) =>
                {
                    inner
                }
                _ => "case".to_owned(),
            }
        }
        ast::Expr::Extract { .. } => "extract".to_owned(),
        ast::Expr::Ceil { .. } => "ceil".to_owned(),
        ast::Expr::Floor { .. } => "floor".to_owned(),
        ast::Expr::Position { .. } => "position".to_owned(),
        ast::Expr::Substring { shorthand, .. } => {
            if *shorthand {
                "substr".to_owned()
            } else {
                "substring".to_owned()
            }
        }
        ast::Expr::Trim { trim_where, .. } => match trim_where {
            Some(ast::TrimWhereField::Leading) => "ltrim".to_owned(),
            Some(ast::TrimWhereField::Trailing) => "rtrim".to_owned(),
            _ => "btrim".to_owned(),
        },
        ast::Expr::Overlay { .. } => "overlay".to_owned(),
        ast::Expr::AtTimeZone { .. } => "timezone".to_owned(),
        ast::Expr::Exists { negated: false, .. } => "exists".to_owned(),
        ast::Expr::Collate { expr, .. } => output_name(expr, names),
        ast::Expr::Array(_) => "array".to_owned(),
        ast::Expr::Tuple(_) => "row".to_owned(),
        ast::Expr::CompoundFieldAccess { root, .. } => output_name(root, names),
        ast::Expr::Subquery(query) => match &*query.body {
            ast::SetExpr::Select(select) => match select.projection.first() {
                Some(SelectItem::ExprWithAlias { alias, .. }) => fold(alias, names),
                Some(SelectItem::UnnamedExpr(expr)) => output_name(expr, names),
                _ => "?column?".to_owned(),
            },
            _ => "?column?".to_owned(),
        },
        ast::Expr::Value(value) if matches!(value.value, Value::Boolean(_)) => "bool".to_owned(),
        _ => "?column?".to_owned(),
    }
}

/// A cast is named by its type's internal name.
fn cast_name(data_type: &ast::DataType) -> String {
    match Type::parse(&data_type.to_string()) {
        Type::Bool => "bool".to_owned(),
        Type::Int2 => "int2".to_owned(),
        Type::Int4 => "int4".to_owned(),
        Type::Int8 => "int8".to_owned(),
        Type::Numeric(_) => "numeric".to_owned(),
        Type::Float4 => "float4".to_owned(),
        Type::Float8 => "float8".to_owned(),
        Type::Varchar(_) => "varchar".to_owned(),
        Type::Char(_) => "bpchar".to_owned(),
        Type::Time => "time".to_owned(),
        Type::Timestamp => "timestamp".to_owned(),
        Type::TimestampTz => "timestamptz".to_owned(),
        Type::Array(element) => element.to_string(),
        other => other.to_string(),
    }
}

fn is_text(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::Value(value) if matches!(value.value, Value::SingleQuotedString(_)))
}

/// Is it a text that is an element of an array?
fn is_element(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Subscript { .. } => expr.ty.is_text(),
        ExprKind::Coerce { expr } => is_element(expr),
        ExprKind::Case { branches, .. } => branches.iter().any(|(_, then)| is_element(then)),
        _ => false,
    }
}
