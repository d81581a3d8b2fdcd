//! What the legacy has with itself is never held against the governed side; all else is.

use super::fixtures::{facts, ordered_by, rows, statement};
use crate::{Answer, Memory, Request, Settings, Unwatched, judge_noise, judge_rows};
use model::{
    Differences, Failure, FailureClass, InMemory, Judgement, MismatchClass, NoiseReach, Rows,
    SqlState, StatementFacts, Verdict,
};
use proptest::prelude::*;

type Table = Vec<[i32; 3]>;

fn settings() -> Settings {
    Settings::new(vec![]).unwrap()
}

fn request(facts: &StatementFacts) -> Request<'_> {
    Request { statement: statement(facts), key: None, memory: Memory::default(), watch: &Unwatched }
}

fn in_memory(table: &[[i32; 3]]) -> InMemory {
    let batch = rows(table);
    InMemory::new(batch.schema(), vec![batch]).unwrap()
}

/// The judgement once the legacy was asked twice.
fn judged(facts: &StatementFacts, legacy: [&[[i32; 3]]; 2], governed: &[[i32; 3]]) -> Judgement {
    let [first, again, governed] = [legacy[0], legacy[1], governed].map(in_memory);
    let sides: [&dyn Rows; 2] = [&first, &governed];
    let mismatch = judge_rows(request(facts), sides, &settings());
    let answers = [Answer::Rows(&first), Answer::Rows(&again), Answer::Rows(&governed)];
    judge_noise(request(facts), mismatch, answers, &settings())
}

fn reach(judgement: &Judgement) -> &NoiseReach {
    &judgement.differences.noise.as_ref().unwrap().reach
}

fn columns(names: &[&str]) -> NoiseReach {
    NoiseReach::Columns { columns: names.iter().map(|name| (*name).to_owned()).collect() }
}

fn failure(class: FailureClass, sqlstate: &str) -> Failure {
    Failure {
        class,
        sqlstate: SqlState::parse(sqlstate).unwrap(),
        message: "it failed".to_owned(),
        code: None,
        position: None,
    }
}

#[test]
fn a_column_that_the_legacy_changes_itself_is_open_and_no_other() {
    let first = [[1, 7, 10], [2, 8, 20], [3, 9, 30]];
    let again = [[1, 7, 10], [2, 8, 21], [3, 9, 30]];
    let found = judged(&facts(), [&first, &again], &[[1, 7, 99], [2, 8, 98], [3, 9, 30]]);
    let reason = found.verdict.reason().unwrap();
    assert!(reason.starts_with("nondeterministic: the legacy differs from itself"), "{reason}");
    assert!(reason.ends_with("in the column `c2`"), "{reason}");
    assert_eq!(reach(&found), &columns(&["c2"]));
    let itself = &found.differences.noise.as_ref().unwrap().judgement;
    assert_eq!((itself.verdict.as_str(), itself.differences.changed_cells), ("mismatch", 1));
    assert_eq!(found.differences.changed_cells, 2, "what differs between the sides is kept");

    for governed in [
        &[[1, 7, 99], [2, 5, 98], [3, 9, 30]][..],
        &[[1, 7, 99], [2, 8, 98]],
        &[[1, 7, 99], [2, 8, 98], [3, 9, 30], [3, 9, 30]],
    ] {
        let found = judged(&facts(), [&first, &again], governed);
        assert_eq!(found.verdict, Verdict::Mismatch, "{governed:?}");
        assert_eq!(reach(&found), &columns(&["c2"]));
        assert!(found.differences.notes.iter().any(|note| note.ends_with("elsewhere too")));
    }
}

#[test]
fn a_legacy_that_repeats_itself_excuses_nothing() {
    let (legacy, governed) = ([[1, 7, 10]], [[1, 7, 11]]);
    let found = judged(&facts(), [&legacy, &legacy], &governed);
    assert_eq!((found.verdict.as_str(), reach(&found)), ("mismatch", &NoiseReach::Nothing));
    let found = judged(&facts(), [&legacy, &[[5, 5, 5]]], &legacy);
    assert_eq!((found.verdict, found.differences.noise), (Verdict::Match, None), "none is needed");
}

#[test]
fn rows_that_come_and_go_leave_the_rows_open() {
    let found = judged(&facts(), [&[[1, 1, 1], [2, 2, 2]], &[[1, 1, 1]]], &[[3, 3, 3]]);
    assert_eq!((found.verdict.as_str(), reach(&found)), ("inconclusive", &NoiseReach::Everything));
    assert!(found.verdict.reason().unwrap().ends_with("of 2 rows 1 went, 0 changed, and 0 came"));
}

#[test]
fn where_every_column_is_open_the_number_of_rows_is_not() {
    let (first, again) = ([[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 12]]);
    let found = judged(&facts(), [&first, &again], &[[13, 14, 15], [16, 17, 18]]);
    assert_eq!(reach(&found), &columns(&["c0", "c1", "c2"]));
    assert_eq!(found.verdict.as_str(), "inconclusive");
    let found = judged(&facts(), [&first, &again], &[[13, 14, 15]]);
    assert_eq!(found.verdict, Verdict::Mismatch);
}

#[test]
fn an_open_order_excuses_an_order() {
    let facts = ordered_by(&[Some(0)]);
    let (first, again) = ([[1, 1, 1], [2, 2, 2], [3, 3, 3]], [[2, 2, 2], [1, 1, 1], [3, 3, 3]]);
    let found = judged(&facts, [&first, &again], &[[3, 3, 3], [1, 1, 1], [2, 2, 2]]);
    assert_eq!((found.verdict.as_str(), reach(&found)), ("inconclusive", &NoiseReach::Order));
    let found = judged(&facts, [&first, &again], &[[3, 3, 3], [1, 1, 1], [2, 2, 9]]);
    assert_eq!((found.verdict.as_str(), reach(&found)), ("mismatch", &NoiseReach::Order));
}

#[test]
fn an_order_by_an_open_column_is_open_too() {
    let facts = ordered_by(&[Some(2), Some(0)]);
    let (first, again) = ([[1, 1, 5], [2, 2, 6]], [[2, 2, 4], [1, 1, 9]]);
    let found = judged(&facts, [&first, &again], &[[2, 2, 1], [1, 1, 2]]);
    assert_eq!((found.verdict.as_str(), reach(&found)), ("inconclusive", &columns(&["c2"])));
}

#[test]
fn failures_are_told_from_noise() {
    let facts = facts();
    let table = in_memory(&[[1, 1, 1]]);
    let other = in_memory(&[[1, 1, 2]]);
    let (syntax, data) =
        (failure(FailureClass::Statement, "42601"), failure(FailureClass::Statement, "22012"));
    let slow = failure(FailureClass::Resource, "57014");
    let mismatch = |legacy: Answer<'_>, governed: Answer<'_>| {
        crate::failures::judge(legacy.failure(), governed.failure())
    };
    let (rows, rows_again) = (Answer::Rows(&table), Answer::Rows(&other));
    for (legacy, again, governed, verdict, expected) in [
        // The governed side fails whatever the legacy answers.
        (rows, rows, Answer::Failed(&data), "mismatch", NoiseReach::Nothing),
        (rows, rows_again, Answer::Failed(&data), "mismatch", columns(&["c2"])),
        // The legacy fails every other time.
        (Answer::Failed(&data), rows, rows, "inconclusive", NoiseReach::Everything),
        (
            rows,
            Answer::Failed(&data),
            Answer::Failed(&data),
            "inconclusive",
            NoiseReach::Everything,
        ),
        (
            Answer::Failed(&data),
            Answer::Failed(&syntax),
            rows,
            "inconclusive",
            NoiseReach::Everything,
        ),
        // It fails always.
        (Answer::Failed(&data), Answer::Failed(&data), rows, "mismatch", NoiseReach::Nothing),
        // A timeout tells nothing.
        (rows, Answer::Failed(&slow), Answer::Failed(&data), "mismatch", NoiseReach::Unknown),
    ] {
        let first = mismatch(legacy, governed);
        assert_eq!(first.verdict, Verdict::Mismatch);
        let found = judge_noise(request(&facts), first, [legacy, again, governed], &settings());
        assert_eq!((found.verdict.as_str(), reach(&found)), (verdict, &expected));
    }
}

#[test]
fn other_columns_are_no_noise() {
    let facts = facts();
    let (first, again) = (in_memory(&[[1, 1, 1]]), in_memory(&[[1, 1, 2]]));
    let narrow = crate::laws::fixtures::batch(vec![std::sync::Arc::new(
        arrow::array::Int32Array::from(vec![1]),
    )]);
    let narrow = InMemory::new(narrow.schema(), vec![narrow]).unwrap();
    let mismatch = judge_rows(request(&facts), [&first, &narrow], &settings());
    let answers = [Answer::Rows(&first), Answer::Rows(&again), Answer::Rows(&narrow)];
    let found = judge_noise(request(&facts), mismatch, answers, &settings());
    assert_eq!(found.mismatch_class(), Some(MismatchClass::Columns));
    assert_eq!(reach(&found), &columns(&["c2"]));
}

#[test]
fn what_is_no_mismatch_is_given_back() {
    let facts = facts();
    let table = in_memory(&[[1, 1, 1]]);
    let open = Judgement {
        verdict: Verdict::Inconclusive { reason: "why".to_owned() },
        differences: Differences::default(),
    };
    let answers = [Answer::Rows(&table); 3];
    assert_eq!(judge_noise(request(&facts), open.clone(), answers, &settings()), open);
}

fn generated() -> impl Strategy<Value = (Vec<[i32; 3]>, Vec<i32>, Vec<i32>)> {
    (1_usize..9).prop_flat_map(|rows| {
        let values = || proptest::collection::vec(0..4_i32, rows);
        (values(), values(), values(), values()).prop_map(|(d, first, again, governed)| {
            let table = (0_i32..).zip(d).zip(first).map(|((k, d), c)| [k, d, c]).collect();
            (table, again, governed)
        })
    })
}

fn with(table: &Table, values: &[i32]) -> Table {
    table.iter().zip(values).map(|([k, d, _], c)| [*k, *d, *c]).collect()
}

proptest! {
    /// A column that is not the same twice is never held against the governed side.
    #[test]
    fn noise_in_a_column_is_never_a_mismatch((table, again, governed) in generated()) {
        let second = with(&table, &again);
        prop_assume!(second != table);
        let found = judged(&facts(), [&table, &second], &with(&table, &governed));
        prop_assert!(found.verdict != Verdict::Mismatch, "{:?}", found);
    }

    /// A value that is in neither answer of the legacy, in a column that it repeats, is a mismatch
    /// whatever else is open.
    #[test]
    fn a_difference_beyond_the_noise_is_a_mismatch(
        (table, again, governed) in generated(),
        at in any::<prop::sample::Index>(),
    ) {
        let alike: Table = table.iter().map(|[k, _, c]| [*k, 7, *c]).collect();
        let mut wrong = with(&alike, &governed);
        let at = at.index(wrong.len());
        wrong[at][1] = 99;
        let found = judged(&facts(), [&alike, &with(&alike, &again)], &wrong);
        prop_assert_eq!(found.verdict, Verdict::Mismatch);
    }
}
