//! Generated PostgreSQL queries over generated data: after transpiling, DuckDB and DataFusion give
//! PostgreSQL's answer, or the query is refused. Never another answer.

use crate::world::{Answer, World, verdict};
use model::{Dialect, FailureClass, Verdict};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use tests::{data, queries};

/// Queries of one run; `GNOMON_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("GNOMON_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400)
}

/// A fixed seed, so that a red run can be repeated; `GNOMON_SEED` asks for another.
fn seed() -> u64 {
    std::env::var("GNOMON_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(20_261_121)
}

#[tokio::test]
async fn generated_queries_agree_or_are_refused() {
    let seed = seed();
    println!("GNOMON_SEED={seed} GNOMON_CASES={}", cases());
    let mut world = World::start().await;
    world.load(&data::table("g"), &data::batch(seed, 40).unwrap()).await;
    world.load(&data::table("h"), &data::batch(seed + 1, 25).unwrap()).await;

    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = queries::query();
    let mut compared = [0_u32; 2];
    let mut refused = [0_u32; 2];
    let mut wrong = Vec::new();
    for case in 0..cases() {
        let mut tree = strategy.new_tree(&mut runner).unwrap();
        let found = check(&mut world, &tree.current(), &mut compared, &mut refused).await;
        let Some(mut found) = found else { continue };
        // Shrink by hand: each step runs on the real engines.
        for _ in 0..200 {
            if !tree.simplify() {
                break;
            }
            match check(&mut world, &tree.current(), &mut [0; 2], &mut [0; 2]).await {
                Some(smaller) => found = smaller,
                None => {
                    if !tree.complicate() {
                        break;
                    }
                }
            }
        }
        wrong.push(format!("case {case}: {found}"));
        if wrong.len() >= 10 {
            break;
        }
    }
    println!("compared {compared:?}, refused {refused:?} (duckdb, datafusion)");
    assert!(wrong.is_empty(), "GNOMON_SEED={seed}\n{}", wrong.join("\n\n"));
    // A property that compares nothing proves nothing.
    let enough = compared[0] * 4 >= cases() && compared[1] * 8 >= cases();
    assert!(enough, "only {compared:?} of {} compared", cases());
}

/// What is wrong with the query's translations, if anything is.
async fn check(
    world: &mut World,
    sql: &str,
    compared: &mut [u32; 2],
    refused: &mut [u32; 2],
) -> Option<String> {
    let legacy = world.legacy(sql).await;
    if let Err(failure) = &legacy {
        // Text without parentheses may mean nothing; that is no statement of a workload.
        if failure.sqlstate.class() == "42" {
            return None;
        }
        assert_eq!(failure.class, FailureClass::Statement, "{sql}: {failure}");
    }
    for (index, to) in [Dialect::DuckDb, Dialect::DataFusion].into_iter().enumerate() {
        let Ok(translation) = world.transpiler(to).translate(sql, &[]) else {
            refused[index] += 1;
            continue;
        };
        let governed = world.target(&translation.sql, to).await;
        // SQL leaves open which rows and operands are looked at: one side may raise a data error
        // for a value that the other never computes. Loud either way, and the table of identities
        // is executed one call at a time.
        let data_error = |answer: &Answer| {
            answer.as_ref().is_err_and(|failure| failure.sqlstate.class() == "22")
        };
        if legacy.is_ok() != governed.is_ok() && (data_error(&legacy) || data_error(&governed)) {
            continue;
        }
        // A bug of DataFusion's own, and loud.
        if to == Dialect::DataFusion
            && governed.as_ref().is_err_and(|failure| failure.message.contains("Internal error"))
        {
            continue;
        }
        compared[index] += 1;
        let judgement = verdict(sql, &legacy, &governed);
        if judgement.verdict == Verdict::Mismatch {
            let failures = match (&legacy, &governed) {
                (Ok(_), Err(failure)) => format!("\n  governed failed: {failure}"),
                _ => String::new(),
            };
            return Some(format!(
                "{to} differs\n  postgres: {sql}\n  {to}: {}\n  {:?}{failures}",
                translation.sql,
                judgement.differences.examples.first()
            ));
        }
    }
    None
}
