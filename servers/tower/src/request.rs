//! What of an `http` request a decision needs.

use corsac::{Request, Scheme, ScreenRequest};
use http::{HeaderMap, Method, header};

/// The fields of CORS. A preflight has more of them than it pays to look up one by one.
#[inline]
pub(crate) fn cors<'r>(method: &'r Method, fields: &'r HeaderMap) -> Request<'r> {
    if method == Method::OPTIONS {
        return Request::from_fields(
            method.as_str(),
            fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes())),
        );
    }
    let mut request = Request::new(method.as_str());
    for value in fields.get_all(header::ORIGIN) {
        request.push(b"origin", value.as_bytes());
    }
    request
}

/// Everything, for the verdicts beside CORS. In HTTP/2, and in a request line with a whole address, the host is in the address.
pub(crate) fn whole<'r, B>(request: &'r http::Request<B>, scheme: Option<Scheme>) -> ScreenRequest<'r> {
    let mut whole = ScreenRequest::new(request.method().as_str());
    for (name, value) in request.headers() {
        whole.push(name.as_str().as_bytes(), value.as_bytes());
    }
    if let Some(authority) = request.uri().authority() {
        whole.push(b":authority", authority.as_str().as_bytes());
    }
    whole.with_scheme(scheme)
}
