//! The distance of two finite numbers against a limit, decided in real arithmetic.

use crate::{
    number::{Exact, Number},
    value::Value,
};
use bigdecimal::BigDecimal;
use std::str::FromStr as _;

/// Relative error that two roundings of binary64 cannot reach: decisions further from the limit
/// than this are safe in floating point.
const SLACK: f64 = 1e-15;
/// Below this, products of floats lose digits to underflow.
const TINY: f64 = 1e-290;

/// A limit as the configuration gives it.
///
/// A decimal like 0.1 has no exact double. So that a value exactly at the limit as it is written
/// passes whether the values are doubles or decimals, the limit counts as the larger of its
/// shortest decimal spelling and its exact binary value; they are less than an ULP apart.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    double: f64,
    exact: BigDecimal,
}

/// A pair of finite numbers.
pub(super) enum Pair {
    Doubles(f64, f64),
    /// At least one is an exact number.
    Exact(BigDecimal, BigDecimal),
}

impl Limit {
    /// The limit `max`, which must be finite and not negative.
    pub(super) fn new(max: f64) -> Result<Self, String> {
        let spelled = BigDecimal::from_str(&max.to_string()).ok();
        match (spelled, Exact::from_f64(max)) {
            (Some(spelled), Some(binary)) if max >= 0.0 => {
                Ok(Self { double: max, exact: spelled.max(binary.to_big()) })
            }
            _ => Err(out_of_range(max)),
        }
    }
}

/// A pair of finite exact numbers.
pub(super) struct Exacts(BigDecimal, BigDecimal);

impl Exacts {
    /// The limit `max` as it is written, by its shortest decimal spelling; it must be finite and not
    /// negative.
    pub(super) fn limit(max: f64) -> Result<BigDecimal, String> {
        let spelled = BigDecimal::from_str(&max.to_string()).ok();
        spelled.filter(|_| max >= 0.0 && max.is_finite()).ok_or_else(|| out_of_range(max))
    }

    /// The pair, where neither is a float and both are finite.
    pub(super) fn of(legacy: &Value<'_>, governed: &Value<'_>) -> Option<Self> {
        match (legacy.as_number()?, governed.as_number()?) {
            (Number::Finite(a), Number::Finite(b)) => Some(Self(a.to_big(), b.to_big())),
            _ => None,
        }
    }

    pub(super) fn distance(&self) -> BigDecimal {
        (&self.0 - &self.1).abs()
    }

    /// The larger magnitude.
    pub(super) fn larger(&self) -> BigDecimal {
        self.0.abs().max(self.1.abs())
    }

    /// The distance over the larger magnitude, for people; 0 for two zeros.
    pub(super) fn relative_distance(&self) -> f64 {
        let larger = to_f64(&self.larger());
        if larger > 0.0 { to_f64(&self.distance()) / larger } else { 0.0 }
    }
}

fn out_of_range(max: f64) -> String {
    format!("`max` is {max:?}; it must be a finite number, 0 or more")
}

impl Pair {
    /// The pair, where at least one value is a float and both are finite.
    pub(super) fn of(legacy: &Value<'_>, governed: &Value<'_>) -> Option<Self> {
        if let (Some(a), Some(b)) = (legacy.as_float(), governed.as_float()) {
            return (a.is_finite() && b.is_finite()).then_some(Self::Doubles(a, b));
        }
        // Two exact numbers are none of the float tolerances' business.
        legacy.as_float().or_else(|| governed.as_float())?;
        Some(Self::Exact(finite(legacy)?, finite(governed)?))
    }

    /// Are they at most `limit` apart?
    pub(super) fn within(&self, limit: &Limit) -> bool {
        if let Self::Doubles(a, b) = self {
            let distance = (a - b).abs();
            if distance * (1.0 + SLACK) < limit.double {
                return true;
            }
            if distance.is_finite() && distance * (1.0 - SLACK) > limit.double {
                return false;
            }
        }
        let (a, b) = self.exact();
        (a - b).abs() <= limit.exact
    }

    /// Are they at most `limit` times the larger magnitude apart?
    pub(super) fn within_relative(&self, limit: &Limit) -> bool {
        if let Self::Doubles(a, b) = self {
            let (distance, allowed) = ((a - b).abs(), limit.double * a.abs().max(b.abs()));
            if allowed > TINY && distance * (1.0 + SLACK) < allowed * (1.0 - SLACK) {
                return true;
            }
            if allowed > TINY
                && distance.is_finite()
                && distance * (1.0 - SLACK) > allowed * (1.0 + SLACK)
            {
                return false;
            }
        }
        let (a, b) = self.exact();
        let larger = a.abs().max(b.abs());
        (a - b).abs() <= &limit.exact * larger
    }

    /// The distance, for people.
    pub(super) fn distance(&self) -> f64 {
        match self {
            Self::Doubles(a, b) => (a - b).abs(),
            Self::Exact(a, b) => to_f64(&(a - b).abs()),
        }
    }

    /// The distance over the larger magnitude, for people; 0 for two zeros.
    pub(super) fn relative_distance(&self) -> f64 {
        let (distance, larger) = match self {
            Self::Doubles(a, b) => ((a - b).abs(), a.abs().max(b.abs())),
            Self::Exact(a, b) => (to_f64(&(a - b).abs()), to_f64(&a.abs().max(b.abs()))),
        };
        if larger > 0.0 { distance / larger } else { 0.0 }
    }

    fn exact(&self) -> (BigDecimal, BigDecimal) {
        let exact = |value: f64| Exact::from_f64(value).map(|e| e.to_big()).unwrap_or_default();
        match self {
            Self::Doubles(a, b) => (exact(*a), exact(*b)),
            Self::Exact(a, b) => (a.clone(), b.clone()),
        }
    }
}

fn finite(value: &Value<'_>) -> Option<BigDecimal> {
    let number = value.as_number().or_else(|| value.as_float().map(Number::from_f64))?;
    match number {
        Number::Finite(exact) => Some(exact.to_big()),
        _ => None,
    }
}

fn to_f64(value: &BigDecimal) -> f64 {
    // Correctly rounded, unlike a conversion over the digits.
    value.to_scientific_notation().parse().unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slow(pair: &Pair) -> Pair {
        let (a, b) = pair.exact();
        Pair::Exact(a, b)
    }

    proptest! {
        /// The short cut in floating point decides as real arithmetic does, also at the limit.
        #[test]
        fn the_short_cut_never_decides_otherwise(a in any::<f64>(), ulps in -40_i64..40, max in 0.0_f64..1.0) {
            prop_assume!(a.is_finite());
            let near = |v: f64| f64::from_bits(v.to_bits().wrapping_add_signed(ulps));
            for b in [near(a), near(a + max), near(a * (1.0 - max)), near(-a)] {
                prop_assume!(b.is_finite());
                let limit = Limit::new(max).unwrap();
                let pair = Pair::Doubles(a, b);
                prop_assert_eq!(pair.within(&limit), slow(&pair).within(&limit));
                prop_assert_eq!(pair.within_relative(&limit), slow(&pair).within_relative(&limit));
                let tiny = Limit::new(max * 1e-16).unwrap();
                prop_assert_eq!(pair.within_relative(&tiny), slow(&pair).within_relative(&tiny));
            }
        }
    }

    #[test]
    fn a_value_at_the_limit_as_written_passes() {
        let number = |text: &str| Value::Number(Number::parse(text).unwrap());
        for (max, text) in [(0.1, "0.1"), (0.3, "0.3"), (1e-9, "0.000000001")] {
            let limit = Limit::new(max).unwrap();
            assert!(Pair::Doubles(0.0, max).within(&limit));
            assert!(!Pair::Doubles(0.0, max.next_up()).within(&limit));
            assert!(Pair::of(&number(text), &Value::Float(0.0)).unwrap().within(&limit));
            // Between the spelling and the double lies less than an ULP; beyond is beyond.
            let above = Value::Number(Number::from_f64(max.next_up()));
            assert!(!Pair::of(&above, &Value::Float(0.0)).unwrap().within(&limit));
        }
    }

    #[test]
    fn limits_are_finite_and_not_negative() {
        for bad in [-1.0, f64::NAN, f64::INFINITY, -1e-300] {
            assert!(Limit::new(bad).unwrap_err().contains("finite"));
        }
        assert!(Limit::new(0.0).is_ok());
        assert!(Limit::new(f64::from_bits(1)).is_ok());
    }
}
