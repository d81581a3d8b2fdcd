//! What an import found: statements, what is none, and what could not be read. All of it adds up to the
//! records that were there.

use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf};

/// Examples of unreadable records that are kept.
const EXAMPLES_MAX: usize = 20;

/// What became of the records of a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Records of all files.
    pub records: u64,
    /// Statements in the workload.
    pub statements: u64,
    /// Records that only add to a statement of another one, such as its duration or its error.
    pub joined: u64,
    /// Records that are no statement of a client, by what they are.
    pub left_out: BTreeMap<&'static str, u64>,
    /// Records that could not be read.
    pub unreadable: u64,
    /// The first of them.
    pub examples: Vec<Example>,
    /// Statements of which the time is in no zone that is known.
    pub untimed: u64,
}

/// A record that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The file.
    pub file: PathBuf,
    /// Its line there; of an array or of Parquet its number. From 1.
    pub line: u64,
    /// Why it cannot be read.
    pub why: String,
}

impl Found {
    /// Do the parts add up to the records?
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        let parts = [self.statements, self.joined, self.unreadable];
        parts.iter().chain(self.left_out.values()).sum::<u64>() == self.records
    }

    pub(crate) fn leave_out(&mut self, what: &'static str) {
        *self.left_out.entry(what).or_default() += 1;
    }

    pub(crate) fn cannot_read(&mut self, file: &std::path::Path, line: u64, why: String) {
        self.unreadable += 1;
        if self.examples.len() < EXAMPLES_MAX {
            self.examples.push(Example { file: file.to_owned(), line, why });
        }
    }
}
