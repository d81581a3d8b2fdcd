//! What every test of a cause does.

use super::{
    ORDERS,
    collector::Collector,
    order::{Keys, OrderCause},
};
use crate::{kind::Meet, number::Number, value::Value};
use model::Cause;

/// Two values of a cell.
pub(crate) type Cells<'v> = Vec<(Value<'v>, Value<'v>)>;

/// The causes of these changed cells of a column `x`. Holds the laws that hold for any cells: no
/// cell counts twice, and with the sides swapped the same causes explain the same cells.
pub(crate) fn causes(cells: &Cells<'_>) -> Vec<Cause> {
    let run = |swapped: bool| {
        let meet = meet(cells);
        let mut collector = Collector::of(0, "x", &meet);
        for (a, b) in cells {
            if swapped {
                collector.note(b, a);
            } else {
                collector.note(a, b);
            }
        }
        collector.finish()
    };
    let (found, mirrored) = (run(false), run(true));
    let counts = |causes: &[Cause]| {
        causes.iter().map(|cause| (cause.code.clone(), cause.cells)).collect::<Vec<_>>()
    };
    assert_eq!(counts(&found), counts(&mirrored), "{found:#?} {mirrored:#?}");
    assert!(found.iter().map(|cause| cause.cells).sum::<u64>() <= cells.len() as u64);
    for (cause, other) in found.iter().zip(&mirrored) {
        // What names both sides may name them in another order.
        let is_mirror = |a: &str, b: &str| {
            swap_sides(a) == b || turn(a) == b || sorted_words(&swap_sides(a)) == sorted_words(b)
        };
        assert!(is_mirror(&cause.parameter, &other.parameter), "{cause:#?} {other:#?}");
        assert!(is_mirror(&cause.sentence, &other.sentence), "{cause:#?} {other:#?}");
    }
    found
}

fn swap(text: &str, (a, b): (&str, &str)) -> String {
    text.replace(a, "\u{1}").replace(b, a).replace('\u{1}', b)
}

fn sorted_words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split([' ', ',']).collect();
    words.sort_unstable();
    words
}

/// Legacy for governed: what swapping the sides does to a text that names the strange one.
fn swap_sides(text: &str) -> String {
    swap(text, ("legacy", "governed"))
}

/// Later for earlier: what it does to a text that always speaks of the governed side.
fn turn(text: &str) -> String {
    let words = [("later", "earlier"), ("more", "less"), ("large on", "small on"), ("10^-", "10^")];
    let turned = words.into_iter().fold(text.to_owned(), |text, pair| swap(&text, pair));
    if turned.starts_with(['+', '-']) { swap(&turned, ("+", "-")) } else { turned }
}

/// Code, parameter and cells of the causes.
pub(crate) fn told(cells: &Cells<'_>) -> Vec<(String, String, u64)> {
    causes(cells).into_iter().map(|cause| (cause.code, cause.parameter, cause.cells)).collect()
}

/// Are these the causes, and is no other?
#[track_caller]
pub(crate) fn assert_told(cells: &Cells<'_>, expected: &[(&str, &str, u64)]) {
    let found = told(cells);
    let found: Vec<_> = found.iter().map(|(c, p, n)| (c.as_str(), p.as_str(), *n)).collect();
    assert_eq!(found, expected);
}

/// The code explains none of these cells.
#[track_caller]
pub(crate) fn assert_silent(code: &str, cells: &Cells<'_>) {
    for cell in cells {
        let found = told(&vec![cell.clone()]);
        assert!(found.iter().all(|(c, ..)| c != code), "{cell:?}: {found:?}");
    }
}

pub(crate) fn number(text: &str) -> Value<'static> {
    Value::Number(Number::parse(text).unwrap())
}

/// Pairs of exact numbers.
pub(crate) fn numbers(cells: &[(&str, &str)]) -> Cells<'static> {
    cells.iter().map(|(a, b)| (number(a), number(b))).collect()
}

pub(crate) fn floats(cells: &[(f64, f64)]) -> Cells<'static> {
    cells.iter().map(|(a, b)| (Value::Float(*a), Value::Float(*b))).collect()
}

pub(crate) fn ints(cells: &[(i128, i128)]) -> Cells<'static> {
    cells.iter().map(|(a, b)| (Value::Int(*a), Value::Int(*b))).collect()
}

pub(crate) fn texts<'v>(cells: &[(&'v str, &'v str)]) -> Cells<'v> {
    cells.iter().map(|(a, b)| (Value::Text(a), Value::Text(b))).collect()
}

fn meet(cells: &Cells<'_>) -> Meet {
    match cells.first() {
        Some((Value::Text(_), _)) => Meet::Text,
        Some((Value::List(_), _)) => Meet::List(Box::new(Meet::Text)),
        _ => Meet::Number,
    }
}

/// The cause why an order key has these values on the legacy side and those on the governed one.
pub(crate) fn ordered_values(
    legacy: &[Value<'_>],
    governed: &[Value<'_>],
    descending: bool,
) -> Option<Cause> {
    let rows = legacy.iter().zip(governed).filter(|(a, b)| a != b).count() as u64;
    let keys = Keys {
        name: "x",
        descending,
        values: [legacy.to_vec(), governed.to_vec()],
        starts: vec![0],
        rows,
    };
    let first = |cause: &&OrderCause| Some((cause.find)(&keys)?.cause(&cause.about));
    if rows == 0 { None } else { ORDERS.iter().find_map(first) }
}

/// The same of texts.
pub(crate) fn ordered(
    legacy: &[&'static str],
    governed: &[&'static str],
    descending: bool,
) -> Option<Cause> {
    let texts = |all: &[&'static str]| all.iter().map(|text| Value::Text(text)).collect::<Vec<_>>();
    ordered_values(&texts(legacy), &texts(governed), descending)
}
