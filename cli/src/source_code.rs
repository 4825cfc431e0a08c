//! A policy image as source code.

use std::fmt::Write as _;

use corsac::OptionName;

use crate::loaded::Loaded;
use crate::options::{Options, is_switch};
use crate::output::grouped;
use crate::shape::toml_string;

/// Most entries of one list that the comment repeats.
const MOST_ENTRIES: usize = 50;

/// A C header with the image as a constant array.
pub(crate) fn c_header(loaded: &Loaded, name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    let length = loaded.image.len();
    let mut text = comment(loaded, "Give it to corsac_policy_open; it is constant and stays in flash.");
    let _ = writeln!(text, "\n#ifndef {upper}_H\n#define {upper}_H\n");
    let _ = writeln!(text, "#define {upper}_LEN {length}u\n");
    let _ = writeln!(text, "static const unsigned char {name}[{upper}_LEN] = {{");
    push_bytes(&mut text, &loaded.image);
    let _ = writeln!(text, "}};\n\n#endif");
    text
}

/// A Rust file with the image as a constant.
pub(crate) fn rust_constant(loaded: &Loaded, name: &str) -> String {
    let length = loaded.image.len();
    let mut text = comment(loaded, "Give it to corsac::PolicyRef::open, while the program is built or when it runs.");
    let _ = writeln!(text, "\n/// A policy image of corsac.\n#[rustfmt::skip]\npub const {name}: &[u8; {length}] = &[");
    push_bytes(&mut text, &loaded.image);
    text.push_str("];\n");
    text
}

/// Where the image comes from. Line comments, as patterns hold what begins a block comment.
fn comment(loaded: &Loaded, use_of_it: &str) -> String {
    let mut text = String::new();
    let version = env!("CARGO_PKG_VERSION");
    let file = loaded.source.name().replace(|c: char| c.is_control() || c == '\\', "?");
    let _ =
        writeln!(text, "// The CORS policy of {file}, compiled by corsac {version}. Do not edit: compile it again.");
    let _ = writeln!(text, "// {use_of_it}\n//");
    for line in options(&loaded.file.options) {
        let _ = writeln!(text, "//   {line}");
    }
    text
}

/// The options that are not as by default.
fn options(options: &Options) -> Vec<String> {
    let mut lines = Vec::new();
    for option in OptionName::ALL.iter().copied() {
        match option {
            _ if is_switch(option) => {
                if options.is_on(option) {
                    lines.push(format!("{option} = true"));
                }
            }
            OptionName::MaxAge => lines.extend(options.max_age.map(|seconds| format!("{option} = {seconds}"))),
            OptionName::PreflightStatus => {
                if options.preflight_status != Options::default().preflight_status {
                    lines.push(format!("{option} = {}", options.preflight_status));
                }
            }
            _ => push_list(&mut lines, option, options.list(option)),
        }
    }
    lines
}

fn push_list(lines: &mut Vec<String>, option: OptionName, entries: &[String]) {
    if entries.is_empty() {
        return;
    }
    lines.push(format!("{option} = ["));
    lines.extend(entries.iter().take(MOST_ENTRIES).map(|entry| format!("  {},", toml_string(entry))));
    if entries.len() > MOST_ENTRIES {
        lines.push(format!("  # and {} more", grouped(entries.len() - MOST_ENTRIES)));
    }
    lines.push("]".to_owned());
}

fn push_bytes(text: &mut String, bytes: &[u8]) {
    for line in bytes.chunks(16) {
        text.push_str("   ");
        for byte in line {
            let _ = write!(text, " 0x{byte:02x},");
        }
        text.push('\n');
    }
}
