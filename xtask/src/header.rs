//! `include/corsac.h`: made by cbindgen from `ffi-c/src`, checked in, and never edited.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::numbers;
use crate::report::{Outcome, Stop, Tally};
use crate::run::{capture, cargo, pass, show, target_dir};

/// Another version may write the same header in another way.
const CBINDGEN: &str = "0.29.4";

/// Writes the numbers and the header.
pub(crate) fn write(root: &Path) -> Outcome {
    let cannot_write = |error: std::io::Error| Stop::failed(format!("cannot write: {error}"));
    fs::write(root.join(numbers::FILE), numbers::text()).map_err(cannot_write)?;
    fs::create_dir_all(root.join("include")).map_err(cannot_write)?;
    make(root, &root.join("include/corsac.h"))
}

/// Whether the header is the one that would be made.
pub(crate) fn check(root: &Path) -> Outcome {
    let made = target_dir(root).join("corsac.h");
    make(root, &made)?;
    let read = |file: &Path| fs::read(file).map_err(|error| Stop::failed(format!("cannot read the header: {error}")));
    if read(&made)? == read(&root.join("include/corsac.h"))? {
        Ok(Tally::PASSED)
    } else {
        Err(Stop::failed("include/corsac.h has drifted: run `cargo xtask header`"))
    }
}

fn make(root: &Path, header: &Path) -> Outcome {
    let cbindgen = cbindgen(root)?;
    let mut command = Command::new(cbindgen);
    command.current_dir(root.join("ffi-c")).args([
        "--quiet",
        "--config",
        "cbindgen.toml",
        "--crate",
        "corsac-c",
        "--output",
    ]);
    pass(command.arg(header))
}

/// The program of this version, built below the target folder where it is not at hand.
fn cbindgen(root: &Path) -> Result<PathBuf, Stop> {
    let own = target_dir(root).join("tools");
    let candidates = [PathBuf::from("cbindgen"), own.join("bin/cbindgen")];
    let wanted = format!("cbindgen {CBINDGEN}");
    let is_it = |program: &PathBuf| {
        capture(Command::new(program).arg("--version")).is_ok_and(|said| said.stdout.trim() == wanted)
    };
    if let Some(program) = candidates.iter().find(|program| is_it(program)) {
        return Ok(program.clone());
    }
    let mut install = cargo(root);
    // As it runs for a second, it is not worth being optimized.
    install.args(["install", "--debug", "--quiet", "--locked", "cbindgen", "--version", CBINDGEN, "--root"]).arg(&own);
    show(&install);
    let installed = capture(&mut install)?;
    let [_, program] = candidates;
    match is_it(&program) {
        true => Ok(program),
        false
            if installed.stderr.contains("failed to download")
                || installed.stderr.contains("spurious network error") =>
        {
            Err(Stop::needs(format!("{wanted}, and the registry cannot be reached")))
        }
        false => Err(Stop::failed(format!("cannot install {wanted}: {}", installed.stderr.trim()))),
    }
}
