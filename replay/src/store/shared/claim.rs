//! Claiming shards that nobody works on.

use super::{
    SharedStore, StoreError,
    join::{end_silent, read},
    link::Problem,
    shards::micros,
};
use crate::queue::Claimed;
use chrono::{DateTime, Utc};
use model::PlanItem;
use tokio_postgres::{Client, Transaction};

impl SharedStore {
    /// See [`crate::queue::Queue::claim`].
    pub(super) async fn claim_shards(
        &self,
        most: usize,
        until: Option<DateTime<Utc>>,
    ) -> Result<Claimed, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let until = until.as_ref().map(micros);
        let held: Vec<i64> = self.held().iter().copied().collect();
        let claiming = async |client: &mut Client, _| {
            let transaction = client.transaction().await?;
            self.hold_worker(&transaction).await?;
            let ended = end_silent(&transaction, &self.shared.run, self.shared.worker).await?;
            if ended > 0 {
                tracing::info!(ended, "workers gave no more sign of life");
            }
            let claimed = claim(self, &transaction, (most, until, &held)).await?;
            transaction.commit().await?;
            Ok(claimed)
        };
        let (shards, items) = self.shared.link.run("claim statements", claiming).await?;
        self.held().extend(shards);
        let (_, done) = self.counts().await?;
        Ok(Claimed { items, done })
    }

    /// Keeps this worker from being ended up to the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] where it was ended.
    pub(super) async fn hold_worker(&self, transaction: &Transaction<'_>) -> Result<(), Problem> {
        // Signs of life go on beside this lock, ending a worker does not.
        let sql = "SELECT FROM gnomon.worker WHERE id = $1 AND ended IS NULL FOR KEY SHARE";
        match transaction.query_opt(sql, &[&self.shared.worker]).await? {
            Some(_) => Ok(()),
            None => Err(self.fenced().into()),
        }
    }
}

async fn claim(
    store: &SharedStore,
    transaction: &Transaction<'_>,
    (most, until, held): (i64, Option<i64>, &Vec<i64>),
) -> Result<(Vec<i64>, Vec<PlanItem>), Problem> {
    let (run, worker) = (&store.shared.run, store.shared.worker);
    // Materialized: an inner side of a join that runs again would take other shards each time.
    // What belongs to this worker and was not given out is what a claim gave whose answer was lost.
    let sql = "WITH free AS MATERIALIZED (\
               SELECT shard FROM gnomon.shard s WHERE run = $1 AND pending > 0 \
               AND ($3::bigint IS NULL OR begins_us IS NULL OR begins_us <= $3) \
               AND (owner IS NULL OR (owner = $2 AND NOT shard = ANY($4)) OR EXISTS \
               (SELECT FROM gnomon.worker w WHERE w.id = s.owner AND w.ended IS NOT NULL)) \
               ORDER BY begins_us NULLS FIRST, shard LIMIT $5 FOR UPDATE SKIP LOCKED) \
               UPDATE gnomon.shard s SET owner = $2 FROM free \
               WHERE s.run = $1 AND s.shard = free.shard RETURNING s.shard";
    let claimed = transaction.query(sql, &[run, &worker, &until, held, &most]).await?;
    let shards = claimed.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?;
    if shards.is_empty() {
        return Ok((shards, Vec::new()));
    }
    let sql = "SELECT idx, item FROM gnomon.item i WHERE run = $1 AND shard = ANY($2) AND NOT EXISTS \
               (SELECT FROM gnomon.verdict v WHERE v.run = i.run AND v.idx = i.idx) ORDER BY idx";
    let rows = transaction.query(sql, &[run, &shards]).await?;
    let path = store.path();
    let items = rows.iter().map(|row| {
        let index: i64 = row.try_get(0)?;
        Ok(read(row.try_get(1)?, &path, &format!("item {index}"))?)
    });
    let items = items.collect::<Result<Vec<PlanItem>, Problem>>()?;
    Ok((shards, items))
}
