//! A file of a source: whatever it is packed in, and what kind of file it is.

use flate2::read::MultiGzDecoder;
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

const BUFFER_BYTES: usize = 1 << 16;
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const PARQUET: &[u8] = b"PAR1";
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What a file is, by how it begins.
pub(crate) enum Input {
    /// Parquet, which is read by place and not from its beginning.
    Parquet,
    /// Text that opens with a brace: one JSON object a line.
    JsonLines(Box<dyn BufRead>),
    /// Text that opens with a bracket: an array of JSON objects.
    JsonArray(Box<dyn BufRead>),
    /// Any other text.
    Text(Box<dyn BufRead>),
}

/// Opens a file. Gzip and zstd are unpacked, a byte order mark is skipped.
///
/// # Errors
/// The file cannot be read, or is packed in another way.
pub(crate) fn open(path: &Path) -> io::Result<Input> {
    let mut file = BufReader::with_capacity(BUFFER_BYTES, File::open(path)?);
    if starts_with(&mut file, PARQUET)? {
        return Ok(Input::Parquet);
    }
    let mut text: Box<dyn BufRead> = if starts_with(&mut file, GZIP)? {
        Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(file)))
    } else if starts_with(&mut file, ZSTD)? {
        let unpacked = zstd::Decoder::with_buffer(file)?;
        Box::new(BufReader::with_capacity(BUFFER_BYTES, unpacked))
    } else {
        Box::new(file)
    };
    let first = peek(&mut text)?;
    for mark in [&[0xff, 0xfe], &[0xfe, 0xff]] {
        if first.starts_with(mark) {
            return Err(io::Error::other("it is UTF-16; convert it to UTF-8"));
        }
    }
    if first.starts_with(BOM) {
        text.consume(BOM.len());
    }
    let first = peek(&mut text)?.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    Ok(match first {
        Some(b'{') => Input::JsonLines(text),
        Some(b'[') => Input::JsonArray(text),
        _ => Input::Text(text),
    })
}

/// The next bytes, at least as many as a mark has where there are so many.
fn peek(text: &mut Box<dyn BufRead>) -> io::Result<&[u8]> {
    // A reader fills its buffer as far as the one below gives something at once.
    let some = text.fill_buf()?.len();
    if some == 0 || some >= ZSTD.len() {
        return text.fill_buf();
    }
    let mut start = vec![0; ZSTD.len()];
    let mut filled = 0;
    while let Some(rest) = start.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match text.read(rest)? {
            0 => break,
            more => filled += more,
        }
    }
    start.truncate(filled);
    let whole = io::Cursor::new(start).chain(std::mem::replace(text, Box::new(io::empty())));
    *text = Box::new(BufReader::with_capacity(BUFFER_BYTES, whole));
    text.fill_buf()
}

fn starts_with(file: &mut BufReader<File>, mark: &[u8]) -> io::Result<bool> {
    Ok(file.fill_buf()?.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn found(bytes: &[u8]) -> (&'static str, String) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let (kind, mut text) = match open(file.path()).unwrap() {
            Input::Parquet => return ("parquet", String::new()),
            Input::JsonLines(text) => ("lines", text),
            Input::JsonArray(text) => ("array", text),
            Input::Text(text) => ("text", text),
        };
        let mut all = String::new();
        text.read_to_string(&mut all).unwrap();
        (kind, all)
    }

    #[test]
    fn a_file_is_known_by_how_it_begins() {
        assert_eq!(found(b"PAR1...").0, "parquet");
        assert_eq!(found(b" \n {\"a\": 1}\n"), ("lines", " \n {\"a\": 1}\n".to_owned()));
        assert_eq!(found(b"[1]"), ("array", "[1]".to_owned()));
        assert_eq!(found(b"a,b\n1,2\n"), ("text", "a,b\n1,2\n".to_owned()));
        assert_eq!(found(b""), ("text", String::new()));
        assert_eq!(found(b"\xef\xbb\xbf[]"), ("array", "[]".to_owned()));
        assert_eq!(found(b"a"), ("text", "a".to_owned()));
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let text = b"{\"a\": 1}\n".repeat(1000);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&text).unwrap();
        let (kind, all) = found(&packed.finish().unwrap());
        assert_eq!((kind, all.len()), ("lines", text.len()));
        let packed = zstd::encode_all(text.as_slice(), 1).unwrap();
        let (kind, all) = found(&packed);
        assert_eq!((kind, all.len()), ("lines", text.len()));
    }

    #[test]
    fn another_encoding_is_named() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[0xff, 0xfe, b'a', 0]).unwrap();
        let error = open(file.path()).err().unwrap().to_string();
        assert!(error.contains("UTF-16"), "{error}");
    }
}
