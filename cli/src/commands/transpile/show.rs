//! A finding about a statement, with its line underlined.

use crate::error::clamp;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use model::{Diagnostic, Severity};
use transpiler::Translation;

/// Places that a line shows of one rule.
const PLACES_MAX: usize = 4;

/// What was done to a statement: a line for each rule with its places in both texts, and one for
/// each construct whose value is open.
pub(super) fn applied(translation: &Translation, source: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for rule in &translation.rules {
        let shown = rule.spans.iter().take(PLACES_MAX).map(|span| {
            format!(
                "{} → {}",
                place(source, span.source.start),
                place(&translation.sql, span.target.start)
            )
        });
        let mut places = shown.collect::<Vec<_>>().join(", ");
        let times = usize::try_from(rule.times).unwrap_or(usize::MAX);
        if times.max(rule.spans.len()) > PLACES_MAX {
            places.push_str(", …");
        }
        let caveat = rule.caveat.map(|caveat| format!(" ({caveat})")).unwrap_or_default();
        lines.push(format!("{} {}: {places}{caveat}", rule.code, rule.name));
    }
    for mark in &translation.not_comparable {
        let at = place(source, mark.span.start);
        lines.push(format!("not comparable: {} at {at}", mark.what));
    }
    lines
}

/// `line:column`, both from 1; columns are characters.
fn place(text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("{line}:{column}")
}

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
    fn rules_are_shown_with_line_and_column_of_both_texts() {
        let source = "SELECT 'é',\n  7 / i AS a, random() FROM (VALUES (1)) AS t(i)";
        let translation =
            transpiler::Transpiler::new(model::Dialect::Postgres, model::Dialect::DuckDb, &[])
                .translate(source, &[])
                .unwrap();
        let lines = applied(&translation, source);
        assert!(lines[0].starts_with("TR0101 ") && lines[0].contains(": 2:3 → 1:"), "{lines:?}");
        assert_eq!(lines.last().unwrap(), "not comparable: random at 2:15");
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
