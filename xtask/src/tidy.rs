//! House rules that no compiler knows: facts stated once, files of a size that one reads, links that lead somewhere.

use std::path::Path;

use crate::report::{Outcome, Stop, Tally};
use crate::tree::{TextFile, Tree};
use crate::{markdown, vectors};

/// The most lines, tests not counted, of a file of the core.
const CORE_LINES: usize = 450;

/// What every member takes from the workspace instead of stating it again.
const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];

/// All that the core may depend on.
const CORE_DEPENDENCIES: [&str; 1] = ["heapless"];

/// Folders of one machine; no file may name a path below them. Written without the slashes, so that this file passes.
const MACHINE_FOLDERS: [&str; 3] = ["work", "root", "home"];

/// Holds the repository against every rule.
pub(crate) fn check(root: &Path) -> Outcome {
    let tree = Tree::read(root)?;
    let mut faults = Vec::new();
    for member in members(&tree.text("Cargo.toml").unwrap_or_default()) {
        let path = format!("{member}/Cargo.toml");
        let manifest = tree.text(&path).unwrap_or_default();
        faults.extend(manifest_faults(&path, &manifest));
    }
    let core = tree.text("core/Cargo.toml").unwrap_or_default();
    for dependency in keys(&core, "dependencies") {
        if !CORE_DEPENDENCIES.contains(&dependency) {
            faults.push(format!("core/Cargo.toml: the core may not depend on {dependency}"));
        }
    }
    let library = tree.text("core/src/lib.rs").unwrap_or_default();
    for attribute in ["#![no_std]", "#![forbid(unsafe_code)]"] {
        if !library.lines().any(|line| line == attribute) {
            faults.push(format!("core/src/lib.rs: without {attribute}"));
        }
    }
    for file in tree.texts(|path| path.starts_with("core/src/")) {
        let lines = lines_without_tests(&file.text);
        if lines > CORE_LINES {
            faults.push(format!("{}: {lines} lines without tests, {CORE_LINES} at most", file.path));
        }
    }
    for file in tree.texts(|_| true) {
        faults.extend(machine_path_faults(&file));
    }
    for file in tree.texts(|path| path.ends_with(".md")) {
        faults.extend(link_faults(&file, &tree));
    }
    faults.extend(vectors::faults(&tree));
    for fault in &faults {
        println!("{fault}");
    }
    match faults.len() {
        0 => Ok(Tally::PASSED),
        count => Err(Stop::failed(format!("{count} broken house rules"))),
    }
}

/// The members that the root manifest lists.
fn members(manifest: &str) -> Vec<&str> {
    let list = manifest.split_once("members = [").and_then(|(_, rest)| rest.split_once(']'));
    let list = list.map_or("", |(list, _)| list);
    list.split(',').map(|member| member.trim().trim_matches('"')).filter(|member| !member.is_empty()).collect()
}

/// The lines of one table of a TOML file.
fn table<'t>(manifest: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let header = format!("[{name}]");
    let lines = manifest.lines().skip_while(move |line| line.trim() != header).skip(1);
    lines.take_while(|line| !line.starts_with('[')).map(str::trim)
}

/// The keys of one table, and the names of its subtables.
fn keys<'t>(manifest: &'t str, name: &str) -> Vec<&'t str> {
    let prefix = format!("[{name}.");
    let entries = table(manifest, name).filter(|line| !line.starts_with('#')).filter_map(|line| {
        let (key, _) = line.split_once('=')?;
        key.trim().split('.').next()
    });
    let subtables = manifest.lines().filter_map(|line| line.strip_prefix(&prefix)?.strip_suffix(']'));
    entries.chain(subtables).collect()
}

fn manifest_faults(path: &str, manifest: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for key in INHERITED {
        let inherited = format!("{key}.workspace = true");
        if !table(manifest, "package").any(|line| line == inherited) {
            faults.push(format!("{path}: without {inherited}"));
        }
    }
    let lints = table(manifest, "lints").any(|line| line == "workspace = true");
    if !lints && !manifest.lines().any(|line| line == "lints.workspace = true") {
        faults.push(format!("{path}: without the lints of the workspace"));
    }
    faults
}

/// Lines before the test module that ends a file.
fn lines_without_tests(source: &str) -> usize {
    let lines: Vec<&str> = source.lines().collect();
    let tests = lines.windows(2).position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod "));
    tests.unwrap_or(lines.len())
}

fn machine_path_faults(file: &TextFile) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        for folder in MACHINE_FOLDERS {
            let path = format!("/{folder}/");
            let starts = |at: usize| {
                let before = line.get(..at).and_then(|before| before.chars().next_back());
                before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '/' | '.' | '_' | '-' | '}' | '$' | '*'))
            };
            if line.match_indices(&path).any(|(at, _)| starts(at)) {
                faults.push(format!("{}:{number}: names {path}, a path of one machine", file.path));
            }
        }
    }
    faults
}

/// Relative links of one Markdown file that lead nowhere.
fn link_faults(file: &TextFile, tree: &Tree) -> Vec<String> {
    let mut faults = Vec::new();
    for link in markdown::links(&file.text) {
        let (path, anchor) = link.text.split_once('#').unwrap_or((link.text, ""));
        if path.contains(':') {
            continue;
        }
        let target = if path.is_empty() { Some(file.path.clone()) } else { resolve(&file.path, path) };
        let found = target.as_deref().filter(|target| tree.holds(target));
        let Some(found) = found else {
            faults.push(format!("{}:{}: the link {} leads nowhere", file.path, link.line, link.text));
            continue;
        };
        let is_page = found.ends_with(".md");
        if is_page && !anchor.is_empty() {
            let page = tree.text(found).unwrap_or_default();
            if !markdown::anchors(&page).iter().any(|heading| heading == anchor) {
                faults.push(format!("{}:{}: {found} has no heading #{anchor}", file.path, link.line));
            }
        }
    }
    faults
}

/// The path that a link in `from` leads to, relative to the root; `None` when that is outside of the repository.
fn resolve(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "\
[package]
name = \"one\"
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true

[dependencies]
# a remark = here
heapless = { version = \"0.9\" }
serde.workspace = true

[dependencies.toml]
version = \"1\"

[dev-dependencies]
proptest = \"1\"

[lints]
workspace = true
";

    #[test]
    fn a_manifest_inherits_or_is_blamed() {
        assert_eq!(manifest_faults("one", MANIFEST), Vec::<String>::new());
        let own = MANIFEST.replace("rust-version.workspace = true", "rust-version = \"1.90\"");
        assert_eq!(manifest_faults("one", &own), ["one: without rust-version.workspace = true"]);
        let lax = MANIFEST.replace("[lints]\nworkspace = true", "");
        assert_eq!(manifest_faults("one", &lax), ["one: without the lints of the workspace"]);
    }

    #[test]
    fn members_and_dependencies_are_read() {
        assert_eq!(members("[workspace]\nmembers = [\"core\", \"cli\"]\nexclude = [\"fuzz\"]"), ["core", "cli"]);
        assert_eq!(members("[workspace]\nmembers = [\n  \"core\",\n]"), ["core"]);
        assert_eq!(keys(MANIFEST, "dependencies"), ["heapless", "serde", "toml"]);
    }

    #[test]
    fn tests_at_the_end_are_not_counted() {
        assert_eq!(lines_without_tests("a\nb\n#[cfg(test)]\nmod tests {\n}\n"), 2);
        assert_eq!(lines_without_tests("a\n#[cfg(test)]\nfn helper() {}\nb\n"), 4);
    }

    #[test]
    fn a_machine_path_is_found_and_an_address_is_not() {
        let faults = |text: String| machine_path_faults(&TextFile { path: "f".into(), text }).len();
        for folder in MACHINE_FOLDERS {
            assert_eq!(faults(format!("see /{folder}/x")), 1, "{folder}");
            assert_eq!(faults(format!("\"/{folder}/x\"")), 1, "{folder}");
            assert_eq!(faults(format!("https://example.com/{folder}/x")), 0, "{folder}");
            assert_eq!(faults(format!("./{folder}/x")), 0, "{folder}");
        }
    }

    #[test]
    fn links_are_resolved_from_their_file() {
        assert_eq!(resolve("README.md", "docs/a.md").as_deref(), Some("docs/a.md"));
        assert_eq!(resolve("docs/a.md", "../README.md").as_deref(), Some("README.md"));
        assert_eq!(resolve("docs/a.md", "./b.md").as_deref(), Some("docs/b.md"));
        assert_eq!(resolve("docs/a.md", "../../other/b.md"), None);
    }
}
