//! `cargo xtask fuzz`: a bounded run of every fuzz target, on the compiler that builds the rest.
//!
//! The targets of the folder `fuzz` are laid out for cargo-fuzz, which serves for longer hunts (minimizing, coverage,
//! sanitizers). Here they are built with the coverage counters that libFuzzer needs and without sanitizers: neither
//! needs more than a stable compiler, and code that forbids `unsafe` leaves little for a sanitizer to find.

use core::time::Duration;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{Outcome, Report, Stop, Tally};
use crate::run::{capture, cargo, pass, show, target_dir};

/// Coverage counters as cargo-fuzz asks for them, and the assertions of a debug build.
const FLAGS: [&str; 8] = [
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
];

/// Builds the targets and runs each for `each`.
pub(crate) fn steps(root: &Path, report: &mut Report, each: Duration) {
    let fuzzer = Fuzzer { folder: root.join("fuzz"), output: target_dir(root).join("fuzz") };
    let targets = fuzzer.targets();
    report.step("fuzz seeds", || fuzzer.write_seeds());
    report.step("fuzz targets build", || match &targets[..] {
        [] => Err(Stop::failed("fuzz/Cargo.toml names no target")),
        _ => fuzzer.build(),
    });
    for target in &targets {
        report.step(format!("fuzz {target} for {} s", each.as_secs()), || fuzzer.run(target, each));
    }
}

struct Fuzzer {
    folder: PathBuf,
    output: PathBuf,
}

impl Fuzzer {
    fn targets(&self) -> Vec<String> {
        binaries(&fs::read_to_string(self.folder.join("Cargo.toml")).unwrap_or_default())
    }

    fn build(&self) -> Outcome {
        let mut build = cargo(&self.folder);
        build.args(["build", "--release", "--quiet", "--bins", "--target"]).arg(host()?);
        build.arg("--target-dir").arg(&self.output);
        // Given a target, cargo keeps these flags away from build scripts.
        pass(build.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f")))
    }

    /// Makes seeds of the conformance vectors, with an ordinary build that needs no fuzzer.
    fn write_seeds(&self) -> Outcome {
        let mut write = cargo(&self.folder);
        write.args(["run", "--quiet", "--no-default-features", "--example", "seeds", "--target-dir"]).arg(&self.output);
        pass(&mut write)
    }

    fn run(&self, target: &str, each: Duration) -> Outcome {
        let program = self.output.join(host()?).join("release").join(target);
        if !program.exists() {
            return Err(Stop::failed("was not built"));
        }
        let corpus = self.folder.join("corpus").join(target);
        let artifacts = self.folder.join("artifacts").join(target);
        for folder in [&corpus, &artifacts] {
            fs::create_dir_all(folder).map_err(|error| Stop::failed(error.to_string()))?;
        }
        let mut fuzz = Command::new(program);
        fuzz.current_dir(&self.folder);
        fuzz.args(["-verbosity=0", "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048"]);
        fuzz.arg(format!("-max_total_time={}", each.as_secs()));
        // libFuzzer takes what is in front of the name of the artifact, hence the slash.
        fuzz.arg(format!("-artifact_prefix={}/", artifacts.display()));
        fuzz.arg("-dict=dictionary.txt");
        fuzz.arg(&corpus);
        let seeds = self.folder.join("seeds").join(target);
        if seeds.exists() {
            fuzz.arg(seeds);
        }
        show(&fuzz);
        let finished = capture(&mut fuzz)?;
        let runs = finished.stderr.lines().find_map(executed).unwrap_or(0);
        if !finished.success {
            println!("{}{}", finished.stdout, finished.stderr);
            return Err(Stop::failed(format!("see the input in fuzz/artifacts/{target}")));
        }
        println!("{target}: {runs} runs");
        if runs == 0 { Err(Stop::failed("ran no input")) } else { Ok(Tally::PASSED) }
    }
}

/// The names of the binary targets of a manifest.
fn binaries(manifest: &str) -> Vec<String> {
    let tables = manifest.split("[[bin]]").skip(1);
    let names = tables.filter_map(|table| {
        let name = table.lines().find_map(|line| line.trim().strip_prefix("name"))?;
        Some(name.trim_start().strip_prefix('=')?.trim().trim_matches('"').to_owned())
    });
    names.collect()
}

/// Reads libFuzzer's `stat::number_of_executed_units: 4407870`.
fn executed(line: &str) -> Option<u64> {
    line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok()
}

fn host() -> Result<String, Stop> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let answer = capture(Command::new(rustc).args(["--print", "host-tuple"]))?;
    Ok(answer.stdout.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_from_the_manifest() {
        let manifest = "[package]\nname = \"corsac-fuzz\"\n\n[[bin]]\nname = \"request\"\npath = \"a.rs\"\n\n\
                        [[bin]]\npath = \"b.rs\"\nname=\"image\"\n";
        assert_eq!(binaries(manifest), ["request", "image"]);
        assert_eq!(binaries("[package]\nname = \"corsac-fuzz\"\n"), Vec::<String>::new());
    }

    #[test]
    fn the_number_of_runs_is_read() {
        assert_eq!(executed("stat::number_of_executed_units: 4407870"), Some(4_407_870));
        assert_eq!(executed("stat::peak_rss_mb:              27"), None);
    }
}
