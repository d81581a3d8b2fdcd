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
Floats of both sides are at most 4 units in the last place, or a trillionth of their size, apart. It
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
        if is_noise(pair) {
            found.push(Parameter::NONE);
        }
    },
    words: |_, column| Words {
        parameter: String::new(),
        says: "floats that differ by a trillionth of their size at most".to_owned(),
        remedy: with_tolerance(
            "cast to a decimal before summing where exact sums are wanted",
            &["kind = \"float_relative\"", "max = 1e-12"],
            column,
            "sums of floats depend on the order of the rows",
        ),
    },
    join: None,
};

/// Over the larger magnitude.
const RELATIVE_MAX: f64 = 1e-12;
const ULPS_MAX: u64 = 4;

/// Is at least one value a float, and the other about the same? Zeros of both signs are not.
pub(super) fn is_noise(pair: &Pair<'_>) -> bool {
    let (a, b) = match (pair.legacy.as_float(), pair.governed.as_float()) {
        (Some(a), Some(b)) => (a, b),
        (None, None) => return false,
        _ => match (Decimal::of(pair.legacy), Decimal::of(pair.governed)) {
            (Some(a), Some(b)) => (a.to_f64(), b.to_f64()),
            _ => return false,
        },
    };
    let near = (a - b).abs() <= a.abs().max(b.abs()) * RELATIVE_MAX || ulps(a, b) <= ULPS_MAX;
    a.is_finite() && b.is_finite() && (a.abs() > 0.0 || b.abs() > 0.0) && near
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
