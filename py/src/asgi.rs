//! ASGI: the request's scope, and the function by which the application sends.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::exceptions::{PyException, PyKeyError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use smallvec::SmallVec;

use crate::application::with_fields;
use crate::fields::{Arrived, Odd, Wanted, name_of};
use crate::router::{Route, Router, Server, has_length};

/// What becomes of what a scope is about, as the wrapper takes it: `None` where corsac has no say, a `Sender` where the
/// application answers, a tuple of status and headers of an answer in its place, or the status alone where a handshake is refused.
#[inline]
pub(crate) fn route<'py>(
    router: &Router,
    scope: &Bound<'py, PyAny>,
    send: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = scope.py();
    match entry(scope, intern!(py, "type"))? {
        Some(kind) if is(&kind, intern!(py, "http")) => {}
        Some(kind) if router.screens() && is(&kind, intern!(py, "websocket")) => return handshake(router, scope),
        _ => return Ok(None),
    }
    let Some(place) = router.place(|| path(scope)) else {
        return Ok(None);
    };
    let headers = entry(scope, intern!(py, "headers"))?;
    let method = entry(scope, intern!(py, "method"))?;
    let arrived = match headers.as_ref().map(Bound::cast_exact::<PyList>) {
        Some(Ok(list)) if router.wanted() == Wanted::Cors => match pick(list) {
            Some(fields) if fields.is_empty() => {
                return Sender::made(py, send, place.not_cors(py)?.clone()).map(Some);
            }
            Some(fields) => {
                let mut arrived = Arrived::with_method(&method.unwrap_or_else(|| py.None().into_bound(py)));
                for (name, value) in &fields {
                    arrived.push(name, value);
                }
                arrived
            }
            None => read(router, scope, method, headers)?,
        },
        _ => read(router, scope, method, headers)?,
    };
    let server = Server { is_secure: router.wanted() == Wanted::All && is_secure(scope), is_handshake: false };
    Ok(Some(match router.route(py, place.policy(), &arrived, server)? {
        Route::Continue(fields) => Sender::made(py, send, PyList::new(py, fields)?)?,
        Route::Respond(status, mut fields) => {
            if has_length(status) {
                fields.push((PyBytes::new(py, b"content-length"), PyBytes::new(py, b"0")).into_pyobject(py)?);
            }
            (status, PyList::new(py, fields)?).into_pyobject(py)?.into_any()
        }
    }))
}

/// What becomes of the handshake of a WebSocket.
#[cold]
fn handshake<'py>(router: &Router, scope: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = scope.py();
    let Some(place) = router.place(|| path(scope)) else {
        return Ok(None);
    };
    let headers = entry(scope, intern!(py, "headers"))?;
    // The scope has no method.
    let arrived = read(router, scope, Some(intern!(py, "GET").clone().into_any()), headers)?;
    let server = Server { is_secure: is_secure(scope), is_handshake: true };
    match router.route(py, place.policy(), &arrived, server)? {
        Route::Continue(_) => Ok(None),
        Route::Respond(status, _) => Ok(Some(status.into_pyobject(py)?.into_any())),
    }
}

/// A request's fields that CORS is about; empty where there is no `Origin`, without which the others say nothing.
type Picked<'py> = SmallVec<[(&'static [u8], Bound<'py, PyAny>); 4]>;

/// Picks the fields that CORS is about out of a list of tuples of bytes, as almost all servers hand over; `None` for any other.
///
/// Calls into Python's library are what costs here. A tuple's elements can be borrowed, so that the list is made one first.
#[inline]
fn pick<'py>(headers: &Bound<'py, PyList>) -> Option<Picked<'py>> {
    let mut picked = SmallVec::new();
    let mut has_origin = false;
    for pair in headers.to_tuple().iter_borrowed() {
        let pair = pair.cast_exact::<PyTuple>().ok()?;
        let name = pair.get_borrowed_item(0).ok()?;
        let Some(name) = name_of(name.cast_exact::<PyBytes>().ok()?.as_bytes(), Wanted::Cors) else { continue };
        if pair.len() != 2 {
            return None;
        }
        has_origin |= name == b"origin";
        picked.push((name, pair.get_item(1).ok()?));
    }
    if !has_origin {
        picked.clear();
    }
    Some(picked)
}

/// An entry of a scope or message, which is a dict but in odd servers.
#[inline]
fn entry<'py>(mapping: &Bound<'py, PyAny>, key: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(dict) = mapping.cast::<PyDict>() {
        return dict.get_item(key);
    }
    match mapping.get_item(key) {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_instance_of::<PyKeyError>(mapping.py()) => Ok(None),
        Err(error) => Err(error),
    }
}

#[inline]
fn is(value: &Bound<'_, PyAny>, text: &Bound<'_, PyString>) -> bool {
    value.is(text) || value.cast::<PyString>().is_ok_and(|value| value.as_any().eq(text).unwrap_or(false))
}

fn text(scope: &Bound<'_, PyAny>, key: &Bound<'_, PyString>) -> String {
    let value = entry(scope, key).ok().flatten();
    let text = value.as_ref().and_then(|value| value.cast::<PyString>().ok());
    text.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The decoded path, and where the application is mounted.
#[cold]
fn path(scope: &Bound<'_, PyAny>) -> (String, String) {
    let py = scope.py();
    (text(scope, intern!(py, "path")), text(scope, intern!(py, "root_path")))
}

fn is_secure(scope: &Bound<'_, PyAny>) -> bool {
    matches!(text(scope, intern!(scope.py(), "scheme")).as_str(), "https" | "wss")
}

/// Reads a request of any shape.
fn read<'py>(
    router: &Router,
    scope: &Bound<'py, PyAny>,
    method: Option<Bound<'py, PyAny>>,
    headers: Option<Bound<'py, PyAny>>,
) -> PyResult<Arrived> {
    let py = scope.py();
    let method = method.unwrap_or_else(|| py.None().into_bound(py));
    let headers = match headers {
        Some(headers) if headers.is_exact_instance_of::<PyList>() => Ok(headers),
        Some(headers) => kept(scope, headers),
        None => Ok(py.None().into_bound(py)),
    };
    match headers.and_then(|headers| Arrived::read(&method, &headers, router.wanted(), Odd::Skip)) {
        Err(error) if error.is_instance_of::<PyException>(py) => {
            // What cannot be read to its end may hold anything: nothing matches it.
            let mut arrived = Arrived::with_method(&method);
            arrived.push(b"origin", &py.None().into_bound(py));
            Ok(arrived)
        }
        read => read,
    }
}

/// Headers that are no list. Those that can be read once only are put back as a list, for the application to read: as far as they go,
/// where they break off.
#[cold]
fn kept<'py>(scope: &Bound<'py, PyAny>, headers: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = scope.py();
    if !headers.hasattr(intern!(py, "__next__"))? {
        return Ok(headers);
    }
    let list = PyList::empty(py);
    let read = headers.try_iter()?.try_for_each(|pair| list.append(pair?));
    scope.set_item(intern!(py, "headers"), &list)?;
    read.map(|()| list.into_any())
}

/// The function by which the application sends: the server's, but for the fields of the response.
///
/// It is the one object that is made for a request. It takes part in the collection of cycles, as `send` may come to refer to it; but it
/// was made after `send`, so that what closes a cycle can be cleared.
#[pyclass(frozen, module = "corsac._core")]
pub(crate) struct Sender {
    send: Py<PyAny>,
    /// Never handed out: it may be that of other requests too.
    fields: Py<PyList>,
    has_started: AtomicBool,
}

impl Sender {
    #[inline]
    fn made<'py>(py: Python<'py>, send: &Bound<'py, PyAny>, fields: Bound<'py, PyList>) -> PyResult<Bound<'py, PyAny>> {
        let sender = Self { send: send.clone().unbind(), fields: fields.unbind(), has_started: AtomicBool::new(false) };
        Ok(Bound::new(py, sender)?.into_any())
    }

    /// A copy of the message that starts a response, with the fields.
    #[inline]
    fn start<'py>(&self, message: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = message.py();
        let copy = match message.cast::<PyDict>() {
            Ok(message) => message.copy()?,
            Err(_) => py.get_type::<PyDict>().call1((message,))?.cast_into()?,
        };
        let key = intern!(py, "headers");
        let headers = copy.get_item(key)?.unwrap_or_else(|| py.None().into_bound(py));
        copy.set_item(key, with_fields(&headers, self.fields.bind(py))?)?;
        Ok(copy.into_any())
    }
}

#[pymethods]
impl Sender {
    /// Whether the application has begun its response.
    #[getter]
    fn started(&self) -> bool {
        self.has_started.load(Ordering::Relaxed)
    }

    // The arguments go on as they came: no second tuple is made for them.
    #[pyo3(signature = (*arguments, **keywords))]
    fn __call__<'py>(
        &self,
        arguments: &Bound<'py, PyTuple>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = arguments.py();
        let send = self.send.bind(py);
        if let Some(keywords) = keywords {
            return match keywords.get_item(intern!(py, "message"))? {
                Some(message) if arguments.is_empty() && keywords.len() == 1 => {
                    self.__call__(&PyTuple::new(py, [message])?, None)
                }
                // What is no message is the server's to judge.
                _ => send.call(arguments, Some(keywords)),
            };
        }
        if self.has_started.load(Ordering::Relaxed) {
            return send.call1(arguments);
        }
        let Ok(message) = arguments.get_borrowed_item(0) else { return send.call1(arguments) };
        let kind = entry(&message, intern!(py, "type"))?;
        if !kind.is_some_and(|kind| is(&kind, intern!(py, "http.response.start"))) {
            return send.call1(arguments);
        }
        let message = self.start(&message)?;
        self.has_started.store(true, Ordering::Relaxed);
        send.call1((message,))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.send)
    }
}
