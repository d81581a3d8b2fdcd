//! Progress on stderr: a bar where it is a terminal, nothing but notes where it is not.

use crate::output;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{Side, Verdict};
use replay::{Event, Observer};
use std::{
    io::IsTerminal as _,
    sync::Mutex,
    time::{Duration, Instant},
};

/// Warnings shown of one run; a server that goes away may warn for each statement.
const WARNINGS_MAX: u64 = 20;

/// What lasts so long at its pace is told before.
const LASTS_LONG: Duration = Duration::from_secs(10);

/// How often a line is drawn anew.
pub(crate) const TICK: Duration = Duration::from_millis(120);

/// Says how long a pace lasts, where that is worth to be known before.
pub(crate) fn tell_length(lasts: Duration) {
    if lasts >= LASTS_LONG && !output::is_json() {
        output::note(format!("at this pace it takes {:#} or longer", HumanDuration(lasts)));
    }
}

/// Shows how a run goes on.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    mismatches: u64,
    warnings: u64,
}

impl Progress {
    /// A bar that opens with `title`.
    pub(crate) fn new(title: &str) -> Self {
        // Shown from the first event on, when there is something to count.
        let bar = ProgressBar::hidden();
        bar.set_style(style("{prefix} {bar:32} {pos}/{len}  {elapsed}  {msg}"));
        bar.set_prefix(title.to_owned());
        Self { bar, seen: Mutex::default() }
    }

    fn tell(&self, event: &Event) {
        let Ok(mut seen) = self.seen.lock() else { return };
        match event {
            Event::RunStarted { total, already_done, lasts } => {
                if let Some(lasts) = lasts {
                    tell_length(*lasts);
                }
                self.bar.set_length(*total);
                self.bar.set_position(*already_done);
                self.bar.set_draw_target(target());
                self.bar.enable_steady_tick(TICK);
            }
            Event::ItemFinished { verdict, done, statement, .. } => {
                if *verdict == Verdict::Mismatch {
                    seen.mismatches += 1;
                }
                self.bar.set_position(*done);
                let shown: String = statement.chars().take(40).collect();
                self.bar.set_message(match seen.mismatches {
                    0 => shown,
                    1 => format!("1 mismatch  {shown}"),
                    n => format!("{n} mismatches  {shown}"),
                });
            }
            // They are lines of the log already.
            Event::Warning { .. } if output::is_json() => {}
            Event::Warning { side, message, .. } => {
                seen.warnings += 1;
                if seen.warnings <= WARNINGS_MAX {
                    let side = side.map(|side: Side| format!("{side}: ")).unwrap_or_default();
                    self.bar.suspend(|| output::note(format!("warning: {side}{message}")));
                } else if seen.warnings == WARNINGS_MAX + 1 {
                    self.bar.suspend(|| output::note("warning: further warnings are not shown"));
                }
            }
            Event::RunEnded { .. } => self.bar.finish_and_clear(),
            // Warnings tell of these.
            Event::SentAgain { .. } | Event::Breaker { .. } => {}
        }
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event) {
        self.tell(event);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A phase without a count: a spinner while it lasts, one line when it is over.
#[derive(Debug)]
pub(crate) struct Phase {
    spinner: ProgressBar,
    started: Instant,
}

impl Phase {
    /// Starts it.
    pub(crate) fn start(doing: impl Into<String>) -> Self {
        let spinner = ProgressBar::with_draw_target(None, target());
        spinner.set_style(style("{spinner} {msg}  {elapsed}"));
        spinner.set_message(doing.into());
        spinner.enable_steady_tick(TICK);
        Self { spinner, started: Instant::now() }
    }

    /// Ends it with a note of what was done and how long it took.
    pub(crate) fn done(self, done: impl AsRef<str>) {
        self.spinner.finish_and_clear();
        let took = self.started.elapsed().as_secs_f64();
        output::note(format!("{} ({took:.1} s)", done.as_ref()));
    }
}

impl Drop for Phase {
    fn drop(&mut self) {
        self.spinner.finish_and_clear();
    }
}

/// Stderr, where it is a terminal.
pub(crate) fn target() -> ProgressDrawTarget {
    if std::io::stderr().is_terminal() && !output::is_json() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}

/// A template that cannot be read would be a bug of ours; the plain style is no worse than a panic.
pub(crate) fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_followed_without_a_terminal_too() {
        let progress = Progress::new("replay");
        progress.event(&Event::RunStarted { total: 3, already_done: 1, lasts: None });
        progress.event(&Event::ItemFinished {
            index: 1,
            statement: "a".to_owned(),
            verdict: Verdict::Mismatch,
            done: 2,
            total: 3,
            measured: None,
        });
        assert_eq!((progress.bar.position(), progress.bar.length()), (2, Some(3)));
        assert_eq!(progress.seen.lock().unwrap().mismatches, 1);
        progress.event(&Event::RunEnded { done: 2, total: 3 });
        assert!(progress.bar.is_finished());
    }

    #[test]
    fn templates_are_readable() {
        assert!(
            ProgressStyle::with_template("{prefix} {bar:32} {pos}/{len}  {elapsed}  {msg}").is_ok()
        );
        assert!(ProgressStyle::with_template("{spinner} {msg}  {elapsed}").is_ok());
    }
}
