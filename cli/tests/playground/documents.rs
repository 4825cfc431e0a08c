//! What the page is told is what the command prints.

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Playground, call, corsac};

const VALID: &str = "allow_origins = [\"https://*.example.com\"]\nallow_methods = [\"PUT\"]\n";

/// What the command prints about a policy, in a folder of its own where it is `p.toml`.
fn printed(policy: &str, arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("p.toml"), policy).unwrap();
    let output = corsac(arguments).current_dir(folder.path()).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn findings_are_those_of_check() {
    let playground = Playground::start(&[]);
    for policy in
        [VALID, "", "allow_origins = [\n  \"https://a.example/\",\n  \"*\"\n]\n", "max_age = \n", "colour = 1\n"]
    {
        let answer = playground.ask("/api/check", &json!({ "policy": policy, "name": "p.toml" }));
        assert_eq!((answer.status, answer.body), (200, printed(policy, &["check", "p.toml", "--json"])), "{policy}");
    }
}

#[test]
fn the_story_is_that_of_explain() {
    let playground = Playground::start(&[]);
    let url = "https://api.example.com/items/7";
    for (policy, from, method) in [
        (VALID, "https://app.example.com", "PUT"),
        (VALID, "https://app.example.com", "patch"),
        (VALID, "null", "GET"),
        (VALID, "https://api.example.com", "DELETE"),
        (VALID, "https://app.example.com", "TRACE"),
        ("allow_origins = [\"*\"]\nallow_credentials = true\n", "https://app.example.com", "PUT"),
        ("=", "https://app.example.com", "PUT"),
    ] {
        let header = "X-A: 1";
        let question = json!({ "policy": policy, "name": "p.toml", "call": call(from, method, url, &[header]) });
        let answer = playground.ask("/api/explain", &question);
        let request = format!("{method} {url}");
        let arguments = ["explain", "p.toml", "--json", "--from", from, &request, "-H", header, "--credentials"];
        let arguments = [&arguments[..], &["--response", "ETag: \"7\""]].concat();
        assert_eq!((answer.status, answer.body), (200, printed(policy, &arguments)), "{from} {method} {policy}");
    }
}

#[test]
fn a_header_that_is_none_is_told() {
    let playground = Playground::start(&[]);
    for (header, told) in [
        ("no colon", "the header `no colon` has no colon; write `Name: value`"),
        ("X-A: \u{20ac}", "no header holds `\u{20ac}`, as `X-A: \u{20ac}` does: browsers send nothing over U+00FF"),
    ] {
        let call = call("https://a.example", "GET", "https://api.example/", &[header]);
        let answer = playground.ask("/api/explain", &json!({ "policy": VALID, "call": call }));
        assert_eq!(answer.json(), json!({ "error": told, "field": "headers" }));
    }
}

#[test]
fn what_is_no_call_is_told_with_the_field_that_it_is_about() {
    let playground = Playground::start(&[]);
    for (from, method, field) in [("nowhere", "PUT", "from"), ("https://app.example.com", "PUT IT", "method")] {
        let call = call(from, method, "https://api.example.com/", &[]);
        let answer = playground.ask("/api/explain", &json!({ "policy": VALID, "call": call })).json();
        let request = format!("{method} https://api.example.com/");
        let mut said = printed(VALID, &["explain", "p.toml", "--json", "--from", from, &request]);
        said.truncate(said.trim_end().len());
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!((&answer["error"], &answer["field"]), (&said["error"], &json!(field)));
    }
}

#[test]
fn a_fix_leaves_the_rest_of_the_text_alone() {
    let playground = Playground::start(&[]);
    let policy = "# mine\nallow_origins = [\"https://a.example\"] # the app\n";
    let call = call("https://b.example", "GET", "https://api.example/", &[]);
    let answer = playground.ask("/api/fix", &json!({ "policy": policy, "call": call }));
    let fixed =
        "# mine\nallow_origins = [\"https://a.example\", \"https://b.example\"] # the app\nallow_credentials = true\n";
    assert_eq!(answer.json(), json!({ "policy": fixed, "works": true }));
}

#[test]
fn a_policy_of_ones_own_is_what_the_page_begins_with() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("mine.toml");
    // Its errors are told on the page.
    std::fs::write(&file, "allow_origins = [\"https://*.example.com\", \"https://a.example\", 7]\n").unwrap();
    let playground = Playground::start(&[file.to_str().unwrap()]);
    let [port, ..] = playground.ports();
    let setup = crate::support::send(port, "GET /api/setup", "", "").json();
    assert_eq!(setup["name"], json!(file));
    assert_eq!(
        (&setup["policy"], &setup["from"]),
        (&json!(std::fs::read_to_string(&file).unwrap()), &json!("https://a.example"))
    );
    assert_eq!(setup["api"], playground.document["api_origin"]);
}
