//! A request field that may come once: what is known of its value.

use crate::bytes::is_lower_case_of;

/// The value of a request field that may come once. Absent and empty are different.
///
/// # Examples
///
/// ```
/// use corsac::{FieldValue, GuardRequest};
///
/// let request = GuardRequest::from_fields("GET", [("Host", "a.example")]);
/// assert_eq!(request.host(), FieldValue::from("a.example"));
/// let request = GuardRequest::from_fields("GET", [("Host", "a.example"), ("Host", "a.example")]);
/// assert_eq!(request.host(), FieldValue::Repeated); // even where both say the same
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::exhaustive_enums, reason = "all that can be known of such a field")]
pub enum FieldValue<'r> {
    /// The field did not come.
    Absent,
    /// It came once, with this value, neither trimmed nor folded.
    Once(&'r [u8]),
    /// It came more than once, and which one was meant is not guessed.
    Repeated,
    /// The host's buffer was too small for the value.
    Truncated,
}

impl<'r> FieldValue<'r> {
    pub(crate) fn push(&mut self, value: &'r [u8]) {
        *self = match self {
            Self::Absent => Self::Once(value),
            Self::Truncated => Self::Truncated,
            Self::Once(_) | Self::Repeated => Self::Repeated,
        };
    }

    pub(crate) fn mark(&mut self, fault: FieldFault) {
        *self = match (fault, *self) {
            (FieldFault::Repeated, _) | (_, Self::Repeated) => Self::Repeated,
            (FieldFault::Truncated, _) => Self::Truncated,
        };
    }

    /// The value, if it came once and whole; empty otherwise.
    pub fn value(&self) -> &'r [u8] {
        match self {
            Self::Once(value) => value,
            _ => &[],
        }
    }

    pub(crate) fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }
}

impl<'r> From<&'r [u8]> for FieldValue<'r> {
    fn from(value: &'r [u8]) -> Self {
        Self::Once(value)
    }
}

impl<'r, const N: usize> From<&'r [u8; N]> for FieldValue<'r> {
    fn from(value: &'r [u8; N]) -> Self {
        Self::Once(value)
    }
}

impl<'r> From<&'r str> for FieldValue<'r> {
    fn from(value: &'r str) -> Self {
        Self::Once(value.as_bytes())
    }
}

impl<'r, V: Into<Self>> From<Option<V>> for FieldValue<'r> {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Absent, Into::into)
    }
}

/// One of the request fields that a host may know a fault of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum RequestField {
    /// `Origin`
    Origin,
    /// `Access-Control-Request-Method`
    Method,
    /// `Access-Control-Request-Headers`
    Headers,
    /// `Access-Control-Request-Private-Network`
    PrivateNetwork,
    /// `Host`, or `:authority`
    Host,
    /// `Sec-Fetch-Site`
    FetchSite,
    /// `Content-Type`
    ContentType,
    /// `Upgrade`
    Upgrade,
}

/// What a host knows of a field that its value does not show.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(clippy::exhaustive_enums, reason = "what a host can know of a field")]
pub enum FieldFault {
    /// The field came more than once, and the host has joined the values or kept one of them. Of the header list this says
    /// nothing, as it may span lines; a host that has kept only some of them marks it truncated.
    Repeated,
    /// The host's buffer was too small for the value.
    Truncated,
}

/// A field of a request that some verdict looks at, by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FieldKind {
    Origin,
    RequestedMethod,
    RequestedHeaders,
    PrivateNetwork,
    Host,
    Authority,
    FetchSite,
    ContentType,
    Upgrade,
    Protocol,
    WebSocketKey,
}

impl FieldKind {
    /// The field of CORS with this name, in any case.
    #[inline]
    pub(crate) fn of_cors(name: &[u8]) -> Option<Self> {
        // The names differ in length, and few other fields have one of these.
        let is = |lower: &[u8]| is_name(lower, name);
        Some(match name.len() {
            6 if is(b"origin") => Self::Origin,
            29 if is(b"access-control-request-method") => Self::RequestedMethod,
            30 if is(b"access-control-request-headers") => Self::RequestedHeaders,
            38 if is(b"access-control-request-private-network") => Self::PrivateNetwork,
            _ => return None,
        })
    }

    /// The field with this name, in any case.
    #[inline]
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        let is = |lower: &[u8]| is_name(lower, name);
        Some(match name.len() {
            4 if is(b"host") => Self::Host,
            7 if is(b"upgrade") => Self::Upgrade,
            9 if is(b":protocol") => Self::Protocol,
            10 if is(b":authority") => Self::Authority,
            12 if is(b"content-type") => Self::ContentType,
            14 if is(b"sec-fetch-site") => Self::FetchSite,
            17 if is(b"sec-websocket-key") => Self::WebSocketKey,
            _ => return Self::of_cors(name),
        })
    }
}

/// Whether a field has the name `lower`, a constant in lower case, as most hosts hold names. Where registers are wide, names that
/// differ mostly do so at their end, where a letter's case is one bit.
#[inline]
fn is_name(lower: &[u8], name: &[u8]) -> bool {
    let tail = |text: &[u8]| text.last_chunk::<4>().map(|tail| u32::from_le_bytes(*tail) | 0x2020_2020);
    let wide = cfg!(target_pointer_width = "64");
    wide && name == lower || !(wide && tail(name) != tail(lower)) && is_lower_case_of(lower, name)
}
