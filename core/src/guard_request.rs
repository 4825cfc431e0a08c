//! What the verdicts beside CORS look at.

use crate::field_value::{FieldFault, FieldKind, FieldValue, RequestField};

/// The part of an HTTP request that tells who makes it: the method, `Origin`, `Host`, `Sec-Fetch-Site` and `Content-Type`.
///
/// Values are kept as they are, as in a [`Request`](crate::Request).
///
/// # Examples
///
/// ```
/// use corsac::{GuardRequest, Refusal, policy};
///
/// let policy = policy! { allow_origins: &["https://app.example.com"] };
/// let fields = [("Host", "api.example.com"), ("Origin", "https://app.example.com"), ("Sec-Fetch-Site", "same-site")];
/// assert!(policy.guard(&GuardRequest::from_fields("POST", fields)).passes());
///
/// let forged = [("Host", "api.example.com"), ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")];
/// assert_eq!(policy.guard(&GuardRequest::from_fields("POST", forged)).refusal(), Some(Refusal::CrossSite));
/// ```
#[derive(Clone, Debug)]
pub struct GuardRequest<'r> {
    pub(crate) method: &'r [u8],
    pub(crate) origin: FieldValue<'r>,
    /// The host that `Host` and `:authority` name, and which of the two came.
    host: FieldValue<'r>,
    has_host: bool,
    has_authority: bool,
    pub(crate) fetch_site: FieldValue<'r>,
    pub(crate) content_type: FieldValue<'r>,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) absent_origin: AbsentOrigin,
}

/// The scheme by which a server is reached.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::exhaustive_enums, reason = "HTTP has these two; a WebSocket has that of its handshake")]
pub enum Scheme {
    /// `http`, or `ws`
    Http,
    /// `https`, or `wss`
    Https,
}

/// What becomes of a request with neither `Sec-Fetch-Site` nor `Origin`, and of a handshake without `Origin`: a program's, or that of
/// a browser from before 2020.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[allow(clippy::exhaustive_enums, reason = "a verdict has these two")]
pub enum AbsentOrigin {
    /// It passes: programs send neither, and cannot be made to forge a request by a page.
    #[default]
    Pass,
    /// It is refused, and so are programs that send no `Origin`.
    Refuse,
}

impl<'r> GuardRequest<'r> {
    /// A request without any field.
    pub fn new(method: &'r (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self {
            method: method.as_ref(),
            origin: FieldValue::Absent,
            host: FieldValue::Absent,
            has_host: false,
            has_authority: false,
            fetch_site: FieldValue::Absent,
            content_type: FieldValue::Absent,
            scheme: None,
            absent_origin: AbsentOrigin::Pass,
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
    ///
    /// The pseudo field `:authority` of HTTP/2 and HTTP/3 counts as `Host`; where both come they have to be the same text, but for
    /// case. A server that has taken the host out of the request line gives that in the place of `Host`.
    #[inline]
    pub fn push(&mut self, name: &[u8], value: &'r [u8]) {
        self.push_kind(FieldKind::of(name), value);
    }

    #[inline]
    pub(crate) fn push_kind(&mut self, kind: Option<FieldKind>, value: &'r [u8]) {
        match kind {
            Some(FieldKind::Host) => {
                Self::push_host(&mut self.host, &mut self.has_host, value);
            }
            Some(FieldKind::Authority) => {
                Self::push_host(&mut self.host, &mut self.has_authority, value);
            }
            Some(FieldKind::Origin) => self.origin.push(value),
            Some(FieldKind::FetchSite) => self.fetch_site.push(value),
            Some(FieldKind::ContentType) => self.content_type.push(value),
            _ => {}
        }
    }

    /// Takes the host from a field that has `come` before or not: the other one may have said the same.
    fn push_host(host: &mut FieldValue<'r>, come: &mut bool, value: &'r [u8]) {
        let is_said = matches!(host, FieldValue::Once(said) if !*come && said.eq_ignore_ascii_case(value));
        if !is_said {
            host.push(value);
        }
        *come = true;
    }

    /// Tells what the host knows of a field: that it came twice, or that its value is cut. The field counts as present.
    pub fn mark(&mut self, field: RequestField, fault: FieldFault) {
        match field {
            RequestField::Origin => self.origin.mark(fault),
            RequestField::Host => self.host.mark(fault),
            RequestField::FetchSite => self.fetch_site.mark(fault),
            RequestField::ContentType => self.content_type.mark(fault),
            RequestField::Method | RequestField::Headers | RequestField::PrivateNetwork | RequestField::Upgrade => {}
        }
    }

    /// The same request with the scheme by which the server was reached, which then has to be the origin's as well; `None` where it is
    /// not known.
    ///
    /// Without it, a page that came by `http` counts as the server's own even where the server itself is reached by `https`, except to
    /// browsers that send `Sec-Fetch-Site`, which tell the two apart by themselves. So say it wherever it is known: by `https` anyone
    /// on the network path could write that page.
    ///
    /// ```
    /// use corsac::{GuardRequest, Refusal, Scheme, policy};
    ///
    /// let policy = policy! {};
    /// let fields = [("Host", "a.example"), ("Origin", "http://a.example")];
    /// assert!(policy.guard(&GuardRequest::from_fields("POST", fields)).passes());
    /// let request = GuardRequest::from_fields("POST", fields).with_scheme(Scheme::Https);
    /// assert_eq!(policy.guard(&request).refusal(), Some(Refusal::SchemeDiffers));
    /// ```
    #[must_use]
    pub fn with_scheme(mut self, scheme: impl Into<Option<Scheme>>) -> Self {
        self.scheme = scheme.into();
        self
    }

    /// The same request with another treatment of those that do not tell where they come from.
    #[must_use]
    pub fn with_absent_origin(mut self, absent_origin: AbsentOrigin) -> Self {
        self.absent_origin = absent_origin;
        self
    }

    /// The host that the request names: `Host`, or `:authority`, or both where they say the same.
    #[inline]
    pub fn host(&self) -> FieldValue<'r> {
        self.host
    }
}
