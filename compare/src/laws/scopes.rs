//! Scopes, layouts and the ledger, seen through whole verdicts.

use super::fixtures::{batch, facts, judged, tolerating};
use crate::Settings;
use arrow::{
    array::{
        Array, ArrayRef, Float64Array, Int32Array, ListArray, RecordBatch, StringArray, StructArray,
    },
    datatypes::{Field, Float64Type},
};
use model::{Blanks, ColumnOrigin, Scope, StatementFacts, Tolerance, ToleranceKind, Verdict};
use std::sync::Arc;

fn texts(values: &[Option<&str>]) -> RecordBatch {
    batch(vec![Arc::new(StringArray::from(values.to_vec()))])
}

fn codes(judgement: &model::Judgement) -> Vec<(&str, u64)> {
    judgement.differences.ledger.iter().map(|entry| (entry.code.as_str(), entry.cells)).collect()
}

#[test]
fn a_cell_is_counted_under_every_rule_that_it_needed() {
    let settings = tolerating(&[
        ToleranceKind::TextTrim { blanks: Blanks::Trailing },
        ToleranceKind::TextCase,
        ToleranceKind::NullIsEmpty,
        ToleranceKind::TextNfc,
    ]);
    let legacy = texts(&[Some("ABC "), Some("x"), None, Some("same")]);
    let governed = texts(&[Some("same"), Some(" "), Some("abc"), Some("x ")]);
    let found = judged(&facts(), &legacy, &governed, &settings);
    assert_eq!(found.verdict, Verdict::Tolerated);
    assert_eq!(codes(&found), [("TL0009", 3), ("TL0010", 1), ("TL0012", 1)]);
    assert_eq!(found.differences.ledger[0].worst, "1 blanks");
    assert_eq!(found.differences.ledger[0].place, Some(0));
    // In scope, and not needed.
    assert_eq!(found.differences.unused, [3]);
}

#[test]
fn null_and_the_empty_text_are_apart_without_a_rule() {
    let (null, empty) = (texts(&[None]), texts(&[Some("")]));
    let none = Settings::new(vec![]).unwrap();
    assert_eq!(judged(&facts(), &null, &empty, &none).verdict, Verdict::Mismatch);
    let rule = tolerating(&[ToleranceKind::NullIsEmpty]);
    assert_eq!(judged(&facts(), &null, &empty, &rule).verdict, Verdict::Tolerated);
    assert_eq!(judged(&facts(), &null, &texts(&[Some(" ")]), &rule).verdict, Verdict::Mismatch);
}

#[test]
fn rules_of_the_team_in_scope_that_excuse_nothing_are_told() {
    let tolerance = |kind, column: Option<&str>| Tolerance {
        kind,
        scope: Scope { column: column.map(str::to_owned), ..Scope::default() },
        reason: "r".to_owned(),
    };
    let team = vec![
        tolerance(ToleranceKind::TextCase, None),
        // No column of that name, and no float: never in scope here.
        tolerance(ToleranceKind::TextNfc, Some("other")),
        tolerance(ToleranceKind::FloatAbsolute { max: 1.0 }, None),
    ];
    let settings = Settings::new(team).unwrap();
    let needed = vec![tolerance(ToleranceKind::JsonValue, None)];
    let settings = settings.and(needed).unwrap();
    let one = texts(&[Some("a")]);
    assert_eq!(judged(&facts(), &one, &one, &settings).differences.unused, [0]);
    let found = judged(&facts(), &texts(&[Some("[1.0]")]), &texts(&[Some("[1]")]), &settings);
    // What a translation needs has no place among the team's.
    assert_eq!(found.differences.ledger[0].place, None);
    assert_eq!(found.differences.unused, [0]);
}

#[test]
fn a_table_is_known_by_the_origin_of_its_columns() {
    let origin = |table: &str, column: &str| {
        Some(ColumnOrigin { table: table.to_owned(), column: column.to_owned() })
    };
    let facts = StatementFacts {
        origins: vec![origin("sales.orders", "code"), None, origin("items", "code")],
        ..facts()
    };
    let row = |values: [&str; 3]| {
        let column = |value: &str| Arc::new(StringArray::from(vec![value])) as ArrayRef;
        batch(values.iter().map(|value| column(value)).collect())
    };
    let scope = Scope {
        table: Some("orders".to_owned()),
        column: Some("code".to_owned()),
        ..Scope::default()
    };
    let tolerance = Tolerance { kind: ToleranceKind::TextCase, scope, reason: "r".to_owned() };
    let settings = Settings::new(vec![tolerance]).unwrap();
    let of = |governed| judged(&facts, &row(["a", "a", "a"]), &row(governed), &settings).verdict;
    assert_eq!(of(["A", "a", "a"]), Verdict::Tolerated);
    assert_eq!(of(["a", "A", "a"]), Verdict::Mismatch);
    assert_eq!(of(["a", "a", "A"]), Verdict::Mismatch);
}

fn structs(fields: &[(&str, ArrayRef)]) -> RecordBatch {
    let fields = fields.iter().map(|(name, array)| {
        (Arc::new(Field::new(*name, array.data_type().clone(), true)), Arc::clone(array))
    });
    batch(vec![Arc::new(StructArray::from(fields.collect::<Vec<_>>()))])
}

#[test]
fn fields_by_name_are_excused_and_counted_for_the_whole_column() {
    let ints = |values: [i32; 2]| Arc::new(Int32Array::from(values.to_vec())) as ArrayRef;
    let words = || Arc::new(StringArray::from(vec!["x", "y"])) as ArrayRef;
    let legacy = structs(&[("a", ints([1, 2])), ("b", words())]);
    let governed = structs(&[("b", words()), ("a", ints([1, 2]))]);
    let none = Settings::new(vec![]).unwrap();
    assert_eq!(judged(&facts(), &legacy, &governed, &none).verdict, Verdict::Mismatch);
    let rule = tolerating(&[ToleranceKind::StructByName]);
    let found = judged(&facts(), &legacy, &governed, &rule);
    assert_eq!(found.verdict, Verdict::Tolerated, "{found:?}");
    assert_eq!(codes(&found), [("TL0016", 2)]);
    assert!(found.differences.type_drifts.is_empty());
    let example = &found.differences.ledger[0].examples[0];
    assert_eq!(example.legacy.as_deref(), Some("struct (a int32, b text)"));
    let other = structs(&[("b", words()), ("a", ints([1, 3]))]);
    assert_eq!(judged(&facts(), &legacy, &other, &rule).verdict, Verdict::Mismatch);
    // In the same order the rule does nothing; another field is never excused.
    let found = judged(&facts(), &legacy, &legacy, &rule);
    assert_eq!((found.verdict, found.differences.unused), (Verdict::Match, vec![0]));
    let missing = structs(&[("b", words()), ("c", ints([1, 2]))]);
    assert_eq!(judged(&facts(), &legacy, &missing, &rule).verdict, Verdict::Mismatch);
}

#[test]
fn positions_that_happen_to_agree_are_not_equal_by_name() {
    let ints = |value: i32| Arc::new(Int32Array::from(vec![value])) as ArrayRef;
    let legacy = structs(&[("a", ints(1)), ("b", ints(2))]);
    let governed = structs(&[("b", ints(1)), ("a", ints(2))]);
    let rule = tolerating(&[ToleranceKind::StructByName]);
    assert_eq!(judged(&facts(), &legacy, &governed, &rule).verdict, Verdict::Mismatch);
}

#[test]
fn shuffled_lists_of_noisy_floats_match_row_by_row() {
    let lists = |rows: &[[f64; 3]]| {
        let rows = rows.iter().map(|row| Some(row.iter().map(|v| Some(*v)).collect::<Vec<_>>()));
        batch(vec![Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(rows))])
    };
    let legacy = lists(&[[1.0, 2.0, 3.0], [7.0, 8.0, 9.0]]);
    let governed = lists(&[[9.0, 7.0, 8.0], [3.25, 1.0, 2.0]]);
    let settings =
        tolerating(&[ToleranceKind::ListMultiset, ToleranceKind::FloatAbsolute { max: 0.25 }]);
    let found = judged(&facts(), &legacy, &governed, &settings);
    assert_eq!(found.verdict, Verdict::Tolerated);
    assert_eq!(codes(&found), [("TL0015", 2), ("TL0001", 1)]);
}

#[test]
fn nan_for_null_beside_a_distance() {
    let floats = |values: Vec<Option<f64>>| batch(vec![Arc::new(Float64Array::from(values))]);
    let legacy = floats(vec![Some(f64::NAN), None, Some(1.0), Some(2.0)]);
    let governed = floats(vec![None, Some(2.25), Some(-f64::NAN), Some(0.75)]);
    let settings =
        tolerating(&[ToleranceKind::NanIsNull, ToleranceKind::FloatAbsolute { max: 0.25 }]);
    // NaN and NULL have each an equal one on the other side; only the noise is excused.
    let found = judged(&facts(), &legacy, &governed, &settings);
    assert_eq!((found.verdict.clone(), codes(&found)), (Verdict::Tolerated, vec![("TL0001", 2)]));
    let one = |value| floats(vec![value, Some(1.0)]);
    let found = judged(&facts(), &one(Some(f64::NAN)), &one(None), &settings);
    assert_eq!((found.verdict.clone(), codes(&found)), (Verdict::Tolerated, vec![("TL0013", 1)]));
}

#[test]
fn a_type_of_the_scope_reaches_inside_lists() {
    let lists = |v: f64| {
        let rows = [Some(vec![Some(v)])];
        batch(vec![Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>(rows))])
    };
    let scope = Scope { data_type: Some("float64".to_owned()), ..Scope::default() };
    let kind = ToleranceKind::FloatAbsolute { max: 0.5 };
    let settings = Settings::new(vec![Tolerance { kind, scope, reason: "r".to_owned() }]).unwrap();
    assert_eq!(judged(&facts(), &lists(1.0), &lists(1.5), &settings).verdict, Verdict::Tolerated);
}
