//! Matches rows of the residue that differ only within tolerances.
//!
//! Rows are grouped by their exact columns and by the group keys of the others: the bytes of the
//! normal form where rules say which values are one value, which settles the column, and else what no
//! rule bridges (NULL, NaN, the infinities). Inside a group, where columns are still open, one column
//! on a line is matched greedily on sorted values, which is optimal there; others by a maximum
//! bipartite matching whose work is bounded, which tries likely pairs first. Rows that are exactly
//! equal have been cancelled before: exact equality goes before tolerance.

mod bipartite;
mod line;

pub(crate) use bipartite::{Checks, maximum};
pub(crate) use line::match_line;

use crate::{
    align,
    hash::{HashKey, RowHasher, halves},
    paired::{Paired, UnequalCells},
    position::Position,
    shape::Column,
    table::Table,
    tolerances::{CellVerdict, compare_cells},
    value::Value,
};
use arrow::{
    array::{Array as _, ArrayRef, AsArray as _},
    datatypes::{DataType, Float32Type, Float64Type},
};
use model::Side;
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

/// One row of a group of several, ready for matching.
struct Row<'t> {
    /// Canonical bytes of what may differ: makes the outcome independent of the order of rows.
    rest: Vec<u8>,
    number: usize,
    /// Values of the columns that the key leaves open.
    cells: Vec<Value<'t>>,
    /// Rows of the two sides that have the same are tried first; empty where nothing is likely.
    likely: Vec<u8>,
}

/// Pairs whose cells are compared at once: what is found of them waits until all their columns are
/// accepted.
const PAIRS_AT_ONCE: usize = 16_384;

/// Is told what cells of matched rows needed.
pub(crate) type Excused<'e> =
    dyn FnMut(&Column<'_>, CellVerdict, &UnequalCells<'_>) -> Result<(), String> + 'e;

/// Matches the residue. Without an inexact column nothing can match.
pub(crate) fn match_residue(
    (legacy, legacy_rows): (&Table, Vec<usize>),
    (governed, governed_rows): (&Table, Vec<usize>),
    columns: &[Column<'_>],
    checks: &mut Checks,
    excused: &mut Excused<'_>,
) -> Result<Matched, String> {
    let inexact: Vec<_> = columns.iter().filter(|column| !column.is_exact()).collect();
    if inexact.is_empty() || legacy_rows.is_empty() || governed_rows.is_empty() {
        let (legacy, governed) = (legacy_rows, governed_rows);
        return Ok(Matched { legacy, governed, ..Matched::default() });
    }
    let open: Vec<_> =
        inexact.iter().copied().filter(|column| !column.rules.key_decides(&column.meet)).collect();
    let tables = [legacy, governed];
    let keyed: Vec<_> =
        inexact.iter().copied().filter(|column| !has_one_key(tables, column)).collect();
    let split = Split { tables, columns, inexact: &inexact, keyed: &keyed, open: &open };
    let secret = HashKey::random();
    let keys = [split.keys(Side::Legacy, &secret)?, split.keys(Side::Governed, &secret)?];
    let [l_keys, g_keys] = &keys;
    let mut matched = Matched::default();
    let (mut pairs, mut groups) = (Vec::new(), Vec::new());
    align::by_hash((l_keys, &legacy_rows), (g_keys, &governed_rows), |l, g| match (l, g) {
        ([], rows) => matched.governed.extend(rows),
        (rows, []) => matched.legacy.extend(rows),
        ([l], [g]) => pairs.push((*l, *g)),
        _ => groups.push((l.to_vec(), g.to_vec())),
    });
    // In the order of the rows, which memory is faster in.
    let pairs = align::in_order(pairs, legacy.rows());
    for pairs in pairs.chunks(PAIRS_AT_ONCE) {
        let accepted = split.accepted(pairs, &secret, excused)?;
        for (&(l, g), is_accepted) in pairs.iter().zip(accepted) {
            if is_accepted {
                matched.pairs.push((l, g));
            } else {
                matched.legacy.push(l);
                matched.governed.push(g);
            }
        }
    }
    let alone = matched.pairs.len();
    for (l, g) in split.in_order(groups)? {
        let (l, g) = (split.rows(Side::Legacy, &l)?, split.rows(Side::Governed, &g)?);
        match_group(&l, &g, &open, checks, &mut matched);
    }
    let of_groups = matched.pairs.get_mut(alone..).unwrap_or_default();
    of_groups.sort_unstable();
    for pairs in of_groups.chunks(PAIRS_AT_ONCE) {
        split.accepted(pairs, &secret, excused)?;
    }
    matched.pairs = align::in_order(matched.pairs, legacy.rows());
    matched.legacy.sort_unstable();
    matched.governed.sort_unstable();
    Ok(matched)
}

/// Is the group key of an inexact column known to be the same for all rows, so that it needs no
/// look at each value? That of finite floats says nothing but that they are finite.
fn has_one_key(tables: [&Table; 2], column: &Column<'_>) -> bool {
    let is_finite = |array: &ArrayRef| {
        array.null_count() == 0
            && match array.data_type() {
                DataType::Float64 => {
                    let values = array.as_primitive_opt::<Float64Type>();
                    values.is_some_and(|values| values.values().iter().all(|v| v.is_finite()))
                }
                DataType::Float32 => {
                    let values = array.as_primitive_opt::<Float32Type>();
                    values.is_some_and(|values| values.values().iter().all(|v| v.is_finite()))
                }
                _ => false,
            }
    };
    let of_table = |table: &Table| table.array(column.index).is_some_and(|(_, a)| is_finite(a));
    !column.rules.has_forms() && tables.into_iter().all(of_table)
}

/// Legacy and governed rows with one key.
type Group = (Vec<usize>, Vec<usize>);

/// The columns by what matching makes of them.
struct Split<'t, 'c, 'r> {
    tables: [&'t Table; 2],
    columns: &'c [Column<'r>],
    inexact: &'c [&'c Column<'r>],
    /// The inexact ones whose group keys tell rows apart.
    keyed: &'c [&'c Column<'r>],
    /// The inexact ones of which an equal key does not say that they are accepted.
    open: &'c [&'c Column<'r>],
}

impl<'t> Split<'t, '_, '_> {
    /// The hash of what must be equal, of each row of a side.
    fn keys(&self, side: Side, secret: &HashKey) -> Result<Vec<u128>, String> {
        let table = side.of(self.tables);
        let exact = self.columns.iter().filter(|column| column.is_exact());
        let hasher = RowHasher::new(side, exact, self.tables.map(Table::schema), secret);
        let mut keys = table.hashes(&hasher)?;
        if self.keyed.is_empty() {
            return Ok(keys);
        }
        let mut bytes = Vec::new();
        for (row, key) in keys.iter_mut().enumerate() {
            bytes.clear();
            self.group_key(side, row, &mut bytes)?;
            let mut state = secret.start();
            for half in halves(*key) {
                state.word(half, secret);
            }
            state.bytes(&bytes, secret);
            *key = state.finish(secret);
        }
        Ok(keys)
    }

    /// Appends what must be equal of the inexact columns.
    fn group_key(&self, side: Side, row: usize, out: &mut Vec<u8>) -> Result<(), String> {
        for column in self.keyed {
            let value = side.of(self.tables).value(row, column.index)?;
            column.rules.group_key(&value, &column.meet, out);
        }
        Ok(())
    }

    /// Are the open columns of these pairs accepted for each other? Tells what those that are needed.
    fn accepted(
        &self,
        pairs: &[(usize, usize)],
        secret: &HashKey,
        excused: &mut Excused<'_>,
    ) -> Result<Vec<bool>, String> {
        let paired = Paired::new(self.tables, pairs);
        let mut accepted = vec![true; pairs.len()];
        let mut found = Vec::with_capacity(self.inexact.len());
        for &column in self.inexact {
            let unequal = paired.perhaps_unequal(column, secret)?;
            let mut verdicts = Vec::new();
            for cells in unequal.iter() {
                let accepted = accepted.get_mut(cells.place).filter(|accepted| **accepted);
                let Some(accepted) = accepted else {
                    verdicts.push(CellVerdict::Different);
                    continue;
                };
                let [a, b] = cells.values()?;
                let verdict = compare_cells(&a, &b, &column.meet, &column.rules);
                *accepted = !verdict.is_different();
                verdicts.push(verdict);
            }
            found.push((column, unequal, verdicts));
        }
        for (column, unequal, verdicts) in found {
            for (cells, verdict) in unequal.iter().zip(verdicts) {
                if accepted.get(cells.place) == Some(&true) {
                    excused(column, verdict, &cells)?;
                }
            }
        }
        Ok(accepted)
    }

    /// The groups, in an order that depends on their values alone: they share a bound.
    fn in_order(&self, groups: Vec<Group>) -> Result<Vec<Group>, String> {
        let with_key = |group: Group| {
            let mut bytes = Vec::new();
            if let Some(&row) = group.0.first() {
                let exact = self.columns.iter().filter(|column| column.is_exact());
                Side::Legacy.of(self.tables).encode_row(row, exact, &mut bytes)?;
                self.group_key(Side::Legacy, row, &mut bytes)?;
            }
            Ok((bytes, group))
        };
        let mut groups = groups.into_iter().map(with_key).collect::<Result<Vec<_>, String>>()?;
        groups.sort_unstable();
        Ok(groups.into_iter().map(|(_, group)| group).collect())
    }

    fn rows(&self, side: Side, numbers: &[usize]) -> Result<Vec<Row<'t>>, String> {
        let table = side.of(self.tables);
        let mut rows = Vec::with_capacity(numbers.len());
        let has_likely = self.open.iter().any(|column| column.rules.has_likely_key());
        for &number in numbers {
            let (mut rest, mut likely) = (Vec::new(), Vec::new());
            table.encode_row(number, self.inexact.iter().copied(), &mut rest)?;
            let cells = self.open.iter().map(|column| table.value(number, column.index));
            let cells = cells.collect::<Result<Vec<_>, _>>()?;
            if has_likely {
                for (value, column) in cells.iter().zip(self.open) {
                    column.rules.likely_key(side, value, &column.meet, &mut likely);
                }
            }
            rows.push(Row { rest, number, cells, likely });
        }
        rows.sort_by(|a, b| a.rest.cmp(&b.rest));
        Ok(rows)
    }
}

fn match_group(
    left: &[Row<'_>],
    right: &[Row<'_>],
    open: &[&Column<'_>],
    checks: &mut Checks,
    matched: &mut Matched,
) {
    let compatible = |l: usize, g: usize| match (left.get(l), right.get(g)) {
        (Some(a), Some(b)) => a.cells.iter().zip(&b.cells).zip(open).all(|((x, y), column)| {
            !compare_cells(x, y, &column.meet, &column.rules).is_different()
        }),
        _ => false,
    };
    let (partners, complete) = match (left, right, open) {
        // The key says it all.
        (_, _, []) => ((0..left.len()).map(|l| (l < right.len()).then_some(l)).collect(), true),
        (_, _, [only]) if only.rules.on_a_line(&only.meet) => (
            line::match_line(&positions(left, 0, only), &positions(right, 0, only), compatible),
            true,
        ),
        _ => {
            let (order, windows) = windows(left, right, open);
            let in_order = |l: usize, g: usize| order.get(g).is_some_and(|&g| compatible(l, g));
            let likely = likely_pairs(left, right, &order);
            let found = bipartite::maximum_from(likely, &windows, right.len(), checks, in_order);
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

/// Pairs of rows with the same likely key, each row once; governed rows by their place in `order`.
fn likely_pairs(left: &[Row<'_>], right: &[Row<'_>], order: &[usize]) -> Vec<(usize, usize)> {
    let sorted = |rows: &[Row<'_>]| {
        let mut likely: Vec<(Vec<u8>, usize)> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| !row.likely.is_empty())
            .map(|(place, row)| (row.likely.clone(), place))
            .collect();
        likely.sort_unstable();
        likely
    };
    let mut places = vec![0; right.len()];
    for (place, &row) in order.iter().enumerate() {
        if let Some(slot) = places.get_mut(row) {
            *slot = place;
        }
    }
    let (left, right) = (sorted(left), sorted(right));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut pairs = Vec::new();
    while let (Some((a, l)), Some((b, g))) = (left.peek(), right.peek()) {
        match a.cmp(b) {
            Ordering::Less => drop(left.next()),
            Ordering::Greater => drop(right.next()),
            Ordering::Equal => {
                pairs.extend(places.get(*g).map(|place| (*l, *place)));
                left.next();
                right.next();
            }
        }
    }
    pairs
}

/// Orders the governed rows by the open column that leaves the fewest candidates, and gives for
/// each legacy row the range of that order outside which nothing can match.
fn windows(
    left: &[Row<'_>],
    right: &[Row<'_>],
    open: &[&Column<'_>],
) -> (Vec<usize>, Vec<Range<usize>>) {
    let everything = 0..right.len();
    let mut best = ((0..right.len()).collect(), vec![everything; left.len()]);
    let mut fewest = left.len().saturating_mul(right.len());
    for (cell, column) in open.iter().enumerate().filter(|(_, c)| c.rules.on_a_line(&c.meet)) {
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
