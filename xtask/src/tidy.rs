//! `cargo xtask tidy`: the checks of the house itself. One check is one file, with a planted
//! violation that its test catches.

use std::time::Instant;

use crate::{place::Place, say, stop::Stop};

mod codes;
mod drivers;
mod duckdb_pin;
mod edges;
mod ignored;
mod openings;
mod products;
mod registered;
mod sizes;
pub(crate) mod tree;
mod versions;
mod words;

use tree::Tree;

/// Something that a check has to say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// A file with a line, or a crate.
    place: String,
    what: String,
    weight: Weight,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// Ends the run.
    Error,
    /// Worth knowing.
    Note,
}

impl Finding {
    fn error(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into(), weight: Weight::Error }
    }

    fn note(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into(), weight: Weight::Note }
    }

    fn line(&self, check: &str) -> String {
        let weight = match self.weight {
            Weight::Error => "error",
            Weight::Note => "note",
        };
        format!("{weight}[{check}]: {}: {}", self.place, self.what)
    }
}

/// More findings of one check have one reason, and would push those of the others off the screen.
const SHOWN_MAX: usize = 50;

type Check = fn(&Tree) -> Vec<Finding>;

/// Every check, with the name that is printed in front of what it finds.
const CHECKS: &[(&str, Check)] = &[
    ("edges", edges::check),
    ("drivers", drivers::check),
    ("openings", openings::check),
    ("sizes", sizes::check),
    ("registered", registered::check),
    ("codes", codes::check),
    ("versions", versions::check),
    ("duckdb-pin", duckdb_pin::check),
    ("ignored", ignored::check),
    ("products", products::check),
    ("words", words::check),
];

/// Runs every check over the working tree; findings go to standard output.
pub(crate) fn run(place: &Place) -> Result<(), Stop> {
    let started = Instant::now();
    let tree = Tree::read(place)?;
    let (mut errors, mut notes) = (0_usize, 0_usize);
    for (name, check) in CHECKS {
        let findings = check(&tree);
        for finding in findings.iter().take(SHOWN_MAX) {
            say::result(&finding.line(name));
        }
        if findings.len() > SHOWN_MAX {
            say::result(&format!("[{name}]: and {} more", findings.len() - SHOWN_MAX));
        }
        let wrong = findings.iter().filter(|finding| finding.weight == Weight::Error).count();
        errors += wrong;
        notes += findings.len() - wrong;
    }
    let seen = format!(
        "tidy: {} checks over {} files in {:.1} s: {errors} errors, {notes} notes",
        CHECKS.len(),
        tree.files.len(),
        started.elapsed().as_secs_f64()
    );
    if errors > 0 {
        return Err(Stop::failed(format!("{seen}; each line above says what to do")));
    }
    say::note(&seen);
    Ok(())
}
