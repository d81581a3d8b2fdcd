//! Bound parameters. Values that DuckDB binds natively are bound so; the others go as text, and
//! the text of the statement casts them: `$1` becomes `CAST($1 AS DATE)`.

use crate::{
    bind, decimal, failure,
    lexer::{Mark, marks},
    pg_type::PgType,
};
use duckdb::types::Value;
use model::{Bind, Failure, SqlState};

/// The statement's text with casts, and the values to bind.
pub(super) fn prepare(sql: &str, binds: &[Bind]) -> Result<(String, Vec<Value>), Failure> {
    let mut values = Vec::with_capacity(binds.len());
    let mut casts = Vec::with_capacity(binds.len());
    for (index, bind) in binds.iter().enumerate() {
        let data_type = bind::type_of(index, bind)?;
        let (value, cast) = match (&bind.value, data_type) {
            (None, None) => (Value::Null, None),
            (None, Some(data_type)) => (Value::Null, Some(type_name(&data_type)?)),
            // Left open: the text, for DuckDB to compare and cast as it does with text.
            (Some(text), None) => (Value::Text(text.clone()), None),
            (Some(text), Some(data_type)) => value_of(index, text, &data_type)?,
        };
        values.push(value);
        casts.push(cast);
    }
    Ok((with_casts(sql, &casts), values))
}

fn with_casts(sql: &str, casts: &[Option<String>]) -> String {
    if casts.iter().all(Option::is_none) {
        return sql.to_owned();
    }
    let mut out = String::with_capacity(sql.len() + casts.len() * 16);
    let mut copied = 0;
    for mark in marks(sql) {
        let Mark::Parameter { number, at } = mark else { continue };
        let Some(Some(cast)) = number.checked_sub(1).and_then(|index| casts.get(index)) else {
            continue;
        };
        out.push_str(sql.get(copied..at.start).unwrap_or_default());
        // `CAST($1 AS INTEGER[])` goes through JSON, whose elements are texts.
        let parameter = sql.get(at.clone()).unwrap_or_default();
        match cast.strip_suffix("[]") {
            Some(_) => {
                out.extend([
                    "CAST(CAST(CAST(",
                    parameter,
                    " AS JSON) AS VARCHAR[]) AS ",
                    cast,
                    ")",
                ]);
            }
            None => out.extend(["CAST(", parameter, " AS ", cast, ")"]),
        }
        copied = at.end;
    }
    out.push_str(sql.get(copied..).unwrap_or_default());
    out
}

fn value_of(
    index: usize,
    text: &str,
    data_type: &PgType,
) -> Result<(Value, Option<String>), Failure> {
    let invalid = |name: &str| bind::invalid(index, name, text);
    let trimmed = text.trim();
    let native = match data_type {
        PgType::Bool => Value::Boolean(bind::boolean(text).ok_or_else(|| invalid("boolean"))?),
        PgType::Int2 => Value::SmallInt(trimmed.parse().map_err(|_| invalid("smallint"))?),
        PgType::Int4 => Value::Int(trimmed.parse().map_err(|_| invalid("integer"))?),
        PgType::Int8 => Value::BigInt(trimmed.parse().map_err(|_| invalid("bigint"))?),
        PgType::Oid => Value::UInt(trimmed.parse().map_err(|_| invalid("oid"))?),
        PgType::Float4 => Value::Float(trimmed.parse().map_err(|_| invalid("real"))?),
        PgType::Float8 => Value::Double(trimmed.parse().map_err(|_| invalid("double precision"))?),
        PgType::Text | PgType::Other => Value::Text(text.to_owned()),
        PgType::Bytea => Value::Blob(bind::bytea(text).ok_or_else(|| invalid("bytea"))?),
        PgType::Numeric(_) => {
            let (digits, scale) = decimal::shape(text).ok_or_else(|| invalid("numeric"))?;
            if digits.max(scale) > 38 {
                return Err(failure::statement(
                    SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
                    format!("parameter ${}: `{text}` has more than 38 digits", index + 1),
                ));
            }
            let cast = format!("DECIMAL({},{scale})", digits.max(scale).max(1));
            return Ok((Value::Text(trimmed.to_owned()), Some(cast)));
        }
        PgType::Array(_) => {
            let elements = bind::array_elements(text).ok_or_else(|| invalid("array"))?;
            let json = serde_json::to_string(&elements).map_err(|_| invalid("array"))?;
            return Ok((Value::Text(json), Some(type_name(data_type)?)));
        }
        _ => return Ok((Value::Text(text.to_owned()), Some(type_name(data_type)?))),
    };
    Ok((native, None))
}

/// DuckDB's name of the type.
fn type_name(data_type: &PgType) -> Result<String, Failure> {
    Ok(match data_type {
        PgType::Bool => "BOOLEAN",
        PgType::Int2 => "SMALLINT",
        PgType::Int4 => "INTEGER",
        PgType::Int8 => "BIGINT",
        PgType::Oid => "UINTEGER",
        PgType::Float4 => "FLOAT",
        PgType::Float8 => "DOUBLE",
        PgType::Numeric(_) => "DECIMAL(38,9)",
        PgType::Text => "VARCHAR",
        PgType::Bytea => "BLOB",
        PgType::Date => "DATE",
        PgType::Time => "TIME",
        PgType::Timestamp => "TIMESTAMP",
        PgType::Timestamptz => "TIMESTAMPTZ",
        PgType::Interval => "INTERVAL",
        PgType::Uuid => "UUID",
        PgType::Json => "JSON",
        PgType::Array(element) => return Ok(format!("{}[]", type_name(element)?)),
        PgType::Other => {
            return Err(failure::statement(
                SqlState::FEATURE_NOT_SUPPORTED,
                "a parameter has a type that DuckDB lacks",
            ));
        }
    }
    .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(type_oid: u32, value: Option<&str>) -> Bind {
        Bind { type_oid, value: value.map(str::to_owned) }
    }

    #[test]
    fn casts_stand_where_they_are_needed_only() {
        let (sql, values) = prepare(
            "SELECT $1, $2, '$2', $3, $10, $2",
            &[bind(23, Some("7")), bind(1082, Some("2024-01-01")), bind(1700, Some("-0.50"))],
        )
        .unwrap();
        assert_eq!(
            sql,
            "SELECT $1, CAST($2 AS DATE), '$2', CAST($3 AS DECIMAL(2,2)), $10, CAST($2 AS DATE)"
        );
        assert_eq!(values[0], Value::Int(7));
        assert_eq!(values[2], Value::Text("-0.50".to_owned()));
    }

    #[test]
    fn arrays_travel_as_json() {
        let (sql, values) = prepare("SELECT $1", &[bind(1007, Some("{1,NULL}"))]).unwrap();
        assert_eq!(sql, "SELECT CAST(CAST(CAST($1 AS JSON) AS VARCHAR[]) AS INTEGER[])");
        assert_eq!(values, [Value::Text("[\"1\",null]".to_owned())]);
    }

    #[test]
    fn a_text_that_is_no_value_is_named() {
        let failure = prepare("SELECT $1", &[bind(23, Some("x"))]).unwrap_err();
        assert_eq!(failure.sqlstate, SqlState::INVALID_TEXT_REPRESENTATION);
        assert!(failure.message.contains("$1") && failure.message.contains("`x`"), "{failure}");
    }
}
