//! Statements whose translation was once silently wrong, each with what went wrong. They agree on
//! the real engines now, or are refused.

use crate::world::{World, verdict};
use model::{Dialect, Verdict};
use tests::data;

const ONCE_WRONG: &[(&str, &str)] = &[
    ("greatest() skips NULL", "SELECT substring(g.x FROM 2 FOR g.i), substr(g.x, g.i) FROM g"),
    (
        "an operator of NULL is NULL before it is an error",
        "SELECT NULL::int / 0, NULL::numeric(4,1) % 0",
    ),
    ("a negative length of NULL text", "SELECT substring(NULL::text, 1, -1)"),
    ("sign before a power", "SELECT - 2 ^ 2"),
    ("IS DISTINCT FROM reached over AND", "SELECT g.k IS DISTINCT FROM true AND false FROM g"),
    (
        "decimals of CASE lost digits",
        "SELECT CASE WHEN g.k THEN g.i * 1.25 % 1.5 ELSE ceil(g.n * g.m) END FROM g",
    ),
    ("decimals of coalesce lost digits", "SELECT coalesce(g.m, ceil(g.n * g.n * g.n)) FROM g"),
    ("NULLIF took its first type", "SELECT nullif(g.i, 2.5) / 2 FROM g"),
    ("a precision was forgotten", "SELECT g.ts::timestamp(0) FROM g"),
    ("a constant group vanished", "SELECT 0 AS key, count(*) FROM g WHERE false GROUP BY 1"),
    ("GROUP BY () vanished", "SELECT 1 FROM g GROUP BY ()"),
    ("a constant NOT IN with NULLs", "SELECT g.i FROM g WHERE NOT (7 IN (SELECT h.j FROM h))"),
    (
        "a row NOT IN a query",
        "SELECT g.i FROM g WHERE NOT ((g.i, g.j) IN (SELECT h.i, h.j FROM h))",
    ),
    ("NOT IN under OR", "SELECT g.i FROM g WHERE g.i NOT IN (SELECT h.j FROM h) OR g.j = 1"),
    (
        "a correlated NOT IN",
        "SELECT g.i FROM g WHERE g.i NOT IN (SELECT h.j FROM h WHERE h.i < g.j)",
    ),
    ("NOT of an IN and more", "SELECT g.i FROM g WHERE NOT (g.i IN (SELECT h.j FROM h) AND g.k)"),
    (
        "RANGE before the row took NULLs",
        "SELECT g.i, count(*) OVER (ORDER BY g.i RANGE BETWEEN 2 PRECEDING AND 1 PRECEDING) FROM g",
    ),
    (
        "RANGE behind the row took NULLs",
        "SELECT g.i, sum(g.i) OVER (ORDER BY g.i DESC RANGE BETWEEN 1 FOLLOWING AND 2 FOLLOWING) FROM g",
    ),
    (
        "a frame that moves kept its least value",
        "SELECT g.i, min(g.j) OVER (ORDER BY g.i, g.j, g.x, g.n, g.f ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) FROM g",
    ),
    (
        "a frame that moves kept what was overshadowed",
        "SELECT var_pop(h.f) OVER (ORDER BY h.f ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM h",
    ),
    ("zeros counted apart", "SELECT count(DISTINCT h.f + h.f), sum(DISTINCT h.f) FROM h"),
    ("zeros ranked apart", "SELECT h.f, rank() OVER (ORDER BY h.f, h.i) FROM h"),
    ("zeros in partitions", "SELECT count(*) OVER (PARTITION BY h.f) FROM h"),
    ("zeros in a UNION", "SELECT h.f FROM h UNION SELECT h.f * -1 FROM h"),
    ("zeros of CASE", "SELECT CASE h.f * -1 WHEN 0 THEN 1 END, nullif(h.f * -1, 0) FROM h"),
    ("zeros sorted apart", "SELECT h.f, h.i FROM h ORDER BY h.f, h.i DESC"),
    ("an anchor inside a pattern", "SELECT g.x ~ 'a$b', g.x ~ 'a^b' FROM g"),
    ("a class inside SIMILAR TO", "SELECT g.x SIMILAR TO '\\w+' FROM g"),
    ("an empty match replaced", "SELECT regexp_replace(g.x, 'b*', '-', 'g') FROM g"),
    ("folding of cousins", "SELECT 'ſ' ~* 's'"),
    ("graphemes reversed", "SELECT reverse('e' || chr(769))"),
    ("two NULL arrays", "SELECT NULL::int[] || NULL::int[]"),
    ("a NULL delimiter", "SELECT string_agg(g.x, NULL ORDER BY g.x) FROM g"),
    ("DISTINCT without order", "SELECT array_agg(DISTINCT g.i) FROM g"),
    (
        "decimals of a recursive query",
        "WITH RECURSIVE r(n) AS (SELECT 1.0 UNION ALL SELECT n / 2 FROM r WHERE n > 0.1) SELECT n FROM r",
    ),
    ("frame offset of a column", "SELECT sum(g.i) OVER (ORDER BY g.i ROWS g.i PRECEDING) FROM g"),
    ("ntile of a column", "SELECT ntile(g.j) OVER (ORDER BY g.i) FROM g"),
    ("equality of a quotient", "SELECT g.n / 3 * 3 = g.n FROM g"),
    ("a quotient as bigint", "SELECT (9007199254740993.0 / 1)::int8"),
    ("variance of infinity", "SELECT var_pop(x) FROM (SELECT 'Infinity'::float8 AS x) q"),
    ("the year before 1", "SELECT make_date(-44, 3, 15)"),
    ("padding with nothing", "SELECT lpad('a', 3, '')"),
    ("padded and plain text in one column", "SELECT 'a'::char(3) UNION SELECT g.x FROM g"),
    ("bytes of padded text", "SELECT octet_length('a'::char(3))"),
    ("the smallest integer is one constant", "SELECT -2147483648 - 1"),
    ("text beyond the range of floats", "SELECT x::float8 FROM (SELECT '1e400'::text AS x) q"),
    ("DataFusion wraps a quotient", "SELECT (-2147483647 - 1) / -1"),
    (
        "a zero sorted below zero",
        "SELECT z.i FROM (VALUES ('-0'::float8, 2), ('0'::float8, 1)) AS z(f, i) ORDER BY z.f, z.i LIMIT 1",
    ),
    (
        "two groups of zeros",
        "SELECT z.f, count(*) FROM (VALUES ('-0'::float8), ('0'::float8)) AS z(f) GROUP BY z.f",
    ),
    (
        "two zeros counted",
        "SELECT count(DISTINCT z.f) FROM (VALUES ('-0'::float8), ('0'::float8)) AS z(f)",
    ),
    (
        "ranks of zeros",
        "SELECT rank() OVER (ORDER BY z.f), count(*) OVER (PARTITION BY z.f) FROM (VALUES ('-0'::float8), ('0'::float8)) AS z(f)",
    ),
    ("a UNION of zeros", "SELECT '-0'::float8 AS f UNION SELECT '0'::float8"),
    (
        "a NaN below all numbers",
        "SELECT z.f - z.f > 1 FROM (VALUES ('Infinity'::float8), ('1'::float8)) AS z(f)",
    ),
    (
        "a decimal rounded twice",
        "SELECT z.n::float8 = 4503599627370495::float8 FROM (SELECT 4503599627370495.12345::numeric(38,5) AS n) AS z",
    ),
    (
        "a sort key that an output hides",
        "SELECT g.i AS j, g.j AS i FROM g ORDER BY g.j NULLS LAST, g.i NULLS LAST, g.x NULLS LAST",
    ),
];

#[tokio::test]
async fn what_was_once_wrong_is_right_or_refused() {
    let mut world = World::start().await;
    world.load(&data::table("g"), &data::batch(7, 40).unwrap()).await;
    world.load(&data::table("h"), &data::batch(8, 25).unwrap()).await;
    let mut wrong = Vec::new();
    for (what, sql) in ONCE_WRONG {
        let legacy = world.legacy(sql).await;
        for to in [Dialect::DuckDb, Dialect::DataFusion] {
            let Ok(translation) = world.transpiler(to).translate(sql, &[]) else { continue };
            let governed = world.target(&translation.sql, to).await;
            let judgement = verdict(sql, &legacy, &governed);
            if judgement.verdict == Verdict::Mismatch {
                wrong.push(format!(
                    "{what} on {to}: {sql} => {}\n  {:?}",
                    translation.sql,
                    judgement.differences.examples.first()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
