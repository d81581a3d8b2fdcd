//! Bytes of a workload. JSON Lines under zstd, so that `zstdcat` and `grep` read it too.
//!
//! [`Writer`] and [`Reader`] hold one statement at a time; what they remember of the others is the
//! hash of each id and the last number of each session.

use super::{FORMAT_VERSION, FORMAT_VERSION_MIN, Incomplete, Manifest, Statement, Workload};
use crate::artifact::{ArtifactError, Digesting, check_versions};
use std::{
    collections::{HashMap, HashSet, hash_map::RandomState},
    hash::{BuildHasher as _, BuildHasherDefault, Hasher},
    io::{BufRead, BufReader, Read, Write},
};

const NAME: &str = "workload";

/// Longest line that is read, in bytes: a bound on memory for hostile files.
pub const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Of the compression: statements repeat each other, so that more takes longer and gains little.
const LEVEL: i32 = 1;

/// What became of a statement that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote {
    /// It is in the file.
    Written,
    /// A statement of its id is there already.
    KnownId,
    /// A later statement of its session is there already.
    Behind,
}

/// Writes statements as zstd-compressed JSON Lines, one after the other.
pub struct Writer<W: Write> {
    encoder: zstd::Encoder<'static, W>,
    tally: Tally,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Begins a file of statements.
    ///
    /// # Errors
    /// The writer fails.
    pub fn new(out: W) -> Result<Self, ArtifactError> {
        let encoder = zstd::Encoder::new(out, LEVEL).map_err(io)?;
        Ok(Self { encoder, tally: Tally::default(), line: Vec::new() })
    }

    /// Writes a statement.
    ///
    /// # Errors
    /// Its id was there before, the sequence of its session does not ascend, it is longer than
    /// [`LINE_BYTES_MAX`], or the writer fails.
    pub fn write(&mut self, statement: &Statement) -> Result<(), ArtifactError> {
        let wrote = self.try_write(statement)?;
        self.tally.told(wrote, statement)
    }

    /// Writes a statement, unless it is one that must not be there.
    ///
    /// # Errors
    /// It is longer than [`LINE_BYTES_MAX`], or the writer fails.
    pub fn try_write(&mut self, statement: &Statement) -> Result<Wrote, ArtifactError> {
        self.line.clear();
        append_line(statement, &mut self.line)?;
        let wrote = self.tally.add(statement, &self.line)?;
        if wrote == Wrote::Written {
            self.encoder.write_all(&self.line).map_err(io)?;
        }
        Ok(wrote)
    }

    /// Ends the file and gives the manifest. What was dropped or could not be read before is up to
    /// the caller.
    ///
    /// # Errors
    /// The writer fails.
    pub fn finish(self, source: &str) -> Result<(W, Manifest), ArtifactError> {
        let mut out = self.encoder.finish().map_err(io)?;
        out.flush().map_err(io)?;
        Ok((out, self.tally.manifest(source)))
    }
}

/// Gives a part of what is a hash already.
#[derive(Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.first_chunk().map_or(0, |half| u64::from_ne_bytes(*half));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// What is known of the statements so far, and what they are checked by.
#[derive(Debug, Default)]
struct Tally {
    statements: u64,
    /// Of the ids, by a key that nobody knows: two that collide would be taken for one.
    ids: HashSet<u128, BuildHasherDefault<Spread>>,
    hashers: [RandomState; 2],
    /// The last number of each session.
    sessions: HashMap<String, u64>,
    incomplete: [u64; 3],
    times: Option<[chrono::DateTime<chrono::Utc>; 2]>,
    content: Digesting,
}

impl Tally {
    fn id(&self, id: &str) -> u128 {
        let [upper, lower] = self.hashers.each_ref().map(|hasher| u128::from(hasher.hash_one(id)));
        upper << 64 | lower
    }

    fn add(&mut self, statement: &Statement, line: &[u8]) -> Result<Wrote, ArtifactError> {
        let number = self.statements + 1;
        if line.len() as u64 > LINE_BYTES_MAX {
            return Err(malformed(number, format!("longer than {LINE_BYTES_MAX} bytes")));
        }
        let id = self.id(&statement.id);
        // Put in at once: of many millions each look goes to memory.
        if !self.ids.insert(id) {
            return Ok(Wrote::KnownId);
        }
        match self.sessions.get_mut(&statement.session) {
            Some(last) if *last >= statement.sequence => {
                self.ids.remove(&id);
                return Ok(Wrote::Behind);
            }
            Some(last) => *last = statement.sequence,
            None => {
                self.sessions.insert(statement.session.clone(), statement.sequence);
            }
        }
        self.statements = number;
        if let Some(incomplete) = statement.incomplete {
            let [truncated, redacted, unbound] = &mut self.incomplete;
            *match incomplete {
                Incomplete::Truncated => truncated,
                Incomplete::Redacted => redacted,
                Incomplete::Unbound => unbound,
            } += 1;
        }
        if let Some(time) = statement.time {
            let [first, last] = self.times.get_or_insert([time, time]);
            (*first, *last) = ((*first).min(time), (*last).max(time));
        }
        self.content.update(line);
        Ok(Wrote::Written)
    }

    /// The error of a statement that must not be there.
    fn told(&self, wrote: Wrote, statement: &Statement) -> Result<(), ArtifactError> {
        let number = self.statements + 1;
        match wrote {
            Wrote::Written => Ok(()),
            Wrote::KnownId => {
                Err(malformed(number, format!("the id `{}` appears twice", statement.id)))
            }
            Wrote::Behind => {
                let last = self.sessions.get(&statement.session).copied().unwrap_or_default();
                Err(malformed(
                    number,
                    format!(
                        "session `{}` goes from sequence {last} to {}; it must ascend",
                        statement.session, statement.sequence
                    ),
                ))
            }
        }
    }

    fn manifest(self, source: &str) -> Manifest {
        let [truncated, redacted, unbound] = self.incomplete;
        Manifest {
            format_version: FORMAT_VERSION,
            source: source.to_owned(),
            statements: self.statements,
            sessions: self.sessions.len() as u64,
            dropped: 0,
            truncated,
            redacted,
            unbound,
            unreadable: 0,
            first_time: self.times.map(|[first, _]| first),
            last_time: self.times.map(|[_, last]| last),
            content: self.content.finish(),
        }
    }
}

/// Reads statements, one after the other. What the manifest states is checked at the end.
pub struct Reader<R: Read> {
    lines: BufReader<zstd::Decoder<'static, BufReader<R>>>,
    manifest: Manifest,
    /// Nothing once the end was reached, or an error.
    tally: Option<Tally>,
    line: Vec<u8>,
}

impl<R: Read> Reader<R> {
    /// Begins to read the statements that the manifest vouches for.
    ///
    /// # Errors
    /// The reader fails.
    pub fn new(manifest: Manifest, statements: R) -> Result<Self, ArtifactError> {
        let decoder = zstd::Decoder::new(statements).map_err(io)?;
        let lines = BufReader::new(decoder);
        Ok(Self { lines, manifest, tally: Some(Tally::default()), line: Vec::new() })
    }

    /// What is stated of the statements, and checked once they are read.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// All statements, and what is known of them as a whole.
    ///
    /// # Errors
    /// A malformed line (with its number), counts or digest that differ.
    pub fn into_workload(mut self) -> Result<Workload, ArtifactError> {
        let statements = self.by_ref().collect::<Result<Vec<_>, _>>()?;
        Ok(Workload { manifest: self.manifest, statements })
    }

    fn read(&mut self) -> Result<Option<Statement>, ArtifactError> {
        let Some(tally) = &mut self.tally else { return Ok(None) };
        self.line.clear();
        let read = (&mut self.lines).take(LINE_BYTES_MAX + 1).read_until(b'\n', &mut self.line);
        if read.map_err(io)? == 0 {
            let found = self.tally.take().unwrap_or_default().manifest("");
            return self.check(&found).map(|()| None);
        }
        let number = tally.statements + 1;
        if self.line.len() as u64 > LINE_BYTES_MAX {
            return Err(malformed(number, format!("longer than {LINE_BYTES_MAX} bytes")));
        }
        let statement: Statement = serde_json::from_slice(&self.line)
            .map_err(|error| malformed(number, error.to_string()))?;
        // The digest is that of the bytes as this version would write them, so that a line that says
        // the same in another way is no other workload.
        self.line.clear();
        append_line(&statement, &mut self.line)?;
        let wrote = tally.add(&statement, &self.line)?;
        tally.told(wrote, &statement)?;
        Ok(Some(statement))
    }

    fn check(&self, found: &Manifest) -> Result<(), ArtifactError> {
        let stated = &self.manifest;
        if found.statements == stated.statements && found.content == stated.content {
            return Ok(());
        }
        Err(ArtifactError::Inconsistent {
            artifact: NAME,
            message: format!(
                "the manifest states {} statements with digest {}, the file holds {} with {}",
                stated.statements,
                stated.content.short(12),
                found.statements,
                found.content.short(12)
            ),
        })
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Statement, ArtifactError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.read().transpose();
        if matches!(found, Some(Err(_))) {
            self.tally = None;
        }
        found
    }
}

/// Writes the statements as zstd-compressed JSON Lines.
pub fn write_statements(out: impl Write, statements: &[Statement]) -> Result<(), ArtifactError> {
    let mut writer = Writer::new(out)?;
    statements.iter().try_for_each(|statement| writer.write(statement))?;
    writer.finish("").map(drop)
}

/// Reads a workload: manifest first, then every statement, and checks one against the other.
///
/// # Errors
/// Unknown version, a malformed line (with its number), counts or digest that differ.
pub fn read(manifest: impl Read, statements: impl Read) -> Result<Workload, ArtifactError> {
    Reader::new(read_manifest(manifest)?, statements)?.into_workload()
}

/// Reads `manifest.json` alone.
pub fn read_manifest(mut input: impl Read) -> Result<Manifest, ArtifactError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(io)?;
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| malformed(1, error.to_string()))?;
    // The version is looked at before the rest, so that a newer format is named as such.
    let version = value.get("format_version").and_then(serde_json::Value::as_u64);
    let version = version.and_then(|v| u32::try_from(v).ok()).ok_or_else(|| {
        malformed(1, "the manifest has no `format_version`; is it a gnomon workload?".to_owned())
    })?;
    check_versions(NAME, version, FORMAT_VERSION_MIN..=FORMAT_VERSION)?;
    serde_json::from_value(value).map_err(|error| malformed(1, error.to_string()))
}

/// The manifest as pretty JSON with a final newline.
pub fn manifest_json(manifest: &Manifest) -> Result<String, ArtifactError> {
    serde_json::to_string_pretty(manifest)
        .map(|text| text + "\n")
        .map_err(|error| malformed(0, error.to_string()))
}

/// Computes the manifest of `statements`.
///
/// # Errors
/// Ids that are not unique, or a session whose sequence does not ascend.
pub(super) fn manifest_of(
    source: &str,
    statements: &[Statement],
) -> Result<Manifest, ArtifactError> {
    let (mut tally, mut line) = (Tally::default(), Vec::new());
    for statement in statements {
        line.clear();
        append_line(statement, &mut line)?;
        let wrote = tally.add(statement, &line)?;
        tally.told(wrote, statement)?;
    }
    Ok(tally.manifest(source))
}

fn append_line(statement: &Statement, line: &mut Vec<u8>) -> Result<(), ArtifactError> {
    serde_json::to_writer(&mut *line, statement)
        .map_err(|error| malformed(0, error.to_string()))?;
    line.push(b'\n');
    Ok(())
}

fn malformed(line: u64, message: String) -> ArtifactError {
    ArtifactError::Malformed { artifact: NAME, line, message }
}

fn io(source: std::io::Error) -> ArtifactError {
    ArtifactError::Io { artifact: NAME, source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::Dialect;

    fn statement(id: &str, session: &str, sequence: u64) -> Statement {
        let binds = vec![super::super::Bind { type_oid: 23, value: Some("7".to_owned()) }];
        let text = format!("SELECT '{id}\n'");
        Statement { binds, ..Statement::new(id, (session, sequence), Dialect::Postgres, text) }
    }

    fn bytes_of(workload: &Workload) -> (String, Vec<u8>) {
        let mut bytes = Vec::new();
        write_statements(&mut bytes, &workload.statements).unwrap();
        (manifest_json(&workload.manifest).unwrap(), bytes)
    }

    #[test]
    fn what_is_written_is_read_again() {
        let workload =
            Workload::new("test", vec![statement("a", "s", 1), statement("b", "s", 2)]).unwrap();
        let (manifest, bytes) = bytes_of(&workload);
        assert_eq!(read(manifest.as_bytes(), bytes.as_slice()).unwrap(), workload);
    }

    #[test]
    fn an_edited_statement_is_noticed() {
        let workload = Workload::new("test", vec![statement("a", "s", 1)]).unwrap();
        let other = Workload::new("test", vec![statement("x", "s", 1)]).unwrap();
        let error = read(bytes_of(&workload).0.as_bytes(), bytes_of(&other).1.as_slice());
        assert!(matches!(error, Err(ArtifactError::Inconsistent { .. })), "{error:?}");
    }

    #[test]
    fn what_is_incomplete_is_counted_and_older_formats_are_read() {
        let cut = |id, incomplete| Statement { incomplete, ..statement(id, id, 1) };
        let workload = Workload::new(
            "t",
            vec![
                cut("a", Some(Incomplete::Truncated)),
                cut("b", Some(Incomplete::Redacted)),
                cut("c", Some(Incomplete::Unbound)),
                cut("d", None),
                cut("e", Some(Incomplete::Truncated)),
            ],
        );
        let manifest = workload.unwrap().manifest;
        assert_eq!((manifest.truncated, manifest.redacted, manifest.unbound), (2, 1, 1));
        let old = Workload::new("t", vec![statement("a", "s", 1)]).unwrap();
        let (manifest, bytes) = bytes_of(&old);
        let manifest = manifest.replace("\"format_version\": 2", "\"format_version\": 1");
        assert!(manifest.contains("\"format_version\": 1"), "{manifest}");
        assert_eq!(read(manifest.as_bytes(), bytes.as_slice()).unwrap().statements, old.statements);
    }

    #[test]
    fn what_must_not_be_there_is_not_written() {
        let mut writer = Writer::new(Vec::new()).unwrap();
        let wrote = [("a", "s", 2), ("a", "r", 1), ("b", "s", 2), ("c", "s", 1), ("b", "s", 3)]
            .map(|(id, session, n)| writer.try_write(&statement(id, session, n)).unwrap());
        let (written, known, behind) = (Wrote::Written, Wrote::KnownId, Wrote::Behind);
        assert_eq!(wrote, [written, known, behind, behind, written]);
        let error = writer.write(&statement("b", "s", 9)).unwrap_err();
        assert!(error.to_string().contains("the id `b` appears twice"), "{error}");
        let (bytes, manifest) = writer.finish("t").unwrap();
        assert_eq!((manifest.statements, manifest.sessions), (2, 1));
        let read: Vec<_> = Reader::new(manifest, bytes.as_slice()).unwrap().collect();
        let ids: Vec<_> = read.into_iter().map(|s| s.unwrap().id).collect();
        assert_eq!(ids, ["a", "b"]);
    }

    #[test]
    fn nothing_comes_after_an_error() {
        let workload = Workload::new("t", vec![statement("a", "s", 1)]).unwrap();
        let (_, bytes) = bytes_of(&workload);
        let empty = Workload::new("t", vec![]).unwrap().manifest;
        let found: Vec<_> = Reader::new(empty, bytes.as_slice()).unwrap().collect();
        assert!(
            matches!(&found[..], [Ok(_), Err(ArtifactError::Inconsistent { .. })]),
            "{found:?}"
        );
    }

    #[test]
    fn a_newer_version_is_named() {
        let error = read_manifest(r#"{"format_version": 99, "new": 1}"#.as_bytes()).unwrap_err();
        assert!(matches!(error, ArtifactError::UnknownVersion { found: 99, .. }), "{error}");
    }

    #[test]
    fn a_broken_line_is_named_by_number() {
        let mut bytes = Vec::new();
        let mut encoder = zstd::Encoder::new(&mut bytes, 3).unwrap();
        let mut line = Vec::new();
        append_line(&statement("a", "s", 1), &mut line).unwrap();
        encoder.write_all(&line).unwrap();
        encoder.write_all(b"{\"id\": 3}\n").unwrap();
        encoder.finish().unwrap();
        let manifest = Workload::new("t", vec![]).unwrap().manifest;
        let manifest = manifest_json(&manifest).unwrap();
        let error = read(manifest.as_bytes(), bytes.as_slice()).unwrap_err();
        assert!(matches!(error, ArtifactError::Malformed { line: 2, .. }), "{error}");
    }

    #[test]
    fn ids_are_unique_and_sequences_ascend() {
        assert!(Workload::new("t", vec![statement("a", "s", 1), statement("a", "s", 2)]).is_err());
        assert!(Workload::new("t", vec![statement("a", "s", 2), statement("b", "s", 2)]).is_err());
        assert!(Workload::new("t", vec![statement("a", "s", 2), statement("b", "r", 1)]).is_ok());
    }

    #[test]
    fn hostile_bytes_are_errors_not_panics() {
        for bytes in [b"".as_slice(), b"\x28\xb5\x2f\xfd", b"not zstd at all", &[0; 64]] {
            let manifest =
                r#"{"format_version":1,"source":"t","statements":1,"sessions":1,"content":"00"}"#;
            assert!(read(manifest.as_bytes(), bytes).is_err());
        }
    }
}
