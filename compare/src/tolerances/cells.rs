//! Compares two cells under the rules of their column.

use super::{ColumnRules, list_multiset, margin::Margin, normal::Leaf, time_zone};
use crate::{
    encode::encoded,
    kind::Meet,
    value::{Instant, Value},
};
use model::Side;
use smallvec::SmallVec;

/// What a comparison of two cells finds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CellVerdict {
    Equal,
    /// Unequal, and every unequal part is excused; the tolerances that this needed by their places in
    /// the settings, ascending, each once with its largest margin.
    Excused(Excuses),
    Different,
}

/// Tolerances and how far they were needed. Most cells need one.
pub(crate) type Excuses = SmallVec<[(usize, Margin); 1]>;

impl CellVerdict {
    pub(crate) fn is_different(&self) -> bool {
        *self == Self::Different
    }
}

/// Compares two cells.
///
/// Equal values are equal. Then all normal forms together are tried on the whole cell, and those that
/// are not needed are let go. Then the parts of nested values are compared one by one; and at a value
/// without parts the distances are alternatives, of which the first of the settings that excuses the
/// pair counts: for the values as they are, then for their normal forms, then for the instants that
/// a zone reads.
pub(crate) fn compare_cells(
    legacy: &Value<'_>,
    governed: &Value<'_>,
    meet: &Meet,
    rules: &ColumnRules<'_>,
) -> CellVerdict {
    if equal(legacy, governed, meet) {
        return CellVerdict::Equal;
    }
    let mut needed = Needed::default();
    if !rules.is_empty() && excuse(legacy, governed, meet, rules, &mut needed) {
        needed.0.sort_by_key(|(place, _)| *place);
        return CellVerdict::Excused(needed.0);
    }
    CellVerdict::Different
}

/// Are the canonical bytes equal? Matching asks this of most pairs, so common types go without bytes.
fn equal(legacy: &Value<'_>, governed: &Value<'_>, meet: &Meet) -> bool {
    match (legacy, governed) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Float(a), Value::Float(b)) => {
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        }
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Text(a), Value::Text(b)) if *meet == Meet::Text => a == b,
        (Value::Timestamp { at: a, .. }, Value::Timestamp { at: b, .. }) => a == b,
        (legacy, governed) => encoded(legacy, meet) == encoded(governed, meet),
    }
}

/// The rules that a cell needed.
#[derive(Debug, Clone, Default)]
struct Needed(Excuses);

impl Needed {
    fn add(&mut self, place: usize, margin: Margin) {
        match self.0.iter_mut().find(|(known, _)| *known == place) {
            Some((_, worst)) if margin.exceeds(worst) => *worst = margin,
            Some(_) => {}
            None => self.0.push((place, margin)),
        }
    }

    fn all(&mut self, found: Vec<(usize, Margin)>) {
        for (place, margin) in found {
            self.add(place, margin);
        }
    }
}

fn excuse_part(
    legacy: &Value<'_>,
    governed: &Value<'_>,
    meet: &Meet,
    rules: &ColumnRules<'_>,
    needed: &mut Needed,
) -> bool {
    equal(legacy, governed, meet) || excuse(legacy, governed, meet, rules, needed)
}

/// Excuses two unequal values, part by part, or gives up.
fn excuse(
    legacy: &Value<'_>,
    governed: &Value<'_>,
    meet: &Meet,
    rules: &ColumnRules<'_>,
    needed: &mut Needed,
) -> bool {
    let forms = &rules.forms;
    if !forms.is_empty() && forms.agree(legacy, governed, meet) {
        needed.all(forms.needed(legacy, governed, |fewer| fewer.agree(legacy, governed, meet)));
        return true;
    }
    match (legacy, governed, meet) {
        (Value::List(a), Value::List(b), Meet::List(meet)) => {
            a.len() == b.len() && excuse_lists(a, b, meet, rules, needed)
        }
        (Value::Struct(a), Value::Struct(b), Meet::Struct(meets)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .zip(meets)
                    .all(|(((_, a), (_, b)), meet)| excuse_part(a, b, meet, rules, needed))
        }
        (Value::Map(a), Value::Map(b), Meet::Map(key, value)) => {
            let by_key = |entries: &[(Value<'_>, Value<'_>)]| {
                let mut order: Vec<_> =
                    entries.iter().enumerate().map(|(i, (k, _))| (encoded(k, key), i)).collect();
                order.sort_unstable();
                order
            };
            let (first, second) = (by_key(a), by_key(b));
            a.len() == b.len()
                && first.iter().zip(&second).all(|((k, i), (l, j))| {
                    k == l
                        && matches!((a.get(*i), b.get(*j)), (Some((_, x)), Some((_, y)))
                            if excuse_part(x, y, value, rules, needed))
                })
        }
        _ => excuse_leaf(legacy, governed, meet, rules, needed),
    }
}

fn excuse_lists(
    a: &[Value<'_>],
    b: &[Value<'_>],
    meet: &Meet,
    rules: &ColumnRules<'_>,
    needed: &mut Needed,
) -> bool {
    let mut in_order = needed.clone();
    if a.iter().zip(b).all(|(a, b)| excuse_part(a, b, meet, rules, &mut in_order)) {
        *needed = in_order;
        return true;
    }
    let Some(place) = rules.forms.any_order() else { return false };
    let near = |l: usize, g: usize| {
        let pair = a.get(l).zip(b.get(g));
        pair.is_some_and(|(a, b)| excuse_part(a, b, meet, rules, &mut Needed::default()))
    };
    let Some(partners) = list_multiset::pairs(a, b, meet, rules, near) else { return false };
    for (a, b) in a.iter().zip(partners).filter_map(|(a, g)| Some((a, b.get(g)?))) {
        excuse_part(a, b, meet, rules, needed);
    }
    needed.add(place, Margin::Form("the order"));
    true
}

fn excuse_leaf(
    legacy: &Value<'_>,
    governed: &Value<'_>,
    meet: &Meet,
    rules: &ColumnRules<'_>,
    needed: &mut Needed,
) -> bool {
    if let Some((place, margin)) = rules.distance(legacy, governed, meet) {
        needed.add(place, margin);
        return true;
    }
    excuse_forms(legacy, governed, meet, rules, needed)
        || excuse_zones(legacy, governed, meet, rules, needed)
}

/// A distance between the normal forms of texts; other forms than texts have no distance of their
/// own.
fn excuse_forms(
    legacy: &Value<'_>,
    governed: &Value<'_>,
    meet: &Meet,
    rules: &ColumnRules<'_>,
    needed: &mut Needed,
) -> bool {
    let forms = &rules.forms;
    let between = |forms: &super::normal::Forms<'_>| {
        let (a, b) = (forms.bring(legacy, meet), forms.bring(governed, meet));
        let (Leaf::Text(a), Leaf::Text(b)) = (&a, &b) else { return None };
        rules.distance(&Value::Text(a), &Value::Text(b), meet)
    };
    if forms.is_empty() {
        return false;
    }
    let Some((place, margin)) = between(forms) else { return false };
    needed.all(forms.needed(legacy, governed, |fewer| between(fewer).is_some()));
    needed.add(place, margin);
    true
}

/// The same instant in two zones, or two instants within a distance.
fn excuse_zones(
    legacy: &Value<'_>,
    governed: &Value<'_>,
    meet: &Meet,
    rules: &ColumnRules<'_>,
    needed: &mut Needed,
) -> bool {
    for (place, zone) in rules.zones_of(meet) {
        let read = zone.read(Side::Legacy, legacy).zip(zone.read(Side::Governed, governed));
        let Some((a, b)) = read else { continue };
        if time_zone::meet(&a, &b) {
            needed.add(*place, a.margin(&b));
            return true;
        }
        let at = |nanos| Value::Timestamp { at: Instant::At(nanos), zoned: true };
        let mut pairs = a.instants().flat_map(|x| b.instants().map(move |y| (x, y)));
        let found = pairs.find_map(|(x, y)| rules.distance(&at(x), &at(y), &Meet::Instant));
        if let Some((distance, margin)) = found {
            needed.add(*place, a.margin(&b));
            needed.add(distance, margin);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::tests::{rule, ruled};
    use super::*;
    use model::{Blanks, ToleranceKind};
    use smallvec::smallvec;

    fn verdict(kinds: &[ToleranceKind], a: &Value<'_>, b: &Value<'_>, meet: &Meet) -> CellVerdict {
        let rules: Vec<_> = kinds.iter().map(|kind| rule(kind.clone())).collect();
        compare_cells(a, b, meet, &ruled(&rules, meet))
    }

    fn places(verdict: &CellVerdict) -> Vec<usize> {
        match verdict {
            CellVerdict::Excused(needed) => needed.iter().map(|(place, _)| *place).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn texts(kinds: &[ToleranceKind], a: &str, b: &str) -> CellVerdict {
        verdict(kinds, &Value::Text(a), &Value::Text(b), &Meet::Text)
    }

    #[test]
    fn the_first_tolerance_that_excuses_is_named() {
        let kinds =
            [ToleranceKind::FloatAbsolute { max: 0.25 }, ToleranceKind::FloatAbsolute { max: 4.0 }];
        let cells = |a, b| verdict(&kinds, &Value::Float(a), &Value::Float(b), &Meet::Float);
        assert_eq!(cells(1.0, 1.25), CellVerdict::Excused(smallvec![(0, Margin::Absolute(0.25))]));
        assert_eq!(cells(1.0, 3.0), CellVerdict::Excused(smallvec![(1, Margin::Absolute(2.0))]));
        assert_eq!(cells(1.0, 1.0), CellVerdict::Equal);
        assert_eq!(cells(1.0, 6.0), CellVerdict::Different);
    }

    const TEXT: &[ToleranceKind] = &[
        ToleranceKind::NullIsEmpty,
        ToleranceKind::TextNfc,
        ToleranceKind::TextTrim { blanks: Blanks::Trailing },
        ToleranceKind::TextCase,
    ];

    #[test]
    fn rules_of_text_compose_and_the_needed_ones_are_named() {
        assert_eq!(places(&texts(TEXT, "ABC ", "abc")), [2, 3]);
        assert_eq!(places(&texts(TEXT, "abc ", "abc")), [2]);
        assert_eq!(places(&texts(TEXT, "\u{c9} ", "e\u{301}")), [1, 2, 3]);
        assert_eq!(places(&verdict(TEXT, &Value::Null, &Value::Text("  "), &Meet::Text)), [0, 2]);
        assert_eq!(places(&verdict(TEXT, &Value::Null, &Value::Text(""), &Meet::Text)), [0]);
        assert!(texts(TEXT, "abc", "abd").is_different());
        assert!(texts(TEXT, " abc", "abc").is_different());
        assert!(verdict(TEXT, &Value::Null, &Value::Text("a"), &Meet::Text).is_different());
    }

    #[test]
    fn of_two_rules_that_would_do_the_first_is_named() {
        let kinds = [
            ToleranceKind::TextTrim { blanks: Blanks::Both },
            ToleranceKind::TextTrim { blanks: Blanks::Trailing },
        ];
        assert_eq!(places(&texts(&kinds, "a ", "a")), [0]);
        let turned = [kinds[1].clone(), kinds[0].clone()];
        assert_eq!(places(&texts(&turned, "a ", "a")), [0]);
        assert_eq!(places(&texts(&turned, " a", "a")), [1]);
    }

    #[test]
    fn json_is_read_behind_the_forms_too() {
        let kinds = [ToleranceKind::JsonValue, ToleranceKind::TextCase];
        assert_eq!(places(&texts(&kinds, r#"{"a": 1}"#, r#"{"a":1}"#)), [0]);
        assert_eq!(places(&texts(&kinds, r#"{"A": 1}"#, r#"{"a":1}"#)), [0, 1]);
        assert!(texts(&kinds, r#"{"a": 1}"#, r#"{"b":1}"#).is_different());
    }

    #[test]
    fn a_precision_counts_between_the_instants_of_two_zones() {
        let zone = ToleranceKind::TimeZone {
            legacy: "Europe/Berlin".to_owned(),
            governed: "UTC".to_owned(),
        };
        let kinds = [zone, ToleranceKind::TimePrecision { micros: 1_000 }];
        let at = |nanos| Value::Timestamp { at: Instant::At(nanos), zoned: false };
        let hour = 3_600_000_000_000;
        let cells = |a, b| verdict(&kinds, &at(a), &at(b), &Meet::Instant);
        assert_eq!(places(&cells(hour, 0)), [0]);
        assert_eq!(places(&cells(hour, 999_999)), [0, 1]);
        assert!(cells(hour, 1_000_000).is_different());
        assert_eq!(places(&cells(0, 999_999)), [1]);
    }

    #[test]
    fn nan_and_null() {
        let kinds = [ToleranceKind::NanIsNull, ToleranceKind::FloatAbsolute { max: 0.5 }];
        let nan = Value::Float(f64::NAN);
        assert_eq!(places(&verdict(&kinds, &nan, &Value::Null, &Meet::Float)), [0]);
        assert_eq!(places(&verdict(&kinds, &Value::Null, &nan, &Meet::Float)), [0]);
        assert!(verdict(&kinds, &nan, &Value::Float(0.0), &Meet::Float).is_different());
        assert!(verdict(&kinds, &Value::Null, &Value::Float(0.0), &Meet::Float).is_different());
    }

    #[test]
    fn lists_are_excused_element_by_element() {
        let kinds = [ToleranceKind::FloatAbsolute { max: 0.5 }];
        let meet = Meet::List(Box::new(Meet::Float));
        let list = |items: &[f64]| Value::List(items.iter().map(|v| Value::Float(*v)).collect());
        let cells = |a: &[f64], b: &[f64]| verdict(&kinds, &list(a), &list(b), &meet);
        assert_eq!(
            cells(&[1.0, 2.0, 3.0], &[1.25, 2.0, 2.5]),
            CellVerdict::Excused(smallvec![(0, Margin::Absolute(0.5))])
        );
        assert_eq!(cells(&[1.0, 2.0], &[1.25, 4.0]), CellVerdict::Different);
        assert_eq!(cells(&[1.0], &[1.0, 1.0]), CellVerdict::Different);
        assert_eq!(cells(&[1.0, 2.0], &[2.0, 1.0]), CellVerdict::Different);
    }

    #[test]
    fn maps_are_excused_by_key_and_keys_never() {
        let kinds = [ToleranceKind::FloatAbsolute { max: 0.5 }, ToleranceKind::TextCase];
        let meet = Meet::Map(Box::new(Meet::Text), Box::new(Meet::Float));
        let map = |entries: &[(&'static str, f64)]| {
            Value::Map(entries.iter().map(|(k, v)| (Value::Text(k), Value::Float(*v))).collect())
        };
        let cells = |a: &[_], b: &[_]| verdict(&kinds, &map(a), &map(b), &meet);
        assert!(!cells(&[("a", 1.0), ("b", 9.0)], &[("b", 9.0), ("a", 1.5)]).is_different());
        assert!(cells(&[("a", 1.0)], &[("A", 1.0)]).is_different());
    }

    #[test]
    fn values_are_equal_where_their_canonical_bytes_are() {
        let at = |at, zoned| Value::Timestamp { at, zoned };
        let float = |bits| Value::Float(f64::from_bits(bits));
        let texts = || vec![Value::Null, Value::Text(""), Value::Text("1"), Value::Text("1.0")];
        for (meet, values) in [
            (Meet::Text, texts()),
            (Meet::Json, texts()),
            (Meet::Int, vec![Value::Null, Value::Int(0), Value::Int(-1)]),
            (
                Meet::Instant,
                vec![
                    Value::Null,
                    at(Instant::At(0), true),
                    at(Instant::At(0), false),
                    at(Instant::Infinity, false),
                    at(Instant::NegativeInfinity, false),
                    Value::Date(Instant::At(0)),
                ],
            ),
            (
                Meet::Float,
                vec![
                    Value::Null,
                    float(0),
                    Value::Float(-0.0),
                    float(0x7ff8_0000_0000_0000),
                    float(0xfff8_0000_0000_0001),
                    Value::Single(f32::NAN),
                    Value::Single(0.0),
                    Value::Float(f64::INFINITY),
                ],
            ),
        ] {
            let wider = if meet == Meet::Float { Meet::Number } else { meet.clone() };
            for meet in [meet, wider] {
                for a in &values {
                    for b in &values {
                        let bytes = encoded(a, &meet) == encoded(b, &meet);
                        assert_eq!(equal(a, b, &meet), bytes, "{meet:?} {a:?} {b:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_value_never_excuses_null() {
        let kinds = [ToleranceKind::FloatAbsolute { max: 1e9 }];
        let cells = |a, b| verdict(&kinds, &a, &b, &Meet::Float);
        assert!(cells(Value::Null, Value::Float(0.0)).is_different());
        assert!(cells(Value::Float(f64::NAN), Value::Float(0.0)).is_different());
        assert!(cells(Value::Float(f64::INFINITY), Value::Float(f64::MAX)).is_different());
    }
}
