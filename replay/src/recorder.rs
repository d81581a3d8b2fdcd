//! Writes what sessions have to record, as many items in one transaction as wait for it.
//!
//! A transaction costs about as much as the rows of several items, and only one can be open at a time. So
//! one thread writes: it takes all that waits, commits it, and tells each session that its item is
//! recorded. A session waits for that, so that there is at most one item of each.

use crate::{
    queue::Queue,
    store::{Prepared, StoreError},
};
use std::{
    io,
    sync::Arc,
    thread::{self, JoinHandle},
};
use tokio::sync::{mpsc, oneshot};

/// Items of one transaction.
const GROUP_MAX: usize = 256;

/// The end of sessions.
#[derive(Debug)]
pub(crate) struct Recorder {
    queue: mpsc::Sender<Entry>,
    thread: JoinHandle<()>,
}

#[derive(Debug)]
struct Entry {
    item: Prepared,
    recorded: oneshot::Sender<Result<(), StoreError>>,
}

/// The thread that writes is gone.
#[derive(Debug)]
pub(crate) struct Gone;

impl Recorder {
    /// Starts the thread, for so many sessions.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn start(queue: Arc<dyn Queue>, sessions: usize) -> io::Result<Self> {
        let (sender, entries) = mpsc::channel(sessions.max(1));
        let thread = thread::Builder::new()
            .name("replay-recorder".to_owned())
            .spawn(move || write_all(queue.as_ref(), entries))?;
        Ok(Self { queue: sender, thread })
    }

    /// Records an item. Once this returns, it is recorded completely, or not at all. Where the caller goes
    /// away meanwhile, it is one of the two all the same.
    pub(crate) async fn record(&self, item: Prepared) -> Result<Result<(), StoreError>, Gone> {
        let (recorded, is_recorded) = oneshot::channel();
        self.queue.send(Entry { item, recorded }).await.map_err(|_| Gone)?;
        is_recorded.await.map_err(|_| Gone)
    }

    /// Waits until all is written. Blocks.
    pub(crate) fn finish(self) {
        let Self { queue, thread } = self;
        drop(queue);
        // A panic was told to the session whose item it was.
        let _ = thread.join();
    }
}

fn write_all(queue: &dyn Queue, mut entries: mpsc::Receiver<Entry>) {
    let mut group = Vec::with_capacity(GROUP_MAX);
    while entries.blocking_recv_many(&mut group, GROUP_MAX) > 0 {
        let (items, waiting): (Vec<Prepared>, Vec<_>) =
            group.drain(..).map(|Entry { item, recorded }| (item, recorded)).unzip();
        // Nobody waits any more where the run has ended.
        let Err(error) = queue.commit(&items) else {
            for recorded in waiting {
                drop(recorded.send(Ok(())));
            }
            continue;
        };
        for (item, recorded) in items.into_iter().zip(waiting) {
            let written = match error.of_all() {
                // It is nobody's fault in particular, and to try each would take as long for each.
                Some(error) => {
                    item.discard();
                    Err(error)
                }
                // One of them is at fault, and the others must not share it.
                None => queue.commit_one(item),
            };
            drop(recorded.send(written));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plan::{Selection, Unchanged, build},
        store::{Record, Store, StoreOptions},
    };
    use model::{
        Dialect, Differences, EngineInfo, EngineKind, Judgement, Statement, Verdict, Workload,
        report::RunHeader,
    };

    fn store(runs: &std::path::Path, items: u64) -> Store {
        let statement =
            |n: u64| Statement::new(n.to_string(), ("s", n), Dialect::Postgres, "SELECT 1");
        let workload = Workload::new("test", (0..items).map(statement).collect()).unwrap();
        let plan = build(&workload, &Unchanged { dialect: Dialect::DuckDb }, Selection::default())
            .unwrap();
        let engine = EngineInfo {
            kind: EngineKind::Simulated,
            version: "1".to_owned(),
            dialect: Dialect::Postgres,
            settings: [].into(),
        };
        let content = workload.manifest.content;
        let header = RunHeader::new("test", chrono::Utc::now(), content, [engine.clone(), engine]);
        Store::create_or_resume(runs, &header, &plan, StoreOptions::default()).unwrap()
    }

    fn item(store: &Store, index: u64, reason: &str) -> Prepared {
        let verdict = Verdict::Skipped { reason: reason.to_owned() };
        let judgement = Judgement { verdict, differences: Differences::default() };
        store.prepare(&Record { index, judgement: &judgement, sides: &[], lag: None }).unwrap()
    }

    #[tokio::test]
    async fn items_of_one_transaction_do_not_share_the_fault_of_one() {
        let runs = tempfile::tempdir().unwrap();
        let store = store(runs.path(), 4);
        store.commit(&[item(&store, 1, "first")]).unwrap();
        let recorder = Recorder::start(Arc::new(store.clone()), 8).unwrap();
        let waiting = (0..4).map(|index| recorder.record(item(&store, index, "second")));
        // All are sent before the thread could have written the first of them, or some are: either way.
        let ends = futures::future::join_all(waiting).await;
        for (index, end) in ends.into_iter().enumerate() {
            let end = end.unwrap();
            let is_again = matches!(end, Err(StoreError::AlreadyRecorded { index: 1, .. }));
            assert_eq!((is_again, end.is_ok()), (index == 1, index != 1), "{index}");
        }
        recorder.finish();
        let report = store.report().unwrap();
        assert_eq!((report.totals.skipped, report.totals.pending), (4, 0));
        let reasons = report.items.iter().map(|item| item.judgement.as_ref().unwrap());
        let reasons: Vec<&str> = reasons.map(|of| of.verdict.reason().unwrap()).collect();
        assert_eq!(reasons, ["second", "first", "second", "second"]);
    }

    #[test]
    fn a_transaction_with_a_fault_leaves_nothing_of_any_item() {
        let runs = tempfile::tempdir().unwrap();
        let store = store(runs.path(), 3);
        let items = [item(&store, 0, "a"), item(&store, 2, "b"), item(&store, 2, "c")];
        assert!(store.commit(&items).is_err());
        assert_eq!(store.counts().unwrap(), (3, 0));
    }

    #[tokio::test]
    async fn what_was_sent_is_written_even_if_nobody_waits() {
        let runs = tempfile::tempdir().unwrap();
        let store = store(runs.path(), 1);
        let recorder = Recorder::start(Arc::new(store.clone()), 1).unwrap();
        {
            let mut recording = std::pin::pin!(recorder.record(item(&store, 0, "a")));
            // Sent on the first poll, and then given up.
            let _ = futures::poll!(&mut recording);
        }
        recorder.finish();
        assert_eq!(store.counts().unwrap(), (1, 1));
    }
}
