//! `Origin`: when a request carries it, and when it says `null` instead of the page's origin.

use crate::tuple_origin::TupleOrigin;

/// A request's mode, as far as a page can choose it.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-request-mode>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestMode {
    /// "navigate": links, forms, the address bar.
    Navigate,
    /// "no-cors": sent to other origins unasked, its response hidden.
    NoCors,
    /// "cors": the CORS protocol.
    Cors,
    /// "websocket": a handshake.
    WebSocket,
}

/// How much of itself a page tells servers.
///
/// # Specification
///
/// <https://w3c.github.io/webappsec-referrer-policy/#referrer-policies>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_enums, reason = "the standard has these eight")]
pub enum ReferrerPolicy {
    /// "no-referrer"
    NoReferrer,
    /// "no-referrer-when-downgrade"
    NoReferrerWhenDowngrade,
    /// "same-origin"
    SameOrigin,
    /// "origin"
    Origin,
    /// "strict-origin"
    StrictOrigin,
    /// "origin-when-cross-origin"
    OriginWhenCrossOrigin,
    /// "strict-origin-when-cross-origin", which a page has that says nothing.
    #[default]
    StrictOriginWhenCrossOrigin,
    /// "unsafe-url"
    UnsafeUrl,
}

/// The value of `Origin`, or `None` where a request carries none. Origins are serialized, the method is normalized.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#append-a-request-origin-header>. Response tainting is "cors" exactly when the mode is
/// and the URL is of another origin.
///
/// # Examples
///
/// ```
/// use corsac_browser::{ReferrerPolicy, RequestMode, request_origin_header};
///
/// let (page, url) = ("https://app.example", "https://api.example");
/// let policy = ReferrerPolicy::NoReferrer;
/// assert_eq!(request_origin_header(page, url, "GET", RequestMode::Cors, policy), Some(page));
/// assert_eq!(request_origin_header(page, url, "GET", RequestMode::Navigate, policy), None);
/// assert_eq!(request_origin_header(page, page, "POST", RequestMode::Navigate, policy), Some("null"));
/// ```
pub fn request_origin_header<'o>(
    page_origin: &'o str,
    url_origin: &str,
    method: &str,
    mode: RequestMode,
    referrer_policy: ReferrerPolicy,
) -> Option<&'o str> {
    let (page, url) = (TupleOrigin::parse(page_origin), TupleOrigin::parse(url_origin));
    let serialized_origin = page.map_or("null", |_| page_origin);
    let is_same_origin = page.is_some() && page == url;
    let has_scheme_https = |origin: Option<TupleOrigin<'_>>| origin.is_some_and(|origin| origin.scheme == "https");

    let response_tainting_is_cors = mode == RequestMode::Cors && !is_same_origin;
    if response_tainting_is_cors || mode == RequestMode::WebSocket {
        return Some(serialized_origin);
    }
    if matches!(method, "GET" | "HEAD") {
        return None;
    }
    let is_withheld = mode != RequestMode::Cors
        && match referrer_policy {
            ReferrerPolicy::NoReferrer => true,
            ReferrerPolicy::NoReferrerWhenDowngrade
            | ReferrerPolicy::StrictOrigin
            | ReferrerPolicy::StrictOriginWhenCrossOrigin => has_scheme_https(page) && !has_scheme_https(url),
            ReferrerPolicy::SameOrigin => !is_same_origin,
            ReferrerPolicy::Origin | ReferrerPolicy::OriginWhenCrossOrigin | ReferrerPolicy::UnsafeUrl => false,
        };
    Some(if is_withheld { "null" } else { serialized_origin })
}
