//! A table in memory from Arrow batches.

use crate::{
    decimal, failure,
    pg_type::{self, PgType},
    reader::{AsyncReader, check_columns},
};
use arrow::{
    array::{Array as _, ArrayRef, AsArray as _, ListArray},
    datatypes::{DataType, Field, FieldRef, Schema},
    record_batch::{RecordBatch, RecordBatchReader},
};
use datafusion::datasource::MemTable;
use model::{Failure, FailureClass, SqlState, catalog::CatalogTable, logical};
use std::sync::Arc;

/// Scale for a `numeric` that names none; a value with more digits after the point is an error.
const SCALE_DEFAULT: i8 = 9;

/// Reads all rows into a table of `partitions` parts; gives it with the row count.
pub(super) async fn read(
    table: &CatalogTable,
    rows: Box<dyn RecordBatchReader + Send>,
    partitions: usize,
) -> Result<(MemTable, u64), Failure> {
    let mut reader = AsyncReader::new(rows);
    check_columns(table, reader.schema())?;
    let mut fields = Vec::new();
    for (column, field) in table.columns.iter().zip(reader.schema().fields()) {
        let formed = formed_field(field, &pg_type::parse(&column.data_type))
            .map_err(|message| not_loadable(&column.name, &message))?;
        fields.push(formed.with_name(&column.name).with_nullable(column.nullable));
    }
    let schema = Arc::new(Schema::new(fields));
    let mut parts: Vec<Vec<RecordBatch>> = vec![Vec::new(); partitions.max(1)];
    let mut count = 0_u64;
    let mut turn = 0_usize;
    while let Some(batch) = reader.next().await? {
        let mut arrays = Vec::new();
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            let array = formed_array(array, field.data_type())
                .map_err(|message| not_loadable(field.name(), &message))?;
            if !field.is_nullable() && array.null_count() > 0 {
                return Err(failure::statement(
                    SqlState::parse("23502").unwrap_or(SqlState::DATA_EXCEPTION),
                    format!("column `{}` is NOT NULL, the rows to load hold NULL", field.name()),
                ));
            }
            arrays.push(array);
        }
        let formed = RecordBatch::try_new(Arc::clone(&schema), arrays)
            .map_err(|error| failure::internal(error.to_string()))?;
        count += formed.num_rows() as u64;
        let part = turn % parts.len();
        if let Some(part) = parts.get_mut(part) {
            part.push(formed);
        }
        turn += 1;
    }
    let table = MemTable::try_new(schema, parts).map_err(|error| super::error::of(&error, ""))?;
    Ok((table, count))
}

fn not_loadable(column: &str, message: &str) -> Failure {
    failure::failure(
        FailureClass::Unrepresentable,
        SqlState::DATATYPE_MISMATCH,
        format!("column `{column}`: {message}"),
    )
}

/// DataFusion computes with decimals, not with numerics as text.
fn formed_field(field: &Field, wanted: &PgType) -> Result<Field, String> {
    let declared = match wanted {
        PgType::Numeric(Some((precision, scale))) => Some((*precision, *scale)),
        _ => None,
    };
    if logical::extension_name(field) == Some(logical::NUMERIC) {
        let (precision, scale) = declared.unwrap_or((38, SCALE_DEFAULT));
        return decimal_field(precision, scale);
    }
    match field.data_type() {
        DataType::Decimal128(precision, scale) => {
            let (precision, scale) = declared.unwrap_or((*precision, *scale));
            decimal_field(precision, scale)
        }
        DataType::List(item) => {
            let element = match wanted {
                PgType::Array(element) => element,
                _ => &PgType::Other,
            };
            let item = formed_field(item, element)?.with_name("item");
            Ok(Field::new("", DataType::List(Arc::new(item)), true))
        }
        _ => {
            // Only what the type means stays; an engine's name of it would be out of place.
            let mut metadata = field.metadata().clone();
            metadata.retain(|name, _| name == logical::EXTENSION_NAME);
            Ok(Field::new("", field.data_type().clone(), true).with_metadata(metadata))
        }
    }
}

fn decimal_field(precision: u8, scale: i8) -> Result<Field, String> {
    if !(1..=38).contains(&precision) || scale < 0 || scale > precision.cast_signed() {
        return Err(format!("DataFusion has no exact decimal({precision},{scale}) in 128 bits"));
    }
    Ok(Field::new("", DataType::Decimal128(precision, scale), true))
}

fn formed_array(array: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, String> {
    match wanted {
        same if array.data_type() == same => Ok(Arc::clone(array)),
        DataType::Decimal128(precision, scale) => {
            decimal::exact_array(array, *precision, scale.unsigned_abs())
        }
        DataType::List(item) => relisted(array, item),
        other => Err(format!("rows of type {} where {other} was announced", array.data_type())),
    }
}

fn relisted(array: &ArrayRef, item: &FieldRef) -> Result<ArrayRef, String> {
    let list = array.as_list::<i32>();
    let values = formed_array(list.values(), item.data_type())?;
    ListArray::try_new(Arc::clone(item), list.offsets().clone(), values, list.nulls().cloned())
        .map(|list| Arc::new(list) as ArrayRef)
        .map_err(|error| error.to_string())
}
