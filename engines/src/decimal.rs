//! Exact decimals as text and as an unscaled 128-bit integer with a scale.

use arrow::{
    array::{Array as _, ArrayRef, AsArray as _, Decimal128Builder},
    datatypes::{DataType, Decimal128Type},
};
use std::sync::Arc;

/// Largest magnitude that 38 digits hold: `10^38 - 1`.
pub(crate) const MAX_38_DIGITS: i128 = 10_i128.pow(38) - 1;

/// Reads `-12.340` into the unscaled integer at `scale`; absent where the text is no plain decimal
/// or does not fit exactly: digits below the scale that are not zero, or more than 38 digits.
pub(crate) fn unscaled(text: &str, scale: u32) -> Option<i128> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value: i128 = 0;
    for byte in whole.bytes() {
        value = push_digit(value, byte)?;
    }
    let mut places = 0;
    for byte in fraction.bytes() {
        if places < scale {
            value = push_digit(value, byte)?;
            places += 1;
        } else if byte != b'0' {
            return None;
        }
    }
    value = value.checked_mul(10_i128.checked_pow(scale - places)?)?;
    if value > MAX_38_DIGITS {
        return None;
    }
    Some(if negative { -value } else { value })
}

fn push_digit(value: i128, byte: u8) -> Option<i128> {
    if !byte.is_ascii_digit() {
        return None;
    }
    value.checked_mul(10)?.checked_add(i128::from(byte - b'0'))
}

/// Writes the unscaled integer with `scale` digits after the point; a negative scale multiplies.
pub(crate) fn to_text(unscaled: i128, scale: i32) -> String {
    let digits = unscaled.unsigned_abs().to_string();
    let sign = if unscaled < 0 { "-" } else { "" };
    if scale <= 0 {
        if unscaled == 0 {
            return digits;
        }
        let zeros = "0".repeat(usize::try_from(scale.unsigned_abs()).unwrap_or(0));
        return format!("{sign}{digits}{zeros}");
    }
    let scale = usize::try_from(scale).unwrap_or(0);
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at_checked(padded.len() - scale).unwrap_or((&padded, ""));
    format!("{sign}{whole}.{fraction}")
}

/// Precision and scale of a plain decimal text: digits that it needs, and digits after the point.
pub(crate) fn shape(text: &str) -> Option<(u32, u32)> {
    let text = text.trim().trim_start_matches(['-', '+']);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty()
        || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let whole = u32::try_from(whole.trim_start_matches('0').len()).ok()?;
    let fraction = u32::try_from(fraction.len()).ok()?;
    Some(((whole + fraction).max(1), fraction))
}

/// Texts (`Utf8`) or decimals of another scale as decimals of this type, each exactly.
///
/// # Errors
/// A value that does not fit, named.
pub(crate) fn exact_array(array: &ArrayRef, precision: u8, scale: u8) -> Result<ArrayRef, String> {
    let limit = 10_i128.pow(u32::from(precision));
    let exact = |text: &str| {
        unscaled(text, u32::from(scale))
            .filter(|value| -limit < *value && *value < limit)
            .ok_or_else(|| {
                format!(
                    "`{text}` does not fit DECIMAL({precision},{scale}) exactly; \
                     give the column a numeric(precision,scale) that holds it"
                )
            })
    };
    let mut builder = Decimal128Builder::with_capacity(array.len());
    match array.data_type() {
        DataType::Decimal128(_, from) if *from == scale.cast_signed() => {
            for value in array.as_primitive::<Decimal128Type>() {
                if let Some(value) = value.filter(|value| value.abs() >= limit) {
                    exact(&to_text(value, i32::from(*from)))?;
                }
                builder.append_option(value);
            }
        }
        DataType::Decimal128(_, from) => {
            for value in array.as_primitive::<Decimal128Type>() {
                let value = value.map(|value| exact(&to_text(value, i32::from(*from))));
                builder.append_option(value.transpose()?);
            }
        }
        _ => {
            for text in array.as_string::<i32>() {
                builder.append_option(text.map(exact).transpose()?);
            }
        }
    }
    builder
        .finish()
        .with_precision_and_scale(precision, scale.cast_signed())
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::StringArray;
    use proptest::prelude::*;

    #[test]
    fn reads_exactly_or_not_at_all() {
        assert_eq!(unscaled("-12.340", 2), Some(-1234));
        assert_eq!(unscaled("12.345", 2), None);
        assert_eq!(unscaled(".5", 1), Some(5));
        assert_eq!(unscaled("5.", 3), Some(5000));
        for bad in ["", "-", ".", "NaN", "Infinity", "1e5", "1.2.3", "0x1", "--1"] {
            assert_eq!(unscaled(bad, 2), None, "{bad}");
        }
        assert_eq!(unscaled(&"9".repeat(38), 0), Some(MAX_38_DIGITS));
        assert_eq!(unscaled(&"9".repeat(39), 0), None);
        assert_eq!(unscaled("1", 38), None);
        assert_eq!(unscaled("0", 38), Some(0));
    }

    #[test]
    fn writes_all_scales() {
        assert_eq!(to_text(-5, 3), "-0.005");
        assert_eq!(to_text(1234, 2), "12.34");
        assert_eq!(to_text(12, 0), "12");
        assert_eq!(to_text(12, -2), "1200");
        assert_eq!(to_text(0, -2), "0");
        assert_eq!(to_text(i128::MIN, 0), i128::MIN.to_string());
    }

    #[test]
    fn shapes_count_significant_digits() {
        assert_eq!(shape("-0012.340"), Some((5, 3)));
        assert_eq!(shape("0"), Some((1, 0)));
        assert_eq!(shape("0.05"), Some((2, 2)));
        assert_eq!(shape("NaN"), None);
    }

    fn numeric(texts: &[&str]) -> ArrayRef {
        Arc::new(StringArray::from(texts.to_vec()))
    }

    #[test]
    fn decimals_are_exact_or_refused() {
        let array = exact_array(&numeric(&["1.5", "-0.25"]), 5, 2).unwrap();
        assert_eq!(array.as_primitive::<Decimal128Type>().values(), &[150, -25]);
        for text in ["1.005", "1000", "NaN", "Infinity", ""] {
            assert!(exact_array(&numeric(&[text]), 5, 2).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_integer_round_trip(value in -MAX_38_DIGITS..=MAX_38_DIGITS, scale in 0_u32..38) {
            let text = to_text(value, i32::try_from(scale).unwrap());
            prop_assert_eq!(unscaled(&text, scale), Some(value));
        }
    }
}
