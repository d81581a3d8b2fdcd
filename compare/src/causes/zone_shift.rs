//! `DC0301`: times that are a constant number of hours apart.

use super::{
    cause::{About, CellCause, Level, PairKind, Parameter, Support, Words, with_tolerance},
    pair::Pair,
};
use crate::{
    calendar::read_timestamp,
    value::{DAY_NANOS, Value},
};

pub(crate) static CAUSE: CellCause = CellCause {
    about: About {
        code: "DC0301",
        name: "zone shift",
        page: "\
Times are the same number of hours, or quarters of an hour, apart: the sides show one moment by the
clocks of two zones, or read one text as local in two zones. It is recognised by the distance, up to
26 hours. Two shifts that are an hour (or half an hour) apart, such as +1 h and +2 h, are one zone
with summer time against one without: winter has one and summer the other. Where winter has none,
only summer's cells differ.

Look at the session zones of the sides (`SHOW timezone`), at the types (`timestamp with time zone`
keeps the moment, `timestamp` the clock), and at casts between them. The translation keeps what `AT
TIME ZONE` means (rule TR0505). Set one zone for both sides, or say that each side's clock is
another:

    [[tolerances]]
    kind = \"time_zone\"
    legacy = \"UTC\"
    governed = \"Europe/Berlin\"
    scope = { column = \"at\" }
    reason = \"the new engine returns local times\"",
    },
    kinds: &[PairKind::Time, PairKind::Text],
    level: Level::Specific,
    support: Support::Share { cells_min: 1, percent_min: 5 },
    explain,
    words: |parameter, column| shifts(&[parameter.amount], parameter.form, column),
    join: Some(join),
};

const MINUTE: i64 = 60_000_000_000;
/// From the zone that is the furthest behind, -12 h, to the one that is the furthest ahead, +14 h.
const SHIFT_MAX: i64 = 26 * 60 * MINUTE;

fn explain(pair: &Pair<'_>, found: &mut Vec<Parameter>) {
    let Some([a, b]) = pair.nanos().filter(|_| !pair.are_dates()) else { return };
    let mut shift = b - a;
    // A clock goes around at midnight.
    if pair.are_clock_times() && shift.abs() > DAY_NANOS / 2 {
        shift -= shift.signum() * DAY_NANOS;
    }
    let Some(shift) = i64::try_from(shift).ok().filter(|shift| shift.abs() <= SHIFT_MAX) else {
        return;
    };
    let is_day = i128::from(shift.abs()) == DAY_NANOS;
    if shift % (15 * MINUTE) == 0 && shift != 0 && !is_day {
        found.push(Parameter::NONE.amount(shift / MINUTE).form(clocks(pair)));
    }
}

/// The governed side shows a clock, the legacy side another or the moment.
const GOVERNED_CLOCK: u8 = 0;
/// The legacy side alone shows a clock.
const LEGACY_CLOCK: u8 = 1;
/// Both show moments, which differ, or what no zone speaks for.
const NO_CLOCK: u8 = 2;

/// Whose values are times on a clock whose zone can be given?
fn clocks(pair: &Pair<'_>) -> u8 {
    let is_moment = |value: &Value<'_>| match value {
        Value::Timestamp { zoned, .. } => Some(*zoned),
        Value::Text(text) => read_timestamp(text).map(|(_, offset)| offset.is_some()),
        _ => None,
    };
    match (is_moment(pair.legacy), is_moment(pair.governed)) {
        (Some(_), Some(false)) => GOVERNED_CLOCK,
        (Some(false), Some(true)) => LEGACY_CLOCK,
        _ => NO_CLOCK,
    }
}

fn join(parameters: &[Parameter], column: &str) -> Option<Words> {
    let mut shifts_minutes: Vec<i64> = parameters.iter().map(|one| one.amount).collect();
    shifts_minutes.sort_unstable_by_key(|minutes| minutes.abs());
    match shifts_minutes.as_slice() {
        [a, b] if a.signum() == b.signum() && matches!((a - b).abs(), 30 | 60) => {
            let form = parameters.first()?.form;
            let alike = parameters.iter().all(|one| one.form == form);
            alike.then(|| shifts(&[*a, *b], form, column))
        }
        _ => None,
    }
}

/// `1 h`, `5:30 h`.
fn hours(minutes: u64) -> String {
    match minutes % 60 {
        0 => format!("{} h", minutes / 60),
        rest => format!("{}:{rest:02} h", minutes / 60),
    }
}

fn shifts(minutes: &[i64], form: u8, column: &str) -> Words {
    let first = minutes.first().copied().unwrap_or_default();
    let (sign, when) = if first < 0 { ('-', "earlier") } else { ('+', "later") };
    let sizes: Vec<String> = minutes.iter().map(|one| hours(one.unsigned_abs())).collect();
    let summer =
        if minutes.len() > 1 { ", as between a zone with summer time and one without" } else { "" };
    let text =
        "set one session zone for both sides, or correct the cast between local times and moments";
    let (legacy, governed) = zones(minutes, form);
    let remedy = if form == NO_CLOCK {
        text.to_owned()
    } else {
        with_tolerance(
            text,
            &["kind = \"time_zone\"", &legacy, &governed],
            column,
            "the sides show one moment by the clocks of two zones",
        )
    };
    Words {
        parameter: sizes.iter().map(|size| format!("{sign}{size}")).collect::<Vec<_>>().join("/"),
        says: format!("{} {when} on the governed side{summer}", sizes.join(" or ")),
        remedy,
    }
}

/// Lines with the zones of the sides; a guess says so.
fn zones(minutes: &[i64], form: u8) -> (String, String) {
    let clock = match (minutes, form) {
        ([one], LEGACY_CLOCK) => fixed_zone(-one),
        ([one], _) => fixed_zone(*one),
        _ => None,
    };
    let guess = || "Europe/Berlin\" # or another zone of that side".to_owned();
    let clock = clock.map_or_else(guess, |zone| zone + "\"");
    match form {
        LEGACY_CLOCK => (format!("legacy = \"{clock}"), "governed = \"UTC\"".to_owned()),
        _ => ("legacy = \"UTC\"".to_owned(), format!("governed = \"{clock}")),
    }
}

/// The zone whose clock is always so many minutes ahead of UTC, if it has a name: IANA's names of
/// fixed offsets count the other way round, in whole hours.
fn fixed_zone(ahead_minutes: i64) -> Option<String> {
    let is_named = ahead_minutes % 60 == 0 && (-12..=14).contains(&(ahead_minutes / 60));
    is_named.then(|| format!("Etc/GMT{:+}", -ahead_minutes / 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        causes::testing::{Cells, assert_silent, assert_told, causes, texts},
        value::{Instant, Value},
    };

    fn at(minutes: i128) -> Value<'static> {
        Value::Timestamp { at: Instant::At(minutes * i128::from(MINUTE) + 1_234_567), zoned: false }
    }

    fn shifted(shifts: &[(i128, u64)]) -> Cells<'static> {
        let cells = shifts.iter().flat_map(|(shift, times)| {
            (0..*times).map(move |i| (at(i128::from(i) * 7919), at(i128::from(i) * 7919 + shift)))
        });
        cells.collect()
    }

    #[test]
    fn a_constant_shift_is_told() {
        let found = causes(&shifted(&[(60, 212)]));
        assert_eq!(found.len(), 1);
        let sentence = "212 of 212 changed cells of `x` are 1 h later on the governed side";
        assert_eq!(found[0].sentence, sentence);
        assert_eq!((found[0].parameter.as_str(), found[0].cells), ("+1 h", 212));
        assert!(found[0].remedy.contains("governed = \"Etc/GMT-1\""), "{}", found[0].remedy);
        assert_told(&shifted(&[(-330, 3)]), &[("DC0301", "-5:30 h", 3)]);
    }

    #[test]
    fn summer_and_winter_are_one_cause() {
        assert_told(&shifted(&[(120, 5), (60, 4)]), &[("DC0301", "+1 h/+2 h", 9)]);
        let two = shifted(&[(120, 5), (480, 4)]);
        assert_told(&two, &[("DC0301", "+2 h", 5), ("DC0301", "+8 h", 4)]);
    }

    #[test]
    fn texts_and_clocks_shift_too() {
        let cells = [("2024-01-31 23:30:00", "2024-02-01T00:30:00")];
        assert_told(&texts(&cells), &[("DC0301", "+1 h", 1)]);
        let clock = |hours: i64| Value::Time(hours * 3_600_000_000_000);
        assert_told(&vec![(clock(23), clock(1))], &[("DC0301", "+2 h", 1)]);
    }

    #[test]
    fn near_misses() {
        assert_silent("DC0301", &shifted(&[(59, 1), (1440, 1), (-1440, 1), (27 * 60, 1)]));
    }
}
