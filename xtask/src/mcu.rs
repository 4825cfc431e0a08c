//! `cargo xtask mcu`: the library on emulated microcontrollers.
//!
//! The vectors run on each target, instructions and stack are counted there, the firmwares of `examples/cortex-m` are booted
//! and driven over a loopback port, and every figure is held to a ceiling. Each emulator is a child that is ended by its own handle.

mod browser;
mod drive;
mod figures;
mod firmware;
mod images;
mod qemu;

use std::path::Path;

use crate::report::{Report, Stop, Tally};
use figures::Figures;

/// How much is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// A part that every run of all checks has time for.
    Short,
    /// Everything, with so many requests to each board, and what is done with the figures.
    Whole { requests: usize, page: Page },
}

/// What is done with the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// They are printed.
    Keep,
    /// They are written into `docs/embedded.md`.
    Write,
}

/// How many requests each board gets where nobody says.
pub(crate) const REQUESTS: usize = 10_000;

/// How many it gets among all checks.
const FEW_REQUESTS: usize = 300;

/// Runs all, or the part that is asked for.
pub(crate) fn steps(root: &Path, report: &mut Report, extent: Extent) {
    let (requests, page) = match extent {
        Extent::Short => (FEW_REQUESTS, Page::Keep),
        Extent::Whole { requests, page } => (requests, page),
    };
    let mut figures = Figures::default();
    let mut lacks = None;
    let mut parts = Vec::new();
    report.step("board: vectors as images", || {
        parts = images::parts(root)?;
        Ok(Tally::PASSED)
    });
    if parts.is_empty() {
        return;
    }
    for board in &images::BOARDS {
        if extent == Extent::Short && board.target != images::MEASURED {
            continue;
        }
        report.step(format!("board: vectors on {}", board.target), || {
            let stack = note(&mut lacks, images::vectors(root, board, &parts))?;
            figures.stack.push((board.target, stack));
            Ok(Tally { passed: u64::try_from(parts.len()).unwrap_or(0), ..Tally::default() })
        });
    }
    report.step("board: planted answer", || images::planted(root, &parts));
    report.step("board: instructions", || {
        figures.costs = note(&mut lacks, images::costs(root))?;
        Ok(Tally::PASSED)
    });
    if extent != Extent::Short {
        for board in &images::BOARDS {
            report.step(format!("board: flash on {}", board.target), || {
                figures.flash.push((board.target, note(&mut lacks, images::flash(root, board.target))?));
                Ok(Tally::PASSED)
            });
        }
    }
    report.step("firmware: lints", || firmware::lints(root));
    report.step("firmware: tests on the host", || firmware::tests(root));
    for board in firmware::BOARDS {
        report.step(format!("firmware: {}", board.machine), || {
            let (tally, driven) = firmware::drive(root, board, requests)?;
            figures.firmware.push((board.machine, driven));
            Ok(tally)
        });
    }
    for (number, board) in firmware::BOARDS.into_iter().enumerate() {
        if extent != Extent::Short {
            report.step(format!("firmware: a browser on {}", board.machine), || firmware::browse(root, board));
        }
        if extent != Extent::Short || number == 0 {
            report.step(format!("firmware: judged on {}", board.machine), || firmware::judge(root, board));
        }
    }
    report.step("firmware: C", || firmware::c(root, &parts));
    report.step("board: figures", || {
        if let Some(what) = lacks {
            return Err(Stop::needs(what));
        }
        print!("{}", figures.tables());
        let faults = figures.faults();
        if !faults.is_empty() {
            return Err(Stop::failed(faults.join("; ")));
        }
        if page == Page::Write {
            figures.write(root)?;
        }
        Ok(Tally::PASSED)
    });
}

/// Keeps what this machine lacks: without it there are not all figures, and none is at fault.
fn note<T>(lacks: &mut Option<String>, measured: Result<T, Stop>) -> Result<T, Stop> {
    if let Err(Stop::Needs(what)) = &measured {
        *lacks = Some(what.clone());
    }
    measured
}

#[cfg(test)]
mod tests {
    #[test]
    fn ci_installs_what_the_short_extent_needs() {
        let script = include_str!("../../.ci/run");
        for package in ["qemu-system-arm", "gcc-arm-none-eabi", "libnewlib-arm-none-eabi"] {
            assert!(script.split_whitespace().any(|word| word == package), "{package}");
        }
    }
}
