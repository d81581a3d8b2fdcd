//! Format versions and content digests: what makes an artifact safe to read years later.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{fmt, ops::RangeInclusive};

/// Why an artifact could not be read or written. Nothing is lost: the artifact is left as it was.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The artifact was written by another, unknown version of the format.
    #[error(
        "{artifact} has format version {found}, this gnomon reads version {expected}; \
         read it with the gnomon that wrote it, or capture it again"
    )]
    UnknownVersion {
        /// Name of the format, for example `workload`.
        artifact: &'static str,
        /// The version found in the artifact.
        found: u32,
        /// The version that this build knows.
        expected: u32,
    },
    /// The content does not follow the format.
    #[error("{artifact} is malformed at line {line}: {message}")]
    Malformed {
        /// Name of the format.
        artifact: &'static str,
        /// 1-based line, 0 where lines make no sense.
        line: u64,
        /// What was wrong.
        message: String,
    },
    /// The content does not have the digest or count that its manifest states.
    #[error(
        "{artifact} does not match its manifest: {message}; it was edited or cut after capture"
    )]
    Inconsistent {
        /// Name of the format.
        artifact: &'static str,
        /// Expected and found.
        message: String,
    },
    /// The reader or writer failed.
    #[error("{artifact} could not be read or written: {source}")]
    Io {
        /// Name of the format.
        artifact: &'static str,
        /// The failure below.
        source: std::io::Error,
    },
}

/// A SHA-256 digest, printed as 64 lower-case hexadecimal digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// Digest of `parts`, each framed by its length in bytes, so that moving a byte from one part
    /// to the next changes the digest.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hex(&hasher.finalize()))
    }

    /// The digest of one byte string, unframed: what `sha256sum` prints.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(hex(&Sha256::digest(bytes)))
    }

    /// The 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first `digits` hexadecimal digits, for names that people read.
    pub fn short(&self, digits: usize) -> &str {
        self.0.get(..digits).unwrap_or(&self.0)
    }
}

/// A digest of bytes that come in pieces: what `sha256sum` prints of all of them.
#[derive(Debug, Clone, Default)]
pub struct Digesting(Sha256);

impl Digesting {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes.
    #[must_use]
    pub fn finish(self) -> Digest {
        Digest(hex(&self.0.finalize()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.short(12))
    }
}

/// Lower-case hexadecimal digits of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Checks a format version found in an artifact against the one this build writes.
pub fn check_version(
    artifact: &'static str,
    found: u32,
    expected: u32,
) -> Result<(), ArtifactError> {
    check_versions(artifact, found, expected..=expected)
}

/// Checks a format version found in an artifact against those that this build reads.
pub fn check_versions(
    artifact: &'static str,
    found: u32,
    known: RangeInclusive<u32>,
) -> Result<(), ArtifactError> {
    if known.contains(&found) {
        Ok(())
    } else {
        Err(ArtifactError::UnknownVersion { artifact, found, expected: *known.end() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_separates_parts() {
        assert_ne!(Digest::of([b"ab".as_slice(), b"c"]), Digest::of([b"a".as_slice(), b"bc"]));
    }

    #[test]
    fn of_bytes_is_plain_sha256() {
        assert_eq!(
            Digest::of_bytes(b"abc").as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn an_unknown_version_says_both_numbers() {
        let error = check_version("workload", 9, 1).unwrap_err().to_string();
        assert!(error.contains("version 9") && error.contains("version 1"), "{error}");
    }
}
