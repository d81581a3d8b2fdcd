//! IN with a query on `DataFusion`, which knows NULL there only in some places.
//!
//! As a condition of its own, `x NOT IN (…)` is an anti join that sees NULLs, unless the query names
//! columns from around it. Anywhere else it becomes a flag that is false where SQL says NULL: right
//! under AND and OR, where the two leave the same rows, and wrong under NOT or as a value.
//! `= ANY (…)` and `<> ALL (…)` are other ways to write them.

use sql::tree::{Expr, ExprKind, QuantifiedSource};

/// Leaves a condition the rows that it should where `DataFusion` takes NULL for false in its INs?
pub(in crate::emit) fn keeps_rows(condition: &Expr) -> bool {
    leaves_rows(condition, true)
}

/// `alone`: is it one of the conditions that all have to hold?
fn leaves_rows(condition: &Expr, alone: bool) -> bool {
    let anti_join = |found: &InQuery| alone && !found.correlated;
    if let Some(found) = in_query(condition) {
        // IN itself becomes a flag that is false for NULL, which leaves the same rows here.
        return !found.negated || anti_join(&found);
    }
    match condition.call() {
        Some(call) if ["and", "or"].contains(&call.name) => {
            let alone = alone && call.name == "and";
            call.args.iter().all(|arg| leaves_rows(arg, alone))
        }
        Some(call) if call.name == "not" => match call.args.first().and_then(in_query) {
            Some(found) if !found.negated => anti_join(&found),
            _ => !call.args.iter().any(holds_query),
        },
        _ => !holds_query(condition),
    }
}

/// An IN with a query.
struct InQuery {
    /// Is it `NOT IN`?
    negated: bool,
    /// Does the query name a column of a query around it?
    correlated: bool,
}

fn in_query(expr: &Expr) -> Option<InQuery> {
    match &expr.kind {
        ExprKind::InQuery { negated, correlated, .. } => {
            Some(InQuery { negated: *negated, correlated: *correlated })
        }
        ExprKind::Quantified { op, all, source: QuantifiedSource::Query(query), .. }
            if [("=", false), ("<>", true)].contains(&(*op, *all)) =>
        {
            Some(InQuery { negated: *all, correlated: query.is_correlated() })
        }
        _ => None,
    }
}

fn holds_query(expr: &Expr) -> bool {
    expr.any_part(&|part| in_query(part).is_some())
}
