use corsac_browser::{Browser, Credentials, FetchCall, Settings, WireResponse};

use crate::support::{API, call, check, check_ids, including, server, shared, slug};

/// A first call that fills the cache, a second one, and whether the second needs a preflight.
struct Row {
    id: &'static str,
    first: FetchCall,
    allow: &'static [(&'static str, &'static str)],
    second: FetchCall,
    /// Seconds between the two.
    later: u64,
    preflight: bool,
    why: &'static str,
}

const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";
const MAX_AGE: &str = "Access-Control-Max-Age";

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    let put = || call().method("PUT");
    let with_a = || call().header("x-a", "");
    let other_page = FetchCall { page_origin: "https://b.example".to_owned(), ..put() };
    let other_url = FetchCall { url: format!("{API}/other"), ..put() };
    let row = |id, first, allow, second, later, preflight, why| Row { id, first, allow, second, later, preflight, why };
    const PUT: &[(&str, &str)] = &[(METHODS, "PUT"), (MAX_AGE, "10")];
    const A: &[(&str, &str)] = &[(HEADERS, "X-A"), (MAX_AGE, "10")];
    vec![
        row("same", put(), PUT, put(), 0, false, "remembered"),
        row("last-second", put(), PUT, put(), 9, false, "9 s are less than 10"),
        row("expired", put(), PUT, put(), 10, true, "10 s have passed"),
        row("default-4", put(), &[(METHODS, "PUT")], put(), 4, false, "5 s without Max-Age"),
        row("default-5", put(), &[(METHODS, "PUT")], put(), 5, true, "5 s without Max-Age"),
        row("unparsable-4", put(), &[(METHODS, "PUT"), (MAX_AGE, "1 h")], put(), 4, false, "unparsable is absent"),
        row("unparsable-5", put(), &[(METHODS, "PUT"), (MAX_AGE, "1 h")], put(), 5, true, "unparsable is absent"),
        row("repeated-4", put(), &[(METHODS, "PUT"), (MAX_AGE, "99"), (MAX_AGE, "99")], put(), 4, false, "repeated is unparsable"),
        row("repeated-5", put(), &[(METHODS, "PUT"), (MAX_AGE, "99"), (MAX_AGE, "99")], put(), 5, true, "repeated is unparsable"),
        row("negative-4", put(), &[(METHODS, "PUT"), (MAX_AGE, "-1")], put(), 4, false, "negative is unparsable"),
        row("zero", put(), &[(METHODS, "PUT"), (MAX_AGE, "0")], put(), 0, true, "0 s are over at once"),
        row("huge", put(), &[(METHODS, "PUT"), (MAX_AGE, "99999999999999999999")], put(), 1 << 40, false, "no limit in the standard"),
        row("other-page", put(), PUT, other_page, 0, true, "an entry belongs to an origin"),
        row("other-url", put(), PUT, other_url, 0, true, "an entry belongs to one URL"),
        row("other-method", put(), PUT, call().method("DELETE"), 0, true, "not allowed yet"),
        row("method-not-asked-for", put(), &[(METHODS, "PUT, DELETE")], call().method("DELETE"), 0, false, "all of the list is remembered"),
        row("method-case", put(), &[(METHODS, "PUT, egg")], call().method("Egg"), 0, true, "methods are compared with case"),
        row("header", with_a(), A, with_a(), 0, false, "remembered"),
        row("header-case", with_a(), A, call().header("X-a", "other"), 0, false, "names are compared without case; values do not matter"),
        row("other-header", with_a(), A, call().header("x-b", ""), 0, true, "not allowed yet"),
        row("header-not-asked-for", with_a(), &[(HEADERS, "x-a, x-b")], call().header("x-b", ""), 0, false, "all of the list is remembered"),
        row("header-and-method", with_a(), A, put().header("x-a", ""), 0, true, "the method is not allowed yet"),
        row("method-and-header", put(), PUT, put().header("x-a", ""), 0, true, "the header is not allowed yet"),
        row("safelisted-method", with_a(), A, with_a().method("POST"), 0, false, "a safelisted method needs no entry"),
        row("any-method", put(), &[(METHODS, "*")], call().method("DELETE"), 0, false, "the wildcard is remembered"),
        row("any-header", with_a(), &[(HEADERS, "*")], call().header("x-b", ""), 0, false, "the wildcard is remembered"),
        row("any-header-authorization", with_a(), &[(HEADERS, "*")], call().header("authorization", ""), 0, true, "and does not cover Authorization"),
        row("omit-then-include", put(), PUT, including(put()), 0, true, "consent without credentials is not consent with them"),
        row("include-then-omit", including(put()), PUT, put(), 0, false, "consent with credentials covers both"),
        row("include-then-include", including(put()), PUT, including(put()), 0, false, "remembered"),
        row("omit-then-same-origin", put().credentials(Credentials::Omit), PUT, put(), 0, false, "only include matters"),
        row("any-literal-include", including(with_a()), &[(METHODS, "*"), (HEADERS, "x-a")], including(put()), 0, false,
            "`*` was no consent with credentials, but the standard's cache takes it for one"),
    ]
}

#[test]
fn what_is_remembered() {
    let rows = rows();
    for row in &rows {
        let mut browser = Browser::new();
        let mut allowing = |request: &corsac_browser::WireRequest| {
            let origin = String::from_utf8(request.fields.last().unwrap().1.clone()).unwrap();
            let mut response = shared(204, row.allow);
            response.fields[0].1 = origin.into_bytes();
            response
        };
        let first = browser.fetch(&row.first, 1_000, &mut allowing);
        check(row.id, "the first call passes", slug(&first), "ok");
        let second = browser.fetch(&row.second, 1_000 + row.later, &mut allowing);
        check(row.id, row.why, second.preflight().is_some(), row.preflight);
    }
    check_ids(rows.iter().map(|row| row.id));
}

#[test]
fn a_clock_that_runs_back_does_no_harm() {
    let mut server = server(shared(204, &[(METHODS, "PUT")]), shared(200, &[]));
    let mut browser = Browser::new();
    browser.fetch(&call().method("PUT"), 1_000, &mut server);
    let outcome = browser.fetch(&call().method("PUT"), 0, &mut server);
    assert!(outcome.preflight().is_none());
}

/// The imposed limits on max-age of three browsers.
#[test]
fn a_browser_may_impose_a_limit_on_max_age() {
    for (settings, limit) in [(Settings::CHROMIUM, 7_200), (Settings::FIREFOX, 86_400), (Settings::SAFARI, 600)] {
        let allow = [(METHODS, "PUT"), (MAX_AGE, "1000000")];
        let mut server = server(shared(204, &allow), shared(200, &[]));
        let mut browser = Browser::with_settings(settings);
        let mut preflighted = |now| {
            let outcome = browser.fetch(&call().method("PUT"), now, &mut server);
            outcome.preflight().is_some()
        };
        assert!(preflighted(0));
        assert!(!preflighted(limit - 1));
        assert!(preflighted(limit));
    }
}

#[test]
fn a_browser_may_have_no_cache() {
    let mut settings = Settings::STANDARD;
    settings.provides_preflight_cache = false;
    let mut browser = Browser::with_settings(settings);
    let mut server = server(shared(204, &[(METHODS, "PUT")]), shared(200, &[]));
    for _ in 0..2 {
        let outcome = browser.fetch(&call().method("PUT"), 0, &mut server);
        assert_eq!(outcome.exchanges.len(), 2);
    }
    assert!(browser.cache().entries().is_empty());
}

#[test]
fn a_failed_actual_request_clears_what_was_remembered() {
    let put = call().method("PUT");
    let mut good = server(shared(204, &[(METHODS, "PUT")]), shared(200, &[]));
    let mut bad = |_: &_| WireResponse::new(200, &[]);
    let mut browser = Browser::new();
    browser.fetch(&put, 0, &mut good);
    browser.fetch(&FetchCall { url: format!("{API}/other"), ..put.clone() }, 0, &mut good);
    assert_eq!(browser.cache().entries().len(), 2);

    let outcome = browser.fetch(&call(), 0, &mut bad);
    assert_eq!(slug(&outcome), "cors-check");
    assert_eq!(browser.cache().entries().len(), 2); // no preflight was a matter: nothing is cleared

    let outcome = browser.fetch(&put, 0, &mut bad);
    assert_eq!(slug(&outcome), "cors-check");
    assert!(outcome.preflight().is_none());
    assert_eq!(browser.cache().entries().len(), 1); // the other URL

    assert!(browser.fetch(&put, 0, &mut good).preflight().is_some());
}

#[test]
fn a_failed_preflight_clears_entries_with_and_without_credentials() {
    let mut good = server(shared(204, &[(METHODS, "PUT")]), shared(200, &[]));
    let mut browser = Browser::new();
    browser.fetch(&call().method("PUT"), 0, &mut good);
    browser.fetch(&including(call().method("PUT")), 0, &mut good);
    assert_eq!(browser.cache().entries().len(), 2);
    let outcome = browser.fetch(&call().method("DELETE"), 0, &mut good);
    assert_eq!(slug(&outcome), "method-not-allowed");
    assert!(browser.cache().entries().is_empty());
}

#[test]
fn a_later_preflight_sets_the_max_age_and_not_the_time_of_storing() {
    let mut browser = Browser::new();
    let put = || call().method("PUT");
    let mut long = server(shared(204, &[(METHODS, "PUT"), (MAX_AGE, "100")]), shared(200, &[]));
    browser.fetch(&put(), 0, &mut long);
    let allow = [(METHODS, "PUT"), (HEADERS, "x-a"), (MAX_AGE, "60")];
    let mut short = server(shared(204, &allow), shared(200, &[]));
    browser.fetch(&put().header("x-a", ""), 50, &mut short);
    let ages: Vec<_> = browser.cache().entries().iter().map(|e| (e.stored_at, e.max_age)).collect();
    assert_eq!(ages, [(0, 60), (50, 60)]);
    assert!(browser.fetch(&put(), 60, &mut long).preflight().is_some());
}
