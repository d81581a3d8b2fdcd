//! The grammar of PostgreSQL: sqlparser's, but for arguments that are named by an expression.

use crate::parse::plain_prefix;
use sqlparser::{
    ast::Expr,
    dialect::{Dialect, PostgreSqlDialect, Precedence},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};
use std::any::{Any, TypeId};

/// sqlparser's dialect, which asks others for what it does not say itself.
const BASE: PostgreSqlDialect = PostgreSqlDialect {};

/// PostgreSQL.
#[derive(Debug)]
pub(crate) struct PostgresParser;

impl Dialect for PostgresParser {
    // No argument of PostgreSQL 15 is named by an expression (`json_object('a' : 1)` is of version 16).
    // To look for such a name each argument would be parsed twice, and calls inside calls 2^n times.
    fn supports_named_fn_args_with_expr_name(&self) -> bool {
        false
    }

    fn dialect(&self) -> TypeId {
        BASE.type_id()
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        plain_prefix(parser)
    }

    // Behind a cast: `a::text COLLATE "C"`.
    fn parse_infix(
        &self,
        parser: &mut Parser,
        expr: &Expr,
        _precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        if !matches!(&parser.peek_token_ref().token, Token::Word(word) if word.keyword == Keyword::COLLATE)
        {
            return None;
        }
        parser.advance_token();
        let collation = parser.parse_object_name(false);
        Some(collation.map(|collation| Expr::Collate { expr: Box::new(expr.clone()), collation }))
    }

    as_in!(
        BASE;
        identifier_quote_style(identifier: &str) -> Option<char>,
        is_delimited_identifier_start(ch: char) -> bool,
        is_identifier_start(ch: char) -> bool,
        is_identifier_part(ch: char) -> bool,
        supports_unicode_string_literal() -> bool,
        is_reserved_for_identifier(kw: Keyword) -> bool,
        is_custom_operator_part(ch: char) -> bool,
        get_next_precedence(parser: &Parser) -> Option<Result<u8, ParserError>>,
        supports_filter_during_aggregation() -> bool,
        supports_group_by_expr() -> bool,
        prec_value(prec: Precedence) -> u8,
        allow_extract_custom() -> bool,
        allow_extract_single_quotes() -> bool,
        supports_create_index_with_clause() -> bool,
        supports_explain_with_utility_options() -> bool,
        supports_listen_notify() -> bool,
        supports_factorial_operator() -> bool,
        supports_bitwise_shift_operators() -> bool,
        supports_comment_on() -> bool,
        supports_load_extension() -> bool,
        supports_named_fn_args_with_colon_operator() -> bool,
        supports_empty_projections() -> bool,
        supports_nested_comments() -> bool,
        supports_string_escape_constant() -> bool,
        supports_numeric_literal_underscores() -> bool,
        supports_array_typedef_with_brackets() -> bool,
        supports_geometric_types() -> bool,
        supports_set_names() -> bool,
        supports_alter_column_type_using() -> bool,
        supports_notnull_operator() -> bool,
        supports_interval_options() -> bool,
        supports_insert_table_alias() -> bool,
        supports_create_table_like_parenthesized() -> bool,
        supports_select_wildcard_with_alias() -> bool,
        supports_comma_separated_trim() -> bool,
        supports_xml_expressions() -> bool,
        supports_comment_optimizer_hint() -> bool,
    );
}
