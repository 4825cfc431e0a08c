//! The test images of `embedded/board`: the vectors, instructions and stack on the target.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::qemu::{Machine, Ran};
use crate::elf::Image;
use crate::embedded;
use crate::report::{Outcome, Stop, Tally};
use crate::run::{cargo, emptied, pass, target_dir};
use crate::toolchain::Toolchain;

/// The target whose instructions are counted: Cortex-M3.
pub(crate) const MEASURED: &str = "thumbv7m-none-eabi";

/// The most bytes of cases and answers in one image: the boards have 4 MiB of flash.
const PART: &str = "3500000";

/// A target, and a machine that runs its code.
#[derive(Debug)]
pub(crate) struct Board {
    pub(crate) target: &'static str,
    pub(crate) machine: Machine,
    options: &'static [&'static str],
}

/// Where the vectors run. A Cortex-M3 runs the code of a Cortex-M0.
pub(crate) const BOARDS: [Board; 4] = [
    Board { target: "thumbv6m-none-eabi", machine: Machine::arm("mps2-an385"), options: &[] },
    Board { target: MEASURED, machine: Machine::arm("mps2-an385"), options: &[] },
    Board { target: "thumbv7em-none-eabihf", machine: Machine::arm("mps2-an386"), options: &[] },
    Board { target: "riscv32imac-unknown-none-elf", machine: Machine::riscv("virt"), options: &["-bios", "none"] },
];

/// Some of the cases, and the host's answers to them.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) cases: PathBuf,
    pub(crate) answers: PathBuf,
}

/// Figures by name, each with what it was measured on.
pub(crate) type Depths = BTreeMap<String, (u32, String)>;

/// Bytes, and instructions of the decision alone and of a whole request, by name in the order of the image.
#[derive(Debug, Default)]
pub(crate) struct Costs {
    pub(crate) bytes: Vec<(String, u32)>,
    pub(crate) instructions: Vec<(String, u32, u32)>,
}

/// Writes the vectors in as many parts as images need.
pub(crate) fn parts(root: &Path) -> Result<Vec<Part>, Stop> {
    let folder = emptied(&target_dir(root).join("board"))?;
    let (cases, answers) = (folder.join("cases"), folder.join("answers"));
    let mut vectors = cargo(root);
    vectors.args(["run", "--quiet", "--package", "corsac-vectors", "--"]).arg(&cases).arg(&answers).arg(PART);
    pass(&mut vectors)?;
    let part = |number: usize| Part {
        cases: folder.join(format!("cases.{number}")),
        answers: folder.join(format!("answers.{number}")),
    };
    let parts: Vec<Part> = (0..).map(part).take_while(|part| part.cases.exists()).collect();
    if parts.is_empty() { Err(Stop::failed("there are no vectors")) } else { Ok(parts) }
}

/// Runs the vectors on a board and tells how deep the stack got at most.
pub(crate) fn vectors(root: &Path, board: &Board, parts: &[Part]) -> Result<Depths, Stop> {
    let mut deepest = Depths::new();
    for part in parts {
        let ran = run(root, board, part)?;
        print!("{}", ran.output);
        if !ran.success || !ran.output.contains("all as on the host") {
            return Err(Stop::failed("another answer than on the host"));
        }
        for (name, depth, case) in ran.output.lines().filter_map(depth) {
            let most = deepest.entry(name.to_owned()).or_insert((0, String::new()));
            if depth > most.0 {
                *most = (depth, case.to_owned());
            }
        }
    }
    Ok(deepest)
}

/// The positive control: with one wrong answer among the host's, the image has to say so.
pub(crate) fn planted(root: &Path, parts: &[Part]) -> Outcome {
    let Some(part) = parts.last() else { return Err(Stop::failed("there are no vectors")) };
    let answers = fs::read_to_string(&part.answers).map_err(|error| Stop::failed(error.to_string()))?;
    // The last of them, so that all before it have to be right.
    let Some((before, after)) = answers.rsplit_once("origin-not-allowed") else {
        return Err(Stop::failed("no answer to plant a mistake in"));
    };
    let planted = part.answers.with_extension("planted");
    fs::write(&planted, [before, "origin-not-alloved", after].concat())
        .map_err(|error| Stop::failed(error.to_string()))?;
    let board = BOARDS.iter().find(|board| board.target == MEASURED);
    let Some(board) = board else { return Err(Stop::failed("no board for the measured target")) };
    let ran = run(root, board, &Part { cases: part.cases.clone(), answers: planted })?;
    print!("{}", ran.output);
    if ran.success || !ran.output.contains("origin-not-alloved") {
        return Err(Stop::failed("a wrong answer is not found: the run proves nothing"));
    }
    println!("found, as it must be");
    Ok(Tally::PASSED)
}

fn run(root: &Path, board: &Board, part: &Part) -> Result<Ran, Stop> {
    board.machine.present()?;
    let toolchain = Toolchain::find(board.target)?.with_linker()?;
    let mut build = toolchain.cargo("build", &root.join("embedded"), &target_dir(root));
    build.env("CORSAC_CASES", &part.cases).env("CORSAC_ANSWERS", &part.answers);
    pass(build.args(["--package", "corsac-board", "--bin", "vectors"]))?;
    board.machine.run(&toolchain.built(&target_dir(root), "vectors"), board.options)
}

/// Reads a line such as `stack decide 144 exact-allowed`.
fn depth(line: &str) -> Option<(&str, u32, &str)> {
    let mut words = line.strip_prefix("stack ")?.splitn(3, ' ');
    Some((words.next()?, words.next()?.parse().ok()?, words.next()?))
}

/// Counts bytes and instructions on the Cortex-M3.
pub(crate) fn costs(root: &Path) -> Result<Costs, Stop> {
    let machine = Machine::arm("mps2-an385");
    machine.present()?;
    let toolchain = Toolchain::find(MEASURED)?.with_linker()?;
    let mut build = toolchain.cargo("build", &root.join("embedded"), &target_dir(root));
    pass(build.args(["--package", "corsac-board", "--bin", "costs"]))?;
    let image = toolchain.built(&target_dir(root), "costs");
    let ran = machine.run(&image, &["-icount", "shift=10"])?;
    if !ran.success {
        return Err(Stop::failed(ran.output));
    }
    let mut costs = Costs::default();
    for line in ran.output.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse().ok());
        match (words.first(), words.get(1), number(2), number(3)) {
            (Some(&"bytes"), Some(name), Some(bytes), None) => costs.bytes.push(((*name).to_owned(), bytes)),
            (Some(&"instructions"), Some(name), Some(decide), Some(whole)) => {
                costs.instructions.push(((*name).to_owned(), decide, whole));
            }
            _ => return Err(Stop::failed(format!("not understood: {line}"))),
        }
    }
    Ok(costs)
}

/// Links the images of the core alone for a target, and tells the flash of each.
pub(crate) fn flash(root: &Path, target: &'static str) -> Result<Vec<(&'static str, u32)>, Stop> {
    let toolchain = Toolchain::find(target)?.with_linker()?;
    pass(toolchain.cargo("build", &root.join("embedded"), &target_dir(root)).arg("--bins"))?;
    let weigh = |name: &'static str| {
        let file = toolchain.built(&target_dir(root), name);
        let bytes = fs::read(&file).map_err(|error| Stop::failed(format!("no image {name}: {error}")))?;
        let image = Image::read(&bytes).ok_or_else(|| Stop::failed(format!("the image {name} is no ELF file")))?;
        Ok((name, image.flash()))
    };
    embedded::names().map(weigh).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_depth_is_read() {
        assert_eq!(depth("stack decide 144 exact-allowed"), Some(("decide", 144, "exact-allowed")));
        assert_eq!(depth("stack open 152 a-case changed 2"), Some(("open", 152, "a-case changed 2")));
        assert_eq!(depth("12 cases: all as on the host"), None);
    }
}
