//! `DC0111`: whole numbers in another unit.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0111",
        name: "another unit",
        page: "\
Whole numbers of one side are the other's times a factor that units have: 60 (hours and minutes,
minutes and seconds), 24, 7, 12, 3,600, 86,400, 1,440, 8 (bytes and bits), 1,024 or 1,048,576; the
quotient may have lost its remainder. It is told only where most of a column's cells have the
factor. Usual reasons: a difference of times in another unit (`TIMESTAMPDIFF`, `DATEDIFF`,
`date_part`), sizes in KiB.

Convert on one side. No tolerance is right here.",
    },
    kinds: &[PairKind::Number],
    level: Level::General,
    support: Support::Share { cells_min: 2, percent_min: 60 },
    explain,
    words,
    join: None,
};

const FACTORS: [u32; 10] = [60, 24, 7, 12, 3_600, 86_400, 1_440, 8, 1_024, 1_048_576];
/// Smaller numbers have too many multiples near.
const SMALLER_MIN: i64 = 1;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let small = pair.integers().map(|numbers| numbers.map(i64::try_from));
    let Some([Ok(a), Ok(b)]) = small else { return };
    for (side, small, large) in views([a, b]) {
        if small < SMALLER_MIN {
            continue;
        }
        for (form, factor) in (0_u8..).zip(FACTORS) {
            if large / i64::from(factor) == small {
                found.push(Parameter::of_side(side).form(form));
            }
        }
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let factor = FACTORS.get(usize::from(parameter.form)).copied().unwrap_or(1);
    let (side, other) = (parameter.the_side(), parameter.the_other_side());
    Words {
        parameter: parameter.told(&format!("1/{factor}")),
        says: format!("1/{factor} on {side} of what they are on {other}: another unit"),
        remedy: format!(
            "convert to one unit: multiply by {factor} on {side}, or divide on {other}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, ints};

    #[test]
    fn minutes_and_seconds() {
        let cells = [(2, 120), (5, 359), (10, 600), (3, 4)];
        assert_told(&ints(&cells), &[("DC0111", "legacy: 1/60", 3)]);
        assert_told(&ints(&[(864_000, 10), (90_000, 1)]), &[("DC0111", "governed: 1/86400", 2)]);
    }

    #[test]
    fn a_single_cell_is_chance() {
        assert_silent("DC0111", &ints(&[(2, 120), (5, 361), (0, 0)]));
    }
}
