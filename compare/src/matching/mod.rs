//! Matches rows of the residue that differ only within tolerances.
//!
//! Rows are grouped by their exact columns and by what a tolerance never bridges in the others
//! (NULL, NaN, the infinities). Inside a group one inexact column is matched greedily on sorted
//! values, which is optimal there; several by a maximum bipartite matching whose work is bounded.
//! Rows that are exactly equal have been cancelled before: exact equality goes before tolerance.

mod bipartite;
mod line;

pub(crate) use bipartite::Checks;

use crate::{
    kind::Meet,
    number::{Exact, Number},
    shape::Column,
    table::Table,
    tolerances::compare_cells,
    value::{Instant, Value},
};
use std::{cmp::Ordering, ops::Range};

/// Rows matched within tolerances, and what is left.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Matched {
    /// Pairs of legacy and governed row.
    pub(crate) pairs: Vec<(usize, usize)>,
    pub(crate) legacy: Vec<usize>,
    pub(crate) governed: Vec<usize>,
    /// How many more pairs an unbounded search might have found, at most.
    pub(crate) unproven: usize,
}

/// One row of the residue, ready for matching.
struct Row<'t> {
    /// What must be equal.
    key: Vec<u8>,
    /// Canonical bytes of the rest: makes the outcome independent of the order of rows.
    rest: Vec<u8>,
    number: usize,
    /// Values of the inexact columns.
    cells: Vec<Value<'t>>,
}

/// Matches the residue. Without an inexact column nothing can match.
pub(crate) fn match_residue(
    (legacy, legacy_rows): (&Table, Vec<usize>),
    (governed, governed_rows): (&Table, Vec<usize>),
    columns: &[Column<'_>],
    checks: &mut Checks,
) -> Result<Matched, String> {
    let inexact: Vec<_> = columns.iter().filter(|column| !column.is_exact()).collect();
    if inexact.is_empty() || legacy_rows.is_empty() || governed_rows.is_empty() {
        let (legacy, governed) = (legacy_rows, governed_rows);
        return Ok(Matched { legacy, governed, ..Matched::default() });
    }
    let left = rows(legacy, &legacy_rows, columns, &inexact)?;
    let right = rows(governed, &governed_rows, columns, &inexact)?;
    let mut matched = Matched::default();
    let mut left = left.chunk_by(|a, b| a.key == b.key).peekable();
    let mut right = right.chunk_by(|a, b| a.key == b.key).peekable();
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some([a, ..]), Some([b, ..])) => a.key.cmp(&b.key),
            (Some(_), _) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let a = if order == Ordering::Greater { None } else { left.next() };
        let b = if order == Ordering::Less { None } else { right.next() };
        match_group(a.unwrap_or_default(), b.unwrap_or_default(), &inexact, checks, &mut matched);
    }
    matched.pairs.sort_unstable();
    matched.legacy.sort_unstable();
    matched.governed.sort_unstable();
    Ok(matched)
}

fn rows<'t>(
    table: &'t Table,
    numbers: &[usize],
    columns: &[Column<'_>],
    inexact: &[&Column<'_>],
) -> Result<Vec<Row<'t>>, String> {
    let mut rows = Vec::with_capacity(numbers.len());
    for &number in numbers {
        let mut row = Row { key: Vec::new(), rest: Vec::new(), number, cells: Vec::new() };
        let exact = columns.iter().filter(|column| column.is_exact());
        table.encode_row(number, exact, &mut row.key)?;
        table.encode_row(number, inexact.iter().copied(), &mut row.rest)?;
        for column in inexact {
            let value = table.value(number, column.index)?;
            row.key.push(class(&value));
            row.cells.push(value);
        }
        rows.push(row);
    }
    rows.sort_by(|a, b| a.key.cmp(&b.key).then_with(|| a.rest.cmp(&b.rest)));
    Ok(rows)
}

/// What no tolerance bridges: a finite value never meets NULL, NaN or an infinity.
fn class(value: &Value<'_>) -> u8 {
    const FINITE: u8 = 0;
    let of_float = |value: f64| match value {
        value if value.is_nan() => 2,
        f64::INFINITY => 3,
        f64::NEG_INFINITY => 4,
        _ => FINITE,
    };
    match value {
        Value::Null => 1,
        Value::Float(value) => of_float(*value),
        Value::Single(value) => of_float(f64::from(*value)),
        Value::Number(Number::NaN) => 2,
        Value::Number(Number::Infinity) => 3,
        Value::Number(Number::NegativeInfinity) => 4,
        value => match value.as_instant() {
            Some(Instant::Infinity) => 3,
            Some(Instant::NegativeInfinity) => 4,
            _ => FINITE,
        },
    }
}

/// Where a value lies on the line of its column. Values of one class and column are comparable.
#[derive(Debug, Clone)]
enum Position {
    /// NULL, NaN or an infinity, all alike within a class.
    Alike,
    Float(f64),
    Number(Exact),
    Nanos(i128),
}

impl Position {
    fn of(value: &Value<'_>, meet: &Meet) -> Self {
        if let (Some(float), Meet::Float) = (value.as_float(), meet) {
            return Self::Float(float);
        }
        let number = value.as_number().or_else(|| value.as_float().map(Number::from_f64));
        match (number, value, value.as_instant()) {
            (Some(Number::Finite(exact)), ..) => Self::Number(exact),
            (_, Value::Time(nanos), _) => Self::Nanos(i128::from(*nanos)),
            (.., Some(Instant::At(nanos))) => Self::Nanos(nanos),
            _ => Self::Alike,
        }
    }

    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Nanos(a), Self::Nanos(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}

/// Do the values of this meet lie on a line?
fn is_scalar(meet: &Meet) -> bool {
    let off_line = matches!(meet, Meet::Text | Meet::Json);
    !off_line && !matches!(meet, Meet::List(_) | Meet::Struct(_) | Meet::Map(..))
}

fn match_group(
    left: &[Row<'_>],
    right: &[Row<'_>],
    inexact: &[&Column<'_>],
    checks: &mut Checks,
    matched: &mut Matched,
) {
    let compatible = |l: usize, g: usize| match (left.get(l), right.get(g)) {
        (Some(a), Some(b)) => a.cells.iter().zip(&b.cells).zip(inexact).all(|((x, y), column)| {
            !compare_cells(x, y, &column.meet, &column.rules).is_different()
        }),
        _ => false,
    };
    let (partners, complete) = match (left, right, inexact) {
        ([], _, _) | (_, [], _) => (vec![None; left.len()], true),
        ([_], [_], _) => (vec![compatible(0, 0).then_some(0)], true),
        (_, _, [only]) if is_scalar(&only.meet) => (
            line::match_line(&positions(left, 0, only), &positions(right, 0, only), compatible),
            true,
        ),
        _ => {
            let (order, windows) = windows(left, right, inexact);
            let in_order = |l: usize, g: usize| order.get(g).is_some_and(|&g| compatible(l, g));
            let found = bipartite::maximum(&windows, right.len(), checks, in_order);
            let partners = found
                .partners
                .into_iter()
                .map(|partner| partner.and_then(|g| order.get(g).copied()))
                .collect();
            (partners, found.complete)
        }
    };
    let mut taken = vec![false; right.len()];
    let mut left_over = 0;
    for (row, partner) in left.iter().zip(partners) {
        if let Some((other, taken)) = partner.and_then(|g| Some((right.get(g)?, taken.get_mut(g)?)))
        {
            *taken = true;
            matched.pairs.push((row.number, other.number));
        } else {
            left_over += 1;
            matched.legacy.push(row.number);
        }
    }
    let free = right.iter().zip(&taken).filter(|(_, taken)| !**taken);
    let before = matched.governed.len();
    matched.governed.extend(free.map(|(row, _)| row.number));
    if !complete {
        matched.unproven += left_over.min(matched.governed.len() - before);
    }
}

fn positions(rows: &[Row<'_>], cell: usize, column: &Column<'_>) -> Vec<Position> {
    let of = |row: &Row<'_>| {
        row.cells.get(cell).map_or(Position::Alike, |value| Position::of(value, &column.meet))
    };
    rows.iter().map(of).collect()
}

/// Orders the governed rows by the inexact column that leaves the fewest candidates, and gives for
/// each legacy row the range of that order outside which nothing can match.
fn windows(
    left: &[Row<'_>],
    right: &[Row<'_>],
    inexact: &[&Column<'_>],
) -> (Vec<usize>, Vec<Range<usize>>) {
    let everything = 0..right.len();
    let mut best = ((0..right.len()).collect(), vec![everything; left.len()]);
    let mut fewest = left.len().saturating_mul(right.len());
    for (cell, column) in inexact.iter().enumerate().filter(|(_, c)| is_scalar(&c.meet)) {
        let places = positions(right, cell, column);
        let mut order: Vec<usize> = (0..right.len()).collect();
        let place = |g: &usize| places.get(*g).unwrap_or(&Position::Alike);
        order.sort_by(|a, b| place(a).order(place(b)));
        let near = |l: &Row<'_>, g: &usize| {
            let cells = l.cells.get(cell).zip(right.get(*g).and_then(|row| row.cells.get(cell)));
            cells.is_some_and(|(a, b)| {
                !compare_cells(a, b, &column.meet, &column.rules).is_different()
            })
        };
        let ranges: Vec<_> = left
            .iter()
            .zip(positions(left, cell, column))
            .map(|(row, at)| {
                // Partners are an interval around the value, so both ends can be searched for.
                let below = |g: &usize| place(g).order(&at) == Ordering::Less;
                let start = order.partition_point(|g| below(g) && !near(row, g));
                let end = order.partition_point(|g| below(g) || near(row, g));
                start..end.max(start)
            })
            .collect();
        let candidates = ranges.iter().map(ExactSizeIterator::len).sum();
        if candidates < fewest {
            fewest = candidates;
            best = (order, ranges);
        }
    }
    best
}
