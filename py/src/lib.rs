//! The extension module `corsac._core`: the decision core for Python.
//!
//! | file | holds |
//! |---|---|
//! | `policy.rs` | the class `Policy` |
//! | `asking.rs` | the questions to a policy with its hooks, which the wrappers share |
//! | `compiled.rs` | a policy image, and what is prepared once for all answers |
//! | `fields.rs` | what arrived, out of headers of any shape |
//! | `hooks.rs` | `allow_origin_regex` and `allow_origin_func` |
//! | `options.rs`, `value.rs` | keyword arguments to owned options |
//! | `decision.rs`, `verdict.rs` | the classes `Decision`, `Verdict` and `Screening` |
//! | `interpreter.rs` | which interpreter imports this |
//! | `error.rs` | the one place where an error of the core becomes a Python exception |
//! | `refusal.rs` | the enum `Refusal` |
//! | `command.rs` | `python -m corsac` |
//! | `router.rs`, `paths.rs` | which policy a request has, and what becomes of it: the native part of the wrappers |
//! | `asgi.rs`, `wsgi.rs` | a server's requests, and the functions that its applications answer with |
//! | `application.rs` | the application's response with the policy's fields |
//!
//! Nothing here decides: the core does.

#![forbid(unsafe_code)]

mod application;
mod asgi;
mod asking;
mod command;
mod compiled;
mod decision;
mod error;
mod fields;
mod hooks;
mod interpreter;
mod options;
mod paths;
mod policy;
mod refusal;
mod router;
mod value;
mod verdict;
mod wsgi;

/// The native part of `corsac`. Import `corsac` instead.
#[pyo3::pymodule(gil_used = true)]
mod _core {
    use pyo3::exceptions::PyImportError;
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::command::command;
    #[pymodule_export]
    use crate::decision::{Decision, Screening};
    #[pymodule_export]
    use crate::policy::Policy;
    #[pymodule_export]
    use crate::router::Router;
    #[pymodule_export]
    use crate::verdict::Verdict;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        if !crate::interpreter::is_main(module.py())? {
            return Err(PyImportError::new_err(
                "corsac works in the main interpreter only; under mod_wsgi set WSGIApplicationGroup %{GLOBAL}",
            ));
        }
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("REFUSALS", crate::refusal::table())?;
        module.add("OPTIONS", crate::options::names())?;
        module.add("LISTS", crate::options::lists())?;
        module.add("FIELDS", crate::compiled::names())
    }
}
