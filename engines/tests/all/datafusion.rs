//! DataFusion: the real thing, over files and tables in memory.

use crate::support::{
    ask, ask_with, check_binds, concat, fails, field, load, resident_kb, row, rows, table,
};
use arrow::{
    array::{
        Array as _, ArrayRef, DictionaryArray, Int32Array, Int64Array, LargeStringArray,
        RecordBatch, StringArray, StringViewArray,
    },
    datatypes::{DataType, Int32Type, IntervalUnit, Schema, TimeUnit},
    record_batch::RecordBatchIterator,
};
use engines::{
    Engine as _, Request, Session, SessionSettings,
    datafusion::{DataFusion, DataFusionOptions},
    duckdb::DuckDb,
};
use futures::StreamExt as _;
use model::{Dialect, FailureClass, SqlState, catalog::CatalogTable, logical};
use std::{
    fs::File,
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};

async fn session() -> Box<dyn Session> {
    open(&DataFusion::new().unwrap()).await
}

async fn open(engine: &DataFusion) -> Box<dyn Session> {
    engine.open(&SessionSettings::default()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn types_take_the_common_forms() {
    let mut session = session().await;
    let result = ask(
        session.as_mut(),
        "SELECT true, CAST(-2 AS SMALLINT), CAST(3 AS INT), CAST(-4 AS BIGINT), \
         CAST(0.1 AS REAL), CAST(0.1 AS DOUBLE) AS f8, CAST(12.34 AS DECIMAL(12,3)), 'é🦆', \
         X'00ff', DATE '2024-02-29', TIMESTAMP '2024-02-29 01:02:03.000004', \
         arrow_cast('2024-07-01T12:00:00+02:00', 'Timestamp(Microsecond, Some(\"Europe/Berlin\"))'), \
         INTERVAL '1 year 2 days', arrow_cast('v', 'Utf8View'), arrow_cast('l', 'LargeUtf8'), \
         arrow_cast('d', 'Dictionary(Int32, Utf8)'), [1, NULL, 3], arrow_cast([1, 2], 'LargeList(Int64)'), \
         arrow_cast(12, 'Decimal256(50, 2)'), {a: 1, b: 'x'}, NULL, \
         arrow_cast(5, 'Duration(Second)'), CAST('12:34:56.789' AS TIME)",
    )
    .await
    .unwrap();
    let list = |item| DataType::List(Arc::new(arrow::datatypes::Field::new("item", item, true)));
    let expected = [
        (DataType::Boolean, "true"),
        (DataType::Int16, "-2"),
        (DataType::Int32, "3"),
        (DataType::Int64, "-4"),
        (DataType::Float32, "0.1"),
        (DataType::Float64, "0.1"),
        (DataType::Decimal128(12, 3), "12.340"),
        (DataType::Utf8, "é🦆"),
        (DataType::Binary, "00ff"),
        (DataType::Date32, "2024-02-29"),
        (DataType::Timestamp(TimeUnit::Nanosecond, None), "2024-02-29T01:02:03.000004"),
        (DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), "2024-07-01T10:00:00Z"),
        (DataType::Interval(IntervalUnit::MonthDayNano), "12 mons 2 days"),
        (DataType::Utf8, "v"),
        (DataType::Utf8, "l"),
        (DataType::Utf8, "d"),
        (list(DataType::Int64), "[1, NULL, 3]"),
        (list(DataType::Int64), "[1, 2]"),
        (DataType::Utf8, "12.00"),
        (DataType::Null, "{a: 1, b: x}"),
        (DataType::Null, "NULL"),
        (DataType::Interval(IntervalUnit::MonthDayNano), "5.000000000 secs"),
        (DataType::Time64(TimeUnit::Nanosecond), "12:34:56.789"),
    ];
    let texts = rows(&result).remove(0);
    assert_eq!(texts.len(), expected.len());
    for (index, (data_type, text)) in expected.iter().enumerate() {
        let field = field(&result, index);
        if !matches!(field.data_type(), DataType::Struct(_)) {
            assert_eq!(field.data_type(), data_type, "{text}");
        }
        assert_eq!(&texts[index], text, "{data_type}");
    }
    assert_eq!(logical::extension_name(&field(&result, 18)), Some(logical::NUMERIC));
    let failure =
        fails(session.as_mut(), "SELECT arrow_cast('1', 'RunEndEncoded(Int32, Utf8)') AS odd")
            .await;
    assert!(
        [FailureClass::Unrepresentable, FailureClass::Statement].contains(&failure.class),
        "{failure}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_classified() {
    let mut session = session().await;
    let session = session.as_mut();
    session.run_script("CREATE TABLE t AS SELECT 1 AS a, 0 AS z, 'x' AS s").await.unwrap();
    for (sql, sqlstate, position) in [
        ("SELECT 1/0", "22012", None),
        ("SELECT a / z FROM t", "22012", None),
        ("SELECT a % z FROM t", "22012", None),
        ("SELECT error('22012: division by zero')", "22012", None),
        ("SELECT CASE WHEN z = 0 THEN error('22008: x') ELSE a END FROM t", "22008", None),
        ("SELECT\n  * FRM t", "42601", Some(11)),
        ("SELECT 1; SELECT 2", "42601", None),
        ("SELECT * FROM nope", "42P01", None),
        ("SELECT nope FROM t", "42703", None),
        ("SELECT nope(1)", "42883", None),
        ("SELECT CAST(s AS INT) FROM t", "22P02", None),
        ("SELECT CAST(a + 299 AS TINYINT) FROM t", "22003", None),
        ("SELECT s + 1 FROM t", "42883", None),
        ("SELECT a, count(*) FROM t GROUP BY z", "42803", None),
        ("SELECT t1.a FROM t t1 JOIN t t2 ON a = z", "42702", None),
    ] {
        let failure = fails(session, sql).await;
        assert_eq!(failure.sqlstate.as_str(), sqlstate, "{sql}: {failure}");
        if position.is_some() {
            assert_eq!(failure.position, position, "{sql}: {failure}");
        }
        assert_eq!(failure.class, FailureClass::Statement, "{sql}");
    }
    // A branch that no row takes does not fail.
    let texts =
        row(session, "SELECT CASE WHEN z = 1 THEN error('22012: x') ELSE a END FROM t").await;
    assert_eq!(texts, ["1"]);
    // After some rows the stream ends with the failure.
    let sql = "SELECT 1 / (900000 - value) FROM range(1000000)";
    let mut stream = session.execute(Request::new(sql, Dialect::DataFusion)).await.unwrap();
    let mut failure = None;
    while let Some(batch) = stream.next().await {
        assert!(failure.is_none());
        failure = batch.err();
    }
    assert_eq!(failure.unwrap().sqlstate, SqlState::DIVISION_BY_ZERO);
    assert!(session.is_usable());
}

#[tokio::test(flavor = "multi_thread")]
async fn binds_are_typed() {
    let mut session = session().await;
    let result = ask_with(
        session.as_mut(),
        "SELECT $1 + 1, $2 || 'x', $3, $4, array_has($6, $5), $7 < $8",
        &[
            (23, Some("41")),
            (25, Some("é'; DROP TABLE t")),
            (1184, Some("2024-01-01 00:00:00+01")),
            (1700, Some("1.10")),
            (23, Some("2")),
            (1007, Some("{1,2}")),
            (1082, Some("2024-01-01")),
            (1082, Some("2024-01-02")),
        ],
    )
    .await
    .unwrap();
    assert_eq!(
        rows(&result).remove(0),
        ["42", "é'; DROP TABLE tx", "2023-12-31T23:00:00Z", "1.10", "true", "true"]
    );
    let failure = ask_with(session.as_mut(), "SELECT $1", &[(23, Some("x"))]).await.unwrap_err();
    assert_eq!(failure.sqlstate, SqlState::INVALID_TEXT_REPRESENTATION);
    let failure = ask_with(session.as_mut(), "SELECT 1", &[(23, Some("1"))]).await.unwrap_err();
    assert_eq!(failure.sqlstate.as_str(), "08P01");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_pinned_and_recorded() {
    let options = DataFusionOptions {
        threads: NonZeroUsize::new(1),
        memory_bytes_max: Some(20_000_000),
        decimal_literals: true,
    };
    let engine = DataFusion::with_options(&options).unwrap();
    let settings =
        SessionSettings { time_zone: "America/New_York".to_owned(), ..SessionSettings::default() };
    let mut session = engine.open(&settings).await.unwrap();
    let info = session.info();
    assert!(info.version.starts_with("54."), "{}", info.version);
    assert_eq!(info.settings["time_zone"], "America/New_York");
    assert_eq!(info.settings["target_partitions"], "1");
    assert_eq!(info.settings["memory_bytes_max"], "20000000");
    let texts = row(session.as_mut(), "SELECT CAST('2024-07-01 12:00:00' AS TIMESTAMPTZ)").await;
    assert_eq!(texts, ["2024-07-01T16:00:00Z"]);
    assert_eq!(row(session.as_mut(), "SELECT 0.1 + 0.2 = 0.3").await, ["true"]);
    // Sessions share tables.
    session.run_script("CREATE TABLE seen AS SELECT 7 AS a; CREATE SCHEMA s; CREATE TABLE s.u AS SELECT 8 AS b").await.unwrap();
    let settings = SessionSettings {
        search_path: vec!["nowhere".to_owned(), "s".to_owned()],
        ..SessionSettings::default()
    };
    let mut other = engine.open(&settings).await.unwrap();
    assert_eq!(row(other.as_mut(), "SELECT b FROM u").await, ["8"]);
    assert_eq!(row(other.as_mut(), "SELECT a FROM public.seen").await, ["7"]);
    for settings in [
        SessionSettings { time_zone: "Mars/Olympus".to_owned(), ..SessionSettings::default() },
        SessionSettings { search_path: vec!["nowhere".to_owned()], ..SessionSettings::default() },
    ] {
        let failure = engine.open(&settings).await.err().unwrap();
        assert_eq!(failure.class, FailureClass::Unreachable, "{failure}");
    }
    let failure = fails(
        session.as_mut(),
        "SELECT count(DISTINCT concat(value, repeat('x', 100))) FROM range(10000000)",
    )
    .await;
    assert_eq!(failure.class, FailureClass::Resource, "{failure}");
    assert_eq!(failure.sqlstate, SqlState::OUT_OF_MEMORY);
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_refuses_writes() {
    let engine = DataFusion::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut writer = open(&engine).await;
    writer.run_script("CREATE TABLE t AS SELECT 42 AS a").await.unwrap();
    let settings = SessionSettings { read_only: true, ..SessionSettings::default() };
    let mut reader = engine.open(&settings).await.unwrap();
    for sql in [
        "INSERT INTO t VALUES (1)".to_owned(),
        "CREATE TABLE u AS SELECT 1".to_owned(),
        "DROP TABLE t".to_owned(),
        format!("COPY t TO '{}'", folder.path().join("x.csv").display()),
    ] {
        let failure = fails(reader.as_mut(), &sql).await;
        assert_eq!(failure.sqlstate, SqlState::READ_ONLY_SQL_TRANSACTION, "{sql}: {failure}");
        let failure = reader.run_script(&sql).await.unwrap_err();
        assert_eq!(failure.sqlstate, SqlState::READ_ONLY_SQL_TRANSACTION, "{sql}: {failure}");
    }
    assert_eq!(row(reader.as_mut(), "SELECT a FROM t").await, ["42"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_tables() {
    let folder = tempfile::tempdir().unwrap();
    let batch = RecordBatch::try_from_iter([
        ("a", Arc::new(Int32Array::from(vec![Some(1), None])) as ArrayRef),
        ("B c", Arc::new(StringArray::from(vec!["x", "y"])) as ArrayRef),
    ])
    .unwrap();
    let parquet = folder.path().join("x.parquet");
    let file = File::create(&parquet).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let ipc = folder.path().join("x.arrow");
    let mut writer =
        arrow::ipc::writer::FileWriter::try_new(File::create(&ipc).unwrap(), &batch.schema())
            .unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    let csv = folder.path().join("x.csv");
    std::fs::write(&csv, "a,B c\n1,x\n,y\n").unwrap();

    let engine = DataFusion::new().unwrap();
    engine.register_parquet("FromParquet", &parquet).await.unwrap();
    engine.register_arrow("from_arrow", &ipc).await.unwrap();
    engine.register_csv("from_csv", &csv).await.unwrap();
    let mut session = open(&engine).await;
    for name in ["\"FromParquet\"", "from_arrow", "from_csv"] {
        let result =
            ask(session.as_mut(), &format!("SELECT a, \"B c\" FROM {name}")).await.unwrap();
        assert_eq!(rows(&result), [["1", "x"], ["NULL", "y"]], "{name}");
        assert_eq!(field(&result, 1).data_type(), &DataType::Utf8);
    }
    let tables = session.catalog().await.unwrap();
    let found = tables.iter().find(|table| table.name == "FromParquet").unwrap();
    assert_eq!(found.schema, None);
    assert_eq!(found.columns[0].data_type, "integer");
    let failure =
        engine.register_parquet("x", &folder.path().join("missing.parquet")).await.unwrap_err();
    assert!(failure.message.contains("missing.parquet"), "{failure}");
    std::fs::write(folder.path().join("bad.parquet"), "no parquet").unwrap();
    assert!(engine.register_parquet("x", &folder.path().join("bad.parquet")).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_round_trips() {
    // DuckDB gives rows of every type.
    let mut source = DuckDb::in_memory().unwrap().open(&SessionSettings::default()).await.unwrap();
    let sql = "SELECT CASE WHEN g % 7 = 0 THEN NULL ELSE g END AS a, (g % 3 = 0) AS b, \
        (g * 1.5)::DECIMAL(12,2) AS c, 'é' || g AS d, g::VARCHAR::BLOB AS e, \
        DATE '2024-01-01' + g::INTEGER AS f, TIMESTAMP '2024-01-01' + to_seconds(g) AS i, \
        TIMESTAMPTZ '2024-01-01 00:00:00Z' + to_hours(g) AS j, \
        CASE WHEN g % 5 = 0 THEN NULL ELSE to_months(g::INTEGER) + to_days(-3) END AS k, \
        CASE WHEN g % 2 = 0 THEN md5(g::VARCHAR)::UUID END AS l, \
        ('{\"g\": ' || g || '}')::JSON AS m, [g::INTEGER, NULL] AS n, g / 3 AS q \
        FROM range(5000) r(g)";
    let original = ask(source.as_mut(), sql).await.unwrap();
    let types = [
        "bigint",
        "boolean",
        "numeric(12,2)",
        "text",
        "bytea",
        "date",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid",
        "json",
        "integer[]",
        "double precision",
    ];
    let names: Vec<String> = (0..types.len()).map(|index| format!("C{index} \"x\"")).collect();
    let columns: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(types.iter().copied()).collect();
    let engine = DataFusion::new().unwrap();
    let mut session = open(&engine).await;
    let session = session.as_mut();
    for schema in [None, Some("Other schema".to_owned())] {
        let table = CatalogTable { schema: schema.clone(), ..table("Copy", &columns) };
        for _ in 0..2 {
            assert_eq!(load(session, &table, original.clone()).await.unwrap(), 5000);
        }
        let from = if schema.is_some() { "\"Other schema\".\"Copy\"" } else { "\"Copy\"" };
        let copy = ask(session, &format!("SELECT * FROM {from}")).await.unwrap();
        let mut copied = rows(&copy);
        let mut wanted = rows(&original);
        // Partitions come in any order.
        copied.sort();
        wanted.sort();
        assert_eq!(copied, wanted);
        for (left, right) in copy.schema.fields().iter().zip(original.schema.fields()) {
            assert_eq!(left.data_type(), right.data_type());
            assert_eq!(logical::extension_name(left), logical::extension_name(right));
        }
        let tables = session.catalog().await.unwrap();
        let found =
            tables.iter().find(|found| found.name == "Copy" && found.schema == schema).unwrap();
        assert_eq!(found.columns[2].data_type, "numeric(12,2)");
        assert_eq!(found.columns[9].data_type, "uuid");
    }
    // Numerics as text become decimals, each exactly or not at all.
    let numerics = |texts: Vec<&'static str>| {
        let field = logical::extension_field("n", DataType::Utf8, logical::NUMERIC, true);
        let batch = RecordBatch::try_new(
            Arc::new(Schema::new(vec![field])),
            vec![Arc::new(StringArray::from(texts))],
        )
        .unwrap();
        let schema = batch.schema();
        RecordBatchIterator::new([Ok(batch)], schema)
    };
    let wanted = table("n", &[("n", "numeric(5,2)")]);
    assert_eq!(session.load(&wanted, Box::new(numerics(vec!["1.5", "-0.25"]))).await.unwrap(), 2);
    assert_eq!(row(session, "SELECT sum(n) FROM n").await, ["1.25"]);
    for bad in ["1.005", "NaN"] {
        let failure = session.load(&wanted, Box::new(numerics(vec![bad]))).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::Unrepresentable, "{failure}");
    }
    let mut strict = table("n", &[("n", "numeric(5,2)")]);
    strict.columns[0].nullable = false;
    let nulls = ask(source.as_mut(), "SELECT NULL::DECIMAL(5,2) AS n").await.unwrap();
    let failure = load(session, &strict, nulls).await.unwrap_err();
    assert_eq!(failure.sqlstate.as_str(), "23502");
}

#[tokio::test(flavor = "multi_thread")]
async fn layouts_of_one_type_become_one() {
    let dictionary: DictionaryArray<Int32Type> =
        vec![Some("a"), None, Some("a")].into_iter().collect();
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("v", Arc::new(StringViewArray::from(vec![Some("a"), None, Some("a")])) as ArrayRef, true),
        ("l", Arc::new(LargeStringArray::from(vec![Some("a"), None, Some("a")])) as ArrayRef, true),
        ("d", Arc::new(dictionary) as ArrayRef, true),
        ("k", Arc::new(Int64Array::from(vec![1, 2, 3])) as ArrayRef, true),
    ])
    .unwrap();
    let mut session = session().await;
    let wanted = table("t", &[("v", "text"), ("l", "text"), ("d", "text"), ("k", "bigint")]);
    let schema = batch.schema();
    let reader = RecordBatchIterator::new([Ok(batch)], schema);
    session.load(&wanted, Box::new(reader)).await.unwrap();
    let result = ask(session.as_mut(), "SELECT v, l, d FROM t ORDER BY k").await.unwrap();
    let batch = concat(&result);
    let plain: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some("a")]));
    for column in batch.columns() {
        assert_eq!(column.data_type(), &DataType::Utf8);
        assert_eq!(column, &plain);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streaming_is_bounded() {
    let mut session = session().await;
    let sql = "SELECT value, repeat('x', 1000) FROM range(400000)";
    let mut stream = session.execute(Request::new(sql, Dialect::DataFusion)).await.unwrap();
    let mut count = stream.next().await.unwrap().unwrap().num_rows();
    let before = resident_kb();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let grown = resident_kb().saturating_sub(before);
    assert!(grown < 100_000, "grew by {grown} kB while nobody read");
    while let Some(batch) = stream.next().await {
        count += batch.unwrap().num_rows();
    }
    assert_eq!(count, 400_000);
    let grown = resident_kb().saturating_sub(before);
    assert!(grown < 150_000, "grew by {grown} kB over 400 MB");
}

const ENDLESS: &str = "SELECT count(*) FROM range(1000000000000) WHERE value % 7 = -1";

/// One step of this takes DataFusion minutes.
const UNYIELDING: &str = "SELECT count(*) FROM range(10000000) a CROSS JOIN range(10000000) b \
    WHERE a.value + b.value = -1";

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_and_timing_out() {
    let engine = DataFusion::new().unwrap();
    let mut session = open(&engine).await;
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
    assert!(failure.message.contains("user request"), "{failure}");
    assert_eq!(failure.class, FailureClass::Resource);
    cancel.await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
    for _ in 0..10 {
        let sql = "SELECT value FROM range(1000000000)";
        let mut stream = session.execute(Request::new(sql, Dialect::DataFusion)).await.unwrap();
        stream.next().await.unwrap().unwrap();
        drop(stream);
        assert_eq!(row(session.as_mut(), "SELECT 3").await, ["3"]);
        let run = session.execute(Request::new(ENDLESS, Dialect::DataFusion));
        assert!(tokio::time::timeout(Duration::from_millis(5), run).await.is_err());
        assert_eq!(row(session.as_mut(), "SELECT 4").await, ["4"]);
    }
    let settings = SessionSettings {
        statement_timeout: Some(Duration::from_millis(150)),
        ..SessionSettings::default()
    };
    let mut session = engine.open(&settings).await.unwrap();
    let failure = fails(session.as_mut(), ENDLESS).await;
    assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED);
    assert!(failure.message.contains("timeout"), "{failure}");
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert_eq!(row(session.as_mut(), "SELECT 1").await, ["1"]);
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    // What computes on behind our back does not hold up the next statement.
    let started = Instant::now();
    let failure = fails(session.as_mut(), UNYIELDING).await;
    assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED);
    let mut session = open(&engine).await;
    assert_eq!(row(session.as_mut(), "SELECT 1").await, ["1"]);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_bound_without_being_run() {
    let mut session = session().await;
    session.run_script("CREATE TABLE bound (a INT)").await.unwrap();
    check_binds(session.as_mut()).await;
}
