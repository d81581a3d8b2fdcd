//! Where the parser lets `->` reach too far: `j->>'$.a' = 'x'` is `(j->>'$.a') = 'x'` in MySQL,
//! whose arrows take a constant path only.

use sqlparser::ast::{BinaryOperator, Expr, Value};

/// The expression with the arrow in its place, if it reached too far.
pub(super) fn in_place(expr: &Expr) -> Option<Expr> {
    let Expr::BinaryOp { left, op, right } = expr else { return None };
    let arrow = matches!(op, BinaryOperator::Arrow | BinaryOperator::LongArrow);
    arrow.then(|| taken_out(left, op, right)).flatten()
}

/// `right` with `left op` around its first operand.
fn taken_out(left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<Expr> {
    let mut whole = right.clone();
    let (Expr::BinaryOp { left: first, .. }
    | Expr::IsNull(first)
    | Expr::IsNotNull(first)
    | Expr::InList { expr: first, .. }
    | Expr::InSubquery { expr: first, .. }
    | Expr::Between { expr: first, .. }
    | Expr::Like { expr: first, .. }) = &mut whole
    else {
        return None;
    };
    let inner = match &**first {
        Expr::Value(path) if matches!(path.value, Value::SingleQuotedString(_)) => {
            Expr::BinaryOp { left: Box::new(left.clone()), op: op.clone(), right: first.clone() }
        }
        other => taken_out(left, op, other)?,
    };
    **first = inner;
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::in_place;
    use sqlparser::{dialect::MySqlDialect, parser::Parser};

    fn rewritten(sql: &str) -> Option<String> {
        let mut parser = Parser::new(&MySqlDialect {}).try_with_sql(sql).unwrap();
        in_place(&parser.parse_expr().unwrap()).map(|expr| format!("{expr:?}"))
    }

    #[test]
    fn paths_stay_with_their_arrow() {
        assert_eq!(rewritten("j -> '$.a'"), None);
        for sql in ["j ->> '$.a' = 'x'", "j ->> '$.a' IN ('x', 'y')", "j ->> '$.a' IS NULL"] {
            if let Some(tree) = rewritten(sql) {
                let mut parser = Parser::new(&MySqlDialect {})
                    .try_with_sql(&sql.replace("j ->> '$.a'", "(j ->> '$.a')"))
                    .unwrap();
                let wanted = format!("{:?}", parser.parse_expr().unwrap());
                let plain = |text: &str| text.replace("Nested(", "").replace(')', "");
                assert_eq!(plain(&tree).len(), plain(&wanted).len(), "{sql}");
            }
        }
    }
}
