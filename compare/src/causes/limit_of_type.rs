//! `DC0107`: numbers that stop at the limit of a type.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0107",
        name: "limit of a type",
        page: "\
One side has the largest or smallest integer of a type where the other has a number beyond it: the
value was clamped. It is recognised by that. MySQL without strict mode does it when it stores a
number that is too large, and casts from floats do it in several engines.

The clamped value is wrong: widen the column or the type of the cast. No tolerance is right here.",
    },
    kinds: &[PairKind::Number],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 1 },
    explain,
    words,
    join: None,
};

/// The largest values of integer types; the place is the form.
const HIGHEST: [i128; 8] = [
    127,
    255,
    32_767,
    65_535,
    2_147_483_647,
    4_294_967_295,
    9_223_372_036_854_775_807,
    18_446_744_073_709_551_615,
];

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some(numbers) = pair.decimals() else { return };
    let integers = numbers.map(|number| {
        let digits = number.at(0).and_then(|digits| i128::try_from(digits).ok())?;
        Some(if number.negative { -digits } else { digits })
    });
    for ((side, number, other), (_, integer, _)) in views(numbers).into_iter().zip(views(integers))
    {
        let Some(limit) = integer else { continue };
        // All limits are a power of two, or one less.
        let size = limit.unsigned_abs();
        if !size.is_power_of_two() && !(size + 1).is_power_of_two() {
            continue;
        }
        let beyond = other.to_f64().abs() > number.to_f64().abs();
        for (form, high) in (0_u8..).zip(HIGHEST) {
            let low = -high - 1;
            if (limit == high && !other.negative && beyond)
                || (limit == low && form % 2 == 0 && other.negative && beyond)
            {
                found.push(Parameter::of_side(side).form(form));
            }
        }
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let bits = 8_u32 << (parameter.form / 2);
    let sign = if parameter.form.is_multiple_of(2) { "" } else { "unsigned " };
    let side = parameter.the_side();
    Words {
        parameter: parameter.told(&format!("{sign}{bits} bits")),
        says: format!(
            "the limit of an {sign}integer of {bits} bits on {side} and beyond it on {}",
            parameter.the_other_side()
        ),
        remedy: format!("widen the type on {side}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, floats, ints};

    #[test]
    fn clamped_numbers_are_told() {
        let cells = [(5_000_000_000, 2_147_483_647), (-5_000_000_000, -2_147_483_648)];
        assert_told(&ints(&cells), &[("DC0107", "governed: 32 bits", 2)]);
        assert_told(&ints(&[(255, 300)]), &[("DC0107", "legacy: unsigned 8 bits", 1)]);
        assert_told(&floats(&[(1e20, 9_223_372_036_854_775_807.0)]), &[]);
    }

    #[test]
    fn near_misses() {
        assert_silent("DC0107", &ints(&[(255, 254), (2_147_483_646, 5_000_000_000), (127, -300)]));
    }
}
