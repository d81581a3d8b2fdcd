//! `DC0109`: NaN or an infinity on one side alone.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::{Pair, views},
};
use crate::{number::Number, value::Value};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0109",
        name: "NaN and infinity",
        page: "\
One side has NaN or an infinity where the other has NULL or a number. Engines differ in what 0/0,
x/0, the logarithm of zero and the deviation of one row are: an error, NULL, NaN or an infinity;
files read by way of other tools turn NULL into NaN.

Say what is wanted: `x / nullif(y, 0)` is NULL everywhere, `nullif(x, 'NaN')` takes NaN away. NaN
for NULL can be accepted:

    [[tolerances]]
    kind = \"nan_is_null\"
    scope = { column = \"ratio\" }
    reason = \"files of the old system know no NULL in floats\"",
    },
    kinds: &[PairKind::Null, PairKind::Number],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

/// Ten for what the strange side has, and one for what the other has.
const NAN: u8 = 10;
const INFINITY: u8 = 20;
const NULL: u8 = 1;
const NUMBER: u8 = 2;
const OTHER_INFINITY: u8 = 3;

fn special(value: &Value<'_>) -> Option<u8> {
    let float = value.as_float();
    match value {
        Value::Number(Number::NaN) => Some(NAN),
        Value::Number(Number::Infinity | Number::NegativeInfinity) => Some(INFINITY),
        _ if float?.is_nan() => Some(NAN),
        _ if float?.is_infinite() => Some(INFINITY),
        _ => None,
    }
}

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    for (side, own, other) in views([pair.legacy, pair.governed]) {
        let Some(strange) = special(own) else { continue };
        let beside = match (other, special(other)) {
            (Value::Null, _) => NULL,
            (_, None) => NUMBER,
            // Of NaN and an infinity, NaN is the strange one.
            (_, Some(INFINITY)) if strange == NAN => OTHER_INFINITY,
            _ => continue,
        };
        found.push(Parameter::of_side(side).form(strange + beside));
    }
}

fn words(parameter: Parameter, column: &str) -> Words {
    let strange = if parameter.form / 10 * 10 == NAN { "NaN" } else { "an infinity" };
    let beside = match parameter.form % 10 {
        NULL => "NULL",
        OTHER_INFINITY => "an infinity",
        _ => "a number",
    };
    let text =
        "say what a division by zero gives (`x / nullif(y, 0)`), and take NaN away by `nullif`";
    Words {
        parameter: parameter.told(&format!("{strange} for {beside}")),
        says: format!(
            "{strange} on {} and {beside} on {}",
            parameter.the_side(),
            parameter.the_other_side()
        ),
        remedy: if parameter.form == NAN + NULL {
            with_tolerance(text, &["kind = \"nan_is_null\""], column, "one side has NaN for NULL")
        } else {
            text.to_owned()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::testing::{assert_silent, assert_told, floats, number};

    #[test]
    fn each_pair_is_told() {
        let cells = vec![(Value::Float(f64::NAN), Value::Null), (number("NaN"), Value::Null)];
        assert_told(&cells, &[("DC0109", "legacy: NaN for NULL", 2)]);
        let cells = floats(&[(1.0, f64::INFINITY), (0.0, f64::NEG_INFINITY), (2.0, f64::NAN)]);
        assert_told(
            &cells,
            &[
                ("DC0109", "governed: an infinity for a number", 2),
                ("DC0109", "governed: NaN for a number", 1),
            ],
        );
        let cells = floats(&[(f64::NAN, f64::INFINITY)]);
        assert_told(&cells, &[("DC0109", "legacy: NaN for an infinity", 1)]);
    }

    #[test]
    fn numbers_are_not() {
        assert_silent("DC0109", &floats(&[(1.0, 2.0), (f64::INFINITY, f64::NEG_INFINITY)]));
        assert_silent("DC0109", &vec![(Value::Null, Value::Float(0.0))]);
    }
}
