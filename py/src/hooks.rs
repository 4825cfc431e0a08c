//! `allow_origin_regex` and `allow_origin_func`: the ways in which Python takes part in a decision.

use corsac::{FieldName, GuardRequest, PolicyRef, Request};
use pyo3::exceptions::{PyOverflowError, PyRecursionError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::{PyBool, PyBytes, PyDict, PyString};

use crate::error::Problem;
use crate::value::kind_of;

pub(crate) const ALLOW_ORIGIN_REGEX: &str = "allow_origin_regex";
pub(crate) const ALLOW_ORIGIN_FUNC: &str = "allow_origin_func";

/// What is asked about a well-formed origin that no entry takes.
pub(crate) struct Hooks {
    /// A compiled pattern of `re`, and its `fullmatch`.
    regex: Option<(Py<PyAny>, Py<PyAny>)>,
    func: Option<Py<PyAny>>,
}

/// What the hooks said about a request; no where they were not asked.
#[derive(Default)]
pub(crate) struct Answer {
    said: bool,
    error: Option<PyErr>,
}

impl Answer {
    /// What was said; an exception that a hook raised goes to the caller.
    pub(crate) fn or_raise(self) -> PyResult<bool> {
        self.error.map_or(Ok(self.said), Err)
    }
}

impl Hooks {
    /// Takes the two options as they were given, None is absent; and tells what is wrong with them in a policy with this `Reach`.
    pub(crate) fn new(
        py: Python<'_>,
        regex: Option<Bound<'_, PyAny>>,
        func: Option<Bound<'_, PyAny>>,
        reach: Reach,
    ) -> PyResult<(Self, Vec<Problem>)> {
        let regex = regex.filter(|regex| !regex.is_none());
        let func = func.filter(|func| !func.is_none());
        let mut problems = Vec::new();
        if !reach.is_asked {
            problems.extend(regex.is_some().then(|| Problem::of_unasked_hook(ALLOW_ORIGIN_REGEX)));
            problems.extend(func.is_some().then(|| Problem::of_unasked_hook(ALLOW_ORIGIN_FUNC)));
        }
        let regex = match regex.map(|regex| compile(&regex)).transpose()? {
            Some(Ok(regex)) => {
                if reach.has_credentials && takes_any_origin(regex.1.bind(py))? {
                    problems.push(Problem::of_any_origin_regex());
                }
                Some(regex)
            }
            Some(Err(problem)) => {
                problems.push(problem);
                None
            }
            None => None,
        };
        let func = func.map(check_func).transpose()?;
        Ok((Self { regex, func }, problems))
    }

    /// Adds the options that are there to keyword arguments.
    pub(crate) fn write(&self, arguments: &Bound<'_, PyDict>) -> PyResult<()> {
        let py = arguments.py();
        for (key, hook) in [(ALLOW_ORIGIN_REGEX, self.regex(py)), (ALLOW_ORIGIN_FUNC, self.func(py))] {
            if let Some(hook) = hook {
                arguments.set_item(key, hook)?;
            }
        }
        Ok(())
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
        answer.said = is_allowed;
        answer.error = said.err();
        is_allowed
    }

    fn try_ask(&self, py: Python<'_>, origin: &[u8]) -> PyResult<bool> {
        if self.is_empty() {
            return Ok(false);
        }
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
                close_coroutine(&said)?;
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

/// What the hooks of a policy can come to.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    /// Whether any verdict asks them: none does under `static_origin`. Under `*` the guard does.
    pub(crate) is_asked: bool,
    /// Whether what they allow may be read with credentials.
    pub(crate) has_credentials: bool,
}

impl Reach {
    /// What hooks can come to in a policy that was compiled elsewhere: by what it answers to an origin that no entry takes.
    pub(crate) fn of(py: Python<'_>, policy: PolicyRef<'_>) -> PyResult<Self> {
        let [origin, _] = unguessable_origins(py)?;
        let fields = [("Origin", origin.as_str())];
        let mut is_asked = false;
        let ask = |_: &[u8]| {
            is_asked = true;
            true
        };
        let request = GuardRequest::from_fields("POST", fields);
        let _ = policy.guard_with(&request, ask).passes();
        let request = Request::from_fields("GET", fields);
        let decision = policy.decide_with(&request, |_| true);
        let has_credentials = decision.fields().any(|field| field.name == FieldName::AllowCredentials);
        Ok(Self { is_asked, has_credentials })
    }
}

/// Origins that nobody can have meant.
fn unguessable_origins(py: Python<'_>) -> PyResult<[String; 2]> {
    let random: Vec<u8> = py.import("os")?.call_method1("urandom", (16,))?.extract()?;
    let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(["https", "http"].map(|scheme| format!("{scheme}://{name}.invalid")))
}

/// Whether an expression takes whatever it is given, which only `*` may say.
fn takes_any_origin(fullmatch: &Bound<'_, PyAny>) -> PyResult<bool> {
    for origin in unguessable_origins(fullmatch.py())? {
        if !fullmatch.call1((origin,))?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Closes a coroutine that nobody will await, so that Python does not warn of it.
pub(crate) fn close_coroutine(value: &Bound<'_, PyAny>) -> PyResult<()> {
    if value.py().import("inspect")?.call_method1("iscoroutine", (value,))?.is_truthy()? {
        value.call_method0("close")?;
    }
    Ok(())
}

/// A compiled expression, and its `fullmatch`.
type Regex = (Py<PyAny>, Py<PyAny>);

/// Compiles the expression, once.
fn compile(regex: &Bound<'_, PyAny>) -> PyResult<Result<Regex, Problem>> {
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
    match re.call_method1("compile", (regex,)) {
        Ok(pattern) => {
            let fullmatch = pattern.getattr(intern!(py, "fullmatch"))?;
            Ok(Ok((pattern.unbind(), fullmatch.unbind())))
        }
        Err(error) if is_of_the_text(&error, &re)? => {
            let text = regex.str()?.to_string_lossy().into_owned();
            let error = error.value(py);
            let reason = error.getattr_opt("msg")?.unwrap_or_else(|| error.clone().into_any());
            let at: usize = error.getattr_opt("pos")?.and_then(|pos| pos.extract().ok()).unwrap_or(0);
            // Python counts characters.
            let offset = text.chars().take(at).map(char::len_utf8).sum();
            Ok(Err(Problem::of_malformed_regex(&text, offset, &reason.str()?.to_string_lossy())))
        }
        Err(error) => Err(error),
    }
}

/// Whether an error of `re.compile` is one of the text that it was given.
fn is_of_the_text(error: &PyErr, re: &Bound<'_, PyModule>) -> PyResult<bool> {
    let py = re.py();
    let is_too_large = || error.is_instance_of::<PyOverflowError>(py) || error.is_instance_of::<PyRecursionError>(py);
    Ok(error.matches(py, re.getattr("error")?)? || is_too_large())
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
