//! What pages can make a browser send, against the guard and the check of handshakes: the browser's model is the oracle.

use std::cell::Cell;

use corsac::{Pass, PolicyRef, Question, Refusal, Scheme};
use corsac_browser::{
    Credentials, Failure, FetchCall, PageRequest, Request, Way, WireResponse, check_preflight_response,
    preflight_request,
};

use crate::shared::fault::{Checked, Fault, ensure};
use crate::shared::naive;
use crate::shared::options::{Options, Valid};
use crate::shared::verdict_request::VerdictRequest;
use crate::shared::wire::{Answer, WireRequest};

/// A page's request passes just when the page may act.
///
/// The browser is an old one or one of today, the page has any referrer policy and goes about it in any way that there is, and the
/// server answers preflights as the policy decides. `Host` is the server's own name. Of what arrives pass:
///
/// 1. safe methods, but not the handshakes of WebSockets;
/// 2. all that a page of the server's own origin sends, **but for `Origin: null` without `Sec-Fetch-Site`**: a browser that is old,
///    or that asks a server by plain http, says `null` for a form of a page with `no-referrer`, and so would any page;
/// 3. what a page of a listed origin sends with its origin, and with a content type of `allow_content_types` if that has any;
/// 4. the reports that come from **below the page** (OCSP, Expect-CT): they carry neither `Origin` nor `Sec-Fetch-Site`, and no
///    page has a say in what is in them.
///
/// Nothing else does: neither `*` nor `allow_null_origin` makes anybody pass.
///
/// With a scheme that neither the server nor the browser tells, the own host is **wider than the own origin**: a page of the same
/// host by the other scheme is left out then.
///
/// And where `allow_hosts` does not have the name, screening stops the request before all that: the page may be one of an
/// attacker's whose name points here.
pub(crate) fn pages_act_as_they_may(valid: &Valid, page: &PageRequest, tells_scheme: bool) -> Checked {
    let policy = valid.policy();
    let Ok(request) = arrival(&policy, page, tells_scheme, &Cell::new(false)) else {
        return Ok(());
    };
    let own = own_origin(page);
    let is_told_nothing = !tells_scheme && request.wire.values("Sec-Fetch-Site").next().is_none();
    if is_told_nothing && is_own_host_by_other_scheme(&page.page_origin, &own) {
        return Ok(());
    }
    let question = if page.way == Way::WebSocket { Question::WebSocket } else { Question::Guard };
    let may = may_act(&valid.options, page, &own, &request);
    let checked = (|| {
        let guard_request = request.guard_request();
        let verdict = match question {
            Question::WebSocket => policy.check_websocket(&guard_request),
            _ => policy.guard(&guard_request),
        };
        ensure!(
            verdict.passes() == may,
            "{}: {:?} {:?}",
            if may { "what a page may send is refused" } else { "a forged request passes" },
            verdict.pass(),
            verdict.refusal()
        );
        if !may && request.wire.values("Origin").next() == Some(b"null") {
            ensure!(verdict.refusal() == Some(Refusal::NullOriginNotTrusted), "`null` has another reason");
        }
        let own_names = request.own_names();
        let screen_request = request.screen_request(&own_names);
        let screening = policy.screen(&screen_request);
        let stopped_by = screening.stopped_by().map(|verdict| verdict.question());
        ensure!(stopped_by == (!may).then_some(question), "screening is stopped by {stopped_by:?}");
        Ok(())
    })();
    checked.map_err(|fault| report(fault, valid, page, &request, Some(question)))?;
    rebinding_is_stopped(valid, &policy, &request).map_err(|fault| report(fault, valid, page, &request, None))
}

fn report(
    fault: Fault,
    valid: &Valid,
    page: &PageRequest,
    request: &VerdictRequest,
    question: Option<Question>,
) -> Fault {
    Fault::new(format!("{fault}sent by {page:?}")).with_verdict(&valid.options, request, question, None)
}

/// What arrives, with the name that it is for among the server's own; `is_asked` is told of a preflight.
fn arrival(
    policy: &PolicyRef<'_>,
    page: &PageRequest,
    tells_scheme: bool,
    is_asked: &Cell<bool>,
) -> Result<VerdictRequest, Failure> {
    let arrival = page.send(|request| {
        is_asked.set(true);
        answer_preflight(policy, request).or_else(|failure| match without_credentials(page) {
            Some(request) => answer_preflight(policy, &request),
            None => Err(failure),
        })
    })?;
    let mut wire = WireRequest::new(arrival.method.as_bytes());
    wire.fields = arrival.fields.into_iter().map(|(name, value)| (name.into_bytes(), value)).collect();
    let mut request = VerdictRequest::new(wire);
    let host = request.wire.values("Host").next().unwrap_or_default();
    request.own_names = vec![String::from_utf8_lossy(host).into_owned()];
    let scheme = if own_origin(page).starts_with("https:") { Scheme::Https } else { Scheme::Http };
    request.scheme = tells_scheme.then_some(scheme);
    Ok(request)
}

fn answer_preflight(policy: &PolicyRef<'_>, request: &Request) -> Result<(), Failure> {
    let sent = preflight_request(request);
    let mut wire = WireRequest::new(sent.method.as_bytes());
    wire.fields = sent.fields.into_iter().map(|(name, value)| (name.into_bytes(), value)).collect();
    let answer: Answer = wire.decide(policy);
    let fields = answer.fields.iter().map(|(name, value, _)| (name.as_str().to_owned(), value.clone())).collect();
    let response = WireResponse { status: answer.status.unwrap_or(200), fields };
    check_preflight_response(request, &response).map(|_| ())
}

/// The request that the page makes when cookies are not what it is after: of a device on a local network, most often.
fn without_credentials(page: &PageRequest) -> Option<Request> {
    let Way::CorsFetch { method, headers } = &page.way else {
        return None;
    };
    let mut call = FetchCall::new(&page.page_origin, &page.url_origin, "/").method(method);
    call.headers.clone_from(headers);
    Request::new(&call.credentials(Credentials::Omit)).ok()
}

/// The origin that a page asks, for a handshake with the scheme of HTTP.
fn own_origin(page: &PageRequest) -> String {
    match page.url_origin.strip_prefix("ws") {
        Some(rest) => format!("http{rest}"),
        None => page.url_origin.clone(),
    }
}

fn is_own_host_by_other_scheme(page: &str, own: &str) -> bool {
    let parts = |origin: &str| {
        let (scheme, rest) = origin.split_once("://").unwrap_or_default();
        let colon = rest.rfind(':').filter(|&colon| !rest[colon..].contains(']'));
        (scheme.to_owned(), rest[..colon.unwrap_or(rest.len())].to_owned())
    };
    let ((page_scheme, page_host), (own_scheme, own_host)) = (parts(page), parts(own));
    page_scheme != own_scheme && page_host == own_host
}

fn may_act(options: &Options, page: &PageRequest, own: &str, request: &VerdictRequest) -> bool {
    let wire = &request.wire;
    let is_handshake = page.way == Way::WebSocket;
    if !is_handshake && [&b"GET"[..], b"HEAD", b"OPTIONS", b"TRACE"].contains(&wire.method.as_slice()) {
        return true;
    }
    if matches!(page.way, Way::Report(report) if !report.is_of_the_page()) {
        return true;
    }
    let origin = wire.values("Origin").next();
    if page.page_origin == own {
        return origin != Some(b"null") || wire.values("Sec-Fetch-Site").next().is_some();
    }
    let is_listed = options.allow_origins != ["*"]
        && options.allow_origins.iter().any(|entry| naive::takes(entry, page.page_origin.as_bytes()));
    let types: Vec<&[u8]> = wire.values("Content-Type").collect();
    let is_type_listed = options.allow_content_types.is_empty()
        || matches!(types[..], [value] if naive::is_media_type_listed(options, value));
    is_listed && origin == Some(page.page_origin.as_bytes()) && (is_handshake || is_type_listed)
}

/// A name that is not the server's, in a request that is of the same origin to the browser.
fn rebinding_is_stopped(valid: &Valid, policy: &PolicyRef<'_>, request: &VerdictRequest) -> Checked {
    let host = request.wire.values("Host").next().unwrap_or_default();
    let is_listed = valid.options.allow_hosts.iter().any(|entry| naive::host_takes(entry, host));
    let screen_request = request.screen_request(&[]);
    let screening = policy.screen(&screen_request);
    let stopped = screening.stopped_by().map(|verdict| (verdict.question(), verdict.refusal(), verdict.status()));
    let is_by_host = stopped == Some((Question::Host, Some(Refusal::HostNotAllowed), Some(421)));
    ensure!(is_by_host != is_listed, "a host that is listed: {is_listed}, and stopped: {stopped:?}");
    Ok(())
}

/// How a page's request ends, for a count of what is reached.
pub(crate) fn endings(valid: &Valid, page: &PageRequest, tells_scheme: bool) -> Vec<Result<Pass, &'static str>> {
    let policy = valid.policy();
    let is_asked = Cell::new(false);
    let Ok(request) = arrival(&policy, page, tells_scheme, &is_asked) else {
        return vec![Err("not sent")];
    };
    let guard_request = request.guard_request();
    let is_handshake = page.way == Way::WebSocket;
    let verdict = if is_handshake { policy.check_websocket(&guard_request) } else { policy.guard(&guard_request) };
    let Some(refusal) = verdict.refusal() else {
        return verdict.pass().map(Ok).into_iter().collect();
    };
    let mut endings = vec![Err(refusal.slug())];
    endings.extend(is_asked.get().then_some(Err("preflighted and refused")));
    endings
}
