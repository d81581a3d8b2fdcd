//! PostgreSQL: a real server, thrown away afterwards.

use crate::{
    support::{
        ask, ask_with, check_binds, concat, fails, field, load, resident_kb, row, rows, table,
    },
    transactions,
};
use arrow::{
    array::AsArray as _,
    datatypes::{
        DataType, Date32Type, Int64Type, IntervalUnit, TimeUnit, TimestampMicrosecondType,
    },
    record_batch::RecordBatchIterator,
};
use engines::{
    Engine as _, Request, ResultSet, Session, SessionSettings,
    postgres::{Postgres, PostgresConfig, ThrowawayCluster},
};
use futures::StreamExt as _;
use model::{
    Dialect, FailureClass, SqlState,
    catalog::{CatalogColumn, CatalogTable},
    logical,
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use std::{
    future::poll_fn,
    sync::Arc,
    task::Poll,
    time::{Duration, Instant},
};
use tokio::time::timeout;

async fn open(cluster: &ThrowawayCluster) -> Box<dyn Session> {
    Postgres::new(cluster.config()).open(&SessionSettings::default()).await.unwrap()
}

/// Everything that one server serves for; starting one takes a second or two.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_exactly() {
    let cluster = tokio::task::spawn_blocking(ThrowawayCluster::start).await.unwrap().unwrap();
    let mut session = open(&cluster).await;
    let session = session.as_mut();
    info_is_recorded(&cluster, session);
    scalar_types(session).await;
    extremes(session).await;
    numerics_round_trip(session).await;
    nested_and_extension_types(session).await;
    unknown_types_are_refused(session).await;
    binds(session).await;
    session.run_script("CREATE TABLE bound (a int)").await.unwrap();
    check_binds(session).await;
    failures_carry_sqlstate_and_position(session).await;
    results_without_rows_or_columns(session).await;
    read_only_refuses_writes(&cluster).await;
    transactions::check(&Postgres::new(cluster.config())).await;
    settings_are_pinned(&cluster).await;
    catalog_is_relative_to_the_search_path(&cluster).await;
    loading_round_trips(session).await;
    streaming_is_bounded(&cluster, session).await;
    cancelling(session).await;
    dropping_a_stream_cancels(session).await;
    what_is_dropped_at_any_step_ends(&cluster).await;
    server_side_timeout(&cluster).await;
    a_dropped_load_ends_the_session(&cluster).await;
    a_lost_connection_is_noticed(&cluster).await;
    logins_that_fail(&cluster).await;
    let folder = cluster.folder().to_owned();
    drop(cluster);
    assert!(!folder.exists());
}

fn info_is_recorded(cluster: &ThrowawayCluster, session: &mut dyn Session) {
    let info = session.info();
    assert!(info.version.split('.').next().unwrap().parse::<u32>().is_ok(), "{}", info.version);
    for (name, value) in [
        ("TimeZone", "UTC"),
        ("extra_float_digits", "3"),
        ("client_encoding", "UTF8"),
        ("application_name", "gnomon"),
        ("lc_collate", cluster.locale()),
        ("transport", "plain"),
    ] {
        assert_eq!(info.settings.get(name).map(String::as_str), Some(value), "{name}");
    }
    let text = format!("{info:?} {cluster:?}");
    assert!(!text.contains("password"), "{text}");
}

async fn scalar_types(session: &mut dyn Session) {
    let sql = "SELECT true, (-2)::int2, 3::int4, (-4)::int8, 4294967295::oid, 0.1::float4, \
        0.1::float8, 12.340::numeric(12,3), 'é'::text, 'ab'::varchar(5), 'a'::char(3), \
        'pg_class'::name, 'x'::\"char\", '\\x00ff'::bytea, date '2024-02-29', time '23:59:59.999999', \
        timestamp '1969-12-31 23:59:59.999999', timestamptz '2024-07-01 12:00:00+02', \
        interval '1 year -2 days 03:04:05.000006', \
        '00010203-0405-0607-0809-0a0b0c0d0e0f'::uuid, '{\"a\": 1}'::json, '{\"b\":  2}'::jsonb";
    let result = ask(session, sql).await.unwrap();
    let expected = [
        (DataType::Boolean, "boolean", "true"),
        (DataType::Int16, "smallint", "-2"),
        (DataType::Int32, "integer", "3"),
        (DataType::Int64, "bigint", "-4"),
        (DataType::UInt32, "oid", "4294967295"),
        (DataType::Float32, "real", "0.1"),
        (DataType::Float64, "double precision", "0.1"),
        (DataType::Utf8, "numeric(12,3)", "12.340"),
        (DataType::Utf8, "text", "é"),
        (DataType::Utf8, "character varying(5)", "ab"),
        (DataType::Utf8, "character(3)", "a  "),
        (DataType::Utf8, "name", "pg_class"),
        (DataType::Utf8, "\"char\"", "x"),
        (DataType::Binary, "bytea", "00ff"),
        (DataType::Date32, "date", "2024-02-29"),
        (DataType::Time64(TimeUnit::Microsecond), "time without time zone", "23:59:59.999999"),
        (
            DataType::Timestamp(TimeUnit::Microsecond, None),
            "timestamp without time zone",
            "1969-12-31T23:59:59.999999",
        ),
        (
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            "timestamp with time zone",
            "2024-07-01T10:00:00Z",
        ),
        (
            DataType::Interval(IntervalUnit::MonthDayNano),
            "interval",
            "12 mons -2 days 3 hours 4 mins 5.000006000 secs",
        ),
        (DataType::FixedSizeBinary(16), "uuid", "000102030405060708090a0b0c0d0e0f"),
        (DataType::Utf8, "json", "{\"a\": 1}"),
        (DataType::Utf8, "jsonb", "{\"b\": 2}"),
    ];
    let texts = rows(&result).remove(0);
    assert_eq!(texts.len(), expected.len());
    for (index, (data_type, engine_type, text)) in expected.iter().enumerate() {
        let field = field(&result, index);
        assert_eq!(field.data_type(), data_type, "{engine_type}");
        assert_eq!(field.metadata().get(logical::ENGINE_TYPE).unwrap(), engine_type);
        assert_eq!(&texts[index], text, "{engine_type}");
    }
    assert_eq!(logical::extension_name(&field(&result, 7)), Some(logical::NUMERIC));
    assert_eq!(logical::extension_name(&field(&result, 19)), Some(logical::UUID));
    assert_eq!(logical::extension_name(&field(&result, 20)), Some(logical::JSON));
    assert_eq!(logical::extension_name(&field(&result, 21)), Some(logical::JSON));
    // NULLs of many types.
    let all_null = "SELECT NULL::bool, NULL::int2, NULL::numeric, NULL::text, NULL::bytea, NULL::date, \
        NULL::time, NULL::timestamptz, NULL::interval, NULL::uuid, NULL::jsonb, NULL::int4[], NULL::\"char\"";
    assert!(row(session, all_null).await.iter().all(|text| text == "NULL"));
}

async fn extremes(session: &mut dyn Session) {
    let result = ask(
        session,
        "SELECT (-32768)::int2, (-2147483648)::int4, (-9223372036854775808)::int8, \
         'NaN'::float8, '-Infinity'::float4, 'NaN'::numeric, 'Infinity'::numeric, \
         '-Infinity'::numeric, ''::text, ''::bytea, time '24:00:00', ''::\"char\", 5e-324::float8, \
         'infinity'::date, '-infinity'::date, 'infinity'::timestamp, '-infinity'::timestamptz, \
         date '4714-11-24 BC', date '5874897-12-31', timestamp '4714-11-24 00:00:00 BC', \
         '-0'::float8, '日本語 🦆'::text",
    )
    .await
    .unwrap();
    let texts = rows(&result).remove(0);
    assert_eq!(&texts[..3], ["-32768", "-2147483648", "-9223372036854775808"]);
    assert_eq!(&texts[3..8], ["NaN", "-inf", "NaN", "Infinity", "-Infinity"]);
    assert_eq!(&texts[8..10], ["", ""]);
    let batch = concat(&result);
    let micros = batch.column(10).as_primitive::<arrow::datatypes::Time64MicrosecondType>();
    assert_eq!(micros.value(0), 86_400_000_000);
    assert_eq!(texts[11], "");
    assert_eq!(texts[12], "5e-324");
    let date = |index: usize| batch.column(index).as_primitive::<Date32Type>().value(0);
    assert_eq!((date(13), date(14)), (logical::DATE_INFINITY, -logical::DATE_INFINITY));
    assert_eq!((date(17), date(18)), (-2_440_588, 2_145_042_905));
    let time =
        |index: usize| batch.column(index).as_primitive::<TimestampMicrosecondType>().value(0);
    assert_eq!(time(15), logical::TIMESTAMP_INFINITY);
    assert_eq!(time(16), -logical::TIMESTAMP_INFINITY);
    assert_eq!(time(19), -210_866_803_200_000_000);
    assert_eq!(texts[20], "-0.0");
    assert_eq!(texts[21], "日本語 🦆");

    for sql in [
        "SELECT timestamp '294276-12-31 23:59:59.999999' AS far",
        "SELECT interval '178000000 hours' * 10 AS far",
        "SELECT ARRAY[[1,2],[3,4]] AS far",
        "SELECT '[0:1]={1,2}'::int4[] AS far",
    ] {
        let failure = fails(session, sql).await;
        assert_eq!(failure.class, FailureClass::Unrepresentable, "{sql}");
        assert_eq!(failure.sqlstate, SqlState::FEATURE_NOT_SUPPORTED);
        assert!(failure.message.contains("`far`"), "{failure}");
    }
}

/// The server's own text of a numeric is the oracle.
async fn numerics_round_trip(session: &mut dyn Session) {
    let strategy =
        (proptest::bool::ANY, "[0-9]{1,50}", "[0-9]{0,50}", proptest::option::of(-30_i32..30))
            .prop_map(|(negative, whole, fraction, exponent)| {
                let sign = if negative { "-" } else { "" };
                let exponent = exponent.map(|e| format!("e{e}")).unwrap_or_default();
                format!("{sign}{whole}.{fraction}{exponent}")
            });
    let mut runner = TestRunner::deterministic();
    let mut values: Vec<String> =
        (0..2000).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect();
    values.extend(
        ["0", "0.0000", "1e131071", "1e-16383", "-1e-5000", "10000", "9999.9999", "0.00010000"]
            .map(str::to_owned),
    );
    let list: Vec<String> = values.iter().map(|value| format!("('{value}'::numeric)")).collect();
    let sql = format!("SELECT v, v::text FROM (VALUES {}) AS t(v)", list.join(","));
    let result = ask(session, &sql).await.unwrap();
    let mut seen = 0;
    for row in rows(&result) {
        assert_eq!(row[0], row[1]);
        seen += 1;
    }
    assert_eq!(seen, values.len());
    // And back: what the server takes is what it gave.
    let numerics = ResultSet {
        schema: Arc::new(result.schema.project(&[0]).unwrap()),
        executed_sql: String::new(),
        batches: result.batches.iter().map(|batch| batch.project(&[0]).unwrap()).collect(),
    };
    let wanted = table("numerics", &[("v", "numeric")]);
    load(session, &wanted, numerics.clone()).await.unwrap();
    let back = ask(session, "SELECT v FROM numerics").await.unwrap();
    assert_eq!(concat(&back).columns(), concat(&numerics).columns());
}

async fn nested_and_extension_types(session: &mut dyn Session) {
    session
        .run_script(
            "DROP TYPE IF EXISTS mood CASCADE; CREATE TYPE mood AS ENUM ('sad', 'so so'); \
             DROP DOMAIN IF EXISTS price; CREATE DOMAIN price AS numeric(8,2) CHECK (VALUE >= 0)",
        )
        .await
        .unwrap();
    let result = ask(
        session,
        "SELECT ARRAY[1,NULL,3]::int8[] AS a, '{}'::text[] AS b, ARRAY['sad','so so']::mood[] AS c, \
         'so so'::mood AS d, 1.50::price AS e, ARRAY[1.5,'NaN']::numeric[] AS f, pg_sleep(0) AS g, \
         ARRAY['2024-01-01'::date] AS h, ARRAY[1.25::price] AS i",
    )
    .await
    .unwrap();
    let texts = rows(&result).remove(0);
    assert_eq!(
        texts,
        [
            "[1, NULL, 3]",
            "[]",
            "[sad, so so]",
            "so so",
            "1.50",
            "[1.5, NaN]",
            "NULL",
            "[2024-01-01]",
            "[1.25]"
        ]
    );
    let DataType::List(item) = field(&result, 5).data_type().clone() else { panic!() };
    assert_eq!(logical::extension_name(&item), Some(logical::NUMERIC));
    assert_eq!(logical::extension_name(&field(&result, 4)), Some(logical::NUMERIC));
    assert_eq!(field(&result, 6).data_type(), &DataType::Null);
    assert_eq!(field(&result, 2).metadata()[logical::ENGINE_TYPE], "mood[]");
    let batch = concat(&result);
    let list = batch.column(0).as_list::<i32>().value(0);
    assert_eq!(list.as_primitive::<Int64Type>().value(2), 3);
}

async fn unknown_types_are_refused(session: &mut dyn Session) {
    for (expression, name) in [
        ("point(1,2)", "point"),
        ("'10.0.0.1'::inet", "inet"),
        ("ROW(1,2)", "record"),
        ("int4range(1,2)", "int4range"),
        ("1::money", "money"),
        ("'12:00+02'::timetz", "time with time zone"),
        ("B'101'", "bit"),
        ("'<a/>'::xml", "xml"),
        ("'pg_class'::regclass", "regclass"),
        ("ARRAY[point(1,2)]", "point[]"),
    ] {
        let failure = fails(session, &format!("SELECT 1, {expression} AS odd")).await;
        assert_eq!(failure.class, FailureClass::Unrepresentable, "{expression}");
        assert_eq!(failure.sqlstate, SqlState::FEATURE_NOT_SUPPORTED);
        assert!(
            failure.message.contains("`odd`") && failure.message.contains(name),
            "{expression}: {failure}"
        );
        assert!(failure.message.contains("cast"), "{failure}");
    }
    assert_eq!(row(session, "SELECT 1").await, ["1"]);
}

async fn binds(session: &mut dyn Session) {
    let sql = "SELECT $1 + 1, $2 || 'x', $3, $4, $5::text, $6 = ANY($7)";
    let result = ask_with(
        session,
        sql,
        &[
            (23, Some("41")),
            (25, Some("é'; DROP TABLE t")),
            (1184, Some("2024-01-01 00:00:00+01")),
            (1700, Some("1.10")),
            (0, None),
            (23, Some("2")),
            (1007, Some("{1,2}")),
        ],
    )
    .await
    .unwrap();
    assert_eq!(
        rows(&result).remove(0),
        ["42", "é'; DROP TABLE tx", "2023-12-31T23:00:00Z", "1.10", "NULL", "true"]
    );
    // Left open, the server infers the type.
    let result = ask_with(session, "SELECT 40 + $1", &[(0, Some("2"))]).await.unwrap();
    assert_eq!(rows(&result).remove(0), ["42"]);
    let failure = ask_with(session, "SELECT $1::int4", &[(23, Some("x"))]).await.unwrap_err();
    assert_eq!(failure.sqlstate, SqlState::INVALID_TEXT_REPRESENTATION);
    let failure = ask_with(session, "SELECT $1::int4", &[]).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::Statement, "{failure}");
}

async fn failures_carry_sqlstate_and_position(session: &mut dyn Session) {
    for (sql, sqlstate, position) in [
        ("SELECT 1/0", "22012", None),
        ("SELECT * FROM no_such_table", "42P01", Some(14)),
        ("SELECT 'é' || no_such_column", "42703", Some(15)),
        ("SELEC 1", "42601", Some(0)),
        ("SELECT 1; SELECT 2", "42601", None),
        ("SELECT 2147483647 + 1", "22003", None),
        ("SELECT 'x'::int4", "22P02", Some(7)),
        ("SELECT no_such_function(1)", "42883", Some(7)),
        ("SELECT (SELECT generate_series(1,2))", "21000", None),
    ] {
        let failure = fails(session, sql).await;
        assert_eq!(failure.sqlstate.as_str(), sqlstate, "{sql}: {failure}");
        assert_eq!(failure.position, position, "{sql}");
        assert_eq!(failure.class, FailureClass::Statement);
    }
    // After some rows: the stream ends with the failure.
    let request =
        Request::new("SELECT 1/(50000 - g) FROM generate_series(1, 60000) g", Dialect::Postgres);
    let mut stream = session.execute(request).await.unwrap();
    let mut failure = None;
    while let Some(batch) = stream.next().await {
        assert!(failure.is_none());
        failure = batch.err();
    }
    assert_eq!(failure.unwrap().sqlstate, SqlState::DIVISION_BY_ZERO);
    let failure = fails(session, "SELECT '\0'").await;
    assert_eq!(failure.class, FailureClass::Statement, "{failure}");
    assert!(session.is_usable());
    assert_eq!(row(session, "SELECT 1").await, ["1"]);
}

async fn results_without_rows_or_columns(session: &mut dyn Session) {
    let result = ask(session, "SELECT 1 AS a WHERE false").await.unwrap();
    assert_eq!((result.rows(), result.schema.fields().len()), (0, 1));
    let result = ask(session, "SELECT FROM generate_series(1, 3)").await.unwrap();
    assert_eq!((result.rows(), result.schema.fields().len()), (3, 0));
    let result = ask(session, "CREATE TEMP TABLE tmp_x (a int)").await.unwrap();
    assert_eq!((result.rows(), result.schema.fields().len()), (0, 0));
    let result = ask(session, "SELECT 1 AS a, 2 AS a").await.unwrap();
    assert_eq!(result.schema.field(1).name(), "a");
    assert_eq!(ask(session, "").await.unwrap().rows(), 0);
}

async fn read_only_refuses_writes(cluster: &ThrowawayCluster) {
    let settings = SessionSettings { read_only: true, ..SessionSettings::default() };
    let mut session = Postgres::new(cluster.config()).open(&settings).await.unwrap();
    let failure = fails(session.as_mut(), "CREATE TABLE forbidden (a int)").await;
    assert_eq!(failure.sqlstate, SqlState::READ_ONLY_SQL_TRANSACTION);
    assert_eq!(row(session.as_mut(), "SELECT 1").await, ["1"]);
}

async fn settings_are_pinned(cluster: &ThrowawayCluster) {
    let settings = SessionSettings {
        time_zone: "America/New_York".to_owned(),
        search_path: vec!["a\"; DROP".to_owned(), "public".to_owned()],
        ..SessionSettings::default()
    };
    let mut session = Postgres::new(cluster.config()).open(&settings).await.unwrap();
    let texts = row(
        session.as_mut(),
        "SELECT current_setting('search_path'), '2024-07-01 12:00'::timestamptz, timestamptz '2024-01-01 00:00Z'::text",
    )
    .await;
    assert_eq!(
        texts,
        ["\"a\"\"; DROP\", \"public\"", "2024-07-01T16:00:00Z", "2023-12-31 19:00:00-05"]
    );
    assert_eq!(session.info().settings["TimeZone"], "America/New_York");
    let settings =
        SessionSettings { time_zone: "Mars/Olympus".to_owned(), ..SessionSettings::default() };
    let failure = Postgres::new(cluster.config()).open(&settings).await.err().unwrap();
    assert!(failure.message.contains("Mars/Olympus"), "{failure}");
}

async fn catalog_is_relative_to_the_search_path(cluster: &ThrowawayCluster) {
    let mut session = open(cluster).await;
    session
        .run_script(
            "CREATE SCHEMA other; CREATE TABLE other.far (id bigint NOT NULL); \
             CREATE TABLE near (a numeric(12,2) NOT NULL, b varchar(5), c int4[], d timestamptz(3)); \
             CREATE VIEW near_view AS SELECT a FROM near; \
             CREATE TABLE keyed (a int, b int NOT NULL, c int, d int UNIQUE, PRIMARY KEY (c, a)); \
             CREATE UNIQUE INDEX ON keyed (b); CREATE UNIQUE INDEX ON keyed (b, a) WHERE a > 1",
        )
        .await
        .unwrap();
    let tables = session.catalog().await.unwrap();
    let near = tables.iter().find(|table| table.name == "near").unwrap();
    assert_eq!(near.schema, None);
    let columns: Vec<_> = near
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.data_type.as_str(), column.nullable))
        .collect();
    assert_eq!(
        columns,
        [
            ("a", "numeric(12,2)", false),
            ("b", "character varying(5)", true),
            ("c", "integer[]", true),
            ("d", "timestamp(3) with time zone", true),
        ]
    );
    assert!(tables.iter().any(|table| table.name == "near_view"));
    let keyed = tables.iter().find(|table| table.name == "keyed").unwrap();
    assert_eq!(keyed.keys, [vec!["a", "c"], vec!["b"]]);
    assert!(near.keys.is_empty());
    let far = tables.iter().find(|table| table.name == "far").unwrap();
    assert_eq!(far.schema.as_deref(), Some("other"));
    assert!(!tables.iter().any(|table| table.name == "pg_class"));
}

/// What the server gives, it takes again, and gives the same once more.
async fn loading_round_trips(session: &mut dyn Session) {
    let columns = [
        ("bool", "true", "false"),
        ("int2", "1", "-32768"),
        ("int4", "1", "2147483647"),
        ("int8", "1", "9223372036854775807"),
        ("oid", "1", "4294967295"),
        ("real", "0.1", "'NaN'"),
        ("double precision", "0.1", "'-Infinity'"),
        ("numeric(12,2)", "1.10", "-9999999999.99"),
        ("numeric", "1e-40", "'NaN'"),
        ("text", "'é🦆'", "''"),
        ("varchar(5)", "'abc'", "''"),
        ("char(4)", "'ab'", "''"),
        ("\"char\"", "'x'", "''"),
        ("name", "'abc'", "''"),
        ("bytea", "'\\x00ff'", "''"),
        ("date", "'2024-02-29'", "'infinity'"),
        ("time", "'12:34:56.789012'", "'24:00:00'"),
        ("timestamp", "'2024-02-29 01:02:03.000004'", "'-infinity'"),
        ("timestamptz", "'2024-02-29 01:02:03.000004+05'", "'infinity'"),
        ("interval", "'1 mon -2 days 3.000004 s'", "'-178000 years'"),
        (
            "uuid",
            "'00010203-0405-0607-0809-0a0b0c0d0e0f'",
            "'ffffffff-ffff-ffff-ffff-ffffffffffff'",
        ),
        ("json", "'{\"a\":  1}'", "'null'"),
        ("jsonb", "'[1, \"x\"]'", "'null'"),
        ("int4[]", "'{1,NULL,3}'", "'{}'"),
        ("text[]", "'{\"a b\",NULL}'", "'{}'"),
        ("numeric(6,1)[]", "'{1.5,NaN}'", "'{}'"),
        ("mood", "'sad'", "'so so'"),
    ];
    let definitions: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(index, (data_type, ..))| format!("c{index} {data_type}"))
        .collect();
    let row = |pick: &dyn Fn(&(&str, &str, &str)) -> String| {
        columns.iter().map(pick).collect::<Vec<_>>().join(", ")
    };
    session
        .run_script(&format!(
            "CREATE TABLE original ({}); INSERT INTO original VALUES ({}), ({}), ({})",
            definitions.join(", "),
            row(&|c| c.1.to_owned()),
            row(&|c| c.2.to_owned()),
            row(&|_| "NULL".to_owned()),
        ))
        .await
        .unwrap();
    let original = ask(session, "SELECT * FROM original").await.unwrap();
    let tables = session.catalog().await.unwrap();
    let mut table = tables.iter().find(|table| table.name == "original").unwrap().clone();
    table.name = "Copy \"2\"".to_owned();
    for _ in 0..2 {
        // The second time replaces the first.
        let batches = original.batches.clone().into_iter().map(Ok);
        let reader = RecordBatchIterator::new(batches, original.schema.clone());
        assert_eq!(session.load(&table, Box::new(reader)).await.unwrap(), 3);
    }
    let copy = ask(session, "SELECT * FROM \"Copy \"\"2\"\"\"").await.unwrap();
    assert_eq!(copy.schema, original.schema);
    assert_eq!(copy.batches, original.batches);

    // A row that does not fit fails the whole, and the table of before stays.
    let bad = CatalogTable {
        database: None,
        schema: None,
        name: "kept".to_owned(),
        columns: vec![CatalogColumn {
            name: "a".to_owned(),
            data_type: "numeric(3,0)".to_owned(),
            nullable: false,
        }],
        keys: Vec::new(),
    };
    session.run_script("CREATE TABLE kept (a int, b int)").await.unwrap();
    let result = ask(session, "SELECT 12345.0::numeric AS a").await.unwrap();
    let reader = RecordBatchIterator::new(result.batches.into_iter().map(Ok), result.schema);
    let failure = session.load(&bad, Box::new(reader)).await.unwrap_err();
    assert_eq!(failure.sqlstate, SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "{failure}");
    let tables = session.catalog().await.unwrap();
    let kept = tables.iter().find(|table| table.name == "kept").unwrap();
    assert_eq!(kept.columns.len(), 2);
}

async fn streaming_is_bounded(cluster: &ThrowawayCluster, session: &mut dyn Session) {
    // 400 MB of text, read slowly: the server must be held back, not buffered.
    let request = Request::new(
        "SELECT g, repeat('x', 1000) FROM generate_series(1, 400000) g",
        Dialect::Postgres,
    );
    let mut stream = session.execute(request).await.unwrap();
    let first = stream.next().await.unwrap().unwrap();
    assert!(first.get_array_memory_size() < 8 * 1024 * 1024);
    let before = resident_kb();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let grown = resident_kb().saturating_sub(before);
    assert!(grown < 40_000, "grew by {grown} kB while nobody read");
    let mut other = open(cluster).await;
    let active = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%repeat(%' AND pid <> pg_backend_pid()";
    assert_eq!(row(other.as_mut(), active).await, ["1"]);
    let mut count = first.num_rows();
    while let Some(batch) = stream.next().await {
        count += batch.unwrap().num_rows();
    }
    assert_eq!(count, 400_000);
    let grown = resident_kb().saturating_sub(before);
    assert!(grown < 60_000, "grew by {grown} kB over the whole result");
}

async fn cancelling(session: &mut dyn Session) {
    let canceller = session.canceller();
    // Nothing runs: nothing happens, now or later.
    canceller.cancel().await;
    assert_eq!(row(session, "SELECT 1").await, ["1"]);
    let started = Instant::now();
    let cancel = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        canceller.cancel().await;
    });
    let failure = fails(session, "SELECT pg_sleep(30)").await;
    assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED);
    assert_eq!(failure.class, FailureClass::Resource);
    assert!(started.elapsed() < Duration::from_secs(10));
    cancel.await.unwrap();
    for _ in 0..20 {
        assert_eq!(row(session, "SELECT 1").await, ["1"]);
    }
}

/// A cancel must never hit the statement that comes after.
async fn dropping_a_stream_cancels(session: &mut dyn Session) {
    let started = Instant::now();
    for _ in 0..25 {
        let sql = "SELECT g, pg_sleep(CASE WHEN g < 20000 THEN 0 ELSE 1 END)::text FROM generate_series(1, 20100) g";
        let mut stream = session.execute(Request::new(sql, Dialect::Postgres)).await.unwrap();
        stream.next().await.unwrap().unwrap();
        drop(stream);
        assert_eq!(row(session, "SELECT 42").await, ["42"]);
    }
    // Dropped before the first row.
    for _ in 0..5 {
        let run = session.execute(Request::new("SELECT pg_sleep(30)", Dialect::Postgres));
        assert!(tokio::time::timeout(Duration::from_millis(50), run).await.is_err());
        assert_eq!(row(session, "SELECT 43").await, ["43"]);
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

/// Also where the server has read the statement and not begun with it, when it drops a cancel.
async fn what_is_dropped_at_any_step_ends(cluster: &ThrowawayCluster) {
    let mut other = open(cluster).await;
    for steps in 1..=4 {
        for _ in 0..10 {
            let mut session = open(cluster).await;
            let pid = row(session.as_mut(), "SELECT pg_backend_pid()").await.remove(0);
            let canceller = session.canceller();
            let mut run = session.execute(Request::new("SELECT pg_sleep(60)", Dialect::Postgres));
            // Each time that it waits is one step further on its way.
            let mut left = steps;
            let dropped = timeout(
                Duration::from_millis(20),
                poll_fn(|context| match run.as_mut().poll(context) {
                    Poll::Ready(result) => Poll::Ready(Some(result.map(|_| ()))),
                    Poll::Pending => {
                        left -= 1;
                        if left == 0 { Poll::Ready(None) } else { Poll::Pending }
                    }
                }),
            );
            assert!(matches!(dropped.await, Ok(None) | Err(_)), "it runs for a minute");
            drop(run);
            canceller.cancel().await;
            drop(session);
            let busy = format!(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = {pid} AND state = 'active'"
            );
            assert_eq!(row(other.as_mut(), &busy).await, ["0"], "dropped after {steps} steps");
        }
    }
}

async fn server_side_timeout(cluster: &ThrowawayCluster) {
    let settings = SessionSettings {
        statement_timeout: Some(Duration::from_millis(150)),
        ..SessionSettings::default()
    };
    let mut session = Postgres::new(cluster.config()).open(&settings).await.unwrap();
    let failure = fails(session.as_mut(), "SELECT pg_sleep(30)").await;
    assert_eq!(failure.sqlstate, SqlState::QUERY_CANCELED);
    assert!(failure.message.contains("timeout"), "{failure}");
    assert_eq!(row(session.as_mut(), "SELECT 1").await, ["1"]);
}

async fn a_dropped_load_ends_the_session(cluster: &ThrowawayCluster) {
    let mut session = open(cluster).await;
    let result = ask(session.as_mut(), "SELECT 1 AS a").await.unwrap();
    let batches = result.batches.clone().into_iter().cycle().map(Ok);
    let endless = RecordBatchIterator::new(batches, result.schema.clone());
    let wanted = table("half", &[("a", "integer")]);
    let load = session.load(&wanted, Box::new(endless));
    assert!(tokio::time::timeout(Duration::from_millis(100), load).await.is_err());
    assert!(!session.is_usable());
    drop(session);
    let mut session = open(cluster).await;
    let failure = fails(session.as_mut(), "SELECT * FROM half").await;
    assert_eq!(failure.sqlstate, SqlState::UNDEFINED_TABLE);
}

async fn a_lost_connection_is_noticed(cluster: &ThrowawayCluster) {
    let mut victim = open(cluster).await;
    let mut other = open(cluster).await;
    let pid = row(victim.as_mut(), "SELECT pg_backend_pid()").await.remove(0);
    let kill = format!("SELECT pg_terminate_backend({pid})");
    let running = tokio::spawn(async move {
        let failure = fails(victim.as_mut(), "SELECT pg_sleep(30)").await;
        (victim, failure)
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(row(other.as_mut(), &kill).await, ["true"]);
    let (mut victim, failure) = running.await.unwrap();
    assert_eq!(failure.class, FailureClass::Transient, "{failure}");
    assert!(!victim.is_usable());
    let failure = fails(victim.as_mut(), "SELECT 1").await;
    assert_eq!(failure.class, FailureClass::Transient, "{failure}");
}

async fn logins_that_fail(cluster: &ThrowawayCluster) {
    let fail = async |config: PostgresConfig| {
        let opened = Postgres::new(config).open(&SessionSettings::default()).await;
        let failure = opened.err().unwrap();
        assert_eq!(failure.class, FailureClass::Unreachable, "{failure}");
        assert!(!failure.message.contains("hunter2"), "{failure}");
        failure
    };
    let failure = fail(cluster.config().with_password("hunter2")).await;
    assert_eq!(failure.sqlstate, SqlState::INVALID_PASSWORD);
    assert!(failure.message.contains("check the password"), "{failure}");
    let failure = fail(cluster.config().with_database("nowhere")).await;
    assert_eq!(failure.sqlstate.as_str(), "3D000");
    assert!(failure.message.contains("nowhere"), "{failure}");
    let parse = |text: &str| PostgresConfig::parse(text).unwrap();
    let failure = fail(parse("postgres://u:hunter2@127.0.0.1:1/d")).await;
    assert!(failure.message.contains("127.0.0.1:1"), "{failure}");
    assert!(failure.message.contains("check host, port"), "{failure}");
    let failure = fail(parse("host=/no/such/folder user=u password=hunter2")).await;
    assert!(failure.message.contains("/no/such/folder"), "{failure}");
    let failure = fail(parse("host=no-such-host.invalid user=u password=hunter2")).await;
    assert!(failure.message.contains("no-such-host.invalid"), "{failure}");
    if std::env::var_os("PGPASSWORD").is_none() {
        let folder = cluster.folder().display();
        let failure = fail(parse(&format!("host={folder} user=gnomon"))).await;
        assert!(failure.message.contains("PGPASSWORD"), "{failure}");
    }
    // A server that takes the connection and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let started = Instant::now();
    let failure = fail(parse(&format!(
        "host=127.0.0.1 port={port} user=u password=hunter2 connect_timeout=1"
    )))
    .await;
    assert!(failure.message.contains("no answer"), "{failure}");
    assert!(started.elapsed() < Duration::from_secs(5));
}
