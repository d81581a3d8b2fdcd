//! `DC0108`: zeros of both signs.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::views,
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0108",
        name: "sign of zero",
        page: "\
A float is -0.0 on one side and 0.0 on the other. SQL takes them for equal, but texts made of them,
`1 / x` and sorting of some engines do not. It comes from products with a negative number, from
rounding small negative numbers, and from groups whose first zero is another one.

Add 0.0 to the column (`x + 0.0` is never -0.0). Or accept it:

    [[tolerances]]
    kind = \"float_absolute\"
    max = 0.0
    scope = { column = \"balance\" }
    reason = \"the sign of zero means nothing\"",
    },
    kinds: &[PairKind::Number],
    level: Level::Specific,
    support: Support::Any,
    explain: |pair, found| {
        let (Some(a), Some(b)) = (pair.legacy.as_float(), pair.governed.as_float()) else { return };
        for (side, own, other) in views([a, b]) {
            let zeros = own.abs().to_bits() == 0 && other.abs().to_bits() == 0;
            if zeros && own.is_sign_negative() && other.is_sign_positive() {
                found.push(Parameter::of_side(side));
            }
        }
    },
    words: |parameter, column| Words {
        parameter: parameter.told("-0.0"),
        says: format!("-0.0 on {} and 0.0 on {}", parameter.the_side(), parameter.the_other_side()),
        remedy: with_tolerance(
            "add 0.0 to the column",
            &["kind = \"float_absolute\"", "max = 0.0"],
            column,
            "the sign of zero means nothing",
        ),
    },
    join: None,
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, floats};

    #[test]
    fn only_zeros() {
        assert_told(&floats(&[(-0.0, 0.0), (-0.0, 0.0)]), &[("DC0108", "legacy: -0.0", 2)]);
        assert_silent("DC0108", &floats(&[(-1.0, 1.0), (0.0, f64::MIN_POSITIVE)]));
    }
}
