//! Cuts text into records and fields, as RFC 4180 has it.
//!
//! A splitter of our own, because NULL and the empty text are the same to the usual readers: they
//! give the text of a field and not whether it was quoted, which is how PostgreSQL's `COPY` (and
//! most that write NULLs at all) tell the two apart.
//!
//! Beyond the RFC: records may end with LF alone; a quote that does not begin a field is an ordinary
//! character (`5" pipe`). Source: <https://www.rfc-editor.org/rfc/rfc4180>.

use std::ops::Range;

/// Where a field is in the buffer, without the quotes around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field {
    start: u32,
    end: u32,
    pub(super) quoted: bool,
    /// Quotes in it are doubled.
    pub(super) doubled: bool,
}

impl Field {
    pub(super) fn range(self) -> Range<usize> {
        // A buffer is far shorter than 2^32 bytes: `feed::RECORD_BYTES_MAX`.
        self.start as usize..self.end as usize
    }
}

/// Takes the fields of records.
pub(super) trait Sink {
    /// A field of the record that is being read; the first has number 0.
    ///
    /// # Errors
    /// That no record has so many.
    fn field(&mut self, number: usize, field: Field) -> Result<(), String>;

    /// The record is complete, and ends before this byte. Gives whether more records are wanted.
    ///
    /// # Errors
    /// What is wrong with it.
    fn record(&mut self, fields: usize, range: Range<usize>) -> Result<bool, String>;

    /// The record is not complete in the buffer, and will come again.
    fn retract(&mut self);
}

/// What is wrong, at which byte of the buffer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    /// Of the record, from 1; nothing where the record as a whole is meant.
    pub(super) field: Option<usize>,
    pub(super) what: String,
}

/// So many words of eight bytes are looked through before a vectorised search begins, whose start
/// costs more than the usual field.
const WORDS: usize = 4;

/// Gives the records of `buffer` to `sink`, and says how many bytes they take.
///
/// Where the buffer is not the `last`, a record that might go on is left for the next time.
///
/// # Errors
/// What is no CSV, or what the sink refuses.
pub(super) fn split(
    buffer: &[u8],
    delimiter: u8,
    last: bool,
    sink: &mut impl Sink,
) -> Result<usize, Fault> {
    let mut record = 0;
    'records: while record < buffer.len() {
        let mut at = record;
        let mut number = 0;
        loop {
            let fault = |at: usize, what: String| Fault { at, field: Some(number + 1), what };
            let found = if buffer.get(at) == Some(&b'"') {
                quoted(buffer, at, delimiter, last)
                    .map_err(|(at, what)| fault(at, what.to_owned()))?
            } else {
                plain(buffer, at, delimiter, last)
            };
            let Some((field, end)) = found else {
                sink.retract();
                break 'records;
            };
            sink.field(number, field).map_err(|what| fault(at, what))?;
            number += 1;
            match end {
                End::Field(next) => at = next,
                End::Record(next) => {
                    let more = sink.record(number, record..next).map_err(|what| Fault {
                        at: record,
                        field: None,
                        what,
                    })?;
                    record = next;
                    if !more {
                        break 'records;
                    }
                    break;
                }
            }
        }
    }
    Ok(record)
}

/// Where the next field begins, or the next record.
#[derive(Debug, Clone, Copy)]
enum End {
    Field(usize),
    Record(usize),
}

fn field(start: usize, end: usize, quoted: bool, doubled: bool) -> Field {
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Field { start: narrow(start), end: narrow(end), quoted, doubled }
}

fn plain(buffer: &[u8], start: usize, delimiter: u8, last: bool) -> Option<(Field, End)> {
    let rest = buffer.get(start..).unwrap_or_default();
    let Some(length) = find(rest, delimiter) else {
        return last.then(|| {
            let end = without_return(buffer, start, buffer.len());
            (field(start, end, false, false), End::Record(buffer.len()))
        });
    };
    let end = start + length;
    if buffer.get(end) == Some(&b'\n') {
        let text = without_return(buffer, start, end);
        return Some((field(start, text, false, false), End::Record(end + 1)));
    }
    Some((field(start, end, false, false), End::Field(end + 1)))
}

/// Where the first delimiter or line feed is.
fn find(bytes: &[u8], delimiter: u8) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const LINE_FEEDS: u64 = u64::from_ne_bytes([b'\n'; 8]);
    // The highest bit of each byte that is zero; perhaps of later ones too, never of earlier ones.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let delimiters = u64::from_ne_bytes([delimiter; 8]);
    let (words, _) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().take(WORDS).enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ delimiters) | zeros(word ^ LINE_FEEDS);
        if found != 0 {
            return Some(number * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let seen = words.len().min(WORDS) * 8;
    let rest = bytes.get(seen..).unwrap_or_default();
    memchr::memchr2(delimiter, b'\n', rest).map(|position| seen + position)
}

/// The end of a record's text before its line end: a carriage return belongs to the line end.
fn without_return(buffer: &[u8], start: usize, end: usize) -> usize {
    let returned = end > start && buffer.get(end - 1) == Some(&b'\r');
    if returned { end - 1 } else { end }
}

type Misplaced = (usize, &'static str);

fn quoted(
    buffer: &[u8],
    open: usize,
    delimiter: u8,
    last: bool,
) -> Result<Option<(Field, End)>, Misplaced> {
    let start = open + 1;
    let mut at = start;
    let mut doubled = false;
    let close = loop {
        let rest = buffer.get(at..).unwrap_or_default();
        let Some(position) = memchr::memchr(b'"', rest) else {
            return if last { Err((open, "the quote is not closed")) } else { Ok(None) };
        };
        let quote = at + position;
        match buffer.get(quote + 1) {
            Some(b'"') => {
                doubled = true;
                at = quote + 2;
            }
            None if !last => return Ok(None),
            _ => break quote,
        }
    };
    let field = field(start, close, true, doubled);
    let after = close + 1;
    let end = match (buffer.get(after), buffer.get(after + 1)) {
        (None, _) => End::Record(after),
        (Some(b'\n'), _) => End::Record(after + 1),
        (Some(b'\r'), Some(b'\n')) => End::Record(after + 2),
        (Some(b'\r'), None) if last => End::Record(after + 1),
        (Some(b'\r'), None) => return Ok(None),
        (Some(byte), _) if *byte == delimiter => End::Field(after + 1),
        _ => return Err((after, "text after the closing quote; double the quotes inside a field")),
    };
    Ok(Some((field, end)))
}

/// The text of a field, its doubled quotes made single in `scratch`.
///
/// Nothing where the field does not lie in the text, which does not happen.
pub(super) fn text<'a>(buffer: &'a str, field: Field, scratch: &'a mut String) -> Option<&'a str> {
    let text = buffer.get(field.range())?;
    if !field.doubled {
        return Some(text);
    }
    scratch.clear();
    let mut pieces = text.split("\"\"");
    scratch.push_str(pieces.next()?);
    for piece in pieces {
        scratch.push('"');
        scratch.push_str(piece);
    }
    Some(scratch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Default)]
    struct Texts {
        text: String,
        record: Vec<Option<String>>,
        records: Vec<Vec<Option<String>>>,
    }

    impl Sink for Texts {
        fn field(&mut self, _: usize, field: Field) -> Result<(), String> {
            let mut scratch = String::new();
            let value = text(&self.text, field, &mut scratch).unwrap().to_owned();
            self.record.push(Some(value).filter(|value| field.quoted || !value.is_empty()));
            Ok(())
        }

        fn record(&mut self, fields: usize, _: Range<usize>) -> Result<bool, String> {
            assert_eq!(fields, self.record.len());
            self.records.push(std::mem::take(&mut self.record));
            Ok(true)
        }

        fn retract(&mut self) {
            self.record.clear();
        }
    }

    fn records(text: &str) -> Result<Vec<Vec<Option<String>>>, Fault> {
        let mut sink = Texts { text: text.to_owned(), ..Texts::default() };
        let consumed = split(text.as_bytes(), b',', true, &mut sink)?;
        assert_eq!(consumed, text.len());
        Ok(sink.records)
    }

    fn row(values: &[&str]) -> Vec<Option<String>> {
        values.iter().map(|value| Some((*value).to_owned())).collect()
    }

    #[test]
    fn fields_are_cut() {
        assert_eq!(records("a,b\nc,d\n").unwrap(), [row(&["a", "b"]), row(&["c", "d"])]);
        assert_eq!(records("a,b\r\nc,d").unwrap(), [row(&["a", "b"]), row(&["c", "d"])]);
        assert_eq!(records("\"a,\n\"\"b\",c\r\n").unwrap(), [row(&["a,\n\"b", "c"])]);
        assert_eq!(records("\"\",\n").unwrap(), [vec![Some(String::new()), None]]);
        assert_eq!(records("5\" pipe,x").unwrap(), [row(&["5\" pipe", "x"])]);
        assert_eq!(records("\n").unwrap(), [[None]]);
        assert_eq!(records("\"a\"\r").unwrap(), [row(&["a"])]);
        assert_eq!(records(&"x".repeat(40)).unwrap(), [row(&[&"x".repeat(40)])]);
    }

    #[test]
    fn what_is_no_csv_is_placed() {
        let fault = records("a,\"b\nc").unwrap_err();
        assert_eq!(
            (fault.at, fault.field, fault.what.as_str()),
            (2, Some(2), "the quote is not closed")
        );
        let fault = records("\"a\"b,c").unwrap_err();
        assert_eq!((fault.at, fault.field), (3, Some(1)));
    }

    /// Written as `COPY … WITH CSV` does: NULL is nothing, what needs quotes has them.
    fn written(rows: &[Vec<Option<String>>], crlf: bool) -> String {
        let mut text = String::new();
        for row in rows {
            let fields = row.iter().map(|value| match value {
                None => String::new(),
                Some(value) if value.is_empty() || value.contains([',', '"', '\n', '\r']) => {
                    format!("\"{}\"", value.replace('"', "\"\""))
                }
                Some(value) => value.clone(),
            });
            text.push_str(&fields.collect::<Vec<_>>().join(","));
            text.push_str(if crlf { "\r\n" } else { "\n" });
        }
        text
    }

    proptest! {
        #[test]
        fn the_first_end_is_found(bytes in prop::collection::vec(prop_oneof![
            1 => Just(b','), 1 => Just(b'\n'), 20 => any::<u8>(), 8 => 0x0b..0x2e_u8
        ], 0..80)) {
            let expected = bytes.iter().position(|byte| matches!(byte, b',' | b'\n'));
            prop_assert_eq!(find(&bytes, b','), expected);
        }

        #[test]
        fn what_is_written_is_read(
            rows in prop::collection::vec(
                prop::collection::vec(prop::option::of("[ab,\"\n\ré]{0,20}"), 1..5),
                1..6,
            ),
            crlf: bool,
        ) {
            prop_assert_eq!(records(&written(&rows, crlf)).unwrap(), rows);
        }

        /// However the text is cut into buffers, the records are the same.
        #[test]
        fn cuts_change_nothing(text in "[a,\"\n\r]{0,40}", cut in 0_usize..40) {
            let whole = records(&text);
            let mut sink = Texts { text: text.clone(), ..Texts::default() };
            let cut = cut.min(text.len());
            let first = split(&text.as_bytes()[..cut], b',', false, &mut sink);
            let pieces = first.and_then(|consumed| {
                sink.text = text.get(consumed..).unwrap().to_owned();
                split(&text.as_bytes()[consumed..], b',', true, &mut sink)
            });
            match whole {
                Ok(whole) => prop_assert_eq!(pieces.map(|_| sink.records).unwrap(), whole),
                Err(fault) => prop_assert_eq!(pieces.unwrap_err().what, fault.what),
            }
        }
    }
}
