//! Statements of Transact-SQL need nothing between them. One ends before a line that begins another,
//! where what stands before is a whole statement to the parser.

use crate::parse;
use model::Dialect;
use sqlparser::{keywords::Keyword, tokenizer::Token};

/// So many lines of one statement are tried: a bound on the work, not on scripts as people write
/// them.
const TRIES_MAX: u32 = 64;

/// Words that begin a statement and no clause which a whole statement could go on with.
const FIRST: [Keyword; 8] = [
    Keyword::SELECT,
    Keyword::INSERT,
    Keyword::UPDATE,
    Keyword::DELETE,
    Keyword::MERGE,
    Keyword::CREATE,
    Keyword::DROP,
    Keyword::TRUNCATE,
];

/// Does the text begin with a word whose condition decides about the statement behind it?
fn guards(text: &str) -> bool {
    let first = text.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    ["WHILE", "IF", "ELSE"].iter().any(|word| word.eq_ignore_ascii_case(first))
}

/// How many lines of the statement were tried.
#[derive(Debug, Default)]
pub(super) struct Ends {
    tries: u32,
}

impl Ends {
    /// Does the statement `before` end where `token` begins a line?
    pub(super) fn before(&mut self, token: &Token, before: &str, dialect: Dialect) -> bool {
        let begins = matches!(token, Token::Word(word)
            if word.quote_style.is_none() && FIRST.contains(&word.keyword));
        if dialect != Dialect::TSql || !begins || guards(before) || self.tries == TRIES_MAX {
            return false;
        }
        self.tries += 1;
        parse(before, dialect).is_ok()
    }
}
