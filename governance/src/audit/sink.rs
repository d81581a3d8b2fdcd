//! Where the lines of a chain go.

use std::{
    fs::File,
    io::{self, Write},
};

/// A place to append lines to.
pub trait Sink: Send {
    /// Hands `line` to the operating system, whole.
    fn append(&mut self, line: &[u8]) -> io::Result<()>;

    /// Returns once what was appended survives a power cut.
    fn sync(&mut self) -> io::Result<()>;

    /// Takes a half-written line back, so that `length` bytes are left.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Sink for File {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        // One call for one line: a reader of the file sees whole lines, but for a full disk.
        self.write_all(line)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}
