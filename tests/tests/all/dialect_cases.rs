//! Recorded statements of every dialect: after transpiling, DuckDB, DataFusion and PostgreSQL give
//! the vendor's values, or the statement is refused. Never another value.

use crate::world::World;
use model::{Dialect, Fidelity};
use std::{collections::BTreeMap, fmt::Write as _, path::Path};
use tests::{
    canonical,
    recorded::{self, Case},
};
use transpiler::Transpiler;

const TARGETS: [Dialect; 3] = [Dialect::DuckDb, Dialect::DataFusion, Dialect::Postgres];

/// What became of one case on one target.
enum Fate {
    Right,
    Refused(String),
    Wrong(String),
}

/// Does the text alone tell that its answer is open?
fn known_open(case: &Case, from: Dialect) -> bool {
    let facts = sql::parse(&case.sql, from).map(|parsed| parsed.facts());
    facts.is_ok_and(|facts| !facts.volatile.is_empty() || facts.limited)
}

async fn fate(
    world: &mut World,
    transpiler: &Transpiler,
    case: &Case,
    (from, to): (Dialect, Dialect),
) -> Fate {
    let translation = match transpiler.translate(&case.sql, &[]) {
        Ok(translation) => translation,
        Err(refusal) => {
            let first = refusal.diagnostics.first();
            return Fate::Refused(first.map_or_else(String::new, |d| d.message.clone()));
        }
    };
    let wrong = |what: String| Fate::Wrong(format!("{what}\n      {}", translation.sql));
    match (world.on(&translation.sql, to).await, &case.error) {
        (Ok(set), None) => {
            let actual = match canonical::rows(&set.batches) {
                Ok(actual) => actual,
                Err(what) => return wrong(what),
            };
            let kinds: Vec<&str> = case.columns.iter().map(|c| c.kind.as_str()).collect();
            if !case.comparable {
                // A text in the target's own dialect is passed on unread.
                let unmarked = translation.not_comparable.is_empty() && from != to;
                let differs = if unmarked || !known_open(case, from) {
                    Some("no mark says that the value is open".to_owned())
                } else {
                    canonical::other_shape(&actual, &case.rows, &kinds)
                };
                return differs.map_or(Fate::Right, wrong);
            }
            let approximate = translation.fidelity == Fidelity::Approximate;
            let differs =
                canonical::difference(&actual, &case.rows, &kinds, case.ordered, approximate);
            differs.map_or(Fate::Right, wrong)
        }
        (Err(_), Some(_)) => Fate::Right,
        (Ok(_), Some(error)) => wrong(format!("an answer instead of an error ({error})")),
        (Err(failure), None) => wrong(format!("an error instead of an answer: {failure}")),
    }
}

async fn check(dialect: Dialect) {
    let cases = recorded::cases(dialect).unwrap();
    assert!(!cases.is_empty(), "no cases are recorded for {dialect}");
    let mut world = World::start().await;
    let mut vendor = Vec::new();
    let (tables, left_out) = recorded::tables(dialect).unwrap();
    for why in left_out {
        println!("table left out: {why}");
    }
    for table in tables {
        world.load(&table.core, &table.batch).await;
        vendor.push(table.vendor);
    }
    // `GNOMON_CASE` looks at the cases whose id holds it.
    let only = std::env::var("GNOMON_CASE").unwrap_or_default();
    let mut report = String::new();
    let mut wrong = 0;
    let mut right: BTreeMap<&str, usize> = BTreeMap::new();
    for to in TARGETS {
        let (mut fine, mut refused) = (0, 0);
        let mut lines = String::new();
        for case in cases.iter().filter(|case| case.id.contains(&only)) {
            let given = case.settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
            let settings = sql::SourceSettings::with(dialect, given).unwrap();
            let transpiler = Transpiler::under(settings, to, &vendor);
            match fate(&mut world, &transpiler, case, (dialect, to)).await {
                Fate::Right => fine += 1,
                Fate::Refused(why) => {
                    refused += 1;
                    let _ = writeln!(lines, "  refused {}: {why}\n      {}", case.id, case.sql);
                }
                Fate::Wrong(what) => {
                    wrong += 1;
                    let _ = writeln!(lines, "  WRONG {}: {what}\n      {}", case.id, case.sql);
                }
            }
        }
        right.insert(to.as_str(), fine);
        let all = fine + refused;
        let _ = writeln!(
            report,
            "{dialect} to {to}: {fine} right, {refused} refused of {all}\n{lines}"
        );
    }
    println!("{report}");
    assert_eq!(wrong, 0, "{wrong} wrong answers for {dialect}; see above");
    if only.is_empty() {
        holds_its_floor(dialect, &right);
    }
}

/// How many cases must be right on each target: what is translated today stays translated.
fn holds_its_floor(dialect: Dialect, right: &BTreeMap<&str, usize>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../corpora/dialects")
        .join(dialect.as_str())
        .join("floor.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let floor: BTreeMap<String, usize> = serde_json::from_str(&text).unwrap();
    for to in TARGETS {
        let (least, found) = (floor[to.as_str()], right[to.as_str()]);
        assert!(
            found >= least,
            "{dialect} to {to}: {found} cases are right, floor.json says {least}"
        );
        if found > least {
            println!("{dialect} to {to}: floor.json can be raised from {least} to {found}");
        }
    }
}

macro_rules! dialects {
    ($($name:ident: $dialect:expr,)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                check($dialect).await;
            }
        )*
    };
}

dialects! {
    postgres: Dialect::Postgres,
    redshift: Dialect::Redshift,
    snowflake: Dialect::Snowflake,
    bigquery: Dialect::BigQuery,
    spark: Dialect::Spark,
    mysql: Dialect::MySql,
    tsql: Dialect::TSql,
    oracle: Dialect::Oracle,
    teradata: Dialect::Teradata,
    trino: Dialect::Trino,
    clickhouse: Dialect::ClickHouse,
}
