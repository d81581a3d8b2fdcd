use super::*;
use arrow::{
    array::AsArray as _, datatypes::Int32Type, ipc::writer::StreamWriter, record_batch::RecordBatch,
};
use model::Digest;
use std::collections::BTreeSet;

/// Rows, and a digest of their bytes, after every batch was checked against the schema.
fn read(corpus: &Corpus, table: &str) -> (usize, Digest) {
    let rows = corpus.rows(table).unwrap();
    let schema = rows.schema();
    assert_eq!(schema, corpus.schema(table).unwrap());
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &schema).unwrap();
    let mut count = 0;
    for batch in rows {
        let batch: RecordBatch = batch.unwrap();
        writer.write(&batch).unwrap();
        count += batch.num_rows();
    }
    writer.finish().unwrap();
    drop(writer);
    (count, Digest::of_bytes(&bytes))
}

#[test]
fn every_query_file_is_compiled_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tpcds/queries");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let compiled: Vec<_> =
        QUERIES.postgres.iter().map(|(number, _)| format!("{number}.sql")).collect();
    assert_eq!(files, compiled);
    let mut numbers: Vec<u8> = QUERIES
        .postgres
        .iter()
        .map(|(number, _)| number.trim_end_matches(['a', 'b']).parse().unwrap())
        .collect();
    numbers.dedup();
    assert_eq!(numbers, (1..=99).collect::<Vec<_>>());
    let corpus = tpcds(1.0).unwrap();
    assert_eq!(corpus.statements.len(), QUERIES.postgres.len());
    for statement in &corpus.statements {
        assert!(!statement.sql.contains("--") && !statement.sql.contains(';'));
    }
}

#[test]
fn a_sample_is_small_and_repeats() {
    let corpus = tpcds(0.01).unwrap();
    let mut counts = Vec::new();
    for table in &corpus.tables {
        let first = read(&corpus, &table.name);
        // Another corpus, so that nothing remembered helps.
        assert_eq!(first, read(&tpcds(0.01).unwrap(), &table.name), "{}", table.name);
        counts.push((table.name.as_str(), first.0));
    }
    let expected = [
        ("date_dim", 73_049),
        ("time_dim", 9_243),
        ("income_band", 20),
        ("reason", 75),
        ("ship_mode", 20),
        ("warehouse", 5),
        ("store", 12),
        ("call_center", 6),
        ("web_site", 30),
        ("web_page", 60),
        ("catalog_page", 11_718),
        ("item", 18_000),
        ("promotion", 300),
        ("household_demographics", 7_200),
        ("customer_demographics", 18_310),
        ("customer_address", 15_546),
        ("customer", 7_990),
        ("inventory", 66_555),
        ("store_sales", 29_315),
        ("store_returns", 3_042),
        ("catalog_sales", 15_095),
        ("catalog_returns", 1_505),
        ("web_sales", 8_274),
        ("web_returns", 848),
    ];
    assert_eq!(counts, expected);
    let message = corpus.rows("store_sale").err().unwrap().to_string();
    assert!(message.contains("`store_sale`") && message.contains("web_returns"), "{message}");
}

/// Every key of a sale or return finds its row, as in the benchmark.
#[test]
fn keys_of_a_sample_join() {
    let corpus = tpcds(0.01).unwrap();
    let keys = |table: &str, column: &str| {
        let mut keys = BTreeSet::new();
        for batch in corpus.rows(table).unwrap() {
            let batch = batch.unwrap();
            let column = batch.column_by_name(column).unwrap();
            keys.extend(column.as_primitive::<Int32Type>().iter().flatten());
        }
        assert!(!keys.is_empty());
        keys
    };
    for (table, column, to, key) in [
        ("store_sales", "ss_customer_sk", "customer", "c_customer_sk"),
        ("store_sales", "ss_addr_sk", "customer_address", "ca_address_sk"),
        ("store_sales", "ss_cdemo_sk", "customer_demographics", "cd_demo_sk"),
        ("store_sales", "ss_sold_time_sk", "time_dim", "t_time_sk"),
        ("store_sales", "ss_item_sk", "item", "i_item_sk"),
        ("store_sales", "ss_sold_date_sk", "date_dim", "d_date_sk"),
        ("catalog_returns", "cr_returning_customer_sk", "customer", "c_customer_sk"),
        ("web_returns", "wr_refunded_cdemo_sk", "customer_demographics", "cd_demo_sk"),
        ("web_sales", "ws_ship_addr_sk", "customer_address", "ca_address_sk"),
        ("customer", "c_current_addr_sk", "customer_address", "ca_address_sk"),
        ("customer", "c_current_cdemo_sk", "customer_demographics", "cd_demo_sk"),
        ("inventory", "inv_item_sk", "item", "i_item_sk"),
    ] {
        let absent: Vec<i32> = keys(table, column).difference(&keys(to, key)).copied().collect();
        assert!(absent.is_empty(), "{table}.{column}: {absent:?}");
    }
}

/// The first store sale, as dsdgen 4.0.0 writes it at scale factor 1. A sample has it too.
#[test]
fn rows_are_dsdgens() {
    for scale in [1.0, 0.01] {
        let batch = tpcds(scale).unwrap().rows("store_sales").unwrap().next().unwrap().unwrap();
        let cell = |column: usize| {
            arrow::util::display::array_value_to_string(batch.column(column), 0).unwrap()
        };
        let row: Vec<_> = (0..batch.num_columns()).map(cell).collect();
        assert_eq!(
            row.join("|"),
            "2451813|65495|3617|67006|591617|3428|24839|10|161|1|79|11.41|18.71|2.80|99.54|221.20|\
             901.39|1478.09|6.08|99.54|121.66|127.74|-779.73"
        );
    }
}

/// From scale factor 1 on, nothing is left out: counts of the specification's table 3-2.
#[test]
fn whole_tables_have_the_specifications_rows() {
    let corpus = tpcds(1.0).unwrap();
    for (table, rows) in [
        ("customer", 100_000),
        ("customer_address", 50_000),
        ("time_dim", 86_400),
        ("item", 18_000),
        ("web_returns", 71_763),
    ] {
        let count: usize = corpus.rows(table).unwrap().map(|batch| batch.unwrap().num_rows()).sum();
        assert_eq!(count, rows, "{table}");
    }
}

#[test]
fn a_useless_scale_is_refused() {
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY, 0.0009, 100_001.0] {
        assert!(matches!(tpcds(scale), Err(CorpusError::Scale(_))), "{scale}");
    }
}
