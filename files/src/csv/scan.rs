//! The first pass: names, shape, and where the text may be cut.
//!
//! A line end may stand inside quotes, and whether one does is known only from the text before it.
//! So the file is gone through once from its beginning; this pass finds no values, checks every
//! record's number of fields, every quote and the encoding, and runs at the speed of memory searches
//! rather than of parsing. The parts that it finds are read at the same time.

use super::{
    cells::Cells,
    feed::Feed,
    records::{Field, Sink, text},
};
use crate::source::Opened;
use std::ops::Range;

/// How long a part is, about.
const PART_BYTES: u64 = 8 << 20;

/// Far more than any table has; a header beyond it is no header.
const COLUMNS_MAX: usize = 1 << 16;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What the first pass finds.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) names: Vec<String>,
    pub(super) parts: Vec<Part>,
}

/// Records that lie together.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// In bytes.
    pub(super) range: Range<u64>,
    pub(super) rows: u64,
    /// The line of its first byte, from 1.
    pub(super) line: u64,
}

/// Goes through the file.
pub(super) fn scan(opened: &Opened, delimiter: u8, header: bool) -> Result<Scan, String> {
    let mut start = [0; 3];
    let count = opened.read_into(0, &mut start).map_err(|error| error.to_string())?;
    let start = match start.get(..count).unwrap_or_default() {
        BOM => 3,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return Err("the file is UTF-16; convert it to UTF-8".to_owned());
        }
        _ => 0,
    };
    let mut feed = Feed::new(opened.clone(), delimiter, start, opened.len(), 1);
    let mut first = First::default();
    let names = match feed.next(&mut first)? {
        Some((text, _)) => first.texts(text),
        None => return Err("the file holds nothing but a byte order mark".to_owned()),
    };
    let columns = names.len();
    let (names, rows, line) = if header {
        let (_, behind) = feed.range();
        (names, behind, None)
    } else {
        let names = (1..=columns).map(|number| format!("column{number}"));
        (names.collect(), start, Some(1))
    };
    // Again from the first row.
    let line = match line {
        Some(line) => line,
        None => 1 + header_lines(opened, start, rows)?,
    };
    let mut feed = Feed::new(opened.clone(), delimiter, rows, opened.len(), line);
    let mut cells = Cells::new(columns, &[], usize::MAX);
    let mut parts: Vec<Part> = Vec::new();
    loop {
        cells.clear();
        let Some((_, line)) = feed.next(&mut cells)? else { break };
        let (from, to) = feed.range();
        let rows = cells.records as u64;
        match parts.last_mut().filter(|part| part.range.end - part.range.start < PART_BYTES) {
            Some(part) => {
                part.range.end = to;
                part.rows += rows;
            }
            None => parts.push(Part { range: from..to, rows, line }),
        }
    }
    Ok(Scan { names, parts })
}

fn header_lines(opened: &Opened, start: u64, end: u64) -> Result<u64, String> {
    let length = usize::try_from(end - start).unwrap_or(usize::MAX);
    let bytes = opened.read(start, length).map_err(|error| error.to_string())?;
    Ok(super::feed::lines(&bytes))
}

/// Takes the fields of the first record alone.
#[derive(Debug, Default)]
struct First {
    fields: Vec<Field>,
}

impl First {
    fn texts(&self, buffer: &str) -> Vec<String> {
        let mut scratch = String::new();
        let fields = self.fields.iter();
        fields
            .map(|field| text(buffer, *field, &mut scratch).unwrap_or_default().to_owned())
            .collect()
    }
}

impl Sink for First {
    fn field(&mut self, number: usize, field: Field) -> Result<(), String> {
        if number >= COLUMNS_MAX {
            return Err(format!("more than {COLUMNS_MAX} fields; is the delimiter right?"));
        }
        self.fields.push(field);
        Ok(())
    }

    fn record(&mut self, _: usize, _: Range<usize>) -> Result<bool, String> {
        Ok(false)
    }

    fn retract(&mut self) {
        self.fields.clear();
    }
}
