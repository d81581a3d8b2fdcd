//! `COUNT(t.*)` where it counts the rows of a table without any NULL.
//!
//! Source: <https://docs.snowflake.com/en/sql-reference/functions/count>

use super::{Binder, Bound};
use crate::types::Type;
use sqlparser::ast::{self, Expr, FunctionArg, FunctionArgExpr, Ident};

impl Binder<'_> {
    /// The arguments of a call, `t.*` in COUNT as a value that is NULL where a column of the row is.
    pub(super) fn counted_rows(
        &self,
        name: &str,
        written: Vec<FunctionArg>,
        distinct: bool,
        span: super::Span,
    ) -> Bound<Vec<FunctionArg>> {
        let [FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(table))] = written.as_slice()
        else {
            return Ok(written);
        };
        if name != "count" || distinct || !self.spec.traits().counts_whole_rows {
            return Ok(written);
        }
        let [ast::ObjectNamePart::Identifier(table)] = table.0.as_slice() else {
            return Ok(written);
        };
        let called = self.fold(table);
        let relation = self.scopes.last().and_then(|scope| scope.relation(&called));
        let Some(relation) = relation.filter(|relation| relation.rows) else { return Ok(written) };
        // Of a document a JSON null may count as none, too.
        let plain = |ty: &Type| !matches!(ty, Type::Jsonb | Type::Json | Type::Other(_));
        if !relation.columns.iter().all(|column| plain(&column.ty)) {
            return self.unsupported("COUNT of whole rows with such a column", span);
        }
        let whole = relation.columns.iter().map(|column| {
            let upper = column.name.chars().any(char::is_uppercase);
            let name = Ident { quote_style: upper.then_some('"'), ..Ident::new(&column.name) };
            Expr::IsNotNull(Box::new(Expr::CompoundIdentifier(vec![table.clone(), name])))
        });
        let whole = whole.reduce(|left, right| Expr::BinaryOp {
            left: Box::new(left),
            op: ast::BinaryOperator::And,
            right: Box::new(right),
        });
        let Some(condition) = whole else { return Ok(written) };
        let one = ast::Value::Number("1".to_owned(), false).with_empty_span();
        let when = ast::CaseWhen { condition, result: Expr::Value(one) };
        let case = Expr::Case {
            case_token: ast::helpers::attached_token::AttachedToken::empty(),
            end_token: ast::helpers::attached_token::AttachedToken::empty(),
            operand: None,
            conditions: vec![when],
            else_result: None,
        };
        Ok(vec![FunctionArg::Unnamed(FunctionArgExpr::Expr(case))])
    }
}
