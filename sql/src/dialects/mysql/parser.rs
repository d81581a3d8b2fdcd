//! The grammar of MySQL: sqlparser's, with MySQL's precedence of operators.
//!
//! Source: MySQL 8.0 manual, 14.4.1 (operator precedence). sqlparser gives `||`, `&&`, `XOR`, `^` and
//! the shifts the precedence they have elsewhere, and reads all that follows `DIV` as its operand. It
//! has no `!` and no `MOD` between operands, no units of several fields (`MINUTE_SECOND`), and no function `INTERVAL()`.

use crate::parse::plain_prefix;
use crate::{calls::function, settings::SourceSettings, tokens::is_word};
use sqlparser::{
    ast::{BinaryOperator, CastKind, DataType, Expr, Interval, Statement, UnaryOperator},
    dialect::{Dialect, MySqlDialect},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};
use std::any::{Any, TypeId};

/// sqlparser's dialect, which asks others for what it does not say itself.
const BASE: MySqlDialect = MySqlDialect {};

/// What `sql_mode` changes of the grammar.
#[derive(Debug, Clone, Copy)]
struct Mode {
    ansi_quotes: bool,
    pipes_as_concat: bool,
    no_backslash_escapes: bool,
}

/// The grammar under the settings.
pub(super) fn under(settings: &SourceSettings) -> &'static (dyn Dialect + Sync) {
    const fn of(bits: u8) -> MySqlParser {
        MySqlParser {
            mode: Mode {
                ansi_quotes: bits & 1 != 0,
                pipes_as_concat: bits & 2 != 0,
                no_backslash_escapes: bits & 4 != 0,
            },
        }
    }
    static ALL: [MySqlParser; 8] = [of(0), of(1), of(2), of(3), of(4), of(5), of(6), of(7)];
    let on = |flag| settings.is(flag, "on");
    let fits = |one: &&MySqlParser| {
        one.mode.ansi_quotes == on("ansi_quotes")
            && one.mode.pipes_as_concat == on("pipes_as_concat")
            && one.mode.no_backslash_escapes == on("no_backslash_escapes")
    };
    let [plain, ..] = &ALL;
    ALL.iter().find(fits).unwrap_or(plain)
}

// Above sqlparser's OR (5), AND (10), `&` (23), `+` (30) and `*` (40).
const OR: u8 = 5;
const XOR: u8 = 7;
const AND: u8 = 10;
const SHIFT: u8 = 25;
const TIMES: u8 = 40;
const POWER: u8 = 45;
const CONCAT: u8 = 47;
const SIGN: u8 = 48;
const BANG: u8 = 49;

/// Units of intervals.
const UNITS: [&str; 20] = [
    "MICROSECOND",
    "SECOND",
    "MINUTE",
    "HOUR",
    "DAY",
    "WEEK",
    "MONTH",
    "QUARTER",
    "YEAR",
    "SECOND_MICROSECOND",
    "MINUTE_MICROSECOND",
    "MINUTE_SECOND",
    "HOUR_MICROSECOND",
    "HOUR_SECOND",
    "HOUR_MINUTE",
    "DAY_MICROSECOND",
    "DAY_SECOND",
    "DAY_MINUTE",
    "DAY_HOUR",
    "YEAR_MONTH",
];

/// MySQL.
#[derive(Debug)]
struct MySqlParser {
    mode: Mode,
}

impl Dialect for MySqlParser {
    fn dialect(&self) -> TypeId {
        BASE.type_id()
    }

    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        let precedence = match &parser.peek_token_ref().token {
            Token::StringConcat if self.mode.pipes_as_concat => CONCAT,
            Token::StringConcat => OR,
            Token::Overlap => AND,
            Token::Word(word) if word.keyword == Keyword::XOR => XOR,
            Token::ShiftLeft | Token::ShiftRight => SHIFT,
            Token::Caret => POWER,
            token if is_word(token, "MOD") => TIMES,
            _ => return None,
        };
        Some(Ok(precedence))
    }

    fn parse_infix(
        &self,
        parser: &mut Parser,
        expr: &Expr,
        _precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        let op = match &parser.peek_token_ref().token {
            token if is_word(token, "DIV") => BinaryOperator::MyIntegerDivide,
            // A reserved word, so that it is no alias.
            token if is_word(token, "MOD") => BinaryOperator::Modulo,
            _ => return None,
        };
        parser.advance_token();
        let right = parser.parse_subexpr(TIMES).map(|right| Expr::BinaryOp {
            left: Box::new(expr.clone()),
            op,
            right: Box::new(right),
        });
        Some(right)
    }

    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        match &parser.peek_token_ref().token {
            Token::ExclamationMark => {
                parser.advance_token();
                let operand = parser.parse_subexpr(BANG);
                Some(
                    operand.map(|expr| Expr::UnaryOp {
                        op: UnaryOperator::BangNot,
                        expr: Box::new(expr),
                    }),
                )
            }
            // Signs bind more tightly than `^`.
            sign @ (Token::Minus | Token::Plus | Token::Tilde) => {
                let op = match sign {
                    Token::Minus => UnaryOperator::Minus,
                    Token::Plus => UnaryOperator::Plus,
                    _ => UnaryOperator::BitwiseNot,
                };
                parser.advance_token();
                let operand = parser.parse_subexpr(SIGN);
                Some(operand.map(|expr| Expr::UnaryOp { op, expr: Box::new(expr) }))
            }
            Token::Word(word)
                if word.keyword == Keyword::INTERVAL && word.quote_style.is_none() =>
            {
                parser.advance_token();
                Some(interval(parser))
            }
            // `CHAR(77, 121 USING utf8mb4)`; without a character set it gives bytes.
            Token::Word(word) if word.keyword == Keyword::CHAR && word.quote_style.is_none() => {
                parser.maybe_parse(chars).transpose()
            }
            // It binds as tightly as a sign.
            Token::Word(word) if word.keyword == Keyword::BINARY && word.quote_style.is_none() => {
                parser.advance_token();
                let operand = parser.parse_subexpr(BANG);
                Some(operand.map(|expr| Expr::Cast {
                    kind: CastKind::Cast,
                    expr: Box::new(expr),
                    data_type: DataType::Binary(None),
                    array: false,
                    format: None,
                }))
            }
            _ => plain_prefix(parser),
        }
    }

    // `YEAR_MONTH` and its kin.
    fn allow_extract_custom(&self) -> bool {
        true
    }

    yes!(supports_group_by_with_modifier,);

    as_in!(
        BASE;
        is_identifier_start(ch: char) -> bool,
        is_identifier_part(ch: char) -> bool,
        identifier_quote_style(identifier: &str) -> Option<char>,
        is_table_factor_alias(explicit: bool, kw: &Keyword, parser: &mut Parser) -> bool,
        parse_statement(parser: &mut Parser) -> Option<Result<Statement, ParserError>>,
        supports_string_literal_concatenation() -> bool,
        ignores_wildcard_escapes() -> bool,
        supports_numeric_prefix() -> bool,
        supports_bitwise_shift_operators() -> bool,
        supports_multiline_comment_hints() -> bool,
        require_interval_qualifier() -> bool,
        supports_limit_comma() -> bool,
        supports_create_table_select() -> bool,
        supports_insert_set() -> bool,
        supports_user_host_grantee() -> bool,
        supports_table_hints() -> bool,
        requires_single_line_comment_whitespace() -> bool,
        supports_match_against() -> bool,
        supports_select_modifiers() -> bool,
        supports_set_names() -> bool,
        supports_comma_separated_set_assignments() -> bool,
        supports_update_order_by() -> bool,
        supports_data_type_signed_suffix() -> bool,
        supports_cross_join_constraint() -> bool,
        supports_double_ampersand_operator() -> bool,
        supports_binary_kw_as_cast() -> bool,
        supports_comment_optimizer_hint() -> bool,
        supports_constraint_keyword_without_name() -> bool,
        supports_key_column_option() -> bool,
    );

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        (ch == '"' && self.mode.ansi_quotes) || BASE.is_delimited_identifier_start(ch)
    }

    fn supports_string_literal_backslash_escape(&self) -> bool {
        !self.mode.no_backslash_escapes && BASE.supports_string_literal_backslash_escape()
    }
}

/// What follows INTERVAL: a value and its unit, or the arguments of the function of that name.
fn interval(parser: &mut Parser) -> Result<Expr, ParserError> {
    let written = parser.maybe_parse(|parser| {
        let value = parser.parse_expr()?;
        match &parser.peek_token_ref().token {
            Token::Word(word) if UNITS.iter().any(|u| word.value.eq_ignore_ascii_case(u)) => {
                Ok((value, parser.parse_date_time_field()?))
            }
            _ => parser.expected_ref("the unit of an interval", parser.peek_token_ref()),
        }
    })?;
    if let Some((value, unit)) = written {
        return Ok(Expr::Interval(Interval {
            value: Box::new(value),
            leading_field: Some(unit),
            leading_precision: None,
            last_field: None,
            fractional_seconds_precision: None,
        }));
    }
    parser.expect_token(&Token::LParen)?;
    let args = parser.parse_comma_separated(Parser::parse_expr)?;
    parser.expect_token(&Token::RParen)?;
    Ok(Expr::Function(function("interval", args)))
}

/// `CHAR(… USING utf8mb4)`.
fn chars(parser: &mut Parser) -> Result<Expr, ParserError> {
    parser.expect_keyword_is(Keyword::CHAR)?;
    parser.expect_token(&Token::LParen)?;
    let args = parser.parse_comma_separated(Parser::parse_expr)?;
    parser.expect_keyword_is(Keyword::USING)?;
    let charset = parser.parse_identifier()?;
    parser.expect_token(&Token::RParen)?;
    let known = ["utf8mb4", "utf8mb3", "utf8", "ascii"];
    if known.iter().any(|name| charset.value.eq_ignore_ascii_case(name)) {
        Ok(Expr::Function(function("char_using", args)))
    } else {
        parser.expected_ref("a character set of Unicode", parser.peek_token_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expression with parentheses around each operation.
    fn nested(expr: &Expr) -> String {
        match expr {
            Expr::BinaryOp { left, op, right } => {
                format!("({} {op} {})", nested(left), nested(right))
            }
            Expr::Nested(inner) => nested(inner),
            Expr::UnaryOp { op, expr } => format!("({op}{})", nested(expr)),
            other => other.to_string(),
        }
    }

    #[test]
    fn operators_bind_as_in_mysql() {
        for (text, expected) in [
            ("a DIV 2 + 1", "((a DIV 2) + 1)"),
            ("1 + a DIV 2", "(1 + (a DIV 2))"),
            ("a MOD 2 + 1", "((a % 2) + 1)"),
            ("2 * id mod 3 = 1", "(((2 * id) % 3) = 1)"),
            ("a = 1 || b = 2", "((a = 1) || (b = 2))"),
            ("a = 1 && b = 2 OR c", "(((a = 1) AND (b = 2)) OR c)"),
            ("a = 1 XOR b = 2 AND c", "((a = 1) XOR ((b = 2) AND c))"),
            ("1 << 2 + 3", "(1 << (2 + 3))"),
            ("2 * a ^ 3", "(2 * (a ^ 3))"),
            ("1 | 2 & 3", "(1 | (2 & 3))"),
            ("!a = b", "((!a) = b)"),
            ("-a ^ b", "((-a) ^ b)"),
            ("~a & -b * c", "((~a) & ((-b) * c))"),
            ("a != b", "(a <> b)"),
        ] {
            let mut parser = Parser::new(under(&SourceSettings::of(model::Dialect::MySql)))
                .try_with_sql(text)
                .unwrap();
            assert_eq!(nested(&parser.parse_expr().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn intervals_and_the_function_of_that_name() {
        let parse = |text: &str| {
            Parser::new(under(&SourceSettings::of(model::Dialect::MySql)))
                .try_with_sql(text)
                .unwrap()
                .parse_expr()
                .unwrap()
        };
        for text in ["INTERVAL '1:1' MINUTE_SECOND", "INTERVAL (1 + 1) DAY", "INTERVAL a + 1 HOUR"]
        {
            assert!(matches!(parse(text), Expr::Interval(_)), "{text}");
        }
        assert!(matches!(parse("INTERVAL(1, 2, 3) AS x"), Expr::Function(_)));
        assert!(matches!(parse("BINARY a = b"), Expr::BinaryOp { .. }));
        assert!(matches!(parse("INTERVAL(1, 2) + 1"), Expr::BinaryOp { .. }));
        assert!(matches!(parse("EXTRACT(YEAR_MONTH FROM a)"), Expr::Extract { .. }));
    }
}
