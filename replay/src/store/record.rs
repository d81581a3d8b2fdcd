//! Writing an item's fate: all of it, once.

use super::{
    Retention, Store, StoreError, retained,
    schema::{index_of, to_json},
};
use crate::{
    checkpoint::{Checkpoint, Checkpoints},
    queue::{Claimed, Queue, Start},
    schedule,
    stop::StopSignal,
};
use chrono::{DateTime, SecondsFormat, Utc};
use model::{Failure, Judgement, Lag, Outcome, Rows, Side, TableCheck, Verdict};
use rusqlite::{Connection, ToSql, Transaction, TransactionBehavior, params};
use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

/// One time that a statement was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When it was sent.
    pub started: DateTime<Utc>,
    /// Time until its last row or its failure, in microseconds.
    pub latency_us: u64,
    /// How it failed, if it did.
    pub failure: Option<Failure>,
}

/// What one side did.
#[derive(Debug, Clone)]
pub struct SideRecord<'a> {
    /// The answer, perhaps with others beside it; `retained` is filled in by the store.
    pub outcome: Outcome,
    /// The rows, absent for a failure.
    pub rows: Option<&'a dyn Rows>,
    /// The rows of the second answer, absent for a failure or where there is none.
    pub again_rows: Option<&'a dyn Rows>,
    /// The rows of the answer to a wider limit, absent for a failure or where there is none.
    pub wide_rows: Option<&'a dyn Rows>,
    /// All attempts, the last one gave the answer; those of other answers are only counted.
    pub attempts: &'a [Attempt],
}

/// The fate of one item.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// Position in the plan.
    pub index: u64,
    /// Verdict and evidence.
    pub judgement: &'a Judgement,
    /// What the sides did; empty for a skipped item.
    pub sides: &'a [SideRecord<'a>],
    /// How late it was sent; absent for a skipped item.
    pub lag: Option<Lag>,
}

/// The files with the results of one side, relative to the run's folder.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) first: Option<String>,
    /// Of the second answer.
    pub(super) again: Option<String>,
    /// Of the answer to a wider limit.
    pub(super) wide: Option<String>,
}

/// What is written of an item, ready: its results are on disk, the rest is text.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(super) index: u64,
    pub(super) verdict: String,
    pub(super) judgement: String,
    pub(super) lag: Option<String>,
    pub(super) recorded: String,
    pub(super) sides: Vec<PreparedSide>,
    pub(super) results: Results,
}

#[derive(Debug)]
pub(super) struct PreparedSide {
    pub(super) side: Side,
    pub(super) outcome: String,
    pub(super) retained: Option<String>,
    pub(super) attempts: Vec<PreparedAttempt>,
}

#[derive(Debug)]
pub(super) struct PreparedAttempt {
    pub(super) started: String,
    pub(super) latency_us: i64,
    pub(super) failure: Option<String>,
}

/// The results of an item that nothing names unless it is committed.
#[derive(Debug, Default)]
pub(super) struct Results {
    /// In place, in the run's folder.
    pub(super) placed: Vec<PathBuf>,
    /// By name, in files without one, for a store elsewhere.
    pub(super) apart: Vec<(String, File)>,
}

impl Results {
    /// Removes what comes to nothing: that frees the space that may be missing.
    fn discard(self) {
        for file in self.placed {
            let _ = std::fs::remove_file(file);
        }
    }
}

impl Prepared {
    /// Removes the results.
    pub(crate) fn discard(self) {
        self.results.discard();
    }
}

impl Store {
    /// Records one item completely, or not at all.
    ///
    /// # Errors
    /// [`StoreError::AlreadyRecorded`] where the item has a verdict: the first one stays.
    pub fn record(&self, record: &Record<'_>) -> Result<(), StoreError> {
        self.record_with(record, |results| self.retain(record, results))
    }

    /// Records one item, whose results `keep` puts in place: it gives the names of each side's
    /// files, and lists those that are to go if nothing comes of it.
    pub(super) fn record_with(
        &self,
        record: &Record<'_>,
        keep: impl FnOnce(&mut Results) -> Result<Vec<Names>, StoreError>,
    ) -> Result<(), StoreError> {
        self.commit_one(prepare_with(record, keep)?)
    }

    /// Records what a check of the data found, all of it or nothing.
    pub fn record_data(&self, checks: &[TableCheck]) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let path = self.database_path();
        let failed = StoreError::database(&path);
        let transaction = connection.transaction().map_err(&failed)?;
        for check in checks {
            let sql = "INSERT INTO data_check (found) VALUES (?1)";
            insert(&transaction, sql, params![to_json(check)?]).map_err(&failed)?;
        }
        transaction.commit().map_err(failed)
    }

    /// Writes the results that are kept.
    fn retain(&self, record: &Record<'_>, results: &mut Results) -> Result<Vec<Names>, StoreError> {
        if !self.keeps(&record.judgement.verdict) {
            return Ok(nothing_kept(record));
        }
        if record.sides.iter().any(|side| side.rows.is_some()) {
            // Asked before a result file of the first verdict could be overwritten. The lock on the
            // run makes this process the only one that writes.
            self.check_open(&self.connection(), record.index)?;
        }
        names(record, |name, rows| {
            results.placed.push(self.shared.folder.join(name));
            retained::write(&self.shared.folder, name, rows)?;
            self.reached(Checkpoint::AfterResultFile, record.index);
            Ok(())
        })
    }

    /// Has the item no verdict yet?
    fn check_open(&self, connection: &Connection, index: u64) -> Result<(), StoreError> {
        let path = self.database_path();
        let is_judged =
            has_verdict(connection, index_of(index)?).map_err(StoreError::database(&path))?;
        if is_judged { Err(StoreError::AlreadyRecorded { path, index }) } else { Ok(()) }
    }

    pub(super) fn reached(&self, checkpoint: Checkpoint, index: u64) {
        self.shared.options.checkpoints.reached(checkpoint, index);
    }
}

impl Queue for Store {
    fn start(&self) -> Result<Start, StoreError> {
        let (total, done) = self.counts()?;
        let items = self.pending()?;
        let first = schedule::first(&items);
        let again = self.undone(&items)?;
        Ok(Start { total, done, again, items, has_more: false, first, elapsed: Duration::ZERO })
    }

    fn claim(&self, _shards: usize, _until: Option<DateTime<Utc>>) -> Result<Claimed, StoreError> {
        let (_, done) = self.counts()?;
        Ok(Claimed { items: Vec::new(), done })
    }

    fn lost(&self) -> StopSignal {
        StopSignal::never()
    }

    fn why_lost(&self) -> StoreError {
        // The lock on the folder is held for as long as the store is there.
        StoreError::InUse { path: self.folder().to_owned() }
    }

    fn keeps(&self, verdict: &Verdict) -> bool {
        self.shared.options.retention.keeps(verdict)
    }

    fn prepare(&self, record: &Record<'_>) -> Result<Prepared, StoreError> {
        prepare_with(record, |results| self.retain(record, results))
    }

    fn commit(&self, items: &[Prepared]) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let path = self.database_path();
        let failed = StoreError::database(&path);
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(&failed)?;
        for item in items {
            self.check_open(&transaction, item.index)?;
            write(&transaction, item, &path)?;
        }
        for item in items {
            self.reached(Checkpoint::BeforeCommit, item.index);
        }
        transaction.commit().map_err(&failed)?;
        for item in items {
            self.reached(Checkpoint::AfterCommit, item.index);
        }
        Ok(())
    }

    fn checkpoints(&self) -> &dyn Checkpoints {
        self.shared.options.checkpoints.as_ref()
    }
}

impl Retention {
    pub(super) fn keeps(self, verdict: &Verdict) -> bool {
        match self {
            Self::None => false,
            Self::Mismatches => *verdict != Verdict::Match,
            Self::All => true,
        }
    }
}

/// Puts the rows of all answers of an item in place with `keep`, and gives their names by sides.
pub(super) fn names(
    record: &Record<'_>,
    mut keep: impl FnMut(&str, &dyn Rows) -> Result<(), StoreError>,
) -> Result<Vec<Names>, StoreError> {
    let mut kept = |name: String, rows: Option<&dyn Rows>| {
        let Some(rows) = rows else { return Ok(None) };
        keep(&name, rows)?;
        Ok::<_, StoreError>(Some(name))
    };
    let sides = record.sides.iter().map(|side| {
        let of = side.outcome.side;
        Ok(Names {
            first: kept(retained::name(record.index, of), side.rows)?,
            again: kept(retained::name_again(record.index, of), side.again_rows)?,
            wide: kept(retained::name_wide(record.index, of), side.wide_rows)?,
        })
    });
    sides.collect()
}

/// The names where no results are kept.
pub(super) fn nothing_kept(record: &Record<'_>) -> Vec<Names> {
    record.sides.iter().map(|_| Names::default()).collect()
}

/// Makes text of an item, whose results `keep` puts in place: it gives the names of each side's
/// files, and lists those that are to go if nothing comes of it.
pub(super) fn prepare_with(
    record: &Record<'_>,
    keep: impl FnOnce(&mut Results) -> Result<Vec<Names>, StoreError>,
) -> Result<Prepared, StoreError> {
    let mut results = Results::default();
    let prepared = keep(&mut results).and_then(|names| {
        let sides = record.sides.iter().zip(names);
        Ok(Prepared {
            index: record.index,
            verdict: record.judgement.verdict.as_str().to_owned(),
            judgement: to_json(record.judgement)?,
            lag: record.lag.as_ref().map(to_json).transpose()?,
            recorded: timestamp(Utc::now()),
            sides: sides
                .map(|(side, names)| prepare_side(side, names))
                .collect::<Result<_, _>>()?,
            results: std::mem::take(&mut results),
        })
    });
    if prepared.is_err() {
        results.discard();
    }
    prepared
}

fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn prepare_side(side: &SideRecord<'_>, names: Names) -> Result<PreparedSide, StoreError> {
    let mut outcome = Outcome { retained: names.first.clone(), ..side.outcome.clone() };
    if let Some(again) = &mut outcome.again {
        again.retained = names.again;
    }
    if let Some(wide) = &mut outcome.wide {
        wide.outcome.retained = names.wide;
    }
    let attempts = side.attempts.iter().map(|attempt| {
        Ok(PreparedAttempt {
            started: timestamp(attempt.started),
            latency_us: i64::try_from(attempt.latency_us).unwrap_or(i64::MAX),
            failure: attempt.failure.as_ref().map(to_json).transpose()?,
        })
    });
    Ok(PreparedSide {
        side: outcome.side,
        attempts: attempts.collect::<Result<_, StoreError>>()?,
        outcome: to_json(&outcome)?,
        retained: names.first,
    })
}

fn has_verdict(connection: &Connection, index: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM verdict WHERE idx = ?1)")?
        .query_row([index], |row| row.get(0))
}

fn insert(
    transaction: &Transaction<'_>,
    sql: &str,
    columns: &[&dyn ToSql],
) -> rusqlite::Result<()> {
    transaction.prepare_cached(sql)?.execute(columns).map(|_| ())
}

fn write(transaction: &Transaction<'_>, item: &Prepared, path: &Path) -> Result<(), StoreError> {
    let failed = StoreError::database(path);
    let index = index_of(item.index)?;
    for PreparedSide { side, outcome, retained, attempts } in &item.sides {
        insert(
            transaction,
            "INSERT INTO outcome (idx, side, outcome, retained) VALUES (?1, ?2, ?3, ?4)",
            params![index, side.as_str(), outcome, retained],
        )
        .map_err(&failed)?;
        for (number, attempt) in (1_i64..).zip(attempts) {
            let PreparedAttempt { started, latency_us, failure } = attempt;
            insert(
                transaction,
                "INSERT INTO attempt (idx, side, number, started, latency_us, failure) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![index, side.as_str(), number, started, latency_us, failure],
            )
            .map_err(&failed)?;
        }
    }
    insert(
        transaction,
        "INSERT INTO verdict (idx, verdict, judgement, lag, recorded) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![index, item.verdict, item.judgement, item.lag, item.recorded],
    )
    .map_err(failed)
}
