//! `ROWNUM`: how many rows have passed so far.
//!
//! Source: <https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ROWNUM-Pseudocolumn.html>
//! `WHERE ROWNUM <= n` keeps n rows before anything is grouped or sorted. Over a subquery that is the
//! LIMIT of the subquery; over tables, where nothing follows, it is a LIMIT of the SELECT, else of a
//! derived table that keeps the rows. `ROWNUM > 1` never holds, since no row is the first then. Over a
//! sorted subquery ROWNUM is the place of the row, over tables a number that is open. What is left of it is not known and so refused.

use super::Binder;
use crate::calls::function;
use sqlparser::ast::{
    BinaryOperator, Distinct, ExcludeSelectItem, Expr, Function, GroupByExpr, Ident, LimitClause,
    OrderBy, OrderByExpr, OrderByKind, Query, Select, SelectItem, SetExpr, TableAlias, TableFactor,
    Value, WildcardAdditionalOptions, WindowSpec, WindowType,
};

impl Binder<'_> {
    /// The query with its ROWNUM condition as a LIMIT, where it has such a condition.
    pub(super) fn without_rownum(&self, query: &Query) -> Option<Query> {
        if self.speaks_core() || !self.spec.traits().bare_calls.contains(&"rownum") {
            return None;
        }
        if let Some(changed) = each_operand(query) {
            return Some(changed);
        }
        let bounded = bounded(query);
        let rest = bounded.as_ref().unwrap_or(query);
        numbered(rest).or_else(|| counted(rest)).or(bounded)
    }
}

/// The set operation whose operands with a ROWNUM condition are queries of their own, in parentheses.
fn each_operand(query: &Query) -> Option<Query> {
    let SetExpr::SetOperation { .. } = &*query.body else { return None };
    let mut changed = query.clone();
    enclose(&mut changed.body).then_some(changed)
}

/// Puts the operands with a ROWNUM condition into parentheses. Is there one?
fn enclose(body: &mut SetExpr) -> bool {
    match body {
        SetExpr::SetOperation { left, right, .. } => {
            let left = enclose(left);
            enclose(right) || left
        }
        SetExpr::Select(select) => {
            let condition = select.selection.as_ref();
            let counts = |one: &&Expr| bound(one).is_some() || never(one);
            if !condition.is_some_and(|all| conjuncts(all).iter().any(counts)) {
                return false;
            }
            *body = SetExpr::Query(Box::new(plain_query(SetExpr::Select(select.clone()))));
            true
        }
        _ => false,
    }
}

/// A query of this body and nothing else.
fn plain_query(body: SetExpr) -> Query {
    Query {
        with: None,
        body: Box::new(body),
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks: Vec::new(),
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators: Vec::new(),
    }
}

/// Is it ROWNUM by itself?
fn is_rownum(expr: &Expr) -> bool {
    matches!(expr, Expr::Identifier(name)
        if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("rownum"))
}

/// Does an item of the list consist of ROWNUM?
fn shows_rownum(select: &Select) -> bool {
    select.projection.iter().any(|item| match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => is_rownum(expr),
        _ => false,
    })
}

/// The list with a number of the row for ROWNUM, over rows that have no order.
fn with_numbers(projection: &mut [SelectItem]) {
    for item in projection {
        match item {
            SelectItem::UnnamedExpr(expr) if is_rownum(expr) => {
                *item = SelectItem::ExprWithAlias {
                    expr: row_number(Vec::new()),
                    alias: Ident::new("rownum"),
                };
            }
            SelectItem::ExprWithAlias { expr, .. } if is_rownum(expr) => {
                *expr = row_number(Vec::new());
            }
            _ => {}
        }
    }
}

/// The query with its ROWNUM condition as a LIMIT.
fn bounded(query: &Query) -> Option<Query> {
    let SetExpr::Select(select) = &*query.body else { return None };
    let condition = select.selection.as_ref()?;
    let mut rest = None;
    let mut count: Option<Expr> = None;
    for one in conjuncts(condition) {
        if never(one) {
            let mut changed = query.clone();
            let SetExpr::Select(select) = &mut *changed.body else { return None };
            let number = |digits: &str| {
                Box::new(Expr::Value(Value::Number(digits.to_owned(), false).into()))
            };
            select.selection = Some(Expr::BinaryOp {
                left: number("1"),
                op: BinaryOperator::Eq,
                right: number("0"),
            });
            return Some(changed);
        }
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
    let numbered = matches!(&*changed.body, SetExpr::Select(select) if shows_rownum(select));
    if is_open(&changed) && changed.order_by.is_none() && is_plain(&changed) && !numbered {
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
    if numbered {
        // The rows that are kept have numbers from 1 on.
        with_numbers(&mut select.projection);
    }
    kept.distinct = None;
    kept.projection = vec![SelectItem::Wildcard(WildcardAdditionalOptions::default())];
    kept.group_by = GroupByExpr::Expressions(Vec::new(), Vec::new());
    kept.having = None;
    let mut inner = plain_query(SetExpr::Select(Box::new(kept)));
    inner.limit_clause = Some(limit(count));
    select.selection = None;
    only.relation = TableFactor::Derived {
        lateral: false,
        subquery: Box::new(inner),
        alias: Some(TableAlias { explicit: true, name: shown, columns: Vec::new(), at: None }),
        sample: None,
    };
    Some(changed)
}

/// The query over a sorted subquery that numbers its rows, where its list names ROWNUM.
fn numbered(query: &Query) -> Option<Query> {
    let mut changed = query.clone();
    let SetExpr::Select(select) = &mut *changed.body else { return None };
    let named = shows_rownum(select);
    let [from] = select.from.as_mut_slice() else { return None };
    if !named || !from.joins.is_empty() || select.selection.is_some() {
        return None;
    }
    let TableFactor::Derived { lateral: false, subquery, .. } = &mut from.relation else {
        return None;
    };
    let keys = match &subquery.order_by {
        Some(OrderBy { kind: OrderByKind::Expressions(keys), interpolate: None }) => keys.clone(),
        _ => return None,
    };
    if !is_plain(subquery) {
        return None;
    }
    let SetExpr::Select(inner) = &mut *subquery.body else { return None };
    // A position or an output name is no key of a window.
    let aliased = |name: &str| {
        inner.projection.iter().any(|item| {
            matches!(item, SelectItem::ExprWithAlias { alias, .. }
                if alias.value.eq_ignore_ascii_case(name))
        })
    };
    let columns = keys.iter().all(|key| match &key.expr {
        Expr::Identifier(name) => !aliased(&name.value),
        Expr::CompoundIdentifier(_) => true,
        _ => false,
    });
    if !columns {
        return None;
    }
    inner
        .projection
        .push(SelectItem::ExprWithAlias { expr: row_number(keys), alias: Ident::new("rownum") });
    for item in &mut select.projection {
        if let SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) = item {
            options.opt_exclude = Some(ExcludeSelectItem::Single(Ident::new("rownum").into()));
        }
    }
    Some(changed)
}

/// The query over tables with a number for each row as it comes, where its list names ROWNUM and each row of
/// the list is one of the tables. Which row gets which number is open there, too.
fn counted(query: &Query) -> Option<Query> {
    let mut changed = query.clone();
    let plain = is_plain(query);
    let SetExpr::Select(select) = &mut *changed.body else { return None };
    let tables = select.from.iter().all(|from| {
        let table = |factor: &TableFactor| matches!(factor, TableFactor::Table { args: None, .. });
        table(&from.relation) && from.joins.iter().all(|join| table(&join.relation))
    });
    let asked = select.selection.as_ref().is_some_and(|all| {
        conjuncts(all).into_iter().any(|one| bound(one).is_some() || never(one))
    });
    if !plain || !tables || asked || !shows_rownum(select) {
        return None;
    }
    with_numbers(&mut select.projection);
    Some(changed)
}

fn row_number(keys: Vec<OrderByExpr>) -> Expr {
    let over = WindowType::WindowSpec(WindowSpec {
        window_name: None,
        partition_by: Vec::new(),
        order_by: keys,
        window_frame: None,
    });
    Expr::Function(Function { over: Some(over), ..function("row_number", Vec::new()) })
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

/// Is it `ROWNUM > 1` or another condition that no first row meets?
fn never(expr: &Expr) -> bool {
    let Expr::BinaryOp { left, op, right } = expr else { return false };
    let (Expr::Identifier(name), Expr::Value(value)) = (&**left, &**right) else { return false };
    let Value::Number(digits, _) = &value.value else { return false };
    let rownum = name.quote_style.is_none() && name.value.eq_ignore_ascii_case("rownum");
    match (rownum, op, digits.parse::<u64>()) {
        (true, BinaryOperator::Gt, Ok(number)) => number >= 1,
        (true, BinaryOperator::GtEq | BinaryOperator::Eq, Ok(number)) => number >= 2,
        _ => false,
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
        let table = CatalogTable {
            database: None,
            schema: None,
            name: "T".to_owned(),
            columns: vec![column],
            keys: Vec::new(),
        };
        let catalog = Catalog::of(Dialect::Oracle, &[table]);
        parse(text, Dialect::Oracle).is_ok_and(|parsed| parsed.bind(&catalog, &[]).is_ok())
    }

    #[test]
    fn a_bound_is_a_limit_and_nothing_else_is() {
        assert!(is_read("SELECT i FROM t WHERE ROWNUM <= 2 AND i > 0"));
        assert!(is_read("SELECT COUNT(*) FROM (SELECT i FROM t ORDER BY i) q WHERE ROWNUM < 3"));
        assert!(is_read("SELECT COUNT(*) FROM t a WHERE ROWNUM <= 2 AND a.i > 0"));
        assert!(is_read("SELECT i FROM t WHERE ROWNUM <= 2 ORDER BY i"));
        assert!(is_read("SELECT i FROM t WHERE ROWNUM > 1"));
        assert!(is_read("SELECT i, ROWNUM AS n FROM t WHERE i > 1 ORDER BY i"));
        assert!(is_read("SELECT ROWNUM, t.* FROM t WHERE ROWNUM <= 2"));
        assert!(is_read(
            "SELECT i FROM t WHERE ROWNUM <= 1 UNION ALL SELECT i FROM t WHERE ROWNUM <= 2"
        ));
        assert!(is_read(
            "SELECT q.*, ROWNUM n FROM (SELECT i FROM t ORDER BY i) q WHERE ROWNUM < 3"
        ));
        for other in [
            "SELECT COUNT(*) FROM t, t u WHERE ROWNUM <= 2",
            "SELECT ROWNUM, COUNT(*) FROM t GROUP BY ROWNUM",
            "SELECT j, ROWNUM FROM (SELECT i AS j FROM t ORDER BY j)",
        ] {
            assert!(!is_read(other), "{other}");
        }
    }
}
