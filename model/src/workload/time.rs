//! The moment of a statement as JSON: spelled as chrono spells it, without chrono's formatter. Every captured
//! statement has one, and a recorder in front of production writes them.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use serde::{Serialize as _, Serializer};

/// `2026-11-20T08:00:00.123456789Z`.
const LENGTH_MAX: usize = 30;

/// Serializes as [`DateTime`] itself does.
#[expect(clippy::ref_option, reason = "serde hands over the field")]
pub(super) fn serialize<S: Serializer>(
    time: &Option<DateTime<Utc>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut text = [0; LENGTH_MAX];
    match time {
        Some(time) => match spelled(time, &mut text) {
            Some(text) => serializer.serialize_some(text),
            None => time.serialize(serializer),
        },
        None => serializer.serialize_none(),
    }
}

/// The text; nothing for what only chrono knows how to spell.
fn spelled<'t>(time: &DateTime<Utc>, text: &'t mut [u8; LENGTH_MAX]) -> Option<&'t str> {
    let year = u32::try_from(time.year()).ok().filter(|year| *year <= 9_999)?;
    // A leap second.
    let nanos = Some(time.nanosecond()).filter(|nanos| *nanos < 1_000_000_000)?;
    let mut at = 0;
    let mut put = |number: u32, digits: usize, end: Option<u8>| {
        let mut rest = number;
        for place in text.get_mut(at..at + digits)?.iter_mut().rev() {
            *place = b'0' + u8::try_from(rest % 10).ok()?;
            rest /= 10;
        }
        at += digits;
        if let Some(end) = end {
            *text.get_mut(at)? = end;
            at += 1;
        }
        Some(())
    };
    put(year, 4, Some(b'-'))?;
    put(time.month(), 2, Some(b'-'))?;
    put(time.day(), 2, Some(b'T'))?;
    put(time.hour(), 2, Some(b':'))?;
    put(time.minute(), 2, Some(b':'))?;
    let (fraction, digits) = match nanos {
        0 => (0, 0),
        nanos if nanos % 1_000_000 == 0 => (nanos / 1_000_000, 3),
        nanos if nanos % 1_000 == 0 => (nanos / 1_000, 6),
        nanos => (nanos, 9),
    };
    if digits == 0 {
        put(time.second(), 2, Some(b'Z'))?;
    } else {
        put(time.second(), 2, Some(b'.'))?;
        put(fraction, digits, Some(b'Z'))?;
    }
    std::str::from_utf8(text.get(..at)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ours(time: DateTime<Utc>) -> String {
        let mut bytes = Vec::new();
        serialize(&Some(time), &mut serde_json::Serializer::new(&mut bytes)).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn chronos(time: DateTime<Utc>) -> String {
        serde_json::to_string(&time).unwrap()
    }

    #[test]
    fn the_ends_are_spelled_alike() {
        let leap = DateTime::from_timestamp(1_483_228_799, 1_500_000_000).unwrap();
        for time in [DateTime::UNIX_EPOCH, DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, leap]
        {
            assert_eq!(ours(time), chronos(time));
        }
        let mut none = Vec::new();
        serialize(&None, &mut serde_json::Serializer::new(&mut none)).unwrap();
        assert_eq!(none, b"null");
    }

    proptest! {
        #[test]
        fn it_is_spelled_as_chrono_spells_it(
            seconds in -70_000_000_000_i64..300_000_000_000,
            nanos in prop_oneof![
                Just(0),
                (0..1_000_u32).prop_map(|n| n * 1_000_000),
                (0..1_000_000_u32).prop_map(|n| n * 1_000),
                0..1_000_000_000_u32,
            ],
        ) {
            let time = DateTime::from_timestamp(seconds, nanos).unwrap();
            prop_assert_eq!(ours(time), chronos(time));
        }
    }
}
