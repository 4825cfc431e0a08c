//! The response fields of a decision, as a header map takes them.

use std::ptr;

use corsac::{FieldName, ResponseField};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::policy::Compiled;
use crate::request::Origin;

/// The fields of a response that the inner service makes, which live on while it does: those that are not for preflights alone, in as
/// little room as they need, as futures are moved about.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// `Access-Control-Allow-Origin`, and `Timing-Allow-Origin` where that is sent.
    origin: Option<HeaderValue>,
    expose: Option<HeaderValue>,
    credentials: bool,
    timing: bool,
    /// `Vary: Origin`; such a response varies with nothing else.
    vary: bool,
}

impl Fields {
    /// Takes the values out of the policy and out of the request. Nothing is copied.
    #[inline]
    pub(crate) fn of<'a>(
        compiled: &Compiled,
        origin: Origin<'_>,
        fields: impl Iterator<Item = ResponseField<'a>>,
    ) -> Self {
        let mut taken = Self::default();
        for field in fields {
            match field.name {
                FieldName::AllowOrigin => taken.origin = origin.echoed(&field).or_else(|| compiled.value(&field)),
                FieldName::AllowCredentials => taken.credentials = true,
                FieldName::ExposeHeaders => taken.expose = compiled.value(&field),
                FieldName::TimingAllowOrigin => taken.timing = true,
                FieldName::Vary => taken.vary = true,
                name => debug_assert!(false, "{name} is for preflights"),
            }
        }
        taken
    }

    /// Puts them in the place of the application's, and merges `Vary`.
    #[inline]
    pub(crate) fn put_into(&mut self, headers: &mut HeaderMap) {
        if headers.keys().any(is_field) {
            for name in FieldName::ALL.iter().filter(|name| **name != FieldName::Vary) {
                headers.remove(header_name(*name));
            }
        }
        if let Some(origin) = self.origin.take() {
            if self.timing {
                headers.insert(TIMING_ALLOW_ORIGIN, origin.clone());
            }
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
        if self.credentials {
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        if let Some(expose) = self.expose.take() {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, expose);
        }
        if self.vary {
            merge_vary(headers);
        }
    }
}

/// The header map of an answer without a body that the layer gives by itself.
pub(crate) fn answer<'a>(
    compiled: &Compiled,
    request: &HeaderMap,
    status: u16,
    fields: impl Iterator<Item = ResponseField<'a>>,
) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for field in fields {
        // `http` takes every value that the core sends.
        if let Some(value) = compiled.value(&field).or_else(|| echoed(request, &field)) {
            headers.append(header_name(field.name), value);
        }
    }
    put_length(&mut headers, status);
    headers
}

/// An answer that is the same for all requests but for the origin, kept to be cloned: in a clone no name is looked up.
#[derive(Debug)]
pub(crate) struct KeptAnswer {
    /// The fields in their order, to see whether a decision has the same.
    lines: Vec<(FieldName, HeaderValue)>,
    headers: HeaderMap,
}

impl KeptAnswer {
    /// `None` where more than the origin is the request's. The origin is copied: what is kept holds no request's memory.
    pub(crate) fn new<'a>(
        compiled: &Compiled,
        status: u16,
        fields: impl Iterator<Item = ResponseField<'a>>,
    ) -> Option<Self> {
        let (mut lines, mut headers) = (Vec::new(), HeaderMap::new());
        for field in fields {
            let value = match field.name {
                FieldName::AllowOrigin => HeaderValue::from_bytes(field.value).ok()?,
                _ => compiled.value(&field)?,
            };
            headers.append(header_name(field.name), value.clone());
            lines.push((field.name, value));
        }
        put_length(&mut headers, status);
        Some(Self { lines, headers })
    }

    /// A clone, if these fields are the same but for the origin.
    #[inline]
    pub(crate) fn with<'a>(
        &self,
        origin: Origin<'_>,
        mut fields: impl Iterator<Item = ResponseField<'a>>,
    ) -> Option<HeaderMap> {
        let mut other_origin = None;
        for (name, value) in &self.lines {
            let field = fields.next().filter(|field| field.name == *name)?;
            let kept = value.as_bytes();
            // Most are the same bytes of the policy, which need not be compared.
            if !ptr::eq(kept, field.value) && kept != field.value {
                other_origin = Some(origin.echoed(&field)?);
            }
        }
        if fields.next().is_some() {
            return None;
        }
        let mut headers = self.headers.clone();
        if let Some(origin) = other_origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
        Some(headers)
    }
}

/// A 204 has no length ([RFC 9110, section 8.6](https://www.rfc-editor.org/rfc/rfc9110#section-8.6)).
fn put_length(headers: &mut HeaderMap, status: u16) {
    if status != 204 {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}

/// A value that the request itself has.
fn echoed(request: &HeaderMap, field: &ResponseField<'_>) -> Option<HeaderValue> {
    let name = match field.name {
        FieldName::AllowOrigin | FieldName::TimingAllowOrigin => header::ORIGIN,
        FieldName::AllowMethods => header::ACCESS_CONTROL_REQUEST_METHOD,
        _ => header::ACCESS_CONTROL_REQUEST_HEADERS,
    };
    let whole = request.get_all(name).into_iter().find(|value| value.as_bytes() == field.value);
    whole.cloned().or_else(|| HeaderValue::from_bytes(field.value).ok())
}
/// Whether it is a response field of CORS. Most names differ from all of them in their first letters.
fn is_field(name: &HeaderName) -> bool {
    let text = name.as_str();
    (text.starts_with("access-control-") || text.starts_with("timing-"))
        && FieldName::ALL.iter().any(|field| field.lower() == text)
}

const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");
const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");

fn header_name(name: FieldName) -> HeaderName {
    match name {
        FieldName::AllowOrigin => header::ACCESS_CONTROL_ALLOW_ORIGIN,
        FieldName::AllowCredentials => header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        FieldName::AllowMethods => header::ACCESS_CONTROL_ALLOW_METHODS,
        FieldName::AllowHeaders => header::ACCESS_CONTROL_ALLOW_HEADERS,
        FieldName::MaxAge => header::ACCESS_CONTROL_MAX_AGE,
        FieldName::AllowPrivateNetwork => ALLOW_PRIVATE_NETWORK,
        FieldName::ExposeHeaders => header::ACCESS_CONTROL_EXPOSE_HEADERS,
        FieldName::TimingAllowOrigin => TIMING_ALLOW_ORIGIN,
        FieldName::Vary => header::VARY,
        // A later core may have more.
        other => HeaderName::from_static(other.lower()),
    }
}

/// Adds `Origin` to the application's own lines, unless they name it, or `*`, which stands for all.
fn merge_vary(headers: &mut HeaderMap) {
    const VARY: HeaderValue = HeaderValue::from_static("Origin");
    match headers.entry(header::VARY) {
        header::Entry::Vacant(place) => {
            place.insert(VARY);
        }
        header::Entry::Occupied(mut own) => {
            let lacks_it =
                |line: &HeaderValue| corsac::missing_vary([line.as_bytes()], VARY.as_bytes()).next().is_some();
            if own.iter().all(lacks_it) {
                own.append(VARY);
            }
        }
    }
}
