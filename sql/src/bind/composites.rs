//! Rows and maps that are made in a query and taken apart in it: `CAST(ROW(1, 'a') AS ROW(x integer)).x`,
//! `m['k']` where a derived table or a common table expression has `MAP(ks, vs) AS m`, `UNNEST(m)`.
//!
//! No value of these types is known here. A column of one becomes columns of its parts: the fields of a row, the
//! keys and the values of a map as arrays. What is not taken apart stays and is refused.
//!
//! Source: <https://trino.io/docs/current/language/types.html#row>,
//! <https://trino.io/docs/current/functions/map.html>.

use super::Binder;
use crate::{calls::function, facts::last_name, subqueries::has_query};
use sqlparser::{
    ast::{
        self, AccessExpr, CastKind, DataType, Distinct, Expr, FunctionArg, FunctionArgExpr,
        FunctionArguments, GroupByExpr, Ident, JoinConstraint, JoinOperator, OrderByKind, Query,
        Select, SelectItem, SetExpr, Subscript, TableFactor, Value,
    },
    dialect::GenericDialect,
    parser::Parser,
};
use std::ops::ControlFlow;

/// A composite value in its parts.
enum Made {
    /// The keys and the values.
    Map(Box<[Expr; 2]>),
    Row(Vec<(Option<Ident>, Expr)>),
}

/// What a composite column is.
#[derive(Clone)]
enum Shape {
    Map,
    Row(Vec<Option<Ident>>),
}

#[derive(Clone)]
struct Column {
    name: Ident,
    shape: Shape,
}

/// The composite columns that a SELECT sees, each of the relation of that name.
#[derive(Default)]
struct Seen {
    columns: Vec<(Ident, Column)>,
    relations: Vec<Ident>,
    /// Is there a relation whose names are not known here?
    open: bool,
}

impl Binder<'_> {
    /// The query with its rows and maps in parts; nothing where it has none, or more than is known.
    pub(super) fn without_composites(&self, query: &Query) -> Option<Query> {
        let whole = self.scopes.is_empty() && self.ctes.is_empty() && !self.speaks_core();
        if !whole || !self.spec.knows("element_at map") {
            return None;
        }
        let text = query.to_string().to_lowercase();
        if !["map", "row(", "zip("].iter().any(|word| text.contains(word)) {
            return None;
        }
        let mut changed = query.clone();
        walk(&mut changed, &mut Vec::new(), true)?;
        Some(changed)
    }
}

type Ctes = Vec<(Ident, Vec<Column>)>;

/// Takes apart what a query makes and gives its composite columns; none of the query that is `shown`.
fn walk(query: &mut Query, ctes: &mut Ctes, shown: bool) -> Option<Vec<Column>> {
    let before = ctes.len();
    if let Some(with) = &mut query.with {
        for cte in &mut with.cte_tables {
            let columns = walk(&mut cte.query, ctes, with.recursive)?;
            if !columns.is_empty() && !cte.alias.columns.is_empty() {
                return None;
            }
            ctes.push((cte.alias.name.clone(), columns));
        }
    }
    let columns = match &mut *query.body {
        SetExpr::Select(select) => {
            let seen = relations(select, ctes)?;
            for_each(select, &seen, ctes)?;
            let mut positions = false;
            if let Some(order_by) = &mut query.order_by
                && let OrderByKind::Expressions(keys) = &mut order_by.kind
            {
                for key in keys {
                    positions |= matches!(key.expr, Expr::Value(_));
                    taken_apart(&mut key.expr, &seen, ctes)?;
                }
            }
            split(select, &seen, shown, positions)?
        }
        other => {
            bodies(other, ctes)?;
            Vec::new()
        }
    };
    ctes.truncate(before);
    Some(columns)
}

fn bodies(body: &mut SetExpr, ctes: &mut Ctes) -> Option<()> {
    match body {
        SetExpr::Query(query) => walk(query, ctes, true).map(drop),
        SetExpr::SetOperation { left, right, .. } => {
            bodies(left, ctes)?;
            bodies(right, ctes)
        }
        SetExpr::Select(select) => {
            let seen = relations(select, ctes)?;
            for_each(select, &seen, ctes)?;
            split(select, &seen, true, false).map(drop)
        }
        _ => Some(()),
    }
}

/// The composite columns of FROM.
fn relations(select: &mut Select, ctes: &mut Ctes) -> Option<Seen> {
    let mut seen = Seen::default();
    let factors = select.from.iter_mut().flat_map(|from| {
        std::iter::once(&mut from.relation)
            .chain(from.joins.iter_mut().map(|join| &mut join.relation))
    });
    for factor in factors {
        let (name, columns) = match factor {
            TableFactor::Derived { subquery, alias, .. } => {
                let columns = walk(subquery, ctes, false)?;
                let Some(alias) =
                    alias.as_ref().filter(|a| columns.is_empty() || a.columns.is_empty())
                else {
                    return columns.is_empty().then_some(seen);
                };
                (alias.name.clone(), columns)
            }
            TableFactor::Table { name, alias, args: None, .. } => {
                let last = name.0.last()?.as_ident()?.clone();
                let of_cte =
                    ctes.iter().rev().find(|(cte, _)| name.0.len() == 1 && same(cte, &last));
                let columns = of_cte.map(|(_, columns)| columns.clone()).unwrap_or_default();
                match alias {
                    Some(alias) if !columns.is_empty() && !alias.columns.is_empty() => return None,
                    Some(alias) => (alias.name.clone(), columns),
                    None => (last, columns),
                }
            }
            TableFactor::UNNEST { alias: Some(alias), .. } => (alias.name.clone(), Vec::new()),
            _ => {
                seen.open = true;
                continue;
            }
        };
        seen.relations.push(name.clone());
        seen.columns.extend(columns.into_iter().map(|column| (name.clone(), column)));
    }
    (!seen.open || seen.columns.is_empty()).then_some(seen)
}

/// Takes apart what the clauses of a SELECT name.
fn for_each(select: &mut Select, seen: &Seen, ctes: &mut Ctes) -> Option<()> {
    for item in &mut select.projection {
        named(item, seen);
        match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                taken_apart(expr, seen, ctes)?;
            }
            // They would show the parts.
            _ if !seen.columns.is_empty() => return None,
            _ => {}
        }
    }
    let conditions = [&mut select.selection, &mut select.having, &mut select.qualify];
    for expr in conditions.into_iter().flatten() {
        taken_apart(expr, seen, ctes)?;
    }
    if let GroupByExpr::Expressions(keys, _) = &mut select.group_by {
        for key in keys {
            taken_apart(key, seen, ctes)?;
        }
    }
    for from in &mut select.from {
        unnested(&mut from.relation, seen, ctes)?;
        for join in &mut from.joins {
            unnested(&mut join.relation, seen, ctes)?;
            if let JoinOperator::Join(JoinConstraint::On(on))
            | JoinOperator::Inner(JoinConstraint::On(on))
            | JoinOperator::Left(JoinConstraint::On(on))
            | JoinOperator::LeftOuter(JoinConstraint::On(on))
            | JoinOperator::Right(JoinConstraint::On(on))
            | JoinOperator::RightOuter(JoinConstraint::On(on))
            | JoinOperator::FullOuter(JoinConstraint::On(on)) = &mut join.join_operator
            {
                taken_apart(on, seen, ctes)?;
            }
        }
    }
    Some(())
}

/// A field that is shown keeps its name.
fn named(item: &mut SelectItem, seen: &Seen) {
    let SelectItem::UnnamedExpr(expr) = item else { return };
    let name = match &*expr {
        Expr::CompoundFieldAccess { access_chain, .. } => match access_chain.last() {
            Some(AccessExpr::Dot(Expr::Identifier(name))) => Some(name.clone()),
            _ => None,
        },
        Expr::Identifier(name) if seen.column(std::slice::from_ref(name)).is_some() => {
            Some(name.clone())
        }
        Expr::CompoundIdentifier(path)
            if seen.field(path).is_some() || seen.column(path).is_some() =>
        {
            path.last().cloned()
        }
        _ => None,
    };
    if let Some(alias) = name {
        let expr = expr.clone();
        *item = SelectItem::ExprWithAlias { expr, alias };
    }
}

/// UNNEST of a map is one of its keys beside one of its values, UNNEST of rows one of each of their fields.
fn unnested(factor: &mut TableFactor, seen: &Seen, ctes: &mut Ctes) -> Option<()> {
    let TableFactor::UNNEST { array_exprs, .. } = factor else { return Some(()) };
    let mut parts = Vec::with_capacity(array_exprs.len());
    for mut array in std::mem::take(array_exprs) {
        taken_apart(&mut array, seen, ctes)?;
        let entries = called(&array, "map_entries").and_then(|args| made(args.first()?));
        if let Some(Made::Map(map)) = entries.or_else(|| made(&array)) {
            for name in ["unnested_keys", "unnested_values"] {
                let map = Expr::Function(function("map", map.to_vec()));
                parts.push(Expr::Function(function(name, vec![map])));
            }
        } else if let Some(arrays) = called(&array, "zip") {
            parts.extend(arrays);
        } else if let Some(columns) = rows(&array) {
            parts.extend(columns);
        } else {
            parts.push(array);
        }
    }
    *array_exprs = parts;
    Some(())
}

/// `ARRAY[ROW(1, 'a'), ROW(2, 'b')]` as an array of each field.
fn rows(array: &Expr) -> Option<Vec<Expr>> {
    let Expr::Array(list) = array else { return None };
    let mut columns: Vec<Vec<Expr>> = Vec::new();
    for (at, row) in list.elem.iter().enumerate() {
        let Some(Made::Row(fields)) = made(row) else { return None };
        if at == 0 {
            columns.resize_with(fields.len(), Vec::new);
        } else if fields.len() != columns.len() {
            return None;
        }
        for (column, (_, field)) in columns.iter_mut().zip(fields) {
            column.push(field);
        }
    }
    let arrays = columns.into_iter().map(|elem| Expr::Array(ast::Array { elem, named: true }));
    (!list.elem.is_empty()).then(|| arrays.collect())
}

/// Takes apart what an expression takes from composites; queries inside of it see none of those outside.
fn taken_apart(expr: &mut Expr, seen: &Seen, ctes: &mut Ctes) -> Option<()> {
    let queries = has_query(expr);
    let stopped = ast::visit_expressions_mut(expr, |part: &mut Expr| {
        match part {
            // Its parameter would be taken for the column.
            Expr::Lambda(lambda) if seen.is_parameter(lambda) => return ControlFlow::Break(()),
            Expr::Subquery(query)
            | Expr::Exists { subquery: query, .. }
            | Expr::InSubquery { subquery: query, .. } => {
                if walk(query, ctes, true).is_none() {
                    return ControlFlow::Break(());
                }
            }
            _ if queries => {}
            _ => {
                if let Some(other) = seen.part(part).or_else(|| accessed(part)) {
                    *part = other;
                }
            }
        }
        ControlFlow::Continue(())
    });
    stopped.is_continue().then_some(())
}

impl Seen {
    /// The composite column of that name, and its relation.
    fn column(&self, path: &[Ident]) -> Option<&(Ident, Column)> {
        let found = |(relation, column): &&(Ident, Column)| match path {
            [name] => same(name, &column.name),
            [table, name] => same(table, relation) && same(name, &column.name),
            _ => false,
        };
        let mut all = self.columns.iter().filter(found);
        all.next().filter(|_| all.next().is_none())
    }

    /// Has a lambda a parameter of the name of a composite column?
    fn is_parameter(&self, lambda: &ast::LambdaFunction) -> bool {
        let named = |name: &Ident| self.columns.iter().any(|(_, column)| same(&column.name, name));
        match &lambda.params {
            ast::OneOrManyWithParens::One(one) => named(&one.name),
            ast::OneOrManyWithParens::Many(all) => all.iter().any(|one| named(&one.name)),
        }
    }

    /// `r.x`, `t.r.x`
    fn field(&self, path: &[Ident]) -> Option<Expr> {
        let (field, column) = path.split_last()?;
        // A column of a relation goes before a field of a column.
        let relation = column.first().filter(|_| column.len() == 1);
        if relation.is_some_and(|first| self.relations.iter().any(|name| same(name, first))) {
            return None;
        }
        let (relation, column) = self.column(column)?;
        let Shape::Row(fields) = &column.shape else { return None };
        let at =
            fields.iter().position(|name| name.as_ref().is_some_and(|name| same(name, field)))?;
        Some(part_of(relation, &column.name, at))
    }

    /// What stands for an expression that names a composite column.
    fn part(&self, expr: &Expr) -> Option<Expr> {
        let path = match expr {
            Expr::Identifier(name) => std::slice::from_ref(name),
            Expr::CompoundIdentifier(path) => path.as_slice(),
            Expr::CompoundFieldAccess { root, access_chain } => {
                return self.accessed(root, access_chain);
            }
            _ => return None,
        };
        if let Some(field) = self.field(path) {
            return Some(field);
        }
        let (relation, column) = self.column(path)?;
        matches!(column.shape, Shape::Map).then(|| map_of(relation, &column.name))
    }

    /// `r[1]`, `t.r[1]`, `t.m['k']`
    fn accessed(&self, root: &Expr, chain: &[AccessExpr]) -> Option<Expr> {
        let mut path = match root {
            Expr::Identifier(name) => vec![name.clone()],
            Expr::CompoundIdentifier(path) => path.clone(),
            _ => return None,
        };
        let mut chain = chain;
        if let (None, [AccessExpr::Dot(Expr::Identifier(name)), rest @ ..]) =
            (self.column(&path), chain)
        {
            path.push(name.clone());
            chain = rest;
        }
        let (relation, column) = self.column(&path)?;
        let (first, rest) = chain.split_first()?;
        match &column.shape {
            Shape::Row(fields) => {
                let at = place(first, fields.iter().map(Option::as_ref))?;
                Some(followed(part_of(relation, &column.name, at), rest))
            }
            Shape::Map => {
                let root = Box::new(map_of(relation, &column.name));
                Some(Expr::CompoundFieldAccess { root, access_chain: chain.to_vec() })
            }
        }
    }
}

/// What is taken from a composite that is made here.
fn accessed(expr: &Expr) -> Option<Expr> {
    match expr {
        Expr::CompoundFieldAccess { root, access_chain } => {
            let (first, rest) = access_chain.split_first()?;
            match made(root)? {
                Made::Row(fields) => {
                    let at = place(first, fields.iter().map(|(name, _)| name.as_ref()))?;
                    let (_, field) = fields.into_iter().nth(at)?;
                    Some(followed(field, rest))
                }
                Made::Map(map) if !is_call(root, &["map", "map_agg"]) => {
                    let root = Box::new(Expr::Function(function("map", map.to_vec())));
                    Some(Expr::CompoundFieldAccess { root, access_chain: access_chain.clone() })
                }
                Made::Map(_) => None,
            }
        }
        Expr::Function(call) => {
            let name = last_name(&call.name);
            let known = ["element_at", "cardinality", "map_keys", "map_values"];
            if !known.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                return None;
            }
            let args = called(expr, &name)?;
            let map = args.first()?;
            let keys = name.to_lowercase().starts_with("map_");
            if is_call(map, &["map"]) || (!keys && is_call(map, &["map_agg"])) {
                return None;
            }
            let Made::Map(parts) = made(map)? else { return None };
            let map = Expr::Function(function("map", parts.to_vec()));
            let args = std::iter::once(map).chain(args.into_iter().skip(1)).collect();
            Some(Expr::Function(function(&name, args)))
        }
        _ => None,
    }
}

/// The rest of a chain of accesses.
fn followed(value: Expr, rest: &[AccessExpr]) -> Expr {
    if rest.is_empty() {
        return value;
    }
    let root = Box::new(Expr::Nested(Box::new(value)));
    Expr::CompoundFieldAccess { root, access_chain: rest.to_vec() }
}

/// The place of the field that an access names, counted from zero.
fn place<'a>(
    access: &AccessExpr,
    mut names: impl ExactSizeIterator<Item = Option<&'a Ident>>,
) -> Option<usize> {
    let count = names.len();
    match access {
        AccessExpr::Dot(Expr::Identifier(field)) => {
            names.position(|name| name.is_some_and(|name| same(name, field)))
        }
        AccessExpr::Subscript(Subscript::Index { index: Expr::Value(value) }) => {
            let Value::Number(digits, _) = &value.value else { return None };
            digits.parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < count)
        }
        _ => None,
    }
}

/// The parts of a composite that is written out.
fn made(expr: &Expr) -> Option<Made> {
    match expr {
        Expr::Nested(inner) => made(inner),
        Expr::Cast {
            kind: CastKind::Cast, expr, data_type: DataType::Struct(types, _), ..
        } => {
            let Made::Row(fields) = made(expr)? else { return None };
            let same_count = fields.len() == types.len();
            let fields = fields.into_iter().zip(types).map(|((_, value), field)| {
                let cast = Expr::Cast {
                    kind: CastKind::Cast,
                    expr: Box::new(value),
                    data_type: field.field_type.clone(),
                    array: false,
                    format: None,
                };
                (field.field_name.clone(), cast)
            });
            same_count.then(|| Made::Row(fields.collect()))
        }
        Expr::Function(call) => {
            let name = last_name(&call.name).to_lowercase();
            let mut args = called(expr, &name)?.into_iter();
            let rest = args.len();
            match (name.as_str(), args.next(), args.next()) {
                ("row", Some(first), second) => {
                    let fields = std::iter::once(first).chain(second).chain(args);
                    Some(Made::Row(fields.map(|field| (None, field)).collect()))
                }
                ("map", Some(keys), Some(values)) if rest == 2 => {
                    Some(Made::Map(Box::new([keys, values])))
                }
                ("map_agg", Some(key), Some(value)) if rest == 2 => {
                    Some(Made::Map(Box::new([gathered(&key, &key)?, gathered(&value, &key)?])))
                }
                ("map_from_entries", Some(entries), None) => {
                    let parts = <[Expr; 2]>::try_from(rows(&entries)?).ok()?;
                    Some(Made::Map(Box::new(parts)))
                }
                ("transform_values", Some(map), Some(lambda)) if rest == 2 => {
                    let Made::Map(parts) = made(&map)? else { return None };
                    let [keys, values] = *parts;
                    let changed = function("zip_with", vec![keys.clone(), values, lambda]);
                    Some(Made::Map(Box::new([keys, Expr::Function(changed)])))
                }
                ("transform_keys", Some(map), Some(lambda)) if rest == 2 => {
                    let Made::Map(parts) = made(&map)? else { return None };
                    let [keys, values] = *parts;
                    let changed = function("zip_with", vec![keys, values.clone(), lambda]);
                    Some(Made::Map(Box::new([Expr::Function(changed), values])))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The values of a group in the order of their keys.
fn gathered(value: &Expr, key: &Expr) -> Option<Expr> {
    let text = format!("array_agg({value} ORDER BY {key}) FILTER (WHERE {key} IS NOT NULL)");
    Parser::new(&GenericDialect {}).try_with_sql(&text).ok()?.parse_expr().ok()
}

/// The arguments of a plain call of that name.
fn called(expr: &Expr, name: &str) -> Option<Vec<Expr>> {
    let Expr::Function(call) = expr else { return None };
    let plain = call.over.is_none() && call.filter.is_none() && call.within_group.is_empty();
    let FunctionArguments::List(list) = &call.args else { return None };
    let plain = plain && list.duplicate_treatment.is_none() && list.clauses.is_empty();
    if !plain || !last_name(&call.name).eq_ignore_ascii_case(name) {
        return None;
    }
    let args = list.args.iter().map(|arg| match arg {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
        _ => None,
    });
    args.collect()
}

fn is_call(expr: &Expr, names: &[&str]) -> bool {
    matches!(expr, Expr::Function(call) if names.iter().any(|name| last_name(&call.name).eq_ignore_ascii_case(name)))
}

/// Puts the parts of composite columns that a SELECT gives in their places, and says which they are.
fn split(select: &mut Select, seen: &Seen, shown: bool, positions: bool) -> Option<Vec<Column>> {
    if shown {
        return Some(Vec::new());
    }
    let mut columns = Vec::new();
    let mut items = Vec::with_capacity(select.projection.len());
    for item in std::mem::take(&mut select.projection) {
        let SelectItem::ExprWithAlias { expr, alias } = &item else {
            items.push(item);
            continue;
        };
        let path = match expr {
            Expr::Identifier(name) => std::slice::from_ref(name),
            Expr::CompoundIdentifier(path) => path.as_slice(),
            _ => &[],
        };
        let (shape, parts) = match (seen.column(path), made(expr)) {
            (Some((relation, column)), _) => {
                let Shape::Row(fields) = &column.shape else { return None };
                let parts = (0..fields.len()).map(|at| part_of(relation, &column.name, at));
                (column.shape.clone(), parts.collect::<Vec<_>>())
            }
            (None, Some(Made::Map(map))) => (Shape::Map, map.to_vec()),
            (None, Some(Made::Row(fields))) => {
                let (names, values) = fields.into_iter().unzip();
                (Shape::Row(names), values)
            }
            (None, None) => {
                items.push(item);
                continue;
            }
        };
        for (at, expr) in parts.into_iter().enumerate() {
            items.push(SelectItem::ExprWithAlias { expr, alias: part_name(alias, at) });
        }
        columns.push(Column { name: alias.clone(), shape });
    }
    select.projection = items;
    let grouped = matches!(
        &select.group_by,
        GroupByExpr::Expressions(keys, _) if keys.iter().any(|key| matches!(key, Expr::Value(_)))
    );
    let distinct = !matches!(select.distinct, None | Some(Distinct::All));
    // Positions would be others, and equal maps need not have their keys in one order.
    let map = columns.iter().any(|column| matches!(column.shape, Shape::Map));
    let moved = !columns.is_empty() && (positions || grouped) || distinct && map;
    (!moved).then_some(columns)
}

/// The map that such a column is.
fn map_of(relation: &Ident, column: &Ident) -> Expr {
    let parts = [0, 1].map(|at| part_of(relation, column, at));
    Expr::Function(function("map", parts.to_vec()))
}

/// The column of a part.
fn part_of(relation: &Ident, column: &Ident, at: usize) -> Expr {
    Expr::CompoundIdentifier(vec![relation.clone(), part_name(column, at)])
}

fn part_name(column: &Ident, at: usize) -> Ident {
    Ident::with_quote('"', format!("{} {}", column.value.to_lowercase(), at + 1))
}

fn same(one: &Ident, other: &Ident) -> bool {
    one.value.eq_ignore_ascii_case(&other.value)
}

#[cfg(test)]
mod tests {
    use super::walk;
    use crate::parse;
    use model::Dialect;
    use sqlparser::ast::Statement;

    fn walked(text: &str) -> Option<String> {
        let Statement::Query(mut query) = parse(text, Dialect::Trino).unwrap().statement else {
            return None;
        };
        walk(&mut query, &mut Vec::new(), true)?;
        Some(query.to_string())
    }

    #[test]
    fn composites_are_taken_apart() {
        for (text, expected) in [
            (
                "SELECT CAST(ROW(1, b) AS ROW(x INT, y DATE)).y FROM t",
                "SELECT CAST(b AS DATE) AS y FROM t",
            ),
            (
                "SELECT r.x, t.r[2] FROM (SELECT CAST(ROW(a, b) AS ROW(x INT, y DATE)) AS r FROM s) AS t",
                "SELECT t.\"r 1\" AS x, t.\"r 2\" FROM (SELECT CAST(a AS INT) AS \"r 1\", CAST(b AS DATE) AS \"r 2\" FROM s) AS t",
            ),
            (
                "SELECT m['a'] FROM (SELECT MAP(k, v) AS m FROM s) AS t",
                "SELECT map(t.\"m 1\", t.\"m 2\")['a'] FROM (SELECT k AS \"m 1\", v AS \"m 2\" FROM s) AS t",
            ),
            (
                "SELECT a FROM UNNEST(zip(b, c)) AS t(a, d)",
                "SELECT a FROM UNNEST(b, c) AS t (a, d)",
            ),
            ("SELECT a FROM t WHERE b > 1", "SELECT a FROM t WHERE b > 1"),
        ] {
            assert_eq!(walked(text).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_would_show_parts_is_left() {
        for text in [
            "SELECT * FROM (SELECT ROW(1) AS r) AS t",
            "SELECT transform(a, m -> m[1]) FROM (SELECT MAP(k, v) AS m FROM s) AS t",
            "SELECT m['a'] FROM (SELECT DISTINCT MAP(k, v) AS m FROM s) AS t",
            "SELECT m['a'] FROM (SELECT MAP(k, v) AS m, x FROM s ORDER BY 2) AS t",
        ] {
            assert_eq!(walked(text), None, "{text}");
        }
    }
}
