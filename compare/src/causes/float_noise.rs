//! `DC0102`: floats that differ in their last bits.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    decimal::Decimal,
    pair::Pair,
};
use crate::columns::ulps;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0102",
        name: "float noise",
        page: "\
Floats of both sides are at most a trillionth of their size, or 4 units in the last place, apart. It
is recognised by that distance alone. Sums and averages of floats depend on the order in which rows
come, and functions such as `exp` on the library: neither side is wrong, and no two runs need agree.

Sum exact numbers where exact sums are wanted (cast to a decimal first). Or accept it:

    [[tolerances]]
    kind = \"float_relative\"
    max = 1e-12
    scope = { column = \"share\" }
    reason = \"sums of floats depend on the order of the rows\"",
    },
    kinds: &[PairKind::Number],
    level: Level::Specific,
    support: Support::Any,
    explain: |pair, found| {
        if let Some(form) = noise(pair) {
            found.push(Parameter::NONE.form(form));
        }
    },
    words,
    join: None,
};

/// So near by their size.
const OF_SIZE: u8 = 0;
/// Next to zero, where a trillionth of the size is less than a step.
const NEXT_TO_ZERO: u8 = 1;

fn words(parameter: Parameter, column: &str) -> Words {
    let (told, says, lines) = if parameter.form == NEXT_TO_ZERO {
        let says = "floats next to zero that differ by 4 units in the last place at most";
        ("next to zero", says, ["kind = \"float_ulps\"", "max = 4"])
    } else {
        let says = "floats that differ by a trillionth of their size at most";
        ("", says, ["kind = \"float_relative\"", "max = 1e-12"])
    };
    Words {
        parameter: told.to_owned(),
        says: says.to_owned(),
        remedy: with_tolerance(
            "cast to a decimal before summing where exact sums are wanted",
            &lines,
            column,
            "sums of floats depend on the order of the rows",
        ),
    }
}

/// Over the larger magnitude.
const RELATIVE_MAX: f64 = 1e-12;
const ULPS_MAX: u64 = 4;

/// Is at least one value a float, and the other about the same? Zeros of both signs are not.
pub(super) fn is_noise(pair: &Pair<'_>) -> bool {
    noise(pair).is_some()
}

fn noise(pair: &Pair<'_>) -> Option<u8> {
    let (a, b) = match (pair.legacy.as_float(), pair.governed.as_float()) {
        (Some(a), Some(b)) => (a, b),
        (None, None) => return None,
        _ => match (Decimal::of(pair.legacy), Decimal::of(pair.governed)) {
            (Some(a), Some(b)) => (a.to_f64(), b.to_f64()),
            _ => return None,
        },
    };
    if !a.is_finite() || !b.is_finite() || (a.abs() <= 0.0 && b.abs() <= 0.0) {
        return None;
    }
    if (a - b).abs() <= a.abs().max(b.abs()) * RELATIVE_MAX {
        Some(OF_SIZE)
    } else {
        (ulps(a, b) <= ULPS_MAX).then_some(NEXT_TO_ZERO)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        causes::testing::{assert_silent, assert_told, floats, number},
        value::Value,
    };

    #[test]
    fn sums_in_another_order_are_noise() {
        let cells = [(0.1 + 0.2, 0.3), (1e22, 1e22 + 4e6), (-1.0, -1.000_000_000_000_5)];
        assert_told(&floats(&cells), &[("DC0102", "", 3)]);
        let exact = vec![(Value::Float(0.300_000_000_000_000_04), number("0.3"))];
        assert_told(&exact, &[("DC0102", "", 1)]);
    }

    #[test]
    fn what_is_further_apart_is_not() {
        assert_silent(
            "DC0102",
            &floats(&[(1.0, 1.000_000_01), (0.0, 1e-5), (0.0, -0.0), (f64::MAX, f64::INFINITY)]),
        );
        assert_silent("DC0102", &vec![(number("0.1"), number("0.10000000000000001"))]);
    }
}
