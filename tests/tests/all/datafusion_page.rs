//! `docs/datafusion.md` is true: what it shows differs from PostgreSQL where it stands as it is, and
//! does not where it is translated.

use crate::world::{World, verdict};
use model::{Dialect, Verdict};

const PAGE: &str = include_str!("../../../docs/datafusion.md");

fn statements() -> Vec<&'static str> {
    let blocks = PAGE.split("```sql\n").skip(1);
    blocks.filter_map(|block| block.split_once("\n```")).map(|(sql, _)| sql).collect()
}

#[tokio::test]
async fn what_the_page_shows_is_so() {
    let mut world = World::start().await;
    let transpiler = world.transpiler(Dialect::DataFusion);
    let all = statements();
    assert!(all.len() >= 20, "{} statements", all.len());
    let mut faults = Vec::new();
    for sql in all {
        let legacy = world.legacy(sql).await;
        let raw = world.target(sql, Dialect::DataFusion).await;
        let same = verdict(sql, &legacy, &raw).verdict;
        if matches!(same, Verdict::Match | Verdict::Tolerated) {
            faults.push(format!("no trap any more: {sql} {legacy:?}"));
        }
        let Ok(translation) = transpiler.translate(sql, &[]) else { continue };
        let governed = world.target(&translation.sql, Dialect::DataFusion).await;
        // What is not known of a value is raised.
        if governed.as_ref().is_err_and(|failure| failure.sqlstate.class() == "22") {
            continue;
        }
        let judgement = verdict(sql, &legacy, &governed);
        if judgement.verdict == Verdict::Mismatch {
            let example = judgement.differences.examples.first();
            faults.push(format!("{sql} => {} {example:?}", translation.sql));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn its_codes_are_those_of_rules() {
    let known: Vec<String> =
        transpiler::pages().into_iter().map(|page| page.code.to_owned()).collect();
    let named = PAGE.split("TR").skip(1).filter_map(|rest| rest.get(..4));
    let codes = named.filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let codes: Vec<String> = codes.map(|digits| format!("TR{digits}")).collect();
    assert!(codes.len() >= 10, "{codes:?}");
    let unknown: Vec<&String> =
        codes.iter().filter(|code| *code != "TR9013" && !known.contains(code)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
