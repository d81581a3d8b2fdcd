//! `TL0006`: floats that are at most `max` steps apart: units in the last place.
//!
//! A step leads from one value of a float type to the next. Steps are those of the narrower type of
//! the two: of a double against a single the double must lie between the singles that are `max` steps
//! below and above, the ends included, in real numbers and without rounding it first. So must an exact
//! number against a float. `-0.0` and `0.0` are no step apart, and the smallest values of both signs
//! two. NaN and infinities are never excused.

use super::{Excuse, Margin};
use crate::{
    kind::Meet,
    number::{Exact, Number},
    value::Value,
};
use half::f16;
use std::cmp::Ordering;

/// As many steps as there are from a single to the one of twice its size.
const ULPS_MAX: u32 = 1 << 23;

#[derive(Debug)]
pub(super) struct FloatUlps(u32);

pub(super) fn compile(max: u32) -> Result<FloatUlps, String> {
    if max > ULPS_MAX {
        return Err(format!(
            "`max` is {max}; above {ULPS_MAX} steps a single of twice the size would pass, give `float_relative` a fraction"
        ));
    }
    Ok(FloatUlps(max))
}

/// The number of steps from zero, negative below it; IEEE 754 orders magnitudes as their bits.
trait Steps: Copy {
    fn steps(self) -> i64;
    /// The value so many steps from zero, the largest finite one beyond.
    fn at(steps: i64) -> Self;
    fn exact(self) -> Option<Exact>;
}

impl Steps for f64 {
    fn steps(self) -> i64 {
        let magnitude = i64::try_from(self.abs().to_bits()).unwrap_or(i64::MAX);
        if self.is_sign_negative() { -magnitude } else { magnitude }
    }

    fn at(steps: i64) -> Self {
        let magnitude = Self::from_bits(steps.unsigned_abs()).min(Self::MAX);
        if steps < 0 { -magnitude } else { magnitude }
    }

    fn exact(self) -> Option<Exact> {
        Exact::from_f64(self)
    }
}

impl Steps for f32 {
    fn steps(self) -> i64 {
        let magnitude = i64::from(self.abs().to_bits());
        if self.is_sign_negative() { -magnitude } else { magnitude }
    }

    fn at(steps: i64) -> Self {
        let bits = u32::try_from(steps.unsigned_abs()).unwrap_or(u32::MAX);
        let magnitude = Self::from_bits(bits.min(Self::MAX.to_bits()));
        if steps < 0 { -magnitude } else { magnitude }
    }

    fn exact(self) -> Option<Exact> {
        Exact::from_f64(f64::from(self))
    }
}

impl Steps for f16 {
    fn steps(self) -> i64 {
        let magnitude = i64::from(self.to_bits() & 0x7fff);
        if self.is_sign_negative() { -magnitude } else { magnitude }
    }

    fn at(steps: i64) -> Self {
        let bits = u16::try_from(steps.unsigned_abs()).unwrap_or(u16::MAX);
        let magnitude = Self::from_bits(bits.min(Self::MAX.to_bits()));
        if steps < 0 { -magnitude } else { magnitude }
    }

    fn exact(self) -> Option<Exact> {
        Exact::from_f64(f64::from(self))
    }
}

/// Steps from `float` to `other`, whole ones; the last one counts if only begun. At most `max`.
fn between<F: Steps>(float: F, other: &Exact, max: u32) -> Option<u64> {
    let toward = other.cmp(&float.exact()?);
    let sign = match toward {
        Ordering::Equal => return Some(0),
        Ordering::Less => -1,
        Ordering::Greater => 1,
    };
    let reaches = |steps: u32| {
        let end = F::at(float.steps() + sign * i64::from(steps)).exact();
        end.is_some_and(|end| other.cmp(&end) != toward)
    };
    if !reaches(max) {
        return None;
    }
    // The fewest steps that reach it: more of them reach it too.
    let (mut short, mut far) = (0, max);
    while far - short > 1 {
        let middle = short + (far - short) / 2;
        if reaches(middle) {
            far = middle;
        } else {
            short = middle;
        }
    }
    Some(u64::from(far))
}

impl FloatUlps {
    fn same_type<F: Steps>(&self, a: F, b: F) -> Option<u64> {
        let steps = a.steps().abs_diff(b.steps());
        (steps <= u64::from(self.0)).then_some(steps)
    }
}

impl Excuse for FloatUlps {
    fn applies(&self, meet: &Meet) -> bool {
        matches!(meet, Meet::Float | Meet::Number)
    }

    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin> {
        let finite = |value: &Value<'_>| {
            value.as_float().is_none_or(f64::is_finite)
                && !matches!(value.as_number(), Some(number) if !matches!(number, Number::Finite(_)))
        };
        if !finite(legacy) || !finite(governed) {
            return None;
        }
        let exact = |value: &Value<'_>| match (value.as_float(), value.as_number()) {
            (Some(float), _) => Exact::from_f64(float),
            (None, Some(Number::Finite(exact))) => Some(exact),
            _ => None,
        };
        let steps = match (legacy, governed) {
            (Value::Float(a), Value::Float(b)) => self.same_type(*a, *b),
            (Value::Single(a), Value::Single(b)) => self.same_type(*a, *b),
            (Value::Half(a), Value::Half(b)) => self.same_type(*a, *b),
            (Value::Half(half), other) | (other, Value::Half(half)) => {
                between(*half, &exact(other)?, self.0)
            }
            (Value::Single(single), other) | (other, Value::Single(single)) => {
                between(*single, &exact(other)?, self.0)
            }
            (Value::Float(float), other) | (other, Value::Float(float)) => {
                between(*float, &exact(other)?, self.0)
            }
            _ => None,
        };
        steps.map(Margin::Ulps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps(max: u32, a: &Value<'_>, b: &Value<'_>) -> Option<u64> {
        let rule = compile(max).unwrap();
        let found = rule.excuses(a, b);
        assert_eq!(found, rule.excuses(b, a), "the sides do not matter");
        match found? {
            Margin::Ulps(steps) => Some(steps),
            other => panic!("{other:?}"),
        }
    }

    fn doubles(max: u32, a: f64, b: f64) -> Option<u64> {
        steps(max, &Value::Float(a), &Value::Float(b))
    }

    #[test]
    fn the_limit_is_included_and_one_step_more_is_not() {
        let two_up = 1.0_f64.next_up().next_up();
        assert_eq!(doubles(2, 1.0, two_up), Some(2));
        assert_eq!(doubles(2, 1.0, two_up.next_up()), None);
        assert_eq!(doubles(1, 1.0, two_up), None);
        // Below a power of two the steps are half as long.
        assert_eq!(doubles(1, 1.0, 1.0_f64.next_down()), Some(1));
        assert_eq!(doubles(0, 1.0, 1.0_f64.next_down()), None);
    }

    #[test]
    fn zeros_are_one_place_and_their_neighbours_two_apart() {
        let tiny = f64::from_bits(1);
        assert_eq!(doubles(0, -0.0, 0.0), Some(0));
        assert_eq!(doubles(1, -0.0, tiny), Some(1));
        assert_eq!(doubles(2, -tiny, tiny), Some(2));
        assert_eq!(doubles(1, -tiny, tiny), None);
    }

    #[test]
    fn special_values_are_never_excused() {
        assert_eq!(doubles(9, f64::MAX, f64::INFINITY), None);
        assert_eq!(doubles(9, f64::NAN, f64::NAN), None);
        let infinite = Value::Number(Number::Infinity);
        assert_eq!(steps(9, &infinite, &Value::Float(f64::MAX)), None);
        let beyond = Value::Float(f64::from(f32::MAX) * 1.5);
        assert_eq!(steps(9, &Value::Single(f32::MAX), &beyond), None);
    }

    #[test]
    fn a_double_against_a_single_counts_in_singles_without_rounding() {
        let single = Value::Single(1.0);
        let one_up = f64::from(1.0_f32.next_up());
        assert_eq!(steps(1, &single, &Value::Float(one_up)), Some(1));
        assert_eq!(steps(1, &single, &Value::Float(one_up.next_up())), None);
        assert_eq!(steps(2, &single, &Value::Float(one_up.next_up())), Some(2));
        assert_eq!(steps(1, &Value::Single(0.1), &Value::Float(0.1)), Some(1));
        assert_eq!(steps(0, &Value::Single(0.1), &Value::Float(0.1)), None);
    }

    #[test]
    fn halves_count_in_their_own_steps() {
        let up = |value: f16, steps: u16| f16::from_bits(value.to_bits() + steps);
        let one = Value::Half(f16::ONE);
        let three_up = up(f16::ONE, 3);
        assert_eq!(steps(3, &one, &Value::Half(three_up)), Some(3));
        assert_eq!(steps(2, &one, &Value::Half(three_up)), None);
        // A step of half precision is 8,192 of single precision; the wider value is not rounded.
        let single = three_up.to_f32();
        assert_eq!(steps(3, &one, &Value::Single(single)), Some(3));
        assert_eq!(steps(3, &one, &Value::Single(single.next_up())), None);
        assert_eq!(steps(3, &one, &Value::Float(f64::from(single).next_down())), Some(3));
        assert_eq!(steps(0, &Value::Half(f16::NEG_ZERO), &Value::Half(f16::ZERO)), Some(0));
        let tiny = f16::from_bits(1);
        assert_eq!(steps(2, &Value::Half(-tiny), &Value::Half(tiny)), Some(2));
        assert_eq!(steps(1, &Value::Half(-tiny), &Value::Half(tiny)), None);
        assert_eq!(steps(9, &Value::Half(f16::MAX), &Value::Half(f16::INFINITY)), None);
        assert_eq!(steps(9, &Value::Half(f16::MAX), &Value::Float(70_000.0)), None);
    }

    #[test]
    fn an_exact_number_against_a_float() {
        let number = |text: &str| Value::Number(Number::parse(text).unwrap());
        assert_eq!(steps(1, &number("0.1"), &Value::Float(0.1)), Some(1));
        assert_eq!(steps(0, &number("0.1"), &Value::Float(0.1)), None);
        assert_eq!(steps(0, &number("0.5"), &Value::Float(0.5)), Some(0));
        assert_eq!(steps(9, &number("0.1"), &number("0.1000000000000000000001")), None);
    }

    #[test]
    fn limits_have_a_range() {
        assert!(compile(ULPS_MAX).is_ok());
        assert!(compile(ULPS_MAX + 1).unwrap_err().contains("float_relative"));
    }

    proptest! {
        /// Held against walking step by step.
        #[test]
        fn steps_are_what_walking_takes(start in any::<f32>(), walk in 0..40_u64, max in 0..40_u32) {
            prop_assume!(start.is_finite());
            let end = (0..walk).fold(start, |v, _| v.next_up());
            prop_assume!(end.is_finite());
            // `-0.0` and `0.0` are two values for `next_up` to leave, but one place.
            let zeros = u64::from(start.to_bits() == (-0.0_f32).to_bits() || (start < 0.0 && end >= 0.0));
            let apart = (Value::Single(start), Value::Single(end));
            let expected = (walk <= u64::from(max)).then_some(walk);
            let found = steps(max, &apart.0, &apart.1);
            prop_assert!(found == expected || zeros == 1, "{:?} {:?}", found, expected);
            let wide = Value::Float(f64::from(end));
            prop_assert_eq!(steps(max, &apart.0, &wide), found);
        }
    }
}
