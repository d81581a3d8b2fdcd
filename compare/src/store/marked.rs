//! Rows with their marks: columns behind those of the result that say a row's hash and its place.

use crate::hash::{halves, length};
use arrow::{
    array::{
        Array, ArrayRef, AsArray as _, RecordBatch, RecordBatchOptions, UInt64Array, make_array,
    },
    compute::{cast, interleave, take_record_batch},
    datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, UInt64Type},
    error::ArrowError,
};
use std::sync::Arc;

/// Columns behind those of the result: the halves of the row's hash, and its place in the result.
const MARKS: [&str; 3] = ["hash, lower half", "hash, upper half", "place"];

/// Hash and place of a row.
type Mark = (u128, u64);

/// The schema of a side with the marks.
pub(crate) fn marked_schema(schema: &Schema) -> SchemaRef {
    let marks = MARKS.map(|name| FieldRef::new(Field::new(name, DataType::UInt64, false)));
    let fields: Vec<FieldRef> = schema.fields().iter().map(plain).chain(marks).collect();
    Arc::new(Schema::new(fields))
}

/// The field without dictionaries: each batch may have one of its own, and together they may have more
/// values than their keys count.
fn plain(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        DataType::List(item) => DataType::List(plain(item)),
        DataType::LargeList(item) => DataType::LargeList(plain(item)),
        DataType::FixedSizeList(item, count) => DataType::FixedSizeList(plain(item), *count),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain).collect()),
        _ => return FieldRef::clone(field),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

/// The rows of a batch, of which the first one stands at `start`, with their hashes.
pub(super) fn mark(
    batch: &RecordBatch,
    hashes: &[u128],
    start: u64,
    schema: &SchemaRef,
) -> Result<RecordBatch, ArrowError> {
    let half = |upper: bool| -> ArrayRef {
        let halves = hashes.iter().map(|hash| {
            let [low, high] = halves(*hash);
            if upper { high } else { low }
        });
        Arc::new(halves.collect::<UInt64Array>())
    };
    let end = start + length(batch.num_rows());
    let places: ArrayRef = Arc::new((start..end).collect::<UInt64Array>());
    let own = batch.columns().iter().zip(schema.fields()).map(|(column, field)| {
        if column.data_type() == field.data_type() {
            return Ok(ArrayRef::clone(column));
        }
        cast(column, field.data_type())
    });
    let mut columns = own.collect::<Result<Vec<_>, _>>()?;
    columns.extend([half(false), half(true), places]);
    RecordBatch::try_new(SchemaRef::clone(schema), columns)
}

/// The marks of a batch's rows; the batch ends with the columns of the marks.
pub(super) fn marks(batch: &RecordBatch) -> impl Iterator<Item = Mark> + '_ {
    let count = batch.num_columns();
    let mark = |back: usize| -> &[u64] {
        let array = count.checked_sub(back).and_then(|place| batch.columns().get(place));
        array
            .and_then(|array| array.as_primitive_opt::<UInt64Type>())
            .map_or(&[], |array| array.values())
    };
    let words = mark(3).iter().zip(mark(2)).zip(mark(1));
    words.map(|((lower, upper), place)| ((u128::from(*upper) << 64) | u128::from(*lower), *place))
}

/// The batches without their marks.
pub(super) fn unmarked(batches: &[RecordBatch]) -> Result<Vec<RecordBatch>, ArrowError> {
    let own = |batch: &RecordBatch| {
        let own: Vec<usize> = (0..batch.num_columns().saturating_sub(MARKS.len())).collect();
        batch.project(&own)
    };
    batches.iter().map(own).collect()
}

/// Some rows of a batch, in a batch that shares nothing with it.
pub(super) fn take(batch: &RecordBatch, rows: Vec<u64>) -> Result<RecordBatch, ArrowError> {
    let rows = take_record_batch(batch, &UInt64Array::from(rows))?;
    let columns = rows.columns().iter().cloned().map(compact).collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(rows.schema(), columns)
}

/// Rows of several batches, given by batch and row, in one batch that shares nothing with them; nothing
/// of no batches.
pub(crate) fn gather(
    batches: &[RecordBatch],
    rows: &[(usize, usize)],
) -> Result<Option<RecordBatch>, ArrowError> {
    let Some(first) = batches.first() else { return Ok(None) };
    let column = |index: usize| {
        let arrays = batches.iter().filter_map(|batch| batch.columns().get(index));
        let arrays: Vec<&dyn Array> = arrays.map(AsRef::as_ref).collect();
        compact(interleave(&arrays, rows)?)
    };
    let columns = (0..first.num_columns()).map(column).collect::<Result<Vec<_>, ArrowError>>()?;
    of_columns(first.schema(), columns, rows.len()).map(Some)
}

/// A batch of so many rows, which it also has without columns.
pub(super) fn of_columns(
    schema: SchemaRef,
    columns: Vec<ArrayRef>,
    rows: usize,
) -> Result<RecordBatch, ArrowError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, columns, &options)
}

/// The array without what it shares with others: views would keep the texts of all rows in memory,
/// and carry them along where they are written.
pub(super) fn compact(array: ArrayRef) -> Result<ArrayRef, ArrowError> {
    Ok(match array.data_type() {
        DataType::Utf8View if !array.as_string_view().data_buffers().is_empty() => {
            Arc::new(array.as_string_view().gc())
        }
        DataType::BinaryView if !array.as_binary_view().data_buffers().is_empty() => {
            Arc::new(array.as_binary_view().gc())
        }
        data_type if data_type.is_nested() => {
            let data = array.to_data();
            let inner = data
                .child_data()
                .iter()
                .map(|child| compact(make_array(child.clone())).map(|child| child.to_data()));
            let inner = inner.collect::<Result<Vec<_>, ArrowError>>()?;
            make_array(data.into_builder().child_data(inner).build()?)
        }
        _ => array,
    })
}

/// Bytes that the rows of a batch take by themselves, about.
pub(crate) fn row_bytes(batch: &RecordBatch) -> u64 {
    length(batch.columns().iter().map(own_bytes).fold(0, usize::saturating_add))
}

fn own_bytes(array: &ArrayRef) -> usize {
    let views = match array.data_type() {
        DataType::Utf8View => array.as_string_view().views(),
        DataType::BinaryView => array.as_binary_view().views(),
        data_type if data_type.is_nested() => {
            // Offsets and the like, and what lies below.
            let data = array.to_data();
            let below = data.child_data().iter().map(|child| own_bytes(&make_array(child.clone())));
            return below.fold(array.len() * size_of::<u64>(), usize::saturating_add);
        }
        _ => return array.get_array_memory_size(),
    };
    // Views may share buffers with other batches. The lower half of a view is the length.
    let texts = views.iter().map(|view| usize::try_from(*view & 0xffff_ffff).unwrap_or(0));
    size_of_val::<[u128]>(views) + texts.filter(|length| *length > 12).sum::<usize>()
}
