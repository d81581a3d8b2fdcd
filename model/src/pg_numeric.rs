//! PostgreSQL's binary `numeric`, exactly, to and from text.
//!
//! The format is that of `numeric_send` and `numeric_recv`
//! (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/backend/utils/adt/numeric.c>):
//! four 16-bit words (number of digits, weight of the first digit, sign, digits after the point to
//! show) and then the digits in base 10,000, most significant first.

const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const POSITIVE_INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;
const SCALE_MAX: usize = 0x3FFF;

/// Appends the value as text: `-12.340`, `NaN`, `Infinity` or `-Infinity`. Absent for bytes that
/// are no numeric.
pub fn decode(bytes: &[u8], text: &mut String) -> Option<()> {
    let word = |index: usize| -> Option<u16> {
        let start = index * 2;
        Some(u16::from_be_bytes(bytes.get(start..start + 2)?.try_into().ok()?))
    };
    let count = usize::from(word(0)?);
    let weight = i32::from(word(1)?.cast_signed());
    let sign = word(2)?;
    let scale = usize::from(word(3)?);
    if bytes.len() != 8 + count * 2 || scale > SCALE_MAX {
        return None;
    }
    match sign {
        NAN => text.push_str("NaN"),
        POSITIVE_INFINITY => text.push_str("Infinity"),
        NEGATIVE_INFINITY => text.push_str("-Infinity"),
        POSITIVE | NEGATIVE => {
            if sign == NEGATIVE {
                text.push('-');
            }
            // The digit in base 10,000 that stands for 10,000^position.
            let digit = |position: i32| -> Option<u16> {
                let index = usize::try_from(weight - position).ok();
                match index.filter(|index| *index < count) {
                    Some(index) => word(4 + index).filter(|digit| *digit < 10_000),
                    None => Some(0),
                }
            };
            if weight < 0 {
                text.push('0');
            } else {
                push_digits(text, digit(weight)?, true);
                for position in (0..weight).rev() {
                    push_digits(text, digit(position)?, false);
                }
            }
            if scale > 0 {
                text.push('.');
                let end = text.len() + scale;
                let mut position = -1;
                while text.len() < end {
                    push_digits(text, digit(position)?, false);
                    position -= 1;
                }
                text.truncate(end);
            }
        }
        _ => return None,
    }
    Some(())
}

/// Appends four decimal digits, or those from the first that is no zero on. Results are full of them, and
/// formatting takes several times as long.
fn push_digits(text: &mut String, digit: u16, is_first: bool) {
    let mut is_shown = !is_first;
    for unit in [1_000, 100, 10, 1] {
        let one = digit / unit % 10;
        is_shown |= one != 0 || unit == 1;
        if is_shown {
            text.push(char::from(b'0' + u8::try_from(one).unwrap_or_default()));
        }
    }
}

/// Appends the binary form of a text as [`decode`] writes it. Absent for any other text, or one
/// that is out of PostgreSQL's range.
pub fn encode(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let special = match text {
        "NaN" => Some(NAN),
        "Infinity" => Some(POSITIVE_INFINITY),
        "-Infinity" => Some(NEGATIVE_INFINITY),
        _ => None,
    };
    if let Some(sign) = special {
        for word in [0, 0, sign, 0] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        return Some(());
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (NEGATIVE, rest),
        None => (POSITIVE, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.len() > SCALE_MAX {
        return None;
    }
    let groups = groups(whole, fraction)?;
    let leading = groups.iter().take_while(|group| **group == 0).count();
    let used = groups.get(leading..).unwrap_or_default();
    let trailing = used.iter().rev().take_while(|group| **group == 0).count();
    let used = used.get(..used.len() - trailing).unwrap_or_default();
    let whole_groups = i32::try_from(whole.len().div_ceil(4)).ok()?;
    let weight = if used.is_empty() {
        0
    } else {
        i16::try_from(whole_groups - 1 - i32::try_from(leading).ok()?).ok()?
    };
    let sign = if used.is_empty() { POSITIVE } else { sign };
    let count = u16::try_from(used.len()).ok()?;
    out.extend_from_slice(&count.to_be_bytes());
    out.extend_from_slice(&weight.to_be_bytes());
    out.extend_from_slice(&sign.to_be_bytes());
    out.extend_from_slice(&u16::try_from(fraction.len()).ok()?.to_be_bytes());
    for group in used {
        out.extend_from_slice(&group.to_be_bytes());
    }
    Some(())
}

/// The digits in groups of four around the point.
fn groups(whole: &str, fraction: &str) -> Option<Vec<u16>> {
    let mut groups = Vec::with_capacity(whole.len() / 4 + fraction.len() / 4 + 2);
    let mut group = 0_u16;
    let mut left = whole.len();
    for byte in whole.bytes() {
        group = push_digit(group, byte)?;
        left -= 1;
        if left.is_multiple_of(4) {
            groups.push(std::mem::take(&mut group));
        }
    }
    let padding = std::iter::repeat_n(b'0', (4 - fraction.len() % 4) % 4);
    let mut filled = 0;
    for byte in fraction.bytes().chain(padding) {
        group = push_digit(group, byte)?;
        filled += 1;
        if filled == 4 {
            groups.push(std::mem::take(&mut group));
            filled = 0;
        }
    }
    Some(groups)
}

fn push_digit(group: u16, byte: u8) -> Option<u16> {
    byte.is_ascii_digit().then(|| group * 10 + u16::from(byte - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(text: &str) -> Option<String> {
        let mut bytes = Vec::new();
        encode(text, &mut bytes)?;
        let mut back = String::new();
        decode(&bytes, &mut back)?;
        Some(back)
    }

    #[test]
    fn edges_round_trip() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "9999",
            "10000",
            "100000000",
            "0.0001",
            "0.00001",
            "-0.10",
            "12345678901234567890.123456789",
            "NaN",
            "Infinity",
            "-Infinity",
        ] {
            assert_eq!(round_trip(text).as_deref(), Some(text));
        }
        assert_eq!(round_trip("-0").as_deref(), Some("0"));
        assert_eq!(round_trip(".5").as_deref(), Some("0.5"));
        assert_eq!(round_trip("007.0").as_deref(), Some("7.0"));
        let long = format!("{}.{}", "7".repeat(131_072), "3".repeat(16_383));
        assert!(round_trip(&long) == Some(long), "the longest numeric that there is");
    }

    #[test]
    fn known_bytes() {
        // As a server sends `SELECT -12345.678`.
        let bytes = [0, 3, 0, 1, 0x40, 0, 0, 3, 0, 1, 0x09, 0x29, 0x1a, 0x7c];
        let mut text = String::new();
        decode(&bytes, &mut text).unwrap();
        assert_eq!(text, "-12345.678");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1e5", "nan", "1.2.3", "1 ", "--1", "0x1"] {
            assert_eq!(round_trip(text), None, "{text}");
        }
        assert_eq!(round_trip(&format!("0.{}", "1".repeat(16_384))), None);
    }

    proptest! {
        #[test]
        fn any_decimal_round_trips(
            negative: bool,
            whole in "(0|[1-9][0-9]{0,60})",
            fraction in "[0-9]{0,60}",
        ) {
            let zero = whole == "0" && fraction.bytes().all(|byte| byte == b'0');
            let sign = if negative && !zero { "-" } else { "" };
            let point = if fraction.is_empty() { "" } else { "." };
            let text = format!("{sign}{whole}{point}{fraction}");
            prop_assert_eq!(round_trip(&text), Some(text));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut text = String::new();
            let _ = decode(&bytes, &mut text);
        }
    }
}
