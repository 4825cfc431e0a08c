//! Pythons of this machine, and virtual environments made of them.

use core::fmt;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{Stop, Tally};
use crate::run::{capture, pass, show};

/// The oldest version that the package is for, and what to install where there is none.
const NEEDED: &str = "python3.11 or later with its module venv (Debian's python3 and python3-venv)";

/// Names that a Python may have, the ordinary one first.
const NAMES: [&str; 6] = ["python3", "python3.11", "python3.12", "python3.13", "python3.14", "python"];

/// Prints the version where a virtual environment can be made and the package be installed, which is an abi3 wheel and
/// so not for a free-threaded Python.
const PROBE: &str = "\
import sys, sysconfig, venv, ensurepip
ok = sys.version_info >= (3, 11) and sys.implementation.name == 'cpython'
ok = ok and not sysconfig.get_config_var('Py_GIL_DISABLED')
print(f'{sys.version_info.major}.{sys.version_info.minor}' if ok else '')";

/// What pip says when it does not get to its registry, and when the one it gets to has nothing at all.
const UNREACHABLE: [&str; 9] = [
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "NameResolutionError",
    "ProxyError",
    "Max retries exceeded",
    "Network is unreachable",
    "Temporary failure in name resolution",
    "(from versions: none)",
];

/// A Python that the package is for.
#[derive(Debug)]
pub(crate) struct Interpreter {
    program: &'static str,
    version: String,
}

impl Interpreter {
    /// The one that is used where one will do.
    pub(crate) fn first() -> Result<Self, Stop> {
        NAMES.iter().find_map(|name| Self::find(name)).ok_or_else(|| Stop::needs(NEEDED))
    }

    /// One of each version.
    pub(crate) fn all() -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for found in NAMES.iter().filter_map(|name| Self::find(name)) {
            if all.iter().all(|known| known.version != found.version) {
                all.push(found);
            }
        }
        all
    }

    /// The versions that the package is for and that are not here.
    pub(crate) fn missing() -> impl Iterator<Item = &'static str> {
        let all = Self::all();
        let versions =
            NAMES.into_iter().filter_map(|name| name.strip_prefix("python3.").map(|_| &name["python".len()..]));
        versions.filter(move |version| all.iter().all(|known| known.version != *version))
    }

    fn find(program: &'static str) -> Option<Self> {
        let answer = capture(Command::new(program).args(["-I", "-c", PROBE])).ok()?;
        let version = answer.stdout.trim();
        (answer.success && !version.is_empty()).then(|| Self { program, version: version.to_owned() })
    }
}

impl fmt::Display for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "python{}", self.version)
    }
}

/// A virtual environment.
#[derive(Debug)]
pub(crate) struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// An environment with the packages that `requirements` names: an earlier run's if nothing has changed since.
    pub(crate) fn ready(interpreter: &Interpreter, folder: &Path, requirements: &Path) -> Result<Self, Stop> {
        let cannot_read = |error| Stop::failed(format!("cannot read {}: {error}", requirements.display()));
        let wanted = format!("{interpreter}\n{}", fs::read_to_string(requirements).map_err(cannot_read)?);
        let stamp = folder.join("corsac-requirements.txt");
        let environment = Self { folder: folder.to_owned() };
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && environment.works() {
            println!("as before: {}", folder.display());
            return Ok(environment);
        }
        let environment = Self::bare(interpreter, folder)?;
        let mut pip = environment.pip();
        environment.reach(pip.arg("--requirement").arg(requirements))?;
        fs::write(&stamp, wanted).map_err(|error| Stop::failed(error.to_string()))?;
        Ok(environment)
    }

    /// An environment with nothing in it but pip.
    pub(crate) fn bare(interpreter: &Interpreter, folder: &Path) -> Result<Self, Stop> {
        pass(Command::new(interpreter.program).args(["-I", "-m", "venv", "--clear"]).arg(folder))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Installs one wheel in place of what is there, asking nobody.
    pub(crate) fn install(&self, wheel: &Path) -> Result<Tally, Stop> {
        pass(self.pip().args(["--no-index", "--no-deps", "--force-reinstall"]).arg(wheel))
    }

    /// Its Python; what it runs leaves no `__pycache__` beside the sources.
    pub(crate) fn python(&self) -> Command {
        self.program("python")
    }

    /// Its Python with nothing but its own programs to find.
    pub(crate) fn python_without_tools(&self) -> Command {
        let mut python = self.python();
        python.env("PATH", self.programs());
        for variable in ["CARGO", "RUSTC", "CARGO_HOME", "RUSTUP_HOME"] {
            python.env_remove(variable);
        }
        python
    }

    pub(crate) fn python_path(&self) -> PathBuf {
        self.programs().join("python")
    }

    /// A program that is installed in it, as if the environment was active.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs().join(name));
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = core::iter::once(self.programs()).chain(env::split_paths(&path));
        if let Ok(path) = env::join_paths(folders) {
            command.env("PATH", path);
        }
        command.env("VIRTUAL_ENV", &self.folder).env("PYTHONDONTWRITEBYTECODE", "1");
        command.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        command
    }

    fn programs(&self) -> PathBuf {
        self.folder.join(if cfg!(windows) { "Scripts" } else { "bin" })
    }

    fn works(&self) -> bool {
        capture(self.python().args(["-c", ""])).is_ok_and(|ran| ran.success)
    }

    fn pip(&self) -> Command {
        let mut pip = self.python();
        pip.args(["-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "2"]);
        pip
    }

    /// Runs pip where it needs its registry.
    fn reach(&self, pip: &mut Command) -> Result<(), Stop> {
        show(pip);
        let ran = capture(pip.env_remove(OsStr::new("PIP_REQUIRE_VIRTUALENV")))?;
        print!("{}{}", ran.stdout, ran.stderr);
        match ran.success {
            true => Ok(()),
            false => Err(why_not_installed(&ran.stderr)),
        }
    }
}

/// A registry that pip cannot reach is what this machine lacks; all else is a mistake of ours.
fn why_not_installed(said: &str) -> Stop {
    if UNREACHABLE.iter().any(|sign| said.contains(sign)) {
        let last = said.lines().rev().find(|line| line.contains("ERROR")).unwrap_or_default();
        return Stop::needs(format!("a package registry that pip reaches ({})", last.trim()));
    }
    Stop::failed("pip cannot install the requirements")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_is_found_or_not() {
        assert!(Interpreter::find("corsac-no-such-python").is_none());
        for interpreter in Interpreter::all() {
            assert!(interpreter.to_string().starts_with("python3."), "{interpreter}");
        }
    }

    #[test]
    fn a_registry_out_of_reach_is_no_failure() {
        let offline = "WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError(…)'\n\
                       ERROR: Could not find a version that satisfies the requirement flask==3.1.3 (from versions: none)\n\
                       ERROR: No matching distribution found for flask==3.1.3\n";
        let needed = "a package registry that pip reaches (ERROR: No matching distribution found for flask==3.1.3)";
        assert_eq!(why_not_installed(offline), Stop::needs(needed));
        let conflict =
            "ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.";
        assert_eq!(why_not_installed(conflict), Stop::failed("pip cannot install the requirements"));
    }

    #[test]
    fn ci_installs_what_an_environment_needs() {
        assert!(include_str!("../../.ci/run").contains("python3-venv"));
    }
}
