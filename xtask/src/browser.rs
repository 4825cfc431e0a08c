//! `cargo xtask browser`: calls of pages in a real Chromium, against the core and against what it stands in.
//!
//! `corsac-judge` makes the cases and judges them. Here it is told where the built adapters are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{Outcome, Report, Stop, Tally};
use crate::run::{cargo, count};
use crate::toolchain::in_path;
use crate::{c, python};

/// What an adapter gets of the core's cases: a part, and no fewer than have all kinds among them.
const SHARE_OF_AN_ADAPTER: usize = 20;
const LEAST_OF_AN_ADAPTER: usize = 200;

/// Names that the browser goes by.
const BROWSERS: [&str; 2] = ["chromium", "chromium-browser"];

/// Adapters that other steps have built.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// The module for nginx.
    pub(crate) module: Option<PathBuf>,
    /// A Python with the package.
    pub(crate) python: Option<PathBuf>,
}

/// Builds the adapters and judges all, by so many cases, or by as many as the judge sees fit.
pub(crate) fn alone(root: &Path, report: &mut Report, cases: Option<usize>) {
    if present().is_err() {
        // Nothing is built for a browser that is not there.
        report.step("browser: chromium", || judge(root, cases, &[]));
        return;
    }
    let built = Built { module: c::module(root, report), python: python::installed(root, report) };
    steps(root, report, cases, &built);
}

/// Judges all that is built.
pub(crate) fn steps(root: &Path, report: &mut Report, cases: Option<usize>, built: &Built) {
    report.step("browser: chromium", || judge(root, cases, &[]));
    let few = cases.map(|cases| (cases / SHARE_OF_AN_ADAPTER).max(LEAST_OF_AN_ADAPTER));
    report.step("browser: tower", || judge(root, few, &["--tower"]));
    report.step("browser: nginx", || {
        let module = built.module.as_deref().ok_or_else(|| Stop::needs("the module for nginx, which was not built"))?;
        judge(root, few, &["--nginx", &module.to_string_lossy()])
    });
    report.step("browser: fastapi", || {
        let python = built.python.as_deref().ok_or_else(|| Stop::needs("the Python package, which was not built"))?;
        judge(root, few, &["--fastapi", &python.to_string_lossy()])
    });
}

/// Judges a firmware that was booted; the port is this machine's.
pub(crate) fn board(root: &Path, port: u16) -> Outcome {
    let origin = format!("http://127.0.0.1:{port}");
    judge(root, None, &["--board", &origin])
}

fn judge(root: &Path, cases: Option<usize>, against: &[&str]) -> Outcome {
    present()?;
    let mut judge: Command = cargo(root);
    // In the profile of the tests, which have built it already.
    judge.args(["run", "--quiet", "--profile", "test", "--package", "corsac-judge", "--"]);
    if let Some(cases) = cases {
        judge.args(["--cases", &cases.to_string()]);
    }
    judge.args(against);
    count(&mut judge, judge_result)
}

/// The browser's program.
pub(crate) fn program() -> Option<PathBuf> {
    BROWSERS.into_iter().find_map(in_path)
}

/// Whether there is a browser, and what to install where there is none.
fn present() -> Result<(), Stop> {
    match program().and(in_path("chromedriver")) {
        Some(_) => Ok(()),
        None => Err(Stop::needs("chromium and chromedriver (Debian's chromium and chromium-driver)")),
    }
}

/// Reads the judge's closing lines: `judge: 5000 passed, 0 failed`.
fn judge_result(line: &str) -> Option<Tally> {
    let (passed, failed) = line.strip_prefix("judge: ")?.split_once(", ")?;
    let passed = passed.strip_suffix(" passed")?.parse().ok()?;
    let failed = failed.strip_suffix(" failed")?.parse().ok()?;
    Some(Tally { passed, failed, skipped: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_line_is_counted() {
        assert_eq!(judge_result("judge: 4998 passed, 2 failed"), Some(Tally { passed: 4998, failed: 2, skipped: 0 }));
        assert_eq!(judge_result("5000 cases in 21.9 s"), None);
        assert_eq!(judge_result("judge: all passed"), None);
    }

    #[test]
    fn ci_installs_a_browser() {
        let script = include_str!("../../.ci/run");
        for package in ["chromium", "chromium-driver"] {
            assert!(script.split_whitespace().any(|word| word == package), "{package}");
        }
    }
}
