//! Request headers: which a page may set, and which of them need a preflight.

use std::fmt;

use crate::header_list::{Header, get_decode_and_split, sorted_lowercase_set};
use crate::http_bytes::{is_http_whitespace, is_tab_or_space, matches_any, strip};
use crate::method::is_forbidden_method;
use crate::mime::parse_mime_essence;
use crate::range::parse_single_range;

/// The longest value that a CORS-safelisted request-header may have, in bytes.
pub const SAFELISTED_VALUE_MAX: usize = 128;

/// The most that the values of all CORS-safelisted request-headers of one request may add up to, in bytes.
pub const SAFELISTED_TOTAL_MAX: usize = 1024;

/// The value without HTTP whitespace (LF, CR, tab, space) at its ends, as `Headers` stores it.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-header-value-normalize>
///
/// # Examples
///
/// ```
/// assert_eq!(corsac_browser::normalize_value(b"\r\n a b\t"), b"a b");
/// ```
pub fn normalize_value(value: &[u8]) -> &[u8] {
    strip(value, is_http_whitespace)
}

/// Tells whether the bytes are a header value: no blank at either end, and neither NUL, LF nor CR anywhere.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#header-value>
///
/// # Examples
///
/// ```
/// assert!(corsac_browser::is_header_value(b"\x01 \xff"));
/// assert!(!corsac_browser::is_header_value(b"a\nb"));
/// ```
pub fn is_header_value(value: &[u8]) -> bool {
    strip(value, is_tab_or_space).len() == value.len() && !value.iter().any(|byte| matches!(byte, 0 | b'\n' | b'\r'))
}

/// Tells whether the header belongs to the browser: a page that sets it is ignored without a word.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#forbidden-request-header>
///
/// # Examples
///
/// ```
/// use corsac_browser::is_forbidden_request_header;
///
/// assert!(is_forbidden_request_header(b"Sec-Anything", b""));
/// assert!(is_forbidden_request_header(b"X-HTTP-Method-Override", b"PUT, trace"));
/// assert!(!is_forbidden_request_header(b"X-HTTP-Method-Override", b"PUT"));
/// assert!(!is_forbidden_request_header(b"Authorization", b"Bearer x"));
/// ```
pub fn is_forbidden_request_header(name: &[u8], value: &[u8]) -> bool {
    const FORBIDDEN: [&str; 21] = [
        "Accept-Charset",
        "Accept-Encoding",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Method",
        "Connection",
        "Content-Length",
        "Cookie",
        "Cookie2",
        "Date",
        "DNT",
        "Expect",
        "Host",
        "Keep-Alive",
        "Origin",
        "Referer",
        "Set-Cookie",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Via",
    ];
    const METHOD_OVERRIDES: [&str; 3] = ["X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override"];
    let starts_with = |prefix: &[u8]| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if matches_any(name, &FORBIDDEN) || starts_with(b"proxy-") || starts_with(b"sec-") {
        return true;
    }
    matches_any(name, &METHOD_OVERRIDES) && get_decode_and_split(value).into_iter().any(is_forbidden_method)
}

/// Tells whether `Access-Control-Allow-Headers: *` does not cover the name: `Authorization` alone.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name>
///
/// # Examples
///
/// ```
/// assert!(corsac_browser::is_cors_non_wildcard_request_header_name(b"authorization"));
/// assert!(!corsac_browser::is_cors_non_wildcard_request_header_name(b"x-authorization"));
/// ```
pub fn is_cors_non_wildcard_request_header_name(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"Authorization")
}

/// Tells whether a safelisted value may not hold the byte: controls except tab, DEL, and `"():<>?@[\]{}`.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte>
///
/// # Examples
///
/// ```
/// assert!(corsac_browser::is_cors_unsafe_request_header_byte(b'"'));
/// assert!(!corsac_browser::is_cors_unsafe_request_header_byte(b'\t'));
/// assert!(!corsac_browser::is_cors_unsafe_request_header_byte(0xff));
/// ```
pub const fn is_cors_unsafe_request_header_byte(byte: u8) -> bool {
    matches!(
        byte,
        0..=0x08
            | 0x0a..=0x1f
            | b'"'
            | b'('
            | b')'
            | b':'
            | b'<'
            | b'>'
            | b'?'
            | b'@'
            | b'['
            | b'\\'
            | b']'
            | b'{'
            | b'}'
            | 0x7f
    )
}

/// Tells whether the header can go out without a preflight, as far as it alone is concerned.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
///
/// # Complexity
///
/// Linear in the length of the value, of which no more than [`SAFELISTED_VALUE_MAX`] bytes are looked at; no allocation.
///
/// # Examples
///
/// ```
/// use corsac_browser::is_cors_safelisted_request_header;
///
/// assert!(is_cors_safelisted_request_header(b"Content-Type", b"text/plain;charset=utf-8"));
/// assert!(!is_cors_safelisted_request_header(b"Content-Type", b"application/json"));
/// ```
pub fn is_cors_safelisted_request_header(name: &[u8], value: &[u8]) -> bool {
    why_cors_unsafe(name, value).is_none()
}

/// The same decision as [`is_cors_safelisted_request_header`], with the reason why the header is not safelisted.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
///
/// # Examples
///
/// ```
/// use corsac_browser::{WhyUnsafe, why_cors_unsafe};
///
/// assert_eq!(why_cors_unsafe(b"Accept", b"*/*"), None);
/// assert_eq!(why_cors_unsafe(b"Accept", b"a(b)"), Some(WhyUnsafe::Byte(b'(')));
/// ```
pub fn why_cors_unsafe(name: &[u8], value: &[u8]) -> Option<WhyUnsafe> {
    let named = |safelisted: &[u8]| name.eq_ignore_ascii_case(safelisted);
    let first_byte = |unsafe_byte: fn(u8) -> bool| {
        let found = value.iter().copied().find(|&byte| unsafe_byte(byte));
        found.map(WhyUnsafe::Byte)
    };
    // The standard measures the value first. That order cannot be seen, and the name is the better reason.
    if named(b"accept") {
        too_long(value).or_else(|| first_byte(is_cors_unsafe_request_header_byte))
    } else if named(b"accept-language") || named(b"content-language") {
        too_long(value).or_else(|| first_byte(|byte| !is_language_byte(byte)))
    } else if named(b"content-type") {
        too_long(value)
            .or_else(|| first_byte(is_cors_unsafe_request_header_byte))
            .or_else(|| why_unsafe_content_type(value))
    } else if named(b"range") {
        too_long(value).or_else(|| why_unsafe_range(value))
    } else {
        Some(WhyUnsafe::Name)
    }
}

const fn too_long(value: &[u8]) -> Option<WhyUnsafe> {
    if value.len() > SAFELISTED_VALUE_MAX { Some(WhyUnsafe::ValueTooLong(value.len())) } else { None }
}

/// A byte that a language header may hold and still be safelisted: `0-9A-Za-z *,-.;=`.
const fn is_language_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=')
}

fn why_unsafe_content_type(value: &[u8]) -> Option<WhyUnsafe> {
    const SAFELISTED: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    match parse_mime_essence(value) {
        None => Some(WhyUnsafe::NotAMimeType),
        Some(essence) if SAFELISTED.iter().any(|listed| essence.is(listed)) => None,
        Some(_) => Some(WhyUnsafe::MimeType),
    }
}

fn why_unsafe_range(value: &[u8]) -> Option<WhyUnsafe> {
    match parse_single_range(value) {
        None => Some(WhyUnsafe::NotASingleRange),
        Some(range) if range.start.is_none() => Some(WhyUnsafe::RangeWithoutStart),
        Some(_) => None,
    }
}

/// Tells whether a page may send the header in "no-cors" mode.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header>
///
/// # Examples
///
/// ```
/// use corsac_browser::is_no_cors_safelisted_request_header;
///
/// assert!(is_no_cors_safelisted_request_header(b"Content-Type", b"text/plain"));
/// assert!(!is_no_cors_safelisted_request_header(b"Content-Type", b"application/json"));
/// assert!(!is_no_cors_safelisted_request_header(b"Range", b"bytes=0-")); // CORS-safelisted only
/// ```
pub fn is_no_cors_safelisted_request_header(name: &[u8], value: &[u8]) -> bool {
    matches_any(name, &["Accept", "Accept-Language", "Content-Language", "Content-Type"])
        && is_cors_safelisted_request_header(name, value)
}

/// Why a request header makes a preflight necessary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyUnsafe {
    /// The name is none of `accept`, `accept-language`, `content-language`, `content-type` and `range`.
    Name,
    /// The value has so many bytes, more than [`SAFELISTED_VALUE_MAX`].
    ValueTooLong(usize),
    /// The value holds this byte, which a safelisted value of that name may not hold.
    Byte(u8),
    /// `Content-Type` that is no MIME type.
    NotAMimeType,
    /// `Content-Type` of another kind than the three that an HTML form can send.
    MimeType,
    /// `Range` that is no single range of bytes.
    NotASingleRange,
    /// `Range` that counts from the end, such as `bytes=-500`.
    RangeWithoutStart,
    /// The values of the safelisted headers add up to so many bytes, more than [`SAFELISTED_TOTAL_MAX`].
    Total(usize),
}

impl fmt::Display for WhyUnsafe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("its name is not on the safelist"),
            Self::ValueTooLong(length) => write!(f, "its value has {length} bytes, more than {SAFELISTED_VALUE_MAX}"),
            Self::Byte(byte) => write!(f, "its value holds the byte 0x{byte:02x}"),
            Self::NotAMimeType => f.write_str("its value is no MIME type"),
            Self::MimeType => f.write_str(
                "its value is none of application/x-www-form-urlencoded, multipart/form-data and text/plain",
            ),
            Self::NotASingleRange => f.write_str("its value is no single range of bytes"),
            Self::RangeWithoutStart => f.write_str("its value has no first byte"),
            Self::Total(total) => {
                write!(f, "the safelisted values add up to {total} bytes, more than {SAFELISTED_TOTAL_MAX}")
            }
        }
    }
}

/// The names of the headers that need the server's consent: lower case, sorted, each once.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>
///
/// # Examples
///
/// ```
/// let headers = [("X-B", "1"), ("Accept", "*/*"), ("x-a", "2"), ("X-b", "3")].map(|(n, v)| (n.to_owned(), v.into()));
/// assert_eq!(corsac_browser::cors_unsafe_request_header_names(&headers), ["x-a", "x-b"]);
/// ```
pub fn cors_unsafe_request_header_names(headers: &[Header]) -> Vec<String> {
    let unsafe_headers = cors_unsafe_request_headers(headers);
    sorted_lowercase_set(unsafe_headers.into_iter().map(|(name, _)| name))
}

/// The headers behind [`cors_unsafe_request_header_names`], in their order in the list, each with the reason.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names>, before the last step.
///
/// # Examples
///
/// ```
/// use corsac_browser::{WhyUnsafe, cors_unsafe_request_headers};
///
/// let headers = [("Content-Type".to_owned(), b"application/json".to_vec())];
/// assert_eq!(cors_unsafe_request_headers(&headers), [("Content-Type", WhyUnsafe::MimeType)]);
/// ```
pub fn cors_unsafe_request_headers(headers: &[Header]) -> Vec<(&str, WhyUnsafe)> {
    let mut unsafe_headers = Vec::new();
    let mut safelisted_value_size = 0_usize;
    for (name, value) in headers {
        match why_cors_unsafe(name.as_bytes(), value) {
            Some(why) => unsafe_headers.push((name.as_str(), why)),
            None => safelisted_value_size = safelisted_value_size.saturating_add(value.len()),
        }
    }
    if safelisted_value_size <= SAFELISTED_TOTAL_MAX {
        return unsafe_headers;
    }
    let total = WhyUnsafe::Total(safelisted_value_size);
    headers
        .iter()
        .map(|(name, value)| {
            let why = why_cors_unsafe(name.as_bytes(), value).unwrap_or(total);
            (name.as_str(), why)
        })
        .collect()
}
