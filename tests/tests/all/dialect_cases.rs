//! Recorded statements of every dialect: after transpiling, DuckDB, DataFusion and PostgreSQL give
//! the vendor's values, or the statement is refused. Never another value.

use crate::{
    tally::{Fate, Tally},
    world::World,
};
use model::{Dialect, Fidelity};
use tests::{
    canonical,
    recorded::{self, Case},
};
use transpiler::{TARGETS, Transpiler};

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
    hold(dialect, &cases, Some("floor.json")).await;
}

/// Translates the cases of a dialect for every target and executes them; `floor` as in
/// [`Tally::settle`].
pub(crate) async fn hold(dialect: Dialect, cases: &[Case], floor: Option<&str>) {
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
    let mut tally = Tally::of(dialect);
    for to in TARGETS {
        let mut fates = Vec::new();
        for case in cases.iter().filter(|case| case.id.contains(&only)) {
            let given = case.settings.iter().map(|(k, v)| (k.as_str(), v.as_str()));
            let settings = sql::SourceSettings::with(dialect, given).unwrap();
            let transpiler = Transpiler::under(settings, to, &vendor);
            let fate = fate(&mut world, &transpiler, case, (dialect, to)).await;
            fates.push((case.id.as_str(), case.sql.as_str(), fate));
        }
        tally.count(to, &fates);
    }
    tally.settle(floor.filter(|_| only.is_empty()));
}

in_every_dialect!(check);
