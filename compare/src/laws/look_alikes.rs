//! Tables that differ, and that a careless comparison takes for equal: cells that move across
//! borders, swapped halves, sums that cancel, long common beginnings. The comparison must not, and
//! careless ones, planted here, must fail: each table is there because of one of them.

use super::{
    brute::{self, Plain},
    fixtures::{batch, facts, judged},
};
use crate::Settings;
use arrow::{
    array::{ArrayRef, Float64Array, Int32Array, Int64Array, ListArray, RecordBatch, StringArray},
    datatypes::Int32Type,
};
use proptest::{prelude::*, sample::Index};
use std::{collections::BTreeMap, sync::Arc};

type Text = Option<&'static str>;

fn texts<T: AsRef<str>>(rows: &[Vec<Option<T>>]) -> RecordBatch {
    let width = rows.first().map_or(1, Vec::len);
    let column = |c: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| row[c].as_ref().map(T::as_ref)).collect::<StringArray>())
    };
    batch((0..width).map(column).collect())
}

fn words<const N: usize>(rows: &[[Text; N]]) -> RecordBatch {
    texts(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>())
}

fn ints(rows: &[[i64; 2]]) -> RecordBatch {
    let column = |c: usize| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(row[c])).collect::<Int64Array>())
    };
    batch(vec![column(0), column(1)])
}

fn floats(values: &[f64]) -> RecordBatch {
    batch(vec![Arc::new(Float64Array::from(values.to_vec()))])
}

fn lists(rows: &[[&[Option<i32>]; 2]]) -> RecordBatch {
    let column = |c: usize| -> ArrayRef {
        let rows = rows.iter().map(|row| Some(row[c].to_vec()));
        Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(rows))
    };
    batch(vec![column(0), column(1)])
}

/// Pairs of tables that differ.
fn pairs() -> Vec<(&'static str, RecordBatch, RecordBatch)> {
    let some = Some::<&'static str>;
    let mut pairs = vec![
        (
            "a border that moves",
            words(&[[some("ab"), some("c")]]),
            words(&[[some("a"), some("bc")]]),
        ),
        ("an empty cell", words(&[[some("a"), some("")]]), words(&[[some(""), some("a")]])),
        ("empty for NULL", words(&[[some(""), some("a")]]), words(&[[None, some("a")]])),
        ("a word for NULL", words(&[[some("NULL")]]), words(&[[None]])),
        ("another NULL", words(&[[None, some("a")]]), words(&[[some("a"), None]])),
        ("zero bytes", words(&[[some("\0")]]), words(&[[some("\0\0")]])),
        (
            "a zero byte at a border",
            words(&[[some("a\0"), some("b")]]),
            words(&[[some("a"), some("\0b")]]),
        ),
        ("a comma", words(&[[some("a,b"), some("c")]]), words(&[[some("a"), some("b,c")]])),
        ("a blank at the end", words(&[[some("a ")]]), words(&[[some("a")]])),
        ("another case", words(&[[some("A")]]), words(&[[some("a")]])),
        ("another normal form", words(&[[some("ä")]]), words(&[[some("a\u{308}")]])),
        ("columns of a row", ints(&[[1, 2]]), ints(&[[2, 1]])),
        ("swapped halves", ints(&[[1, 2], [3, 4]]), ints(&[[1, 4], [3, 2]])),
        ("equal sums of columns", ints(&[[1, 5], [3, 5]]), ints(&[[2, 5], [2, 5]])),
        ("equal sums of rows", ints(&[[1, 4], [2, 2]]), ints(&[[2, 3], [1, 3]])),
        ("equal halves of 64 bits", ints(&[[1 << 32, 1]]), ints(&[[1, 1 << 32]])),
        ("a sign", ints(&[[-1, 1]]), ints(&[[1, -1]])),
        ("other pairs of copies", ints(&[[1, 1], [1, 1]]), ints(&[[2, 2], [2, 2]])),
        (
            "one copy more of another",
            ints(&[[1, 1], [1, 1], [2, 2]]),
            ints(&[[1, 1], [2, 2], [2, 2]]),
        ),
        ("a copy", ints(&[[1, 1], [1, 1]]), ints(&[[1, 1]])),
        ("one row as another twice over", ints(&[[0, 0]]), ints(&[])),
        ("the sign of zero", floats(&[0.0]), floats(&[-0.0])),
        ("the last bit", floats(&[0.1]), floats(&[0.1_f64.next_up()])),
        ("a rounded value", floats(&[0.5]), floats(&[0.500_000_1])),
        (
            "NaN for NULL",
            floats(&[f64::NAN]),
            batch(vec![Arc::new(Float64Array::from(vec![None]))]),
        ),
        ("the smallest float", floats(&[f64::from_bits(1)]), floats(&[0.0])),
        (
            "an item in another list",
            lists(&[[&[Some(1)], &[Some(2)]]]),
            lists(&[[&[Some(1), Some(2)], &[]]]),
        ),
        (
            "an item in another row",
            lists(&[[&[Some(1), Some(2)], &[]], [&[], &[]]]),
            lists(&[[&[Some(1)], &[]], [&[Some(2)], &[]]]),
        ),
        ("an empty list for a NULL item", lists(&[[&[], &[]]]), lists(&[[&[None], &[]]])),
        (
            "the order of items",
            lists(&[[&[Some(1), Some(2)], &[]]]),
            lists(&[[&[Some(2), Some(1)], &[]]]),
        ),
    ];
    // Beyond the lengths at which others cut: 255, 4,000 and 65,536.
    for length in [15, 255, 256, 4_000, 65_536] {
        let long = |tail: &str| texts(&[vec![Some(format!("{}{tail}", "p".repeat(length)))]]);
        pairs.push(("a long text that ends in another way", long("a"), long("b")));
        pairs.push(("a long text with one letter more", long("p"), long("pp")));
        let first = |head: &str| texts(&[vec![Some(format!("{head}{}", "p".repeat(length)))]]);
        pairs.push(("a long text that begins in another way", first("a"), first("b")));
    }
    pairs
}

/// Rows that each side has alone.
type Compare = fn(&[Vec<Plain>], &[Vec<Plain>]) -> [usize; 2];

fn by_oracle(legacy: &[Vec<Plain>], governed: &[Vec<Plain>]) -> [usize; 2] {
    brute::alone(legacy, governed).map(|rows| rows.len())
}

/// Rows told by a text.
fn counted<'a>(
    sides: [&'a [Vec<Plain>]; 2],
    of: impl Fn(&'a [Plain]) -> String,
    add: impl Fn(&mut i64, i64),
) -> [usize; 2] {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for (rows, sign) in sides.into_iter().zip([1, -1]) {
        for row in rows {
            add(counts.entry(of(row)).or_default(), sign);
        }
    }
    let alone = |sign: i64| {
        counts.values().map(|count| usize::try_from((count * sign).max(0)).unwrap()).sum()
    };
    [alone(1), alone(-1)]
}

fn spelled(value: &Plain) -> String {
    match value {
        Plain::Null => "NULL".to_owned(),
        Plain::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn bag<'a>(sides: [&'a [Vec<Plain>]; 2], of: impl Fn(&'a [Plain]) -> String) -> [usize; 2] {
    counted(sides, of, |count, sign| *count += sign)
}

/// A row's hash that a careless comparison would use.
fn weak(text: &str) -> u64 {
    text.bytes().fold(0, |sum, byte| sum * 31 + u64::from(byte)) & 0xffff_ffff
}

/// What careless comparisons do, each with its fault.
fn careless() -> Vec<(&'static str, Compare)> {
    fn joined(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        bag([l, g], |row| row.iter().map(spelled).collect())
    }
    fn with_commas(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        bag([l, g], |row| row.iter().map(spelled).collect::<Vec<_>>().join(","))
    }
    fn cut(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        bag([l, g], |row| format!("{row:?}").chars().take(256).collect())
    }
    fn in_any_column(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        bag([l, g], |row| {
            let mut cells: Vec<_> = row.iter().map(|cell| format!("{cell:?}")).collect();
            cells.sort();
            format!("{cells:?}")
        })
    }
    fn as_a_set(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        let once = |rows: &[Vec<Plain>], others: &[Vec<Plain>]| {
            rows.iter().filter(|row| !others.contains(row)).count()
        };
        [once(l, g), once(g, l)]
    }
    fn even_copies_cancel(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        counted([l, g], |row| format!("{row:?}"), |count, _| *count = 1 - *count)
    }
    fn column_by_column(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        let width = l.first().or(g.first()).map_or(0, Vec::len);
        let of = |column: usize| {
            let cells = |rows: &[Vec<Plain>]| -> Vec<Vec<Plain>> {
                rows.iter().map(|row| vec![row[column].clone()]).collect()
            };
            by_oracle(&cells(l), &cells(g))
        };
        (0..width).map(of).fold([0, 0], |[a, b], [c, d]| [a.max(c), b.max(d)])
    }
    fn by_a_sum(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        let sum = |rows: &[Vec<Plain>]| {
            let row = |row: &Vec<Plain>| {
                row.iter()
                    .map(|cell| {
                        if let Plain::Exact(_) = cell { number(cell) } else { weak(&spelled(cell)) }
                    })
                    .sum::<u64>()
            };
            rows.iter().map(row).fold(0_u64, u64::wrapping_add)
        };
        if l.len() == g.len() && sum(l) == sum(g) { [0, 0] } else { by_oracle(l, g) }
    }
    fn number(cell: &Plain) -> u64 {
        // `Exact(Digits { negative: false, kept: "12", exponent: 0 })`.
        let text = format!("{cell:?}");
        text.split('"').nth(1).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }
    fn null_is_empty(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        bag([l, g], |row| format!("{row:?}").replace("Null", "Text(\"\")"))
    }
    fn rounded(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        let cell = |cell: &Plain| match cell {
            Plain::Float(value, _) => format!("{value:.6}"),
            other => format!("{other:?}"),
        };
        bag([l, g], |row| row.iter().map(cell).collect::<Vec<_>>().join("|"))
    }
    fn zeros_alike(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        let cell = |cell: &Plain| match cell {
            Plain::Float(value, _) => format!("{:?}", value + 0.0),
            other => format!("{other:?}"),
        };
        bag([l, g], |row| row.iter().map(cell).collect::<Vec<_>>().join("|"))
    }
    fn trimmed(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        bag([l, g], |row| {
            let cells: Vec<_> = row.iter().map(|c| spelled(c).trim_end().to_owned()).collect();
            format!("{cells:?}")
        })
    }
    fn in_lower_case(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        bag([l, g], |row| format!("{row:?}").to_lowercase())
    }
    fn lists_as_bags(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        let cell = |cell: &Plain| match cell {
            Plain::List(items) => {
                let mut items: Vec<_> = items.iter().map(|item| format!("{item:?}")).collect();
                items.sort();
                format!("{items:?}")
            }
            other => format!("{other:?}"),
        };
        bag([l, g], |row| row.iter().map(cell).collect::<Vec<_>>().join("|"))
    }
    fn counts_alone(l: &[Vec<Plain>], g: &[Vec<Plain>]) -> [usize; 2] {
        [l.len().saturating_sub(g.len()), g.len().saturating_sub(l.len())]
    }
    vec![
        ("joins cells without borders", joined),
        ("joins cells with commas", with_commas),
        ("cuts rows at 256 characters", cut),
        ("forgets which column a cell has", in_any_column),
        ("forgets copies", as_a_set),
        ("lets two copies cancel", even_copies_cancel),
        ("forgets which row a cell has", column_by_column),
        ("adds numbers up", by_a_sum),
        ("takes NULL for the empty text", null_is_empty),
        ("rounds floats", rounded),
        ("takes zeros for alike", zeros_alike),
        ("trims texts", trimmed),
        ("ignores case", in_lower_case),
        ("ignores the order of items", lists_as_bags),
        ("counts rows alone", counts_alone),
    ]
}

/// The rows that the comparison says each side has alone.
fn ours(legacy: &RecordBatch, governed: &RecordBatch) -> [usize; 2] {
    let found = judged(&facts(), legacy, governed, &Settings::new(vec![]).unwrap());
    assert_eq!(found.verdict.reason(), None);
    let found = found.differences;
    [found.missing_rows + found.changed_rows, found.extra_rows + found.changed_rows]
        .map(|count| usize::try_from(count).unwrap())
}

#[test]
fn look_alikes_differ() {
    for (what, legacy, governed) in pairs() {
        let expected = by_oracle(&brute::rows(&legacy), &brute::rows(&governed));
        assert_ne!(expected, [0, 0], "{what}");
        assert_eq!(ours(&legacy, &governed), expected, "{what}");
        let [gone, came] = expected;
        assert_eq!(ours(&governed, &legacy), [came, gone], "{what}");
        assert_eq!(ours(&legacy, &legacy), [0, 0], "{what}");
    }
}

#[test]
fn every_careless_comparison_is_caught() {
    let pairs = pairs();
    for (fault, compare) in careless() {
        let caught = pairs.iter().any(|(_, legacy, governed)| {
            let (l, g) = (brute::rows(legacy), brute::rows(governed));
            compare(&l, &g) != by_oracle(&l, &g)
        });
        assert!(caught, "a comparison that {fault} is not caught");
    }
}

/// What is done to rows of texts so that they look alike.
#[derive(Debug, Clone)]
enum Trick {
    /// The last letter of a cell goes to the front of the next.
    MoveBorder(Index, Index),
    /// The cells of a row turn.
    Turn(Index, usize),
    /// Two rows swap their first cells.
    SwapHalves(Index, Index, usize),
    /// A row becomes a copy of another.
    Copy(Index, Index),
    /// NULL goes to the next cell.
    MoveNull(Index),
}

type Cells = Vec<Option<String>>;

fn play(trick: &Trick, rows: &mut [Cells]) {
    match trick {
        Trick::MoveBorder(row, column) => {
            let row = row.get_mut(rows);
            let column = column.index(row.len() - 1);
            if let Some(letter) = row[column].as_mut().and_then(String::pop) {
                let next = row[column + 1].get_or_insert_default();
                next.insert(0, letter);
            }
        }
        Trick::Turn(row, by) => {
            let row = row.get_mut(rows);
            let width = row.len();
            row.rotate_left(by % width);
        }
        Trick::SwapHalves(a, b, cells) => {
            let (a, b) = (a.index(rows.len()), b.index(rows.len()));
            for column in 0..cells % rows[a].len() {
                let cell = std::mem::take(&mut rows[a][column]);
                rows[a][column] = std::mem::replace(&mut rows[b][column], cell);
            }
        }
        Trick::Copy(a, b) => {
            let copy = b.get(rows).clone();
            *a.get_mut(rows) = copy;
        }
        Trick::MoveNull(row) => {
            let row = row.get_mut(rows);
            if let Some(column) = row.iter().position(Option::is_none) {
                let width = row.len();
                row.swap(column, (column + 1) % width);
            }
        }
    }
}

fn tricked() -> impl Strategy<Value = (Vec<Cells>, Vec<Trick>)> {
    let cell = prop_oneof![
        Just(None),
        "[ab]{0,3}".prop_map(Some),
        // More than what a view holds by itself.
        "p{14}[ab]{1,2}".prop_map(Some),
    ];
    let rows = (2..4_usize).prop_flat_map(move |width| {
        proptest::collection::vec(proptest::collection::vec(cell.clone(), width), 1..7)
    });
    let index = any::<Index>;
    let trick = prop_oneof![
        (index(), index()).prop_map(|(r, c)| Trick::MoveBorder(r, c)),
        (index(), 1..3_usize).prop_map(|(r, by)| Trick::Turn(r, by)),
        (index(), index(), 1..3_usize).prop_map(|(a, b, n)| Trick::SwapHalves(a, b, n)),
        (index(), index()).prop_map(|(a, b)| Trick::Copy(a, b)),
        index().prop_map(Trick::MoveNull),
    ];
    (rows, proptest::collection::vec(trick, 1..4))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn tricks_are_seen_through((rows, tricks) in tricked()) {
        let mut other = rows.clone();
        for trick in &tricks {
            play(trick, &mut other);
        }
        other.reverse();
        let (legacy, governed) = (texts(&rows), texts(&other));
        let expected = by_oracle(&brute::rows(&legacy), &brute::rows(&governed));
        prop_assert_eq!(ours(&legacy, &governed), expected);
    }

    /// The same with numbers, whose words are hashed side by side.
    #[test]
    fn numbers_in_other_columns_are_seen(
        rows in proptest::collection::vec(proptest::array::uniform3(0..3_i32), 1..7),
        a: Index, b: Index, column in 0..3_usize, by in 0..3_usize,
    ) {
        let mut other = rows.clone();
        let (a, b) = (a.index(rows.len()), b.index(rows.len()));
        (other[a][column], other[b][column]) = (rows[b][column], rows[a][column]);
        other[a].rotate_left(by);
        let table = |rows: &[[i32; 3]]| {
            let column = |c: usize| -> ArrayRef {
                Arc::new(rows.iter().map(|row| Some(row[c])).collect::<Int32Array>())
            };
            batch((0..3).map(column).collect())
        };
        let (legacy, governed) = (table(&rows), table(&other));
        let expected = by_oracle(&brute::rows(&legacy), &brute::rows(&governed));
        prop_assert_eq!(ours(&legacy, &governed), expected);
    }
}
