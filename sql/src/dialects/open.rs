//! Functions whose value is open: two right answers may differ.
//!
//! A line of the core or of a dialect says so by a word in front. A definition whose body calls such
//! a function is open for the same reason, so a dialect's line for `getdate()` need not say that the
//! clock moves.

use super::{core, spec};
use crate::facts::{ORDER_SENSITIVE_AGGREGATES, last_name};
use model::{Dialect, NotComparableKind as Kind};
use sqlparser::ast::{self, FunctionArgumentClause, FunctionArguments, Visit};
use std::ops::ControlFlow;

/// The word in front of a line, and the rest of the line.
pub(super) fn word(line: &'static str) -> (Option<Kind>, &'static str) {
    let kind = match line.split_once(' ') {
        Some(("clock", rest)) => (Kind::Clock, rest),
        Some(("chance", rest)) => (Kind::Chance, rest),
        Some(("session", rest)) => (Kind::Session, rest),
        Some(("estimate", rest)) => (Kind::Estimate, rest),
        Some(("choice", rest)) => (Kind::Choice, rest),
        _ => return (None, line),
    };
    (Some(kind.0), kind.1)
}

/// Why the value of a function of the core is open, if it is.
pub(crate) fn of_core(name: &str) -> Option<Kind> {
    core().get(name)?.iter().find_map(|signature| signature.open)
}

/// Does a function of the core give another value at each call?
pub(crate) fn is_chance(name: &str) -> bool {
    of_core(name) == Some(Kind::Chance)
}

/// Why the value of a definition is open by what its body calls.
pub(super) fn of_body(name: &str, body: Option<&ast::Expr>) -> Option<Kind> {
    let Some(body) = body else { return of_core(name) };
    let mut calls = Calls::default();
    let _ = body.visit(&mut calls);
    calls.found
}

/// Looks for open functions. What `not_known` is given is never evaluated.
#[derive(Default)]
struct Calls {
    found: Option<Kind>,
    unreached: u32,
}

impl ast::Visitor for Calls {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &ast::Expr) -> ControlFlow<()> {
        if let ast::Expr::Function(function) = expr {
            let name = last_name(&function.name);
            self.unreached += u32::from(name == "not_known");
            if self.unreached == 0 {
                // Chance says more than the clock.
                self.found = self.found.max(of_core(&name));
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expr: &ast::Expr) -> ControlFlow<()> {
        if let ast::Expr::Function(function) = expr
            && last_name(&function.name) == "not_known"
        {
            self.unreached = self.unreached.saturating_sub(1);
        }
        ControlFlow::Continue(())
    }
}

/// Does the body of an aggregate, or the function of the core that it is, depend on the order of its
/// input?
pub(super) fn unordered_body(name: &str, body: Option<&ast::Expr>) -> bool {
    let Some(body) = body else { return ORDER_SENSITIVE_AGGREGATES.contains(&name) };
    ast::visit_expressions(body, |expr: &ast::Expr| match expr {
        ast::Expr::Function(function) if is_unordered(function) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })
    .is_break()
}

/// Is it a call of an order-sensitive aggregate of the core without ORDER BY?
fn is_unordered(function: &ast::Function) -> bool {
    let sorted = |list: &ast::FunctionArgumentList| {
        list.clauses.iter().any(|clause| matches!(clause, FunctionArgumentClause::OrderBy(_)))
    };
    ORDER_SENSITIVE_AGGREGATES.contains(&last_name(&function.name).as_str())
        && matches!(&function.args, FunctionArguments::List(list) if !sorted(list))
}

/// Why the value of a function of a dialect is open, as far as its name tells.
pub(crate) fn of_name(dialect: Dialect, name: &str) -> Option<Kind> {
    let spec = spec(dialect)?;
    let own = spec.open(name);
    if own.is_some() || !spec.is_core() { own } else { of_core(name) }
}

/// Is it an aggregate of a dialect whose value depends on the order of its input?
pub(crate) fn unordered(dialect: Dialect, name: &str) -> bool {
    let Some(spec) = spec(dialect) else { return ORDER_SENSITIVE_AGGREGATES.contains(&name) };
    spec.unordered(name) || (spec.is_core() && ORDER_SENSITIVE_AGGREGATES.contains(&name))
}

/// The name that a call has in a text: `position` of `call position`, `any` of `any nullable`.
pub(super) fn called(name: &'static str) -> &'static str {
    let name = name.strip_prefix("call ").unwrap_or(name);
    name.split(' ').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalog, SourceSettings, parse};
    use model::NotComparable;

    fn facts(text: &str, dialect: Dialect) -> Vec<String> {
        parse(text, dialect).unwrap().facts().volatile
    }

    fn of_text(text: &str, dialect: Dialect) -> Vec<NotComparable> {
        parse(text, dialect).unwrap().not_comparable()
    }

    fn of_tree(text: &str, dialect: Dialect) -> Vec<NotComparable> {
        let bound = parse(text, dialect)
            .unwrap()
            .bind_under(&Catalog::of(dialect, &[]), &[], &SourceSettings::of(dialect))
            .unwrap();
        bound.not_comparable
    }

    /// Kinds and names that the binder marks.
    fn marks(text: &str, dialect: Dialect) -> Vec<(Kind, String)> {
        of_tree(text, dialect).into_iter().map(|mark| (mark.kind, mark.what)).collect()
    }

    #[test]
    fn the_text_and_the_tree_agree_in_every_dialect() {
        for (dialect, text, kind, what) in [
            (Dialect::Postgres, "SELECT random()", Kind::Chance, "random"),
            (Dialect::Postgres, "SELECT now()", Kind::Clock, "now"),
            (Dialect::Redshift, "SELECT SYSDATE", Kind::Clock, "sysdate"),
            (Dialect::Snowflake, "SELECT UUID_STRING()", Kind::Chance, "uuid_string"),
            (Dialect::Snowflake, "SELECT HLL(1)", Kind::Estimate, "hll"),
            (Dialect::BigQuery, "SELECT GENERATE_UUID()", Kind::Chance, "generate_uuid"),
            (Dialect::BigQuery, "SELECT ANY_VALUE(1)", Kind::Choice, "any_value"),
            (Dialect::Spark, "SELECT first(1)", Kind::Choice, "first"),
            (Dialect::Spark, "SELECT current_date", Kind::Clock, "current_date"),
            (Dialect::MySql, "SELECT UTC_DATE()", Kind::Clock, "utc_date"),
            (Dialect::TSql, "SELECT NEWID()", Kind::Chance, "newid"),
            (Dialect::Oracle, "SELECT SYSDATE FROM dual", Kind::Clock, "sysdate"),
            (Dialect::Teradata, "SELECT DATE", Kind::Clock, "date"),
            (Dialect::Trino, "SELECT approx_distinct(1)", Kind::Estimate, "approx_distinct"),
            (Dialect::ClickHouse, "SELECT today()", Kind::Clock, "today"),
        ] {
            assert_eq!(marks(text, dialect), [(kind, what.to_owned())], "{dialect}: {text}");
            assert_eq!(facts(text, dialect), [what], "{dialect}: {text}");
            assert_eq!(of_text(text, dialect), of_tree(text, dialect), "{dialect}: {text}");
        }
    }

    #[test]
    fn what_is_never_evaluated_does_not_count() {
        assert_eq!(of_name(Dialect::Trino, "date_parse"), None);
        assert_eq!(of_name(Dialect::Spark, "any"), None);
        assert_eq!(of_name(Dialect::Spark, "upper"), None);
    }

    #[test]
    fn what_has_no_order_is_seen() {
        for (text, what) in [
            ("SELECT string_agg('a', ',')", "string_agg without ORDER BY"),
            ("SELECT row_number() OVER ()", "row_number without ORDER BY"),
            ("SELECT * FROM (SELECT 1 AS a LIMIT 1) AS x", "LIMIT without ORDER BY"),
        ] {
            let open = [(Kind::Unordered, what.to_owned())];
            assert_eq!(marks(text, Dialect::Postgres), open, "{text}");
            assert_eq!(facts(text, Dialect::Postgres), [what], "{text}");
            let (text, tree) = (of_text(text, Dialect::Postgres), of_tree(text, Dialect::Postgres));
            assert_eq!(text, tree);
        }
        for text in [
            "SELECT TOP 2 1 AS a UNION ALL SELECT 2",
            "SELECT COUNT(*) AS n FROM (SELECT 1 AS a UNION ALL SELECT TOP 1 2) AS q",
        ] {
            let open = [(Kind::Unordered, "LIMIT without ORDER BY".to_owned())];
            assert_eq!(marks(text, Dialect::TSql), open, "{text}");
        }
        // How many rows come is known; which ones is seen on the rows.
        let cut = [(Kind::Cut, "LIMIT without ORDER BY".to_owned())];
        let text = "SELECT 1 AS a LIMIT 1";
        assert_eq!(marks(text, Dialect::Postgres), cut);
        assert!(facts(text, Dialect::Postgres).is_empty());
        assert_eq!(of_text(text, Dialect::Postgres), of_tree(text, Dialect::Postgres));
        for settled in [
            "SELECT string_agg('a', ',' ORDER BY 1)",
            "SELECT a FROM (SELECT 1 AS a ORDER BY a LIMIT 1) AS x",
            "SELECT EXISTS (SELECT 1 LIMIT 1)",
            "SELECT rank() OVER ()",
        ] {
            assert_eq!(marks(settled, Dialect::Postgres), [], "{settled}");
            assert!(facts(settled, Dialect::Postgres).is_empty(), "{settled}");
        }
    }
}
