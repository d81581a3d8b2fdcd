//! Bisecting: the summaries of some buckets, in smaller ones, are those of the rows in them.

use super::{Databases, fetched, in_memory, pushed};
use compare::Summed;
use engines::Engine;
use model::{BucketSummary, Buckets, Encoding, Summarized};

const ENCODINGS: [Encoding; 2] = [Encoding::Exact, Encoding::Text];

/// 20,000 rows, some of them twice.
fn query(engine: &dyn Engine) -> &'static str {
    match engine.kind() {
        model::EngineKind::DuckDb => {
            "SELECT CAST(i % 15000 AS bigint) AS k, CAST(i % 15000 AS VARCHAR) AS t FROM range(20000) AS s(i)"
        }
        _ => {
            "SELECT CAST(i % 15000 AS bigint) AS k, CAST(i % 15000 AS text) AS t FROM generate_series(0, 19999) AS s(i)"
        }
    }
}

fn summaries(side: &dyn Summarized, within: &Buckets, bits: u32) -> Vec<BucketSummary> {
    let found = tokio::task::block_in_place(|| side.summaries(&ENCODINGS, within, bits));
    found.unwrap_or_else(|error| panic!("{side:?}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn summaries_within_buckets_are_those_of_their_rows_on_every_side() {
    let databases = Databases::start().await;
    let rows = in_memory(&fetched(&*databases.duckdb, query(&*databases.duckdb)).await);
    let fetched = Summed::new(&rows);
    // Buckets from both ends of the range: the first bit of a hash is the sign of a database's number.
    for (of, bits, numbers) in [
        (1, 4, vec![1]),
        (3, 9, vec![0, 4, 7]),
        (6, 13, (0..64).step_by(3).collect()),
        (12, 20, (0..4096).filter(|number| number % 5 == 2).collect()),
        (20, 64, (0..1 << 20).step_by(700).collect::<Vec<u64>>()),
    ] {
        let within = Buckets::new(of, numbers);
        let mut expected = summaries(&fetched, &Buckets::all(), bits);
        expected.retain(|found| within.numbers().contains(&(found.bucket >> (bits - of))));
        assert!(expected.len() > 1, "{of} bits");
        assert_eq!(summaries(&fetched, &within, bits), expected, "{of} to {bits} bits, fetched");
        for engine in [&databases.postgres, &databases.duckdb] {
            let side = pushed(&**engine, query(&**engine)).await;
            let found = summaries(&side, &within, bits);
            assert_eq!(found, expected, "{of} to {bits} bits, {:?}", engine.kind());
        }
    }
}
