//! Records of a range of a file, a buffer at a time.

use super::records::{Fault, Sink, split};
use crate::source::Opened;

/// How much is read at once.
const BUFFER_BYTES: usize = 1 << 20;

/// The longest record, and with it the longest field: far beyond what any warehouse exports, and
/// where a quote was never closed the place to stop.
pub(super) const RECORD_BYTES_MAX: usize = 64 << 20;

/// Reads a range of a file that begins with a record and ends with one.
#[derive(Debug)]
pub(super) struct Feed {
    opened: Opened,
    delimiter: u8,
    /// Where in the file the bytes behind those in the buffer are.
    position: u64,
    end: u64,
    buffer: Vec<u8>,
    /// The bytes of the buffer that are not yet given out.
    start: usize,
    filled: usize,
    /// The line of the byte at `start`, from 1.
    line: u64,
    /// Bytes given out by the last call, which are counted with the next.
    given: usize,
    record_bytes_max: usize,
}

impl Feed {
    /// Records from `start` to `end` (bytes), where the first of them is in this line.
    pub(super) fn new(opened: Opened, delimiter: u8, start: u64, end: u64, line: u64) -> Self {
        Self {
            opened,
            delimiter,
            position: start,
            end,
            buffer: Vec::new(),
            start: 0,
            filled: 0,
            line,
            given: 0,
            record_bytes_max: RECORD_BYTES_MAX,
        }
    }

    /// Gives the next records to the sink: those that lie in the buffer, or as many as it wants.
    /// Gives their bytes, to which the fields' places refer, and the line of the first; nothing at
    /// the end.
    ///
    /// # Errors
    /// What cannot be read or is no CSV, with its line.
    pub(super) fn next(&mut self, sink: &mut impl Sink) -> Result<Option<(&str, u64)>, String> {
        self.take();
        let mut wanted = BUFFER_BYTES;
        loop {
            let last = self.fill(wanted)?;
            let bytes = self.buffer.get(self.start..self.filled).unwrap_or_default();
            if bytes.is_empty() {
                return Ok(None);
            }
            let given =
                split(bytes, self.delimiter, last, sink).map_err(|fault| self.at(&fault))?;
            if given > 0 {
                self.given = given;
                break;
            }
            if bytes.len() >= self.record_bytes_max {
                return Err(format!(
                    "line {}: the record has more than {} MiB; is a quote not closed?",
                    self.line,
                    self.record_bytes_max >> 20
                ));
            }
            wanted = bytes.len().saturating_mul(2).min(self.record_bytes_max);
        }
        let bytes = self.buffer.get(self.start..self.start + self.given).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some((text, self.line))),
            Err(error) => {
                let valid = error.valid_up_to();
                let what = "bytes that are not UTF-8; convert the file to UTF-8".to_owned();
                Err(self.at(&Fault { at: valid, field: None, what }))
            }
        }
    }

    /// Bytes of the file before what the last call gave, and before what comes next.
    pub(super) fn range(&self) -> (u64, u64) {
        let behind = (self.filled - self.start) as u64;
        let start = self.position.saturating_sub(behind);
        (start, start.saturating_add(self.given as u64))
    }

    /// Steps over what was given out.
    fn take(&mut self) {
        let given = self.buffer.get(self.start..self.start + self.given).unwrap_or_default();
        self.line += lines(given);
        self.start += self.given;
        self.given = 0;
    }

    /// Makes sure of this many bytes, where there are as many; says whether the range's end is in
    /// the buffer.
    fn fill(&mut self, wanted: usize) -> Result<bool, String> {
        if self.filled - self.start < wanted && self.position < self.end {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
            if self.buffer.len() < wanted {
                self.buffer.resize(wanted, 0);
            }
            let left = usize::try_from(self.end - self.position).unwrap_or(usize::MAX);
            let until = self.filled.saturating_add(left).min(self.buffer.len());
            let free = self.buffer.get_mut(self.filled..until).unwrap_or_default();
            let wanted = free.len();
            let count =
                self.opened.read_into(self.position, free).map_err(|error| error.to_string())?;
            if count < wanted {
                return Err("the file ends before its end when it was opened".to_owned());
            }
            self.filled += count;
            self.position += count as u64;
        }
        Ok(self.position >= self.end)
    }

    /// The fault with its line, and the field.
    fn at(&self, fault: &Fault) -> String {
        let until = self.start.saturating_add(fault.at);
        let line = self.line + lines(self.buffer.get(self.start..until).unwrap_or_default());
        match fault.field {
            Some(field) => format!("line {line}, field {field}: {}", fault.what),
            None => format!("line {line}: {}", fault.what),
        }
    }
}

/// How many line ends there are.
pub(super) fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
