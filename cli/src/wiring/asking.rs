//! One or two questions to engines at the same time: how far they are, and whether they should end.

use crate::{error::CliError, output};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{EngineInfo, Scratch, Side};
use replay::{Asked, Listener, Question, ReplayError, Settings, SideAnswer, StopSignal, ask};
use std::{
    io::IsTerminal as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

const TICK: Duration = Duration::from_millis(120);

/// An answer, and what the engine says of itself, where it still could.
pub(crate) type Answered = (SideAnswer, Option<EngineInfo>);

/// Asks both questions, legacy first, as far as there are any. Where one engine cannot be reached,
/// the statement on the other is cancelled.
pub(crate) async fn both(
    questions: [Option<&Question>; 2],
    settings: &Settings,
    scratch: &Arc<dyn Scratch>,
    stop: &StopSignal,
) -> Result<[Option<Answered>; 2], CliError> {
    let shown = Shown::new(questions.map(|question| question.is_some()));
    let (halt, halted) = replay::StopSignal::channel();
    let one = async |question: Option<&Question>| {
        let Some(question) = question else { return Ok(None) };
        let asked = ask(question, settings, scratch, &halted, &shown).await;
        if asked.is_err() {
            halt.stop();
        }
        asked.map(Some)
    };
    let [legacy, governed] = questions;
    let mut work = std::pin::pin!(async { tokio::join!(one(legacy), one(governed)) });
    let (legacy, governed) = tokio::select! {
        both = &mut work => both,
        () = stop.stopped() => {
            halt.stop();
            work.await
        }
    };
    shown.bar.finish_and_clear();
    Ok([answered(legacy)?, answered(governed)?])
}

fn answered(asked: Result<Option<Asked>, ReplayError>) -> Result<Option<Answered>, CliError> {
    match asked? {
        None => Ok(None),
        Some(Asked::Answered(answer, info)) => Ok(Some((answer, info))),
        Some(Asked::Interrupted) => {
            Err(CliError::interrupted("the queries were stopped, nothing is known"))
        }
    }
}

/// How many rows have come, on a terminal.
struct Shown {
    bar: ProgressBar,
    asked: [bool; 2],
    rows: [AtomicU64; 2],
}

impl Shown {
    fn new(asked: [bool; 2]) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("asking {spinner} {msg}  {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        let shown = Self { bar, asked, rows: [AtomicU64::new(0), AtomicU64::new(0)] };
        shown.bar.set_message(shown.message());
        shown
    }

    fn message(&self) -> String {
        let [legacy, governed] = &self.rows;
        let sides = [(Side::Legacy, legacy), (Side::Governed, governed)];
        let asked = sides.into_iter().zip(self.asked).filter(|(_, asked)| *asked);
        let counts = asked.map(|((side, rows), _)| {
            format!("{side}: {} rows", HumanCount(rows.load(Ordering::Relaxed)))
        });
        counts.collect::<Vec<_>>().join(", ")
    }
}

impl Listener for Shown {
    fn rows(&self, side: Side, rows: u64) {
        let [legacy, governed] = &self.rows;
        let count = match side {
            Side::Legacy => legacy,
            Side::Governed => governed,
        };
        count.store(rows, Ordering::Relaxed);
        self.bar.set_message(self.message());
    }

    fn warn(&self, side: Side, message: String) {
        self.bar.suspend(|| output::note(format!("warning: {side}: {message}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_for_the_sides_that_are_asked() {
        let shown = Shown::new([true, true]);
        shown.rows(Side::Legacy, 12_345);
        shown.rows(Side::Governed, 6);
        assert_eq!(shown.message(), "legacy: 12,345 rows, governed: 6 rows");
        let shown = Shown::new([false, true]);
        shown.rows(Side::Governed, 6);
        assert_eq!(shown.message(), "governed: 6 rows");
    }
}
