//! Records as programs write them: whole in the buffer, each quote at an end of its field or doubled, lines that
//! end in a line feed alone. They are most of what is read, and are cut by searching; any other record is for
//! `csv-core`, which goes from byte to byte and says what each means.

/// A record that was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plain {
    /// Bytes of the input, with the line end.
    pub(super) taken: usize,
    pub(super) fields: usize,
    /// Line feeds in `taken`.
    pub(super) lines: u64,
}

/// Cuts the record that `input` begins with into `bytes`, and says in `ends` where its fields end there.
/// Nothing where it is not plain, not all there, or does not fit; then what was written means nothing.
pub(super) fn record(input: &[u8], bytes: &mut [u8], ends: &mut [usize]) -> Option<Plain> {
    // An empty line is no record.
    if input.first().is_none_or(|first| matches!(first, b'\n' | b'\r')) {
        return None;
    }
    let mut cut = Cut { input, taken: 0, bytes, written: 0 };
    let mut lines = 1;
    for (number, end) in ends.iter_mut().enumerate() {
        let last = match cut.input.get(cut.taken)? {
            b'"' => cut.quoted(&mut lines)?,
            _ => cut.bare()?,
        };
        *end = cut.written;
        if last == b'\n' {
            return Some(Plain { taken: cut.taken, fields: number + 1, lines });
        }
    }
    None
}

struct Cut<'c> {
    input: &'c [u8],
    taken: usize,
    bytes: &'c mut [u8],
    written: usize,
}

impl Cut<'_> {
    /// Copies so many bytes, and takes one more, which it gives.
    fn take(&mut self, count: usize) -> Option<u8> {
        let part = self.input.get(self.taken..self.taken + count)?;
        self.bytes.get_mut(self.written..self.written + count)?.copy_from_slice(part);
        self.written += count;
        self.next(count)
    }

    fn next(&mut self, ahead: usize) -> Option<u8> {
        let next = self.input.get(self.taken + ahead).copied()?;
        self.taken += ahead + 1;
        Some(next)
    }

    /// A field without quotes, and what ends it.
    fn bare(&mut self) -> Option<u8> {
        let rest = self.input.get(self.taken..)?;
        let count = rest.iter().position(|byte| matches!(byte, b',' | b'\n' | b'\r'))?;
        self.take(count).filter(|end| *end != b'\r')
    }

    /// A field in quotes, and what ends it.
    fn quoted(&mut self, lines: &mut u64) -> Option<u8> {
        self.taken += 1;
        loop {
            let rest = self.input.get(self.taken..)?;
            let count = memchr::memchr(b'"', rest)?;
            *lines += memchr::memchr_iter(b'\n', rest.get(..count)?).count() as u64;
            self.take(count)?;
            match self.next(0)? {
                b'"' => {
                    *self.bytes.get_mut(self.written)? = b'"';
                    self.written += 1;
                }
                end @ (b',' | b'\n') => return Some(end),
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use csv_core::{ReadRecordResult, Reader};
    use proptest::prelude::*;

    fn cut(input: &[u8]) -> Option<(Plain, Vec<u8>, Vec<usize>)> {
        let (mut bytes, mut ends) = ([0; 64], [0; 8]);
        let plain = record(input, &mut bytes, &mut ends)?;
        let ends = ends[..plain.fields].to_vec();
        Some((plain, bytes[..*ends.last().unwrap()].to_vec(), ends))
    }

    #[test]
    fn plain_records_are_cut_and_others_are_not() {
        let found = cut(b"a,\"b\"\"\nc\",,d\ne").unwrap();
        let plain = Plain { taken: 13, fields: 4, lines: 2 };
        assert_eq!(found, (plain, b"ab\"\ncd".to_vec(), vec![1, 5, 5, 6]));
        for other in [
            "",
            "\n",
            "\r\n",
            "a,b",
            "a,b\r\n",
            "\"a",
            "\"a\"",
            "\"a\"b\n",
            "\"a\" ,b\n",
            "\"a\"\r\n",
        ] {
            assert_eq!(cut(other.as_bytes()), None, "{other:?}");
        }
        assert_eq!(record(b"a,b\n", &mut [0; 8], &mut [0; 1]), None);
        assert_eq!(record(b"ab\n", &mut [0; 1], &mut [0; 8]), None);
        assert_eq!(record(b"\"a\"\"\"\n", &mut [0; 1], &mut [0; 8]), None);
    }

    proptest! {
        /// What is cut is what `csv-core` makes of it.
        #[test]
        fn it_is_the_same_record(input in "[ab,\"\\n\\r]{0,24}", rest in "[a,\"\\n\\r]{0,4}") {
            let input = [input.as_bytes(), b"\n", rest.as_bytes()].concat();
            if let Some((plain, bytes, ends)) = cut(&input) {
                let (mut text, mut places) = ([0; 64], [0; 16]);
                let (result, taken, written, fields) =
                    Reader::new().read_record(&input, &mut text, &mut places);
                prop_assert_eq!(result, ReadRecordResult::Record);
                prop_assert_eq!((plain.taken, plain.fields), (taken, fields));
                prop_assert_eq!((bytes.as_slice(), ends.as_slice()), (&text[..written], &places[..fields]));
                let lines = memchr::memchr_iter(b'\n', &input[..taken]).count();
                prop_assert_eq!(plain.lines, lines as u64);
            }
        }
    }
}
