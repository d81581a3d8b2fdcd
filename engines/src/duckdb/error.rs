//! DuckDB's errors as failures. The database is configured to write errors as JSON, which gives
//! their type and, as a byte offset, their place; where a message is not JSON, its prefix
//! (`Binder Error: …`) tells the type.

use crate::failure;
use model::{Failure, FailureClass, SqlState};
use serde_json::Value;

/// The failure for an error of the driver.
pub(super) fn of(error: &duckdb::Error) -> Failure {
    match error {
        duckdb::Error::DuckDBFailure(_, Some(message)) => of_message(message),
        duckdb::Error::InvalidParameterCount(given, wanted) => failure::statement(
            state("08P01"),
            format!("the statement has {wanted} parameters, {given} were given"),
        ),
        duckdb::Error::FromSqlConversionFailure(..) => failure::unrepresentable(format!(
            "{error}; cast the column in the statement, for example to text"
        )),
        duckdb::Error::NulError(_) => {
            failure::statement(state("22021"), "the text holds a NUL byte")
        }
        other => failure::internal(other.to_string()),
    }
}

fn of_message(text: &str) -> Failure {
    let parsed = text.find('{').and_then(|start| {
        let json: Value = serde_json::from_str(text.get(start..)?).ok()?;
        json.get("exception_type")?;
        Some(json)
    });
    let Some(json) = parsed else {
        let (kind, message) = text.split_once(" Error: ").unwrap_or(("", text));
        return classify(kind, message, None, None);
    };
    let field = |name: &str| json.get(name).and_then(Value::as_str);
    let mut failure = classify(
        field("exception_type").unwrap_or_default(),
        field("exception_message").unwrap_or_default(),
        field("error_subtype"),
        field("position").and_then(|position| position.parse().ok()),
    );
    // A missing entry of the catalog is a table or a function.
    if failure.sqlstate == SqlState::UNDEFINED_TABLE
        && field("type").is_some_and(|object| object.contains("Function"))
    {
        failure.sqlstate = SqlState::UNDEFINED_FUNCTION;
    }
    failure
}

fn classify(kind: &str, message: &str, subtype: Option<&str>, position: Option<usize>) -> Failure {
    // `error('22012: division by zero')` in translated text asks for exactly this condition.
    if kind == "Invalid Input"
        && let Some((code, rest)) = message.split_once(": ")
        && let Some(sqlstate) = SqlState::parse(code)
    {
        return Failure {
            class: failure::class_of(sqlstate),
            sqlstate,
            message: rest.to_owned(),
            code: None,
            position,
        };
    }
    let sqlstate = sqlstate(kind, message, subtype);
    // After a fatal error the whole database refuses to go on; that is not the statement's fault.
    let class = if kind == "FATAL" { FailureClass::Transient } else { failure::class_of(sqlstate) };
    let message =
        if kind.is_empty() { message.to_owned() } else { format!("{kind} Error: {message}") };
    Failure { class, sqlstate, message, code: None, position }
}

/// DuckDB's exception types are listed in
/// <https://github.com/duckdb/duckdb/blob/v1.5.5/src/common/exception.cpp>.
fn sqlstate(kind: &str, message: &str, subtype: Option<&str>) -> SqlState {
    let says = |text: &str| message.contains(text);
    match kind {
        "Parser" | "Syntax" => SqlState::SYNTAX_ERROR,
        "Catalog" => match subtype {
            Some("MISSING_ENTRY") => SqlState::UNDEFINED_TABLE,
            Some("ENTRY_ALREADY_EXISTS") => state("42P07"),
            _ if says("Function with name") && says("does not exist") => {
                SqlState::UNDEFINED_FUNCTION
            }
            _ if says("does not exist") => SqlState::UNDEFINED_TABLE,
            _ if says("already exists") => state("42P07"),
            _ if says("unrecognized configuration parameter") => state("42704"),
            _ => SqlState::SYNTAX_OR_ACCESS,
        },
        "Binder" => match subtype {
            Some("COLUMN_NOT_FOUND") => SqlState::UNDEFINED_COLUMN,
            Some("NO_MATCHING_FUNCTION") => SqlState::UNDEFINED_FUNCTION,
            _ if says("Referenced table") => SqlState::UNDEFINED_TABLE,
            _ if says("Referenced column") || says("does not exist on") => {
                SqlState::UNDEFINED_COLUMN
            }
            _ if says("No function matches")
                || says("best candidate function")
                || says("Cannot compare values of type") =>
            {
                SqlState::UNDEFINED_FUNCTION
            }
            _ if says("GROUP BY clause") => state("42803"),
            _ if says("Ambiguous reference") => state("42702"),
            _ if says("same number of result columns") => SqlState::SYNTAX_ERROR,
            _ if says("Cannot mix") || says("type") => SqlState::DATATYPE_MISMATCH,
            _ => SqlState::SYNTAX_OR_ACCESS,
        },
        "Conversion" => conversion(message),
        "Out of Range" | "Decimal" => SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
        "Divide by Zero" => SqlState::DIVISION_BY_ZERO,
        "Mismatch Type" | "Invalid type" | "Unknown Type" | "Expression" => {
            SqlState::DATATYPE_MISMATCH
        }
        "Invalid Input" => {
            if says("More than one row returned by a subquery") {
                SqlState::CARDINALITY_VIOLATION
            } else if says("configuration has been locked") {
                SqlState::INSUFFICIENT_PRIVILEGE
            } else if says("read-only mode") {
                SqlState::READ_ONLY_SQL_TRANSACTION
            } else if says("Could not parse") || says("Malformed JSON") {
                SqlState::INVALID_TEXT_REPRESENTATION
            } else {
                SqlState::DATA_EXCEPTION
            }
        }
        "Constraint" => match () {
            () if says("NOT NULL") => state("23502"),
            () if says("UNIQUE") || says("PRIMARY KEY") || says("Duplicate key") => state("23505"),
            () if says("foreign key") => state("23503"),
            () if says("CHECK") => state("23514"),
            () => state("23000"),
        },
        "Not implemented" => SqlState::FEATURE_NOT_SUPPORTED,
        "Permission" => SqlState::INSUFFICIENT_PRIVILEGE,
        "INTERRUPT" | "Interrupt" => SqlState::QUERY_CANCELED,
        "Out of Memory" => {
            if says("No space left") {
                SqlState::DISK_FULL
            } else {
                SqlState::OUT_OF_MEMORY
            }
        }
        "TransactionContext" | "Transaction" => {
            if says("read-only") {
                SqlState::READ_ONLY_SQL_TRANSACTION
            } else if says("conflict") || says("Conflict") {
                state("40001")
            } else {
                state("25000")
            }
        }
        "IO" | "HTTP" | "Network" => {
            if says("No space left") {
                SqlState::DISK_FULL
            } else {
                state("58030")
            }
        }
        "Parameter Not Resolved" | "Parameter Not Allowed" => state("42P18"),
        "Dependency" => state("2BP01"),
        "Sequence" | "Serialization" => SqlState::DATA_EXCEPTION,
        _ => SqlState::INTERNAL_ERROR,
    }
}

fn conversion(message: &str) -> SqlState {
    let says = |text: &str| message.contains(text);
    // `out of range` comes with times too, so those first.
    if says("date field value") || says("timestamp field value") || says("timestamp range") {
        SqlState::DATETIME_FIELD_OVERFLOW
    } else if says("out of range") || says("Could not cast value") || says("doesn't fit") {
        SqlState::NUMERIC_VALUE_OUT_OF_RANGE
    } else if says("Could not convert string") || says("invalid") {
        SqlState::INVALID_TEXT_REPRESENTATION
    } else {
        SqlState::DATA_EXCEPTION
    }
}

fn state(code: &str) -> SqlState {
    SqlState::parse(code).unwrap_or(SqlState::INTERNAL_ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_gives_exactly_its_condition() {
        for text in [
            "Invalid Input Error: 22012: division by zero",
            r#"{"exception_type":"Invalid Input","exception_message":"22012: division by zero"}"#,
        ] {
            let failure = of_message(text);
            assert_eq!(failure.sqlstate, SqlState::DIVISION_BY_ZERO);
            assert_eq!(failure.message, "division by zero");
            assert_eq!(failure.class, FailureClass::Statement);
        }
        // Five other characters are no marker.
        let failure = of_message("Invalid Input Error: hello: world");
        assert_eq!(failure.sqlstate, SqlState::DATA_EXCEPTION);
        assert_eq!(failure.message, "Invalid Input Error: hello: world");
    }

    #[test]
    fn json_gives_type_and_place() {
        let failure = of_message(
            r#"Parser Error: {"exception_type":"Parser","exception_message":"syntax error","error_subtype":"SYNTAX_ERROR","position":"7"}"#,
        );
        assert_eq!((failure.sqlstate, failure.position), (SqlState::SYNTAX_ERROR, Some(7)));
        assert_eq!(failure.message, "Parser Error: syntax error");
        let failure = of_message(
            r#"{"exception_type":"Catalog","exception_message":"x","error_subtype":"MISSING_ENTRY","type":"Scalar Function"}"#,
        );
        assert_eq!(failure.sqlstate, SqlState::UNDEFINED_FUNCTION);
    }

    #[test]
    fn a_fatal_error_is_not_the_statements_fault() {
        let failure = of_message("FATAL Error: database has been invalidated");
        assert_eq!(failure.class, FailureClass::Transient);
    }

    #[test]
    fn prefixes_serve_where_there_is_no_json() {
        for (text, code) in [
            ("Conversion Error: Could not convert string 'x' to INT32", "22P02"),
            ("Out of Range Error: Overflow in addition of INT32", "22003"),
            ("Constraint Error: NOT NULL constraint failed: a", "23502"),
            ("INTERRUPT Error: Interrupted!", "57014"),
            ("Out of Memory Error: could not allocate", "53200"),
            ("what?", "XX000"),
            ("{not json", "XX000"),
        ] {
            assert_eq!(of_message(text).sqlstate.as_str(), code, "{text}");
        }
    }
}
