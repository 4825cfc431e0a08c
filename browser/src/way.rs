//! The ways in which a page, its user or the browser itself makes a browser send something.

use crate::header_list::Header;

/// How a request comes about. Browsers send each of these to other origins; most of them without asking the server.
///
/// # Examples
///
/// ```
/// use corsac_browser::{BodyInit, PageRequest, Way};
///
/// let way = Way::Beacon(BodyInit::ArrayBuffer);
/// let request = PageRequest::new("https://evil.example", "https://bank.example", way);
/// let arrival = request.send(|_| unreachable!("no preflight")).unwrap();
/// assert_eq!(arrival.method, "POST");
/// assert_eq!(arrival.field("Content-Type"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// `<form method=get>`, submitted by the user or by a script.
    FormGet,
    /// `<form method=post>`, submitted by the user or by a script.
    FormPost(Enctype),
    /// `fetch(url, { mode: "no-cors", method, headers })`; a body gives its `Content-Type` when the page sets none: list
    /// it.
    NoCorsFetch {
        /// The method as the page wrote it.
        method: String,
        /// The headers as the page wrote them.
        headers: Vec<Header>,
    },
    /// `fetch(url, { method, headers, credentials: "include" })`; a body gives its `Content-Type` when the page sets
    /// none: list it.
    CorsFetch {
        /// The method as the page wrote it.
        method: String,
        /// The headers as the page wrote them.
        headers: Vec<Header>,
    },
    /// `navigator.sendBeacon(url, body)`.
    Beacon(BodyInit),
    /// A link of the page, or its `location = url`.
    Link,
    /// An address typed, a bookmark, a link in another program: no page asks.
    UserNavigation,
    /// `new WebSocket(url)`.
    WebSocket,
    /// A report of the browser, where the page says to whom.
    Report(ReportType),
}

impl Way {
    /// `fetch()` in mode "no-cors".
    pub fn no_cors_fetch(method: &str, headers: &[(&str, &str)]) -> Self {
        Self::NoCorsFetch { method: method.to_owned(), headers: owned(headers) }
    }

    /// `fetch()` in mode "cors".
    pub fn cors_fetch(method: &str, headers: &[(&str, &str)]) -> Self {
        Self::CorsFetch { method: method.to_owned(), headers: owned(headers) }
    }
}

fn owned(headers: &[(&str, &str)]) -> Vec<Header> {
    headers.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect()
}

/// The boundary that the model puts between the parts of `multipart/form-data`.
const MULTIPART: &str = "multipart/form-data; boundary=corsac";

/// How a form writes its body.
///
/// # Specification
///
/// <https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#submit-body>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::exhaustive_enums, reason = "the standard has these three")]
pub enum Enctype {
    /// `application/x-www-form-urlencoded`
    #[default]
    UrlEncoded,
    /// `multipart/form-data`
    Multipart,
    /// `text/plain`
    TextPlain,
}

impl Enctype {
    /// The value of `Content-Type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::UrlEncoded => "application/x-www-form-urlencoded",
            Self::Multipart => MULTIPART,
            Self::TextPlain => "text/plain",
        }
    }
}

/// What a script hands over as a body.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#bodyinit-union>
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyInit {
    /// No body.
    None,
    /// A string.
    String,
    /// A `URLSearchParams`.
    UrlSearchParams,
    /// A `FormData`.
    FormData,
    /// A `Blob`, made with that type; the empty one is none.
    Blob(String),
    /// An `ArrayBuffer` or a view of one.
    ArrayBuffer,
}

impl BodyInit {
    /// The `Content-Type` that the body brings along.
    ///
    /// # Specification
    ///
    /// <https://fetch.spec.whatwg.org/#concept-bodyinit-extract> and, for a blob,
    /// <https://w3c.github.io/FileAPI/#constructorBlob>.
    ///
    /// # Examples
    ///
    /// ```
    /// use corsac_browser::BodyInit;
    ///
    /// assert_eq!(BodyInit::String.content_type().unwrap(), "text/plain;charset=UTF-8");
    /// assert_eq!(BodyInit::Blob("Application/JSON".to_owned()).content_type().unwrap(), "application/json");
    /// assert_eq!(BodyInit::Blob("no\nline breaks".to_owned()).content_type(), None);
    /// ```
    pub fn content_type(&self) -> Option<String> {
        match self {
            Self::None | Self::ArrayBuffer => None,
            Self::String => Some("text/plain;charset=UTF-8".to_owned()),
            Self::UrlSearchParams => Some("application/x-www-form-urlencoded;charset=UTF-8".to_owned()),
            Self::FormData => Some(MULTIPART.to_owned()),
            Self::Blob(written) => {
                let is_kept = !written.is_empty() && written.bytes().all(|byte| matches!(byte, b' '..=b'~'));
                is_kept.then(|| written.to_ascii_lowercase())
            }
        }
    }
}

/// The reports that go to other origins without a preflight although their content types are not safelisted.
///
/// # Specification
///
/// <https://fetch.spec.whatwg.org/#cors-protocol-exceptions>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the standard has these four and wants no more")]
pub enum ReportType {
    /// A violation of Content Security Policy, to its `report-uri`.
    Csp,
    /// A violation of Certificate Transparency, sent by the network stack.
    ExpectCt,
    /// A finding of the XSS auditor that browsers once had.
    XssAuditor,
    /// A question about a certificate, sent by the TLS stack.
    Ocsp,
}

impl ReportType {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Csp, Self::ExpectCt, Self::XssAuditor, Self::Ocsp];

    /// The value of `Content-Type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csp => "application/csp-report",
            Self::ExpectCt => "application/expect-ct-report+json",
            Self::XssAuditor => "application/xss-auditor-report",
            Self::Ocsp => "application/ocsp-request",
        }
    }

    /// Tells whether the report is a fetch of the page's; if not, nothing in it tells of any page.
    pub const fn is_of_the_page(self) -> bool {
        matches!(self, Self::Csp | Self::XssAuditor)
    }
}
