//! Why a streamed statement failed. A thread of DuckDB that meets an error interrupts the others,
//! and version 1.5 tells a reader who comes between the two of the interrupt alone: the error is
//! lost (`SimpleBufferedData::ExecuteTaskInternal` looks at the flag before it looks at the errors,
//! <https://github.com/duckdb/duckdb/blob/v1.5.5/src/main/buffered_data/simple_buffered_data.cpp>).
//! An interrupt that nobody asked for is such an error, and the statement is run again to hear it.

use super::worker::{Within, Worker};
use crate::failure;
use duckdb::types::Value;
use model::{Failure, FailureClass, SqlState};

/// Times that a statement is run again. One of fifty loses its error on a machine that is busy.
const RUNS_MAX: usize = 4;

/// `failure`, or the error behind it where it is an interrupt that nobody asked for. The limit of
/// time of the statement holds for all runs together. No rows but those of the first run are seen,
/// and none of them writes: the transaction is read-only. What was written in the session's own
/// transaction would be missing in another one: there the error stays unknown.
pub(super) fn of(
    worker: &Worker<'_>,
    failure: Failure,
    within: Within,
    sql: &str,
    values: &[Value],
) -> Failure {
    let is_lost =
        |failure: &Failure| failure.sqlstate == SqlState::QUERY_CANCELED && !worker.is_stopped();
    if !is_lost(&failure) {
        return failure;
    }
    if within == Within::Writing {
        return lost();
    }
    for run in 0..RUNS_MAX {
        if run > 0 || matches!(within, Within::Own | Within::Reading) {
            // The interrupt has broken it off.
            let _ = worker.connection.execute_batch("ROLLBACK");
        }
        // It fails inside of a transaction of the session's own, which only the session may end.
        if worker.connection.execute_batch("BEGIN TRANSACTION READ ONLY").is_err() {
            return lost();
        }
        match worker.drain(sql, values) {
            Ok(()) => break,
            Err(failure) if is_lost(&failure) => {}
            Err(failure) => {
                close(worker, within);
                return failure;
            }
        }
    }
    close(worker, within);
    lost()
}

/// Leaves a transaction open where there was one: the worker ends its own, the session its own.
fn close(worker: &Worker<'_>, within: Within) {
    if within == Within::Nothing {
        let _ = worker.connection.execute_batch("ROLLBACK");
    }
}

/// Neither a cancelled statement nor one that is known to be wrong.
fn lost() -> Failure {
    failure::failure(
        FailureClass::Transient,
        SqlState::INTERNAL_ERROR,
        "DuckDB broke the statement off after an error in one of its threads and did not tell \
         the error; run the statement again",
    )
}

#[cfg(test)]
mod tests {
    use super::{super::control::Control, *};
    use duckdb::Connection;

    fn interrupted() -> Failure {
        failure::failure(
            FailureClass::Resource,
            SqlState::QUERY_CANCELED,
            "INTERRUPT Error: Interrupted!",
        )
    }

    fn reason(connection: &Connection, within: Within, sql: &str) -> Failure {
        let control = Control::new(connection.interrupt_handle());
        let submitted = control.submit(None);
        control.begin(submitted.number()).unwrap();
        let worker = Worker { connection, control: &control, number: submitted.number() };
        let failure = of(&worker, interrupted(), within, sql, &[]);
        control.end(submitted.number());
        failure
    }

    fn connection() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("SET errors_as_json = true; CREATE TABLE t (a INTEGER)").unwrap();
        connection
    }

    #[tokio::test]
    async fn the_error_behind_an_interrupt_is_heard() {
        let connection = connection();
        let sql = "SELECT CASE WHEN a = 90000 THEN error('22012: late') ELSE a END \
                   FROM range(100000) r(a)";
        assert_eq!(reason(&connection, Within::Nothing, sql).sqlstate, SqlState::DIVISION_BY_ZERO);
        // The connection is as before: no transaction is open.
        connection.execute_batch("INSERT INTO t VALUES (1)").unwrap();
        connection.execute_batch("BEGIN TRANSACTION READ ONLY").unwrap();
        assert_eq!(reason(&connection, Within::Own, sql).sqlstate, SqlState::DIVISION_BY_ZERO);
        // The worker's own is still there to be ended.
        connection.execute_batch("ROLLBACK").unwrap();
    }

    #[tokio::test]
    async fn what_a_transaction_has_changed_is_neither_lost_nor_changed_again() {
        let connection = connection();
        connection.execute_batch("BEGIN TRANSACTION; INSERT INTO t VALUES (1)").unwrap();
        let failure = reason(&connection, Within::Writing, "INSERT INTO t VALUES (error('x'))");
        assert_eq!((failure.class, failure.sqlstate), (lost().class, lost().sqlstate));
        let count = "SELECT count(*) FROM t";
        let rows: i64 = connection.query_row(count, [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1);
    }

    #[tokio::test]
    async fn a_statement_that_does_not_fail_again_is_not_called_cancelled() {
        let failure = reason(&connection(), Within::Nothing, "SELECT 1");
        assert_eq!((failure.class, failure.sqlstate), (lost().class, lost().sqlstate));
    }

    #[tokio::test]
    async fn nothing_is_written_and_no_transaction_of_the_session_ended() {
        let connection = connection();
        let failure =
            reason(&connection, Within::Nothing, "INSERT INTO t VALUES (1) RETURNING error('x')");
        assert_ne!(failure.sqlstate, SqlState::QUERY_CANCELED);
        let failure = reason(&connection, Within::Nothing, "INSERT INTO t VALUES (1)");
        assert_ne!(failure.sqlstate, SqlState::QUERY_CANCELED);
        let rows = |connection: &Connection| -> i64 {
            connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap()
        };
        assert_eq!(rows(&connection), 0);
        connection.execute_batch("BEGIN; INSERT INTO t VALUES (1)").unwrap();
        assert_eq!(
            reason(&connection, Within::Nothing, "SELECT error('x')").message,
            lost().message
        );
        // An error breaks it, and it waits for the session to end it.
        connection.execute_batch("ROLLBACK").unwrap();
        assert_eq!(rows(&connection), 0);
    }

    #[tokio::test]
    async fn a_statement_that_was_stopped_is_not_run_again() {
        let connection = connection();
        let control = Control::new(connection.interrupt_handle());
        let submitted = control.submit(None);
        control.stop_latest();
        while !control.is_stopped(submitted.number()) {
            tokio::task::yield_now().await;
        }
        let worker = Worker { connection: &connection, control: &control, number: 1 };
        let failure = of(&worker, interrupted(), Within::Nothing, "SELECT error('22012: x')", &[]);
        assert_eq!(failure, interrupted());
        control.end(submitted.number());
    }
}
