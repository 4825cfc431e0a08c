//! Project automation: what plain cargo commands cannot say, in one command.
//!
//! `cargo xtask test` runs every check and ends with one closing line; the other commands run one part of it.
//! A check that needs something this machine lacks is skipped with a line that says what; with `CI=true` in the
//! environment a skipped check is a failure.

mod bench;
mod browser;
mod c;
mod elf;
mod embedded;
mod environment;
mod fuzz;
mod header;
mod install;
mod markdown;
mod mcu;
mod mutants;
mod numbers;
mod python;
mod report;
mod run;
mod test;
mod tidy;
mod toolchain;
mod tree;
mod vectors;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use lexopt::prelude::{Long, Short, Value, ValueExt as _};
use report::Report;

const USAGE: &str = "\
cargo xtask COMMAND

  test                run every check: what CI runs
  tidy                house rules that no compiler knows
  embedded            link the bare-metal images without a panic path and measure them
  mcu [--requests N] [--write]
                      run the vectors on emulated microcontrollers, drive the firmwares with N requests each
                      (default 10000), and print the figures or write docs/embedded.md
  c                   build the C library, install it in a folder of its own, and test it
  header              make include/corsac.h anew
  install --prefix DIR [--destdir DIR] [--libdir NAME]
                      build the C library and install it
  fuzz [--seconds N]  run each fuzz target for N seconds (default 10)
  browser [--cases N] judge N cases by a real Chromium (default 5000), and some against each adapter
  python              build the Python package, test it, and try it where there is no Rust
  bench               run every bench and write docs/performance.md
  python-bench        measure the Python package beside its peers
  mutants             plant known mistakes and see which tests find them
";

/// How long `test` and a bare `fuzz` run each fuzz target.
const SHORT_FUZZ: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    let command = match Command::parse(lexopt::Parser::from_env()) {
        Ok(command) => command,
        Err(mistake) => {
            eprintln!("xtask: {mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let root = workspace_root();
    let mut report = Report::from_env();
    match command {
        Command::Help => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Command::Test => test::steps(&root, &mut report),
        Command::Tidy => report.step("tidy", || tidy::check(&root)),
        Command::Embedded => embedded::steps(&root, &mut report),
        Command::Mcu { requests, page } => mcu::steps(&root, &mut report, mcu::Extent::Whole { requests, page }),
        Command::Fuzz { each } => fuzz::steps(&root, &mut report, each),
        Command::Browser { cases } => browser::alone(&root, &mut report, cases),
        Command::C => drop(c::steps(&root, &mut report)),
        Command::Header => report.step("header", || header::write(&root)),
        Command::Install(options) => report.step("install", || install::install(&root, &options)),
        Command::Python => drop(python::steps(&root, &mut report)),
        Command::Bench => bench::steps(&root, &mut report),
        Command::PythonBench => python::bench(&root, &mut report, None),
        Command::Mutants => mutants::steps(&root, &mut report),
    }
    report.close()
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
enum Command {
    Help,
    Test,
    Tidy,
    Embedded,
    Mcu { requests: usize, page: mcu::Page },
    Fuzz { each: Duration },
    Browser { cases: Option<usize> },
    C,
    Header,
    Install(install::Options),
    Python,
    Bench,
    PythonBench,
    Mutants,
}

impl Command {
    fn parse(mut arguments: lexopt::Parser) -> Result<Self, lexopt::Error> {
        let mut name = None;
        let mut seconds = None;
        let mut requests = None;
        let mut cases = None;
        let mut page = mcu::Page::Keep;
        while let Some(argument) = arguments.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Self::Help),
                Long("seconds") => seconds = Some(arguments.value()?.parse()?),
                Long("requests") => requests = Some(arguments.value()?.parse()?),
                Long("cases") => cases = Some(arguments.value()?.parse()?),
                Long("write") => page = mcu::Page::Write,
                Value(value) if name.is_none() && value == "install" => {
                    return Ok(install::Options::parse(&mut arguments)?.map_or(Self::Help, Self::Install));
                }
                Value(value) if name.is_none() => name = Some(value.string()?),
                other => return Err(other.unexpected()),
            }
        }
        let command = match name.as_deref() {
            None => return Err("no command".into()),
            Some("test") => Self::Test,
            Some("tidy") => Self::Tidy,
            Some("embedded") => Self::Embedded,
            Some("fuzz") => Self::Fuzz { each: seconds.take().map_or(SHORT_FUZZ, Duration::from_secs) },
            Some("mcu") => Self::Mcu {
                requests: requests.take().unwrap_or(mcu::REQUESTS),
                page: core::mem::replace(&mut page, mcu::Page::Keep),
            },
            Some("browser") => Self::Browser { cases: cases.take() },
            Some("c") => Self::C,
            Some("header") => Self::Header,
            Some("python") => Self::Python,
            Some("bench") => Self::Bench,
            Some("python-bench") => Self::PythonBench,
            Some("mutants") => Self::Mutants,
            Some(other) => return Err(format!("no command {other:?}").into()),
        };
        if cases.is_some() {
            return Err("--cases belongs to browser".into());
        }
        match (seconds, requests, page) {
            (Some(_), _, _) => Err("--seconds belongs to fuzz".into()),
            (None, Some(_), _) | (None, None, mcu::Page::Write) => Err("--requests and --write belong to mcu".into()),
            (None, None, mcu::Page::Keep) => Ok(command),
        }
    }
}

/// The folder that holds the workspace, wherever the command was started.
fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Command, String> {
        Command::parse(lexopt::Parser::from_args(arguments)).map_err(|error| error.to_string())
    }

    #[test]
    fn commands_are_understood() {
        assert_eq!(parse(&["test"]), Ok(Command::Test));
        assert_eq!(parse(&["tidy", "--help"]), Ok(Command::Help));
        assert_eq!(parse(&["bench"]), Ok(Command::Bench));
        assert_eq!(parse(&["python-bench"]), Ok(Command::PythonBench));
        assert_eq!(parse(&["fuzz"]), Ok(Command::Fuzz { each: SHORT_FUZZ }));
        let mcu = |requests, page| Ok(Command::Mcu { requests, page });
        assert_eq!(parse(&["mcu"]), mcu(10_000, mcu::Page::Keep));
        assert_eq!(parse(&["mcu", "--requests", "9", "--write"]), mcu(9, mcu::Page::Write));
        assert_eq!(parse(&["browser"]), Ok(Command::Browser { cases: None }));
        assert_eq!(parse(&["browser", "--cases", "9"]), Ok(Command::Browser { cases: Some(9) }));
        let each = Duration::from_secs(600);
        assert_eq!(parse(&["fuzz", "--seconds", "600"]), Ok(Command::Fuzz { each }));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(parse(&[]), Err("no command".into()));
        assert_eq!(parse(&["tset"]), Err("no command \"tset\"".into()));
        assert_eq!(parse(&["test", "--seconds", "3"]), Err("--seconds belongs to fuzz".into()));
        assert_eq!(parse(&["test", "--write"]), Err("--requests and --write belong to mcu".into()));
        assert_eq!(parse(&["test", "--cases", "3"]), Err("--cases belongs to browser".into()));
        assert!(parse(&["fuzz", "--seconds", "soon"]).is_err());
        assert!(parse(&["test", "more"]).is_err());
    }
}
