//! A caller that goes away: written down, refunded, and the engine's stream dropped.

use crate::world::{World, credits, request};
use governance::{Durability, Stage, audit::Ending};
use std::time::Duration;

#[tokio::test]
async fn a_dropped_statement_is_written_down_and_refunded() {
    for durability in [Durability::Flush, Durability::Fsync] {
        let world = World::durable(durability, |settings| {
            settings.ledger = governance::Ledger::new(governance::Quotas {
                default: credits(3_000),
                ..governance::Quotas::default()
            });
        });
        let mut session = world.session(Some("ana")).await;
        for table in ["hangs", "hangs_late"] {
            let sql = format!("SELECT x FROM {table}");
            let running = session.run(request(&sql));
            let ended = tokio::time::timeout(Duration::from_millis(50), running).await;
            assert!(ended.is_err(), "it hangs");
            assert_eq!(world.account(Some("ana")), (0, 0));
        }
        // There is room again, and the session goes on.
        session.run(request("SELECT x FROM t")).await.unwrap();

        let records = world.records();
        assert_eq!(
            records.iter().map(|r| r.ending).collect::<Vec<_>>(),
            [Ending::Abandoned, Ending::Abandoned, Ending::Completed]
        );
        for record in &records[..2] {
            assert_eq!((record.error, record.rows, record.credits_milli.milli()), (None, 0, 0));
            assert_eq!(record.stages.last().unwrap().stage, Stage::Transpile);
        }
    }
}

#[tokio::test]
async fn a_future_that_never_ran_is_no_attempt() {
    let world = World::new();
    let mut session = world.session(None).await;
    drop(session.run(request("SELECT 1")));
    assert!(world.records().is_empty());
    assert_eq!(world.calls.executed(), 0);
}

#[test]
fn a_runtime_that_shuts_down_leaves_a_record() {
    let world = World::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut session = runtime.block_on(world.session(None));
    runtime.spawn(async move { session.run(request("SELECT x FROM hangs")).await });
    runtime.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
    assert_eq!(world.calls.executed(), 1);
    drop(runtime);
    let records = world.records();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].ending, Ending::Abandoned);
}
