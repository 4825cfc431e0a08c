//! `cargo xtask test`: every check, cheap ones first.

use std::io::{IsTerminal as _, stdout};
use std::path::Path;

use crate::report::{Outcome, Report, Stop, Tally};
use crate::run::{cargo, count, pass};
use crate::{SHORT_FUZZ, browser, c, embedded, fuzz, mcu, python, tidy};

/// Runs every check.
pub(crate) fn steps(root: &Path, report: &mut Report) {
    report.step("formatting", || formatting(root));
    report.step("house rules", || tidy::check(root));
    report.step("lints", || {
        pass(cargo(root).args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-Dwarnings"]))
    });
    report.step("documentation", || {
        let mut doc = cargo(root);
        doc.env("RUSTDOCFLAGS", "-Dwarnings");
        pass(doc.args(["doc", "--workspace", "--no-deps", "--quiet"]))
    });
    report.step("tests", || tests(root));
    let module = c::steps(root, report);
    report.step("benches as tests", || benches(root));
    let python = python::steps(root, report);
    browser::steps(root, report, None, &browser::Built { module, python });
    embedded::steps(root, report);
    mcu::steps(root, report, mcu::Extent::Short);
    fuzz::steps(root, report, SHORT_FUZZ);
}

/// The workspace and the crates that stand outside it.
fn formatting(root: &Path) -> Outcome {
    // Left to itself, rustfmt colours a pipe too.
    let colour = if stdout().is_terminal() { "always" } else { "never" };
    pass(cargo(root).args(["fmt", "--all", "--check", "--", "--color", colour]))?;
    for folder in ["embedded", "examples/cortex-m", "ffi-c", "fuzz"] {
        let folder = root.join(folder);
        if folder.join("Cargo.toml").exists() {
            pass(cargo(&folder).args(["fmt", "--all", "--check", "--", "--color", colour]))?;
        }
    }
    Ok(Tally::PASSED)
}

/// Unit tests, integration tests and doctests, the README's among them; each test counts.
fn tests(root: &Path) -> Outcome {
    count(cargo(root).args(["test", "--workspace", "--no-fail-fast"]), test_result)
}

/// Each bench runs once, so that the answer it asserts is checked; with what the tests were built from, as no time is measured.
fn benches(root: &Path) -> Outcome {
    if !root.join("benches/benches").exists() {
        return Err(Stop::needs("benches/benches"));
    }
    pass(cargo(root).args(["test", "--package", "corsac-benches", "--benches"]))
}

/// Reads libtest's closing line: `test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`.
/// A filtered test was not asked for and is not counted.
pub(crate) fn test_result(line: &str) -> Option<Tally> {
    let (_verdict, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut tally = Tally::default();
    for count in counts.split("; ") {
        let Some((number, what)) = count.split_once(' ') else {
            continue;
        };
        let Ok(number) = number.parse() else { continue };
        match what {
            "passed" => tally.passed = number,
            "failed" => tally.failed = number,
            "ignored" => tally.skipped = number,
            _ => {}
        }
    }
    Some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_line_is_counted() {
        let ok = "test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.00s";
        assert_eq!(test_result(ok), Some(Tally { passed: 7, failed: 0, skipped: 1 }));
        let bad = "test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.2s";
        assert_eq!(test_result(bad), Some(Tally { passed: 5, failed: 2, skipped: 0 }));
        // A doctest run on edition 2024 splits what it merged from the rest and closes twice.
        let merged = "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(test_result(merged), Some(Tally::PASSED));
    }

    #[test]
    fn other_lines_are_not() {
        for line in [
            "",
            "running 7 tests",
            "test request::tests::reads ... ok",
            "all doctests ran in 0.20s; merged doctests compilation took 0.10s",
            "    test result: ok. 7 passed; 0 failed; 0 ignored",
        ] {
            assert_eq!(test_result(line), None, "{line}");
        }
    }
}
