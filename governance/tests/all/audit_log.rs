//! Opening a log: one writer, torn tails mended, broken chains refused, the ledger restored.

use crate::world::{World, now, request};
use governance::{
    AuditLog, Durability, Ledger, Quotas,
    audit::{AuditError, BrokenReason, Draft, Repair, verify},
};
use model::Digest;
use std::path::Path;
use tempfile::TempDir;

/// A log of `records` records, without its writer.
async fn log(records: usize) -> (TempDir, std::path::PathBuf, Vec<u8>) {
    let world = World::new();
    for n in 0..records {
        let mut session = world.session(Some("ana")).await;
        session.run(request(&format!("SELECT '{n}', 'é'"))).await.unwrap();
    }
    let bytes = world.bytes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::fs::write(&path, &bytes).unwrap();
    (folder, path, bytes)
}

fn draft() -> Draft {
    Draft {
        time: now(),
        elapsed_us: 1,
        request: "r".to_owned(),
        session: "s".to_owned(),
        principal: None,
        action: governance::policy::Action::Query,
        sql: "SELECT 1 /* é */".to_owned(),
        tables: vec![],
        tables_total: 0,
        rows: 0,
        stages: vec![],
        policy: Digest::of_bytes(b""),
        credits: governance::Credits::ZERO,
        ending: governance::audit::Ending::Completed,
        error: None,
        sqlstate: None,
        rule: None,
    }
}

fn open(path: &Path) -> Result<Option<Repair>, AuditError> {
    AuditLog::open(path, Durability::Flush).map(|(_, opened)| opened.repair)
}

#[tokio::test]
async fn a_tail_torn_at_any_byte_is_mended_and_the_chain_goes_on() {
    let (_folder, path, bytes) = log(3).await;
    let last = bytes[..bytes.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    for end in last..=bytes.len() {
        std::fs::write(&path, &bytes[..end]).unwrap();
        let tail = &bytes[last..end];
        let (audit, opened) = AuditLog::open(&path, Durability::Flush).unwrap();
        let (repair, records) = match tail.len() {
            0 => (None, 2),
            _ if end == bytes.len() => (None, 3),
            _ if end == bytes.len() - 1 => (Some(Repair::Completed { sequence: 3 }), 3),
            cut => {
                let digest = Digest::of_bytes(tail);
                (Some(Repair::Cut { bytes: cut as u64, digest }), 2)
            }
        };
        assert_eq!((opened.repair, opened.records), (repair, records), "cut at {end}");
        assert_eq!(audit.append(draft()).unwrap().sequence, records + 1);
        drop(audit);
        assert_eq!(verify(std::fs::read(&path).unwrap().as_slice()).unwrap().records, records + 1);
    }
}

#[tokio::test]
async fn a_torn_line_is_reported_by_verify_which_mends_nothing() {
    let (_folder, path, bytes) = log(2).await;
    std::fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
    let error = verify(std::fs::read(&path).unwrap().as_slice()).unwrap_err().to_string();
    assert!(error.contains("audit record 2 (line 2) is broken"), "{error}");
}

#[tokio::test]
async fn a_tail_that_was_not_torn_but_written_is_refused() {
    let (_folder, path, bytes) = log(2).await;
    let last = bytes[..bytes.len() - 1].iter().rposition(|b| *b == b'\n').unwrap() + 1;
    let edited = String::from_utf8(bytes[last..bytes.len() - 1].to_vec()).unwrap();
    let edited = edited.replace("\"rows\":3", "\"rows\":4").into_bytes();
    for tail in [edited.as_slice(), b"{}", b"\0\0\0\0", b"x"] {
        std::fs::write(&path, [&bytes[..last], tail].concat()).unwrap();
        assert!(matches!(open(&path), Err(AuditError::Broken { .. })), "{tail:?}");
        let after = std::fs::read(&path).unwrap();
        assert!(after.ends_with(tail), "the evidence is left as it is");
    }
}

#[tokio::test]
async fn a_broken_chain_is_not_appended_to() {
    let (_folder, path, mut bytes) = log(3).await;
    bytes[10] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    match open(&path) {
        Err(AuditError::Broken { broken, .. }) => {
            assert_eq!((broken.sequence, broken.line), (1, 1));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn one_writer_at_a_time() {
    let (_folder, path, _) = log(1).await;
    let (first, _) = AuditLog::open(&path, Durability::Flush).unwrap();
    assert!(matches!(open(&path), Err(AuditError::InUse { .. })));
    drop(first);
    assert!(open(&path).is_ok());
}

#[test]
fn a_line_without_end_is_bounded() {
    let endless = std::io::BufReader::new(std::io::repeat(b'x'));
    match verify(endless).unwrap_err() {
        governance::audit::VerifyError::Broken(broken) => {
            assert_eq!(broken.reason, BrokenReason::TooLong);
        }
        other @ governance::audit::VerifyError::Io(_) => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_months_spending_is_restored_from_the_log() {
    let world = World::new();
    for principal in [Some("ana"), Some("ana"), None] {
        world.session(principal).await.run(request("SELECT x FROM t")).await.unwrap();
    }
    world.session(Some("ana")).await.run(request("SELECT x FROM fails")).await.unwrap_err();
    let (ledger, path) = (Ledger::new(Quotas::default()), world.path.with_extension("copy"));
    std::fs::copy(&world.path, &path).unwrap();
    AuditLog::open_each(&path, Durability::Flush, |record| {
        ledger.restore(record.principal.as_deref(), record.time, record.credits_milli);
    })
    .unwrap();
    assert_eq!(ledger.balance(Some("ana"), now()).spent.milli(), 6_000);
    assert_eq!(ledger.balance(None, now()).spent.milli(), 3_000);
    for principal in [Some("ana"), None] {
        let was = world.ledger.balance(principal, now());
        assert_eq!(ledger.balance(principal, now()), was);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let mode = std::fs::metadata(&world.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}
