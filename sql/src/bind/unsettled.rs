//! Ties: rows that an order does not tell apart, so that it is open which of them comes first.
//!
//! `row_number() OVER (ORDER BY day)` numbers the rows of one day in any order, a LIMIT in a subquery
//! may cut through them, a frame of ROWS ends among them. Where the keys of the order, together with
//! those of the partition, tell every row apart, nothing is open: that is known of groups, of distinct
//! rows and of what is made of them, and of tables by the
//! keys that the catalog declares.

use crate::{
    catalog::Catalog,
    facts::{ORDER_SENSITIVE_AGGREGATES, PLACED},
    tree::{
        Body, Call, Distinct, Expr, ExprKind, FrameBound, FrameUnits, FunctionKind, GroupItem,
        GroupKey, JoinCondition, Query, Relation, Select, SetOp, SortKey, SortTarget, Window,
    },
};
use model::{NotComparable, NotComparableKind as Kind, Span};
use std::collections::{BTreeMap, BTreeSet};

/// What is open in a query, and where it shows.
#[derive(Debug, Default)]
pub(super) struct Unsettled<'c> {
    /// What is known of tables.
    catalog: Option<&'c Catalog>,
    pub(super) marks: Vec<NotComparable>,
    /// Output columns of the whole query that alone the marks reach, where each stands in an item of
    /// the outermost list.
    columns: BTreeSet<usize>,
    /// Does one of them decide about rows, or stand in a query inside?
    rows: bool,
    /// Places of constructs that are open for other reasons, and whether each was found.
    known: BTreeMap<Span, bool>,
    /// The item of the outermost list that is being looked through.
    item: Option<usize>,
    /// Common table expressions in scope and what tells their rows apart.
    ctes: Vec<(String, Vec<Vec<String>>)>,
}

/// Most sets of keys that are looked at of one join: each join would multiply them.
const KEYS_MAX: usize = 8;

/// Sets of expressions, each of which tells the rows apart.
pub(super) type Keys = Vec<Vec<Expr>>;

impl<'c> Unsettled<'c> {
    /// With what the catalog knows of tables.
    pub(super) fn over(catalog: &'c Catalog) -> Self {
        Self { catalog: Some(catalog), ..Self::default() }
    }

    /// What ties leave open in a whole query, and the columns that they and `known` constructs reach.
    pub(super) fn of(query: &Query, known: &[NotComparable], catalog: &'c Catalog) -> Self {
        let known = known.iter().map(|mark| (mark.span, false)).collect();
        let mut found = Self { known, catalog: Some(catalog), ..Self::default() };
        found.query(query, true);
        // What is no expression, such as a sample, is about rows.
        found.rows |= found.known.values().any(|seen| !seen);
        found
    }

    /// The output columns that alone everything open reaches, if that is known of all.
    pub(super) fn reached(&self) -> Option<Vec<usize>> {
        (!self.rows && !self.columns.is_empty()).then(|| self.columns.iter().copied().collect())
    }

    fn mark(&mut self, kind: Kind, what: String, span: Span) {
        self.marks.push(NotComparable { kind, what, span });
        self.reach();
    }

    /// Something open stands here.
    fn reach(&mut self) {
        match self.item {
            Some(item) => drop(self.columns.insert(item)),
            None => self.rows = true,
        }
    }

    fn ties(&mut self, name: &str, span: Span) {
        self.mark(Kind::Ties, format!("ties in the order of {name}"), span);
    }

    /// Looks through a query; gives the sets of output columns that tell its rows apart.
    fn query(&mut self, query: &Query, outermost: bool) -> Vec<Vec<usize>> {
        let outside = self.ctes.len();
        for cte in &query.with {
            let keys = if query.recursive {
                self.query(&cte.query, false);
                Vec::new()
            } else {
                self.query(&cte.query, false)
            };
            let renamed = cte.column_names.iter().chain(
                cte.query.columns.iter().skip(cte.column_names.len()).map(|column| &column.name),
            );
            let names: Vec<&String> = renamed.collect();
            self.ctes.push((cte.name.clone(), named(&keys, &names)));
        }
        let every = || (0..query.columns.len()).collect::<Vec<usize>>();
        let mut keys = match &query.body {
            Body::Select(select) => self.select(query, select, outermost),
            Body::SetOperation { op, all, left, right } => {
                let left = self.query(left, false);
                self.query(right, false);
                match (op, all) {
                    (_, false) => vec![every()],
                    // Rows of the left side, each no more often than there.
                    (SetOp::Except | SetOp::Intersect, true) => left,
                    (SetOp::Union, true) => Vec::new(),
                }
            }
            Body::Values(rows) => {
                for cell in rows.iter().flatten() {
                    self.inside(cell);
                }
                Vec::new()
            }
        };
        if query.limit.as_ref().and_then(Expr::integer) == Some(1) {
            keys.push(Vec::new());
        }
        self.ctes.truncate(outside);
        keys
    }

    fn select(&mut self, query: &Query, select: &Select, outermost: bool) -> Vec<Vec<usize>> {
        let input = match &select.from {
            Some(from) => self.relation(from),
            None => vec![Vec::new()],
        };
        let conditions = [&select.having, &select.qualify];
        let mut values =
            select.items.iter().map(|item| &item.expr).chain(conditions.into_iter().flatten());
        let grouped = !select.group_by.is_empty() || values.any(super::select::has_aggregate);
        let mut rows = if grouped { groups(select) } else { input.clone() };
        let scope = Scope { input, rows: rows.clone(), groups: group_keys(select) };
        let whole = outermost
            && select.distinct == Distinct::No
            && select.qualify.is_none()
            && query.limit.is_none()
            && query.offset.is_none();
        let named_by_group = |index: usize| {
            let is_it = |key: &GroupKey| matches!(key, GroupKey::Output(item) if *item == index);
            select.group_by.iter().any(|item| match item {
                GroupItem::Key(key) => is_it(key),
                GroupItem::Rollup(sets) | GroupItem::Cube(sets) | GroupItem::Sets(sets) => {
                    sets.iter().flatten().any(is_it)
                }
            })
        };
        for (index, item) in select.items.iter().enumerate() {
            let outer = self.item;
            if whole && !named_by_group(index) {
                self.item = Some(index);
            }
            self.expr(&item.expr, &scope);
            self.item = outer;
        }
        for expr in [&select.filter, &select.having, &select.qualify].into_iter().flatten() {
            self.expr(expr, &scope);
        }
        for item in &select.group_by {
            if let GroupItem::Key(GroupKey::Expr(key)) = item {
                self.expr(key, &scope);
            }
        }
        for key in &query.order_by {
            if let SortTarget::Expr(expr) = &key.target {
                self.expr(expr, &scope);
            }
        }
        self.cut(query, select, &scope, outermost);
        if let Some(partition) = select.qualify.as_ref().and_then(first_of_each) {
            rows.push(partition.to_vec());
        }
        let mut keys: Vec<Vec<usize>> =
            rows.iter().filter_map(|key| as_outputs(key, select)).collect();
        if select.distinct == Distinct::Yes {
            keys.push((0..select.items.len()).collect());
        }
        keys
    }

    /// A DISTINCT ON or an inner LIMIT whose order does not say which rows it takes. What the
    /// outermost LIMIT takes is told from the rows.
    fn cut(&mut self, query: &Query, select: &Select, scope: &Scope, outermost: bool) {
        let keys: Vec<&Expr> = query
            .order_by
            .iter()
            .filter_map(|key| match &key.target {
                SortTarget::Expr(expr) => Some(expr),
                SortTarget::Output(index) => select.items.get(*index).map(|item| &item.expr),
            })
            .collect();
        let shown_tell = || select.items.iter().all(|item| is_among(&item.expr, &keys));
        if let Distinct::On(on) = &select.distinct {
            let ordered = query.order_by.len() > on.len();
            if ordered && !scope.tells_rows(&keys) && !shown_tell() {
                self.ties("DISTINCT ON", query.span);
            }
            return;
        }
        let limited = query.limit.is_some() || query.offset.is_some();
        let ordered = !query.order_by.iter().all(SortKey::is_same_always);
        if limited && ordered && !outermost && !scope.tells_rows(&keys) && !shown_tell() {
            self.ties("LIMIT", query.span);
        }
    }

    /// Looks through a relation; gives the sets of its columns that tell its rows apart.
    pub(super) fn relation(&mut self, relation: &Relation) -> Keys {
        match relation {
            Relation::Table { path, alias, .. } => {
                if alias.as_ref().is_some_and(|alias| !alias.columns.is_empty()) {
                    return Vec::new();
                }
                let cte = match path.as_slice() {
                    [name] => self.ctes.iter().rev().find(|(cte, _)| cte == name),
                    _ => None,
                };
                let keys = match cte {
                    Some((_, keys)) => keys.as_slice(),
                    None => self.catalog.map_or(&[][..], |catalog| catalog.keys(path)),
                };
                let Some(name) = path.last() else { return Vec::new() };
                let shown = alias.as_ref().map_or(name, |alias| &alias.name);
                keys.iter().map(|key| columns(shown, key.iter())).collect()
            }
            Relation::Derived { query, alias, .. } => {
                let outer = std::mem::take(&mut self.item);
                let keys = self.query(query, false);
                self.item = outer;
                let names: Vec<&String> = alias
                    .columns
                    .iter()
                    .chain(query.columns.iter().skip(alias.columns.len()).map(|c| &c.name))
                    .collect();
                named(&keys, &names).iter().map(|key| columns(&alias.name, key.iter())).collect()
            }
            Relation::Function { call, alias, ordinality } => {
                self.inside(call);
                // The number of an element is its own.
                let number = alias.columns.last().filter(|_| *ordinality);
                number
                    .map(|number| columns(&alias.name, std::iter::once(number)))
                    .into_iter()
                    .collect()
            }
            Relation::Sample { input, .. } => self.relation(input),
            Relation::Join { left, right, condition, .. } => {
                let (left, right) = (self.relation(left), self.relation(right));
                if let JoinCondition::On(condition) = condition {
                    self.inside(condition);
                }
                let both = |l: &Vec<Expr>| {
                    let pairs = right.iter().map(|r| [l.as_slice(), r.as_slice()].concat());
                    pairs.collect::<Keys>()
                };
                left.iter().flat_map(both).take(KEYS_MAX).collect()
            }
        }
    }

    /// An expression where no window stands: only its queries are looked through.
    fn inside(&mut self, expr: &Expr) {
        self.expr(expr, &Scope::default());
    }

    fn expr(&mut self, expr: &Expr, scope: &Scope) {
        // All that a definition writes out has the place of its call.
        if let Some(seen) = self.known.get_mut(&expr.span) {
            *seen = true;
            self.reach();
        }
        if let Some(call) = expr.call() {
            self.call(call, scope, expr.span);
        }
        if let Some(query) = expr.query() {
            self.query(query, false);
        }
        expr.any_child(&mut |part| {
            self.expr(part, scope);
            false
        });
    }

    fn call(&mut self, call: &Call, scope: &Scope, span: Span) {
        if call.name == "one_text" {
            return self.mark(Kind::Choice, "the spelling of a group of texts".to_owned(), span);
        }
        let Some(window) = &call.over else {
            let sensitive = ORDER_SENSITIVE_AGGREGATES.contains(&call.name);
            if !sensitive || call.order_by.is_empty() || call.distinct {
                return;
            }
            let mut keys = expressions(&call.order_by);
            keys.extend(&scope.groups);
            let value = call.args.first();
            if !scope.tells_input(&keys) && !value.is_some_and(|value| is_among(value, &keys)) {
                self.ties(call.name, span);
            }
            return;
        };
        let gathers = ORDER_SENSITIVE_AGGREGATES.contains(&call.name) && !call.distinct;
        if window.order_by.iter().all(SortKey::is_same_always) {
            if gathers && !window.order_by.is_empty() {
                let what = format!("{} in the order of a constant", call.name);
                self.mark(Kind::Unordered, what, span);
            }
            // Else that is noted as having no order at all.
            return;
        }
        let mut keys = expressions(&window.order_by);
        keys.extend(&window.partition_by);
        let gathers = gathers && call.args.first().is_some_and(|value| !is_among(value, &keys));
        let placed = call.kind == FunctionKind::Window && PLACED.contains(&call.name);
        let of_keys = ["first_value", "last_value", "nth_value"].contains(&call.name)
            && call.args.first().is_some_and(|value| is_among(value, &keys));
        let open = if placed { !of_keys } else { gathers || ends_among_rows(window) };
        if open && !scope.tells_rows(&keys) {
            self.ties(call.name, span);
        }
    }
}

/// What tells rows apart where an expression stands.
#[derive(Debug, Default)]
struct Scope {
    /// The rows of FROM.
    input: Keys,
    /// The rows that the list is about: those, or groups.
    rows: Keys,
    /// The keys of the groups.
    groups: Vec<Expr>,
}

impl Scope {
    fn tells_rows(&self, by: &[&Expr]) -> bool {
        self.rows.iter().any(|key| key.iter().all(|expr| is_among(expr, by)))
    }

    fn tells_input(&self, by: &[&Expr]) -> bool {
        self.input.iter().any(|key| key.iter().all(|expr| is_among(expr, by)))
    }
}

/// The keys of a grouped SELECT, where it has one list of them.
fn groups(select: &Select) -> Keys {
    let plain = select.group_by.iter().all(|item| matches!(item, GroupItem::Key(_)));
    if plain { vec![group_keys(select)] } else { Vec::new() }
}

fn group_keys(select: &Select) -> Vec<Expr> {
    let keys = select.group_by.iter().filter_map(|item| match item {
        GroupItem::Key(GroupKey::Expr(key)) => Some(key),
        GroupItem::Key(GroupKey::Output(index)) => select.items.get(*index).map(|i| &i.expr),
        GroupItem::Rollup(_) | GroupItem::Cube(_) | GroupItem::Sets(_) => None,
    });
    keys.cloned().collect()
}

/// A key by the places of its expressions in the list, if all are there.
fn as_outputs(key: &[Expr], select: &Select) -> Option<Vec<usize>> {
    let place = |expr: &Expr| select.items.iter().position(|item| item.expr.is_same(expr));
    key.iter().map(place).collect()
}

fn named(keys: &[Vec<usize>], names: &[&String]) -> Vec<Vec<String>> {
    let name = |index: &usize| names.get(*index).map(|name| (*name).clone());
    keys.iter().filter_map(|key| key.iter().map(name).collect()).collect()
}

fn columns<'n>(relation: &str, names: impl Iterator<Item = &'n String>) -> Vec<Expr> {
    let column = |name: &String| Expr {
        kind: ExprKind::Column {
            relation: Some(relation.to_owned()),
            name: name.clone(),
            qualified: true,
        },
        ty: crate::types::Type::Unknown,
        span: Span::new(0, 0),
    };
    names.map(column).collect()
}

fn expressions(keys: &[SortKey]) -> Vec<&Expr> {
    let found = keys.iter().filter_map(|key| match &key.target {
        SortTarget::Expr(expr) => Some(expr),
        SortTarget::Output(_) => None,
    });
    found.collect()
}

/// The partition of `row_number() OVER (PARTITION BY …) = 1`: one row of each is kept.
fn first_of_each(condition: &Expr) -> Option<&[Expr]> {
    let call = condition.call().filter(|call| matches!(call.name, "=" | "<="))?;
    let [place, one] = call.args.as_slice() else { return None };
    let place = match &place.kind {
        ExprKind::Coerce { expr } => expr.call(),
        _ => place.call(),
    };
    let place = place.filter(|place| place.name == "row_number")?;
    let window = place.over.as_ref().filter(|_| one.integer() == Some(1))?;
    Some(&window.partition_by)
}

/// Does the frame of an aggregate begin or end at a row, and not at all rows that tie with it?
fn ends_among_rows(window: &Window) -> bool {
    window.frame.as_ref().is_some_and(|frame| {
        let whole = frame.start == FrameBound::UnboundedPreceding
            && frame.end == Some(FrameBound::UnboundedFollowing);
        frame.units == FrameUnits::Rows && !whole
    })
}

fn is_among(expr: &Expr, keys: &[&Expr]) -> bool {
    expr.literal().is_some() || keys.iter().any(|key| expr.is_same(key))
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, SourceSettings, parse, tables_of_ddl};
    use model::{Dialect, NotComparableKind as Kind};

    /// What ties leave open, and the columns that it reaches.
    fn ties(dialect: Dialect, text: &str) -> (Vec<String>, Option<Vec<usize>>) {
        let settings = SourceSettings::of(dialect);
        let ddl = "CREATE TABLE t (a int, b int, x varchar(9)); \
                   CREATE TABLE k (id int PRIMARY KEY, a int)";
        let catalog = Catalog::under(&settings, &tables_of_ddl(ddl, dialect).unwrap());
        let bound = parse(text, dialect).unwrap().bind_under(&catalog, &[], &settings).unwrap();
        let marks = bound.not_comparable.into_iter();
        let open = marks.filter(|mark| matches!(mark.kind, Kind::Ties | Kind::Choice));
        (open.map(|mark| mark.what).collect(), bound.open_columns)
    }

    #[test]
    fn elements_of_an_array_have_their_numbers() {
        let arrays = "SELECT transform(array(1, a), x -> x + 1) AS q FROM t";
        assert_eq!(ties(Dialect::Spark, arrays).0, Vec::<String>::new());
        let numbered =
            "SELECT array_agg(e ORDER BY n) FROM unnest(ARRAY[1, 2]) WITH ORDINALITY AS u(e, n)";
        assert_eq!(ties(Dialect::Postgres, numbered).0, Vec::<String>::new());
        let tied =
            "SELECT array_agg(n ORDER BY e) FROM unnest(ARRAY[1, 2]) WITH ORDINALITY AS u(e, n)";
        assert_eq!(ties(Dialect::Postgres, tied).0, ["ties in the order of array_agg"]);
    }

    #[test]
    fn a_key_of_the_catalog_leaves_no_ties() {
        for text in [
            "SELECT id, row_number() OVER (ORDER BY a DESC, id) FROM k",
            "SELECT lag(q.id) OVER (PARTITION BY q.a ORDER BY q.id) FROM public.k AS q",
            "SELECT x FROM (SELECT id AS x, row_number() OVER (ORDER BY id) AS n FROM k) AS s WHERE n = 1",
            "SELECT string_agg(a::text, ',' ORDER BY id) FROM k",
        ] {
            assert_eq!(ties(Dialect::Postgres, text), (vec![], None), "{text}");
        }
        for text in [
            "SELECT id, row_number() OVER (ORDER BY a) FROM k",
            "SELECT row_number() OVER (ORDER BY k.id) FROM k, t",
            "WITH k AS (SELECT a AS id FROM t) SELECT row_number() OVER (ORDER BY id) FROM k",
        ] {
            assert_eq!(ties(Dialect::Postgres, text).0.len(), 1, "{text}");
        }
    }

    #[test]
    fn a_column_that_ties_leave_open_is_known() {
        for (text, what, columns) in [
            ("SELECT b, row_number() OVER (ORDER BY a) FROM t", "row_number", &[1][..]),
            ("SELECT lag(b) OVER (PARTITION BY a ORDER BY b) AS l, b FROM t", "lag", &[0]),
            ("SELECT 1 + ntile(2) OVER (ORDER BY a) FROM t ORDER BY 1", "ntile", &[0]),
            ("SELECT first_value(b) OVER (ORDER BY a) FROM t", "first_value", &[0]),
            ("SELECT a, sum(b) OVER (ORDER BY a ROWS UNBOUNDED PRECEDING) FROM t", "sum", &[1]),
            ("SELECT string_agg(x, ',' ORDER BY a) FROM t", "string_agg", &[0]),
        ] {
            let expected = (vec![format!("ties in the order of {what}")], Some(columns.to_vec()));
            assert_eq!(ties(Dialect::Postgres, text), expected, "{text}");
        }
    }

    #[test]
    fn what_decides_about_rows_reaches_everything() {
        for text in [
            "SELECT b FROM (SELECT b, row_number() OVER (PARTITION BY a ORDER BY b) AS n, x FROM t) AS q WHERE n = 1",
            "SELECT DISTINCT row_number() OVER (ORDER BY a) FROM t",
            "SELECT row_number() OVER (ORDER BY a) AS n FROM t ORDER BY n LIMIT 3",
            "SELECT b FROM (SELECT b, a FROM t ORDER BY a LIMIT 2) AS q",
            "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, x",
            "WITH q AS (SELECT row_number() OVER (ORDER BY a) AS n FROM t) SELECT n FROM q",
        ] {
            let (marks, columns) = ties(Dialect::Postgres, text);
            assert!(marks.len() == 1 && columns.is_none(), "{text}: {marks:?} {columns:?}");
        }
        let (marks, columns) =
            ties(Dialect::Snowflake, "SELECT b FROM t QUALIFY row_number() OVER (ORDER BY a) = 1");
        assert!(marks.len() == 1 && columns.is_none());
    }

    #[test]
    fn an_order_of_all_rows_leaves_nothing_open() {
        for text in [
            "SELECT rank() OVER (ORDER BY a), count(*) OVER (ORDER BY a) FROM t",
            "SELECT a, row_number() OVER (ORDER BY sum(b), a) FROM t GROUP BY a",
            "SELECT a, b, row_number() OVER (PARTITION BY b ORDER BY a) FROM t GROUP BY 1, 2",
            "SELECT n, row_number() OVER (ORDER BY q.n) FROM (SELECT DISTINCT a AS n FROM t) AS q",
            "WITH g AS (SELECT a, sum(b) AS s FROM t GROUP BY a) SELECT lag(s) OVER (ORDER BY g.a) FROM g",
            "WITH g AS (SELECT a, sum(b) AS s FROM t GROUP BY a) \
             SELECT row_number() OVER (ORDER BY x.a, y.a) FROM g AS x CROSS JOIN g AS y",
            "SELECT first_value(a) OVER (PARTITION BY b ORDER BY a) FROM t",
            "SELECT sum(b) OVER (ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM t",
            "SELECT string_agg(x, ',' ORDER BY x) FROM t",
            "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b",
            "SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 2) AS q",
            "SELECT a FROM t ORDER BY b LIMIT 2",
        ] {
            assert_eq!(ties(Dialect::Postgres, text), (vec![], None), "{text}");
        }
    }

    #[test]
    fn what_is_open_for_other_reasons_stays_in_its_column_too() {
        for (text, columns) in [
            ("SELECT a, random() + 1 AS r FROM t", Some(vec![1])),
            ("SELECT a, now(), row_number() OVER (ORDER BY b) FROM t", Some(vec![1, 2])),
            ("SELECT a, string_agg(x, ',') FROM t GROUP BY a", Some(vec![1])),
            ("SELECT (SELECT random()) AS r, a FROM t", Some(vec![0])),
            ("SELECT a, now() FROM t WHERE random() < 0.5", None),
            ("SELECT now() AS n, count(*) FROM t GROUP BY 1", None),
            ("SELECT q.r FROM (SELECT random() AS r FROM t) AS q", None),
            ("SELECT a, random() FROM t TABLESAMPLE BERNOULLI (10)", None),
            ("SELECT a, random() AS r FROM t ORDER BY r LIMIT 1", None),
            ("SELECT a FROM t", None),
        ] {
            assert_eq!(ties(Dialect::Postgres, text).1, columns, "{text}");
        }
        // The alias is the call again.
        let text = "SELECT RANDOM() AS r, r + 1 AS s, a FROM t";
        assert_eq!(ties(Dialect::Snowflake, text).1, Some(vec![0, 1]));
        let text = "SELECT CURRENT_DATE AS n, a FROM t WHERE n > '2020-01-01'";
        assert_eq!(ties(Dialect::Snowflake, text).1, None);
    }

    #[test]
    fn the_spelling_of_a_group_is_open() {
        let spelling = vec!["the spelling of a group of texts".to_owned()];
        for (text, columns) in [
            ("SELECT x, count(*) FROM t GROUP BY x", &[0][..]),
            ("SELECT DISTINCT a, x FROM t", &[1]),
        ] {
            let expected = (spelling.clone(), Some(columns.to_vec()));
            assert_eq!(ties(Dialect::MySql, text), expected, "{text}");
            assert_eq!(ties(Dialect::Postgres, text), (vec![], None), "{text}");
        }
    }
}
