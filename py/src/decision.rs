//! The classes `Decision` and `Screening`.

use corsac::{Kind, Refusal};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::compiled::Compiled;
use crate::fields::Arrived;
use crate::policy::Policy;
use crate::refusal::member;
use crate::verdict::Circumstances;

/// What CORS says to one request. It holds nothing of the caller's that could change, and outlives the policy.
#[pyclass(frozen, module = "corsac")]
pub(crate) struct Decision {
    compiled: Py<Compiled>,
    arrived: Arrived,
    said: bool,
    kind: Kind,
    refusal: Option<Refusal>,
    status: Option<u16>,
}

impl Decision {
    pub(crate) fn new(py: Python<'_>, policy: &Policy, arrived: Arrived) -> PyResult<Self> {
        let (kind, refusal, status, answer) = {
            let request = arrived.request(py);
            let (decision, answer) = policy.decide_asking(py, &request);
            (decision.kind(), decision.refusal(), decision.status(), answer)
        };
        let said = answer.or_raise()?;
        Ok(Self { compiled: policy.share(py), said, kind, refusal, status, arrived })
    }

    /// Decides the same again.
    fn again<T>(&self, py: Python<'_>, read: impl FnOnce(&corsac::Decision<'_, '_>) -> T) -> T {
        let request = self.arrived.request(py);
        read(&self.compiled.get().policy().decide_with(&request, |_| self.said))
    }
}

#[pymethods]
impl Decision {
    /// What kind of request it is to CORS.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind.slug()
    }

    /// Whether a conforming browser lets the page through; None where CORS has no say.
    #[getter]
    fn allowed(&self) -> Option<bool> {
        (self.kind != Kind::NotCors).then_some(self.refusal.is_none())
    }

    /// Why not.
    #[getter]
    fn refusal<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        member(py, self.refusal)
    }

    /// The status to respond with, with ``headers`` and an empty body; None: continue to the application.
    #[getter]
    fn status(&self) -> Option<u16> {
        self.status
    }

    /// The response fields to send, with names in lower case: a new list each time.
    ///
    /// On any status, errors too. Each replaces the application's own fields of that name, but for ``vary``, whose members join
    /// the application's.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let tuples =
            self.again(py, |decision| self.compiled.get().tuples(py, &self.arrived, self.kind, decision.fields()))?;
        PyList::new(py, tuples)
    }

    /// As ``Policy.explain``, of this decision.
    pub(crate) fn explain(&self, py: Python<'_>) -> String {
        self.again(py, |decision| decision.explain().to_string())
    }

    fn __repr__(&self) -> String {
        let outcome = match (self.kind, self.refusal) {
            (Kind::NotCors, _) => String::new(),
            (_, None) => " allowed".to_owned(),
            (_, Some(refusal)) => format!(" refused: {}", refusal.slug()),
        };
        format!("<corsac.Decision {}{outcome}>", self.kind.slug())
    }
}

/// The answer to a request from every verdict.
#[pyclass(frozen, module = "corsac")]
pub(crate) struct Screening {
    compiled: Py<Compiled>,
    arrived: Arrived,
    circumstances: Circumstances,
    said: bool,
    stopped_by: Option<&'static str>,
    kind: Kind,
    refusal: Option<Refusal>,
    status: Option<u16>,
}

impl Screening {
    pub(crate) fn new(
        py: Python<'_>,
        policy: &Policy,
        arrived: Arrived,
        circumstances: Circumstances,
    ) -> PyResult<Self> {
        let (stopped_by, kind, refusal, status, answer) = {
            let own_names = circumstances.own_names();
            let request = circumstances.screen_request(&arrived, py, &own_names);
            let (screening, answer) = policy.screen_asking(py, &request);
            let stopped_by = screening.stopped_by().map(|verdict| verdict.question().slug());
            (stopped_by, screening.kind(), screening.refusal(), screening.status(), answer)
        };
        let said = answer.or_raise()?;
        let compiled = policy.share(py);
        Ok(Self { compiled, said, stopped_by, kind, refusal, status, arrived, circumstances })
    }

    /// Screens the same again.
    fn again<T>(&self, py: Python<'_>, read: impl FnOnce(&corsac::Screening<'_, '_>) -> T) -> T {
        let own_names = self.circumstances.own_names();
        let request = self.circumstances.screen_request(&self.arrived, py, &own_names);
        read(&self.compiled.get().policy().screen_with(&request, |_| self.said))
    }
}

#[pymethods]
impl Screening {
    /// The question whose verdict stopped the request; None where it goes the way of the CORS decision.
    #[getter]
    fn stopped_by(&self) -> Option<&'static str> {
        self.stopped_by
    }

    /// What kind of request it is to CORS.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind.slug()
    }

    /// The first refusal: that of the verdict that stopped the request, else that of the CORS decision.
    #[getter]
    fn refusal<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        member(py, self.refusal)
    }

    /// The status to respond with; None: continue to the application.
    #[getter]
    fn status(&self) -> Option<u16> {
        self.status
    }

    /// The response fields to send, as ``Decision.headers``; with a request that was stopped too.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let tuples =
            self.again(py, |screening| self.compiled.get().tuples(py, &self.arrived, self.kind, screening.fields()))?;
        PyList::new(py, tuples)
    }

    /// Says in a sentence or two what was found and why.
    fn explain(&self, py: Python<'_>) -> String {
        self.again(py, |screening| screening.explain().to_string())
    }

    fn __repr__(&self) -> String {
        let outcome = match (self.stopped_by, self.refusal) {
            (Some(question), Some(refusal)) => format!("stopped by {question}: {}", refusal.slug()),
            (_, Some(refusal)) => format!("refused: {}", refusal.slug()),
            _ => "passed".to_owned(),
        };
        format!("<corsac.Screening {} {outcome}>", self.kind.slug())
    }
}
