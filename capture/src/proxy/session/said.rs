//! What a server answers to a text, which may be several statements.

use model::{Dialect, SqlState};
use sql::{
    SourceSettings,
    script::{PieceKind, Script},
};
use std::time::{Duration, Instant};

/// Answers to one text that are told apart.
const ANSWERS_MAX: usize = 1000;

/// What is known of the answer to a statement.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) ended: Instant,
    pub(super) latency: Option<Duration>,
    /// Absent for a statement that gives and changes none.
    pub(super) rows: Option<u64>,
    pub(super) digest: Option<u128>,
    pub(super) error: Option<SqlState>,
}

/// The answers to one text, in their order.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) answers: Vec<Told>,
    /// Were there more?
    is_more: bool,
}

impl Said {
    pub(super) fn add(&mut self, told: Told) {
        if self.answers.len() < ANSWERS_MAX {
            self.answers.push(told);
            return;
        }
        self.is_more = true;
        if let Some(last) = self.answers.pop() {
            self.answers.push(both(&last, &told));
        }
    }

    /// When the last answer ended.
    pub(super) fn last(&self) -> Option<Instant> {
        self.answers.last().map(|told| told.ended)
    }

    /// All answers as one; nothing where there is none.
    pub(super) fn as_one(&mut self) -> Option<Told> {
        self.answers.drain(..).reduce(|one, two| both(&one, &two))
    }
}

fn both(one: &Told, two: &Told) -> Told {
    let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        (one, None) | (None, one) => one,
    };
    Told {
        ended: two.ended,
        latency: Some(one.latency.unwrap_or_default() + two.latency.unwrap_or_default()),
        rows: sum(one.rows, two.rows),
        digest: one.digest.zip(two.digest).map(|(a, b)| a.wrapping_add(b)),
        error: two.error.or(one.error),
    }
}

/// The statements of a text, one for each answer; nothing where they cannot be told apart. Behind one that
/// failed none was executed.
pub(super) fn pieces<'t>(text: &'t str, said: &Said) -> Option<Vec<&'t str>> {
    if said.is_more {
        return None;
    }
    let cut = Script::under(&SourceSettings::of(Dialect::Postgres)).cut(text, true);
    if cut.taken != text.len() {
        return None;
    }
    let mut pieces = Vec::with_capacity(cut.pieces.len());
    for piece in &cut.pieces {
        match piece.kind {
            PieceKind::Statement => pieces.push(text.get(piece.span.start..piece.span.end)?),
            PieceKind::Comment(_) => {}
            PieceKind::Refused(_) => return None,
        }
    }
    let has_failed = said.answers.last().is_some_and(|told| told.error.is_some());
    let fits =
        pieces.len() == said.answers.len() || (has_failed && pieces.len() > said.answers.len());
    pieces.truncate(said.answers.len());
    fits.then_some(pieces)
}
