//! Where an expression plainly starts with a name, a call or a constant.
//!
//! sqlparser first tries to read a type at the start of every expression (`date '2024-01-01'`), and
//! then a word with a meaning of its own, each time with an error message that nobody reads: a tenth
//! of the time of a translation. Here only what can be neither is read at once; it gives the tree
//! that sqlparser gives.

use sqlparser::{
    ast::{Expr, ObjectName},
    keywords::Keyword,
    parser::{Parser, ParserError},
    tokenizer::Token,
};

/// Functions whose names sqlparser has as keywords, without a grammar of their own.
const FUNCTIONS: [Keyword; 11] = [
    Keyword::ABS,
    Keyword::AVG,
    Keyword::COALESCE,
    Keyword::COUNT,
    Keyword::LOWER,
    Keyword::MAX,
    Keyword::MIN,
    Keyword::RANK,
    Keyword::ROW_NUMBER,
    Keyword::SUM,
    Keyword::UPPER,
];

/// The start of an expression, where it is plain.
pub(crate) fn plain_prefix(parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
    let [first, second, third] = parser.peek_tokens_ref();
    let word = match &first.token {
        Token::Number(..) | Token::SingleQuotedString(_) => {
            return Some(parser.parse_value().map(Expr::Value));
        }
        Token::Word(word) => word,
        _ => return None,
    };
    // `(+)` behind a column marks an outer join.
    let call = second.token == Token::LParen && third.token != Token::Plus;
    let plain = match word.keyword {
        Keyword::NoKeyword => call || ends_name(&second.token),
        keyword => call && FUNCTIONS.contains(&keyword),
    };
    if !plain {
        return None;
    }
    let name = word.to_ident(first.span);
    parser.advance_token();
    Some(if call {
        parser.parse_function(ObjectName::from(vec![name]))
    } else {
        Ok(Expr::Identifier(name))
    })
}

/// Is the word before it a name by itself, or the first part of one?
const fn ends_name(token: &Token) -> bool {
    match token {
        Token::Comma
        | Token::Period
        | Token::RParen
        | Token::Eq
        | Token::Neq
        | Token::Lt
        | Token::LtEq
        | Token::Gt
        | Token::GtEq
        | Token::Plus
        | Token::Minus
        | Token::Mul
        | Token::Div
        | Token::SemiColon
        | Token::EOF => true,
        Token::Word(word) => matches!(
            word.keyword,
            Keyword::AND
                | Keyword::AS
                | Keyword::ASC
                | Keyword::BETWEEN
                | Keyword::DESC
                | Keyword::ELSE
                | Keyword::END
                | Keyword::FROM
                | Keyword::GROUP
                | Keyword::IN
                | Keyword::IS
                | Keyword::LIKE
                | Keyword::NOT
                | Keyword::OR
                | Keyword::ORDER
                | Keyword::THEN
                | Keyword::WHEN
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::alone;
    use crate::{SourceSettings, parse};
    use model::Dialect;
    use sqlparser::parser::Parser;

    /// Those whose expressions may start here.
    const DIALECTS: [Dialect; 9] = [
        Dialect::Postgres,
        Dialect::Redshift,
        Dialect::Snowflake,
        Dialect::BigQuery,
        Dialect::Spark,
        Dialect::MySql,
        Dialect::TSql,
        Dialect::Trino,
        Dialect::ClickHouse,
    ];

    /// The tree is that of sqlparser alone, places included.
    #[test]
    fn the_tree_is_the_same() {
        let texts = [
            "SELECT a, t.b, s.t.c, 1, -1.5e3, 'x', a + 1 AS s, a AS b FROM t",
            "SELECT date '2024-01-01', date, year, timestamp '2024-01-01 00:00:00' FROM t",
            "SELECT sum(a), count(*), count(DISTINCT b), f(g(h(a, 1), 'x')), max(a) OVER () FROM t",
            "SELECT CASE WHEN a = 1 THEN b ELSE c END FROM t WHERE a IS NULL AND b NOT IN (1, c)",
            "SELECT a FROM t WHERE a BETWEEN b AND c OR NOT x LIKE 'y' ORDER BY a DESC, b ASC, c",
            "SELECT (a), (a, b), (SELECT max(b) FROM u), EXISTS (SELECT 1), cast(a AS int) FROM t",
            "SELECT a FROM t GROUP BY a, upper(b) HAVING sum(a) > 1 ORDER BY count(*) DESC",
            "INSERT INTO t (a, b) VALUES (1, 'x'), (c, NULL)",
            "UPDATE t SET a = a + 1, b = 'y' WHERE c = 2",
        ];
        for dialect in DIALECTS {
            for text in texts {
                let ours = parse::parse_under(text, &SourceSettings::of(dialect));
                let ours = ours.map(|parsed| format!("{:?}", parsed.statement));
                let alone = Parser::parse_sql(alone::grammar(dialect), text);
                let alone = alone.map(|found| format!("{:?}", found.first().unwrap()));
                assert_eq!(ours.ok(), alone.ok(), "{dialect}: {text}");
            }
        }
    }

    /// What looks like a name and is none.
    #[test]
    fn what_only_looks_plain_is_left_to_sqlparser() {
        let text = "SELECT x.a, _utf8'a', b -> c FROM x";
        for dialect in DIALECTS {
            let parsed = parse::parse(text, dialect).map(|parsed| parsed.statement.to_string());
            if dialect == Dialect::MySql {
                assert_eq!(parsed.unwrap(), "SELECT x.a, _utf8 'a', b -> c FROM x");
            }
        }
        let outer = "SELECT a FROM t, u WHERE t.a = u.b (+)";
        let parsed = parse::parse(outer, Dialect::Redshift).unwrap().statement.to_string();
        assert!(parsed.contains("(+)"), "{parsed}");
    }
}
