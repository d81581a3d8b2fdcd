//! DataFusion's errors as failures.

use crate::failure;
use arrow::error::ArrowError;
use datafusion::{common::SchemaError, error::DataFusionError};
use model::{Failure, SqlState};

/// The failure for an error met while planning or running `sql`.
pub(super) fn of(error: &DataFusionError, sql: &str) -> Failure {
    let root = root(error);
    if let DataFusionError::Execution(message) = root
        && let Some((code, rest)) = message.split_once(": ")
        && let Some(sqlstate) = SqlState::parse(code)
    {
        // `error('22012: division by zero')` in translated text asks for exactly this condition.
        return failure::failure(failure::class_of(sqlstate), sqlstate, rest);
    }
    let sqlstate = sqlstate(root);
    let mut failure =
        failure::failure(failure::class_of(sqlstate), sqlstate, error.strip_backtrace());
    if let DataFusionError::SQL(..) = root {
        failure.position = position(&failure.message, sql);
    }
    failure
}

/// The first cause inside wrappers.
fn root(error: &DataFusionError) -> &DataFusionError {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => root(inner),
        DataFusionError::Shared(inner) => root(inner),
        DataFusionError::Collection(errors) => errors.first().map_or(error, root),
        DataFusionError::External(inner) => {
            inner.downcast_ref::<DataFusionError>().map_or(error, root)
        }
        DataFusionError::ArrowError(inner, _) => match inner.as_ref() {
            ArrowError::ExternalError(inner) => {
                inner.downcast_ref::<DataFusionError>().map_or(error, root)
            }
            _ => error,
        },
        _ => error,
    }
}

fn sqlstate(error: &DataFusionError) -> SqlState {
    match error {
        DataFusionError::ArrowError(error, _) => arrow(error),
        DataFusionError::SQL(..) => SqlState::SYNTAX_ERROR,
        DataFusionError::NotImplemented(_) | DataFusionError::Substrait(_) => {
            SqlState::FEATURE_NOT_SUPPORTED
        }
        DataFusionError::SchemaError(error, _) => match error.as_ref() {
            SchemaError::FieldNotFound { .. } => SqlState::UNDEFINED_COLUMN,
            SchemaError::AmbiguousReference { .. } => state("42702"),
            SchemaError::DuplicateQualifiedField { .. }
            | SchemaError::DuplicateUnqualifiedField { .. } => state("42701"),
        },
        DataFusionError::Plan(message) => planning(message),
        DataFusionError::Execution(message) => data(message),
        DataFusionError::ResourcesExhausted(_) => SqlState::OUT_OF_MEMORY,
        DataFusionError::Configuration(_) => state("22023"),
        DataFusionError::IoError(error) => match error.kind() {
            std::io::ErrorKind::StorageFull => SqlState::DISK_FULL,
            _ => state("58030"),
        },
        DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) => state("58030"),
        _ => SqlState::INTERNAL_ERROR,
    }
}

fn arrow(error: &ArrowError) -> SqlState {
    match error {
        ArrowError::DivideByZero => SqlState::DIVISION_BY_ZERO,
        ArrowError::ArithmeticOverflow(_) => SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
        ArrowError::CastError(message)
        | ArrowError::ParseError(message)
        | ArrowError::ComputeError(message)
        | ArrowError::InvalidArgumentError(message) => data(message),
        ArrowError::NotYetImplemented(_) => SqlState::FEATURE_NOT_SUPPORTED,
        ArrowError::MemoryError(_) => SqlState::OUT_OF_MEMORY,
        ArrowError::OffsetOverflowError(_) => SqlState::DATA_EXCEPTION,
        ArrowError::IoError(..) | ArrowError::IpcError(_) | ArrowError::CsvError(_) => {
            state("58030")
        }
        _ => SqlState::INTERNAL_ERROR,
    }
}

/// A value that does not do: the message alone tells why.
fn data(message: &str) -> SqlState {
    let lower = message.to_ascii_lowercase();
    let says = |text: &str| lower.contains(text);
    if says("divide by zero") || says("division by zero") {
        SqlState::DIVISION_BY_ZERO
    } else if says("overflow")
        || says("too large")
        || says("out of range")
        || says("can't cast value")
    {
        SqlState::NUMERIC_VALUE_OUT_OF_RANGE
    } else if says("cannot cast string")
        || says("error parsing")
        || says("parse")
        || says("cannot cast value")
    {
        SqlState::INVALID_TEXT_REPRESENTATION
    } else if says("more than one row") || says("at most one row") {
        SqlState::CARDINALITY_VIOLATION
    } else {
        SqlState::DATA_EXCEPTION
    }
}

fn planning(message: &str) -> SqlState {
    let says = |text: &str| message.contains(text);
    if says("DDL not supported") || says("DML not supported") || says("Statement not supported") {
        SqlState::READ_ONLY_SQL_TRANSACTION
    } else if says("table '") && says("not found") || says("failed to resolve schema") {
        SqlState::UNDEFINED_TABLE
    } else if says("Invalid function")
        || says("No function matches")
        || says("Cannot coerce arithmetic")
        || says("Cannot infer common argument type")
    {
        // PostgreSQL says the same of operators: there is none for these types.
        SqlState::UNDEFINED_FUNCTION
    } else if says("already exists") {
        state("42P07")
    } else if says("GROUP BY") {
        state("42803")
    } else if says("coerc") || says("type") && (says("Cannot") || says("mismatch")) {
        SqlState::DATATYPE_MISMATCH
    } else if says("No value found for placeholder") || says("Placeholder") {
        state("08P01")
    } else {
        SqlState::SYNTAX_OR_ACCESS
    }
}

/// The parser ends its messages with ` at Line: 1, Column: 8`, both counted from 1, in characters.
fn position(message: &str, sql: &str) -> Option<usize> {
    let (_, place) = message.rsplit_once("at Line: ")?;
    let (line, column) = place.split_once(", Column: ")?;
    let digits: String = column.chars().take_while(char::is_ascii_digit).collect();
    let line: usize = line.trim().parse().ok()?;
    let column: usize = digits.parse().ok()?;
    let mut start = 0;
    for (index, text) in sql.split_inclusive('\n').enumerate() {
        if index + 1 == line {
            let before = text.char_indices().nth(column.checked_sub(1)?);
            return Some(start + before.map_or(text.len(), |(byte, _)| byte));
        }
        start += text.len();
    }
    None
}

fn state(code: &str) -> SqlState {
    SqlState::parse(code).unwrap_or(SqlState::INTERNAL_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::FailureClass;
    use std::sync::Arc;

    #[test]
    fn wrappers_are_seen_through() {
        let inner = DataFusionError::ArrowError(Box::new(ArrowError::DivideByZero), None);
        let wrapped = DataFusionError::Shared(Arc::new(DataFusionError::Context(
            "here".to_owned(),
            Box::new(inner),
        )));
        assert_eq!(of(&wrapped, "").sqlstate, SqlState::DIVISION_BY_ZERO);
        let marked = DataFusionError::Execution("22008: too late".to_owned());
        let external = DataFusionError::External(Box::new(marked));
        let failure = of(&external, "");
        assert_eq!(failure.sqlstate.as_str(), "22008");
        assert_eq!(failure.message, "too late");
        let full = DataFusionError::ResourcesExhausted("x".to_owned());
        assert_eq!(of(&full, "").class, FailureClass::Resource);
    }

    #[test]
    fn the_parser_tells_line_and_column() {
        let sql = "SELECT 'é',\n  FRM";
        assert_eq!(position("Expected: x at Line: 2, Column: 3", sql), Some(15));
        assert_eq!(position("Expected: x at Line: 1, Column: 11", sql), Some(11));
        assert_eq!(position("Expected: x at Line: 9, Column: 1", sql), None);
        assert_eq!(position("Expected: x", sql), None);
    }
}
