//! The request that a page's call becomes, before anything is sent.

use crate::failure::Failure;
use crate::fetch_call::{Credentials, FetchCall, ResponseType, WireRequest};
use crate::header_list::{Header, get};
use crate::http_bytes::is_token;
use crate::method::{is_cors_safelisted_method, is_forbidden_method, normalize_method};
use crate::request_header::{
    cors_unsafe_request_header_names, is_forbidden_request_header, is_header_value,
    is_no_cors_safelisted_request_header, normalize_value,
};
use crate::step::Step;

/// A request that may be sent: method normalized, headers cleaned, the default `Accept` in place.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-request>
///
/// # Examples
///
/// ```
/// use corsac_browser::{FetchCall, Request};
///
/// let call = FetchCall::new("https://app.example", "https://api.example", "/").method("put");
/// assert_eq!(Request::new(&call).unwrap().method(), "PUT");
/// assert!(Request::new(&call.method("TRACE")).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub(crate) origin: String,
    pub(crate) url: String,
    pub(crate) method: String,
    pub(crate) header_list: Vec<Header>,
    pub(crate) credentials: Credentials,
    pub(crate) response_tainting: ResponseType,
}

impl Request {
    /// Makes a request out of a call, as `fetch()` does before it goes to the network.
    ///
    /// # Specification
    ///
    /// <https://fetch.spec.whatwg.org/#dom-request>, then step "If request's header list does not contain `Accept`" of
    /// <https://fetch.spec.whatwg.org/#concept-fetch>.
    ///
    /// # Errors
    ///
    /// Where the standard throws a `TypeError`.
    pub fn new(call: &FetchCall) -> Result<Self, Failure> {
        Self::new_with_steps(call, &mut Vec::new())
    }

    /// The same for mode "no-cors".
    ///
    /// # Errors
    ///
    /// Where the standard throws a `TypeError`: for a method other than `GET`, `HEAD` and `POST` too.
    pub(crate) fn new_no_cors(call: &FetchCall) -> Result<Self, Failure> {
        let method = constructor_method(&call.method, &mut Vec::new())?;
        if !is_cors_safelisted_method(method.as_bytes()) {
            return Err(Failure::MethodNotCorsSafelisted { method });
        }
        let mut request = Self::without_headers(call, method);
        for (name, value) in &call.headers {
            request.append_no_cors_page_header(name, value)?;
        }
        request.append_default_accept();
        Ok(request)
    }

    pub(crate) fn new_with_steps(call: &FetchCall, steps: &mut Vec<Step>) -> Result<Self, Failure> {
        let mut request = Self::without_headers(call, constructor_method(&call.method, steps)?);
        for (name, value) in &call.headers {
            request.append_page_header(name, value, steps)?;
        }
        request.append_default_accept();
        Ok(request)
    }

    fn without_headers(call: &FetchCall, method: String) -> Self {
        Self {
            origin: call.page_origin.clone(),
            url: call.url.clone(),
            method,
            header_list: Vec::with_capacity(call.headers.len() + 1),
            credentials: call.credentials,
            response_tainting: if call.is_same_origin() { ResponseType::Basic } else { ResponseType::Cors },
        }
    }

    /// The method, normalized.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The headers of the page that survived, and `Accept`.
    pub fn header_list(&self) -> &[Header] {
        &self.header_list
    }

    /// Append, to a `Headers` object whose guard is "request" (<https://fetch.spec.whatwg.org/#concept-headers-append>).
    fn append_page_header(&mut self, name: &str, value: &[u8], steps: &mut Vec<Step>) -> Result<(), Failure> {
        let value = validated(name, value)?;
        if is_forbidden_request_header(name.as_bytes(), value) {
            let name = name.to_owned();
            steps.push(Step::HeaderDropped { name });
            return Ok(());
        }
        self.append(name, value);
        Ok(())
    }

    /// Append, to a `Headers` object whose guard is "request-no-cors": what is not safelisted is left out in silence.
    /// (The last step there takes `Range` away, which no page has brought in.)
    fn append_no_cors_page_header(&mut self, name: &str, value: &[u8]) -> Result<(), Failure> {
        let value = validated(name, value)?;
        if is_forbidden_request_header(name.as_bytes(), value) {
            return Ok(());
        }
        let combined = get(&self.header_list, name).map(|earlier| [&earlier, &b", "[..], value].concat());
        if !is_no_cors_safelisted_request_header(name.as_bytes(), combined.as_deref().unwrap_or(value)) {
            return Ok(());
        }
        self.append(name, value);
        Ok(())
    }

    /// Tells whether the request, made in "cors" mode, is sent only after a preflight.
    ///
    /// # Specification
    ///
    /// <https://fetch.spec.whatwg.org/#concept-main-fetch>, the step that chooses by origin, method and headers. The
    /// preflight cache, which may save the preflight, is not looked at.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac_browser::{FetchCall, Request};
    ///
    /// let call = FetchCall::new("https://app.example", "https://api.example", "/").method("POST");
    /// assert!(!Request::new(&call).unwrap().needs_preflight());
    /// let call = call.header("Content-Type", "application/json");
    /// assert!(Request::new(&call).unwrap().needs_preflight());
    /// ```
    pub fn needs_preflight(&self) -> bool {
        let is_simple = is_cors_safelisted_method(self.method.as_bytes())
            && cors_unsafe_request_header_names(&self.header_list).is_empty();
        self.response_tainting == ResponseType::Cors && !is_simple
    }

    /// Step "If request's header list does not contain `Accept`" of <https://fetch.spec.whatwg.org/#concept-fetch>.
    fn append_default_accept(&mut self) {
        if !self.has_header("Accept") {
            self.append("Accept", b"*/*");
        }
    }

    /// Append, to a header list (<https://fetch.spec.whatwg.org/#concept-header-list-append>): a name that is there
    /// already keeps the case in which it came first.
    fn append(&mut self, name: &str, value: &[u8]) {
        let first = self.header_list.iter().find(|(listed, _)| listed.eq_ignore_ascii_case(name));
        let name = first.map_or(name, |(listed, _)| listed).to_owned();
        self.header_list.push((name, value.to_vec()));
    }

    fn has_header(&self, name: &str) -> bool {
        self.header_list.iter().any(|(listed, _)| listed.eq_ignore_ascii_case(name))
    }

    /// The request as it goes over the wire (the part of
    /// <https://fetch.spec.whatwg.org/#http-network-or-cache-fetch> that concerns the CORS protocol).
    pub(crate) fn on_the_wire(&self) -> WireRequest {
        let mut fields = self.header_list.clone();
        if self.response_tainting == ResponseType::Cors || !matches!(self.method.as_str(), "GET" | "HEAD") {
            fields.push(origin_header(&self.origin));
        }
        WireRequest {
            method: self.method.clone(),
            fields,
            is_preflight: false,
            includes_credentials: match self.credentials {
                Credentials::Omit => false,
                Credentials::SameOrigin => self.response_tainting == ResponseType::Basic,
                Credentials::Include => true,
            },
        }
    }
}

/// The value, normalized; a failure where name or value is none
/// (<https://fetch.spec.whatwg.org/#headers-validate>, its first steps).
fn validated<'v>(name: &str, value: &'v [u8]) -> Result<&'v [u8], Failure> {
    let value = normalize_value(value);
    if !is_token(name.as_bytes()) {
        let name = name.to_owned();
        return Err(Failure::HeaderNameInvalid { name });
    }
    if !is_header_value(value) {
        let name = name.to_owned();
        return Err(Failure::HeaderValueInvalid { name });
    }
    Ok(value)
}

/// The `Origin` field (<https://fetch.spec.whatwg.org/#append-a-request-origin-header>).
pub(crate) fn origin_header(origin: &str) -> Header {
    ("Origin".to_owned(), origin.as_bytes().to_vec())
}

/// Step "If init["method"] exists" of <https://fetch.spec.whatwg.org/#dom-request>.
fn constructor_method(method: &str, steps: &mut Vec<Step>) -> Result<String, Failure> {
    let written = || method.to_owned();
    if !is_token(method.as_bytes()) {
        return Err(Failure::MethodInvalid { method: written() });
    }
    if is_forbidden_method(method.as_bytes()) {
        return Err(Failure::MethodForbidden { method: written() });
    }
    let normalized = normalize_method(method).into_owned();
    if normalized != method {
        steps.push(Step::MethodNormalized { written: written(), normalized: normalized.clone() });
    }
    Ok(normalized)
}
