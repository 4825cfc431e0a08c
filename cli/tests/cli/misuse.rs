//! Files and arguments of every wrong kind, given to every command: exit code 2, a sentence, and never a panic.

use crate::support::{Folder, Ran, corsac};

const COMMANDS: [&[&str]; 5] = [
    &["check", "p.toml"],
    &["decide", "p.toml"],
    &["explain", "p.toml", "--from", "https://a.example", "https://b.example"],
    &["test", "p.toml"],
    &["compile", "p.toml", "-o", "p.bin"],
];

#[track_caller]
fn assert_misuse_everywhere(folder: &Folder, expected: &str) {
    for command in COMMANDS {
        folder.run(command).assert_misuse(expected);
        let mut with_json = command.to_vec();
        with_json.push("--json");
        let ran = folder.run(&with_json);
        assert_eq!(ran.code, Some(2), "{command:?}");
        assert!(ran.json()["error"].is_string(), "{command:?}");
    }
}

#[test]
fn a_missing_file() {
    assert_misuse_everywhere(&Folder::with(&[]), "error: cannot read p.toml: No such file or directory\n");
}

#[cfg(unix)]
#[test]
fn a_folder() {
    let folder = Folder::with(&[]);
    std::fs::create_dir(folder.path("p.toml")).unwrap();
    assert_misuse_everywhere(&folder, "error: cannot read p.toml: Is a directory\n");
}

#[test]
fn bytes_that_are_no_text() {
    let folder = Folder::with(&[]);
    folder.write("p.toml", b"# \xc3\xa4\nmax_age = \"\xff\"\n");
    assert_misuse_everywhere(
        &folder,
        "error: p.toml:2:12: the byte 0xff is no UTF-8, which TOML files are written in\n",
    );
}

#[test]
fn a_nul() {
    let folder = Folder::with(&[]);
    folder.write("p.toml", b"allow_origins = [\"a\0b\"]\n");
    for command in COMMANDS {
        let ran = folder.run(command);
        assert!(ran.stderr.starts_with("error: this is no TOML: "), "{}", ran.stderr);
        assert!(ran.stderr.contains(" --> p.toml:1:20\n"), "{}", ran.stderr);
        assert!(!ran.stderr.contains('\0'));
        assert_eq!(ran.code, Some(2));
    }
}

#[test]
fn no_toml() {
    for (text, place) in [
        ("allow_origins = [\n", "1:18"),
        ("max_age = 1\nmax_age = 2\n", "2:1"),
        ("<html>", "1:7"),
        ("a = \"\n", "1:6"),
        ("= 1", "1:1"),
        ("a = 1 b = 2", "1:9"),
    ] {
        let ran = Folder::with(&[("p.toml", text)]).run(&["check", "p.toml"]);
        assert!(ran.stderr.starts_with("error: this is no TOML: "), "{text}: {}", ran.stderr);
        assert!(ran.stderr.contains(&format!(" --> p.toml:{place}\n")), "{text}: {}", ran.stderr);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{text}");
    }
}

#[test]
fn programs_get_the_place_of_a_syntax_error() {
    let ran = Folder::with(&[("p.toml", "x =\n")]).run(&["check", "p.toml", "--json"]);
    let document = ran.json();
    assert_eq!((document["line"].as_u64(), ran.code), (Some(1), Some(2)));
    let (error, message) = (document["error"].as_str().unwrap(), document["message"].as_str().unwrap());
    assert!(error.starts_with("p.toml:1:") && error.ends_with(message), "{document}");
    assert!(message.starts_with("this is no TOML: "), "{document}");
}

#[test]
fn deep_nesting() {
    for text in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a{} = 1", ".a".repeat(50_000)),
        format!("a = {}", "{a=".repeat(50_000)),
    ] {
        let ran = Folder::with(&[("p.toml", &text)]).run(&["check", "p.toml"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
        assert!(ran.stderr.len() < 2_000, "{}", ran.stderr);
    }
}

#[test]
fn a_byte_order_mark_is_no_matter() {
    let folder = Folder::with(&[("p.toml", "\u{feff}allow_origins = [\"https://a.example/\"]\n")]);
    let ran = folder.run(&["check", "p.toml"]);
    assert!(ran.stdout.contains(" --> p.toml:1:36\n  |\n1 | allow_origins"), "{}", ran.stdout);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end() {
    let ran = Folder::with(&[]).run(&["check", "/dev/zero"]);
    ran.assert_misuse("error: cannot read /dev/zero: it is over 64 MiB\n");
}

#[test]
fn wrong_arguments() {
    for arguments in [
        &[][..],
        &["playgroud"],
        &["check"],
        &["check", "a", "b"],
        &["check", "--colour", "a"],
        &["check", "a", "--examples", "-1"],
        &["check", "a", "--examples", "99999999999999999999999"],
        &["decide"],
        &["decide", "a", "-X"],
        &["explain", "a"],
        &["compile", "a"],
        &["compile", "a", "-o", "b.bin", "--format", "elf"],
        &["playground", "--port", "65536"],
    ] {
        let ran = Folder::with(&[]).run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(
            ran.stderr.contains("Usage: corsac") || ran.stderr.contains("try '--help'"),
            "{arguments:?}: {}",
            ran.stderr
        );
    }
}

#[cfg(unix)]
#[test]
fn arguments_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bytes = OsStr::from_bytes(b"\xff\x1b[31m");
    for before in [
        &["check"][..],
        &["decide", "p.toml", "-X"],
        &["decide", "p.toml", "-H"],
        &["explain", "p.toml", "--from"],
        &["test"],
        &["compile", "p.toml", "-o"],
    ] {
        let folder = Folder::with(&[("p.toml", "")]);
        let mut command = corsac();
        command.args(before).arg(bytes).current_dir(folder.path(""));
        assert_eq!(Ran::of(command, b"").code, Some(2), "{before:?}");
    }
}

#[test]
fn help_tells_the_exit_codes() {
    for arguments in [
        &["--help"][..],
        &["check", "--help"],
        &["decide", "--help"],
        &["explain", "--help"],
        &["test", "--help"],
        &["compile", "--help"],
        &["playground", "--help"],
    ] {
        let ran = Folder::with(&[]).run(arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        assert!(
            ran.stdout.to_lowercase().contains("exit codes: 0") || ran.stdout.contains("Exit codes:\n  0"),
            "{}",
            ran.stdout
        );
    }
    assert_eq!(Folder::with(&[]).run(&["--version"]).stdout, format!("corsac {}\n", env!("CARGO_PKG_VERSION")));
}
