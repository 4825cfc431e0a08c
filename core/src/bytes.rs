//! Total access to bytes: where slices are indexed and integers narrowed. (Two tables of fixed size are indexed where they
//! stand, by numbers that cannot exceed them.)
//!
//! A policy is compiled by the same code at run time and while a program is built, and `const fn` has neither iterators
//! nor `slice::get`. These helpers give what is missing and cannot panic: past the end there is nothing, not a fault.

/// The byte at `index`, or NUL past the end. No caller takes NUL for text.
#[inline]
pub(crate) const fn at(bytes: &[u8], index: usize) -> u8 {
    if index < bytes.len() {
        #[allow(clippy::indexing_slicing, reason = "checked in the line above")]
        bytes[index]
    } else {
        0
    }
}

/// Sets the byte at `index`; does nothing past the end.
pub(crate) const fn set(bytes: &mut [u8], index: usize, byte: u8) {
    if index < bytes.len() {
        #[allow(clippy::indexing_slicing, reason = "checked in the line above")]
        {
            bytes[index] = byte;
        }
    }
}

/// The bytes from `start` on; nothing past the end.
#[inline]
pub(crate) const fn from(bytes: &[u8], start: usize) -> &[u8] {
    match bytes.split_at_checked(start) {
        Some((_, tail)) => tail,
        None => &[],
    }
}

/// The bytes before `end`; all of them when there are fewer.
#[inline]
pub(crate) const fn to(bytes: &[u8], end: usize) -> &[u8] {
    match bytes.split_at_checked(end) {
        Some((head, _)) => head,
        None => bytes,
    }
}

/// The bytes from `start` to `end`, as far as they exist.
#[inline]
pub(crate) const fn part(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    from(to(bytes, end), start)
}

/// Compares byte by byte.
pub(crate) const fn eq(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if at(a, i) != at(b, i) {
            return false;
        }
        i = next(i);
    }
    true
}

/// Compares without ASCII case.
#[cfg_attr(target_pointer_width = "32", inline(never))]
pub(crate) const fn eq_ignore_case(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if !at(a, i).eq_ignore_ascii_case(&at(b, i)) {
            return false;
        }
        i = next(i);
    }
    true
}

/// Whether `lower`, which is in lower case, is `name` without ASCII case.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(target_pointer_width = "32", inline(never))]
pub(crate) fn is_lower_case_of(lower: &[u8], name: &[u8]) -> bool {
    lower.len() == name.len() && lower.iter().zip(name).all(|(lower, byte)| *lower == byte.to_ascii_lowercase())
}

/// Whether `bytes` begins with `prefix`, without ASCII case.
pub(crate) const fn starts_with_ignore_case(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.len() >= prefix.len() && eq_ignore_case(to(bytes, prefix.len()), prefix)
}

/// Whether `bytes` ends with `suffix`.
pub(crate) const fn ends_with(bytes: &[u8], suffix: &[u8]) -> bool {
    bytes.len() >= suffix.len() && eq(from(bytes, bytes.len().wrapping_sub(suffix.len())), suffix)
}

/// The index of the first `byte`.
pub(crate) const fn find(bytes: &[u8], byte: u8) -> Option<usize> {
    let mut i = 0;
    while i < bytes.len() {
        if at(bytes, i) == byte {
            return Some(i);
        }
        i = next(i);
    }
    None
}

/// A one in each byte of a word.
const ONES: u64 = 0x0101_0101_0101_0101;

/// The index of the first `byte`, eight bytes at a time where registers are that wide.
#[inline]
pub(crate) fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
    let wanted = ONES.wrapping_mul(u64::from(byte));
    let mut rest = bytes;
    while cfg!(target_pointer_width = "64")
        && let Some((chunk, tail)) = rest.split_first_chunk::<8>()
    {
        let difference = u64::from_le_bytes(*chunk) ^ wanted;
        // The lowest bit that is set is that of the first zero byte; those above it may be false.
        let zeros = difference.wrapping_sub(ONES) & !difference & HIGH_BITS;
        if zeros != 0 {
            let within = index(zeros.trailing_zeros() / 8);
            return Some(bytes.len().wrapping_sub(rest.len()).wrapping_add(within));
        }
        rest = tail;
    }
    let within = rest.iter().position(|&one| one == byte)?;
    Some(bytes.len().wrapping_sub(rest.len()).wrapping_add(within))
}

/// The index of the last `byte` that is not before `start`, eight bytes at a time where registers are that wide.
#[inline]
pub(crate) fn last_position(bytes: &[u8], start: usize, byte: u8) -> Option<usize> {
    const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let wanted = ONES.wrapping_mul(u64::from(byte));
    let mut rest = bytes;
    while cfg!(target_pointer_width = "64")
        && rest.len() > start
        && let Some((before, chunk)) = rest.split_last_chunk::<8>()
    {
        let difference = u64::from_le_bytes(*chunk) ^ wanted;
        // The highest bit of each byte that is zero, and of no other.
        let zeros = !((difference & LOW_BITS).wrapping_add(LOW_BITS) | difference | LOW_BITS);
        if zeros != 0 {
            let at = rest.len().wrapping_sub(next(index(zeros.leading_zeros() / 8)));
            return Some(at).filter(|&at| at >= start);
        }
        rest = before;
    }
    find_last(rest.get(start..)?, byte)?.checked_add(start)
}

/// The text without the blanks around it ([OWS](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3)).
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(target_pointer_width = "32", inline(never))]
pub(crate) const fn trim_blanks(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// The text without the blanks and line ends around it ([HTTP whitespace](https://fetch.spec.whatwg.org/#http-whitespace)).
pub(crate) fn trim_http_whitespace(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] | [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = text {
        text = rest;
    }
    text
}

/// The index of the last `byte`.
pub(crate) const fn find_last(bytes: &[u8], byte: u8) -> Option<usize> {
    let mut i = bytes.len();
    while i > 0 {
        i = i.wrapping_sub(1);
        if at(bytes, i) == byte {
            return Some(i);
        }
    }
    None
}

/// The index of the first byte of `needle`, which is not empty.
pub(crate) const fn find_text(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let mut i = 0;
    while i < bytes.len() {
        if eq(part(bytes, i, i.wrapping_add(needle.len())), needle) {
            return Some(i);
        }
        i = next(i);
    }
    None
}

/// `index + 1`: indices into a slice never reach `usize::MAX`.
#[inline]
pub(crate) const fn next(index: usize) -> usize {
    index.wrapping_add(1)
}

/// The value of an unsigned decimal number of at most nine digits; `None` for anything else.
pub(crate) const fn decimal(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let mut value: u32 = 0;
    let mut i = 0;
    while i < digits.len() {
        let digit = at(digits, i);
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value.wrapping_mul(10).wrapping_add(widen(digit.wrapping_sub(b'0')));
        i = next(i);
    }
    Some(value)
}

/// The four bytes at `offset` as a little-endian number; zero past the end.
#[inline]
pub(crate) const fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    match from(bytes, offset).first_chunk::<4>() {
        Some(chunk) => u32::from_le_bytes(*chunk),
        None => 0,
    }
}

/// Writes a little-endian number at `offset`.
pub(crate) const fn put_u32(bytes: &mut [u8], offset: usize, value: u32) {
    put(bytes, offset, &value.to_le_bytes());
}

/// Writes `text` at `offset`.
pub(crate) const fn put(bytes: &mut [u8], offset: usize, text: &[u8]) {
    let mut i = 0;
    while i < text.len() {
        set(bytes, offset.wrapping_add(i), at(text, i));
        i = next(i);
    }
}

/// Copies `len` bytes from one place to another.
pub(crate) const fn copy_within(bytes: &mut [u8], start: usize, len: usize, to: usize) {
    let mut i = 0;
    while i < len {
        set(bytes, to.wrapping_add(i), at(bytes, start.wrapping_add(i)));
        i = next(i);
    }
}

/// Whether each byte can be sent and shown.
pub(crate) const fn is_printable(text: &[u8]) -> bool {
    let mut i = 0;
    while i < text.len() {
        if !matches!(at(text, i), b' '..=b'~') {
            return false;
        }
        i = next(i);
    }
    true
}

#[allow(clippy::as_conversions, reason = "`From` is not const; each is lossless or says what it drops")]
mod numbers {
    // Offsets in an image are 32 bits wide and become indices.
    const _: () = assert!(usize::BITS >= 32, "corsac needs pointers of at least 32 bits");

    #[inline]
    pub(crate) const fn widen(value: u8) -> u32 {
        value as u32
    }

    #[inline]
    pub(crate) const fn wide(value: usize) -> u64 {
        value as u64
    }

    #[inline]
    pub(crate) const fn index(value: u32) -> usize {
        value as usize
    }

    #[inline]
    pub(crate) const fn index_u8(value: u8) -> usize {
        value as usize
    }

    /// The lower 32 bits.
    #[inline]
    pub(crate) const fn low(value: u64) -> u32 {
        value as u32
    }

    /// The upper 32 bits.
    #[inline]
    pub(crate) const fn high(value: u64) -> u32 {
        (value >> 32) as u32
    }

    /// A length or index as 32 bits; the largest number when it does not fit.
    #[inline]
    pub(crate) const fn narrow(value: usize) -> u32 {
        if value > u32::MAX as usize { u32::MAX } else { value as u32 }
    }

    /// The lowest byte.
    #[inline]
    pub(crate) const fn low_byte(value: u32) -> u8 {
        value as u8
    }

    /// The lower 16 bits.
    #[inline]
    pub(crate) const fn low_half(value: u32) -> u16 {
        value as u16
    }

    #[inline]
    pub(crate) const fn widen_half(value: u16) -> u32 {
        value as u32
    }
}

pub(crate) use numbers::{high, index, index_u8, low, low_byte, low_half, narrow, wide, widen, widen_half};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_that_of_the_first_or_the_last() {
        let mut state: u32 = 3;
        for length in 0..40 {
            for _ in 0..200 {
                let bytes: std::vec::Vec<u8> = (0..length)
                    .map(|_| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        // Near the comma, as `-` is, and far from it.
                        [b',', b'-', b'+', 0x2c ^ 0x80, 0, 0xff, b'a'][(state >> 24) as usize % 7]
                    })
                    .collect();
                assert_eq!(position(&bytes, b','), bytes.iter().position(|&byte| byte == b','), "{bytes:?}");
                for start in 0..=length {
                    let naive = bytes[start..].iter().rposition(|&byte| byte == b',').map(|at| at + start);
                    assert_eq!(last_position(&bytes, start, b','), naive, "{bytes:?} from {start}");
                }
            }
        }
    }
}
