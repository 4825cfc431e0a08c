use corsac_browser::{
    extract_delta_seconds, extract_header_list_values, get, get_decode_and_split, parse_mime_essence, sort_and_combine,
};

use crate::support::{check, check_ids, headers};

type Texts = &'static [&'static str];
type Members = Result<Option<Texts>, &'static str>;
type Seconds = Result<Option<u64>, ()>;

/// The examples of <https://fetch.spec.whatwg.org/#example-header-list-get-decode-split>, and more.
#[rustfmt::skip]
const SPLIT: &[(&str, Texts, Texts)] = &[
    ("trailing-comma", &["nosniff,"], &["nosniff", ""]),
    ("second-line-empty", &["nosniff", ""], &["nosniff", ""]),
    ("empty", &[""], &[""]),
    ("comma-in-quotes", &["text/html;\", x/x"], &["text/html;\", x/x"]),
    ("quotes-over-lines", &["text/html;\"", "x/x"], &["text/html;\", x/x"]),
    ("quotes-closed", &["x/x;test=\"hi\",y/y"], &["x/x;test=\"hi\"", "y/y"]),
    ("two-lines", &["x/x;test=\"hi\"", "y/y"], &["x/x;test=\"hi\"", "y/y"]),
    ("empty-members", &["x / x,,,1"], &["x / x", "", "", "1"]),
    ("comma-line", &["x / x", ",", "1"], &["x / x", "", "", "1"]),
    ("quoted-list", &["\"1,2\", 3"], &["\"1,2\"", "3"]),
    ("escaped-quote", &["\"1\\\",2\", 3"], &["\"1\\\",2\"", "3"]),
    ("escape-at-end", &["\"1\\"], &["\"1\\"]),
    ("backslash-outside", &["\\\"1,2\""], &["\\\"1,2\""]),
    ("blanks", &[" \t1\t , 2 "], &["1", "2"]),
];

#[test]
fn get_decode_and_split_as_in_the_standard() {
    for &(id, lines, wanted) in SPLIT {
        let list: Vec<_> = lines.iter().map(|value| ("A", *value)).collect();
        let list = headers(&list);
        let value = get(&list, "a").unwrap();
        let wanted: Vec<_> = wanted.iter().map(|part| part.as_bytes()).collect();
        check(id, "get, decode, and split", get_decode_and_split(&value), wanted);
    }
    check_ids(SPLIT.iter().map(|row| row.0));
}

/// Lists of tokens, as in Allow-Methods, Allow-Headers and Expose-Headers. `Err` holds what was found.
#[rustfmt::skip]
const TOKENS: &[(&str, Texts, Members, &str)] = &[
    ("absent", &[], Ok(None), "no header is not an empty one"),
    ("empty", &[""], Ok(Some(&[])), "`#` allows none"),
    ("one", &["PUT"], Ok(Some(&["PUT"])), "one member"),
    ("blanks", &["\t PUT ,\t DELETE \t"], Ok(Some(&["PUT", "DELETE"])), "optional whitespace around commas"),
    ("no-blanks", &["PUT,DELETE"], Ok(Some(&["PUT", "DELETE"])), "none is needed"),
    ("empty-members", &[",PUT,, ,DELETE,"], Ok(Some(&["PUT", "DELETE"])), "a recipient passes over empty members"),
    ("only-commas", &[",,"], Ok(Some(&[])), "a recipient passes over empty members"),
    ("lines", &["PUT", "DELETE"], Ok(Some(&["PUT", "DELETE"])), "a list may span lines"),
    ("empty-line", &["", "PUT"], Ok(Some(&["PUT"])), "an empty line has no member"),
    ("wildcard", &["*"], Ok(Some(&["*"])), "a token like any other"),
    ("case", &["Put"], Ok(Some(&["Put"])), "kept as it is"),
    ("twice", &["PUT, PUT"], Ok(Some(&["PUT", "PUT"])), "kept as it is"),
    ("semicolon", &["PUT; DELETE"], Err("PUT; DELETE"), "a semicolon does not separate"),
    ("inner-blank", &["PUT DELETE"], Err("PUT DELETE"), "a blank does not separate"),
    ("quoted", &["\"PUT\""], Err("\"PUT\""), "members are tokens, not strings"),
    ("one-bad", &["PUT, a@b, DELETE"], Err("a@b"), "one bad member fails the list"),
    ("bad-line", &["PUT", "a:b"], Err("a:b"), "in any line"),
    ("non-ascii", &["é"], Err("é"), "a token is ASCII"),
    ("vertical-tab", &["PUT,\u{b}DELETE"], Err("\u{b}DELETE"), "optional whitespace is tab and space"),
];

#[test]
fn token_lists() {
    for &(id, lines, wanted, why) in TOKENS {
        let list: Vec<_> = lines.iter().map(|value| ("Access-Control-Allow-Methods", *value)).collect();
        let list = headers(&list);
        let got = extract_header_list_values("access-control-allow-methods", &list);
        let got = got.map_err(|unparsable| unparsable.found);
        let wanted = wanted
            .map(|list| list.map(|list| list.iter().map(|member| member.as_bytes()).collect()))
            .map_err(|found| found.as_bytes().to_vec());
        check(id, why, got, wanted);
    }
    check_ids(TOKENS.iter().map(|row| row.0));
}

/// Seconds. `Err` where the standard has failure.
#[rustfmt::skip]
const SECONDS: &[(&str, Texts, Seconds, &str)] = &[
    ("absent", &[], Ok(None), "no header"),
    ("zero", &["0"], Ok(Some(0)), "zero is a number, not absence"),
    ("number", &["600"], Ok(Some(600)), "digits"),
    ("zeros", &["00600"], Ok(Some(600)), "leading zeros are digits"),
    ("blanks", &[" 600\t"], Ok(Some(600)), "blanks at the ends are not part of a value"),
    ("largest", &["18446744073709551615"], Ok(Some(u64::MAX)), "as large as it goes"),
    ("larger", &["18446744073709551616"], Ok(Some(u64::MAX)), "and no further"),
    ("much-larger", &["99999999999999999999999999"], Ok(Some(u64::MAX)), "and no further"),
    ("empty", &[""], Err(()), "at least one digit"),
    ("negative", &["-1"], Err(()), "digits only"),
    ("plus", &["+600"], Err(()), "digits only"),
    ("fraction", &["1.5"], Err(()), "digits only"),
    ("unit", &["600s"], Err(()), "digits only"),
    ("list", &["600, 600"], Err(()), "one number"),
    ("two-lines", &["600", "600"], Err(()), "one line, even when they agree"),
];

#[test]
fn seconds() {
    for &(id, lines, wanted, why) in SECONDS {
        let list: Vec<_> = lines.iter().map(|value| ("Access-Control-Max-Age", *value)).collect();
        let got = extract_delta_seconds("Access-Control-Max-Age", &headers(&list));
        check(id, why, got.map_err(drop), wanted);
    }
    check_ids(SECONDS.iter().map(|row| row.0));
}

/// MIME types of the web platform tests, by essence.
#[rustfmt::skip]
const MIME_TYPES: &[(&str, Option<&str>)] = &[
    ("text/html;charset=gbk", Some("text/html")),
    ("TEXT/HTML;CHARSET=GBK", Some("text/html")),
    ("text/html;x=(;charset=gbk", Some("text/html")),
    ("text/html ;charset=gbk", Some("text/html")),
    ("text/html ; ; charset=gbk", Some("text/html")),
    ("text/html;\";charset=gbk", Some("text/html")),
    ("x/x;test=\"\\", Some("x/x")),
    ("!#$%&'*+-.^_`|~0/!#$%&'*+-.^_`|~0;a=b", Some("!#$%&'*+-.^_`|~0/!#$%&'*+-.^_`|~0")),
    ("\r\n\ttext/html\n", Some("text/html")),
    ("", None),
    ("\t", None),
    ("bogus", None),
    ("bogus/", None),
    ("bogus/ ", None),
    ("bogus/bogus/;", None),
    ("</>", None),
    ("(/)", None),
    ("text/html(;doesnot=matter", None),
    ("{/}", None),
    ("\u{100}/\u{100}", None),
    ("\u{c}text/html", None),
];

#[test]
fn mime_types() {
    for &(value, wanted) in MIME_TYPES {
        let got = parse_mime_essence(value.as_bytes());
        check(value, "failure or not", got.is_some(), wanted.is_some());
        let is_it = got.is_none_or(|essence| essence.is(wanted.unwrap()));
        check(value, "the essence", is_it, true);
    }
}

#[test]
fn sort_and_combine_keeps_set_cookie_apart() {
    let list = headers(&[("Set-Cookie", "b"), ("X-B", "2"), ("set-cookie", "a"), ("x-a", "1"), ("x-b", "")]);
    let wanted = headers(&[("set-cookie", "b"), ("set-cookie", "a"), ("x-a", "1"), ("x-b", "2, ")]);
    assert_eq!(sort_and_combine(&list), wanted);
}
