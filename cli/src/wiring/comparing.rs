//! A comparison of files: how far it is, whether it should end, and where rows go that memory does
//! not hold.

use arrow::{datatypes::SchemaRef, record_batch::RecordBatch};
use compare::{Pass, Watch};
use files::{SpoolOptions, SpoolWriter};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use model::{Rows, RowsError, Shelf, Side};
use replay::StopSignal;
use std::{fmt, io::IsTerminal as _, sync::Mutex, time::Duration};

const TICK: Duration = Duration::from_millis(120);

/// Shows how far a comparison is.
pub(crate) struct Comparing {
    stop: StopSignal,
    bar: ProgressBar,
    rows: Option<u64>,
    pass: Mutex<Option<Pass>>,
}

impl Comparing {
    /// Of these two inputs; it ends when `stop` says so.
    pub(crate) fn new(stop: StopSignal, [legacy, governed]: [&dyn Rows; 2]) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr())
        } else {
            ProgressBar::hidden()
        };
        bar.enable_steady_tick(TICK);
        let rows = legacy.rows().zip(governed.rows()).map(|(a, b)| a.saturating_add(b));
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
            Pass::Pick => "picking rows that differ",
            Pass::Keys => "checking the key",
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

/// Temporary files in the system's folder for them.
#[derive(Debug)]
pub(crate) struct Scratch;

impl model::Scratch for Scratch {
    fn shelf(&self, schema: &SchemaRef) -> Result<Box<dyn Shelf>, RowsError> {
        let options = SpoolOptions { memory_bytes_max: 0, ..SpoolOptions::default() };
        Ok(Box::new(OnDisk(SpoolWriter::new(SchemaRef::clone(schema), &options))))
    }
}

struct OnDisk(SpoolWriter);

impl fmt::Debug for OnDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnDisk")
    }
}

impl Shelf for OnDisk {
    fn push(&mut self, batch: RecordBatch) -> Result<(), RowsError> {
        self.0.push(batch)
    }

    fn finish(self: Box<Self>) -> Result<Box<dyn Rows>, RowsError> {
        Ok(Box::new(self.0.finish()?))
    }
}
