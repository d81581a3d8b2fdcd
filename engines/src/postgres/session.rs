//! One connection as a session.

use super::{
    catalog,
    config::PostgresConfig,
    connect, error, load,
    running::{Running, Shared},
    stream::{self, Batcher},
    types::{self, ColumnType},
};
use crate::{
    failure,
    interface::{Access, Canceller, Request, ResultStream, Session, SessionSettings},
    lexer,
};
use arrow::{
    array::Int64Array,
    datatypes::{DataType, Field, Schema},
    record_batch::{RecordBatch, RecordBatchReader},
};
use async_trait::async_trait;
use bytes::BytesMut;
use futures::StreamExt as _;
use model::{
    Bind, Changes, Dialect, EngineInfo, EngineKind, Failure, FailureClass, SqlState,
    catalog::CatalogTable, logical,
};
use std::{collections::BTreeMap, error::Error, pin::Pin, sync::Arc};
use tokio_postgres::{
    Client, Row, RowStream, Statement,
    types::{Format, IsNull, Kind, ToSql, Type, to_sql_checked},
};

/// Settings that are recorded besides those that are pinned.
const RECORDED: [&str; 12] = [
    "TimeZone",
    "search_path",
    "extra_float_digits",
    "DateStyle",
    "IntervalStyle",
    "statement_timeout",
    "default_transaction_read_only",
    "client_encoding",
    "server_encoding",
    "bytea_output",
    "application_name",
    "standard_conforming_strings",
];

/// A result being read.
struct Reading {
    batcher: Batcher,
    ended: bool,
    first: Option<Row>,
    rows: Pin<Box<RowStream>>,
    running: Running,
    sql: String,
    /// Kept so that the server closes its prepared statement only after the rows are read.
    _statement: Statement,
}

impl Reading {
    async fn next(&mut self) -> Option<Result<RecordBatch, Failure>> {
        while !self.ended {
            let first = self.first.take();
            match stream::next_batch(&mut self.rows, &mut self.batcher, first).await {
                Ok((batch, ended)) => {
                    self.ended = ended;
                    if ended {
                        self.running.finish();
                    }
                    if let Some(batch) = batch {
                        return Some(Ok(batch));
                    }
                }
                Err(problem) => {
                    self.ended = true;
                    return Some(Err(match problem {
                        stream::ReadError::Server(error) => {
                            self.running.finish();
                            self.running.shared().failed(&error, &self.sql)
                        }
                        // The rest of the rows is of no use: the drop of `running` cancels.
                        stream::ReadError::Value(failure) => failure,
                    }));
                }
            }
        }
        None
    }
}

/// A session on a PostgreSQL server.
pub(super) struct PostgresSession {
    shared: Arc<Shared>,
    info: EngineInfo,
    transaction: Option<Access>,
    /// A read has left its savepoint open.
    is_shielded: bool,
}

impl PostgresSession {
    pub(super) async fn open(
        config: &PostgresConfig,
        settings: &SessionSettings,
    ) -> Result<Self, Failure> {
        let connected = connect::connect(config).await?;
        let shared = Arc::new(Shared::new(connected.client, connected.cancel));
        let set_up = async {
            pin_settings(&shared.client, settings).await?;
            let mut info = read_info(&shared.client).await?;
            info.settings.insert("transport".to_owned(), connected.transport.to_owned());
            Ok(info)
        };
        let info = tokio::time::timeout(config.connect_timeout, set_up).await.map_err(|_| {
            failure::failure(
                FailureClass::Unreachable,
                SqlState::CANNOT_CONNECT,
                format!("{config} logged in but did not take the session settings in time"),
            )
        })??;
        Ok(Self { shared, info, transaction: None, is_shielded: false })
    }
}

impl PostgresSession {
    /// Sees to it that a read changes nothing in a transaction that may write, whatever functions it
    /// calls: it runs behind a savepoint, from which the transaction reads only until it is left.
    async fn shield(&mut self, reads: bool) -> Result<(), Failure> {
        let script = match (self.is_shielded, reads) {
            (true, true) | (false, false) => return Ok(()),
            (false, true) => "SAVEPOINT gnomon_read; SET LOCAL transaction_read_only = on",
            (true, false) => "ROLLBACK TO SAVEPOINT gnomon_read; RELEASE SAVEPOINT gnomon_read",
        };
        self.run_script(script).await?;
        self.is_shielded = reads;
        Ok(())
    }
}

/// Pins the settings that change what a statement means. Values travel as parameters.
async fn pin_settings(client: &Client, settings: &SessionSettings) -> Result<(), Failure> {
    let timeout = settings.statement_timeout.map_or(0, |limit| limit.as_millis().max(1));
    let mut pinned: Vec<(&str, String)> = vec![
        ("TimeZone", settings.time_zone.clone()),
        ("extra_float_digits", "3".to_owned()),
        ("DateStyle", "ISO, MDY".to_owned()),
        ("IntervalStyle", "postgres".to_owned()),
        ("bytea_output", "hex".to_owned()),
        ("client_encoding", "UTF8".to_owned()),
        ("standard_conforming_strings", "on".to_owned()),
        ("statement_timeout", timeout.to_string()),
        ("default_transaction_read_only", if settings.read_only { "on" } else { "off" }.to_owned()),
    ];
    if !settings.search_path.is_empty() {
        let path: Vec<String> = settings.search_path.iter().map(|name| quote(name)).collect();
        pinned.push(("search_path", path.join(", ")));
    }
    for (name, value) in pinned {
        client
            .execute("SELECT pg_catalog.set_config($1, $2, false)", &[&name, &value])
            .await
            .map_err(|error| {
                let failure = error::of_statement(&error, "");
                failure::failure(
                    FailureClass::Unreachable,
                    failure.sqlstate,
                    format!(
                        "the server refused the session setting `{name}` = `{value}`: {}",
                        failure.message
                    ),
                )
            })?;
    }
    Ok(())
}

async fn read_info(client: &Client) -> Result<EngineInfo, Failure> {
    let failed = |error: tokio_postgres::Error| error::of_statement(&error, "");
    let mut settings = BTreeMap::new();
    let names: Vec<&str> = RECORDED.to_vec();
    let rows = client
        .query(
            "SELECT name, pg_catalog.current_setting(name, true) \
             FROM pg_catalog.unnest($1::text[]) AS name",
            &[&names],
        )
        .await
        .map_err(failed)?;
    for row in rows {
        if let (Ok(name), Ok(Some(value))) =
            (row.try_get::<_, String>(0), row.try_get::<_, Option<String>>(1))
        {
            settings.insert(name, value);
        }
    }
    let row = client
        .query_one(
            "SELECT pg_catalog.current_setting('server_version'), datcollate::text, datname::text, \
             session_user::text \
             FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()",
            &[],
        )
        .await
        .map_err(failed)?;
    let text = |index: usize| row.try_get::<_, String>(index).unwrap_or_default();
    for (name, value) in [("lc_collate", text(1)), ("database", text(2)), ("user", text(3))] {
        settings.insert(name.to_owned(), value);
    }
    Ok(EngineInfo {
        kind: EngineKind::Postgres,
        version: text(0),
        dialect: Dialect::Postgres,
        settings,
    })
}

/// A name as SQL writes it.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[async_trait]
impl Session for PostgresSession {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    async fn execute(&mut self, request: Request) -> Result<ResultStream, Failure> {
        let sql = request.sql;
        if self.transaction == Some(Access::ReadWrite) {
            lexer::check_undone(&sql)?;
            self.shield(request.changes.is_none()).await?;
        }
        let mut running = Running::start(&self.shared).await?;
        let shared = &self.shared;
        let types: Vec<Type> = request.binds.iter().map(bind_type).collect();
        let statement = shared.client.prepare_typed(&sql, &types).await.map_err(|error| {
            running.finish();
            shared.failed(&error, &sql)
        })?;
        let columns = statement.columns();
        if columns.is_empty() && request.changes == Some(Changes::Counted) {
            let binds = request.binds.into_iter().map(TextBind);
            let changed = shared.client.execute_raw(&statement, binds).await;
            running.finish();
            let changed = changed.map_err(|error| shared.failed(&error, &sql))?;
            return counted(changed, sql);
        }
        let column_types: Result<Vec<ColumnType>, Failure> =
            columns.iter().map(ColumnType::of).collect();
        let column_types = column_types.inspect_err(|_| running.finish())?;
        let fields = columns.iter().zip(&column_types);
        let fields: Vec<_> =
            fields.map(|(column, column_type)| types::field_of(column, column_type)).collect();
        let schema = Arc::new(Schema::new(fields));
        let binds = request.binds.into_iter().map(TextBind);
        let failed = |error: tokio_postgres::Error| shared.failed(&error, &sql);
        let rows = shared.client.query_raw(&statement, binds).await.map_err(|error| {
            running.finish();
            failed(error)
        })?;
        let mut rows = Box::pin(rows);
        // The first row tells whether the statement fails before it has any.
        let first = match rows.next().await {
            Some(Ok(row)) => Some(row),
            Some(Err(error)) => {
                running.finish();
                return Err(failed(error));
            }
            None => None,
        };
        if first.is_none() {
            running.finish();
        }
        let reading = Reading {
            batcher: Batcher::new(Arc::clone(&schema), &column_types),
            ended: first.is_none(),
            first,
            rows,
            running,
            sql: sql.clone(),
            _statement: statement,
        };
        let batches = futures::stream::unfold(reading, |mut reading| async move {
            reading.next().await.map(|batch| (batch, reading))
        });
        Ok(ResultStream::new(schema, sql, batches.boxed()))
    }

    async fn check(&mut self, request: &Request) -> Result<(), Failure> {
        let mut running = Running::start(&self.shared).await?;
        let types: Vec<Type> = request.binds.iter().map(bind_type).collect();
        // The server closes the statement once it is dropped.
        let prepared = self.shared.client.prepare_typed(&request.sql, &types).await;
        running.finish();
        prepared.map(drop).map_err(|error| self.shared.failed(&error, &request.sql))
    }

    async fn begin(&mut self, access: Access) -> Result<bool, Failure> {
        // One snapshot for all its statements, as DuckDB's transactions have it.
        let kind = match access {
            Access::ReadOnly => "READ ONLY",
            Access::ReadWrite => "READ WRITE",
        };
        let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ {kind}");
        self.run_script(&begin).await?;
        self.transaction = Some(access);
        Ok(true)
    }

    async fn roll_back(&mut self) -> Result<(), Failure> {
        self.is_shielded = false;
        if self.transaction.take().is_none() {
            return Ok(());
        }
        self.run_script("ROLLBACK").await
    }

    async fn run_script(&mut self, sql: &str) -> Result<(), Failure> {
        let mut running = Running::start(&self.shared).await?;
        let result = self.shared.client.batch_execute(sql).await;
        running.finish();
        result.map_err(|error| self.shared.failed(&error, sql))
    }

    async fn load(
        &mut self,
        table: &CatalogTable,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, Failure> {
        load::load(&self.shared, table, rows).await
    }

    async fn catalog(&mut self) -> Result<Vec<CatalogTable>, Failure> {
        catalog::read(&self.shared).await
    }

    fn canceller(&self) -> Canceller {
        let shared = Arc::clone(&self.shared);
        Canceller::new(move || {
            let shared = Arc::clone(&shared);
            Box::pin(async move { shared.cancel_running().await })
        })
    }

    fn is_usable(&self) -> bool {
        self.shared.is_usable()
    }
}

/// The number of changed rows as DuckDB gives it.
fn counted(rows: u64, sql: String) -> Result<ResultStream, Failure> {
    let rows = i64::try_from(rows).map_err(|error| failure::internal(error.to_string()))?;
    let engine_type = (logical::ENGINE_TYPE.to_owned(), "bigint".to_owned());
    let field = Field::new("Count", DataType::Int64, true).with_metadata([engine_type].into());
    let schema = Arc::new(Schema::new(vec![field]));
    let column = Arc::new(Int64Array::from_iter_values([rows]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column])
        .map_err(|error| failure::internal(error.to_string()))?;
    Ok(ResultStream::new(schema, sql, futures::stream::iter([Ok(batch)]).boxed()))
}

/// The type that a bind names; `unknown` lets the server infer it.
fn bind_type(bind: &Bind) -> Type {
    match bind.type_oid {
        0 => Type::UNKNOWN,
        oid => Type::from_oid(oid)
            .unwrap_or_else(|| Type::new(format!("type {oid}"), oid, Kind::Simple, String::new())),
    }
}

/// A bound parameter in PostgreSQL's text format.
#[derive(Debug)]
struct TextBind(Bind);

impl ToSql for TextBind {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match &self.0.value {
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            None => Ok(IsNull::Yes),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}
