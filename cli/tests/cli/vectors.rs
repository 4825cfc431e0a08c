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

/// Whether the case can be put on a command line: text without control bytes, and values without blanks around them,
/// which HTTP takes off before a server sees them.
fn is_speakable(request: &Value) -> bool {
    let fields = request["fields"].as_array().unwrap();
    fields.len() < 20
        && request["method"]
            .as_str()
            .is_some_and(|method| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && fields.iter().all(|field| {
            let (name, value) = (text(&field[0]), text(&field[1]));
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && value.trim() == value
                && value.is_ascii()
                && !value.chars().any(char::is_control)
        })
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

#[test]
fn decisions_are_the_same() {
    let mut ran_cases = 0;
    for case in vectors() {
        let (id, request, expect) = (&case["id"], &case["request"], &case["expect"]);
        if !expect.is_object()
            || !request["fields"].is_array()
            || request.as_object().unwrap().len() != 2
            || !is_speakable(request)
        {
            continue;
        }
        let mut arguments = vec!["decide", "p.toml", "--json", "-X", request["method"].as_str().unwrap()];
        let lines: Vec<String> = request["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| format!("{}: {}", text(&field[0]), text(&field[1])))
            .collect();
        for line in &lines {
            arguments.extend(["-H", line]);
        }
        let ran = Folder::with(&[("p.toml", &toml(&case["policy"]))]).run(&arguments);
        assert_eq!(ran.stderr, "", "{id}");
        let document = ran.json();
        for key in ["kind", "allowed", "refusal", "status"] {
            assert_eq!(document[key], expect[key], "{id}: {key}");
        }
        let fields = |fields: &Value| {
            let mut fields: Vec<_> = fields.as_array().unwrap().iter().map(field).collect();
            fields.sort();
            fields
        };
        assert_eq!(fields(&document["fields"]), fields(&expect["fields"]), "{id}");
        let is_refused = expect["allowed"] == Value::Bool(false);
        assert_eq!(ran.code, Some(i32::from(is_refused)), "{id}");
        ran_cases += 1;
    }
    assert!(ran_cases > 400, "{ran_cases}");
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
        let is_expected = |problem: &Value| ["field", "entry"].iter().all(|key| problem[key] == expected[key]);
        let found = document["problems"].as_array().unwrap().iter().any(is_expected);
        assert!(found, "{id}: {document}");
        assert!(document["problems"][0]["line"].as_u64() >= Some(1), "{id}");
        ran_cases += 1;
    }
    assert!(ran_cases >= 120, "{ran_cases}");
}
