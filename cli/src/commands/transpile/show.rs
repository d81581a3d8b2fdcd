//! A finding about a statement, with its line underlined.

use crate::error::clamp;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use model::{Diagnostic, Severity};

/// The finding as text, with ANSI colours if asked for.
pub(super) fn render(diagnostic: &Diagnostic, name: &str, text: &str, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level.primary_title(&diagnostic.message).id(&diagnostic.code);
    let explain = format!("`gnomon explain {}` says more", diagnostic.code);
    let hints = diagnostic.hint.iter().map(String::as_str).chain([explain.as_str()]);
    let hints = hints.map(|hint| Level::HELP.with_name("hint").message(hint));
    let group = match diagnostic.span {
        Some(span) => {
            let place = AnnotationKind::Primary.span(clamp(&(span.start..span.end), text));
            title.element(Snippet::source(text).path(name).annotation(place)).elements(hints)
        }
        None => title.elements(hints),
    };
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Span;

    #[test]
    fn the_place_is_underlined_and_the_code_named() {
        let text = "SELECT a,\n       pg_sleep(1)\nFROM t";
        let finding =
            Diagnostic::error("TR9010", "`pg_sleep` is not known", Some(Span::new(17, 28)))
                .with_hint("take it out");
        let shown = render(&finding, "q.sql", text, false);
        assert!(shown.contains("error[TR9010]: `pg_sleep` is not known"), "{shown}");
        assert!(shown.contains("q.sql:2:8") && shown.contains("^^^^^^^^^^^"), "{shown}");
        assert!(shown.contains("hint: take it out") && shown.contains("gnomon explain TR9010"));
        assert!(!shown.contains('\u{1b}') && render(&finding, "q", text, true).contains('\u{1b}'));
    }

    #[test]
    fn places_outside_of_the_text_and_inside_of_characters_are_no_panic() {
        for (text, start, end) in [("", 0, 5), ("ä", 1, 2), ("ab", 9, 3), ("ab\n", 3, 3)] {
            let finding = Diagnostic::error("TR0001", "m", Some(Span::new(start, end)));
            assert!(render(&finding, "q", text, false).contains("TR0001"));
        }
        let whole = Diagnostic::error("TR0001", "m", None);
        assert!(render(&whole, "q", "x", false).contains("error[TR0001]: m"));
    }
}
