//! Content types: what an operator may list, and what a request says.

use crate::ascii::{first_non_token, is_token};
use crate::bytes::{find, from, next, position, to, trim_http_whitespace};
use crate::error::PolicyErrorKind as Kind;
use crate::host::Fault;
use crate::pattern::check_text;

/// Longest entry in bytes: two parts of 127 ([RFC 6838, section 4.2](https://www.rfc-editor.org/rfc/rfc6838#section-4.2)) and
/// the slash.
pub(crate) const MAX_MEDIA_TYPE_LEN: usize = 127 + 1 + 127;

/// The first fault of an entry of `allow_content_types`.
pub(crate) const fn entry_fault(entry: &[u8]) -> Option<Fault> {
    if let Some(semicolon) = find(entry, b';') {
        return Some(Fault::new(Kind::MediaTypeParameter, semicolon));
    }
    if let Some(fault) = check_text(entry) {
        return Some(fault);
    }
    if let Some(star) = find(entry, b'*') {
        return Some(Fault::new(Kind::MediaTypeWildcard, star));
    }
    let Some(slash) = find(entry, b'/') else {
        return Some(Fault::new(Kind::NotMediaType, 0));
    };
    let (kind, subtype) = (to(entry, slash), from(entry, next(slash)));
    if kind.is_empty() || subtype.is_empty() {
        return Some(Fault::new(Kind::NotMediaType, slash));
    }
    if let Some(offset) = first_non_token(kind) {
        return Some(Fault::new(Kind::NotMediaType, offset));
    }
    if let Some(offset) = first_non_token(subtype) {
        return Some(Fault::new(Kind::NotMediaType, next(slash).wrapping_add(offset)));
    }
    if entry.len() > MAX_MEDIA_TYPE_LEN { Some(Fault::new(Kind::TooLong, MAX_MEDIA_TYPE_LEN)) } else { None }
}

/// Longest value of `Content-Type` in bytes, where it has to be looked at: what servers commonly take for a whole request head.
pub const MAX_CONTENT_TYPE_LEN: usize = 8_192;

/// The part of a value of `Content-Type` before its parameters: the essence, if it is one, in the case in which it came.
///
/// # Specification
///
/// [MIME Sniffing: parse a MIME type](https://mimesniff.spec.whatwg.org/#parse-a-mime-type) as far as the essence; what the
/// parameters are does not matter there either.
pub(crate) fn before_parameters(value: &[u8]) -> &[u8] {
    trim_http_whitespace(to(value, position(value, b';').unwrap_or(value.len())))
}

/// Whether this is a media type: a type, a slash and a subtype.
pub(crate) fn is_media_type(essence: &[u8]) -> bool {
    let slash = position(essence, b'/').unwrap_or(0);
    is_token(to(essence, slash)) && is_token(from(essence, next(slash)))
}

/// Whether any page can send the type without a preflight: a form or `fetch` the first three, the browser's own reports the
/// others.
///
/// # Specification
///
/// [Fetch: CORS-safelisted request-header](https://fetch.spec.whatwg.org/#cors-safelisted-request-header) and
/// [CORS protocol exceptions](https://fetch.spec.whatwg.org/#cors-protocol-exceptions)
pub(crate) fn is_simple(essence: &[u8]) -> bool {
    SIMPLE.iter().any(|simple| simple.as_bytes().eq_ignore_ascii_case(essence))
}

const SIMPLE: [&str; 7] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
    "application/csp-report",
    "application/expect-ct-report+json",
    "application/ocsp-request",
    "application/xss-auditor-report",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_essence_stands_before_the_parameters() {
        let essence = |value| Some(before_parameters(value)).filter(|essence| is_media_type(essence));
        for (value, expected) in [
            ("application/json", Some("application/json")),
            ("Application/JSON; charset=utf-8", Some("Application/JSON")),
            (" \t\r\napplication/json \n;", Some("application/json")),
            ("text/plain;application/json", Some("text/plain")),
            ("text/plain;a, application/json", Some("text/plain")),
            ("application/json, text/plain", None),
            ("application/json/x", None),
            ("application /json", None),
            ("application/ json", None),
            ("application", None),
            ("/json", None),
            ("application/", None),
            ("application/;a=b", None),
            (";application/json", None),
            ("application/js\u{f6}n", None),
            ("", None),
        ] {
            assert_eq!(essence(value.as_bytes()), expected.map(str::as_bytes), "{value:?}");
        }
    }
}
