//! `TL0008`: exact numbers whose difference is at most `max` times the larger magnitude.
//!
//! `|legacy - governed| ≤ max × max(|legacy|, |governed|)` in exact arithmetic, where `max` is the
//! number that was written. Integers are compared within it only where the scope names their column
//! or type. Special values are never excused, nor is a value against zero.

use super::{Excuse, Margin, distance::Exacts};
use crate::{kind::Meet, value::Value};
use bigdecimal::BigDecimal;

#[derive(Debug)]
pub(super) struct DecimalRelative {
    max: BigDecimal,
    integers: bool,
}

/// The limit `max`, below 1; `integers`: does the scope name a column or a type?
pub(super) fn compile(max: f64, integers: bool) -> Result<DecimalRelative, String> {
    if max >= 1.0 {
        return Err(super::float_relative::every_pair(max));
    }
    Ok(DecimalRelative { max: Exacts::limit(max)?, integers })
}

impl Excuse for DecimalRelative {
    fn applies(&self, meet: &Meet) -> bool {
        *meet == Meet::Exact || (self.integers && *meet == Meet::Int)
    }

    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin> {
        let pair = Exacts::of(legacy, governed)?;
        let within = pair.distance() <= &self.max * pair.larger();
        within.then(|| Margin::Relative(pair.relative_distance()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::Number;

    fn excused(max: f64, a: &str, b: &str) -> bool {
        let value = |text| Value::Number(Number::parse(text).unwrap());
        compile(max, false).unwrap().excuses(&value(a), &value(b)).is_some()
    }

    #[test]
    fn the_limit_is_included_and_anything_beyond_is_not() {
        // One hundredth of the larger, 200, is 2.
        assert!(excused(0.01, "200", "198"));
        assert!(excused(0.01, "198.0", "200.0"));
        assert!(!excused(0.01, "200", "197.99999999999999999999999999"));
        assert!(excused(0.01, "200", "198.00000000000000000000000001"));
        assert!(!excused(0.5, "-1", "1"));
    }

    #[test]
    fn zero_is_only_zero_and_special_values_are_left_alone() {
        assert!(!excused(0.99, "0", "0.0000000001"));
        assert!(!excused(0.99, "NaN", "1"));
        assert!(!compile(0.1, false).unwrap().applies(&Meet::Int));
        assert!(compile(0.1, true).unwrap().applies(&Meet::Int));
    }

    #[test]
    fn a_fraction_of_one_or_more_is_refused() {
        assert!(compile(1.0, false).unwrap_err().contains("every pair"));
        assert!(compile(-0.1, false).unwrap_err().contains("finite"));
    }
}
