//! What the tokenizer does not know of a dialect, done to its tokens before they are parsed.
//!
//! sqlparser takes a backslash away before any letter that it has no escape for, and reads `''` as a
//! quote everywhere. Where that is another text than the vendor reads, the literals are left as they
//! are written and decoded here.

pub(crate) mod clickhouse;
pub(crate) mod escapes;
pub(crate) mod google;
pub(crate) mod limit_ties;
pub(crate) mod oracle;
pub(crate) mod oracle_written;
pub(crate) mod redshift;
pub(crate) mod spark;
pub(crate) mod standard;
pub(crate) mod strictness;
pub(crate) mod teradata;
pub(crate) mod teradata_phrases;
mod teradata_resets;
pub(crate) mod teradata_tables;
pub(crate) mod teradata_windows;
pub(crate) mod trino;
pub(crate) mod tsql;
pub(crate) mod tsql_hints;
pub(crate) mod tsql_short;
mod versioned;
pub(crate) mod written;

use sqlparser::{
    dialect::Dialect as ParserDialect,
    parser::ParserError,
    tokenizer::{Location, Span, Token, TokenWithSpan, Tokenizer},
};
use std::collections::BTreeSet;

/// Most tokens that memory is set aside for at once, about 1 MB of it.
const TOKENS_AT_ONCE_MAX: usize = 10_000;

/// A pass over the tokens of a text.
pub(crate) type Rewrite = fn(Vec<TokenWithSpan>) -> Vec<TokenWithSpan>;

/// What a dialect does to its tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tokens {
    /// Reads the literals, which the tokenizer leaves as they are written then; nothing where it
    /// reads them right by itself.
    pub(crate) literals: Option<fn(Vec<TokenWithSpan>) -> Read>,
    /// Passes over every text, in this order.
    pub(crate) all: &'static [Rewrite],
    /// Passes over the statements that [`written::concerns`], behind the others; they get no blanks.
    pub(crate) written: &'static [Rewrite],
}

/// Tokens, or the place of what is not known.
pub(crate) type Read = Result<Vec<TokenWithSpan>, ParserError>;

impl Tokens {
    /// The tokens of a text, as the parser knows them.
    pub(crate) fn read(&self, text: &str, parser: &dyn ParserDialect) -> Read {
        let tokens = self.before_written(text, parser)?;
        Ok(if written::concerns(text) { self.in_written(tokens) } else { tokens })
    }

    /// The places of the words that are left out of a statement that writes, those in a row as one.
    pub(crate) fn left_out(&self, text: &str, parser: &dyn ParserDialect) -> Vec<Span> {
        if self.written.is_empty() || !written::concerns(text) {
            return Vec::new();
        }
        let Ok(before) = self.before_written(text, parser) else { return Vec::new() };
        let kept: BTreeSet<Location> =
            self.in_written(before.clone()).iter().map(|one| one.span.start).collect();
        let mut out: Vec<Span> = Vec::new();
        let mut goes_on = false;
        for one in before {
            let dropped = !kept.contains(&one.span.start);
            match out.last_mut() {
                Some(last) if dropped && goes_on => last.end = one.span.end,
                _ if dropped => out.push(one.span),
                _ => {}
            }
            goes_on = dropped;
        }
        out
    }

    fn before_written(&self, text: &str, parser: &dyn ParserDialect) -> Read {
        versioned::refuse_newer(text, parser)?;
        // Every blank is a token, so that two bytes make one in most texts. Growing from nothing
        // would move them a dozen times.
        let mut tokens = Vec::with_capacity((text.len() / 2).min(TOKENS_AT_ONCE_MAX));
        let unescape = self.literals.is_none();
        Tokenizer::new(parser, text)
            .with_unescape(unescape)
            .tokenize_with_location_into_buf(&mut tokens)?;
        if let Some(read) = self.literals {
            tokens = read(tokens)?;
        }
        for rewrite in self.all {
            tokens = rewrite(tokens);
        }
        if written::concerns(text) {
            tokens = written::with_renamed_columns(without_blanks(tokens));
        }
        Ok(tokens)
    }

    fn in_written(&self, tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
        self.written.iter().fold(tokens, |tokens, rewrite| rewrite(tokens))
    }
}

/// Tokens without blanks and comments.
fn without_blanks(mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
    tokens.retain(is_solid);
    tokens
}

const fn is_solid(one: &TokenWithSpan) -> bool {
    !matches!(one.token, Token::Whitespace(_))
}

fn token(tokens: &[TokenWithSpan], at: usize) -> Option<&Token> {
    tokens.get(at).map(|one| &one.token)
}

/// Is it this word, in any case and without quotes?
pub(crate) fn is_word(token: &Token, text: &str) -> bool {
    matches!(token, Token::Word(word)
        if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(text))
}

/// Does this word stand there?
fn is(tokens: &[TokenWithSpan], at: usize, text: &str) -> bool {
    token(tokens, at).is_some_and(|token| is_word(token, text))
}
