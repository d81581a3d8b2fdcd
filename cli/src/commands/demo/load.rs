//! The corpora into both engines at the same time.

use super::{TIME_ZONE, legacy::Legacy};
use crate::error::CliError;
use corpora::Corpus;
use engines::{Engine, SessionSettings, duckdb::DuckDb};
use model::{Failure, Side};
use std::sync::Arc;

/// Loads every table of `corpora` into both engines and gives the number of rows of one side.
///
/// Rows are generated for each side while it loads, so that no table is ever in memory as a whole.
pub(super) async fn both(
    corpora: &[Corpus],
    legacy: &Legacy,
    governed: &DuckDb,
) -> Result<u64, CliError> {
    let governed: Arc<dyn Engine> = Arc::new(governed.clone());
    let one = tokio::spawn(side(Side::Legacy, corpora.to_vec(), legacy.engine(), legacy.script()));
    let other = tokio::spawn(side(Side::Governed, corpora.to_vec(), governed, None));
    let (one, other) = tokio::try_join!(one, other)
        .map_err(|error| CliError::unreachable(format!("loading broke off: {error}")))?;
    let (one, other) = (one?, other?);
    if one != other {
        return Err(CliError::unreachable(format!(
            "the legacy engine took {one} rows and the governed one {other}"
        )));
    }
    Ok(one)
}

async fn side(
    side: Side,
    corpora: Vec<Corpus>,
    engine: Arc<dyn Engine>,
    script: Option<&'static str>,
) -> Result<u64, CliError> {
    let failed = |table: &str| {
        let table = table.to_owned();
        move |failure: Failure| {
            CliError::unreachable(format!("`{table}` could not be loaded, {side} side: {failure}"))
        }
    };
    let settings =
        SessionSettings { time_zone: TIME_ZONE.to_owned(), ..SessionSettings::default() };
    let mut session = engine.open(&settings).await.map_err(failed("the session"))?;
    let mut total = 0;
    for corpus in &corpora {
        for table in &corpus.tables {
            let rows = corpus.rows(&table.name).map_err(CliError::usage)?;
            total += session.load(table, rows).await.map_err(failed(&table.name))?;
        }
    }
    if let Some(script) = script {
        session.run_script(script).await.map_err(failed("the indexes"))?;
    }
    Ok(total)
}
