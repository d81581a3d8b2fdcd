//! `DC0110`: numbers with their sign turned.

use super::cause::{About, CellCause, Level, PairKind, Parameter, Support, Words};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0110",
        name: "opposite sign",
        page: "\
Numbers are equal but for their sign. It is mostly a difference of two dates whose arguments stand
in the other order (`DATEDIFF(end, start)` of MySQL and Spark, `DATEDIFF(day, start, end)` of SQL
Server, Snowflake and Redshift), or debit and credit that each side counts in its own way.

Swap the arguments or negate on one side. No tolerance is right here.",
    },
    kinds: &[PairKind::Number],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 20 },
    explain: |pair, found| {
        let Some([a, b]) = pair.decimals() else { return };
        if a.digits == b.digits && a.exponent == b.exponent && a.negative != b.negative {
            found.push(Parameter::NONE);
        }
    },
    words: |_, _| {
        Words {
        parameter: String::new(),
        says: "equal but for their sign".to_owned(),
        remedy: "look for a difference whose arguments stand in the other order, and swap them or negate on one side".to_owned(),
    }
    },
    join: None,
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, floats, numbers};

    #[test]
    fn only_the_sign_differs() {
        assert_told(&numbers(&[("3.5", "-3.50"), ("-2", "2")]), &[("DC0110", "", 2)]);
        assert_silent("DC0110", &numbers(&[("3.5", "-3.51"), ("3.5", "-35")]));
        assert_silent("DC0110", &floats(&[(0.0, -0.0)]));
    }
}
