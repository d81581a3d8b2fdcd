//! DuckDB 1.5 as a target.

use sql::Type;

/// Functions and operators with the same value for every input. Each line is executed on
/// PostgreSQL and DuckDB over edge values by the tests.
pub(super) const SAME: &str = include_str!("duckdb_same.txt");

pub(super) fn type_name(ty: &Type) -> Option<String> {
    Some(match ty {
        Type::Bool => "BOOLEAN".to_owned(),
        Type::Int2 => "SMALLINT".to_owned(),
        Type::Int4 => "INTEGER".to_owned(),
        Type::Int8 => "BIGINT".to_owned(),
        Type::Numeric(Some(s)) if s.precision <= 38 => {
            format!("DECIMAL({}, {})", s.precision.max(1), s.scale)
        }
        // Wider values fail loudly when they do not fit.
        Type::Numeric(Some(s)) if s.scale <= 38 => format!("DECIMAL(38, {})", s.scale),
        Type::Float4 => "REAL".to_owned(),
        Type::Float8 => "DOUBLE".to_owned(),
        Type::Text | Type::Varchar(_) => "VARCHAR".to_owned(),
        Type::Bytea => "BLOB".to_owned(),
        Type::Date => "DATE".to_owned(),
        Type::Time => "TIME".to_owned(),
        Type::Timestamp => "TIMESTAMP".to_owned(),
        Type::TimestampTz => "TIMESTAMPTZ".to_owned(),
        Type::Interval => "INTERVAL".to_owned(),
        Type::Uuid => "UUID".to_owned(),
        Type::Json | Type::Jsonb => "JSON".to_owned(),
        Type::Array(element) => format!("{}[]", type_name(element)?),
        Type::Numeric(_)
        | Type::Char(_)
        | Type::Record
        | Type::Unknown
        | Type::Other(_)
        | Type::Money
        | Type::Seconds
        | Type::Zoned
        | Type::Ticks
        | Type::Minutes
        | Type::Internal(_) => return None,
    })
}
