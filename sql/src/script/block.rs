//! Statements that hold statements: a semicolon inside of them ends nothing.

use model::Dialect;
use sqlparser::tokenizer::Token;

/// What the statement that is being read has open.
#[derive(Debug)]
pub(super) struct Block {
    dialect: Dialect,
    kind: Kind,
    /// The words so far, as long as the kind is not known.
    seen: usize,
    /// What waits for its `END`.
    open: Vec<Opener>,
    /// Those of a macro of Teradata hold its statements.
    parentheses: usize,
    before: Before,
    copies: Copies,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its first words do not say yet.
    Open,
    /// Behind `CREATE`, `ALTER` or `REPLACE`: of what?
    Made,
    /// It holds no statement.
    Plain,
    /// Its words are counted.
    Counted,
    /// It ends where the client's batch does.
    Batch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opener {
    /// Holds statements.
    Statements,
    /// A `CASE` that is a value.
    Value,
}

/// The word before, where it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Begin,
    End,
    /// A statement may begin here.
    Edge,
    Other,
}

/// How much of `COPY … FROM stdin` was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copies {
    No,
    Copy,
    From,
    FromStdin,
}

/// Most words between `CREATE` and what it makes.
const WORDS_MAX: usize = 16;

/// Behind `BEGIN`: it is a transaction that begins.
const TRANSACTION: &[&str] = &[
    "TRANSACTION",
    "TRAN",
    "WORK",
    "DISTRIBUTED",
    "ISOLATION",
    "READ",
    "DEFERRABLE",
    "NOT",
    "IMMEDIATE",
    "EXCLUSIVE",
    "DEFERRED",
    "DIALOG",
    "CONVERSATION",
];

/// What `CREATE` makes out of statements.
const ROUTINES: &[&str] =
    &["PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE", "MACRO", "TASK", "BODY"];

/// What it makes of anything else.
const OTHERS: &[&str] = &[
    "TABLE",
    "VIEW",
    "INDEX",
    "SCHEMA",
    "DATABASE",
    "SEQUENCE",
    "USER",
    "ROLE",
    "AS",
    "SELECT",
    "DICTIONARY",
    "STAGE",
    "STREAM",
    "MODEL",
];

/// Each of them has an `END` of its own, except in T-SQL.
const CONTROLS: &[&str] = &["IF", "LOOP", "WHILE", "FOR", "REPEAT"];

impl Block {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            // Its words cannot be names there.
            kind: if dialect == Dialect::TSql { Kind::Counted } else { Kind::Open },
            seen: 0,
            open: Vec::new(),
            parentheses: 0,
            before: Before::Edge,
            copies: Copies::No,
        }
    }

    /// Is a semicolon here a part of the statement?
    pub(super) fn is_open(&self) -> bool {
        match self.kind {
            Kind::Open | Kind::Made | Kind::Plain => false,
            Kind::Batch => true,
            // `BEGIN;` begins a transaction.
            Kind::Counted if self.before == Before::Begin && self.open.len() == 1 => false,
            Kind::Counted => !self.open.is_empty() || self.parentheses > 0,
        }
    }

    /// Do rows follow behind the statement?
    pub(super) fn is_copy_from_stdin(&self) -> bool {
        self.copies == Copies::FromStdin
    }

    /// Takes the next token of the statement.
    pub(super) fn see(&mut self, token: &Token) {
        match token {
            Token::Word(word) if word.quote_style.is_none() => self.word(&word.value),
            Token::SemiColon => self.before = Before::Edge,
            Token::LParen => self.parenthesis(self.parentheses + 1),
            Token::RParen => self.parenthesis(self.parentheses.saturating_sub(1)),
            _ => self.before = Before::Other,
        }
    }

    fn parenthesis(&mut self, open: usize) {
        // A list before the kind is known is no routine's.
        if self.kind == Kind::Made && self.dialect != Dialect::TSql {
            self.kind = Kind::Plain;
        }
        if self.kind == Kind::Counted && self.dialect == Dialect::Teradata {
            self.parentheses = open;
        }
        self.before = Before::Other;
    }

    fn word(&mut self, word: &str) {
        let first = self.seen == 0;
        self.seen += 1;
        self.copy(word, first);
        if first {
            self.begin(word);
        }
        match self.kind {
            Kind::Made => self.made(word),
            Kind::Counted => self.count(word),
            Kind::Open | Kind::Plain | Kind::Batch => {}
        }
    }

    /// The first word.
    fn begin(&mut self, word: &str) {
        let is = |known: &[&str]| any(known, word);
        let oracle = self.dialect == Dialect::Oracle;
        self.kind = if is(&["CREATE", "ALTER", "REPLACE"]) {
            Kind::Made
        } else if oracle && is(&["BEGIN", "DECLARE"]) {
            Kind::Batch
        } else if self.kind == Kind::Counted || is(&["BEGIN", "CASE"]) || is(CONTROLS) {
            Kind::Counted
        } else {
            Kind::Plain
        };
    }

    fn made(&mut self, word: &str) {
        let whole = matches!(self.dialect, Dialect::Oracle | Dialect::TSql);
        let counted = self.dialect == Dialect::TSql;
        if any(ROUTINES, word) {
            self.kind = if whole { Kind::Batch } else { Kind::Counted };
        } else if any(OTHERS, word) || self.seen > WORDS_MAX {
            self.kind = if counted { Kind::Counted } else { Kind::Plain };
        }
    }

    fn count(&mut self, word: &str) {
        let is = |known: &[&str]| any(known, word);
        let before = std::mem::replace(&mut self.before, Before::Other);
        let edge = matches!(before, Before::Edge | Before::Begin);
        let control = self.dialect != Dialect::TSql && is(CONTROLS);
        if before == Before::Begin && is(TRANSACTION) {
            self.open.pop();
        } else if is(&["BEGIN"]) {
            self.open.push(Opener::Statements);
            self.before = Before::Begin;
        } else if is(&["END"]) {
            self.open.pop();
            self.before = Before::End;
        } else if before == Before::End && (control || is(&["CASE"])) {
            // The second word of `END IF`.
        } else if is(&["CASE"]) {
            self.open.push(if edge { Opener::Statements } else { Opener::Value });
        } else if control && edge {
            self.open.push(Opener::Statements);
            if is(&["LOOP", "REPEAT"]) {
                self.before = Before::Edge;
            }
        } else if is(&["THEN", "ELSE", "DO", "LOOP"]) && self.open.last() != Some(&Opener::Value) {
            self.before = Before::Edge;
        }
    }

    fn copy(&mut self, word: &str, first: bool) {
        let reads = matches!(self.dialect, Dialect::Postgres | Dialect::Redshift);
        self.copies = match self.copies {
            Copies::No if first && reads && any(&["COPY"], word) => Copies::Copy,
            Copies::Copy if any(&["FROM"], word) => Copies::From,
            Copies::From if any(&["STDIN"], word) => Copies::FromStdin,
            Copies::From => Copies::Copy,
            same => same,
        };
    }
}

fn any(known: &[&str], word: &str) -> bool {
    known.iter().any(|one| one.eq_ignore_ascii_case(word))
}
