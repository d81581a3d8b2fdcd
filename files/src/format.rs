//! Which format a file has.

use std::{path::Path, str::FromStr};

/// Formats of files of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Apache Parquet.
    Parquet,
    /// Arrow IPC file, which is Feather version 2 too.
    Arrow,
    /// Arrow IPC stream.
    ArrowStream,
    /// Comma-separated values.
    Csv,
    /// Tab-separated values.
    Tsv,
}

impl Format {
    /// Names as a user writes them, in the order in which they are shown.
    pub const NAMES: [(&str, Self); 5] = [
        ("parquet", Self::Parquet),
        ("arrow", Self::Arrow),
        ("arrows", Self::ArrowStream),
        ("csv", Self::Csv),
        ("tsv", Self::Tsv),
    ];

    /// The format, from how the file begins, or else from the end of its name.
    ///
    /// # Errors
    /// What kind of file it is instead, or that its kind is not known; names the formats.
    pub(crate) fn detect(path: &Path, beginning: &[u8]) -> Result<Self, String> {
        if let Some(found) = by_content(beginning) {
            return found;
        }
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let damaged = |format: &str, magic: &str| {
            Err(format!(
                "named like {format}, but it does not begin with {magic}; it is damaged, or another \
                 format that must be said ({})",
                names()
            ))
        };
        match extension.as_str() {
            "csv" => Ok(Self::Csv),
            "tsv" | "tab" => Ok(Self::Tsv),
            // Its delimiter must be said.
            "txt" => Ok(Self::Csv),
            "arrows" => Ok(Self::ArrowStream),
            "parquet" | "pq" => damaged("Parquet", "`PAR1`"),
            "arrow" | "feather" | "ipc" => damaged("Arrow IPC", "`ARROW1` or a stream's mark"),
            _ => Err(format!("the format of this file is not known; say which it is: {}", names())),
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::NAMES.into_iter().find(|(known, _)| *known == name);
        found
            .map(|(_, format)| format)
            .ok_or_else(|| format!("`{name}` is no format of files; there are {}", names()))
    }
}

fn names() -> String {
    Format::NAMES.map(|(name, _)| name).join(", ")
}

/// What the first bytes say beyond doubt; nothing where they could be text.
fn by_content(beginning: &[u8]) -> Option<Result<Format, String>> {
    let compressed = |name: &str| Err(format!("compressed with {name}; unpack it first"));
    Some(match beginning {
        [b'P', b'A', b'R', b'1', ..] => Ok(Format::Parquet),
        [b'P', b'A', b'R', b'E', ..] => {
            Err("an encrypted Parquet file, which is not read; decrypt it first".to_owned())
        }
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Ok(Format::Arrow),
        [0xff, 0xff, 0xff, 0xff, ..] => Ok(Format::ArrowStream),
        [b'F', b'E', b'A', b'1', ..] => {
            Err("Feather version 1, which is not read; write it as version 2".to_owned())
        }
        [0x1f, 0x8b, ..] => compressed("gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => compressed("zstd"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => compressed("bzip2"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => compressed("xz"),
        [b'P', b'K', 3, 4, ..] => {
            Err("a zip archive (or a spreadsheet); unpack it, or export it as CSV".to_owned())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(name: &str, beginning: &[u8]) -> Result<Format, String> {
        Format::detect(Path::new(name), beginning)
    }

    #[test]
    fn content_goes_before_the_name() {
        assert_eq!(detect("a.csv", b"PAR1\x15"), Ok(Format::Parquet));
        assert_eq!(detect("a.csv", b"ARROW1\0\0"), Ok(Format::Arrow));
        assert_eq!(detect("a", &[0xff; 8]), Ok(Format::ArrowStream));
        assert_eq!(detect("a.CSV", b"a,b\n"), Ok(Format::Csv));
        assert_eq!(detect("a.tsv", b"a"), Ok(Format::Tsv));
        assert_eq!(detect("a.arrows", &[16, 0, 0, 0]), Ok(Format::ArrowStream));
        for (name, beginning, says) in [
            ("a.csv.gz", [0x1f, 0x8b, 8, 0].as_slice(), "compressed with gzip; unpack it first"),
            ("a.parquet", b"PAR", "does not begin with `PAR1`"),
            ("a.feather", b"FEA1", "Feather version 1"),
            ("a.xlsx", b"PK\x03\x04", "export it as CSV"),
            ("a", b"a,b", "say which it is: parquet, arrow, arrows, csv, tsv"),
        ] {
            let error = detect(name, beginning).unwrap_err();
            assert!(error.contains(says), "{name}: {error}");
        }
    }

    #[test]
    fn every_format_has_its_name() {
        for (name, format) in Format::NAMES {
            assert_eq!(name.parse(), Ok(format));
        }
        assert!("xml".parse::<Format>().unwrap_err().contains("`xml` is no format"));
    }
}
