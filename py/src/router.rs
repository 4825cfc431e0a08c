//! The class `Router`, the native part of the wrappers: which policy a request has, and what becomes of it.

use std::collections::HashMap;

use corsac::{FieldName, FieldValue, Kind, Refusal, Scheme};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::compiled::Tuples;
use crate::fields::{Arrived, Wanted};
use crate::hooks::{Answer, close_coroutine};
use crate::options::names_of;
use crate::paths::{Prefixes, below, is_plain, resolved};
use crate::policy::Policy;
use crate::wsgi::Starter;

/// See `corsac/_core.pyi`, the manual.
#[pyclass(frozen, module = "corsac._core")]
pub(crate) struct Router {
    place: Place,
    paths: Prefixes<Option<Place>>,
    /// Where nobody knows which of two policies rules.
    closed: Place,
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
    /// Whether the request came as the handshake of a WebSocket, so that no response to it has fields of CORS.
    pub(crate) is_handshake: bool,
}

impl<'py> Route<'py> {
    fn new(status: Option<u16>, fields: Tuples<'py>) -> Self {
        match status {
            Some(status) => Self::Respond(status, fields),
            None => Self::Continue(fields),
        }
    }
}

impl Router {
    /// What rules at a path, which is told with where the application is mounted, and only read where that matters; `None` where
    /// corsac keeps out.
    #[inline]
    pub(crate) fn place(&self, path: impl FnOnce() -> (String, String)) -> Option<&Place> {
        if self.paths.is_empty() {
            return Some(&self.place);
        }
        let (path, root) = path();
        self.place_of(&path, &root)
    }

    /// What rules at a path. Of one that some applications merge or resolve nobody knows here what it will come to: where it makes a
    /// difference, nothing is allowed.
    fn place_of(&self, path: &str, root: &str) -> Option<&Place> {
        let at = |path: &str| self.paths.find(path).map_or(Some(&self.place), Option::as_ref);
        let place = at(below(path, root));
        if is_plain(path) {
            return place;
        }
        let policy = |place: Option<&Place>| place.map(|place| place.policy.as_ptr());
        let is_same = |other| policy(place) == policy(other);
        if is_same(at(below(&resolved(path), root))) && is_same(at(&resolved(below(path, root)))) {
            place
        } else {
            Some(&self.closed)
        }
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
        if self.wanted() == Wanted::All {
            return self.screen(py, policy, arrived, server);
        }
        let request = arrived.request(py);
        let (decision, answer) = policy.decide_asking(py, &request);
        self.report_hook(py, answer)?;
        let fields = policy.compiled().tuples(py, arrived, decision.kind(), decision.fields())?;
        Ok(Route::new(decision.status(), fields))
    }

    /// What becomes of a request that other verdicts have a say in too.
    #[cold]
    fn screen<'py>(&self, py: Python<'py>, policy: &Policy, arrived: &Arrived, server: Server) -> PyResult<Route<'py>> {
        let Verdicts { guard, check_host, enforce } = self.verdicts;
        let scheme = server.is_secure.then_some(Scheme::Https);
        // The server's names do not depend on the path, so that its policy is not asked for them.
        let mut request = arrived.screen_request(py).with_scheme(scheme).with_checked_host();
        if !guard {
            request = request.without_guard();
        }
        if check_host && let Some(refusal) = self.judge_host(py, request.guard().host())? {
            let decision = policy.policy().decide(request.cors());
            let kind = decision.kind();
            // A page that may read answers can read this one; but a preflight that was stopped allows nothing.
            let fields = decision.fields().filter(|field| kind != Kind::Preflight || field.name == FieldName::Vary);
            return Ok(Route::Respond(refusal.status(), policy.compiled().tuples(py, arrived, kind, fields)?));
        }
        if server.is_handshake {
            // Of CORS there is nothing to answer, so that nobody is asked for it.
            let mut answer = Answer::default();
            let ask = |origin: &[u8]| policy.hooks().ask(py, origin, &mut answer);
            let status = if guard { policy.policy().check_websocket_with(request.guard(), ask).status() } else { None };
            self.report_hook(py, answer)?;
            return Ok(Route::new(status, Tuples::new()));
        }
        let (screening, answer) = policy.screen_asking(py, &request);
        self.report_hook(py, answer)?;
        let enforced = || screening.refusal().filter(|_| enforce).map(Refusal::status);
        let fields = policy.compiled().tuples(py, arrived, screening.kind(), screening.fields())?;
        Ok(Route::new(screening.status().or_else(enforced), fields))
    }

    /// Why a host is not the server's own.
    fn judge_host(&self, py: Python<'_>, host: FieldValue<'_>) -> PyResult<Option<Refusal>> {
        let mut names = self.own_names.clone();
        if let Some(ask) = &self.ask_names {
            match ask.bind(py).call0().and_then(|more| names_of_the_moment(&more)) {
                Ok(more) => names.extend(more),
                Err(error) => self.report(py, "own_names", error)?,
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(self.place.policy().policy().check_host_with(host, &names).refusal())
    }

    /// Logs what a hook raised, which has counted as a no.
    #[inline]
    fn report_hook(&self, py: Python<'_>, answer: Answer) -> PyResult<()> {
        match answer.or_raise() {
            Ok(_) => Ok(()),
            Err(error) => self.report(py, "allow_origin_regex or allow_origin_func", error),
        }
    }

    /// Logs an exception; an interrupt or an exit goes on.
    #[cold]
    fn report(&self, py: Python<'_>, what: &str, error: PyErr) -> PyResult<()> {
        if !error.is_instance_of::<PyException>(py) {
            return Err(error);
        }
        match self.report.bind(py).call1((what, error.into_value(py))) {
            // A logging handler that raises must not fail the request.
            Err(failed) if failed.is_instance_of::<PyException>(py) => failed.write_unraisable(py, None),
            Err(failed) => return Err(failed),
            Ok(_) => {}
        }
        Ok(())
    }
}

/// The names that an operator's function gave.
fn names_of_the_moment(more: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    close_coroutine(more)?;
    names_of("own_names", more)
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
        py: Python<'_>,
        policy: Py<Policy>,
        paths: HashMap<String, Option<Py<Policy>>>,
        guard: bool,
        check_host: bool,
        enforce: bool,
        own_names: Vec<String>,
        ask_names: Option<Py<PyAny>>,
        report: Py<PyAny>,
    ) -> PyResult<Self> {
        let verdicts = Verdicts { guard, check_host, enforce };
        let paths = paths.into_iter().map(|(prefix, policy)| (prefix, policy.map(Place::new))).collect();
        let (place, paths) = (Place::new(policy), Prefixes::new(paths));
        let closed = Place::new(Py::new(py, Policy::closed(py)?)?);
        Ok(Self { place, paths, closed, verdicts, own_names, ask_names, report })
    }

    /// Whether it matters if the server was reached by `https`.
    #[getter]
    fn needs_scheme(&self) -> bool {
        self.wanted() == Wanted::All
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
    fn environ<'py>(
        &self,
        meta: &Bound<'py, PyDict>,
        path: &Bound<'py, PyString>,
        is_secure: bool,
    ) -> PyResult<Option<Answered<'py>>> {
        let py = meta.py();
        let Some(place) = self.place(|| (path.to_string_lossy().into_owned(), String::new())) else {
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
