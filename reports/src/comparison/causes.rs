//! What explains the differences, ready to be shown: what was found, and what settles it.

use super::{Comparison, words::message};
use crate::visible::line;
use model::Cause;

/// Causes shown.
pub(super) const CAUSES_MAX: usize = 12;
/// Lines of a block shown; a tolerance has fewer.
const BLOCK_LINES_MAX: usize = 12;

/// One cause, its texts on single lines without invisible characters.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) code: String,
    /// What was found.
    pub(super) sentence: String,
    /// What settles it.
    pub(super) advice: String,
    /// What can be copied for that: the lines of a tolerance; none where there is nothing to copy.
    pub(super) block: Vec<String>,
}

/// The causes that there is room for, in their order.
pub(super) fn causes(comparison: &Comparison<'_>) -> Vec<Told> {
    comparison.judgement.differences.causes.iter().take(CAUSES_MAX).map(told).collect()
}

fn told(cause: &Cause) -> Told {
    let (advice, block) = cause.remedy.split_once("\n\n").unwrap_or((&cause.remedy, ""));
    let advice: Vec<&str> = advice.lines().collect();
    Told {
        code: line(&cause.code),
        sentence: message(&cause.sentence),
        advice: message(&advice.join(" ")),
        block: block.trim().lines().take(BLOCK_LINES_MAX).map(message).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_copied_is_apart_from_what_is_said() {
        let mut cause = crate::comparison_fixture::rounding();
        let found = told(&cause);
        assert!(found.advice.ends_with("; or accept it:"), "{}", found.advice);
        assert_eq!(found.block.first().map(String::as_str), Some("[[tolerances]]"));
        cause.remedy = "sort both sides\nby `id`".to_owned();
        let found = told(&cause);
        assert_eq!((found.advice.as_str(), found.block.len()), ("sort both sides by `id`", 0));
    }
}
