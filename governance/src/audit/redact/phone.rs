//! Telephone numbers: international ones (`+` or `00`), those of North America, and national ones
//! with a leading zero and separators.

use super::{
    chain::{Chain, Group},
    ssn::lengths,
};
use std::ops::Range;

pub(super) fn find(chain: &Chain) -> Vec<Range<usize>> {
    if chain.decimal {
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let total: usize = chain.groups.iter().map(|group| group.digits.len()).sum();
    if let Some(all) = Chain::range(&chain.groups) {
        if let Some(plus) = chain.plus
            && total >= 7
        {
            found.push(plus..all.end);
        } else if has_trunk_prefix(&chain.groups, total) {
            found.push(all);
        }
    }
    found.extend(
        chain.groups.windows(3).filter(|g| lengths(g) == [3, 3, 4]).filter_map(Chain::range),
    );
    found.extend(
        chain.groups.iter().filter(|group| is_north_american(group)).map(|g| g.range.clone()),
    );
    found
}

/// `0049 30 123456`, `030/123456`, `030 123456`, `0171123456789`
fn has_trunk_prefix(groups: &[Group], total: usize) -> bool {
    let Some(first) = groups.first() else { return false };
    !first.in_word
        && (8..=17).contains(&total)
        && first.digits.first() == Some(&0)
        && first.digits.len() >= 2
        && (groups.len() > 1 || total >= 10)
}

/// Ten digits, or eleven with a leading 1, in which area and exchange begin with 2 to 9.
fn is_north_american(group: &Group) -> bool {
    let digits = match group.digits.as_slice() {
        [1, rest @ ..] if rest.len() == 10 => rest,
        all => all,
    };
    matches!(digits, [2..=9, _, _, 2..=9, _, _, _, _, _, _]) && !group.in_word
}

#[cfg(test)]
mod tests {
    use super::super::personal;

    #[test]
    fn finds_the_usual_spellings() {
        for phone in [
            "555-123-4567",
            "555.123.4567",
            "5552234567",
            "15552234567",
            "+15551234567",
            "+1 (555) 123-4567",
            "+49 30 1234567",
            "+442071838750",
            "0049 30 1234567",
            "030 1234567",
            "030/1234567",
            "01711234567",
        ] {
            assert_eq!(personal(&format!("x {phone}, y")), "x [phone], y", "{phone}");
        }
        assert_eq!(personal("(555) 123-4567"), "([phone]");
        assert_eq!(personal("1-555-123-4567"), "1-[phone]");
    }

    #[test]
    fn other_numbers_stay() {
        for text in ["1000000000", "2026-03-01", "0.0000001234", "1 + 2", "x + 100", "00000"] {
            assert_eq!(personal(text), text);
        }
    }
}
