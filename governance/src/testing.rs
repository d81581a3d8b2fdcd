//! What unit tests share: a session that counts its calls, a policy that hides, and statements at
//! each step of the pipeline, which have to come out of the stages before.

use crate::{
    policy::{AllowAll, Decision, Hidden, Policy, Question},
    prices::PriceList,
    quota::{Ledger, Limits, Quotas},
    settings::EngineMessages,
    stages::{
        column_mask::{self, Checked},
        cost_estimate::{self, Estimated},
        execute::{self, Executed},
        policy_check::{self, Allowed},
        quota_check::{self, Reserved},
        row_filter::{self, Guarded},
        transpile::{self, Translated, Translator},
    },
};
use arrow::{
    array::{ArrayRef, Int64Array},
    record_batch::{RecordBatch, RecordBatchReader},
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use engines::{Canceller, Request, ResultStream, Session};
use futures::{StreamExt as _, stream};
use model::{
    Dialect, Digest, EngineInfo, EngineKind, Failure, FailureClass, SqlState, catalog::CatalogTable,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn allowed(sql: &str) -> Allowed {
    let subject =
        policy_check::read(Request::new(sql, Dialect::Postgres), &sql::SourceSettings::default())
            .unwrap();
    policy_check::run(&AllowAll, None, subject).unwrap().0
}

pub(crate) fn estimated(sql: &str) -> Estimated {
    cost_estimate::run(&PriceList::default(), allowed(sql)).unwrap().0
}

fn reserved_on(ledger: &Arc<Ledger>, sql: &str) -> Reserved {
    quota_check::run(ledger, None, now(), estimated(sql)).unwrap().0
}

pub(crate) fn reserved(sql: &str) -> Reserved {
    reserved_on(&Ledger::new(Quotas::default()), sql)
}

pub(crate) fn guarded(sql: &str) -> Guarded {
    row_filter::run(&AllowAll, None, reserved(sql)).unwrap().0
}

fn translated_on(ledger: &Arc<Ledger>, sql: &str) -> Translated {
    let guarded = row_filter::run(&AllowAll, None, reserved_on(ledger, sql)).unwrap().0;
    let translator = Translator::new(Dialect::Postgres, Dialect::Postgres, &[]);
    transpile::run(&translator, guarded, false).unwrap().0
}

pub(crate) fn translated(sql: &str) -> Translated {
    translated_with(sql, Limits::default())
}

pub(crate) fn translated_with(sql: &str, default: Limits) -> Translated {
    translated_on(&Ledger::new(Quotas { default, ..Quotas::default() }), sql)
}

async fn executed_on(ledger: &Arc<Ledger>, sql: &str, rows: Vec<usize>) -> Executed {
    let mut session = SpySession::new(Script::Rows(rows));
    let translated = translated_on(ledger, sql);
    execute::run(&mut session, EngineMessages::Replace, 1 << 24, translated).await.unwrap().0
}

pub(crate) async fn executed(sql: &str) -> Executed {
    executed_on(&Ledger::new(Quotas::default()), sql, vec![3]).await
}

pub(crate) async fn checked_on(ledger: &Arc<Ledger>, sql: &str, rows: Vec<usize>) -> Checked {
    column_mask::run(&AllowAll, None, executed_on(ledger, sql, rows).await).unwrap().0
}

/// What a [`SpySession`] answers.
#[derive(Debug, Clone)]
pub(crate) enum Script {
    /// Batches of so many rows.
    Rows(Vec<usize>),
    /// A failure, after so many batches; before the stream begins where absent.
    Fails { after: Option<usize>, message: String },
}

impl Script {
    pub(crate) fn fails(message: &str) -> Self {
        Self::Fails { after: None, message: message.to_owned() }
    }

    pub(crate) fn fails_after(batches: usize, message: &str) -> Self {
        Self::Fails { after: Some(batches), message: message.to_owned() }
    }
}

fn failure(message: String) -> Failure {
    Failure {
        class: FailureClass::Statement,
        sqlstate: SqlState::DIVISION_BY_ZERO,
        message,
        code: None,
        position: Some(7),
    }
}

/// Counts what was taken from a [`SpySession`].
#[derive(Debug, Default)]
pub(crate) struct Spy {
    batches: AtomicUsize,
}

impl Spy {
    pub(crate) fn batches(&self) -> usize {
        self.batches.load(Ordering::SeqCst)
    }
}

#[derive(Debug)]
pub(crate) struct SpySession {
    info: EngineInfo,
    script: Script,
    spy: Arc<Spy>,
}

impl SpySession {
    pub(crate) fn new(script: Script) -> Self {
        let info = EngineInfo {
            kind: EngineKind::Simulated,
            version: "1".to_owned(),
            dialect: Dialect::Postgres,
            settings: BTreeMap::new(),
        };
        Self { info, script, spy: Arc::default() }
    }

    pub(crate) fn spy(&self) -> Arc<Spy> {
        Arc::clone(&self.spy)
    }
}

fn batch(rows: usize) -> RecordBatch {
    let rows = i64::try_from(rows).unwrap();
    let column = Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef;
    RecordBatch::try_from_iter([("x", column)]).unwrap()
}

#[async_trait]
impl Session for SpySession {
    fn info(&self) -> &EngineInfo {
        &self.info
    }

    async fn execute(&mut self, request: Request) -> Result<ResultStream, Failure> {
        let batches: Vec<Result<RecordBatch, Failure>> = match self.script.clone() {
            Script::Rows(rows) => rows.into_iter().map(|rows| Ok(batch(rows))).collect(),
            Script::Fails { after: None, message } => return Err(failure(message)),
            Script::Fails { after: Some(batches), message } => {
                let rows = (0..batches).map(|_| Ok(batch(1)));
                rows.chain([Err(failure(message))]).collect()
            }
        };
        let spy = self.spy();
        let counted = stream::iter(batches).inspect(move |_| {
            spy.batches.fetch_add(1, Ordering::SeqCst);
        });
        Ok(ResultStream::new(batch(0).schema(), request.sql, counted.boxed()))
    }

    async fn run_script(&mut self, _sql: &str) -> Result<(), Failure> {
        Err(failure("not of these tests".to_owned()))
    }

    async fn load(
        &mut self,
        _table: &CatalogTable,
        _rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, Failure> {
        Err(failure("not of these tests".to_owned()))
    }

    async fn catalog(&mut self) -> Result<Vec<CatalogTable>, Failure> {
        Err(failure("not of these tests".to_owned()))
    }

    fn canceller(&self) -> Canceller {
        Canceller::new(|| Box::pin(async {}))
    }

    fn is_usable(&self) -> bool {
        true
    }
}

/// Allows everything and hides one thing.
#[derive(Debug, Clone)]
pub(crate) struct Hiding {
    hidden: Option<Hidden>,
    digest: Digest,
}

impl Hiding {
    pub(crate) fn nothing() -> Self {
        Self { hidden: None, digest: Digest::of_bytes(b"hiding") }
    }

    pub(crate) fn rows(table: &str) -> Self {
        Self { hidden: Some(Hidden { table: table.to_owned(), column: None }), ..Self::nothing() }
    }

    pub(crate) fn column(table: &str, column: &str) -> Self {
        let hidden = Hidden { table: table.to_owned(), column: Some(column.to_owned()) };
        Self { hidden: Some(hidden), ..Self::nothing() }
    }

    pub(crate) fn with_digest(self, digest: Digest) -> Self {
        Self { digest, ..self }
    }
}

impl Policy for Hiding {
    fn name(&self) -> &'static str {
        "hiding"
    }

    fn digest(&self) -> Digest {
        self.digest.clone()
    }

    fn decide(&self, _question: &Question<'_>) -> Decision {
        Decision::Allow { by: "hiding".to_owned() }
    }

    fn hidden(&self, _principal: Option<&str>, tables: &[String]) -> Vec<Hidden> {
        self.hidden.iter().filter(|hidden| tables.contains(&hidden.table)).cloned().collect()
    }

    fn hides_nothing(&self) -> bool {
        self.hidden.is_none()
    }
}
