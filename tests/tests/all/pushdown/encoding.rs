//! The texts that are hashed, in the SQL of two engines and in Rust.

use super::{Databases, both_hashes, fetched, hashes, pushed, rows_of, session};
use arrow::{
    array::{
        ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, FixedSizeBinaryArray,
        Float32Array, Float64Array, Int16Array, Int32Array, Int64Array, IntervalMonthDayNanoArray,
        StringArray, Time64MicrosecondArray, TimestampMicrosecondArray,
    },
    datatypes::{DataType, Field, IntervalMonthDayNano, Schema},
    record_batch::{RecordBatch, RecordBatchIterator},
};
use compare::{Settings, SideResult, StatementRef, Summed};
use engines::{Engine, ResultSet};
use model::{
    Encoding, StatementFacts, Verdict,
    catalog::{CatalogColumn, CatalogTable},
    logical,
};
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};
use std::sync::Arc;

/// Values whose hashes are held against each other: those that PostgreSQL has, and DuckDB's.
struct Family {
    encoding: Encoding,
    postgres: &'static [&'static str],
    duckdb: &'static [&'static str],
}

const FAMILIES: &[Family] = &[
    Family {
        encoding: Encoding::Bool,
        postgres: &["true", "false", "NULL::bool"],
        duckdb: &["true", "false", "NULL::BOOLEAN"],
    },
    Family {
        encoding: Encoding::Exact,
        postgres: &[
            "0::smallint",
            "1::int",
            "(-1)::bigint",
            "9223372036854775807::bigint",
            "(-9223372036854775808)::bigint",
            "4294967295::oid",
            "1.50::numeric",
            "1.5::numeric(10,4)",
            "0.00::numeric",
            "-0.00::numeric",
            "100::numeric",
            "100.00::numeric",
            "1200::numeric(5,-2)",
            "1e20::numeric",
            "1e-20::numeric",
            "0.5::numeric",
            "-0.5::numeric",
            "-0.05::numeric",
            "0.05::numeric",
            "'NaN'::numeric",
            "'Infinity'::numeric",
            "'-Infinity'::numeric",
            "1e400::numeric",
            "18446744073709551615::numeric",
            "340282366920938463463374607431768211455::numeric",
            "123456789012345678901234567890.1234567890::numeric",
            "NULL::numeric",
            "NULL::int",
        ],
        duckdb: &[
            "0::TINYINT",
            "1::UTINYINT",
            "(-1)::SMALLINT",
            "1200::USMALLINT",
            "100::INTEGER",
            "4294967295::UINTEGER",
            "9223372036854775807::BIGINT",
            "(-9223372036854775808)::BIGINT",
            "18446744073709551615::UBIGINT",
            "170141183460469231731687303715884105727::HUGEINT",
            "(-170141183460469231731687303715884105728)::HUGEINT",
            "340282366920938463463374607431768211455::UHUGEINT",
            "5::HUGEINT",
            "1.50::DECIMAL(10,2)",
            "1.5::DECIMAL(10,1)",
            "0::DECIMAL(3,3)",
            "0.5::DECIMAL(1,1)",
            "(-0.5)::DECIMAL(3,3)",
            "(-0.05)::DECIMAL(4,2)",
            "0.05::DECIMAL(38,38)",
            "100.00::DECIMAL(10,2)",
            "100::DECIMAL(10,0)",
            "99999999999999999999999999999999999999::DECIMAL(38,0)",
            "NULL::DECIMAL(5,2)",
            "NULL::HUGEINT",
        ],
    },
    Family {
        encoding: Encoding::Float,
        postgres: &[
            "0::float8",
            "'-0'::float8",
            "'-0'::float4",
            "1.5::float4",
            "1.5::float8",
            "0.1::float4",
            "0.1::float8",
            "0.30000000000000004::float8",
            "0.3::float8",
            "5e-324::float8",
            "1.7976931348623157e308::float8",
            "'NaN'::float8",
            "'NaN'::float4",
            "-'NaN'::float8",
            "'Infinity'::float8",
            "'-Infinity'::float4",
            "1e16::float8",
            "9007199254740993::float8",
            "NULL::float8",
        ],
        duckdb: &[
            "0::DOUBLE",
            "'-0'::DOUBLE",
            "'-0'::FLOAT",
            "1.5::FLOAT",
            "0.1::FLOAT",
            "0.1::DOUBLE",
            "'0.30000000000000004'::DOUBLE",
            "'0.3'::DOUBLE",
            "'5e-324'::DOUBLE",
            "'nan'::DOUBLE",
            "-'nan'::FLOAT",
            "'inf'::FLOAT",
            "'-inf'::DOUBLE",
            "1e16::DOUBLE",
            "NULL::FLOAT",
        ],
    },
    Family {
        encoding: Encoding::Text,
        postgres: &[
            "''::text",
            "'a'::text",
            "'a '::text",
            "'a'::char(3)",
            "'a'::varchar(5)",
            "'a'::\"char\"",
            "''::\"char\"",
            "'a'::name",
            "'ä'::text",
            "U&'a\\0308'::text",
            "'🦆;1:'::text",
            "':'::text",
            "'a' || chr(10) || 'b'",
            "'{\"a\": 1}'::json::text",
            "'00010203-0405-0607-0809-0a0b0c0d0e0f'::uuid",
            "repeat('x', 100000)",
            "NULL::text",
            "NULL::char(3)",
        ],
        duckdb: &[
            "''",
            "'a'",
            "'a '",
            "'a  '",
            "'a'::ENUM('a', 'b')",
            "'ä'",
            "'a' || chr(776)",
            "'🦆;1:'",
            "':'",
            "'a' || chr(10) || 'b'",
            "'a' || chr(0) || 'b'",
            "'{\"a\": 1}'",
            "'00010203-0405-0607-0809-0a0b0c0d0e0f'::UUID",
            "repeat('x', 100000)",
            "NULL::VARCHAR",
            "NULL::ENUM('a')",
        ],
    },
    Family {
        encoding: Encoding::Bytes,
        postgres: &[
            "'\\x'::bytea",
            "'\\x00'::bytea",
            "'\\x61ff0a5c'::bytea",
            "'\\x000102030405060708090a0b0c0d0e0f'::bytea",
            "'00010203-0405-0607-0809-0a0b0c0d0e0f'::uuid",
            "NULL::bytea",
        ],
        duckdb: &[
            "''::BLOB",
            "'\\x00'::BLOB",
            "'a\\xFF\\x0A\\x5C'::BLOB",
            "'00010203-0405-0607-0809-0a0b0c0d0e0f'::UUID",
            "NULL::BLOB",
        ],
    },
    Family {
        encoding: Encoding::Uuid,
        postgres: &[
            "'00010203-0405-0607-0809-0A0B0C0D0E0F'::uuid",
            "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid",
            "'00000000-0000-0000-0000-000000000000'::uuid",
            "NULL::uuid",
        ],
        duckdb: &[
            "'00010203-0405-0607-0809-0a0b0c0d0e0f'::UUID",
            "'ffffffff-ffff-ffff-ffff-ffffffffffff'::UUID",
            "'00000000-0000-0000-0000-000000000000'::UUID",
            "NULL::UUID",
        ],
    },
    Family {
        encoding: Encoding::Date,
        postgres: &[
            "date '1970-01-01'",
            "date '1969-12-31'",
            "date '2024-02-29'",
            "date '0001-01-01'",
            "date '0001-12-31 BC'",
            "date '4714-11-24 BC'",
            "date '9999-12-31'",
            "date '10000-01-01'",
            "date '5874897-12-31'",
            "'infinity'::date",
            "'-infinity'::date",
            "NULL::date",
        ],
        duckdb: &[
            "DATE '1970-01-01'",
            "DATE '1969-12-31'",
            "DATE '2024-02-29'",
            "DATE '0001-01-01'",
            "DATE '0001-12-31 (BC)'",
            "DATE '4714-11-24 (BC)'",
            "DATE '9999-12-31'",
            "DATE '10000-01-01'",
            "DATE '5874897-12-31'",
            "DATE '5877642-06-25 (BC)'",
            "DATE '5881580-07-10'",
            "'infinity'::DATE",
            "'-infinity'::DATE",
            "NULL::DATE",
        ],
    },
    Family {
        encoding: Encoding::Time,
        postgres: &[
            "time '00:00'",
            "time '23:59:59.999999'",
            "time '24:00:00'",
            "time '12:34:56.5'",
            "NULL::time",
        ],
        duckdb: &[
            "TIME '00:00:00'",
            "TIME '23:59:59.999999'",
            "TIME '24:00:00'",
            "TIME '12:34:56.5'",
            "'12:34:56.5'::TIME_NS",
            "'12:34:56.500000001'::TIME_NS",
            "NULL::TIME_NS",
            "NULL::TIME",
        ],
    },
    Family {
        encoding: Encoding::Instant,
        postgres: &[
            "timestamp '1970-01-01 00:00:00'",
            "timestamp '2000-01-01 00:00:00'",
            "timestamp '1999-12-31 23:59:59.999999'",
            "timestamp '2024-02-29 12:34:56.789'",
            "timestamp '4714-11-24 00:00:00 BC'",
            "timestamp '0044-03-15 12:00:00 BC'",
            "timestamp '10000-01-01 00:00:00'",
            "timestamp '294246-12-31 23:59:59.999999'",
            "timestamptz '2024-02-29 13:34:56.789+01'",
            "timestamptz '2024-07-01 12:00:00+02'",
            "'infinity'::timestamp",
            "'-infinity'::timestamp",
            "'infinity'::timestamptz",
            "'-infinity'::timestamptz",
            "date '2000-01-01'",
            "date '4714-11-24 BC'",
            "'-infinity'::date",
            "NULL::timestamp",
            "NULL::timestamptz",
        ],
        duckdb: &[
            "TIMESTAMP '1970-01-01 00:00:00'",
            "TIMESTAMP '2000-01-01 00:00:00'",
            "TIMESTAMP '1999-12-31 23:59:59.999999'",
            "TIMESTAMP '2024-02-29 12:34:56.789'",
            "TIMESTAMP '4714-11-24 (BC) 00:00:00'",
            "TIMESTAMP '0044-03-15 (BC) 12:00:00'",
            "TIMESTAMP '10000-01-01 00:00:00'",
            "TIMESTAMP '294246-12-31 23:59:59.999999'",
            "TIMESTAMP '294247-01-10 04:00:54.775806'",
            "TIMESTAMP '290309-12-22 (BC) 00:00:00'",
            "make_timestamp(-9222425352054775808)",
            "make_timestamp(-9222425352054775807)",
            "'2024-02-29 12:34:56'::TIMESTAMP_S",
            "'2024-02-29 12:34:56.789'::TIMESTAMP_MS",
            "'2024-02-29 12:34:56.789'::TIMESTAMP_NS",
            "'2024-02-29 12:34:56.789000001'::TIMESTAMP_NS",
            "'1969-12-31 23:59:59.999999999'::TIMESTAMP_NS",
            "'1969-12-31 23:59:59.999999'::TIMESTAMP_NS",
            "'2000-01-01'::TIMESTAMP_S",
            "TIMESTAMPTZ '2024-02-29 13:34:56.789+01'",
            "TIMESTAMPTZ '2024-07-01 12:00:00+02'",
            "'infinity'::TIMESTAMP",
            "'-infinity'::TIMESTAMP",
            "'infinity'::TIMESTAMP_NS",
            "'infinity'::TIMESTAMPTZ",
            "'-infinity'::TIMESTAMPTZ",
            "DATE '2000-01-01'",
            "'infinity'::DATE",
            "NULL::TIMESTAMP",
            "NULL::TIMESTAMP_NS",
            "NULL::TIMESTAMPTZ",
            "NULL::DATE",
        ],
    },
    Family {
        encoding: Encoding::Interval,
        postgres: &[
            "interval '0'",
            "interval '1 month'",
            "interval '30 days'",
            "interval '720 hours'",
            "interval '1 year -2 days 03:04:05.000006'",
            "interval '-25 months 3 days -00:00:00.000001'",
            "interval '14 months -75 days 100 hours 0.5 seconds'",
            "interval '-178956970 years -8 months'",
            "NULL::interval",
        ],
        duckdb: &[
            "INTERVAL '0 days'",
            "INTERVAL '1 month'",
            "INTERVAL '30 days'",
            "INTERVAL '720 hours'",
            "INTERVAL '1 year -2 days 3 hours 4 minutes 5 seconds 6 microseconds'",
            "INTERVAL '-25 months 3 days -1 microseconds'",
            "INTERVAL '14 months -75 days 100 hours 500 milliseconds'",
            "INTERVAL '-25 hours -61 minutes -1500000 microseconds'",
            "to_months(-2147483648)",
            "NULL::INTERVAL",
        ],
    },
];

fn facts() -> StatementFacts {
    StatementFacts::plain_read()
}

/// Does the comparison that fetches everything say that the two results are equal?
fn equal(legacy: &ResultSet, governed: &ResultSet) -> bool {
    let facts = facts();
    let statement = StatementRef { id: "s", fingerprint: "f", facts: &facts };
    let side = |set: &'_ ResultSet| -> (arrow::datatypes::SchemaRef, Vec<RecordBatch>) {
        (set.schema.clone(), set.batches.clone())
    };
    let ((left, l), (right, g)) = (side(legacy), side(governed));
    let judgement = compare::judge(
        statement,
        SideResult::Rows { schema: &left, batches: &l },
        SideResult::Rows { schema: &right, batches: &g },
        &Settings::new(Vec::new()).unwrap(),
    );
    match judgement.verdict {
        Verdict::Match => true,
        Verdict::Mismatch => false,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_has_one_hash_wherever_it_lies() {
    let databases = Databases::start().await;
    for family in FAMILIES {
        let encoding = [family.encoding];
        let engines: [(&dyn Engine, _); 2] = [
            (databases.postgres.as_ref(), family.postgres),
            (databases.duckdb.as_ref(), family.duckdb),
        ];
        let mut values = Vec::new();
        for (engine, expressions) in engines {
            for expression in expressions {
                let query = format!("SELECT {expression} AS v");
                let [inside, here] = both_hashes(engine, &query, &encoding).await;
                assert_eq!(inside, here, "{} {query}", engine.kind());
                values.push((query.clone(), inside, fetched(engine, &query).await));
            }
        }
        for (a, a_hash, a_set) in &values {
            for (b, b_hash, b_set) in &values {
                assert_eq!(a_hash == b_hash, equal(a_set, b_set), "{a} and {b}");
            }
        }
    }
}

type Cells = (
    (Option<bool>, Option<i16>, Option<i32>, Option<i64>, Option<i64>, Option<u64>, Option<u32>),
    (Option<String>, Option<Vec<u8>>, Option<i32>, Option<i64>, Option<i64>),
    (Option<(i32, i32, i64)>, Option<[u8; 16]>),
);

fn cells() -> impl Strategy<Value = Cells> {
    use proptest::option::of;
    // Timestamps and dates that all engines have.
    let micros = -200_000_000_000_000_000_i64..9_000_000_000_000_000_000;
    let decimal = prop_oneof![Just(0_i64), -99_i64..99, -999_999_999_999_i64..999_999_999_999];
    let bits =
        prop_oneof![Just((-0.0_f64).to_bits()), any::<u64>(), any::<f64>().prop_map(f64::to_bits)];
    let single = prop_oneof![any::<u32>(), any::<f32>().prop_map(f32::to_bits)];
    // PostgreSQL has no zero byte in a text.
    let text = prop_oneof!["[a;:0-9 ]{0,6}", "[^\u{0}]{0,8}"];
    (
        (
            of(any::<bool>()),
            of(any::<i16>()),
            of(any::<i32>()),
            of(any::<i64>()),
            of(decimal),
            of(bits),
            of(single),
        ),
        (
            of(text),
            of(proptest::collection::vec(any::<u8>(), 0..9)),
            of(-2_000_000_i32..2_000_000),
            of(0..=86_400_000_000_i64),
            of(micros),
        ),
        (
            of((any::<i32>(), any::<i32>(), any::<i64>().prop_map(|n| n / 1_000))),
            of(any::<[u8; 16]>()),
        ),
    )
}

fn generated(rows: &[Cells]) -> (CatalogTable, RecordBatch) {
    macro_rules! column {
        ($array:ty, $cell:expr) => {
            Arc::new(rows.iter().map($cell).collect::<$array>()) as ArrayRef
        };
    }
    let micros = || column!(TimestampMicrosecondArray, |row: &Cells| row.1.4);
    let zoned = rows.iter().map(|row| row.1.4).collect::<TimestampMicrosecondArray>();
    let decimals = rows.iter().map(|row| row.0.4.map(i128::from)).collect::<Decimal128Array>();
    let uuids =
        FixedSizeBinaryArray::try_from_sparse_iter_with_size(rows.iter().map(|row| row.2.1), 16);
    let interval = |(months, days, micros): (i32, i32, i64)| {
        IntervalMonthDayNano::new(months, days, micros * 1_000)
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("boolean", column!(BooleanArray, |row: &Cells| row.0.0)),
        ("smallint", column!(Int16Array, |row: &Cells| row.0.1)),
        ("integer", column!(Int32Array, |row: &Cells| row.0.2)),
        ("bigint", column!(Int64Array, |row: &Cells| row.0.3)),
        ("numeric(14,2)", Arc::new(decimals.with_precision_and_scale(14, 2).unwrap())),
        ("double precision", column!(Float64Array, |row: &Cells| row.0.5.map(f64::from_bits))),
        ("real", column!(Float32Array, |row: &Cells| row.0.6.map(f32::from_bits))),
        ("text", column!(StringArray, |row: &Cells| row.1.0.clone())),
        ("bytea", column!(BinaryArray, |row: &Cells| row.1.1.clone())),
        ("date", column!(Date32Array, |row: &Cells| row.1.2)),
        ("time", column!(Time64MicrosecondArray, |row: &Cells| row.1.3)),
        ("timestamp", micros()),
        ("timestamptz", Arc::new(zoned.with_timezone("UTC"))),
        ("interval", column!(IntervalMonthDayNanoArray, |row: &Cells| row.2.0.map(interval))),
        ("uuid", Arc::new(uuids.unwrap())),
    ];
    let named = columns.iter().enumerate().map(|(index, (data_type, _))| CatalogColumn {
        name: format!("v{index}"),
        data_type: (*data_type).to_owned(),
        nullable: true,
    });
    let table = CatalogTable {
        database: None,
        schema: None,
        name: "generated".to_owned(),
        columns: named.collect(),
        keys: Vec::new(),
    };
    let fields = columns.iter().enumerate().map(|(index, (_, array))| {
        let name = format!("v{index}");
        match array.data_type() {
            DataType::FixedSizeBinary(16) => {
                logical::extension_field(&name, DataType::FixedSizeBinary(16), logical::UUID, true)
            }
            other => Field::new(name, other.clone(), true),
        }
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let arrays = columns.iter().map(|(_, array)| Arc::clone(array)).collect();
    (table, RecordBatch::try_new(schema, arrays).unwrap())
}

const GENERATED: [Encoding; 15] = [
    Encoding::Bool,
    Encoding::Exact,
    Encoding::Exact,
    Encoding::Exact,
    Encoding::Exact,
    Encoding::Float,
    Encoding::Float,
    Encoding::Text,
    Encoding::Bytes,
    Encoding::Date,
    Encoding::Time,
    Encoding::Instant,
    Encoding::Instant,
    Encoding::Interval,
    Encoding::Uuid,
];

#[tokio::test(flavor = "multi_thread")]
async fn generated_rows_have_one_hash_wherever_they_lie() {
    const ROWS: usize = 3_000;
    let databases = Databases::start().await;
    let mut runner = TestRunner::deterministic();
    let strategy = cells();
    let rows: Vec<Cells> =
        (0..ROWS).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    let (table, batch) = generated(&rows);
    let written = rows_of(&batch);
    let here = hashes(&Summed::new(&written), &GENERATED);
    assert_eq!(here.len(), ROWS);
    for engine in [databases.postgres.as_ref(), databases.duckdb.as_ref()] {
        let reader = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
        session(engine).await.load(&table, Box::new(reader)).await.unwrap();
        let [inside, fetched] = both_hashes(engine, "TABLE generated", &GENERATED).await;
        assert!(inside == here, "{}: hashed inside", engine.kind());
        assert!(fetched == here, "{}: fetched", engine.kind());
        // What would be wrong is found: values that are equal as SQL sees it, and are not.
        let columns = |change: &str| {
            let (place, expression) = change.split_once('=').unwrap();
            let of = |index: usize| {
                if place == format!("v{index}") {
                    expression.to_owned()
                } else {
                    format!("v{index}")
                }
            };
            let listed: Vec<String> = (0..GENERATED.len()).map(of).collect();
            format!("SELECT {} FROM generated", listed.join(", "))
        };
        for change in [
            "v0=coalesce(v0, false)",
            "v5=v5 + 0",
            "v6=v6::text::float8",
            "v7=coalesce(v7, '')",
            "v7=rtrim(v7)",
            "v4=round(v4, 1)",
            "v11=date_trunc('second', v11)",
            "v13=v13 + interval '1 month' - interval '30 days'",
        ] {
            // DuckDB's names of types.
            let query = columns(change).replace("float8", "DOUBLE PRECISION");
            let changed = hashes(&pushed(engine, &query).await, &GENERATED);
            assert!(changed != here, "{}: {change}", engine.kind());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_and_texts_between_columns_count() {
    let databases = Databases::start().await;
    let text = [Encoding::Text, Encoding::Text];
    for engine in [databases.postgres.as_ref(), databases.duckdb.as_ref()] {
        let of = async |rows: &str| {
            let query = format!("SELECT a, b FROM (VALUES {rows}) AS t(a, b)");
            let [inside, here] = both_hashes(engine, &query, &text).await;
            assert_eq!(inside, here, "{rows}");
            inside
        };
        let framed =
            of("('a;1:b', 'c'), ('a', 'b;c'), ('a;b', 'c'), ('', NULL), (NULL, ''), ('', '')");
        let mut framed = framed.await;
        framed.dedup();
        assert_eq!(framed.len(), 6);
        assert_eq!(of("('x', 'y'), ('x', 'y')").await.len(), 2);
    }
}
