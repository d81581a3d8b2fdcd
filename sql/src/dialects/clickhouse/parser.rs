//! How `ClickHouse` is parsed: what sqlparser's dialect knows, with `FILTER (WHERE …)`, `a ? b : c`, `a DIV b`,
//! `a MOD b` and the elements of tuples, `t.1`.

use crate::calls::function;
use crate::parse::plain_prefix;
use sqlparser::{
    ast::{CaseWhen, Expr, Ident, ObjectName, Value, helpers::attached_token::AttachedToken},
    dialect::{ClickHouseDialect, Dialect, Precedence},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};
use std::any::TypeId;

/// `ClickHouse`.
#[derive(Debug)]
pub(in crate::dialects) struct ClickHouseParser;

/// Below OR: the condition is everything before the question mark.
const TERNARY: u8 = 3;
/// Above every operator.
const ELEMENT: u8 = 90;

impl Dialect for ClickHouseParser {
    fn dialect(&self) -> TypeId {
        TypeId::of::<ClickHouseDialect>()
    }

    as_in!(
        ClickHouseDialect {};
        is_identifier_start(ch: char) -> bool,
        is_identifier_part(ch: char) -> bool,
    );

    yes!(
        supports_string_literal_backslash_escape,
        supports_select_wildcard_except,
        describe_requires_table_keyword,
        require_interval_qualifier,
        supports_limit_comma,
        supports_insert_table_function,
        supports_insert_format,
        supports_numeric_literal_underscores,
        supports_partition_by_after_order_by,
        supports_array_join_syntax,
        supports_dictionary_syntax,
        supports_lambda_functions,
        supports_from_first_select,
        supports_order_by_all,
        supports_group_by_expr,
        supports_group_by_with_modifier,
        supports_nested_comments,
        supports_optimize_table,
        supports_prewhere,
        supports_with_fill,
        supports_limit_by,
        supports_interpolate,
        supports_settings,
        supports_select_format,
        supports_select_wildcard_replace,
        supports_comma_separated_trim,
        supports_filter_during_aggregation
    );

    /// `tuple(a, b)` is a call; sqlparser takes it for a type before a number.
    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        let [first, second] = parser.peek_tokens_ref();
        let tuple = matches!(&first.token, Token::Word(word)
            if word.quote_style.is_none() && word.value == "tuple");
        if !tuple || second.token != Token::LParen {
            return plain_prefix(parser);
        }
        parser.next_token();
        Some(parser.parse_function(ObjectName::from(vec![Ident::new("tuple")])))
    }

    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        match &parser.peek_token_ref().token {
            Token::Placeholder(mark) if mark == "?" => Some(Ok(TERNARY)),
            Token::Colon => Some(Ok(0)),
            Token::Number(digits, false) if element(digits).is_some() => Some(Ok(ELEMENT)),
            Token::Word(_) if division(parser).is_some() => {
                Some(Ok(self.prec_value(Precedence::MulDivModOp)))
            }
            _ => None,
        }
    }

    fn parse_infix(
        &self,
        parser: &mut Parser<'_>,
        expr: &Expr,
        precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        let token = parser.peek_token();
        match &token.token {
            Token::Placeholder(mark) if mark == "?" => {
                parser.next_token();
                Some(ternary(parser, expr))
            }
            Token::Number(digits, false) => {
                let at = element(digits)?;
                parser.next_token();
                let at = Expr::Value(Value::Number(at.to_owned(), false).with_span(token.span));
                Some(Ok(Expr::Function(function("tupleElement", vec![expr.clone(), at]))))
            }
            Token::Word(_) => {
                let name = division(parser)?;
                parser.next_token();
                let divisor = parser.parse_subexpr(precedence);
                Some(divisor.map(|by| Expr::Function(function(name, vec![expr.clone(), by]))))
            }
            _ => None,
        }
    }
}

/// The function that `DIV` or `MOD` between two values is.
fn division(parser: &Parser<'_>) -> Option<&'static str> {
    match &parser.peek_token_ref().token {
        Token::Word(word) if word.quote_style.is_none() => match word.keyword {
            Keyword::DIV => Some("intDiv"),
            Keyword::MOD => Some("modulo"),
            _ => None,
        },
        _ => None,
    }
}

/// `a ? b : c` behind its question mark.
fn ternary(parser: &mut Parser<'_>, condition: &Expr) -> Result<Expr, ParserError> {
    // Another one in the middle needs parentheses.
    let result = parser.parse_subexpr(TERNARY)?;
    parser.expect_token(&Token::Colon)?;
    let otherwise = parser.parse_subexpr(TERNARY)?;
    if parser.peek_token_ref().token == Token::Placeholder("?".to_owned()) {
        return Err(ParserError::ParserError("a second `?` needs parentheses".to_owned()));
    }
    Ok(Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen { condition: condition.clone(), result }],
        else_result: Some(Box::new(otherwise)),
    })
}

/// The digits of `.1`.
fn element(number: &str) -> Option<&str> {
    let digits = number.strip_prefix('.')?;
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn read(text: &str) -> Result<String, String> {
        parse(text, Dialect::ClickHouse)
            .map(|parsed| parsed.statement.to_string())
            .map_err(|d| d.message)
    }

    #[test]
    fn a_question_mark_is_a_case() {
        assert_eq!(
            read("SELECT a > 1 OR b ? 'x' : (c ? 'y' : 'z') AS v FROM t").unwrap(),
            "SELECT CASE WHEN a > 1 OR b THEN 'x' ELSE (CASE WHEN c THEN 'y' ELSE 'z' END) END AS v FROM t"
        );
        assert!(read("SELECT a ? 'x' : b ? 'y' : 'z' FROM t").is_err());
        assert!(read("SELECT a ? 'x' FROM t").is_err());
    }

    #[test]
    fn elements_of_tuples_are_calls() {
        assert_eq!(
            read("SELECT tuple(1, a).1 + (2, 3).2 AS v").unwrap(),
            "SELECT tupleElement(tuple(1, a), 1) + tupleElement((2, 3), 2) AS v"
        );
        assert_eq!(read("SELECT .5 + 1.5").unwrap(), "SELECT .5 + 1.5");
    }

    #[test]
    fn div_and_mod_are_operators() {
        assert_eq!(
            read("SELECT 1 + a DIV 2 * b MOD 3 AS v FROM t").unwrap(),
            "SELECT 1 + modulo(intDiv(a, 2) * b, 3) AS v FROM t"
        );
        assert_eq!(read("SELECT a AS div FROM t").unwrap(), "SELECT a AS div FROM t");
    }

    #[test]
    fn aggregates_have_filters() {
        assert!(read("SELECT count() FILTER (WHERE a > 1) FROM t").is_ok());
    }
}
