//! What a limit cuts through a tie is settled by the rows that it may take, and by nothing else.

use super::fixtures::{facts, ordered_by, rows, statement, tolerating};
use crate::{Answer, Memory, Request, Settings, Unwatched, WideAnswers, judge_rows, judge_ties};
use model::{
    AskedWider, CutEnd, CutKind, Failure, FailureClass, InMemory, Judgement, Rows, Scope, SqlState,
    StatementFacts, Tolerance, ToleranceKind, Verdict, Wider, Window,
};
use proptest::prelude::*;

type Table = Vec<[i32; 3]>;

fn in_memory(table: &[[i32; 3]]) -> InMemory {
    let batch = rows(table);
    let half = batch.num_rows() / 2;
    let rest = batch.num_rows() - half;
    InMemory::new(batch.schema(), vec![batch.slice(0, half), batch.slice(half, rest)]).unwrap()
}

fn window(skipped: u64, taken: u64) -> Window {
    Window { skipped, taken: Some(taken) }
}

fn limited(facts: StatementFacts, window: Window) -> StatementFacts {
    StatementFacts { limited: true, skips: window.skipped > 0, ..facts }
}

/// What a side answers: to the statement, and to the wider one.
type Answers<'a> = [&'a [[i32; 3]]; 2];

/// The judgement before and after both sides were asked for more.
fn judged_under(
    facts: &StatementFacts,
    wider: Wider,
    [legacy, governed]: [Answers<'_>; 2],
    settings: &Settings,
) -> [Judgement; 2] {
    let facts = limited(facts.clone(), wider.window);
    let memory = Memory::default();
    let request = Request { statement: statement(&facts), key: None, memory, watch: &Unwatched };
    let [legacy, governed] = [legacy, governed].map(|answers| answers.map(in_memory));
    let sides: [&dyn Rows; 2] = [&legacy[0], &governed[0]];
    let first = judge_rows(request, sides, settings);
    let answers = WideAnswers {
        cut: [Answer::Rows(&legacy[0]), Answer::Rows(&governed[0])],
        wide: [Answer::Rows(&legacy[1]), Answer::Rows(&governed[1])],
        wider,
    };
    [first.clone(), judge_ties(request, first, answers, settings)]
}

fn judged(facts: &StatementFacts, wider: Wider, sides: [Answers<'_>; 2]) -> Judgement {
    let [_, settled] = judged_under(facts, wider, sides, &tolerating(&[]));
    settled
}

fn asked(judgement: &Judgement) -> &AskedWider {
    judgement.differences.cut.as_ref().unwrap().asked.as_ref().unwrap()
}

fn reason(judgement: &Judgement) -> &str {
    judgement.verdict.reason().unwrap_or_else(|| panic!("{judgement:?}"))
}

/// Five rows, of which the statement takes three: the last is one of three ties.
const ALL: [[i32; 3]; 5] = [[1, 1, 0], [2, 2, 0], [3, 3, 0], [3, 4, 0], [3, 5, 0]];

fn by_first() -> StatementFacts {
    ordered_by(&[Some(0)])
}

fn five() -> Wider {
    window(0, 3).wider(7, 100).unwrap()
}

#[test]
fn other_rows_of_one_tie_match() {
    let found = judged(
        &by_first(),
        five(),
        [
            [&[ALL[0], ALL[1], ALL[2]], &ALL],
            [&[ALL[0], ALL[1], ALL[4]], &[ALL[0], ALL[1], ALL[4], ALL[3], ALL[2]]],
        ],
    );
    assert_eq!(found.verdict, Verdict::Match);
    assert!(found.differences.notes[0].starts_with("each side chose other rows of the same tie"));
    let AskedWider { end, legacy_rows, governed_rows, legacy_tied, governed_tied, .. } =
        asked(&found).clone();
    assert_eq!(end, CutEnd::Seen);
    assert_eq!((legacy_rows, governed_rows), (Some(5), Some(5)));
    assert_eq!((legacy_tied, governed_tied), (Some(3), Some(3)));
    assert_eq!(found.differences.missing_rows + found.differences.extra_rows, 0);
}

#[test]
fn another_row_in_the_tie_is_a_mismatch_with_the_rows_that_differ() {
    let other = [ALL[0], ALL[1], [3, 9, 0], ALL[3], ALL[2]];
    let found = judged(&by_first(), five(), [[&ALL[..3], &ALL], [&other[..3], &other]]);
    assert_eq!(found.verdict, Verdict::Mismatch);
    assert_eq!((found.differences.legacy_rows, found.differences.changed_rows), (5, 1));
    assert!(found.differences.notes[0].contains("asked again for 10 rows"), "{found:?}");
    // A tie with more rows on one side, too.
    let more = [&ALL[..], &[[3, 5, 0]]].concat();
    let cut = [ALL[0], ALL[1], ALL[4]];
    let found = judged(&by_first(), five(), [[&ALL[..3], &ALL], [&cut, &more]]);
    assert_eq!(found.verdict, Verdict::Mismatch);
}

#[test]
fn what_is_outside_of_the_ties_at_the_cut_is_not_compared() {
    // Another row behind the tie, and another one before the tie at which the answer begins.
    let legacy = [[1, 1, 0], [2, 2, 0], [2, 3, 0], [3, 3, 0], [3, 4, 0], [4, 1, 0]];
    let governed = [[1, 9, 0], [2, 3, 0], [2, 2, 0], [3, 4, 0], [3, 3, 0], [4, 9, 0]];
    let wider = window(2, 2).wider(96, 100).unwrap();
    let sides = [[&legacy[2..4], &legacy[..]], [&governed[2..4], &governed[..]]];
    let [first, settled] = judged_under(&by_first(), wider, sides, &tolerating(&[]));
    assert!(reason(&first).starts_with("OFFSET and LIMIT cut through ties"), "{first:?}");
    assert_eq!(settled.verdict, Verdict::Match);
    assert_eq!(settled.differences.legacy_rows, 4);
}

#[test]
fn a_tie_that_goes_on_needs_more_rows() {
    let wider = window(0, 3).wider(2, 100).unwrap();
    let cut = [ALL[0], ALL[1], ALL[3]];
    let found = judged(&by_first(), wider, [[&ALL[..3], &ALL], [&cut, &ALL]]);
    assert!(
        reason(&found)
            .ends_with("both sides were asked again for 5 rows: the tie goes on behind them"),
        "{found:?}"
    );
    assert_eq!(asked(&found).end, CutEnd::Beyond);
    assert!(found.differences.cut.unwrap().needs_more());
    // The next key ends it, although no fewer rows came than were asked for.
    let wider = window(0, 3).wider(3, 100).unwrap();
    let six = [&ALL[..], &[[4, 0, 0]]].concat();
    let found = judged(&by_first(), wider, [[&ALL[..3], &six], [&cut, &six]]);
    assert_eq!(found.verdict, Verdict::Match);
}

#[test]
fn a_first_answer_that_is_no_choice_is_no_match() {
    for cut in [
        // A row that is not there, one twice, and one of them that was left out above the cut.
        [ALL[0], ALL[1], [3, 9, 0]],
        [ALL[0], [3, 3, 0], [3, 4, 0]],
        [ALL[1], ALL[2], ALL[3]],
    ] {
        for sides in [[[&cut[..], &ALL], [&ALL[..3], &ALL]], [[&ALL[..3], &ALL], [&cut, &ALL]]] {
            let found = judged(&by_first(), five(), sides);
            assert!(!matches!(found.verdict, Verdict::Match | Verdict::Tolerated), "{found:?}");
        }
    }
    let invented = [ALL[0], ALL[1], [3, 9, 0]];
    let found = judged(&by_first(), five(), [[&ALL[..3], &ALL], [&invented, &ALL]]);
    let said = "the governed side gave other rows when it was asked again";
    assert!(reason(&found).ends_with(said), "{found:?}");
    assert!(!found.differences.cut.unwrap().needs_more());
}

#[test]
fn without_an_order_all_rows_are_tied() {
    let (legacy, governed) = (&ALL, [ALL[4], ALL[3], ALL[2], ALL[1], ALL[0]]);
    let sides = [[&legacy[..3], &legacy[..]], [&governed[..3], &governed[..]]];
    let found = judged(&facts(), five(), sides);
    assert_eq!((&found.verdict, asked(&found).legacy_tied), (&Verdict::Match, Some(5)));
    assert_eq!(found.differences.cut.as_ref().unwrap().kind, CutKind::Unordered);
    let wider = window(0, 3).wider(2, 100).unwrap();
    assert_eq!(asked(&judged(&facts(), wider, sides)).end, CutEnd::Beyond);
    let wrong = [ALL[4], ALL[3], [7, 7, 7], ALL[1], ALL[0]];
    let found = judged(&facts(), five(), [sides[0], [&wrong[..3], &wrong]]);
    assert_eq!(found.verdict, Verdict::Mismatch);
}

#[test]
fn what_is_skipped_alone_is_a_cut_too() {
    let facts = by_first();
    let wider = Window { skipped: 1, taken: None }.wider(0, 0).unwrap();
    let legacy = [[1, 1, 0], [1, 2, 0], [2, 1, 0]];
    let governed = [[1, 2, 0], [1, 1, 0], [2, 1, 0]];
    let sides = [[&legacy[1..], &legacy[..]], [&governed[1..], &governed[..]]];
    let [first, settled] = judged_under(&facts, wider, sides, &tolerating(&[]));
    assert!(reason(&first).starts_with("OFFSET cuts through a tie"), "{first:?}");
    assert_eq!(settled.verdict, Verdict::Match);
    assert!(settled.differences.notes[0].contains("asked again for all rows"));
}

#[test]
fn a_key_that_is_not_in_the_output_hides_the_ties() {
    for keys in [&[None][..], &[Some(0), None]] {
        let facts = ordered_by(keys);
        let cut = [ALL[0], ALL[1], ALL[3]];
        let sides = [[&ALL[..3], &ALL[..]], [&cut, &ALL]];
        let [first, settled] = judged_under(&facts, five(), sides, &tolerating(&[]));
        assert_eq!(first.differences.cut.as_ref().unwrap().kind, CutKind::Hidden);
        assert_eq!(first, settled);
    }
}

#[test]
fn open_values_stay_open() {
    let facts = StatementFacts {
        volatile: vec!["random()".to_owned()],
        volatile_columns: Some(vec![2]),
        ..by_first()
    };
    let cut = [ALL[0], ALL[1], ALL[3]];
    let sides = [[&ALL[..3], &ALL[..]], [&cut, &ALL]];
    let [first, settled] = judged_under(&facts, five(), sides, &tolerating(&[]));
    assert!(first.differences.cut.is_none() && first.verdict.reason().is_some(), "{first:?}");
    assert_eq!(first, settled);
}

#[test]
fn tolerances_hold_for_the_rows_that_may_be_taken() {
    let within = |columns: &[&str]| {
        let tolerance = |column: &&str| Tolerance {
            kind: ToleranceKind::DecimalAbsolute { max: 1.0 },
            scope: Scope { column: Some((*column).to_owned()), ..Scope::default() },
            reason: "test".to_owned(),
        };
        Settings::new(columns.iter().map(tolerance).collect()).unwrap()
    };
    let settled = |by: i32, settings: &Settings| {
        let mut governed = [[1, 1, 0], [20, 2, 0], [30, 3, 0], [30, 14, 0], [30, 25, 0]];
        let legacy = governed;
        governed[4][1] += by;
        let cut = [governed[0], governed[1], governed[4]];
        let sides = [[&legacy[..3], &legacy[..]], [&cut, &governed]];
        let [first, settled] = judged_under(&by_first(), five(), sides, settings);
        assert!(first.verdict.reason().is_some(), "{first:?}");
        settled
    };
    for settings in [within(&["c1"]), within(&["c0", "c1"])] {
        let found = settled(1, &settings);
        assert_eq!(found.verdict, Verdict::Tolerated);
        assert_eq!(found.differences.ledger[0].cells, 1);
    }
    assert_eq!(settled(9, &within(&["c1"])).verdict, Verdict::Mismatch);
    // Where the key itself has a tolerance it is not sure which rows are tied.
    let found = settled(9, &within(&["c0", "c1"]));
    assert!(reason(&found).contains("a tolerance of an order key"), "{found:?}");
}

#[test]
fn a_side_that_fails_then_tells_nothing() {
    let facts = limited(by_first(), window(0, 3));
    let memory = Memory::default();
    let request = Request { statement: statement(&facts), key: None, memory, watch: &Unwatched };
    let settings = tolerating(&[]);
    let (legacy, governed) = (in_memory(&ALL[..3]), in_memory(&[ALL[0], ALL[1], ALL[4]]));
    let first = judge_rows(request, [&legacy, &governed], &settings);
    let failure = Failure {
        class: FailureClass::Resource,
        sqlstate: SqlState::QUERY_CANCELED,
        message: "too slow".to_owned(),
        code: None,
        position: None,
    };
    let wide = in_memory(&ALL);
    let answers = WideAnswers {
        cut: [Answer::Rows(&legacy), Answer::Rows(&governed)],
        wide: [Answer::Rows(&wide), Answer::Failed(&failure)],
        wider: five(),
    };
    let found = judge_ties(request, first.clone(), answers, &settings);
    assert!(reason(&found).ends_with("the governed side failed: too slow (SQLSTATE 57014)"));
    assert_eq!(asked(&found).end, CutEnd::Unknown);
    assert_eq!((asked(&found).legacy_rows, asked(&found).governed_rows), (Some(5), None));
    // Any other judgement is given back.
    let matched = Judgement { verdict: Verdict::Match, ..first };
    assert_eq!(judge_ties(request, matched.clone(), answers, &settings), matched);
}

#[test]
fn values_that_are_sorted_as_equal_are_no_mismatch() {
    // As by a collation that takes 3 for 4: the groups by value end elsewhere on each side.
    let legacy = [[1, 1, 0], [3, 1, 0], [4, 1, 0], [3, 2, 0], [5, 0, 0]];
    let governed = [[1, 1, 0], [3, 2, 0], [3, 1, 0], [4, 1, 0], [5, 0, 0]];
    let wider = window(0, 2).wider(90, 100).unwrap();
    let found =
        judged(&by_first(), wider, [[&legacy[..2], &legacy[..]], [&governed[..2], &governed[..]]]);
    assert!(reason(&found).contains("do not stand together"), "{found:?}");
}

/// A table with many ties, two orders of it a side that keep the first column sorted, and a window.
fn generated() -> impl Strategy<Value = (Table, [Vec<u32>; 4], Window)> {
    (1_usize..14).prop_flat_map(|len| {
        let rows = proptest::collection::vec([0..3_i32, 0..3_i32, 0..2_i32], len);
        let order = || proptest::collection::vec(any::<u32>(), len);
        let orders = (order(), order(), order(), order());
        (rows, orders, 0..len as u64, 1..=len as u64)
            .prop_map(|(rows, (a, b, c, d), m, n)| (rows, [a, b, c, d], window(m, n)))
    })
}

/// The rows sorted by the first column, in any order inside of a tie.
fn sorted(table: &[[i32; 3]], order: &[u32], by_key: bool) -> Table {
    let mut rows: Vec<(i32, u32, [i32; 3])> = table
        .iter()
        .zip(order)
        .map(|(row, place)| (if by_key { row[0] } else { 0 }, *place, *row))
        .collect();
    rows.sort_by_key(|(key, place, _)| (*key, *place));
    rows.into_iter().map(|(_, _, row)| row).collect()
}

fn taken(table: &[[i32; 3]], window: Window) -> Table {
    let skipped = usize::try_from(window.skipped).unwrap();
    let taken = usize::try_from(window.taken.unwrap()).unwrap();
    table.iter().skip(skipped).take(taken).copied().collect()
}

fn first_rows(table: &[[i32; 3]], wider: Wider) -> Table {
    table.iter().take(usize::try_from(wider.asked.unwrap()).unwrap()).copied().collect()
}

/// The answers of a side that orders its rows in another way each time.
fn side(table: &[[i32; 3]], orders: [&[u32]; 2], wider: Wider, by_key: bool) -> [Table; 2] {
    let [first, again] = orders;
    [
        taken(&sorted(table, first, by_key), wider.window),
        first_rows(&sorted(table, again, by_key), wider),
    ]
}

fn both<'a>(legacy: &'a [Table; 2], governed: &'a [Table; 2]) -> [Answers<'a>; 2] {
    [[&legacy[0], &legacy[1]], [&governed[0], &governed[1]]]
}

proptest! {
    /// Two cuts of one table always agree, once all that may be taken is seen, and never differ.
    #[test]
    fn two_cuts_of_one_table_match(
        (table, [a, b, c, d], window) in generated(),
        more in 1..16_u64,
        by_key in any::<bool>(),
    ) {
        let facts = if by_key { by_first() } else { facts() };
        let wider = window.wider(more, 1_000).unwrap();
        let legacy = side(&table, [&a, &b], wider, by_key);
        let governed = side(&table, [&c, &d], wider, by_key);
        let [first, settled] =
            judged_under(&facts, wider, both(&legacy, &governed), &tolerating(&[]));
        let beyond = settled.verdict.reason().is_some();
        if beyond {
            prop_assert_eq!(asked(&settled).end, CutEnd::Beyond);
            prop_assert!(wider.asked.unwrap() <= table.len() as u64, "the tie was there in full");
        } else {
            prop_assert_eq!(&settled.verdict, &Verdict::Match, "{:?}", first);
        }
    }

    /// A row that may be taken and is another one on the governed side is a mismatch wherever the
    /// first answers differ.
    #[test]
    fn a_changed_row_in_a_tie_is_a_mismatch(
        (table, [a, b, c, d], window) in generated(),
        at in any::<prop::sample::Index>(),
        by_key in any::<bool>(),
    ) {
        let facts = if by_key { by_first() } else { facts() };
        let wider = window.wider(100, 1_000).unwrap();
        let legacy = side(&table, [&a, &b], wider, by_key);
        prop_assume!(!legacy[0].is_empty());
        let keys = [legacy[0][0][0], legacy[0][legacy[0].len() - 1][0]];
        let mut changed = table.clone();
        let at = at.index(changed.len());
        let may_be_taken = !by_key || (keys[0]..=keys[1]).contains(&changed[at][0]);
        changed[at][1] = 99;
        let governed = side(&changed, [&c, &d], wider, by_key);
        let [first, settled] =
            judged_under(&facts, wider, both(&legacy, &governed), &tolerating(&[]));
        let expected = match first.verdict {
            Verdict::Inconclusive { .. } if may_be_taken => Verdict::Mismatch,
            // The rows that were changed are out of reach of the statement.
            Verdict::Inconclusive { .. } => Verdict::Match,
            settled => settled,
        };
        prop_assert_eq!(settled.verdict, expected);
    }

    /// A first answer with a row that its side does not have, or out of order, never matches one
    /// that is right.
    #[test]
    fn a_wrong_cut_never_matches(
        (table, [a, b, c, d], window) in generated(),
        at in any::<prop::sample::Index>(),
        column in 0..3_usize,
        by_key in any::<bool>(),
    ) {
        let facts = if by_key { by_first() } else { facts() };
        let wider = window.wider(100, 1_000).unwrap();
        let legacy = side(&table, [&a, &b], wider, by_key);
        let mut governed = side(&table, [&c, &d], wider, by_key);
        prop_assume!(!governed[0].is_empty());
        let at = at.index(governed[0].len());
        governed[0][at][column] = 77;
        let sides = both(&legacy, &governed);
        for sides in [sides, [sides[1], sides[0]]] {
            let [_, settled] = judged_under(&facts, wider, sides, &tolerating(&[]));
            prop_assert!(!matches!(settled.verdict, Verdict::Match | Verdict::Tolerated));
        }
    }
}
