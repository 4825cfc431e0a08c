//! Methods, header names, and text that nobody expects.

use crate::shared::source::Source;

const METHODS: [&str; 18] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "QUERY", "put", "Delete", "post", "patch", "PURGE",
    "*", "M-SEARCH", "x", "TRACE", "connect",
];

const HEADER_NAMES: [&str; 28] = [
    "x-a",
    "x-b",
    "x-ab",
    "x-A",
    "X-B",
    "content-type",
    "Content-Type",
    "authorization",
    "Authorization",
    "x-request-id",
    "accept",
    "range",
    "*",
    "x-*",
    "x",
    "a",
    "if-match",
    "etag",
    "location",
    "x-token",
    "cookie",
    "sec-x",
    "access-control-request-private-network",
    "x-method-override",
    "set-cookie",
    "access-control-allow-origin",
    "cache-control",
    "sec-fetch-site",
];

/// A method, now and then one that nobody has heard of or that is none.
pub(crate) fn method(source: &mut Source<'_>) -> String {
    match source.below(24) {
        0 => token(source, 70),
        1 => "M".repeat(source.between(62, 66)),
        2 => flip_case(source, "OPTIONS"),
        _ => source.pick(&METHODS).to_owned(),
    }
}

/// A header name, now and then one that nobody has heard of.
pub(crate) fn header_name(source: &mut Source<'_>) -> String {
    match source.below(12) {
        0 => token(source, 20),
        1 | 2 => {
            let name = source.pick(&HEADER_NAMES).to_owned();
            flip_case(source, &name)
        }
        _ => source.pick(&HEADER_NAMES).to_owned(),
    }
}

const HOSTS: [&str; 8] = [
    "printer.local",
    "printer",
    "localhost",
    "192.0.2.7",
    "[2001:db8::7]",
    "a.example",
    "app.example.com",
    "api.corsac.example",
];

/// An entry of `allow_hosts`.
pub(crate) fn host_entry(source: &mut Source<'_>) -> String {
    let port = source.pick(&["", "", "", ":80", ":443", ":8080", ":4443", ":*", ":*"]);
    source.pick(&HOSTS).to_owned() + port
}

const CONTENT_TYPES: [&str; 14] = [
    "application/json",
    "application/json",
    "Application/JSON",
    "application/vnd.api+json",
    "text/plain",
    "Text/Plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/csp-report",
    "application/expect-ct-report+json",
    "application/ocsp-request",
    "application/xss-auditor-report",
    "application/xml",
    "text/html",
];

/// An entry of `allow_content_types`.
pub(crate) fn content_type(source: &mut Source<'_>) -> String {
    source.pick(&CONTENT_TYPES).to_owned()
}

fn token(source: &mut Source<'_>, longest: usize) -> String {
    const BYTES: &[u8] = b"!#$%&'*+-.^_`|~09azAZ";
    let length = source.between(1, longest);
    (0..length).map(|_| char::from(BYTES[source.below(BYTES.len())])).collect()
}

/// The same text with some letters in the other case.
pub(crate) fn flip_case(source: &mut Source<'_>, text: &str) -> String {
    let flip = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    text.chars().map(|c| if source.one_in(4) { flip(c) } else { c }).collect()
}

/// Any bytes, with those that matter to a parser more often than others.
pub(crate) fn any_bytes(source: &mut Source<'_>, longest: usize) -> Vec<u8> {
    const TELLING: &[u8] = b"\0\t\r\n ,;:/*.-_[]@%?#\\\"\x7f\x80\xff0aA";
    let length = source.between(0, longest);
    let byte = |source: &mut Source<'_>| match source.below(3) {
        0 => source.byte(),
        1 => TELLING[source.below(TELLING.len())],
        _ => source.byte() % 26 + b'a',
    };
    (0..length).map(|_| byte(source)).collect()
}

/// Any text, with characters of one to four bytes.
pub(crate) fn any_text(source: &mut Source<'_>, longest: usize) -> String {
    const TELLING: [&str; 28] = [
        "\0",
        "\t",
        "\r\n",
        " ",
        ",",
        ":",
        "/",
        "*",
        ".",
        "-",
        "_",
        "[",
        "]",
        "@",
        "?",
        "#",
        "\\",
        "\"",
        "\u{7f}",
        "\u{e9}",
        "\u{2603}",
        "\u{1f98a}",
        "://",
        "https://",
        "xn--",
        "0",
        "65535",
        "A",
    ];
    let length = source.between(0, longest);
    let mut text = String::new();
    for _ in 0..length {
        match source.below(3) {
            0 => text.push_str(source.pick(&TELLING)),
            1 => text.push(char::from(source.byte())),
            _ => text.push(char::from(source.byte() % 26 + b'a')),
        }
    }
    text
}
