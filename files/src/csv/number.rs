//! Which texts are numbers, without anything lost.

/// A decimal number's parts: `-12.340e5` is negative, `12`, `340`, `Some(5)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal<'a> {
    pub(super) negative: bool,
    pub(super) whole: &'a str,
    pub(super) fraction: &'a str,
    /// Whether there is an exponent; it may be 0.
    pub(super) exponent: Option<i32>,
}

impl<'a> Decimal<'a> {
    /// Reads `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,4})?`.
    ///
    /// A plus in front, leading zeros (`007`) and a bare point (`.5`, `5.`) are not numbers here:
    /// to read them as one would lose how they were written, which in a code or a key means
    /// something.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (number, exponent) = match rest.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, Some(read_exponent(exponent)?)),
            None => (rest, None),
        };
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (number, ""),
        };
        let canonical = is_digits(whole) && (whole == "0" || !whole.starts_with('0'));
        canonical.then_some(Self { negative, whole, fraction, exponent })
    }

    /// Whether it is zero, however many zeros that are.
    pub(super) fn is_zero(self) -> bool {
        [self.whole, self.fraction].iter().all(|digits| digits.bytes().all(|digit| digit == b'0'))
    }

    /// A negative zero; exact numbers have none, so that they would lose its sign.
    pub(super) fn is_negative_zero(self) -> bool {
        self.negative && self.is_zero()
    }

    /// Its digits without zeros in front and behind, and the power of ten of the first of them.
    fn significant(self) -> (String, i64) {
        let digits: String = [self.whole, self.fraction].concat();
        let zeros = digits.bytes().take_while(|digit| *digit == b'0').count();
        let power = i64::try_from(self.whole.len()).unwrap_or(i64::MAX)
            - 1
            - i64::try_from(zeros).unwrap_or(i64::MAX)
            + i64::from(self.exponent.unwrap_or(0));
        (digits.trim_matches('0').to_owned(), power)
    }

    /// How many digits it has from the first that is not zero.
    fn digits(self) -> usize {
        let all = self.whole.len() + self.fraction.len();
        let digits = self.whole.bytes().chain(self.fraction.bytes());
        all - digits.take_while(|digit| *digit == b'0').count()
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    // Four digits are more than any float needs.
    let short = is_digits(digits) && digits.len() <= 4;
    if short { text.strip_prefix('+').unwrap_or(text).parse().ok() } else { None }
}

/// An integer in the one way to write it that fits 64 bits.
pub(super) fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = match digits.as_bytes() {
        [b'0'] => text == "0",
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if canonical { text.parse().ok() } else { None }
}

/// Decimals of so many digits come back from a 64-bit float as they were.
const EXACT_DIGITS: usize = 15;
/// No float has more digits than 767 in its whole expansion.
const DIGITS_MAX: usize = 800;
/// Where floats have all their digits; below and above they have fewer, or none.
const NORMAL_POWERS: std::ops::Range<i64> = -290..290;

/// The float that a text spells.
///
/// The text must say of the float what the float says when it is printed with as many digits
/// (`0.1`, `0.10000000000000001` and `0.1000000000000000055511151231257827` all spell the same
/// one). Another text (`0.1000000000000000049`) is nearest to that float too, but to read it as that
/// would make it equal to what it is not. Where a float lies in the middle of two such texts, as
/// 161135912348509.125 does, printers differ, and both are its own.
pub(super) fn float64(text: &str) -> Option<f64> {
    let decimal = match text {
        "NaN" | "nan" => return Some(f64::NAN),
        "Infinity" | "inf" => return Some(f64::INFINITY),
        "-Infinity" | "-inf" => return Some(f64::NEG_INFINITY),
        _ => Decimal::read(text)?,
    };
    let value: f64 = text.parse().ok()?;
    if decimal.is_zero() {
        return Some(value);
    }
    let digits = decimal.digits();
    if digits > DIGITS_MAX {
        return None;
    }
    let power = i64::try_from(decimal.whole.len()).ok()? + i64::from(decimal.exponent.unwrap_or(0));
    let easy = digits <= EXACT_DIGITS
        && NORMAL_POWERS.contains(&power)
        && NORMAL_POWERS.contains(&(power - i64::try_from(decimal.fraction.len()).ok()?));
    let spelled = || {
        let rounded = format!("{:.*e}", digits.saturating_sub(1), value);
        spells(decimal, [&rounded, &format!("{value:e}")])
    };
    (easy || spelled()).then_some(value)
}

/// The 32-bit float that a text spells; see [`float64`].
pub(super) fn float32(text: &str) -> Option<f32> {
    let decimal = match text {
        "NaN" | "nan" => return Some(f32::NAN),
        "Infinity" | "inf" => return Some(f32::INFINITY),
        "-Infinity" | "-inf" => return Some(f32::NEG_INFINITY),
        _ => Decimal::read(text)?,
    };
    let value: f32 = text.parse().ok()?;
    let digits = decimal.digits();
    if digits > DIGITS_MAX {
        return None;
    }
    let spelled = || {
        let rounded = format!("{:.*e}", digits.saturating_sub(1), value);
        spells(decimal, [&rounded, &format!("{value:e}")])
    };
    (decimal.is_zero() || spelled()).then_some(value)
}

/// Whether the number is the float as it prints: rounded to as many digits, or shortest, if that has
/// as many. They are not the same in the middle of two numbers, where one printer takes the even
/// digit and another one the upper.
fn spells(decimal: Decimal<'_>, [rounded, shortest]: [&str; 2]) -> bool {
    let is_same = |printed: &str| {
        let printed = Decimal::read(printed.strip_prefix('-').unwrap_or(printed));
        printed.is_some_and(|printed| {
            printed.digits() == decimal.digits() && printed.significant() == decimal.significant()
        })
    };
    is_same(rounded) || is_same(shortest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn integers_have_one_spelling() {
        for (text, value) in [("0", 0), ("-1", -1), ("9223372036854775807", i64::MAX)] {
            assert_eq!(integer(text), Some(value));
        }
        for text in ["", "-", "-0", "+1", "007", "1.0", " 1", "9223372036854775808", "１"] {
            assert_eq!(integer(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_have_no_zeros_in_front() {
        for text in ["0", "-0.50", "12.340", "1e5", "1.5E-07"] {
            assert!(Decimal::read(text).is_some(), "{text}");
        }
        for text in ["", "-", "00", "01.5", ".5", "5.", "+1", "1e", "1e99999", "1_0", "0x1", "1 "] {
            assert!(Decimal::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_float_is_what_it_prints() {
        for text in
            ["0.1", "0.10000000000000001", "1e-7", "1.7976931348623157e308", "5e-324", "-0.0"]
        {
            assert_eq!(
                float64(text).map(f64::to_bits),
                text.parse().ok().map(f64::to_bits),
                "{text}"
            );
        }
        // In the middle of two texts of 17 digits.
        for text in ["161135912348509.12", "161135912348509.13", "161135912348509.125"] {
            assert_eq!(float64(text), Some(1_289_087_298_788_073.0 / 8.0), "{text}");
        }
        assert_eq!(float64("161135912348509.11"), None);
        // The whole expansion of the float.
        assert_eq!(float64("0.1000000000000000055511151231257827"), Some(0.1));
        // Nearest to 0.1, to infinity and to the smallest float, but none of them.
        let long = "9".repeat(70_000);
        for text in ["0.1000000000000000049", "1e400", "4e-324", "12345678901234567890.5", &long] {
            assert_eq!(float64(text), None, "{text}");
        }
    }

    #[test]
    fn a_short_float_may_be_spelled_long() {
        assert_eq!(float32("0.1"), Some(0.1));
        assert_eq!(float32("0.10000000149011612"), Some(0.1));
        assert_eq!(float32("0.12345678901"), None);
        assert_eq!(float32("1.0737418e9"), Some(1_073_741_824.0));
        assert_eq!(float32("16777218.2"), None);
        assert_eq!(float32("1e39"), None);
    }

    proptest! {
        #[test]
        fn printed_floats_come_back(value: f64, digits in 16_usize..20) {
            prop_assume!(value.is_finite());
            for text in [format!("{value:?}"), format!("{value:e}"), format!("{value:.digits$e}")] {
                let read = float64(&text);
                prop_assert_eq!(read.map(f64::to_bits), Some(value.to_bits()), "{}", text);
            }
        }

        #[test]
        fn short_decimals_are_floats(whole in 0_u64..10_000_000, fraction in 0_u32..10_000_000) {
            let text = format!("{whole}.{fraction:07}");
            prop_assert_eq!(float64(&text), text.parse().ok());
        }

        /// Two texts of up to 17 digits that are the same float are the same number, or both print
        /// it.
        #[test]
        fn different_numbers_are_not_one_float(digits in 10_u64.pow(16)..10_u64.pow(17), off in 1_u64..3) {
            let texts = [format!("0.{digits}"), format!("0.{}", digits + off)];
            if let [Some(a), Some(b)] = texts.each_ref().map(|text| float64(text)) {
                prop_assert_ne!(a.to_bits(), b.to_bits());
            }
        }
    }
}
