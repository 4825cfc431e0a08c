//! What of an `http` request a decision needs.

use corsac::{FieldName, Request, ResponseField, Scheme, ScreenRequest};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// The first `Origin` of a request as `http` holds it, so that it can be sent back without a copy.
#[derive(Clone, Copy)]
pub(crate) struct Origin<'r>(Option<&'r HeaderValue>);

impl<'r> Origin<'r> {
    pub(crate) fn of(fields: &'r HeaderMap) -> Self {
        Self(fields.get(header::ORIGIN))
    }

    /// The value of a field that repeats it.
    #[inline]
    pub(crate) fn echoed(self, field: &ResponseField<'_>) -> Option<HeaderValue> {
        self.0.filter(|origin| field.name == FieldName::AllowOrigin && origin.as_bytes() == field.value).cloned()
    }
}

/// The fields of CORS. A preflight has more of them than it pays to look up one by one; another request has `Origin` alone.
#[inline]
pub(crate) fn cors<'r>(method: &'r Method, fields: &'r HeaderMap) -> (Request<'r>, Origin<'r>) {
    let mut request = Request::new(method.as_str());
    let mut origin = None;
    if method == Method::OPTIONS {
        for (name, value) in fields {
            // Names that `http` knows are numbers to it, and compared as such; what is pushed under a constant name is not compared again.
            let text = value.as_bytes();
            if name == header::ORIGIN {
                origin = origin.or(Some(value));
                request.push(b"origin", text);
            } else if name == header::ACCESS_CONTROL_REQUEST_METHOD {
                request.push(b"access-control-request-method", text);
            } else if name == header::ACCESS_CONTROL_REQUEST_HEADERS {
                request.push(b"access-control-request-headers", text);
            } else if name == REQUEST_PRIVATE_NETWORK {
                request.push(PRIVATE_NETWORK.as_bytes(), text);
            }
        }
    } else {
        for value in fields.get_all(header::ORIGIN) {
            origin = origin.or(Some(value));
            request.push(b"origin", value.as_bytes());
        }
    }
    (request, Origin(origin))
}

const PRIVATE_NETWORK: &str = "access-control-request-private-network";
const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static(PRIVATE_NETWORK);

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
