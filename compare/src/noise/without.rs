//! Rows, and what is known of them, without some of their columns.

use arrow::datatypes::SchemaRef;
use model::{Batches, OrderKey, Rows, RowsError, StatementFacts};
use std::{collections::BTreeSet, sync::Arc};

/// Rows without some columns.
#[derive(Debug)]
pub(super) struct Without<'a> {
    rows: &'a dyn Rows,
    schema: SchemaRef,
    /// The columns that stay, by their place in all rows.
    stay: Vec<usize>,
}

impl<'a> Without<'a> {
    /// `rows` without the columns `open`.
    pub(super) fn new(rows: &'a dyn Rows, open: &BTreeSet<usize>) -> Result<Self, RowsError> {
        let all = rows.schema();
        let stay: Vec<usize> =
            (0..all.fields().len()).filter(|index| !open.contains(index)).collect();
        let schema = all.project(&stay).map_err(|error| RowsError(error.to_string()))?;
        Ok(Self { rows, schema: Arc::new(schema), stay })
    }
}

impl Rows for Without<'_> {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.rows.parts()
    }

    fn part_rows(&self, part: usize) -> Option<u64> {
        self.rows.part_rows(part)
    }

    fn read(
        &self,
        part: usize,
        columns: &[usize],
        batch_rows: usize,
    ) -> Result<Batches<'_>, RowsError> {
        let own = |column: &usize| self.stay.get(*column).copied();
        let wanted: Option<Vec<usize>> = columns.iter().map(own).collect();
        let wanted = wanted.ok_or_else(|| RowsError("there is no such column".to_owned()))?;
        self.rows.read(part, &wanted, batch_rows)
    }
}

/// Where the column `index` stands once those of `open` are gone.
pub(super) fn place(index: usize, open: &BTreeSet<usize>) -> Option<usize> {
    (!open.contains(&index)).then(|| index - open.range(..index).count())
}

/// What is known of a statement, of the output without the columns `open`: a key among them is in
/// the output no more.
pub(super) fn facts_without(facts: &StatementFacts, open: &BTreeSet<usize>) -> StatementFacts {
    let key = |key: &OrderKey| OrderKey {
        column: key.column.and_then(|index| place(index, open)),
        ..key.clone()
    };
    let origins = facts.origins.iter().enumerate();
    StatementFacts {
        order_by: facts.order_by.iter().map(key).collect(),
        volatile_columns: facts
            .volatile_columns
            .as_ref()
            .map(|columns| columns.iter().filter_map(|index| place(*index, open)).collect()),
        origins: origins
            .filter(|(index, _)| !open.contains(index))
            .map(|(_, origin)| origin.clone())
            .collect(),
        ..facts.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::fixtures::{ordered_by, rows};
    use arrow::{array::AsArray as _, datatypes::Int32Type};
    use model::{ColumnOrigin, InMemory};

    #[test]
    fn columns_keep_their_order_and_lose_their_places() {
        let batch = rows(&[[1, 2, 3], [4, 5, 6]]);
        let all = InMemory::new(batch.schema(), vec![batch]).unwrap();
        let open = BTreeSet::from([1]);
        let without = Without::new(&all, &open).unwrap();
        assert_eq!((without.rows(), without.schema().fields().len()), (Some(2), 2));
        let read = |columns: &[usize]| {
            let batches = without.read(0, columns, 10).unwrap();
            batches.map(Result::unwrap).collect::<Vec<_>>()
        };
        assert_eq!(read(&[1])[0].column(0).as_primitive::<Int32Type>().values(), &[3, 6]);
        assert_eq!(read(&[0, 1])[0].num_columns(), 2);
        assert!(without.read(0, &[2], 10).is_err());
        assert_eq!([0, 1, 2].map(|index| place(index, &open)), [Some(0), None, Some(1)]);
    }

    #[test]
    fn a_key_that_is_gone_is_not_in_the_output() {
        let origin = |name: &str| ColumnOrigin { table: "t".to_owned(), column: name.to_owned() };
        let facts = StatementFacts {
            volatile_columns: Some(vec![0, 2]),
            origins: vec![Some(origin("a")), None],
            ..ordered_by(&[Some(2), Some(0), None])
        };
        let found = facts_without(&facts, &BTreeSet::from([0]));
        let keys: Vec<_> = found.order_by.iter().map(|key| key.column).collect();
        assert_eq!(keys, [Some(1), None, None]);
        assert_eq!(found.volatile_columns, Some(vec![1]));
        assert_eq!(found.origins, [None]);
    }
}
