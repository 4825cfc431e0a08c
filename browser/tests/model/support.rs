//! What the tables share: a page, a server, and a failure message that names the row.

use corsac_browser::{Browser, Credentials, FetchCall, Header, Outcome, WireRequest, WireResponse};

pub(crate) const PAGE: &str = "https://app.example";
pub(crate) const API: &str = "https://api.example";

/// Compares what a row got with what it wanted.
#[track_caller]
pub(crate) fn check<T: std::fmt::Debug + PartialEq>(id: &str, why: &str, got: T, wanted: T) {
    assert!(got == wanted, "{id}: {why}\n   got: {got:?}\nwanted: {wanted:?}");
}

/// Fails when two rows have one id.
#[track_caller]
pub(crate) fn check_ids<'i>(ids: impl Iterator<Item = &'i str>) {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    let twice = ids.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None);
}

/// A `GET` from the page to the API.
pub(crate) fn call() -> FetchCall {
    FetchCall::new(PAGE, API, "/")
}

pub(crate) fn including(call: FetchCall) -> FetchCall {
    call.credentials(Credentials::Include)
}

pub(crate) fn headers(list: &[(&str, &str)]) -> Vec<Header> {
    let header = |&(name, value): &(&str, &str)| (name.to_owned(), value.into());
    list.iter().map(header).collect()
}

/// A server that answers preflights and actual requests with one response each.
pub(crate) fn server(preflight: WireResponse, actual: WireResponse) -> impl FnMut(&WireRequest) -> WireResponse {
    move |request| if request.is_preflight { preflight.clone() } else { actual.clone() }
}

/// A response that shares itself with everybody, whatever the credentials.
pub(crate) fn shared(status: u16, more: &[(&str, &str)]) -> WireResponse {
    let mut response = WireResponse::new(
        status,
        &[("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Credentials", "true")],
    );
    response.fields.extend(headers(more));
    response
}

/// A fetch by a fresh browser, the preflight being answered with those fields on top of sharing.
pub(crate) fn fetch(call: &FetchCall, preflight_fields: &[(&str, &str)]) -> Outcome {
    let mut server = server(shared(204, preflight_fields), shared(200, &[]));
    Browser::new().fetch(call, 0, &mut server)
}

/// "ok", or the slug of the failure.
pub(crate) fn slug(outcome: &Outcome) -> &'static str {
    outcome.result.as_ref().map_or_else(|failure| failure.slug(), |_| "ok")
}

/// The fields of a request as text, one a line.
pub(crate) fn text(request: &WireRequest) -> Vec<String> {
    let line = |(name, value): &Header| format!("{name}: {}", value.escape_ascii());
    request.fields.iter().map(line).collect()
}
