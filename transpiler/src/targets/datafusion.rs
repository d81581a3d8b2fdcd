//! DataFusion 54 as a target.

use sql::Type;

/// Functions and operators with the same value for every input. Each line is executed on
/// PostgreSQL and DataFusion over edge values by the tests.
pub(super) const SAME: &str = include_str!("datafusion_same.txt");

/// The Arrow type of a type's name, as `arrow_cast` takes it; nothing for types whose casts read texts in
/// another way there.
pub(crate) fn arrow_type(name: &str) -> Option<String> {
    Some(match name {
        "BOOLEAN" => "Boolean".to_owned(),
        "SMALLINT" => "Int16".to_owned(),
        "INT" => "Int32".to_owned(),
        "BIGINT" => "Int64".to_owned(),
        "REAL" => "Float32".to_owned(),
        "DOUBLE" => "Float64".to_owned(),
        "VARCHAR" => "Utf8View".to_owned(),
        "DATE" => "Date32".to_owned(),
        _ => format!("Decimal128{}", name.strip_prefix("DECIMAL")?),
    })
}

pub(super) fn type_name(ty: &Type) -> Option<String> {
    Some(match ty {
        Type::Bool => "BOOLEAN".to_owned(),
        Type::Int2 => "SMALLINT".to_owned(),
        Type::Int4 => "INT".to_owned(),
        Type::Int8 => "BIGINT".to_owned(),
        Type::Numeric(Some(s)) if s.precision <= 38 => {
            format!("DECIMAL({}, {})", s.precision.max(1), s.scale)
        }
        Type::Float8 => "DOUBLE".to_owned(),
        Type::Float4 => "REAL".to_owned(),
        Type::Text | Type::Varchar(_) => "VARCHAR".to_owned(),
        Type::Date => "DATE".to_owned(),
        // Without a precision the type counts nanoseconds and ends in the year 2262.
        Type::Timestamp => "TIMESTAMP(6)".to_owned(),
        Type::TimestampTz => "TIMESTAMP(6) WITH TIME ZONE".to_owned(),
        Type::Interval => "INTERVAL".to_owned(),
        Type::Bytea => "BYTEA".to_owned(),
        // Its texts sort as its bytes do.
        Type::Uuid => "VARCHAR".to_owned(),
        Type::Array(element) => format!("{}[]", type_name(element)?),
        _ => return None,
    })
}
