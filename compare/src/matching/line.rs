//! One inexact column: greedy on sorted values.
//!
//! The accepted partners of a value are an interval around it whose ends never fall when the value
//! rises (see `Excuse`). On such a line, matching the smallest two that fit is optimal: of two that
//! do not fit, the smaller one fits nothing further on either.

use crate::position::Position;
use std::cmp::Ordering;

/// The partner of each legacy value; the matching has the greatest possible number of pairs.
pub(crate) fn match_line(
    legacy: &[Position],
    governed: &[Position],
    compatible: impl Fn(usize, usize) -> bool,
) -> Vec<Option<usize>> {
    let sorted = |positions: &[Position]| {
        let mut order: Vec<(usize, Position)> = positions.iter().cloned().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| a.order(b));
        order
    };
    let mut partners = vec![None; legacy.len()];
    let (left, right) = (sorted(legacy), sorted(governed));
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    while let (Some((l, a)), Some((g, b))) = (left.peek(), right.peek()) {
        if compatible(*l, *g) {
            if let Some(partner) = partners.get_mut(*l) {
                *partner = Some(*g);
            }
            left.next();
            right.next();
        } else if a.order(b) == Ordering::Greater {
            right.next();
        } else {
            left.next();
        }
    }
    partners
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kind::Meet,
        matching::bipartite::brute_force,
        tolerances::{
            compare_cells,
            tests::{rule, ruled},
        },
        value::Value,
    };
    use model::ToleranceKind;
    use proptest::prelude::*;

    #[test]
    fn a_chain_is_matched_end_to_end() {
        let floats =
            |values: &[f64]| values.iter().map(|v| Position::Float(*v)).collect::<Vec<_>>();
        let (l, g) = ([3.0_f64, 1.0, 2.0], [4.0, 2.0, 3.0]);
        let near = |i: usize, j: usize| (l[i] - g[j]).abs() <= 1.0;
        let partners = match_line(&floats(&l), &floats(&g), near);
        assert_eq!(partners, [Some(0), Some(1), Some(2)]);
    }

    proptest! {
        /// As many pairs as the best of all matchings, for every kind of tolerance on floats.
        #[test]
        fn as_good_as_brute_force(
            l in proptest::collection::vec(-12_i32..12, 0..7),
            g in proptest::collection::vec(-12_i32..12, 0..7),
            absolute in 0_i32..4,
            relative in 0_i32..8,
        ) {
            let l: Vec<f64> = l.iter().map(|v| f64::from(*v) / 2.0).collect();
            let g: Vec<f64> = g.iter().map(|v| f64::from(*v) / 2.0).collect();
            let rules = [
                rule(ToleranceKind::FloatAbsolute { max: f64::from(absolute) / 2.0 }),
                rule(ToleranceKind::FloatRelative { max: f64::from(relative) / 8.0 }),
            ];
            let rules = ruled(&rules, &Meet::Float);
            prop_assert!(rules.on_a_line(&Meet::Float));
            let near = |i: usize, j: usize| {
                !compare_cells(&Value::Float(l[i]), &Value::Float(g[j]), &Meet::Float, &rules).is_different()
            };
            let floats = |v: &[f64]| v.iter().map(|v| Position::Float(*v)).collect::<Vec<_>>();
            let partners = match_line(&floats(&l), &floats(&g), near);
            for (i, partner) in partners.iter().enumerate() {
                prop_assert!(partner.is_none_or(|j| near(i, j)));
            }
            let pairs = partners.iter().flatten().count();
            prop_assert_eq!(pairs, brute_force(l.len(), g.len(), &near));
        }
    }
}
