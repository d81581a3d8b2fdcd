//! Which source rows of a table are generated.
//!
//! A source row is what dsdgen numbers: a ticket or an order of the sales and returns tables, a row
//! of any other.

use std::ops::RangeInclusive;

/// Numbers of source rows from 1 on, as ascending ranges with gaps between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SourceRows(Vec<RangeInclusive<u64>>);

impl SourceRows {
    /// Every row up to `count`.
    pub(super) fn all(count: u64) -> Self {
        if count == 0 { Self::default() } else { Self(vec![1..=count]) }
    }

    /// The ranges, in ascending order.
    pub(super) fn into_ranges(self) -> impl Iterator<Item = RangeInclusive<u64>> + Send {
        self.0.into_iter()
    }

    fn push(&mut self, row: u64) {
        match self.0.last_mut() {
            Some(last) if *last.end() + 1 == row => *last = *last.start()..=row,
            _ => self.0.push(row..=row),
        }
    }
}

impl FromIterator<u64> for SourceRows {
    /// Rows in any order, also repeated.
    fn from_iter<I: IntoIterator<Item = u64>>(rows: I) -> Self {
        let mut rows: Vec<_> = rows.into_iter().collect();
        rows.sort_unstable();
        rows.dedup();
        let mut source = Self::default();
        for row in rows {
            source.push(row);
        }
        source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges() {
        let rows: SourceRows = [7, 1, 2, 9, 3, 8, 2, 20].into_iter().collect();
        assert_eq!(rows, SourceRows(vec![1..=3, 7..=9, 20..=20]));
        assert_eq!(rows.into_ranges().flatten().count(), 7);
        assert_eq!(SourceRows::all(3), [3, 1, 2].into_iter().collect());
        assert_eq!(SourceRows::all(0), SourceRows::default());
    }
}
