//! Laws of the causes: what is planted is found with its figures, what is not is not.

use super::fixtures::{batch, facts, judged, ordered_by, rows, tolerating};
use crate::{
    causes::Collector,
    kind::Meet,
    value::{DAY_NANOS, Instant, Value},
};
use arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use model::{Cause, Judgement};
use proptest::prelude::*;
use std::sync::Arc;

fn causes_of(cells: &[(Value<'_>, Value<'_>)], meet: &Meet) -> Vec<Cause> {
    let mut collector = Collector::of(0, "x", meet);
    for (legacy, governed) in cells {
        collector.note(legacy, governed);
    }
    collector.finish()
}

fn told(judgement: &Judgement) -> Vec<(&str, &str, u64, u64)> {
    let causes = judgement.differences.causes.iter();
    causes.map(|c| (c.code.as_str(), c.parameter.as_str(), c.cells, c.rows)).collect()
}

fn compared(legacy: &RecordBatch, governed: &RecordBatch) -> Judgement {
    judged(&facts(), legacy, governed, &tolerating(&[]))
}

/// An id, a moment in minutes, an amount and a name.
fn orders(rows: &[(i64, i64, f64, &str)]) -> RecordBatch {
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|row| Some(row.0)).collect::<Int64Array>()),
        Arc::new(
            rows.iter().map(|row| Some(row.1 * 60_000_000)).collect::<TimestampMicrosecondArray>(),
        ),
        Arc::new(rows.iter().map(|row| Some(row.2)).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|row| Some(row.3)).collect::<StringArray>()),
    ];
    batch(columns)
}

#[test]
fn each_column_of_a_result_has_its_own_causes() {
    let legacy: Vec<_> =
        (0..50).map(|i| (i.into(), i64::from(i) * 100, f64::from(i) + 0.126, "Ab")).collect();
    let governed: Vec<_> =
        (0..50).map(|i| (i.into(), i64::from(i) * 100 + 60, f64::from(i) + 0.13, "ab")).collect();
    let judgement = compared(&orders(&legacy), &orders(&governed));
    assert_eq!(
        told(&judgement),
        [
            ("DC0301", "+1 h", 50, 0),
            ("DC0101", "governed: nearest, 2 digits", 50, 0),
            ("DC0201", "governed: lower case", 50, 0),
        ]
    );
    let sentence = "50 of 50 changed cells of `c1` are 1 h later on the governed side";
    assert_eq!(judgement.differences.causes[0].sentence, sentence);
    let equal = compared(&orders(&legacy), &orders(&legacy));
    assert_eq!(told(&equal), []);
}

#[test]
fn a_fan_out_is_told_with_its_factor() {
    let once: Vec<_> = (0..20).map(|i| [i, i % 3, 7]).collect();
    let thrice: Vec<_> = once.iter().flat_map(|row| [*row; 3]).collect();
    let judgement = compared(&rows(&once), &rows(&thrice));
    assert_eq!(told(&judgement), [("DC0502", "governed: × 3", 0, 40)]);
    let judgement = compared(&rows(&thrice), &rows(&once));
    assert_eq!(told(&judgement), [("DC0502", "legacy: × 3", 0, 40)]);
    // Rows that only one side has are no copies.
    let more: Vec<_> = once.iter().copied().chain([[90, 91, 92], [93, 94, 95]]).collect();
    let judgement = compared(&rows(&once), &rows(&more));
    assert!(told(&judgement).iter().all(|cause| cause.0 != "DC0502"), "{judgement:?}");
}

#[test]
fn a_side_that_ends_early_is_told() {
    let all: Vec<_> = (0..130).map(|i| [i, i * i % 11, 1]).collect();
    let judgement = compared(&rows(&all), &rows(&all[..100]));
    assert_eq!(told(&judgement), [("DC0503", "governed: 100 rows", 0, 30)]);
    let why = judgement.differences.causes[0].sentence.as_str();
    assert!(why.contains("after which all rows are missing"), "{why}");
    let judgement = compared(&rows(&all[7..107]), &rows(&all));
    assert_eq!(told(&judgement), [("DC0503", "legacy: 100 rows", 0, 30)]);
    let judgement = compared(&rows(&all), &rows(&all[5..102]));
    assert_eq!(told(&judgement), []);
    let judgement = compared(&rows(&all), &rows(&[]));
    assert_eq!(told(&judgement), [("DC0501", "governed", 0, 130)]);
    // No usual number, and rows are missing in the middle: the statement's own limit says it.
    let limited = model::StatementFacts { limited: true, ..facts() };
    let some: Vec<_> = all.iter().copied().filter(|row| row[0] % 5 != 2).collect();
    let judgement = judged(&limited, &rows(&all), &rows(&some), &tolerating(&[]));
    let found: Vec<_> =
        judgement.differences.causes.iter().filter(|cause| cause.code == "DC0503").collect();
    let [cause] = found.as_slice() else { panic!("{judgement:?}") };
    assert!(cause.sentence.contains("which the statement limits"), "{}", cause.sentence);
}

/// Whoever reads a cause wants to know what to do.
#[test]
fn every_cause_of_rows_says_what_to_do() {
    let all: Vec<_> = (0..130).map(|i| [i, i % 10, 1]).collect();
    let twice: Vec<_> = all.iter().chain(&all).copied().collect();
    let some: Vec<_> = all.iter().copied().filter(|row| row[1] != 4).collect();
    for (code, governed) in
        [("DC0501", &[][..]), ("DC0502", &twice), ("DC0503", &all[..100]), ("DC0504", &some)]
    {
        let judgement = compared(&rows(&all), &rows(governed));
        let [cause] = judgement.differences.causes.as_slice() else { panic!("{judgement:?}") };
        assert_eq!(cause.code, code);
        assert!(cause.remedy.split_whitespace().count() > 5, "{code}: {}", cause.remedy);
    }
}

#[test]
fn rows_of_one_value_are_told() {
    let all: Vec<_> = (0..130).map(|i| [i, i % 10, 1]).collect();
    let some: Vec<_> = all.iter().copied().filter(|row| row[1] != 4).collect();
    let judgement = compared(&rows(&all), &rows(&some));
    assert_eq!(told(&judgement), [("DC0504", "legacy: `c1` = `4`", 0, 13)]);
    // The last column is the same in all rows, and so says nothing.
    let others: Vec<_> = all.iter().copied().filter(|row| ![3, 50, 77].contains(&row[0])).collect();
    assert_eq!(told(&compared(&rows(&all), &rows(&others))), []);
}

#[test]
fn another_order_is_told_once() {
    let legacy = [[1, 3, 0], [1, 2, 0], [2, 9, 0]];
    let governed = [[1, 2, 0], [1, 3, 0], [2, 9, 0]];
    let ordered = ordered_by(&[Some(0), Some(1)]);
    let judgement = judged(&ordered, &rows(&legacy), &rows(&governed), &tolerating(&[]));
    assert_eq!(told(&judgement), [("DC0604", "legacy: descending, governed: ascending", 0, 2)]);
    assert_eq!(judgement.differences.causes[0].columns, ["c1"]);
}

#[test]
fn ties_at_a_limit_are_told() {
    let mut limited = ordered_by(&[Some(0)]);
    limited.limited = true;
    let legacy = [[1, 1, 1], [2, 5, 6]];
    let governed = [[1, 1, 1], [2, 7, 8]];
    let judgement = judged(&limited, &rows(&legacy), &rows(&governed), &tolerating(&[]));
    assert!(told(&judgement).contains(&("DC0505", "", 0, 1)), "{judgement:?}");
}

#[test]
fn beyond_many_cells_a_sample_is_looked_at_and_told() {
    let meet = Meet::Int;
    let mut collector = Collector::of(3, "n", &meet);
    for i in 0..150_000_i128 {
        collector.note(&Value::Int(i), &Value::Int(-i - 1_000_000));
    }
    assert_eq!(collector.finish(), []);
    let mut collector = Collector::of(3, "n", &meet);
    for i in 1..=150_000_i128 {
        collector.note(&Value::Int(i), &Value::Int(-i));
    }
    let found = collector.finish();
    assert_eq!(found.len(), 1);
    let looked_at = 100_000 + 50_000 / 16;
    assert_eq!((found[0].cells, found[0].of_cells), (looked_at, 150_000));
    assert_eq!(found[0].looked_at_cells, Some(looked_at));
    let sentence = "103125 of 103125 cells of `n` that were looked at, out of 150000 changed ones, are equal but for their sign";
    assert_eq!(found[0].sentence, sentence);
}

#[test]
fn parameters_of_chance_do_not_keep_out_the_one_of_most_cells() {
    // Each of the first cells is another number of quarter hours away.
    let at = |nanos: i128| Value::Timestamp { at: Instant::At(nanos), zoned: false };
    let quarter = DAY_NANOS / 96;
    let mut cells: Vec<_> =
        (1..=90).map(|i| (at(i * 1_000_003), at(i * 1_000_003 + i * quarter))).collect();
    cells.extend((0..900).map(|i| (at(i), at(i - 5 * quarter))));
    let found = causes_of(&cells, &Meet::Instant);
    assert_eq!(found[0].parameter, "-1:15 h", "{found:?}");
    assert!((900..=901).contains(&found[0].cells), "{found:?}");
}

/// Two texts of which the first has a planted cause, by its code.
fn planted_text(code: &str, i: usize) -> (String, String) {
    let word = format!("word{}tail{i}end", if i.is_multiple_of(2) { 'a' } else { 'b' });
    match code {
        "DC0201" => (word.to_uppercase(), word),
        "DC0202" => (format!("{word} "), word),
        "DC0204" => (format!("{word}Ã©"), format!("{word}é")),
        "DC0209" => (format!("{word}&amp;"), format!("{word}&")),
        "DC0211" => (format!("{word}\r\nx"), format!("{word}\nx")),
        _ => unreachable!("{code}"),
    }
}

proptest! {
    /// Values that have nothing to do with each other have no cause.
    #[test]
    fn unrelated_values_have_none(
        ints in proptest::collection::vec((any::<i64>(), any::<i64>()), 1..40),
        floats in proptest::collection::vec((any::<f64>(), any::<f64>()), 1..40),
        texts in proptest::collection::vec(("[a-z]{8,20}", "[a-z]{8,20}"), 1..40),
        times in proptest::collection::vec((any::<i64>(), any::<i64>()), 1..40),
    ) {
        let unequal = ints.iter().filter(|(a, b)| a != b);
        let cells: Vec<_> = unequal.map(|(a, b)| (Value::Int((*a).into()), Value::Int((*b).into()))).collect();
        prop_assert_eq!(causes_of(&cells, &Meet::Int), vec![]);
        let numbers = floats.iter().filter(|(a, b)| a.is_normal() && b.is_normal() && a.to_bits() != b.to_bits());
        let cells: Vec<_> = numbers.map(|(a, b)| (Value::Float(*a), Value::Float(*b))).collect();
        prop_assert_eq!(causes_of(&cells, &Meet::Float), vec![]);
        let unequal = texts.iter().filter(|(a, b)| a != b);
        let cells: Vec<_> = unequal.map(|(a, b)| (Value::Text(a), Value::Text(b))).collect();
        prop_assert_eq!(causes_of(&cells, &Meet::Text), vec![]);
        let at = |nanos: &i64| Value::Timestamp { at: Instant::At((*nanos).into()), zoned: true };
        let unequal = times.iter().filter(|(a, b)| a != b);
        let cells: Vec<_> = unequal.map(|(a, b)| (at(a), at(b))).collect();
        prop_assert_eq!(causes_of(&cells, &Meet::Instant), vec![]);
    }

    /// Several causes in one column are told apart, each with all of its cells.
    #[test]
    fn a_mix_is_told_apart(
        counts in proptest::collection::vec(0..20_usize, 5),
        seed in any::<u64>(),
    ) {
        let codes = ["DC0201", "DC0202", "DC0204", "DC0209", "DC0211"];
        let mut texts = Vec::new();
        for (code, count) in codes.iter().zip(&counts) {
            texts.extend((0..*count).map(|i| planted_text(code, i)));
        }
        // In any order of the cells.
        texts.sort_by_key(|(text, _)| xxhash_rust::xxh3::xxh3_64_with_seed(text.as_bytes(), seed));
        let cells: Vec<_> = texts.iter().map(|(a, b)| (Value::Text(a), Value::Text(b))).collect();
        let mut found: Vec<_> = causes_of(&cells, &Meet::Text)
            .into_iter().map(|cause| (cause.code, cause.cells)).collect();
        found.sort_unstable();
        let expected: Vec<_> = codes.iter().zip(&counts)
            .filter(|(_, count)| **count > 0)
            .map(|(code, count)| ((*code).to_owned(), *count as u64)).collect();
        prop_assert_eq!(found, expected);
    }

    /// Whatever the cells are, no cell is told twice, nothing panics, and swapping the sides changes
    /// no count.
    #[test]
    fn counts_hold_for_any_cells(
        texts in proptest::collection::vec(("\\PC{0,12}", "\\PC{0,12}"), 0..30),
        words in proptest::collection::vec(("[0-9a-bA-B:.,+%&;T -]{0,12}", "[0-9a-bA-B:.,+%&;T -]{0,12}"), 0..30),
        digits in proptest::collection::vec((-9_999..9_999_i128, -9_999..9_999_i128, 0..4_i64), 0..30),
        days in proptest::collection::vec((any::<i64>(), any::<i64>()), 0..10),
    ) {
        let number = |digits: i128, scale: i64| Value::Number(crate::number::Number::Finite(
            crate::number::Exact::from_scaled(digits, scale),
        ));
        let of_texts: Vec<_> = texts.iter().chain(&words).filter(|(a, b)| a != b)
            .map(|(a, b)| (Value::Text(a), Value::Text(b))).collect();
        let of_numbers: Vec<_> = digits.iter().map(|(a, b, scale)| (number(*a, *scale), number(*b, 0)))
            .filter(|(a, b)| a != b).collect();
        let date = |days: i64| Value::Date(Instant::At(i128::from(days) * DAY_NANOS));
        let of_days: Vec<_> = days.iter().map(|(a, b)| (date(*a), date(*b))).collect();
        for (cells, meet) in [(of_texts, Meet::Text), (of_numbers, Meet::Exact), (of_days, Meet::Date)] {
            let swapped: Vec<_> = cells.iter().map(|(a, b)| (b.clone(), a.clone())).collect();
            let found = causes_of(&cells, &meet);
            let mirrored = causes_of(&swapped, &meet);
            let counts = |causes: &[Cause]| causes.iter().map(|c| (c.code.clone(), c.cells)).collect::<Vec<_>>();
            prop_assert_eq!(counts(&found), counts(&mirrored));
            prop_assert!(found.iter().map(|cause| cause.cells).sum::<u64>() <= cells.len() as u64);
        }
    }
}
