//! One side's rows, addressed by row number over all batches.

use crate::{encode::encode, reader::Reader, shape::Column, value::Value};
use arrow::{datatypes::Schema, record_batch::RecordBatch};
use model::Side;

/// The rows of one side. Row numbers count from 0 in the order of the result.
#[derive(Debug)]
pub(crate) struct Table {
    side: Side,
    names: Vec<String>,
    batches: Vec<Vec<Reader>>,
    /// First row of each batch.
    starts: Vec<usize>,
    rows: usize,
}

impl Table {
    /// Opens the batches; an error says why they cannot be read.
    pub(crate) fn new(
        side: Side,
        schema: &Schema,
        batches: &[RecordBatch],
    ) -> Result<Self, String> {
        let mut table = Self {
            side,
            names: schema.fields().iter().map(|field| field.name().clone()).collect(),
            batches: Vec::with_capacity(batches.len()),
            starts: Vec::with_capacity(batches.len()),
            rows: 0,
        };
        for (number, batch) in batches.iter().enumerate() {
            if batch.num_columns() != schema.fields().len() {
                return Err(format!(
                    "batch {number} of the {side} side has {} columns, its schema {}",
                    batch.num_columns(),
                    schema.fields().len()
                ));
            }
            let readers = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
                if !field.data_type().equals_datatype(array.data_type()) {
                    return Err(format!(
                        "batch {number} of the {side} side has {} in column `{}`, its schema {}",
                        array.data_type(),
                        field.name(),
                        field.data_type()
                    ));
                }
                Reader::new(field, array).map_err(|error| {
                    format!("column `{}` of the {side} side: {error}", field.name())
                })
            });
            let readers = readers.collect::<Result<Vec<_>, String>>()?;
            if batch.num_rows() > 0 {
                table.batches.push(readers);
                table.starts.push(table.rows);
                table.rows += batch.num_rows();
            }
        }
        Ok(table)
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The value of a cell; NULL outside the table.
    pub(crate) fn value(&self, row: usize, column: usize) -> Result<Value<'_>, String> {
        let batch = self.starts.partition_point(|start| *start <= row).saturating_sub(1);
        let start = self.starts.get(batch).copied().unwrap_or_default();
        let reader = self.batches.get(batch).and_then(|readers| readers.get(column));
        match reader {
            Some(reader) if row < self.rows => reader.value(row - start).map_err(|error| {
                let name = self.names.get(column).map_or("", String::as_str);
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
        datatypes::{DataType, Field},
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
    fn batches_that_do_not_fit_the_schema_are_named() {
        let schema = Schema::new(vec![Field::new("a", DataType::Utf8, true)]);
        let error = Table::new(Side::Governed, &schema, &[batch(&[1])]).unwrap_err();
        assert_eq!(error, "batch 0 of the governed side has Int32 in column `a`, its schema Utf8");
        let error = Table::new(Side::Legacy, &Schema::empty(), &[batch(&[1])]).unwrap_err();
        assert!(error.contains("has 1 columns, its schema 0"), "{error}");
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
