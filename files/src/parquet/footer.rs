//! A look at the footer before it is decoded.
//!
//! The footer is a structure of Thrift's compact protocol, and its decoder takes memory for as many
//! elements as a list says that it has. A damaged count would make it ask for up to 2^31 row groups,
//! for which no memory is there; such a request ends the process and is no error that could be
//! caught. So the structure is walked once: no list may say more elements than bytes are left.
//!
//! The protocol: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>,
//! the footer: <https://parquet.apache.org/docs/file-format/metadata/>.

use crate::source::Opened;

/// The footer's end: four bytes of its length, then the magic.
pub(super) const TAIL_BYTES: u64 = 8;
const MAGIC: &[u8; 4] = b"PAR1";
const MAGIC_ENCRYPTED: &[u8; 4] = b"PARE";

/// Structures of the format are nested about ten deep.
const DEPTH_MAX: u32 = 64;

/// Checks that the file has a whole footer and that its lists can be what they say.
pub(super) fn check(opened: &Opened) -> Result<(), String> {
    let truncated = || {
        "the file is truncated or damaged: a Parquet file ends with the length of its footer and \
         `PAR1`; copy or write it again"
            .to_owned()
    };
    let tail_start = opened.len().checked_sub(TAIL_BYTES).ok_or_else(truncated)?;
    let tail = opened.read(tail_start, 8).map_err(|error| error.to_string())?;
    let (length, magic) = tail.split_first_chunk::<4>().ok_or_else(truncated)?;
    if magic == MAGIC_ENCRYPTED {
        return Err("the footer is encrypted, which is not read; decrypt the file first".to_owned());
    }
    let length = u64::from(u32::from_le_bytes(*length));
    // The first four bytes are the magic too.
    let start = tail_start.checked_sub(length).filter(|start| *start >= 4);
    let (Some(start), true) = (start, magic == MAGIC) else { return Err(truncated()) };
    let length = usize::try_from(length).map_err(|_| truncated())?;
    let footer = opened.read(start, length).map_err(|error| error.to_string())?;
    let mut walk = Walk { rest: &footer };
    walk.structure(0).ok_or_else(|| {
        "the file is damaged: its footer is no Parquet metadata; copy or write it again".to_owned()
    })
}

/// What is left to walk over. Each step gives nothing where the bytes cannot be the protocol's.
struct Walk<'a> {
    rest: &'a [u8],
}

/// Types of values in the compact protocol, by their numbers.
mod kind {
    pub(super) const STOP: u8 = 0;
    pub(super) const TRUE: u8 = 1;
    pub(super) const FALSE: u8 = 2;
    pub(super) const BYTE: u8 = 3;
    pub(super) const I16: u8 = 4;
    pub(super) const I32: u8 = 5;
    pub(super) const I64: u8 = 6;
    pub(super) const DOUBLE: u8 = 7;
    pub(super) const BINARY: u8 = 8;
    pub(super) const LIST: u8 = 9;
    pub(super) const SET: u8 = 10;
    pub(super) const STRUCT: u8 = 12;
}

impl Walk<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.rest = self.rest.get(bytes..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn structure(&mut self, depth: u32) -> Option<()> {
        loop {
            let header = self.byte()?;
            match header & 0x0f {
                kind::STOP => return Some(()),
                // As a field, a boolean is in its header.
                kind::TRUE | kind::FALSE if header >> 4 != 0 => {}
                field => {
                    if header >> 4 == 0 {
                        self.varint()?;
                    }
                    if !matches!(field, kind::TRUE | kind::FALSE) {
                        self.value(field, depth)?;
                    }
                }
            }
        }
    }

    fn value(&mut self, kind: u8, depth: u32) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        match kind {
            kind::TRUE | kind::FALSE | kind::BYTE => self.skip(1),
            kind::I16 | kind::I32 | kind::I64 => self.varint().map(drop),
            kind::DOUBLE => self.skip(8),
            kind::BINARY => {
                let length = self.varint()?;
                self.skip(usize::try_from(length).ok()?)
            }
            kind::LIST | kind::SET => {
                let header = self.byte()?;
                let count = match header >> 4 {
                    15 => self.varint()?,
                    count => u64::from(count),
                };
                // Every element has at least one byte.
                if count > self.rest.len() as u64 {
                    return None;
                }
                (0..count).try_for_each(|_| self.value(header & 0x0f, depth + 1))
            }
            kind::STRUCT => self.structure(depth + 1),
            // A map is not in this format.
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8]) -> Option<()> {
        Walk { rest: bytes }.structure(0)
    }

    #[test]
    fn a_list_that_says_more_than_there_is_is_found() {
        // Field 1: a list of three bytes; stop.
        assert!(walk(&[0x19, 0x33, 1, 2, 3, 0]).is_some());
        assert!(walk(&[0x19, 0x33, 1, 2]).is_none());
        // Field 4: a list of 2^31 - 1 structures.
        assert!(walk(&[0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0, 0]).is_none());
    }

    #[test]
    fn nesting_is_bounded() {
        let mut deep = vec![0x1c; 1_000_000];
        deep.extend(vec![0; 1_000_001]);
        assert!(walk(&deep).is_none());
        let mut flat = vec![0x1c; 60];
        flat.extend(vec![0; 61]);
        assert!(walk(&flat).is_some());
    }

    #[test]
    fn numbers_and_texts_are_stepped_over() {
        // true; i32 300; binary `ab`; a field with its id written out; a double.
        let bytes = [
            0x11, 0x15, 0xac, 0x02, 0x18, 2, b'a', b'b', 0x05, 0x80, 0x02, 7, 0x17, 0, 0, 0, 0, 0,
            0, 0, 0, 0,
        ];
        assert!(walk(&bytes).is_some());
        assert!(walk(&[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]).is_none());
        assert!(
            walk(&[0x15, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0]).is_none()
        );
    }
}
