//! Requests as a browser sends them: eleven fields for a page's `fetch`, thirteen for its preflight.

use bytes::Bytes;
use corsac::{Request, ScreenRequest};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

/// The page that the policies of the benches know.
pub const PAGE: &str = "https://app.example.com";

/// The server's own page.
pub const OWN: &str = "https://api.example.com";

/// A page that no policy of the benches knows, of about the same length.
pub const STRANGER: &str = "https://app.example.net";

/// Three header names, as a browser writes them: sorted, in lower case, without blanks.
pub const THREE_NAMES: &str = "authorization,content-type,x-request-id";

/// A request before it is given to anybody.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Sent {
    /// The request method.
    pub method: &'static str,
    /// The fields in the order of the wire.
    pub fields: Vec<(&'static str, String)>,
}

impl Sent {
    /// `fetch` of the page's own site, or from `origin`.
    pub fn get(origin: Option<&str>) -> Self {
        Self { method: "GET", fields: browser_fields(origin, &[]) }
    }

    /// `fetch` with a JSON body from `origin`, which is the server's own or another one of the same site.
    pub fn post(origin: &str) -> Self {
        let mut sent = Self { method: "POST", ..Self::get(Some(origin)) };
        sent.fields.extend([("content-length", "17".to_owned()), ("content-type", "application/json".to_owned())]);
        if origin == OWN
            && let Some((_, site)) = sent.fields.iter_mut().find(|field| field.0 == "sec-fetch-site")
        {
            "same-origin".clone_into(site);
        }
        sent
    }

    /// The same with a parameter behind the content type.
    #[must_use]
    pub fn with_charset(mut self) -> Self {
        let values = self.fields.iter_mut().filter(|field| field.0 == "content-type");
        values.for_each(|(_, value)| value.push_str("; charset=utf-8"));
        self
    }

    /// The same without the fields that browsers leave out where the server is reached by plain http.
    #[must_use]
    pub fn without_fetch_metadata(mut self) -> Self {
        self.fields.retain(|(name, _)| !name.starts_with("sec-fetch-"));
        self
    }

    /// The preflight for `method` with `names`.
    pub fn preflight(origin: &str, method: &str, names: &str) -> Self {
        let asked = [("access-control-request-method", method), ("access-control-request-headers", names)];
        Self { method: "OPTIONS", fields: browser_fields(Some(origin), &asked) }
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.0 == name).map(|field| field.1.as_str())
    }

    /// What `decide` reads of it, picked out of the list of fields.
    pub fn picked(&self) -> Request<'_> {
        Request::from_fields(self.method, self.pairs())
    }

    /// What `screen` reads of it, picked out of the list of fields.
    pub fn picked_whole(&self) -> ScreenRequest<'_> {
        ScreenRequest::from_fields(self.method, self.pairs())
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.fields.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// What corsac reads of a request of the `http` crate, in one pass over all its fields: right for every list of fields.
#[inline]
pub fn from_header_map<'r>(method: &'r Method, fields: &'r HeaderMap) -> Request<'r> {
    Request::from_fields(method.as_str(), fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes())))
}

/// The same, each field looked up by its name, and those of preflights for `OPTIONS` alone: right for a map.
#[inline]
pub fn looked_up<'r>(method: &'r Method, fields: &'r HeaderMap) -> Request<'r> {
    const PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
    let mut request = Request::new(method.as_str());
    let mut push = |name: HeaderName| {
        for value in fields.get_all(&name) {
            request.push(name.as_str().as_bytes(), value.as_bytes());
        }
    };
    push(header::ORIGIN);
    if method == Method::OPTIONS {
        push(header::ACCESS_CONTROL_REQUEST_METHOD);
        push(header::ACCESS_CONTROL_REQUEST_HEADERS);
        push(PRIVATE_NETWORK);
    }
    request
}

/// The request as hyper makes it: values are slices of one buffer.
///
/// # Panics
///
/// When a name or a value cannot be sent.
pub fn to_http(sent: &Sent) -> http::Request<()> {
    let mut request = http::Request::new(());
    *request.method_mut() = Method::from_bytes(sent.method.as_bytes()).expect("a method");
    let wire = Bytes::from(sent.fields.iter().map(|(_, value)| value.as_str()).collect::<String>());
    let mut start = 0;
    for (name, value) in &sent.fields {
        let end = start + value.len();
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        let value = HeaderValue::from_maybe_shared(wire.slice(start..end)).expect("a value");
        request.headers_mut().append(name, value);
        start = end;
    }
    request
}

fn browser_fields(origin: Option<&str>, asked: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let before = [
        ("host", "api.example.com"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("accept", "*/*"),
        ("accept-language", "en-US,en;q=0.5"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
    ];
    let referer = format!("{}/", origin.unwrap_or("https://api.example.com"));
    let from = [("referer", Some(referer.as_str())), ("origin", origin)];
    let site = if origin.is_some() { "same-site" } else { "same-origin" };
    let after = [
        ("connection", "keep-alive"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-site", site),
    ];
    let from = from.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let all = before.into_iter().chain(asked.iter().copied()).chain(from).chain(after);
    all.map(|(name, value)| (name, value.to_owned())).collect()
}
