//! Methods: which a page may use, which are normalized, which go without a preflight.

use std::borrow::Cow;

/// The method as `fetch()` sends it: six well-known ones in upper case, every other as written.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-method-normalize>: a byte-case-insensitive match for DELETE, GET, HEAD,
/// OPTIONS, POST or PUT is byte-uppercased.
///
/// # Examples
///
/// ```
/// assert_eq!(corsac_browser::normalize_method("put"), "PUT");
/// assert_eq!(corsac_browser::normalize_method("patch"), "patch"); // not one of the six
/// ```
pub fn normalize_method(method: &str) -> Cow<'_, str> {
    ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]
        .into_iter()
        .find(|normalized| method.eq_ignore_ascii_case(normalized))
        .map_or(Cow::Borrowed(method), Cow::Borrowed)
}

/// Tells whether the method never needs a preflight: `GET`, `HEAD` or `POST`, in upper case.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-safelisted-method>
///
/// # Examples
///
/// ```
/// assert!(corsac_browser::is_cors_safelisted_method(b"POST"));
/// assert!(!corsac_browser::is_cors_safelisted_method(b"PUT"));
/// ```
pub fn is_cors_safelisted_method(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// Tells whether no page may use the method: `CONNECT`, `TRACE` or `TRACK`, in any case.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#forbidden-method>
///
/// # Examples
///
/// ```
/// assert!(corsac_browser::is_forbidden_method(b"Trace"));
/// assert!(!corsac_browser::is_forbidden_method(b"TRACER"));
/// ```
pub fn is_forbidden_method(method: &[u8]) -> bool {
    crate::http_bytes::matches_any(method, &["CONNECT", "TRACE", "TRACK"])
}
