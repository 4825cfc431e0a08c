//! Request methods, in the words of Fetch.

use crate::bytes::eq_ignore_case;

/// The method after Fetch's normalization: six names are the same in any case, every other name is what it is.
///
/// Applied to policy entries only: a browser has normalized before it asks, so a request's `put` is a different method.
///
/// # Specification
///
/// [Fetch: normalize a method](https://fetch.spec.whatwg.org/#concept-method-normalize)
pub(crate) const fn normalize(method: &[u8]) -> &[u8] {
    if eq_ignore_case(method, b"DELETE") {
        b"DELETE"
    } else if eq_ignore_case(method, b"GET") {
        b"GET"
    } else if eq_ignore_case(method, b"HEAD") {
        b"HEAD"
    } else if eq_ignore_case(method, b"OPTIONS") {
        b"OPTIONS"
    } else if eq_ignore_case(method, b"POST") {
        b"POST"
    } else if eq_ignore_case(method, b"PUT") {
        b"PUT"
    } else {
        method
    }
}

/// [Fetch: forbidden method](https://fetch.spec.whatwg.org/#forbidden-method), in any case.
#[cfg_attr(target_pointer_width = "64", inline)]
pub(crate) const fn is_forbidden(method: &[u8]) -> bool {
    // Most methods begin with another letter.
    match method {
        [b'C' | b'c', ..] => eq_ignore_case(method, b"CONNECT"),
        [b'T' | b't', ..] => eq_ignore_case(method, b"TRACE") || eq_ignore_case(method, b"TRACK"),
        _ => false,
    }
}

/// [RFC 9110, section 9.2.1: safe methods](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1), which ask for nothing to be
/// changed. Case-sensitive; what a server may have registered beyond these counts as unsafe.
pub(crate) fn is_safe(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"OPTIONS" | b"TRACE")
}

/// [Fetch: CORS-safelisted method](https://fetch.spec.whatwg.org/#cors-safelisted-method): needs no permission.
pub(crate) fn is_cors_safelisted(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}
