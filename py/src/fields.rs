//! What arrived: the method, and the fields that matter, out of headers of any shape.

use corsac::{FieldValue, GuardRequest, Request, ScreenRequest};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use smallvec::SmallVec;

use crate::value::kind_of;

/// Which fields are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Those that `decide` looks at.
    Cors,
    /// Those that any verdict looks at.
    All,
}

/// What becomes of headers that are no pairs of bytes or text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Odd {
    /// A TypeError that names the element.
    Raise,
    /// For what a server hands over: the element is passed over; but a field that matters and whose value cannot be read is there
    /// with a value that nothing matches, so that it is refused.
    Skip,
}

/// A value that nothing matches.
const UNREADABLE: &[u8] = b"\xff";

/// The part of a request that matters. It owns references to what came, and borrows nothing.
pub(crate) struct Arrived {
    method: Method,
    fields: SmallVec<[(&'static [u8], Py<PyBytes>); 4]>,
}

/// A request's method; those that most requests have need no object.
enum Method {
    Known(&'static [u8]),
    Other(Py<PyBytes>),
}

impl Arrived {
    /// Reads the method, which is str or bytes, and the headers: a mapping, an iterable of pairs, or None.
    pub(crate) fn read(
        method: &Bound<'_, PyAny>,
        headers: &Bound<'_, PyAny>,
        wanted: Wanted,
        odd: Odd,
    ) -> PyResult<Self> {
        let mut arrived = Self { method: Method::read(method, odd)?, fields: SmallVec::new() };
        arrived.read_headers(headers, wanted, odd)?;
        Ok(arrived)
    }

    /// As [`read`](Self::read), where the method does not matter.
    pub(crate) fn without_method(headers: &Bound<'_, PyAny>, wanted: Wanted, odd: Odd) -> PyResult<Self> {
        let mut arrived = Self { method: Method::Known(b"GET"), fields: SmallVec::new() };
        arrived.read_headers(headers, wanted, odd)?;
        Ok(arrived)
    }

    /// A request with a method and no field yet; see [`push`](Self::push).
    pub(crate) fn with_method(method: &Bound<'_, PyAny>) -> Self {
        let method = Method::read(method, Odd::Skip).unwrap_or(Method::Known(b""));
        Self { method, fields: SmallVec::new() }
    }

    /// Adds a field by its name in lower case.
    pub(crate) fn push(&mut self, name: &'static [u8], value: &Bound<'_, PyAny>) {
        let value = bytes_of(value).unwrap_or_else(|| PyBytes::new(value.py(), UNREADABLE));
        self.fields.push((name, value.unbind()));
    }

    fn read_headers(&mut self, headers: &Bound<'_, PyAny>, wanted: Wanted, odd: Odd) -> PyResult<()> {
        // What servers hand over. Should the list be changed while it is read, each element that is seen is still whole.
        if let Ok(list) = headers.cast_exact::<PyList>() {
            for index in 0..list.len() {
                // Another thread may have cut the list.
                let Ok(item) = list.get_item(index) else { break };
                self.read_pair(&item, index, wanted, odd)?;
            }
            return Ok(());
        }
        if headers.is_none() {
            return Ok(());
        }
        if headers.is_instance_of::<PyString>() || headers.is_instance_of::<PyBytes>() {
            return match odd {
                Odd::Skip => Ok(()),
                Odd::Raise => Err(no_headers(headers)),
            };
        }
        // A mapping's own iteration would give the names alone; `items` of those that hold a name several times gives them all.
        // A subclass of dict may be one of these.
        let items = match headers.cast_exact::<PyDict>() {
            Ok(dict) => dict.items().into_any(),
            Err(_) => match headers.getattr_opt("items") {
                Ok(Some(items)) => items.call0()?,
                _ => headers.clone(),
            },
        };
        let items = match (items.try_iter(), odd) {
            (Ok(items), _) => items,
            (Err(_), Odd::Skip) => return Ok(()),
            (Err(_), Odd::Raise) => return Err(no_headers(headers)),
        };
        for (index, item) in items.enumerate() {
            self.read_pair(&item?, index, wanted, odd)?;
        }
        Ok(())
    }

    #[inline]
    fn read_pair(&mut self, item: &Bound<'_, PyAny>, index: usize, wanted: Wanted, odd: Odd) -> PyResult<()> {
        if let Ok(pair) = item.cast_exact::<PyTuple>()
            && pair.len() == 2
            && let Ok(name) = pair.get_borrowed_item(0)?.cast_exact::<PyBytes>()
        {
            if let Some(name) = name_of(name.as_bytes(), wanted) {
                return self.keep(name, &*pair.get_borrowed_item(1)?, index, odd);
            }
            return Ok(());
        }
        self.read_odd_pair(item, index, wanted, odd)
    }

    /// A pair that is not a tuple that begins with bytes.
    #[cold]
    fn read_odd_pair(&mut self, item: &Bound<'_, PyAny>, index: usize, wanted: Wanted, odd: Odd) -> PyResult<()> {
        let parts = parts_of(item);
        let (name, value) = match (parts.as_slice(), odd) {
            ([name, value], _) => (name, Some(value)),
            // No pair, but its name may be that of a field that matters.
            ([name, ..], Odd::Skip) => (name, None),
            ([], Odd::Skip) => return Ok(()),
            (_, Odd::Raise) => {
                let kind = kind_of(item);
                return Err(PyTypeError::new_err(format!("headers[{index}] is not a pair of bytes or str but {kind}")));
            }
        };
        let Some(text) = bytes_of(name) else {
            return match odd {
                Odd::Skip => Ok(()),
                Odd::Raise => {
                    let kind = kind_of(name);
                    Err(PyTypeError::new_err(format!("the name in headers[{index}] is {kind}, not bytes or str")))
                }
            };
        };
        match (name_of(text.as_bytes(), wanted), value) {
            (Some(name), Some(value)) => self.keep(name, value, index, odd),
            (Some(name), None) => {
                self.fields.push((name, PyBytes::new(item.py(), UNREADABLE).unbind()));
                Ok(())
            }
            (None, _) => Ok(()),
        }
    }

    #[inline]
    fn keep(&mut self, name: &'static [u8], value: &Bound<'_, PyAny>, index: usize, odd: Odd) -> PyResult<()> {
        let kept = match (bytes_of(value), odd) {
            (Some(value), _) => value,
            (None, Odd::Skip) => PyBytes::new(value.py(), UNREADABLE),
            (None, Odd::Raise) => {
                let kind = kind_of(value);
                let message = format!("the value in headers[{index}] is {kind}, not bytes or str");
                return Err(PyTypeError::new_err(message));
            }
        };
        self.fields.push((name, kept.unbind()));
        Ok(())
    }

    fn method(&self, py: Python<'_>) -> &[u8] {
        match &self.method {
            Method::Known(method) => method,
            Method::Other(method) => method.as_bytes(py),
        }
    }

    /// What `decide` looks at.
    #[inline]
    pub(crate) fn request(&self, py: Python<'_>) -> Request<'_> {
        let mut request = Request::new(self.method(py));
        for (name, value) in &self.fields {
            request.push(name, value.as_bytes(py));
        }
        request
    }

    /// What `guard` and `check_websocket` look at.
    pub(crate) fn guard_request(&self, py: Python<'_>) -> GuardRequest<'_> {
        let mut request = GuardRequest::new(self.method(py));
        for (name, value) in &self.fields {
            request.push(name, value.as_bytes(py));
        }
        request
    }

    /// What `screen` looks at.
    pub(crate) fn screen_request(&self, py: Python<'_>) -> ScreenRequest<'_> {
        let mut request = ScreenRequest::new(self.method(py));
        for (name, value) in &self.fields {
            request.push(name, value.as_bytes(py));
        }
        request
    }

    /// The object that holds exactly these bytes of the request.
    pub(crate) fn object_of(&self, py: Python<'_>, value: &[u8]) -> Option<&Py<PyBytes>> {
        let is_it = |object: &Py<PyBytes>| std::ptr::eq(object.as_bytes(py), value);
        self.fields.iter().map(|(_, object)| object).find(|object| is_it(object))
    }
}

impl Method {
    fn read(method: &Bound<'_, PyAny>, odd: Odd) -> PyResult<Self> {
        let known = |name: &[u8]| {
            Some(Self::Known(match name {
                b"GET" => b"GET",
                b"POST" => b"POST",
                b"OPTIONS" => b"OPTIONS",
                b"PUT" => b"PUT",
                b"DELETE" => b"DELETE",
                b"HEAD" => b"HEAD",
                b"PATCH" => b"PATCH",
                _ => return None,
            }))
        };
        if let Ok(text) = method.cast::<PyString>()
            && let Ok(text) = text.to_str()
            && let Some(method) = known(text.as_bytes())
        {
            return Ok(method);
        }
        match (bytes_of(method), odd) {
            (Some(name), _) => Ok(known(name.as_bytes()).unwrap_or_else(|| Self::Other(name.unbind()))),
            // A method that is none: nothing matches it, and it is not safe.
            (None, Odd::Skip) => Ok(Self::Known(UNREADABLE)),
            (None, Odd::Raise) => {
                Err(PyTypeError::new_err(format!("method takes a str or bytes, not {}", kind_of(method))))
            }
        }
    }
}

/// The host as `check_host` takes it: text, bytes or nothing.
pub(crate) fn host_value<'a>(py: Python<'_>, host: Option<&'a Py<PyBytes>>) -> FieldValue<'a> {
    host.map(|host| host.as_bytes(py)).into()
}

/// The name in lower case of a field that matters. Lengths differ, and few other fields have one of these, so a length is
/// compared first; the core reads the name that is found once more, so that only what is missing here could differ.
#[inline]
pub(crate) fn name_of(name: &[u8], wanted: Wanted) -> Option<&'static [u8]> {
    // Compared with a constant each, which the compiler turns into a few words.
    macro_rules! is {
        ($known:literal) => {
            (name == $known || name.eq_ignore_ascii_case($known)).then_some($known.as_slice())
        };
    }
    match name.len() {
        6 => is!(b"origin"),
        29 => is!(b"access-control-request-method"),
        30 => is!(b"access-control-request-headers"),
        38 => is!(b"access-control-request-private-network"),
        _ if wanted == Wanted::Cors => None,
        4 => is!(b"host"),
        7 => is!(b"upgrade"),
        9 => is!(b":protocol"),
        10 => is!(b":authority"),
        12 => is!(b"content-type"),
        14 => is!(b"sec-fetch-site"),
        17 => is!(b"sec-websocket-key"),
        _ => None,
    }
}

/// Bytes as they are; text as Latin-1, as WSGI and HTTP/1.1 libraries decode it. Other text becomes bytes that nothing matches,
/// since no entry holds a byte that is not ASCII.
pub(crate) fn bytes_of<'py>(value: &Bound<'py, PyAny>) -> Option<Bound<'py, PyBytes>> {
    if let Ok(bytes) = value.cast_exact::<PyBytes>() {
        return Some(bytes.clone());
    }
    let py = value.py();
    if let Ok(text) = value.cast::<PyString>() {
        // What stands for a lone surrogate is no ASCII either.
        let text = text.to_string_lossy();
        if text.is_ascii() {
            return Some(PyBytes::new(py, text.as_bytes()));
        }
        let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        return Some(PyBytes::new(py, latin.as_deref().unwrap_or(text.as_bytes())));
    }
    // A subclass may change what it holds; its bytes now are what counts.
    value.cast::<PyBytes>().ok().map(|bytes| PyBytes::new(py, bytes.as_bytes()))
}

/// The parts of anything that has some, up to the third, which no pair has. Text has none: `"ab"` is not a pair.
fn parts_of<'py>(item: &Bound<'py, PyAny>) -> SmallVec<[Bound<'py, PyAny>; 3]> {
    let mut parts = SmallVec::new();
    if item.is_instance_of::<PyString>() || item.is_instance_of::<PyBytes>() {
        return parts;
    }
    for part in item.try_iter().into_iter().flatten().take(3) {
        match part {
            Ok(part) => parts.push(part),
            Err(_) => {
                // What breaks off is no pair.
                parts.truncate(1);
                break;
            }
        }
    }
    parts
}

fn no_headers(headers: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!("headers takes a mapping or an iterable of pairs, not {}", kind_of(headers)))
}
