//! Which compiler builds for a bare-metal target here.
//!
//! The normal way is a target added by rustup. Where none can be fetched, a compiler that comes with the sources of the
//! standard library builds `core` itself (Debian: `rustc-web cargo-web rust-web-src`). Nothing is installed from here.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::Stop;
use crate::run::capture;

/// A compiler that can build for one target.
#[derive(Debug)]
pub(crate) struct Toolchain {
    cargo: PathBuf,
    rustc: PathBuf,
    target: &'static str,
    core: Core,
    linker: Option<PathBuf>,
}

/// Where the target's `core` comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Core {
    /// Installed for the target.
    Installed,
    /// Built along the way from its sources.
    FromSource,
}

impl Toolchain {
    /// The first of the compilers here that can build for `target`.
    pub(crate) fn find(target: &'static str) -> Result<Self, Stop> {
        let active = Compiler::active();
        if active.has_core(target) {
            return Ok(Self::new(active, target, Core::Installed));
        }
        let compilers = [active, Compiler::system()];
        let with_sources = compilers.into_iter().find(|compiler| compiler.has_sources());
        match with_sources {
            Some(compiler) => Ok(Self::new(compiler, target, Core::FromSource)),
            None => Err(Stop::needs(format!(
                "the target {target} (rustup target add {target}, or Debian's rustc-web cargo-web rust-web-src)"
            ))),
        }
    }

    fn new(compiler: Compiler, target: &'static str, core: Core) -> Self {
        let Compiler { cargo, rustc } = compiler;
        Self { cargo, rustc, target, core, linker: None }
    }

    /// The same, with a linker for the target: the compiler's own, the active toolchain's, or for ARM GNU's.
    pub(crate) fn with_linker(mut self) -> Result<Self, Stop> {
        let own = Compiler { cargo: self.cargo.clone(), rustc: self.rustc.clone() };
        let gnu = || if self.target.starts_with("thumb") { in_path("arm-none-eabi-ld") } else { None };
        self.linker = own.linker().or_else(|| Compiler::active().linker()).or_else(gnu);
        match self.linker {
            Some(_) => Ok(self),
            None => Err(Stop::needs(format!(
                "a linker for {} (rust-lld, or for ARM arm-none-eabi-ld of binutils-arm-none-eabi)",
                self.target
            ))),
        }
    }

    /// `cargo SUBCOMMAND --release --target …` in `folder`; build output goes below `output`.
    pub(crate) fn cargo(&self, subcommand: &str, folder: &Path, output: &Path) -> Command {
        let mut command = Command::new(&self.cargo);
        command.current_dir(folder).env("RUSTC", &self.rustc);
        command.args([subcommand, "--release", "--quiet", "--target", self.target]);
        command.arg("--target-dir").arg(output.join(self.label()));
        if let Some(linker) = &self.linker {
            let name = self.target.replace('-', "_").to_uppercase();
            command.env(format!("CARGO_TARGET_{name}_LINKER"), linker);
        }
        if self.core == Core::FromSource {
            // `cargo run` puts the libraries of its own toolchain first; another compiler has to find its own.
            command.env("RUSTC_BOOTSTRAP", "1").env_remove("LD_LIBRARY_PATH");
            command.args(["-Z", "build-std=core"]);
        }
        command
    }

    /// Its linker by itself, which speaks as GNU's does.
    pub(crate) fn link(&self) -> Command {
        let linker = self.linker.clone().unwrap_or_else(|| "ld".into());
        let mut command = Command::new(&linker);
        if linker.file_name().is_some_and(|name| name == "rust-lld") {
            command.args(["-flavor", "gnu"]);
        }
        command
    }

    /// Where the images of [`Self::cargo`] are found below `output`.
    pub(crate) fn built(&self, output: &Path, name: &str) -> PathBuf {
        output.join(self.label()).join(self.target).join("release").join(name)
    }

    /// The compiler's own words about itself.
    pub(crate) fn version(&self) -> String {
        ask(&self.rustc, &["--version"]).unwrap_or_else(|| "rustc".into())
    }

    /// Two compilers never share a folder.
    fn label(&self) -> &'static str {
        match self.core {
            Core::Installed => "bare-metal",
            Core::FromSource => "bare-metal-from-source",
        }
    }
}

/// A pair of programs that belong together.
#[derive(Debug)]
struct Compiler {
    cargo: PathBuf,
    rustc: PathBuf,
}

impl Compiler {
    /// The ones that build this program.
    fn active() -> Self {
        let program = |variable, name: &str| env::var_os(variable).map_or_else(|| name.into(), PathBuf::from);
        Self { cargo: program("CARGO", "cargo"), rustc: program("RUSTC", "rustc") }
    }

    /// The ones of the operating system.
    fn system() -> Self {
        Self { cargo: "/usr/bin/cargo".into(), rustc: "/usr/bin/rustc".into() }
    }

    fn has_core(&self, target: &str) -> bool {
        let Some(folder) = ask(&self.rustc, &["--print", "target-libdir", "--target", target]) else {
            return false;
        };
        let Ok(entries) = Path::new(&folder).read_dir() else {
            return false;
        };
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
    }

    fn has_sources(&self) -> bool {
        self.sysroot().is_some_and(|sysroot| sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").exists())
    }

    /// The linker that some distributions of the compiler bring along.
    fn linker(&self) -> Option<PathBuf> {
        let host = ask(&self.rustc, &["--print", "host-tuple"])?;
        let linker = self.sysroot()?.join("lib/rustlib").join(host).join("bin/rust-lld");
        linker.exists().then_some(linker)
    }

    fn sysroot(&self) -> Option<PathBuf> {
        ask(&self.rustc, &["--print", "sysroot"]).map(PathBuf::from)
    }
}

/// What a compiler answers to a question about itself, if it answers.
fn ask(rustc: &Path, question: &[&str]) -> Option<String> {
    let mut command = Command::new(rustc);
    if rustc.is_absolute() {
        command.env_remove("LD_LIBRARY_PATH");
    }
    let answer = capture(command.args(question)).ok()?;
    answer.success.then(|| answer.stdout.trim().to_owned())
}

/// Where a program is found.
pub(crate) fn in_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_active_compiler_answers() {
        let active = Compiler::active();
        assert!(active.sysroot().is_some_and(|sysroot| sysroot.is_dir()));
        assert!(!active.has_core("no-such-target"));
    }

    #[test]
    fn a_program_is_found_in_the_path_or_not() {
        assert!(in_path("cargo").is_some());
        assert_eq!(in_path("corsac-no-such-program"), None);
    }
}
