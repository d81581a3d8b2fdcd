//! The mixing of words into the state of a row, and the key that makes it unpredictable.

use std::hash::{BuildHasher as _, RandomState};
use xxhash_rust::xxh3::xxh3_128_with_seed;

/// Secrets of one comparison.
///
/// They are drawn anew for each, so that no input can be built whose rows collide. What they
/// decide is speed and the chance of a collision, never what is reported or in which order.
#[derive(Debug, Clone)]
pub(crate) struct HashKey {
    start: [u64; 2],
    multipliers: [u64; 2],
    last: [u64; 2],
    tags: [[u64; 2]; TAGS],
    seed: u64,
}

/// What stands for itself rather than for a word of 64 bits, or opens more than one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    Null,
    /// Two words of an integer of 128 bits follow.
    Wide,
    /// An exact number that is no float, beside floats.
    Exact,
    /// The canonical bytes of a number follow that its column's scale does not hold.
    Digits,
    NaN,
    Infinity,
    NegativeInfinity,
    /// A count of microseconds and one of nanoseconds follow.
    Nanos,
    /// A document follows, not just its text.
    Json,
    /// What never equals anything of the other side.
    Stranger,
}

const TAGS: usize = 10;

/// The running hash of a row: two lanes with multipliers of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State([u64; 2]);

impl HashKey {
    /// Secrets of this run of the program, other ones for each call.
    pub(crate) fn random() -> Self {
        // The standard library seeds its maps from the operating system.
        Self::from_seed(RandomState::new().hash_one(0_u8), RandomState::new().hash_one(1_u8))
    }

    /// Secrets from two seeds.
    pub(crate) fn from_seed(seed: u64, more: u64) -> Self {
        let mut counter = 0_u64;
        let mut draw = || {
            counter += 1;
            let words = [more, counter].map(u64::to_le_bytes).concat();
            let [low, high] = halves(xxh3_128_with_seed(&words, seed));
            low ^ high.rotate_left(32)
        };
        let mut pair = || [draw(), draw()];
        Self {
            start: pair(),
            // A multiplier that is odd loses nothing of the lower half.
            multipliers: pair().map(|word| word | 1),
            last: pair().map(|word| word | 1),
            tags: [(); TAGS].map(|()| pair()),
            seed: draw(),
        }
    }

    /// The state of a row before its first column.
    pub(crate) fn start(&self) -> State {
        State(self.start)
    }

    fn tag(&self, tag: Tag) -> [u64; 2] {
        // The lanes of a tag differ, so that no word, which is the same in both, equals it.
        self.tags.get(tag as usize).copied().unwrap_or_default()
    }
}

impl State {
    fn fold_pair(&mut self, words: [u64; 2], key: &HashKey) {
        let ([a, b], [first, second]) = (self.0, words);
        let [left, right] = key.multipliers;
        self.0 = [mix(a ^ first, left), mix(b ^ second, right)];
    }

    /// Takes in a word.
    #[inline]
    pub(crate) fn word(&mut self, word: u64, key: &HashKey) {
        self.fold_pair([word, word], key);
    }

    /// Takes in a word, or that there is none.
    #[inline]
    pub(crate) fn word_or_null(&mut self, word: u64, is_null: bool, key: &HashKey) {
        let null = key.tag(Tag::Null);
        self.fold_pair(if is_null { null } else { [word, word] }, key);
    }

    /// Takes in a tag.
    #[inline]
    pub(crate) fn tag(&mut self, tag: Tag, key: &HashKey) {
        self.fold_pair(key.tag(tag), key);
    }

    /// Takes in an integer; most need one word.
    #[inline]
    pub(crate) fn integer(&mut self, value: i128, key: &HashKey) {
        if let Ok(small) = i64::try_from(value) {
            self.word(small.cast_unsigned(), key);
        } else {
            self.tag(Tag::Wide, key);
            let [low, high] = halves(value.cast_unsigned());
            self.word(low, key);
            self.word(high, key);
        }
    }

    /// Takes in bytes, whose length is part of what is hashed.
    #[inline]
    pub(crate) fn bytes(&mut self, bytes: &[u8], key: &HashKey) {
        if let Some([first, last]) = short(bytes) {
            self.word(first, key);
            self.word(last, key);
            return;
        }
        self.fold_pair(halves(xxh3_128_with_seed(bytes, key.seed)), key);
        self.word(length(bytes.len()), key);
    }

    /// Takes in the finished hash of a part.
    #[inline]
    pub(crate) fn part(&mut self, hash: u128, key: &HashKey) {
        self.fold_pair(halves(hash), key);
    }

    /// The hash, once all columns are taken in.
    #[inline]
    pub(crate) fn finish(self, key: &HashKey) -> u128 {
        let [a, b] = self.0;
        let [k, l] = key.last;
        (u128::from(mix(a, k)) << 64) | u128::from(mix(b, l))
    }
}

/// Up to 15 bytes and their length as two words, which most texts of tables are.
#[inline]
fn short(bytes: &[u8]) -> Option<[u64; 2]> {
    let count = bytes.len();
    if count > 15 {
        return None;
    }
    let (first, last) = if let (Some(first), Some(last)) =
        (bytes.first_chunk::<8>(), bytes.last_chunk::<8>())
    {
        // What both have is shifted out of the last ones.
        let shift = 128 - 8 * count;
        let last = if shift < 64 { u64::from_le_bytes(*last) >> shift } else { 0 };
        (u64::from_le_bytes(*first), last)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let [first, last] = [*first, *last].map(u32::from_le_bytes).map(u64::from);
        (first | last << (8 * (count - 4)), 0)
    } else {
        (bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)), 0)
    };
    Some([first, last | length(count) << 56])
}

/// The product of 128 bits, its halves laid on each other.
#[inline]
fn mix(word: u64, multiplier: u64) -> u64 {
    let [low, high] = halves(u128::from(word) * u128::from(multiplier));
    low ^ high
}

/// Lower and upper half.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves are what is wanted")]
pub(crate) fn halves(wide: u128) -> [u64; 2] {
    [wide as u64, (wide >> 64) as u64]
}

/// A length as a word.
#[inline]
pub(crate) fn length(length: usize) -> u64 {
    // No platform has a usize wider than 64 bits.
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn hash(key: &HashKey, fold: impl Fn(&mut State)) -> u128 {
        let mut state = key.start();
        fold(&mut state);
        state.finish(key)
    }

    #[test]
    fn keys_differ_and_seeds_repeat() {
        let of = |key: &HashKey| hash(key, |state| state.word(7, key));
        assert_ne!(of(&HashKey::random()), of(&HashKey::random()));
        assert_eq!(of(&HashKey::from_seed(1, 2)), of(&HashKey::from_seed(1, 2)));
        assert_ne!(of(&HashKey::from_seed(1, 2)), of(&HashKey::from_seed(1, 3)));
    }

    #[test]
    fn tags_are_no_words_and_differ() {
        let key = HashKey::random();
        let tags = [
            Tag::Null,
            Tag::Wide,
            Tag::Exact,
            Tag::Digits,
            Tag::NaN,
            Tag::Infinity,
            Tag::NegativeInfinity,
            Tag::Nanos,
            Tag::Json,
            Tag::Stranger,
        ];
        assert_eq!(tags.len(), TAGS);
        let pairs: BTreeSet<_> = tags.iter().map(|tag| key.tag(*tag)).collect();
        assert_eq!(pairs.len(), TAGS);
        assert!(pairs.iter().all(|[a, b]| a != b));
    }

    /// What is one bit apart, or dense, as keys of tables are, must spread over all bits.
    #[test]
    fn every_bit_of_the_hash_depends_on_every_bit_of_a_word() {
        let key = HashKey::from_seed(11, 12);
        for place in 0..64 {
            let mut changed = [0_u32; 128];
            let samples = 512_u32;
            for sample in 0..samples {
                let word = u64::from(sample).wrapping_mul(0x9e37_79b9);
                let one = hash(&key, |state| state.word(word, &key));
                let other = hash(&key, |state| state.word(word ^ (1 << place), &key));
                for (bit, count) in changed.iter_mut().enumerate() {
                    *count += u32::from((one ^ other) >> bit & 1 == 1);
                }
            }
            // Half of them, within more than six standard deviations.
            assert!(
                changed.iter().all(|count| (186..=326).contains(count)),
                "{place}: {changed:?}"
            );
        }
    }

    /// Texts of few bytes, of which one may be zero, at all lengths around those of words.
    #[test]
    fn short_bytes_are_told_by_what_they_are_and_by_their_length() {
        let mut found = BTreeSet::new();
        let mut texts = 0;
        for count in 0..=15_usize {
            for place in 0..=count {
                let mut bytes = vec![0_u8; count];
                if let Some(byte) = bytes.get_mut(place) {
                    *byte = 7;
                }
                let mut padded = [0; 16];
                padded[..count].copy_from_slice(&bytes);
                padded[15] = u8::try_from(count).unwrap();
                let [first, last] = halves(u128::from_le_bytes(padded));
                assert_eq!(short(&bytes), Some([first, last]), "{bytes:?}");
                found.insert(short(&bytes));
                texts += 1;
            }
        }
        assert_eq!(found.len(), texts);
        assert_eq!(short(&[0; 16]), None);
    }

    proptest! {
        /// Also words that were chosen to make a lane zero do not make rows equal.
        #[test]
        fn a_word_that_clears_a_lane_clears_one_only(first: u64, second: u64, rest: u64) {
            prop_assume!(first != second);
            let key = HashKey::from_seed(3, 4);
            let clearing = key.start[0];
            let of = |words: &[u64]| hash(&key, |state| words.iter().for_each(|w| state.word(*w, &key)));
            prop_assert_ne!(of(&[clearing, first]), of(&[clearing, second]));
            prop_assert_ne!(of(&[first, rest]), of(&[second, rest]));
            prop_assert_ne!(of(&[first, second]), of(&[second, first]));
        }

        #[test]
        fn wide_integers_and_bytes_are_told_apart(a: i128, b: i128, text: String, other: String) {
            let key = HashKey::from_seed(5, 6);
            let of = |value| hash(&key, |state| state.integer(value, &key));
            prop_assert_eq!(of(a) == of(b), a == b);
            let of = |text: &str| hash(&key, |state| state.bytes(text.as_bytes(), &key));
            prop_assert_eq!(of(&text) == of(&other), text == other);
        }
    }
}
