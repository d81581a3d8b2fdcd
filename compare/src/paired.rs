//! Which cells of paired rows are not the same.

use crate::{
    hash::{HashKey, RowHasher, length},
    shape::Column,
    table::Table,
};
use arrow::{
    array::{ArrayRef, BooleanArray, RecordBatch, UInt64Array},
    compute::{filter, kernels::cmp::distinct, take},
    datatypes::{FieldRef, Schema},
};
use model::Side;
use std::sync::Arc;

/// Rows of both sides that belong together.
pub(crate) struct Paired<'t> {
    tables: [&'t Table; 2],
    pairs: &'t [(usize, usize)],
    /// The rows of each side, pair by pair.
    rows: [UInt64Array; 2],
}

/// The place of a pair, and the hashes of its two cells.
pub(crate) type Unequal = (usize, [u128; 2]);

impl<'t> Paired<'t> {
    pub(crate) fn new(tables: [&'t Table; 2], pairs: &'t [(usize, usize)]) -> Self {
        let legacy = pairs.iter().map(|(l, _)| length(*l)).collect();
        let governed = pairs.iter().map(|(_, g)| length(*g)).collect();
        Self { tables, pairs, rows: [legacy, governed] }
    }

    /// The pairs whose cells of a column are not equal, in order.
    pub(crate) fn unequal(
        &self,
        column: &Column<'_>,
        key: &HashKey,
    ) -> Result<Vec<Unequal>, String> {
        if self.pairs.is_empty() {
            return Ok(Vec::new());
        }
        match self.apart(column) {
            Some(apart) => self.of_apart(column, &apart, key),
            None => self.of_all(column, key),
        }
    }

    /// Both columns pair by pair, and where their bits differ; nothing where bits cannot say it.
    fn apart(&self, column: &Column<'_>) -> Option<Apart> {
        let [legacy, governed] = self.tables.map(|table| table.array(column.index));
        let ((l_field, legacy), (g_field, governed)) = (legacy?, governed?);
        if l_field.data_type() != g_field.data_type() || legacy.data_type().is_nested() {
            return None;
        }
        let [l_rows, g_rows] = &self.rows;
        // What these kernels do not know is compared by its hashes.
        let arrays = [take(legacy, l_rows, None).ok()?, take(governed, g_rows, None).ok()?];
        let [l, g] = &arrays;
        let apart = distinct(l, g).ok()?;
        Some(Apart { fields: [l_field, g_field].map(FieldRef::clone), arrays, differs: apart })
    }

    fn of_apart(
        &self,
        column: &Column<'_>,
        Apart { fields, arrays, differs: apart }: &Apart,
        key: &HashKey,
    ) -> Result<Vec<Unequal>, String> {
        if apart.true_count() == 0 {
            return Ok(Vec::new());
        }
        let [l_schema, g_schema] = self.tables.map(Table::schema);
        let hashes = |side: Side| -> Result<Vec<u128>, String> {
            let (field, array) = (side.of(fields.each_ref()), side.of(arrays.each_ref()));
            let cells = filter(array, apart).map_err(|error| error.to_string())?;
            let schema = Arc::new(Schema::new(vec![FieldRef::clone(field)]));
            let batch =
                RecordBatch::try_new(schema, vec![cells]).map_err(|error| error.to_string())?;
            let hasher = RowHasher::new(side, [column], [l_schema, g_schema], key);
            let mut found = Vec::new();
            hasher.hash(&batch, &[column.index], 0, (&mut Vec::new(), &mut found))?;
            Ok(found)
        };
        let cells = hashes(Side::Legacy)?.into_iter().zip(hashes(Side::Governed)?);
        let found = apart.values().set_indices().zip(cells.map(<[u128; 2]>::from));
        // Values may be equal although their bits are not, as those of NaN.
        Ok(found.filter(|(_, [l, g])| l != g).collect())
    }

    fn of_all(&self, column: &Column<'_>, key: &HashKey) -> Result<Vec<Unequal>, String> {
        let [l_schema, g_schema] = self.tables.map(Table::schema);
        let hashes = |side: Side| {
            let hasher = RowHasher::new(side, [column], [l_schema, g_schema], key);
            side.of(self.tables).hashes(&hasher)
        };
        let (legacy, governed) = (hashes(Side::Legacy)?, hashes(Side::Governed)?);
        let cells = |&(l, g): &(usize, usize)| Some([*legacy.get(l)?, *governed.get(g)?]);
        let pairs = self.pairs.iter().enumerate();
        let unequal = pairs.filter_map(|(place, pair)| Some((place, cells(pair)?)));
        Ok(unequal.filter(|(_, [l, g])| l != g).collect())
    }
}

/// A column of paired rows.
struct Apart {
    fields: [FieldRef; 2],
    arrays: [ArrayRef; 2],
    /// Where the bits differ.
    differs: BooleanArray,
}
