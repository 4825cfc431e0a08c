//! Fields that may come once: row 26 of the design.

use corsac::{FieldFault, RequestField};

use crate::shared::wire::WireRequest;

/// A field that may come once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Single<'t> {
    Absent,
    Value(&'t [u8]),
    Repeated,
    Truncated,
}

impl<'t> Single<'t> {
    pub(super) fn of(request: &'t WireRequest, name: &'t str, field: RequestField) -> Self {
        let values: Vec<&[u8]> = request.values(name).collect();
        if values.len() > 1 || is_marked(request, field, FieldFault::Repeated) {
            Self::Repeated
        } else if is_marked(request, field, FieldFault::Truncated) {
            Self::Truncated
        } else {
            values.first().map_or(Self::Absent, |value| Self::Value(value))
        }
    }

    /// `Host`, as which `:authority` counts: both are one where they say the same, hosts having no case.
    pub(super) fn host(request: &'t WireRequest) -> Self {
        let authorities: Vec<&[u8]> = request.values(":authority").collect();
        let host = Self::of(request, "Host", RequestField::Host);
        match authorities[..] {
            [] => host,
            [authority] if host != Self::Repeated => {
                let differs = request.values("Host").any(|host| !host.eq_ignore_ascii_case(authority));
                match host {
                    _ if differs => Self::Repeated,
                    Self::Truncated => Self::Truncated,
                    _ => Self::Value(authority),
                }
            }
            _ => Self::Repeated,
        }
    }
}

pub(super) fn is_marked(request: &WireRequest, field: RequestField, fault: FieldFault) -> bool {
    request.marks.contains(&(field, fault))
}
