//! Which Arrow type carries which PostgreSQL type.

use crate::failure;
use arrow::datatypes::{DataType, Field, IntervalUnit, TimeUnit};
use model::{Failure, logical};
use std::sync::Arc;
use tokio_postgres::{
    Column,
    types::{Kind, Type},
};

/// How a column's values are decoded. Domains are their base type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ColumnType {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    Numeric,
    /// Text of any kind, enums included.
    Text,
    /// `"char"`: one byte.
    Char,
    Bytea,
    Date,
    Time,
    Timestamp,
    Timestamptz,
    Interval,
    Uuid,
    Json,
    Jsonb,
    Array(Box<ColumnType>),
    /// Functions that return nothing.
    Void,
}

impl ColumnType {
    /// The type of a column.
    ///
    /// # Errors
    /// [`model::FailureClass::Unrepresentable`], naming column and type.
    pub(super) fn of(column: &Column) -> Result<Self, Failure> {
        Self::of_type(column.type_())
            .ok_or_else(|| failure::unknown_type(column.name(), &engine_type(column)))
    }

    fn of_type(data_type: &Type) -> Option<Self> {
        let simple = match *data_type {
            Type::BOOL => Self::Bool,
            Type::INT2 => Self::Int2,
            Type::INT4 => Self::Int4,
            Type::INT8 => Self::Int8,
            Type::OID => Self::Oid,
            Type::FLOAT4 => Self::Float4,
            Type::FLOAT8 => Self::Float8,
            Type::NUMERIC => Self::Numeric,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => Self::Text,
            Type::CHAR => Self::Char,
            Type::BYTEA => Self::Bytea,
            Type::DATE => Self::Date,
            Type::TIME => Self::Time,
            Type::TIMESTAMP => Self::Timestamp,
            Type::TIMESTAMPTZ => Self::Timestamptz,
            Type::INTERVAL => Self::Interval,
            Type::UUID => Self::Uuid,
            Type::JSON => Self::Json,
            Type::JSONB => Self::Jsonb,
            Type::VOID => Self::Void,
            // Their lower bound is 0, which no list carries.
            Type::INT2_VECTOR | Type::OID_VECTOR => return None,
            _ => {
                return match data_type.kind() {
                    Kind::Domain(base) => Self::of_type(base),
                    Kind::Enum(_) => Some(Self::Text),
                    Kind::Array(element) => {
                        Self::of_type(element).map(|element| Self::Array(Box::new(element)))
                    }
                    _ => None,
                };
            }
        };
        Some(simple)
    }

    /// The Arrow field for it.
    pub(super) fn field(&self, name: &str) -> Field {
        let plain = |data_type| Field::new(name, data_type, true);
        match self {
            Self::Bool => plain(DataType::Boolean),
            Self::Int2 => plain(DataType::Int16),
            Self::Int4 => plain(DataType::Int32),
            Self::Int8 => plain(DataType::Int64),
            Self::Oid => plain(DataType::UInt32),
            Self::Float4 => plain(DataType::Float32),
            Self::Float8 => plain(DataType::Float64),
            Self::Numeric => logical::extension_field(name, DataType::Utf8, logical::NUMERIC, true),
            Self::Text | Self::Char => plain(DataType::Utf8),
            Self::Bytea => plain(DataType::Binary),
            Self::Date => plain(DataType::Date32),
            Self::Time => plain(DataType::Time64(TimeUnit::Microsecond)),
            Self::Timestamp => plain(DataType::Timestamp(TimeUnit::Microsecond, None)),
            Self::Timestamptz => {
                plain(DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))
            }
            Self::Interval => plain(DataType::Interval(IntervalUnit::MonthDayNano)),
            Self::Uuid => {
                logical::extension_field(name, DataType::FixedSizeBinary(16), logical::UUID, true)
            }
            Self::Json | Self::Jsonb => {
                logical::extension_field(name, DataType::Utf8, logical::JSON, true)
            }
            Self::Array(element) => plain(DataType::List(Arc::new(element.field("item")))),
            Self::Void => plain(DataType::Null),
        }
    }
}

/// The Arrow field of a column, with the engine's name of its type in the metadata.
pub(super) fn field_of(column: &Column, column_type: &ColumnType) -> Field {
    let field = column_type.field(column.name());
    let mut metadata = field.metadata().clone();
    metadata.insert(logical::ENGINE_TYPE.to_owned(), engine_type(column));
    field.with_metadata(metadata)
}

/// The type as `format_type` of PostgreSQL writes it, modifier included.
fn engine_type(column: &Column) -> String {
    type_name(column.type_(), column.type_modifier())
}

fn type_name(data_type: &Type, modifier: i32) -> String {
    if let Kind::Array(element) = data_type.kind() {
        return format!("{}[]", type_name(element, modifier));
    }
    // Modifiers count from the size of a length word, except for times.
    let length = (modifier >= 4).then(|| modifier - 4);
    let times = |name: &str, rest: &str| {
        if (0..=6).contains(&modifier) {
            format!("{name}({modifier}){rest}")
        } else {
            format!("{name}{rest}")
        }
    };
    match *data_type {
        Type::BOOL => "boolean".to_owned(),
        Type::INT2 => "smallint".to_owned(),
        Type::INT4 => "integer".to_owned(),
        Type::INT8 => "bigint".to_owned(),
        Type::FLOAT4 => "real".to_owned(),
        Type::FLOAT8 => "double precision".to_owned(),
        Type::CHAR => "\"char\"".to_owned(),
        Type::NUMERIC => match length {
            // Scale: 11 bits with sign (https://github.com/postgres/postgres, numerictypmodout).
            Some(length) => {
                format!("numeric({},{})", length >> 16, ((length & 0x7ff) ^ 1024) - 1024)
            }
            None => "numeric".to_owned(),
        },
        Type::VARCHAR => match length {
            Some(length) => format!("character varying({length})"),
            None => "character varying".to_owned(),
        },
        Type::BPCHAR => match length {
            Some(length) => format!("character({length})"),
            None => "character".to_owned(),
        },
        Type::TIME => times("time", " without time zone"),
        Type::TIMETZ => times("time", " with time zone"),
        Type::TIMESTAMP => times("timestamp", " without time zone"),
        Type::TIMESTAMPTZ => times("timestamp", " with time zone"),
        _ => data_type.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_format_type() {
        for (data_type, modifier, name) in [
            (Type::NUMERIC, ((12 << 16) | 2) + 4, "numeric(12,2)"),
            (Type::NUMERIC, ((5 << 16) | (-2 & 0x7ff)) + 4, "numeric(5,-2)"),
            (Type::NUMERIC, -1, "numeric"),
            (Type::VARCHAR, 24, "character varying(20)"),
            (Type::BPCHAR, 5, "character(1)"),
            (Type::TIMESTAMPTZ, 3, "timestamp(3) with time zone"),
            (Type::TIMESTAMP, -1, "timestamp without time zone"),
            (Type::INT4_ARRAY, -1, "integer[]"),
            (Type::NUMERIC_ARRAY, ((12 << 16) | 2) + 4, "numeric(12,2)[]"),
            (Type::JSONB, -1, "jsonb"),
        ] {
            assert_eq!(type_name(&data_type, modifier), name);
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        for data_type in [
            Type::POINT,
            Type::INET,
            Type::RECORD,
            Type::INT4_RANGE,
            Type::MONEY,
            Type::TIMETZ,
            Type::BIT,
            Type::XML,
            Type::POINT_ARRAY,
            Type::REGCLASS,
            Type::INT2_VECTOR,
        ] {
            assert_eq!(ColumnType::of_type(&data_type), None, "{data_type}");
        }
    }
}
