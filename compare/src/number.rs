//! Exact numbers: one normal form for integers of any width, decimals of any scale, numeric text
//! and the exact value of a float, so that `1`, `1.0` and `1.00` are the same number.

use bigdecimal::{
    BigDecimal,
    num_bigint::{BigInt, BigUint, Sign},
};
use std::{cmp::Ordering, str::FromStr};

/// Digits that always fit a `u128`.
const SMALL_DIGITS: usize = 38;
/// Digits that always fit a `u64`.
const SWIFT_DIGITS: usize = 19;
/// Most digits, and largest distance of the point, that are read: PostgreSQL's `numeric` has at
/// most 131,072 before and 16,383 after the point.
const DIGITS_MAX: i64 = 200_000;

/// A finite number `±digits × 10^exponent`. The digits carry no zeros at either end and zero is
/// positive with exponent 0, so that equal numbers have equal parts.
#[derive(Debug, Clone)]
pub(crate) struct Exact {
    negative: bool,
    digits: Digits,
    exponent: i64,
    /// Digits after the point as the engine wrote them; for people only.
    scale: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Digits {
    Small(u128),
    /// More than [`SMALL_DIGITS`] decimal digits.
    Big(Box<str>),
}

/// An exact number or one of `numeric`'s special values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Number {
    Finite(Exact),
    NaN,
    Infinity,
    NegativeInfinity,
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative
            && self.exponent == other.exponent
            && self.digits == other.digits
    }
}

impl Eq for Exact {}

impl Exact {
    /// `unscaled × 10^-scale`; a negative scale counts zeros before the point.
    pub(crate) fn from_scaled(unscaled: i128, scale: i64) -> Self {
        Self::small(unscaled.is_negative(), unscaled.unsigned_abs(), -scale, scale.max(0))
    }

    fn small(negative: bool, mut digits: u128, mut exponent: i64, scale: i64) -> Self {
        if digits == 0 {
            return Self { negative: false, digits: Digits::Small(0), exponent: 0, scale };
        }
        // Divisions of 64 bits take a fraction of the time of wider ones.
        if let Ok(mut few) = u64::try_from(digits) {
            while few.is_multiple_of(10) {
                few /= 10;
                exponent += 1;
            }
            digits = few.into();
        }
        while digits.is_multiple_of(10) {
            digits /= 10;
            exponent += 1;
        }
        let digits = if digits < 10_u128.pow(38) {
            Digits::Small(digits)
        } else {
            Digits::Big(digits.to_string().into())
        };
        Self { negative, digits, exponent, scale }
    }

    /// From ASCII digits; the caller has checked that they are.
    fn from_digits(negative: bool, digits: &str, exponent: i64, scale: i64) -> Self {
        let significant = digits.trim_start_matches('0');
        let trimmed = significant.trim_end_matches('0');
        if trimmed.len() <= SMALL_DIGITS {
            // At most 38 digits always parse; empty text is zero.
            let small = trimmed.parse().unwrap_or(0);
            let zeros = significant.len() - trimmed.len();
            return Self::small(negative, small, exponent + signed(zeros), scale);
        }
        let exponent = exponent + signed(significant.len() - trimmed.len());
        Self { negative, digits: Digits::Big(trimmed.into()), exponent, scale }
    }

    /// Reads `-12.340` or `1.5e3`; nothing else.
    fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        let (mantissa, shift) = match rest.split_once(['e', 'E']) {
            Some((mantissa, shift)) => (mantissa, shift.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = [whole, fraction].concat();
        let readable = !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
            && signed(digits.len()) <= DIGITS_MAX
            && (-DIGITS_MAX..=DIGITS_MAX).contains(&shift);
        let scale = signed(fraction.len());
        readable
            .then(|| Self::from_digits(negative, &digits, shift - scale, (scale - shift).max(0)))
    }

    /// A plain number of up to 19 digits as an integer at this scale: what reading it and
    /// [`at_scale`](Self::at_scale) give, in a fraction of the time. `None` says nothing of the text.
    #[inline]
    pub(crate) fn scaled_text(text: &str, scale: u32) -> Option<i128> {
        let (is_negative, rest) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let (mut digits, mut count, mut point) = (0_u64, 0_usize, None);
        for byte in rest {
            match byte {
                b'0'..=b'9' if count < SWIFT_DIGITS => {
                    digits = digits * 10 + u64::from(byte - b'0');
                    count += 1;
                }
                b'.' if point.is_none() => point = Some(count),
                _ => return None,
            }
        }
        if count == 0 {
            return None;
        }
        let places = u32::try_from(point.map_or(0, |before| count - before)).ok()?;
        let unit = 10_u64.checked_pow(scale.checked_sub(places)?)?;
        let scaled = i128::from(digits) * i128::from(unit);
        Some(if is_negative { -scaled } else { scaled })
    }

    /// The exact value of a finite float; `None` for NaN and infinities. -0.0 gives 0.
    pub(crate) fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        // IEEE 754 binary64: 1 sign bit, 11 exponent bits biased by 1,075 against the mantissa
        // read as an integer, 52 mantissa bits with a hidden one unless subnormal.
        let bits = value.to_bits();
        let biased = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
        let fraction = bits & ((1 << 52) - 1);
        let (mut mantissa, mut power) =
            if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
        if mantissa == 0 {
            return Some(Self::small(false, 0, 0, 0));
        }
        let zeros = mantissa.trailing_zeros();
        mantissa >>= zeros;
        power += i64::from(zeros);
        // m × 2^-k = m × 5^k × 10^-k
        let (base, times, exponent) =
            if power < 0 { (5_u32, -power, power) } else { (2_u32, power, 0) };
        let times = u32::try_from(times).unwrap_or(0);
        let scale = -exponent;
        let small = u128::from(base).checked_pow(times);
        if let Some(digits) = small.and_then(|p| p.checked_mul(u128::from(mantissa))) {
            return Some(Self::small(value.is_sign_negative(), digits, exponent, scale));
        }
        let digits = (BigUint::from(mantissa) * BigUint::from(base).pow(times)).to_string();
        Some(Self::from_digits(value.is_sign_negative(), &digits, exponent, scale))
    }

    /// The number as an integer times `10^-scale`, if it is one that 128 bits hold.
    pub(crate) fn at_scale(&self, scale: u32) -> Option<i128> {
        let Digits::Small(digits) = self.digits else { return None };
        if digits == 0 {
            return Some(0);
        }
        let zeros = u32::try_from(self.exponent.checked_add(scale.into())?).ok()?;
        let scaled = i128::try_from(digits).ok()?.checked_mul(10_i128.checked_pow(zeros)?)?;
        Some(if self.negative { -scaled } else { scaled })
    }

    /// Sign, digits and exponent, where 128 bits hold the digits, which end with none of zero.
    pub(crate) fn parts(&self) -> Option<(bool, u128, i64)> {
        let Digits::Small(digits) = self.digits else { return None };
        Some((self.negative, digits, self.exponent))
    }

    /// The float that is exactly this number, if there is one. Zero is positive.
    pub(crate) fn as_exact_f64(&self) -> Option<f64> {
        let text = format!(
            "{}{}e{}",
            if self.negative { "-" } else { "" },
            self.digit_text(),
            self.exponent
        );
        let nearest: f64 = text.parse().ok()?;
        (Self::from_f64(nearest).as_ref() == Some(self)).then_some(nearest)
    }

    fn is_zero(&self) -> bool {
        self.digits == Digits::Small(0)
    }

    fn digit_text(&self) -> String {
        match &self.digits {
            Digits::Small(digits) => digits.to_string(),
            Digits::Big(digits) => digits.to_string(),
        }
    }

    /// About the same number: the error is a few units in the last place, and what is too large is
    /// infinite.
    pub(crate) fn to_f64_lossy(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "about the same number")]
        let digits = match &self.digits {
            Digits::Small(digits) => *digits as f64,
            Digits::Big(digits) => digits.parse().unwrap_or(f64::INFINITY),
        };
        let exponent = i32::try_from(self.exponent).unwrap_or(i32::MAX);
        let magnitude = digits * 10_f64.powi(exponent);
        if self.negative { -magnitude } else { magnitude }
    }

    /// The same number for arithmetic.
    pub(crate) fn to_big(&self) -> BigDecimal {
        let digits = match &self.digits {
            Digits::Small(digits) => BigInt::from(*digits),
            Digits::Big(digits) => BigInt::from_str(digits).unwrap_or_default(),
        };
        BigDecimal::new(if self.negative { -digits } else { digits }, -self.exponent)
    }

    fn from_big(value: &BigDecimal) -> Self {
        let (digits, scale) = value.as_bigint_and_exponent();
        let negative = digits.sign() == Sign::Minus;
        Self::from_digits(negative, &digits.magnitude().to_string(), -scale, scale.max(0))
    }

    /// Rounded half away from zero to `places` digits after the point.
    pub(crate) fn round(&self, places: u32) -> Self {
        let places = i64::from(places);
        if -self.exponent <= places {
            return self.clone();
        }
        let Digits::Small(digits) = self.digits else {
            let mode = bigdecimal::RoundingMode::HalfUp;
            return Self::from_big(&self.to_big().with_scale_round(places, mode));
        };
        let dropped = u32::try_from(-self.exponent - places).unwrap_or(u32::MAX);
        let rounded = match 10_u128.checked_pow(dropped) {
            Some(unit) => digits / unit + u128::from(digits % unit >= unit.div_ceil(2)),
            // Dropping 39 digits or more of at most 38 leaves less than a tenth.
            None => 0,
        };
        Self::small(self.negative, rounded, -places, places)
    }

    /// Bytes that are equal for equal numbers only, and end by themselves.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.negative));
        out.extend_from_slice(&self.exponent.to_le_bytes());
        match &self.digits {
            Digits::Small(digits) => {
                out.push(0);
                out.extend_from_slice(&digits.to_le_bytes());
            }
            Digits::Big(digits) => {
                out.push(1);
                out.extend_from_slice(&signed(digits.len()).to_le_bytes());
                out.extend_from_slice(digits.as_bytes());
            }
        }
    }

    /// Plain notation with the scale that the engine gave: `-12.340`.
    pub(crate) fn to_plain(&self) -> String {
        self.with_places(self.scale.max(-self.exponent).max(0))
    }

    /// Plain notation without zeros at the end: `-12.34`.
    pub(crate) fn to_shortest(&self) -> String {
        self.with_places((-self.exponent).max(0))
    }

    /// `places` are enough to show all digits.
    fn with_places(&self, places: i64) -> String {
        let digits = self.digit_text();
        // Zeros that stand between the last significant digit and the last place shown.
        let zeros = if self.is_zero() { places } else { self.exponent + places };
        let mut text = digits + &"0".repeat(usize::try_from(zeros).unwrap_or(0));
        let places = usize::try_from(places).unwrap_or(0);
        if text.len() <= places {
            text.insert_str(0, &"0".repeat(places + 1 - text.len()));
        }
        if places > 0 {
            text.insert(text.len() - places, '.');
        }
        if self.negative {
            text.insert(0, '-');
        }
        text
    }

    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => return Ordering::Equal,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        if let (Digits::Small(a), Digits::Small(b)) = (&self.digits, &other.digits)
            && self.exponent == other.exponent
        {
            return a.cmp(b);
        }
        let (a, b) = (self.digit_text(), other.digit_text());
        // With the first digit at the same power of ten, text order is number order.
        let (top_a, top_b) = (signed(a.len()) + self.exponent, signed(b.len()) + other.exponent);
        top_a.cmp(&top_b).then_with(|| a.cmp(&b))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.cmp_magnitude(other),
            (true, true) => other.cmp_magnitude(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl Number {
    /// Reads numeric text: plain decimals, `NaN`, `Infinity`, `-Infinity`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "NaN" => Some(Self::NaN),
            "Infinity" => Some(Self::Infinity),
            "-Infinity" => Some(Self::NegativeInfinity),
            _ => Exact::parse(text).map(Self::Finite),
        }
    }

    /// The number of a float. -0.0 gives 0: an exact number has no sign of zero.
    pub(crate) fn from_f64(value: f64) -> Self {
        match Exact::from_f64(value) {
            Some(exact) => Self::Finite(exact),
            None if value.is_nan() => Self::NaN,
            None if value.is_sign_negative() => Self::NegativeInfinity,
            None => Self::Infinity,
        }
    }

    /// As people read it.
    pub(crate) fn to_plain(&self) -> String {
        self.to_text(Exact::to_plain)
    }

    /// The shortest plain notation: equal for equal numbers.
    pub(crate) fn to_shortest(&self) -> String {
        self.to_text(Exact::to_shortest)
    }

    fn to_text(&self, finite: impl FnOnce(&Exact) -> String) -> String {
        match self {
            Self::Finite(exact) => finite(exact),
            Self::NaN => "NaN".to_owned(),
            Self::Infinity => "Infinity".to_owned(),
            Self::NegativeInfinity => "-Infinity".to_owned(),
        }
    }
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn spelling_and_scale_do_not_matter() {
        let one = Exact::from_scaled(1, 0);
        for text in ["1", "1.0", "01.000", "+1", "1e0", "0.1e1", "10e-1"] {
            assert_eq!(exact(text), one, "{text}");
        }
        assert_eq!(Exact::from_scaled(100, 2), one);
        assert_eq!(Exact::from_scaled(1, -2), exact("100"));
        assert_eq!(exact("-0.00"), Exact::from_scaled(0, 5));
        assert_ne!(exact("1.0000000000000000000000000000000000000000001"), one);
        assert_ne!(exact("-1"), one);
    }

    #[test]
    fn small_and_big_digits_meet() {
        let big = i128::MAX.to_string();
        assert_eq!(exact(&big), Exact::from_scaled(i128::MAX, 0));
        let padded = format!("{big}{}", "0".repeat(300));
        assert_eq!(exact(&padded).to_plain(), padded);
        assert_eq!(exact(&format!("0.{}", "0".repeat(400))), exact("0"));
    }

    #[test]
    fn only_numbers_are_read() {
        for bad in ["", "-", ".", "1.2.3", "0x1", "1e", "e5", " 1", "1 ", "١", "1e999999999", "--1"]
        {
            assert_eq!(Number::parse(bad), None, "`{bad}`");
        }
        assert_eq!(Number::parse("NaN"), Some(Number::NaN));
        assert_eq!(Number::parse("-Infinity"), Some(Number::NegativeInfinity));
        assert_eq!(Number::parse(".5"), Number::parse("0.50"));
    }

    #[test]
    fn a_text_of_few_digits_is_scaled_at_once() {
        for (text, scaled) in [
            ("12.34", Some(12_340)),
            ("-0.5", Some(-500)),
            (".5", Some(500)),
            ("5.", Some(5_000)),
            ("-0", Some(0)),
            ("9999999999999999999", Some(9_999_999_999_999_999_999_000)),
            // For the slow way.
            ("1.2345", None),
            ("10000000000000000000", None),
            ("+1", None),
            ("1e3", None),
            ("NaN", None),
            ("", None),
            ("-", None),
            (".", None),
            ("1.2.3", None),
            ("١", None),
        ] {
            assert_eq!(Exact::scaled_text(text, 3), scaled, "`{text}`");
        }
        assert_eq!(Exact::scaled_text("1", 20), None);
    }

    #[test]
    fn floats_have_their_exact_value() {
        assert_eq!(
            Exact::from_f64(0.1).unwrap().to_plain(),
            "0.1000000000000000055511151231257827021181583404541015625"
        );
        assert_eq!(Exact::from_f64(-2.5), Some(exact("-2.5")));
        assert_eq!(Exact::from_f64(1e22), Some(exact("1e22")));
        assert_eq!(Exact::from_f64(-0.0), Some(exact("0")));
        assert_eq!(Exact::from_f64(f64::from_bits(1)).unwrap().digit_text().len(), 751);
        assert_eq!(Exact::from_f64(f64::NAN), None);
    }

    #[test]
    fn plain_text_keeps_the_scale() {
        for text in [
            "-12.340",
            "0.00",
            "0.001",
            "1200",
            "-0.5",
            "123456789012345678901234567890123456789012.50",
        ] {
            assert_eq!(exact(text).to_plain(), text);
        }
        assert_eq!(Exact::from_scaled(-5, 3).to_plain(), "-0.005");
        assert_eq!(Exact::from_scaled(5, -3).to_plain(), "5000");
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (value, places, rounded) in [
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("2.45", 1, "2.5"),
            ("2.449", 1, "2.4"),
            ("0.4999999999999999999999999999999999999999999", 0, "0"),
            ("0.5000000000000000000000000000000000000000000", 0, "1"),
            ("99.995", 2, "100"),
            ("0.0000000000000000000000000000000000000000005", 2, "0"),
            (
                "-12345678901234567890123456789012345678901.5",
                0,
                "-12345678901234567890123456789012345678902",
            ),
            ("1.23", 5, "1.23"),
        ] {
            assert_eq!(exact(value).round(places), exact(rounded), "{value}");
        }
    }

    proptest! {
        #[test]
        fn order_equality_and_bytes_agree_with_big_decimals(
            a in -2000_i128..2000, b in -2000_i128..2000, s in -3_i64..4, t in -3_i64..4, big in any::<bool>()
        ) {
            // 39 digits, more than the small form holds.
            let widen = |v: i128| if big { v.signum() * (i128::MAX - v.abs()) } else { v };
            let (x, y) = (Exact::from_scaled(widen(a), s), Exact::from_scaled(widen(b), t));
            prop_assert_eq!(x.cmp(&y), x.to_big().cmp(&y.to_big()));
            prop_assert_eq!(x == y, x.cmp(&y) == Ordering::Equal);
            let (mut p, mut q) = (Vec::new(), Vec::new());
            x.encode(&mut p);
            y.encode(&mut q);
            prop_assert_eq!(p == q, x == y);
            prop_assert_eq!(exact(&x.to_plain()), x.clone());
            prop_assert_eq!(Exact::from_big(&x.to_big()), x);
        }

        #[test]
        fn both_ways_to_scale_a_text_agree(
            text in prop_oneof!["-?[0-9]{0,12}\\.?[0-9]{0,12}", "[-+.0-9eN]{0,22}"],
            scale in 0_u32..22,
        ) {
            if let Some(scaled) = Exact::scaled_text(&text, scale) {
                prop_assert_eq!(Exact::parse(&text).unwrap().at_scale(scale), Some(scaled));
            }
        }

        #[test]
        fn float_order_is_kept(a in any::<f64>(), b in any::<f64>()) {
            if let (Some(x), Some(y)) = (Exact::from_f64(a), Exact::from_f64(b)) {
                prop_assert_eq!(Some(x.cmp(&y)), a.partial_cmp(&b));
                prop_assert_eq!(x.to_plain().parse::<f64>().unwrap().to_bits(), (a + 0.0).to_bits());
            }
        }

        #[test]
        fn rounding_agrees_with_big_decimals(v in any::<i128>(), s in 0_i64..45, places in 0_u32..45) {
            let x = Exact::from_scaled(v, s);
            let big = x.to_big().with_scale_round(i64::from(places), bigdecimal::RoundingMode::HalfUp);
            prop_assert_eq!(x.round(places).to_big(), big);
        }
    }
}
