//! An import of files: how far it is, and whether it should end.

use capture::import::Watch;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use replay::StopSignal;
use std::{cell::Cell, io::IsTerminal as _, path::Path, time::Duration};

const TICK: Duration = Duration::from_millis(120);

/// Shows how far an import is.
pub(crate) struct Importing {
    stop: StopSignal,
    bar: ProgressBar,
    records: Cell<u64>,
}

impl Importing {
    /// An import that ends when `stop` says so.
    pub(crate) fn new(stop: StopSignal) -> Self {
        let target = if std::io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("importing {spinner} {msg}  {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(TICK);
        Self { stop, bar, records: Cell::new(0) }
    }

    /// Takes the line away.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Importing {
    fn read(&self, file: &Path, records: u64) {
        let all = self.records.get() + records;
        self.records.set(all);
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        self.bar.set_message(format!("{} records, {name}", HumanCount(all)));
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }
}
