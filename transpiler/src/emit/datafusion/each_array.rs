//! Queries over the elements of an array of the row around them, on `DataFusion`.
//!
//! It takes no column of another relation in FROM. What such a query gives depends on the array alone:
//! it is asked over all arrays that the table has, and the one of the row is looked up.
//! `(SELECT sum(n) FROM unnest(t.a) AS u(n))` becomes `(SELECT sum(n) FROM (SELECT _array,
//! unnest(_array) AS n FROM (SELECT DISTINCT t.a AS _array FROM t) AS _arrays) AS u WHERE u._key =
//! key(t.a))`, where the key is a text that no other array has: rows that are joined by arrays are lost
//! where one of them holds a NULL.

use super::correlated;
use crate::{
    emit::Emitter,
    fragment::{Fragment, fill},
    rule::Emit,
    targets::Target,
};
use sql::{
    Type,
    tree::{
        Alias, Body, Call, Column, Distinct, Expr, ExprKind, FunctionKind, GroupItem, GroupKey,
        Item, Literal, Query, Relation, Select, SortTarget,
    },
};

const ARRAY: &str = "_array";
const KEY: &str = "_key";
/// The text that stands for an array, written by [`Emitter::array_key`].
const KEY_OF: &str = "key of an array";
const ARRAYS: &str = "_arrays";

impl Emitter {
    /// A query over an array: its elements sorted, or the query in a form that is planned. Nothing for
    /// any other one.
    pub(in crate::emit) fn over_array(&mut self, query: &Query) -> Emit<Option<Fragment>> {
        if let Some((array, template)) = sorted_elements(query) {
            let array = self.expr(array)?;
            return Ok(Some(fill(&template, &[array])));
        }
        if !self.around.each_row {
            return Ok(None);
        }
        let Some(looked_up) = self.looked_up(query) else { return Ok(None) };
        self.values_of_queries = true;
        Ok(Some(Fragment::atom(format!("({})", self.subquery(&looked_up)?))))
    }

    fn looked_up(&self, query: &Query) -> Option<Query> {
        let select = plain(query)?;
        let [item] = select.items.as_slice() else { return None };
        if !item.expr.any_call(&|call| call.kind == FunctionKind::Aggregate && call.over.is_none())
        {
            return None;
        }
        match select.from.as_ref()? {
            Relation::Function { .. } => self.of_elements(query, select),
            Relation::Derived { query: inner, alias, lateral: false } => {
                let mut given = plain_or_grouped(inner)?.clone();
                let (source, array, function) = self.elements(given.from.as_ref()?)?;
                given.from = Some(derived(source, function.name.clone()));
                let own = std::slice::from_ref(&function.name);
                let grouped = !given.group_by.is_empty();
                let fine = given.items.iter().all(|item| settled(&item.expr, grouped));
                if !fine
                    || given.items.iter().any(|item| item.expr.looks_outside(own))
                    || given.filter.as_ref().is_some_and(|filter| filter.looks_outside(own))
                {
                    return None;
                }
                let key = column(&function.name, KEY, &Type::Text, array.span);
                if grouped {
                    given.group_by.push(GroupItem::Key(GroupKey::Expr(key.clone())));
                }
                given.items.push(Item { expr: key, name: KEY.to_owned() });
                let mut inner = with_select(inner, given);
                inner.columns.push(Column { name: KEY.to_owned(), ty: Type::Text });
                let mut alias = alias.clone();
                if !alias.columns.is_empty() {
                    alias.columns.push(KEY.to_owned());
                }
                let mut looked_up = select.clone();
                only_of(&looked_up, std::slice::from_ref(&alias.name))?;
                let name = alias.name.clone();
                looked_up.from =
                    Some(Relation::Derived { query: Box::new(inner), alias, lateral: false });
                looked_up.filter = Some(condition(&name, array, looked_up.filter.take()));
                Some(with_select(query, looked_up))
            }
            _ => None,
        }
    }

    /// The query of an EXISTS over the elements of an array in a form that is planned; nothing for any
    /// other one.
    pub(in crate::emit) fn exists_over_array(&self, query: &Query) -> Option<Query> {
        let select = plain(query).filter(|_| self.around.each_row)?;
        let plain = select.items.iter().all(|item| settled(&item.expr, false));
        if plain { self.of_elements(query, select) } else { None }
    }

    /// A query over elements that looks up those of the row's array.
    fn of_elements(&self, query: &Query, select: &Select) -> Option<Query> {
        let (source, array, alias) = self.elements(select.from.as_ref()?)?;
        let mut looked_up = select.clone();
        looked_up.from = Some(derived(source, alias.name.clone()));
        only_of(&looked_up, std::slice::from_ref(&alias.name))?;
        looked_up.filter = Some(condition(&alias.name, array, looked_up.filter.take()));
        Some(with_select(query, looked_up))
    }

    /// The query of all elements with their arrays, the array of the row, and the function's alias.
    fn elements(&self, from: &Relation) -> Option<(Query, Expr, Alias)> {
        let Relation::Function { call, alias, ordinality } = from else { return None };
        let [array] = call.call().filter(|call| call.name == "unnest")?.args.as_slice() else {
            return None;
        };
        let span = array.span;
        let mut host = None;
        let array = self.value_of_table(array, &mut host)?;
        let (host, _) = &host?;
        let element = array.ty.element()?.clone();
        let (_, table) = self.tables.iter().rev().find(|(name, _)| name == host)?;
        let hosted = self.is_host(host);
        if !has_key(&element) || hosted || *host == alias.name {
            return None;
        }
        let one = |expr, name: &str| Item { expr, name: name.to_owned() };
        let mut arrays = Select::of(vec![one(array.clone(), ARRAY)], Some(table.clone()));
        arrays.distinct = Distinct::Yes;
        let key = column(ARRAYS, ARRAY, &array.ty, span);
        let set = |name, args, ty| Expr {
            kind: ExprKind::Call(Box::new(Call::new(name, FunctionKind::Set, args))),
            ty,
            span,
        };
        let [first, rest @ ..] = alias.columns.as_slice() else { return None };
        let mut items = vec![
            one(key_of(key.clone()), KEY),
            one(set("unnest", vec![key.clone()], element), first),
        ];
        if *ordinality {
            let [place] = rest else { return None };
            let first = Expr {
                kind: ExprKind::Literal(Literal::Number("1".to_owned())),
                ty: Type::Int4,
                span,
            };
            let length = Expr::scalar("array_length", vec![key, first.clone()], Type::Int4, span);
            items.push(one(set("generate_series", vec![first, length], Type::Int4), place));
        }
        let from = derived(arrays.into_query(span), ARRAYS.to_owned());
        Some((Select::of(items, Some(from)).into_query(span), array, alias.clone()))
    }

    /// The text that stands for an array, and two arrays compared by theirs; nothing for any other
    /// call. Rows that are joined by arrays are lost where one of them holds a NULL.
    pub(in crate::emit) fn array_key(&mut self, call: &Call) -> Emit<Option<Fragment>> {
        match (call.name, call.args.as_slice()) {
            (KEY_OF, [array]) => {
                let text = array.ty.element().is_some_and(Type::is_text);
                let array = [self.expr(array)?];
                // Two characters that no text holds between the elements, and for a NULL.
                let key = "CAST(cardinality({0}) AS VARCHAR) || array_to_string({0}, chr(1114109), chr(1114108))";
                Ok(Some(fill(if text { key } else { "CAST({0} AS VARCHAR)" }, &array)))
            }
            ("=" | "is not distinct from", [left, right])
                if self.target() == Target::DataFusion
                    && left.ty.element().is_some()
                    && looks_at_rows(left)
                    && looks_at_rows(right) =>
            {
                if !left.ty.element().is_some_and(has_key) || left.ty != right.ty {
                    return self.refuse("arrays of this type are not compared", left.span);
                }
                let args = vec![key_of(left.clone()), key_of(right.clone())];
                self.expr(&Expr::scalar(call.name, args, Type::Bool, left.span)).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A value made of one column of a table, which is written with it: of several it finds no way out of
    /// the query.
    fn value_of_table(&self, value: &Expr, host: &mut Option<(String, String)>) -> Option<Expr> {
        let kind = match &value.kind {
            ExprKind::Literal(literal) => ExprKind::Literal(literal.clone()),
            ExprKind::Column { relation: Some(relation), name, .. } => {
                if let Some(value) = self.replacement(relation, name) {
                    return self.value_of_table(&value, host);
                }
                let own = (relation.clone(), name.clone());
                if *host.get_or_insert_with(|| own.clone()) != own {
                    return None;
                }
                ExprKind::Column {
                    relation: Some(relation.clone()),
                    name: name.clone(),
                    qualified: true,
                }
            }
            ExprKind::Cast { expr } => {
                ExprKind::Cast { expr: Box::new(self.value_of_table(expr, host)?) }
            }
            ExprKind::Coerce { expr } => {
                ExprKind::Coerce { expr: Box::new(self.value_of_table(expr, host)?) }
            }
            // `[y.id, 0]` of the row outside is not found by the engine.
            ExprKind::Array(items) if items.iter().all(Expr::is_constant) => {
                ExprKind::Array(self.values_of_table(items, host)?)
            }
            ExprKind::Call(call)
                if call.kind == FunctionKind::Scalar
                    && call.over.is_none()
                    && !call.is_chance() =>
            {
                let args = self.values_of_table(&call.args, host)?;
                ExprKind::Call(Box::new(Call { args, ..(**call).clone() }))
            }
            ExprKind::Case { operand: None, branches, otherwise } => ExprKind::Case {
                operand: None,
                branches: branches
                    .iter()
                    .map(|(when, then)| {
                        let when = self.value_of_table(when, host)?;
                        Some((when, self.value_of_table(then, host)?))
                    })
                    .collect::<Option<_>>()?,
                otherwise: match otherwise {
                    Some(otherwise) => Some(Box::new(self.value_of_table(otherwise, host)?)),
                    None => None,
                },
            },
            _ => return None,
        };
        Some(Expr { kind, ..value.clone() })
    }

    fn values_of_table(
        &self,
        values: &[Expr],
        host: &mut Option<(String, String)>,
    ) -> Option<Vec<Expr>> {
        values.iter().map(|value| self.value_of_table(value, host)).collect()
    }
}

/// Do the values look at nothing else, and the filter at it by equality alone?
fn only_of(select: &Select, own: &[String]) -> Option<()> {
    let values = select.items.iter().all(|item| !item.expr.looks_outside(own));
    let filter = select.filter.as_ref().is_none_or(|filter| correlated::equalities(filter, own));
    (values && filter).then_some(())
}

/// The tables of a FROM by their names.
pub(in crate::emit) fn tables(from: &Relation, all: &mut Vec<(String, Relation)>) {
    match from {
        Relation::Join { left, right, .. } => {
            tables(left, all);
            tables(right, all);
        }
        Relation::Table { path, alias, .. } => {
            let name = alias.as_ref().map(|alias| &alias.name).or(path.last());
            all.extend(name.map(|name| (name.clone(), from.clone())));
        }
        _ => {}
    }
}

/// `array_agg(e ORDER BY e)` of the elements of an array, and nothing else.
fn sorted_elements(query: &Query) -> Option<(&Expr, String)> {
    let select = plain(query)?;
    let Relation::Function { call, alias, ordinality: false } = select.from.as_ref()? else {
        return None;
    };
    let [array] = call.call().filter(|call| call.name == "unnest")?.args.as_slice() else {
        return None;
    };
    let ([item], [name], None) =
        (select.items.as_slice(), alias.columns.as_slice(), &select.filter)
    else {
        return None;
    };
    let element = array.ty.element()?;
    let alike = element.is_integer() || element.is_text() || *element == Type::Date;
    let gathered = item.expr.call().filter(|call| {
        call.name == "array_agg" && call.filter.is_none() && call.over.is_none() && !call.distinct
    })?;
    let ([value], [key]) = (gathered.args.as_slice(), gathered.order_by.as_slice()) else {
        return None;
    };
    let is_element = |expr: &Expr| {
        matches!(&expr.kind, ExprKind::Column { relation: Some(relation), name: column, .. }
            if *relation == alias.name && column == name)
    };
    let sorted = matches!(&key.target, SortTarget::Expr(expr) if is_element(expr));
    if !alike || !sorted || !is_element(value) {
        return None;
    }
    let direction = if key.descending { "DESC" } else { "ASC" };
    let nulls = if key.nulls_first { "FIRST" } else { "LAST" };
    Some((
        array,
        format!(
            "CASE WHEN cardinality({{0}}) > 0 THEN array_sort({{0}}, '{direction}', 'NULLS {nulls}') END"
        ),
    ))
}

/// A SELECT without anything but values, FROM and WHERE.
fn plain(query: &Query) -> Option<&Select> {
    plain_or_grouped(query).filter(|select| select.group_by.is_empty())
}

/// The same, perhaps with groups by values.
fn plain_or_grouped(query: &Query) -> Option<&Select> {
    let Body::Select(select) = &query.body else { return None };
    let whole = query.with.is_empty()
        && query.order_by.is_empty()
        && query.limit.is_none()
        && query.offset.is_none();
    let bare = select.group_by.iter().all(|item| matches!(item, GroupItem::Key(_)))
        && select.having.is_none()
        && select.qualify.is_none()
        && select.distinct == Distinct::No;
    (whole && bare).then_some(select)
}

/// Is it a value of one row, or of a group?
fn settled(expr: &Expr, grouped: bool) -> bool {
    !expr.any_call(&|call| {
        let aggregate = grouped && call.kind == FunctionKind::Aggregate;
        (call.kind != FunctionKind::Scalar && !aggregate) || call.over.is_some()
    })
}

fn derived(query: Query, name: String) -> Relation {
    let alias = Alias { name, columns: Vec::new() };
    Relation::Derived { query: Box::new(query), alias, lateral: false }
}

fn column(relation: &str, name: &str, ty: &Type, span: model::Span) -> Expr {
    let kind = ExprKind::Column {
        relation: Some(relation.to_owned()),
        name: name.to_owned(),
        qualified: true,
    };
    Expr { kind, ty: ty.clone(), span }
}

/// Are the texts of two values different where the values are?
fn has_key(element: &Type) -> bool {
    (element.is_exact_number() && *element != Type::NUMERIC)
        || element.is_text()
        || matches!(element, Type::Bool | Type::Date | Type::Timestamp)
}

fn looks_at_rows(expr: &Expr) -> bool {
    expr.any_part(&|part| matches!(part.kind, ExprKind::Column { .. }))
}

fn key_of(array: Expr) -> Expr {
    let span = array.span;
    Expr::scalar(KEY_OF, vec![array], Type::Text, span)
}

/// The array is that of the row, and the filter holds.
fn condition(name: &str, array: Expr, filter: Option<Expr>) -> Expr {
    let span = array.span;
    let key = column(name, KEY, &Type::Text, span);
    let same = Expr::scalar("=", vec![key, key_of(array)], Type::Bool, span);
    match filter {
        Some(filter) => Expr::scalar("and", vec![same, filter], Type::Bool, span),
        None => same,
    }
}

fn with_select(query: &Query, select: Select) -> Query {
    let mut query = query.clone();
    query.body = Body::Select(Box::new(select));
    query
}
