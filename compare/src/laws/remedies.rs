//! Law of remedies: the tolerance that a cause gives to copy can be read, and settles the cells that
//! the cause explains.
//!
//! The words of `gnomon.toml` are those of [`ToleranceKind`], so the blocks are read here without the
//! loader; that the loader reads them too is tested beside it.

use super::fixtures::{batch, facts, judged, tolerating};
use crate::Settings;
use arrow::{
    array::{
        ArrayRef, Decimal128Array, Float64Array, Int32Array, Int64Array, ListArray, RecordBatch,
        StringArray, TimestampMicrosecondArray,
    },
    datatypes::Int64Type,
};
use model::{Cause, Judgement, Scope, Tolerance, ToleranceKind, Verdict};
use proptest::prelude::*;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    tolerances: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    #[serde(flatten)]
    kind: ToleranceKind,
    scope: Scope,
    reason: String,
}

fn read(text: &str) -> Result<Vec<Tolerance>, String> {
    let content: Content = toml::from_str(text).map_err(|error| format!("{error}: {text}"))?;
    let tolerance = |Block { kind, scope, reason }| Tolerance { kind, scope, reason };
    Ok(content.tolerances.into_iter().map(tolerance).collect())
}

/// Does the tolerance of the one cause settle what it explains? An error says what is left. Nothing is
/// claimed where the cause gives none, where cells have no cause, and where there are several, whose
/// tolerances may be of one kind and then have to be made one.
fn settles(
    causes: &[Cause],
    [legacy, governed]: [&RecordBatch; 2],
    changed_cells: u64,
) -> Result<bool, String> {
    let [cause] = causes else { return Ok(false) };
    let (_, block) = cause.remedy_parts();
    if block.is_empty() {
        return Ok(false);
    }
    let tolerances = read(block)?;
    // What is a guess has to be set by whoever copies it.
    let is_guess = block.contains(" # or another");
    if is_guess || cause.cells < changed_cells {
        return Ok(false);
    }
    let settings = Settings::new(tolerances).map_err(|error| error.to_string())?;
    let again = judged(&facts(), legacy, governed, &settings);
    match again.verdict {
        Verdict::Tolerated => Ok(true),
        verdict => Err(format!("{verdict}: {:#?}", again.differences)),
    }
}

/// An id, and the values.
fn table(values: ArrayRef) -> RecordBatch {
    let ids = 0..i32::try_from(values.len()).unwrap();
    batch(vec![Arc::new(ids.map(Some).collect::<Int32Array>()), values])
}

fn exactly(legacy: &RecordBatch, governed: &RecordBatch) -> Judgement {
    judged(&facts(), legacy, governed, &tolerating(&[]))
}

/// Names of the causes of these columns, if their tolerances settle them.
fn settled(legacy: ArrayRef, governed: ArrayRef) -> Result<Vec<String>, String> {
    let (legacy, governed) = (table(legacy), table(governed));
    let found = exactly(&legacy, &governed).differences;
    let settled = settles(&found.causes, [&legacy, &governed], found.changed_cells)?;
    let codes = found.causes.into_iter().map(|cause| cause.code);
    Ok(if settled { codes.collect() } else { Vec::new() })
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(values.iter().copied().collect::<StringArray>())
}

fn floats(values: &[Option<f64>]) -> ArrayRef {
    Arc::new(values.iter().copied().collect::<Float64Array>())
}

fn decimals(values: &[i128], scale: i8) -> ArrayRef {
    let array: Decimal128Array = values.iter().copied().map(Some).collect();
    Arc::new(array.with_precision_and_scale(30, scale).unwrap())
}

fn times(micros: &[i64]) -> ArrayRef {
    Arc::new(micros.iter().copied().map(Some).collect::<TimestampMicrosecondArray>())
}

fn moments(micros: &[i64]) -> ArrayRef {
    let array: TimestampMicrosecondArray = micros.iter().copied().map(Some).collect();
    Arc::new(array.with_timezone("UTC"))
}

fn lists(values: &[Vec<i64>]) -> ArrayRef {
    let lists = values.iter().map(|list| Some(list.iter().copied().map(Some)));
    Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists))
}

/// Columns for each cause that gives a tolerance to copy.
fn examples() -> Vec<(&'static str, ArrayRef, ArrayRef)> {
    let composed = [Some("caf\u{e9}"), Some("Zo\u{eb}")];
    let decomposed = [Some("cafe\u{301}"), Some("Zoe\u{308}")];
    let json = [Some(r#"{"a":1,"b":[1,2]}"#), Some(r#"{"a":null,"b":1.50}"#)];
    let spelled = [Some(r#"{"b": [1, 2], "a": 1}"#), Some(r#"{"b": 1.5, "a": null}"#)];
    vec![
        ("DC0101", decimals(&[12_537, 12_850, 99_990], 4), decimals(&[125, 129, 1_000], 2)),
        ("DC0101", decimals(&[12_537, 12_599, -99_990], 4), decimals(&[125, 125, -999], 2)),
        (
            "DC0101",
            floats(&[Some(1.2537), Some(12.345), Some(0.125)]),
            floats(&[Some(1.25), Some(12.35), Some(0.13)]),
        ),
        ("DC0102", floats(&[Some(0.1 + 0.2), Some(1.0)]), floats(&[Some(0.3), Some(1.0)])),
        ("DC0108", floats(&[Some(0.0), Some(1.0)]), floats(&[Some(-0.0), Some(1.0)])),
        ("DC0109", floats(&[Some(f64::NAN), Some(1.0)]), floats(&[None, Some(1.0)])),
        ("DC0201", texts(&[Some("Anna"), Some("Bob")]), texts(&[Some("ANNA"), Some("BOB")])),
        ("DC0202", texts(&[Some("ab   "), Some("abc  ")]), texts(&[Some("ab"), Some("abc")])),
        ("DC0202", texts(&[Some(" ab "), Some("  c ")]), texts(&[Some("ab"), Some("c")])),
        ("DC0205", texts(&composed), texts(&decomposed)),
        ("DC0212", texts(&json), texts(&spelled)),
        ("DC0301", times(&[0, 90_000_000]), times(&[3_600_000_000, 3_690_000_000])),
        ("DC0301", moments(&[0, 90_000_000]), times(&[3_600_000_000, 3_690_000_000])),
        ("DC0301", times(&[0, 90_000_000]), moments(&[3_600_000_000, 3_690_000_000])),
        (
            "DC0301",
            texts(&[Some("2024-01-31 23:30:00"), Some("2024-06-30T12:00:00")]),
            texts(&[Some("2024-01-31 20:30:00"), Some("2024-06-30 09:00:00")]),
        ),
        (
            "DC0303",
            times(&[1_700_000_000_123_456, 1_700_000_001_654_321]),
            times(&[1_700_000_000_123_000, 1_700_000_001_654_000]),
        ),
        ("DC0401", texts(&[Some(""), Some("a")]), texts(&[None, Some("a")])),
        ("DC0213", lists(&[vec![3, 1, 2], vec![5, 4]]), lists(&[vec![1, 2, 3], vec![4, 5]])),
    ]
}

#[test]
fn the_tolerance_of_each_cause_settles_its_cells() {
    for (code, legacy, governed) in examples() {
        let found = settled(legacy, governed).unwrap_or_else(|left| panic!("{code}: {left}"));
        assert_eq!(found, [code]);
    }
}

/// The examples leave out no cause that gives a tolerance: the sources are asked.
#[test]
fn each_cause_with_a_tolerance_has_an_example() {
    let codes = examples().into_iter().map(|(code, ..)| code).collect::<Vec<_>>();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/causes");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let own = text.split("#[cfg(test)]").next().unwrap();
        if let (true, Some((_, code))) =
            (own.contains("with_tolerance("), own.split_once("        code: \""))
        {
            let (code, _) = code.split_at_checked(6).unwrap();
            assert!(codes.contains(&code), "{code} has no example");
            seen += 1;
        }
    }
    assert_eq!(seen, codes.iter().collect::<std::collections::BTreeSet<_>>().len());
}

#[test]
fn a_remedy_of_the_wrong_kind_is_caught() {
    let (_, legacy, governed) =
        examples().into_iter().find(|(code, ..)| *code == "DC0202").unwrap();
    let (legacy, governed) = (table(legacy), table(governed));
    let found = exactly(&legacy, &governed).differences;
    let settled = |from: &str, to: &str| {
        let mut causes = found.causes.clone();
        causes[0].remedy = causes[0].remedy.replace(from, to);
        settles(&causes, [&legacy, &governed], found.changed_cells)
    };
    assert_eq!(settled("text_trim", "text_trim"), Ok(true));
    let other = settled("kind = \"text_trim\"\nblanks = \"trailing\"", "kind = \"text_case\"");
    assert!(other.unwrap_err().starts_with("mismatch"));
    assert!(settled("text_trim", "text_trimmed").unwrap_err().contains("unknown variant"));
    assert!(settled("blanks = ", "blank = ").is_err());
    assert!(settled("column = \"c1\"", "column = \"c0\"").unwrap_err().starts_with("mismatch"));
}

/// Blanks of all sorts.
fn blanks() -> impl Strategy<Value = String> {
    "[ \t\n\u{a0}\u{3000}]{0,3}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever the values are, as long as causes with tolerances explain all of them.
    #[test]
    fn rounded_decimals_are_settled(
        values in proptest::collection::vec(-99_999_i128..99_999, 1..12),
        way in 0..4_u8,
    ) {
        let rounded: Vec<i128> = values.iter().map(|value| match way {
            0 => (value.abs() + 50) / 100 * value.signum(),
            1 => value / 100,
            2 => value.div_euclid(100),
            _ => {
                let (whole, rest) = (value.div_euclid(100), value.rem_euclid(100));
                whole + i128::from(rest > 50 || (rest == 50 && whole % 2 != 0))
            }
        }).collect();
        prop_assert!(settled(decimals(&values, 4), decimals(&rounded, 2)).is_ok());
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let float = |values: &[i128], unit: f64| {
            floats(&values.iter().map(|value| Some(*value as f64 / unit)).collect::<Vec<_>>())
        };
        let left = settled(float(&values, 1e4), float(&rounded, 1e2)).err();
        prop_assert_eq!(left, None);
    }

    #[test]
    fn texts_are_settled(
        texts_ in proptest::collection::vec(("[a-dA-Dßİéσς]{0,4}", blanks(), blanks()), 1..8),
        way in 0..4_u8,
    ) {
        use unicode_normalization::UnicodeNormalization as _;
        let other: Vec<Option<String>> = texts_.iter().map(|(text, front, end)| match way {
            0 => Some(format!("{front}{text}{end}")),
            1 => Some(text.to_lowercase()),
            2 => Some(text.nfd().collect()),
            _ => (!text.is_empty()).then(|| text.clone()),
        }).collect();
        let legacy: Vec<Option<&str>> = texts_.iter().map(|(text, ..)| Some(text.as_str())).collect();
        let governed: Vec<Option<&str>> = other.iter().map(Option::as_deref).collect();
        let left = settled(texts(&legacy), texts(&governed)).err();
        prop_assert_eq!(left, None);
    }

    #[test]
    fn times_of_fewer_digits_are_settled(
        micros in proptest::collection::vec(any::<i32>(), 1..8),
        digits in 0..6_u32,
        up in any::<bool>(),
    ) {
        let unit = 10_i64.pow(6 - digits);
        let legacy: Vec<i64> = micros.iter().map(|micros| i64::from(*micros) * 7).collect();
        let governed: Vec<i64> = legacy.iter()
            .map(|at| (at + if up { unit / 2 } else { 0 }).div_euclid(unit) * unit).collect();
        let left = settled(times(&legacy), times(&governed)).err();
        prop_assert_eq!(left, None);
        let numbers = |values: &[i64]| -> ArrayRef { Arc::new(Int64Array::from(values.to_vec())) };
        let left = settled(numbers(&legacy), numbers(&governed)).err();
        prop_assert_eq!(left, None);
    }

    #[test]
    fn shifted_times_are_settled(
        micros in proptest::collection::vec(any::<i32>(), 1..6),
        quarters in -104_i64..104,
        zoned in any::<[bool; 2]>(),
    ) {
        let shifted: Vec<i64> =
            micros.iter().map(|at| i64::from(*at) * 1_000 + quarters * 900_000_000).collect();
        let micros: Vec<i64> = micros.iter().map(|at| i64::from(*at) * 1_000).collect();
        let side = |micros: &[i64], zoned| if zoned { moments(micros) } else { times(micros) };
        let left = settled(side(&micros, zoned[0]), side(&shifted, zoned[1])).err();
        prop_assert_eq!(left, None);
    }

    #[test]
    fn noise_and_lists_are_settled(
        values in proptest::collection::vec(any::<f64>(), 1..8),
        list in proptest::collection::vec(0..9_i64, 1..6),
    ) {
        let legacy: Vec<_> = values.iter().map(|value| Some(*value)).collect();
        let noisy: Vec<_> = values.iter().map(|value| Some(value.next_up())).collect();
        prop_assert_eq!(settled(floats(&legacy), floats(&noisy)).err(), None);
        let turned: Vec<i64> = list.iter().rev().copied().collect();
        prop_assert_eq!(settled(lists(&[list]), lists(&[turned])).err(), None);
    }
}
