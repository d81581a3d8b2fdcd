//! `CREATE OR REPLACE TABLE` for a target that has it of views only: a block that drops the old table and
//! makes the new one is one statement, and leaves the old one where it fails.

use super::{Pieces, made};
use crate::rule::Emit;
use sql::tree::{CreateTable, Existing};

/// What the text stands in.
const QUOTE: &str = "$replaced$";

/// The name that a table has while its query may still read the old one.
const NEW: &str = "gnomon_replacing";

pub(super) fn table<P: Pieces>(pieces: &mut P, table: &CreateTable) -> Emit<String> {
    let span = table.span;
    let Some((name, schema)) = table.path.split_last() else {
        return pieces.refused("OR REPLACE of a table is not done", span);
    };
    if table.temporary && !schema.is_empty() {
        return pieces.refused("OR REPLACE of a temporary table in a schema is not done", span);
    }
    // A table of the session takes the place of one of the session only.
    let place = if table.temporary { vec!["pg_temp".to_owned()] } else { schema.to_vec() };
    let within = |last: &str| -> Vec<String> {
        place.iter().cloned().chain(std::iter::once(last.to_owned())).collect()
    };
    let old = pieces.path_text(&within(name), span)?;
    let drop = format!("DROP TABLE IF EXISTS {old}");
    let mut plain = CreateTable { existing: Existing::Refused, ..table.clone() };
    let steps = if table.query.is_some() {
        plain.path = schema.iter().cloned().chain(std::iter::once(NEW.to_owned())).collect();
        let make = made(pieces, &plain)?;
        let new = pieces.path_text(&within(NEW), span)?;
        let name = pieces.written_name(name, span)?;
        [make, drop, format!("ALTER TABLE {new} RENAME TO {name}")].join(";\n")
    } else {
        [drop, made(pieces, &plain)?].join(";\n")
    };
    if steps.contains(QUOTE) {
        return pieces.refused("OR REPLACE of a table with such a text is not done", span);
    }
    Ok(format!("DO {QUOTE}\n#variable_conflict use_column\nBEGIN\n{steps};\nEND\n{QUOTE}"))
}
