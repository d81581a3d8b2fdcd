//! DuckDB: the real library, in memory and in files.

use crate::support::{
    ask, ask_with, check_binds, concat, fails, field, load, resident_kb, row, rows, table,
};
use arrow::{
    array::AsArray as _,
    datatypes::{DataType, Date32Type, IntervalUnit, TimeUnit, TimestampMicrosecondType},
};
use engines::{
    Engine as _, Request, Session, SessionSettings,
    duckdb::{DuckDb, DuckDbOptions},
};
use futures::StreamExt as _;
use model::{Dialect, Failure, FailureClass, SqlState, catalog::CatalogTable, logical};
use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

async fn session() -> Box<dyn Session> {
    open(&DuckDb::in_memory().unwrap(), SessionSettings::default()).await.unwrap()
}

async fn open(database: &DuckDb, settings: SessionSettings) -> Result<Box<dyn Session>, Failure> {
    database.open(&settings).await
}

#[tokio::test(flavor = "multi_thread")]
async fn scalar_types_take_the_common_forms() {
    let mut session = session().await;
    let result = ask(
        session.as_mut(),
        "SELECT true, (-1)::TINYINT, (-2)::SMALLINT, 3::INTEGER, (-4)::BIGINT, 1::UTINYINT, \
         4294967295::UINTEGER, 18446744073709551615::UBIGINT, 0.1::FLOAT, 0.1::DOUBLE, \
         12.340::DECIMAL(12,3), 'é🦆', '\\x00\\xFF'::BLOB, DATE '2024-02-29', \
         TIME '23:59:59.999999', TIMESTAMP '1969-12-31 23:59:59.999999', \
         TIMESTAMPTZ '2024-07-01 12:00:00+02', INTERVAL '1 year -2 days 00:00:00.000006', \
         '00010203-0405-0607-0809-0a0b0c0d0e0f'::UUID, '{\"a\":  1}'::JSON, \
         'b'::ENUM('a', 'b'), 5::HUGEINT, TIMESTAMP_S '2024-01-01 00:00:00'",
    )
    .await
    .unwrap();
    let expected = [
        (DataType::Boolean, "BOOLEAN", "true"),
        (DataType::Int8, "TINYINT", "-1"),
        (DataType::Int16, "SMALLINT", "-2"),
        (DataType::Int32, "INTEGER", "3"),
        (DataType::Int64, "BIGINT", "-4"),
        (DataType::UInt8, "UTINYINT", "1"),
        (DataType::UInt32, "UINTEGER", "4294967295"),
        (DataType::UInt64, "UBIGINT", "18446744073709551615"),
        (DataType::Float32, "FLOAT", "0.1"),
        (DataType::Float64, "DOUBLE", "0.1"),
        (DataType::Decimal128(12, 3), "DECIMAL(12,3)", "12.340"),
        (DataType::Utf8, "VARCHAR", "é🦆"),
        (DataType::Binary, "BLOB", "00ff"),
        (DataType::Date32, "DATE", "2024-02-29"),
        (DataType::Time64(TimeUnit::Microsecond), "TIME", "23:59:59.999999"),
        (
            DataType::Timestamp(TimeUnit::Microsecond, None),
            "TIMESTAMP",
            "1969-12-31T23:59:59.999999",
        ),
        (
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            "TIMESTAMP WITH TIME ZONE",
            "2024-07-01T10:00:00Z",
        ),
        (
            DataType::Interval(IntervalUnit::MonthDayNano),
            "INTERVAL",
            "12 mons -2 days 0.000006000 secs",
        ),
        (DataType::FixedSizeBinary(16), "UUID", "000102030405060708090a0b0c0d0e0f"),
        (DataType::Utf8, "JSON", "{\"a\":  1}"),
        (DataType::Utf8, "ENUM", "b"),
        (DataType::Decimal128(38, 0), "HUGEINT", "5"),
        (DataType::Timestamp(TimeUnit::Microsecond, None), "TIMESTAMP_S", "2024-01-01T00:00:00"),
    ];
    let texts = rows(&result).remove(0);
    assert_eq!(texts.len(), expected.len());
    for (index, (data_type, engine_type, text)) in expected.iter().enumerate() {
        let field = field(&result, index);
        assert_eq!(field.data_type(), data_type, "{engine_type}");
        assert_eq!(field.metadata()[logical::ENGINE_TYPE], *engine_type);
        assert_eq!(&texts[index], text, "{engine_type}");
    }
    assert_eq!(logical::extension_name(&field(&result, 18)), Some(logical::UUID));
    assert_eq!(logical::extension_name(&field(&result, 19)), Some(logical::JSON));
}

#[tokio::test(flavor = "multi_thread")]
async fn extremes_and_nested_values() {
    let mut session = session().await;
    let session = session.as_mut();
    let result = ask(
        session,
        "SELECT 'NaN'::DOUBLE, '-inf'::FLOAT, 'infinity'::DATE, '-infinity'::DATE, \
         'infinity'::TIMESTAMP, '-infinity'::TIMESTAMPTZ, '', ''::BLOB, \
         (-170141183460469231731687303715884105728)::HUGEINT, \
         340282366920938463463374607431768211455::UHUGEINT, \
         99999999999999999999999999999999999999::DECIMAL(38,0), NULL, -0.0::DOUBLE",
    )
    .await
    .unwrap();
    let batch = concat(&result);
    let date = |index: usize| batch.column(index).as_primitive::<Date32Type>().value(0);
    assert_eq!((date(2), date(3)), (logical::DATE_INFINITY, -logical::DATE_INFINITY));
    let time =
        |index: usize| batch.column(index).as_primitive::<TimestampMicrosecondType>().value(0);
    assert_eq!((time(4), time(5)), (logical::TIMESTAMP_INFINITY, -logical::TIMESTAMP_INFINITY));
    for (index, text) in [
        (0, "NaN"),
        (1, "-inf"),
        (6, ""),
        (7, ""),
        (8, "-170141183460469231731687303715884105728"),
        (9, "340282366920938463463374607431768211455"),
        (10, "99999999999999999999999999999999999999"),
        (11, "NULL"),
    ] {
        assert_eq!(crate::support::cell(batch.column(index), 0), text);
    }
    assert_eq!(logical::extension_name(&field(&result, 8)), Some(logical::NUMERIC));

    let texts = row(
        session,
        "SELECT [1, NULL, 3], []::VARCHAR[], [uuid_nil]::UUID[], [1::HUGEINT], {'a': 1, 'b': [2::HUGEINT]}, \
         MAP {'k': 'x'::ENUM('x')}, [1, 2]::INTEGER[2], ['x']::ENUM('x')[], [[1], NULL], \
         [TIMESTAMPTZ '2024-01-01 00:00:00+01'] \
         FROM (SELECT '00000000-0000-0000-0000-000000000000' AS uuid_nil)",
    )
    .await;
    assert_eq!(
        texts,
        [
            "[1, NULL, 3]",
            "[]",
            "[00000000000000000000000000000000]",
            "[1]",
            "{a: 1, b: [2]}",
            "{k: x}",
            "[1, 2]",
            "[x]",
            "[[1], NULL]",
            "[2023-12-31T23:00:00Z]",
        ]
    );
    let all_null = "SELECT NULL::BOOLEAN, NULL::HUGEINT, NULL::UUID, NULL::TIMESTAMPTZ, NULL::INTEGER[], \
        NULL::ENUM('a'), NULL::JSON, NULL::INTERVAL, NULL::DECIMAL(5,2), NULL::STRUCT(a INTEGER)";
    assert!(row(session, all_null).await.iter().all(|text| text == "NULL"));

    for (expression, name) in [
        ("'12:00:00+02'::TIMETZ", "TIME_TZ"),
        ("'1011'::BIT", "BIT"),
        ("12::BIGNUM", "BIGNUM"),
        ("union_value(num := 2)", "UNION"),
        ("1::VARIANT", "Variant"),
        ("['1'::BIT]", "BIT"),
    ] {
        let failure = fails(session, &format!("SELECT 1, {expression} AS odd")).await;
        assert_eq!(failure.class, FailureClass::Unrepresentable, "{expression}: {failure}");
        assert_eq!(failure.sqlstate, SqlState::FEATURE_NOT_SUPPORTED);
        assert!(failure.message.contains(name), "{expression}: {failure}");
        assert!(failure.message.contains("cast"), "{failure}");
    }
    assert_eq!(row(session, "SELECT 1").await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_classified() {
    let mut session = session().await;
    let session = session.as_mut();
    session.run_script("CREATE TABLE t (a INTEGER NOT NULL PRIMARY KEY)").await.unwrap();
    for (sql, sqlstate, position) in [
        ("SELECT error('22012: division by zero')", "22012", None),
        ("SELEC 1", "42601", Some(0)),
        ("SELECT 1; SELECT 2", "42601", None),
        ("", "42601", None),
        ("SELECT * FROM nope", "42P01", Some(14)),
        ("SELECT x.a FROM t", "42P01", Some(7)),
        ("SELECT 'é', nope FROM t", "42703", Some(13)),
        ("SELECT nope(1)", "42883", Some(7)),
        ("SELECT substring('a', 1, 2, 3)", "42883", Some(7)),
        ("SELECT a, count(*) FROM t", "42803", Some(7)),
        ("SELECT 'x'::INTEGER", "22P02", Some(10)),
        ("SELECT '2024-13-01'::DATE", "22008", Some(19)),
        ("SELECT 2147483647 + 1::INTEGER", "22003", None),
        ("SELECT 300::TINYINT", "22003", Some(10)),
        ("SELECT (SELECT unnest([1, 2]))", "21000", None),
        ("INSERT INTO t VALUES (NULL)", "23502", None),
        ("INSERT INTO t VALUES (1), (1)", "23505", None),
        ("CREATE TABLE t (a INTEGER)", "42P07", None),
        ("SELECT (1,2) = (1,2,3)", "42804", Some(15)),
        ("SELECT $1::INTEGER", "08P01", None),
    ] {
        let failure = fails(session, sql).await;
        assert_eq!(failure.sqlstate.as_str(), sqlstate, "{sql}: {failure}");
        assert_eq!(failure.position, position, "{sql}: {failure}");
        assert_eq!(failure.class, FailureClass::Statement, "{sql}");
        assert!(!failure.message.contains("exception_type"), "{failure}");
    }
    assert_eq!(
        fails(session, "SELECT error('22012: division by zero')").await.message,
        "division by zero"
    );
    // The second statement of a refused text did not run.
    fails(session, "SELECT 1; DROP TABLE t").await;
    assert_eq!(row(session, "SELECT count(*) FROM t").await, ["0"]);
}

/// Whichever thread of the engine meets the error, and whenever the reader comes.
#[tokio::test(flavor = "multi_thread")]
async fn after_some_rows_the_stream_ends_with_the_failure() {
    let mut session = session().await;
    let sql =
        "SELECT CASE WHEN a = 900000 THEN error('22012: late') ELSE a END FROM range(1000000) r(a)";
    for _ in 0..60 {
        let mut stream = session.execute(Request::new(sql, Dialect::DuckDb)).await.unwrap();
        let mut failure = None;
        while let Some(batch) = stream.next().await {
            assert!(failure.is_none());
            failure = batch.err();
        }
        assert_eq!(failure.unwrap().sqlstate, SqlState::DIVISION_BY_ZERO);
        drop(stream);
        assert!(session.is_usable());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn binds_are_typed() {
    let mut session = session().await;
    let result = ask_with(
        session.as_mut(),
        "SELECT $1 + 1, $2 || 'x', $3, $4, $5, list_contains($7, $6), $8, $9, $10, typeof($3), $11 < $12",
        &[
            (23, Some("41")),
            (25, Some("é'; DROP TABLE t")),
            (1184, Some("2024-01-01 00:00:00+01")),
            (1700, Some("1.10")),
            (0, None),
            (23, Some("2")),
            (1007, Some("{1,2}")),
            (17, Some("\\xdead")),
            (2950, Some("00010203-0405-0607-0809-0a0b0c0d0e0f")),
            (16, Some("t")),
            (1082, Some("2024-01-01")),
            (1082, Some("2024-01-02")),
        ],
    )
    .await
    .unwrap();
    assert_eq!(
        rows(&result).remove(0),
        [
            "42",
            "é'; DROP TABLE tx",
            "2023-12-31T23:00:00Z",
            "1.10",
            "NULL",
            "true",
            "dead",
            "000102030405060708090a0b0c0d0e0f",
            "true",
            "TIMESTAMP WITH TIME ZONE",
            "true",
        ]
    );
    let failure = ask_with(session.as_mut(), "SELECT $1", &[(23, Some("x"))]).await.unwrap_err();
    assert_eq!(failure.sqlstate, SqlState::INVALID_TEXT_REPRESENTATION);
    let failure = ask_with(session.as_mut(), "SELECT 1", &[(23, Some("1"))]).await.unwrap_err();
    assert_eq!(failure.sqlstate.as_str(), "08P01");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_pinned_and_recorded() {
    let options =
        DuckDbOptions { threads: NonZeroU32::new(1), memory_bytes_max: Some(512 * 1024 * 1024) };
    let database = DuckDb::in_memory_with(&options).unwrap();
    let settings =
        SessionSettings { time_zone: "America/New_York".to_owned(), ..SessionSettings::default() };
    let mut session = open(&database, settings).await.unwrap();
    let info = session.info();
    assert!(info.version.starts_with("v1."), "{}", info.version);
    assert_eq!(info.settings["TimeZone"], "America/New_York");
    assert_eq!(info.settings["threads"], "1");
    assert_eq!(info.settings["memory_limit"], "512.0 MiB");
    assert_eq!(info.settings["autoload_known_extensions"], "false");
    assert_eq!(info.settings["default_null_order"], "NULLS_LAST");
    let texts = row(session.as_mut(), "SELECT TIMESTAMPTZ '2024-01-01 00:00:00Z'::VARCHAR").await;
    assert_eq!(texts, ["2023-12-31 19:00:00-05"]);
    // Another session of the same database has its own zone and sees the same tables.
    session
        .run_script("CREATE TABLE seen (a INTEGER); CREATE SCHEMA s; CREATE TABLE s.u (b INTEGER)")
        .await
        .unwrap();
    let settings =
        SessionSettings { search_path: vec!["s".to_owned()], ..SessionSettings::default() };
    let mut other = open(&database, settings).await.unwrap();
    assert_eq!(other.info().settings["TimeZone"], "UTC");
    assert_eq!(row(other.as_mut(), "SELECT count(*) FROM main.seen").await, ["0"]);
    assert_eq!(row(other.as_mut(), "SELECT count(*) FROM u").await, ["0"]);
    for settings in [
        SessionSettings { time_zone: "Mars/Olympus".to_owned(), ..SessionSettings::default() },
        SessionSettings { search_path: vec!["nowhere".to_owned()], ..SessionSettings::default() },
    ] {
        let failure = open(&database, settings).await.err().unwrap();
        assert_eq!(failure.class, FailureClass::Unreachable, "{failure}");
    }
    // Half a gigabyte is not enough for this.
    let failure = fails(
        session.as_mut(),
        "SELECT len(list(a || repeat('x', 1000))) FROM range(5000000) r(a)",
    )
    .await;
    assert_eq!(failure.class, FailureClass::Resource, "{failure}");
    assert_eq!(failure.sqlstate, SqlState::OUT_OF_MEMORY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_reaches_nothing_outside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.csv");
    std::fs::write(&file, "a\n1\n").unwrap();
    let database = DuckDb::in_memory().unwrap();
    let mut before = open(&database, SessionSettings::default()).await.unwrap();
    let read = format!("SELECT * FROM read_csv('{}')", file.display());
    assert_eq!(row(before.as_mut(), &read).await, ["1"]);
    database.lock_down("Europe/Berlin").unwrap();
    let settings =
        SessionSettings { time_zone: "Europe/Berlin".to_owned(), ..SessionSettings::default() };
    let mut session = open(&database, settings).await.unwrap();
    assert_eq!(session.info().settings["lock_configuration"], "true");
    let written = folder.path().join("y.csv");
    for sql in [
        read.clone(),
        format!("COPY (SELECT 1) TO '{}'", written.display()),
        format!("ATTACH '{}'", folder.path().join("z.db").display()),
        "SET TimeZone = 'UTC'".to_owned(),
        "SET enable_external_access = true".to_owned(),
        "SET lock_configuration = false".to_owned(),
        "INSTALL httpfs".to_owned(),
    ] {
        let failure = fails(session.as_mut(), &sql).await;
        assert_eq!(failure.sqlstate, SqlState::INSUFFICIENT_PRIVILEGE, "{sql}: {failure}");
    }
    assert!(!written.exists());
    let texts = row(session.as_mut(), "SELECT TIMESTAMPTZ '2024-01-01 00:00:00Z'::VARCHAR").await;
    assert_eq!(texts, ["2024-01-01 01:00:00+01"]);
    let failure = open(&database, SessionSettings::default()).await.err().unwrap();
    assert!(failure.message.contains("Europe/Berlin"), "{failure}");
    // Loading still works.
    let result = ask(before.as_mut(), "SELECT 1 AS a").await.unwrap();
    assert_eq!(load(session.as_mut(), &table("t", &[("a", "integer")]), result).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_refuses_writes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.duckdb");
    {
        let database = DuckDb::open(&file, false).unwrap();
        let mut session = open(&database, SessionSettings::default()).await.unwrap();
        session.run_script("CREATE TABLE t AS SELECT 42 AS a").await.unwrap();
        let settings = SessionSettings { read_only: true, ..SessionSettings::default() };
        let mut reader = open(&database, settings).await.unwrap();
        for _ in 0..2 {
            let failure = fails(reader.as_mut(), "INSERT INTO t VALUES (1)").await;
            assert_eq!(failure.sqlstate, SqlState::READ_ONLY_SQL_TRANSACTION, "{failure}");
            assert_eq!(row(reader.as_mut(), "SELECT a FROM t").await, ["42"]);
        }
        // It is no snapshot of the past either.
        session.run_script("UPDATE t SET a = 43").await.unwrap();
        assert_eq!(row(reader.as_mut(), "SELECT a FROM t").await, ["43"]);
    }
    let database = DuckDb::open(&file, true).unwrap();
    let mut session = open(&database, SessionSettings::default()).await.unwrap();
    assert_eq!(row(session.as_mut(), "SELECT a FROM t").await, ["43"]);
    assert!(ask(session.as_mut(), "INSERT INTO t VALUES (1)").await.is_err());
    let failure = DuckDb::open(folder.path().join("missing.duckdb"), true).unwrap_err();
    assert_eq!(failure.class, FailureClass::Unreachable);
    assert!(failure.message.contains("missing.duckdb"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_round_trips() {
    let mut session = session().await;
    let session = session.as_mut();
    // More rows than one vector holds, so that slices are seen too.
    let sql = "SELECT CASE WHEN g % 7 = 0 THEN NULL ELSE g END AS a, \
        (g % 3 = 0) AS b, (g * 1.5)::DECIMAL(12,2) AS c, 'é' || g AS d, g::VARCHAR::BLOB AS e, \
        DATE '2024-01-01' + g::INTEGER AS f, TIME '00:00:00' + to_seconds(g) AS h, \
        TIMESTAMP '2024-01-01' + to_seconds(g) AS i, TIMESTAMPTZ '2024-01-01 00:00:00Z' + to_hours(g) AS j, \
        CASE WHEN g % 5 = 0 THEN NULL ELSE to_months(g::INTEGER) + to_days(-3) + to_microseconds(g) END AS k, \
        CASE WHEN g % 2 = 0 THEN md5(g::VARCHAR)::UUID END AS l, ('{\"g\": ' || g || '}')::JSON AS m, \
        CASE WHEN g % 4 = 0 THEN NULL ELSE [g::INTEGER, NULL] END AS n, [md5(g::VARCHAR)::UUID, NULL] AS o, \
        [to_days(g::INTEGER), NULL] AS p, g / 3 AS q, 'infinity'::DATE AS r, \
        '-infinity'::TIMESTAMP AS s, ['a', NULL, ''] AS t \
        FROM range(5000) r(g)";
    let original = ask(session, sql).await.unwrap();
    let types = [
        "bigint",
        "boolean",
        "numeric(12,2)",
        "text",
        "bytea",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid",
        "json",
        "integer[]",
        "uuid[]",
        "interval[]",
        "double precision",
        "date",
        "timestamp",
        "text[]",
    ];
    let names: Vec<String> = (0..types.len()).map(|index| format!("C{index} \"x\"")).collect();
    let columns: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(types.iter().copied()).collect();
    for schema in [None, Some("other schema".to_owned())] {
        let table = CatalogTable { schema: schema.clone(), ..table("Copy", &columns) };
        for _ in 0..2 {
            assert_eq!(load(session, &table, original.clone()).await.unwrap(), 5000);
        }
        let from = if schema.is_some() { "\"other schema\".\"Copy\"" } else { "\"Copy\"" };
        let copy = ask(session, &format!("SELECT * FROM {from}")).await.unwrap();
        let (copy, original) = (concat(&copy), concat(&original));
        assert_eq!(copy.columns(), original.columns());
        for (left, right) in copy.schema().fields().iter().zip(original.schema().fields()) {
            assert_eq!(left.data_type(), right.data_type());
            assert_eq!(logical::extension_name(left), logical::extension_name(right));
        }
        let tables = session.catalog().await.unwrap();
        let found = tables.iter().find(|found| found.name == "Copy" && found.schema == schema);
        let spelled: Vec<&str> =
            found.unwrap().columns.iter().map(|column| column.data_type.as_str()).collect();
        assert_eq!(spelled[2], "numeric(12,2)");
        assert_eq!(spelled[8], "timestamp with time zone");
        assert_eq!(spelled[14], "interval[]");
    }
    let keyed = "CREATE TABLE keyed (a INT, b INT, c INT UNIQUE, PRIMARY KEY (b, a))";
    ask(session, keyed).await.unwrap();
    let tables = session.catalog().await.unwrap();
    let found = tables.iter().find(|found| found.name == "keyed").unwrap();
    assert_eq!(found.keys, [["b", "a"]]);
    // A row that does not fit fails the whole, and the table of before stays.
    let wide = ask(session, "SELECT 12345.678::DECIMAL(10,3) AS a").await.unwrap();
    let failure = load(session, &table("Copy", &[("a", "numeric(6,2)")]), wide).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::Unrepresentable, "{failure}");
    assert!(failure.message.contains("12345.678"), "{failure}");
    assert_eq!(row(session, "SELECT count(*) FROM \"Copy\"").await, ["5000"]);
    let two = ask(session, "SELECT 1 AS a, 2 AS b").await.unwrap();
    let failure = load(session, &table("t", &[("a", "integer")]), two).await.unwrap_err();
    assert_eq!(failure.sqlstate, SqlState::DATATYPE_MISMATCH);
}

#[tokio::test(flavor = "multi_thread")]
async fn streaming_is_bounded() {
    let mut session = session().await;
    let sql = "SELECT a, repeat('x', 1000) FROM range(400000) r(a)";
    let mut stream = session.execute(Request::new(sql, Dialect::DuckDb)).await.unwrap();
    let mut count = stream.next().await.unwrap().unwrap().num_rows();
    let before = resident_kb();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let grown = resident_kb().saturating_sub(before);
    assert!(grown < 40_000, "grew by {grown} kB while nobody read");
    while let Some(batch) = stream.next().await {
        count += batch.unwrap().num_rows();
    }
    assert_eq!(count, 400_000);
    let grown = resident_kb().saturating_sub(before);
    assert!(grown < 100_000, "grew by {grown} kB over 400 MB");
}

const ENDLESS: &str =
    "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range + b.range = -1";

const NUMBERS: &str = "SELECT a FROM range(100000000000) r(a)";

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_stops_the_statement_and_only_it() {
    let mut session = session().await;
    let canceller = session.canceller();
    canceller.cancel().await;
    assert_eq!(row(session.as_mut(), "SELECT 1").await, ["1"]);
    let started = Instant::now();
    let cancel = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        canceller.cancel().await;
    });
    let failure = fails(session.as_mut(), ENDLESS).await;
    assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED);
    assert_eq!(failure.class, FailureClass::Resource);
    assert!(failure.message.contains("user request"), "{failure}");
    cancel.await.unwrap();
    // Cancelled right after it was handed over, before it can have started.
    for _ in 0..20 {
        let canceller = session.canceller();
        let (result, ()) =
            tokio::join!(session.execute(Request::new(ENDLESS, Dialect::DuckDb)), async {
                tokio::task::yield_now().await;
                canceller.cancel().await;
            });
        assert_eq!(result.unwrap_err().sqlstate, SqlState::QUERY_CANCELED);
        assert_eq!(row(session.as_mut(), "SELECT 2").await, ["2"]);
    }
    // Cancelled by the task that should have read on.
    let mut stream = session.execute(Request::new(NUMBERS, Dialect::DuckDb)).await.unwrap();
    stream.next().await.unwrap().unwrap();
    session.canceller().cancel().await;
    let mut failure = None;
    while let Some(batch) = stream.next().await {
        failure = batch.err();
    }
    assert_eq!(failure.unwrap().sqlstate, SqlState::QUERY_CANCELED);
    drop(stream);
    // A stream that is dropped, and an execution that is dropped.
    for _ in 0..20 {
        let mut stream = session.execute(Request::new(NUMBERS, Dialect::DuckDb)).await.unwrap();
        stream.next().await.unwrap().unwrap();
        drop(stream);
        assert_eq!(row(session.as_mut(), "SELECT 3").await, ["3"]);
        let run = session.execute(Request::new(ENDLESS, Dialect::DuckDb));
        assert!(tokio::time::timeout(Duration::from_millis(5), run).await.is_err());
        assert_eq!(row(session.as_mut(), "SELECT 4").await, ["4"]);
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_time_out() {
    let settings = SessionSettings {
        statement_timeout: Some(Duration::from_millis(150)),
        ..SessionSettings::default()
    };
    let mut session = open(&DuckDb::in_memory().unwrap(), settings).await.unwrap();
    let failure = fails(session.as_mut(), ENDLESS).await;
    assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED);
    assert!(failure.message.contains("timeout"), "{failure}");
    // The clock of one statement does not run on into the next.
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(row(session.as_mut(), "SELECT 1").await, ["1"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_bound_without_being_run() {
    let mut session = session().await;
    session.run_script("CREATE TABLE bound (a INT)").await.unwrap();
    check_binds(session.as_mut()).await;
}
