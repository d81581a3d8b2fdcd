//! Stage: takes any bytes, gives them to a reader of files, and holds what comes of it against laws
//! that need no other reader. Never: knows what the right rows are.

use compare::{Memory, Request, Settings, StatementRef, Unwatched, judge_rows};
use files::{CsvOptions, CsvTypes, Format, Options, open};
use model::{Rows, RowsError, StatementFacts, Verdict};
use std::{fs, io::Write, path::Path, sync::Once};

/// More rows than this are read but not compared: each must be worth its time.
const COMPARED_ROWS_MAX: u64 = 2_000;

/// Reads the bytes as a file: never a panic, an error names the file, a second reading gives the
/// same, and rows that are compared with themselves do not differ.
///
/// # Panics
/// Where a law does not hold.
pub fn rows(bytes: &[u8], format: Format, csv: CsvOptions) {
    contained_panics_are_no_findings();
    let mut file = tempfile::NamedTempFile::new().expect("a temporary folder");
    file.write_all(bytes).expect("room for a small file");
    let options = Options { format: Some(format), csv };
    let name = file.path().display().to_string();
    let told = |error: &RowsError| assert!(error.to_string().contains(&name), "{error}");
    let rows = match open(file.path(), &options) {
        Ok(rows) => rows,
        Err(error) => return told(&error),
    };
    let first = count(&*rows);
    match &first {
        Err(error) => told(error),
        Ok(count) => {
            assert!(rows.rows().is_none_or(|known| known == *count), "it lied about its rows");
            if *count <= COMPARED_ROWS_MAX {
                same_as_itself(&*rows);
            }
        }
    }
    assert_eq!(count(&*rows), first, "a second reading gives something else");
}

/// CSV options by a byte: delimiter, header, types.
#[must_use]
pub fn csv_options(byte: u8) -> CsvOptions {
    let delimiters = [None, Some(b';'), Some(b'\t'), Some(b'|')];
    CsvOptions {
        delimiter: delimiters[usize::from(byte % 4)],
        header: byte & 4 == 0,
        null: if byte & 8 == 0 { String::new() } else { "NULL".to_owned() },
        types: if byte & 16 == 0 { CsvTypes::Inferred } else { CsvTypes::Text },
    }
}

fn count(rows: &dyn Rows) -> Result<u64, RowsError> {
    let columns: Vec<usize> = (0..rows.schema().fields().len()).collect();
    let mut count = 0;
    for part in 0..rows.parts() {
        for batch in rows.read(part, &columns, 64)? {
            count += batch?.num_rows() as u64;
        }
    }
    Ok(count)
}

fn same_as_itself(rows: &dyn Rows) {
    let facts = StatementFacts::plain_read();
    let request = Request {
        statement: StatementRef { id: "fuzz", fingerprint: "fuzz", facts: &facts },
        key: None,
        memory: Memory::default(),
        watch: &Unwatched,
    };
    let settings = Settings::new(Vec::new()).expect("no rule is no wrong rule");
    let verdict = judge_rows(request, [rows, rows], &settings).verdict;
    // Types that cannot be compared are inconclusive.
    assert!(!matches!(verdict, Verdict::Mismatch | Verdict::Tolerated), "{verdict:?}");
}

/// Panics of decoders that the readers contain end in errors; only what escapes is a finding. The
/// fuzzer's own hook would end the process at the first.
fn contained_panics_are_no_findings() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}

/// Writes a seed into the corpus of a target.
///
/// # Errors
/// What cannot be written.
pub fn seed(folder: &Path, target: &str, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let corpus = folder.join("corpus").join(target);
    fs::create_dir_all(&corpus)?;
    fs::write(corpus.join(name), bytes)
}
