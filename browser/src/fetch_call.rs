//! What goes in and what comes out: the page's call, what the wire carries, and the result.

use crate::failure::Failure;
use crate::header_list::Header;
use crate::step::Step;

/// The credentials mode: when cookies, HTTP authentication and client certificates go along.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-request-credentials-mode>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_enums, reason = "the standard has these three")]
pub enum Credentials {
    /// Never.
    Omit,
    /// Only to the page's own origin; the default of `fetch()`.
    #[default]
    SameOrigin,
    /// Always. The only mode that matters to the CORS protocol.
    Include,
}

/// One call of `fetch(url, { method, headers, credentials })` in "cors" mode, made by a page.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#fetch-method>
///
/// # Examples
///
/// ```
/// use corsac_browser::{Credentials, FetchCall};
///
/// let call = FetchCall::new("https://app.example", "https://api.example", "/users/7")
///     .method("delete")
///     .header("X-Reason", "gone")
///     .credentials(Credentials::Include);
/// assert_eq!(call.url, "https://api.example/users/7");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data, written by callers")]
pub struct FetchCall {
    /// The page's origin, serialized; `null` where it is opaque.
    pub page_origin: String,
    /// The URL's origin, serialized. It is not checked against the URL.
    pub url_origin: String,
    /// The URL, whole; taken as it stands, to tell one entry of the preflight cache from another.
    pub url: String,
    /// The method as the page wrote it.
    pub method: String,
    /// The headers as the page wrote them, in order, repeated names included.
    ///
    /// That is what `headers: [["x-a", "1"], ["X-A", "2"]]` gives. A page that makes a `Headers` object first has its
    /// duplicates combined by it: put such a list through [`sort_and_combine`](crate::sort_and_combine). A body gives its `Content-Type` when the page sets none: list it here.
    pub headers: Vec<Header>,
    /// The credentials mode.
    pub credentials: Credentials,
}

impl FetchCall {
    /// A `GET` without headers, with the default credentials mode.
    pub fn new(page_origin: &str, url_origin: &str, path: &str) -> Self {
        Self {
            page_origin: page_origin.to_owned(),
            url_origin: url_origin.to_owned(),
            url: format!("{url_origin}{path}"),
            method: "GET".to_owned(),
            headers: Vec::new(),
            credentials: Credentials::default(),
        }
    }

    /// The same call with that method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// The same call with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same call with that credentials mode.
    #[must_use]
    pub const fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Tells whether the page asks its own origin. An opaque origin is nobody's own.
    ///
    /// # Specification
    ///
    /// <https://html.spec.whatwg.org/multipage/browsers.html#same-origin>
    pub fn is_same_origin(&self) -> bool {
        self.page_origin == self.url_origin && self.page_origin != "null"
    }
}

/// A request as a server receives it.
///
/// Of the fields that a browser adds only those are here that the CORS protocol is about. `Host`, `User-Agent`,
/// `Referer`, `Sec-Fetch-*`, `Accept-Language`, `Accept-Encoding`, `Content-Length`, `Cookie` and the like are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data")]
pub struct WireRequest {
    /// The method, normalized.
    pub method: String,
    /// The fields, in the order in which the standard appends them.
    pub fields: Vec<Header>,
    /// Whether it is a CORS-preflight request.
    pub is_preflight: bool,
    /// Whether cookies go along where there are any, and `Set-Cookie` of the response is heeded. Never on a preflight.
    pub includes_credentials: bool,
}

/// A response as a server sends it. Blanks at the ends of a value do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data, written by callers")]
pub struct WireResponse {
    /// The status.
    pub status: u16,
    /// The fields, line by line, in order.
    pub fields: Vec<Header>,
}

impl WireResponse {
    /// A response with that status and those fields.
    ///
    /// # Examples
    ///
    /// ```
    /// let response = corsac_browser::WireResponse::new(204, &[("Access-Control-Allow-Origin", "*")]);
    /// assert_eq!(response.fields.len(), 1);
    /// ```
    pub fn new(status: u16, fields: &[(&str, &str)]) -> Self {
        let field = |&(name, value): &(&str, &str)| (name.to_owned(), value.into());
        Self { status, fields: fields.iter().map(field).collect() }
    }
}

/// A request and its response.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data")]
pub struct Exchange {
    /// What the browser sent.
    pub request: WireRequest,
    /// What came back.
    pub response: WireResponse,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// What the page can read, or why it reads nothing.
    pub result: Result<Readable, Failure>,
    /// What went over the wire, in order: nothing, the actual request, a preflight, or a preflight and the request.
    pub exchanges: Vec<Exchange>,
    /// The decisions that the browser took, in order.
    pub steps: Vec<Step>,
}

impl Outcome {
    /// The preflight, where there was one.
    pub fn preflight(&self) -> Option<&Exchange> {
        self.exchanges.iter().find(|exchange| exchange.request.is_preflight)
    }

    /// The request that the page asked for, where it was sent. It may have been sent and its response withheld.
    pub fn actual(&self) -> Option<&Exchange> {
        self.exchanges.iter().find(|exchange| !exchange.request.is_preflight)
    }
}

/// What the page can read of a response, beside its body.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Readable {
    /// `response.type`.
    pub response_type: ResponseType,
    /// `response.status`.
    pub status: u16,
    /// What the page sees when it walks over `response.headers`: sorted, names in lower case, each once.
    pub readable_fields: Vec<Header>,
    /// Whether the page may read how long the parts of the exchange took.
    pub timing_allowed: bool,
}

/// Which filter a response went through before the page got it.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#concept-response-type>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseType {
    /// A basic filtered response: from the page's own origin.
    Basic,
    /// A CORS filtered response: from another origin that shares it.
    Cors,
}
