use corsac_browser::{
    Step, WhyUnsafe, cors_unsafe_request_header_names, is_cors_safelisted_request_header, is_forbidden_request_header,
    why_cors_unsafe,
};

use crate::support::{call, check, check_ids, fetch, headers, slug, text};

/// Names and values that a page may or may not set.
#[rustfmt::skip]
const FORBIDDEN: &[(&str, &str, &str, bool, &str)] = &[
    ("accept-charset", "Accept-Charset", "", true, "listed"),
    ("accept-encoding", "Accept-Encoding", "", true, "listed"),
    ("acrh", "Access-Control-Request-Headers", "", true, "a page cannot forge a preflight's question"),
    ("acrm", "Access-Control-Request-Method", "", true, "a page cannot forge a preflight's question"),
    ("acrpn", "Access-Control-Request-Private-Network", "", false, "has left the list with private network access"),
    ("connection", "Connection", "", true, "listed"),
    ("content-length", "Content-Length", "", true, "listed"),
    ("cookie", "Cookie", "", true, "listed"),
    ("cookie2", "Cookie2", "", true, "listed"),
    ("cookie3", "Cookie3", "", false, "not listed"),
    ("date", "Date", "", true, "listed"),
    ("dnt", "DNT", "", true, "listed"),
    ("expect", "Expect", "", true, "listed"),
    ("host", "Host", "", true, "listed"),
    ("keep-alive", "Keep-Alive", "", true, "listed"),
    ("origin", "Origin", "", true, "a page cannot forge its origin"),
    ("origin-upper", "ORIGIN", "", true, "names are compared without case"),
    ("referer", "Referer", "", true, "listed"),
    ("referrer", "Referrer", "", false, "the other spelling is an ordinary name"),
    ("set-cookie", "Set-Cookie", "", true, "listed"),
    ("set-cookie2", "Set-Cookie2", "", false, "forbidden on responses only"),
    ("te", "TE", "", true, "listed"),
    ("trailer", "Trailer", "", true, "listed"),
    ("transfer-encoding", "Transfer-Encoding", "", true, "listed"),
    ("upgrade", "Upgrade", "", true, "listed"),
    ("via", "Via", "", true, "listed"),
    ("user-agent", "User-Agent", "", false, "has left the list"),
    ("authorization", "Authorization", "", false, "a page may set it, after a preflight"),
    ("proxy", "Proxy-Anything", "", true, "prefix proxy-"),
    ("proxy-upper", "PROXY-X", "", true, "the prefix is compared without case"),
    ("proxy-alone", "proxy-", "", true, "the prefix may be all"),
    ("proxy-no-hyphen", "Proxy", "", false, "the hyphen is part of the prefix"),
    ("sec", "Sec-Fetch-Site", "", true, "prefix sec-"),
    ("sec-unknown", "sec-new", "", true, "reserved for headers to come"),
    ("secret", "Secret", "", false, "the hyphen is part of the prefix"),
    ("override-trace", "X-HTTP-Method-Override", "TRACE", true, "no forbidden method through the back door"),
    ("override-lower", "x-http-method-override", "trace", true, "neither name nor method look at case"),
    ("override-list", "X-HTTP-Method", "PUT, \tTrack", true, "each member is looked at, without its blanks"),
    ("override-connect", "X-Method-Override", "CONNECT,", true, "the third of the names"),
    ("override-put", "X-Method-Override", "PUT", false, "other methods may pass"),
    ("override-longer", "X-Method-Override", "TRACER", false, "only whole methods are forbidden"),
    ("override-quoted", "X-HTTP-Method", "\"a,TRACE\"", false, "a comma inside quotes does not split"),
    ("override-quoted-whole", "X-HTTP-Method", "\"TRACE\"", false, "the quotes stay part of the member"),
    ("override-after-quote", "X-HTTP-Method", "\"a\\\",b\",TRACE", true, "an escaped quote does not end the string"),
    ("override-open-quote", "X-HTTP-Method", "\"a,TRACE", false, "a string without end takes in the rest"),
    ("override-other-name", "X-HTTP-Method-Overrides", "TRACE", false, "only the three names"),
];

#[test]
fn forbidden_request_headers() {
    for &(id, name, value, forbidden, why) in FORBIDDEN {
        let got = is_forbidden_request_header(name.as_bytes(), value.as_bytes());
        check(id, why, got, forbidden);
    }
    check_ids(FORBIDDEN.iter().map(|row| row.0));
}

#[test]
fn a_forbidden_header_is_dropped_and_the_fetch_goes_on() {
    let outcome = fetch(&call().header("Cookie", "a=b").header("sec-x", "y"), &[]);
    assert_eq!(slug(&outcome), "ok");
    assert_eq!(text(&outcome.actual().unwrap().request), ["Accept: */*", "Origin: https://app.example"]);
    let dropped = outcome.steps.iter().filter(|step| matches!(step, Step::HeaderDropped { .. }));
    assert_eq!(dropped.count(), 2);
}

type Field = Result<&'static str, &'static str>;

/// What `Headers` makes of a name and a value: the field on the wire, or the slug of the failure.
#[rustfmt::skip]
const APPENDED: &[(&str, &str, &[u8], Field, &str)] = &[
    ("blanks", "accept", b" \t a \t ", Ok("accept: a"), "blanks at the ends go"),
    ("line-breaks-at-ends", "accept", b"\r\na\n", Ok("accept: a"), "line breaks at the ends go too"),
    ("only-blanks", "accept", b" \r\n ", Ok("accept: "), "an empty value is a value"),
    ("inner-blanks", "accept", b"a  b", Ok("accept: a  b"), "blanks inside stay"),
    ("line-break-inside", "accept", b"a\nb", Err("header-value-invalid"), "no header injection"),
    ("return-inside", "accept", b"a\rb", Err("header-value-invalid"), "no header injection"),
    ("nul", "accept", b"a\0b", Err("header-value-invalid"), "NUL is never part of a value"),
    ("nul-at-end", "accept", b"a\0", Err("header-value-invalid"), "NUL is not whitespace"),
    ("form-feed", "accept", b"a\x0c", Err("header-not-allowed"), "a form feed is no HTTP whitespace: it stays, and is unsafe"),
    ("high-bytes", "accept", b"\xff\x80", Ok("accept: \\xff\\x80"), "bytes from 0x80 are neither invalid nor unsafe"),
    ("empty-name", "", b"a", Err("header-name-invalid"), "a token has at least one byte"),
    ("name-with-blank", "x y", b"a", Err("header-name-invalid"), "a name is not stripped"),
    ("name-with-colon", "x:", b"a", Err("header-name-invalid"), "the colon is no token byte"),
    ("name-non-ascii", "é", b"a", Err("header-name-invalid"), "a token is ASCII"),
    ("forbidden-but-invalid", "Cookie", b"a\0", Err("header-value-invalid"), "validity is looked at before the guard"),
];

#[test]
fn what_headers_makes_of_a_value() {
    for &(id, name, value, wanted, why) in APPENDED {
        let outcome = fetch(&call().header(name, value), &[]);
        let fields = outcome.actual().map(|actual| text(&actual.request));
        let got = match slug(&outcome) {
            "ok" => Ok(fields.as_ref().unwrap()[0].as_str()),
            failure => Err(failure),
        };
        check(id, why, got, wanted);
    }
    check_ids(APPENDED.iter().map(|row| row.0));
}

const fn unsafe_byte(byte: u8) -> Option<WhyUnsafe> {
    Some(WhyUnsafe::Byte(byte))
}

/// Headers that need no preflight (`None`) or do, and why.
#[rustfmt::skip]
const SAFELIST: &[(&str, &str, &str, Option<WhyUnsafe>, &str)] = &[
    ("accept", "Accept", "text/html;q=0.9, */*", None, "none of the unsafe bytes"),
    ("accept-empty", "accept", "", None, "an empty value has no unsafe byte"),
    ("accept-tab", "accept", "a\tb", None, "the tab is the one control that is safe"),
    ("accept-quote", "accept", "a\"b", unsafe_byte(b'"'), "unsafe byte"),
    ("accept-parenthesis", "accept", "a)", unsafe_byte(b')'), "unsafe byte"),
    ("accept-colon", "accept", "a:b", unsafe_byte(b':'), "unsafe byte"),
    ("accept-angle", "accept", "<a", unsafe_byte(b'<'), "unsafe byte"),
    ("accept-question", "accept", "a?", unsafe_byte(b'?'), "unsafe byte"),
    ("accept-at", "accept", "a@b", unsafe_byte(b'@'), "unsafe byte"),
    ("accept-bracket", "accept", "[a", unsafe_byte(b'['), "unsafe byte"),
    ("accept-backslash", "accept", "\\", unsafe_byte(b'\\'), "unsafe byte"),
    ("accept-brace", "accept", "a}", unsafe_byte(b'}'), "unsafe byte"),
    ("accept-del", "accept", "\x7f", unsafe_byte(0x7f), "unsafe byte"),
    ("accept-control", "accept", "a\x01", unsafe_byte(1), "unsafe byte"),
    ("accept-pipe", "accept", "a|b~c^d`e!f#g$h%i&j'k", None, "other signs are safe"),
    ("accept-slash-equals", "accept", "/;=,", None, "the delimiters that the safelist leaves out"),
    ("accept-non-ascii", "accept", "é", None, "bytes from 0x80 are safe in Accept"),
    ("accept-encoding", "accept-encoding", "gzip", Some(WhyUnsafe::Name), "(would be dropped, but is not safelisted)"),
    ("language", "Accept-Language", "de-DE, *;q=0.5", None, "all in 0-9A-Za-z *,-.;="),
    ("language-underscore", "accept-language", "de_DE", unsafe_byte(b'_'), "not in 0-9A-Za-z *,-.;="),
    ("language-tab", "accept-language", "a\tb", unsafe_byte(b'\t'), "the tab is safe in Accept, not here"),
    ("language-slash", "accept-language", "a/b", unsafe_byte(b'/'), "not in 0-9A-Za-z *,-.;="),
    ("language-non-ascii", "accept-language", "é", unsafe_byte(0xc3), "not in 0-9A-Za-z *,-.;="),
    ("content-language", "Content-Language", "en", None, "same rule"),
    ("content-language-quote", "Content-Language", "\"en\"", unsafe_byte(b'"'), "same rule"),
    ("type-plain", "Content-Type", "text/plain", None, "one of the three"),
    ("type-form", "content-type", "application/x-www-form-urlencoded", None, "one of the three"),
    ("type-multipart", "content-type", "multipart/form-data; boundary=----x", None, "one of the three"),
    ("type-upper", "CONTENT-TYPE", "TEXT/PLAIN", None, "the essence is lower-cased"),
    ("type-charset", "content-type", "text/plain;charset=UTF-8", None, "parameters do not matter"),
    ("type-blanks", "content-type", "  text/plain \t ; a", None, "whitespace before the semicolon goes"),
    ("type-bad-parameter", "content-type", "text/plain;=;;", None, "a bad parameter is left out, it fails nothing"),
    ("type-parameter-json", "content-type", "text/plain;a, application/json", None, "the comma stands in a parameter"),
    ("type-json", "content-type", "application/json", Some(WhyUnsafe::MimeType), "not one of the three"),
    ("type-html", "content-type", "text/html", Some(WhyUnsafe::MimeType), "not one of the three"),
    ("type-plains", "content-type", "text/plainx", Some(WhyUnsafe::MimeType), "the whole subtype counts"),
    ("type-xplain", "content-type", "xtext/plain", Some(WhyUnsafe::MimeType), "the whole type counts"),
    ("type-report", "content-type", "application/csp-report", Some(WhyUnsafe::MimeType), "the exception is for the browser's own reports"),
    ("type-comma", "content-type", "text/plain, application/json", Some(WhyUnsafe::NotAMimeType), "the comma is no token byte"),
    ("type-comma-json-first", "content-type", "application/json,text/plain", Some(WhyUnsafe::NotAMimeType), "no forgiving extraction here"),
    ("type-blank-before-slash", "content-type", "text /plain", Some(WhyUnsafe::NotAMimeType), "blanks are taken off at the end only"),
    ("type-blank-after-slash", "content-type", "text/ plain", Some(WhyUnsafe::NotAMimeType), "blanks are taken off at the end only"),
    ("type-two-slashes", "content-type", "text/plain/", Some(WhyUnsafe::NotAMimeType), "the slash is no token byte"),
    ("type-no-slash", "content-type", "text", Some(WhyUnsafe::NotAMimeType), "a type needs a subtype"),
    ("type-no-subtype", "content-type", "text/;a", Some(WhyUnsafe::NotAMimeType), "a subtype is not empty"),
    ("type-no-type", "content-type", "/plain", Some(WhyUnsafe::NotAMimeType), "a type is not empty"),
    ("type-slash-in-parameter", "content-type", "text;a/plain", Some(WhyUnsafe::NotAMimeType), "the type ends at the slash, not at the semicolon"),
    ("type-empty", "content-type", "", Some(WhyUnsafe::NotAMimeType), "a page may send an empty type, after a preflight"),
    ("type-quoted-parameter", "content-type", "text/plain;charset=\"utf-8\"", unsafe_byte(b'"'), "the quote is looked at before the type"),
    ("type-high-byte-parameter", "content-type", "text/plain;a=é", None, "bytes from 0x80 are safe in a parameter"),
    ("range", "Range", "bytes=0-499", None, "a single range with a first byte"),
    ("range-open", "range", "bytes=500-", None, "the last byte may be left out"),
    ("range-one-byte", "range", "bytes=7-7", None, "first equals last"),
    ("range-zeros", "range", "bytes=10-0000000011", None, "numbers, not texts, are compared"),
    ("range-huge", "range", "bytes=99999999999999999999999999999999999999998-99999999999999999999999999999999999999999", None, "numbers have no bound"),
    ("range-suffix", "range", "bytes=-500", Some(WhyUnsafe::RangeWithoutStart), "browsers never sent such ranges"),
    ("range-backwards", "range", "bytes=5-4", Some(WhyUnsafe::NotASingleRange), "first after last"),
    ("range-backwards-lengths", "range", "bytes=10-9", Some(WhyUnsafe::NotASingleRange), "numbers, not texts, are compared"),
    ("range-neither", "range", "bytes=-", Some(WhyUnsafe::NotASingleRange), "neither first nor last"),
    ("range-two", "range", "bytes=0-1,3-4", Some(WhyUnsafe::NotASingleRange), "a single range"),
    ("range-blank", "range", "bytes= 0-1", Some(WhyUnsafe::NotASingleRange), "no whitespace here"),
    ("range-blank-before", "range", "bytes =0-1", Some(WhyUnsafe::NotASingleRange), "no whitespace here"),
    ("range-upper", "range", "Bytes=0-1", Some(WhyUnsafe::NotASingleRange), "the unit is compared with case"),
    ("range-other-unit", "range", "lines=0-1", Some(WhyUnsafe::NotASingleRange), "bytes only"),
    ("range-sign", "range", "bytes=+0-1", Some(WhyUnsafe::NotASingleRange), "digits only"),
    ("range-no-hyphen", "range", "bytes=0", Some(WhyUnsafe::NotASingleRange), "the hyphen is needed"),
    ("range-empty", "range", "", Some(WhyUnsafe::NotASingleRange), "the unit is needed"),
    ("dpr", "DPR", "2", Some(WhyUnsafe::Name), "the client hints have left the safelist"),
    ("save-data", "Save-Data", "on", Some(WhyUnsafe::Name), "the client hints have left the safelist"),
    ("authorization", "Authorization", "Bearer x", Some(WhyUnsafe::Name), "not safelisted"),
    ("x-requested-with", "X-Requested-With", "XMLHttpRequest", Some(WhyUnsafe::Name), "not safelisted"),
    ("user-agent", "User-Agent", "x", Some(WhyUnsafe::Name), "a page may set it, after a preflight"),
    ("cache-control", "Cache-Control", "no-cache", Some(WhyUnsafe::Name), "safelisted in responses, not in requests"),
    ("last-event-id", "Last-Event-ID", "1", Some(WhyUnsafe::Name), "not safelisted"),
    ("accept-prefix", "accep", "", Some(WhyUnsafe::Name), "whole names only"),
];

#[test]
fn safelist() {
    for &(id, name, value, wanted, why) in SAFELIST {
        let (name, value) = (name.as_bytes(), value.as_bytes());
        check(id, why, why_cors_unsafe(name, value), wanted);
        check(id, why, is_cors_safelisted_request_header(name, value), wanted.is_none());
    }
    check_ids(SAFELIST.iter().map(|row| row.0));
}

#[test]
fn a_value_may_have_128_bytes() {
    let value = |length| "a".repeat(length).into_bytes();
    for name in ["accept", "accept-language", "content-language"] {
        let name = name.as_bytes();
        assert_eq!(why_cors_unsafe(name, &value(128)), None);
        assert_eq!(why_cors_unsafe(name, &value(129)), Some(WhyUnsafe::ValueTooLong(129)));
    }
    let content_type = |length: usize| [b"text/plain;", &value(length - 11)[..]].concat();
    assert_eq!(why_cors_unsafe(b"content-type", &content_type(128)), None);
    let too_long = Some(WhyUnsafe::ValueTooLong(129));
    assert_eq!(why_cors_unsafe(b"content-type", &content_type(129)), too_long);
    let range = |length: usize| [b"bytes=", "0".repeat(length - 7).as_bytes(), b"-"].concat();
    assert_eq!(why_cors_unsafe(b"range", &range(128)), None);
    assert_eq!(why_cors_unsafe(b"range", &range(129)), too_long);
}

/// Names that need consent, for whole lists.
#[test]
fn unsafe_names_are_lower_case_sorted_and_unique() {
    let list = headers(&[
        ("X-b", "1"),
        ("Accept", "*/*"),
        ("content-type", "application/json"),
        ("X_a", "2"),
        ("x-B", "3"),
        ("X-A", "4"),
        ("Authorization", "5"),
    ]);
    assert_eq!(
        cors_unsafe_request_header_names(&list),
        ["authorization", "content-type", "x-a", "x-b", "x_a"] // by bytes: `-` comes before `_`
    );
}

#[test]
fn one_unsafe_duplicate_makes_the_name_unsafe() {
    let list = headers(&[("content-type", "text/plain;a"), ("Content-Type", "application/json")]);
    assert_eq!(cors_unsafe_request_header_names(&list), ["content-type"]);
    let list = headers(&[("content-type", "text/plain;a"), ("Content-Type", "text/plain")]);
    assert!(cors_unsafe_request_header_names(&list).is_empty());
}

#[test]
fn safelisted_values_may_add_up_to_1024_bytes() {
    let full = "a".repeat(128);
    let eight = vec![("Accept", full.as_str()); 8];
    assert!(cors_unsafe_request_header_names(&headers(&eight)).is_empty());
    let mut more = eight.clone();
    more.push(("Content-Language", ""));
    assert!(cors_unsafe_request_header_names(&headers(&more)).is_empty());
    more.push(("Accept-Language", "d"));
    assert_eq!(
        cors_unsafe_request_header_names(&headers(&more)),
        ["accept", "accept-language", "content-language"] // past the total, every one of them
    );
    more[9] = ("x-a", "d"); // an unsafe value does not count
    assert_eq!(cors_unsafe_request_header_names(&headers(&more)), ["x-a"]);
}

#[test]
fn the_default_accept_counts_towards_the_total() {
    let full = "a".repeat(128);
    let mut call = call();
    for _ in 0..7 {
        call = call.header("Accept-Language", full.as_str());
    }
    let fits = call.clone().header("Accept-Language", &full[..125]); // and 3 bytes of `*/*`
    assert!(fetch(&fits, &[]).preflight().is_none());
    let outcome = fetch(&call.header("Accept-Language", &full[..126]), &[]);
    let preflight = outcome.preflight().unwrap();
    assert_eq!(text(&preflight.request)[2], "Access-Control-Request-Headers: accept,accept-language");
}

#[test]
fn duplicates_stay_apart_and_keep_the_first_case() {
    let call = call().header("X-Id", "1").header("x-iD", "2");
    let outcome = fetch(&call, &[("Access-Control-Allow-Headers", "x-id")]);
    assert_eq!(
        text(&outcome.actual().unwrap().request),
        ["X-Id: 1", "X-Id: 2", "Accept: */*", "Origin: https://app.example"]
    );
}
