//! How much memory there is changes no answer.

use super::fixtures::{batch, facts, statement};
use crate::{Memory, Request, Settings, Unwatched, judge_rows, residue::tests::Counted};
use arrow::array::{
    Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray, UInt64Array,
};
use model::{Difference, Differences, InMemory, Judgement, KeyOrigin, Rows, Verdict};
use std::sync::{Arc, atomic::Ordering};

/// More rows of both sides than are kept at once.
const ROWS: i64 = 120_000;

fn table(rows: &[i64], changed: impl Fn(i64) -> bool) -> RecordBatch {
    let some = |n: i64| n % 11 != 0;
    let float = |n: i64| f64::from(i32::try_from(n % 1_000).unwrap()) / 3.0;
    let decimals: Decimal128Array = rows.iter().map(|n| Some(i128::from(n % 977))).collect();
    batch(vec![
        Arc::new(rows.iter().map(|n| Some(*n)).collect::<Int64Array>()),
        Arc::new(rows.iter().map(|n| some(*n).then(|| float(*n))).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|n| Some(format!("text {}", n % 313))).collect::<StringArray>()),
        Arc::new(decimals.with_precision_and_scale(12, 2).unwrap()),
        Arc::new(
            rows.iter()
                .map(|n| u64::try_from(i64::from(changed(*n))).ok())
                .collect::<UInt64Array>(),
        ),
    ])
}

fn judged(sides: [&RecordBatch; 2], key: Option<&[usize]>, bytes_max: u64) -> (Judgement, usize) {
    judged_under(&Settings::new(vec![]).unwrap(), sides, key, bytes_max)
}

fn judged_under(
    settings: &Settings,
    sides: [&RecordBatch; 2],
    key: Option<&[usize]>,
    bytes_max: u64,
) -> (Judgement, usize) {
    let rows = |batch: &RecordBatch| InMemory::new(batch.schema(), vec![batch.clone()]).unwrap();
    let [legacy, governed] = sides.map(rows);
    let (facts, scratch) = (facts(), Counted::default());
    let request = Request {
        statement: statement(&facts),
        key,
        memory: Memory { bytes_max, scratch: Some(&scratch) },
        watch: &Unwatched,
    };
    let both: [&dyn Rows; 2] = [&legacy, &governed];
    let found = judge_rows(request, both, settings);
    (found, scratch.0.load(Ordering::Relaxed))
}

/// What is told, but for where the key is from.
fn told(found: &Judgement) -> (&Verdict, Differences) {
    let mut differences = found.differences.clone();
    if let Some(key) = &mut differences.key {
        key.origin = KeyOrigin::Inferred;
    }
    (&found.verdict, differences)
}

/// The same at any limit, and laid aside where it has to be.
fn assert_same_at_any_limit(
    settings: &Settings,
    sides: [&RecordBatch; 2],
    key: Option<&[usize]>,
) -> Judgement {
    let judged = |bytes_max| judged_under(settings, sides, key, bytes_max);
    let (roomy, aside) = judged(16 << 30);
    assert_eq!(aside, 0, "laid aside although there is memory");
    for bytes_max in [16 << 20, 1 << 20, 1] {
        let (tight, aside) = judged(bytes_max);
        assert!(aside > 0 || bytes_max == 16 << 20, "{bytes_max}: nothing is laid aside");
        assert_eq!(told(&tight), told(&roomy), "{key:?} {bytes_max}");
    }
    roomy
}

#[test]
fn little_memory_gives_the_same_answer() {
    let legacy: Vec<i64> = (0..ROWS).collect();
    // In another order, every 13th changed, some gone, some new, some twice.
    let is_gone = |n: i64| n % 1_000 == 7;
    let is_changed = |n: i64| n % 13 == 0 && n < ROWS;
    let mut governed: Vec<i64> = legacy.iter().rev().copied().filter(|n| !is_gone(*n)).collect();
    governed.extend(ROWS..ROWS + 50);
    governed.extend((0..30).filter(|n| !is_gone(*n)));
    let (left, right) = (table(&legacy, |_| false), table(&governed, is_changed));
    let count = |of: &dyn Fn(i64) -> bool| {
        u64::try_from(legacy.iter().filter(|n| of(**n)).count()).unwrap()
    };
    let (gone, changed) = (count(&is_gone), count(&|n| is_changed(n) && !is_gone(n)));
    for key in [Some(&[0_usize][..]), None] {
        let settings = Settings::new(vec![]).unwrap();
        let d = assert_same_at_any_limit(&settings, [&left, &right], key).differences;
        let counts = (d.missing_rows + d.changed_rows, d.extra_rows + d.changed_rows);
        assert_eq!(counts, (gone + changed, 50 + 29 + changed));
        if key.is_some() {
            assert_eq!((d.changed_rows, d.changed_cells), (changed, changed));
        }
    }
}

/// Rows that no key tells pair with the most alike, wherever those lie.
#[test]
fn what_no_key_pairs_is_the_same_at_any_limit() {
    let many = |ids: &[i64], word: &dyn Fn(i64) -> String| {
        batch(vec![
            Arc::new(ids.iter().map(|n| Some(n / 2)).collect::<Int64Array>()),
            Arc::new(ids.iter().map(|n| Some(n / 2 % 50_021)).collect::<Int64Array>()),
            Arc::new(ids.iter().map(|n| Some(word(*n))).collect::<StringArray>()),
        ])
    };
    let legacy: Vec<i64> = (0..ROWS).collect();
    let governed: Vec<i64> = legacy.iter().rev().copied().collect();
    let plain = |n: i64| format!("a rather long word {}", n / 2);
    let left = many(&legacy, &plain);
    // Nothing is a key: each row stands twice. So many differ that all may pair, and more than that.
    for (each, all_pair) in [(101, true), (7, false)] {
        let changed = move |n: i64| (n / 2 % each == 3).then(|| format!("other {}", n / 2));
        let right = many(&governed, &|n| changed(n).unwrap_or_else(|| plain(n)));
        let settings = Settings::new(vec![]).unwrap();
        let d = assert_same_at_any_limit(&settings, [&left, &right], None).differences;
        let differing = u64::try_from((0..ROWS).filter(|n| changed(*n).is_some()).count()).unwrap();
        assert_eq!(d.changed_rows + d.missing_rows, differing);
        assert_eq!(d.changed_rows + d.extra_rows, differing);
        assert_eq!((d.changed_rows == differing, d.notes.is_empty()), (all_pair, all_pair));
        assert!(d.changed_rows > 1_000, "{}", d.changed_rows);
        // Of few that may pair the others have not to wait.
        let few = settings.with_pair_rows_max(100);
        let right = many(&legacy, &|n| changed(n).unwrap_or_else(|| plain(n)));
        let d = assert_same_at_any_limit(&few, [&left, &right], None).differences;
        assert_eq!(d.changed_rows + d.missing_rows, differing);
        assert_eq!(d.changed_rows + d.extra_rows, differing);
        assert!(d.changed_rows > 0 && d.changed_rows <= 101, "{}", d.changed_rows);
    }
}

/// Of a content that stands very often only some copies can find a partner; all of them are counted.
#[test]
fn very_many_copies_are_the_same_at_any_limit() {
    let table = |rows: i64, word: &str| {
        let numbers = (0..rows).map(|n| if n % 3 == 0 { 0 } else { n / 2 });
        let words =
            (0..rows).map(|n| if n % 3 == 0 { word.to_owned() } else { format!("{}", n / 2) });
        batch(vec![
            Arc::new(numbers.map(Some).collect::<Int64Array>()),
            Arc::new(words.map(Some).collect::<StringArray>()),
        ])
    };
    let (left, right) = (table(ROWS, "one"), table(2 * ROWS, "other"));
    let few = Settings::new(vec![]).unwrap().with_pair_rows_max(50);
    let d = assert_same_at_any_limit(&few, [&left, &right], None).differences;
    let copies = u64::try_from(ROWS / 3).unwrap();
    assert_eq!(d.changed_rows, 50);
    assert_eq!(d.missing_rows, copies - 50);
    let Some(Difference::Missing { times, .. }) =
        d.examples.iter().find(|e| matches!(e, Difference::Missing { .. }))
    else {
        panic!("{:?}", d.examples)
    };
    assert_eq!(*times, copies - 50);
}

/// A join that fans out: told with its factor whether rows are counted, summed up in buckets, judged
/// in one piece or in many.
#[test]
fn copies_are_a_cause_at_any_limit_and_by_any_way() {
    for contents in [5_000, 50_000] {
        let times = |times: i64| (0..contents * times).map(|n| n % contents).collect::<Vec<_>>();
        let (legacy, governed) = (ROWS / contents, 2 * ROWS / contents);
        let (left, right) = (table(&times(legacy), |_| false), table(&times(governed), |_| false));
        let extra = u64::try_from((governed - legacy) * contents).unwrap();
        for key in [None, Some(&[0_usize][..])] {
            for bytes_max in [16 << 30, 16 << 20, 1 << 20] {
                let (found, _) = judged([&left, &right], key, bytes_max);
                let told = found.differences.causes.iter();
                let told: Vec<_> = told
                    .map(|cause| (cause.code.as_str(), cause.parameter.as_str(), cause.rows))
                    .collect();
                let place = format!("{contents} contents, {key:?}, {bytes_max} bytes");
                assert_eq!(found.differences.extra_rows, extra, "{place}");
                assert_eq!(told, [("DC0502", "governed: × 2", extra)], "{place}");
            }
        }
    }
}

/// More contents than are counted: a sample of them tells.
#[test]
fn of_many_copies_a_sample_tells_the_cause() {
    let once: Vec<i64> = (0..ROWS).collect();
    let thrice: Vec<i64> = (0..3 * ROWS).map(|n| n % ROWS).collect();
    let (left, right) = (table(&once, |_| false), table(&thrice, |_| false));
    let (found, _) = judged([&left, &right], None, 1 << 20);
    let [cause] = found.differences.causes.as_slice() else { panic!("{found:?}") };
    assert_eq!((cause.code.as_str(), cause.parameter.as_str()), ("DC0502", "governed: × 3"));
    let all = u64::try_from(2 * ROWS).unwrap();
    assert!(cause.rows.abs_diff(all) < all / 20, "{}", cause.rows);
    assert!(cause.sentence.starts_with("about "), "{}", cause.sentence);
}

/// Pairs are looked at some at a time, also where types differ and bits say nothing.
#[test]
fn every_excused_cell_is_in_the_ledger() {
    use arrow::array::ArrayRef;
    let rows = 40_000_i64;
    let ids: ArrayRef = Arc::new((0..rows).map(Some).collect::<Int64Array>());
    let float = |n: i64| f64::from(i32::try_from(n).unwrap());
    let decimals: Decimal128Array = (0..rows).map(|n| Some(i128::from(n) * 100)).collect();
    let legacy =
        batch(vec![ids.clone(), Arc::new(decimals.with_precision_and_scale(12, 2).unwrap())]);
    let governed = (0..rows).map(|n| Some(float(n) + 0.001)).collect::<Float64Array>();
    let governed = batch(vec![ids, Arc::new(governed)]);
    let near = model::ToleranceKind::FloatAbsolute { max: 0.01 };
    let found = super::fixtures::judged(
        &facts(),
        &legacy,
        &governed,
        &super::fixtures::tolerating(&[near]),
    );
    assert_eq!(found.verdict, model::Verdict::Tolerated, "{found:?}");
    let cells: Vec<u64> = found.differences.ledger.iter().map(|entry| entry.cells).collect();
    assert_eq!(cells, [u64::try_from(rows).unwrap()]);
}
