//! `ffi-c/src/numbers.rs`: the numbers of the core's enumerations as C constants, and the versions. Made here, so that no list is kept
//! twice; the test fails where the file is not what would be made.

use std::fmt::Write as _;

use corsac::{FieldName, OptionName, PolicyErrorKind, Refusal};

/// The number of the binary interface, in the name of the shared library. Raise it when a function or a structure changes, or goes.
const ABI: u32 = 0;

/// Where the numbers go.
pub(crate) const FILE: &str = "ffi-c/src/numbers.rs";

/// The text of the file.
pub(crate) fn text() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut text = String::from(
        "//! The numbers of the core's enumerations, for C. Made by `cargo xtask header`; do not edit.\n\n",
    );
    let mut say = |doc: &str, name: &str, kind: &str, value: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "/// {doc}\npub const {name}: {kind} = {value};");
    };
    for (name, number) in ["MAJOR", "MINOR", "PATCH"].iter().zip(version.split('.')) {
        say("Part of the version of this header.", &format!("CORSAC_VERSION_{name}"), "u32", number);
    }
    say("The number of the binary interface; see corsac_abi.", "CORSAC_ABI", "u32", &ABI.to_string());
    for option in OptionName::ALL {
        let name = format!("CORSAC_OPTION_{}", constant(option.as_str()));
        say(option.as_str(), &name, "u8", &option.number().to_string());
    }
    for kind in PolicyErrorKind::ALL {
        let name = format!("CORSAC_POLICY_ERROR_{}", constant(kind.slug()));
        say(&sentence(kind.sentence()), &name, "u16", &kind.number().to_string());
    }
    for refusal in Refusal::ALL {
        let name = format!("CORSAC_REFUSAL_{}", constant(refusal.slug()));
        say(&sentence(refusal.sentence()), &name, "u8", &refusal.number().to_string());
    }
    for field in FieldName::ALL {
        let name = field.lower().strip_prefix("access-control-").unwrap_or(field.lower());
        say(field.as_str(), &format!("CORSAC_FIELD_{}", constant(name)), "u8", &field.number().to_string());
    }
    text
}

fn constant(name: &str) -> String {
    name.replace('-', "_").to_uppercase()
}

/// In a comment of C there are no code spans.
fn sentence(text: &str) -> String {
    let mut text = text.replace('`', "\"");
    let is_name = text.split(' ').next().is_some_and(|word| word.contains('_'));
    if let Some(first) = text.get_mut(..1).filter(|_| !is_name) {
        first.make_ascii_uppercase();
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_core() {
        let kept = std::fs::read_to_string(crate::workspace_root().join(FILE)).unwrap();
        assert!(text() == kept, "{FILE} has drifted: run `cargo xtask header`");
    }

    /// cargo-c names the shared library by the version that it is told.
    #[test]
    fn cargo_c_knows_the_binary_interface() {
        let manifest = std::fs::read_to_string(crate::workspace_root().join("ffi-c/Cargo.toml")).unwrap();
        let (_, library) = manifest.split_once("[package.metadata.capi.library]").unwrap();
        assert!(library.lines().any(|line| line.starts_with(&format!("version = \"{ABI}."))), "{library}");
    }

    #[test]
    fn sentences_are_plain() {
        assert_eq!(sentence("`*` is any"), "\"*\" is any.");
        assert_eq!(sentence("the port"), "The port.");
        assert_eq!(sentence("static_origin sends"), "static_origin sends.");
    }
}
