//! In a session whose zone has summer time, a translated statement still answers as PostgreSQL does
//! there, or is refused.

use crate::world::{World, verdict};
use model::{Dialect, Verdict};
use sql::SourceSettings;
use tests::recorded;
use transpiler::Transpiler;

const ZONE: &str = "America/New_York";

/// Moments around both changes of the clock in 2024, and a winter and a summer day.
const MOMENTS: &str = "(VALUES \
    (timestamptz '2024-03-10 06:59:59+00'), (timestamptz '2024-03-10 07:00:00+00'), \
    (timestamptz '2024-11-03 05:30:00+00'), (timestamptz '2024-11-03 06:30:00+00'), \
    (timestamptz '2024-01-01 03:00:00+00'), (timestamptz '2024-07-01 03:00:00.25+00'), \
    (NULL)) AS m(t)";

const EXPRESSIONS: &[&str] = &[
    "t::date",
    "t::timestamp",
    "t::time",
    "t::text",
    "date_trunc('day', t)",
    "date_trunc('hour', t)",
    "date_trunc('month', t)",
    "date_trunc('week', t)",
    "extract(hour FROM t)",
    "extract(day FROM t)",
    "extract(dow FROM t)",
    "extract(epoch FROM t)",
    "date_part('month', t)",
    "to_char(t, 'YYYY-MM-DD HH24:MI:SS')",
    "t + interval '1 day'",
    "t + interval '1 month'",
    "t - interval '24 hours'",
    "t - interval '1 day 1 hour'",
    "t - interval '1 month 1 day'",
    "t + interval '1 month 1 day 1 hour'",
    "t + interval '-1 month 1 day'",
    "t + interval '-1 day -25 hours'",
    "t - extract(hour FROM t)::int * interval '1 day'",
    "t + (CASE WHEN t IS NULL THEN interval '1 day' ELSE interval '1 month -25 hours' END)",
    "t AT TIME ZONE 'UTC'",
    "t AT TIME ZONE 'Europe/Berlin'",
    "t > '2024-03-10 02:30:00'",
    "t = timestamptz '2024-07-01 00:00:00'",
    "t::date = date '2024-06-30'",
    "t < date '2024-07-01'",
    "t - timestamptz '2024-03-01 00:00:00'",
    "age(t, timestamptz '2024-01-01 00:00:00')",
    "timestamp '2024-03-10 02:30:00' AT TIME ZONE 'America/New_York'",
    "(t::timestamp)::timestamptz",
    "to_timestamp(1720000000)",
    "date_trunc('day', t::timestamp)",
    "t BETWEEN date '2024-01-01' AND date '2024-06-30'",
    "make_timestamptz(2024, 7, 1, 0, 0, 0)",
    "coalesce(t, timestamptz '2024-01-01 00:00:00')",
];

#[tokio::test]
async fn clocks_that_change_are_read_alike() {
    let mut world = World::start_in(ZONE).await;
    let (tables, _) = recorded::tables(Dialect::Postgres).unwrap();
    for table in tables {
        world.load(&table.core, &table.batch).await;
    }
    let settings = SourceSettings::with(Dialect::Postgres, [("time_zone", ZONE)]).unwrap();
    let cases = recorded::cases(Dialect::Postgres).unwrap();
    let statements: Vec<String> = EXPRESSIONS
        .iter()
        .map(|expression| format!("SELECT {expression} AS v FROM {MOMENTS}"))
        .chain(cases.into_iter().map(|case| case.sql))
        .collect();
    let mut wrong = Vec::new();
    for (to, least) in [(Dialect::DuckDb, 20), (Dialect::DataFusion, 0)] {
        let transpiler = Transpiler::under(settings.clone(), to, &world.catalog);
        let mut translated = 0;
        for (index, sql) in statements.iter().enumerate() {
            let Ok(translation) = transpiler.translate(sql, &[]) else { continue };
            let legacy = world.legacy(sql).await;
            let target = world.target(&translation.sql, to).await;
            translated += usize::from(index < EXPRESSIONS.len());
            let judgement = verdict(sql, &legacy, &target);
            if judgement.verdict == Verdict::Mismatch {
                let failure = target.err().map(|failure| failure.to_string());
                wrong.push(format!(
                    "{to}: {sql}\n  => {}\n  {:?} {failure:?}",
                    translation.sql,
                    judgement.differences.examples.first()
                ));
            }
        }
        assert!(translated >= least, "only {translated} to {to}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
