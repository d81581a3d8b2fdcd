//! The rows of a query summed up inside its database: counts and sums of row hashes by bucket, and
//! the rows of some buckets only.
//!
//! [`model::summary`] says what is hashed; `postgres` and `duckdb` say it in SQL, an expression for
//! each type. A type that their SQL cannot encode exactly is refused, with the name of the column.
//!
//! All answers are of one snapshot: [`PushedQuery::open`] begins a transaction that only reads
//! (`REPEATABLE READ` in PostgreSQL), which lasts as long as the value does.

mod duckdb;
mod postgres;

use crate::{
    failure,
    interface::{Canceller, Engine, Request, ResultStream, Session, SessionSettings},
};
use arrow::{
    array::{Array as _, AsArray as _},
    datatypes::{Field, Schema, SchemaRef},
    record_batch::{RecordBatch, RecordBatchOptions},
};
use futures::StreamExt as _;
use model::{
    Batches, BucketSummary, Buckets, Dialect, Encoding, EngineKind, Failure, FailureClass, RowHash,
    RowsError, SqlState, Summarized,
};
use std::{fmt, sync::Arc};
use tokio::{runtime::Handle, sync::Mutex};

/// Bytes of the answers that are numbers: 2²⁰ summaries and more.
const SUMMARY_BYTES_MAX: usize = 1 << 30;
/// Columns of one call of `concat`: PostgreSQL takes no more than 100 arguments, of which a text is
/// three and the `;` behind it one.
const CONCAT_COLUMNS_MAX: usize = 24;

/// A query in a snapshot of its database.
pub struct PushedQuery {
    session: Mutex<Box<dyn Session>>,
    canceller: Canceller,
    runtime: Handle,
    dialect: Dialect,
    sql: &'static dyn SummarySql,
    schema: SchemaRef,
    query: String,
}

/// How an engine says it.
trait SummarySql: Send + Sync {
    /// What begins a transaction that reads one snapshot, and makes it fast.
    fn begin(&self) -> &'static str;

    /// The arguments of `concat` that give the text of a value of `column`; an error says why there
    /// are none.
    fn value(&self, column: &str, field: &Field, encoding: Encoding) -> Result<String, String>;

    /// A query for number, rows and sums of the buckets, all as text. `row` is the text of a row.
    fn summaries(&self, source: &str, row: &str, within: &Buckets, bits: u32) -> String;

    /// The condition that a row lies in one of the buckets.
    fn lies_in(&self, row: &str, buckets: &Buckets) -> String;

    /// The condition that the text hashes to one of these.
    fn is_one_of(&self, text: &str, hashes: &[RowHash]) -> String;
}

impl PushedQuery {
    /// Opens a session on PostgreSQL or DuckDB, begins its transaction and reads the names and types
    /// of `query`, which is one that reads rows, without running it.
    ///
    /// The runtime from which this is called must have threads of its own, and outlive the value.
    ///
    /// # Errors
    /// Another engine, an encoding of the database other than UTF-8, or what the engine says.
    pub async fn open(
        engine: &dyn Engine,
        settings: &SessionSettings,
        query: &str,
    ) -> Result<Self, Failure> {
        let sql: &'static dyn SummarySql = match engine.kind() {
            EngineKind::Postgres => &postgres::PostgresSql,
            EngineKind::DuckDb => &duckdb::DuckDbSql,
            other => {
                return Err(failure::statement(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    format!(
                        "push-down works on PostgreSQL and DuckDB, not on {other}; compare without it"
                    ),
                ));
            }
        };
        // The transaction that is begun below reads only; statements must not have one of their own.
        let settings = SessionSettings { read_only: false, ..settings.clone() };
        let mut session = engine.open(&settings).await?;
        let info = session.info();
        let dialect = info.dialect;
        if let Some(encoding) = info.settings.get("server_encoding")
            && encoding != "UTF8"
        {
            return Err(failure::failure(
                FailureClass::Unrepresentable,
                SqlState::FEATURE_NOT_SUPPORTED,
                format!(
                    "push-down hashes text in UTF-8, the database is in `{encoding}`; compare without it"
                ),
            ));
        }
        session.run_script(sql.begin()).await?;
        let query = query.trim_end().trim_end_matches(';').to_owned();
        // On a line of its own, the parenthesis is no part of a comment.
        let empty = format!("SELECT * FROM (\n{query}\n) AS t LIMIT 0");
        let schema = session.execute(Request::new(empty, dialect)).await?.schema();
        let canceller = session.canceller();
        let runtime = Handle::current();
        let session = Mutex::new(session);
        Ok(Self { session, canceller, runtime, dialect, sql, schema, query })
    }

    /// The query with its columns named `c0`, `c1`, …: several may have one name.
    fn source(&self) -> String {
        format!("(\n{}\n) AS t({})", self.query, names(self.schema.fields().len()))
    }

    /// The text of a row of these columns.
    fn row<'e>(
        &self,
        columns: impl IntoIterator<Item = (usize, &'e Encoding)>,
    ) -> Result<String, RowsError> {
        let mut texts = Vec::new();
        for (index, encoding) in columns {
            let Some(field) = self.schema.fields().get(index) else {
                return Err(RowsError(format!("there is no column {}", index + 1)));
            };
            let text = self.sql.value(&format!("c{index}"), field, *encoding).map_err(|reason| {
                RowsError(format!(
                    "column `{}` cannot be pushed down: {reason}; compare without push-down, or leave it out of the query",
                    field.name()
                ))
            })?;
            texts.push(format!("{text}, ';'"));
        }
        let calls: Vec<String> = texts
            .chunks(CONCAT_COLUMNS_MAX)
            .map(|chunk| format!("concat({})", chunk.join(", ")))
            .collect();
        match calls.as_slice() {
            [] => Err(RowsError("the query has no columns to push down".to_owned())),
            [one] => Ok(one.clone()),
            many => Ok(format!("concat({})", many.join(", "))),
        }
    }

    fn whole_row(&self, encodings: &[Encoding]) -> Result<String, RowsError> {
        let columns = self.schema.fields().len();
        if encodings.len() != columns {
            return Err(RowsError(format!(
                "the query has {columns} columns, {} are to be pushed down",
                encodings.len()
            )));
        }
        self.row(encodings.iter().enumerate())
    }

    fn run(&self, sql: String) -> Result<ResultStream, RowsError> {
        let request = Request::new(sql, self.dialect);
        self.runtime
            .block_on(async { self.session.lock().await.execute(request).await })
            .map_err(told)
    }

    /// Numbers that come as text.
    fn numbers(&self, sql: String) -> Result<Vec<RecordBatch>, RowsError> {
        let stream = self.run(sql)?;
        let set = self.runtime.block_on(stream.collect(SUMMARY_BYTES_MAX)).map_err(told)?;
        Ok(set.batches)
    }
}

/// `c0, c1, …`
fn names(columns: usize) -> String {
    let names: Vec<String> = (0..columns).map(|index| format!("c{index}")).collect();
    names.join(", ")
}

#[expect(clippy::needless_pass_by_value, reason = "it is the last that is heard of the failure")]
fn told(failure: Failure) -> RowsError {
    RowsError(failure.to_string())
}

/// A number that came as text; buckets of 64 bits may come with a sign.
fn number<T: std::str::FromStr>(
    batch: &RecordBatch,
    column: usize,
    row: usize,
) -> Result<T, RowsError> {
    let array = batch.columns().get(column).and_then(|array| array.as_string_opt::<i32>());
    let text = array.filter(|array| row < array.len()).map(|array| array.value(row));
    text.and_then(|text| text.parse().ok()).ok_or_else(|| {
        RowsError(format!("the database answered `{}` for a number", text.unwrap_or("nothing")))
    })
}

fn summary(batch: &RecordBatch, row: usize) -> Result<BucketSummary, RowsError> {
    let bucket: i128 = number(batch, 0, row)?;
    let unsigned = u64::try_from(bucket).or_else(|_| i64::try_from(bucket).map(i64::cast_unsigned));
    let bucket = unsigned
        .map_err(|_| RowsError(format!("the database answered `{bucket}` for a bucket")))?;
    let sums = [number(batch, 2, row)?, number(batch, 3, row)?];
    Ok(BucketSummary { bucket, rows: number(batch, 1, row)?, sums })
}

impl Summarized for PushedQuery {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn check(&self, encodings: &[Encoding]) -> Result<(), RowsError> {
        self.whole_row(encodings).map(drop)
    }

    fn summaries(
        &self,
        encodings: &[Encoding],
        within: &Buckets,
        bits: u32,
    ) -> Result<Vec<BucketSummary>, RowsError> {
        let row = self.whole_row(encodings)?;
        let bits = bits.clamp(1, u64::BITS);
        let batches = self.numbers(self.sql.summaries(&self.source(), &row, within, bits))?;
        let mut found = Vec::new();
        for batch in &batches {
            for row in 0..batch.num_rows() {
                found.push(summary(batch, row)?);
            }
        }
        found.sort_unstable_by_key(|summary| summary.bucket);
        Ok(found)
    }

    fn rows(
        &self,
        encodings: &[Encoding],
        buckets: &Buckets,
    ) -> Result<(SchemaRef, Batches<'_>), RowsError> {
        let mut sql =
            format!("SELECT {} FROM {}", names(self.schema.fields().len()), self.source());
        if buckets.bits() > 0 {
            let condition = self.sql.lies_in(&self.whole_row(encodings)?, buckets);
            sql.push_str(&format!(" WHERE {condition}"));
        }
        let stream = self.run(sql)?;
        // Types as they come, names as the query has them.
        let own = stream.schema();
        let fields = own.fields().iter().zip(self.schema.fields());
        let fields = fields.map(|(field, named)| field.as_ref().clone().with_name(named.name()));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<Field>>()));
        let runtime = self.runtime.clone();
        let batches = Streamed { stream, schema: Arc::clone(&schema), runtime };
        Ok((schema, Box::new(batches)))
    }

    fn count_keys(&self, key: &[(usize, Encoding)], keys: &[RowHash]) -> Result<u64, RowsError> {
        let row = self.row(key.iter().map(|(index, encoding)| (*index, encoding)))?;
        let condition = self.sql.is_one_of(&row, keys);
        let count = match self.dialect {
            Dialect::DuckDb => "count(*)::VARCHAR",
            _ => "count(*)::text",
        };
        let batches =
            self.numbers(format!("SELECT {count} FROM {} WHERE {condition}", self.source()))?;
        let batch = batches.first();
        batch.map_or_else(
            || Err(RowsError("the database did not count".to_owned())),
            |batch| number(batch, 0, 0),
        )
    }

    fn stop(&self) {
        let canceller = self.canceller.clone();
        self.runtime.spawn(async move { canceller.cancel().await });
    }
}

impl fmt::Debug for PushedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushedQuery")
            .field("dialect", &self.dialect)
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}

/// Rows on their way, for a thread that waits.
struct Streamed {
    stream: ResultStream,
    schema: SchemaRef,
    runtime: Handle,
}

impl Iterator for Streamed {
    type Item = Result<RecordBatch, RowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.runtime.block_on(self.stream.next())? {
            Ok(batch) => batch,
            Err(failure) => return Some(Err(told(failure))),
        };
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let columns = batch.columns().to_vec();
        let named = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options);
        Some(named.map_err(|error| RowsError(error.to_string())))
    }
}

/// Why a column of this type has no such encoding here.
fn refused(field: &Field, encoding: Encoding) -> String {
    format!("{} is not summed up as {encoding} here", model::logical::type_label(field))
}

/// Shift and mask that take the bucket off the upper half of a hash.
fn shift_and_mask(bits: u32) -> (u32, u64) {
    let shift = u64::BITS.saturating_sub(bits);
    (shift, u64::MAX.checked_shr(shift).unwrap_or(0))
}
