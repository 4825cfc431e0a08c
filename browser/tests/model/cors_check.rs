use corsac_browser::{CorsCheckFailure as Failure, CorsCheckSuccess as Success, Credentials, cors_check, tao_check};

use crate::support::{check, check_ids, headers};

use Credentials::{Include, Omit, SameOrigin};

const O: &str = "https://app.example";

enum Wanted {
    Any,
    This,
    WithCredentials,
    No,
    AnyWithCredentials,
    Other(&'static str),
    NoCredentials(Option<&'static str>),
}

use Wanted::{Any, AnyWithCredentials, No, NoCredentials, Other, This, WithCredentials};

struct Row {
    id: &'static str,
    origin: &'static str,
    credentials: Credentials,
    /// Lines of `Access-Control-Allow-Origin`.
    allow_origin: &'static [&'static str],
    /// Lines of `Access-Control-Allow-Credentials`.
    allow_credentials: &'static [&'static str],
    wanted: Wanted,
    why: &'static str,
}

const fn row(
    id: &'static str,
    origin: &'static str,
    credentials: Credentials,
    allow_origin: &'static [&'static str],
    allow_credentials: &'static [&'static str],
    wanted: Wanted,
    why: &'static str,
) -> Row {
    Row { id, origin, credentials, allow_origin, allow_credentials, wanted, why }
}

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("absent", O, Omit, &[], &[], No, "null is not `null`"),
    row("absent-include", O, Include, &[], &["true"], No, "consent to credentials alone shares nothing"),
    row("absent-null-page", "null", Omit, &[], &[], No, "null is not `null`"),
    row("exact", O, Omit, &[O], &[], This, "byte for byte"),
    row("exact-same-origin-mode", O, SameOrigin, &[O], &[], This, "only include matters"),
    row("any", O, Omit, &["*"], &[], Any, "wildcard without credentials"),
    row("any-same-origin-mode", O, SameOrigin, &["*"], &[], Any, "only include matters"),
    row("any-credentials-ignored", O, Omit, &["*"], &["true"], Any, "Allow-Credentials is not looked at"),
    row("any-include", O, Include, &["*"], &["true"], AnyWithCredentials, "no wildcard with credentials"),
    row("any-blanks", O, Omit, &[" *\t"], &[], Any, "blanks at the ends are not part of a value"),
    row("exact-blanks", O, Omit, &["\thttps://app.example "], &[], This, "blanks at the ends are not part of a value"),
    row("trailing-slash", O, Omit, &["https://app.example/"], &[], Other("https://app.example/"), "a serialized origin has no path"),
    row("upper-case", O, Omit, &["https://App.example"], &[], Other("https://App.example"), "no case folding"),
    row("scheme", O, Omit, &["http://app.example"], &[], Other("http://app.example"), "another origin"),
    row("default-port", O, Omit, &["https://app.example:443"], &[], Other("https://app.example:443"), "no normalizing"),
    row("wildcard-subdomain", O, Omit, &["https://*.example"], &[], Other("https://*.example"), "patterns mean nothing to a browser"),
    row("prefix", O, Omit, &["https://app.example.evil"], &[], Other("https://app.example.evil"), "the whole value"),
    row("empty", O, Omit, &[""], &[], Other(""), "present and empty"),
    row("space-list", O, Omit, &["https://app.example https://b.example"], &[], Other("https://app.example https://b.example"), "one value only"),
    row("comma-list", O, Omit, &["https://app.example,https://b.example"], &[], Other("https://app.example,https://b.example"), "one value only"),
    row("twice", O, Omit, &[O, O], &[], Other("https://app.example, https://app.example"), "two fields are joined, even identical ones"),
    row("any-twice", O, Omit, &["*", "*"], &[], Other("*, *"), "two fields are joined, even identical ones"),
    row("any-and-exact", O, Omit, &["*", O], &[], Other("*, https://app.example"), "two fields are joined"),
    row("exact-and-empty", O, Omit, &[O, ""], &[], Other("https://app.example, "), "an empty line counts"),
    row("null-page", "null", Omit, &["null"], &[], This, "an opaque origin is serialized as `null`"),
    row("null-page-any", "null", Omit, &["*"], &[], Any, "the wildcard covers it"),
    row("null-page-include", "null", Include, &["null"], &["true"], WithCredentials, "why a policy must not pair the two"),
    row("null-page-upper", "null", Omit, &["NULL"], &[], Other("NULL"), "no case folding"),
    row("null-for-tuple", O, Omit, &["null"], &[], Other("null"), "`null` is nobody else"),
    row("include", O, Include, &[O], &["true"], WithCredentials, "both fields"),
    row("include-blanks", O, Include, &[O], &[" true\t"], WithCredentials, "blanks at the ends are not part of a value"),
    row("include-absent", O, Include, &[O], &[], NoCredentials(None), "both fields are needed"),
    row("include-True", O, Include, &[O], &["True"], NoCredentials(Some("True")), "case-sensitive"),
    row("include-TRUE", O, Include, &[O], &["TRUE"], NoCredentials(Some("TRUE")), "case-sensitive"),
    row("include-1", O, Include, &[O], &["1"], NoCredentials(Some("1")), "only `true`"),
    row("include-quoted", O, Include, &[O], &["\"true\""], NoCredentials(Some("\"true\"")), "only `true`"),
    row("include-empty", O, Include, &[O], &[""], NoCredentials(Some("")), "only `true`"),
    row("include-twice", O, Include, &[O], &["true", "true"], NoCredentials(Some("true, true")), "two fields are joined"),
    row("include-other", O, Include, &["https://b.example"], &["true"], Other("https://b.example"), "the origin comes first"),
    row("omit-false", O, Omit, &[O], &["false"], This, "Allow-Credentials is not looked at"),
];

#[test]
fn cors_checks() {
    for row in ROWS {
        let lines = |name, values: &[&'static str]| values.iter().map(|value| (name, *value)).collect::<Vec<_>>();
        let mut list = lines("access-control-allow-origin", row.allow_origin);
        list.extend(lines("ACCESS-CONTROL-ALLOW-CREDENTIALS", row.allow_credentials));
        let wanted = match row.wanted {
            Any => Ok(Success::AnyOrigin),
            This => Ok(Success::ThisOrigin),
            WithCredentials => Ok(Success::ThisOriginWithCredentials),
            No => Err("there is no Access-Control-Allow-Origin".to_owned()),
            AnyWithCredentials => Err(Failure::AnyOriginWithCredentials.to_string()),
            Other(value) => Err(format!("Access-Control-Allow-Origin is \"{value}\", not the page's origin")),
            NoCredentials(None) => {
                Err("credentials are included and there is no Access-Control-Allow-Credentials".to_owned())
            }
            NoCredentials(Some(value)) => Err(format!(
                "credentials are included and Access-Control-Allow-Credentials is \"{}\", not \"true\"",
                value.escape_default()
            )),
        };
        let got = cors_check(row.origin, row.credentials, &headers(&list));
        check(row.id, row.why, got.map_err(|failure| failure.to_string()), wanted);
    }
    check_ids(ROWS.iter().map(|row| row.id));
}

/// `Timing-Allow-Origin`, and whether it lets the page in.
#[rustfmt::skip]
const TIMING: &[(&str, &[&str], bool, &str)] = &[
    ("absent", &[], false, "closed by default"),
    ("any", &["*"], true, "wildcard, with or without credentials"),
    ("exact", &[O], true, "the origin"),
    ("list", &["https://b.example , https://app.example"], true, "here a list is fine"),
    ("lines", &["https://b.example", O], true, "and several lines"),
    ("other", &["https://b.example"], false, "another origin"),
    ("case", &["https://APP.example"], false, "byte for byte"),
    ("any-in-list", &["https://b.example, *"], true, "any member may be the wildcard"),
];

#[test]
fn tao_checks() {
    for &(id, lines, wanted, why) in TIMING {
        let list: Vec<_> = lines.iter().map(|value| ("Timing-Allow-Origin", *value)).collect();
        check(id, why, tao_check(O, &headers(&list)), wanted);
    }
    check_ids(TIMING.iter().map(|row| row.0));
}
