//! Every statement of every corpus on three real engines: the verdict before and after transpiling
//! is the expected one, and nothing is silently wrong.

use crate::world::{World, verdict, verdict_with_caveats};
use corpora::{Corpus, ExpectedVerdict};
use model::{Dialect, Verdict};

async fn check(corpus: &Corpus) -> Vec<String> {
    let mut world = World::start().await;
    world.load_corpus(corpus).await;
    let mut wrong = Vec::new();
    for statement in &corpus.statements {
        let sql = &statement.sql;
        let legacy = world.legacy(sql).await;
        for (to, expected) in [
            (Dialect::DuckDb, &statement.expected.duckdb),
            (Dialect::DataFusion, &statement.expected.datafusion),
        ] {
            let done = match world.transpiler(to).translate(sql, &[]) {
                Err(refusal) => {
                    let reason = refusal.diagnostics[0].message.clone();
                    assert!(!reason.is_empty());
                    Verdict::Skipped { reason }
                }
                Ok(translation) => {
                    let governed = world.target(&translation.sql, to).await;
                    let answers = (&legacy, &governed);
                    let judgement = verdict_with_caveats(sql, answers, &translation.rules);
                    if judgement.verdict == Verdict::Mismatch {
                        println!(
                            "{}: {}\n{:?}",
                            statement.id, translation.sql, judgement.differences
                        );
                        if let Err(failure) = &governed {
                            println!("{failure}");
                        }
                    }
                    judgement.verdict
                }
            };
            if !expected.transpiled.admits(&done) {
                wrong.push(format!("{} on {to}: {done}", statement.id));
            }
        }
        // Copied unchanged, a trap must spring: else it is no trap.
        if statement.expected.duckdb.unchanged == ExpectedVerdict::MismatchSilent {
            let copied = world.target(sql, Dialect::DuckDb).await;
            let judgement = verdict(sql, &legacy, &copied);
            if judgement.verdict == Verdict::Match || judgement.verdict == Verdict::Tolerated {
                wrong.push(format!("{} unchanged: {}", statement.id, judgement.verdict));
            }
        }
    }
    wrong
}

#[tokio::test]
async fn traps_come_out_as_expected() {
    let corpus = corpora::traps().unwrap();
    let wrong = check(&corpus).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn tpch_comes_out_right_on_both_targets() {
    let corpus = corpora::tpch(0.01).unwrap();
    assert_eq!(corpus.statements.len(), 22);
    let wrong = check(&corpus).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
