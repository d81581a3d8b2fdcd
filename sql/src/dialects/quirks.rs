//! How single clauses are meant that a dialect has in its own way.

use crate::tree::SampleMethod;

/// How a dialect means a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sampling {
    /// What a number without a unit says.
    pub(crate) number: SampleNumber,
    /// How rows are taken where the text does not say.
    pub(crate) default: SampleMethod,
    /// Is the sample taken of the result of a SELECT rather than of a table?
    pub(crate) of_result: bool,
}

impl Sampling {
    /// Rows, in percent.
    pub(crate) const CORE: Self =
        Self { number: SampleNumber::Percent, default: SampleMethod::Rows, of_result: false };

    /// No samples that are known here.
    pub(crate) const UNKNOWN: Self = Self { number: SampleNumber::Unknown, ..Self::CORE };
}

/// What the size of a sample means without a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SampleNumber {
    /// Percent of the rows.
    Percent,
    /// Below one a part of the rows, else so many rows: `SAMPLE 0.1` is a tenth.
    Fraction,
    /// The dialect has no samples that are known here.
    Unknown,
}

/// How the columns of VALUES are called: a word and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ValuesNames {
    pub(crate) word: &'static str,
    /// The number of the first column.
    pub(crate) first: usize,
}

impl ValuesNames {
    /// `column1`, `column2`, …
    pub(crate) const CORE: Self = Self { word: "column", first: 1 };

    /// The name of a column, counted from 0.
    pub(crate) fn of(self, index: usize) -> String {
        format!("{}{}", self.word, self.first + index)
    }
}

/// What a text constant is where a document stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocumentTexts {
    /// The source of a document.
    Read,
    /// A text in a document.
    Values,
    /// It is not known.
    Unknown,
}
