//! JSON on DuckDB: each expression over each document gives PostgreSQL's answer, or the statement
//! is refused, or raises that the answer is not known.

use crate::world::{World, verdict};
use model::{Dialect, Verdict};

const DOCUMENTS: [&str; 34] = [
    r"{}",
    r"[]",
    r"null",
    r"true",
    r"5",
    r"-0",
    r"1.50",
    r"1e2",
    r"-0.0",
    r"123456789012345678901234567890",
    r"0.1234567890123456789",
    r#""x""#,
    r#""""#,
    r#""a\"b\\c\/d\u00e9\n""#,
    r#""\u001f\u0001""#,
    r#"{"a": 1, "b": 2}"#,
    r#"{"b":1,"a":1.50}"#,
    r#"{"a": null}"#,
    r#"{"a": {"b": [1, 2.0, {"c": "d, e: f"}]}}"#,
    r#"{"a": [1, 2, 3], "0": "zero"}"#,
    r#"{ "a" : "x" , "bb" : [ true , null ] }"#,
    r#"{"a": 1, "a": 2}"#,
    r#"{"a": {"z": 1, "z": 2}, "c": 3}"#,
    r#"{"a": "12", "b": "1.5", "c": " 7 "}"#,
    r#"{"A": 1, "é": "ü", "": 3, "a b": 4, "a.b": 5}"#,
    r#"["a", "b", 1, 1.0, null, true, {"a": 1}, [1, 2]]"#,
    r"[1, [2, [3]]]",
    r#"[{"a": 1}, {"a": 2, "b": "x"}]"#,
    r#"{"a": "\"\\u0001", "b": "{[,:]}"}"#,
    r#"{"a": 1e-3, "b": -12.5E+3}"#,
    r"[1,]",
    r"NaN",
    r"{a: 1}",
    r"",
];

/// Over `d`, which is `jsonb`.
const EXPRESSIONS: [&str; 36] = [
    "d ->> 'a'",
    "d -> 'a' ->> 'b'",
    "d ->> 0",
    "d ->> -1",
    "d -> 'a' ->> 1",
    "d #>> '{a,b,0}'",
    "d #>> '{a,0}'",
    "d ->> '0'",
    "d ->> 'a b'",
    "d ->> 'é'",
    "d::text",
    "(d -> 'a')::text",
    "(d #> '{a,b}')::text",
    "jsonb_typeof(d)",
    "jsonb_typeof(d -> 'a')",
    "jsonb_array_length(d)",
    "jsonb_array_length(d -> 'a')",
    "d -> 'a' IS NULL",
    "d -> 0 IS NULL",
    "d ->> 'a' IS NULL",
    "(d ->> 'a')::int",
    "(d ->> 'a')::numeric(10, 2)",
    "(d ->> 'a') = 'x'",
    "d @> '{\"a\": 1}'",
    "d @> '[1]'",
    "d @> '\"x\"'",
    "d @> '{\"a\": {\"b\": [1]}}'",
    "d @> '[{\"a\": 1}]'",
    "d ? 'a'",
    "d ? 'x'",
    "(SELECT string_agg(v, ';' ORDER BY v COLLATE \"C\") FROM jsonb_array_elements_text(d) AS u(v))",
    "(SELECT string_agg(v::text, ';' ORDER BY v::text COLLATE \"C\") FROM jsonb_array_elements(d) AS u(v))",
    "(SELECT string_agg(k, ';' ORDER BY k COLLATE \"C\") FROM jsonb_object_keys(d) AS u(k))",
    "(SELECT string_agg(e.key || '=' || e.value, ';' ORDER BY e.key COLLATE \"C\") FROM jsonb_each_text(d) AS e)",
    "jsonb_build_object('z', d, 'k', d ->> 'a')::text",
    "(jsonb_agg(d))::text",
];

/// Over `d` too; JSON, of which DuckDB keeps the value, and the text where it is `jsonb`.
const VALUES: [&str; 6] = [
    "d",
    "d -> 'a'",
    "d -> 0",
    "d #> '{a,b}'",
    "jsonb_build_object('z', d, 'k', d -> 'a')",
    "jsonb_build_array(d, 1, 'x')",
];

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[tokio::test]
async fn documents_are_read_as_postgresql_reads_them() {
    let mut world = World::start().await;
    let transpiler = world.transpiler(Dialect::DuckDb);
    let mut wrong = Vec::new();
    let (mut executed, mut refused) = (0, 0);
    for document in DOCUMENTS {
        let text = quoted(document);
        for expression in EXPRESSIONS.into_iter().chain(VALUES) {
            let json = expression.replace("jsonb_", "json_");
            let statements = [
                format!("SELECT {expression} AS v FROM (VALUES ({text}::jsonb)) AS t(d)"),
                format!("SELECT {json} AS v FROM (VALUES ({text}::json)) AS t(d)"),
                format!(
                    "SELECT {expression} AS v FROM (SELECT x::jsonb AS d FROM (VALUES ({text}::text)) AS s(x)) AS t"
                ),
                format!(
                    "SELECT {json} AS v FROM (SELECT x::json AS d FROM (VALUES ({text}::text)) AS s(x)) AS t"
                ),
            ];
            // What is read of text keeps the order of its keys.
            let only = if VALUES.contains(&expression) { 2 } else { statements.len() };
            for sql in statements.into_iter().take(only) {
                let Ok(translation) = transpiler.translate(&sql, &[]) else {
                    refused += 1;
                    continue;
                };
                let legacy = world.legacy(&sql).await;
                if legacy.as_ref().is_err_and(|failure| failure.sqlstate.class() == "42") {
                    continue;
                }
                let governed = world.target(&translation.sql, Dialect::DuckDb).await;
                if governed.as_ref().is_err_and(|failure| failure.message.contains("not known")) {
                    continue;
                }
                executed += 1;
                let judgement = verdict(&sql, &legacy, &governed);
                if judgement.verdict == Verdict::Mismatch {
                    let failure = governed.err().map(|failure| failure.to_string());
                    let example = format!("{:?}", judgement.differences.examples.first());
                    wrong.push(format!(
                        "{sql}\n  => {}\n  {failure:?} {}",
                        translation.sql,
                        example.chars().take(400).collect::<String>()
                    ));
                }
            }
        }
    }
    println!("{executed} executed, {refused} refused");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(executed > 2000, "only {executed} statements were executed");
}
