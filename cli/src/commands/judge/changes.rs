//! What became of the recorded verdicts.

use model::{
    Verdict,
    report::{ItemReport, RunReport},
};
use replay::rejudge::ROWS_NEEDED;
use std::collections::BTreeMap;

/// Statements that are named of one kind of change.
const NAMES_MAX: usize = 8;

/// One line for each kind of change, the most frequent first: `12 mismatch → tolerated: q1, q2, …`.
pub(super) fn lines(recorded: &RunReport, now: &RunReport) -> Vec<String> {
    let mut found: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    let mut compared = 0_u64;
    for (before, after) in recorded.items.iter().zip(&now.items) {
        let (Some(before), Some(now)) = (verdict(before), verdict(after)) else { continue };
        compared += 1;
        if before != now {
            found.entry((before, now)).or_default().push(&after.item.statement);
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, statements)| std::cmp::Reverse(statements.len()));
    if found.is_empty() {
        return vec![format!("all {compared} verdicts are as recorded")];
    }
    found
        .into_iter()
        .map(|((before, now), statements)| {
            let count = statements.len();
            let named: Vec<String> = statements
                .iter()
                .take(NAMES_MAX)
                .map(|name| name.chars().filter(|c| !c.is_control()).collect())
                .collect();
            let more = if count > NAMES_MAX { ", …" } else { "" };
            format!("{count} {before} → {now}: {}{more}", named.join(", "))
        })
        .collect()
}

/// Statements that could not be judged again because their rows were not kept.
pub(super) fn lacking_rows(now: &RunReport) -> usize {
    let lacks = |item: &&ItemReport| {
        let verdict = item.judgement.as_ref().map(|judgement| &judgement.verdict);
        verdict.and_then(Verdict::reason) == Some(ROWS_NEEDED)
    };
    now.items.iter().filter(lacks).count()
}

fn verdict(item: &ItemReport) -> Option<&'static str> {
    Some(item.judgement.as_ref()?.verdict.as_str())
}
