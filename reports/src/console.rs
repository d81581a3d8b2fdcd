//! The run as text for a terminal: what matters first, everything bounded.

pub(crate) mod paint;
mod pair;
mod run;

use crate::ReportError;
use model::report::RunReport;
use std::io::Write;

/// How to write for the terminal at hand. The caller knows whether it is one, how wide it is, and
/// whether `NO_COLOR` is set; this crate does not ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Write colours and bold text as ANSI escape sequences. Without it no escape byte is written,
    /// whatever the recorded texts hold.
    pub color: bool,
    /// Columns available; less than 40 is taken as 40.
    pub width: usize,
}

impl Style {
    /// The narrowest width that is laid out for.
    const WIDTH_MIN: usize = 40;
    /// The widest: longer lines are hard to read.
    const WIDTH_MAX: usize = 160;

    fn columns(self) -> usize {
        self.width.clamp(Self::WIDTH_MIN, Self::WIDTH_MAX)
    }
}

/// Writes the summary of one run: the verdict with exact counts, engines, times, causes over
/// statements with what settles them, mismatches with their causes and first cells side by side, refused statements by code, the tolerance ledger, inconclusive
/// statements by reason.
///
/// # Errors
/// The writer failed.
pub fn write_console(report: &RunReport, style: Style, out: impl Write) -> Result<(), ReportError> {
    finish(&run::text(report, style), out)
}

/// Writes the two passes of the demo side by side: counts per corpus and verdict, silent and loud
/// mismatches apart, and what the transpiler removed.
///
/// # Errors
/// The writer failed.
pub fn side_by_side(
    unchanged: &RunReport,
    transpiled: &RunReport,
    style: Style,
    out: impl Write,
) -> Result<(), ReportError> {
    finish(&pair::text(unchanged, transpiled, style), out)
}

/// Writes a text that is laid out.
pub(crate) fn finish(text: &str, mut out: impl Write) -> Result<(), ReportError> {
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(ReportError::io("console"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use unicode_width::UnicodeWidthStr;

    fn plain(width: usize) -> Style {
        Style { color: false, width }
    }

    fn of(report: &RunReport, style: Style) -> String {
        let mut out = Vec::new();
        write_console(report, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn pair_of(style: Style) -> String {
        let mut out = Vec::new();
        side_by_side(&fixture::unchanged(), &fixture::transpiled(), style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_summary_is_as_agreed() {
        insta::assert_snapshot!("console", of(&fixture::everything(), plain(100)));
        insta::assert_snapshot!("console_causes", of(&fixture::clustered(), plain(100)));
        insta::assert_snapshot!("console_clean", of(&fixture::transpiled(), plain(100)));
    }

    #[test]
    fn the_two_passes_are_as_agreed() {
        insta::assert_snapshot!("console_pair", pair_of(plain(80)));
    }

    #[test]
    fn without_color_no_escape_is_written() {
        for report in fixture::all() {
            assert!(!of(&report, plain(100)).contains('\u{1b}'));
        }
        assert!(!pair_of(plain(100)).contains('\u{1b}'));
    }

    #[test]
    fn color_changes_nothing_but_color() {
        let style = Style { color: true, width: 100 };
        for report in fixture::all() {
            let colored = of(&report, style);
            assert!(colored.contains('\u{1b}'));
            let stripped = anstream::adapter::strip_str(&colored).to_string();
            assert_eq!(stripped, of(&report, plain(100)));
        }
        assert_eq!(anstream::adapter::strip_str(&pair_of(style)).to_string(), pair_of(plain(100)));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [40, 60, 80, 120, 160] {
            let texts = [
                of(&fixture::everything(), plain(width)),
                of(&fixture::clustered(), plain(width)),
                pair_of(plain(width)),
            ];
            for line in texts.iter().flat_map(|text| text.lines()) {
                assert!(line.width() <= width, "{width}: {} {line}", line.width());
            }
        }
    }

    #[test]
    fn the_first_line_is_the_verdict_with_the_totals() {
        for report in fixture::all() {
            let text = of(&report, plain(160));
            let first = text.lines().next().unwrap();
            let t = report.totals;
            assert!(first.contains(&format!("{} statements", t.sum())), "{first}");
            assert!(first.contains(&format!("{} match", t.matched)), "{first}");
            assert!(first.contains(&format!("{} mismatch", t.mismatched)), "{first}");
        }
    }
}
