//! `TL0014`: the same instant, where a time without an offset is read in the zone of its side.
//!
//! For timestamps, and for texts of timestamps on both sides. A timestamp with a zone, and a text with
//! an offset, says its instant itself. A local time that the zone has twice, when clocks are set back,
//! is either of its two instants. One that the zone leaves out, when clocks are set forward, is read
//! with the offset before, as PostgreSQL and Java do. A date alone has no zone and infinities are no
//! instants: neither is ever excused.
//!
//! This is no equivalence: the sides have zones of their own, and a local time of two instants is
//! equal to both, which are not equal to each other. So rows are not grouped by it; its instants only
//! say which rows to try first.

use super::Margin;
use crate::{
    calendar::read_timestamp,
    kind::Meet,
    value::{Instant, Value},
};
use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset as _, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use model::Side;

const SECOND: i128 = 1_000_000_000;
/// Further back than any zone's clock is ahead of UTC, and nearer than two changes of a clock.
const BEFORE_GAP: TimeDelta = TimeDelta::hours(15);

/// The zones of the two sides.
#[derive(Debug)]
pub(crate) struct TimeZone {
    legacy: Tz,
    governed: Tz,
}

/// A time that was read: its instants, one or two, in nanoseconds since 1970-01-01 00:00 UTC, the
/// earlier first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) first: i128,
    second: Option<i128>,
    /// The local time as it is written.
    local: i128,
}

impl Reading {
    pub(crate) fn instants(&self) -> impl Iterator<Item = i128> {
        std::iter::once(self.first).chain(self.second)
    }

    /// How far apart two times of one instant are written.
    pub(crate) fn margin(&self, other: &Self) -> Margin {
        let seconds = self.local.abs_diff(other.local) / SECOND.unsigned_abs();
        Margin::Zone(u64::try_from(seconds).unwrap_or(u64::MAX))
    }
}

pub(super) fn compile(legacy: &str, governed: &str) -> Result<TimeZone, String> {
    let zone = |key: &str, name: &str| {
        name.parse::<Tz>().map_err(|_| {
            format!("`{key}` is `{name}`, which is no time zone; give an IANA name such as `Europe/Berlin` or `UTC`")
        })
    };
    Ok(TimeZone { legacy: zone("legacy", legacy)?, governed: zone("governed", governed)? })
}

impl TimeZone {
    /// Does it say anything about values compared as `meet`?
    pub(super) fn applies(meet: &Meet) -> bool {
        matches!(meet, Meet::Instant | Meet::Text)
    }

    /// The instants of a value of a side, where it is a time.
    pub(crate) fn read(&self, side: Side, value: &Value<'_>) -> Option<Reading> {
        let fixed = |at: i128, local: i128| Reading { first: at, second: None, local };
        match value {
            Value::Timestamp { at: Instant::At(at), zoned: true } => Some(fixed(*at, *at)),
            Value::Timestamp { at: Instant::At(at), zoned: false } => self.local(side, *at),
            Value::Text(text) => match read_timestamp(text)? {
                (local, Some(offset)) => Some(fixed(local - offset * SECOND, local)),
                (local, None) => self.local(side, local),
            },
            _ => None,
        }
    }

    /// The instants at which the clocks of a side show the local time. Nothing for years that the
    /// calendar of zones does not reach.
    fn local(&self, side: Side, local: i128) -> Option<Reading> {
        let zone = match side {
            Side::Legacy => self.legacy,
            Side::Governed => self.governed,
        };
        let seconds = i64::try_from(local.div_euclid(SECOND)).ok()?;
        let time = DateTime::from_timestamp(seconds, 0)?.naive_utc();
        let instant = |offset: i32| local - i128::from(offset) * SECOND;
        let reading = match zone.offset_from_local_datetime(&time) {
            MappedLocalTime::Single(offset) => (instant(offset.fix().local_minus_utc()), None),
            MappedLocalTime::Ambiguous(one, other) => {
                let one = instant(one.fix().local_minus_utc());
                let other = instant(other.fix().local_minus_utc());
                (one.min(other), Some(one.max(other)))
            }
            MappedLocalTime::None => (instant(offset_before(zone, time)?), None),
        };
        Some(Reading { first: reading.0, second: reading.1, local })
    }
}

/// The offset in force before the gap that the local time lies in, in seconds.
fn offset_before(zone: Tz, local: NaiveDateTime) -> Option<i32> {
    let before = local.checked_sub_signed(BEFORE_GAP)?;
    Some(zone.offset_from_utc_datetime(&before).fix().local_minus_utc())
}

/// Do two readings have an instant in common?
pub(crate) fn meet(legacy: &Reading, governed: &Reading) -> bool {
    legacy.instants().any(|a| governed.instants().any(|b| a == b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(text: &str) -> Value<'static> {
        let (local, _) = read_timestamp(text).unwrap();
        Value::Timestamp { at: Instant::At(local), zoned: false }
    }

    fn same(zones: (&str, &str), a: &Value<'_>, b: &Value<'_>) -> bool {
        let rule = compile(zones.0, zones.1).unwrap();
        let read = rule.read(Side::Legacy, a).zip(rule.read(Side::Governed, b));
        let there = read.is_some_and(|(a, b)| meet(&a, &b));
        // With zones and values on the other side the answer is the same.
        let back = compile(zones.1, zones.0).unwrap();
        let read = back.read(Side::Legacy, b).zip(back.read(Side::Governed, a));
        assert_eq!(read.is_some_and(|(a, b)| meet(&a, &b)), there);
        there
    }

    fn berlin(a: &str, b: &str) -> bool {
        same(("Europe/Berlin", "UTC"), &naive(a), &naive(b))
    }

    #[test]
    fn summer_and_winter() {
        assert!(berlin("2024-01-15T12:00:00", "2024-01-15T11:00:00"));
        assert!(berlin("2024-07-15T12:00:00.000001", "2024-07-15T10:00:00.000001"));
        assert!(!berlin("2024-07-15T12:00:00", "2024-07-15T11:00:00"));
        assert!(!berlin("2024-01-15T12:00:00", "2024-01-15T11:00:00.000000001"));
        assert!(berlin("1960-01-15T12:00:00", "1960-01-15T11:00:00"));
    }

    #[test]
    fn a_local_time_that_comes_twice_is_either_instant() {
        assert!(berlin("2024-10-27T02:30:00", "2024-10-27T00:30:00"));
        assert!(berlin("2024-10-27T02:30:00", "2024-10-27T01:30:00"));
        assert!(!berlin("2024-10-27T02:30:00", "2024-10-27T01:00:00"));
        // The ends of that hour: 02:00 comes twice, 03:00 once.
        assert!(berlin("2024-10-27T02:00:00", "2024-10-27T00:00:00"));
        assert!(berlin("2024-10-27T02:00:00", "2024-10-27T01:00:00"));
        assert!(berlin("2024-10-27T03:00:00", "2024-10-27T02:00:00"));
        assert!(!berlin("2024-10-27T03:00:00", "2024-10-27T01:00:00"));
    }

    #[test]
    fn a_local_time_that_is_left_out_has_the_offset_before() {
        assert!(berlin("2024-03-31T02:30:00", "2024-03-31T01:30:00"));
        assert!(!berlin("2024-03-31T02:30:00", "2024-03-31T00:30:00"));
        // Samoa left out a whole day, from ten hours behind UTC to fourteen ahead.
        let samoa = ("Pacific/Apia", "UTC");
        assert!(same(samoa, &naive("2011-12-30T12:00:00"), &naive("2011-12-30T22:00:00")));
        assert!(same(samoa, &naive("2011-12-30T23:59:59"), &naive("2011-12-31T09:59:59")));
    }

    #[test]
    fn what_says_its_instant_is_taken_at_its_word() {
        let zoned = Value::Timestamp { at: Instant::At(1_705_316_400 * SECOND), zoned: true };
        assert!(same(("Europe/Berlin", "Asia/Tokyo"), &naive("2024-01-15T12:00:00"), &zoned));
        assert!(same(("Asia/Tokyo", "Europe/Berlin"), &zoned, &naive("2024-01-15T12:00:00")));
        let text = |text: &'static str| Value::Text(text);
        let there = ("Europe/Berlin", "UTC");
        assert!(same(there, &text("2024-01-15T12:00:00"), &text("2024-01-15 11:00:00Z")));
        assert!(same(there, &text("2024-01-15 12:00:00+05:30"), &text("2024-01-15T06:30:00")));
        assert!(!same(there, &text("2024-01-15 12:00:00+05:30"), &text("2024-01-15T06:31:00")));
        assert!(!same(there, &text("noon"), &text("noon")));
    }

    #[test]
    fn dates_and_infinities_are_never_read() {
        let rule = compile("Europe/Berlin", "UTC").unwrap();
        for value in [
            Value::Date(Instant::At(0)),
            Value::Timestamp { at: Instant::Infinity, zoned: false },
            Value::Timestamp { at: Instant::At(i128::MAX), zoned: false },
            Value::Null,
            Value::Text("2024-01-15"),
        ] {
            assert_eq!(rule.read(Side::Legacy, &value), None, "{value:?}");
        }
        assert!(TimeZone::applies(&Meet::Instant) && !TimeZone::applies(&Meet::Date));
    }

    #[test]
    fn zones_have_iana_names() {
        let error = compile("UTC", "Berlin").unwrap_err();
        assert!(error.contains("`governed` is `Berlin`"), "{error}");
        assert!(compile("+02", "UTC").is_err());
    }

    proptest! {
        /// Every instant is among those that the local time shown at it is read as.
        #[test]
        fn what_a_clock_shows_is_read_as_that_instant(
            seconds in -4_000_000_000_i64..8_000_000_000,
            zone in proptest::sample::select(vec!["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca"]),
        ) {
            let tz: Tz = zone.parse().unwrap();
            let utc = DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
            let offset = tz.offset_from_utc_datetime(&utc).fix().local_minus_utc();
            let at = i128::from(seconds) * SECOND;
            let local = Instant::At(at + i128::from(offset) * SECOND);
            let rule = compile(zone, "UTC").unwrap();
            let read = rule.read(Side::Legacy, &Value::Timestamp { at: local, zoned: false }).unwrap();
            prop_assert!(read.instants().any(|instant| instant == at), "{read:?} {at}");
        }
    }
}
