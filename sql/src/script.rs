//! A text of many statements, cut where the vendor's client cuts it.

mod block;
mod client;
mod unmarked;

use crate::{
    SourceSettings,
    location::{LineIndex, Places},
    parse::{diagnose, grammar},
};
use block::Block;
use model::{Diagnostic, Dialect, Span};
use sqlparser::{
    dialect::Dialect as ParserDialect,
    tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace},
};

/// The hint of a finding behind which nothing was read.
pub const REST_UNREAD: &str = "no statement from here to the end of the text was read";

/// Cuts a script into statements.
///
/// The dialect's own tokenizer tells what is a text, a name or a comment, so that a statement ends
/// here where the parser sees its end. The text may come in parts: what is not whole is asked for
/// again with more behind it.
#[derive(Debug)]
pub struct Script {
    dialect: Dialect,
    grammar: &'static (dyn ParserDialect + Sync),
    /// Do lines of data follow, up to `\.`?
    data: bool,
    /// Is what comes next the first of its line?
    line_begins: bool,
}

/// One piece of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// Where it stands in the text.
    pub span: Span,
}

/// What a piece of a script is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceKind {
    /// A statement, from its first to its last word, without what ends it.
    Statement,
    /// A comment outside of statements; its words alone.
    Comment(String),
    /// No statement; why. The finding's place is one in the text.
    Refused(Diagnostic),
}

/// What could be cut off a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The pieces in their order; empty statements are none.
    pub pieces: Vec<Piece>,
    /// So many bytes are done with. None: there is nothing whole in the text, it needs more.
    pub taken: usize,
}

impl Script {
    /// Cuts scripts that are written under these settings.
    pub fn under(settings: &SourceSettings) -> Self {
        Self {
            dialect: settings.dialect(),
            grammar: grammar(settings),
            data: false,
            line_begins: true,
        }
    }

    /// Cuts a part of a script, which begins where what was taken before ended. With `last` nothing
    /// follows the text; then all of it is taken, if need be by calling again.
    pub fn cut(&mut self, text: &str, last: bool) -> Cut {
        let cut =
            if self.data { self.without_data(text, last) } else { self.statements(text, last) };
        let taken = text.get(..cut.taken).unwrap_or_default();
        self.line_begins = match taken.rsplit_once('\n') {
            Some((_, tail)) => tail.trim().is_empty(),
            None => self.line_begins && taken.trim().is_empty(),
        };
        cut
    }

    fn statements(&mut self, text: &str, last: bool) -> Cut {
        let mut tokens = Vec::new();
        let read = Tokenizer::new(self.grammar, text)
            .with_unescape(false)
            .tokenize_with_location_into_buf(&mut tokens);
        let mut pass =
            Pass { line_begins: self.line_begins, ..Pass::new(text, last, self.dialect) };
        let stopped = pass.walk(&tokens);
        self.data = pass.data;
        if stopped || !last {
            return pass.done;
        }
        // What stands at the end needs no separator.
        match read {
            Ok(()) => pass.finish(text.len()),
            Err(error) => {
                let lines = LineIndex::new(text);
                let diagnostic = diagnose(&error.into(), text, &lines).with_hint(REST_UNREAD);
                pass.refuse_rest(diagnostic);
            }
        }
        pass.done.taken = text.len();
        pass.done
    }

    /// Rows behind `COPY … FROM stdin` are no SQL.
    fn without_data(&mut self, text: &str, last: bool) -> Cut {
        let mut taken = 0;
        for line in text.split_inclusive('\n') {
            if !line.ends_with('\n') && !last {
                break;
            }
            taken += line.len();
            if line.trim_end() == "\\." {
                self.data = false;
                break;
            }
        }
        // A line of any length is data: nothing has to be kept of it.
        if taken == 0 && !last && text.len() > 2 {
            taken = text.floor_char_boundary(text.len() - 2);
        }
        Cut { pieces: Vec::new(), taken }
    }
}

/// One walk over the tokens of a text.
struct Pass<'a> {
    text: &'a str,
    last: bool,
    dialect: Dialect,
    line_begins: bool,
    done: Cut,
    data: bool,
    /// Where the statement that is being read begins.
    begin: Option<usize>,
    /// Comments behind what may be its last word.
    behind: Vec<Piece>,
    /// What it has open.
    block: Block,
    /// Where it may end without a mark.
    ends: unmarked::Ends,
}

impl<'a> Pass<'a> {
    fn new(text: &'a str, last: bool, dialect: Dialect) -> Self {
        Self {
            text,
            last,
            dialect,
            line_begins: true,
            done: Cut { pieces: Vec::new(), taken: 0 },
            data: false,
            begin: None,
            behind: Vec::new(),
            block: Block::new(dialect),
            ends: unmarked::Ends::default(),
        }
    }

    /// Takes what is whole. True where the tokens behind are not to be looked at: they are to be
    /// read anew, or with more behind them.
    fn walk(&mut self, tokens: &[TokenWithSpan]) -> bool {
        let mut places = Places::new(self.text);
        // A line of the client ends here; its tokens are none.
        let mut skip_to = 0;
        // The line that the last token ends on.
        let mut line = u64::from(!self.line_begins);
        let (dialect, text) = (self.dialect, self.text);
        let client = |first: bool, start: usize, fresh: bool| {
            first.then(|| client::line(dialect, text, start, fresh)).flatten()
        };
        for one in tokens {
            let start = places.offset(one.span.start);
            let end = places.offset(one.span.end);
            let first = one.span.start.line > line;
            line = match one.token {
                Token::Whitespace(Whitespace::SingleLineComment { .. }) => one.span.start.line,
                Token::Whitespace(Whitespace::Space | Whitespace::Tab | Whitespace::Newline) => {
                    line
                }
                _ => one.span.end.line,
            };
            if start < skip_to {
                if end > skip_to {
                    return true;
                }
                continue;
            }
            match &one.token {
                Token::Whitespace(
                    Whitespace::SingleLineComment { comment, .. }
                    | Whitespace::MultiLineComment(comment),
                ) => self.comment(comment, Span::new(start, end)),
                Token::Whitespace(_) => {}
                Token::SemiColon if !self.block.is_open() => {
                    self.finish(start);
                    self.done.taken = end;
                    if self.data {
                        return true;
                    }
                }
                token => {
                    match client(first, start, self.begin.is_none()) {
                        None => {
                            if first && (end < self.text.len() || self.last) {
                                self.finish_unmarked(token, start);
                            }
                            self.begin.get_or_insert(start);
                            self.behind.clear();
                            self.block.see(token);
                        }
                        // How the line ends is not known yet.
                        Some(line) if line.end == self.text.len() && !self.last => return true,
                        Some(line) => {
                            self.finish(start);
                            if let Some(diagnostic) = line.refused {
                                let span = Span::new(start, line.end);
                                self.push(PieceKind::Refused(diagnostic), span);
                            }
                            self.done.taken = line.end;
                            skip_to = line.end;
                        }
                    }
                }
            }
        }
        // The rest of the client's line is no SQL, so that it may have been read wrongly.
        places.at < skip_to
    }

    fn comment(&mut self, comment: &str, span: Span) {
        let kind = PieceKind::Comment(comment.trim_end().to_owned());
        let piece = Piece { kind, span };
        if self.begin.is_some() {
            self.behind.push(piece);
        } else if span.end < self.text.len() || self.last {
            self.done.pieces.push(piece);
            self.done.taken = span.end;
        }
    }

    /// Does the statement end before the token at `at`, the first of its line?
    fn finish_unmarked(&mut self, token: &Token, at: usize) {
        let Some(begin) = self.begin.filter(|_| !self.block.is_open()) else { return };
        let before = self.text.get(begin..at).unwrap_or_default();
        if self.ends.before(token, before, self.dialect) {
            self.finish(at);
            self.done.taken = at;
        }
    }

    /// The statement ends before `at`.
    fn finish(&mut self, at: usize) {
        let block = std::mem::replace(&mut self.block, Block::new(self.dialect));
        self.data = block.is_copy_from_stdin();
        self.ends = unmarked::Ends::default();
        let behind = std::mem::take(&mut self.behind);
        let Some(begin) = self.begin.take() else { return };
        let end = behind.first().map_or(at, |comment| comment.span.start);
        let text = self.text.get(begin..end).unwrap_or_default();
        self.push(PieceKind::Statement, Span::new(begin, begin + text.trim_end().len()));
        self.done.pieces.extend(behind);
    }

    /// Nothing behind the place of the finding could be read.
    fn refuse_rest(&mut self, diagnostic: Diagnostic) {
        let rest = self.text.get(self.done.taken..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start().len();
        let begin = self.begin.unwrap_or(self.done.taken + blanks);
        let end = self.text.trim_end().len();
        self.push(PieceKind::Refused(diagnostic), Span::new(begin, end.max(begin)));
    }

    fn push(&mut self, kind: PieceKind, span: Span) {
        self.done.pieces.push(Piece { kind, span });
    }
}

#[cfg(test)]
mod tests;
