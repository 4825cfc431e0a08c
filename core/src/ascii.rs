//! Byte classes, each with its grammar.

use crate::bytes::index_u8;

const TOKEN: u8 = 1;
const HOST: u8 = 2;
const SCHEME: u8 = 4;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte: u8 = 0;
    loop {
        let mut class = 0;
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
        {
            class |= TOKEN;
        }
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_') {
            class |= HOST;
        }
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.') {
            class |= SCHEME;
        }
        #[allow(clippy::indexing_slicing, reason = "a byte indexes 256 entries")]
        {
            classes[index_u8(byte)] = class;
        }
        if byte == u8::MAX {
            break classes;
        }
        byte = byte.wrapping_add(1);
    }
};

#[inline]
const fn has(byte: u8, class: u8) -> bool {
    #[allow(clippy::indexing_slicing, reason = "a byte indexes 256 entries")]
    let classes = CLASSES[index_u8(byte)];
    classes & class != 0
}

/// `tchar` of [RFC 9110, section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2):
///
/// ```text
/// tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
/// ```
#[inline]
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    has(byte, TOKEN)
}

/// Whether `bytes` is a `token`: one or more `tchar`.
pub(crate) const fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && first_other(bytes, TOKEN).is_none()
}

/// The first byte that is no `tchar`.
pub(crate) const fn first_non_token(bytes: &[u8]) -> Option<usize> {
    first_other(bytes, TOKEN)
}

/// A byte of a host's label as browsers serialize it: `a`–`z`, `0`–`9`, `-`, `_`.
#[inline]
pub(crate) const fn is_host_byte(byte: u8) -> bool {
    has(byte, HOST)
}

/// A byte of a serialized scheme after its first, which is a letter
/// ([URL](https://url.spec.whatwg.org/#scheme-state)): `ALPHA / DIGIT / "+" / "-" / "."`, in lower case.
#[inline]
pub(crate) const fn is_scheme_byte(byte: u8) -> bool {
    has(byte, SCHEME)
}

const fn first_other(bytes: &[u8], class: u8) -> Option<usize> {
    let mut i = 0;
    while i < bytes.len() {
        if !has(crate::bytes::at(bytes, i), class) {
            return Some(i);
        }
        i = crate::bytes::next(i);
    }
    None
}
