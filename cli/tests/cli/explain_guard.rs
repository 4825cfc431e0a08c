//! `explain` on what the guard would say of the call.

use serde_json::json;

use crate::explain::{POLICY, explain};

/// The guard's part of the document.
#[track_caller]
fn guard(policy: &str, arguments: &[&str]) -> serde_json::Value {
    let mut arguments = arguments.to_vec();
    arguments.push("--json");
    explain(policy, &arguments).json()["guard"].clone()
}

#[test]
fn the_guard_has_its_say_of_what_was_sent_and_may_act() {
    // A form's POST needs no preflight, and CORS lets the server handle it.
    let ran = explain(POLICY, &["--from", "https://evil.example", "POST https://api.example.com/x"]);
    let line = "  guard    (a verdict apart, where the server asks it) refused (cross-site): a page of another site made the request, and its origin \"https://evil.example\" is no entry of allow_origins;";
    assert!(ran.stdout.contains(line), "{}", ran.stdout);
    assert_eq!(ran.code, Some(1));
    // Any page reads under `*`; that is no trust, and no matter for the exit code.
    let any = ["--from", "https://a.example", "POST https://api.example.com/x", "--json"];
    let ran = explain("allow_origins = [\"*\"]\n", &any);
    assert_eq!((ran.code, ran.json()["guard"]["refusal"].as_str()), (Some(0), Some("cross-site")));
    let keys: Vec<String> = ran.json()["guard"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["passes", "refusal", "status", "explain", "fields"]);
    // Nothing that may act was sent.
    assert_eq!(guard(POLICY, &["--from", "https://evil.example", "PUT https://api.example.com/x"]), json!(null));
    assert_eq!(guard(POLICY, &["--from", "https://evil.example", "https://api.example.com/x"]), json!(null));
}

#[test]
fn the_guard_is_told_what_a_browser_tells() {
    for (policy, from, call, refusal) in [
        (POLICY, "https://api.example.com", "DELETE https://api.example.com/x", json!(null)),
        (POLICY, "https://other.example.com", "POST https://api.example.com/x", json!("same-site")),
        (POLICY, "null", "POST https://api.example.com/x", json!("null-origin-not-trusted")),
        // By plain http there is no Sec-Fetch-Site, and Host decides.
        (POLICY, "http://192.168.1.7:8080", "POST http://192.168.1.7:8080/x", json!(null)),
        (POLICY, "http://192.168.1.8", "POST http://192.168.1.7:8080/x", json!("origin-not-trusted")),
        (
            "allow_origins = [\"https://app.example.com\"]\nallow_content_types = [\"application/json\"]\n",
            "https://app.example.com",
            "POST https://api.example.com/x",
            json!("content-type-missing"),
        ),
    ] {
        let guard = guard(policy, &["--from", from, call]);
        assert_eq!(guard["refusal"], refusal, "{from} {call}");
        assert_eq!(guard["passes"], json!(refusal.is_null()), "{from} {call}");
    }
}

#[test]
fn the_fields_that_the_guard_went_by_are_shown() {
    for (from, call, fields, line) in [
        (
            "https://other.example.com",
            "POST https://api.example.com/x",
            json!([
                ["Host", "api.example.com"],
                ["Origin", "https://other.example.com"],
                ["Sec-Fetch-Site", "same-site"]
            ]),
            "           the browser also sends Host: api.example.com, and Sec-Fetch-Site: same-site\n",
        ),
        (
            "http://192.168.1.8",
            "POST http://192.168.1.7:8080/x",
            json!([["Host", "192.168.1.7:8080"], ["Origin", "http://192.168.1.8"]]),
            "           the browser also sends Host: 192.168.1.7:8080, and no Sec-Fetch-Site, which is for https and this machine alone\n",
        ),
    ] {
        assert_eq!(guard(POLICY, &["--from", from, call])["fields"], fields);
        let ran = explain(POLICY, &["--from", from, call]);
        assert!(ran.stdout.contains(line), "{}", ran.stdout);
    }
    let typed = ["--from", "https://evil.example", "POST https://api.example.com/x", "-H", "content-type: text/plain"];
    let fields = guard(POLICY, &typed)["fields"].clone();
    assert!(fields.as_array().unwrap().contains(&json!(["content-type", "text/plain"])), "{fields}");
}

/// What the fix of a refused call advises.
#[track_caller]
fn advice(policy: &str, from: &str, call: &str) -> Vec<String> {
    let fix = explain(policy, &["--from", from, call, "--json"]).json()["fix"].clone();
    assert_eq!(fix["works"], json!(true));
    serde_json::from_value(fix["advice"].clone()).unwrap()
}

#[test]
fn a_fix_says_what_it_comes_to_for_the_guard() {
    let call = "POST https://api.example.com/x";
    let trust = "only if the pages of https://b.example are trusted with what the policy allows; where the server asks the guard, an entry also trusts them to act";
    assert_eq!(advice(POLICY, "https://b.example", call), [trust]);
    let typed = format!("{POLICY}allow_content_types = [\"application/json\"]\n");
    let still = advice(&typed, "https://b.example", call);
    assert_eq!((still.len(), still[0].as_str()), (2, trust));
    let expected = "where the server asks the guard, the guard still refuses the call (content-type-missing): there is no Content-Type";
    assert!(still[1].starts_with(expected), "{still:?}");
    let still = advice(POLICY, "null", call).pop().unwrap();
    let expected = "where the server asks the guard, the guard still refuses the call (null-origin-not-trusted): ";
    assert!(still.starts_with(expected), "{still}");
    // What only reads is no matter for the guard.
    let advice = advice(&typed, "https://b.example", "https://api.example.com/x");
    assert_eq!(advice, [trust]);
}
