//! Rows that one side alone has: what the causes of rows are shown, and how they tell.

use super::{
    cause::{About, the_side},
    lone::{Hashers, Lone},
};
use crate::{residue::Copies, shape::Column, watch::Watch};
use model::{Cause, Rows, Side};

/// Explains rows that one side alone has.
#[derive(Debug)]
pub(crate) struct RowCause {
    pub(crate) about: About,
    /// Nothing where it explains none of them.
    pub(crate) find: fn(&Alone<'_>) -> Result<Option<Told>, String>,
}

/// What a comparison knows once all rows are paired, of both sides: legacy, governed.
pub(crate) struct Unpaired<'a> {
    /// The rows that one side alone has.
    pub(crate) lone: &'a [Lone; 2],
    /// Rows that differ and have a partner.
    pub(crate) changed_rows: u64,
    pub(crate) columns: &'a [Column<'a>],
    /// All rows, and how many they are.
    pub(crate) rows: [&'a dyn Rows; 2],
    pub(crate) counts: [u64; 2],
    pub(crate) hashers: &'a Hashers,
    /// How often rows stand on both sides, where that is known.
    pub(crate) copies: Option<&'a Copies>,
    /// Does the statement limit its rows?
    pub(crate) limited: bool,
    /// Was a key found, so that no differing row stands twice?
    pub(crate) is_keyed: bool,
    pub(crate) watch: &'a dyn Watch,
}

/// The rows that one side alone has, at least one.
pub(crate) struct Alone<'a> {
    pub(crate) all: &'a Unpaired<'a>,
    /// The side that has them.
    pub(crate) side: Side,
    pub(crate) lone: &'a Lone,
    /// Rows that the other side alone has.
    pub(crate) of_other: u64,
}

impl Alone<'_> {
    /// Of the two of an array by sides, that of this side and that of the other.
    pub(crate) fn own<T: Copy>(&self, [legacy, governed]: [T; 2]) -> (T, T) {
        match self.side {
            Side::Legacy => (legacy, governed),
            Side::Governed => (governed, legacy),
        }
    }

    /// `3 missing rows`, `1 extra row`.
    pub(crate) fn told_rows(&self, rows: u64) -> String {
        let kind = match self.side {
            Side::Legacy => "missing",
            Side::Governed => "extra",
        };
        format!("{rows} {kind} row{}", if rows == 1 { "" } else { "s" })
    }

    /// `5 of 7 missing rows`.
    pub(crate) fn told_part(&self, rows: u64) -> String {
        format!("{rows} of {}", self.told_rows(self.count()))
    }

    pub(crate) fn count(&self) -> u64 {
        self.lone.rows()
    }

    /// `the legacy side`, where that has the rows.
    pub(crate) fn the_side(&self) -> &'static str {
        the_side(self.side)
    }

    pub(crate) fn the_other_side(&self) -> &'static str {
        the_side(self.side.other())
    }
}

/// What a cause says of the rows.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) parameter: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: u64,
    pub(crate) sentence: String,
    pub(crate) remedy: String,
}

impl Told {
    pub(crate) fn cause(self, about: &About) -> Cause {
        Cause {
            code: about.code.to_owned(),
            name: about.name.to_owned(),
            parameter: self.parameter,
            columns: self.columns,
            cells: 0,
            of_cells: 0,
            looked_at_cells: None,
            rows: self.rows,
            sentence: self.sentence,
            remedy: self.remedy,
            examples: Vec::new(),
        }
    }
}

/// For the rows that each side alone has, the first cause that explains some.
///
/// An error is the reason why the rows cannot be read again.
pub(crate) fn find(all: &Unpaired<'_>, causes: &[&RowCause]) -> Result<Vec<Cause>, String> {
    let mut found = Vec::new();
    for side in Side::BOTH {
        let (lone, others) = (side.of(all.lone.each_ref()), side.other().of(all.lone.each_ref()));
        if lone.rows() == 0 {
            continue;
        }
        let alone = Alone { all, side, lone, of_other: others.rows() };
        for cause in causes {
            if let Some(told) = (cause.find)(&alone)? {
                found.push(told.cause(&cause.about));
                break;
            }
        }
    }
    Ok(found)
}
