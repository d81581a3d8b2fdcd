//! Names for sessions, requests and audit records: 32 hexadecimal digits, unique, not guessable
//! from the one before, and carrying nothing of what they name.

use model::artifact::Digest;
use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// Makes ids.
#[derive(Debug)]
pub struct IdSource {
    seed: Digest,
    next: AtomicU64,
}

impl IdSource {
    /// Ids that no other source will make: seeded from the operating system's randomness, the time
    /// and the process.
    pub fn random() -> Self {
        // `RandomState` is the standard library's only door to the system's randomness.
        let random: [u8; 16] = {
            let (a, b) = (RandomState::new(), RandomState::new());
            let low = a.build_hasher().finish();
            let high = b.build_hasher().finish();
            ((u128::from(high) << 64) | u128::from(low)).to_le_bytes()
        };
        let time = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos())
            .to_le_bytes();
        let process = std::process::id().to_le_bytes();
        let seed = Digest::of([random.as_slice(), time.as_slice(), process.as_slice()]);
        Self { seed, next: AtomicU64::new(0) }
    }

    /// The same ids for the same seed: for records that have to be the same in every run.
    pub fn seeded(seed: u64) -> Self {
        Self { seed: Digest::of([seed.to_le_bytes().as_slice()]), next: AtomicU64::new(0) }
    }

    /// The next id.
    pub fn next(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        let digest = Digest::of([self.seed.as_str().as_bytes(), number.as_slice()]);
        digest.short(32).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_differ_within_and_between_sources() {
        let (one, two) = (IdSource::random(), IdSource::random());
        let ids: BTreeSet<String> = (0..100).flat_map(|_| [one.next(), two.next()]).collect();
        assert_eq!(ids.len(), 200);
        assert!(ids.iter().all(|id| id.len() == 32));
    }

    #[test]
    fn a_seed_repeats() {
        let (one, two) = (IdSource::seeded(7), IdSource::seeded(7));
        assert_eq!([one.next(), one.next()], [two.next(), two.next()]);
        assert_ne!(IdSource::seeded(8).next(), IdSource::seeded(7).next());
    }
}
