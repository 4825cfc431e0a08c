//! The class `Router`, the native part of the wrappers: which policy a request has, and what becomes of it.

use std::collections::HashMap;

use corsac::{FieldName, FieldValue, GuardRequest, Kind, Pass, Scheme};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::compiled::Tuples;
use crate::fields::{Arrived, Wanted};
use crate::hooks::Answer;
use crate::paths::Prefixes;
use crate::policy::Policy;
use crate::wsgi::Starter;

/// See `corsac/_core.pyi`, the manual.
#[pyclass(frozen, module = "corsac._core")]
pub(crate) struct Router {
    place: Place,
    paths: Prefixes<Option<Place>>,
    verdicts: Verdicts,
    own_names: Vec<String>,
    /// Gives further names of the moment.
    ask_names: Option<Py<PyAny>>,
    /// Logs what an operator's function raised.
    report: Py<PyAny>,
}

/// Where a policy rules.
pub(crate) struct Place {
    policy: Py<Policy>,
    /// The fields of a response to a request without `Origin`, which are always the same.
    not_cors: PyOnceLock<Py<PyList>>,
}

impl Place {
    fn new(policy: Py<Policy>) -> Self {
        Self { policy, not_cors: PyOnceLock::new() }
    }

    #[inline]
    pub(crate) fn policy(&self) -> &Policy {
        self.policy.get()
    }

    /// The fields of a response to a request without `Origin`.
    #[inline]
    pub(crate) fn not_cors<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyList>> {
        let fields = self.not_cors.get_or_try_init(py, || {
            let arrived = Arrived::with_method(intern!(py, "GET"));
            let request = arrived.request(py);
            let decision = self.policy().policy().decide(&request);
            let fields = self.policy().compiled().tuples(py, &arrived, decision.kind(), decision.fields())?;
            PyList::new(py, fields).map(Bound::unbind)
        })?;
        Ok(fields.bind(py))
    }
}

/// Which verdicts are asked beside CORS.
#[derive(Clone, Copy)]
struct Verdicts {
    guard: bool,
    check_host: bool,
    enforce: bool,
}

/// What becomes of a request.
pub(crate) enum Route<'py> {
    /// It is answered with this status, these fields and an empty body.
    Respond(u16, Tuples<'py>),
    /// It goes on to the application, and the fields on whatever that answers.
    Continue(Tuples<'py>),
}

/// What a server tells beside the fields.
#[derive(Clone, Copy)]
pub(crate) struct Server {
    /// Whether it was reached by `https`. That it was not is never believed: a proxy may have ended the encryption.
    pub(crate) is_secure: bool,
    /// Whether the request is a WebSocket handshake for certain, whatever its fields say.
    pub(crate) is_handshake: bool,
}

impl Server {
    /// Adds to a request what its fields do not tell.
    fn complete(self, request: GuardRequest<'_>) -> GuardRequest<'_> {
        if self.is_secure { request.with_scheme(Scheme::Https) } else { request }
    }
}

impl Router {
    /// What rules at a path, which is only read where that matters; `None` where corsac keeps out.
    #[inline]
    pub(crate) fn place(&self, path: impl FnOnce() -> String) -> Option<&Place> {
        if self.paths.is_empty() { Some(&self.place) } else { self.place_of(&path()) }
    }

    /// What rules at a path.
    fn place_of(&self, path: &str) -> Option<&Place> {
        self.paths.find(path).map_or(Some(&self.place), Option::as_ref)
    }

    /// Whether verdicts beside CORS have a say.
    #[inline]
    pub(crate) fn screens(&self) -> bool {
        self.verdicts.guard || self.verdicts.check_host
    }

    /// Which fields of a request have to be read.
    #[inline]
    pub(crate) fn wanted(&self) -> Wanted {
        if self.screens() || self.verdicts.enforce { Wanted::All } else { Wanted::Cors }
    }

    /// What becomes of a request.
    #[inline]
    pub(crate) fn route<'py>(
        &self,
        py: Python<'py>,
        policy: &Policy,
        arrived: &Arrived,
        server: Server,
    ) -> PyResult<Route<'py>> {
        if self.screens() {
            return self.screen(py, policy, arrived, server);
        }
        let request = arrived.request(py);
        let (decision, answer) = policy.decide_asking(py, &request);
        self.said(py, answer)?;
        self.decided(py, policy, arrived, server, &decision)
    }

    /// What becomes of a request that only CORS has a say in.
    #[inline]
    fn decided<'py>(
        &self,
        py: Python<'py>,
        policy: &Policy,
        arrived: &Arrived,
        server: Server,
        decision: &corsac::Decision<'_, '_>,
    ) -> PyResult<Route<'py>> {
        let fields = policy.compiled().tuples(py, arrived, decision.kind(), decision.fields())?;
        let stops = || self.verdicts.enforce && !is_of_own_page(py, policy, arrived, server);
        let enforced = || decision.refusal().filter(|_| stops()).map(corsac::Refusal::status);
        Ok(match decision.status().or_else(enforced) {
            Some(status) => Route::Respond(status, fields),
            None => Route::Continue(fields),
        })
    }

    /// What becomes of a request that other verdicts have a say in too, in the order of [`corsac::PolicyRef::screen`].
    #[cold]
    fn screen<'py>(&self, py: Python<'py>, policy: &Policy, arrived: &Arrived, server: Server) -> PyResult<Route<'py>> {
        let request = arrived.request(py);
        let guarded = server.complete(arrived.guard_request(py));
        let host_refusal = if self.verdicts.check_host { self.judge_host(py, policy, guarded.host())? } else { None };
        let mut said = None;
        let mut stop = host_refusal;
        // Of a preflight, only its host can stop it: `OPTIONS` is a safe method and opens no WebSocket.
        if stop.is_none() && self.verdicts.guard && request.kind() != Kind::Preflight {
            let is_handshake = server.is_handshake || arrived.screen_request(py).is_websocket_handshake();
            let (verdict, answer) = if is_handshake {
                policy.check_websocket_asking(py, &guarded)
            } else {
                policy.guard_asking(py, &guarded)
            };
            said = self.said(py, answer)?;
            stop = verdict.refusal();
        }
        let decision = match (said, host_refusal) {
            // Nobody is asked twice, nor about a request of a host that is not the server's own.
            (Some(said), _) => policy.policy().decide_with(&request, |_| said),
            (None, Some(_)) => policy.policy().decide(&request),
            (None, None) => {
                let (decision, answer) = policy.decide_asking(py, &request);
                self.said(py, answer)?;
                decision
            }
        };
        let Some(refusal) = stop else {
            return self.decided(py, policy, arrived, server, &decision);
        };
        // A page that may read answers can read this one; but a preflight that was stopped allows nothing.
        let fields =
            decision.fields().filter(|field| decision.kind() != Kind::Preflight || field.name == FieldName::Vary);
        Ok(Route::Respond(refusal.status(), policy.compiled().tuples(py, arrived, decision.kind(), fields)?))
    }

    fn judge_host(&self, py: Python<'_>, policy: &Policy, host: FieldValue<'_>) -> PyResult<Option<corsac::Refusal>> {
        let mut names: Vec<String> = self.own_names.clone();
        if let Some(ask) = &self.ask_names {
            let read =
                || -> PyResult<Vec<String>> { ask.bind(py).call0()?.try_iter()?.map(|name| name?.extract()).collect() };
            match read() {
                Ok(more) => names.extend(more),
                Err(error) => self.report(py, "own_names", error)?,
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(policy.policy().check_host_with(host, &names).refusal())
    }

    /// What the hooks said. An exception that one raised is logged, and is a no.
    #[inline]
    fn said(&self, py: Python<'_>, answer: Answer) -> PyResult<Option<bool>> {
        match answer.or_raise() {
            Ok(said) => Ok(said),
            Err(error) => {
                self.report(py, "allow_origin_regex or allow_origin_func", error)?;
                Ok(Some(false))
            }
        }
    }

    /// Logs an exception; an interrupt or an exit goes on.
    #[cold]
    fn report(&self, py: Python<'_>, what: &str, error: PyErr) -> PyResult<()> {
        if !error.is_instance_of::<PyException>(py) {
            return Err(error);
        }
        if let Err(failed) = self.report.bind(py).call1((what, error.into_value(py))) {
            // A logging handler that raises must not fail the request.
            failed.write_unraisable(py, None);
        }
        Ok(())
    }
}

/// Whether a page of the server's own makes the request: CORS has nothing to say to it, and it need not be in the policy.
#[cold]
fn is_of_own_page(py: Python<'_>, policy: &Policy, arrived: &Arrived, server: Server) -> bool {
    // The guard says who makes a request that is not safe; here the question is asked of all.
    let request = server.complete(arrived.guard_request_of(py, b"POST"));
    matches!(policy.policy().guard(&request).pass(), Some(Pass::SameOrigin | Pass::OwnHost))
}

/// The length of an empty body; a response without one may not have it
/// ([RFC 9110, section 8.6](https://www.rfc-editor.org/rfc/rfc9110#section-8.6)).
pub(crate) fn has_length(status: u16) -> bool {
    status != 204
}

/// The status to respond with, or `None` to continue, and the fields as pairs of text.
type Answered<'py> = (Option<u16>, Vec<Bound<'py, PyTuple>>);

#[pymethods]
impl Router {
    #[new]
    #[allow(clippy::too_many_arguments, reason = "called by `_wrapping.router` alone")]
    fn new(
        policy: Py<Policy>,
        paths: HashMap<String, Option<Py<Policy>>>,
        guard: bool,
        check_host: bool,
        enforce: bool,
        own_names: Vec<String>,
        ask_names: Option<Py<PyAny>>,
        report: Py<PyAny>,
    ) -> Self {
        let verdicts = Verdicts { guard, check_host, enforce };
        let paths = paths.into_iter().map(|(prefix, policy)| (prefix, policy.map(Place::new))).collect();
        Self { place: Place::new(policy), paths: Prefixes::new(paths), verdicts, own_names, ask_names, report }
    }

    /// Whether it matters if the server was reached by `https`.
    #[getter]
    fn guards(&self) -> bool {
        self.verdicts.guard
    }

    fn asgi<'py>(&self, scope: &Bound<'py, PyAny>, send: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        crate::asgi::route(self, scope, send)
    }

    fn wsgi<'py>(
        &self,
        environ: &Bound<'py, PyDict>,
        start_response: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = environ.py();
        match crate::wsgi::route(self, environ)? {
            None => Ok(None),
            Some(Route::Continue(fields)) => {
                Ok(Some(Bound::new(py, Starter::new(start_response, &fields))?.into_any()))
            }
            Some(Route::Respond(status, fields)) => {
                let fields = crate::wsgi::answer(py, status, &fields)?;
                Ok(Some((status, fields).into_pyobject(py)?.into_any()))
            }
        }
    }

    /// For a framework that has its own response objects.
    fn environ<'py>(&self, meta: &Bound<'py, PyDict>, path: &str, is_secure: bool) -> PyResult<Option<Answered<'py>>> {
        let py = meta.py();
        let Some(place) = self.place_of(path) else {
            return Ok(None);
        };
        let arrived = crate::wsgi::read(meta, self.wanted())?;
        let server = Server { is_secure, is_handshake: false };
        Ok(Some(match self.route(py, place.policy(), &arrived, server)? {
            Route::Respond(status, fields) => (Some(status), crate::wsgi::answer(py, status, &fields)?),
            Route::Continue(fields) => (None, crate::wsgi::texts(py, &fields)?),
        }))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.place.policy)?;
        for place in self.paths.values().flatten() {
            visit.call(&place.policy)?;
        }
        visit.call(&self.ask_names)?;
        visit.call(&self.report)
    }
}
