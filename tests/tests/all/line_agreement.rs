//! Calls of every line of the tables of dialects whose engines cannot be installed: what the targets
//! answer after transpiling is one value, or an error. What all of them misread stays to the cases.
//!
//! `corpora/dialects/generator --lines` writes them. `GNOMON_LINES=<folder>` takes those of
//! `<folder>/<dialect>.jsonl` in place of those that are kept.

use crate::world::{Answer, World, verdict_with_caveats};
use model::{AppliedRule, Dialect, Verdict};
use std::path::PathBuf;
use tests::recorded::{self, LineCase};
use transpiler::{TARGETS, Transpiler};

/// What a target answers, with the rules that made its statement.
struct Answered {
    target: Dialect,
    rules: Vec<AppliedRule>,
    answer: Answer,
}

/// The answers of the targets that have the construct, none where they are open.
async fn answers(world: &mut World, case: &LineCase, dialect: Dialect) -> Vec<Answered> {
    let given = case.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let settings = sql::SourceSettings::with(dialect, given).unwrap();
    let mut answers = Vec::new();
    for target in TARGETS {
        let transpiler = Transpiler::under(settings.clone(), target, &[]);
        let Ok(translation) = transpiler.translate(&case.sql, &[]) else { continue };
        if !translation.not_comparable.is_empty() {
            return Vec::new();
        }
        let answer = world.on(&translation.sql, target).await;
        answers.push(Answered { target, rules: translation.rules, answer });
    }
    answers.retain(|one| one.answer.is_ok());
    answers
}

/// What the first two targets that differ answer.
fn difference(answers: &[Answered]) -> Option<String> {
    let (first, rest) = answers.split_first()?;
    rest.iter().find_map(|other| {
        let rules: Vec<AppliedRule> = first.rules.iter().chain(&other.rules).cloned().collect();
        // The text is looked at for its ORDER BY alone.
        let judged = verdict_with_caveats("SELECT 1", (&first.answer, &other.answer), &rules);
        if judged.verdict != Verdict::Mismatch {
            return None;
        }
        let found: String = format!("{:?}", judged.differences).chars().take(400).collect();
        Some(format!("{} and {} differ: {found}", first.target, other.target))
    })
}

async fn check(dialect: Dialect) {
    let elsewhere = std::env::var_os("GNOMON_LINES").map(PathBuf::from);
    let cases = recorded::lines_of(dialect, elsewhere.as_deref()).unwrap();
    let mut world = World::start().await;
    let (mut agreed, mut differ) = (0_usize, Vec::new());
    for case in &cases {
        let answers = answers(&mut world, case, dialect).await;
        match difference(&answers) {
            Some(what) => differ.push(format!("{}: {what}\n  {}", case.id, case.sql)),
            None => agreed += usize::from(answers.len() > 1),
        }
    }
    println!("{dialect}: the targets agree on {agreed} of {}", cases.len());
    assert!(differ.is_empty(), "{} differ:\n{}", differ.len(), differ.join("\n"));
    // Most lines are of all targets, or the test would hold of nothing.
    assert!(agreed * 2 > cases.len(), "only {agreed} of {}", cases.len());
}

in_every_dialect!(check, redshift, Redshift);
in_every_dialect!(check, snowflake, Snowflake);
in_every_dialect!(check, tsql, TSql);
in_every_dialect!(check, oracle, Oracle);
in_every_dialect!(check, teradata, Teradata);
in_every_dialect!(check, trino, Trino);

#[tokio::test]
async fn another_value_of_a_target_is_found() {
    let mut world = World::start().await;
    let mut answered = Vec::new();
    for (target, sql) in
        [(Dialect::Postgres, "SELECT 7 / 2 AS r"), (Dialect::DuckDb, "SELECT 7 / 2 AS r")]
    {
        let answer = world.on(sql, target).await;
        answered.push(Answered { target, rules: Vec::new(), answer });
    }
    assert!(difference(&answered).is_some(), "3 and 3.5 are taken for one value");
}
