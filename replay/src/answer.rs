//! What one side answered, and how its rows are taken in.
//!
//! An engine's answer comes once, as a stream, and is read several times: by the judge, and by the
//! store if it is kept. It is laid aside as it comes, so that its size costs no memory beyond what
//! the [`Scratch`] gives it.

use crate::work::{LITTLE_BYTES, apart};
use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use engines::ResultStream;
use futures::StreamExt as _;
use model::{Failure, FailureClass, Rows, RowsError, Scratch, Shelf, SqlState};
use std::sync::Arc;

/// Batches wait for each other until they have so many bytes: laying aside may wait for a disk, and
/// so happens on a thread of its own.
const WAITING_BYTES: u64 = 4 << 20;

/// What one side answered.
#[derive(Debug, Clone)]
pub enum SideAnswer {
    /// All rows.
    Rows(AnswerRows),
    /// The statement failed; rows that arrived before do not count.
    Failed(Failure),
}

/// A complete answer. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AnswerRows {
    /// The rows, which can be read again.
    pub rows: Arc<dyn Rows>,
    /// How many rows there are.
    pub count: u64,
    /// What they took in memory as they came, in bytes of Arrow arrays.
    pub bytes: u64,
    /// The text that reached the engine.
    pub executed_sql: String,
}

/// How rows are taken in.
pub(crate) struct Intake<'a> {
    /// Where they are laid aside.
    pub(crate) scratch: &'a Arc<dyn Scratch>,
    /// Most bytes of Arrow arrays of one answer.
    pub(crate) bytes_max: u64,
    /// Is told how many rows have come so far.
    pub(crate) progress: &'a (dyn Fn(u64) + Send + Sync),
}

impl Intake<'_> {
    /// Reads a stream to its end.
    ///
    /// # Errors
    /// The stream's own failure; [`FailureClass::Resource`] for an answer above `bytes_max`, the
    /// rest of which is not read, and for rows that cannot be laid aside.
    pub(crate) async fn take(&self, mut stream: ResultStream) -> Result<AnswerRows, Failure> {
        let executed_sql = stream.executed_sql().to_owned();
        let mut place = Place::New { scratch: Arc::clone(self.scratch), schema: stream.schema() };
        let (mut waiting, mut waiting_bytes) = (Vec::new(), 0_u64);
        let (mut count, mut bytes) = (0_u64, 0_u64);
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let size = wide(batch.get_array_memory_size());
            bytes = bytes.saturating_add(size);
            if bytes > self.bytes_max {
                return Err(self.too_large());
            }
            count = count.saturating_add(wide(batch.num_rows()));
            waiting_bytes = waiting_bytes.saturating_add(size);
            waiting.push(batch);
            if waiting_bytes >= WAITING_BYTES {
                let batches = std::mem::take(&mut waiting);
                place = kept(apart(false, move || place.lay(batches)).await)?;
                waiting_bytes = 0;
            }
            (self.progress)(count);
        }
        let is_little = bytes <= LITTLE_BYTES;
        let rows = kept(apart(is_little, move || place.lay(waiting)?.finish()).await)?;
        Ok(AnswerRows { rows: Arc::from(rows), count, bytes, executed_sql })
    }

    fn too_large(&self) -> Failure {
        resource(
            SqlState::OUT_OF_MEMORY,
            format!(
                "the result is larger than {} bytes; raise `result_bytes_max` or narrow the \
                 statement",
                self.bytes_max
            ),
        )
    }
}

/// Where the rows of one answer go.
enum Place {
    New { scratch: Arc<dyn Scratch>, schema: SchemaRef },
    Shelf(Box<dyn Shelf>),
}

impl Place {
    fn lay(self, batches: Vec<RecordBatch>) -> Result<Self, RowsError> {
        let mut aside = self.shelf()?;
        for batch in batches {
            aside.push(batch)?;
        }
        Ok(Self::Shelf(aside))
    }

    fn finish(self) -> Result<Box<dyn Rows>, RowsError> {
        self.shelf()?.finish()
    }

    fn shelf(self) -> Result<Box<dyn Shelf>, RowsError> {
        match self {
            Self::New { scratch, schema } => scratch.shelf(&schema),
            Self::Shelf(aside) => Ok(aside),
        }
    }
}

/// What came of laying rows aside.
fn kept<T>(done: Result<Result<T, RowsError>, String>) -> Result<T, Failure> {
    match done {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            Err(resource(SqlState::IO_ERROR, format!("the result cannot be kept: {error}")))
        }
        Err(panic) => Err(resource(
            SqlState::INTERNAL_ERROR,
            format!("keeping the result ended in a panic: {panic}"),
        )),
    }
}

fn resource(sqlstate: SqlState, message: String) -> Failure {
    Failure { class: FailureClass::Resource, sqlstate, message, code: None, position: None }
}

/// No platform has a usize wider than 64 bits.
fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Int64Array};
    use model::AsideInMemory;
    use std::sync::Mutex;

    fn batch(start: i64, rows: i64) -> RecordBatch {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(start..start + rows));
        RecordBatch::try_from_iter([("n", numbers)]).unwrap()
    }

    fn stream(batches: Vec<Result<RecordBatch, Failure>>) -> ResultStream {
        let stream = futures::stream::iter(batches).boxed();
        ResultStream::new(batch(0, 0).schema(), "SELECT n", stream)
    }

    async fn take(
        scratch: Arc<dyn Scratch>,
        bytes_max: u64,
        batches: Vec<Result<RecordBatch, Failure>>,
    ) -> (Result<AnswerRows, Failure>, Vec<u64>) {
        let told = Mutex::new(Vec::new());
        let progress = |rows| told.lock().unwrap().push(rows);
        let intake = Intake { scratch: &scratch, bytes_max, progress: &progress };
        let taken = intake.take(stream(batches)).await;
        (taken, told.into_inner().unwrap())
    }

    #[tokio::test]
    async fn rows_come_whole_and_in_order_whatever_waits() {
        // Each batch is a little more than half of what waits.
        let each = 300_000;
        let batches = (0..5).map(|n| Ok(batch(n * each, each))).collect();
        let (taken, told) = take(Arc::new(AsideInMemory), u64::MAX, batches).await;
        let answer = taken.unwrap();
        assert_eq!((answer.count, answer.rows.rows()), (1_500_000, Some(1_500_000)));
        assert!(answer.bytes >= 1_500_000 * 8);
        assert_eq!(told, [300_000, 600_000, 900_000, 1_200_000, 1_500_000]);
        let mut next = 0;
        for read in answer.rows.read(0, &[0], 1 << 20).unwrap() {
            let read = read.unwrap();
            let rows = i64::try_from(read.num_rows()).unwrap();
            assert_eq!(read, batch(next, rows));
            next += rows;
        }
        assert_eq!(next, 1_500_000);
    }

    #[tokio::test]
    async fn no_rows_are_an_answer_too() {
        let (taken, _) = take(Arc::new(AsideInMemory), 0, Vec::new()).await;
        let answer = taken.unwrap();
        assert_eq!((answer.count, answer.rows.rows()), (0, Some(0)));
        assert_eq!(answer.rows.schema(), &batch(0, 0).schema());
    }

    #[tokio::test]
    async fn a_failure_on_the_way_is_the_answer() {
        let failure = resource(SqlState::QUERY_CANCELED, "too late".to_owned());
        let batches = vec![Ok(batch(0, 3)), Err(failure.clone())];
        let (taken, _) = take(Arc::new(AsideInMemory), u64::MAX, batches).await;
        assert_eq!(taken.unwrap_err(), failure);
    }

    #[tokio::test]
    async fn what_is_too_large_is_not_read_on() {
        let never = resource(SqlState::INTERNAL_ERROR, "was read on".to_owned());
        let batches = vec![Ok(batch(0, 10)), Ok(batch(10, 1_000)), Err(never)];
        let (taken, _) = take(Arc::new(AsideInMemory), 1_000, batches).await;
        let failure = taken.unwrap_err();
        assert_eq!(failure.class, FailureClass::Resource);
        assert!(failure.message.contains("1000 bytes"), "{failure}");
    }

    /// Has no room.
    #[derive(Debug)]
    struct Full;

    impl Scratch for Full {
        fn shelf(&self, _: &SchemaRef) -> Result<Box<dyn Shelf>, RowsError> {
            Err(RowsError("`/tmp`: the disk is full".to_owned()))
        }
    }

    #[tokio::test]
    async fn what_cannot_be_kept_says_why() {
        let (taken, _) = take(Arc::new(Full), u64::MAX, vec![Ok(batch(0, 1))]).await;
        let failure = taken.unwrap_err();
        assert_eq!(failure.class, FailureClass::Resource);
        assert_eq!(failure.sqlstate, SqlState::IO_ERROR);
        assert!(failure.message.contains("`/tmp`: the disk is full"), "{failure}");
    }
}
