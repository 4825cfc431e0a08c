//! The one place where an error of the core becomes a Python exception.

use corsac::{Config, ImageError, OptionName, PolicyError, PolicyErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// What is wrong with one option, as `corsac.Problem` tells it.
pub(crate) struct Problem {
    pub(crate) field: OptionName,
    pub(crate) entry: Option<usize>,
    pub(crate) offset: usize,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl Problem {
    /// A problem that the core has found.
    pub(crate) fn of(config: &Config<'_>, error: &PolicyError) -> Self {
        let message = config.describe(error).as_str().to_owned();
        let (field, entry, offset) = (error.field(), error.entry(), error.offset());
        Self { field, entry, offset, kind: error.kind().slug(), message }
    }

    /// A pattern over a suffix that only the whole Public Suffix List has, told as the core tells it of those that it knows.
    pub(crate) fn of_suffix(entry: usize, text: &str, suffix: &str) -> Self {
        let kind = PolicyErrorKind::PublicSuffix;
        let field = OptionName::AllowOrigins;
        let offset = text.rfind(suffix).unwrap_or(0);
        let message = format!("{field}[{entry}] \"{text}\", byte {offset}: {}", kind.sentence());
        Self { field, entry: Some(entry), offset, kind: kind.slug(), message }
    }

    /// A number below zero, which the core's type cannot hold.
    pub(crate) fn of_negative_max_age() -> Self {
        let field = OptionName::MaxAge;
        let sentence = "no time is negative; write 0 to have nothing kept, or leave the option out";
        Self { field, entry: None, offset: 0, kind: "max-age-negative", message: format!("{field}: {sentence}") }
    }
}

/// `corsac.PolicyError` with all that is wrong.
pub(crate) fn policy_error(py: Python<'_>, problems: &[Problem]) -> PyErr {
    let raise = || {
        let errors = py.import("corsac.errors")?;
        let problem = errors.getattr("Problem")?;
        let all = problems
            .iter()
            .map(|one| problem.call1((one.field.as_str(), one.entry, one.offset, one.kind, one.message.as_str())));
        let all = PyTuple::new(py, all.collect::<PyResult<Vec<_>>>()?)?;
        errors.getattr("PolicyError")?.call1((all,))
    };
    raise().map_or_else(|error: PyErr| error, PyErr::from_value)
}

/// `corsac.ImageError`.
pub(crate) fn image_error(py: Python<'_>, error: ImageError) -> PyErr {
    let raise = || py.import("corsac.errors")?.getattr("ImageError")?.call1((error.slug(), error.sentence()));
    raise().map_or_else(|error: PyErr| error, PyErr::from_value)
}
