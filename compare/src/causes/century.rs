//! `DC0306`: dates in another century.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    spelled_time::civil,
};
use crate::value::DAY_NANOS;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0306",
        name: "another century",
        page: "\
Dates are equal but for exactly a hundred (or two thousand) years: 1969 and 2069. A year of two
digits was read with another pivot: `YY` of Oracle takes the current century and `RR` the nearest,
SQL Server and Teradata have a setting (50 and -1), PostgreSQL takes 70 to 99 for the 20th century;
or it was not completed at all (0024 for 2024).

Read such texts by a format with a rule of your own, for example by a CASE over the two digits. No
tolerance is right here.",
    },
    kinds: &[PairKind::Time, PairKind::Text],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 1 },
    explain: |pair, found| {
        let Some([a, b]) = pair.nanos().filter(|_| !pair.are_clock_times()) else { return };
        let date = |nanos: i128| civil(nanos.div_euclid(DAY_NANOS));
        let (apart, day_nanos) = (a.abs_diff(b), DAY_NANOS.unsigned_abs());
        if apart < 36_000 * day_nanos || apart % day_nanos != 0 {
            return;
        }
        let (Some((year, month, day)), Some((other, m, d))) = (date(a), date(b)) else { return };
        let years = other - year;
        if (month, day) == (m, d) && matches!(years.abs(), 100 | 1_900 | 2_000) {
            found.push(Parameter::NONE.amount(years.into()));
        }
    },
    words: |parameter, _| {
        let (years, sign) = (parameter.amount.unsigned_abs(), parameter.amount.is_negative());
        Words {
            parameter: format!("{:+} years", parameter.amount),
            says: format!(
                "{years} years {} on the governed side",
                if sign { "earlier" } else { "later" }
            ),
            remedy: "read years of two digits by a rule that is the same on both sides".to_owned(),
        }
    },
    join: None,
};

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn a_hundred_years() {
        let cells = [("1969-05-01", "2069-05-01"), ("1960-02-29", "2060-02-29")];
        assert_told(&texts(&cells), &[("DC0306", "+100 years", 2)]);
        assert_told(&texts(&[("2024-05-01", "0024-05-01")]), &[("DC0306", "-2000 years", 1)]);
    }

    #[test]
    fn near_misses() {
        let cells = [("1969-05-01", "2069-05-02"), ("1969-05-01", "1979-05-01")];
        assert_silent("DC0306", &texts(&cells));
    }
}
