//! Rows in another order: what the causes of order are shown, and by what a side is sorted.

use super::{cause::About, rows::Told};
use crate::{encode::encoded, shape::Column, table::Table, value::Value};
use model::{Cause, OrderKey};
use std::cmp::Ordering;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Explains why the rows stand in another order.
#[derive(Debug)]
pub(crate) struct OrderCause {
    pub(crate) about: About,
    pub(crate) find: fn(&Keys<'_>) -> Option<Told>,
}

/// Rows of each side that are looked at.
const ROWS_MAX: usize = 100_000;

/// The values of the first order key that differs between the sides, at the same positions.
pub(crate) struct Keys<'a> {
    /// The column's name on the legacy side.
    pub(crate) name: &'a str,
    pub(crate) descending: bool,
    /// Legacy, governed.
    pub(crate) values: [Vec<Value<'a>>; 2],
    /// Positions before which an earlier key changes: order is meant between them.
    pub(crate) starts: Vec<usize>,
    /// Positions with other values.
    pub(crate) rows: u64,
}

/// By what values are sorted, the usual first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// By their own order; texts by the bytes of UTF-8.
    Own,
    /// Texts, upper and lower case alike.
    NoCase,
    /// Texts as a dictionary has them: letters before their accents and case, behind punctuation.
    Language,
    /// As a dictionary that does not look at punctuation.
    NoPunctuation,
    /// Texts that are numbers, by their values.
    Number,
}

impl Sort {
    const ALL: [Self; 5] =
        [Self::Own, Self::NoCase, Self::Language, Self::NoPunctuation, Self::Number];

    pub(crate) const fn told(self) -> &'static str {
        match self {
            Self::Own => "by bytes",
            Self::NoCase => "without regard to case",
            Self::Language => "as a dictionary does",
            Self::NoPunctuation => "as a dictionary does, without regard to punctuation",
            Self::Number => "as numbers",
        }
    }
}

impl Keys<'_> {
    /// The values of each run in which order is meant, without NULLs.
    fn runs<'s>(&'s self, values: &'s [Value<'s>]) -> impl Iterator<Item = Vec<&'s Value<'s>>> {
        let ends = self.starts.iter().copied().skip(1).chain([values.len()]);
        self.starts.iter().zip(ends).map(move |(start, end)| {
            let run = values.get(*start..end).unwrap_or_default();
            run.iter().filter(|value| **value != Value::Null).collect()
        })
    }

    /// By what the values of a side are sorted, in that direction.
    pub(crate) fn sorts(&self, side: usize, descending: bool) -> Vec<Sort> {
        let Some(values) = self.values.get(side) else { return Vec::new() };
        let by = |sort: &Sort| {
            self.runs(values).all(|run| {
                let Some(keys) =
                    run.iter().map(|value| key(value, *sort)).collect::<Option<Vec<_>>>()
                else {
                    return false;
                };
                keys.windows(2).all(|two| match two {
                    [a, b] => {
                        let order = a.cmp(b);
                        (if descending { order.reverse() } else { order }) != Ordering::Greater
                    }
                    _ => true,
                })
            })
        };
        Sort::ALL.into_iter().filter(by).collect()
    }

    /// Are all NULLs of a side at the start of their run (or at its end)? Nothing where there are
    /// none, or where they are elsewhere.
    pub(crate) fn nulls_first(&self, side: usize) -> Option<bool> {
        let values = self.values.get(side)?;
        let ends = self.starts.iter().copied().skip(1).chain([values.len()]);
        let (mut at_start, mut at_end, mut some) = (true, true, false);
        for (start, end) in self.starts.iter().zip(ends) {
            let run = values.get(*start..end)?;
            let is_null = |value: &&Value<'_>| **value == Value::Null;
            let nulls = run.iter().filter(is_null).count();
            if nulls == 0 || nulls == run.len() {
                continue;
            }
            some = true;
            at_start &= run.iter().take_while(is_null).count() == nulls;
            at_end &= run.iter().rev().take_while(is_null).count() == nulls;
        }
        match (some, at_start, at_end) {
            (true, true, false) => Some(true),
            (true, false, true) => Some(false),
            _ => None,
        }
    }

    /// Are the sides equal but for where NULLs stand?
    pub(crate) fn is_same_without_nulls(&self) -> bool {
        let [a, b] = &self.values;
        self.runs(a).eq(self.runs(b))
    }

    pub(crate) fn are_texts(&self) -> bool {
        let text = |value: &Value<'_>| matches!(value, Value::Null | Value::Text(_));
        self.values.iter().flatten().all(text)
    }
}

/// A value as it sorts.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SortKey {
    Number(crate::number::Exact),
    Nanos(crate::value::Instant),
    Text(String),
}

fn key(value: &Value<'_>, sort: Sort) -> Option<SortKey> {
    use crate::number::{Exact, Number};
    let number = |number: Option<Number>| match number? {
        Number::Finite(exact) => Some(SortKey::Number(exact)),
        _ => None,
    };
    match (value, sort) {
        (Value::Text(text), Sort::Own) => Some(SortKey::Text((*text).to_owned())),
        (Value::Text(text), Sort::NoCase) => Some(SortKey::Text(text.to_lowercase())),
        (Value::Text(text), Sort::Language) => Some(SortKey::Text(dictionary(text, true))),
        (Value::Text(text), Sort::NoPunctuation) => Some(SortKey::Text(dictionary(text, false))),
        (Value::Text(text), Sort::Number) => number(Number::parse(text.trim())),
        (_, Sort::Own) => match value {
            Value::Int(_) | Value::Number(_) => number(value.as_number()),
            Value::Float(_) | Value::Single(_) | Value::Half(_) => {
                value.as_float().and_then(Exact::from_f64).map(SortKey::Number)
            }
            Value::Bool(value) => Some(SortKey::Number(Exact::from_scaled(i128::from(*value), 0))),
            Value::Time(nanos) => Some(SortKey::Number(Exact::from_scaled((*nanos).into(), 0))),
            value => value.as_instant().map(SortKey::Nanos),
        },
        _ => None,
    }
}

/// Letters and digits without accents and case, behind punctuation or without it.
fn dictionary(text: &str, punctuation: bool) -> String {
    let base = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    base.filter(|c| punctuation || c.is_alphanumeric())
        .map(|c| match c {
            // Before digits, which are before letters.
            c if !c.is_alphanumeric() => char::from_u32(u32::from(c) % 32).unwrap_or(' '),
            c => c,
        })
        .collect()
}

/// The kept rows of a side.
pub(crate) type Kept<'t> = (&'t Table, &'t [usize]);

/// The first cause that explains why these order keys differ.
///
/// An error is the reason why a row cannot be read.
pub(crate) fn find(
    keys: &[&Column<'_>],
    order_by: &[OrderKey],
    [legacy, governed]: [Kept<'_>; 2],
    causes: &[&OrderCause],
) -> Result<Option<Cause>, String> {
    let mut starts = vec![0];
    for (depth, column) in keys.iter().enumerate() {
        let read = |(table, rows): Kept<'_>| -> Result<Vec<Vec<u8>>, String> {
            let some = rows.iter().take(ROWS_MAX);
            some.map(|row| Ok(encoded(&table.value(*row, column.index)?, &column.meet))).collect()
        };
        let (a, b) = (read(legacy)?, read(governed)?);
        let rows = a.iter().zip(&b).filter(|(a, b)| a != b).count();
        if rows > 0 {
            let found = Keys {
                name: &column.name,
                descending: order_by.get(depth).is_some_and(|key| key.descending),
                values: [typed(legacy, column)?, typed(governed, column)?],
                starts,
                rows: u64::try_from(rows).unwrap_or(u64::MAX),
            };
            let first = causes.iter().find_map(|cause| Some((cause, (cause.find)(&found)?)));
            return Ok(first.map(|(cause, told)| told.cause(&cause.about)));
        }
        // The next key orders rows that are equal in this one.
        let changes = (1_usize..).zip(a.windows(2)).filter(|(_, two)| two.first() != two.last());
        starts.extend(changes.map(|(at, _)| at));
        starts.sort_unstable();
        starts.dedup();
    }
    Ok(None)
}

fn typed<'t>((table, rows): Kept<'t>, column: &Column<'_>) -> Result<Vec<Value<'t>>, String> {
    rows.iter().take(ROWS_MAX).map(|row| table.value(*row, column.index)).collect()
}
