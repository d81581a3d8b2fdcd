//! Inputs that cannot be read, as told from comparisons that tell nothing.
//!
//! What stops a comparison is a reason for people, whatever it is. Whoever asks must know whether it
//! is the input, which is their matter to mend, so the inputs are watched where they are read.

use arrow::datatypes::SchemaRef;
use model::{Batches, Rows, RowsError, Side};
use std::sync::OnceLock;

/// An input that could be opened, and not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {side} side cannot be read: {reason}")]
pub struct Unreadable {
    /// Which input.
    pub side: Side,
    /// What is wrong, where, and what can be done about it.
    pub reason: String,
}

/// Rows of one side; the first error of reading them is noted.
#[derive(Debug)]
pub(crate) struct Noting<'a> {
    pub(crate) side: Side,
    pub(crate) rows: &'a dyn Rows,
    pub(crate) first: &'a OnceLock<Unreadable>,
}

impl Noting<'_> {
    fn note(&self, error: RowsError) -> RowsError {
        // Of several threads that fail, one is enough to be told.
        let _ = self.first.set(Unreadable { side: self.side, reason: error.0.clone() });
        error
    }
}

impl Rows for Noting<'_> {
    fn schema(&self) -> &SchemaRef {
        self.rows.schema()
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
        let batches = self.rows.read(part, columns, batch_rows).map_err(|e| self.note(e))?;
        Ok(Box::new(batches.map(|batch| batch.map_err(|error| self.note(error)))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Answer, Memory, Pass, Request, Unwatched, Watch,
        laws::fixtures::{facts, rows, statement, tolerating},
        try_judge_answers,
    };
    use model::{InMemory, Verdict};

    /// Ends with an error after so many batches of each reading; at none it cannot be opened.
    #[derive(Debug)]
    struct Broken(InMemory, usize);

    impl Rows for Broken {
        fn schema(&self) -> &SchemaRef {
            self.0.schema()
        }

        fn parts(&self) -> usize {
            1
        }

        fn part_rows(&self, _: usize) -> Option<u64> {
            None
        }

        fn read(&self, part: usize, columns: &[usize], n: usize) -> Result<Batches<'_>, RowsError> {
            let error = || RowsError("a.parquet: page 7 is cut off".to_owned());
            if self.1 == 0 {
                return Err(error());
            }
            let whole = self.0.read(part, columns, n)?.take(self.1);
            Ok(Box::new(whole.chain([Err(error())])))
        }
    }

    struct Stopped;

    impl Watch for Stopped {
        fn read(&self, _: Pass, _: Side, _: u64) {}

        fn is_stopped(&self) -> bool {
            true
        }
    }

    fn table() -> InMemory {
        let batch = rows(&[[1, 2, 3]]);
        InMemory::new(batch.schema(), vec![batch.clone(), batch]).unwrap()
    }

    fn verdict(sides: [&dyn Rows; 2], watch: &dyn Watch) -> Result<Verdict, Unreadable> {
        let facts = facts();
        let memory = Memory::default();
        let request = Request { statement: statement(&facts), key: None, memory, watch };
        let answers = sides.map(Answer::Rows);
        try_judge_answers(request, answers, &tolerating(&[])).map(|judgement| judgement.verdict)
    }

    #[test]
    fn what_cannot_be_read_is_no_verdict() {
        for batches in 0..3 {
            let (whole, broken) = (table(), Broken(table(), batches));
            let found = verdict([&whole, &broken], &Unwatched).unwrap_err();
            let said = "the governed side cannot be read: a.parquet: page 7 is cut off";
            assert_eq!(found.to_string(), said, "{batches}");
            assert_eq!(verdict([&broken, &whole], &Unwatched).unwrap_err().side, Side::Legacy);
        }
    }

    #[test]
    fn what_is_stopped_is_readable() {
        let whole = table();
        let found = verdict([&whole, &whole], &Stopped).unwrap();
        assert!(matches!(found, Verdict::Inconclusive { .. }), "{found}");
        assert_eq!(verdict([&whole, &whole], &Unwatched), Ok(Verdict::Match));
    }
}
