//! Constant JSON, read as PostgreSQL reads it.

use std::{collections::BTreeMap, fmt::Write as _};

/// Deepest nesting that is read.
const DEPTH_MAX: u32 = 100;

/// Longest number, in digits, that an exponent may make.
const DIGITS_MAX: i64 = 1_000;

/// What a constant is.
#[derive(Debug, PartialEq, Eq)]
pub enum Constant {
    /// JSON, as `jsonb` writes it: keys by length and bytes, the last of equal ones; numbers
    /// without exponents; a blank after `:` and `,`.
    Value(String),
    /// No JSON: PostgreSQL raises an error.
    Invalid,
    /// JSON that is not read here.
    Unknown,
}

/// Reads a constant.
pub fn read(text: &str) -> Constant {
    match parsed(text) {
        Ok(value) => {
            let mut text = String::new();
            value.write(&mut text);
            Constant::Value(text)
        }
        Err(Failure::Invalid) => Constant::Invalid,
        Err(Failure::Unknown) => Constant::Unknown,
    }
}

/// Does a key of an object in the constant stand twice?
pub fn has_a_key_twice(text: &str) -> bool {
    let mut reader = Reader { rest: text, depth: 0, twice: false };
    reader.value().is_ok() && reader.twice
}

/// The value of a constant, if it is JSON that is read here.
pub fn value(text: &str) -> Option<Value> {
    parsed(text).ok()
}

fn parsed(text: &str) -> Result<Value, Failure> {
    let mut reader = Reader { rest: text, depth: 0, twice: false };
    let value = reader.value()?;
    reader.blanks();
    if reader.rest.is_empty() { Ok(value) } else { Err(Failure::Invalid) }
}

/// The text as a JSON string.
pub fn string(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

enum Failure {
    Invalid,
    Unknown,
}

/// A value of JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number as `numeric` shows it, `true`, `false` or `null`.
    Word(String),
    /// A string, without its escapes.
    Text(String),
    /// Elements in order.
    Array(Vec<Self>),
    /// Members by length and bytes of their keys.
    Object(BTreeMap<(usize, String), Self>),
}

impl Value {
    fn write(&self, out: &mut String) {
        match self {
            Self::Word(word) => out.push_str(word),
            Self::Text(text) => out.push_str(&string(text)),
            Self::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "[" } else { ", " });
                    item.write(out);
                }
                out.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Self::Object(members) => {
                for (at, ((_, key), value)) in members.iter().enumerate() {
                    out.push_str(if at == 0 { "{" } else { ", " });
                    out.push_str(&string(key));
                    out.push_str(": ");
                    value.write(out);
                }
                out.push_str(if members.is_empty() { "{}" } else { "}" });
            }
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: u32,
    /// Did a key stand twice in an object?
    twice: bool,
}

impl Reader<'_> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Is `c` next? Then it is behind.
    fn takes(&mut self, c: char) -> bool {
        self.blanks();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn needs(&mut self, c: char) -> Result<(), Failure> {
        if self.takes(c) { Ok(()) } else { Err(Failure::Invalid) }
    }

    fn value(&mut self) -> Result<Value, Failure> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Failure::Unknown);
        }
        let value = self.inner();
        self.depth -= 1;
        value
    }

    fn inner(&mut self) -> Result<Value, Failure> {
        if self.takes('{') {
            let mut members = BTreeMap::new();
            if self.takes('}') {
                return Ok(Value::Object(members));
            }
            loop {
                self.needs('"')?;
                let key = self.text()?;
                self.needs(':')?;
                let value = self.value()?;
                self.twice |= members.insert((key.len(), key), value).is_some();
                if self.takes('}') {
                    return Ok(Value::Object(members));
                }
                self.needs(',')?;
            }
        }
        if self.takes('[') {
            let mut items = Vec::new();
            if self.takes(']') {
                return Ok(Value::Array(items));
            }
            loop {
                items.push(self.value()?);
                if self.takes(']') {
                    return Ok(Value::Array(items));
                }
                self.needs(',')?;
            }
        }
        if self.takes('"') {
            return self.text().map(Value::Text);
        }
        let end = self.rest.find([' ', '\t', '\n', '\r', ',', ':', ']', '}', '{', '[', '"']);
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        match word {
            "true" | "false" | "null" => Ok(Value::Word(word.to_owned())),
            number => normal(number).map(Value::Word),
        }
    }

    /// The rest of a string, after its opening quote.
    fn text(&mut self) -> Result<String, Failure> {
        let mut out = String::new();
        let mut chars = self.rest.chars();
        loop {
            match chars.next().ok_or(Failure::Invalid)? {
                '"' => break,
                '\\' => out.push(match chars.next().ok_or(Failure::Invalid)? {
                    c @ ('"' | '\\' | '/') => c,
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => escaped(&mut chars)?,
                    _ => return Err(Failure::Invalid),
                }),
                c if c < ' ' => return Err(Failure::Invalid),
                c => out.push(c),
            }
        }
        self.rest = chars.as_str();
        Ok(out)
    }
}

/// The character of `XXXX` after `\u`, with the second half of a pair.
fn escaped(chars: &mut std::str::Chars<'_>) -> Result<char, Failure> {
    let unit = |chars: &mut std::str::Chars<'_>| {
        let mut value = 0;
        for _ in 0..4 {
            let digit = chars.next().and_then(|c| c.to_digit(16)).ok_or(Failure::Invalid)?;
            value = value * 16 + digit;
        }
        Ok(value)
    };
    let first = unit(chars)?;
    let code = if (0xd800..0xdc00).contains(&first) {
        if (chars.next(), chars.next()) != (Some('\\'), Some('u')) {
            return Err(Failure::Unknown);
        }
        let second: u32 = unit(chars)?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(Failure::Unknown);
        }
        0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
    } else {
        first
    };
    // Half of a pair and the zero are JSON, but no text.
    char::from_u32(code).filter(|c| *c != '\0').ok_or(Failure::Unknown)
}

/// A number as `numeric` shows it.
fn normal(number: &str) -> Result<String, Failure> {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if bare.is_empty() || !bare.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Failure::Invalid);
            }
            (mantissa, exponent.parse::<i64>().map_err(|_| Failure::Unknown)?)
        }
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let all = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all(whole) || !all(fraction) || (whole.len() > 1 && whole.starts_with('0')) {
        return Err(Failure::Invalid);
    }
    let fraction = mantissa.split_once('.').map_or("", |(_, fraction)| fraction);
    if exponent.abs() > DIGITS_MAX {
        return Err(Failure::Unknown);
    }
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    let length = |part: &str| i64::try_from(part.len()).unwrap_or(i64::MAX);
    // The point moves to the right into zeros, or to the left into zeros.
    let digits = format!("{}{whole}{fraction}{}", zeros(-exponent), zeros(exponent));
    let point = zeros(-exponent).len() + whole.len();
    let point = i64::try_from(point).unwrap_or(i64::MAX).saturating_add(exponent);
    let scale = (length(fraction) - exponent).max(0);
    let (before, after) = digits.split_at(usize::try_from(point).unwrap_or(0).min(digits.len()));
    let after: String = after.chars().take(usize::try_from(scale).unwrap_or(0)).collect();
    let before = match before.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    let shown = if after.is_empty() { before.to_owned() } else { format!("{before}.{after}") };
    let zero = shown.bytes().all(|b| matches!(b, b'0' | b'.'));
    Ok(if zero { shown } else { format!("{sign}{shown}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_jsonb_does() {
        for (text, expected) in [
            (r#"{"bb": 1, "a": [1, 2.50], "a": {"z":null}}"#, r#"{"a": {"z": null}, "bb": 1}"#),
            (" [ ] ", "[]"),
            ("{}", "{}"),
            ("1.50", "1.50"),
            ("-0", "0"),
            ("-0.0", "0.0"),
            ("1e2", "100"),
            ("1.50e1", "15.0"),
            ("1.5e3", "1500"),
            ("1E-3", "0.001"),
            ("12.5e-3", "0.0125"),
            ("-12.5e+1", "-125"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            (r#""\u0041\/\ud83d\ude00\u001f\n\"""#, "\"A/😀\\u001f\\n\\\"\""),
        ] {
            assert_eq!(read(text), Constant::Value(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn keys_that_stand_twice() {
        assert!(has_a_key_twice(r#"[{"a": 1, "\u0061": 2}]"#));
        assert!(!has_a_key_twice(r#"{"a": {"a": 1}}"#));
    }

    #[test]
    fn what_is_no_json() {
        for text in [
            "",
            "{",
            "{oops",
            "[1,]",
            "01",
            "1.",
            ".5",
            "+1",
            "NaN",
            "'a'",
            "{a:1}",
            "1 2",
            "tru",
            "\"a\nb\"",
            r#""\x""#,
            "1e",
            "--1",
            "[1 2]",
            r#"{"a" 1}"#,
            "é",
        ] {
            assert_eq!(read(text), Constant::Invalid, "{text}");
        }
        for text in [r#""\u0000""#, r#""\ud800""#, "1e99999", &"[".repeat(200)] {
            assert_eq!(read(text), Constant::Unknown, "{text}");
        }
    }
}
