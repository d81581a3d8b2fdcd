//! Translations bind over the empty tables that a catalog is made into: the bind check of an engine
//! without tables refuses nothing that is right.

use crate::coverage_page::sources;
use engines::{Engine, Request, Session, SessionSettings, datafusion::DataFusion, duckdb::DuckDb};
use model::{Dialect, FailureClass};
use std::sync::Arc;
use tests::recorded;
use transpiler::Transpiler;

/// Every so many of the recorded statements.
const EVERY: usize = 4;

async fn session(engine: &Arc<dyn Engine>, tables: &[String]) -> Box<dyn Session> {
    let mut session = engine.open(&SessionSettings::default()).await.unwrap();
    for table in tables {
        session.run_script(table).await.unwrap_or_else(|failure| panic!("{table}: {failure}"));
    }
    session
}

/// Statements of a dialect whose translation the engine does not bind.
async fn unbound(from: Dialect, engine: Arc<dyn Engine>) -> (usize, Vec<String>) {
    let to = engine.dialect();
    let (tables, _) = recorded::tables(from).unwrap();
    let vendor: Vec<_> = tables.into_iter().map(|table| table.vendor).collect();
    let empty = Transpiler::new(from, to, &vendor).empty_tables();
    assert!(empty.len() >= vendor.len());
    let mut session = session(&engine, &empty).await;
    let (mut bound, mut unbound) = (0, Vec::new());
    for case in recorded::cases(from).unwrap().iter().step_by(EVERY) {
        let given = case.settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        let settings = sql::SourceSettings::with(from, given).unwrap();
        let transpiler = Transpiler::under(settings, to, &vendor);
        let Ok(translation) = transpiler.translate(&case.sql, &[]) else { continue };
        match session.check(&Request::new(translation.sql, to)).await {
            Ok(()) => bound += 1,
            // A constant that is no value of its type is an error on the source too.
            Err(failure) if failure.sqlstate.class() == "22" => bound += 1,
            Err(failure) => {
                assert_eq!(failure.class, FailureClass::Statement, "{}: {failure}", case.id);
                unbound.push(format!("{}: {failure}", case.id));
            }
        }
    }
    (bound, unbound)
}

#[tokio::test]
async fn recorded_statements_bind_over_empty_tables() {
    let (mut bound, mut refused) = (0, Vec::new());
    for from in sources() {
        let engines: [Arc<dyn Engine>; 2] =
            [Arc::new(DuckDb::in_memory().unwrap()), Arc::new(DataFusion::new().unwrap())];
        for engine in engines {
            let (some, others) = unbound(from, engine).await;
            bound += some;
            refused.extend(others);
        }
    }
    println!("{bound} bind");
    assert!(refused.is_empty(), "{}", refused.join("\n"));
    assert!(bound >= 1_800, "only {bound} bind");
}
