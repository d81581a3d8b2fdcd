//! Sets of characters.

/// A set of characters: ASCII one by one, the rest as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Set {
    ascii: u128,
    others: Others,
}

/// Which characters beyond ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Others {
    None,
    Some,
    All,
}

impl Set {
    pub(super) const NONE: Self = Self { ascii: 0, others: Others::None };
    pub(super) const ALL: Self = Self { ascii: u128::MAX, others: Others::All };
    pub(super) const SOME_OTHERS: Self = Self { ascii: 0, others: Others::Some };

    pub(super) fn of(c: char) -> Self {
        match u32::from(c) {
            n @ 0..=127 => Self { ascii: 1 << n, ..Self::NONE },
            _ => Self::SOME_OTHERS,
        }
    }

    pub(super) fn range(from: char, to: char) -> Self {
        let ascii = (from..=to).take_while(char::is_ascii);
        let set = ascii.fold(Self::NONE, |set, c| set.with(Self::of(c)));
        if to.is_ascii() { set } else { set.with(Self::SOME_OTHERS) }
    }

    pub(super) fn with(self, more: Self) -> Self {
        Self { ascii: self.ascii | more.ascii, others: self.others.max(more.others) }
    }

    pub(super) const fn negated(self) -> Self {
        let others = match self.others {
            Others::None => Others::All,
            Others::Some => Others::Some,
            Others::All => Others::None,
        };
        Self { ascii: !self.ascii, others }
    }

    /// Can a character be in both?
    pub(super) fn meets(self, other: Self) -> bool {
        self.ascii & other.ascii != 0
            || (self.others != Others::None && other.others != Others::None)
    }

    /// Is every character of it in the other one?
    pub(super) fn is_in(self, other: Self) -> bool {
        self.ascii & !other.ascii == 0
            && (self.others == Others::None || other.others == Others::All)
    }
}
