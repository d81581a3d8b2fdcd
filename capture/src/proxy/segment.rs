//! Files that a recording grows in: `segments/00000001.seg` and so on.
//!
//! A file begins with [`MAGIC`] and 8 bytes that tell the recordings apart that grew in one folder. Each record has the length of its payload (4 bytes, little-endian), the
//! CRC-32C of all behind that (4 bytes), a byte that says what it is, and the payload: a statement or counts
//! as JSON. A file that was ended properly has a footer as its last record, which says how many statements it
//! holds. What a crash left behind the last whole record is no record.

use super::counts::Counted;
use model::Statement;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write as _},
    path::{Path, PathBuf},
};

const MAGIC: [u8; 8] = *b"gnomseg1";
const STATEMENT: u8 = b'S';
const COUNTS: u8 = b'C';
const FOOTER: u8 = b'F';

/// [`MAGIC`] and which recording it is.
const HEADER_BYTES: u64 = 16;

/// Longest payload: a statement of the longest text, escaped, with its parameters.
const PAYLOAD_BYTES_MAX: u32 = 1 << 30;

/// How a file ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Footer {
    statements: u64,
    counts: Counted,
}

/// A file that grows.
pub(super) struct Segment {
    path: PathBuf,
    file: BufWriter<File>,
    pub(super) bytes: u64,
    pub(super) statements: u64,
}

/// The path of a file by its number.
pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:08}.seg"))
}

/// The files of a folder by their numbers, ascending.
pub(super) fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".seg"));
        numbers.extend(number.and_then(|digits| digits.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

impl Segment {
    pub(super) fn create(folder: &Path, number: u64, run: u64) -> io::Result<Self> {
        let path = path(folder, number);
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(&MAGIC)?;
        file.write_all(&run.to_le_bytes())?;
        file.flush()?;
        File::open(folder)?.sync_all()?;
        Ok(Self { path, file, bytes: HEADER_BYTES, statements: 0 })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn add(&mut self, statement: &Statement) -> io::Result<()> {
        self.record(STATEMENT, statement)?;
        self.statements += 1;
        Ok(())
    }

    pub(super) fn count(&mut self, counts: &Counted) -> io::Result<()> {
        self.record(COUNTS, counts)
    }

    fn record(&mut self, kind: u8, what: &impl Serialize) -> io::Result<()> {
        let mut record = vec![0; 8];
        record.push(kind);
        serde_json::to_writer(&mut record, what)?;
        let behind = record.get(8..).unwrap_or_default();
        let length = u32::try_from(behind.len() - 1).ok().filter(|n| *n <= PAYLOAD_BYTES_MAX);
        let length = length.ok_or_else(|| io::Error::other("a statement of more than 1 GiB"))?;
        let sum = crc32c::crc32c(behind);
        for (place, byte) in
            record.iter_mut().zip(length.to_le_bytes().into_iter().chain(sum.to_le_bytes()))
        {
            *place = byte;
        }
        self.file.write_all(&record)?;
        self.bytes += record.len() as u64;
        Ok(())
    }

    /// What was added reaches the system: an end of this process loses nothing of it.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }

    /// What was added reaches the disk.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }

    /// Ends the file.
    pub(super) fn seal(mut self, counts: &Counted) -> io::Result<()> {
        let footer = Footer { statements: self.statements, counts: counts.clone() };
        self.record(FOOTER, &footer)?;
        self.file.flush()?;
        self.file.get_ref().sync_all()
    }
}

/// What a file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    /// Which recording it is of.
    pub(super) run: u64,
    pub(super) statements: u64,
    /// What was counted last.
    pub(super) counts: Option<Counted>,
    /// Was it ended properly?
    pub(super) is_sealed: bool,
    /// Bytes at its end that are no whole record.
    pub(super) torn: u64,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum SegmentError {
    #[error("it does not begin as a file of a recording")]
    Foreign,
    #[error("its record at byte {at} is damaged, and more follow")]
    Damaged { at: u64 },
    #[error("its footer counts {footer} statements, and {held} are there")]
    Miscounted { footer: u64, held: u64 },
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Shows each statement of a file, in order.
pub(super) fn read<E: From<SegmentError>>(
    path: &Path,
    mut each: impl FnMut(Statement) -> Result<(), E>,
) -> Result<Held, E> {
    let io = |error: io::Error| E::from(SegmentError::Io(error));
    let file = File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let mut input = BufReader::with_capacity(1 << 18, file);
    if length < HEADER_BYTES {
        // A crash right at its beginning.
        return Ok(Held { torn: length, ..Held::default() });
    }
    let (mut magic, mut run) = ([0; MAGIC.len()], [0; 8]);
    input.read_exact(&mut magic).map_err(io)?;
    input.read_exact(&mut run).map_err(io)?;
    if magic != MAGIC {
        return Err(SegmentError::Foreign.into());
    }
    let mut held = Held { run: u64::from_le_bytes(run), ..Held::default() };
    let (mut at, mut behind) = (HEADER_BYTES, Vec::new());
    while at < length && !held.is_sealed {
        let rest = length - at;
        let Some(record) = next(&mut input, rest, &mut behind).map_err(io)? else {
            // Only the last record may be torn: the file grew by whole ones.
            held.torn = rest;
            break;
        };
        let end = at + 8 + behind.len() as u64;
        if !record {
            if end < length {
                return Err(SegmentError::Damaged { at }.into());
            }
            held.torn = rest;
            break;
        }
        let unreadable = |_| E::from(SegmentError::Damaged { at });
        match behind.split_first() {
            Some((&STATEMENT, payload)) => {
                each(serde_json::from_slice(payload).map_err(unreadable)?)?;
                held.statements += 1;
            }
            Some((&COUNTS, payload)) => {
                held.counts = Some(serde_json::from_slice(payload).map_err(unreadable)?);
            }
            Some((&FOOTER, payload)) => {
                let footer: Footer = serde_json::from_slice(payload).map_err(unreadable)?;
                if footer.statements != held.statements {
                    let (footer, held) = (footer.statements, held.statements);
                    return Err(SegmentError::Miscounted { footer, held }.into());
                }
                held.counts = Some(footer.counts);
                held.is_sealed = true;
            }
            _ => return Err(SegmentError::Damaged { at }.into()),
        }
        at = end;
    }
    Ok(held)
}

/// The next record into `behind`: is it what was written? Nothing where the file ends inside of it.
fn next(input: &mut impl Read, rest: u64, behind: &mut Vec<u8>) -> io::Result<Option<bool>> {
    let mut head = [0; 8];
    if rest < 9 {
        return Ok(None);
    }
    input.read_exact(&mut head)?;
    let [l0, l1, l2, l3, sum @ ..] = head;
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    if length > PAYLOAD_BYTES_MAX || u64::from(length) + 9 > rest {
        return Ok(None);
    }
    behind.clear();
    input.take(u64::from(length) + 1).read_to_end(behind)?;
    Ok(Some(crc32c::crc32c(behind) == u32::from_le_bytes(sum)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Dialect;
    use proptest::prelude::*;

    fn statement(sequence: u64) -> Statement {
        let sql = format!("SELECT {sequence}, 'ü\n'");
        Statement::new(format!("s.{sequence}"), ("s", sequence), Dialect::Postgres, sql)
    }

    fn written(folder: &Path, count: u64, is_sealed: bool) -> PathBuf {
        let mut segment = Segment::create(folder, 1, 7).unwrap();
        for sequence in 0..count {
            segment.add(&statement(sequence)).unwrap();
        }
        segment.count(&Counted { dropped: 3, ..Counted::default() }).unwrap();
        if is_sealed {
            segment.seal(&Counted { dropped: 4, ..Counted::default() }).unwrap();
        } else {
            segment.sync().unwrap();
        }
        path(folder, 1)
    }

    fn all(path: &Path) -> Result<(Vec<Statement>, Held), SegmentError> {
        let mut statements = Vec::new();
        let held = read::<SegmentError>(path, |statement| {
            statements.push(statement);
            Ok(())
        })?;
        Ok((statements, held))
    }

    #[test]
    fn what_is_added_is_there_sealed_or_not() {
        for is_sealed in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let path = written(folder.path(), 5, is_sealed);
            let (statements, held) = all(&path).unwrap();
            assert_eq!(statements, (0..5).map(statement).collect::<Vec<_>>());
            let dropped = if is_sealed { 4 } else { 3 };
            assert_eq!((held.is_sealed, held.torn), (is_sealed, 0));
            assert_eq!(held.counts.unwrap().dropped, dropped);
        }
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(numbers(folder.path()).unwrap(), Vec::<u64>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Wherever a file is cut, all whole records before that are there.
        #[test]
        fn a_torn_end_loses_what_is_torn(cut in 0_usize..2000) {
            let folder = tempfile::tempdir().unwrap();
            let path = written(folder.path(), 6, false);
            let bytes = fs::read(&path).unwrap();
            let cut = cut.min(bytes.len());
            fs::write(&path, bytes.get(..cut).unwrap()).unwrap();
            let (statements, held) = all(&path).unwrap();
            let whole: Vec<_> = (0..held.statements).map(statement).collect();
            prop_assert_eq!(statements, whole);
            prop_assert!(!held.is_sealed);
            let one = serde_json::to_vec(&statement(0)).unwrap().len() + 9;
            let expected = cut.saturating_sub(16) / one;
            prop_assert_eq!(held.statements, 6.min(expected as u64));
        }

        /// A byte that is not what was written is noticed wherever it is; nothing else is made of it.
        #[test]
        fn another_byte_is_noticed(at in 0_usize..2000, bit in 0_u32..8) {
            let folder = tempfile::tempdir().unwrap();
            let path = written(folder.path(), 6, true);
            let mut bytes = fs::read(&path).unwrap();
            let at = at % bytes.len();
            // Which recording it is makes no difference to what it holds.
            prop_assume!(!(8..16).contains(&at));
            bytes[at] ^= 1 << bit;
            fs::write(&path, &bytes).unwrap();
            match all(&path) {
                Ok((statements, held)) => {
                    prop_assert!(!held.is_sealed && held.torn > 0);
                    let whole: Vec<_> = (0..held.statements).map(statement).collect();
                    prop_assert_eq!(statements, whole);
                }
                Err(error) => {
                    prop_assert!(!matches!(error, SegmentError::Io(_)), "{error}");
                }
            }
        }
    }
}
