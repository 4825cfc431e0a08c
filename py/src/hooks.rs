//! `allow_origin_regex` and `allow_origin_func`: the ways in which Python takes part in a decision.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::{PyBool, PyBytes, PyString};

use crate::value::kind_of;

/// What is asked about a well-formed origin that no entry takes.
pub(crate) struct Hooks {
    /// A compiled pattern of `re`, and its `fullmatch`.
    regex: Option<(Py<PyAny>, Py<PyAny>)>,
    func: Option<Py<PyAny>>,
}

/// What the hooks said about a request, if they were asked.
#[derive(Default)]
pub(crate) struct Answer {
    said: Option<bool>,
    error: Option<PyErr>,
}

impl Answer {
    /// What was said; an exception that a hook raised goes to the caller.
    pub(crate) fn or_raise(self) -> PyResult<Option<bool>> {
        self.error.map_or(Ok(self.said), Err)
    }
}

impl Hooks {
    /// Takes the two options as they were given; None is absent.
    pub(crate) fn new(regex: Option<Bound<'_, PyAny>>, func: Option<Bound<'_, PyAny>>) -> PyResult<Self> {
        let regex = regex.filter(|regex| !regex.is_none()).map(|regex| compile(&regex)).transpose()?;
        let func = func.filter(|func| !func.is_none()).map(check_func).transpose()?;
        Ok(Self { regex, func })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.regex.is_none() && self.func.is_none()
    }

    /// The compiled pattern.
    pub(crate) fn regex<'py>(&self, py: Python<'py>) -> Option<&Bound<'py, PyAny>> {
        self.regex.as_ref().map(|(pattern, _)| pattern.bind(py))
    }

    pub(crate) fn func<'py>(&self, py: Python<'py>) -> Option<&Bound<'py, PyAny>> {
        self.func.as_ref().map(|func| func.bind(py))
    }

    /// Whether a hook allows the origin. The core asks at most once a request.
    #[cold]
    pub(crate) fn ask(&self, py: Python<'_>, origin: &[u8], answer: &mut Answer) -> bool {
        let said = self.try_ask(py, origin);
        let is_allowed = *said.as_ref().unwrap_or(&false);
        answer.said = Some(is_allowed);
        answer.error = said.err();
        is_allowed
    }

    fn try_ask(&self, py: Python<'_>, origin: &[u8]) -> PyResult<bool> {
        let origin = PyString::from_bytes(py, origin)?;
        if let Some((_, fullmatch)) = &self.regex
            && !fullmatch.bind(py).call1((&origin,))?.is_none()
        {
            return Ok(true);
        }
        let Some(func) = self.func(py) else { return Ok(false) };
        let said = func.call1((origin,))?;
        // Only a bool counts: a coroutine that nobody has awaited is true, and would allow every origin.
        match said.cast::<PyBool>() {
            Ok(said) => Ok(said.is_true()),
            Err(_) => {
                let message = format!("allow_origin_func has to return True or False, not {}", kind_of(&said));
                if let Ok(Some(close)) = said.getattr_opt("close") {
                    close.call0()?;
                }
                Err(PyTypeError::new_err(message))
            }
        }
    }

    /// Whether both would be asked the same.
    pub(crate) fn is_equal(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        let same = |one: Option<&Bound<'_, PyAny>>, other: Option<&Bound<'_, PyAny>>| match (one, other) {
            (None, None) => Ok(true),
            (Some(one), Some(other)) => one.eq(other),
            _ => Ok(false),
        };
        Ok(same(self.regex(py), other.regex(py))? && same(self.func(py), other.func(py))?)
    }

    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Some((pattern, fullmatch)) = &self.regex {
            visit.call(pattern)?;
            visit.call(fullmatch)?;
        }
        visit.call(&self.func)
    }
}

/// Compiles the pattern, once.
fn compile(regex: &Bound<'_, PyAny>) -> PyResult<(Py<PyAny>, Py<PyAny>)> {
    let py = regex.py();
    let re = py.import("re")?;
    let is_pattern = regex.is_instance(&re.getattr("Pattern")?)?;
    if is_pattern && regex.getattr("pattern")?.is_instance_of::<PyBytes>() {
        return Err(PyTypeError::new_err("allow_origin_regex takes a pattern over str, not over bytes"));
    }
    if !is_pattern && !regex.is_instance_of::<PyString>() {
        let kind = kind_of(regex);
        return Err(PyTypeError::new_err(format!("allow_origin_regex takes a str or a compiled pattern, not {kind}")));
    }
    let pattern = re.call_method1("compile", (regex,))?;
    let fullmatch = pattern.getattr(intern!(py, "fullmatch"))?;
    Ok((pattern.unbind(), fullmatch.unbind()))
}

fn check_func(func: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    if !func.is_callable() {
        let kind = kind_of(&func);
        return Err(PyTypeError::new_err(format!("allow_origin_func takes a function from str to bool, not {kind}")));
    }
    let is_async = func.py().import("inspect")?.call_method1("iscoroutinefunction", (&func,))?;
    if is_async.is_truthy()? {
        let message =
            "allow_origin_func takes a function that answers at once, not an async one; look the origins up beforehand";
        return Err(PyTypeError::new_err(message));
    }
    Ok(func.unbind())
}
