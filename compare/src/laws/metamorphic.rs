//! Laws that need no oracle: what must not matter does not. Each is a function of a comparer, so that
//! careless comparers, planted here, show that it catches them.

use super::{
    brute,
    fixtures::{facts, judged_batches, statement, tolerating},
    tables::{Tables, tables},
};
use crate::{Memory, Request, Settings, Unwatched, judge_rows};
use arrow::array::RecordBatch;
use model::{InMemory, Rows, ToleranceKind};
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestCaseResult, TestError, TestRunner},
};

/// What a comparer finds: missing, extra and changed rows, changed cells.
type Counts = [u64; 4];
/// Both sides in batches, perhaps the key, and what is accepted.
type Comparer = dyn Fn([&[RecordBatch]; 2], Option<&[usize]>, &Settings) -> Counts;

fn exact() -> Settings {
    Settings::new(vec![]).unwrap()
}

/// The real one.
fn compare(
    [legacy, governed]: [&[RecordBatch]; 2],
    key: Option<&[usize]>,
    settings: &Settings,
) -> Counts {
    let rows =
        |batches: &[RecordBatch]| InMemory::new(batches[0].schema(), batches.to_vec()).unwrap();
    let (legacy, governed, facts) = (rows(legacy), rows(governed), facts());
    let sides: [&dyn Rows; 2] = [&legacy, &governed];
    let request =
        Request { statement: statement(&facts), key, memory: Memory::default(), watch: &Unwatched };
    let found = judge_rows(request, sides, settings).differences;
    [found.missing_rows, found.extra_rows, found.changed_rows, found.changed_cells]
}

fn key_of(keyed: bool) -> Option<&'static [usize]> {
    keyed.then_some(&[0])
}

fn sides(tables: &Tables, keyed: bool) -> [RecordBatch; 2] {
    [0, 1].map(|side| tables.batch(side, keyed))
}

fn whole(batches: &[RecordBatch; 2]) -> [&[RecordBatch]; 2] {
    batches.each_ref().map(std::slice::from_ref)
}

/// Swapping the sides swaps missing and extra rows.
fn swapping(comparer: &Comparer, (tables, keyed): (Tables, bool)) -> TestCaseResult {
    let there = comparer(whole(&sides(&tables, keyed)), key_of(keyed), &exact());
    let back = comparer(whole(&sides(&tables.swapped(), keyed)), key_of(keyed), &exact());
    let [missing, extra, changed, cells] = there;
    prop_assert_eq!(back, [extra, missing, changed, cells]);
    Ok(())
}

/// How rows are cut into batches changes nothing.
fn cutting(comparer: &Comparer, (tables, keyed, at): (Tables, bool, Index)) -> TestCaseResult {
    let [legacy, governed] = sides(&tables, keyed);
    let (key, settings) = (key_of(keyed), exact());
    let found =
        comparer([std::slice::from_ref(&legacy), std::slice::from_ref(&governed)], key, &settings);
    let cut = at.index(legacy.num_rows() + 1);
    let parts = [legacy.slice(0, cut), legacy.slice(cut, legacy.num_rows() - cut)];
    let nothing = governed.slice(0, 0);
    let more = [nothing.clone(), governed, nothing];
    prop_assert_eq!(comparer([&parts, &more], key, &settings), found);
    Ok(())
}

/// The order of rows changes nothing.
fn turning(comparer: &Comparer, (tables, by): (Tables, usize)) -> TestCaseResult {
    let mut turned = tables.clone();
    let length = turned.rows[1].len().max(1);
    turned.rows[1].rotate_left(by % length);
    turned.rows[0].reverse();
    let found = comparer(whole(&sides(&tables, false)), None, &exact());
    prop_assert_eq!(comparer(whole(&sides(&turned, false)), None, &exact()), found);
    Ok(())
}

/// A tighter rule never accepts more, and a rule never less than none.
fn tightening(comparer: &Comparer, (tables, rule, keyed): (Tables, usize, bool)) -> TestCaseResult {
    let kinds = |factor: f64, steps: u32| {
        [
            ToleranceKind::FloatAbsolute { max: factor },
            ToleranceKind::FloatRelative { max: factor / 8.0 },
            ToleranceKind::FloatUlps { max: steps },
            ToleranceKind::DecimalAbsolute { max: factor },
            ToleranceKind::DecimalRelative { max: factor / 8.0 },
            ToleranceKind::TimePrecision { micros: steps.into() },
        ]
    };
    let sides = sides(&tables, keyed);
    let left = |settings: &Settings| {
        let [missing, extra, changed, _] = comparer(whole(&sides), key_of(keyed), settings);
        missing + extra + 2 * changed
    };
    let of = |kinds: [ToleranceKind; 6]| left(&tolerating(&kinds[rule..=rule]));
    let (wide, tight, none) = (of(kinds(2.0, 1 << 23)), of(kinds(0.5, 1_000)), left(&exact()));
    prop_assert!(wide <= tight && tight <= none, "{} {} {}", wide, tight, none);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn swapping_the_sides_swaps_what_is_found(input in (tables(), any::<bool>())) {
        swapping(&compare, input)?;
    }

    #[test]
    fn how_rows_are_cut_means_nothing(input in (tables(), any::<bool>(), any::<Index>())) {
        cutting(&compare, input)?;
    }

    /// Not only counts: the whole judgement, with its examples.
    #[test]
    fn how_rows_are_cut_changes_no_example(tables in tables(), keyed: bool, at: Index) {
        let [legacy, governed] = sides(&tables, keyed);
        let cut = at.index(legacy.num_rows() + 1);
        let parts = [legacy.slice(0, cut), legacy.slice(cut, legacy.num_rows() - cut)];
        let schemas = [legacy.schema(), governed.schema()];
        let one = std::slice::from_ref(&governed);
        let judge = |legacy: &[RecordBatch]| {
            judged_batches(&facts(), (&schemas[0], legacy), (&schemas[1], one), &exact())
        };
        prop_assert_eq!(judge(&parts), judge(std::slice::from_ref(&legacy)));
    }

    #[test]
    fn the_order_of_rows_means_nothing(input in (tables(), 0_usize..10)) {
        turning(&compare, input)?;
    }

    #[test]
    fn a_tighter_rule_never_accepts_more(input in (tables(), 0_usize..6, any::<bool>())) {
        tightening(&compare, input)?;
    }

    /// Columns that both sides have alike take nothing away, and neither does their order.
    #[test]
    fn the_order_of_columns_means_nothing(tables in tables(), by in 0_usize..5) {
        let turned = sides(&tables, true).map(|batch| {
            let count = batch.num_columns();
            let turned: Vec<usize> = (0..count).map(|column| (column + by) % count).collect();
            batch.project(&turned).unwrap()
        });
        let alone = |batches: &[RecordBatch; 2]| {
            let [missing, extra, changed, _] = compare(whole(batches), None, &exact());
            [missing + changed, extra + changed]
        };
        prop_assert_eq!(alone(&turned), alone(&sides(&tables, true)));
    }
}

/// Whatever breaks the law is found, always with the same seed.
fn catches<S: Strategy>(inputs: S, law: impl Fn(S::Value) -> TestCaseResult) -> bool {
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let found = TestRunner::new_with_rng(config, rng).run(&inputs, law);
    matches!(found, Err(TestError::Fail(..)))
}

/// Rows as a bag, by the oracle.
fn alone(legacy: &[RecordBatch], governed: &[RecordBatch]) -> [usize; 2] {
    let rows = |batches: &[RecordBatch]| batches.iter().flat_map(brute::rows).collect::<Vec<_>>();
    brute::alone(&rows(legacy), &rows(governed)).map(|rows| rows.len())
}

#[test]
fn a_comparer_that_looks_one_way_is_caught() {
    // `EXCEPT ALL` of one direction alone.
    let one_way = |sides: [&[RecordBatch]; 2], _: Option<&[usize]>, _: &Settings| -> Counts {
        [alone(sides[0], sides[1])[0] as u64, 0, 0, 0]
    };
    assert!(catches((tables(), any::<bool>()), |input| swapping(&one_way, input)));
    // The real one has the same inputs, and passes.
    assert!(!catches((tables(), any::<bool>()), |input| swapping(&compare, input)));
}

#[test]
fn a_comparer_that_forgets_a_batch_is_caught() {
    let first = |[l, g]: [&[RecordBatch]; 2],
                 key: Option<&[usize]>,
                 settings: &Settings|
     -> Counts { compare([&l[..1], &g[..1]], key, settings) };
    assert!(catches((tables(), any::<bool>(), any::<Index>()), |input| cutting(&first, input)));
}

#[test]
fn a_comparer_that_drops_copies_inside_a_batch_is_caught() {
    // Copies go where they stand in one batch, as where each batch is grouped by itself.
    let distinct = |sides: [&[RecordBatch]; 2], _: Option<&[usize]>, _: &Settings| -> Counts {
        let rows = |batches: &[RecordBatch]| {
            let of_batch = batches.iter().map(|batch| {
                let mut kept: Vec<Vec<brute::Plain>> = Vec::new();
                for row in brute::rows(batch) {
                    if !kept.iter().any(|other| brute::same_all(other, &row)) {
                        kept.push(row);
                    }
                }
                kept
            });
            of_batch.flatten().collect::<Vec<_>>()
        };
        let [gone, came] =
            brute::alone(&rows(sides[0]), &rows(sides[1])).map(|rows| rows.len() as u64);
        [gone, came, 0, 0]
    };
    assert!(catches((tables(), any::<bool>(), any::<Index>()), |input| cutting(&distinct, input)));
}

#[test]
fn a_comparer_that_goes_by_position_is_caught() {
    let side_by_side = |[l, g]: [&[RecordBatch]; 2], _: Option<&[usize]>, _: &Settings| -> Counts {
        let (l, g) = (brute::rows(&l[0]), brute::rows(&g[0]));
        let unequal = l.iter().zip(&g).filter(|(l, g)| !brute::same_all(l, g)).count();
        [0, 0, unequal as u64, 0]
    };
    assert!(catches((tables(), 0_usize..10), |input| turning(&side_by_side, input)));
}

#[test]
fn a_rule_that_is_turned_around_is_caught() {
    // What is within the limit is a difference, what is beyond is none.
    let turned =
        |sides: [&[RecordBatch]; 2], key: Option<&[usize]>, settings: &Settings| -> Counts {
            let none = compare(sides, key, &exact());
            let [missing, extra, changed, cells] = compare(sides, key, settings);
            if settings.tolerances().next().is_none() {
                return none;
            }
            [
                none[0] - missing.min(none[0]),
                none[1] - extra.min(none[1]),
                none[2] - changed.min(none[2]),
                cells,
            ]
        };
    let inputs = || (tables(), 0_usize..6, any::<bool>());
    assert!(catches(inputs(), |input| tightening(&turned, input)));
}

#[test]
fn a_rule_that_makes_rows_differ_is_caught() {
    // Values are rounded under a rule, and those at a border part.
    let parting =
        |sides: [&[RecordBatch]; 2], key: Option<&[usize]>, settings: &Settings| -> Counts {
            let found = compare(sides, key, settings);
            let has_rule = settings.tolerances().next().is_some();
            [found[0] + u64::from(has_rule), found[1], found[2], found[3]]
        };
    let inputs = || (tables(), 0_usize..6, any::<bool>());
    assert!(catches(inputs(), |input| tightening(&parting, input)));
    assert!(!catches(inputs(), |input| tightening(&compare, input)));
}
