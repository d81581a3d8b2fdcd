//! Tolerances over whole results.

use super::fixtures::{batch, facts, judged, tolerating, with_residue_under};
use crate::{
    Settings,
    matching::{Checks, match_residue},
};
use arrow::{
    array::{
        Decimal128Array, Float64Array, Int32Array, ListArray, RecordBatch,
        TimestampMicrosecondArray,
    },
    datatypes::Float64Type,
};
use model::{Difference, Judgement, ToleranceKind, Verdict};
use proptest::prelude::*;
use std::sync::Arc;

type Row = (i32, f64, f64);

/// Stands for NULL in a generated row: far from every other value, equal to itself only.
const NULL: f64 = f64::MAX;

fn float(value: f64) -> Option<f64> {
    (value.to_bits() != NULL.to_bits()).then_some(value)
}

fn table(rows: &[Row]) -> RecordBatch {
    batch(vec![
        Arc::new(rows.iter().map(|r| Some(r.0)).collect::<Int32Array>()),
        Arc::new(rows.iter().map(|r| float(r.1)).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|r| float(r.2)).collect::<Float64Array>()),
    ])
}

fn row() -> impl Strategy<Value = Row> {
    (0..2_i32, -4..5_i32, -4..5_i32)
        .prop_map(|(k, a, b)| (k, f64::from(a) / 2.0, f64::from(b) / 2.0))
}

fn small() -> impl Strategy<Value = Vec<Row>> {
    proptest::collection::vec(row(), 0..8)
}

fn run(legacy: &[Row], governed: &[Row], settings: &Settings) -> Judgement {
    judged(&facts(), &table(legacy), &table(governed), settings)
}

fn absolute(max: f64) -> Settings {
    tolerating(&[ToleranceKind::FloatAbsolute { max }])
}

fn near(a: f64, b: f64, max: f64) -> bool {
    same(a, b) || (a.is_finite() && b.is_finite() && (a - b).abs() <= max)
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

/// Rows left over on the legacy side when equal rows have cancelled and of all matchings of the
/// rest the best is taken.
fn oracle(legacy: &[Row], governed: &[Row], max: f64) -> u64 {
    fn best(l: &[Row], g: &[Row], taken: u32, max: f64) -> u64 {
        let Some((first, rest)) = l.split_first() else { return 0 };
        let fits = |a: &Row, b: &Row| a.0 == b.0 && near(a.1, b.1, max) && near(a.2, b.2, max);
        (0..g.len())
            .filter(|j| taken & (1 << j) == 0 && fits(first, &g[*j]))
            .map(|j| best(rest, g, taken | (1 << j), max))
            .fold(1 + best(rest, g, taken, max), u64::min)
    }
    let (mut left, mut right) = (Vec::new(), governed.to_vec());
    for row in legacy {
        let equal = |other: &Row| row.0 == other.0 && same(row.1, other.1) && same(row.2, other.2);
        match right.iter().position(equal) {
            Some(place) => drop(right.remove(place)),
            None => left.push(*row),
        }
    }
    best(&left, &right, 0, max)
}

/// Legacy rows that matching leaves over, before anything is paired for people.
fn unmatched(legacy: &[Row], governed: &[Row], settings: &Settings) -> u64 {
    with_residue_under(settings, &table(legacy), &table(governed), |l, g, columns| {
        let (left, right) = ((l, l.all_rows()), (g, g.all_rows()));
        let mut checks = Checks::new(u64::MAX);
        let found =
            match_residue(left, right, columns, &mut checks, &mut |_, _, _| Ok(())).unwrap();
        assert_eq!(found.unproven, 0);
        found.legacy.len() as u64
    })
}

/// Values that a tolerance never bridges, among some that it does.
fn special() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-2..3_i32).prop_map(|v| f64::from(v) / 2.0),
        1 => Just(NULL),
        1 => Just(-0.0),
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
    ]
}

proptest! {
    /// The oracle's arithmetic is exact: halves only.
    #[test]
    fn as_many_rows_match_as_can(legacy in small(), governed in small(), max in 0..4_i32) {
        let max = f64::from(max) / 2.0;
        let found = run(&legacy, &governed, &absolute(max)).differences;
        let left = oracle(&legacy, &governed, max);
        prop_assert_eq!(unmatched(&legacy, &governed, &absolute(max)), left);
        prop_assert_eq!(found.missing_rows + found.changed_rows, left);
        let balance = found.legacy_rows + found.extra_rows;
        prop_assert_eq!(balance, found.governed_rows + found.missing_rows);
    }

    /// With one inexact column (the other is out of scope) and with two.
    #[test]
    fn special_values_do_not_get_in_the_way(
        legacy in proptest::collection::vec((Just(0), special(), special()), 0..7),
        governed in proptest::collection::vec((Just(0), special(), special()), 0..7),
        one_column in any::<bool>(),
    ) {
        let alone = |rows: Vec<Row>| -> Vec<Row> {
            if one_column { rows.into_iter().map(|(k, a, _)| (k, a, 0.0)).collect() } else { rows }
        };
        let (legacy, governed) = (alone(legacy), alone(governed));
        let kind = ToleranceKind::FloatAbsolute { max: 0.5 };
        let column = one_column.then(|| "c1".to_owned());
        let scope = model::Scope { column, ..model::Scope::default() };
        let tolerance = model::Tolerance { kind, scope, reason: "test".to_owned() };
        let settings = Settings::new(vec![tolerance]).unwrap();
        let left = oracle(&legacy, &governed, 0.5);
        prop_assert_eq!(unmatched(&legacy, &governed, &settings), left);
        let found = run(&legacy, &governed, &settings).differences;
        prop_assert_eq!(found.missing_rows + found.changed_rows, left);
    }

    #[test]
    fn a_tighter_tolerance_never_accepts_more(legacy in small(), governed in small(), a in 0..4_i32, b in 0..4_i32) {
        let (tight, wide) = (f64::from(a.min(b)) / 2.0, f64::from(a.max(b)) / 2.0);
        let left = |max| {
            let found = run(&legacy, &governed, &absolute(max)).differences;
            found.missing_rows + found.changed_rows + found.extra_rows + found.changed_rows
        };
        prop_assert!(left(wide) <= left(tight));
        // The verdicts: none accepts least.
        let accepted = |settings: &Settings| {
            !matches!(run(&legacy, &governed, settings).verdict, Verdict::Mismatch)
        };
        let none = Settings::new(vec![]).unwrap();
        prop_assert!(accepted(&absolute(tight)) || !accepted(&none));
        prop_assert!(accepted(&absolute(wide)) || !accepted(&absolute(tight)));
    }

    #[test]
    fn noise_within_is_tolerated_and_one_cell_beyond_is_found(
        base in proptest::collection::vec((0..3_i32, -100..100_i32, -100..100_i32), 1..10),
        noise in proptest::collection::vec(-10..=10_i32, 20),
        at in any::<prop::sample::Index>(),
    ) {
        // Values lie 100 apart or are equal, noise is at most 10/1024, the limit 1/64.
        let legacy: Vec<Row> =
            base.iter().map(|(k, a, b)| (*k, f64::from(*a) * 100.0, f64::from(*b) * 100.0)).collect();
        let mut noises = noise.iter().map(|n| f64::from(*n) / 1024.0);
        let mut governed: Vec<Row> = legacy
            .iter()
            .map(|(k, a, b)| (*k, a + noises.next().unwrap(), b + noises.next().unwrap()))
            .collect();
        governed.reverse();
        let settings = absolute(1.0 / 32.0);
        let found = run(&legacy, &governed, &settings);
        let accepted = [Verdict::Match, Verdict::Tolerated];
        prop_assert!(accepted.contains(&found.verdict), "{:?}", found);
        prop_assert_eq!(found.verdict == Verdict::Match, found.differences.ledger.is_empty());

        let place = at.index(governed.len());
        governed[place].2 += 50.0;
        let found = run(&legacy, &governed, &settings);
        prop_assert_eq!(&found.verdict, &Verdict::Mismatch);
        let counts = &found.differences;
        prop_assert_eq!(counts.missing_rows + counts.changed_rows, 1);
        prop_assert_eq!(counts.extra_rows + counts.changed_rows, 1);
    }

    #[test]
    fn order_of_rows_means_nothing(
        (legacy, shuffled) in small().prop_flat_map(|t| (Just(t.clone()), Just(t).prop_shuffle())),
        governed in small(),
    ) {
        let settings = tolerating(&[
            ToleranceKind::FloatAbsolute { max: 0.5 },
            ToleranceKind::FloatRelative { max: 0.5 },
        ]);
        let (one, two) = (run(&legacy, &governed, &settings), run(&shuffled, &governed, &settings));
        prop_assert_eq!(one.verdict, two.verdict);
        let cells = |j: &model::Differences| {
            j.ledger.iter().map(|e| (e.code.clone(), e.cells, e.worst.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(cells(&one.differences), cells(&two.differences));
        prop_assert_eq!(one.differences.changed_cells, two.differences.changed_cells);
    }

    #[test]
    fn swapping_the_sides_leaves_as_many_rows_over(legacy in small(), governed in small()) {
        let settings = absolute(0.5);
        let there = run(&legacy, &governed, &settings).differences;
        let back = run(&governed, &legacy, &settings).differences;
        prop_assert_eq!(there.missing_rows + there.changed_rows, back.extra_rows + back.changed_rows);
        prop_assert_eq!(there.extra_rows + there.changed_rows, back.missing_rows + back.changed_rows);
    }
}

#[test]
fn the_boundary_holds_to_the_last_bit() {
    for (value, verdict) in [
        (1.25, Verdict::Tolerated),
        (1.25_f64.next_down(), Verdict::Tolerated),
        (1.25_f64.next_up(), Verdict::Mismatch),
        (1.0, Verdict::Match),
    ] {
        assert_eq!(run(&[(0, 1.0, 0.0)], &[(0, value, 0.0)], &absolute(0.25)).verdict, verdict);
    }
}

#[test]
fn sorted_side_by_side_would_be_wrong() {
    // Sorting by (a, b) and comparing line by line pairs the wrong rows.
    let legacy = [(0, 1.0, 9.0), (0, 1.25, 1.0)];
    let governed = [(0, 1.0, 1.0), (0, 1.25, 9.0)];
    let found = run(&legacy, &governed, &absolute(0.25));
    assert_eq!(found.verdict, Verdict::Tolerated);
    assert_eq!(found.differences.ledger[0].cells, 2);
    assert_eq!(found.differences.ledger[0].worst, "0.25 absolute");
}

#[test]
fn rounding_into_buckets_would_be_wrong() {
    // 0.4 and 0.6 fall into two buckets of width 1 and are 0.2 apart.
    let found = run(&[(0, 0.375, 0.0)], &[(0, 0.625, 0.0)], &absolute(0.25));
    assert_eq!(found.verdict, Verdict::Tolerated);
}

#[test]
fn the_ledger_counts_only_what_it_excused() {
    let settings = tolerating(&[
        ToleranceKind::FloatAbsolute { max: 0.25 },
        ToleranceKind::TimePrecision { micros: 10 },
    ]);
    let legacy = [(0, 1.0, 5.0), (1, 2.0, 5.0), (2, 3.0, 5.0)];
    let governed = [(0, 1.0, 5.0), (1, 2.25, 5.0), (2, 3.125, 9.0)];
    let found = run(&legacy, &governed, &settings);
    assert_eq!(found.verdict, Verdict::Mismatch);
    let [entry] = &found.differences.ledger[..] else { panic!("{:?}", found.differences.ledger) };
    assert_eq!((entry.code.as_str(), entry.cells, entry.reason.as_str()), ("TL0001", 2, "test"));
    assert_eq!(entry.examples.len(), 2);
    let [Difference::Changed { cells, .. }] = &found.differences.examples[..] else {
        panic!("{:?}", found.differences.examples)
    };
    // The excused cell of the changed row is not shown as changed.
    assert_eq!(cells.iter().map(|cell| cell.column).collect::<Vec<_>>(), [2]);
}

#[test]
fn decimals_agree_at_a_scale_and_times_at_a_precision() {
    let decimal = |unscaled: i128, scale: i8| {
        let array = Decimal128Array::from(vec![unscaled]).with_precision_and_scale(38, scale);
        batch(vec![Arc::new(array.unwrap())])
    };
    let settings = tolerating(&[
        ToleranceKind::DecimalScale { digits: 2 },
        ToleranceKind::TimePrecision { micros: 1_000 },
    ]);
    let found = judged(&facts(), &decimal(2_333_333, 6), &decimal(233, 2), &settings);
    assert_eq!(found.verdict, Verdict::Tolerated);
    assert_eq!(found.differences.ledger[0].worst, "0.003333 absolute");
    assert!(found.differences.type_drifts.is_empty());
    let found = judged(&facts(), &decimal(2_335, 3), &decimal(233, 2), &settings);
    assert_eq!(found.verdict, Verdict::Mismatch);

    let time = |micros: i64| batch(vec![Arc::new(TimestampMicrosecondArray::from(vec![micros]))]);
    assert_eq!(judged(&facts(), &time(5), &time(1_004), &settings).verdict, Verdict::Tolerated);
    assert_eq!(judged(&facts(), &time(5), &time(1_005), &settings).verdict, Verdict::Mismatch);
}

#[test]
fn several_rows_of_lists_match_within_tolerance() {
    let lists = |rows: &[[f64; 2]]| {
        let rows = rows.iter().map(|row| Some(row.iter().map(|v| Some(*v)).collect::<Vec<_>>()));
        batch(vec![Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(rows))])
    };
    let (a, b) = (lists(&[[1.0, 2.0], [5.0, 6.0]]), lists(&[[5.25, 6.0], [1.0, 2.25]]));
    assert_eq!(judged(&facts(), &a, &b, &absolute(0.25)).verdict, Verdict::Tolerated);
    let found = judged(&facts(), &a, &b, &absolute(0.125));
    assert_eq!(found.verdict, Verdict::Mismatch);
    assert_eq!(found.differences.legacy_rows, 2);
}

#[test]
fn a_bound_that_decides_is_inconclusive_and_says_so() {
    // A shuffled grid: every row has a partner, but finding them all takes checks.
    let legacy: Vec<Row> = (0..30).map(|i| (0, f64::from(i % 6), f64::from(i / 6))).collect();
    let governed: Vec<Row> =
        legacy.iter().rev().map(|(k, a, b)| (*k, a + 0.25, b - 0.25)).collect();
    let settings = absolute(0.25);
    assert_eq!(run(&legacy, &governed, &settings).verdict, Verdict::Tolerated);
    let bounded = settings.with_match_checks_max(5).with_pair_rows_max(0);
    let found = run(&legacy, &governed, &bounded);
    let reason = found.verdict.reason().unwrap();
    assert!(reason.contains("the bound of 5 pair checks was hit"), "{reason}");
    // One row too many is a difference whatever the bound hides.
    let found = run(&legacy, &governed[1..], &bounded);
    assert_eq!(found.verdict, Verdict::Mismatch);
    assert!(found.differences.notes.iter().any(|note| note.contains("bound of 5")));
}

#[test]
fn ten_thousand_noisy_rows_without_a_key_are_matched() {
    let legacy: Vec<Row> =
        (0..10_000).map(|i| (0, f64::from(i), f64::from(i * 7 % 10_000))).collect();
    let governed: Vec<Row> =
        legacy.iter().rev().map(|(k, a, b)| (*k, a * (1.0 + 1e-13), b * (1.0 - 1e-13))).collect();
    let settings = tolerating(&[ToleranceKind::FloatRelative { max: 1e-12 }]);
    let found = run(&legacy, &governed, &settings);
    assert_eq!(found.verdict, Verdict::Tolerated, "{:?}", found.differences.notes);
}
