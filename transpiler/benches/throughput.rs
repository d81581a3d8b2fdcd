//! Statements a second: translating TPC-H and TPC-DS beside only parsing and printing them with
//! sqlparser, in one run on one thread, over a catalog that is there already.
//!
//! `cargo bench -p transpiler`

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{Dialect, catalog::CatalogTable};
use std::hint::black_box;
use transpiler::Transpiler;

fn workload() -> Option<(Vec<String>, Vec<CatalogTable>)> {
    let corpora = [corpora::tpch(0.01).ok()?, corpora::tpcds(0.01).ok()?];
    let texts = corpora.iter().flat_map(|c| c.statements.iter().map(|s| s.sql.clone())).collect();
    let tables = corpora.iter().flat_map(|c| c.tables.iter().cloned()).collect();
    Some((texts, tables))
}

fn throughput(criterion: &mut Criterion) {
    let Some((texts, tables)) = workload() else { return };
    let mut group = criterion.benchmark_group("tpch+tpcds");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("sqlparser: parse and print", |bench| {
        bench.iter(|| {
            for text in &texts {
                let parsed = sql::parse(text, Dialect::Postgres);
                black_box(parsed.map(|parsed| parsed.statement.to_string())).ok();
            }
        });
    });
    for to in [Dialect::DuckDb, Dialect::DataFusion, Dialect::Snowflake] {
        // From PostgreSQL to the embedded engines; from Snowflake to PostgreSQL.
        let (from, to) = match to {
            Dialect::Snowflake => (Dialect::Snowflake, Dialect::Postgres),
            to => (Dialect::Postgres, to),
        };
        let transpiler = Transpiler::new(from, to, &tables);
        group.bench_function(format!("gnomon: {from} to {to}"), |bench| {
            bench.iter(|| {
                for text in &texts {
                    black_box(transpiler.translate(text, &[])).ok();
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
