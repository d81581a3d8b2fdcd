//! Records of CSV: fields in quotes may hold line ends, quotes in them are doubled.
//!
//! Read by `csv-core`, which takes any bytes, but for records that are [`plain`]; what this adds is a bound on
//! the length of a record, the number of the line that it begins in, and the columns that are asked for.

mod plain;

use super::{
    entries::Opens,
    record::{Record, Unreadable, Wanted},
};
use csv_core::{ReadRecordResult, Reader};
use std::io::{self, BufRead};

/// The longest record. Where a quote was never closed this is the place to stop.
pub(super) const RECORD_BYTES_MAX: usize = 64 << 20;
/// Far more than any history has.
const FIELDS_MAX: usize = 4_096;

/// How a text is cut into records and fields.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Header {
    /// It is no CSV: records are entries of lines, of one field.
    Entries(Opens),
    /// The first record names them.
    First,
    /// None does; these are the columns in their order, of which a record may lack the last.
    Fixed(&'static [&'static str]),
}

/// Reads records one after the other.
pub(crate) struct Records<R> {
    text: R,
    reader: Reader,
    line: u64,
    /// Does `reader` stand where a record begins, with nothing of the one before to take?
    is_between: bool,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// What came.
enum Read {
    /// A record that begins in this line, with so many fields.
    Record {
        line: u64,
        fields: usize,
    },
    /// A record that is too long, or has too many fields.
    TooLong {
        line: u64,
    },
    End,
}

impl<R: BufRead> Records<R> {
    pub(crate) fn new(text: R) -> Self {
        let bytes = vec![0; 1 << 16];
        // The first record is for `reader`, which skips a byte order mark before it.
        let reader = Reader::new();
        Self { text, reader, line: 1, is_between: false, bytes, ends: vec![0; 64] }
    }

    fn next(&mut self) -> io::Result<Read> {
        if self.is_between
            && let Some(plain) =
                plain::record(self.text.fill_buf()?, &mut self.bytes, &mut self.ends)
        {
            let line = self.line;
            self.line += plain.lines;
            self.text.consume(plain.taken);
            return Ok(Read::Record { line, fields: plain.fields });
        }
        self.read()
    }

    fn read(&mut self) -> io::Result<Read> {
        let (mut written, mut ended, mut is_too_long) = (0, 0, false);
        let line = self.line;
        loop {
            let input = self.text.fill_buf()?;
            let free = self.bytes.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, taken, wrote, found) = self.reader.read_record(input, free, ends);
            let seen = input.get(..taken).unwrap_or_default();
            self.line += memchr::memchr_iter(b'\n', seen).count() as u64;
            // Behind a carriage return a line feed may follow that belongs to it.
            self.is_between = seen.ends_with(b"\n");
            self.text.consume(taken);
            (written, ended) = (written + wrote, ended + found);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() < RECORD_BYTES_MAX => {
                    self.bytes.resize(self.bytes.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < FIELDS_MAX => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                // The rest of it is gone through and not kept.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    is_too_long = true;
                    (written, ended) = (0, 0);
                }
                ReadRecordResult::Record if is_too_long => return Ok(Read::TooLong { line }),
                ReadRecordResult::Record => return Ok(Read::Record { line, fields: ended }),
                ReadRecordResult::End => return Ok(Read::End),
            }
        }
    }

    /// Where a field lies; nothing where it is not there.
    fn field(&self, number: usize, fields: usize) -> Option<(usize, usize)> {
        if number >= fields {
            return None;
        }
        let start = match number.checked_sub(1) {
            Some(before) => self.ends.get(before).copied()?,
            None => 0,
        };
        Some((start, self.ends.get(number).copied()?))
    }

    /// Gives every record with the line that it begins in, or why it cannot be read.
    ///
    /// # Errors
    /// The file cannot be read on, or has not the columns that are needed; what `each` fails with.
    pub(crate) fn each<E: From<io::Error> + From<Unreadable>>(
        mut self,
        header: Header,
        wanted: &[Wanted],
        mut each: impl FnMut(u64, Result<Record<'_>, Unreadable>) -> Result<(), E>,
    ) -> Result<(), E> {
        let (columns, least) = match header {
            Header::Fixed(names) => {
                let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
                let columns = columns(&names, wanted)?;
                let needed = wanted.iter().zip(&columns).filter(|(wanted, _)| wanted.is_needed);
                let last = needed.filter_map(|(_, column)| *column).max();
                (columns, last.map_or(0, |last| last + 1))
            }
            Header::First | Header::Entries(_) => match self.next()? {
                Read::End => return Ok(()),
                Read::TooLong { .. } => {
                    return Err(Unreadable::new("the first record is no line of names").into());
                }
                Read::Record { fields, .. } => {
                    let names: Vec<String> = (0..fields)
                        .filter_map(|number| self.field(number, fields))
                        .map(|(start, end)| self.bytes.get(start..end).unwrap_or_default())
                        .map(|name| String::from_utf8_lossy(name).trim().to_owned())
                        .collect();
                    (columns(&names, wanted)?, names.len())
                }
            },
        };
        let is_exact = !matches!(header, Header::Fixed(_));
        let mut places = Vec::with_capacity(columns.len());
        loop {
            match self.next()? {
                Read::End => return Ok(()),
                Read::TooLong { line } => {
                    let why = format!("a record is longer than {} MiB", RECORD_BYTES_MAX >> 20);
                    each(line, Err(Unreadable(why)))?;
                }
                Read::Record { line, fields } if fields < least || (is_exact && fields > least) => {
                    let why = format!("it has {fields} fields, not {least}");
                    each(line, Err(Unreadable(why)))?;
                }
                Read::Record { line, fields } => {
                    places.clear();
                    let place = |column: &Option<usize>| self.field((*column)?, fields);
                    places.extend(columns.iter().map(place));
                    each(line, Ok(Record::new(wanted, &self.bytes, &places)))?;
                }
            }
        }
    }
}

/// Where the columns stand that are asked for.
///
/// # Errors
/// One that is needed is not there.
pub(super) fn columns(
    names: &[String],
    wanted: &[Wanted],
) -> Result<Vec<Option<usize>>, Unreadable> {
    let place = |wanted: &Wanted| {
        let found = names.iter().position(|name| name.eq_ignore_ascii_case(wanted.name));
        if found.is_none() && wanted.is_needed {
            let shown: Vec<&str> = names.iter().take(8).map(String::as_str).collect();
            return Err(Unreadable(format!(
                "it has no column `{}`; its first columns are `{}`",
                wanted.name,
                shown.join("`, `")
            )));
        }
        Ok(found)
    };
    wanted.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::record::{needed, optional},
        *,
    };
    use proptest::prelude::*;

    #[derive(Debug, PartialEq)]
    struct Failed(String);

    impl From<io::Error> for Failed {
        fn from(error: io::Error) -> Self {
            Self(error.to_string())
        }
    }

    impl From<Unreadable> for Failed {
        fn from(error: Unreadable) -> Self {
            Self(error.0)
        }
    }

    type Found = Vec<(u64, Result<Vec<Option<String>>, String>)>;

    fn read(text: &[u8], header: Header, wanted: &[Wanted]) -> Result<Found, Failed> {
        // A buffer of few bytes, so that records lie across several.
        read_by(3, text, header, wanted)
    }

    fn read_by(
        buffer: usize,
        text: &[u8],
        header: Header,
        wanted: &[Wanted],
    ) -> Result<Found, Failed> {
        let mut found = Vec::new();
        let text = io::BufReader::with_capacity(buffer, text);
        Records::new(text).each(header, wanted, |line, record| {
            let fields = record.and_then(|record| {
                let field = |at| record.get(at).map(|text| text.map(str::to_owned));
                (0..wanted.len()).map(field).collect::<Result<Vec<_>, _>>()
            });
            found.push((line, fields.map_err(|error| error.0)));
            Ok::<_, Failed>(())
        })?;
        Ok(found)
    }

    fn some(texts: &[&str]) -> Vec<Option<String>> {
        texts.iter().map(|t| (!t.is_empty()).then(|| (*t).to_owned())).collect()
    }

    #[test]
    fn fields_are_found_by_name_and_lines_are_counted() {
        let text = b"B,x,a\n1,,\"two\nlines\"\n3,\"say \"\"hi\"\"\",4\r\n";
        let wanted = [needed("a"), needed("b"), optional("gone")];
        let found = read(text, Header::First, &wanted).unwrap();
        assert_eq!(
            found,
            [(2, Ok(some(&["two\nlines", "1", ""]))), (4, Ok(some(&["4", "3", ""])))]
        );
    }

    #[test]
    fn a_record_of_another_length_is_told_and_the_next_is_read() {
        let found = read(b"a,b\n1\n2,3\n4,5,6\n7,8", Header::First, &[needed("b")]).unwrap();
        let told = |why: &str| Err(why.to_owned());
        assert_eq!(
            found,
            [
                (2, told("it has 1 fields, not 2")),
                (3, Ok(some(&["3"]))),
                (4, told("it has 3 fields, not 2")),
                (5, Ok(some(&["8"]))),
            ]
        );
        // Without a header later versions may have more.
        let fixed = Header::Fixed(&["a", "b"]);
        let found = read(b"1\n2,3\n4,5,6\n", fixed, &[needed("b")]).unwrap();
        assert_eq!(found.iter().filter(|(_, fields)| fields.is_ok()).count(), 2);
    }

    #[test]
    fn a_missing_column_is_named() {
        let error = read(b"x,y\n1,2\n", Header::First, &[needed("query_text")]).unwrap_err();
        assert!(error.0.contains("no column `query_text`") && error.0.contains("`x`, `y`"));
        assert_eq!(read(b"", Header::First, &[needed("a")]), Ok(vec![]));
    }

    #[test]
    fn what_never_ends_is_given_up() {
        let mut text = b"a\n\"".to_vec();
        text.resize(RECORD_BYTES_MAX + (1 << 20), b'x');
        text.extend_from_slice(b"\"\nlast\n");
        let mut found = Vec::new();
        Records::new(text.as_slice())
            .each(Header::First, &[needed("a")], |line, record| {
                found.push((line, record.map(|record| record.get(0).unwrap().map(str::to_owned))));
                Ok::<_, Failed>(())
            })
            .unwrap();
        assert!(matches!(&found[0], (2, Err(Unreadable(why))) if why.contains("64 MiB")));
        assert_eq!(found[1], (3, Ok(Some("last".to_owned()))));
    }

    proptest! {
        /// Any bytes: an answer, and no panic.
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(
            prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), any::<u8>()], 0..200,
        )) {
            let _ = read(&bytes, Header::First, &[optional("a")]);
            let found = read(&bytes, Header::Fixed(&["a"]), &[needed("a")]).unwrap();
            prop_assert!(found.len() <= bytes.len());
        }

        /// No record lies whole in a buffer of one byte: there none is cut as a plain one.
        #[test]
        fn plain_records_are_the_same(
            text in prop_oneof!["[ab,\"\n\r]{0,80}", "((a|\"b(\"\"|\n|,)?\"|)(,|\n|\r\n|\r|\n\n)){0,40}"],
            buffer in 2_usize..100,
        ) {
            let by = |buffer| {
                let wanted = [optional("a"), optional("b"), optional("c")];
                read_by(buffer, text.as_bytes(), Header::Fixed(&["a", "b", "c"]), &wanted).unwrap()
            };
            prop_assert_eq!(by(buffer), by(1));
        }
    }
}
