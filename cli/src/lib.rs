//! The `corsac` command: what a CORS policy says, before a browser says it.
//!
//! | file | holds |
//! |---|---|
//! | `args.rs` | the command line |
//! | `check.rs`, `decide.rs`, `explain.rs`, `test.rs`, `compile.rs` | one command each: start here |
//! | `policy_file.rs`, `options.rs`, `faults.rs`, `loaded.rs` | a policy as a TOML file |
//! | `shape.rs`, `literal.rs` | kinds and places of TOML values |
//! | `source.rs`, `problem.rs`, `output.rs` | files, findings, and what is printed |
//! | `doubts.rs`, `verdict_doubts.rs`, `coverage.rs`, `suffix.rs`, `punycode.rs` | what `check` knows beyond the core |
//! | `pattern.rs`, `verdict_examples.rs` | what entries take, and what they nearly take |
//! | `ask.rs`, `decided.rs`, `judged.rs` | the verdicts on a request, told to people and programs |
//! | `page_call.rs`, `field_arg.rs`, `story.rs`, `fix.rs` | the calls of pages, told to people |
//! | `explain_json.rs`, `source_code.rs` | forms for programs and compilers |
//! | `expectation.rs`, `test_file.rs` | an operator's own tests |
//! | `playground.rs` and its folder, `patch.rs` | the page to try policies on; the feature `playground` |
//!
//! Nothing here decides: the core does, and `corsac-browser` plays the browser.
//!
//! The binary `corsac` and `python -m corsac` both are [`run_from`], which prints as a program does: to the process's own standard
//! output and standard error.

mod args;

mod check;
mod compile;
mod decide;
mod explain;
mod test;

mod ask;
mod decided;
mod explain_json;
mod fix;
mod judged;
mod page_call;
mod source_code;
mod story;

mod expectation;
mod test_file;

#[cfg(feature = "playground")]
mod patch;
#[cfg(feature = "playground")]
mod playground;
#[cfg(not(feature = "playground"))]
#[path = "no_playground.rs"]
mod playground;

mod coverage;
mod doubts;
mod pattern;
mod punycode;
mod suffix;
mod verdict_doubts;
mod verdict_examples;

mod faults;
mod loaded;
mod options;
mod policy_file;

mod field_arg;
mod literal;
mod output;
mod problem;
mod shape;
mod source;

use std::ffi::OsString;
use std::io::{self, Write as _};

use crate::args::{Args, Command};
use crate::output::{Misuse, Output};

pub use crate::punycode::corrected;
pub use crate::suffix::public_suffix_of;

/// Runs the command with the arguments behind the program's name, prints, and tells the exit code: 0 yes, 1 no, 2 misuse.
///
/// `program` is how people call it, for the usage lines and examples of its help: `corsac`, or `python -m corsac`.
pub fn run_from(program: &str, arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let args = match Args::read(program, arguments) {
        Ok(args) => args,
        Err(error) => {
            // Nobody is left to tell. A library's caller may end without flushing what Rust has buffered.
            let _ = error.print().and_then(|()| io::stdout().flush());
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    run(&args).unwrap_or_else(|misuse| misuse.output(args.json)).print()
}

fn run(args: &Args) -> Result<Output, Misuse> {
    match &args.command {
        Command::Check(check) => check::run(check, args.json),
        Command::Decide(decide) => decide::run(decide, args.json),
        Command::Explain(explain) => explain::run(explain, args.json),
        Command::Compile(compile) => compile::run(compile, args.json),
        Command::Test(test) => test::run(test, args.json),
        Command::Playground(playground) => playground::run(playground, args.json),
    }
}
