//! What [`screen`](crate::PolicyRef::screen) looks at: all that the single verdicts do.

use crate::bytes::trim_blanks;
use crate::field_value::{FieldFault, FieldKind, RequestField};
use crate::guard_request::{AbsentOrigin, GuardRequest, Scheme};
use crate::request::Request;

/// The part of an HTTP request that CORS and the verdicts beside it are about, picked in one pass.
///
/// # Examples
///
/// ```
/// use corsac::{Refusal, Scheme, ScreenRequest, policy};
///
/// let policy = policy! { allow_hosts: &["chat.example"] };
/// let handshake = |origin| [("Host", "chat.example"), ("Origin", origin), ("Upgrade", "websocket")];
/// let request = ScreenRequest::from_fields("GET", handshake("https://chat.example")).with_scheme(Scheme::Https);
/// assert!(request.is_websocket_handshake());
/// assert_eq!(policy.screen(&request).refusal(), None);
///
/// // On the network path anyone can speak as the http page of the same host.
/// let request = ScreenRequest::from_fields("GET", handshake("http://chat.example")).with_scheme(Scheme::Https);
/// assert_eq!(policy.screen(&request).refusal(), Some(Refusal::SchemeDiffers));
/// ```
#[derive(Clone, Debug)]
pub struct ScreenRequest<'r> {
    pub(crate) cors: Request<'r>,
    pub(crate) guard: GuardRequest<'r>,
    pub(crate) own_names: &'r [&'r str],
    pub(crate) host_is_checked: bool,
    pub(crate) asks_guard: bool,
    /// Whether a GET opens a WebSocket: by `Upgrade`, or by a field that stands in handshakes alone.
    upgrades: bool,
    /// Whether a CONNECT does, by `:protocol`.
    extends: bool,
    /// Whether the host knows that this request does, whatever its fields.
    is_handshake: bool,
}

/// How much of a value of `Upgrade` is looked at. One that is longer may hide `websocket` behind it, and counts as if it did.
const MAX_UPGRADE_LEN: usize = 256;

impl<'r> ScreenRequest<'r> {
    /// A request without any field.
    pub fn new(method: &'r (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self {
            cors: Request::new(method),
            guard: GuardRequest::new(method),
            own_names: &[],
            host_is_checked: false,
            asks_guard: true,
            upgrades: false,
            extends: false,
            is_handshake: false,
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

    /// Takes one field of the request; those that do not matter are passed over. As [`GuardRequest::push`]; besides, a WebSocket
    /// handshake is told by `Upgrade`, by `Sec-WebSocket-Key`, which stands nowhere else, and by the pseudo field `:protocol` of
    /// HTTP/2 and HTTP/3. A server that takes these out of the fields says so by
    /// [`as_websocket_handshake`](Self::as_websocket_handshake).
    #[inline]
    pub fn push(&mut self, name: &[u8], value: &'r [u8]) {
        let kind = FieldKind::of(name);
        match kind {
            None => {}
            Some(FieldKind::Upgrade) => self.upgrades |= names_websocket(value),
            Some(FieldKind::WebSocketKey) => self.upgrades = true,
            Some(FieldKind::Protocol) => self.extends |= value.eq_ignore_ascii_case(b"websocket"),
            _ => {
                self.cors.push_kind(kind, value);
                self.guard.push_kind(kind, value);
            }
        }
    }

    /// Tells what the host knows of a field: that it came twice, or that its value is cut. The field counts as present.
    ///
    /// An `Upgrade` that is cut counts as one that names `websocket`.
    pub fn mark(&mut self, field: RequestField, fault: FieldFault) {
        self.upgrades |= field == RequestField::Upgrade && fault == FieldFault::Truncated;
        self.cors.mark(field, fault);
        self.guard.mark(field, fault);
    }

    /// As [`GuardRequest::with_scheme`].
    #[must_use]
    pub fn with_scheme(mut self, scheme: impl Into<Option<Scheme>>) -> Self {
        self.guard = self.guard.with_scheme(scheme);
        self
    }

    /// As [`GuardRequest::with_absent_origin`].
    #[must_use]
    pub fn with_absent_origin(mut self, absent_origin: AbsentOrigin) -> Self {
        self.guard = self.guard.with_absent_origin(absent_origin);
        self
    }

    /// The same request with the names that the device got at run time; see
    /// [`check_host_with`](crate::PolicyRef::check_host_with).
    #[must_use]
    pub fn with_own_names(mut self, own_names: &'r [&'r str]) -> Self {
        self.own_names = own_names;
        self
    }

    /// The same request of a server that has checked by itself that the host is its own, as against a list of customers' domains in a
    /// database: `allow_hosts` is not asked, and all else that `screen` does believes the host.
    #[must_use]
    pub fn with_checked_host(mut self) -> Self {
        self.host_is_checked = true;
        self
    }

    /// The same request of a server that asks who may act in another way, as by tokens against forged requests: neither
    /// [`guard`](crate::PolicyRef::guard) nor [`check_websocket`](crate::PolicyRef::check_websocket) has a say.
    ///
    /// ```
    /// use corsac::{Refusal, ScreenRequest, policy};
    ///
    /// let policy = policy! { allow_hosts: &["api.example.com"] };
    /// let post = |host| ScreenRequest::from_fields("POST", [("Host", host), ("Origin", "https://evil.example")]).without_guard();
    /// assert!(policy.screen(&post("api.example.com")).stopped_by().is_none());
    /// assert_eq!(policy.screen(&post("evil.example")).refusal(), Some(Refusal::HostNotAllowed));
    /// ```
    #[must_use]
    pub fn without_guard(mut self) -> Self {
        self.asks_guard = false;
        self
    }

    /// The same request as the handshake of a WebSocket, which a server may know by other means than its fields: a scope of type
    /// `websocket`, say, or an extension of the request.
    #[must_use]
    pub fn as_websocket_handshake(mut self) -> Self {
        self.is_handshake = true;
        self
    }

    /// What CORS looks at, for [`decide`](crate::PolicyRef::decide).
    pub fn cors(&self) -> &Request<'r> {
        &self.cors
    }

    /// What the guard and the check of handshakes look at.
    pub fn guard(&self) -> &GuardRequest<'r> {
        &self.guard
    }

    /// Whether this is the handshake of a WebSocket: by HTTP/1.1
    /// ([RFC 6455, section 4.2.1](https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1)), or by HTTP/2 and HTTP/3
    /// ([RFC 8441, section 5](https://www.rfc-editor.org/rfc/rfc8441#section-5)).
    pub fn is_websocket_handshake(&self) -> bool {
        let by_upgrade = self.upgrades && self.guard.method == b"GET";
        let by_protocol = self.extends && self.guard.method == b"CONNECT";
        by_upgrade || by_protocol || self.is_handshake
    }
}

/// Whether a value of `Upgrade` has the protocol, with or without a version.
fn names_websocket(value: &[u8]) -> bool {
    if value.len() > MAX_UPGRADE_LEN {
        return true;
    }
    value.split(|&byte| byte == b',').any(|protocol| {
        let name = protocol.split(|&byte| byte == b'/').next().unwrap_or_default();
        trim_blanks(name).eq_ignore_ascii_case(b"websocket")
    })
}
