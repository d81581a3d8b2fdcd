//! One context as a session.

use super::{CATALOG, DataFusion, SCHEMA, Shared, binds, catalog, error, load};
use crate::{
    failure,
    forms::Forms,
    interface::{Canceller, Request, ResultStream, Session, SessionSettings},
    lexer,
};
use arrow::{
    datatypes::SchemaRef,
    record_batch::{RecordBatch, RecordBatchReader},
};
use async_trait::async_trait;
use datafusion::{
    catalog::MemorySchemaProvider,
    common::ParamValues,
    execution::context::SQLOptions,
    logical_expr::LogicalPlan,
    prelude::{DataFrame, SessionContext},
    sql::TableReference,
};
use futures::StreamExt as _;
use model::{
    Dialect, EngineInfo, EngineKind, Failure, FailureClass, SqlState, catalog::CatalogTable,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

/// Batches that may wait for the reader; one holds 8,192 rows.
const BATCHES_WAITING_MAX: usize = 2;

pub(super) struct DataFusionSession {
    engine: DataFusion,
    context: SessionContext,
    schema: String,
    info: EngineInfo,
    settings: SessionSettings,
    /// Tells the running statement to stop.
    stop: Arc<Mutex<Option<watch::Sender<bool>>>>,
}

impl DataFusionSession {
    pub(super) fn open(engine: &DataFusion, settings: &SessionSettings) -> Result<Self, Failure> {
        if settings.time_zone.parse::<arrow::array::timezone::Tz>().is_err() {
            return Err(failure::failure(
                FailureClass::Unreachable,
                SqlState::parse("22023").unwrap_or(SqlState::DATA_EXCEPTION),
                format!("DataFusion does not know the time zone `{}`", settings.time_zone),
            ));
        }
        let schema = schema_of(&engine.shared, settings)?;
        let context = engine.context(settings, &schema);
        let state = context.state();
        let options = state.config().options();
        let memory = engine.shared.memory_bytes_max;
        let timeout = settings.statement_timeout.map_or(0, |limit| limit.as_millis());
        let settings_found: [(&str, String); 10] = [
            ("time_zone", options.execution.time_zone.clone().unwrap_or_default()),
            ("target_partitions", options.execution.target_partitions.to_string()),
            ("batch_size", options.execution.batch_size.to_string()),
            ("default_schema", schema.clone()),
            ("sql_dialect", options.sql_parser.dialect.to_string()),
            (
                "enable_ident_normalization",
                options.sql_parser.enable_ident_normalization.to_string(),
            ),
            ("parse_float_as_decimal", options.sql_parser.parse_float_as_decimal.to_string()),
            ("memory_bytes_max", memory.map_or("unlimited".to_owned(), |bytes| bytes.to_string())),
            ("statement_timeout_ms", timeout.to_string()),
            ("read_only", settings.read_only.to_string()),
        ];
        let info = EngineInfo {
            kind: EngineKind::DataFusion,
            version: datafusion::DATAFUSION_VERSION.to_owned(),
            dialect: Dialect::DataFusion,
            settings: settings_found
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<BTreeMap<_, _>>(),
        };
        Ok(Self {
            engine: engine.clone(),
            context,
            schema,
            info,
            settings: settings.clone(),
            stop: Arc::new(Mutex::new(None)),
        })
    }

    /// A fresh switch for the next statement.
    fn arm(&self) -> Limits {
        let (sender, stopped) = watch::channel(false);
        *self.stop.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        let deadline = self.settings.statement_timeout.map(|limit| Instant::now() + limit);
        Limits { stopped, deadline }
    }

    fn options(&self) -> SQLOptions {
        let writes = !self.settings.read_only;
        SQLOptions::new().with_allow_ddl(writes).with_allow_dml(writes)
    }
}

/// DataFusion looks unqualified names up in one schema: the first of the search path that exists.
fn schema_of(shared: &Shared, settings: &SessionSettings) -> Result<String, Failure> {
    if settings.search_path.is_empty() {
        return Ok(SCHEMA.to_owned());
    }
    let catalog = shared.catalogs.catalog(CATALOG);
    let exists = |name: &&String| {
        catalog.as_ref().is_some_and(|catalog| catalog.schema(name.as_str()).is_some())
    };
    settings.search_path.iter().find(exists).cloned().ok_or_else(|| {
        failure::failure(
            FailureClass::Unreachable,
            SqlState::parse("3F000").unwrap_or(SqlState::UNDEFINED_TABLE),
            format!("DataFusion has no schema of `{}`", settings.search_path.join(", ")),
        )
    })
}

/// What can end a statement before its time.
struct Limits {
    stopped: watch::Receiver<bool>,
    deadline: Option<Instant>,
}

impl Limits {
    /// Waits for the end, with its reason.
    async fn reached(&mut self) -> Failure {
        let deadline = self.deadline;
        let timer = async {
            match deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let asked = async {
            if self.stopped.wait_for(|stopped| *stopped).await.is_err() {
                // The session is gone; nobody can ask any more.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = asked => failure::cancelled(),
            () = timer => failure::timed_out(),
        }
    }

    /// Runs `work` unless the end comes first.
    async fn hold<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            biased;
            end = self.reached() => Err(end),
            done = work => done,
        }
    }
}

/// A task on DataFusion's threads. Dropping it stops the work.
struct Job(JoinHandle<()>);

impl Drop for Job {
    fn drop(&mut self) {
        self.0.abort();
    }
}

type Batches = mpsc::Sender<Result<RecordBatch, Failure>>;

/// Reads one statement: its names and types.
async fn read(
    context: &SessionContext,
    request: &Request,
    options: SQLOptions,
    time_zone: &str,
) -> Result<LogicalPlan, Failure> {
    lexer::check_single(&request.sql)?;
    if lexer::is_blank(&request.sql) {
        return Err(failure::statement(SqlState::SYNTAX_ERROR, "the statement is empty"));
    }
    let failed = |error| error::of(&error, &request.sql);
    let mut plan = context.state().create_logical_plan(&request.sql).await.map_err(failed)?;
    options.verify_plan(&plan).map_err(failed)?;
    if !request.binds.is_empty() {
        let wanted = plan.get_parameter_names().map_err(failed)?.len();
        if wanted != request.binds.len() {
            return Err(failure::statement(
                SqlState::parse("08P01").unwrap_or(SqlState::SYNTAX_ERROR),
                format!(
                    "the statement has {wanted} parameters, {} were given",
                    request.binds.len()
                ),
            ));
        }
        let values = binds::scalars(&request.binds, time_zone)?;
        plan = plan.with_param_values(ParamValues::from(values)).map_err(failed)?;
    }
    Ok(plan)
}

/// Plans and runs one statement, up to its first rows.
async fn plan(
    context: &SessionContext,
    request: &Request,
    options: SQLOptions,
    time_zone: &str,
) -> Result<DataFrame, Failure> {
    let plan = read(context, request, options, time_zone).await?;
    context.execute_logical_plan(plan).await.map_err(|error| error::of(&error, &request.sql))
}

/// Plans a statement to the end: types are settled only then.
async fn bind(
    context: &SessionContext,
    request: &Request,
    options: SQLOptions,
    time_zone: &str,
) -> Result<(), Failure> {
    let plan = read(context, request, options, time_zone).await?;
    let planned = context.state().create_physical_plan(&plan).await;
    planned.map(drop).map_err(|error| error::of(&error, &request.sql))
}

/// Sends schema and batches of one statement.
async fn run(
    context: SessionContext,
    request: Request,
    options: SQLOptions,
    time_zone: String,
    started: oneshot::Sender<Result<SchemaRef, Failure>>,
    batches: Batches,
) {
    let begun = async {
        let frame = plan(&context, &request, options, &time_zone).await?;
        let failed = |error| error::of(&error, &request.sql);
        let mut rows = frame.execute_stream().await.map_err(failed)?;
        let first = rows.next().await.transpose().map_err(failed)?;
        let forms =
            Forms::decide(&rows.schema(), first.as_ref(), |field| field.data_type().to_string())?;
        Ok((rows, first, forms))
    };
    let (mut rows, first, forms) = match begun.await {
        Ok(begun) => begun,
        // A send fails when nobody waits any more.
        Err(failure) => return drop(started.send(Err(failure))),
    };
    if started.send(Ok(forms.schema())).is_err() {
        return;
    }
    let mut next = first.map(Ok);
    while let Some(batch) = next {
        let formed = batch
            .map_err(|error| error::of(&error, &request.sql))
            .and_then(|batch| forms.apply(&batch));
        let failed = formed.is_err();
        let empty = formed.as_ref().is_ok_and(|batch| batch.num_rows() == 0);
        if !empty && batches.send(formed).await.is_err() || failed {
            return;
        }
        next = rows.next().await;
    }
}

/// A result being read.
struct Reading {
    batches: mpsc::Receiver<Result<RecordBatch, Failure>>,
    limits: Limits,
    job: Job,
}

async fn next(reading: Option<Reading>) -> Option<(Result<RecordBatch, Failure>, Option<Reading>)> {
    let mut reading = reading?;
    let received = tokio::select! {
        biased;
        end = reading.limits.reached() => Some(Err(end)),
        batch = reading.batches.recv() => batch,
    };
    match received {
        Some(Ok(batch)) => Some((Ok(batch), Some(reading))),
        Some(Err(failure)) => Some((Err(failure), None)),
        // No more batches: the end, or a panic inside DataFusion.
        None => match (&mut reading.job.0).await {
            Ok(()) => None,
            Err(_) => Some((Err(broken()), None)),
        },
    }
}

fn broken() -> Failure {
    failure::internal("DataFusion broke off inside; this is a bug of it, or of how it is driven")
}

#[async_trait]
impl Session for DataFusionSession {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    async fn execute(&mut self, request: Request) -> Result<ResultStream, Failure> {
        let sql = request.sql.clone();
        let mut limits = self.arm();
        let (started, answer) = oneshot::channel();
        let (sender, batches) = mpsc::channel(BATCHES_WAITING_MAX);
        let work = run(
            self.context.clone(),
            request,
            self.options(),
            self.settings.time_zone.clone(),
            started,
            sender,
        );
        let job = Job(self.engine.shared.runtime()?.spawn(work));
        let answer = async { answer.await.unwrap_or_else(|_| Err(broken())) };
        let schema = limits.hold(answer).await?;
        let reading = Reading { batches, limits, job };
        let stream = futures::stream::unfold(Some(reading), next);
        Ok(ResultStream::new(schema, sql, stream.boxed()))
    }

    async fn check(&mut self, request: &Request) -> Result<(), Failure> {
        let mut limits = self.arm();
        let (context, options, request) = (self.context.clone(), self.options(), request.clone());
        let time_zone = self.settings.time_zone.clone();
        let (done, answer) = oneshot::channel();
        let _job = Job(self.engine.shared.runtime()?.spawn(async move {
            // Nobody waits any more when the send fails.
            drop(done.send(bind(&context, &request, options, &time_zone).await));
        }));
        limits.hold(async { answer.await.unwrap_or_else(|_| Err(broken())) }).await
    }

    async fn run_script(&mut self, sql: &str) -> Result<(), Failure> {
        let mut limits = self.arm();
        let (context, options, text) = (self.context.clone(), self.options(), sql.to_owned());
        let (done, answer) = oneshot::channel();
        let _job = Job(self.engine.shared.runtime()?.spawn(async move {
            // Nobody waits any more when the send fails.
            drop(done.send(script(&context, &text, options).await));
        }));
        limits.hold(async { answer.await.unwrap_or_else(|_| Err(broken())) }).await
    }

    async fn load(
        &mut self,
        table: &CatalogTable,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, Failure> {
        let failed = |error| error::of(&error, "");
        let (loaded, count) = load::read(table, rows, self.engine.shared.partitions).await?;
        let schema = table.schema.clone().unwrap_or_else(|| self.schema.clone());
        let catalog = self.context.catalog(CATALOG);
        let catalog = catalog.ok_or_else(|| failure::internal("the catalog is gone"))?;
        if catalog.schema(&schema).is_none() {
            catalog
                .register_schema(&schema, Arc::new(MemorySchemaProvider::new()))
                .map_err(failed)?;
        }
        let name = TableReference::partial(schema, table.name.clone());
        self.context.deregister_table(name.clone()).map_err(failed)?;
        self.context.register_table(name, Arc::new(loaded)).map_err(failed)?;
        Ok(count)
    }

    async fn catalog(&mut self) -> Result<Vec<CatalogTable>, Failure> {
        catalog::read(&self.context, &self.schema).await
    }

    fn canceller(&self) -> Canceller {
        let stop = Arc::clone(&self.stop);
        Canceller::new(move || {
            if let Some(sender) = &*stop.lock().unwrap_or_else(PoisonError::into_inner) {
                // Nobody listens when the statement has ended.
                let _ = sender.send(true);
            }
            Box::pin(std::future::ready(()))
        })
    }

    fn is_usable(&self) -> bool {
        self.engine.shared.runtime.is_some()
    }
}

/// Runs statement after statement and throws their rows away.
async fn script(context: &SessionContext, sql: &str, options: SQLOptions) -> Result<(), Failure> {
    let failed = |error| error::of(&error, sql);
    let statements = datafusion::sql::parser::DFParser::parse_sql(sql).map_err(failed)?;
    for statement in statements {
        let plan = context.state().statement_to_plan(statement).await.map_err(failed)?;
        options.verify_plan(&plan).map_err(failed)?;
        let frame = context.execute_logical_plan(plan).await.map_err(failed)?;
        let mut rows = frame.execute_stream().await.map_err(failed)?;
        while let Some(batch) = rows.next().await {
            drop(batch.map_err(failed)?);
        }
    }
    Ok(())
}
