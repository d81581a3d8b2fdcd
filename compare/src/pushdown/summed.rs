//! Rows of any kind, summed up here: the side of a comparison that is no database.

use super::canonical::RowTexts;
use arrow::{
    array::BooleanArray, compute::filter_record_batch, datatypes::SchemaRef,
    record_batch::RecordBatch,
};
use model::{Batches, BucketSummary, Buckets, Encoding, RowHash, Rows, RowsError, Summarized};
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

/// Rows of a batch.
const BATCH_ROWS: usize = 8_192;

/// Rows that can be read again, as a side that can be asked for summaries.
#[derive(Debug)]
pub struct Summed<'a> {
    rows: &'a dyn Rows,
    is_stopped: AtomicBool,
}

impl<'a> Summed<'a> {
    /// Of these rows.
    pub fn new(rows: &'a dyn Rows) -> Self {
        Self { rows, is_stopped: AtomicBool::new(false) }
    }

    /// Reads all rows, parts at the same time, and adds up what is made of their hashes.
    fn fold<T: Send>(
        &self,
        columns: &[(usize, Encoding)],
        nothing: impl Fn() -> T + Sync + Send,
        add: impl Fn(&mut T, RowHash) + Sync + Send,
        merge: impl Fn(T, T) -> T + Sync + Send,
    ) -> Result<T, RowsError> {
        let texts = RowTexts::new(self.rows.schema(), columns);
        let reads = texts.reads();
        let one = |part| {
            let mut sum = nothing();
            for batch in self.rows.read(part, &reads, BATCH_ROWS)? {
                if self.is_stopped.load(Ordering::Relaxed) {
                    return Err(RowsError("reading was stopped".to_owned()));
                }
                for hash in texts.hashes(&batch?, &reads).map_err(RowsError)? {
                    add(&mut sum, hash);
                }
            }
            Ok(sum)
        };
        let parts = (0..self.rows.parts()).into_par_iter();
        parts.map(one).try_reduce(&nothing, |a, b| Ok(merge(a, b)))
    }

    fn columns(&self, encodings: &[Encoding]) -> Result<Vec<(usize, Encoding)>, RowsError> {
        let columns = self.rows.schema().fields().len();
        if columns != encodings.len() {
            return Err(RowsError(format!(
                "there are {columns} columns, {} are to be summed up",
                encodings.len()
            )));
        }
        Ok(encodings.iter().copied().enumerate().collect())
    }
}

fn note(summary: &mut (u64, [u128; 2]), (rows, sums): (u64, [u128; 2])) {
    summary.0 = summary.0.saturating_add(rows);
    for (own, more) in summary.1.iter_mut().zip(sums) {
        *own = own.wrapping_add(more);
    }
}

impl Summarized for Summed<'_> {
    fn schema(&self) -> &SchemaRef {
        self.rows.schema()
    }

    fn check(&self, encodings: &[Encoding]) -> Result<(), RowsError> {
        self.columns(encodings).map(drop)
    }

    fn summaries(
        &self,
        encodings: &[Encoding],
        within: &Buckets,
        bits: u32,
    ) -> Result<Vec<BucketSummary>, RowsError> {
        let columns = self.columns(encodings)?;
        let found: BTreeMap<u64, (u64, [u128; 2])> = self.fold(
            &columns,
            BTreeMap::new,
            |buckets, hash| {
                if within.has(hash) {
                    let own = buckets.entry(hash.bucket(bits)).or_default();
                    note(own, (1, hash.halves().map(u128::from)));
                }
            },
            |mut buckets, more| {
                for (bucket, summary) in more {
                    note(buckets.entry(bucket).or_default(), summary);
                }
                buckets
            },
        )?;
        let summary = |(bucket, (rows, sums))| BucketSummary { bucket, rows, sums };
        Ok(found.into_iter().map(summary).collect())
    }

    fn rows(
        &self,
        encodings: &[Encoding],
        buckets: &Buckets,
    ) -> Result<(SchemaRef, Batches<'_>), RowsError> {
        let columns = self.columns(encodings)?;
        let all: Vec<usize> = (0..columns.len()).collect();
        let schema = SchemaRef::clone(self.rows.schema());
        let buckets = buckets.clone();
        let batches = (0..self.rows.parts()).flat_map(move |part| -> Batches<'_> {
            match self.rows.read(part, &all, BATCH_ROWS) {
                Ok(batches) => batches,
                Err(error) => Box::new(std::iter::once(Err(error))),
            }
        });
        let own = SchemaRef::clone(&schema);
        let picked = batches.filter_map(move |batch| {
            let picked = batch.and_then(|batch| pick(&batch, &own, &columns, &buckets));
            picked.map(|batch| (batch.num_rows() > 0).then_some(batch)).transpose()
        });
        Ok((schema, Box::new(picked)))
    }

    fn count_keys(&self, key: &[(usize, Encoding)], keys: &[RowHash]) -> Result<u64, RowsError> {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        self.fold(
            key,
            || 0_u64,
            |count, hash| *count += u64::from(keys.binary_search(&hash).is_ok()),
            u64::saturating_add,
        )
    }

    fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }
}

/// The rows of a batch that lie in the buckets.
fn pick(
    batch: &RecordBatch,
    schema: &SchemaRef,
    columns: &[(usize, Encoding)],
    buckets: &Buckets,
) -> Result<RecordBatch, RowsError> {
    let all: Vec<usize> = (0..columns.len()).collect();
    let hashes = RowTexts::new(schema, columns).hashes(batch, &all).map_err(RowsError)?;
    let chosen: BooleanArray = hashes.iter().map(|hash| Some(buckets.has(*hash))).collect();
    filter_record_batch(batch, &chosen).map_err(|error| RowsError(error.to_string()))
}
