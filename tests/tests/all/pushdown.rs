//! Push-down on real engines: one hash for one value wherever it lies, and the judgement of a
//! comparison that fetches everything.

mod deeper;
mod encoding;
mod judging;

use arrow::record_batch::RecordBatch;
use compare::Summed;
use engines::{
    Engine, Request, ResultSet, Session, SessionSettings,
    duckdb::DuckDb,
    postgres::{Postgres, ThrowawayCluster},
    summary::PushedQuery,
};
use model::{Buckets, Encoding, InMemory, Summarized};
use std::sync::Arc;

const BYTES_MAX: usize = 1 << 30;

/// A server and a database in memory, with a session each to fill them.
struct Databases {
    postgres: Arc<dyn Engine>,
    duckdb: Arc<dyn Engine>,
    // Dropped last: the sessions go before their server.
    _cluster: ThrowawayCluster,
}

impl Databases {
    async fn start() -> Self {
        let cluster = tokio::task::spawn_blocking(ThrowawayCluster::start).await.unwrap().unwrap();
        Self {
            postgres: Arc::new(Postgres::new(cluster.config())),
            duckdb: Arc::new(DuckDb::in_memory().unwrap()),
            _cluster: cluster,
        }
    }
}

async fn session(engine: &dyn Engine) -> Box<dyn Session> {
    engine.open(&SessionSettings::default()).await.unwrap()
}

async fn pushed(engine: &dyn Engine, query: &str) -> PushedQuery {
    PushedQuery::open(engine, &SessionSettings::default(), query)
        .await
        .unwrap_or_else(|failure| panic!("{query}: {failure}"))
}

async fn fetched(engine: &dyn Engine, query: &str) -> ResultSet {
    let mut session = session(engine).await;
    let request = Request::new(query, engine.dialect());
    let stream = session.execute(request).await;
    let stream = stream.unwrap_or_else(|failure| panic!("{query}: {failure}"));
    stream.collect(BYTES_MAX).await.unwrap_or_else(|failure| panic!("{query}: {failure}"))
}

fn in_memory(set: &ResultSet) -> InMemory {
    InMemory::new(set.schema.clone(), set.batches.clone()).unwrap()
}

fn rows_of(batch: &RecordBatch) -> InMemory {
    InMemory::new(batch.schema(), vec![batch.clone()]).unwrap()
}

/// The hashes of all rows, ascending, each as often as it is there.
fn hashes(side: &dyn Summarized, encodings: &[Encoding]) -> Vec<[u128; 2]> {
    let summaries = tokio::task::block_in_place(|| side.summaries(encodings, &Buckets::all(), 64));
    let mut hashes = Vec::new();
    for summary in summaries.unwrap_or_else(|error| panic!("{side:?}: {error}")) {
        let rows = u128::from(summary.rows);
        let of_one = summary.sums.map(|sum| sum / rows);
        assert_eq!(of_one.map(|half| half * rows), summary.sums);
        // By 64 bits a row is in a bucket of its own.
        assert_eq!(u128::from(summary.bucket), of_one[0]);
        hashes.extend(std::iter::repeat_n(of_one, usize::try_from(rows).unwrap()));
    }
    assert!(hashes.is_sorted());
    hashes
}

/// The hashes that the database computes of the rows of a query, and those of the same rows fetched
/// and hashed here.
async fn both_hashes(
    engine: &dyn Engine,
    query: &str,
    encodings: &[Encoding],
) -> [Vec<[u128; 2]>; 2] {
    let inside = hashes(&pushed(engine, query).await, encodings);
    let rows = in_memory(&fetched(engine, query).await);
    [inside, hashes(&Summed::new(&rows), encodings)]
}
