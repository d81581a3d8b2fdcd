//! `DC0105`: seconds since 1970 for milliseconds.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0105",
        name: "unit of an epoch",
        page: "\
Both sides count from 1970-01-01, one in seconds and the other in milliseconds, microseconds or
nanoseconds. It is recognised by whole numbers that are seconds of a year between 1990 and 2100 on
one side, and the same with 3, 6 or 9 more digits, cut or not, on the other.

`unix_timestamp`, `extract(epoch …)` and `date_part` give seconds, `epoch_ms`, `UNIX_MILLIS` and
JavaScript milliseconds, Snowflake's numbers whatever their scale says. Divide or multiply on one
side, and keep in mind that a division drops the fraction. No tolerance is right here.",
    },
    kinds: &[PairKind::Number],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 5 },
    explain,
    words,
    join: None,
};

/// 1990-01-01 and 2100-01-01.
const SECONDS: std::ops::Range<i128> = 631_152_000..4_102_444_800;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some(numbers) = pair.integers() else { return };
    for (side, seconds, finer) in views(numbers) {
        if !SECONDS.contains(&seconds) {
            continue;
        }
        for digits in [3_u8, 6, 9] {
            if finer / 10_i128.pow(digits.into()) == seconds {
                found.push(Parameter::of_side(side).form(digits));
            }
        }
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let finer = match parameter.form {
        3 => "milliseconds",
        6 => "microseconds",
        _ => "nanoseconds",
    };
    let (side, other) = (parameter.the_side(), parameter.the_other_side());
    Words {
        parameter: parameter.told(&format!("seconds for {finer}")),
        says: format!("seconds since 1970 on {side} and {finer} on {other}"),
        remedy: format!(
            "convert on one side: multiply by 10^{} on {side}, or divide on {other}, which drops the fraction",
            parameter.form
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, ints};

    #[test]
    fn milliseconds_with_and_without_a_fraction() {
        let cells = [(1_700_000_000, 1_700_000_000_123), (1_600_000_000, 1_600_000_000_000)];
        assert_told(&ints(&cells), &[("DC0105", "legacy: seconds for milliseconds", 2)]);
        let cells = [(1_700_000_000_123_456, 1_700_000_000)];
        assert_told(&ints(&cells), &[("DC0105", "governed: seconds for microseconds", 1)]);
    }

    #[test]
    fn other_numbers_are_no_times() {
        let cells = [(17, 17_000), (1_700_000_001, 1_700_000_000_123), (1_700_000_000, 17)];
        assert_silent("DC0105", &ints(&cells));
    }
}
