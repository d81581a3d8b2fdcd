//! PostgreSQL printed through the typed tree gives the answer of the original text, and what is
//! printed is printed again as it is.

use crate::world::{World, verdict};
use model::Verdict;
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use tests::{data, queries};

/// What is wrong with the printed statement, if anything is; nothing too for a refusal.
async fn check(world: &mut World, sql: &str, printed: &mut u32) -> Option<String> {
    let once = transpiler::reprint(sql, &world.catalog).ok()?;
    let legacy = world.legacy(sql).await;
    if legacy.as_ref().is_err_and(|failure| failure.sqlstate.class() == "42") {
        return None;
    }
    *printed += 1;
    let twice = match transpiler::reprint(&once.sql, &world.catalog) {
        Ok(twice) => twice.sql,
        Err(refusal) => return Some(format!("{sql}\n  => {}\n  => {refusal:?}", once.sql)),
    };
    if twice != once.sql {
        return Some(format!("{sql}\n  => {}\n  => {twice}", once.sql));
    }
    let again = world.legacy(&once.sql).await;
    let judgement = verdict(sql, &legacy, &again);
    if matches!(judgement.verdict, Verdict::Mismatch | Verdict::Tolerated) {
        let failure = again.err().map(|failure| failure.to_string());
        return Some(format!(
            "{sql}\n  => {}\n  {:?} {failure:?}",
            once.sql,
            judgement.differences.examples.first()
        ));
    }
    None
}

#[tokio::test]
async fn corpora_are_printed_as_they_mean() {
    let mut wrong = Vec::new();
    for (corpus, least) in [(corpora::traps().unwrap(), 70), (corpora::tpch(0.01).unwrap(), 22)] {
        let mut world = World::start().await;
        world.load_corpus(&corpus).await;
        let mut printed = 0;
        for statement in &corpus.statements {
            wrong.extend(check(&mut world, &statement.sql, &mut printed).await);
        }
        assert!(printed >= least, "only {printed} of {}", corpus.statements.len());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn generated_queries_are_printed_as_they_mean() {
    const SEED: u64 = 20_261_121;
    const CASES: u32 = 400;
    let mut world = World::start().await;
    world.load(&data::table("g"), &data::batch(SEED, 40).unwrap()).await;
    world.load(&data::table("h"), &data::batch(SEED + 1, 25).unwrap()).await;
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&SEED.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = queries::query();
    let mut printed = 0;
    let mut wrong = Vec::new();
    for _ in 0..CASES {
        let sql = strategy.new_tree(&mut runner).unwrap().current();
        wrong.extend(check(&mut world, &sql, &mut printed).await);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(printed * 2 >= CASES, "only {printed} of {CASES} printed");
}
