//! Queries of a small PostgreSQL grammar over the tables of [`crate::data`], well typed by
//! construction where they are in parentheses. Some are written without parentheses: PostgreSQL
//! then decides what they mean, or that they mean nothing.

use proptest::{prelude::*, strategy::BoxedStrategy};

/// Depth of nested expressions.
const DEPTH: u32 = 3;

fn one(texts: &'static [&'static str]) -> BoxedStrategy<String> {
    proptest::sample::select(texts).prop_map(ToOwned::to_owned).boxed()
}

/// `(a op b)`, or `a op b` one time in four.
fn binary(
    left: BoxedStrategy<String>,
    ops: &'static [&'static str],
    right: BoxedStrategy<String>,
) -> BoxedStrategy<String> {
    (left, proptest::sample::select(ops), right, 0..4_u8)
        .prop_map(
            |(l, op, r, bare)| {
                if bare == 0 { format!("{l} {op} {r}") } else { format!("({l} {op} {r})") }
            },
        )
        .boxed()
}

/// Whole numbers.
pub fn integer(depth: u32) -> BoxedStrategy<String> {
    let leaf = one(&["g.i", "g.j", "h.i", "0", "1", "2", "7", "-3", "NULL::int"]);
    if depth == 0 {
        return leaf;
    }
    let inner = || integer(depth - 1);
    prop_oneof![
        3 => leaf,
        3 => binary(inner(), &["+", "-", "*", "/", "%"], inner()),
        1 => text(depth - 1).prop_map(|t| format!("length({t})")),
        1 => numeric(depth - 1).prop_map(|n| format!("CAST({n} AS integer)")),
        1 => float(depth - 1).prop_map(|f| format!("({f})::int")),
        1 => date(depth - 1).prop_map(|d| format!("extract(month FROM {d})::int")),
        1 => (condition(depth - 1), inner(), inner())
            .prop_map(|(c, a, b)| format!("CASE WHEN {c} THEN {a} ELSE {b} END")),
        1 => (inner(), inner()).prop_map(|(a, b)| format!("coalesce({a}, {b})")),
        1 => (inner(), inner()).prop_map(|(a, b)| format!("greatest({a}, {b})")),
        1 => (inner(), inner()).prop_map(|(a, b)| format!("nullif({a}, {b})")),
        1 => inner().prop_map(|a| format!("abs({a})")),
        1 => (date(depth - 1), date(depth - 1)).prop_map(|(a, b)| format!("({a} - {b})")),
    ]
    .boxed()
}

/// Exact decimals.
pub fn numeric(depth: u32) -> BoxedStrategy<String> {
    let leaf = one(&["g.n", "g.m", "h.n", "1.5", "0.06", "100", "NULL::numeric(6,2)"]);
    if depth == 0 {
        return leaf;
    }
    let inner = || numeric(depth - 1);
    prop_oneof![
        3 => leaf,
        3 => binary(inner(), &["+", "-", "*"], inner()),
        1 => binary(inner(), &["/", "%"], inner()),
        1 => inner().prop_map(|n| format!("round({n}, 1)")),
        1 => inner().prop_map(|n| format!("trunc({n})")),
        1 => inner().prop_map(|n| format!("ceil({n})")),
        1 => inner().prop_map(|n| format!("({n})::numeric(20,3)")),
        1 => integer(depth - 1).prop_map(|i| format!("({i} * 1.25)")),
        1 => inner().prop_map(|n| format!("-{n}")),
        1 => (condition(depth - 1), inner(), inner())
            .prop_map(|(c, a, b)| format!("CASE WHEN {c} THEN {a} ELSE {b} END")),
    ]
    .boxed()
}

/// Floats.
pub fn float(depth: u32) -> BoxedStrategy<String> {
    let leaf = one(&["g.f", "h.f", "2.5::float8", "NULL::float8"]);
    if depth == 0 {
        return leaf;
    }
    let inner = || float(depth - 1);
    prop_oneof![
        3 => leaf,
        2 => binary(inner(), &["+", "-", "*", "/"], inner()),
        1 => inner().prop_map(|f| format!("round({f})")),
        1 => inner().prop_map(|f| format!("floor({f})")),
        1 => integer(depth - 1).prop_map(|i| format!("({i})::float8")),
        1 => numeric(depth - 1).prop_map(|n| format!("({n})::float8")),
    ]
    .boxed()
}

/// Text.
pub fn text(depth: u32) -> BoxedStrategy<String> {
    let leaf = one(&["g.x", "g.y", "h.x", "'a'", "''", "'a_b'", "NULL::text"]);
    if depth == 0 {
        return leaf;
    }
    let inner = || text(depth - 1);
    let small = || integer(0);
    prop_oneof![
        3 => leaf,
        2 => binary(inner(), &["||"], inner()),
        1 => inner().prop_map(|t| format!("lower({t})")),
        1 => inner().prop_map(|t| format!("upper({t})")),
        1 => (inner(), small(), small())
            .prop_map(|(t, s, l)| format!("substring({t} FROM {s} FOR {l})")),
        1 => (inner(), small()).prop_map(|(t, s)| format!("substr({t}, {s})")),
        1 => (inner(), small()).prop_map(|(t, n)| format!("left({t}, {n})")),
        1 => (inner(), small()).prop_map(|(t, n)| format!("right({t}, {n})")),
        1 => inner().prop_map(|t| format!("trim({t})")),
        1 => (inner(), inner()).prop_map(|(a, b)| format!("concat({a}, {b})")),
        1 => (inner(), inner()).prop_map(|(a, b)| format!("replace({a}, {b}, 'z')")),
        1 => inner().prop_map(|t| format!("({t})::varchar(2)")),
        1 => integer(depth - 1).prop_map(|i| format!("({i})::text")),
        1 => date(depth - 1).prop_map(|d| format!("to_char({d}, 'YYYY-MM')")),
        1 => inner().prop_map(|t| format!("split_part({t}, '_', 1)")),
    ]
    .boxed()
}

/// Dates.
pub fn date(depth: u32) -> BoxedStrategy<String> {
    let leaf = one(&["g.d", "h.d", "DATE '2024-01-31'", "NULL::date"]);
    if depth == 0 {
        return leaf;
    }
    prop_oneof![
        3 => leaf,
        1 => date(depth - 1).prop_map(|d| format!("({d} + 31)")),
        1 => timestamp(depth - 1).prop_map(|t| format!("({t})::date")),
    ]
    .boxed()
}

/// Timestamps.
pub fn timestamp(depth: u32) -> BoxedStrategy<String> {
    let leaf = one(&["g.ts", "h.ts", "TIMESTAMP '2000-02-29 23:59:59.25'"]);
    if depth == 0 {
        return leaf;
    }
    prop_oneof![
        3 => leaf,
        1 => date(depth - 1).prop_map(|d| format!("({d} + INTERVAL '1 month')")),
        1 => timestamp(depth - 1).prop_map(|t| format!("({t} - INTERVAL '36 hours')")),
        1 => timestamp(depth - 1).prop_map(|t| format!("date_trunc('week', {t})")),
    ]
    .boxed()
}

const COMPARE: &[&str] = &["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"];

/// Conditions.
pub fn condition(depth: u32) -> BoxedStrategy<String> {
    let leaf = one(&["g.k", "h.k", "true", "NULL::boolean", "g.i IS NULL", "g.x IS NOT NULL"]);
    if depth == 0 {
        return leaf;
    }
    prop_oneof![
        1 => leaf,
        2 => binary(integer(depth - 1), COMPARE, integer(depth - 1)),
        1 => binary(numeric(0), COMPARE, numeric(depth - 1)),
        1 => binary(text(depth - 1), COMPARE, text(depth - 1)),
        1 => binary(date(depth - 1), COMPARE, timestamp(depth - 1)),
        2 => binary(condition(depth - 1), &["AND", "OR"], condition(depth - 1)),
        1 => condition(depth - 1).prop_map(|c| format!("NOT {c}")),
        1 => condition(depth - 1).prop_map(|c| format!("({c}) IS NOT TRUE")),
        1 => (text(depth - 1), one(&["'a%'", "'%\\_%'", "'_'", "'%b'", "''"]))
            .prop_map(|(t, p)| format!("({t} LIKE {p})")),
        1 => text(depth - 1).prop_map(|t| format!("({t} ~ '^a')")),
        1 => (integer(depth - 1), integer(0), integer(0))
            .prop_map(|(a, b, c)| format!("({a} BETWEEN {b} AND {c})")),
        1 => integer(depth - 1).prop_map(|i| format!("({i} IN (1, 2, NULL))")),
        1 => text(depth - 1).prop_map(|t| format!("({t} NOT IN ('a', 'ab'))")),
        1 => integer(0).prop_map(|i| format!("({i} IN (SELECT z.j FROM h AS z WHERE z.k))")),
        1 => Just("EXISTS (SELECT * FROM h AS z WHERE z.i = g.j)".to_owned()),
    ]
    .boxed()
}

/// A value of any type.
fn any() -> BoxedStrategy<String> {
    prop_oneof![
        integer(DEPTH),
        numeric(DEPTH),
        float(2),
        text(DEPTH),
        date(2),
        timestamp(2),
        condition(DEPTH),
    ]
    .boxed()
}

/// An aggregate over the group.
fn aggregate() -> BoxedStrategy<String> {
    prop_oneof![
        Just("count(*)".to_owned()),
        any().prop_map(|e| format!("count({e})")),
        any().prop_map(|e| format!("count(DISTINCT {e})")),
        integer(2).prop_map(|e| format!("sum({e})")),
        numeric(2).prop_map(|e| format!("sum({e})")),
        integer(2).prop_map(|e| format!("avg({e})")),
        numeric(2).prop_map(|e| format!("avg({e})")),
        text(2).prop_map(|e| format!("max({e})")),
        date(1).prop_map(|e| format!("min({e})")),
        condition(2).prop_map(|e| format!("bool_and({e})")),
        (integer(1), condition(1)).prop_map(|(e, c)| format!("sum({e}) FILTER (WHERE {c})")),
        (integer(1), integer(1)).prop_map(|(a, b)| format!("sum({a}) / count({b})")),
    ]
    .boxed()
}

/// A window function.
fn window() -> BoxedStrategy<String> {
    let order =
        prop_oneof![Just(""), Just(" DESC"), Just(" NULLS FIRST"), Just(" DESC NULLS LAST")];
    let function = prop_oneof![
        Just("rank()".to_owned()),
        Just("dense_rank()".to_owned()),
        integer(1).prop_map(|e| format!("sum({e})")),
        numeric(1).prop_map(|e| format!("max({e})")),
        Just("count(*)".to_owned()),
    ];
    (function, one(&["g.j", "g.x", "g.k"]), one(&["g.i", "g.n", "g.x", "g.d"]), order)
        .prop_map(|(f, part, key, dir)| {
            format!("{f} OVER (PARTITION BY {part} ORDER BY {key}{dir})")
        })
        .boxed()
}

const FROM: &[&str] = &[
    "FROM g CROSS JOIN (SELECT * FROM h LIMIT 0) AS h",
    "FROM g JOIN h ON g.i = h.i",
    "FROM g LEFT JOIN h ON g.i = h.j AND h.k",
    "FROM g FULL JOIN h ON g.i = h.i",
    "FROM g, h WHERE g.j = h.j",
];

/// A whole query.
pub fn query() -> BoxedStrategy<String> {
    let clause = |from: &str, condition: &str| {
        if from.contains("WHERE") {
            format!("{from} AND ({condition})")
        } else {
            format!("{from} WHERE {condition}")
        }
    };
    let plain = (
        proptest::collection::vec(any(), 1..4),
        proptest::sample::select(FROM),
        condition(2),
        proptest::bool::ANY,
    )
        .prop_map(move |(items, from, condition, distinct)| {
            let distinct = if distinct { "DISTINCT " } else { "" };
            format!("SELECT {distinct}{} {}", items.join(", "), clause(from, &condition))
        });
    let grouped = (
        prop_oneof![integer(1), text(1), condition(1), date(1)],
        proptest::collection::vec(aggregate(), 1..3),
        proptest::sample::select(FROM),
        condition(1),
    )
        .prop_map(move |(key, aggregates, from, condition)| {
            format!(
                "SELECT {key} AS key, {} {} GROUP BY 1",
                aggregates.join(", "),
                clause(from, &condition)
            )
        });
    let windowed = (window(), proptest::sample::select(FROM))
        .prop_map(|(window, from)| format!("SELECT g.i, g.x, {window} AS w {from}"));
    let ordered = (
        prop_oneof![integer(1), numeric(1), text(1), timestamp(1)],
        prop_oneof![Just(""), Just(" DESC"), Just(" NULLS FIRST"), Just(" DESC NULLS LAST")],
        proptest::sample::select(FROM),
    )
        .prop_map(|(key, direction, from)| {
            format!("SELECT {key} AS key {from} ORDER BY key{direction}")
        });
    let united = (integer(1), numeric(1), proptest::sample::select(&["UNION", "UNION ALL", "EXCEPT", "INTERSECT"][..]))
        .prop_map(|(a, b, op)| {
            format!("SELECT {a} AS v FROM g, h WHERE g.j = h.j {op} SELECT {b} FROM g JOIN h ON g.i = h.i")
        });
    prop_oneof![4 => plain, 3 => grouped, 1 => windowed, 2 => ordered, 1 => united].boxed()
}
