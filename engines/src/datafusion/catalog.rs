//! What tables there are, with types in PostgreSQL's spelling.

use super::CATALOG;
use arrow::datatypes::{DataType, Field, TimeUnit};
use datafusion::prelude::SessionContext;
use model::{
    Failure,
    catalog::{CatalogColumn, CatalogTable},
    logical,
};

pub(super) async fn read(
    context: &SessionContext,
    own_schema: &str,
) -> Result<Vec<CatalogTable>, Failure> {
    let mut tables = Vec::new();
    let Some(catalog) = context.catalog(CATALOG) else { return Ok(tables) };
    let mut schemas = catalog.schema_names();
    schemas.sort();
    for schema_name in schemas {
        if schema_name == "information_schema" {
            continue;
        }
        let Some(schema) = catalog.schema(&schema_name) else { continue };
        let mut names = schema.table_names();
        names.sort();
        for name in names {
            let found = schema.table(&name).await;
            let Some(table) = found.map_err(|error| super::error::of(&error, ""))? else {
                continue;
            };
            let schema = table.schema();
            let columns = schema.fields().iter().map(|field| CatalogColumn {
                name: field.name().clone(),
                data_type: postgres_spelling(field),
                nullable: field.is_nullable(),
            });
            tables.push(CatalogTable {
                database: None,
                keys: Vec::new(),
                schema: (schema_name != own_schema).then(|| schema_name.clone()),
                columns: columns.collect(),
                name,
            });
        }
    }
    Ok(tables)
}

/// The PostgreSQL type that holds the same values; what there is none for keeps Arrow's name.
fn postgres_spelling(field: &Field) -> String {
    match logical::extension_name(field) {
        Some(logical::UUID) => return "uuid".to_owned(),
        Some(logical::JSON) => return "json".to_owned(),
        Some(logical::NUMERIC) => return "numeric".to_owned(),
        _ => {}
    }
    match field.data_type() {
        DataType::Boolean => "boolean",
        DataType::Int8 | DataType::Int16 | DataType::UInt8 => "smallint",
        DataType::Int32 | DataType::UInt16 => "integer",
        DataType::Int64 | DataType::UInt32 => "bigint",
        DataType::UInt64 => "numeric(20,0)",
        DataType::Float16 | DataType::Float32 => "real",
        DataType::Float64 => "double precision",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text",
        DataType::Dictionary(_, value) => {
            return postgres_spelling(&Field::new("", (**value).clone(), true));
        }
        DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => "bytea",
        DataType::Date32 => "date",
        DataType::Time32(_) | DataType::Time64(TimeUnit::Microsecond) => "time without time zone",
        DataType::Timestamp(_, None) => "timestamp without time zone",
        DataType::Timestamp(_, Some(_)) => "timestamp with time zone",
        DataType::Interval(_) | DataType::Duration(_) => "interval",
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            return format!("numeric({precision},{scale})");
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            return format!("{}[]", postgres_spelling(item));
        }
        other => return other.to_string(),
    }
    .to_owned()
}
