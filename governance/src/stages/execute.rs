//! Stage 6: runs the statement to its end.
//!
//! A partial result never leaves, so the whole result is held in memory before the first batch is
//! handed on, up to `result_bytes_max` bytes of Arrow memory and the principal's rows a query.
//! Whatever is larger ends the statement, and the engine is told to stop.

use super::{
    Verdict, facts,
    transpile::{Remains, Translated},
};
use crate::{
    error::{ErrorCode, Stage, Stop},
    pages::Page,
    settings::EngineMessages,
};
use arrow::record_batch::RecordBatch;
use engines::{ResultSet, Session};
use futures::StreamExt as _;
use model::{Failure, FailureClass};
use std::collections::BTreeMap;

static ENGINE_FAILED: Page = Page {
    code: "GV0601",
    title: "the engine failed",
    text: "The engine did not complete the statement. The SQLSTATE is the engine's own; its message \
           is passed on only where the setting `engine_messages` says so and the policy hides \
           nothing, because an engine quotes values in its messages. Credits are given back.",
    error: ErrorCode::ExecutionFailed,
};

static TOO_LARGE: Page = Page {
    code: "GV0602",
    title: "the result does not fit the buffer",
    text: "No partial result may leave, so the complete result is held in memory first, and it has \
           more than `result_bytes_max` bytes. Narrow the statement or raise the setting. Credits \
           are given back.",
    error: ErrorCode::ResultTooLarge,
};

static TOO_MANY_ROWS: Page = Page {
    code: "GV0603",
    title: "more rows than a query may return",
    text: "The statement returns more rows than `rows_a_query_max` allows the principal. It was \
           stopped and none of its rows left. Add a LIMIT or an aggregate, or raise the limit. \
           Credits are given back.",
    error: ErrorCode::QuotaExceeded,
};

pub(crate) static PAGES: &[Page] = &[ENGINE_FAILED, TOO_LARGE, TOO_MANY_ROWS];

/// A complete result.
#[derive(Debug)]
pub(crate) struct Executed {
    result: ResultSet,
    remains: Remains,
}

impl Executed {
    pub(super) fn into_parts(self) -> (ResultSet, Remains) {
        (self.result, self.remains)
    }
}

/// How large the result is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExecuteVerdict {
    rows: usize,
    columns: usize,
    bytes: usize,
}

impl Verdict for ExecuteVerdict {
    const STAGE: Stage = Stage::Execute;

    fn evidence(&self) -> BTreeMap<String, String> {
        facts([
            ("rows", self.rows.to_string()),
            ("columns", self.columns.to_string()),
            ("bytes", self.bytes.to_string()),
        ])
    }
}

/// Runs the statement and reads its result to the end.
pub(crate) async fn run(
    session: &mut dyn Session,
    messages: EngineMessages,
    result_bytes_max: usize,
    translated: Translated,
) -> Result<(Executed, ExecuteVerdict), Stop> {
    let (text, remains) = translated.into_parts();
    let stream = session.execute(text).await.map_err(|failure| failed(messages, failure))?;
    let (schema, executed_sql, mut batches) = stream.into_parts();
    let mut buffer = Buffer { bytes_max: result_bytes_max, ..Buffer::new(remains.funds.rows_max) };
    while let Some(batch) = batches.next().await {
        buffer.push(batch.map_err(|failure| failed(messages, failure))?)?;
    }
    let verdict =
        ExecuteVerdict { rows: buffer.rows, columns: schema.fields().len(), bytes: buffer.bytes };
    let result = ResultSet { schema, executed_sql, batches: buffer.batches };
    Ok((Executed { result, remains }, verdict))
}

struct Buffer {
    batches: Vec<RecordBatch>,
    rows: usize,
    bytes: usize,
    rows_max: Option<u64>,
    bytes_max: usize,
}

impl Buffer {
    fn new(rows_max: Option<u64>) -> Self {
        Self { batches: Vec::new(), rows: 0, bytes: 0, rows_max, bytes_max: 0 }
    }

    fn push(&mut self, batch: RecordBatch) -> Result<(), Stop> {
        self.rows = self.rows.saturating_add(batch.num_rows());
        self.bytes = self.bytes.saturating_add(batch.get_array_memory_size());
        if let Some(rows_max) = self.rows_max
            && self.rows as u64 > rows_max
        {
            return Err(Stop::new(
                Stage::Execute,
                &TOO_MANY_ROWS,
                format!(
                    "the statement returns more than the {rows_max} rows that this principal may \
                     read at once"
                ),
            )
            .with("rows_a_query_max", rows_max));
        }
        if self.bytes > self.bytes_max {
            return Err(Stop::new(
                Stage::Execute,
                &TOO_LARGE,
                format!(
                    "the result has more than {} bytes; raise `result_bytes_max` or narrow the \
                     statement",
                    self.bytes_max
                ),
            )
            .class(FailureClass::Resource)
            .with("result_bytes_max", self.bytes_max));
        }
        self.batches.push(batch);
        Ok(())
    }
}

/// Class and SQLSTATE are always the engine's: they tell no value, and a comparison goes by them.
pub(crate) fn failed(messages: EngineMessages, failure: Failure) -> Stop {
    let (message, position) = match messages {
        EngineMessages::Pass => (failure.message, failure.position),
        EngineMessages::Replace => (
            format!(
                "the engine failed with SQLSTATE {}; its message is not passed on",
                failure.sqlstate
            ),
            None,
        ),
    };
    Stop::new(Stage::Execute, &ENGINE_FAILED, message)
        .sqlstate(failure.sqlstate)
        .class(failure.class)
        .position(position)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        quota::Limits,
        testing::{Script, SpySession, translated, translated_with},
    };
    use model::SqlState;

    const MUCH: usize = 1 << 20;

    async fn run_on(script: Script) -> Result<(Executed, ExecuteVerdict), Stop> {
        let mut session = SpySession::new(script);
        run(&mut session, EngineMessages::Replace, MUCH, translated("SELECT 1")).await
    }

    #[tokio::test]
    async fn reads_to_the_end() {
        let (executed, verdict) = run_on(Script::Rows(vec![2, 0, 3])).await.unwrap();
        assert_eq!(executed.into_parts().0.rows(), 5);
        assert_eq!((verdict.rows, verdict.columns), (5, 1));
    }

    #[tokio::test]
    async fn a_failure_keeps_class_and_sqlstate_and_loses_its_message() {
        for script in [Script::fails("secret 42"), Script::fails_after(3, "secret 42")] {
            let error = run_on(script).await.unwrap_err().for_request("r");
            assert_eq!(error.code, ErrorCode::ExecutionFailed);
            assert_eq!(error.sqlstate, SqlState::DIVISION_BY_ZERO);
            assert_eq!(error.class, FailureClass::Statement);
            assert!(!error.message.contains("secret") && error.position.is_none());
        }
    }

    #[tokio::test]
    async fn a_message_passes_where_it_may() {
        let mut session = SpySession::new(Script::fails("near `x`"));
        let error = run(&mut session, EngineMessages::Pass, MUCH, translated("SELECT 1"))
            .await
            .unwrap_err()
            .for_request("r");
        assert_eq!((error.message.as_str(), error.position), ("near `x`", Some(7)));
    }

    #[tokio::test]
    async fn a_large_result_is_refused_without_reading_the_rest() {
        let mut session = SpySession::new(Script::Rows(vec![1_000; 50]));
        let spy = session.spy();
        let error = run(&mut session, EngineMessages::Replace, 20_000, translated("SELECT 1"))
            .await
            .unwrap_err()
            .for_request("r");
        assert_eq!((error.code, error.rule()), (ErrorCode::ResultTooLarge, "GV0602"));
        assert_eq!(error.class, FailureClass::Resource);
        assert!(spy.batches() < 10, "{}", spy.batches());
    }

    #[tokio::test]
    async fn rows_a_query_are_limited() {
        let limits = Limits { rows_a_query_max: Some(4), ..Limits::default() };
        for (rows, passes) in [(vec![2, 2], true), (vec![2, 2, 1], false)] {
            let mut session = SpySession::new(Script::Rows(rows));
            let translated = translated_with("SELECT 1", limits.clone());
            let outcome = run(&mut session, EngineMessages::Replace, MUCH, translated).await;
            match outcome {
                Ok(_) => assert!(passes),
                Err(stop) => {
                    let error = stop.for_request("r");
                    assert!(!passes);
                    assert_eq!((error.code, error.rule()), (ErrorCode::QuotaExceeded, "GV0603"));
                }
            }
        }
    }
}
