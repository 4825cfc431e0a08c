//! `cargo xtask python`: the Python package, built, installed and tested as those who deploy it do.
//!
//! Everything happens below the target folder: an environment with the pinned packages of `py/requirements-test.txt`
//! in which the wheel is built, installed and tested, and one fresh environment for each Python here, which knows no
//! Rust and no network and gets the wheel alone. The source tree stays as it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::environment::{Environment, Interpreter};
use crate::report::{Outcome, Report, Stop, Tally};
use crate::run::{cargo, count, emptied, pass, target_dir};

/// The most bytes of a wheel; a little above what was last measured, so that growth is noticed. Raise it with a reason.
const WHEEL_CEILING: u64 = 2 << 20;

/// What mypy looks at, from the folder of the package.
const TYPED: [&str; 3] = ["python", "tests", "../benches/python/bench.py"];

/// Builds the package and runs every check on it. Gives a Python that has it, where it was built.
pub(crate) fn steps(root: &Path, report: &mut Report) -> Option<PathBuf> {
    let package = Package::new(root);
    let environment = package.environment(report)?;
    let wheel = package.wheel(report, &environment)?;
    report.step("python: tests", || package.tests(&environment));
    report.step("python: types", || package.types(&environment));
    report.step("python: stubs", || package.stubs(&environment));
    report.step("python: benches as tests", || pass(package.bench(&environment).arg("--answers")));
    report.step("python: source distribution", || package.source_distribution(&environment));
    for version in Interpreter::missing() {
        println!("python: there is no python{version} here, and the wheel is not tried in it");
    }
    for interpreter in Interpreter::all() {
        let name = format!("python: wheel alone in {interpreter}");
        report.step(name, || package.alone(&interpreter, &wheel));
    }
    Some(environment.python_path())
}

/// Builds and installs the package alone, and gives the Python that has it.
pub(crate) fn installed(root: &Path, report: &mut Report) -> Option<PathBuf> {
    let package = Package::new(root);
    let environment = package.environment(report)?;
    package.wheel(report, &environment)?;
    Some(environment.python_path())
}

/// Builds the package and measures it beside its peers; writes down what was measured where a file is given.
pub(crate) fn bench(root: &Path, report: &mut Report, file: Option<&Path>) {
    let package = Package::new(root);
    let Some(environment) = package.environment(report) else { return };
    if package.wheel(report, &environment).is_some() {
        report.step("python: bench", || {
            let mut bench = package.bench(&environment);
            if let Some(file) = file {
                bench.arg("--json").arg(file);
            }
            pass(&mut bench)
        });
    }
}

/// What a wheel is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To be used: built as it is shipped.
    Ship,
    /// To see that it can be built: without optimizing it, in little time.
    Try,
}

/// Where the package comes from and what is made of it.
struct Package {
    root: PathBuf,
    source: PathBuf,
    output: PathBuf,
}

impl Package {
    fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), source: root.join("py"), output: target_dir(root).join("python") }
    }

    /// The environment with all that tests and benches need, as a step.
    fn environment(&self, report: &mut Report) -> Option<Environment> {
        let mut ready = None;
        report.step("python: environment", || {
            let interpreter = Interpreter::first()?;
            let requirements = self.source.join("requirements-test.txt");
            ready = Some(Environment::ready(&interpreter, &self.output.join("environment"), &requirements)?);
            Ok(Tally::PASSED)
        });
        ready
    }

    /// Builds the wheel and installs it in the environment, as a step.
    fn wheel(&self, report: &mut Report, environment: &Environment) -> Option<PathBuf> {
        let mut built = None;
        report.step("python: wheel", || {
            let wheel = self.build(environment, &self.source, Purpose::Ship)?;
            environment.install(&wheel)?;
            let size = fs::metadata(&wheel).map_err(|error| Stop::failed(error.to_string()))?.len();
            println!("{}: {size} bytes, {WHEEL_CEILING} allowed", name_of(&wheel));
            built = Some(wheel);
            if size > WHEEL_CEILING { Err(Stop::failed("the wheel has grown")) } else { Ok(Tally::PASSED) }
        });
        built
    }

    /// Builds the wheel of the package in `source`.
    fn build(&self, environment: &Environment, source: &Path, purpose: Purpose) -> Result<PathBuf, Stop> {
        let (build, wheels) = match purpose {
            Purpose::Ship => ("build", "wheels"),
            Purpose::Try => ("build-to-try", "wheels-to-try"),
        };
        let wheels = emptied(&self.output.join(wheels))?;
        let mut maturin = environment.program("maturin");
        maturin
            .current_dir(source)
            .args(["build", "--release", "--quiet", "--interpreter"])
            .arg(environment.python_path());
        if purpose == Purpose::Try {
            maturin.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0").env("CARGO_PROFILE_RELEASE_LTO", "off");
            maturin.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        }
        maturin.arg("--target-dir").arg(self.output.join(build)).arg("--out").arg(&wheels);
        pass(maturin.args(["--", "-Dwarnings"]))?;
        only(&wheels, ".whl")
    }

    /// Runs the tests against the installed wheel, with the binary at hand; each test counts.
    fn tests(&self, environment: &Environment) -> Outcome {
        pass(cargo(&self.root).args(["build", "--quiet", "--package", "corsac-cli", "--bin", "corsac"]))?;
        let binary = target_dir(&self.root).join("debug").join(format!("corsac{}", std::env::consts::EXE_SUFFIX));
        let mut pytest = environment.program("pytest");
        // Its closing line is read, so it has no colours.
        pytest.current_dir(&self.source).args(["--quiet", "-p", "no:cacheprovider", "--color", "no"]);
        pytest.env("CORSAC_BINARY", binary).env("CORSAC_ROOT", &self.root);
        pytest.env("HYPOTHESIS_STORAGE_DIRECTORY", self.output.join("hypothesis"));
        count(&mut pytest, tests_result)
    }

    /// The package, and what uses it as others do, as strictly as mypy can.
    fn types(&self, environment: &Environment) -> Outcome {
        let mut mypy = environment.program("mypy");
        mypy.current_dir(&self.source).args(["--strict", "--cache-dir"]).arg(self.output.join("mypy"));
        pass(mypy.args(TYPED))
    }

    /// Whether the stubs say what the extension holds.
    fn stubs(&self, environment: &Environment) -> Outcome {
        // Of a module without stubs it is satisfied.
        if !self.source.join("python/corsac/_core.pyi").exists() {
            return Err(Stop::failed("there is no python/corsac/_core.pyi"));
        }
        let mut stubtest = environment.python();
        pass(stubtest.current_dir(&self.source).args([
            "-m",
            "mypy.stubtest",
            "corsac._core",
            "corsac.refusal",
            "corsac.errors",
        ]))
    }

    fn bench(&self, environment: &Environment) -> Command {
        let mut bench = environment.python();
        bench.arg("-I").arg(self.root.join("benches/python/bench.py"));
        bench
    }

    /// The source distribution can be built, and from it a wheel that works.
    fn source_distribution(&self, environment: &Environment) -> Outcome {
        let folder = emptied(&self.output.join("sdist"))?;
        let mut maturin = environment.program("maturin");
        pass(maturin.current_dir(&self.source).args(["sdist", "--out"]).arg(&folder))?;
        let archive = only(&folder, ".tar.gz")?;
        // Cargo goes by the time of change, and all files in the archive have the same.
        pass(Command::new("tar").arg("-C").arg(&folder).arg("-xmzf").arg(&archive))?;
        let unpacked = folder.join(name_of(&archive).trim_end_matches(".tar.gz"));
        let wheel = self.build(environment, &unpacked, Purpose::Try)?;
        println!("{} from {}", name_of(&wheel), name_of(&archive));
        self.alone(&Interpreter::first()?, &wheel)
    }

    /// The wheel works where there is neither Rust nor any other package.
    fn alone(&self, interpreter: &Interpreter, wheel: &Path) -> Outcome {
        let environment = Environment::bare(interpreter, &self.output.join(format!("alone-{interpreter}")))?;
        environment.install(wheel)?;
        pass(environment.python_without_tools().arg("-I").arg(self.source.join("tests/smoke.py")))
    }
}

/// Reads the closing line of pytest, or of tests that end as it does, with or without `=` around it: `3 failed, 20 passed, 1 skipped, 2 warnings in 1.22s`.
/// An expected failure is a test that did what it says.
pub(crate) fn tests_result(line: &str) -> Option<Tally> {
    let (counts, _time) = line.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    let mut tally = Tally::default();
    for count in counts.split(", ") {
        let (number, what) = count.split_once(' ')?;
        let number = number.parse::<u64>().ok()?;
        match what {
            "passed" | "xfailed" => tally.passed += number,
            "failed" | "error" | "errors" | "xpassed" => tally.failed += number,
            "skipped" => tally.skipped += number,
            "warning" | "warnings" | "deselected" | "rerun" => {}
            _ => return None,
        }
    }
    Some(tally)
}

/// The only file in a folder with that end of its name.
fn only(folder: &Path, end: &str) -> Result<PathBuf, Stop> {
    let entries = folder.read_dir().map_err(|error| Stop::failed(error.to_string()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| name_of(file).ends_with(end));
    match files.len() {
        1 => Ok(files.remove(0)),
        count => Err(Stop::failed(format!("{count} files *{end} in {}", folder.display()))),
    }
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closing_line_is_counted() {
        for (line, passed, failed, skipped) in [
            ("212 passed in 12.32s", 212, 0, 0),
            ("============ 212 passed, 3 skipped in 72.32s (0:01:12) ============", 212, 0, 3),
            ("1 failed, 20 passed, 2 xfailed, 1 warning, 2 errors in 0.50s", 22, 3, 0),
            ("1 xpassed, 4 deselected in 0.50s", 0, 1, 0),
        ] {
            assert_eq!(tests_result(line), Some(Tally { passed, failed, skipped }), "{line}");
        }
    }

    #[test]
    fn other_lines_are_not() {
        for line in [
            "",
            "....... [ 12%]",
            "no tests ran in 0.01s",
            "FAILED tests/test_asgi.py::test_it - assert 1 in 2",
            "SKIPPED [3] tests/test_command.py:12: needs CORSAC_BINARY, found 1 in 2",
        ] {
            assert_eq!(tests_result(line), None, "{line}");
        }
    }
}
