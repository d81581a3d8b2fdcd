//! The Arrow column that stands for a PostgreSQL type.

use arrow::datatypes::{DataType, Field, IntervalUnit, TimeUnit};
use model::{
    catalog::CatalogColumn,
    logical::{self, extension_field},
};
use std::sync::Arc;

/// The types that corpora use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnType {
    Bool,
    Int4,
    Int8,
    Float8,
    /// Precision and scale.
    Numeric(u8, i8),
    /// `text`, `varchar(n)`, and `char(n)` with its padding.
    Text,
    Bytea,
    Date,
    Timestamp,
    Timestamptz,
    Interval,
    Json,
    Uuid,
    Int4Array,
}

impl ColumnType {
    /// Reads a spelling such as `numeric(12,2)`; [`None`] for types that corpora do not use.
    pub(crate) fn parse(spelling: &str) -> Option<Self> {
        let (name, modifier) = match spelling.split_once('(') {
            Some((name, rest)) => (name, Some(rest.strip_suffix(')')?)),
            None => (spelling, None),
        };
        Some(match (name, modifier) {
            ("bool", None) => Self::Bool,
            ("int4", None) => Self::Int4,
            ("int8", None) => Self::Int8,
            ("float8", None) => Self::Float8,
            ("numeric", Some(digits)) => {
                let (precision, scale) = digits.split_once(',')?;
                let (precision, scale) = (precision.parse().ok()?, scale.parse().ok()?);
                if precision > 38 || scale < 0 || i16::from(scale) > i16::from(precision) {
                    return None;
                }
                Self::Numeric(precision, scale)
            }
            ("text", None) => Self::Text,
            ("varchar" | "char", Some(length)) => {
                let _: u32 = length.parse().ok()?;
                Self::Text
            }
            ("bytea", None) => Self::Bytea,
            ("date", None) => Self::Date,
            ("timestamp", None) => Self::Timestamp,
            ("timestamptz", None) => Self::Timestamptz,
            ("interval", None) => Self::Interval,
            ("json", None) => Self::Json,
            ("uuid", None) => Self::Uuid,
            ("int4[]", None) => Self::Int4Array,
            _ => return None,
        })
    }
}

/// The Arrow field of a column, of the type that PostgreSQL's rows arrive in.
///
/// # Errors
/// A message that names the type, where corpora do not use it.
pub fn field(column: &CatalogColumn) -> Result<Field, String> {
    let Some(column_type) = ColumnType::parse(&column.data_type) else {
        return Err(format!(
            "column `{}` has the type `{}`, which no corpus uses yet",
            column.name, column.data_type
        ));
    };
    let data_type = match column_type {
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Int4 => DataType::Int32,
        ColumnType::Int8 => DataType::Int64,
        ColumnType::Float8 => DataType::Float64,
        ColumnType::Numeric(precision, scale) => DataType::Decimal128(precision, scale),
        ColumnType::Text => DataType::Utf8,
        ColumnType::Bytea => DataType::Binary,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Timestamptz => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::Interval => DataType::Interval(IntervalUnit::MonthDayNano),
        ColumnType::Json => {
            let (name, nullable) = (&column.name, column.nullable);
            return Ok(extension_field(name, DataType::Utf8, logical::JSON, nullable));
        }
        ColumnType::Uuid => {
            let storage = DataType::FixedSizeBinary(16);
            return Ok(extension_field(&column.name, storage, logical::UUID, column.nullable));
        }
        ColumnType::Int4Array => {
            DataType::List(Arc::new(Field::new_list_field(DataType::Int32, true)))
        }
    };
    Ok(Field::new(&column.name, data_type, column.nullable))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(data_type: &str) -> CatalogColumn {
        CatalogColumn { name: "c".into(), data_type: data_type.into(), nullable: true }
    }

    #[test]
    fn types_become_what_engines_return() {
        let of = |name| field(&column(name)).unwrap();
        assert_eq!(of("numeric(15,2)").data_type(), &DataType::Decimal128(15, 2));
        assert_eq!(of("char(6)").data_type(), &DataType::Utf8);
        assert_eq!(logical::extension_name(&of("uuid")), Some(logical::UUID));
        assert_eq!(logical::extension_name(&of("json")), Some(logical::JSON));
    }

    #[test]
    fn other_types_are_named() {
        for name in ["money", "numeric", "numeric(39,2)", "numeric(5,6)", "char(x)", "int4[][]"] {
            let error = field(&column(name)).unwrap_err();
            assert!(error.contains(&format!("`{name}`")), "{error}");
        }
    }
}
