//! Byte classes of HTTP and of the Infra standard, the grammar quoted above each.

/// Tells whether the bytes are one HTTP token, which is what a method and a header name are.
///
/// ```text
/// token = 1*tchar
/// tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
/// ```
///
/// # Specification
///
/// <https://httpwg.org/specs/rfc9110.html#rule.token.separators>
///
/// # Examples
///
/// ```
/// assert!(corsac_browser::is_token(b"x-request-id"));
/// assert!(corsac_browser::is_token(b"*")); // a token like any other: only the algorithms make it special
/// assert!(!corsac_browser::is_token(b""));
/// assert!(!corsac_browser::is_token(b"x request"));
/// ```
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_token_byte(byte))
}

const fn is_token_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#'
            | b'$'
            | b'%'
            | b'&'
            | b'\''
            | b'*'
            | b'+'
            | b'-'
            | b'.'
            | b'^'
            | b'_'
            | b'`'
            | b'|'
            | b'~'
            | b'0'..=b'9'
            | b'A'..=b'Z'
            | b'a'..=b'z'
    )
}

/// HTTP whitespace byte: LF, CR, tab or space (<https://fetch.spec.whatwg.org/#http-whitespace>).
pub(crate) const fn is_http_whitespace(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b'\t' | b' ')
}

/// HTTP tab or space byte (<https://fetch.spec.whatwg.org/#http-tab-or-space>).
pub(crate) const fn is_tab_or_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b' ')
}

/// The bytes without those of one class at both ends.
pub(crate) fn strip(bytes: &[u8], class: fn(u8) -> bool) -> &[u8] {
    strip_start(strip_end(bytes, class), class)
}

/// The bytes without those of one class at the start.
pub(crate) fn strip_start(mut bytes: &[u8], class: fn(u8) -> bool) -> &[u8] {
    while let [first, rest @ ..] = bytes {
        if !class(*first) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// The bytes without those of one class at the end.
pub(crate) fn strip_end(mut bytes: &[u8], class: fn(u8) -> bool) -> &[u8] {
    while let [rest @ .., last] = bytes {
        if !class(*last) {
            break;
        }
        bytes = rest;
    }
    bytes
}

/// The longest start of the bytes that is all ASCII digits, and what follows it.
pub(crate) fn split_digits(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit());
    bytes.split_at(end.unwrap_or(bytes.len()))
}

/// Whether the name equals one of the names, without case.
pub(crate) fn matches_any(name: &[u8], names: &[&str]) -> bool {
    names.iter().any(|listed| name.eq_ignore_ascii_case(listed.as_bytes()))
}
