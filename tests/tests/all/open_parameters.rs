//! Parameters without a type, as a server's log keeps them, have the types that PostgreSQL gives them,
//! and translations with them the same answers.

use crate::world::{World, verdict};
use engines::Request;
use model::{Bind, Dialect, Verdict};
use tests::data;

/// Statements over the tables `g` and `h` with the texts of their parameters.
const CASES: &[(&str, &[Option<&str>])] = &[
    ("SELECT * FROM g WHERE g.i = $1", &[Some("3")]),
    ("SELECT * FROM g WHERE $1 < g.b", &[Some("100")]),
    ("SELECT g.i FROM g WHERE g.n >= $1 AND g.n < $2", &[Some("1.25"), Some("99")]),
    ("SELECT g.i FROM g WHERE g.f > $1", &[Some("-1e3")]),
    ("SELECT g.i FROM g WHERE g.x = $1 OR g.y = $2", &[Some("a"), Some("")]),
    ("SELECT g.i FROM g WHERE g.x LIKE $1", &[Some("a%")]),
    ("SELECT g.i FROM g WHERE g.d BETWEEN $1 AND $2", &[Some("2000-01-01"), Some("2030-01-01")]),
    ("SELECT g.i FROM g WHERE g.ts < $1", &[Some("2024-02-29 12:00:00")]),
    ("SELECT g.i FROM g WHERE g.k = $1", &[Some("t")]),
    ("SELECT g.i FROM g WHERE g.i IN ($1, $2, 7)", &[Some("1"), Some("2")]),
    ("SELECT g.i FROM g WHERE g.i = ANY($1)", &[Some("{1,2,3}")]),
    ("SELECT g.i FROM g WHERE g.x = ANY($1)", &[Some("{a,b}")]),
    ("SELECT g.i FROM g WHERE g.i <> ALL($1)", &[Some("{1,2}")]),
    ("SELECT g.i FROM g ORDER BY g.i, g.j, g.b LIMIT $1 OFFSET $2", &[Some("5"), Some("2")]),
    ("SELECT g.i + $1, g.n * $2, g.f / $3 FROM g", &[Some("1"), Some("1.5"), Some("3")]),
    ("SELECT $1", &[Some("it's")]),
    (
        "SELECT $1::int + 1, $2::numeric(10,2), $3::date",
        &[Some("41"), Some("1.239"), Some("2024-02-29")],
    ),
    ("SELECT coalesce(g.x, $1), coalesce(g.i, $2) FROM g", &[Some("none"), Some("0")]),
    ("SELECT CASE WHEN g.i > $1 THEN $2 ELSE g.x END FROM g", &[Some("2"), Some("big")]),
    ("SELECT nullif(g.i, $1) FROM g", &[Some("1")]),
    ("SELECT greatest(g.b, $1), least(g.n, $2) FROM g", &[Some("5"), Some("0.5")]),
    ("SELECT g.x || $1 FROM g", &[Some("!")]),
    ("SELECT substr(g.x, $1, $2) FROM g", &[Some("1"), Some("2")]),
    ("SELECT upper($1), length($2)", &[Some("abc"), Some("four")]),
    ("SELECT g.i FROM g WHERE g.i = $1 AND g.j = $1", &[Some("1")]),
    ("SELECT g.i FROM g WHERE g.i = $1 OR $1 IS NULL", &[None]),
    ("SELECT g.i FROM g WHERE g.b = $1 AND g.i <= $1", &[Some("1")]),
    ("SELECT g.i, count(*) FROM g GROUP BY g.i HAVING count(*) > $1", &[Some("1")]),
    ("SELECT sum(g.n) FILTER (WHERE g.i > $1) FROM g", &[Some("1")]),
    ("SELECT g.i FROM g WHERE EXISTS (SELECT 1 FROM h WHERE h.i = g.i AND h.j > $1)", &[Some("0")]),
    ("SELECT g.i FROM g WHERE g.i > (SELECT min(h.i) FROM h WHERE h.x = $1)", &[Some("a")]),
    ("SELECT g.i FROM g JOIN h ON g.i = h.i AND h.n < $1", &[Some("50")]),
    (
        "WITH w AS (SELECT g.i AS k FROM g WHERE g.j = $1) SELECT k FROM w WHERE k < $2",
        &[Some("1"), Some("9")],
    ),
    (
        "SELECT g.i FROM g WHERE g.i = $1 UNION SELECT h.i FROM h WHERE h.j = $2",
        &[Some("1"), Some("2")],
    ),
    ("SELECT g.i FROM g WHERE (g.i, g.j) = ($1, $2)", &[Some("1"), Some("2")]),
    ("SELECT g.d + $1::int FROM g", &[Some("3")]),
    ("SELECT date_trunc($1, g.ts) FROM g", &[Some("month")]),
    ("SELECT g.i FROM g WHERE g.x IS DISTINCT FROM $1", &[None]),
    ("SELECT g.i FROM g WHERE NOT g.k = $1", &[Some("no")]),
    ("SELECT $1 UNION ALL SELECT g.i FROM g", &[Some("12")]),
    ("SELECT round(g.n, $1) FROM g", &[Some("1")]),
];

fn binds(values: &[Option<&str>]) -> Vec<Bind> {
    let bind = |value: Option<&str>| Bind { type_oid: 0, value: value.map(str::to_owned) };
    values.iter().copied().map(bind).collect()
}

/// The types that PostgreSQL gives the parameters.
async fn inferred(world: &mut World, sql: &str) -> Result<String, String> {
    let prepare = format!("DEALLOCATE ALL; PREPARE asked AS {sql}");
    world.postgres.run_script(&prepare).await.map_err(|failure| failure.to_string())?;
    let types = "SELECT CAST(CAST(CAST(parameter_types AS oid[]) AS int[]) AS text) AS t \
                 FROM pg_prepared_statements WHERE name = 'asked'";
    let rows = world.legacy(types).await.map_err(|failure| failure.to_string())?;
    let column = rows.batches[0].column(0);
    let texts = arrow::compute::cast(column, &arrow::datatypes::DataType::Utf8).unwrap();
    let texts = texts.as_any().downcast_ref::<arrow::array::StringArray>().unwrap();
    Ok(texts.value(0).to_owned())
}

#[tokio::test]
async fn a_place_tells_what_it_tells_postgres_and_answers_agree() {
    let mut world = World::start().await;
    world.load(&data::table("g"), &data::batch(7, 60).unwrap()).await;
    world.load(&data::table("h"), &data::batch(8, 40).unwrap()).await;
    let (mut wrong, mut matched, mut refused) = (Vec::new(), 0, Vec::new());
    for (sql, values) in CASES {
        let expected = inferred(&mut world, sql).await;
        for to in [Dialect::DuckDb, Dialect::DataFusion] {
            let mut bound = binds(values);
            let translation = match world.transpiler(to).translate(sql, &bound) {
                Ok(translation) => translation,
                Err(refusal) => {
                    refused.push(format!("{sql} for {to}: {}", refusal.diagnostics[0].message));
                    continue;
                }
            };
            translation.tell_types(&mut bound);
            let told: Vec<String> = bound.iter().map(|bind| bind.type_oid.to_string()).collect();
            let told = format!("{{{}}}", told.join(","));
            if expected.as_ref().is_ok_and(|expected| *expected != told) {
                wrong.push(format!("{sql}: {told} instead of {expected:?}"));
            }
            let request = Request::bound(*sql, Dialect::Postgres, binds(values));
            // As it was captured: without types.
            let legacy = match world.postgres.execute(request).await {
                Ok(rows) => rows.collect(1 << 30).await,
                Err(failure) => Err(failure),
            };
            let session =
                if to == Dialect::DuckDb { &mut world.duckdb } else { &mut world.datafusion };
            let request = Request::bound(translation.sql.clone(), to, bound);
            let governed = match session.execute(request).await {
                Ok(rows) => rows.collect(1 << 30).await,
                Err(failure) => Err(failure),
            };
            let judgement = verdict(sql, &legacy, &governed);
            match judgement.verdict {
                Verdict::Match | Verdict::Tolerated if legacy.is_ok() => matched += 1,
                other => wrong.push(format!(
                    "{sql} on {to}: {other:?}, {:?} and {:?}: {}",
                    legacy.err(),
                    governed.err(),
                    translation.sql
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{matched} agree; refused: {}", refused.join("\n"));
    assert!(matched >= 70, "{matched} agree; refused: {}", refused.join("\n"));
}
