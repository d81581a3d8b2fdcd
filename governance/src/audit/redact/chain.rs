//! Chains of digits: groups of digits with the separators that people write between them.

use std::ops::Range;

/// A run of digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
    /// Its digits, 0 to 9.
    pub(super) digits: Vec<u8>,
    /// Does a letter stand right before or right behind it?
    pub(super) in_word: bool,
}

/// Groups with at most two separating characters between neighbours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chain {
    /// The groups, never empty.
    pub(super) groups: Vec<Group>,
    /// Where a `+` stands right before it.
    pub(super) plus: Option<usize>,
    /// Is it a decimal number such as `12.5`?
    pub(super) decimal: bool,
}

impl Chain {
    /// The bytes of some neighbouring groups.
    pub(super) fn range(groups: &[Group]) -> Option<Range<usize>> {
        Some(groups.first()?.range.start..groups.last()?.range.end)
    }
}

/// All chains of `text`, in order.
pub(super) fn chains(text: &str) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    let mut between = Between::default();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let Some(first) = digit(c) else {
            between.push(start, c);
            continue;
        };
        let mut digits = vec![first];
        let mut end = start + c.len_utf8();
        while let Some((at, c)) = chars.next_if(|(_, c)| digit(*c).is_some()) {
            digits.extend(digit(c));
            end = at + c.len_utf8();
        }
        let letter_behind = chars.peek().is_some_and(|(_, c)| c.is_alphabetic());
        let in_word = between.last.is_some_and(char::is_alphabetic) || letter_behind;
        let group = Group { range: start..end, digits, in_word };
        match chains.last_mut() {
            Some(chain) if between.joins() => {
                chain.decimal = chain.groups.len() == 1 && between.is_point();
                chain.groups.push(group);
            }
            _ => chains.push(Chain { groups: vec![group], plus: between.plus, decimal: false }),
        }
        between = Between::default();
    }
    chains
}

/// ASCII digits and their full-width twins.
fn digit(c: char) -> Option<u8> {
    match c {
        '0'..='9' => u8::try_from(u32::from(c) - u32::from('0')).ok(),
        '\u{ff10}'..='\u{ff19}' => u8::try_from(u32::from(c) - 0xff10).ok(),
        _ => None,
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2010}'..='\u{2015}' | '\u{202f}')
}

/// What stands between two groups.
#[derive(Default)]
struct Between {
    count: usize,
    other: bool,
    last: Option<char>,
    plus: Option<usize>,
}

impl Between {
    fn push(&mut self, at: usize, c: char) {
        self.count += 1;
        self.other |= !is_separator(c);
        // `+(` opens a number, too.
        self.plus = match c {
            '+' => Some(at),
            '(' if self.last == Some('+') => self.plus,
            _ => None,
        };
        self.last = Some(c);
    }

    fn joins(&self) -> bool {
        self.count <= 2 && !self.other
    }

    fn is_point(&self) -> bool {
        self.count == 1 && self.last == Some('.')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<Vec<usize>> {
        chains(text).iter().map(|c| c.groups.iter().map(|g| g.digits.len()).collect()).collect()
    }

    #[test]
    fn groups_join_over_separators_only() {
        assert_eq!(shape("4111 1111-1111\u{a0}1111"), [[4, 4, 4, 4]]);
        assert_eq!(shape("(555) 123-4567"), [[3, 3, 4]]);
        assert_eq!(shape("1, 22 a 333   4444"), [[1], [2], [3], [4]]);
        assert_eq!(shape("12:30"), [[2], [2]]);
    }

    #[test]
    fn notices_plus_words_points_and_wide_digits() {
        assert_eq!(chains("x +49 30")[0].plus, Some(2));
        assert_eq!(chains("+(49)")[0].plus, Some(0));
        assert_eq!(chains("1 + 2")[1].plus, None);
        assert!(chains("ab12cd")[0].groups[0].in_word && !chains("a_12_b")[0].groups[0].in_word);
        assert!(chains("12.50")[0].decimal && !chains("1.2.3")[0].decimal);
        assert_eq!(chains("１２3")[0].groups[0].digits, [1, 2, 3]);
    }
}
