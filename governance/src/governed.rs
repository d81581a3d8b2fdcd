//! An engine behind the pipeline, which is an engine itself.

use crate::{
    audit::{Paid, Receipt, StageRecord, Trail},
    error::GovernanceError,
    pipeline,
    policy::Action,
    settings::{Caller, Desk, GovernedSettings, SettingsError},
    stages::{audit, execute, policy_check},
};
use arrow::record_batch::RecordBatchReader;
use async_trait::async_trait;
use engines::{
    Access, Canceller, Engine, Request, ResultSet, ResultStream, Session, SessionSettings,
};
use futures::{StreamExt as _, stream};
use model::{
    Dialect, EngineInfo, EngineKind, Failure, FailureClass, SqlState, catalog::CatalogTable,
};
use std::sync::Arc;

/// Longest name of a principal, in bytes: it is written down with every attempt.
const PRINCIPAL_BYTES_MAX: usize = 1024;

/// An engine behind the governance pipeline. Cheap to clone and to share.
#[derive(Debug, Clone)]
pub struct Governed {
    engine: Arc<dyn Engine>,
    desk: Arc<Desk>,
}

impl Governed {
    /// Puts `engine` behind the pipeline.
    ///
    /// # Errors
    /// Settings that contradict each other.
    pub fn new(engine: Arc<dyn Engine>, settings: GovernedSettings) -> Result<Self, SettingsError> {
        let desk = Arc::new(Desk::new(settings, engine.dialect())?);
        Ok(Self { engine, desk })
    }

    /// Opens a session for the principal of `settings`; the same as [`Engine::open`], with the
    /// structured interface.
    ///
    /// # Errors
    /// The engine's failure to open one, or a principal's name that is too long to be written down.
    pub async fn open_session(
        &self,
        settings: &SessionSettings,
    ) -> Result<GovernedSession, Failure> {
        if let Some(name) = &settings.principal
            && name.len() > PRINCIPAL_BYTES_MAX
        {
            return Err(Failure {
                class: FailureClass::Refused,
                sqlstate: SqlState::INSUFFICIENT_PRIVILEGE,
                message: format!(
                    "the principal's name has {} bytes and may have {PRINCIPAL_BYTES_MAX}",
                    name.len()
                ),
                code: None,
                position: None,
            });
        }
        let inner = self.engine.open(settings).await?;
        let mut info = inner.info().clone();
        let policy = &self.desk.policy;
        info.settings.insert("governance.policy".to_owned(), policy.name().to_owned());
        info.settings.insert("governance.policy_digest".to_owned(), policy.digest().to_string());
        let caller = Caller {
            session: self.desk.ids.next(),
            principal: settings.principal.clone(),
            rolls_back: false,
        };
        Ok(GovernedSession { inner, desk: Arc::clone(&self.desk), info, caller })
    }
}

#[async_trait]
impl Engine for Governed {
    fn kind(&self) -> EngineKind {
        self.engine.kind()
    }

    fn dialect(&self) -> Dialect {
        self.engine.dialect()
    }

    async fn open(&self, settings: &SessionSettings) -> Result<Box<dyn Session>, Failure> {
        Ok(Box::new(self.open_session(settings).await?))
    }
}

/// A complete result and the record of how it came about.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The rows.
    pub result: ResultSet,
    /// Id of the request.
    pub request_id: String,
    /// What each stage went by.
    pub stages: Vec<StageRecord>,
    /// Where it stands in the audit chain.
    pub receipt: Receipt,
}

/// A session of one principal behind the pipeline.
pub struct GovernedSession {
    inner: Box<dyn Session>,
    desk: Arc<Desk>,
    info: EngineInfo,
    caller: Caller,
}

impl GovernedSession {
    /// Id of the session, as audit records name it.
    pub fn id(&self) -> &str {
        &self.caller.session
    }

    /// Takes one statement through the pipeline; the same as [`Session::execute`], with the
    /// structured answer and error.
    ///
    /// # Errors
    /// Whatever ended the statement.
    pub async fn run(&mut self, request: Request) -> Result<Answer, GovernanceError> {
        pipeline::run(&self.desk, &self.caller, self.inner.as_mut(), request).await
    }

    /// Refuses what has no governed path, and writes it down.
    async fn refuse(&mut self, action: Action, sql: &str, tables: &[String]) -> Failure {
        let mut trail = match pipeline::begin(&self.desk, &self.caller, action, sql) {
            Ok(trail) => trail,
            Err(error) => return error.into(),
        };
        trail.tables(tables);
        let error = trail.refuse(policy_check::set_up(action));
        audit::refuse(trail, self.desk.audit.durability(), error).await.into()
    }

    async fn tables(&mut self, trail: &mut Trail) -> Result<Vec<CatalogTable>, GovernanceError> {
        let principal = self.caller.principal.as_deref();
        trail.note(policy_check::admit(self.desk.policy.as_ref(), principal, Action::Catalog))?;
        let messages = self.desk.engine_messages;
        let tables = self.inner.catalog().await;
        tables.map_err(|failure| trail.refuse(execute::failed(messages, failure)))
    }
}

#[async_trait]
impl Session for GovernedSession {
    /// The engine's, with name and digest of the policy.
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    /// The stream begins once the result is complete, checked, paid for and written down.
    async fn execute(&mut self, request: Request) -> Result<ResultStream, Failure> {
        let Answer { result, .. } = self.run(request).await?;
        let ResultSet { schema, executed_sql, batches } = result;
        Ok(ResultStream::new(schema, executed_sql, stream::iter(batches).map(Ok).boxed()))
    }

    /// The engine's. Where it may write, statements that change rows pass the transpile stage.
    async fn begin(&mut self, access: Access) -> Result<bool, Failure> {
        let begun = self.inner.begin(access).await?;
        self.caller.rolls_back = begun && access == Access::ReadWrite;
        Ok(begun)
    }

    async fn roll_back(&mut self) -> Result<(), Failure> {
        self.caller.rolls_back = false;
        self.inner.roll_back().await
    }

    /// Always refused: a script has no governed path.
    async fn run_script(&mut self, sql: &str) -> Result<(), Failure> {
        Err(self.refuse(Action::Script, sql, &[]).await)
    }

    /// Always refused: a bulk load has no governed path.
    async fn load(
        &mut self,
        table: &CatalogTable,
        _rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, Failure> {
        Err(self.refuse(Action::Load, "", std::slice::from_ref(&table.name)).await)
    }

    /// The engine's tables, where the policy lets the principal ask; written down like a statement.
    async fn catalog(&mut self) -> Result<Vec<CatalogTable>, Failure> {
        let mut trail = pipeline::begin(&self.desk, &self.caller, Action::Catalog, "")?;
        let outcome = self.tables(&mut trail).await;
        let durability = self.desk.audit.durability();
        match outcome {
            Ok(tables) => {
                let paid = Paid { reservation: None, rows: tables.len() as u64 };
                audit::accept(trail, durability, paid).await?;
                Ok(tables)
            }
            Err(error) => Err(audit::refuse(trail, durability, error).await.into()),
        }
    }

    fn canceller(&self) -> Canceller {
        self.inner.canceller()
    }

    fn is_usable(&self) -> bool {
        self.inner.is_usable()
    }
}

impl std::fmt::Debug for GovernedSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GovernedSession").field("caller", &self.caller).finish_non_exhaustive()
    }
}
