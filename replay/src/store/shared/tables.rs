//! The tables of shared runs.

use super::{StoreError, link::Problem};
use model::ArtifactError;
use std::path::PathBuf;
use tokio_postgres::Client;

/// The version of the tables.
pub(super) const FORMAT_VERSION: i32 = 1;

/// Held while the tables are made: `gnomon` in ASCII.
const LOCK: i64 = 0x676e_6f6d_6f6e;

/// `idx` is the item's position in the plan everywhere; text of nouns is their JSON, as in `run.sqlite`.
/// Captured times are microseconds since 1970, since they may be out of `timestamptz`'s range.
const TABLES: &str = "
CREATE TABLE gnomon.format (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version integer NOT NULL
);
CREATE TABLE gnomon.run (
    run text PRIMARY KEY,
    base text NOT NULL,
    header text NOT NULL,
    plan_digest text NOT NULL,
    items bigint NOT NULL,
    whole_sessions boolean NOT NULL,
    began timestamptz NOT NULL DEFAULT clock_timestamp(),
    first_us bigint,
    created timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE gnomon.worker (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run text NOT NULL REFERENCES gnomon.run ON DELETE CASCADE,
    name text NOT NULL,
    joined timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires timestamptz NOT NULL,
    ended timestamptz
);
CREATE INDEX ON gnomon.worker (run);
CREATE TABLE gnomon.shard (
    run text NOT NULL REFERENCES gnomon.run ON DELETE CASCADE,
    shard bigint NOT NULL,
    begins_us bigint,
    pending bigint NOT NULL CHECK (pending >= 0),
    owner bigint,
    PRIMARY KEY (run, shard)
);
CREATE TABLE gnomon.item (
    run text NOT NULL REFERENCES gnomon.run ON DELETE CASCADE,
    idx bigint NOT NULL,
    shard bigint NOT NULL,
    captured_us bigint,
    item text NOT NULL,
    PRIMARY KEY (run, idx)
);
CREATE INDEX ON gnomon.item (run, shard);
CREATE TABLE gnomon.outcome (
    run text NOT NULL,
    idx bigint NOT NULL,
    side text NOT NULL CHECK (side IN ('legacy', 'governed')),
    outcome text NOT NULL,
    retained text,
    PRIMARY KEY (run, idx, side),
    FOREIGN KEY (run, idx) REFERENCES gnomon.item ON DELETE CASCADE
);
CREATE TABLE gnomon.attempt (
    run text NOT NULL,
    idx bigint NOT NULL,
    side text NOT NULL CHECK (side IN ('legacy', 'governed')),
    number bigint NOT NULL,
    started text NOT NULL,
    latency_us bigint NOT NULL,
    failure text,
    PRIMARY KEY (run, idx, side, number),
    FOREIGN KEY (run, idx) REFERENCES gnomon.item ON DELETE CASCADE
);
CREATE TABLE gnomon.verdict (
    run text NOT NULL,
    idx bigint NOT NULL,
    verdict text NOT NULL,
    judgement text NOT NULL,
    lag text,
    recorded text NOT NULL,
    worker bigint NOT NULL,
    PRIMARY KEY (run, idx),
    FOREIGN KEY (run, idx) REFERENCES gnomon.item ON DELETE CASCADE
);
CREATE TABLE gnomon.result (
    run text NOT NULL,
    idx bigint NOT NULL,
    name text NOT NULL,
    part bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (run, idx, name, part),
    FOREIGN KEY (run, idx) REFERENCES gnomon.item ON DELETE CASCADE
);
CREATE TABLE gnomon.data_check (
    run text NOT NULL REFERENCES gnomon.run ON DELETE CASCADE,
    number bigint GENERATED ALWAYS AS IDENTITY,
    found text NOT NULL,
    PRIMARY KEY (run, number)
);
CREATE TABLE gnomon.data_turn (
    run text NOT NULL REFERENCES gnomon.run ON DELETE CASCADE,
    turn text NOT NULL CHECK (turn IN ('before', 'after')),
    owner bigint,
    is_made boolean NOT NULL,
    PRIMARY KEY (run, turn)
);
";

/// Makes the tables where there are none, and checks their version.
pub(super) async fn ensure(client: &mut Client, place: &str) -> Result<(), Problem> {
    let transaction = client.transaction().await?;
    // Two of `CREATE … IF NOT EXISTS` at the same time may both fail.
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await?;
    let sql =
        "SELECT to_regclass('gnomon.format') IS NOT NULL, to_regnamespace('gnomon') IS NOT NULL";
    let row = transaction.query_one(sql, &[]).await?;
    let [is_there, has_schema]: [bool; 2] = [row.try_get(0)?, row.try_get(1)?];
    // Who may not make schemas may be given one; `IF NOT EXISTS` asks for the permission all the same.
    if !has_schema {
        transaction.batch_execute("CREATE SCHEMA gnomon").await?;
    }
    if !is_there {
        transaction.batch_execute(TABLES).await?;
        let sql = "INSERT INTO gnomon.format (version) VALUES ($1)";
        transaction.execute(sql, &[&FORMAT_VERSION]).await?;
    }
    transaction.commit().await?;
    check(client, place).await
}

/// Checks the version of the tables. False where there are none.
pub(super) async fn are_there(client: &Client, place: &str) -> Result<bool, Problem> {
    let sql = "SELECT to_regclass('gnomon.format') IS NOT NULL";
    let is_there: bool = client.query_one(sql, &[]).await?.try_get(0)?;
    if is_there {
        check(client, place).await?;
    }
    Ok(is_there)
}

async fn check(client: &Client, place: &str) -> Result<(), Problem> {
    let row = client.query_opt("SELECT version FROM gnomon.format", &[]).await?;
    let found: i32 = row.map_or(Ok(0), |row| row.try_get(0))?;
    if found == FORMAT_VERSION {
        return Ok(());
    }
    let number = |version: i32| u32::try_from(version).unwrap_or(u32::MAX);
    let source = ArtifactError::UnknownVersion {
        artifact: "shared run store",
        found: number(found),
        expected: number(FORMAT_VERSION),
    };
    Err(StoreError::Version { path: PathBuf::from(place), source }.into())
}
