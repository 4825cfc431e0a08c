//! The response fields of a decision, as a header map takes them.

use corsac::{Apply, FieldName, Kind, ResponseField};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use smallvec::SmallVec;

use crate::policy::Policy;

/// The fields of a decision, which live on while the inner service answers. Only preflights have more than five.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    lines: SmallVec<[(FieldName, HeaderValue); 4]>,
    vary: Option<HeaderValue>,
}

impl Fields {
    /// Takes the values out of the policy and out of the request; nothing is copied but a line with blanks around it.
    pub(crate) fn of<'a>(
        policy: &Policy,
        kind: Kind,
        request: &HeaderMap,
        fields: impl Iterator<Item = ResponseField<'a>>,
    ) -> Self {
        let mut taken = Self::default();
        for field in fields {
            let value = policy.value(kind, &field).or_else(|| echoed(request, &field));
            // A value that `http` does not take there is none of.
            let Some(value) = value else { continue };
            match field.apply {
                Apply::Merge => taken.vary = Some(value),
                Apply::Replace | Apply::Append => taken.lines.push((field.name, value)),
            }
        }
        taken
    }

    /// Puts them into a response that has no fields yet.
    pub(crate) fn into_new(mut self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(self.lines.len() + 1);
        self.put_into(&mut headers);
        headers
    }

    /// Puts them in the place of the application's, and merges `Vary`.
    pub(crate) fn put_into(&mut self, headers: &mut HeaderMap) {
        if headers.keys().any(is_field) {
            for name in FieldName::ALL.iter().filter(|name| **name != FieldName::Vary) {
                headers.remove(header_name(*name));
            }
        }
        for (name, value) in self.lines.drain(..) {
            headers.append(header_name(name), value);
        }
        if let Some(vary) = self.vary.take() {
            merge_vary(headers, vary);
        }
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

const fn header_name(name: FieldName) -> HeaderName {
    match name {
        FieldName::AllowOrigin => header::ACCESS_CONTROL_ALLOW_ORIGIN,
        FieldName::AllowCredentials => header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        FieldName::AllowMethods => header::ACCESS_CONTROL_ALLOW_METHODS,
        FieldName::AllowHeaders => header::ACCESS_CONTROL_ALLOW_HEADERS,
        FieldName::MaxAge => header::ACCESS_CONTROL_MAX_AGE,
        FieldName::AllowPrivateNetwork => ALLOW_PRIVATE_NETWORK,
        FieldName::ExposeHeaders => header::ACCESS_CONTROL_EXPOSE_HEADERS,
        FieldName::TimingAllowOrigin => TIMING_ALLOW_ORIGIN,
        _ => header::VARY,
    }
}

/// Adds the members that the application's own lines lack. `*` stands for all.
fn merge_vary(headers: &mut HeaderMap, vary: HeaderValue) {
    let header::Entry::Occupied(mut own) = headers.entry(header::VARY) else {
        headers.insert(header::VARY, vary);
        return;
    };
    let missing = {
        let lines: SmallVec<[&[u8]; 4]> = own.iter().map(HeaderValue::as_bytes).collect();
        let missing: Vec<&[u8]> = corsac::missing_vary(lines.iter().copied(), vary.as_bytes()).collect();
        missing.join(b", ".as_slice())
    };
    if !missing.is_empty() {
        // Members of a list of tokens are tokens.
        own.append(HeaderValue::from_bytes(&missing).unwrap_or(vary));
    }
}
