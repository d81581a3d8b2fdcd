//! `ROWNUM`: how many rows have passed so far.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ROWNUM-Pseudocolumn.html>
//! `WHERE ROWNUM <= n` keeps n rows before anything is grouped or sorted. Over a subquery that is the
//! LIMIT of the subquery; over tables, where nothing follows, it is a LIMIT of the SELECT, else of a
//! derived table that keeps the rows. What is left of ROWNUM is not known and so refused.

use super::Binder;
use sqlparser::ast::{
    BinaryOperator, Distinct, Expr, GroupByExpr, LimitClause, Query, Select, SelectItem, SetExpr,
    TableAlias, TableFactor, Value, WildcardAdditionalOptions,
};

impl Binder<'_> {
    /// The query with its ROWNUM condition as a LIMIT, where it has such a condition.
    pub(super) fn without_rownum(&self, query: &Query) -> Option<Query> {
        if self.speaks_core() || self.spec.source.dialect != model::Dialect::Oracle {
            return None;
        }
        let SetExpr::Select(select) = &*query.body else { return None };
        let condition = select.selection.as_ref()?;
        let mut rest = None;
        let mut count: Option<Expr> = None;
        for one in conjuncts(condition) {
            match bound(one) {
                Some(_) if count.is_some() => return None,
                Some(found) => count = Some(found),
                None => {
                    rest = Some(match rest {
                        None => one.clone(),
                        Some(before) => Expr::BinaryOp {
                            left: Box::new(before),
                            op: BinaryOperator::And,
                            right: Box::new(one.clone()),
                        },
                    });
                }
            }
        }
        let count = count?;
        let mut changed = query.clone();
        let SetExpr::Select(select) = &mut *changed.body else { return None };
        select.selection.clone_from(&rest);
        if rest.is_none()
            && let [only] = select.from.as_mut_slice()
            && only.joins.is_empty()
            && let TableFactor::Derived { lateral: false, subquery, .. } = &mut only.relation
            && is_open(subquery)
        {
            subquery.limit_clause = Some(limit(count));
            return Some(changed);
        }
        if is_open(&changed) && changed.order_by.is_none() && is_plain(&changed) {
            changed.limit_clause = Some(limit(count));
            return Some(changed);
        }
        // What follows looks at the rows that were kept: they come first, as a derived table.
        let SetExpr::Select(select) = &mut *changed.body else { return None };
        let mut kept = (**select).clone();
        let [only] = select.from.as_mut_slice() else { return None };
        let TableFactor::Table { name, alias, args: None, .. } = &only.relation else {
            return None;
        };
        let shown = match alias {
            Some(alias) if alias.columns.is_empty() => alias.name.clone(),
            Some(_) => return None,
            None => name.0.last()?.as_ident()?.clone(),
        };
        if !only.joins.is_empty() {
            return None;
        }
        kept.distinct = None;
        kept.projection = vec![SelectItem::Wildcard(WildcardAdditionalOptions::default())];
        kept.group_by = GroupByExpr::Expressions(Vec::new(), Vec::new());
        kept.having = None;
        let inner = Query {
            with: None,
            body: Box::new(SetExpr::Select(Box::new(kept))),
            order_by: None,
            limit_clause: Some(limit(count)),
            fetch: None,
            locks: Vec::new(),
            for_clause: None,
            settings: None,
            format_clause: None,
            pipe_operators: Vec::new(),
        };
        select.selection = None;
        only.relation = TableFactor::Derived {
            lateral: false,
            subquery: Box::new(inner),
            alias: Some(TableAlias { explicit: true, name: shown, columns: Vec::new(), at: None }),
            sample: None,
        };
        Some(changed)
    }
}

fn limit(count: Expr) -> LimitClause {
    LimitClause::LimitOffset { limit: Some(count), offset: None, limit_by: Vec::new() }
}

/// Has the query no limit yet?
const fn is_open(query: &Query) -> bool {
    query.limit_clause.is_none() && query.fetch.is_none()
}

/// Is each row of the SELECT a row of its input?
fn is_plain(query: &Query) -> bool {
    let SetExpr::Select(select) = &*query.body else { return false };
    let Select { distinct, group_by, having, projection, .. } = &**select;
    let grouped = match group_by {
        GroupByExpr::Expressions(keys, modifiers) => !keys.is_empty() || !modifiers.is_empty(),
        GroupByExpr::All(_) => true,
    };
    let all = matches!(distinct, None | Some(Distinct::All));
    // A function may be an aggregate, or look at all rows.
    let calls = projection.iter().any(|item| item.to_string().contains('('));
    all && !grouped && having.is_none() && !calls
}

fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            let mut all = conjuncts(left);
            all.extend(conjuncts(right));
            all
        }
        Expr::Nested(inner) => conjuncts(inner),
        other => vec![other],
    }
}

/// The count of `ROWNUM <= n`, `ROWNUM < n` or `ROWNUM = 1`.
fn bound(expr: &Expr) -> Option<Expr> {
    let Expr::BinaryOp { left, op, right } = expr else { return None };
    let Expr::Identifier(name) = &**left else { return None };
    if !name.value.eq_ignore_ascii_case("rownum") || name.quote_style.is_some() {
        return None;
    }
    let Expr::Value(value) = &**right else { return None };
    let Value::Number(digits, _) = &value.value else { return None };
    let number: u64 = digits.parse().ok()?;
    let count = match op {
        BinaryOperator::LtEq => number,
        BinaryOperator::Lt => number.checked_sub(1)?,
        BinaryOperator::Eq if number == 1 => 1,
        _ => return None,
    };
    Some(Expr::Value(Value::Number(count.to_string(), false).into()))
}

#[cfg(test)]
mod tests {
    use crate::{Catalog, parse};
    use model::{
        Dialect,
        catalog::{CatalogColumn, CatalogTable},
    };

    fn is_read(text: &str) -> bool {
        let column = CatalogColumn {
            name: "I".to_owned(),
            data_type: "NUMBER(10)".to_owned(),
            nullable: true,
        };
        let table = CatalogTable { schema: None, name: "T".to_owned(), columns: vec![column] };
        let catalog = Catalog::of(Dialect::Oracle, &[table]);
        parse(text, Dialect::Oracle).is_ok_and(|parsed| parsed.bind(&catalog, &[]).is_ok())
    }

    #[test]
    fn a_bound_is_a_limit_and_nothing_else_is() {
        assert!(is_read("SELECT i FROM t WHERE ROWNUM <= 2 AND i > 0"));
        assert!(is_read("SELECT COUNT(*) FROM (SELECT i FROM t ORDER BY i) q WHERE ROWNUM < 3"));
        assert!(is_read("SELECT COUNT(*) FROM t a WHERE ROWNUM <= 2 AND a.i > 0"));
        assert!(is_read("SELECT i FROM t WHERE ROWNUM <= 2 ORDER BY i"));
        for other in [
            "SELECT i FROM t WHERE ROWNUM > 1",
            "SELECT COUNT(*) FROM t, t u WHERE ROWNUM <= 2",
            "SELECT i, ROWNUM FROM t",
        ] {
            assert!(!is_read(other), "{other}");
        }
    }
}
