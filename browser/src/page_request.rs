//! What arrives at a server when a page makes a browser send something: the tools of cross-site request forgery.
//!
//! The rest of the crate asks what a page can read; here the question is what it can send, and what the server can tell
//! about it by `Host`, `Origin`, `Sec-Fetch-Site` and `Content-Type`. Redirects are out of scope: each request is the
//! first one, and what a redirect adds (`Origin: null`, a farther `Sec-Fetch-Site`) is not shown.

use crate::failure::Failure;
use crate::fetch_call::{Credentials, FetchCall};
use crate::fetch_metadata::{FetchSite, fetch_site};
use crate::header_list::Header;
use crate::origin_header::{ReferrerPolicy, RequestMode, request_origin_header};
use crate::request::Request;
use crate::request_header::is_cors_safelisted_request_header;
use crate::tuple_origin::TupleOrigin;
use crate::way::Way;

/// Whether the browser knows Fetch Metadata. Those before Chrome 76, Firefox 90 and Safari 16.4 do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_enums, reason = "yes or no")]
pub enum FetchMetadata {
    /// Known, and sent to URLs that are potentially trustworthy.
    #[default]
    Known,
    /// Unknown: no `Sec-Fetch-Site` goes anywhere.
    Unknown,
}

/// Something that a page makes a browser send.
///
/// # Examples
///
/// A forged form arrives, and tells on itself; a forged `PUT` has to ask first, and never arrives.
///
/// ```
/// use corsac_browser::{Enctype, Failure, PageRequest, Way};
///
/// let refused = |_: &_| Err(Failure::PreflightStatus { status: 403 });
///
/// let request = PageRequest::new("https://evil.example", "https://bank.example", Way::FormPost(Enctype::TextPlain));
/// let arrival = request.send(refused).unwrap();
/// assert_eq!(arrival.field("Host"), Some("bank.example"));
/// assert_eq!(arrival.field("Origin"), Some("https://evil.example"));
/// assert_eq!(arrival.field("Sec-Fetch-Site"), Some("cross-site"));
/// assert_eq!(arrival.field("Content-Type"), Some("text/plain"));
///
/// let request = PageRequest { way: Way::cors_fetch("PUT", &[]), ..request };
/// assert!(request.send(refused).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data, written by callers")]
pub struct PageRequest {
    /// The page's origin, serialized; `null` where it is opaque, as in a sandboxed frame. Not looked at where no page
    /// asks.
    pub page_origin: String,
    /// The page's referrer policy, or that of the form or the call where it has its own.
    pub referrer_policy: ReferrerPolicy,
    /// The origin of the URL, serialized: http or https, for a handshake ws or wss too.
    pub url_origin: String,
    /// How the page goes about it.
    pub way: Way,
    /// Whether the browser knows Fetch Metadata.
    pub fetch_metadata: FetchMetadata,
}

/// A request as it arrives at the server.
///
/// The fields are the page's own that were let through, the `Accept` of a `fetch()`, and of the browser's own `Host`,
/// `Origin`, `Sec-Fetch-Site`, `Content-Type`, and a handshake's `Upgrade` and `Connection`. Cookies are not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "plain data")]
pub struct Arrival {
    /// The method, normalized.
    pub method: String,
    /// The fields, line by line.
    pub fields: Vec<Header>,
}

impl Arrival {
    /// The value of the first field of that name, without case; `None` too where it is not UTF-8.
    pub fn field(&self, name: &str) -> Option<&str> {
        let (_, value) = self.fields.iter().find(|(listed, _)| listed.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }
}

/// Who asks, which decides about `Origin` and `Sec-Fetch-Site`.
#[derive(Clone, Copy)]
enum Asker {
    Page,
    User,
    /// Something below the browser that knows no page.
    NetworkStack,
}

/// A request before the browser adds what the server is told.
struct Draft {
    asker: Asker,
    mode: RequestMode,
    method: String,
    header_list: Vec<Header>,
}

impl PageRequest {
    /// A request of a page without a referrer policy, in a browser of today.
    pub fn new(page_origin: &str, url_origin: &str, way: Way) -> Self {
        Self {
            page_origin: page_origin.to_owned(),
            referrer_policy: ReferrerPolicy::default(),
            url_origin: url_origin.to_owned(),
            way,
            fetch_metadata: FetchMetadata::default(),
        }
    }

    /// The same request by a page with that referrer policy.
    #[must_use]
    pub const fn referrer_policy(mut self, referrer_policy: ReferrerPolicy) -> Self {
        self.referrer_policy = referrer_policy;
        self
    }

    /// The same request by a browser that knows Fetch Metadata or does not.
    #[must_use]
    pub const fn fetch_metadata(mut self, fetch_metadata: FetchMetadata) -> Self {
        self.fetch_metadata = fetch_metadata;
        self
    }

    /// Sends the request, and tells what arrives.
    ///
    /// Where a preflight is needed `preflight` is asked once, and says whether the server allowed the request.
    /// [`check_preflight_response`](crate::check_preflight_response) can answer for a real server, to which
    /// [`preflight_request`](crate::preflight_request) goes.
    ///
    /// # Specification
    ///
    /// <https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch>, where it appends `Origin` and Fetch
    /// Metadata, and <https://httpwg.org/specs/rfc9110.html#field.host>.
    ///
    /// # Errors
    ///
    /// Where nothing is sent: the call is wrong and throws, the URL is neither http nor https, or the preflight failed.
    pub fn send(&self, preflight: impl FnOnce(&Request) -> Result<(), Failure>) -> Result<Arrival, Failure> {
        let url = self.http_url()?;
        let url_origin = url.serialize();
        let draft = self.draft(&url_origin, preflight)?;

        let mut fields = vec![field("Host", &url.host_and_port())];
        fields.extend(draft.header_list);
        let origin = match draft.asker {
            Asker::Page => {
                request_origin_header(&self.page_origin, &url_origin, &draft.method, draft.mode, self.referrer_policy)
            }
            Asker::User | Asker::NetworkStack => None,
        };
        fields.extend(origin.map(|origin| field("Origin", origin)));
        let site = match draft.asker {
            Asker::Page => Some(fetch_site(&self.page_origin, &url_origin)),
            Asker::User => Some(FetchSite::None),
            Asker::NetworkStack => None,
        };
        let is_told = self.fetch_metadata == FetchMetadata::Known && url.is_potentially_trustworthy();
        fields.extend(site.filter(|_| is_told).map(|site| field("Sec-Fetch-Site", site.as_str())));
        if draft.mode == RequestMode::WebSocket {
            fields.extend([field("Upgrade", "websocket"), field("Connection", "Upgrade")]);
        }
        Ok(Arrival { method: draft.method, fields })
    }

    /// The URL's origin; for a handshake with http in place of ws, and https in place of wss
    /// (<https://websockets.spec.whatwg.org/#concept-websocket-establish>).
    fn http_url(&self) -> Result<TupleOrigin<'_>, Failure> {
        let is_handshake = self.way == Way::WebSocket;
        TupleOrigin::parse(&self.url_origin)
            .and_then(|url| match url.scheme {
                "http" | "https" => Some(url),
                "ws" if is_handshake => Some(TupleOrigin { scheme: "http", ..url }),
                "wss" if is_handshake => Some(TupleOrigin { scheme: "https", ..url }),
                _ => None,
            })
            .ok_or_else(|| Failure::NotHttpScheme { url_origin: self.url_origin.clone() })
    }

    fn draft(
        &self,
        url_origin: &str,
        preflight: impl FnOnce(&Request) -> Result<(), Failure>,
    ) -> Result<Draft, Failure> {
        let draft =
            |asker, mode, method: &str, header_list| Draft { asker, mode, method: method.to_owned(), header_list };
        Ok(match &self.way {
            Way::FormGet | Way::Link => draft(Asker::Page, RequestMode::Navigate, "GET", Vec::new()),
            Way::FormPost(enctype) => {
                draft(Asker::Page, RequestMode::Navigate, "POST", vec![content_type(enctype.content_type())])
            }
            Way::UserNavigation => draft(Asker::User, RequestMode::Navigate, "GET", Vec::new()),
            Way::WebSocket => draft(Asker::Page, RequestMode::WebSocket, "GET", Vec::new()),
            Way::NoCorsFetch { method, headers } => {
                let request = Request::new_no_cors(&self.call(url_origin, method, headers))?;
                draft(Asker::Page, RequestMode::NoCors, request.method(), request.header_list().to_vec())
            }
            Way::CorsFetch { method, headers } => self.cors_draft(url_origin, method, headers, preflight)?,
            // <https://w3c.github.io/beacon/#sec-processing-model>: "cors" only where the type would need it.
            Way::Beacon(body) => {
                let headers: Vec<_> = body.content_type().iter().map(|value| content_type(value)).collect();
                let is_safelisted = |(name, value): &Header| is_cors_safelisted_request_header(name.as_bytes(), value);
                if headers.iter().all(is_safelisted) {
                    draft(Asker::Page, RequestMode::NoCors, "POST", headers)
                } else {
                    self.cors_draft(url_origin, "POST", &headers, preflight)?
                }
            }
            Way::Report(report) => {
                let asker = if report.is_of_the_page() { Asker::Page } else { Asker::NetworkStack };
                draft(asker, RequestMode::NoCors, "POST", vec![content_type(report.content_type())])
            }
        })
    }

    /// A request in mode "cors", once its preflight has passed where one is needed.
    fn cors_draft(
        &self,
        url_origin: &str,
        method: &str,
        headers: &[Header],
        preflight: impl FnOnce(&Request) -> Result<(), Failure>,
    ) -> Result<Draft, Failure> {
        let request = Request::new(&self.call(url_origin, method, headers))?;
        if request.needs_preflight() {
            preflight(&request)?;
        }
        Ok(Draft {
            asker: Asker::Page,
            mode: RequestMode::Cors,
            method: request.method().to_owned(),
            header_list: request.header_list().to_vec(),
        })
    }

    fn call(&self, url_origin: &str, method: &str, headers: &[Header]) -> FetchCall {
        let mut call = FetchCall::new(&self.page_origin, url_origin, "/").method(method);
        call.headers = headers.to_vec();
        call.credentials(Credentials::Include)
    }
}

fn content_type(value: &str) -> Header {
    field("Content-Type", value)
}

fn field(name: &str, value: &str) -> Header {
    (name.to_owned(), value.into())
}
