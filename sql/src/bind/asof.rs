//! ASOF JOIN: beside each row the nearest one of a table, or none.

use sqlparser::{
    ast::{self, BinaryOperator, JoinConstraint, JoinOperator, SetExpr, Statement, TableFactor},
    dialect::GenericDialect,
    parser::Parser,
};

/// The join with the one row that is nearest: `OUTER APPLY (SELECT * FROM t WHERE … ORDER BY … LIMIT
/// 1)`. Of rows equally near any will do.
pub(super) fn nearest(
    relation: &TableFactor,
    match_condition: &ast::Expr,
    constraint: &JoinConstraint,
) -> Option<ast::Join> {
    let TableFactor::Table { name, alias, args: None, .. } = relation else { return None };
    let matched = match match_condition {
        ast::Expr::Nested(inner) => inner,
        other => other,
    };
    let ast::Expr::BinaryOp { op, right, .. } = matched else { return None };
    let descending = match op {
        BinaryOperator::GtEq | BinaryOperator::Gt => true,
        BinaryOperator::LtEq | BinaryOperator::Lt => false,
        _ => return None,
    };
    let condition = match constraint {
        JoinConstraint::On(on) => Some(on.clone()),
        JoinConstraint::None => None,
        _ => return None,
    };
    // The right side of the condition has to be the table's own.
    let table = match alias {
        Some(alias) if alias.columns.is_empty() => alias.name.clone(),
        Some(_) => return None,
        None => name.0.last()?.as_ident()?.clone(),
    };
    match right.as_ref() {
        ast::Expr::CompoundIdentifier(path) if path.first() == Some(&table) => {}
        _ => return None,
    }
    let words = if descending { "DESC NULLS LAST" } else { "ASC NULLS LAST" };
    let skeleton = format!("SELECT * FROM t WHERE a ORDER BY a {words} LIMIT 1");
    let mut parsed = Parser::parse_sql(&GenericDialect {}, &skeleton).ok()?;
    let Some(Statement::Query(mut query)) = parsed.pop() else { return None };
    let SetExpr::Select(select) = query.body.as_mut() else { return None };
    select.from.first_mut()?.relation = relation.clone();
    let matched = match_condition.clone();
    select.selection = Some(match condition {
        None => matched,
        Some(on) => ast::Expr::BinaryOp {
            left: Box::new(ast::Expr::Nested(Box::new(on))),
            op: BinaryOperator::And,
            right: Box::new(matched),
        },
    });
    if let Some(ast::OrderByKind::Expressions(keys)) = query.order_by.as_mut().map(|o| &mut o.kind)
    {
        keys.first_mut()?.expr = right.as_ref().clone();
    }
    let alias =
        Some(ast::TableAlias { explicit: true, name: table, columns: Vec::new(), at: None });
    let derived = TableFactor::Derived { lateral: true, subquery: query, alias, sample: None };
    Some(ast::Join { relation: derived, global: false, join_operator: JoinOperator::OuterApply })
}
