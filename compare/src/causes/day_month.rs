//! `DC0305`: dates with day and month swapped.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::Pair,
    spelled_time::{civil, days},
};
use crate::value::DAY_NANOS;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0305",
        name: "day and month swapped",
        page: "\
Dates are equal once day and month of one side are swapped: 2024-02-01 and 2024-01-02. A text such
as `01/02/2024` was read in another order. Days after the 12th are right on both sides or failed
(look for NULLs and errors there), so the share of such cells is never large.

Name the format where texts are read (`to_date(x, 'DD/MM/YYYY')`), or the order (`SET DateStyle`,
`SET DATEFORMAT`). No tolerance is right here.",
    },
    kinds: &[PairKind::Time, PairKind::Text],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 5 },
    explain: |pair, found| {
        if is_swapped(pair) == Some(true) {
            found.push(Parameter::NONE);
        }
    },
    words: |_, _| Words {
        parameter: String::new(),
        says: "the same dates with day and month swapped".to_owned(),
        remedy: "name the format where the texts are read, for example `to_date(x, 'DD/MM/YYYY')`"
            .to_owned(),
    },
    join: None,
};

fn is_swapped(pair: &Pair<'_>) -> Option<bool> {
    let [a, b] = pair.nanos().filter(|_| !pair.are_clock_times())?;
    // Swapping stays in the year, and keeps the time of day.
    let apart = a.abs_diff(b);
    let day_nanos = DAY_NANOS.unsigned_abs();
    if !(day_nanos..366 * day_nanos).contains(&apart) || apart % day_nanos != 0 {
        return None;
    }
    let (year, month, day) = civil(a.div_euclid(DAY_NANOS))?;
    Some(day != month && days(year, day, month)? == b.div_euclid(DAY_NANOS))
}

#[cfg(test)]
mod tests {
    use crate::causes::testing::{assert_silent, assert_told, texts};

    #[test]
    fn dates_and_timestamps() {
        let cells = [("2024-02-01", "2024-01-02"), ("2024-12-05 10:00", "2024-05-12 10:00")];
        assert_told(&texts(&cells), &[("DC0305", "", 2)]);
    }

    #[test]
    fn near_misses() {
        let cells = [
            ("2024-02-01", "2023-01-02"),
            ("2024-02-13", "2024-01-02"),
            ("2024-12-05 10:00", "2024-05-12 11:00"),
            ("2024-03-03", "2024-03-03 "),
        ];
        assert_silent("DC0305", &texts(&cells));
    }
}
