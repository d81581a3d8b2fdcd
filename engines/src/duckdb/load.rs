//! Filling a table by DuckDB's appender, from Arrow batches.
//!
//! The driver's appender drops the NULLs of interval columns (duckdb-rs 1.10505), so intervals go
//! as text into a staging table and are cast on the way to the real one.

use super::error;
use crate::{
    decimal, failure,
    pg_type::{self, PgType},
    reader::reading_failed,
};
use arrow::{
    array::{Array as _, ArrayRef, AsArray as _, ListArray, StringArray},
    compute::{CastOptions, cast_with_options},
    datatypes::{
        DataType, Field, FieldRef, IntervalMonthDayNanoType, IntervalUnit, Schema, TimeUnit,
    },
    record_batch::{RecordBatch, RecordBatchReader},
};
use duckdb::Connection;
use model::{Failure, FailureClass, SqlState, catalog::CatalogTable, logical};
use std::sync::Arc;

/// Scale for a `numeric` that names none; a value with more digits after the point is an error.
const SCALE_DEFAULT: u8 = 9;
const STAGE: &str = "gnomon_load_stage";

/// Replaces the table by one with these rows, all in one transaction.
pub(super) fn load(
    connection: &Connection,
    table: &CatalogTable,
    rows: Box<dyn RecordBatchReader + Send>,
) -> Result<u64, Failure> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| error::of(&error));
    let schema = rows.schema();
    let columns = table
        .columns
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| {
            Column::plan(field, &pg_type::parse(&column.data_type))
                .map_err(|message| not_loadable(&column.name, &message))
        })
        .collect::<Result<Vec<_>, _>>()?;
    run("BEGIN TRANSACTION")?;
    let filled = fill(connection, table, &columns, rows);
    match filled {
        Ok(count) => run("COMMIT").map(|()| count),
        Err(failure) => {
            // The failure that matters is the first one.
            let _ = run("ROLLBACK");
            Err(failure)
        }
    }
}

fn fill(
    connection: &Connection,
    table: &CatalogTable,
    columns: &[Column],
    rows: Box<dyn RecordBatchReader + Send>,
) -> Result<u64, Failure> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| error::of(&error));
    let name = qualified(table);
    if let Some(schema) = &table.schema {
        run(&format!("CREATE SCHEMA IF NOT EXISTS {}", quote(schema)))?;
    }
    run(&format!("DROP TABLE IF EXISTS {name}"))?;
    let create = definitions(table, columns, |column| &column.sql_type);
    run(&format!("CREATE TABLE {name} ({create})"))?;
    let staged = columns.iter().any(|column| column.stage_type.is_some());
    let appender = if staged {
        let create = definitions(table, columns, |column| {
            column.stage_type.as_ref().unwrap_or(&column.sql_type)
        });
        run(&format!("CREATE OR REPLACE TEMP TABLE {STAGE} ({create})"))?;
        connection.appender_to_catalog_and_db(STAGE, "temp", "main")
    } else {
        let schema = match &table.schema {
            Some(schema) => schema.clone(),
            None => current_schema(connection)?,
        };
        connection.appender_to_db(&table.name, &schema)
    };
    let mut appender = appender.map_err(|error| error::of(&error))?;
    let mut count = 0_u64;
    for batch in rows {
        let batch = batch.map_err(|error| reading_failed(&error))?;
        count += batch.num_rows() as u64;
        let formed = form(table, columns, &batch)?;
        appender.append_record_batch(formed).map_err(|error| error::of(&error))?;
    }
    appender.flush().map_err(|error| error::of(&error))?;
    drop(appender);
    if staged {
        let casts: Vec<String> = table
            .columns
            .iter()
            .zip(columns)
            .map(|(of, column)| format!("CAST({} AS {})", quote(&of.name), column.sql_type))
            .collect();
        run(&format!("INSERT INTO {name} SELECT {} FROM temp.{STAGE}", casts.join(", ")))?;
        run(&format!("DROP TABLE temp.{STAGE}"))?;
    }
    Ok(count)
}

fn current_schema(connection: &Connection) -> Result<String, Failure> {
    connection
        .query_row("SELECT current_schema()", [], |row| row.get(0))
        .map_err(|error| error::of(&error))
}

fn definitions<'a>(
    table: &CatalogTable,
    columns: &'a [Column],
    type_of: impl Fn(&'a Column) -> &'a String,
) -> String {
    let columns = table.columns.iter().zip(columns).map(|(of, column)| {
        let null = if of.nullable { "" } else { " NOT NULL" };
        format!("{} {}{null}", quote(&of.name), type_of(column))
    });
    columns.collect::<Vec<_>>().join(", ")
}

fn form(
    table: &CatalogTable,
    columns: &[Column],
    batch: &RecordBatch,
) -> Result<RecordBatch, Failure> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for ((of, column), array) in table.columns.iter().zip(columns).zip(batch.columns()) {
        let array = column.form.apply(array).map_err(|message| not_loadable(&of.name, &message))?;
        fields.push(column.field.clone().with_name(&of.name));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|error| failure::internal(error.to_string()))
}

fn not_loadable(column: &str, message: &str) -> Failure {
    failure::failure(
        FailureClass::Unrepresentable,
        SqlState::DATATYPE_MISMATCH,
        format!("column `{column}`: {message}"),
    )
}

/// How one column is loaded.
struct Column {
    /// DuckDB's type in the table.
    sql_type: String,
    /// The type in the staging table, where it is another.
    stage_type: Option<String>,
    /// What the appender is given.
    field: Field,
    form: Form,
}

enum Form {
    Keep,
    /// A cast that keeps every value or fails.
    Cast(DataType),
    /// Text or another decimal, exactly, as a decimal.
    Decimal {
        precision: u8,
        scale: u8,
    },
    IntervalText,
    List(FieldRef, Box<Form>),
}

impl Column {
    fn simple(sql_type: &str, data_type: DataType, form: Form) -> Self {
        Self {
            sql_type: sql_type.to_owned(),
            stage_type: None,
            field: Field::new("", data_type, true),
            form,
        }
    }

    fn plan(field: &Field, wanted: &PgType) -> Result<Self, String> {
        let kept =
            |sql_type: &str| Ok(Self::simple(sql_type, field.data_type().clone(), Form::Keep));
        let cast = |sql_type: &str, data_type: DataType| {
            Ok(Self::simple(sql_type, data_type.clone(), Form::Cast(data_type)))
        };
        match logical::extension_name(field) {
            Some(logical::UUID) => {
                let data_type = DataType::FixedSizeBinary(16);
                let field = logical::extension_field("", data_type, logical::UUID, true);
                return Ok(Self { field, ..Self::simple("UUID", DataType::Null, Form::Keep) });
            }
            Some(logical::JSON) => return cast("JSON", DataType::Utf8),
            Some(logical::NUMERIC) => {
                let (precision, scale) = match wanted {
                    PgType::Numeric(Some((precision, scale))) => decimal_type(*precision, *scale)?,
                    _ => (38, SCALE_DEFAULT),
                };
                return Ok(Self::decimal(precision, scale));
            }
            _ => {}
        }
        match field.data_type() {
            DataType::Boolean => kept("BOOLEAN"),
            DataType::Int8 => kept("TINYINT"),
            DataType::Int16 => kept("SMALLINT"),
            DataType::Int32 => kept("INTEGER"),
            DataType::Int64 => kept("BIGINT"),
            DataType::UInt8 => kept("UTINYINT"),
            DataType::UInt16 => kept("USMALLINT"),
            DataType::UInt32 => kept("UINTEGER"),
            DataType::UInt64 => kept("UBIGINT"),
            DataType::Float32 => kept("FLOAT"),
            DataType::Float64 => kept("DOUBLE"),
            DataType::Decimal128(precision, scale) => {
                let (precision, scale) = match wanted {
                    PgType::Numeric(Some((precision, scale))) => decimal_type(*precision, *scale)?,
                    _ => decimal_type(*precision, *scale)?,
                };
                Ok(Self::decimal(precision, scale))
            }
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
                cast(if *wanted == PgType::Json { "JSON" } else { "VARCHAR" }, DataType::Utf8)
            }
            DataType::Dictionary(_, value) if value.is_string() => cast("VARCHAR", DataType::Utf8),
            DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_) => cast("BLOB", DataType::Binary),
            DataType::Date32 => kept("DATE"),
            DataType::Time32(_) | DataType::Time64(TimeUnit::Microsecond) => {
                cast("TIME", DataType::Time64(TimeUnit::Microsecond))
            }
            DataType::Timestamp(TimeUnit::Nanosecond, None) => kept("TIMESTAMP_NS"),
            DataType::Timestamp(TimeUnit::Nanosecond, Some(_)) => {
                Err("nanoseconds with a time zone have no type in DuckDB".to_owned())
            }
            DataType::Timestamp(_, None) => {
                cast("TIMESTAMP", DataType::Timestamp(TimeUnit::Microsecond, None))
            }
            DataType::Timestamp(_, Some(_)) => {
                cast("TIMESTAMPTZ", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))
            }
            DataType::Interval(IntervalUnit::MonthDayNano) => Ok(Self {
                stage_type: Some("VARCHAR".to_owned()),
                ..Self::simple("INTERVAL", DataType::Utf8, Form::IntervalText)
            }),
            DataType::List(item) => {
                let element = match wanted {
                    PgType::Array(element) => element,
                    _ => &PgType::Other,
                };
                let planned = Self::plan(item, element)?;
                let item = Arc::new(planned.field.with_name("item"));
                Ok(Self {
                    sql_type: format!("{}[]", planned.sql_type),
                    stage_type: planned.stage_type.map(|stage| format!("{stage}[]")),
                    field: Field::new("", DataType::List(Arc::clone(&item)), true),
                    form: Form::List(item, Box::new(planned.form)),
                })
            }
            other => Err(format!("rows of type {other} cannot be loaded into DuckDB")),
        }
    }

    fn decimal(precision: u8, scale: u8) -> Self {
        let data_type = DataType::Decimal128(precision, scale.cast_signed());
        let sql_type = format!("DECIMAL({precision},{scale})");
        Self::simple(&sql_type, data_type, Form::Decimal { precision, scale })
    }
}

/// DuckDB's decimals have 1 to 38 digits, of which 0 to all stand after the point.
fn decimal_type(precision: u8, scale: i8) -> Result<(u8, u8), String> {
    let fits = |scale: &u8| (1..=38).contains(&precision) && *scale <= precision;
    match u8::try_from(scale).ok().filter(fits) {
        Some(scale) => Ok((precision, scale)),
        None => Err(format!("DuckDB has no DECIMAL({precision},{scale})")),
    }
}

impl Form {
    fn apply(&self, array: &ArrayRef) -> Result<ArrayRef, String> {
        match self {
            Self::Keep => Ok(Arc::clone(array)),
            Self::Cast(wanted) if array.data_type() == wanted => Ok(Arc::clone(array)),
            Self::Cast(wanted) => {
                let options = CastOptions { safe: false, ..CastOptions::default() };
                cast_with_options(array, wanted, &options).map_err(|error| error.to_string())
            }
            Self::Decimal { precision, scale } => decimal::exact_array(array, *precision, *scale),
            Self::IntervalText => intervals(array),
            Self::List(item, form) => {
                let list = array.as_list::<i32>();
                let values = form.apply(list.values())?;
                let nulls = list.nulls().cloned();
                ListArray::try_new(Arc::clone(item), list.offsets().clone(), values, nulls)
                    .map(|list| Arc::new(list) as ArrayRef)
                    .map_err(|error| error.to_string())
            }
        }
    }
}

fn intervals(array: &ArrayRef) -> Result<ArrayRef, String> {
    let texts = array
        .as_primitive::<IntervalMonthDayNanoType>()
        .iter()
        .map(|value| {
            let Some(value) = value else { return Ok(None) };
            if value.nanoseconds % 1000 != 0 {
                return Err("an interval has nanoseconds, DuckDB keeps microseconds".to_owned());
            }
            let micros = value.nanoseconds / 1000;
            Ok(Some(format!("{} months {} days {micros} microseconds", value.months, value.days)))
        })
        .collect::<Result<StringArray, _>>()?;
    Ok(Arc::new(texts))
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn qualified(table: &CatalogTable) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&table.name)),
        None => quote(&table.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numeric_without_modifier_gets_a_scale() {
        let field = logical::extension_field("n", DataType::Utf8, logical::NUMERIC, true);
        let planned = Column::plan(&field, &PgType::Numeric(None)).unwrap();
        assert_eq!(planned.sql_type, "DECIMAL(38,9)");
        let planned = Column::plan(&field, &PgType::Numeric(Some((12, 2)))).unwrap();
        assert_eq!(planned.sql_type, "DECIMAL(12,2)");
        assert!(Column::plan(&field, &PgType::Numeric(Some((50, 2)))).is_err());
        assert!(Column::plan(&field, &PgType::Numeric(Some((5, -2)))).is_err());
    }
}
