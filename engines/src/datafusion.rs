//! Apache DataFusion inside this process: registered files and tables in memory, read by sessions
//! that share one catalog.
//!
//! It runs on threads of its own, so that its computing never delays timeouts and cancels. A
//! cancelled statement is gone for the caller at once; DataFusion itself notices between two steps
//! of an operator, and a step is short except in a nested loop join of two huge inputs.
//! Values keep what DataFusion gives: its timestamps are often in nanoseconds, and stay so.
//! Sessions have one function more than DataFusion: `error(text)` fails with that text, and
//! `error('22012: division by zero')` with exactly that SQLSTATE, as on DuckDB.

mod binds;
mod catalog;
mod error;
mod load;
mod raise;
mod session;

use crate::{
    failure,
    interface::{Engine, Session, SessionSettings},
};
use async_trait::async_trait;
use datafusion::{
    catalog::{
        CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, MemorySchemaProvider,
    },
    datasource::file_format::options::ArrowReadOptions,
    execution::{
        SessionStateBuilder,
        memory_pool::{FairSpillPool, TrackConsumersPool},
        runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
    },
    prelude::{CsvReadOptions, ParquetReadOptions, SessionConfig, SessionContext},
    sql::TableReference,
};
use model::{Dialect, EngineKind, Failure, FailureClass, SqlState};
use std::{fmt, num::NonZeroUsize, path::Path, sync::Arc};
use tokio::runtime::{Builder, Handle, Runtime};

/// DataFusion's names of the catalog and the schema that unqualified names are looked up in.
const CATALOG: &str = "datafusion";
const SCHEMA: &str = "public";
/// Plans of deep expressions recurse deeply.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Limits of one instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DataFusionOptions {
    /// Threads, and partitions that a statement is split into; default: one for each core.
    pub threads: Option<NonZeroUsize>,
    /// Memory for all its statements together, in bytes; default: without limit.
    pub memory_bytes_max: Option<usize>,
    /// Read literals such as `1.5` as decimals, as PostgreSQL does, instead of as doubles
    /// (`datafusion.sql_parser.parse_float_as_decimal`).
    pub decimal_literals: bool,
}

/// A DataFusion instance with its tables.
#[derive(Clone)]
pub struct DataFusion {
    shared: Arc<Shared>,
}

struct Shared {
    catalogs: Arc<dyn CatalogProviderList>,
    environment: Arc<RuntimeEnv>,
    partitions: usize,
    memory_bytes_max: Option<usize>,
    decimal_literals: bool,
    runtime: Option<Runtime>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Waiting for the threads is not allowed here when we are dropped inside async code.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl DataFusion {
    /// An instance without tables.
    pub fn new() -> Result<Self, Failure> {
        Self::with_options(&DataFusionOptions::default())
    }

    /// The same with limits.
    pub fn with_options(options: &DataFusionOptions) -> Result<Self, Failure> {
        let partitions = options
            .threads
            .or_else(|| std::thread::available_parallelism().ok())
            .map_or(1, NonZeroUsize::get);
        let mut environment = RuntimeEnvBuilder::new();
        if let Some(bytes) = options.memory_bytes_max {
            let consumers = NonZeroUsize::new(5).unwrap_or(NonZeroUsize::MIN);
            environment = environment.with_memory_pool(Arc::new(TrackConsumersPool::new(
                FairSpillPool::new(bytes),
                consumers,
            )));
        }
        let environment = environment.build_arc().map_err(|error| error::of(&error, ""))?;
        let catalogs = MemoryCatalogProviderList::new();
        let catalog = MemoryCatalogProvider::new();
        datafusion::catalog::CatalogProvider::register_schema(
            &catalog,
            SCHEMA,
            Arc::new(MemorySchemaProvider::new()),
        )
        .map_err(|error| error::of(&error, ""))?;
        catalogs.register_catalog(CATALOG.to_owned(), Arc::new(catalog));
        let runtime = Builder::new_multi_thread()
            // A cancelled statement may compute on until its current step ends; twice the threads
            // let the next one run meanwhile.
            .worker_threads(partitions * 2)
            .thread_name("datafusion")
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build()
            .map_err(|error| {
                failure::failure(
                    FailureClass::Resource,
                    SqlState::OUT_OF_MEMORY,
                    format!("no threads for DataFusion: {error}"),
                )
            })?;
        Ok(Self {
            shared: Arc::new(Shared {
                catalogs: Arc::new(catalogs),
                environment,
                partitions,
                memory_bytes_max: options.memory_bytes_max,
                decimal_literals: options.decimal_literals,
                runtime: Some(runtime),
            }),
        })
    }

    /// Registers a Parquet file, or a folder of such files, under `name`.
    pub async fn register_parquet(&self, name: &str, path: &Path) -> Result<(), Failure> {
        let (context, path) = self.registration(path)?;
        let registered = context
            .register_parquet(TableReference::bare(name), path, ParquetReadOptions::default())
            .await;
        registered.map_err(|error| error::of(&error, ""))
    }

    /// Registers a CSV file with a header, or a folder of such files, under `name`. Types are
    /// inferred from its first rows.
    pub async fn register_csv(&self, name: &str, path: &Path) -> Result<(), Failure> {
        let (context, path) = self.registration(path)?;
        let registered =
            context.register_csv(TableReference::bare(name), path, CsvReadOptions::new()).await;
        registered.map_err(|error| error::of(&error, ""))
    }

    /// Registers an Arrow IPC file, or a folder of such files, under `name`.
    pub async fn register_arrow(&self, name: &str, path: &Path) -> Result<(), Failure> {
        let (context, path) = self.registration(path)?;
        let registered = context
            .register_arrow(TableReference::bare(name), path, ArrowReadOptions::default())
            .await;
        registered.map_err(|error| error::of(&error, ""))
    }

    /// DataFusion takes a missing file for an empty table; here it is an error.
    fn registration(&self, path: &Path) -> Result<(SessionContext, String), Failure> {
        let absolute = std::fs::canonicalize(path).map_err(|error| {
            failure::statement(
                SqlState::UNDEFINED_TABLE,
                format!("`{}` cannot be registered: {error}", path.display()),
            )
        })?;
        let text = absolute.to_str().ok_or_else(|| {
            failure::statement(
                SqlState::UNDEFINED_TABLE,
                format!("`{}` cannot be registered: its name is not UTF-8", path.display()),
            )
        })?;
        Ok((self.context(&SessionSettings::default(), SCHEMA), text.to_owned()))
    }

    /// A context over the shared catalog.
    fn context(&self, settings: &SessionSettings, schema: &str) -> SessionContext {
        let mut config = SessionConfig::new()
            .with_target_partitions(self.shared.partitions)
            .with_default_catalog_and_schema(CATALOG, schema)
            .with_create_default_catalog_and_schema(false)
            .with_information_schema(true);
        let options = config.options_mut();
        options.execution.time_zone = Some(settings.time_zone.clone());
        options.sql_parser.parse_float_as_decimal = self.shared.decimal_literals;
        let state = SessionStateBuilder::new()
            .with_config(config)
            .with_runtime_env(Arc::clone(&self.shared.environment))
            .with_catalog_list(Arc::clone(&self.shared.catalogs))
            .with_default_features()
            .build();
        let context = SessionContext::new_with_state(state);
        context.register_udf(raise::error_function());
        context
    }
}

impl Shared {
    fn runtime(&self) -> Result<&Handle, Failure> {
        self.runtime
            .as_ref()
            .map(Runtime::handle)
            .ok_or_else(|| failure::session_lost("DataFusion has been shut down"))
    }
}

impl fmt::Debug for DataFusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataFusion({} partitions)", self.shared.partitions)
    }
}

#[async_trait]
impl Engine for DataFusion {
    fn kind(&self) -> EngineKind {
        EngineKind::DataFusion
    }

    fn dialect(&self) -> Dialect {
        Dialect::DataFusion
    }

    async fn open(&self, settings: &SessionSettings) -> Result<Box<dyn Session>, Failure> {
        Ok(Box::new(session::DataFusionSession::open(self, settings)?))
    }
}
