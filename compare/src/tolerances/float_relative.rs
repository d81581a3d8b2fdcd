//! `TL0002`: floats whose difference is at most `max` times the larger magnitude.
//!
//! `|legacy - governed| ≤ max × max(|legacy|, |governed|)`, decided in real arithmetic without a
//! division, for two floats and for a float against an exact number. NaN and infinities are never
//! excused; a value against zero is not either, save for the sign of zero.

use super::{
    Excuse, Margin,
    distance::{Limit, Pair},
};
use crate::{kind::Meet, value::Value};

#[derive(Debug)]
pub(super) struct FloatRelative(Limit);

pub(super) fn compile(max: f64) -> Result<FloatRelative, String> {
    if max >= 1.0 {
        return Err(every_pair(max));
    }
    Limit::new(max).map(FloatRelative)
}

pub(super) fn every_pair(max: f64) -> String {
    format!(
        "`max` is {max:?}; at 1 or more every pair of one sign would pass, give a fraction such as 1e-9"
    )
}

impl Excuse for FloatRelative {
    fn applies(&self, meet: &Meet) -> bool {
        matches!(meet, Meet::Float | Meet::Number)
    }

    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin> {
        let pair = Pair::of(legacy, governed)?;
        pair.within_relative(&self.0).then(|| Margin::Relative(pair.relative_distance()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Number;

    fn excused(max: f64, a: f64, b: f64) -> bool {
        compile(max).unwrap().excuses(&Value::Float(a), &Value::Float(b)).is_some()
    }

    #[test]
    fn the_limit_is_included_and_one_ulp_more_is_not() {
        // 1/4 of the larger, 4.0, is 1.0.
        assert!(excused(0.25, 4.0, 3.0));
        assert!(excused(0.25, 3.0, 4.0));
        assert!(!excused(0.25, 4.0, 3.0_f64.next_down()));
        assert!(excused(0.25, 4.0, 3.0_f64.next_up()));
        assert!(!excused(0.25, -4.0, -3.0_f64.next_down()));
    }

    #[test]
    fn it_is_symmetric_and_zero_is_only_zero() {
        assert!(!excused(0.99, 0.0, f64::from_bits(1)));
        assert!(!excused(0.99, f64::from_bits(1), -0.0));
        assert!(excused(0.0, -0.0, 0.0));
        assert!(!excused(0.5, -1.0, 1.0));
    }

    #[test]
    fn the_ends_of_the_range_neither_overflow_nor_underflow() {
        assert!(excused(1e-9, f64::MAX, f64::MAX.next_down()));
        assert!(!excused(1e-9, f64::MAX, -f64::MAX));
        assert!(!excused(1e-9, f64::from_bits(1), f64::from_bits(2)));
        assert!(excused(0.5, f64::from_bits(1), f64::from_bits(2)));
        assert!(!excused(0.9, f64::INFINITY, f64::MAX));
    }

    #[test]
    fn a_float_against_an_exact_number() {
        let tenth = Value::Number(Number::parse("0.1").unwrap());
        let rule = |max| compile(max).unwrap();
        let margin = rule(1e-15).excuses(&tenth, &Value::Float(0.1));
        assert!(matches!(margin, Some(Margin::Relative(m)) if m > 0.0 && m < 1e-16));
        assert_eq!(rule(1e-17).excuses(&tenth, &Value::Float(0.1)), None);
        let nan = Value::Number(Number::NaN);
        assert_eq!(rule(0.5).excuses(&nan, &Value::Float(0.1)), None);
    }

    #[test]
    fn a_fraction_of_one_or_more_is_refused() {
        assert!(compile(1.0).unwrap_err().contains("every pair"));
        assert!(compile(f64::NAN).is_err());
    }
}
