//! Regular expressions of RE2 as the core reads them.

use crate::bind::pattern::{self, Flavor};

pub use crate::bind::pattern::Use;

/// The core pattern, if all engines read it alike for this use.
pub fn of_re2(pattern: &str, purpose: Use) -> Option<String> {
    // `(?i)` in front: case does not count.
    let (pattern, ignore_case) = match pattern.strip_prefix("(?i)") {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    pattern::to_core(pattern, purpose, ignore_case, Flavor::Re2).ok()
}

/// Is it a replacement that the core writes alike: text, with `\\1` to `\\9` for groups?
pub fn is_replacement(text: &str) -> bool {
    pattern::replacement(text, Flavor::Re2).is_some()
}
