//! JSON on `DataFusion`, which has no functions of it: what patterns find in documents is what
//! PostgreSQL finds, or an error.

use crate::world::{World, verdict};
use model::{Dialect, Verdict};

const DOCUMENTS: [&str; 40] = [
    r#"{"a": 1, "b": "x"}"#,
    r#"{"a": "x, \"y\"", "b": {"a": 2}}"#,
    r#"{"b": {"a": 1}, "a": null}"#,
    r#"{"a": 1, "a": 2}"#,
    r#"{"a": {"b": 1}, "a": {"c": 2}}"#,
    r#"{ "a" : [1, [2, 3], {"b": "]"}] , "b" : [ ] }"#,
    r#"{"a":"","b":" "}"#,
    r#"{"a":"null","b":true}"#,
    r#"{"x:a": 1, "x,\"a\"": 2, "a": 3}"#,
    r#"{"\u0061": 1}"#,
    r#"{"a": "\u00e9"}"#,
    r#"{"a": "\\u00e9 \\ \/ \n\t\r\b\f"}"#,
    r#"{"a": "\\"}"#,
    r#"{"a": {"b": "\n"}}"#,
    r#"{"a": "{[,:]}", "b": "a\": 1"}"#,
    r#"{"a": -1.50e+3, "b": 0}"#,
    r#"{"a": false}"#,
    "{}",
    "[]",
    "[ ]",
    r#"[1, "a", null, {"a": 5}, [6, 7]]"#,
    r#"["a:1", "b,2"]"#,
    "[[], [[]], [[[]]]]",
    r#"[{"a": 1}, {"a": 2}]"#,
    "[null]",
    r#""a""#,
    "null",
    "12",
    r#"  {"a": 1}  "#,
    r#"{"a": [[[[[[[[1]]]]]]]]}"#,
    r#"{"a": {"b": {"a": {"b": {"a": {"b": 1}}}}}}"#,
    r#"{"é": 1, "a": "日本"}"#,
    r#"{"a": 1,}"#,
    r#"{"a" 1}"#,
    "{a: 1}",
    "[1 2]",
    "[01]",
    r#"{"a": tru}"#,
    "",
    r#"{"a": "x"#,
];

const PATHS: [&str; 15] = [
    "->> 'a'",
    "->> 'b'",
    "-> 'a' ->> 'b'",
    "-> 'a' -> 'b' ->> 'a'",
    "->> 0",
    "->> 2",
    "-> 'a' ->> 1",
    "-> 1 ->> 'a'",
    "#>> '{a,b}'",
    "#>> '{a,1}'",
    "#>> '{0,a}'",
    "#>> '{0}'",
    "->> 'x:a'",
    "->> 'é'",
    "->> 'it''s'",
];

#[tokio::test]
async fn what_patterns_find_is_what_postgres_finds() {
    let mut world = World::start().await;
    let transpiler = world.transpiler(Dialect::DataFusion);
    let (mut faults, mut found) = (Vec::new(), 0);
    for document in DOCUMENTS {
        let paths = PATHS.iter().map(|path| format!("v.x::json {path}"));
        let about = ["json_typeof(v.x::json)", "json_array_length(v.x::json)"].map(str::to_owned);
        for value in paths.chain(about) {
            let text = document.replace('\'', "''");
            let sql = format!("SELECT {value} AS v FROM (VALUES ('{text}')) AS v(x)");
            let translation = transpiler.translate(&sql, &[]).unwrap();
            let legacy = world.legacy(&sql).await;
            let governed = world.target(&translation.sql, Dialect::DataFusion).await;
            // What is not known of a document is raised.
            if governed.as_ref().is_err_and(|failure| failure.sqlstate.class() == "22") {
                continue;
            }
            found += 1;
            let judgement = verdict(&sql, &legacy, &governed);
            if judgement.verdict != Verdict::Match {
                let example = judgement.differences.examples.first();
                faults.push(format!("{sql}: {example:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(found > 300, "only {found} were not raised");
}
