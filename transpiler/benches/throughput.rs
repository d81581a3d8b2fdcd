//! Statements a second: translating TPC-H and TPC-DS beside only parsing and printing them with
//! sqlparser, in one run on one thread, over a catalog that is there already.
//!
//! `cargo bench -p transpiler`

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use model::{Dialect, catalog::CatalogTable};
use std::hint::black_box;
use transpiler::Transpiler;

/// The allocator of `gnomon` itself, for the parser beside it too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Statements and tables of both corpora as the users of `dialect` write them.
fn workload(dialect: Dialect) -> Option<(Vec<String>, Vec<CatalogTable>)> {
    if dialect == Dialect::Postgres {
        let corpora = [corpora::tpch(0.01).ok()?, corpora::tpcds(0.01).ok()?];
        let texts = corpora.iter().flat_map(|c| c.statements.iter().map(|s| s.sql.clone()));
        return Some((texts.collect(), corpora.iter().flat_map(|c| c.tables.clone()).collect()));
    }
    let forms = [corpora::tpch_in(dialect, 0.01).ok()?, corpora::tpcds_in(dialect).ok()?];
    let texts = forms.iter().flat_map(|f| f.statements.iter().map(|s| s.sql.clone()));
    Some((texts.collect(), forms.iter().flat_map(|f| f.tables.clone()).collect()))
}

const PAIRS: [(Dialect, Dialect); 7] = [
    (Dialect::Postgres, Dialect::DuckDb),
    (Dialect::Postgres, Dialect::DataFusion),
    (Dialect::Snowflake, Dialect::DuckDb),
    (Dialect::Snowflake, Dialect::Postgres),
    (Dialect::BigQuery, Dialect::DuckDb),
    (Dialect::Spark, Dialect::DuckDb),
    (Dialect::Redshift, Dialect::DuckDb),
];

fn throughput(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tpch+tpcds");
    for (from, to) in PAIRS {
        let Some((texts, tables)) = workload(from) else { return };
        group.throughput(Throughput::Elements(texts.len() as u64));
        if to == Dialect::DuckDb {
            // What the parser alone cannot read would be fast.
            assert!(texts.iter().all(|text| sql::printed_by_parser_alone(text, from).is_some()));
            group.bench_function(format!("sqlparser: parse and print {from}"), |bench| {
                bench.iter(|| {
                    for text in &texts {
                        black_box(sql::printed_by_parser_alone(text, from));
                    }
                });
            });
        }
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
