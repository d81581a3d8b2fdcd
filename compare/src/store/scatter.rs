//! Sorts the rows of batches into partitions, column by column.
//!
//! Numbers and times are read in their order and written to as many places as there are partitions,
//! which the caches hold. To gather the rows of each partition would read all batches once for each
//! of them; other types are gathered all the same.

use super::marked::{compact, of_columns};
use arrow::{
    array::{
        Array, ArrayRef, ArrowPrimitiveType, AsArray as _, NullBufferBuilder, PrimitiveArray,
        RecordBatch, downcast_primitive,
    },
    compute::interleave,
    datatypes::DataType,
    error::ArrowError,
};
use std::{cell::OnceCell, sync::Arc};

/// Batches of one schema, and the partition of each of their rows.
#[derive(Debug, Default)]
pub(super) struct Scatter {
    batches: Vec<RecordBatch>,
    /// Of the rows of all batches in turn; nothing for rows that no partition gets.
    partitions: Vec<Option<u32>>,
    /// Rows of each partition.
    counts: Vec<usize>,
}

impl Scatter {
    /// For so many partitions.
    pub(super) fn into(partitions: usize) -> Self {
        Self { counts: vec![0; partitions], ..Self::default() }
    }

    /// Adds a batch; `rows` says which ones are wanted, and in which partition.
    pub(super) fn push(&mut self, batch: RecordBatch, rows: impl Iterator<Item = (usize, usize)>) {
        let start = self.partitions.len();
        self.partitions.resize(start + batch.num_rows(), None);
        for (row, partition) in rows {
            if let (Some(of_row), Some(count), Ok(partition)) = (
                self.partitions.get_mut(start + row),
                self.counts.get_mut(partition),
                u32::try_from(partition),
            ) {
                *of_row = Some(partition);
                *count += 1;
            }
        }
        self.batches.push(batch);
    }

    /// Rows of all batches, wanted or not.
    pub(super) fn rows(&self) -> usize {
        self.partitions.len()
    }

    /// The rows of each partition, in their order, in batches that share nothing with others;
    /// nothing where there are none. Everything starts anew then.
    pub(super) fn sort(&mut self) -> Result<Vec<Option<RecordBatch>>, ArrowError> {
        let sorted = Self { counts: vec![0; self.counts.len()], ..Self::default() };
        let Self { batches, partitions, counts } = std::mem::replace(self, sorted);
        let Some(first) = batches.first() else { return Ok(Vec::new()) };
        let places = Places { batches: &batches, partitions: &partitions, counts: &counts };
        let gathered = OnceCell::new();
        let columns = (0..first.num_columns()).map(|column| {
            let arrays: Vec<&dyn Array> = batches
                .iter()
                .filter_map(|batch| batch.columns().get(column).map(AsRef::as_ref))
                .collect();
            let data_type = first.schema_ref().field(column).data_type();
            places.column(&arrays, data_type, &gathered)
        });
        let mut columns = columns
            .map(|of_column| of_column.map(Vec::into_iter))
            .collect::<Result<Vec<_>, ArrowError>>()?;
        let rows = counts.iter().map(|count| {
            let arrays: Vec<ArrayRef> = columns.iter_mut().filter_map(Iterator::next).collect();
            (*count > 0).then(|| of_columns(first.schema(), arrays, *count)).transpose()
        });
        rows.collect()
    }
}

/// Batch and row, by partition.
type Gathered = Vec<Vec<(usize, usize)>>;

/// Where rows go.
struct Places<'p> {
    batches: &'p [RecordBatch],
    partitions: &'p [Option<u32>],
    counts: &'p [usize],
}

impl Places<'_> {
    /// One column of each partition.
    fn column(
        &self,
        arrays: &[&dyn Array],
        data_type: &DataType,
        gathered: &OnceCell<Gathered>,
    ) -> Result<Vec<ArrayRef>, ArrowError> {
        macro_rules! primitive {
            ($t:ty) => {
                return Ok(self.primitive::<$t>(arrays, data_type))
            };
        }
        downcast_primitive! {
            data_type => (primitive),
            _ => {
                let rows = gathered.get_or_init(|| self.gathered()).iter();
                rows.map(|rows| compact(interleave(arrays, rows)?)).collect()
            }
        }
    }

    fn primitive<T: ArrowPrimitiveType>(
        &self,
        arrays: &[&dyn Array],
        data_type: &DataType,
    ) -> Vec<ArrayRef> {
        let mut values: Vec<Vec<T::Native>> =
            self.counts.iter().map(|count| Vec::with_capacity(*count)).collect();
        let has_nulls = arrays.iter().any(|array| array.null_count() > 0);
        let mut nulls: Vec<NullBufferBuilder> = if has_nulls {
            self.counts.iter().map(|count| NullBufferBuilder::new(*count)).collect()
        } else {
            Vec::new()
        };
        let mut partitions = self.partitions;
        for array in arrays {
            let (own, others) = partitions.split_at(array.len().min(partitions.len()));
            partitions = others;
            let array = array.as_primitive::<T>();
            for (value, partition) in array.values().iter().zip(own) {
                if let Some(values) =
                    partition.and_then(|partition| values.get_mut(place(partition)))
                {
                    values.push(*value);
                }
            }
            for (row, partition) in own.iter().enumerate().filter(|_| has_nulls) {
                if let Some(nulls) = partition.and_then(|partition| nulls.get_mut(place(partition)))
                {
                    nulls.append(array.is_valid(row));
                }
            }
        }
        let mut nulls = nulls.into_iter();
        let arrays = values.into_iter().map(|values| -> ArrayRef {
            let nulls = nulls.next().and_then(NullBufferBuilder::build);
            let array = PrimitiveArray::<T>::new(values.into(), nulls);
            Arc::new(array.with_data_type(data_type.clone()))
        });
        arrays.collect()
    }

    fn gathered(&self) -> Gathered {
        let mut gathered: Gathered =
            self.counts.iter().map(|count| Vec::with_capacity(*count)).collect();
        let rows = self.batches.iter().enumerate();
        let rows =
            rows.flat_map(|(number, batch)| (0..batch.num_rows()).map(move |row| (number, row)));
        for (row, partition) in rows.zip(self.partitions) {
            if let Some(rows) = partition.and_then(|partition| gathered.get_mut(place(partition))) {
                rows.push(row);
            }
        }
        gathered
    }
}

fn place(partition: u32) -> usize {
    // No platform that this runs on has a smaller usize.
    usize::try_from(partition).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{laws::samples, store::marked::gather};
    use proptest::prelude::*;

    proptest! {
        /// Columns of all types: what is sorted at once is what is gathered for each partition.
        #[test]
        fn sorting_is_gathering(
            wanted in proptest::collection::vec(proptest::option::of(0..4_usize), 0..24),
            again in proptest::collection::vec(proptest::option::of(0..4_usize), 0..24),
        ) {
            for sample in samples::all() {
                let mut scatter = Scatter::into(4);
                let mut picked = vec![Vec::new(); 4];
                let batches = [sample.clone(), sample.slice(0, 1), sample.clone()];
                for (number, (batch, wanted)) in batches.iter().zip([&wanted, &again, &again]).enumerate() {
                    let rows = wanted.iter().take(batch.num_rows()).enumerate();
                    let rows: Vec<_> = rows.filter_map(|(row, partition)| Some((row, (*partition)?))).collect();
                    for (row, partition) in &rows { picked[*partition].push((number, *row)); }
                    scatter.push(batch.clone(), rows.into_iter());
                }
                let sorted = scatter.sort().unwrap();
                for (sorted, picked) in sorted.iter().zip(&picked) {
                    let expected = (!picked.is_empty()).then(|| gather(&batches, picked).unwrap().unwrap());
                    prop_assert_eq!(sorted, &expected);
                }
                prop_assert_eq!(scatter.rows(), 0);
            }
        }
    }
}
