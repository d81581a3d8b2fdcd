//! Beginning a shared run, and taking part in one.

use super::{
    Beat, Link, Shared, SharedOptions, SharedStore, StoreError, link::Problem, path_of,
    shards::Shards, tables,
};
use crate::{
    plan,
    queue::Start,
    store::{
        check_plan, check_run_id,
        schema::{check_identity, index_of, to_json},
    },
};
use chrono::{DateTime, Utc};
use engines::postgres::PostgresConfig;
use model::{Digest, Plan, report::RunHeader};
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{runtime::Handle, time::Instant};
use tokio_postgres::{Client, Transaction, types::ToSql};

/// Items of one statement that writes them.
const ITEMS_AT_ONCE: usize = 1_000;

/// Shortest lease: signs of life come four times in it, over a network.
const LEASE_MIN: Duration = Duration::from_secs(1);

/// How long who only looks may be silent; half of it is for reaching the server.
const LOOKING_MAX: Duration = Duration::from_secs(10);

/// A run in a store that has pending statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Its id.
    pub run: String,
    /// What it was derived from: see [`SharedStore::create_or_join`].
    pub base: String,
    /// Its title.
    pub title: String,
}

/// Everything that a run is made of.
struct Made<'a> {
    header: &'a RunHeader,
    base: &'a str,
    plan: &'a Plan,
    digest: &'a Digest,
    shards: &'a Shards,
    options: &'a SharedOptions,
}

impl SharedStore {
    /// Begins the run `header.run_id` on the server, or takes part in it, as a new worker. `base` says
    /// what the run was derived from, so that processes of the same configuration find it. Must be
    /// called inside of a multi-threaded Tokio runtime.
    ///
    /// Where nobody else is at the run, its time begins anew.
    ///
    /// # Errors
    /// The run was begun with another plan or header, or others that are at it cut sessions where this
    /// process may not; the server cannot be reached, refuses, or has tables of another version.
    pub async fn create_or_join(
        config: &PostgresConfig,
        header: &RunHeader,
        base: &str,
        plan: &Plan,
        options: SharedOptions,
    ) -> Result<Self, StoreError> {
        check_run_id(&header.run_id)?;
        check_plan(header, plan)?;
        let digest = plan::digest(plan)
            .map_err(|error| StoreError::BadPlan { message: error.to_string() })?;
        let options = SharedOptions { lease: options.lease.max(LEASE_MIN), ..options };
        let shards = Shards::new(plan, options.whole_sessions);
        let link = Link::new(config, options.lease);
        let made = Made { header, base, plan, digest: &digest, shards: &shards, options: &options };
        let joining = async |client: &mut Client, _| {
            tables::ensure(client, link.place()).await?;
            join(client, &path_of(link.place(), &header.run_id), &made).await
        };
        let before = Instant::now();
        let worker = link.run("begin or join a run", joining).await?;
        let beat = Beat::start(config, worker, (options.lease, before)).map_err(|error| {
            let message = format!("there is no thread for signs of life: {error}");
            StoreError::Unreachable { place: link.place().to_owned(), message }
        })?;
        let (run, held) = (header.run_id.clone(), Mutex::new(BTreeSet::new()));
        let shared = Shared { run, worker, options, link, runtime: Handle::current(), beat, held };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The newest run of this base that has pending statements.
    ///
    /// # Errors
    /// As [`Self::unfinished`].
    pub async fn newest(config: &PostgresConfig, base: &str) -> Result<Option<String>, StoreError> {
        let link = Link::new(config, LOOKING_MAX);
        let sql = "SELECT run FROM gnomon.run r WHERE base = $1 AND EXISTS \
                   (SELECT FROM gnomon.shard s WHERE s.run = r.run AND s.pending > 0) \
                   ORDER BY created DESC LIMIT 1";
        let finding = async |client: &mut Client, _| {
            if !tables::are_there(client, link.place()).await? {
                return Ok(None);
            }
            let found = client.query_opt(sql, &[&base]).await?;
            Ok(found.map(|row| row.try_get(0)).transpose()?)
        };
        link.run("look for a run", finding).await
    }

    /// The runs of a store that have pending statements, the newest first; what cannot be read is left out.
    ///
    /// # Errors
    /// The server cannot be reached, refuses, or has tables of another version.
    pub async fn unfinished(config: &PostgresConfig) -> Result<Vec<Unfinished>, StoreError> {
        let link = Link::new(config, LOOKING_MAX);
        let sql = "SELECT run, base, header FROM gnomon.run r WHERE EXISTS \
                   (SELECT FROM gnomon.shard s WHERE s.run = r.run AND s.pending > 0) \
                   ORDER BY created DESC LIMIT 100";
        let finding = async |client: &mut Client, _| {
            if !tables::are_there(client, link.place()).await? {
                return Ok(Vec::new());
            }
            let found = client.query(sql, &[]).await?.into_iter().filter_map(|row| {
                let header: RunHeader = serde_json::from_str(row.try_get(2).ok()?).ok()?;
                Some(Unfinished {
                    run: row.try_get(0).ok()?,
                    base: row.try_get(1).ok()?,
                    title: header.title,
                })
            });
            Ok(found.collect())
        };
        link.run("list runs", finding).await
    }

    /// Is the run there?
    ///
    /// # Errors
    /// As [`Self::unfinished`].
    pub async fn exists(config: &PostgresConfig, run: &str) -> Result<bool, StoreError> {
        let link = Link::new(config, LOOKING_MAX);
        let sql = "SELECT EXISTS (SELECT FROM gnomon.run WHERE run = $1)";
        let looking = async |client: &mut Client, _| {
            let is_there = tables::are_there(client, link.place()).await?;
            Ok(is_there && client.query_one(sql, &[&run]).await?.try_get(0)?)
        };
        link.run("look for a run", looking).await
    }

    /// Statements in the plan, and how many of them have a verdict.
    pub async fn counts(&self) -> Result<(u64, u64), StoreError> {
        let sql = "SELECT items, (SELECT coalesce(sum(pending), 0)::bigint FROM gnomon.shard s \
                   WHERE s.run = r.run) FROM gnomon.run r WHERE run = $1";
        let run = &self.shared.run;
        let counting = async |client: &mut Client, _| {
            let row = client.query_opt(sql, &[run]).await?.ok_or_else(|| self.gone())?;
            let [items, pending]: [i64; 2] = [row.try_get(0)?, row.try_get(1)?];
            let count = |number: i64| u64::try_from(number).unwrap_or(0);
            Ok((count(items), count(items).saturating_sub(count(pending))))
        };
        self.shared.link.run("count statements", counting).await
    }

    /// Verdicts that this worker recorded.
    pub async fn recorded(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM gnomon.verdict WHERE run = $1 AND worker = $2";
        let counting = async |client: &mut Client, _| {
            let values: [&(dyn ToSql + Sync); 2] = [&self.shared.run, &self.shared.worker];
            let count: i64 = client.query_one(sql, &values).await?.try_get(0)?;
            Ok(u64::try_from(count).unwrap_or(0))
        };
        self.shared.link.run("count verdicts", counting).await
    }

    pub(super) async fn start(&self) -> Result<Start, StoreError> {
        let (total, done) = self.counts().await?;
        let sql = "SELECT first_us, extract(epoch FROM clock_timestamp() - began)::float8 \
                   FROM gnomon.run WHERE run = $1";
        let run = &self.shared.run;
        let reading = async |client: &mut Client, _| {
            let row = client.query_opt(sql, &[run]).await?.ok_or_else(|| self.gone())?;
            let first: Option<i64> = row.try_get(0)?;
            let elapsed: f64 = row.try_get(1)?;
            let elapsed = Duration::try_from_secs_f64(elapsed).unwrap_or_default();
            let first = first.and_then(DateTime::<Utc>::from_timestamp_micros);
            Ok(Start {
                total,
                done,
                again: Vec::new(),
                items: Vec::new(),
                has_more: true,
                first,
                elapsed,
            })
        };
        self.shared.link.run("read when the run began", reading).await
    }

    /// Somebody removed the run.
    pub(super) fn gone(&self) -> StoreError {
        StoreError::Missing { path: self.path() }
    }
}

/// One transaction: the run is there, and so is a worker of it, or neither.
async fn join(client: &mut Client, path: &Path, made: &Made<'_>) -> Result<i64, Problem> {
    let transaction = client.transaction().await?;
    let run = &made.header.run_id;
    let is_new = create(&transaction, made).await?;
    let sql =
        "SELECT header, plan_digest, whole_sessions FROM gnomon.run WHERE run = $1 FOR UPDATE";
    let row = transaction.query_one(sql, &[run]).await?;
    let [header, digest]: [String; 2] = [row.try_get(0)?, row.try_get(1)?];
    check_identity(path, [&header, &digest], made.header, made.digest)?;
    // Numbers begin with 1: it is not one of them yet.
    end_silent(&transaction, run, 0).await?;
    let sql = "SELECT count(*) FROM gnomon.worker WHERE run = $1 AND ended IS NULL";
    let others: i64 = transaction.query_one(sql, &[run]).await?.try_get(0)?;
    let was_whole: bool = row.try_get(2)?;
    if !is_new && was_whole != made.options.whole_sessions {
        if others > 0 {
            let pace = |whole| if whole { "times to keep" } else { "no times to keep" }.to_owned();
            return Err(StoreError::Different {
                path: path.to_owned(),
                what: "pace".to_owned(),
                recorded: pace(was_whole),
                now: pace(made.options.whole_sessions),
            }
            .into());
        }
        cut_again(&transaction, made).await?;
    }
    if others == 0 {
        begin(&transaction, run).await?;
    }
    let sql = "INSERT INTO gnomon.worker (run, name, expires) VALUES \
               ($1, $2, clock_timestamp() + make_interval(secs => $3)) RETURNING id";
    // PostgreSQL has no text with NUL in it.
    let name = made.options.name.replace('\0', "");
    let lease = made.options.lease.as_secs_f64();
    let worker = transaction.query_one(sql, &[run, &name, &lease]).await?.try_get(0)?;
    transaction.commit().await?;
    Ok(worker)
}

/// Writes the run with all its items, unless it is there.
async fn create(transaction: &Transaction<'_>, made: &Made<'_>) -> Result<bool, Problem> {
    let sql = "INSERT INTO gnomon.run (run, base, header, plan_digest, items, whole_sessions) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let (run, header) = (&made.header.run_id, to_json(made.header)?);
    let digest = made.digest.as_str();
    let items = i64::try_from(made.plan.items.len()).unwrap_or(i64::MAX);
    let whole = made.options.whole_sessions;
    let values: [&(dyn ToSql + Sync); 6] = [run, &made.base, &header, &digest, &items, &whole];
    if transaction.execute(sql, &values).await? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO gnomon.item (run, idx, shard, captured_us, item) SELECT $1, u.* FROM \
               unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) u";
    let places = made.shards.of_items.iter().zip(&made.shards.captured_us);
    let items: Vec<_> = made.plan.items.iter().zip(places).collect();
    for chunk in items.chunks(ITEMS_AT_ONCE) {
        let indexes = chunk.iter().map(|(item, _)| index_of(item.index));
        let indexes = indexes.collect::<Result<Vec<i64>, _>>()?;
        let shards: Vec<i64> = chunk.iter().map(|(_, (shard, _))| **shard).collect();
        let captured: Vec<Option<i64>> = chunk.iter().map(|(_, (_, time))| **time).collect();
        let texts = chunk.iter().map(|(item, _)| to_json(item)).collect::<Result<Vec<_>, _>>()?;
        transaction.execute(sql, &[run, &indexes, &shards, &captured, &texts]).await?;
    }
    insert_shards(transaction, made).await?;
    let sql = "INSERT INTO gnomon.data_turn (run, turn, is_made) \
               VALUES ($1, 'before', false), ($1, 'after', false)";
    transaction.execute(sql, &[run]).await?;
    Ok(true)
}

async fn insert_shards(transaction: &Transaction<'_>, made: &Made<'_>) -> Result<(), Problem> {
    let run = &made.header.run_id;
    let begins = &made.shards.begins_us;
    let numbers: Vec<i64> = (0_i64..).take(begins.len()).collect();
    let sql = "INSERT INTO gnomon.shard (run, shard, begins_us, pending) \
               SELECT $1, u.shard, u.begins, coalesce(c.pending, 0) \
               FROM unnest($2::bigint[], $3::bigint[]) AS u (shard, begins) LEFT JOIN \
               (SELECT shard, count(*) AS pending FROM gnomon.item i WHERE run = $1 AND NOT EXISTS \
               (SELECT FROM gnomon.verdict v WHERE v.run = i.run AND v.idx = i.idx) GROUP BY shard) c \
               ON c.shard = u.shard";
    transaction.execute(sql, &[run, &numbers, begins]).await?;
    Ok(())
}

/// Cuts the plan of a run that nobody is at in another way.
async fn cut_again(transaction: &Transaction<'_>, made: &Made<'_>) -> Result<(), Problem> {
    let run = &made.header.run_id;
    let sql = "UPDATE gnomon.run SET whole_sessions = $2 WHERE run = $1";
    transaction.execute(sql, &[run, &made.options.whole_sessions]).await?;
    transaction.execute("DELETE FROM gnomon.shard WHERE run = $1", &[run]).await?;
    let indexes: Vec<i64> = (0_i64..).take(made.plan.items.len()).collect();
    let sql = "UPDATE gnomon.item i SET shard = u.shard \
               FROM unnest($2::bigint[], $3::bigint[]) AS u (idx, shard) \
               WHERE i.run = $1 AND i.idx = u.idx";
    transaction.execute(sql, &[run, &indexes, &made.shards.of_items]).await?;
    insert_shards(transaction, made).await
}

/// The time of the run begins anew: nobody is at it.
async fn begin(transaction: &Transaction<'_>, run: &String) -> Result<(), Problem> {
    let sql = "UPDATE gnomon.run r SET began = clock_timestamp(), first_us = \
               (SELECT min(captured_us) FROM gnomon.item i WHERE i.run = r.run AND NOT EXISTS \
               (SELECT FROM gnomon.verdict v WHERE v.run = i.run AND v.idx = i.idx)) WHERE run = $1";
    transaction.execute(sql, &[run]).await?;
    // Data that were looked at before an earlier start may be others by now.
    let sql = "UPDATE gnomon.data_turn t SET is_made = false, owner = NULL WHERE run = $1 AND EXISTS \
               (SELECT FROM gnomon.shard s WHERE s.run = t.run AND s.pending > 0)";
    transaction.execute(sql, &[run]).await?;
    Ok(())
}

/// Ends workers other than `own` that gave no sign of life for the time of their lease, unless they are
/// just recording.
pub(super) async fn end_silent(
    transaction: &Transaction<'_>,
    run: &String,
    own: i64,
) -> Result<u64, Problem> {
    let sql = "UPDATE gnomon.worker SET ended = clock_timestamp() WHERE id IN \
               (SELECT id FROM gnomon.worker WHERE run = $1 AND ended IS NULL AND id <> $2 \
               AND expires < clock_timestamp() FOR UPDATE SKIP LOCKED)";
    Ok(transaction.execute(sql, &[run, &own]).await?)
}

/// Reads JSON of one of our nouns.
pub(super) fn read<T: serde::de::DeserializeOwned>(
    text: &str,
    path: &Path,
    what: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged {
        path: path.to_owned(),
        message: format!("{what} cannot be read: {error}"),
    })
}
