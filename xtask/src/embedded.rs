//! `cargo xtask embedded`: the core on bare metal.
//!
//! The images of the folder `embedded` link only when no panic path is reachable from their entry points (its panic
//! handler calls a symbol that nothing defines). A planted panic must fail to link, by that symbol: a proof that cannot
//! fail proves nothing. The linked images are then measured against the ceilings below.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::elf::Image;
use crate::report::{Outcome, Report, Stop, Tally};
use crate::run::{capture, pass, show, target_dir};
use crate::toolchain::Toolchain;

/// The target that is linked and measured: Cortex-M3.
const MEASURED: &str = "thumbv7m-none-eabi";

/// Targets that the core is compiled for as well, without linking.
const COMPILED: [&str; 4] =
    ["thumbv6m-none-eabi", "thumbv7em-none-eabihf", "riscv32imac-unknown-none-elf", "aarch64-unknown-none"];

/// The images, with the most bytes of flash that each may take, the compiler's own `memcpy` and `memcmp` (about 1 KiB)
/// included. The promise is 8 KiB for `open` and `decide` together, which the image `decide` holds; every other ceiling
/// stands a little above what was last measured, so that growth is noticed. Raise one with a reason.
/// (`open` went from 1.4 to 2.2 KiB when it began to see to it that each table holds what it should, which `decide` then takes unseen; the
/// table of byte classes that this needs is in `decide` anyway. `explain` grew by half a KiB when few patterns began to be scanned on
/// every target.)
const IMAGES: [(&str, u32); 6] = [
    ("open", 2_304),
    ("decide", 8_192),
    ("verdicts", 15_616),
    ("explain", 31_744),
    ("compile", 32_768),
    ("everything", 75_776),
];

/// An image below this size holds no decision: something was optimized away, and the proof with it.
const HOLLOW: u32 = 64;

/// The symbol that the images' panic handler calls.
const PANIC_SYMBOL: &str = "corsac_panic_reached";

/// Parts of mangled names that no image may hold: panics, and any way to a heap.
const FORBIDDEN: [&str; 7] =
    ["9panicking", PANIC_SYMBOL, "__rust_alloc", "__rust_realloc", "__rust_no_alloc", "malloc", "5alloc"];

/// The names of the images.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    IMAGES.iter().map(|(name, _)| *name)
}

/// The proof, its positive control and the other targets.
pub(crate) fn steps(root: &Path, report: &mut Report) {
    let images = Images::new(root);
    report.step("bare metal: no panic path", || images.link());
    report.step("bare metal: planted panic", || images.plant());
    for target in COMPILED {
        report.step(format!("bare metal: {target}"), || images.compile(target));
    }
}

/// Where the images come from and go to.
struct Images {
    folder: PathBuf,
    output: PathBuf,
}

impl Images {
    fn new(root: &Path) -> Self {
        Self { folder: root.join("embedded"), output: target_dir(root) }
    }

    /// Links every image, looks into it and weighs it.
    fn link(&self) -> Outcome {
        let toolchain = Toolchain::find(MEASURED)?.with_linker()?;
        for (name, _) in IMAGES {
            // What an earlier run left must not stand for what does not link today.
            let _ = fs::remove_file(toolchain.built(&self.output, name));
        }
        pass(self.cargo(&toolchain, "build").arg("--bins"))?;
        println!("{MEASURED}, {}:", toolchain.version());
        println!("{:10} {:>7} {:>10} {:>7} {:>9}", "image", "code", "constants", "flash", "ceiling");
        let mut faults = Vec::new();
        for (name, ceiling) in IMAGES {
            let file = toolchain.built(&self.output, name);
            let bytes = fs::read(&file).map_err(|error| Stop::failed(format!("no image {name}: {error}")))?;
            let Some(image) = Image::read(&bytes) else {
                return Err(Stop::failed(format!("the image {name} is no ELF file with symbols")));
            };
            let flash = image.flash();
            println!("{name:10} {:7} {:10} {flash:7} {ceiling:9}", image.code, image.constants);
            faults.extend(faults_of(&image, ceiling).into_iter().map(|fault| format!("{name}: {fault}")));
        }
        if faults.is_empty() { Ok(Tally::PASSED) } else { Err(Stop::failed(faults.join("; "))) }
    }

    /// The positive control: the same image with a reachable panic does not link, and for that reason.
    fn plant(&self) -> Outcome {
        let toolchain = Toolchain::find(MEASURED)?.with_linker()?;
        let mut build = self.cargo(&toolchain, "build");
        build.args(["--bin", "decide", "--features", "planted-panic"]);
        show(&build);
        let built = capture(&mut build)?;
        if built.success {
            return Err(Stop::failed("the image with a planted panic links: the proof proves nothing"));
        }
        let named = built.stderr.lines().find(|line| line.contains("undefined") && line.contains(PANIC_SYMBOL));
        match named {
            Some(line) => {
                println!("does not link, as it must: {}", line.trim());
                Ok(Tally::PASSED)
            }
            None => {
                eprint!("{}", built.stderr);
                Err(Stop::failed("the image with a planted panic fails for another reason"))
            }
        }
    }

    /// Compiles the core for a target, without linking.
    fn compile(&self, target: &'static str) -> Outcome {
        let toolchain = Toolchain::find(target)?;
        pass(self.cargo(&toolchain, "build").args(["--package", "corsac"]))
    }

    fn cargo(&self, toolchain: &Toolchain, subcommand: &str) -> Command {
        toolchain.cargo(subcommand, &self.folder, &self.output)
    }
}

/// What is wrong with a linked image.
fn faults_of(image: &Image, ceiling: u32) -> Vec<String> {
    let mut faults = Vec::new();
    let flash = image.flash();
    if flash > ceiling {
        faults.push(format!("{flash} bytes of flash, {ceiling} allowed"));
    }
    if flash < HOLLOW {
        faults.push(format!("{flash} bytes of flash: there is no code in it"));
    }
    if image.memory > 0 {
        faults.push(format!("{} bytes of static memory, none allowed", image.memory));
    }
    for symbol in &image.symbols {
        if FORBIDDEN.iter().any(|part| symbol.contains(part)) {
            faults.push(format!("holds {symbol}"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(code: u32, memory: u32, symbols: &[&str]) -> Image {
        let symbols = symbols.iter().copied().map(String::from).collect();
        Image { code, constants: 100, memory, initialized: 0, symbols }
    }

    #[test]
    fn ci_installs_every_target() {
        let script = include_str!("../../.ci/run");
        for target in COMPILED.into_iter().chain([MEASURED]) {
            assert!(script.lines().any(|line| line.trim() == target), "{target}");
        }
    }

    /// Every public function of the core is called by the image `everything`, or the proof is none for it.
    #[test]
    fn every_public_function_is_linked() {
        let calls = include_str!("../../embedded/src/bin/everything.rs");
        let sources = crate::workspace_root().join("core/src");
        let mut functions = 0;
        for file in fs::read_dir(sources).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            for name in public_functions(&text) {
                assert!(is_called(calls, name), "{name} is missing in embedded/src/bin/everything.rs");
                functions += 1;
            }
        }
        assert!(functions > 80, "{functions} public functions");
        assert!(!is_called(calls, "decid"), "a function that there is not");
    }

    /// The names of the functions that a file declares public, but for those whose names begin with `__` and for `checksum`, which
    /// is exported by such a name: they are for `policy!`.
    fn public_functions(source: &str) -> impl Iterator<Item = &str> {
        let lines = source.lines().take_while(|line| *line != "#[cfg(test)]").map(str::trim_start);
        let declared =
            lines.filter_map(|line| line.strip_prefix("pub fn ").or_else(|| line.strip_prefix("pub const fn ")));
        let names = declared.filter_map(|rest| rest.split(['(', '<']).next());
        names.filter(|name| !name.starts_with("__") && *name != "checksum")
    }

    fn is_called(calls: &str, name: &str) -> bool {
        [".", "::"].iter().any(|before| calls.contains(&format!("{before}{name}(")))
    }

    #[test]
    fn a_sound_image_has_no_fault() {
        let image = image(900, 0, &["_RNvCs1_6decide4open", "memcmp"]);
        assert_eq!(faults_of(&image, 1000), Vec::<String>::new());
    }

    #[test]
    fn each_fault_is_named() {
        for (image, fault) in [
            (image(901, 0, &[]), "1001 bytes of flash, 1000 allowed"),
            (Image { constants: 0, ..image(4, 0, &[]) }, "4 bytes of flash: there is no code in it"),
            (image(900, 8, &[]), "8 bytes of static memory, none allowed"),
            (image(900, 0, &["_RNvNtCs3_4core9panicking5panic"]), "holds _RNvNtCs3_4core9panicking5panic"),
            (image(900, 0, &["_ZN4core9panicking9panic_fmt17h0E"]), "holds _ZN4core9panicking9panic_fmt17h0E"),
            (image(900, 0, &["__rust_alloc"]), "holds __rust_alloc"),
        ] {
            assert_eq!(faults_of(&image, 1000), [fault]);
        }
    }
}
