//! `TL0013`: NULL for NaN, of floats and of exact numbers that have one.

use super::{
    margin::Margin,
    normal::{Form, Leaf, Step},
};
use crate::kind::Meet;

#[derive(Debug)]
pub(super) struct NanIsNull;

impl Form for NanIsNull {
    fn step(&self) -> Step {
        Step::Null
    }

    fn applies(&self, meet: &Meet) -> bool {
        matches!(meet, Meet::Float | Meet::Number | Meet::Exact)
    }

    fn bring<'v>(&self, leaf: Leaf<'v>) -> Leaf<'v> {
        if leaf.is_nan() { Leaf::Null } else { leaf }
    }

    fn margin(&self, _: &Leaf<'_>, _: &Leaf<'_>) -> Margin {
        Margin::Form("NULL or NaN")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{number::Number, value::Value};

    #[test]
    fn every_nan_and_nothing_else() {
        for nan in [
            Value::Float(f64::NAN),
            Value::Float(-f64::NAN),
            Value::Single(f32::NAN),
            Value::Number(Number::NaN),
        ] {
            assert_eq!(NanIsNull.bring(Leaf::of(&nan)), Leaf::Null);
        }
        for other in [Value::Float(f64::INFINITY), Value::Float(0.0), Value::Text("NaN")] {
            assert_ne!(NanIsNull.bring(Leaf::of(&other)), Leaf::Null);
        }
        assert!(!NanIsNull.applies(&Meet::Int) && !NanIsNull.applies(&Meet::Text));
    }
}
