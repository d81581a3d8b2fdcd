//! The fields of some columns of the records in a buffer.

use super::records::{Field, Sink};
use std::ops::Range;

/// Collects the fields of the asked columns.
#[derive(Debug)]
pub(super) struct Cells {
    /// Of each column of the file, whether it is asked.
    asked: Vec<bool>,
    /// How many columns are asked.
    pub(super) width: usize,
    pub(super) fields: Vec<Field>,
    /// How many of the fields belong to whole records.
    complete: usize,
    pub(super) records: usize,
    records_max: usize,
    /// Whether nothing at all was in the last field.
    nothing: bool,
}

impl Cells {
    /// Fields of these columns (ascending) of a file with `columns`, of up to `records_max` records.
    pub(super) fn new(columns: usize, asked: &[usize], records_max: usize) -> Self {
        let mut flags = vec![false; columns];
        for column in asked {
            if let Some(flag) = flags.get_mut(*column) {
                *flag = true;
            }
        }
        let width = flags.iter().filter(|flag| **flag).count();
        Self {
            asked: flags,
            width,
            fields: Vec::new(),
            complete: 0,
            records: 0,
            records_max,
            nothing: false,
        }
    }

    pub(super) fn clear(&mut self) {
        self.fields.clear();
        self.complete = 0;
        self.records = 0;
    }
}

impl Sink for Cells {
    fn field(&mut self, number: usize, field: Field) -> Result<(), String> {
        self.nothing = field.range().is_empty() && !field.quoted;
        match self.asked.get(number) {
            Some(true) => {
                self.fields.push(field);
                Ok(())
            }
            Some(false) => Ok(()),
            None => Err(format!("a field too many: there are {} columns", self.asked.len())),
        }
    }

    fn record(&mut self, fields: usize, _: Range<usize>) -> Result<bool, String> {
        if fields != self.asked.len() {
            let columns = self.asked.len();
            return Err(match (fields, self.nothing) {
                (1, true) => format!("an empty line, where {columns} fields are expected"),
                (1, _) => format!("1 field, where {columns} are expected"),
                _ => format!("{fields} fields, where {columns} are expected"),
            });
        }
        self.complete = self.fields.len();
        self.records += 1;
        Ok(self.records < self.records_max)
    }

    fn retract(&mut self) {
        self.fields.truncate(self.complete);
    }
}
