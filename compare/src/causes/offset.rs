//! `DC0112`: whole numbers that are always the same amount apart.

use super::cause::{About, CellCause, Level, PairKind, Parameter, Support, Words};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0112",
        name: "constant offset",
        page: "\
Whole numbers are the same amount apart in nearly all changed cells of a column, at least three. One
more or less is mostly something that is counted from 1 on one side and from 0 on the other: days of
the week (Sunday is 0, 1 or 7), months, positions in a text or an array; other amounts are mostly
epochs or ids with a base of their own.

Correct the numbering on one side. No tolerance is right here.",
    },
    kinds: &[PairKind::Number],
    level: Level::General,
    support: Support::Share { cells_min: 3, percent_min: 80 },
    explain: |pair, found| {
        let distance = pair.integers().and_then(|[a, b]| i64::try_from(b.checked_sub(a)?).ok());
        // The least one has no mirror image.
        if let Some(distance) = distance.filter(|distance| *distance != i64::MIN) {
            found.push(Parameter::NONE.amount(distance));
        }
    },
    words: |parameter, _| {
        let (size, sign) = (parameter.amount.unsigned_abs(), parameter.amount.is_negative());
        Words {
            parameter: format!("{:+}", parameter.amount),
            says: format!("{size} {} on the governed side", if sign { "less" } else { "more" }),
            remedy: "look what the number counts from on each side (days of the week, months and positions start at 0 or 1), and correct one".to_owned(),
        }
    },
    join: None,
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, ints};

    #[test]
    fn weekdays_from_zero_and_one() {
        let cells = [(0, 1), (5, 6), (6, 7), (2, 3), (1, 4)];
        assert_told(&ints(&cells), &[("DC0112", "+1", 4)]);
    }

    #[test]
    fn two_cells_and_a_mix_are_chance() {
        assert_silent("DC0112", &ints(&[(0, 1)]));
        assert_told(&ints(&[(10, 21), (20, 31)]), &[]);
        assert_told(&ints(&[(10, 21), (20, 31), (33, 44), (4, 53), (5, 66)]), &[]);
    }
}
