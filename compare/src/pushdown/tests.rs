//! Push-down against the comparison that reads everything.

use super::*;
use crate::{
    Memory, StatementRef, Unwatched, judge_rows,
    laws::fixtures::{Row, batch, facts, mixed, ordered_by, row, statement, tolerating},
    watch::Pass,
};
use arrow::{
    array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray},
    datatypes::SchemaRef,
};
use model::{
    Batches, BucketSummary, Buckets, Encoding, RowHash, Scratch, Shelf, Tolerance, ToleranceKind,
};
use proptest::prelude::*;
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Several levels for small tables.
const SMALL: Limits = Limits { first_bits: 2, summaries_bits: 6, rows_max: 4, share: 8 };

fn rows_of(batch: &RecordBatch) -> InMemory {
    InMemory::new(batch.schema(), vec![batch.clone()]).unwrap()
}

fn request<'a>(
    statement: StatementRef<'a>,
    key: Option<&'a [usize]>,
    watch: &'a dyn Watch,
) -> Request<'a> {
    Request { statement, key, memory: Memory::default(), watch }
}

/// Counts rows that are fetched.
#[derive(Default)]
struct Fetched(AtomicU64);

impl Watch for Fetched {
    fn read(&self, pass: Pass, _: Side, rows: u64) {
        // Judging what was fetched reads it once more, as a fingerprint.
        if pass == Pass::Pick {
            self.0.fetch_add(rows, Ordering::Relaxed);
        }
    }

    fn is_stopped(&self) -> bool {
        false
    }
}

/// What both ways must agree on.
fn told(judgement: &Judgement) -> impl PartialEq + std::fmt::Debug {
    let found = &judgement.differences;
    let mut columns = found.columns.clone();
    for column in &mut columns {
        // Of equally frequent pairs those of the first rows are shown.
        column.top_pairs.clear();
    }
    (
        judgement.verdict.clone(),
        [found.legacy_rows, found.governed_rows],
        [found.missing_rows, found.extra_rows, found.changed_rows, found.changed_cells],
        found.key.clone(),
        columns,
        found
            .ledger
            .iter()
            .map(|entry| (entry.code.clone(), entry.place, entry.cells))
            .collect::<Vec<_>>(),
        found.type_drifts.clone(),
        found.examples.len(),
    )
}

/// The judgement of both ways, or how they disagree.
fn agree(
    tables: [&RecordBatch; 2],
    sides: [&dyn Summarized; 2],
    key: Option<&[usize]>,
    settings: &Settings,
) -> Result<Judgement, String> {
    let facts = facts();
    let [legacy, governed] = tables.map(rows_of);
    let ask = || request(statement(&facts), key, &Unwatched);
    let full = judge_rows(ask(), [&legacy, &governed], settings);
    let pushed = judge_within(ask(), sides, settings, SMALL);
    if told(&full) == told(&pushed) {
        return Ok(pushed);
    }
    Err(format!("{:#?}\n{:#?}", told(&full), told(&pushed)))
}

fn agree_on(
    tables: [&RecordBatch; 2],
    key: Option<&[usize]>,
    settings: &Settings,
) -> Result<Judgement, String> {
    let [legacy, governed] = tables.map(rows_of);
    agree(tables, [&Summed::new(&legacy), &Summed::new(&governed)], key, settings)
}

fn table() -> impl Strategy<Value = Vec<Row>> {
    proptest::collection::vec(row(), 0..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any two tables, with copies of rows, with a key and without.
    #[test]
    fn both_ways_agree(legacy in table(), governed in table(), keyed in any::<bool>()) {
        let (legacy, governed) = (mixed(&legacy), mixed(&governed));
        let key: Option<&[usize]> = if keyed { Some(&[0]) } else { None };
        let agreed = agree_on([&legacy, &governed], key, &Settings::new(vec![]).unwrap());
        prop_assert!(agreed.is_ok(), "{}", agreed.unwrap_err());
    }

    /// One table and a few edits of it.
    #[test]
    fn both_ways_agree_on_edits(
        legacy in proptest::collection::vec(row(), 1..40),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), row(), 0..3_u8), 0..4),
    ) {
        let mut governed = legacy.clone();
        for (place, row, edit) in edits {
            let place = place.index(governed.len().max(1));
            match edit {
                0 => governed.insert(place, row),
                1 if place < governed.len() => governed[place] = row,
                _ if place < governed.len() => drop(governed.remove(place)),
                _ => {}
            }
        }
        let tables = [&mixed(&legacy), &mixed(&governed)];
        let agreed = agree_on(tables, None, &Settings::new(vec![]).unwrap());
        prop_assert!(agreed.is_ok(), "{}", agreed.unwrap_err());
    }

    /// Rows that match within a tolerance differ in their hashes, and are fetched.
    #[test]
    fn both_ways_agree_within_tolerances(legacy in table(), governed in table()) {
        let settings = tolerating(&[ToleranceKind::FloatAbsolute { max: 1.5 }, ToleranceKind::NullIsEmpty]);
        let agreed = agree_on([&mixed(&legacy), &mixed(&governed)], None, &settings);
        prop_assert!(agreed.is_ok(), "{}", agreed.unwrap_err());
    }
}

/// `rows` rows with a key, of which some are changed, missing and extra on the governed side.
fn edited(rows: i64, changed: &[i64]) -> [RecordBatch; 2] {
    let table = |is_edited: bool| {
        let keys = || (0..rows).filter(move |key| !is_edited || key % 5_000 != 4_999);
        let numbers = keys().map(|key| {
            let own = f64::from(i32::try_from(key).unwrap());
            if is_edited && changed.contains(&key) { own + 0.5 } else { own }
        });
        batch(vec![
            Arc::new(keys().collect::<Int64Array>()) as ArrayRef,
            Arc::new(keys().map(|key| Some(format!("text {}", key % 97))).collect::<StringArray>()),
            Arc::new(numbers.collect::<Float64Array>()),
        ])
    };
    [table(false), table(true)]
}

#[test]
fn few_rows_are_fetched_of_many() {
    let changed: Vec<i64> = (0..10).map(|i| i * 1_901).collect();
    let [legacy, governed] = edited(20_000, &changed);
    let (facts, settings) = (facts(), Settings::new(vec![]).unwrap());
    let fetched = Fetched::default();
    let (left, right) = (rows_of(&legacy), rows_of(&governed));
    // As many rows a bucket as a large table has with the limits that hold for it.
    let limits = Limits { first_bits: 8, summaries_bits: 12, rows_max: 400, share: 1_000 };
    let judgement = judge_within(
        request(statement(&facts), None, &fetched),
        [&Summed::new(&left), &Summed::new(&right)],
        &settings,
        limits,
    );
    let found = &judgement.differences;
    assert_eq!(judgement.verdict, Verdict::Mismatch);
    assert_eq!((found.changed_rows, found.missing_rows, found.extra_rows), (10, 4, 0));
    assert_eq!([found.legacy_rows, found.governed_rows], [20_000, 19_996]);
    assert_eq!(found.key.as_ref().unwrap().columns, ["c0"]);
    // 24 buckets of 4,096 are open: some ten rows each.
    let fetched = fetched.0.into_inner();
    assert!((24..600).contains(&fetched), "{fetched}");
}

/// A side of which one answer is changed.
#[derive(Debug)]
struct Lying<'a> {
    honest: Summed<'a>,
    lie: fn(&mut BucketSummary),
    keys: u64,
}

impl Summarized for Lying<'_> {
    fn schema(&self) -> &SchemaRef {
        self.honest.schema()
    }

    fn check(&self, encodings: &[Encoding]) -> Result<(), RowsError> {
        self.honest.check(encodings)
    }

    fn summaries(
        &self,
        encodings: &[Encoding],
        within: &Buckets,
        bits: u32,
    ) -> Result<Vec<BucketSummary>, RowsError> {
        let mut summaries = self.honest.summaries(encodings, within, bits)?;
        summaries.iter_mut().for_each(self.lie);
        Ok(summaries)
    }

    fn rows(
        &self,
        encodings: &[Encoding],
        buckets: &Buckets,
    ) -> Result<(SchemaRef, Batches<'_>), RowsError> {
        self.honest.rows(encodings, buckets)
    }

    fn count_keys(&self, key: &[(usize, Encoding)], keys: &[RowHash]) -> Result<u64, RowsError> {
        Ok(self.honest.count_keys(key, keys)? + self.keys)
    }

    fn stop(&self) {
        self.honest.stop();
    }
}

/// The law that both ways agree would see what a side gets wrong.
#[test]
fn sides_that_sum_up_wrongly_are_found() {
    let settings = Settings::new(vec![]).unwrap();
    let with = |lie: fn(&mut BucketSummary), keys, changed: i64| {
        let [legacy, governed] = edited(100, &[changed]);
        let (left, right) = (rows_of(&legacy), rows_of(&governed));
        let lying = |rows| Lying { honest: Summed::new(rows), lie, keys };
        agree([&legacy, &governed], [&lying(&left), &lying(&right)], None, &settings)
    };
    assert!((0..40).all(|row| with(|_| {}, 0, row).is_ok()));
    // Sums that are not looked at: of forty changed rows some stay in their bucket.
    assert!((0..40).any(|row| with(|summary| summary.sums = [0, 0], 0, row).is_err()));
    // Counts that are lost, and a key that another row has, too.
    assert!(with(|summary| summary.rows = 0, 0, 7).is_err());
    assert!(with(|_| {}, 1, 7).is_err());
}

#[test]
fn copies_that_only_one_side_has_are_found() {
    let settings = Settings::new(vec![]).unwrap();
    let one = mixed(&[(Some(1), None, None), (Some(2), None, None)]);
    let two = mixed(&[(Some(1), None, None), (Some(1), None, None), (Some(2), None, None)]);
    let found = agree_on([&one, &two], None, &settings).unwrap().differences;
    assert_eq!((found.extra_rows, found.missing_rows), (1, 0));
    assert!(found.causes.iter().any(|cause| cause.code == "DC0502"), "{:?}", found.causes);
    // One bucket, as many rows, another share of them.
    let swapped = mixed(&[(Some(1), None, None), (Some(2), None, None), (Some(2), None, None)]);
    let found = agree_on([&two, &swapped], None, &settings).unwrap().differences;
    assert_eq!(found.legacy_rows, 3);
    assert_eq!(found.missing_rows + found.changed_rows, 1);
}

#[test]
fn a_key_that_only_the_differing_rows_have_is_none() {
    // The first column is unique among the rows that differ, and no key of all.
    let settings = Settings::new(vec![]).unwrap();
    let row = |key, text: &str| (Some(key), Some(text.to_owned()), None);
    let same: Vec<Row> = (0..40).map(|i| row(i % 4, &format!("{i}"))).collect();
    let with = |more: [Row; 2]| mixed(&[same.clone(), more.to_vec()].concat());
    let legacy = with([row(1, "a"), row(2, "b")]);
    let governed = with([row(1, "x"), row(2, "y")]);
    let found = agree_on([&legacy, &governed], None, &settings).unwrap().differences;
    assert!(found.key.is_none_or(|key| key.columns != ["c0"]));
}

fn refusal(facts: &StatementFacts, legacy: &RecordBatch, governed: &RecordBatch) -> String {
    let (left, right) = (rows_of(legacy), rows_of(governed));
    let judgement = judge_pushed(
        request(statement(facts), None, &Unwatched),
        [&Summed::new(&left), &Summed::new(&right)],
        &Settings::new(vec![]).unwrap(),
    );
    match judgement.verdict {
        Verdict::Inconclusive { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_summaries_cannot_tell_is_refused() {
    let table = mixed(&[(Some(1), None, None)]);
    let reason = refusal(&ordered_by(&[Some(0)]), &table, &table);
    assert!(reason.contains("the order of rows") && reason.contains("ORDER BY"), "{reason}");
    let limited = StatementFacts { limited: true, ..facts() };
    assert!(refusal(&limited, &table, &table).contains("limit"));
    let volatile = StatementFacts { volatile: vec!["random()".to_owned()], ..facts() };
    assert!(refusal(&volatile, &table, &table).contains("`random()`"));

    let float = batch(vec![Arc::new(Float64Array::from(vec![1.0])) as ArrayRef]);
    let int = batch(vec![Arc::new(Int64Array::from(vec![1])) as ArrayRef]);
    let reason = refusal(&facts(), &float, &int);
    assert!(reason.starts_with("column 1 (`c0`) cannot be pushed down: "), "{reason}");
    assert!(reason.contains("exact value of the float"), "{reason}");
}

#[test]
fn another_count_of_columns_is_told_without_rows() {
    let one = batch(vec![Arc::new(Int64Array::from(vec![1])) as ArrayRef]);
    let two = mixed(&[]);
    let (left, right) = (rows_of(&one), rows_of(&two));
    let facts = facts();
    let judgement = judge_pushed(
        request(statement(&facts), None, &Unwatched),
        [&Summed::new(&left), &Summed::new(&right)],
        &Settings::new(vec![]).unwrap(),
    );
    assert_eq!(judgement.verdict, Verdict::Mismatch);
}

/// A side whose second answer is of other rows than its first.
#[derive(Debug)]
struct Changing<'a>([Summed<'a>; 2]);

impl Summarized for Changing<'_> {
    fn schema(&self) -> &SchemaRef {
        self.0[0].schema()
    }

    fn check(&self, encodings: &[Encoding]) -> Result<(), RowsError> {
        self.0[0].check(encodings)
    }

    fn summaries(
        &self,
        encodings: &[Encoding],
        within: &Buckets,
        bits: u32,
    ) -> Result<Vec<BucketSummary>, RowsError> {
        self.0[0].summaries(encodings, within, bits)
    }

    fn rows(
        &self,
        encodings: &[Encoding],
        buckets: &Buckets,
    ) -> Result<(SchemaRef, Batches<'_>), RowsError> {
        self.0[1].rows(encodings, buckets)
    }

    fn count_keys(&self, key: &[(usize, Encoding)], keys: &[RowHash]) -> Result<u64, RowsError> {
        self.0[1].count_keys(key, keys)
    }

    fn stop(&self) {}
}

#[test]
fn rows_that_change_between_two_answers_are_noticed() {
    let [before, after] = edited(300, &[1, 2]);
    let tables = [rows_of(&before), rows_of(&after), rows_of(&edited(1, &[])[0])];
    let (facts, settings) = (facts(), Settings::new(vec![]).unwrap());
    let changing = Changing([Summed::new(&tables[1]), Summed::new(&tables[2])]);
    let judgement = judge_pushed(
        request(statement(&facts), None, &Unwatched),
        [&Summed::new(&tables[0]), &changing],
        &settings,
    );
    let reason = judgement.verdict.reason().unwrap().to_owned();
    assert!(reason.contains("the governed side") && reason.contains("other rows"), "{reason}");
}

/// A side that answers only when it is stopped.
#[derive(Debug)]
struct Waiting<'a>(Summed<'a>, AtomicBool);

impl Summarized for Waiting<'_> {
    fn schema(&self) -> &SchemaRef {
        self.0.schema()
    }

    fn check(&self, _: &[Encoding]) -> Result<(), RowsError> {
        Ok(())
    }

    fn summaries(
        &self,
        _: &[Encoding],
        _: &Buckets,
        _: u32,
    ) -> Result<Vec<BucketSummary>, RowsError> {
        while !self.1.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(1));
        }
        Err(RowsError("it was stopped".to_owned()))
    }

    fn rows(&self, _: &[Encoding], _: &Buckets) -> Result<(SchemaRef, Batches<'_>), RowsError> {
        Err(RowsError("no rows".to_owned()))
    }

    fn count_keys(&self, _: &[(usize, Encoding)], _: &[RowHash]) -> Result<u64, RowsError> {
        Err(RowsError("no keys".to_owned()))
    }

    fn stop(&self) {
        self.1.store(true, Ordering::Relaxed);
    }
}

/// Stopped from the beginning.
struct Stopped;

impl Watch for Stopped {
    fn read(&self, _: Pass, _: Side, _: u64) {}

    fn is_stopped(&self) -> bool {
        true
    }
}

#[test]
fn a_stop_reaches_the_sides_and_a_failure_the_other_one() {
    let table = mixed(&[(Some(1), None, None)]);
    let rows = rows_of(&table);
    let (facts, settings) = (facts(), Settings::new(vec![]).unwrap());
    let reason = |watch: &dyn Watch, sides: [&dyn Summarized; 2]| {
        let judgement = judge_pushed(request(statement(&facts), None, watch), sides, &settings);
        judgement.verdict.reason().unwrap().to_owned()
    };
    let waiting = || Waiting(Summed::new(&rows), AtomicBool::new(false));
    assert_eq!(reason(&Stopped, [&waiting(), &waiting()]), "the comparison was stopped");
    let failing = Waiting(Summed::new(&rows), AtomicBool::new(true));
    let reason = reason(&Unwatched, [&failing, &waiting()]);
    assert!(reason.starts_with("the legacy side: it was stopped"), "{reason}");
}

/// Lays rows aside in memory, and counts them.
#[derive(Debug, Default)]
struct Aside(Arc<AtomicU64>);

#[derive(Debug)]
struct AsideShelf(SchemaRef, Vec<RecordBatch>, Arc<AtomicU64>);

impl Scratch for Aside {
    fn shelf(&self, schema: &SchemaRef) -> Result<Box<dyn Shelf>, RowsError> {
        Ok(Box::new(AsideShelf(schema.clone(), Vec::new(), Arc::clone(&self.0))))
    }
}

impl Shelf for AsideShelf {
    fn push(&mut self, batch: RecordBatch) -> Result<(), RowsError> {
        self.2.fetch_add(batch.num_rows() as u64, Ordering::Relaxed);
        self.1.push(batch);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Box<dyn Rows>, RowsError> {
        Ok(Box::new(InMemory::new(self.0, self.1)?))
    }
}

#[test]
fn what_memory_does_not_hold_is_laid_aside_or_refused() {
    let [legacy, governed] = edited(20_000, &(0..20_000).collect::<Vec<_>>());
    let (left, right) = (rows_of(&legacy), rows_of(&governed));
    let (facts, settings) = (facts(), Settings::new(vec![]).unwrap());
    let judged = |scratch: Option<&dyn Scratch>| {
        let memory = Memory { bytes_max: 400_000, scratch };
        let request = Request { memory, ..request(statement(&facts), Some(&[0]), &Unwatched) };
        judge_pushed(request, [&Summed::new(&left), &Summed::new(&right)], &settings)
    };
    let aside = Aside::default();
    let found = judged(Some(&aside)).differences;
    assert_eq!((found.changed_rows, found.missing_rows), (19_996, 4));
    assert!(aside.0.load(Ordering::Relaxed) >= 39_996);
    let reason = judged(None).verdict.reason().unwrap().to_owned();
    assert!(reason.contains("100000 bytes of memory"), "{reason}");
}

#[test]
fn a_scoped_tolerance_is_counted_as_the_full_comparison_counts_it() {
    let [legacy, governed] = edited(400, &[3, 5, 8]);
    let settings = Settings::new(vec![Tolerance {
        kind: ToleranceKind::FloatAbsolute { max: 0.75 },
        scope: model::Scope { column: Some("c2".to_owned()), ..model::Scope::default() },
        reason: "r".to_owned(),
    }])
    .unwrap();
    let found = agree_on([&legacy, &governed], Some(&[0]), &settings).unwrap();
    assert_eq!(found.verdict, Verdict::Tolerated);
    assert_eq!(found.differences.ledger[0].cells, 3);
}
