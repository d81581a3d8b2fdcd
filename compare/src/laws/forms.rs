//! Laws of rules that hold together: equivalences, composition, and the keys that rows are grouped
//! by.

use super::fixtures::{batch, with_residue_under, with_tables_under};
use crate::{
    Settings,
    kind::Meet,
    matching::{Checks, match_residue},
    table::Table,
    tolerances::{
        CellVerdict, compare_cells,
        tests::{rule, ruled},
    },
    value::{Instant, Value},
};
use arrow::array::{
    ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray, TimestampSecondArray,
};
use model::{Blanks, Scope, Tolerance, ToleranceKind};
use proptest::prelude::*;
use std::sync::Arc;

const FORMS: [ToleranceKind; 5] = [
    ToleranceKind::TextTrim { blanks: Blanks::Trailing },
    ToleranceKind::TextTrim { blanks: Blanks::Both },
    ToleranceKind::TextCase,
    ToleranceKind::TextNfc,
    ToleranceKind::NullIsEmpty,
];

fn verdict(kinds: &[ToleranceKind], a: &Value<'_>, b: &Value<'_>, meet: &Meet) -> CellVerdict {
    let rules: Vec<_> = kinds.iter().map(|kind| rule(kind.clone())).collect();
    compare_cells(a, b, meet, &ruled(&rules, meet))
}

/// Texts of few pieces that the forms tell apart in every way, and NULL.
fn text() -> impl Strategy<Value = Option<String>> {
    let piece = proptest::sample::select(vec![
        " ",
        "a",
        "A",
        "\u{e9}",
        "e\u{301}",
        "\u{c9}",
        "E\u{301}",
        "\u{130}",
        "I\u{307}",
        "i\u{307}",
        "\u{131}",
        "\u{1fb3}",
        "\u{3b1}\u{345}",
        "\u{391}\u{345}",
        "\u{301}",
        "\u{345}",
        "\u{df}",
        "\u{1e9e}",
        "\u{212a}",
        "k",
        "\u{3c2}",
        "\u{3a3}",
        "\u{1f0}",
        "J\u{30c}",
    ]);
    let text = proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat());
    prop_oneof![1 => Just(None), 9 => text.prop_map(Some)]
}

fn value(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Null, Value::Text)
}

fn subset() -> impl Strategy<Value = Vec<ToleranceKind>> {
    proptest::sample::subsequence(FORMS.to_vec(), 0..=FORMS.len())
}

/// A variant that a rule of text may make equal to the text.
fn variant(text: Option<String>) -> impl Strategy<Value = (Option<String>, Option<String>)> {
    let other = match &text {
        None => vec![None, Some(String::new()), Some("  ".to_owned())],
        Some(text) => vec![
            Some(format!("{text} ")),
            Some(format!(" {text}")),
            Some(text.to_uppercase()),
            Some(text.to_lowercase()),
            Some(unicode_normalization::UnicodeNormalization::nfd(text.as_str()).collect()),
            Some(unicode_normalization::UnicodeNormalization::nfc(text.as_str()).collect()),
        ],
    };
    (Just(text), proptest::sample::select(other))
}

fn pair() -> impl Strategy<Value = (Option<String>, Option<String>)> {
    prop_oneof![(text(), text()), text().prop_flat_map(variant)]
}

proptest! {
    #[test]
    fn forms_are_equivalences(kinds in subset(), (a, b) in pair(), c in text(), near in any::<bool>()) {
        // A third value that is near the second more often than chance has it.
        let last = if near { b.as_ref().map(|b| b.to_uppercase()) } else { c };
        let (a, b, c) = (value(a.as_deref()), value(b.as_deref()), value(last.as_deref()));
        let same = |x: &Value<'_>, y: &Value<'_>| !verdict(&kinds, x, y, &Meet::Text).is_different();
        prop_assert!(same(&a, &a));
        prop_assert_eq!(same(&a, &b), same(&b, &a));
        prop_assert!(!(same(&a, &b) && same(&b, &c)) || same(&a, &c));
    }

    #[test]
    fn the_order_of_rules_means_nothing(
        (kinds, shuffled) in subset().prop_flat_map(|k| (Just(k.clone()), Just(k).prop_shuffle())),
        (a, b) in pair(),
    ) {
        let of = |kinds: &[_]| verdict(kinds, &value(a.as_deref()), &value(b.as_deref()), &Meet::Text).is_different();
        prop_assert_eq!(of(&kinds), of(&shuffled));
    }

    #[test]
    fn a_further_rule_never_accepts_less(
        kinds in subset(), more in proptest::sample::select(FORMS.to_vec()), (a, b) in pair(),
    ) {
        let of = |kinds: &[_]| verdict(kinds, &value(a.as_deref()), &value(b.as_deref()), &Meet::Text);
        if !of(&kinds).is_different() {
            let more: Vec<_> = kinds.iter().cloned().chain([more]).collect();
            prop_assert!(!of(&more).is_different(), "{:?} {:?} {:?}", more, a, b);
        }
    }

    /// Those that the ledger names would do alone, and none of them could be left out.
    #[test]
    fn the_needed_rules_are_needed_and_enough(kinds in subset(), (a, b) in pair()) {
        let of = |kinds: &[_]| verdict(kinds, &value(a.as_deref()), &value(b.as_deref()), &Meet::Text);
        if let CellVerdict::Excused(needed) = of(&kinds) {
            let named: Vec<_> = needed.iter().map(|(place, _)| kinds[*place].clone()).collect();
            prop_assert!(!of(&named).is_different());
            for left_out in 0..named.len() {
                let mut fewer = named.clone();
                fewer.remove(left_out);
                prop_assert!(of(&fewer).is_different(), "{:?} {:?} {:?}", named, a, b);
            }
        }
    }
}

/// Values of a meet with rules that may hold for it.
fn ruled_values() -> impl Strategy<Value = (Vec<ToleranceKind>, Meet, Vec<Held>)> {
    let zone = |legacy: &str| ToleranceKind::TimeZone {
        legacy: legacy.to_owned(),
        governed: "UTC".to_owned(),
    };
    let texts = proptest::sample::select(vec![
        "",
        " ",
        "a",
        "A ",
        "1",
        "1.0",
        "[1]",
        "[1.0]",
        "{\"A\":1}",
        "{\"a\": 1.0}",
        "12345678901234567890",
        "12345678901234567890.0",
        "12345678901234567891",
        "2024-01-15T12:00:00",
        "2024-01-15 11:00:00Z",
        "2024-01-15 12:00:00",
    ])
    .prop_map(|text| Held::Text(text.to_owned()));
    let floats = proptest::sample::select(vec![
        0.0,
        -0.0,
        0.5,
        1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ])
    .prop_map(Held::Float);
    // Around the hour that comes twice in Berlin.
    let times = (0..10_i64).prop_map(|half_hours| Held::Time(1_729_983_600 + half_hours * 1_800));
    let null = || Just(Held::Null);
    let some = |kinds: Vec<ToleranceKind>| {
        let most = kinds.len();
        proptest::sample::subsequence(kinds, 1..=most)
    };
    let text_kinds = [&FORMS[..], &[ToleranceKind::JsonValue, zone("Europe/Berlin")]].concat();
    let float_kinds = vec![
        ToleranceKind::NanIsNull,
        ToleranceKind::FloatAbsolute { max: 0.5 },
        ToleranceKind::FloatUlps { max: 1 },
    ];
    let time_kinds = vec![zone("Europe/Berlin"), ToleranceKind::TimePrecision { micros: 1 }];
    let json = proptest::sample::select(vec![
        "1e20",
        "100000000000000000000",
        "100000000000000000001",
        "100000000000000000000.0",
        "[0.12345678901234567890]",
        "[0.12345678901234568]",
        "-0.0",
        "0",
        "1e999",
        "2e999",
    ])
    .prop_map(|text| Held::Text(text.to_owned()));
    let list = |values: BoxedStrategy<Held>| proptest::collection::vec(values, 0..5);
    prop_oneof![
        list(json.boxed()).prop_map(|held| (vec![ToleranceKind::JsonValue], Meet::Text, held)),
        (some(text_kinds), list(prop_oneof![1 => null(), 9 => texts].boxed()))
            .prop_map(|(kinds, held)| (kinds, Meet::Text, held)),
        (some(float_kinds), list(prop_oneof![1 => null(), 9 => floats].boxed()))
            .prop_map(|(kinds, held)| (kinds, Meet::Float, held)),
        (some(time_kinds), list(prop_oneof![1 => null(), 9 => times].boxed()))
            .prop_map(|(kinds, held)| (kinds, Meet::Instant, held)),
    ]
}

/// A generated value.
#[derive(Debug, Clone)]
enum Held {
    Null,
    Text(String),
    Float(f64),
    /// Seconds since 1970-01-01.
    Time(i64),
}

impl Held {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::Text(text),
            Self::Float(value) => Value::Float(*value),
            Self::Time(seconds) => {
                let at = Instant::At(i128::from(*seconds) * 1_000_000_000);
                Value::Timestamp { at, zoned: false }
            }
        }
    }
}

fn column(held: &[Held], meet: &Meet) -> RecordBatch {
    let text = |held: &Held| if let Held::Text(text) = held { Some(text.clone()) } else { None };
    let float = |held: &Held| if let Held::Float(value) = held { Some(*value) } else { None };
    let time = |held: &Held| if let Held::Time(value) = held { Some(*value) } else { None };
    let array: ArrayRef = match meet {
        Meet::Text => Arc::new(held.iter().map(text).collect::<StringArray>()),
        Meet::Float => Arc::new(held.iter().map(float).collect::<Float64Array>()),
        _ => Arc::new(held.iter().map(time).collect::<TimestampSecondArray>()),
    };
    let key: Int32Array = held.iter().map(|_| Some(1)).collect();
    batch(vec![Arc::new(key), array])
}

fn settings(kinds: &[ToleranceKind]) -> Settings {
    let tolerance = |kind: &ToleranceKind| Tolerance {
        kind: kind.clone(),
        // Two rules of one kind need two scopes.
        scope: match kind {
            ToleranceKind::TextTrim { blanks: Blanks::Both } => {
                Scope { column: Some("c1".to_owned()), ..Scope::default() }
            }
            _ => Scope::default(),
        },
        reason: "test".to_owned(),
    };
    Settings::new(kinds.iter().map(tolerance).collect()).unwrap()
}

/// The most pairs that can be accepted.
fn best(
    legacy: &[Held],
    governed: &[Held],
    taken: u32,
    fits: &dyn Fn(&Held, &Held) -> bool,
) -> usize {
    let Some((first, rest)) = legacy.split_first() else { return 0 };
    (0..governed.len())
        .filter(|j| taken & (1 << j) == 0 && fits(first, &governed[*j]))
        .map(|j| 1 + best(rest, governed, taken | (1 << j), fits))
        .fold(best(rest, governed, taken, fits), usize::max)
}

proptest! {
    /// Whatever the rules accept has one group key, and a key that decides accepts all that have it.
    #[test]
    fn a_group_key_never_parts_what_the_rules_accept((kinds, meet, held) in ruled_values()) {
        let rules: Vec<_> = kinds.iter().map(|kind| rule(kind.clone())).collect();
        let rules = ruled(&rules, &meet);
        let key = |held: &Held| {
            let mut out = Vec::new();
            rules.group_key(&held.value(), &meet, &mut out);
            out
        };
        for a in &held {
            for b in &held {
                let accepted = !compare_cells(&a.value(), &b.value(), &meet, &rules).is_different();
                let same = key(a) == key(b);
                prop_assert!(!accepted || same, "{:?} {:?} {:?}", kinds, a, b);
                prop_assert!(!rules.key_decides(&meet) || accepted == same, "{:?} {:?}", a, b);
            }
        }
    }

    /// Of the rows that are not equal, as many match as can, for every mix of rules.
    #[test]
    fn as_many_rows_match_as_can_under_every_mix_of_rules(
        (kinds, meet, held) in ruled_values(), other in ruled_values(), cut in 0..5_usize,
    ) {
        // Rows of the same family on both sides, partly the same ones.
        let mut governed = held.clone();
        governed.rotate_left(cut.min(held.len()));
        if other.1 == meet {
            governed.truncate(2);
            governed.extend(other.2.iter().take(3).cloned());
        }
        let settings = settings(&kinds);
        let (l, g) = (column(&held, &meet), column(&governed, &meet));
        with_residue_under(&settings, &l, &g, |l, g, columns| {
            let pick = |table: &Table, held: &[Held]| -> Vec<Held> {
                (0..table.rows()).map(|row| held[usize::try_from(table.number(row)).unwrap()].clone()).collect()
            };
            let (left, right) = (pick(l, &held), pick(g, &governed));
            let rules = &columns[1].rules;
            let fits = |a: &Held, b: &Held| {
                !compare_cells(&a.value(), &b.value(), &meet, rules).is_different()
            };
            let most = best(&left, &right, 0, &fits);
            let matched = match_residue(
                (l, l.all_rows()), (g, g.all_rows()), columns, &mut Checks::new(u64::MAX), &mut |_, _, _| Ok(()),
            ).unwrap();
            assert_eq!((matched.pairs.len(), matched.unproven), (most, 0), "{kinds:?}");
        });
    }
}

/// Local times that come twice have two partners that are no interval: a walk along the line from the
/// smallest on would leave 02:30 alone.
#[test]
fn times_that_come_twice_are_not_matched_along_a_line() {
    let twice = 1_729_994_400; // 2024-10-27 02:00
    let held = |times: [i64; 2]| times.map(Held::Time).to_vec();
    let (l, g) = (held([twice, twice + 1_800]), held([twice - 5_400, twice - 3_600]));
    let (l, g) = (column(&l, &Meet::Instant), column(&g, &Meet::Instant));
    let zone =
        ToleranceKind::TimeZone { legacy: "Europe/Berlin".to_owned(), governed: "UTC".to_owned() };
    with_tables_under(&settings(&[zone]), &l, &g, |l, g, columns| {
        let mut checks = Checks::new(100);
        let matched = match_residue(
            (l, vec![0, 1]),
            (g, vec![0, 1]),
            columns,
            &mut checks,
            &mut |_, _, _| Ok(()),
        )
        .unwrap();
        assert_eq!(matched.pairs, [(0, 1), (1, 0)]);
    });
}

/// Without a key, every row padded and in another case: groups, not searches.
#[test]
fn many_rows_of_texts_without_a_key_are_matched_without_a_search() {
    let column = |texts: Vec<String>| batch(vec![Arc::new(StringArray::from(texts)) as ArrayRef]);
    let legacy = column((0..20_000).map(|i| format!("Name {i}   ")).collect());
    let governed = column((0..20_000).rev().map(|i| format!("NAME {i}")).collect());
    let settings = settings(&[FORMS[0].clone(), ToleranceKind::TextCase]);
    with_tables_under(&settings, &legacy, &governed, |l, g, columns| {
        let all: Vec<usize> = (0..20_000).collect();
        let mut none = Checks::new(0);
        let matched =
            match_residue((l, all.clone()), (g, all), columns, &mut none, &mut |_, _, _| Ok(()))
                .unwrap();
        assert_eq!((matched.pairs.len(), matched.unproven), (20_000, 0));
    });
}

/// Without a key, every time an hour or two earlier: likely pairs are tried first.
#[test]
fn many_rows_in_another_zone_are_matched_within_few_checks() {
    let column =
        |times: Vec<i64>| batch(vec![Arc::new(TimestampSecondArray::from(times)) as ArrayRef]);
    // By the minute from 2024-01-01 12:00 in Berlin, where it is winter.
    let legacy = column((0..20_000).map(|i| 1_704_110_400 + i * 60).collect());
    let governed = column((0..20_000).rev().map(|i| 1_704_110_400 - 3_600 + i * 60).collect());
    let zone =
        ToleranceKind::TimeZone { legacy: "Europe/Berlin".to_owned(), governed: "UTC".to_owned() };
    with_tables_under(&settings(&[zone]), &legacy, &governed, |l, g, columns| {
        let all: Vec<usize> = (0..20_000).collect();
        let mut none = Checks::new(0);
        let matched =
            match_residue((l, all.clone()), (g, all), columns, &mut none, &mut |_, _, _| Ok(()))
                .unwrap();
        assert_eq!((matched.pairs.len(), matched.unproven), (20_000, 0));
    });
}
