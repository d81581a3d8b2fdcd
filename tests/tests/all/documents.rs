//! JSON on DuckDB: each expression over each document gives PostgreSQL's answer, or the statement
//! is refused, or raises that the answer is not known.

use crate::world::{Answer, World, verdict, verdict_with_caveats};
use model::{Dialect, Fidelity, Judgement, Verdict};
use sql::SourceSettings;
use transpiler::Transpiler;

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

/// Of [`EXPRESSIONS`], those that make another text of what they read.
fn computes(expression: &str) -> bool {
    expression.starts_with("(SELECT") || expression.contains("build") || expression.contains("agg")
}

/// Is the document what PostgreSQL would write, but for the spelling of its numbers and its blanks?
fn is_usual(document: &str) -> bool {
    let twice = document.contains(r#""a": 1, "a""#) || document.contains(r#""z": 1, "z""#);
    !twice && !["[1,]", "NaN", "{a: 1}", ""].contains(&document)
}

/// Are the texts of its parts written in the only way that there is for them: no numbers with a
/// fraction, no escapes, nothing nested?
fn is_plain(document: &str) -> bool {
    let nested = document.matches(['{', '[']).count() > 1;
    is_usual(document) && !nested && !document.contains(['.', '\\', '-']) && document != "1e2"
}

fn transpiler(world: &World, json_text: &str) -> Transpiler {
    let settings = SourceSettings::with(Dialect::Postgres, [("json_text", json_text)]).unwrap();
    Transpiler::under(settings, Dialect::DuckDb, &world.catalog)
}

/// Each expression over each document, as `jsonb` and as `json`, as a constant and read from text.
fn statements() -> impl Iterator<Item = (&'static str, &'static str, usize, String)> {
    DOCUMENTS.into_iter().flat_map(|document| {
        let text = quoted(document);
        EXPRESSIONS.into_iter().chain(VALUES).flat_map(move |expression| {
            let json = expression.replace("jsonb_", "json_");
            let forms = [
                format!("SELECT {expression} AS v FROM (VALUES ({text}::jsonb)) AS t(d)"),
                format!("SELECT {json} AS v FROM (VALUES ({text}::json)) AS t(d)"),
                format!(
                    "SELECT {expression} AS v FROM (SELECT x::jsonb AS d FROM (VALUES ({text}::text)) AS s(x)) AS t"
                ),
                format!(
                    "SELECT {json} AS v FROM (SELECT x::json AS d FROM (VALUES ({text}::text)) AS s(x)) AS t"
                ),
            ];
            let numbered = forms.into_iter().enumerate();
            numbered.map(move |(form, sql)| (document, expression, form, sql))
        })
    })
}

struct Report {
    executed: u32,
    refused: u32,
    wrong: Vec<String>,
}

impl Report {
    fn settle(&self, least: u32) {
        println!("{} executed, {} refused", self.executed, self.refused);
        assert!(self.wrong.is_empty(), "{} wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
        assert!(self.executed > least, "only {} statements were executed", self.executed);
    }

    fn count(&mut self, sql: &str, translated: &str, governed: &Answer, judgement: &Judgement) {
        self.executed += 1;
        if judgement.verdict == Verdict::Mismatch {
            let failure = governed.as_ref().err().map(ToString::to_string);
            let example = format!("{:?}", judgement.differences.examples.first());
            let example = example.chars().take(400).collect::<String>();
            self.wrong.push(format!("{sql}\n  => {translated}\n  {failure:?} {example}"));
        }
    }
}

/// What PostgreSQL and DuckDB answer; nothing where PostgreSQL does not take the statement, or where
/// the translation says that it does not know the text.
async fn answers(world: &mut World, sql: &str, translated: &str) -> Option<(Answer, Answer)> {
    let legacy = world.legacy(sql).await;
    if legacy.as_ref().is_err_and(|failure| failure.sqlstate.class() == "42") {
        return None;
    }
    let governed = world.target(translated, Dialect::DuckDb).await;
    if governed.as_ref().is_err_and(|failure| failure.message.contains("not known")) {
        return None;
    }
    Some((legacy, governed))
}

/// With every text kept digit by digit.
#[tokio::test]
async fn documents_are_read_as_postgresql_reads_them() {
    let mut world = World::start().await;
    let transpiler = transpiler(&world, "exact");
    let mut report = Report { executed: 0, refused: 0, wrong: Vec::new() };
    for (_, expression, form, sql) in statements() {
        // What is read of text keeps the order of its keys.
        if form > 1 && VALUES.contains(&expression) {
            continue;
        }
        let Ok(translation) = transpiler.translate(&sql, &[]) else {
            report.refused += 1;
            continue;
        };
        let Some((legacy, governed)) = answers(&mut world, &sql, &translation.sql).await else {
            continue;
        };
        let judgement = verdict(&sql, &legacy, &governed);
        report.count(&sql, &translation.sql, &governed, &judgement);
    }
    report.settle(2000);
}

/// By default the value is kept: what is exact gives the same text, what is approximate the same
/// value, and the same text too of documents that can be written in one way only.
#[tokio::test]
async fn documents_keep_their_values() {
    let mut world = World::start().await;
    let transpiler = transpiler(&world, "value");
    let mut report = Report { executed: 0, refused: 0, wrong: Vec::new() };
    for (document, expression, _, sql) in statements() {
        let Ok(translation) = transpiler.translate(&sql, &[]) else {
            report.refused += 1;
            continue;
        };
        let approximate = translation.fidelity == Fidelity::Approximate;
        let sure = if computes(expression) { is_plain(document) } else { is_usual(document) };
        if approximate && !sure {
            continue;
        }
        let Some((legacy, governed)) = answers(&mut world, &sql, &translation.sql).await else {
            continue;
        };
        let judgement = verdict_with_caveats(&sql, (&legacy, &governed), &translation.rules);
        report.count(&sql, &translation.sql, &governed, &judgement);
    }
    report.settle(3000);
}
