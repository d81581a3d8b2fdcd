//! The parser's view of Snowflake: plain starts of expressions are read at once. Everything else is asked
//! of the parser's own dialect.

use crate::parse::plain_prefix;
use sqlparser::{
    ast::{ColumnOption, Expr, Ident, ObjectNamePart, Statement},
    dialect::{Dialect, SnowflakeDialect},
    keywords::Keyword,
    parser::{Parser, ParserError},
};
use std::any::TypeId;

#[derive(Debug)]
pub(super) struct Snowflake;

static OWN: SnowflakeDialect = SnowflakeDialect {};

impl Dialect for Snowflake {
    fn dialect(&self) -> TypeId {
        TypeId::of::<SnowflakeDialect>()
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        plain_prefix(parser)
    }

    /// Asked of each part of each name: the parser's own makes a text of it first.
    fn is_identifier_generating_function_name(
        &self,
        ident: &Ident,
        name_parts: &[ObjectNamePart],
    ) -> bool {
        ident.value.eq_ignore_ascii_case("identifier")
            && OWN.is_identifier_generating_function_name(ident, name_parts)
    }

    fn parse_column_option(
        &self,
        parser: &mut Parser<'_>,
    ) -> Result<Option<Result<Option<ColumnOption>, ParserError>>, ParserError> {
        OWN.parse_column_option(parser)
    }

    fn get_reserved_keywords_for_select_item_operator(&self) -> &[Keyword] {
        OWN.get_reserved_keywords_for_select_item_operator()
    }

    as_in!(
        OWN;
        is_identifier_start(ch: char) -> bool,
        supports_projection_trailing_commas() -> bool,
        supports_from_trailing_commas() -> bool,
        supports_object_name_double_dot_notation() -> bool,
        is_identifier_part(ch: char) -> bool,
        supports_string_literal_backslash_escape() -> bool,
        supports_within_after_array_aggregation() -> bool,
        supports_outer_join_operator() -> bool,
        supports_connect_by() -> bool,
        supports_execute_immediate() -> bool,
        supports_match_recognize() -> bool,
        supports_dictionary_syntax() -> bool,
        supports_window_function_null_treatment_arg() -> bool,
        supports_parenthesized_set_variables() -> bool,
        supports_comment_on() -> bool,
        supports_extract_comma_syntax() -> bool,
        supports_subquery_as_function_arg() -> bool,
        supports_create_view_comment_syntax() -> bool,
        supports_array_typedef_without_element_type() -> bool,
        supports_parens_around_table_factor() -> bool,
        supports_values_as_table_factor() -> bool,
        parse_statement(parser: &mut Parser<'_>) -> Option<Result<Statement, ParserError>>,
        get_next_precedence(parser: &Parser<'_>) -> Option<Result<u8, ParserError>>,
        describe_requires_table_keyword() -> bool,
        allow_extract_custom() -> bool,
        allow_extract_single_quotes() -> bool,
        supports_show_like_before_in() -> bool,
        supports_left_associative_joins_without_parens() -> bool,
        is_reserved_for_identifier(kw: Keyword) -> bool,
        supports_partiql() -> bool,
        is_column_alias(kw: &Keyword, parser: &mut Parser<'_>) -> bool,
        is_table_alias(kw: &Keyword, parser: &mut Parser<'_>) -> bool,
        is_table_factor(kw: &Keyword, parser: &mut Parser<'_>) -> bool,
        supports_table_versioning() -> bool,
        supports_group_by_expr() -> bool,
        supports_space_separated_column_options() -> bool,
        supports_comma_separated_drop_column_list() -> bool,
        supports_select_expr_star() -> bool,
        supports_select_wildcard_exclude() -> bool,
        supports_semantic_view_table_factor() -> bool,
        supports_select_wildcard_replace() -> bool,
        supports_select_wildcard_ilike() -> bool,
        supports_select_wildcard_rename() -> bool,
        supports_lambda_functions() -> bool,
        supports_comma_separated_trim() -> bool,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_what_the_parser_reads() {
        for text in [
            "SELECT a:b.c::INT, t.$1, IDENTIFIER('x'), CONNECT_BY_ROOT a FROM t",
            "SELECT * EXCLUDE (a) RENAME (b AS c) FROM t QUALIFY row_number() OVER (ORDER BY a) = 1",
            "SELECT * ILIKE '%x%' FROM VALUES (1, 'a'), (2, 'b')",
            "SELECT f.value FROM t, LATERAL FLATTEN(input => t.v:items) AS f",
            "SELECT filter(a, x -> x > 1), array_agg(a) WITHIN GROUP (ORDER BY b) FROM db..t",
            "SELECT a FROM t ASOF JOIN u MATCH_CONDITION (t.x >= u.x) ON t.k = u.k",
            "CREATE TABLE t (a INT AUTOINCREMENT, b VARIANT, c ARRAY) CLUSTER BY (a)",
            "SELECT a, FROM t, ",
        ] {
            let ours = Parser::parse_sql(&Snowflake, text);
            let own = Parser::parse_sql(&OWN, text);
            assert_eq!(format!("{ours:?}"), format!("{own:?}"), "{text}");
        }
    }
}
