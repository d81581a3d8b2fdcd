//! Rows out of arrays on `DataFusion`: `unnest` and `generate_series` in FROM and in a SELECT list.
//!
//! It takes no column of another relation there, and no LATERAL over it. A function that looks at the
//! rows of one relation in FROM is computed in the SELECT list of a query around that relation, its
//! host: `t CROSS JOIN unnest(t.a) AS u(v)` becomes `(SELECT *, unnest(t.a) AS _u_v FROM t) AS t`, and
//! `u.v` becomes `t._u_v`.

use super::{Emitter, names::quoted, outside::looks_outside, relation::gives_rows};
use crate::{fragment::Fragment, rule::Emit, rules::regex_rows};
use model::Span;
use sql::{
    Type,
    tree::{
        Alias, Body, Call, Expr, ExprKind, FunctionKind, Item, JoinCondition, JoinKind, Literal,
        Query, Relation, Select,
    },
};

/// A relation that is computed in the SELECT list around another one.
pub(super) struct Hosted {
    /// Its name.
    relation: String,
    /// The relation whose rows it looks at.
    host: String,
    /// Its columns with the arrays that they come from.
    columns: Vec<(String, Rows)>,
    /// Are rows of the host kept that it gives nothing for?
    outer: bool,
}

/// What stands in the rows.
enum Rows {
    /// The elements of an array.
    Elements(Expr),
    /// Their positions from 1.
    Positions(Expr),
}

/// A column that is written as another value.
#[derive(Clone)]
pub(super) struct Replaced {
    relation: String,
    column: String,
    value: Expr,
}

impl Emitter {
    /// The value that a column is written as.
    pub(super) fn replacement(&self, relation: &str, column: &str) -> Option<Expr> {
        let mut all = self.replaced.iter().rev();
        all.find(|r| r.relation == relation && r.column == column).map(|r| r.value.clone())
    }

    /// Finds what is computed around another relation, before anything of the SELECT is written.
    pub(super) fn find_hosts(&mut self, select: &Select) -> Emit<()> {
        let Some(from) = &select.from else { return Ok(()) };
        let mut own = Vec::new();
        names(from, &mut own);
        self.replaced.retain(|replaced| !own.contains(&replaced.relation));
        self.find_in(from)
    }

    fn find_in(&mut self, from: &Relation) -> Emit<()> {
        let Relation::Join { left, right, kind, condition } = from else { return Ok(()) };
        self.find_in(left)?;
        self.find_in(right)?;
        if let Some(name) = self.one_row(right, *kind, condition) {
            let hosted =
                Hosted { relation: name, host: String::new(), columns: Vec::new(), outer: false };
            self.hosted.push(hosted);
            return Ok(());
        }
        let Some((name, columns)) = outputs(right) else { return Ok(()) };
        let arrays = columns.iter().map(|(_, rows, _)| rows.array());
        let mut hosts: Vec<String> = Vec::new();
        for array in arrays {
            self.hosts_of(array, &mut hosts);
        }
        hosts.sort_unstable();
        hosts.dedup();
        let [host] = hosts.as_slice() else { return Ok(()) };
        let Some(outer) = keeps_rows(*kind, condition) else { return Ok(()) };
        if !is_kept(left, host) {
            return Ok(());
        }
        let mut hosted = Vec::new();
        for (column, rows, value) in columns {
            let inside = format!("_{name}_{column}");
            let kind = ExprKind::Column {
                relation: Some(host.clone()),
                name: inside.clone(),
                qualified: true,
            };
            let array = rows.array();
            let ty = match &rows {
                Rows::Elements(array) => element(array),
                Rows::Positions(_) => Some(Type::Int8),
            };
            let Some(ty) = ty else { return Ok(()) };
            let inner = Expr { kind, ty, span: array.span };
            let value = match value {
                Some(value) => value.around(&inner),
                None => inner,
            };
            self.replaced.push(Replaced { relation: name.clone(), column, value });
            hosted.push((inside, rows));
        }
        let host = host.clone();
        self.hosted.push(Hosted { relation: name, host, columns: hosted, outer });
        Ok(())
    }

    /// The name of a LATERAL query of aggregates alone: it has one row, and each of its columns is a
    /// query of its own where it stands.
    fn one_row(
        &mut self,
        relation: &Relation,
        kind: JoinKind,
        condition: &JoinCondition,
    ) -> Option<String> {
        let Relation::Derived { query, alias, lateral: true } = relation else { return None };
        keeps_rows(kind, condition)?;
        let Body::Select(select) = &query.body else { return None };
        let whole = query.with.is_empty() && query.limit.is_none() && query.offset.is_none();
        let plain = select.group_by.is_empty()
            && select.having.is_none()
            && select.qualify.is_none()
            && select.distinct == sql::tree::Distinct::No;
        let aggregates = select.items.iter().all(|item| {
            item.expr.call().is_some_and(|call| {
                call.kind == FunctionKind::Aggregate
                    && call.over.is_none()
                    && call.order_by.is_empty()
            })
        });
        let mut own = Vec::new();
        select.from.iter().for_each(|from| names(from, &mut own));
        // More than equality it does not take apart.
        let known = select.filter.as_ref().is_none_or(|filter| equalities(filter, &own))
            && select.items.iter().all(|item| !looks_outside(&item.expr, &own));
        if !(whole && plain && aggregates && known) {
            return None;
        }
        for (index, item) in select.items.iter().enumerate() {
            let mut one = (**query).clone();
            one.order_by.clear();
            one.columns = query.columns.get(index..=index)?.to_vec();
            if let Body::Select(select) = &mut one.body {
                select.items = vec![item.clone()];
            }
            let column =
                alias.columns.get(index).or(one.columns.first().map(|c| &c.name)).cloned()?;
            let value = Expr {
                kind: ExprKind::Scalar(Box::new(one)),
                ty: item.expr.ty.clone(),
                span: item.expr.span,
            };
            self.replaced.push(Replaced { relation: alias.name.clone(), column, value });
        }
        Some(alias.name.clone())
    }

    /// A query that gives names to values of the row around it and has a value made of them: the values
    /// stand in their places, since `DataFusion` plans no such query.
    pub(super) fn values_written_out(&mut self, query: &Query, span: Span) -> Emit<Fragment> {
        let Some((value, named)) = named_values(query) else {
            return self.refuse("a query over values of each row is not done", span);
        };
        let before = self.replaced.len();
        self.replaced.extend(named);
        let text = self.expr(&value);
        self.replaced.truncate(before);
        text
    }

    /// The relations whose columns stand in an expression; an empty name for what is not known.
    fn hosts_of(&self, expr: &Expr, hosts: &mut Vec<String>) {
        let seen = std::cell::RefCell::new(Vec::new());
        expr.any_part(&|part| {
            match &part.kind {
                ExprKind::Column { relation: Some(relation), name, .. } => {
                    match self.replacement(relation, name) {
                        Some(value) => seen.borrow_mut().push(Err(value)),
                        None => seen.borrow_mut().push(Ok(relation.clone())),
                    }
                }
                ExprKind::Column { relation: None, .. }
                | ExprKind::Scalar(_)
                | ExprKind::Exists { .. }
                | ExprKind::InQuery { .. }
                | ExprKind::Quantified { .. } => seen.borrow_mut().push(Ok(String::new())),
                _ => {}
            }
            false
        });
        for one in seen.into_inner() {
            match one {
                Ok(name) => hosts.push(name),
                Err(value) => self.hosts_of(&value, hosts),
            }
        }
    }

    /// Is something computed around the relation?
    pub(super) fn is_host(&self, name: &str) -> bool {
        self.hosted.iter().any(|hosted| hosted.host == name)
    }

    /// Is the relation computed around another one?
    pub(super) fn is_hosted(&self, relation: &Relation) -> bool {
        name_of(relation).is_some_and(|name| self.hosted.iter().any(|h| h.relation == name))
    }

    /// Is it a LATERAL that would be the same without the word?
    pub(super) fn looks_at_nothing(&self, relation: &Relation) -> bool {
        let mut hosts = Vec::new();
        for (_, rows, _) in outputs(relation).into_iter().flat_map(|(_, columns)| columns) {
            self.hosts_of(rows.array(), &mut hosts);
        }
        outputs(relation).is_some() && hosts.is_empty()
    }

    /// `text` of a relation with what is computed around it.
    pub(super) fn with_hosted(&mut self, relation: &Relation, text: String) -> Emit<String> {
        let Some(name) = name_of(relation).filter(|_| !self.hosted.is_empty()) else {
            return Ok(text);
        };
        let mut text = text;
        let (own, others): (Vec<Hosted>, Vec<Hosted>) =
            std::mem::take(&mut self.hosted).into_iter().partition(|hosted| hosted.host == name);
        self.hosted = others;
        for hosted in &own {
            let mut items = vec!["*".to_owned()];
            for (column, rows) in &hosted.columns {
                let array = self.rows_of(rows, hosted.outer)?;
                items.push(format!("unnest({array}) AS {}", quoted(column)));
            }
            text = format!("(SELECT {} FROM {text}) AS {}", items.join(", "), quoted(name));
        }
        self.hosted.extend(own);
        Ok(text)
    }

    fn rows_of(&mut self, rows: &Rows, outer: bool) -> Emit<String> {
        let expr = rows.array();
        let Some(array) = self.array_of_rows(expr)? else {
            return self.refuse("this function in FROM has no known translation", expr.span);
        };
        let array = array.text;
        let (text, ty) = match rows {
            Rows::Elements(_) => (array.clone(), element(expr)),
            Rows::Positions(_) => (positions(&array), Some(Type::Int8)),
        };
        if !outer {
            return Ok(text);
        }
        match ty.and_then(|ty| self.target().type_name(&ty)) {
            Some(ty) => Ok(format!(
                "CASE WHEN cardinality({array}) > 0 THEN {text} ELSE CAST([NULL] AS {ty}[]) END"
            )),
            None => self.refuse("no known arrays of this type", expr.span),
        }
    }

    /// The array of the rows that a set function gives; of an array itself its elements.
    pub(super) fn array_of_rows(&mut self, expr: &Expr) -> Emit<Option<Fragment>> {
        let Some(call) = expr.call().filter(|call| call.kind == FunctionKind::Set) else {
            return match expr.ty.element() {
                Some(ty) if !matches!(ty, Type::Array(_)) => self.expr(expr).map(Some),
                _ => Ok(None),
            };
        };
        self.array_of_call(call)
    }

    /// The array of the rows that a set function gives.
    pub(super) fn array_of_call(&mut self, call: &Call) -> Emit<Option<Fragment>> {
        match (call.name, call.args.as_slice()) {
            ("unnest", [array]) => self.array_of_rows(array),
            ("regexp_split_to_table", _) => {
                Ok(regex_rows::as_array(self, call)?.map(|(array, _)| array))
            }
            ("generate_series", args) if gives_rows(call) => {
                let whole = args.iter().all(|arg| arg.ty.is_integer());
                if !(whole && args.iter().all(ends_in_time) || args.iter().take(2).all(is_near)) {
                    return Ok(None);
                }
                let series = Fragment::call("generate_series", &self.args(args)?);
                Ok(Some(if whole {
                    series
                } else {
                    // It counts nanoseconds.
                    Fragment::atom(format!("CAST({} AS TIMESTAMP(6)[])", series.text))
                }))
            }
            _ => Ok(None),
        }
    }

    /// A set function in FROM that looks at no other relation; nothing where it is not known.
    pub(super) fn rows_in_from(
        &mut self,
        call: &Expr,
        names: &str,
        ordinality: bool,
    ) -> Emit<Option<String>> {
        let mut hosts = Vec::new();
        self.hosts_of(call, &mut hosts);
        if !hosts.is_empty() {
            return Ok(None);
        }
        let Some(array) = self.array_of_rows(call)? else { return Ok(None) };
        // Its own `generate_series` in FROM is taken for any other one in the same statement.
        Ok(Some(if ordinality {
            format!("unnest({}, {}) AS {names}", array.text, positions(&array.text))
        } else {
            format!("unnest({}) AS {names}", array.text)
        }))
    }
}

impl Rows {
    const fn array(&self) -> &Expr {
        match self {
            Self::Elements(array) | Self::Positions(array) => array,
        }
    }
}

/// What a column makes of an element or a position: nothing, or one thing around it.
struct Around {
    expr: Expr,
    relation: String,
}

impl Around {
    /// The value with the column of the inner relation replaced.
    fn around(self, inner: &Expr) -> Expr {
        replace(self.expr, &self.relation, inner)
    }
}

fn replace(expr: Expr, relation: &str, inner: &Expr) -> Expr {
    let kind = match expr.kind {
        ExprKind::Column { relation: Some(name), .. } if name == relation => return inner.clone(),
        ExprKind::Call(mut call) => {
            call.args = call.args.into_iter().map(|arg| replace(arg, relation, inner)).collect();
            ExprKind::Call(call)
        }
        ExprKind::Cast { expr } => {
            ExprKind::Cast { expr: Box::new(replace(*expr, relation, inner)) }
        }
        ExprKind::Coerce { expr } => {
            ExprKind::Coerce { expr: Box::new(replace(*expr, relation, inner)) }
        }
        other => other,
    };
    Expr { kind, ..expr }
}

/// The columns of a relation that arrays give, with what they are made into.
type Outputs = Vec<(String, Rows, Option<Around>)>;

fn outputs(relation: &Relation) -> Option<(String, Outputs)> {
    match relation {
        Relation::Function { call, alias, ordinality } => {
            let columns = rows_of_function(call, alias, *ordinality)?;
            let plain = columns.into_iter().map(|(name, rows)| (name, rows, None)).collect();
            Some((alias.name.clone(), plain))
        }
        Relation::Derived { query, alias, lateral: true } => {
            let names = |index: usize| -> Option<String> {
                let own = alias.columns.get(index);
                own.or_else(|| query.columns.get(index).map(|c| &c.name)).cloned()
            };
            if !is_bare(query) {
                return None;
            }
            let all = match &query.body {
                Body::Values(rows) => (0..query.columns.len())
                    .map(|index| {
                        let cells: Option<Vec<Expr>> =
                            rows.iter().map(|row| row.get(index).cloned()).collect();
                        let cells = cells?;
                        let span = cells.first()?.span;
                        let ty = Type::Array(Box::new(query.columns.get(index)?.ty.clone()));
                        let array = Expr { kind: ExprKind::Array(cells), ty, span };
                        Some((names(index)?, Rows::Elements(array), None))
                    })
                    .collect::<Option<Outputs>>()?,
                Body::Select(select) => {
                    let Some(Relation::Function { call, alias: inner, ordinality }) = &select.from
                    else {
                        return None;
                    };
                    let columns = rows_of_function(call, inner, *ordinality)?;
                    let mut all = Outputs::new();
                    for (index, item) in select.items.iter().enumerate() {
                        let used = |wanted: &str| {
                            item.expr.any_part(&|part| {
                                matches!(&part.kind, ExprKind::Column { relation: Some(r), name, .. }
                                    if *r == inner.name && name == wanted)
                            })
                        };
                        let mut from =
                            columns.iter().filter(|(name, _)| used(name)).map(|(_, rows)| rows);
                        let (Some(rows), None) = (from.next(), from.next()) else { return None };
                        let rows = match rows {
                            Rows::Elements(array) => Rows::Elements(array.clone()),
                            Rows::Positions(array) => Rows::Positions(array.clone()),
                        };
                        let expr = item.expr.clone();
                        let around = Around { expr, relation: inner.name.clone() };
                        all.push((names(index)?, rows, Some(around)));
                    }
                    all
                }
                Body::SetOperation { .. } => return None,
            };
            Some((alias.name.clone(), all))
        }
        _ => None,
    }
}

fn rows_of_function(call: &Expr, alias: &Alias, ordinality: bool) -> Option<Vec<(String, Rows)>> {
    let array = match call.call() {
        Some(inner) if inner.name == "unnest" => inner.args.first()?.clone(),
        Some(inner) if ["generate_series", "regexp_split_to_table"].contains(&inner.name) => {
            call.clone()
        }
        _ => return None,
    };
    match (alias.columns.as_slice(), ordinality) {
        ([one], false) => Some(vec![(one.clone(), Rows::Elements(array))]),
        ([one, two], true) => Some(vec![
            (one.clone(), Rows::Elements(array.clone())),
            (two.clone(), Rows::Positions(array)),
        ]),
        _ => None,
    }
}

/// Is every row kept, or every row that gets something: which of them, where it is one of the two.
fn keeps_rows(kind: JoinKind, condition: &JoinCondition) -> Option<bool> {
    let always = matches!(condition, JoinCondition::On(on)
        if on.literal() == Some(&Literal::Bool(true)));
    match (kind, condition) {
        (JoinKind::Cross, JoinCondition::None) => Some(false),
        (JoinKind::Inner, _) if always => Some(false),
        (JoinKind::Left, _) if always => Some(true),
        _ => None,
    }
}

/// Are columns of other relations only compared by equality?
pub(super) fn equalities(filter: &Expr, own: &[String]) -> bool {
    match filter.call() {
        Some(call) if call.name == "and" => call.args.iter().all(|arg| equalities(arg, own)),
        Some(call) if call.name == "=" => true,
        _ => !looks_outside(filter, own),
    }
}

/// The value of a query over one row of named values, with those.
fn named_values(query: &Query) -> Option<(Expr, Vec<Replaced>)> {
    let Body::Select(select) = &query.body else { return None };
    let Some(Relation::Derived { query: inner, alias, .. }) = &select.from else { return None };
    let Body::Select(values) = &inner.body else { return None };
    let [item] = select.items.as_slice() else { return None };
    let settled = |expr: &Expr| {
        !expr.any_call(&|call| {
            call.kind != FunctionKind::Scalar
                || call.over.is_some()
                || ["random", "gen_random_uuid", "clock_timestamp"].contains(&call.name)
        })
    };
    let fine = is_bare(query)
        && is_bare(inner)
        && values.from.is_none()
        && values.items.iter().all(|item| settled(&item.expr));
    if !fine {
        return None;
    }
    let names = values.items.iter().enumerate().map(|(index, item)| {
        let own = alias.columns.get(index);
        let column = own.or_else(|| inner.columns.get(index).map(|c| &c.name))?.clone();
        Some(Replaced { relation: alias.name.clone(), column, value: item.expr.clone() })
    });
    Some((item.expr.clone(), names.collect::<Option<_>>()?))
}

/// The query that counts the rows of a query, where what it names from outside is compared by equality
/// alone.
pub(super) fn counting(query: &Query) -> Option<Query> {
    let Body::Select(select) = &query.body else { return None };
    let whole = query.with.is_empty() && query.limit.is_none() && query.offset.is_none();
    let plain = select.group_by.is_empty()
        && select.having.is_none()
        && select.qualify.is_none()
        && select.items.iter().all(|item| {
            !item.expr.any_call(&|call| call.kind != FunctionKind::Scalar || call.over.is_some())
        });
    let from = select.from.as_ref()?;
    let mut own = Vec::new();
    names(from, &mut own);
    let outside = super::outside::relation_looks_outside(from, &own);
    if !(whole && plain) || outside || !equalities(select.filter.as_ref()?, &own) {
        return None;
    }
    let count = Call {
        name: "count",
        kind: FunctionKind::Aggregate,
        args: Vec::new(),
        star: true,
        distinct: false,
        filter: None,
        order_by: Vec::new(),
        ignore_nulls: false,
        over: None,
    };
    let expr = Expr { kind: ExprKind::Call(Box::new(count)), ty: Type::Int8, span: query.span };
    let mut counting =
        Select::of(vec![Item { expr, name: "count".to_owned() }], Some(from.clone()));
    counting.filter.clone_from(&select.filter);
    Some(counting.into_query(query.span))
}

/// Does the query take the rows of its FROM as they are?
fn is_bare(query: &Query) -> bool {
    let whole = query.with.is_empty()
        && query.order_by.is_empty()
        && query.limit.is_none()
        && query.offset.is_none();
    whole
        && match &query.body {
            Body::Select(select) => {
                select.filter.is_none()
                    && select.group_by.is_empty()
                    && select.having.is_none()
                    && select.qualify.is_none()
                    && select.distinct == sql::tree::Distinct::No
                    && select.items.iter().all(|item| {
                        !item.expr.any_call(&|call| {
                            call.kind != FunctionKind::Scalar || call.over.is_some()
                        })
                    })
            }
            _ => true,
        }
}

/// Type of the rows.
fn element(array: &Expr) -> Option<Type> {
    if array.call().is_some_and(|call| call.kind == FunctionKind::Set) {
        return Some(array.ty.clone());
    }
    array.ty.element().cloned()
}

fn positions(array: &str) -> String {
    format!("range(1, CAST(cardinality({array}) AS BIGINT) + 1)")
}

/// Is it far from the ends of 64 bits? There the series would never end.
fn ends_in_time(expr: &Expr) -> bool {
    expr.ty == Type::Int4 || expr.integer().is_some_and(|n| n.unsigned_abs() < 1 << 62)
}

/// Is it a day or a time that nanoseconds reach?
fn is_near(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Coerce { expr } | ExprKind::Cast { expr } => is_near(expr),
        ExprKind::Literal(Literal::Typed(text)) => {
            matches!(expr.ty, Type::Date | Type::Timestamp)
                && text.get(4..5) == Some("-")
                && text
                    .get(..4)
                    .and_then(|y| y.parse().ok())
                    .is_some_and(|y: i32| (1700..2250).contains(&y))
        }
        _ => false,
    }
}

/// The name of a relation that is not joined.
fn name_of(relation: &Relation) -> Option<&str> {
    match relation {
        Relation::Table { path, alias, .. } => {
            alias.as_ref().map(|alias| alias.name.as_str()).or(path.last().map(String::as_str))
        }
        Relation::Derived { alias, .. } | Relation::Function { alias, .. } => Some(&alias.name),
        Relation::Sample { .. } | Relation::Join { .. } => None,
    }
}

/// The names of all relations of a FROM.
pub(super) fn names(relation: &Relation, all: &mut Vec<String>) {
    match relation {
        Relation::Join { left, right, .. } => {
            names(left, all);
            names(right, all);
        }
        Relation::Sample { name, .. } => all.push(name.clone()),
        other => all.extend(name_of(other).map(str::to_owned)),
    }
}

/// Do all rows of the relation of that name come through the joins around it?
fn is_kept(relation: &Relation, name: &str) -> bool {
    match relation {
        Relation::Join { left, right, kind, .. } => match kind {
            JoinKind::Inner | JoinKind::Cross => is_kept(left, name) || is_kept(right, name),
            JoinKind::Left => is_kept(left, name),
            JoinKind::Right => is_kept(right, name),
            JoinKind::Full => false,
        },
        other => name_of(other) == Some(name),
    }
}
