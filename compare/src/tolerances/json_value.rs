//! `TL0005`: JSON, or text out of JSON, that is written in another way.
//!
//! Both are read as JSON and equal by value; a number with a point or an exponent counts as a float
//! of 64 bits. Texts that are no JSON are never excused. This is no equivalence: two whole numbers of
//! many digits may both equal one float and not each other.

use super::{Excuse, Margin};
use crate::{encode::encode, json::Document, kind::Meet, value::Value};

#[derive(Debug)]
pub(super) struct JsonValue;

impl Excuse for JsonValue {
    fn applies(&self, meet: &Meet) -> bool {
        matches!(meet, Meet::Text | Meet::Json)
    }

    fn excuses(&self, legacy: &Value<'_>, governed: &Value<'_>) -> Option<Margin> {
        let (Value::Text(a), Value::Text(b)) = (legacy, governed) else { return None };
        // Of most texts the first character says that they are none of these.
        let opens = |text: &str| {
            text.trim_start().starts_with(|c: char| matches!(c, '{' | '[' | '"' | '-' | '0'..='9'))
        };
        if !opens(a) || !opens(b) {
            return None;
        }
        let (a, b) = (Document::read(a)?, Document::read(b)?);
        (a.has_spellings() && a.is_near(&b)).then_some(Margin::Form("the spelling"))
    }

    fn lies_on_a_line(&self) -> bool {
        false
    }

    fn group_key(&self, value: &Value<'_>, out: &mut Vec<u8>) -> bool {
        match value {
            Value::Text(text) => match Document::read(text) {
                Some(document) => document.encode_near(out),
                None => encode(value, &Meet::Text, out),
            },
            other => encode(other, &Meet::Text, out),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excused(a: &str, b: &str) -> bool {
        JsonValue.excuses(&Value::Text(a), &Value::Text(b)).is_some()
    }

    #[test]
    fn another_spelling_is_excused_and_another_value_is_not() {
        assert!(excused("1.50", "1.5"));
        assert!(excused("100", "100.0"));
        assert!(excused(r#"{"a": [1, 2.0]}"#, r#"{"a":[1,2]}"#));
        assert!(excused("0.12345678901234567890", "0.12345678901234568"));
        assert!(excused("\"a\"", "\"\\u0061\""));
        assert!(!excused("1.50", "1.51"));
        assert!(!excused(r#"{"a": 1}"#, r#"{"a": 2}"#));
        assert!(!excused("12345678901234567890", "12345678901234567891"));
    }

    #[test]
    fn other_texts_are_left_alone() {
        assert!(!excused("a", "b"));
        assert!(!excused("\"a\"", "a"));
        assert!(!excused("007", "7"));
        assert!(!excused("1,5", "1,50"));
        assert!(!excused("", "0"));
        assert!(JsonValue.excuses(&Value::Null, &Value::Text("1")).is_none());
        assert!(!JsonValue.applies(&Meet::Int) && JsonValue.applies(&Meet::Json));
    }
}
