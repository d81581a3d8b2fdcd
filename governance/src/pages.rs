//! The pages that `gnomon explain GV…` prints: one for each rule that can end a statement.

use crate::{error::ErrorCode, policy, stages};
use std::sync::LazyLock;

/// The page of one rule. Its code never changes and is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// `GV` and four digits.
    pub code: &'static str,
    /// The rule in a few words, lower case.
    pub title: &'static str,
    /// When it fires, why it is there, and what to do.
    pub text: &'static str,
    /// The error that it ends a statement with.
    pub error: ErrorCode,
}

/// Every page, ordered by code.
pub fn pages() -> &'static [Page] {
    static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
        let mut pages = [
            stages::policy_check::PAGES,
            policy::allow_principals::PAGES,
            stages::quota_check::PAGES,
            stages::row_filter::PAGES,
            stages::transpile::PAGES,
            stages::execute::PAGES,
            stages::column_mask::PAGES,
            stages::meter::PAGES,
            stages::audit::PAGES,
        ]
        .concat();
        pages.sort_by_key(|page| page.code);
        pages
    });
    &PAGES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_well_formed_and_unique() {
        let codes: Vec<&str> = pages().iter().map(|page| page.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        for page in pages() {
            let digits = page.code.strip_prefix("GV").unwrap();
            assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()));
            assert!(!page.title.is_empty() && page.text.len() > 60, "{}", page.code);
        }
    }

    #[test]
    fn every_error_code_has_a_page() {
        for code in ErrorCode::ALL {
            assert!(pages().iter().any(|page| page.error == code), "{code}");
        }
    }
}
