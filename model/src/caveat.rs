//! What an approximate translation may change, and what the comparer makes of it.

use crate::tolerance::ToleranceKind;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How far a translation may be from the truth. Each approximate rule names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Caveat {
    /// Floats stand for exact numbers, or are added in another order.
    FloatRounding {
        /// Significant digits that agree.
        digits: u8,
        /// Near zero: values closer than this many digits behind the point agree too.
        zero: u8,
    },
    /// Rounding as in [`Caveat::FloatRounding`]; where a value leaves the range of floats one side
    /// raises an error and the other gives infinity, which stays a mismatch.
    FloatRange {
        /// Significant digits that agree.
        digits: u8,
        /// Near zero: values closer than this many digits behind the point agree too.
        zero: u8,
    },
    /// A value that lies so near to a half that only its digits beyond the 15th tell may be rounded
    /// to the other side. Nothing is excused for it.
    Halves,
    /// What is taken out of JSON is the value that the target reads and writes: a number with a
    /// fraction is a float of 64 bits, and the text of such a number, of an array or of an object may
    /// be written in another way. What is computed from such a text is not excused.
    JsonText,
    /// Texts are equal by more than case and accents under the source's collation. Nothing is
    /// excused for it.
    Collation,
    /// A text that the source cuts at a number of bytes is whole. Nothing is excused for it.
    CutText,
    /// Letters that have no single letter in the other case. Nothing is excused for it.
    LetterCase,
    /// The vendor does not say what becomes of digits that have no place, of a half, or which of two
    /// texts is shown that count for one. Nothing is excused for it.
    LeftOpen,
    /// A column of numbers without digits of its own keeps ten behind the point. Nothing is excused
    /// for it.
    StoredDigits,
}

impl Caveat {
    /// The tolerances that it needs.
    pub fn tolerances(self) -> Vec<ToleranceKind> {
        match self {
            Self::FloatRounding { digits, zero } | Self::FloatRange { digits, zero } => {
                let power = |digits: u8| 0.1_f64.powi(i32::from(digits));
                vec![
                    ToleranceKind::FloatRelative { max: power(digits) },
                    ToleranceKind::FloatAbsolute { max: power(zero) },
                ]
            }
            Self::Halves
            | Self::Collation
            | Self::CutText
            | Self::LetterCase
            | Self::LeftOpen
            | Self::StoredDigits => Vec::new(),
            Self::JsonText => vec![ToleranceKind::JsonValue],
        }
    }
}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FloatRounding { digits, zero } => {
                write!(f, "floats agree to {digits} significant digits, or are within 1e-{zero}")
            }
            Self::FloatRange { digits, zero } => write!(
                f,
                "floats agree to {digits} significant digits, or are within 1e-{zero}; beyond their range an error becomes infinity"
            ),
            Self::Halves => {
                f.write_str("a value within 1e-15 of a half may be rounded to the other side")
            }
            Self::JsonText => f.write_str(
                "JSON counts by value: the text of a number with a fraction, of an array or of an object in it may be written in another way, such as `1.5` for `1.50`, and such a number has 64 bits",
            ),
            Self::Collation => f.write_str(
                "letters that the collation takes for one beyond case and accents (`ß` and `ss`, widths, kana), and blanks at the end under older ones of MySQL, are told apart, and which text of a group is shown is open",
            ),
            Self::LetterCase => f.write_str(
                "letters that have no single letter in the other case (`ß`, ligatures, `İ`) may become others",
            ),
            Self::CutText => f.write_str("a text that the source cuts at its limit is whole"),
            Self::StoredDigits => f.write_str(
                "a number in a column without digits of its own keeps ten behind the point",
            ),
            Self::LeftOpen => f.write_str(
                "where the vendor says nothing, digits that have no place are rounded, an integer constant beside a decimal has the digits that it shows, and of texts that differ in blanks at their end the one without is shown",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_become_tolerances() {
        let caveat = Caveat::FloatRounding { digits: 9, zero: 12 };
        let codes: Vec<&str> = caveat.tolerances().iter().map(ToleranceKind::code).collect();
        assert_eq!(codes, ["TL0002", "TL0001"]);
        let [ToleranceKind::FloatRelative { max }, ToleranceKind::FloatAbsolute { max: zero }] =
            caveat.tolerances()[..]
        else {
            panic!("{caveat:?}")
        };
        assert!((max - 1e-9).abs() < 1e-20 && (zero - 1e-12).abs() < 1e-23);
        assert!(Caveat::Halves.tolerances().is_empty());
        assert_eq!(Caveat::JsonText.tolerances(), [ToleranceKind::JsonValue]);
        assert!(
            Caveat::Collation.tolerances().is_empty() && Caveat::CutText.tolerances().is_empty()
        );
        assert!(caveat.to_string().contains("9 significant digits"));
    }
}
