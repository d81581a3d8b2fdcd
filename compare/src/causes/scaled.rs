//! `DC0104`: one number is the other with its point moved.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::Pair,
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0104",
        name: "scaled by a power of ten",
        page: "\
All numbers of one side are the other's times the same power of ten: 12.5 and 0.125. It is
recognised by equal digits with the point elsewhere. A factor of 100 is mostly a percentage for a
fraction, or cents for the currency; 1,000 a change of unit, thousands in a report, or milliseconds;
any other power mostly a decimal that was read with another scale (`decimal(10,2)` data declared as
`decimal(10,4)`).

Multiply on one side, or correct the declared scale where the data is loaded. No tolerance is right
here.",
    },
    kinds: &[PairKind::Number],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 20 },
    explain,
    words,
    join: None,
};

const POWER_MAX: i32 = 18;
/// The product of a float and a power of ten is rounded twice at most.
const RELATIVE_MAX: f64 = 1e-15;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.decimals() else { return };
    if a.digits == 0 || b.digits == 0 || a.negative != b.negative {
        return;
    }
    let power = if a.digits == b.digits {
        b.exponent - a.exponent
    } else if let (Some(a), Some(b)) = (pair.legacy.as_float(), pair.governed.as_float()) {
        let (a, b) = (a.abs(), b.abs());
        let power = (b / a).log10().round();
        if !power.is_finite() || power.abs() > f64::from(POWER_MAX) {
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 18")]
        let power = power as i32;
        // The larger over the smaller, so that swapping the sides changes nothing.
        let (small, large) = if power < 0 { (b, a) } else { (a, b) };
        if (large / (small * 10_f64.powi(power.abs())) - 1.0).abs() > RELATIVE_MAX {
            return;
        }
        power
    } else {
        return;
    };
    if power != 0 && power.abs() <= POWER_MAX {
        found.push(Parameter::NONE.amount(power.into()));
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let power = parameter.amount.unsigned_abs();
    let (sign, size) = if parameter.amount < 0 { ("-", "small") } else { ("", "large") };
    let factor = format!("1{}", "0".repeat(usize::try_from(power).unwrap_or(0)));
    let (larger, smaller) = if parameter.amount < 0 {
        ("the legacy side", "the governed side")
    } else {
        ("the governed side", "the legacy side")
    };
    let remedy = match power {
        2 => format!(
            "divide by 100 on {larger} if it has percentages or cents, or multiply by 100 on {smaller}"
        ),
        _ => format!(
            "multiply by {factor} on {smaller}, or correct the unit or the declared scale where the data is loaded"
        ),
    };
    Words {
        parameter: format!("10^{sign}{power}"),
        says: format!("{factor} times as {size} on the governed side as on the other"),
        remedy,
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, floats, ints, numbers};

    #[test]
    fn percentages_are_fractions() {
        let cells = [("0.125", "12.5"), ("-0.07", "-7"), ("1", "100")];
        assert_told(&numbers(&cells), &[("DC0104", "10^2", 3)]);
        let cells = [(0.07, 7.000_000_000_000_001), (0.29, 28.999_999_999_999_996), (0.5, 50.0)];
        assert_told(&floats(&cells), &[("DC0104", "10^2", 3)]);
        assert_told(&ints(&[(12_000, 12), (7_000, 7)]), &[("DC0104", "10^-3", 2)]);
    }

    #[test]
    fn near_misses() {
        assert_silent("DC0104", &numbers(&[("0.125", "12.6"), ("0.125", "-12.5"), ("0", "100")]));
        assert_silent("DC0104", &floats(&[(0.07, 7.000_001), (1e-300, 1e300), (f64::NAN, 1.0)]));
    }
}
