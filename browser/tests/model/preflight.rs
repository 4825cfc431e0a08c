use corsac_browser::{Browser, Credentials, FetchCall, WireResponse};

use crate::support::{API, PAGE, call, check, check_ids, fetch, including, server, shared, slug, text};

/// The exact fields of preflights.
#[test]
fn what_a_preflight_carries() {
    let put = call().method("put").header("Authorization", "x").header("Cookie", "a=b");
    let preflight = fetch(&including(put), &[]).exchanges.remove(0).request;
    assert_eq!(preflight.method, "OPTIONS");
    assert!(preflight.is_preflight);
    assert!(!preflight.includes_credentials);
    assert_eq!(
        text(&preflight),
        [
            "Accept: */*",
            "Access-Control-Request-Method: PUT",
            "Access-Control-Request-Headers: authorization",
            "Origin: https://app.example",
        ]
    );

    let preflight = fetch(&call().method("DELETE"), &[]).exchanges.remove(0).request;
    assert_eq!(
        text(&preflight),
        ["Accept: */*", "Access-Control-Request-Method: DELETE", "Origin: https://app.example"]
    );

    let get = call().header("X-b", "").header("x-B", "").header("Accept", "{}").header("X-A", "");
    let preflight = fetch(&get, &[]).exchanges.remove(0).request;
    assert_eq!(
        text(&preflight),
        [
            "Accept: */*",
            "Access-Control-Request-Method: GET",
            "Access-Control-Request-Headers: accept,x-a,x-b",
            "Origin: https://app.example",
        ]
    );
}

#[test]
fn what_the_actual_request_carries() {
    let put = call().method("PUT").header("X-A", "1").header("accept", "text/plain");
    let allow = [("Access-Control-Allow-Methods", "PUT"), ("Access-Control-Allow-Headers", "x-a")];
    let outcome = fetch(&including(put), &allow);
    let actual = &outcome.actual().unwrap().request;
    assert_eq!(actual.method, "PUT");
    assert!(!actual.is_preflight);
    assert!(actual.includes_credentials);
    assert_eq!(text(actual), ["X-A: 1", "accept: text/plain", "Origin: https://app.example"]);
}

#[test]
fn an_opaque_origin_is_null_and_never_its_own() {
    let call = FetchCall::new("null", "null", "/").method("PUT");
    assert!(!call.is_same_origin());
    let call = FetchCall { url_origin: API.to_owned(), ..call };
    let outcome = fetch(&call, &[]);
    assert_eq!(text(&outcome.exchanges[0].request)[2], "Origin: null");
}

#[test]
fn same_origin_requests_are_not_checked() {
    for (method, fields) in [
        ("GET", &["X-A: 1", "Accept: */*"][..]),
        ("HEAD", &["X-A: 1", "Accept: */*"]),
        ("POST", &["X-A: 1", "Accept: */*", "Origin: https://app.example"]),
        ("PUT", &["X-A: 1", "Accept: */*", "Origin: https://app.example"]),
        ("OPTIONS", &["X-A: 1", "Accept: */*", "Origin: https://app.example"]),
    ] {
        for (credentials, included) in
            [(Credentials::Omit, false), (Credentials::SameOrigin, true), (Credentials::Include, true)]
        {
            let call = FetchCall::new(PAGE, PAGE, "/").method(method).header("X-A", "1");
            let mut server = |_: &_| WireResponse::new(200, &[]);
            let outcome = Browser::new().fetch(&call.credentials(credentials), 0, &mut server);
            assert_eq!(slug(&outcome), "ok", "{method}");
            assert_eq!(outcome.exchanges.len(), 1, "{method}");
            assert_eq!(text(&outcome.exchanges[0].request), fields, "{method}");
            assert_eq!(outcome.exchanges[0].request.includes_credentials, included, "{credentials:?}");
        }
    }
}

#[test]
fn cross_origin_credentials_go_with_include_only() {
    for (credentials, included) in
        [(Credentials::Omit, false), (Credentials::SameOrigin, false), (Credentials::Include, true)]
    {
        let outcome = fetch(&call().credentials(credentials), &[]);
        assert_eq!(outcome.exchanges[0].request.includes_credentials, included, "{credentials:?}");
        assert_eq!(text(&outcome.exchanges[0].request), ["Accept: */*", "Origin: https://app.example"]);
    }
}

#[test]
fn other_schemes_are_not_fetched() {
    for origin in ["ws://api.example", "ftp://api.example", "capacitor://localhost", "null", ""] {
        let outcome = fetch(&FetchCall::new(PAGE, origin, "/"), &[]);
        assert_eq!(slug(&outcome), "not-http-scheme", "{origin}");
        assert!(outcome.exchanges.is_empty(), "{origin}");
    }
}

struct Row {
    id: &'static str,
    /// The request: method, header names (values empty), credentials included or not.
    method: &'static str,
    headers: &'static [&'static str],
    include: bool,
    /// Lines of Allow-Methods and of Allow-Headers.
    methods: &'static [&'static str],
    header_names: &'static [&'static str],
    wanted: &'static str,
    why: &'static str,
}

#[allow(clippy::too_many_arguments, reason = "one line a row")]
const fn row(
    id: &'static str,
    method: &'static str,
    headers: &'static [&'static str],
    include: bool,
    methods: &'static [&'static str],
    header_names: &'static [&'static str],
    wanted: &'static str,
    why: &'static str,
) -> Row {
    Row { id, method, headers, include, methods, header_names, wanted, why }
}

const NO: bool = false;
const INCLUDE: bool = true;

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("method-listed", "PUT", &[], NO, &["PUT"], &[], "ok", "listed"),
    row("method-among", "PUT", &[], NO, &["GET, PUT ,DELETE"], &[], "ok", "listed"),
    row("method-second-line", "PUT", &[], NO, &["GET", "PUT"], &[], "ok", "a list may span lines"),
    row("method-absent", "PUT", &[], NO, &[], &[], "method-not-allowed", "no list allows nothing"),
    row("method-empty", "PUT", &[], NO, &[""], &[], "method-not-allowed", "an empty list allows nothing"),
    row("method-other", "PUT", &[], NO, &["PATCH"], &[], "method-not-allowed", "not listed"),
    row("method-lower-listed", "PUT", &[], NO, &["put"], &[], "method-not-allowed", "methods are compared with case"),
    row("method-custom-case", "Egg", &[], NO, &["EGG"], &[], "method-not-allowed", "methods are compared with case"),
    row("method-custom", "Egg", &[], NO, &["Egg"], &[], "ok", "any token will do"),
    row("method-any", "PUT", &[], NO, &["*"], &[], "ok", "wildcard without credentials"),
    row("method-any-among", "PUT", &[], NO, &["GET, *"], &[], "ok", "the wildcard need not stand alone"),
    row("method-any-include", "PUT", &[], INCLUDE, &["*"], &[], "method-not-allowed", "with credentials `*` is a name"),
    row("method-any-and-listed-include", "PUT", &[], INCLUDE, &["*, PUT"], &[], "ok", "listed by name beside the wildcard"),
    row("method-literal-any-include", "*", &[], INCLUDE, &["*"], &[], "ok", "and the method `*` is listed by name"),
    row("method-get", "GET", &["x-a"], NO, &["PUT"], &["x-a"], "ok", "safelisted methods need no listing"),
    row("method-head", "HEAD", &["x-a"], NO, &["PUT"], &["x-a"], "ok", "safelisted methods need no listing"),
    row("method-post", "POST", &["x-a"], INCLUDE, &[], &["x-a"], "ok", "safelisted methods need no listing"),
    row("method-options", "OPTIONS", &[], NO, &["GET"], &[], "method-not-allowed", "OPTIONS is not safelisted"),
    row("methods-bad", "PUT", &[], NO, &["PUT, a@b"], &[], "allow-methods-unparsable", "one bad token fails the preflight"),
    row("methods-bad-unneeded", "GET", &["x-a"], NO, &["a@b"], &["x-a"], "allow-methods-unparsable", "even when nobody needed the list"),
    row("methods-bad-second-line", "PUT", &[], NO, &["PUT", "a b"], &[], "allow-methods-unparsable", "in any line"),
    row("methods-quoted", "PUT", &[], NO, &["\"PUT\""], &[], "allow-methods-unparsable", "members are tokens"),
    row("methods-empty-members", "PUT", &[], NO, &[", ,PUT,,"], &[], "ok", "empty members are fine"),
    row("methods-any-beside-bad", "PUT", &[], NO, &["*, a@b"], &[], "allow-methods-unparsable", "the wildcard does not save it"),
    row("headers-bad", "PUT", &[], NO, &["PUT"], &["x-a, x b"], "allow-headers-unparsable", "even when nobody needed the list"),
    row("headers-bad-second-line", "GET", &["x-a"], NO, &[], &["x-a", "x:b"], "allow-headers-unparsable", "in any line"),
    row("headers-empty-members", "GET", &["x-a"], NO, &[], &[",x-a, ,"], "ok", "empty members are fine"),
    row("both-bad", "PUT", &[], NO, &["a@b"], &["a@b"], "allow-methods-unparsable", "the methods are read first"),
    row("header-listed", "GET", &["X-A"], NO, &[], &["x-a"], "ok", "listed"),
    row("header-case", "GET", &["x-a"], NO, &[], &["X-A"], "ok", "names are compared without case"),
    row("header-lines", "GET", &["x-a", "x-b"], NO, &[], &["x-b", "x-a"], "ok", "a list may span lines, in any order"),
    row("header-absent", "GET", &["x-a"], NO, &[], &[], "header-not-allowed", "no list allows nothing"),
    row("header-one-missing", "GET", &["x-a", "x-b"], NO, &[], &["x-a"], "header-not-allowed", "every name is needed"),
    row("header-prefix", "GET", &["x-ab"], NO, &[], &["x-a"], "header-not-allowed", "whole names"),
    row("header-pattern", "GET", &["x-a"], NO, &[], &["x-*"], "header-not-allowed", "patterns mean nothing to a browser"),
    row("header-any", "GET", &["x-a"], NO, &[], &["*"], "ok", "wildcard without credentials"),
    row("header-any-include", "GET", &["x-a"], INCLUDE, &[], &["*"], "header-not-allowed", "with credentials `*` is a name"),
    row("header-any-and-listed-include", "GET", &["x-a"], INCLUDE, &[], &["*, x-a"], "ok", "listed by name beside the wildcard"),
    row("header-literal-any-include", "GET", &["*"], INCLUDE, &[], &["*"], "ok", "and the header `*` is listed by name"),
    row("authorization-listed", "GET", &["Authorization"], NO, &[], &["authorization"], "ok", "listed by name"),
    row("authorization-any", "GET", &["Authorization"], NO, &[], &["*"], "non-wildcard-header-not-allowed", "the wildcard does not cover it"),
    row("authorization-any-and-listed", "GET", &["Authorization", "x-a"], NO, &[], &["*, AUTHORIZATION"], "ok", "listed by name beside the wildcard"),
    row("authorization-include", "GET", &["authorization"], INCLUDE, &[], &["Authorization"], "ok", "listed by name"),
    row("authorization-absent", "GET", &["authorization"], NO, &[], &["x-a"], "non-wildcard-header-not-allowed", "not listed"),
    row("method-before-header", "PUT", &["x-a"], NO, &[], &[], "method-not-allowed", "the method is looked at first"),
    row("authorization-before-header", "GET", &["x-a", "authorization"], NO, &[], &[], "non-wildcard-header-not-allowed", "non-wildcard names are looked at first"),
    row("safelisted-unlisted", "PUT", &["accept"], NO, &["PUT"], &[], "ok", "safelisted headers need no listing"),
    row("content-type-unlisted", "POST", &["content-type"], NO, &[], &["x-a"], "header-not-allowed", "an empty content type is not safelisted"),
];

#[test]
fn what_counts_as_consent() {
    for row in ROWS {
        let mut call = call().method(row.method);
        for name in row.headers {
            call = call.header(name, "");
        }
        if row.include {
            call = including(call);
        }
        let mut fields: Vec<_> = Vec::new();
        fields.extend(row.methods.iter().map(|value| ("access-control-allow-methods", *value)));
        fields.extend(row.header_names.iter().map(|value| ("access-control-allow-headers", *value)));
        let outcome = fetch(&call, &fields);
        check(row.id, row.why, slug(&outcome), row.wanted);
        let sent = outcome.actual().is_some();
        check(row.id, "the request is sent when the preflight passed", sent, row.wanted == "ok");
        assert!(outcome.preflight().is_some(), "{}", row.id);
    }
    check_ids(ROWS.iter().map(|row| row.id));
}

/// Statuses of a preflight and of an actual response, and what comes of them.
#[rustfmt::skip]
const STATUSES: &[(&str, u16, u16, &str, &str)] = &[
    ("ok", 200, 200, "ok", "usual"),
    ("no-content", 204, 200, "ok", "usual"),
    ("lowest-ok", 200, 204, "ok", "usual"),
    ("highest-ok", 299, 200, "ok", "any 2xx serves for a preflight"),
    ("below", 199, 200, "preflight-status", "not an ok status"),
    ("above", 300, 200, "preflight-status", "not an ok status"),
    ("moved", 301, 200, "preflight-status", "a redirected preflight fails"),
    ("temporary", 307, 200, "preflight-status", "a redirected preflight fails"),
    ("not-modified", 304, 200, "preflight-status", "not an ok status"),
    ("unauthorized", 401, 200, "preflight-status", "a preflight never carries credentials: do not ask for any"),
    ("forbidden", 403, 200, "preflight-status", "not an ok status"),
    ("not-found", 404, 200, "preflight-status", "not an ok status"),
    ("no-method", 405, 200, "preflight-status", "a server without a handler for OPTIONS"),
    ("error", 500, 200, "preflight-status", "not an ok status"),
    ("actual-401", 204, 401, "ok", "the actual response may have any status"),
    ("actual-403", 204, 403, "ok", "the actual response may have any status"),
    ("actual-404", 204, 404, "ok", "the actual response may have any status"),
    ("actual-500", 204, 500, "ok", "the actual response may have any status"),
    ("actual-304", 204, 304, "ok", "not a redirect status"),
    ("actual-300", 204, 300, "ok", "not a redirect status"),
    ("actual-301", 204, 301, "redirect", "redirects are not followed here"),
    ("actual-308", 204, 308, "redirect", "redirects are not followed here"),
];

#[test]
fn statuses() {
    for &(id, preflight, actual, wanted, why) in STATUSES {
        let allow = [("Access-Control-Allow-Methods", "PUT")];
        let mut server = server(shared(preflight, &allow), shared(actual, &[]));
        let outcome = Browser::new().fetch(&call().method("PUT"), 0, &mut server);
        check(id, why, slug(&outcome), wanted);
        let status = outcome.result.map(|readable| readable.status);
        check(id, "the status is readable", status.ok(), (wanted == "ok").then_some(actual));
    }
    check_ids(STATUSES.iter().map(|row| row.0));
}

#[test]
fn the_cors_check_comes_before_the_status() {
    let mut closed = server(WireResponse::new(404, &[]), shared(200, &[]));
    let outcome = Browser::new().fetch(&call().method("PUT"), 0, &mut closed);
    assert_eq!(slug(&outcome), "preflight-cors-check");
    let mut redirect = server(shared(204, &[]), WireResponse::new(302, &[]));
    let outcome = Browser::new().fetch(&call(), 0, &mut redirect);
    assert_eq!(slug(&outcome), "cors-check");
}

#[test]
fn a_preflight_is_checked_with_the_credentials_mode_of_the_request() {
    let any = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "PUT")];
    let any = WireResponse::new(204, &any);
    let mut browser = Browser::new();
    let outcome = browser.fetch(&call().method("PUT"), 0, &mut server(any.clone(), any.clone()));
    assert_eq!(slug(&outcome), "ok");
    let put = including(call().method("PUT"));
    let outcome = browser.fetch(&put, 0, &mut server(any.clone(), any));
    assert_eq!(slug(&outcome), "preflight-cors-check");
}

#[test]
fn a_request_that_fails_the_last_check_has_been_sent() {
    let mut closed = |_: &_| WireResponse::new(200, &[]);
    let outcome = Browser::new().fetch(&including(call().method("POST")), 0, &mut closed);
    assert_eq!(slug(&outcome), "cors-check");
    let sent = &outcome.actual().unwrap().request;
    assert!(sent.includes_credentials); // its Set-Cookie is stored, too
}
