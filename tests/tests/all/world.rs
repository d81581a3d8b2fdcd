//! Three real engines with the same tables.

use arrow::record_batch::{RecordBatch, RecordBatchIterator};
use compare::{Settings, SideResult, StatementRef};
use engines::{
    Engine, Request, ResultSet, Session, SessionSettings,
    datafusion::DataFusion,
    duckdb::DuckDb,
    postgres::{Postgres, ThrowawayCluster},
};
use model::{
    AppliedRule, Caveat, Dialect, Failure, Judgement, Scope, Tolerance, ToleranceKind,
    catalog::CatalogTable,
};
use std::time::Duration;
use transpiler::Transpiler;

pub(crate) type Answer = Result<ResultSet, Failure>;

pub(crate) struct World {
    pub(crate) postgres: Box<dyn Session>,
    pub(crate) duckdb: Box<dyn Session>,
    pub(crate) datafusion: Box<dyn Session>,
    pub(crate) catalog: Vec<CatalogTable>,
    // Dropped last: the sessions go before their server.
    _cluster: ThrowawayCluster,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_in("UTC").await
    }

    /// The sessions' time zone is `zone`.
    pub(crate) async fn start_in(zone: &str) -> Self {
        let cluster = ThrowawayCluster::start().expect("a throw-away PostgreSQL");
        let settings = SessionSettings {
            statement_timeout: Some(Duration::from_mins(1)),
            time_zone: zone.to_owned(),
            ..SessionSettings::default()
        };
        let postgres = Postgres::new(cluster.config()).open(&settings).await.unwrap();
        let duckdb = DuckDb::in_memory().unwrap().open(&settings).await.unwrap();
        let datafusion = DataFusion::new().unwrap().open(&settings).await.unwrap();
        Self { postgres, duckdb, datafusion, catalog: Vec::new(), _cluster: cluster }
    }

    /// Loads one batch as a table into all engines.
    pub(crate) async fn load(&mut self, table: &CatalogTable, batch: &RecordBatch) {
        for session in [&mut self.postgres, &mut self.duckdb, &mut self.datafusion] {
            let rows = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
            let loaded = session.load(table, Box::new(rows)).await.unwrap();
            assert_eq!(loaded, batch.num_rows() as u64);
        }
        self.catalog.push(table.clone());
    }

    /// Loads a corpus into all engines.
    pub(crate) async fn load_corpus(&mut self, corpus: &corpora::Corpus) {
        for table in &corpus.tables {
            for session in [&mut self.postgres, &mut self.duckdb, &mut self.datafusion] {
                session.load(table, corpus.rows(&table.name).unwrap()).await.unwrap();
            }
            self.catalog.push(table.clone());
        }
        if !corpus.postgres_setup.is_empty() {
            self.postgres.run_script(corpus.postgres_setup).await.unwrap();
        }
    }

    pub(crate) fn transpiler(&self, to: Dialect) -> Transpiler {
        Transpiler::new(Dialect::Postgres, to, &self.catalog)
    }

    pub(crate) async fn legacy(&mut self, sql: &str) -> Answer {
        answer(&mut self.postgres, sql, Dialect::Postgres).await
    }

    /// The answer of any of the engines.
    pub(crate) async fn on(&mut self, sql: &str, to: Dialect) -> Answer {
        let session = match to {
            Dialect::Postgres => &mut self.postgres,
            Dialect::DuckDb => &mut self.duckdb,
            _ => &mut self.datafusion,
        };
        answer(session, sql, to).await
    }

    pub(crate) async fn target(&mut self, sql: &str, to: Dialect) -> Answer {
        let session = if to == Dialect::DuckDb { &mut self.duckdb } else { &mut self.datafusion };
        answer(session, sql, to).await
    }
}

async fn answer(session: &mut Box<dyn Session>, sql: &str, dialect: Dialect) -> Answer {
    session.execute(Request::new(sql, dialect)).await?.collect(1 << 30).await
}

/// Floats agree to nine digits; anything else exactly.
pub(crate) fn tolerances() -> Settings {
    let tolerance = |kind| Tolerance {
        kind,
        scope: Scope::default(),
        reason: "quotients, averages and sums are floats on the targets".to_owned(),
    };
    Settings::new(vec![
        tolerance(ToleranceKind::FloatRelative { max: 1e-9 }),
        tolerance(ToleranceKind::FloatAbsolute { max: 1e-12 }),
    ])
    .unwrap()
}

/// The verdict on two answers to `sql`.
pub(crate) fn verdict(sql: &str, legacy: &Answer, governed: &Answer) -> Judgement {
    verdict_on(sql, legacy, governed, &tolerances())
}

/// The same, with what the rules of a translation say that it needs.
pub(crate) fn verdict_with_caveats(
    sql: &str,
    (legacy, governed): (&Answer, &Answer),
    rules: &[AppliedRule],
) -> Judgement {
    let needed = rules.iter().filter_map(|rule| rule.caveat).flat_map(Caveat::tolerances);
    let needed = needed.map(|kind| Tolerance {
        kind,
        scope: Scope::default(),
        reason: "the translation needs it".to_owned(),
    });
    verdict_on(sql, legacy, governed, &tolerances().and(needed.collect()).unwrap())
}

fn verdict_on(sql: &str, legacy: &Answer, governed: &Answer, settings: &Settings) -> Judgement {
    let facts = sql::parse(sql, Dialect::Postgres).unwrap().facts();
    let statement = StatementRef { id: "test", fingerprint: "", facts: &facts };
    compare::judge(statement, side(legacy), side(governed), settings)
}

fn side(answer: &Answer) -> SideResult<'_> {
    match answer {
        Ok(set) => SideResult::Rows { schema: &set.schema, batches: &set.batches },
        Err(failure) => SideResult::Failed(failure),
    }
}
