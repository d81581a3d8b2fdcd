//! Output: answers go to standard output, everything else to standard error.

use std::io::Write as _;

/// Writes an answer (help, findings) to standard output.
pub(crate) fn result(text: &str) {
    // A closed pipe (`cargo xtask tidy | head`) is no reason to fail.
    let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end_matches('\n'));
}

/// Tells what is going on.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "xtask: {text}");
}

/// Tells why the command ends.
pub(crate) fn error(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "error: {text}");
}
