//! DuckDB's names of types, from the Arrow types that it gives for them.

use crate::forms::opaque_type;
use arrow::datatypes::{DataType, Field, TimeUnit};
use model::logical;

/// DuckDB's name of a type, for people.
pub(super) fn engine_type(field: &Field) -> String {
    match logical::extension_name(field) {
        Some("arrow.opaque") => {
            return opaque_type(field).unwrap_or_else(|| "unknown".to_owned()).to_uppercase();
        }
        Some(logical::UUID) => return "UUID".to_owned(),
        Some(logical::JSON) => return "JSON".to_owned(),
        Some("arrow.bool8") => return "BOOLEAN".to_owned(),
        Some(other) => return other.to_owned(),
        None => {}
    }
    let name = match field.data_type() {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "UTINYINT",
        DataType::UInt16 => "USMALLINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "BLOB",
        DataType::Date32 => "DATE",
        DataType::Time64(TimeUnit::Nanosecond) => "TIME_NS",
        DataType::Time64(_) => "TIME",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE",
        DataType::Timestamp(TimeUnit::Second, None) => "TIMESTAMP_S",
        DataType::Timestamp(TimeUnit::Millisecond, None) => "TIMESTAMP_MS",
        DataType::Timestamp(TimeUnit::Microsecond, None) => "TIMESTAMP",
        DataType::Timestamp(TimeUnit::Nanosecond, None) => "TIMESTAMP_NS",
        DataType::Interval(_) => "INTERVAL",
        DataType::Dictionary(..) => "ENUM",
        DataType::Struct(_) => "STRUCT",
        DataType::Map(..) => "MAP",
        DataType::Union(..) => "UNION",
        DataType::Decimal128(precision, scale) => return format!("DECIMAL({precision},{scale})"),
        DataType::List(item) => return format!("{}[]", engine_type(item)),
        DataType::FixedSizeList(item, length) => return format!("{}[{length}]", engine_type(item)),
        other => return other.to_string(),
    };
    name.to_owned()
}
