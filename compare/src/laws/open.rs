//! What the statement leaves open is inconclusive; what it does not is a mismatch.

use super::fixtures::{facts, judged, ordered_by, rows};
use crate::Settings;
use model::{StatementFacts, Verdict};
use proptest::prelude::*;

fn verdict(facts: &StatementFacts, legacy: &[[i32; 3]], governed: &[[i32; 3]]) -> Verdict {
    judged(facts, &rows(legacy), &rows(governed), &Settings::new(vec![]).unwrap()).verdict
}

fn limited(facts: StatementFacts) -> StatementFacts {
    StatementFacts { limited: true, ..facts }
}

fn reason(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Inconclusive { reason } => reason,
        other => panic!("not inconclusive: {other:?}"),
    }
}

#[test]
fn a_tie_at_the_cut_is_open() {
    let facts = limited(ordered_by(&[Some(0)]));
    let legacy = [[1, 1, 0], [2, 2, 0], [3, 3, 0]];
    let found = verdict(&facts, &legacy, &[[1, 1, 0], [2, 2, 0], [3, 9, 0]]);
    assert_eq!(
        reason(&found),
        "LIMIT cuts through a tie: all rows that differ have the last order key, `c0` = `3`"
    );
    // Above the cut nothing is open, nor is the key itself or the number of rows.
    for governed in [
        &[[1, 1, 0], [2, 9, 0], [3, 3, 0]][..],
        &[[1, 1, 0], [2, 9, 0], [3, 9, 0]],
        &[[1, 1, 0], [2, 2, 0], [4, 3, 0]],
        &[[1, 1, 0], [2, 2, 0]],
        &[[2, 2, 0], [1, 1, 0], [3, 9, 0]],
        &[[1, 1, 0], [3, 9, 0], [2, 2, 0]],
        &[],
    ] {
        assert_eq!(verdict(&facts, &legacy, governed), Verdict::Mismatch, "{governed:?}");
    }
    assert_eq!(verdict(&facts, &legacy, &legacy), Verdict::Match);
}

#[test]
fn a_tie_at_the_first_row_is_open_behind_an_offset_alone() {
    let (legacy, governed) = ([[1, 1, 0], [2, 2, 0], [3, 3, 0]], [[1, 9, 0], [2, 2, 0], [3, 3, 0]]);
    let facts = limited(ordered_by(&[Some(0)]));
    assert_eq!(verdict(&facts, &legacy, &governed), Verdict::Mismatch);
    let facts = StatementFacts { skips: true, ..facts };
    assert_eq!(
        reason(&verdict(&facts, &legacy, &governed)),
        "OFFSET cuts through a tie: all rows that differ have the first order key, `c0` = `1`"
    );
    let both = [[1, 9, 0], [2, 2, 0], [3, 9, 0]];
    assert_eq!(
        reason(&verdict(&facts, &legacy, &both)),
        "OFFSET and LIMIT cut through ties: all rows that differ have the first order key, \
         `c0` = `1`, or the last one, `c0` = `3`"
    );
    for governed in [[[1, 9, 0], [2, 9, 0], [3, 3, 0]], [[0, 9, 0], [2, 2, 0], [3, 3, 0]]] {
        assert_eq!(verdict(&facts, &legacy, &governed), Verdict::Mismatch, "{governed:?}");
    }
}

#[test]
fn without_a_visible_order_every_row_is_open_but_not_their_number() {
    let (a, b) = ([[1, 1, 0], [2, 2, 0]], [[1, 1, 0], [7, 7, 0]]);
    for (facts, text) in
        [(facts(), "LIMIT without ORDER BY"), (ordered_by(&[None]), "not in the output")]
    {
        let facts = limited(facts);
        assert!(reason(&verdict(&facts, &a, &b)).contains(text));
        assert_eq!(verdict(&facts, &a, &a), Verdict::Match);
        assert_eq!(verdict(&facts, &a, &b[..1]), Verdict::Mismatch);
    }
    assert_eq!(verdict(&facts(), &a, &b), Verdict::Mismatch);
}

#[test]
fn volatile_parts_leave_the_result_open() {
    let facts =
        StatementFacts { volatile: vec!["random()".to_owned(), "now()".to_owned()], ..facts() };
    let found = verdict(&facts, &[[1, 1, 1]], &[[1, 1, 2]]);
    assert!(reason(&found).contains("`random()`, `now()`"));
    assert_eq!(verdict(&facts, &[[1, 1, 1]], &[[1, 1, 1]]), Verdict::Match);
    assert!(reason(&verdict(&facts, &[[1, 1, 1]], &[])).contains("`random()`"));
}

#[test]
fn what_is_open_in_one_column_excuses_no_other() {
    let open = |facts: StatementFacts| StatementFacts {
        volatile: vec!["ties in the order of row_number".to_owned()],
        volatile_columns: Some(vec![2]),
        ..facts
    };
    let legacy = [[1, 7, 1], [1, 8, 2], [2, 9, 1]];
    let swapped = [[1, 7, 2], [1, 8, 1], [2, 9, 1]];
    assert!(reason(&verdict(&open(facts()), &legacy, &swapped)).contains("row_number"));
    let sorted = open(ordered_by(&[Some(0)]));
    assert!(reason(&verdict(&sorted, &legacy, &swapped)).contains("row_number"));
    for governed in [
        &[[1, 7, 2], [1, 5, 1], [2, 9, 1]][..],
        &[[1, 7, 2], [1, 8, 1]],
        &[[1, 7, 2], [1, 8, 1], [2, 9, 1], [2, 9, 1]],
    ] {
        assert_eq!(verdict(&open(facts()), &legacy, governed), Verdict::Mismatch, "{governed:?}");
    }
    // An order by another column is kept whatever is open; one by the open column is not.
    let turned = [[2, 9, 1], [1, 7, 1], [1, 8, 2]];
    assert_eq!(verdict(&sorted, &legacy, &turned), Verdict::Mismatch);
    let by_open = open(ordered_by(&[Some(2)]));
    assert!(
        reason(&verdict(&by_open, &legacy, &[[2, 9, 2], [1, 7, 1], [1, 8, 1]]))
            .contains("row_number")
    );
}

proptest! {
    /// Two engines cut the same table after the same number of rows, each breaking ties its own
    /// way: never a mismatch.
    #[test]
    fn honest_cuts_are_never_a_mismatch(
        (table, shuffled) in proptest::collection::vec((0..4_i32, 0..9_i32), 0..14).prop_flat_map(|rows| {
            (Just(rows.clone()), Just(rows).prop_shuffle())
        }),
        limit in 0_usize..14,
    ) {
        let cut = |mut rows: Vec<(i32, i32)>| {
            rows.sort_by_key(|(k, _)| *k);
            rows.into_iter().take(limit).map(|(k, v)| [k, v, 0]).collect::<Vec<_>>()
        };
        let found = verdict(&limited(ordered_by(&[Some(0)])), &cut(table), &cut(shuffled));
        prop_assert!(found != Verdict::Mismatch, "{:?}", found);
    }
}
