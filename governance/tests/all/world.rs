//! A governed spy engine with an audit log in a temporary folder.

use crate::spy::{Calls, SpyEngine};
use chrono::{DateTime, Utc};
use engines::{Request, SessionSettings};
use governance::{
    AuditLog, Clock, Credits, Durability, Governed, GovernedSession, GovernedSettings, Ledger,
    Limits, Policy, Quotas,
    audit::{Record, Summary, verify_each},
    policy::{Decision, Hidden, Question},
};
use model::{Dialect, Digest};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tempfile::TempDir;

#[derive(Debug)]
pub(crate) struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        now()
    }
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub(crate) struct World {
    pub(crate) governed: Governed,
    pub(crate) calls: Arc<Calls>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) path: PathBuf,
    _folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_| ())
    }

    pub(crate) fn limited(default: Limits) -> Self {
        Self::with(|settings| {
            settings.ledger = Ledger::new(Quotas { default, ..Quotas::default() });
        })
    }

    pub(crate) fn with(change: impl FnOnce(&mut GovernedSettings)) -> Self {
        Self::durable(Durability::Flush, change)
    }

    pub(crate) fn durable(
        durability: Durability,
        change: impl FnOnce(&mut GovernedSettings),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        let (audit, _) = AuditLog::open(&path, durability).unwrap();
        let mut settings = GovernedSettings::new(vec![], Dialect::Postgres, audit);
        settings.clock = Arc::new(FixedClock);
        change(&mut settings);
        let ledger = Arc::clone(&settings.ledger);
        let engine = SpyEngine::default();
        let calls = Arc::clone(&engine.calls);
        let governed = Governed::new(Arc::new(engine), settings).unwrap();
        Self { governed, calls, ledger, path, _folder: folder }
    }

    pub(crate) async fn session(&self, principal: Option<&str>) -> GovernedSession {
        let principal = principal.map(str::to_owned);
        let settings = SessionSettings { principal, ..SessionSettings::default() };
        self.governed.open_session(&settings).await.unwrap()
    }

    pub(crate) fn records(&self) -> Vec<Record> {
        self.verified().0
    }

    /// The records of a chain that has to be sound.
    pub(crate) fn verified(&self) -> (Vec<Record>, Summary) {
        let mut records = Vec::new();
        let bytes = self.bytes();
        let summary = verify_each(bytes.as_slice(), |record| records.push(record.clone())).unwrap();
        (records, summary)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }

    /// Spent and reserved of a principal.
    pub(crate) fn account(&self, principal: Option<&str>) -> (u64, u64) {
        let balance = self.ledger.balance(principal, now());
        (balance.spent.milli(), balance.reserved.milli())
    }
}

pub(crate) fn request(sql: &str) -> Request {
    Request::new(sql, Dialect::Postgres)
}

pub(crate) fn credits(milli: u64) -> Limits {
    Limits { credits_a_month_milli: Some(Credits::from_milli(milli)), ..Limits::default() }
}

/// Allows everything and hides rows of the table `hidden`; from its `changes_at`th digest on, it is
/// another policy.
#[derive(Debug)]
pub(crate) struct Hiding {
    asked: AtomicUsize,
    changes_at: usize,
}

impl Hiding {
    pub(crate) fn new() -> Arc<Self> {
        Self::changing_at(usize::MAX)
    }

    pub(crate) fn changing_at(changes_at: usize) -> Arc<Self> {
        Arc::new(Self { asked: AtomicUsize::new(0), changes_at })
    }
}

impl Policy for Hiding {
    fn name(&self) -> &'static str {
        "hiding"
    }

    fn digest(&self) -> Digest {
        let changed = self.asked.fetch_add(1, Ordering::SeqCst) >= self.changes_at;
        Digest::of_bytes(&[u8::from(changed)])
    }

    fn decide(&self, _question: &Question<'_>) -> Decision {
        Decision::Allow { by: "hiding".to_owned() }
    }

    fn hidden(&self, _principal: Option<&str>, tables: &[String]) -> Vec<Hidden> {
        let hidden = tables.iter().filter(|table| *table == "hidden");
        hidden.map(|table| Hidden { table: table.clone(), column: None }).collect()
    }

    fn hides_nothing(&self) -> bool {
        false
    }
}
