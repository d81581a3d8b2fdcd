//! What a judgement asks of all rows, where only those that may differ are at hand.

use super::{both, canonical};
use crate::{pushdown::canonical::RowTexts, shape::Column, table::Table, watch::Watch};
use model::{Encoding, RowHash, Rows, Summarized};

/// So many keys of a side are looked for among all its rows: those with the lowest hashes, so that of
/// more it is a sample.
const KEYS_MAX: usize = 16_384;

/// All rows of both sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<'a> {
    sides: [&'a dyn Summarized; 2],
    encodings: &'a [Encoding],
    rows: [u64; 2],
}

impl<'a> Whole<'a> {
    pub(super) fn new(
        sides: [&'a dyn Summarized; 2],
        encodings: &'a [Encoding],
        rows: [u64; 2],
    ) -> Self {
        Self { sides, encodings, rows }
    }

    /// How many they are.
    pub(crate) fn rows(&self) -> [u64; 2] {
        self.rows
    }

    /// Has no row of all a key that a differing row of its side has?
    pub(crate) fn is_unique(
        &self,
        tables: [&Table; 2],
        of_key: &[&Column<'_>],
        watch: &dyn Watch,
    ) -> Result<bool, String> {
        let key = self.key(of_key.iter().map(|column| column.index));
        let keys = |table: &Table| -> Result<Vec<RowHash>, String> {
            let mut text = Vec::new();
            let mut hashes = Vec::with_capacity(table.rows());
            for row in 0..table.rows() {
                text.clear();
                for (index, encoding) in &key {
                    canonical::append(&table.value(row, *index)?, *encoding, &mut text)?;
                    text.push(b';');
                }
                hashes.push(canonical::hash(&text));
            }
            Ok(hashes)
        };
        let [legacy, governed] = tables;
        self.has_each_once(&key, [keys(legacy)?, keys(governed)?], watch)
    }

    /// Is what is a key of the fetched rows one of all?
    pub(crate) fn is_key(
        &self,
        fetched: [&dyn Rows; 2],
        of_key: &[usize],
        watch: &dyn Watch,
    ) -> Result<bool, String> {
        let key = self.key(of_key.iter().copied());
        let keys = |rows: &dyn Rows| -> Result<Vec<RowHash>, String> {
            let texts = RowTexts::new(rows.schema(), &key);
            let reads = texts.reads();
            let mut lowest = Vec::new();
            for part in 0..rows.parts() {
                let batches =
                    rows.read(part, &reads, KEYS_MAX).map_err(|error| error.to_string())?;
                for batch in batches {
                    let batch = batch.map_err(|error| error.to_string())?;
                    lowest.append(&mut texts.hashes(&batch, &reads)?);
                    lowest.sort_unstable();
                    lowest.truncate(KEYS_MAX);
                }
            }
            Ok(lowest)
        };
        let [legacy, governed] = fetched;
        self.has_each_once(&key, [keys(legacy)?, keys(governed)?], watch)
    }

    fn key(&self, columns: impl Iterator<Item = usize>) -> Vec<(usize, Encoding)> {
        columns.filter_map(|index| Some((index, *self.encodings.get(index)?))).collect()
    }

    /// Does each of these keys stand once among all rows of its side?
    fn has_each_once(
        &self,
        key: &[(usize, Encoding)],
        keys: [Vec<RowHash>; 2],
        watch: &dyn Watch,
    ) -> Result<bool, String> {
        let keys = keys.map(|mut keys| {
            keys.sort_unstable();
            keys.truncate(KEYS_MAX);
            keys
        });
        if keys.iter().any(|keys| keys.windows(2).any(|pair| pair.first() == pair.last())) {
            return Ok(false);
        }
        let counts = both(self.sides, watch, |side, summarized| {
            let keys = side.of(keys.each_ref());
            if keys.is_empty() { Ok(0) } else { summarized.count_keys(key, keys) }
        })?;
        let wanted = keys.each_ref().map(|keys| u64::try_from(keys.len()).unwrap_or(u64::MAX));
        Ok(counts == wanted)
    }
}
