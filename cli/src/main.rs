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
//!
//! Nothing here decides: the core does, and `corsac-browser` plays the browser.

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

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Command};
use crate::output::{Misuse, Output};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Nobody is left to tell.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
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
    }
}
