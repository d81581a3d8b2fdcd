//! How `GoogleSQL` is parsed: sqlparser's `BigQuery` with shifts and named arguments.

use crate::parse::plain_prefix;
use sqlparser::{
    ast::{Expr, Statement},
    dialect::{BigQueryDialect, Dialect},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};
use std::any::TypeId;

const KNOWN: BigQueryDialect = BigQueryDialect {};

/// Shifts bind between `+` and `&`.
const SHIFT: u8 = 25;

/// `GoogleSQL` as `BigQuery` reads it.
#[derive(Debug)]
pub(in crate::dialects) struct GoogleParser;

impl Dialect for GoogleParser {
    fn dialect(&self) -> TypeId {
        TypeId::of::<BigQueryDialect>()
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        plain_prefix(parser)
    }

    as_in!(
        KNOWN;
        parse_statement(parser: &mut Parser<'_>) -> Option<Result<Statement, ParserError>>,
        is_delimited_identifier_start(ch: char) -> bool,
        is_identifier_start(ch: char) -> bool,
        is_identifier_part(ch: char) -> bool,
        is_column_alias(keyword: &Keyword, parser: &mut Parser<'_>) -> bool,
    );

    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        match parser.peek_token_ref().token {
            Token::ShiftLeft | Token::ShiftRight => Some(Ok(SHIFT)),
            _ => None,
        }
    }

    yes!(
        supports_bitwise_shift_operators,
        supports_named_fn_args_with_rarrow_operator,
        supports_projection_trailing_commas,
        supports_column_definition_trailing_commas,
        supports_triple_quoted_string,
        supports_window_function_null_treatment_arg,
        supports_string_literal_backslash_escape,
        supports_window_clause_named_window_reference,
        supports_parenthesized_set_variables,
        supports_select_wildcard_except,
        supports_select_wildcard_replace,
        require_interval_qualifier,
        supports_struct_literal,
        supports_select_expr_star,
        supports_execute_immediate,
        supports_table_versioning,
        supports_group_by_expr,
        supports_pipe_operator,
        supports_create_table_multi_schema_info_sources,
        supports_comma_separated_trim,
    );
}
