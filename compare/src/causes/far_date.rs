//! `DC0309`: a date that stands for none.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words},
    pair::{Pair, views},
};
use crate::value::{DAY_NANOS, Instant, Value};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0309",
        name: "a date that stands for none",
        page: "\
One side has a date that nobody means, such as 9999-12-31, 0001-01-01, 1900-01-01, 1970-01-01,
1753-01-01 or an infinity, where the other has NULL or another such date. Warehouses mark open
periods so; loads turn `0000-00-00` of MySQL and empty texts into them; engines whose timestamps end
earlier than the year 9999 clamp or drop them.

Agree on one mark, and convert the other where it is loaded: `nullif(x, DATE '9999-12-31')`. No
tolerance speaks for it.",
    },
    kinds: &[PairKind::Null, PairKind::Time],
    level: Level::Specific,
    support: Support::Any,
    explain,
    words,
    join: None,
};

/// Each with its day since 1970-01-01; the place is the form. Behind them are the infinities.
const MARKS: [(i32, &str); 9] = [
    (2_932_896, "9999-12-31"),
    (376_199, "2999-12-31"),
    (106_751, "2262-04-11"),
    (-719_162, "0001-01-01"),
    (-79_257, "1753-01-01"),
    (-25_569, "1899-12-30"),
    (-25_568, "1899-12-31"),
    (-25_567, "1900-01-01"),
    (0, "1970-01-01"),
];
const INFINITY: u8 = 100;
const NEGATIVE_INFINITY: u8 = 101;

fn mark(value: &Value<'_>) -> Option<u8> {
    let nanos = match value.as_instant()? {
        Instant::Infinity => return Some(INFINITY),
        Instant::NegativeInfinity => return Some(NEGATIVE_INFINITY),
        Instant::At(nanos) => nanos,
    };
    let rest = nanos.rem_euclid(DAY_NANOS);
    // Marks of the future may be the last moment of their day.
    let last = rest >= DAY_NANOS - 1_000_000_000;
    if rest != 0 && !last {
        return None;
    }
    let day = nanos.div_euclid(DAY_NANOS);
    (0_u8..)
        .zip(MARKS)
        .find_map(|(form, (mark, _))| (day == mark.into() && (!last || mark > 0)).then_some(form))
}

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let marks = [mark(pair.legacy), mark(pair.governed)];
    for ((side, own, other), (_, value, beside)) in
        views(marks).into_iter().zip(views([pair.legacy, pair.governed]))
    {
        let Some(form) = own else { continue };
        let is_null = |value: &Value<'_>| *value == Value::Null;
        // Of two marks, the earlier of the list is the strange one.
        if !is_null(value) && (is_null(beside) || other.is_some_and(|other| form < other)) {
            found.push(Parameter::of_side(side).form(form));
        }
    }
}

fn words(parameter: Parameter, _: &str) -> Words {
    let mark = match (parameter.form, MARKS.get(usize::from(parameter.form))) {
        (_, Some((_, date))) => (*date).to_owned(),
        (NEGATIVE_INFINITY, _) => "-infinity".to_owned(),
        _ => "infinity".to_owned(),
    };
    Words {
        parameter: parameter.told(&mark),
        says: format!(
            "{mark} on {} and NULL or another such mark on {}",
            parameter.the_side(),
            parameter.the_other_side()
        ),
        remedy: format!(
            "agree on one mark for no date, and convert {mark} where it is loaded, for example by `nullif`"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::{
        spelled_time::{days, read},
        testing::{assert_silent, assert_told},
    };

    #[test]
    fn marks_are_their_days() {
        for (day, text) in MARKS {
            assert_eq!(read(text), Some(i128::from(day) * DAY_NANOS));
        }
    }

    fn date(year: i32, month: u32, day: u32) -> Value<'static> {
        Value::Date(Instant::At(days(year, month, day).unwrap() * DAY_NANOS))
    }

    #[test]
    fn marks_for_null_and_infinity() {
        let cells = vec![
            (date(9999, 12, 31), Value::Null),
            (date(9999, 12, 31), Value::Date(Instant::Infinity)),
        ];
        assert_told(&cells, &[("DC0309", "legacy: 9999-12-31", 2)]);
        let cells = vec![(Value::Null, date(1970, 1, 1))];
        assert_told(&cells, &[("DC0309", "governed: 1970-01-01", 1)]);
    }

    #[test]
    fn other_dates_are_not() {
        let cells = vec![(date(9999, 12, 30), Value::Null), (date(1970, 1, 1), date(2024, 1, 1))];
        assert_silent("DC0309", &cells);
    }
}
