//! The conformance vectors, put to the command: the same answers through TOML, arguments and JSON.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::support::Folder;

fn vectors() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            cases.extend(file.as_array().into_iter().flatten().filter(|case| case.get("policy").is_some()).cloned());
        }
    }
    cases
}

/// A value of the vectors with its repetitions written out.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(text).collect(),
        repeated => {
            let times = repeated["times"].as_u64().unwrap();
            repeated["repeat"].as_str().unwrap().repeat(usize::try_from(times).unwrap())
        }
    }
}

/// A policy of the vectors as a TOML file; JSON's strings, lists and numbers are TOML's too.
fn toml(policy: &Value) -> String {
    let mut file = String::new();
    for (option, value) in policy.as_object().unwrap() {
        let value = match value {
            Value::Null => continue,
            Value::Array(entries) => Value::from(entries.iter().map(text).collect::<Vec<_>>()),
            other => other.clone(),
        };
        writeln!(file, "{option} = {}", value.to_string().replace('\u{7f}', "\\u007f")).unwrap();
    }
    file
}

/// The verdicts by the key of what is put to them, and their name for the command.
const VERDICTS: [(&str, &str); 5] =
    [("request", "cors"), ("guard", "guard"), ("host", "host"), ("websocket", "websocket"), ("screen", "screen")];

/// What is put to a verdict, and the verdict's name; `None` for a case about a bad policy.
fn question(case: &Value) -> Option<(&Value, &'static str)> {
    VERDICTS.iter().find_map(|(key, verdict)| Some((case.get(key)?, *verdict)))
}

/// Whether the case can be put on a command line: text without control bytes, and values without blanks around them,
/// which HTTP takes off before a server sees them. All that it says has to be known.
fn is_speakable(question: &Value) -> bool {
    let known = ["method", "fields", "scheme", "absent_origin", "own_names"];
    let is_known = question.as_object().unwrap().keys().all(|key| known.contains(&key.as_str()));
    let method = question.get("method").map_or(Some("GET"), Value::as_str);
    let Some(fields) = question["fields"].as_array().filter(|_| is_known) else {
        return false;
    };
    fields.len() < 20
        && method.is_some_and(|method| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && fields.iter().all(|field| {
            let (name, value) = (text(&field[0]), text(&field[1]));
            let is_pseudo = name == ":authority" || name == ":protocol";
            (is_pseudo || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
                && value.trim() == value
                && value.is_ascii()
                && !value.chars().any(char::is_control)
        })
}

/// The arguments that put a question to a verdict.
fn arguments(question: &Value, verdict: &str) -> Vec<String> {
    let mut arguments = vec!["decide".to_owned(), "p.toml".to_owned(), "--json".to_owned()];
    arguments.extend(["--ask".to_owned(), verdict.to_owned()]);
    for (key, flag) in [("method", "-X"), ("scheme", "--scheme")] {
        if key == "method" && ["host", "websocket"].contains(&verdict) {
            // Neither looks at it.
            continue;
        }
        arguments.extend(question[key].as_str().into_iter().flat_map(|value| [flag.to_owned(), value.to_owned()]));
    }
    if question["absent_origin"] == "refuse" {
        arguments.push("--refuse-absent-origin".to_owned());
    }
    for name in question["own_names"].as_array().into_iter().flatten() {
        arguments.extend(["--own-name".to_owned(), text(name)]);
    }
    for field in question["fields"].as_array().unwrap() {
        arguments.extend(["-H".to_owned(), format!("{}: {}", text(&field[0]), text(&field[1]))]);
    }
    arguments
}

/// A field with its value as a set where it is a list.
fn field(field: &Value) -> (String, BTreeSet<String>) {
    let (name, value) = (text(&field[0]), text(&field[1]));
    let is_list =
        ["Vary", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Expose-Headers"]
            .contains(&name.as_str());
    let members =
        if is_list { value.split(',').map(|member| member.trim().to_owned()).collect() } else { [value].into() };
    (name, members)
}

/// Puts every case of these verdicts to the command, and counts them. What it refuses as misuse has a name that takes
/// no host, which a server has to bear and an operator wants to know of.
fn put_all(verdicts: &[&str]) -> (usize, Vec<String>) {
    let mut ran_cases = 0;
    let mut with_bad_names = Vec::new();
    for case in vectors() {
        let (id, expect) = (&case["id"], &case["expect"]);
        let Some((question, verdict)) = question(&case).filter(|(_, verdict)| verdicts.contains(verdict)) else {
            continue;
        };
        if !expect.is_object() || !is_speakable(question) {
            continue;
        }
        let arguments = arguments(question, verdict);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = Folder::with(&[("p.toml", &toml(&case["policy"]))]).run(&arguments);
        if ran.code == Some(2) && ran.stderr.starts_with("error: --own-name: ") {
            with_bad_names.push(id.as_str().unwrap().to_owned());
            continue;
        }
        assert_eq!(ran.stderr, "", "{id}");
        let document = ran.json();
        for (key, expected) in expect.as_object().unwrap() {
            if key == "fields" {
                assert_eq!(fields(&document["fields"]), fields(expected), "{id}");
            } else {
                assert_eq!(&document[key], expected, "{id}: {key}");
            }
        }
        // Beside these there are the sentence, and whether it passes all verdicts.
        let more = if verdict == "screen" { 2 } else { 1 };
        assert_eq!(document.as_object().unwrap().len(), expect.as_object().unwrap().len() + more, "{id}");
        let is_refused = match verdict {
            "cors" => expect["allowed"] == Value::Bool(false),
            "screen" => expect["status"].as_u64().is_some_and(|status| status >= 300),
            _ => expect["passes"] == Value::Bool(false),
        };
        assert_eq!(ran.code, Some(i32::from(is_refused)), "{id}");
        if verdict == "screen" {
            assert_eq!(document["passes"], Value::Bool(!is_refused), "{id}");
        }
        ran_cases += 1;
    }
    (ran_cases, with_bad_names)
}

/// Response fields in any order.
fn fields(fields: &Value) -> Vec<(String, BTreeSet<String>)> {
    let mut fields: Vec<_> = fields.as_array().unwrap().iter().map(field).collect();
    fields.sort();
    fields
}

#[test]
fn decisions_are_the_same() {
    let (ran_cases, _) = put_all(&["cors"]);
    assert!(ran_cases > 400, "{ran_cases}");
}

#[test]
fn verdicts_are_the_same() {
    let (ran_cases, mut with_bad_names) = put_all(&["guard", "host", "websocket", "screen"]);
    assert!(ran_cases > 360, "{ran_cases}");
    with_bad_names.sort();
    let expected =
        ["host-own-name-empty", "host-own-name-ill-formed-first", "host-own-name-star", "host-own-name-upper-case"];
    assert_eq!(with_bad_names, expected);
}

#[test]
fn bad_policies_have_the_same_problem() {
    let mut ran_cases = 0;
    for case in vectors() {
        let (id, expected) = (&case["id"], &case["expect_error"]);
        if !expected.is_object() {
            continue;
        }
        let ran = Folder::with(&[("p.toml", &toml(&case["policy"]))]).run(&["check", "p.toml", "--json"]);
        assert_eq!((ran.stderr.as_str(), ran.code), ("", Some(1)), "{id}");
        let document = ran.json();
        let is_expected = |problem: &Value| ["field", "entry", "kind"].iter().all(|key| problem[key] == expected[key]);
        let found = document["problems"].as_array().unwrap().iter().any(is_expected);
        assert!(found, "{id}: {document}");
        assert!(document["problems"][0]["line"].as_u64() >= Some(1), "{id}");
        ran_cases += 1;
    }
    assert!(ran_cases >= 120, "{ran_cases}");
}
