//! The parser's view of Redshift, and what it lacks there: grouping sets, the old outer join and
//! the short names of date parts. Everything else is asked of the parser's own dialect.

use crate::parse::plain_prefix;
use sqlparser::{
    ast::Expr,
    dialect::{Dialect, RedshiftSqlDialect},
    parser::{Parser, ParserError},
};
use std::{any::TypeId, iter::Peekable, str::Chars};

#[derive(Debug)]
pub(super) struct Redshift;

const OWN: RedshiftSqlDialect = RedshiftSqlDialect {};

impl Dialect for Redshift {
    fn dialect(&self) -> TypeId {
        TypeId::of::<RedshiftSqlDialect>()
    }

    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        plain_prefix(parser)
    }

    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_aggregation-extensions.html>
    fn supports_group_by_expr(&self) -> bool {
        true
    }

    /// `WHERE a.x = b.y (+)`
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_WHERE_oracle_outer.html>
    fn supports_outer_join_operator(&self) -> bool {
        true
    }

    /// `EXTRACT(ms FROM t)`
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html>
    fn allow_extract_custom(&self) -> bool {
        true
    }

    as_in!(
        OWN;
        is_nested_delimited_identifier_start(ch: char) -> bool,
        is_identifier_start(ch: char) -> bool,
        is_identifier_part(ch: char) -> bool,
        convert_type_before_value() -> bool,
        supports_connect_by() -> bool,
        supports_top_before_distinct() -> bool,
        supports_partiql() -> bool,
        supports_string_escape_constant() -> bool,
        supports_geometric_types() -> bool,
        supports_bitwise_shift_operators() -> bool,
        supports_array_typedef_with_brackets() -> bool,
        allow_extract_single_quotes() -> bool,
        supports_string_literal_backslash_escape() -> bool,
        supports_select_wildcard_exclude() -> bool,
        supports_select_wildcard_with_alias() -> bool,
        supports_select_exclude() -> bool,
        supports_create_table_like_parenthesized() -> bool,
        supports_string_literal_concatenation_with_newline() -> bool,
        supports_window_function_null_treatment_arg() -> bool,
    );

    fn peek_nested_delimited_identifier_quotes(
        &self,
        chars: Peekable<Chars<'_>>,
    ) -> Option<(char, Option<char>)> {
        OWN.peek_nested_delimited_identifier_quotes(chars)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlparser::parser::Parser;

    #[test]
    fn it_reads_what_the_parser_lacks_and_what_it_has() {
        for text in [
            "SELECT a, sum(b) FROM t GROUP BY ROLLUP (a)",
            "SELECT a, sum(b) FROM t GROUP BY GROUPING SETS ((a), ())",
            "SELECT extract(ms FROM t) FROM t",
            "SELECT TOP 3 a FROM t",
            "SELECT a.x FROM a, b WHERE a.x = b.x (+)",
            "SELECT convert(int, a) FROM t",
            "SELECT * EXCLUDE (a) FROM t",
        ] {
            assert!(Parser::parse_sql(&Redshift, text).is_ok(), "{text}");
        }
    }
}
