//! What a run tells while it runs, for progress bars and logs. Reports read the store instead.

use crate::judge::panic_text;
use model::{Lag, Side, Verdict};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

/// Events that wait for a slow observer; further ones are dropped and counted.
const QUEUE_MAX: usize = 1024;

/// How long the end of a run waits for a slow observer.
const DRAIN_MAX: Duration = Duration::from_secs(1);

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The run starts or goes on.
    RunStarted {
        /// Statements in the plan.
        total: u64,
        /// Of these, already judged by an earlier start.
        already_done: u64,
        /// How long the sessions at hand will last where answers take no time; absent where no times are
        /// kept.
        lasts: Option<Duration>,
    },
    /// A verdict was recorded.
    ItemFinished {
        /// Position in the plan.
        index: u64,
        /// Id of the statement.
        statement: String,
        /// The verdict.
        verdict: Verdict,
        /// Statements judged so far, this one and earlier starts included.
        done: u64,
        /// Statements in the plan.
        total: u64,
        /// What was measured; absent for a statement that did not run.
        measured: Option<Measured>,
    },
    /// A statement is sent again after a failure that may pass.
    SentAgain {
        /// Position in the plan.
        index: u64,
        /// On which side.
        side: Side,
    },
    /// Nothing is sent to a side for a while, since its engine does not answer; or it is again.
    Breaker {
        /// Which side.
        side: Side,
        /// Is nothing sent?
        open: bool,
    },
    /// Something worth knowing that does not stop the run.
    Warning {
        /// The statement it is about.
        index: Option<u64>,
        /// The side it is about.
        side: Option<Side>,
        /// What happened.
        message: String,
    },
    /// The run ends.
    RunEnded {
        /// Statements judged, earlier starts included.
        done: u64,
        /// Statements in the plan.
        total: u64,
    },
}

/// What was measured of a statement that ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Time from sending it to the last row or the failure, in microseconds: legacy, governed.
    pub latency_us: [u64; 2],
    /// Did it fail there?
    pub failed: [bool; 2],
    /// How late it was sent.
    pub lag: Lag,
    /// Bytes of Arrow arrays in all answers.
    pub result_bytes: u64,
}

/// Told of each event, in order, on a thread of its own. A slow observer loses events, a panicking
/// one gets no more; the run goes on.
pub trait Observer: Send + Sync {
    /// `event` happened.
    fn event(&self, event: &Event);
}

/// Looks at nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _event: &Event) {}
}

/// The sending end: never blocks.
pub(crate) struct Feed {
    /// Told at once, on whatever thread an event comes from.
    meter: Arc<dyn Observer>,
    queue: SyncSender<Event>,
    dropped: AtomicU64,
}

/// Hears once everything was delivered.
#[derive(Debug)]
pub(crate) struct Delivered(Receiver<()>);

impl Feed {
    /// Starts the observer's thread.
    pub(crate) fn start(
        observer: Arc<dyn Observer>,
        meter: Arc<dyn Observer>,
    ) -> (Self, Delivered) {
        let (queue, events) = sync_channel::<Event>(QUEUE_MAX);
        let (finishing, finished) = sync_channel(1);
        let spawned = thread::Builder::new().name("replay-observer".to_owned()).spawn(move || {
            for event in events {
                let told = catch_unwind(AssertUnwindSafe(|| observer.event(&event)));
                if let Err(payload) = told {
                    let message = panic_text(payload.as_ref());
                    tracing::warn!(message, "the observer panicked and is told nothing more");
                    break;
                }
            }
            // Nobody listens any more once the run gave up waiting.
            let _ = finishing.try_send(());
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "no thread for the observer; progress is not shown");
        }
        (Self { meter, queue, dropped: AtomicU64::new(0) }, Delivered(finished))
    }

    pub(crate) fn tell(&self, event: Event) {
        // A meter that panics is a bug, but no reason to lose a verdict.
        let _ = catch_unwind(AssertUnwindSafe(|| self.meter.event(&event)));
        if let Err(TrySendError::Full(_)) = self.queue.try_send(event) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn warn(&self, index: Option<u64>, side: Option<Side>, message: String) {
        self.tell(Event::Warning { index, side, message });
    }

    /// Sends the last event and waits a bounded time until all are delivered. Blocks.
    pub(crate) fn finish(self, delivered: &Delivered, last: Event) {
        let Self { meter, queue, dropped } = self;
        let _ = catch_unwind(AssertUnwindSafe(|| meter.event(&last)));
        let deadline = Instant::now() + DRAIN_MAX;
        let mut last = Some(last);
        // The queue may be full; the last event is worth a short wait.
        while let Some(event) = last.take() {
            match queue.try_send(event) {
                Err(TrySendError::Full(event)) if Instant::now() < deadline => {
                    last = Some(event);
                    thread::sleep(Duration::from_millis(5));
                }
                Ok(()) | Err(_) => {}
            }
        }
        drop(queue);
        let left = deadline.saturating_duration_since(Instant::now());
        if delivered.0.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!(
                "the observer is still busy with earlier events; the run ends without it"
            );
        }
        let dropped = dropped.into_inner();
        if dropped > 0 {
            tracing::warn!(dropped, "the observer was too slow and missed events");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    const LAST: Event = Event::RunEnded { done: 1, total: 1 };

    fn warning(number: u64) -> Event {
        Event::Warning { index: Some(number), side: None, message: "w".to_owned() }
    }

    #[derive(Default)]
    struct Listening(Mutex<Vec<Event>>);

    impl Observer for Listening {
        fn event(&self, event: &Event) {
            self.0.lock().unwrap().push(event.clone());
        }
    }

    #[test]
    fn events_arrive_in_order_and_the_last_one_too() {
        let observer = Arc::new(Listening::default());
        let (feed, delivered) =
            Feed::start(Arc::clone(&observer) as Arc<dyn Observer>, Arc::new(Silent));
        (0..100).for_each(|number| feed.tell(warning(number)));
        feed.finish(&delivered, LAST);
        let mut expected: Vec<Event> = (0..100).map(warning).collect();
        expected.push(LAST);
        assert_eq!(*observer.0.lock().unwrap(), expected);
    }

    struct Stuck;

    impl Observer for Stuck {
        fn event(&self, _event: &Event) {
            thread::sleep(Duration::from_mins(1));
        }
    }

    #[test]
    fn a_stuck_observer_costs_a_bounded_time_and_memory() {
        let start = Instant::now();
        let (feed, delivered) = Feed::start(Arc::new(Stuck), Arc::new(Silent));
        (0..10_000).for_each(|number| feed.tell(warning(number)));
        assert!(feed.dropped.load(Ordering::Relaxed) >= 10_000 - QUEUE_MAX as u64 - 1);
        feed.finish(&delivered, LAST);
        assert!(start.elapsed() < DRAIN_MAX * 3, "{:?}", start.elapsed());
    }

    struct Panicking;

    impl Observer for Panicking {
        fn event(&self, _event: &Event) {
            panic!("no");
        }
    }

    #[test]
    fn a_panicking_observer_is_left_alone() {
        let (feed, delivered) = Feed::start(Arc::new(Panicking), Arc::new(Panicking));
        (0..10_000).for_each(|number| feed.tell(warning(number)));
        feed.finish(&delivered, LAST);
    }
}
