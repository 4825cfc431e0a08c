//! The one form of `Range` that a page may send without a preflight.

use crate::http_bytes::split_digits;

/// What a single range header value asks for: first and last byte, as digits; an absent one is `None`.
///
/// The numbers stay text because the standard sets no bound on them.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#simple-range-header-value>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SingleRange<'v> {
    /// The digits before the hyphen.
    pub start: Option<&'v [u8]>,
    /// The digits after the hyphen.
    pub end: Option<&'v [u8]>,
}

/// Parses a single range header value without allowing whitespace; `None` is failure.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#simple-range-header-value>, with *allowWhitespace* false.
///
/// # Examples
///
/// ```
/// use corsac_browser::parse_single_range;
///
/// assert_eq!(parse_single_range(b"bytes=0-499").unwrap().end, Some(&b"499"[..]));
/// assert_eq!(parse_single_range(b"bytes=-500").unwrap().start, None);
/// assert!(parse_single_range(b"bytes=5-4").is_none());
/// assert!(parse_single_range(b"bytes=0-1,5-9").is_none());
/// ```
pub fn parse_single_range(value: &[u8]) -> Option<SingleRange<'_>> {
    let rest = value.strip_prefix(b"bytes")?.strip_prefix(b"=")?;
    let (start, rest) = split_digits(rest);
    let (end, rest) = split_digits(rest.strip_prefix(b"-")?);
    let start = (!start.is_empty()).then_some(start);
    let end = (!end.is_empty()).then_some(end);
    match (start, end) {
        _ if !rest.is_empty() => None,
        (None, None) => None,
        (Some(start), Some(end)) if is_greater(start, end) => None,
        (start, end) => Some(SingleRange { start, end }),
    }
}

/// Compares two decimal numbers of any length.
fn is_greater(left: &[u8], right: &[u8]) -> bool {
    let significant = |digits| crate::http_bytes::strip_start(digits, |digit| digit == b'0');
    let (left, right) = (significant(left), significant(right));
    (left.len(), left) > (right.len(), right)
}
