//! Where a tolerance of floats ends: at the limit and one ULP to each side of it, over whole tables,
//! as real arithmetic has it. Sums and products of floats round, and would be off by the last bit.

use super::fixtures::{batch, facts, statement, tolerating};
use crate::{Memory, Request, Unwatched, judge_rows};
use arrow::array::{Float64Array, Int32Array, RecordBatch};
use bigdecimal::BigDecimal;
use model::{InMemory, Rows, ToleranceKind, Verdict};
use proptest::prelude::*;
use std::sync::Arc;

/// Every float is a decimal number with at most 1,074 places.
fn real(value: f64) -> BigDecimal {
    format!("{value:.1074}").parse::<BigDecimal>().unwrap().normalized()
}

fn is_within(relative: bool, max: f64, a: f64, b: f64) -> bool {
    let (x, y) = (real(a), real(b));
    let larger = if relative { x.abs().max(y.abs()) } else { BigDecimal::from(1) };
    // As it is written, or as the float that it is: what is at the limit of either passes.
    let limit = real(max).max(max.to_string().parse().unwrap());
    (x - y).abs() <= limit * larger
}

fn table(values: &[f64]) -> RecordBatch {
    let keys = (0..i32::try_from(values.len()).unwrap()).map(Some);
    batch(vec![
        Arc::new(keys.collect::<Int32Array>()),
        Arc::new(Float64Array::from(values.to_vec())),
    ])
}

/// A float of any digits, and of an exponent that leaves room for sums.
fn float(exponents: std::ops::Range<i32>) -> impl Strategy<Value = f64> {
    // Few digits give sums without rounding, so that the limit itself is met.
    let fraction = prop_oneof![0..1_u64 << 52, (0..16_u64).prop_map(|few| few << 48)];
    (fraction, exponents, any::<bool>()).prop_map(|(fraction, exponent, negative)| {
        let exponent = u64::try_from(1_023 + exponent).unwrap();
        f64::from_bits(u64::from(negative) << 63 | exponent << 52 | fraction)
    })
}

proptest! {
    #[test]
    fn a_limit_ends_at_its_last_bit(
        base in float(-20..20), max in float(-30..-1), relative: bool, steps in 1..4_i64,
    ) {
        let max = max.abs();
        let far = if relative { max * base.abs() } else { max };
        // On both sides of the base, and where the larger of both is the other one.
        let ends = [base + far, base - far, base / (1.0 - max), base / (1.0 + max)];
        let around = |end: f64| {
            let next = move |up: bool| (0..steps).fold(end, move |v, _| if up { v.next_up() } else { v.next_down() });
            [end, end.next_up(), end.next_down(), next(true), next(false)]
        };
        let governed: Vec<f64> = ends.into_iter().flat_map(around).collect();
        let legacy = vec![base; governed.len()];
        let kind = if relative { ToleranceKind::FloatRelative { max } } else { ToleranceKind::FloatAbsolute { max } };
        let rows = |values: &[f64]| InMemory::new(table(values).schema(), vec![table(values)]).unwrap();
        let (left, right, facts) = (rows(&legacy), rows(&governed), facts());
        for sides in [[&left, &right], [&right, &left]] {
            let sides: [&dyn Rows; 2] = [sides[0], sides[1]];
            let request = Request {
                statement: statement(&facts),
                key: Some(&[0]),
                memory: Memory::default(),
                watch: &Unwatched,
            };
            let found = judge_rows(request, sides, &tolerating(std::slice::from_ref(&kind)));
            let within = |b: &&f64| is_within(relative, max, base, **b);
            let beyond = governed.iter().filter(|b| !within(b)).count() as u64;
            prop_assert_eq!(found.differences.changed_rows, beyond, "{:?} {:?} {:?}", kind, base, governed);
            let excused: u64 = found.differences.ledger.iter().map(|entry| entry.cells).sum();
            let unequal = governed.iter().filter(|b| b.to_bits() != base.to_bits()).count() as u64;
            prop_assert_eq!(excused, unequal - beyond);
            prop_assert_eq!(found.verdict == Verdict::Mismatch, beyond > 0);
        }
    }
}
