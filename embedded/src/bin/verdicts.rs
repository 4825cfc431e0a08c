//! The image of every verdict: one request picked field by field, screened whole, and each question asked by itself.

#![no_std]
#![no_main]

use corsac::{
    AbsentOrigin, Action, FieldFault, GuardRequest, Pass, PolicyRef, Refusal, RequestField, ResponseField, Scheme,
    ScreenRequest, Verdict,
};
use corsac_embedded as _;

type Fields<'r, 'f> = &'f [(&'r [u8], &'r [u8])];
type Screen = for<'r> fn(&PolicyRef<'_>, ScreenRequest<'r>, fn(&[u8]) -> bool, fn(ResponseField<'_>)) -> Screened;
type Pick = for<'r> fn(&'r [u8], Fields<'r, '_>, Option<(RequestField, FieldFault)>, Told<'r>) -> ScreenRequest<'r>;
type Ask = for<'r> fn(&PolicyRef<'_>, &'r [u8], Fields<'r, '_>, fn(&[u8]) -> bool) -> [Answered; 2];
type CheckHost = for<'r> fn(&PolicyRef<'_>, Option<&'r [u8]>, &'r [&'r str]) -> Answered;

/// What a host may tell of a request beyond its fields.
type Told<'r> = (Option<Scheme>, &'r [&'r str], bool);

/// All that a host reads from a screening, besides the fields.
type Screened = (Action, Option<Refusal>, Option<bool>);

/// All that a host reads from a verdict.
type Answered = (Option<Pass>, Option<Refusal>, Option<u16>, usize);

/// What the image exports; the linker script keeps it.
#[used]
#[expect(unsafe_code, reason = "places the table where the linker script keeps it")]
#[unsafe(link_section = ".entries")]
static ENTRIES: (Pick, Screen, Ask, CheckHost) = (pick, screen, ask, check_host);

fn pick<'r>(
    method: &'r [u8],
    fields: Fields<'r, '_>,
    fault: Option<(RequestField, FieldFault)>,
    (scheme, own_names, is_handshake): Told<'r>,
) -> ScreenRequest<'r> {
    let mut request = ScreenRequest::new(method).with_own_names(own_names);
    for (name, value) in fields {
        request.push(name, value);
    }
    if let Some((field, fault)) = fault {
        request.mark(field, fault);
    }
    if let Some(scheme) = scheme {
        request = request.with_scheme(scheme);
    }
    if is_handshake { request.as_websocket_handshake() } else { request.with_checked_host() }
}

fn screen<'r>(
    policy: &PolicyRef<'_>,
    request: ScreenRequest<'r>,
    trusted: fn(&[u8]) -> bool,
    send: fn(ResponseField<'_>),
) -> Screened {
    let screening = policy.screen_with(&request, trusted);
    for field in screening.fields() {
        send(field);
    }
    let allowed = screening.decision().and_then(|decision| decision.allowed());
    (screening.action(), screening.refusal(), allowed)
}

fn ask<'r>(
    policy: &PolicyRef<'_>,
    method: &'r [u8],
    fields: Fields<'r, '_>,
    trusted: fn(&[u8]) -> bool,
) -> [Answered; 2] {
    let mut request = GuardRequest::new(method).with_absent_origin(AbsentOrigin::Refuse);
    for (name, value) in fields {
        request.push(name, value);
    }
    [answered(&policy.guard_with(&request, trusted)), answered(&policy.check_websocket_with(&request, trusted))]
}

fn check_host<'r>(policy: &PolicyRef<'_>, host: Option<&'r [u8]>, own_names: &'r [&'r str]) -> Answered {
    answered(&policy.check_host_with(host, own_names))
}

fn answered(verdict: &Verdict<'_, '_>) -> Answered {
    let subject = verdict.subject().unwrap_or_default();
    (verdict.pass(), verdict.refusal(), verdict.status(), subject.len())
}
