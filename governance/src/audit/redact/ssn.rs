//! Social security numbers of the United States: 3, 2 and 4 digits, with or without separators.
//! Numbers that are never issued (000, 666, 900 and above) are taken for one, too.

use super::chain::{Chain, Group};
use std::ops::Range;

pub(super) fn find(chain: &Chain) -> Vec<Range<usize>> {
    let grouped = chain.groups.windows(3).filter(|groups| lengths(groups) == [3, 2, 4]);
    let bare = chain.groups.chunks(1).filter(|groups| {
        !chain.decimal && groups.iter().all(|group| group.digits.len() == 9 && !group.in_word)
    });
    grouped.chain(bare).filter_map(Chain::range).collect()
}

pub(super) fn lengths(groups: &[Group]) -> Vec<usize> {
    groups.iter().map(|group| group.digits.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::personal;

    #[test]
    fn finds_both_spellings() {
        for ssn in ["078-05-1120", "078 05 1120", "078.05.1120", "078051120", "078\u{2011}05-1120"]
        {
            assert_eq!(personal(&format!("x {ssn}, y")), "x [ssn], y", "{ssn}");
        }
        assert_eq!(personal("ssn_078051120"), "ssn_[ssn]");
        assert_eq!(personal("x078-05-1120x"), "x[ssn]x");
    }

    #[test]
    fn other_numbers_stay() {
        for text in ["12345678", "0.123456789", "a123456789b", "2026-03-01", "123-456-789"] {
            assert_eq!(personal(text), text);
        }
    }
}
