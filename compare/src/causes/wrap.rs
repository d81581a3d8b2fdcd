//! `DC0106`: integers that went around.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0106",
        name: "overflow that wraps",
        page: "\
A number was too large for an integer of 16, 32 or 64 bits on one side, which went around instead of
failing: 2147483648 became -2147483648. It is recognised by a distance that is a multiple of 2^16,
2^32 or 2^64, where one number fits the width, signed or not, and the other does not.

ClickHouse, Spark without ANSI mode, MySQL's unsigned arithmetic and drivers that read a narrower
type do that. The wrapped value is wrong: widen the type before the operation (`CAST(x AS bigint)`,
or a decimal beyond 64 bits). No tolerance is right here.",
    },
    kinds: &[PairKind::Number],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 1 },
    explain,
    words,
    join: None,
};

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some(numbers @ [a, b]) = pair.integers() else { return };
    let Some(distance) = b.checked_sub(a) else { return };
    for bits in [16_u8, 32, 64] {
        let (span, half) = (1_i128 << bits, 1_i128 << (bits - 1));
        // What fits both widths, signed and not, is taken for signed.
        for width in [-half..half, 0..span] {
            let wrapped = views(numbers).into_iter().find(|(_, wrapped, right)| {
                // What is far beyond is a multiple by chance.
                let near = right.unsigned_abs() >> (2 * bits - 1) == 0;
                width.contains(wrapped) && !width.contains(right) && near
            });
            if let Some((side, ..)) = wrapped.filter(|_| distance & (span - 1) == 0) {
                found.push(Parameter::of_side(side).form(bits));
                return;
            }
        }
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let (bits, side) = (parameter.form, parameter.the_side());
    Words {
        parameter: parameter.told(&format!("{bits} bits")),
        says: format!("a multiple of 2^{bits} away: integers of {bits} bits went around on {side}"),
        remedy: format!(
            "widen the type on {side} before the operation that overflows, for example by a cast to a decimal"
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, ints};

    #[test]
    fn each_width_is_told() {
        let max = i128::from(i32::MAX);
        let cells = [(max + 1, -max - 1), (3_000_000_000, 3_000_000_000 - (1 << 32))];
        assert_told(&ints(&cells), &[("DC0106", "governed: 32 bits", 2)]);
        assert_told(&ints(&[(-25_536, 40_000)]), &[("DC0106", "legacy: 16 bits", 1)]);
        assert_told(&ints(&[(70_000, 4_464)]), &[("DC0106", "governed: 16 bits", 1)]);
        let cells = [(i128::from(i64::MAX) + 1, i128::from(i64::MIN))];
        assert_told(&ints(&cells), &[("DC0106", "governed: 64 bits", 1)]);
    }

    #[test]
    fn near_misses() {
        let cells = [(70_000, 4_465), (4_464, 4_464 + (1 << 15)), (1 << 40, 1 << 41)];
        assert_silent("DC0106", &ints(&cells));
        assert_silent("DC0106", &ints(&[(i128::MAX, i128::MIN), (i128::MIN, 0)]));
    }
}
