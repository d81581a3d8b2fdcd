//! A comparison of two inputs: how far it is, and whether it should end.

use crate::wiring::progress;
use compare::{Pass, Watch};
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget};
use model::Side;
use replay::StopSignal;
use std::sync::Mutex;

/// Shows how far a comparison is.
pub(crate) struct Comparing {
    stop: StopSignal,
    bar: ProgressBar,
    rows: Option<u64>,
    pass: Mutex<Option<Pass>>,
}

/// What a pass is called, and whether it reads all rows.
const fn title(pass: Pass) -> (&'static str, bool) {
    match pass {
        Pass::Fingerprint => ("reading both sides", true),
        Pass::Sift => ("cancelling equal rows", true),
        Pass::Pick => ("picking rows that differ", true),
        Pass::Keys => ("checking the key", true),
        Pass::Order => ("checking the order", true),
        Pass::Judge => ("judging rows that differ", false),
    }
}

impl Comparing {
    /// Of two inputs with so many rows together, where that is known; it ends when `stop` says so.
    pub(crate) fn new(stop: StopSignal, rows: Option<u64>) -> Self {
        let comparing = Self::on(progress::target(), stop, rows);
        comparing.bar.enable_steady_tick(progress::TICK);
        comparing
    }

    fn on(target: ProgressDrawTarget, stop: StopSignal, rows: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        Self { stop, bar, rows, pass: Mutex::new(None) }
    }

    /// Takes the bar away. Was the comparison stopped?
    pub(crate) fn finish(self) -> bool {
        self.bar.finish_and_clear();
        self.stop.is_stopped()
    }

    fn begin(&self, pass: Pass) {
        let (title, reads_all) = title(pass);
        let rows = self.rows.filter(|_| reads_all);
        let template = match rows {
            Some(_) => "{prefix} {bar:32} {percent}%  {msg}  {elapsed}, {eta} left",
            None => "{prefix} {spinner} {msg}  {elapsed}",
        };
        self.bar.set_style(progress::style(template));
        self.bar.set_prefix(title);
        self.bar.reset();
        match rows {
            Some(rows) => self.bar.set_length(rows),
            None => self.bar.unset_length(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::{io, sync::Arc};

    /// A terminal that keeps the last line that was written.
    #[derive(Debug, Clone, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            120
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write_str(line)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().unwrap().clear();
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn on_screen(rows: Option<u64>) -> (Comparing, impl Fn(&Comparing) -> String) {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let comparing = Comparing::on(target, StopSignal::never(), rows);
        let shown = move |comparing: &Comparing| {
            // Drawn at most some times a second otherwise.
            comparing.bar.force_draw();
            screen.0.lock().unwrap().clone()
        };
        (comparing, shown)
    }

    #[test]
    fn each_pass_has_its_name_and_begins_anew() {
        let (comparing, shown) = on_screen(Some(4_000_000));
        comparing.read(Pass::Fingerprint, Side::Legacy, 1_000_000);
        let line = shown(&comparing);
        assert!(line.contains("reading both sides"), "{line:?}");
        assert!(line.contains("25%  1,000,000 rows") && line.contains("left"), "{line:?}");
        comparing.read(Pass::Fingerprint, Side::Governed, 2_000_000);
        assert!(shown(&comparing).contains("75%  3,000,000 rows"));
        comparing.read(Pass::Pick, Side::Legacy, 400_000);
        let line = shown(&comparing);
        assert!(line.contains("picking rows that differ"), "{line:?}");
        assert!(line.contains("10%  400,000 rows"), "{line:?}");
        assert!(!comparing.finish());
    }

    #[test]
    fn what_is_not_known_is_not_shown() {
        let (comparing, shown) = on_screen(None);
        comparing.read(Pass::Fingerprint, Side::Legacy, 7);
        let line = shown(&comparing);
        assert!(line.contains("reading both sides") && line.contains("7 rows"), "{line:?}");
        assert!(!line.contains('%') && !line.contains("left"), "{line:?}");
        // How many rows differ nobody knows before.
        let (comparing, shown) = on_screen(Some(4_000_000));
        comparing.read(Pass::Fingerprint, Side::Legacy, 4_000_000);
        comparing.read(Pass::Judge, Side::Legacy, 12);
        let line = shown(&comparing);
        assert!(line.contains("judging rows that differ") && line.contains("12 rows"), "{line:?}");
        assert!(!line.contains('%') && !line.contains("left"), "{line:?}");
    }
}
