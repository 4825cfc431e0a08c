//! The one place where an error of the core becomes a Python exception.

use corsac::{Config, ImageError, OptionName, PolicyError, PolicyErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::hooks::ALLOW_ORIGIN_REGEX;

/// What is wrong with one option, as `corsac.Problem` tells it.
pub(crate) struct Problem {
    pub(crate) field: &'static str,
    pub(crate) entry: Option<usize>,
    pub(crate) offset: usize,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl Problem {
    /// A problem that the core has found.
    pub(crate) fn of(config: &Config<'_>, error: &PolicyError) -> Self {
        let mut message = config.describe(error).as_str().to_owned();
        let (field, entry, offset) = (error.field(), error.entry(), error.offset());
        if error.kind() == PolicyErrorKind::NonAscii
            && let Some(text) = entry.and_then(|entry| entries(config, field).get(entry))
            && let Some(corrected) = corsac_cli::corrected(field, text)
        {
            message.push_str(&format!(": \"{corrected}\""));
        }
        Self { field: field.as_str(), entry, offset, kind: error.kind().slug(), message }
    }

    /// A pattern over a suffix that only the whole Public Suffix List has, told as the core tells it of those that it knows.
    pub(crate) fn of_suffix(entry: usize, text: &str, suffix: &str) -> Self {
        let kind = PolicyErrorKind::PublicSuffix;
        let field = OptionName::AllowOrigins;
        let offset = text.rfind(suffix).unwrap_or(0);
        let message = format!("{field}[{entry}] \"{text}\", byte {offset}: {}", kind.sentence());
        Self { field: field.as_str(), entry: Some(entry), offset, kind: kind.slug(), message }
    }

    /// A number below zero, which the core's type cannot hold.
    pub(crate) fn of_negative_max_age() -> Self {
        let sentence = "no time is negative; write 0 to have nothing kept, or leave the option out";
        Self::of_option(OptionName::MaxAge.as_str(), "max-age-negative", sentence)
    }

    /// An expression that Python cannot compile.
    pub(crate) fn of_malformed_regex(text: &str, offset: usize, reason: &str) -> Self {
        let shown: String = text.chars().take(200).flat_map(char::escape_default).collect();
        let message = format!(
            "{ALLOW_ORIGIN_REGEX} \"{shown}\", byte {offset}: {reason}; write an expression of Python's re, or patterns such as \
             https://*.example.com in allow_origins"
        );
        Self { field: ALLOW_ORIGIN_REGEX, entry: None, offset, kind: "regex-malformed", message }
    }

    /// An expression that stands for `*`, with credentials.
    pub(crate) fn of_any_origin_regex() -> Self {
        let sentence = "it takes every origin, and with credentials every page on the web could act as the user; write your own domain \
                        into it, or patterns such as https://*.example.com in allow_origins, or drop allow_credentials";
        Self::of_option(ALLOW_ORIGIN_REGEX, PolicyErrorKind::AnyOriginWithCredentials.slug(), sentence)
    }

    /// A hook in a policy that has no question for it.
    pub(crate) fn of_unasked_hook(field: &'static str) -> Self {
        let sentence = "under static_origin no other origin is ever asked about; drop this option or static_origin";
        Self::of_option(field, "hook-with-static-origin", sentence)
    }

    /// An option that is at fault as a whole.
    fn of_option(field: &'static str, kind: &'static str, sentence: &str) -> Self {
        Self { field, entry: None, offset: 0, kind, message: format!("{field}: {sentence}") }
    }
}

/// The entries of an option whose entries have hosts.
const fn entries<'c>(config: &Config<'c>, field: OptionName) -> &'c [&'c str] {
    match field {
        OptionName::AllowOrigins => config.allow_origins,
        OptionName::AllowHosts => config.allow_hosts,
        _ => &[],
    }
}

/// `corsac.PolicyError` with all that is wrong.
pub(crate) fn policy_error(py: Python<'_>, problems: &[Problem]) -> PyErr {
    let raise = || {
        let errors = py.import("corsac.errors")?;
        let problem = errors.getattr("Problem")?;
        let all = problems
            .iter()
            .map(|one| problem.call1((one.field, one.entry, one.offset, one.kind, one.message.as_str())));
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
