//! Responses: which of their headers a page can read.

use crate::fetch_call::{Credentials, ResponseType};
use crate::header_list::{Header, Unparsable, extract_header_list_values};
use crate::http_bytes::matches_any;

/// Tells whether the status has the browser go elsewhere: 301, 302, 303, 307 or 308.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#redirect-status>
///
/// # Examples
///
/// ```
/// assert!(corsac_browser::is_redirect_status(308));
/// assert!(!corsac_browser::is_redirect_status(304));
/// ```
pub const fn is_redirect_status(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Tells whether the status is one of success, 200 to 299, which is what a preflight needs.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#ok-status>
///
/// # Examples
///
/// ```
/// assert!(corsac_browser::is_ok_status(204));
/// assert!(!corsac_browser::is_ok_status(304));
/// ```
pub const fn is_ok_status(status: u16) -> bool {
    matches!(status, 200..=299)
}

/// Tells whether no page ever reads the response header: `Set-Cookie` and `Set-Cookie2`.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#forbidden-response-header-name>
///
/// # Examples
///
/// ```
/// assert!(corsac_browser::is_forbidden_response_header_name(b"set-cookie"));
/// assert!(!corsac_browser::is_forbidden_response_header_name(b"cookie"));
/// ```
pub fn is_forbidden_response_header_name(name: &[u8]) -> bool {
    matches_any(name, &["Set-Cookie", "Set-Cookie2"])
}

/// Tells whether a page of another origin reads the response header, given the names that the response exposes.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
///
/// # Examples
///
/// ```
/// use corsac_browser::is_cors_safelisted_response_header_name as readable;
///
/// assert!(readable(b"Content-Type", &[]));
/// assert!(readable(b"ETag", &[b"etag"]));
/// assert!(!readable(b"ETag", &[]));
/// assert!(!readable(b"Set-Cookie", &[b"set-cookie"]));
/// ```
pub fn is_cors_safelisted_response_header_name(name: &[u8], exposed: &[&[u8]]) -> bool {
    const SAFELISTED: [&str; 7] =
        ["Cache-Control", "Content-Language", "Content-Length", "Content-Type", "Expires", "Last-Modified", "Pragma"];
    matches_any(name, &SAFELISTED)
        || (!is_forbidden_response_header_name(name) && exposed.iter().any(|listed| listed.eq_ignore_ascii_case(name)))
}

/// The CORS-exposed header-name list of a response.
///
/// `*` stands for every name in the response, unless credentials are included.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list>, set in
/// <https://fetch.spec.whatwg.org/#main-fetch>
///
/// # Errors
///
/// `Access-Control-Expose-Headers` with a member that is no header name: the list then stays empty.
///
/// # Examples
///
/// ```
/// use corsac_browser::{Credentials, cors_exposed_header_names};
///
/// let list = [("Access-Control-Expose-Headers", "*"), ("ETag", "1")].map(|(n, v)| (n.to_owned(), v.into()));
/// let exposed = cors_exposed_header_names(Credentials::Omit, &list).unwrap();
/// assert!(exposed.contains(&&b"ETag"[..]));
/// let exposed = cors_exposed_header_names(Credentials::Include, &list).unwrap();
/// assert_eq!(exposed, [b"*"]); // the name of a header, should there be one
/// ```
pub fn cors_exposed_header_names(credentials: Credentials, header_list: &[Header]) -> Result<Vec<&[u8]>, Unparsable> {
    let names = extract_header_list_values("Access-Control-Expose-Headers", header_list)?;
    let names = names.unwrap_or_default();
    if credentials != Credentials::Include && names.contains(&&b"*"[..]) {
        return Ok(header_list.iter().map(|(name, _)| name.as_bytes()).collect());
    }
    Ok(names)
}

/// The headers that a filtered response keeps, in their order. `exposed` matters to a CORS filtered response alone.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-filtered-response-basic> and
/// <https://fetch.spec.whatwg.org/#concept-filtered-response-cors>
///
/// # Examples
///
/// ```
/// use corsac_browser::{ResponseType, filtered_header_list};
///
/// let list = [("ETag", "1"), ("Set-Cookie", "a=b")].map(|(n, v)| (n.to_owned(), v.into()));
/// assert_eq!(filtered_header_list(ResponseType::Basic, &list, &[]), list[..1]);
/// assert_eq!(filtered_header_list(ResponseType::Cors, &list, &[]), []);
/// ```
pub fn filtered_header_list(response_type: ResponseType, header_list: &[Header], exposed: &[&[u8]]) -> Vec<Header> {
    let keeps = |name: &[u8]| match response_type {
        ResponseType::Basic => !is_forbidden_response_header_name(name),
        ResponseType::Cors => is_cors_safelisted_response_header_name(name, exposed),
    };
    header_list.iter().filter(|(name, _)| keeps(name.as_bytes())).cloned().collect()
}
