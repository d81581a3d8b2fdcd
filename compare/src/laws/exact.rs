//! Without tolerances: the verdict and the counts are those of two multisets counted naively.

use super::fixtures::{Row, facts, judged, judged_batches, mixed, row, rows};
use crate::Settings;
use model::{Difference, Judgement, Verdict};
use proptest::prelude::*;

fn settings() -> Settings {
    Settings::new(vec![]).unwrap()
}

fn table() -> impl Strategy<Value = Vec<Row>> {
    proptest::collection::vec(row(), 0..14)
}

fn same(a: &Row, b: &Row) -> bool {
    let bits = |v: Option<f64>| v.map(|v| if v.is_nan() { 1 } else { v.to_bits() });
    a.0 == b.0 && a.1 == b.1 && bits(a.2) == bits(b.2)
}

/// Rows of `a` without a partner in `b`, by striking out pairs one after the other.
fn naive_difference(a: &[Row], b: &[Row]) -> u64 {
    let mut rest: Vec<&Row> = b.iter().collect();
    let mut alone = 0;
    for row in a {
        match rest.iter().position(|other| same(row, other)) {
            Some(place) => drop(rest.remove(place)),
            None => alone += 1,
        }
    }
    alone
}

fn run(legacy: &[Row], governed: &[Row]) -> Judgement {
    judged(&facts(), &mixed(legacy), &mixed(governed), &settings())
}

/// The counts must be those of the oracle, and the examples must add up to them.
fn assert_agrees(legacy: &[Row], governed: &[Row], found: &Judgement) {
    let (gone, came) = (naive_difference(legacy, governed), naive_difference(governed, legacy));
    let counts = &found.differences;
    assert_eq!(counts.missing_rows + counts.changed_rows, gone);
    assert_eq!(counts.extra_rows + counts.changed_rows, came);
    let expected = if gone + came == 0 { Verdict::Match } else { Verdict::Mismatch };
    assert_eq!(found.verdict, expected);
    let (mut missing, mut extra, mut changed, mut cells) = (0, 0, 0, 0);
    for example in &counts.examples {
        match example {
            Difference::Missing { times, .. } => missing += times,
            Difference::Extra { times, .. } => extra += times,
            Difference::Changed { cells: c, .. } => {
                changed += 1;
                cells += c.len() as u64;
                assert!(c.iter().all(|cell| cell.legacy != cell.governed));
            }
            other => panic!("invented: {other:?}"),
        }
    }
    let all = (counts.missing_rows, counts.extra_rows, counts.changed_rows, counts.changed_cells);
    assert_eq!((missing, extra, changed, cells), all);
}

proptest! {
    #[test]
    fn the_oracle_agrees(legacy in table(), governed in table()) {
        assert_agrees(&legacy, &governed, &run(&legacy, &governed));
    }

    #[test]
    fn order_of_rows_and_batches_mean_nothing(
        (legacy, shuffled) in table().prop_flat_map(|t| (Just(t.clone()), Just(t).prop_shuffle())),
        governed in table(),
        cut in 0_usize..14,
    ) {
        let whole = run(&legacy, &governed);
        let other = run(&shuffled, &governed);
        prop_assert_eq!(&whole.verdict, &other.verdict);
        let counts = |j: &Judgement| {
            let d = &j.differences;
            (d.missing_rows, d.extra_rows, d.changed_rows, d.changed_cells)
        };
        prop_assert_eq!(counts(&whole), counts(&other));
        prop_assert_eq!(run(&legacy, &shuffled).verdict, Verdict::Match);

        let batch = mixed(&legacy);
        let cut = cut.min(batch.num_rows());
        let split = [batch.slice(0, cut), batch.slice(cut, batch.num_rows() - cut)];
        let right = mixed(&governed);
        let found = judged_batches(
            &facts(),
            (&batch.schema(), &split),
            (&right.schema(), &[right.slice(0, 0), right.clone()]),
            &settings(),
        );
        prop_assert_eq!(found, whole);
    }

    #[test]
    fn swapping_the_sides_swaps_the_findings(legacy in table(), governed in table()) {
        let (there, back) = (run(&legacy, &governed).differences, run(&governed, &legacy).differences);
        prop_assert_eq!(there.missing_rows, back.extra_rows);
        prop_assert_eq!(there.extra_rows, back.missing_rows);
        prop_assert_eq!(there.changed_rows, back.changed_rows);
        prop_assert_eq!(there.changed_cells, back.changed_cells);
    }

    #[test]
    fn a_dropped_row_is_found_alone(rows in proptest::collection::vec(row(), 1..14), at in any::<prop::sample::Index>()) {
        let mut fewer = rows.clone();
        let gone = fewer.remove(at.index(rows.len()));
        let found = run(&rows, &fewer);
        prop_assert_eq!((found.differences.missing_rows, found.differences.extra_rows), (1, 0));
        prop_assert_eq!(found.differences.changed_rows, 0);
        let shown = (gone.0.map(|v| v.to_string()), gone.1);
        let matches = matches!(&found.differences.examples[..],
            [Difference::Missing { row, times: 1 }] if row[0] == shown.0 && row[1] == shown.1);
        prop_assert!(matches, "{:?}", found.differences.examples);
        let found = run(&fewer, &rows);
        prop_assert_eq!((found.differences.missing_rows, found.differences.extra_rows), (0, 1));
    }

    #[test]
    fn a_doubled_row_is_found_alone(rows in proptest::collection::vec(row(), 1..14), at in any::<prop::sample::Index>()) {
        let mut more = rows.clone();
        more.push(rows[at.index(rows.len())].clone());
        let found = run(&rows, &more);
        let counts = &found.differences;
        prop_assert_eq!((counts.missing_rows, counts.extra_rows, counts.changed_rows), (0, 1, 0));
    }

    #[test]
    fn a_changed_cell_is_found_as_this_cell(count in 1_usize..12, at in any::<prop::sample::Index>(), column in 1_usize..3) {
        let keyed: Vec<[i32; 3]> = (0..12).take(count).map(|i| [i, i % 3, i % 2]).collect();
        let mut other = keyed.clone();
        let place = at.index(count);
        other[place][column] += 10;
        let found = judged(&facts(), &rows(&keyed), &rows(&other), &settings());
        let counts = &found.differences;
        prop_assert_eq!((counts.missing_rows, counts.extra_rows), (0, 0));
        prop_assert_eq!((counts.changed_rows, counts.changed_cells), (1, 1));
        let [Difference::Changed { row, cells }] = &counts.examples[..] else {
            return Err(TestCaseError::fail(format!("{:?}", counts.examples)));
        };
        prop_assert_eq!(&row[0], &Some(keyed[place][0].to_string()));
        prop_assert_eq!(cells[0].column, column);
        prop_assert_eq!(cells[0].name.as_str(), format!("c{column}"));
        prop_assert_eq!(&cells[0].governed, &Some(other[place][column].to_string()));
    }
}

#[test]
fn the_values_that_others_confuse_are_distinct() {
    let values = [
        (None, None, None),
        (None, Some(String::new()), None),
        (None, Some("NULL".to_owned()), None),
        (None, Some(" ".to_owned()), None),
        (Some(0), None, None),
        (None, None, Some(0.0)),
        (None, None, Some(-0.0)),
        (None, None, Some(f64::NAN)),
        (None, None, Some(f64::INFINITY)),
    ];
    for (i, a) in values.iter().enumerate() {
        for (j, b) in values.iter().enumerate() {
            let verdict = run(std::slice::from_ref(a), std::slice::from_ref(b)).verdict;
            assert_eq!(verdict == Verdict::Match, i == j, "{a:?} {b:?}");
        }
    }
}

#[test]
fn examples_are_bounded_and_no_kind_crowds_out_another() {
    let legacy: Vec<[i32; 3]> = (0..100).map(|i| [i, i, 0]).collect();
    let governed: Vec<[i32; 3]> = (50..130).map(|i| [i, i, i32::from(i < 60)]).collect();
    let found =
        judged(&facts(), &rows(&legacy), &rows(&governed), &settings().with_examples_max(6));
    let counts = &found.differences;
    assert_eq!((counts.missing_rows, counts.extra_rows, counts.changed_rows), (50, 30, 10));
    assert_eq!(counts.examples.len(), 6);
    let kinds = |f: fn(&Difference) -> bool| counts.examples.iter().filter(|d| f(d)).count();
    assert_eq!(kinds(|d| matches!(d, Difference::Missing { .. })), 2);
    assert_eq!(kinds(|d| matches!(d, Difference::Extra { .. })), 2);
    assert_eq!(kinds(|d| matches!(d, Difference::Changed { .. })), 2);
    let none = judged(&facts(), &rows(&legacy), &rows(&governed), &settings().with_examples_max(0));
    assert!(none.differences.examples.is_empty());
    assert_eq!(none.differences.missing_rows, 50);
}

#[test]
fn copies_are_told_in_one_example() {
    let found = judged(
        &facts(),
        &rows(&[[1, 1, 1], [1, 1, 1], [1, 1, 1], [2, 2, 2]]),
        &rows(&[[2, 2, 2], [1, 1, 1]]),
        &settings(),
    );
    let one = Some("1".to_owned());
    let row = vec![one.clone(), one.clone(), one];
    assert_eq!(found.differences.examples, [Difference::Missing { row, times: 2 }]);
    assert_eq!(found.differences.missing_rows, 2);
}

#[test]
fn the_largest_result_that_a_test_can_afford_is_judged() {
    let many: Vec<[i32; 3]> = (0..20_000).map(|i| [i % 500, i, 0]).collect();
    let mut other = many.clone();
    other.reverse();
    assert_eq!(judged(&facts(), &rows(&many), &rows(&other), &settings()).verdict, Verdict::Match);
    for row in &mut other {
        row[2] = 1;
    }
    let found = judged(&facts(), &rows(&many), &rows(&other), &settings()).differences;
    assert_eq!((found.changed_rows, found.changed_cells), (20_000, 20_000));
}
