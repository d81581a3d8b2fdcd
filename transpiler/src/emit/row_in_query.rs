//! `(a, b) IN (SELECT …)` in WHERE, as the comparisons that it is.

use super::query::rename;
use crate::targets::Target;
use sql::{
    Type,
    tree::{Alias, Body, Expr, ExprKind, Item, Literal, Query, Relation, Select},
};

/// Name of the rows that the query gives.
const ROWS: &str = "_rows";

/// The condition with EXISTS for each IN of a row with a query that has to hold, or may; nothing where
/// there is none. Elsewhere NULL and FALSE would not be the same. `DataFusion` fails for some that
/// are no conditions of their own.
pub(super) fn as_exists(condition: &Expr, target: Target) -> Option<Expr> {
    match &condition.kind {
        ExprKind::Call(call)
            if call.name == "and" || (call.name == "or" && target != Target::DataFusion) =>
        {
            let args: Vec<Option<Expr>> =
                call.args.iter().map(|arg| as_exists(arg, target)).collect();
            if args.iter().all(Option::is_none) {
                return None;
            }
            let mut whole = condition.clone();
            if let ExprKind::Call(call) = &mut whole.kind {
                for (old, new) in call.args.iter_mut().zip(args) {
                    if let Some(new) = new {
                        *old = new;
                    }
                }
            }
            Some(whole)
        }
        ExprKind::InQuery { expr, query, negated, .. } => {
            let ExprKind::Row(items) = &expr.kind else { return None };
            exists(items, query, *negated, condition)
        }
        _ => None,
    }
}

/// `EXISTS (SELECT 1 FROM (SELECT … AS _v1 …) AS _rows WHERE _rows._v1 = item AND …)`
fn exists(items: &[Expr], query: &Query, negated: bool, whole: &Expr) -> Option<Expr> {
    let plain = |ty: &Type| {
        ty.is_integer()
            || ty.is_text()
            || matches!(ty, Type::Bool | Type::Date | Type::Timestamp)
            || matches!(ty, Type::Numeric(Some(_)))
    };
    let types = items.iter().map(|item| &item.ty).chain(query.columns.iter().map(|c| &c.ty));
    // What asks a query by itself would be asked inside of another one.
    let simple = |item: &Expr| !item.any_part(&|part| part.query().is_some());
    if matches!(query.body, Body::Values(_))
        || query.is_correlated()
        || !types.into_iter().all(plain)
        || !items.iter().all(simple)
    {
        return None;
    }
    let span = whole.span;
    let boolean = |name, args| Expr::scalar(name, args, Type::Bool, span);
    let names: Vec<String> = (1..=items.len()).map(|at| format!("_v{at}")).collect();
    let pairs = items.iter().zip(&query.columns).zip(&names).map(|((item, column), name)| {
        let relation = Some(ROWS.to_owned());
        let kind = ExprKind::Column { relation, name: name.clone(), qualified: true };
        let value = Expr { kind, ty: column.ty.clone(), span };
        boolean("=", vec![value, item.clone()])
    });
    let equal = pairs.reduce(|one, two| boolean("and", vec![one, two]))?;
    let filter = if negated {
        let truth = Expr { kind: ExprKind::Literal(Literal::Bool(true)), ty: Type::Bool, span };
        boolean("coalesce", vec![equal, truth])
    } else {
        equal
    };
    let one = ExprKind::Literal(Literal::Number("1".to_owned()));
    let item = Item { expr: Expr { kind: one, ty: Type::Int4, span }, name: "?column?".to_owned() };
    // DataFusion loses columns that an alias renames.
    let mut inner = query.clone();
    rename(&mut inner, &names);
    let rows = Relation::Derived {
        query: Box::new(inner),
        alias: Alias { name: ROWS.to_owned(), columns: Vec::new() },
        lateral: false,
    };
    let select = Select { filter: Some(filter), ..Select::of(vec![item], Some(rows)) };
    let query = Box::new(select.into_query(span));
    Some(Expr { kind: ExprKind::Exists { query, negated }, ty: Type::Bool, span })
}
