//! `cargo xtask bench`: every bench in one run, and `docs/performance.md` of what they measured.

use std::path::Path;
use std::process::Command;

use crate::c::{Library, present};
use crate::python;
use crate::report::{Report, Tally};
use crate::run::{cargo, emptied, pass, target_dir};

/// How often nginx is counted; the quartiles are of so many.
const NGINX_RUNS: &str = "3";

/// Runs every part, and then the report, whatever the parts came to. A missed bar is a failure of its part or of the report.
pub(crate) fn steps(root: &Path, report: &mut Report) {
    // Below the target folder; a part that does not run leaves no file, and the report names it.
    let results = target_dir(root).join("bench");
    let mut library = None;
    report.step("bench: C library", || {
        emptied(&results)?;
        library = Some(Library::staged(root)?);
        Ok(Tally::PASSED)
    });
    report.step("bench: Rust and C", || {
        let mut bench = cargo(root);
        bench.env("CORSAC_BENCH_JSON", results.join("rust.json"));
        pass(bench.args(["bench", "--package", "corsac-benches", "--benches"]))
    });
    report.step("bench: instructions", || {
        present("valgrind")?;
        pass(program(root, "instructions").arg("--json").arg(results.join("instructions.json")))
    });
    python::bench(root, report, Some(&results.join("python.json")));
    if let Some(library) = library {
        report.step("bench: nginx", || {
            let module = library.nginx_module()?;
            let mut cost = library.nginx_cost(&module)?;
            pass(cost.args(["--runs", NGINX_RUNS, "--json"]).arg(results.join("nginx.json")))
        });
    }
    report.step("bench: report", || pass(program(root, "report").arg(&results).arg(root.join("docs"))));
}

/// Runs a program of the benches, as a deployment would build it.
fn program(root: &Path, name: &str) -> Command {
    let mut command = cargo(root);
    command.args(["run", "--release", "--quiet", "--package", "corsac-benches", "--bin", name, "--"]);
    command
}
