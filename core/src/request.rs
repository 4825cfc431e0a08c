//! What arrived and matters.

use heapless::Vec;

use crate::field_value::{FieldFault, FieldKind, FieldValue, RequestField};
use crate::header_name::MAX_REQUEST_HEADER_LINES;

/// The part of an HTTP request that CORS is about: the method, `Origin`, and the three `Access-Control-Request-*` fields.
///
/// Values are bytes and are kept as they are: nothing is trimmed, folded or decoded. An absent field and an empty one are
/// different, and a field that may come once but came twice is known as such.
///
/// # Examples
///
/// ```
/// use corsac::{Kind, Refusal, Request, policy};
///
/// let policy = policy! { allow_origins: &["https://app.example.com"], allow_methods: &["PUT"] };
/// let fields = [("origin", "https://app.example.com"), ("Access-Control-Request-Method", "PUT"), ("accept", "*/*")];
/// let request = Request::from_fields("OPTIONS", fields);
/// assert_eq!(request.kind(), Kind::Preflight);
/// assert_eq!(policy.decide(&request).allowed(), Some(true));
///
/// // Two `Origin` fields are refused, never guessed.
/// let twice = Request::from_fields("GET", [("Origin", "https://app.example.com"), ("Origin", "https://evil.example")]);
/// assert_eq!(policy.decide(&twice).refusal(), Some(Refusal::OriginRepeated));
/// ```
#[derive(Clone, Debug)]
pub struct Request<'r> {
    pub(crate) method: &'r [u8],
    pub(crate) origin: FieldValue<'r>,
    pub(crate) requested_method: FieldValue<'r>,
    pub(crate) requested_headers: HeaderLines<'r>,
    pub(crate) private_network: FieldValue<'r>,
}

/// The lines of `Access-Control-Request-Headers`, in order. The lines come last in memory: between what is set to zero, the compiler would
/// set them to zero as well.
#[derive(Clone, Debug)]
#[repr(C)]
pub(crate) struct HeaderLines<'r> {
    pub(crate) too_many: bool,
    pub(crate) truncated: bool,
    pub(crate) lines: Vec<&'r [u8], MAX_REQUEST_HEADER_LINES>,
}

/// What kind of request it is to CORS.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::exhaustive_enums, reason = "Fetch has no other")]
pub enum Kind {
    /// There is no `Origin`.
    NotCors,
    /// A [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request): method `OPTIONS`, `Origin` and
    /// `Access-Control-Request-Method` all present.
    Preflight,
    /// Any other [CORS request](https://fetch.spec.whatwg.org/#cors-request), an ordinary `OPTIONS` among them.
    Actual,
}

impl Kind {
    /// The stable name: `not-cors`, `preflight` or `actual`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::NotCors => "not-cors",
            Self::Preflight => "preflight",
            Self::Actual => "actual",
        }
    }
}

impl core::fmt::Display for Kind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(self.slug())
    }
}

impl<'r> Request<'r> {
    /// A request without any field.
    pub fn new(method: &'r (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self {
            method: method.as_ref(),
            origin: FieldValue::Absent,
            requested_method: FieldValue::Absent,
            requested_headers: HeaderLines { lines: Vec::new(), too_many: false, truncated: false },
            private_network: FieldValue::Absent,
        }
    }

    /// Picks out of a whole header list what matters, in one pass. Names are compared without case.
    pub fn from_fields<I, N, V>(method: &'r (impl AsRef<[u8]> + ?Sized), fields: I) -> Self
    where
        I: IntoIterator<Item = (N, &'r V)>,
        N: AsRef<[u8]>,
        V: AsRef<[u8]> + ?Sized + 'r,
    {
        let mut request = Self::new(method);
        for (name, value) in fields {
            request.push(name.as_ref(), value.as_ref());
        }
        request
    }

    /// Takes one field of the request; those that do not matter are passed over.
    #[inline]
    pub fn push(&mut self, name: &[u8], value: &'r [u8]) {
        self.push_kind(FieldKind::of_cors(name), value);
    }

    #[inline]
    pub(crate) fn push_kind(&mut self, kind: Option<FieldKind>, value: &'r [u8]) {
        match kind {
            Some(FieldKind::Origin) => self.origin.push(value),
            Some(FieldKind::RequestedMethod) => self.requested_method.push(value),
            Some(FieldKind::RequestedHeaders) => {
                self.requested_headers.too_many |= self.requested_headers.lines.push(value).is_err();
            }
            Some(FieldKind::PrivateNetwork) => self.private_network.push(value),
            _ => {}
        }
    }

    /// Tells what the host knows of a field: that it came twice, or that its value is cut.
    ///
    /// The field counts as present; what cannot be known is refused.
    ///
    /// ```
    /// use corsac::{FieldFault, Refusal, Request, RequestField, policy};
    ///
    /// let policy = policy! { allow_origins: &["https://app.example.com"] };
    /// let mut request = Request::from_fields("GET", [("Origin", "https://app.example.com")]);
    /// request.mark(RequestField::Origin, FieldFault::Truncated); // the host's buffer ended there
    /// assert_eq!(policy.decide(&request).refusal(), Some(Refusal::OriginTruncated));
    /// ```
    pub fn mark(&mut self, field: RequestField, fault: FieldFault) {
        match (field, fault) {
            (RequestField::Origin, _) => self.origin.mark(fault),
            (RequestField::Method, _) => self.requested_method.mark(fault),
            (RequestField::PrivateNetwork, _) => self.private_network.mark(fault),
            (RequestField::Headers, FieldFault::Truncated) => self.requested_headers.truncated = true,
            // A list field may span lines; the others are not of CORS.
            (RequestField::Headers, FieldFault::Repeated)
            | (RequestField::Host | RequestField::FetchSite | RequestField::ContentType | RequestField::Upgrade, _) => {
            }
        }
    }

    /// What kind of request it is to CORS.
    #[inline]
    pub fn kind(&self) -> Kind {
        if !self.origin.is_present() {
            Kind::NotCors
        } else if self.method == b"OPTIONS" && self.requested_method.is_present() {
            Kind::Preflight
        } else {
            Kind::Actual
        }
    }
}
