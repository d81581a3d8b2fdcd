//! The driver's errors as failures.

use crate::failure::{self, class_of};
use model::{Failure, FailureClass, SqlState};
use std::error::Error as _;
use tokio_postgres::error::ErrorPosition;

/// An error with all its causes, as one text.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}

/// The failure of a statement that ran as `sql`.
pub(super) fn of_statement(error: &tokio_postgres::Error, sql: &str) -> Failure {
    if let Some(db) = error.as_db_error() {
        let sqlstate = SqlState::parse(db.code().code()).unwrap_or(SqlState::INTERNAL_ERROR);
        let mut message = db.message().to_owned();
        if let Some(detail) = db.detail() {
            message.push_str("; detail: ");
            message.push_str(detail);
        }
        if let Some(hint) = db.hint() {
            message.push_str("; hint: ");
            message.push_str(hint);
        }
        let position = match db.position() {
            Some(ErrorPosition::Original(character)) => byte_offset(sql, *character),
            _ => None,
        };
        return Failure { class: class_of(sqlstate), sqlstate, message, code: None, position };
    }
    if is_lost(error) {
        return failure::session_lost(format!(
            "the connection to the server was lost: {}",
            chain(error)
        ));
    }
    // What the driver refuses before sending: a NUL byte, a parameter count that does not fit.
    failure::statement(SqlState::parse("08P01").unwrap_or(SqlState::SYNTAX_ERROR), chain(error))
}

/// Did the connection break?
pub(super) fn is_lost(error: &tokio_postgres::Error) -> bool {
    error.is_closed()
        || error.source().is_some_and(|cause| {
            cause.downcast_ref::<std::io::Error>().is_some_and(|io| {
                // The driver wraps what it cannot encode as an I/O error of this kind.
                io.kind() != std::io::ErrorKind::InvalidInput
            })
        })
}

/// The server counts characters from 1; a failure counts bytes from 0.
fn byte_offset(sql: &str, character: u32) -> Option<usize> {
    let index = usize::try_from(character).ok()?.checked_sub(1)?;
    sql.char_indices().map(|(byte, _)| byte).chain([sql.len()]).nth(index)
}

/// The failure of a connection attempt: says where, what, and what to check.
pub(super) fn of_connect(error: &tokio_postgres::Error, target: &str, login: &str) -> Failure {
    let (sqlstate, reason) = match error.as_db_error() {
        Some(db) => (
            SqlState::parse(db.code().code()).unwrap_or(SqlState::CANNOT_CONNECT),
            db.message().to_owned(),
        ),
        None => (SqlState::CANNOT_CONNECT, chain(error)),
    };
    let check = match sqlstate.as_str() {
        "28P01" => "check the password (in the URL, or in PGPASSWORD)",
        "28000" => "check the user, and that pg_hba.conf lets it in from here",
        "3D000" => "check the database name",
        "53300" => "the server has no free connection; raise max_connections or run fewer sessions",
        "57P03" => "the server is starting up or shutting down; try again",
        _ if reason.contains("password missing") || reason.contains("password authentication") => {
            "give a password in the URL or in PGPASSWORD"
        }
        _ if reason.contains("TLS") || reason.contains("certificate") => {
            "check sslmode and sslrootcert"
        }
        _ => "check host, port, and that the server runs and listens there",
    };
    failure::failure(
        FailureClass::Unreachable,
        sqlstate,
        format!("cannot connect to PostgreSQL at {target}{login}: {reason}; {check}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_become_byte_offsets() {
        assert_eq!(byte_offset("SELECT x", 8), Some(7));
        assert_eq!(byte_offset("SELECT 'é', x", 13), Some(13));
        assert_eq!(byte_offset("ab", 3), Some(2));
        assert_eq!(byte_offset("ab", 4), None);
        assert_eq!(byte_offset("ab", 0), None);
    }
}
