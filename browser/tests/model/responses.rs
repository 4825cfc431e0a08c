use corsac_browser::{Browser, Credentials, FetchCall, Readable, ResponseType, Step, WireResponse};

use crate::support::{PAGE, call, check, check_ids, headers, including, shared};

const SENT: &[(&str, &str)] = &[
    ("Cache-Control", "no-store"),
    ("Content-Language", "de"),
    ("Content-Length", "0"),
    ("Content-Type", "text/plain"),
    ("Expires", "0"),
    ("Last-Modified", "0"),
    ("Pragma", "no-cache"),
    ("ETag", "\"1\""),
    ("X-B", "1"),
    ("x-b", "2"),
    ("Set-Cookie", "a=b"),
    ("Set-Cookie2", "a=b"),
    ("*", "star"),
];

const SAFELISTED: [&str; 7] =
    ["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"];

fn read(call: &FetchCall, expose: &[&str]) -> Readable {
    let mut response = shared(200, SENT);
    response
        .fields
        .extend(expose.iter().map(|value| ("Access-Control-Expose-Headers".to_owned(), value.as_bytes().to_vec())));
    let outcome = Browser::new().fetch(call, 0, &mut |_| response.clone());
    outcome.result.unwrap()
}

fn names(readable: &Readable) -> Vec<&str> {
    let names = readable.readable_fields.iter().map(|(name, _)| name.as_str());
    names.filter(|name| !SAFELISTED.contains(name)).collect()
}

type Texts = &'static [&'static str];

/// Lines of Expose-Headers, credentials included or not, and what can be read beyond the safelist.
#[rustfmt::skip]
const EXPOSED: &[(&str, Texts, bool, Texts, &str)] = &[
    ("absent", &[], false, &[], "only the safelist"),
    ("one", &["ETag"], false, &["etag"], "exposed by name"),
    ("case", &["etag"], false, &["etag"], "names are compared without case"),
    ("include", &["ETag, x-b"], true, &["etag", "x-b"], "names work with credentials too"),
    ("lines", &["ETag", "X-B"], false, &["etag", "x-b"], "a list may span lines"),
    ("empty-members", &[",ETag, ,"], false, &["etag"], "empty members are fine"),
    ("unparsable", &["ETag, x b"], false, &[], "one bad member and nothing is exposed"),
    ("unparsable-line", &["ETag", "x@b"], false, &[], "in any line"),
    ("absent-name", &["X-Absent"], false, &[], "what is not there cannot be read"),
    ("any", &["*"], false, &["*", "access-control-allow-credentials", "access-control-allow-origin",
        "access-control-expose-headers", "etag", "x-b"], "the wildcard without credentials"),
    ("any-among", &["ETag, *"], false, &["*", "access-control-allow-credentials", "access-control-allow-origin",
        "access-control-expose-headers", "etag", "x-b"], "the wildcard need not stand alone"),
    ("any-include", &["*"], true, &["*"], "with credentials `*` is a name"),
    ("any-and-name-include", &["*, ETag"], true, &["*", "etag"], "with credentials `*` is a name"),
    ("any-unparsable", &["*, x b"], false, &[], "the wildcard does not save it"),
    ("set-cookie", &["Set-Cookie, set-cookie2"], false, &[], "forbidden response-header names are never read"),
    ("pattern", &["x-*"], false, &[], "patterns mean nothing to a browser"),
];

#[test]
fn what_another_origin_reads() {
    for &(id, expose, include, wanted, why) in EXPOSED {
        let call = if include { including(call()) } else { call() };
        let readable = read(&call, expose);
        check(id, why, names(&readable), wanted.to_vec());
        let safelisted = SAFELISTED.iter().all(|name| readable.readable_fields.iter().any(|(n, _)| n == name));
        check(id, "the safelist is always read", safelisted, true);
        check(id, "the kind", readable.response_type, ResponseType::Cors);
    }
    check_ids(EXPOSED.iter().map(|row| row.0));
}

#[test]
fn several_lines_are_read_as_one_value() {
    let readable = read(&call(), &["x-b"]);
    let wanted = headers(&[("x-b", "1, 2")]);
    assert!(readable.readable_fields.contains(&wanted[0]));
}

#[test]
fn the_own_origin_reads_all_but_cookies() {
    let own = FetchCall::new(PAGE, PAGE, "/").credentials(Credentials::Include);
    let readable = read(&own, &["x b"]);
    assert_eq!(readable.response_type, ResponseType::Basic);
    assert!(readable.timing_allowed);
    assert_eq!(
        names(&readable),
        [
            "*",
            "access-control-allow-credentials",
            "access-control-allow-origin",
            "access-control-expose-headers",
            "etag",
            "x-b",
        ]
    );
}

#[test]
fn timing_is_closed_to_other_origins_unless_allowed() {
    let fetch = |fields: &[(&str, &str)]| {
        let response = shared(200, fields);
        Browser::new().fetch(&call(), 0, &mut |_| response.clone()).result.unwrap()
    };
    assert!(!fetch(&[]).timing_allowed);
    assert!(fetch(&[("Timing-Allow-Origin", PAGE)]).timing_allowed);
}

#[test]
fn an_unparsable_expose_list_is_told() {
    let mut response = shared(200, &[]);
    response.fields.extend(headers(&[("Access-Control-Expose-Headers", "a b")]));
    let outcome = Browser::new().fetch(&call(), 0, &mut |_| response.clone());
    let found = b"a b".to_vec();
    assert!(outcome.steps.contains(&Step::ExposeHeadersUnparsable { found }));
}

#[test]
fn a_response_without_fields_is_read_by_its_own_origin_only() {
    let mut bare = |_: &_| WireResponse::new(200, &[]);
    let own = FetchCall::new(PAGE, PAGE, "/");
    assert!(Browser::new().fetch(&own, 0, &mut bare).result.is_ok());
    assert!(Browser::new().fetch(&call(), 0, &mut bare).result.is_err());
}
