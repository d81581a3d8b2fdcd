//! What is said of a translation: findings with their line underlined, and what was done.

use crate::{
    error::clamp,
    wiring::script::{Piece, Place},
};
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use model::{Caveat, Diagnostic, Severity};
use std::collections::BTreeMap;
use transpiler::Translation;

/// Places that a line shows of one rule.
const PLACES_MAX: usize = 4;

/// What was done to the statements of a file.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// By code and name.
    rules: BTreeMap<(String, String), (Option<Caveat>, Places)>,
    /// Constructs whose value is open.
    open: BTreeMap<String, Places>,
}

/// Some places of many.
#[derive(Debug, Default)]
struct Places {
    shown: Vec<String>,
    more: bool,
}

impl Places {
    fn add(&mut self, place: impl FnOnce() -> String) {
        if self.shown.len() < PLACES_MAX {
            self.shown.push(place());
        } else {
            self.more = true;
        }
    }

    fn text(&self) -> String {
        let more = self.more && !self.shown.is_empty();
        self.shown.join(", ") + if more { ", …" } else { "" }
    }
}

impl Applied {
    /// What was done to a statement, whose translation begins on this line of the output.
    pub(super) fn add(&mut self, translation: &Translation, piece: &Piece, line: usize) {
        let output = Place::line(line);
        let from = |at| place(&piece.place, &piece.text, at);
        for rule in &translation.rules {
            let key = (rule.code.clone(), rule.name.clone());
            let (caveat, places) = self.rules.entry(key).or_default();
            *caveat = rule.caveat;
            for span in &rule.spans {
                let to = || place(&output, &translation.sql, span.target.start);
                places.add(|| format!("{} → {}", from(span.source.start), to()));
            }
            places.more |= usize::try_from(rule.times).is_ok_and(|times| times > rule.spans.len());
        }
        for mark in &translation.not_comparable {
            self.open.entry(mark.what.clone()).or_default().add(|| from(mark.span.start));
        }
    }

    /// A line for each rule with its places in both texts, and one for each construct whose value is
    /// open.
    pub(super) fn lines(&self) -> Vec<String> {
        let rules = self.rules.iter().map(|((code, name), (caveat, places))| {
            let caveat = caveat.map(|caveat| format!(" ({caveat})")).unwrap_or_default();
            // What is about the whole statement has no place.
            let at = if places.shown.is_empty() { "" } else { ": " };
            format!("{code} {name}{at}{}{caveat}", places.text())
        });
        let open = self.open.iter();
        let open =
            open.map(|(what, places)| format!("not comparable: {what} at {}", places.text()));
        rules.chain(open).collect()
    }
}

/// `line:column` of an offset into a text that begins at `start`, both from 1; columns are characters.
pub(super) fn place(start: &Place, text: &str, offset: usize) -> String {
    let Place { line, column, .. } = start.behind(text.get(..offset).unwrap_or(text));
    format!("{line}:{column}")
}

/// The finding as text, with ANSI colours if asked for.
pub(super) fn render(diagnostic: &Diagnostic, name: &str, piece: &Piece, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level.primary_title(&diagnostic.message).id(&diagnostic.code);
    let explain = format!("`gnomon explain {}` says more", diagnostic.code);
    let hints = diagnostic.hint.iter().map(String::as_str).chain([explain.as_str()]);
    let hints = hints.map(|hint| Level::HELP.with_name("hint").message(hint));
    let Piece { text, place: start, .. } = piece;
    let span = diagnostic.span.map(|span| clamp(&(span.start..span.end), text));
    let source = format!("{}{text}", start.head);
    let group = if let Some(span) = span {
        let head = start.head.len();
        let mark = AnnotationKind::Primary.span(span.start + head..span.end + head);
        let snippet = Snippet::source(&source).line_start(start.line).annotation(mark);
        // Columns are counted in what is shown of the line.
        if start.column == start.head.chars().count() + 1 {
            title.element(snippet.path(name)).elements(hints)
        } else {
            let at = start.behind(text.get(..span.start).unwrap_or(text));
            let origin = Origin::path(name).line(at.line).char_column(at.column);
            title.element(origin).element(snippet).elements(hints)
        }
    } else {
        let origin = Origin::path(name).line(start.line).char_column(start.column);
        title.element(origin).elements(hints)
    };
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Span;
    use sql::script::PieceKind;

    fn piece(text: &str) -> Piece {
        Piece { kind: PieceKind::Statement, text: text.to_owned(), place: Place::line(1) }
    }

    #[test]
    fn the_place_is_underlined_and_the_code_named() {
        let text = "SELECT a,\n       pg_sleep(1)\nFROM t";
        let finding =
            Diagnostic::error("TR9010", "`pg_sleep` is not known", Some(Span::new(17, 28)))
                .with_hint("take it out");
        let shown = render(&finding, "q.sql", &piece(text), false);
        assert!(shown.contains("error[TR9010]: `pg_sleep` is not known"), "{shown}");
        assert!(shown.contains("q.sql:2:8") && shown.contains("^^^^^^^^^^^"), "{shown}");
        assert!(shown.contains("hint: take it out") && shown.contains("gnomon explain TR9010"));
        assert!(
            !shown.contains('\u{1b}')
                && render(&finding, "q", &piece(text), true).contains('\u{1b}')
        );
    }

    #[test]
    fn places_are_those_of_the_file() {
        let mut here = Place::line(7);
        here.pass(&"é".repeat(500));
        let text = "SELECT nope(1),\n  2";
        let piece = Piece { place: here, ..piece(text) };
        let finding = Diagnostic::error("TR9010", "m", Some(Span::new(7, 14)));
        let shown = render(&finding, "q.sql", &piece, false);
        assert!(shown.contains("q.sql:7:508") && shown.contains("nope(1)"), "{shown}");
        assert!(shown.contains("\n7 |"), "{shown}");
        let finding = Diagnostic::error("TR9010", "m", Some(Span::new(18, 19)));
        let shown = render(&finding, "q.sql", &piece, false);
        assert!(shown.contains("q.sql:8:3") && shown.contains("\n8 |"), "{shown}");
        let whole = Diagnostic::error("TR9010", "m", None);
        assert!(render(&whole, "q.sql", &piece, false).contains("q.sql:7:501"), "{shown}");
    }

    #[test]
    fn rules_are_shown_with_line_and_column_of_both_texts() {
        let source = "SELECT 'é',\n  7 / i AS a, random() FROM (VALUES (1)) AS t(i)";
        let translation =
            transpiler::Transpiler::new(model::Dialect::Postgres, model::Dialect::DuckDb, &[])
                .translate(source, &[])
                .unwrap();
        let mut applied = Applied::default();
        applied.add(&translation, &piece(source), 1);
        let lines = applied.lines();
        assert!(lines[0].starts_with("TR0101 ") && lines[0].contains(": 2:3 → 1:"), "{lines:?}");
        assert_eq!(lines.last().unwrap(), "not comparable: random at 2:15");
    }

    #[test]
    fn places_outside_of_the_text_and_inside_of_characters_are_no_panic() {
        for (text, start, end) in [("", 0, 5), ("ä", 1, 2), ("ab", 9, 3), ("ab\n", 3, 3)] {
            let finding = Diagnostic::error("TR0001", "m", Some(Span::new(start, end)));
            assert!(render(&finding, "q", &piece(text), false).contains("TR0001"));
        }
        let whole = Diagnostic::error("TR0001", "m", None);
        assert!(render(&whole, "q", &piece("x"), false).contains("error[TR0001]: m"));
    }
}
