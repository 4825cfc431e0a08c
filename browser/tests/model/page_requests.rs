use std::cell::Cell;

use corsac_browser::{
    Arrival, BodyInit, Enctype, Failure, FetchMetadata, PageRequest, ReferrerPolicy, ReportType, Way,
    check_preflight_response, preflight_request,
};

use crate::support::{check, check_ids, shared};

struct Row {
    id: &'static str,
    why: &'static str,
    request: PageRequest,
    /// Method, `Host`, `Origin`, `Sec-Fetch-Site` and `Content-Type`, `-` for none; `preflight` before it where one went
    /// ahead. Or the slug of the failure.
    wanted: &'static str,
}

const PAGE: &str = "https://app.example.com";
const SIBLING: &str = "https://api.example.com";
const EVIL: &str = "https://evil.test";
const LAN: &str = "http://192.168.0.7:8080";

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    let row = |id, request, wanted, why| Row { id, why, request, wanted };
    let form = |page, url| PageRequest::new(page, url, Way::FormPost(Enctype::UrlEncoded));
    let beacon = |url, body| PageRequest::new(PAGE, url, Way::Beacon(body));
    let blob = |type_: &str| BodyInit::Blob(type_.to_owned());
    let no_cors = |method, headers: &[_]| PageRequest::new(PAGE, SIBLING, Way::no_cors_fetch(method, headers));
    let cors = |url, method, headers: &[_]| PageRequest::new(PAGE, url, Way::cors_fetch(method, headers));
    let report = |report| PageRequest::new(EVIL, PAGE, Way::Report(report));
    let no_referrer = ReferrerPolicy::NoReferrer;
    vec![
        row("form-same-origin", form(PAGE, PAGE), "POST app.example.com https://app.example.com same-origin application/x-www-form-urlencoded", "a POST has Origin, even to its own"),
        row("form-same-origin-no-referrer", form(PAGE, PAGE).referrer_policy(no_referrer), "POST app.example.com null same-origin application/x-www-form-urlencoded", "the referrer policy hides the origin, and Sec-Fetch-Site does not care"),
        row("form-lan", form(LAN, LAN), "POST 192.168.0.7:8080 http://192.168.0.7:8080 - application/x-www-form-urlencoded", "plain http off this machine gets no Fetch Metadata"),
        row("form-lan-no-referrer", form(LAN, LAN).referrer_policy(no_referrer), "POST 192.168.0.7:8080 null - application/x-www-form-urlencoded", "the page's own request, and nothing says so"),
        row("form-cross-site", form(EVIL, PAGE), "POST app.example.com https://evil.test cross-site application/x-www-form-urlencoded", "the forgery"),
        row("form-sibling", form(SIBLING, PAGE), "POST app.example.com https://api.example.com same-site application/x-www-form-urlencoded", "a subdomain beside it"),
        row("form-other-port", form("https://app.example.com:8443", PAGE), "POST app.example.com https://app.example.com:8443 same-site application/x-www-form-urlencoded", "a site has no port"),
        row("form-from-http", form("http://app.example.com", PAGE), "POST app.example.com http://app.example.com cross-site application/x-www-form-urlencoded", "a site has a scheme"),
        row("form-to-http", form(PAGE, "http://app.example.com"), "POST app.example.com null - application/x-www-form-urlencoded", "a downgrade hides the origin"),
        row("form-sandboxed", form("null", PAGE), "POST app.example.com null cross-site application/x-www-form-urlencoded", "an opaque origin is cross-site to all"),
        row("form-old-browser", form(EVIL, PAGE).fetch_metadata(FetchMetadata::Unknown), "POST app.example.com https://evil.test - application/x-www-form-urlencoded", "only Origin tells"),
        row("form-multipart", PageRequest::new(EVIL, PAGE, Way::FormPost(Enctype::Multipart)), "POST app.example.com https://evil.test cross-site multipart/form-data; boundary=corsac", "with its parameter"),
        row("form-text", PageRequest::new(EVIL, PAGE, Way::FormPost(Enctype::TextPlain)), "POST app.example.com https://evil.test cross-site text/plain", "which can look like JSON inside"),
        row("form-get", PageRequest::new(EVIL, PAGE, Way::FormGet), "GET app.example.com - cross-site -", "a GET has no Origin outside CORS"),
        row("form-localhost", form("http://localhost:3000", "http://localhost:8080"), "POST localhost:8080 http://localhost:3000 same-site application/x-www-form-urlencoded", "this machine is trustworthy, and one site"),
        row("form-default-port", form("https://app.example.com", "https://app.example.com:443"), "POST app.example.com https://app.example.com same-origin application/x-www-form-urlencoded", "a default port is never written"),
        row("form-ipv6", form("http://[::1]:81", "http://[::1]:81"), "POST [::1]:81 http://[::1]:81 same-origin application/x-www-form-urlencoded", "brackets stay"),

        row("link", PageRequest::new(EVIL, PAGE, Way::Link), "GET app.example.com - cross-site -", "a link is the page's doing, although the user clicks"),
        row("user", PageRequest::new(EVIL, PAGE, Way::UserNavigation), "GET app.example.com - none -", "no page asks"),
        row("user-lan", PageRequest::new("null", LAN, Way::UserNavigation), "GET 192.168.0.7:8080 - - -", "nor does it here, but nothing says so"),

        row("no-cors-get", no_cors("get", &[]), "GET api.example.com - same-site -", "an image"),
        row("no-cors-post", no_cors("post", &[("Content-Type", "text/plain;a=b")]), "POST api.example.com https://app.example.com same-site text/plain;a=b", "normalized and sent unasked"),
        row("no-cors-no-type", no_cors("POST", &[]), "POST api.example.com https://app.example.com same-site -", "a body without a type"),
        row("no-cors-json", no_cors("POST", &[("Content-Type", "application/json")]), "POST api.example.com https://app.example.com same-site -", "the type is left out, the body still sent"),
        row("no-cors-type-twice", no_cors("POST", &[("Content-Type", "text/plain"), ("content-type", "text/plain")]), "POST api.example.com https://app.example.com same-site text/plain", "judged together with the first, the second is none"),
        row("no-cors-forged", no_cors("POST", &[("Origin", SIBLING), ("Host", "x"), ("Sec-Fetch-Site", "none"), ("X-A", "1")]), "POST api.example.com https://app.example.com same-site -", "the browser's fields are forbidden to pages, others dropped"),
        row("no-cors-no-referrer", no_cors("POST", &[]).referrer_policy(no_referrer), "POST api.example.com null same-site -", "every page can hide like this"),
        row("no-cors-put", no_cors("put", &[]), "method-not-cors-safelisted", "throws"),
        row("no-cors-trace", no_cors("TRACE", &[]), "method-forbidden", "throws"),
        row("no-cors-header-name", no_cors("GET", &[("a b", "")]), "header-name-invalid", "throws, although it would be dropped"),

        row("cors-get", cors(SIBLING, "GET", &[]), "GET api.example.com https://app.example.com same-site -", "CORS sends Origin whatever the method"),
        row("cors-get-same-origin", cors(PAGE, "GET", &[]), "GET app.example.com - same-origin -", "no CORS request to the own origin"),
        row("cors-put-same-origin", cors(PAGE, "PUT", &[("Content-Type", "application/json")]), "PUT app.example.com https://app.example.com same-origin application/json", "no preflight there"),
        row("cors-no-referrer", cors(PAGE, "POST", &[]).referrer_policy(no_referrer), "POST app.example.com https://app.example.com same-origin -", "mode cors shows the origin, whatever the referrer policy"),
        row("cors-post", cors(EVIL, "POST", &[("Content-Type", "text/plain")]), "POST evil.test https://app.example.com cross-site text/plain", "sent unasked, only reading is not"),
        row("cors-post-no-type", cors(EVIL, "POST", &[]), "POST evil.test https://app.example.com cross-site -", "an ArrayBuffer, say"),
        row("cors-json", cors(EVIL, "POST", &[("Content-Type", "application/json")]), "preflight POST evil.test https://app.example.com cross-site application/json", "not a safelisted type"),
        row("cors-put", cors(EVIL, "put", &[]), "preflight PUT evil.test https://app.example.com cross-site -", "not a safelisted method"),
        row("cors-lan", cors(LAN, "POST", &[("X-A", "1")]), "preflight POST 192.168.0.7:8080 https://app.example.com - -", "a header of its own"),
        row("cors-forged", cors(EVIL, "GET", &[("Origin", EVIL), ("Host", "x"), ("Upgrade", "x")]), "GET evil.test https://app.example.com cross-site -", "forbidden, and no reason for a preflight"),

        row("beacon-none", beacon(EVIL, BodyInit::None), "POST evil.test https://app.example.com cross-site -", "mode no-cors"),
        row("beacon-string", beacon(EVIL, BodyInit::String), "POST evil.test https://app.example.com cross-site text/plain;charset=UTF-8", "safelisted: mode no-cors"),
        row("beacon-params", beacon(EVIL, BodyInit::UrlSearchParams), "POST evil.test https://app.example.com cross-site application/x-www-form-urlencoded;charset=UTF-8", "safelisted: mode no-cors"),
        row("beacon-form-data", beacon(EVIL, BodyInit::FormData), "POST evil.test https://app.example.com cross-site multipart/form-data; boundary=corsac", "safelisted: mode no-cors"),
        row("beacon-buffer", beacon(EVIL, BodyInit::ArrayBuffer), "POST evil.test https://app.example.com cross-site -", "no type of its own"),
        row("beacon-blob", beacon(EVIL, blob("")), "POST evil.test https://app.example.com cross-site -", "any bytes at all, no type, and no preflight"),
        row("beacon-blob-text", beacon(EVIL, blob("Text/Plain")), "POST evil.test https://app.example.com cross-site text/plain", "in lower case"),
        row("beacon-blob-json", beacon(EVIL, blob("application/json")), "preflight POST evil.test https://app.example.com cross-site application/json", "not safelisted: mode cors"),
        row("beacon-no-referrer", beacon(PAGE, BodyInit::String).referrer_policy(no_referrer), "POST app.example.com null same-origin text/plain;charset=UTF-8", "mode no-cors hides it"),
        row("beacon-json-no-referrer", beacon(PAGE, blob("application/json")).referrer_policy(no_referrer), "POST app.example.com https://app.example.com same-origin application/json", "mode cors does not"),

        row("report-csp", report(ReportType::Csp), "POST app.example.com https://evil.test cross-site application/csp-report", "any page can name any report-uri"),
        row("report-csp-no-referrer", report(ReportType::Csp).referrer_policy(no_referrer), "POST app.example.com null cross-site application/csp-report", "mode no-cors"),
        row("report-xss", report(ReportType::XssAuditor), "POST app.example.com https://evil.test cross-site application/xss-auditor-report", "no longer sent by any browser"),
        row("report-ct", report(ReportType::ExpectCt), "POST app.example.com - - application/expect-ct-report+json", "no page is known down there"),
        row("report-ocsp", report(ReportType::Ocsp), "POST app.example.com - - application/ocsp-request", "the TLS stack asks"),

        row("websocket", PageRequest::new(EVIL, "wss://app.example.com", Way::WebSocket), "GET app.example.com https://evil.test cross-site -", "Origin always"),
        row("websocket-same-origin", PageRequest::new(PAGE, "wss://app.example.com", Way::WebSocket).referrer_policy(no_referrer), "GET app.example.com https://app.example.com same-origin -", "wss is https here, and the referrer policy does not count"),
        row("websocket-https", PageRequest::new(PAGE, PAGE, Way::WebSocket), "GET app.example.com https://app.example.com same-origin -", "new WebSocket() takes https too"),
        row("websocket-lan", PageRequest::new(LAN, "ws://192.168.0.7:8080", Way::WebSocket), "GET 192.168.0.7:8080 http://192.168.0.7:8080 - -", "ws is http here"),
        row("websocket-sandboxed", PageRequest::new("null", "ws://localhost", Way::WebSocket), "GET localhost null cross-site -", "an opaque origin"),
        row("websocket-old-browser", PageRequest::new(EVIL, "wss://app.example.com:444", Way::WebSocket).fetch_metadata(FetchMetadata::Unknown), "GET app.example.com:444 https://evil.test - -", "only Origin tells"),
        row("fetch-ws", cors("ws://app.example.com", "GET", &[]), "not-http-scheme", "no handshake by fetch"),
        row("form-null-url", form(PAGE, "null"), "not-http-scheme", "an opaque URL is on no network"),
    ]
}

fn text(arrival: &Arrival) -> String {
    let fields = ["Host", "Origin", "Sec-Fetch-Site", "Content-Type"].map(|name| arrival.field(name).unwrap_or("-"));
    format!("{} {}", arrival.method, fields.join(" "))
}

fn slug(result: Result<Arrival, Failure>) -> String {
    result.map_or_else(|failure| failure.slug().to_owned(), |arrival| text(&arrival))
}

#[test]
fn what_arrives() {
    let rows = rows();
    for row in &rows {
        let preflights = Cell::new(0);
        let allowed = row.request.send(|_| {
            preflights.set(preflights.get() + 1);
            Ok(())
        });
        let prefix = ["", "preflight "][preflights.get()];
        check(row.id, row.why, format!("{prefix}{}", slug(allowed.clone())).as_str(), row.wanted);

        let refused = row.request.send(|_| Err(Failure::PreflightStatus { status: 403 }));
        let wanted = if prefix.is_empty() { slug(allowed) } else { "preflight-status".to_owned() };
        check(row.id, "a refused preflight is the end, and nothing else is", slug(refused), wanted);
    }
    check_ids(rows.iter().map(|row| row.id));
}

#[test]
fn each_field_of_the_browsers_own_comes_once() {
    for row in rows() {
        let Ok(arrival) = row.request.send(|_| Ok(())) else { continue };
        for name in ["Host", "Origin", "Sec-Fetch-Site", "Content-Type", "Upgrade", "Connection"] {
            let count = arrival.fields.iter().filter(|(listed, _)| listed.eq_ignore_ascii_case(name)).count();
            let is_handshake = row.request.way == Way::WebSocket;
            let least = usize::from(name == "Host" || is_handshake && matches!(name, "Upgrade" | "Connection"));
            assert!((least..=1).contains(&count), "{}: {name} {count} times", row.id);
        }
    }
}

#[test]
fn a_preflight_can_be_put_to_a_server() {
    let request = PageRequest::new("https://app.example", "https://api.example", Way::cors_fetch("PUT", &[]));
    let send = |allow_methods| {
        let response = shared(204, &[("Access-Control-Allow-Methods", allow_methods)]);
        slug(request.send(|request| {
            assert_eq!(preflight_request(request).method, "OPTIONS");
            check_preflight_response(request, &response).map(drop)
        }))
    };
    assert_eq!(send("PUT"), "PUT api.example https://app.example cross-site -");
    assert_eq!(send("GET"), "method-not-allowed");
    // A model's forger brings cookies: the wildcard covers nothing then.
    assert_eq!(send("*"), "method-not-allowed");
}
