//! `DC0210`: bytes and UUIDs in text, in another spelling.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0210",
        name: "spelling of bytes",
        page: "\
Texts are the same bytes in hexadecimal digits, written in another way: upper or lower case, with or
without `0x` or `\\x`, hyphens, or braces. It is recognised where both have the same 8 digits or
more. UUIDs are in upper case in SQL Server and in lower case elsewhere; a cast of bytes to text has
its own form in every engine. One side may have base64 instead.

Write `lower(x)` or `encode(x, 'hex')` on both sides, or type the column `uuid` or as bytes. No
tolerance speaks for it, but `text_case` where only the case differs.",
    },
    kinds: &[PairKind::Text],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

const HEX: u8 = 0;
const BASE64: u8 = 1;
const DIGITS_MIN: usize = 8;

/// The digits of a text that has nothing but hexadecimal digits and what stands around them.
fn digits(text: &str) -> Option<impl Iterator<Item = u8> + '_> {
    let bare =
        ["0x", "0X", "\\x"].iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let bare = bare.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(bare);
    let all = bare.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let own = bare.bytes().filter(|byte| *byte != b'-').map(|byte| byte.to_ascii_lowercase());
    (all && bare.len() >= DIGITS_MIN).then_some(own)
}

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.texts() else { return };
    match (digits(a), digits(b)) {
        (Some(x), Some(y)) => {
            // Dates and numbers have digits and hyphens too.
            let is_hex = |text: &str| text.bytes().any(|byte| byte.is_ascii_alphabetic());
            if x.eq(y) && is_hex(a) && is_hex(b) {
                found.push(Parameter::NONE.form(HEX));
            }
        }
        (None, None) => {}
        _ => {
            for (side, own, other) in views([a, b]) {
                if digits(own).is_none() && digits(other).is_some_and(|hex| is_base64(own, hex)) {
                    found.push(Parameter::of_side(side).form(BASE64));
                }
            }
        }
    }
}

/// Does the text say the bytes of these digits? The alphabet is that of RFC 4648.
fn is_base64(text: &str, mut hex: impl Iterator<Item = u8>) -> bool {
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return false,
        };
        bits = (bits << 6 | u32::from(six)) & 0xfff;
        held += 6;
        while held >= 4 {
            held -= 4;
            let nibble = (bits >> held) & 0xf;
            match hex.next() {
                Some(digit) if char::from(digit).to_digit(16) == Some(nibble) => {}
                // What fills up the last character.
                None if nibble == 0 => {}
                _ => return false,
            }
        }
    }
    hex.next().is_none()
}

fn words(parameter: Parameter, _: &str) -> Words {
    let remedy = "write both sides in one form (`lower`, `encode(x, 'hex')`), or type the column as bytes or UUID".to_owned();
    if parameter.form == BASE64 {
        return Words {
            parameter: parameter.told("base64"),
            says: format!("the same bytes, in base64 on {}", parameter.the_side()),
            remedy,
        };
    }
    Words {
        parameter: String::new(),
        says: "the same bytes in hexadecimal digits, written in another way".to_owned(),
        remedy,
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn uuids_and_bytes() {
        let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
        let (upper, bare) = (uuid.to_uppercase(), uuid.replace('-', ""));
        let braced = format!("{{{upper}}}");
        let cells =
            [(uuid, upper.as_str()), (uuid, &bare), (&braced, uuid), ("\\xdeadbeef", "0xDEADBEEF")];
        assert_told(&texts(&cells), &[("DC0210", "", 4)]);
        assert_told(&texts(&[("deadbeef", "3q2+7w==")]), &[("DC0210", "governed: base64", 1)]);
    }

    #[test]
    fn near_misses() {
        let cells = [
            ("deadbeef", "deadbeee"),
            ("dead", "DEAD"),
            ("2024-01-02", "20240102"),
            ("deadbeef", "3q2+7x=="),
        ];
        assert_silent("DC0210", &texts(&cells));
    }
}
