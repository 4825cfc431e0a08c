//! Which interpreter of the process imports the extension.

use pyo3::prelude::*;

/// Whether it is the main one. Objects that are made once, as the members of `Refusal` are, would get from one interpreter into
/// another; PyO3 refuses the others too, but not those that share their lock with the main one.
pub(crate) fn is_main(py: Python<'_>) -> PyResult<bool> {
    // From Python 3.13 on, and before.
    for module in ["_interpreters", "_xxsubinterpreters"] {
        if let Ok(module) = py.import(module) {
            return module.call_method0("get_current")?.eq(module.call_method0("get_main")?);
        }
    }
    // Where neither is built nobody makes others from Python.
    Ok(true)
}
