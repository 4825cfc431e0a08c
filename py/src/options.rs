//! Keyword arguments to owned options, which the core borrows.

use corsac::{Config, OptionName};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFrozenSet, PyInt, PySet, PyString};

use crate::error::Problem;
use crate::hooks::{ALLOW_ORIGIN_FUNC, ALLOW_ORIGIN_REGEX, Hooks, Reach};
use crate::value::kind_of;

pub(crate) const CHECK_PUBLIC_SUFFIXES: &str = "check_public_suffixes";

/// The options that are lists.
const LISTS: [OptionName; 6] = OptionName::LISTS;

/// The options that every language has, by name.
pub(crate) fn names() -> Vec<&'static str> {
    OptionName::ALL.iter().map(|name| name.as_str()).collect()
}

/// Those of them that are lists.
pub(crate) fn lists() -> Vec<&'static str> {
    LISTS.iter().map(|name| name.as_str()).collect()
}

/// What the operator wrote.
#[derive(Default)]
pub(crate) struct Options {
    /// In the order of [`LISTS`].
    lists: [Vec<String>; LISTS.len()],
    max_age: Option<i64>,
    preflight_status: Option<i64>,
    /// The switches that are on, in the order of the options.
    switches: Vec<OptionName>,
    check_public_suffixes: bool,
}

impl Options {
    /// Reads all keyword arguments of `Policy`.
    pub(crate) fn read(arguments: Option<&Bound<'_, PyDict>>) -> PyResult<(Self, [Option<Py<PyAny>>; 2])> {
        let mut options = Self::default();
        let mut hooks = [None, None];
        // A list of them: an iterable among them can reach the dict, which must not change while it is read.
        for item in arguments.map(|arguments| arguments.items()).into_iter().flatten() {
            let (key, value): (Bound<'_, PyString>, Bound<'_, PyAny>) = item.extract()?;
            let key = key.to_cow()?;
            match &*key {
                CHECK_PUBLIC_SUFFIXES => options.check_public_suffixes = switch(CHECK_PUBLIC_SUFFIXES, &value)?,
                ALLOW_ORIGIN_REGEX => hooks[0] = Some(value.unbind()),
                ALLOW_ORIGIN_FUNC => hooks[1] = Some(value.unbind()),
                key => match OptionName::ALL.iter().copied().find(|name| name.as_str() == key) {
                    Some(name) => options.set(name, &value)?,
                    None => return Err(unknown(value.py(), key)),
                },
            }
        }
        options.switches.sort_unstable();
        Ok((options, hooks))
    }

    fn set(&mut self, name: OptionName, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Some(at) = LISTS.iter().position(|list| *list == name) {
            self.lists[at] = entries(name, value)?;
        } else if name == OptionName::MaxAge {
            if !value.is_none() {
                self.max_age = Some(number(name, value, "a whole number of seconds or None")?);
            }
        } else if name == OptionName::PreflightStatus {
            self.preflight_status = Some(number(name, value, "a status from 200 to 299")?);
        } else if switch(name.as_str(), value)? {
            self.switches.push(name);
        }
        Ok(())
    }

    /// What hooks can come to in this policy.
    pub(crate) fn reach(&self) -> Reach {
        let on = |name| self.switches.contains(&name);
        Reach { is_asked: !on(OptionName::StaticOrigin), has_credentials: on(OptionName::AllowCredentials) }
    }

    fn list(&self, name: OptionName) -> &[String] {
        LISTS.iter().position(|list| *list == name).map(|at| self.lists[at].as_slice()).unwrap_or_default()
    }

    /// The policy's image, or everything that is wrong.
    pub(crate) fn compile(&self) -> Result<Vec<u8>, Vec<Problem>> {
        let lists = self.lists.each_ref().map(|list| list.iter().map(String::as_str).collect::<Vec<_>>());
        let list =
            |name| LISTS.iter().position(|list| *list == name).map(|at| lists[at].as_slice()).unwrap_or_default();
        let on = |name| self.switches.contains(&name);
        let config = Config {
            allow_origins: list(OptionName::AllowOrigins),
            allow_methods: list(OptionName::AllowMethods),
            allow_headers: list(OptionName::AllowHeaders),
            expose_headers: list(OptionName::ExposeHeaders),
            allow_credentials: on(OptionName::AllowCredentials),
            // What is over the core's type stands as its greatest value, which the core refuses with its own sentence.
            max_age: self.max_age.map(|seconds| u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)),
            allow_null_origin: on(OptionName::AllowNullOrigin),
            allow_private_network: on(OptionName::AllowPrivateNetwork),
            static_origin: on(OptionName::StaticOrigin),
            minimal_answers: on(OptionName::MinimalAnswers),
            preflight_status: match self.preflight_status {
                Some(status) => u16::try_from(status).unwrap_or(0),
                None => Config::CLOSED.preflight_status,
            },
            timing_allow_origin: on(OptionName::TimingAllowOrigin),
            allow_hosts: list(OptionName::AllowHosts),
            allow_content_types: list(OptionName::AllowContentTypes),
            dangerously_allow_insecure_origins: on(OptionName::DangerouslyAllowInsecureOrigins),
            dangerously_allow_public_suffixes: on(OptionName::DangerouslyAllowPublicSuffixes),
            dangerously_allow_any_port: on(OptionName::DangerouslyAllowAnyPort),
        };
        let own = self.own_problems();
        match compile(&config) {
            Ok(image) if own.is_empty() => Ok(image),
            Ok(_) => Err(own),
            Err(first) => {
                let mut problems: Vec<Problem> = config.problems().map(|error| Problem::of(&config, &error)).collect();
                // Only memory can fail a configuration that has no problem.
                if problems.is_empty() {
                    problems.push(Problem::of(&config, &first));
                }
                let core: Vec<_> = problems.iter().map(|problem| (problem.field, problem.entry)).collect();
                problems.extend(own.into_iter().filter(|problem| !core.contains(&(problem.field, problem.entry))));
                Err(problems)
            }
        }
    }

    /// What the core does not look for.
    fn own_problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.max_age.is_some_and(|seconds| seconds < 0) {
            problems.push(Problem::of_negative_max_age());
        }
        if self.check_public_suffixes && !self.switches.contains(&OptionName::DangerouslyAllowPublicSuffixes) {
            for (entry, text) in self.list(OptionName::AllowOrigins).iter().enumerate() {
                if let Some(suffix) = corsac_cli::public_suffix_of(text) {
                    problems.push(Problem::of_suffix(entry, text, suffix));
                }
            }
        }
        problems
    }

    /// The keyword arguments that make these options again, but for those that have their default.
    pub(crate) fn arguments<'py>(&self, py: Python<'py>, hooks: &Hooks) -> PyResult<Bound<'py, PyDict>> {
        let arguments = PyDict::new(py);
        for name in OptionName::ALL.iter().copied() {
            let key = name.as_str();
            match name {
                OptionName::MaxAge => self.max_age.map(|value| arguments.set_item(key, value)).transpose()?,
                OptionName::PreflightStatus => {
                    self.preflight_status.map(|value| arguments.set_item(key, value)).transpose()?
                }
                _ if !self.list(name).is_empty() => Some(arguments.set_item(key, self.list(name))?),
                _ if self.switches.contains(&name) => Some(arguments.set_item(key, true)?),
                _ => None,
            };
        }
        hooks.write(&arguments)?;
        if self.check_public_suffixes {
            arguments.set_item(CHECK_PUBLIC_SUFFIXES, true)?;
        }
        Ok(arguments)
    }
}

fn compile(config: &Config<'_>) -> Result<Vec<u8>, corsac::PolicyError> {
    let mut image = vec![0; config.image_len()?];
    config.compile_into(&mut image)?;
    Ok(image)
}

/// The strings of any iterable but of one string, whose characters are never meant.
fn entries(name: OptionName, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let wrong =
        |hint: &str| Err(PyTypeError::new_err(format!("{name} takes a list of strings, not {}{hint}", kind_of(value))));
    if value.is_instance_of::<PyString>() {
        return wrong(&format!(": did you mean [{}]?", meant(value)));
    }
    if value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>() {
        return wrong("");
    }
    let Ok(items) = value.try_iter() else {
        return wrong("");
    };
    let mut entries = strings(name.as_str(), items)?;
    if value.is_instance_of::<PySet>() || value.is_instance_of::<PyFrozenSet>() {
        // A set's order differs from process to process, and policies made of the same entries are to be equal.
        entries.sort_unstable();
    }
    Ok(entries)
}

/// What a single string most likely stands for: one entry, or several that were written with commas.
fn meant(value: &Bound<'_, PyAny>) -> String {
    let text = value.str().map(|text| text.to_string_lossy().into_owned()).unwrap_or_default();
    let quoted = |part: &str| format!("\"{}\"", part.trim().escape_debug());
    let shown: String = text.chars().take(200).collect();
    let cut = if shown.len() < text.len() { ", ..." } else { "" };
    shown.split(',').map(quoted).collect::<Vec<_>>().join(", ") + cut
}

/// The strings of an iterable. What is no text in Unicode stays a problem for the core to name.
pub(crate) fn strings<'py>(
    name: &str,
    items: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
) -> PyResult<Vec<String>> {
    let string = |(index, item): (usize, PyResult<Bound<'py, PyAny>>)| {
        let item = item?;
        match item.cast::<PyString>() {
            Ok(text) => Ok(text.to_string_lossy().into_owned()),
            Err(_) => Err(PyTypeError::new_err(format!("{name}[{index}] is {}, not a str", kind_of(&item)))),
        }
    };
    items.enumerate().map(string).collect()
}

/// A list of names that a caller gives, by the same rules as an option's.
pub(crate) fn names_of(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let is_text = value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>();
    match value.try_iter() {
        Ok(items) if !is_text => strings(name, items),
        _ => {
            let hint = match value.cast::<PyString>() {
                Ok(_) => format!(": did you mean [{}]?", meant(value)),
                Err(_) => String::new(),
            };
            Err(PyTypeError::new_err(format!("{name} takes a list of strings, not {}{hint}", kind_of(value))))
        }
    }
}

fn number(name: OptionName, value: &Bound<'_, PyAny>, wanted: &str) -> PyResult<i64> {
    match value.cast::<PyInt>() {
        Ok(number) if !value.is_instance_of::<PyBool>() => {
            let over = |_| if number.lt(0).unwrap_or(false) { i64::MIN } else { i64::MAX };
            Ok(number.extract::<i64>().unwrap_or_else(over))
        }
        _ => Err(PyTypeError::new_err(format!("{name} takes {wanted}, not {}", kind_of(value)))),
    }
}

fn switch(name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    match value.cast::<PyBool>() {
        Ok(on) => Ok(on.is_true()),
        Err(_) => Err(PyTypeError::new_err(format!("{name} takes True or False, not {}", kind_of(value)))),
    }
}

/// The error for an argument that nobody knows, with the nearest name.
fn unknown(py: Python<'_>, key: &str) -> PyErr {
    let all: Vec<_> =
        names().into_iter().chain([ALLOW_ORIGIN_REGEX, ALLOW_ORIGIN_FUNC, CHECK_PUBLIC_SUFFIXES]).collect();
    let nearest = || {
        let nearest = py.import("difflib")?.call_method1("get_close_matches", (key, all, 1))?;
        nearest.extract::<Vec<String>>()
    };
    let hint = match nearest().unwrap_or_default().first() {
        Some(name) => format!(": did you mean '{name}'?"),
        None => String::new(),
    };
    PyTypeError::new_err(format!("Policy() got an unexpected keyword argument '{key}'{hint}"))
}
