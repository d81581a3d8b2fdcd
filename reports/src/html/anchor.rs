//! Names that a link can point at.

use model::report::ItemReport;
use std::collections::BTreeSet;

/// Characters of an id that go into its anchor.
const CHARS_MAX: usize = 80;

/// Prefix of the page's own anchors.
pub(super) const OWN: &str = "page-";

/// Gives each statement an anchor of its own: its id, where that is possible.
#[derive(Debug, Default)]
pub(super) struct Anchors(BTreeSet<String>);

impl Anchors {
    /// One anchor an item, in their order.
    pub(super) fn of(&mut self, prefix: &str, items: &[ItemReport]) -> Vec<String> {
        items.iter().map(|item| self.next(prefix, &item.item.statement)).collect()
    }

    fn next(&mut self, prefix: &str, statement: &str) -> String {
        let mut name = prefix.to_owned();
        for c in statement.chars().take(CHARS_MAX) {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') {
                name.push(c);
            } else {
                name.push('_');
            }
        }
        let mut anchor = name.clone();
        let mut tries = 1_u64;
        while anchor.is_empty() || anchor.starts_with(OWN) || !self.0.insert(anchor.clone()) {
            tries += 1;
            anchor = format!("s{tries}-{name}");
        }
        anchor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_its_own_anchor() {
        assert_eq!(Anchors::default().next("", "tpch-01"), "tpch-01");
        assert_eq!(Anchors::default().next("unchanged-", "tpch-01"), "unchanged-tpch-01");
    }

    #[test]
    fn anchors_are_distinct_and_harmless() {
        let mut anchors = Anchors::default();
        let names = ["a b", "a\"b", "a<b", "a_b", "", "", "page-top", "page-top"];
        let found: Vec<String> = names.iter().map(|name| anchors.next("", name)).collect();
        let distinct: BTreeSet<&String> = found.iter().collect();
        assert_eq!(distinct.len(), names.len());
        for anchor in &found {
            assert!(!anchor.is_empty() && !anchor.starts_with(OWN), "{anchor}");
            assert!(
                anchor.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
                "{anchor}"
            );
        }
    }
}
