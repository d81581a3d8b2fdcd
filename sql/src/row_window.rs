//! Which rows the outermost query takes, and the same statement asking for more of them.
//!
//! Only the numbers in the text are replaced, so that all else stays as it was written: what the
//! parser would print is not always what it has read (hints and comments are gone, some dialects'
//! words are read as others).

use crate::{dialects, parse::Parsed};
use model::{Span, Wider, Window};
use sqlparser::{
    ast::{Expr, Fetch, LimitClause, Query, Select, SetExpr, Statement, Top, TopQuantity, Value},
    tokenizer::{Token, TokenWithSpan, Tokenizer},
};

/// The rows that the outermost query takes, by literal numbers in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowWindow<'p> {
    text: &'p str,
    /// Which rows.
    pub window: Window,
    limit: Option<Span>,
    offset: Option<Span>,
}

/// There is more than a number of rows in the text, or less.
struct NoNumber;

/// A number that is written in the text.
struct Number {
    value: u64,
    span: Span,
}

impl Parsed {
    /// The rows that the outermost LIMIT, OFFSET, FETCH or TOP takes. Nothing where there is none, and
    /// where it is no whole number in the text, as of a parameter or an expression, a share of the
    /// rows (PERCENT), or is about more than a number of rows (WITH TIES, BY).
    pub fn row_window(&self) -> Option<RowWindow<'_>> {
        let Statement::Query(query) = &self.statement else { return None };
        self.window_of(query).ok().flatten()
    }

    fn window_of(&self, query: &Query) -> Result<Option<RowWindow<'_>>, NoNumber> {
        // Both say something about the rows behind the limit.
        if query.for_clause.is_some() || !query.pipe_operators.is_empty() {
            return Err(NoNumber);
        }
        let top = match &*query.body {
            SetExpr::Select(select) => {
                select.top.as_ref().map(|top| self.top(select, top)).transpose()?
            }
            _ => None,
        };
        let fetch = query.fetch.as_ref().map(|fetch| self.fetch(fetch)).transpose()?;
        let [limit, offset] = self.limit(query)?;
        let mut limits = [top, fetch, limit].into_iter().flatten();
        let (limit, None) = (limits.next(), limits.next()) else { return Err(NoNumber) };
        if limit.is_none() && offset.is_none() {
            return Ok(None);
        }
        let window = Window {
            skipped: offset.as_ref().map_or(0, |offset| offset.value),
            taken: limit.as_ref().map(|limit| limit.value),
        };
        let [limit, offset] = [limit, offset].map(|number| number.map(|number| number.span));
        Ok(Some(RowWindow { text: &self.text, window, limit, offset }))
    }

    /// Limit and offset, as far as they are there.
    fn limit(&self, query: &Query) -> Result<[Option<Number>; 2], NoNumber> {
        match &query.limit_clause {
            None => Ok([None, None]),
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
                // `LIMIT ALL` and `LIMIT NULL`.
                let is_all =
                    |limit: &Expr| matches!(limit, Expr::Value(v) if v.value == Value::Null);
                let limit = limit.as_ref().filter(|limit| !is_all(limit));
                let offset = offset.as_ref().map(|offset| &offset.value);
                Ok([
                    limit.map(|limit| self.number(limit)).transpose()?,
                    offset.map(|offset| self.number(offset)).transpose()?,
                ])
            }
            Some(LimitClause::LimitOffset { .. }) => Err(NoNumber),
            Some(LimitClause::OffsetCommaLimit { offset, limit }) => {
                Ok([Some(self.number(limit)?), Some(self.number(offset)?)])
            }
        }
    }

    fn fetch(&self, fetch: &Fetch) -> Result<Number, NoNumber> {
        let plain = !fetch.with_ties && !fetch.percent;
        self.number(fetch.quantity.as_ref().filter(|_| plain).ok_or(NoNumber)?)
    }

    fn top(&self, select: &Select, top: &Top) -> Result<Number, NoNumber> {
        let plain = !top.with_ties && !top.percent;
        match top.quantity.as_ref().filter(|_| plain).ok_or(NoNumber)? {
            TopQuantity::Expr(expr) => self.number(expr),
            TopQuantity::Constant(value) => self.behind_top(select, *value).ok_or(NoNumber),
        }
    }

    /// The number behind TOP, of which the parser keeps no place.
    fn behind_top(&self, select: &Select, value: u64) -> Option<Number> {
        let tokens = self.tokens()?;
        let start = select.select_token.0.span.start;
        let at = tokens.iter().position(|one| one.span.start == start)?;
        // Behind SELECT and perhaps DISTINCT.
        let top = tokens.iter().skip(at).take(3).position(|one| is_word(one, "TOP"))?;
        let number = tokens.get(at + top + 1)?;
        self.written(value, number.span)
    }

    fn tokens(&self) -> Option<Vec<TokenWithSpan>> {
        let mut tokens = match dialects::spec(self.dialect) {
            Some(spec) => spec.source.tokens.read(&self.text, self.grammar).ok()?,
            None => Tokenizer::new(self.grammar, &self.text).tokenize_with_location().ok()?,
        };
        tokens.retain(|one| !matches!(one.token, Token::Whitespace(_)));
        Some(tokens)
    }

    fn number(&self, expr: &Expr) -> Result<Number, NoNumber> {
        match expr {
            Expr::Nested(inner) => self.number(inner),
            Expr::Value(value) => match &value.value {
                Value::Number(digits, _) => {
                    let number = digits.parse().ok().and_then(|n| self.written(n, value.span));
                    number.ok_or(NoNumber)
                }
                _ => Err(NoNumber),
            },
            _ => Err(NoNumber),
        }
    }

    /// A number, if it is what stands in this place.
    fn written(&self, value: u64, place: sqlparser::tokenizer::Span) -> Option<Number> {
        let span = self.lines.span(&self.text, place)?;
        let digits = self.text.get(span.start..span.end)?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        (plain && digits.parse() == Ok(value)).then_some(Number { value, span })
    }
}

impl RowWindow<'_> {
    /// The statement that asks for other rows of the same sequence: the first ones, so many as
    /// `wider` says.
    pub fn asking(&self, wider: Wider) -> String {
        let limit = self.limit.zip(wider.asked).map(|(span, asked)| (span, asked.to_string()));
        let offset = self.offset.map(|span| (span, "0".to_owned()));
        let mut edits: Vec<(Span, String)> = [limit, offset].into_iter().flatten().collect();
        // From behind, so that the places before stay.
        edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        let mut text = self.text.to_owned();
        for (span, number) in edits {
            text.replace_range(span.start..span.end, &number);
        }
        text
    }
}

fn is_word(one: &TokenWithSpan, word: &str) -> bool {
    matches!(&one.token, Token::Word(w) if w.quote_style.is_none() && w.value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::{
        Dialect::{self, *},
        StatementFacts, Window,
    };

    /// What is skipped and taken, and the text that asks for 1,000 rows more.
    fn wider(text: &str, dialect: Dialect) -> Option<(u64, Option<u64>, String)> {
        let parsed = parse(text, dialect).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let found = parsed.row_window()?;
        let Window { skipped, taken } = found.window;
        let wide = found.asking(found.window.wider(1_000, 1_000_000).unwrap());
        // It is the same statement otherwise.
        let again = parse(&wide, dialect).unwrap_or_else(|error| panic!("{wide}: {error:?}"));
        assert_eq!(again.fingerprint(), parsed.fingerprint(), "{wide}");
        let facts = StatementFacts { skips: false, ..parsed.facts() };
        assert_eq!(again.facts(), facts, "{wide}");
        let of_wide = again.row_window().unwrap().window;
        let all = taken.map(|taken| skipped + taken + 1_000);
        assert_eq!(of_wide, Window { skipped: 0, taken: all }, "{wide}");
        Some((skipped, taken, wide))
    }

    #[test]
    fn each_dialect_asks_for_more_in_its_own_words() {
        for (dialect, text, skipped, taken, expected) in [
            (
                Postgres,
                "SELECT a FROM t ORDER BY a LIMIT 5",
                0,
                Some(5),
                "SELECT a FROM t ORDER BY a LIMIT 1005",
            ),
            (
                Postgres,
                "SELECT a FROM t /* 5 */ ORDER BY a LIMIT 5 OFFSET 10 -- 5",
                10,
                Some(5),
                "SELECT a FROM t /* 5 */ ORDER BY a LIMIT 1015 OFFSET 0 -- 5",
            ),
            (
                Postgres,
                "SELECT 'ü' FROM t OFFSET 2 LIMIT 3;",
                2,
                Some(3),
                "SELECT 'ü' FROM t OFFSET 0 LIMIT 1005;",
            ),
            (
                Postgres,
                "SELECT a FROM t ORDER BY a OFFSET 7 ROWS FETCH NEXT 2 ROWS ONLY",
                7,
                Some(2),
                "SELECT a FROM t ORDER BY a OFFSET 0 ROWS FETCH NEXT 1009 ROWS ONLY",
            ),
            (
                Postgres,
                "SELECT a FROM t ORDER BY a OFFSET 7",
                7,
                None,
                "SELECT a FROM t ORDER BY a OFFSET 0",
            ),
            (
                Postgres,
                "SELECT a FROM t LIMIT ALL OFFSET 7",
                7,
                None,
                "SELECT a FROM t LIMIT ALL OFFSET 0",
            ),
            (
                Postgres,
                "SELECT a FROM t UNION SELECT b FROM u ORDER BY 1 LIMIT (4)",
                0,
                Some(4),
                "SELECT a FROM t UNION SELECT b FROM u ORDER BY 1 LIMIT (1004)",
            ),
            (
                Postgres,
                "SELECT a FROM (SELECT a FROM t LIMIT 9) x LIMIT 2",
                0,
                Some(2),
                "SELECT a FROM (SELECT a FROM t LIMIT 9) x LIMIT 1002",
            ),
            (
                DuckDb,
                "FROM t SELECT a ORDER BY a LIMIT 5 OFFSET 1",
                1,
                Some(5),
                "FROM t SELECT a ORDER BY a LIMIT 1006 OFFSET 0",
            ),
            (DataFusion, "SELECT a FROM t LIMIT 0", 0, Some(0), "SELECT a FROM t LIMIT 1000"),
            (
                MySql,
                "SELECT a FROM t ORDER BY a LIMIT 10, 5",
                10,
                Some(5),
                "SELECT a FROM t ORDER BY a LIMIT 0, 1015",
            ),
            (
                ClickHouse,
                "SELECT a FROM t ORDER BY a LIMIT 10, 5",
                10,
                Some(5),
                "SELECT a FROM t ORDER BY a LIMIT 0, 1015",
            ),
            (
                TSql,
                "SELECT TOP 5 a FROM [t x] ORDER BY a",
                0,
                Some(5),
                "SELECT TOP 1005 a FROM [t x] ORDER BY a",
            ),
            (
                TSql,
                "SELECT DISTINCT TOP (5) a, 5 FROM t ORDER BY a",
                0,
                Some(5),
                "SELECT DISTINCT TOP (1005) a, 5 FROM t ORDER BY a",
            ),
            (
                TSql,
                "WITH x AS (SELECT TOP 3 a FROM t) SELECT TOP\n 2 a FROM x",
                0,
                Some(2),
                "WITH x AS (SELECT TOP 3 a FROM t) SELECT TOP\n 1002 a FROM x",
            ),
            (
                TSql,
                "SELECT a FROM t ORDER BY a OFFSET 3 ROWS FETCH NEXT 4 ROWS ONLY",
                3,
                Some(4),
                "SELECT a FROM t ORDER BY a OFFSET 0 ROWS FETCH NEXT 1007 ROWS ONLY",
            ),
            (
                Teradata,
                "SELECT TOP 5 a FROM t ORDER BY a",
                0,
                Some(5),
                "SELECT TOP 1005 a FROM t ORDER BY a",
            ),
            (
                Oracle,
                "SELECT a FROM t ORDER BY a FETCH FIRST 5 ROWS ONLY",
                0,
                Some(5),
                "SELECT a FROM t ORDER BY a FETCH FIRST 1005 ROWS ONLY",
            ),
            (
                Snowflake,
                "SELECT TOP 5 a FROM t ORDER BY a",
                0,
                Some(5),
                "SELECT TOP 1005 a FROM t ORDER BY a",
            ),
            (
                Snowflake,
                "SELECT a FROM t ORDER BY a LIMIT 5 OFFSET 1",
                1,
                Some(5),
                "SELECT a FROM t ORDER BY a LIMIT 1006 OFFSET 0",
            ),
            (
                BigQuery,
                "SELECT a FROM `p.d.t` ORDER BY a LIMIT 5 OFFSET 1",
                1,
                Some(5),
                "SELECT a FROM `p.d.t` ORDER BY a LIMIT 1006 OFFSET 0",
            ),
            (
                Spark,
                "SELECT a FROM t ORDER BY a LIMIT 5",
                0,
                Some(5),
                "SELECT a FROM t ORDER BY a LIMIT 1005",
            ),
            (
                Trino,
                "SELECT a FROM t ORDER BY a OFFSET 2 LIMIT 5",
                2,
                Some(5),
                "SELECT a FROM t ORDER BY a OFFSET 0 LIMIT 1007",
            ),
            (
                Redshift,
                "SELECT TOP 5 a FROM t ORDER BY a",
                0,
                Some(5),
                "SELECT TOP 1005 a FROM t ORDER BY a",
            ),
        ] {
            let found = wider(text, dialect);
            assert_eq!(found, Some((skipped, taken, expected.to_owned())), "{dialect}: {text}");
        }
    }

    #[test]
    fn what_is_no_number_of_rows_cannot_be_asked() {
        for (dialect, text) in [
            (Postgres, "SELECT a FROM t"),
            (Postgres, "SELECT a FROM t LIMIT ALL"),
            (Postgres, "SELECT a FROM t LIMIT $1"),
            (Postgres, "SELECT a FROM t LIMIT 5 OFFSET $1"),
            (Postgres, "SELECT a FROM t LIMIT 2 + 3"),
            (Postgres, "SELECT a FROM t LIMIT (SELECT 3)"),
            (Postgres, "SELECT a FROM t LIMIT 99999999999999999999"),
            (Postgres, "SELECT a FROM t LIMIT 1.5"),
            (Postgres, "SELECT a FROM t LIMIT -1"),
            (Postgres, "SELECT a FROM t LIMIT '5'"),
            (Postgres, "SELECT a FROM t ORDER BY a FETCH FIRST 5 ROWS WITH TIES"),
            (Postgres, "SELECT a FROM t ORDER BY a FETCH FIRST ROW ONLY"),
            (Postgres, "SELECT a FROM (SELECT a FROM t LIMIT 5) x"),
            (TSql, "SELECT TOP 5 PERCENT a FROM t ORDER BY a"),
            (TSql, "SELECT TOP 5 WITH TIES a FROM t ORDER BY a"),
            (TSql, "SELECT TOP (@n) a FROM t ORDER BY a"),
            (TSql, "SELECT TOP 5 a FROM t ORDER BY a FOR JSON PATH"),
            (ClickHouse, "SELECT a FROM t ORDER BY a LIMIT 2 BY a"),
            (ClickHouse, "SELECT a FROM t ORDER BY a LIMIT 2 WITH TIES"),
            (Oracle, "SELECT a FROM t FETCH FIRST 5 PERCENT ROWS ONLY"),
            (Postgres, "DELETE FROM t"),
        ] {
            // What no parser reads cannot be asked either.
            if let Ok(parsed) = parse(text, dialect) {
                assert_eq!(parsed.row_window(), None, "{text}");
            }
        }
    }

    #[test]
    fn a_far_window_cannot_be_widened() {
        let text = format!("SELECT a FROM t LIMIT {} OFFSET 1", u64::MAX);
        let parsed = parse(&text, Postgres).unwrap();
        let window = parsed.row_window().unwrap().window;
        assert_eq!(window, Window { skipped: 1, taken: Some(u64::MAX) });
        assert_eq!(window.wider(1_000, u64::MAX), None);
    }
}
