//! `TL0015`: lists of the same elements in another order; copies count.
//!
//! Where the other rules of the column are equivalences or there are none, the sorted elements decide.
//! Beside a distance, partners are sought among the elements with the same group key: on a line by the
//! greedy matching that is optimal there, elsewhere by a maximum matching. That one checks at most
//! [`CHECKS_MAX`] pairs of elements for a pair of cells; lists for which it needs more are told apart.

use super::{ColumnRules, Means};
use crate::{
    kind::Meet,
    matching::{Checks, match_line, maximum},
    position::Position,
    value::Value,
};
use std::collections::BTreeMap;

/// All pairs of two lists of some three hundred elements.
const CHECKS_MAX: u64 = 100_000;

pub(super) const fn compile() -> Means {
    Means::AnyOrder
}

/// The partner of each legacy element, where every element of both lists has one. The lists are of
/// one length; `near` says which elements may be partners.
pub(super) fn pairs(
    legacy: &[Value<'_>],
    governed: &[Value<'_>],
    meet: &Meet,
    rules: &ColumnRules<'_>,
    near: impl Fn(usize, usize) -> bool,
) -> Option<Vec<usize>> {
    let mut partners = vec![None; legacy.len()];
    let mut checks = Checks::new(CHECKS_MAX);
    let on_a_line = rules.on_a_line(meet);
    let groups = (Groups::of(legacy, meet, rules), Groups::of(governed, meet, rules));
    for (key, left) in &groups.0.0 {
        let right = groups.1.0.get(key).filter(|right| right.len() == left.len())?;
        let place = |side: &[usize], i: usize| side.get(i).copied();
        let near = |l: usize, g: usize| {
            place(left, l).zip(place(right, g)).is_some_and(|(l, g)| near(l, g))
        };
        let found = if on_a_line {
            match_line(&positions(legacy, left, meet), &positions(governed, right, meet), near)
        } else {
            let windows = vec![0..right.len(); left.len()];
            maximum(&windows, right.len(), &mut checks, near).partners
        };
        for (l, g) in left.iter().zip(found) {
            if let Some(slot) = partners.get_mut(*l) {
                *slot = g.and_then(|g| place(right, g));
            }
        }
    }
    partners.into_iter().collect()
}

/// Elements by what no rule bridges.
struct Groups(BTreeMap<Vec<u8>, Vec<usize>>);

impl Groups {
    fn of(items: &[Value<'_>], meet: &Meet, rules: &ColumnRules<'_>) -> Self {
        let mut groups = BTreeMap::<_, Vec<usize>>::new();
        for (index, item) in items.iter().enumerate() {
            let mut key = Vec::new();
            rules.group_key(item, meet, &mut key);
            groups.entry(key).or_default().push(index);
        }
        Self(groups)
    }
}

fn positions(items: &[Value<'_>], of: &[usize], meet: &Meet) -> Vec<Position> {
    let items = of.iter().map(|index| items.get(*index));
    items.map(|item| item.map_or(Position::Alike, |item| Position::of(item, meet))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{rule, ruled};
    use super::super::{CellVerdict, compare_cells};
    use super::*;
    use model::ToleranceKind;
    use proptest::prelude::*;

    fn floats(items: &[f64]) -> Value<'static> {
        Value::List(items.iter().map(|v| Value::Float(*v)).collect())
    }

    fn list_of(inner: Meet) -> Meet {
        Meet::List(Box::new(inner))
    }

    fn verdict(kinds: &[ToleranceKind], a: &Value<'_>, b: &Value<'_>, meet: &Meet) -> CellVerdict {
        let rules: Vec<_> = kinds.iter().map(|kind| rule(kind.clone())).collect();
        compare_cells(a, b, meet, &ruled(&rules, meet))
    }

    const SHUFFLED: &[ToleranceKind] = &[ToleranceKind::ListMultiset];
    const NEAR: &[ToleranceKind] =
        &[ToleranceKind::ListMultiset, ToleranceKind::FloatAbsolute { max: 0.5 }];

    #[test]
    fn the_order_means_nothing_and_copies_count() {
        let meet = list_of(Meet::Float);
        let of = |a: &[f64], b: &[f64]| verdict(SHUFFLED, &floats(a), &floats(b), &meet);
        assert!(matches!(of(&[1.0, 2.0, 2.0], &[2.0, 1.0, 2.0]), CellVerdict::Excused(_)));
        assert!(of(&[1.0, 2.0, 2.0], &[1.0, 1.0, 2.0]).is_different());
        assert!(of(&[1.0], &[1.0, 1.0]).is_different());
    }

    #[test]
    fn elements_within_a_distance_find_their_partners() {
        let meet = list_of(Meet::Float);
        let of = |a: &[f64], b: &[f64]| verdict(NEAR, &floats(a), &floats(b), &meet);
        // 1.0 must leave 1.25 to 0.75.
        let CellVerdict::Excused(needed) = of(&[0.75, 1.0], &[1.5, 1.25]) else { panic!("apart") };
        assert_eq!(needed.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1]);
        assert!(of(&[0.0, 1.0], &[1.0, 2.0]).is_different());
        // In the order given the rule about order is not needed.
        let CellVerdict::Excused(needed) = of(&[1.0, 2.0], &[1.5, 2.5]) else { panic!("apart") };
        assert_eq!(needed.len(), 1);
        assert!(of(&[f64::NAN, 1.0], &[1.0, 1.0]).is_different());
    }

    #[test]
    fn lists_of_lists_and_of_structs() {
        let inner = || Meet::Struct(vec![Meet::Int, Meet::Float]);
        let row = |k, v| Value::Struct(vec![("k", Value::Int(k)), ("v", Value::Float(v))]);
        let meet = list_of(inner());
        let (a, b) = (
            Value::List(vec![row(1, 1.0), row(2, 1.0)]),
            Value::List(vec![row(2, 1.5), row(1, 0.5)]),
        );
        assert!(!verdict(NEAR, &a, &b, &meet).is_different());
        assert!(verdict(SHUFFLED, &a, &b, &meet).is_different());
        let nested = |lists: &[&[f64]]| Value::List(lists.iter().map(|l| floats(l)).collect());
        let meet = list_of(list_of(Meet::Float));
        let (a, b) = (nested(&[&[1.0, 2.0], &[3.0]]), nested(&[&[3.0], &[2.0, 1.0]]));
        assert!(!verdict(SHUFFLED, &a, &b, &meet).is_different());
    }

    #[test]
    fn beyond_the_bound_lists_are_told_apart() {
        let meet = list_of(Meet::Struct(vec![Meet::Float]));
        let list = |values: &mut dyn Iterator<Item = i32>| {
            Value::List(
                values.map(|v| Value::Struct(vec![("v", Value::Float(v.into()))])).collect(),
            )
        };
        // Backwards, so that partners are found late.
        let of = |n: i32| verdict(NEAR, &list(&mut (0..n)), &list(&mut (1..=n).rev()), &meet);
        assert!(of(20).is_different());
        let near = |n: i32| {
            let kinds = [NEAR[0].clone(), ToleranceKind::FloatAbsolute { max: 1.0 }];
            verdict(&kinds, &list(&mut (0..n)), &list(&mut (1..=n).rev()), &meet)
        };
        assert!(!near(20).is_different());
        assert!(near(1_000).is_different());
    }

    #[test]
    fn elements_of_other_keys_are_not_tried() {
        let texts = |text: &'static str| Value::List(vec![Value::Text(text); 1_000]);
        let kinds = [ToleranceKind::ListMultiset, ToleranceKind::JsonValue];
        let of = |a, b| verdict(&kinds, &texts(a), &texts(b), &list_of(Meet::Text));
        assert!(of("[1, 2.0]", "[1,3]").is_different());
        assert!(!of("[1, 2.0]", "[1,2]").is_different());
    }

    proptest! {
        /// As the best of all assignments has it.
        #[test]
        fn partners_are_found_where_there_are_any(
            a in proptest::collection::vec(-6_i32..6, 0..6),
            b in proptest::collection::vec(-6_i32..6, 0..6),
        ) {
            fn fits(a: &[f64], b: &mut Vec<f64>) -> bool {
                let Some((first, rest)) = a.split_first() else { return b.is_empty() };
                (0..b.len()).any(|i| {
                    (first - b[i]).abs() <= 0.5 && {
                        let taken = b.remove(i);
                        let fits = fits(rest, b);
                        b.insert(i, taken);
                        fits
                    }
                })
            }
            let half = |v: Vec<i32>| v.into_iter().map(|v| f64::from(v) / 4.0).collect::<Vec<_>>();
            let (a, b) = (half(a), half(b));
            let found = verdict(NEAR, &floats(&a), &floats(&b), &list_of(Meet::Float));
            prop_assert_eq!(!found.is_different(), fits(&a, &mut b.clone()));
        }
    }
}
