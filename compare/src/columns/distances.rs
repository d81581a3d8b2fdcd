//! How far the changed values of one column lie apart, at most.

use crate::{
    calendar::span_text,
    number::{Exact, Number},
    value::{Instant, Value},
};
use arrow::{
    array::{Array, ArrowPrimitiveType, AsArray as _, PrimitiveArray},
    datatypes::{
        DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
        Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
        TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
        UInt64Type,
    },
};
use bigdecimal::{BigDecimal, ToPrimitive as _};

/// The largest distances of two values.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Distances {
    absolute: Absolute,
    /// Over the larger magnitude.
    relative: Option<f64>,
    ulps: Option<u64>,
    /// Of two times, in nanoseconds.
    nanos: Option<u128>,
}

/// The largest distance of two numbers.
#[derive(Debug, Default, PartialEq, PartialOrd)]
enum Absolute {
    #[default]
    None,
    Float(f64),
    Exact(BigDecimal),
}

impl Distances {
    /// Over the larger magnitude.
    pub(super) fn relative(&self) -> Option<f64> {
        self.relative
    }

    /// Of two floats.
    pub(super) fn ulps(&self) -> Option<u64> {
        self.ulps
    }

    /// Of two numbers, or of two times.
    pub(super) fn absolute_text(&self) -> Option<String> {
        match &self.absolute {
            Absolute::None => self.nanos.map(span_text),
            Absolute::Float(most) => Some(format!("{most:?}")),
            Absolute::Exact(most) => Some(most.normalized().to_plain_string()),
        }
    }

    /// Looks at two values that are not NULL.
    pub(super) fn note(&mut self, legacy: &Value<'_>, governed: &Value<'_>) {
        if let (Some(a), Some(b)) = (legacy.as_float(), governed.as_float()) {
            self.note_floats(a, b);
        } else if let (Some(a), Some(b)) = (finite(legacy), finite(governed)) {
            let (near_a, near_b) = (a.to_f64_lossy(), b.to_f64_lossy());
            self.raise_relative((near_a - near_b).abs(), near_a.abs().max(near_b.abs()));
            // Arithmetic without bounds only where it may matter.
            let near = (near_a - near_b).abs();
            let beyond = match &self.absolute {
                Absolute::Exact(most) => near >= to_f64(most) * (1.0 - 1e-9),
                _ => true,
            };
            if beyond || !near.is_finite() {
                self.absolute.raise(Absolute::Exact((a.to_big() - b.to_big()).abs()));
            }
        } else if let (Some(a), Some(b)) = (nanos(legacy), nanos(governed)) {
            self.nanos = self.nanos.max(Some(a.abs_diff(b)));
        }
    }

    /// The same for all values of two arrays. Gives false, and looks at nothing, where arrays of
    /// their type are looked at value by value.
    pub(super) fn note_arrays(&mut self, [legacy, governed]: [&dyn Array; 2]) -> bool {
        if legacy.data_type() != governed.data_type() {
            return false;
        }
        let both = [legacy, governed];
        match legacy.data_type() {
            DataType::Boolean
            | DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView => true,
            DataType::Int8 => self.note_exact::<Int8Type>(both, 0),
            DataType::Int16 => self.note_exact::<Int16Type>(both, 0),
            DataType::Int32 => self.note_exact::<Int32Type>(both, 0),
            DataType::Int64 => self.note_exact::<Int64Type>(both, 0),
            DataType::UInt8 => self.note_exact::<UInt8Type>(both, 0),
            DataType::UInt16 => self.note_exact::<UInt16Type>(both, 0),
            DataType::UInt32 => self.note_exact::<UInt32Type>(both, 0),
            DataType::UInt64 => self.note_exact::<UInt64Type>(both, 0),
            DataType::Decimal128(_, scale) => {
                self.note_exact::<Decimal128Type>(both, i64::from(*scale))
            }
            DataType::Float32 => {
                each::<Float32Type>(both, |a, b| self.note_floats(f64::from(a), f64::from(b)))
            }
            DataType::Float64 => each::<Float64Type>(both, |a, b| self.note_floats(a, b)),
            DataType::Date32 => {
                each::<Date32Type>(both, |a, b| self.note_instants([a, b].map(Instant::from_days)))
            }
            DataType::Timestamp(unit, _) => match unit {
                TimeUnit::Second => self.note_times::<TimestampSecondType>(both, 1_000_000_000),
                TimeUnit::Millisecond => {
                    self.note_times::<TimestampMillisecondType>(both, 1_000_000)
                }
                TimeUnit::Microsecond => self.note_times::<TimestampMicrosecondType>(both, 1_000),
                TimeUnit::Nanosecond => self.note_times::<TimestampNanosecondType>(both, 1),
            },
            _ => false,
        }
    }

    fn note_floats(&mut self, a: f64, b: f64) {
        if a.is_finite() && b.is_finite() {
            self.ulps = self.ulps.max(Some(ulps(a, b)));
            self.absolute.raise(Absolute::Float((a - b).abs()));
            self.raise_relative((a - b).abs(), a.abs().max(b.abs()));
        }
    }

    fn note_instants(&mut self, [a, b]: [Instant; 2]) {
        if let (Instant::At(a), Instant::At(b)) = (a, b) {
            self.nanos = self.nanos.max(Some(a.abs_diff(b)));
        }
    }

    fn note_times<T: ArrowPrimitiveType<Native = i64>>(
        &mut self,
        both: [&dyn Array; 2],
        unit_nanos: i128,
    ) -> bool {
        each::<T>(both, |a, b| {
            self.note_instants([a, b].map(|count| Instant::from_count(count, unit_nanos)));
        })
    }

    /// Integers, and decimals of `scale` digits behind the point.
    fn note_exact<T: ArrowPrimitiveType>(&mut self, both: [&dyn Array; 2], scale: i64) -> bool
    where
        i128: From<T::Native>,
    {
        let unit = 10_f64.powi(i32::try_from(-scale).unwrap_or(0));
        let mut most = None;
        let known = each::<T>(both, |a, b| {
            let (a, b) = (i128::from(a), i128::from(b));
            most = most.max(Some(a.abs_diff(b)));
            #[expect(clippy::cast_precision_loss, reason = "about the same number")]
            let (a, b) = (a as f64 * unit, b as f64 * unit);
            self.raise_relative((a - b).abs(), a.abs().max(b.abs()));
        });
        if let Some(most) = most {
            self.absolute.raise(Absolute::Exact(BigDecimal::new(most.into(), scale)));
        }
        known
    }

    fn raise_relative(&mut self, distance: f64, larger: f64) {
        let relative = if larger > 0.0 { distance / larger } else { 0.0 };
        if relative.is_finite() {
            self.relative = Some(self.relative.map_or(relative, |most| most.max(relative)));
        }
    }

    /// Looks at what others saw.
    pub(super) fn merge(&mut self, other: Self) {
        self.absolute.raise(other.absolute);
        if let Some(relative) = other.relative {
            self.raise_relative(relative, 1.0);
        }
        self.ulps = self.ulps.max(other.ulps);
        self.nanos = self.nanos.max(other.nanos);
    }
}

impl Absolute {
    fn raise(&mut self, other: Self) {
        // A column with floats on one side has exact distances throughout, other columns have one kind.
        if *self < other {
            *self = other;
        }
    }
}

/// Gives the values at the same places where none is NULL; false where the arrays are of another
/// type.
fn each<T: ArrowPrimitiveType>(
    both: [&dyn Array; 2],
    mut each: impl FnMut(T::Native, T::Native),
) -> bool {
    let [Some(legacy), Some(governed)]: [Option<&PrimitiveArray<T>>; 2] =
        both.map(|array| array.as_primitive_opt::<T>())
    else {
        return false;
    };
    if legacy.null_count() == 0 && governed.null_count() == 0 {
        legacy.values().iter().zip(governed.values()).for_each(|(a, b)| each(*a, *b));
    } else {
        for (a, b) in legacy.iter().zip(governed.iter()) {
            if let (Some(a), Some(b)) = (a, b) {
                each(a, b);
            }
        }
    }
    true
}

fn finite(value: &Value<'_>) -> Option<Exact> {
    let number = value.as_number().or_else(|| value.as_float().map(Number::from_f64));
    match number {
        Some(Number::Finite(exact)) => Some(exact),
        _ => None,
    }
}

fn nanos(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Time(nanos) => Some(i128::from(*nanos)),
        value => match value.as_instant()? {
            Instant::At(nanos) => Some(nanos),
            _ => None,
        },
    }
}

fn to_f64(value: &BigDecimal) -> f64 {
    value.to_f64().unwrap_or(f64::INFINITY)
}

/// How many floats lie between two, with one of them.
pub(crate) fn ulps(a: f64, b: f64) -> u64 {
    // Places on the line of floats: the order of the bits, mirrored below zero; both zeros are one.
    let place = |value: f64| {
        let bits = i128::from(value.to_bits() & (u64::MAX >> 1));
        if value.is_sign_negative() { -bits } else { bits }
    };
    u64::try_from(place(a).abs_diff(place(b))).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Reader;
    use arrow::{
        array::{ArrayRef, new_null_array},
        compute::cast,
        datatypes::Field,
    };
    use proptest::prelude::*;
    use std::sync::Arc;

    /// Types whose arrays are looked at as a whole.
    fn types() -> Vec<DataType> {
        use DataType as D;
        let times =
            [TimeUnit::Second, TimeUnit::Millisecond, TimeUnit::Microsecond, TimeUnit::Nanosecond];
        let mut all = vec![
            D::Int8,
            D::Int16,
            D::Int32,
            D::Int64,
            D::UInt8,
            D::UInt16,
            D::UInt32,
            D::UInt64,
            D::Decimal128(38, 4),
            D::Decimal128(20, 0),
            D::Decimal128(38, -2),
            D::Float32,
            D::Float64,
            D::Date32,
            D::Utf8,
            D::LargeUtf8,
            D::Utf8View,
            D::Boolean,
        ];
        all.extend(times.map(|unit| D::Timestamp(unit, None)));
        all
    }

    fn array(values: &[Option<i128>], data_type: &DataType) -> ArrayRef {
        // What does not fit is NULL.
        let array = match data_type {
            DataType::Date32 | DataType::Timestamp(..) => {
                let of = |value: &Option<i128>| {
                    value.map(|value| i64::try_from(value).unwrap_or(i64::MAX))
                };
                let counts: ArrayRef =
                    Arc::new(values.iter().map(of).collect::<arrow::array::Int64Array>());
                if *data_type == DataType::Date32 {
                    cast(&counts, &DataType::Int32).unwrap()
                } else {
                    counts
                }
            }
            DataType::Decimal128(precision, scale) => {
                let unscaled = values.iter().copied().collect::<PrimitiveArray<Decimal128Type>>();
                return Arc::new(unscaled.with_precision_and_scale(*precision, *scale).unwrap());
            }
            DataType::Boolean => {
                cast(&array(values, &DataType::Float64), &DataType::Int64).unwrap()
            }
            _ => Arc::new(
                values
                    .iter()
                    .copied()
                    .collect::<PrimitiveArray<Decimal128Type>>()
                    .with_precision_and_scale(38, 0)
                    .unwrap(),
            ),
        };
        cast(&array, data_type).unwrap()
    }

    fn one_by_one(arrays: [&ArrayRef; 2]) -> Distances {
        let field = Field::new("x", arrays[0].data_type().clone(), true);
        let [legacy, governed] = arrays.map(|array| Reader::new(&field, array).unwrap());
        let mut found = Distances::default();
        for row in 0..arrays[0].len() {
            let (a, b) = (legacy.value(row).unwrap(), governed.value(row).unwrap());
            if a != Value::Null && b != Value::Null {
                found.note(&a, &b);
            }
        }
        found
    }

    proptest! {
        /// What is seen of whole arrays is what is seen of their values, one by one.
        #[test]
        fn arrays_are_as_far_apart_as_their_values(
            which in 0..types().len(),
            pairs in proptest::collection::vec(
                proptest::array::uniform2(proptest::option::weighted(0.9, prop_oneof![
                    -9_i128..9,
                    any::<i64>().prop_map(i128::from),
                    -(10_i128.pow(38) - 1)..10_i128.pow(38),
                    Just(i128::from(i64::MAX)),
                    Just(i128::from(i32::MAX)),
                ])),
                0..6,
            ),
        ) {
            let data_type = &types()[which];
            let [legacy, governed] = [0, 1].map(|side| {
                let values: Vec<Option<i128>> = pairs.iter().map(|pair| pair[side]).collect();
                array(&values, data_type)
            });
            let mut found = Distances::default();
            prop_assert!(found.note_arrays([&legacy, &governed]), "{data_type}");
            let expected = one_by_one([&legacy, &governed]);
            prop_assert_eq!(found.absolute_text(), expected.absolute_text(), "{}", data_type);
            prop_assert_eq!((found.ulps, found.nanos), (expected.ulps, expected.nanos));
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs();
            match (found.relative, expected.relative) {
                (Some(a), Some(b)) => prop_assert!(near(a, b), "{a} {b}"),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn what_is_not_known_as_a_whole_is_left_alone() {
        let mut found = Distances::default();
        let [times, floats] = [DataType::Time64(TimeUnit::Nanosecond), DataType::Float64]
            .map(|data_type| new_null_array(&data_type, 1));
        assert!(!found.note_arrays([&times, &times]));
        assert!(!found.note_arrays([&floats, &times]));
        assert_eq!(found, Distances::default());
    }

    #[test]
    fn floats_are_counted_along_their_line() {
        assert_eq!(ulps(1.0, 1.0 + f64::EPSILON), 1);
        assert_eq!(ulps(-0.0, 0.0), 0);
        assert_eq!(ulps(-f64::from_bits(1), f64::from_bits(1)), 2);
    }
}
