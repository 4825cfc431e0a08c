//! `test`: an operator's own expectations.

use serde_json::json;

use crate::support::{Folder, Ran};

const POLICY: &str = "\
allow_origins = [\"https://app.example.com\"]
allow_methods = [\"PUT\"]
allow_headers = [\"content-type\"]
expose_headers = [\"etag\"]
max_age = 600
";

#[track_caller]
pub(crate) fn test(text: &str, arguments: &[&str]) -> Ran {
    let arguments: Vec<&str> = ["test", "t.toml"].into_iter().chain(arguments.iter().copied()).collect();
    Folder::with(&[("p.toml", POLICY), ("t.toml", text)]).run(&arguments)
}

/// The differences of a file with one row.
#[track_caller]
fn differences(row: &str) -> Vec<String> {
    let ran = test(&format!("policy = \"p.toml\"\n[[expect]]\n{row}\n"), &["--json"]);
    assert_eq!(ran.stderr, "");
    let differences = ran.json()["results"][0]["differences"].clone();
    assert_eq!(ran.code, Some(i32::from(differences != json!([]))));
    serde_json::from_value(differences).unwrap()
}

const PUT: &str = "from = \"https://app.example.com\"\nrequest = \"PUT https://api.example.com/x\"\n";

#[test]
fn met_and_unmet_expectations() {
    test(
        "\
policy = \"p.toml\"

[[expect]]
name = \"the app reads\"
from = \"https://app.example.com\"
request = \"https://api.example.com/\"
allowed = true

[[expect]]
from = \"https://evil.example\"
request = \"https://api.example.com/\"
allowed = true
",
        &[],
    )
    .assert_prints(
        1,
        "\
running 2 expectations of p.toml
test the app reads ... ok
test GET https://api.example.com/ from https://evil.example ... FAILED

failures:

t.toml:9:1: GET https://api.example.com/ from https://evil.example
  allowed: expected true, got false
  because: origin \"https://evil.example\" is not in allow_origins, and no entry is near it; if pages of this origin are trusted, add it

test result: FAILED. 1 passed; 1 failed
",
    );
}

#[test]
fn programs_get_every_result() {
    let ran = test(&format!("policy = \"p.toml\"\n[[expect]]\nname = \"a\"\n{PUT}allowed = false\n"), &["--json"]);
    let document = ran.json();
    assert_eq!(
        json!([document["ok"], document["policy"], document["passed"], document["failed"]]),
        json!([false, "p.toml", 0, 1])
    );
    let result = &document["results"][0];
    assert_eq!(
        json!([result["name"], result["ok"], result["line"], result["differences"]]),
        json!(["a", false, 2, ["allowed: expected false, got true"]])
    );
}

#[test]
fn every_expectation_of_a_page_is_looked_at() {
    for (row, expected) in [
        ("allowed = true\npreflight = true", &[][..]),
        ("preflight = false", &["preflight: expected false, got true"]),
        ("refusal = \"method-not-allowed\"", &["refusal: expected method-not-allowed, got none"]),
        ("reads = [\"ETag\"]", &[]),
        ("reads = [\"x-id\"]", &["reads: expected x-id, but it is not exposed"]),
        ("response = { vary = \"origin\" }", &[]),
        ("response = { vary = \"Accept\" }", &["response: vary: expected \"Accept\", got \"Origin\""]),
        ("response = { access-control-allow-origin = true }", &[]),
        (
            "response = { Access-Control-Allow-Origin = false }",
            &["response: Access-Control-Allow-Origin: expected none, got \"https://app.example.com\""],
        ),
        (
            "response = { access-control-allow-credentials = \"true\" }",
            &["response: access-control-allow-credentials: expected \"true\", got none"],
        ),
        ("preflight_response = { access-control-max-age = \"600\" }", &[]),
        (
            "preflight_response = { access-control-max-age = \"60\" }",
            &["preflight_response: access-control-max-age: expected \"60\", got \"600\""],
        ),
    ] {
        assert_eq!(differences(&format!("{PUT}{row}")), expected, "{row}");
    }
}

#[test]
fn refusals_of_corsac_and_of_the_browser() {
    let row = |refusal: &str| {
        format!(
            "from = \"https://app.example.com\"\nrequest = \"DELETE https://api.example.com/x\"\nallowed = false\nrefusal = \"{refusal}\""
        )
    };
    assert_eq!(differences(&row("method-not-allowed")), [""; 0]);
    assert_eq!(differences(&row("preflight-cors-check")), [""; 0]);
    assert_eq!(
        differences(&row("origin-not-allowed")),
        ["refusal: expected origin-not-allowed, got method-not-allowed"]
    );
    let row = "from = \"https://app.example.com\"\nrequest = \"https://api.example.com/x\"\ncredentials = true\nrefusal = \"cors-check\"";
    assert_eq!(differences(row), [""; 0]);
}

#[test]
fn what_was_never_sent_has_no_response() {
    let row = "from = \"https://evil.example\"\nrequest = \"PUT https://api.example.com/x\"\nresponse = { vary = true }\nreads = [\"etag\"]";
    assert_eq!(
        differences(row),
        ["reads: expected etag, but the page reads nothing", "response: expected vary, but there is no such response"]
    );
}

#[test]
fn headers_and_credentials_of_the_page_count() {
    let row = format!("{PUT}headers = {{ x-a = \"1\" }}\nallowed = false\nrefusal = \"header-not-allowed\"");
    assert_eq!(differences(&row), [""; 0]);
    assert_eq!(
        differences(&format!("{PUT}headers = {{ content-type = \"application/json\" }}\nallowed = true")),
        [""; 0]
    );
    assert_eq!(differences(&format!("{PUT}credentials = true\nallowed = true")), ["allowed: expected true, got false"]);
}

#[test]
fn requests_as_the_server_sees_them() {
    for (row, expected) in [
        ("fields = [\"Origin: https://app.example.com\"]\nallowed = true\npreflight = false", &[][..]),
        ("fields = [\"Origin: null\"]\nallowed = true", &["allowed: expected true, got false"]),
        ("fields = []\nresponse = { vary = \"Origin\" }", &[]),
        ("fields = []\nallowed = true", &["allowed: expected true, but without Origin this is no CORS request"]),
        (
            "method = \"OPTIONS\"\nfields = [\"Origin: https://app.example.com\", \"Access-Control-Request-Method: PUT\"]\npreflight = true\nresponse = { access-control-allow-methods = \"PUT\" }",
            &[],
        ),
        (
            "fields = [\"Origin: a\", \"Origin: b\"]\nrefusal = \"origin-not-allowed\"",
            &["refusal: expected origin-not-allowed, got origin-repeated"],
        ),
    ] {
        assert_eq!(differences(row), expected, "{row}");
    }
}

#[test]
fn the_policy_may_stand_in_the_file() {
    let text = format!(
        "[policy]\nallow_origins = [\"https://app.example.com\"]\nallow_methods = [\"PUT\"]\n[[expect]]\n{PUT}allowed = true\n"
    );
    test(&text, &[]).assert_prints(
        0,
        "running 1 expectation of its own policy\ntest PUT https://api.example.com/x from https://app.example.com ... ok\n\ntest result: ok. 1 passed; 0 failed\n",
    );
    let ran =
        test("[policy]\nallow_origins = [\"https://a.example/\"]\n[[expect]]\nfields = []\nallowed = true\n", &[]);
    assert!(
        ran.stderr.contains("error[trailing-slash]") && ran.stderr.contains(" --> t.toml:2:36\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.code, Some(2));
}

#[test]
fn the_policy_is_looked_for_beside_the_file() {
    let folder = Folder::with(&[]);
    std::fs::create_dir(folder.path("sub")).unwrap();
    folder.write("sub/p.toml", POLICY.as_bytes());
    folder.write("sub/t.toml", format!("policy = \"p.toml\"\n[[expect]]\n{PUT}allowed = true\n").as_bytes());
    assert_eq!(folder.run(&["test", "sub/t.toml"]).code, Some(0));
    let ran = folder
        .run_with(&["test", "-"], format!("policy = \"sub/p.toml\"\n[[expect]]\n{PUT}allowed = true\n").as_bytes());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[test]
fn what_is_wrong_with_a_test_file_is_misuse_with_its_place() {
    for (text, expected) in [
        ("", "error[missing]: `policy` is missing\n --> t.toml:1:1\n"),
        ("policy = \"p.toml\"\n", "error[missing]: `expect` is missing\n --> t.toml:1:1\n"),
        (
            "policy = 1\n",
            "error[wrong-type]: `policy` has to be the path of a policy file or a table of options, and this is a whole number\n --> t.toml:1:10\n",
        ),
        (
            "policy = \"p.toml\"\nexpect = 1\n",
            "error[wrong-type]: `expect` has to be rows that begin with [[expect]], and this is a whole number\n --> t.toml:2:10\n",
        ),
        (
            "policy = \"p.toml\"\nexpct = []\n",
            "error[unknown-option]: there is no key of a test file `expct`\n --> t.toml:2:1\n",
        ),
        ("policy = \"p.toml\"\n[[expect]]\nfields = []\n", "error[missing]: `allowed` is missing\n --> t.toml:2:1\n"),
        ("policy = \"p.toml\"\n[[expect]]\nallowed = true\n", "error[missing]: `from` is missing\n --> t.toml:2:1\n"),
        (
            "policy = \"p.toml\"\n[[expect]]\nfrom = \"https://a.example\"\nallowed = true\n",
            "error[missing]: `request` is missing\n --> t.toml:2:1\n",
        ),
        (
            "policy = \"p.toml\"\n[[expect]]\nfrom = \"a\"\nrequest = \"https://b.example\"\nallowed = true\n",
            "error[bad-request]: `a` is no origin of a page",
        ),
        (
            "policy = \"p.toml\"\n[[expect]]\nfields = [\"Origin\"]\nallowed = true\n",
            "error[bad-field]: the header `Origin` has no colon",
        ),
        (
            "policy = \"p.toml\"\n[[expect]]\nfields = []\nmethod = \"A B\"\nallowed = true\n",
            "error[bad-method]: `A B` is no method",
        ),
        (
            "policy = \"p.toml\"\n[[expect]]\nfields = []\nallowed = \"yes\"\n",
            "error[wrong-type]: `allowed` has to be true or false, and this is a string\n --> t.toml:4:11\n",
        ),
        (
            "policy = \"p.toml\"\n[[expect]]\nfields = []\nallowed = true\nrefusal = \"origin-not-allowed\"\n",
            "error[contradiction]: what is allowed has no refusal",
        ),
        (
            "policy = \"p.toml\"\n[[expect]]\nfields = []\nrefusal = \"origin-not-alowed\"\n",
            "error[unknown-option]: there is no refusal `origin-not-alowed`\n --> t.toml:4:11\n",
        ),
        (
            "policy = \"p.toml\"\n[[expect]]\nfields = []\nreads = [\"etag\"]\n",
            "error[page-only]: only the call of a page has this",
        ),
    ] {
        let ran = test(text, &[]);
        assert!(ran.stderr.starts_with(expected), "{text}\n{}", ran.stderr);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{text}");
    }
}

#[test]
fn a_mistyped_key_is_told_with_the_likely_one() {
    let ran =
        test("policy = \"p.toml\"\n[[expect]]\nfields = []\nallowd = true\nrefusal = \"origin-not-alowed\"\n", &[]);
    assert!(
        ran.stderr.contains("did you mean `allowed`?") && ran.stderr.contains("did you mean `origin-not-allowed`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_policy_that_cannot_be_used_is_misuse() {
    test("policy = \"none.toml\"\n[[expect]]\nfields = []\nallowed = true\n", &[])
        .assert_misuse("error: cannot read none.toml: No such file or directory\n");
}

#[test]
fn a_policy_is_no_test_file() {
    test("max_age = 600\nallow_origins = [\"https://a.example\"]\nx = 1\n", &[]).assert_misuse(
        "\
error[not-a-test-file]: this is a policy, and no test file
 --> t.toml:1:1
  |
1 | max_age = 600
  | ^^^^^^^
  = help: `corsac check` checks it; a test file names it, for instance policy = \"app.toml\"

error: t.toml has 1 problem
",
    );
}

#[test]
fn a_page_of_the_servers_own_is_not_refused() {
    let row = "from = \"https://b.example\"\nrequest = \"POST https://b.example/x\"\nallowed = true";
    let ran = test(&format!("policy = \"p.toml\"\n[[expect]]\n{row}\n"), &["--json"]);
    let result = ran.json()["results"][0].clone();
    let because = "the page asks its own origin, so there is nothing for CORS to decide";
    assert_eq!(json!([result["ok"], result["because"]]), json!([true, because]));
    assert_eq!(
        differences(&format!("{row}\nrefusal = \"origin-not-allowed\"").replace("allowed = true\n", "")),
        ["refusal: expected origin-not-allowed, got none"]
    );
}
