//! Bytes of a workload. JSON Lines under zstd, so that `zstdcat` and `grep` read it too.

use super::{FORMAT_VERSION, Manifest, Statement, Workload};
use crate::artifact::{ArtifactError, Digest, check_version};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read, Write},
};

const NAME: &str = "workload";

/// Longest line that is read, in bytes: a bound on memory for hostile files.
pub const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Writes the statements as zstd-compressed JSON Lines.
pub fn write_statements(out: impl Write, statements: &[Statement]) -> Result<(), ArtifactError> {
    let mut encoder = zstd::Encoder::new(out, 3).map_err(io)?;
    for statement in statements {
        encoder.write_all(&line_of(statement)?).map_err(io)?;
    }
    encoder.finish().map_err(io)?.flush().map_err(io)
}

/// Reads a workload: manifest first, then every statement, and checks one against the other.
///
/// # Errors
/// Unknown version, a malformed line (with its number), counts or digest that differ.
pub fn read(manifest: impl Read, statements: impl Read) -> Result<Workload, ArtifactError> {
    let manifest = read_manifest(manifest)?;
    let decoder = zstd::Decoder::new(statements).map_err(io)?;
    let mut lines = BufReader::new(decoder);
    let mut found = Vec::new();
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = (&mut lines).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).map_err(io)?;
        if read == 0 {
            break;
        }
        if read as u64 == LINE_BYTES_MAX {
            return Err(malformed(number, format!("longer than {LINE_BYTES_MAX} bytes")));
        }
        let statement: Statement =
            serde_json::from_slice(&line).map_err(|error| malformed(number, error.to_string()))?;
        found.push(statement);
    }
    check_statements(&found)?;
    let recomputed = manifest_of(&manifest.source, &found)?;
    if recomputed.statements != manifest.statements || recomputed.content != manifest.content {
        return Err(ArtifactError::Inconsistent {
            artifact: NAME,
            message: format!(
                "the manifest states {} statements with digest {}, the file holds {} with {}",
                manifest.statements,
                manifest.content.short(12),
                recomputed.statements,
                recomputed.content.short(12)
            ),
        });
    }
    Ok(Workload { manifest, statements: found })
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
    check_version(NAME, version, FORMAT_VERSION)?;
    serde_json::from_value(value).map_err(|error| malformed(1, error.to_string()))
}

/// The manifest as pretty JSON with a final newline.
pub fn manifest_json(manifest: &Manifest) -> Result<String, ArtifactError> {
    serde_json::to_string_pretty(manifest)
        .map(|text| text + "\n")
        .map_err(|error| malformed(0, error.to_string()))
}

/// Checks that ids are unique and that each session's sequence ascends.
pub fn check_statements(statements: &[Statement]) -> Result<(), ArtifactError> {
    let mut ids = BTreeSet::new();
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    for (index, statement) in statements.iter().enumerate() {
        let line = index as u64 + 1;
        if !ids.insert(statement.id.as_str()) {
            return Err(malformed(line, format!("the id `{}` appears twice", statement.id)));
        }
        if let Some(before) = last.insert(&statement.session, statement.sequence)
            && before >= statement.sequence
        {
            return Err(malformed(
                line,
                format!(
                    "session `{}` goes from sequence {before} to {}; it must ascend",
                    statement.session, statement.sequence
                ),
            ));
        }
    }
    Ok(())
}

/// Computes the manifest of `statements`.
pub(super) fn manifest_of(
    source: &str,
    statements: &[Statement],
) -> Result<Manifest, ArtifactError> {
    let mut bytes = Vec::new();
    for statement in statements {
        bytes.extend(line_of(statement)?);
    }
    let sessions: BTreeSet<&str> = statements.iter().map(|s| s.session.as_str()).collect();
    Ok(Manifest {
        format_version: FORMAT_VERSION,
        source: source.to_owned(),
        statements: statements.len() as u64,
        sessions: sessions.len() as u64,
        dropped: 0,
        truncated: 0,
        first_time: statements.iter().filter_map(|s| s.time).min(),
        last_time: statements.iter().filter_map(|s| s.time).max(),
        content: Digest::of_bytes(&bytes),
    })
}

fn line_of(statement: &Statement) -> Result<Vec<u8>, ArtifactError> {
    let mut line =
        serde_json::to_vec(statement).map_err(|error| malformed(0, error.to_string()))?;
    line.push(b'\n');
    Ok(line)
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
        Statement {
            id: id.to_owned(),
            session: session.to_owned(),
            sequence,
            time: None,
            database: None,
            user: None,
            role: None,
            dialect: Dialect::Postgres,
            sql: format!("SELECT '{id}\n'"),
            binds: vec![super::super::Bind { type_oid: 23, value: Some("7".to_owned()) }],
            latency_us: None,
            rows: None,
            error: None,
        }
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
    fn a_newer_version_is_named() {
        let error = read_manifest(r#"{"format_version": 99, "new": 1}"#.as_bytes()).unwrap_err();
        assert!(matches!(error, ArtifactError::UnknownVersion { found: 99, .. }), "{error}");
    }

    #[test]
    fn a_broken_line_is_named_by_number() {
        let mut bytes = Vec::new();
        let mut encoder = zstd::Encoder::new(&mut bytes, 3).unwrap();
        encoder.write_all(&line_of(&statement("a", "s", 1)).unwrap()).unwrap();
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
