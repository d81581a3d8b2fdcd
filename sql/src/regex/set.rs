//! Sets of characters.

/// A set of characters: ranges of them, in order and apart, and perhaps some beyond ASCII that are not
/// known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set {
    ranges: Vec<(u32, u32)>,
    vague: bool,
}

const LAST: u32 = char::MAX as u32;
const ASCII_LAST: u32 = 127;

impl Set {
    pub(super) const NONE: Self = Self { ranges: Vec::new(), vague: false };
    pub(super) const SOME_OTHERS: Self = Self { ranges: Vec::new(), vague: true };

    pub(super) fn all() -> Self {
        Self { ranges: vec![(0, LAST)], vague: false }
    }

    pub(super) fn of(c: char) -> Self {
        Self::range(c, c)
    }

    pub(super) fn range(from: char, to: char) -> Self {
        Self { ranges: vec![(u32::from(from), u32::from(to))], vague: false }
    }

    pub(super) fn with(mut self, more: Self) -> Self {
        self.ranges.extend(more.ranges);
        self.ranges.sort_unstable();
        let mut apart: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for (from, to) in self.ranges {
            match apart.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => apart.push((from, to)),
            }
        }
        Self { ranges: apart, vague: self.vague || more.vague }
    }

    pub(super) fn negated(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for (from, to) in &self.ranges {
            if next < *from {
                ranges.push((next, from - 1));
            }
            next = to + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        // Which of those beyond ASCII are left is as little known.
        if self.vague {
            ranges.retain(|(from, _)| *from <= ASCII_LAST);
            for (_, to) in &mut ranges {
                *to = ASCII_LAST.min(*to);
            }
        }
        Self { ranges, vague: self.vague }
    }

    fn has_others(&self) -> bool {
        self.vague || self.ranges.last().is_some_and(|(_, to)| *to > ASCII_LAST)
    }

    /// Can a character be in both?
    pub(super) fn meets(&self, other: &Self) -> bool {
        let meet = |a: &(u32, u32), b: &(u32, u32)| a.0 <= b.1 && b.0 <= a.1;
        self.ranges.iter().any(|one| other.ranges.iter().any(|two| meet(one, two)))
            || (self.vague && other.has_others())
            || (other.vague && self.has_others())
    }

    /// Is every character of it in the other one?
    pub(super) fn is_in(&self, other: &Self) -> bool {
        let holds = |from: u32, to: u32| other.ranges.iter().any(|r| r.0 <= from && to <= r.1);
        self.ranges.iter().all(|(from, to)| holds(*from, *to))
            && (!self.vague || holds(ASCII_LAST + 1, LAST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_beyond_ascii_are_told_apart() {
        let word = Set::range('a', 'z').with(Set::range('à', 'ö'));
        let space = Set::of(' ').with(Set::of('\u{a0}'));
        assert!(!word.meets(&space) && !word.meets(&word.negated()));
        assert!(word.is_in(&space.negated()) && !word.is_in(&space));
        assert!(word.negated().with(word.clone()).is_in(&Set::all()));
        let vague = Set::of('a').with(Set::SOME_OTHERS);
        assert!(vague.meets(&vague.negated()) && vague.meets(&word) && !vague.is_in(&word));
        assert!(vague.is_in(&Set::all()) && !vague.negated().is_in(&Set::of('b')));
    }
}
