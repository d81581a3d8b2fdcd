//! Intervals, which the decoder would change.
//!
//! Parquet's INTERVAL is three unsigned numbers: months, days, milliseconds. The decoder makes days
//! and milliseconds of it and drops the months. So the column is read as the 12 bytes that it is,
//! and becomes Arrow's months, days and nanoseconds here.
//! Source: <https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#interval>.

use arrow::{
    array::{Array, ArrayRef, AsArray, IntervalMonthDayNanoArray, RecordBatch, RecordBatchOptions},
    datatypes::{
        DataType, Field, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalUnit, Schema,
        SchemaRef,
    },
};
use parquet::{
    basic::{ConvertedType, Repetition, Type as Physical},
    schema::types::{SchemaDescriptor, Type},
};
use std::sync::Arc;

const NANOS_PER_MILLI: i64 = 1_000_000;

/// The type of an interval that keeps all that Parquet has.
const INTERVAL: DataType = DataType::Interval(IntervalUnit::MonthDayNano);

/// The columns that are intervals, by their positions among all columns of the table.
///
/// # Errors
/// An interval inside of a list or a structure.
pub(super) fn columns(schema: &SchemaDescriptor) -> Result<Vec<usize>, String> {
    let mut found = Vec::new();
    for (leaf, column) in schema.columns().iter().enumerate() {
        if column.converted_type() != ConvertedType::INTERVAL {
            continue;
        }
        if column.path().parts().len() > 1 || column.max_rep_level() > 0 {
            return Err(format!(
                "column `{}` holds intervals inside of a list or a structure, which are not read; \
                 write them as text, or leave the column out",
                column.path().string()
            ));
        }
        found.push(schema.get_column_root_idx(leaf));
    }
    Ok(found)
}

/// The same schema, where these columns are plain bytes.
///
/// # Errors
/// A schema that cannot be built.
pub(super) fn as_bytes(
    schema: &SchemaDescriptor,
    intervals: &[usize],
) -> Result<SchemaDescriptor, String> {
    let root = schema.root_schema();
    let fields = root.get_fields().iter().enumerate().map(|(column, field)| {
        if !intervals.contains(&column) {
            return Ok(Arc::clone(field));
        }
        let info = field.get_basic_info();
        let repetition =
            if info.has_repetition() { info.repetition() } else { Repetition::OPTIONAL };
        Type::primitive_type_builder(field.name(), Physical::FIXED_LEN_BYTE_ARRAY)
            .with_length(12)
            .with_repetition(repetition)
            .build()
            .map(Arc::new)
            .map_err(|error| error.to_string())
    });
    let fields = fields.collect::<Result<Vec<_>, String>>()?;
    let root = Type::group_type_builder(root.name()).with_fields(fields).build();
    Ok(SchemaDescriptor::new(Arc::new(root.map_err(|error| error.to_string())?)))
}

/// The schema of the rows, where these columns are intervals again.
pub(super) fn restored(schema: &SchemaRef, intervals: &[usize]) -> SchemaRef {
    if intervals.is_empty() {
        return Arc::clone(schema);
    }
    let fields = schema.fields().iter().enumerate().map(|(column, field)| {
        if intervals.contains(&column) {
            Arc::new(Field::new(field.name(), INTERVAL, field.is_nullable()))
        } else {
            Arc::clone(field)
        }
    });
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}

/// A batch whose columns (by their positions in it) are made intervals of bytes.
///
/// # Errors
/// An interval of more than 2^31 months or days.
pub(super) fn batch(batch: RecordBatch, intervals: &[usize]) -> Result<RecordBatch, String> {
    if intervals.is_empty() {
        return Ok(batch);
    }
    let schema = restored(&batch.schema(), intervals);
    let columns = batch.columns().iter().enumerate().map(|(column, array)| {
        if intervals.contains(&column) { array_of(array) } else { Ok(Arc::clone(array)) }
    });
    let columns = columns.collect::<Result<Vec<_>, String>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(schema, columns, &options).map_err(|error| error.to_string())
}

fn array_of(array: &ArrayRef) -> Result<ArrayRef, String> {
    let Some(bytes) = array.as_fixed_size_binary_opt() else {
        return Err(format!("an interval came as {}", array.data_type()));
    };
    let values = bytes.iter().map(|bytes| bytes.map(interval).transpose());
    let values = values.collect::<Result<Vec<_>, String>>()?;
    Ok(Arc::new(IntervalMonthDayNanoArray::from(values)))
}

fn interval(bytes: &[u8]) -> Result<IntervalMonthDayNano, String> {
    let (numbers, _) = bytes.as_chunks::<4>();
    let [months, days, millis] = numbers else {
        return Err("an interval does not have 12 bytes".to_owned());
    };
    let number = |bytes: &[u8; 4]| {
        i32::try_from(u32::from_le_bytes(*bytes))
            .map_err(|_| "an interval of more than 2147483647 months or days".to_owned())
    };
    let nanos = i64::from(u32::from_le_bytes(*millis)) * NANOS_PER_MILLI;
    Ok(IntervalMonthDayNanoType::make_value(number(months)?, number(days)?, nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_dropped() {
        let bytes: Vec<u8> =
            [14_u32, 3, 2_520_000_000].into_iter().flat_map(u32::to_le_bytes).collect();
        let read = interval(&bytes).unwrap();
        assert_eq!((read.months, read.days, read.nanoseconds), (14, 3, 2_520_000_000_000_000));
        assert!(interval(&[0xff; 12]).is_err());
        assert!(interval(&[0; 8]).is_err());
    }
}
