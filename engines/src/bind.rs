//! What the text of a bound parameter means, for the engines that do not read PostgreSQL's text
//! format themselves.

use crate::{failure, pg_type::PgType};
use model::{Bind, Failure, SqlState};

/// The type behind an oid of PostgreSQL's own types
/// (<https://github.com/postgres/postgres/blob/REL_15_STABLE/src/include/catalog/pg_type.dat>);
/// absent where the client left it open.
///
/// # Errors
/// A type that no other engine has.
pub(crate) fn type_of(index: usize, bind: &Bind) -> Result<Option<PgType>, Failure> {
    let data_type = match bind.type_oid {
        0 | 705 => return Ok(None),
        16 => PgType::Bool,
        21 => PgType::Int2,
        23 => PgType::Int4,
        20 => PgType::Int8,
        26 => PgType::Oid,
        700 => PgType::Float4,
        701 => PgType::Float8,
        1700 => PgType::Numeric(None),
        18 | 19 | 25 | 1042 | 1043 => PgType::Text,
        17 => PgType::Bytea,
        1082 => PgType::Date,
        1083 => PgType::Time,
        1114 => PgType::Timestamp,
        1184 => PgType::Timestamptz,
        1186 => PgType::Interval,
        2950 => PgType::Uuid,
        114 | 3802 => PgType::Json,
        1000 => array(PgType::Bool),
        1005 => array(PgType::Int2),
        1007 => array(PgType::Int4),
        1016 => array(PgType::Int8),
        1021 => array(PgType::Float4),
        1022 => array(PgType::Float8),
        1009 | 1014 | 1015 => array(PgType::Text),
        1182 => array(PgType::Date),
        1115 => array(PgType::Timestamp),
        1185 => array(PgType::Timestamptz),
        2951 => array(PgType::Uuid),
        other => {
            return Err(failure::statement(
                SqlState::FEATURE_NOT_SUPPORTED,
                format!(
                    "parameter ${} has the type with oid {other}, which this engine cannot bind; \
                     put the value into the text with a cast",
                    index + 1
                ),
            ));
        }
    };
    Ok(Some(data_type))
}

fn array(element: PgType) -> PgType {
    PgType::Array(Box::new(element))
}

/// The failure for a text that is no value of its type.
pub(crate) fn invalid(index: usize, type_name: &str, text: &str) -> Failure {
    failure::statement(
        SqlState::INVALID_TEXT_REPRESENTATION,
        format!("parameter ${}: invalid input syntax for type {type_name}: `{text}`", index + 1),
    )
}

/// Reads a boolean as PostgreSQL does: unique prefixes of true, false, yes, no; on, off; 1, 0.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    let text = text.trim().to_ascii_lowercase();
    if text.is_empty() {
        return None;
    }
    if "true".starts_with(&text) || "yes".starts_with(&text) || text == "on" || text == "1" {
        return Some(true);
    }
    let is_false = "false".starts_with(&text)
        || "no".starts_with(&text)
        || text == "off"
        || text == "of"
        || text == "0";
    is_false.then_some(false)
}

/// Reads bytea's hex form `\xdead`, or its old escape form.
pub(crate) fn bytea(text: &str) -> Option<Vec<u8>> {
    if let Some(hex) = text.strip_prefix("\\x") {
        let digits: Vec<u32> = hex
            .chars()
            .filter(|c| !c.is_ascii_whitespace())
            .map(|c| c.to_digit(16))
            .collect::<Option<_>>()?;
        return digits
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => u8::try_from(high * 16 + low).ok(),
                _ => None,
            })
            .collect();
    }
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    loop {
        rest = match rest {
            [] => return Some(out),
            [b'\\', b'\\', tail @ ..] => {
                out.push(b'\\');
                tail
            }
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', tail @ ..] => {
                out.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                tail
            }
            [b'\\', ..] => return None,
            [byte, tail @ ..] => {
                out.push(*byte);
                tail
            }
        };
    }
}

/// Reads a one-dimensional array literal `{1,NULL,"a b"}` into its elements' texts.
/// <https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO>
pub(crate) fn array_elements(text: &str) -> Option<Vec<Option<String>>> {
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    let mut elements = Vec::new();
    if inner.trim().is_empty() {
        return Some(elements);
    }
    let mut chars = inner.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let mut element = String::new();
        let quoted = chars.next_if_eq(&'"').is_some();
        if quoted {
            loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => element.push(chars.next()?),
                    other => element.push(other),
                }
            }
            while chars.next_if(|c| c.is_whitespace()).is_some() {}
        } else {
            while let Some(c) = chars.next_if(|c| *c != ',') {
                match c {
                    '{' | '}' | '"' => return None,
                    '\\' => element.push(chars.next()?),
                    other => element.push(other),
                }
            }
            element.truncate(element.trim_end().len());
            if element.is_empty() {
                return None;
            }
        }
        let null = !quoted && element.eq_ignore_ascii_case("null");
        elements.push((!null).then_some(element));
        match chars.next() {
            None => return Some(elements),
            Some(',') => {}
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_follow_postgres() {
        for text in ["t", "TRUE", "y", "on", "1", " yes "] {
            assert_eq!(boolean(text), Some(true), "{text}");
        }
        for text in ["f", "no", "off", "of", "0", "fal"] {
            assert_eq!(boolean(text), Some(false), "{text}");
        }
        for text in ["", "o", "2", "maybe"] {
            assert_eq!(boolean(text), None, "{text}");
        }
    }

    #[test]
    fn bytea_in_both_forms() {
        assert_eq!(bytea("\\xDEad"), Some(vec![0xde, 0xad]));
        assert_eq!(bytea("\\x"), Some(vec![]));
        assert_eq!(bytea("\\xabc"), None);
        assert_eq!(bytea("a\\\\b\\000"), Some(b"a\\b\0".to_vec()));
        assert_eq!(bytea("\\9"), None);
    }

    #[test]
    fn arrays_are_read() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(array_elements("{}"), Some(vec![]));
        assert_eq!(array_elements("{1, 2 ,NULL}"), Some(vec![some("1"), some("2"), None]));
        assert_eq!(
            array_elements(r#"{"a \"b\", c","NULL",""}"#),
            Some(vec![some("a \"b\", c"), some("NULL"), some("")])
        );
        for bad in ["", "{", "1,2", "{{1},{2}}", "{1,}", "{\"a}", "[1:2]={1,2}"] {
            assert_eq!(array_elements(bad), None, "{bad}");
        }
    }

    #[test]
    fn unknown_oids_are_refused_by_number() {
        let bind = Bind { type_oid: 600, value: None };
        let error = type_of(1, &bind).unwrap_err();
        assert!(error.message.contains("$2") && error.message.contains("600"), "{error}");
    }
}
