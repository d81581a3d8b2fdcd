//! The second pass: what the values of each column can be read as. Parts at the same time.

use super::{
    build::{Column, clipped},
    cells::Cells,
    feed::{Feed, lines},
    infer::Candidates,
    kind::Kind,
    scan::Part,
};
use crate::source::Opened;
use std::{
    num::NonZero,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// How text is read.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) delimiter: u8,
    pub(super) null: String,
}

/// What the values of a column are held against.
#[derive(Debug, Clone)]
pub(super) enum Judge {
    /// All kinds at once.
    Any(Candidates),
    /// One kind, and the first value that is not of it.
    One(Kind, Option<Stranger>),
}

/// A value that is not of the wanted kind, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stranger {
    pub(super) line: u64,
    pub(super) value: String,
}

impl Judge {
    fn column(&mut self, column: Column<'_>, line: u64) {
        match self {
            Self::Any(candidates) => {
                let looked = column.each(|value, _| {
                    if let Some(value) = value {
                        candidates.value(value);
                    }
                    Ok::<_, ()>(())
                });
                looked.ok();
            }
            Self::One(_, Some(_)) => {}
            Self::One(kind, stranger) => {
                let found = column.each(|value, field| match value {
                    Some(value) if !kind.accepts(value) => {
                        let before = column.buffer.as_bytes().get(..field.range().start);
                        let line = line + lines(before.unwrap_or_default());
                        Err(Stranger { line, value: clipped(value) })
                    }
                    _ => Ok(()),
                });
                *stranger = found.err();
            }
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any(one), Self::Any(other)) => Self::Any(one.and(other)),
            (Self::One(kind, one), Self::One(_, other)) => {
                let first = one.into_iter().chain(other).min_by_key(|stranger| stranger.line);
                Self::One(kind, first)
            }
            (judge, _) => judge,
        }
    }
}

/// Holds all values against the judges of their columns; columns without one are not looked at.
pub(super) fn survey(
    opened: &Opened,
    text: &Text,
    parts: &[Part],
    judges: &[Option<Judge>],
) -> Result<Vec<Option<Judge>>, String> {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(parts.len()).max(1);
    let work = || {
        let mut judges = judges.to_vec();
        while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
            look(opened, text, part, &mut judges)?;
        }
        Ok::<_, String>(judges)
    };
    let found = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = handles.into_iter().map(|handle| {
            handle.join().unwrap_or_else(|_| Err("a thread that looked at values stopped".into()))
        });
        joined.collect::<Result<Vec<_>, String>>()
    })?;
    let united = found.into_iter().reduce(|one, other| {
        let pairs = one.into_iter().zip(other);
        pairs.map(|(one, other)| Some(one?.and(other?))).collect()
    });
    Ok(united.unwrap_or_default())
}

fn look(
    opened: &Opened,
    text: &Text,
    part: &Part,
    judges: &mut [Option<Judge>],
) -> Result<(), String> {
    let asked: Vec<usize> = (0..judges.len())
        .filter(|column| judges.get(*column).is_some_and(Option::is_some))
        .collect();
    let mut feed =
        Feed::new(opened.clone(), text.delimiter, part.range.start, part.range.end, part.line);
    let mut cells = Cells::new(judges.len(), &asked, usize::MAX);
    loop {
        cells.clear();
        let Some((buffer, line)) = feed.next(&mut cells)? else { return Ok(()) };
        for (number, judge) in judges.iter_mut().flatten().enumerate() {
            let (fields, width) = (cells.fields.as_slice(), cells.width);
            let column = Column { buffer, fields, width, number, null: &text.null };
            judge.column(column, line);
        }
    }
}
