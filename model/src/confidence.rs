//! How sure a comparison is that rows which it takes for equal are equal.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A bound on the chance that two different rows were taken for one, because their hashes collide.
///
/// As a number it is the exponent of a power of ten: -24 for "below 10^-24".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CollisionBound {
    exponent: i32,
}

impl CollisionBound {
    /// The least exponent, for chances that are hardly above zero.
    const EXPONENT_MIN: f64 = -300.0;

    /// The next power of ten that is not below `chance`, a number from 0 to 1.
    #[must_use]
    pub fn of_chance(chance: f64) -> Self {
        Self::of_log10(chance.log10())
    }

    /// Of several comparisons together: that any of them is wrong has at most the sum of their
    /// chances. Nothing where there are none.
    pub fn of_all(bounds: impl IntoIterator<Item = Self>) -> Option<Self> {
        let bounds: Vec<f64> = bounds.into_iter().map(|bound| f64::from(bound.exponent)).collect();
        let largest = bounds.iter().copied().reduce(f64::max)?;
        let sum: f64 = bounds.iter().map(|exponent| 10_f64.powf(exponent - largest)).sum();
        Some(Self::of_log10(largest + sum.log10()))
    }

    /// The power of ten, at most 0.
    #[must_use]
    pub const fn exponent(self) -> i32 {
        self.exponent
    }

    fn of_log10(log10: f64) -> Self {
        // A chance is never above 1; what is no number says nothing, and so is 1.
        let exponent = if log10.is_nan() { 0.0 } else { log10.ceil() };
        #[expect(clippy::cast_possible_truncation, reason = "a whole number within the bounds")]
        let exponent = exponent.clamp(Self::EXPONENT_MIN, 0.0) as i32;
        Self { exponent }
    }
}

impl fmt::Display for CollisionBound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "equal rows are told by keyed 128-bit hashes of typed values: the chance that two different rows were taken for one is below 10^{}",
            self.exponent
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(exponent: i32) -> CollisionBound {
        CollisionBound { exponent }
    }

    #[test]
    fn it_is_never_below_the_chance() {
        assert_eq!(CollisionBound::of_chance(2e-25), bound(-24));
        assert_eq!(CollisionBound::of_chance(0.0), bound(-300));
        assert_eq!(CollisionBound::of_chance(7.0), bound(0));
        assert_eq!(CollisionBound::of_chance(f64::NAN), bound(0));
    }

    #[test]
    fn chances_of_several_add_up() {
        assert_eq!(CollisionBound::of_all([]), None);
        assert_eq!(CollisionBound::of_all([bound(-24)]), Some(bound(-24)));
        assert_eq!(CollisionBound::of_all([bound(-24), bound(-30)]), Some(bound(-23)));
        assert_eq!(CollisionBound::of_all([bound(-24); 10]), Some(bound(-23)));
        assert_eq!(
            CollisionBound::of_all(std::iter::repeat_n(bound(-24), 5_000)),
            Some(bound(-20))
        );
    }

    #[test]
    fn it_is_stored_as_its_exponent() {
        let text = serde_json::to_string(&bound(-24)).unwrap();
        assert_eq!(text, "-24");
        assert_eq!(serde_json::from_str::<CollisionBound>(&text).unwrap(), bound(-24));
        assert!(bound(-24).to_string().ends_with("is below 10^-24"));
    }
}
