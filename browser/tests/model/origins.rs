use corsac_browser::{
    FetchSite, ReferrerPolicy as Policy, RequestMode as Mode, fetch_site, is_potentially_trustworthy,
    registrable_domain, request_origin_header,
};

use crate::support::{check, check_ids};

use FetchSite::{CrossSite, SameOrigin, SameSite};

#[rustfmt::skip]
const SITES: &[(&str, &str, &str, FetchSite, &str)] = &[
    ("same", "https://a.example", "https://a.example", SameOrigin, "byte for byte"),
    ("default-port", "https://a.example", "https://a.example:443", SameOrigin, "443 is what https has anyway"),
    ("other-default-port", "http://a.example", "http://a.example:443", SameSite, "443 is another port for http"),
    ("port", "https://a.example:444", "https://a.example", SameSite, "a site has no port"),
    ("sibling", "https://a.example.com", "https://b.example.com", SameSite, "one registrable domain"),
    ("subdomain", "https://a.b.example.com", "https://example.com", SameSite, "one registrable domain"),
    ("scheme", "http://a.example", "https://a.example", CrossSite, "a site has a scheme"),
    ("scheme-app", "capacitor://localhost", "https://localhost", CrossSite, "a site has a scheme"),
    ("other", "https://example.com", "https://example.net", CrossSite, "two registrable domains"),
    ("suffix-of-text", "https://badexample.com", "https://example.com", CrossSite, "whole labels"),
    ("co-uk", "https://a.co.uk", "https://b.co.uk", CrossSite, "co.uk is a public suffix"),
    ("github-io", "https://a.github.io", "https://b.github.io", CrossSite, "and so is github.io, a private one"),
    ("github-io-below", "https://x.a.github.io", "https://a.github.io", SameSite, "one owner"),
    ("github-io-itself", "https://github.io:444", "https://github.io", SameSite, "equal hosts need no registrable domain"),
    ("github-io-above", "https://a.github.io", "https://github.io", CrossSite, "a suffix is no site of its owners"),
    ("local", "https://a.home.local", "https://b.home.local", SameSite, "a last label that no rule knows is a suffix"),
    ("local-siblings", "https://a.local", "https://b.local", CrossSite, "a last label that no rule knows is a suffix"),
    ("one-label", "http://printer:81", "http://printer", SameSite, "equal hosts"),
    ("localhost-below", "http://a.localhost", "http://localhost", CrossSite, "localhost is such a suffix"),
    ("trailing-dot", "https://example.com.", "https://example.com", CrossSite, "another host"),
    ("trailing-dots", "https://a.example.com.", "https://example.com.", SameSite, "the dot belongs to both"),
    ("ipv4-port", "http://192.168.0.1:81", "http://192.168.0.1", SameSite, "equal hosts"),
    ("ipv4-neighbour", "http://192.168.0.1", "http://192.167.0.1", CrossSite, "the last two numbers are no domain"),
    ("ipv6-port", "http://[::1]:81", "http://[::1]", SameSite, "equal hosts"),
    ("ipv6-other", "http://[fe80::1]", "http://[fe80::2]", CrossSite, "addresses have no registrable domain"),
    ("null", "null", "https://a.example", CrossSite, "opaque"),
    ("null-null", "null", "null", CrossSite, "no one can tell whether it is the same opaque origin"),
    ("file", "file:///", "https://a.example", CrossSite, "opaque"),
];

#[test]
fn sites() {
    for &(id, page, url, wanted, why) in SITES {
        check(id, why, fetch_site(page, url), wanted);
        check(id, "it is mutual", fetch_site(url, page), wanted);
    }
    check_ids(SITES.iter().map(|row| row.0));
}

#[rustfmt::skip]
const TRUSTWORTHY: &[(&str, bool, &str)] = &[
    ("https://a.example", true, "TLS"),
    ("wss://192.168.0.1", true, "TLS"),
    ("http://a.example", false, "anyone may listen"),
    ("ws://a.example", false, "anyone may listen"),
    ("http://192.168.0.1", false, "a LAN is a network"),
    ("http://printer.local", false, "a LAN is a network"),
    ("http://localhost", true, "this machine"),
    ("http://localhost.:8080", true, "this machine"),
    ("http://a.localhost", true, "this machine"),
    ("http://localhost.example", false, "a name like another"),
    ("http://notlocalhost", false, "a name like another"),
    ("http://127.0.0.1:8080", true, "this machine"),
    ("http://127.255.255.254", true, "the whole 127.0.0.0/8"),
    ("http://128.0.0.1", false, "no more than that"),
    ("http://127.0.0.1.example", false, "a name like another"),
    ("http://[::1]:8080", true, "this machine"),
    ("http://[::2]", false, "only ::1/128"),
    ("null", false, "opaque"),
    ("http://", false, "no origin"),
    ("http://a:x", false, "no origin"),
];

#[test]
fn trustworthy_urls() {
    for &(url, wanted, why) in TRUSTWORTHY {
        check(url, why, is_potentially_trustworthy(url), wanted);
    }
    check_ids(TRUSTWORTHY.iter().map(|row| row.0));
}

#[test]
fn registrable_domains_of_odd_hosts() {
    for host in ["", ".", "localhost", "com", "co.uk", "[::1]", "10.0.0.1"] {
        check(host, "no registrable domain", registrable_domain(host), None);
    }
}

const O: &str = "https://app.example";
const DOWN: &str = "http://app.example";
const OTHER: &str = "https://api.example";

/// What `Origin` says of a POST in a mode that is not "cors": to the page's origin, to another one, and to http.
#[rustfmt::skip]
const POLICIES: &[(&str, Policy, [&str; 3], &str)] = &[
    ("no-referrer", Policy::NoReferrer, ["null", "null", "null"], "tells no one"),
    ("no-referrer-when-downgrade", Policy::NoReferrerWhenDowngrade, [O, O, "null"], "tells no one who can be overheard"),
    ("same-origin", Policy::SameOrigin, [O, "null", "null"], "tells itself"),
    ("origin", Policy::Origin, [O, O, O], "tells everyone"),
    ("strict-origin", Policy::StrictOrigin, [O, O, "null"], "tells no one who can be overheard"),
    ("origin-when-cross-origin", Policy::OriginWhenCrossOrigin, [O, O, O], "tells everyone"),
    ("strict-origin-when-cross-origin", Policy::StrictOriginWhenCrossOrigin, [O, O, "null"], "tells no one who can be overheard"),
    ("unsafe-url", Policy::UnsafeUrl, [O, O, O], "tells everyone"),
];

#[test]
fn origin_by_referrer_policy() {
    for &(id, policy, wanted, why) in POLICIES {
        for mode in [Mode::Navigate, Mode::NoCors] {
            let got = [O, OTHER, DOWN].map(|url| request_origin_header(O, url, "POST", mode, policy).unwrap());
            check(id, why, got, wanted);
            let got = ["GET", "HEAD"].map(|method| request_origin_header(O, OTHER, method, mode, policy));
            check(id, "neither GET nor HEAD carries it", got, [None, None]);
        }
        for (mode, method) in [(Mode::Cors, "POST"), (Mode::WebSocket, "GET"), (Mode::WebSocket, "CONNECT")] {
            let got = [O, OTHER, DOWN].map(|url| request_origin_header(O, url, method, mode, policy));
            check(id, "explicit sharing overrules the policy", got, [Some(O); 3]);
        }
        let got = [O, OTHER, DOWN].map(|url| request_origin_header(O, url, "GET", Mode::Cors, policy));
        check(id, "a CORS request is one to another origin", got, [None, Some(O), Some(O)]);
        let got = request_origin_header("null", O, "POST", Mode::Navigate, policy);
        check(id, "an opaque origin has nothing to hide", got, Some("null"));
        let got = request_origin_header(DOWN, "http://x.example", "POST", Mode::Navigate, policy);
        let hides = matches!(policy, Policy::NoReferrer | Policy::SameOrigin);
        check(id, "http to http is no downgrade", got, Some(if hides { "null" } else { DOWN }));
    }
    check_ids(POLICIES.iter().map(|row| row.0));
}
