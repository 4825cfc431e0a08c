//! The class `Verdict`, and what a server says of a request beside its fields.

use std::sync::Arc;

use corsac::{AbsentOrigin, GuardRequest, PolicyRef, Question, Refusal, Scheme, ScreenRequest};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use smallvec::SmallVec;

use crate::compiled::Compiled;
use crate::fields::{Arrived, host_value};
use crate::hooks::Answer;
use crate::options::names_of;
use crate::policy::Policy;
use crate::refusal::member;

/// What a server says of a request beside its fields.
#[derive(Clone, Default)]
pub(crate) struct Circumstances {
    pub(crate) scheme: Option<Scheme>,
    pub(crate) absent_origin: AbsentOrigin,
    pub(crate) own_names: Arc<[String]>,
}

/// The names that a device got at run time, as the core borrows them.
pub(crate) type OwnNames<'c> = SmallVec<[&'c str; 4]>;

impl Circumstances {
    pub(crate) fn read(
        scheme: Option<&str>,
        absent_origin: &str,
        own_names: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let own_names = own_names.map(|names| names_of("own_names", names)).transpose()?.unwrap_or_default();
        Ok(Self {
            scheme: match scheme {
                None => None,
                Some(name) => Some(scheme_of(name).ok_or_else(|| {
                    PyValueError::new_err(format!("scheme is \"http\", \"https\", \"ws\" or \"wss\", not {name:?}"))
                })?),
            },
            absent_origin: match absent_origin {
                "pass" => AbsentOrigin::Pass,
                "refuse" => AbsentOrigin::Refuse,
                other => {
                    return Err(PyValueError::new_err(format!(
                        "absent_origin is \"pass\" or \"refuse\", not {other:?}"
                    )));
                }
            },
            own_names: own_names.into(),
        })
    }

    pub(crate) fn own_names(&self) -> OwnNames<'_> {
        self.own_names.iter().map(String::as_str).collect()
    }

    pub(crate) fn guard_request<'r>(&self, arrived: &'r Arrived, py: Python<'_>) -> GuardRequest<'r> {
        arrived.guard_request(py).with_absent_origin(self.absent_origin).with_scheme(self.scheme)
    }

    pub(crate) fn screen_request<'r>(
        &self,
        arrived: &'r Arrived,
        py: Python<'_>,
        own_names: &'r OwnNames<'_>,
    ) -> ScreenRequest<'r> {
        let request = arrived.screen_request(py).with_absent_origin(self.absent_origin).with_scheme(self.scheme);
        request.with_own_names(own_names.as_slice())
    }
}

/// The scheme of a server by its name in ASGI or WSGI.
pub(crate) fn scheme_of(name: &str) -> Option<Scheme> {
    match name {
        "http" | "ws" => Some(Scheme::Http),
        "https" | "wss" => Some(Scheme::Https),
        _ => None,
    }
}

/// The answer to one of the questions beside CORS. It is true where the request passes.
#[pyclass(frozen, module = "corsac")]
pub(crate) struct Verdict {
    compiled: Py<Compiled>,
    asked: Asked,
    circumstances: Circumstances,
    said: bool,
    refusal: Option<Refusal>,
}

/// What was asked about.
pub(crate) enum Asked {
    /// Who makes a request, for `guard` or `check_websocket`.
    Page(Question, Arrived),
    Host(Option<Py<PyBytes>>),
}

/// Judges what was asked; `ask` is the hooks, or what they have said.
fn judge<T>(
    py: Python<'_>,
    policy: PolicyRef<'_>,
    asked: &Asked,
    circumstances: &Circumstances,
    ask: impl FnOnce(&[u8]) -> bool,
    read: impl FnOnce(&corsac::Verdict<'_, '_>) -> T,
) -> T {
    match asked {
        Asked::Host(host) => {
            let own_names = circumstances.own_names();
            read(&policy.check_host_with(host_value(py, host.as_ref()), &own_names))
        }
        Asked::Page(question, arrived) => {
            let request = circumstances.guard_request(arrived, py);
            match question {
                Question::WebSocket => read(&policy.check_websocket_with(&request, ask)),
                _ => read(&policy.guard_with(&request, ask)),
            }
        }
    }
}

impl Verdict {
    pub(crate) fn new(py: Python<'_>, policy: &Policy, asked: Asked, circumstances: Circumstances) -> PyResult<Self> {
        let mut answer = Answer::default();
        let ask = |origin: &[u8]| policy.hooks().ask(py, origin, &mut answer);
        let refusal = judge(py, policy.policy(), &asked, &circumstances, ask, |verdict| verdict.refusal());
        Ok(Self { compiled: policy.share(py), asked, circumstances, said: answer.or_raise()?, refusal })
    }
}

#[pymethods]
impl Verdict {
    /// What was asked.
    #[getter]
    fn question(&self) -> &'static str {
        match &self.asked {
            Asked::Page(question, _) => question.slug(),
            Asked::Host(_) => Question::Host.slug(),
        }
    }

    /// Whether the request may go on.
    #[getter]
    fn passes(&self) -> bool {
        self.refusal.is_none()
    }

    /// Why it may not.
    #[getter]
    fn refusal<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        member(py, self.refusal)
    }

    /// The status to refuse with: 403, or 400 or 421 for a host; None where the request passes.
    #[getter]
    fn status(&self) -> Option<u16> {
        self.refusal.map(Refusal::status)
    }

    /// Says in a sentence or two what was found and why.
    fn explain(&self, py: Python<'_>) -> String {
        let policy = self.compiled.get().policy();
        let explain = |verdict: &corsac::Verdict<'_, '_>| verdict.explain().to_string();
        judge(py, policy, &self.asked, &self.circumstances, |_| self.said, explain)
    }

    fn __bool__(&self) -> bool {
        self.passes()
    }

    fn __repr__(&self) -> String {
        let outcome = match self.refusal {
            Some(refusal) => format!("refused: {}", refusal.slug()),
            None => "passes".to_owned(),
        };
        format!("<corsac.Verdict {} {outcome}>", self.question())
    }
}
