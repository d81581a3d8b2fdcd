//! Writing an item's fate: all of it, once.

use super::{
    Retention, Store, StoreError, retained,
    schema::{index_of, to_json},
};
use crate::checkpoint::Checkpoint;
use chrono::{DateTime, SecondsFormat, Utc};
use model::{Failure, Judgement, Lag, Outcome, Rows, Side, TableCheck, Verdict};
use rusqlite::{Connection, ToSql, Transaction, TransactionBehavior, params};
use std::path::{Path, PathBuf};

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

impl Store {
    /// Records one item completely, or not at all.
    ///
    /// # Errors
    /// [`StoreError::AlreadyRecorded`] where the item has a verdict: the first one stays.
    pub fn record(&self, record: &Record<'_>) -> Result<(), StoreError> {
        self.record_with(record, |files| self.retain(record, files))
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

    /// Records one item, whose results `keep` puts in place: it gives the names of each side's
    /// files, and lists those that are to go if nothing comes of it.
    pub(super) fn record_with(
        &self,
        record: &Record<'_>,
        keep: impl FnOnce(&mut Vec<PathBuf>) -> Result<Vec<Names>, StoreError>,
    ) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let path = self.database_path();
        let index = index_of(record.index)?;
        // Asked before a result file of the first verdict could be overwritten. The lock on the
        // run makes this process the only one that writes.
        if has_verdict(&connection, index).map_err(StoreError::database(&path))? {
            return Err(StoreError::AlreadyRecorded { path, index: record.index });
        }
        let mut files = Vec::new();
        let written =
            keep(&mut files).and_then(|names| self.write(&mut connection, &path, record, &names));
        if written.is_err() {
            // Nothing names these files; removing them early frees the space that may be missing.
            for file in files {
                let _ = std::fs::remove_file(file);
            }
        }
        written
    }

    /// Writes the results that are kept.
    fn retain(
        &self,
        record: &Record<'_>,
        files: &mut Vec<PathBuf>,
    ) -> Result<Vec<Names>, StoreError> {
        let is_kept = match self.shared.options.retention {
            Retention::None => false,
            Retention::Mismatches => record.judgement.verdict != Verdict::Match,
            Retention::All => true,
        };
        let mut keep = |name: String, rows: Option<&dyn Rows>| {
            let Some(rows) = rows.filter(|_| is_kept) else { return Ok(None) };
            files.push(self.shared.folder.join(&name));
            retained::write(&self.shared.folder, &name, rows)?;
            self.reached(Checkpoint::AfterResultFile, record.index);
            Ok::<_, StoreError>(Some(name))
        };
        let sides = record.sides.iter().map(|side| {
            let of = side.outcome.side;
            Ok(Names {
                first: keep(retained::name(record.index, of), side.rows)?,
                again: keep(retained::name_again(record.index, of), side.again_rows)?,
                wide: keep(retained::name_wide(record.index, of), side.wide_rows)?,
            })
        });
        sides.collect()
    }

    fn write(
        &self,
        connection: &mut Connection,
        path: &Path,
        record: &Record<'_>,
        names: &[Names],
    ) -> Result<(), StoreError> {
        let failed = StoreError::database(path);
        let index = index_of(record.index)?;
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(&failed)?;
        for (side, names) in record.sides.iter().zip(names) {
            let mut outcome = Outcome { retained: names.first.clone(), ..side.outcome.clone() };
            if let Some(again) = &mut outcome.again {
                again.retained.clone_from(&names.again);
            }
            if let Some(wide) = &mut outcome.wide {
                wide.outcome.retained.clone_from(&names.wide);
            }
            let columns = params![index, outcome.side.as_str(), to_json(&outcome)?, names.first];
            insert(
                &transaction,
                "INSERT INTO outcome (idx, side, outcome, retained) VALUES (?1, ?2, ?3, ?4)",
                columns,
            )
            .map_err(&failed)?;
            write_attempts(&transaction, index, outcome.side, side.attempts, path)?;
        }
        let recorded = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true);
        let verdict = record.judgement.verdict.as_str();
        let lag = record.lag.as_ref().map(to_json).transpose()?;
        let columns = params![index, verdict, to_json(record.judgement)?, lag, recorded];
        insert(
            &transaction,
            "INSERT INTO verdict (idx, verdict, judgement, lag, recorded) VALUES (?1, ?2, ?3, ?4, ?5)",
            columns,
        )
        .map_err(&failed)?;
        self.reached(Checkpoint::BeforeCommit, record.index);
        transaction.commit().map_err(&failed)?;
        self.reached(Checkpoint::AfterCommit, record.index);
        Ok(())
    }

    pub(super) fn reached(&self, checkpoint: Checkpoint, index: u64) {
        self.shared.options.checkpoints.reached(checkpoint, index);
    }
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

fn write_attempts(
    transaction: &Transaction<'_>,
    index: i64,
    side: Side,
    attempts: &[Attempt],
    path: &Path,
) -> Result<(), StoreError> {
    let failed = StoreError::database(path);
    for (number, attempt) in (1_i64..).zip(attempts) {
        let failure = attempt.failure.as_ref().map(to_json).transpose()?;
        let latency_us = i64::try_from(attempt.latency_us).unwrap_or(i64::MAX);
        let started = attempt.started.to_rfc3339_opts(SecondsFormat::Micros, true);
        insert(
            transaction,
            "INSERT INTO attempt (idx, side, number, started, latency_us, failure) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![index, side.as_str(), number, started, latency_us, failure],
        )
        .map_err(&failed)?;
    }
    Ok(())
}
