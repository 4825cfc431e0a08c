//! `compile`: images, and nothing left behind.

use std::fs;

use crate::support::{Folder, corsac};

const POLICY: &str = "allow_origins = [\"https://*.example.com\"]\nmax_age = 600\n";

fn image(folder: &Folder) -> Vec<u8> {
    folder.run(&["compile", "p.toml", "-o", "image.bin"]);
    let image = fs::read(folder.path("image.bin")).unwrap();
    fs::remove_file(folder.path("image.bin")).unwrap();
    image
}

/// The bytes of an array in source code.
fn bytes_of(source: &str) -> Vec<u8> {
    let numbers = source.split("0x").skip(1);
    numbers.map(|number| u8::from_str_radix(&number[..2], 16).unwrap()).collect()
}

#[test]
fn an_image_opens_and_decides() {
    let folder = Folder::with(&[("p.toml", POLICY)]);
    folder.run(&["compile", "p.toml", "-o", "p.bin"]).assert_prints(0, "wrote p.bin: an image of _ bytes\n");
    let image = fs::read(folder.path("p.bin")).unwrap();
    let policy = corsac::PolicyRef::open(&image).unwrap();
    let request = corsac::Request::from_fields("GET", [("Origin", "https://www.example.com")]);
    assert_eq!(policy.decide(&request).allowed(), Some(true));
    assert_eq!(folder.files(), ["p.bin", "p.toml"]);
}

#[test]
fn a_c_header_has_the_same_bytes_and_says_where_they_come_from() {
    let folder = Folder::with(&[("p.toml", POLICY)]);
    let image = image(&folder);
    folder
        .run(&["compile", "p.toml", "-o", "web-cors.h"])
        .assert_prints(0, "wrote web-cors.h: an image of _ bytes as web_cors_policy\n");
    let header = fs::read_to_string(folder.path("web-cors.h")).unwrap();
    let start = format!(
        "\
// The CORS policy of p.toml, compiled by corsac {}. Do not edit: compile it again.
// Give it to corsac_policy_open; it is constant and stays in flash.
//
//   allow_origins = [
//     \"https://*.example.com\",
//   ]
//   max_age = 600

#ifndef WEB_CORS_POLICY_H
#define WEB_CORS_POLICY_H

#define WEB_CORS_POLICY_LEN {}u

static const unsigned char web_cors_policy[WEB_CORS_POLICY_LEN] = {{
    0x63, 0x6f, 0x72,",
        env!("CARGO_PKG_VERSION"),
        image.len()
    );
    assert!(header.starts_with(&start), "{header}");
    assert!(header.ends_with(",\n};\n\n#endif\n"), "{header}");
    assert_eq!(bytes_of(&header), image);
}

#[test]
fn a_rust_constant_has_the_same_bytes() {
    let folder = Folder::with(&[("p.toml", POLICY)]);
    let image = image(&folder);
    folder
        .run(&["compile", "p.toml", "-o", "policy.rs"])
        .assert_prints(0, "wrote policy.rs: an image of _ bytes as POLICY\n");
    let source = fs::read_to_string(folder.path("policy.rs")).unwrap();
    let constant =
        format!("\n/// A policy image of corsac.\n#[rustfmt::skip]\npub const POLICY: &[u8; {}] = &[\n", image.len());
    assert!(source.contains(&constant), "{source}");
    assert_eq!(bytes_of(&source), image);
}

#[test]
fn a_c_compiler_takes_the_header() {
    let folder = Folder::with(&[("p.toml", POLICY)]);
    folder.run(&["compile", "p.toml", "-o", "p.h", "--name", "my_policy"]);
    folder.write("t.c", b"#include \"p.h\"\nint main(void) { return my_policy[0] == 'c' && sizeof my_policy == MY_POLICY_LEN ? 0 : 1; }\n");
    let mut compiler = std::process::Command::new("cc");
    compiler.args(["-Wall", "-Wextra", "-Werror", "-pedantic", "-o", "t", "t.c"]).current_dir(folder.path(""));
    let Ok(status) = compiler.status() else {
        eprintln!("skipped: there is no C compiler");
        return;
    };
    assert!(status.success());
    assert!(std::process::Command::new(folder.path("t")).status().unwrap().success());
}

#[test]
fn names_are_made_identifiers() {
    for (file, name) in [
        ("7.h", "corsac_7_policy"),
        ("int.h", "int_policy"),
        ("a.b-c.h", "a_b_c_policy"),
        ("MyPolicy.rs", "MYPOLICY_POLICY"),
    ] {
        let folder = Folder::with(&[("p.toml", POLICY)]);
        let ran = folder.run(&["compile", "p.toml", "-o", file]);
        assert!(ran.stdout.ends_with(&format!(" as {name}\n")), "{file}: {}", ran.stdout);
    }
    for name in ["", "a b", "7", "_", "x-y", "é"] {
        let ran = Folder::with(&[("p.toml", POLICY)]).run(&["compile", "p.toml", "-o", "p.h", "--name", name]);
        ran.assert_misuse(&format!("error: --name {name}: no identifier of letters, digits and underscores\n"));
    }
}

#[test]
fn the_format_may_be_named() {
    let folder = Folder::with(&[("p.toml", POLICY)]);
    let ran = folder.run(&["compile", "p.toml", "-o", "p.inc", "--format", "c", "--json"]);
    let document = ran.json();
    assert_eq!(
        (document["path"].as_str(), document["format"].as_str(), document["name"].as_str()),
        (Some("p.inc"), Some("c"), Some("p_policy"))
    );
    folder
        .run(&["compile", "p.toml", "-o", "p.inc2"])
        .assert_misuse("error: p.inc2 does not end in .bin, .h or .rs; name the format with --format\n");
}

#[test]
fn standard_output_can_have_it() {
    let folder = Folder::with(&[("p.toml", POLICY)]);
    let image = image(&folder);
    let mut command = corsac();
    let output = command
        .args(["compile", "p.toml", "-o", "-", "--format", "bin"])
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stdout), (Some(0), image));
    let ran = folder.run(&["compile", "p.toml", "-o", "-", "--format", "bin", "--json"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(2), "error: --json and the image cannot both go to standard output\n")
    );
}

#[test]
fn errors_leave_nothing_behind() {
    let folder = Folder::with(&[("bad.toml", "allow_origins = [\"x\"]\n"), ("p.toml", POLICY), ("old.bin", "old")]);
    fs::create_dir(folder.path("folder.bin")).unwrap();
    let before = folder.files();
    assert_eq!(folder.run(&["compile", "bad.toml", "-o", "old.bin"]).code, Some(2));
    folder
        .run(&["compile", "p.toml", "-o", "none/p.bin"])
        .assert_misuse("error: cannot write none/p.bin: No such file or directory\n");
    let ran = folder.run(&["compile", "p.toml", "-o", "folder.bin"]);
    assert!(ran.stderr.starts_with("error: cannot write folder.bin: "), "{}", ran.stderr);
    assert_eq!(ran.code, Some(2));
    folder
        .run(&["compile", "p.toml", "-o", "p.toml", "--format", "bin"])
        .assert_misuse("error: p.toml is the policy itself; write to another file\n");
    assert_eq!(folder.files(), before);
    assert_eq!(fs::read(folder.path("old.bin")).unwrap(), b"old");
    assert_eq!(fs::read_to_string(folder.path("p.toml")).unwrap(), POLICY);
}

#[cfg(unix)]
#[test]
fn files_are_replaced_as_a_user_expects() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::with(&[("p.toml", POLICY), ("real.bin", "old")]);
    fs::set_permissions(folder.path("real.bin"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.bin", folder.path("link.bin")).unwrap();
    assert_eq!(folder.run(&["compile", "p.toml", "-o", "link.bin"]).code, Some(0));
    assert!(fs::symlink_metadata(folder.path("link.bin")).unwrap().is_symlink());
    assert_eq!(fs::metadata(folder.path("real.bin")).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::read(folder.path("real.bin")).unwrap().starts_with(b"corsac"));
    // A new file is as readable as any other; a temporary file alone would be its owner's.
    folder.run(&["compile", "p.toml", "-o", "new.bin"]);
    folder.write("plain", b"");
    let mode = |name: &str| fs::metadata(folder.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("new.bin"), mode("plain"));
    // A device is written to and stays what it is.
    assert_eq!(folder.run(&["compile", "p.toml", "-o", "/dev/null", "--format", "bin"]).code, Some(0));
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn the_file_name_cannot_leave_its_comment() {
    let folder = Folder::with(&[("a\\\nint evil; \\.toml", POLICY)]);
    folder.run(&["compile", "a\\\nint evil; \\.toml", "-o", "p.h"]);
    let header = fs::read_to_string(folder.path("p.h")).unwrap();
    assert!(header.starts_with("// The CORS policy of a??int evil; ?.toml, compiled"), "{header}");
}
