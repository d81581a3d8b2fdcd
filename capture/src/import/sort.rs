//! Statements in the order of time, of which memory does not hold all: sorted pieces are laid aside,
//! and merged.

use model::Statement;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write as _},
    mem,
    vec::IntoIter,
};

/// Bytes of statements that are held, about.
const BYTES_MAX: usize = 256 << 20;
/// What a statement takes beside its text, about.
const STATEMENT_BYTES: usize = 512;

/// By what statements are sorted: the time (nanoseconds since 1970; those without one first), and the id,
/// so that the order of the files means nothing.
type Key = (Option<i64>, String);

fn key(statement: &Statement) -> Key {
    let time = statement.time.map(|time| time.timestamp_nanos_opt().unwrap_or(i64::MAX));
    (time, statement.id.clone())
}

/// Collects statements.
#[derive(Debug)]
pub(super) struct Sorter {
    bytes_max: usize,
    held: Vec<Statement>,
    bytes: usize,
    aside: Vec<File>,
}

impl Default for Sorter {
    fn default() -> Self {
        Self { bytes_max: BYTES_MAX, held: Vec::new(), bytes: 0, aside: Vec::new() }
    }
}

impl Sorter {
    /// Takes in a statement.
    pub(super) fn push(&mut self, statement: Statement) -> io::Result<()> {
        self.bytes += statement.sql.len() + STATEMENT_BYTES;
        self.held.push(statement);
        if self.bytes > self.bytes_max { self.lay_aside() } else { Ok(()) }
    }

    fn lay_aside(&mut self) -> io::Result<()> {
        let mut held = mem::take(&mut self.held);
        self.bytes = 0;
        held.sort_by_cached_key(key);
        let mut file = tempfile::tempfile()?;
        let mut packed = zstd::Encoder::new(BufWriter::new(&file), 1)?;
        for statement in &held {
            serde_json::to_writer(&mut packed, statement)?;
            packed.write_all(b"\n")?;
        }
        packed.finish()?.flush()?;
        file.rewind()?;
        self.aside.push(file);
        Ok(())
    }

    /// All of them.
    pub(super) fn finish(mut self) -> io::Result<Sorted> {
        self.held.sort_by_cached_key(key);
        let mut pieces = vec![Piece::Held(mem::take(&mut self.held).into_iter())];
        for file in self.aside {
            let unpacked = zstd::Decoder::new(file)?;
            pieces.push(Piece::Aside(BufReader::new(unpacked), String::new()));
        }
        let mut sorted = Sorted { next: BinaryHeap::new(), firsts: BTreeMap::new(), pieces };
        for piece in 0..sorted.pieces.len() {
            sorted.advance(piece)?;
        }
        Ok(sorted)
    }
}

enum Piece {
    Held(IntoIter<Statement>),
    Aside(BufReader<zstd::Decoder<'static, BufReader<File>>>, String),
}

impl Piece {
    fn next(&mut self) -> io::Result<Option<Statement>> {
        match self {
            Self::Held(held) => Ok(held.next()),
            Self::Aside(lines, line) => {
                line.clear();
                if lines.read_line(line)? == 0 {
                    return Ok(None);
                }
                Ok(Some(serde_json::from_str(line)?))
            }
        }
    }
}

/// Statements in their order.
pub(super) struct Sorted {
    next: BinaryHeap<Reverse<(Key, usize)>>,
    /// The first one of each piece that is not given yet.
    firsts: BTreeMap<usize, Statement>,
    pieces: Vec<Piece>,
}

impl Sorted {
    fn advance(&mut self, piece: usize) -> io::Result<()> {
        let Some(source) = self.pieces.get_mut(piece) else { return Ok(()) };
        if let Some(statement) = source.next()? {
            self.next.push(Reverse((key(&statement), piece)));
            self.firsts.insert(piece, statement);
        }
        Ok(())
    }

    /// The next one.
    pub(super) fn next(&mut self) -> io::Result<Option<Statement>> {
        let Some(Reverse((_, piece))) = self.next.pop() else { return Ok(None) };
        let Some(statement) = self.firsts.remove(&piece) else { return Ok(None) };
        self.advance(piece)?;
        Ok(Some(statement))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use model::Dialect;
    use proptest::prelude::*;

    fn sorted(statements: &[Statement], bytes_max: usize) -> Vec<Statement> {
        let mut all = Sorter { bytes_max, ..Sorter::default() };
        for statement in statements {
            all.push(statement.clone()).unwrap();
        }
        let mut ordered = all.finish().unwrap();
        std::iter::from_fn(|| ordered.next().unwrap()).collect()
    }

    proptest! {
        /// However much memory there is: the same order, by time.
        #[test]
        fn pieces_mean_nothing(times in proptest::collection::vec((proptest::option::of(0..5_i64), 0..3_u8), 0..40)) {
            let statements: Vec<Statement> = times.iter().enumerate().map(|(id, (time, session))| Statement {
                time: time.and_then(|time| DateTime::from_timestamp(time, 0)),
                ..Statement::new(format!("q{id:02}"), (session.to_string(), 0), Dialect::Snowflake, "SELECT 1")
            }).collect();
            let whole = sorted(&statements, usize::MAX);
            prop_assert_eq!(&sorted(&statements, 3 * STATEMENT_BYTES), &whole);
            prop_assert_eq!(&sorted(&statements, 0), &whole);
            prop_assert_eq!(whole.len(), statements.len());
            let keys: Vec<Key> = whole.iter().map(key).collect();
            prop_assert!(keys.is_sorted());
        }
    }
}
