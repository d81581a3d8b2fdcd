//! `TL0004`: times that differ by less than `micros`.
//!
//! For times of day and for points in time, a date against a timestamp included; not for dates
//! alone, and infinities are never excused. A time of day does not wrap round midnight.

use super::{Excuse, Margin};
use crate::{
    kind::Meet,
    value::{Instant, Value},
};

#[derive(Debug)]
pub(super) struct TimePrecision {
    nanos: u128,
}

pub(super) fn compile(micros: u64) -> Result<TimePrecision, String> {
    if micros == 0 {
        return Err("`micros` is 0 and would excuse nothing; leave the rule out".to_owned());
    }
    Ok(TimePrecision { nanos: u128::from(micros) * 1_000 })
}

impl Excuse for TimePrecision {
    fn applies(&self, meet: &Meet) -> bool {
        matches!(meet, Meet::Time | Meet::Instant)
    }

    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin> {
        let distance = match (legacy, governed) {
            (Value::Time(a), Value::Time(b)) => u128::from(a.abs_diff(*b)),
            _ => match (legacy.as_instant()?, governed.as_instant()?) {
                (Instant::At(a), Instant::At(b)) => a.abs_diff(b),
                _ => return None,
            },
        };
        (distance < self.nanos).then_some(Margin::Nanos(distance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn margin(micros: u64, a: Instant, b: Instant) -> Option<String> {
        let at = |at| Value::Timestamp { at, zoned: false };
        compile(micros).unwrap().excuses(&at(a), &at(b)).map(|margin| margin.to_string())
    }

    #[test]
    fn the_limit_is_excluded() {
        let at = Instant::At;
        assert_eq!(margin(1_000, at(0), at(999_999)).as_deref(), Some("999999 ns"));
        assert_eq!(margin(1_000, at(0), at(-999_000)).as_deref(), Some("999 µs"));
        assert_eq!(margin(1_000, at(0), at(1_000_000)), None);
    }

    #[test]
    fn infinities_are_never_excused() {
        assert_eq!(margin(u64::MAX, Instant::Infinity, Instant::At(0)), None);
        assert_eq!(margin(u64::MAX, Instant::Infinity, Instant::NegativeInfinity), None);
    }

    #[test]
    fn times_of_day_but_not_dates() {
        let rule = compile(10).unwrap();
        assert!(rule.excuses(&Value::Time(5_000), &Value::Time(14_999)).is_some());
        assert!(rule.excuses(&Value::Time(5_000), &Value::Time(15_000)).is_none());
        assert!(rule.applies(&Meet::Instant) && !rule.applies(&Meet::Date));
        assert!(compile(0).is_err());
    }
}
