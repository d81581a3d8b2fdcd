//! How values of options are spelled.

use std::time::Duration;

/// `512MB`, `2 GiB`, `1000000`: units of 1,000, or of 1,024 with an `i`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size; give one such as `512MB` or `2GiB`");
    let (number, unit) = number_and_unit(text).ok_or_else(wrong)?;
    let factor = match unit.as_str() {
        "" | "b" => 1,
        "kb" | "k" => 1_000,
        "mb" | "m" => 1_000_000,
        "gb" | "g" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err(wrong()),
    };
    let bytes = number.checked_mul(factor).ok_or_else(wrong)?;
    if bytes < 1_000_000 {
        return Err(format!("`{text}` is too little; give 1MB or more"));
    }
    Ok(bytes)
}

/// `90s`, `10m`, `2h`, or seconds as `90`: up to a day.
pub(super) fn timeout(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time; give one such as `90s`, `10m` or `2h`");
    let (number, unit) = number_and_unit(text).ok_or_else(wrong)?;
    let factor = match unit.as_str() {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        _ => return Err(wrong()),
    };
    match number.checked_mul(factor) {
        Some(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err(format!("`{text}` must be from 1s to 24h")),
    }
}

/// Digits, and what is behind them in small letters.
fn number_and_unit(text: &str) -> Option<(u64, String)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit.trim().to_ascii_lowercase()))
}

/// What stands between the fields of a text file.
pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    match (text, text.as_bytes()) {
        ("\\t", _) => Ok(b'\t'),
        (_, [byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err(format!("`{text}` is no ASCII character that can stand between fields")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("512MB", 512_000_000),
            ("2GiB", 2 << 30),
            ("2 gb", 2_000_000_000),
            ("1000000", 1_000_000),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "MB", "1.5GB", "10", "1XB", "99999999999999GB", "-1MB"] {
            assert!(size(text).unwrap_err().contains(text), "{text}");
        }
    }

    #[test]
    fn times_have_units() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("10m", 600), ("2H", 7_200)] {
            assert_eq!(timeout(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "s", "0", "25h", "1.5h", "-1", "2d", "99999999999999999999s", "ü"] {
            assert!(timeout(text).unwrap_err().contains(text), "{text}");
        }
    }

    #[test]
    fn one_character_stands_between_fields() {
        assert_eq!((delimiter(";"), delimiter("\\t")), (Ok(b';'), Ok(b'\t')));
        for text in ["", ";;", "ä", "\"", "\n"] {
            assert!(delimiter(text).is_err(), "{text}");
        }
    }
}
