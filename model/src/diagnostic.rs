//! What is said about a piece of SQL text: code, message, place, hint.

use serde::{Deserialize, Serialize};

/// A half-open range of byte offsets into one statement's text: `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range `start..end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text at this range, empty where the range does not fit `text`.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing, changes nothing.
    Note,
    /// Translated, but with a caveat.
    Warning,
    /// Not translated.
    Error,
}

/// One finding about a statement's text.
///
/// Messages are lower case without a final period, quote user input in backticks, and never name
/// a Rust type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable code, for example `TR0104`; `gnomon explain` prints its page.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is the matter.
    pub message: String,
    /// Where, in bytes of the statement's text; absent when it is about the whole.
    pub span: Option<Span>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A note at `span`.
    pub fn note(code: &str, message: impl Into<String>, span: Option<Span>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, message, span) }
    }

    /// An error at `span`.
    pub fn error(code: &str, message: impl Into<String>, span: Option<Span>) -> Self {
        Self {
            code: code.to_owned(),
            severity: Severity::Error,
            message: message.into(),
            span,
            hint: None,
        }
    }

    /// The same with a hint.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
