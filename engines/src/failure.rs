//! Short ways to make a [`Failure`], so that every engine words the same thing the same way.

use model::{Failure, FailureClass, SqlState};

/// A failure of `class` with the given condition.
pub(crate) fn failure(
    class: FailureClass,
    sqlstate: SqlState,
    message: impl Into<String>,
) -> Failure {
    Failure { class, sqlstate, message: message.into(), code: None, position: None }
}

/// The statement itself is at fault.
pub(crate) fn statement(sqlstate: SqlState, message: impl Into<String>) -> Failure {
    failure(FailureClass::Statement, sqlstate, message)
}

/// A value or type that cannot be carried without loss.
pub(crate) fn unrepresentable(message: impl Into<String>) -> Failure {
    failure(FailureClass::Unrepresentable, SqlState::FEATURE_NOT_SUPPORTED, message)
}

/// A column of a type that this crate does not know.
pub(crate) fn unknown_type(column: &str, data_type: &str) -> Failure {
    unrepresentable(format!(
        "column `{column}` has the type `{data_type}`, which cannot be carried without loss; \
         cast it in the statement to a type that can, for example text"
    ))
}

/// Stopped because its time was up.
pub(crate) fn timed_out() -> Failure {
    failure(
        FailureClass::Resource,
        SqlState::QUERY_CANCELED,
        "canceling statement due to statement timeout",
    )
}

/// Stopped because somebody asked for it.
pub(crate) fn cancelled() -> Failure {
    failure(
        FailureClass::Resource,
        SqlState::QUERY_CANCELED,
        "canceling statement due to user request",
    )
}

/// A bug or a broken promise of a library: the statement cannot be judged.
pub(crate) fn internal(message: impl Into<String>) -> Failure {
    failure(FailureClass::Statement, SqlState::INTERNAL_ERROR, message)
}

/// The session cannot run anything any more.
pub(crate) fn session_lost(message: impl Into<String>) -> Failure {
    failure(FailureClass::Transient, SqlState::CONNECTION_FAILURE, message)
}

/// Class of a failure that a running statement met, from its SQLSTATE.
pub(crate) fn class_of(sqlstate: SqlState) -> FailureClass {
    match (sqlstate.class(), sqlstate.as_str()) {
        (_, "57014") | ("53" | "54", _) => FailureClass::Resource,
        ("08" | "57" | "58", _) | (_, "40001" | "40P01" | "25P03" | "25P04") => {
            FailureClass::Transient
        }
        _ => FailureClass::Statement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_follow_the_sqlstate() {
        for (code, class) in [
            ("57014", FailureClass::Resource),
            ("53200", FailureClass::Resource),
            ("53300", FailureClass::Resource),
            ("08006", FailureClass::Transient),
            ("57P01", FailureClass::Transient),
            ("57P03", FailureClass::Transient),
            ("40001", FailureClass::Transient),
            ("40P01", FailureClass::Transient),
            ("40002", FailureClass::Statement),
            ("22012", FailureClass::Statement),
            ("42P01", FailureClass::Statement),
            ("0A000", FailureClass::Statement),
        ] {
            assert_eq!(class_of(SqlState::parse(code).unwrap()), class, "{code}");
        }
    }
}
