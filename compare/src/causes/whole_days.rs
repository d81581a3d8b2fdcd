//! `DC0304`: dates that are a day apart.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::Pair,
};
use crate::value::DAY_NANOS;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0304",
        name: "off by whole days",
        page: "\
Dates are exactly one day apart, or always the same few days, or 1,462 of them. One day is mostly a
moment near midnight that the sides put into the date of two zones, or an end of a period that one
side counts in; up to seven days are another first day of the week or another rule for week 1
(`date_trunc('week')`, ISO or US); 1,462 days are a spreadsheet that counts from 1904 and not from
1900.

For zones, convert to one zone before the cast to a date: `(x AT TIME ZONE 'UTC')::date`. For weeks,
say the first day on both sides (`@week_start` of the source). No tolerance is right here.",
    },
    kinds: &[PairKind::Time, PairKind::Text],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 20 },
    explain,
    words,
    join: None,
};

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.nanos().filter(|_| !pair.are_clock_times()) else { return };
    // Most times are not days apart.
    if a.abs_diff(b) < DAY_NANOS.unsigned_abs() {
        return;
    }
    let (days, rest) = ((b - a) / DAY_NANOS, (b - a) % DAY_NANOS);
    if rest == 0 && matches!(days.abs(), 1..=7 | 1_462) {
        found.extend(i64::try_from(days).map(|days| Parameter::NONE.amount(days)));
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let (days, sign) = (parameter.amount.unsigned_abs(), parameter.amount.is_negative());
    let plural = if days == 1 { "" } else { "s" };
    let remedy = match days {
        1 => {
            "convert to one zone before the cast to a date, and look whether an end of a period counts"
        }
        1_462 => "correct the base of the spreadsheet's dates, 1900 or 1904, where they are loaded",
        _ => "look at the first day of the week and the rule for week 1 on each side",
    };
    Words {
        parameter: format!("{:+} d", parameter.amount),
        says: format!(
            "{days} day{plural} {} on the governed side",
            if sign { "earlier" } else { "later" }
        ),
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        causes::testing::{Cells, assert_silent, assert_told},
        value::{DAY_NANOS, Instant, Value},
    };

    fn dates(cells: &[(i128, i128)]) -> Cells<'static> {
        let at = |days: i128| Value::Date(Instant::At(days * DAY_NANOS));
        cells.iter().map(|(a, b)| (at(*a), at(*b))).collect()
    }

    #[test]
    fn one_day_and_a_spreadsheet() {
        assert_told(&dates(&[(10, 9), (300, 299)]), &[("DC0304", "-1 d", 2)]);
        assert_told(&dates(&[(10_000, 11_462)]), &[("DC0304", "+1462 d", 1)]);
    }

    #[test]
    fn near_misses() {
        assert_silent("DC0304", &dates(&[(10, 18), (10, 10 - 1_461)]));
        let clock = |nanos: i64| Value::Time(nanos);
        assert_silent("DC0304", &vec![(clock(0), clock(86_400_000_000_000))]);
    }
}
