//! The grammar of Transact-SQL: sqlparser's, and the grouping sets that it leaves out.

use sqlparser::{
    ast::Statement,
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

    fn dialect(&self) -> TypeId {
        BASE.type_id()
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        BASE.is_delimited_identifier_start(ch)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        BASE.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        BASE.is_identifier_part(ch)
    }

    fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
        BASE.identifier_quote_style(identifier)
    }

    fn convert_type_before_value(&self) -> bool {
        BASE.convert_type_before_value()
    }

    fn supports_outer_join_operator(&self) -> bool {
        BASE.supports_outer_join_operator()
    }

    fn supports_connect_by(&self) -> bool {
        BASE.supports_connect_by()
    }

    fn supports_eq_alias_assignment(&self) -> bool {
        BASE.supports_eq_alias_assignment()
    }

    fn supports_try_convert(&self) -> bool {
        BASE.supports_try_convert()
    }

    fn supports_boolean_literals(&self) -> bool {
        BASE.supports_boolean_literals()
    }

    fn supports_named_fn_args_with_colon_operator(&self) -> bool {
        BASE.supports_named_fn_args_with_colon_operator()
    }

    fn supports_named_fn_args_with_expr_name(&self) -> bool {
        BASE.supports_named_fn_args_with_expr_name()
    }

    fn supports_named_fn_args_with_rarrow_operator(&self) -> bool {
        BASE.supports_named_fn_args_with_rarrow_operator()
    }

    fn supports_set_stmt_without_operator(&self) -> bool {
        BASE.supports_set_stmt_without_operator()
    }

    fn supports_table_versioning(&self) -> bool {
        BASE.supports_table_versioning()
    }

    fn supports_nested_comments(&self) -> bool {
        BASE.supports_nested_comments()
    }

    fn supports_object_name_double_dot_notation(&self) -> bool {
        BASE.supports_object_name_double_dot_notation()
    }

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

    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        BASE.get_next_precedence(parser)
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
