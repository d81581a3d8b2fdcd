//! An import of files: how far it is, and whether it should end.

use crate::wiring::progress;
use capture::import::Watch;
use indicatif::{HumanCount, ProgressBar};
use replay::StopSignal;
use std::{cell::Cell, path::Path};

/// Shows how far an import is.
pub(crate) struct Importing {
    stop: StopSignal,
    bar: ProgressBar,
    records: Cell<u64>,
}

impl Importing {
    /// An import that ends when `stop` says so.
    pub(crate) fn new(stop: StopSignal) -> Self {
        let bar = ProgressBar::with_draw_target(None, progress::target());
        bar.set_style(progress::style("importing {spinner} {msg}  {elapsed}"));
        bar.enable_steady_tick(progress::TICK);
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
