//! How far two excused values are apart, for the ledger.

use bigdecimal::BigDecimal;
use std::{cmp::Ordering, fmt};

/// How far two excused values are apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Margin {
    /// A difference of numbers.
    Absolute(f64),
    /// A difference over the larger magnitude.
    Relative(f64),
    /// Steps of a float type, in units in the last place.
    Ulps(u64),
    /// A difference of exact numbers.
    Exact(BigDecimal),
    /// A difference in time, in nanoseconds.
    Nanos(u128),
    /// One instant whose local times are so many seconds apart.
    Zone(u64),
    /// Blanks that one of the texts has more.
    Blanks(usize),
    /// One value in two forms: what differs.
    Form(&'static str),
}

impl Margin {
    /// Is this further apart? Margins of one tolerance are of one kind.
    pub(crate) fn exceeds(&self, other: &Self) -> bool {
        let order = match (self, other) {
            (Self::Absolute(a), Self::Absolute(b)) | (Self::Relative(a), Self::Relative(b)) => {
                a.total_cmp(b)
            }
            (Self::Ulps(a), Self::Ulps(b)) | (Self::Zone(a), Self::Zone(b)) => a.cmp(b),
            (Self::Exact(a), Self::Exact(b)) => a.cmp(b),
            (Self::Nanos(a), Self::Nanos(b)) => a.cmp(b),
            (Self::Blanks(a), Self::Blanks(b)) => a.cmp(b),
            _ => Ordering::Equal,
        };
        order == Ordering::Greater
    }
}

impl fmt::Display for Margin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute(size) => write!(f, "{size:?} absolute"),
            Self::Relative(size) => write!(f, "{size:?} relative"),
            Self::Ulps(steps) => write!(f, "{steps} ULP"),
            Self::Exact(size) => write!(f, "{} absolute", size.normalized().to_plain_string()),
            Self::Nanos(nanos) if nanos.is_multiple_of(1_000) => write!(f, "{} µs", nanos / 1_000),
            Self::Nanos(nanos) => write!(f, "{nanos} ns"),
            Self::Zone(seconds) => write!(f, "{seconds} s as written"),
            Self::Blanks(count) => write!(f, "{count} blanks"),
            Self::Form(what) => f.write_str(what),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_of_one_kind_are_ordered_and_each_starts_with_its_number() {
        for (small, large, text) in [
            (Margin::Absolute(0.25), Margin::Absolute(0.5), "0.5 absolute"),
            (Margin::Relative(1e-12), Margin::Relative(1e-9), "1e-9 relative"),
            (Margin::Ulps(9), Margin::Ulps(10), "10 ULP"),
            (Margin::Nanos(1), Margin::Nanos(2_000), "2 µs"),
            (Margin::Zone(1_800), Margin::Zone(3_600), "3600 s as written"),
            (Margin::Blanks(9), Margin::Blanks(10), "10 blanks"),
        ] {
            assert!(large.exceeds(&small) && !small.exceeds(&large) && !small.exceeds(&small));
            assert_eq!(large.to_string(), text);
        }
        assert!(!Margin::Form("the case").exceeds(&Margin::Form("the case")));
    }
}
