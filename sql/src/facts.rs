//! What the text alone tells of a statement: does it read or write, in which order, is it stable?

mod changes;
mod control;
mod functions;
mod kind;
mod open;
mod order;
mod origins;
mod table_rows;

use crate::{
    dialects::{self, Names},
    location,
    parse::Parsed,
};
pub use control::TransactionControl;
pub(crate) use functions::ORDER_SENSITIVE_AGGREGATES;
use functions::WRITING;
use kind::{KindOf, kind_of};
use model::{
    Dialect, NotComparable, NotComparableKind as Kind, Span, StatementFacts, StatementKind,
};
pub(crate) use open::PLACED;
use sqlparser::ast::{
    Expr, Function, LimitClause, ObjectName, Query, Select, SelectItem, SetExpr, Spanned,
    Statement, TableFactor, Value, Visit, Visitor,
};
use std::{collections::BTreeSet, ops::ControlFlow};
pub use table_rows::TableRows;

impl Parsed {
    /// What the text tells about the statement.
    pub fn facts(&self) -> StatementFacts {
        let traits = dialects::traits(self.dialect);
        let walk = Walk::of(self);
        let KindOf { mut kind, mut by } = kind_of(&self.statement);
        if kind == StatementKind::Read
            && let Some(part) = walk.writes
        {
            kind = StatementKind::Write;
            by = Some(part);
        }
        let changes = changes::of(&self.statement, walk.locks).filter(|_| !walk.writes_beyond);
        let (order_by, limited, skips) = match &self.statement {
            Statement::Query(query) => {
                (order::keys(query, traits), is_limited(query), skips(query))
            }
            _ => (Vec::new(), false, false),
        };
        let origins = origins::of(&self.statement, &walk.ctes, traits);
        let tables = walk.tables.into_iter().filter(|t| !walk.ctes.contains(t)).collect();
        // What the outermost LIMIT leaves open is seen on the rows.
        let open = walk.open.into_iter().filter(|mark| mark.kind != Kind::Cut);
        let volatile: BTreeSet<String> = open.map(|mark| mark.what).collect();
        StatementFacts {
            kind,
            order_by,
            limited,
            skips,
            volatile: volatile.into_iter().collect(),
            volatile_columns: None,
            tables,
            origins,
            writes_by: by,
            changes,
        }
    }

    /// Constructs whose value the text leaves open, in its order. Fewer than the typed tree tells:
    /// ties and what columns are is not seen.
    pub fn not_comparable(&self) -> Vec<NotComparable> {
        let mut open = Walk::of(self).open;
        open.sort_by(|a, b| (a.span, a.kind, &a.what).cmp(&(b.span, b.kind, &b.what)));
        open.dedup();
        open
    }

    /// Does a SELECT list anywhere in the statement hold a `*`?
    pub fn selects_star(&self) -> bool {
        self.any_select(|select| {
            select.projection.iter().any(|item| {
                matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..))
            })
        })
    }

    /// Does a SELECT of the statement restrict its rows, by WHERE or HAVING?
    pub fn has_filter(&self) -> bool {
        self.any_select(|select| select.selection.is_some() || select.having.is_some())
    }

    fn any_select(&self, test: impl Fn(&Select) -> bool) -> bool {
        struct Find<F>(F);
        impl<F: Fn(&Select) -> bool> Find<F> {
            fn body(&self, body: &SetExpr) -> bool {
                match body {
                    SetExpr::Select(select) => (self.0)(select),
                    SetExpr::SetOperation { left, right, .. } => {
                        self.body(left) || self.body(right)
                    }
                    _ => false,
                }
            }
        }
        impl<F: Fn(&Select) -> bool> Visitor for Find<F> {
            type Break = ();
            fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
                if self.body(&query.body) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            }
        }
        self.statement.visit(&mut Find(test)).is_break()
    }
}

pub(crate) fn is_limited(query: &Query) -> bool {
    let by_clause = match &query.limit_clause {
        Some(LimitClause::LimitOffset { limit, offset, limit_by }) => {
            let all = matches!(limit, Some(Expr::Value(v)) if v.value == Value::Null);
            (limit.is_some() && !all) || offset.is_some() || !limit_by.is_empty()
        }
        Some(LimitClause::OffsetCommaLimit { .. }) => true,
        None => false,
    };
    let top = matches!(&*query.body, SetExpr::Select(select) if select.top.is_some());
    by_clause || top || query.fetch.is_some()
}

/// Are rows passed over, or may they be?
fn skips(query: &Query) -> bool {
    let offset = match &query.limit_clause {
        Some(LimitClause::LimitOffset { offset, .. }) => offset.as_ref().map(|o| &o.value),
        Some(LimitClause::OffsetCommaLimit { offset, .. }) => Some(offset),
        None => None,
    };
    let none = |offset: &Expr| match offset {
        Expr::Value(value) => match &value.value {
            Value::Number(digits, _) => digits.parse() == Ok(0_u64),
            value => *value == Value::Null,
        },
        _ => false,
    };
    offset.is_some_and(|offset| !none(offset))
}

struct Walk<'a> {
    parsed: &'a Parsed,
    names: Names,
    /// Depth of queries, the outermost is 1.
    depth: u32,
    /// Queries of EXISTS, known by their place in memory: any row will do there.
    exists: Vec<*const Query>,
    tables: BTreeSet<String>,
    ctes: BTreeSet<String>,
    open: Vec<NotComparable>,
    writes: Option<String>,
    /// Is something written that a rollback does not undo?
    writes_beyond: bool,
    /// Are rows locked?
    locks: bool,
}

impl<'a> Walk<'a> {
    fn of(parsed: &'a Parsed) -> Self {
        let mut walk = Self {
            parsed,
            names: dialects::traits(parsed.dialect).names,
            depth: 0,
            exists: Vec::new(),
            tables: BTreeSet::new(),
            ctes: BTreeSet::new(),
            open: Vec::new(),
            writes: None,
            writes_beyond: false,
            locks: false,
        };
        // The walk never breaks off.
        let _ = parsed.statement.visit(&mut walk);
        walk
    }

    fn dialect(&self) -> Dialect {
        self.parsed.dialect
    }

    fn fold(&self, ident: &sqlparser::ast::Ident) -> String {
        dialects::fold(ident, self.names)
    }

    /// Notes that the value of a construct is open.
    fn leave_open(&mut self, kind: Kind, what: impl Into<String>, node: &impl Spanned) {
        let Parsed { text, lines, .. } = self.parsed;
        let span = lines.span(text, node.span()).unwrap_or_else(|| Span::new(0, text.len()));
        self.open.push(NotComparable { kind, what: what.into(), span });
    }

    /// The same of a call, with its parentheses.
    fn leave_call_open(&mut self, kind: Kind, what: impl Into<String>, node: &impl Spanned) {
        self.leave_open(kind, what, node);
        if let Some(mark) = self.open.last_mut() {
            mark.span = location::with_parentheses(&self.parsed.text, mark.span);
        }
    }

    fn write(&mut self, by: &str) {
        self.writes.get_or_insert_with(|| by.to_owned());
    }

    fn write_beyond(&mut self, by: &str) {
        self.write(by);
        self.writes_beyond = true;
    }

    fn body(&mut self, body: &SetExpr) {
        match body {
            SetExpr::Insert(_) => self.write("INSERT"),
            SetExpr::Update(_) => self.write("UPDATE"),
            SetExpr::Delete(_) => self.write("DELETE"),
            SetExpr::Merge(_) => self.write("MERGE"),
            SetExpr::Select(select) if select.into.is_some() => self.write_beyond("SELECT INTO"),
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left);
                self.body(right);
            }
            // `TABLE t` is no table factor, so the walk does not see it.
            SetExpr::Table(table) => {
                if let Some(name) = &table.table_name {
                    self.tables.insert(name.to_ascii_lowercase());
                }
            }
            SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => {}
        }
    }

    /// Notes what a function does, wherever it is called.
    fn called(&mut self, name: &str, call: &impl Spanned) {
        if WRITING.iter().any(|known| name == *known || prefix_matches(known, name)) {
            self.write_beyond(&format!("{name}()"));
        }
        if let Some(kind) = open::of_name(self.dialect(), name) {
            self.leave_call_open(kind, name, call);
        }
    }

    fn function(&mut self, function: &Function) {
        let name = last_name(&function.name);
        self.called(&name, function);
        if let Some(what) = open::without_order(self.dialect(), &name, function) {
            self.leave_call_open(Kind::Unordered, what, function);
        }
    }

    /// Notes a function that stands without parentheses, such as `SYSDATE`.
    fn bare(&mut self, name: String, node: &impl Spanned) {
        if let Some(kind) = open::of_bare(self.dialect(), &name) {
            self.leave_open(kind, name, node);
        }
    }
}

/// `lo_*` in the table stands for every name that begins so.
fn prefix_matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').is_some_and(|prefix| name.starts_with(prefix))
}

pub(crate) fn last_name(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).map_or_else(String::new, fold)
}

/// The identifier as PostgreSQL stores it: unquoted names in lower case.
pub(crate) fn fold(ident: &sqlparser::ast::Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}

impl Visitor for Walk<'_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            let name = self.fold(&cte.alias.name);
            self.ctes.insert(name);
        }
        self.body(&query.body);
        self.depth += 1;
        if !self.exists.contains(&std::ptr::from_ref(query))
            && let Some((kind, what)) = open::of_query(query, self.depth)
        {
            self.leave_open(kind, what, query);
        }
        if let Some(lock) = query.locks.first() {
            self.write(&lock.to_string());
            self.locks = true;
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<()> {
        self.depth = self.depth.saturating_sub(1);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        match factor {
            TableFactor::Table { name, args: None, sample, .. } => {
                let path: Vec<String> =
                    name.0.iter().filter_map(|p| p.as_ident()).map(|n| self.fold(n)).collect();
                self.tables.insert(path.join("."));
                if sample.is_some() {
                    self.leave_open(Kind::Sample, "TABLESAMPLE", factor);
                }
            }
            TableFactor::Derived { sample: Some(_), .. } => {
                self.leave_open(Kind::Sample, "TABLESAMPLE", factor);
            }
            TableFactor::Table { name, args: Some(_), .. } | TableFactor::Function { name, .. } => {
                self.called(&last_name(name), factor);
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function) => self.function(function),
            Expr::Exists { subquery, .. } => self.exists.push(std::ptr::from_ref(&**subquery)),
            // `SYSDATE` of some dialects stands without parentheses.
            Expr::Identifier(name) if name.quote_style.is_none() => {
                self.bare(name.value.to_lowercase(), expr);
            }
            Expr::CompoundIdentifier(path) => {
                let path: Vec<String> = path.iter().map(|n| n.value.to_lowercase()).collect();
                self.bare(path.join("."), expr);
            }
            Expr::Cast { expr: inner, .. } => {
                if let Expr::Value(value) = &**inner
                    && let Value::SingleQuotedString(text) = &value.value
                {
                    self.moving_literal(text, expr);
                }
            }
            Expr::TypedString(typed) => {
                if let Value::SingleQuotedString(text) = &typed.value.value {
                    self.moving_literal(text, expr);
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Walk<'_> {
    /// `'today'::date` and the like move with the clock.
    fn moving_literal(&mut self, text: &str, node: &Expr) {
        let word = text.trim().to_ascii_lowercase();
        if ["now", "today", "tomorrow", "yesterday"].contains(&word.as_str()) {
            self.leave_open(Kind::Clock, format!("'{word}'"), node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use model::Dialect;

    fn facts(text: &str) -> StatementFacts {
        parse(text, Dialect::Postgres).unwrap().facts()
    }

    #[test]
    fn reads() {
        for text in [
            "SELECT 1",
            "VALUES (1), (2)",
            "WITH a AS (SELECT 1) SELECT * FROM a",
            "SELECT * FROM t WHERE EXISTS (SELECT 1 FROM u)",
        ] {
            assert_eq!(facts(text).kind, StatementKind::Read, "{text}");
        }
    }

    #[test]
    fn writes_in_every_disguise() {
        for (text, by) in [
            ("INSERT INTO t VALUES (1)", "INSERT"),
            ("UPDATE t SET a = 1", "UPDATE"),
            ("DELETE FROM t", "DELETE"),
            ("CREATE TABLE t (a int)", "CREATE"),
            ("DROP TABLE t", "DROP"),
            ("TRUNCATE t", "TRUNCATE"),
            ("SELECT * INTO u FROM t", "SELECT INTO"),
            ("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "DELETE"),
            ("WITH d AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM d", "INSERT"),
            ("SELECT * FROM t FOR UPDATE", "FOR UPDATE"),
            ("SELECT nextval('s')", "nextval()"),
            ("SELECT 1 WHERE pg_catalog.setval('s', 1) = 1", "setval()"),
            ("SELECT lo_unlink(1)", "lo_unlink()"),
            ("SELECT * FROM dblink('x', 'DELETE FROM t') AS d(a int)", "dblink()"),
            ("SELECT \"nextval\"('s')", "nextval()"),
            ("SELECT a FROM t ORDER BY pg_advisory_lock(1)", "pg_advisory_lock()"),
        ] {
            let facts = facts(text);
            assert_eq!(facts.kind, StatementKind::Write, "{text}");
            assert_eq!(facts.writes_by.as_deref(), Some(by), "{text}");
        }
    }

    #[test]
    fn sessions_transactions_and_the_rest() {
        for (text, kind) in [
            ("SET search_path = x", StatementKind::Session),
            ("SHOW server_version", StatementKind::Session),
            ("BEGIN", StatementKind::Transaction),
            ("COMMIT", StatementKind::Transaction),
            ("SAVEPOINT a", StatementKind::Transaction),
            ("EXPLAIN SELECT 1", StatementKind::Utility),
            ("EXPLAIN ANALYZE DELETE FROM t", StatementKind::Utility),
        ] {
            assert_eq!(facts(text).kind, kind, "{text}");
        }
    }

    #[test]
    fn tables_without_ctes() {
        let facts = facts(
            "WITH a AS (SELECT * FROM S.T) SELECT * FROM a, \"Big\" b JOIN u ON true, \
             (SELECT * FROM v WHERE x IN (SELECT y FROM w)) d",
        );
        assert_eq!(facts.tables, ["Big", "s.t", "u", "v", "w"]);
    }

    #[test]
    fn what_moves_is_named() {
        assert_eq!(
            facts(
                "SELECT random(), now(), current_date, 'today'::date FROM t TABLESAMPLE system (1)"
            )
            .volatile,
            ["'today'", "TABLESAMPLE", "current_date", "now", "random"]
        );
        assert_eq!(
            facts("SELECT string_agg(a, ',') , array_agg(b ORDER BY b) FROM t").volatile,
            ["string_agg without ORDER BY"]
        );
        assert!(facts("SELECT a, lower(b) FROM t").volatile.is_empty());
    }

    #[test]
    fn limits() {
        assert!(facts("SELECT a FROM t LIMIT 3").limited);
        assert!(facts("SELECT a FROM t OFFSET 3").limited);
        assert!(facts("SELECT a FROM t FETCH FIRST 3 ROWS ONLY").limited);
        assert!(!facts("SELECT a FROM t").limited);
        assert!(!facts("SELECT * FROM (SELECT a FROM t LIMIT 3) x").limited);
        for (text, skips) in [
            ("SELECT a FROM t LIMIT 3", false),
            ("SELECT a FROM t LIMIT 3 OFFSET 0", false),
            ("SELECT a FROM t LIMIT 3 OFFSET 1", true),
            ("SELECT a FROM t OFFSET $1", true),
            ("SELECT a FROM (SELECT a FROM t OFFSET 3) x", false),
        ] {
            assert_eq!(facts(text).skips, skips, "{text}");
        }
    }

    #[test]
    fn stars_and_filters() {
        let parsed = parse("SELECT a FROM (SELECT * FROM t) x", Dialect::Postgres).unwrap();
        assert!(parsed.selects_star() && !parsed.has_filter());
        let parsed = parse("SELECT count(*) FROM t WHERE a = 1", Dialect::Postgres).unwrap();
        assert!(!parsed.selects_star() && parsed.has_filter());
    }
}
