//! Numbers in decimal digits, as people write them: a float counts by its shortest spelling, since
//! `round(x, 2)` of a float is the float nearest to two decimal digits.

use crate::{number::Number, value::Value};
use std::fmt::{self, Write as _};

/// `±digits × 10^exponent`; the digits end with none of zero, and zero is positive with exponent 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub(crate) negative: bool,
    pub(crate) digits: u128,
    pub(crate) exponent: i32,
}

impl Decimal {
    /// Nothing for what is no finite number of at most 38 digits.
    pub(crate) fn of(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Int(value) => Some(Self::new(value.is_negative(), value.unsigned_abs(), 0)),
            Value::Number(Number::Finite(exact)) => {
                let (negative, digits, exponent) = exact.parts()?;
                Some(Self { negative, digits, exponent: i32::try_from(exponent).ok()? })
            }
            Value::Float(value) if value.is_finite() => {
                Self::few_digits(*value).or_else(|| Self::shortest(format_args!("{value:e}")))
            }
            Value::Single(value) if value.is_finite() => Self::shortest(format_args!("{value:e}")),
            Value::Half(value) if value.is_finite() => {
                Self::shortest(format_args!("{:e}", value.to_f32()))
            }
            _ => None,
        }
    }

    fn new(negative: bool, mut digits: u128, mut exponent: i32) -> Self {
        if digits == 0 {
            return Self { negative: false, digits, exponent: 0 };
        }
        // Divisions of 64 bits are several times as fast, and nearly all numbers have no more.
        if let Ok(mut small) = u64::try_from(digits) {
            for (unit, zeros) in [(100_000_000, 8), (10_000, 4)] {
                if small.is_multiple_of(unit) {
                    small /= unit;
                    exponent += zeros;
                }
            }
            while small.is_multiple_of(10) {
                small /= 10;
                exponent += 1;
            }
            digits = small.into();
        }
        while digits.is_multiple_of(10) {
            digits /= 10;
            exponent += 1;
        }
        Self { negative, digits, exponent }
    }

    /// The digits of a float that stands for a number of up to 15 digits, as most do: without
    /// spelling it. No two such numbers are the same float, so these digits are the shortest ones.
    fn few_digits(value: f64) -> Option<Self> {
        /// Powers of ten that are floats, and by which a division is rounded once.
        const POWERS: [f64; 16] =
            [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
        const DIGITS_MAX: u32 = 15;
        let size = value.abs();
        if !(1e-5..1e15).contains(&size) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the whole part, below 10^15"
        )]
        let before = (size as u64).checked_ilog10().map_or(0, |log| log + 1);
        // Few places are the most frequent, and leave few zeros to be taken away again.
        for places in [4.min(DIGITS_MAX - before), DIGITS_MAX - before] {
            let power = *POWERS.get(usize::try_from(places).ok()?)?;
            let digits = (size * power).round();
            if (digits / power).to_bits() == size.to_bits() {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a whole number of up to 15 digits"
                )]
                let digits = digits as u64;
                let negative = value.is_sign_negative();
                return Some(Self::new(negative, digits.into(), -i32::try_from(places).ok()?));
            }
        }
        None
    }

    /// Reads Rust's shortest spelling `-1.25e-3`.
    fn shortest(spelling: fmt::Arguments<'_>) -> Option<Self> {
        let mut buffer = Buffer { bytes: [0; 40], length: 0 };
        buffer.write_fmt(spelling).ok()?;
        let text = buffer.bytes.get(..buffer.length)?;
        let (mut negative, mut digits, mut places, mut pointed) = (false, 0_u128, 0, false);
        let mut bytes = text.iter();
        for byte in bytes.by_ref() {
            match byte {
                b'-' => negative = true,
                b'.' => pointed = true,
                b'e' => break,
                digit => {
                    digits = digits * 10 + u128::from(digit.wrapping_sub(b'0'));
                    places += i32::from(pointed);
                }
            }
        }
        let exponent: i32 = std::str::from_utf8(bytes.as_slice()).ok()?.parse().ok()?;
        Some(Self::new(negative, digits, exponent - places))
    }

    /// Digits after the point; fewer than none where the number ends with zeros before it.
    pub(crate) const fn places(&self) -> i32 {
        -self.exponent
    }

    /// The digits as a whole number of `10^-places`, if 128 bits hold it.
    pub(crate) fn at(&self, places: i32) -> Option<u128> {
        if self.digits == 0 {
            return Some(0);
        }
        let zeros = u32::try_from(self.exponent.checked_add(places)?).ok()?;
        self.digits.checked_mul(10_u128.checked_pow(zeros)?)
    }

    /// About the same number.
    pub(crate) fn to_f64(self) -> f64 {
        // 128 bits into 53: near is enough for whoever asks.
        #[expect(clippy::cast_precision_loss, reason = "about the same is what is asked for")]
        let digits = self.digits as f64;
        let size = digits * 10_f64.powi(self.exponent);
        if self.negative { -size } else { size }
    }
}

/// Longer than any spelling of a float.
struct Buffer {
    bytes: [u8; 40],
    length: usize,
}

impl fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn floats_count_by_their_shortest_spelling() {
        let of = |value: f64| Decimal::of(&Value::Float(value)).unwrap();
        assert_eq!(of(-0.125), Decimal { negative: true, digits: 125, exponent: -3 });
        assert_eq!(of(0.1), Decimal { negative: false, digits: 1, exponent: -1 });
        assert_eq!(of(1e300), Decimal { negative: false, digits: 1, exponent: 300 });
        assert_eq!(of(-0.0), Decimal { negative: false, digits: 0, exponent: 0 });
        assert_eq!(Decimal::of(&Value::Single(0.1)), Some(of(0.1)));
        assert_eq!(Decimal::of(&Value::Float(f64::NAN)), None);
        assert_eq!(of(-f64::MIN_POSITIVE).places(), 324);
    }

    proptest! {
        /// The way without spelling gives what spelling gives, also where it must give way.
        #[test]
        fn few_digits_are_the_shortest(
            digits in 0_u64..10_000_000_000_000_000,
            size in 0..16_u32,
            places in 0..24_i32,
            steps in -2_i64..3,
        ) {
            let near = format!("{}e-{places}", digits / 10_u64.pow(size)).parse::<f64>().unwrap();
            let float = f64::from_bits(near.to_bits().saturating_add_signed(steps));
            let spelled = Decimal::shortest(format_args!("{float:e}"));
            prop_assert_eq!(Decimal::of(&Value::Float(float)), spelled);
            prop_assert_eq!(Decimal::of(&Value::Float(-float)).map(|d| d.digits), spelled.map(|d| d.digits));
        }

        /// The digits read back as the number, whatever it is written as.
        #[test]
        fn digits_are_those_of_the_number(float in any::<f64>(), int in any::<i64>(), scale in 0..9_i32) {
            if float.is_finite() {
                let found = Decimal::of(&Value::Float(float)).unwrap();
                let sign = if found.negative { "-" } else { "" };
                let text = format!("{sign}{}e{}", found.digits, found.exponent);
                prop_assert!(text.parse::<f64>().unwrap().total_cmp(&float).is_eq() || found.digits == 0);
            }
            let number = Number::Finite(crate::number::Exact::from_scaled(int.into(), scale.into()));
            let found = Decimal::of(&Value::Number(number)).unwrap();
            prop_assert_eq!(found.at(scale), Some(u128::from(int.unsigned_abs())));
            prop_assert_eq!(found.negative, int < 0);
        }
    }
}
