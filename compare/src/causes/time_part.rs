//! `DC0302`: timestamps without their time of day.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
};
use crate::value::DAY_NANOS;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0302",
        name: "time part lost",
        page: "\
One side has the day, hour or minute that the other's timestamp lies in: a date for a timestamp. It
is recognised by cutting. Oracle's `DATE` has a time of day, and so loses it where it becomes a
`date`; `TRUNC` and `CAST(x AS date)` cut it; a comparison `x <= DATE '2024-01-31'` then means
another range of rows as well.

Type the column as `timestamp`, or cut on both sides. No tolerance is right here, unless the time of
day means nothing to anybody: `time_precision` with 86400000000 µs.",
    },
    kinds: &[PairKind::Time, PairKind::Text],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 5 },
    explain,
    words,
    join: None,
};

const UNITS: [(i128, &str, &str); 3] = [
    (DAY_NANOS, "day", "date"),
    (3_600_000_000_000, "hour", "hour"),
    (60_000_000_000, "minute", "minute"),
];

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some(nanos) = pair.nanos() else { return };
    for (side, coarse, fine) in views(nanos) {
        // The smallest of the units.
        if coarse % 60_000_000_000 != 0 {
            continue;
        }
        for (form, (unit, ..)) in (0_u8..).zip(UNITS) {
            if coarse != fine
                && coarse.abs_diff(fine) < unit.unsigned_abs()
                && fine.div_euclid(unit) * unit == coarse
            {
                found.push(Parameter::of_side(side).form(form));
            }
        }
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let unit = UNITS.get(usize::from(parameter.form));
    let (unit, what) = unit.map_or(("", ""), |(_, unit, what)| (*unit, *what));
    let side = parameter.the_side();
    Words {
        parameter: parameter.told(&format!("cut to the {unit}")),
        says: format!("cut to the {unit} on {side}"),
        remedy: format!(
            "look for a cast, a truncation or a type on {side} that keeps only the {what}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        causes::testing::{assert_silent, assert_told, texts},
        value::{DAY_NANOS, Instant, Value},
    };

    fn at(hours: i128) -> Value<'static> {
        Value::Timestamp {
            at: Instant::At(hours * 3_600_000_000_000 + 61_000_000_000),
            zoned: false,
        }
    }

    fn day(days: i128) -> Value<'static> {
        Value::Date(Instant::At(days * DAY_NANOS))
    }

    #[test]
    fn dates_for_timestamps() {
        let cells = vec![(at(25), day(1)), (at(-1), day(-1)), (at(24), day(1))];
        assert_told(&cells, &[("DC0302", "governed: cut to the day", 3)]);
        let cells =
            [("2024-01-31 10:00", "2024-01-31 10:17"), ("2024-01-31 11:00", "2024-01-31 11:59:59")];
        assert_told(&texts(&cells), &[("DC0302", "legacy: cut to the hour", 2)]);
    }

    #[test]
    fn near_misses() {
        assert_silent("DC0302", &vec![(at(25), day(2)), (day(1), day(2)), (at(25), at(26))]);
    }
}
