//! What [`screen`](crate::PolicyRef::screen) looks at: all that the single verdicts do.

use crate::bytes::trim_blanks;
use crate::field_value::{FieldFault, FieldKind, RequestField};
use crate::guard_request::{AbsentOrigin, GuardRequest, Scheme};
use crate::request::Request;

/// The part of an HTTP request that CORS and the verdicts beside it are about, picked in one pass.
#[derive(Clone, Debug)]
pub struct ScreenRequest<'r> {
    pub(crate) cors: Request<'r>,
    pub(crate) guard: GuardRequest<'r>,
    pub(crate) own_names: &'r [&'r str],
    /// Whether `Upgrade` names `websocket`.
    upgrades: bool,
    /// Whether `:protocol` is `websocket`.
    extends: bool,
}

impl<'r> ScreenRequest<'r> {
    /// A request without any field.
    pub fn new(method: &'r (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self {
            cors: Request::new(method),
            guard: GuardRequest::new(method),
            own_names: &[],
            upgrades: false,
            extends: false,
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

    /// Takes one field of the request; those that do not matter are passed over. As [`GuardRequest::push`], and the pseudo field
    /// `:protocol` tells a WebSocket handshake of HTTP/2 and HTTP/3.
    #[inline]
    pub fn push(&mut self, name: &[u8], value: &'r [u8]) {
        let kind = FieldKind::of(name);
        match kind {
            None => {}
            Some(FieldKind::Upgrade) => self.upgrades |= names_websocket(value),
            Some(FieldKind::Protocol) => self.extends |= value.eq_ignore_ascii_case(b"websocket"),
            _ => {
                self.cors.push_kind(kind, value);
                self.guard.push_kind(kind, value);
            }
        }
    }

    /// Tells what the host knows of a field: that it came twice, or that its value is cut. The field counts as present.
    pub fn mark(&mut self, field: RequestField, fault: FieldFault) {
        self.cors.mark(field, fault);
        self.guard.mark(field, fault);
    }

    /// As [`GuardRequest::with_scheme`].
    #[must_use]
    pub fn with_scheme(mut self, scheme: Scheme) -> Self {
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

    /// Whether this is the handshake of a WebSocket: by HTTP/1.1
    /// ([RFC 6455, section 4.2.1](https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1)), or by HTTP/2 and HTTP/3
    /// ([RFC 8441, section 5](https://www.rfc-editor.org/rfc/rfc8441#section-5)).
    pub fn is_websocket_handshake(&self) -> bool {
        self.upgrades && self.guard.method == b"GET" || self.extends && self.guard.method == b"CONNECT"
    }
}

/// Whether a value of `Upgrade` has the protocol, with or without a version.
fn names_websocket(value: &[u8]) -> bool {
    value.split(|&byte| byte == b',').any(|protocol| {
        let name = protocol.split(|&byte| byte == b'/').next().unwrap_or_default();
        trim_blanks(name).eq_ignore_ascii_case(b"websocket")
    })
}
