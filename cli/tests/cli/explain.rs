//! `explain`: the story of one call.

use serde_json::json;

use crate::support::{Folder, Ran};

pub(crate) const POLICY: &str = "\
allow_origins = [\"https://app.example.com\"]
allow_methods = [\"PUT\"]
allow_headers = [\"content-type\"]
expose_headers = [\"etag\"]
max_age = 600
";

#[track_caller]
pub(crate) fn explain(policy: &str, arguments: &[&str]) -> Ran {
    let arguments: Vec<&str> = ["explain", "p.toml"].into_iter().chain(arguments.iter().copied()).collect();
    Folder::with(&[("p.toml", policy)]).run(&arguments)
}

#[test]
fn a_call_with_a_preflight_that_goes_through() {
    explain(
        POLICY,
        &[
            "--from",
            "https://app.example.com",
            "PUT https://api.example.com/users/7",
            "-H",
            "Content-Type: application/json",
            "--response",
            "ETag: \"7\"",
            "--response",
            "X-Id: 1",
        ],
    )
    .assert_prints(
        0,
        "\
A page of https://app.example.com calls
  fetch(\"https://api.example.com/users/7\", { method: \"PUT\", headers: [[\"Content-Type\", \"application/json\"]] })

Is a preflight needed?
  browser  the page asks another origin
  browser  method PUT is not CORS-safelisted
  browser  header Content-Type is CORS-unsafe: its value is none of application/x-www-form-urlencoded, multipart/form-data and text/plain
  browser  preflight needed

The preflight
  > OPTIONS /users/7
  > Accept: */*
  > Access-Control-Request-Method: PUT
  > Access-Control-Request-Headers: content-type
  > Origin: https://app.example.com
  corsac   allowed: origin \"https://app.example.com\" is allowed by allow_origins[0] \"https://app.example.com\", method \"PUT\", which allow_methods has, and every requested header, which allow_headers has
           p.toml:1:18: allow_origins[0] \"https://app.example.com\"
           p.toml:2:18: allow_methods[0] \"PUT\"
           p.toml:3:18: allow_headers[0] \"content-type\"
  < 204
  < Access-Control-Allow-Origin: https://app.example.com
  < Access-Control-Allow-Methods: PUT
  < Access-Control-Allow-Headers: content-type
  < Access-Control-Max-Age: 600
  < Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
  browser  CORS check of the preflight passed: Access-Control-Allow-Origin is the page's origin
  browser  the preflight allows the request and is remembered for 600 s

The request
  browser  PUT is sent without credentials
  > PUT /users/7
  > Content-Type: application/json
  > Accept: */*
  > Origin: https://app.example.com
  corsac   allowed: origin \"https://app.example.com\" is allowed by allow_origins[0] \"https://app.example.com\"
           p.toml:1:18: allow_origins[0] \"https://app.example.com\"
  guard    (a verdict apart, where the server asks it) passes: origin \"https://app.example.com\" is trusted by allow_origins[0] \"https://app.example.com\"
           the browser also sends Host: api.example.com, and Sec-Fetch-Site: same-site
  < 200
  < ETag: \"7\"
  < X-Id: 1
  < Access-Control-Allow-Origin: https://app.example.com
  < Access-Control-Expose-Headers: etag
  < Vary: Origin
  browser  CORS check passed: Access-Control-Allow-Origin is the page's origin
  browser  the page reads status 200 and the headers etag

The page reads the response: status 200
  headers  etag
  hidden   x-id   (not exposed to the page; see expose_headers)
  timing   is hidden; see timing_allow_origin
",
    );
}

#[test]
fn a_refused_preflight_with_its_line_and_its_fix() {
    explain(POLICY, &["--from", "https://app.example.com", "DELETE https://api.example.com/users/7"]).assert_prints(
        1,
        "\
A page of https://app.example.com calls
  fetch(\"https://api.example.com/users/7\", { method: \"DELETE\" })

Is a preflight needed?
  browser  the page asks another origin
  browser  method DELETE is not CORS-safelisted
  browser  preflight needed

The preflight
  > OPTIONS /users/7
  > Accept: */*
  > Access-Control-Request-Method: DELETE
  > Origin: https://app.example.com
  corsac   refused: method \"DELETE\" is not in allow_methods (PUT); add it if pages may use it
           p.toml:2:1: allow_methods
  < 403
  < Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
  browser  CORS check fails: in the preflight, there is no Access-Control-Allow-Origin

The page reads nothing: fetch() fails with a TypeError
  stopped  in CORS check: https://fetch.spec.whatwg.org/#concept-cors-check
  console  Access to fetch at 'https://api.example.com/users/7' from origin 'https://app.example.com' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.
  mind     the request itself was never sent
  policy   decided by allow_methods:
            --> p.toml:2:1
             |
           2 | allow_methods = [\"PUT\"]
             | ^^^^^^^^^^^^^
  fix      at p.toml:2:1 write
               allow_methods = [\"PUT\", \"DELETE\"]
           with this the call goes through (tried)
",
    );
}

#[test]
fn credentials_that_the_policy_does_not_allow() {
    let ran = explain(POLICY, &["--from", "https://app.example.com", "https://api.example.com/users", "--credentials"]);
    assert_eq!(ran.code, Some(1));
    for line in [
        "  browser  no preflight needed\n",
        "  browser  CORS check fails: in the response, credentials are included and there is no Access-Control-Allow-Credentials\n",
        "  mind     the server has handled the request; only the response is withheld\n",
        "  policy   decided by allow_credentials, which p.toml does not have, and which is then off\n",
        "  fix      add to p.toml\n               allow_credentials = true\n",
        "           allow_credentials is not needed if the page leaves out credentials: \"include\"\n",
        "           with this the call goes through (tried)\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}\n{}", ran.stdout);
    }
}

#[test]
fn any_origin_with_credentials_becomes_a_list() {
    let ran = explain(
        "allow_origins = [\"*\"]\n",
        &["--from", "https://a.example", "https://api.example/", "--credentials", "--json"],
    );
    assert_eq!(
        ran.json()["fix"]["changes"],
        json!([
            { "option": "allow_origins", "toml": "allow_origins = [\"https://a.example\"]" },
            { "option": "allow_credentials", "toml": "allow_credentials = true" },
        ])
    );
}

#[test]
fn all_that_is_in_the_way_is_named_at_once() {
    let ran = explain(
        "max_age = 5\n",
        &[
            "--from",
            "https://a.example",
            "patch https://api.example/x",
            "-H",
            "X-A: 1",
            "-H",
            "X-B: 2",
            "--credentials",
            "--json",
        ],
    );
    assert_eq!(ran.code, Some(1));
    let fix = ran.json()["fix"].clone();
    assert_eq!(fix["works"], json!(true));
    let lines: Vec<&str> =
        fix["changes"].as_array().unwrap().iter().map(|change| change["toml"].as_str().unwrap()).collect();
    assert_eq!(
        lines,
        [
            "allow_origins = [\"https://a.example\"]",
            "allow_methods = [\"PATCH\"]",
            "allow_headers = [\"x-a\", \"x-b\"]",
            "allow_credentials = true"
        ]
    );
    assert!(
        fix["advice"]
            .as_array()
            .unwrap()
            .contains(&json!("in the page write method: \"PATCH\", as methods are case-sensitive"))
    );
}

#[test]
fn what_the_policy_cannot_allow_is_said() {
    let ran = explain("allow_credentials = true\n", &["--from", "http://a.example", "https://api.example/", "--json"]);
    let fix = ran.json()["fix"].clone();
    assert_eq!((&fix["works"], &fix["changes"]), (&json!(false), &json!([])));
    let advice = fix["advice"].as_array().unwrap().last().unwrap().as_str().unwrap();
    assert!(
        advice.starts_with(
            "the policy cannot allow it: allow_origins[0] \"http://a.example\": anyone on the network path"
        ),
        "{advice}"
    );

    let ran = explain(POLICY, &["--from", "https://app.example.com", "TRACE https://api.example/", "--json"]);
    assert_eq!((ran.code, ran.json()["failure"]["kind"].as_str()), (Some(1), Some("method-forbidden")));
    assert_eq!(ran.json()["fix"]["works"], json!(false));
    assert_eq!(ran.json()["exchanges"], json!([]));
}

#[test]
fn a_fixed_origin_gives_way_to_a_list() {
    let policy = "allow_origins = [\"https://a.example\"]\nstatic_origin = true\n";
    let ran = explain(policy, &["--from", "https://b.example", "https://api.example/", "--json"]);
    assert_eq!(
        ran.json()["fix"]["changes"],
        json!([
            { "option": "allow_origins", "toml": "allow_origins = [\"https://a.example\", \"https://b.example\"]" },
            { "option": "static_origin", "toml": "static_origin = false" },
        ])
    );
}

#[test]
fn a_page_without_an_origin() {
    let ran = explain(POLICY, &["--from", "null", "https://api.example/", "--json"]);
    assert_eq!(ran.json()["exchanges"][0]["decision"]["refusal"], "null-origin-not-allowed");
    assert_eq!(ran.json()["fix"]["changes"][0]["toml"], "allow_null_origin = true");
    let ran = explain(POLICY, &["--from", "file:///a.html", "https://api.example/"]);
    assert!(
        ran.stdout.contains("note: pages of the scheme file have no origin of their own; browsers send `null`\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn the_own_origin_needs_no_cors() {
    let ran = explain(POLICY, &["--from", "https://api.example.com", "PUT https://api.example.com/x"]);
    for line in [
        "  browser  the page asks its own origin: no CORS\n",
        "  corsac   no CORS: the page asks its own origin, so there is nothing for CORS to decide\n  guard ",
        " passes: the browser says that a page of the same origin made the request (Sec-Fetch-Site)\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains("refused") && !ran.stdout.contains("console"), "{}", ran.stdout);
    assert_eq!(ran.code, Some(0));
    let ran = explain(POLICY, &["--from", "https://api.example.com", "PUT https://api.example.com/x", "--json"]);
    let exchange = ran.json()["exchanges"][0].clone();
    assert_eq!(json!([exchange["decision"], exchange["decided_by"]]), json!([null, []]));
}

#[test]
fn origins_and_urls_are_read_as_browsers_read_them() {
    let ran =
        explain(POLICY, &["--from", "https://APP.example.com:443/page", "https://api.example.com:443/x#y", "--json"]);
    let document = ran.json();
    assert_eq!(
        (document["page_origin"].as_str(), document["url"].as_str()),
        (Some("https://app.example.com"), Some("https://api.example.com/x"))
    );
    assert_eq!(
        document["notes"],
        json!(["browsers send the origin of https://APP.example.com:443/page as https://app.example.com"])
    );
    assert_eq!((ran.code, document["allowed"].as_bool()), (Some(0), Some(true)));
}

#[test]
fn mixed_content_is_noted() {
    let ran = explain(POLICY, &["--from", "https://app.example.com", "http://api.example.com/"]);
    assert!(ran.stdout.contains("note: an https page may not ask an http URL at all"), "{}", ran.stdout);
}

#[test]
fn the_call_may_be_two_words() {
    let ran = explain(POLICY, &["--from", "https://app.example.com", "PUT", "https://api.example.com/x", "--json"]);
    assert_eq!((ran.code, ran.json()["method"].as_str()), (Some(0), Some("PUT")));
}

#[test]
fn programs_get_the_whole_story() {
    let ran = explain(POLICY, &["--from", "https://app.example.com", "PUT https://api.example.com/x", "--json"]);
    let document = ran.json();
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "page_origin",
        "url",
        "method",
        "notes",
        "allowed",
        "preflight_needed",
        "steps",
        "checks",
        "exchanges",
        "readable",
        "failure",
        "decided_by",
        "guard",
        "fix",
    ];
    assert_eq!(keys, expected);
    assert_eq!((&document["preflight_needed"], document["exchanges"].as_array().unwrap().len()), (&json!(true), 2));
    let status = json!({
        "stage": "preflight",
        "result": "passed",
        "algorithm": "CORS-preflight fetch",
        "anchor": "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
        "text": "the status 204 is one of 200 to 299",
    });
    assert!(document["checks"].as_array().unwrap().contains(&status), "{}", document["checks"]);
    let preflight = &document["exchanges"][0];
    assert_eq!((&preflight["is_preflight"], &preflight["request"]["method"]), (&json!(true), &json!("OPTIONS")));
    assert_eq!(preflight["decision"]["status"], 204);
    let [why, explain] = [&preflight["why"], &preflight["decision"]["explain"]].map(|text| text.as_str().unwrap());
    assert!(explain.starts_with(why), "{why}");
    assert_eq!(preflight["decided_by"][1], json!({ "option": "allow_methods", "entry": 0, "line": 2, "column": 18 }));
    assert_eq!(document["readable"]["fields"], json!([["content-type", "application/json"]]));
    assert_eq!(
        (&document["failure"], &document["decided_by"], &document["fix"]),
        (&json!(null), &json!(null), &json!(null))
    );
}

#[test]
fn bad_arguments_are_misuse() {
    explain(POLICY, &["--from", "app.example.com", "https://api.example.com/"]).assert_misuse(
        "error: `app.example.com` is no origin of a page (relative URL without a base); write it as https://app.example.com\n",
    );
    explain(POLICY, &["--from", "https://a.example", "PUT /users"]).assert_misuse(
        "error: `/users` is no URL (relative URL without a base); write it whole, such as https://api.example.com/users\n",
    );
    explain(POLICY, &["--from", "https://a.example", "https://u:p@api.example/"])
        .assert_misuse("error: browsers refuse fetch() with a URL that has a user name or password\n");
    let ran = explain(POLICY, &["https://api.example/"]);
    assert!(ran.stderr.contains("--from <ORIGIN>"), "{}", ran.stderr);
    assert_eq!(ran.code, Some(2));
}
