//! `cargo xtask mutants`: whether the tests find mistakes that are known to be there.
//!
//! The mistakes stand in `xtask/mutants.toml`. Each is planted in a copy of the workspace, where the conformance vectors and
//! the properties run apart from each other, so that it shows which of the two would have found it alone.

use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::report::{Outcome, Report, Stop, Tally};
use crate::run::{Captured, capture, cargo, target_dir};
use crate::tree::Tree;

/// A mistake to plant.
#[derive(Debug, PartialEq, Eq)]
struct Mutant {
    id: String,
    why: String,
    /// Stands once in `core/src`.
    find: String,
    replace: String,
    /// Properties that have to find it.
    killers: Vec<String>,
    /// Whether the vectors have to find it.
    vectors: bool,
}

/// Plants each mistake and runs the tests; a first step shows that they pass without one.
pub(crate) fn steps(root: &Path, report: &mut Report) {
    let mut mutants = Vec::new();
    let mut copy = None;
    report.step("mistakes to plant", || {
        let text =
            fs::read_to_string(root.join("xtask/mutants.toml")).map_err(|error| Stop::failed(error.to_string()))?;
        mutants = parse(&text)?;
        copy = Some(Copy::of(root)?);
        Ok(Tally::PASSED)
    });
    let Some(copy) = copy else { return };
    report.step("no mistake", || match copy.found_by()? {
        Found { properties, vectors: false } if properties.is_empty() => Ok(Tally::PASSED),
        found => Err(Stop::failed(format!("the tests fail as it is: {found:?}"))),
    });
    let mut by_property = 0;
    for mutant in &mutants {
        report.step(format!("mistake {}", mutant.id), || {
            println!("{}", mutant.why);
            let found = copy.with(mutant, || copy.found_by())?;
            by_property += usize::from(!found.properties.is_empty());
            found.check(mutant)
        });
    }
    report.step("mistakes that properties find", || {
        println!("{by_property} of {} are found by a property", mutants.len());
        if by_property * 2 < mutants.len() { Err(Stop::failed("fewer than half")) } else { Ok(Tally::PASSED) }
    });
}

/// Which tests found a mistake.
#[derive(Debug)]
struct Found {
    properties: Vec<String>,
    vectors: bool,
}

impl Found {
    fn check(&self, mutant: &Mutant) -> Outcome {
        println!("  vectors:    {}", if self.vectors { "found it" } else { "did not find it" });
        let properties = if self.properties.is_empty() { "none".to_owned() } else { self.properties.join(", ") };
        println!("  properties: {properties}");
        if mutant.vectors && !self.vectors {
            return Err(Stop::failed("the vectors do not find it"));
        }
        match mutant.killers.iter().find(|killer| !self.properties.contains(killer)) {
            Some(killer) => Err(Stop::failed(format!("{killer} does not find it"))),
            None => Ok(Tally::PASSED),
        }
    }
}

/// The workspace as it stands, in a folder of its own.
struct Copy {
    folder: PathBuf,
    output: PathBuf,
}

impl Copy {
    fn of(root: &Path) -> Result<Self, Stop> {
        let base = target_dir(root).join("mutants");
        let copy = Self { folder: base.join("workspace"), output: base.join("target") };
        let broken = |error: std::io::Error| Stop::failed(error.to_string());
        if copy.folder.exists() {
            fs::remove_dir_all(&copy.folder).map_err(broken)?;
        }
        for file in Tree::read(root)?.texts(|_| true) {
            let path = copy.folder.join(&file.path);
            fs::create_dir_all(path.parent().unwrap_or(&copy.folder)).map_err(broken)?;
            fs::write(path, file.text).map_err(broken)?;
        }
        Ok(copy)
    }

    /// Does something while the mistake is in the copy.
    fn with<T>(&self, mutant: &Mutant, work: impl FnOnce() -> Result<T, Stop>) -> Result<T, Stop> {
        let broken = |error: std::io::Error| Stop::failed(error.to_string());
        let mut places = Vec::new();
        for entry in fs::read_dir(self.folder.join("core/src")).map_err(broken)? {
            let path = entry.map_err(broken)?.path();
            let text = fs::read_to_string(&path).map_err(broken)?;
            places.extend(vec![(path, text.clone()); text.matches(&mutant.find).count()]);
        }
        let [(path, text)] = &places[..] else {
            let times = places.len();
            return Err(Stop::failed(format!("the text to replace is there {times} times, and has to be there once")));
        };
        fs::write(path, text.replacen(&mutant.find, &mutant.replace, 1)).map_err(broken)?;
        let result = work();
        fs::write(path, text).map_err(broken)?;
        result
    }

    /// Runs the tests. The properties run their usual number of cases, the same ones every time.
    fn found_by(&self) -> Result<Found, Stop> {
        let build = self.test("properties", &["--no-run"])?;
        if !build.success {
            return Err(Stop::failed(format!("does not build\n{}", build.stderr)));
        }
        let properties = self.test("properties", &["--no-fail-fast"])?;
        let mut properties = failed_tests(&properties.stdout);
        // Whether the generators reach what they should is no property of a decision.
        properties.retain(|name| !name.starts_with("reach::"));
        let vectors = !self.test("vectors", &["--no-fail-fast"])?.success;
        Ok(Found { properties, vectors })
    }

    fn test(&self, target: &str, arguments: &[&str]) -> Result<Captured, Stop> {
        let mut test = cargo(&self.folder);
        test.args(["test", "--package", "corsac", "--test", target]).args(arguments);
        test.env("CARGO_TARGET_DIR", &self.output).env_remove("CORSAC_CASES").env_remove("CORSAC_SEED");
        capture(&mut test)
    }
}

/// The names in libtest's lines `test NAME ... FAILED`.
fn failed_tests(stdout: &str) -> Vec<String> {
    let names = stdout.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    names.map(str::to_owned).collect()
}

fn parse(text: &str) -> Result<Vec<Mutant>, Stop> {
    let table = DeTable::parse(text).map_err(|error| Stop::failed(format!("xtask/mutants.toml: {error}")))?;
    let entries = table.get_ref().get("mutant").and_then(|list| list.get_ref().as_array());
    let mutants = entries.into_iter().flatten().map(|entry| {
        let entry = entry.get_ref();
        let text = |name: &str| {
            let value = entry.get(name).and_then(|value| value.get_ref().as_str());
            value.map(str::to_owned).ok_or_else(|| Stop::failed(format!("xtask/mutants.toml: an entry has no {name}")))
        };
        let killers = entry.get("killers").and_then(|list| list.get_ref().as_array());
        let killers = killers.into_iter().flatten().filter_map(|name| name.get_ref().as_str()).map(str::to_owned);
        Ok(Mutant {
            id: text("id")?,
            why: text("why")?,
            find: text("find")?,
            replace: text("replace")?,
            killers: killers.collect(),
            vectors: entry.get("vectors").is_some_and(|value| matches!(value.get_ref(), DeValue::Boolean(true))),
        })
    });
    mutants.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "[[mutant]]\nid = \"a\"\nwhy = \"b\"\nfind = \"x > 1\"\nreplace = 'x >= 1'\n\
                         killers = [\"p\", \"q\"]\nvectors = true\n";

    #[test]
    fn entries_are_read() {
        let mutants = parse(ENTRY).expect("an entry");
        assert_eq!(mutants.len(), 1);
        assert_eq!((mutants[0].killers.len(), mutants[0].vectors), (2, true));
        assert_eq!((&*mutants[0].find, &*mutants[0].replace), ("x > 1", "x >= 1"));
        assert!(parse("[[mutant]]\nid = \"a\"\n").is_err());
    }

    /// The long run is not part of CI; that there is something to plant each mistake in is.
    #[test]
    fn every_mistake_has_its_place() {
        let root = crate::workspace_root();
        let texts: String = Tree::read(&root)
            .expect("the tree")
            .texts(|path| path.starts_with("core/src/"))
            .map(|file| file.text)
            .collect();
        let mutants = parse(&fs::read_to_string(root.join("xtask/mutants.toml")).expect("the list")).expect("mistakes");
        for mutant in mutants {
            assert_eq!(texts.matches(&mutant.find).count(), 1, "{}", mutant.id);
        }
    }

    #[test]
    fn failed_tests_are_named() {
        let stdout = "running 2 tests\ntest a::b ... FAILED\ntest c ... ok\ntest result: FAILED. 1 passed";
        assert_eq!(failed_tests(stdout), ["a::b"]);
    }
}
