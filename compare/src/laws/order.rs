//! The order that the statement asks for, with the legacy result as the reference.

use super::fixtures::{batch, judged, ordered_by, rows, tolerating};
use crate::Settings;
use arrow::array::{Float64Array, Int32Array, StringArray};
use model::{Difference, ToleranceKind, Verdict};
use proptest::prelude::*;
use std::sync::Arc;

fn settings() -> Settings {
    Settings::new(vec![]).unwrap()
}

proptest! {
    #[test]
    fn ties_may_be_shuffled_and_keys_may_not(
        (sorted, shuffled) in proptest::collection::vec((0..4_i32, 0..3_i32), 2..14).prop_flat_map(|rows| {
            (Just(rows.clone()), Just(rows).prop_shuffle())
        }),
    ) {
        let table = |pairs: &[(i32, i32)]| {
            rows(&pairs.iter().map(|(k, v)| [*k, *v, 0]).collect::<Vec<_>>())
        };
        let mut legacy = sorted;
        legacy.sort_by_key(|(k, _)| *k);
        let mut governed = shuffled;
        let broken = governed.iter().map(|(k, _)| *k).ne(legacy.iter().map(|(k, _)| *k));
        let facts = ordered_by(&[Some(0)]);
        let found = judged(&facts, &table(&legacy), &table(&governed), &settings());
        prop_assert_eq!(found.differences.order_broken, broken);
        prop_assert_eq!(found.verdict, if broken { Verdict::Mismatch } else { Verdict::Match });
        governed.sort_by_key(|(k, _)| *k);
        let found = judged(&facts, &table(&legacy), &table(&governed), &settings());
        prop_assert_eq!(found.verdict, Verdict::Match);
    }

    /// Two rows with different keys change places: always found, at the first of them.
    #[test]
    fn a_planted_swap_is_found(count in 2_usize..12, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let legacy: Vec<[i32; 3]> = (0..12).take(count).map(|i| [i / 2, i, 0]).collect();
        let (a, b) = (a.index(count), b.index(count));
        let mut governed = legacy.clone();
        governed.swap(a, b);
        let found = judged(&ordered_by(&[Some(0)]), &rows(&legacy), &rows(&governed), &settings());
        if legacy[a][0] == legacy[b][0] {
            prop_assert_eq!(found.verdict, Verdict::Match);
        } else {
            prop_assert_eq!(found.verdict, Verdict::Mismatch);
            let first = a.min(b) as u64;
            let [Difference::Order { row, .. }] = &found.differences.examples[..] else {
                return Err(TestCaseError::fail(format!("{:?}", found.differences.examples)));
            };
            prop_assert_eq!(*row, first);
            prop_assert!(found.differences.order_broken);
            prop_assert_eq!(found.differences.missing_rows + found.differences.changed_rows, 0);
        }
    }
}

#[test]
fn without_order_by_no_order_is_asked_for() {
    let (a, b) = (rows(&[[1, 1, 1], [2, 2, 2]]), rows(&[[2, 2, 2], [1, 1, 1]]));
    assert_eq!(judged(&ordered_by(&[]), &a, &b, &settings()).verdict, Verdict::Match);
}

#[test]
fn no_collation_is_assumed() {
    let texts = |values: &[&str]| batch(vec![Arc::new(StringArray::from(values.to_vec()))]);
    let facts = ordered_by(&[Some(0)]);
    let natural = texts(&["a", "B", "c"]);
    assert_eq!(judged(&facts, &natural, &natural, &settings()).verdict, Verdict::Match);
    let found = judged(&facts, &natural, &texts(&["B", "a", "c"]), &settings());
    assert_eq!(found.verdict, Verdict::Mismatch);
    let [Difference::Order { row: 0, message }] = &found.differences.examples[..] else {
        panic!("{:?}", found.differences.examples)
    };
    assert_eq!(
        message,
        "row 0 of the governed side has `B` in the order key `c0` where the legacy side has `a`"
    );
}

#[test]
fn only_keys_before_the_first_hidden_one_are_checked() {
    let facts = ordered_by(&[Some(0), None, Some(2)]);
    let a = rows(&[[1, 1, 1], [1, 2, 2]]);
    let b = rows(&[[1, 2, 2], [1, 1, 1]]);
    let found = judged(&facts, &a, &b, &settings());
    assert_eq!(found.verdict, Verdict::Match);
    assert_eq!(
        found.differences.notes,
        ["the order is checked by the first 1 of 3 keys; key 2 is not in the output"]
    );
    let found = judged(&ordered_by(&[Some(0), Some(2)]), &a, &b, &settings());
    assert!(found.differences.order_broken);
}

#[test]
fn a_missing_row_is_not_also_a_wrong_order() {
    let a = rows(&[[1, 0, 0], [2, 0, 0], [3, 0, 0], [4, 0, 0]]);
    let b = rows(&[[1, 0, 0], [3, 0, 0], [4, 0, 0]]);
    let found = judged(&ordered_by(&[Some(0)]), &a, &b, &settings()).differences;
    assert_eq!((found.missing_rows, found.order_broken), (1, false));
    let c = rows(&[[1, 0, 0], [4, 0, 0], [3, 0, 0]]);
    let found = judged(&ordered_by(&[Some(0)]), &a, &c, &settings()).differences;
    assert_eq!((found.missing_rows, found.order_broken), (1, true));
}

fn noisy(rows: &[(f64, i32)]) -> arrow::array::RecordBatch {
    batch(vec![
        Arc::new(rows.iter().map(|(k, _)| Some(*k)).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|(_, v)| Some(*v)).collect::<Int32Array>()),
    ])
}

#[test]
fn keys_within_tolerance_may_change_places() {
    let tolerant = tolerating(&[ToleranceKind::FloatAbsolute { max: 0.01 }]);
    let facts = ordered_by(&[Some(0), Some(1)]);
    let legacy = noisy(&[(1.0, 1), (1.001, 2), (5.0, 3)]);
    let governed = noisy(&[(1.0, 2), (1.001, 1), (5.0, 3)]);
    let found = judged(&facts, &legacy, &governed, &tolerant);
    assert_eq!(found.verdict, Verdict::Tolerated, "{:?}", found.differences);
    assert_eq!(found.differences.ledger[0].cells, 2);
    assert!(judged(&facts, &legacy, &governed, &settings()).verdict == Verdict::Mismatch);
}

#[test]
fn a_far_key_inside_a_near_tie_is_found_where_it_stands() {
    let tolerant = tolerating(&[ToleranceKind::FloatAbsolute { max: 0.01 }]);
    let facts = ordered_by(&[Some(0), Some(1)]);
    let legacy = noisy(&[(1.0, 1), (1.001, 2), (1.002, 3), (5.0, 4)]);
    let governed = noisy(&[(1.0, 2), (5.0, 4), (1.001, 1), (1.002, 3)]);
    let found = judged(&facts, &legacy, &governed, &tolerant);
    let [Difference::Order { row: 1, .. }] = &found.differences.examples[..] else {
        panic!("{:?}", found.differences.examples)
    };
}

#[test]
fn equal_rows_out_of_order_by_noise_are_tolerated_with_a_ledger() {
    let tolerant = tolerating(&[ToleranceKind::FloatAbsolute { max: 0.01 }]);
    let facts = ordered_by(&[Some(0)]);
    let legacy = noisy(&[(1.0, 1), (1.001, 2)]);
    let governed = noisy(&[(1.001, 2), (1.0, 1)]);
    let found = judged(&facts, &legacy, &governed, &tolerant);
    assert_eq!(found.verdict, Verdict::Tolerated);
    assert_eq!(found.differences.ledger[0].cells, 2);
    assert!(judged(&facts, &legacy, &governed, &settings()).differences.order_broken);
}

#[test]
fn exact_ties_keep_the_later_keys_under_a_tolerance() {
    let tolerant = tolerating(&[ToleranceKind::FloatAbsolute { max: 0.01 }]);
    let facts = ordered_by(&[Some(0), Some(1)]);
    let legacy = noisy(&[(1.0, 1), (1.0, 2), (5.0, 3)]);
    let governed = noisy(&[(1.0, 2), (1.0, 1), (5.0, 3)]);
    assert!(judged(&facts, &legacy, &governed, &tolerant).differences.order_broken);
    // Far keys are never excused.
    let governed = noisy(&[(5.0, 3), (1.0, 1), (1.0, 2)]);
    assert!(judged(&facts, &legacy, &governed, &tolerant).differences.order_broken);
}
