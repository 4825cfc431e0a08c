//! `decide`: one request, one decision.

use serde_json::json;

use crate::support::{Folder, Ran, corsac};

const POLICY: &str = "\
allow_origins = [\"https://app.example.com\"]
allow_methods = [\"PUT\"]
allow_headers = [\"content-type\"]
expose_headers = [\"etag\"]
allow_credentials = true
max_age = 600
";

#[track_caller]
fn decide(arguments: &[&str]) -> Ran {
    let arguments: Vec<&str> = ["decide", "p.toml"].into_iter().chain(arguments.iter().copied()).collect();
    Folder::with(&[("p.toml", POLICY)]).run(&arguments)
}

#[test]
fn an_allowed_request() {
    decide(&["-H", "Origin: https://app.example.com"]).assert_prints(
        0,
        "\
CORS request: allowed
  why      origin \"https://app.example.com\" is allowed by allow_origins[0] \"https://app.example.com\"
  server   continue to the application, and add the fields to its response
  fields   Access-Control-Allow-Origin: https://app.example.com
           Access-Control-Allow-Credentials: true
           Access-Control-Expose-Headers: etag
           Vary: Origin   (merged)
",
    );
}

#[test]
fn an_allowed_preflight() {
    let ran =
        decide(&["-X", "OPTIONS", "-H", "Origin: https://app.example.com", "-H", "Access-Control-Request-Method: PUT"]);
    assert!(ran.stdout.starts_with("CORS-preflight request: allowed\n"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("  server   respond with 204 and an empty body, without asking the application\n"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .ends_with("           Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.code, Some(0));
}

#[test]
fn a_refused_request() {
    let ran = decide(&["-H", "Origin: http://app.example.com"]);
    assert!(ran.stdout.starts_with("CORS request: refused (origin-not-allowed)\n  why      origin \"http://app.example.com\" is not in allow_origins; nearest is allow_origins[0] \"https://app.example.com\": the scheme differs"), "{}", ran.stdout);
    assert!(ran.stdout.contains("\n  fields   Vary: Origin   (merged)\n"), "{}", ran.stdout);
    assert!(
        ran.stdout.contains("\n  console  blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present"),
        "{}",
        ran.stdout
    );
    assert_eq!(ran.code, Some(1));
}

#[test]
fn a_refused_preflight() {
    let ran = decide(&[
        "-X",
        "OPTIONS",
        "-H",
        "Origin: https://app.example.com",
        "-H",
        "Access-Control-Request-Method: DELETE",
    ]);
    assert!(ran.stdout.starts_with("CORS-preflight request: refused (method-not-allowed)\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("  server   respond with 403 and an empty body"), "{}", ran.stdout);
    assert_eq!(ran.code, Some(1));
}

#[test]
fn no_cors_request_is_nothing_to_decide() {
    decide(&["-X", "OPTIONS"]).assert_prints(
        0,
        "\
no CORS request: nothing to decide
  why      there is no Origin, so this is no CORS request and nothing is decided
  server   continue to the application, and add the fields to its response
  fields   Vary: Origin   (merged)
",
    );
}

#[test]
fn programs_get_the_form_of_the_vectors() {
    let ran = decide(&[
        "--json",
        "-X",
        "OPTIONS",
        "-H",
        "origin: https://app.example.com",
        "-H",
        "access-control-request-method: PUT",
        "-H",
        "access-control-request-headers: content-type",
    ]);
    assert_eq!(ran.code, Some(0));
    let document = ran.json();
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["kind", "allowed", "refusal", "status", "fields", "explain"]);
    assert_eq!(document["kind"], json!("preflight"));
    assert_eq!(
        (&document["allowed"], &document["refusal"], &document["status"]),
        (&json!(true), &json!(null), &json!(204))
    );
    assert_eq!(
        document["fields"],
        json!([
            ["Access-Control-Allow-Origin", "https://app.example.com"],
            ["Access-Control-Allow-Credentials", "true"],
            ["Access-Control-Allow-Methods", "PUT"],
            ["Access-Control-Allow-Headers", "content-type"],
            ["Access-Control-Max-Age", "600"],
            ["Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"],
        ])
    );
    assert!(document["explain"].as_str().unwrap().starts_with("origin \"https://app.example.com\" is allowed"));
}

#[test]
fn what_is_not_decided_is_null() {
    let document = decide(&["--json"]).json();
    assert_eq!(
        json!([document["kind"], document["allowed"], document["refusal"], document["status"]]),
        json!(["not-cors", null, null, null])
    );
    let document = decide(&["--json", "-H", "Origin: null"]).json();
    assert_eq!(
        json!([document["kind"], document["allowed"], document["refusal"], document["status"]]),
        json!(["actual", false, "null-origin-not-allowed", null])
    );
}

#[test]
fn repeated_fields_stay_repeated() {
    let ran = decide(&["--json", "-H", "Origin: https://app.example.com", "-H", "Origin: https://app.example.com"]);
    assert_eq!(ran.json()["refusal"], "origin-repeated");
    assert_eq!(ran.code, Some(1));
}

#[test]
fn empty_and_absent_are_different() {
    assert_eq!(decide(&["--json", "-H", "Origin:"]).json()["kind"], "actual");
    assert_eq!(decide(&["--json"]).json()["kind"], "not-cors");
}

#[test]
fn bad_arguments_are_misuse() {
    decide(&["-H", "Origin"]).assert_misuse("error: the header `Origin` has no colon; write `Name: value`\n");
    decide(&["-H", "a b: c"]).assert_misuse("error: `a b` is no header name in `a b: c`\n");
    decide(&["-H", "x: a\r\nSet-Cookie: b"])
        .assert_misuse("error: no header value holds a line break or a NUL, as `x: a\\r\\nSet-Cookie: b` does\n");
    decide(&["-X", "GET /"]).assert_misuse("error: `GET /` is no method; write one word such as OPTIONS\n");
    decide(&["-X", ""]).assert_misuse("error: `` is no method; write one word such as OPTIONS\n");
}

#[test]
fn an_invalid_policy_is_misuse_with_the_same_problems() {
    let folder = Folder::with(&[("p.toml", "allow_origins = [\"https://a.example/\"]\n")]);
    folder.run(&["decide", "p.toml"]).assert_misuse(
        "\
error[trailing-slash]: nothing stands after the host or port; remove the slash
 --> p.toml:1:36
  |
1 | allow_origins = [\"https://a.example/\"]
  |                                    ^ allow_origins[0], byte 17
  = help: write \"https://a.example\"

error: the policy p.toml has 1 problem
",
    );
    let ran = folder.run(&["decide", "p.toml", "--json"]);
    assert_eq!((ran.code, ran.json()["problems"][0]["kind"].as_str()), (Some(2), Some("trailing-slash")));
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_decided_on() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::with(&[("p.toml", POLICY)]);
    let mut command = corsac();
    command.args(["decide", "p.toml", "--json", "-H"]).arg(OsStr::from_bytes(b"Origin: https://\xff\x1b[31m.example"));
    command.current_dir(folder.path(""));
    let ran = Ran::of(command, b"");
    assert_eq!((ran.code, ran.json()["refusal"].as_str()), (Some(1), Some("origin-not-allowed")));
    assert!(ran.json()["explain"].as_str().unwrap().contains("https://\\xff\\x1b[31m.example"));
}
