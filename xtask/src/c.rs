//! `cargo xtask c`: the C library, built, installed and tested as those who link it do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{Outcome, Report, Stop, Tally};
use crate::run::{capture, cargo, count, pass, target_dir};
use crate::toolchain::{Toolchain, in_path};
use crate::{header, install, python};

/// The languages in which the header has to be understood by itself.
const STANDARDS: [(&str, &[&str]); 2] =
    [("c", &["c99", "c11", "c17", "c2x"]), ("c++", &["c++11", "c++14", "c++17", "c++20"])];

/// Compilers of each language.
const COMPILERS: [(&str, &str); 2] = [("gcc", "g++"), ("clang", "clang++")];

const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/// The most bytes of each file; a little above what was last measured, so that growth is noticed. Raise one with a reason.
const SHARED_CEILING: u64 = 220 << 10;
const ARCHIVE_CEILING: u64 = 420 << 10;

/// What others ask of a header that they include.
const HEADER_WARNINGS: [&str; 7] = [
    "-Wconversion",
    "-Wsign-conversion",
    "-Wcast-qual",
    "-Wundef",
    "-Wmissing-field-initializers",
    "-Wshadow",
    "-Wvla",
];

/// Where Debian's nginx-dev has the source that modules are built from.
const NGINX_SOURCE: &str = "/usr/share/nginx/src";

/// The most that the module may add to a GET, as a part of what the recipe adds. The promise is a quarter; two runs differ by one or two
/// hundredths.
const NGINX_CEILING: &str = "0.27";

/// Runs tests written for Python's unittest.
const UNITTEST: &str = include_str!("unittest.py");

/// Where the library is linked without an operating system.
const BARE_METAL: &str = "thumbv7m-none-eabi";

/// Builds the library and runs every check on it.
/// Gives the module for nginx, where it was built.
pub(crate) fn steps(root: &Path, report: &mut Report) -> Option<PathBuf> {
    report.step("C: lints", || lints(root));
    report.step("C: header", || header::check(root));
    let mut staged = None;
    report.step("C: library", || {
        staged = Some(Library::staged(root)?);
        Ok(Tally::PASSED)
    });
    report.step("C: bare metal", || bare_metal(root));
    let library = staged?;
    report.step("C: symbols and sizes", || library.symbols());
    report.step("C: header alone", || library.header_alone());
    report.step("C: vectors and every argument", || library.programs());
    report.step("C: examples", || library.examples());
    let module = library.module_step(report)?;
    report.step("nginx: answers", || library.nginx(&module));
    report.step("nginx: instructions", || pass(library.nginx_cost(&module)?.args(["--bar", NGINX_CEILING])));
    Some(module)
}

/// Builds the library and the module for nginx alone.
pub(crate) fn module(root: &Path, report: &mut Report) -> Option<PathBuf> {
    let mut staged = None;
    report.step("C: library", || {
        staged = Some(Library::staged(root)?);
        Ok(Tally::PASSED)
    });
    staged?.module_step(report)
}

/// The library has no tests of its own kind, and is no member of the workspace.
fn lints(root: &Path) -> Outcome {
    let folder = root.join("ffi-c");
    pass(
        cargo(&folder)
            .args(["clippy", "--quiet", "--release", "--target-dir"])
            .arg(target_dir(root).join("c/lints"))
            .args(["--", "-Dwarnings"]),
    )
}

/// Links the whole library with nothing beside it: nothing may be missing. A panic path would be, and so it is where one is planted, as a
/// proof that cannot fail proves nothing.
fn bare_metal(root: &Path) -> Outcome {
    if let Some(missing) = linked_alone(root, &[])? {
        return Err(Stop::failed(format!("it is not all: {missing}")));
    }
    match linked_alone(root, &["--features", "planted-panic"])? {
        Some(missing) if missing.contains("corsac_panic_reached") => {
            println!("with a planted panic it does not link, as it must not: {missing}");
            Ok(Tally::PASSED)
        }
        other => Err(Stop::failed(format!("with a planted panic the symbol of panics is not missing, but {other:?}"))),
    }
}

/// Links all functions of the header without an operating system; what the linker says is missing.
fn linked_alone(root: &Path, features: &[&str]) -> Result<Option<String>, Stop> {
    let toolchain = Toolchain::find(BARE_METAL)?.with_linker()?;
    let output = target_dir(root);
    pass(toolchain.cargo("rustc", &root.join("ffi-c"), &output).args(features).args(["--crate-type", "staticlib"]))?;
    let mut link = toolchain.link();
    link.args(["--gc-sections", "-e", "0", "-o"]).arg(output.join("c-bare-metal.elf"));
    for function in functions(root)? {
        link.args(["-u", &function]);
    }
    let said = capture(link.arg(toolchain.built(&output, "libcorsac.a")))?;
    match said.stderr.lines().find(|line| line.contains("undefined")) {
        Some(missing) => Ok(Some(missing.trim().to_owned())),
        None if said.success => Ok(None),
        None => Err(Stop::failed(format!("does not link: {}", said.stderr.trim()))),
    }
}

/// Every function that the header declares.
fn functions(root: &Path) -> Result<Vec<String>, Stop> {
    let header = fs::read_to_string(root.join("include/corsac.h")).map_err(|error| Stop::failed(error.to_string()))?;
    let declared = header.lines().filter(|line| !line.starts_with("//") && !line.starts_with("typedef"));
    let names = declared.filter_map(|line| {
        let (before, _) = line.split_once('(')?;
        let (_, name) = before.rsplit_once(' ')?;
        (name.starts_with("corsac_") && !before.starts_with('#')).then(|| name.to_owned())
    });
    let names: Vec<String> = names.collect();
    if names.len() < 20 { Err(Stop::failed("the header declares too few functions")) } else { Ok(names) }
}

/// The library as it is installed, below the target folder.
pub(crate) struct Library {
    root: PathBuf,
    prefix: PathBuf,
    output: PathBuf,
}

impl Library {
    /// Builds and installs it.
    pub(crate) fn staged(root: &Path) -> Result<Self, Stop> {
        let prefix = install::stage(root)?;
        let output = target_dir(root).join("c/programs");
        fs::create_dir_all(&output).map_err(|error| Stop::failed(error.to_string()))?;
        Ok(Self { root: root.to_owned(), prefix, output })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.prefix.join("lib").join(name)
    }

    /// What is exported is what the header declares, and neither file has grown. That both export the same, and what they ask of
    /// others, is looked at when they are installed.
    fn symbols(&self) -> Outcome {
        let mut declared = functions(&self.root)?;
        declared.sort();
        let exported = install::exports(&self.file("libcorsac.so"))?;
        if exported != declared {
            return Err(Stop::failed(format!(
                "libcorsac.so exports {exported:?}, and the header declares {declared:?}"
            )));
        }
        for (name, ceiling) in [("libcorsac.so", SHARED_CEILING), ("libcorsac.a", ARCHIVE_CEILING)] {
            let size = fs::metadata(self.file(name)).map_err(|error| Stop::failed(error.to_string()))?.len();
            println!("{name}: {size} bytes, {ceiling} allowed");
            if size > ceiling {
                return Err(Stop::failed(format!("{name} has grown")));
            }
        }
        Ok(Tally::PASSED)
    }

    /// The header is all that a file needs, in every language that can read it.
    fn header_alone(&self) -> Outcome {
        let mut tally = Tally::default();
        for (c, cpp) in COMPILERS {
            for (language, standards) in STANDARDS {
                let compiler = if language == "c" { c } else { cpp };
                present(compiler)?;
                for standard in standards {
                    let mut command = Command::new(compiler);
                    command.args(["-x", language, &format!("-std={standard}"), "-fsyntax-only"]).args(WARNINGS);
                    command.args(HEADER_WARNINGS);
                    if language == "c++" {
                        command.arg("-Wzero-as-null-pointer-constant");
                    }
                    command.arg("-I").arg(self.prefix.join("include"));
                    pass(command.arg(self.root.join("ffi-c/tests/header.c")))?;
                    tally += Tally::PASSED;
                }
            }
        }
        Ok(tally)
    }

    /// The examples, built outside of the tree and driven over sockets.
    fn examples(&self) -> Outcome {
        self.tests("examples/tests", self.python()?)
    }

    /// What the module answers in a real nginx.
    fn nginx(&self, module: &Path) -> Outcome {
        let mut python = self.python()?;
        python.env("CORSAC_NGINX_MODULE", module);
        self.tests("servers/nginx/tests", python)
    }

    /// Runs the tests in a folder; each counts.
    fn tests(&self, folder: &str, mut python: Command) -> Outcome {
        count(python.args(["-c", UNITTEST]).arg(self.root.join(folder)), python::tests_result)
    }

    /// Counts what it costs, in instructions, beside the usual recipe.
    pub(crate) fn nginx_cost(&self, module: &Path) -> Result<Command, Stop> {
        present("python3")?;
        present("valgrind")?;
        let mut cost = Command::new("python3");
        cost.arg("-B").arg(self.root.join("servers/nginx/cost.py")).arg("--module").arg(module);
        Ok(cost)
    }

    /// Builds the module, as a step.
    fn module_step(&self, report: &mut Report) -> Option<PathBuf> {
        let mut module = None;
        report.step("nginx: module", || {
            module = Some(self.nginx_module()?);
            Ok(Tally::PASSED)
        });
        module
    }

    /// Builds the module.
    pub(crate) fn nginx_module(&self) -> Result<PathBuf, Stop> {
        present("nginx")?;
        if !Path::new(NGINX_SOURCE).is_dir() {
            return Err(Stop::needs("nginx's source (Debian's nginx-dev)"));
        }
        let output = self.output.join("nginx");
        let mut build = Command::new(self.root.join("servers/nginx/build.sh"));
        pass(build.arg(&self.prefix).arg(NGINX_SOURCE).arg(&output))?;
        Ok(output.join("ngx_http_corsac_module.so"))
    }

    /// Python with what tests need to know in its environment.
    fn python(&self) -> Result<Command, Stop> {
        present("python3")?;
        pass(cargo(&self.root).args(["build", "--quiet", "--package", "corsac-cli", "--bin", "corsac"]))?;
        let mut python = Command::new("python3");
        python.args(["-B", "-W", "error"]).env("CORSAC_PREFIX", &self.prefix);
        python.env("CORSAC_BINARY", target_dir(&self.root).join("debug/corsac"));
        Ok(python)
    }

    /// The test programs as they are, under the sanitizers of two compilers, and under valgrind.
    fn programs(&self) -> Outcome {
        let (cases, answers) = (self.output.join("cases"), self.output.join("answers"));
        let mut vectors = cargo(&self.root);
        vectors.args(["run", "--quiet", "--package", "corsac-vectors", "--"]).arg(&cases).arg(&answers);
        pass(&mut vectors)?;
        present("valgrind")?;
        let sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
        let mut tally = Tally::default();
        for (name, compiler, options) in
            [("plain", "gcc", &[][..]), ("gcc", "gcc", &sanitizers[..]), ("clang", "clang", &sanitizers[..])]
        {
            for (program, arguments) in [("abi", &[][..]), ("vectors", &[&cases, &answers][..])] {
                let built = self.output.join(format!("{program}-{name}"));
                present(compiler)?;
                let mut compile = Command::new(compiler);
                compile.args(["-std=c99", "-O1", "-g"]).args(WARNINGS).args(options);
                compile.arg("-I").arg(self.prefix.join("include"));
                compile.arg(self.root.join(format!("ffi-c/tests/{program}.c")));
                // One against each form of the library.
                if name == "plain" {
                    compile
                        .arg(self.file("libcorsac.so"))
                        .arg(format!("-Wl,-rpath,{}", self.prefix.join("lib").display()));
                } else {
                    compile.arg(self.file("libcorsac.a"));
                }
                pass(compile.arg("-o").arg(&built))?;
                pass(Command::new(&built).args(arguments))?;
                tally += Tally::PASSED;
                if name == "plain" {
                    let mut valgrind = Command::new("valgrind");
                    valgrind.args([
                        "--quiet",
                        "--error-exitcode=3",
                        "--leak-check=full",
                        "--errors-for-leak-kinds=all",
                    ]);
                    pass(valgrind.arg(&built).args(arguments))?;
                    tally += Tally::PASSED;
                }
            }
        }
        Ok(tally)
    }
}

/// Whether a program is there; what it comes with where it is not.
pub(crate) fn present(program: &str) -> Result<(), Stop> {
    let package = match program {
        "clang++" => "clang",
        other => other,
    };
    if in_path(program).is_some() { Ok(()) } else { Err(Stop::needs(format!("{program} (Debian's {package})"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_of_the_header_are_found() {
        let functions = functions(&crate::workspace_root()).unwrap();
        for name in ["corsac_abi", "corsac_decide", "corsac_policy_compile", "corsac_field_name"] {
            assert!(functions.iter().any(|function| function == name), "{name}");
        }
        assert!(functions.iter().all(|function| !function.contains("CORSAC")), "{functions:?}");
    }
}
