//! The hash that the tables of a policy image are looked up by.

use crate::bytes::{high, index, last_position, low, narrow, next, wide, widen};
use crate::record::RecordKind;

/// A hash of text fed piece by piece: each piece counts with its length, so that `a` + `bc` differs from `ab` + `c`.
///
/// The two halves of the state are multiplied with each other, so that what a difference in the text becomes depends on the
/// state, and the state on the seed: entries that collide under one seed do not under the next. It spreads, it does not
/// protect: the limit on cells and the choice of a seed do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hash(u64);

impl Hash {
    // Odd numbers without structure: the golden ratio's fraction, and two of xxHash's primes.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    const LENGTH_FACTOR: u64 = 0xc2b2_ae3d_27d4_eb4f;
    const MASK: u64 = 0x1656_67b1_9e37_79f9;

    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) const fn new(seed: u32, kind: RecordKind) -> Self {
        let seed = wide(index(seed)).wrapping_add(1).wrapping_mul(Self::FACTOR);
        Self(seed ^ wide(index(kind.number())).wrapping_mul(Self::LENGTH_FACTOR))
    }

    /// The same text as another kind of key.
    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) const fn tagged(self, kind: RecordKind) -> Self {
        self.word(wide(index(kind.number())))
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    const fn word(self, word: u64) -> Self {
        let mixed = self.0 ^ word;
        let halves = mixed ^ Self::MASK;
        let product = wide(index(low(halves))).wrapping_mul(wide(index(high(halves))));
        Self(product ^ mixed.rotate_left(27))
    }

    #[cfg_attr(target_pointer_width = "64", inline)]
    pub(crate) const fn feed(self, text: &[u8]) -> Self {
        self.feed_folded(text, false)
    }

    /// Feeds `text`, its ASCII letters in lower case if `fold` is set.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) const fn feed_folded(self, text: &[u8], fold: bool) -> Self {
        // The length joins without waiting for the multiplication before it.
        let mut hash = Self(self.0 ^ wide(text.len()).wrapping_mul(Self::LENGTH_FACTOR));
        let mut rest = text;
        while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
            hash = hash.word(folded(u64::from_le_bytes(*chunk), fold));
            rest = tail;
        }
        if rest.is_empty() && !text.is_empty() {
            return hash;
        }
        // The last eight bytes overlap those before; a shorter text is put together.
        let last = match text.last_chunk::<8>() {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => short_word(rest),
        };
        hash.word(folded(last, fold))
    }

    /// Feeds `text` from its right end on, so that what comes of an end of it is on the way.
    pub(crate) const fn feed_from_right(self, text: &[u8]) -> Self {
        self.words_from_right(text).end_with(text)
    }

    /// Feeds the words of `text`, the last one first.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    const fn words_from_right(self, text: &[u8]) -> Self {
        let (mut hash, mut rest) = (self, text);
        while let Some((before, word)) = rest.split_last_chunk::<8>() {
            hash = hash.word(u64::from_le_bytes(*word));
            rest = before;
        }
        hash
    }

    /// The end of feeding `text` from the right, all whole words of which are fed. Its first eight bytes overlap those.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    const fn end_with(self, text: &[u8]) -> Self {
        match text.first_chunk::<8>() {
            Some(chunk) => {
                Self(self.0 ^ wide(text.len()).wrapping_mul(Self::LENGTH_FACTOR)).word(u64::from_le_bytes(*chunk))
            }
            None => self.feed(text),
        }
    }

    /// Both hashes in one.
    #[inline]
    pub(crate) const fn joined(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// The whole hash: the tag in the lower half, the home in the upper.
    #[inline]
    pub(crate) const fn value(self) -> u64 {
        self.word(Self::FACTOR).0
    }
}

/// The ends of a text behind its dots, the shortest first, and the hash of each on the way to that of the whole.
pub(crate) struct Ends<'t> {
    text: &'t [u8],
    /// Where the last dot was.
    at: usize,
    /// What is left of the words that are fed.
    rest: &'t [u8],
    hash: Hash,
}

impl<'t> Ends<'t> {
    #[inline]
    pub(crate) const fn new(hash: Hash, text: &'t [u8]) -> Self {
        Self { text, at: text.len(), rest: text, hash }
    }

    /// The place of the next dot that is not before `start`, and the hash of what is behind it.
    #[cfg_attr(target_pointer_width = "64", inline)]
    #[cfg_attr(target_pointer_width = "32", inline(never))]
    pub(crate) fn next(&mut self, start: usize) -> Option<(usize, Hash)> {
        self.at = last_position(self.text.get(..self.at)?, start, b'.')?;
        let behind = next(self.at);
        let fresh = self.rest.get(behind..)?;
        self.hash = self.hash.words_from_right(fresh);
        self.rest = self.rest.get(..behind.checked_add(fresh.len() % 8)?)?;
        Some((self.at, self.hash.end_with(self.text.get(behind..)?)))
    }

    /// The hash of the whole text, as [`feed_from_right`](Hash::feed_from_right) makes it.
    #[inline]
    pub(crate) fn whole(self) -> Hash {
        self.hash.words_from_right(self.rest).end_with(self.text)
    }
}

/// The eight bytes of a word, their ASCII letters in lower case if `fold` is set.
#[inline]
const fn folded(word: u64, fold: bool) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    if !fold {
        return word;
    }
    // The highest bit of each byte: set in `from_a` for what is at least `A`, in `past_z` for what is more than `Z`.
    let low_bits = word & (ONES.wrapping_mul(0x7f));
    let from_a = low_bits.wrapping_add(ONES.wrapping_mul(0x80 - 0x41));
    let past_z = low_bits.wrapping_add(ONES.wrapping_mul(0x7f - 0x5a));
    let upper_case = (from_a ^ past_z) & !word & ONES.wrapping_mul(0x80);
    word | upper_case >> 2
}

/// Up to seven bytes as a number; with the length, no two texts give the same.
#[inline]
const fn short_word(text: &[u8]) -> u64 {
    if cfg!(target_pointer_width = "64")
        && let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>())
    {
        let before_last = narrow(text.len()).wrapping_sub(4).wrapping_mul(8);
        return wide(index(u32::from_le_bytes(*first)))
            | wide(index(u32::from_le_bytes(*last))).wrapping_shl(before_last);
    }
    let (mut word, mut rest) = (0, text);
    while let [before @ .., last] = rest {
        word = word << 8 | wide(index(widen(*last)));
        rest = before;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_is_that_of_ascii() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut bytes = *b"aZ^~_@[`";
                bytes[place] = byte;
                let lower = u64::from_le_bytes(bytes.map(|byte| byte.to_ascii_lowercase()));
                assert_eq!(folded(u64::from_le_bytes(bytes), true), lower, "{byte}");
                assert_eq!(folded(u64::from_le_bytes(bytes), false), u64::from_le_bytes(bytes));
            }
        }
    }

    #[test]
    fn each_end_behind_a_dot_has_its_hash_on_the_way() {
        let hash = Hash::new(7, RecordKind::ORIGIN);
        for text in [
            &b""[..],
            b".",
            b"a.b",
            b"https://a.b.c",
            b"....................",
            b"https://.example.com:80",
            b"a.bcdefgh",
            b"a.bcdefg.",
        ] {
            for start in 0..text.len() {
                let text = &text[start..];
                for from in 0..=text.len() {
                    let mut ends = Ends::new(hash, text);
                    let dots: std::vec::Vec<_> =
                        core::iter::from_fn(|| ends.next(from)).map(|(at, hash)| (at, hash.value())).collect();
                    let naive: std::vec::Vec<_> = (from..text.len())
                        .rev()
                        .filter(|&at| text[at] == b'.')
                        .map(|at| (at, hash.feed_from_right(&text[at + 1..]).value()))
                        .collect();
                    assert_eq!(dots, naive, "{text:?}, from {from}");
                    assert!(ends.whole() == hash.feed_from_right(text), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn a_short_word_is_its_bytes() {
        let text = b"\xffA.z0~\x80";
        for length in 0..=text.len() {
            let naive = text[..length].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            assert_eq!(short_word(&text[..length]), naive, "{length}");
        }
    }

    #[test]
    fn where_a_text_is_cut_counts() {
        let hash = Hash::new(0, RecordKind::ORIGIN);
        assert!(hash.feed(b"a").feed(b"bc").value() != hash.feed(b"ab").feed(b"c").value());
        assert!(hash.feed(b"").value() != hash.value());
        assert!(hash.feed(b"abc").value() != Hash::new(1, RecordKind::ORIGIN).feed(b"abc").value());
    }
}
