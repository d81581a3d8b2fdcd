//! Two unequal values, with what several causes want to know of them.

use super::{cause::PairKind, decimal::Decimal, spelled_time, traits::Traits};
use crate::{
    kind::Meet,
    number::Number,
    value::{Instant, Value},
};
use model::Side;
use std::cell::OnceCell;

/// A pair of unequal values of one column.
pub(crate) struct Pair<'a> {
    pub(crate) legacy: &'a Value<'a>,
    pub(crate) governed: &'a Value<'a>,
    /// As what the values are compared.
    pub(crate) meet: &'a Meet,
    decimals: OnceCell<Option<[Decimal; 2]>>,
    nanos: OnceCell<Option<[i128; 2]>>,
    traits: OnceCell<[Traits; 2]>,
}

impl<'a> Pair<'a> {
    pub(crate) fn new(legacy: &'a Value<'a>, governed: &'a Value<'a>, meet: &'a Meet) -> Self {
        let (decimals, nanos, traits) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self { legacy, governed, meet, decimals, nanos, traits }
    }

    pub(crate) fn kind(&self) -> PairKind {
        let is_number = |value: &Value<'_>| {
            matches!(value, Value::Int(_) | Value::Number(_)) || value.as_float().is_some()
        };
        match (self.legacy, self.governed) {
            (Value::Null, _) | (_, Value::Null) => PairKind::Null,
            (Value::Text(_), Value::Text(_)) => PairKind::Text,
            (Value::Time(_), Value::Time(_)) => PairKind::Time,
            (
                Value::Date(_) | Value::Timestamp { .. },
                Value::Date(_) | Value::Timestamp { .. },
            ) => PairKind::Time,
            (a, b) if is_number(a) && is_number(b) => PairKind::Number,
            _ => PairKind::Other,
        }
    }

    /// The legacy text and the governed one.
    pub(crate) fn texts(&self) -> Option<[&'a str; 2]> {
        match (self.legacy, self.governed) {
            (Value::Text(a), Value::Text(b)) => Some([*a, *b]),
            _ => None,
        }
    }

    /// The legacy number and the governed one in decimal digits; nothing where one is not finite or
    /// has more than 38 of them, or where they differ by noise only, which digits say nothing of.
    pub(crate) fn decimals(&self) -> Option<[Decimal; 2]> {
        *self.decimals.get_or_init(|| {
            if super::float_noise::is_noise(self) {
                return None;
            }
            Some([Decimal::of(self.legacy)?, Decimal::of(self.governed)?])
        })
    }

    /// What the two texts hold.
    pub(crate) fn traits(&self) -> [Traits; 2] {
        *self.traits.get_or_init(|| self.texts().unwrap_or_default().map(Traits::of))
    }

    /// The two numbers as integers.
    pub(crate) fn integers(&self) -> Option<[i128; 2]> {
        let integer = |value: &Value<'_>| match value {
            Value::Int(value) => Some(*value),
            Value::Number(Number::Finite(exact)) => exact.at_scale(0),
            _ => None,
        };
        Some([integer(self.legacy)?, integer(self.governed)?])
    }

    /// The value that is not NULL, and the side that has the NULL.
    pub(crate) fn beside_null(&self) -> Option<(Side, &'a Value<'a>)> {
        match (self.legacy, self.governed) {
            (Value::Null, Value::Null) => None,
            (Value::Null, value) => Some((Side::Legacy, value)),
            (value, Value::Null) => Some((Side::Governed, value)),
            _ => None,
        }
    }

    /// The values as points in time in nanoseconds: two instants, two times of day, or two texts that
    /// say when.
    pub(crate) fn nanos(&self) -> Option<[i128; 2]> {
        *self.nanos.get_or_init(|| {
            let at = |value: &Value<'_>| match value.as_instant()? {
                Instant::At(nanos) => Some(nanos),
                _ => None,
            };
            match (self.legacy, self.governed) {
                (Value::Time(a), Value::Time(b)) => Some([i128::from(*a), i128::from(*b)]),
                (Value::Text(a), Value::Text(b)) => {
                    Some([spelled_time::read(a)?, spelled_time::read(b)?])
                }
                (a, b) => Some([at(a)?, at(b)?]),
            }
        })
    }

    /// Are both values dates without a time of day, by their type?
    pub(crate) fn are_dates(&self) -> bool {
        matches!((self.legacy, self.governed), (Value::Date(_), Value::Date(_)))
    }

    /// Are both values times of day?
    pub(crate) fn are_clock_times(&self) -> bool {
        matches!((self.legacy, self.governed), (Value::Time(_), Value::Time(_)))
    }
}

/// Each side with its own value and the other's.
pub(crate) fn views<T: Copy>([legacy, governed]: [T; 2]) -> [(Side, T, T); 2] {
    [(Side::Legacy, legacy, governed), (Side::Governed, governed, legacy)]
}
