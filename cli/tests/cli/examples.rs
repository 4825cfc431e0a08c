//! The policies in `examples/policies` are valid, without doubts, and pass their own tests.

use std::path::{Path, PathBuf};

use crate::support::{Folder, Ran, corsac};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/policies")
}

fn run(arguments: &[&str]) -> Ran {
    let mut command = corsac();
    command.args(arguments).current_dir(folder());
    Ran::of(command, b"")
}

#[test]
fn policies_are_valid_and_without_doubts() {
    let mut policies = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with(".toml") || name.ends_with(".test.toml") {
            continue;
        }
        let ran = run(&["check", &name, "--json"]);
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.stdout);
        assert_eq!(ran.json()["warnings"], serde_json::json!([]), "{name}");
        policies += 1;
    }
    assert!(policies >= 4);
}

#[test]
fn expectations_are_met() {
    for (file, passed) in [("app.test.toml", 11), ("lan-device.test.toml", 15)] {
        let ran = run(&["test", file]);
        assert!(ran.stdout.ends_with(&format!("test result: ok. {passed} passed; 0 failed\n")), "{}", ran.stdout);
        assert_eq!(ran.code, Some(0));
    }
}

#[test]
fn the_commands_in_their_comments_work() {
    let call = "PUT https://api.example.com/users/7";
    assert_eq!(run(&["explain", "app.toml", "--from", "https://app.example.com", call, "--credentials"]).code, Some(0));
    assert_eq!(run(&["decide", "public-api.toml", "-H", "Origin: https://anyone.example"]).code, Some(0));
    let own = ["-X", "POST", "-H", "Host: printer.local", "-H", "Origin: http://printer.local"];
    assert_eq!(run(&[&["decide", "lan-device.toml", "--ask", "guard"], &own[..]].concat()).code, Some(0));
    let at_run_time = ["--ask", "host", "-H", "Host: 192.168.1.23", "--own-name", "192.168.1.23"];
    assert_eq!(run(&[&["decide", "lan-device.toml"], &at_run_time[..]].concat()).code, Some(0));
    let elsewhere = Folder::with(&[]);
    let header = elsewhere.path("device_policy.h");
    assert_eq!(run(&["compile", "device.toml", "-o", header.to_str().unwrap()]).code, Some(0));
}
