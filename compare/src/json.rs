//! JSON by value: blanks, escapes, the order of an object's members and the spelling of its numbers
//! mean nothing.
//!
//! The grammar is that of RFC 8259. Of members with equal keys the last counts, as for `jsonb` and
//! for most readers. Text that is no JSON, or is nested deeper than [`DEPTH_MAX`], is no document
//! here: it equals only the same text.

use crate::{
    frame::{framed, length},
    number::Number,
};
use std::collections::BTreeMap;

/// Deepest nesting that is read; a bound on the stack.
const DEPTH_MAX: u32 = 256;

const NULL: u8 = b'n';
const FALSE: u8 = b'f';
const TRUE: u8 = b't';
const NUMBER: u8 = b'd';
/// A number that is too long to be read; equal to itself.
const DIGITS: u8 = b'D';
const STRING: u8 = b's';
const ARRAY: u8 = b'[';
const OBJECT: u8 = b'{';

/// A document.
#[derive(Debug, PartialEq)]
pub(crate) enum Document<'t> {
    Null,
    Bool(bool),
    Number(Digits<'t>),
    /// Bytes of UTF-8, where the half of a pair, which JSON can escape, stands as three bytes too.
    String(Vec<u8>),
    Array(Vec<Self>),
    Object(BTreeMap<Vec<u8>, Self>),
}

/// A number with its spelling.
#[derive(Debug)]
pub(crate) struct Digits<'t> {
    text: &'t str,
    /// Nothing where it is too long to be read.
    value: Option<Number>,
}

impl PartialEq for Digits<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Some(a), Some(b)) => a == b,
            (None, None) => self.text == other.text,
            _ => false,
        }
    }
}

impl<'t> Document<'t> {
    /// The document of a text; nothing where it is none that is read here.
    pub(crate) fn read(text: &'t str) -> Option<Self> {
        let mut reader = Reader { rest: text, depth: 0 };
        let document = reader.value()?;
        reader.blanks();
        reader.rest.is_empty().then_some(document)
    }

    /// Appends bytes that are equal for equal documents, different for different ones, and end by
    /// themselves.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        self.encode_by(
            &|digits, out| match digits {
                Digits { value: Some(Number::Finite(number)), .. } => {
                    out.push(NUMBER);
                    number.encode(out);
                }
                Digits { text, .. } => framed(DIGITS, text.as_bytes(), out),
            },
            out,
        );
    }

    /// The same where every number counts as a float of 64 bits: bytes that are equal for documents
    /// that are [near](Self::is_near), and for some that are not.
    pub(crate) fn encode_near(&self, out: &mut Vec<u8>) {
        self.encode_by(
            &|digits, out| {
                out.push(NUMBER);
                // Text of a number is always read; a sign of zero means nothing.
                let float = digits.text.parse::<f64>().unwrap_or(f64::NAN) + 0.0;
                out.extend_from_slice(&float.to_le_bytes());
            },
            out,
        );
    }

    fn encode_by(&self, number: &dyn Fn(&Digits<'t>, &mut Vec<u8>), out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(NULL),
            Self::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
            Self::Number(digits) => number(digits, out),
            Self::String(bytes) => framed(STRING, bytes, out),
            Self::Array(items) => {
                out.push(ARRAY);
                length(items.len(), out);
                for item in items {
                    item.encode_by(number, out);
                }
            }
            Self::Object(members) => {
                out.push(OBJECT);
                length(members.len(), out);
                for (key, value) in members {
                    framed(STRING, key, out);
                    value.encode_by(number, out);
                }
            }
        }
    }

    /// Are the documents equal where a number with a point or an exponent is a float of 64 bits?
    pub(crate) fn is_near(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => {
                let float = |digits: &Digits<'_>| digits.text.parse::<f64>().ok();
                let fraction = |digits: &Digits<'_>| digits.text.contains(['.', 'e', 'E']);
                a == b
                    || ((fraction(a) || fraction(b))
                        && float(a)
                            .zip(float(b))
                            .is_some_and(|(a, b)| a.is_finite() && a.total_cmp(&b).is_eq()))
            }
            (Self::Array(a), Self::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_near(b))
            }
            (Self::Object(a), Self::Object(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k == l && a.is_near(b))
            }
            (a, b) => a == b,
        }
    }

    /// Can its text be written in several ways?
    pub(crate) const fn has_spellings(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(_))
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: u32,
}

impl<'t> Reader<'t> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Is `c` next, behind blanks? Then it is behind.
    fn takes(&mut self, c: char) -> bool {
        self.blanks();
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self) -> Option<Document<'t>> {
        self.depth += 1;
        let value = if self.depth > DEPTH_MAX { None } else { self.inner() };
        self.depth -= 1;
        value
    }

    fn inner(&mut self) -> Option<Document<'t>> {
        if self.takes('{') {
            return self.members().map(Document::Object);
        }
        if self.takes('[') {
            return self.items().map(Document::Array);
        }
        if self.takes('"') {
            return self.string().map(Document::String);
        }
        let end = self.rest.find([' ', '\t', '\n', '\r', ',', ']', '}']);
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        Some(match word {
            "null" => Document::Null,
            "true" => Document::Bool(true),
            "false" => Document::Bool(false),
            text => {
                let finite = |number: &Number| matches!(number, Number::Finite(_));
                let value = is_number(text).then(|| Number::parse(text).filter(finite))?;
                Document::Number(Digits { text, value })
            }
        })
    }

    fn items(&mut self) -> Option<Vec<Document<'t>>> {
        let mut items = Vec::new();
        if self.takes(']') {
            return Some(items);
        }
        loop {
            items.push(self.value()?);
            if self.takes(']') {
                return Some(items);
            }
            self.takes(',').then_some(())?;
        }
    }

    fn members(&mut self) -> Option<BTreeMap<Vec<u8>, Document<'t>>> {
        let mut members = BTreeMap::new();
        if self.takes('}') {
            return Some(members);
        }
        loop {
            self.takes('"').then_some(())?;
            let key = self.string()?;
            self.takes(':').then_some(())?;
            // The last of equal keys counts.
            members.insert(key, self.value()?);
            if self.takes('}') {
                return Some(members);
            }
            self.takes(',').then_some(())?;
        }
    }

    /// The rest of a string, after its opening quote.
    fn string(&mut self) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut chars = self.rest.chars();
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => match chars.next()? {
                    c @ ('"' | '\\' | '/') => push(u32::from(c), &mut out),
                    'b' => out.push(8),
                    'f' => out.push(12),
                    'n' => out.push(b'\n'),
                    'r' => out.push(b'\r'),
                    't' => out.push(b'\t'),
                    'u' => push(escaped(&mut chars)?, &mut out),
                    _ => return None,
                },
                c if c < ' ' => return None,
                c => push(u32::from(c), &mut out),
            }
        }
        self.rest = chars.as_str();
        Some(out)
    }
}

/// The code of `XXXX` after `\u`, with the second half of a pair where it follows.
fn escaped(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    fn unit(chars: &mut std::str::Chars<'_>) -> Option<u32> {
        (0..4).try_fold(0, |value, _| Some(value * 16 + chars.next()?.to_digit(16)?))
    }
    let first = unit(chars)?;
    if (0xd800..0xdc00).contains(&first) {
        let mut ahead = chars.clone();
        if (ahead.next(), ahead.next()) == (Some('\\'), Some('u'))
            && let Some(second) = unit(&mut ahead).filter(|c| (0xdc00..0xe000).contains(c))
        {
            *chars = ahead;
            return Some(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
        }
    }
    Some(first)
}

/// The bytes of a code: UTF-8, also of the half of a pair.
fn push(code: u32, out: &mut Vec<u8>) {
    if let Some(c) = char::from_u32(code) {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        return;
    }
    for (shift, lead) in [(12, 0xe0), (6, 0x80), (0, 0x80)] {
        let bits = u8::try_from((code >> shift) & 0x3f).unwrap_or_default();
        out.push(lead | bits);
    }
}

/// Is it a number as JSON writes it?
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        Document::read(text)?.encode(&mut out);
        Some(out)
    }

    #[test]
    fn spellings_of_one_value_are_equal() {
        for (a, b) in [
            (r#"{"a":1,"bb":[true,null]}"#, "{ \"bb\" : [ true , null ],\n\"a\": 1.0 }"),
            ("1", "1.00"),
            ("1e2", "100"),
            ("1.5E+1", "15"),
            ("-0", "0"),
            ("-0.0e5", "0"),
            ("123456789012345678901234567890.10", "123456789012345678901234567890.1"),
            (r#""\u00e9\/\n""#, "\"é/\\u000a\""),
            (r#""\ud83d\ude00""#, "\"😀\""),
            (r#"{"a":1,"a":2}"#, r#"{"\u0061":2}"#),
            (r#""\ud800x""#, r#""\uD800x""#),
            ("1e999999999", "1e999999999"),
        ] {
            assert!(bytes(a).is_some(), "{a}");
            assert_eq!(bytes(a), bytes(b), "{a} {b}");
        }
    }

    #[test]
    fn other_values_are_different() {
        for (a, b) in [
            ("0.1", "0.10000000000000001"),
            ("9007199254740993", "9007199254740992"),
            ("1", "\"1\""),
            ("null", "\"null\""),
            ("[]", "{}"),
            ("[1,2]", "[2,1]"),
            ("[[1],2]", "[[1,2]]"),
            (r#"{"a":null}"#, "{}"),
            (r#"{"a":1,"a":2}"#, r#"{"a":1}"#),
            (r#""\ud800""#, r#""\ud801""#),
            (r#"["a","b"]"#, r#"["a\",\"b"]"#),
            ("1e999999999", "1e999999998"),
        ] {
            assert!(bytes(a).is_some() && bytes(b).is_some(), "{a} {b}");
            assert_ne!(bytes(a), bytes(b), "{a} {b}");
        }
    }

    #[test]
    fn what_is_no_json_is_no_document() {
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1.",
            ".5",
            "+1",
            "NaN",
            "-",
            "1e",
            "--1",
            "'a'",
            "{a:1}",
            "1 2",
            "tru",
            "\"a\nb\"",
            r#""\x""#,
            r#""\u12""#,
            "[1 2]",
            "{\"a\" 1}",
            "\"a",
            "]",
            "é",
        ] {
            assert!(Document::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Document::read(&nested(256)).is_some());
        assert!(Document::read(&nested(257)).is_none());
        assert!(Document::read(&"[".repeat(100_000)).is_none());
        assert!(Document::read(&"{\"a\":".repeat(100_000)).is_none());
    }

    #[test]
    fn near_is_equal_as_floats_where_a_number_has_a_fraction() {
        let near =
            |a: &str, b: &str| Document::read(a).unwrap().is_near(&Document::read(b).unwrap());
        assert!(near(r#"{"a":[0.1234567890123456789]}"#, r#"{"a":[0.12345678901234568]}"#));
        assert!(near("1e2", "100.0"));
        assert!(!near("9007199254740993", "9007199254740992"));
        assert!(!near("0.1", "0.11"));
        assert!(!near("1e999", "2e999"));
        assert!(!near("1.5", "\"1.5\""));
        assert!(!near(r#"{"a":1.0}"#, r#"{"b":1.0}"#));
    }

    /// A document as several spellings of it.
    fn spelled() -> impl Strategy<Value = (String, String)> {
        let blank = prop_oneof![Just(""), Just(" "), Just("\n\t")];
        let leaf = prop_oneof![
            Just(("null".to_owned(), "null".to_owned())),
            any::<bool>().prop_map(|b| (b.to_string(), b.to_string())),
            (any::<i32>(), 0..4_usize).prop_map(|(n, zeros)| {
                (n.to_string(), format!("{n}.{}e0", "0".repeat(zeros + 1)))
            }),
            "[a-c\"\\\\é]{0,3}".prop_map(|text| {
                let escape = |all: bool| {
                    let each = text.chars().map(|c| match c {
                        c if all => format!("\\u{:04x}", u32::from(c)),
                        '"' | '\\' => format!("\\{c}"),
                        c => c.to_string(),
                    });
                    format!("\"{}\"", each.collect::<String>())
                };
                (escape(false), escape(true))
            }),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            let blank = blank.clone();
            prop_oneof![
                (proptest::collection::vec(inner.clone(), 0..4), blank.clone()).prop_map(
                    |(items, blank)| {
                        let (a, b): (Vec<_>, Vec<_>) = items.into_iter().unzip();
                        let comma = format!("{blank},{blank}");
                        (
                            format!("[{}]", a.join(",")),
                            format!("[{blank}{}{blank}]", b.join(&comma)),
                        )
                    }
                ),
                (proptest::collection::btree_map("[a-c]{0,2}", inner, 0..4), blank).prop_map(
                    |(members, blank)| {
                        let one: Vec<String> =
                            members.iter().map(|(k, (a, _))| format!("\"{k}\":{a}")).collect();
                        let mut other: Vec<String> = members
                            .iter()
                            .map(|(k, (_, b))| format!("\"{k}\"{blank}:{blank}{b}"))
                            .collect();
                        other.reverse();
                        (format!("{{{}}}", one.join(",")), format!("{{{}}}", other.join(",")))
                    }
                ),
            ]
        })
    }

    proptest! {
        /// Two spellings of one document are equal, and a changed one is not.
        #[test]
        fn values_count_and_spellings_do_not((a, b) in spelled()) {
            prop_assert!(bytes(&a).is_some());
            prop_assert_eq!(bytes(&a), bytes(&b));
            let changed = format!("[{b}, 0]");
            prop_assert_ne!(bytes(&format!("[{a}, 1]")), bytes(&changed));
            prop_assert_ne!(bytes(&a), bytes(&changed));
        }

        /// No text makes the reader panic.
        #[test]
        fn hostile_text_is_read_or_left(text in "[\\[\\]{}\",:\\\\ue0-9.+\\-dD8 a-f]{0,40}") {
            let _ = bytes(&text);
        }
    }
}
