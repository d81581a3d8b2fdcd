//! One value, typed and without loss, whatever Arrow array it came from.

use crate::number::Number;
use half::f16;

/// A value. Text and bytes borrow from the batch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i128),
    Number(Number),
    Float(f64),
    /// A single-precision float; kept apart for its own digits and steps.
    Single(f32),
    /// A half-precision float; kept apart for its own steps.
    Half(f16),
    Text(&'a str),
    Bytes(&'a [u8]),
    Uuid([u8; 16]),
    Date(Instant),
    /// Nanoseconds since midnight.
    Time(i64),
    Timestamp {
        at: Instant,
        zoned: bool,
    },
    /// The three parts are independent: a day is not 24 hours.
    Interval {
        months: i64,
        days: i64,
        nanos: i128,
    },
    List(Vec<Self>),
    Struct(Vec<(&'a str, Self)>),
    Map(Vec<(Self, Self)>),
}

/// A point in time in nanoseconds since 1970-01-01 00:00, or an infinity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Instant {
    NegativeInfinity,
    At(i128),
    Infinity,
}

/// Nanoseconds of a day.
pub(crate) const DAY_NANOS: i128 = 86_400_000_000_000;

impl Instant {
    /// From a count of `unit_nanos`; the ends of the range are the infinities, see
    /// [`model::logical::TIMESTAMP_INFINITY`].
    pub(crate) fn from_count(count: i64, unit_nanos: i128) -> Self {
        match count {
            model::logical::TIMESTAMP_INFINITY => Self::Infinity,
            count if count == -model::logical::TIMESTAMP_INFINITY => Self::NegativeInfinity,
            count => Self::At(i128::from(count) * unit_nanos),
        }
    }

    /// From days since 1970-01-01; the ends of the range are the infinities.
    pub(crate) fn from_days(days: i32) -> Self {
        match days {
            model::logical::DATE_INFINITY => Self::Infinity,
            days if days == -model::logical::DATE_INFINITY => Self::NegativeInfinity,
            days => Self::At(i128::from(days) * DAY_NANOS),
        }
    }
}

impl Value<'_> {
    /// The value as a double, when it is a float.
    pub(crate) fn as_float(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Single(value) => Some(f64::from(*value)),
            Self::Half(value) => Some(f64::from(*value)),
            _ => None,
        }
    }

    /// The value as an exact number, when it is an integer or a decimal.
    pub(crate) fn as_number(&self) -> Option<Number> {
        match self {
            Self::Int(value) => Some(Number::Finite(crate::number::Exact::from_scaled(*value, 0))),
            Self::Number(number) => Some(number.clone()),
            _ => None,
        }
    }

    /// The point in time of a date or a timestamp.
    pub(crate) fn as_instant(&self) -> Option<Instant> {
        match self {
            Self::Date(at) | Self::Timestamp { at, .. } => Some(*at),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinities_are_the_ends_of_the_range() {
        assert_eq!(Instant::from_count(i64::MAX, 1_000), Instant::Infinity);
        assert_eq!(Instant::from_count(-i64::MAX, 1_000), Instant::NegativeInfinity);
        assert_eq!(Instant::from_days(i32::MAX), Instant::Infinity);
        assert_eq!(Instant::from_days(-i32::MAX), Instant::NegativeInfinity);
        assert!(Instant::NegativeInfinity < Instant::At(i128::MIN));
        assert!(Instant::At(i128::MAX) < Instant::Infinity);
    }

    #[test]
    fn the_finest_unit_does_not_overflow() {
        let seconds = Instant::from_count(i64::MAX - 1, 1_000_000_000);
        assert_eq!(seconds, Instant::At((i128::from(i64::MAX) - 1) * 1_000_000_000));
        assert_eq!(Instant::from_days(1), Instant::from_count(86_400, 1_000_000_000));
    }
}
