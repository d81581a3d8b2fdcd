//! Law 20: attempts = records, without a gap. Law 18: the charges are the sum of the audited
//! credits, and a failure is refunded.

use crate::world::{World, credits, request};
use governance::{
    Durability, Ledger, Quotas,
    audit::{Ending, Record},
};
use proptest::prelude::*;
use std::{collections::BTreeSet, time::Duration};

const STATEMENTS: [&str; 7] = [
    "SELECT 1",
    "SELECT * FROM t",
    "SELECT x FROM rows_12000 WHERE x > 1",
    "SELECT x FROM fails",
    "SELECT x FROM fails_late",
    "SELEC",
    "SELECT x FROM hangs",
];

const PRINCIPALS: [Option<&str>; 3] = [None, Some("ana"), Some("bob")];

fn charged(records: &[Record], principal: Option<&str>) -> u64 {
    let own = records.iter().filter(|record| record.principal.as_deref() == principal);
    own.map(|record| record.credits_milli.milli()).sum()
}

fn check(world: &World, attempts: usize) {
    let records = world.records();
    assert_eq!(records.len(), attempts);
    let sequences: Vec<u64> = records.iter().map(|record| record.sequence).collect();
    assert_eq!(sequences, (1..=attempts as u64).collect::<Vec<_>>());
    for ids in [|r: &Record| r.id.clone(), |r: &Record| r.request.clone()] {
        assert_eq!(records.iter().map(ids).collect::<BTreeSet<_>>().len(), attempts);
    }
    for record in &records {
        let charged = record.credits_milli.milli() > 0;
        assert_eq!(charged, record.ending == Ending::Completed, "only what completed is charged");
    }
    for principal in PRINCIPALS {
        assert_eq!(world.account(principal), (charged(&records, principal), 0));
    }
}

async fn attempt(world: &World, principal: Option<&str>, sql: &str) {
    let mut session = world.session(principal).await;
    let running = session.run(request(sql));
    let _ = tokio::time::timeout(Duration::from_millis(30), running).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_attempted(
        attempts in proptest::collection::vec((0..3_usize, 0..STATEMENTS.len()), 0..12),
        limit in prop_oneof![Just(u64::MAX), 0..15_000_u64],
    ) {
        let world = World::limited(credits(limit));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for (principal, statement) in &attempts {
                attempt(&world, PRINCIPALS[*principal], STATEMENTS[*statement]).await;
            }
        });
        check(&world, attempts.len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_sessions_at_the_same_time() {
    for (durability, each) in [(Durability::Flush, 40), (Durability::Fsync, 8)] {
        let world = std::sync::Arc::new(World::durable(durability, |settings| {
            let default = credits(300_000);
            settings.ledger = Ledger::new(Quotas { default, ..Quotas::default() });
        }));
        let sessions: Vec<_> = (0..16_usize)
            .map(|session| {
                let world = std::sync::Arc::clone(&world);
                tokio::spawn(async move {
                    for n in 0..each {
                        let sql = STATEMENTS[(session + n) % STATEMENTS.len()];
                        attempt(&world, PRINCIPALS[session % 3], sql).await;
                    }
                })
            })
            .collect();
        for session in sessions {
            session.await.unwrap();
        }
        // A write that was under way when its caller went away may still be ending.
        for _ in 0..100 {
            let written = world.bytes().split(|byte| *byte == b'\n').count() > 16 * each;
            if written && PRINCIPALS.iter().all(|who| world.account(*who).1 == 0) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        check(&world, 16 * each);
    }
}
