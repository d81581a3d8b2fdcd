//! Reading a run: what is pending, and the report.

use super::{Attempt, Store, StoreError, schema::index_of};
use crate::schedule;
use chrono::{DateTime, Utc};
use model::{
    Judgement, Lag, Outcome, Plan, PlanItem, Side, TableCheck,
    report::{ItemReport, RunHeader, RunReport},
};
use rusqlite::{Connection, Params, params};
use serde::de::DeserializeOwned;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

impl Store {
    /// Statements in the plan, and how many of them have a verdict.
    pub fn counts(&self) -> Result<(u64, u64), StoreError> {
        let connection = self.connection();
        let count = |sql: &str| -> Result<u64, StoreError> {
            connection
                .query_row(sql, [], |row| row.get::<_, i64>(0))
                .map(|count| u64::try_from(count).unwrap_or(0))
                .map_err(StoreError::database(&self.database_path()))
        };
        Ok((count("SELECT count(*) FROM item")?, count("SELECT count(*) FROM verdict")?))
    }

    /// The items without a verdict, in plan order.
    pub fn pending(&self) -> Result<Vec<PlanItem>, StoreError> {
        let sql = "SELECT idx, item FROM item \
                   WHERE idx NOT IN (SELECT idx FROM verdict) ORDER BY idx";
        let connection = self.connection();
        let found: Vec<(u64, PlanItem)> = rows(&connection, &self.database_path(), sql)?;
        Ok(found.into_iter().map(|(_, item)| item).collect())
    }

    /// The items with a verdict of transactions that change rows and of which some of `pending` are left,
    /// in plan order.
    pub(crate) fn undone(&self, pending: &[PlanItem]) -> Result<Vec<(PlanItem, bool)>, StoreError> {
        let unfinished: BTreeMap<u64, &PlanItem> =
            pending.iter().rev().filter_map(|item| Some((item.transaction?, item))).collect();
        let connection = self.connection();
        let path = self.database_path();
        let mut begun = connection
            .prepare("SELECT 1 FROM verdict WHERE idx = ?1")
            .map_err(StoreError::database(&path))?;
        let sql = "SELECT idx, item FROM item WHERE idx IN (SELECT idx FROM verdict) \
                   AND idx > ?1 AND session = ?2 ORDER BY idx";
        let agreed = "SELECT 1 FROM verdict WHERE idx = ?1 AND verdict IN ('match', 'tolerated')";
        let mut agreed = connection.prepare(agreed).map_err(StoreError::database(&path))?;
        let mut undone = Vec::new();
        for (number, item) in unfinished {
            let first = index_of(number)?;
            // Of most transactions nothing ran, not even what begins them.
            if !begun.exists(params![first]).map_err(StoreError::database(&path))? {
                continue;
            }
            let values = params![first, item.session];
            let found: Vec<(u64, PlanItem)> = rows_with(&connection, &path, sql, values)?;
            let of_it = found.into_iter().map(|(_, item)| item);
            let mut of_it: Vec<PlanItem> =
                of_it.filter(|item| item.transaction == Some(number)).collect();
            of_it.sort_by_key(|item| (item.sequence, item.index));
            if !of_it.iter().any(schedule::changes) {
                continue;
            }
            for item in of_it {
                let index = params![index_of(item.index)?];
                let agreed = agreed.exists(index).map_err(StoreError::database(&path))?;
                undone.push((item, agreed));
            }
        }
        Ok(undone)
    }

    /// The plan as it was recorded.
    pub fn plan(&self) -> Result<Plan, StoreError> {
        let connection = self.connection();
        let path = self.database_path();
        let workload = header(&connection, &path)?.workload;
        let found: Vec<(u64, PlanItem)> =
            rows(&connection, &path, "SELECT idx, item FROM item ORDER BY idx")?;
        Ok(Plan { workload, items: found.into_iter().map(|(_, item)| item).collect() })
    }

    /// Every time that a side was sent an item, in order.
    pub fn attempts(&self, index: u64, side: Side) -> Result<Vec<Attempt>, StoreError> {
        let connection = self.connection();
        let path = self.database_path();
        let failed = StoreError::database(&path);
        let sql = "SELECT started, latency_us, failure FROM attempt \
                   WHERE idx = ?1 AND side = ?2 ORDER BY number";
        let mut query = connection.prepare_cached(sql).map_err(&failed)?;
        let mut rows = query.query(params![index_of(index)?, side.as_str()]).map_err(&failed)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(&failed)? {
            let started: String = row.get(0).map_err(&failed)?;
            let latency_us: i64 = row.get(1).map_err(&failed)?;
            let failure: Option<String> = row.get(2).map_err(&failed)?;
            let what = format!("an attempt of item {index}");
            found.push(Attempt {
                started: parse_time(&started, &path)?,
                latency_us: u64::try_from(latency_us).unwrap_or(0),
                failure: failure.map(|text| from_json(&text, &path, &what)).transpose()?,
            });
        }
        Ok(found)
    }

    /// What checks of the data found, in the order in which they were made.
    pub fn data(&self) -> Result<Vec<TableCheck>, StoreError> {
        data(&self.connection(), &self.database_path())
    }

    /// The run as reports read it: recorded facts only.
    pub fn report(&self) -> Result<RunReport, StoreError> {
        let connection = self.connection();
        let path = self.database_path();
        let failed = StoreError::database(&path);
        // One snapshot, since the run may be going on in another process.
        let snapshot = connection.unchecked_transaction().map_err(&failed)?;
        let mut header = header(&snapshot, &path)?;
        let items: Vec<(u64, PlanItem)> =
            rows(&snapshot, &path, "SELECT idx, item FROM item ORDER BY idx")?;
        let outcomes: Vec<(u64, Outcome)> =
            rows(&snapshot, &path, "SELECT idx, outcome FROM outcome")?;
        let judgements: Vec<(u64, Judgement)> =
            rows(&snapshot, &path, "SELECT idx, judgement FROM verdict")?;
        let lags: Vec<(u64, Lag)> =
            rows(&snapshot, &path, "SELECT idx, lag FROM verdict WHERE lag IS NOT NULL")?;
        let data = data(&snapshot, &path)?;
        let last: Option<String> = snapshot
            .query_row("SELECT max(recorded) FROM verdict", [], |row| row.get(0))
            .map_err(&failed)?;
        drop(snapshot);

        header.finished = if items.len() != judgements.len() {
            None
        } else if let Some(last) = last {
            Some(parse_time(&last, &path)?)
        } else {
            Some(header.started)
        };
        let mut outcomes: BTreeMap<(u64, Side), Outcome> =
            outcomes.into_iter().map(|(index, o)| ((index, o.side), o)).collect();
        let mut judgements: BTreeMap<u64, Judgement> = judgements.into_iter().collect();
        let mut lags: BTreeMap<u64, Lag> = lags.into_iter().collect();
        let items = items.into_iter().map(|(index, item)| ItemReport {
            item,
            legacy: outcomes.remove(&(index, Side::Legacy)),
            governed: outcomes.remove(&(index, Side::Governed)),
            judgement: judgements.remove(&index),
            lag: lags.remove(&index),
        });
        Ok(RunReport::new(header, items.collect()).with_data(data))
    }
}

/// Names of the result files that recorded outcomes refer to.
pub(super) fn retained_names(
    connection: &Connection,
    path: &Path,
) -> Result<BTreeSet<String>, StoreError> {
    let failed = StoreError::database(path);
    let mut query = connection
        .prepare(
            "SELECT retained FROM outcome WHERE retained IS NOT NULL UNION ALL \
             SELECT json_extract(outcome, '$.again.retained') FROM outcome \
             WHERE json_extract(outcome, '$.again.retained') IS NOT NULL UNION ALL \
             SELECT json_extract(outcome, '$.wide.outcome.retained') FROM outcome \
             WHERE json_extract(outcome, '$.wide.outcome.retained') IS NOT NULL",
        )
        .map_err(&failed)?;
    let names = query.query_map([], |row| row.get(0)).map_err(&failed)?;
    names.collect::<Result<_, _>>().map_err(failed)
}

fn data(connection: &Connection, path: &Path) -> Result<Vec<TableCheck>, StoreError> {
    let sql = "SELECT number, found FROM data_check ORDER BY number";
    let found: Vec<(u64, TableCheck)> = rows(connection, path, sql)?;
    Ok(found.into_iter().map(|(_, check)| check).collect())
}

fn header(connection: &Connection, path: &Path) -> Result<RunHeader, StoreError> {
    let text: String = connection
        .query_row("SELECT header FROM run", [], |row| row.get(0))
        .map_err(StoreError::database(path))?;
    from_json(&text, path, "the header of the run")
}

/// Reads a query of two columns: an index and the JSON of a noun.
fn rows<T: DeserializeOwned>(
    connection: &Connection,
    path: &Path,
    sql: &str,
) -> Result<Vec<(u64, T)>, StoreError> {
    rows_with(connection, path, sql, [])
}

fn rows_with<T: DeserializeOwned>(
    connection: &Connection,
    path: &Path,
    sql: &str,
    values: impl Params,
) -> Result<Vec<(u64, T)>, StoreError> {
    let failed = StoreError::database(path);
    let mut query = connection.prepare(sql).map_err(&failed)?;
    let mut rows = query.query(values).map_err(&failed)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&failed)? {
        let index: i64 = row.get(0).map_err(&failed)?;
        let text = row.get_ref(1).and_then(|value| Ok(value.as_str()?)).map_err(&failed)?;
        let value = from_json(text, path, &format!("item {index}"))?;
        let index = u64::try_from(index).map_err(|_| StoreError::Damaged {
            path: path.to_owned(),
            message: format!("negative index {index}"),
        })?;
        found.push((index, value));
    }
    Ok(found)
}

fn from_json<T: DeserializeOwned>(text: &str, path: &Path, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged {
        path: path.to_owned(),
        message: format!("{what} cannot be read: {error}"),
    })
}

fn parse_time(text: &str, path: &Path) -> Result<DateTime<Utc>, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged {
        path: path.to_owned(),
        message: format!("`{text}` is no time"),
    })
}
