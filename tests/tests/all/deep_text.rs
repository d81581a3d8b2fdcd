//! Nesting costs as much as it is deep: work that doubles with each level would not end here.

use crate::coverage_page::sources;
use model::Dialect;
use std::time::{Duration, Instant};
use transpiler::{TARGETS, Transpiler};

/// Levels of each form: twice the work for each of them would take longer than anyone waits.
const LEVELS: usize = 40;

/// More than any of these takes on a busy machine without optimisation, which is some 0.1 s.
const LONGEST: Duration = Duration::from_secs(20);

/// What is put around a value.
const VALUES: [&str; 26] = [
    "abs({})",
    "round({})",
    "round({}, 2)",
    "sign({})",
    "greatest({}, 2)",
    "least(2, {})",
    "coalesce({}, 1)",
    "nullif({}, 7)",
    "upper({})",
    "substr({}, 1, 2)",
    "concat({}, 'a')",
    "replace({}, 'a', 'b')",
    "({}) / 2",
    "2 / ({})",
    "({}) + 1",
    "-({})",
    "CAST({} AS int)",
    "CAST(CAST({} AS varchar(20)) AS int)",
    "CASE WHEN {} > 1 THEN 1 ELSE 2 END",
    "CASE {} WHEN 1 THEN 2 END",
    "(SELECT max({}))",
    "max((SELECT max({})))",
    "(SELECT {} AS a)",
    "(ARRAY[{}])[1]",
    "if({} > 1, 1, 2)",
    "({}) IN (1, 2)",
];

/// What is put around a query of one column `i`.
const QUERIES: [&str; 10] = [
    "SELECT q.i FROM ({}) AS q",
    "SELECT q.i FROM ({}) AS q FULL JOIN (SELECT 1 AS i) AS t ON q.i = t.i",
    "SELECT q.i FROM ({}) AS q LEFT JOIN (SELECT 1 AS i) AS t ON q.i = t.i ORDER BY t.i, q.i",
    "SELECT q.i FROM (SELECT 1 AS i) AS t LEFT JOIN LATERAL ({}) AS q ON true",
    "SELECT 1 AS i WHERE EXISTS ({})",
    "SELECT 1 AS i WHERE 1 IN ({})",
    "WITH q AS ({}) SELECT q.i FROM q",
    "SELECT 1 AS i UNION ({})",
    "SELECT 1 AS i EXCEPT ({})",
    "SELECT q.i, q.i AS j FROM ({}) AS q GROUP BY q.i HAVING count(*) > 0",
];

fn nested(form: &str, inside: &str) -> String {
    (0..LEVELS).fold(inside.to_owned(), |inside, _| form.replacen("{}", &inside, 1))
}

#[test]
fn nesting_costs_as_much_as_it_is_deep() {
    let values = VALUES.iter().map(|form| format!("SELECT {} AS x", nested(form, "1.5")));
    let texts = VALUES.iter().map(|form| format!("SELECT {} AS x", nested(form, "'1'")));
    let queries = QUERIES.iter().map(|form| nested(form, "SELECT 1 AS i"));
    let all: Vec<String> = values.chain(texts).chain(queries).collect();
    let sources: Vec<Dialect> = sources().collect();
    assert!(sources.len() >= 11, "{sources:?}");
    let mut slow = Vec::new();
    for (index, sql) in all.iter().enumerate() {
        for (at, from) in sources.iter().copied().enumerate() {
            let to = TARGETS[(index + at) % TARGETS.len()];
            let start = Instant::now();
            let _ = Transpiler::new(from, to, &[]).translate(sql, &[]);
            if start.elapsed() > LONGEST {
                let shown: String = sql.chars().take(60).collect();
                slow.push(format!("{from} to {to}, {:?}: {shown}", start.elapsed()));
            }
        }
    }
    assert!(slow.is_empty(), "{}", slow.join("\n"));
}
