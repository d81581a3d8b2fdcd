//! One side's rows, addressed by row number over all batches.

use crate::{
    encode::encode,
    hash::{HashKey, RowHasher},
    reader::Reader,
    shape::Column,
    store::gather,
    value::Value,
};
use arrow::{
    array::ArrayRef,
    datatypes::{FieldRef, Schema, SchemaRef},
    record_batch::RecordBatch,
};
use model::{Rows, Side};
use std::sync::Arc;

/// The rows of one side. Row numbers count from 0 in the order of the result.
#[derive(Debug)]
pub(crate) struct Table {
    side: Side,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    readers: Vec<Vec<Reader>>,
    /// First row of each batch.
    starts: Vec<usize>,
    rows: usize,
    /// Where the rows stand in the whole result, if they are not all of it.
    numbers: Option<Vec<u64>>,
    /// Which columns of the result the batches hold, ascending, if they do not hold all.
    places: Option<Vec<usize>>,
}

impl Table {
    /// Opens the batches; an error says why they cannot be read.
    pub(crate) fn new(
        side: Side,
        schema: &SchemaRef,
        batches: &[RecordBatch],
    ) -> Result<Self, String> {
        let mut table = Self {
            side,
            schema: SchemaRef::clone(schema),
            batches: Vec::with_capacity(batches.len()),
            readers: Vec::with_capacity(batches.len()),
            starts: Vec::with_capacity(batches.len()),
            rows: 0,
            numbers: None,
            places: None,
        };
        for batch in batches {
            let readers = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
                Reader::new(field, array).map_err(|error| {
                    format!("column `{}` of the {side} side: {error}", field.name())
                })
            });
            let readers = readers.collect::<Result<Vec<_>, String>>()?;
            if batch.num_rows() > 0 {
                table.batches.push(batch.clone());
                table.readers.push(readers);
                table.starts.push(table.rows);
                table.rows += batch.num_rows();
            }
        }
        Ok(table)
    }

    /// Some columns of all rows of a side; the others read as NULL.
    pub(crate) fn of_columns(
        side: Side,
        rows: &dyn Rows,
        columns: &[&Column<'_>],
    ) -> Result<Self, String> {
        let mut wanted: Vec<usize> = columns.iter().map(|column| column.index).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut batches = Vec::new();
        for part in 0..rows.parts() {
            let read = rows.read(part, &wanted, usize::MAX);
            for batch in read.map_err(|error| format!("the {side} side: {error}"))? {
                batches.push(batch.map_err(|error| format!("the {side} side: {error}"))?);
            }
        }
        let schema = rows.schema().project(&wanted).map_err(|error| error.to_string())?;
        let mut table = Self::new(side, &Arc::new(schema), &batches)?;
        table.places = Some(wanted);
        Ok(table)
    }

    /// The same rows, which stand at these places of the whole result, ascending.
    pub(crate) fn with_numbers(self, numbers: Vec<u64>) -> Self {
        Self { numbers: Some(numbers), ..self }
    }

    /// Whose rows they are.
    pub(crate) fn side(&self) -> Side {
        self.side
    }

    /// Names and types of the columns.
    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The hash of each row.
    pub(crate) fn hashes(&self, hasher: &RowHasher) -> Result<Vec<u128>, String> {
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let (mut states, mut of_batch, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for batch in &self.batches {
            // A row that cannot be read is never in a table.
            hasher.hash(batch, &all, 0, (&mut states, &mut of_batch))?;
            found.append(&mut of_batch);
        }
        Ok(found)
    }

    /// The hashes of some rows.
    pub(crate) fn hashes_of(
        &self,
        rows: &[usize],
        hasher: &RowHasher,
    ) -> Result<Vec<u128>, String> {
        // Few of many are taken out first.
        if rows.len() >= self.rows / 4 {
            let all = self.hashes(hasher)?;
            return Ok(rows.iter().filter_map(|row| all.get(*row).copied()).collect());
        }
        let taken = self.gathered(rows)?;
        let taken = Self::new(self.side, &self.schema, taken.as_slice())?;
        taken.hashes(hasher)
    }

    /// Some rows in one batch, in the given order; nothing of an empty table.
    pub(crate) fn gathered(&self, rows: &[usize]) -> Result<Option<RecordBatch>, String> {
        let place = |row: &usize| {
            let batch = self.starts.partition_point(|start| start <= row).checked_sub(1)?;
            Some((batch, row - self.starts.get(batch)?))
        };
        let places: Vec<_> = rows.iter().filter_map(place).collect();
        gather(&self.batches, &places).map_err(|error| error.to_string())
    }

    /// By its hashes copies on this side are told.
    pub(crate) fn hasher(&self, columns: &[Column<'_>]) -> RowHasher {
        let schemas = [self.schema(), self.schema()];
        RowHasher::new(self.side, columns, schemas, &HashKey::random())
    }

    /// A column of all rows, and its field, where it lies in one array.
    pub(crate) fn array(&self, column: usize) -> Option<(&FieldRef, &ArrayRef)> {
        match self.batches.as_slice() {
            [only] => Some((self.schema.fields().get(column)?, only.columns().get(column)?)),
            _ => None,
        }
    }

    /// Where a row stands in the whole result, from 0.
    pub(crate) fn number(&self, row: usize) -> u64 {
        let own = || u64::try_from(row).unwrap_or(u64::MAX);
        self.numbers
            .as_ref()
            .map_or_else(own, |numbers| numbers.get(row).copied().unwrap_or(u64::MAX))
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// All rows, by number.
    pub(crate) fn all_rows(&self) -> Vec<usize> {
        (0..self.rows).collect()
    }

    /// The value of a cell; NULL outside the table.
    pub(crate) fn value(&self, row: usize, column: usize) -> Result<Value<'_>, String> {
        let batch = self.starts.partition_point(|start| *start <= row).saturating_sub(1);
        let start = self.starts.get(batch).copied().unwrap_or_default();
        let column = match &self.places {
            Some(places) => places.binary_search(&column).unwrap_or(usize::MAX),
            None => column,
        };
        let reader = self.readers.get(batch).and_then(|readers| readers.get(column));
        match reader {
            Some(reader) if row < self.rows => reader.value(row - start).map_err(|error| {
                let name = self.schema.fields().get(column).map_or("", |field| field.name());
                format!("column `{name}` of the {} side, row {row}: {error}", self.side)
            }),
            _ => Ok(Value::Null),
        }
    }

    /// Appends the canonical bytes of the given columns of a row.
    pub(crate) fn encode_row<'c, 'r: 'c>(
        &self,
        row: usize,
        columns: impl IntoIterator<Item = &'c Column<'r>>,
        out: &mut Vec<u8>,
    ) -> Result<(), String> {
        for column in columns {
            encode(&self.value(row, column.index)?, &column.meet, out);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::{
        array::{ArrayRef, Int32Array, StringArray},
        datatypes::DataType,
    };
    use std::sync::Arc;

    fn batch(values: &[i32]) -> RecordBatch {
        let array: ArrayRef = Arc::new(Int32Array::from(values.to_vec()));
        RecordBatch::try_from_iter_with_nullable([("a", array, true)]).unwrap()
    }

    #[test]
    fn rows_are_numbered_over_all_batches() {
        let batches = [batch(&[]), batch(&[1, 2]), batch(&[]), batch(&[3])];
        let table = Table::new(Side::Legacy, &batch(&[]).schema(), &batches).unwrap();
        assert_eq!(table.rows(), 3);
        for (row, value) in [(0, 1), (1, 2), (2, 3)] {
            assert_eq!(table.value(row, 0), Ok(Value::Int(value)));
        }
        assert_eq!(table.value(3, 0), Ok(Value::Null));
        assert_eq!(table.value(0, 1), Ok(Value::Null));
    }

    #[test]
    fn a_bad_value_is_named_with_side_column_and_row() {
        let field =
            model::logical::extension_field("n", DataType::Utf8, model::logical::NUMERIC, true);
        let schema = Arc::new(Schema::new(vec![field]));
        let array: ArrayRef = Arc::new(StringArray::from(vec!["1", "x"]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![array]).unwrap();
        let table = Table::new(Side::Legacy, &schema, &[batch]).unwrap();
        let error = table.value(1, 0).unwrap_err();
        assert_eq!(error, "column `n` of the legacy side, row 1: `x` is no exact number");
    }
}
