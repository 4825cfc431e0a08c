//! The command, for `python -m corsac`.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command `corsac` with the arguments behind the program's name and returns its exit code.
///
/// It reads and writes the process's own standard streams, not `sys.stdin`, `sys.stdout` and `sys.stderr`. Other threads of
/// Python go on meanwhile; signals are Python's to handle, and it handles them when this returns.
#[pyfunction]
pub(crate) fn command(py: Python<'_>, argv: Vec<OsString>) -> u8 {
    py.detach(|| corsac_cli::run_from("python -m corsac", argv))
}
