//! Which cells of paired rows are not the same.

use crate::{
    hash::{HashKey, RowHasher, length},
    reader::Reader,
    shape::Column,
    table::Table,
    value::Value,
};
use arrow::{
    array::{Array, ArrayRef, BooleanArray, RecordBatch, UInt64Array},
    compute::{filter, kernels::cmp::distinct, take},
    datatypes::{FieldRef, Schema},
};
use model::{Side, logical};
use std::sync::Arc;

/// Rows of both sides that belong together.
pub(crate) struct Paired<'t> {
    tables: [&'t Table; 2],
    pairs: &'t [(usize, usize)],
    /// The rows of each side, pair by pair.
    rows: [UInt64Array; 2],
}

/// The pairs whose cells of a column are not equal, or may not be, in order.
pub(crate) struct Unequal<'p> {
    paired: &'p Paired<'p>,
    column: usize,
    /// The place of each pair, and the hashes of its two cells, where they were asked for.
    hashed: Vec<(usize, Option<[u128; 2]>)>,
    /// The cells themselves, where they lie in arrays.
    cells: Option<[Cells; 2]>,
}

/// The cells of one side, one after the other.
struct Cells {
    array: ArrayRef,
    reader: Reader,
}

impl Cells {
    fn new(field: &FieldRef, array: ArrayRef) -> Result<Self, String> {
        let reader = Reader::new(field, &array)?;
        Ok(Self { array, reader })
    }
}

/// Two cells that are not equal, or may not be.
pub(crate) struct UnequalCells<'u> {
    /// The place of their pair.
    pub(crate) place: usize,
    /// The rows: legacy, governed.
    pub(crate) rows: (usize, usize),
    /// Of the cells, where they were asked for; the cells are not equal then.
    pub(crate) hashes: Option<[u128; 2]>,
    /// Their place among those of the column.
    at: usize,
    of: &'u Unequal<'u>,
}

impl Unequal<'_> {
    /// The cells of each side, where they lie in arrays whose type alone says what they mean.
    pub(crate) fn arrays(&self) -> Option<[&dyn Array; 2]> {
        let is_plain = |table: &&Table| {
            let field = table.schema().fields().get(self.column);
            field.is_some_and(|field| logical::extension_name(field).is_none())
        };
        let cells = self.cells.as_ref().filter(|_| self.paired.tables.iter().all(is_plain))?;
        Some(cells.each_ref().map(|cells| cells.array.as_ref()))
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = UnequalCells<'_>> {
        self.hashed.iter().enumerate().filter_map(|(at, &(place, hashes))| {
            let rows = *self.paired.pairs.get(place)?;
            Some(UnequalCells { place, rows, hashes, at, of: self })
        })
    }
}

impl<'u> UnequalCells<'u> {
    /// Their values.
    pub(crate) fn values(&self) -> Result<[Value<'u>; 2], String> {
        let Unequal { paired, column, cells, .. } = self.of;
        if let Some([legacy, governed]) = cells {
            return Ok([legacy.reader.value(self.at)?, governed.reader.value(self.at)?]);
        }
        let [legacy, governed] = paired.tables;
        Ok([legacy.value(self.rows.0, *column)?, governed.value(self.rows.1, *column)?])
    }
}

impl<'t> Paired<'t> {
    pub(crate) fn new(tables: [&'t Table; 2], pairs: &'t [(usize, usize)]) -> Self {
        let legacy = pairs.iter().map(|(l, _)| length(*l)).collect();
        let governed = pairs.iter().map(|(_, g)| length(*g)).collect();
        Self { tables, pairs, rows: [legacy, governed] }
    }

    /// At least the pairs whose cells of a column are not equal, for who looks at the cells: without
    /// their hashes where bits say it.
    pub(crate) fn perhaps_unequal(
        &'t self,
        column: &Column<'_>,
        key: &HashKey,
    ) -> Result<Unequal<'t>, String> {
        let Some(Apart { fields: [l_field, g_field], arrays: [legacy, governed], differs }) =
            self.apart(column)
        else {
            return self.unequal(column, key);
        };
        let cells =
            |field: &FieldRef, array: &ArrayRef| Cells::new(field, picked(array, &differs)?);
        let cells = [cells(&l_field, &legacy)?, cells(&g_field, &governed)?];
        let hashed = differs.values().set_indices().map(|place| (place, None)).collect();
        Ok(Unequal { paired: self, column: column.index, hashed, cells: Some(cells) })
    }

    /// The pairs whose cells of a column are not equal.
    pub(crate) fn unequal(
        &'t self,
        column: &Column<'_>,
        key: &HashKey,
    ) -> Result<Unequal<'t>, String> {
        let (hashed, cells) = match self.apart(column) {
            Some(apart) => self.of_apart(column, &apart, key)?,
            None => (self.of_all(column, key)?, None),
        };
        let hashed = hashed.into_iter().map(|(place, hashes)| (place, Some(hashes))).collect();
        Ok(Unequal { paired: self, column: column.index, hashed, cells })
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
    ) -> Result<(Vec<Hashed>, Option<[Cells; 2]>), String> {
        if apart.true_count() == 0 {
            return Ok((Vec::new(), None));
        }
        let [l_schema, g_schema] = self.tables.map(Table::schema);
        let hashes = |side: Side, cells: &ArrayRef| -> Result<Vec<u128>, String> {
            // Rows that were laid down have no dictionaries any more.
            let field = side.of(fields.each_ref()).as_ref().clone();
            let schema = Schema::new(vec![field.with_data_type(cells.data_type().clone())]);
            let schema = Arc::new(schema);
            let batch = RecordBatch::try_new(schema, vec![ArrayRef::clone(cells)])
                .map_err(|error| error.to_string())?;
            let hasher = RowHasher::new(side, [column], [l_schema, g_schema], key);
            let mut found = Vec::new();
            hasher.hash(&batch, &[column.index], 0, (&mut Vec::new(), &mut found))?;
            Ok(found)
        };
        let [legacy, governed] = arrays;
        let (legacy, governed) = (picked(legacy, apart)?, picked(governed, apart)?);
        let hashes =
            hashes(Side::Legacy, &legacy)?.into_iter().zip(hashes(Side::Governed, &governed)?);
        let mut unequal: Vec<_> =
            apart.values().set_indices().zip(hashes.map(<[u128; 2]>::from)).collect();
        // Values may be equal although their bits are not, as those of NaN.
        let really: BooleanArray = unequal.iter().map(|(_, [l, g])| Some(l != g)).collect();
        let [l_field, g_field] = fields;
        let cells = |field: &FieldRef, array: ArrayRef| {
            Cells::new(field, if really.has_false() { picked(&array, &really)? } else { array })
        };
        let cells = [cells(l_field, legacy)?, cells(g_field, governed)?];
        unequal.retain(|(_, [l, g])| l != g);
        Ok((unequal, Some(cells)))
    }

    fn of_all(&self, column: &Column<'_>, key: &HashKey) -> Result<Vec<Hashed>, String> {
        let [l_schema, g_schema] = self.tables.map(Table::schema);
        let hashes = |side: Side, rows: &[usize]| {
            let hasher = RowHasher::new(side, [column], [l_schema, g_schema], key);
            side.of(self.tables).hashes_of(rows, &hasher)
        };
        // Only of these pairs: who asks for some at a time must not pay for all rows each time.
        let (legacy, governed): (Vec<_>, Vec<_>) = self.pairs.iter().copied().unzip();
        let (legacy, governed) =
            (hashes(Side::Legacy, &legacy)?, hashes(Side::Governed, &governed)?);
        let cells = legacy.into_iter().zip(governed).map(<[u128; 2]>::from).enumerate();
        Ok(cells.filter(|(_, [l, g])| l != g).collect())
    }
}

fn picked(array: &ArrayRef, which: &BooleanArray) -> Result<ArrayRef, String> {
    filter(array, which).map_err(|error| error.to_string())
}

/// The place of a pair, and the hashes of its two cells.
type Hashed = (usize, [u128; 2]);

/// A column of paired rows.
struct Apart {
    fields: [FieldRef; 2],
    arrays: [ArrayRef; 2],
    /// Where the bits differ.
    differs: BooleanArray,
}
