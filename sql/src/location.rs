//! From sqlparser's line and column to byte offsets of the statement's text.

use model::Span;
use sqlparser::tokenizer::{Location, Span as Place};

/// Finds byte offsets in one text.
#[derive(Debug, Clone)]
pub(crate) struct LineIndex {
    /// Byte offset of the start of each line.
    starts: Vec<usize>,
}

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1));
        Self { starts }
    }

    /// The byte offset of a 1-based line and 1-based column in characters; the end of the text
    /// where the location lies beyond it, nothing where there is no location.
    pub(crate) fn offset(&self, text: &str, location: Location) -> Option<usize> {
        let line = usize::try_from(location.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(location.column).ok()?.checked_sub(1)?;
        let start = *self.starts.get(line)?;
        let rest = text.get(start..)?;
        Some(rest.char_indices().nth(column).map_or(text.len(), |(at, _)| start + at))
    }

    /// The byte range of a place; nothing where sqlparser gives none.
    pub(crate) fn span(&self, text: &str, place: Place) -> Option<Span> {
        let start = self.offset(text, place.start)?;
        let end = self.offset(text, place.end)?;
        (start < end).then(|| Span::new(start, end))
    }
}
