//! What is known of a column beside its name and type, and goes with it into the queries around: a
//! value that the source treats otherwise than others of its type.

use super::{Binder, Span, small_integers::Small};
use crate::tree::{Column, Expr, ExprKind, Query};

/// One thing of that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A quotient with more digits than it shows (`guard_digits.rs`).
    Quotient,
    /// A decimal whose text has digits of its own where it is stored (`guard_digits.rs`).
    Computed,
    /// A text of a list (`enumerated.rs`).
    Enumerated,
    /// A number that keeps all digits of a quotient, whatever its type says (`floating.rs`).
    Floating,
    /// A number whose column says what a text of it looks like, or a date whose column reads texts in its own
    /// way (`formatted.rs`).
    Formatted,
    /// A number that is written out in a query inside (`formatted.rs`).
    WrittenOut,
    /// A number of a small type, which the core's integer here is not (`small_integers.rs`).
    Small(Small),
    /// A CHAR of so many characters that is a text here, with its blanks (`padded.rs`).
    Char(u32),
    /// A text of Unicode, where other texts have another order (`national.rs`).
    National,
    /// A text of a code page, in a dialect with both.
    CodePage,
    /// A time that shows whole seconds (`moments.rs`).
    Seconds,
    /// A time that shows so many digits of a second.
    Digits(u32),
    /// A time of which that is not known.
    Unsaid,
    /// A text that blanks fill up to so many characters (`char_lengths.rs`).
    Blanks(u32),
    /// A padded text that a query inside has chosen among several (`padded.rs`).
    Padded,
    /// A decimal of as many digits as the server likes (`open_digits.rs`).
    OpenDigits,
    /// A decimal of 38 digits, whatever its type says.
    AllDigits,
}

/// The marks of a query's columns, by their places.
pub(super) type ColumnMarks = Vec<(usize, Mark)>;

/// The marked columns of a statement.
#[derive(Debug, Default)]
pub(super) struct Marked {
    columns: Vec<(String, String, Mark)>,
    /// Items of a SELECT that have a format, and the numbers in them.
    items: Vec<Span>,
    shown: Vec<Span>,
    /// Casts to BYTEINT.
    bytes: Vec<Span>,
    /// What items of a SELECT show of a second.
    moments: Vec<(Span, Mark)>,
    /// Calls whose value has the digits of their argument.
    numbers: Vec<(Span, Mark)>,
}

impl Marked {
    pub(super) fn note(&mut self, relation: &str, column: &str, mark: Mark) {
        self.columns.push((relation.to_owned(), column.to_owned(), mark));
    }

    pub(super) fn item(&mut self, span: Span) {
        self.items.push(span);
    }

    pub(super) fn is_item(&self, span: Span) -> bool {
        self.items.contains(&span)
    }

    pub(super) fn show(&mut self, span: Span) {
        self.shown.push(span);
    }

    pub(super) fn is_shown(&self, span: Span) -> bool {
        self.shown.contains(&span)
    }

    pub(super) fn byte(&mut self, span: Span) {
        self.bytes.push(span);
    }

    pub(super) fn is_byte(&self, span: Span) -> bool {
        self.bytes.contains(&span)
    }

    /// Is a column of this name of any relation marked so?
    pub(super) fn is_marked_name(&self, name: &str, mark: Mark) -> bool {
        self.columns.iter().any(|(_, column, one)| *one == mark && column == name)
    }

    pub(super) fn moment(&mut self, span: Span, mark: Mark) {
        self.moments.push((span, mark));
    }

    pub(super) fn number(&mut self, span: Span, mark: Mark) {
        self.numbers.push((span, mark));
    }

    pub(super) fn is_number(&self, span: Span, mark: Mark) -> bool {
        self.numbers.contains(&(span, mark))
    }

    /// What an item shows of a second, where all that are noted for its place say the same.
    pub(super) fn moment_at(&self, span: Span) -> Option<Mark> {
        only(self.moments.iter().filter(|(at, _)| *at == span).map(|(_, mark)| *mark))
    }

    /// What a column shows of a second, where no other column of its name shows something else.
    pub(super) fn moment_of_column(&self, expr: &Expr) -> Option<Mark> {
        let marks = self.columns.iter().map(|(_, _, mark)| *mark);
        let moments =
            marks.filter(|mark| matches!(mark, Mark::Seconds | Mark::Digits(_) | Mark::Unsaid));
        only(moments.filter(|mark| self.is_marked(expr, *mark)))
    }

    /// Is any column marked so?
    pub(super) fn any(&self, mark: Mark) -> bool {
        self.columns.iter().any(|(_, _, one)| *one == mark)
    }

    /// How many characters blanks fill a column up to.
    pub(super) fn blanks_of(&self, expr: &Expr) -> Option<u32> {
        self.columns.iter().find_map(|(_, _, mark)| match mark {
            Mark::Blanks(length) if self.is_marked(expr, *mark) => Some(*length),
            _ => None,
        })
    }

    /// How long a column is that is a CHAR and a text here.
    pub(super) fn char_of(&self, expr: &Expr) -> Option<u32> {
        self.columns.iter().find_map(|(_, _, mark)| match mark {
            Mark::Char(length) if self.is_marked(expr, *mark) => Some(*length),
            _ => None,
        })
    }

    /// Is it a column that is marked so? One that is not qualified may be of any relation.
    pub(super) fn is_marked(&self, expr: &Expr, mark: Mark) -> bool {
        let ExprKind::Column { relation, name, .. } = &expr.kind else { return false };
        self.columns.iter().any(|(of, column, one)| {
            *one == mark
                && column == name
                && relation.as_ref().is_none_or(|relation| relation == of)
        })
    }
}

impl Binder<'_> {
    /// The marks of a query's columns.
    pub(super) fn marks_of(&self, query: &Query) -> ColumnMarks {
        let quotients = self.quotients_of(query).into_iter().map(|at| (at, Mark::Quotient));
        let computed = self.computed_of(query).into_iter().map(|at| (at, Mark::Computed));
        let enumerated = self.enumerated_of(query).into_iter().map(|at| (at, Mark::Enumerated));
        let floating = self.floating_of(query).into_iter().map(|at| (at, Mark::Floating));
        let shown = self.phrased_of(query).into_iter().chain(self.chars_of(query));
        let all = quotients.chain(computed).chain(enumerated).chain(floating).chain(shown);
        let all = all.chain(self.national_of(query)).chain(self.padded_results_of(query));
        let all = all.chain(self.open_digits_of(query));
        all.chain(self.moments_of(query)).collect()
    }

    /// Notes the marks of these columns of a relation.
    pub(super) fn note_marks(&mut self, relation: &str, columns: &[Column], marks: &ColumnMarks) {
        for (at, mark) in marks {
            if let Some(column) = columns.get(*at) {
                self.marked.note(relation, &column.name, *mark);
            }
        }
    }
}

/// The mark that all of them are.
fn only(mut marks: impl Iterator<Item = Mark>) -> Option<Mark> {
    let first = marks.next()?;
    marks.all(|mark| mark == first).then_some(first)
}
