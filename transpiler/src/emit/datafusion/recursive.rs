//! Recursive queries of DataFusion. It drops the columns that nobody reads from what the recursion
//! starts with, but not from what it goes on with: then the recursion reads other columns, or none. So
//! every reader outside reads all of them, in a test that always holds.

use crate::emit::{Emitter, names::quoted};
use crate::targets::Target;
use sql::tree::Cte;

/// A query of `WITH RECURSIVE`.
#[derive(Debug)]
pub(in crate::emit) struct Recursive {
    name: String,
    columns: Vec<String>,
    /// Is its text being written?
    open: bool,
    /// Does it read itself?
    reads_itself: bool,
}

impl Emitter {
    /// The text of a query of `WITH RECURSIVE` follows.
    pub(in crate::emit) fn open_recursive(&mut self, cte: &Cte) {
        if self.target() == Target::DataFusion {
            let given = cte.column_names.iter().cloned();
            let own = cte.query.columns.iter().skip(cte.column_names.len());
            let columns = given.chain(own.map(|column| column.name.clone())).collect();
            let name = cte.name.clone();
            self.recursive.push(Recursive { name, columns, open: true, reads_itself: false });
        }
    }

    /// It is written.
    pub(in crate::emit) fn close_recursive(&mut self) {
        if let Some(last) = self.recursive.iter_mut().rev().find(|one| one.open) {
            last.open = false;
        }
    }

    /// What stands in FROM for a recursive query that is read from outside.
    pub(in crate::emit) fn whole_rows_of(&mut self, path: &[String]) -> Option<String> {
        let [name] = path else { return None };
        let found = self.recursive.iter_mut().rev().find(|one| one.name == *name)?;
        if found.open {
            found.reads_itself = true;
            return None;
        }
        if !found.reads_itself {
            return None;
        }
        let columns: Vec<String> = found.columns.iter().map(|column| quoted(column)).collect();
        let test = format!("struct({}) IS NOT NULL", columns.join(", "));
        Some(format!("(SELECT * FROM {} WHERE {test})", quoted(name)))
    }
}
