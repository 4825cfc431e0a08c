//! The same answers, hard-coded: what a person would write for one origin and no other policy.

use corsac::{Action, Apply};

use crate::requests::{PAGE, Sent};
use crate::sink::Sink;

/// What the floor reads of a request; corsac's own [`Request`](corsac::Request) shows its parts to nobody.
#[derive(Clone, Copy, Debug)]
pub struct Picked<'r> {
    method: &'r [u8],
    origin: Option<&'r [u8]>,
    requested_method: Option<&'r [u8]>,
    requested_headers: Option<&'r [u8]>,
}

impl<'r> Picked<'r> {
    /// Picks the fields out of a request.
    pub fn new(sent: &'r Sent) -> Self {
        Self {
            method: sent.method.as_bytes(),
            origin: sent.value("origin").map(str::as_bytes),
            requested_method: sent.value("access-control-request-method").map(str::as_bytes),
            requested_headers: sent.value("access-control-request-headers").map(str::as_bytes),
        }
    }

    /// Looks the fields up in a header map of the `http` crate.
    #[inline]
    pub fn looked_up(method: &'r http::Method, fields: &'r http::HeaderMap) -> Self {
        let value = |name| fields.get(name).map(http::HeaderValue::as_bytes);
        let origin = value(http::header::ORIGIN);
        let is_preflight = method == http::Method::OPTIONS && origin.is_some();
        let asked = |name| if is_preflight { value(name) } else { None };
        Self {
            method: method.as_str().as_bytes(),
            origin,
            requested_method: asked(http::header::ACCESS_CONTROL_REQUEST_METHOD),
            requested_headers: asked(http::header::ACCESS_CONTROL_REQUEST_HEADERS),
        }
    }
}

/// Whether a preflight's method and header names are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(clippy::exhaustive_enums, reason = "of these benches alone")]
pub enum Preflights {
    /// As corsac does, and so with the same answer to every request.
    Checked,
    /// The constant answer to whatever the page asks for: the same answer to allowed requests alone.
    Constant,
}

/// The answer of the policy [`api`](crate::policies::api) for [`PAGE`], given to the sink.
#[inline(always)]
pub fn answer(request: &Picked<'_>, preflights: Preflights, sink: &mut impl Sink) {
    let Some(origin) = request.origin else {
        sink.action(Action::Continue);
        sink.field("Vary", b"Origin", Apply::Merge);
        return;
    };
    let is_ours = origin == PAGE.as_bytes();
    if request.method == b"OPTIONS" && request.requested_method.is_some() {
        preflight(is_ours && (preflights == Preflights::Constant || asks_for_allowed(request)), sink);
        return;
    }
    sink.action(Action::Continue);
    if is_ours {
        sink.field("Access-Control-Allow-Origin", PAGE.as_bytes(), Apply::Replace);
        sink.field("Access-Control-Allow-Credentials", b"true", Apply::Replace);
    }
    sink.field("Vary", b"Origin", Apply::Merge);
}

#[inline(always)]
fn preflight(is_allowed: bool, sink: &mut impl Sink) {
    const VARY: &[u8] = b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    if is_allowed {
        sink.action(Action::Respond(204));
        sink.field("Access-Control-Allow-Origin", PAGE.as_bytes(), Apply::Replace);
        sink.field("Access-Control-Allow-Credentials", b"true", Apply::Replace);
        sink.field("Access-Control-Allow-Methods", b"PUT,PATCH,DELETE", Apply::Replace);
        sink.field(
            "Access-Control-Allow-Headers",
            b"authorization,content-type,x-request-id,x-csrf-token",
            Apply::Replace,
        );
        sink.field("Access-Control-Max-Age", b"600", Apply::Replace);
    } else {
        sink.action(Action::Respond(403));
    }
    sink.field("Vary", VARY, Apply::Merge);
}

fn asks_for_allowed(request: &Picked<'_>) -> bool {
    let method = matches!(request.requested_method, Some(b"GET" | b"HEAD" | b"POST" | b"PUT" | b"PATCH" | b"DELETE"));
    let names = request.requested_headers.unwrap_or_default();
    method && names.split(|&byte| byte == b',').all(|name| is_allowed_name(name.trim_ascii()))
}

fn is_allowed_name(name: &[u8]) -> bool {
    name.is_empty()
        || name.eq_ignore_ascii_case(b"authorization")
        || name.eq_ignore_ascii_case(b"content-type")
        || name.eq_ignore_ascii_case(b"x-request-id")
        || name.eq_ignore_ascii_case(b"x-csrf-token")
}
