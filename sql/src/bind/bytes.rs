//! Constants of type `bytea`: hexadecimal (`\x61ff`), or characters with escapes (`a\000\\`).

use std::fmt::Write as _;

/// The constant as hexadecimal digits behind `\x`, if PostgreSQL reads it.
pub(super) fn read(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    if let Some(digits) = text.strip_prefix("\\x") {
        // Blanks may stand between the pairs.
        let mut rest = digits.trim_start_matches(is_blank);
        while !rest.is_empty() {
            let (pair, behind) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(pair, 16).ok().filter(|_| !pair.contains('+'))?);
            rest = behind.trim_start_matches(is_blank);
        }
    } else {
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('\\') {
            bytes.extend_from_slice(before.as_bytes());
            rest = if let Some(after) = behind.strip_prefix('\\') {
                bytes.push(b'\\');
                after
            } else {
                let (octal, after) = behind.split_at_checked(3)?;
                bytes.push(u8::from_str_radix(octal, 8).ok().filter(|_| !octal.contains('+'))?);
                after
            };
        }
        bytes.extend_from_slice(rest.as_bytes());
    }
    let mut digits = "\\x".to_owned();
    for byte in bytes {
        write!(digits, "{byte:02x}").ok()?;
    }
    Some(digits)
}

const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r')
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn both_forms_are_read() {
        for (text, digits) in [
            ("", Some("\\x")),
            ("abc", Some("\\x616263")),
            ("é", Some("\\xc3a9")),
            ("a\\\\b", Some("\\x615c62")),
            ("\\000\\377", Some("\\x00ff")),
            ("\\x 61 FF", Some("\\x61ff")),
            ("\\x6", None),
            ("\\x6 1", None),
            ("\\xzz", None),
            ("\\8", None),
            ("\\400", None),
            ("a\\", None),
        ] {
            assert_eq!(read(text).as_deref(), digits, "{text}");
        }
    }
}
