//! How Spark SQL and Databricks are parsed: what sqlparser's two dialects know, together.

use crate::parse::plain_prefix;
use sqlparser::{
    ast::{BinaryOperator, Expr, Ident, ObjectName},
    dialect::{Dialect, SparkSqlDialect},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::{Token, TokenWithSpan},
};
use std::any::TypeId;

/// Spark SQL with what Databricks adds.
#[derive(Debug)]
pub(in crate::dialects) struct SparkParser;

impl Dialect for SparkParser {
    fn dialect(&self) -> TypeId {
        TypeId::of::<SparkSqlDialect>()
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '`'
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_ascii_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_ascii_alphanumeric() || ch == '_'
    }

    yes!(
        supports_string_literal_backslash_escape,
        supports_filter_during_aggregation,
        supports_group_by_expr,
        supports_group_by_with_modifier,
        supports_lambda_functions,
        supports_select_wildcard_except,
        supports_struct_literal,
        supports_nested_comments,
        supports_long_type_as_bigint,
        supports_values_as_table_factor,
        require_interval_qualifier,
        supports_bang_not_operator,
        supports_select_item_multi_column_alias,
        supports_cte_without_as,
        supports_window_function_null_treatment_arg,
        allow_extract_custom,
        supports_bitwise_shift_operators,
        supports_order_by_all,
        supports_from_first_select,
        supports_within_after_array_aggregation,
    );

    /// `exists(array, x -> …)` is a function; sqlparser reads a query behind every EXISTS.
    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        let word = |token: &TokenWithSpan| match &token.token {
            Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
            _ => None,
        };
        let starts_query = |token: &TokenWithSpan| {
            use Keyword::{FROM, SELECT, TABLE, VALUES, WITH};
            token.token == Token::LParen
                || word(token).is_some_and(|k| [SELECT, WITH, VALUES, FROM, TABLE].contains(&k))
        };
        let [first, second, third] = parser.peek_tokens_ref();
        if word(first) != Some(Keyword::EXISTS)
            || second.token != Token::LParen
            || starts_query(third)
        {
            return plain_prefix(parser);
        }
        parser.next_token();
        Some(parser.parse_function(ObjectName::from(vec![Ident::new("exists")])))
    }

    /// `a DIV b`, which binds like `*`; sqlparser's own reads everything behind it as the divisor.
    fn parse_infix(
        &self,
        parser: &mut Parser<'_>,
        expr: &Expr,
        precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        if !parser.parse_keyword(Keyword::DIV) {
            return None;
        }
        Some(parser.parse_subexpr(precedence).map(|right| Expr::BinaryOp {
            left: Box::new(expr.clone()),
            op: BinaryOperator::MyIntegerDivide,
            right: Box::new(right),
        }))
    }
}
