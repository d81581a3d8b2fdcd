//! Constants that an outer join fills with NULL. DataFusion goes on taking them for constants behind the
//! join: of `FROM h LEFT JOIN b ON h.id = b.id AND b.kind = 'x' ORDER BY b.kind, h.id` it leaves out the
//! first key. Sorts by them are refused.
//!
//! Every query of a statement is looked at once, from the inside out: which of its columns could be
//! taken for constants, and which of those were filled.

mod conditions;

use super::dependencies;
use crate::{emit::Emitter, rule::Emit};
use conditions::{Bound, hold, written};
use model::Span;
use sql::tree::{
    Body, Expr, ExprKind, JoinCondition, JoinKind, Query, Relation, Select, SetOp, SortKey,
    SortTarget,
};
use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    ptr,
};

impl Emitter {
    /// Refuses sorts, and windows in an order, by what an outer join fills.
    pub(in crate::emit) fn sorts_by_filled_constants(&self, query: &Query) -> Emit<()> {
        if !query.any_query(&mut may_fill) {
            return Ok(());
        }
        let mut constants = Constants::default();
        constants.query(query);
        match constants.sorted {
            Some(span) => {
                self.refuse("a sort by a constant that an outer join fills is not done", span)
            }
            None => Ok(()),
        }
    }
}

fn may_fill(query: &Query) -> bool {
    fn is_outer(relation: &Relation) -> bool {
        match relation {
            Relation::Join { left, right, kind, .. } => {
                matches!(kind, JoinKind::Left | JoinKind::Right | JoinKind::Full)
                    || is_outer(left)
                    || is_outer(right)
            }
            Relation::Sample { input, .. } => is_outer(input),
            Relation::Table { .. } | Relation::Derived { .. } | Relation::Function { .. } => false,
        }
    }
    match &query.body {
        Body::Select(select) => select.from.as_ref().is_some_and(is_outer),
        Body::SetOperation { .. } | Body::Values(_) => false,
    }
}

/// What is known of a column.
#[derive(Debug, Clone, Default, PartialEq)]
struct Known {
    /// Could it be taken for a constant?
    constant: bool,
    /// Which, where that is written.
    value: Option<String>,
    /// Was it one where an outer join filled it?
    filled: bool,
    /// What it is not below, and not above.
    low: Option<Bound>,
    high: Option<Bound>,
}

impl Known {
    const fn constant() -> Self {
        Self { constant: true, value: None, filled: false, low: None, high: None }
    }

    /// Are the two written, and not the same?
    fn differs(&self, other: &Self) -> bool {
        self.value.is_some() && other.value.is_some() && self.value != other.value
    }

    /// Could it be one value: said so, or between bounds that meet?
    fn is_constant(&self) -> bool {
        let between = match (&self.low, &self.high) {
            (Some(low), Some(high)) => !low.is_apart(high),
            _ => false,
        };
        self.constant || between
    }
}

/// The columns of a query by position, with their names in lower case.
type Columns = Vec<(String, Known)>;

/// A relation of a FROM.
#[derive(Debug, Clone, Default)]
struct Input {
    /// Its name in lower case.
    name: String,
    /// Can an outer join fill its columns?
    nullable: bool,
    /// What is known of its columns, by their names in lower case; of others nothing is.
    columns: BTreeMap<String, Known>,
}

/// The relations of a FROM.
#[derive(Debug, Clone, Default)]
struct Inputs(Vec<Input>);

/// A column as an expression names it, in lower case.
type Name = (Option<String>, String);

impl Inputs {
    fn named<'i>(&'i self, relation: Option<&'i str>) -> impl Iterator<Item = &'i Input> {
        self.0.iter().filter(move |input| relation.is_none_or(|name| input.name == name))
    }

    fn of_column(&self, (relation, column): &Name) -> Known {
        let mut found = self.named(relation.as_deref()).filter_map(|i| i.columns.get(column));
        found.next().cloned().unwrap_or_default()
    }

    /// Changes what is known of a column. Says whether that is new.
    fn note(&mut self, (relation, column): &Name, change: &dyn Fn(&mut Known)) -> bool {
        let mut new = false;
        let of = |input: &&mut Input| relation.as_ref().is_none_or(|name| input.name == *name);
        for input in self.0.iter_mut().filter(of) {
            let known = input.columns.entry(column.clone()).or_default();
            let before = known.clone();
            change(known);
            new |= *known != before;
        }
        new
    }

    /// What is known of an expression. What aggregates, windows and chance make is no constant.
    fn of_expr(&self, expr: &Expr) -> Known {
        if let ExprKind::Column { .. } = &expr.kind {
            return columns_of(expr).first().map(|name| self.of_column(name)).unwrap_or_default();
        }
        let varies = |part: &Expr| {
            let called = part.call().is_some_and(|call| {
                call.over.is_some() || call.is_chance() || dependencies::is_aggregate(call)
            });
            called || part.query().is_some_and(Query::is_correlated)
        };
        let parts: Vec<Known> = columns_of(expr).iter().map(|name| self.of_column(name)).collect();
        let constant = !expr.any_part(&varies) && parts.iter().all(Known::is_constant);
        let filled = constant && parts.iter().any(|part| part.filled);
        let value = written(expr).map(str::to_owned);
        Known { constant, value, filled, ..Known::default() }
    }

    fn is_constant(&self, expr: &Expr) -> bool {
        self.of_expr(expr).is_constant()
    }
}

/// The columns of an expression; those of queries in it are their own.
fn columns_of(expr: &Expr) -> Vec<Name> {
    let names = RefCell::new(Vec::new());
    expr.any_part(&|part| {
        if let ExprKind::Column { relation, name, .. } = &part.kind {
            let relation = relation.as_ref().map(|relation| relation.to_lowercase());
            names.borrow_mut().push((relation, name.to_lowercase()));
        }
        false
    });
    names.into_inner()
}

/// The way through a statement.
#[derive(Default)]
struct Constants {
    /// WITH queries in sight, with their names in lower case.
    with: Vec<(String, Columns)>,
    /// The queries inside expressions of the SELECTs around, by their places in memory: are their
    /// first columns constants?
    inside: HashMap<*const Query, bool>,
    /// The first key that was filled.
    sorted: Option<Span>,
}

impl Constants {
    fn query(&mut self, query: &Query) -> Columns {
        let outside = self.with.len();
        for cte in &query.with {
            let columns = renamed(self.query(&cte.query), &cte.column_names);
            self.with.push((cte.name.to_lowercase(), columns));
        }
        let mut known: Vec<Known> = match &query.body {
            Body::Select(select) => self.select(select, query),
            Body::SetOperation { op, left, right, .. } => {
                let (left, right) = (self.query(left), self.query(right));
                let both = left.into_iter().zip(right).map(|((_, left), (_, right))| match op {
                    SetOp::Union => Known {
                        constant: left.is_constant()
                            && right.is_constant()
                            && !left.differs(&right),
                        value: left.value.filter(|_| right.value.is_some()),
                        filled: left.filled || right.filled,
                        low: None,
                        high: None,
                    },
                    SetOp::Intersect | SetOp::Except => left,
                });
                both.collect()
            }
            Body::Values(rows) => {
                let one = if rows.len() == 1 { Known::constant() } else { Known::default() };
                vec![one; query.columns.len()]
            }
        };
        if !matches!(query.body, Body::Select(_)) {
            self.note_sorted(query, &known, &Inputs::default());
        }
        if query.limit.as_ref().is_some_and(|rows| rows.integer().is_none_or(|rows| rows < 2)) {
            for column in &mut known {
                column.constant = true;
            }
        }
        self.with.truncate(outside);
        known.resize_with(query.columns.len(), Known::default);
        let names = query.columns.iter().map(|column| column.name.to_lowercase());
        names.zip(known).collect()
    }

    /// What is known of the items of a SELECT.
    fn select(&mut self, select: &Select, query: &Query) -> Vec<Known> {
        let (mut inputs, mut conditions) = (Inputs::default(), Vec::new());
        if let Some(from) = &select.from {
            self.relation(from, &mut inputs, &mut conditions);
        }
        let keys = query.order_by.iter().filter_map(|key| match &key.target {
            SortTarget::Expr(expr) => Some(expr),
            SortTarget::Output(_) => None,
        });
        for expr in select.exprs().chain(keys) {
            self.inside(expr);
        }
        let filters = [&select.filter, &select.having, &select.qualify].into_iter().flatten();
        conditions.extend(filters.map(Condition::On));
        // Each round finds a constant more, or a bound.
        while conditions.iter().fold(false, |new, condition| {
            let found = match condition {
                Condition::On(expr) => hold(expr, false, &mut inputs, &self.inside),
                Condition::Using(column, sides) => merge(column, sides, &mut inputs),
            };
            found || new
        }) {}
        for input in inputs.0.iter_mut().filter(|input| input.nullable) {
            for known in input.columns.values_mut().filter(|known| known.is_constant()) {
                known.filled = true;
            }
        }
        let values = select.filter.iter().flat_map(conditions::values);
        for name in values {
            inputs.note(&name, &|known| known.filled = false);
        }
        let one_row = dependencies::is_one_row(select);
        let mut items: Vec<Known> =
            select.items.iter().map(|item| inputs.of_expr(&item.expr)).collect();
        if one_row {
            for known in &mut items {
                known.constant = true;
            }
        }
        for expr in select.exprs() {
            self.note_inside(expr, &items, &inputs);
        }
        self.note_sorted(query, &items, &inputs);
        items
    }

    /// Notes what is known of the relations of a FROM, and the conditions of its joins.
    fn relation<'q>(
        &mut self,
        relation: &'q Relation,
        inputs: &mut Inputs,
        conditions: &mut Vec<Condition<'q>>,
    ) {
        let columns = match relation {
            Relation::Join { left, right, kind, condition } => {
                let start = inputs.0.len();
                self.relation(left, inputs, conditions);
                let middle = inputs.0.len();
                self.relation(right, inputs, conditions);
                let end = inputs.0.len();
                let filled = match kind {
                    JoinKind::Left => middle..end,
                    JoinKind::Right => start..middle,
                    JoinKind::Full => start..end,
                    JoinKind::Inner | JoinKind::Cross => end..end,
                };
                let filled = inputs.0.get_mut(filled).into_iter().flatten();
                filled.for_each(|input| input.nullable = true);
                match condition {
                    JoinCondition::None => {}
                    JoinCondition::On(on) => {
                        self.inside(on);
                        conditions.push(Condition::On(on));
                    }
                    JoinCondition::Using(names) => conditions.extend(
                        names.iter().map(|name| Condition::Using(name.to_lowercase(), start..end)),
                    ),
                }
                return;
            }
            Relation::Derived { query, alias, .. } => renamed(self.query(query), &alias.columns),
            Relation::Table { path, alias, .. } => match path.as_slice() {
                [name] => {
                    let name = name.to_lowercase();
                    let with = self.with.iter().rev().find(|(known, _)| *known == name);
                    let columns = with.map(|(_, columns)| columns.clone()).unwrap_or_default();
                    renamed(columns, alias.as_ref().map_or(&[], |alias| &alias.columns))
                }
                _ => Columns::new(),
            },
            Relation::Sample { input, .. } => {
                let mut inner = Inputs::default();
                self.relation(input, &mut inner, conditions);
                inner.0.into_iter().flat_map(|input| input.columns).collect()
            }
            Relation::Function { call, .. } => {
                self.inside(call);
                Columns::new()
            }
        };
        let name = relation.name().unwrap_or_default().to_lowercase();
        let columns = columns.into_iter().collect();
        inputs.0.push(Input { name, nullable: false, columns });
    }

    /// Looks through the queries in an expression.
    fn inside(&mut self, expr: &Expr) {
        for query in expr.queries() {
            let columns = self.query(query);
            let constant = columns.first().is_some_and(|(_, known)| known.is_constant());
            self.inside.insert(ptr::from_ref(query), constant);
        }
    }

    /// Notes the windows and aggregates in an expression that sort by what was filled.
    fn note_inside(&mut self, expr: &Expr, items: &[Known], inputs: &Inputs) {
        let found = RefCell::new(None);
        expr.any_call(&|call| {
            let keys = call.over.iter().flat_map(|window| &window.order_by).chain(&call.order_by);
            let key = filled_key(keys, items, inputs);
            let any = key.is_some();
            if any {
                found.replace(key);
            }
            any
        });
        self.sorted = self.sorted.or(found.into_inner());
    }

    fn note_sorted(&mut self, query: &Query, items: &[Known], inputs: &Inputs) {
        self.sorted = self.sorted.or_else(|| filled_key(query.order_by.iter(), items, inputs));
    }
}

/// The first key that is made of what was filled.
fn filled_key<'k>(
    mut keys: impl Iterator<Item = &'k SortKey>,
    items: &[Known],
    inputs: &Inputs,
) -> Option<Span> {
    keys.find_map(|key| {
        let known = match &key.target {
            SortTarget::Expr(expr) => inputs.of_expr(expr),
            SortTarget::Output(index) => items.get(*index)?.clone(),
        };
        known.filled.then_some(key.span)
    })
}

/// Columns under other names, as far as these go.
fn renamed(columns: Columns, names: &[String]) -> Columns {
    let mut names = names.iter();
    let rename = |(own, known)| (names.next().map_or(own, |name| name.to_lowercase()), known);
    columns.into_iter().map(rename).collect()
}

/// What holds for the rows of a SELECT.
enum Condition<'q> {
    On(&'q Expr),
    /// A column that joins merge, and the relations that they join.
    Using(String, std::ops::Range<usize>),
}

/// A merged column is a constant where one side is.
fn merge(column: &str, sides: &std::ops::Range<usize>, inputs: &mut Inputs) -> bool {
    let Some(sides) = inputs.0.get_mut(sides.clone()) else { return false };
    let any = sides.iter().filter_map(|input| input.columns.get(column)).any(Known::is_constant);
    let mut new = false;
    for input in sides.iter_mut().filter(|_| any) {
        let known = input.columns.entry(column.to_owned()).or_default();
        new |= !known.constant;
        known.constant = true;
    }
    new
}

#[cfg(test)]
mod tests {
    use crate::Transpiler;
    use model::Dialect;

    /// Is a sort by `key` of rows joined with these refused?
    fn is_refused(joined: &str, key: &str) -> bool {
        let sql = format!("SELECT t.i FROM (VALUES (1), (2)) AS t(i) {joined} ORDER BY {key}, t.i");
        match Transpiler::new(Dialect::Postgres, Dialect::DataFusion, &[]).translate(&sql, &[]) {
            Ok(_) => false,
            Err(why) => {
                assert!(format!("{why:?}").contains("outer join fills"), "{sql}: {why:?}");
                true
            }
        }
    }

    const U: &str = "(VALUES (3, 'x', true), (4, 'y', false)) AS u(i, s, b)";

    #[test]
    fn sorts_by_filled_constants_are_refused() {
        for condition in [
            "u.s = 'x'",
            "'x' = u.s",
            "u.s LIKE 'x'",
            "u.s IN ('x')",
            "u.s IN ('x', 'x', 'x')",
            "NOT (u.s <> 'x')",
            "u.s BETWEEN 'x' AND 'x'",
            "u.s >= 'x' AND u.s <= 'x'",
            "(u.s = 'x' AND u.b OR u.s = 'x' AND u.i > 1)",
            "u.s IS NOT DISTINCT FROM 'x'",
            "u.s = (SELECT 'x')",
            "u.s = ANY (ARRAY['x'])",
        ] {
            let on = format!("LEFT JOIN {U} ON t.i = u.i AND {condition}");
            assert!(is_refused(&on, "u.s"), "{on}");
            assert!(is_refused(&on, "upper(u.s)"), "{on}");
            let inside = format!(
                "FULL JOIN (SELECT * FROM {U} WHERE {condition}) AS q(a, c, d) ON t.i = q.a"
            );
            assert!(is_refused(&inside, "q.c"), "{inside}");
            assert!(!is_refused(&inside, "q.a"), "{inside}");
        }
        assert!(is_refused("LEFT JOIN (SELECT 1, 'x') AS q(a, c) ON t.i = q.a", "q.c"));
        assert!(is_refused(&format!("LEFT JOIN {U} ON t.i = u.i AND u.b"), "u.b"));
    }

    #[test]
    fn other_sorts_are_not() {
        for condition in [
            "u.s > 'a'",
            "u.s > 'a' AND u.s < 'z'",
            "u.s IN ('x', 'y')",
            "u.s IN ('x', 'x', 'x', 'x')",
            "(u.s = 'x' OR u.s = 'y')",
            "u.s LIKE 'x%'",
            "u.s <> 'x'",
            "u.s IS NULL",
            "u.i > 10 AND u.i < 100",
            "u.s = 'x' || u.i::text",
        ] {
            let on = format!("LEFT JOIN {U} ON t.i = u.i AND {condition}");
            assert!(!is_refused(&on, "u.s"), "{on}");
        }
        // No row is filled, or none that is is left.
        assert!(!is_refused(&format!("JOIN {U} ON t.i = u.i AND u.s = 'x'"), "u.s"));
        let left = format!("LEFT JOIN {U} ON t.i = u.i WHERE u.s = 'x'");
        assert!(!is_refused(&left, "u.s"), "{left}");
    }

    #[test]
    fn deep_nesting_is_no_work_and_no_end_of_the_stack() {
        let mut sql = "SELECT 1 AS i".to_owned();
        for depth in 0..60 {
            sql = format!(
                "SELECT q.i FROM ({sql}) AS q FULL JOIN (VALUES ({depth})) AS t(i) ON q.i = t.i"
            );
        }
        // Without an end if each level looked twice at what is below it.
        for to in [Dialect::DataFusion, Dialect::DuckDb, Dialect::Postgres] {
            let _ = Transpiler::new(Dialect::Postgres, to, &[]).translate(&sql, &[]);
        }
    }
}
