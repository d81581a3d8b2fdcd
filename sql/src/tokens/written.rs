//! What the parser does not know of statements that write, done to their tokens: words that say how
//! rows are stored are left out, and short forms are written out.

use super::{is, token};
use sqlparser::tokenizer::{Token, TokenWithSpan};

/// The name that stands for all columns in `UPDATE SET *` and `INSERT *`.
pub(crate) const ALL_COLUMNS: &str = "*";

/// The words that statements begin with that are looked at here.
const FIRST: &[&str] =
    &["CREATE", "DELETE", "DEL", "UPDATE", "UPD", "INSERT", "INS", "MERGE", "DROP"];

/// Does a text begin with a statement that is looked at here?
pub(super) fn concerns(text: &str) -> bool {
    let first = text.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next();
    first.is_some_and(|word| FIRST.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// `CREATE TABLE t (a, b) AS SELECT …` as `CREATE TABLE t AS WITH r (a, b) AS (SELECT …) SELECT * FROM
/// r`: the parser wants types in the list.
pub(super) fn with_renamed_columns(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !is(&tokens, 0, "CREATE") {
        return tokens;
    }
    let table = (1..5).find(|at| is(&tokens, *at, "TABLE"));
    let Some(mut open) = table.map(|at| at + 1) else { return tokens };
    if is(&tokens, open, "IF") {
        open += 3;
    }
    // The list stands right behind the name: another one says how rows are stored.
    while token(&tokens, open + 1) == Some(&Token::Period) {
        open += 2;
    }
    open += 1;
    if token(&tokens, open) != Some(&Token::LParen) {
        return tokens;
    }
    let Some(close) = (open..tokens.len()).find(|at| token(&tokens, *at) == Some(&Token::RParen))
    else {
        return tokens;
    };
    let names = (open + 1..close).all(|at| match token(&tokens, at) {
        Some(Token::Word(_)) => (at - open) % 2 == 1,
        Some(Token::Comma) => (at - open) % 2 == 0,
        _ => false,
    });
    let query = close + 2;
    let selects = is(&tokens, query, "SELECT") || is(&tokens, query, "WITH");
    if !names || !is(&tokens, close + 1, "AS") || !selects {
        return tokens;
    }
    let end = significant(&tokens);
    let at = |token: Token| tokens.first().map(|one| TokenWithSpan { token, ..one.clone() });
    let name = || Token::make_word("_renamed", None);
    let word = Token::make_keyword;
    let mut out: Vec<TokenWithSpan> = tokens.get(..open).unwrap_or_default().to_vec();
    out.extend([word("AS"), word("WITH"), name()].into_iter().filter_map(at));
    out.extend_from_slice(tokens.get(open..=close).unwrap_or_default());
    out.extend([word("AS"), Token::LParen].into_iter().filter_map(at));
    out.extend_from_slice(tokens.get(query..end).unwrap_or_default());
    let tail = [Token::RParen, word("SELECT"), Token::Mul, word("FROM"), name()];
    out.extend(tail.into_iter().filter_map(at));
    out.extend_from_slice(tokens.get(end..).unwrap_or_default());
    out
}

/// `ENCODE zstd`, `DISTKEY` and `SORTKEY` of a column, `COMPOUND SORTKEY (…)`.
pub(crate) fn redshift_table(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !is(&tokens, 0, "CREATE") {
        return tokens;
    }
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        let listed = matches!(token(&tokens, at + 1), Some(Token::LParen));
        if let Some((numbered, behind)) = identity(&tokens, at) {
            out.extend(numbered);
            at = behind;
            continue;
        }
        if is(&tokens, at, "ENCODE") && matches!(token(&tokens, at + 1), Some(Token::Word(_))) {
            at += 2;
            continue;
        }
        let key = (is(&tokens, at, "DISTKEY") || is(&tokens, at, "SORTKEY")) && !listed;
        let kind = (is(&tokens, at, "COMPOUND") || is(&tokens, at, "INTERLEAVED"))
            && is(&tokens, at + 1, "SORTKEY");
        if key || kind {
            at += 1;
            continue;
        }
        out.push(one.clone());
        at += 1;
    }
    out
}

/// `IDENTITY (1, 1)` as `GENERATED ALWAYS AS IDENTITY (INCREMENT BY 1 START WITH 1)`, with or without
/// the words in front of it, and the place behind it.
fn identity(tokens: &[TokenWithSpan], at: usize) -> Option<(Vec<TokenWithSpan>, usize)> {
    let inside = [at + 1, at + 2, at + 3, at + 4, at + 5].map(|at| token(tokens, at));
    let [
        Some(Token::LParen),
        Some(seed @ Token::Number(..)),
        Some(Token::Comma),
        Some(step @ Token::Number(..)),
        Some(Token::RParen),
    ] = inside
    else {
        return None;
    };
    if !is(tokens, at, "IDENTITY") {
        return None;
    }
    let word = Token::make_keyword;
    let alone = !(at > 0 && is(tokens, at - 1, "AS"));
    let front = ["GENERATED", "ALWAYS", "AS"].into_iter().filter(|_| alone).map(word);
    let mut made: Vec<(Token, usize)> = front.map(|token| (token, at)).collect();
    made.extend([
        (word("IDENTITY"), at),
        (Token::LParen, at + 1),
        // The parser wants them in this order.
        (word("INCREMENT"), at + 3),
        (word("BY"), at + 3),
        (step.clone(), at + 4),
        (word("START"), at + 2),
        (word("WITH"), at + 2),
        (seed.clone(), at + 2),
        (Token::RParen, at + 5),
    ]);
    let placed = |(token, at): (Token, usize)| {
        tokens.get(at).map(|one| TokenWithSpan { token, span: one.span })
    };
    Some((made.into_iter().filter_map(placed).collect(), at + 6))
}

/// `CREATE MULTISET TABLE`, `PRIMARY INDEX (…)`, `WITH DATA`, `DEL`, `DELETE … ALL`.
///
/// [`super::teradata_tables`] has what stands in front of a table's columns.
pub(crate) fn teradata(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    let words = ["CREATE", "DELETE", "DEL", "UPD", "INS", "INSERT"];
    if !words.iter().any(|word| is(&tokens, 0, word)) {
        return tokens;
    }
    let create = is(&tokens, 0, "CREATE");
    let tokens = with_values(tokens);
    let delete = is(&tokens, 0, "DELETE") || is(&tokens, 0, "DEL");
    let tokens = if create { super::teradata_tables::made(tokens) } else { tokens };
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        let mut one = one.clone();
        let short = [("DEL", "DELETE"), ("UPD", "UPDATE"), ("INS", "INSERT")];
        if at == 0
            && let Some((_, long)) = short.iter().find(|(short, _)| is(&tokens, 0, short))
        {
            one.token = Token::make_keyword(long);
        }
        // `DELETE t`, `DELETE t ALL`; `DELETE t FROM t, u` is left as it is.
        let named = is(&tokens, 2, "FROM");
        if delete && at == 0 && !is(&tokens, 1, "FROM") && !named {
            let mut from = one.clone();
            from.token = Token::make_keyword("FROM");
            out.extend([one, from]);
            at += 1;
            continue;
        }
        if delete && is(&tokens, at, "ALL") && at + 1 >= significant(&tokens) {
            at += 1;
            continue;
        }
        if create && let Some(end) = index(&tokens, at) {
            at = end;
            continue;
        }
        if create && is(&tokens, at, "PARTITION") && is(&tokens, at + 1, "BY") {
            at = behind_partition(&tokens, at + 2);
            continue;
        }
        if create && is(&tokens, at, "NO") && is(&tokens, at + 1, "PRIMARY") {
            at += 3;
            continue;
        }
        if create && is(&tokens, at, "WITH") && is(&tokens, at + 1, "DATA") {
            at += 2;
            continue;
        }
        out.push(one);
        at += 1;
    }
    out
}

/// `INS t (1, 'x')` as `INS INTO t VALUES (1, 'x')`.
fn with_values(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !(is(&tokens, 0, "INS") || is(&tokens, 0, "INSERT")) {
        return tokens;
    }
    if !is(&tokens, 1, "INTO")
        && let Some(first) = tokens.first().cloned()
    {
        tokens.insert(1, TokenWithSpan { token: Token::make_keyword("INTO"), ..first });
    }
    let mut open = 3;
    while token(&tokens, open) == Some(&Token::Period) {
        open += 2;
    }
    let end = significant(&tokens);
    let mut depth = 0_usize;
    let close = (open..end).find(|at| {
        match token(&tokens, *at) {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    // A list that ends the statement holds values.
    if token(&tokens, open) == Some(&Token::LParen)
        && close.is_some_and(|close| close + 1 == end)
        && let Some(one) = tokens.get(open).cloned()
    {
        tokens.insert(open, TokenWithSpan { token: Token::make_keyword("VALUES"), ..one });
    }
    tokens
}

/// The place behind what PARTITION BY names: a column, a call, or a list of them.
fn behind_partition(tokens: &[TokenWithSpan], at: usize) -> usize {
    let open = if token(tokens, at) == Some(&Token::LParen) { at } else { at + 1 };
    if token(tokens, open) != Some(&Token::LParen) {
        return open;
    }
    let mut depth = 0_usize;
    let close = (open..tokens.len()).find(|at| {
        match token(tokens, *at) {
            Some(Token::LParen) => depth += 1,
            Some(Token::RParen) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    close.map_or(tokens.len(), |close| close + 1)
}

/// The place behind `PRIMARY INDEX [name] (…)`, which only says where rows lie. A unique index is a
/// key, and stays.
fn index(tokens: &[TokenWithSpan], at: usize) -> Option<usize> {
    if !(is(tokens, at, "PRIMARY") && is(tokens, at + 1, "INDEX"))
        || is(tokens, at.saturating_sub(1), "UNIQUE")
    {
        return None;
    }
    let open = (at + 2..=at + 3).find(|at| token(tokens, *at) == Some(&Token::LParen))?;
    let close = (open..tokens.len()).find(|at| token(tokens, *at) == Some(&Token::RParen))?;
    Some(close + 1)
}

/// How many tokens there are before a final semicolon.
fn significant(tokens: &[TokenWithSpan]) -> usize {
    let end = |one: &&TokenWithSpan| !matches!(one.token, Token::SemiColon | Token::EOF);
    tokens.iter().rposition(|one| end(&one)).map_or(0, |at| at + 1)
}

/// `DELETE t WHERE …` as `DELETE FROM t WHERE …`.
pub(crate) fn with_from(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !is(&tokens, 0, "DELETE") {
        return tokens;
    }
    let mut at = 1;
    while matches!(token(&tokens, at), Some(Token::Word(_)))
        && token(&tokens, at + 1) == Some(&Token::Period)
    {
        at += 2;
    }
    let name = matches!(token(&tokens, at), Some(Token::Word(word))
        if !["FROM", "TOP"].contains(&word.value.to_ascii_uppercase().as_str()));
    let behind = is(&tokens, at + 1, "WHERE")
        || is(&tokens, at + 1, "OUTPUT")
        || at + 1 >= significant(&tokens);
    if name
        && behind
        && let Some(first) = tokens.first().cloned()
    {
        tokens.insert(1, TokenWithSpan { token: Token::make_keyword("FROM"), ..first });
    }
    tokens
}

/// `COMMENT 'x'` of a table, which the parser knows elsewhere only.
pub(crate) fn without_comments(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !is(&tokens, 0, "CREATE") {
        return tokens;
    }
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(one) = tokens.get(at) {
        if is(&tokens, at, "COMMENT")
            && matches!(token(&tokens, at + 1), Some(Token::SingleQuotedString(_)))
        {
            at += 2;
            continue;
        }
        out.push(one.clone());
        at += 1;
    }
    out
}

/// `USING parquet` behind the columns or the name of a table.
pub(crate) fn without_format(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !is(&tokens, 0, "CREATE") {
        return tokens;
    }
    let table = (1..5).any(|at| is(&tokens, at, "TABLE"));
    let end = (0..tokens.len()).find(|at| is(&tokens, *at, "AS")).unwrap_or(tokens.len());
    let using = (0..end).find(|at| is(&tokens, *at, "USING"));
    if let Some(at) = using.filter(|_| table)
        && FORMATS.iter().any(|format| is(&tokens, at + 1, format))
    {
        tokens.drain(at..at + 2);
    }
    tokens
}

/// Formats of files that say nothing of the rows.
const FORMATS: &[&str] = &["DELTA", "PARQUET", "ORC", "ICEBERG", "AVRO"];

/// `UPDATE SET *` and `INSERT *` of a MERGE, with a name that stands for all columns.
pub(crate) fn with_all_columns(tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    if !is(&tokens, 0, "MERGE") {
        return tokens;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let all = || Token::make_word(ALL_COLUMNS, Some('`'));
    for (at, one) in tokens.iter().enumerate() {
        let star = one.token == Token::Mul && at > 0;
        let made = if star && is(&tokens, at - 1, "SET") {
            vec![all(), Token::Eq, all()]
        } else if star && is(&tokens, at - 1, "INSERT") {
            let values = Token::make_keyword("VALUES");
            vec![Token::LParen, all(), Token::RParen, values, Token::LParen, all(), Token::RParen]
        } else {
            vec![one.token.clone()]
        };
        out.extend(made.into_iter().map(|token| TokenWithSpan { token, ..one.clone() }));
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::parse;
    use model::Dialect;

    fn read(dialect: Dialect, text: &str) -> String {
        match parse(text, dialect) {
            Ok(parsed) => parsed.statement.to_string(),
            Err(diagnostic) => diagnostic.message,
        }
    }

    #[test]
    fn words_of_storage_are_left_out() {
        for (dialect, text, expected) in [
            (
                Dialect::Postgres,
                "CREATE TABLE t (a, b) AS SELECT 1, 2;",
                "CREATE TABLE t AS WITH _renamed (a, b) AS (SELECT 1, 2) SELECT * FROM _renamed",
            ),
            (
                Dialect::Redshift,
                "CREATE TABLE t SORTKEY (a) AS SELECT 1 AS a, 2 AS b",
                "CREATE TABLE t SORTKEY(a) AS SELECT 1 AS a, 2 AS b",
            ),
            (
                Dialect::Redshift,
                "CREATE TABLE t (a INT ENCODE az64 DISTKEY SORTKEY, b INT) COMPOUND SORTKEY (b)",
                "CREATE TABLE t (a INT, b INT) SORTKEY(b)",
            ),
            (
                Dialect::Redshift,
                "CREATE TABLE t (a BIGINT IDENTITY(1, 1), b INT)",
                "CREATE TABLE t (a BIGINT GENERATED ALWAYS AS IDENTITY ( INCREMENT BY 1 START WITH 1 ), b INT)",
            ),
            (Dialect::Redshift, "DELETE t WHERE a = 1", "DELETE FROM t WHERE a = 1"),
            (
                Dialect::Teradata,
                "CREATE MULTISET TABLE t (a INTEGER) PRIMARY INDEX (a)",
                "CREATE TRANSIENT TABLE t (a INTEGER)",
            ),
            (Dialect::Teradata, "DEL FROM t ALL;", "DELETE FROM t"),
            (Dialect::Teradata, "INS d.t (1, f('x'));", "INSERT INTO d.t VALUES (1, f('x'))"),
            (Dialect::Teradata, "INSERT t (a) SELECT 1", "INSERT INTO t (a) SELECT 1"),
            (Dialect::Teradata, "DELETE t WHERE a = 1", "DELETE FROM t WHERE a = 1"),
            (Dialect::TSql, "DELETE dbo.t WHERE a = 1", "DELETE FROM dbo.t WHERE a = 1"),
            (
                Dialect::TSql,
                "DELETE t FROM t JOIN u ON t.a = u.a",
                "DELETE t FROM t JOIN u ON t.a = u.a",
            ),
            (
                Dialect::Trino,
                "CREATE TABLE t (a BIGINT COMMENT 'x') COMMENT 'y' WITH (format = 'ORC')",
                "CREATE TABLE t (a BIGINT) WITH (format = 'ORC')",
            ),
            (
                Dialect::Spark,
                "CREATE TABLE t (a INT COMMENT 'x') USING delta PARTITIONED BY (a) COMMENT 'y'",
                "CREATE TABLE t (a INT) PARTITIONED BY (a)",
            ),
            (
                Dialect::Spark,
                "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
                "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET `*` = `*` WHEN NOT MATCHED THEN INSERT (`*`) VALUES (`*`)",
            ),
        ] {
            assert_eq!(read(dialect, text), expected, "{text}");
        }
    }
}
