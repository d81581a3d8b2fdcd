//! Hashes of rows, 128 bits and typed: equal rows have equal hashes whatever arrays, widths, scales
//! or units the two sides use, and unequal ones have not, but for a chance that the verdict states.
//!
//! Arrays are taken in column by column, as words and not as text; nothing is put together or cut.
//! The key is drawn anew for each comparison (see [`HashKey`]).

mod column;
mod form;
mod nested;
mod state;
mod value;

pub(crate) use state::{HashKey, State, halves, length};

use crate::{reader::ReadError, shape::Column};
use arrow::{
    datatypes::{FieldRef, Schema},
    record_batch::RecordBatch,
};
use column::Sink;
use form::Form;
use model::Side;

/// Hashes the rows of one side.
#[derive(Debug, Clone)]
pub(crate) struct RowHasher {
    side: Side,
    key: HashKey,
    columns: Vec<HashedColumn>,
    /// Ascending: what must be read.
    reads: Vec<usize>,
}

#[derive(Debug, Clone)]
struct HashedColumn {
    index: usize,
    field: FieldRef,
    form: Form,
}

impl RowHasher {
    /// A hasher over these columns. The hashes of two sides can be compared where both have the
    /// same columns in the same order, and the same key.
    pub(crate) fn new<'c, 'r: 'c>(
        side: Side,
        columns: impl IntoIterator<Item = &'c Column<'r>>,
        [legacy, governed]: [&Schema; 2],
        key: &HashKey,
    ) -> Self {
        let hashed = |column: &Column<'_>| {
            let legacy = legacy.fields().get(column.index)?;
            let governed = governed.fields().get(column.index)?;
            let own = side.of([legacy, governed]);
            let form = Form::of(side, &column.meet, [legacy.as_ref(), governed.as_ref()]);
            Some(HashedColumn { index: column.index, field: FieldRef::clone(own), form })
        };
        let columns: Vec<_> = columns.into_iter().filter_map(hashed).collect();
        let mut reads: Vec<_> = columns.iter().map(|column| column.index).collect();
        reads.sort_unstable();
        Self { side, key: key.clone(), columns, reads }
    }

    /// The hashers of both sides: legacy, governed.
    pub(crate) fn both<'c, 'r: 'c>(
        columns: impl IntoIterator<Item = &'c Column<'r>> + Clone,
        schemas: [&Schema; 2],
        key: &HashKey,
    ) -> [Self; 2] {
        let again = columns.clone();
        [
            Self::new(Side::Legacy, columns, schemas, key),
            Self::new(Side::Governed, again, schemas, key),
        ]
    }

    /// The columns that a batch must hold, ascending.
    pub(crate) fn reads(&self) -> &[usize] {
        &self.reads
    }

    /// The hash of each row of a batch that holds the columns `projection` of the schema.
    ///
    /// An error names the column, and what in it cannot be read; `start` is the number that the
    /// first row has for people.
    pub(crate) fn hash(
        &self,
        batch: &RecordBatch,
        projection: &[usize],
        start: u64,
        (states, hashes): (&mut Vec<State>, &mut Vec<u128>),
    ) -> Result<(), ReadError> {
        let is_read = |column: &HashedColumn| projection.binary_search(&column.index).is_ok();
        if let Some(unread) = self.columns.iter().find(|column| !is_read(column)) {
            return Err(self.unread(unread));
        }
        states.clear();
        states.resize(batch.num_rows(), self.key.start());
        self.fold(batch, projection, start, states)?;
        hashes.clear();
        hashes.extend(self.finish(states));
        Ok(())
    }

    /// So many rows, before their first column.
    pub(crate) fn begin(&self, rows: usize) -> Vec<State> {
        vec![self.key.start(); rows]
    }

    /// Takes in those columns of the rows that a batch holds, which are `projection` of the schema.
    /// The columns of a row are taken in in the order of the schema.
    ///
    /// Errors are those of [`hash`](Self::hash).
    pub(crate) fn fold(
        &self,
        batch: &RecordBatch,
        projection: &[usize],
        start: u64,
        states: &mut [State],
    ) -> Result<(), ReadError> {
        let mut sink = Sink { states, key: &self.key };
        for column in &self.columns {
            let Ok(place) = projection.binary_search(&column.index) else { continue };
            let array = batch.columns().get(place).ok_or_else(|| self.unread(column))?;
            sink.array(&column.field, array, &column.form).map_err(|(row, error)| {
                let row = row.map_or_else(String::new, |row| format!(", row {}", start + row));
                format!("{}{row}: {error}", self.place(column))
            })?;
        }
        Ok(())
    }

    /// The hashes of rows of which all columns are taken in.
    pub(crate) fn finish<'s>(&'s self, states: &'s [State]) -> impl Iterator<Item = u128> + 's {
        states.iter().map(|state| state.finish(&self.key))
    }

    fn unread(&self, column: &HashedColumn) -> ReadError {
        format!("{} was not read", self.place(column))
    }

    fn place(&self, column: &HashedColumn) -> String {
        format!("column `{}` of the {} side", column.field.name(), self.side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        laws::samples::{self, Sample},
        settings::Settings,
        shape,
        table::Table,
    };

    fn hashes(
        side: Side,
        samples: [&Sample; 2],
        columns: &[Column<'_>],
        key: &HashKey,
    ) -> Vec<u128> {
        let [legacy, governed] = samples;
        let hasher = RowHasher::new(side, columns, [&legacy.schema(), &governed.schema()], key);
        let own = if side == Side::Legacy { legacy } else { governed };
        let mut found = Vec::new();
        hasher.hash(own, hasher.reads(), 0, (&mut Vec::new(), &mut found)).unwrap();
        found
    }

    fn with_columns(legacy: &Sample, governed: &Sample, run: impl FnOnce(&[Column<'_>])) {
        let (facts, settings) = (crate::laws::fixtures::facts(), Settings::new(vec![]).unwrap());
        let statement = crate::laws::fixtures::statement(&facts);
        let shape =
            shape::plan(&statement, &legacy.schema(), &governed.schema(), &settings).unwrap();
        run(&shape.unwrap().columns);
    }

    /// Every value of every type beside every value of every other: the hashes are equal where the
    /// canonical bytes are, and only there.
    #[test]
    fn equal_hashes_are_equal_bytes() {
        let samples = samples::all();
        let key = HashKey::random();
        let mut met = 0;
        for legacy in &samples {
            for governed in &samples {
                with_columns(legacy, governed, |columns| {
                    let l = hashes(Side::Legacy, [legacy, governed], columns, &key);
                    let g = hashes(Side::Governed, [legacy, governed], columns, &key);
                    let table = |side, batch: &Sample| {
                        Table::new(side, &batch.schema(), std::slice::from_ref(batch)).unwrap()
                    };
                    let encoded = |table: &Table| -> Vec<Vec<u8>> {
                        let row = |row| {
                            let mut bytes = Vec::new();
                            table.encode_row(row, columns, &mut bytes).unwrap();
                            bytes
                        };
                        (0..table.rows()).map(row).collect()
                    };
                    let (p, q) = (
                        encoded(&table(Side::Legacy, legacy)),
                        encoded(&table(Side::Governed, governed)),
                    );
                    let disjoint = columns.iter().any(|column| column.meet.has_disjoint());
                    for (i, x) in p.iter().enumerate() {
                        for (j, y) in q.iter().enumerate() {
                            // Strangers are equal to nothing; bytes are not asked about them.
                            if !disjoint {
                                met += 1;
                                assert_eq!(
                                    x == y,
                                    l[i] == g[j],
                                    "row {i} of {:?} and row {j} of {:?}",
                                    legacy.column(0),
                                    governed.column(0)
                                );
                            }
                        }
                    }
                });
            }
        }
        assert!(met > 10_000, "{met}");
    }

    #[test]
    fn a_stranger_equals_nothing_and_null_equals_null() {
        let (text, ints) = (samples::texts(&[Some("1"), None]), samples::ints(&[Some(1), None]));
        with_columns(&text, &ints, |columns| {
            let key = HashKey::random();
            let l = hashes(Side::Legacy, [&text, &ints], columns, &key);
            let g = hashes(Side::Governed, [&text, &ints], columns, &key);
            assert_ne!(l[0], g[0]);
            assert_eq!(l[1], g[1]);
        });
    }

    #[test]
    fn a_column_that_was_not_read_is_named() {
        let ints = samples::ints(&[Some(1)]);
        with_columns(&ints, &ints, |columns| {
            let key = HashKey::random();
            let schema = ints.schema();
            let hasher = RowHasher::new(Side::Legacy, columns, [&schema, &schema], &key);
            let none = ints.project(&[]).unwrap();
            let error = hasher.hash(&none, &[], 0, (&mut Vec::new(), &mut Vec::new())).unwrap_err();
            assert_eq!(error, "column `c0` of the legacy side was not read");
        });
    }
}
