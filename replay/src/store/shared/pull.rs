//! Copying a shared run into a run folder.

use super::{SharedStore, StoreError, link::Problem};
use crate::{
    queue::Queue as _,
    store::{
        Prepared, Store, StoreOptions,
        record::{PreparedAttempt, PreparedSide, Results},
        retained,
        schema::index_of,
    },
};
use model::{Plan, Side, report::RunHeader};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};
use tokio_postgres::{Client, Row};

/// Items that are copied at a time.
const ITEMS_AT_ONCE: usize = 256;

impl SharedStore {
    /// Copies what is recorded into the folder of the run under `runs`, which is an ordinary run then:
    /// with all that is recorded here and was not there. `header` and `plan` are those of the run.
    ///
    /// # Errors
    /// As [`Store::create_or_resume`], and as everything else of this store.
    pub async fn pull(
        &self,
        runs: &Path,
        header: &RunHeader,
        plan: &Plan,
        options: StoreOptions,
    ) -> Result<Store, StoreError> {
        let header = RunHeader { started: self.started(header).await?, ..header.clone() };
        // Once in a run, and little beside what it took to make it.
        let store = Store::create_or_resume(runs, &header, plan, options)?;
        let pending: Vec<u64> = store.pending()?.iter().map(|item| item.index).collect();
        for chunk in pending.chunks(ITEMS_AT_ONCE) {
            let items = self.items(&store, chunk).await?;
            let written = store.commit(&items);
            if written.is_err() {
                items.into_iter().for_each(Prepared::discard);
            }
            written?;
        }
        let known = store.data()?;
        let checks: Vec<_> =
            self.data().await?.into_iter().filter(|check| !known.contains(check)).collect();
        store.record_data(&checks)?;
        Ok(store)
    }

    /// When the run was begun, whoever copies it.
    async fn started(
        &self,
        header: &RunHeader,
    ) -> Result<chrono::DateTime<chrono::Utc>, StoreError> {
        let sql = "SELECT header FROM gnomon.run WHERE run = $1";
        let path = self.path();
        let reading = async |client: &mut Client, _| {
            let row = client.query_opt(sql, &[&header.run_id]).await?.ok_or_else(|| self.gone())?;
            let header: RunHeader =
                super::join::read(row.try_get(0)?, &path, "the header of the run")?;
            Ok(header.started)
        };
        self.shared.link.run("read the run", reading).await
    }

    /// What is recorded of these items, with their results in place in the folder of `store`.
    async fn items(&self, store: &Store, indexes: &[u64]) -> Result<Vec<Prepared>, StoreError> {
        let run = &self.shared.run;
        let at = indexes.iter().map(|index| index_of(*index)).collect::<Result<Vec<_>, _>>()?;
        let copying = async |client: &mut Client, _| {
            // First: what is written with a verdict is there once the verdict is, and others may be at it.
            let sql = "SELECT idx, verdict, judgement, lag, recorded FROM gnomon.verdict \
                       WHERE run = $1 AND idx = ANY($2) ORDER BY idx";
            let verdicts = client.query(sql, &[run, &at]).await?;
            let at = verdicts.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>()?;
            let mut attempts: BTreeMap<(i64, String), Vec<PreparedAttempt>> = BTreeMap::new();
            let sql = "SELECT idx, side, started, latency_us, failure FROM gnomon.attempt \
                       WHERE run = $1 AND idx = ANY($2) ORDER BY idx, side, number";
            for row in client.query(sql, &[run, &at]).await? {
                let attempt = PreparedAttempt {
                    started: row.try_get(2)?,
                    latency_us: row.try_get(3)?,
                    failure: row.try_get(4)?,
                };
                attempts.entry((row.try_get(0)?, row.try_get(1)?)).or_default().push(attempt);
            }
            let mut sides: BTreeMap<i64, Vec<PreparedSide>> = BTreeMap::new();
            let sql = "SELECT idx, side, outcome, retained FROM gnomon.outcome \
                       WHERE run = $1 AND idx = ANY($2) ORDER BY idx, side DESC";
            for row in client.query(sql, &[run, &at]).await? {
                let (index, side): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
                let outcome = PreparedSide {
                    side: self.side(&side)?,
                    outcome: row.try_get(2)?,
                    retained: row.try_get(3)?,
                    attempts: attempts.remove(&(index, side)).unwrap_or_default(),
                };
                sides.entry(index).or_default().push(outcome);
            }
            let mut items = Vec::with_capacity(at.len());
            for row in verdicts {
                let index: i64 = row.try_get(0)?;
                let mut results = Results::default();
                let placed = self.results(client, store, index, &mut results).await;
                if let Err(problem) = placed {
                    drop(items);
                    return Err(problem);
                }
                items.push(item(&row, index, sides.remove(&index).unwrap_or_default(), results)?);
            }
            Ok(items)
        };
        self.shared.link.run("copy the run", copying).await
    }

    /// Puts the results of an item in place.
    async fn results(
        &self,
        client: &Client,
        store: &Store,
        index: i64,
        results: &mut Results,
    ) -> Result<(), Problem> {
        let run = &self.shared.run;
        let sql =
            "SELECT name, max(part) FROM gnomon.result WHERE run = $1 AND idx = $2 GROUP BY name";
        let found = client.query(sql, &[run, &index]).await?;
        let sql = "SELECT bytes FROM gnomon.result \
                   WHERE run = $1 AND idx = $2 AND name = $3 AND part = $4";
        let expected = names(u64::try_from(index).unwrap_or(u64::MAX));
        for row in found {
            let (name, last): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            // The name becomes a path, so that it must be one of ours.
            if !expected.contains(&name) {
                let message = format!("item {index} has a result that is called `{name}`");
                return Err(StoreError::Damaged { path: self.path(), message }.into());
            }
            let mut placing = retained::Placing::begin(store.folder(), &name)?;
            for part in 0..=last {
                let row = client.query_opt(sql, &[run, &index, &name, &part]).await?;
                let row = row.ok_or_else(|| {
                    let message = format!("part {part} of `{name}` is missing");
                    StoreError::Damaged { path: self.path(), message }
                })?;
                placing.write(row.try_get(0)?)?;
            }
            results.placed.push(placing.finish()?);
        }
        Ok(())
    }

    fn side(&self, text: &str) -> Result<Side, StoreError> {
        let side = [Side::Legacy, Side::Governed].into_iter().find(|side| side.as_str() == text);
        side.ok_or_else(|| StoreError::Damaged {
            path: self.path(),
            message: format!("`{text}` is no side"),
        })
    }
}

/// All names that results of an item may have.
fn names(index: u64) -> BTreeSet<String> {
    let sides = [Side::Legacy, Side::Governed].into_iter();
    sides
        .flat_map(|side| {
            [
                retained::name(index, side),
                retained::name_again(index, side),
                retained::name_wide(index, side),
            ]
        })
        .collect()
}

fn item(
    row: &Row,
    index: i64,
    sides: Vec<PreparedSide>,
    results: Results,
) -> Result<Prepared, Problem> {
    Ok(Prepared {
        index: u64::try_from(index).unwrap_or(u64::MAX),
        verdict: row.try_get(1)?,
        judgement: row.try_get(2)?,
        lag: row.try_get(3)?,
        recorded: row.try_get(4)?,
        sides,
        results,
    })
}
