//! WSGI: the request's environ, and the function by which the application starts its response.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pyclass::{PyTraverseError, PyVisit};
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

use crate::application::{latin1, with_fields};
use crate::fields::{Arrived, Wanted, bytes_of};
use crate::router::{Route, Router, Server, has_length};

/// What becomes of a request; `None` where corsac has no say.
pub(crate) fn route<'py>(router: &Router, environ: &Bound<'py, PyDict>) -> PyResult<Option<Route<'py>>> {
    let py = environ.py();
    let Some(place) = router.place(|| path(environ)) else {
        return Ok(None);
    };
    let arrived = read(environ, router.wanted())?;
    let server = Server { is_secure: router.wanted() == Wanted::All && is_secure(environ), is_handshake: false };
    router.route(py, place.policy(), &arrived, server).map(Some)
}

/// Picks the fields that matter out of an environ.
#[inline]
pub(crate) fn read(environ: &Bound<'_, PyDict>, wanted: Wanted) -> PyResult<Arrived> {
    let py = environ.py();
    let method = environ.get_item(intern!(py, "REQUEST_METHOD"))?;
    let mut arrived = Arrived::with_method(&method.unwrap_or_else(|| py.None().into_bound(py)));
    let mut push = |name, key| -> PyResult<bool> {
        let value = environ.get_item(key)?;
        if let Some(value) = &value {
            arrived.push(name, value);
        }
        Ok(value.is_some())
    };
    if push(b"origin", intern!(py, "HTTP_ORIGIN"))? {
        push(b"access-control-request-method", intern!(py, "HTTP_ACCESS_CONTROL_REQUEST_METHOD"))?;
        push(b"access-control-request-headers", intern!(py, "HTTP_ACCESS_CONTROL_REQUEST_HEADERS"))?;
        let private_network = intern!(py, "HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK");
        push(b"access-control-request-private-network", private_network)?;
    }
    if wanted == Wanted::All {
        push(b"host", intern!(py, "HTTP_HOST"))?;
        push(b"upgrade", intern!(py, "HTTP_UPGRADE"))?;
        push(b"sec-websocket-key", intern!(py, "HTTP_SEC_WEBSOCKET_KEY"))?;
        push(b"sec-fetch-site", intern!(py, "HTTP_SEC_FETCH_SITE"))?;
        // An empty one is how some servers say that there is none.
        let content_type = environ.get_item(intern!(py, "CONTENT_TYPE"))?;
        if let Some(content_type) = content_type.filter(|value| value.is_truthy().unwrap_or(true)) {
            arrived.push(b"content-type", &content_type);
        }
    }
    Ok(arrived)
}

/// The decoded path: bytes of UTF-8 in the guise of Latin-1. It lies below where the application is mounted.
#[cold]
fn path(environ: &Bound<'_, PyDict>) -> (String, String) {
    let path = environ.get_item(intern!(environ.py(), "PATH_INFO")).ok().flatten();
    let path = path.and_then(|path| bytes_of(&path));
    (path.map(|path| String::from_utf8_lossy(path.as_bytes()).into_owned()).unwrap_or_default(), String::new())
}

fn is_secure(environ: &Bound<'_, PyDict>) -> bool {
    let scheme = environ.get_item(intern!(environ.py(), "wsgi.url_scheme")).ok().flatten();
    scheme.is_some_and(|scheme| scheme.eq("https").unwrap_or(false))
}

/// Fields as WSGI has them: tuples of text.
pub(crate) fn texts<'py>(py: Python<'py>, fields: &[Bound<'py, PyTuple>]) -> PyResult<Vec<Bound<'py, PyTuple>>> {
    let text = |field: &Bound<'py, PyTuple>, index| -> PyResult<Bound<'py, PyString>> {
        let part = field.get_borrowed_item(index)?;
        Ok(PyString::new(py, &latin1(part.cast::<PyBytes>()?.as_bytes())))
    };
    fields.iter().map(|field| (text(field, 0)?, text(field, 1)?).into_pyobject(py)).collect()
}

/// The headers of an answer in the application's place.
pub(crate) fn answer<'py>(
    py: Python<'py>,
    status: u16,
    fields: &[Bound<'py, PyTuple>],
) -> PyResult<Vec<Bound<'py, PyTuple>>> {
    let mut fields = texts(py, fields)?;
    if has_length(status) {
        fields.push(("content-length", "0").into_pyobject(py)?);
    }
    Ok(fields)
}

/// The function by which the application starts its response: the server's, but for the fields.
#[pyclass(frozen, module = "corsac._core")]
pub(crate) struct Starter {
    start_response: Py<PyAny>,
    fields: Vec<Py<PyTuple>>,
}

impl Starter {
    pub(crate) fn new(start_response: &Bound<'_, PyAny>, fields: &[Bound<'_, PyTuple>]) -> Self {
        let fields = fields.iter().map(|field| field.clone().unbind()).collect();
        Self { start_response: start_response.clone().unbind(), fields }
    }
}

#[pymethods]
impl Starter {
    #[pyo3(signature = (status, headers, exc_info=None))]
    fn __call__<'py>(
        &self,
        status: &Bound<'py, PyAny>,
        headers: &Bound<'py, PyAny>,
        exc_info: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = status.py();
        let fields: Vec<_> = self.fields.iter().map(|field| field.bind(py).clone()).collect();
        let headers = with_fields(headers, &PyList::new(py, texts(py, &fields)?)?)?;
        let start_response = self.start_response.bind(py);
        match exc_info {
            Some(exc_info) => start_response.call1((status, headers, exc_info)),
            None => start_response.call1((status, headers)),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.start_response)
    }
}
