//! Text put together without a heap, at run time or while a program is built.

use core::fmt;

use crate::bytes::{self, at, index, low_byte, next, wide, widen};

/// A sentence for a person: at most 1,024 bytes of ASCII, owned, without a heap.
///
/// What does not fit is cut, and the text then ends in `...`. Bytes of the input that are no printable ASCII stand as
/// `\xNN`, so that a message can go to a terminal or a log as it is.
pub type Message = Text<1024>;

/// Up to `N` bytes of ASCII text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    /// The text.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            // Not reached: `push` takes ASCII only.
            Err(_) => "",
        }
    }

    /// The most bytes that it can hold.
    pub(crate) const fn capacity(&self) -> usize {
        N
    }

    /// The text's bytes.
    pub const fn as_bytes(&self) -> &[u8] {
        bytes::to(&self.bytes, self.len)
    }

    /// Appends `byte`, or `?` if it is not ASCII; where it does not fit, the text ends in `...` from then on.
    pub(crate) const fn push(&mut self, byte: u8) {
        if self.len < N {
            bytes::set(&mut self.bytes, self.len, if byte.is_ascii() { byte } else { b'?' });
            self.len = next(self.len);
        } else {
            bytes::put(&mut self.bytes, N.saturating_sub(3), b"...");
        }
    }

    pub(crate) const fn push_bytes(&mut self, text: &[u8]) {
        let mut i = 0;
        while i < text.len() {
            self.push(at(text, i));
            i = next(i);
        }
    }

    pub(crate) const fn push_str(&mut self, text: &str) {
        self.push_bytes(text.as_bytes());
    }

    pub(crate) const fn push_lower_case(&mut self, text: &[u8]) {
        let mut i = 0;
        while i < text.len() {
            self.push(at(text, i).to_ascii_lowercase());
            i = next(i);
        }
    }

    /// Appends `text` in quotation marks, with escapes for what is not printable. An entry may be of any length; what is said
    /// after it matters more, so it takes at most 400 bytes.
    pub(crate) const fn push_quoted(&mut self, text: &[u8]) {
        let end = self.len.wrapping_add(400);
        self.push(b'"');
        let mut i = 0;
        while i < text.len() {
            if self.len >= end {
                self.push_str("...");
                break;
            }
            let byte = at(text, i);
            match byte {
                b'"' | b'\\' => {
                    self.push(b'\\');
                    self.push(byte);
                }
                b' '..=b'~' => self.push(byte),
                _ => {
                    self.push_str("\\x");
                    self.push_hex_digit(byte >> 4);
                    self.push_hex_digit(byte & 15);
                }
            }
            i = next(i);
        }
        self.push(b'"');
    }

    pub(crate) const fn push_decimal(&mut self, number: usize) {
        let mut digits = [0; 20];
        let mut rest = wide(number);
        let mut start = digits.len();
        loop {
            start = start.wrapping_sub(1);
            bytes::set(&mut digits, start, b'0'.wrapping_add(low_byte(bytes::low(rest.wrapping_rem(10)))));
            rest = rest.wrapping_div(10);
            if rest == 0 {
                break;
            }
        }
        self.push_bytes(bytes::from(&digits, start));
    }

    /// Appends `number` in lower-case hexadecimal without leading zeros.
    pub(crate) const fn push_hex(&mut self, number: u16) {
        let number = bytes::widen_half(number);
        let mut shift: u32 = 16;
        let mut begun = false;
        while shift > 0 {
            shift = shift.wrapping_sub(4);
            let digit = low_byte(number.wrapping_shr(shift)) & 15;
            begun = begun || digit != 0 || shift == 0;
            if begun {
                self.push_hex_digit(digit);
            }
        }
    }

    const fn push_hex_digit(&mut self, digit: u8) {
        self.push(at(b"0123456789abcdef", index(widen(digit))));
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl<const N: usize> AsRef<str> for Text<N> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut() {
        let mut text: Text<8> = Text::new();
        text.push_str("12345678");
        assert_eq!(text.as_str(), "12345678");
        text.push(b'9');
        assert_eq!(text.as_str(), "12345...");
    }

    #[test]
    fn a_quotation_leaves_room_for_the_sentence() {
        let mut text = Message::new();
        text.push_quoted(&[0xff; 2_000]);
        text.push_str(": why");
        assert!(text.as_str().len() < 420 && text.as_str().ends_with("\\xff...\": why"), "{text}");
    }

    #[test]
    fn quotes_numbers_and_hexadecimal() {
        let mut text = Message::new();
        text.push_quoted(b"a\"\\\x00\n");
        text.push_decimal(0);
        text.push_decimal(1_234_567_890);
        text.push(b' ');
        text.push_hex(0);
        text.push_hex(0xff00);
        assert_eq!(text.as_str(), "\"a\\\"\\\\\\x00\\x0a\"01234567890 0ff00");
    }
}
