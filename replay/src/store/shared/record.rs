//! Recording what this worker did, unless it was ended.

use super::{SharedStore, StoreError, link::Problem};
use crate::{
    checkpoint::{Checkpoint, Checkpoints},
    queue::{Claimed, Queue, Start},
    stop::StopSignal,
    store::{
        Prepared, Record,
        record::{names, nothing_kept, prepare_with},
        retained,
        schema::index_of,
    },
};
use chrono::{DateTime, Utc};
use model::Verdict;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read as _, Seek as _},
};
use tokio_postgres::{Client, Transaction};

/// Bytes of a result that are sent at a time.
const PART_BYTES: u64 = 1 << 20;

impl Queue for SharedStore {
    fn start(&self) -> Result<Start, StoreError> {
        self.shared.runtime.block_on(self.start())
    }

    fn claim(&self, shards: usize, until: Option<DateTime<Utc>>) -> Result<Claimed, StoreError> {
        self.shared.runtime.block_on(self.claim_shards(shards, until))
    }

    fn lost(&self) -> StopSignal {
        self.lost_signal()
    }

    fn why_lost(&self) -> StoreError {
        self.fenced()
    }

    fn keeps(&self, verdict: &Verdict) -> bool {
        self.shared.options.retention.keeps(verdict)
    }

    fn prepare(&self, record: &Record<'_>) -> Result<Prepared, StoreError> {
        let is_kept = self.keeps(&record.judgement.verdict);
        prepare_with(record, |results| {
            if !is_kept {
                return Ok(nothing_kept(record));
            }
            names(record, |name, rows| {
                results.apart.push((name.to_owned(), retained::write_apart(name, rows)?));
                self.checkpoints().reached(Checkpoint::AfterResultFile, record.index);
                Ok(())
            })
        })
    }

    fn commit(&self, items: &[Prepared]) -> Result<(), StoreError> {
        self.shared.runtime.block_on(self.write(items))
    }

    fn checkpoints(&self) -> &dyn Checkpoints {
        self.shared.options.checkpoints.as_ref()
    }
}

impl SharedStore {
    async fn write(&self, items: &[Prepared]) -> Result<(), StoreError> {
        let writing = async |client: &mut Client, _: u32| {
            let transaction = client.transaction().await?;
            self.hold_worker(&transaction).await?;
            let fresh = self.fresh(&transaction, items).await?;
            self.insert(&transaction, &fresh).await?;
            for item in &fresh {
                self.checkpoints().reached(Checkpoint::BeforeCommit, item.index);
            }
            Ok(transaction.commit().await?)
        };
        self.shared.link.run("record verdicts", writing).await?;
        for item in items {
            self.checkpoints().reached(Checkpoint::AfterCommit, item.index);
        }
        Ok(())
    }

    /// The items that are to be written: all of them, but for those that an earlier try wrote unheard.
    async fn fresh<'a>(
        &self,
        transaction: &Transaction<'_>,
        items: &'a [Prepared],
    ) -> Result<Vec<&'a Prepared>, Problem> {
        let indexes = indexes(items)?;
        let sql =
            "SELECT idx, worker, recorded FROM gnomon.verdict WHERE run = $1 AND idx = ANY($2)";
        let mut written: BTreeMap<u64, (i64, String)> = BTreeMap::new();
        for row in transaction.query(sql, &[&self.shared.run, &indexes]).await? {
            let index: i64 = row.try_get(0)?;
            let index = u64::try_from(index).unwrap_or(u64::MAX);
            written.insert(index, (row.try_get(1)?, row.try_get(2)?));
        }
        let mut fresh = Vec::with_capacity(items.len());
        for item in items {
            match written.get(&item.index) {
                None => fresh.push(item),
                // The same worker, at the same microsecond: it is this one.
                Some((worker, recorded))
                    if *worker == self.shared.worker && *recorded == item.recorded => {}
                Some(_) => {
                    let (path, index) = (self.path(), item.index);
                    return Err(StoreError::AlreadyRecorded { path, index }.into());
                }
            }
        }
        Ok(fresh)
    }

    async fn insert(
        &self,
        transaction: &Transaction<'_>,
        items: &[&Prepared],
    ) -> Result<(), Problem> {
        let run = &self.shared.run;
        for item in items {
            let index = index_of(item.index)?;
            for (name, file) in &item.results.apart {
                self.send(transaction, (index, name), file).await?;
            }
        }
        let of_sides =
            || items.iter().flat_map(|item| item.sides.iter().map(|side| (item.index, side)));
        let outcomes = of_sides().map(|(index, side)| Ok((index_of(index)?, side)));
        let outcomes = outcomes.collect::<Result<Vec<_>, StoreError>>()?;
        let at: Vec<i64> = outcomes.iter().map(|(index, _)| *index).collect();
        let sides: Vec<&str> = outcomes.iter().map(|(_, side)| side.side.as_str()).collect();
        let texts: Vec<&str> = outcomes.iter().map(|(_, side)| side.outcome.as_str()).collect();
        let kept: Vec<Option<&str>> =
            outcomes.iter().map(|(_, side)| side.retained.as_deref()).collect();
        let sql = "INSERT INTO gnomon.outcome (run, idx, side, outcome, retained) SELECT $1, u.* FROM \
                   unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) u";
        transaction.execute(sql, &[run, &at, &sides, &texts, &kept]).await?;

        let attempts: Vec<_> = outcomes
            .iter()
            .flat_map(|(index, side)| {
                (1_i64..).zip(&side.attempts).map(move |(number, of)| (*index, side, number, of))
            })
            .collect();
        let at: Vec<i64> = attempts.iter().map(|(index, ..)| *index).collect();
        let sides: Vec<&str> = attempts.iter().map(|(_, side, ..)| side.side.as_str()).collect();
        let numbers: Vec<i64> = attempts.iter().map(|(_, _, number, _)| *number).collect();
        let started: Vec<&str> = attempts.iter().map(|(.., of)| of.started.as_str()).collect();
        let took: Vec<i64> = attempts.iter().map(|(.., of)| of.latency_us).collect();
        let failed: Vec<Option<&str>> =
            attempts.iter().map(|(.., of)| of.failure.as_deref()).collect();
        let sql = "INSERT INTO gnomon.attempt (run, idx, side, number, started, latency_us, failure) \
                   SELECT $1, u.* FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], \
                   $6::bigint[], $7::text[]) u";
        transaction.execute(sql, &[run, &at, &sides, &numbers, &started, &took, &failed]).await?;

        let at = indexes(items.iter().copied())?;
        let verdicts: Vec<&str> = items.iter().map(|item| item.verdict.as_str()).collect();
        let judgements: Vec<&str> = items.iter().map(|item| item.judgement.as_str()).collect();
        let lags: Vec<Option<&str>> = items.iter().map(|item| item.lag.as_deref()).collect();
        let recorded: Vec<&str> = items.iter().map(|item| item.recorded.as_str()).collect();
        let worker = self.shared.worker;
        let sql = "INSERT INTO gnomon.verdict (run, idx, verdict, judgement, lag, recorded, worker) \
                   SELECT $1, u.*, $7 FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], \
                   $6::text[]) u";
        transaction
            .execute(sql, &[run, &at, &verdicts, &judgements, &lags, &recorded, &worker])
            .await?;
        let sql = "UPDATE gnomon.shard s SET pending = pending - u.count FROM (SELECT shard, count(*) \
                   FROM gnomon.item WHERE run = $1 AND idx = ANY($2) GROUP BY shard) u \
                   WHERE s.run = $1 AND s.shard = u.shard";
        transaction.execute(sql, &[run, &at]).await?;
        Ok(())
    }

    /// Sends a result in parts.
    async fn send(
        &self,
        transaction: &Transaction<'_>,
        (index, name): (i64, &String),
        file: &File,
    ) -> Result<(), Problem> {
        let sql =
            "INSERT INTO gnomon.result (run, idx, name, part, bytes) VALUES ($1, $2, $3, $4, $5)";
        let statement = transaction.prepare(sql).await?;
        let failed = |error| StoreError::io("read", std::path::Path::new(name))(error);
        let mut file = file;
        file.rewind().map_err(failed)?;
        for part in 0_i64.. {
            let mut bytes = Vec::new();
            file.take(PART_BYTES).read_to_end(&mut bytes).map_err(failed)?;
            if bytes.is_empty() {
                break;
            }
            transaction
                .execute(&statement, &[&self.shared.run, &index, name, &part, &bytes])
                .await?;
        }
        Ok(())
    }
}

fn indexes<'a>(items: impl IntoIterator<Item = &'a Prepared>) -> Result<Vec<i64>, StoreError> {
    items.into_iter().map(|item| index_of(item.index)).collect()
}
