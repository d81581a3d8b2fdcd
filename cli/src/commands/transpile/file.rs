//! A file of statements: each is translated or refused, in order, and none is lost.

use super::{bound::Bound, show, show::Applied};
use crate::{
    error::CliError,
    exit::Exit,
    output,
    wiring::{
        script::{Piece, Pieces},
        transpiling,
    },
};
use model::{Diagnostic, Fidelity};
use sql::script::PieceKind;
use std::io::{self, ErrorKind, Read, Write};
use transpiler::{Translation, Transpiler};

/// Translates files.
pub(super) struct Files<'a, W> {
    transpiler: &'a Transpiler,
    check: Option<&'a mut Bound>,
    out: W,
    /// Lines written so far.
    lines: usize,
    /// Has the reader of the output gone?
    closed: bool,
    color: bool,
    translated: u64,
    approximate: u64,
    refused: u64,
    applied: Applied,
}

impl<'a, W: Write> Files<'a, W> {
    /// Translations go to `out`; `check` is asked whether it binds each.
    pub(super) fn new(transpiler: &'a Transpiler, check: Option<&'a mut Bound>, out: W) -> Self {
        Self {
            transpiler,
            check,
            out,
            lines: 0,
            closed: false,
            color: output::stderr_color(),
            translated: 0,
            approximate: 0,
            refused: 0,
            applied: Applied::default(),
        }
    }

    /// Translates all that there is; then says what was done. A refusal stops nothing.
    pub(super) fn run(mut self, pieces: &mut Pieces<impl Read>) -> Result<Exit, CliError> {
        while let Some(piece) = pieces.next()? {
            match &piece.kind {
                PieceKind::Comment(words) => self.comment(&piece, words)?,
                PieceKind::Refused(diagnostic) => {
                    self.refuse(std::slice::from_ref(diagnostic), pieces.name(), &piece)?;
                }
                PieceKind::Statement => self.statement(pieces.name(), &piece)?,
            }
            if self.closed {
                break;
            }
        }
        for line in self.applied.lines() {
            output::note(line);
        }
        if self.translated + self.refused != 1 {
            output::note(self.summary(pieces.name()));
        }
        Ok(if self.refused == 0 { Exit::Holds } else { Exit::Fails })
    }

    fn statement(&mut self, name: &str, piece: &Piece) -> Result<(), CliError> {
        let translation = match transpiling::translated(self.transpiler, &piece.text, &[]) {
            Ok(Ok(translation)) => translation,
            Ok(Err(refusal)) => return self.refuse(&refusal.diagnostics, name, piece),
            Err(message) => {
                let finding = Diagnostic::error(transpiler::NO_TRANSLATION, message, None);
                return self.refuse(&[finding], name, piece);
            }
        };
        if let Some(check) = &mut self.check
            && let Some(diagnostic) = check.refused(&translation.sql)?
        {
            return self.refuse(&[diagnostic], name, piece);
        }
        for diagnostic in &translation.diagnostics {
            output::note(show::render(diagnostic, name, piece, self.color));
        }
        self.keep(&translation, piece)
    }

    fn keep(&mut self, translation: &Translation, piece: &Piece) -> Result<(), CliError> {
        self.translated += 1;
        if translation.fidelity == Fidelity::Approximate {
            self.approximate += 1;
        }
        self.applied.add(translation, piece, self.lines + 1);
        let sql = translation.sql.trim_end().trim_end_matches(';');
        self.write(&format!("{sql};\n"))
    }

    fn refuse(
        &mut self,
        diagnostics: &[Diagnostic],
        name: &str,
        piece: &Piece,
    ) -> Result<(), CliError> {
        self.refused += 1;
        for diagnostic in diagnostics {
            output::note(show::render(diagnostic, name, piece, self.color));
        }
        let Some(first) = diagnostics.first() else { return Ok(()) };
        // Who reads the output alone sees that something is missing, and where.
        let place = first.span.map_or(0, |span| span.start);
        let at = show::place(&piece.place, &piece.text, place);
        let (code, message) = (&first.code, &first.message);
        self.comment_line(&format!(" not translated, {name}:{at}: {code} {message}"))
    }

    /// A comment outside of statements stays: written so that every target reads it as one.
    fn comment(&mut self, piece: &Piece, words: &str) -> Result<(), CliError> {
        let block = piece.text.starts_with("/*");
        for (index, line) in words.trim_end().split(['\n', '\r']).enumerate() {
            if !block {
                self.comment_line(line)?;
            } else if index > 0 || !line.trim().is_empty() {
                let line = line.trim();
                let text = line.strip_prefix('*').unwrap_or(line).trim_start();
                self.comment_line(&format!(" {text}"))?;
            }
        }
        Ok(())
    }

    fn comment_line(&mut self, text: &str) -> Result<(), CliError> {
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.write(&format!("--{}\n", text.trim_end()))
    }

    fn write(&mut self, text: &str) -> Result<(), CliError> {
        self.lines += text.matches('\n').count();
        match self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            written => output::forgive(written),
        }
    }

    fn summary(&self, name: &str) -> String {
        let (translated, refused) = (self.translated, self.refused);
        if translated + refused == 0 {
            return format!("`{name}` holds no statement");
        }
        let approximate = match self.approximate {
            0 => String::new(),
            some => format!(" ({some} approximate)"),
        };
        let all = translated + refused;
        format!("{all} statements: {translated} translated{approximate}, {refused} refused")
    }
}

/// The standard input as a reader that says what it waits for.
pub(super) fn stdin() -> io::Stdin {
    if io::IsTerminal::is_terminal(&io::stdin()) {
        output::note("reading SQL from the terminal; end it with Ctrl-D");
    }
    io::stdin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Dialect;

    fn translated(from: Dialect, text: &str) -> (Exit, String) {
        let transpiler = Transpiler::new(from, Dialect::DuckDb, &[]);
        let mut pieces = Pieces::new(text.as_bytes(), "x.sql".to_owned(), &from.into());
        let mut out = Vec::new();
        let exit = Files::new(&transpiler, None, &mut out).run(&mut pieces).unwrap();
        (exit, String::from_utf8(out).unwrap())
    }

    #[test]
    fn each_statement_is_translated_in_order_and_a_refusal_stops_nothing() {
        let text =
            "-- one\nSELECT 7 / 2 AS a; SELECT nope(1);;\n/* two\n * lines */\nSELECT 3 AS b";
        let (exit, out) = translated(Dialect::Postgres, text);
        assert_eq!(exit, Exit::Fails);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 6, "{out}");
        assert_eq!(lines[0], "-- one");
        assert!(lines[1].contains("//") && lines[1].ends_with(';'), "{out}");
        assert!(lines[2].starts_with("-- not translated, x.sql:2:27: TR"), "{out}");
        assert_eq!(lines[3..], ["-- two", "-- lines", "SELECT 3 AS b;"]);
    }

    #[test]
    fn what_was_translated_is_translated_again_to_itself() {
        let text = "# a\rb\nSELECT 1 AS a; /**/ SELECT 'x;y' AS `b`;\n-- end";
        let (exit, out) = translated(Dialect::BigQuery, text);
        assert_eq!(exit, Exit::Holds, "{out}");
        assert!(out.starts_with("-- a\n--b\nSELECT 1 AS a;\n"), "{out}");
        let (_, again) = translated(Dialect::DuckDb, &out);
        assert_eq!(again, out);
    }

    #[test]
    fn a_file_without_a_statement_is_no_failure() {
        assert_eq!(translated(Dialect::Postgres, " ;; \n"), (Exit::Holds, String::new()));
    }

    #[test]
    fn a_batch_of_tsql_and_a_routine_of_mysql() {
        let (exit, out) = translated(Dialect::TSql, "SELECT 1 AS a\nGO\nSELECT 2 AS b\nGO 3\n");
        assert_eq!(exit, Exit::Fails);
        assert!(out.starts_with("SELECT 1 AS a;\nSELECT 2 AS b;\n-- not translated"), "{out}");
        let text = "CREATE PROCEDURE p() BEGIN DELETE FROM t; SELECT 1; END; SELECT 2 AS b;";
        let (_, out) = translated(Dialect::MySql, text);
        assert_eq!(out.lines().count(), 2, "{out}");
        assert!(out.starts_with("-- not translated") && out.ends_with("SELECT 2 AS b;\n"), "{out}");
    }

    /// Takes nothing.
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn when_the_reader_has_gone_the_rest_is_left() {
        let transpiler = Transpiler::new(Dialect::Postgres, Dialect::DuckDb, &[]);
        let text = "SELECT 1;".repeat(3);
        let mut pieces = Pieces::new(text.as_bytes(), "x".to_owned(), &Dialect::Postgres.into());
        let mut files = Files::new(&transpiler, None, Closed);
        files.color = false;
        assert_eq!(files.run(&mut pieces).unwrap(), Exit::Holds);
        assert!(pieces.next().unwrap().is_some());
    }
}
