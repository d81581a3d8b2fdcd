//! What cannot be written down has no result, and nothing runs after it.

use crate::{
    spy::SpyEngine,
    world::{FixedClock, now, request},
};
use engines::SessionSettings;
use governance::{
    AuditLog, Durability, ErrorCode, Governed, GovernedSession, GovernedSettings, Ledger, Quotas,
    Stage,
    audit::{AuditError, Ending, Sink, verify},
};
use model::{Dialect, Failure, SqlState};
use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
};

/// Fails from the `good`th line on, after having written half of it.
#[derive(Clone)]
struct FullDisk {
    bytes: Arc<Mutex<Vec<u8>>>,
    good: usize,
    fails_in: Fails,
}

#[derive(Clone, Copy, PartialEq)]
enum Fails {
    Append,
    Sync,
}

impl FullDisk {
    fn new(good: usize, fails_in: Fails) -> Self {
        Self { bytes: Arc::default(), good, fails_in }
    }
}

impl Sink for FullDisk {
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        let mut bytes = self.bytes.lock().unwrap();
        if self.fails_in == Fails::Append && self.good == 0 {
            bytes.extend_from_slice(&line[..line.len() / 2]);
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        bytes.extend_from_slice(line);
        if self.fails_in == Fails::Append {
            self.good -= 1;
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.fails_in == Fails::Sync {
            if self.good == 0 {
                return Err(io::Error::other("the disk is gone"));
            }
            self.good -= 1;
        }
        Ok(())
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.bytes.lock().unwrap().truncate(usize::try_from(length).unwrap());
        Ok(())
    }
}

struct Governance {
    session: GovernedSession,
    engine: SpyEngine,
    ledger: Arc<Ledger>,
}

async fn governance(audit: Arc<AuditLog>) -> Governance {
    let engine = SpyEngine::default();
    let ledger = Ledger::new(Quotas::default());
    let mut settings = GovernedSettings::new(vec![], Dialect::Postgres, audit);
    settings.ledger = Arc::clone(&ledger);
    settings.clock = Arc::new(FixedClock);
    let governed = Governed::new(Arc::new(engine.clone()), settings).unwrap();
    let session = governed.open_session(&SessionSettings::default()).await.unwrap();
    Governance { session, engine, ledger }
}

#[tokio::test]
async fn the_statement_fails_nothing_runs_after_it_and_the_chain_stays_sound() {
    for (durability, fails_in) in [
        (Durability::Flush, Fails::Append),
        (Durability::Fsync, Fails::Append),
        (Durability::Fsync, Fails::Sync),
    ] {
        let disk = FullDisk::new(2, fails_in);
        let audit = AuditLog::to_sink(Box::new(disk.clone()), durability);
        let Governance { mut session, engine, ledger } = governance(audit).await;
        for _ in 0..2 {
            session.run(request("SELECT 1")).await.unwrap();
        }
        let error = session.run(request("SELECT 1")).await.unwrap_err();
        assert_eq!((error.code, error.stage), (ErrorCode::AuditFailed, Stage::Audit));
        assert_eq!((error.rule(), error.sqlstate), ("GV0901", SqlState::IO_ERROR));
        assert_eq!(engine.calls.executed(), 3);

        for sql in ["SELECT 1", "SELEC"] {
            let error = session.run(request(sql)).await.unwrap_err();
            assert_eq!(error.code, ErrorCode::AuditFailed);
        }
        assert_eq!(engine.calls.executed(), 3, "nothing runs on a closed log");
        let balance = ledger.balance(None, now());
        assert_eq!((balance.spent.milli(), balance.reserved.milli()), (2_000, 0), "not charged");
        assert_eq!(verify(disk.bytes.lock().unwrap().as_slice()).unwrap().records, 2);
    }
}

#[tokio::test]
async fn a_refusal_that_cannot_be_written_down_says_so() {
    let audit = AuditLog::to_sink(Box::new(FullDisk::new(0, Fails::Append)), Durability::Flush);
    let Governance { mut session, .. } = governance(audit).await;
    let error = session.run(request("SELEC")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::AuditFailed);
    assert_eq!(error.details["instead_of"], "UNSUPPORTED_CONSTRUCT");
    let failure = Failure::from(error);
    assert_eq!(failure.code.as_deref(), Some("AUDIT_FAILED"));
}

#[tokio::test]
async fn an_abandoned_statement_that_cannot_be_written_down_closes_the_log() {
    let audit = AuditLog::to_sink(Box::new(FullDisk::new(0, Fails::Append)), Durability::Flush);
    let Governance { mut session, engine, .. } = governance(Arc::clone(&audit)).await;
    let running = session.run(request("SELECT x FROM hangs"));
    let ended = tokio::time::timeout(std::time::Duration::from_millis(30), running).await;
    assert!(ended.is_err());
    assert!(matches!(audit.check(), Err(AuditError::Closed { .. })));
    assert!(session.run(request("SELECT 1")).await.is_err());
    assert_eq!(engine.calls.executed(), 1);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_of_the_operating_system() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let audit = AuditLog::to_sink(Box::new(full), Durability::Flush);
    let Governance { mut session, .. } = governance(audit).await;
    let error = session.run(request("SELECT 1")).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::AuditFailed);
    assert!(error.message.contains("No space left"), "{error}");
}

#[test]
fn a_folder_that_is_not_there_says_which() {
    let path = Path::new("/nowhere/at/all/audit.jsonl");
    let error = AuditLog::open(path, Durability::Flush).unwrap_err();
    assert!(matches!(error, AuditError::Open { .. }));
    assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
}

#[tokio::test]
async fn a_log_opened_again_after_a_failure_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    for round in 1..=3_u64 {
        let (audit, opened) = AuditLog::open(&path, Durability::Flush).unwrap();
        assert_eq!(opened.records, round - 1);
        let Governance { mut session, .. } = governance(audit).await;
        session.run(request("SELECT 1")).await.unwrap();
    }
    let mut endings = Vec::new();
    let bytes = std::fs::read(&path).unwrap();
    governance::audit::verify_each(bytes.as_slice(), |r| endings.push(r.ending)).unwrap();
    assert_eq!(endings, [Ending::Completed; 3]);
}
