//! The tables of identities: each function that is passed on unchanged gives the same value on
//! PostgreSQL and the target, over edge values of its argument types.

use crate::world::{World, verdict};
use model::{Dialect, Verdict};

/// Edge values of a type as the tables of identities spell it.
fn values(ty: &str) -> &'static [&'static str] {
    match ty {
        "bool" => &["true", "false", "NULL::bool"],
        "int2" => &["0::int2", "7::int2", "(-3)::int2", "NULL::int2"],
        "int4" => {
            &["0", "1", "2", "-1", "7", "100", "2147483647", "(-2147483647 - 1)", "NULL::int4"]
        }
        "int8" => &["0::int8", "5000000000", "-3::int8", "9223372036854775807", "NULL::int8"],
        "numeric" => &["0.00", "1.5", "-2.50", "123456.789", "-0.05", "NULL::numeric(8,2)"],
        "float8" => &[
            "0::float8",
            "'-0'::float8",
            "0.5::float8",
            "-2.5::float8",
            "1e10::float8",
            "'NaN'::float8",
            "'Infinity'::float8",
            "NULL::float8",
        ],
        "float4" => &["0::float4", "1.5::float4", "NULL::float4"],
        "text" => &["''", "'abc'", "'aßÉ日本'", "' pad '", "'a_b%c'", "'xyxyx'", "NULL::text"],
        "bytea" => &["'\\x'::bytea", "'\\x00'::bytea", "'\\x61ff0a5c'::bytea", "NULL::bytea"],
        "date" => &["DATE '2024-02-29'", "DATE '1969-12-31'", "DATE '2021-01-03'", "NULL::date"],
        "timestamp" => &[
            "TIMESTAMP '2024-02-29 23:59:59.5'",
            "TIMESTAMP '1969-12-31 23:59:59.999999'",
            "NULL::timestamp",
        ],
        "timestamptz" => &[
            "TIMESTAMPTZ '2024-03-10 09:30:00+00'",
            "TIMESTAMPTZ '2024-02-29 23:59:59.5+00'",
            "TIMESTAMPTZ '1969-12-31 23:59:59.999999+00'",
            "NULL::timestamptz",
        ],
        "time" => &["TIME '00:00'", "TIME '10:30:00.25'", "TIME '23:59:59.999999'", "NULL::time"],
        "uuid" => &[
            "'00000000-0000-0000-0000-000000000001'::uuid",
            "'ffffffff-0000-0000-0000-000000000000'::uuid",
            "'7fffffff-ffff-ffff-ffff-ffffffffffff'::uuid",
            "NULL::uuid",
        ],
        "char" => {
            &["'a'::char(3)", "'a  '::char(3)", "'B'::char(3)", "''::char(3)", "NULL::char(3)"]
        }
        "interval" => &[
            "INTERVAL '1 month'",
            "INTERVAL '-36 hours'",
            "INTERVAL '40 days'",
            "INTERVAL '30 days'",
            "INTERVAL '720 hours'",
            "NULL::interval",
            "INTERVAL '14 months -75 days 100 hours 0.5 seconds'",
        ],
        "int4[]" => &["ARRAY[1, 2, 2, NULL]", "ARRAY[7]", "'{}'::int4[]", "NULL::int4[]"],
        "int8[]" => &["ARRAY[5000000000, NULL, -3]"],
        "date[]" => &["ARRAY[DATE '2024-02-29', NULL]"],
        "text[]" => &["ARRAY['abc', '', NULL]"],
        // Unknown digits and single floats come from columns and settings of their own; their
        // lines repeat those of the types above.
        _ => &[],
    }
}

/// All combinations of argument values.
fn combinations(name: &str, types: &[&str]) -> Vec<Vec<&'static str>> {
    if ["lpad", "rpad"].contains(&name) {
        // Lengths that fit in memory.
        let fillers: &[&str] = if types.len() > 2 { &["''", "'xy'", "NULL::text"] } else { &[""] };
        let texts = values("text").iter();
        let sized = texts.flat_map(|t| ["0", "2", "7", "-1", "NULL::int4"].map(|n| [*t, n]));
        let filled = sized.flat_map(|two| fillers.iter().map(move |filler| (two, *filler)));
        return filled
            .map(|(two, filler)| {
                two.into_iter().chain(Some(filler).filter(|f| !f.is_empty())).collect()
            })
            .collect();
    }
    if types == ["date", "int4"] {
        // The targets' dates reach further than PostgreSQL's, which raises an error there.
        return values("date")
            .iter()
            .flat_map(|d| ["0", "31", "-400", "NULL::int4"].map(|n| vec![*d, n]))
            .collect();
    }
    types.iter().fold(vec![Vec::new()], |all, ty| {
        // Of many arguments two values each and NULL: all of them would be half a million.
        let all_values = values(ty);
        let (first, last) = all_values.split_at(all_values.len().min(2));
        let few = [first, last.last().map_or(&[], std::slice::from_ref)].concat();
        let taken = if types.len() > 4 { few } else { all_values.to_vec() };
        all.iter()
            .flat_map(|head| taken.iter().map(move |v| [head.as_slice(), &[*v]].concat()))
            .collect()
    })
}

/// PostgreSQL text that applies the function or operator.
fn call(name: &str, args: &[&str]) -> String {
    let operator = !name.chars().any(char::is_alphabetic);
    match (name, args) {
        ("unary -" | "unary +", [a]) => format!("{}({a})", name.trim_start_matches("unary ")),
        ("position", [text, needle]) => format!("position({needle} IN {text})"),
        (_, [a, b]) if operator => format!("({a}) {name} ({b})"),
        (_, [a]) if operator => format!("{name}({a})"),
        (_, [a]) if name.starts_with("cast ") => {
            let ty = match name.trim_start_matches("cast ") {
                "numeric" => "numeric(12, 2)",
                other => other,
            };
            format!("CAST({a} AS {ty})")
        }
        _ => match name.strip_prefix("extract ") {
            Some(field) => format!("extract({field} FROM {})", args.join(", ")),
            None => format!("{name}({})", args.join(", ")),
        },
    }
}

#[tokio::test]
async fn identities_are_identical() {
    let mut world = World::start().await;
    let mut wrong = Vec::new();
    let mut executed = 0;
    for to in [Dialect::DuckDb, Dialect::DataFusion] {
        let transpiler = world.transpiler(to);
        for identity in transpiler::identities(to) {
            let (name, types) = identity.split_once('(').unwrap();
            let types: Vec<&str> =
                types.trim_end_matches(')').split(", ").filter(|t| !t.is_empty()).collect();
            for args in combinations(name, &types) {
                let sql = format!("SELECT {} AS v", call(name, &args));
                let Ok(translation) = transpiler.translate(&sql, &[]) else { continue };
                let legacy = world.legacy(&sql).await;
                if legacy.as_ref().is_err_and(|f| f.sqlstate.class() == "42") {
                    continue;
                }
                let governed = world.target(&translation.sql, to).await;
                executed += 1;
                let judgement = verdict(&sql, &legacy, &governed);
                if judgement.verdict == Verdict::Mismatch {
                    let example = judgement.differences.examples.first();
                    let example = format!("{example:?}").chars().take(300).collect::<String>();
                    wrong.push(format!("{to} {identity}: {sql} => {} {example}", translation.sql));
                    // One example of a wrong line is enough.
                    break;
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(executed > 1000, "only {executed} calls were executed");
}

/// Types of keys, and of the arrays of them.
const KEYS: [&str; 17] = [
    "bool",
    "int2",
    "int4",
    "int8",
    "numeric",
    "float4",
    "float8",
    "text",
    "char",
    "bytea",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "interval",
    "int4[]",
];

/// Queries that tell rows apart, or sort them, by `v`: what each does, and its text.
fn keyed(rows: &str) -> Vec<String> {
    let from = format!("(VALUES {rows}) AS x (v)");
    let both = format!("(SELECT v FROM {from}) AS a JOIN (SELECT v FROM {from}) AS b USING (v)");
    vec![
        format!("SELECT count(*) AS n FROM {from} GROUP BY v"),
        format!("SELECT count(*) AS n FROM (SELECT DISTINCT v FROM {from}) AS d"),
        format!("SELECT count(DISTINCT v) AS n FROM {from}"),
        format!("SELECT count(*) OVER (PARTITION BY v) AS n FROM {from}"),
        format!("SELECT rank() OVER (ORDER BY v) AS n FROM {from}"),
        format!("SELECT rank() OVER (ORDER BY v DESC) AS n FROM {from}"),
        format!("SELECT v IS NULL AS n FROM {from} ORDER BY v NULLS FIRST"),
        format!("SELECT rank() OVER (ORDER BY v) AS n FROM {from} ORDER BY v NULLS FIRST"),
        format!("SELECT count(*) AS n FROM (SELECT v FROM {from} UNION SELECT v FROM {from}) AS u"),
        format!("SELECT count(*) AS n FROM {both}"),
        format!("SELECT nullif(v, v) IS NULL AS n FROM {from}"),
        format!("SELECT greatest(v, v) IS NULL AS n FROM {from}"),
    ]
}

#[tokio::test]
async fn keys_are_told_apart_and_sorted_alike() {
    let mut world = World::start().await;
    let mut wrong = Vec::new();
    for to in [Dialect::DuckDb, Dialect::DataFusion] {
        let transpiler = world.transpiler(to);
        let mut kept = Vec::new();
        for ty in KEYS {
            let single: Vec<String> = values(ty).iter().map(|v| format!("({v})")).collect();
            let arrays = [&single[..], &["(NULL)".to_owned()]].concat();
            let arrays: Vec<String> = arrays
                .iter()
                .flat_map(|v| [format!("(ARRAY[{v}, {v}])"), format!("(ARRAY[{v}])")])
                .collect();
            for (what, rows) in [(ty.to_owned(), single), (format!("{ty}[]"), arrays)] {
                for sql in keyed(&rows.join(", ")) {
                    let Ok(translation) = transpiler.translate(&sql, &[]) else { continue };
                    kept.push((what.clone(), sql.clone()));
                    let legacy = world.legacy(&sql).await;
                    let governed = world.target(&translation.sql, to).await;
                    if verdict(&sql, &legacy, &governed).verdict != Verdict::Match {
                        wrong.push(format!("{to} {what}: {sql}\n  => {}", translation.sql));
                    }
                }
            }
        }
        let refused = to == Dialect::DataFusion;
        let intervals: Vec<_> = kept.iter().filter(|(ty, _)| ty.starts_with("interval")).collect();
        assert_eq!(refused, intervals.is_empty(), "{to}: {intervals:?}");
        assert!(kept.len() > 100, "{to} has few keys: {}", kept.len());
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
