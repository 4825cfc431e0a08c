//! CORS-preflight fetch: what the browser asks, and what it takes for consent.

use crate::cors_check::cors_check;
use crate::failure::Failure;
use crate::fetch_call::{Credentials, WireRequest, WireResponse};
use crate::header_list::{extract_delta_seconds, extract_header_list_values};
use crate::method::is_cors_safelisted_method;
use crate::request::{Request, origin_header};
use crate::request_header::{cors_unsafe_request_header_names, is_cors_non_wildcard_request_header_name};
use crate::response::is_ok_status;

/// The seconds for which a preflight's answer is kept when `Access-Control-Max-Age` says nothing that can be read.
pub const DEFAULT_MAX_AGE: u64 = 5;

/// The CORS-preflight request for a request: `Accept`, `Access-Control-Request-Method`,
/// `Access-Control-Request-Headers` where a header needs it, and `Origin`.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>, steps 1 to 6.
///
/// # Examples
///
/// ```
/// use corsac_browser::{FetchCall, Request, get, preflight_request};
///
/// let call = FetchCall::new("https://app.example", "https://api.example", "/")
///     .header("X-B", "")
///     .header("X-A", "");
/// let preflight = preflight_request(&Request::new(&call).unwrap());
/// assert_eq!(preflight.method, "OPTIONS");
/// let asked = get(&preflight.fields, "Access-Control-Request-Headers").unwrap();
/// assert_eq!(asked[..], b"x-a,x-b"[..]);
/// ```
pub fn preflight_request(request: &Request) -> WireRequest {
    let mut fields = vec![
        ("Accept".to_owned(), b"*/*".to_vec()),
        ("Access-Control-Request-Method".to_owned(), request.method.as_bytes().to_vec()),
    ];
    let headers = cors_unsafe_request_header_names(&request.header_list);
    if !headers.is_empty() {
        let value = headers.join(",").into_bytes();
        fields.push(("Access-Control-Request-Headers".to_owned(), value));
    }
    fields.push(origin_header(&request.origin));
    WireRequest { method: "OPTIONS".to_owned(), fields, is_preflight: true, includes_credentials: false }
}

/// What a successful preflight allowed. All of it goes into the cache, asked for or not.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>, the lists of step 7.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreflightGrant<'r> {
    /// The members of `Access-Control-Allow-Methods`.
    pub methods: Vec<&'r [u8]>,
    /// The members of `Access-Control-Allow-Headers`.
    pub header_names: Vec<&'r [u8]>,
    /// `Access-Control-Max-Age` in seconds, or [`DEFAULT_MAX_AGE`]; not yet limited by the browser.
    pub max_age: u64,
}

/// Checks whether the response to a preflight lets the request through.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-preflight-fetch-0>, step 7 up to the max-age.
///
/// # Errors
///
/// Where the standard returns a network error.
///
/// # Examples
///
/// ```
/// use corsac_browser::{Failure, FetchCall, Request, WireResponse, check_preflight_response};
///
/// let call = FetchCall::new("https://app.example", "https://api.example", "/").method("PUT");
/// let request = Request::new(&call).unwrap();
/// let allow_origin = ("Access-Control-Allow-Origin", "*");
///
/// let response = WireResponse::new(204, &[allow_origin, ("Access-Control-Allow-Methods", "PUT")]);
/// assert_eq!(check_preflight_response(&request, &response).unwrap().max_age, 5);
///
/// let response = WireResponse::new(204, &[allow_origin, ("Access-Control-Allow-Methods", "put")]);
/// let refused = check_preflight_response(&request, &response).unwrap_err();
/// assert_eq!(refused, Failure::MethodNotAllowed { method: "PUT".to_owned() });
/// ```
pub fn check_preflight_response<'r>(
    request: &Request,
    response: &'r WireResponse,
) -> Result<PreflightGrant<'r>, Failure> {
    // The check is made with the request's credentials mode, although the preflight itself went without credentials.
    cors_check(&request.origin, request.credentials, &response.fields).map_err(Failure::PreflightCorsCheck)?;
    if !is_ok_status(response.status) {
        let status = response.status;
        return Err(Failure::PreflightStatus { status });
    }

    let list = |name| extract_header_list_values(name, &response.fields);
    let methods = list("Access-Control-Allow-Methods")
        .map_err(|unparsable| Failure::AllowMethodsUnparsable { found: unparsable.found })?
        .unwrap_or_default();
    let header_names = list("Access-Control-Allow-Headers")
        .map_err(|unparsable| Failure::AllowHeadersUnparsable { found: unparsable.found })?
        .unwrap_or_default();

    check_method(request, &methods)?;
    check_headers(request, &header_names)?;

    let max_age = extract_delta_seconds("Access-Control-Max-Age", &response.fields);
    Ok(PreflightGrant { methods, header_names, max_age: max_age.ok().flatten().unwrap_or(DEFAULT_MAX_AGE) })
}

/// "If request's method is not in methods, …": compared with case, the wildcard only without credentials.
fn check_method(request: &Request, methods: &[&[u8]]) -> Result<(), Failure> {
    let method = request.method.as_bytes();
    if methods.contains(&method) || is_cors_safelisted_method(method) || is_covered_by_wildcard(request, methods) {
        return Ok(());
    }
    let method = request.method.clone();
    Err(Failure::MethodNotAllowed { method })
}

/// "If one of request's header list's names is a CORS non-wildcard request-header name …", then "For each unsafeName …".
fn check_headers(request: &Request, header_names: &[&[u8]]) -> Result<(), Failure> {
    let is_listed = |name: &str| {
        let mut listed = header_names.iter();
        listed.any(|listed| listed.eq_ignore_ascii_case(name.as_bytes()))
    };
    for (name, _) in &request.header_list {
        if is_cors_non_wildcard_request_header_name(name.as_bytes()) && !is_listed(name) {
            let name = name.to_ascii_lowercase();
            return Err(Failure::NonWildcardHeaderNotAllowed { name });
        }
    }
    let wildcard = is_covered_by_wildcard(request, header_names);
    for name in cors_unsafe_request_header_names(&request.header_list) {
        if !wildcard && !is_listed(&name) {
            return Err(Failure::HeaderNotAllowed { name });
        }
    }
    Ok(())
}

fn is_covered_by_wildcard(request: &Request, list: &[&[u8]]) -> bool {
    request.credentials != Credentials::Include && list.contains(&&b"*"[..])
}
