//! `DC0307`: old dates in another calendar.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::views,
    spelled_time::civil,
};
use crate::value::DAY_NANOS;

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0307",
        name: "Julian calendar",
        page: "\
Dates before 1582-10-15 have one year, month and day, read in the Julian calendar on one side and in
the Gregorian one, continued backwards, on the other: 1 to 10 days apart. Oracle, Hive, Spark 2 and
older Java classes use the Julian calendar there; PostgreSQL, DuckDB, Spark 3 and the SQL standard
the Gregorian one. Mostly it is about stand-ins such as 0001-01-01, which becomes 0001-01-03.

Set the reader of the files (`spark.sql.parquet.datetimeRebaseModeInRead`), or write the stand-in
anew. No tolerance is right here.",
    },
    kinds: &[PairKind::Time],
    level: Level::Specific,
    support: Support::Any,
    explain: |pair, found| {
        let Some(nanos) = pair.nanos().filter(|_| !pair.are_clock_times()) else { return };
        for (side, julian, gregorian) in views(nanos) {
            if julian.max(gregorian) < FIRST_GREGORIAN_DAY * DAY_NANOS
                && julian.rem_euclid(DAY_NANOS) == gregorian.rem_euclid(DAY_NANOS)
                && civil(gregorian.div_euclid(DAY_NANOS)).map(day_of_julian)
                    == Some(julian.div_euclid(DAY_NANOS))
                && julian != gregorian
            {
                found.push(Parameter::of_side(side));
                return;
            }
        }
    },
    words: |parameter, _| Words {
        parameter: parameter.told("Julian"),
        says: format!("the same dates, read in the Julian calendar on {}", parameter.the_side()),
        remedy: format!(
            "read the old dates of {} in the Gregorian calendar, or write the stand-ins anew",
            parameter.the_side()
        ),
    },
    join: None,
};

/// 1582-10-15.
const FIRST_GREGORIAN_DAY: i128 = -141_427;

/// Days since 1970-01-01 of a date of the Julian calendar. The formula is that of the Julian day
/// number: years start in March, and each fourth has one day more.
fn day_of_julian((year, month, day): (i32, u32, u32)) -> i128 {
    let (year, month, day) = (i128::from(year), i128::from(month), i128::from(day));
    let before_march = (14 - month) / 12;
    let (years, months) = (year + 4_800 - before_march, month + 12 * before_march - 3);
    day + (153 * months + 2) / 5 + 365 * years + years.div_euclid(4) - 32_083 - 2_440_588
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        causes::{
            spelled_time::days,
            testing::{assert_silent, assert_told},
        },
        value::{Instant, Value},
    };

    fn date(year: i32, month: u32, day: u32) -> Value<'static> {
        Value::Date(Instant::At(days(year, month, day).unwrap() * DAY_NANOS))
    }

    #[test]
    fn the_calendars_change_at_their_day() {
        // 1582-10-05 of the Julian calendar is 1582-10-15 of the Gregorian one.
        assert_eq!(Some(day_of_julian((1582, 10, 5))), days(1582, 10, 15));
        assert_eq!(days(1582, 10, 15), Some(FIRST_GREGORIAN_DAY));
    }

    #[test]
    fn old_dates_are_told_with_their_side() {
        let cells =
            vec![(date(1000, 1, 6), date(1000, 1, 1)), (date(1500, 3, 10), date(1500, 3, 1))];
        let found = crate::causes::testing::told(&cells);
        assert_eq!(found[0].0, "DC0307", "{found:?}");
        let first = vec![(date(1, 1, 1), date(0, 12, 30))];
        assert_told(&first, &[("DC0307", "governed: Julian", 1)]);
    }

    #[test]
    fn new_dates_are_not() {
        assert_silent(
            "DC0307",
            &vec![(date(1900, 1, 14), date(1900, 1, 1)), (date(1000, 1, 9), date(1000, 1, 1))],
        );
    }
}
