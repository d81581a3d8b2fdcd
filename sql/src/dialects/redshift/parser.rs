//! The parser's view of Redshift, and what it lacks there: grouping sets and the short names of date
//! parts. Everything else is asked of the parser's own dialect.

use sqlparser::dialect::{Dialect, RedshiftSqlDialect};
use std::{any::TypeId, iter::Peekable, str::Chars};

#[derive(Debug)]
pub(super) struct Redshift;

const OWN: RedshiftSqlDialect = RedshiftSqlDialect {};

impl Dialect for Redshift {
    fn dialect(&self) -> TypeId {
        TypeId::of::<RedshiftSqlDialect>()
    }

    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_GROUP_BY_aggregation-extensions.html>
    fn supports_group_by_expr(&self) -> bool {
        true
    }

    /// `EXTRACT(ms FROM t)`
    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_Dateparts_for_datetime_functions.html>
    fn allow_extract_custom(&self) -> bool {
        true
    }

    fn is_nested_delimited_identifier_start(&self, ch: char) -> bool {
        OWN.is_nested_delimited_identifier_start(ch)
    }

    fn peek_nested_delimited_identifier_quotes(
        &self,
        chars: Peekable<Chars<'_>>,
    ) -> Option<(char, Option<char>)> {
        OWN.peek_nested_delimited_identifier_quotes(chars)
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        OWN.is_identifier_start(ch)
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        OWN.is_identifier_part(ch)
    }

    fn convert_type_before_value(&self) -> bool {
        OWN.convert_type_before_value()
    }

    fn supports_connect_by(&self) -> bool {
        OWN.supports_connect_by()
    }

    fn supports_top_before_distinct(&self) -> bool {
        OWN.supports_top_before_distinct()
    }

    fn supports_partiql(&self) -> bool {
        OWN.supports_partiql()
    }

    fn supports_string_escape_constant(&self) -> bool {
        OWN.supports_string_escape_constant()
    }

    fn supports_geometric_types(&self) -> bool {
        OWN.supports_geometric_types()
    }

    fn supports_bitwise_shift_operators(&self) -> bool {
        OWN.supports_bitwise_shift_operators()
    }

    fn supports_array_typedef_with_brackets(&self) -> bool {
        OWN.supports_array_typedef_with_brackets()
    }

    fn allow_extract_single_quotes(&self) -> bool {
        OWN.allow_extract_single_quotes()
    }

    fn supports_string_literal_backslash_escape(&self) -> bool {
        OWN.supports_string_literal_backslash_escape()
    }

    fn supports_select_wildcard_exclude(&self) -> bool {
        OWN.supports_select_wildcard_exclude()
    }

    fn supports_select_wildcard_with_alias(&self) -> bool {
        OWN.supports_select_wildcard_with_alias()
    }

    fn supports_select_exclude(&self) -> bool {
        OWN.supports_select_exclude()
    }

    fn supports_create_table_like_parenthesized(&self) -> bool {
        OWN.supports_create_table_like_parenthesized()
    }

    fn supports_string_literal_concatenation_with_newline(&self) -> bool {
        OWN.supports_string_literal_concatenation_with_newline()
    }

    fn supports_window_function_null_treatment_arg(&self) -> bool {
        OWN.supports_window_function_null_treatment_arg()
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
            "SELECT convert(int, a) FROM t",
            "SELECT * EXCLUDE (a) FROM t",
        ] {
            assert!(Parser::parse_sql(&Redshift, text).is_ok(), "{text}");
        }
    }
}
