//! The `corsac` command: what a CORS policy says, before a browser says it.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(corsac_cli::run_from("corsac", std::env::args_os().skip(1)))
}
