//! Files of SQL statements, read piece by piece: a file of any length takes little memory.

use crate::error::CliError;
use model::{Diagnostic, Span};
use sql::{
    STATEMENT_BYTES_MAX, SourceSettings, UNPARSABLE,
    script::{PieceKind, Script},
};
use std::{
    collections::VecDeque,
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

/// So much of a text is looked at first.
const WINDOW_BYTES: usize = 16 * 1024;

/// The longest part that is looked at: the longest statement, and what ends it.
const WINDOW_BYTES_MAX: usize = STATEMENT_BYTES_MAX + 1024;

/// So much of what stands before a statement on its line is shown with it.
const HEAD_BYTES_MAX: usize = 160;

/// The pieces of a file.
pub(crate) struct Pieces<R> {
    input: R,
    name: String,
    script: Script,
    /// Bytes read that are no text yet: the beginning of a character.
    raw: Vec<u8>,
    text: String,
    ended: bool,
    here: Place,
    waiting: VecDeque<Piece>,
}

/// A place of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// From 1.
    pub(crate) line: usize,
    /// From 1, in characters.
    pub(crate) column: usize,
    /// The end of what stands before it on its line.
    pub(crate) head: String,
}

/// A piece of a file.
#[derive(Debug)]
pub(crate) struct Piece {
    /// Statement, comment or why it is none.
    pub(crate) kind: PieceKind,
    /// The text; places of a finding are places in it.
    pub(crate) text: String,
    /// Where it begins.
    pub(crate) place: Place,
}

/// The pieces of a file.
pub(crate) fn of_file(path: &Path, settings: &SourceSettings) -> Result<Pieces<File>, CliError> {
    let name = path.display().to_string();
    if path.is_dir() {
        return Err(CliError::usage(format!("`{name}` is a folder, not a file")));
    }
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => CliError::usage(format!("there is no file `{name}`")),
        _ => CliError::usage(format!("`{name}` could not be read: {error}")),
    })?;
    Ok(Pieces::new(file, name, settings))
}

impl<R: Read> Pieces<R> {
    /// The pieces of what `input` gives, which is called `name` in messages.
    pub(crate) fn new(input: R, name: String, settings: &SourceSettings) -> Self {
        Self {
            input,
            name,
            script: Script::under(settings),
            raw: Vec::new(),
            text: String::new(),
            ended: false,
            here: Place::line(1),
            waiting: VecDeque::new(),
        }
    }

    /// What the input is called.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The next piece.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, CliError> {
        let mut window = WINDOW_BYTES;
        loop {
            if let Some(piece) = self.waiting.pop_front() {
                return Ok(Some(piece));
            }
            self.fill(window)?;
            if self.text.is_empty() {
                return Ok(None);
            }
            let length = self.text.floor_char_boundary(window);
            let last = self.ended && length == self.text.len();
            let part = self.text.get(..length).unwrap_or_default();
            let cut = self.script.cut(part, last);
            if cut.taken > 0 {
                window = WINDOW_BYTES;
                self.take(cut);
            } else if window >= WINDOW_BYTES_MAX {
                self.give_up();
            } else {
                window = (window * 2).min(WINDOW_BYTES_MAX);
            }
        }
    }

    /// Moves what was cut off to where it waits.
    fn take(&mut self, cut: sql::script::Cut) {
        let mut at = 0;
        for piece in cut.pieces {
            self.here.pass(self.text.get(at..piece.span.start).unwrap_or_default());
            at = piece.span.start;
            self.waiting.push_back(Piece {
                kind: moved(piece.kind, at),
                text: piece.span.slice(&self.text).to_owned(),
                place: self.here.clone(),
            });
        }
        self.here.pass(self.text.get(at..cut.taken).unwrap_or_default());
        self.text.drain(..cut.taken);
    }

    /// A statement beyond the bound: where it ends is not looked for.
    fn give_up(&mut self) {
        let message = format!("no statement ends within {STATEMENT_BYTES_MAX} bytes from here");
        let text = self.text.trim_start();
        let place = self.here.behind(self.text.get(..self.text.len() - text.len()).unwrap_or(""));
        let width = text.chars().next().map_or(0, char::len_utf8);
        let diagnostic = Diagnostic::error(UNPARSABLE, message, Some(Span::new(0, width)))
            .with_hint("no statement from here to the end of the text was read");
        let shown = text.floor_char_boundary(HEAD_BYTES_MAX);
        self.waiting.push_back(Piece {
            kind: PieceKind::Refused(diagnostic),
            text: text.get(..shown).unwrap_or_default().to_owned(),
            place,
        });
        self.text.clear();
        self.raw.clear();
        self.ended = true;
    }

    /// Reads on until there is this much text, or all.
    fn fill(&mut self, bytes: usize) -> Result<(), CliError> {
        let mut buffer = [0; 8 * 1024];
        while !self.ended && self.text.len() < bytes {
            let first = self.text.is_empty() && self.here.is_start();
            match self.input.read(&mut buffer) {
                Ok(0) => {
                    self.ended = true;
                    if !self.raw.is_empty() {
                        return Err(self.no_text());
                    }
                }
                Ok(read) => self.raw.extend(buffer.iter().take(read)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    let name = &self.name;
                    return Err(CliError::usage(format!("`{name}` could not be read: {error}")));
                }
            }
            self.decode()?;
            // A byte order mark is the editor's, not the statement's.
            if first && self.text.starts_with('\u{feff}') {
                self.text.drain(..'\u{feff}'.len_utf8());
            }
        }
        Ok(())
    }

    fn decode(&mut self) -> Result<(), CliError> {
        let good = match std::str::from_utf8(&self.raw) {
            Ok(_) => self.raw.len(),
            Err(error) => error.valid_up_to(),
        };
        let bytes: Vec<u8> = self.raw.drain(..good).collect();
        let wrong = std::str::from_utf8(&self.raw).is_err_and(|error| error.error_len().is_some());
        self.text.push_str(&String::from_utf8_lossy(&bytes));
        if wrong { Err(self.no_text()) } else { Ok(()) }
    }

    fn no_text(&self) -> CliError {
        let mut place = self.here.clone();
        place.pass(&self.text);
        let Place { line, column, .. } = place;
        let (name, byte) = (&self.name, self.raw.first().copied().unwrap_or_default());
        let at = format!("the byte 0x{byte:02x} at {line}:{column} belongs to no character");
        let error = CliError::usage(format!("`{name}` is not UTF-8 text: {at}"));
        let wide = line == 1 && column == 1 && matches!(byte, 0xff | 0xfe);
        error.hint(if wide { "it may be UTF-16; save it as UTF-8" } else { "save it as UTF-8" })
    }
}

impl Place {
    /// The beginning of a line.
    pub(crate) const fn line(line: usize) -> Self {
        Self { line, column: 1, head: String::new() }
    }

    fn is_start(&self) -> bool {
        self.line == 1 && self.column == 1
    }

    /// Moves behind `text`.
    pub(crate) fn pass(&mut self, text: &str) {
        let tail = match text.rsplit_once('\n') {
            Some((before, tail)) => {
                self.line += before.matches('\n').count() + 1;
                self.column = 1;
                self.head.clear();
                tail
            }
            None => text,
        };
        self.column += tail.chars().count();
        self.head.push_str(tail);
        if self.head.len() > HEAD_BYTES_MAX {
            let cut = self.head.ceil_char_boundary(self.head.len() - HEAD_BYTES_MAX);
            self.head.drain(..cut);
        }
    }

    /// The place behind `text`, which begins here.
    pub(crate) fn behind(&self, text: &str) -> Self {
        let mut place = self.clone();
        place.pass(text);
        place
    }
}

/// A finding's place counts from the piece's beginning.
fn moved(kind: PieceKind, start: usize) -> PieceKind {
    match kind {
        PieceKind::Refused(mut diagnostic) => {
            diagnostic.span = diagnostic.span.map(|span| {
                Span::new(span.start.saturating_sub(start), span.end.saturating_sub(start))
            });
            PieceKind::Refused(diagnostic)
        }
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use model::Dialect;

    fn read(bytes: impl Read) -> Result<Vec<Piece>, CliError> {
        let mut pieces = Pieces::new(bytes, "x".to_owned(), &Dialect::Postgres.into());
        let mut out = Vec::new();
        while let Some(piece) = pieces.next()? {
            out.push(piece);
        }
        Ok(out)
    }

    #[test]
    fn pieces_know_their_place() {
        let text = "\u{feff}SELECT 'ä'; SELECT 2;\n\n  SELECT 'open";
        let pieces = read(text.as_bytes()).unwrap();
        let places: Vec<_> = pieces
            .iter()
            .map(|p| (p.text.as_str(), p.place.line, p.place.column, p.place.head.as_str()))
            .collect();
        assert_eq!(
            places,
            [
                ("SELECT 'ä'", 1, 1, ""),
                ("SELECT 2", 1, 13, "SELECT 'ä'; "),
                ("SELECT 'open", 3, 3, "  ")
            ]
        );
        let PieceKind::Refused(finding) = &pieces[2].kind else { panic!("{pieces:?}") };
        assert_eq!(finding.span.unwrap().slice(&pieces[2].text), "'");
    }

    /// Gives one byte at a time, as a slow pipe does.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = self.0.len().min(1).min(buffer.len());
            let (now, later) = self.0.split_at(length);
            buffer[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }

    #[test]
    fn long_files_come_in_parts() {
        let one = "SELECT 'ü;' -- x\n;\n";
        let text = one.repeat(5_000);
        for pieces in [read(text.as_bytes()).unwrap(), read(Slow(text.as_bytes())).unwrap()] {
            assert_eq!(pieces.len(), 10_000);
            assert!(pieces.iter().step_by(2).all(|p| p.text == "SELECT 'ü;'"));
            assert_eq!(pieces[9_998].place.line, 9_999);
        }
    }

    #[test]
    fn a_statement_without_an_end_is_given_up() {
        let text = format!("SELECT 1;\nSELECT '{}", "x".repeat(2 * WINDOW_BYTES_MAX));
        let pieces = read(text.as_bytes()).unwrap();
        assert_eq!(pieces.len(), 2);
        let PieceKind::Refused(finding) = &pieces[1].kind else { panic!() };
        assert!(finding.message.contains("no statement ends") && pieces[1].place.line == 2);
    }

    #[test]
    fn what_is_no_text_is_said_with_its_place() {
        let long = [b"SELECT 1;\n".repeat(3_000), vec![b'-', b'-', 0xc3, 0x28]].concat();
        for (bytes, says) in [
            (vec![0xff, 0xfe, b'S', 0], "UTF-16"),
            (b"SELECT 1;\n  \xff".to_vec(), "0xff at 2:3"),
            (b"SELECT '\xc3".to_vec(), "0xc3 at 1:9"),
            (long, "0xc3 at 3001:3"),
        ] {
            let error = read(bytes.as_slice()).unwrap_err();
            assert_eq!(error.exit(), Exit::Usage);
            assert!(error.render(false).contains(says), "{}", error.render(false));
        }
    }
}
