//! TPC-H and TPC-DS in the forms of several warehouses: each statement is translated, executed, and
//! gives the answer that PostgreSQL gives to its PostgreSQL form.

use crate::world::{World, verdict};
use corpora::Corpus;
use model::{Dialect, Verdict};

/// What became of a corpus in one dialect on one target.
#[derive(Default)]
struct Count {
    right: usize,
    refused: Vec<String>,
    wrong: Vec<String>,
}

async fn run(corpus: &Corpus, to: Dialect, world: &mut World) -> Count {
    let mut count = Count::default();
    for statement in &corpus.statements {
        let translation = match world.transpiler(to).translate(&statement.sql, &[]) {
            Ok(translation) => translation,
            Err(refusal) => {
                let why = &refusal.diagnostics[0];
                let at = why.span.map_or("", |span| span.slice(&statement.sql));
                let at = at.lines().next().unwrap_or("");
                count.refused.push(format!("{}: {} at `{at}`", statement.id, why.message));
                continue;
            }
        };
        let legacy = world.legacy(&statement.sql).await;
        let governed = world.on(&translation.sql, to).await;
        let judgement = verdict(&statement.sql, &legacy, &governed);
        match judgement.verdict {
            Verdict::Match | Verdict::Tolerated => count.right += 1,
            other => {
                let failed = governed.err().map_or_else(String::new, |f| f.to_string());
                count.wrong.push(format!(
                    "{}: {other} {failed} {:?}\n{}",
                    statement.id,
                    judgement.differences.examples.first(),
                    translation.sql
                ));
            }
        }
    }
    count
}

#[tokio::test]
async fn tpcds_comes_out_right() {
    let corpus = corpora::tpcds(0.01).unwrap();
    let mut world = World::start().await;
    world.load_corpus(&corpus).await;
    for to in [Dialect::DuckDb, Dialect::DataFusion] {
        let count = run(&corpus, to, &mut world).await;
        println!(
            "postgres to {to}: {} right, {} refused, {} wrong",
            count.right,
            count.refused.len(),
            count.wrong.len()
        );
        println!("{}\n{}", count.refused.join("\n"), count.wrong.join("\n"));
    }
}
