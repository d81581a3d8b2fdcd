//! `DC0103`: one side has no fraction.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0103",
        name: "integer division",
        page: "\
One side has whole numbers where the other has the same with a fraction, cut and not rounded: 3 for
3.5. It is recognised by that. Cut `towards zero`, -3.5 is -3, which is what integer division of
PostgreSQL, SQL Server and Redshift does; `downwards` it is -4, which is a `floor`.

Oracle, MySQL, Snowflake, BigQuery and DuckDB divide integers exactly by `/`. The translation keeps
the source's meaning (rule TR0101) where it knows that both sides are integers: look whether the
catalog says so, and whether the statement that runs is a translated one. Else cast one operand:
`a::numeric / b` is exact everywhere, `div(a, b)` is whole. No tolerance is right here, because the
values mean another thing.",
    },
    kinds: &[PairKind::Number],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 5 },
    explain,
    words,
    join: None,
};

const TOWARDS_ZERO: u8 = 0;
const DOWNWARDS: u8 = 1;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some(numbers) = pair.decimals() else { return };
    for (side, whole, exact) in views(numbers) {
        let unit = u32::try_from(exact.places()).ok().and_then(|n| 10_u128.checked_pow(n));
        let (Some(unit @ 10..), Some(digits)) = (unit, whole.at(0)) else { continue };
        if whole.digits != 0 && whole.negative != exact.negative {
            continue;
        }
        let cut = exact.digits / unit;
        if digits == cut {
            found.push(Parameter::of_side(side).form(TOWARDS_ZERO));
        }
        if digits == cut + u128::from(exact.negative) {
            found.push(Parameter::of_side(side).form(DOWNWARDS));
        }
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let how = if parameter.form == DOWNWARDS { "downwards" } else { "towards zero" };
    Words {
        parameter: parameter.told(how),
        says: format!(
            "whole numbers on {} and the same with a fraction on {}: cut {how}, as a division of integers does",
            parameter.the_side(),
            parameter.the_other_side(),
        ),
        remedy: format!(
            "if the quotient must be exact, cast an operand to a decimal on {}; if whole, use `div` on {} (rule TR0101 does so where the catalog says that both are integers)",
            parameter.the_side(),
            parameter.the_other_side(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        causes::testing::{assert_silent, assert_told, floats, number, numbers},
        value::Value,
    };

    #[test]
    fn whole_quotients_are_told_with_their_side() {
        let cells = [("3", "3.5"), ("-3", "-3.75"), ("0", "0.25"), ("7", "7.99")];
        assert_told(&numbers(&cells), &[("DC0103", "legacy: towards zero", 4)]);
        let cells = [("3.5", "3"), ("-3.5", "-4"), ("-0.25", "-1")];
        assert_told(&numbers(&cells), &[("DC0103", "governed: downwards", 3)]);
        let cells = vec![(Value::Int(3), Value::Float(3.9)), (Value::Int(0), number("0.7"))];
        assert_told(&cells, &[("DC0103", "legacy: towards zero", 2)]);
    }

    #[test]
    fn whole_numbers_that_are_rounded_are_rounding() {
        let cells = [("3", "3.2"), ("4", "3.6"), ("5", "4.7")];
        assert_told(&numbers(&cells), &[("DC0101", "legacy: nearest, 0 digits", 3)]);
    }

    #[test]
    fn near_misses() {
        assert_silent("DC0103", &numbers(&[("3", "4.5"), ("-3", "3.5"), ("3.4", "3.45")]));
        assert_silent("DC0103", &floats(&[(3.0, 3.000_000_000_000_000_4)]));
    }
}
