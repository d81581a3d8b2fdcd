//! Hashes a whole array into the states of its rows.
//!
//! The arrays that most columns are of have loops of their own, which give what [`super::value`]
//! gives; the others go through it value by value.

use super::{
    form::Form,
    state::{HashKey, State, Tag},
    value::{float_word, fold, fold_instant, fold_interval, fold_scaled},
};
use crate::{
    number::Exact,
    reader::{ReadError, Reader, unit_nanos},
    value::Instant,
};
use arrow::{
    array::{Array, ArrayAccessor, ArrowPrimitiveType, AsArray as _, BooleanArray, PrimitiveArray},
    datatypes::{
        DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Field,
        Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
        IntervalMonthDayNanoType, IntervalUnit, Time64MicrosecondType, TimeUnit,
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
        TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};
use model::logical;

const DAY_MICROS: i64 = 86_400_000_000;

/// Where the words of an array go.
pub(super) struct Sink<'s> {
    pub(super) states: &'s mut [State],
    pub(super) key: &'s HashKey,
}

impl Sink<'_> {
    /// One word a row.
    fn words<T: ArrowPrimitiveType>(
        &mut self,
        array: &PrimitiveArray<T>,
        word: impl Fn(T::Native) -> u64,
    ) {
        let key = self.key;
        let rows = self.states.iter_mut().zip(array.values());
        match array.nulls() {
            None => rows.for_each(|(state, value)| state.word(word(*value), key)),
            Some(nulls) => rows.zip(nulls).for_each(|((state, value), valid)| {
                state.word_or_null(word(*value), !valid, key);
            }),
        }
    }

    /// What takes in a value does so by itself.
    fn values<T: ArrowPrimitiveType>(
        &mut self,
        array: &PrimitiveArray<T>,
        fold: impl Fn(T::Native, &mut State, &HashKey),
    ) {
        let key = self.key;
        let rows = self.states.iter_mut().zip(array.values());
        match array.nulls() {
            None => rows.for_each(|(state, value)| fold(*value, state, key)),
            Some(nulls) => rows.zip(nulls).for_each(|((state, value), valid)| {
                if valid { fold(*value, state, key) } else { state.tag(Tag::Null, key) }
            }),
        }
    }

    fn integers<T: ArrowPrimitiveType>(&mut self, array: &PrimitiveArray<T>)
    where
        i64: From<T::Native>,
    {
        self.words(array, |value| i64::from(value).cast_unsigned());
    }

    /// Unscaled integers that are brought to the scale of the form.
    fn decimals<T: ArrowPrimitiveType>(
        &mut self,
        array: &PrimitiveArray<T>,
        scale: i8,
        form: &Form,
    ) -> bool
    where
        i128: From<T::Native>,
    {
        let (Form::Exact(wanted) | Form::Number(wanted)) = form else { return false };
        let more = i64::from(wanted.digits) - i64::from(scale);
        let Some(unit) = u32::try_from(more).ok().and_then(|more| 10_i128.checked_pow(more)) else {
            return false;
        };
        // A product that does not fit is for the slow way.
        let most = array.values().iter().map(|value| i128::from(*value).unsigned_abs()).max();
        if most.unwrap_or(0).checked_mul(unit.unsigned_abs()).is_none_or(|p| p > i128::MAX as u128)
        {
            return false;
        }
        self.values(array, |value, state, key| {
            fold_scaled(i128::from(value) * unit, form, state, key);
        });
        true
    }

    fn slices<'a, A, B>(&mut self, array: &'a A)
    where
        &'a A: ArrayAccessor<Item = &'a B>,
        A: Array,
        B: AsRef<[u8]> + ?Sized + 'a,
    {
        let key = self.key;
        let nulls = array.nulls();
        for (row, state) in self.states.iter_mut().enumerate().take(array.len()) {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                state.tag(Tag::Null, key);
            } else {
                state.bytes(array.value(row).as_ref(), key);
            }
        }
    }

    /// Exact numbers as text: those of few digits are integers at the scale of the form.
    fn numerics<'a, A: Array>(
        &mut self,
        texts: &'a A,
        reader: &Reader,
        (form, scale): (&Form, u32),
    ) -> Result<(), (usize, ReadError)>
    where
        &'a A: ArrayAccessor<Item = &'a str>,
    {
        let key = self.key;
        for (row, state) in self.states.iter_mut().enumerate().take(texts.len()) {
            let scaled = (!texts.is_null(row)).then(|| texts.value(row));
            match scaled.and_then(|text| Exact::scaled_text(text, scale)) {
                Some(scaled) => fold_scaled(scaled, form, state, key),
                None => fold(&reader.value(row).map_err(|error| (row, error))?, form, state, key),
            }
        }
        Ok(())
    }

    fn booleans(&mut self, array: &BooleanArray) {
        let key = self.key;
        for (row, state) in self.states.iter_mut().enumerate().take(array.len()) {
            let word = u64::from(array.value(row));
            state.word_or_null(word, array.is_null(row), key);
        }
    }

    /// Counts of a unit, whose ends of the range are infinities.
    fn instants<T: ArrowPrimitiveType<Native = i64>>(
        &mut self,
        array: &PrimitiveArray<T>,
        unit: TimeUnit,
    ) {
        let nanos = unit_nanos(unit);
        // In microseconds; none where a count of nanoseconds is not a whole one.
        let factor = i64::try_from(nanos / 1_000).unwrap_or(0);
        self.values(array, |count, state, key| {
            let finite = count.unsigned_abs() != i64::MAX.unsigned_abs();
            match count.checked_mul(factor) {
                Some(micros) if finite && factor > 0 => state.word(micros.cast_unsigned(), key),
                _ => fold_instant(Instant::from_count(count, nanos), state, key),
            }
        });
    }

    /// Takes in an array of the column `field`; an error says which row cannot be read, and why.
    pub(super) fn array(
        &mut self,
        field: &Field,
        array: &dyn Array,
        form: &Form,
    ) -> Result<(), (Option<u64>, ReadError)> {
        let plain = logical::extension_name(field)
            .is_none_or(|name| !matches!(name, logical::NUMERIC | logical::UUID));
        // A nested value that cannot be read is found the slow way, with its row.
        if plain && (self.fast(array, form) || self.nested(array, form) == Ok(true)) {
            return Ok(());
        }
        let reader = Reader::new(field, array).map_err(|error| (None, error))?;
        let is_numeric = logical::extension_name(field) == Some(logical::NUMERIC);
        if is_numeric && let Form::Exact(scale) | Form::Number(scale) = form {
            let to = (form, scale.digits);
            let taken = match array.data_type() {
                DataType::Utf8 => Some(self.numerics(array.as_string::<i32>(), &reader, to)),
                DataType::LargeUtf8 => Some(self.numerics(array.as_string::<i64>(), &reader, to)),
                DataType::Utf8View => Some(self.numerics(array.as_string_view(), &reader, to)),
                _ => None,
            };
            if let Some(taken) = taken {
                return taken.map_err(|(row, error)| (u64::try_from(row).ok(), error));
            }
        }
        for (row, state) in self.states.iter_mut().enumerate().take(array.len()) {
            let value = reader.value(row).map_err(|error| (u64::try_from(row).ok(), error))?;
            fold(&value, form, state, self.key);
        }
        Ok(())
    }

    /// Is there a loop for this array in this form, and has it run?
    fn fast(&mut self, array: &dyn Array, form: &Form) -> bool {
        match (array.data_type(), form) {
            (_, Form::Stranger(_)) => return false,
            (DataType::Boolean, _) => self.booleans(array.as_boolean()),
            (DataType::Int8, Form::Int) => self.integers::<Int8Type>(array.as_primitive()),
            (DataType::Int16, Form::Int) => self.integers::<Int16Type>(array.as_primitive()),
            (DataType::Int32, Form::Int) => self.integers::<Int32Type>(array.as_primitive()),
            (DataType::Int64, Form::Int) => self.integers::<Int64Type>(array.as_primitive()),
            (DataType::UInt8, Form::Int) => self.integers::<UInt8Type>(array.as_primitive()),
            (DataType::UInt16, Form::Int) => self.integers::<UInt16Type>(array.as_primitive()),
            (DataType::UInt32, Form::Int) => self.integers::<UInt32Type>(array.as_primitive()),
            // What does not fit is an integer of more words.
            (DataType::UInt64, Form::Int) => {
                self.values::<UInt64Type>(array.as_primitive(), |value, state, key| {
                    state.integer(value.into(), key);
                });
            }
            (DataType::UInt64, _) => {
                return self.decimals::<UInt64Type>(array.as_primitive(), 0, form);
            }
            (DataType::Int8, _) => return self.decimals::<Int8Type>(array.as_primitive(), 0, form),
            (DataType::Int16, _) => {
                return self.decimals::<Int16Type>(array.as_primitive(), 0, form);
            }
            (DataType::Int32, _) => {
                return self.decimals::<Int32Type>(array.as_primitive(), 0, form);
            }
            (DataType::Int64, _) => {
                return self.decimals::<Int64Type>(array.as_primitive(), 0, form);
            }
            (DataType::UInt8, _) => {
                return self.decimals::<UInt8Type>(array.as_primitive(), 0, form);
            }
            (DataType::UInt16, _) => {
                return self.decimals::<UInt16Type>(array.as_primitive(), 0, form);
            }
            (DataType::UInt32, _) => {
                return self.decimals::<UInt32Type>(array.as_primitive(), 0, form);
            }
            (DataType::Decimal32(_, scale), _) => {
                return self.decimals::<Decimal32Type>(array.as_primitive(), *scale, form);
            }
            (DataType::Decimal64(_, scale), _) => {
                return self.decimals::<Decimal64Type>(array.as_primitive(), *scale, form);
            }
            (DataType::Decimal128(_, scale), _) => {
                return self.decimals::<Decimal128Type>(array.as_primitive(), *scale, form);
            }
            (DataType::Float16, _) => {
                self.words::<Float16Type>(array.as_primitive(), |v| float_word(v.to_f32().into()));
            }
            (DataType::Float32, _) => {
                self.words::<Float32Type>(array.as_primitive(), |v| float_word(v.into()));
            }
            (DataType::Float64, _) => self.words::<Float64Type>(array.as_primitive(), float_word),
            (DataType::Utf8, Form::Text) => self.slices(array.as_string::<i32>()),
            (DataType::LargeUtf8, Form::Text) => self.slices(array.as_string::<i64>()),
            (DataType::Utf8View, Form::Text) => self.slices(array.as_string_view()),
            (DataType::Binary, _) => self.slices(array.as_binary::<i32>()),
            (DataType::LargeBinary, _) => self.slices(array.as_binary::<i64>()),
            (DataType::BinaryView, _) => self.slices(array.as_binary_view()),
            (DataType::Date32, _) => {
                self.values::<Date32Type>(array.as_primitive(), |days, state, key| {
                    let finite = days.unsigned_abs() != i32::MAX.unsigned_abs();
                    match i64::from(days).checked_mul(DAY_MICROS) {
                        Some(micros) if finite => state.word(micros.cast_unsigned(), key),
                        _ => fold_instant(Instant::from_days(days), state, key),
                    }
                });
            }
            (DataType::Date64, _) => {
                self.instants::<Date64Type>(array.as_primitive(), TimeUnit::Millisecond);
            }
            (DataType::Timestamp(unit @ TimeUnit::Second, _), _) => {
                self.instants::<TimestampSecondType>(array.as_primitive(), *unit);
            }
            (DataType::Timestamp(unit @ TimeUnit::Millisecond, _), _) => {
                self.instants::<TimestampMillisecondType>(array.as_primitive(), *unit);
            }
            (DataType::Timestamp(unit @ TimeUnit::Microsecond, _), _) => {
                self.instants::<TimestampMicrosecondType>(array.as_primitive(), *unit);
            }
            (DataType::Timestamp(unit @ TimeUnit::Nanosecond, _), _) => {
                self.instants::<TimestampNanosecondType>(array.as_primitive(), *unit);
            }
            (DataType::Time64(TimeUnit::Microsecond), _) => {
                self.values::<Time64MicrosecondType>(array.as_primitive(), |time, state, key| {
                    state.integer(i128::from(time) * 1_000, key);
                });
            }
            (DataType::FixedSizeBinary(_), Form::Plain) => {
                self.slices(array.as_fixed_size_binary());
            }
            (DataType::Interval(IntervalUnit::MonthDayNano), _) => {
                self.values::<IntervalMonthDayNanoType>(array.as_primitive(), |v, state, key| {
                    let parts = (v.months.into(), v.days.into(), v.nanoseconds.into());
                    fold_interval(parts, state, key);
                });
            }
            _ => return false,
        }
        true
    }
}
