//! What ends a command early: a message for people, hints, and the exit code.

use crate::exit::Exit;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::{fmt, ops::Range, path::Path};

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct CliError {
    exit: Exit,
    message: String,
    place: Option<Place>,
    hints: Vec<String>,
}

/// Where in a file it is.
#[derive(Debug)]
struct Place {
    path: String,
    text: String,
    span: Range<usize>,
}

impl CliError {
    /// An error with this exit code. Messages are lower case without a final period.
    pub(crate) fn new(exit: Exit, message: impl fmt::Display) -> Self {
        Self { exit, message: message.to_string(), place: None, hints: Vec::new() }
    }

    /// The command line, a file given by it or the configuration is wrong.
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// An engine, the store or an output cannot be reached.
    pub(crate) fn unreachable(message: impl fmt::Display) -> Self {
        Self::new(Exit::Unreachable, message)
    }

    /// It was interrupted.
    pub(crate) fn interrupted(message: impl fmt::Display) -> Self {
        Self::new(Exit::Incomplete, message)
    }

    /// The same, at a place of a file.
    #[must_use]
    pub(crate) fn at(mut self, path: &Path, text: &str, span: Range<usize>) -> Self {
        let path = path.display().to_string();
        self.place = Some(Place { path, text: text.to_owned(), span });
        self
    }

    /// The same with one more thing to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same, with a hint where there is one.
    #[must_use]
    pub(crate) fn hint_if(self, hint: Option<String>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// What is wrong, without place and hints.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The exit code.
    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    /// The text for stderr, with ANSI colours if asked for.
    pub(crate) fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let title = Level::ERROR.primary_title(&self.message);
        let Some(place) = &self.place else {
            let mut text = renderer.render(&[Group::with_title(title)]);
            for hint in &self.hints {
                text.push_str("\nhint: ");
                text.push_str(hint);
            }
            return text;
        };
        let annotation = AnnotationKind::Primary.span(clamp(&place.span, &place.text));
        let snippet = Snippet::source(&place.text).path(&place.path).annotation(annotation);
        let hints =
            self.hints.iter().map(|hint| Level::HELP.with_name("hint").message(hint.as_str()));
        renderer.render(&[title.element(snippet).elements(hints)])
    }
}

/// The part of `span` that lies in `text`, moved back to whole characters: what can be underlined.
pub(crate) fn clamp(span: &Range<usize>, text: &str) -> Range<usize> {
    let end = floor(text, span.end);
    floor(text, span.start.min(end))..end
}

/// The nearest place at or before `at` that is between two characters of `text`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl From<replay::ReplayError> for CliError {
    fn from(error: replay::ReplayError) -> Self {
        Self::new(exit_of(error.class()), error)
    }
}

impl From<replay::StoreError> for CliError {
    fn from(error: replay::StoreError) -> Self {
        Self::new(exit_of(error.class()), error)
    }
}

fn exit_of(class: replay::ErrorClass) -> Exit {
    match class {
        replay::ErrorClass::Usage => Exit::Usage,
        replay::ErrorClass::Unreachable | replay::ErrorClass::Store => Exit::Unreachable,
        // What was recorded stays, so that the run can be started again.
        replay::ErrorClass::Internal => Exit::Incomplete,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_what_where_and_what_to_do() {
        let text = CliError::usage("unknown key `b`")
            .at(Path::new("x.toml"), "a = 1\nb = 2\n", 6..7)
            .hint("did you mean `a`?")
            .render(false);
        assert!(text.starts_with("error: unknown key `b`"), "{text}");
        assert!(text.contains("x.toml:2:1") && text.contains("b = 2"), "{text}");
        assert!(text.contains("hint: did you mean `a`?"), "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn without_a_place_the_hints_follow_as_lines() {
        let error = CliError::unreachable("no server").hint("start it");
        assert_eq!(error.render(false), "error: no server\nhint: start it");
        assert_eq!(error.exit(), Exit::Unreachable);
    }

    #[test]
    fn a_place_outside_of_the_text_is_no_panic() {
        for (text, span) in [("", 0..9), ("ab", 5..9), ("ab\n", 3..3), ("ä", 1..2)] {
            let error = CliError::usage("m").at(Path::new("x"), text, span);
            assert!(error.render(true).contains('m'));
        }
    }
}
