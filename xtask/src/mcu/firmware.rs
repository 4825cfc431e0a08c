//! The firmwares of `examples/cortex-m`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::images::{MEASURED, Part};
use super::qemu::Machine;
use super::{browser, drive};
use crate::elf::Image;
use crate::report::{Outcome, Stop, Tally};
use crate::run::{cargo, count, emptied, pass, target_dir};
use crate::test;
use crate::toolchain::{Toolchain, in_path};

/// A board, its firmware, and the most bytes of flash and of memory that it may take, the stack not counted; a little above what was last
/// measured. Raise one with a reason. The LM3S6965 has 256 KiB and 64 KiB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Board {
    pub(crate) machine: &'static str,
    package: &'static str,
    flash: u32,
    memory: u32,
}

pub(crate) const BOARDS: [Board; 2] = [
    Board { machine: "lm3s6965evb", package: "corsac-lm3s", flash: 52 << 10, memory: 54 << 10 },
    Board { machine: "mps2-an385", package: "corsac-mps2", flash: 84 << 10, memory: 248 << 10 },
];

/// The program of the C compiler for bare ARM.
const COMPILER: &str = "arm-none-eabi-gcc";

/// What a firmware takes, and what it was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Driven {
    pub(crate) flash: u32,
    pub(crate) memory: u32,
    pub(crate) requests: u64,
}

/// Lints everything, which the host's compiler can do for the boards as well.
pub(crate) fn lints(root: &Path) -> Outcome {
    pass(host(root).arg("clippy").args(["--workspace", "--quiet"]).args(["--", "-Dwarnings"]))
}

/// The tests of what knows no board.
pub(crate) fn tests(root: &Path) -> Outcome {
    let mut tests = host(root);
    tests.args(["test", "--package", "corsac-device", "--package", "corsac-picoserve"]);
    count(&mut tests, test::test_result)
}

/// The active cargo on the firmwares' workspace.
fn host(root: &Path) -> Command {
    let mut command = cargo(&root.join("examples/cortex-m"));
    command.env("CARGO_TARGET_DIR", target_dir(root).join("board-host"));
    command
}

/// Builds a firmware, weighs it, boots it and drives it.
pub(crate) fn drive(root: &Path, board: Board, requests: usize) -> Result<(Tally, Driven), Stop> {
    let machine = Machine::arm(board.machine);
    machine.present()?;
    let toolchain = Toolchain::find(MEASURED)?.with_linker()?;
    let output = target_dir(root);
    let mut build = toolchain.cargo("build", &root.join("examples/cortex-m"), &output);
    pass(build.args(["--package", board.package]))?;
    let file = toolchain.built(&output, board.package);
    let bytes = fs::read(&file).map_err(|error| Stop::failed(format!("no firmware: {error}")))?;
    let image = Image::read(&bytes).ok_or_else(|| Stop::failed("the firmware is no ELF file"))?;
    println!("{}: {} bytes of flash, {} of memory", board.package, image.flash(), image.memory);
    // What a firmware never has: a heap.
    if let Some(symbol) =
        image.symbols.iter().find(|symbol| symbol.contains("__rust_alloc") || symbol.contains("malloc"))
    {
        return Err(Stop::failed(format!("holds {symbol}")));
    }
    if image.flash() > board.flash || image.memory > board.memory {
        return Err(Stop::failed(format!("more than {} of flash or {} of memory", board.flash, board.memory)));
    }
    let mut served = machine.serve(&file)?;
    let done = drive::drive(served.port, requests)?;
    if !served.is_up() {
        return Err(Stop::failed("the firmware has reset itself"));
    }
    let driven = Driven { flash: image.flash(), memory: image.memory, requests: done };
    Ok((Tally { passed: done, ..Tally::default() }, driven))
}

/// Boots a firmware that was built and lets a browser open pages.
pub(crate) fn browse(root: &Path, board: Board) -> Outcome {
    let file = Toolchain::find(MEASURED)?.built(&target_dir(root), board.package);
    let served = Machine::arm(board.machine).serve(&file)?;
    drive::wait(served.port)?;
    browser::browse(served.port, &target_dir(root).join("board-browser"))
}

/// Boots a firmware that was built and has the calls of pages to it judged.
pub(crate) fn judge(root: &Path, board: Board) -> Outcome {
    let file = Toolchain::find(MEASURED)?.built(&target_dir(root), board.package);
    let mut served = Machine::arm(board.machine).serve(&file)?;
    drive::wait(served.port)?;
    let judged = crate::browser::board(root, served.port)?;
    if !served.is_up() {
        return Err(Stop::failed("the firmware has reset itself"));
    }
    Ok(judged)
}

/// The C library on the board: a policy in flash, and the vectors by the program that runs them on the host too.
pub(crate) fn c(root: &Path, parts: &[Part]) -> Outcome {
    if in_path(COMPILER).is_none() {
        return Err(Stop::needs(format!("{COMPILER} (Debian's gcc-arm-none-eabi and libnewlib-arm-none-eabi)")));
    }
    let machine = Machine::arm("mps2-an385");
    machine.present()?;
    let build = C::build(root)?;
    let mut tally = Tally::default();
    let right = machine.run(&build.firmware("firmware", &[])?, &[])?;
    print!("{}", right.output);
    if !right.success {
        return Err(Stop::failed("the C firmware has wrong decisions"));
    }
    tally += Tally::PASSED;
    let planted = machine.run(&build.firmware("planted", &["-DPLANTED_MISTAKE"])?, &[])?;
    if planted.success || !planted.output.contains("WRONG  a mistake that has to be found") {
        return Err(Stop::failed("the C firmware does not find a planted mistake"));
    }
    tally += Tally::PASSED;
    for part in parts {
        let ran = machine.run(&build.vectors(part)?, &[])?;
        print!("{}", ran.output);
        if !ran.success || !ran.output.contains("all as the core's") {
            return Err(Stop::failed("the C library answers the vectors another way on the board"));
        }
        tally += Tally::PASSED;
    }
    Ok(tally)
}

/// The C library for the board, and where its programs go.
struct C {
    root: PathBuf,
    sources: PathBuf,
    output: PathBuf,
    archive: PathBuf,
}

impl C {
    /// Builds the archive, and the policy of the firmware.
    fn build(root: &Path) -> Result<Self, Stop> {
        let toolchain = Toolchain::find(MEASURED)?;
        let mut library = toolchain.cargo("rustc", &root.join("ffi-c"), &target_dir(root));
        // As firmware is built: for size.
        library.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s");
        pass(library.args(["--crate-type", "staticlib"]))?;
        let output = emptied(&target_dir(root).join("board-c"))?;
        let sources = root.join("examples/cortex-m/c");
        pass(cargo(root).args(["build", "--quiet", "--package", "corsac-cli", "--bin", "corsac"]))?;
        let mut policy = Command::new(target_dir(root).join("debug/corsac"));
        pass(policy.current_dir(&sources).args(["compile", "policy.toml", "-o"]).arg(output.join("policy.h")))?;
        let archive = toolchain.built(&target_dir(root), "libcorsac.a");
        Ok(Self { root: root.to_owned(), sources, output, archive })
    }

    fn firmware(&self, name: &str, options: &[&str]) -> Result<PathBuf, Stop> {
        let mut compile = self.compiler();
        compile.args(options).arg("-nostdlib").arg(self.sources.join("firmware.c"));
        self.linked(compile, name)
    }

    fn vectors(&self, part: &Part) -> Result<PathBuf, Stop> {
        for (from, to) in [(&part.cases, "cases"), (&part.answers, "answers")] {
            fs::copy(from, self.output.join(to)).map_err(|error| Stop::failed(error.to_string()))?;
        }
        let mut compile = self.compiler();
        compile.arg("-Wa,-I").arg(format!("-Wa,{}", self.output.display()));
        compile.arg(self.root.join("ffi-c/tests/vectors.c")).arg(self.sources.join("files.c"));
        self.linked(compile, "vectors")
    }

    fn compiler(&self) -> Command {
        let mut compile = Command::new(COMPILER);
        compile.args(["-mcpu=cortex-m3", "-mthumb", "-Os", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]);
        compile.args(["-ffunction-sections", "-fdata-sections", "-nostartfiles", "-Wl,--gc-sections,-z,noexecstack"]);
        compile.arg("-I").arg(self.root.join("include")).arg("-I").arg(&self.output);
        compile.arg("-T").arg(self.sources.join("board.ld"));
        compile
    }

    fn linked(&self, mut compile: Command, name: &str) -> Result<PathBuf, Stop> {
        let image = self.output.join(name);
        compile.arg(self.sources.join("board.c")).arg(&self.archive).arg("-o").arg(&image);
        pass(&mut compile)?;
        Ok(image)
    }
}
