//! The line of a statement that a diagnostic points at, cut into before, marked and after.

use crate::visible;
use model::Span;

/// Characters shown on each side of the marked part, and of the marked part itself.
const CONTEXT_CHARS_MAX: usize = 72;

/// A line with a marked part. All texts have their invisible characters marked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    /// 1-based line.
    pub(crate) line: usize,
    /// 1-based column, in characters.
    pub(crate) column: usize,
    /// What stands before the marked part; starts with `…` where it was cut.
    pub(crate) before: String,
    /// The marked part, up to its first line end; `∎` stands for the end of the text.
    pub(crate) marked: String,
    /// What stands after it, on its line.
    pub(crate) after: String,
}

/// The line of `sql` at `span`; nothing where the span does not fit the text.
pub(crate) fn excerpt(sql: &str, span: Span) -> Option<Excerpt> {
    let head = sql.get(..span.start)?;
    let marked_all = sql.get(span.start..span.end)?;
    let tail = sql.get(span.end..)?;
    let line_start = head.rfind('\n').map_or(0, |at| at + 1);
    let before = head.get(line_start..)?;
    let (marked, goes_on) = match marked_all.split_once('\n') {
        Some((first, _)) => (first, true),
        None => (marked_all, false),
    };
    let after = if goes_on { "" } else { tail.split('\n').next().unwrap_or("") };
    Some(Excerpt {
        line: head.matches('\n').count() + 1,
        column: before.chars().count() + 1,
        before: visible::line(&keep_end(before)),
        marked: match (marked, goes_on) {
            ("", false) => "∎".to_owned(),
            ("", true) => "↵".to_owned(),
            _ => visible::line(&keep_start(marked)),
        },
        after: visible::line(&keep_start(after.trim_end())),
    })
}

fn keep_start(text: &str) -> String {
    match visible::cut(text, CONTEXT_CHARS_MAX) {
        (all, 0) => all.to_owned(),
        (start, _) => format!("{start}…"),
    }
}

fn keep_end(text: &str) -> String {
    let too_many = text.chars().count().saturating_sub(CONTEXT_CHARS_MAX);
    if too_many == 0 {
        return text.to_owned();
    }
    std::iter::once('…').chain(text.chars().skip(too_many)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_line_and_column_by_bytes() {
        let sql = "SELECT 'é',\n  a::abstime\nFROM t";
        let start = sql.find("a::abstime").unwrap();
        let found = excerpt(sql, Span::new(start, start + 10)).unwrap();
        assert_eq!((found.line, found.column), (2, 3));
        assert_eq!(found.before, "  ");
        assert_eq!(found.marked, "a::abstime");
        assert_eq!(found.after, "");
    }

    #[test]
    fn a_span_over_lines_is_marked_on_its_first() {
        let found = excerpt("a (b\nc) d", Span::new(2, 7)).unwrap();
        assert_eq!((found.marked.as_str(), found.after.as_str()), ("(b", ""));
    }

    #[test]
    fn the_end_of_the_text_has_a_mark() {
        assert_eq!(excerpt("SELECT", Span::new(6, 6)).unwrap().marked, "∎");
    }

    #[test]
    fn a_span_that_does_not_fit_gives_nothing() {
        for (start, end) in [(0, 99), (99, 100), (1, 2), (3, 1)] {
            assert_eq!(excerpt("é é", Span::new(start, end)), None, "{start}..{end}");
        }
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides() {
        let sql = format!("{}HERE{}", "a".repeat(1_000), "b".repeat(1_000));
        let found = excerpt(&sql, Span::new(1_000, 1_004)).unwrap();
        assert_eq!(found.column, 1_001);
        assert!(found.before.starts_with('…') && found.before.chars().count() == 73);
        assert!(found.after.ends_with('…') && found.after.chars().count() == 73);
    }
}
