//! The grammar of Transact-SQL: sqlparser's, and the grouping sets that it leaves out.

use crate::parse::plain_prefix;
use sqlparser::{
    ast::{Expr, Statement},
    dialect::{Dialect, MsSqlDialect},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};
use std::any::{Any, TypeId};

/// sqlparser's dialect, which asks others for what it does not say itself.
const BASE: MsSqlDialect = MsSqlDialect {};

/// Transact-SQL.
#[derive(Debug)]
pub(super) struct TSqlParser;

impl Dialect for TSqlParser {
    // `ROLLUP (…)`, `CUBE (…)` and `GROUPING SETS (…)` would be read as functions.
    fn supports_group_by_expr(&self) -> bool {
        true
    }

    // `GROUP BY a WITH ROLLUP`
    fn supports_group_by_with_modifier(&self) -> bool {
        true
    }

    fn dialect(&self) -> TypeId {
        BASE.type_id()
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        plain_prefix(parser)
    }

    as_in!(
        BASE;
        is_delimited_identifier_start(ch: char) -> bool,
        is_identifier_start(ch: char) -> bool,
        is_identifier_part(ch: char) -> bool,
        identifier_quote_style(identifier: &str) -> Option<char>,
        convert_type_before_value() -> bool,
        supports_outer_join_operator() -> bool,
        supports_connect_by() -> bool,
        supports_eq_alias_assignment() -> bool,
        supports_try_convert() -> bool,
        supports_boolean_literals() -> bool,
        supports_named_fn_args_with_colon_operator() -> bool,
        supports_named_fn_args_with_rarrow_operator() -> bool,
        supports_set_stmt_without_operator() -> bool,
        supports_table_versioning() -> bool,
        supports_nested_comments() -> bool,
        supports_object_name_double_dot_notation() -> bool,
        get_next_precedence(parser: &Parser) -> Option<Result<u8, ParserError>>,
    );

    fn is_select_item_alias(&self, explicit: bool, kw: &Keyword, parser: &mut Parser) -> bool {
        *kw != Keyword::OPTION && BASE.is_select_item_alias(explicit, kw, parser)
    }

    fn is_table_factor_alias(&self, explicit: bool, kw: &Keyword, parser: &mut Parser) -> bool {
        // The word is reserved: it begins hints.
        *kw != Keyword::OPTION && BASE.is_table_factor_alias(explicit, kw, parser)
    }

    fn parse_statement(&self, parser: &mut Parser) -> Option<Result<Statement, ParserError>> {
        // `OPTION (…)` at the end holds hints, which change no result.
        let query =
            [Keyword::SELECT, Keyword::WITH].into_iter().any(|word| parser.peek_keyword(word));
        if query {
            let parsed = parser.parse_query().and_then(|query| {
                if parser.parse_keyword(Keyword::OPTION) {
                    skip_parentheses(parser)?;
                }
                Ok(Statement::Query(query))
            });
            return Some(parsed);
        }
        BASE.parse_statement(parser)
    }
}

/// Skips `( … )`.
fn skip_parentheses(parser: &mut Parser) -> Result<(), ParserError> {
    parser.expect_token(&Token::LParen)?;
    let mut depth = 1_u32;
    while depth > 0 {
        match parser.next_token().token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            Token::EOF => return parser.expected("`)`", parser.peek_token()),
            _ => {}
        }
    }
    Ok(())
}
