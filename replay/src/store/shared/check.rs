//! Looking at the data of both sides: by one worker, before the first statement and after the last one.

use super::{SharedStore, StoreError, join::end_silent, join::read};
use crate::store::schema::to_json;
use model::TableCheck;
use tokio_postgres::Client;

/// Who looks at the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckTurn {
    /// This worker: it records what it found next, be it nothing.
    Ours,
    /// Another worker is at it, or it is not the time yet.
    Others,
    /// That was done.
    Made,
}

impl SharedStore {
    /// Who looks at the data before the first statement, or after the last one.
    ///
    /// # Errors
    /// As everything else of this store.
    pub async fn check_turn(&self, is_after: bool) -> Result<CheckTurn, StoreError> {
        let (run, worker, turn) = (&self.shared.run, self.shared.worker, turn(is_after));
        let sql = "SELECT is_made, owner = $3 OR owner IS NULL OR EXISTS \
                   (SELECT FROM gnomon.worker w WHERE w.id = t.owner AND w.ended IS NOT NULL), \
                   EXISTS (SELECT FROM gnomon.shard s WHERE s.run = t.run AND s.pending > 0) \
                   FROM gnomon.data_turn t WHERE run = $1 AND turn = $2 FOR UPDATE";
        let asking = async |client: &mut Client, _| {
            let transaction = client.transaction().await?;
            self.hold_worker(&transaction).await?;
            end_silent(&transaction, run, worker).await?;
            let row = transaction.query_opt(sql, &[run, &turn, &worker]).await?;
            let row = row.ok_or_else(|| self.gone())?;
            let [is_made, is_free, is_pending]: [bool; 3] =
                [row.try_get(0)?, row.try_get(1)?, row.try_get(2)?];
            let whose = match (is_made, is_free && !(is_after && is_pending)) {
                (true, _) => CheckTurn::Made,
                (false, true) => CheckTurn::Ours,
                (false, false) => CheckTurn::Others,
            };
            if whose == CheckTurn::Ours {
                let sql = "UPDATE gnomon.data_turn SET owner = $3 WHERE run = $1 AND turn = $2";
                transaction.execute(sql, &[run, &turn, &worker]).await?;
            }
            transaction.commit().await?;
            Ok(whose)
        };
        self.shared.link.run("ask who looks at the data", asking).await
    }

    /// Records what a look at the data found, all of it or nothing, after which it is made. The time of
    /// the run begins after the first one.
    ///
    /// # Errors
    /// As everything else of this store.
    pub async fn record_data(
        &self,
        is_after: bool,
        checks: &[TableCheck],
    ) -> Result<(), StoreError> {
        let (run, worker, turn) = (&self.shared.run, self.shared.worker, turn(is_after));
        let texts = checks.iter().map(to_json).collect::<Result<Vec<_>, _>>()?;
        let recording = async |client: &mut Client, _| {
            let transaction = client.transaction().await?;
            self.hold_worker(&transaction).await?;
            let sql = "UPDATE gnomon.data_turn SET is_made = true \
                       WHERE run = $1 AND turn = $2 AND owner = $3 AND NOT is_made";
            // Else an earlier try came to its end unheard.
            if transaction.execute(sql, &[run, &turn, &worker]).await? > 0 {
                let sql = "INSERT INTO gnomon.data_check (run, found) \
                           SELECT $1, u.text FROM unnest($2::text[]) WITH ORDINALITY AS u (text, place) \
                           ORDER BY u.place";
                transaction.execute(sql, &[run, &texts]).await?;
                if !is_after {
                    let sql = "UPDATE gnomon.run SET began = clock_timestamp() WHERE run = $1";
                    transaction.execute(sql, &[run]).await?;
                }
            }
            Ok(transaction.commit().await?)
        };
        self.shared.link.run("record what was seen of the data", recording).await
    }

    /// What looks at the data found, in the order in which they were made.
    ///
    /// # Errors
    /// As everything else of this store.
    pub async fn data(&self) -> Result<Vec<TableCheck>, StoreError> {
        let sql = "SELECT found FROM gnomon.data_check WHERE run = $1 ORDER BY number";
        let path = self.path();
        let reading = async |client: &mut Client, _| {
            let rows = client.query(sql, &[&self.shared.run]).await?;
            let checks =
                rows.iter().map(|row| Ok(read(row.try_get(0)?, &path, "a check of the data")?));
            checks.collect()
        };
        self.shared.link.run("read what was seen of the data", reading).await
    }
}

const fn turn(is_after: bool) -> &'static str {
    if is_after { "after" } else { "before" }
}
