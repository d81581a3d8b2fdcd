//! A comparison of two inputs: how far it is, and whether it should end.

use compare::{Pass, Watch};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::Side;
use replay::StopSignal;
use std::{io::IsTerminal as _, sync::Mutex, time::Duration};

const TICK: Duration = Duration::from_millis(120);

/// Shows how far a comparison is.
pub(crate) struct Comparing {
    stop: StopSignal,
    bar: ProgressBar,
    rows: Option<u64>,
    pass: Mutex<Option<Pass>>,
}

impl Comparing {
    /// Of two inputs with so many rows together, where that is known; it ends when `stop` says so.
    pub(crate) fn new(stop: StopSignal, rows: Option<u64>) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        bar.enable_steady_tick(TICK);
        Self { stop, bar, rows, pass: Mutex::new(None) }
    }

    /// Takes the bar away. Was the comparison stopped?
    pub(crate) fn finish(self) -> bool {
        self.bar.finish_and_clear();
        self.stop.is_stopped()
    }

    fn begin(&self, pass: Pass) {
        let title = match pass {
            Pass::Fingerprint => "reading both sides",
            Pass::Sift => "cancelling equal rows",
            Pass::Pick => "picking rows that differ",
            Pass::Keys => "checking the key",
            Pass::Order => "checking the order",
        };
        let template = match self.rows {
            Some(_) => "{prefix} {bar:32} {percent}%  {msg}  {elapsed}, {eta} left",
            None => "{prefix} {spinner} {msg}  {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_prefix(title);
        self.bar.reset();
        if let Some(rows) = self.rows {
            self.bar.set_length(rows);
        }
    }
}

impl Watch for Comparing {
    fn read(&self, pass: Pass, _: Side, rows: u64) {
        if let Ok(mut current) = self.pass.lock()
            && *current != Some(pass)
        {
            *current = Some(pass);
            self.begin(pass);
        }
        self.bar.inc(rows);
        self.bar.set_message(format!("{} rows", HumanCount(self.bar.position())));
    }

    fn is_stopped(&self) -> bool {
        self.stop.is_stopped()
    }
}
