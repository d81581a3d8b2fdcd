//! Laws of single rules: their exact boundary, tighter and wider limits, and the sides.

use crate::{
    kind::Meet,
    number::{Exact, Number},
    tolerances::{
        compare_cells,
        tests::{rule, ruled},
    },
    value::{Instant, Value},
};
use model::{Blanks, ToleranceKind};
use proptest::prelude::*;

fn accepts(kinds: &[ToleranceKind], a: &Value<'_>, b: &Value<'_>, meet: &Meet) -> bool {
    let rules: Vec<_> = kinds.iter().map(|kind| rule(kind.clone())).collect();
    !compare_cells(a, b, meet, &ruled(&rules, meet)).is_different()
}

fn number(text: &str) -> Value<'static> {
    Value::Number(Number::parse(text).unwrap())
}

fn at(nanos: i128) -> Value<'static> {
    Value::Timestamp { at: Instant::At(nanos), zoned: false }
}

/// Each distance with a pair at its limit and a pair one step beyond: one ULP of a float, one digit
/// of an exact number, one nanosecond of a time. A rule whose limit is off by one fails here.
#[test]
fn each_distance_ends_at_its_limit() {
    let float = |value| Value::Float(value);
    let (one, up) = (1.0_f64, f64::next_up as fn(f64) -> f64);
    for (kind, meet, base, limit, beyond) in [
        (
            ToleranceKind::FloatAbsolute { max: 0.25 },
            Meet::Float,
            float(one),
            float(1.25),
            float(up(1.25)),
        ),
        (
            ToleranceKind::FloatRelative { max: 0.25 },
            Meet::Float,
            float(4.0),
            float(3.0),
            float(3.0_f64.next_down()),
        ),
        (
            ToleranceKind::FloatUlps { max: 3 },
            Meet::Float,
            float(one),
            float(up(up(up(one)))),
            float(up(up(up(up(one))))),
        ),
        (
            ToleranceKind::DecimalScale { digits: 2 },
            Meet::Exact,
            number("1.00"),
            number("0.995"),
            number("0.9949999999999999999999999999"),
        ),
        (
            ToleranceKind::DecimalAbsolute { max: 0.01 },
            Meet::Exact,
            number("1.00"),
            number("1.01"),
            number("1.010000000000000000000000000000000000001"),
        ),
        (
            ToleranceKind::DecimalRelative { max: 0.01 },
            Meet::Exact,
            number("100"),
            number("99"),
            number("98.99999999999999999999999999999999999"),
        ),
        // The limit of a precision is excluded: the last value within is one nanosecond short of it.
        (ToleranceKind::TimePrecision { micros: 1 }, Meet::Instant, at(0), at(999), at(1_000)),
        (
            ToleranceKind::TextTrim { blanks: Blanks::Trailing },
            Meet::Text,
            Value::Text("a"),
            Value::Text("a  "),
            Value::Text("a \t"),
        ),
    ] {
        let kinds = [kind];
        assert!(accepts(&kinds, &base, &limit, &meet), "{kinds:?} at its limit");
        assert!(accepts(&kinds, &limit, &base, &meet), "{kinds:?} at its limit, sides swapped");
        assert!(!accepts(&kinds, &base, &beyond, &meet), "{kinds:?} beyond its limit");
        assert!(!accepts(&kinds, &beyond, &base, &meet), "{kinds:?} beyond, sides swapped");
    }
}

/// A value near `base` of the kind that `meet` compares.
fn near(meet: &Meet, base: i64, step: i64) -> Value<'static> {
    match meet {
        Meet::Float => {
            let float = f64::from(i32::try_from(base).unwrap_or(0)) / 8.0;
            let bits = i64::try_from(float.to_bits() & (u64::MAX >> 1)).unwrap() + step;
            let moved = f64::from_bits(u64::try_from(bits.max(0)).unwrap());
            Value::Float(if float < 0.0 { -moved } else { moved })
        }
        Meet::Exact => {
            Value::Number(Number::Finite(Exact::from_scaled((base * 100 + step).into(), 3)))
        }
        Meet::Int => Value::Int((base + step).into()),
        _ => at((base * 100 + step).into()),
    }
}

/// A kind and a wider one.
fn limits() -> impl Strategy<Value = (ToleranceKind, ToleranceKind, Meet)> {
    let two = (0_u32..60, 0_u32..60).prop_map(|(a, b)| (a.min(b), a.max(b)));
    (0..7_usize, two).prop_map(|(which, (tight, wide))| {
        let of = |limit: u32| match which {
            0 => ToleranceKind::FloatAbsolute { max: f64::from(limit) / 32.0 },
            1 => ToleranceKind::FloatRelative { max: f64::from(limit) / 64.0 },
            2 => ToleranceKind::FloatUlps { max: limit },
            3 => ToleranceKind::DecimalAbsolute { max: f64::from(limit) / 1_000.0 },
            4 => ToleranceKind::DecimalRelative { max: f64::from(limit) / 1_000.0 },
            5 => ToleranceKind::TimePrecision { micros: u64::from(limit) + 1 },
            // What rounds to the same at two digits may lie on both sides of a half of one digit, so
            // fewer digits are wider only than all digits.
            _ => ToleranceKind::DecimalScale { digits: if limit == 0 { 4 } else { 3 } },
        };
        let meet = match which {
            0..=2 => Meet::Float,
            3 | 4 | 6 => Meet::Exact,
            _ => Meet::Instant,
        };
        if which == 6 { (of(0), of(1), meet) } else { (of(tight), of(wide), meet) }
    })
}

proptest! {
    #[test]
    fn a_tighter_rule_never_accepts_more(
        (tight, wide, meet) in limits(), base in -300_i64..300, apart in -3_i64..3, step in -80_i64..80,
    ) {
        let (a, b) = (near(&meet, base, 0), near(&meet, base + apart, step));
        let accepted = |kind: &ToleranceKind| accepts(std::slice::from_ref(kind), &a, &b, &meet);
        prop_assert!(!accepted(&tight) || accepted(&wide), "{:?} {:?} {:?} {:?}", tight, wide, a, b);
    }

    #[test]
    fn swapping_the_sides_of_data_and_rules_changes_nothing(
        (kind, _, meet) in limits(), base in -300_i64..300, apart in -3_i64..3, step in -80_i64..80,
    ) {
        let (a, b) = (near(&meet, base, 0), near(&meet, base + apart, step));
        let accepted = |a, b| accepts(std::slice::from_ref(&kind), a, b, &meet);
        prop_assert_eq!(accepted(&a, &b), accepted(&b, &a));
    }

    #[test]
    fn zones_swap_with_their_sides(
        legacy in proptest::sample::select(vec!["Europe/Berlin", "UTC", "Australia/Lord_Howe"]),
        governed in proptest::sample::select(vec!["America/New_York", "UTC", "Europe/London"]),
        half_hours in 0_i64..17_520, shift in -30_i64..30,
    ) {
        let zone = |legacy: &str, governed: &str| {
            [ToleranceKind::TimeZone { legacy: legacy.to_owned(), governed: governed.to_owned() }]
        };
        // Two years from 2024 by half hours.
        let time = |count: i64| at((1_704_067_200 + i128::from(count) * 1_800) * 1_000_000_000);
        let (a, b) = (time(half_hours), time(half_hours + shift));
        prop_assert_eq!(
            accepts(&zone(legacy, governed), &a, &b, &Meet::Instant),
            accepts(&zone(governed, legacy), &b, &a, &Meet::Instant)
        );
    }
}
