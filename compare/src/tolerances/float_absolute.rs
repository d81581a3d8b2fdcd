//! `TL0001`: floats whose difference is at most `max`.
//!
//! `|legacy - governed| ≤ max`, decided in real arithmetic, for two floats and for a float
//! against an exact number. NaN and infinities are never excused; -0.0 and 0.0 always are.

use super::{
    Excuse, Margin,
    distance::{Limit, Pair},
};
use crate::{kind::Meet, value::Value};

#[derive(Debug)]
pub(super) struct FloatAbsolute(Limit);

pub(super) fn compile(max: f64) -> Result<FloatAbsolute, String> {
    Limit::new(max).map(FloatAbsolute)
}

impl Excuse for FloatAbsolute {
    fn applies(&self, meet: &Meet) -> bool {
        matches!(meet, Meet::Float | Meet::Number)
    }

    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin> {
        let pair = Pair::of(legacy, governed)?;
        pair.within(&self.0).then(|| Margin::Absolute(pair.distance()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excused(max: f64, a: f64, b: f64) -> bool {
        compile(max).unwrap().excuses(&Value::Float(a), &Value::Float(b)).is_some()
    }

    #[test]
    fn the_limit_is_included_and_one_ulp_more_is_not() {
        assert!(excused(0.25, 1.0, 1.25));
        assert!(excused(0.25, 1.0, 1.25_f64.next_down()));
        assert!(!excused(0.25, 1.0, 1.25_f64.next_up()));
        assert!(excused(0.25, -1.25, -1.0));
        assert!(!excused(0.25, (-1.25_f64).next_down(), -1.0));
    }

    #[test]
    fn special_values_are_never_excused() {
        for special in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(!excused(f64::MAX, special, 0.0));
            assert!(!excused(f64::MAX, f64::MAX, special));
        }
    }

    #[test]
    fn zero_excuses_only_the_sign_of_zero() {
        assert!(excused(0.0, -0.0, 0.0));
        assert!(!excused(0.0, f64::from_bits(1), 0.0));
    }

    #[test]
    fn a_huge_difference_does_not_overflow_into_an_excuse() {
        assert!(!excused(f64::MAX, -f64::MAX, f64::MAX));
        assert!(excused(f64::MAX, 0.0, f64::MAX));
    }

    #[test]
    fn exact_pairs_are_left_alone() {
        let rule = compile(5.0).unwrap();
        assert_eq!(rule.excuses(&Value::Int(1), &Value::Int(2)), None);
        assert!(rule.excuses(&Value::Int(1), &Value::Float(2.0)).is_some());
        assert!(!rule.applies(&Meet::Exact) && !rule.applies(&Meet::Int));
    }
}
