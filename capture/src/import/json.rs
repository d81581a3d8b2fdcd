//! Records of JSON: an object a line, or an array of objects. A number, a flag or a nested value is
//! the text that JSON has for it.

use super::record::{Fields, Record, Unreadable, Wanted};
use serde::{
    Deserializer as _,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{
    fmt,
    io::{self, BufRead, Read},
};

/// The longest line.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// Gives every line with its number, from 1.
///
/// # Errors
/// The file cannot be read on; what `each` fails with.
pub(crate) fn each_line<E: From<io::Error>>(
    mut text: impl BufRead,
    wanted: &[Wanted],
    mut each: impl FnMut(u64, Result<Record<'_>, Unreadable>) -> Result<(), E>,
) -> Result<(), E> {
    let (mut line, mut fields) = (Vec::new(), Fields::default());
    for number in 1.. {
        line.clear();
        if (&mut text).take(LINE_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        if line.len() as u64 >= LINE_BYTES_MAX && !line.ends_with(b"\n") {
            skip_line(&mut text)?;
            let why = format!("it is longer than {} MiB", LINE_BYTES_MAX >> 20);
            each(number, Err(Unreadable(why)))?;
            continue;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let mut json = serde_json::Deserializer::from_slice(&line);
        let read = Object { wanted, fields: &mut fields }.deserialize(&mut json);
        match read.and_then(|()| json.end()) {
            Ok(()) => each(number, Ok(fields.record(wanted)))?,
            Err(error) => each(number, Err(no_json(&error)))?,
        }
    }
    Ok(())
}

fn skip_line(text: &mut impl BufRead) -> io::Result<()> {
    loop {
        let bytes = text.fill_buf()?;
        let end = memchr::memchr(b'\n', bytes);
        let taken = end.map_or(bytes.len(), |end| end + 1);
        if taken == 0 {
            return Ok(());
        }
        text.consume(taken);
        if end.is_some() {
            return Ok(());
        }
    }
}

/// The place is that in the record.
fn no_json(error: &serde_json::Error) -> Unreadable {
    Unreadable(format!("it is no JSON object: {error}"))
}

/// Gives every object of an array with its number, from 1. What follows a fault cannot be read.
///
/// # Errors
/// The file cannot be read on; what `each` fails with.
pub(crate) fn each_element<E: From<io::Error>>(
    text: impl Read,
    wanted: &[Wanted],
    mut each: impl FnMut(u64, Result<Record<'_>, Unreadable>) -> Result<(), E>,
) -> Result<(), E> {
    let mut json = serde_json::Deserializer::from_reader(text);
    let mut fields = Fields::default();
    let (mut failed, mut number) = (None, 0);
    let elements = Elements {
        wanted,
        fields: &mut fields,
        each: &mut |record| {
            number += 1;
            each(number, Ok(record)).map_err(|error| failed = Some(error)).is_ok()
        },
    };
    let read = json.deserialize_seq(elements).and_then(|()| json.end());
    match (failed, read) {
        (Some(error), _) => Err(error),
        (None, Err(error)) if error.is_io() => Err(io::Error::from(error).into()),
        (None, Err(error)) => {
            let why = format!("{}; what follows it is lost", no_json(&error).0);
            each(number + 1, Err(Unreadable(why)))
        }
        (None, Ok(())) => Ok(()),
    }
}

struct Elements<'e> {
    wanted: &'e [Wanted],
    fields: &'e mut Fields,
    /// Gives false where it wants no more.
    each: &'e mut dyn FnMut(Record<'_>) -> bool,
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        let Self { wanted, fields, each } = self;
        while all.next_element_seed(Object { wanted, fields })?.is_some() {
            if !each(fields.record(wanted)) {
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// Reads the wanted fields of an object.
struct Object<'f> {
    wanted: &'f [Wanted],
    fields: &'f mut Fields,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { wanted, fields } = self;
        fields.clear(wanted.len());
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            match wanted.iter().position(|wanted| name.eq_ignore_ascii_case(wanted.name)) {
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(column) => match map.next_value::<serde_json::Value>()? {
                    serde_json::Value::Null => {}
                    serde_json::Value::String(text) => fields.set(column, text.as_bytes()),
                    other => fields.set(column, other.to_string().as_bytes()),
                },
            }
        }
        // What each record has to have, its source asks for: one that lacks it is no fault of the array.
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::record::{needed, optional},
        *,
    };
    use proptest::prelude::*;

    const WANTED: [Wanted; 2] = [needed("query"), optional("rows")];

    type Found = Vec<(u64, Result<[Option<String>; 2], String>)>;

    fn noted(
        found: &mut Found,
    ) -> impl FnMut(u64, Result<Record<'_>, Unreadable>) -> Result<(), io::Error> {
        |number, record| {
            let texts =
                record.map(|record| [0, 1].map(|at| record.get(at).unwrap().map(str::to_owned)));
            found.push((number, texts.map_err(|error| error.0)));
            Ok(())
        }
    }

    fn lines(text: &[u8]) -> Found {
        let mut found = Vec::new();
        each_line(text, &WANTED, noted(&mut found)).unwrap();
        found
    }

    fn elements(text: &[u8]) -> Found {
        let mut found = Vec::new();
        each_element(text, &WANTED, noted(&mut found)).unwrap();
        found
    }

    fn some(query: &str, rows: Option<&str>) -> [Option<String>; 2] {
        [Some(query.to_owned()), rows.map(str::to_owned)]
    }

    #[test]
    fn names_count_without_case_and_values_are_texts() {
        let text = b"{\"QUERY\": \"SELECT '\\u00fc'\", \"x\": [1, {}], \"rows\": 3}\n\n\
                     {\"query\": {\"a\": 1}, \"rows\": null}";
        let found = lines(text);
        assert_eq!(
            found,
            [(1, Ok(some("SELECT 'ü'", Some("3")))), (3, Ok(some("{\"a\":1}", None)))]
        );
    }

    #[test]
    fn a_broken_line_is_told_and_the_next_is_read() {
        let found =
            lines(b"{\"query\": \n{\"rows\": 1}\n[1]\n{\"query\": \"a\"} x\n{\"query\":\"b\"}");
        let numbers: Vec<u64> = found.iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        assert_eq!(found.iter().filter(|(_, fields)| fields.is_err()).count(), 3);
        assert_eq!(found[1].1, Ok([None, Some("1".to_owned())]));
        assert_eq!(found[4].1, Ok(some("b", None)));
    }

    #[test]
    fn an_array_is_read_up_to_its_fault() {
        let found = elements(b"[{\"query\":\"a\"},\n {\"query\":\"b\",\"rows\":true}]");
        assert_eq!(found, [(1, Ok(some("a", None))), (2, Ok(some("b", Some("true"))))]);
        let found = elements(b"[{\"query\":\"a\"}, {\"query\": 1");
        assert_eq!(found[0], (1, Ok(some("a", None))));
        assert!(found[1].1.as_ref().unwrap_err().contains("what follows it is lost"), "{found:?}");
        assert_eq!(elements(b"[]"), []);
    }

    #[test]
    fn who_wants_no_more_is_heard() {
        let stop = |_: u64, _: Result<Record<'_>, Unreadable>| Err(io::Error::other("full"));
        let text = b"[{\"query\":\"a\"},{\"query\":\"b\"}]";
        assert_eq!(each_element(&text[..], &WANTED, stop).unwrap_err().to_string(), "full");
        assert_eq!(each_line(&text[1..8], &WANTED, stop).unwrap_err().to_string(), "full");
    }

    proptest! {
        /// Any text: an answer, and no panic.
        #[test]
        fn any_text_is_read(text in "[\\[\\]{}\":,a1\n ]{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            lines(text.as_bytes());
            elements(text.as_bytes());
            lines(&bytes);
            elements(&bytes);
        }
    }
}
